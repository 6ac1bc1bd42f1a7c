def pformat(value, indent=1, width=80, depth=None, compact=False, sort_dicts=True):
    return _format(value, indent, width, 0, sort_dicts)


def pprint(value, stream=None, indent=1, width=80, depth=None, compact=False, sort_dicts=True):
    print(_format(value, indent, width, 0, sort_dicts))


pp = pprint


def _ordered(value, sort_dicts):
    if isinstance(value, dict):
        keys = list(value)
        if sort_dicts:
            try:
                keys = sorted(keys)
            except TypeError:
                pass
        return (
            "{" + ", ".join([_ordered(key, sort_dicts) + ": " + _ordered(value[key], sort_dicts) for key in keys]) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join([_ordered(item, sort_dicts) for item in value]) + "]"
    return repr(value)


def _format(value, indent, width, at, sort_dicts):
    flat = _ordered(value, sort_dicts)
    if len(flat) + at <= width or not value:
        return flat
    pad = "\n" + " " * (at + indent)
    if isinstance(value, dict):
        keys = list(value)
        if sort_dicts:
            try:
                keys = sorted(keys)
            except TypeError:
                pass
        parts = []
        for key in keys:
            shown = repr(key) + ": "
            parts.append(shown + _format(value[key], indent, width, at + indent + len(shown), sort_dicts))
        return "{" + " " * (indent - 1) + ("," + pad).join(parts) + "}"
    if isinstance(value, list):
        return (
            "["
            + " " * (indent - 1)
            + ("," + pad).join([_format(item, indent, width, at + indent, sort_dicts) for item in value])
            + "]"
        )
    return flat
