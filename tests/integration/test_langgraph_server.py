"""`graphs/` under `langgraph dev`: offline, in a process of its own, called as any client would."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import pytest
import pytest_asyncio
from langgraph.graph import START, StateGraph
from langgraph.pregel.remote import RemoteGraph
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.client import LangGraphClient

from langchain_rlm.cli.report import run as write_report
from tests import forked
from tests.resources import soon
from tests.server.client import ModelServer

ROOT = Path(__file__).parents[2]
STARTS_WITHIN, ENDS_WITHIN = 90.0, 30.0
"""Seconds. It takes two and a half, and a half, on two idle cores."""
OWN_SETTINGS = ("LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_", "LANGSERVE_")
OFFLINE = {
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "LANGGRAPH_NO_VERSION_CHECK": "true",
    "NO_COLOR": "1",
}
SENTENCE = "The harbour of this play is Elsinore. "
TEXT = SENTENCE * 2000
QUESTION = "Which harbour is in the play?"
WITH = "How does the with statement work?"
INPUTS: dict[str, dict[str, Any]] = {
    "rlm": {"question": QUESTION, "context": TEXT},
    "agent": {"messages": [{"role": "user", "content": WITH}]},
    "pipeline": {"questions": [WITH, "What does yield do?"]},
}


@dataclass
class DevServer:
    """A running `langgraph dev`."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def wait_until_up(self) -> None:
        end = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/ok", timeout=5) as response:  # noqa: S310  # http, local
                    if response.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        pytest.fail(f"langgraph dev is not up:\n{self.log.read_text()[-4000:]}")

    def others(self) -> list[str]:
        """The processes of its session but itself: REPL workers, or what it left."""
        found = []
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, rest = int(status.parent.name), status.read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            if int(rest[3]) == self.process.pid and pid != self.process.pid and rest[0] != "Z":
                found.append(status.parent.joinpath("cmdline").read_text().replace("\0", " "))
        return found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            pytest.fail(f"langgraph dev does not end:\n{self.log.read_text()[-4000:]}")


@pytest.fixture(scope="module")
def models() -> Iterator[ModelServer]:
    """Models that ask: one answers whatever is asked, the other never does."""
    replies = {"now": "fine", "never": {"delay": 600}}
    asks = {name: f"```repl\nFINAL(llm_query_batched(['{name}'] * 5)[0])\n```" for name in replies}
    made = {
        name: [{"match": "^(now|never)", "reply": reply}, {"match": "", "reply": asks[name]}]
        for name, reply in replies.items()
    }
    with ModelServer(models={name: {"kind": "rules", "rules": each} for name, each in made.items()}) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, models: ModelServer) -> Iterator[DevServer]:
    """The server, with the files that it writes in a directory of its own; when it has ended, nothing of it is left."""
    home = tmp_path_factory.mktemp("langgraph")
    shutil.copytree(ROOT / "graphs", home / "graphs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "langgraph.json", home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "langgraph"),
        "dev",
        "--no-browser",
        "--no-reload",
        "--port",
        str(port),
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(OWN_SETTINGS)}
    environment |= {"OPENAI_API_KEY": "key", "OPENAI_BASE_URL": models.url}
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1"], cwd=home, env={**environment, **OFFLINE}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    running = DevServer(f"http://127.0.0.1:{port}", process, log)
    try:
        running.wait_until_up()
        yield running
    finally:
        running.stop()
    assert running.others() == []
    assert not (ROOT / ".langgraph_api").exists()


@pytest_asyncio.fixture
async def client(server: DevServer) -> AsyncIterator[LangGraphClient]:
    async with get_client(url=server.url) as made:
        yield made


def answer_of(name: str, output: dict[str, Any]) -> str:
    read = {
        "rlm": lambda: output["answer"],
        "agent": lambda: output["messages"][-1]["content"],
        "pipeline": lambda: output["report"],
    }
    return str(read[name]())


def expected(name: str) -> str:
    return SENTENCE.strip() if name == "rlm" else "PEP 343"


@pytest.mark.parametrize("name", INPUTS)
async def test_each_graph_answers_through_the_sdk(client: LangGraphClient, name: str) -> None:
    output: Any = await client.runs.wait(None, name, input=INPUTS[name])
    assert expected(name) in answer_of(name, output)


