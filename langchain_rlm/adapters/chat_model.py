"""`ChatRLM`: any chat model, made to survive long prompts.

What fits goes to the model itself and is traced as that model's call, so nothing of it changes. What does not fit is
answered by the RLM, with the messages as its context; where only the model can make the call (tools, a response format,
images), the largest messages are first shortened to what bears on the request.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput, ModelProfile
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig, RunnableLambda, RunnableSequence
from langchain_core.runnables.config import ensure_config, merge_configs
from pydantic import Field, PrivateAttr, ValidationError

from langchain_rlm.adapters import conversation
from langchain_rlm.adapters.hosting import aask
from langchain_rlm.errors import InputError
from langchain_rlm.models.failures import classify
from langchain_rlm.models.resolve import chat_models_of, name_of
from langchain_rlm.rlm import RLM
from langchain_rlm.runtime.loop import run_on_background_loop

MOST = 100_000
"""Tokens above which a conversation is long, however large the window: answers get worse long before it is full."""
DIGESTS_AT_ONCE = 8
DIGESTS_KEPT = 256
SHARES = ("read", "printed", "seen", "required", "is_reached")
"""What a message holds of a run's coverage. Ranges would be too much: messages are kept and sent on."""

NAME = "chat_rlm"
"""Key of progress events in a host's custom stream."""
UNTRACED: RunnableConfig = {"callbacks": []}

Stop = list[str] | None


