# What lowered cells rely on. Plain Python in Monty's dialect: no yield, no del, no inheritance.
import asyncio as _rlm_asyncio
import json as _rlm_json
import re as _rlm_re
from collections import namedtuple as _rlm_namedtuple
from datetime import timedelta as _rlm_span, timezone as _rlm_timezone

_rlm_errors = {}
_rlm_TimeoutError = TimeoutError
_rlm_OrderedDict = dict


class _rlm_Module:
    def __init__(self, name):
        self._rlm_module_name = name

    def __repr__(self):
        return "<module " + repr(self._rlm_module_name) + ">"


class _rlm_SimpleNamespace:
    def __init__(self, **values):
        self._rlm_keys = list(values)
        for key in values:
            setattr(self, key, values[key])

    def __repr__(self):
        return "namespace(" + ", ".join([key + "=" + repr(getattr(self, key)) for key in self._rlm_keys]) + ")"


class _rlm_Sentinel:
    def __repr__(self):
        return "<object object>"


def _rlm_object():
    return _rlm_Sentinel()


# Loops in which a model may be asked


def _rlm_sorted(items, *, key=None, reverse=False):
    items = list(items)
    if key is None:
        return sorted(items, reverse=reverse)
    keys = [key(item) for item in items]
    order = sorted(range(len(items)), key=lambda index: keys[index], reverse=reverse)
    return [items[index] for index in order]


def _rlm_flag(value):
    if not isinstance(value, int):
        raise TypeError("'" + type(value).__name__ + "' object cannot be interpreted as an integer")
    return value


def _rlm_sort(items, *, key=None, reverse=False):
    items[:] = _rlm_sorted(items, key=key, reverse=reverse)


def _rlm_best(items, key, default, pick):
    items = list(items[0]) if len(items) == 1 else list(items)
    if not items:
        if "value" in default:
            return default["value"]
        raise ValueError(pick.__name__ + "() iterable argument is empty")
    if key is None:
        return pick(items)
    keys = [key(item) for item in items]
    return items[keys.index(pick(keys))]


def _rlm_min(*items, key=None, **default):
    return _rlm_best(items, key, {"value": default["default"]} if "default" in default else {}, min)


def _rlm_max(*items, key=None, **default):
    return _rlm_best(items, key, {"value": default["default"]} if "default" in default else {}, max)


def _rlm_reduce(function, items, *initial):
    items = list(items)
    if initial:
        value = initial[0]
    else:
        if not items:
            raise TypeError("reduce() of empty iterable with no initial value")
        value = items.pop(0)
    for item in items:
        value = function(value, item)
    return value


# Statements


def _rlm_delete_item(container, key):
    if isinstance(container, list):
        container.pop(key)
    elif isinstance(container, dict):
        container.pop(key)
    elif hasattr(container, "__delitem__"):
        container.__delitem__(key)
    else:
        values = list(container)
        values.pop(key)
        container.clear()
        container.extend(values)


def _rlm_delete_slice(container, lower, upper, step):
    if step is None:
        container[lower:upper] = []
        return
    gone = set(range(len(container))[lower:upper:step])
    container[:] = [item for index, item in enumerate(container) if index not in gone]


# Values written out as text



def _rlm_reader():
    # `eval` itself is in no global: `locals()` would hand it out
    run = eval
    # Strings without a prefix that runs code, numbers, and signs. No names: so nothing can be called.
    parts = _rlm_re.compile(
        r"\s+|True|False|None|[-+*/%<>=!&|^~,:()\[\]{}]"
        r"|0[xXoObB][0-9a-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?"
        r"|(?:[uUbBrR]|[rR][bB]|[bB][rR])?"
        r"(?:'[^'\\\n\r]*(?:\\[\s\S][^'\\\n\r]*)*'|\"[^\"\\\n\r]*(?:\\[\s\S][^\"\\\n\r]*)*\")"
    )

    def read(name, text):
        if not isinstance(text, str):
            raise TypeError(name + ": pass a str, not " + type(text).__name__ + ".")
        # three quotes in a row may end a string elsewhere than the pattern says
        if parts.sub("", text) or "'''" in text or '"""' in text:
            raise ValueError(
                name
                + ": only a value written out, such as [1, 'a'], can be read, not "
                + repr(text[:80])
                + ". Write code in the cell itself, and read JSON with json.loads."
            )
        return run(text.strip())

    return read


_rlm_literal = _rlm_reader()


def _rlm_eval(text, *spaces):
    return _rlm_literal("eval", text)


# Small builtins


