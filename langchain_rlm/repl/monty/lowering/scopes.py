"""Which names a cell binds, and what each name in it means: a local, a name of the session, or a builtin."""

import ast
from dataclasses import dataclass, field

from langchain_rlm.repl.monty.lowering.trees import SCOPE_NODES, FunctionNode, mark, put_mark

BUILTIN, SESSION, LOCAL = "builtin", "session", "local"
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class _Binder(ast.NodeVisitor):
    """Collects the names that statements bind in their own scope."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.outer: set[str] = set()
        self._in_comprehension = 0

    def bind(self, name: str) -> None:
        self.names.setdefault(name)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store) and not self._in_comprehension:
            self.bind(node.id)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.bind(node.target.id)
        self.visit(node.value)

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        self.bind(node.name)
        for part in [*node.decorator_list, *node.args.defaults, *[d for d in node.args.kw_defaults if d]]:
            self.visit(part)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bind(node.name)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """A lambda binds nothing outside itself."""

    def visit_alias(self, node: ast.alias) -> None:
        self.bind(node.asname or node.name.split(".")[0])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self.bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bind(node.rest)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.outer.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.outer.update(node.names)

    def visit(self, node: ast.AST) -> None:
        inside = isinstance(node, _COMPREHENSIONS)
        self._in_comprehension += inside
        super().visit(node)
        self._in_comprehension -= inside


def bound_names(body: list[ast.stmt]) -> list[str]:
    """The names that statements bind in their scope, in order, without duplicates."""
    binder = _Binder()
    for statement in body:
        binder.visit(statement)
    return [name for name in binder.names if name not in binder.outer]


def outer_names(body: list[ast.stmt]) -> set[str]:
    """The names that statements declare `global` or `nonlocal`."""
    binder = _Binder()
    for statement in body:
        binder.visit(statement)
    return binder.outer


def lasting_names(body: list[ast.stmt]) -> list[str]:
    """Like `bound_names`, without the names of `except ... as`, which end with their handler."""
    handlers = {n.name for s in body for n in ast.walk(s) if isinstance(n, ast.ExceptHandler) and n.name}
    stored = {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return [name for name in bound_names(body) if name not in handlers - stored]


def parameters(arguments: ast.arguments) -> list[str]:
    """The names of a function's parameters."""
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [part for part in (arguments.vararg, arguments.kwarg) if part]
    return [argument.arg for argument in [*plain, *starred]]


@dataclass
class _Scope:
    bound: set[str]
    functions: dict[str, int] = field(default_factory=dict)
    is_class: bool = False
    is_module: bool = False
    outer: set[str] = field(default_factory=set)


class _Annotator(ast.NodeVisitor):
    """Marks names with their scope, and functions with a number by which the names that mean them are marked."""

    def __init__(self, module_names: set[str], count: int) -> None:
        self._scopes = [_Scope(module_names, is_module=True)]
        self.count = count

    def visit_Module(self, node: ast.Module) -> None:
        self._number(node.body, self._scopes[0])
        self.generic_visit(node)

    def _number(self, body: list[ast.stmt], scope: _Scope) -> None:
        for statement in body:
            for function in _functions_of(statement):
                self.count += 1
                put_mark(function, "function", value=self.count)
                repeated = function.name in scope.functions
                scope.functions[function.name] = 0 if repeated else self.count

    def visit_Name(self, node: ast.Name) -> None:
        innermost = True
        for scope in reversed(self._scopes):
            hidden = scope.is_class and not innermost
            innermost = False
            if not hidden and node.id in scope.bound and node.id not in scope.outer:
                put_mark(node, "scope", value=SESSION if scope.is_module else LOCAL)
                put_mark(node, "means", value=scope.functions.get(node.id))
                return
        put_mark(node, "scope", value=BUILTIN)

    def _function(self, node: FunctionNode | ast.Lambda, body: list[ast.stmt]) -> None:
        binder = _Binder()
        for statement in body:
            binder.visit(statement)
        scope = _Scope({*binder.names, *parameters(node.args)}, outer=binder.outer)
        self._number(body, scope)
        for part in [*node.args.defaults, *[d for d in node.args.kw_defaults if d]]:
            self.visit(part)
        self._scopes.append(scope)
        for inner in [node.body] if isinstance(node, ast.Lambda) else node.body:
            self.visit(inner)
        self._scopes.pop()

    def visit_FunctionDef(self, node: FunctionNode) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._function(node, node.body)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node, [])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in [*node.decorator_list, *node.bases]:
            self.visit(part)
        scope = _Scope(set(bound_names(node.body)), is_class=True)
        self._number(node.body, scope)
        self._scopes.append(scope)
        for statement in node.body:
            self.visit(statement)
        self._scopes.pop()

    def _comprehension(self, node: ast.AST, generators: list[ast.comprehension]) -> None:
        targets = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        self.visit(generators[0].iter)
        self._scopes.append(_Scope(targets))
        for child in ast.iter_child_nodes(node):
            self.visit(child)
        self._scopes.pop()
        self.visit(generators[0].iter)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node, node.generators)

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node, node.generators)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node, node.generators)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node, node.generators)


def _functions_of(statement: ast.stmt) -> list[FunctionNode]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return [statement]
    if isinstance(statement, SCOPE_NODES):
        return []
    inner = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt | ast.ExceptHandler)]
    return [function for child in inner for function in _functions_of(child)]  # type: ignore[arg-type]


def annotate(tree: ast.Module, session_names: set[str], count: int = 0) -> int:
    """Mark every name of a cell with what it means.

    Args:
        tree: The cell.
        session_names: What earlier cells bound; the cell's own names are added.
        count: How many functions earlier cells had.

    Returns:
        How many functions there are with this cell's.
    """
    annotator = _Annotator({*session_names, *bound_names(tree.body)}, count)
    annotator.visit(tree)
    return annotator.count


def is_builtin(node: ast.AST, *names: str) -> bool:
    """Whether a node is a name (one of `names`, if given) that nothing in the session has bound."""
    return isinstance(node, ast.Name) and mark(node, "scope") == BUILTIN and (not names or node.id in names)


def builtin(name: str) -> ast.Name:
    """A name that is one of a builtin."""
    made = ast.Name(name, ctx=ast.Load())
    put_mark(made, "scope", value=BUILTIN)
    return made
