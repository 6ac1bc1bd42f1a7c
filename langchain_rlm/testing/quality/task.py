"""What a task of the benchmarks is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_rlm.testing.quality.scoring import SCORERS


@dataclass(frozen=True)
class Task:
    """A question with its texts and what is right, by construction."""

    kind: str
    """`needle`, `needles`, `count`, `compare`, `pairs`, `hops`, `join`, `rebuild`, `code`, `contradictions`,
    `table`."""
    seed: int
    size: int
    """Characters asked for, of all texts together."""
    is_searchable: bool
    """False: no keyword of the question leads to the evidence (a paraphrase, a category, a description in its
    place)."""
    question: str
    """It says the form of the answer."""
    context: str | Mapping[str, str]
    gold: Any
    """JSON data."""

    def score(self, answer: str, value: Any = None) -> float:
        """0 to 1, by the kind's official rule; `value` is the answer as data where a method gives data."""
        return SCORERS[self.kind](self.gold, answer, value)
