"""Which runs a benchmark consists of: every kind, size, seed and wording with every method."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from langchain_rlm.errors import InputError
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.resolve import Model, name_of, provider_of
from langchain_rlm.models.tokens import Tokens
from langchain_rlm.testing.quality.methods import REPLY, TOKENS, Method
from langchain_rlm.testing.quality.task import Task
from langchain_rlm.testing.quality.tasks import KINDS, LARGEST, SMALLEST, make

SHARE_WRITTEN = 0.05
"""Of a run's tokens, roughly: for estimates alone."""


@dataclass(frozen=True, order=True)
class Cell:
    """One run: a task and a method."""

    kind: str
    size: int
    seed: int
    is_searchable: bool
    method: str

    @property
    def key(self) -> str:
        """What the run is called in the results."""
        return f"{self.kind}/{self.size}/{self.seed}/{wording(self.is_searchable)}/{self.method}"

    @property
    def task(self) -> Task:
        return _task(self.kind, self.seed, self.size, self.is_searchable)


def wording(is_searchable: bool) -> str:  # noqa: FBT001  # a word for it
    """What the two wordings of a question are called."""
    return "searchable" if is_searchable else "reworded"


def grid(
    kinds: Iterable[str], sizes: Sequence[int], seeds: int, wordings: Sequence[bool], methods: Sequence[Method]
) -> list[Cell]:
    """All runs, small texts first, the methods of one task together.

    Raises:
        InputError: There is no kind of that name, or no task of that size.
    """
    chosen = list(dict.fromkeys(kinds))
    if unknown := [kind for kind in chosen if kind not in KINDS]:
        msg = f"There is no kind {unknown[0]!r} of tasks; there are {', '.join(KINDS)}."
        raise InputError(msg)
    if wrong := [size for size in sizes if not SMALLEST <= size <= LARGEST]:
        msg = f"There is no task of {wrong[0]:,} characters: use {SMALLEST:,} to {LARGEST:,}."
        raise InputError(msg)
    tasks = product(sorted(set(sizes)), chosen, range(1, seeds + 1), wordings)
    return [
        Cell(kind, size, seed, is_searchable, method.name)
        for size, kind, seed, is_searchable in tasks
        for method in methods
    ]


@lru_cache(maxsize=32)
def _task(kind: str, seed: int, size: int, is_searchable: bool) -> Task:  # noqa: FBT001  # as tasks are made
    return make(kind, seed, size, is_searchable)


def hash_of(task: Task) -> str:
    """The hash of a task's question, texts and gold: the same task gives the same one."""
    plain = [task.question, task.context if isinstance(task.context, str) else dict(task.context), task.gold]
    return sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str))


def sha256(text: str) -> str:
    """The hash of a text, whatever letters it has."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Estimate:
    """What runs may take, roughly."""

    tokens: int
    cost: float | None
    """US dollars at the prices of the root model, which is the dearer one; None when its price is not known."""


def estimate(method: Method, characters: float, piece: int, root: Model, prices: Pricing) -> Estimate:
    """What one run of a method over so many characters takes, roughly."""
    tokens = int(method.reads(characters / TOKENS, piece / TOKENS))
    written = max(REPLY, int(tokens * SHARE_WRITTEN)) if tokens > REPLY else 0
    cost = prices.cost(name_of(root), provider_of(root), Tokens(max(0, tokens - written), written))
    return Estimate(tokens, cost)
