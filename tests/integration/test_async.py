"""Every way to call a run, in one process with one ChatOpenAI, and what is left when a run ends early: nothing."""

import asyncio
import re
import threading
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from langchain_rlm import RLM, Budget, ChatRLM, InputError, RLMInput, RLMResult, RLMRetriever
from langchain_rlm.evidence.gram_index import GramIndex
from langchain_rlm.evidence.spans import SpanFinder
from tests.resources import children, soon
from tests.server.client import ModelServer

SLOW = {"kind": "echo", "latency": 30}
CELL = "```repl\n{}\n```"
HERE = {"match": r"<question>\n(\w+)", "reply": CELL.format(r"FINAL('\1 ' + llm_query(context))")}
ASK_FOUR = CELL.format("llm_query_batched(['a', 'b', 'c', 'd'])")


def rlm_of(server: ModelServer, root: Any, sub: Any = None, **settings: Any) -> RLM:
    """An RLM with one ChatOpenAI that keeps its connections; `root` is a reply for every turn, or a rule."""
    reply = {"rules": [root]} if isinstance(root, dict) else {"default": root}
    server.configure(models={"root": {"kind": "rules", **reply}, "sub": sub or {"kind": "echo"}})
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(*models, **{"route": "rlm", **settings})


def given(question: str = "Why") -> RLMInput:
    return {"question": question, "context": f"text of {question}"}


def expected(question: str = "Why") -> str:
    return f"{question} echo: text of {question} ({len(question) + 8} characters)"


@pytest.fixture
def left(model_server: ModelServer) -> Callable[[RLM], dict[str, Any]]:
    """What a run has left behind. The pools of connections that callers themselves keep are not counted."""
    before, others = model_server.stats()["open_connections"], children()

    def look(rlm: RLM) -> dict[str, Any]:
        soon(lambda: children() <= others)
        soon(lambda: model_server.stats()["open_connections"] <= before)
        stats = model_server.stats()
        return {
            "runs": [*rlm._registry.trees],
            "threads": [thread.name for thread in threading.enumerate() if thread.name.startswith("rlm-cell")],
            "processes": children() - others,
            "connections": max(0, stats["open_connections"] - before),
            "calls": stats["in_flight"],
        }

    return look


NOTHING: dict[str, Any] = {"runs": [], "threads": [], "processes": set(), "connections": 0, "calls": 0}
Left = Callable[[RLM], dict[str, Any]]


def test_invoke_and_asyncio_run_work_in_any_order_with_one_chat_model(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE)
    model = rlm._settings.model
    answers: list[str] = []
    for _ in range(2):
        answers.append(rlm.invoke(given())["answer"])
        answers.append(rlm.invoke(given())["answer"])
        model.invoke("the caller's own")
        answers.append(asyncio.run(rlm.ainvoke(given()))["answer"])
        answers.append(asyncio.run(rlm.ainvoke(given()))["answer"])
    assert answers == [expected()] * 8
    assert model_server.stats()["by_model"] == {"root": 10, "sub": 8}


def test_the_caller_may_use_the_same_chat_model_on_the_same_loop() -> None:
    async def session(server: ModelServer) -> list[str]:
        rlm = rlm_of(server, HERE)
        model = rlm._settings.model
        said: list[str] = []
        for _ in range(2):
            said.append(str((await model.ainvoke("<question>\nMine")).text))
            said.append((await rlm.ainvoke(given()))["answer"])
        said.append((await asyncio.to_thread(rlm.invoke, given()))["answer"])  # on another loop, as is what it pools
        await model.root_async_client.close()  # type: ignore[attr-defined]  # the caller's own pool
        return said

    own = CELL.format("FINAL('Mine ' + llm_query(context))")
    with ModelServer() as server:  # ChatOpenAI of one URL share their pool: this one is closed
        assert asyncio.run(session(server)) == [own, expected(), own, expected(), expected()]


async def test_invoke_works_on_a_thread_whose_loop_is_running(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, HERE)
    assert rlm.invoke(given())["answer"] == expected()
    assert (await rlm.ainvoke(given()))["answer"] == expected()
    assert await asyncio.to_thread(left, rlm) == NOTHING


async def test_runs_at_once_do_not_mix(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE, {"kind": "echo", "together": 2})
    names = ["One", "Two", "Three", "Four"]
    results = await asyncio.gather(*(rlm.ainvoke(given(name)) for name in names))
    assert [result["answer"] for result in results] == [expected(name) for name in names]
    assert model_server.stats()["max_in_flight"] > 1
    assert [result["usage"]["calls"] for result in results] == [2] * 4


async def test_batch_and_abatch_answer_in_order(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE)
    names = ["One", "Two", "Three"]
    wanted = [expected(name) for name in names]
    assert [r["answer"] for r in await rlm.abatch([given(name) for name in names])] == wanted
    assert [r["answer"] for r in rlm.batch([given(name) for name in names], {"max_concurrency": 2})] == wanted


