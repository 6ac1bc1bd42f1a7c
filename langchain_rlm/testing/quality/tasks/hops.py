"""Facts that lead from one document to the next: two or three of them, one after the other, give the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn, documents
from langchain_rlm.testing.quality.words import DESCRIBED, RIVERS, a, names, persons

A_DOCUMENT = 650
"""Characters, about."""
_SUFFIXES = ("and Sons", "Limited", "and Partners", "Brothers", "Company")
_FORM = 'Answer with "Answer: " and the name alone.'


@dataclass(frozen=True)
class _Chain:
    """A person, their firm, its town, and the river there."""

    person: str
    firm: str
    town: str
    river: str

    def facts(self, *, is_searchable: bool) -> list[str]:
        """In the words of the question, or in others."""
        if is_searchable:
            return [
                f"{self.person} is employed by {self.firm}.", f"The seat of {self.firm} is in {self.town}.",
                f"The town of {self.town} lies on the river {self.river}.",
            ]  # fmt: skip
        return [
            f"{self.person} earns a living at {self.firm}.", f"{self.firm} keeps its head office in {self.town}.",
            f"{self.town} was built where the {self.river} bends.",
        ]  # fmt: skip


def hops(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """The river of a firm's town, or of the town of a person's firm."""
    count = max(6, size // A_DOCUMENT)
    drawn = _chains(rng)
    chains = [next(drawn) for _ in range(count // 3)]
    right, starts_at = chains[0], rng.randrange(2)
    target, *others = rng.sample(sorted(DESCRIBED), len(DESCRIBED))
    told, evidence = list[list[str]](), list[str]()
    for chain in chains:
        facts = [[fact] for fact in chain.facts(is_searchable=is_searchable)]
        word = target if chain is right else rng.choice(others)
        facts[0].insert(0, f"{chain.person} wears a pin with {a(word if starts_at == 0 else rng.choice(others))}.")
        facts[1].insert(0, f"The letters of {chain.firm} carry {a(word if starts_at == 1 else rng.choice(others))}.")
        if chain is right:
            evidence += [each for few in facts[starts_at:] for each in few][int(is_searchable) :]
        told += facts
    rng.shuffle(told)
    gold = {"answer": right.river, "labels": [*RIVERS]}
    question = _question(right, target, starts_at, is_searchable=is_searchable)
    return Drawn(question, documents(rng, told, size), gold, tuple(evidence))


def _chains(rng: Random) -> Iterator[_Chain]:
    firms, towns, rivers = names(rng), names(rng), list[str]()
    for person in persons(rng):
        rivers = rivers or rng.sample(RIVERS, len(RIVERS))
        yield _Chain(person, f"{next(firms)} {rng.choice(_SUFFIXES)}", next(towns), rivers.pop())


def _question(right: _Chain, target: str, starts_at: int, *, is_searchable: bool) -> str:
    if is_searchable:
        firm = right.firm if starts_at else f"the firm that employs {right.person}"
        return f"On which river lies the town in which {firm} has its seat? {_FORM}"
    firm = "the business" if starts_at else "the business of the person"
    mark = f'whose mark is "{DESCRIBED[target]}"'
    return f"Which stream flows through the place that houses {firm} {mark}? {_FORM}"
