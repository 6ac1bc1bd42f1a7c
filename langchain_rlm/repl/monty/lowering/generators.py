"""Generator functions: Monty has no `yield`, so they return an iterator over a function that goes on where it stopped.

The function keeps the names of the generator outside itself, with numbers that say how far each block has come. A yield
notes the number and returns; the next call skips what is done. Loops, tests and `try` keep their form.
"""

import ast
from collections.abc import Callable, Sequence

from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.scopes import lasting_names, outer_names
from langchain_rlm.repl.monty.lowering.trees import FunctionNode, called_name, own_nodes, place, statements

_STEP = "_rlm_step_"


def is_generator(node: FunctionNode) -> bool:
    """Whether a function yields."""
    return any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own_nodes(node))


def resume(node: FunctionNode, asks: Callable[[ast.AST], bool]) -> None:
    """Rewrite a generator function in place.

    Args:
        node: The function.
        asks: Whether anything in a node may ask a model.
    """
    for child in own_nodes(node):
        _check(child)
    at = node.body[0]
    stops = any(_may_stop(child) for child in own_nodes(node))
    names = lasting_names(node.body)
    outer = outer_names(node.body)
    body = _Resumed(asks).function(node.body)
    bound = dict.fromkeys([*names, *[name for name in lasting_names(body) if name.startswith("_rlm_")]])
    kept = [name for name in bound if name not in outer]
    given = {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    start: list[ast.stmt] = []
    for one in kept:
        if one not in given:
            start += statements(f"{one} = {0 if one.startswith('_rlm_at_') else None}", at)
    name = f"{_STEP}{node.name}"
    step = statements(f"def {name}():\n    pass", at)[0]
    assert isinstance(step, ast.FunctionDef)  # noqa: S101 - a template is ours
    step.body = [*statements(f"nonlocal {', '.join(kept)}", at), *body] if kept else body
    made = f"_rlm_stopping({name})" if stops else name
    node.body = [*start, step, *statements(f"return _rlm_Iterator({made})", at)]


def _check(node: ast.AST) -> None:
    if isinstance(node, ast.Yield | ast.YieldFrom) or not _yields(node):
        return
    if isinstance(node, ast.Try) and node.finalbody:
        refuse(node, "`finally` around a yield is not available here; collect a list and return it")
    if isinstance(node, ast.With) and any(
        isinstance(n, ast.Return | ast.Break | ast.Continue) for n in own_nodes(node)
    ):
        refuse(node, "`with` around a yield and a return is not available here; collect a list and return it")
    if isinstance(node, ast.AsyncFor | ast.AsyncWith | ast.TryStar):
        refuse(node, "a yield is not available here; collect a list and return it")
    if isinstance(node, ast.ExceptHandler) and any(isinstance(n, ast.Raise) and n.exc is None for n in own_nodes(node)):
        refuse(node, "a yield beside a bare `raise` is not available here; raise the error by its name")
    if isinstance(node, ast.expr) and not isinstance(node, ast.Lambda):
        refuse(node, "`x = yield` is not available here; pass what the function needs as an argument")
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return):
        refuse(node, "`x = yield` is not available here; pass what the function needs as an argument")


