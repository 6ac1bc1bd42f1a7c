"""Generator functions: Monty has no `yield`, so they collect what they yield and return an iterator over it."""

import ast

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.trees import FunctionNode, called_name, own_nodes, statements

_OUT = "_rlm_out"


def is_generator(node: FunctionNode) -> bool:
    """Whether a function yields."""
    return any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own_nodes(node))


def collect(node: FunctionNode) -> None:
    """Rewrite a generator function in place."""
    for child in own_nodes(node):
        if isinstance(child, ast.While | ast.For):
            _check_end(child)
    collector = _Collector()
    body = [made for statement in node.body for made in collector.lowered(statement)]
    node.body = [*statements(f"{_OUT} = []", node.body[0]), *body, *statements_end(node.body[-1])]


def statements_end(at: ast.AST) -> list[ast.stmt]:
    """The return of what was collected, as a list of one statement."""
    made: ast.stmt = ast.Return(value=_iterator(at))
    return [ast.copy_location(made, at)]


def _iterator(at: ast.AST) -> ast.expr:
    (made,) = statements(f"_rlm_b_iter({_OUT})", at)
    assert isinstance(made, ast.Expr)  # noqa: S101 - a template is ours
    return made.value


def _check_end(loop: ast.While | ast.For) -> None:
    endless = (
        isinstance(loop.test, ast.Constant) and bool(loop.test.value)
        if isinstance(loop, ast.While)
        else called_name(loop.iter) in vocabulary.ENDLESS
    )
    inside = own_nodes(loop)
    yields = any(isinstance(child, ast.Yield | ast.YieldFrom) for child in inside)
    ends = any(isinstance(child, ast.Break | ast.Return | ast.Raise) for child in inside)
    if endless and yields and not ends:
        refuse(loop, "a generator without an end is not available here; write a loop that stops, and collect a list")


class _Collector(ast.NodeTransformer):
    """Turns the yields of one function into appends."""

    def lowered(self, statement: ast.stmt) -> list[ast.stmt]:
        made = self.visit(statement)
        return made if isinstance(made, list) else [made]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        node.value = _iterator(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        value = node.value
        if isinstance(value, ast.Yield):
            if value.value is not None and _yields_inside(value.value):
                self.generic_visit(value)
            return statements(f"{_OUT}.append(VALUE)", node, VALUE=value.value or ast.Constant(None))
        if isinstance(value, ast.YieldFrom):
            return statements(f"{_OUT}.extend(VALUE)", node, VALUE=value.value)
        return self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> ast.AST:
        refuse(node, "`x = yield` is not available here; pass what the function needs as an argument")

    def visit_YieldFrom(self, node: ast.YieldFrom) -> ast.AST:
        refuse(node, "`x = yield from` is not available here; loop over the items and yield them")


def _yields_inside(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Yield | ast.YieldFrom) for child in ast.walk(node))
