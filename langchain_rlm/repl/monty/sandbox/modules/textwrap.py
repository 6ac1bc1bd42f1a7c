import re as _re


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


def _pieces(text):
    out = []
    for word in text.split():
        parts = _re.split(r"(?<=[A-Za-z])-(?=[A-Za-z])", word)
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            out.append((part if last else part + "-", index == 0))
    return out


def wrap(text, width=70, initial_indent="", subsequent_indent="", break_long_words=True, **options):
    lines = []
    current = ""
    for piece, starts in _pieces(text.expandtabs()):
        while True:
            prefix = subsequent_indent if lines else initial_indent
            room = width - len(prefix)
            candidate = piece if not current else current + (" " if starts else "") + piece
            if len(candidate) <= room:
                current = candidate
                break
            if len(piece) > room and break_long_words:
                space = room - len(current) - (1 if current and starts else 0)
                if space > 0:
                    current = current + (" " if current and starts else "") + piece[:space]
                    piece = piece[space:]
                lines.append(prefix + current)
                current = ""
                starts = True
                continue
            if not current:
                current = piece
                break
            lines.append(prefix + current)
            current = ""
    if current:
        lines.append((subsequent_indent if lines else initial_indent) + current)
    return lines


def fill(text, width=70, **options):
    return "\n".join(wrap(text, width, **options))


def shorten(text, width, placeholder=" [...]", **options):
    words = text.split()
    whole = " ".join(words)
    if len(whole) <= width:
        return whole
    while words and len(" ".join(words)) + len(placeholder) > width:
        words.pop()
    return " ".join(words) + placeholder if words else placeholder.strip()
