"""Rewrites model-written cells to the Python that the sandbox runs.

Monty runs a subset of Python. What models write beyond it is either rewritten here, so that the cell does what it would
do in CPython, or refused before anything runs, with a message that says what to write instead. A cell that needs
nothing stays verbatim.
"""

import ast
import re
import textwrap
from dataclasses import dataclass
from functools import cache

from langchain_rlm.repl.functions import ASKING, PAUSING
from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.ahead import Ahead
from langchain_rlm.repl.monty.lowering.calls import Calls, Texts
from langchain_rlm.repl.monty.lowering.captured import captured, capturing
from langchain_rlm.repl.monty.lowering.classes import Classes
from langchain_rlm.repl.monty.lowering.concurrency import Concurrency
from langchain_rlm.repl.monty.lowering.imports import Imports, exports, module_text, sandbox_text, variable
from langchain_rlm.repl.monty.lowering.iteration import learn
from langchain_rlm.repl.monty.lowering.knowledge import ANSWER_ERROR, Knowledge
from langchain_rlm.repl.monty.lowering.refusals import Refusals, parse
from langchain_rlm.repl.monty.lowering.scopes import annotate, bound_names, lasting_names
from langchain_rlm.repl.monty.lowering.source import rendered
from langchain_rlm.repl.monty.lowering.statements import Statements
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import mark, put_mark, settle

__all__ = [
    "LARGE", "PLACES", "LoweredCell", "Lowering", "Texts", "builtins_source", "captured", "sandbox_module",
    "sandbox_source",
]  # fmt: skip


@dataclass(frozen=True)
class LoweredCell:
    """A cell as the sandbox runs it.

    Attributes:
        source: What Monty runs.
        lines: Line in `source` to line in the cell as the model wrote it, both from 1.
        modules: Sandbox modules to feed to the session before this cell; each is named once per session.
        assigned: Names that the cell binds at its top level, in order, without duplicates.
    """

    source: str
    lines: dict[int, int]
    modules: tuple[str, ...]
    assigned: tuple[str, ...]


class Lowering:
    """Rewrites the cells of one session, and remembers what earlier cells defined.

    The same cells in the same order give the same sources, so that a session can be replayed.

    Args:
        tools: Names of the user's functions: like the REPL's own that ask, they pause the interpreter.
        texts: What texts there may be. In "long" ones `sandbox/wide.py` looks for words from a place on, and for all
            places in "wide" ones, which are long and not ASCII. "large" ones stay with the host.
    """

    def __init__(self, *, tools: frozenset[str] = frozenset(), texts: Texts = "short") -> None:
        self._taken = tools | ASKING
        self._contract = tools | PAUSING
        self.texts = texts
        self._known = Knowledge(has_iterators=texts == LARGE, has_asking_iterators=texts == LARGE)

    def lower(self, cell: str) -> LoweredCell:
        """Rewrite the next cell.

        Raises:
            UnsupportedCodeError: The cell is not valid Python or cannot run in the sandbox; it is not remembered.
        """
        tree = parse(cell)
        assigned = tuple(lasting_names(tree.body))
        known = self._known.copy()
        source, lines, modules = self._lowered(cell, tree, known)
        self._known = known
        return LoweredCell(source, lines, modules, assigned)

    @property
    def errors(self) -> dict[str, str]:
        """The exceptions that cells defined, and the builtin exception that carries each."""
        return {ANSWER_ERROR.name: ANSWER_ERROR.error, **self._known.errors}

    def _lowered(self, cell: str, tree: ast.Module, known: Knowledge) -> tuple[str, dict[int, int], tuple[str, ...]]:
        if _OWN_ERROR.search(cell):
            known.classes.setdefault(ANSWER_ERROR.name, ANSWER_ERROR)
        settle(tree)
        original = list(tree.body)
        dumps = [ast.dump(statement) for statement in original]
        known.names.update(bound_names(tree.body))
        known.count = annotate(tree, known.names, known.count)
        Refusals(self._taken).visit(tree)
        suspension = Suspension(tree, known, self._contract, is_large=self.texts == LARGE)
        learn(tree, known, suspension)
        imports = Imports(known)
        body: list[ast.stmt] = []
        ahead = Ahead(tree, known, suspension)
        before = [ahead.prelude(statement) for statement in original]
        for index, statement in enumerate(original):
            made = ast.Module(body=[*before[index], statement], type_ignores=[])
            for transformer in (
                Classes(known),
                Statements(known, imports, index, suspension),
                Calls(known, suspension, imports, texts=self.texts),
            ):
                transformer.visit(made)
            for one in made.body:
                put_mark(one, "index", value=index)
            body += made.body
        tree.body = body
        Concurrency(tree, known, suspension, self._contract).lower()
        ahead.learn(cell)
        source, lines = rendered(cell, original, dumps, _grouped(tree.body, len(original)))
        if any(_MATCHING.search(text) for text in [source, *map(module_text, imports.modules)]):
            imports.need(PATTERNS, first=True)
            imports.need(PLACES, first=True)
        return source, lines, tuple(imports.modules)


