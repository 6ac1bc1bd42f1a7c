"""Runs the cells of a run on record again, with the recorded answers. It asks no model; a difference is an error.

`rebuild` brings a REPL to where a journal stands, for a run that goes on. `Replay` runs a whole record again, with the
recursive runs below, and compares the answers too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from langchain_rlm.context.chunking import Chunks
from langchain_rlm.context.corpus import SEARCHED, TABULAR, Corpus
from langchain_rlm.context.formats import TextProfile, profile
from langchain_rlm.context.large_answers import LargeAnswers
from langchain_rlm.context.text import Text
from langchain_rlm.errors import ReplayError
from langchain_rlm.journal.below import context_over
from langchain_rlm.journal.entries import AnswerEntry, AskedEntry, CellEndEntry, Entry, ReplyEntry, RunEntry
from langchain_rlm.journal.parts import Call
from langchain_rlm.journal.reading import RecordedCell, answered_calls, answers, begun, recorded_cells, results_of
from langchain_rlm.journal.record import Recording
from langchain_rlm.repl.functions import RECORDED
from langchain_rlm.repl.kinds import factory_of
from langchain_rlm.repl.protocol import BATCH, Asked, Ended, Host, Outcome, ReplContext, ReplLimits, Sandbox, Sandboxes
from langchain_rlm.runtime.differences import apart, calls_apart, differs
from langchain_rlm.runtime.replay_answers import Answers
from langchain_rlm.runtime.replay_header import check_header
from langchain_rlm.settings import CHARACTERS_PER_TOKEN, READS_WELL

CHUNK = READS_WELL * CHARACTERS_PER_TOKEN
"""Characters of a chunk where the record does not say: what models with a window above 62,500 tokens get."""
CHUNK_TAKEN = f"The record does not say how large chunks() were; {CHUNK:,} characters were taken."
MORE = 20
"""Times the limit of a cell on record: it has ended in that, but this machine may be busier."""
ALIKE = "The context and the tools must be those of the record."


def sandbox_of(
    sandboxes: Sandboxes, run: RunEntry, corpus: Corpus, host: Host, *, size: int, limits: ReplLimits,
    tools: Iterable[str],
) -> Sandbox:  # fmt: skip
    """A sandbox over the context of a run as it began; `size` is that of its chunks where the journal does not say."""
    sizes = run.get("chunk_size") or size, run.get("batch", BATCH)
    context = ReplContext(corpus.texts, corpus.single, corpus.sources(), *sizes)
    clock = datetime.fromisoformat(run["started"])
    return sandboxes.new(context, limits, seed=run["seed"], started=clock, host=host, tools=frozenset(tools))


def as_recorded(limits: ReplLimits, run: RunEntry) -> ReplLimits:
    """The limits of a REPL in which cells on record are run again: those of the record, and more."""
    told, default = run.get("limits", {}), ReplLimits()
    seconds = max(limits.cell_seconds, told.get("cell_seconds", default.cell_seconds))
    memory = max(limits.memory, told.get("memory", default.memory))
    printed = told.get("print_limit", default.print_limit)
    return replace(limits, cell_seconds=MORE * seconds, memory=memory, print_limit=printed)


def rebuild(sandbox: Sandbox, journal: Sequence[Entry], texts: Sequence[Text], path: str = "") -> None:
    """Bring a fresh sandbox to where the journal stands: between cells, or paused in the middle of one.

    Its host answers what is not on record.
    """
    cells = _Cells(sandbox, answers(journal), texts, sandbox.host, path, ALIKE)
    for cell in recorded_cells(journal):
        if not cell.is_lost:
            cells.run(cell)


@dataclass(frozen=True)
class _Cells:
    """Runs the cells of one run again, one after the other."""

    sandbox: Sandbox
    given: Mapping[str, AnswerEntry]
    texts: Sequence[Text]
    host: Host
    path: str
    remedy: str

    def run(self, cell: RecordedCell, paused: Callable[[AskedEntry], None] = lambda _: None) -> Ended | None:
        """Run a cell to its end, or to where it waits on record. `paused` gets what it asked, before the answers."""
        self.sandbox.host = self._host(cell)
        outcome = self.sandbox.start(cell.code, is_first=cell.is_first)
        for asked in cell.asked:
            self._check_asked(cell, asked, outcome)
            paused(asked)
            if cell.end is None and asked is cell.asked[-1]:
                return None
            outcome = self.sandbox.resume(results_of(asked, self.given))
        return None if cell.end is None else self._checked(cell, cell.end, outcome)

    def _host(self, cell: RecordedCell) -> Host:
        recorded = iter(cell.hosts)

        def host(name: str, *args: Any) -> Any:
            if name not in RECORDED:
                return self.host(name, *args)
            entry = next(recorded, None)
            if entry is None or entry["name"] != name:
                raise self._differs(cell, f"calls {name}(), which it did not on record")
            return entry["value"]

        return host

    def _check_asked(self, cell: RecordedCell, asked: AskedEntry, outcome: Outcome) -> None:
        calls = asked["calls"]
        count = asked["count"] if "refused" in asked else len(calls)
        if not isinstance(outcome, Asked):
            said = f"fails with {outcome.error.splitlines()[-1]!r}" if outcome.error else "ends"
            raise self._differs(cell, f"{said} where it asked {count:,} sub-queries on record")
        if len(outcome.calls) != count and not (outcome.is_ahead and len(outcome.calls) > count):
            raise self._differs(cell, f"asks {len(outcome.calls):,} sub-queries, on record {count:,}")
        if "refused" in asked and outcome.digest() != asked["digest"]:
            raise self._differs(cell, f"asks {count:,} other sub-queries than on record")
        for place, (now, then) in enumerate(zip(outcome.calls, calls, strict=False), 1):
            if now.digest() != then["digest"]:
                words = calls_apart(now, then, self.texts)
                raise self._differs(cell, f"asks as sub-query {place} of {count:,} {words}")

    def _checked(self, cell: RecordedCell, end: CellEndEntry, outcome: Outcome) -> Ended:
        if not isinstance(outcome, Ended):
            raise self._differs(cell, f"asks {len(outcome.calls):,} sub-queries more than on record")
        if bool(outcome.error) != bool(end["error"]):
            now, then = (error.splitlines()[-1] if error else "no error" for error in (outcome.error, end["error"]))
            raise self._differs(cell, f"ends with {now!r}, on record with {then!r}")
        if outcome.digest() != end["hash"]:
            raise self._differs(cell, f"prints {apart(outcome.output, end['output'])}")
        return outcome

    def _differs(self, cell: RecordedCell, how: str) -> ReplayError:
        return differs(f"cell {cell.index + 1} of turn {cell.turn}", self.path, how, self.remedy)


@dataclass
class Replay:
    """A record with its recursive runs, each run again in a REPL of its own.

    `corpus` is None where no cell reads it. `show` gets the events of the run, as it went (`langchain_rlm.events`).
    """

    recording: Recording
    corpus: Corpus | None
    show: Callable[[dict[str, Any]], None]
    cells: int = 0
    is_answered: bool = False
    """The answer was made again, and is the one on record."""
    tokens: int = 0
    cost: float | None = None
    at: float = 0.0
    """Seconds into the run on record."""
    sandboxes: Sandboxes = field(init=False)
    opened: list[Sandbox] = field(default_factory=list)
    is_killed: bool = False

    def run(self) -> None:
        run = _Run(self, self.recording.journal, self.corpus)
        with closing(factory_of(begun(self.recording.journal).get("repl"))()) as self.sandboxes:
            run.run()
        check_header(self.recording, self.corpus)
        self.is_answered = run.answers.made is not None

    def kill(self) -> None:
        self.is_killed = True
        for sandbox in list(self.opened):
            sandbox.kill()

    @contextmanager
    def repl(self, sandbox: Sandbox) -> Iterator[Sandbox]:
        self.opened.append(sandbox)
        try:
            sandbox.open()
            if self.is_killed:
                sandbox.kill()
            yield sandbox
        finally:
            sandbox.close()
            self.opened.remove(sandbox)

    def spent(self, entry: ReplyEntry | AnswerEntry) -> dict[str, Any]:
        self.at = entry.get("at", self.at)
        usage: Mapping[str, Any] = entry.get("usage") or {}
        self.tokens += usage.get("input_tokens", 0) + usage.get("output_tokens", 0)
        if usage.get("cost") is not None:
            self.cost = (self.cost or 0.0) + usage["cost"]
        return {"tokens": self.tokens, "cost": self.cost}


@dataclass
class _Run:
    """One run of the tree."""

    replay: Replay
    journal: Sequence[Entry]
    corpus: Corpus | None
    path: str = ""
    stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def answers(self) -> Answers:
        return Answers(None if self.path else self.replay.recording, self.corpus, self.path, lambda: self.cells.sandbox)

    @cached_property
    def profiles(self) -> list[TextProfile]:
        documents = self.corpus.documents if self.corpus else ()
        return [profile(document.text, name=document.name) for document in documents]

    @cached_property
    def large(self) -> LargeAnswers:
        return LargeAnswers(self.corpus or Corpus(()), self.profiles)

    def _host(self, name: str, *args: Any) -> Any:
        """Answers `chunks` and what is asked of large texts, which alone are not on record."""
        if name == "text":
            return self.large.answer(*args)
        return Chunks(self.corpus or Corpus(()), self.profiles).answer(*args)

    @cached_property
    def cells(self) -> _Cells:
        corpus, run, recording = self.corpus or Corpus(()), begun(self.journal), self.replay.recording
        remedy = CHUNK_TAKEN if recording.chunk_size is None else ""
        called = {call["tool"] for call, _ in answered_calls(self.journal) if "tool" in call}
        begins = recording.context.partition(":")[0] + ":"
        searching = {SEARCHED: {"search", "fetch"}, TABULAR: {"sql", "rows"}}.get(begins, set())
        sandbox = sandbox_of(
            self.replay.sandboxes, run, corpus, self._host,
            size=recording.chunk_size or CHUNK, limits=as_recorded(ReplLimits(), run), tools=called | searching,
        )  # fmt: skip
        repl = self.stack.enter_context(self.replay.repl(sandbox))
        return _Cells(repl, answers(self.journal), corpus.texts, self._host, self.path, remedy)

    def run(self) -> None:
        cells = {cell.place: cell for cell in recorded_cells(self.journal)}
        with self.stack:
            for place, entry in enumerate(self.journal):
                self.answers.take(self.journal, place)
                self._show(entry)
                if place in cells:  # else it is none, or never ended, and others follow it
                    self._cell(cells[place])

    def _show(self, entry: Entry) -> None:
        match entry["kind"]:
            case "run" | "question":
                formats = sorted({profile.format for profile in self.profiles}) or ["text not at hand"]
                run: Mapping[str, Any] = begun(self.journal)
                facts = {name: run[name] for name in ("documents", "characters", "route", "question")}
                self._emit("inspect", **facts, formats=formats)
            case "reply":
                self._emit("turn", turn=entry["turn"], last=bool(entry["last"]))
                said = {name: entry.get(name) for name in ("turn", "text", "model", "seconds")}
                self._emit("reply", **said, spent=self.replay.spent(entry))
            case "cell":
                self._emit("cell", **{name: entry[name] for name in ("turn", "index", "code")})
            case "end":
                ended = {name: entry[name] for name in ("stop_reason", "characters")}
                self._emit("end", **ended, usage=self.replay.recording.usage)

    def _cell(self, cell: RecordedCell) -> None:
        if not cell.is_lost:  # else what it did was given up with its worker
            self.answers.ended = self.cells.run(cell, self._asked)
            self.replay.cells += self.answers.ended is not None
        if cell.end is not None:
            self._emit("cell_end", **{name: cell.end[name] for name in ("printed", "output", "error", "lost")})

    def _asked(self, asked: AskedEntry) -> None:
        """Show what was asked and answered, and replay the recursive runs that it began."""
        fresh = [call for call in asked["calls"] if "reused" not in call]
        if "refused" not in asked:
            self._emit("sub_queries", count=len(fresh))
        for call in fresh:
            self._emit("sub_query", id=call["id"], how=call["how"])
            answer = self.cells.given.get(call["id"])
            if answer is None:
                continue
            if answer.get("run"):
                self._below(call, answer)
            told = {"error": answer.get("error"), "seconds": answer.get("seconds", 0.0)}
            self._emit("answer", id=call["id"], **told, spent=self.replay.spent(answer))

    def _below(self, call: Call, answer: AnswerEntry) -> None:
        cut, corpus = context_over(call, answer["run"]["over"]), self.corpus
        if cut is not None and corpus is not None:
            corpus = corpus.cut(**cut)
        below = _Run(self.replay, answer["run"]["journal"], corpus, f"{self.path}/{call['id']}")
        below.run()
        below.answers.check_above(answer)

    def _emit(self, event: str, **data: Any) -> None:
        place = {"run": self.path, "depth": begun(self.journal).get("depth", 0), "at": self.replay.at}
        self.replay.show({"event": event, **place, **data})
