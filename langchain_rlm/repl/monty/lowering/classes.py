"""Classes: Monty has no inheritance, so a derived class is written out with what it inherits.

Enums and named tuples become values.
"""

import ast
from typing import Any

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge, KnownClass
from langchain_rlm.repl.monty.lowering.refusals import refuse
from langchain_rlm.repl.monty.lowering.trees import (
    FunctionNode,
    cloned,
    expression,
    keyword_value,
    last_name,
    place,
    statements,
)

_ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
_KINDS = {
    "property": "property",
    "cached_property": "property",
    "staticmethod": "staticmethod",
    "classmethod": "classmethod",
}
_DATACLASS_OPTIONS = {"frozen", "eq", "repr", "init"}
_ERROR_BASE = "_rlm_Error"
_ERROR_METHODS = """
def __init__(self, *args):
    self.args = args
def __str__(self):
    return _rlm_error_text(self)
def __repr__(self):
    return _rlm_error_repr(self)
"""


class Classes(ast.NodeTransformer):
    """Writes out the classes of one cell.

    Args:
        known: What the session knows; the cell's classes are added.
    """

    def __init__(self, known: Knowledge) -> None:
        self._known = known

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self.generic_visit(node)
        _told_of_own_errors(node)
        bases = [last_name(base) for base in node.bases]
        if any(base in _ENUMS for base in bases):
            return _enum(node)
        if "NamedTuple" in bases:
            return _named_tuple(node)
        if "TypedDict" in bases:
            return statements(f"{node.name} = dict", node)
        inherited = [base for base in bases if base not in vocabulary.EMPTY_BASES]
        for base, written in zip(bases, node.bases, strict=True):
            self._check_base(written, base)
        known = self._learn(node, inherited)
        if known.error and _is_dataclass(node):
            refuse(node, "`@dataclass` on an exception is not available here; write its __init__")
        self._known.classes[node.name] = known
        simple = (
            not node.bases
            and not node.keywords
            and not known.kinds
            and not _dropped_options(node)
            and not _decorated(node)
        )
        return node if simple else self._written_out(node, known)

    def _check_base(self, node: ast.expr, base: str) -> None:
        fine = base in vocabulary.EMPTY_BASES or base in self._known.classes or base in vocabulary.BUILTIN_ERRORS
        if not fine:
            refuse(node, f"a class cannot derive from `{base}` here; keep a `{base}` in an attribute instead")

    def _learn(self, node: ast.ClassDef, bases: list[str]) -> KnownClass:
        order = self._order(node, bases)
        error = next((name for name in order if name in vocabulary.BUILTIN_ERRORS), "")
        error = error or next((self._known.classes[base].error for base in bases if base in self._known.classes), "")
        kinds = {
            k: v
            for base in reversed(order[1:])
            if base in self._known.classes
            for k, v in self._known.classes[base].kinds.items()
        }
        own = _methods(node)
        kinds = {name: kind for name, kind in kinds.items() if name not in own}
        kinds.update({name: kind for name, method in own.items() if (kind := _kind(method))})
        attributes = {
            a: None
            for base in reversed(order[1:])
            if base in self._known.classes
            for a in self._known.classes[base].attributes
        }
        attributes.update(dict.fromkeys(_attributes(node)))
        has_length = "__len__" in own or any(
            self._known.classes[b].has_length for b in order[1:] if b in self._known.classes
        )
        lineage = tuple(name for name in order if name == node.name or name in self._known.classes)
        fields = {f: None for base in reversed(lineage[1:]) for f in self._known.classes[base].fields}
        fields.update(dict.fromkeys(_annotated(node) if _is_dataclass(node) else []))
        return KnownClass(
            name=node.name,
            node=cloned(node),
            order=lineage,
            error=error,
            kinds=kinds,
            attributes=tuple(attributes),
            fields=tuple(fields),
            has_length=has_length,
        )

    def _order(self, node: ast.ClassDef, bases: list[str]) -> list[str]:
        dummies: dict[str, type] = {}

        def dummy(name: str) -> type:
            if name not in dummies:
                above = self._known.classes[name].order[1:] if name in self._known.classes else ()
                parents = [p for p in above if not any(p in self._known.classes[q].order[1:] for q in above)]
                dummies[name] = type(name, tuple(dummy(parent) for parent in parents), {})
            return dummies[name]

        try:
            made = type(node.name, tuple(dummy(base) for base in bases), {})
        except TypeError as problem:
            refuse(node, f"the bases of class {node.name} do not fit together: {problem}")
        return [one.__name__ for one in made.__mro__[:-1]]

    def _written_out(self, node: ast.ClassDef, known: KnownClass) -> ast.ClassDef:
        return _Flattener(node, known, self._known).flatten()


