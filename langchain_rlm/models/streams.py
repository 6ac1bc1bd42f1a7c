"""Models that stream, and models that block: how the asynchronous engine gets one whole message from them."""

# ruff: noqa: SLF001  # a chat model is made of methods with an underscore, which LangChain calls

import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel, SimpleChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages.ai import UsageMetadata, subtract_usage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from langchain_rlm.models.stalls import heard
from langchain_rlm.threads import on_thread

T = TypeVar("T")
Parts = AsyncIterator[ChatGenerationChunk]

_REFUSED = re.compile(
    "stream_options|include_usage|extra (?:inputs|fields)|unrecognized|unknown (?:field|param|arg)|unsupported param",
    re.IGNORECASE,
)
"""How servers refuse to say the usage of a stream."""
_ENDS = ("finish_reason", "stop_reason", "stopReason", "done_reason", "done", "status", "incomplete_details")
"""Where a message says how it ended. Clients of providers also say `model_provider`; a model of one's own need not."""


def blocking_methods(model: Any, *, always: bool) -> dict[str, Any]:
    """Asynchronous methods, each on a thread, for a model that has only the synchronous ones; `always`: for any."""
    kind = type(model)
    has_stream, has_astream = kind._stream is not BaseChatModel._stream, kind._astream is not BaseChatModel._astream

    async def generate(messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        told = run_manager.get_sync() if run_manager else None
        try:
            return await on_thread(partial(model._generate, messages, stop, told, **kwargs))
        except NotImplementedError:
            if has_stream or has_astream:
                return await _gathered(made.get("_astream", model._astream)(messages, stop, **kwargs))
            raise

    async def stream(messages: Any, stop: Any = None, _: Any = None, **kwargs: Any) -> Parts:
        for part in await on_thread(lambda: [*model._stream(messages, stop, **kwargs)]):
            yield part

    made: dict[str, Any] = {}
    if always or kind._agenerate in (BaseChatModel._agenerate, SimpleChatModel._agenerate):
        made["_agenerate"] = generate
    if has_stream and (always or not has_astream):
        made["_astream"] = stream
    return made


def whole_streams(model: Any, source: Callable[..., Parts], *, always_tells: bool, may_refuse: bool) -> dict[str, Any]:
    """Methods whose streams, from `source`, are whole, or fail.

    `always_tells`: they say how they ended, whatever else they say. `may_refuse`: some servers refuse to say the usage.
    """

    async def stream(messages: Any, stop: Any = None, _: Any = None, **kwargs: Any) -> Parts:
        has_begun = False
        try:
            async for part in _to_its_end(source(messages, stop, **kwargs), tells=always_tells):
                has_begun = True
                yield part
        except Exception as error:
            if has_begun or not (may_refuse and model.stream_usage) or not _REFUSED.search(str(error)):
                raise
        else:
            return
        model.stream_usage = False
        async for part in _to_its_end(source(messages, stop, **kwargs), tells=always_tells):
            yield part

    async def generate(messages: Any, stop: Any = None, _: Any = None, **kwargs: Any) -> ChatResult:
        return await _gathered(stream(messages, stop, **kwargs))

    return {"_astream": stream, "_agenerate": generate}


async def _gathered(stream: Parts) -> ChatResult:
    return generate_from_stream(iter([part async for part in stream]))


async def _to_its_end(stream: Parts, *, tells: bool) -> Parts:
    """A stream that fails when it stops without saying that it ended, if it `tells` that or turns out to.

    A count of tokens behind the text is an end too. Some servers count with every part, all parts so far: those counts
    are not added up.
    """
    has_ended = has_text = False
    before: UsageMetadata | None = None
    async for part in stream:
        message: Any = part.message
        said, text = {**message.response_metadata, **(part.generation_info or {})}, bool(message.text)
        used: UsageMetadata | None = message.usage_metadata
        has_ended |= any(map(said.get, _ENDS)) or bool(has_text and used and not text)
        tells, has_text = tells or "model_provider" in said, has_text or text
        if used and before and used["input_tokens"] == before["input_tokens"] > 0:
            message.usage_metadata = subtract_usage(used, before)
        before = used or before
        heard(message)
        yield part
    if tells and not has_ended:
        msg = "the stream of the answer stopped before its end"
        raise ConnectionError(msg)
