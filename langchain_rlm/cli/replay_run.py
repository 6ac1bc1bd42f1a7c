"""One replay of a run on record: its cells run in REPLs of their own, and what differs from the record is an error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn

from langchain_rlm.cli.replay_answer import Answers, Given
from langchain_rlm.cli.replay_words import apart, asked_words, tool_words
from langchain_rlm.cli.view import View
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import Profile, profile
from langchain_rlm.context.pieces import assemble
from langchain_rlm.errors import ReplayError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.below import context_below
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.files import Recording
from langchain_rlm.repl.monty.session import Session
from langchain_rlm.repl.protocol import Asked, Ended, Outcome, ReplContext, ReplLimits
from langchain_rlm.runtime.tree import new_pool

CHUNK = 50_000
"""Characters of a chunk where the record does not say: what models with a window above 62,500 tokens get."""
SEARCHED = "search:"
"""How the hash of a context begins that could only be searched."""


@dataclass
class Replay:
    """One replay: walks the journal, runs its cells in REPLs of their own, and shows what happens."""

    recording: Recording
    corpus: Corpus | None
    view: View
    cells: int = 0
    is_answered: bool = False
    """The answer was made again, and is the one on record."""
    tools: frozenset[str] = frozenset()
    tokens: int = 0
    cost: float = 0.0
    at: float = 0.0
    """Seconds into the run on record."""

    def run(self) -> None:
        """Replay the run.

        Raises:
            ReplayError: A cell asked or printed something else, or the answer is another one.
        """
        searching = {"search", "fetch"} if self.recording.context.startswith(SEARCHED) else set()
        self.tools = frozenset(searching.union(_tools(self.recording.journal)))
        with new_pool() as pool, ThreadPoolExecutor(1) as thread:
            level = _Level(self, pool, thread, self.corpus)
            level.run(self.recording.journal)
        self.is_answered = level.answers.made is not None

    def spent(self, entry: Entry) -> dict[str, Any]:
        """What was spent up to a reply or an answer, as the view shows it."""
        self.at = entry.get("at", self.at)
        usage: Mapping[str, Any] = entry.get("usage") or {}
        self.tokens += usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
        self.cost += usage.get("cost") or 0.0
        return {"tokens": self.tokens, "cost": self.cost}


@dataclass
class _Level:
    """One run of the tree."""

    replay: Replay
    pool: Any
    thread: ThreadPoolExecutor
    corpus: Corpus | None
    path: str = ""
    depth: int = 0
    turn: int = 0
    given: dict[str, Entry] = field(default_factory=dict)
    session: Session | None = None
    answers: Answers = field(init=False)

    def __post_init__(self) -> None:
        recording = None if self.path else self.replay.recording
        self.answers = Answers(recording, self.corpus or Corpus(()), self.path, self._variable, self._draft)

    def run(self, journal: Sequence[Entry]) -> None:
        self.given = journals.answers(journal)
        cells = journals.recorded_cells(journal)
        dropped = _dropped(journal)
        try:
            for place, entry in enumerate(journal):
                if place in dropped:
                    self._emit("cell", **{name: entry[name] for name in ("turn", "index", "code")})
                else:
                    self.answers.take(journal, place)
                    self._entry(entry, cells, journal)
        finally:
            if self.session is not None:
                self.session.close()

    def _entry(self, entry: Entry, cells: Iterator[journals.RecordedCell], journal: Sequence[Entry]) -> None:
        match entry["kind"]:
            case "run" | "question":
                self._inspect(journal)
            case "reply":
                self.turn = entry["turn"]
                self._emit("turn", turn=self.turn, last=bool(entry["last"]))
                said = {name: entry.get(name) for name in ("text", "model", "seconds")}
                said["spent"] = self.replay.spent(entry)
                self._emit("reply", turn=self.turn, **said)
            case "cell":
                self._cell(entry, next(cells), journal)
            case "end":
                self._emit("end", stop_reason=entry["stop_reason"], characters=entry["characters"])

    @cached_property
    def profiles(self) -> list[Profile]:
        documents = self.corpus.documents if self.corpus else ()
        return [profile(document.text, name=document.name) for document in documents]

    def _inspect(self, journal: Sequence[Entry]) -> None:
        begun = journal[0]
        formats = sorted({profile.format for profile in self.profiles})
        facts = {name: begun[name] for name in ("documents", "characters", "route")}
        self._emit("inspect", **facts, formats=formats or ["text not at hand"], question=begun["question"])

    # -- cells ----------------------------------------------------------------------------------------------------

    def _cell(self, entry: Entry, cell: journals.RecordedCell, journal: Sequence[Entry]) -> None:
        self._emit("cell", turn=entry["turn"], index=entry["index"], code=cell.code)
        if cell.end is not None and cell.end["lost"]:  # what it did was given up with its worker
            self._shown(cell.end)
            return
        session = self._session(journal)
        session.host = _host(cell, self._where(cell))
        outcome = self._step(session, lambda: session.start(cell.code, is_first=cell.is_first))
        for asked in cell.asked:
            self._check_asked(cell, asked, outcome)
            if "refused" in asked:
                refusals = [journals.result_of(asked["refused"])] * asked["count"]
                outcome = self._step(session, lambda refusals=refusals: session.resume(refusals))  # type: ignore[misc]
                continue
            self._answers(asked)
            if any(call["id"] not in self.given for call in asked["calls"]):
                return  # this is as far as the run came
            if asked is cell.asked[-1] and cell.end is None:
                return
            results = [journals.result_of(self.given[call["id"]]) for call in asked["calls"]]
            outcome = self._step(session, lambda results=results: session.resume(results))  # type: ignore[misc]
        if cell.end is not None:
            self.answers.ended = self._check_end(cell, cell.end, outcome)
            self._shown(cell.end)
            self.replay.cells += 1

    def _session(self, journal: Sequence[Entry]) -> Session:
        if self.session is None:
            begun = journal[0]
            corpus = self.corpus or Corpus(())
            separators = [profile.separators for profile in self.profiles]
            size = begun.get("chunk_size") or self.replay.recording.chunk_size or CHUNK
            self.session = Session(
                self.pool,
                ReplContext(corpus.texts, corpus.single, corpus.sources(), separators, size),
                ReplLimits(),
                seed=begun["seed"],
                started=datetime.fromisoformat(begun["started"]),
                host=lambda _: None,
                tools=self.replay.tools,
            )
            self._step(self.session, self.session.open)
        return self.session

    def _step(self, session: Session, step: Callable[[], Any]) -> Any:
        """Do blocking work beside this thread, which an interrupt must reach."""
        future = self.thread.submit(step)
        try:
            return future.result()
        except KeyboardInterrupt:
            session.kill()
            raise

    def _answers(self, asked: Entry) -> None:
        """Show what was asked and answered, and replay the recursive runs it started."""
        fresh = [call for call in asked["calls"] if "reused" not in call]
        self._emit("sub_queries", count=len(fresh))
        for call in fresh:
            self._emit("sub_query", id=call["id"], how=call["how"])
            answer = self.given.get(call["id"])
            if answer is None:
                continue
            if answer.get("run"):
                self._below(call, answer)
            told = {"error": answer.get("error"), "seconds": answer.get("seconds", 0.0)}
            self._emit("answer", id=call["id"], **told, spent=self.replay.spent(answer))

    def _below(self, call: Entry, answer: Entry) -> None:
        run, corpus = answer["run"], self.corpus
        cut = context_below(call, run)
        if cut is not None and corpus is not None:
            corpus = corpus.cut(**cut)
        level = _Level(self.replay, self.pool, self.thread, corpus, f"{self.path}/{call['id']}", self.depth + 1)
        level.run(run["journal"])
        level.answers.check_above(answer)

    def _variable(self, name: str, journal: Sequence[Entry]) -> Given:
        if self.corpus is None:  # the run had no cells
            return None
        session = self._session(journal)
        return self._step(session, lambda: session.variable(name)) or ()

    def _draft(self, journal: Sequence[Entry]) -> Any:
        session = self._session(journal)
        return self._step(session, session.draft)

    # -- checks ---------------------------------------------------------------------------------------------------

    def _check_asked(self, cell: journals.RecordedCell, asked: Entry, outcome: Outcome) -> None:
        recorded = asked["calls"]
        count = asked["count"] if "refused" in asked else len(recorded)
        if not isinstance(outcome, Asked):
            said = f"fails with {outcome.error.splitlines()[-1]!r}" if outcome.error else "ends"
            self._differs(cell, f"{said} where it asked {count:,} sub-queries on record")
        if len(outcome.calls) != count:
            self._differs(cell, f"asks {len(outcome.calls):,} sub-queries, on record {count:,}")
        if "refused" in asked:
            if outcome.digest() != asked["digest"]:
                self._differs(cell, f"asks {count:,} other sub-queries than on record")
            return
        for place, (call, known) in enumerate(zip(outcome.calls, recorded, strict=True), 1):
            if call.digest() != known["digest"]:
                now, then = apart(asked_words(call), self._recorded_words(known))
                self._differs(cell, f"asks as sub-query {place} of {len(recorded):,} {now}, on record {then}")

    def _check_end(self, cell: journals.RecordedCell, end: Entry, outcome: Outcome) -> Ended:
        if not isinstance(outcome, Ended):
            self._differs(cell, f"asks {len(outcome.calls):,} sub-queries more than on record")
        if bool(outcome.error) != bool(end["error"]):
            known = end["error"].splitlines()[-1] if end["error"] else "no error"
            now = outcome.error.splitlines()[-1] if outcome.error else "no error"
            self._differs(cell, f"ends with {now!r}, on record with {known!r}")
        if outcome.digest() != end["hash"]:
            now, then = apart(outcome.output, end["output"])
            self._differs(cell, f"prints {now}, on record {then}")
        return outcome

    def _where(self, cell: journals.RecordedCell) -> str:
        below = f" of the recursive run {self.path}" if self.path else ""
        return f"cell {cell.index + 1} of turn {self.turn}{below}"

    def _differs(self, cell: journals.RecordedCell, how: str) -> NoReturn:
        msg = f"the replay differs from the record: {self._where(cell)} {how}."
        if self.replay.recording.chunk_size is None and "chunks(" in cell.code:
            msg += f" The record does not say how large chunks() were; {CHUNK:,} characters were taken."
        raise ReplayError(msg)

    def _recorded_words(self, call: Entry) -> str:
        texts = self.corpus.texts if self.corpus else ()
        if "tool" in call:
            return tool_words(call["tool"], call["arguments"])
        documents = [call["pieces"], *(call.get("context") or ())]
        return "\n\n".join(assemble(pieces, texts) for pieces in documents)

    # -- what is shown --------------------------------------------------------------------------------------------

    def _shown(self, end: Entry) -> None:
        told = {name: end[name] for name in ("printed", "output", "error", "lost")}
        self._emit("cell_end", **told)

    def _emit(self, event: str, **data: Any) -> None:
        self.replay.view.show({"event": event, "run": self.path, "depth": self.depth, "at": self.replay.at, **data})


def _dropped(journal: Sequence[Entry]) -> set[int]:
    """The places of cells that never ended and that others follow."""
    dropped: set[int] = set()
    running: int | None = None
    for place, entry in enumerate(journal):
        if entry["kind"] == "cell":
            dropped |= {running} if running is not None else set()
            running = place
        elif entry["kind"] == "cell_end":
            running = None
    return dropped


def _tools(journal: Sequence[Entry]) -> Iterator[str]:
    """The functions that the cells of a tree of runs called."""
    for entry in journal:
        for call in entry["calls"] if entry["kind"] in {"asked", "fork"} else ():
            if "tool" in call:
                yield call["tool"]
        if entry["kind"] == "answer" and entry.get("run"):
            yield from _tools(entry["run"]["journal"])


def _host(cell: journals.RecordedCell, where: str) -> Callable[..., Any]:
    """Answers what needs no model as it was answered on record."""
    recorded = iter(cell.hosts)

    def host(name: str, *_: Any) -> Any:
        entry = next(recorded, None)
        if entry is None or entry["name"] != name:
            msg = f"the replay differs from the record: {where} calls {name}(), which it did not on record."
            raise ReplayError(msg)
        return entry["value"]

    return host
