"""Finds the live side of a run from graph state, and builds it when it is not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from langchain_core.runnables import RunnableConfig

from langchain_rlm import journal as journals
from langchain_rlm import langgraph_keys
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.store import ContextStore
from langchain_rlm.errors import InputError
from langchain_rlm.level import Level
from langchain_rlm.repl.idle import IdleRepls
from langchain_rlm.run import Run, unknown_context
from langchain_rlm.savers import GroupingSaver
from langchain_rlm.settings import Settings
from langchain_rlm.state import Entry, RLMState

RECENT = 8
RECENT_CHARACTERS = 50_000_000
"""Contexts that are kept at hand for threads that go on, at most; the newest one is kept whatever its size."""

PLACE = ["run_id", "path", "depth", "context_ref"]

OPENED = "__rlm_opened"
"""Key of the configuration under which a stream of the graph keeps the ids of the runs it opened."""

BEGUN = "__rlm_begun"
"""Key of the configuration for what a run begins with, beside its question: which run of which tree, and its context by
reference. It goes this way, and not through the input, so that no input from outside can name another run."""


def beginning(config: RunnableConfig, begun: Mapping[str, Any]) -> RunnableConfig:
    """A configuration with which `inspect` begins a run that is already there."""
    return {**config, "configurable": {**config.get("configurable", {}), BEGUN: begun}}


@dataclass
class Engine:
    """What the nodes of one `RLM` share."""

    settings: Settings
    contexts: ContextStore | None = None
    """Where contexts are kept for other processes."""
    recent: dict[str, Corpus] = field(default_factory=dict)
    """The newest contexts of this `RLM`, by hash, when a checkpointer lets runs go on."""
    saver: GroupingSaver | None = None
    """The checkpointer, when it tells what is saved."""
    runs: dict[str, Run] = field(default_factory=dict)
    idle: IdleRepls = field(init=False)
    graph: Any = None
    """The state machine without a checkpointer of its own, for recursive runs: it inherits the one above."""

    def __post_init__(self) -> None:
        self.idle = IdleRepls(self.settings.limits)

    def run_of(self, state: RLMState, config: RunnableConfig) -> Run:
        """The live run that a state belongs to; a new one when there is none, which `config` is told of."""
        run_id = state.get("run_id", "")
        run = self.runs.get(run_id)
        if run is None and (opened := self._opened(config)) is not None:
            run = self.runs[run_id] = opened  # opened for a new run, and a host's checkpointer had one to go on with
        return run or self.new_run(config, run_id)

    def _opened(self, config: RunnableConfig) -> Run | None:
        begun: Mapping[str, Any] = config.get("configurable", {}).get(BEGUN) or {}
        return self.runs.get(begun.get("run_id", ""))

    def new_run(self, config: RunnableConfig, run_id: str | None = None) -> Run:
        """A fresh run, of which `config` is told."""
        run = self.open_run(run_id)
        run.is_saved = self.settings.is_saved or bool(config.get("configurable", {}).get(langgraph_keys.CHECKPOINTER))
        config.get("configurable", {}).get(OPENED, []).append(run.id)
        return run

    def open_run(self, run_id: str | None = None) -> Run:
        """A fresh run; `close` ends it.

        Raises:
            InputError: That run is going on in this process.
        """
        if run_id in self.runs:
            msg = f"The run {run_id} of this thread is going on in this process already. Wait for it to end."
            raise InputError(msg)
        run = Run(self.settings, self.idle, is_saved=self.settings.is_saved)
        run.id = run_id or run.id
        self.runs[run.id] = run
        run.ledger.set_turn_aside()
        return run

    @staticmethod
    def state_of(config: RunnableConfig) -> RLMState:
        """Which run a task of a fan-out belongs to: the task itself does not say."""
        read = config.get("configurable", {}).get(langgraph_keys.READ)
        return cast("RLMState", read(PLACE) if read else {})

    async def level_of(self, state: RLMState, config: RunnableConfig) -> Level:
        """The live level of a state, rebuilt from what the state says when it was lost.

        Raises:
            InputError: The text of the run is nowhere to be found.
        """
        run = self.run_of(state, config)
        async with run.entering:
            level = run.levels.get(state.get("path", ""))
            if level is None:
                level = await run.enter(state, await self.corpus_of(run, state))
        journal = state.get("journal")
        if journal is None and not level.is_counted:
            read = config.get("configurable", {}).get(langgraph_keys.READ)
            journal = read("journal") if read else []
        if journal is not None:
            self._count(level, journal)
        return level

    async def corpus_of(self, run: Run, state: RLMState) -> Corpus:
        """The text of a run, by what its state refers to.

        Raises:
            InputError: It is neither at hand in this `RLM` nor in the context store.
        """
        path = state.get("path", "")
        ref = state.get("context_ref") or {}
        if "pieces" in ref:
            above = run.levels.get(path.rpartition("/")[0])
            if above is not None:
                return above.corpus.cut(ref["pieces"], single=ref["single"], names=ref["names"])
        key = ref.get("hash", "")
        corpus = run.corpora.get(key) or await self.found(state)
        if corpus is None:
            raise unknown_context(ref)
        run.corpora[key] = corpus
        return corpus

    def at_hand(self, state: RLMState) -> Corpus | None:
        """The context of a run, when this `RLM` has it."""
        key = (state.get("context_ref") or {}).get("hash", "")
        return self.recent.get(_key(key, state.get("run_id", "")))

    async def found(self, state: RLMState) -> Corpus | None:
        """The context of a run, from this `RLM` or from the context store.

        Raises:
            InputError: It is damaged there.
        """
        corpus = self.at_hand(state)
        if corpus is None and self.contexts is not None:
            corpus = await self.contexts.get((state.get("context_ref") or {}).get("hash", ""))
        return corpus

    async def keep(self, corpus: Corpus, run: Run) -> None:
        """Have a context at hand for what follows on its thread, and put it where another process finds it."""
        if run.is_saved:
            key = _key(corpus.hash, run.id)
            self.recent.pop(key, None)
            self.recent[key] = corpus
            while len(self.recent) > 1 and (len(self.recent) > RECENT or self._characters() > RECENT_CHARACTERS):
                del self.recent[next(iter(self.recent))]
        if self.contexts is not None:
            await self.contexts.put(corpus)

    def _characters(self) -> int:
        return sum(corpus.characters for corpus in self.recent.values())

    @staticmethod
    def _count(level: Level, journal: Sequence[Entry]) -> None:
        """Take over what the journal says about the time before this process.

        Answers that were saved just before the process ended come into the journal with the first ones of this process:
        they are charged when they are seen.
        """
        if level.is_counted and not level.is_resumed:
            return
        ledger = level.run.ledger
        if not level.is_counted:
            level.is_counted = level.is_resumed = True
            level.calls = journals.last_id(journal)
            ledger.charge(journals.spending(journal, without=level.answered))
            turn = journals.this_turn(journals.since_question(journal))
            if turn and turn[0]["last"]:
                level.is_last_turn = True
                level.give_turn_back()
            level.answered |= {entry["id"] for entry in journal if entry["kind"] == "answer"}
            journal = [] if level.path else level.run.saved
        late = [entry for entry in journal if entry["kind"] == "answer" and entry["id"] not in level.answered]
        if late:
            ledger.charge(replace(journals.spending(late), sub_queries=0))
            level.answered |= {entry["id"] for entry in late}

    async def close(self, run: Run) -> None:
        """End a run's live side."""
        for run_id in [run_id for run_id, known in self.runs.items() if known is run]:
            del self.runs[run_id]
        await run.close()

    async def give_up(self, state: RLMState) -> None:
        """A node failed or was cancelled: its REPL is given up. The journal has what was paid for."""
        run = self.runs.get(state.get("run_id", ""))
        level = run.levels.get(state.get("path", "")) if run else None
        if level is not None:
            await level.drop()

    async def close_all(self, run_ids: Sequence[str]) -> None:
        """End what a stream of the graph opened."""
        for run_id in run_ids:
            run = self.runs.get(run_id)
            if run is not None:
                await self.close(run)


def _key(ref: str, run_id: str) -> str:
    """What a context is kept under: one that is only searched is known by its run alone."""
    return ref if ref.startswith("sha256:") else f"{ref}/{run_id}"
