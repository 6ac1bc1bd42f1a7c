"""Settings for one call: from a configuration, from the context of the graph, and from a host around it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command
from typing_extensions import TypedDict

from langchain_rlm import RLM, Budget, InputError, ModelError, Profile, RLMTool
from langchain_rlm.journal import reading
from tests.server.client import ModelServer

GIVEN: Any = {"question": "What is it?", "context": "It is a kettle. " * 20}
THREAD = {"thread_id": "1"}
PRICED = "gpt-4o"
PRICED_ECHO: dict[str, Any] = {PRICED: {"kind": "echo"}}
WAYS: dict[str, Callable[[RLM, Mapping[str, Any]], Any]] = {
    "configurable": lambda rlm, given: rlm.invoke(GIVEN, in_config(given)),
    "bound": lambda rlm, given: rlm.with_config(configurable=in_config(given)["configurable"]).invoke(GIVEN),
    "graph": lambda rlm, given: rlm.graph.invoke(GIVEN, in_config(given)),
    "context": lambda rlm, given: rlm.graph.invoke(GIVEN, context=given),
}


def in_config(given: Mapping[str, Any], **more: Any) -> RunnableConfig:
    return {"configurable": {**{f"rlm_{name}": value for name, value in given.items()}, **more}}


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def models(server: ModelServer, code: str = "FINAL(llm_query('a'))", **more: Any) -> dict[str, Any]:
    """The chat models that are there: `root` and `other` write code, `sub` and `leaf` answer."""
    script, echo = {"kind": "script", "replies": [cell(code)]}, {"kind": "echo"}
    known = {"root": script, "other": script, "sub": echo, "leaf": echo, **more}
    server.configure(models=known)
    return {name: server.chat_model(name) for name in known}


def asked(server: ModelServer) -> dict[str, int]:
    return dict(server.stats()["by_model"])


@pytest.mark.parametrize("way", WAYS)
def test_models_and_route_are_those_of_the_call(model_server: ModelServer, way: str) -> None:
    has = models(model_server)
    rlm = RLM(has["root"], has["sub"])
    result = WAYS[way](rlm, {"model": has["other"], "sub_model": has["leaf"], "route": "rlm"})
    assert result["stop_reason"] == "answered"
    assert asked(model_server) == {"other": 1, "leaf": 1}
    WAYS[way](rlm, {})
    assert asked(model_server) == {"other": 1, "leaf": 1, "root": 1}, "the next call is direct, with the RLM's model"


@pytest.mark.parametrize("way", WAYS)
def test_instructions_reach_the_root_model_on_either_route(model_server: ModelServer, way: str) -> None:
    has, words = models(model_server), "Answer in {braces}, as \\1 a notary would."
    for route in ("direct", "rlm"):
        WAYS[way](RLM(has["root"], has["sub"], instructions="Never seen."), {"instructions": words, "route": route})
    sent = {e["model"]: str([m["content"] for m in e["messages"]]) for e in model_server.log()}
    assert "notary" not in sent.pop("sub")
    logged = [str(e["messages"][0]["content"]) for e in model_server.log() if e["model"] == "root"]
    assert [text.count(f"<instructions>\n{words}\n</instructions>") for text in logged] == [1, 1]
    assert not any("Never seen" in text for text in logged)


def test_recursive_runs_have_the_settings_of_the_call(model_server: ModelServer) -> None:
    has = models(model_server, "FINAL(rlm_query('b', 'text') if 'kettle' in context else 'below')")
    given = {"model": has["other"], "budget": {"depth": 2}, "route": "rlm", "instructions": "Be brief."}
    result = RLM(has["root"]).invoke(GIVEN, in_config(given))
    assert (result["answer"], asked(model_server)) == ("below", {"other": 2})
    assert all("Be brief." in e["messages"][0]["content"] for e in model_server.log())


@pytest.mark.parametrize("most", [{"max_concurrency": 2}, in_config({"max_concurrency": 2}), {"max_concurrency": 9}])
def test_langchains_limit_of_calls_at_once_is_the_runs_and_answers_are_saved_as_they_come(
    model_server: ModelServer, most: Any
) -> None:
    """LangGraph's own limit would hold a checkpointer's writes too, behind all that is still to be asked."""
    saved = []

    class Saver(InMemorySaver):
        async def aput_writes(self, *args: Any) -> None:
            saved.append(sum(asked(model_server).values()))
            await super().aput_writes(*args)

    code = "FINAL(len(llm_query_batched([f'{i}' for i in range(12)])))"
    has = models(model_server, code, sub={"kind": "echo", "latency": 0.03})
    rlm = RLM(has["root"], has["sub"], route="rlm", checkpointer=Saver(), max_concurrency=3)
    config: Any = {**most, "configurable": {**THREAD, **most.get("configurable", {})}}
    assert rlm.invoke(GIVEN, config)["value"] == 12
    assert model_server.stats()["max_in_flight"] == min(3, most.get("max_concurrency", 2))
    assert any(1 < count < 12 for count in saved)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("profile", ["small", Profile.named("small")])
def test_a_profile_is_that_of_the_call(model_server: ModelServer, way: str, profile: Any) -> None:
    result = WAYS[way](RLM(models(model_server)["root"]), {"profile": profile, "route": "rlm"})
    assert reading.profile(result["journal"]) == "small"


@pytest.mark.parametrize("budget", [{"sub_queries": 1}, Budget(sub_queries=1, turns=1)])
def test_parts_of_a_budget_change_and_a_budget_takes_the_place_of_the_whole(
    model_server: ModelServer, budget: Any
) -> None:
    has = models(model_server, "try: llm_query_batched(['a', 'b'])\nexcept Exception as e: FINAL([str(e), budget()])")
    rlm = RLM(has["root"], has["sub"], route="rlm", budget=Budget(turns=7))
    error, left = rlm.invoke(GIVEN, in_config({"budget": budget}))["value"]
    assert "1 left of 1" in error
    assert left["turns"] == (0 if isinstance(budget, Budget) else 6)


def test_a_model_of_the_call_answers_sub_queries_too_where_the_rlm_has_no_other(model_server: ModelServer) -> None:
    has = models(model_server)
    RLM(has["root"], route="rlm").invoke(GIVEN, in_config({"model": has["other"]}))
    assert set(asked(model_server)) == {"other"}


def test_the_window_of_the_rlms_model_is_not_that_of_another(model_server: ModelServer) -> None:
    has = models(model_server)
    rlm = RLM(has["root"], has["sub"], route="direct", model_window=10)
    with pytest.raises(ModelError, match="window"):
        rlm.invoke(GIVEN)
    assert rlm.invoke(GIVEN, in_config({"model": has["other"]}))["stop_reason"] == "direct"


def test_settings_that_are_bound_and_settings_of_the_call_add_up(model_server: ModelServer) -> None:
    has = models(model_server)
    bound = RLM(has["root"], has["sub"]).with_config(configurable={"rlm_route": "rlm"})
    result: Any = bound.invoke(GIVEN, in_config({"model": has["other"]}))
    assert (result["stop_reason"], set(asked(model_server))) == ("answered", {"other", "sub"})


async def test_a_batch_takes_settings_for_each_input(model_server: ModelServer) -> None:
    has = models(model_server)
    configs = [in_config({"model": has[name], "route": "direct"}) for name in ("root", "other")]
    results = await RLM(has["root"]).abatch([GIVEN, GIVEN], configs)
    assert [list(result["usage"]["models"]) for result in results] == [["root"], ["other"]]


# -- hosts ------------------------------------------------------------------------------------------------------------


class State(TypedDict, total=False):
    """Of a host graph."""

    question: str
    context: Any
    answer: str


class HostContext(TypedDict, total=False):
    """A host's own settings, two of which are called as ours are."""

    model: str
    budget: str


