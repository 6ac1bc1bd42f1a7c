"""Going on from an earlier place of a run with one thing changed: the code of a cell, or an answer."""

from collections.abc import Sequence
from typing import Any, Literal, cast

from langchain_rlm.budget import Spending, Spent
from langchain_rlm.errors import InputError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import AnswerEntry, AskedEntry, CutOff, Entry, ForkEntry
from langchain_rlm.journal.paid import spent_by
from langchain_rlm.repl.fences import fenced
from langchain_rlm.repl.protocol import plain
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.surrogates import encodable

Node = Literal["decompose", "aggregate"]


def with_code(
    journal: Sequence[Entry], turn: int, index: int, code: Any, newest: Sequence[Entry] | None = None
) -> tuple[list[Entry], Node]:
    """What to add to a journal so that it goes on from a reply, with another cell; and the node that goes on.

    Turns count from 1, since the newest question; cells of a reply from 0. For `newest` see `_fork`.
    """
    if journals.route(journal) == "direct":
        msg = "This run took the direct route: it has no cells. Ask again with RLM(route='rlm')."
        raise InputError(msg)
    start = len(journal) - len(journals.since_question(journal))
    replies = [(n, entry) for n, entry in enumerate(journal) if n >= start and entry["kind"] == "reply"]
    if not _is_place(turn, range(1, len(replies) + 1)):
        msg = f"turn={turn!r}: the run has the turns 1 to {len(replies)}."
        raise InputError(msg)
    place, reply = replies[turn - 1]
    cells = list(parse_reply(reply["text"], journals.fences(journal)).cells)
    if not _is_place(index, range(len(cells))):
        msg = f"cell={index!r}: turn {turn} has {len(cells)} cells, counted from 0."
        raise InputError(msg)
    if not isinstance(code, str) or not code.strip():
        msg = f"code={code!r}: give the Python of the cell."
        raise InputError(msg)
    cells[index] = encodable(code)
    text = "\n\n".join(map(fenced, cells))
    edited: Entry = {**reply, "text": text, "usage": None, "cut_off": False}
    return [_fork(journal, place, newest), edited], "decompose"


def with_answer(
    journal: Sequence[Entry], call: str, answer: Any, newest: Sequence[Entry] | None = None
) -> tuple[list[Entry], Node]:
    """What to add to a journal so that it goes on from an answer, with another one; and the node that goes on.

    The answer of a tool may be any plain data, that of a sub-query is a string.
    """
    asked = [(n, entry) for n, entry in enumerate(journal) if entry["kind"] == "asked" and call in _ids(entry)]
    if not asked:
        msg = f"call={call!r}: no sub-query of the run has this id. The ids are in the journal's `asked` entries."
        raise InputError(msg)
    place, entry = asked[-1]
    given = journals.answers(journal)
    is_tool = "tool" in entry["calls"][_ids(entry).index(call)]
    if call in given and "text" in given[call] and not isinstance(answer, str):
        msg = f"answer={answer!r:.80}: the answer of a sub-query is a str."
        raise InputError(msg)
    new: AnswerEntry = {"kind": "answer", "id": call, "usage": None, "is_copy": True}
    if is_tool:
        new["value"] = plain(answer)
    else:
        new["text"] = plain(answer)
    kept = [_copy(given[each]) for each in _ids(entry) if each in given and each != call]
    return [_fork(journal, place + 1, newest), *kept, new], "aggregate"


def _fork(journal: Sequence[Entry], keep: int, newest: Sequence[Entry] | None) -> ForkEntry:
    """The entry that cuts a journal.

    It carries what was asked after the cut, so that nothing is paid for twice, and what that has cost: `newest` is how
    far the thread has got; None for a new budget.
    """
    cut_off = journal[keep:]
    calls = [call for entry in cut_off for call in journals.calls_of(entry)]
    answers = [_copy(answer) for entry in cut_off for answer in journals.answers_of(entry)]
    entry: ForkEntry = {"kind": "fork", "keep": keep, "calls": calls, "answers": answers}
    if newest is None:
        return entry
    common = next((n for n, pair in enumerate(zip(journal[:keep], newest, strict=False)) if pair[0] != pair[1]), keep)
    return {**entry, "spent": _spent(spent_by(newest[common:]))}


def _spent(by: Spending) -> CutOff:
    models: dict[str, Spent] = {}
    for model, usage in by.calls:
        models.setdefault(model, Spent()).add(usage)
    used: list[Any] = [{"model": model, "usage": spent.as_dict()} for model, spent in models.items()]
    counted = {"turns": by.turns, "sub_queries": by.sub_queries, "tool_calls": by.tool_calls, "seconds": by.seconds}
    return cast("CutOff", {**counted, "calls": used})


def _copy(answer: AnswerEntry) -> AnswerEntry:
    return {**answer, "usage": None, "is_copy": True}


def _ids(asked: AskedEntry) -> list[str]:
    return [call["id"] for call in asked["calls"]]


def _is_place(number: Any, places: range) -> bool:
    """Whether it is a whole number of that range. True is not one, though it is in range(2)."""
    return isinstance(number, int) and not isinstance(number, bool) and number in places
