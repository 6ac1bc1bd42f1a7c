"""What expressions ask: the same expressions without all that needs an answer."""

import ast
from collections.abc import Iterable, Sequence

from langchain_rlm.repl.functions import ENDING, SETTLED
from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.ahead import purity
from langchain_rlm.repl.monty.lowering.ahead.facts import DependentError, Knowing
from langchain_rlm.repl.monty.lowering.scopes import LOCAL, builtin, is_builtin, parameters
from langchain_rlm.repl.monty.lowering.trees import called_name, cloned, mark, place, put_mark

ITEM = "_rlm_item"
_LEFT = SETTLED | {"cite", "SHOW_VARS"}
"""Functions that are called ahead as they stand."""


class Expressions(Knowing):
    """Makes of expressions what they ask."""

    _taken = False
    """All items of the expression are taken, should it be an iterator."""

    # Expressions

    def asked(self, node: ast.AST | None, *, taken: bool = False) -> ast.expr | None:
        """An expression that asks what `node` asks, in the same order; None where it asks nothing.

        `taken`: all items of it are taken, should it be an iterator.
        """
        self.is_whole = False
        if node is None or isinstance(node, ast.Constant):
            return None
        method = getattr(self, f"_asked_{type(node).__name__}", None)
        if method is not None:
            self._taken = taken
            made: ast.expr | None = method(node)
            return made
        is_method = isinstance(node, ast.Attribute) and self._functions.suspends(node)
        if is_method or isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            raise DependentError
        return self._several(_children(node))

    def _several(self, nodes: Iterable[ast.AST], *, taken: bool = False) -> ast.expr | None:
        made = [one for one in [self.asked(node, taken=taken) for node in nodes] if one is not None]
        return _tuple(made)

    def _asked_Name(self, node: ast.Name) -> None:
        if self._functions.suspends(node) or self._functions.asks(node):
            raise DependentError
        if self._functions.may_hold(node):
            self._facts.held.add(node.id)
        if self._functions.definition(node) is not None:
            found = self._called(node)
            if found is not None and found.changed:
                raise DependentError

    def _asked_Starred(self, node: ast.Starred) -> ast.expr | None:
        return self.asked(node.value, taken=True)

    def _asked_NamedExpr(self, node: ast.NamedExpr) -> ast.expr | None:
        made = self.asked(node.value)
        self._forget(node.target)
        return made

    def _asked_Lambda(self, node: ast.Lambda) -> None:
        with self._unsurely():
            self.asked(node.body)

    def _asked_IfExp(self, node: ast.IfExp) -> ast.expr | None:
        if self._sure and self._pure(node.test):
            body, other = self.asked(node.body), self.asked(node.orelse)
            if body is None and other is None:
                return None
            return ast.IfExp(
                test=cloned(node.test), body=body or ast.Constant(value=None), orelse=other or ast.Constant(value=None)
            )
        made = self.asked(node.test)
        with self._unsurely():
            self._several([node.body, node.orelse])
        return made

    def _asked_BoolOp(self, node: ast.BoolOp) -> ast.expr | None:
        first, *rest = node.values
        if self._sure and self._pure(first):
            left = ast.BoolOp(op=node.op, values=rest) if len(rest) > 1 else rest[0]
            made = self.asked(left)
            if made is None:
                return None
            parts = (
                (made, ast.Constant(value=None)) if isinstance(node.op, ast.And) else (ast.Constant(value=None), made)
            )
            return ast.IfExp(test=cloned(first), body=parts[0], orelse=parts[1])
        made = self.asked(first)
        with self._unsurely():
            self._several(rest)
        return made

    def _asked_Compare(self, node: ast.Compare) -> ast.expr | None:
        made = self._several([node.left, node.comparators[0]])
        with self._unsurely():
            self._several(node.comparators[1:])
        return made

    def _asked_ListComp(self, node: ast.ListComp) -> ast.expr | None:
        return self._comprehension(node.generators, [node.elt])

    _asked_SetComp = _asked_ListComp

    def _asked_DictComp(self, node: ast.DictComp) -> ast.expr | None:
        return self._comprehension(node.generators, [node.key, node.value])

    def _asked_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr | None:
        if not self._taken and self._functions.mentions(node):
            raise DependentError
        return self._comprehension(node.generators, [node.elt])

    def _comprehension(self, generators: Sequence[ast.comprehension], elements: list[ast.expr]) -> ast.expr | None:
        """The loops of a comprehension around what its elements ask."""
        before: ast.expr | None = None
        kept: list[ast.comprehension] = []
        made: list[ast.expr | None] = []
        with self._looping(sure=True):
            for number, one in enumerate(generators):
                if self._sure and self._pure(one.iter):
                    self._bind(one.target, one.iter, item=True)
                    kept.append(ast.comprehension(cloned(one.target), cloned(one.iter), [], 0))
                else:
                    asked = self._outside(one.iter) if not number else self.asked(one.iter, taken=True)
                    before = asked if not number else before
                    made += [asked] if number else []
                    self._forget(one.target)
                    self._sure = False
                for test in one.ifs:
                    if self._sure and self._pure(test):
                        kept[-1].ifs.append(cloned(test))
                    else:
                        made.append(self.asked(test))
                        self._sure = False
            made += [self.asked(element) for element in elements]
        element = _tuple([one for one in made if one is not None])
        whole = ast.ListComp(elt=element, generators=kept) if element is not None else None
        return _tuple([one for one in (before, whole) if one is not None])

    def _outside(self, node: ast.expr) -> ast.expr | None:
        """What a comprehension loops over is evaluated once."""
        self._loops -= 1
        made = self.asked(node, taken=True)
        self._loops += 1
        return made

    # Calls

    def _asked_Call(self, node: ast.Call) -> ast.expr | None:
        made = self._call(node, taken=self._taken)
        self._failing()
        return made

    def _call(self, node: ast.Call, *, taken: bool) -> ast.expr | None:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self._method(node, func)
        if not isinstance(func, ast.Name):
            raise DependentError
        if self._functions.asks(func):
            return self._asking_call(node, func)
        if is_builtin(func) and func.id not in self._functions.modules:
            return self._builtin(node, func.id, taken=taken)
        if mark(func, "scope") != LOCAL and func.id in self._functions.modules:
            return self._elsewhere(node, *self._functions.modules[func.id].split(".", 1))
        if self._functions.definition(func) is None:
            raise DependentError
        made = self._several([*node.args, *node.keywords])
        if (found := self._called(func)) is None:
            raise DependentError
        for argument in found.arguments(node, found.changed):
            self._change(argument)
        return made

    def _asking_call(self, node: ast.Call, func: ast.Name) -> ast.expr:
        if not all(map(self._pure, [*node.args, *node.keywords])):
            raise DependentError
        made: ast.Call = cloned(node)
        if is_builtin(func):
            self._ask()
            return made
        found = self._called(func)
        if found is None or not found.asks:
            raise DependentError
        for argument in found.arguments(node, found.changed):
            self._change(argument)
        self._ask(once=found.asks_first)
        made.func = place(ast.Name(found.twin, ctx=ast.Load()), node)
        return made

    def _builtin(self, node: ast.Call, name: str, *, taken: bool) -> ast.expr | None:
        if name in ENDING:
            if self._loops or self._space:
                raise DependentError
        elif name in vocabulary.BUILTIN_ERRORS or name in _LEFT:
            pass
        elif name not in purity.QUIET or self._functions.suspends(node.func):
            if name != "next":
                raise DependentError
            for argument in node.args:
                self._change(argument)
        if (made := self._mapped(node, name, taken=taken)) is not None:
            return made
        if name == "zip":
            return self._zipped(node, taken=taken)
        taken = name in vocabulary.CONSUMERS or (taken and name in {"enumerate", "reversed", "map", "filter"})
        return self._several([*node.args, *node.keywords], taken=taken)

    def _mapped(self, node: ast.Call, name: str, *, taken: bool) -> ast.expr | None:
        """What a function asks that is called for each item; None when there is none."""
        key = next((keyword.value for keyword in node.keywords if keyword.arg == "key"), None)
        function = key if key is not None else node.args[0] if name in {"map", "filter"} and node.args else None
        items = node.args if key is not None else node.args[1:]
        if function is None or not self._functions.mentions(function):
            return None
        if (key is None and not taken) or not items or (key is not None and len(items) > 1):
            raise DependentError
        return self._each(function, items)

    def _each(self, function: ast.expr, items: Sequence[ast.expr]) -> ast.expr | None:
        """What a function asks for all items."""
        names = [f"{ITEM}_{number}" for number in range(len(items))]
        call: ast.expr
        if isinstance(function, ast.Lambda):
            names, call = [argument.arg for argument in function.args.args], function.body
            if parameters(function.args) != names or len(names) != len(items):
                raise DependentError
        else:
            call = place(ast.Call(func=function, args=[_local(name) for name in names], keywords=[]), function)
        targets: list[ast.expr] = [_local(name) for name in names]
        target = targets[0] if len(targets) == 1 else ast.Tuple(elts=targets, ctx=ast.Store())
        over = items[0] if len(items) == 1 else _zip(items)
        return self._comprehension([ast.comprehension(_stored(target), over, [], 0)], [call])

    def _zipped(self, node: ast.Call, *, taken: bool) -> ast.expr | None:
        """Of iterators side by side, only the last may ask: it is asked as often as the others have items."""
        if not node.args or not self._functions.mentions(node.args[-1]):
            return self._several([*node.args, *node.keywords])
        others, last = node.args[:-1], node.args[-1]
        if not isinstance(last, ast.GeneratorExp) and called_name(last) not in {"map", "filter"}:
            return self._several([*node.args, *node.keywords])
        if not taken or not others:
            return self._several(node.args, taken=taken)
        made = self.asked(last, taken=True)
        if not all(map(self._pure, others)) or not isinstance(made, ast.ListComp) or len(made.generators) > 1:
            raise DependentError
        (one,) = made.generators
        if one.ifs:
            raise DependentError
        beside = [_stored(_local(f"{ITEM}_beside_{number}")) for number in range(len(others))]
        one.target = ast.Tuple(elts=[*beside, one.target], ctx=ast.Store())
        one.iter = _zip([*[cloned(other) for other in others], one.iter])
        return made

    def _method(self, node: ast.Call, func: ast.Attribute) -> ast.expr | None:
        if self._functions.suspends(func) or func.attr in self._functions.methods:
            raise DependentError
        if module := self._functions.module(func.value):
            return self._elsewhere(node, module, func.attr)
        taken = func.attr in vocabulary.CONSUMERS
        made = self._several([func.value])
        rest = self._several([*node.args, *node.keywords], taken=taken)
        if func.attr not in purity.METHODS:
            self._change(func.value)
        return _tuple([one for one in (made, rest) if one is not None])

    def _elsewhere(self, node: ast.Call, module: str, name: str = "") -> ast.expr | None:
        """A call of a module's function."""
        made = self._several([*node.args, *node.keywords], taken=name in vocabulary.CONSUMERS)
        if not purity.is_pure_function(module, name) and module not in {"time", "datetime"}:
            for argument in node.args:
                self._change(argument)
        return made


def _children(node: ast.AST) -> list[ast.AST]:
    """The parts of an expression in the order in which they are evaluated."""
    if isinstance(node, ast.Dict):
        return [part for pair in zip(node.keys, node.values, strict=True) for part in pair if part is not None]
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.keyword)]


def _tuple(made: Sequence[ast.expr]) -> ast.expr | None:
    """Expressions one after the other; None of none."""
    if len(made) < 2:  # noqa: PLR2004  # one is enough alone
        return made[0] if made else None
    return ast.Tuple(elts=list(made), ctx=ast.Load())


def _local(name: str) -> ast.expr:
    made = ast.Name(name, ctx=ast.Load())
    put_mark(made, "scope", value=LOCAL)
    return made


def _stored(node: ast.expr) -> ast.expr:
    for child in ast.walk(node):
        if isinstance(child, ast.Name | ast.Tuple):
            child.ctx = ast.Store()
    return node


def _zip(items: Sequence[ast.expr]) -> ast.expr:
    return ast.Call(func=builtin("zip"), args=list(items), keywords=[])
