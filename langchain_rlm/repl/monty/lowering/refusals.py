"""What is refused before a cell runs, so that no sub-query is paid for by a cell that cannot end."""

import ast
from typing import NoReturn

from langchain_rlm.errors import UnsupportedCodeError
from langchain_rlm.repl import syntax
from langchain_rlm.repl.functions import KEPT
from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.scopes import bound_names, is_builtin
from langchain_rlm.repl.monty.lowering.trees import keyword_value, last_name

LARGEST = 20_000
"""Nodes of a cell's tree: far more than models write, and what is rewritten within seconds."""


def refuse(node: ast.AST, message: str) -> NoReturn:
    """Refuse a cell because of `node`."""
    raise UnsupportedCodeError(message, getattr(node, "lineno", 1))


def parse(cell: str) -> ast.Module:
    """Parse a cell.

    Raises:
        UnsupportedCodeError: The cell is not valid Python.
    """
    try:
        tree = syntax.parse(cell)
        if sum(1 for _ in ast.walk(tree)) > LARGEST:
            refuse(tree, f"the cell has more than {LARGEST:,} names, values and operations; write a shorter one")
        compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        line = error.lineno or 1
        lines = cell.splitlines()
        text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        advice = ""
        if "f-string" in (error.msg or ""):
            advice = "; inside the braces of an f-string use the other kind of quotes and no backslash, or a variable"
        message = f"SyntaxError: {error.msg} (line {line}: {text}){advice}"
        raise UnsupportedCodeError(message, line) from None
    except ValueError as error:
        message = f"SyntaxError: {error}"
        raise UnsupportedCodeError(message, 1) from None
    return tree


class Refusals(ast.NodeVisitor):
    """Walks an annotated cell and refuses what neither Monty nor the lowering can run."""

    def __init__(self, own_names: frozenset[str], *, trusted: bool = False) -> None:
        self._own_names = own_names | KEPT
        self._trusted = trusted
        self._depth = 0

    def visit_Module(self, node: ast.Module) -> None:
        if not self._trusted:
            for statement in node.body:
                self._shadowing(statement)
        self.generic_visit(node)

    def _shadowing(self, statement: ast.stmt) -> None:
        for name in bound_names([statement]):
            if name in self._own_names:
                refuse(statement, f"`{name}` is the REPL's own function; choose another name")

    def _reserved(self, node: ast.AST, name: str | None) -> None:
        if name and name.startswith(vocabulary.RESERVED) and not self._trusted:
            refuse(node, f"names that start with `_rlm_` are reserved; rename `{name}`")

    def _bound(self, node: ast.AST, name: str | None) -> None:
        self._reserved(node, name)
        if name in vocabulary.RUNNING_CODE:
            refuse(node, vocabulary.RUNNING_CODE[name])

    def visit_Name(self, node: ast.Name) -> None:
        if not (node.id == "eval" and isinstance(node.ctx, ast.Load) and is_builtin(node)):
            self._bound(node, node.id)
        if is_builtin(node, *vocabulary.BUILTIN_ADVICE):
            refuse(node, f"`{node.id}` is not available here; {vocabulary.BUILTIN_ADVICE[node.id]}")
        if is_builtin(node, *vocabulary.LACKING_ERRORS) and node.id not in vocabulary.SAME_ERRORS:
            refuse(node, f"`{node.id}` is not available here; use {vocabulary.LACKING_ERRORS[node.id]}")

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._reserved(node, node.attr)
        if isinstance(node.value, ast.Name) and (node.value.id, node.attr) in {("sys", "exit"), ("os", "_exit")}:
            refuse(node, "`sys.exit` is not available here; end with FINAL(value)")
        if (
            isinstance(node.value, ast.Name)
            and node.value.id == "sys"
            and node.attr in {"stdin", "modules", "setrecursionlimit"}
        ):
            refuse(node, f"`sys.{node.attr}` is not available here; the text is in `context`")
        if node.attr in vocabulary.ERROR_ADVICE:
            refuse(node, f"`{node.attr}` is not available here; {vocabulary.ERROR_ADVICE[node.attr]}")
        if node.attr in vocabulary.LACKING_ATTRIBUTES:
            refuse(node, f"`{node.attr}` is not available here; {vocabulary.LACKING_ATTRIBUTES[node.attr]}")
        if node.attr == "to_bytes" or (is_builtin(node.value, "int") and node.attr == "from_bytes"):
            refuse(node, f"`{node.attr}` is not available here; use hex() or int(text, 16)")
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        self._bound(node, node.arg)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._reserved(node, node.name)
        for decorator in node.decorator_list:
            if last_name(decorator) in {"contextmanager", "asynccontextmanager"}:
                refuse(decorator, "`contextmanager` is not available here; write a class with __enter__ and __exit__")
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)
        if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in ast.walk(node)):
            refuse(node, "asynchronous generators are not available here; collect a list and return it")

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bound(node, node.name)
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name in vocabulary.REFUSED_METHODS:
                refuse(method, f"`{method.name}` is not available here; {vocabulary.REFUSED_METHODS[method.name]}")
        if node.keywords and last_name(node.keywords[0].value) != "ABCMeta":
            refuse(node, f"`{node.keywords[0].arg}=` of a class is not available here; leave it out")
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._bound(node, node.name)
        types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type] if node.type else []
        for part in [*types, *node.body]:
            if not is_builtin(part, *vocabulary.LACKING_ERRORS):
                self.visit(part)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        refuse(node, "`except*` is not available here; use `except`")

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        refuse(node, "`async for` is not available here; use llm_query_batched(prompts) and an ordinary loop")

    def visit_comprehension(self, node: ast.comprehension) -> None:
        if node.is_async:
            refuse(node.iter, "`async for` is not available here; use llm_query_batched(prompts) and an ordinary loop")
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level:
            refuse(node, "relative imports are not available here; define what you need in the cell")
        if any(alias.name == "*" for alias in node.names):
            refuse(node, f"`from {node.module} import *` is not available here; name what you need")
        self._aliases(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._aliases(node)

    def _aliases(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            self._bound(node, alias.asname or alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        if is_builtin(node.func, "globals", "vars", "locals") and not node.args and self._depth:
            name = last_name(node.func)
            if name != "locals":
                refuse(
                    node, f"`{name}()` works at the top level only; pass the value to the function, or use SHOW_VARS()"
                )
        if is_builtin(node.func, "type") and len(node.args) > 1:
            refuse(node, "`type(name, bases, dict)` is not available here; write a class statement")
        if last_name(node.func) == "getattr" and keyword_value(node, "default"):
            refuse(node, "getattr() takes no keyword arguments")
        self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        if any(isinstance(child, ast.Yield | ast.YieldFrom) for child in ast.walk(node)):
            refuse(node, "a lambda cannot yield here; write a function")
        self.generic_visit(node)

    def visit_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                refuse(node, "`del obj.attribute` is not available here; set it to None")
        self.generic_visit(node)
