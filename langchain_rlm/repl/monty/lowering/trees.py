"""Small tools to build and mark syntax trees. A node that replaces another takes its place, so lines can be traced."""

import ast
from functools import cache
from typing import Any, TypeVar

from langchain_rlm.repl.syntax import parse

Node = TypeVar("Node", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
_PLACED = (ast.stmt, ast.expr, ast.ExceptHandler, ast.arg, ast.keyword, ast.alias, ast.pattern)
SCOPE_NODES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@cache
def _parsed(source: str) -> ast.Module:
    return parse(source)


class _Filler(ast.NodeTransformer):
    """Puts nodes in the place of the names of a template."""

    def __init__(self, parts: dict[str, ast.expr]) -> None:
        self._parts = parts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._parts.get(node.id, node)


def statements(source: str, at: ast.AST, **parts: ast.expr) -> list[ast.stmt]:
    """The statements of `source` with its capital names replaced by `parts`, placed where `at` stands."""
    tree = _Filler(parts).visit(cloned(_parsed(source)))
    body: list[ast.stmt] = tree.body
    return [place(statement, at) for statement in body]


def expression(source: str, at: ast.AST, **parts: ast.expr) -> ast.expr:
    """Like `statements`, for one expression."""
    (statement,) = statements(source, at, **parts)
    assert isinstance(statement, ast.Expr)  # noqa: S101 - a template is ours
    return statement.value


def place(node: Node, at: ast.AST) -> Node:
    """Give `node` and what it holds the position of `at`, where they have none of their own in the cell."""
    for child in ast.walk(node):
        if isinstance(child, _PLACED) and not mark(child, "placed"):
            ast.copy_location(child, at)
            put_mark(child, "placed", value=True)
    return node


def settle(tree: ast.AST) -> None:
    """Mark every node of a parsed cell as placed."""
    for child in ast.walk(tree):
        put_mark(child, "placed", value=True)


def cloned(node: Node) -> Node:
    """A copy of a tree with its places and marks; `copy.deepcopy` takes ten times as long."""
    made: Node = type(node).__new__(type(node))
    for name, value in vars(node).items():
        if isinstance(value, list):
            setattr(made, name, [cloned(one) if isinstance(one, ast.AST) else one for one in value])
        else:
            setattr(made, name, cloned(value) if isinstance(value, ast.AST) else value)
    return made


def put_mark(node: ast.AST, key: str, *, value: Any) -> None:
    """Note something about a node; copies of the node keep it."""
    vars(node)["rlm_" + key] = value


def mark(node: ast.AST, key: str) -> Any:
    """What was noted about a node, or None."""
    return vars(node).get("rlm_" + key)


def called_name(node: ast.AST) -> str:
    """The name a call calls: `f` of `f(x)`, `m` of `x.m()`; empty when it is not a plain call."""
    if not isinstance(node, ast.Call):
        return ""
    return last_name(node.func)


def last_name(node: ast.AST) -> str:
    """`f` of `f`, `m` of `x.m`, `List` of `List[int]`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    return ""


def own_nodes(node: ast.AST) -> list[ast.AST]:
    """The nodes under `node`, without what nested functions, lambdas and classes hold."""
    found: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop(0)
        found.append(child)
        if not isinstance(child, SCOPE_NODES):
            waiting[:0] = ast.iter_child_nodes(child)
    return found


def keyword_value(call: ast.Call, key: str) -> ast.expr | None:
    """The value of a call's keyword argument."""
    return next((keyword.value for keyword in call.keywords if keyword.arg == key), None)


def is_text(node: ast.expr | None) -> bool:
    """Whether an expression is plainly a string."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or (isinstance(node.op, ast.Add) and is_text(node.right))
    if isinstance(node, ast.Call):
        text_methods = {"format", "join", "strip", "lower", "upper", "replace", "str", "repr"}
        return called_name(node) in text_methods
    return isinstance(node, ast.JoinedStr)
