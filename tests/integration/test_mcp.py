"""Documents for agents that speak the Model Context Protocol: over pipes, over HTTP, through other people's clients."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from langchain_mcp_adapters.client import MultiServerMCPClient
from langgraph.checkpoint.memory import InMemorySaver
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import McpError
from mcp.shared.memory import create_connected_server_and_client_session as connected
from mcp.types import (
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    CancelledNotification,
    CancelledNotificationParams,
    ClientNotification,
    ClientRequest,
    ElicitResult,
    ListRootsResult,
    Root,
)
from pydantic import FileUrl

from langchain_rlm import RLM, Budget, InputError
from langchain_rlm.adapters.mcp import mcp_server
from langchain_rlm.cli import mcp as cli
from langchain_rlm.cli.mcp import TOKEN
from tests.server.client import ModelServer

COMMAND = str(Path(sys.executable).parent / "langchain-rlm")
PRICED = "gpt-4o"
CITES = "```repl\nFINAL('The lever is red ' + cite('The lever is red.')['mark'])\n```"
ASKS = """```repl
try:
    answers = llm_query_batched([f'{n} ' + context[0][:1000] for n in range(4)])
except Exception as error:
    answers = [type(error).__name__]
FINAL(answers[0][:20])
```"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "more").mkdir(parents=True)
    (tmp_path / "docs" / "a.txt").write_text("First line.\nThe lever is red.\n" + "Nothing of note. " * 100)
    (tmp_path / "docs" / "more" / "b.txt").write_text("The wheel is blue.\n")
    (tmp_path / "secret.txt").write_text("not for anybody")
    return tmp_path / "docs"


def rlm_of(server: ModelServer, reply: str, *, above: float | None = None, **sub: Any) -> RLM:
    models = {"root": {"kind": "script", "replies": [reply] * 9}, PRICED: {"kind": "echo", **sub}}
    server.configure(models=models)
    models_of = [server.chat_model(name) for name in ("root", PRICED)]
    saver = None if above is None else InMemorySaver()
    return RLM(*models_of, route="rlm", budget=Budget(confirm_above=above), checkpointer=saver)


async def in_flight(server: ModelServer, calls: int) -> None:
    while server.stats()["in_flight"] != calls:  # noqa: ASYNC110  # another process knows
        await asyncio.sleep(0.02)


async def call(session: ClientSession, tool: str, **given: Any) -> CallToolResult:
    return await session.call_tool(tool, given)


def words(result: CallToolResult) -> str:
    return "".join(getattr(each, "text", "") for each in result.content)


async def test_a_question_is_answered_with_marks_that_can_be_read_and_a_page(
    model_server: ModelServer, root: Path
) -> None:
    told = list[str]()

    async def tell(_: float, __: float | None, message: str | None) -> None:
        told.append(message or "")

    server = mcp_server(rlm_of(model_server, CITES), root=root)
    async with connected(server._mcp_server) as session:
        listed = await call(session, "list_documents")
        assert [one["name"] for one in listed.structuredContent["documents"]] == ["a.txt", "more/b.txt"]  # type: ignore[index]
        answered = await session.call_tool(
            "ask_documents", {"question": "Which colour?"}, progress_callback=cast("Any", tell)
        )
        assert not answered.isError
        assert words(answered) == "The lever is red [1]\n\nSources:\n[1] a.txt, line 2"
        said: Any = answered.structuredContent
        assert said["answer"] == "The lever is red [1]"
        assert said["citations"] == [{"mark": "1", "place": "a.txt, line 2", "text": "The lever is red."}]
        assert (said["stop_reason"], said["calls"], said["is_whole"]) == ("answered", 1, True)
        assert told == ["Reading 2 documents of 1,749 characters", "Turn 1"]
        read: Any = (await call(session, "read_passage", run=said["run"], mark="[1]")).structuredContent
        assert (read["before"], read["text"]) == ("First line.\n", "The lever is red.")
        page = await session.read_resource(said["page"])
        assert getattr(page.contents[0], "mimeType", "") == "text/html"
        assert "The lever is red" in getattr(page.contents[0], "text", "")
        wrong = await call(session, "read_passage", run=said["run"], mark="7")
        assert wrong.isError
        assert "no mark '7'. It has: 1" in words(wrong)


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "more/../../secret.txt", "c.txt"])
async def test_what_is_not_below_the_directory_is_not_read(name: str, root: Path) -> None:
    async with connected(mcp_server(RLM("offline"), root=root)._mcp_server) as session:
        refused = await call(session, "ask_documents", question="What?", documents=[name])
        assert refused.isError
        assert "There is no document" in words(refused)
        assert "not for anybody" not in words(refused)
        assert (await call(session, "ask_documents", question=" ")).isError
        assert (await call(session, "read_passage", run="none", mark="1")).isError


