"""Finds the live side of a run from graph state, and builds it when it is not there."""

import asyncio
import contextlib
import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from weakref import WeakValueDictionary

from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer

from langchain_rlm.context.blobs import GraphStore
from langchain_rlm.context.corpus import SEARCHED, TABULAR, Corpus, is_hash
from langchain_rlm.context.formats import TextProfile, profile
from langchain_rlm.context.store import ContextStore
from langchain_rlm.errors import InputError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.paid import spending
from langchain_rlm.models.resolve import Model, resolve_model
from langchain_rlm.repl.tools import context_tools
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.given import AT_ONCE
from langchain_rlm.runtime.host import host_store
from langchain_rlm.runtime.lost import beside
from langchain_rlm.runtime.repl_pool import IdleRepls
from langchain_rlm.runtime.run import Run
from langchain_rlm.runtime.savers import GroupingSaver
from langchain_rlm.runtime.tree import RunTree
from langchain_rlm.settings import PREFIX, Settings, for_call, given_in
from langchain_rlm.state import RLMState

RECENT = 8
RECENT_CHARACTERS = 50_000_000
"""Contexts that are kept at hand for threads that go on, at most; the newest one is kept whatever its size."""
PROFILED = 1_000
"""Documents of a context, at most, whose profiles are kept at hand."""

PLACE = ["tree_id", "path", "depth", "context_ref"]

NAMESPACE = "rlm_contexts"
"""Of contexts in a LangGraph store."""

MODELS = 32
"""Models named in calls that are kept, with their clients."""

OPENED = "__rlm_opened"
"""Key of the configuration under which a stream of the graph keeps the ids of the runs it opened."""

BEGUN = "__rlm_begun"
"""Key of the configuration for what a run begins with, beside its question: which run of which tree, and its context by
reference. It is not part of the input, so that no input from outside can name another run."""

GIVEN = "__rlm_given"
"""Key of the configuration for the settings of one call. Checkpoints copy keys without underscores."""


CONTEXT = "__rlm_context"
"""Key of the configuration for the context that a graph was called with, which no checkpoint has."""


def take_settings(config: RunnableConfig, context: Any = None) -> tuple[RunnableConfig, Mapping[str, Any]]:
    """The configuration with the settings for this call put aside, and these; `context` is what the graph was given.

    LangChain's `max_concurrency` is one of them: LangGraph lets answers wait to be saved behind what is to be asked.
    """
    if not isinstance(context, Mapping | None):
        msg = f"context={context!r:.80}: pass settings for this call, as in context={{'model': 'openai:gpt-5'}}."
        raise InputError(msg)
    given = {**given_in(config), **(context or {})}
    if at_once := config.get("max_concurrency"):
        given = {"max_concurrency": at_once, **given}
    kept = {key: value for key, value in config.get("configurable", {}).items() if not key.startswith(PREFIX)}
    return {**config, "max_concurrency": None, "configurable": {**kept, GIVEN: given}}, given


def beginning(config: RunnableConfig, begun: Mapping[str, Any]) -> RunnableConfig:
    """A configuration with which `inspect` begins a run that is already there."""
    return {**config, "configurable": {**config.get("configurable", {}), BEGUN: begun}}


