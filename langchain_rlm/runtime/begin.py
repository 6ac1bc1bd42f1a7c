"""How a call begins: a new run, a run on a thread that goes on, or a further question to it."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.types import Command, Interrupt, StateSnapshot

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.errors import InputError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.given import Given
from langchain_rlm.runtime.registry import RunRegistry, name_of_context, unknown_context
from langchain_rlm.runtime.tree import RunTree
from langchain_rlm.state import RLMState
from langchain_rlm.surrogates import encodable

BEGINS = "rlm_context"
"""Metadata of checkpoints: the context of a begun run, which state has only after `inspect`."""


@dataclass
class Beginning:
    """What a call of the graph begins with. Without a run there is nothing to do: `values` has the result."""

    tree: RunTree | None
    input: Any = None
    state: RLMState = field(default_factory=RLMState)
    values: Mapping[str, Any] = field(default_factory=dict)
    corpus: Corpus | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What the checkpoints say."""


@dataclass(frozen=True)
class _Thread:
    """What the checkpointer knows of a thread."""

    name: str
    values: RLMState
    is_waiting: bool
    """Its run has not ended."""
    asks: Sequence[Interrupt] = ()
    """What it waits for a person to decide."""
    begins: str = ""
    """The hash of the context of a run that has not got further than its input."""

    @property
    def has_run(self) -> bool:
        return bool(self.values.get("journal"))

    def is_about(self, corpus: Corpus, at_hand: Corpus | None) -> bool:
        """Whether the run is over this context. A source to search must be the same object, where that is known."""
        if not self.has_run or self.values["context_ref"].get("hash") != corpus.hash:
            return False
        if corpus.searchable is None or at_hand is None or at_hand.searchable is None:
            return True
        return at_hand.searchable.source is corpus.searchable.source


async def begin(
    registry: RunRegistry, graph: Any, given: Given, config: RunnableConfig, *, is_own: bool = False
) -> Beginning:
    """Look at what was given and at the thread, and open the run.

    With `is_own` the run has its thread to itself, inside a host: what it has answered or asks is there.
    """
    question, corpus = given.question, given.corpus
    thread = await _thread(graph, config)
    if is_own and question is not None and thread is not None and thread.has_run:
        return await _found(registry, thread, corpus)
    at_hand = registry.at_hand(thread.values) if thread is not None else None
    if question is not None and corpus is not None:
        return await _asked_over(registry, thread, question, corpus, at_hand)
    if thread is not None and thread.begins and question is None:
        return await _begun(registry, thread, corpus)
    if thread is None or not (thread.has_run or thread.begins):
        raise _nothing_there(question, thread)
    if corpus is not None and not thread.is_about(corpus, at_hand):
        raise _another_context(thread, thread.values["context_ref"])
    if question is None:
        return await _resumed(registry, thread, given.command, corpus)
    if thread.is_waiting:
        how = "invoke(Command(resume=...), config): it waits for a decision" if thread.asks else "invoke(None, config)"
        msg = (
            f"The run on thread {thread.name!r} has not ended. Go on with {how}. Ask further after it, "
            "or pass a context with the question to begin anew."
        )
        raise InputError(msg)
    return await _opened(registry, thread.values, {"question": question}, corpus)


async def _found(registry: RunRegistry, thread: _Thread, corpus: Corpus | None) -> Beginning:
    if thread.asks:
        return Beginning(None, values={**thread.values, langgraph_keys.INTERRUPT: thread.asks}, corpus=corpus)
    return await _resumed(registry, thread, None, corpus)


async def _asked_over(
    registry: RunRegistry, thread: _Thread | None, question: str, corpus: Corpus, at_hand: Corpus | None
) -> Beginning:
    """A question and a context: a thread over the same context goes on, else a run begins."""
    if thread is None or not thread.is_about(corpus, at_hand) or (corpus.searchable and at_hand is None):
        return await _new(registry, question, corpus)
    if not thread.is_waiting:
        return await _opened(registry, thread.values, {"question": question}, corpus)
    if thread.values["question"] != question:
        return await _new(registry, question, corpus)
    return await _resumed(registry, thread, None, corpus)


async def _thread(graph: Any, config: RunnableConfig) -> _Thread | None:
    """What is on the thread; None without a checkpointer, also where a host without one lends its own."""
    is_kept = isinstance(graph.checkpointer, BaseCheckpointSaver)
    if not is_kept or langgraph_keys.CHECKPOINTER in config.get("configurable", {}):
        return None
    name = thread_of(config)
    snapshot = await snapshot_of(graph, config)
    # not `next`, which leaves out tasks whose writes are saved while their superstep is not
    tasks = {task.name: task for task in snapshot.tasks}
    values = cast("RLMState", snapshot.values or {})
    begins = ""
    if tasks:
        found = await graph.checkpointer.aget_tuple(config)
        if "__start__" in tasks or ("inspect" in tasks and not tasks["inspect"].result):
            begins = str((snapshot.metadata or {}).get(BEGINS) or "")
            values = {**values, **_input_of(found)}  # type: ignore[typeddict-item]
    asks = [asked for task in snapshot.tasks for asked in task.interrupts]
    return _Thread(str(name), values, bool(tasks), asks, begins)


