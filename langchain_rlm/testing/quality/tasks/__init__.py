"""The tasks, by kind: each is drawn from its kind, seed and size alone, the same on every machine."""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Protocol

from langchain_rlm.errors import InputError
from langchain_rlm.testing.quality.task import Task
from langchain_rlm.testing.quality.tasks.code import code
from langchain_rlm.testing.quality.tasks.contradictions import contradictions
from langchain_rlm.testing.quality.tasks.counting import compare, count
from langchain_rlm.testing.quality.tasks.drawn import Drawn
from langchain_rlm.testing.quality.tasks.hops import hops
from langchain_rlm.testing.quality.tasks.join import join
from langchain_rlm.testing.quality.tasks.needles import needle, needles
from langchain_rlm.testing.quality.tasks.pairs import pairs
from langchain_rlm.testing.quality.tasks.rebuild import rebuild
from langchain_rlm.testing.quality.tasks.table import table

SMALLEST, LARGEST = 4_000, 4_000_000
"""Characters."""


class _Draw(Protocol):
    def __call__(self, rng: Random, size: int, /, *, is_searchable: bool) -> Drawn: ...


_DRAW: Mapping[str, _Draw] = {
    "needle": needle, "needles": needles, "count": count, "compare": compare, "pairs": pairs, "hops": hops,
    "join": join, "rebuild": rebuild, "code": code, "contradictions": contradictions, "table": table,
}  # fmt: skip


def drawn(kind: str, seed: int, size: int, is_searchable: bool = True) -> Drawn:  # noqa: FBT001, FBT002  # as `make`
    """What a task is made of, with what its answer rests on.

    Raises:
        InputError: There is no kind of this name, or the size is too small or too large.
    """
    if kind not in _DRAW:
        msg = f"kind={kind!r:.80}: there is no task of this kind. Known: {', '.join(_DRAW)}."
        raise InputError(msg)
    if not SMALLEST <= size <= LARGEST:
        msg = f"size={size!r:.80}: use {SMALLEST:,} to {LARGEST:,} characters."
        raise InputError(msg)
    return _DRAW[kind](Random(f"{kind}/{seed}/{size}/{is_searchable}"), size, is_searchable=is_searchable)


def make(kind: str, seed: int, size: int, is_searchable: bool = True) -> Task:  # noqa: FBT001, FBT002  # four facts
    """A task of a kind.

    Args:
        kind: One of `KINDS`.
        seed: Another one gives another task.
        size: Characters of all texts together, hit within 5 %.
        is_searchable: Whether a keyword of the question leads to the evidence.

    Raises:
        InputError: There is no kind of this name, or the size is too small or too large.
    """
    of = drawn(kind, seed, size, is_searchable)
    return Task(kind, seed, size, is_searchable, of.question, of.context, of.gold)


KINDS: dict[str, Callable[[int, int, bool], Task]] = {kind: partial(make, kind) for kind in _DRAW}
"""By kind: makes a task of a seed, a size, and whether a search by keyword finds what it rests on."""
