"""Expressions that Monty lacks or runs differently.

Calls inside which a model may be asked, generators that stop early, and methods that Monty's types do not have.
"""

import ast
import copy
from collections.abc import Callable
from typing import Any, Literal

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.imports import Imports, check_export
from langchain_rlm.repl.monty.lowering.iteration import Iteration
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.patterns import FUNCTIONS, is_plain_call
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.scopes import is_builtin
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import (
    called_name,
    expression,
    is_text,
    keyword_value,
    last_name,
    mark,
    place,
)
from langchain_rlm.repl.syntax import parse

Texts = Literal["short", "long", "wide", "large"]
_FLAGS = {"X": "64", "VERBOSE": "64", "U": "0", "UNICODE": "0"}
_PLAIN_METHODS = {
    "translate": "_rlm_translate", "format_map": "_rlm_format_map",
    "move_to_end": "_rlm_move_to_end", "expand": "_rlm_expand", "encode": "_rlm_encode", "decode": "_rlm_decode",
    **{name: f"_rlm_{name}" for name in (
        "bit_length", "bit_count", "is_integer", "isocalendar", "difference_update", "intersection_update",
        "symmetric_difference_update",
    )},
}  # fmt: skip
_ATTRIBUTES = {
    "lastgroup": "_rlm_lastgroup", "lastindex": "_rlm_lastindex",
    "args": "_rlm_args", "__class__": "_rlm_b_type",
}  # fmt: skip
_PLACES = {"find": 1, "rfind": 1, "index": 1, "rindex": 1, "count": 2, "startswith": 2, "endswith": 2}
"""Methods of texts that have to do with places, and from how many arguments on."""
_KEYED_METHODS = {"sorted", "sort"}
_KEYED_CALLS = {"sorted": "_rlm_sorted", "min": "_rlm_min", "max": "_rlm_max"}


