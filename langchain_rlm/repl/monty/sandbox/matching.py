# Patterns and what is done with them, as in CPython, on Monty's engine. A match of nothing right behind another match,
# which that engine passes over, is found beside its own.
import re as _rlm_re

_rlm_near = 1000
_rlm_patterns = {}
_rlm_templates = {}



class _rlm_Match:
    # a match that Monty passes over; `spans` has a pair for each group, or None
    def __init__(self, pattern, string, spans):
        self.re = pattern
        self.string = string
        self.pos = 0
        self.endpos = len(string)
        self._spans = spans

    def _number(self, key):
        number = self.re.groupindex.get(key, -1) if isinstance(key, str) else key
        if number < 0 or number >= len(self._spans):
            raise IndexError("no such group")
        return number

    def span(self, key=0):
        return self._spans[self._number(key)] or (-1, -1)

    def start(self, key=0):
        return self.span(key)[0]

    def end(self, key=0):
        return self.span(key)[1]

    def __getitem__(self, key):
        span = self._spans[self._number(key)]
        return None if span is None else self.string[span[0] : span[1]]

    def group(self, *keys):
        found = [self[key] for key in keys or (0,)]
        return found[0] if len(found) == 1 else tuple(found)

    def groups(self, default=None):
        return tuple([default if self._spans[n] is None else self[n] for n in range(1, len(self._spans))])

    def groupdict(self, default=None):
        index = self.re.groupindex
        return {name: default if self._spans[index[name]] is None else self[name] for name in index}

    def __repr__(self):
        return "<re.Match object; span=" + repr(self.span()) + ", match=" + repr(self[0]) + ">"


def _rlm_spans(match, first, count):
    return [None if match.start(n) < 0 else match.span(n) for n in range(first, first + count)]


