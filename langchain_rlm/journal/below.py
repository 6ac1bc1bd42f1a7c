"""What recursive runs are asked over, as the run above has it on record."""

from collections.abc import Sequence
from typing import Any

from langchain_rlm.journal.entries import Over
from langchain_rlm.journal.parts import Call, Pieces


def documents_below(call: Call, of: Over) -> Sequence[Pieces] | None:
    """The documents of a recursive run as pieces of the context above; None: they are the same."""
    match of:
        case "context":
            return call["context"]
        case "prompt":
            return [call["pieces"]]
    return None


def context_over(call: Call, of: Over) -> dict[str, Any] | None:
    """The context of a recursive run as `Corpus.cut` takes it; None: it is the one above."""
    documents = documents_below(call, of)
    if documents is None:
        return None
    if of == "prompt":
        return {"pieces": documents, "single": True, "names": ["request"]}
    names = [f"text {number}" for number in range(1, len(documents) + 1)]
    return {"pieces": documents, "single": call.get("single", True), "names": names}
