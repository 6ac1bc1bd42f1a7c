"""What sixteen providers answer with status 200, over real HTTP, each through the client that its users have.

Bodies of their own are in `tests/providers/answers.py`; what is alike for all is scripted.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from langchain_rlm.models import calls
from langchain_rlm.models.calls import Reply
from langchain_rlm.models.failures import Failure
from tests.providers.answers import ANSWERS, READ, TEXT, Answer
from tests.providers.asking import Asking
from tests.providers.clients import CLIENTS
from tests.server.client import ModelServer

NO_TEXT = {"empty": "stop", "filtered": "content_filter", "used up": "length"}
"""Answers without text, and how each ends."""
Outcomes = dict[tuple[str, str], Reply | Failure]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[Outcomes]:
    """Every answer asked for, all at once; those that stream by a client that is set to."""
    rules: dict[str, list[Any]] = {
        name: [{"match": f"^{said}$", "reply": {"content": "", "finish_reason": end}} for said, end in NO_TEXT.items()]
        + [{"match": "^cut$", "reply": {"content": "the first half", "finish_reason": "length"}}]
        for name in CLIENTS
    }
    for row in ANSWERS:
        reply = {"status": 200, "body": row.body, "headers": row.headers}
        rules[row.provider].append({"match": f"^{row.name}$", "reply": reply})
    models = {name: {"kind": "rules", "rules": found} for name, found in rules.items()}
    plain = [(row.provider, row.name) for row in ANSWERS if row.name != "stream" or row.provider == "ollama"]
    scripted = [(name, said) for name in CLIENTS for said in (*NO_TEXT, "cut")]
    streamed = [(row.provider, row.name) for row in ANSWERS if row.name == "stream" and row.provider != "ollama"]
    with pytest.MonkeyPatch.context() as patch, ModelServer(models=models) as server:
        patch.setattr(calls, "BACKOFF", 0.001)
        found = asyncio.run(Asking(server).all([*plain, *scripted]))
        yield {**found, **asyncio.run(Asking(server, streaming=True).all(streamed))}


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row.provider}-{row.name}")
def test_an_answer_is_its_text_alone_and_its_tokens_are_those_that_were_read(outcomes: Outcomes, row: Answer) -> None:
    reply = outcomes[row.provider, row.name]
    assert isinstance(reply, Reply), reply
    assert (reply.text, reply.cut_off) == (TEXT, False)
    assert (reply.usage["input_tokens"], reply.usage["estimated_calls"]) == (READ, 0)


@pytest.mark.parametrize("provider", CLIENTS)
def test_an_answer_without_text_is_a_failure_by_the_way_it_ended(outcomes: Outcomes, provider: str) -> None:
    found = {said: outcomes[provider, said] for said in NO_TEXT}
    kinds = {said: failure.kind for said, failure in found.items() if isinstance(failure, Failure)}
    assert kinds == {"empty": "empty", "filtered": "refused", "used up": "cut_off"}


@pytest.mark.parametrize("provider", CLIENTS)
def test_an_answer_that_was_cut_off_is_known_as_one(outcomes: Outcomes, provider: str) -> None:
    reply = outcomes[provider, "cut"]
    assert isinstance(reply, Reply), reply
    assert (reply.text, reply.cut_off) == ("the first half", True)


@pytest.mark.parametrize("provider", CLIENTS)
def test_each_provider_has_its_own_bodies(provider: str) -> None:
    names = {row.name for row in ANSWERS if row.provider == provider}
    assert names >= {"cache", "thinking", *([] if provider == "bedrock" else ["stream"])}
