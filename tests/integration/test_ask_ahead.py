"""Loops that ask: at once over real HTTP, within the budget, after a person was asked, and again when a cell failed."""

from typing import Any

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from langchain_rlm import RLM, Budget, ReplLimits
from tests.server.client import ModelServer

LOOP = "for number in range(8):\n    found.append({}(llm_query(f'number {{number}}')))"
THREAD: Any = {"configurable": {"thread_id": "1"}}


def run(server: ModelServer, *cells: str, model: str = "sub", **settings: Any) -> tuple[RLM, Any]:
    """Run cells, each the reply of a turn, with a sub-model that says the prompt again."""
    replies = [f"```repl\n{code}\n```" for code in cells]
    server.configure(models={"root": {"kind": "script", "replies": replies}, model: {"kind": "echo"}})
    rlm = RLM(server.chat_model("root"), server.chat_model(model), route="rlm", **settings)
    return rlm, rlm.invoke({"question": "What?", "context": "a text"}, THREAD)


def asked(result: Any) -> list[int]:
    return [len(entry["calls"]) for entry in result["journal"] if entry["kind"] == "asked"]


def test_a_loop_is_asked_at_once_and_a_repl_that_was_built_again_goes_on(model_server: ModelServer) -> None:
    cell = "found = []\n" + LOOP.format("len") + "\nFINAL(len(found))"
    _, result = run(model_server, cell, repl_limits=ReplLimits(idle_seconds=0))
    assert (result["value"], asked(result)) == (8, [8])
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 8}


def test_what_an_answer_fails_is_not_paid_for_again(model_server: ModelServer) -> None:
    cells = ["found = []\n" + LOOP.format("int"), "found = []\n" + LOOP.format("str") + "\nFINAL(len(found))"]
    _, result = run(model_server, *cells)
    assert (result["value"], asked(result)) == (8, [8, 8])
    assert model_server.stats()["by_model"]["sub"] == 8


def test_a_budget_with_room_for_fewer_asks_ahead_for_those(model_server: ModelServer) -> None:
    cell = "found = []\ntry:\n    " + LOOP.format("str").replace("\n", "\n    ")
    cell += "\nexcept RuntimeError as error:\n    FINAL(f'{len(found)} {error}')"
    _, result = run(model_server, cell, budget=Budget(sub_queries=5), repl_limits=ReplLimits(idle_seconds=0))
    assert result["answer"].startswith("5 sub-query failed (budget): 1 sub-queries asked, 0 left of 5.")
    assert asked(result) == [5, 0]  # the sixth is refused
    assert model_server.stats()["by_model"]["sub"] == 5


def test_a_person_is_asked_for_all_that_is_asked_ahead(model_server: ModelServer) -> None:
    cell = "found = []\n" + LOOP.format("str") + "\nFINAL(len(found))"
    budget = Budget(confirm_above=0.0)
    rlm, waiting = run(model_server, cell, model="gpt-4o", budget=budget, checkpointer=InMemorySaver())
    assert waiting["__interrupt__"][0].value["calls"] == 8
    result = rlm.invoke(Command(resume="approve"), THREAD)
    assert (result["value"], asked(result)) == (8, [8])
    rlm, _ = run(model_server, cell, "FINAL('no')", model="gpt-4o", budget=budget, checkpointer=InMemorySaver())
    result = rlm.invoke(Command(resume="deny"), THREAD)
    assert (result["value"], asked(result)) == ("no", [8])
    assert "did not approve it" in str(next(e["error"] for e in result["journal"] if e["kind"] == "cell_end"))
