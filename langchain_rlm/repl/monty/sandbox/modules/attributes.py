# The attributes of values that Monty does not tell of, and its methods by their names.

_common = """__class__ __delattr__ __dir__ __doc__ __eq__ __format__ __ge__ __getattribute__ __getstate__ __gt__ __hash__ __init__
__init_subclass__ __le__ __lt__ __ne__ __new__ __reduce__ __reduce_ex__ __repr__ __setattr__ __sizeof__ __str__
__subclasshook__
""".split()

_members = {
    "str": """
__add__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ __rmod__ __rmul__ capitalize casefold
center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit
isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition
removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip
swapcase title translate upper zfill
""",
    "bytes": """
__add__ __bytes__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mod__ __mul__ __rmod__ __rmul__
capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii isdigit islower
isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex
rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill
""",
    "int": """
__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getnewargs__ __index__ __int__
__invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __rfloordiv__
__rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__
__truediv__ __trunc__ __xor__ as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator
real to_bytes
""",
    "float": """
__abs__ __add__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getformat__ __getnewargs__ __int__
__mod__ __mul__ __neg__ __pos__ __pow__ __radd__ __rdivmod__ __rfloordiv__ __rmod__ __rmul__ __round__ __rpow__
__rsub__ __rtruediv__ __sub__ __truediv__ __trunc__ as_integer_ratio conjugate fromhex hex imag is_integer real
""",
    "bool": """
__abs__ __add__ __and__ __bool__ __ceil__ __divmod__ __float__ __floor__ __floordiv__ __getnewargs__ __index__ __int__
__invert__ __lshift__ __mod__ __mul__ __neg__ __or__ __pos__ __pow__ __radd__ __rand__ __rdivmod__ __rfloordiv__
__rlshift__ __rmod__ __rmul__ __ror__ __round__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __sub__
__truediv__ __trunc__ __xor__ as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator
real to_bytes
""",
    "complex": """
__abs__ __add__ __bool__ __complex__ __getnewargs__ __mul__ __neg__ __pos__ __pow__ __radd__ __rmul__ __rpow__
__rsub__ __rtruediv__ __sub__ __truediv__ conjugate imag real
""",
    "list": """
__add__ __class_getitem__ __contains__ __delitem__ __getitem__ __iadd__ __imul__ __iter__ __len__ __mul__ __reversed__
__rmul__ __setitem__ append clear copy count extend index insert pop remove reverse sort
""",
    "tuple": """
__add__ __class_getitem__ __contains__ __getitem__ __getnewargs__ __iter__ __len__ __mul__ __rmul__ count index
""",
    "dict": """
__class_getitem__ __contains__ __delitem__ __getitem__ __ior__ __iter__ __len__ __or__ __reversed__ __ror__
__setitem__ clear copy fromkeys get items keys pop popitem setdefault update values
""",
    "set": """
__and__ __class_getitem__ __contains__ __iand__ __ior__ __isub__ __iter__ __ixor__ __len__ __or__ __rand__ __ror__
__rsub__ __rxor__ __sub__ __xor__ add clear copy difference difference_update discard intersection intersection_update
isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update
""",
    "frozenset": """
__and__ __class_getitem__ __contains__ __iter__ __len__ __or__ __rand__ __ror__ __rsub__ __rxor__ __sub__ __xor__ copy
difference intersection isdisjoint issubset issuperset symmetric_difference union
""",
    "NoneType": """
__bool__
""",
    "range": """
__bool__ __contains__ __getitem__ __iter__ __len__ __reversed__ count index start step stop
""",
    "deque": """
__add__ __class_getitem__ __contains__ __copy__ __delitem__ __getitem__ __iadd__ __imul__ __iter__ __len__ __mul__
__reversed__ __rmul__ __setitem__ append appendleft clear copy count extend extendleft index insert maxlen pop popleft
remove reverse rotate
""",
    "Counter": """
__add__ __and__ __class_getitem__ __contains__ __delitem__ __dict__ __getitem__ __iadd__ __iand__ __ior__ __isub__
__iter__ __len__ __missing__ __module__ __neg__ __or__ __pos__ __reversed__ __ror__ __setitem__ __sub__ __weakref__
_keep_positive clear copy elements fromkeys get items keys most_common pop popitem setdefault subtract total update
values
""",
    "defaultdict": """
__class_getitem__ __contains__ __copy__ __delitem__ __getitem__ __ior__ __iter__ __len__ __missing__ __or__
__reversed__ __ror__ __setitem__ clear copy default_factory fromkeys get items keys pop popitem setdefault update
values
""",
    "datetime": """
__add__ __radd__ __rsub__ __sub__ astimezone combine ctime date day dst fold fromisocalendar fromisoformat fromordinal
fromtimestamp hour isocalendar isoformat isoweekday max microsecond min minute month now replace resolution second
strftime strptime time timestamp timetuple timetz today toordinal tzinfo tzname utcfromtimestamp utcnow utcoffset
utctimetuple weekday year
""",
    "date": """
__add__ __radd__ __rsub__ __sub__ ctime day fromisocalendar fromisoformat fromordinal fromtimestamp isocalendar
isoformat isoweekday max min month replace resolution strftime timetuple today toordinal weekday year
""",
    "timedelta": """
__abs__ __add__ __bool__ __divmod__ __floordiv__ __mod__ __mul__ __neg__ __pos__ __radd__ __rdivmod__ __rfloordiv__
__rmod__ __rmul__ __rsub__ __rtruediv__ __sub__ __truediv__ days max microseconds min resolution seconds total_seconds
""",
    "Match": """
__class_getitem__ __copy__ __deepcopy__ __getitem__ __module__ end endpos expand group groupdict groups lastgroup
lastindex pos re regs span start string
""",
    "type": """
__abstractmethods__ __annotations__ __base__ __bases__ __basicsize__ __call__ __dict__ __dictoffset__ __flags__
__instancecheck__ __itemsize__ __module__ __mro__ __name__ __or__ __prepare__ __qualname__ __ror__ __subclasscheck__
__subclasses__ __text_signature__ __weakrefoffset__ mro
""",
    "function": """
__annotations__ __builtins__ __call__ __closure__ __code__ __defaults__ __dict__ __get__ __globals__ __kwdefaults__
__module__ __name__ __qualname__
""",
}
_sets = {kind: frozenset(_members[kind].split() + _common) for kind in _members}

