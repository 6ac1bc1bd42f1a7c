# Large texts: they stay in their files, and the host gives what is asked of them by ranges. Plain Python.

_rlm_large_near = 65536  # characters of a large text that are kept for single characters
_rlm_large_batch = 1000
_rlm_large_listed = 64000000  # characters of lines that one list may hold
_rlm_large_reach = 100000  # characters of a match over several lines that RE2 does not look for
_rlm_large_lead = 1000  # and before it, where it looks back
_rlm_large_ways = (
    "a large text stays on disk. It has len, slices, in, find, rfind, index, count, startswith, endswith, splitlines(), "
    "split('\\n'), and chunks(context) and re.search, finditer, findall go over it"
)


def _rlm_large_asked(*args):
    found = _rlm_host_text(*args)
    if isinstance(found, dict):
        raise ValueError(found["error"])
    return found


def _rlm_large_bound(value, length, name):
    if not isinstance(value, int):
        raise TypeError(name + ": places must be integers or None, not " + type(value).__name__)
    return max(0, value + length) if value < 0 else min(value, length)


def _rlm_large_bounds(length, bounds, name):
    start = 0 if not bounds or bounds[0] is None else bounds[0]
    stop = length if len(bounds) < 2 or bounds[1] is None else bounds[1]
    return (
        start if isinstance(start, int) and start > length else _rlm_large_bound(start, length, name),
        _rlm_large_bound(stop, length, name),
    )


def _rlm_large_needs(name, sub):
    if not isinstance(sub, str):
        raise TypeError(name + ": give a str to look for, not " + type(sub).__name__)


