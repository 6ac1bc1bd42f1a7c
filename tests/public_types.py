"""What a type checker knows of the public interface. `make types` reads this file; nothing runs it.

Where a line has `type: ignore`, the checker must complain, else it complains about the comment.
"""

from typing import Any, assert_type

from langchain_core.documents import Document

from langchain_rlm import RLM, Budget, Profile, RLMInput, RLMResult
from langchain_rlm.events import AnswerEvent, ProgressEvent, ResultEvent
from langchain_rlm.journal.header import Citation, Coverage, UsageTotals
from langchain_rlm.settings import CallSettings


def settings() -> None:
    RLM("offline", route="rlm", budget=Budget(cost=1), instructions="Be brief.")
    RLM("offline", route="rml")  # type: ignore[arg-type]
    RLM("offline", profile=Profile.named("small"))
    RLM("offline", profile=3)  # type: ignore[arg-type]
    RLM("offline", instructions=3)  # type: ignore[arg-type]
    of_a_call: CallSettings = {"model": "openai:gpt-5", "budget": {"cost": 1}, "route": "direct"}
    of_a_call["route"] = "rml"  # type: ignore[typeddict-item]
    of_a_call["modle"] = "offline"  # type: ignore[typeddict-unknown-key]


def results(rlm: RLM, given: RLMInput) -> None:
    result = rlm.invoke(given)
    assert_type(result, RLMResult)
    assert_type(result["usage"], UsageTotals)
    assert_type(result["citations"], list[Citation])
    assert_type(result["coverage"], Coverage | None)
    assert_type(result["context"], list[Document])
    result["anwser"]  # type: ignore[typeddict-item]
    for citation in result["citations"]:
        citation["pgae"]  # type: ignore[typeddict-item]


def streams(rlm: RLM, given: RLMInput) -> None:
    for result in rlm.stream(given):
        assert_type(result, RLMResult)
    for event in rlm.stream(given, stream_mode="custom"):
        assert_type(event, ProgressEvent)
        if event["event"] == "answer":
            assert_type(event, AnswerEvent)
        elif event["event"] == "result":
            assert_type(event, ResultEvent)
            assert_type(event["result"], RLMResult)
    for pair in rlm.stream(given, stream_mode=["custom", "values"]):
        assert_type(pair, tuple[str, Any])
    rlm.stream(given, stream_mode="costum")  # type: ignore[arg-type]


async def on_a_loop(rlm: RLM, given: RLMInput) -> None:
    assert_type(await rlm.ainvoke(given), RLMResult)
    async for result in rlm.astream(given, stream_mode="values"):
        assert_type(result, RLMResult)
    async for event in rlm.astream(given, stream_mode="custom"):
        assert_type(event, ProgressEvent)
    async for pair in rlm.astream(given, stream_mode=["messages"]):
        assert_type(pair, tuple[str, Any])
