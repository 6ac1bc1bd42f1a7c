"""What tracers and hosts see of a run: names, places in the tree, usage, progress; and what they do not."""

from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler, UsageMetadataCallbackHandler
from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

from langchain_rlm import RLM, Budget
from tests.server.client import ModelServer

TEXT = "The kettle is on the stove. " * 2_000
CELL = "Next.\n```repl\n{}\n```"


class Tracer(BaseCallbackHandler):
    """Writes down every run with its parent."""

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}
        self.parents: dict[UUID, UUID | None] = {}
        self.models: list[tuple[UUID, str, dict[str, Any], list[str]]] = []

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        self.names[run_id], self.parents[run_id] = kwargs.get("name") or "", kwargs.get("parent_run_id")

    def on_chat_model_start(self, serialized: Any, messages: Any, *, run_id: UUID, **kwargs: Any) -> None:  # noqa: ARG002
        self.names[run_id], self.parents[run_id] = kwargs["name"], kwargs.get("parent_run_id")
        self.models.append((run_id, kwargs["name"], kwargs["metadata"], kwargs["tags"]))

    def above(self, run_id: UUID | None) -> list[str]:
        """The names of the runs above one, nearest first."""
        found = []
        while run_id is not None and (run_id := self.parents.get(run_id)) is not None:
            found.append(self.names[run_id])
        return found


def configure(server: ModelServer, *replies: str) -> None:
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": {"kind": "echo"}})


def rlm_over(server: ModelServer, **settings: Any) -> RLM:
    return RLM(server.chat_model("root"), server.chat_model("sub"), route="rlm", **settings)


def test_every_model_call_is_a_child_run_with_a_name_its_depth_and_its_turn(model_server: ModelServer) -> None:
    configure(model_server, CELL.format("x = 1"), CELL.format("FINAL(llm_query_batched(['a', 'b'])[0])"))
    tracer = Tracer()
    config: RunnableConfig = {"callbacks": [tracer], "tags": ["mine"], "metadata": {"who": "me"}}
    rlm_over(model_server).invoke({"question": "Where?", "context": TEXT}, config)
    seen = [(name, meta["rlm_depth"], meta["rlm_turn"]) for _, name, meta, _ in tracer.models]
    assert seen == [("rlm.root", 0, 1), ("rlm.root", 0, 2), ("rlm.sub_query", 0, 2), ("rlm.sub_query", 0, 2)]
    assert all(meta["who"] == "me" and "mine" in tags for _, _, meta, tags in tracer.models)
    assert [tracer.above(run_id) for run_id, *_ in tracer.models[::2]] == [["decompose", "RLM"], ["sub_query", "RLM"]]


def test_calls_of_a_recursive_run_lie_below_it_with_its_depth(model_server: ModelServer) -> None:
    ask = (
        "FINAL(rlm_query('Where is it?', context)) if len(sources) and sources[0]['name'] == 'text' else FINAL('here')"
    )
    configure(model_server, CELL.format(ask))
    tracer = Tracer()
    rlm_over(model_server, budget=Budget(depth=2, turns=6)).invoke(
        {"question": "Where?", "context": TEXT}, {"callbacks": [tracer]}
    )
    depths = [(name, meta["rlm_depth"]) for _, name, meta, _ in tracer.models]
    assert ("rlm.root", 1) in depths
    below = next(run_id for run_id, _, meta, _ in tracer.models if meta["rlm_depth"] == 1)
    assert tracer.above(below)[:2] == ["decompose", "rlm.rlm_query"]


def test_usage_adds_up_in_the_usage_callback(model_server: ModelServer) -> None:
    configure(model_server, CELL.format("FINAL(llm_query_batched([str(i) for i in range(7)])[0])"))
    usage = UsageMetadataCallbackHandler()
    result = rlm_over(model_server).invoke({"question": "Where?", "context": TEXT}, {"callbacks": [usage]})
    counted = {name: (part["input_tokens"], part["output_tokens"]) for name, part in usage.usage_metadata.items()}
    models = result["usage"]["models"]
    assert counted == {name: (part["input_tokens"], part["output_tokens"]) for name, part in models.items()}
    assert models["sub"]["calls"] == 7


class State(TypedDict):
    """Of a host graph."""

    answer: str


async def test_no_token_of_a_run_enters_the_message_stream_of_its_host(model_server: ModelServer) -> None:
    configure(model_server, CELL.format("FINAL(llm_query('a'))"))
    rlm = rlm_over(model_server)

    async def node(state: State, config: RunnableConfig) -> State:  # noqa: ARG001  # LangGraph wants the name
        return {"answer": (await rlm.ainvoke({"question": "Where?", "context": TEXT}, config))["answer"]}

    host = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()
    given: State = {"answer": ""}
    seen: list[Any] = [item async for item in host.astream(given, stream_mode=["messages", "values"], subgraphs=True)]
    assert [mode for _, mode, _ in seen if mode == "messages"] == []
    assert seen[-1][2]["answer"].startswith("echo: a")
