"""Several runs for one question, over a real model server whose replies differ by attempt."""

import json
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import (
    RLM,
    Budget,
    InputError,
    ModelError,
    ReplayChatModel,
    RLMResult,
    result_to_html,
    save_journal,
)
from tests.server.client import ModelServer

TEXT = "Iron is a metal. Water is wet. " * 40
GIVEN: Any = {"question": "How many?", "context": TEXT}
THREAD: Any = {"configurable": {"thread_id": "1"}}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def sampling(server: ModelServer, *first: Any, more: str = "no more", **settings: Any) -> RLM:
    """A root model whose first replies differ by run; all second replies are the same."""
    given = [{"content": reply} if isinstance(reply, str) else reply for reply in first]
    replies = [*({**reply, "times": 1} for reply in given), "no other", more]
    server.reset()
    server.configure(models={"root": {"kind": "script", "replies": replies}, "sub": {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, **{"route": "rlm", "samples": len(first), "max_retries": 0, **settings})


def told(result: RLMResult) -> list[tuple[Any, ...]]:
    """What is said of the candidates; which reply came to which of them is left to chance."""
    return sorted((str(each["answer"]), each["stop_reason"], each["is_chosen"]) for each in result["candidates"])


@pytest.mark.parametrize("is_async", [False, True])
async def test_the_answer_on_which_most_agree_is_taken_and_all_are_told_of(
    model_server: ModelServer, *, is_async: bool
) -> None:
    rlm = sampling(model_server, cell("FINAL(4)"), cell("FINAL({'n': [3.0]})"), cell("FINAL('{\"n\": [3]}')"))
    result: Any = await rlm.ainvoke(GIVEN) if is_async else [*rlm.stream(GIVEN)][-1]
    candidates = result["candidates"]
    assert sorted(str(each["answer"]) for each in candidates) == ["4", '{"n": [3]}', "{'n': [3.0]}"]
    assert [each["answer"] for each in candidates if each["is_chosen"]] == [result["value"]] != [4]
    assert (result["stop_reason"], result["turns"], result["usage"]["calls"]) == ("answered", 1, 3)
    assert sum(each["usage"]["calls"] for each in candidates) == len(model_server.log()) == 3
    assert result["usage"]["sub_queries"]["asked"] == 0


def test_one_run_is_the_default_and_has_no_candidates(model_server: ModelServer) -> None:
    result = sampling(model_server, cell("FINAL(4)")).invoke(GIVEN)
    begun: Any = result["journal"][0]
    assert (result["answer"], result["candidates"], begun["route"]) == ("4", [], "rlm")


@pytest.mark.parametrize("depth", [0, 1])
def test_texts_that_differ_are_judged_by_one_call_of_the_root_model(model_server: ModelServer, depth: int) -> None:
    """The shortest run comes first in the list of the judge, and is taken when it names none.

    What the server is first asked anew, it answers as the first run: so does the judge.
    """
    budget = Budget(depth=depth, sub_queries=1, turns=5)
    for judge, answer in (("Number 2.", "long"), ("None of them.", "brief")):
        first = (f"{judge}\n" + cell("FINAL('brief')"), cell("print('long')"))
        rlm = sampling(model_server, *first, more=cell("FINAL('long')"), budget=budget)
        result = rlm.invoke(GIVEN)
        asked = model_server.log()[-1]
        assert (result["answer"], asked["model"], len(model_server.log())) == (answer, "root", 4)
        assert "<answer 1>\nbrief\n</answer 1>" in str(asked["messages"][0]["content"])
        assert told(result) == [(said, "answered", said == answer) for said in ("brief", "long")]


def test_what_is_said_of_the_answer_is_of_its_run(model_server: ModelServer) -> None:
    """Citations, coverage and documents are as without samples; sub-queries go one level down from each sample."""
    cites = cell("x = llm_query(context)\nfound = cite('Water is wet.')\nFINAL(['wet ' + found['mark'], x[:4]])")
    alone = sampling(model_server, cites, require_citations=True, require_coverage=1.0).invoke(GIVEN)
    rlm = sampling(model_server, cites, {"content": cell("FINAL('?')")}, cites, require_citations=True,
        require_coverage=1.0, more=cell("FINAL('never [c1]')"), budget=Budget(turns=7))  # fmt: skip
    result = rlm.invoke(GIVEN)
    assert result["value"] == ["wet [1]", "echo"]
    for name in ("answer", "value", "citations", "coverage", "context", "stop_reason", "turns"):
        assert result[name] == alone[name], name
    assert result["usage"]["calls"] > 2 * alone["usage"]["calls"]


def test_runs_without_an_answer_have_no_vote_and_a_budget_for_one_ends_with_what_there_is(
    model_server: ModelServer,
) -> None:
    rlm = sampling(model_server, cell("FINAL('iron')"), cell("print(1)"), cell("print(2)"), more=cell("print(3)"),
        budget=Budget(turns=3))  # fmt: skip
    result = rlm.invoke(GIVEN)
    assert (result["answer"], len(model_server.log())) == ("iron", 3)
    assert [each["error"]["type"] for each in result["candidates"] if each["error"]] == ["empty", "empty"]
    nothing = sampling(model_server, cell("print(1)"), cell("print(2)"), budget=Budget(turns=1)).invoke(GIVEN)
    assert (nothing["answer"], nothing["stop_reason"], len(nothing["candidates"])) == ("", "gave_up", 2)
    assert len(model_server.log()) == 1


def test_a_direct_call_is_sampled_too(model_server: ModelServer) -> None:
    result = sampling(model_server, "Iron.", "Gold.", "iron", route="auto").invoke(GIVEN)
    assert (result["answer"].strip(".").lower(), result["stop_reason"]) == ("iron", "direct")
    assert result["coverage"] is not None
    assert result["coverage"]["printed"] == 1.0


def test_a_root_model_that_cannot_be_used_fails_the_run_which_goes_on_later(model_server: ModelServer) -> None:
    """A sample that has answered is not asked again."""
    fault = {"status": 401, "body": {"error": {"message": "Incorrect API key"}}}
    saver = InMemorySaver()
    with pytest.raises(ModelError, match="root model 'root' cannot be used"):
        sampling(model_server, cell("FINAL(3)"), fault, checkpointer=saver).invoke(GIVEN, THREAD)
    rlm = sampling(model_server, cell("FINAL(3)"), cell("FINAL(3)"), checkpointer=saver)
    assert rlm.invoke({"context": TEXT}, THREAD)["answer"] == "3"
    assert len(model_server.log()) <= 2
    assert len(rlm.invoke({"question": "And now?"}, THREAD)["candidates"]) == 2


def test_without_a_checkpointer_the_samples_that_answer_are_taken(model_server: ModelServer) -> None:
    fault = {"status": 401, "body": {"error": {"message": "Incorrect API key"}}}
    assert sampling(model_server, cell("FINAL(3)"), fault).invoke(GIVEN)["answer"] == "3"
    with pytest.raises(ModelError, match="root model 'root' cannot be used"):
        sampling(model_server, fault, fault).invoke(GIVEN)


def test_events_name_the_run_that_they_are_of(model_server: ModelServer) -> None:
    rlm = sampling(model_server, cell("FINAL(3)"), cell("FINAL(3)"))
    events: list[Any] = [*rlm.stream(GIVEN, stream_mode="custom")]
    ends = [(event["run"], event["depth"]) for event in events if event["event"] == "end"]
    assert (sorted(ends[:2]), ends[2:]) == ([("/1", 0), ("/2", 0)], [("", 0)])
    assert [event["how"] for event in events if event["event"] == "sub_query"] == ["sample", "sample"]
    assert len(events[-1]["result"]["candidates"]) == 2


def test_a_recorded_run_is_answered_for_again_and_shown(model_server: ModelServer, tmp_path: Path) -> None:
    rlm = sampling(model_server, "2\n" + cell("FINAL('iron')"), cell("print(1)"), more=cell("FINAL('gold')"))
    result: Any = rlm.invoke(GIVEN)
    save_journal(result, tmp_path / "run.jsonl")
    again = RLM(ReplayChatModel.from_journal(tmp_path / "run.jsonl"), route="rlm", samples=2).invoke(GIVEN)
    assert again["answer"] == result["answer"] == "gold"
    assert "2 turns" in result._repr_html_()
    assert "Independent runs" in result_to_html(result)
    assert json.loads(result.to_json())["candidates"] == result["candidates"]


@pytest.mark.parametrize("samples", [0, -1, 33, True, "3", 2.0, None])
def test_a_number_of_samples_is_whole_and_from_1_to_32(samples: Any) -> None:
    with pytest.raises(InputError, match="samples"):
        RLM("offline", samples=samples)
