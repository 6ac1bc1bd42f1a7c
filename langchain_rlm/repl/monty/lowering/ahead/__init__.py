"""Asking ahead: before a loop whose questions do not depend on each other's answers, all of them are asked at once.

A function that only asks is made of the loop and put before it; `sandbox/ahead.py` runs it and collects what it asks.
The loop stays as it was. Whatever is wrong with what was collected, it gets the answers to its own prompts.
"""

import ast
from collections.abc import Iterator

from langchain_rlm.repl.monty.lowering.ahead.facts import DependentError, Facts
from langchain_rlm.repl.monty.lowering.ahead.functions import Functions
from langchain_rlm.repl.monty.lowering.ahead.reads import reads_of
from langchain_rlm.repl.monty.lowering.ahead.statements import Slice
from langchain_rlm.repl.monty.lowering.generators import is_generator
from langchain_rlm.repl.monty.lowering.knowledge import Knowledge
from langchain_rlm.repl.monty.lowering.suspension import Suspension
from langchain_rlm.repl.monty.lowering.trees import place, put_mark, statements
from langchain_rlm.repl.syntax import parse

_REGIONS = (ast.For, ast.While, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)
_LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NAMES = frozenset({"map", "filter", "sorted", "min", "max"})
_BLOCKS = ("body", "orelse", "finalbody", "handlers")
MOST_ROUNDS = 20


class Ahead:
    """Finds the loops of one annotated cell that can be asked ahead.

    Args:
        tree: The cell; its blocks are changed.
        known: What the session knows.
        suspension: What may suspend.
    """

    def __init__(self, tree: ast.Module, known: Knowledge, suspension: Suspension) -> None:
        self._known = known
        self._functions = Functions(tree, known, suspension)

    def prelude(self, statement: ast.stmt) -> list[ast.stmt]:
        """What goes before a statement of the cell; in the blocks of the statement it is put where it belongs."""
        before, asking = self._asked(statement)
        return [*before, *asking]

    def learn(self, cell: str) -> None:
        """Remember the functions of this cell for later ones."""
        self._functions.learn(cell)

    def _asked(self, statement: ast.stmt) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The functions that are needed, and what asks ahead of a statement."""
        if isinstance(statement, ast.AsyncFunctionDef | ast.ClassDef) or not self._functions.mentions(statement):
            return [], []
        if isinstance(statement, ast.FunctionDef) and is_generator(statement):
            return [], []
        if isinstance(statement, _REGIONS) and self._loops(statement) and (made := self._made(statement)):
            return made
        functions: list[ast.stmt] = []
        for block in _blocks(statement):
            for inner in list(block):
                before, asking = self._asked(inner)
                functions += before
                place_of = block.index(inner)
                block[place_of:place_of] = asking
        return functions, []

    def _loops(self, statement: ast.stmt) -> bool:
        """Whether a statement asks in a loop."""
        for node in ast.walk(statement):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMES
            if (isinstance(node, _LOOPS) or is_call) and self._functions.mentions(node):
                return True
        return False

    def _made(self, statement: ast.stmt) -> tuple[list[ast.stmt], list[ast.stmt]] | None:
        self._known.regions += 1
        self._functions.number = self._known.regions
        facts = Facts(self._functions)
        try:
            body = self._settled(facts, statement)
        except DependentError:
            return None
        return None if body is None else self._written(facts, body, statement)

    @staticmethod
    def _settled(facts: Facts, statement: ast.stmt) -> list[ast.stmt] | None:
        """The slice, when nothing new is found out; None where nothing is asked."""
        for _ in range(MOST_ROUNDS):
            before = facts.size()
            facts.made.clear()
            facts.asks = False
            body = Slice(facts).block([statement])
            if facts.size() == before:
                return body if facts.asks else None
        return None

    def _written(self, facts: Facts, body: list[ast.stmt], at: ast.stmt) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The functions that ask, and the call of the first."""
        twins = [one for one in facts.made.values() if one.asks]
        reads = reads_of(body, self._functions)
        bound = reads.bound | reads.free.keys()
        called = [reads_of(one.body, self._functions, one.node.args).free for one in facts.made.values()]
        beside = {name: None for free in called for name in free if name not in bound}
        beside |= dict.fromkeys(sorted(facts.held - facts.dirty - bound))
        changed = sorted({key.removeprefix(":") for key in facts.dirty if ":" not in key[1:]} - bound)
        name = f"_rlm_ahead_{self._known.regions}"
        made: list[ast.stmt] = [_function(name, [*reads.given, *reads.own], body, at)]
        made += [_function(one.twin, one.node.args, one.body, at) for one in twins]
        lists = ", ".join(f"[{', '.join(names)}]" for names in (reads.given, reads.own, beside, changed))
        call = statements(f"_rlm_ask_ahead({name}, lambda: ({lists}))", at)
        for node in [*made, *call]:
            put_mark(node, "ahead", value=True)
        return made, call


def _function(name: str, arguments: list[str] | ast.arguments, body: list[ast.stmt], at: ast.stmt) -> ast.stmt:
    shown = ast.unparse(arguments) if isinstance(arguments, ast.arguments) else ", ".join(arguments)
    made = parse(f"def {name}({shown}):\n    pass").body[0]
    assert isinstance(made, ast.FunctionDef)  # noqa: S101 - a template is ours
    made.body = body or made.body
    return place(made, at)


def _blocks(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement."""
    for name in _BLOCKS:
        for part in [getattr(statement, name, None)]:
            if isinstance(part, list) and part and isinstance(part[0], ast.ExceptHandler):
                yield from (handler.body for handler in part)
            elif isinstance(part, list) and part:
                yield part