class _Flattener:
    """Writes one class out with what it inherits."""

    def __init__(self, node: ast.ClassDef, known: KnownClass, session: Knowledge) -> None:
        self._node = node
        self._known = known
        order = [known, *[session.classes[name] for name in known.order[1:]]]
        self._order = [one.node for one in order]
        self._extra: dict[str, FunctionNode] = {}
        if known.error:
            made = statements(_ERROR_METHODS, node)
            self._order.append(_class(_ERROR_BASE, made, node))

    def flatten(self) -> ast.ClassDef:
        fields: dict[str, ast.stmt] = {}
        methods: dict[str, FunctionNode] = {}
        rest: list[ast.stmt] = []
        for base in reversed(self._order):
            own = base.name == self._node.name
            for statement in base.body:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    methods.pop(_plain_name(statement), None)
                    methods[_plain_name(statement)] = self._method(base, statement)
                elif key := _field_name(statement):
                    fields[key] = cloned(statement) if own else self._inherited(base, key, statement)
                elif own and not isinstance(statement, ast.Expr | ast.Pass):
                    rest.append(statement)
        carrier = statements(f"_rlm_carrier = {self._known.error}", self._node) if self._known.error else []
        above = [*self._known.order[1:], *_builtin_lineage(self._known.error)]
        carrier += statements(f"_rlm_order = {above!r}", self._node) if above else []
        body: list[ast.stmt] = [*carrier, *fields.values(), *rest, *methods.values(), *self._extra.values()]
        made = _class(self._node.name, body or [ast.Pass()], self._node)
        made.decorator_list = _class_decorators(self._node)
        return made

    def _inherited(self, base: ast.ClassDef, key: str, statement: ast.stmt) -> ast.stmt:
        if _is_dataclass(base) or base.name == _ERROR_BASE:
            return cloned(statement)
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            return cloned(statement)
        (made,) = statements(f"{key} = {base.name}.{key}", self._node)
        return made

    def _method(self, owner: ast.ClassDef, method: FunctionNode, name: str = "") -> FunctionNode:
        made = cloned(method)
        made.decorator_list = self._method_decorators(method)
        made.name = name or method.name
        if _kind(method) == "property" and not name:
            made.name = f"_rlm_get_{method.name}"
        if self._known.error and method.name == "__init__" and owner.name != _ERROR_BASE:
            given = [argument.arg for argument in method.args.args[1:]]
            given += [f"*{method.args.vararg.arg}"] if method.args.vararg else []
            made.body[:0] = statements(
                f"{method.args.args[0].arg}.args = ({''.join(f'{one}, ' for one in given)})", method
            )
        _SuperCalls(self, owner, made).visit(made)
        return made

    def _method_decorators(self, method: FunctionNode) -> list[ast.expr]:
        for decorator in method.decorator_list:
            name = last_name(decorator)
            if name == "setter":
                refuse(decorator, f"property setters are not available here; write a method `set_{method.name}(value)`")
            if name not in _KINDS and not name.startswith("abstract"):
                refuse(
                    decorator,
                    f"the decorator `{name}` on a method is not available here; decorate a plain function instead",
                )
        return []

    @property
    def last(self) -> str:
        """The class that has only the builtin exception above it."""
        return self._order[-2].name

    def above(self, owner: str, method: str) -> str:
        """The method's name under which the class holds the `method` that `super()` means in class `owner`."""
        names = [node.name for node in self._order]
        for node in self._order[names.index(owner) + 1 :]:
            found = _methods(node).get(method)
            if found is not None:
                name = f"_rlm_{node.name}_{method}"
                if name not in self._extra:
                    self._extra[name] = found
                    self._extra[name] = self._method(node, found, name)
                return name
        return ""


class _SuperCalls(ast.NodeTransformer):
    """Makes `super().m(...)`, and `Exception.m(self, ...)`, a call of the written-out method."""

    def __init__(self, flattener: _Flattener, owner: ast.ClassDef, method: FunctionNode) -> None:
        self._flattener = flattener
        self._owner = owner.name
        self._method = method
        self._self = method.args.args[0].arg if method.args.args else "self"

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        func = node.func
        if not isinstance(func, ast.Attribute):
            return node
        owner = self._owner
        if last_name(func.value) in vocabulary.BUILTIN_ERRORS and node.args and last_name(node.args[0]) == self._self:
            owner, node.args = self._flattener.last, node.args[1:]
        elif not (isinstance(func.value, ast.Call) and last_name(func.value.func) == "super"):
            return node
        name = self._flattener.above(owner, func.attr)
        if not name and func.attr not in {"__init__", "__post_init__"}:
            refuse(node, f"`super().{func.attr}` finds no such method in the bases of {self._owner}")
        if not name:
            return expression("None", node)
        node.func = expression(f"{self._self}.{name}", func)
        return node


