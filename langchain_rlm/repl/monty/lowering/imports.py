"""Imports: what Monty has is imported, what the sandbox's own modules have is bound, everything else is refused."""

import ast
from functools import cache
from importlib import resources

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.trees import place, statements
from langchain_rlm.repl.syntax import parse

_SANDBOX = resources.files("langchain_rlm.repl.monty") / "sandbox"


def module_text(name: str) -> str:
    """The text of a sandbox module as it stands in the package."""
    return (_SANDBOX / "modules" / f"{variable(name)}.py").read_text(encoding="utf-8")


def sandbox_text(name: str) -> str:
    """The text of one of the files that every session is fed."""
    return (_SANDBOX / f"{name}.py").read_text(encoding="utf-8")


def variable(name: str) -> str:
    """A module's name as part of a variable's."""
    return name.replace(".", "_")


@cache
def exports(name: str) -> tuple[str, ...]:
    """The public names of a sandbox module, in order."""
    found: dict[str, None] = {}
    for statement in parse(module_text(name)).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(statement.name)
        elif isinstance(statement, ast.Assign):
            found.update(dict.fromkeys(t.id for t in statement.targets if isinstance(t, ast.Name)))
    return tuple(key for key in found if not key.startswith("_"))


class Imports:
    """Lowers the imports of one cell.

    Args:
        known: What the session knows; imported modules are added.
    """

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self.modules: list[str] = []
        self.optional = False

    def lower(self, node: ast.Import | ast.ImportFrom) -> list[ast.stmt]:
        """The statements that take the place of an import; the import itself when Monty has it all."""
        if isinstance(node, ast.Import):
            lowered = [statement for alias in node.names for statement in self._module(node, alias)]
        else:
            lowered = self._names(node, node.module or "")
        native = all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in lowered)
        return [node] if native and len(lowered) >= len(node.names) else lowered

    def _module(self, node: ast.Import, alias: ast.alias) -> list[ast.stmt]:
        top = alias.name.partition(".")[0]
        bound = alias.asname or top
        self._known.modules[bound] = alias.name if alias.asname else top
        if alias.name in vocabulary.SANDBOX_MODULES:
            self.need(alias.name)
            plain = alias.asname or "." not in alias.name
            source = f"{bound} = _rlm_{'module' if plain else 'package'}_{variable(alias.name) if plain else top}"
            return statements(source, node)
        if alias.name in vocabulary.STAND_INS:
            return statements(f"{bound} = object", node) if alias.name != "collections.abc" else []
        self._native(node, alias.name)
        return [place(ast.Import(names=[alias]), node)]

    def need(self, name: str, *, first: bool = False) -> None:
        """Ask for a sandbox module to be fed."""
        if name not in self._known.fed:
            self._known.fed.add(name)
            self.modules.insert(0 if first else len(self.modules), name)

    def _native(self, node: ast.stmt, name: str) -> None:
        if name in vocabulary.NATIVE_MODULES or self.optional:
            return
        advice = vocabulary.MODULE_ADVICE.get(
            name.split(".", maxsplit=1)[0], "write what you need with the modules below"
        )
        refuse(node, f"the module `{name}` is not available here; {advice}. Modules: {vocabulary.AVAILABLE}")

    def _names(self, node: ast.ImportFrom, module: str) -> list[ast.stmt]:
        if module == "concurrent":
            self.need("concurrent.futures")
            return [
                s
                for a in node.names
                for s in statements(f"{a.asname or a.name} = _rlm_module_concurrent_futures", node)
            ]
        if module in vocabulary.SANDBOX_MODULES:
            self.need(module)
            return [s for alias in node.names for s in self._sandbox_name(node, module, alias)]
        if module == "__future__":
            return [place(ast.Pass(), node)]
        if module in vocabulary.STAND_INS and module != "typing":
            meanings = vocabulary.STAND_INS[module]
            return [
                s
                for a in node.names
                for s in statements(f"{a.asname or a.name} = {meanings.get(a.name, 'object')}", node)
            ]
        self._native(node, module)
        return self._native_names(node, module)

    def _native_names(self, node: ast.ImportFrom, module: str) -> list[ast.stmt]:
        plain: list[ast.alias] = []
        lowered: list[ast.stmt] = []
        for alias in node.names:
            bound = alias.asname or alias.name
            patch = self.meaning(node, module, alias.name)
            self._known.modules[bound] = f"{module}.{alias.name}"
            if patch:
                lowered += statements(f"{bound} = {patch}", node)
            else:
                plain.append(alias)
        if plain:
            lowered.insert(0, place(ast.ImportFrom(module=module, names=plain, level=0), node))
        return [node] if len(plain) == len(node.names) else lowered

    @staticmethod
    def meaning(node: ast.AST, module: str, name: str) -> str:
        """What stands for a name of a native module that Monty lacks; empty when Monty has it."""
        if module == "typing":
            lacking = name not in vocabulary.NATIVE_TYPING
            return vocabulary.STAND_INS["typing"].get(name, "object") if lacking else ""
        patch = vocabulary.PATCHES.get(module, {}).get(name, "")
        names = vocabulary.NATIVE_NAMES.get(module)
        if not patch and names is not None and name not in names:
            has = ", ".join(sorted({*names, *vocabulary.PATCHES.get(module, {})}))
            refuse(node, f"`{module}.{name}` is not available here; {module} has {has}")
        return patch

    @staticmethod
    def _sandbox_name(node: ast.ImportFrom, module: str, alias: ast.alias) -> list[ast.stmt]:
        check_export(node, module, alias.name)
        return statements(f"{alias.asname or alias.name} = _rlm_module_{variable(module)}.{alias.name}", node)


def check_export(node: ast.AST, module: str, name: str) -> None:
    """Refuse a name that a sandbox module lacks."""
    if name not in exports(module):
        refuse(node, f"`{module}.{name}` is not available here; {module} has {', '.join(exports(module))}")
