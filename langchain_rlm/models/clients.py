"""The clients that models are called with: the user's own, one for each model and event loop.

Pooled connections belong to one event loop, and a model is called on two: synchronous callers use the background loop,
asynchronous ones their own. So each loop has a view of the model, a shallow copy whose clients are the user's (proxies,
certificates, headers, timeouts, hooks) with connections of their own. All runs of the process share it, which is why
it is kept here and not with a run. It ends with its loop, or when nobody has called it for a while.
"""

# ruff: noqa: SLF001  # clients keep what they are made of in attributes with an underscore

import asyncio
import copy
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import AsyncGeneratorType
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBinding, RunnableBindingBase

from langchain_rlm.models.limits import limited
from langchain_rlm.models.rate_limiters import Turnstile
from langchain_rlm.models.resolve import Model, chat_models_of
from langchain_rlm.models.streams import blocking_methods, whole_streams
from langchain_rlm.threads import call_later

ANSWERED_BY = "rlm_answered_by"
"""Metadata of a message: which of the user's models gave it, where there are fallbacks. No one else sees it."""
IDLE = 5.0
"""Seconds that unused connections are kept: as long as HTTP clients keep them."""


@dataclass(eq=False)
class _View:
    """A model as one event loop calls it."""

    model: Model
    """Kept, as is the loop: they are known by their ids."""
    loop: asyncio.AbstractEventLoop
    own: Model = field(init=False)
    state: list[dict[str, Any]] = field(init=False)
    """What the user's model was when it was copied."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    lasting: AsyncGeneratorType[None, None] = field(init=False)
    calls: int = 0
    timer: asyncio.TimerHandle | None = None
    ending: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.own = _own(self.model, self.stack)
        self.state = _state_of(self.model)
        self.lasting = cast("AsyncGeneratorType[None, None]", self._last())

    async def _last(self) -> AsyncGenerator[None]:
        """Ends when it is closed. A loop closes the generators that have begun on it when it is shut down."""
        try:
            yield
        finally:
            self.forget()
            if self.timer:
                self.timer.cancel()
            try:
                await self.stack.aclose()
            finally:
                _ending.discard(self)

    def forget(self) -> None:
        key = id(self.loop), id(self.model)
        if _views.get(key) is self:
            del _views[key]

    def end(self) -> None:
        self.forget()
        _ending.add(self)
        self.ending = self.loop.create_task(self._finish())

    async def _finish(self) -> None:
        if not self.lasting.ag_running:  # its loop, which is shut down, may have begun to close it
            await self.lasting.aclose()


_views: dict[tuple[int, int], _View] = {}
_ending: set[_View] = set()
"""A loop that is shut down cancels the tasks that end these; it closes their generators only if somebody holds them."""


@asynccontextmanager
async def client_of(model: Model) -> AsyncIterator[Model]:
    """The model as the running event loop calls it."""
    loop = asyncio.get_running_loop()
    view = _views.get((id(loop), id(model)))
    if view is None or view.state != _state_of(model):
        for other in [*_views.values(), *_ending]:
            if other.loop.is_closed():
                other.forget()
                _ending.discard(other)
        view = _views[id(loop), id(model)] = _View(model, loop)
        await anext(view.lasting)
    if view.timer:
        view.timer.cancel()
    view.calls += 1
    try:
        yield view.own
    finally:
        view.calls -= 1
        if not view.calls:
            view.timer = call_later(IDLE, view.end)


def _state_of(model: Model) -> list[dict[str, Any]]:
    return [{**each.__dict__} for each in chat_models_of(model)]


def retries_of(model: Model) -> int:
    """How often the model's own client repeats a call that failed: as the user has set it, else never."""
    models: list[Any] = [each for each in chat_models_of(model) if _is_set(each, "max_retries")]
    counting = ("ChatGoogleGenerativeAI", "ChatMistralAI")  # the first attempt too
    return max((int(each.max_retries or 0) - any(_is_a(each, kind) for kind in counting) for each in models), default=0)


def _own(model: Model, stack: AsyncExitStack, *, streams: bool = False) -> Any:
    """A copy for one loop; what must be closed with it goes onto the stack."""
    if isinstance(model, RunnableBindingBase):
        streams = streams or bool(model.kwargs.get("stream"))
        return model.model_copy(update={"bound": _own(model.bound, stack, streams=streams)})
    if isinstance(model, RunnableWithFallbacks):
        made = (_own(each, stack, streams=streams) for each in model.runnables)
        first, *others = (_Telling(bound=own, model=each) for own, each in zip(made, model.runnables, strict=True))
        return model.model_copy(update={"runnable": first, "fallbacks": others})
    return _chat_model(model, stack, streams=streams)


class _Telling(RunnableBinding[Any, Any]):
    """One of several models: its messages say which of them it is, for servers have names of their own."""

    model: Any

    async def ainvoke(self, input: Any, config: Any = None, **kwargs: Any) -> Any:  # noqa: A002  # LangChain's name
        message = await super().ainvoke(input, config, **kwargs)
        message.response_metadata.setdefault(ANSWERED_BY, self.model)
        return message


