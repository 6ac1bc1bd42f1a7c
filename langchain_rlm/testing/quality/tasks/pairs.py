"""Pairs of users by what their lines are about, as in OOLONG-Pairs: an answer as long as the square of the users."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn
from langchain_rlm.testing.quality.tasks.lines import INTRODUCED, Line, common_labels, draw_lines, named, written

USERS = 300
"""At most: 44,850 pairs, some 0.7 MB of text."""
SHARE = 0.3
"""Of the users that a condition leaves, at least."""
_FORM = 'Give each pair once. Answer with "Answer:" and below it one pair a line, as (user, user).'
Pairs = set[frozenset[str]]


def pairs(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """All pairs of users for whom a condition holds."""
    lines = draw_lines(rng, size, USERS)
    forms = (_both, _one_and_other, _earlier)
    asked = (one for ask in rng.sample(forms, len(forms)) for one in ask(lines, is_searchable=is_searchable))
    condition, right = next(found for found in asked if found[1])
    question = f"{INTRODUCED}List all pairs of two different users {condition}. {_FORM}"
    gold = sorted(sorted(pair) for pair in right)
    return Drawn(question, written(lines), gold, tuple(line.text for line in lines))


def _both(lines: Sequence[Line], *, is_searchable: bool) -> Iterator[tuple[str, Pairs]]:
    for label in common_labels(lines):
        least, users = _least(lines, label)
        what = named(label, is_searchable=is_searchable)
        yield f"who both have at least {least} lines that name {what}", {*map(frozenset, combinations(users, 2))}


def _one_and_other(lines: Sequence[Line], *, is_searchable: bool) -> Iterator[tuple[str, Pairs]]:
    label, *others = common_labels(lines)
    for other in others:
        (least, some), (of_other, rest) = _least(lines, label), _least(lines, other)
        what, than = (named(each, is_searchable=is_searchable) for each in (label, other))
        found = {frozenset((one, two)) for one in some for two in rest if one != two}
        yield f"one with at least {least} lines that name {what}, one with at least {of_other} that name {than}", found


def _earlier(lines: Sequence[Line], *, is_searchable: bool) -> Iterator[tuple[str, Pairs]]:
    one, *others = common_labels(lines)
    for other in others:
        first, second = _first_days(lines, one), _first_days(lines, other)
        users = sorted(user for user in first if user in second and first[user] < second[user])
        what, than = (named(each, is_searchable=is_searchable) for each in (one, other))
        told = f"who both have lines that name {what} and {than}, the earliest of the former before that of the latter"
        yield told, {*map(frozenset, combinations(users, 2))}


def _least(lines: Sequence[Line], label: str) -> tuple[int, list[str]]:
    """The highest number of lines that enough users have, and those users."""
    counted = Counter(line.user for line in lines if line.label == label)
    enough = max(2, int(SHARE * len(counted)))
    highest = sorted(counted.values(), reverse=True)[min(enough, len(counted)) - 1]
    return highest, sorted(user for user, count in counted.items() if count >= highest)


def _first_days(lines: Sequence[Line], label: str) -> Mapping[str, date]:
    found = dict[str, date]()
    for line in lines:
        if line.label == label:
            found[line.user] = min(line.day, found.get(line.user, line.day))
    return found