def _rlm_round(number, ndigits=None):
    # Monty multiplies first: round(2.675, 2) is 2.68 there; formatting rounds the value itself, as CPython does
    if isinstance(number, float) and isinstance(ndigits, int) and ndigits > 0:
        return float(f"{number:.{ndigits}f}")
    return round(number) if ndigits is None else round(number, ndigits)


def _rlm_callable(value):
    if type(value).__name__ == "type":
        return True
    kind = type(value).__name__
    return kind in ("function", "builtin_function_or_method", "method", "_rlm_Task", "partial") or hasattr(
        value, "__call__"
    )


def _rlm_issubclass(one, other):
    if type(one).__name__ != "type":
        raise TypeError("issubclass() arg 1 must be a class")
    above = getattr(one, "_rlm_order", None) or _rlm_above.get(_rlm_name(one), [])
    for candidate in other if isinstance(other, tuple) else (other,):
        if one is candidate or _rlm_name(candidate) in above or _rlm_name(candidate) == "object":
            return True
    return False


def _rlm_match_groups(match, *default):
    if not default:
        return match.groups()
    return tuple([default[0] if group is None else group for group in match.groups()])


def _rlm_match_groupdict(match, *default):
    found = match.groupdict()
    return {name: default[0] if default and found[name] is None else found[name] for name in found}


def _rlm_ascii(value):
    return "".join([c if ord(c) < 128 else _rlm_escaped(ord(c)) for c in repr(value)])


def _rlm_escaped(code):
    if code < 256:
        return "\\x" + format(code, "02x")
    return "\\u" + format(code, "04x") if code < 65536 else "\\U" + format(code, "08x")


def _rlm_name(value):
    try:
        return value.__name__
    except AttributeError:
        pass
    shown = str(value)
    if shown.startswith("<function '"):
        return shown[11:].split("'")[0]
    if shown.startswith("<"):
        words = shown.replace(">", " ").split()
        return words[words.index("function") + 1].strip("'") if "function" in words else words[-1].strip("'")
    raise AttributeError(repr(type(value).__name__) + " object has no attribute '__name__'")


def _rlm_bound(value, name, method):
    found = getattr(value, name, _rlm_errors)
    if found is not _rlm_errors:
        return found
    return lambda *args, **kwargs: method(value, *args, **kwargs)


def _rlm_print(*values, sep=" ", end="\n", file=None, flush=False):
    sep = " " if sep is None else sep
    end = "\n" if end is None else end
    if hasattr(file, "write") or type(file).__name__ == "StringIO":
        file.write(sep.join([str(value) for value in values]) + end)
    else:
        print(*values, sep=sep, end=end, file=file)


def _rlm_wraps(function):
    return lambda wrapper: wrapper


def _rlm_batched(items, size):
    items = list(items)
    return iter([tuple(items[start : start + size]) for start in range(0, len(items), size)])


def _rlm_ChainMap(*maps):
    merged = {}
    for one in reversed(maps):
        merged.update(one)
    return merged


# A value of another type has the method itself, as one of the cell's own classes may, or fails as it does in Python.


def _rlm_move_to_end(mapping, key, last=True):
    if type(mapping) is not dict:
        return mapping.move_to_end(key, last=last)
    value = mapping.pop(key)
    if last:
        mapping[key] = value
    else:
        rest = dict(mapping)
        mapping.clear()
        mapping[key] = value
        mapping.update(rest)


def _rlm_popitem(mapping, last=True):
    if type(mapping) is not dict:
        return mapping.popitem(last=last)
    key = list(mapping)[-1 if last else 0]
    return (key, mapping.pop(key))


def _rlm_of(kind, value, name):
    """What `kind.name` is called with."""
    if not isinstance(value, kind) and type(value).__name__ != "LargeText":
        of, given = kind.__name__, "re.Match" if type(value).__name__ == "Match" else type(value).__name__
        raise TypeError(f"descriptor '{name}' for '{of}' objects doesn't apply to a '{given}' object")
    return value


# Methods that Monty's types lack


def _rlm_bit_length(number):
    if not isinstance(number, int):
        return number.bit_length()
    return len(bin(abs(number))) - 2 if number else 0


def _rlm_bit_count(number):
    if not isinstance(number, int):
        return number.bit_count()
    return bin(abs(number)).count("1")


def _rlm_is_integer(number):
    if not isinstance(number, (int, float)):
        return number.is_integer()
    return number not in (float("inf"), float("-inf")) and number == number and number == int(number)