_methods = {
    "_keep_positive": lambda value, *args, **more: value._keep_positive(*args, **more),
    "add": lambda value, *args, **more: value.add(*args, **more),
    "append": lambda value, *args, **more: value.append(*args, **more),
    "appendleft": lambda value, *args, **more: value.appendleft(*args, **more),
    "as_integer_ratio": lambda value, *args, **more: value.as_integer_ratio(*args, **more),
    "astimezone": lambda value, *args, **more: value.astimezone(*args, **more),
    "bit_count": lambda value, *args, **more: _rlm_bit_count(value, *args, **more),
    "bit_length": lambda value, *args, **more: _rlm_bit_length(value, *args, **more),
    "capitalize": lambda value, *args, **more: value.capitalize(*args, **more),
    "casefold": lambda value, *args, **more: value.casefold(*args, **more),
    "center": lambda value, *args, **more: value.center(*args, **more),
    "clear": lambda value, *args, **more: value.clear(*args, **more),
    "combine": lambda value, *args, **more: value.combine(*args, **more),
    "conjugate": lambda value, *args, **more: value.conjugate(*args, **more),
    "copy": lambda value, *args, **more: value.copy(*args, **more),
    "count": lambda value, *args, **more: value.count(*args, **more),
    "ctime": lambda value, *args, **more: value.ctime(*args, **more),
    "date": lambda value, *args, **more: value.date(*args, **more),
    "decode": lambda value, *args, **more: value.decode(*args, **more),
    "difference": lambda value, *args, **more: value.difference(*args, **more),
    "difference_update": lambda value, *args, **more: _rlm_difference_update(value, *args, **more),
    "discard": lambda value, *args, **more: value.discard(*args, **more),
    "dst": lambda value, *args, **more: value.dst(*args, **more),
    "elements": lambda value, *args, **more: value.elements(*args, **more),
    "encode": lambda value, *args, **more: value.encode(*args, **more),
    "end": lambda value, *args, **more: value.end(*args, **more),
    "endswith": lambda value, *args, **more: value.endswith(*args, **more),
    "expand": lambda value, *args, **more: _rlm_expand(value, *args, **more),
    "expandtabs": lambda value, *args, **more: value.expandtabs(*args, **more),
    "extend": lambda value, *args, **more: value.extend(*args, **more),
    "extendleft": lambda value, *args, **more: value.extendleft(*args, **more),
    "find": lambda value, *args, **more: value.find(*args, **more),
    "format": lambda value, *args, **more: value.format(*args, **more),
    "format_map": lambda value, *args, **more: _rlm_format_map(value, *args, **more),
    "fromhex": lambda value, *args, **more: value.fromhex(*args, **more),
    "fromisocalendar": lambda value, *args, **more: value.fromisocalendar(*args, **more),
    "fromisoformat": lambda value, *args, **more: value.fromisoformat(*args, **more),
    "fromkeys": lambda value, *args, **more: value.fromkeys(*args, **more),
    "fromordinal": lambda value, *args, **more: value.fromordinal(*args, **more),
    "fromtimestamp": lambda value, *args, **more: value.fromtimestamp(*args, **more),
    "get": lambda value, *args, **more: value.get(*args, **more),
    "group": lambda value, *args, **more: value.group(*args, **more),
    "groupdict": lambda value, *args, **more: value.groupdict(*args, **more),
    "groups": lambda value, *args, **more: value.groups(*args, **more),
    "hex": lambda value, *args, **more: value.hex(*args, **more),
    "index": lambda value, *args, **more: value.index(*args, **more),
    "insert": lambda value, *args, **more: value.insert(*args, **more),
    "intersection": lambda value, *args, **more: value.intersection(*args, **more),
    "intersection_update": lambda value, *args, **more: _rlm_intersection_update(value, *args, **more),
    "is_integer": lambda value, *args, **more: _rlm_is_integer(value, *args, **more),
    "isalnum": lambda value, *args, **more: value.isalnum(*args, **more),
    "isalpha": lambda value, *args, **more: value.isalpha(*args, **more),
    "isascii": lambda value, *args, **more: value.isascii(*args, **more),
    "isdecimal": lambda value, *args, **more: value.isdecimal(*args, **more),
    "isdigit": lambda value, *args, **more: value.isdigit(*args, **more),
    "isdisjoint": lambda value, *args, **more: value.isdisjoint(*args, **more),
    "isidentifier": lambda value, *args, **more: value.isidentifier(*args, **more),
    "islower": lambda value, *args, **more: value.islower(*args, **more),
    "isnumeric": lambda value, *args, **more: value.isnumeric(*args, **more),
    "isocalendar": lambda value, *args, **more: _rlm_isocalendar(value, *args, **more),
    "isoformat": lambda value, *args, **more: value.isoformat(*args, **more),
    "isoweekday": lambda value, *args, **more: value.isoweekday(*args, **more),
    "isprintable": lambda value, *args, **more: value.isprintable(*args, **more),
    "isspace": lambda value, *args, **more: value.isspace(*args, **more),
    "issubset": lambda value, *args, **more: value.issubset(*args, **more),
    "issuperset": lambda value, *args, **more: value.issuperset(*args, **more),
    "istitle": lambda value, *args, **more: value.istitle(*args, **more),
    "isupper": lambda value, *args, **more: value.isupper(*args, **more),
    "items": lambda value, *args, **more: value.items(*args, **more),
    "join": lambda value, *args, **more: value.join(*args, **more),
    "keys": lambda value, *args, **more: value.keys(*args, **more),
    "ljust": lambda value, *args, **more: value.ljust(*args, **more),
    "lower": lambda value, *args, **more: value.lower(*args, **more),
    "lstrip": lambda value, *args, **more: value.lstrip(*args, **more),
    "maketrans": lambda value, *args, **more: value.maketrans(*args, **more),
    "most_common": lambda value, *args, **more: value.most_common(*args, **more),
    "now": lambda value, *args, **more: value.now(*args, **more),
    "partition": lambda value, *args, **more: value.partition(*args, **more),
    "pop": lambda value, *args, **more: value.pop(*args, **more),
    "popitem": lambda value, *args, **more: value.popitem(*args, **more),
    "popleft": lambda value, *args, **more: value.popleft(*args, **more),
    "remove": lambda value, *args, **more: value.remove(*args, **more),
    "removeprefix": lambda value, *args, **more: value.removeprefix(*args, **more),
    "removesuffix": lambda value, *args, **more: value.removesuffix(*args, **more),
    "replace": lambda value, *args, **more: value.replace(*args, **more),
    "reverse": lambda value, *args, **more: value.reverse(*args, **more),
    "rfind": lambda value, *args, **more: value.rfind(*args, **more),
    "rindex": lambda value, *args, **more: value.rindex(*args, **more),
    "rjust": lambda value, *args, **more: value.rjust(*args, **more),
    "rotate": lambda value, *args, **more: value.rotate(*args, **more),
    "rpartition": lambda value, *args, **more: value.rpartition(*args, **more),
    "rsplit": lambda value, *args, **more: value.rsplit(*args, **more),
    "rstrip": lambda value, *args, **more: value.rstrip(*args, **more),
    "setdefault": lambda value, *args, **more: value.setdefault(*args, **more),
    "sort": lambda value, *args, **more: value.sort(*args, **more),
    "span": lambda value, *args, **more: value.span(*args, **more),
    "split": lambda value, *args, **more: value.split(*args, **more),
    "splitlines": lambda value, *args, **more: value.splitlines(*args, **more),
    "start": lambda value, *args, **more: value.start(*args, **more),
    "startswith": lambda value, *args, **more: value.startswith(*args, **more),
    "strftime": lambda value, *args, **more: value.strftime(*args, **more),
    "strip": lambda value, *args, **more: value.strip(*args, **more),
    "strptime": lambda value, *args, **more: value.strptime(*args, **more),
    "subtract": lambda value, *args, **more: value.subtract(*args, **more),
    "swapcase": lambda value, *args, **more: value.swapcase(*args, **more),
    "symmetric_difference": lambda value, *args, **more: value.symmetric_difference(*args, **more),
    "symmetric_difference_update": lambda value, *args, **more: _rlm_symmetric_difference_update(value, *args, **more),
    "time": lambda value, *args, **more: value.time(*args, **more),
    "timestamp": lambda value, *args, **more: value.timestamp(*args, **more),
    "timetuple": lambda value, *args, **more: value.timetuple(*args, **more),
    "timetz": lambda value, *args, **more: value.timetz(*args, **more),
    "title": lambda value, *args, **more: value.title(*args, **more),
    "today": lambda value, *args, **more: value.today(*args, **more),
    "toordinal": lambda value, *args, **more: value.toordinal(*args, **more),
    "total": lambda value, *args, **more: value.total(*args, **more),
    "total_seconds": lambda value, *args, **more: value.total_seconds(*args, **more),
    "translate": lambda value, *args, **more: _rlm_translate(value, *args, **more),
    "tzname": lambda value, *args, **more: value.tzname(*args, **more),
    "union": lambda value, *args, **more: value.union(*args, **more),
    "update": lambda value, *args, **more: value.update(*args, **more),
    "upper": lambda value, *args, **more: value.upper(*args, **more),
    "utcfromtimestamp": lambda value, *args, **more: value.utcfromtimestamp(*args, **more),
    "utcnow": lambda value, *args, **more: value.utcnow(*args, **more),
    "utcoffset": lambda value, *args, **more: value.utcoffset(*args, **more),
    "utctimetuple": lambda value, *args, **more: value.utctimetuple(*args, **more),
    "values": lambda value, *args, **more: value.values(*args, **more),
    "weekday": lambda value, *args, **more: value.weekday(*args, **more),
    "zfill": lambda value, *args, **more: value.zfill(*args, **more),
}


