"""Which examples are worded like a question: weak models choose as those do that stand right before it.

What counts is what tells the kinds of questions apart: words, and the frame of small words around the rest ("how many
of the ... are ..."), each by how much the kinds of the examples that have it differ from those of all.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log, sqrt

LONG = 5
"""Letters above which the end of a word counts by itself: cheapest and longest have one."""
DOUBT = 2.0
"""Examples that would have to speak for a kind before a word counts half."""
BY_ITSELF = 0.05
"""What a word counts that tells no kind: among the examples of one kind it still does."""
ENDS = (("est", 5), ("er", 5), ("s", 2))
"""What is left of a word in the frame, and how long it is at least: most, more, and many are asked for in this way."""
_SMALL = (
    "a about add after all altogether an and any are at before between by can compare could count currently did "
    "difference do does each end every everybody everyone fewer find first for from give had has have how i in is "
    "it kind last least less list longer main many me more most much my name never no not now number of often "
    "older on one or our out overall please points put she shorter show side some sum summarize summary taken "
    "tell than that the there these they this those three to together total two up us was we were what when where "
    "which who whom whose why with you your"
)
SMALL = frozenset(_SMALL.split())


def nearest(question: str, examples: Sequence[tuple[str, str]], most: int) -> list[int]:
    """The places of the examples, each a question and its kind, that are most alike, the best one last."""
    return _Examples.of(tuple(examples)).like(question)[:most][::-1]


@dataclass(frozen=True)
class _Examples:
    """Examples with what each has, and what that is worth."""

    features: Sequence[frozenset[str]]
    weights: Mapping[str, float]

    @classmethod
    @lru_cache(maxsize=8)
    def of(cls, examples: tuple[tuple[str, str], ...]) -> "_Examples":
        features = [_features(asked) for asked, _ in examples]
        kinds = Counter(kind for _, kind in examples)
        held: dict[str, Counter[str]] = {}
        for has, (_, kind) in zip(features, examples, strict=True):
            for feature in has:
                held.setdefault(feature, Counter())[kind] += 1
        return cls(features, {feature: _weight(counts, kinds) for feature, counts in held.items()})

    def like(self, question: str) -> list[int]:
        """The places, most alike first."""
        asked = _features(question)
        worth = [self._sum(asked & has) / (sqrt(self._sum(has)) or 1) for has in self.features]
        return sorted(range(len(worth)), key=lambda place: -worth[place])

    def _sum(self, features: Iterable[str]) -> float:
        return sum(self.weights.get(feature, 0.0) for feature in sorted(features))


def _weight(counts: Mapping[str, int], kinds: Mapping[str, int]) -> float:
    """What a feature tells: how far its kinds are from those of all, and how rare it is."""
    number, whole = sum(counts.values()), sum(kinds.values())
    told = 0.0
    for kind, of_all in kinds.items():
        usual = of_all / whole
        share = (counts.get(kind, 0) + DOUBT * usual) / (number + DOUBT)
        told += share * log(share / usual)
    return (max(told, 0.0) + BY_ITSELF) * log(1 + whole / number)


def _features(text: str) -> frozenset[str]:
    """The words of a text, their ends, its pairs of words, and pairs and triples of its frame."""
    whole = re.sub(r"\bcan't\b", "cannot", text.lower().replace("\u2019", "'"))
    words = re.findall(r"\w+", re.sub(r"n't\b", " not", whole))
    ends = (f"-{word[-3:]}" for word in words if len(word) > LONG)
    frame = ["^", *_frame(words), "$"]
    parts = (f"~{' '.join(frame[at : at + long])}" for long in (2, 3) for at in range(len(frame) + 1 - long))
    return frozenset([*words, *ends, *map(" ".join, zip(["^", *words], words, strict=False)), *parts])


def _frame(words: Sequence[str]) -> list[str]:
    """The small words of a question; the others by what their ends tell, several in a row as one."""
    frame = list[str]()
    for word in words:
        end = next((f"*{end}" for end, least in ENDS if word.endswith(end) and len(word) >= least), "*")
        part = word if word in SMALL else end
        if part != "*" or frame[-1:] != ["*"]:
            frame.append(part)
    return frame
