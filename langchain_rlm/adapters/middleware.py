"""`RLMMiddleware`: what is too long for an agent's conversation is kept outside it, and asked about with a tool."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any, NotRequired, cast

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import StructuredTool
from langgraph.prebuilt import ToolRuntime
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.runtime import Runtime
from langgraph.store.base import BaseStore
from langgraph.types import Command

from langchain_rlm.adapters.hosting import aask, ask
from langchain_rlm.adapters.offload import KEY, KeptDocument, LongText, context_of, entries, intact, pick
from langchain_rlm.adapters.result_text import AnsweringTool, check_question, text_of
from langchain_rlm.adapters.shorten import Shortener, Turn, messages_of, shorten_result
from langchain_rlm.checks import COUNT, WHOLE
from langchain_rlm.context.blobs import GraphStore, Memory, open_store
from langchain_rlm.errors import InputError
from langchain_rlm.rlm import RLM
from langchain_rlm.state import RLMResult

try:
    from langchain.agents.middleware import (
        AgentMiddleware,
        AgentState,
        ExtendedModelResponse,
        ModelRequest,
        ModelResponse,
    )
    from langchain.agents.middleware.types import PrivateStateAttr
except ImportError as error:
    msg = "RLMMiddleware needs LangChain's agents: pip install 'langchain-rlm[providers]', or langchain."
    raise ImportError(msg) from error

DESCRIPTION = """Ask a question about texts of this conversation that were too long for it: in the place of such a \
tool result or message there is a handle, as in doc-5f0c2a91b3d4. No other documents can be asked about here.

They are read as a whole, however long they are. Ask for what you need in one precise question; the one who reads them \
does not see this conversation."""


def merge_documents(
    old: dict[str, KeptDocument] | None, new: dict[str, KeptDocument] | None
) -> dict[str, KeptDocument]:
    """The reducer of `rlm_documents`: documents are added, by parallel tools too."""
    return {**(old or {}), **(new or {})}


class RLMAgentState(AgentState[Any]):
    """What the middleware adds to an agent's state: which documents are kept outside, never their text."""

    rlm_documents: NotRequired[Annotated[dict[str, KeptDocument], PrivateStateAttr, merge_documents]]


