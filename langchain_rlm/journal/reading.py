"""Reading a run's journal: where it stands, what was asked and answered. Pure functions over entries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.context.pieces import Span
from langchain_rlm.journal.entries import (
    Answered,
    AnswerEntry,
    AskedEntry,
    BelowRun,
    CellEndEntry,
    CellEntry,
    Entry,
    HostEntry,
    NoteEntry,
    ReplyEntry,
    RunEntry,
)
from langchain_rlm.journal.parts import Call, ChosenPlan, LeftOutFile, Route
from langchain_rlm.models.failures import SENT
from langchain_rlm.repl.protocol import Result


def beginning(journal: Iterable[Entry]) -> RunEntry | None:
    """How the run began, when the journal says."""
    return next((entry for entry in journal if entry["kind"] == "run"), None)


def begun(journal: Iterable[Entry]) -> RunEntry:
    """How the run began, which the journal must say."""
    entry = beginning(journal)
    if entry is None:
        raise LookupError
    return entry


def fences(journal: Iterable[Entry]) -> list[str] | None:
    """The tags of the blocks that are cells, where they were told."""
    entry = beginning(journal)
    return None if entry is None else entry.get("fences")


def profile(journal: Iterable[Entry]) -> str:
    """The name of the profile that fits the run to its models."""
    entry = beginning(journal)
    return "default" if entry is None else entry.get("profile", "default")


def route(journal: Sequence[Entry]) -> Route:
    """The route in force: the newest said."""
    return next(entry["route"] for entry in journal[::-1] if entry["kind"] in {"run", "route"})


def question(journal: Sequence[Entry]) -> str:
    """The newest question; empty when there is none."""
    for entry in journal[::-1]:
        if entry["kind"] == "question":
            return entry["text"]
        if entry["kind"] == "run":
            return entry["question"]
    return ""


def left_out(journal: Iterable[Entry]) -> list[LeftOutFile]:
    """The files that are not in the context."""
    found = beginning(journal)
    return found.get("left_out", []) if found is not None else []


def since_question(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries that belong to the newest question of the thread."""
    return _from_last(journal, "run", "question") or journal


