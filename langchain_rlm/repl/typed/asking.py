"""What the programs share: they yield what is asked, are sent the results, and return one result for each thing."""

import json
from collections.abc import Generator, Sequence
from typing import Any

from langchain_rlm.repl.protocol import Asked, Call, Result, plain
from langchain_rlm.repl.typed.weights import Pair

Program = Generator[Asked, Sequence[Result], list[Result]]
"""Its results are `("ok", data)` or `("failed", type, message)`; of type `form` when no answer had the form."""
FORM = "form"
MOST = 100_000
"""Questions at once."""


Images = tuple[tuple[int, int], ...]
"""Pages that go with a prompt."""


def asking(
    prompts: Sequence[str],
    model: str | None,
    images: Sequence[Images] | None = None,
    labels: Pair | None = None,
    *,
    is_choice: bool = False,
) -> Asked:
    """Questions whose answers are all kept, whichever fail; with `labels` they are weighed."""
    if len(prompts) > MOST:
        msg = f"{len(prompts):,} questions at once; {MOST:,} is the most. Ask in parts."
        raise ValueError(msg)
    pages = images or [()] * len(prompts)
    calls = zip(prompts, pages, strict=True)
    made = (Call("llm", prompt, model, images=each, labels=labels, is_choice=is_choice) for prompt, each in calls)
    return Asked(tuple(made), raises=False)


def as_text(value: Any) -> str:
    """A value as a model reads it."""
    value = plain(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def beginning(text: str, most: int) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text[: 2 * most].split())
    return line if len(line) <= most and len(text) <= 2 * most else f"{line[:most]}..."
