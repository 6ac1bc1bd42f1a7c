"""Iterators that Monty lacks: its `map`, `zip` and generator expressions are lists.

What takes all items at once keeps the list. Elsewhere items are made one by one, so that nothing is asked or printed in
vain; and where a model may be asked for the next item, loops take it with `next`, for Monty's own loops cannot wait.
"""

import ast
from typing import Any, cast

from langchain_rlm.repl.functions import PAUSING
from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.generators import is_generator
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.scopes import is_builtin
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import called_name, cloned, expression, mark, place, put_mark, statements

_LAZY = {"map": "_rlm_map", "filter": "_rlm_filter", "zip": "_rlm_zip", "enumerate": "_rlm_enumerate"}
_ITERTOOLS = {
    "islice": "_rlm_islice", "takewhile": "_rlm_takewhile", "dropwhile": "_rlm_dropwhile", "chain": "_rlm_chain",
    "filterfalse": "_rlm_filterfalse", "starmap": "_rlm_starmap", "from_iterable": "_rlm_chained",
}  # fmt: skip
_ITERATING = frozenset(
    {*_LAZY, *_ITERTOOLS, "reversed", "iter", "zip_longest", "pairwise", "accumulate", "groupby", "tee", "cycle"}
)
_EARLY = {"any": "_rlm_any", "all": "_rlm_all"}
_QUIET = frozenset({
    "startswith", "endswith", "lower", "upper", "strip", "isdigit", "isalpha", "isupper", "islower", "isspace",
    "isalnum", "casefold", "isinstance", "len", "str", "find", "count", "get", "title", "lstrip", "rstrip",
})  # fmt: skip
_PLAIN = (
    ast.Name, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.Attribute, ast.Call, ast.Tuple, ast.List, ast.Set,
    ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.comprehension, ast.GeneratorExp, ast.JoinedStr,
    ast.FormattedValue,
)  # fmt: skip


