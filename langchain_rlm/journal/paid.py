"""What a run has paid for: what it cost so far, and the answers that may be given again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from langchain_rlm.budget import Spending
from langchain_rlm.journal.entries import AnswerEntry, Entry, ReplyEntry
from langchain_rlm.journal.parts import Call
from langchain_rlm.journal.reading import (
    answers,
    arrived,
    calls_of,
    is_sub_query,
    recorded_cells,
    replies,
    since_question,
)


def paid(journal: Iterable[Entry]) -> list[ReplyEntry | AnswerEntry]:
    """The replies and answers that a model was paid for."""
    return [entry for entry in journal if entry["kind"] in {"reply", "answer"} and entry.get("usage")]


def spending(journal: Sequence[Entry]) -> Spending:
    """What the newest question of a journal has cost so far; of a run with a new budget, since it was forked."""
    return spent_by(since_question(journal))


def spent_by(entries: Sequence[Entry]) -> Spending:
    """What the part of a run cost that these entries are of."""
    new = max((n for n, entry in enumerate(entries) if entry["kind"] == "fork" and "spent" not in entry), default=-1)
    entries = entries[new + 1 :]
    given = arrived(entries)
    total = Spending(turns=sum(bool(reply["usage"]) for reply in replies(entries)))  # an edited one is not the model's
    total.calls = [(entry["model"], entry["usage"]) for entry in paid(entries) if entry["usage"]]
    timed = (entry for entry in entries if entry["kind"] in {"reply", "answer", "cell_end"})
    total.seconds = max((entry.get("at", 0.0) for entry in timed), default=0.0)
    asked = [call for entry in entries if entry["kind"] == "asked" for call in entry["calls"]]
    total.tool_calls = sum("tool" in call for call in asked)
    total.sub_queries = sum("reused" not in call and is_sub_query(call) for call in asked)
    total.sub_queries -= len({answer["id"] for answer in given if answer.get("refused")})
    for below in (answer["run"] for answer in given if "run" in answer and not answer.get("is_copy")):
        _add(total, replace(spending(below["journal"]), seconds=0.0))
    for entry in entries:
        if entry["kind"] == "lost":
            calls = [(call["model"], call["usage"]) for call in entry["calls"]]
            _add(total, Spending(entry["turns"], len(calls) - entry["turns"], calls=[*calls]))
        elif entry["kind"] == "fork" and (cut := entry.get("spent")):
            calls = [(call["model"], call["usage"]) for call in cut["calls"]]
            _add(total, Spending(cut["turns"], cut["sub_queries"], cut["tool_calls"], cut["seconds"], [*calls]))
    return total


def _add(total: Spending, more: Spending) -> None:
    total.turns += more.turns
    total.sub_queries += more.sub_queries
    total.tool_calls += more.tool_calls
    total.seconds = max(total.seconds, more.seconds)
    total.calls += more.calls


def unclaimed(journal: Sequence[Entry]) -> dict[str, list[AnswerEntry]]:
    """Answers that were paid for and then lost to an exception, by the digest of the call.

    A cell that fails after its sub-queries is written again and asks the same: those answers are given again, each
    once. The same holds within a cell for a batch of which one failed, and for what a fork cut off. Answers that
    arrived are not given again: who asks the same on purpose (to vote, say) wants new ones.
    """
    given = answers(journal)
    pool: dict[str, list[AnswerEntry]] = {}
    for fork in (entry for entry in journal if entry["kind"] == "fork"):
        _put(pool, given, (call for call in calls_of(fork) if _is_answered(given, call)))
    for cell in recorded_cells(journal):
        lost: dict[str, Call] = {}
        for asked in cell.asked:
            for call in asked["calls"]:
                if "reused" in call:
                    pool[call["digest"]] = [e for e in pool.get(call["digest"], []) if e["id"] != call["reused"]]
            kept = {call["id"]: call for call in asked["calls"] if _is_answered(given, call)}
            if asked["raises"] and any("error" in given.get(call["id"], {}) for call in asked["calls"]):
                _put(pool, given, kept.values())
            else:
                lost |= kept
        if cell.end is not None and cell.end["error"]:
            _put(pool, given, lost.values())
    return pool


def _is_answered(given: Mapping[str, AnswerEntry], call: Call) -> bool:
    answer = given.get(call["id"])
    return answer is not None and "error" not in answer


def _put(pool: dict[str, list[AnswerEntry]], given: Mapping[str, AnswerEntry], calls: Iterable[Call]) -> None:
    for call in calls:
        pool.setdefault(call["digest"], []).append(given[call["id"]])
