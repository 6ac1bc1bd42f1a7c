"""A model's `rate_limiter` is asked before each request, by all runs of the process; to wait for it is no stall."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from langchain_core.rate_limiters import BaseRateLimiter
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM, Budget, RLMInput
from langchain_rlm.models import calls
from tests.resources import soon
from tests.server.client import ModelServer
from tests.streaming import streaming_server

GIVEN: RLMInput = {"question": "Why?", "context": "The kettle is on the stove."}
CELL = "```repl\nFINAL(' '.join(llm_query_batched(['one', 'two'])))\n```"
LONG = 0.5
"""Seconds that a limiter makes calls wait here, and longer than the calls may take."""


@dataclass
class Limiter(BaseRateLimiter):
    """Lets calls through after so many seconds; None: never."""

    seconds: float | None = 0.0
    fails: int = 0
    asked: list[threading.Thread] = field(default_factory=list)

    def acquire(self, *, blocking: bool = True) -> bool:
        raise AssertionError(blocking)

    async def aacquire(self, *, blocking: bool = True) -> bool:
        self.asked.append(threading.current_thread())
        if self.fails:
            self.fails -= 1
            msg = "cannot connect to redis://user:hush@host"
            raise RuntimeError(msg)
        if self.seconds is None:
            await asyncio.Event().wait()
        await asyncio.sleep(self.seconds or 0.0)
        return blocking


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    rules = [{"match": "^Why|question", "reply": CELL}, {"match": "one|two", "reply": "fine"}]
    with ModelServer(models={"m": {"kind": "rules", "rules": rules}}) as running:
        yield running


def rlm_of(server: ModelServer, limiter: Limiter, **budget: Any) -> RLM:
    return RLM(server.chat_model("m", rate_limiter=limiter), route="rlm", budget=Budget(cost=None, **budget))


def test_runs_of_any_kind_share_the_limiter_and_ask_it_once_for_each_request(server: ModelServer) -> None:
    limiter, before = Limiter(), server.stats()["requests"]
    model = server.chat_model("m", rate_limiter=limiter)
    one, other = (RLM(model, route="rlm") for _ in range(2))
    assert one.invoke(GIVEN)["answer"] == asyncio.run(other.ainvoke(GIVEN))["answer"] == "fine fine"
    assert [*other.stream(GIVEN)][-1]["answer"] == "fine fine"
    assert len(limiter.asked) == server.stats()["requests"] - before == 9
    assert len(set(limiter.asked)) == 2, "from the background loop, and from the caller's"


def test_a_model_that_streams_asks_its_limiter_too_and_so_does_one_with_fallbacks() -> None:
    limiter = Limiter()
    with streaming_server(lambda _: "```repl\nFINAL('fine')\n```") as streaming:
        address: Any = {"model": "m", "base_url": f"{streaming.url}/v1", "api_key": "key", "rate_limiter": limiter}
        broken, fine = ChatOpenAI(**address), ChatOpenAI(**address, streaming=True)
        assert RLM(fine, route="rlm").invoke(GIVEN)["answer"] == "fine"
        assert RLM(broken.with_fallbacks([fine]), route="rlm").invoke(GIVEN)["answer"] == "fine"
        assert len(limiter.asked) == len(streaming.asked) == 3


async def test_to_wait_for_it_is_no_stall_and_is_told_as_waiting(server: ModelServer) -> None:
    result = await rlm_of(server, Limiter(LONG), call_seconds=LONG * 0.9).ainvoke(GIVEN)
    assert result["answer"] == "fine fine"
    waited = [entry["waited"] for entry in result["journal"] if entry["kind"] in {"reply", "answer"}]
    assert len(waited) == 3
    assert min(waited) >= LONG * 0.99


async def test_the_runs_time_bounds_it_and_what_was_not_sent_costs_nothing(server: ModelServer) -> None:
    before = server.stats()["requests"]
    result = await rlm_of(server, Limiter(None), seconds=0.5).ainvoke(GIVEN)
    assert (result["stop_reason"], result["usage"]["calls"]) == ("gave_up", 0)
    assert server.stats()["requests"] == before


async def test_a_run_that_is_cancelled_does_not_wait_for_it(server: ModelServer) -> None:
    limiter = Limiter(None)
    run = asyncio.ensure_future(rlm_of(server, limiter).ainvoke(GIVEN))
    assert await asyncio.to_thread(soon, lambda: bool(limiter.asked))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, 30)


async def test_one_that_fails_is_asked_again_and_what_it_says_has_no_password(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.001)
    assert (await rlm_of(server, Limiter(fails=5)).ainvoke(GIVEN))["answer"] == "fine fine"
    with pytest.raises(
        Exception, match=r"rate limiter failed \(RuntimeError: cannot connect to redis://host"
    ) as raised:
        await rlm_of(server, Limiter(fails=99)).ainvoke(GIVEN)
    assert "hush" not in repr(raised.getrepr(chain=True))