def _rlm_isocalendar(day):
    if type(day).__name__ not in ("date", "datetime"):
        return day.isocalendar()
    return tuple([int(part) for part in day.strftime("%G-%V-%u").split("-")])


_rlm_units = {
    "days": 86400000000, "seconds": 1000000, "microseconds": 1, "milliseconds": 1000, "minutes": 60000000,
    "hours": 3600000000, "weeks": 604800000000,
}


def _rlm_timedelta(*args, **units):
    # Monty takes whole numbers only
    if not any([isinstance(value, float) for value in [*args, *units.values()]]):
        return _rlm_span(*args, **units)
    given = dict(zip(_rlm_units, args))
    given.update(units)
    return _rlm_span(microseconds=round(sum([value * _rlm_units[unit] for unit, value in given.items()])))


def _rlm_updated(name):
    def update(values, *others):
        if not isinstance(values, set):
            return getattr(values, name + "_update")(*others)
        kept = values
        for other in others:
            other = set(other)
            kept = kept - other if name == "difference" else kept & other if name == "intersection" else kept ^ other
        kept = set(kept)
        values.clear()
        values.update(kept)

    return update


_rlm_difference_update = _rlm_updated("difference")
_rlm_intersection_update = _rlm_updated("intersection")
_rlm_symmetric_difference_update = _rlm_updated("symmetric_difference")


def _rlm_bytes(value=b"", *rest):
    if isinstance(value, (list, tuple, range, set, _rlm_Iterator)):
        numbers = list(value)
        for number in numbers:
            if not 0 <= number < 256:
                raise ValueError("bytes must be in range(0, 256)")
        return bytes.fromhex("".join([format(number, "02x") for number in numbers]))
    return bytes(value, *rest)


# Text

_RLM_LATIN = ("latin-1", "latin1", "iso-8859-1", "l1")


def _rlm_encode(text, encoding="utf-8", errors="strict"):
    if not isinstance(text, str) or encoding.lower().replace("_", "-") not in _RLM_LATIN:
        return text.encode(encoding, errors)
    numbers = [ord(letter) for letter in text]
    if errors == "replace":
        numbers = [number if number < 256 else 63 for number in numbers]
    elif errors == "ignore":
        numbers = [number for number in numbers if number < 256]
    wrong = [index for index, number in enumerate(numbers) if number >= 256]
    if wrong:
        shown = _rlm_ascii(text[wrong[0]])
        told = f"'latin-1' codec can't encode character {shown} in position {wrong[0]}: ordinal not in range(256)"
        raise UnicodeEncodeError(told)
    return _rlm_bytes(numbers)


def _rlm_decode(value, encoding="utf-8", errors="strict"):
    if not isinstance(value, bytes) or encoding.lower().replace("_", "-") not in _RLM_LATIN:
        return value.decode(encoding, errors)
    return "".join([chr(number) for number in value])


def _rlm_maketrans(first, second=None, third=""):
    if second is None:
        return {ord(key) if isinstance(key, str) else key: first[key] for key in first}
    table = {ord(old): ord(new) for old, new in zip(first, second)}
    for character in third:
        table[ord(character)] = None
    return table


def _rlm_translate(text, table):
    if not isinstance(text, str):
        return text.translate(table)
    out = []
    for character in text:
        new = table.get(ord(character), character)
        if new is None:
            continue
        out.append(chr(new) if isinstance(new, int) else new)
    return "".join(out)


def _rlm_format_map(text, mapping):
    if not isinstance(text, str):
        return text.format_map(mapping)
    return text.format(**mapping)


def _rlm_plain(value, default):
    if isinstance(value, dict):
        return {key: _rlm_plain(value[key], default) for key in value}
    if isinstance(value, (list, tuple)):
        return [_rlm_plain(item, default) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return _rlm_plain(default(value), default)


def _rlm_json_dumps(value, *, default=None, **options):
    return _rlm_json.dumps(_rlm_plain(value, default) if default else value, **options)


# Regular expressions


def _rlm_lastgroup(match):
    try:
        names = match.groupdict()
    except AttributeError:
        return match.lastgroup
    found = [name for name in names if names[name] is not None]
    return found[-1] if found else None


def _rlm_lastindex(match):
    found = [index + 1 for index, group in enumerate(match.groups()) if group is not None]
    return found[-1] if found else None


def _rlm_expand(match, template):
    if type(match).__name__ != "Match":
        return match.expand(template)

    def group(found):
        key = found.group(1) or found.group(2)
        value = match.group(int(key) if key.isdigit() else key)
        return value or ""

    return _rlm_re_sub(r"\\(\d+)|\\g<(\w+)>", group, template)
