# Long texts: where one has letters beyond ASCII, Monty counts from its start for each place that is asked for, and it
# reads the whole of any text for each `find`. Here such a text is known by what it is, and only what is around a place
# is cut out of it, in blocks. Plain Python.

_rlm_wide_sizes = [1 << 60, 4096, 1024, 3]  # characters of a long text and of a block, blocks of a zone, zones kept
_rlm_wides = {}
_rlm_wides_made = []
_rlm_zones = []
_rlm_zones_dropped = [0]


class _rlm_Wide:
    def __init__(self, text):
        self.text = text
        self.length = len(text)
        self.is_ascii = text.isascii()
        self.zones = {}


def _rlm_wide_keep(text):
    _rlm_wides[id(text)] = _rlm_Wide(text)


def _rlm_wide_keep_all(texts):
    for text in texts:
        if isinstance(text, str) and len(text) >= _rlm_wide_sizes[0]:
            _rlm_wide_keep(text)


def _rlm_wide(value):
    # what is known of a long text, or None; of those that code made, the last ones are known
    found = _rlm_wides.get(id(value))
    if found is not None and found.text is value:
        return found
    if not isinstance(value, str) or len(value) < _rlm_wide_sizes[0]:
        return None
    _rlm_wide_keep(value)
    made = _rlm_wides[id(value)]
    _rlm_wides_made.append(made)
    most = _rlm_wide_sizes[1] * _rlm_wide_sizes[2] * _rlm_wide_sizes[3]
    while len(_rlm_wides_made) > 1 and sum([one.length for one in _rlm_wides_made]) > most:
        old = _rlm_wides_made.pop(0)
        _rlm_wides.pop(id(old.text))
        _rlm_zones[:] = [pair for pair in _rlm_zones if pair[0] is not old]
    return made


def _rlm_is_wide(value):
    wide = _rlm_wide(value)
    return wide is not None and not wide.is_ascii


def _rlm_zone(wide, number):
    found = wide.zones.get(number)
    if found is None:
        size, blocks = _rlm_wide_sizes[1], _rlm_wide_sizes[2]
        parts = [wide.text[number * size * blocks : (number + 1) * size * blocks]]
        for step in (size * 256, size * 16, size):  # each cut counts from the start of what it cuts
            parts = [part[at : at + step] for part in parts for at in range(0, len(part), step)]
        found = wide.zones[number] = parts
        _rlm_zones.append((wide, number))
        # where code goes to and fro, all are kept
        if len(_rlm_zones) > _rlm_wide_sizes[3] and _rlm_zones_dropped[0] < 8 * _rlm_wide_sizes[3]:
            _rlm_zones_dropped[0] += 1
            old, number = _rlm_zones.pop(0)
            old.zones.pop(number)
    return found