class LargeText:
    def __init__(self, number, length):
        self._number = number
        self._length = length
        self._near = (0, "")

    def __len__(self):
        return self._length

    def _refuse(self, what, instead):
        raise TypeError(what + ": " + instead + "; " + _rlm_large_ways + ".")

    def __str__(self):
        self._refuse("str(context)", "it would not fit; print context[:2000], or send slices or chunks to models")

    def __repr__(self):
        return "<large text, " + format(self._length, ",") + " characters: print slices of it>"

    def __iter__(self):
        self._refuse("iterating over a large text", "go line by line: for line in context.splitlines()")

    def __add__(self, other):
        self._refuse("context + ...", "a large text cannot be joined; use slices")

    def __hash__(self):
        return hash(("large text", self._number))

    def __eq__(self, other):
        return isinstance(other, _rlm_LargeText) and other._number == self._number

    def _slice(self, start, stop, step):
        if step == 0:
            raise ValueError("slice step cannot be zero")
        if step is not None and step != 1:
            return _rlm_large_asked("slice", self._number, start, stop, step)
        start = 0 if start is None else _rlm_large_bound(start, self._length, "slice")
        stop = self._length if stop is None else _rlm_large_bound(stop, self._length, "slice")
        return _rlm_large_asked("slice", self._number, start, stop, None) if start < stop else ""

    def _at(self, key):
        if not isinstance(key, int):
            raise TypeError("string indices must be integers, not '" + type(key).__name__ + "'")
        if not -self._length <= key < self._length:
            raise IndexError("string index out of range")
        key = key + self._length if key < 0 else key
        low, text = self._near
        if not low <= key < low + len(text):
            low = key // _rlm_large_near * _rlm_large_near
            text = _rlm_large_asked("near", self._number, low, min(self._length, low + _rlm_large_near))
            self._near = (low, text)
        return text[key - low]

    def _found(self, name, sub, bounds, backward):
        _rlm_large_needs(name, sub)
        start, stop = _rlm_large_bounds(self._length, bounds, name)
        if start > stop:
            return -1
        if sub == "":
            return stop if backward else start
        while True:
            found, at = _rlm_large_asked("rfind" if backward else "find", self._number, sub, start, stop)
            if at is None:
                return found
            if backward:
                stop = at
            else:
                start = at

    def find(self, sub, *bounds):
        return self._found("find", sub, bounds, False)

    def rfind(self, sub, *bounds):
        return self._found("rfind", sub, bounds, True)

    def index(self, sub, *bounds):
        return _rlm_there(self._found("index", sub, bounds, False))

    def rindex(self, sub, *bounds):
        return _rlm_there(self._found("rindex", sub, bounds, True))

    def count(self, sub, *bounds):
        _rlm_large_needs("count", sub)
        start, stop = _rlm_large_bounds(self._length, bounds, "count")
        if start > stop or sub == "":
            return max(0, stop - start + 1)
        total = 0
        while start is not None:
            found, start = _rlm_large_asked("count", self._number, sub, start, stop)
            total += found
        return total

    def startswith(self, prefix, *bounds):
        start, stop = _rlm_large_bounds(self._length, bounds, "startswith")
        longest = max([len(one) for one in (prefix if isinstance(prefix, tuple) else (prefix,))], default=0)
        return start <= stop and self._slice(start, min(stop, start + longest), None).startswith(prefix)

    def endswith(self, suffix, *bounds):
        start, stop = _rlm_large_bounds(self._length, bounds, "endswith")
        longest = max([len(one) for one in (suffix if isinstance(suffix, tuple) else (suffix,))], default=0)
        return start <= stop and self._slice(max(start, stop - longest), stop, None).endswith(suffix)

    def isascii(self):
        return _rlm_large_asked("is_ascii", self._number)

    def splitlines(self, keepends=False):
        return _rlm_LargeLines(self, True, keepends)

    def split(self, sep=None, maxsplit=-1):
        if sep == "\n" and maxsplit < 0:
            return _rlm_LargeLines(self, False, False)
        self._refuse(
            "context.split(" + ("" if sep is None else repr(sep)) + ")",
            "split lines or chunks of it, or find words with re.finditer(r'\\S+', context)",
        )

    def lower(self):
        self._refuse("context.lower()", "search with re.IGNORECASE, or lower slices and lines")

    def upper(self):
        self._refuse("context.upper()", "search with re.IGNORECASE, or change slices and lines")

    def casefold(self):
        self._refuse("context.casefold()", "search with re.IGNORECASE, or change slices and lines")

    def replace(self, *args):
        self._refuse("context.replace()", "a large text cannot be changed; change slices, lines or chunks")

    def strip(self, *args):
        self._refuse("context.strip()", "a large text cannot be changed; change slices, lines or chunks")

    def lstrip(self, *args):
        self._refuse("context.lstrip()", "a large text cannot be changed; change slices, lines or chunks")

    def rstrip(self, *args):
        self._refuse("context.rstrip()", "a large text cannot be changed; change slices, lines or chunks")

    def partition(self, sep):
        self._refuse("context.partition()", "find the place with context.find(sep), and slice")

    def encode(self, *args):
        self._refuse("context.encode()", "encode slices, lines or chunks")

    def format(self, *args):
        self._refuse("context.format()", "a large text cannot be changed")

    def join(self, *args):
        self._refuse("context.join()", "join with a short text")

    def title(self):
        self._refuse("context.title()", "a large text cannot be changed; change slices, lines or chunks")


def _rlm_large_iterator(items):
    state = [0, [], 0]

    def step():
        if state[2] >= len(state[1]):
            state[1] = items._some(state[0], 1 << 60)
            state[0] += len(state[1])
            state[2] = 0
            if not state[1]:
                return None
        state[2] += 1
        return (state[1][state[2] - 1],)

    return _rlm_Iterator(step, "iterator")


class _rlm_LargeLines:
    def __init__(self, text, any_break, keepends):
        self._text = text
        self._any_break = any_break
        self._keepends = keepends
        self._count = None

    def __len__(self):
        if self._count is None:
            self._count = _rlm_large_asked("line_count", self._text._number, self._any_break)
        return self._count

    def __iter__(self):
        return _rlm_large_iterator(self)

    def __repr__(self):
        return "<lines of a large text: loop over them, or slice them>"

    def _some(self, first, most):
        text, count = _rlm_large_asked("lines", self._text._number, self._any_break, first, most)
        if count == 0:
            return []
        return text.splitlines(self._keepends) if self._any_break else text.split("\n")


