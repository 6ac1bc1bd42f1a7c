"""The functions that cells define, as far as their definitions are at hand."""

import ast
from dataclasses import dataclass
from functools import cached_property

from langchain_rlm.repl.monty.lowering.ahead import purity
from langchain_rlm.repl.monty.lowering.generators import is_generator
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.scopes import (
    BUILTIN,
    LOCAL,
    SESSION,
    annotate,
    bound_names,
    is_builtin,
    outer_names,
)
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import mark, put_mark
from langchain_rlm.repl.syntax import parse

_APART = 1_000_000_000
"""Numbers of functions that are read again: no others have them."""
Definition = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Function:
    """What a function of the cells does.

    Attributes:
        node: Its definition.
        twin: The name of the function that only asks what it asks.
        body: What that one does.
        asks: It may ask.
        is_pure: It changes nothing, and what it gives depends on its arguments and on what is known alone.
        asks_first: It asks one thing at most, before anything in it can fail that does not depend on its arguments.
        changed: The parameters that it may change.
        given: The parameters of which it may return a part.
        shared: The names of the session for which what it returns may stand.
    """

    node: Definition
    twin: str
    body: list[ast.stmt]
    asks: bool
    is_pure: bool
    asks_first: bool
    changed: frozenset[str]
    given: frozenset[str]
    shared: frozenset[str]

    def arguments(self, call: ast.Call, parameters: frozenset[str]) -> list[ast.expr]:
        """The arguments of a call for some of its parameters."""
        if not parameters:
            return []
        names = [one.arg for one in [*self.node.args.posonlyargs, *self.node.args.args]]
        plain = not any(isinstance(argument, ast.Starred) for argument in call.args)
        if not plain or any(keyword.arg is None for keyword in call.keywords) or len(call.args) > len(names):
            return [*call.args, *[keyword.value for keyword in call.keywords]]
        given = [*zip(names, call.args, strict=False), *[(k.arg or "", k.value) for k in call.keywords]]
        return [value for name, value in given if name in parameters]


class Functions:
    """Finds the functions of a session from within one annotated cell.

    Args:
        tree: The cell.
        known: What the session knows.
        suspension: What may suspend.
    """

    def __init__(self, tree: ast.Module, known: Knowledge, suspension: Suspension) -> None:
        self._tree = tree
        self._known = known
        self._suspension = suspension
        self._found: dict[str, Definition | None] = {}
        self._asking: dict[str, bool] = {}
        self.number = 0
        """Tells the functions of a region from those of others."""

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        kinds = (ast.Global, ast.Import, ast.ImportFrom, ast.ClassDef)
        return [node for node in ast.walk(self._tree) if isinstance(node, kinds)]

    @cached_property
    def _own(self) -> dict[str, Definition | None]:
        """What the cell binds: the functions, and None for all else and for what it binds twice."""
        found: dict[str, Definition | None] = {}
        for statement in self._tree.body:
            function = function_of(statement)
            for name in bound_names([statement]):
                found[name] = None if name in found or function is None else function
        outer = {name for node in self._nodes if isinstance(node, ast.Global) for name in node.names}
        return found | dict.fromkeys(outer)

    @cached_property
    def modules(self) -> dict[str, str]:
        """The names that imports bind, and what they stand for: "json", or "json.dumps"."""
        found = dict(self._known.modules)
        for node in self._nodes:
            if isinstance(node, ast.Import):
                found |= {alias.asname or alias.name: alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return found

    @cached_property
    def methods(self) -> set[str]:
        """The methods of the session's classes."""
        nodes = [*[known.node for known in self._known.classes.values()], *self._classes]
        return {one.name for node in nodes for one in node.body if isinstance(one, ast.FunctionDef)}

    @cached_property
    def _classes(self) -> list[ast.ClassDef]:
        return [node for node in self._nodes if isinstance(node, ast.ClassDef)]

    def suspends(self, node: ast.AST) -> bool:
        """Whether a name or method stands for something that asks, or may: `asks` tells which of them do."""
        return self._suspension.suspends(node) and not self.may_hold(node)

    def may_hold(self, node: ast.AST) -> bool:
        """Whether a variable may hold a function that asks. Most hold what such a function gave."""
        is_variable = isinstance(node, ast.Name) and mark(node, "scope") == SESSION and not mark(node, "means")
        return is_variable and self._suspension.suspends(node)

    def module(self, node: ast.AST) -> str:
        """The module that a name stands for, or nothing."""
        if isinstance(node, ast.Name) and mark(node, "scope") != LOCAL:
            return self.modules.get(node.id, "")
        return ""

    def is_other(self, node: ast.Name) -> bool:
        """Whether a name stands for a class or something imported."""
        name = node.id
        classes = {*self._known.classes, *[one.name for one in self._classes]}
        return mark(node, "scope") != LOCAL and (name in self.modules or name in classes)

    def definition(self, node: ast.Name) -> Definition | None:
        """The function that a name of the session stands for, when there is no doubt."""
        if mark(node, "scope") in {LOCAL, BUILTIN}:
            return None
        if node.id not in self._found:
            own = self._own
            found = own[node.id] if node.id in own else self._earlier(node.id)
            self._found[node.id] = found if found is not None and _is_plain(found) else None
        return self._found[node.id]

    def _earlier(self, name: str) -> Definition | None:
        """A function of an earlier cell, read again: what became of it there is not what was written."""
        if name not in self._known.written:
            return None
        tree = parse(self._known.written[name])
        annotate(tree, self._known.names, _APART)
        return next((function_of(one) for one in tree.body if name in bound_names([one])), None)

    def asks(self, node: ast.AST) -> bool:
        """Whether a name stands for a function that asks."""
        if not isinstance(node, ast.Name):
            return False
        if node.id in purity.ASKS and is_builtin(node):
            return True
        definition = self.definition(node)
        if definition is None:
            return False
        if node.id not in self._asking:
            self._asking[node.id] = False  # also while it is found out, should it call itself
            self._asking[node.id] = any(map(self.asks, ast.walk(definition)))
        return self._asking[node.id]

    def mentions(self, node: ast.AST | None) -> bool:
        """Whether anything in a node stands for a function that asks. It is asked of each block in turn."""
        if node is None or isinstance(node, ast.Name):
            return node is not None and self.asks(node)
        found = mark(node, "asks")
        if found is None:
            found = any(self.mentions(child) for child in ast.iter_child_nodes(node))
            put_mark(node, "asks", value=found)
        return bool(found)

    def learn(self, cell: str) -> None:
        """Remember the functions of this cell for later ones."""
        for name, function in self._own.items():
            self._known.written.pop(name, None)
            if function is not None:
                self._known.written[name] = cell


def function_of(statement: ast.stmt) -> Definition | None:
    """The function that a statement defines under a name."""
    if isinstance(statement, ast.FunctionDef):
        return statement
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Lambda):
        return None
    return statement.value if [*map(type, statement.targets)] == [ast.Name] else None


def _is_plain(node: Definition) -> bool:
    defaults = [*node.args.defaults, *[one for one in node.args.kw_defaults if one]]
    if isinstance(node, ast.FunctionDef) and (node.decorator_list or is_generator(node) or outer_names(node.body)):
        return False
    return all(isinstance(one, ast.Constant) for one in defaults)
