"""Batches: LangChain's semantics, and Ctrl-C ends all of their runs at once."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda

from langchain_rlm import RLM, InputError, RLMRetriever, RLMTool, create_rlm_chain
from tests.resources import soon
from tests.server.client import ModelServer

NEVER = 600.0
"""Seconds that a reply takes that nobody waits for."""
DOCUMENTS = {"a": "The kettle is on the stove."}


def rlm_of(server: ModelServer, **root: Any) -> RLM:
    server.configure(models={"root": {"kind": "echo", **root}})
    return RLM(server.chat_model("root", keep_alive=True), route="direct")


def answering(server: ModelServer, *, latency: float = 0.0) -> RLM:
    """Its answers are their questions; those to `slow ...` wait for a sub-model."""
    slow = {"match": r"<question>\nslow", "reply": "```repl\nllm_query('wait')\nFINAL('slow')\n```"}
    rules = [
        slow,
        {
            "match": r"<question>\n(\w+ \d+)",
            "reply": r"""```repl
FINAL('\1')
```""",
        },
    ]
    server.configure(models={"root": {"kind": "rules", "rules": rules}, "sub": {"kind": "echo", "latency": latency}})
    return RLM(*(server.chat_model(name, keep_alive=True) for name in ("root", "sub")), route="rlm")


def given(*questions: str) -> list[Any]:
    return [{"question": question, "context": "Nothing."} for question in questions]


@contextmanager
def interrupted(server: ModelServer, calls: int) -> Iterator[None]:
    """Ctrl-C as soon as so many calls are in flight; what is inside must end within a second, and its calls with it."""
    sent: list[float] = []

    def interrupt() -> None:
        soon(lambda: bool(server.stats()["in_flight"] == calls))
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        yield
    assert time.monotonic() - sent[0] < 30  # of NEVER
    thread.join()
    assert soon(lambda: bool(server.stats()["in_flight"] == 0)), server.stats()
    time.sleep(0.3)
    assert server.stats()["requests"] == server.stats()["cancelled"] == calls


BATCHES: dict[str, Any] = {
    "batch": lambda rlm: rlm.batch(given(*"abc")),
    "limited": lambda rlm: rlm.batch(given(*"abcde"), {"max_concurrency": 3}),
    "as completed": lambda rlm: [*rlm.batch_as_completed(given(*"abc"))],
    "sequence": lambda rlm: (rlm | RunnableLambda(dict)).batch(given(*"abc")),
    "tool": lambda rlm: RLMTool(rlm=rlm, documents=DOCUMENTS).batch([{"question": question} for question in "abc"]),
    "chain": lambda rlm: create_rlm_chain(rlm, DOCUMENTS).batch([{"input": question} for question in "abc"]),
    "retriever": lambda rlm: RLMRetriever(rlm=rlm, documents=DOCUMENTS).batch([*"abc"]),
}


@pytest.mark.parametrize("kind", [*BATCHES])
def test_an_interrupt_ends_all_runs_of_a_batch_at_once(model_server: ModelServer, kind: str) -> None:
    rlm = rlm_of(model_server, latency=NEVER)
    with interrupted(model_server, 3):
        BATCHES[kind](rlm)


def test_a_batch_that_is_given_up_half_way_ends_its_runs(model_server: ModelServer) -> None:
    rlm = answering(model_server, latency=NEVER)
    batch: Any = rlm.batch_as_completed(given("question 1", "slow 2", "slow 3"))
    with closing(batch) as results:
        place, result = next(results)
    assert (place, result["answer"]) == (0, "question 1")
    assert soon(lambda: bool(model_server.stats()["in_flight"] == 0))


def test_results_come_in_the_order_of_the_inputs(model_server: ModelServer) -> None:
    rlm = answering(model_server, latency=0.5)
    questions = ["slow 0", *(f"question {number}" for number in range(1, 40))]
    answers = [result["answer"] for result in rlm.batch(given(*questions))]
    assert answers == ["slow", *questions[1:]]
    assert [place for place, _ in rlm.batch_as_completed(given("slow 0", "question 1"))] == [1, 0]
    assert (rlm.batch([]), [*rlm.batch_as_completed([])]) == ([], [])


def test_max_concurrency_is_kept_and_has_a_default(model_server: ModelServer) -> None:
    most = min(32, (os.cpu_count() or 1) + 4)
    config: Any
    for config, expected in (({"max_concurrency": 2}, 2), (None, most)):
        rlm = rlm_of(model_server, latency=0.2, together=expected)
        model_server.control("DELETE", "/control/log")
        rlm.batch(given(*map(str, range(most + 3))), config)
        assert model_server.stats()["max_in_flight"] == expected


def test_an_error_is_raised_and_ends_the_others_or_is_a_result(model_server: ModelServer) -> None:
    rlm = answering(model_server, latency=NEVER)
    with pytest.raises(InputError, match="question is ' '"):
        rlm.batch(given("slow 1", " ", "slow 2"))
    assert soon(lambda: bool(model_server.stats()["in_flight"] == 0))
    one, two = rlm.batch(given(" ", "question 2"), return_exceptions=True)
    assert isinstance(one, InputError)
    assert two["answer"] == "question 2"
    completed = dict(rlm.batch_as_completed(given("question 1", " "), return_exceptions=True))
    assert isinstance(completed[1], InputError)


def test_each_input_has_its_configuration(model_server: ModelServer) -> None:
    rlm = answering(model_server)
    seen: list[tuple[str, Any]] = []

    class Sees(BaseCallbackHandler):
        def on_chain_start(self, *_: Any, **run: Any) -> None:
            if run.get("parent_run_id") is None:
                seen.append((run["name"], (run["metadata"] or {}).get("part")))

    configs: Any = [{"run_name": f"run {n}", "metadata": {"part": n}, "callbacks": [Sees()]} for n in (1, 2)]
    rlm.batch(given("question 1", "question 2"), configs)
    assert sorted(seen) == [("run 1", 1), ("run 2", 2)]
    with pytest.raises(ValueError, match="same length"):
        rlm.batch(given("question 1"), configs)


def test_further_arguments_go_to_each_run(model_server: ModelServer) -> None:
    retriever = RLMRetriever(rlm=answering(model_server), documents=DOCUMENTS)
    with pytest.raises(InputError, match="k=0"):
        retriever.batch(["question 1", "question 2"], k=0)


async def test_a_batch_inside_an_event_loop(model_server: ModelServer) -> None:
    rlm = answering(model_server)
    assert [result["answer"] for result in rlm.batch(given("question 1", "question 2"))] == ["question 1", "question 2"]
    assert [result["answer"] for result in await asyncio.to_thread(rlm.batch, given("question 3"))] == ["question 3"]