def _grouped(body: list[ast.stmt], count: int) -> list[list[ast.stmt]]:
    groups: list[list[ast.stmt]] = [[] for _ in range(count)]
    index = 0
    for statement in body:
        own = mark(statement, "index")
        index = index if own is None else own
        groups[index].append(statement)
    return groups


_OWN_ERROR = re.compile(rf"\b{ANSWER_ERROR.name}\b|\.(?:{'|'.join(ANSWER_ERROR.attributes)})\b")
"""How a cell shows that it means the REPL's own exception; others need no rewriting for it."""
PATTERNS = "re"
"""What stands for `re` in the sandbox; it is fed before the first cell that needs it."""
_ABOVE = "_rlm_above"
LARGE = "large"
"""What stands for large texts there; it is fed after `PLACES`."""
PLACES = "wide"
"""Places in long texts; it is fed where there are some, and before `PATTERNS`."""
_SOURCES = ("builtins", "errors", "classes", "asking", "ahead", "iterators")
_MATCHING = re.compile(r"\b_rlm_(re_|expand)")


@cache
def builtins_source() -> str:
    """The functions that lowered cells rely on: to be fed once, when a session starts."""
    above = {name: [one.__name__ for one in error.__mro__[1:]] for name, error in vocabulary.ERRORS.items()}
    return "\n".join([capturing(), f"{_ABOVE} = {above | {'bool': ['int']}}", *[sandbox_source(n) for n in _SOURCES]])


@cache
def sandbox_source(name: str) -> str:
    """A file of the sandbox as it is fed: after `builtins_source`, and once."""
    return captured(sandbox_text(name))


@cache
def sandbox_module(name: str) -> str:
    """The source of a module that the sandbox adds to Monty's: to be fed once, before the first cell that imports it.

    Args:
        name: The name as `LoweredCell.modules` gives it, such as "statistics" or "concurrent.futures".
    """
    if name in {PLACES, LARGE}:
        return sandbox_source(name)
    if name == PATTERNS:
        return f"{sandbox_source('patterns')}\n{sandbox_source('matching')}"
    made, bound = f"_rlm_make_{variable(name)}", f"_rlm_module_{variable(name)}"
    body = textwrap.indent(module_text(name), "    ")
    parts = "".join(f"    _rlm_made.{export} = {export}\n" for export in exports(name))
    package = ""
    if "." in name:
        top, rest = name.split(".")
        package = f"_rlm_package_{top} = _rlm_Module({top!r})\n_rlm_package_{top}.{rest} = {bound}\n"
    start = f"def {made}():\n{body}\n"
    return captured(
        f"{start}    _rlm_made = _rlm_Module({name!r})\n{parts}    return _rlm_made\n{bound} = {made}()\n{package}"
    )
