"""`RLMMiddleware`: what is too long for an agent's conversation is kept outside it, and asked about with a tool."""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, NotRequired

from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import StructuredTool, ToolException
from langgraph.constants import TAG_NOSTREAM
from langgraph.prebuilt import ToolRuntime
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.runtime import Runtime
from langgraph.store.base import BaseStore
from langgraph.types import Command

from langchain_rlm.errors import InputError, RLMError
from langchain_rlm.offload import GraphStore, KeptDocument, LongText, Memory, entries, intact, open_store
from langchain_rlm.rlm import RLM
from langchain_rlm.shorten import Shortener, Turn

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

KEY = "rlm_documents"
SHOWN = 20
"""Documents named in an error."""
DESCRIPTION = """Ask a question about documents that are kept outside this conversation because they are too long for it.

They are read as a whole, however long they are. Ask for what you need in one precise question; the one who reads them \
does not see this conversation."""

_log = logging.getLogger(__name__)


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

    The agent's state holds handles and hashes under the key `rlm_documents`, private to the agent. A handle works only
    in the thread (and the agent) whose state has it.

    The text of a tool result never gets into a checkpoint. That of a user message is in the input, which LangGraph
    saves before any middleware runs: the first two checkpoints of that invocation hold it, later ones do not. Invoke
    with `durability="exit"` to save none of it. What a tool puts into its message's `artifact` stays there.

    Args:
        rlm: Answers the questions.
        above: Estimated tokens of text that a tool result or user message may have. Of content blocks, only texts are
            offloaded, the largest first; images stay.
        store: Where the texts are kept: a directory `Path` (one file each, made when it is not there; nothing is ever
            deleted), a LangGraph `BaseStore`, or a LangChain `ByteStore`. Default: the store that the agent was
            compiled with, else the memory of this process, which a restart loses.
        preview: Characters of a text that stay in the conversation, from its start and its end.
        tool_name: The name of the tool.

    Raises:
        InputError: A setting is out of range.

    Example:
        ```python
        agent = create_agent(model, tools, middleware=[RLMMiddleware(rlm, store=Path("documents"))])
        ```
    """

    state_schema = RLMAgentState

    def __init__(
        self, rlm: RLM, *, above: int = 20_000, store: Any = None, preview: int = 900, tool_name: str = "ask_document"
    ) -> None:
        super().__init__()
        for name, value, least in (("above", above, 1), ("preview", preview, 0)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                msg = f"{name}={value!r}: use a whole number, {least} or more."
                raise InputError(msg)
        self._rlm = rlm
        self._store = open_store(store)
        self._memory = Memory()
        self._shortener = Shortener(above, preview, tool_name)
        self.tools = [
            StructuredTool.from_function(
                self._ask, coroutine=self._aask, name=tool_name, description=DESCRIPTION, infer_schema=True,
                response_format="content_and_artifact", handle_tool_error=True,
            )
        ]  # fmt: skip

    # -- user messages ------------------------------------------------------------------------------------------------

    def before_agent(self, state: RLMAgentState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        """Offload what is too long in the input, before any other middleware sees it."""
        turn = Turn(self._shortener, state["messages"])
        if turn.has_long():
            self._keep(turn.offload_long(), runtime.store)
        return _update(turn)

    async def abefore_agent(self, state: RLMAgentState, runtime: Runtime[Any]) -> dict[str, Any] | None:
        turn = Turn(self._shortener, state["messages"])
        if turn.has_long():
            await self._akeep(await asyncio.to_thread(turn.offload_long), runtime.store)
        return _update(turn)

    # -- tool results -------------------------------------------------------------------------------------------------

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Any]) -> Any:
        """Offload what is too long in a tool's result, so that no checkpoint ever holds it."""
        result = handler(request)
        if not self._is_long(request, result):
            return result
        result, kept = _shorten_result(self._shortener, result)
        self._keep(kept, request.runtime.store)
        return result

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Any]]
    ) -> Any:
        result = await handler(request)
        if not self._is_long(request, result):
            return result
        result, kept = await asyncio.to_thread(_shorten_result, self._shortener, result)
        await self._akeep(kept, request.runtime.store)
        return result

    def _is_long(self, request: ToolCallRequest, result: Any) -> bool:
        is_ours = request.tool_call["name"] == self._shortener.tool
        return not is_ours and any(map(self._shortener.may_be_long, _messages_of(result)))

    # -- model calls --------------------------------------------------------------------------------------------------

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
        """Offload what came in on other ways; when the call overflows, offload the largest text and call again."""
        turn = Turn(self._shortener, request.messages)
        if turn.has_long():
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

    # -- the store ----------------------------------------------------------------------------------------------------

    def _store_of(self, runtime_store: BaseStore | None) -> Any:
        return self._store or (self._memory if runtime_store is None else GraphStore(runtime_store))

    def _keep(self, kept: Sequence[LongText], runtime_store: BaseStore | None) -> None:
        for text in kept:
            self._store_of(runtime_store).put(text)

    async def _akeep(self, kept: Sequence[LongText], runtime_store: BaseStore | None) -> None:
        for text in kept:
            await self._store_of(runtime_store).aput(text)

    # -- the tool -----------------------------------------------------------------------------------------------------

    def _ask(
        self,
        question: Annotated[str, "The question, with all that is needed to understand it."],
        documents: Annotated[list[str] | None, "Handles such as doc-5f0c2a91b3d4. All when left out."] = None,
        runtime: ToolRuntime = None,  # type: ignore[assignment]  # injected, and not in the schema, only when spelt so
        config: RunnableConfig = None,  # type: ignore[assignment]  # same
    ) -> tuple[str, dict[str, Any]]:
        named = _named(runtime, documents)
        store = self._store_of(runtime.store)
        texts = {handle: intact(entry, store.get(entry["hash"])) for handle, entry in named.items()}
        given = {"question": question, "context": _context(named, texts, store)}
        result: Any = None
        try:
            for event in self._rlm.stream(given, _config(config, runtime), stream_mode="custom"):  # type: ignore[arg-type]
                result = _told(event, runtime)
        except RLMError as error:
            raise ToolException(str(error)) from error
        return _answer(result)

    async def _aask(
        self,
        question: Annotated[str, "The question, with all that is needed to understand it."],
        documents: Annotated[list[str] | None, "Handles such as doc-5f0c2a91b3d4. All when left out."] = None,
        runtime: ToolRuntime = None,  # type: ignore[assignment]
        config: RunnableConfig = None,  # type: ignore[assignment]
    ) -> tuple[str, dict[str, Any]]:
        named = _named(runtime, documents)
        store = self._store_of(runtime.store)
        texts = {handle: intact(entry, await store.aget(entry["hash"])) for handle, entry in named.items()}
        given = {"question": question, "context": _context(named, texts, store)}
        result: Any = None
        try:
            async for event in self._rlm.astream(given, _config(config, runtime), stream_mode="custom"):  # type: ignore[arg-type]
                result = _told(event, runtime)
        except RLMError as error:
            raise ToolException(str(error)) from error
        return _answer(result)


