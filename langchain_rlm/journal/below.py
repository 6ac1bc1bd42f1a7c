"""Recursive runs as the run above has them on record: what they were asked over, and the calls with their answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_rlm.context.pieces import Piece, length
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import answers


def over(call: Entry, run: Entry) -> str:
    """What a recursive run was asked over: `all` that the run above has, the `context` of its call, or its `prompt`."""
    said = run.get("over")
    if said is not None:
        return str(said)
    if call.get("context") is not None:  # from here on: journals that do not say it
        return "context"
    begun = run["journal"][0] if run["journal"] else {}
    return "prompt" if begun.get("characters") == sum(map(length, call["pieces"])) else "all"


def documents_below(call: Entry, run: Entry) -> list[list[Piece]] | None:
    """The documents of a recursive run as pieces of the context above; None: they are the same.

    Args:
        call: The call that it answers.
        run: Its record in the answer; what it was asked `over` is enough.
    """
    match over(call, run):
        case "context":
            return list(call["context"])
        case "prompt":
            return [call["pieces"]]
    return None


def context_below(call: Entry, run: Entry) -> dict[str, Any] | None:
    """The context of a recursive run as `Corpus.cut` takes it; None: it is the one above."""
    documents = documents_below(call, run)
    if documents is None:
        return None
    if over(call, run) == "prompt":
        return {"pieces": documents, "single": True, "names": ["request"]}
    names = [f"text {number}" for number in range(1, len(documents) + 1)]
    return {"pieces": documents, "single": call.get("single", True), "names": names}


def answered_calls(journal: Sequence[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """The calls of a run in order, also those that a fork cut off; each with its answer when there is one."""
    given = answers(journal)
    for entry in journal:
        for call in entry["calls"] if entry["kind"] in {"asked", "fork"} else ():
            yield call, given.get(call["id"])
