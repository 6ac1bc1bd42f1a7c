"""A sentence with a number in a long text, or several: RULER's single and multiple needles in a haystack."""

from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn, mixed
from langchain_rlm.testing.quality.words import DESCRIBED, listed

ASKED = 4
"""Of several needles."""


def needle(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """One."""
    return _drawn(rng, size, 1, is_searchable=is_searchable)


def needles(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """Several, all of which are asked for."""
    return _drawn(rng, size, ASKED, is_searchable=is_searchable)


def _drawn(rng: Random, size: int, asked: int, *, is_searchable: bool) -> Drawn:
    words = rng.sample(sorted(DESCRIBED), asked + min(20, max(3, size // 4_000)))
    codes = [str(code) for code in rng.sample(range(1_000_000, 10_000_000), len(words))]
    form = "The access code of the {} depot is {}." if is_searchable else "Staff of the {} depot type {} at the gate."
    told = [form.format(word.title(), code) for word, code in zip(words, codes, strict=True)]
    return Drawn(
        _question(words[:asked], is_searchable=is_searchable),
        mixed(rng, rng.sample(told, len(told)), size),
        codes[:asked],
        tuple(told[:asked]),
    )


def _question(words: list[str], *, is_searchable: bool) -> str:
    form = 'Answer with "Answer: " and the digits' + (", with commas between them." if len(words) > 1 else ".")
    if is_searchable:
        named = listed([f"the {word.title()} depot" for word in words])
        return f"What is the access code of {named}? {form}"
    named = listed([f'"{DESCRIBED[word]}"' for word in words])
    return f"Which digits open the place that is called after {named}? {form}"