async def test_a_run_is_a_step_of_a_chain_in_every_form(model_server: ModelServer) -> None:
    chain = rlm_of(model_server, HERE) | (lambda result: result["answer"])
    assert chain.invoke(given()) == expected()
    assert await chain.ainvoke(given()) == expected()
    assert list(chain.stream(given())) == [expected()]
    assert [part async for part in chain.astream(given())] == [expected()]


IN_ORDER = [
    "inspect", "turn", "reply", "budget", "cell", "sub_queries", "sub_query", "answer", "cell_end", "end", "result",
]  # fmt: skip


async def test_custom_events_tell_a_run_in_order(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE)
    events: list[Any] = [event async for event in rlm.astream(given(), stream_mode="custom")]
    assert [event["event"] for event in events] == IN_ORDER
    assert events[-1]["result"]["answer"] == expected()
    assert all((event["run"], event["depth"]) == ("", 0) for event in events[:-1])
    assert events[7]["spent"]["tokens"] > events[2]["spent"]["tokens"] > 0
    assert [event["event"] for event in rlm.stream(given(), stream_mode="custom")] == IN_ORDER


async def test_values_and_no_mode_stream_the_result_once(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE)
    for mode in ("values", None):
        (result,) = [item async for item in rlm.astream(given(), stream_mode=mode)]
        (again,) = rlm.stream(given(), stream_mode=mode)
        assert result["answer"] == again["answer"] == expected()
        assert [*result] == [key for key in RLMResult.__annotations__ if key != "__interrupt__"]


async def test_a_list_of_modes_streams_pairs_with_the_result_last(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, HERE)
    pairs = [pair async for pair in rlm.astream(given(), stream_mode=["updates", "custom", "values"])]
    assert [data["event"] for mode, data in pairs if mode == "custom"] == IN_ORDER[:-1]
    nodes = [node for mode, data in pairs if mode == "updates" for node in data]
    assert nodes == ["inspect", "decompose", "decompose", "sub_query", "aggregate"]
    assert [index for index, (mode, _) in enumerate(pairs) if mode == "values"] == [len(pairs) - 1]
    assert pairs[-1][1]["answer"] == expected()
    assert [mode for mode, _ in rlm.stream(given(), stream_mode=["updates"])] == ["updates"] * 5


@pytest.mark.parametrize("mode", ["valuess", ["values", "result"], [], 5])
def test_a_mode_that_is_none_is_refused_before_anything_is_asked(model_server: ModelServer, mode: Any) -> None:
    with pytest.raises(InputError, match=re.escape(f"stream_mode={mode!r}: use None, or one or more of 'values', ")):
        list(rlm_of(model_server, HERE).stream(given(), stream_mode=mode))
    assert model_server.stats()["requests"] == 0


def test_closing_a_stream_early_ends_the_run(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, ASK_FOUR, SLOW)
    events = rlm.stream(given(), stream_mode="custom")
    for event in events:
        if event["event"] == "sub_query" and soon(lambda: model_server.stats()["in_flight"] == 4):
            break
    events.close()  # type: ignore[attr-defined]  # it is a generator
    assert left(rlm) == NOTHING
    assert model_server.stats()["cancelled"] == 4


async def test_closing_an_asynchronous_stream_early_ends_the_run(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, ASK_FOUR, SLOW)
    async with aclosing(rlm.astream(given(), stream_mode="custom")) as events:
        async for event in events:
            if event["event"] == "sub_query":
                break
        assert await asyncio.to_thread(soon, lambda: model_server.stats()["in_flight"] == 4)
    assert await asyncio.to_thread(left, rlm) == NOTHING
    assert model_server.stats()["cancelled"] == 4


async def test_cancelling_ends_the_calls_in_flight_and_leaves_nothing(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, ASK_FOUR, SLOW)
    task = asyncio.create_task(rlm.ainvoke(given()))
    assert await asyncio.to_thread(soon, lambda: model_server.stats()["in_flight"] == 4)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(left, rlm) == NOTHING
    assert [entry["cancelled"] for entry in model_server.log()] == [False, True, True, True, True]


async def begin_and_cancel(rlm: RLM, ready: Callable[[], bool]) -> None:
    """Start a run, and cancel it when its first cell has been announced and `ready` holds."""
    begun = asyncio.Event()

    async def watch() -> None:
        async for event in rlm.astream(given(), stream_mode="custom"):
            if event["event"] == "cell":
                begun.set()

    task = asyncio.create_task(watch())
    await begun.wait()
    assert ready() or await asyncio.to_thread(soon, ready)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelling_ends_a_cell_that_never_ends(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, CELL.format("while True:\n    pass"))
    before = children()

    def is_working() -> bool:
        """A worker has used a twentieth of a second of processor time (proc(5), field 14)."""
        stats = (Path(f"/proc/{pid}/stat").read_text() for pid in children() - before)
        return any(int(stat.rpartition(")")[2].split()[11]) >= 5 for stat in stats)

    await begin_and_cancel(rlm, is_working)
    assert await asyncio.to_thread(left, rlm) == NOTHING


