"""What became of the sub-queries of a run: an answer may rest on none of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import answers, arrived, is_sub_query, since_question, this_turn

NO_CODE = (
    "The root model wrote no code, twice in a row, so there is no answer; what it said is in the journal. Use another "
    "model, or route='auto' or 'plan', which answer with a ready program."
)


def tally(journal: Sequence[Entry]) -> dict[str, Any]:
    """What usage says of the sub-queries of the newest question, recursive runs included."""
    counts = _counted(journal)
    is_in_vain = bool(counts["failed"] and not counts["answered"] and not _has_read_since(since_question(journal)))
    parts = {name: counts[name] for name in ("asked", "answered", "failed")}
    return {"failed_calls": counts["failed"], "sub_queries": {**parts, "is_in_vain": is_in_vain}}


def in_vain(result: Mapping[str, Any]) -> str:
    """What to tell of an answer that rests on nothing, as all sub-queries failed, or of none; empty for any other."""
    if result.get("stop_reason") == "no_code":
        return NO_CODE
    if not result["usage"].get("sub_queries", {}).get("is_in_vain"):
        return ""
    errors = [answer["error"] for answer in arrived(since_question(result["journal"])) if "error" in answer]
    said = f"All {result['usage']['failed_calls']:,} sub-queries failed: no sub-model's answer is in this one."
    return f"{said} ({errors[-1]['type']}: {errors[-1]['message']})" if errors else said


def _counted(journal: Sequence[Entry]) -> Counter[str]:
    given, counts = answers(journal), Counter[str]()
    for call in (call for entry in since_question(journal) if entry["kind"] == "asked" for call in entry["calls"]):
        answer: Any = given.get(call["id"], {})
        if is_sub_query(call) and not answer.get("refused"):
            counts.update(["asked", *(["failed" if "error" in answer else "answered"] if answer else ())])
        if "run" in answer:
            counts += _counted(answer["run"]["journal"])
    return counts


def _has_read_since(journal: Sequence[Entry]) -> bool:
    """Whether, since the first failure, code has cited, or printed text that the root model then read."""
    first = next((n for n, entry in enumerate(journal) if entry["kind"] == "answer" and "error" in entry), 0)
    newest = len(journal) - len(this_turn(journal))
    return any(
        bool(entry.get("shown")) and place < newest
        if entry["kind"] == "cell_end"
        else entry["kind"] == "host" and entry["name"] == "cite" and "mark" in entry["value"]
        for place, entry in enumerate(journal[first:], first)
    )
