"""`await llm_query(...)`: the one thing that is changed in a cell. Models write it, and the function gives a `str`.

Where such a call is awaited, or handed to what awaits it (`asyncio.gather`), its asynchronous twin is called.
"""

from __future__ import annotations

import ast
from typing import Any

NAME = "_rlm_awaitable"
"""What gives the twin of a function, and any other function unchanged."""
AWAITING = frozenset({"gather", "create_task", "ensure_future", "wait_for", "as_completed", "wait", "shield"})


def awaiting(tree: ast.Module) -> ast.Module:
    """The same cell, in which what is awaited can be."""
    changed: ast.Module = ast.fix_missing_locations(_Awaiting().visit(tree))
    return changed


class _Awaiting(ast.NodeTransformer):
    """Methods are named for the nodes that they take."""

    def visit_Await(self, node: ast.Await) -> Any:
        self.generic_visit(node)
        node.value = _twin(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in AWAITING:
            node.args = [_each(argument) for argument in node.args]
        return node


def _each(argument: ast.expr) -> ast.expr:
    """An argument, or what a list in its place holds, as twins."""
    if isinstance(argument, ast.Starred):
        argument.value = _each(argument.value)
    elif isinstance(argument, (ast.ListComp, ast.GeneratorExp, ast.SetComp)):
        argument.elt = _twin(argument.elt)
    elif isinstance(argument, (ast.List, ast.Tuple, ast.Set)):
        argument.elts = [_twin(one) for one in argument.elts]
    return _twin(argument)


def _twin(value: ast.expr) -> ast.expr:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        value.func = ast.copy_location(
            ast.Call(func=ast.Name(NAME, ctx=ast.Load()), args=[value.func], keywords=[]), value.func
        )
    return value
