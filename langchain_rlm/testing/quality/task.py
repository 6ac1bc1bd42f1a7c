"""What a task of the benchmarks is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Task:
    """A question with its texts and what is right, by construction."""

    kind: str
    seed: int
    size: int
    """Characters asked for, of all texts together."""
    is_searchable: bool
    """False: no keyword of the question leads to the evidence."""
    question: str
    """It says the form of the answer."""
    context: str | Mapping[str, str]
    gold: Any
    """JSON data."""

    def score(self, answer: str, value: Any = None) -> float:
        """0 to 1; `value` is the answer as data where a method gives data."""
        return float(str(self.gold) in (answer if value is None else str(value)))
