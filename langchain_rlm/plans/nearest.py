"""Which examples are worded like a question: weak models choose as those do that stand right before it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt

LONG = 5
"""Letters above which the end of a word counts by itself: cheapest and longest have one."""


def nearest(question: str, examples: Sequence[str], most: int) -> list[int]:
    """The places of the examples that are most alike, the best one last."""
    of_each = [_features(example) for example in examples]
    held = Counter(feature for features in of_each for feature in features)
    weights = {feature: log(1 + len(examples) / count) ** 2 for feature, count in held.items()}
    asked = _features(question)

    def likeness(features: frozenset[str]) -> float:
        return _sum(asked & features, weights) / (sqrt(_sum(asked, weights) * _sum(features, weights)) or 1)

    ranked = sorted(range(len(examples)), key=lambda place: -likeness(of_each[place]))
    return ranked[:most][::-1]


def _sum(features: Iterable[str], weights: dict[str, float]) -> float:
    return sum(weights.get(feature, 0) for feature in sorted(features))


def _features(text: str) -> frozenset[str]:
    """The words of a text, their ends, its first word, and its pairs of words."""
    whole = re.sub(r"\bcan't\b", "cannot", text.lower().replace("\u2019", "'"))
    words = re.findall(r"\w+", re.sub(r"n't\b", " not", whole))
    ends = (f"-{word[-3:]}" for word in words if len(word) > LONG)
    pairs = (f"{first} {second}" for first, second in zip(["^", *words], words, strict=False))
    return frozenset([*words, *ends, *pairs])
