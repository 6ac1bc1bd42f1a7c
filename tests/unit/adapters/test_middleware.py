"""How messages get shorter, where their texts go, and which documents a question may be about."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.stores import InMemoryByteStore
from langchain_core.tools import ToolException
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.graph import END
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command

from langchain_rlm import RLM, InputError, RLMTool
from langchain_rlm.adapters.middleware import RLMMiddleware, merge_documents
from langchain_rlm.adapters.offload import KEY, LongText, context_of, intact, pick
from langchain_rlm.adapters.shorten import Shortener, Turn, messages_of, shorten_result
from langchain_rlm.context.blobs import Directory, Memory, open_store
from langchain_rlm.context.formats import estimate_tokens

LONG = "".join(f"Line {number} says nothing of interest.\n" for number in range(4_000))
SHORTENER = Shortener(above=1_000, preview=300, tool="ask_offloaded_text")


class OverflownError(Exception):
    def __init__(self) -> None:
        super().__init__("This model's maximum context length is 10 tokens.")


def result_of(content: Any, **fields: Any) -> ToolMessage:
    return ToolMessage(content, tool_call_id="1", name="fetch", **fields)


# -- shorter messages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", [result_of(LONG), HumanMessage(LONG)])
def test_a_long_message_becomes_a_handle_with_profile_and_preview(message: BaseMessage) -> None:
    shorter, (text,) = SHORTENER.shorten(message)
    assert text.text == LONG
    assert re.fullmatch(r"doc-[0-9a-f]{12}", text.handle)
    for part in (
        text.handle,
        f"{len(LONG):,} characters",
        "lines: 4,000",
        "ask_offloaded_text(",
        LONG[:200],
        LONG[-100:],
    ):
        assert part in shorter.text
    assert len(shorter.text) < 1_000
    assert (type(shorter), shorter.id) == (type(message), message.id)
    assert message.content == LONG, "the message that was given is not touched"


@pytest.mark.parametrize(
    "message",
    [
        result_of("short"),
        result_of("x" * 4_000),
        HumanMessage(""),
        result_of([]),
        AIMessage(LONG),
        SystemMessage(LONG),
        ToolMessage(LONG, tool_call_id="1", name="ask_offloaded_text"),
        result_of([{"type": "image_url", "image_url": {"url": "data:," + LONG}}]),
    ],
)
def test_what_is_short_or_no_ones_input_stays(message: BaseMessage) -> None:
    assert SHORTENER.shorten(message) == (message, [])


def test_of_content_blocks_only_the_largest_texts_go_and_images_stay() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    blocks: list[Any] = [
        {"type": "text", "text": "Which line is it?"},
        image,
        {"type": "text", "text": LONG},
        LONG + "!",
    ]
    shorter, kept = SHORTENER.shorten(HumanMessage(blocks))
    assert [text.text for text in kept] == [LONG + "!", LONG]
    assert shorter.content[:2] == blocks[:2]
    assert isinstance(shorter.content[2], dict)
    assert shorter.content[2]["type"] == "text"
    assert kept[1].handle in shorter.content[2]["text"]
    assert kept[0].handle in shorter.content[3]


def test_the_limit_is_in_estimated_tokens_of_all_texts_together() -> None:
    part = "abc " * 600  # 600 tokens
    assert SHORTENER.shorten(result_of([part]))[1] == []
    assert len(SHORTENER.shorten(result_of([part, part]))[1]) == 1
    assert len(SHORTENER.shorten(result_of("書" * 1_100))[1]) == 0, "its handle would not be half as long"
    assert len(SHORTENER.shorten(result_of("書" * 2_200))[1]) == 1, "one token a character"


def test_a_text_without_a_preview_shows_none_of_it() -> None:
    shorter, _ = Shortener(1_000, 0, "ask_offloaded_text").shorten(result_of(LONG))
    assert "begins" not in shorter.text
    assert LONG[:100] not in shorter.text


def test_a_handle_is_not_taken_for_a_long_text_however_low_the_limit() -> None:
    eager = Shortener(1, 300, "ask_offloaded_text")
    shorter, kept = eager.shorten(result_of(LONG))
    assert len(kept) == 1
    assert eager.shorten(shorter) == (shorter, [])


def test_a_lone_surrogate_is_replaced_so_that_every_store_takes_the_text() -> None:
    _, (text,) = SHORTENER.shorten(result_of(LONG + "\ud800"))
    assert text.text == LONG + "?"


@given(st.text(max_size=3_000).map(lambda text: text * 5), st.integers(1, 3_000), st.integers(0, 400))
def test_a_shorter_message_is_at_most_half_as_long_and_nothing_is_lost(text: str, above: int, preview: int) -> None:
    shorter, kept = Shortener(above, preview, "ask_offloaded_text").shorten(HumanMessage(text))
    if kept:
        assert estimate_tokens(text) > above
        assert 2 * len(shorter.text) <= len(text)
        assert [one.text for one in kept] == [text.encode(errors="replace").decode()]
    else:
        assert shorter.content == text


# -- overflows --------------------------------------------------------------------------------------------------------


def test_an_overflow_takes_the_largest_text_first_whoever_wrote_it() -> None:
    messages = [SystemMessage(LONG * 2), HumanMessage(LONG[:5_000]), AIMessage(LONG), result_of(LONG[:9_000])]
    turn = Turn(SHORTENER, messages)
    taken = []
    while turn.has_mended(OverflownError()):
        taken.append(len(turn.kept[-1].text))
    assert taken == [len(LONG), 9_000, 5_000]
    assert turn.messages[0] is messages[0]
    assert [*turn.changed] == [2, 3, 1]


@pytest.mark.parametrize("messages", [[], [HumanMessage("short")], [SystemMessage(LONG)]])
def test_an_overflow_without_a_long_text_is_not_mended(messages: list[BaseMessage]) -> None:
    assert not Turn(SHORTENER, messages).has_mended(OverflownError())


def test_other_errors_are_not_mended() -> None:
    assert not Turn(SHORTENER, [HumanMessage(LONG)]).has_mended(ValueError("no"))


def test_a_reply_of_signed_blocks_is_left_alone() -> None:
    reply = AIMessage([{"type": "text", "text": LONG, "signature": "x"}])
    assert not Turn(SHORTENER, [reply]).has_mended(OverflownError())


# -- results of tools -------------------------------------------------------------------------------------------------


def test_a_long_result_becomes_a_command_that_notes_the_document() -> None:
    result, (text,) = shorten_result(SHORTENER, result_of(LONG, artifact={"a": 1}, status="error"))
    (message,) = result.update["messages"]
    assert (message.artifact, message.status, message.name) == ({"a": 1}, "error", "fetch")
    assert result.update[KEY] == {text.handle: {"name": "result of fetch", "characters": len(LONG), "hash": text.hash}}


def test_a_command_keeps_all_else_that_it_says() -> None:
    other = result_of("short")
    command = Command(update={"messages": [result_of(LONG), other], "files": {"a": 1}}, goto=END)
    result, kept = shorten_result(SHORTENER, command)
    assert (result.goto, result.update["files"], result.update["messages"][1]) == (END, {"a": 1}, other)
    assert kept[0].handle in result.update["messages"][0].text
    assert [*result.update] == ["messages", "files", KEY]


def test_a_list_of_results_is_shortened_one_by_one() -> None:
    (first, second), kept = shorten_result(
        SHORTENER, [result_of("short"), Command(update={"messages": [result_of(LONG)]})]
    )
    assert first == result_of("short")
    assert [*second.update[KEY]] == [kept[0].handle]


@pytest.mark.parametrize(
    "result",
    [
        Command(update={"messages": [result_of(LONG)]}, graph=Command.PARENT),
        Command(update=[("messages", [result_of(LONG)])]),
        Command(goto=END),
        Command(update={"files": {}}),
        "no message",
        None,
    ],
)
def test_what_is_not_for_this_state_goes_through_as_it_is(result: Any) -> None:
    assert not any(map(SHORTENER.may_be_long, messages_of(result)))
    assert shorten_result(SHORTENER, result) == (result, [])


def test_a_message_alone_in_an_update_counts_too() -> None:
    _, kept = shorten_result(SHORTENER, Command(update={"messages": result_of(LONG)}))
    assert len(kept) == 1


# -- stores -----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["directory", "graph", "bytes", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    if request.param == "memory":
        return Memory()
    given = {"directory": tmp_path / "a" / "b", "graph": InMemoryStore(), "bytes": InMemoryByteStore()}
    return open_store(given[request.param])


def test_every_store_gives_back_what_was_put_and_nothing_else(store: Any) -> None:
    text = LongText("name", "Größe 書 \r\n \x00 " + LONG)
    assert store.get(text.hash) is None
    store.put(text.hash, text.data)
    store.put(text.hash, text.data)
    assert intact(text.entry(), store.get(text.hash)) == text.text
    assert store.get("0" * 64) is None


def test_every_store_does_the_same_asynchronously(store: Any) -> None:
    async def both() -> None:
        text = LongText("name", LONG)
        assert await store.aget(text.hash) is None
        await store.aput(text.hash, text.data)
        assert await store.aget(text.hash) == store.get(text.hash) == LONG.encode()

    asyncio.run(both())


def test_a_file_is_its_owners_and_one_that_was_changed_is_lost(tmp_path: Path) -> None:
    text = LongText("name", LONG)
    Directory(tmp_path / "documents").put(text.hash, text.data)
    (file,) = (tmp_path / "documents").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    file.write_text(LONG.replace("nothing", "NOTHING"))
    assert intact(text.entry(), Directory(file.parent).get(text.hash)) is None


def test_a_directory_that_cannot_be_written_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, why in ((tmp_path / "file" / "below", "Not a directory"), (Path("/proc/nothing"), "No such file")):
        with pytest.raises(InputError, match=rf"store='{path}': cannot be written \({why}"):
            Directory(path).put("key", LONG.encode())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("wrong", ["", 5, {}, Path(__file__), __file__])
def test_anything_else_is_no_store(wrong: Any) -> None:
    with pytest.raises(InputError, match="use a directory"):
        open_store(wrong)


# -- which documents --------------------------------------------------------------------------------------------------


def test_all_documents_are_asked_when_none_is_named() -> None:
    known = {text.handle: text.entry() for text in (LongText("a", "A"), LongText("b", "B"))}
    first, second = known
    assert pick(known, None) == pick(known, []) == known
    assert [*pick(known, [second])] == [second]
    with pytest.raises(ToolException, match=rf"no document doc-x in .*{first} \(a, 1 characters\)"):
        pick(known, [first, "doc-x"])


def test_a_conversation_without_documents_says_so() -> None:
    with pytest.raises(ToolException, match=r"doc-x in this conversation. It has no documents.*checkpointer"):
        pick({}, ["doc-x"])
    with pytest.raises(ToolException, match="to ask about"):
        pick({}, None)


def test_a_lost_document_is_named_with_its_store_and_the_remedy(tmp_path: Path) -> None:
    text = LongText("result of fetch", LONG)
    for store, where in ((Memory(), "memory of this process"), (Directory(tmp_path), str(tmp_path))):
        with pytest.raises(ToolException, match="lost") as caught:
            context_of({text.handle: text.entry()}, {text.handle: None}, store)
        for part in (text.handle, "result of fetch", where, "RLMMiddleware(store=Path(...))"):
            assert part in str(caught.value)


def test_parallel_tools_add_their_documents() -> None:
    one, two = {"a": LongText("a", "A").entry()}, {"b": LongText("b", "B").entry()}
    assert merge_documents(None, one) == one
    assert merge_documents(merge_documents({}, one), two) == {**one, **two}


# -- the middleware ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings", [{"above": 0}, {"above": -1}, {"above": True}, {"above": 1.5}, {"preview": -1}, {"preview": "900"}]
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    (name,) = settings
    with pytest.raises(InputError, match=f"{name}="):
        RLMMiddleware(RLM("offline"), **settings)


def test_the_model_sees_a_question_and_documents_and_nothing_injected() -> None:
    (tool,) = RLMMiddleware(RLM("offline"), tool_name="ask_long").tools
    schema = convert_to_openai_tool(tool)["function"]
    assert schema["name"] == "ask_long"
    assert [*schema["parameters"]["properties"]] == ["question", "documents"]
    assert schema["parameters"]["required"] == ["question"]


def test_outside_an_agent_the_tool_says_where_it_works() -> None:
    (tool,) = RLMMiddleware(RLM("offline")).tools
    with pytest.raises(InputError, match="only inside that agent"):
        tool.invoke({"question": "Why?"})
    with pytest.raises(InputError, match="only inside that agent"):
        asyncio.run(tool.ainvoke({"question": "Why?"}))


def test_the_tools_beside_each_other_say_what_they_are_for() -> None:
    kept, listed = RLMMiddleware(RLM("offline")).tools[0], RLMTool(rlm=RLM("offline"), documents={"a": "text"})
    assert kept.name.removesuffix("s") != listed.name.removesuffix("s")
    assert "texts of this conversation that were too long for it" in kept.description
    assert "over the documents listed below" in listed.description


# -- without LangChain's agents ---------------------------------------------------------------------------------------

WITHOUT_LANGCHAIN = """
import sys
sys.modules["langchain"] = None
from langchain_rlm import *
print(RLM.__name__, result_to_html.__name__, "RLMMiddleware" in globals())
from langchain_rlm import RLMMiddleware
"""


def test_without_the_package_langchain_everything_else_is_imported_and_this_says_what_to_install() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_LANGCHAIN], capture_output=True, text=True, check=False)
    assert done.stdout == "RLM result_to_html False\n"
    assert "ImportError: RLMMiddleware needs LangChain's agents: pip install" in done.stderr


def test_with_the_package_langchain_it_is_imported_with_everything_else() -> None:
    names: dict[str, Any] = {}
    exec("from langchain_rlm import *", names)  # noqa: S102  # only a module may have it as a statement
    assert names["RLMMiddleware"] is RLMMiddleware
