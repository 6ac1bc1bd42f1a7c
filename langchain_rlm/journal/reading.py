"""Reading a run's journal: where it stands, what the root model has seen. Pure functions over plain entries."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from langchain_rlm.budget import Spending
from langchain_rlm.journal.entries import Entry
from langchain_rlm.prompts import next_question
from langchain_rlm.repl.protocol import Result

NO_OUTPUT = "(the cell printed nothing)"
SMALL = 8
"""Values of no more items or characters are not listed after a cell, nor names of one letter."""
LISTED = 20
KEPT_WHOLE = 4
"""The newest observations stay whole when older ones fold."""


@dataclass(frozen=True)
class RecordedCell:
    """A cell as it ran: its code, what it asked and was told, how it ended (None: it has not)."""

    code: str
    index: int
    asked: tuple[Entry, ...]
    hosts: tuple[Entry, ...]
    end: Entry | None
    is_first: bool = False
    """The first cell after a question."""
    turn: int = 0
    place: int = 0
    """Where in the journal it began."""

    @property
    def is_lost(self) -> bool:
        """What it did was given up with its worker."""
        return self.end is not None and bool(self.end["lost"])


def route(journal: Sequence[Entry]) -> str:
    """The route in force: the newest said."""
    return str(next(entry["route"] for entry in reversed(journal) if entry["kind"] in {"run", "route"}))


def last_asked(journal: Sequence[Entry]) -> tuple[Entry, dict[str, Entry]]:
    """What was asked last, and the answers that have come since by call."""
    given: dict[str, Entry] = {}
    for entry in reversed(journal):
        if entry["kind"] == "asked":
            return entry, given
        if entry["kind"] == "answer":
            given[entry["id"]] = entry
    raise LookupError


def since_question(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries that belong to the newest question of the thread."""
    for index in range(len(journal) - 1, -1, -1):
        if journal[index]["kind"] in {"run", "question"}:
            return journal[index:]
    return journal


def turns(journal: Sequence[Entry]) -> int:
    """Root-model replies to the newest question so far."""
    return sum(entry["kind"] == "reply" for entry in since_question(journal))


def awaits_cells(journal: Sequence[Entry]) -> bool:
    """The newest entry is a reply whose cells have not begun."""
    return bool(journal) and journal[-1]["kind"] == "reply"


def is_first_cell(journal: Sequence[Entry]) -> bool:
    """The next cell is the first one after a question, or all before it were lost."""
    return all(cell.is_lost for cell in recorded_cells(since_question(journal)))


def last_id(journal: Iterable[Entry]) -> int:
    """The number of the newest call; calls are numbered from 1 on."""
    numbers = [int(call["id"]) for entry in journal for call in entry.get("calls", ())]
    return max(numbers, default=0)


