"""The methods that are compared: how each answers a task with the same models, limits and retries."""

import importlib.util
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from langchain_rlm.errors import InputError, MissingExtraError
from langchain_rlm.testing.quality.methods import agent, chains, ours, reference, retrieval
from langchain_rlm.testing.quality.methods.common import RETRIEVED, Answer, Limits, Models
from langchain_rlm.testing.quality.task import Task

Ask = Callable[[Task, Models, Limits], Awaitable[Answer]]
TOKENS = 4
"""Characters of a token, roughly."""
REPLY, TURNS, TURN = 300, 6, 4_000
"""Rough tokens of an answer, turns of a run, and tokens of a turn: for estimates alone."""


@dataclass(frozen=True)
class Method:
    """One way to answer a task."""

    name: str
    what: str
    """One line for a reader."""
    ask: Ask
    reads: Callable[[float, float], float]
    """Roughly how many tokens a run takes, given those of its texts and those of a piece."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """What it imports beside this package, and how that is installed."""

    @property
    def missing(self) -> list[str]:
        return [name for module, name in self.packages.items() if importlib.util.find_spec(module) is None]


CLASSIC = {"langchain_classic": "langchain-classic", "langchain_text_splitters": "langchain-text-splitters"}
SPLITS = {"langchain_text_splitters": "langchain-text-splitters"}


def _rlm(text: float, _: float) -> float:
    return text * 1.1 + TURNS * TURN


_ROWS = (
    Method("call", "one call with the whole text", ours.call, lambda text, _: text + REPLY),
    Method("map-reduce", "each piece by itself, then the extracts together (langchain-classic)", chains.map_reduce,
           lambda text, piece: text + (text / piece + 1) * 2 * REPLY, CLASSIC),
    Method("refine", "an answer made better piece by piece (langchain-classic)", chains.refine,
           lambda text, piece: text + (text / piece + 1) * 2 * REPLY, CLASSIC),
    Method("bm25", f"the best {RETRIEVED} passages by words (BM25), one call", retrieval.bm25,
           lambda text, _: min(text, RETRIEVED * retrieval.PASSAGE / TOKENS) + REPLY,
           {"rank_bm25": "rank-bm25", **SPLITS}),
    Method("embedding", f"the best {RETRIEVED} passages by a small local embedding (WordLlama), one call",
           retrieval.embedding, lambda text, _: min(text, RETRIEVED * retrieval.PASSAGE / TOKENS) + REPLY,
           {"wordllama": "wordllama", **SPLITS}),
    Method("agent", "an agent that reads and searches the texts as files (deepagents)", agent.ask,
           lambda text, _: min(text, 40_000) + TURNS * 2 * TURN, {"deepagents": "deepagents"}),
    Method("rlms", "the paper's reference implementation", reference.ask, _rlm, {"rlm": "rlms"}),
    Method("rlm", "this package: the root model writes code", ours.rlm, _rlm),
    Method("auto", "this package: one call for short texts, else code", ours.auto, _rlm),
    Method("plan", "this package: a ready program, which the root model chooses", ours.plan,
           lambda text, _: text * 1.1 + TURN),
    Method("samples", f"this package: {ours.SAMPLES} runs, the answer on which most agree", ours.samples,
           lambda text, piece: ours.SAMPLES * _rlm(text, piece)),
)  # fmt: skip
METHODS: dict[str, Method] = {row.name: row for row in _ROWS}
USUAL = ("call", "rlm", "auto", "plan")
"""What is compared unless others are named: they need no other package."""


def chosen(names: Iterable[str]) -> list[Method]:
    """The methods of these names.

    Raises:
        InputError: A name is unknown, or a method's package is not installed.
    """
    found = []
    for name in dict.fromkeys(names):
        if name not in METHODS:
            msg = f"There is no method {name!r}; there are {', '.join(METHODS)}."
            raise InputError(msg)
        method = METHODS[name]
        if method.missing:
            msg = f"The method {name} needs: pip install {' '.join(method.missing)}"
            raise MissingExtraError(msg)
        found.append(method)
    return found
