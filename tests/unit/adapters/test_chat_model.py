"""Which way a conversation goes, and what becomes of a long one. No network: the model records what it is sent."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import get_usage_metadata_callback
from langchain_core.exceptions import ContextOverflowError, OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import RunnableLambda
from pydantic import Field, ValidationError

from langchain_rlm import RLM, Budget, InputError
from langchain_rlm.adapters.chat_model import ChatRLM
from langchain_rlm.adapters.conversation import SHOWN, documents_of, largest, question_of, tokens_of, with_digest

QUESTION = "What is the launch code?"
LONG = "The river runs past the mill. " * 4_000
BLOCK: dict[str, Any] = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


class Recorder(BaseChatModel):
    """Answers `reply of messages`, keeps what it was sent, and is full above `window` characters."""

    name: str = "recorder"
    sent: list[list[BaseMessage]] = Field(default_factory=list)
    bound: list[dict[str, Any]] = Field(default_factory=list)
    window: int = 10_000_000
    reply: Callable[[list[BaseMessage]], str] = lambda messages: f"reply {len(messages)}"

    @property
    def _llm_type(self) -> str:
        return "recorder"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: Any = None,  # noqa: ARG002  # as the base class has it
        run_manager: Any = None,  # noqa: ARG002
        **kwargs: Any,
    ) -> ChatResult:
        if sum(len(message.text) for message in messages) > self.window:
            msg = "too long"
            raise ContextOverflowError(msg)
        self.sent.append(messages)
        self.bound.append(kwargs)
        read = sum(len(message.text) // 4 for message in messages)
        usage = {"input_tokens": read, "output_tokens": 2, "total_tokens": read + 2}
        metadata = {"model_name": "recorder"}
        message = AIMessage(self.reply(messages), usage_metadata=usage, response_metadata=metadata)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self.bind(tools=[tool["name"] for tool in tools], **kwargs)

    def with_structured_output(self, schema: Any, **_: Any) -> Any:
        return self.bind(schema=schema) | RunnableLambda(lambda message: {"said": message.text})


@pytest.fixture
def model() -> Recorder:
    return Recorder()


@pytest.fixture
def chat(model: Recorder) -> ChatRLM:
    return ChatRLM(rlm=RLM(model, route="direct"), above=5_000)


def tool_turn(text: str, call: str = "call 1") -> list[BaseMessage]:
    asked = AIMessage("", tool_calls=[{"name": "search", "args": {"query": "code"}, "id": call}])
    return [asked, ToolMessage(text, tool_call_id=call)]


# -- which way ----------------------------------------------------------------------------------------------------


def test_a_short_conversation_goes_to_the_model_as_it_is(chat: ChatRLM, model: Recorder) -> None:
    messages = [SystemMessage("Be brief."), HumanMessage("Hello"), *tool_turn("found"), HumanMessage(QUESTION)]
    assert chat.invoke(messages).text == "reply 5"
    assert model.sent == [messages]


@pytest.mark.parametrize("given_as", [QUESTION, [("human", QUESTION)], [{"role": "user", "content": QUESTION}]])
def test_every_input_of_a_chat_model_is_taken(chat: ChatRLM, given_as: Any) -> None:
    assert chat.invoke(given_as).text == "reply 1"


def test_a_conversation_is_long_above_half_the_window_or_100_000_tokens(model: Recorder) -> None:
    assert ChatRLM(rlm=RLM(model)).limit == 64_000
    assert ChatRLM(rlm=RLM(model, model_window=1_000_000)).limit == 100_000
    assert ChatRLM(rlm=RLM(model, model_window=8_000)).limit == 4_000
    assert ChatRLM(rlm=RLM(model), above=7).limit == 7


def test_above_must_not_be_negative(model: Recorder) -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        ChatRLM(rlm=RLM(model), above=-1)


def test_the_border_is_the_estimate_of_all_messages(chat: ChatRLM, model: Recorder) -> None:
    fits = [HumanMessage("x" * 4 * 4_996)]
    assert sum(map(tokens_of, fits)) == 5_000
    chat.invoke(fits)
    assert model.sent == [fits]
    assert "rlm" in chat.invoke([HumanMessage("x" * 4 * 4_997)]).response_metadata


def test_arguments_of_tool_calls_count_too(chat: ChatRLM) -> None:
    call = {"name": "write", "args": {"text": LONG}, "id": "1"}
    messages = [AIMessage("", tool_calls=[call]), ToolMessage("done", tool_call_id="1"), HumanMessage("What next?")]
    assert "rlm" in chat.invoke(messages).response_metadata


def test_above_0_sends_everything_the_long_way(model: Recorder) -> None:
    answer = ChatRLM(rlm=RLM(model, route="direct"), above=0).invoke("Hello")
    assert answer.response_metadata["rlm"]["stop_reason"] == "direct"


# -- the long way -------------------------------------------------------------------------------------------------


def test_a_long_answer_is_one_message_with_the_usage_of_all_calls(chat: ChatRLM) -> None:
    with get_usage_metadata_callback() as seen:
        answer = chat.invoke([HumanMessage(LONG), HumanMessage(QUESTION)])
    assert type(answer) is AIMessage
    used = answer.usage_metadata
    assert used is not None
    assert used["input_tokens"] > 30_000
    assert used["output_tokens"] == 2
    assert answer.response_metadata["model_name"] == "recorder"
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.response_metadata["rlm"]["stop_reason"] == "direct"
    assert answer.response_metadata["rlm"]["turns"] >= 0
    assert seen.usage_metadata == {"recorder": used}, "counted once, where it was spent"


def citing(model: Recorder, **settings: Any) -> ChatRLM:
    model.reply = lambda _: "```repl\nprint(context[0][:90])\nFINAL('Past ' + cite('runs past the mill')['mark'])\n```"
    return ChatRLM(rlm=RLM(model, route="rlm", **settings), above=5_000)


def test_a_long_answer_tells_what_its_marks_stand_for_and_what_was_seen(model: Recorder) -> None:
    messages: list[BaseMessage] = [HumanMessage(LONG), HumanMessage(QUESTION)]
    chat = citing(model)
    for answer in (
        chat.invoke(messages),
        asyncio.run(chat.ainvoke(messages)),
        sum(chat.stream(messages), start=AIMessageChunk(content="")),
        chat.generate([messages]).generations[0][0].message,  # type: ignore[union-attr]
    ):
        said = answer.response_metadata["rlm"]
        assert answer.text == "Past [1]"
        (citation,) = said["citations"]
        assert (citation["mark"], citation["name"]) == (1, "message 1 (human)")
        assert citation["text"] == LONG[citation["start"] : citation["end"]] == "runs past the mill"
        assert set(said["coverage"]) == {"read", "printed", "seen"}
        assert 0 == said["coverage"]["read"] < said["coverage"]["printed"] == said["coverage"]["seen"] < 0.1
        assert len(json.dumps(said)) < 5_000


def test_a_long_answer_tells_whether_the_share_that_is_required_was_reached(model: Recorder) -> None:
    chat = citing(model, require_coverage=0.5, budget=Budget(turns=2))
    said = chat.invoke([HumanMessage(LONG), HumanMessage(QUESTION)]).response_metadata["rlm"]
    assert (said["coverage"]["required"], said["coverage"]["is_reached"]) == (0.5, False)


def test_stop_sequences_end_a_long_answer(model: Recorder) -> None:
    model.reply = lambda _: "one two END three"
    chat = ChatRLM(rlm=RLM(model, route="direct"), above=0)
    assert chat.invoke("Count", stop=["END", "three"]).text == "one two "


def test_generate_counts_what_was_spent_once(chat: ChatRLM) -> None:
    with get_usage_metadata_callback() as seen:
        result = chat.generate([[HumanMessage("Hello")], [HumanMessage(LONG)]])
    messages: list[Any] = [generations[0].message for generations in result.generations]  # type: ignore[union-attr]
    assert messages[0].text == "reply 1"
    spent = sum(message.usage_metadata["total_tokens"] for message in messages)
    assert seen.usage_metadata["recorder"]["total_tokens"] == spent


def test_the_question_begins_with_the_last_request() -> None:
    messages = [SystemMessage("Be brief."), HumanMessage("Hello"), AIMessage("Hi"), HumanMessage(QUESTION)]
    question = question_of(messages)
    assert question.startswith(QUESTION)
    assert question.endswith("Be brief.")
    assert question_of([HumanMessage(QUESTION)]) == QUESTION
    assert question_of([AIMessage("Well")]) == "Write the next message of this conversation."


def test_of_a_long_request_the_question_has_both_ends_and_the_whole_is_a_document() -> None:
    text = f"Read this first. {LONG} Then say: {QUESTION}"
    question = question_of([HumanMessage(text)])
    assert question.startswith("Read this first.")
    assert question.endswith(QUESTION)
    assert len(question) < 2 * SHOWN + 100
    assert [document.page_content for document in documents_of([HumanMessage(text)])] == [text]


def test_documents_are_named_by_place_and_role() -> None:
    messages = [SystemMessage("Be brief."), HumanMessage("Look it up"), *tool_turn("found"), HumanMessage(QUESTION)]
    found = {document.metadata["source"]: document.page_content for document in documents_of(messages)}
    assert found == {
        "message 2 (human)": "Look it up",
        "message 3 (ai)": '[calls search with {"query": "code"}]',
        "message 4 (tool search)": "found",
    }
    assert len(documents_of([HumanMessage(QUESTION)])) == 1, "there is always a context"


# -- shortening ---------------------------------------------------------------------------------------------------


def test_with_tools_bound_a_long_conversation_is_shortened_and_the_model_makes_the_call(
    chat: ChatRLM, model: Recorder
) -> None:
    messages = [SystemMessage(LONG[:4_000]), HumanMessage(QUESTION), *tool_turn(LONG), HumanMessage("And now?")]
    assert chat.bind_tools([{"name": "search"}], tool_choice="any").invoke(messages).text == "reply 5"
    _, call = model.sent
    assert model.bound[-1] == {"tools": ["search"], "tool_choice": "any"}
    assert [message for index, message in enumerate(call) if index != 3] == [
        message for index, message in enumerate(messages) if index != 3
    ]
    assert isinstance(call[3], ToolMessage)
    assert call[3].tool_call_id == "call 1"
    assert call[3].text.startswith("[120,000 characters, shortened")
    assert call[3].text.endswith("reply 1")
    assert messages[3].text == LONG, "the caller's messages stay as they are"


def test_a_digest_is_asked_for_with_the_last_request_and_kept(chat: ChatRLM, model: Recorder) -> None:
    bound = chat.bind_tools([{"name": "search"}])
    messages = [HumanMessage(QUESTION), *tool_turn(LONG)]
    bound.invoke(messages)
    bound.invoke([*messages, *tool_turn("short", "call 2")])
    digest, *calls = model.sent
    assert f"What in this text bears on: {QUESTION}" in "".join(message.text for message in digest)
    assert [len(call) for call in calls] == [3, 5]


def test_the_same_text_and_request_gives_the_same_digest_to_a_prompt_cache(chat: ChatRLM, model: Recorder) -> None:
    bound = chat.bind_tools([{"name": "search"}])
    messages = [HumanMessage(QUESTION), *tool_turn(LONG)]
    first, second = bound.invoke(messages), bound.invoke(messages)
    assert model.sent[1] == model.sent[2]
    assert first.text == second.text


def test_a_long_digest_is_cut(chat: ChatRLM, model: Recorder) -> None:
    model.reply = lambda messages: "word " * 10_000 if len(messages) == 1 else "fine"
    chat.bind(tools=["search"]).invoke([HumanMessage(QUESTION), *tool_turn(LONG)])
    assert len(model.sent[-1][2].text) < 6_200


def test_a_long_request_keeps_its_ends_beside_the_digest(chat: ChatRLM, model: Recorder) -> None:
    chat.bind(tools=["search"]).invoke(f"Read this. {LONG} {QUESTION}")
    text = model.sent[-1][0].text
    assert text.startswith("Read this.")
    assert QUESTION in text
    assert text.endswith("reply 1")


def test_images_make_the_model_answer(chat: ChatRLM, model: Recorder) -> None:
    chat.invoke([HumanMessage([{"type": "text", "text": LONG}, BLOCK, {"type": "text", "text": QUESTION}])])
    content: Any = model.sent[-1][0].content
    assert [block["type"] for block in content] == ["text", "image_url"]
    assert content[0]["text"].endswith("reply 1")


def test_a_setting_that_is_bound_is_not_lost_on_a_long_conversation(chat: ChatRLM, model: Recorder) -> None:
    chat.bind(temperature=0).invoke([HumanMessage(LONG), HumanMessage(QUESTION)])
    assert model.bound[-1] == {"temperature": 0}


def test_nothing_is_bound_when_the_list_of_tools_is_empty(chat: ChatRLM) -> None:
    assert "rlm" in chat.bind(tools=[], tool_choice=None).invoke([HumanMessage(LONG)]).response_metadata


def test_structured_output_of_a_long_conversation_comes_from_the_model(chat: ChatRLM, model: Recorder) -> None:
    structured = chat.with_structured_output({"title": "Said"})
    assert structured.invoke("Hello") == {"said": "reply 1"}
    assert structured.invoke([HumanMessage(QUESTION), *tool_turn(LONG)]) == {"said": "reply 3"}
    assert list(structured.stream([HumanMessage(QUESTION), *tool_turn(LONG)])) == [{"said": "reply 3"}]
    assert all("schema" in bound for bound in model.bound[::2])


def test_many_small_messages_that_no_digest_can_bring_into_the_window_are_an_error_with_a_remedy(
    model: Recorder,
) -> None:
    chat = ChatRLM(rlm=RLM(model, model_window=8_000))
    messages = [HumanMessage("word " * 400) for _ in range(40)]
    with pytest.raises(InputError, match=r"when shortened; .* many messages rather than large ones.*RLMMiddleware"):
        chat.bind(tools=["search"]).invoke(messages)
    assert model.sent == []


def test_instructions_and_signed_blocks_of_replies_are_never_shortened() -> None:
    signed = AIMessage([{"type": "thinking", "thinking": "", "signature": "s"}, {"type": "text", "text": LONG}])
    assert largest([SystemMessage(LONG), signed, HumanMessage("x" * 8_000)], 1_000) == [2]


def test_without_a_digest_the_ends_of_the_text_stay(model: Recorder) -> None:
    model.reply = lambda messages: "fine" if len(messages) == 3 else "```repl\nFINAL('')\n```"
    chat = ChatRLM(rlm=RLM(model, route="rlm"), above=5_000)
    assert chat.bind(tools=["search"]).invoke([HumanMessage(QUESTION), *tool_turn("begin " + LONG)]).text == "fine"
    assert "\nbegin The river" in model.sent[-1][2].text


@given(st.lists(st.integers(0, 60_000), min_size=1, max_size=12), st.integers(0, 50_000))
def test_the_fewest_largest_messages_are_shortened(sizes: list[int], limit: int) -> None:
    messages: list[BaseMessage] = [HumanMessage("x" * size) for size in sizes]
    chosen = largest(messages, limit)
    assert len(set(chosen)) == len(chosen)
    assert not chosen or min(sizes[index] for index in chosen) >= max(
        (size for index, size in enumerate(sizes) if index not in chosen), default=0
    )
    assert all(sizes[index] > 3_996 for index in chosen)
    assert not chosen or sum(map(tokens_of, messages)) > limit


@given(st.sampled_from(["str", "blocks"]), st.booleans())
def test_a_digest_changes_nothing_but_the_text(kind: str, is_request: bool) -> None:  # noqa: FBT001
    content: Any = LONG if kind == "str" else [BLOCK, {"type": "text", "text": LONG}, BLOCK, "more"]
    message = ToolMessage(content, tool_call_id="1", artifact={"a": 1}, id="m")
    shorter = with_digest(message, "digest", is_request=is_request)
    assert shorter.text.endswith("digest")
    assert {**message.model_dump(), "content": None} == {**shorter.model_dump(), "content": None}
    if isinstance(shorter.content, list):
        assert [block for block in shorter.content if block == BLOCK] == [BLOCK, BLOCK]


# -- overflow and other errors ------------------------------------------------------------------------------------


def test_what_the_provider_finds_too_long_goes_the_long_way(model: Recorder) -> None:
    model.window = 20_000
    chat = ChatRLM(rlm=RLM(model, route="rlm"), above=50_000)
    model.reply = lambda _: "```repl\nFINAL('found')\n```"
    messages = [HumanMessage(LONG), HumanMessage(QUESTION)]
    assert chat.invoke(messages).text == "found"
    assert asyncio.run(chat.ainvoke(messages)).text == "found"
    assert [chunk.text for chunk in chat.stream(messages)] == ["found"]


def test_with_tools_an_overflow_is_shortened_and_tried_again(model: Recorder) -> None:
    model.window = 20_000
    model.reply = lambda messages: "```repl\nFINAL('a digest')\n```" if len(messages) == 2 else "fine"
    chat = ChatRLM(rlm=RLM(model, route="rlm"), above=50_000)
    assert chat.bind(tools=["search"]).invoke([HumanMessage(QUESTION), *tool_turn(LONG)]).text == "fine"
    assert model.sent[-1][2].text.endswith("a digest")


@pytest.mark.parametrize("error", [ValueError("no"), OutputParserException("the reply names a context window")])
def test_any_other_error_is_the_callers(model: Recorder, error: Exception) -> None:
    def fail(_: list[BaseMessage]) -> str:
        raise error

    model.reply = fail
    chat = ChatRLM(rlm=RLM(model))
    with pytest.raises(type(error)):
        chat.invoke("Hello")
    with pytest.raises(type(error)):
        list(chat.stream("Hello"))
    assert len(model.sent) == 2


# -- what surrounds a model ---------------------------------------------------------------------------------------


def test_it_answers_for_the_model_it_wraps(chat: ChatRLM, model: Recorder) -> None:
    assert chat._llm_type == "rlm"
    assert chat.model_name == "recorder"
    assert chat._get_ls_params() == model._get_ls_params()
    assert chat.profile == model.profile


def test_tags_and_metadata_of_the_model_reach_the_call(model: Recorder) -> None:
    seen: list[Any] = []

    def watch(messages: list[BaseMessage]) -> str:
        return f"reply {len(messages)}"

    model.reply = watch
    from langchain_core.callbacks import BaseCallbackHandler

    class Watch(BaseCallbackHandler):
        def on_chat_model_start(self, *_: Any, **kwargs: Any) -> None:
            seen.append((kwargs["tags"], kwargs["metadata"].get("mine")))

    chat = ChatRLM(rlm=RLM(model, route="direct"), tags=["host"], metadata={"mine": 1}, callbacks=[Watch()])
    chat.invoke("Hello", {"tags": ["call"]})
    assert set(seen[0][0]) == {"host", "call"}
    assert seen[0][1] == 1


def test_its_own_progress_is_not_in_the_way_outside_a_graph(chat: ChatRLM) -> None:
    assert chat.batch([LONG, "Hello"])[1].text == "reply 1"
