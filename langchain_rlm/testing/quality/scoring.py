"""The rules by which answers are scored, from 0 to 1: pure functions of what is right, the answer, and it as data."""

from collections.abc import Callable
from typing import Any

Scorer = Callable[[Any, str, Any], float]


def string_match_all(gold: Any, answer: str, value: Any = None) -> float:
    """The share of the references that stand in the answer, in whatever case: RULER's rule of this name."""
    said = (answer if value is None else f"{answer} {value}").lower()
    return sum(str(reference).lower() in said for reference in gold) / len(gold)


SCORERS: dict[str, Scorer] = {"needle": string_match_all, "needles": string_match_all}
"""By kind of task."""
