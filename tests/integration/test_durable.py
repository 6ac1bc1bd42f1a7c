"""Runs that are killed and go on: real processes, real databases, SIGKILL at chosen moments."""

import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.stores import InMemoryByteStore
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command

from langchain_rlm import RLM, Budget, HostError, InputError, ReplLimits, ThreadBusyError
from tests.server.client import ModelServer
from tests.unit.journals import lost

AT_ONCE = 16
PATIENCE = 60.0
QUESTION = "What is there?"
TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))
ANSWERED = {"kind": "echo", "latency": 0.03}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


FAN_OUT = [
    cell(
        "answers = llm_query_batched([f'Part {i}: ' + context[i * 50:i * 50 + 150] for i in range(200)])\nprint('got')"
    ),
    cell("FINAL('|'.join(answers))"),
]
LOOP = [
    cell("said = []\nfor i in range(12):\n    said.append(llm_query(f'Part {i}: ' + context[i * 90:i * 90 + 90]))"),
    cell("said += llm_query_batched(['A: ' + said[0], 'B: ' + said[1]])\nprint(budget()['sub_queries'])"),
    cell("FINAL('|'.join(said))"),
]
RECURSIVE = [
    cell(
        "parts = [context[i * 3000:(i + 1) * 3000] for i in range(4)]\n"
        "below = rlm_query_batched([f'Below {i}' for i in range(4)], parts)\nprint(len(below))"
    ),
    cell("FINAL('|'.join(below))"),
]
BELOW = [
    cell(
        "found = llm_query_batched([f'Piece {i}: ' + context[i * 200:i * 200 + 200] for i in range(15)])\nprint('ok')"
    ),
    cell("FINAL('+'.join(found))"),
]
SCENARIOS: dict[str, tuple[list[str], int]] = {
    "fan-out": (FAN_OUT, 202),
    "loop": (LOOP, 17),
    "recursive": (RECURSIVE, 70),
}
"""The root model's replies, and how many requests the run makes in all."""


def root_model(replies: list[str]) -> dict[str, Any]:
    """A root model whose recursive runs have a script of their own."""
    rules = [
        {"match": r"<question>\nBelow", "reply": BELOW[0]},
        {"match": r"^ok", "reply": BELOW[1]},
        {"match": r"^4\n", "reply": RECURSIVE[1]},
    ]
    if replies is RECURSIVE:
        return {"kind": "rules", "rules": rules, "default": RECURSIVE[0], "latency": 0.03}
    return {"kind": "script", "replies": replies, "latency": 0.03}


def models(scenario: str) -> dict[str, Any]:
    return {"root": root_model(SCENARIOS[scenario][0]), "sub": ANSWERED}


class Processes:
    """Runs of an `RLM` in processes of their own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.integration.durable_child"]
        root = Path(__file__).parents[2]
        self._maker = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, text=True, start_new_session=True
        )

    def start(self, job: dict[str, Any]) -> int:
        assert self._maker.stdin is not None
        assert self._maker.stdout is not None
        Path(job["result"]).unlink(missing_ok=True)
        self._maker.stdin.write(json.dumps(job) + "\n")
        self._maker.stdin.flush()
        return int(self._maker.stdout.readline())

    def close(self) -> None:
        assert self._maker.stdin is not None
        assert self._maker.stdout is not None
        self._maker.stdin.close()
        self._maker.wait(PATIENCE)
        self._maker.stdout.close()


@pytest.fixture(scope="module")
def processes() -> Iterator[Processes]:
    made = Processes()
    yield made
    made.close()


def wait_until(holds: Any, what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"timed out: {what}"
        time.sleep(0.002)


def result_of(job: dict[str, Any]) -> dict[str, Any]:
    file = Path(job["result"])
    wait_until(file.exists, "a result")
    result: dict[str, Any] = json.loads(file.read_text())
    assert "error" not in result, result["traceback"]
    return result


def job_of(server: ModelServer, folder: Path, saver: str, thread: str, **changes: Any) -> dict[str, Any]:
    return {
        "url": server.url, "saver": saver, "store": str(folder / "contexts"), "at_once": AT_ONCE, "thread": thread,
        "input": {"question": QUESTION, "context": TEXT}, "result": str(folder / "result.json"), **changes,
    }  # fmt: skip


_draw = random.Random(20_261_123)  # noqa: S311
MOMENTS = [
    (scenario, _draw.choice(["sqlite", "postgres"]), _draw.randint(1, last))
    for scenario, (_, last), times in (
        ("fan-out", SCENARIOS["fan-out"], 11),
        ("loop", SCENARIOS["loop"], 9),
        ("recursive", SCENARIOS["recursive"], 10),
    )
    for _ in range(times)
] + [("fan-out", "sqlite", 1), ("recursive", "postgres", 1)]
"""Thirty random moments, counted by the requests that the server has seen, and two in the first root call."""


@pytest.fixture(scope="module")
def right_answers(processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What runs give that nobody kills."""
    folder = tmp_path_factory.mktemp("whole")
    answers = {}
    with ModelServer() as server:
        for scenario in SCENARIOS:
            server.configure(models=models(scenario))
            server.control("DELETE", "/control/log")
            job = job_of(server, folder, str(folder / "db.sqlite"), scenario)
            processes.start(job)
            answers[scenario] = result_of(job)
            assert server.stats()["requests"] == SCENARIOS[scenario][1]
    return answers


