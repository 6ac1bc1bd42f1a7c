"""Asking a person before a batch that costs much."""

import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
from langchain_core.stores import InMemoryByteStore
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt

from langchain_rlm import RLM, Budget, InputError, RLMInput
from tests import forked
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(4_000))
THREAD: Any = {"configurable": {"thread_id": "1"}}
PRICED = "gpt-4o"
"""A model with a known price; the server answers for it."""
ASK = """try:
    answers = llm_query_batched([f'Part {i}: ' + context[i * 1000:i * 1000 + 1000] for i in range(20)])
except Exception as error:
    answers = []
    print(type(error).__name__, error)
FINAL(len(answers))"""
ASK_EACH = """answers = llm_query_batched([f'Part {i}: ' + context[i * 1000:i * 1000 + 1000] for i in range(20)],
    on_error="return")
FINAL(sum(isinstance(answer, str) for answer in answers))"""


RARELY_SAID: list[Any] = [{"limit": False}, {"limit": "approve"}, {"limit": float("nan")}, [], {"approve": 1}, {}]


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *replies: str, above: float | None = 0.01, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, PRICED: {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", PRICED))
    return RLM(
        root, sub, route="rlm", budget=Budget(confirm_above=above, depth=2),
        **{"checkpointer": InMemorySaver(), "context_store": InMemoryByteStore(), **settings},
    )  # fmt: skip


def begin(rlm: RLM) -> Any:
    return rlm.invoke({"question": "What?", "context": TEXT}, THREAD)


def quote(result: Any) -> Any:
    (asked,) = result["__interrupt__"]
    return asked.value


def test_the_run_waits_with_a_quote_and_nothing_is_asked_before(model_server: ModelServer) -> None:
    result = begin(rlm_of(model_server, cell(ASK)))
    assert (result["stop_reason"], result["answer"]) == ("interrupted", "")
    quoted = quote(result)
    assert quoted["calls"] == 20
    assert 20 * (1000 / 4 + 300) <= quoted["tokens"] <= 20 * (1100 / 4 + 300)
    assert quoted["cost"] == pytest.approx(20 * (252 * 2.5 + 300 * 10) / 1e6, rel=0.05)
    assert quoted["seconds"] > 0
    assert "gpt-4o" not in model_server.stats()["by_model"]


def test_what_was_used_and_seen_so_far_is_said_while_it_waits(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell("answer = llm_query(context[:1000])\nprint(len(answer))"), cell(ASK))
    for result in (begin(rlm), resumed(rlm, "perhaps")):
        assert result["stop_reason"] == "interrupted"
        assert (result["usage"]["calls"], result["turns"]) == (3, 2)
        assert result["usage"]["cost"] == pytest.approx(quote(result)["spent"])
        assert [document["read_ranges"] for document in result["coverage"]["documents"]] == [[[0, 1000]]]
    elsewhere = rlm_of(model_server, cell(ASK), checkpointer=rlm.graph.checkpointer, context_store=None)
    result = elsewhere.invoke({"context": TEXT}, THREAD)
    assert (result["usage"]["calls"], result["turns"]) == (3, 2)


@pytest.mark.parametrize("said", ["approve", True, {"approve": True}])
def test_approved_it_goes_on(model_server: ModelServer, said: Any) -> None:
    rlm = rlm_of(model_server, cell(ASK))
    begin(rlm)
    result = rlm.invoke({"context": TEXT}, THREAD)
    assert result["stop_reason"] == "interrupted"  # going on is no answer
    with pytest.raises(
        InputError, match=r"Go on with invoke\(Command\(resume=...\), config\): it waits for a decision"
    ):
        rlm.invoke({"question": "And another?"}, THREAD)
    result = resumed(rlm, said)
    assert (result["answer"], result["stop_reason"]) == ("20", "answered")
    assert model_server.stats()["by_model"] == {"root": 1, PRICED: 20}


def resumed(rlm: RLM, said: Any) -> Any:
    """Resume where the context is not at hand any more: the store has it."""
    return rlm.invoke(Command(resume=said), THREAD)


@pytest.mark.parametrize("said", ["deny", False, {"deny": True}, {"approve": False}, {"limit": 0}])
def test_denied_the_cell_gets_an_exception_it_can_handle(model_server: ModelServer, said: Any) -> None:
    rlm = rlm_of(model_server, cell(ASK))
    begin(rlm)
    result = resumed(rlm, said)
    assert result["answer"] == "0"
    output = next(entry for entry in result["journal"] if entry["kind"] == "cell_end")["output"]
    assert "did not approve" in output
    assert PRICED not in model_server.stats()["by_model"]


def test_a_smaller_limit_is_kept_and_the_others_fail(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell(ASK_EACH))
    each = quote(begin(rlm))["cost"] / 20
    result = resumed(rlm, {"limit": each * 7.5})
    assert result["answer"] == "7"
    assert model_server.stats()["by_model"][PRICED] == 7


@pytest.mark.parametrize("said", [1, {"limit": 1}])
def test_one_dollar_is_a_limit_and_no_yes(model_server: ModelServer, said: Any) -> None:
    rlm = rlm_of(model_server, cell(ASK))
    begin(rlm)
    (decided,) = [entry for entry in resumed(rlm, said)["journal"] if entry["kind"] == "confirm"]
    assert decided == {"kind": "confirm", "decision": "limit", "limit": 1.0}


@pytest.mark.parametrize(
    "said",
    [
        "perhaps", {"limit": -1}, {"limit": "much"}, {"limit": True}, {"yes": 1}, None,
        *(pytest.param(said, marks=pytest.mark.slow) for said in RARELY_SAID),
    ],
)  # fmt: skip
def test_no_answer_is_asked_again_with_what_is_wrong(model_server: ModelServer, said: Any) -> None:
    rlm = rlm_of(model_server, cell(ASK))
    begin(rlm)
    result = resumed(rlm, said)
    assert quote(result)["problem"].startswith(f"{said!r} is not an answer")
    assert resumed(rlm, "approve")["answer"] == "20"


def test_what_is_cheap_is_not_asked_about(model_server: ModelServer) -> None:
    assert begin(rlm_of(model_server, cell(ASK), above=5.0))["answer"] == "20"


def test_a_recursive_run_asks_too(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, cell("FINAL(rlm_query('Below', context[:9]))"))
    rules = [{"match": r"<question>\nBelow", "reply": cell("FINAL(len(llm_query('x' * 50_000)))")}]
    default = cell("FINAL(rlm_query('Below', context[:9]))")
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, PRICED: {"kind": "echo"}}
    )
    result = begin(rlm)
    assert quote(result)["run"] == "/1"
    assert int(resumed(rlm, "approve")["answer"]) > 0
    assert model_server.stats()["by_model"] == {"root": 2, PRICED: 1}


