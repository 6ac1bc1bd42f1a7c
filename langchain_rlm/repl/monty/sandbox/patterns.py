# Regular expressions as CPython's `re` reads them, for Monty's engine: another dialect, which also passes over a match
# of nothing right behind another match. Plain Python in Monty's dialect; the lowering reads literal patterns with it.
import re as _rlm_re

_rlm_most = 1 << 40
_rlm_dotted = "iI\u0130\u0131"
_rlm_word = "\\p{L}\\p{N}_"
_rlm_classes = {
    "d": "\\d", "D": "\\D", "w": _rlm_word, "W": "[^" + _rlm_word + "]", "s": "\\s\\x1c-\\x1f", "S": "[^\\s\\x1c-\\x1f]",
}
_rlm_ascii_classes = {
    "d": "0-9", "D": "[^0-9]", "w": "a-zA-Z0-9_", "W": "[^a-zA-Z0-9_]", "s": " \\t-\\r", "S": "[^ \\t-\\r]",
}
_rlm_flag_values = {"i": 2, "m": 8, "s": 16, "x": 64, "a": 256, "u": 0}
_rlm_escapes = {"a": "\\x07", "f": "\\x0c", "n": "\\n", "r": "\\r", "t": "\\t", "v": "\\x0b", "\\": "\\\\"}


def _rlm_bad(text, at):
    raise _rlm_re.error(text + " at position " + str(at))