@dataclass
class RunRegistry:
    """What the nodes of one `RLM` share."""

    settings: Settings
    contexts: ContextStore | None = None
    """Where contexts are kept for other processes."""
    recent: dict[str, Corpus] = field(default_factory=dict)
    """The newest contexts of this `RLM`, by hash, when a checkpointer lets runs go on."""
    profiles: dict[str, list[TextProfile]] = field(default_factory=dict)
    """What is known of the texts of the newest contexts, by hash: many questions may be asked about one."""
    around: WeakValueDictionary[int, GroupingSaver] = field(default_factory=WeakValueDictionary)
    """Around the checkpointers that servers put in place, by their ids: the runs of one save together."""
    trees: dict[str, RunTree] = field(default_factory=dict)
    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    """By the id of the tree and the path in it."""
    idle: IdleRepls = field(init=False)
    named: Callable[[str], Model] = field(default_factory=lambda: lru_cache(MODELS)(resolve_model))
    """Finds the models that calls name."""
    graph: Any = None
    """The state machine without a checkpointer of its own, for recursive runs: it inherits the one above."""

    def __post_init__(self) -> None:
        self.idle = IdleRepls(self.settings.limits)

    def saver_around(self, saver: Any) -> GroupingSaver:
        """The one that groups what a server's checkpointer saves."""
        return self.around.get(id(saver)) or self.around.setdefault(id(saver), GroupingSaver(saver))

    async def called_with(self, given: Mapping[str, Any]) -> "RunRegistry":
        """This registry, with the same runs, and settings for one call."""
        if not given:
            return self
        called = copy.copy(self)
        called.settings = await asyncio.to_thread(for_call, self.settings, given, self.named)
        return called

    async def tree_of(self, state: RLMState, config: RunnableConfig) -> RunTree:
        """The live run of a state, or a new one with the settings that the graph is called with, noted in `config`."""
        tree_id = state.get("tree_id", "")
        if tree_id in self.trees:
            return self.trees[tree_id]
        called = await self.called_with(config.get("configurable", {}).get(GIVEN) or {})
        if tree_id in self.trees:  # by now
            return self.trees[tree_id]
        tree = called.open_tree(tree_id)
        tree.is_saved = self.settings.is_saved or bool(config.get("configurable", {}).get(langgraph_keys.CHECKPOINTER))
        tree.contexts = self.contexts_for(config) if tree.is_saved else None
        config.get("configurable", {}).get(OPENED, []).append(tree.id)
        return tree

    def contexts_for(self, config: RunnableConfig) -> ContextStore | None:
        """Where contexts are kept: as this `RLM` was told, or in the store of the host that runs its graph."""
        host = None if self.contexts is not None else host_store(config)
        return self.contexts if host is None else ContextStore(GraphStore(host, NAMESPACE))

    def open_tree(self, tree_id: str | None = None) -> RunTree:
        """A fresh run, which must not be going on in this process; `close` ends it."""
        if tree_id in self.trees:
            msg = f"The run {tree_id} of this thread is going on in this process already. Wait for it to end."
            raise InputError(msg)
        tree = RunTree(self.settings, self.idle, is_saved=self.settings.is_saved)
        tree.id = tree_id or tree.id
        self.trees[tree.id] = tree
        tree.ledger.set_turn_aside()
        return tree

    @staticmethod
    def state_of(config: RunnableConfig, keys: Sequence[str] = PLACE) -> RLMState:
        """Which run a task of a fan-out belongs to: the task itself does not say."""
        read = config.get("configurable", {}).get(langgraph_keys.READ)
        return cast("RLMState", read([*keys]) if read else {})

    async def run_of(self, state: RLMState, config: RunnableConfig) -> Run:
        """The live run of a state, rebuilt from what the state says when it was lost."""
        tree = await self.tree_of(state, config)
        async with tree.entering:
            run = self.runs.get((tree.id, state.get("path", "")))
            if run is None:
                run = await self.enter(tree, state, await self.corpus_of(tree, state))
            if not run.is_counted:
                await self._count(run, state, config)
        return run

    async def enter(self, tree: RunTree, state: RLMState, corpus: Corpus) -> Run:
        path = state.get("path", "")
        run = Run(tree, path, state.get("depth", 0), corpus, await self._profiles(corpus))
        taken = [tool.name for tool in context_tools(corpus) if tool.name in self.settings.tools]
        if taken:
            msg = f"The tool {taken[0]!r} has the name of what searches this context. Rename the tool."
            raise InputError(msg)
        if corpus.tables is not None:
            await tree.use(corpus.tables)
        self.runs[tree.id, path] = run
        if tree.writer is None:
            with contextlib.suppress(RuntimeError, LookupError):
                tree.writer = get_stream_writer()
        return run

    async def _profiles(self, corpus: Corpus) -> list[TextProfile]:
        key = corpus.hash
        profiles = self.profiles.pop(key, None)
        if profiles is None and corpus.characters <= AT_ONCE:
            profiles = _profiles(corpus)
        elif profiles is None:
            profiles = await asyncio.to_thread(_profiles, corpus)  # few threads for all runs: it holds the interpreter
        if is_hash(key) and len(profiles) <= PROFILED:
            self.profiles[key] = profiles
            for old in [*self.profiles][:-RECENT]:
                self.profiles.pop(old, None)
        return profiles

    async def corpus_of(self, tree: RunTree, state: RLMState) -> Corpus:
        """The text of a run, by what its state refers to; it must be at hand in this `RLM` or in the context store."""
        path = state.get("path", "")
        ref = state.get("context_ref") or {}
        if "pieces" in ref:
            above = self.runs.get((tree.id, path.rpartition("/")[0]))
            if above is not None:
                return above.corpus.cut(ref["pieces"], single=ref["single"], names=ref["names"])
        key = ref.get("hash", "")
        contexts = self.contexts or tree.contexts
        if contexts is not None and is_hash(key):
            await tree.uses.begin(contexts.blobs, key)
        corpus = tree.corpora.get(key) or await self.found(state, contexts)
        if corpus is None:
            raise unknown_context(ref, contexts)
        tree.corpora[key] = corpus
        return corpus

    def at_hand(self, state: RLMState) -> Corpus | None:
        key = (state.get("context_ref") or {}).get("hash", "")
        return self.recent.get(_key(key, state.get("tree_id", "")))

    async def found(self, state: RLMState, contexts: ContextStore | None = None) -> Corpus | None:
        """The context of a run, from this `RLM` or from the context store."""
        corpus, contexts = self.at_hand(state), contexts or self.contexts
        if corpus is None and contexts is not None:
            corpus = await contexts.get((state.get("context_ref") or {}).get("hash", ""))
        return corpus

    async def keep(self, corpus: Corpus, tree: RunTree) -> None:
        """Have a context at hand for what follows on its thread, and put it where another process finds it."""
        if tree.is_saved:
            key = _key(corpus.hash, tree.id)
            self.recent.pop(key, None)
            self.recent[key] = corpus
            size = sum(known.characters for known in self.recent.values())
            while len(self.recent) > 1 and (len(self.recent) > RECENT or size > RECENT_CHARACTERS):
                size -= self.recent.pop(next(iter(self.recent))).characters
        contexts = self.contexts or tree.contexts
        if contexts is not None and corpus.is_kept:
            await tree.uses.begin(contexts.blobs, corpus.hash)
            await contexts.put(corpus)

    @staticmethod
    async def _count(run: Run, state: RLMState, config: RunnableConfig) -> None:
        """Take over what is on record of the time before this process."""
        journal = state.get("journal")
        if journal is None:
            read = config.get("configurable", {}).get(langgraph_keys.READ)
            journal = cast("list[Entry]", read("journal")) if read else []
        known = await beside(run, journal, config)
        run.is_counted = True
        run.calls = journals.last_id(journal)
        run.tree.ledger.charge(spending([*journal, *known]))
        said = journals.replies(journals.since_question(journal))
        run.is_last_turn = bool(said and said[-1]["last"])
        if run.is_last_turn or (journal and journals.route(journal) == "samples"):
            run.give_turn_back()

    async def close(self, tree: RunTree) -> None:
        for tree_id in [tree_id for tree_id, known in self.trees.items() if known is tree]:
            del self.trees[tree_id]
        tree.repls.kill()
        for key in [key for key in self.runs if key[0] == tree.id]:
            self.runs.pop(key).repl.leave()
        await tree.close()

    async def give_up(self, state: RLMState) -> None:
        """A node failed or was cancelled: its REPL is given up. The journal has what was paid for."""
        run = self.runs.get((state.get("tree_id", ""), state.get("path", "")))
        if run is not None:
            await run.repl.drop()

    async def close_all(self, run_ids: Sequence[str]) -> None:
        for tree_id in run_ids:
            if tree := self.trees.get(tree_id):
                await self.close(tree)