async def snapshot_of(graph: Any, config: RunnableConfig) -> StateSnapshot:
    """What is on the thread, or was at its checkpoint, which must exist."""
    snapshot: StateSnapshot = await graph.aget_state(config)
    wanted = config["configurable"].get("checkpoint_id")
    if wanted and snapshot.created_at is None:
        msg = (
            f"There is no checkpoint_id={wanted!r} on thread {thread_of(config)!r}. Leave it out to go on with the "
            "newest; rlm.graph.get_state_history(config) lists them."
        )
        raise InputError(msg)
    return snapshot


def thread_of(config: RunnableConfig) -> Any:
    """The name of the thread, which the configuration must have."""
    name = (config.get("configurable") or {}).get("thread_id")
    if name is None or name == "":
        msg = 'This RLM has a checkpointer and needs a thread: pass {"configurable": {"thread_id": ...}} as config.'
        raise InputError(msg)
    if isinstance(name, str) and ("\0" in name or encodable(name) != name):
        msg = f"thread_id={name!r:.80}: it has a NUL or half a character in it, which databases refuse. Use another."
        raise InputError(msg)
    return name


def _input_of(found: CheckpointTuple | None) -> Mapping[str, Any]:
    """The input of a run that ended before it was taken in."""
    given = found.checkpoint["channel_values"].get("__start__") if found else None
    return given if isinstance(given, Mapping) else {}


def _nothing_there(question: str | None, thread: _Thread | None) -> InputError:
    if question is not None:
        return InputError("The input has no context. Pass the text, documents or paths as `context`.")
    if thread is None:
        return InputError(
            "There is no run to go on with: this RLM has no checkpointer. Pass RLM(checkpointer=...), or a question "
            "and a context."
        )
    return InputError(f"There is no run on thread {thread.name!r}. Begin one with a question and a context.")


def _another_context(thread: _Thread, ref: Mapping[str, Any]) -> InputError:
    return InputError(
        f"This is not the context of the run on thread {thread.name!r} ({name_of_context(ref)}). Pass that one, or a "
        "question too, to begin anew with this one."
    )


async def _new(registry: RunRegistry, question: str, corpus: Corpus) -> Beginning:
    tree = registry.open_tree()
    try:
        await registry.keep(corpus, tree)
    except BaseException:
        await registry.close(tree)
        raise
    tree.corpora[corpus.hash] = corpus
    state: RLMState = {"tree_id": tree.id, "path": "", "depth": 0, "context_ref": corpus.ref()}
    return Beginning(tree, {"question": question}, state, metadata={BEGINS: corpus.hash})


async def _begun(registry: RunRegistry, thread: _Thread, corpus: Corpus | None) -> Beginning:
    """A run that was stopped before its context was looked at: begin it again."""
    ref = {"hash": thread.begins}
    if corpus is None:
        corpus = await registry.found({"context_ref": ref})
    if corpus is None:
        raise unknown_context(ref)
    if corpus.hash != thread.begins:
        raise _another_context(thread, ref)
    return await _new(registry, thread.values["question"], corpus)


async def _resumed(
    registry: RunRegistry, thread: _Thread, given: Command[Any] | None, corpus: Corpus | None
) -> Beginning:
    values = thread.values
    if not thread.is_waiting:
        if corpus is None:
            with contextlib.suppress(InputError):  # the result is there without it
                corpus = await registry.found(values)
        return Beginning(None, values=values, corpus=corpus)
    return await _opened(registry, values, _decided(given, thread.asks), corpus)


def _decided(given: Command[Any] | None, asks: Sequence[Interrupt]) -> Command[Any] | None:
    """None and {} as decisions: LangGraph fails on None, and takes {} for decisions about nothing.

    Each is passed on by the id of what it decides, so that the asker sees it; when nothing was asked, the run goes on.
    """
    if given is None or given.update or given.goto or given.resume not in (None, {}):
        return given
    return replace(given, resume={asked.id: given.resume for asked in asks}) if asks else None


async def _opened(registry: RunRegistry, values: RLMState, given: Any, corpus: Corpus | None) -> Beginning:
    state: RLMState = {key: values[key] for key in ("tree_id", "path", "depth", "context_ref", "journal")}  # type: ignore[assignment]
    tree = registry.open_tree(values["tree_id"])
    try:
        if corpus is not None:
            tree.corpora[corpus.hash] = corpus
        found = await registry.corpus_of(tree, state)
        await registry.keep(found, tree)
    except BaseException:
        await registry.close(tree)
        raise
    return Beginning(tree, given, state, values)