def test_all_that_waits_is_named_and_answered_at_once(model_server: ModelServer) -> None:
    rules = [{"match": r"<question>\nBelow", "reply": cell("FINAL(len(llm_query('x' * 50_000)))")}]
    default = cell("FINAL(rlm_query_batched(['Below 1', 'Below 2', 'Below 3'], ['a', 'b', 'c']))")
    rlm = rlm_of(model_server, default)
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, PRICED: {"kind": "echo"}}
    )
    waits = begin(rlm)["__interrupt__"]
    assert sorted(each.value["run"] for each in waits) == ["/1", "/2", "/3"]
    result = resumed(rlm, {each.id: "approve" for each in waits})
    assert result["stop_reason"] == "answered"
    assert model_server.stats()["by_model"] == {"root": 4, PRICED: 3}


def test_a_host_graph_with_a_checkpointer_is_interrupted_and_resumed(model_server: ModelServer) -> None:
    host: Any = StateGraph(RLMInput)
    rlm = rlm_of(model_server, cell(ASK), checkpointer=None, context_store=None)
    graph = host.add_node("rlm", rlm.graph).add_edge(START, "rlm").compile(checkpointer=InMemorySaver())
    waits = graph.invoke({"question": "What?", "context": TEXT}, THREAD)["__interrupt__"]
    assert waits[0].value["calls"] == 20
    graph.invoke(Command(resume="approve"), THREAD)
    assert model_server.stats()["by_model"] == {"root": 1, PRICED: 20}


