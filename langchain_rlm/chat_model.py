"""`ChatRLM`: any chat model, made to survive long prompts.

What fits goes to the model itself, untouched, and is traced as that model's call. What does not fit is answered by the
RLM with the messages as its context; where only the model can make the call (tools, a response format, images), the
largest messages are shortened first to what bears on the request.
"""

import asyncio
import contextlib
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.documents import Document
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput, ModelProfile
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableBinding, RunnableConfig, RunnableLambda, RunnableSequence
from langchain_core.runnables.config import merge_configs
from langgraph.config import get_stream_writer
from langgraph.constants import TAG_NOSTREAM
from pydantic import ConfigDict, Field, PrivateAttr, ValidationError

from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.errors import InputError
from langchain_rlm.loop import run_on_background_loop
from langchain_rlm.models.failures import classify
from langchain_rlm.models.resolve import name_of
from langchain_rlm.rlm import RLM
from langchain_rlm.state import RLMResult

MOST = 100_000
"""Tokens above which a conversation is long, however large the model's window is: answers get worse before it is full."""
SHOWN = 2_000
"""Characters of a long request shown from each of its ends."""
DIGEST = 6_000
"""Characters of a digest, at most; of a small text, a quarter of it."""
WORTH_SHORTENING = 1_000
"""Tokens below which a message is left as it is."""
DIGESTS_AT_ONCE = 8
DIGESTS_KEPT = 256
MEDIA = frozenset({"image", "image_url", "input_image", "audio", "input_audio", "video", "file", "input_file", "media"})

Messages = Sequence[BaseMessage]


class ChatRLM(BaseChatModel):
    """A chat model whose prompt may be longer than any window.

    - A conversation below `above` goes to the RLM's root model as it is: tools, structured output, streaming, usage and
      metadata are that model's.
    - A longer one is answered by the RLM. The last human message is the question (of a long one its first and last
      2,000 characters), the messages are the documents, named by position and role, as in `message 3 (tool search)`. The
      answer is text in one piece; its usage is that of all calls, and `response_metadata["rlm"]` says why it stopped.
    - A longer one that the model has to answer itself (something is bound, such as tools, a response format or a
      temperature, or there are images) is shortened first: the largest texts, system messages apart, are replaced by
      digests of what in them bears on the last human message, each made by one RLM run and kept for the next call. Tool
      calls and their results stay in pairs.
    - When the provider says that a conversation below `above` does not fit, it is treated as a long one.

    Args:
        rlm: Answers and digests long conversations, each within its budget. Its root model takes the short ones.
        above: Estimated tokens of text (images are not counted) above which a conversation is long; 0: always. Default:
            half of the root model's window, at most 100,000.

    Raises:
        InputError: On a call, a conversation that is too long has no message large enough to shorten.
        ModelError: On a long call, the root model cannot be used. On a short one, errors are the model's own.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    rlm: RLM
    above: int | None = Field(default=None, ge=0)
    _digests: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def root_model(self) -> BaseChatModel:
        """The model that short conversations go to."""
        return self.rlm._settings.model  # noqa: SLF001  # one package

    @property
    def model_name(self) -> str:
        """The root model's name."""
        return name_of(self.root_model)

    @property
    def limit(self) -> int:
        """Estimated tokens above which a conversation is long."""
        return min(MOST, self._window // 2) if self.above is None else self.above

    @property
    def _window(self) -> int:
        return self.rlm._settings.root_window  # noqa: SLF001  # one package

    # -- the chat model interface ---------------------------------------------------------------------------------

    def invoke(
        self, input: LanguageModelInput, config: RunnableConfig | None = None, *, stop: list[str] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> AIMessage:  # fmt: skip
        return cast("AIMessage", self._route(kwargs).invoke(input, self._with_own(config), stop=stop, **kwargs))

    async def ainvoke(
        self, input: LanguageModelInput, config: RunnableConfig | None = None, *, stop: list[str] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> AIMessage:  # fmt: skip
        return cast("AIMessage", await self._route(kwargs).ainvoke(input, self._with_own(config), stop=stop, **kwargs))

    def stream(
        self, input: LanguageModelInput, config: RunnableConfig | None = None, *, stop: list[str] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> Iterator[AIMessageChunk]:  # fmt: skip
        yield from self._route(kwargs).stream(input, self._with_own(config), stop=stop, **kwargs)

    async def astream(
        self, input: LanguageModelInput, config: RunnableConfig | None = None, *, stop: list[str] | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> AsyncIterator[AIMessageChunk]:  # fmt: skip
        async for chunk in self._route(kwargs).astream(input, self._with_own(config), stop=stop, **kwargs):
            yield chunk

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        choice = {} if tool_choice is None else {"tool_choice": tool_choice}
        bound: Any = self.root_model.bind_tools(tools, **choice, **kwargs)
        if isinstance(bound, RunnableBinding) and bound.bound is self.root_model:
            return cast("Any", RunnableBinding(bound=self, kwargs=bound.kwargs, config=bound.config))
        return _Route(self, bound, lambda _: self._shortening(bound))

    def with_structured_output(
        self, schema: Any, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        target = self.root_model.with_structured_output(schema, include_raw=include_raw, **kwargs)
        return _Route(self, target, lambda _: self._shortening(target))

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

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:
        return self.root_model._get_ls_params(stop, **kwargs)  # noqa: SLF001  # a short call is its call

    # `generate` and version 3 of `stream_events` come in here, in a run of their own: the calls below it stay untraced,
    # or their tokens would count twice.

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:  # fmt: skip
        message = self._route(kwargs).invoke(messages, {"callbacks": []}, stop=stop, **kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None, **kwargs: Any,  # noqa: ARG002
    ) -> ChatResult:  # fmt: skip
        message = await self._route(kwargs).ainvoke(messages, {"callbacks": []}, stop=stop, **kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._route(kwargs).stream(messages, {"callbacks": []}, stop=stop, **kwargs):
            yield ChatGenerationChunk(message=chunk)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in self._route(kwargs).astream(messages, {"callbacks": []}, stop=stop, **kwargs):
            yield ChatGenerationChunk(message=chunk)

    # -- which way a call goes ------------------------------------------------------------------------------------
