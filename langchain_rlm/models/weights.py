"""How probable each of two labels is for a model: asked for with a question, read from its log probabilities."""

import re
from collections.abc import Mapping, Sequence
from math import exp
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from pydantic import BaseModel

from langchain_rlm.models.failures import Failure
from langchain_rlm.models.resolve import Model, chat_models_of
from langchain_rlm.repl.typed.weights import Pair

LABELS = "rlm_labels"
"""Of a message whose answer is weighed: the two labels."""
ALTERNATIVES = 5
"""Likeliest tokens that are asked for."""
_FIRST = 3
"""Tokens of an answer among which its label begins."""


def labels_in(messages: Sequence[BaseMessage]) -> Pair | None:
    """Between which labels an answer is weighed; None where it is not."""
    given = messages[-1].additional_kwargs.get(LABELS) if messages else None
    return (str(given[0]), str(given[1])) if given else None


def asks_for(model: Model) -> dict[str, Any]:
    """What asks a model for its log probabilities; nothing where its client has no name for it, as OpenAI's has."""
    fields = [type(each).model_fields for each in chat_models_of(model)]
    has_both = all("logprobs" in each and "top_logprobs" in each for each in fields)
    return {"logprobs": True, "top_logprobs": ALTERNATIVES} if has_both else {}


def is_refused(failure: Failure) -> bool:
    """Whether a request may have failed for its log probabilities: some models, servers and clients have none.

    Not every server says what it cannot take.
    """
    named = re.search(r"log_?probs", failure.message, re.IGNORECASE)
    return failure.kind == "invalid" or (failure.kind in {"server", "malformed"} and bool(named))


def share(message: AIMessage, labels: Pair) -> float | None:
    """The probability of the first label among the two; None where a message does not tell."""
    told = message.response_metadata.get("logprobs")
    tokens = told.get("content") if isinstance(told, Mapping) else told  # Ollama's is the list itself
    for token in tokens[:_FIRST] if isinstance(tokens, list) else []:
        others = _alternatives(token)
        weights = [sum(one for word, one in others if _begins(label, word)) for label in labels]
        if any(weights):
            least = min(one for _, one in others)
            first, second = (weight or least / 2 for weight in weights)
            return first / (first + second)
    return None


def _alternatives(token: Any) -> list[tuple[str, float]]:
    """The likeliest words at a place of an answer, each with its probability; what has another form is left out."""
    token = token.model_dump() if isinstance(token, BaseModel) else token  # Ollama's
    told = token.get("top_logprobs") if isinstance(token, Mapping) else None
    pairs = [(each.get("token"), each.get("logprob")) for each in told or () if isinstance(each, Mapping)]
    return [(word, exp(min(one, 0))) for word, one in pairs if isinstance(word, str) and isinstance(one, int | float)]


def _begins(label: str, token: str) -> bool:
    said = token.strip(" \n\"'*").casefold()
    return bool(said) and label.casefold().startswith(said)
