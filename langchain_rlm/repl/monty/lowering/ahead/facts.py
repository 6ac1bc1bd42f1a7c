"""What is known of names while a slice is made, and what of an expression: whether it depends on no answer."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from langchain_rlm.repl.functions import SETTLED
from langchain_rlm.repl.monty.lowering.ahead import purity
from langchain_rlm.repl.monty.lowering.ahead.functions import Definition, Function, Functions
from langchain_rlm.repl.monty.lowering.scopes import BUILTIN, LOCAL, SESSION, is_builtin
from langchain_rlm.repl.monty.lowering.trees import last_name, mark


class DependentError(Exception):
    """What is asked depends on an answer, or on what cannot be told."""


@dataclass
class Facts:
    """What is found out about one region, in rounds until nothing new is found.

    Names of functions are told apart from those of the session by the function before them.
    """

    functions: Functions
    unknown: set[str] = field(default_factory=set)
    """Names that may depend on an answer."""
    dirty: set[str] = field(default_factory=set)
    """Names of what may be changed beside the slice."""
    shared: set[str] = field(default_factory=set)
    """Names that may stand for what has another name too."""
    sources: dict[str, set[str]] = field(default_factory=dict)
    made: dict[str, Function] = field(default_factory=dict)
    """The functions that the region calls."""
    under_way: set[str] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    """Names that may stand for functions that ask, or for data."""
    asks: bool = False

    def size(self) -> int:
        return len(self.unknown) + len(self.dirty) + len(self.shared) + sum(map(len, self.sources.values()))

    def change(self, names: Iterable[str]) -> None:
        """Something known by these names may be changed."""
        found = self.reached(names)
        self.dirty |= found
        self.unknown |= found

    def reached(self, names: Iterable[str]) -> set[str]:
        """The names that may stand for what these do, or for what it is a part of."""
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.sources.get(name, ())
        return found


class Knowing:
    """Tells what is certain in a region, or in a function that it calls (`space` is its name then).

    Args:
        facts: What is found out, shared by all of the region.
        space: Tells the local names of functions apart.
        asking: Whether anything is asked here: else nothing depends on where it ends.
    """

    def __init__(self, facts: Facts, space: str = "", *, asking: bool = True) -> None:
        self._facts = facts
        self._functions = facts.functions
        self._space = space
        self._asking = asking
        self._sure = True
        self._loops = 0
        self._is_loop_sure = False
        self._skips = False
        """The rest of the innermost loop, or of the function, may be skipped."""
        self._caught: int | None = None
        self._may_have_failed = False
        self.is_whole = True
        """Nothing was left out."""
        self.returned = set[str]()
        """Names that may stand for what it returns."""
        self.asks_first = True
        """At most one thing is asked, and nothing before it can fail unseen."""
        self._has_failed = False

    # Names

    def _key(self, node: ast.Name) -> str:
        return f"{self._space}:{node.id}" if mark(node, "scope") == LOCAL else node.id

    def _forget(self, node: ast.AST) -> None:
        """The names that a target binds are unknown; what it changes is changed."""
        for child in [node] if not isinstance(node, ast.Tuple | ast.List) else node.elts:
            if isinstance(child, ast.Name):
                self._facts.unknown.add(self._key(child))
            elif isinstance(child, ast.Subscript | ast.Attribute):
                self._change(child)
            elif isinstance(child, ast.Starred | ast.Tuple | ast.List):
                self._forget(child.value if isinstance(child, ast.Starred) else child)

    def _change(self, node: ast.AST) -> None:
        self._facts.change(self._roots(node))

    def _roots(self, node: ast.AST) -> set[str]:
        """The names under which what an expression gives, or a part of it, may be known."""
        if isinstance(node, ast.Name):
            is_data = mark(node, "scope") != BUILTIN or node.id in purity.DATA
            return {self._key(node)} if is_data else set()
        if isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
            return self._roots(node.value)
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare | ast.UnaryOp):
            return set()
        parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
        found = set[str]()
        if isinstance(node, ast.Call):
            held = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            given = node.args[1:] if last_name(node.func) in {"get", "setdefault", "pop"} else node.args
            parts = [*held, *given]
            if isinstance(node.func, ast.Name) and self._functions.asks(node.func):
                parts = []
            if isinstance(node.func, ast.Name) and (function := self._called(node.func)) is not None:
                parts, found = function.arguments(node, function.given), {*function.shared}
        return found.union(*map(self._roots, parts))

    def _bind(self, target: ast.expr, value: ast.expr, *, item: bool = False) -> None:
        """Names that the slice binds: what they share is remembered."""
        if not item and purity.is_new(value) and isinstance(target, ast.Name):
            return
        found = self._roots(value)
        for child in ast.walk(target):
            if isinstance(child, ast.Name):
                key = self._key(child)
                self._facts.shared.add(key)
                self._facts.sources.setdefault(key, set()).update(found - {key})
                if key in self._facts.dirty:
                    self._facts.change(found)

    def _is_own(self, node: ast.expr) -> bool:
        """Whether the slice may change what a name stands for, in a copy of its own."""
        if not isinstance(node, ast.Name) or mark(node, "scope") not in {LOCAL, SESSION}:
            return False
        key = self._key(node)
        is_here = not self._space or mark(node, "scope") == LOCAL
        return is_here and key not in self._facts.unknown and key not in self._facts.shared

    def _binds(self, target: ast.expr) -> bool:
        """Whether the slice may bind a target."""
        if isinstance(target, ast.Tuple | ast.List):
            return all(map(self._binds, target.elts))
        if isinstance(target, ast.Starred):
            return self._binds(target.value)
        if isinstance(target, ast.Subscript):
            return self._is_own(target.value) and self._pure(target.slice)
        return isinstance(target, ast.Name) and (not self._space or mark(target, "scope") == LOCAL)

    # What is pure

    def _pure(self, node: ast.AST) -> bool:
        """Whether an expression depends on no answer and changes nothing."""
        if isinstance(node, ast.Name):
            if is_builtin(node):
                return node.id in purity.BUILTINS | purity.DATA and node.id not in self._facts.unknown
            return self._key(node) not in self._facts.unknown and self._is_value(node)
        if isinstance(node, ast.Attribute):
            return self._functions.module(node.value) in {"re", "math", "string"}
        if isinstance(node, ast.Call):
            return self._is_pure_call(node) and all(map(self._pure, [*node.args, *node.keywords]))
        if not isinstance(node, purity.PARTS):
            return False
        return all(map(self._pure, ast.iter_child_nodes(node)))

    def _is_value(self, node: ast.Name) -> bool:
        """Whether a name stands for data, or for a function that changes nothing."""
        if self._functions.definition(node) is not None:
            found = self._called(node)
            return found is not None and found.is_pure
        return not (self._functions.suspends(node) or mark(node, "means") or self._functions.is_other(node))

    def _is_pure_call(self, node: ast.Call) -> bool:
        func = node.func
        if isinstance(func, ast.Attribute):
            if module := self._functions.module(func.value):
                return purity.is_pure_function(module, func.attr)
            is_known = func.attr in purity.METHODS and func.attr not in self._functions.methods
            return is_known and self._pure(func.value)
        if not isinstance(func, ast.Name) or is_builtin(func):
            return isinstance(func, ast.Name) and (func.id in purity.BUILTINS or func.id in SETTLED)
        if module := self._functions.module(func):
            return purity.is_pure_function(*module.partition(".")[::2])
        found = None if self._key(func) in self._facts.unknown else self._called(func)
        return found is not None and found.is_pure

    def _called(self, func: ast.Name) -> Function | None:
        """What a function of the cells does; None when that cannot be told."""
        node = self._functions.definition(func)
        if node is None:
            return None
        name = func.id
        if name in self._facts.under_way:
            raise DependentError
        if name not in self._facts.made:
            self._facts.under_way.add(name)
            self._facts.made[name] = self._function(name, node)
            self._facts.under_way.discard(name)
        return self._facts.made[name]

    def _function(self, name: str, node: Definition) -> Function:
        """Goes through a function."""
        raise NotImplementedError

    # Where it is sure that something runs

    @contextmanager
    def _unsurely(self) -> Iterator[None]:
        """What runs now may run or not."""
        before, self._sure = self._sure, False
        yield
        self._sure = before and not self._skips

    @contextmanager
    def _looping(self, *, sure: bool) -> Iterator[None]:
        before = (self._loops, self._is_loop_sure, self._sure, self._skips)
        self._loops, self._is_loop_sure, self._skips = self._loops + 1, sure, False
        self._sure = self._sure and sure
        yield
        self._loops, self._is_loop_sure, self._sure, self._skips = before

    def _ask(self, *, once: bool = True) -> None:
        """Something is asked here."""
        if not self._sure:
            raise DependentError
        again = self._may_have_failed or not once
        if self._caught is not None and (again or self._loops > self._caught):
            raise DependentError
        self.asks_first = self.asks_first and once and not self._has_failed and not self._loops
        self._facts.asks = True
        self._failing()

    def _failing(self) -> None:
        self._may_have_failed = self._has_failed = True

    def _stop(self) -> None:
        """The region ends here, or not."""
        self.is_whole = False
        if self._asking:
            raise DependentError
