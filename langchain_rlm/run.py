"""The live side of a tree of runs: what no checkpoint can hold.

Models with their clients, the ledger, the text and the REPLs. The journal is the run and the REPL a cache of it, so all
of this may be lost at any moment and is built again from graph state when a node needs it.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import pydantic_monty as monty
from langgraph.config import get_stream_writer

from langchain_rlm.budget import Ledger
from langchain_rlm.citations import CiteError, citation, cited, look_up
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import Profile, profile
from langchain_rlm.context.spans import SpanFinder
from langchain_rlm.errors import InputError
from langchain_rlm.journal import is_first_cell, last_asked, turns
from langchain_rlm.models.calls import Caller
from langchain_rlm.models.resolve import ModelClients
from langchain_rlm.repl.idle import IdleRepls
from langchain_rlm.repl.jail import worker_path
from langchain_rlm.repl.outcomes import Ended, Outcome, ReplContext
from langchain_rlm.repl.replay import rebuild
from langchain_rlm.repl.session import Session
from langchain_rlm.repl.tools import ReplTool
from langchain_rlm.response import ResponseFormat
from langchain_rlm.settings import Settings
from langchain_rlm.state import Entry, RLMState

T = TypeVar("T")

GRACE = 5.0
"""Seconds that a cell gets when the run's time is up: no call is made any more, and what was paid for is kept."""
CONCURRENT_CELLS = 16
"""Threads that run cells; more recursive runs than this wait for one."""
WAITED = 0.01
"""Seconds of waiting that are worth a word in the journal."""
UNSAVED = 8
"""Answers that may wait to be saved while others take their places in flight: so many, or half of those in flight."""


