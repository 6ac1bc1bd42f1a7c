"""What the statements of a slice read that was there before them."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from langchain_rlm.repl.monty.lowering.ahead import purity
from langchain_rlm.repl.monty.lowering.ahead.functions import Functions
from langchain_rlm.repl.monty.lowering.scopes import is_builtin, parameters
from langchain_rlm.repl.monty.lowering.trees import mark


@dataclass
class Reads(ast.NodeVisitor):
    """Names in the order in which they are met."""

    functions: Functions
    bound: set[str] = field(default_factory=set)
    free: dict[str, None] = field(default_factory=dict)
    """Read before they are bound."""
    changed: set[str] = field(default_factory=set)

    @property
    def own(self) -> list[str]:
        """Those of which the slice changes a copy."""
        return [name for name in self.free if name in self.changed]

    @property
    def given(self) -> list[str]:
        return [name for name in self.free if name not in self.changed]

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        elif node.id not in self.bound and self._is_data(node):
            self.free.setdefault(node.id)

    def _is_data(self, node: ast.Name) -> bool:
        if is_builtin(node):
            return node.id in purity.DATA
        is_made = mark(node, "scope") is None
        return not is_made and not self.functions.module(node) and self.functions.definition(node) is None

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._change(target)
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        self._change(node.target, always=True)
        self.visit(node.target)

    def _change(self, target: ast.expr, *, always: bool = False) -> None:
        named = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(named, ast.Name) and (always or named is not target):
            self.changed.add(named.id)
            if named.id not in self.bound:
                self.free.setdefault(named.id)

    def visit_For(self, node: ast.For) -> None:
        for part in [node.iter, node.target, *node.body, *node.orelse]:
            self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in purity.CHANGING and isinstance(func.value, ast.Name):
            self.changed.add(func.value.id)
        self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._inside({*parameters(node.args)}, [node.args, node.body])

    def _comprehension(self, generators: Sequence[ast.comprehension], elements: list[ast.expr]) -> None:
        inner = {n.id for one in generators for n in ast.walk(one.target) if isinstance(n, ast.Name)}
        self.visit(generators[0].iter)
        rest = [part for one in generators[1:] for part in [one.iter]]
        self._inside(inner, [*rest, *[test for one in generators for test in one.ifs], *elements])

    def _inside(self, names: set[str], parts: Sequence[ast.AST]) -> None:
        added = names - self.bound
        self.bound |= added
        for part in parts:
            self.visit(part)
        self.bound -= added

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node.generators, [node.elt])

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node.generators, [node.key, node.value])


def reads_of(body: Sequence[ast.stmt], functions: Functions, arguments: ast.arguments | None = None) -> Reads:
    """What statements read, those of a function without its parameters."""
    found = Reads(functions, set(parameters(arguments)) if arguments else set())
    for statement in body:
        found.visit(statement)
    return found