@pytest.mark.parametrize("context", [["Ships.", TEXT], {"ships": "Ships.", "play": TEXT}])
async def test_a_context_over_the_wire_is_a_text_a_list_or_an_object(client: LangGraphClient, context: Any) -> None:
    output: Any = await client.runs.wait(None, "rlm", input={"question": QUESTION, "context": context})
    assert SENTENCE.strip() in output["answer"]
    assert output["stop_reason"] == "answered"
    assert output["documents"][0]["name"] in {"text", "text 2", "play", "ships"}


@pytest.mark.parametrize("name", ["rlm", "agent", pytest.param("pipeline", marks=pytest.mark.slow)])
async def test_each_graph_answers_as_a_remote_graph(server: DevServer, client: LangGraphClient, name: str) -> None:
    with get_sync_client(url=server.url) as sync_client:
        remote = RemoteGraph(name, client=client, sync_client=sync_client)
        both = remote.ainvoke(INPUTS[name]), asyncio.to_thread(remote.invoke, INPUTS[name])
        outputs = await asyncio.gather(*both)
    for output in outputs:
        assert expected(name) in answer_of(name, output)


async def test_runs_at_the_same_time_do_not_see_each_others_text(client: LangGraphClient) -> None:
    harbours = ["Elsinore", "Venice", "Rhodes", "Messina", "Tyre", "Ephesus", "Marseille", "Cyprus"]
    texts = [SENTENCE.replace("Elsinore", harbour) for harbour in harbours]
    given = [{"question": QUESTION, "context": text * 2000} for text in texts]
    outputs: Any = await asyncio.gather(*(client.runs.wait(None, "rlm", input=one) for one in given))
    for text, output in zip(texts, outputs, strict=True):
        quotes = [line for line in output["answer"].splitlines() if line.startswith("The harbour")]
        assert quotes == [f"{text.strip()} [text] [1]"]


@pytest.mark.parametrize(
    ("name", "node", "given", "returned"),
    [
        ("rlm", "sub_query", {"question", "context"}, {"answer", "stop_reason", "usage", "journal"}),
        ("agent", "tools", {"messages"}, {"messages"}),
        ("pipeline", "ask", {"questions"}, {"report", "answers"}),
    ],
)
async def test_studio_can_draw_each_graph_and_ask_for_its_input(
    client: LangGraphClient, name: str, node: str, given: set[str], returned: set[str]
) -> None:
    drawn: Any = await client.assistants.get_graph(name)
    assert node in {found["id"] for found in drawn["nodes"]}
    assistant: Any = (await client.assistants.search(graph_id=name))[0]
    schemas: Any = await client.assistants.get_schemas(assistant["assistant_id"])
    assert given <= set(schemas["input_schema"]["properties"])
    assert returned <= set(schemas["output_schema"]["properties"])


async def test_an_assistant_has_settings_of_its_own(client: LangGraphClient) -> None:
    """Also those that come as keys of a configuration; what is no setting of the graph is dropped by the server."""
    schemas: Any = await client.assistants.get_schemas(
        (await client.assistants.search(graph_id="rlm"))[0]["assistant_id"]
    )
    own_settings = ["model", "sub_model", "budget", "route", "profile", "instructions", "max_concurrency"]
    assert list(schemas["context_schema"]["properties"]) == own_settings
    small = {"question": QUESTION, "context": SENTENCE}
    own = await client.assistants.create("rlm", context={"budget": {"turns": 1}, "route": "rlm"})
    configured = await client.assistants.create("rlm", config={"configurable": {"rlm_route": "rlm"}})
    found: dict[str, str] = {
        "rlm": "direct",
        own["assistant_id"]: "budget:turns",
        configured["assistant_id"]: "answered",
    }
    for assistant, stop_reason in found.items():
        output: Any = await client.runs.wait(None, assistant, input=small)
        assert output["stop_reason"] == stop_reason
    with pytest.raises(Exception, match="route='north': use 'auto'"):
        await client.runs.wait(None, "rlm", input=INPUTS["rlm"], context={"route": "north"})