class _rlm_LargeChunks:
    def __init__(self, text, size, overlap):
        self._text = text
        self._size = size
        self._overlap = overlap
        self._ends = []
        self._is_whole = False

    def __len__(self):
        while not self._is_whole:
            self._more()
        return len(self._ends)

    def __iter__(self):
        return _rlm_large_iterator(self)

    def __repr__(self):
        return "<chunks of a large text: loop over them, or slice them>"

    def _more(self):
        ends = _rlm_large_asked("ends", self._text._number, self._size - self._overlap, len(self._ends), 10000)
        self._ends += ends
        self._is_whole = not ends

    def _some(self, first, most):
        while len(self._ends) <= first and not self._is_whole:
            self._more()
        out = []
        size = 0
        while first + len(out) < len(self._ends) and len(out) < most and (size < 1000000 or not out):
            at = first + len(out)
            start = max(0, (self._ends[at - 1] if at else 0) - self._overlap)
            out.append(self._text._slice(start, self._ends[at], None))
            size += len(out[-1])
        return out


def _rlm_large_item(items, key):
    length = len(items._ends) if isinstance(items, _rlm_LargeChunks) and key >= 0 else items.__len__()
    if isinstance(items, _rlm_LargeChunks) and key >= length:
        length = items.__len__()
    if not -length <= key < length:
        raise IndexError("list index out of range")
    return items._some(key + length if key < 0 else key, 1)[0]


def _rlm_large_part(items, start, stop, step):
    if isinstance(items, _rlm_LargeChunks) and (start or 0) >= 0 and (stop or -1) >= 0:
        while len(items._ends) < stop and not items._is_whole:
            items._more()
        length = len(items._ends)
    else:
        length = items.__len__()
    wanted = range(length)[start:stop:step]
    if step is not None and step != 1:
        return [_rlm_large_item(items, at) for at in wanted]
    out = []
    size = 0
    while len(out) < len(wanted):
        some = items._some(wanted[0] + len(out), len(wanted) - len(out))
        out += some
        size += sum([len(one) for one in some])
        _rlm_large_room(size)
    return out


def _rlm_large_room(size):
    if size > _rlm_large_listed:
        raise ValueError(
            "a list of more than " + format(_rlm_large_listed, ",") + " characters of a large text would be too much; "
            "loop over the lines, pieces or re.finditer, or take fewer: lines[:1000]"
        )


_rlm_LargeText = _rlm_large_kind = LargeText
_rlm_large_listing = (_rlm_LargeLines, _rlm_LargeChunks)
_rlm_large_kinds = (LargeText, _rlm_LargeLines, _rlm_LargeChunks)
_rlm_small_slice = _rlm_slice
_rlm_small_at = _rlm_at
_rlm_small_len = _rlm_wide_len
_rlm_small_drained = _rlm_drained


def _rlm_slice(value, start, stop, step):
    if isinstance(value, (str, list)):
        return _rlm_small_slice(value, start, stop, step)
    if isinstance(value, _rlm_LargeText):
        return value._slice(start, stop, step)
    if isinstance(value, _rlm_large_listing):
        return _rlm_large_part(value, start, stop, step)
    return _rlm_small_slice(value, start, stop, step)


def _rlm_at(value, key):
    if isinstance(value, (list, dict, tuple)):
        return value[key]
    if isinstance(value, _rlm_LargeText):
        return value._at(key)
    if isinstance(value, _rlm_large_listing):
        if not isinstance(key, int):
            raise TypeError("list indices must be integers or slices, not " + type(key).__name__)
        return _rlm_large_item(value, key)
    return _rlm_small_at(value, key)


def _rlm_wide_len(value):
    if isinstance(value, (list, dict, tuple, set)):
        return len(value)
    if isinstance(value, _rlm_LargeText) or isinstance(value, _rlm_large_listing):
        return value.__len__()
    return _rlm_small_len(value)


