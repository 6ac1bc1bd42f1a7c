"""Statements that Monty lacks: `del`, exceptions that cells define, `async with`, imports, generators."""

import ast
from typing import Any

from langchain_rlm.repl.monty.lowering import generators, vocabulary
from langchain_rlm.repl.monty.lowering.imports import Imports
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.scopes import is_builtin
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import (
    FunctionNode,
    expression,
    is_text,
    last_name,
    mark,
    place,
    put_mark,
    statements,
)

_ARM = """
if TEST:
    pass
else:
    raise
"""
_UNBIND = """
try:
    raise _rlm_b_ValueError
except _rlm_b_ValueError as NAME:
    pass
"""


class Statements(ast.NodeTransformer):
    """Rewrites the statements of one cell.

    Args:
        known: What the session knows, this cell's classes included.
        imports: Where imports go.
        index: The number of the statement, which keeps names apart.
        suspension: What may suspend.
    """

    def __init__(self, known: Knowledge, imports: Imports, index: int, suspension: Suspension) -> None:
        self._known = known
        self._suspension = suspension
        self._imports = imports
        self._count = index * 1000
        self._depth = 0

    def visit_Import(self, node: ast.Import) -> Any:
        return self._imports.lower(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        return self._imports.lower(node)

    def visit_FunctionDef(self, node: FunctionNode) -> Any:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        if generators.is_generator(node):
            generators.resume(node, self._suspension.mentions)
            put_mark(node, "generator", value=True)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        return node

    def visit_AsyncWith(self, node: ast.AsyncWith) -> Any:
        self.generic_visit(node)
        return place(ast.With(items=node.items, body=node.body), node)

    def visit_Assert(self, node: ast.Assert) -> Any:
        self.generic_visit(node)
        if node.msg is None or is_text(node.msg):
            return node
        source = "if not TEST:\n    raise _rlm_error(_rlm_b_AssertionError, MESSAGE)"
        return statements(source, node, TEST=node.test, MESSAGE=node.msg)

    def visit_Delete(self, node: ast.Delete) -> Any:
        self.generic_visit(node)
        return [made for target in node.targets for made in self._deleted(node, target)]

    def _deleted(self, node: ast.Delete, target: ast.expr) -> list[ast.stmt]:
        if isinstance(target, ast.Tuple | ast.List):
            return [made for part in target.elts for made in self._deleted(node, part)]
        if isinstance(target, ast.Name):
            return [made for one in statements(_UNBIND, node) for made in [_renamed(one, target.id)]]
        if not isinstance(target, ast.Subscript):
            refuse(node, "`del` of an attribute is not available here; set it to None")
        if isinstance(target.slice, ast.Slice):
            parts = [target.slice.lower, target.slice.upper, target.slice.step]
            bounds = [part or ast.Constant(None) for part in parts]
            source = "_rlm_delete_slice(OBJECT, LOWER, UPPER, STEP)"
            return statements(source, node, OBJECT=target.value, LOWER=bounds[0], UPPER=bounds[1], STEP=bounds[2])
        return statements("_rlm_delete_item(OBJECT, KEY)", node, OBJECT=target.value, KEY=target.slice)

    def visit_Raise(self, node: ast.Raise) -> Any:
        self.generic_visit(node)
        if node.exc is None:
            return node
        if isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name) and self._may_be_any(node.exc.func):
            call = node.exc
            made = ast.Name("_rlm_error", ctx=ast.Load())
            node.exc = place(ast.Call(func=made, args=[call.func, *call.args], keywords=call.keywords), call)
        if not self._known.errors:
            return node
        node.cause = None
        name = last_name(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        if name not in vocabulary.BUILTIN_ERRORS:
            node.exc = expression("_rlm_throw(ERROR)", node.exc, ERROR=node.exc)
        return node

    def _may_be_any(self, node: ast.Name) -> bool:
        """Whether a name may stand for some builtin error."""
        return not is_builtin(node) and node.id not in self._known.classes and not mark(node, "means")

    def visit_Try(self, node: ast.Try) -> Any:
        for handler in node.handlers:
            handler.type = _native(handler.type)
        self._imports.optional = any(_expects_no_module(handler) for handler in node.handlers)
        node.body = [made for statement in node.body for made in self._several(statement)]
        self._imports.optional = False
        body, node.body = node.body, []
        self.generic_visit(node)
        node.body = body
        errors = self._known.errors
        if not errors and not self._depth:
            return node
        if any(
            name in errors or self._is_variable(one)
            for handler in node.handlers
            for one, name in _caught_types(handler)
        ):
            node.handlers = [self._merged(node.handlers)]
            return node
        for handler in node.handlers:
            if handler.name:
                handler.body[:0] = statements(f"{handler.name} = _rlm_caught({handler.name})", handler)
        return node

    def _several(self, statement: ast.stmt) -> list[ast.stmt]:
        made = self.visit(statement)
        return made if isinstance(made, list) else [made]

    def _merged(self, handlers: list[ast.ExceptHandler]) -> ast.ExceptHandler:
        self._count += 1
        raw, value = f"_rlm_raw_{self._count}", f"_rlm_error_{self._count}"
        carriers: dict[str, None] = {}
        tail: list[ast.stmt] = []
        tests: list[tuple[ast.ExceptHandler, ast.expr]] = []
        for handler in handlers:
            carriers.update(dict.fromkeys(self._carriers(handler)))
            tests.append((handler, self._test(handler, raw, value)))
        tail = [ast.Raise(exc=None, cause=None)]
        for handler, test in reversed(tests):
            named = statements(f"{handler.name} = {value}", handler) if handler.name else []
            tail = [place(ast.If(test=test, body=[*named, *handler.body], orelse=tail), handler)]
        first = handlers[0]
        types = ast.Tuple(elts=[ast.Name(name, ctx=ast.Load()) for name in carriers], ctx=ast.Load())
        body = [*statements(f"{value} = _rlm_caught({raw})", first), *tail]
        merged = place(ast.ExceptHandler(type=types, name=raw, body=body), first)
        put_mark(merged, "names", value=[handler.name for handler in handlers])
        return merged

    def _is_variable(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and not is_builtin(node) and node.id not in self._known.modules

    def _carriers(self, handler: ast.ExceptHandler) -> list[str]:
        names = _caught(handler)
        if any(name not in self._known.errors and name not in vocabulary.BUILTIN_ERRORS for name in names):
            return ["_rlm_b_BaseException"] if handler.type is None else self._unknown(handler)
        return [self._known.errors.get(name, name) for name in names] or ["_rlm_b_BaseException"]

    def _unknown(self, handler: ast.ExceptHandler) -> list[str]:
        if not all(isinstance(one, ast.Attribute | ast.Name) for one, _ in _caught_types(handler)):
            refuse(handler, "name the exceptions in `except` one by one")
        return ["_rlm_b_BaseException"]

    def _test(self, handler: ast.ExceptHandler, raw: str, value: str) -> ast.expr:
        if handler.type is None:
            return expression("True", handler)
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        own = [other for t in types for other in self._known.family(last_name(t)) if last_name(t) in self._known.errors]
        plain = [t for t in types if last_name(t) not in self._known.errors]
        tests = []
        if own:
            tests.append(expression(f"_rlm_b_isinstance({value}, ({', '.join(own)},))", handler))
        if plain:
            made = ast.Tuple(elts=plain, ctx=ast.Load())
            test = "_rlm_fits" if any(self._is_variable(one) for one in plain) else "_rlm_b_isinstance"
            tests.append(expression(f"{test}({raw}, TYPES)", handler, TYPES=made))
        return tests[0] if len(tests) == 1 else place(ast.BoolOp(op=ast.Or(), values=tests), handler)


def _caught_types(handler: ast.ExceptHandler) -> list[tuple[ast.expr, str]]:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    return [(one, last_name(one)) for one in types]


def _caught(handler: ast.ExceptHandler) -> list[str]:
    if handler.type is None:
        return []
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [last_name(one) for one in types]


def _native(types: ast.expr | None) -> ast.expr | None:
    """What `except` names, without the errors that Monty lacks: nothing raises them."""
    listed = types.elts if isinstance(types, ast.Tuple) else [types] if types else []
    lacking = [one for one in listed if is_builtin(one, *vocabulary.LACKING_ERRORS)]
    if types is None or not lacking:
        return types
    left = [one for one in listed if one not in lacking]
    for one in lacking:
        names = {"UnicodeError": ["UnicodeDecodeError", "UnicodeEncodeError"]}.get(last_name(one), [])
        names = ["OSError"] if last_name(one) in vocabulary.SAME_ERRORS else names
        left += [place(ast.Name(name, ctx=ast.Load()), one) for name in names]
    return place(ast.Tuple(elts=left, ctx=ast.Load()), types)


def _expects_no_module(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or bool({"ImportError", "ModuleNotFoundError", "Exception"} & set(_caught(handler)))


def _renamed(node: ast.stmt, name: str) -> ast.stmt:
    for child in ast.walk(node):
        if isinstance(child, ast.ExceptHandler):
            child.name = name
    return node


def is_generator(node: ast.AST) -> bool:
    """Whether a lowered function was a generator."""
    return bool(mark(node, "generator"))