def _key(ref: str, tree_id: str) -> str:
    """What a context is kept under: one that is only searched is known by its run alone."""
    return ref if is_hash(ref) else f"{ref}/{tree_id}"


def _profiles(corpus: Corpus) -> list[TextProfile]:
    return [profile(document.text, name=document.name) for document in corpus.documents]


def unknown_context(ref: Mapping[str, Any], contexts: ContextStore | None = None) -> InputError:
    """The error for a run whose text is not there; `contexts` is where it was looked for."""
    if str(ref.get("hash")).startswith(TABULAR):
        return InputError(
            f"The context of this run has tables ({name_of_context(ref)}), so it is not kept, and it is not at hand in "
            'this RLM object. Pass it again: `invoke({"context": ...}, config)`.'
        )
    if str(ref.get("hash")).startswith(SEARCHED):
        return InputError(
            f"The context of this run is searched ({name_of_context(ref)}), so it cannot be kept, and it is not at "
            'hand in this RLM object. Pass it again: `invoke({"context": ...}, config)`.'
        )
    where, then = (
        "not at hand in this RLM object",
        ", or set RLM(context_store=...) before a run begins, which keeps it",
    )
    if contexts is not None:
        where, then = "not in the context store: it was deleted there, or never kept", ", which keeps it anew"
    msg = (
        f"The context of this run ({name_of_context(ref)}) is {where}. Pass it again: "
        f'`invoke({{"context": ...}}, config)`{then}.'
    )
    return InputError(msg)


def name_of_context(ref: Mapping[str, Any]) -> str:
    """What is known of a context that is not there: the names of its documents, if any, and its hash."""
    key = str(ref.get("hash"))
    if key.startswith(SEARCHED):
        return key.removeprefix(SEARCHED)
    named = ", ".join(map(str, ref.get("names") or ()))
    more = ref.get("documents", 0) - len(ref.get("names") or ())
    return "; ".join(part for part in (named + (f" and {more} more documents" if more > 0 else ""), key) if part)
