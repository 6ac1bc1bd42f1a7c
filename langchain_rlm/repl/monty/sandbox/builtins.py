# What lowered cells rely on. Plain Python in Monty's dialect: no yield, no del, no inheritance.
import asyncio as _rlm_asyncio
import json as _rlm_json
import re as _rlm_re
from collections import namedtuple as _rlm_namedtuple

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


def _rlm_map(function, *iterables):
    if len(iterables) == 1:
        return iter([function(item) for item in iterables[0]])
    return iter([function(*items) for items in zip(*iterables)])


def _rlm_filter(function, items):
    if function is None:
        return iter([item for item in items if item])
    return iter([item for item in items if function(item)])


def _rlm_sorted(items, *, key=None, reverse=False):
    items = list(items)
    if key is None:
        return sorted(items, reverse=reverse)
    keys = [key(item) for item in items]
    order = sorted(range(len(items)), key=lambda index: keys[index], reverse=reverse)
    return [items[index] for index in order]


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


def _rlm_next(items, produce, *default):
    for item in items:
        for value in produce(item):
            return value
    if default:
        return default[0]
    raise StopIteration


def _rlm_any(items, produce):
    for item in items:
        for value in produce(item):
            if value:
                return True
    return False


def _rlm_all(items, produce):
    for item in items:
        for value in produce(item):
            if not value:
                return False
    return True


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


# Exceptions: Monty's hold nothing or one text, so other arguments are kept beside them

_rlm_arguments = {}


def _rlm_error(kind, *args):
    if not args or (len(args) == 1 and isinstance(args[0], str)):
        return kind(*args)
    written = repr if kind is KeyError else str
    made = kind(written(args[0]) if len(args) == 1 else str(args))
    _rlm_arguments[id(made)] = (made, args)
    return made


def _rlm_args(error):
    found = _rlm_arguments.get(id(error))
    return error.args if found is None else found[1]


def _rlm_repr(error):
    return repr(error) if id(error) not in _rlm_arguments else _rlm_error_repr(error)


# Exceptions of the model's own classes


def _rlm_error_text(error):
    if not error.args:
        return ""
    if len(error.args) > 1:
        return str(error.args)
    return repr(error.args[0]) if error._rlm_carrier is KeyError else str(error.args[0])


def _rlm_error_repr(error):
    name = type(error).__name__
    return name + "(" + ", ".join([repr(value) for value in _rlm_args(error)]) + ")"


def _rlm_throw(error):
    if type(error).__name__ == "type":
        error = error()
    carrier = getattr(error, "_rlm_carrier", None)
    if carrier is None:
        return error
    text = type(error).__name__
    if str(error):
        text = text + ": " + str(error)
    raised = carrier(text)
    _rlm_errors[id(raised)] = _rlm_errors[raised.args] = (raised, error)
    return raised


def _rlm_caught(error):
    # out of a function that `map` or `sorted` called, an error comes as a copy
    found = _rlm_errors.get(id(error), _rlm_errors.get(error.args))
    return error if found is None or type(found[0]) is not type(error) else found[1]


# Classes


def _rlm_class_name(value):
    name = type(value).__name__
    return value.__name__ if name == "type" else name


def _rlm_property(value, owners, getter, fallback):
    return getter(value) if type(value).__name__ in owners else fallback(value)


def _rlm_method(value, owners, method, fallback):
    is_class = type(value).__name__ == "type"
    name = value.__name__ if is_class else type(value).__name__
    kind = owners.get(name)
    if kind is None:
        return lambda *args, **kwargs: fallback(value, *args, **kwargs)
    owner = value if is_class else type(value)
    if kind == "staticmethod":
        return method(owner)
    return lambda *args, **kwargs: method(owner)(owner, *args, **kwargs)


def _rlm_len(value):
    return (
        value.__len__()
        if hasattr(value, "__len__") and not isinstance(value, (str, list, dict, tuple, set))
        else len(value)
    )


def _rlm_vars(value, table):
    names = table.get(type(value).__name__)
    if names is None:
        names = getattr(value, "_rlm_keys", None)
    if names is None:
        raise TypeError("vars() knows the attributes of classes that cells defined only")
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


class _rlm_Member:
    def __init__(self, owner, name, value):
        self._owner = owner
        self.name = name
        self.value = value

    def __repr__(self):
        return "<" + self._owner + "." + self.name + ": " + repr(self.value) + ">"

    def __str__(self):
        return self._owner + "." + self.name

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return isinstance(other, _rlm_Member) and other._owner == self._owner and other.name == self.name


