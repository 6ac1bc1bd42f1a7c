"""How probable each of two labels is for a model."""

from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from langchain_rlm.models.failures import Failure
from langchain_rlm.models.weights import LABELS, asks_for, is_refused, labels_in, share

PAIR = ("yes", "no")
OPENAI = ChatOpenAI(model="gpt-5", api_key=SecretStr("key"))


def answer(*tokens: dict[str, float]) -> AIMessage:
    content = [{"top_logprobs": [{"token": word, "logprob": one} for word, one in each.items()]} for each in tokens]
    return AIMessage("yes", response_metadata={"logprobs": {"content": content}})


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ([{"Yes": -0.1, "No": -2.4, "The": -5}], 0.909),
        ([{" yes": -1.0, "Yes": -1.0, '"no': -1.0}], 2 / 3),
        ([{"\n\n": -0.1, "The": -3}, {"NO": -0.2, "Yes": -1.6}], 0.198),
        ([{"No": -0.001, "Maybe": -8}], 0.00017),  # what is not among the likeliest is less likely than those
        ([{"n": -0.1, "y": -3}], 0.052),
    ],
)
def test_the_share_of_the_first_label_is_read_from_the_tokens_that_begin_one(
    tokens: list[Any], expected: float
) -> None:
    assert share(answer(*tokens), PAIR) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    "message",
    [
        AIMessage("yes"), AIMessage("yes", response_metadata={"logprobs": None}), answer(), answer({"Perhaps": -0.1}),
        answer({"": -0.1}), AIMessage("yes", response_metadata={"logprobs": [1]}),
        AIMessage("yes", response_metadata={"logprobs": {"content": [{"token": "yes"}]}}),
        AIMessage("yes", response_metadata={"logprobs": {"content": [3, {"top_logprobs": [4, {"token": None}]}]}}),
        AIMessage("yes", response_metadata={"logprobs": {"content": "yes"}}),
        AIMessage("yes", response_metadata={"logprobs": {"content": [{"top_logprobs": [{"token": "yes"}]}]}}),
    ],
)  # fmt: skip
def test_a_message_that_does_not_tell_has_no_share(message: AIMessage) -> None:
    assert share(message, PAIR) is None


def test_only_a_client_that_knows_log_probabilities_is_asked_for_them() -> None:
    asked = {"logprobs": True, "top_logprobs": 5}
    assert asks_for(OPENAI) == asks_for(OPENAI.bind(stop=["x"])) == asked
    fake = FakeListChatModel(responses=["yes"])
    assert asks_for(fake) == asks_for(OPENAI.with_fallbacks([fake])) == {}


def test_a_list_alone_is_read_as_well() -> None:
    told = [{"top_logprobs": [{"token": "Yes", "logprob": -0.1}, {"token": "No", "logprob": -2.4}]}]
    assert share(AIMessage("yes", response_metadata={"logprobs": told}), PAIR) == pytest.approx(0.909, rel=0.01)


@pytest.mark.parametrize(
    ("kind", "message", "may_be"),
    [
        ("invalid", "Unsupported parameter: 'logprobs' is not supported with this model.", True),
        ("invalid", "Extra inputs are not permitted", True), ("server", "top_logprobs: not implemented", True),
        ("malformed", "create() got an unexpected keyword argument 'logprobs'", True), ("server", "overloaded", False),
        ("malformed", "no JSON", False), ("rate_limit", "top_logprobs", False),
    ],
)  # fmt: skip
def test_what_may_be_a_refusal(kind: Any, message: str, *, may_be: bool) -> None:
    assert is_refused(Failure(kind, message)) is may_be


def test_the_labels_stand_with_the_last_message() -> None:
    weighed = HumanMessage("x", additional_kwargs={LABELS: ["yes", "no"]})
    assert labels_in([HumanMessage("y"), weighed]) == PAIR
    assert labels_in([weighed, HumanMessage("y")]) is labels_in([]) is None
