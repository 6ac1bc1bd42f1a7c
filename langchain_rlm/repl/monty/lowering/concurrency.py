"""Asking at the same time: functions that ask get an async twin, which thread pools and `asyncio.gather` run together.

A twin does what its function does and awaits where the function waits. What it cannot await, it waits for: the answers
are then the same, but come one after the other.
"""

import ast
from typing import Any

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.scopes import LOCAL, bound_names
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import (
    FunctionNode,
    called_name,
    cloned,
    expression,
    last_name,
    mark,
    place,
)

_POSITIONS = {"map": 0, "submit": 0, "to_thread": 0, "run_in_executor": 1}
_TAKERS = {
    "gather",
    "create_task",
    "ensure_future",
    "wait_for",
    "run",
    "run_until_complete",
    "as_completed",
    "wait",
    "shield",
}
_CACHES = {"cache", "lru_cache"}


class Concurrency(ast.NodeTransformer):
    """Finds where a cell asks side by side, and writes the twins that this needs.

    Args:
        tree: The lowered cell; it is changed.
        known: What the session knows.
        suspension: What may suspend.
        contract: The REPL's functions and tools, which have twins of their own.
    """

    def __init__(self, tree: ast.Module, known: Knowledge, suspension: Suspension, contract: frozenset[str]) -> None:
        self._known = known
        self._suspension = suspension
        self._contract = contract
        self._own = {
            mark(n, "function"): n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and mark(n, "function")
        }
        self._needed: set[int] = set()
        self._earlier: dict[str, FunctionNode] = {}
        self._lambdas = 0
        self._spread: set[str] = set()
        self._tree = tree

    def lower(self) -> None:
        """Rewrite the cell and insert the twins."""
        self._spread = _spread_names(self._tree)
        self._forget()
        self.visit(self._tree)
        twins = self._written()
        earlier = self._earlier_twins()
        _Inserter(twins).visit(self._tree)
        self._tree.body[:0] = earlier
        self._learn()

    def _learn(self) -> None:
        """Remember the cell's functions for later cells."""
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef) and self._twinnable(node):
                self._known.functions[node.name] = cloned(node)

    def _forget(self) -> None:
        """Names that are bound anew lose their twin."""
        for name in bound_names(self._tree.body):
            self._known.functions.pop(name, None)
            self._known.twins.discard(name)

    def _twinnable(self, node: FunctionNode) -> bool:
        plain = all(
            isinstance(d, ast.Constant | ast.Name | ast.UnaryOp)
            for d in [*node.args.defaults, *[k for k in node.args.kw_defaults if k]]
        )
        decorated = any(last_name(d.func if isinstance(d, ast.Call) else d) not in _CACHES for d in node.decorator_list)
        return plain and not decorated and not mark(node, "generator") and self._suspension.mentions(node)

    # Which twin stands for a function

    def _twin_name(self, node: ast.expr) -> str:
        """The name of the twin of a function that `node` names; empty when there is none."""
        if not isinstance(node, ast.Name):
            return ""
        if node.id in self._contract and mark(node, "scope") != LOCAL:
            return vocabulary.ASYNC + node.id
        number = mark(node, "means")
        if number and number in self._own:
            if not self._twinnable(self._own[number]):
                return ""
            self._needed.add(number)
            return vocabulary.ASYNC + node.id
        if mark(node, "scope") == LOCAL or node.id not in self._known.functions:
            return ""
        if node.id not in self._known.twins:
            self._known.twins.add(node.id)
            self._earlier[node.id] = self._known.functions[node.id]
        return vocabulary.ASYNC + node.id

    def _task(self, node: ast.expr) -> ast.expr:
        """A function with its twin, for an executor."""
        if twin := self._twin_name(node):
            return expression(f"_rlm_task(FUNCTION, {twin})", node, FUNCTION=node)
        if isinstance(node, ast.Lambda) and (made := self._coroutine(node.body)):
            later = place(ast.Lambda(args=cloned(node.args), body=made), node)
            return expression("_rlm_task(FUNCTION, LATER)", node, FUNCTION=node, LATER=later)
        if (
            isinstance(node, ast.Call)
            and called_name(node) == "partial"
            and node.args
            and (twin := self._twin_name(node.args[0]))
        ):
            partial = cloned(node)
            partial.args[0] = place(ast.Name(twin, ctx=ast.Load()), node)
            return expression("_rlm_task(FUNCTION, LATER)", node, FUNCTION=node, LATER=partial)
        return node

    def _coroutine(self, node: ast.expr) -> ast.expr | None:
        """An expression with one plain question in it, as a coroutine."""
        if isinstance(node, ast.Call) and (twin := self._twin_name(node.func)):
            made = cloned(node)
            made.func = place(ast.Name(twin, ctx=ast.Load()), node)
            return made
        asked = [n for n in ast.walk(node) if isinstance(n, ast.Call) and self._suspension.suspends(n.func)]
        branching = (
            ast.IfExp,
            ast.BoolOp,
            ast.ListComp,
            ast.SetComp,
            ast.DictComp,
            ast.GeneratorExp,
            ast.Lambda,
            ast.NamedExpr,
        )
        if len(asked) != 1 or any(isinstance(n, branching) for n in ast.walk(node)):
            return None
        asking = self._coroutine(asked[0])
        if asking is None:
            return None
        rest = _Replaced(asked[0]).visit(cloned(node))
        return expression("_rlm_then(ASKING, lambda _rlm_answer: REST)", node, ASKING=asking, REST=rest)

    # Where functions are passed along

    def visit_Call(self, node: ast.Call) -> Any:
        name = called_name(node)
        position = _POSITIONS.get(name, -1)
        if isinstance(node.func, ast.Attribute) and 0 <= position < len(node.args):
            node.args[position] = self._task(node.args[position])
        if name == "Thread":
            for keyword in node.keywords:
                keyword.value = self._task(keyword.value) if keyword.arg == "target" else keyword.value
        if name in _TAKERS:
            node.args = [self._awaitable(argument) for argument in node.args]
        return self.generic_visit(node)

    def _awaitable(self, node: ast.expr) -> ast.expr:
        """An argument of `gather` and its like; questions in it become coroutines."""
        if isinstance(node, ast.Starred):
            node.value = self._awaitable(node.value)
            return node
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            node.elt = self._awaitable(node.elt)
            return node
        if (
            isinstance(node, ast.Call)
            and last_name(node.func) == "_rlm_b_iter"
            and node.args
            and isinstance(node.args[0], ast.ListComp)
        ):
            return self._awaitable(node.args[0])
        if isinstance(node, ast.List | ast.Tuple):
            node.elts = [self._awaitable(part) for part in node.elts]
            return node
        if isinstance(node, ast.Call) and (twin := self._twin_name(node.func)):
            node.func = place(ast.Name(twin, ctx=ast.Load()), node)
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        if any(last_name(target) in self._spread for target in node.targets):
            node.value = self._awaitable(node.value)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> Any:
        value = node.value
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and value.func.attr == "append"
            and last_name(value.func.value) in self._spread
        ):
            value.args = [self._awaitable(argument) for argument in value.args]
        return self.generic_visit(node)

    # Coroutines that the model wrote

    def visit_Await(self, node: ast.Await) -> Any:
        if isinstance(node.value, ast.Call) and (twin := self._twin_name(node.value.func)):
            node.value.func = place(ast.Name(twin, ctx=ast.Load()), node)
        elif not isinstance(node.value, ast.Call):
            node.value = expression("_rlm_await(VALUE)", node, VALUE=node.value)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        self.generic_visit(node)
        _Awaiting(self).body_of(node)
        return node

    # Twins

    def _earlier_twins(self) -> list[ast.stmt]:
        """The twins of functions of earlier cells, the ones that they call first."""
        twins: list[ast.stmt] = []
        while self._earlier:
            twins.insert(0, self._twin(self._earlier.pop(next(iter(self._earlier)))))
        return twins

    def _written(self) -> dict[int, ast.AsyncFunctionDef]:
        twins: dict[int, ast.AsyncFunctionDef] = {}
        waiting = set(self._needed)
        while waiting:
            number = waiting.pop()
            twins[number] = self._twin(self._own[number])
            waiting = self._needed - twins.keys()
        for number in twins:
            node = self._own[number]
            if node in self._tree.body:
                self._known.twins.add(node.name)
        return twins

    def _twin(self, node: FunctionNode) -> ast.AsyncFunctionDef:
        made = ast.AsyncFunctionDef(
            name=vocabulary.ASYNC + node.name,
            args=cloned(node.args),
            body=[cloned(one) for one in node.body],
            decorator_list=[],
            returns=None,
        )
        place(made, node)
        _Awaiting(self).body_of(made)
        return made

    def twin_of_call(self, node: ast.Call) -> str:
        """The twin that a call in an async function awaits."""
        return self._twin_name(node.func)