async def test_roots_of_the_client_limit_what_is_read(root: Path) -> None:
    allowed = [root / "more"]

    async def roots(_: Any) -> ListRootsResult:
        return ListRootsResult(roots=[Root(uri=FileUrl(path.as_uri())) for path in allowed])

    server = mcp_server(RLM("offline"), root=root)
    async with connected(server._mcp_server, list_roots_callback=cast("Any", roots)) as session:
        listed: Any = (await call(session, "list_documents")).structuredContent
        assert [one["name"] for one in listed["documents"]] == ["more/b.txt"]
        whole = await call(session, "ask_documents", question="Which colour is the wheel?")
        assert "blue" in words(whole)
        refused = await call(session, "ask_documents", question="Which lever?", documents=["a.txt"])
        assert refused.isError
        assert "There is no document 'a.txt'. Nearest: 'more/b.txt'" in words(refused)
        allowed.clear()
        nothing = await call(session, "ask_documents", question="Which colour is the wheel?")
        assert nothing.isError
        assert "no document" in words(nothing)


@pytest.mark.parametrize(
    ("decision", "answer", "calls"),
    [
        (ElicitResult(action="accept", content={"approve": True}), "echo: 0 First line.", 4),
        (ElicitResult(action="accept", content={"approve": False}), "RuntimeError", 0),
        (ElicitResult(action="decline"), "RuntimeError", 0),
    ],
    ids=["approved", "not approved", "declined"],
)  # fmt: skip
async def test_a_person_is_asked_about_a_quote(
    decision: ElicitResult, answer: str, calls: int, model_server: ModelServer, root: Path
) -> None:
    asked = list[str]()

    async def decide(_: Any, given: Any) -> ElicitResult:
        asked.append(given.message)
        return decision

    rlm = rlm_of(model_server, ASKS, above=0.0001)
    async with connected(mcp_server(rlm, root=root)._mcp_server, elicitation_callback=cast("Any", decide)) as session:
        result = await call(session, "ask_documents", question="What is there?")
    assert words(result).startswith(answer)
    assert len(asked) == 1
    assert re.match(r"The next 4 sub-queries: about [\d,]+ tokens, \$0\.\d+, .* Ask them\?$", asked[0])
    assert sum(entry["model"] == PRICED for entry in model_server.log()) == calls
    saver: Any = rlm.graph.checkpointer
    assert not [*saver.list(None)], "nothing is kept of a run that ended"


async def test_where_nobody_can_be_asked_a_quote_is_refused_with_its_words(
    model_server: ModelServer, root: Path
) -> None:
    rlm = rlm_of(model_server, ASKS, above=0.0001)
    async with connected(mcp_server(rlm, root=root)._mcp_server) as session:
        refused = await call(session, "ask_documents", question="What is there?")
    assert refused.isError
    assert re.search(
        r"this client cannot ask for it\. The next 4 sub-queries: .*higher --confirm-above", words(refused)
    )
    assert all(entry["model"] != PRICED for entry in model_server.log())


async def test_a_request_that_is_cancelled_ends_its_run_and_its_calls(model_server: ModelServer, root: Path) -> None:
    rlm = rlm_of(model_server, ASKS, latency=60)
    async with connected(mcp_server(rlm, root=root)._mcp_server) as session:
        asking = CallToolRequestParams(name="ask_documents", arguments={"question": "What is there?"})
        task = asyncio.create_task(session.send_request(ClientRequest(CallToolRequest(params=asking)), CallToolResult))
        await in_flight(model_server, 4)
        told = CancelledNotificationParams(requestId=session._request_id - 1)
        await session.send_notification(ClientNotification(CancelledNotification(params=told)))
        with pytest.raises(McpError, match="cancelled"):
            await task
        await in_flight(model_server, 0)
        listed = await call(session, "list_documents")
        assert not listed.isError, "the session goes on"


