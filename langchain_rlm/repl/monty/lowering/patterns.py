"""Regular expressions that Monty's engine reads as CPython's `re` does: these are left as they stand."""

import ast
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from langchain_rlm.repl.monty.lowering.imports import sandbox_text

FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"})
"""The functions of `re` that take a pattern."""


@cache
def reader() -> Callable[[str, int], Any]:
    """The sandbox's own translation of patterns, which is also plain Python."""
    space: dict[str, Any] = {}
    exec(sandbox_text("patterns"), space)  # noqa: S102  # ours
    found: Callable[[str, int], Any] = space["_rlm_read"]
    return found


@lru_cache(maxsize=4096)
def means_the_same(pattern: str) -> bool:
    """Whether a pattern without flags finds the same on both engines, as it is written."""
    try:
        text, flags, read, may_match_nothing, _ = reader()(pattern, 0)
    except (re.error, RecursionError):
        return False
    # a hard one may take too long in a long text: it is then searched in pieces
    return bool(text == pattern and not flags and not may_match_nothing and not read.is_hard)


def is_plain_call(node: ast.Call, name: str) -> bool:
    """Whether a call of one of the `FUNCTIONS` does the same in Monty's own module."""
    if name in {"compile", "subn"} or node.keywords or len(node.args) != (3 if name == "sub" else 2):
        return False
    first, second = node.args[:2]
    if name == "sub" and not (
        isinstance(second, ast.Constant) and isinstance(second.value, str) and second.value.isalnum()
    ):
        return False
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and means_the_same(first.value)