def _rlm_large_in(item, value):
    if isinstance(value, (str, list, dict, tuple, set)):
        return item in value
    if isinstance(value, _rlm_LargeText):
        if not isinstance(item, str):
            raise TypeError("'in <string>' requires string as left operand, not " + type(item).__name__)
        return value.find(item) >= 0
    if isinstance(value, _rlm_large_listing):
        return _rlm_found(item, _rlm_large_iterator(value))
    return _rlm_found(item, value) if isinstance(value, _rlm_Iterator) else item in value


def _rlm_large_isinstance(value, kinds):
    if isinstance(value, _rlm_LargeText):
        return str in (kinds if isinstance(kinds, tuple) else (kinds,))
    if isinstance(value, _rlm_large_listing):
        return list in (kinds if isinstance(kinds, tuple) else (kinds,))
    return isinstance(value, kinds)


def _rlm_large_loads(text, *args, **named):
    if isinstance(text, _rlm_LargeText):
        text._refuse("json.loads(context)", "read it line by line if its lines are JSON, or parse slices of it")
    return _rlm_json.loads(text, *args, **named)


def _rlm_drained(iterable):
    if isinstance(iterable, _rlm_LargeText):
        return iterable
    if not isinstance(iterable, _rlm_large_listing):
        return _rlm_small_drained(iterable)
    out = []
    size = 0
    while True:
        some = iterable._some(len(out), 1 << 60)
        if not some:
            return out
        out += some
        size += sum([len(one) for one in some])
        _rlm_large_room(size)


def _rlm_in_batches(items, make):
    # a comprehension over what may be long: some items at a time are in memory
    if isinstance(items, (list, tuple, dict, set, frozenset, range, str, bytes)):
        return make(items)
    out = None
    first = 0
    is_found = isinstance(items, _rlm_LargeFound)
    iterator = None if is_found or isinstance(items, _rlm_large_listing) else iter(items)
    while True:
        if is_found:
            some = items._take(_rlm_large_batch)
        elif iterator is None:
            some = items._some(first, 1 << 60)
        else:
            some = []
            while len(some) < _rlm_large_batch:
                item = next(iterator, _rlm_end)
                if item is _rlm_end:
                    break
                some.append(item)
        made = make(some)
        if out is None:
            out = made
        elif isinstance(out, list):
            out += made
        else:
            out.update(made)
        if not some:
            return out
        first += len(some)


# Regular expressions


def _rlm_large_whole(text, endpos):
    if endpos is not None and endpos < text._length:
        text._refuse("a search up to a place", "search in a slice: pattern.search(context[start:stop])")
    return text


def _rlm_large_match(pattern, text, pos):
    if pos > 0:
        text._refuse("pattern.match(context, pos)", "match a slice: pattern.match(context[pos : pos + 10000])")
    part = text._slice(0, 1000000, None)
    found = pattern.match(part)
    if found is not None and found.end() == len(part) and text._length > len(part):
        text._refuse("match(context)", "it would be longer than a million characters; match slices and lines")
    return found


class _rlm_LargeMatch:
    def __init__(self, pattern, text, found):
        self.re = pattern
        self.string = text
        self._at = found[0]
        self._text = found[1]
        self._spans = found[2:]

    def _number(self, key):
        number = self.re.groupindex.get(key, -1) if isinstance(key, str) else key
        if number < 0 or number > self.re.groups:
            raise IndexError("no such group")
        return number

    def span(self, key=0):
        number = self._number(key)
        if number == 0:
            return (self._at, self._at + len(self._text))
        span = self._spans[number - 1]
        return (-1, -1) if span is None else (self._at + span[0], self._at + span[1])

    def start(self, key=0):
        return self.span(key)[0]

    def end(self, key=0):
        return self.span(key)[1]

    def __getitem__(self, key):
        number = self._number(key)
        if number == 0:
            return self._text
        span = self._spans[number - 1]
        return None if span is None else self._text[span[0] : span[1]]

    def group(self, *keys):
        found = [self[key] for key in keys or (0,)]
        return found[0] if len(found) == 1 else tuple(found)

    def groups(self, default=None):
        found = [self[number] for number in range(1, self.re.groups + 1)]
        return tuple([default if one is None else one for one in found])

    def groupdict(self, default=None):
        return {name: default if self[name] is None else self[name] for name in self.re.groupindex}

    def __repr__(self):
        return "<re.Match object; span=" + repr(self.span()) + ", match=" + repr(self._text) + ">"


