"""One run of the tree, live: its text, its REPL, and what is told of it while it goes on."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from langchain_rlm.context.chunking import Chunks
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import TextProfile
from langchain_rlm.context.large_answers import LargeAnswers
from langchain_rlm.context.pieces import Piece, stretch
from langchain_rlm.errors import HostError
from langchain_rlm.evidence.citations import CiteError, citation, cited, look_up
from langchain_rlm.evidence.quotes import Found, Place, find
from langchain_rlm.evidence.rows import cited_rows, given
from langchain_rlm.evidence.spans import SpanFinder
from langchain_rlm.journal.entries import AnswerEntry, Entry, HostEntry, LostEntry, Waited
from langchain_rlm.journal.parts import Call, Cited
from langchain_rlm.journal.reading import answered_calls, begun, is_first_cell, last_asked, spans, turns
from langchain_rlm.models.resolve import Model, may_see
from langchain_rlm.repl.functions import RECORDED
from langchain_rlm.repl.kinds import check_same
from langchain_rlm.repl.protocol import Ended, Outcome, Sandbox, Sandboxes, SandboxLostError, Within
from langchain_rlm.repl.tools import ReplTool, context_tools
from langchain_rlm.response_format import ResponseFormat
from langchain_rlm.runtime.repl_pool import Repl
from langchain_rlm.runtime.replay import as_recorded, rebuild, sandbox_of
from langchain_rlm.runtime.tree import RunTree

T = TypeVar("T")

GRACE = 5.0
"""Seconds that a cell gets when the run's time is up: no call is made any more, and what was paid for is kept."""
WAITED = 0.01
"""Seconds of waiting that are worth a word in the journal."""