def answering(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The journal of the run that gave the answer: of a run that samples, that of the sample whose answer it took."""
    end = journal[-1] if journal else None
    if end is None or end["kind"] != "end" or "chosen" not in end:
        return journal
    return answers(journal)[end["chosen"]]["run"]["journal"]


def replies(journal: Iterable[Entry]) -> list[ReplyEntry]:
    """What the root model has said."""
    return [entry for entry in journal if entry["kind"] == "reply"]


def turns(journal: Sequence[Entry]) -> int:
    """Root-model replies to the newest question so far."""
    return len(replies(since_question(journal)))


def this_turn(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries from the last reply on."""
    return _from_last(journal, "reply")


def _from_last(journal: Sequence[Entry], *kinds: str) -> Sequence[Entry]:
    places = (place for place in range(len(journal) - 1, -1, -1) if journal[place]["kind"] in kinds)
    return () if (place := next(places, None)) is None else journal[place:]


def turn_before(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries of the turn before the newest, to the same question."""
    entries = since_question(journal)
    newest = len(this_turn(entries))
    return this_turn(entries[: len(entries) - newest])


def plans(journal: Sequence[Entry]) -> list[ChosenPlan]:
    """The plans that were written for the newest question."""
    return [reply["plan"] for reply in replies(since_question(journal)) if "plan" in reply]


def last_reply(journal: Sequence[Entry]) -> ReplyEntry | None:
    """The newest reply to the newest question."""
    return next(iter(replies(this_turn(since_question(journal)))), None)


def notes(journal: Iterable[Entry]) -> list[NoteEntry]:
    """What the root model was told beside observations."""
    return [entry for entry in journal if entry["kind"] == "note"]


def refused_answers(journal: Iterable[Entry]) -> list[tuple[int, Any]]:
    """The answers that were not taken, each after its place in the journal."""
    noted = ((place, entry) for place, entry in enumerate(journal) if entry["kind"] == "note")
    return [(place, note["refused_answer"]) for place, note in noted if "refused_answer" in note]


def outputs(journal: Iterable[Entry]) -> list[str]:
    """What cells have printed, without white space around it; nothing for those that printed nothing."""
    printed = (entry["output"].strip() for entry in journal if entry["kind"] == "cell_end")
    return [output for output in printed if output]


def shown(journal: Iterable[Entry]) -> Iterator[Span]:
    """The spans of the context that were shown to the root model, or will be with its next turn."""
    for entry in journal:
        if entry["kind"] in {"run", "cell_end"}:
            yield from ((document, start, end) for document, start, end in entry.get("shown", ()))


@dataclass(frozen=True)
class RecordedCell:
    """A cell as it ran: its code, what it asked and was told, how it ended (None: it has not)."""

    code: str
    index: int
    asked: tuple[AskedEntry, ...]
    hosts: tuple[HostEntry, ...]
    end: CellEndEntry | None
    is_first: bool = False
    """The first cell after a question."""
    turn: int = 0
    place: int = 0
    """Where in the journal it began."""

    @property
    def is_lost(self) -> bool:
        """What it did was given up with its worker."""
        return self.end is not None and self.end["lost"]


def recorded_cells(journal: Iterable[Entry]) -> Iterator[RecordedCell]:
    """The cells of a run in the order they ran."""
    running: CellEntry | None = None
    asked, hosts = list[AskedEntry](), list[HostEntry]()
    start, is_new, is_first = 0, True, True

    def cell(begun: CellEntry, end: CellEndEntry | None) -> RecordedCell:
        of_cell = tuple(asked), tuple(hosts), end
        return RecordedCell(begun["code"], begun["index"], *of_cell, is_first, begun["turn"], start)

    for place, entry in enumerate(journal):
        match entry["kind"]:
            case "question":
                is_new = True
            case "cell":
                running, start, asked, hosts = entry, place, [], []
                is_first, is_new = is_new, False
            case "asked":
                asked.append(entry)
            case "host":
                hosts.append(entry)
            case "cell_end" if running is not None:
                yield cell(running, entry)
                running, is_new = None, is_new or (is_first and entry["lost"])
    if running is not None:
        yield cell(running, None)


def awaits_cells(journal: Sequence[Entry]) -> bool:
    """The newest entry is a reply whose cells have not begun."""
    return bool(journal) and journal[-1]["kind"] == "reply"


def is_first_cell(journal: Sequence[Entry]) -> bool:
    """The next cell is the first one after a question, or all before it were lost."""
    return all(cell.is_lost for cell in recorded_cells(since_question(journal)))


def last_cell(journal: Sequence[Entry]) -> CellEntry:
    """The newest cell that has begun."""
    return next(entry for entry in journal[::-1] if entry["kind"] == "cell")


def calls_of(entry: Entry) -> Sequence[Call]:
    """The calls that an entry holds: those of a cell, or those that a fork cut off."""
    return entry["calls"] if entry["kind"] in {"asked", "fork"} else ()


def answers_of(entry: Entry) -> Sequence[AnswerEntry]:
    """The answers that an entry holds: itself, or those that a fork cut off."""
    if entry["kind"] == "answer":
        return (entry,)
    return entry["answers"] if entry["kind"] == "fork" else ()


def is_sub_query(call: Call) -> bool:
    """Whether it is a question of the root model's code, which the budget counts as a sub-query."""
    return call["how"] in {"llm", "rlm"}


def arrived(journal: Iterable[Entry]) -> list[AnswerEntry]:
    """The answers in the order in which they came."""
    return [entry for entry in journal if entry["kind"] == "answer"]


def answers(journal: Iterable[Entry]) -> dict[str, AnswerEntry]:
    """The answered calls by id, also those that a fork cut off."""
    return {answer["id"]: answer for entry in journal for answer in answers_of(entry)}


def answered_calls(journal: Sequence[Entry]) -> Iterator[tuple[Call, AnswerEntry | None]]:
    """The calls of a run in order, also those that a fork cut off; each with its answer when there is one."""
    given = answers(journal)
    return ((call, given.get(call["id"])) for entry in journal for call in calls_of(entry))


def runs_below(journal: Sequence[Entry]) -> Iterator[tuple[Call, BelowRun]]:
    """The recursive runs, each with the call that it answers."""
    for call, answer in answered_calls(journal):
        if answer is not None and "run" in answer:
            yield call, answer["run"]


def spans(call: Call) -> Iterator[Span]:
    """The spans of the context that a call sends on, in its prompt, its pictures and its own context."""
    for pieces in (call["pieces"], *call.get("context", ())):
        yield from ((piece[0], piece[1], piece[2]) for piece in pieces if not isinstance(piece, str))
    for image in call.get("images", ()):
        if span := image.get("span"):
            yield span[0], span[1], span[2]


def pictures(call: Call) -> str:
    """What a call sends beside its prompt, in words."""
    return "".join(f"\n[picture of page {image['page']} of d{image['document']}]" for image in call.get("images", ()))


def is_sent(answer: Answered) -> bool:
    """Whether a model may have read what the call sent: not when it was refused, denied or failed before."""
    return "error" not in answer or answer.get("is_sent", answer["error"]["type"] in SENT)


def last_asked(journal: Sequence[Entry]) -> tuple[AskedEntry, dict[str, AnswerEntry]]:
    """What was asked last, and the answers that have come since by call."""
    given: dict[str, AnswerEntry] = {}
    for entry in journal[::-1]:
        if entry["kind"] == "asked":
            return entry, given
        if entry["kind"] == "answer":
            given[entry["id"]] = entry
    raise LookupError


def last_id(journal: Iterable[Entry]) -> int:
    """The number of the newest call; calls are numbered from 1 on."""
    return max((int(call["id"]) for entry in journal for call in calls_of(entry)), default=0)


def is_confirmed(journal: Sequence[Entry]) -> bool:
    """A person has decided about what was asked last."""
    for entry in journal[::-1]:
        if entry["kind"] in {"confirm", "asked"}:
            return entry["kind"] == "confirm"
    return False


def result_of(answer: Answered) -> Result:
    """What the cell gets for an answered call."""
    error = answer.get("error")
    if error:
        return "failed", error["type"], error["message"]
    return "ok", answer["value"] if "value" in answer else answer["text"]


def results_of(asked: AskedEntry, given: Mapping[str, AnswerEntry]) -> list[Result]:
    """What the cell gets for all that it asked at a pause."""
    if "refused" in asked:
        return [result_of({"error": asked["refused"]["error"]})] * asked["count"]
    return [result_of(given[call["id"]]) for call in asked["calls"]]