def _rlm_large_hard(pattern):
    raise ValueError(
        "the pattern " + repr(pattern.pattern) + " cannot be looked for in a large text: it has to do with its beginning "
        "or end, or a match may be of any length. Look for what begins a match, and use the pattern on slices or lines."
    )


def _rlm_large_scan(pattern, text, start, most):
    # some matches from a place on, and from where to go on, or None
    found = None
    if not pattern._is_odd:
        found = _rlm_large_asked("scan", text._number, [pattern.pattern, pattern._given], start, most)
    if found is None:
        pattern._is_odd = True
        return _rlm_large_pieces(pattern, text, start)
    return ([_rlm_LargeMatch(pattern, text, one) for one in found[0]], found[1])


def _rlm_large_pieces(pattern, text, start):
    # Monty's engine, on lines that the host gives: what begins in them is found, as far as a match may reach
    reader = pattern._reader
    lead = min(start, _rlm_large_lead if reader.looks_back and reader.breaks else 1)
    reach = _rlm_large_reach if reader.breaks else 0
    part, size = _rlm_large_asked("piece", text._number, start - lead, _rlm_piece + lead, reach)
    is_last = start - lead + size >= text._length
    if (start or not is_last) and (reader.is_anchored or reader.is_endless):
        _rlm_large_hard(pattern)
    found = []
    end = size
    for match in pattern._all(part):
        at = match.start()
        if at < lead and match.end() > lead:
            _rlm_large_hard(pattern)
        if at < lead:
            continue
        if at >= size and not is_last:
            break
        if reach and match.end() == len(part) and start - lead + len(part) < text._length:
            _rlm_large_hard(pattern)
        spans = [match.span(number) for number in range(1, pattern.groups + 1)]
        within = [None if span[0] < 0 else [span[0] - at, span[1] - at] for span in spans]
        found.append(_rlm_LargeMatch(pattern, text, [start - lead + at, match.group(), *within]))
        end = max(end, match.end())
    return (found, None if is_last else start - lead + end)


class _rlm_LargeFound:
    # the matches of a pattern, some at a time
    def __init__(self, pattern, text, start):
        self._pattern = pattern
        self._text = text
        self._next = start
        self._ready = []

    def _take(self, most):
        if self._ready:
            ready, self._ready = self._ready[::-1], []
            return ready
        while self._next is not None:
            found, self._next = _rlm_large_scan(self._pattern, self._text, self._next, most)
            if found:
                return found
        return []

    def __iter__(self):
        return self

    def __next__(self):
        if not self._ready:
            self._ready = self._take(_rlm_large_batch)[::-1]
            if not self._ready:
                raise StopIteration
        return self._ready.pop()


def _rlm_large_search(pattern, text, start=0):
    found = _rlm_LargeFound(pattern, text, start)._take(1)
    return found[0] if found else None


def _rlm_large_groups(match):
    groups = match.groups("")
    return match._text if not groups else groups[0] if len(groups) == 1 else groups


def _rlm_large_findall(pattern, text, start=0):
    out = []
    size = 0
    while start is not None:
        found = None
        if not pattern._is_odd:
            found = _rlm_large_asked("findall", text._number, [pattern.pattern, pattern._given], start)
        if found is None:
            found = _rlm_large_scan(pattern, text, start, 1 << 60)
            found = ([_rlm_large_groups(match) for match in found[0]], found[1])
        some, start = found
        if pattern.groups > 1:
            some = [tuple(one) for one in some]
            size += sum([sum([len(part) for part in one]) for one in some])
        else:
            size += sum([len(one) for one in some])
        out += some
        _rlm_large_room(size)
    return out