class _rlm_Reader:
    # reads a pattern; `shift`, if any, is added to the numbers of groups, which then lose their names
    # `quick`: with Monty's own edges of words, for texts of ASCII, and its own end, for texts without a line break there;
    # what is around a place is slow to look for, and may take too long
    def __init__(self, pattern, flags, shift=None, quick=False):
        self.quick = quick
        self.has_edges = False
        self.has_end = False
        # what a search of a long text in pieces has to know: see `_rlm_Pattern._in_pieces`
        self.is_hard = False
        self.is_anchored = False
        self.looks_back = False
        self.breaks = 0
        self.fixed = 0
        self.runs = 0
        self.blanks = 0
        self.is_endless = False
        self.lead = ""  # what the pattern begins with, as often as it can
        self.begin = 0
        self.pattern = pattern
        self.flags = flags
        self.is_named = shift is None
        self.shift = shift or 0
        self.at = 0
        self.groups = 0
        self.names = {}
        self.open = []

    def ahead(self, text):
        return self.pattern[self.at : self.at + len(text)] == text

    def whole(self):
        while True:
            found = _rlm_re.match("\\(\\?([aiLmsux]+)\\)", self.pattern[self.at :])
            if not found:
                break
            for letter in found.group(1):
                if letter == "L":
                    _rlm_bad("bad inline flags: cannot use 'L' flag with a str pattern", self.at)
                self.flags = self.flags | _rlm_flag_values[letter]
            self.at = self.at + found.end()
        if self.flags & 258 == 258:
            raise NotImplementedError("re: re.ASCII with re.IGNORECASE is not available here; leave re.ASCII out")
        self.begin = self.at
        made = self.either(self.flags, True)
        if self.at < len(self.pattern):
            _rlm_bad("unbalanced parenthesis", self.at)
        return made

    def either(self, flags, is_all=False):
        # text, least and most characters, whether nothing is tried before something
        parts = [self.sequence(flags)]
        while self.ahead("|"):
            self.at = self.at + 1
            parts.append(self.sequence(flags))
        if len(parts) == 1:
            return parts[0]
        if is_all:
            self.lead = ""
        early = any([part[3] for part in parts])
        for index, part in enumerate(parts[:-1]):
            if part[1] == 0 and any([later[2] > 0 for later in parts[index + 1 :]]):
                early = True
        return (
            "|".join([part[0] for part in parts]), min([part[1] for part in parts]),
            max([part[2] for part in parts]), early,
        )

    def sequence(self, flags):
        out = []
        least = most = 0
        early = False
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if flags & 64 and self.blank():
                continue
            start = self.at
            breaks = self.breaks
            text, low, high, first, repeats = self.atom(flags)
            self.reaches(text, high, self.breaks > breaks, start == self.begin and len(out) == 0)
            text, low, high, first = self.repeated(text, low, high, first, repeats, start, flags)
            out.append(text)
            least = least + low
            most = min(most + high, _rlm_most)
            early = early or first
        return ("".join(out), least, most, early)

    def reaches(self, text, high, may_break, is_first):
        # how far a match may reach: in characters, runs within a line, runs of blanks, or without an end
        at = self.at
        times = self.times()
        suffix = self.pattern[self.at : self.at + 1]
        self.at = at
        most = times[1] if times else 1
        if is_first and high == 1 and most == _rlm_most and suffix != "?" and suffix != "+":
            self.lead = text
        if high * most < _rlm_most:
            self.fixed = self.fixed + high * most
        elif not may_break:
            self.runs = self.runs + 1
        elif text == "[" + _rlm_classes["s"] + "]" or text == "[" + _rlm_ascii_classes["s"] + "]":
            self.blanks = self.blanks + 1
        else:
            self.is_endless = True

    def blank(self):
        character = self.pattern[self.at]
        if character in " \t\n\r\f\v":
            self.at = self.at + 1
            return True
        if character != "#":
            return False
        while self.at < len(self.pattern) and self.pattern[self.at] != "\n":
            self.at = self.at + 1
        return True

    def repeated(self, text, low, high, first, repeats, start, flags):
        while flags & 64 and self.at < len(self.pattern) and self.blank():
            pass
        times = self.times()
        if times is None:
            return (text, low, high, first)
        least, most, written = times
        if not repeats:
            _rlm_bad("nothing to repeat", self.at)
        suffix = self.pattern[self.at : self.at + 1]
        suffix = suffix if suffix and suffix in "?+" else ""
        self.at = self.at + len(suffix)
        self.is_hard = self.is_hard or suffix == "+"
        if suffix == "?" and least == 0 and high > 0:
            first = True
        if self.times() is not None:
            _rlm_bad("multiple repeat", self.at)
        if high == 0:  # Monty repeats no lookaround
            parts = ("", text) if suffix == "?" else (text, "")
            return (text if least else "(?:" + parts[0] + "|" + parts[1] + ")", 0, 0, first)
        return (text + written + suffix, low * least, min(high * most, _rlm_most), first)

    def times(self):
        character = self.pattern[self.at : self.at + 1]
        if character and character in "*+?":
            self.at = self.at + 1
            return {"*": (0, _rlm_most, "*"), "+": (1, _rlm_most, "+"), "?": (0, 1, "?")}[character]
        found = _rlm_re.match("\\{(\\d*)(,?)(\\d*)\\}", self.pattern[self.at : self.at + 40]) if character == "{" else None
        if not found or found.group() == "{}":
            return None
        least = int(found.group(1) or 0)
        most = least
        if found.group(2):
            most = int(found.group(3)) if found.group(3) else _rlm_most
        if most < least:
            _rlm_bad("min repeat greater than max repeat", self.at)
        self.at = self.at + found.end()
        written = found.group()
        if written.startswith("{,"):
            written = "{0," + written[2:]
        return (least, most, written)

    def atom(self, flags):
        character = self.pattern[self.at]
        self.at = self.at + 1
        if character == "(":
            return self.group(flags)
        if character == "[":
            return (self.set(flags), 1, 1, False, True)
        if character == "\\":
            return self.escape(flags)
        if character == "." and flags & 16:
            self.breaks = self.breaks + 1
        if character == "\n":
            self.breaks = self.breaks + 1
        if character == "^":
            self.is_anchored = self.is_anchored or not flags & 8
            return ("^", 0, 0, False, False)
        if character == "$":
            self.has_end = self.has_end or not flags & 8
            self.is_anchored = self.is_anchored or not flags & 8
            return ("$" if flags & 8 or self.quick else "(?=\\n?\\z)", 0, 0, False, False)
        if character in "*+?":
            _rlm_bad("nothing to repeat", self.at - 1)
        if character in "{}]":
            if character == "{":
                self.at = self.at - 1
                if self.times() is not None:
                    _rlm_bad("nothing to repeat", self.at)
                self.at = self.at + 1
            return ("\\" + character if character != "]" else "]", 1, 1, False, True)
        if flags & 2 and character in _rlm_dotted:
            character = "[" + _rlm_dotted + "]"
        if flags & 64 and character in "# \t\n\r\f\v":
            character = "\\x" + format(ord(character), "02x")
        return (character, 1, 1, False, True)

    def closed(self, start):
        if not self.ahead(")"):
            _rlm_bad("missing ), unterminated subpattern", start)
        self.at = self.at + 1

    def group(self, flags):
        start = self.at - 1
        if not self.ahead("?"):
            return self.captured(flags, start, "")
        rest = self.pattern[self.at + 1 :]
        found = _rlm_re.match("P<(\\w+)>", rest)
        if found:
            name = found.group(1)
            if not name.isidentifier():
                _rlm_bad("bad character in group name " + repr(name), self.at + 3)
            if name in self.names:
                _rlm_bad("redefinition of group name " + repr(name), self.at + 3)
            self.at = self.at + 1 + found.end()
            return self.captured(flags, start, name)
        found = _rlm_re.match("P=(\\w+)\\)", rest)
        if found:
            if found.group(1) not in self.names:
                _rlm_bad("unknown group name " + repr(found.group(1)), self.at + 3)
            self.at = self.at + 1 + found.end()
            return self.back(self.names[found.group(1)])
        if rest.startswith("#"):
            self.at = self.pattern.find(")", self.at) + 1
            if not self.at:
                _rlm_bad("missing ), unterminated comment", start)
            return ("(?:)" if self.times_ahead() else "", 0, 0, False, False)
        for sign in ("<=", "<!", "=", "!", ">", ":"):
            if rest.startswith(sign):
                self.at = self.at + 1 + len(sign)
                text, least, most, early = self.either(flags)
                self.closed(start)
                if sign[0] == "<" and least != most:
                    _rlm_bad("look-behind requires fixed-width pattern", start)
                looks = sign not in (">", ":")
                self.is_hard = self.is_hard or sign != ":"
                self.looks_back = self.looks_back or sign[0] == "<"
                return ("(?" + sign + text + ")", 0 if looks else least, 0 if looks else most, early and not looks, True)
        found = _rlm_re.match("\\((\\w+)\\)", rest)
        if found:
            return self.conditional(flags, start, found)
        found = _rlm_re.match("([aiLmsux]*)(?:-([imsx]+))?:", rest)
        if not found:
            if _rlm_re.match("[aiLmsux]+\\)", rest):
                _rlm_bad("global flags not at the start of the expression", start)
            _rlm_bad("unknown extension ?" + rest[:1], self.at)
        return self.scoped(flags, start, found)

    def times_ahead(self):
        at = self.at
        found = self.times()
        self.at = at
        return found is not None

    def captured(self, flags, start, name):
        self.groups = self.groups + 1
        number = self.groups
        if name:
            self.names[name] = number
        self.open.append(number)
        text, least, most, early = self.either(flags)
        self.open.remove(number)
        self.closed(start)
        mark = "?P<" + name + ">" if name and self.is_named else ""
        return ("(" + mark + text + ")", least, most, early, True)

    def conditional(self, flags, start, found):
        self.is_hard = True
        key = found.group(1)
        number = int(key) if key.isdigit() else self.names.get(key, 0)
        if not number or number > self.groups:
            _rlm_bad("invalid group reference " + key, self.at + 1)
        self.at = self.at + 1 + found.end()
        text, least, most, early = self.sequence(flags)
        other = ("", 0, 0, False)
        if self.ahead("|"):
            self.at = self.at + 1
            other = self.sequence(flags)
        self.closed(start)
        made = "(?(" + str(number + self.shift) + ")" + text + ("|" + other[0] if other[0] else "") + ")"
        return (made, min(least, other[1]), max(most, other[2]), early or other[3], True)

    def scoped(self, flags, start, found):
        self.at = self.at + 1 + found.end()
        inner = flags
        for letter in found.group(1):
            inner = inner | _rlm_flag_values.get(letter, 0)
        for letter in found.group(2) or "":
            inner = inner & ~_rlm_flag_values[letter]
        text, least, most, early = self.either(inner)
        self.closed(start)
        on = "".join([letter for letter in "ims" if inner & _rlm_flag_values[letter]])
        off = "".join([letter for letter in "ims" if not inner & _rlm_flag_values[letter]])
        return ("(?" + on + ("-" + off if off else "") + ":" + text + ")", least, most, early, True)

    def back(self, number):
        self.is_hard = True
        self.breaks = self.breaks + 1
        if number > self.groups:
            _rlm_bad("invalid group reference " + str(number), self.at)
        if number in self.open:
            _rlm_bad("cannot refer to an open group", self.at)
        names = [name for name in self.names if self.names[name] == number] if self.is_named else []
        made = "(?P=" + names[0] + ")" if names else "\\" + str(number + self.shift)
        return ("(?:" + made + ")" if self.shift else made, 0, _rlm_most, False, True)

    def escape(self, flags):
        character = self.pattern[self.at : self.at + 1]
        start = self.at - 1
        if not character:
            _rlm_bad("bad escape (end of pattern)", start)
        if character in "123456789":
            found = _rlm_re.match("[0-3][0-7][0-7]", self.pattern[self.at : self.at + 3])
            if not found:
                digits = _rlm_re.match("\\d\\d?", self.pattern[self.at : self.at + 2]).group()
                self.at = self.at + len(digits)
                back = self.back(int(digits))
                follows = self.pattern[self.at : self.at + 1]
                return ("(?:" + back[0] + ")", 0, _rlm_most, False, True) if follows.isdigit() else back
        classes = _rlm_ascii_classes if flags & 256 else _rlm_classes
        if character in classes:
            self.at = self.at + 1
            self.breaks = self.breaks + (character in "sWD")
            made = classes[character]
            bare = made.startswith("[") or made in ("\\d", "\\D")
            return (made if bare else "[" + made + "]", 1, 1, False, True)
        if character in "AZbB":
            self.at = self.at + 1
            word = "[" + classes["w"] + "]"
            edge = "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))"
            inside = "(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + ")(?!\\A\\z))"
            self.has_edges = self.has_edges or character in "bB"
            self.is_hard = self.is_hard or character in "bB"
            self.is_anchored = self.is_anchored or character in "AZ"
            if self.quick:
                edge = "\\b"
            return ({"A": "\\A", "Z": "\\z", "b": edge, "B": inside}[character], 0, 0, False, False)
        made = self.literal(start)
        if made in ("\\n", "\\x{a}"):
            self.breaks = self.breaks + 1
        return (made, 1, 1, False, True)

    def literal(self, start):
        # what an escape stands for, whether inside a set or not
        rest = self.pattern[self.at :][:80]
        found = _rlm_re.match("x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})", rest)
        if found:
            self.at = self.at + found.end()
            code = int(found.group(1) or found.group(2) or found.group(3), 16)
            return "\\x{" + format(code, "x") + "}"
        found = _rlm_re.match("0[0-7]{0,2}|[0-3][0-7][0-7]", rest)
        if found:
            self.at = self.at + found.end()
            return "\\x{" + format(int(found.group(), 8), "x") + "}"
        found = _rlm_re.match("N\\{([^}]+)\\}", rest)
        if found:
            self.at = self.at + found.end()
            return "\\x{" + format(ord(_rlm_named(found.group(1), start)), "x") + "}"
        character = rest[0]
        self.at = self.at + 1
        if character in _rlm_escapes:
            return _rlm_escapes[character]
        if character.isascii() and character.isalnum():
            _rlm_bad("bad escape \\" + character, start)
        if character in ".^$*+?{}[]()|-&~#":
            return "\\" + character
        return "\\" + character if character in " /\"'`:;,<>=!%@" else character

    def member(self, flags):
        # one member of a set: what is written, and its code unless it is a class
        start = self.at
        character = self.pattern[self.at : self.at + 1]
        if not character:
            _rlm_bad("unterminated character set", start)
        self.at = self.at + 1
        if character != "\\":
            return ("\\" + character if character in "[]&~-^" else character, character)
        kind = self.pattern[self.at : self.at + 1]
        classes = _rlm_ascii_classes if flags & 256 else _rlm_classes
        if kind and kind in classes:
            self.at = self.at + 1
            return (classes[kind], None)
        if kind == "b":
            self.at = self.at + 1
            return ("\\x08", "\b")
        if not kind:
            _rlm_bad("unterminated character set", start)
        written = self.literal(start)
        if written.startswith("\\x"):
            return (written, chr(int(written[2:].strip("{}"), 16)))
        return (written, {"\\n": "\n", "\\r": "\r", "\\t": "\t"}.get(written, written[-1]))

    def set(self, flags):
        start = self.at - 1
        out = ["["]
        is_negated = self.ahead("^")
        has_break = False
        if is_negated:
            self.at = self.at + 1
            out.append("^")
        first = True
        while first or not self.ahead("]"):
            first = False
            at = self.at
            written, low = self.member(flags)
            has_break = has_break or low == "\n" or (low is None and self.pattern[at + 1 : at + 2] in "sWD")
            if self.ahead("-") and not self.ahead("-]"):
                self.at = self.at + 1
                if self.at >= len(self.pattern):
                    _rlm_bad("unterminated character set", start)
                end, high = self.member(flags)
                if low is None or high is None or high < low:
                    _rlm_bad("bad character range " + self.pattern[at : self.at], at)
                has_break = has_break or low <= "\n" <= high
                written = written + "-" + end
                if flags & 2 and any([low <= letter <= high for letter in _rlm_dotted]):
                    written = written + _rlm_dotted
            elif flags & 2 and low is not None and low in _rlm_dotted:
                written = _rlm_dotted
            out.append(written)
        self.at = self.at + 1
        self.breaks = self.breaks + (has_break != is_negated)
        made = "".join(out) + "]"
        return made if made != self.pattern[start : self.at].replace("-]", "\\-]") else self.pattern[start : self.at]


def _rlm_named(name, at):
    import unicodedata

    try:
        return unicodedata.lookup(name)
    except KeyError:
        _rlm_bad("undefined character name " + repr(name), at)


def _rlm_read(pattern, flags=0):
    # the pattern for Monty, its flags there, the reader, whether it may match nothing and something, and nothing first
    reader = _rlm_Reader(pattern, flags)
    text, least, most, early = reader.whole()
    return (text, reader.flags & 26, reader, least == 0 and most > 0, early)