def _may_stop(node: ast.AST) -> bool:
    """Whether a node may raise StopIteration, which a generator must not pass on (PEP 479)."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and "StopIteration" in ast.unparse(node.exc)
    return called_name(node) == "next" and len(node.args) == 1  # type: ignore[attr-defined]  # a call


def _yields(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Yield | ast.YieldFrom) for child in own_nodes(node))


class _Resumed:
    """Writes the body of one generator as a function that can be called again and again."""

    def __init__(self, asks: Callable[[ast.AST], bool]) -> None:
        self._asks = asks
        self._count = 0

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"_rlm_{kind}_{self._count}"

    def function(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """The whole body; what it returns of its own ends the iterator."""
        made = _Returns().of([one for one in body if not isinstance(one, ast.Global | ast.Nonlocal)])
        declared = [one for one in body if isinstance(one, ast.Global | ast.Nonlocal)]
        return [*declared, *self._block(made, self._new("at"))]

    def _block(self, body: Sequence[ast.stmt], at: str) -> list[ast.stmt]:
        """Statements, each done once although the block is entered again; `at` must be 0 at the start."""
        made: list[ast.stmt] = []
        plain: list[ast.stmt] = []
        waiting = list(body)
        count = 0
        last = body[-1]

        def enter(upto: int, *more: ast.stmt) -> None:
            (test,) = statements(f"if {at} == {upto}:\n    pass", last)
            assert isinstance(test, ast.If)  # noqa: S101 - a template is ours
            test.body = [*plain, *statements(f"{at} = {upto + 1}", last), *more]
            made.append(test)
            plain.clear()

        while waiting:
            one = waiting.pop(0)
            if not _yields(one):
                plain.append(one)
            elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Yield):
                enter(count, *statements("return (VALUE,)", one, VALUE=one.value.value or ast.Constant(None)))
                count += 1
            elif isinstance(one, ast.Expr):
                assert isinstance(one.value, ast.YieldFrom)  # noqa: S101 - `_check` has refused the rest
                name = self._new("item")
                (loop,) = statements(f"for {name} in ITEMS:\n    yield {name}", one, ITEMS=one.value.value)
                waiting.insert(0, loop)
            else:
                before, inside, after = self._compound(one)
                plain += before
                enter(count)
                (test,) = statements(f"if {at} == {count + 1}:\n    pass", one)
                assert isinstance(test, ast.If)  # noqa: S101 - a template is ours
                test.body = [*inside, *statements(f"{at} = {count + 2}", one)]
                made.append(test)
                count += 2
                waiting[:0] = after
        return [*made, *self._rest(plain, at, count)]

    @staticmethod
    def _rest(plain: list[ast.stmt], at: str, count: int) -> list[ast.stmt]:
        if not plain:
            return []
        (test,) = statements(f"if {at} == {count}:\n    pass", plain[0])
        assert isinstance(test, ast.If)  # noqa: S101 - a template is ours
        test.body = plain
        return [test]

    def _compound(self, node: ast.stmt) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        """What is done once before a statement, the statement, and what comes after it."""
        if isinstance(node, ast.For):
            return self._for(node)
        if isinstance(node, ast.While):
            return self._while(node)
        if isinstance(node, ast.If):
            return self._if(node)
        if isinstance(node, ast.With):
            return self._with(node)
        if isinstance(node, ast.Try):
            return self._try(node)
        assert isinstance(node, ast.Match)  # noqa: S101 - nothing else holds statements
        return self._match(node)

    def _for(self, node: ast.For) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        items, state, ended = self._new("items"), self._new("at"), self._new("at")
        before = statements(f"{items} = _rlm_b_iter(ITEMS)\n{state} = {ended} = 0", node, ITEMS=node.iter)
        if not node.orelse and not self._asks(node) and _ends_with_yields(node.body):
            made = ast.For(
                target=node.target, iter=ast.Name(items, ctx=ast.Load()), body=_returned(node.body), orelse=[]
            )
            return before, [place(made, node)], []
        inner, item = self._new("at"), f"{items}_one"
        test = f"""
while True:
    if {state} == 0:
        {item} = _rlm_b_next({items}, _rlm_end)
        if {item} is _rlm_end:
            {ended} = 1
            break
        {state} = 1
        {inner} = 0
"""
        loop = self._loop(test, node, state, inner)
        assert isinstance(loop.body[0], ast.If)  # noqa: S101 - a template is ours
        (got,) = statements(f"TARGET = {item}", node)
        assert isinstance(got, ast.Assign)  # noqa: S101 - a template is ours
        got.targets = [node.target]
        loop.body[0].body.insert(2, got)
        return before, [loop], self._otherwise(node, ended)

    def _while(self, node: ast.While) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        state, ended, inner = self._new("at"), self._new("at"), self._new("at")
        test = f"""
while True:
    if {state} == 0:
        if not TEST:
            {ended} = 1
            break
        {state} = 1
        {inner} = 0
"""
        loop = self._loop(test, node, state, inner, TEST=node.test)
        return statements(f"{state} = {ended} = 0", node), [loop], self._otherwise(node, ended)

    def _loop(self, test: str, node: ast.For | ast.While, state: str, inner: str, **parts: ast.expr) -> ast.While:
        (loop,) = statements(test, node, **parts)
        assert isinstance(loop, ast.While)  # noqa: S101 - a template is ours
        body = _Continues(state).of(node.body)
        loop.body += [*self._block(body, inner), *statements(f"{state} = 0", node)]
        return loop

    @staticmethod
    def _otherwise(node: ast.For | ast.While, ended: str) -> list[ast.stmt]:
        return [_if(f"{ended} == 1", node.orelse, node)] if node.orelse else []

    def _if(self, node: ast.If) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        chosen, one, other = self._new("chosen"), self._new("at"), self._new("at")
        before = statements(f"{chosen} = 1 if TEST else 0\n{one} = {other} = 0", node, TEST=node.test)
        made = _if(chosen, self._block(node.body, one), node)
        made.orelse = self._block(node.orelse, other) if node.orelse else []
        return before, [made], []

    def _with(self, node: ast.With) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        manager, inner, body = self._new("manager"), self._new("at"), node.body
        if len(node.items) > 1:
            body = [place(ast.With(items=node.items[1:], body=node.body), node)]
        item = node.items[0]
        before = statements(
            f"{manager} = MANAGER\n_rlm_in = {manager}.__enter__()\n{inner} = 0", node, MANAGER=item.context_expr
        )
        if item.optional_vars:
            (got,) = statements("TARGET = _rlm_in", node)
            assert isinstance(got, ast.Assign)  # noqa: S101 - a template is ours
            got.targets = [item.optional_vars]
            before.append(got)
        test = f"""
