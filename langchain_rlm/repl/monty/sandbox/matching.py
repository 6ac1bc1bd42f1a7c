# Patterns and what is done with them, as in CPython, on Monty's engine. A match of nothing right behind another match,
# which that engine passes over, is found beside its own.
import re as _rlm_re

_rlm_near = 1000
_rlm_scanned_at_once = 500000
_rlm_piece = 200000
_rlm_blank_run = 1000
_rlm_patterns = {}
_rlm_templates = {}


def _rlm_matches(pattern, text, parts, stride, known):
    # a class of matches that Monty passes over, or of a long text: for each one `parts` holds the texts of the groups from
    # `first` on, and `known` one `first` and the places of its groups; from match to match it is `stride` parts
    class Match:
        re = pattern
        string = text
        _parts = parts
        _known = known

        def __init__(self, first, at):
            self._first = first
            self._at = at

        def _number(self, key):
            number = self.re.groupindex.get(key, -1) if isinstance(key, str) else key
            if number < 0 or number > self.re.groups:
                raise IndexError("no such group")
            return number

        def start(self, key=0):
            return self.span(key)[0] if key else self._at

        def span(self, key=0):
            number = self._number(key)
            if number == 0:
                return (self._at, self._at + len(self._parts[self._first]))
            if self._known[0] != self._first:
                self._known[:] = [self._first, _rlm_inner_spans(self)]
            return self._known[1][number] or (-1, -1)

        def _before(self):
            # the text from the match before to this one
            return "" if (self._first - 1) % stride else self._parts[self._first - 1]

        def end(self, key=0):
            return self.span(key)[1]

        def __getitem__(self, key):
            return self._parts[self._first + self._number(key)]

        def group(self, *keys):
            if not keys:
                return self._parts[self._first]
            found = [self[key] for key in keys or (0,)]
            return found[0] if len(found) == 1 else tuple(found)

        def groups(self, default=None):
            found = [self[number] for number in range(1, self.re.groups + 1)]
            return tuple([default if one is None else one for one in found])

        def groupdict(self, default=None):
            return {name: default if self[name] is None else self[name] for name in self.re.groupindex}

        def __repr__(self):
            return "<re.Match object; span=" + repr(self.span()) + ", match=" + repr(self[0]) + ">"

    return Match


def _rlm_match(pattern, string, spans):
    # one of them by the places of its groups, each a pair or None
    parts = [None if span is None else string[span[0] : span[1]] for span in spans]
    return _rlm_matches(pattern, string, parts, 1, [0, spans])(0, spans[0][0])


def _rlm_spans(match, first, count):
    return [None if match.start(n) < 0 else match.span(n) for n in range(first, first + count)]


def _rlm_inner_spans(match):
    # where the groups of a match of a long text are. What is found does not depend on more than two characters around
    # it, unless the pattern looks around: then Monty has to count
    pattern, wide, at = match.re, _rlm_wide(match.string), match._at
    end = match.end()
    low = max(0, at - 1)
    if not any([text is not None for text in match.groups()]):
        return [(at, end)] + [None] * pattern.groups
    if not any([sign in pattern.pattern for sign in ("(?=", "(?!", "(?<")]):
        inner = pattern._inner.get(at - low)
        if inner is None:
            inner = pattern._shifted("\\A(?s:.{" + str(at - low) + "})(", ")", 1)
            pattern._inner[at - low] = inner
        found = inner.search(_rlm_part(wide, low, min(end + 2, wide.length)))
        spans = _rlm_spans(found, 1, pattern.groups + 1) if found else [None]
        if spans[0] == (at - low, end - low):
            return [span and (span[0] + low, span[1] + low) for span in spans]
    if pattern._native is None or pattern._native[0] is not match.string:
        pattern._native = (match.string, list(pattern._for(match.string).finditer(match.string)))
    matches = pattern._native[1]
    first, last = 0, len(matches) - 1
    while first < last:
        middle = (first + last) // 2
        if matches[middle].start() < at:
            first = middle + 1
        else:
            last = middle
    if not matches or matches[first].span() != (at, end):
        raise NotImplementedError("re: where the groups of this match are is not known here; use group() and start()")
    return _rlm_spans(matches[first], 0, pattern.groups + 1)