def host_of(rlm: RLM, form: str) -> Any:
    async def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # LangGraph wants the name
        return {"answer": (await rlm.ainvoke(GIVEN, config))["answer"]}

    async def tool(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # the same
        made = RLMTool(rlm=rlm, documents=GIVEN["context"])
        return {"answer": await made.ainvoke({"question": "What is it?"}, config)}

    ask: Any = {"node": node, "tool": tool, "subgraph": rlm.graph}[form]
    return StateGraph(State, HostContext).add_node("ask", ask).add_edge(START, "ask").compile()


@pytest.mark.parametrize("form", ["node", "tool", "subgraph"])
async def test_a_hosts_own_keys_are_not_ours_and_prefixed_ones_reach_the_run(
    model_server: ModelServer, form: str
) -> None:
    has = models(model_server)
    host = host_of(RLM(has["root"], has["sub"], route="rlm"), form)
    theirs = {"model": "their-model", "budget": "small", "route": "north", "instructions": 3}
    await host.ainvoke(GIVEN, {"configurable": theirs}, context={"model": "their-model", "budget": "small"})
    assert asked(model_server) == {"root": 1, "sub": 1}
    await host.ainvoke(GIVEN, in_config({"model": has["other"]}, **theirs))
    assert asked(model_server) == {"root": 1, "other": 1, "sub": 2}


async def test_a_run_in_the_repl_of_another_has_its_own_settings(model_server: ModelServer) -> None:
    has = models(model_server, "FINAL(look())")
    inner = RLM(has["leaf"], route="direct")

    async def look() -> str:
        """Look it up."""
        return (await inner.ainvoke(GIVEN))["answer"]

    outer = RLM(has["root"], tools=[look])
    for graph in (outer, outer.graph):
        await graph.ainvoke(GIVEN, in_config({"model": has["other"], "route": "rlm"}))
    assert asked(model_server) == {"other": 2, "leaf": 2}


# -- runs that go on --------------------------------------------------------------------------------------------------


ASK_AND_COUNT = ["a = llm_query('a')\nprint(a)", "FINAL([a, budget()['turns']])"]


def waiting(server: ModelServer, **settings: Any) -> tuple[RLM, dict[str, Any]]:
    """An RLM whose run asks what a sub-query may cost, then answers with it and with the turns that are left."""
    script = {"kind": "script", "replies": [*map(cell, ASK_AND_COUNT)]}
    has = models(server, root=script, other=script, **PRICED_ECHO)
    budget = Budget(turns=3, confirm_above=0)
    return RLM(has["root"], has[PRICED], route="rlm", budget=budget, **settings), has


@pytest.mark.parametrize("way", ["rlm", "graph"])
def test_a_run_that_is_resumed_has_the_settings_of_the_call_that_goes_on(model_server: ModelServer, way: str) -> None:
    rlm, has = waiting(model_server, checkpointer=InMemorySaver())
    runnable: Any = rlm if way == "rlm" else rlm.graph
    assert runnable.invoke(GIVEN, {"configurable": THREAD})["__interrupt__"]
    larger = in_config({"budget": {"turns": 9}, "model": has["other"]}, **THREAD)
    assert runnable.invoke(Command(resume="approve"), larger)["value"] == ["echo: a (1 characters)", 7]
    assert asked(model_server) == {"root": 1, PRICED: 1, "other": 1}


async def test_a_host_that_is_resumed_with_a_larger_budget_pays_nothing_twice(model_server: ModelServer) -> None:
    rlm, _ = waiting(model_server)

    async def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # LangGraph wants the name
        return {"answer": (await rlm.ainvoke(GIVEN, config))["answer"]}

    host = StateGraph(State).add_node("ask", node).add_edge(START, "ask").compile(checkpointer=InMemorySaver())
    assert (await host.ainvoke({}, {"configurable": THREAD}))["__interrupt__"]
    done = await host.ainvoke(Command(resume="approve"), in_config({"budget": {"turns": 9}}, **THREAD))
    assert done["answer"].endswith(", 7]")
    assert asked(model_server) == {"root": 2, PRICED: 1}


def test_a_host_may_have_its_run_ask_before_it_pays(model_server: ModelServer) -> None:
    has = models(model_server, **PRICED_ECHO)
    rlm = RLM(has["root"], has[PRICED], route="rlm")
    node = StateGraph(State).add_node("ask", lambda state, config: rlm.invoke(GIVEN, config)).add_edge(START, "ask")  # noqa: ARG005
    host = node.compile(checkpointer=InMemorySaver())
    assert host.invoke({}, in_config({"budget": {"confirm_above": 0}}, **THREAD))["__interrupt__"]
    assert asked(model_server) == {"root": 1}


def test_a_fork_goes_on_with_the_settings_of_its_call(model_server: ModelServer) -> None:
    has = models(model_server, "print(1)", other={"kind": "script", "replies": [cell("FINAL('other')")]})
    rlm = RLM(has["root"], route="rlm", budget=Budget(turns=2), checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": THREAD}
    assert rlm.invoke(GIVEN, thread)["stop_reason"] == "budget:turns"
    rlm.fork(thread, turn=1, code="print(2)")
    result = rlm.invoke(None, in_config({"model": has["other"], "budget": {"turns": 5}}, **THREAD))
    assert (result["answer"], result["stop_reason"]) == ("other", "answered")


def test_a_further_question_may_have_a_larger_budget(model_server: ModelServer) -> None:
    has = models(model_server, "FINAL(budget()['turns'])")
    rlm = RLM(has["root"], route="rlm", budget=Budget(turns=2), checkpointer=InMemorySaver())
    assert rlm.invoke(GIVEN, {"configurable": THREAD})["value"] == 1
    assert rlm.invoke({"question": "And?"}, in_config({"budget": {"turns": 9}}, **THREAD))["value"] == 8


def test_checkpoints_do_not_copy_the_settings(model_server: ModelServer) -> None:
    has = models(model_server)
    saver = InMemorySaver()
    rlm = RLM(has["root"], has["sub"], checkpointer=saver)
    for call in (rlm.invoke, rlm.graph.invoke):
        call(GIVEN, in_config({"instructions": "Be brief.", "route": "rlm"}, **THREAD))
    assert not [entry for entry in saver.list(None) if "Be brief." in str(entry.metadata)]


# -- what is refused --------------------------------------------------------------------------------------------------

REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"modle": "offline"},
        "'modle' is unknown. Known are 'budget', 'instructions', 'max_concurrency', 'model', 'profile', 'route'",
    ),
    ({"max_concurrency": 0}, "max_concurrency=0"),
    ({"route": "rml"}, "route='rml': use 'auto', 'direct', 'rlm' or 'plan'"),
    ({"instructions": " "}, "instructions=' ': pass what the root model is to be told, or None"),
    ({"instructions": ["a"]}, "instructions="),
    ({"profile": "smal"}, "smal"),
    ({"profile": 3}, "profile=3: pass a Profile, or the name of a shipped one"),
    ({"budget": {"dollars": 3}}, "'dollars' is unknown. Known are 'call_seconds', 'confirm_above', 'cost', 'depth'"),
    ({"budget": {"cost": -1}}, r"Budget\(cost=-1\)"),
    ({"budget": 3}, "budget=3: pass a Budget, or the parts that change"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("given", "words"), REFUSED)