class _rlm_Pattern:
    def __init__(self, pattern, flags, native, reader, either, early):
        self.pattern = pattern
        self.flags = reader.flags | (0 if reader.flags & 256 else 32)
        self.groups = reader.groups
        self.groupindex = reader.names
        self._given = flags
        self._exact = native
        self._quick = native
        self._has_edges = reader.has_edges
        self._has_end = reader.has_end
        if reader.has_edges or reader.has_end:
            quick = _rlm_Reader(pattern, flags, None, True).whole()[0]
            self._quick = _rlm_re.compile(quick, reader.flags & 26)
        self._either = either
        self._early = early

    def __repr__(self):
        names = {2: "IGNORECASE", 8: "MULTILINE", 16: "DOTALL", 64: "VERBOSE", 256: "ASCII"}
        flags = [names[one] for one in names if self.flags & one]
        return "re.compile(" + repr(self.pattern) + (", re." + "|re.".join(flags) if flags else "") + ")"

    def _for(self, string):
        if self._quick is self._exact or not isinstance(string, str):
            return self._exact
        if (self._has_end and string.endswith("\n")) or (self._has_edges and not string.isascii()):
            return self._exact
        return self._quick

    def _shifted(self, before, after, shift):
        reader = _rlm_Reader(self.pattern, self._given, shift)
        text = reader.whole()[0]
        return _rlm_re.compile(before + text + after, reader.flags & 26)

    def _from(self, string, at, beyond, anchored=False):
        # the first match from a position on; `beyond`: not of nothing there
        here = "(?s:.{" + str(at) + "})" if at else ""
        before = "\\A" + here + ("" if anchored else "(?s:.*?)") + "("
        found = self._shifted(before, ")" + ("(?<!\\A" + here + ")" if beyond else ""), 1).search(string)
        return found and _rlm_Match(self, string, _rlm_spans(found, 1, self.groups + 1))

    def _stepwise(self, string):
        if len(string) > _rlm_near:
            raise NotImplementedError(
                "re: the pattern " + repr(self.pattern) + " may match nothing before it matches something, which is not "
                "available here in texts of more than " + str(_rlm_near) + " characters; use + instead of * or ?, or put "
                "the alternative that may be empty last"
            )
        out = []
        at = 0
        beyond = False
        while at <= len(string):
            match = self._from(string, at, beyond)
            if not match:
                break
            out.append(match)
            beyond = match.end() == match.start()
            at = match.end()
        return out

    def _every(self, string):
        if self._early:
            return self._stepwise(string)
        out = []
        before = "(?:" + _rlm_Reader(self.pattern, self._given, 0).whole()[0] + ")(?=("
        ahead = iter(self._shifted(before, ")?)", self.groups + 1).finditer(string))
        number = self.groups + 1
        for match in self._for(string).finditer(string):
            out.append(match)
            tail = next(ahead)
            at = tail.end()
            if at > tail.start() and tail.span(number) == (at, at):
                out.append(_rlm_Match(self, string, _rlm_spans(tail, number, number)))
        return out

    def _after(self, string, pos, endpos):
        # the matches that start at a position or later, in a text that may be cut
        string = string if endpos is None else string[: max(0, endpos)]
        if pos <= 0:
            return self._every(string) if self._either else self._for(string).finditer(string)
        out = []
        for match in self._every(string) if self._either else self._for(string).finditer(string):
            if match.start() >= pos:
                out.append(match)
            elif match.end() > pos:
                raise ValueError("re: a match spans the position; slice the text instead: text[" + str(pos) + ":]")
        return out

    def search(self, string, pos=0, endpos=None):
        if pos <= 0 and endpos is None:
            return self._for(string).search(string)
        if len(string) <= _rlm_near:
            string = string if endpos is None else string[: max(0, endpos)]
            return self._from(string, min(max(0, pos), len(string)), False)
        for match in self._after(string, pos, endpos):
            return match
        return None

    def match(self, string, pos=0, endpos=None):
        if pos <= 0 and endpos is None:
            return self._for(string).match(string)
        if len(string) > _rlm_near:
            raise NotImplementedError("re: match(text, pos) is for short texts here; slice: match(text[pos:])")
        string = string if endpos is None else string[: max(0, endpos)]
        return self._from(string, min(max(0, pos), len(string)), False, anchored=True)

    def fullmatch(self, string):
        return self._for(string).fullmatch(string)

    def finditer(self, string, pos=0, endpos=None):
        return iter(self._after(string, pos, endpos))

    def findall(self, string, pos=0, endpos=None):
        if not self._either and not pos and endpos is None:
            return self._for(string).findall(string)
        found = self.finditer(string, pos, endpos)
        if not self.groups:
            return [match.group() for match in found]
        if self.groups == 1:
            return [match.group(1) or "" for match in found]
        return [tuple([group or "" for group in match.groups()]) for match in found]

    def split(self, string, maxsplit=0):
        out = []
        at = 0
        for match in self.finditer(string):
            if maxsplit and len(out) >= maxsplit * (self.groups + 1):
                break
            out.append(string[at : match.start()])
            out.extend(match.groups())
            at = match.end()
        out.append(string[at:])
        return out if maxsplit >= 0 else [string]

    def subn(self, repl, string, count=0):
        written = _rlm_template(repl, self) if isinstance(repl, str) else repl
        if isinstance(written, str):
            text = written
            replacement = lambda match: text
        elif isinstance(written, list):
            parts = written
            replacement = lambda match: "".join([p if isinstance(p, str) else match.group(p) or "" for p in parts])
        else:
            replacement = written
        return _rlm_replaced(self.finditer(string), replacement, string, count)

    def sub(self, repl, string, count=0):
        if isinstance(repl, str) and not self._either:
            written = _rlm_template(repl, self)
            if isinstance(written, str) and not self.groups and count >= 0:
                return written.join(self._for(string).split(string, count))
            parts = [written] if isinstance(written, str) else written
            made = "".join(
                [part.replace("\\", "\\\\") if isinstance(part, str) else "\\g<" + str(part) + ">" for part in parts]
            )
            return self._for(string).sub(made, string, count)
        return self.subn(repl, string, count)[0]