class _Awaiting(ast.NodeTransformer):
    """Makes the calls in an async function's own body await the twins."""

    def __init__(self, concurrency: Concurrency) -> None:
        self._concurrency = concurrency

    def body_of(self, node: ast.AsyncFunctionDef) -> None:
        node.body = [made for made in map(self.visit, node.body) if made is not None]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        return None if mark(node, "ahead") else self.generic_visit(node)  # it would wait, and what runs beside it too

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        if not any(self._concurrency.twin_of_call(n) for n in ast.walk(node) if isinstance(n, ast.Call)):
            return node
        return self.visit(place(ast.ListComp(elt=node.elt, generators=node.generators), node))

    def visit_Await(self, node: ast.Await) -> Any:
        if isinstance(node.value, ast.Call):
            self.generic_visit(node.value)
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if twin := self._concurrency.twin_of_call(node):
            node.func = place(ast.Name(twin, ctx=ast.Load()), node)
            return place(ast.Await(value=node), node)
        return node


class _Inserter(ast.NodeTransformer):
    """Puts twins behind their functions."""

    def __init__(self, twins: dict[int, ast.AsyncFunctionDef]) -> None:
        self._twins = twins

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        found = self._twins.get(mark(node, "function") or 0)
        if found is None:
            return node
        twin = cloned(found)
        self.generic_visit(twin)
        return [node, twin]


class _Replaced(ast.NodeTransformer):
    """Puts the answer in the place of the question."""

    def __init__(self, call: ast.Call) -> None:
        self._dump = ast.dump(call)

    def visit_Call(self, node: ast.Call) -> Any:
        if ast.dump(node) == self._dump:
            return place(ast.Name("_rlm_answer", ctx=ast.Load()), node)
        return self.generic_visit(node)


def _spread_names(tree: ast.AST) -> set[str]:
    """Names that are passed to `gather` and its like."""
    calls = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and called_name(n) in {"gather", "as_completed", "wait"}
    ]
    arguments = [a.value if isinstance(a, ast.Starred) else a for call in calls for a in call.args]
    return {argument.id for argument in arguments if isinstance(argument, ast.Name)}
