"""Counting what lines are about, and comparing the counts: OOLONG's questions, over all lines, by user, by month."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Any

from langchain_rlm.testing.quality.tasks.drawn import Drawn
from langchain_rlm.testing.quality.tasks.lines import (
    INTRODUCED,
    LABELS,
    Line,
    common_labels,
    draw_lines,
    named,
    written,
)
from langchain_rlm.testing.quality.words import listed

GAP = 0.02
"""Share of the lines by which two labels differ, at least, when they are compared: or they are as common."""
_NUMBER = 'Answer with "Answer: " and the number.'
_COMPARISON = 'Answer with "Answer: more common", "Answer: less common" or "Answer: same frequency".'
Asked = tuple[str, dict[str, Any]]
"""A question and what is right."""


def count(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """Numbers: of lines, of a user's lines, of months."""
    return _drawn(rng, size, (_total, _of_user, _months), is_searchable=is_searchable)


def compare(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """Which is more common, who wrote most, when something comes first."""
    return _drawn(rng, size, (_more_common, _most, _first_day, _writer), is_searchable=is_searchable)


Ask = Callable[..., Iterator[Asked]]


def _drawn(rng: Random, size: int, forms: Sequence[Ask], *, is_searchable: bool) -> Drawn:
    lines = draw_lines(rng, size)
    asked = (one for ask in rng.sample(forms, len(forms)) for one in ask(rng, lines, is_searchable=is_searchable))
    question, gold = next(asked)
    return Drawn(INTRODUCED + question, written(lines), gold, tuple(line.text for line in lines))


def _total(rng: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    label = rng.choice(common_labels(lines))
    right = sum(line.label == label for line in lines)
    what = named(label, is_searchable=is_searchable)
    yield f"How many of the lines name {what}? {_NUMBER}", {"type": "number", "answer": right}


def _of_user(rng: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    if not is_searchable:
        return  # the user's number leads to the lines
    (user, label), right = rng.choice(Counter((line.user, line.label) for line in lines).most_common(20))
    what = named(label, is_searchable=True)
    yield f"How many of the lines of user {user} name {what}? {_NUMBER}", {"type": "number", "answer": right}


def _months(rng: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    one, other = rng.sample(common_labels(lines)[:4], 2)
    counted = Counter((line.month, line.label) for line in lines)
    right = sum(counted[month, one] > counted[month, other] for month in {line.month for line in lines})
    what, than = (named(label, is_searchable=is_searchable) for label in (one, other))
    asked = f"In how many calendar months do more lines name {what} than {than}? {_NUMBER}"
    yield asked, {"type": "number", "answer": right}


def _more_common(rng: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    counted = Counter(line.label for line in lines)
    found = [*permutations(common_labels(lines), 2)]
    for one, other in rng.sample(found, len(found)):
        gap = counted[one] - counted[other]
        if gap and abs(gap) <= GAP * len(lines):
            continue
        right = "more common" if gap > 0 else "less common" if gap else "same frequency"
        what, than = (named(label, is_searchable=is_searchable) for label in (one, other))
        asked = f"Over all lines, is {what} more common than {than}, less common, or as common (the same frequency)?"
        yield f"{asked} {_COMPARISON}", {"type": "comparison", "answer": right}


def _most(_: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    (right, most), *rest = Counter(line.label for line in lines).most_common()
    if rest and rest[0][1] == most:
        return
    told = "".join(f" {named(label, is_searchable=True)};" for label in sorted(common_labels(lines)))
    words = f" The words:{told.rstrip(';')}." if is_searchable else ""
    asked = f"Which label do most lines have by what they name: {listed(LABELS, 'or')}?{words}"
    yield f'{asked} Answer with "Answer: " and the label.', {"type": "label", "answer": right}


def _writer(_: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    for label in common_labels(lines):
        (right, most), *rest = Counter(line.user for line in lines if line.label == label).most_common()
        if rest and rest[0][1] == most:
            continue
        what = named(label, is_searchable=is_searchable)
        asked = f'Which user has most of the lines that name {what}? Answer with "Answer: " and the number of the user.'
        yield asked, {"type": "user", "answer": right}


def _first_day(rng: Random, lines: Sequence[Line], *, is_searchable: bool) -> Iterator[Asked]:
    label = rng.choice(common_labels(lines))
    right = min(line.day for line in lines if line.label == label)
    what = named(label, is_searchable=is_searchable)
    asked = f'What is the earliest date of a line that names {what}? Answer with "Answer: " and the date.'
    yield asked, {"type": "date", "answer": right.isoformat()}
