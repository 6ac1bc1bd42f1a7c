"""Turns what a user gives as a model into one that a run can call, and says what is known of it.

A chat model with settings bound to it (`bind`, `with_config`, `with_retry`) and one with fallbacks are models too. Its
name, provider and window are those of the chat model inside; the first one, where there are fallbacks.
"""

import importlib.util
import json
import os
import re
from collections.abc import Mapping
from typing import Any, TypeGuard, cast
from urllib.parse import quote, unquote, urlsplit

from langchain_core.language_models import BaseChatModel, BaseLanguageModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase
from pydantic import SecretStr

from langchain_rlm.errors import ModelError

Model = Runnable[LanguageModelInput, AIMessage]
"""A chat model, or one with settings or fallbacks."""
DEFAULT_WINDOW = 128_000
"""Tokens assumed when a model does not say how large its window is."""
_SECRET = re.compile(r"key|token|secret|auth|password|credential", re.IGNORECASE)
_SHORTEST_SECRET = 8
"""Characters. Shorter values are not secrets, and stand in many messages: `close`, `1`, the `none` of local servers."""


def resolve_model(model: Model | str, setting: str = "model") -> Model:
    """Turn a name into a chat model; a chat model is returned as it is. The user calls it `setting`, for errors.

    Names are `"offline"`, `"openai:<name>"`, and `"<provider>:<name>"` of any provider that LangChain's
    `init_chat_model` knows (needs the `providers` extra and the provider's package).
    """
    if _is_model(model):
        return model
    if not isinstance(model, str) or not model.strip():
        raise ModelError(_no_model(model, setting))
    if model == "offline":
        from langchain_rlm.models.offline import OfflineChatModel  # only when asked for

        return OfflineChatModel()
    provider, colon, name = (part.strip() for part in model.partition(":"))
    shown = f"{setting}={model!r}"
    if not colon:
        msg = f"{shown}: name the provider too, as in 'openai:{model}'; 'offline' needs no provider."
        raise ModelError(msg)
    if not provider or not name:
        msg = f"{shown}: there is no {'model name' if provider else 'provider'} in it. Write 'openai:gpt-5'."
        raise ModelError(msg)
    return _openai(shown, name) if provider == "openai" else _any_provider(shown, provider, model)


def _is_model(given: Any) -> TypeGuard[Model]:
    """Whether it is a chat model, or one with settings or fallbacks."""
    if isinstance(given, RunnableWithFallbacks):
        return all(map(_is_model, given.runnables))
    return _is_model(given.bound) if isinstance(given, RunnableBindingBase) else isinstance(given, BaseChatModel)


def _no_model(given: Any, setting: str) -> str:
    """Why something is not a model, in a line. Of an object it names the class: what it says of itself may be long."""
    while isinstance(given, RunnableBindingBase):
        given = given.bound
    if isinstance(given, RunnableWithFallbacks):
        given = next(each for each in given.runnables if not _is_model(each))
    kind = type(given).__name__
    if isinstance(given, type):
        return f"{setting}: {given.__name__} is a class: pass an instance of it, or a name such as 'openai:gpt-5'."
    if "Configurable" in kind:
        return f"{setting}: {kind} is a model only once it is configured: pass the chat model itself."
    if isinstance(given, BaseLanguageModel):
        return f"{setting}: {kind} completes text: pass the provider's chat model instead, such as ChatOpenAI."
    if isinstance(given, Runnable):
        return f"{setting}: {kind} is a chain: pass the chat model in it."
    is_plain = given is None or isinstance(given, str | bytes | int | float | list | tuple)
    shown = repr(given) if is_plain else f"an object of the class {kind}"
    return f"{setting}={shown:.60}: pass a chat model, or a name such as 'openai:gpt-5' or 'offline'."


def chat_models_of(model: Model) -> list[BaseChatModel]:
    """The chat models inside; the first one is asked first."""
    if isinstance(model, RunnableBindingBase):
        return chat_models_of(model.bound)
    if isinstance(model, RunnableWithFallbacks):
        return [inner for each in model.runnables for inner in chat_models_of(each)]
    return [cast("BaseChatModel", model)]


def may_see(model: Model) -> bool:
    """Whether a model may take images: its profile does not say that it takes none."""
    return (chat_models_of(model)[0].profile or {}).get("image_inputs") is not False


def _openai(shown: str, name: str) -> BaseChatModel:
    if not os.environ.get("OPENAI_API_KEY"):
        msg = f"{shown}: the environment variable OPENAI_API_KEY is not set. 'offline' needs no key."
        raise ModelError(msg)
    from langchain_openai import ChatOpenAI  # takes a second to import

    return ChatOpenAI(model=name)


