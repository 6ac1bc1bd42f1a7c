"""Asking a person before a batch that costs much."""

from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.types import interrupt

from langchain_rlm.budget import dollars, quoted
from langchain_rlm.journal.entries import AnswerEntry, AskedEntry
from langchain_rlm.journal.parts import Call, SubQueryError
from langchain_rlm.journal.reading import question
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.nodes.expected_cost import expected
from langchain_rlm.runtime.run import Run, emit

TOOL = "rlm_tool"
"""Key of the metadata for the name of the tool, chain or chat model through which a host runs this."""


def confirmed(turn: Turn, asked: AskedEntry, waiting: Sequence[Call], tool: str = "") -> dict[str, AnswerEntry]:
    """Interrupt with the quote and what it is for; return the answers of the calls that are not approved, by id."""
    about = {"kind": "confirm_sub_queries", "question": question(turn.journal), **({"tool": tool} if tool else {})}
    quote = {**asked["quote"], **about}
    value = interrupt(quote)
    while (decision := _decision(value)) is None:
        problem = f"{value!r:.80} is not an answer: resume with 'approve', 'deny' or {{'limit': dollars}}."
        value = interrupt({**quote, "problem": problem})
    kind, limit = decision
    emit("confirm", turn.run, decision=kind, limit=limit)
    turn.entries.append({"kind": "confirm", "decision": kind, "limit": limit})
    if kind == "approve":
        return {}
    questions = [call for call in waiting if "tool" not in call]
    refused = questions if kind == "deny" else _beyond(turn.run, questions, limit)
    turn.run.tree.ledger.give_sub_queries_back(len(refused))
    why = "" if kind == "deny" else f" beyond {dollars(limit)}"
    shown = f"{quoted(asked['quote'])} for {asked['quote']['calls']:,} sub-queries"
    message = (
        f"The user was shown the quote of {shown} and did not approve it{why}. "
        "Ask fewer or shorter ones, or answer from what is known."
    )
    error: SubQueryError = {"type": "budget", "message": message}
    answers: list[AnswerEntry] = [
        {"kind": "answer", "id": call["id"], "error": error, "refused": True} for call in refused
    ]
    turn.entries += answers
    return {answer["id"]: answer for answer in answers}


def _beyond(run: Run, calls: Sequence[Call], limit: float) -> list[Call]:
    """The calls after which, in the order asked, the limit would be passed, or that have no known price."""
    total, beyond = 0.0, []
    for call in calls:
        cost = expected(run, call)[1]
        if cost is None or total + cost > limit:
            beyond.append(call)
        else:
            total += cost
    return beyond


def _decision(value: Any) -> tuple[str, float] | None:
    """What a person decided, from any of the forms that a host may pass; None when it has no such form."""
    if isinstance(value, Mapping):
        if set(value) == {"limit"}:
            return _limit(value["limit"])
        if set(value) == {"approve"} and isinstance(value["approve"], bool):
            value = value["approve"]
        elif value == {"deny": True}:
            value = False
        else:
            return None
    if value == "approve" or value is True:
        return "approve", 0.0
    if value == "deny" or value is False:
        return "deny", 0.0
    return _limit(value)


def _limit(value: Any) -> tuple[str, float] | None:
    """An amount of dollars. True is not one, though Python takes it for 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:  # NaN is not
        return None
    return ("limit", float(value)) if value else ("deny", 0.0)
