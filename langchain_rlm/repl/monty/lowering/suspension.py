"""Which functions may pause the interpreter to ask a model. Monty's own map and sorted cannot be paused."""

import ast

from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.scopes import BUILTIN, LOCAL, SESSION
from langchain_rlm.repl.monty.lowering.trees import FunctionNode, mark


class Suspension:
    """Answers, for one annotated cell, what may suspend.

    Args:
        tree: The annotated cell.
        known: What earlier cells defined; the cell's own suspending names are added to it.
        contract: The REPL's functions and tools.
        is_large: There are large texts, of which anything may be asked anywhere.
    """

    def __init__(self, tree: ast.Module, known: Knowledge, contract: frozenset[str], *, is_large: bool = False) -> None:
        self._known = known
        self._is_large = is_large
        self._contract = contract
        self._functions: set[int] = set()
        self._methods = known.methods
        self._names = known.suspending
        found = _Finder()
        found.visit(tree)
        known.suspending -= found.bound
        while self._spread(found):
            pass

    def _spread(self, found: "_Finder") -> bool:
        before = (len(self._functions), len(self._methods), len(self._names))
        for function in found.functions:
            if mark(function, "function") and self.mentions(function):
                self._functions.add(mark(function, "function"))
        for owner, methods in found.classes:
            for method in methods:
                if self.mentions(method):
                    self._methods.add(method.name)
                    self._names.update([owner] if method.name in {"__init__", "__call__", "__post_init__"} else [])
        for name, value in found.module_names:
            if isinstance(value, ast.AST) and self._carries(value):
                self._names.add(name)
        return before != (len(self._functions), len(self._methods), len(self._names))

    def _carries(self, value: ast.AST) -> bool:
        if isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef):
            return mark(value, "function") in self._functions
        if isinstance(value, ast.Call):
            return any(self._carries(argument) for argument in value.args)
        return isinstance(value, ast.Name | ast.Lambda) and self.mentions(value)

    def suspends(self, node: ast.AST) -> bool:
        """Whether a name or method reference means something that asks a model."""
        if isinstance(node, ast.Name):
            if mark(node, "scope") == LOCAL:
                return mark(node, "means") in self._functions
            if node.id in self._contract:
                return mark(node, "scope") in {BUILTIN, SESSION, None}
            if mark(node, "means"):
                return mark(node, "means") in self._functions
            return node.id in self._names
        return isinstance(node, ast.Attribute) and node.attr in self._methods

    def mentions(self, node: ast.AST) -> bool:
        """Whether anything in `node` asks a model when it runs."""
        return any(self.suspends(child) for child in ast.walk(node))

    def may_suspend(self, callback: ast.expr | None) -> bool:
        """Whether a function that is passed to a builtin might ask a model; a parameter might."""
        if callback is None or isinstance(callback, ast.Constant):
            return False
        if self._is_large or self.mentions(callback):
            return True
        names = [n for n in _called(callback) if isinstance(n, ast.Name)]
        return any(mark(name, "scope") == LOCAL and not mark(name, "means") for name in names)


def _called(callback: ast.expr) -> list[ast.expr]:
    if isinstance(callback, ast.Lambda):
        own = {argument.arg for argument in callback.args.args}
        calls = [n.func for n in ast.walk(callback.body) if isinstance(n, ast.Call)]
        return [func for func in calls if not (isinstance(func, ast.Name) and func.id in own)]
    return [callback] if isinstance(callback, ast.Name) else []


class _Finder(ast.NodeVisitor):
    """Collects the functions, methods and function-like assignments of a cell."""

    def __init__(self) -> None:
        self.functions: list[FunctionNode] = []
        self.classes: list[tuple[str, list[FunctionNode]]] = []
        self.module_names: list[tuple[str, ast.AST]] = []
        self.bound: set[str] = set()
        self._depth = 0

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        self.functions.append(node)
        if not self._depth:
            self.module_names.append((node.name, node))
            self.bound.add(node.name)
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
        self.classes.append((node.name, methods))
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_Assign(self, node: ast.Assign) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if not self._depth:
            self.module_names += [(name, node.value) for name in names]
            self.bound.update(names)
        self.generic_visit(node)