def _kind(value):
    kind = type(value).__name__
    return "function" if kind == "builtin_function_or_method" else kind.split(".")[-1]


def has(value, name):
    if not isinstance(name, str):
        raise TypeError("hasattr(): attribute name must be string")
    if hasattr(value, name) or hasattr(value, "_rlm_get_" + name):
        return True
    kind = _kind(value)
    if kind == "type" and name in _sets.get(_rlm_name(value), ()):
        return True
    if kind in _sets:
        return name in _sets[kind]
    return name in _common or (name == "__name__" and _rlm_callable(value) and kind == "type")


def get(value, name, *default):
    if not isinstance(name, str):
        raise TypeError("attribute name must be string, not '" + type(name).__name__ + "'")
    if hasattr(value, "_rlm_get_" + name):
        return getattr(value, "_rlm_get_" + name)()
    found = getattr(value, name, _rlm_end)
    if found is not _rlm_end:
        return found
    if name in _sets.get(_kind(value), ()) and name in _methods:
        method = _methods[name]
        return lambda *args, **more: method(value, *args, **more)
    if name == "__class__":
        return type(value)
    if name == "__name__" and has(value, name):
        return _rlm_name(value)
    if has(value, name):
        raise NotImplementedError("getattr: `" + name + "` can be written, but not looked up here; write value." + name)
    return getattr(value, name, *default)