def this_turn(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries from the last reply on."""
    for index in range(len(journal) - 1, -1, -1):
        if journal[index]["kind"] == "reply":
            return journal[index:]
    return ()


def turn_before(journal: Sequence[Entry]) -> Sequence[Entry]:
    """The entries of the turn before the newest, to the same question."""
    entries = since_question(journal)
    newest = len(this_turn(entries))
    return this_turn(entries[: len(entries) - newest])


def is_confirmed(journal: Sequence[Entry]) -> bool:
    """A person has decided about what was asked last."""
    for entry in reversed(journal):
        if entry["kind"] in {"confirm", "asked"}:
            return bool(entry["kind"] == "confirm")
    return False


def answers(journal: Sequence[Entry]) -> dict[str, Entry]:
    """The answered calls by id."""
    given = {}
    for entry in journal:
        if entry["kind"] == "answer":
            given[entry["id"]] = entry
        elif entry["kind"] == "fork":
            given |= {answer["id"]: answer for answer in entry["answers"]}
    return given


def result_of(answer: Entry) -> Result:
    """What the cell gets for an answered call."""
    error = answer.get("error")
    if error:
        return "failed", error["type"], error["message"]
    return "ok", answer["value"] if "value" in answer else answer["text"]


def results_of(asked: Entry, given: Mapping[str, Entry]) -> list[Result]:
    """What the cell gets for all that it asked at a pause."""
    if "refused" in asked:
        return [result_of(asked["refused"])] * asked["count"]
    return [result_of(given[call["id"]]) for call in asked["calls"]]


def recorded_cells(journal: Iterable[Entry]) -> Iterator[RecordedCell]:
    """The cells of a run in the order they ran."""
    begun, start, asked, hosts = Entry(), 0, list[Entry](), list[Entry]()
    running, is_new, is_first = False, True, True

    def cell(end: Entry | None) -> RecordedCell:
        code, index, turn = (begun[name] for name in ("code", "index", "turn"))
        return RecordedCell(code, index, tuple(asked), tuple(hosts), end, is_first, turn, start)

    for place, entry in enumerate(journal):
        kind = entry["kind"]
        if kind == "question":
            is_new = True
        elif kind == "cell":
            running, begun, start, asked, hosts = True, entry, place, [], []
            is_first, is_new = is_new, False
        elif kind == "asked":
            asked.append(entry)
        elif kind == "host":
            hosts.append(entry)
        elif kind == "cell_end" and running:
            yield cell(entry)
            running, is_new = False, is_new or (is_first and entry["lost"])
    if running:
        yield cell(None)


def unclaimed(journal: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Answers that were paid for and then lost to an exception, by the digest of the call.

    A cell that fails after its sub-queries is written again and asks the same: those answers are given again, each
    once. The same holds within a cell for a batch of which one failed, and for what a fork cut off. Answers that
    arrived are not given again: who asks the same on purpose (to vote, say) wants new ones.
    """
    given = answers(journal)
    pool: dict[str, list[Entry]] = {}
    for fork in (entry for entry in journal if entry["kind"] == "fork"):
        _put(pool, given, (call for call in fork["calls"] if _is_answered(given, call)))
    for cell in recorded_cells(journal):
        lost: dict[str, Entry] = {}
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


def _is_answered(given: Mapping[str, Entry], call: Entry) -> bool:
    answer = given.get(call["id"])
    return answer is not None and "error" not in answer


def _put(pool: dict[str, list[Entry]], given: Mapping[str, Entry], calls: Iterable[Entry]) -> None:
    for call in calls:
        pool.setdefault(call["digest"], []).append(given[call["id"]])


def conversation(journal: Sequence[Entry], *, room: int, shown: int) -> list[BaseMessage]:
    """The turns so far as messages; old observations fold to a line each when they pass `room`.

    Args:
        journal: The run's entries.
        room: Characters that the turns may take in the root model's window.
        shown: Characters of one observation.
    """
    parts = list(_parts(journal, shown))
    if sum(len(reply) + len(seen) for reply, seen in parts) > room:
        old = max(0, len(parts) - KEPT_WHOLE)
        parts = [(reply, _folded(seen)) if index < old else (reply, seen) for index, (reply, seen) in enumerate(parts)]
    messages: list[BaseMessage] = []
    for reply, seen in parts:
        messages += [AIMessage(reply), HumanMessage(seen)]
    return messages


def _parts(journal: Sequence[Entry], shown: int) -> Iterator[tuple[str, str]]:
    reply: str | None = None
    seen: list[str] = []
    for entry in journal:
        if entry["kind"] == "reply":
            if reply is not None:
                yield reply, "\n\n".join(seen) or NO_OUTPUT
            reply, seen = entry["text"], []
        elif entry["kind"] == "cell_end":
            seen.append(observation(entry, shown))
        elif entry["kind"] == "note":
            seen.append(entry["text"])
        elif entry["kind"] == "question":
            seen.append(next_question(entry["text"]))
        elif entry["kind"] == "end":
            seen.append(f"[answered, {entry['characters']:,} characters]")
    if reply is not None:
        yield reply, "\n\n".join(seen) or NO_OUTPUT


def observation(end: Entry, shown: int) -> str:
    """What the root model sees of a cell: its output, its error, and what it assigned.

    Args:
        end: The `cell_end` entry.
        shown: Characters of output to show.
    """
    parts = [cut(end["output"], shown, end["printed"])] if end["output"].strip() else []
    if end["error"]:
        parts.append(end["error"])
        if not end["lost"] and not end["refused"]:
            parts.append("Variables assigned before the error are kept.")
    if not parts:
        parts.append(NO_OUTPUT)
    kept = [
        f"{name}: {kind}({size:,})" for name, kind, size in end["variables"] if (size or 0) > SMALL and len(name) > 1
    ]
    if kept:
        parts.append(f"[assigned: {', '.join(kept[:LISTED])}]")
    return "\n".join(parts)


def cut(text: str, limit: int, printed: int | None = None) -> str:
    """Keep head and tail of a long text and say how much is left out.

    Args:
        text: What to cut; may have been cut before.
        limit: Characters to keep.
        printed: Characters there were at first, when the text has been cut before.
    """
    total = len(text) if printed is None else printed
    if total <= limit and len(text) <= limit:
        return text
    head = limit * 2 // 3
    tail = limit - head
    left_out = total - head - tail
    return f"{text[:head]}\n[... {left_out:,} of {total:,} characters left out ...]\n{text[-tail:]}"


def _folded(seen: str) -> str:
    first = next((line for line in seen.splitlines() if line.strip()), "")
    return f"[older output, {len(seen):,} characters, began: {first[:120]}]"


def spending(journal: Sequence[Entry], *, without: Collection[str] = ()) -> Spending:
    """What the newest question of a journal has cost so far.

    Args:
        journal: The run's entries.
        without: Ids of calls whose answers do not count.
    """
    total = Spending()
    refused: set[str] = set()
    for entry in since_question(journal):
        if entry["kind"] == "answer" and entry["id"] in without:
            continue
        total.seconds = max(total.seconds, entry.get("at", 0.0))
        if entry["kind"] == "reply":
            total.turns += 1
        if entry["kind"] in {"reply", "answer"} and entry.get("usage"):
            total.calls.append((entry["model"], entry["usage"]))
        if entry["kind"] == "asked":
            total.sub_queries += sum("reused" not in call and "tool" not in call for call in entry["calls"])
        if entry["kind"] == "answer":
            if entry.get("refused"):
                refused.add(entry["id"])
            if entry.get("run") and not entry.get("is_copy"):
                below = spending(entry["run"]["journal"])
                total.turns += below.turns
                total.sub_queries += below.sub_queries
                total.calls += below.calls
    total.sub_queries -= len(refused)
    return total
