"""How the reader answers questions about lines: it judges each line, and counts by what the question asks for."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from benchmarks.quality.facts import Fact

COUNTED = ("line", "tally", "first")
Asked = re.Match[str]


class Read(NamedTuple):
    """An answer, empty where the text does not tell, and what it rests on."""

    answer: str
    used: Sequence[Fact]


def label_of(words: str) -> str:
    """The label that a question names: `a musical instrument (violin, ...)`."""
    found = re.search(r"(animal|fruit|tool|vehicle|instrument|garment)", words)
    return found[1] if found else ""


def tallied(facts: Iterable[Fact], key: Callable[[str, str, str], str | None]) -> Counter[str]:
    """The lines counted by a key of day, user and label, together with what was counted before."""
    counts = Counter[str]()
    for fact in facts:
        if fact.relation == "tally" and fact.value.isdigit():
            counts[fact.subject] += int(fact.value)
        elif fact.relation == "line":
            day, user = fact.subject.split()
            counts.update(filter(None, [key(day, user, fact.value)]))
    return counts


def firsts(facts: Iterable[Fact], key: Callable[[str, str], str | None]) -> dict[str, str]:
    """The first day for each key of user and label, together with what was found before."""
    days = dict[str, str]()
    for fact in facts:
        found: str | None = fact.subject
        day = fact.value
        if fact.relation == "line":
            day, user = fact.subject.split()
            found = key(user, fact.value)
        if found is not None and fact.relation != "tally":
            days[found] = min(day, days.get(found, day))
    return days


def notes(counts: Counter[str]) -> list[Fact]:
    """Counts as facts."""
    return [Fact("tally", key, str(count), "") for key, count in counts.items()]


def total(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The lines of a label, all or those of a user."""
    wanted, whose = label_of(asked[2]), asked[1]
    counts = tallied(facts, lambda _, user, label: label if label == wanted and whose in (None, user) else None)
    return Read(str(counts[wanted]), notes(counts))


def months(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The months in which one label is more common than another."""
    one, other = label_of(asked[1]), label_of(asked[2])
    counts = tallied(facts, lambda day, _, label: f"{day[:7]} {label}" if label in (one, other) else None)
    found = {key.split()[0] for key in counts}
    more = sum(counts[f"{month} {one}"] > counts[f"{month} {other}"] for month in found)
    return Read(str(more), notes(counts))


def compared(asked: Asked, facts: Sequence[Fact]) -> Read:
    """Which of two labels is more common."""
    one, other = label_of(asked[1]), label_of(asked[2])
    counts = tallied(facts, lambda _, __, label: label if label in (one, other) else None)
    gap = counts[one] - counts[other]
    said = "more common" if gap > 0 else "less common" if gap else "same frequency"
    return Read(said if counts else "", notes(counts))


def most(_: Asked, facts: Sequence[Fact]) -> Read:
    """The most common label."""
    counts = tallied(facts, lambda _, __, label: label or None)
    return Read(_highest(counts), notes(counts))


def writer(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The user with most lines of a label."""
    wanted = label_of(asked[1])
    counts = tallied(facts, lambda _, user, label: user if label == wanted else None)
    return Read(_highest(counts), notes(counts))


def first_day(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The first day of a label."""
    wanted = label_of(asked[1])
    days = firsts(facts, lambda _, label: label if label == wanted else None)
    return Read(days.get(wanted, ""), [Fact("first", key, day, "") for key, day in days.items()])


def pairs_of_counts(asked: Asked, facts: Sequence[Fact]) -> Read:
    """Pairs of users with so many lines of a label, or of one label and another."""
    least, label, of_other, other = int(asked[1]), label_of(asked[2]), asked[3], label_of(asked[4] or "")
    counts = tallied(facts, lambda _, user, found: f"{user} {found}" if found in (label, other) else None)
    some = {key.split()[0] for key, count in counts.items() if key.endswith(label) and count >= least}
    rest = some
    if of_other:
        rest = {key.split()[0] for key, count in counts.items() if key.endswith(other) and count >= int(of_other)}
    return Read(_pairs({frozenset((one, two)) for one in some for two in rest if one != two}), notes(counts))


def pairs_of_days(asked: Asked, facts: Sequence[Fact]) -> Read:
    """Pairs of users whose first line of one label comes before that of another."""
    one, other = label_of(asked[1]), label_of(asked[2])
    days = firsts(facts, lambda user, label: f"{user} {label}" if label in (one, other) else None)
    users = {key.split()[0] for key in days}
    late = "9999"
    fit = [user for user in users if days.get(f"{user} {one}", late) < days.get(f"{user} {other}", "")]
    found = {frozenset(pair) for pair in combinations(fit, 2)}
    return Read(_pairs(found), [Fact("first", key, day, "") for key, day in days.items()])


def _pairs(found: Iterable[frozenset[str]]) -> str:
    return "".join(f"\n({one}, {other})" for one, other in sorted(sorted(pair) for pair in found))


def _highest(counts: Counter[str]) -> str:
    return min(counts, key=lambda key: (-counts[key], key)) if counts else ""