class _rlm_Scan:
    # the matches of a long text, some at a time: the parts between them tell where they are
    def __init__(self, pattern, wide):
        if pattern._cutter is None:
            shift, before, after = 1, "(", ")"
            if pattern._either:
                shift, after = pattern.groups + 2, ")?)"
                before = "(" + _rlm_Reader(pattern.pattern, pattern._given, 1).whole()[0] + ")(?=("
            pattern._cutter = pattern._shifted(before, after, shift)
        self.width = pattern.groups + 1
        self.stride = 1 + (2 * self.width if pattern._either else self.width)
        self.parts = pattern._cutter.split(wide.text)
        self.made = _rlm_matches(pattern, wide.text, self.parts, self.stride, [None, None])
        self.first = 1
        self.at = len(self.parts[0])
        self.ready = []

    def some(self, count):
        out = []
        parts, made, width, stride, at = self.parts, self.made, self.width, self.stride, self.at
        end = min(len(parts), self.first + count * stride)
        for first in range(self.first, end, stride):
            out.append(made(first, at))
            at = at + len(parts[first])
            if stride > width + 1 and parts[first] and parts[first + width] == "":
                out.append(made(first + width, at))
            at = at + len(parts[first + stride - 1])
        self.first, self.at = end, at
        return out

    def __iter__(self):
        return self

    def __next__(self):
        if not self.ready:
            self.ready = self.some(_rlm_near)[::-1]
            if not self.ready:
                raise StopIteration
        return self.ready.pop()


