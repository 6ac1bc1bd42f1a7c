"""What a copy of a loop may evaluate beside the loop: what changes nothing, and gives the same each time."""

import ast
import builtins

from langchain_rlm.repl.monty.lowering.trees import last_name

ASKS = frozenset({"llm_query", "llm_query_batched", "rlm_query", "rlm_query_batched"})
DATA = frozenset({"context", "sources", "answer"})
"""What the host binds for cells to read."""
BUILTINS = frozenset({
    "abs", "all", "any", "bool", "chr", "dict", "divmod", "enumerate", "filter", "float", "format", "frozenset", "int",
    "isinstance", "len", "list", "map", "max", "min", "ord", "range", "repr", "reversed", "round", "set", "sorted",
    "str", "sum", "tuple", "zip",
})  # fmt: skip
QUIET = frozenset(dir(builtins)) - {
    "__import__", "compile", "delattr", "eval", "exec", "globals", "input", "locals", "next", "open", "setattr", "vars",
}  # fmt: skip
"""Builtins that change none of their arguments."""
METHODS = frozenset({
    "capitalize", "casefold", "center", "copy", "count", "difference", "elements", "encode", "end", "endswith",
    "expandtabs", "find", "findall", "finditer", "format", "fullmatch", "get", "group", "groupdict", "groups", "index",
    "intersection", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isdisjoint", "islower", "isnumeric",
    "isspace", "issubset", "issuperset", "istitle", "isupper", "items", "join", "keys", "ljust", "lower", "lstrip",
    "match", "most_common", "partition", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rjust",
    "rpartition", "rsplit", "rstrip", "search", "span", "split", "splitlines", "start", "startswith", "strip",
    "sub", "subn", "swapcase", "symmetric_difference", "title", "union", "upper", "values", "zfill",
})  # fmt: skip
CHANGING = frozenset({
    "add", "append", "clear", "discard", "extend", "insert", "pop", "remove", "reverse", "setdefault", "sort", "update",
})  # fmt: skip
"""Methods that change a list, a set or a dict, and nothing else."""
_FUNCTIONS = {
    "json": {"dumps", "loads"},
    "collections": {"Counter"},
    "itertools": {"batched", "chain", "combinations", "islice", "pairwise", "product", "zip_longest"},
    "textwrap": {"dedent", "fill", "indent", "shorten", "wrap"},
    "string": {"capwords"},
}
_PURE_MODULES = frozenset({"re", "math"})
_SHARING = frozenset({"get", "max", "min", "pop", "setdefault"})
"""What may give a part of its argument, which is then known under two names."""
_NEW = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.BinOp, ast.UnaryOp, ast.Compare,
)  # fmt: skip
PARTS = (
    ast.Constant, ast.JoinedStr, ast.FormattedValue, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp,
    ast.Subscript, ast.Slice, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred, ast.ListComp, ast.SetComp,
    ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.keyword, ast.expr_context, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.Lambda, ast.arguments, ast.arg,
)  # fmt: skip
"""What an expression may consist of, beside names, attributes and calls."""


def is_pure_function(module: str, name: str) -> bool:
    """Whether a function of a module changes nothing."""
    return module in _PURE_MODULES or name in _FUNCTIONS.get(module, ())


def is_new(value: ast.expr) -> bool:
    """Whether what an expression gives has no other name: changing it changes nothing else."""
    if isinstance(value, ast.IfExp):
        return is_new(value.body) and is_new(value.orelse)
    if isinstance(value, ast.Subscript):
        return isinstance(value.slice, ast.Slice)
    if isinstance(value, ast.Call):
        name = last_name(value.func)
        known = BUILTINS | {"Counter"} if isinstance(value.func, ast.Name) else METHODS
        return name in known and name not in _SHARING
    return isinstance(value, _NEW)
