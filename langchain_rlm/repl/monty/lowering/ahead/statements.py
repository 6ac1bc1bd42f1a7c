"""What statements ask, without all that they do beside that.

A slice goes through statements in the order in which they run, and keeps what depends on no answer: values, conditions,
and the calls that ask. What it cannot tell is left out, and all that this may bind or change is unknown from then on.
Where asking itself depends on something unknown there is no slice: `DependentError`.
"""

import ast
from collections.abc import Sequence
from typing import Any

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.ahead import purity
from langchain_rlm.repl.monty.lowering.ahead.expressions import Expressions
from langchain_rlm.repl.monty.lowering.ahead.facts import DependentError
from langchain_rlm.repl.monty.lowering.ahead.functions import Definition, Function
from langchain_rlm.repl.monty.lowering.scopes import builtin, parameters
from langchain_rlm.repl.monty.lowering.trees import called_name, cloned, place, statements

_GIVE_UP = "raise _rlm_b_RuntimeError"


class Slice(Expressions):
    """Keeps of statements what they ask."""

    def block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """What is kept of statements."""
        return [made for statement in body for made in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        method: Any = getattr(self, f"_kept_{type(node).__name__}", None)
        if method is None:
            raise DependentError
        made: list[ast.stmt] = method(node)
        return [place(one, node) for one in made]

    def _function(self, name: str, node: Definition) -> Function:
        asks = self._functions.mentions(node)
        inner = Slice(self._facts, name, asking=asks)
        keys = {f"{name}:{one}": one for one in parameters(node.args)}
        self._facts.shared.update(keys)
        body = node.body if isinstance(node, ast.FunctionDef) else [place(ast.Return(value=node.body), node.body)]
        kept = inner.block(body)
        returned = self._facts.reached(inner.returned)
        changed, given = (
            frozenset(keys[key] for key in keys if key in found) for found in (self._facts.dirty, returned)
        )
        shared = frozenset(key for key in returned if ":" not in key)
        twin = f"_rlm_ahead_{self._functions.number}_{name}"
        return Function(node, twin, kept, asks, inner.is_whole and not asks, inner.asks_first, changed, given, shared)

    def _only_asked(self, *nodes: ast.AST | None) -> list[ast.stmt]:
        made = [self.asked(node) for node in nodes]
        return [ast.Expr(value=one) for one in made if one is not None]

    # Values

    def _kept_Pass(self, _: ast.Pass) -> list[ast.stmt]:
        return []

    def _kept_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        if isinstance(node.value, ast.Constant):
            return []
        if self._sure and (self._pure(node.value) or self._changes_own(node.value)):
            return [cloned(node)]
        return self._only_asked(node.value)

    def _changes_own(self, node: ast.expr) -> bool:
        """Whether a call changes what the slice has a copy of, and depends on no answer."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        is_change = node.func.attr in purity.CHANGING and self._is_own(node.func.value)
        return is_change and all(map(self._pure, [*node.args, *node.keywords]))

    def _kept_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        is_kept = self._sure and (self._pure(node.value) or self._changes_own(node.value))
        if is_kept and all(map(self._binds, node.targets)):
            for target in node.targets:
                self._bind(target, node.value, item=len(node.targets) > 1)
            return [cloned(node)]
        made = self._only_asked(node.value)
        for target in node.targets:
            self._bind(target, node.value)
            made += self._spoiled(target)
        return made

    def _spoiled(self, target: ast.expr) -> list[ast.stmt]:
        """A target of something unknown."""
        self._forget(target)
        indices = [child.slice for child in ast.walk(target) if isinstance(child, ast.Subscript)]
        if any(map(self._functions.mentions, indices)):
            raise DependentError
        return self._only_asked(*indices)

    def _kept_AnnAssign(self, node: ast.AnnAssign) -> list[ast.stmt]:
        if node.value is None:
            return []
        return self._kept_Assign(place(ast.Assign(targets=[node.target], value=node.value), node))

    def _kept_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
        if self._sure and self._is_own(target) and self._binds(node.target) and self._pure(node.value):
            return [cloned(node)]
        made = self._only_asked(node.value)
        self._change(target)
        return made + self._spoiled(node.target)

    def _kept_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        self.is_whole = False
        for target in node.targets:
            self._spoiled(target)
        return []

    def _kept_Import(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        return [cloned(node)] if self._sure else []

    _kept_ImportFrom = _kept_Import

    def _kept_FunctionDef(self, _: ast.FunctionDef) -> list[ast.stmt]:
        raise DependentError

    # Where it goes on

    def _kept_If(self, node: ast.If) -> list[ast.stmt]:
        if self._sure and self._pure(node.test):
            body, other = self.block(node.body), self.block(node.orelse)
            return [ast.If(test=cloned(node.test), body=body or [ast.Pass()], orelse=other)]
        made = self._only_asked(node.test)
        with self._unsurely():
            self.block([*node.body, *node.orelse])
        return made

    def _kept_Break(self, node: ast.Break) -> list[ast.stmt]:
        if self._sure:
            return [cloned(node)]
        if self._is_loop_sure:
            self._stop()
        return []

    def _kept_Continue(self, node: ast.Continue) -> list[ast.stmt]:
        if self._sure:
            return [cloned(node)]
        self.is_whole = False
        self._skips = self._skips or self._is_loop_sure
        return []

    def _kept_Return(self, node: ast.Return) -> list[ast.stmt]:
        if node.value is not None and not purity.is_new(node.value):
            self.returned |= self._roots(node.value)
        if not self._sure:
            self._only_asked(node.value)
            return self._returned_or_not()
        if node.value is None or self._pure(node.value):
            return [cloned(node)]
        return [*self._only_asked(node.value), ast.Return(value=None)]

    def _returned_or_not(self) -> list[ast.stmt]:
        self.is_whole = False
        if self._loops:
            self._stop()
        self._skips = True
        return []

    def _kept_Raise(self, node: ast.Raise) -> list[ast.stmt]:
        if not self._sure or self._caught is not None:
            self._stop()
            return []
        self.is_whole = False
        return [*self._only_asked(node.exc), *statements(_GIVE_UP, node)]

    def _kept_Assert(self, node: ast.Assert) -> list[ast.stmt]:
        if self._sure and self._caught is None and self._pure(node.test):
            self.is_whole = False
            return [ast.If(test=cloned(node.test), body=[ast.Pass()], orelse=statements(_GIVE_UP, node))]
        self._only_asked(node.test)
        self._stop()
        return []

    # Loops

    def _kept_For(self, node: ast.For) -> list[ast.stmt]:
        if self._sure and self._pure(node.iter) and self._binds(node.target):
            self._bind(node.target, node.iter, item=True)
            with self._looping(sure=True):
                body = self.block(node.body)
            other = self.block(node.orelse)
            return [ast.For(cloned(node.target), cloned(node.iter), body or [ast.Pass()], other)]
        made = self._only_items(node.iter)
        self._bind(node.target, node.iter, item=True)
        self._spoiled(node.target)
        with self._looping(sure=bool(made) and _is_lazy(node.iter)):
            self._sure = False
            self.block(node.body)
        with self._unsurely():
            self.block(node.orelse)
        return made

    def _only_items(self, node: ast.expr) -> list[ast.stmt]:
        """What a loop asks by what it loops over."""
        made = self.asked(node, taken=True)
        return [] if made is None else [ast.Expr(value=made)]

    def _kept_While(self, node: ast.While) -> list[ast.stmt]:
        if self._sure and self._pure(node.test):
            with self._looping(sure=True):
                body = self.block(node.body)
            other = self.block(node.orelse)
            return [ast.While(test=cloned(node.test), body=body or [ast.Pass()], orelse=other)]
        with self._looping(sure=False):
            self._only_asked(node.test)
            self.block([*node.body, *node.orelse])
        return []

    # Errors

    def _kept_With(self, node: ast.With) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for item in node.items:
            made += self._only_asked(item.context_expr)
            if item.optional_vars is not None:
                self._spoiled(item.optional_vars)
        return [*made, *self._tried(node.body)[0]]

    def _tried(self, body: Sequence[ast.stmt]) -> tuple[list[ast.stmt], bool]:
        """What is kept of statements whose errors are caught, and whether it is all of them."""
        before = (self._caught, self._may_have_failed, self._sure, self.is_whole)
        self._caught, self._may_have_failed, self.is_whole = self._loops, False, True
        made: list[ast.stmt] = []
        for statement in body:
            made += self._statement(statement)
            self._sure = self._sure and self.is_whole and not self._may_have_failed
        is_whole = self.is_whole and not self._may_have_failed
        self._caught, failed, sure, whole = before
        self._may_have_failed = failed or self._may_have_failed
        self._sure = sure and not self._skips
        self.is_whole = whole and is_whole
        return made, is_whole

    def _kept_Try(self, node: ast.Try) -> list[ast.stmt]:
        if not node.handlers:
            return [*self.block(node.body), *self.block(node.finalbody)]
        body, is_whole = self._tried(node.body)
        if is_whole and all(_is_plain(handler) for handler in node.handlers):
            handlers = [
                ast.ExceptHandler(one.type, None, self.block(one.body) or [ast.Pass()]) for one in node.handlers
            ]
            other, last = self.block(node.orelse), self.block(node.finalbody)
            return [ast.Try(body or [ast.Pass()], [place(one, node) for one in handlers], other, last)]
        with self._unsurely():
            for handler in node.handlers:
                self._facts.unknown.update([handler.name or "", f"{self._space}:{handler.name}"])
                self.block(handler.body)
            self.block(node.orelse)
        self.is_whole = False
        passing = ast.ExceptHandler(builtin("Exception"), None, [ast.Pass()])
        caught = [ast.Try(body, [place(passing, node)], [], [])] if body else []
        return [*caught, *self.block(node.finalbody)]


def _is_lazy(node: ast.expr) -> bool:
    """Whether what is asked by what is looped over is asked only while the loop goes on."""
    eager = isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp)
    return not eager and called_name(node) not in vocabulary.CONSUMERS


def _is_plain(handler: ast.ExceptHandler) -> bool:
    """Whether it may stand in the copy as it is. What stops the copy itself must pass by: `BaseException`."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [one.id if isinstance(one, ast.Name) else "BaseException" for one in caught]
    return handler.name is None and "BaseException" not in names and "SystemExit" not in names
