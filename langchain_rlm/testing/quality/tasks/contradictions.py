"""Numbered statements over many documents, some pairs of which cannot both be true."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn
from langchain_rlm.testing.quality.words import names, persons, sentence

MOST = 40
"""Pairs that contradict each other; as many say the same in other words."""
A_LINE = 140
"""Characters, about."""
OF_DOCUMENT = 40
"""Lines."""
_FORM = 'Answer with "Answer:" and below it one pair of numbers a line, as (number, number).'


@dataclass(frozen=True)
class _Relation:
    """Something that has one value for each place."""

    plain: str
    other: str
    """The same in words of which none is in the plain form."""
    draw: Callable[[Random], str]


_RELATIONS = (
    _Relation(
        "The bridge of {place} was finished in {value}.", "{value} saw the last stone of the crossing at {place} laid.",
        lambda rng: str(rng.randint(1500, 1950)),
    ),
    _Relation(
        "The mill of {place} belongs to {value}.", "What grinds the grain at {place} is in the hands of {value}.",
        lambda rng: next(persons(rng)),
    ),
    _Relation(
        "The tower of {place} is {value} metres high.", "From foot to top the spire at {place} measures {value} m.",
        lambda rng: str(rng.randint(12, 140)),
    ),
)  # fmt: skip


def contradictions(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """The pairs of statements that contradict each other."""
    count = max(12, size // A_LINE)
    wrong = min(MOST, max(2, count // 12))
    places = names(rng)
    told, pairs = list[str](), list[tuple[int, int]]()
    while len(told) < count:
        relation, place = rng.choice(_RELATIONS), next(places)
        value = relation.draw(rng)
        told.append(relation.plain.format(place=place, value=value))
        if len(told) > 4 * wrong:
            continue
        differs = len(told) % 4 == 1
        again = _another(rng, relation, value) if differs else value
        told.append((relation.plain if is_searchable else relation.other).format(place=place, value=again))
        if differs:
            pairs.append((len(told) - 2, len(told) - 1))
    numbers = [f"{number:05}" for number in rng.sample(range(100_000), len(told))]
    lines = [f"[{number}] {one}" for number, one in zip(numbers, told, strict=True)]
    gold = sorted(sorted((numbers[one], numbers[other])) for one, other in pairs)
    evidence = tuple(lines[place] for pair in pairs for place in pair)
    about = ", about a bridge, a mill or a tower of one place," if is_searchable else ""
    noun = "statements" if is_searchable else "remarks"
    question = f"Which pairs of the numbered {noun}{about} cannot both be true? {_FORM}"
    return Drawn(question, _documents(rng, rng.sample(lines, len(lines)), size), gold, evidence)


def _another(rng: Random, relation: _Relation, value: str) -> str:
    while (drawn := relation.draw(rng)) == value:
        continue
    return drawn


def _documents(rng: Random, lines: list[str], size: int) -> dict[str, str]:
    """The lines in documents, with sentences that say nothing behind some of them."""
    left = size - sum(len(line) + 1 for line in lines)
    shown, held = [*lines], 0
    for place in range(10 * len(lines)):
        one = sentence(rng)
        if held + len(one) // 2 > left:
            break
        shown[place % len(lines)] += f" {one}"
        held += len(one) + 1
    return {
        f"notes-{place // OF_DOCUMENT + 1:04}": "\n".join(shown[place : place + OF_DOCUMENT]) + "\n"
        for place in range(0, len(shown), OF_DOCUMENT)
    }
