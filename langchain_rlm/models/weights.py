"""How probable each of two labels is for a model: asked for with a question, read from its log probabilities."""

import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from langchain_rlm.models.failures import Failure
from langchain_rlm.models.resolve import Model, chat_models_of
from langchain_rlm.repl.typed.weights import Labels

LABELS = "rlm_labels"
"""Of a message whose answer is weighed: the two labels."""
ALTERNATIVES = 5
"""Likeliest tokens that are asked for."""
_FIRST = 3
"""Tokens of an answer among which its label begins."""


def labels_in(messages: Sequence[BaseMessage]) -> Labels | None:
    """Between which labels an answer is weighed; None where it is not."""
    given = messages[-1].additional_kwargs.get(LABELS) if messages else None
    return (str(given[0]), str(given[1])) if given else None


def asks_for(model: Model) -> dict[str, Any]:
    """What asks a model for its log probabilities; nothing where its client has no name for it, as OpenAI's has."""
    fields = [type(each).model_fields for each in chat_models_of(model)]
    has_both = all("logprobs" in each and "top_logprobs" in each for each in fields)
    return {"logprobs": True, "top_logprobs": ALTERNATIVES} if has_both else {}


def is_refused(failure: Failure) -> bool:
    """Whether a server refused a request for its log probabilities: reasoning models have none."""
    return failure.kind in {"invalid", "server"} and bool(re.search(r"log_?probs", failure.message, re.IGNORECASE))


def share(message: AIMessage, labels: Labels) -> float | None:
    """The probability of the first label among the two; None where a message does not tell."""
    told = message.response_metadata.get("logprobs")
    tokens = told.get("content") if isinstance(told, Mapping) else None
    for token in (tokens or [])[:_FIRST]:
        others = token.get("top_logprobs") or []
        weights = [sum(exp(each["logprob"]) for each in others if _begins(label, each["token"])) for label in labels]
        if any(weights):
            least = min(exp(each["logprob"]) for each in others)
            first, second = (weight or least / 2 for weight in weights)
            return first / (first + second)
    return None


def _begins(label: str, token: str) -> bool:
    said = token.strip(" \n\"'*").casefold()
    return bool(said) and label.casefold().startswith(said)