def test_a_run_that_waits_has_no_process_and_goes_on_elsewhere(model_server: ModelServer, tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        begin(rlm_of(model_server, cell(ASK), checkpointer=saver, context_store=tmp_path))
    assert children() == []
    with SqliteSaver.from_conn_string(str(tmp_path / "db.sqlite")) as saver:
        elsewhere = rlm_of(model_server, cell(ASK), checkpointer=saver, context_store=tmp_path)
        assert resumed(elsewhere, "approve")["answer"] == "20"


def children() -> list[str]:
    listed = subprocess.run(
        ["ps", "-o", "comm=", "--ppid", str(os.getpid())], capture_output=True, text=True, check=False
    )
    return [name for name in listed.stdout.split() if "monty" in name or "bwrap" in name]


def test_without_a_checkpointer_it_is_refused_before_anything_is_paid(model_server: ModelServer) -> None:
    with pytest.raises(InputError, match="needs a checkpointer"):
        begin(rlm_of(model_server, cell(ASK), checkpointer=None))
    assert not model_server.stats()["by_model"]


@pytest.mark.parametrize("above", [-1, "1", True, float("nan")])
def test_a_limit_that_is_none_is_refused(above: Any) -> None:
    with pytest.raises(InputError, match="confirm_above"):
        Budget(confirm_above=above)


@pytest.mark.parametrize("said", ["signed", None, {}])
def test_a_tool_of_the_repl_may_ask_a_person(model_server: ModelServer, said: Any) -> None:
    def sign(name: str) -> str:
        """Have somebody sign."""
        return f"{name}: {interrupt({'sign': name})}"

    rlm = rlm_of(model_server, cell("FINAL(sign('contract'))"), above=None, tools=[sign])
    assert quote(begin(rlm)) == {"sign": "contract"}
    assert resumed(rlm, said)["answer"] == f"contract: {said}"


# -- the command line -------------------------------------------------------------------------------------------------


def ask(server: ModelServer, folder: Path, said: str | None) -> tuple[str, str]:
    """Run the command with a terminal on which `said` is typed, or without one."""
    (folder / "text.txt").write_text(TEXT)
    server.configure(models={"root": {"kind": "script", "replies": [cell(ASK)]}, PRICED: {"kind": "echo"}})
    command = [
        "ask", str(folder / "text.txt"), "-q", "What?", "--route", "rlm", "--model", "openai:root",
        "--sub-model", f"openai:{PRICED}", "--budget", "confirm_above=0.01",
    ]  # fmt: skip
    env = {**os.environ, "OPENAI_API_KEY": "none", "OPENAI_BASE_URL": server.url}
    master, slave = pty.openpty()
    try:
        if said is not None:
            os.write(master, said.encode())
        done = forked.run(*command, env=env, cwd=folder, timeout=60, given=b"" if said is None else slave)
    finally:
        os.close(master)
        os.close(slave)
    return done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    ("said", "answer"), [("yes\n", "20"), ("what\n y\n", "20"), ("\n", "0"), ("n\n", "0"), (None, "0")]
)
def test_the_command_asks_with_a_default(
    model_server: ModelServer, tmp_path: Path, said: str | None, answer: str
) -> None:
    out, err = ask(model_server, tmp_path, said)
    assert out == answer, err
    assert "The next 20 sub-queries: about" in err
    assert "[no]" in err
