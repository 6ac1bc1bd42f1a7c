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
from typing import Any

import pydantic_monty as monty
from langgraph.config import get_stream_writer

from langchain_rlm.budget import Ledger
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import Profile, profile
from langchain_rlm.errors import InputError
from langchain_rlm.level import Level
from langchain_rlm.models.calls import Caller
from langchain_rlm.models.resolve import ModelClients
from langchain_rlm.repl.idle import IdleRepls
from langchain_rlm.repl.jail import worker_path
from langchain_rlm.repl.session import Session
from langchain_rlm.settings import Settings
from langchain_rlm.state import Entry, RLMState

CONCURRENT_CELLS = 16
"""Threads that run cells; more recursive runs than this wait for one."""
UNSAVED = 8
"""Answers that may wait to be saved while others take their places in flight: so many, or half of those in flight."""


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


def unknown_context(ref: Mapping[str, Any]) -> InputError:
    """The error for a run whose text is not there."""
    if str(ref.get("hash")).startswith("search:"):
        return InputError(
            f"The context of this run is searched ({name_of_context(ref)}), so it cannot be kept, and it is not at "
            'hand in this RLM object. Pass it again: `invoke({"context": ...}, config)`.'
        )
    msg = (
        f"The context of this run ({name_of_context(ref)}) is not at hand in this RLM object. Pass it again: "
        '`invoke({"context": ...}, config)`, or set RLM(context_store=...) before a run begins, which keeps it.'
    )
    return InputError(msg)


def name_of_context(ref: Mapping[str, Any]) -> str:
    """What is known of a context that is not there: the names of its documents, if any, and its hash."""
    key = str(ref.get("hash"))
    if key.startswith("search:"):
        return key.removeprefix("search:")
    named = ", ".join(map(str, ref.get("names") or ()))
    more = ref.get("documents", 0) - len(ref.get("names") or ())
    return "; ".join(part for part in (named + (f" and {more} more documents" if more > 0 else ""), key) if part)