class _Routed(Runnable[LanguageModelInput, Any]):
    """Calls its target when the messages fit. When they do not, or the provider says so, it goes the long way."""

    def _ways(self) -> tuple["ChatRLM", Runnable[Any, Any]]:
        """The chat model, which has the limit, and the target."""
        raise NotImplementedError

    def _long(self, messages: Sequence[BaseMessage], bound: Mapping[str, Any]) -> Runnable[Any, Any]:  # noqa: ARG002
        chat, target = self._ways()
        return chat._shortened(target.bind(**bound))  # noqa: SLF001  # one class in two

    def _read(
        self, given: LanguageModelInput, config: RunnableConfig | None
    ) -> tuple[Any, list[BaseMessage], bool, RunnableConfig | None]:
        chat, _ = self._ways()
        prompt = chat._convert_input(given)  # noqa: SLF001  # as every chat model reads its input
        messages = prompt.to_messages()
        metadata = {key: value for key, value in (chat.metadata or {}).items() if key != "lc_versions"}
        if chat.callbacks or chat.tags or metadata:  # given to this model, meant for the one called in its place
            own: RunnableConfig = {"callbacks": chat.callbacks, "tags": chat.tags or [], "metadata": metadata}
            config = merge_configs(own, ensure_config(config))
        return prompt, messages, conversation.fits(messages, chat.limit), config

    def invoke(self, input: LanguageModelInput, config: RunnableConfig | None = None, **kwargs: Any) -> Any:  # noqa: A002
        prompt, messages, fits, config = self._read(input, config)
        if fits:
            try:
                return self._ways()[1].invoke(prompt, config, **kwargs)
            except Exception as error:  # noqa: BLE001  # all but an overflow are raised again
                config = _anew(config, error)
        return self._long(messages, kwargs).invoke(messages, config)

    async def ainvoke(self, input: LanguageModelInput, config: RunnableConfig | None = None, **kwargs: Any) -> Any:  # noqa: A002
        prompt, messages, fits, config = self._read(input, config)
        if fits:
            try:
                return await self._ways()[1].ainvoke(prompt, config, **kwargs)
            except Exception as error:  # noqa: BLE001  # all but an overflow are raised again
                config = _anew(config, error)
        return await self._long(messages, kwargs).ainvoke(messages, config)

    def stream(self, input: LanguageModelInput, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:  # noqa: A002
        prompt, messages, fits, config = self._read(input, config)
        has_begun = False
        if fits:
            try:
                for chunk in self._ways()[1].stream(prompt, config, **kwargs):
                    has_begun = True
                    yield chunk
            except Exception as error:  # noqa: BLE001  # all but an overflow are raised again
                config = _anew(config, error, has_begun=has_begun)
            else:
                return
        yield from self._long(messages, kwargs).stream(messages, config)

    async def astream(
        self, input: LanguageModelInput, config: RunnableConfig | None = None, **kwargs: Any  # noqa: A002
    ) -> AsyncIterator[Any]:  # fmt: skip
        prompt, messages, fits, config = self._read(input, config)
        has_begun = False
        if fits:
            try:
                async for chunk in self._ways()[1].astream(prompt, config, **kwargs):
                    has_begun = True
                    yield chunk
            except Exception as error:  # noqa: BLE001  # all but an overflow are raised again
                config = _anew(config, error, has_begun=has_begun)
            else:
                return
        async for chunk in self._long(messages, kwargs).astream(messages, config):
            yield chunk


class ChatRLM(_Routed, BaseChatModel):
    """A chat model whose prompt may be longer than any window.

    - A conversation below `above` goes to the RLM's root model as it is: tools, structured output, streaming, usage and
      metadata are that model's.
    - A longer one is answered by the RLM. The last human message is the question (of a long one its first and last
      2,000 characters), the messages are the documents, named by place and role, as in `message 3 (tool search)`. The
      answer is one piece of text, with the usage of all calls. `response_metadata["rlm"]` holds the run's
      `stop_reason`, `turns`, `usage`, `citations` (what marks like `[1]` in the answer stand for) and `coverage`: its
      shares `read`, `printed` and `seen`, and `required` and `is_reached` where a share is required.
    - A longer one that only the model can answer (tools, a response format or any other setting is bound, or there are
      images) is shortened and goes to the root model. Digests of what bears on the last human message replace the
      largest texts, except system messages. One RLM run makes each digest, which is kept for later calls. Tool calls
      and their results stay in pairs.
    - A conversation that the provider finds too long, though it is below `above`, is treated as a longer one.

    Args:
        rlm: Answers and digests long conversations, each time within its budget. Its root model takes the short ones;
            temperature and other settings are that model's.
        above: Estimated tokens of text (images are not counted) above which a conversation is long; 0: always. Default:
            half of the root model's window, at most 100,000.

    Raises:
        InputError: On a call: shortening cannot bring the conversation into the root model's window.
        ModelError: On a long call: the root model cannot be used. Errors of short calls are the model's own.
    """

    rlm: RLM
    above: int | None = Field(default=None, ge=0)
    _digests: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def root_model(self) -> BaseChatModel:
        return chat_models_of(self.rlm.settings.model)[0]

    @property
    def model_name(self) -> str:
        return name_of(self.root_model)

    @property
    def limit(self) -> int:
        return min(MOST, self._window // 2) if self.above is None else self.above

    @property
    def _window(self) -> int:
        return self.rlm.settings.root_window

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        choice = {} if tool_choice is None else {"tool_choice": tool_choice}
        model: Any = self.rlm.settings.model
        bound: Any = model.bind_tools(tools, **choice, **kwargs)
        if isinstance(bound, RunnableBinding) and bound.bound is model:
            return RunnableBinding(bound=self, kwargs=bound.kwargs, config=bound.config)
        return _Bound(self, bound)

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        model: Any = self.rlm.settings.model
        return _Bound(self, model.with_structured_output(schema, include_raw=include_raw, **kwargs))

    def get_num_tokens(self, text: str) -> int:
        return self.root_model.get_num_tokens(text)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        return self.root_model.get_num_tokens_from_messages(messages, tools)

    @property
    def _llm_type(self) -> str:
        return "rlm"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        return {"model_name": self.model_name, "above": self.limit}

    def _resolve_model_profile(self) -> ModelProfile | None:
        return self.root_model.profile

    def _get_ls_params(self, stop: Stop = None, **kwargs: Any) -> Any:
        return self.root_model._get_ls_params(stop, **kwargs)  # noqa: SLF001  # a wrapper answers for what it wraps

    def _ways(self) -> tuple["ChatRLM", Runnable[Any, Any]]:
        return self, self.rlm.settings.model

    def _long(self, messages: Sequence[BaseMessage], bound: Mapping[str, Any]) -> Runnable[Any, Any]:
        stop = bound.get("stop") or []
        is_bound = any(value not in (None, "", [], {}) for name, value in bound.items() if name != "stop")
        if is_bound or any(map(conversation.has_media, messages)):
            return super()._long(messages, bound)

        async def answer(messages: Sequence[BaseMessage], config: RunnableConfig) -> Runnable[Any, Any]:
            return _Answer(message=await self._answer(messages, stop, config), name="ChatRLM")

        return self._sequence(answer, RunnableLambda(_with_usage, name="usage"))

    async def _answer(self, messages: Sequence[BaseMessage], stop: list[str], config: RunnableConfig) -> AIMessageChunk:
        """The RLM's answer without usage: its calls were counted where they were made."""
        question, documents = conversation.question_of(messages), conversation.documents_of(messages)
        result = await aask(self.rlm, question, documents, config, key=NAME)
        text = result["answer"]
        for end in stop:
            text = text.partition(end)[0]
        said: dict[str, Any] = {name: result[name] for name in ("stop_reason", "turns", "usage", "citations")}
        covered: Mapping[str, Any] = result["coverage"] or {}
        said["coverage"] = {name: covered[name] for name in SHARES if name in covered}
        metadata = {"model_name": self.model_name, "finish_reason": "stop", "rlm": said}
        return AIMessageChunk(content=text, response_metadata=metadata, chunk_position="last")

    def _shortened(self, target: Runnable[Any, Any]) -> Runnable[Any, Any]:
        return self._sequence(self._shorten, target)

    def _sequence(
        self, step: Callable[[Any, RunnableConfig], Coroutine[Any, Any, Any]], last: Any
    ) -> Runnable[Any, Any]:
        def here(messages: Sequence[BaseMessage], config: RunnableConfig) -> Any:
            self.rlm.refuse_to_block(config, "ainvoke")
            return run_on_background_loop(step(messages, config))

        return RunnableSequence(RunnableLambda(here, step, name=step.__name__.strip("_")), last, name="ChatRLM")

    async def _shorten(self, messages: Sequence[BaseMessage], config: RunnableConfig) -> list[BaseMessage]:
        """Replace the largest texts by digests, as few as bring the conversation below the limit."""
        total = sum(map(conversation.tokens_of, messages))
        chosen = conversation.largest(messages, self.limit if total > self.limit else total // 2)
        last, gate = conversation.last_human(messages), asyncio.Semaphore(DIGESTS_AT_ONCE)
        digests = (self._digest(messages[index], conversation.request_of(messages), config, gate) for index in chosen)
        shorter = list(messages)
        for index, digest in zip(chosen, await asyncio.gather(*digests, return_exceptions=True), strict=True):
            if isinstance(digest, BaseException):
                raise digest
            shorter[index] = conversation.with_digest(messages[index], digest, is_request=index == last)
        if (left := sum(map(conversation.tokens_of, shorter))) > self._window:
            msg = (
                f"The conversation is about {total:,} tokens, {left:,} when shortened; the window is {self._window:,}. "
                "It has many messages rather than large ones. Trim it (trim_messages, SummarizationMiddleware), or "
                "keep large results out of it with RLMMiddleware."
            )
            raise InputError(msg)
        return shorter

    async def _digest(self, message: BaseMessage, request: str, config: RunnableConfig, gate: asyncio.Semaphore) -> str:
        text = str(message.text)
        most = min(conversation.DIGEST, len(text) // 4)
        key = hashlib.sha256(f"{request}\0{text}".encode(errors="surrogatepass")).hexdigest()
        if key not in self._digests:
            question = f"What in this text bears on: {request}\n(In at most {most:,} characters.)"
            async with gate:
                result = await aask(self.rlm, question, text, config, key=NAME)
            answer = result["answer"] or conversation.both_ends(text)
            while len(self._digests) >= DIGESTS_KEPT:
                self._digests.pop(next(iter(self._digests)), None)
            self._digests[key] = answer if len(answer) <= most else f"{answer[:most]} [...]"
        return self._digests[key]

    # `generate` and version 3 of `stream_events` enter here, with a run of their own. The calls below do not report to
    # its callbacks, and its message names no model: else LangChain's usage callback would count tokens twice.

    def _generate(
        self, messages: list[BaseMessage], stop: Stop = None, run_manager: Any = None, **kwargs: Any  # noqa: ARG002
    ) -> ChatResult:  # fmt: skip
        return _result(_nameless(self.invoke(messages, UNTRACED, stop=stop, **kwargs)))

    async def _agenerate(
        self, messages: list[BaseMessage], stop: Stop = None, run_manager: Any = None, **kwargs: Any  # noqa: ARG002
    ) -> ChatResult:  # fmt: skip
        return _result(_nameless(await self.ainvoke(messages, UNTRACED, stop=stop, **kwargs)))

    def _stream(
        self, messages: list[BaseMessage], stop: Stop = None, run_manager: Any = None, **kwargs: Any  # noqa: ARG002
    ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
        for chunk in self.stream(messages, UNTRACED, stop=stop, **kwargs):
            yield ChatGenerationChunk(message=_nameless(chunk))

    async def _astream(
        self, messages: list[BaseMessage], stop: Stop = None, run_manager: Any = None, **kwargs: Any  # noqa: ARG002
    ) -> AsyncIterator[ChatGenerationChunk]:  # fmt: skip
        async for chunk in self.astream(messages, UNTRACED, stop=stop, **kwargs):
            yield ChatGenerationChunk(message=_nameless(chunk))


class _Bound(_Routed):
    """The root model with something bound that `ChatRLM` cannot pass on as keyword arguments."""

    def __init__(self, chat: ChatRLM, target: Runnable[Any, Any]) -> None:
        self.chat, self.target = chat, target

    def _ways(self) -> tuple[ChatRLM, Runnable[Any, Any]]:
        return self.chat, self.target


class _Answer(BaseChatModel):
    """Gives a finished answer as a chat model call, so that hosts trace and stream it like any other."""

    message: AIMessageChunk

    @property
    def _llm_type(self) -> str:
        return "rlm"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        return generate_from_stream(self._stream())

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=self.message.model_copy())


def _result(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _nameless(message: AIMessage) -> Any:
    """A copy that LangChain's usage callback does not count."""
    metadata = {name: value for name, value in message.response_metadata.items() if name != "model_name"}
    return message.model_copy(update={"response_metadata": metadata})


def _with_usage(message: AIMessage) -> AIMessage:
    """The answer with what all calls of its run used."""
    used = message.response_metadata["rlm"]["usage"]
    counts = UsageMetadata(
        input_tokens=used["input_tokens"],
        output_tokens=used["output_tokens"],
        total_tokens=used["input_tokens"] + used["output_tokens"],
    )
    return message.model_copy(update={"usage_metadata": counts})


def _anew(config: RunnableConfig | None, error: Exception, *, has_begun: bool = False) -> RunnableConfig:
    """The configuration for a second try after an overflow. Raises other errors, and any after the first chunk."""
    ours = isinstance(error, OutputParserException | ValidationError)  # the reply's words, not the provider's
    if has_begun or ours or classify(error).kind != "overflow":
        raise error
    return cast("RunnableConfig", {key: value for key, value in (config or {}).items() if key != "run_id"})