def _rlm_template(text, pattern):
    # what a replacement is made of: a text, or a list of texts and numbers of groups
    if "\\" not in text:
        return text
    key = (text, pattern.groups, tuple(pattern.groupindex.items()))
    if key not in _rlm_templates:
        if len(_rlm_templates) > 200:
            _rlm_templates.clear()
        _rlm_templates[key] = _rlm_replacement(text, pattern)
    return _rlm_templates[key]


def _rlm_replacement(text, pattern):
    out = []
    at = 0
    parts = _rlm_re.compile("\\\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7][0-7])|([1-9][0-9]?)|([\\s\\S])|$)")
    for found in parts.finditer(text):
        out.append(text[at : found.start()])
        at = found.end()
        name, octal, number, other = found.groups()
        if octal is not None:
            out.append(chr(int(octal, 8)))
        elif name is not None or number is not None:
            key = number if number is not None else name
            if key.isdigit():
                group = int(key)
            elif not key.isidentifier():
                _rlm_bad("bad character in group name " + repr(key) if key else "missing group name", found.start())
            elif key not in pattern.groupindex:
                raise IndexError("unknown group name " + repr(key))
            else:
                group = pattern.groupindex[key]
            if group > pattern.groups:
                _rlm_bad("invalid group reference " + key, found.start() + 1)
            out.append(group)
        elif other is None or other == "g":
            _rlm_bad("missing <" if other else "bad escape (end of pattern)", found.start())
        elif other in "abfnrtv\\":
            out.append({"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}[other])
        elif other.isascii() and other.isalpha():
            _rlm_bad("bad escape \\" + other, found.start())
        else:
            out.append("\\" + other)
    out.append(text[at:])
    return [part for part in out if part != ""] or ""


def _rlm_replaced(matches, replacement, text, count):
    out = []
    at = 0
    done = 0
    for match in matches:
        if count and done >= count:
            break
        out.append(text[at : match.start()])
        out.append(replacement(match))
        at = match.end()
        done = done + 1
    out.append(text[at:])
    return ("".join(out), done)


def _rlm_re_compile(pattern, flags=0):
    if not isinstance(pattern, str):
        return pattern if isinstance(pattern, _rlm_Pattern) else _rlm_re.compile(pattern, flags)
    found = _rlm_patterns.get((pattern, flags))
    if found is None:
        text, native, reader, either, early = _rlm_read(pattern, flags)
        try:
            found = _rlm_re.compile(text, native)
        except _rlm_re.error as error:
            raise _rlm_re.error("the pattern " + repr(pattern) + " is not available here: " + str(error))
        found = _rlm_Pattern(pattern, flags, found, reader, either, early)
        if len(_rlm_patterns) > 500:
            _rlm_patterns.clear()
        _rlm_patterns[(pattern, flags)] = found
    return found


def _rlm_re_search(pattern, string, flags=0):
    return _rlm_re_compile(pattern, flags).search(string)


def _rlm_re_match(pattern, string, flags=0):
    return _rlm_re_compile(pattern, flags).match(string)


def _rlm_re_fullmatch(pattern, string, flags=0):
    return _rlm_re_compile(pattern, flags).fullmatch(string)


def _rlm_re_findall(pattern, string, flags=0):
    return _rlm_re_compile(pattern, flags).findall(string)


def _rlm_re_finditer(pattern, string, flags=0):
    return _rlm_re_compile(pattern, flags).finditer(string)


def _rlm_re_split(pattern, string, maxsplit=0, flags=0):
    return _rlm_re_compile(pattern, flags).split(string, maxsplit)


def _rlm_re_sub(pattern, repl, string, count=0, flags=0):
    return _rlm_re_compile(pattern, flags).sub(repl, string, count)


def _rlm_re_subn(pattern, repl, string, count=0, flags=0):
    return _rlm_re_compile(pattern, flags).subn(repl, string, count)
