"""Reading Python, whoever else in the process does so at the same time. No other module calls `ast.parse`."""

import ast
import threading
import warnings
from typing import Any, Literal, overload

from langchain_rlm.threads import held_over_forks

ATTEMPTS = 20
"""Tries to read one text: until 3.11.8 CPython counts one depth for all threads, and where two parse one may fail."""
_FILTERS = held_over_forks(threading.Lock())


@overload
def parse(code: str) -> ast.Module: ...
@overload
def parse(code: str, mode: Literal["eval"]) -> ast.Expression: ...
def parse(code: str, mode: str = "exec") -> Any:
    """Like `ast.parse`, without Python's warnings about the code, even where those are errors (`python -W error`).

    Raises:
        SyntaxError: It is no Python.
        ValueError, RecursionError, MemoryError: It is, but not for CPython's parser.
    """
    for attempt in range(ATTEMPTS):
        try:
            with _FILTERS, warnings.catch_warnings():  # one at a time: filters belong to the process
                warnings.simplefilter("ignore")
                return ast.parse(code, mode=mode)  # noqa: TID251  # here
        except SystemError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError


def literal(text: str) -> Any:
    """The value that a text writes, as `ast.literal_eval`.

    Raises:
        As `parse`, and ValueError or TypeError: It is no literal.
    """
    return ast.literal_eval(parse(text.lstrip(" \t"), "eval"))  # noqa: TID251  # of a tree
