"""Generator expressions, which Monty lacks: lists, or functions where stopping early saves a question."""

import ast
import copy
from typing import Any

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.scopes import is_builtin
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import called_name, expression, last_name, mark, place


class GeneratorExpressions(ast.NodeTransformer):
    """Rewrites generator expressions.

    Args:
        suspension: What may suspend.
    """

    def __init__(self, suspension: Suspension) -> None:
        self._suspension = suspension

    @staticmethod
    def _sole_generator(node: ast.Call) -> ast.GeneratorExp | None:
        first = node.args[0] if node.args else None
        return first if isinstance(first, ast.GeneratorExp) else None

    def _lazily(self, node: ast.Call, generator: ast.GeneratorExp) -> ast.expr | None:
        """`next`, `any` and `all` stop early, so that no question is asked in vain."""
        if not is_builtin(node.func, "next", "any", "all") or _walrus_or_await(generator):
            return None
        name = last_name(node.func)
        if name != "next" and not self._suspension.mentions(generator) and not self._endless(generator):
            return None
        parts = {"ITEMS": self.visit(copy.deepcopy(generator.generators[0].iter)), "PRODUCE": self._producer(generator)}
        if len(node.args) > 1:
            return expression("_rlm_next(ITEMS, PRODUCE, DEFAULT)", node, DEFAULT=self.visit(node.args[1]), **parts)
        return expression(f"_rlm_{name}(ITEMS, PRODUCE)", node, **parts)

    def _producer(self, generator: ast.GeneratorExp) -> ast.expr:
        """A function from one item of the outer loop to the list of what the generator makes of it."""
        first, *rest = generator.generators
        item = expression("[_rlm_item]", generator)
        outer = ast.comprehension(target=first.target, iter=item, ifs=first.ifs, is_async=0)
        made = place(ast.ListComp(elt=generator.elt, generators=[outer, *rest]), generator)
        return expression("lambda _rlm_item: LIST", generator, LIST=self._visited(made))

    def _visited(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        return node

    @staticmethod
    def _endless(generator: ast.GeneratorExp) -> bool:
        outer = generator.generators[0].iter
        return called_name(outer) in vocabulary.ENDLESS and not (
            isinstance(outer, ast.Call)
            and isinstance(outer.func, ast.Attribute)
            and last_name(outer.func.value) != "itertools"
        )

    def _check_end(self, generator: ast.GeneratorExp) -> None:
        if self._endless(generator):
            refuse(generator, "a generator without an end is not available here; write a loop that stops")

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        self._check_end(node)
        self.generic_visit(node)
        if mark(node, "eager"):
            return node
        made = place(ast.ListComp(elt=node.elt, generators=node.generators), node)
        return expression("_rlm_b_iter(LIST)", node, LIST=made)


def _walrus_or_await(node: ast.AST) -> bool:
    return any(isinstance(child, ast.NamedExpr | ast.Await) for child in ast.walk(node))