async def test_cancelling_while_the_repl_starts_leaves_no_process(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, CELL.format("while True:\n    pass"))
    for _ in range(5):
        await begin_and_cancel(rlm, lambda: True)
        assert await asyncio.to_thread(left, rlm) == NOTHING


async def test_a_timeout_of_the_caller_is_a_cancellation(model_server: ModelServer, left: Left) -> None:
    rlm = rlm_of(model_server, ASK_FOUR, SLOW)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(rlm.ainvoke(given()), 0.8)
    assert await asyncio.to_thread(left, rlm) == NOTHING


def test_no_more_than_max_concurrency_calls_are_in_flight(model_server: ModelServer, left: Left) -> None:
    ask_twenty = CELL.format("FINAL(len(llm_query_batched([str(i) for i in range(20)])))")
    rlm = rlm_of(model_server, ask_twenty, {"kind": "echo", "latency": 0.05, "together": 3}, max_concurrency=3)
    assert rlm.invoke(given())["value"] == 20
    assert model_server.stats()["max_in_flight"] == 3
    assert left(rlm) == NOTHING


def test_max_concurrency_holds_for_the_whole_tree(model_server: ModelServer, left: Left) -> None:
    below = {"match": r"<question>\nBelow", "reply": CELL.format("FINAL(len(llm_query_batched(['a', 'b', 'c', 'd'])))")}
    above = CELL.format("FINAL(rlm_query_batched([f'Below {i}' for i in range(4)], ['text'] * 4))")
    root = {"kind": "rules", "rules": [below], "default": above, "latency": 0.02}
    model_server.configure(models={"root": root, "sub": {"kind": "echo", "latency": 0.05, "together": 3}})
    models = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", max_concurrency=3, budget=Budget(depth=2))
    assert rlm.invoke(given())["value"] == ["4"] * 4
    assert model_server.stats()["by_model"] == {"root": 5, "sub": 16}
    assert model_server.stats()["max_in_flight"] == 3
    assert left(rlm) == NOTHING


@pytest.mark.parametrize(
    ("form", "call"),
    [
        ("ainvoke", lambda rlm, thread: rlm.invoke(None, thread)),
        ("astream", lambda rlm, thread: [*rlm.stream(None, thread)]),
        ("afork", lambda rlm, thread: rlm.fork(thread, call="1", answer="x")),
        ("abatch", lambda rlm, thread: rlm.batch([None], thread)),
        ("abatch", lambda rlm, thread: [*rlm.batch_as_completed([None], thread)]),
        ("ainvoke", lambda rlm, _: ChatRLM(rlm=rlm, above=0).invoke("Why?")),
        ("astream", lambda rlm, _: RLMRetriever(rlm=rlm, documents="text").invoke("Why?")),
    ],
)
async def test_a_synchronous_call_that_its_own_checkpointer_would_wait_for_is_refused(form: str, call: Any) -> None:
    thread: Any = {"configurable": {"thread_id": "1"}}
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        rlm = RLM("offline", checkpointer=saver)
        answer = (await rlm.ainvoke(given(), thread))["answer"]
        with pytest.raises(RuntimeError, match=f"AsyncSqliteSaver belongs to the event loop.*`{form}`"):
            call(rlm, thread)
        assert (await asyncio.to_thread(rlm.invoke, None, thread))["answer"] == answer


@pytest.mark.parametrize(("size", "on_the_loop"), [(1_000, True), (200_000, False)])
async def test_the_index_of_a_long_context_is_built_beside_the_loop(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, size: int, *, on_the_loop: bool
) -> None:
    built: list[bool] = []
    build = GramIndex.__init__

    def watched(self: GramIndex, texts: Sequence[str]) -> None:
        built.append(threading.current_thread() is threading.main_thread())
        build(self, texts)

    monkeypatch.setattr(GramIndex, "__init__", watched)
    rlm = rlm_of(model_server, CELL.format("print('Words that stand nowhere in the context.')\nFINAL('So')"))
    await rlm.ainvoke({"question": "Why?", "context": "A line of it.\n" * (size // 14)})
    assert built == [on_the_loop]


async def test_long_prompts_of_the_models_own_words_are_searched_beside_the_loop(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[tuple[int, bool]] = []
    search = SpanFinder.pieces

    def watched(self: SpanFinder, prompt: str, *walk: Any) -> list[Any]:
        searched.append((len(prompt), threading.current_thread() is threading.main_thread()))
        return list(search(self, prompt, *walk))

    monkeypatch.setattr(SpanFinder, "pieces", watched)
    code = "said = [llm_query('word ' * 30_000), llm_query('word')]\nFINAL([len(each) for each in said])"
    rlm = rlm_of(model_server, CELL.format(code), {"kind": "echo", "window": 1_000_000})
    await rlm.ainvoke(given())
    assert [each for each in searched if each[0]] == [(150_000, False), (4, True)]