class _rlm_Pattern:
    def __init__(self, pattern, flags, native, reader, either, early):
        self.pattern = pattern
        self.flags = reader.flags | (0 if reader.flags & 256 else 32)
        self.groups = reader.groups
        self.groupindex = reader.names
        self._given = flags
        self._reader = reader
        self._may_be_empty = either or early
        self._led_by = {}
        self._exact = native
        self._quick = native
        self._has_edges = reader.has_edges
        self._has_end = reader.has_end
        if reader.has_edges or reader.has_end:
            quick = _rlm_Reader(pattern, flags, None, True).whole()[0]
            self._quick = _rlm_re.compile(quick, reader.flags & 26)
        self._either = either
        self._early = early
        self._cutter = None
        self._inner = {}
        self._native = None
        self._is_odd = False  # not looked for by the host in large texts

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
        return found and _rlm_match(self, string, _rlm_spans(found, 1, self.groups + 1))

    def _stepwise(self, string):
        if len(string) > _rlm_near:
            raise NotImplementedError(
                "re: the pattern "
                + repr(self.pattern)
                + " may match nothing before it matches something, which is not "
                "available here in texts of more than "
                + str(_rlm_near)
                + " characters; use + instead of * or ?, or put "
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
                out.append(_rlm_match(self, string, _rlm_spans(tail, number, number)))
        return out

    def _is_scanned(self, string):
        return _rlm_is_wide(string) and not (self._either and self._early)

    def _all(self, string):
        try:
            if self._is_scanned(string):
                scan = _rlm_Scan(self, _rlm_wide(string))
                return scan.some(_rlm_scanned_at_once) if len(scan.parts) < _rlm_scanned_at_once else scan
            return self._every(string) if self._either else self._for(string).finditer(string)
        except _rlm_re.error as error:
            return self._in_pieces(string, error)

    def _in_pieces(self, string, error, is_first=False):
        # Monty's engine gives up where a pattern is tried in too many ways. From line to line it is tried in fewer: all
        # that begins in a piece is found there, when the piece goes on for as far as a match may reach
        reader = self._reader
        cannot = self._may_be_empty or reader.is_anchored or reader.is_endless or (reader.breaks and reader.looks_back)
        if "backtrack" not in str(error):
            raise error
        if cannot or not isinstance(string, str):
            raise self._too_long()
        lines = string.split("\n")
        lines = [line + "\n" for line in lines[:-1]] + lines[-1:]
        reach = 0
        if reader.breaks:
            longest = max([len(line) for line in lines]) if reader.runs else 0
            reach = reader.fixed + reader.runs * longest + reader.blanks * _rlm_blank_run + 1
            if reader.blanks and _rlm_re.search("\\s{" + str(_rlm_blank_run) + "}", string):
                raise self._too_long()
        native, led = self._for(string), self._led(string)
        parts, places = [], []
        first, at = 0, 0  # the line where the piece begins, and its place
        end, rest = 0, []  # of the match before, and the text since then
        room, most, least = _rlm_piece, _rlm_piece, 0
        while first < len(lines):
            last, size = first, 0
            while last < len(lines) and (size < room or last == first):
                size = size + len(lines[last])
                last = last + 1
            more, beyond = last, 0
            while more < len(lines) and beyond < reach:
                beyond = beyond + len(lines[more])
                more = more + 1
            lead = "\n" if first and not reader.breaks else ""
            piece = lead + "".join(lines[first:more])
            shift = at - len(lead)
            stop = at + size + (last == len(lines))
            found = []
            try:
                if led is None or led.search(piece):
                    found = [match for match in native.finditer(piece) if at <= match.start() + shift < stop]
            except _rlm_re.error:
                if last == first + 1 or size // 2 < least:
                    raise self._too_long()
                room = most = size // 2
                continue
            over = found[-1].end() + shift - at if found else 0
            if over > size and last < len(lines):  # the next piece begins behind it
                room = least = over
                continue
            for match in found:
                start = match.start()
                since = "".join(rest) + piece[len(lead) : start] if rest else piece[max(len(lead), end - shift) : start]
                parts.append(since)
                parts.append(match.group())
                parts.extend(match.groups())
                places.append(start + shift)
                end, rest = match.end() + shift, []
                if is_first:
                    break
            if is_first and places:
                break
            rest.append(piece[max(len(lead), end - shift) : len(lead) + size])
            first, at = last, at + size
            room, least = min(most, 2 * room), 0
        stride = self.groups + 2
        made = _rlm_matches(self, string, parts, stride, [None, None])
        return [made(1 + number * stride, place) for number, place in enumerate(places)]

    def _led(self, string):
        # a pattern that begins with a run of characters, tried where such a run begins: it says whether there is a match
        lead = self._reader.lead
        if not lead:
            return None
        quick = self._for(string) is not self._exact
        if quick not in self._led_by:
            text = _rlm_Reader(self.pattern, self._given, None, quick).whole()[0]
            self._led_by[quick] = _rlm_re.compile("(?<!" + lead + ")" + text, self._reader.flags & 26)
        return self._led_by[quick]

    def _too_long(self):
        return _rlm_re.error(
            "the pattern "
            + repr(self.pattern)
            + " takes too long in this text; search line by line (for line in text.splitlines()), or leave out what "
            "stands before or behind the words that are looked for, such as .*"
        )

    def _after(self, string, pos, endpos):
        # the matches that start at a position or later, in a text that may be cut
        string = string if endpos is None else string[: max(0, endpos)]
        if pos <= 0:
            return self._all(string)
        out = []
        for match in self._all(string):
            if match.start() >= pos:
                out.append(match)
            elif match.end() > pos:
                raise ValueError("re: a match spans the position; slice the text instead: text[" + str(pos) + ":]")
        return out

    def search(self, string, pos=0, endpos=None):
        if isinstance(string, _rlm_large_kind):
            return _rlm_large_search(self, _rlm_large_whole(string, endpos), pos)
        if pos <= 0 and endpos is None:
            try:
                return self._for(string).search(string)
            except _rlm_re.error as error:
                found = self._in_pieces(string, error, True)
                return found[0] if found else None
        if len(string) <= _rlm_near:
            string = string if endpos is None else string[: max(0, endpos)]
            return self._from(string, min(max(0, pos), len(string)), False)
        for match in self._after(string, pos, endpos):
            return match
        return None

    def match(self, string, pos=0, endpos=None):
        if isinstance(string, _rlm_large_kind):
            return _rlm_large_match(self, _rlm_large_whole(string, endpos), pos)
        if pos <= 0 and endpos is None:
            return self._for(string).match(string)
        if len(string) > _rlm_near:
            raise NotImplementedError("re: match(text, pos) is for short texts here; slice: match(text[pos:])")
        string = string if endpos is None else string[: max(0, endpos)]
        return self._from(string, min(max(0, pos), len(string)), False, anchored=True)

    def fullmatch(self, string):
        if isinstance(string, _rlm_large_kind):
            string._refuse("fullmatch(context)", "use search, or match slices and lines")
        return self._for(string).fullmatch(string)

    def finditer(self, string, pos=0, endpos=None):
        if isinstance(string, _rlm_large_kind):
            return _rlm_LargeFound(self, _rlm_large_whole(string, endpos), pos)
        return iter(self._after(string, pos, endpos))

    def findall(self, string, pos=0, endpos=None):
        if isinstance(string, _rlm_large_kind):
            return _rlm_large_findall(self, _rlm_large_whole(string, endpos), pos)
        if not self._either and not pos and endpos is None:
            try:
                return self._for(string).findall(string)
            except _rlm_re.error as error:
                found = self._in_pieces(string, error)
        else:
            found = self.finditer(string, pos, endpos)
        if not self.groups:
            return [match.group() for match in found]
        if self.groups == 1:
            return [match.group(1) or "" for match in found]
        return [tuple([group or "" for group in match.groups()]) for match in found]

    def split(self, string, maxsplit=0):
        if isinstance(string, _rlm_large_kind):
            string._refuse("re.split(pattern, context)", "go through re.finditer, and slice between the matches")
        is_scanned = self._is_scanned(string)
        out = []
        at = 0
        for match in self.finditer(string):
            if maxsplit and len(out) >= maxsplit * (self.groups + 1):
                break
            out.append(match._before() if is_scanned else string[at : match.start()])
            out.extend(match.groups())
            at = match.end()
        out.append(_rlm_slice(string, at, None, None))
        return out if maxsplit >= 0 else [string]

    def subn(self, repl, string, count=0):
        if isinstance(string, _rlm_large_kind):
            string._refuse("re.sub(pattern, repl, context)", "a large text cannot be changed; change slices and lines")
        written = _rlm_template(repl, self) if isinstance(repl, str) else repl
        if isinstance(written, str):
            text = written
            replacement = lambda match: text
        elif isinstance(written, list):
            parts = written
            replacement = lambda match: "".join([p if isinstance(p, str) else match.group(p) or "" for p in parts])
        else:
            replacement = written
        return _rlm_replaced(self.finditer(string), replacement, string, count, self._is_scanned(string))

    def sub(self, repl, string, count=0):
        if isinstance(string, _rlm_large_kind):
            return self.subn(repl, string, count)[0]
        if isinstance(repl, str) and not self._either:
            written = _rlm_template(repl, self)
            try:
                if isinstance(written, str) and not self.groups and count >= 0:
                    return written.join(self._for(string).split(string, count))
                parts = [written] if isinstance(written, str) else written
                made = "".join(
                    [part.replace("\\", "\\\\") if isinstance(part, str) else "\\g<" + str(part) + ">" for part in parts]
                )
                return self._for(string).sub(made, string, count)
            except _rlm_re.error as error:
                if "backtrack" not in str(error):
                    raise
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


def _rlm_replaced(matches, replacement, text, count, is_scanned):
    out = []
    at = 0
    done = 0
    for match in matches:
        if count and done >= count:
            break
        out.append(match._before() if is_scanned else text[at : match.start()])
        out.append(replacement(match))
        at = match.end()
        done = done + 1
    out.append(_rlm_slice(text, at, None, None))
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
