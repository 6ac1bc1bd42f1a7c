"""What each kind draws, and how texts come to their size."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from random import Random
from typing import Any

from langchain_rlm.testing.quality.words import sentence

A_PARAGRAPH = 6
"""Sentences, about."""


@dataclass(frozen=True)
class Drawn:
    """A task before it has a name."""

    question: str
    context: str | Mapping[str, str]
    gold: Any
    evidence: tuple[str, ...]
    """What the answer rests on, each word for word as it stands in a text: without it no reader can know the answer."""


def sentences(rng: Random, size: int) -> list[str]:
    """Sentences that say nothing, of about so many characters with a space behind each."""
    found, held = list[str](), 0
    while True:
        one = sentence(rng)
        if held + len(one) // 2 >= size:
            return found
        found.append(one)
        held += len(one) + 1


def mixed(rng: Random, telling: Sequence[str], size: int) -> str:
    """A text of about this size: `telling` in its order, at places by chance between sentences that say nothing."""
    rest = sentences(rng, size - sum(len(one) + 1 for one in telling))
    is_telling = [True] * len(telling) + [False] * len(rest)
    rng.shuffle(is_telling)
    one, other = iter(telling), iter(rest)
    parts = [next(one) if tells else next(other) for tells in is_telling]
    return "\n\n".join(" ".join(parts[at : at + A_PARAGRAPH]) for at in range(0, len(parts), A_PARAGRAPH))


def documents(rng: Random, telling: Sequence[Sequence[str]], size: int, name: str = "note-{:05}") -> dict[str, str]:
    """Documents with these sentences, of about this size altogether."""
    made, left = dict[str, str](), size
    for place, few in enumerate(telling):
        made[name.format(place + 1)] = mixed(rng, few, left // (len(telling) - place))
        left -= len(made[name.format(place + 1)])
    return made


def spread(count: int, parts: Sequence[Any]) -> Iterator[Any]:
    """So many of `parts`, again from the first when they are used up."""
    return (part for _, part in zip(range(count), chain.from_iterable(repeat(parts)), strict=False))