class Calls(Iteration, ast.NodeTransformer):
    """Rewrites the expressions of one annotated cell.

    Args:
        known: What the session knows, this cell included.
        suspension: What may suspend.
        imports: Where the sandbox's own modules are asked for.
        texts: What texts there may be.
    """

    def __init__(self, known: Knowledge, suspension: Suspension, imports: Imports, *, texts: Texts) -> None:
        super().__init__(known, suspension, is_large=texts == "large")
        self._imports = imports
        self._wide, self._long = texts in {"wide", "large"}, texts != "short"
        self._depth = 0
        self._caught: set[str | None] = set()
        self._lengths = any(one.has_length for one in known.classes.values())

    # Scopes

    def _inner(self, node: ast.AST) -> Any:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._inner(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self._inner(node)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return self._inner(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return self._inner(node)

    # Calls

    def visit_Call(self, node: ast.Call) -> Any:
        node.args = [self._bound_method(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self._bound_method(keyword.value)
            if keyword.arg == "reverse" and last_name(node.func) in _KEYED_METHODS and not _is_flag(keyword.value):
                keyword.value = expression("_rlm_flag(VALUE)", keyword.value, VALUE=keyword.value)
        if isinstance(node.func, ast.Name) and (special := self._repl_call(node)):
            return special
        if made := self._iterating(node):
            return made
        callback: Callable[[ast.Call], Any] = self._plain_call if isinstance(node.func, ast.Name) else self._method_call
        made = callback(node)
        if made is not node:
            return made
        return self.generic_visit(node)

    def _rebuilt(self, name: str, node: ast.Call, *first: ast.expr) -> ast.Call:
        """The call of a helper with the same arguments, visited."""
        function = ast.Name(name, ctx=ast.Load()) if "." not in name else expression(name, node)
        made = ast.Call(func=function, args=[*first, *node.args], keywords=node.keywords)
        place(made, node)
        self.generic_visit(made)
        return made

    def _repl_call(self, node: ast.Call) -> ast.expr | None:
        name = last_name(node.func)
        if self._depth or mark(node.func, "scope") == "local":
            return None
        if name == "SHOW_VARS" and not node.args:
            return expression("_rlm_show_vars(_rlm_b_locals())", node)
        if name == "FINAL_VAR" and len(node.args) == 1:
            argument = self.visit(node.args[0])
            return expression("_rlm_final_var(VALUE, _rlm_b_locals())", node, VALUE=argument)
        if is_builtin(node.func, "globals", "vars") and not node.args:
            return expression("_rlm_b_locals()", node)
        return None

    def _plain_call(self, node: ast.Call) -> Any:  # noqa: PLR0911 - one line a case
        name = last_name(node.func)
        if name in vocabulary.LOOPING_FUNCTIONS:
            self._check_looping(node)
        if self._known.modules.get(name) == "functools.reduce" and self._suspension.may_suspend(_first(node)):
            return self._rebuilt("_rlm_reduce", node)
        if self._known.modules.get(name) == "json.dumps" and keyword_value(node, "default"):
            return self._rebuilt("_rlm_json_dumps", node)
        if self._known.modules.get(name) == "datetime.timedelta" and mark(node.func, "scope") != "local":
            return self._rebuilt("_rlm_timedelta", node)
        if not is_builtin(node.func):
            return node
        if name in _KEYED_CALLS and self._suspension.may_suspend(keyword_value(node, "key")):
            return self._rebuilt(_KEYED_CALLS[name], node)
        if name in vocabulary.HELPERS:
            return self._rebuilt(vocabulary.HELPERS[name], node)
        return self._builtin(node, name)

    def _builtin(self, node: ast.Call, name: str) -> Any:  # noqa: PLR0911 - one line a case
        if name in {"hasattr", "getattr"} and not self._is_data(node):
            self._imports.need("attributes")
            return self._rebuilt(f"_rlm_module_attributes.{name.removesuffix('attr')}", node)
        if name == "issubclass" and len(node.args) == 2:  # noqa: PLR2004 - a class and what may be above it
            return self._rebuilt("_rlm_issubclass", node)
        if name == "vars" and node.args:
            return expression(
                "_rlm_vars(OBJECT, TABLE)", node, OBJECT=self.visit(node.args[0]), TABLE=self._attribute_table()
            )
        if name == "isinstance":
            return self._isinstance(node)
        file = keyword_value(node, "file") if name == "print" else None
        if file is not None and not ast.unparse(file).startswith("sys.std"):
            return self._rebuilt("_rlm_print", node)
        if name == "len" and (self._lengths or self._wide):
            return self._rebuilt("_rlm_wide_len" if self._wide else "_rlm_len", node)
        is_plain = not node.keywords and (not node.args or (len(node.args) == 1 and is_text(node.args[0])))
        if name in vocabulary.BUILTIN_ERRORS and not is_plain:
            return self._error(node, name)
        if name == "repr" and (self._is_caught(_first(node)) or self._known.has_odd_errors):
            return self._rebuilt("_rlm_repr", node)
        return node

    def _is_data(self, node: ast.Call) -> bool:
        """Whether `getattr` or `hasattr` asks for what a cell put there: Monty tells of that itself."""
        name = node.args[1] if len(node.args) > 1 else None
        if not isinstance(name, ast.Constant):
            return False
        known = self._known.classes.values()
        return any(name.value in one.attributes for one in known) and not self._known.kinds_of(str(name.value))

    # Errors

    def _error(self, node: ast.Call, name: str) -> ast.Call:
        if node.keywords or (len(node.args) > 1 and name in vocabulary.STRUCTURED_ERRORS):
            refuse(node, f"`{name}` takes one text here; write {name}(f'...')")
        self._known.has_odd_errors = True
        return self._rebuilt("_rlm_error", node, node.func)

    def _is_caught(self, node: ast.expr | None) -> bool:
        return isinstance(node, ast.Name) and node.id in self._caught

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        outer = self._caught
        self._caught = {*outer, *(mark(node, "names") or [node.name])}
        self.generic_visit(node)
        self._caught = outer
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> Any:
        if node.conversion == ord("r") and (self._is_caught(node.value) or self._known.has_odd_errors):
            node.value, node.conversion = expression("_rlm_repr(ERROR)", node.value, ERROR=node.value), -1
        return self.generic_visit(node)

    def _isinstance(self, node: ast.Call) -> ast.Call:
        if len(node.args) == 2:  # noqa: PLR2004 - the object and its types
            types = node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
            families = [name for one in types if isinstance(one, ast.Name) for name in self._known.deriving(one.id)]
            more = [name for name in dict.fromkeys(families) if name not in {last_name(one) for one in types}]
            if more:
                extra = [ast.Name(name, ctx=ast.Load()) for name in more]
                node.args[1] = place(ast.Tuple(elts=[*types, *extra], ctx=ast.Load()), node.args[1])
        return self._rebuilt("_rlm_large_isinstance", node) if self._is_large else node

    def _attribute_table(self) -> ast.expr:
        table = {name: known.attributes for name, known in self._known.classes.items()}
        return parse(repr(table), "eval").body

    def _check_looping(self, node: ast.Call) -> None:
        if any(
            self._suspension.suspends(a) or (isinstance(a, ast.Lambda) and self._suspension.mentions(a))
            for a in [*node.args, *[keyword.value for keyword in node.keywords]]
        ):
            name = called_name(node)
            refuse(
                node, f"a model cannot be asked inside `{name}`; ask in a loop or with llm_query_batched(prompts) first"
            )

    # Methods

    def _module_of(self, node: ast.expr) -> str:
        """The module that a name stands for, or nothing."""
        if isinstance(node, ast.Name) and mark(node, "scope") != "local":
            return self._known.modules.get(node.id, "")
        return ""

    def _method_call(self, node: ast.Call) -> Any:
        func = node.func
        if not isinstance(func, ast.Attribute):
            return node
        module = self._module_of(func.value)
        if func.attr in vocabulary.LOOPING_FUNCTIONS:
            self._check_looping(node)
        is_plain = module == "re" and func.attr in FUNCTIONS and is_plain_call(node, func.attr)
        if is_plain and not self._is_large and not (self._wide and func.attr == "finditer"):
            node.args = [self.visit(argument) for argument in node.args]
            return ast.copy_location(copy.copy(node), node)
        if module:
            return self._module_call(node, module, func.attr)
        if is_builtin(func.value, "str") and func.attr == "maketrans":
            return self._rebuilt("_rlm_maketrans", node)
        if (
            is_builtin(func.value, *vocabulary.UNBOUND_TYPES)
            and (last_name(func.value), func.attr) not in vocabulary.UNBOUND_NATIVE
        ):
            return self._unbound_call(node, func)
        return self._object_call(node, func)

    def _module_call(self, node: ast.Call, module: str, name: str) -> Any:
        if (module, name) == ("functools", "reduce") and self._suspension.may_suspend(_first(node)):
            return self._rebuilt("_rlm_reduce", node)
        if (module, name) == ("json", "dumps") and keyword_value(node, "default"):
            return self._rebuilt("_rlm_json_dumps", node)
        if self._is_large and (module, name) == ("json", "loads"):
            return self._rebuilt("_rlm_large_loads", node)
        if (module, name) == ("datetime", "timedelta"):
            return self._rebuilt("_rlm_timedelta", node)
        return node

    def _unbound_call(self, node: ast.Call, func: ast.Attribute) -> Any:
        """`str.lower(x)` is `x.lower()` when x is a text."""
        if not node.args or isinstance(node.args[0], ast.Starred):
            return node
        of = expression(f"_rlm_of(KIND, OBJECT, {func.attr!r})", func, KIND=func.value, OBJECT=node.args[0])
        made = place(ast.Attribute(value=of, attr=func.attr, ctx=ast.Load()), func)
        node.func, node.args = made, node.args[1:]
        return self._object_call(node, made)

    def _object_call(self, node: ast.Call, func: ast.Attribute) -> Any:  # noqa: PLR0911 - one line a case
        if func.attr in _PLAIN_METHODS and func.attr not in self._defined_methods():
            return self._rebuilt(_PLAIN_METHODS[func.attr], node, func.value)
        if self._long and not node.keywords and len(node.args) >= _PLACES.get(func.attr, 4):
            return (
                node
                if func.attr in self._defined_methods()
                else self._rebuilt(f"_rlm_text_{func.attr}", node, func.value)
            )
        if (
            func.attr in {"groups", "groupdict"}
            and (node.args or node.keywords)
            and func.attr not in self._defined_methods()
        ):
            node.args, node.keywords = [*node.args, *[keyword.value for keyword in node.keywords]], []
            return self._rebuilt(f"_rlm_match_{func.attr}", node, func.value)
        if func.attr == "popitem" and node.keywords:
            return self._rebuilt("_rlm_popitem", node, func.value)
        if func.attr == "sort" and self._suspension.may_suspend(keyword_value(node, "key")):
            return self._rebuilt("_rlm_sort", node, func.value)
        if func.attr == "__next__":
            return expression("_rlm_b_next(ITEMS)", node, ITEMS=self.visit(func.value))
        if ast.unparse(func) == "sys.stdout.write":
            return expression("_rlm_b_print(TEXT, end='')", node, TEXT=self.visit(node.args[0]))
        if ast.unparse(func) in {"sys.stdout.flush", "sys.stderr.flush"}:
            return expression("None", node)
        return node

    def _defined_methods(self) -> set[str]:
        nodes = [known.node for known in self._known.classes.values()]
        return {m.name for node in nodes for m in node.body if isinstance(m, ast.FunctionDef)}

    # Names and attributes

    def visit_Name(self, node: ast.Name) -> Any:
        if node.id == "eval":
            return expression("_rlm_eval", node)
        if is_builtin(node, *vocabulary.SAME_ERRORS):
            return expression(vocabulary.LACKING_ERRORS[node.id], node)
        module, _, name = self._module_of(node).partition(".")
        if module == "dataclasses" and name in vocabulary.PATCHES["dataclasses"] and isinstance(node.ctx, ast.Load):
            return self._fields_function(node, name)
        return node

    def _fields_function(self, node: ast.expr, name: str) -> ast.expr:
        fields = {known.name: known.fields for known in self._known.classes.values() if known.fields}
        table = parse(repr(fields), "eval").body
        return expression(f"_rlm_dataclass({name!r}, TABLE)", node, TABLE=table)

    def visit_Attribute(self, node: ast.Attribute) -> Any:  # noqa: PLR0911 - one line a case
        module = self._module_of(node.value)
        if module and (made := self._module_attribute(node, module)):
            return made
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            return node
        if kinds := self._known.kinds_of(node.attr):
            return self._bound(node, kinds)
        if node.attr in _ATTRIBUTES:
            return expression(f"{_ATTRIBUTES[node.attr]}(OBJECT)", node, OBJECT=node.value)
        if node.attr in {"__name__", "__qualname__"} and not _names_type(node.value, self._known):
            return expression("_rlm_name(OBJECT)", node, OBJECT=node.value)
        if node.attr == "__traceback__":
            return expression("None", node)
        if node.attr == "__dict__":
            return expression("_rlm_vars(OBJECT, TABLE)", node, OBJECT=node.value, TABLE=self._attribute_table())
        if (
            is_builtin(node.value, *vocabulary.UNBOUND_TYPES)
            and (last_name(node.value), node.attr) not in vocabulary.UNBOUND_NATIVE
        ):
            return self._unbound(node)
        return node

    @staticmethod
    def _unbound(node: ast.Attribute) -> ast.expr:
        """`str.lower` as a value."""
        if node.attr.startswith("__"):
            return node
        of, rest = f"_rlm_of(KIND, _rlm_object, {node.attr!r})", "*_rlm_rest, **_rlm_more"
        plain = _PLAIN_METHODS.get(node.attr)
        call = f"{plain}({of}, {rest})" if plain else f"{of}.{node.attr}({rest})"
        return expression(f"lambda _rlm_object, {rest}: {call}", node, KIND=node.value)

    def _module_attribute(self, node: ast.Attribute, module: str) -> ast.expr | None:
        if module in vocabulary.SANDBOX_MODULES:
            check_export(node, module, node.attr)
        if module == "re" and node.attr in _FLAGS:
            return expression(_FLAGS[node.attr], node)
        if module in vocabulary.NATIVE_NAMES or module == "typing":
            if module == "collections" and node.attr == "abc":
                refuse(
                    node, "`collections.abc` is not available here; test with isinstance(x, (list, tuple, dict, set))"
                )
            patch = Imports.meaning(node, module, node.attr)
            if module == "dataclasses" and patch:
                return self._fields_function(node, node.attr)
            if patch:
                return expression(patch, node)
        return None

    def _bound(self, node: ast.Attribute, kinds: dict[str, str]) -> ast.expr:
        fallback = expression(f"lambda _rlm_object: _rlm_object.{node.attr}", node)
        is_property = "property" in kinds.values()
        if not is_property:
            fallback = expression(
                f"lambda _rlm_object, *_rlm_a, **_rlm_k: _rlm_object.{node.attr}(*_rlm_a, **_rlm_k)", node
            )
        getter = expression(f"lambda _rlm_object: _rlm_object._rlm_get_{node.attr}()", node) if is_property else None
        method = expression(f"lambda _rlm_class: _rlm_class.{node.attr}", node)
        table = parse(repr(kinds), "eval").body
        helper = (
            "_rlm_property(OBJECT, TABLE, METHOD, FALLBACK)"
            if is_property
            else "_rlm_method(OBJECT, TABLE, METHOD, FALLBACK)"
        )
        return expression(helper, node, OBJECT=node.value, TABLE=table, METHOD=getter or method, FALLBACK=fallback)

    # Bound methods and slices

    def _bound_method(self, node: ast.expr) -> ast.expr:
        """A method of a builtin type as a value, such as `key=counts.get`; Monty has it in calls only."""
        if not isinstance(node, ast.Attribute) or node.attr not in vocabulary.BUILTIN_METHODS:
            return node
        data = any(node.attr in known.attributes for known in self._known.classes.values())
        if data or self._module_of(node.value) or node.attr in self._defined_methods() or is_builtin(node.value):
            return node
        method = expression(f"lambda _rlm_object, *_rlm_a, **_rlm_k: _rlm_object.{node.attr}(*_rlm_a, **_rlm_k)", node)
        return expression(f"_rlm_bound(OBJECT, {node.attr!r}, METHOD)", node, OBJECT=node.value, METHOD=method)

    def visit_Assign(self, node: ast.Assign) -> Any:
        node.value = self._bound_method(node.value)
        if all(isinstance(target, ast.Tuple | ast.List) for target in node.targets):
            self._take_all(node.value)
            node.value = self._drained(node.value)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        self.generic_visit(node)
        if not self._wide or not isinstance(node.ctx, ast.Load):
            return node
        if isinstance(node.slice, ast.Slice):
            parts = [part or ast.Constant(None) for part in (node.slice.lower, node.slice.upper, node.slice.step)]
            source = "_rlm_slice(OBJECT, LOWER, UPPER, STEP)"
            return expression(source, node, OBJECT=node.value, LOWER=parts[0], UPPER=parts[1], STEP=parts[2])
        is_place = isinstance(node.slice, ast.Name | ast.BinOp | ast.Attribute | ast.Call | ast.Subscript)
        is_place |= self._is_large and not is_text(node.slice)
        if is_place and not is_builtin(node.value, *vocabulary.UNBOUND_TYPES) and not self._module_of(node.value):
            return expression("_rlm_at(OBJECT, KEY)", node, OBJECT=node.value, KEY=node.slice)
        return node


def _first(node: ast.Call) -> ast.expr | None:
    return node.args[0] if node.args else None


def _names_type(node: ast.expr, known: Knowledge) -> bool:
    if isinstance(node, ast.Call):
        return last_name(node.func) in {"type", "_rlm_b_type"}
    if isinstance(node, ast.Attribute):
        return node.attr == "__class__"
    return last_name(node) in known.classes


def _is_flag(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)