@dataclass
class Level:
    """One run of the tree, live: its text, and its REPL when it has one."""

    run: "Run"
    path: str
    depth: int
    corpus: Corpus
    profiles: list[Profile]
    finder: SpanFinder = field(init=False)
    session: Session | None = None
    hosts: list[Entry] = field(default_factory=list)
    """What the host answered since the last journal write."""
    calls: int = 0
    is_last_turn: bool = False
    holds_turn: bool = True
    """The ledger has a last turn set aside for this run."""
    pool: dict[str, list[Entry]] | None = None
    """Answers that the running cell may be given again; None: read them from the journal."""
    asked: tuple[Mapping[str, Entry], int] = ({}, 0)
    """The calls of the pause that the cell is in, by id, and its turn."""
    answered: set[str] = field(default_factory=set)
    """Ids of the calls whose answers are in the ledger."""
    cited: dict[tuple[str, int, int], dict[str, Any]] = field(default_factory=dict)
    """What the code has cited, by place."""
    cited_last: tuple[int, int] | None = None
    is_resumed: bool = False
    """It was begun in another process; answers of that time may still come into its journal."""
    is_counted: bool = False
    """What its journal says was spent is in the ledger."""

    def __post_init__(self) -> None:
        self.finder = SpanFinder(self.corpus.texts)

    @property
    def may_recurse(self) -> bool:
        return self.depth + 1 < self.run.settings.budget.depth

    @property
    def may_ask(self) -> bool:
        return self.run.settings.budget.depth > 0

    @property
    def tools(self) -> dict[str, ReplTool]:
        """The functions of this run's REPL: the user's, and those of a context that is searched."""
        searching = self.corpus.searchable.tools() if self.corpus.searchable else []
        return {**self.run.settings.tools, **{tool.name: tool for tool in searching}}

    @property
    def response_format(self) -> ResponseFormat | None:
        """The form of the answer; recursive runs answer freely."""
        return self.run.settings.response_format if self.depth == 0 else None

    def asked_now(self, call: str, read: Callable[[str], Any]) -> tuple[Mapping[str, Entry], int]:
        """The calls asked last, by id, and the turn; read from the state when they are not at hand."""
        if call not in self.asked[0]:
            journal = read("journal")
            self.asked = {entry["id"]: entry for entry in last_asked(journal)[0]["calls"]}, turns(journal)
        return self.asked

    def repl_context(self, size: int) -> ReplContext:
        """What a REPL of this level holds; `size` is that of its `chunks()`, in characters."""
        separators = [profile.separators for profile in self.profiles]
        return ReplContext(self.corpus.texts, self.corpus.single, self.corpus.sources(), separators, size)

    def give_turn_back(self) -> None:
        """The last turn that was set aside is used, or not needed any more."""
        if self.holds_turn:
            self.holds_turn = False
            self.run.ledger.give_turn_back()

    async def start(self, code: str, journal: Sequence[Entry]) -> Outcome:
        """Run a cell in this level's REPL, which is built first when there is none."""
        is_first = is_first_cell(journal)
        return await self._run(journal, lambda session: session.start(code, is_first=is_first))

    async def resume(self, results: Sequence[Any], journal: Sequence[Entry]) -> Outcome:
        """Put answers into the paused cell and run it on."""
        return await self._run(journal, lambda session: session.resume(results))

    async def repl(self, journal: Sequence[Entry]) -> Session:
        """The REPL, as the journal left it."""
        if self.session is None:
            session = await self.run.new_session(self, journal)
            try:
                await self._on_thread(session, lambda: rebuild(session, journal))
            except BaseException:
                session.kill()
                raise
            session.host = self._host
            self.session = session
            self.cited = cited(journal)
        return self.session

    async def variable(self, name: str, journal: Sequence[Entry]) -> tuple[Any] | None:
        """A variable of the REPL, or None when there is none of that name."""
        async with self.run.idle.busy(self):
            session = await self.repl(journal)
            return await self._on_thread(session, lambda: session.variable(name))

    async def draft(self, journal: Sequence[Entry]) -> Any:
        """What `answer` holds in the REPL."""
        async with self.run.idle.busy(self):
            session = await self.repl(journal)
            return await self._on_thread(session, session.draft)

    async def _run(self, journal: Sequence[Entry], step: Callable[[Session], Outcome]) -> Outcome:
        """Take a step in the REPL; after a crash from outside, once more in a REPL built anew."""
        outcome = await self._step(journal, step)
        if isinstance(outcome, Ended) and outcome.crashed:
            self.hosts.clear()  # what the lost attempt was told
            outcome = await self._step(journal, step)
        return outcome

    async def _step(self, journal: Sequence[Entry], step: Callable[[Session], Outcome]) -> Outcome:
        async with self.run.idle.busy(self):
            return await self._taken(journal, step)

    async def _taken(self, journal: Sequence[Entry], step: Callable[[Session], Outcome]) -> Outcome:
        session = await self.repl(journal)
        seconds = self.run.ledger.remaining_seconds(last_turn=self.is_last_turn)
        if seconds is not None:
            seconds = max(GRACE, seconds)
        outcome = await self._on_thread(session, lambda: step(session), seconds)
        if isinstance(outcome, Ended) and outcome.lost:
            await self.drop()
        return outcome

    async def _on_thread(self, session: Session, step: Callable[[], T], seconds: float | None = None) -> T:
        """Do blocking work on a thread; end the worker when time is up or the run is cancelled."""
        future = asyncio.get_running_loop().run_in_executor(self.run.threads, step)
        try:
            done, _ = await asyncio.wait([future], timeout=seconds)
        except asyncio.CancelledError:
            session.kill()
            with contextlib.suppress(BaseException):
                await asyncio.shield(future)
            raise
        if not done:
            session.kill()
        return await future

    def _host(self, name: str, *args: Any) -> Any:
        value = self._cite(*args) if name == "cite" else self.run.ledger.left()
        self.hosts.append({"kind": "host", "name": name, "value": value})
        return value

    def _cite(self, quote: Any, source: Any, near: int | None) -> dict[str, Any]:
        try:
            place, found = look_up(self.corpus, quote, source, near, self.cited_last or self.finder.hint)
        except CiteError as error:
            return {"error": str(error)}
        self.cited_last = (place.document, place.end)
        key = (f"d{place.document}", place.start, place.end)
        if key not in self.cited:
            self.cited[key] = citation(self.corpus, place, f"c{len(self.cited) + 1}", found)
        return self.cited[key]

    def take_hosts(self) -> list[Entry]:
        entries, self.hosts = self.hosts, []
        return entries

    @property
    def has_process(self) -> bool:
        """It has a REPL, and that a process."""
        return self.session is not None

    def evict(self) -> None:
        """Give up a REPL that waits, without waiting for it."""
        session, self.session = self.session, None
        if session is not None:
            session.kill()
            self.run.threads.submit(session.close)

    async def drop(self) -> None:
        """Give the REPL up; the journal has what it takes to build it again."""
        self.run.idle.forget(self)
        session, self.session = self.session, None
        if session is not None:
            session.kill()
            await asyncio.get_running_loop().run_in_executor(self.run.threads, session.close)


