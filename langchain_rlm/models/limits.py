"""The output limit that is sent with a call: under which name each client takes it, and what a server says against it.

Only clients that are known to send it are told one; of any other, nobody knows whether it heard.
"""

# ruff: noqa: SLF001  # a chat model is made of methods with an underscore, which LangChain calls

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables.base import RunnableBindingBase

from langchain_rlm.models.failures import Failure
from langchain_rlm.models.resolve import Model, chat_models_of

LIMIT: ContextVar[int | None] = ContextVar("LIMIT", default=None)
"""Output tokens that the call under way may have."""
_KEYWORDS = {
    "BaseChatOpenAI": "max_tokens", "ChatAnthropic": "max_tokens", "ChatGroq": "max_tokens",
    "ChatMistralAI": "max_tokens", "ChatGoogleGenerativeAI": "max_output_tokens", "ChatBedrockConverse": "maxTokens",
    "ChatOllama": "num_predict",
}  # fmt: skip
"""By class: what its calls take. ChatOpenAI makes of it what the endpoint wants."""
_SETTINGS = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxTokens", "num_predict")
_ABOUT = re.compile(
    r"max_(?:completion_|output_|new_)?tokens|max(?:Output)?Tokens|num_predict|in the (?:completion|output)"
    r"|(?:completion|output) tokens",
    re.IGNORECASE,
)
_UNKNOWN = re.compile("unsupported|not supported|unrecognized|unknown|extra|permitted|unexpected", re.IGNORECASE)


def keyword_of(model: BaseChatModel) -> str | None:
    """The name under which calls of this model take a limit; None when that is not known."""
    return next((_KEYWORDS[kind.__name__] for kind in type(model).__mro__ if kind.__name__ in _KEYWORDS), None)


def takes_limit(model: Model) -> bool:
    """Whether a call of it can be told how long its answer may be."""
    return all(map(keyword_of, chat_models_of(model)))


def own_limit(model: Model) -> int | None:
    """The limit that the user has set, or the most that the model can write; None when neither is known."""
    bound: Mapping[str, Any] = {}
    while isinstance(model, RunnableBindingBase):
        bound, model = {**model.kwargs, **bound}, model.bound
    found = [_own(each, bound) for each in chat_models_of(model)]
    return max(each for each in found if each) if all(found) else None


def _own(model: BaseChatModel, bound: Mapping[str, Any]) -> int | None:
    given = [bound, vars(model), getattr(model, "model_kwargs", None) or {}]
    told = (values.get(name) for values in given for name in _SETTINGS)
    known = (model.profile or {}).get("max_output_tokens")
    return next((each for each in (*told, known) if isinstance(each, int) and each > 0), None)


def least_limit(model: Model) -> int:
    """What a limit must be above: Anthropic counts the tokens that it gives to thinking."""
    thinking = (getattr(each, "thinking", None) for each in chat_models_of(model))
    return max((int(each.get("budget_tokens") or 0) for each in thinking if isinstance(each, Mapping)), default=0)


def limited(own: Any, methods: Mapping[str, Any]) -> dict[str, Any]:
    """The methods of a model, which send the limit of the call under way."""
    name = keyword_of(own)
    if name is None:
        return {}
    generate: Callable[..., Any] = methods.get("_agenerate", own._agenerate)
    stream: Callable[..., AsyncIterator[Any]] = methods.get("_astream", own._astream)

    def told(kwargs: dict[str, Any], stop: Any) -> dict[str, Any]:
        limit = LIMIT.get()
        if limit is None:
            return kwargs
        if name != "num_predict":
            return {**kwargs, name: limit}
        options = kwargs.get("options") or own._chat_params([], stop)["options"]
        return {**kwargs, "options": {**options, name: limit}}

    async def agenerate(messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> Any:
        return await generate(messages, stop, run_manager, **told(kwargs, stop))

    async def astream(messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> AsyncIterator[Any]:
        async for part in stream(messages, stop, run_manager, **told(kwargs, stop)):
            yield part

    return {"_agenerate": agenerate, "_astream": astream}


def lower(failure: Failure, limit: int | None) -> int | None:
    """The limit with which to ask again when a server refused this one; 0: with none. None: it refused something else.

    Servers say which one they take, if they say it, in the message.
    """
    if limit is None or failure.kind not in {"invalid", "overflow"} or not _ABOUT.search(failure.message):
        return None
    if _UNKNOWN.search(failure.message):
        return 0
    named = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", failure.message)]
    return max((number for number in named if limit // 16 <= number < limit), default=limit // 2)
