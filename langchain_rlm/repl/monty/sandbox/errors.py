# Exceptions: Monty's hold nothing or one text, so other arguments are kept beside them

_rlm_arguments = {}


def _rlm_error(kind, *args, **named):
    if named or type(kind).__name__ != "type" or _rlm_name(kind) not in _rlm_above:
        return kind(*args, **named)
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


def _rlm_leaving(kind, error):
    # what `__exit__` is told
    if error is None:
        return (kind, error)
    found = _rlm_caught(error)
    return (type(found), found)


def _rlm_fits(error, kinds):
    for kind in kinds:
        if isinstance(kind, tuple):
            if _rlm_fits(error, kind):
                return True
        elif isinstance(error, kind) or _rlm_issubclass(type(_rlm_caught(error)), kind):
            return True
    return False


def _rlm_caught(error):
    # out of a function that `map` or `sorted` called, an error comes as a copy
    found = _rlm_errors.get(id(error), _rlm_errors.get(error.args))
    return error if found is None or type(found[0]) is not type(error) else found[1]
