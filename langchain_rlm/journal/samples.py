"""The samples of a run: several runs that answered its question, of which it has chosen one."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, cast

from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

from langchain_rlm.budget import Budget, Ledger
from langchain_rlm.journal.entries import AnswerEntry, BelowRun, Entry
from langchain_rlm.journal.header import UsageTotals
from langchain_rlm.journal.paid import spending
from langchain_rlm.journal.parts import Call, SubQueryError
from langchain_rlm.journal.reading import answered_calls, since_question

COUNTED = ("calls", "input_tokens", "output_tokens", "cost")


class Sample(NamedTuple):
    """A sample that has an answer."""

    id: str
    value: Any
    """Its answer, as its code gave it."""
    run: BelowRun


class Candidate(TypedDict):
    """A sample, as the result tells of it."""

    id: str
    """Of the call in the journal, which has the whole run."""
    answer: Any
    """As its code gave it, citations as the marks of its own code; None when it has none."""
    stop_reason: str
    turns: int
    usage: UsageTotals
    error: SubQueryError | None
    """Why it has no answer."""
    is_chosen: bool


def chosen(journal: Sequence[Entry], number: Any) -> Sample | None:
    """The sample of this number, from 1; None when there is none, or it has no answer."""
    sampled = [*_sampled(journal)]
    if not isinstance(number, int) or not 0 < number <= len(sampled):
        return None
    call, answer = sampled[number - 1]
    if answer is None or "value" not in answer:
        return None
    return Sample(call["id"], answer["value"]["answer"], answer["run"])


def failures(journal: Sequence[Entry]) -> list[str]:
    """What ended the samples when an error ended every one of them; else nothing."""
    errors = [answer.get("error") for _, answer in _sampled(journal) if answer]
    said = [error["message"] for error in errors if error and error["type"] == "failed"]
    return said if len(said) == len(errors) else []


def candidates(journal: Sequence[Entry]) -> list[Candidate]:
    """The samples of the newest question that have ended; none of a run that does not sample."""
    end = journal[-1] if journal else None
    taken = end.get("chosen") if end is not None and end["kind"] == "end" else None
    return [_candidate(answer, is_chosen=answer["id"] == taken) for _, answer in _sampled(journal) if answer]


def _sampled(journal: Sequence[Entry]) -> Iterator[tuple[Call, AnswerEntry | None]]:
    found = answered_calls(since_question(journal))
    return ((call, answer) for call, answer in found if call["how"] == "sample")


def _candidate(answer: AnswerEntry, *, is_chosen: bool) -> Candidate:
    run = answer.get("run")
    return {
        "id": answer["id"], "error": answer.get("error"),
        "answer": answer["value"]["answer"] if "value" in answer else None,
        "stop_reason": run["stop_reason"] if run else "failed", "turns": run["turns"] if run else 0,
        "usage": _usage(run["journal"] if run else ()), "is_chosen": is_chosen,
    }  # fmt: skip


def _usage(journal: Sequence[Entry]) -> UsageTotals:
    ledger = Ledger(Budget())
    ledger.charge(spending(journal))
    used = ledger.usage()
    return cast("UsageTotals", {name: used[name] for name in COUNTED})
