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
