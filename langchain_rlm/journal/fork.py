"""Going on from an earlier place of a run with one thing changed: the code of a cell, or an answer."""

from collections.abc import Sequence
from typing import Any, Literal

from langchain_rlm.errors import InputError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry
from langchain_rlm.repl.replies import parse_reply

Node = Literal["decompose", "aggregate"]


def with_code(journal: Sequence[Entry], turn: int, index: int, code: Any) -> tuple[list[Entry], Node]:
    """What to add to a journal so that it goes on from the reply of a turn, with another cell.

    Args:
        journal: The run's entries.
        turn: The turn, from 1, of the newest question.
        index: Which cell of its reply, from 0.
        code: The new code of that cell.

    Returns:
        The entries, and the node that goes on.

    Raises:
        InputError: There is no such turn or cell, or the code is empty.
    """
    if journals.route(journal) == "direct":
        msg = "This run took the direct route: it has no cells. Ask again with RLM(route='rlm')."
        raise InputError(msg)
    start = len(journal) - len(journals.since_question(journal))
    replies = [n for n in range(start, len(journal)) if journal[n]["kind"] == "reply"]
    if not _is_place(turn, range(1, len(replies) + 1)):
        msg = f"turn={turn!r}: the run has the turns 1 to {len(replies)}."
        raise InputError(msg)
    place = replies[turn - 1]
    reply = journal[place]
    cells = list(parse_reply(reply["text"]).cells)
    if not _is_place(index, range(len(cells))):
        msg = f"cell={index!r}: turn {turn} has {len(cells)} cells, counted from 0."
        raise InputError(msg)
    if not isinstance(code, str) or not code.strip():
        msg = f"code={code!r}: give the Python of the cell."
        raise InputError(msg)
    cells[index] = code
    text = "\n\n".join(f"{_fence(cell)}repl\n{cell}\n{_fence(cell)}" for cell in cells)
    edited = {**reply, "text": text, "usage": None, "cut_off": False}
    return [_fork(journal, place), edited], "decompose"


def with_answer(journal: Sequence[Entry], call: str, answer: Any) -> tuple[list[Entry], Node]:
    """What to add to a journal so that it goes on from where a sub-query was answered, with another answer.

    Args:
        journal: The run's entries.
        call: The id of the sub-query.
        answer: The new answer: a string, or plain data for a tool.

    Returns:
        The entries, and the node that goes on.

    Raises:
        InputError: There is no such sub-query.
    """
    places = [n for n, entry in enumerate(journal) if entry["kind"] == "asked" and call in _ids(entry)]
    if not places:
        msg = f"call={call!r}: the run asked no such sub-query. Their ids are in the journal's `asked` entries."
        raise InputError(msg)
    place = places[-1]
    entry, ids = journal[place], _ids(journal[place])
    given = journals.answers(journal)
    if given.get(call, {}).get("text") is not None and not isinstance(answer, str):
        msg = f"answer={answer!r:.80}: the answer of a sub-query is a str."
        raise InputError(msg)
    tool = next(each for each in entry["calls"] if each["id"] == call).get("tool")
    new = {"kind": "answer", "id": call, "usage": None, "is_copy": True, "value" if tool else "text": answer}
    kept = [{**given[each], "usage": None, "is_copy": True} for each in ids if each in given and each != call]
    return [_fork(journal, place + 1), *kept, new], "aggregate"


def _fork(journal: Sequence[Entry], keep: int) -> Entry:
    """The entry that cuts a journal: it carries what was asked after the cut, so that nothing is paid for twice."""
    calls: list[Entry] = []
    answers: list[Entry] = []
    for entry in journal[keep:]:
        if entry["kind"] in {"asked", "fork"}:
            calls += entry["calls"]
        if entry["kind"] == "answer":
            answers.append({**entry, "usage": None, "is_copy": True})
        elif entry["kind"] == "fork":
            answers += entry["answers"]
    return {"kind": "fork", "keep": keep, "calls": calls, "answers": answers}


def question_of(journal: Sequence[Entry], entries: Sequence[Entry]) -> str:
    """The question that a forked journal is about."""
    kept = journal[: entries[0]["keep"]]
    asked = next(entry for entry in reversed(kept) if entry["kind"] in {"run", "question"})
    return str(asked["text"] if asked["kind"] == "question" else asked["question"])


def _ids(asked: Entry) -> list[str]:
    return [call["id"] for call in asked["calls"]]


def _is_place(number: Any, places: range) -> bool:
    """A whole number of those; True is in range(2), and is none."""
    return isinstance(number, int) and not isinstance(number, bool) and number in places


def _fence(code: str) -> str:
    """A fence that the code does not hold."""
    fence = "```"
    while fence in code:
        fence += "`"
    return fence