_KNOWN = re.compile(r"upported (?:model )?providers(?: are)?: ([\w, ]+?)\.?(?: For help|$)")
"""What follows in LangChain's error for a provider that it does not know."""


def _any_provider(shown: str, provider: str, model: str) -> BaseChatModel:
    if importlib.util.find_spec("langchain") is None:
        msg = f"{shown}: install the extra for other providers: pip install 'langchain-rlm[providers]'."
        raise ModelError(msg)
    from langchain.chat_models import init_chat_model  # an extra

    try:
        found: BaseChatModel = init_chat_model(model)
    except ImportError as error:
        msg = f"{shown}: the package of provider {provider!r} is not installed ({_line(error)})."
    except ValueError as error:
        msg = f"{shown}: {_line(error)}"
        if known := _KNOWN.search(msg):  # LangChain's remedy is not ours
            msg = f"{shown}: LangChain knows no provider {provider!r}, but {known[1]}."
    except Exception as error:  # providers raise their own errors for a missing key
        msg = f"{shown} cannot be used: {_line(error)}"
        raise ModelError(msg) from error
    else:
        return found
    raise ModelError(msg)


def _line(error: Exception) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split())


def name_of(model: Model) -> str:
    """The model's name, for prices and usage."""
    if isinstance(model, RunnableBindingBase):
        bound = model.kwargs.get("model")
        return bound if isinstance(bound, str) and bound else name_of(model.bound)
    if isinstance(model, RunnableWithFallbacks):
        return name_of(model.runnable)
    model = cast("BaseChatModel", model)
    for attribute in ("model_name", "model", "model_id", "deployment_name"):
        value = getattr(model, attribute, None)
        if isinstance(value, str) and value:
            return value.removeprefix("models/")
    return model._llm_type  # noqa: SLF001  # the name LangChain itself falls back to


def provider_of(model: Model) -> str | None:
    """The provider as LangSmith parameters name it."""
    return chat_models_of(model)[0]._get_ls_params().get("ls_provider")  # noqa: SLF001  # the one place LangChain keeps it


def alternatives_of(model: Model) -> list[Model]:
    """The model, or those of which the next one is asked when one fails."""
    inner = model
    while isinstance(inner, RunnableBindingBase):
        inner = inner.bound
    if isinstance(inner, RunnableWithFallbacks):
        return [one for each in inner.runnables for one in alternatives_of(each)]
    return [model]


def secrets_of(model: Model) -> list[str]:
    """The keys and headers a model holds, to be struck out of its provider's messages; the longest first.

    Keys in its address are among them. Each comes as it is, and as it is quoted in an address and in JSON.
    """
    found = {secret for each in chat_models_of(model) for secret in _held_by(each)} | _bound_to(model)
    secret = (one for one in found if len(one) >= _SHORTEST_SECRET)
    forms = {form for one in secret for form in (one, quote(one), quote(one, safe=""), json.dumps(one)[1:-1])}
    return sorted(forms, key=len, reverse=True)


def _held_by(model: BaseChatModel) -> set[str]:
    """Whatever in a model may be a secret."""
    found: set[str] = set()
    for name in type(model).model_fields:
        value = getattr(model, name, None)
        if isinstance(value, SecretStr):
            found.add(value.get_secret_value())
        elif isinstance(value, str):
            found |= _address_values(value)
        elif isinstance(value, Mapping):
            found |= _mapped(name, value)
    for client in ("root_async_client", "root_client"):
        own = getattr(model, client, None)
        key = getattr(own, "api_key", None)  # what a function for the key returned last
        found |= {key} if isinstance(key, str) else set()
        found |= _address_values(str(getattr(own, "base_url", "")))  # the environment's, when the model has none
    return found


def _bound_to(model: Model) -> set[str]:
    """Whatever in the settings that are bound to a model may be a secret."""
    if isinstance(model, RunnableWithFallbacks):
        return {secret for each in model.runnables for secret in _bound_to(each)}
    if not isinstance(model, RunnableBindingBase):
        return set()
    inside = (_mapped(name, value) for name, value in model.kwargs.items() if isinstance(value, Mapping))
    return _mapped("", model.kwargs).union(_bound_to(model.bound), *inside)


def _mapped(name: str, value: Mapping[Any, Any]) -> set[str]:
    """Whatever in a setting that is a mapping may be a secret."""
    named = {part for key, part in value.items() if _SECRET.search(str(key)) and isinstance(part, str)}
    return named | _header_values(value if "headers" in name else value.get("extra_headers"))


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


def window_of(model: Model) -> int | None:
    """The largest input in tokens, when the model's profile says it."""
    window = (chat_models_of(model)[0].profile or {}).get("max_input_tokens")
    return int(window) if window else None
