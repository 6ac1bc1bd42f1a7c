# Asking ahead of a loop: a copy of the loop that only asks is run first, and collects what the loop will ask. That is
# asked at once, and the loop's own calls take the answers that are there. Any other prompt is asked when it comes.
_rlm_ahead = {}
_rlm_collecting = []
_rlm_ahead_room = [20_000, 64_000_000]  # calls and characters: a loop that never ends is seen soon
_rlm_flat = (str, int, float, bool, bytes, range, type(None))
_rlm_nested = (list, tuple, set, frozenset)


def _rlm_host_query(how, prompts, model, contexts, raises, *more):
    if more:
        # with pages: nothing of that is asked ahead
        if _rlm_collecting:
            raise BaseException
        return _rlm_host_ask(how, prompts, model, contexts, raises, *more)
    if not _rlm_ahead and not _rlm_collecting:
        return _rlm_host_ask(how, prompts, model, contexts, raises)
    calls = _rlm_call_keys(how, prompts, model, contexts, more)
    if _rlm_collecting:
        _rlm_collect(calls)
        return [("ok", "")] * len(calls)
    there = [_rlm_ahead[key].pop(0) if _rlm_ahead.get(key) else None for key in calls]
    lacking = [at for at, one in enumerate(there) if one is None]
    if raises and len(there) > 1 and any([one is not None and one[0] != "ok" for one in there]):
        # the others of a batch that fails are kept, for when it is asked again
        for key, one in zip(calls, there):
            if one is not None and one[0] == "ok":
                _rlm_ahead[key].insert(0, one)
    if lacking:
        some = None if contexts is None else [contexts[at] for at in lacking]
        asked = _rlm_host_ask(how, [prompts[at] for at in lacking], model, some, raises)
        for at, one in zip(lacking, asked):
            there[at] = one
    return there


def _rlm_ask_typed(kind, given):
    # how often it asks depends on the answers
    if _rlm_collecting:
        raise BaseException
    return _rlm_host_typed(kind, given)


def _rlm_ahead_end(is_failed):
    # Of a cell that failed, the engine gives all answers again; of others those are kept that the cell did not take.
    for key in [] if is_failed else list(_rlm_ahead):
        left = [one for one in _rlm_ahead[key] if one[0] == "ok"]
        if left:
            _rlm_ahead[key] = left
        else:
            _rlm_ahead.pop(key)
    if is_failed:
        _rlm_ahead.clear()


def _rlm_call_keys(how, prompts, model, contexts, more):
    texts = [None] * len(prompts) if contexts is None else contexts
    texts = [tuple(text) if isinstance(text, list) else text for text in texts]
    return [(how, prompt, model, text, repr(more)) for prompt, text in zip(prompts, texts)]


def _rlm_collect(calls):
    for call in calls:
        _rlm_room_left[0] -= 1
        _rlm_room_left[1] -= sum([len(text) for text in (call[3] if isinstance(call[3], tuple) else (call[3] or "",))])
        _rlm_room_left[1] -= len(call[1])
        if min(_rlm_room_left) < 0:
            raise BaseException
        _rlm_collecting[0].append(call)


_rlm_room_left = list(_rlm_ahead_room)


def _rlm_ask_ahead(asking, names):
    calls = []
    _rlm_collecting.append(calls)
    _rlm_room_left[:] = _rlm_ahead_room
    try:
        given, own, read, changed = names()
        _rlm_check_apart(given + read, own, changed)
        asking(*given, *[one.copy() if isinstance(one, (list, set, dict)) else one for one in own])
    except BaseException:
        pass
    _rlm_collecting.clear()
    there = {}
    wanted = []
    for call in calls:
        there[call] = there.get(call, len(_rlm_ahead.get(call, ()))) - 1
        if there[call] < 0:
            wanted.append(call)
    if len(wanted) > 1:
        asked = _rlm_host_ahead(wanted)
        for call, result in zip(wanted, asked):
            _rlm_ahead.setdefault(call, []).append(result)


def _rlm_check_apart(read, own, changed):
    # The copy reads plain values alone, and none that the loop changes under another name.
    ids = [id(one) for one in own + changed if type(one) not in _rlm_flat]
    if len(set(ids)) < len(ids):
        raise ValueError
    for one in own:
        if type(one) not in _rlm_flat and type(one) not in (list, set, dict):
            raise ValueError
    rest = read + [list(one.items()) if type(one) is dict else list(one) for one in own if type(one) not in _rlm_flat]
    seen = set()
    while rest:
        one = rest.pop()
        kind = type(one)
        if kind in _rlm_flat or kind.__name__ in ("Pattern", "Match") or id(one) in seen:
            continue
        if isinstance(one, _rlm_large_kinds):  # what they give does not change
            continue
        seen.add(id(one))
        if id(one) in ids or (kind not in _rlm_nested and kind is not dict) or len(rest) > 1_000_000:
            raise ValueError
        rest += one.items() if kind is dict else [part for part in one if type(part) is not str]
