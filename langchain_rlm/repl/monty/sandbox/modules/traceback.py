def format_exc(limit=None, chain=True):
    return "Traceback (most recent call last): (not kept; print the exception)\n"


def print_exc(limit=None, file=None, chain=True):
    print(format_exc(), end="")


def format_exception_only(error, *rest):
    error = rest[0] if rest else error
    return [type(error).__name__ + ": " + str(error) + "\n"]


def format_exception(error, *rest):
    return format_exception_only(error, *rest)
