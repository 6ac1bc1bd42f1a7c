"""From what a user names to a chat model that a run can call.

A run gets its own network client: pooled connections belong to one event loop, and langchain-openai shares one client
between all models of a process. The client is closed with the run, so no socket outlives it.
"""

import importlib.util
import os
from typing import Any

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr

from langchain_rlm.errors import ModelError

DEFAULT_WINDOW = 128_000
"""Tokens assumed when a model does not say how large its window is."""


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
        msg = f"model={model!r}: name the provider too, as in 'openai:{model}'; 'offline' needs none."
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
        msg = f"model={model!r}: the package of provider {provider!r} is not installed ({error})."
    except ValueError as error:
        msg = f"model={model!r}: {error}"
    except Exception as error:  # providers raise their own errors for a missing key
        msg = f"model={model!r} cannot be used: {error}"
        raise ModelError(msg) from error
    else:
        return found
    raise ModelError(msg)


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
    """The keys a model holds, to be struck out of whatever its provider says."""
    values = (getattr(model, name, None) for name in type(model).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr) and value.get_secret_value()]


def window_of(model: BaseChatModel) -> int | None:
    """The largest input in tokens, when the model's profile says it."""
    window = (model.profile or {}).get("max_input_tokens")
    return int(window) if window else None


class ModelClients:
    """The models of one run, each with a client of its own. Close it on the loop it was used on."""

    def __init__(self) -> None:
        self._own: dict[int, tuple[BaseChatModel, BaseChatModel]] = {}
        self._clients: list[Any] = []

    def own(self, model: BaseChatModel) -> BaseChatModel:
        """Return a copy of `model` whose network client belongs to this run, where that can be done."""
        kept = self._own.get(id(model))
        if kept is None:
            kept = self._own[id(model)] = (model, self._copy(model))
        return kept[1]

    def _copy(self, model: BaseChatModel) -> BaseChatModel:
        root: Any = getattr(model, "root_async_client", None)
        if root is None or getattr(model, "http_async_client", None) is not None:
            return model
        from openai import DefaultAsyncHttpxClient  # there when the model is an OpenAI one

        http = DefaultAsyncHttpxClient(base_url=root.base_url, timeout=root.timeout)
        self._clients.append(http)
        client = root.with_options(http_client=http, max_retries=0)  # retries are this package's
        clients = {"root_async_client": client, "async_client": client.chat.completions}
        # nobody sees tokens of these calls, and a streamed call may come without its usage
        return model.model_copy(update={**clients, "disable_streaming": True})

    async def close(self) -> None:
        """Close the clients of this run."""
        clients, self._clients = self._clients, []
        self._own.clear()
        for client in clients:
            await client.aclose()
