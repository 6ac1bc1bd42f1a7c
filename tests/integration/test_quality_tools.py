"""The simulated reader with file tools, and the methods that are others' programs: right wherever they can be.

The tools answer in the words of deepagents' tools, over real HTTP; with deepagents and rlms themselves where they are
installed.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import StructuredTool
from langchain_openai import ChatOpenAI

from benchmarks.quality.simulated import reply, simulated
from benchmarks.quality.tools import AT_ONCE, ROOM, TURNS
from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.methods.common import Limits, Models, documents_of
from langchain_rlm.testing.quality.task import Task
from langchain_rlm.testing.quality.tasks import KINDS, make

SIZE = 4_000
WINDOW = 128_000
LONG = "word " * 80_000
SEARCHED = ("needle", "needles", "count", "hops", "table", "pairs")
"""Kinds of which every question leads to its evidence by its words, when it is searchable."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with simulated({"root": {"window": WINDOW}, "sub": {}}, seed=3, rot="off") as url:
        yield url


def model(url: str, name: str = "root", **settings: Any) -> ChatOpenAI:
    closed = {"Connection": "close"}  # each test has an event loop of its own
    return ChatOpenAI(model=name, base_url=url, api_key="test", max_retries=0, default_headers=closed, **settings)  # type: ignore[arg-type]


def tools_over(files: Mapping[str, str]) -> dict[str, StructuredTool]:
    """File tools that answer as those of deepagents."""

    def ls(path: str) -> str:
        """List files."""
        return str([name for name in sorted(files) if name.startswith(path)])

    def grep(pattern: str, output_mode: str = "files_with_matches") -> str:
        """Search for a text, word for word."""
        assert output_mode == "content"
        shown = []
        for name in sorted(files):
            lines = [f"  {at}: {line}" for at, line in enumerate(files[name].splitlines(), 1) if pattern in line]
            shown += [f"{name}:", *lines] if lines else []
        return "\n".join(shown) or "No matches found"

    def read_file(file_path: str, offset: int = 0, limit: int = 100) -> str:
        """Read lines of a file."""
        lines = files[file_path].splitlines()
        end = min(len(lines), offset + limit)
        ahead = f" | next offset {end}" if end < len(lines) else ""
        return "\n".join([f"@@ lines {offset + 1}-{end} of {len(lines)}{ahead} @@", *lines[offset:end]])

    return {each.__name__: StructuredTool.from_function(each) for each in (ls, grep, read_file)}


def worked(model: ChatOpenAI, task: Task) -> list[AnyMessage]:
    """The conversation of an agent with file tools, to its answer."""
    tools = tools_over({f"/{one.metadata['source']}": one.page_content for one in documents_of(task)})
    agent = model.bind_tools([*tools.values()])
    messages: list[AnyMessage] = [SystemMessage("Answer from the files in /."), HumanMessage(task.question)]
    while True:
        said = agent.invoke(messages)
        assert isinstance(said, AIMessage)
        messages.append(said)
        if not said.tool_calls:
            return messages
        assert said.response_metadata["finish_reason"] == "tool_calls"
        messages += [ToolMessage(tools[call["name"]].invoke(call["args"]), tool_call_id=call["id"])
                     for call in said.tool_calls]  # fmt: skip


def calls_of(messages: list[AnyMessage]) -> list[Any]:
    return [call for message in messages if isinstance(message, AIMessage) for call in message.tool_calls]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("streaming", [True, False])
def test_file_tools_lead_to_the_right_answer(url: str, kind: str, streaming: bool) -> None:  # noqa: FBT001
    for is_searchable in (True, False):
        task = make(kind, 1, SIZE, is_searchable)
        messages = worked(model(url, streaming=streaming), task)
        assert task.score(messages[-1].text) == 1, (is_searchable, messages[-1].text)
        used = {call["name"] for call in calls_of(messages)}
        if not is_searchable:
            assert used == {"ls", "read_file"}
        elif kind in SEARCHED:
            assert used == {"ls", "grep"}


def test_functions_are_found_by_their_callers_and_read_where_they_are(url: str) -> None:
    task = make("code", 2, 40_000)
    messages = worked(model(url), task)
    assert task.score(messages[-1].text) == 1
    read = {call["args"]["file_path"] for call in calls_of(messages) if call["name"] == "read_file"}
    assert 0 < len(read) < len(task.context)


@pytest.mark.parametrize(("kind", "size"), [("count", 1_000_000), ("rebuild", 1_000_000), ("table", 300_000)])
def test_what_is_too_large_to_read_is_answered_from_what_was_seen(url: str, kind: str, size: int) -> None:
    task = make(kind, 2, size, is_searchable=False)
    messages = worked(model(url), task)  # above the window the server refuses
    turns = sum(isinstance(message, AIMessage) for message in messages)
    held = sum(len(message.text) for message in messages[:-1])
    assert messages[-1].text
    assert task.score(messages[-1].text) < 1
    assert len(calls_of(messages)) <= TURNS * AT_ONCE
    assert turns <= TURNS + 1
    assert turns == TURNS + 1 or ROOM * 0.8 < held <= ROOM


def test_the_mistakes_are_those_of_a_prompt_as_long_as_the_conversation() -> None:
    short, long = (sum(is_right_after(instructions, seed) for seed in range(40)) for instructions in ("", LONG))
    assert short > 30 > long


def is_right_after(instructions: str, seed: int) -> bool:
    """Whether a reader that errs finds the needle in what a search has shown, with these instructions before it."""
    task = make("needle", seed, SIZE)
    (word,) = re.findall(r"\w+ depot", task.question)
    tools = tools_over({"/context.txt": str(task.context)})
    asked = {"pattern": word, "output_mode": "content"}
    call = {"id": "1", "function": {"name": "grep", "arguments": json.dumps(asked)}}
    said = reply(
        [
            {"role": "system", "content": instructions},
            {"role": "user", "content": task.question},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": tools["grep"].invoke(asked)},
        ],
        model="root", seed=1, rot="gpt-5-nano", tools=[*tools],
    )  # fmt: skip
    return isinstance(said, str) and task.score(said) == 1


@pytest.mark.parametrize("name", ["agent", "rlms"])
async def test_programs_of_others_are_right_without_mistakes(url: str, name: str) -> None:
    if METHODS[name].missing:
        pytest.skip(f"{METHODS[name].missing} is not installed")
    models = Models(model(url), model(url, "sub"))
    for kind, is_searchable in (("hops", True), ("code", True), ("count", False), ("join", False)):
        task = make(kind, 1, SIZE, is_searchable)
        answer = await METHODS[name].ask(task, models, Limits())
        assert (kind, task.score(answer.text)) == (kind, 1)