@pytest.fixture
def environment(model_server: ModelServer) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("OPENAI", "LANGCHAIN", "LANGSMITH"))}
    return {**kept, "OPENAI_BASE_URL": model_server.url, "OPENAI_API_KEY": "k", "LANGCHAIN_RLM_CACHE": "off"}


async def test_over_pipes_it_ends_with_its_client_and_says_nothing_else_on_standard_output(
    root: Path, environment: dict[str, str]
) -> None:
    given = StdioServerParameters(
        command=COMMAND, args=["mcp", "--root", str(root), "--model", "offline"], env=environment
    )
    async with stdio_client(given) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        assert "red" in words(await call(session, "ask_documents", question="Which colour is the lever?"))


def test_interrupted_it_ends_though_its_client_stays(root: Path, environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [COMMAND, "mcp", "--root", str(root), "--model", "offline"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(
            b'{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},'
            b'"clientInfo":{"name":"t","version":"1"}}}\n'
        )
        process.stdin.flush()
        assert b'"serverInfo"' in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 130


@contextlib.asynccontextmanager
async def served(root: Path, environment: dict[str, str], *options: str, **more: str) -> AsyncIterator[str]:
    """The server over HTTP, in a process of its own."""
    command = [COMMAND, "mcp", "--root", str(root), "--http", "0", *options]
    process = await asyncio.create_subprocess_exec(*command, env={**environment, **more}, stderr=subprocess.PIPE)
    assert process.stderr is not None
    try:
        line = (await process.stderr.readline()).decode().strip()
        assert line.startswith("http://127.0.0.1:"), line
        yield line
    finally:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 30)


async def test_over_http_only_those_with_the_token_are_answered_and_agents_get_the_tools(
    root: Path, environment: dict[str, str]
) -> None:
    async with served(root, environment, "--model", "offline", **{TOKEN: "s3cret"}) as url:
        head = {"Authorization": "Bearer s3cret"}
        client = MultiServerMCPClient({"rlm": {"transport": "streamable_http", "url": url, "headers": head}})
        tools = {tool.name: tool for tool in await client.get_tools()}
        assert {*tools} == {"ask_documents", "list_documents", "read_passage"}
        said = await tools["ask_documents"].ainvoke({"question": "Which colour is the wheel?"})
        assert "blue" in str(said)
        with pytest.raises(BaseExceptionGroup) as refused:
            async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
                await session.initialize()
        assert "401" in repr(refused.value.exceptions)


async def test_a_client_that_goes_away_leaves_nothing_that_asks(
    model_server: ModelServer, root: Path, environment: dict[str, str]
) -> None:
    rlm_of(model_server, ASKS, latency=60)
    (root / "long.txt").write_text("word " * 20_000)  # one call is not enough
    models = ("--model", "openai:root", "--sub-model", f"openai:{PRICED}", "--budget", "cost=none")
    async with served(root, environment, *models) as url:
        async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            task = asyncio.create_task(call(session, "ask_documents", question="What is there?"))
            await in_flight(model_server, 4)
            task.cancel()
        await in_flight(model_server, 0)


def test_what_was_typed_wrongly_is_told_in_one_line(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "interrupt_on_sigterm", lambda: None)
    monkeypatch.delenv(TOKEN, raising=False)
    typed: Any = {"root": str(root), "model": "offline", "host": "127.0.0.1"}
    typed |= dict.fromkeys(("sub_model", "prices", "confirm_above", "http")) | {"budget": ()}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options, code, said in (
            ({"model": ""}, 3, "No model is named."),
            ({"root": f"{root}/none"}, 2, "this is not a directory"),
            ({"http": port}, 2, f"--http {port}: 127.0.0.1 cannot be listened at"),
            ({"http": "0", "host": "192.0.2.1"}, 2, "Set LANGCHAIN_RLM_MCP_TOKEN"),
            ({"confirm_above": "much"}, 2, "--confirm-above much: 'much' is not a number."),
        ):
            assert cli.run(cli.Request(**{**typed, **options})) == code
            told = capsys.readouterr()
            assert (told.out, told.err.count("\n")) == ("", 1)
            assert said in told.err


def test_a_directory_that_is_none_is_an_error_when_the_server_is_made() -> None:
    with pytest.raises(InputError, match="this is not a directory"):
        mcp_server(RLM("offline"), root="/none")