@dataclass
class Run:
    """The live side of one tree of runs."""

    settings: Settings
    idle: IdleRepls
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    ledger: Ledger = field(init=False)
    clients: ModelClients = field(default_factory=ModelClients)
    caller: Caller = field(init=False)
    unsaved: asyncio.Semaphore = field(init=False)
    """Calls in flight, and answers that came and are not saved yet: what a kill would lose."""
    levels: dict[str, Level] = field(default_factory=dict)
    corpora: dict[str, Corpus] = field(default_factory=dict)
    """Contexts that a caller handed over before the graph began, by hash."""
    is_saved: bool = False
    """A checkpointer keeps the run."""
    saved: Sequence[Entry] = ()
    """Answers that were saved before this process and are in the first run's journal only after the next superstep."""
    entering: asyncio.Lock = field(default_factory=asyncio.Lock)
    writer: Callable[[Any], None] | None = None
    sessions: list[Session] = field(default_factory=list)
    """Every REPL that was opened, also those that no level has yet."""
    _threads: ThreadPoolExecutor | None = None
    _pool: monty.Monty | None = None
    _pool_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.settings.budget)
        gate = asyncio.Semaphore(self.settings.max_concurrency)
        at_once = self.settings.max_concurrency
        self.unsaved = asyncio.Semaphore(at_once + max(UNSAVED, at_once // 2))
        self.caller = Caller(self.ledger, self.clients, gate, self.settings.windows())

    @property
    def threads(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(CONCURRENT_CELLS, thread_name_prefix="rlm-cell")
        return self._threads

    async def enter(self, state: RLMState, corpus: Corpus) -> Level:
        """Open a level of the tree over its context."""
        path = state.get("path", "")
        profiles = await asyncio.to_thread(_profiles, corpus)  # few threads for all runs: it holds the interpreter
        level = Level(self, path, state.get("depth", 0), corpus, profiles)
        taken = sorted(set(self.settings.tools) & {"search", "fetch"}) if corpus.searchable else []
        if taken:
            msg = f"The tool {taken[0]!r} has the name of what searches this context. Rename the tool."
            raise InputError(msg)
        self.levels[path] = level
        if self.writer is None:
            with contextlib.suppress(RuntimeError, LookupError):
                self.writer = get_stream_writer()
        return level

    async def new_session(self, level: Level, journal: Sequence[Entry]) -> Session:
        """Open a fresh REPL for a level."""
        entry = next(entry for entry in journal if entry["kind"] == "run")
        session = Session(
            await self._workers(),
            level.repl_context(entry.get("chunk_size") or self.settings.chunk_size),
            self.settings.limits,
            seed=entry["seed"],
            started=datetime.fromisoformat(entry["started"]),
            host=lambda _: None,
            tools=frozenset(level.tools),
        )
        self.sessions = [known for known in self.sessions if not known.is_closed]
        self.sessions.append(session)
        await self.to_its_end(session.open, undo=session.close)
        return session

    async def to_its_end(self, step: Callable[[], Any], *, undo: Callable[[], Any]) -> Any:
        """Do blocking work on a thread; a cancellation waits for it and takes it back."""
        future = asyncio.get_running_loop().run_in_executor(self.threads, step)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            if future.exception() is None:
                await asyncio.get_running_loop().run_in_executor(self.threads, undo)
            raise

    async def _workers(self) -> monty.Monty:
        async with self._pool_lock:
            if self._pool is None:
                pool = await asyncio.get_running_loop().run_in_executor(self.threads, new_pool)
                await self.to_its_end(pool.__enter__, undo=lambda: pool.__exit__(None, None, None))
                self._pool = pool
        return self._pool

    async def close(self) -> None:
        """End workers, threads and connections. Safe to call twice."""
        for session in self.sessions:
            session.kill()  # first of all: a thread that waits for a cell would be waited for
        self.sessions.clear()
        for level in list(self.levels.values()):
            await level.drop()
        self.levels.clear()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.get_running_loop().run_in_executor(self.threads, pool.__exit__, None, None, None)
        if self._threads is not None:
            self._threads.shutdown(wait=True)
            self._threads = None
        await self.clients.close()


def new_pool() -> monty.Monty:
    """The workers of one run: processes, jailed where that is possible, none before it is needed."""
    return monty.Monty(binary_path=worker_path(), min_processes=0, max_processes=10_000)


def _profiles(corpus: Corpus) -> list[Profile]:
    return [profile(document.text, name=document.name) for document in corpus.documents]


def new_run_entry(run: Run, level: Level, question: str, route: str) -> Entry:
    """The first entry of a journal: what a replay needs to be exact."""
    return {
        "kind": "run",
        "id": run.id,
        "path": level.path,
        "depth": level.depth,
        "question": question,
        "seed": f"{run.id}/{level.path}",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "route": route,
        "chunk_size": level.run.settings.chunk_size,
        "shown": _shown_first(level) if route == "rlm" else [],
        "documents": len(level.corpus.documents),
        "characters": level.corpus.characters,
        "context": level.corpus.hash,
    }


def _shown_first(level: Level) -> list[list[int]]:
    """What the first message shows of the documents: head and tail of the only one, or the head of the first."""
    shown: list[list[int]] = []
    for number, (text, about) in enumerate(zip(level.corpus.texts[:1], level.profiles[:1], strict=True)):
        if about.head and text.startswith(about.head):
            shown.append([number, 0, len(about.head)])
        if about.tail and text.endswith(about.tail) and len(level.corpus.texts) == 1:
            shown.append([number, len(text) - len(about.tail), len(text)])
    return shown


def emit(event: str, level: Level, **data: Any) -> None:
    """Send a progress event (`langchain_rlm.events`) to the custom stream of the first run; all of its tree use it."""
    if level.run.writer is not None:
        level.run.writer({"event": event, "run": level.path, "depth": level.depth, "at": at(level), **data})


def spent(level: Level) -> dict[str, Any]:
    """What the tree has spent so far, for progress events."""
    return {"tokens": level.run.ledger.tokens, "cost": level.run.ledger.cost}


def waiting(seconds: float) -> Entry:
    """What a reply or an answer says of how long it waited before it was sent, if it did."""
    return {"waited": round(seconds, 3)} if seconds >= WAITED else {}


def at(level: Level) -> float:
    """Seconds of the run, for the journal."""
    return round(level.run.ledger.seconds, 3)


def unknown_context(ref: Mapping[str, Any]) -> InputError:
    """The error for a run whose text is not there."""
    kind, _, name = str(ref.get("hash")).partition(":")
    if kind == "search":
        return InputError(
            f"The context of this run is searched ({name}), so it cannot be kept, and it is not in this process. Pass "
            'it again: `invoke({"context": ...}, config)`.'
        )
    names = ", ".join(map(str, ref.get("names") or ())) or "a text"
    more = ref.get("documents", 0) - len(ref.get("names") or ())
    named = f"{names} and {more} more documents" if more > 0 else names
    msg = (
        f"The context of this run ({named}; {ref.get('hash')}) is not in this process. Pass it again: "
        '`invoke({"context": ...}, config)`, or set RLM(context_store=...) before a run begins, which keeps it.'
    )
    return InputError(msg)
