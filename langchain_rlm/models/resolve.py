"""Turns a model's name into a chat model that a run can call.

A run gets its own network client: pooled connections belong to one event loop, and langchain-openai shares one client
between all models of a process. The client is closed with the run, so no socket outlives it.
"""

import importlib.util
import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from langchain_rlm.errors import ModelError

DEFAULT_WINDOW = 128_000
"""Tokens assumed when a model does not say how large its window is."""
_SECRET = re.compile(r"key|token|secret|auth|password|credential", re.IGNORECASE)
_SHORTEST_SECRET = 8
"""Characters. Shorter values are not secrets, and stand in many messages: `close`, `1`, the `none` of local servers."""


def resolve_model(model: BaseChatModel | str) -> BaseChatModel:
    """Turn a name into a chat model; a chat model is returned as it is.

    Args:
        model: A chat model, `"offline"`, `"openai:<name>"`, or `"<provider>:<name>"` of any provider that LangChain's
            `init_chat_model` knows (needs the `providers` extra and the provider's package).

    Raises:
        ModelError: The name or provider is unknown, its package is not installed, or its key is missing.
    """
    if isinstance(model, BaseChatModel):
        return model
    if not isinstance(model, str) or not model.strip():
        msg = f"model={model!r}: pass a chat model, or a name such as 'openai:gpt-5' or 'offline'."
        raise ModelError(msg)
    if model == "offline":
        from langchain_rlm.models.offline import OfflineChatModel  # only when asked for

        return OfflineChatModel()
    provider, colon, name = (part.strip() for part in model.partition(":"))
    if not colon:
        msg = f"model={model!r}: name the provider too, as in 'openai:{model}'; 'offline' needs no provider."
        raise ModelError(msg)
    if not provider or not name:
        msg = f"model={model!r}: there is no {'model name' if provider else 'provider'} in it. Write 'openai:gpt-5'."
        raise ModelError(msg)
    return _openai(model, name) if provider == "openai" else _any_provider(model, provider)


def _openai(model: str, name: str) -> BaseChatModel:
    if not os.environ.get("OPENAI_API_KEY"):
        msg = f"model={model!r}: the environment variable OPENAI_API_KEY is not set. 'offline' needs no key."
        raise ModelError(msg)
    from langchain_openai import ChatOpenAI  # takes a second to import

    return ChatOpenAI(model=name)


def _any_provider(model: str, provider: str) -> BaseChatModel:
    if importlib.util.find_spec("langchain") is None:
        msg = f"model={model!r}: install the extra for other providers: pip install 'langchain-rlm[providers]'."
        raise ModelError(msg)
    from langchain.chat_models import init_chat_model  # an extra

    try:
        found: BaseChatModel = init_chat_model(model)
    except ImportError as error:
        msg = f"model={model!r}: the package of provider {provider!r} is not installed ({_line(error)})."
    except ValueError as error:
        msg = f"model={model!r}: {_line(error)}"
    except Exception as error:  # providers raise their own errors for a missing key
        msg = f"model={model!r} cannot be used: {_line(error)}"
        raise ModelError(msg) from error
    else:
        return found
    raise ModelError(msg)


def _line(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())


def name_of(model: BaseChatModel) -> str:
    """The model's name, for prices and usage."""
    for attribute in ("model_name", "model", "model_id", "deployment_name"):
        value = getattr(model, attribute, None)
        if isinstance(value, str) and value:
            return value.removeprefix("models/")
    return model._llm_type  # noqa: SLF001  # the name LangChain itself falls back to


def provider_of(model: BaseChatModel) -> str | None:
    """The provider as LangSmith parameters name it."""
    return model._get_ls_params().get("ls_provider")  # noqa: SLF001  # the one place LangChain keeps it


def secrets_of(model: BaseChatModel) -> list[str]:
    """The keys and headers a model holds, to be struck out of its provider's messages; the longest first.

    Keys in its address are among them. Each comes as it is, and as it is quoted in an address and in JSON.
    """
    found: set[str] = set()
    for name in type(model).model_fields:
        value = getattr(model, name, None)
        if isinstance(value, SecretStr):
            found.add(value.get_secret_value())
        elif isinstance(value, str):
            found |= _address_values(value)
        elif isinstance(value, Mapping):
            found |= _header_values(value if "headers" in name else value.get("extra_headers"))
            found |= {part for key, part in value.items() if _SECRET.search(str(key)) and isinstance(part, str)}
    for client in ("root_async_client", "root_client"):
        own = getattr(model, client, None)
        key = getattr(own, "api_key", None)  # what a function for the key returned last
        found |= {key} if isinstance(key, str) else set()
        found |= _address_values(str(getattr(own, "base_url", "")))  # the environment's, when the model has none
    secret = (one for one in found if len(one) >= _SHORTEST_SECRET)
    forms = {form for one in secret for form in (one, quote(one), quote(one, safe=""), json.dumps(one)[1:-1])}
    return sorted(forms, key=len, reverse=True)