@pytest.mark.parametrize(("scenario", "kind", "moment"), MOMENTS)
def test_a_killed_run_goes_on_elsewhere_and_pays_twice_only_for_what_was_in_flight(  # noqa: PLR0917
    scenario: str,
    kind: str,
    moment: int,
    model_server: ModelServer,
    processes: Processes,
    right_answers: dict[str, Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    model_server.configure(models=models(scenario))
    saver = str(tmp_path / "db.sqlite") if kind == "sqlite" else request.getfixturevalue("postgres")
    job = job_of(model_server, tmp_path, saver, f"{scenario} {moment} {tmp_path.name}")
    pid = processes.start(job)
    wait_until(lambda: model_server.stats()["requests"] >= moment, "the moment")
    os.kill(pid, signal.SIGKILL)
    job = {**job, "input": None if moment > 1 else {"question": QUESTION, "context": TEXT}}
    processes.start(job)
    result = result_of(job)
    assert result["answer"] == right_answers[scenario]["answer"]
    left = re.compile(r"\[left: [^]]*\]")  # what is left of the time differs when a root call is made again
    asked = Counter(left.sub("", json.dumps(entry["messages"])) for entry in model_server.log())
    assert max(asked.values()) <= 2
    assert sum(asked.values()) - len(asked) <= 2 * AT_ONCE
    assert len(asked) == SCENARIOS[scenario][1]
    whole, (calls, tokens) = right_answers[scenario]["usage"], lost(result["journal"])
    assert result["usage"]["calls"] == whole["calls"] + calls
    assert result["usage"]["input_tokens"] == whole["input_tokens"] + tokens


def test_a_run_that_is_killed_again_and_again_ends_all_the_same(
    model_server: ModelServer, processes: Processes, right_answers: dict[str, Any], tmp_path: Path
) -> None:
    model_server.configure(models=models("fan-out"))
    job = job_of(model_server, tmp_path, str(tmp_path / "db.sqlite"), "1")
    for moment in (40, 90, 140, 190):
        pid = processes.start(job)
        wait_until(lambda: model_server.stats()["requests"] >= moment, "the moment")  # noqa: B023  # used at once
        os.kill(pid, signal.SIGKILL)
        job = {**job, "input": None}
    processes.start(job)
    assert result_of(job)["answer"] == right_answers["fan-out"]["answer"]


# -- in one process ---------------------------------------------------------------------------------------------------


def scripted(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, **{"route": "rlm", **settings})


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


FEW = cell(
    "answers = llm_query_batched([f'Part {i}: ' + context[i * 150:i * 150 + 150] for i in range(10)])\nprint('ok')"
)


@pytest.mark.parametrize("store", ["directory", "bytes"])
def test_a_further_question_goes_on_in_the_same_repl(model_server: ModelServer, tmp_path: Path, store: str) -> None:
    rlm = scripted(
        model_server, FEW, cell("FINAL(len(answers))"), cell("print(repr(answer))"), cell("FINAL(answers[3])"),
        checkpointer=InMemorySaver(), context_store=tmp_path if store == "directory" else InMemoryByteStore(),
    )  # fmt: skip
    first = rlm.invoke({"question": "How many?", "context": TEXT}, thread("1"))
    second = rlm.invoke({"question": "Which is the third?"}, thread("1"))
    assert (first["answer"], second["turns"]) == ("10", 2)
    assert second["answer"].startswith("echo: Part 3:")
    assert second["question"] == "Which is the third?"
    assert second["usage"]["calls"] == 2  # no sub-query is asked again
    assert model_server.stats()["by_model"] == {"root": 4, "sub": 10}
    asked = model_server.log()[-2]["messages"]
    assert "How many?" in asked[1]["content"]
    assert "Which is the third?" in asked[-1]["content"]
    assert "{'content': '', 'ready': False}" in model_server.log()[-1]["messages"][-1]["content"]


def test_the_newest_contexts_are_at_hand_and_older_ones_are_not(model_server: ModelServer) -> None:
    rlm = scripted(model_server, cell("FINAL('one')"), cell("FINAL('two')"), checkpointer=InMemorySaver())
    for number in range(9):
        rlm.invoke({"question": "First?", "context": f"{TEXT} {number}"}, thread(str(number)))
    assert rlm.invoke({"question": "Second?"}, thread("1"))["answer"] == "two"
    with pytest.raises(InputError, match="not at hand in this RLM object"):
        rlm.invoke({"question": "Second?"}, thread("0"))


async def test_the_same_context_passed_again_is_the_same_conversation_and_another_a_new_one(
    model_server: ModelServer,
) -> None:
    rlm = scripted(model_server, cell("n = 1\nFINAL('one')"), cell("FINAL(n + 1)"), checkpointer=InMemorySaver())
    await rlm.ainvoke({"question": "First?", "context": TEXT}, thread("1"))
    assert (await rlm.ainvoke({"question": "Second?", "context": TEXT}, thread("1")))["answer"] == "2"
    assert (await rlm.ainvoke({"question": "First?", "context": TEXT[:-1]}, thread("1")))["answer"] == "one"


def test_a_further_question_on_the_direct_route_sees_what_was_said(model_server: ModelServer) -> None:
    rlm = scripted(model_server, "Said one.", "Said two.", checkpointer=InMemorySaver(), route="direct")
    rlm.invoke({"question": "First?", "context": TEXT}, thread("1"))
    assert rlm.invoke({"question": "Second?", "context": TEXT}, thread("1"))["answer"] == "Said two."
    said = [message["content"] for message in model_server.log()[-1]["messages"]]
    assert said[1:] == ["Said one.", "Second?"]


@pytest.mark.parametrize("given", [{"context": TEXT}, Command(resume=None)])
def test_a_run_that_failed_goes_on_when_the_provider_is_back(model_server: ModelServer, given: Any) -> None:
    rlm = scripted(model_server, FEW, cell("FINAL(len(answers))"), checkpointer=InMemorySaver())
    model_server.configure(
        models={
            "root": {"kind": "script", "replies": [FEW, {"status": 401}]},
            "sub": {"kind": "echo"},
        }
    )
    with pytest.raises(Exception, match="cannot be used"):
        rlm.invoke({"question": "How many?", "context": TEXT}, thread("1"))
    model_server.configure(
        models={"root": {"kind": "script", "replies": [FEW, cell("FINAL(len(answers))")]}, "sub": {"kind": "echo"}}
    )
    result = rlm.invoke(given, thread("1"))
    assert result["answer"] == "10"
    assert model_server.stats()["by_model"]["sub"] == 10
    assert rlm.invoke(None, thread("1"))["answer"] == "10"  # it has ended: what it gave is there


# -- what cannot go on ------------------------------------------------------------------------------------------------


def test_a_context_that_is_nowhere_is_named_with_both_remedies(model_server: ModelServer, tmp_path: Path) -> None:
    contract = tmp_path / "contract.txt"
    contract.write_text(TEXT)
    saver = InMemorySaver()
    scripted(model_server, cell("FINAL('one')"), checkpointer=saver).invoke(
        {"question": "First?", "context": contract}, thread("1")
    )
    elsewhere = scripted(model_server, cell("FINAL('one')"), checkpointer=saver)
    with pytest.raises(InputError, match=r"contract\.txt; sha256:.*Pass it again.*context_store"):
        elsewhere.invoke({"question": "Second?"}, thread("1"))


def test_another_context_than_the_runs_is_refused(model_server: ModelServer) -> None:
    rlm = scripted(model_server, cell("FINAL('one')"), checkpointer=InMemorySaver())
    rlm.invoke({"question": "First?", "context": TEXT}, thread("1"))
    with pytest.raises(InputError, match=r"not the context of the run on thread '1' \(.*; sha256:.*Pass that one"):
        rlm.invoke({"context": "another"}, thread("1"))


@pytest.mark.parametrize("part", ["text", "list", "cut", "gone"])
def test_a_context_that_was_changed_in_the_store_is_refused_until_it_is_passed_again(
    model_server: ModelServer, tmp_path: Path, part: str
) -> None:
    saver = InMemorySaver()
    rlm = scripted(model_server, cell("FINAL('one')"), checkpointer=saver, context_store=str(tmp_path))
    rlm.invoke({"question": "First?", "context": TEXT}, thread("1"))
    (file,) = tmp_path.glob("context-*" if part == "list" else "part-*")
    data = file.read_bytes()
    changed = {"text": zstandard.compress(TEXT.swapcase().encode()), "list": data[:-9], "cut": data[:-9]}
    file.write_bytes(changed[part]) if part in changed else file.unlink()
    elsewhere = scripted(model_server, *[cell("FINAL('one')")] * 2, checkpointer=saver, context_store=str(tmp_path))
    with pytest.raises(InputError, match=re.escape(f"is damaged ({file})")):
        elsewhere.invoke({"question": "Second?"}, thread("1"))
    elsewhere.invoke({"question": "Second?", "context": TEXT}, thread("1"))
    assert file.read_bytes() == data
    again = scripted(model_server, *[cell("FINAL('two')")] * 3, checkpointer=saver, context_store=str(tmp_path))
    assert again.invoke({"question": "Third?"}, thread("1"))["answer"] == "two"


@pytest.mark.parametrize(
    ("given", "config", "said"),
    [
        (None, thread("new"), "no run on thread 'new'"),
        ({"context": TEXT}, thread("new"), "no run on thread 'new'"),
        ({"question": "What?"}, thread("new"), "no context"),
        (None, {}, "needs a thread"),
        ({"question": " ", "context": TEXT}, thread("new"), "question is ' '"),
        ({}, thread("new"), "Pass"),
    ],
)
def test_what_cannot_begin_says_why(model_server: ModelServer, given: Any, config: Any, said: str) -> None:
    rlm = scripted(model_server, cell("FINAL('one')"), checkpointer=InMemorySaver())
    with pytest.raises(InputError, match=said):
        rlm.invoke(given, config)


@pytest.mark.parametrize("given", [{"question": "What?", "contxt": "new"}, {"context": TEXT, "qestion": "What?"}])
def test_a_misspelt_key_is_no_further_question_and_no_wish_to_go_on(model_server: ModelServer, given: Any) -> None:
    rlm = scripted(model_server, cell("FINAL('one')"), checkpointer=InMemorySaver())
    rlm.invoke({"question": "First?", "context": TEXT}, thread("1"))
    with pytest.raises(InputError, match=r"Unknown in the input: '(contxt|qestion)'\. Known"):
        rlm.invoke(given, thread("1"))
    assert model_server.stats()["requests"] == 1


def test_a_chain_may_pass_more_than_question_and_context(model_server: ModelServer) -> None:
    given: Any = {"question": "What?", "context": TEXT, "chat_history": []}
    assert scripted(model_server, cell("FINAL('one')")).invoke(given)["answer"] == "one"


def test_without_a_checkpointer_there_is_nothing_to_go_on_with(model_server: ModelServer) -> None:
    with pytest.raises(InputError, match="no checkpointer"):
        scripted(model_server, cell("FINAL('one')")).invoke(None)


async def test_a_question_while_the_run_waits_is_refused_and_a_second_caller_too(model_server: ModelServer) -> None:
    rlm = scripted(model_server, FEW, cell("FINAL(len(answers))"), checkpointer=InMemorySaver())
    model_server.configure(
        models={"root": {"kind": "script", "replies": [FEW]}, "sub": {"kind": "echo", "latency": 60.0}}
    )
    going = asyncio.create_task(rlm.ainvoke({"question": "How many?", "context": TEXT}, thread("1")))
    while model_server.stats()["by_model"].get("sub", 0) < 10:
        assert not going.done()
        await asyncio.sleep(0.01)
    with pytest.raises(ThreadBusyError, match="thread '1' in this process"):
        await rlm.ainvoke({"context": TEXT}, thread("1"))
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    with pytest.raises(InputError, match="has not ended"):
        await rlm.ainvoke({"question": "Another?"}, thread("1"))


def test_a_run_killed_before_its_context_was_looked_at_begins_with_that_context(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    rlm = scripted(model_server, cell("FINAL(context[:8])"), checkpointer=InMemorySaver())
    rlm.invoke({"question": "First?", "context": "Old text. " + TEXT}, thread("1"))

    def killed(*_: Any) -> Any:
        message = "killed"
        raise RuntimeError(message)

    with monkeypatch.context() as patch:
        patch.setattr("langchain_rlm.runtime.registry._profiles", killed)
        with pytest.raises(RuntimeError, match="killed"):
            rlm.invoke({"question": "Second?", "context": "New text. " + TEXT}, thread("1"))
    result = rlm.invoke(None, thread("1"))
    assert (result["question"], result["answer"]) == ("Second?", "New text")


def test_what_is_wrong_with_a_run_killed_before_its_context_was_looked_at_is_said_as_it_is(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = InMemorySaver()
    rlm = scripted(model_server, cell("FINAL('one')"), checkpointer=saver)
    with monkeypatch.context() as patch:
        patch.setattr("langchain_rlm.runtime.registry._profiles", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rlm.invoke({"question": "First?", "context": [TEXT, TEXT]}, thread("1"))
    elsewhere = scripted(model_server, cell("FINAL('one')"), checkpointer=saver)
    with pytest.raises(InputError, match=r"The context of this run \(sha256:\w+\) is not at hand in this RLM object"):
        elsewhere.invoke(None, thread("1"))
    with pytest.raises(InputError, match=r"not the context of the run on thread '1' \(sha256:\w+\). Pass that one"):
        elsewhere.invoke({"context": TEXT}, thread("1"))
    with pytest.raises(InputError, match=r"The run on thread '1' has not ended. Go on with invoke\(None, config\)"):
        elsewhere.invoke({"question": "Second?"}, thread("1"))
    assert elsewhere.invoke({"context": [TEXT, TEXT]}, thread("1"))["answer"] == "one"


def test_threads_over_sources_that_are_searched_keep_apart(model_server: ModelServer) -> None:
    class Source(BaseRetriever):
        text: str

        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            assert query
            assert run_manager
            return [Document(self.text)]

    code = cell("FINAL(search('x')[0]['text'])")
    rlm = scripted(model_server, code, code, checkpointer=InMemorySaver())
    for name in "ab":
        rlm.invoke({"question": "First?", "context": Source(text=f"of {name}")}, thread(name))
    assert rlm.invoke({"question": "Second?"}, thread("a"))["answer"] == "of a"
    again = rlm.invoke({"question": "First?", "context": Source(text="of c")}, thread("a"))
    assert (again["answer"], again["journal"][0]["kind"]) == ("of c", "run")


def test_a_cell_that_never_stops_asking_after_refusals_is_stopped(model_server: ModelServer) -> None:
    endless = cell("while True:\n    try:\n        llm_query('x')\n    except Exception:\n        pass")
    rlm = scripted(model_server, endless, cell("FINAL('done')"), budget=Budget(sub_queries=2))
    result = rlm.invoke({"question": "How many?", "context": TEXT})
    assert result["answer"] == "done"
    (end,) = [entry for entry in result["journal"] if entry["kind"] == "cell_end"][:1]
    assert "refused" in str(end["error"])
    assert end["lost"]


@pytest.mark.parametrize("idle", [0, 32])
def test_a_batch_that_was_refused_and_a_draft_survive_a_repl_built_again(model_server: ModelServer, idle: int) -> None:
    code = "try:\n    llm_query_batched(['x'] * 5)\nexcept Exception:\n    answer['content'] = llm_query('one')"
    limits = ReplLimits(idle_repls=idle)
    rlm = scripted(model_server, cell(code), "", repl_limits=limits, budget=Budget(sub_queries=4, turns=2))
    result = rlm.invoke({"question": "How many?", "context": TEXT})
    assert result["answer"] == "echo: one (3 characters)"


def test_half_an_emoji_anywhere_ends_no_run(model_server: ModelServer) -> None:
    rlm = scripted(model_server, cell("FINAL(llm_query('x') + sources[0]['name'] + sources[0]['metadata']['by'])"))
    model_server.configure(
        models={
            "root": {"kind": "script", "replies": [cell("FINAL(llm_query('x') + sources[0]['metadata']['by'])")]},
            "sub": {"kind": "rules", "default": "half \ud83d"},
        }
    )
    document = Document(TEXT, metadata={"by": "me \udcff", "source": "name \udcff"})
    result = rlm.invoke({"question": "How many?", "context": document})
    assert result["answer"] == "half \ufffdme \ufffd"


async def test_a_run_that_is_stopped_again_and_again_spends_no_more_than_its_budget(
    model_server: ModelServer, tmp_path: Path
) -> None:
    many = cell(
        "answers = llm_query_batched(['x' * 800 + str(i) for i in range(30)], on_error='return')\nFINAL('done')"
    )
    budget = Budget(tokens=9_000, sub_queries=None, cost=None)

    async def spent(stops: int, name: str) -> int:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / name)) as saver:
            rlm = scripted(model_server, many, checkpointer=saver, max_concurrency=1, budget=budget)
            given: Any = {"question": "What?", "context": TEXT}
            for stop in range(stops):
                going = asyncio.create_task(rlm.ainvoke(given, thread("1")))
                while not going.done() and model_server.stats()["by_model"].get("sub", 0) < 4 * (stop + 1):  # noqa: ASYNC110
                    await asyncio.sleep(0.005)  # another process sets no event
                going.cancel()
                await asyncio.wait([going])
                if not going.cancelled():
                    break  # what may have been in flight has used the budget up
                given = None
            else:
                going = asyncio.ensure_future(rlm.ainvoke(given, thread("1")))
            usage = (await going)["usage"]
            return int(usage["input_tokens"] + usage["output_tokens"])

    for stops, name in ((3, "stopped.sqlite"), (0, "whole.sqlite")):
        assert await spent(stops, name) <= 9_000


async def test_one_saver_serves_several_event_loops(model_server: ModelServer, tmp_path: Path) -> None:
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        rlm = scripted(model_server, FEW, cell("FINAL(len(answers))"), checkpointer=saver)
        given: Any = {"question": "What?", "context": TEXT}
        runs = [asyncio.to_thread(rlm.invoke, given, thread(str(n))) for n in range(3)]
        results = await asyncio.gather(*runs, *(rlm.ainvoke(given, thread(f"a{n}")) for n in range(2)))
    assert [result["answer"] for result in results] == ["10"] * 5


def test_a_run_goes_on_with_another_sub_model_in_chunks_of_the_size_it_began_with(model_server: ModelServer) -> None:
    saver = InMemorySaver()
    cut = cell("parts = chunks()\nprint(len(parts), llm_query('Which?'))")
    first = scripted(model_server, cut, cell("FINAL(1)"), checkpointer=saver, sub_model_window=900)
    first.invoke({"question": "How many?", "context": TEXT}, thread("1"))
    second = scripted(
        model_server, "not asked", "not asked", cell("FINAL(len(parts) - len(chunks()))"), checkpointer=saver
    )
    assert second.invoke({"context": TEXT, "question": "And now?"}, thread("1"))["answer"] == "0"
    assert first.settings.chunk_size != second.settings.chunk_size


def test_an_ended_run_is_read_without_its_context(model_server: ModelServer, tmp_path: Path) -> None:
    saver = InMemorySaver()
    scripted(model_server, cell("FINAL('one')"), checkpointer=saver, context_store=tmp_path).invoke(
        {"question": "First?", "context": TEXT}, thread("1")
    )
    for file in tmp_path.iterdir():
        file.write_text("damaged")
    elsewhere = scripted(model_server, "not asked", checkpointer=saver, context_store=tmp_path)
    assert elsewhere.invoke(None, thread("1"))["answer"] == "one"


def test_a_store_that_cannot_be_written_is_named(model_server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rlm = scripted(model_server, cell("FINAL('one')"), context_store=tmp_path / "file" / "below")
    with pytest.raises(InputError, match=r"context_store='.*below': cannot be (read|written) \(Not a directory\)"):
        rlm.invoke({"question": "First?", "context": TEXT})
    assert model_server.stats()["requests"] == 0


# -- savers -----------------------------------------------------------------------------------------------------------


async def test_answers_of_a_moment_share_a_commit_and_are_all_there(model_server: ModelServer, tmp_path: Path) -> None:
    many = cell("answers = llm_query_batched([f'Part {i}: x' for i in range(300)])\nFINAL(len(answers))")
    budget = Budget(sub_queries=None)
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        rlm = scripted(model_server, many, checkpointer=saver, budget=budget)
        result = await rlm.ainvoke({"question": "How many?", "context": TEXT}, thread("1"))
    assert result["answer"] == "300"
    with SqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as again:
        rlm = scripted(model_server, cell("FINAL(len(answers) + 1)"), checkpointer=again, budget=budget)
        model_server.configure(
            models={
                "root": {"kind": "script", "replies": ["", cell("FINAL(len(answers) + 1)")]},
                "sub": {"kind": "echo"},
            }
        )
        assert (await rlm.ainvoke({"question": "And one?", "context": TEXT}, thread("1")))["answer"] == "301"


async def test_a_run_that_was_cancelled_goes_on_and_asks_nothing_twice(model_server: ModelServer) -> None:
    rlm = scripted(model_server, FEW, cell("FINAL(len(answers))"), checkpointer=InMemorySaver(), max_concurrency=1)
    slow = {"kind": "echo", "latency": 0.05}
    script = {"kind": "script", "replies": [FEW, cell("FINAL(len(answers))")]}
    model_server.configure(models={"root": script, "sub": slow})
    going = asyncio.create_task(rlm.ainvoke({"question": "How many?", "context": TEXT}, thread("1")))
    while model_server.stats()["by_model"].get("sub", 0) < 5:
        assert not going.done()
        await asyncio.sleep(0.01)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    assert (await rlm.ainvoke(None, thread("1")))["answer"] == "10"
    asked = Counter(json.dumps(entry["messages"]) for entry in model_server.log())
    assert len(asked) == 12
    assert sum(asked.values()) <= 13  # the one that was cancelled


async def test_a_run_whose_answers_cannot_be_saved_ends_alone(model_server: ModelServer, tmp_path: Path) -> None:
    class Choosy(AsyncSqliteSaver):
        async def aput_writes(self, config: Any, *args: Any, **kwargs: Any) -> None:
            if config["configurable"]["thread_id"] == "0":
                message = "not this one"
                raise sqlite3.OperationalError(message)
            await super().aput_writes(config, *args, **kwargs)

    async with Choosy.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        rlm = scripted(model_server, FEW, checkpointer=saver)
        script = [{"match": "^ok", "reply": cell("FINAL(len(answers))")}]
        model_server.configure(
            models={"root": {"kind": "rules", "rules": script, "default": FEW}, "sub": {"kind": "echo"}}
        )
        given: Any = {"question": "How many?", "context": TEXT}
        runs = (rlm.ainvoke(given, thread(str(number))) for number in range(6))
        first, *others = await asyncio.gather(*runs, return_exceptions=True)
    assert isinstance(first, HostError)
    assert [other["answer"] for other in others if isinstance(other, dict)] == ["10"] * 5


def test_answers_that_cannot_be_saved_are_not_paid_for_any_more(model_server: ModelServer, tmp_path: Path) -> None:
    class Full(SqliteSaver):
        def put_writes(self, *args: Any, **kwargs: Any) -> None:
            if model_server.stats()["by_model"].get("sub", 0) >= 10:
                message = "database or disk is full"
                raise sqlite3.OperationalError(message)
            super().put_writes(*args, **kwargs)

    many = cell("answers = llm_query_batched([f'Part {i}: x' for i in range(200)])")
    with sqlite3.connect(tmp_path / "db.sqlite", check_same_thread=False) as connection:
        rlm = scripted(model_server, many, checkpointer=Full(connection), max_concurrency=4)
        with pytest.raises(HostError, match=r"disk is full.*invoke\(None"):
            rlm.invoke({"question": "How many?", "context": TEXT}, thread("1"))
    connection.close()
    assert model_server.stats()["by_model"]["sub"] < 60
