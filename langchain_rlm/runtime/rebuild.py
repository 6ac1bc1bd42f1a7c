"""Building a REPL again: the journal's cells run once more, with the recorded answers. No model is asked."""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_rlm.errors import ReplayError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import RecordedCell, answers, recorded_cells, result_of
from langchain_rlm.repl.monty.session import Session
from langchain_rlm.repl.protocol import Asked, Ended, Outcome


def rebuild(session: Session, journal: Sequence[Entry]) -> None:
    """Bring a fresh session to where the journal stands: between cells, or paused in the middle of one.

    Args:
        session: Just opened.
        journal: The run's entries.

    Raises:
        ReplayError: A cell asked or printed something else than is on record.
    """
    given = answers(journal)
    for number, cell in enumerate(recorded_cells(journal), 1):
        if cell.end is not None and cell.end["lost"]:
            continue
        session.host = _recorded_host(cell, number)
        _replay_cell(session, cell, number, given)


def _replay_cell(session: Session, cell: RecordedCell, number: int, given: dict[str, Entry]) -> None:
    outcome: Outcome = session.start(cell.code, is_first=cell.is_first)
    for asked in cell.asked:
        if not isinstance(outcome, Asked):
            count = asked.get("count", len(asked["calls"]))
            raise _differs(number, f"ended in the replay where it asked {count} sub-queries on record")
        if not _is_same(outcome, asked):
            raise _differs(number, "asks something else in the replay than on record")
        if asked is cell.asked[-1] and cell.end is None:
            return  # this is where the run waits
        if "refused" in asked:
            outcome = session.resume([result_of(asked["refused"])] * asked["count"])
            continue
        outcome = session.resume([result_of(given[call["id"]]) for call in asked["calls"]])
    if cell.end is None:
        return
    if not isinstance(outcome, Ended):
        raise _differs(number, "asks a sub-query in the replay where it ended on record")
    if outcome.digest() != cell.end["hash"]:
        raise _differs(number, "prints something else in the replay than on record")


def _differs(number: int, how: str) -> ReplayError:
    return ReplayError(f"Cell {number} {how}. The context, the tools and ReplLimits must be those of the record.")


def _is_same(outcome: Asked, asked: Entry) -> bool:
    if "refused" in asked:
        return bool(outcome.digest() == asked["digest"])
    return [call.digest() for call in outcome.calls] == [call["digest"] for call in asked["calls"]]


def _recorded_host(cell: RecordedCell, number: int) -> Callable[..., Any]:
    recorded = iter(cell.hosts)

    def host(name: str, *_: Any) -> Any:
        entry = next(recorded, None)
        if entry is None or entry["name"] != name:
            raise _differs(number, f"calls {name}() in the replay where it did not on record")
        return entry["value"]

    return host