class RLMMiddleware(AgentMiddleware[RLMAgentState, Any, Any]):
    """Keeps what is too long for an agent's conversation outside it, and gives the agent a tool to ask about it.

    Tool results and user messages above a size are replaced by a handle such as `doc-5f0c2a91b3d4` with a profile and
    a short preview; the text goes to a store. The tool answers questions about it with a Recursive Language Model.
    When a model call overflows all the same, the largest message is offloaded and the call made again, as long as that
    helps.

    Progress of a question reaches the agent's custom stream as `{"ask_offloaded_text": event}`.

    The agent's state holds handles and hashes under the key `rlm_documents`, private to the agent. A handle works only
    in the thread (and the agent) whose state has it.

    The text of a tool result never gets into a checkpoint. That of a user message is in the input, which LangGraph
    saves before any middleware runs: the first two checkpoints of that invocation hold it, later ones do not. Invoke
    with `durability="exit"` to save none of it. What a tool puts into its message's `artifact` stays there.

    Args:
        rlm: Answers the questions.
        above: Estimated tokens of text that a tool result or user message may have. Of content blocks, only texts are
            offloaded, the largest first; images stay.
        store: Where the texts are kept: a directory (created when missing; one file each, of which none is ever
            deleted), a LangGraph `BaseStore`, or a LangChain `ByteStore`. Default: the store that the agent was
            compiled with, else the memory of this process, which a restart loses.
        preview: Characters of a text that stay in the conversation, from its start and its end.
        tool_name: The name of the tool.

    Raises:
        InputError: A setting is out of range. While running: `rlm` cannot be used here, as it is set up.
        ModelError: While running: a model of `rlm` cannot be used.

    Example:
        ```python
        agent = create_agent(model, tools, middleware=[RLMMiddleware(rlm, store=Path("documents"))])
        ```
    """

    state_schema = RLMAgentState

    def __init__(
        self, rlm: RLM, *, above: int = 20_000, store: Any = None, preview: int = 900,
        tool_name: str = "ask_offloaded_text",
    ) -> None:  # fmt: skip
        super().__init__()
        COUNT.check("above", above)
        WHOLE.check("preview", preview)
        self._rlm = rlm
        self._store = open_store(store)
        self._memory = Memory()
        self._shortener = Shortener(above, preview, tool_name)
        self.tools = [
            _KeptTool.from_function(
                self._ask, coroutine=self._aask, name=tool_name, description=DESCRIPTION,
                response_format="content_and_artifact", handle_tool_error=True,
            )
        ]  # fmt: skip

    def before_agent(self, state: RLMAgentState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Offload what is too long in the input, before any other middleware sees it."""
        turn = Turn(self._shortener, state["messages"])
        self._keep(turn.offload_long(), runtime.store)
        return turn.update()

    async def abefore_agent(self, state: RLMAgentState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        turn = Turn(self._shortener, state["messages"])
        if turn.has_long():
            await self._akeep(await asyncio.to_thread(turn.offload_long), runtime.store)
        return turn.update()

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Any]) -> Any:
        """Offload what is too long in a tool's result, so that no checkpoint ever holds it."""
        result = handler(request)
        if not self._is_long(request, result):
            return result
        result, kept = shorten_result(self._shortener, result)
        self._keep(kept, request.runtime.store)
        return result

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Any]]
    ) -> Any:
        result = await handler(request)
        if not self._is_long(request, result):
            return result
        result, kept = await asyncio.to_thread(shorten_result, self._shortener, result)
        await self._akeep(kept, request.runtime.store)
        return result

    def _is_long(self, request: ToolCallRequest, result: Any) -> bool:
        is_ours = request.tool_call["name"] == self._shortener.tool
        return not is_ours and any(map(self._shortener.may_be_long, messages_of(result)))

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        """Offload what came in by other ways; when the call overflows, offload the largest text and call again."""
        turn = Turn(self._shortener, request.messages)
        self._keep(turn.offload_long(), request.runtime.store)
        while True:
            try:
                return _response(request, turn, handler(_request(request, turn)))
            except Exception as error:
                if not turn.has_mended(error):
                    raise
            self._keep(turn.kept[-1:], request.runtime.store)

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        turn = Turn(self._shortener, request.messages)
        if turn.has_long():
            await self._akeep(await asyncio.to_thread(turn.offload_long), request.runtime.store)
        while True:
            try:
                return _response(request, turn, await handler(_request(request, turn)))
            except Exception as error:
                if not await asyncio.to_thread(turn.has_mended, error):
                    raise
            await self._akeep(turn.kept[-1:], request.runtime.store)

    def _store_of(self, runtime_store: BaseStore | None) -> Any:
        return self._store or (self._memory if runtime_store is None else GraphStore(runtime_store, KEY))

    def _keep(self, kept: Sequence[LongText], runtime_store: BaseStore | None) -> None:
        for text in kept:
            self._store_of(runtime_store).put(text.hash, text.data)

    async def _akeep(self, kept: Sequence[LongText], runtime_store: BaseStore | None) -> None:
        for text in kept:
            await self._store_of(runtime_store).aput(text.hash, text.data)

    def _ask(
        self,
        question: Annotated[str, "The question, with all that is needed to understand it."],
        documents: Annotated[list[str] | None, "Handles such as doc-5f0c2a91b3d4. All when left out."] = None,
        runtime: ToolRuntime = None,  # type: ignore[assignment]  # only this spelling is injected and left out of the schema
        config: RunnableConfig = None,  # type: ignore[assignment]  # same
    ) -> tuple[str, dict[str, Any]]:
        named, store = self._named(question, documents, runtime)
        texts = {handle: intact(entry, store.get(entry["hash"])) for handle, entry in named.items()}
        context = context_of(named, texts, store)
        return _answer(ask(self._rlm, question, context, config, key=self._shortener.tool))

    async def _aask(
        self, question: str, documents: list[str] | None = None, runtime: Any = None,
        config: RunnableConfig | None = None,
    ) -> tuple[str, dict[str, Any]]:  # fmt: skip
        named, store = self._named(question, documents, runtime)
        texts = {handle: intact(entry, await store.aget(entry["hash"])) for handle, entry in named.items()}
        context = context_of(named, texts, store)
        return _answer(await aask(self._rlm, question, context, config, key=self._shortener.tool))

    def _named(self, question: str, handles: list[str] | None, runtime: ToolRuntime | None) -> tuple[Any, Any]:
        """The documents that are asked about, and where they are kept."""
        check_question(question)
        if runtime is None:
            msg = "This tool reads what an agent keeps outside its conversation: it works only inside that agent."
            raise InputError(msg)
        return pick(runtime.state.get(KEY) or {}, handles), self._store_of(runtime.store)


def _request(request: ModelRequest[Any], turn: Turn) -> ModelRequest[Any]:
    return request.override(messages=cast("list[Any]", turn.messages)) if turn.kept else request


def _response(
    request: ModelRequest[Any], turn: Turn, response: ModelResponse[Any]
) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
    if not turn.kept:
        return response
    saved = {message.id for message in request.state["messages"]}  # another middleware may have made some for this call
    messages = [message for message in turn.changed.values() if message.id in saved]
    return ExtendedModelResponse(response, Command(update={"messages": messages, KEY: entries(turn.kept)}))


def _answer(result: RLMResult) -> tuple[str, dict[str, Any]]:
    """What the agent's model reads, and what the host finds in the message's artifact."""
    kept: Any = {name: result.get(name) for name in ("citations", "coverage", "usage", "stop_reason", "turns")}
    return text_of(result), kept


class _KeptTool(AnsweringTool, StructuredTool):
    """The tool over what is kept outside."""
