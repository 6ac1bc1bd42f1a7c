"""The REPL's own functions call builtins by names that no cell can take: models call variables `list` or `str`."""

import re
from functools import cache

OWN = "_rlm_b_"
NAMES = (
    "abs", "all", "any", "bin", "bool", "bytes", "chr", "dict", "divmod", "enumerate", "float", "format", "frozenset",
    "getattr", "hasattr", "hash", "hex",
    "id", "int", "isinstance", "iter", "len", "list", "locals", "max", "min", "next",
    "ord", "print", "range", "repr", "reversed", "round", "set", "setattr", "sorted", "str", "sum", "tuple", "type",
    "zip", "AssertionError", "AttributeError", "BaseException", "Exception", "IndexError", "KeyError", "NameError",
    "NotImplementedError", "RuntimeError",
    "StopIteration", "TypeError", "UnicodeEncodeError", "ValueError",
)  # fmt: skip
"""Builtins that the sources in `sandbox/` and the templates of the lowering use. Not `eval`: `locals()` shows these."""


def capturing() -> str:
    """The code that gives the builtins their second names; it runs before any cell."""
    return "\n".join(f"{OWN}{name} = {name}" for name in NAMES)


_STRINGS = r'"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'|#.*"
_USES = re.compile(rf"{_STRINGS}|(?<![\w.])(?<!def )({'|'.join(NAMES)})(?!\w|\s*=(?!=))")


@cache
def captured(source: str) -> str:
    """A source of ours with every builtin of `NAMES` in it called by its second name.

    By pattern, for parsing would take a tenth of a second at the start: such a source binds no name of a builtin, and
    uses none inside an f-string.
    """
    return _USES.sub(lambda found: OWN + found[1] if found[1] else found[0], source)