class _rlm_Enum:
    def __init__(self, name, members):
        self._rlm_name = name
        self._rlm_members = [_rlm_Member(name, key, value) for key, value in members]
        for member in self._rlm_members:
            setattr(self, member.name, member)
        self.__members__ = {member.name: member for member in self._rlm_members}

    def __iter__(self):
        return iter(self._rlm_members)

    def __contains__(self, member):
        return any([member == one or member == one.value for one in self._rlm_members])

    def __getitem__(self, name):
        return self.__members__[name]

    def __call__(self, value):
        for member in self._rlm_members:
            if member.value == value or member == value:
                return member
        raise ValueError(repr(value) + " is not a valid " + self._rlm_name)


def _rlm_enum(name, members):
    return _rlm_Enum(name, members)


class _rlm_Field:
    def __init__(self, name):
        self.name = name


def _rlm_dataclass(what, table):
    def names(value):
        found = table.get(value.__name__ if type(value).__name__ == "type" else type(value).__name__)
        if found is None:
            raise TypeError(what + "() should be called on dataclass instances")
        return found

    def deep(value):
        if isinstance(value, list):
            return [deep(item) for item in value]
        if isinstance(value, tuple):
            return tuple([deep(item) for item in value])
        if isinstance(value, dict):
            return {key: deep(value[key]) for key in value}
        if type(value).__name__ in table:
            return asdict(value)
        return value

    def asdict(value):
        return {name: deep(getattr(value, name)) for name in names(value)}

    def astuple(value):
        return tuple([deep(getattr(value, name)) for name in names(value)])

    def replace(value, **changes):
        given = {name: getattr(value, name) for name in names(value)}
        given.update(changes)
        return type(value)(**given)

    def fields(value):
        return tuple([_rlm_Field(name) for name in names(value)])

    return {"asdict": asdict, "astuple": astuple, "replace": replace, "fields": fields}[what]


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
    others = other if isinstance(other, tuple) else (other,)
    pairs = [("bool", "int")]
    for candidate in others:
        if one is candidate or candidate.__name__ == "object" or (one.__name__, candidate.__name__) in pairs:
            return True
    return False


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


def _rlm_move_to_end(mapping, key, last=True):
    value = mapping.pop(key)
    if last:
        mapping[key] = value
    else:
        rest = dict(mapping)
        mapping.clear()
        mapping[key] = value
        mapping.update(rest)


def _rlm_popitem(mapping, last=True):
    key = list(mapping)[-1 if last else 0]
    return (key, mapping.pop(key))


# Text


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
    def group(found):
        key = found.group(1) or found.group(2)
        value = match.group(int(key) if key.isdigit() else key)
        return value or ""

    return _rlm_re_sub(r"\\(\d+)|\\g<(\w+)>", group, template)


# Asking side by side


class _rlm_Task:
    def __init__(self, function, twin):
        self.function = function
        self.twin = twin

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


def _rlm_task(function, twin):
    return _rlm_Task(function, twin)


async def _rlm_then(asking, rest):
    return rest(await asking)


class _rlm_Future:
    def __init__(self, function, args, kwargs):
        self._call = (function, args, kwargs)
        self._state = "pending"
        self._value = None
        self._error = None
        self._callbacks = []

    def done(self):
        if self._state == "pending":
            _rlm_settle_pending()
        return True

    def running(self):
        return False

    def cancelled(self):
        return self._state == "cancelled"

    def cancel(self):
        if self._state != "pending":
            return False
        self._state = "cancelled"
        if self in _rlm_pending:
            _rlm_pending.remove(self)
        return True

    def exception(self, timeout=None):
        self.done()
        return self._error

    def result(self, timeout=None):
        self.done()
        if self._error is not None:
            raise self._error
        return self._value

    def add_done_callback(self, function):
        if self._state == "pending":
            self._callbacks.append(function)
        else:
            function(self)


_rlm_pending = []


def _rlm_submit(function, args, kwargs):
    future = _rlm_Future(function, args, kwargs)
    _rlm_pending.append(future)
    return future


async def _rlm_settle(future):
    function, args, kwargs = future._call
    try:
        if function is None:
            future._value = await args
        elif isinstance(function, _rlm_Task):
            future._value = await function.twin(*args, **kwargs)
        else:
            future._value = function(*args, **kwargs)
    except Exception as error:
        future._error = error
    future._state = "done"
    for callback in future._callbacks:
        callback(future)


async def _rlm_settle_all():
    while _rlm_pending:
        futures = list(_rlm_pending)
        _rlm_pending.clear()
        await _rlm_asyncio.gather(*[_rlm_settle(future) for future in futures])


def _rlm_settle_pending():
    _rlm_asyncio.run(_rlm_settle_all())


async def _rlm_await(value):
    if isinstance(value, _rlm_Future):
        await _rlm_settle_all()
        return value.result()
    if type(value).__name__ == "coroutine":
        return await value
    return value