def test_settings_that_cannot_be_used_are_named(way: str, given: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        WAYS[way](RLM("offline"), given)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", ["gpt-5", 3])
def test_a_model_that_cannot_be_used_is_named(way: str, model: Any) -> None:
    with pytest.raises(ModelError, match=f"model={model!r}"):
        WAYS[way](RLM("offline"), {"model": model})


def test_a_call_may_not_go_the_way_that_cannot_cite() -> None:
    with pytest.raises(InputError, match="require_citations=True needs the REPL"):
        RLM("offline", require_citations=True).invoke(GIVEN, in_config({"route": "direct"}))


def test_a_context_of_the_graph_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(InputError, match="context='the text': pass settings for this call"):
        RLM("offline").graph.invoke(GIVEN, context="the text")


@pytest.mark.parametrize("given", [None, {}, {"model": None, "budget": None}])
def test_no_settings_are_those_of_the_rlm(given: Any) -> None:
    assert RLM("offline").graph.invoke(GIVEN, context=given)["stop_reason"] == "direct"


@pytest.mark.parametrize("given", [{"budget": Budget(), "nonsense": 3}, {"context": "text"}, {"interrupt_before": []}])
async def test_arguments_without_effect_are_refused(given: dict[str, Any]) -> None:
    rlm = RLM("offline")
    calls: list[Callable[[], Any]] = [
        lambda: rlm.invoke(GIVEN, **given),
        lambda: rlm.bind(**given).invoke(GIVEN),
        lambda: list(rlm.stream(GIVEN, **given)),
        lambda: rlm.batch([GIVEN], **given),
    ]
    for call in calls:
        with pytest.raises(InputError, match=f"Unknown arguments: {', '.join(given)}.*rlm_budget.*durability"):
            call()
    with pytest.raises(InputError, match="Unknown arguments"):
        await rlm.ainvoke(GIVEN, **given)


def test_durability_is_passed_on() -> None:
    counts = {}
    for durability in ("sync", "exit"):
        saver = InMemorySaver()
        RLM("offline", checkpointer=saver).invoke(GIVEN, {"configurable": THREAD}, durability=durability)
        counts[durability] = len(list(saver.list(None)))
    assert counts["exit"] < counts["sync"]


# -- what is told -----------------------------------------------------------------------------------------------------


def test_schemas_name_what_may_be_set() -> None:
    names = ["model", "sub_model", "budget", "route", "profile", "instructions", "max_concurrency"]
    rlm = RLM("offline")
    schema = rlm.graph.get_context_jsonschema() or {}
    assert list(schema["properties"]) == names
    assert all(field["description"] for field in schema["properties"].values())
    configurable = rlm.config_schema().model_json_schema()["$defs"]["Configurable"]
    assert list(configurable["properties"]) == [f"rlm_{name}" for name in names]
    given = rlm.get_input_jsonschema()
    assert (list(given["properties"]), given["required"]) == (["question", "context"], ["question", "context"])


@pytest.mark.filterwarnings("ignore::langchain_core._api.beta_decorator.LangChainBetaWarning")
def test_it_is_a_tool_of_a_question_and_a_context() -> None:
    tool = RLM("offline").as_tool(name="ask", description="Asks.")
    assert list(tool.args) == ["question", "context"]
    assert "kettle" in tool.invoke(GIVEN)["answer"]
