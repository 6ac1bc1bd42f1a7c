def dedent(text):
    lines = text.split("\n")
    margin = None
    for line in lines:
        stripped = line.lstrip(" \t")
        if not stripped:
            continue
        indent = line[: len(line) - len(stripped)]
        if margin is None:
            margin = indent
        else:
            size = 0
            while size < len(margin) and size < len(indent) and margin[size] == indent[size]:
                size = size + 1
            margin = margin[:size]
    margin = margin or ""
    return "\n".join([line[len(margin) :] if line.strip(" \t") else "" for line in lines])


def indent(text, prefix, predicate=None):
    out = []
    for line in text.splitlines(True):
        keep = predicate(line) if predicate else line.strip()
        out.append(prefix + line if keep else line)
    return "".join(out)


_BLANKS = "\t\n\x0b\x0c\r "
_EDGE = "\"'&.,?!"


def _is_letter(text, at):
    return 0 <= at < len(text) and (text[at].isalpha())


def _hyphen_ends(text, at):
    # whether the hyphen at a place ends a piece: between letters, as in `well-known`
    before = _is_letter(text, at - 1) and (
        _is_letter(text, at - 2) or (at >= 3 and text[at - 2] == "-" and _is_letter(text, at - 3))
    )
    follows = _is_letter(text, at + 1) and (
        _is_letter(text, at + 2) or (text[at + 2 : at + 3] == "-" and _is_letter(text, at + 3))
    )
    return before and follows


def _pieces(text, break_on_hyphens):
    # runs of blanks, and words cut behind hyphens and around dashes
    out = []
    at = 0
    while at < len(text):
        start = at
        blank = text[at] in _BLANKS
        while at < len(text) and (text[at] in _BLANKS) == blank:
            at = at + 1
        out.extend([text[start:at]] if blank or not break_on_hyphens else _parts(text[start:at]))
    return out


def _parts(word):
    out = []
    start = at = 0
    while at < len(word):
        if word[at] == "-":
            end = at
            while end < len(word) and word[end] == "-":
                end = end + 1
            before = word[at - 1] if at else ""
            dashes = end - at > 1 and before and (before.isalnum() or before in "_" + _EDGE)
            if dashes and end < len(word) and (word[end].isalnum() or word[end] == "_"):
                out.extend([word[start:at], word[at:end]] if at > start else [word[at:end]])
                start = end
            elif end - at == 1 and _hyphen_ends(word, at):
                out.append(word[start:end])
                start = end
            at = end
        else:
            at = at + 1
    if start < len(word):
        out.append(word[start:])
    return out


class TextWrapper:
    def __init__(
        self, width=70, initial_indent="", subsequent_indent="", expand_tabs=True, replace_whitespace=True,
        fix_sentence_endings=False, break_long_words=True, drop_whitespace=True, break_on_hyphens=True, tabsize=8,
        max_lines=None, placeholder=" [...]",
    ):
        self.width = width
        self.initial_indent = initial_indent
        self.subsequent_indent = subsequent_indent
        self.expand_tabs = expand_tabs
        self.replace_whitespace = replace_whitespace
        self.break_long_words = break_long_words
        self.drop_whitespace = drop_whitespace
        self.break_on_hyphens = break_on_hyphens
        self.tabsize = tabsize
        self.max_lines = max_lines
        self.placeholder = placeholder
        if fix_sentence_endings:
            raise NotImplementedError("textwrap: fix_sentence_endings is not available here; leave it out")

    def wrap(self, text):
        if self.expand_tabs:
            text = text.expandtabs(self.tabsize)
        if self.replace_whitespace:
            for blank in _BLANKS:
                text = text.replace(blank, " ")
        return self._lines([piece for piece in _pieces(text, self.break_on_hyphens)])

    def fill(self, text):
        return "\n".join(self.wrap(text))

    def _lines(self, chunks):
        if self.width <= 0:
            raise ValueError("invalid width " + repr(self.width) + " (must be > 0)")
        if self.max_lines is not None:
            indent = self.subsequent_indent if self.max_lines > 1 else self.initial_indent
            if len(indent) + len(self.placeholder.lstrip()) > self.width:
                raise ValueError("placeholder too large for max width")
        lines = []
        chunks = list(reversed(chunks))
        while chunks:
            line = []
            length = 0
            indent = self.subsequent_indent if lines else self.initial_indent
            width = self.width - len(indent)
            if self.drop_whitespace and lines and chunks[-1].strip() == "":
                chunks.pop()
            while chunks and length + len(chunks[-1]) <= width:
                length = length + len(chunks[-1])
                line.append(chunks.pop())
            if chunks and len(chunks[-1]) > width:
                self._long(chunks, line, length, width)
                length = sum([len(piece) for piece in line])
            if self.drop_whitespace and line and line[-1].strip() == "":
                length = length - len(line[-1])
                line.pop()
            if line:
                only = not chunks or (self.drop_whitespace and len(chunks) == 1 and not chunks[0].strip())
                if self.max_lines is None or len(lines) + 1 < self.max_lines or (only and length <= width):
                    lines.append(indent + "".join(line))
                else:
                    self._cut(lines, line, length, width, indent)
                    break
        return lines

    def _long(self, chunks, line, length, width):
        room = 1 if width < 1 else width - length
        if self.break_long_words:
            end = room
            chunk = chunks[-1]
            if self.break_on_hyphens and len(chunk) > room:
                hyphen = chunk.rfind("-", 0, room)
                if hyphen > 0 and any([letter != "-" for letter in chunk[:hyphen]]):
                    end = hyphen + 1
            line.append(chunk[:end])
            chunks[-1] = chunk[end:]
        elif not line:
            line.append(chunks.pop())

    def _cut(self, lines, line, length, width, indent):
        while line:
            if line[-1].strip() and length + len(self.placeholder) <= width:
                line.append(self.placeholder)
                lines.append(indent + "".join(line))
                return
            length = length - len(line[-1])
            line.pop()
        if lines and len(lines[-1].rstrip()) + len(self.placeholder) <= self.width:
            lines[-1] = lines[-1].rstrip() + self.placeholder
            return
        lines.append(indent + self.placeholder.lstrip())


def wrap(text, width=70, **options):
    return TextWrapper(width=width, **options).wrap(text)


def fill(text, width=70, **options):
    return TextWrapper(width=width, **options).fill(text)


def shorten(text, width, **options):
    return TextWrapper(width=width, max_lines=1, **options).fill(" ".join(text.strip().split()))
