"""What a cell asks: written down by reference, counted, and sent out as tasks."""

from collections.abc import Sequence

from langgraph.types import Send

from langchain_rlm import journal as journals
from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.repl.outcomes import Asked, Call, plain
from langchain_rlm.run import Level, emit
from langchain_rlm.state import Entry, Piece

GROUPS = 128
"""Tasks of one fan-out. Larger batches put several sub-queries into a task: the cost of tasks grows faster than their
number."""
WAVE = 1_000
"""With a checkpointer every sub-query is a task, so that its answer is saved when it comes. The cost of tasks grows
faster than their number: no more than this are sent out at a time."""

LAST_TURN = "This is the last turn: no sub-query can be asked any more. Call FINAL."


def asked_entry(level: Level, asked: Asked, pool: dict[str, list[Entry]]) -> Entry:
    """The journal entry for the calls of one pause.

    Args:
        level: The run that asks.
        asked: What it asks.
        pool: Answers paid for by cells that then failed, by digest; those used are taken out.
    """
    return {"kind": "asked", "raises": asked.raises, "calls": [_call_entry(level, call, pool) for call in asked.calls]}


def too_many(level: Level, asked: Asked, pool: dict[str, list[Entry]]) -> Entry | None:
    """One entry for calls of which there are more than the budget has, or None: they are not even written down."""
    left = level.run.ledger.left()["sub_queries"]
    count = sum(call.arguments is None for call in asked.calls)
    if left is None or count <= left + sum(map(len, pool.values())):
        return None
    try:
        level.run.ledger.take_sub_queries(count)
    except BudgetExceededError as error:
        refused = {"error": {"type": "budget", "message": str(error)}}
        return {
            "kind": "asked", "raises": asked.raises, "calls": [], "count": len(asked.calls), "digest": asked.digest(),
            "refused": refused,
        }  # fmt: skip
    return None


def _call_entry(level: Level, call: Call, pool: dict[str, list[Entry]]) -> Entry:
    level.calls += 1
    entry: Entry = {"id": str(level.calls), "how": call.how, "model": call.model, "digest": call.digest(), "pieces": []}
    if call.arguments is not None:
        entry["tool"] = call.prompt
        entry["arguments"] = plain(call.arguments)
    else:
        entry["pieces"] = _plain(level.finder.pieces(call.prompt))
    if call.context is not None:
        texts = [call.context] if isinstance(call.context, str) else call.context
        entry["context"] = [_document_pieces(level, text) for text in texts]
        entry["single"] = isinstance(call.context, str)
    kept = pool.get(entry["digest"])
    if kept:
        entry["reused"] = kept.pop(0)["id"]
    return entry


def _document_pieces(level: Level, text: str) -> list[Piece]:
    """The pieces of a text handed to a recursive run; often it is a document as it stands."""
    for index, whole in enumerate(level.corpus.texts):
        if len(text) == len(whole) and text == whole:
            return [[index, 0, len(whole)]]
    return _plain(level.finder.pieces(text))


def _plain(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces as they come back from a checkpoint: tuples are lists."""
    return [piece if isinstance(piece, str) else list(piece) for piece in pieces]


def answers_at_once(level: Level, asked: Entry, journal: Sequence[Entry], *, is_last_turn: bool) -> list[Entry]:
    """The answers that need no model: those paid for before, and refusals."""
    given = journals.answers(journal) if _reuses(asked) else {}
    refused = _refusal(
        level, sum("reused" not in call and "tool" not in call for call in asked["calls"]), is_last_turn=is_last_turn
    )
    answers = []
    for call in asked["calls"]:
        if "reused" in call:
            answers.append({**given[call["reused"]], "id": call["id"], "usage": None, "is_copy": True})
        elif "tool" in call:
            continue
        elif error := refused or _unknown_model(level, call["model"]):
            answers.append({"kind": "answer", "id": call["id"], "error": error, "refused": bool(refused)})
    return answers


def _reuses(asked: Entry) -> bool:
    return any("reused" in call for call in asked["calls"])


def _refusal(level: Level, count: int, *, is_last_turn: bool) -> dict[str, str] | None:
    """Why none of these calls may be made, or None: then they are counted."""
    if not count:
        return None
    if is_last_turn:
        return {"type": "budget", "message": LAST_TURN}
    try:
        level.run.ledger.take_sub_queries(count)
    except BudgetExceededError as error:
        return {"type": "budget", "message": str(error)}
    return None


def _unknown_model(level: Level, name: str | None) -> dict[str, str] | None:
    if level.run.settings.pick(name) is not None:
        return None
    known = ", ".join(level.run.settings.sub_models) or "none: leave `model` out"
    return {"type": "invalid", "message": f"There is no sub-model {name!r}. Known: {known}."}


def sends(level: Level, calls: Sequence[Entry]) -> list[Send]:
    """One task for each question, up to a number; then several to a task, or in waves where answers are saved.

    Recursive runs and tools never share a task: they may be interrupted, and a task is then run again. A task has the
    ids of its calls alone; what they ask is in the journal, and would else be saved three times.
    """
    emit("sub_queries", level, count=len(calls))
    if level.run.settings.is_saved:
        groups = [[call] for call in calls[:WAVE]]
    else:
        alone = [call for call in calls if call["how"] == "tool" or (call["how"] == "rlm" and level.may_recurse)]
        small = [call for call in calls if call not in alone] if alone else calls
        size = -(-len(small) // GROUPS) or 1
        groups = [
            *(list(small[start : start + size]) for start in range(0, len(small), size)),
            *([one] for one in alone),
        ]
    return [Send("sub_query", {"calls": [call["id"] for call in group]}) for group in groups]