def _header_values(headers: Any) -> set[str]:
    """The values and their words (as in "Bearer <key>"), but for those too short for a secret."""
    values = [str(value) for value in headers.values()] if isinstance(headers, Mapping) else []
    words = [word for value in values for word in value.split()]
    return {value for value in [*values, *words] if len(value) >= _SHORTEST_SECRET}


def _address_values(text: str) -> set[str]:
    """User, password and query of an address, both quoted and unquoted."""
    try:
        address = urlsplit(text)
    except ValueError:
        return set()
    user, _, password = address.netloc.rpartition("@")[0].partition(":")
    given = [user, password, *(part.partition("=")[2] for part in address.query.split("&"))]
    return {form for value in given for form in (value, unquote(value))}


def window_of(model: BaseChatModel) -> int | None:
    """The largest input in tokens, when the model's profile says it."""
    window = (model.profile or {}).get("max_input_tokens")
    return int(window) if window else None


class ModelClients:
    """The models of one run, each with a client of its own. Close it on the loop it was used on."""

    def __init__(self) -> None:
        self._own: dict[int, tuple[BaseChatModel, BaseChatModel]] = {}
        self._closing: list[Callable[[], Awaitable[None]]] = []

    def own(self, model: BaseChatModel) -> BaseChatModel:
        """Return a copy of `model` whose network client belongs to this run, where that can be done."""
        kept = self._own.get(id(model))
        if kept is None:
            kept = self._own[id(model)] = (model, self._copy(model))
        return kept[1]

    def _copy(self, model: BaseChatModel) -> BaseChatModel:
        """A copy that does not retry: this package does, and a client's own retries escape budget and limits."""
        kinds = {kind.__name__ for kind in type(model).__mro__}
        if getattr(model, "root_async_client", None) is not None:
            return self._openai(model)
        if "ChatAnthropic" in kinds:
            return self._anthropic(model)
        if "ChatGoogleGenerativeAI" in kinds:
            return self._google(model)
        return model

    def _openai(self, model: Any) -> BaseChatModel:
        client = model.root_async_client.with_options(max_retries=0)
        if model.http_async_client is None:
            from openai import DefaultAsyncHttpxClient  # there when the model is an OpenAI one

            http = DefaultAsyncHttpxClient(base_url=client.base_url, timeout=client.timeout)
            self._closing.append(http.aclose)
            client = client.with_options(http_client=http)
        clients = {"root_async_client": client, "async_client": client.chat.completions}
        return _unstreamed(model, clients)

    def _anthropic(self, model: Any) -> BaseChatModel:
        from anthropic import DefaultAsyncHttpxClient  # there when the model is an Anthropic one

        shared = model._async_client  # noqa: SLF001  # where langchain-anthropic keeps it
        proxy = {"proxy": model.anthropic_proxy} if getattr(model, "anthropic_proxy", None) else {}
        http = DefaultAsyncHttpxClient(base_url=shared.base_url, timeout=shared.timeout, **proxy)
        self._closing.append(http.aclose)
        return _unstreamed(model, {"_async_client": shared.with_options(http_client=http, max_retries=0)})

    def _google(self, model: Any) -> BaseChatModel:
        settings = {name: getattr(model, name) for name in model.model_fields_set if name != "client"}
        own: Any = type(model)(**{**settings, "max_retries": 1, "disable_streaming": True})  # 1: no second attempt
        self._closing.append(own.client.aio.aclose)
        return cast("BaseChatModel", own)

    async def close(self) -> None:
        """Close the clients of this run."""
        closing, self._closing = self._closing, []
        self._own.clear()
        for close in closing:
            await close()


def _unstreamed(model: BaseChatModel, clients: dict[str, Any]) -> BaseChatModel:
    """A copy with these clients. Nobody sees tokens of its calls, and a streamed call may come without its usage."""
    copy = model.model_copy(update={"disable_streaming": True})
    copy.__dict__.update(clients)  # some are cached properties, not fields
    return copy
