"""The live side of runs in memory: scripted sandboxes, models that are functions, no process and no network."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableConfig
from pydantic import PrivateAttr

from langchain_rlm.budget import Budget
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.journal.entries import Entry, append_entries
from langchain_rlm.repl.protocol import ReplLimits
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.registry import RunRegistry
from langchain_rlm.runtime.run import Run
from langchain_rlm.settings import Settings
from langchain_rlm.state import RLMState
from tests.unit.scripted_sandbox import Cell, ScriptedSandbox, ScriptedSandboxes

TEXT = "the kettle is on the stove"
PRICED = "gpt-4o"
"""The name of a model whose price is known."""


class Model(BaseChatModel):
    """A model that is a function of the conversation; it keeps what it was asked, and has no known price."""

    says: Callable[[list[BaseMessage]], Any] = lambda messages: f"echo: {messages[-1].text}"
    model_name: str = "made-up"
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    @property
    def _llm_type(self) -> str:
        return "made-up"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        del stop, run_manager
        self._asked.append(messages)
        said = self.says(messages)
        message = said if isinstance(said, AIMessage) else AIMessage(said)
        return ChatResult(generations=[ChatGeneration(message=message)])


def saying(*replies: Any, **settings: Any) -> Model:
    """A model that says these in turn; an exception is raised."""
    left = list(replies)

    def says(_: list[BaseMessage]) -> Any:
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    return Model(says=says, **settings)


def settings(**given: Any) -> Settings:
    defaults: dict[str, Any] = {
        "model": Model(), "sub_model": Model(), "sub_models": {}, "budget": Budget(), "max_concurrency": 8,
        "route": "rlm", "direct_below": 16_000, "model_window": None, "sub_model_window": None,
        "limits": ReplLimits(), "sandboxes": ScriptedSandboxes({}),
    }  # fmt: skip
    return Settings(**{**defaults, **given})


def corpus(*texts: str) -> Corpus:
    documents = tuple(SourceText(f"text {n}", text) for n, text in enumerate(texts or (TEXT,)))
    return Corpus(documents, single=len(documents) == 1)


class Live:
    """The registry of one `RLM` with the first run of one tree in it, and what the tree tells."""

    def __init__(self, registry: RunRegistry, sandboxes: ScriptedSandboxes) -> None:
        self.registry = registry
        self.tree = registry.open_tree("t")
        self.sandboxes = sandboxes
        self.events: list[Any] = []
        self.tree.writer = self.events.append

    @property
    def sandbox(self) -> ScriptedSandbox:
        """The newest one."""
        return self.sandboxes.opened[-1]

    def state(self, *journal: Entry, **more: Any) -> RLMState:
        """Graph state of the first run; the graph's reducer is what makes the journal."""
        place: Any = {"tree_id": "t", "path": "", "depth": 0, "context_ref": {"hash": "sha256:0"}, "question": "Why?"}
        state: RLMState = {**place, "journal": append_entries([], [list(journal)]), **more}  # type: ignore[typeddict-item]
        return state

    async def run(self, *texts: str, **more: Any) -> Run:
        """A run of the tree over the texts; nothing is read from its journal."""
        run = await self.registry.enter(self.tree, self.state(**more), corpus(*texts))
        run.is_counted = True
        return run


@asynccontextmanager
async def live(cells: Mapping[str, Cell] | None = None, **given: Any) -> AsyncIterator[Live]:
    """A tree of runs whose cells are these; `given` are settings."""
    sandboxes = ScriptedSandboxes(cells or {})
    made = Live(RunRegistry(settings(sandboxes=sandboxes, **given)), sandboxes)
    try:
        yield made
    finally:
        await made.registry.close(made.tree)


def config_of(state: RLMState) -> RunnableConfig:
    """The configuration that LangGraph gives a task: it reads the state."""

    def read(select: str | Sequence[str]) -> Any:
        known: Mapping[str, Any] = state
        return known[select] if isinstance(select, str) else {key: known[key] for key in select}

    return {"configurable": {langgraph_keys.READ: read}}


def kinds(entries: Sequence[Entry]) -> list[str]:
    return [entry["kind"] for entry in entries]


async def soon(is_so: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110  # threads set no asyncio event
            await asyncio.sleep(0.001)