# -- what goes into state -----------------------------------------------------------------------------------------------


def _update(turn: Turn) -> dict[str, Any] | None:
    """The state update that puts shorter messages in the place of the long ones."""
    return {"messages": [*turn.changed.values()], KEY: entries(turn.kept)} if turn.kept else None


def _request(request: ModelRequest[Any], turn: Turn) -> ModelRequest[Any]:
    return request.override(messages=turn.messages) if turn.kept else request  # type: ignore[typeddict-item]


def _response(
    request: ModelRequest[Any], turn: Turn, response: ModelResponse[Any]
) -> ModelResponse[Any] | ExtendedModelResponse[Any]:
    if not turn.kept:
        return response
    saved = {message.id for message in request.state["messages"]}  # another middleware may have made some for this call
    messages = [message for message in turn.changed.values() if message.id in saved]
    return ExtendedModelResponse(response, Command(update={"messages": messages, KEY: entries(turn.kept)}))


def _messages_of(result: Any) -> list[Any]:
    """The messages in what a tool gave: a message, a command, or a list of either."""
    if isinstance(result, list):
        return [message for part in result for message in _messages_of(part)]
    if not isinstance(result, Command):
        return [result]
    update = result.update if result.graph is None else None  # a parent's state has no place for our handles
    messages = update.get("messages", []) if isinstance(update, dict) else []
    return messages if isinstance(messages, list) else [messages]


