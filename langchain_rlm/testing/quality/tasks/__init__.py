"""The kinds of tasks."""

import random
from collections.abc import Callable

from langchain_rlm.testing.quality.task import Task


def needle(seed: int, size: int, is_searchable: bool) -> Task:  # noqa: FBT001
    """One sentence among others."""
    draw = random.Random(f"needle/{seed}/{size}")  # noqa: S311
    code = str(draw.randrange(10_000, 99_999))
    filler = "The river was calm and the town was quiet that day. "
    text = filler * max(1, size // len(filler))
    at = draw.randrange(len(text))
    return Task("needle", seed, size, is_searchable, "What is the code of the safe? Answer with the number.",
                f"{text[:at]} The code of the safe is {code}. {text[at:]}", code)  # fmt: skip


def count(seed: int, size: int, is_searchable: bool) -> Task:  # noqa: FBT001
    """Lines of one kind."""
    draw = random.Random(f"count/{seed}/{size}")  # noqa: S311
    lines = [draw.choice(["apple", "pear", "plum"]) for _ in range(max(3, size // 6))]
    return Task("count", seed, size, is_searchable, "How many lines say plum? Answer with the number.",
                "\n".join(lines), lines.count("plum"))  # fmt: skip


KINDS: dict[str, Callable[[int, int, bool], Task]] = {"needle": needle, "count": count}


def make(kind: str, seed: int, size: int, is_searchable: bool = True) -> Task:  # noqa: FBT001, FBT002
    """The task of a kind and seed."""
    return KINDS[kind](seed, size, is_searchable)