def _chat_model(model: Any, stack: AsyncExitStack, *, streams: bool) -> BaseChatModel:
    own = _google(model, stack) if _is_a(model, "ChatGoogleGenerativeAI") else _with_clients(model, stack)
    streams |= _is_set(model, "streaming") and model.streaming is True
    streams |= bool((getattr(model, "model_kwargs", None) or {}).get("stream"))
    streams &= model.disable_streaming is not True
    if streams and own is not model and getattr(model, "stream_usage", True) is None:
        own.stream_usage = True
    if own is not model and not streams:
        own.disable_streaming = True  # a host that streams would have each call streamed, some without their usage
        if getattr(own, "streaming", False):
            own.streaming = False  # both set: ChatOpenAI would ask for a stream and not read it
    only_sync = getattr(model, "http_client", None) is not None and getattr(model, "http_async_client", None) is None
    methods = blocking_methods(own, always=only_sync)
    is_ollama = _is_a(model, "ChatOllama")  # which streams, whatever it is asked for
    if streams or is_ollama:
        source = methods.get("_astream", own._astream)
        methods |= whole_streams(own, source, always_tells=is_ollama, may_refuse=hasattr(own, "root_async_client"))
    methods |= limited(own, methods)
    if own is model and (methods or model.rate_limiter):
        own = model.model_copy()
    if model.rate_limiter:
        own.rate_limiter = Turnstile(model.rate_limiter)
    own.__dict__.update(methods)
    return cast("BaseChatModel", own)


def _with_clients(model: Any, stack: AsyncExitStack) -> Any:
    """A copy whose clients are for this loop, and do not retry: the package does, within the run's budget.

    Retries that the user has set stay. A model without clients is returned as it is.
    """
    getattr(model, "_async_client", None)  # made when it is first asked for
    private = model.__pydantic_private__ or {}
    copier = _Copier(stack, None if _is_set(model, "max_retries") else 0)
    held = {**model.__dict__, **private}
    changed = {name: own for name, value in held.items() if (own := copier.copy(value)) is not value}
    if not changed:
        return model
    own = model.model_copy()
    if hasattr(own, "max_retries") and not _is_set(model, "max_retries"):
        changed["max_retries"] = 0
    for name, value in changed.items():  # some are cached properties, not fields
        (own.__pydantic_private__ if name in private else own.__dict__)[name] = value
    return own


def _google(model: Any, stack: AsyncExitStack) -> Any:
    """Made anew from its settings: it has one client for all that it does."""
    settings = {name: getattr(model, name) for name in model.model_fields_set if name != "client"}
    own: Any = type(model)(**{"max_retries": 1, **settings})  # 1: no second attempt
    stack.push_async_callback(own.client.aio.aclose)
    stack.callback(own.client.close)
    return own


@dataclass
class _Copier:
    """Copies the clients of a model for one loop, and what holds them."""

    stack: AsyncExitStack
    retries: int | None
    """None: as they are."""
    done: dict[int, Any] = field(default_factory=dict)

    def copy(self, value: Any) -> Any:
        """The value itself when it holds no client."""
        if id(value) not in self.done:
            self.done[id(value)] = self._copied(value)
        return self.done[id(value)]

    def _copied(self, value: Any) -> Any:
        if hasattr(value, "_mounts") and hasattr(value, "_transport"):
            return self._http(value)
        inner = getattr(value, "__dict__", {}).get("_client")
        if inner is None:
            return value
        own = self.copy(inner)
        if _is_api(value):
            options = {} if self.retries is None else {"max_retries": self.retries}
            return value.with_options(http_client=own, **options)
        if own is inner:
            return value
        if _is_api(inner):
            return type(value)(own)  # `chat.completions` and the like keep methods of their client
        copied = copy.copy(value)
        copied._client = own  # where ollama's client keeps it
        return copied

    def _http(self, client: Any) -> Any:
        """An HTTP client with all that the user's has, but for its connections."""
        if not hasattr(client, "aclose"):
            return client  # a synchronous one may be used by all threads
        mounts = client._mounts  # by pattern: proxies, and addresses without one
        own = copy.copy(client)
        try:
            own._transport = _fresh(client._transport)
            own._mounts = {pattern: each and _fresh(each) for pattern, each in mounts.items()}
        except _SharedError:
            return client
        self.stack.push_async_callback(_close, own)
        return own


async def _close(client: Any) -> None:
    """Close a client and its connections, also when its loop is shut down meanwhile, which cancels once."""
    transports = [client._transport, *filter(None, client._mounts.values())]
    connections = [each for one in transports for each in getattr(getattr(one, "_pool", None), "_connections", ())]
    try:
        await client.aclose()
    except asyncio.CancelledError:
        for connection in connections:
            await connection.aclose()
        raise


class _SharedError(Exception):
    """A transport keeps its connections where they cannot be told from the rest of it."""


def _fresh(transport: Any) -> Any:
    """The transport without its connections; one that wraps another (to retry, to cache) is copied with it."""
    own: Any = copy.copy(transport)
    pool: Any = getattr(transport, "_pool", None)
    if isinstance(getattr(pool, "_connections", None), list):
        own._pool = fresh = copy.copy(pool)
        fresh._connections, fresh._requests = [], []
        fresh._optional_thread_lock = type(pool._optional_thread_lock)()
        return own
    inner = {name: each for name, each in vars(transport).items() if hasattr(each, "handle_async_request")}
    if not inner:
        raise _SharedError
    vars(own).update({name: _fresh(each) for name, each in inner.items()})
    return own


def _is_api(value: Any) -> bool:
    """Whether it is a provider's client as OpenAI, Anthropic, Groq and others have it."""
    return hasattr(value, "with_options") and hasattr(value, "max_retries")


def _is_set(model: BaseChatModel, name: str) -> bool:
    return name in model.model_fields_set


def _is_a(model: BaseChatModel, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(model).__mro__)