async def test_a_quote_waits_for_an_answer_through_the_api(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    ask: Any = {"model": "openai:now", "budget": {"confirm_above": 0.5}, "route": "rlm"}
    await client.runs.wait(thread, "rlm", input=INPUTS["rlm"], context=ask)
    state: Any = await client.threads.get_state(thread)
    [quote] = state["interrupts"]
    assert (quote["value"]["kind"], quote["value"]["question"]) == ("confirm_sub_queries", QUESTION)
    output: Any = await client.runs.wait(thread, "rlm", command={"resume": "approve"}, context=ask)
    assert (output["stop_reason"], output["answer"]) == ("answered", "fine")


async def test_a_run_that_is_cancelled_leaves_no_call_in_flight_its_page_says_so_and_it_may_go_on(
    server: DevServer, client: LangGraphClient, models: ModelServer, tmp_path: Path
) -> None:
    thread = (await client.threads.create())["thread_id"]
    context = {"model": "openai:never", "route": "rlm"}
    run = (await client.runs.create(thread, "rlm", input=INPUTS["rlm"], context=context))["run_id"]
    assert await asyncio.to_thread(soon, lambda: models.stats()["in_flight"] == 5, 60)
    await client.runs.cancel(thread, run)
    assert await asyncio.to_thread(soon, lambda: models.stats()["in_flight"] == 0), "within a second on an idle machine"
    assert (await client.runs.get(thread, run))["status"] == "interrupted"
    command = ("report", "--thread", thread, "--url", server.url)
    done = await asyncio.to_thread(forked.run, *command, env=os.environ, cwd=tmp_path, timeout=90)
    assert (done.returncode, done.stdout) == (0, f"{thread}.html\n"), done.stderr
    assert '"stop_reason":"interrupted"' in (tmp_path / f"{thread}.html").read_text()
    output: Any = await client.runs.wait(thread, "rlm", input=None, context={"model": "openai:now"})
    assert (output["stop_reason"], output["answer"]) == ("answered", "fine"), "another run goes on from there"


async def test_the_page_of_a_served_run_is_had_by_its_thread_or_its_run(
    server: DevServer, client: LangGraphClient, tmp_path: Path
) -> None:
    thread = (await client.threads.create(metadata={"case": "harbours"}))["thread_id"]
    runs = []
    for harbour in ("Elsinore", "Venice"):
        given = {"question": QUESTION, "context": SENTENCE.replace("Elsinore", harbour) * 2000}
        await client.runs.wait(thread, "rlm", input=given)
        runs.append((await client.runs.list(thread))[0]["run_id"])
    found = (await client.threads.search(metadata={"graph_id": "rlm", "case": "harbours"}))[0]["thread_id"]
    text, page = tmp_path / "text", tmp_path / "page.html"
    text.write_text(given["context"])
    for run, context, shown in ((None, [str(text)], "Venice"), (runs[0], [], "Elsinore")):
        assert await asyncio.to_thread(write_report, None, page, context, served=(found, server.url, run)) == 0
        assert f"The harbour of this play is {shown}." in page.read_text()


async def test_why_there_is_no_page_is_said_in_a_line(
    server: DevServer, client: LangGraphClient, capsys: pytest.CaptureFixture[str]
) -> None:
    agent, empty, other = [(await client.threads.create())["thread_id"] for _ in range(3)]
    await client.runs.wait(agent, "agent", input=INPUTS["agent"])
    await client.runs.wait(other, "rlm", input=INPUTS["rlm"])
    await client.threads.update_state(other, {"journal": [{"kind": "thought"}]}, as_node="decompose")
    at, log = server.url, Path("run.jsonl")
    given: dict[tuple[Any, ...], str] = {
        (None, agent, at, None): f"thread {agent} has no run of langchain-rlm (its graph is 'agent')",
        (None, empty, at, None): f"thread {empty} has no run of langchain-rlm (nothing has run on it)",
        (None, empty, at, agent): f"thread {empty} has no run {agent}",
        (None, "first", at, None): "thread first cannot be read (422: ",
        (None, empty.replace("-7", "-8", 1), at, None): "cannot be read (404: ",
        (None, other, at, None): 'kind is "thought", not one of',
        (None, empty, "ftp://user:hush@127.0.0.1:9", None): "ftp://127.0.0.1:9: no LangGraph server answers there",
        (None, empty, "here", None): "here: no LangGraph server answers there",
        (None, None, None, None): "Name one run: a journal, or --thread ID",
        (log, empty, at, None): "Name one run: a journal, or --thread ID",
    }
    for (journal, *served), words in given.items():
        code = await asyncio.to_thread(write_report, journal, None, (), served=tuple(served))
        said = capsys.readouterr().err
        assert (code, said.count("\n"), words in said) == (2, 1, True), said
        assert "hush" not in said


async def test_an_error_of_a_model_reaches_whoever_asked(client: LangGraphClient) -> None:
    with pytest.raises(Exception, match="ModelError: model='gpt-5': name the provider too"):
        await client.runs.wait(None, "rlm", input=INPUTS["rlm"], context={"model": "gpt-5"})


class Play(TypedDict, total=False):
    """A host's state, with the keys that it shares with the RLM's."""

    question: str
    context: str
    answer: str


async def test_a_remote_graph_is_a_node_of_a_host_graph(client: LangGraphClient) -> None:
    builder = StateGraph(Play)
    builder.add_node("read", RemoteGraph("rlm", client=client))
    builder.add_edge(START, "read")
    output = await builder.compile().ainvoke({"question": QUESTION, "context": TEXT})
    assert SENTENCE.strip() in output["answer"]


@pytest.mark.parametrize("name", INPUTS)
async def test_progress_comes_through_the_sdk(client: LangGraphClient, name: str) -> None:
    thread = (await client.threads.create())["thread_id"]
    parts = client.runs.stream(thread, name, input=INPUTS[name], stream_mode=["custom"], stream_subgraphs=True)
    events: dict[str, list[str]] = defaultdict(list)
    async for part in parts:
        if part.event.startswith("custom"):
            events[part.event].append(event_of(part.data))
    assert len(events) == (2 if name == "pipeline" else 1), "one stream for each run of the RLM"
    for run in events.values():
        assert (run[0], run[-1]) == ("inspect", "end")
        assert {"turn", "reply", "cell", "sub_query", "answer", "cell_end"} <= set(run)


@pytest.mark.parametrize("name", ["rlm", pytest.param("agent", marks=pytest.mark.slow), "pipeline"])
async def test_progress_comes_through_a_remote_graph(client: LangGraphClient, name: str) -> None:
    remote = RemoteGraph(name, client=client)
    events = []
    async for _, _, data in remote.astream(INPUTS[name], stream_mode=["custom"], subgraphs=True):
        events.append(event_of(data))
    assert (events[0], events[-1]) == ("inspect", "end")


def event_of(data: Any) -> str:
    """An event of ours: as the engine writes it, or under the name of the tool that forwards it."""
    found = data if "event" in data else next(iter(data.values()))
    return str(found["event"])


async def test_the_server_keeps_the_journal_and_not_the_text(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    parts = client.runs.stream(thread, "rlm", input=INPUTS["rlm"], stream_mode=["values", "updates"])
    streamed = [json.dumps(part.data) async for part in parts]
    history = await client.threads.get_history(thread, limit=100)
    assert len(history) == 11
    state: Any = await client.threads.get_state(thread)
    assert [entry["kind"] for entry in state["values"]["journal"]][:1] == ["run"]
    kept = [*streamed, *(json.dumps(step) for step in history), json.dumps(state)]
    assert max(len(text) for text in kept) < 20_000
    assert not any(SENTENCE * 20 in text for text in kept)


async def test_a_thread_answers_one_question_after_the_other(client: LangGraphClient) -> None:
    thread = (await client.threads.create())["thread_id"]
    calls = []
    for sentence in (SENTENCE, "The harbour of that play is Venice. "):
        given = {"question": QUESTION, "context": sentence * 2000}
        output: Any = await client.runs.wait(thread, "rlm", input=given)
        assert sentence.strip() in output["answer"]
        assert [entry["kind"] for entry in output["journal"]].count("run") == 1
        calls.append(output["usage"]["calls"])
    assert calls[0] == calls[1], "the second is not charged for the first"


async def test_a_context_that_the_servers_store_has_is_asked_about_by_its_hash(client: LangGraphClient) -> None:
    first: Any = await client.runs.wait(None, "rlm", input=INPUTS["rlm"])
    ref = first["journal"][0]["context"]
    kept: Any = await client.store.search_items(["rlm_contexts"], limit=100)
    assert f"context-{ref.removeprefix('sha256:')}.json" in {item["key"] for item in kept["items"]}
    again: Any = await client.runs.wait(None, "rlm", input={"question": QUESTION, "context": ref})
    assert again["answer"] == first["answer"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"question": " ", "context": TEXT}, "question"),
        ({"question": QUESTION, "context": ""}, "no text"),
        ({"question": QUESTION, "context": f"sha256:{'0' * 64}"}, "not in the context store: it was deleted there"),
        ({"question": QUESTION, "context": "http://169.254.169.254/"}, "LANGCHAIN_RLM_ADDRESSES names those that are"),
    ],
)
async def test_wrong_input_is_an_error_with_its_reason(
    client: LangGraphClient, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Exception, match=words):
        await client.runs.wait(None, "rlm", input=given)


async def test_no_repl_outlives_its_run_and_nothing_blocks_the_loop(server: DevServer, client: LangGraphClient) -> None:
    await client.runs.wait(None, "rlm", input=INPUTS["rlm"])
    assert server.others() == []
    assert "blocking" not in server.log.read_text().lower()