def _told_of_own_errors(node: ast.ClassDef) -> None:
    """Give `__exit__` the error that a cell raised, not the one that carries it."""
    for method in _methods(node).values():
        names = [argument.arg for argument in method.args.args[1:3]]
        if method.name == "__exit__" and len(names) == 2:  # noqa: PLR2004 - a class and its error
            kind, error = names
            method.body[:0] = statements(f"{kind}, {error} = _rlm_leaving({kind}, {error})", method)


def _class(name: str, body: list[ast.stmt], at: ast.AST) -> ast.ClassDef:
    return place(ast.ClassDef(name=name, bases=[], keywords=[], body=body, decorator_list=[]), at)


def _builtin_lineage(error: str) -> list[str]:
    return [one.__name__ for one in vocabulary.ERRORS[error].__mro__] if error else []


def _methods(node: ast.ClassDef) -> dict[str, FunctionNode]:
    return {m.name: m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)}


def _plain_name(method: FunctionNode) -> str:
    return method.name


def _kind(method: FunctionNode) -> str:
    return next((_KINDS[last_name(d)] for d in method.decorator_list if last_name(d) in _KINDS), "")


def _field_name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return ""


def _attributes(node: ast.ClassDef) -> list[str]:
    names = _annotated(node) if _is_dataclass(node) else []
    for method in _methods(node).values():
        if not method.args.args:
            continue
        own = method.args.args[0].arg
        for part in ast.walk(method):
            stored = isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
            if stored and last_name(part.value) == own and part.attr not in names:  # type: ignore[attr-defined]
                names.append(part.attr)  # type: ignore[attr-defined]
    return names


def _annotated(node: ast.ClassDef) -> list[str]:
    return [s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]


def _is_dataclass(node: ast.ClassDef) -> bool:
    return any(last_name(d.func if isinstance(d, ast.Call) else d) == "dataclass" for d in node.decorator_list)


def _decorated(node: ast.ClassDef) -> bool:
    return any(isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef) and m.decorator_list for m in node.body)


def _dropped_options(node: ast.ClassDef) -> bool:
    calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
    return any(keyword.arg not in _DATACLASS_OPTIONS for call in calls for keyword in call.keywords)


def _class_decorators(node: ast.ClassDef) -> list[ast.expr]:
    kept = []
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and last_name(decorator.func) == "dataclass":
            if keyword_value(decorator, "order"):
                refuse(decorator, "`order=True` is not available here; sort with key=")
            decorator.keywords = [k for k in decorator.keywords if k.arg in _DATACLASS_OPTIONS]
        elif last_name(decorator) in {"total_ordering", "runtime_checkable", "final"}:
            if last_name(decorator) == "total_ordering":
                refuse(decorator, "`total_ordering` is not available here; sort with key=")
            continue
        kept.append(decorator)
    return kept


def _enum(node: ast.ClassDef) -> list[ast.stmt]:
    members: list[ast.expr] = []
    for statement in node.body:
        key = _field_name(statement)
        if isinstance(statement, ast.Assign) and key:
            value = statement.value
            if last_name(value.func if isinstance(value, ast.Call) else value) == "auto":
                value = ast.Constant(len(members) + 1)
            members.append(ast.Tuple(elts=[ast.Constant(key), value], ctx=ast.Load()))
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)) and not isinstance(
            statement, ast.Pass
        ):
            refuse(statement, "methods of an Enum are not available here; write a function that takes the member")
    plain = "True" if {last_name(base) for base in node.bases} & {"str", "int", "IntEnum", "StrEnum"} else "False"
    if plain == "True":
        refuse(node, "an Enum that is also a str or int is not available here; use plain constants")
    made = ast.List(elts=members, ctx=ast.Load())
    return statements(f"{node.name} = _rlm_enum({node.name!r}, MEMBERS)", node, MEMBERS=made)


def _named_tuple(node: ast.ClassDef) -> list[ast.stmt]:
    names: list[str] = []
    defaults: list[ast.expr] = []
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign):
            names.append(_field_name(statement))
            defaults += [statement.value] if statement.value else []
        elif isinstance(statement, ast.FunctionDef | ast.Assign):
            refuse(statement, "a NamedTuple with methods is not available here; use a dataclass")
    made = ast.List(elts=defaults, ctx=ast.Load())
    return statements(
        f"{node.name} = _rlm_namedtuple({node.name!r}, {names!r}, defaults=DEFAULTS)", node, DEFAULTS=made
    )
