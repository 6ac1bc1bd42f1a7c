"""A run of its own inside a host: which configuration it gets, and what reaches the host."""

from typing import Any, TypedDict

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

from langchain_rlm import RLM, Budget, RLMError
from langchain_rlm.adapters.hosting import aask, ask, own_config
from langchain_rlm.context.load import load_corpus

CORPUS = load_corpus("The kettle is on the stove.")
THREAD: Any = {"configurable": {"thread_id": "host"}}


class State(TypedDict, total=False):
    found: Any


def sign(name: str) -> str:
    """Have somebody sign."""
    return str(interrupt(name))


def inside_a_host(call: Any, saver: Any) -> Any:
    """What `call` makes of the configuration of a host's node."""
    builder: Any = StateGraph(State).add_node("node", lambda _, config: {"found": call(config)})
    found = builder.add_edge(START, "node").compile(checkpointer=saver)
    return found.invoke({"found": None}, THREAD)["found"]


def configured(rlm: RLM, saver: Any) -> tuple[RunnableConfig, RunnableConfig]:
    """The host's configuration, and that of a run in it."""
    seen: list[Any] = []

    def look(config: RunnableConfig) -> None:
        seen.extend((config, own_config(rlm, config)))

    inside_a_host(look, saver)
    return seen[0], seen[1]


@pytest.mark.parametrize(
    "rlm", [RLM("offline"), RLM("offline", tools=[sign]), RLM("offline", checkpointer=InMemorySaver())]
)
def test_a_run_that_asks_nobody_has_a_thread_of_its_own_and_nothing_of_the_hosts_checkpoints(rlm: RLM) -> None:
    host, own = configured(rlm, InMemorySaver())
    assert [*own["configurable"]] == ["thread_id"]
    assert own["configurable"]["thread_id"] != host["configurable"]["thread_id"]
    above, below = (getattr(config["callbacks"], "parent_run_id", None) for config in (host, own))
    assert above is not None
    assert below == above
    assert "nostream" in own["tags"]


@pytest.mark.parametrize(
    "rlm",
    [
        RLM("offline", budget=Budget(confirm_above=1.0)),
        RLM("offline", tools=[sign], checkpointer=InMemorySaver()),
    ],
)
def test_a_run_that_may_ask_a_person_belongs_to_a_host_with_a_checkpointer(rlm: RLM) -> None:
    host, own = configured(rlm, InMemorySaver())
    assert own["configurable"]["thread_id"] == "host"
    assert own["configurable"]["checkpoint_ns"] == host["configurable"]["checkpoint_ns"]
    _, alone = configured(rlm, None)
    assert [*alone["configurable"]] == ["thread_id"]


async def test_outside_a_host_the_result_comes_and_progress_goes_nowhere() -> None:
    rlm = RLM("offline", route="direct")
    assert ask(rlm, "What?", CORPUS, None, key="a")["stop_reason"] == "direct"
    assert (await aask(rlm, "What?", CORPUS, None, key="a"))["stop_reason"] == "direct"


def test_progress_reaches_the_hosts_custom_stream_under_the_key() -> None:
    rlm = RLM("offline", route="direct")
    node: Any = lambda _: {"found": ask(rlm, "What?", CORPUS, None, key="a")["answer"]}  # noqa: E731
    builder: Any = StateGraph(State).add_node("node", node).add_edge(START, "node")
    events = [*builder.compile().stream({"found": None}, stream_mode="custom")]
    assert {*map(tuple, events)} == {("a",)}
    assert events[0]["a"]["event"] == "inspect"


def test_where_nobody_can_be_asked_the_error_says_what_is_asked_and_how_to_go_on() -> None:
    model = FakeListChatModel(responses=["```repl\nFINAL(sign('contract'))\n```"])
    rlm = RLM(model, route="rlm", tools=[sign], checkpointer=InMemorySaver())
    with pytest.raises(RLMError, match=r"waits for a decision: 'contract'. Decide with rlm.invoke\(Command\(resume"):
        ask(rlm, "What?", CORPUS, None, key="a")