def learn(tree: ast.AST, known: Knowledge, suspension: Suspension) -> None:
    """Note what a cell says of iterators: its generators, and whether names may stand for iterators."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and is_generator(node):
            known.generators.add(node.name)
            known.has_iterators = True
            known.has_asking_iterators |= suspension.mentions(node)
        elif isinstance(node, ast.Call) and called_name(node) == "iter":
            known.has_iterators = True
        elif isinstance(node, ast.FunctionDef | ast.Assign | ast.Return | ast.Lambda | ast.Call):
            passed = (
                node.args
                if isinstance(node, ast.Call)
                else [getattr(node, "value", None) or getattr(node, "body", None)]
            )
            total = (
                isinstance(node, ast.Call) and called_name(node) in vocabulary.CONSUMERS | _ITERATING | _EARLY.keys()
            )
            for one in passed if isinstance(passed, list) and not total else []:
                if isinstance(one, ast.GeneratorExp) or (isinstance(one, ast.Call) and called_name(one) in _ITERATING):
                    known.has_iterators = True
                    known.has_asking_iterators |= suspension.mentions(one)


class Iteration(ast.NodeTransformer):
    """Rewrites loops and what they loop over.

    Args:
        known: What the session knows, this cell included.
        suspension: What may suspend.
        is_large: There are large texts, whose lines, pieces and matches the host gives some at a time.
    """

    def __init__(self, known: Knowledge, suspension: Suspension, *, is_large: bool = False) -> None:
        self._known = known
        self._is_large = is_large
        self._pure = _PURE - _OF_TEXTS if is_large else _PURE
        self._suspension = suspension
        self._loops = 0

    # What is known of an expression

    def _is_lazy(self, node: ast.expr) -> bool:
        """Whether an expression may be an iterator that makes its items one by one."""
        if isinstance(node, ast.Starred):
            return self._is_lazy(node.value) or (isinstance(node.value, ast.BinOp) and self._known.has_iterators)
        if isinstance(node, ast.GeneratorExp):
            return True
        if isinstance(node, ast.Call):
            name = called_name(node)
            return (
                name in _ITERATING
                or name in self._known.generators
                or (self._known.has_iterators and name not in self._pure)
            )
        return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and self._known.has_iterators

    def _asks(self, node: ast.expr | None) -> bool:
        """Whether a model may be asked for the next item of an expression."""
        if isinstance(node, ast.Starred):
            return self._asks(node.value)
        if isinstance(node, ast.GeneratorExp):
            return self._suspension.mentions(node) or any(self._asks(one.iter) for one in node.generators)
        if isinstance(node, ast.Call):
            name = called_name(node)
            if name in _ITERATING or (isinstance(node.func, ast.Name) and node.func.id in _LAZY.values()):
                first = node.args[0] if node.args else None
                calls = name not in {"zip", "enumerate", "iter", "reversed", "chain", "islice"}
                return any(self._suspension.mentions(one) or self._asks(one) for one in node.args) or (
                    calls and self._suspension.may_suspend(first)
                )
            if name in self._known.generators and self._suspension.suspends(node.func):
                return True
            return self._known.has_asking_iterators and name not in self._pure
        return isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and self._known.has_asking_iterators

    # Calls

    def _iterating(self, node: ast.Call) -> ast.expr | None:
        """What takes the place of a call that makes or takes an iterator; nothing when Monty's own does."""
        name = called_name(node)
        plain = is_builtin(node.func)
        if plain and name in _EARLY and len(node.args) == 1:
            return self._early(node, name)
        if (
            plain
            and name == "next"
            and node.args
            and isinstance(node.args[0], ast.Call)
            and called_name(node.args[0]) == "reversed"
        ):
            node.args[0] = expression("_rlm_b_iter(ITEMS)", node.args[0], ITEMS=node.args[0])
        if plain and name == "iter" and len(node.args) == 2:  # noqa: PLR2004 - a function, and where it ends
            return self._helper("_rlm_calls", node)
        if plain and name in _LAZY:
            return self._made(node, name)
        if plain and name == "reversed" and not mark(node, "eager"):
            put_mark(node, "eager", value=True)
            return expression("_rlm_b_iter(ITEMS)", node, ITEMS=self.visit(node))
        if name in _ITERTOOLS and self._asks(node) and self._is_itertools(node):
            return self._eager_or(self._helper(_ITERTOOLS[name], node), node)
        self._taken(node, name)
        return None

    def _taken(self, node: ast.Call, name: str) -> None:
        """Mark the arguments that a call takes all items of."""
        takes_all = name in vocabulary.CONSUMERS or self._suspension.suspends(node.func)
        if self._is_large:  # functions of cells take what is a list in all they do with it
            takes_all = name in (vocabulary.CONSUMERS | PAUSING) - {"len"}
        if takes_all:
            for argument in node.args:
                self._take_all(argument)
            node.args = [self._drained(argument) for argument in node.args]

    def visit_Starred(self, node: ast.Starred) -> Any:
        if isinstance(node.ctx, ast.Load):
            self._take_all(node.value)
            node.value = self._drained(node.value)
        return self.generic_visit(node)

    def _is_itertools(self, node: ast.Call) -> bool:
        if isinstance(node.func, ast.Name):
            return self._known.modules.get(node.func.id, "").startswith("itertools")
        return True

    def _helper(self, name: str, node: ast.Call) -> ast.expr:
        made = place(ast.Call(func=ast.Name(name, ctx=ast.Load()), args=node.args, keywords=node.keywords), node)
        self._arguments(made)
        return made

    def _arguments(self, node: ast.Call) -> None:
        node.args = [self.visit(argument) for argument in node.args]
        for keyword in node.keywords:
            keyword.value = self.visit(keyword.value)

    @staticmethod
    def _take_all(node: ast.expr) -> None:
        put_mark(node, "eager", value=True)

    def _eager_or(self, made: ast.expr, node: ast.expr) -> ast.expr:
        return expression("_rlm_drained(ITEMS)", node, ITEMS=made) if mark(node, "eager") else made

    def _drained(self, node: ast.expr) -> ast.expr:
        """What takes all items of an expression, where Monty's own functions could not wait for them."""
        if isinstance(node, ast.GeneratorExp | ast.Starred) or not self._asks(node) or called_name(node) in _LAZY:
            return node
        return expression("_rlm_drained(ITEMS)", node, ITEMS=node)

    def _made(self, node: ast.Call, name: str) -> ast.expr | None:
        listed = mark(node, "eager") or (mark(node, "looped") and name in {"zip", "enumerate"})
        calls = name in {"map", "filter"} and self._suspension.may_suspend(node.args[0] if node.args else None)
        if listed and not calls and not any(self._is_lazy(one) for one in node.args):
            return None
        if mark(node, "eager") and not calls and name in {"map", "filter", "enumerate"} and not self._asks(node):
            return None
        return self._eager_or(self._helper(_LAZY[name], node), node)

    def _early(self, node: ast.Call, name: str) -> ast.expr | None:
        (argument,) = node.args
        if isinstance(argument, ast.GeneratorExp) and self._is_quiet(argument):
            self._take_all(argument)
            return None
        if isinstance(argument, ast.GeneratorExp) or self._asks(argument):
            return self._helper(_EARLY[name], node)
        return None

    def _is_quiet(self, generator: ast.GeneratorExp) -> bool:
        """Whether nothing shows how many items a generator made."""
        for child in ast.walk(generator):
            if not isinstance(child, _PLAIN) or (isinstance(child, ast.Call) and called_name(child) not in _QUIET):
                return False
        return not any(self._asks(one.iter) or self._is_lazy(one.iter) for one in generator.generators)

    # Loops

    def visit_For(self, node: ast.For) -> Any:
        if (
            isinstance(node.iter, ast.Call)
            and is_builtin(node.iter.func, "map", "filter")
            and len(node.iter.args) == 2  # noqa: PLR2004 - a function and one iterable
            and not any(isinstance(argument, ast.Starred) for argument in node.iter.args)
        ):
            return [made for one in self._unrolled(node, node.iter) for made in _listed(self.visit(one))]
        put_mark(node.iter, "looped", value=True)
        if not self._asks(node.iter):
            return self.generic_visit(node)
        self.generic_visit(node)
        self._loops += 1
        number = f"{node.lineno}_{self._loops}"
        items, item = f"_rlm_items_{number}", f"_rlm_item_{number}"
        source = f"""
{items} = _rlm_b_iter(ITEMS)
while ({item} := _rlm_b_next({items}, _rlm_end)) is not _rlm_end:
    TARGET = {item}
"""
        first, loop = statements(source, node, ITEMS=node.iter)
        assert isinstance(loop, ast.While)  # noqa: S101 - a template is ours
        assert isinstance(loop.body[0], ast.Assign)  # noqa: S101 - a template is ours
        loop.body[0].targets = [node.target]
        loop.body += node.body
        loop.orelse = node.orelse
        return [first, loop]

    def _unrolled(self, node: ast.For, call: ast.Call) -> list[ast.stmt]:
        """`for x in map(f, xs)` as a loop over `xs`."""
        self._loops += 1
        number = f"{node.lineno}_{self._loops}"
        function, item = f"_rlm_function_{number}", f"_rlm_item_{number}"
        calls = f"TARGET = {function}({item})"
        if called_name(call) == "filter":
            test = item if isinstance(call.args[0], ast.Constant) else f"{function}({item})"
            calls = f"if not {test}:\n        continue\n    TARGET = {item}"
        source = f"{function} = FUNCTION\nfor {item} in ITEMS:\n    {calls}"
        first, loop = statements(source, node, FUNCTION=call.args[0], ITEMS=call.args[1])
        assert isinstance(loop, ast.For)  # noqa: S101 - a template is ours
        assert isinstance(loop.body[-1], ast.Assign)  # noqa: S101 - a template is ours
        loop.body[-1].targets = [node.target]
        loop.body += node.body
        loop.orelse = node.orelse
        return [first, loop]

    def visit_Compare(self, node: ast.Compare) -> Any:
        found = node.comparators[0]
        if isinstance(node.ops[0], ast.In | ast.NotIn) and len(node.ops) == 1 and self._is_large:
            test = "_rlm_large_in(ITEM, ITEMS)" if isinstance(node.ops[0], ast.In) else "not _rlm_large_in(ITEM, ITEMS)"
            return self.generic_visit(expression(test, node, ITEM=node.left, ITEMS=found))
        if isinstance(node.ops[0], ast.In | ast.NotIn) and len(node.ops) == 1 and self._asks(found):
            test = "_rlm_within(ITEM, ITEMS)" if isinstance(node.ops[0], ast.In) else "not _rlm_within(ITEM, ITEMS)"
            return self.generic_visit(expression(test, node, ITEM=node.left, ITEMS=found))
        return self.generic_visit(node)

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> Any:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> Any:
        return self._comprehension(node)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> ast.expr:
        """A comprehension over what may be a large text's takes some items at a time."""
        first = node.generators[0]
        if not self._is_large or _walrus_or_await(node) or not self._asks(first.iter):
            return cast("ast.expr", self.generic_visit(node))
        items = self.visit(first.iter)
        first.iter = place(ast.Name("_rlm_batch", ctx=ast.Load()), node)
        put_mark(first.iter, "scope", value="local")
        made = self.generic_visit(node)
        source = "_rlm_in_batches(ITEMS, lambda _rlm_batch: MADE)"
        return expression(source, node, ITEMS=items, MADE=cast("ast.expr", made))

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        put_mark(node.iter, "looped", value=True)
        node.iter = self._drained(node.iter)
        if self._asks(node.iter) and called_name(node.iter) in _LAZY:
            self._take_all(node.iter)
        return self.generic_visit(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Any:
        if mark(node, "eager") and not any(self._asks(one.iter) for one in node.generators):
            return self.generic_visit(node)
        if _walrus_or_await(node):
            made = place(ast.ListComp(elt=node.elt, generators=node.generators), node)
            return expression("_rlm_b_iter(LIST)", node, LIST=self.visit(made))
        if mark(node, "eager"):
            return self.visit(place(ast.ListComp(elt=node.elt, generators=node.generators), node))
        return self._genexp(node.elt, node.generators, node)

    def _genexp(self, element: ast.expr, generators: list[ast.comprehension], at: ast.expr) -> ast.expr:
        first, *rest = generators
        put_mark(first.iter, "looped", value=False)
        items = self.visit(cloned(first.iter))
        inner = self._genexp(element, rest, at) if rest else self.visit(cloned(element))
        outer = ast.comprehension(
            target=first.target,
            iter=expression("[_rlm_item]", at),
            ifs=[self.visit(cloned(one)) for one in first.ifs],
            is_async=0,
        )
        made = place(ast.ListComp(elt=inner, generators=[outer]), at)
        levels = ", 2" if rest else ""
        return expression(f"_rlm_genexp(ITEMS, lambda _rlm_item: LIST{levels})", at, ITEMS=items, LIST=made)


def _listed(made: Any) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]


_PURE = frozenset({
    "range", "len", "list", "sorted", "tuple", "set", "dict", "frozenset", "str", "split", "splitlines", "items",
    "keys", "values", "findall", "finditer", "strip", "rsplit", "llm_query", "llm_query_batched", "rlm_query",
    "rlm_query_batched", "chunks", "most_common", "sum", "max", "min", "copy", "lower", "upper", "get",
})  # fmt: skip


_OF_TEXTS = frozenset({"split", "splitlines", "finditer", "chunks", "get", "copy"})
"""Those whose result is no list when the text is a large one, or may be one that was put away."""


def _walrus_or_await(node: ast.AST) -> bool:
    return any(isinstance(child, ast.NamedExpr | ast.Await) for child in ast.walk(node))
