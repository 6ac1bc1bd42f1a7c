# Iterators that make their items one by one, as in CPython: Monty's own `map`, `zip` and their like are lists.
# A step returns an item in a tuple, or None at the end.

_rlm_end = _rlm_Sentinel()


class _rlm_NoText:
    pass


_rlm_large_kind = _rlm_NoText  # what large texts are, where there are some
_rlm_large_kinds = (_rlm_NoText,)  # and what comes of them and is read item by item


class _rlm_Iterator:
    def __init__(self, step, kind="generator"):
        self._step = step
        self._kind = kind
        self._over = False

    def __iter__(self):
        return self

    def __next__(self):
        if self._over:
            raise StopIteration
        self._over = self._kind == "generator"  # what raises is over
        made = self._step()  # in no `try`, which would lose the lines of an error
        self._over = False
        if made is None:
            self._over = True
            raise StopIteration
        return made[0]

    def __contains__(self, item):
        return _rlm_found(item, self)

    def close(self):
        self._over = True

    def __repr__(self):
        return "<" + self._kind + " object at " + hex(id(self)) + ">"


def _rlm_stopping(step):
    # what a generator does that may call `next` in vain
    def one():
        try:
            return step()
        except StopIteration:
            raise RuntimeError("generator raised StopIteration")

    return one


def _rlm_found(item, iterator):
    one = next(iterator, _rlm_end)
    while one is not _rlm_end:
        if one is item or one == item:
            return True
        one = next(iterator, _rlm_end)
    return False


def _rlm_within(item, iterable):
    known = isinstance(iterable, (list, tuple, str, dict, set, frozenset, range, bytes)) or hasattr(iterable, "__contains__")
    return item in iterable if known and not isinstance(iterable, _rlm_Iterator) else _rlm_found(item, iter(iterable))


def _rlm_genexp(items, produce, levels=1):
    # `produce` makes of an item the list of what comes of it, or with more levels the iterators over that
    items = iter(items)
    waiting = []

    def step():
        while True:
            while waiting:
                if levels == 1:
                    return (waiting.pop(0),)
                one = next(waiting[0], _rlm_end)
                if one is not _rlm_end:
                    return (one,)
                waiting.pop(0)
            item = next(items, _rlm_end)
            if item is _rlm_end:
                return None
            waiting.extend(produce(item))

    return _rlm_Iterator(step)


def _rlm_together(function, iterators, strict=False, kind="map"):
    first = iterators[0] if len(iterators) == 1 else None

    def alone():
        item = next(first, _rlm_end)
        return None if item is _rlm_end else (function(item),)

    if first is not None:
        return _rlm_Iterator(alone, kind)

    def step():
        items = []
        for iterator in iterators:
            item = next(iterator, _rlm_end)
            if item is _rlm_end:
                if strict and items:
                    _rlm_uneven(len(items), "shorter")
                if strict and any([next(other, _rlm_end) is not _rlm_end for other in iterators[1:]]):
                    others = [n for n in range(1, len(iterators)) if next(iterators[n], _rlm_end) is not _rlm_end]
                    _rlm_uneven((others or [1])[0], "longer")
                return None
            items.append(item)
        return (function(*items),) if items else None

    return _rlm_Iterator(step, kind)


def _rlm_uneven(number, how):
    before = "argument 1" if number == 1 else "arguments 1-" + str(number)
    raise ValueError("zip() argument " + str(number + 1) + " is " + how + " than " + before)


def _rlm_map(function, *iterables):
    if not iterables:
        raise TypeError("map() must have at least two arguments.")
    return _rlm_together(function, [iter(one) for one in iterables])


def _rlm_zip(*iterables, strict=False):
    if len(iterables) == 1:
        return _rlm_together(lambda item: (item,), [iter(iterables[0])], strict, "zip")
    return _rlm_together(lambda *items: items, [iter(one) for one in iterables], strict, "zip")


def _rlm_enumerate(iterable, start=0):
    numbers = [start - 1]

    def numbered(item):
        numbers[0] += 1
        return (numbers[0], item)

    return _rlm_together(numbered, [iter(iterable)], False, "enumerate")


def _rlm_picked(iterable, fits, kind="filter"):
    iterator = iter(iterable)

    def step():
        while True:
            item = next(iterator, _rlm_end)
            if item is _rlm_end:
                return None
            if fits(item):
                return (item,)

    return _rlm_Iterator(step, kind)


def _rlm_filter(function, iterable):
    return _rlm_picked(iterable, (lambda item: item) if function is None else function)


def _rlm_filterfalse(function, iterable):
    return _rlm_picked(iterable, lambda item: not (item if function is None else function(item)), "itertools.filterfalse")


def _rlm_starmap(function, iterable):
    return _rlm_together(lambda items: function(*items), [iter(iterable)], False, "itertools.starmap")


def _rlm_takewhile(function, iterable):
    iterator = iter(iterable)

    def step():
        item = next(iterator, _rlm_end)
        return None if item is _rlm_end or not function(item) else (item,)

    return _rlm_Iterator(step, "itertools.takewhile")


def _rlm_dropwhile(function, iterable):
    started = []

    def fits(item):
        if not started and not function(item):
            started.append(True)
        return started

    return _rlm_picked(iterable, fits, "itertools.dropwhile")


def _rlm_islice(iterable, *bounds):
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else [*bounds, 1][:3]
    start, step = start or 0, step or 1
    iterator = iter(iterable)
    at = [0, start]

    def one():
        while stop is None or at[1] < stop:
            item = next(iterator, _rlm_end)
            if item is _rlm_end:
                return None
            at[0] = at[0] + 1
            if at[0] > at[1]:
                at[1] = at[1] + step
                return (item,)
        return None

    return _rlm_Iterator(one, "itertools.islice")


def _rlm_chain(*iterables):
    return _rlm_chained(iterables)


def _rlm_chained(iterables):
    return _rlm_genexp(iterables, lambda one: [iter(one)], 2)


def _rlm_calls(function, last):
    return _rlm_takewhile(lambda item: item != last, _rlm_Iterator(lambda: (function(),), "callable_iterator"))


# What takes all, or stops early, and may ask a model meanwhile


def _rlm_drained(iterable):
    if isinstance(iterable, (list, tuple, str, dict, set, frozenset, range, bytes)):
        return iterable
    out = []
    iterator = iter(iterable)
    item = next(iterator, _rlm_end)
    while item is not _rlm_end:
        out.append(item)
        item = next(iterator, _rlm_end)
    return out


def _rlm_any(iterable):
    iterator = iter(iterable)
    item = next(iterator, _rlm_end)
    while item is not _rlm_end:
        if item:
            return True
        item = next(iterator, _rlm_end)
    return False


def _rlm_all(iterable):
    iterator = iter(iterable)
    item = next(iterator, _rlm_end)
    while item is not _rlm_end:
        if not item:
            return False
        item = next(iterator, _rlm_end)
    return True