@dataclass
class Run:
    """One run of the tree, live: its text and its REPL."""

    tree: RunTree
    path: str
    depth: int
    corpus: Corpus
    profiles: list[TextProfile]
    finder: SpanFinder = field(init=False)
    repl: Repl = field(init=False)
    hosts: list[HostEntry] = field(default_factory=list)
    """What the host answered since the last journal write."""
    calls: int = 0
    is_last_turn: bool = False
    holds_turn: bool = True
    """The ledger has a last turn set aside for this run."""
    pool: dict[str, list[AnswerEntry]] | None = None
    """Answers that the running cell may be given again; None: read them from the journal."""
    asked: tuple[Mapping[str, Call], int] = ({}, 0)
    """The calls of the pause that the cell is in, by id, and its turn."""
    cited: dict[tuple[str, int, int], Cited] = field(default_factory=dict)
    """What the code has cited, by place."""
    cited_last: tuple[int, int] | None = None
    read_last: tuple[str, list[Piece]] = ("", [])
    """The text that quotes were looked for in last, and where it is in the context."""
    rows_given: list[str] = field(default_factory=list)
    """What `rows` gave the code, in which quotes are looked for."""
    is_counted: bool = False
    """What its journal says was spent is in the ledger."""
    lost: list[LostEntry] = field(default_factory=list)
    """What it may have sent and lost before this process, as long as its journal does not have it."""
    held: dict[str, AnswerEntry] = field(default_factory=dict)
    """Failures of a model that has not replied yet, by call: `aggregate` decides whether they are answers."""

    def __post_init__(self) -> None:
        self.finder = SpanFinder(self.corpus.texts)
        self.repl = Repl(self.tree.repls)

    @property
    def may_recurse(self) -> bool:
        return self.depth + 1 < self.tree.settings.budget.depth

    def is_below(self, call: Call) -> bool:
        """Whether a run answers the call."""
        return call["how"] == "sample" or (call["how"] == "rlm" and self.may_recurse)

    def model_of(self, call: Call) -> Model | None:
        """The model that a call asks; None when there is none of that name."""
        settings = self.tree.settings
        return settings.model if call["how"] in {"sample", "judge"} else settings.pick(call["model"])

    @property
    def may_see(self) -> bool:
        """A sub-model may take pictures."""
        settings = self.tree.settings
        return self.may_ask and any(map(may_see, [settings.sub_model, *settings.sub_models.values()]))

    @property
    def may_ask(self) -> bool:
        return self.tree.settings.budget.depth > 0

    @property
    def may_plan(self) -> bool:
        """A plan may take the root model's place: code is not what was asked for, and there is text to read."""
        return self.tree.settings.route != "rlm" and self.may_ask and self.corpus.is_text and not self.corpus.tables

    @property
    def tools(self) -> dict[str, ReplTool]:
        """The functions of this run's REPL: the user's, and those of a context that is searched or has tables."""
        return {**self.tree.settings.tools, **{tool.name: tool for tool in context_tools(self.corpus)}}

    @property
    def response_format(self) -> ResponseFormat | None:
        """The form of the answer; recursive runs answer freely."""
        return self.tree.settings.response_format if self.depth == 0 else None

    def asked_now(self, call: str, read: Callable[[str], Any]) -> tuple[Mapping[str, Call], int]:
        """The calls asked last, by id, and the turn; read from the state when they are not at hand."""
        if call not in self.asked[0]:
            journal = read("journal")
            self.asked = {entry["id"]: entry for entry in last_asked(journal)[0]["calls"]}, turns(journal)
        return self.asked

    def noted(self, tool: str, value: Any) -> Any:
        """What a function gave; rows of a table are remembered, for quotes of them."""
        if tool == "rows" and self.corpus.tables is not None:
            self.rows_given.append(value)
        return value

    def take_lost(self) -> list[Entry]:
        entries, self.lost = self.lost, []
        return [*entries]

    def give_turn_back(self) -> None:
        """The last turn that was set aside is used, or not needed any more."""
        if self.holds_turn:
            self.holds_turn = False
            self.tree.ledger.give_turn_back()

    async def start(self, code: str, journal: Sequence[Entry]) -> Outcome:
        is_first = is_first_cell(journal)
        return await self._run(journal, lambda sandbox: sandbox.start(code, is_first=is_first))

    async def resume(self, results: Sequence[Any], journal: Sequence[Entry]) -> Outcome:
        return await self._run(journal, lambda sandbox: sandbox.resume(results))

    async def variable(self, name: str, journal: Sequence[Entry]) -> tuple[Any] | None:
        """A variable of the REPL in a tuple, or None when no variable has that name."""
        return await self._looked(journal, lambda sandbox: sandbox.variable(name))

    async def draft(self, journal: Sequence[Entry]) -> Any:
        return await self._looked(journal, lambda sandbox: sandbox.draft())

    async def _looked(self, journal: Sequence[Entry], look: Callable[[Sandbox], T]) -> T:
        try:
            return await self._step(journal, look)
        except SandboxLostError as error:
            msg = f"{error}, twice while the run was built again from its journal. Look at what ends processes here."
            raise HostError(msg) from error

    async def _run(self, journal: Sequence[Entry], step: Callable[[Sandbox], Outcome]) -> Outcome:
        """Take a step in the REPL. A cell in which it dies twice has lost its variables, and the code is told."""
        try:
            return await self._step(journal, step, self._seconds)
        except SandboxLostError as error:
            return Ended("", f"{error}, twice; the variables of this cell are lost.", lost=True)

    async def _step(
        self, journal: Sequence[Entry], step: Callable[[Sandbox], T], seconds: Callable[[], float | None] = lambda: None
    ) -> T:
        """Take a step in the REPL, which is brought to where the journal stands when there is none.

        One that dies is built again, once.
        """
        for is_last in (False, True):
            try:
                return await self.repl.step(
                    step,
                    make=lambda sandboxes: self._fresh(sandboxes, journal),
                    rebuild=lambda sandbox: self._rebuilt(sandbox, journal),
                    seconds=seconds,
                )
            except SandboxLostError:
                self.hosts.clear()  # what the lost attempt was told
                if is_last:
                    raise
        raise AssertionError

    def _fresh(self, sandboxes: Sandboxes, journal: Sequence[Entry]) -> Sandbox:
        settings, run = self.tree.settings, begun(journal)
        is_rebuilt = any(entry["kind"] == "cell" for entry in journal)
        if is_rebuilt:
            check_same(settings.sandboxes, run.get("repl"))
        return sandbox_of(
            sandboxes, run, self.corpus, self._host,
            size=settings.chunk_size, limits=as_recorded(settings.limits, run) if is_rebuilt else settings.limits,
            tools=self.tools,
        )  # fmt: skip

    def _rebuilt(self, sandbox: Sandbox, journal: Sequence[Entry]) -> None:
        rebuild(sandbox, journal, self.corpus.texts, self.path)
        sandbox.host = self._host
        sandbox.allow(self.tree.settings.limits.cell_seconds)
        self.cited = cited(journal)
        self.rows_given = [*given(journal)] if self.corpus.tables else []
        if sent := [span for call, _ in answered_calls(journal) for span in spans(call)]:
            self.finder.given.recall(sent)

    def _seconds(self) -> float | None:
        seconds = self.tree.ledger.remaining_seconds(last_turn=self.is_last_turn)
        return None if seconds is None else max(GRACE, seconds)

    def _host(self, name: str, *args: Any) -> Any:
        """The answer to a function that `repl.functions` says the host answers."""
        value = getattr(self, f"host_{name}")(*args)
        if name in RECORDED:
            self.hosts.append({"kind": "host", "name": name, "value": value})
        return value

    def host_chunks(self, text: Any, size: int, overlap: int) -> list[list[Piece]] | dict[str, str]:
        pieces = Chunks(self.corpus, self.profiles).answer(text, size, overlap)
        if isinstance(pieces, list):
            self.finder.give(text if isinstance(text, list) else [text], pieces)
        return pieces

    def host_text(self, what: str, number: int, args: Sequence[Any]) -> Any:
        found = self.large.answer(what, number, args)
        self.finder.gave(self.large.slices, self.large.stretch)
        return found

    @cached_property
    def large(self) -> LargeAnswers:
        return LargeAnswers(self.corpus, self.profiles)

    def host_budget(self) -> dict[str, Any]:
        return self.tree.ledger.left()

    def host_cite(self, quote: str, source: str | int | Within | None, near: int | None) -> Cited | dict[str, Any]:
        texts = [source.text] if isinstance(source, Within) else self.rows_given
        if (rows := self._cite_rows(quote, texts)) is not None:
            return rows
        if isinstance(source, Within):
            return self._cite_within(quote, source.text)
        try:
            place, found = look_up(self.corpus, quote, source, near, self.cited_last or self.finder.hint)
        except CiteError as error:
            return {"error": str(error)}
        self.cited_last = (place.document, place.end)
        return self._cite(place, found)

    def _cite_rows(self, quote: str, texts: Sequence[str]) -> Cited | dict[str, Any] | None:
        """The citation of rows of a table; None when the quote is of something else."""
        if self.corpus.tables is None:
            return None
        found = cited_rows(self.corpus.tables, quote, texts, f"c{len(self.cited) + 1}")
        if isinstance(found, str):
            return {"error": found}
        if found is None:
            return None
        return self.cited.setdefault((found["document"], found["start"], found["end"]), found)

    def _cite_within(self, quote: str, text: str) -> Cited | dict[str, Any]:
        """The citation of a quote in a text of the code's; without a mark where that is not of the context."""
        places = find(quote, [text], [0])
        if not places:
            return {"error": f"cite: {quote[:80]!r} is not in the text it was looked for in."}
        start, end = places[0].start, places[0].end
        if text != self.read_last[0]:
            self.read_last = text, self.finder.located(text)
        parts = list(stretch(self.read_last[1], start, end))
        if len(parts) == 1 and not isinstance(parts[0], str):
            return self._cite(Place(*parts[0]), None)
        near = next((part for part in parts if not isinstance(part, str)), self.finder.hint)
        with suppress(CiteError):  # code made the text of lines of the context
            return self._cite(*look_up(self.corpus, text[start:end], None, None, (near[0], near[1])))
        return {"text": text[start:end]}

    def _cite(self, place: Place, found: Found | None) -> Cited:
        key = (f"d{place.document}", place.start, place.end)
        if key not in self.cited:
            self.cited[key] = citation(self.corpus, place, f"c{len(self.cited) + 1}", found)
        return self.cited[key]

    def take_hosts(self) -> list[HostEntry]:
        entries, self.hosts = self.hosts, []
        return entries


def emit(event: str, run: Run, **data: Any) -> None:
    """Send a progress event (`langchain_rlm.events`) to the custom stream of the first run; all of its tree use it."""
    if run.tree.writer is not None:
        run.tree.writer({"event": event, "run": run.path, "depth": run.depth, "at": at(run), **data})


def spent(run: Run) -> dict[str, Any]:
    """What the tree has spent so far, for progress events."""
    return {"tokens": run.tree.ledger.tokens, "cost": run.tree.ledger.known_cost}


def waiting(seconds: float) -> Waited:
    """The time that a call waited before it was sent, for its reply or answer; empty when it hardly did."""
    return {"waited": round(seconds, 3)} if seconds >= WAITED else {}


def at(run: Run) -> float:
    """Seconds of the run, for the journal."""
    return round(run.tree.ledger.seconds, 3)
