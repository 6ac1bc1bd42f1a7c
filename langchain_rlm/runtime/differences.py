"""In what a replay differs from its record, in words: where, what it does now, and what is on record."""

from collections.abc import Sequence
from typing import Any

from langchain_rlm.context.pieces import assemble
from langchain_rlm.context.text import Text
from langchain_rlm.errors import ReplayError
from langchain_rlm.journal.parts import Call as Recorded
from langchain_rlm.journal.reading import pictures
from langchain_rlm.repl.protocol import Call

AROUND = 60
"""Characters shown around the first difference."""


def differs(where: str, path: str, how: str, remedy: str = "") -> ReplayError:
    """The error for a replay that is not as on record: `how` is a verb with its object, `remedy` a sentence."""
    below = f" of the recursive run {path}" if path else ""
    return ReplayError(f"the replay differs from the record: {where}{below} {how}.{remedy and ' '}{remedy}")


def apart(now: str, then: str) -> str:
    """Two texts as far as their first difference, each quoted around it."""
    pairs = enumerate(zip(now, then, strict=False))
    place = next((index for index, (one, other) in pairs if one != other), min(len(now), len(then)))
    start, end = max(0, place - AROUND), place + AROUND
    return f"{_clip(now, start, end)}, on record {_clip(then, start, end)}"


def beginning(text: str) -> str:
    """A text quoted as far as a line shows it."""
    return _clip(text, 0, 2 * AROUND)


def _clip(text: str, start: int, end: int) -> str:
    before, after = "..." if start else "", "..." if end < len(text) else ""
    return repr(f"{before}{text[start:end]}{after}")


def calls_apart(now: Call, then: Recorded, texts: Sequence[Text]) -> str:
    """What a cell asks, and what is on record of that; where the words are the same, how they were asked."""
    said, known = _asked_now(now), _asked_then(then, texts)
    if said != known:
        return apart(said, known)
    return f"{said[:AROUND]!r} {_way(now.how, now.model)}, on record {_way(then['how'], then['model'])}"


def _asked_now(call: Call) -> str:
    if call.arguments is not None:
        return _called(call.prompt, call.arguments)
    given = call.context if isinstance(call.context, list) else [call.context or ""]
    texts = [text if isinstance(text, str) else f"document {text}" for text in given if text != ""]
    pages = "".join(f"\n[picture of page {page} of d{document}]" for document, page in call.images)
    return "\n\n".join([call.prompt + pages, *texts])


def _asked_then(call: Recorded, texts: Sequence[Text]) -> str:
    if "tool" in call:
        return _called(call["tool"], call["arguments"])
    prompt = assemble(call["pieces"], texts) + pictures(call)
    return "\n\n".join([prompt, *(assemble(pieces, texts) for pieces in call.get("context") or ())])


def _way(how: str, model: str | None) -> str:
    return f"by {how}_query{f' of the model {model!r}' if model else ''}"


def _called(tool: str, arguments: Sequence[Any]) -> str:
    args, kwargs = arguments
    return f"{tool}({', '.join([*map(repr, args), *(f'{key}={value!r}' for key, value in kwargs.items())])})"