def _rlm_part(wide, start, stop):
    if start >= stop:
        return ""
    size, blocks = _rlm_wide_sizes[1], _rlm_wide_sizes[2]
    if wide.is_ascii or stop - start >= size * blocks:
        return wide.text[start:stop]
    first, last = start // size, (stop - 1) // size
    found = _rlm_zone(wide, first // blocks)
    if first == last:
        text = found[first % blocks]
    elif first // blocks == last // blocks:
        text = "".join(found[first % blocks : last % blocks + 1])
    else:
        text = "".join(found[first % blocks :] + _rlm_zone(wide, last // blocks)[: last % blocks + 1])
    return text[start - first * size : stop - first * size]


def _rlm_bounds(length, start, stop):
    start = 0 if start is None else start + length if start < 0 else start
    stop = length if stop is None else stop + length if stop < 0 else stop
    return (max(0, start), min(max(0, stop), length))


def _rlm_slice(value, start, stop, step):
    if step is None or step == 1:
        wide = _rlm_wide(value)
        if wide is not None and (start is None or isinstance(start, int)) and (stop is None or isinstance(stop, int)):
            start, stop = _rlm_bounds(wide.length, start, stop)
            return _rlm_part(wide, start, stop)
    return value[start:stop:step]


def _rlm_at(value, key):
    if isinstance(key, int):
        wide = _rlm_wide(value)
        if wide is not None and -wide.length <= key < wide.length:
            key = key + wide.length if key < 0 else key
            return _rlm_part(wide, key, key + 1)
    return value[key]


def _rlm_wide_len(value):
    wide = _rlm_wide(value)
    return _rlm_len(value) if wide is None else wide.length


def _rlm_places(value, args):
    # a long text and where in it is to be looked, or None: then Monty's own method looks, or says what is wrong
    wide = _rlm_wide(value)
    if wide is None or not 1 <= len(args) <= 3 or not all([one is None or isinstance(one, int) for one in args[1:]]):
        return None
    start, stop = _rlm_bounds(wide.length, args[1] if len(args) > 1 else None, args[2] if len(args) > 2 else None)
    return (wide, start, stop)


def _rlm_looked(places, text, backward):
    # near the start first, in parts that grow
    wide, start, stop = places
    span = len(text)
    if span == 0:
        return -1 if start > stop else stop if backward else start
    reach = _rlm_wide_sizes[1]
    while stop - start >= span:
        if reach > 256 * _rlm_wide_sizes[1] or span > reach:
            if text not in wide.text:
                return -1
            return wide.text.rfind(text, start, stop) if backward else wide.text.find(text, start, stop)
        low = max(start, stop - span + 1 - reach) if backward else start
        high = stop if backward else min(stop, start + span - 1 + reach)
        part = _rlm_part(wide, low, high)
        if text in part:
            return low + (part.rfind(text) if backward else part.find(text))
        if backward:
            stop = low + span - 1
        else:
            start = high - span + 1
        reach = reach * 4
    return -1


def _rlm_found_at(value, args, backward):
    places = _rlm_places(value, args)
    return None if places is None or not isinstance(args[0], str) else _rlm_looked(places, args[0], backward)


def _rlm_text_find(value, *args):
    found = _rlm_found_at(value, args, False)
    return value.find(*args) if found is None else found


def _rlm_text_rfind(value, *args):
    found = _rlm_found_at(value, args, True)
    return value.rfind(*args) if found is None else found


def _rlm_text_index(value, *args):
    found = _rlm_found_at(value, args, False)
    return value.index(*args) if found is None else _rlm_there(found)


def _rlm_text_rindex(value, *args):
    found = _rlm_found_at(value, args, True)
    return value.rindex(*args) if found is None else _rlm_there(found)


def _rlm_there(place):
    if place < 0:
        raise ValueError("substring not found")
    return place


def _rlm_text_count(value, *args):
    places = _rlm_places(value, args)
    if places is None or not isinstance(args[0], str):
        return value.count(*args)
    return _rlm_part(*places).count(args[0]) if places[1] <= places[2] else 0


def _rlm_edge(value, args):
    # how much of a long text may be what it is said to start or end with, with where that is looked for
    places = _rlm_places(value, args)
    wanted = args[0] if args and isinstance(args[0], tuple) else args[:1]
    if places is None or not all([isinstance(one, str) for one in wanted]):
        return None
    return (places, max([len(one) for one in wanted], default=0))


def _rlm_text_startswith(value, *args):
    edge = _rlm_edge(value, args)
    if edge is None:
        return value.startswith(*args)
    (wide, start, stop), longest = edge
    return start <= stop and _rlm_part(wide, start, min(stop, start + longest)).startswith(args[0])


def _rlm_text_endswith(value, *args):
    edge = _rlm_edge(value, args)
    if edge is None:
        return value.endswith(*args)
    (wide, start, stop), longest = edge
    return start <= stop and _rlm_part(wide, max(start, stop - longest), stop).endswith(args[0])