try:
    pass
except _rlm_b_BaseException as _rlm_failure:
    if not {manager}.__exit__(_rlm_b_type(_rlm_failure), _rlm_failure, None):
        raise
else:
    {manager}.__exit__(None, None, None)
"""
        (made,) = statements(test, node)
        assert isinstance(made, ast.Try)  # noqa: S101 - a template is ours
        made.body = self._block(body, inner)
        return before, [made], []

    def _try(self, node: ast.Try) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        inner, came = self._new("at"), self._new("came")
        before = statements(f"{inner} = 0\n{came} = 0", node)
        after: list[ast.stmt] = []
        for number, handler in enumerate(node.handlers, start=2):
            if not _yields(handler):
                continue
            kept = self._new("error")
            named = f"\n{kept} = {handler.name}" if handler.name else ""
            for child in [n for one in handler.body for n in ast.walk(one)]:
                if isinstance(child, ast.Name) and child.id == handler.name:
                    child.id = kept
            after.append(_if(f"{came} == {number}", handler.body, handler))
            handler.body = statements(f"{came} = {number}{named}", handler)
        if node.orelse:
            after.append(_if(f"{came} == 1", node.orelse, node))
        node.body = [*(self._block(node.body, inner)), *statements(f"{came} = 1", node)]
        node.orelse = []
        return before, [node], after

    def _match(self, node: ast.Match) -> tuple[list[ast.stmt], list[ast.stmt], list[ast.stmt]]:
        chosen = self._new("chosen")
        after: list[ast.stmt] = []
        for number, case in enumerate(node.cases, start=1):
            after.append(_if(f"{chosen} == {number}", case.body, node))
            case.body = statements(f"{chosen} = {number}", node)
        return [*statements(f"{chosen} = 0", node), node], statements("pass", node), after


class _Scoped(ast.NodeTransformer):
    """Leaves nested functions and classes alone."""

    def of(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """The statements, rewritten."""
        made: list[ast.stmt] = []
        for one in body:
            found = self.visit(one)
            made += found if isinstance(found, list) else [found]
        return made

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node


class _Returns(_Scoped):
    """A generator returns nothing."""

    def visit_Return(self, node: ast.Return) -> list[ast.stmt]:
        value = [place(ast.Expr(node.value), node)] if node.value and not isinstance(node.value, ast.Constant) else []
        return [*value, place(ast.Return(value=None), node)]


class _Continues(_Scoped):
    """A loop goes on with its next item."""

    def __init__(self, state: str) -> None:
        self._state = state

    def visit_For(self, node: ast.For) -> ast.AST:
        node.orelse = self.of(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node.orelse = self.of(node.orelse)
        return node

    def visit_Continue(self, node: ast.Continue) -> list[ast.stmt]:
        return [*statements(f"{self._state} = 0", node), node]


def _if(test: str, body: list[ast.stmt], at: ast.AST) -> ast.If:
    (made,) = statements(f"if {test}:\n    pass", at)
    assert isinstance(made, ast.If)  # noqa: S101 - a template is ours
    made.body = body
    return made


def _ends_with_yields(body: list[ast.stmt]) -> bool:
    """Whether nothing is left to do in a turn of a loop when it yields."""
    *before, last = body
    if any(_yields(one) for one in before):
        return False
    if isinstance(last, ast.If):
        return _ends_with_yields(last.body) and (not last.orelse or _ends_with_yields(last.orelse))
    return not _yields(last) or (isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield))


def _returned(body: list[ast.stmt]) -> list[ast.stmt]:
    *before, last = body
    if isinstance(last, ast.If):
        last.body = _returned(last.body)
        last.orelse = _returned(last.orelse) if last.orelse else []
    elif isinstance(last, ast.Expr) and isinstance(last.value, ast.Yield):
        return [*before, *statements("return (VALUE,)", last, VALUE=last.value.value or ast.Constant(None))]
    return body