def _shorten_result(shortener: Shortener, result: Any) -> tuple[Any, list[LongText]]:
    """The same result with handles in it, and what was taken out."""
    if isinstance(result, list):
        parts = [_shorten_result(shortener, part) for part in result]
        return [part for part, _ in parts], [text for _, kept in parts for text in kept]
    turn = Turn(shortener, _messages_of(result))
    turn.offload_long()
    if not turn.kept:
        return result, []
    update = {"messages": turn.messages, KEY: entries(turn.kept)}
    if isinstance(result, Command):
        return replace(result, update={**result.update, **update}), turn.kept
    return Command(update=update), turn.kept


# -- what the tool does -------------------------------------------------------------------------------------------------


def _named(runtime: ToolRuntime | None, handles: list[str] | None) -> dict[str, KeptDocument]:
    """The documents of this conversation that are asked about."""
    if runtime is None:
        msg = "This tool reads what an agent keeps outside its conversation: it works only inside that agent."
        raise ToolException(msg)
    known: dict[str, KeptDocument] = runtime.state.get(KEY) or {}
    unknown = [handle for handle in handles or () if handle not in known]
    if known and not unknown:
        return {handle: known[handle] for handle in handles or known}
    shown = [f"{handle} ({entry['name']}, {entry['characters']:,} characters)" for handle, entry in known.items()]
    has = f"Its documents: {', '.join(shown[-SHOWN:])}." if shown else (
        "It has none: nothing of it is kept outside. (An agent without a checkpointer forgets them after each call.)"
    )  # fmt: skip
    msg = f"There is no document {', '.join(unknown) or 'to ask about'} in this conversation. {has}"
    raise ToolException(msg)


def _context(named: Mapping[str, KeptDocument], texts: Mapping[str, str | None], store: Any) -> Any:
    """The context of the run, or an error when a text is not where it was put."""
    lost = [handle for handle, text in texts.items() if text is None]
    if lost:
        what = ", ".join(
            f"{handle} ({named[handle]['name']}, {named[handle]['characters']:,} characters)" for handle in lost
        )
        where = "the memory of this process" if isinstance(store, Memory) else str(store)
        msg = (
            f"The text of {what} is lost: it is not in {where} any more. Get it again with the tool that gave it, or "
            "ask about other documents by name. To keep documents over a restart, the host passes "
            "RLMMiddleware(store=Path(...)) or a LangGraph store."
        )
        _log.warning(msg)
        raise ToolException(msg)
    documents = [
        Document(text or "", metadata={"source": handle, "origin": named[handle]["name"]})
        for handle, text in texts.items()
    ]
    return documents[0] if len(documents) == 1 else documents


def _config(config: RunnableConfig | None, runtime: ToolRuntime) -> RunnableConfig:
    """The host's callbacks, tags and metadata; not its checkpointer, its namespace and its message stream.

    A thread id of its own makes LangGraph treat the run as a first one: otherwise it would inherit the checkpointer.
    """
    config = config or {}
    own = {
        key: value
        for key, value in (config.get("configurable") or {}).items()
        if not key.startswith(("__pregel", "checkpoint"))
    }
    own["thread_id"] = f"{own.get('thread_id') or uuid.uuid4().hex}/{runtime.tool_call_id}"
    return {
        "callbacks": config.get("callbacks"),
        "tags": [*(config.get("tags") or []), TAG_NOSTREAM],
        "metadata": dict(config.get("metadata") or {}),
        "configurable": own,
    }


def _told(event: Any, runtime: ToolRuntime) -> Any:
    """Pass a progress event to the host's custom stream; the last event is the result."""
    if event["event"] == "result":
        return event["result"]
    runtime.stream_writer({**event, "tool_call_id": runtime.tool_call_id})
    return None


def _answer(result: Any) -> tuple[str, dict[str, Any]]:
    """What the agent's model reads, and what the host finds in the message's artifact: all but the journal."""
    reason, answer = result["stop_reason"], result["answer"]
    if reason == "gave_up" or not answer:
        answer = f"No answer was found ({reason}). {answer}".strip()
    elif reason.startswith("budget:"):
        answer = f"{answer}\n\n[The search ended early ({reason}): this is the best answer so far.]"
    return answer, {key: result[key] for key in ("question", "answer", "citations", "usage", "stop_reason", "turns")}
