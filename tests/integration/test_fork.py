"""Going on from an earlier place with a cell or an answer changed: only what is new is paid for."""

from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM, InputError, ReplayError
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))
THREAD: Any = {"configurable": {"thread_id": "1"}}
ASK = "answers = llm_query_batched([f'Part {i}: ' + context[i * 150:i * 150 + 150] for i in range(10)])"


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


@pytest.fixture
def rlm(model_server: ModelServer) -> RLM:
    """A run of two turns is on the thread: it asked ten sub-queries."""
    replies = [cell(f"{ASK}\nn = len(answers)\nprint(n)"), cell("FINAL(str(n) + ' ' + answers[2])")]
    model_server.configure(models={"root": {"kind": "script", "replies": replies}, "sub": {"kind": "echo"}})
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", checkpointer=InMemorySaver())
    assert rlm.invoke({"question": "What?", "context": TEXT}, THREAD)["answer"].startswith("10 echo: Part 2: ")
    return rlm


def asked(server: ModelServer) -> dict[str, int]:
    by_model: dict[str, int] = server.stats()["by_model"]
    return by_model


def test_another_cell_asks_only_what_is_new(rlm: RLM, model_server: ModelServer) -> None:
    code = f"{ASK}\nn = len(answers) + len(llm_query('something new'))\nprint('more')"
    fork = rlm.fork(THREAD, turn=1, code=code)
    result = rlm.invoke({"context": TEXT}, fork)
    assert int(result["answer"].split()[0]) > 10
    assert asked(model_server) == {"root": 3, "sub": 11}
    assert result["usage"]["models"]["sub"]["calls"] == 11  # the thread has one budget
    assert code in model_server.log()[-1]["messages"][2]["content"]  # the root model sees the code that ran


def test_a_forked_run_can_be_forked_again(rlm: RLM, model_server: ModelServer) -> None:
    rlm.invoke({"context": TEXT}, rlm.fork(THREAD, turn=2, code="print(n)"))
    result = rlm.invoke({"context": TEXT}, rlm.fork(THREAD, turn=1, code=f"{ASK}\nFINAL(answers[5])"))
    assert result["answer"].startswith("echo: Part 5: ")
    assert asked(model_server)["sub"] == 10


def test_another_answer_is_what_the_cell_gets(rlm: RLM, model_server: ModelServer) -> None:
    result = rlm.invoke({"context": TEXT}, rlm.fork(THREAD, call="3", answer="SOMETHING ELSE"))
    assert result["answer"] == "10 SOMETHING ELSE"
    assert asked(model_server) == {"root": 3, "sub": 10}


def test_from_an_earlier_checkpoint_the_run_is_as_it_was_then(rlm: RLM, model_server: ModelServer) -> None:
    then = next(
        state.config
        for state in rlm.graph.get_state_history(THREAD)
        if state.values["journal"] and state.values["journal"][-1]["kind"] == "asked"
    )
    with pytest.raises(InputError, match="turns 1 to 1"):
        rlm.fork(then, turn=2, code="FINAL(1)")
    assert rlm.invoke({"context": TEXT}, rlm.fork(then, turn=1, code="FINAL('early')"))["answer"] == "early"
    assert asked(model_server) == {"root": 2, "sub": 10}


def test_the_cells_beside_the_changed_one_run_again_as_they_were(model_server: ModelServer) -> None:
    both = cell("a = llm_query('one')\nprint(a)") + "\nThen:\n" + cell("FINAL(a + '!')")
    model_server.configure(models={"root": {"kind": "script", "replies": [both]}, "sub": {"kind": "echo"}})
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", checkpointer=InMemorySaver())
    assert rlm.invoke({"question": "What?", "context": TEXT}, THREAD)["answer"].endswith("!")
    result = rlm.invoke({"context": TEXT}, rlm.fork(THREAD, turn=1, cell=1, code="FINAL(a + '?')"))
    assert result["answer"].endswith("?")
    assert asked(model_server) == {"root": 1, "sub": 1}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turn": 3, "code": "x = 1"}, "turns 1 to 2"),
        ({"turn": 0, "code": "x = 1"}, "turns 1 to 2"),
        ({"turn": 1, "cell": 1, "code": "x = 1"}, "has 1 cells"),
        ({"turn": True, "code": "x = 1"}, "turn=True: the run has the turns 1 to 2"),
        ({"turn": "1", "code": "x = 1"}, "turn='1': the run has the turns 1 to 2"),
        ({"turn": 1, "cell": "a", "code": "x = 1"}, "cell='a': turn 1 has 1 cells"),
        ({"turn": 1, "cell": False, "code": "x = 1"}, "cell=False: turn 1 has 1 cells"),
        ({"turn": 1, "code": 5}, "code=5: give the Python"),
        ({"turn": 1, "code": "  "}, "give the Python"),
        ({"turn": 1}, "Say what to change"),
        ({"code": "x = 1"}, "Say what to change"),
        ({}, "Say what to change"),
        ({"turn": 1, "code": "x", "call": "1", "answer": "a"}, "Say what to change"),
        ({"call": "99", "answer": "a"}, "no sub-query of the run has this id"),
        ({"call": "1", "answer": 5}, "is a str"),
    ],
)
def test_a_change_that_cannot_be_made_says_why_and_changes_nothing(rlm: RLM, change: dict[str, Any], said: str) -> None:
    before = rlm.graph.get_state(THREAD).config
    with pytest.raises(InputError, match=said):
        rlm.fork(THREAD, **change)
    assert rlm.graph.get_state(THREAD).config == before


def test_a_run_without_cells_or_without_a_checkpointer_cannot_be_forked(model_server: ModelServer) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": ["Said."]}})
    direct = RLM(model_server.chat_model("root", keep_alive=True), route="direct", checkpointer=InMemorySaver())
    direct.invoke({"question": "What?", "context": TEXT}, THREAD)
    with pytest.raises(InputError, match="direct route"):
        direct.fork(THREAD, turn=1, code="FINAL(1)")
    with pytest.raises(InputError, match="no checkpointer"):
        RLM("offline").fork(THREAD, turn=1, code="FINAL(1)")


def test_a_thread_without_a_run_cannot_be_forked(rlm: RLM) -> None:
    with pytest.raises(InputError, match="no run on thread 'new'"):
        rlm.fork({"configurable": {"thread_id": "new"}}, turn=1, code="x = 1")


@pytest.mark.parametrize("config", [None, {}, {"configurable": None}, {"configurable": {"thread_id": ""}}])
def test_a_fork_needs_a_thread(rlm: RLM, config: Any) -> None:
    with pytest.raises(InputError, match="needs a thread"):
        rlm.fork(config, turn=1, code="FINAL(1)")


@pytest.mark.parametrize("config", [{"configurable": "1"}, [1], "1"])
def test_what_is_no_configuration_is_named(rlm: RLM, config: Any) -> None:
    with pytest.raises(InputError, match=r"config=.*: pass a dict, such as"):
        rlm.fork(config, turn=1, code="FINAL(1)")
    with pytest.raises(InputError, match=r"config=.*: pass a dict, such as"):
        rlm.invoke(None, config)
    with pytest.raises(InputError, match=r"config=.*: pass a dict, such as"):
        list(rlm.stream(None, config))


def test_a_checkpoint_that_is_not_there_is_named(rlm: RLM) -> None:
    config: Any = {"configurable": {"thread_id": "1", "checkpoint_id": "abc"}}
    for given in (None, {"question": "What?"}, {"question": "What?", "context": TEXT}):
        with pytest.raises(InputError, match="no checkpoint_id='abc' on thread '1'"):
            rlm.invoke(given, config)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no checkpoint_id='abc' on thread '1'"):
        rlm.fork(config, turn=1, code="FINAL(1)")


def test_a_thread_may_be_called_0(model_server: ModelServer) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": [cell("print(1)"), cell("FINAL('done')")]}})
    rlm = RLM(model_server.chat_model("root"), route="rlm", checkpointer=InMemorySaver())
    thread: Any = {"configurable": {"thread_id": 0}}
    assert rlm.invoke({"question": "What?", "context": TEXT}, thread)["answer"] == "done"
    assert rlm.invoke(None, rlm.fork(thread, turn=2, code="FINAL('forked')"))["answer"] == "forked"


def test_a_journal_that_was_tampered_with_is_found_by_the_replay(rlm: RLM) -> None:
    journal = rlm.graph.get_state(THREAD).values["journal"]
    place = next(n for n, entry in enumerate(journal) if entry["kind"] == "cell")
    other = {**journal[place], "code": journal[place]["code"].replace("print(n)", "print(n + 1)")}
    tampered = [{"kind": "fork", "keep": place, "calls": [], "answers": []}, other, *journal[place + 1 : -2]]
    rlm.graph.update_state(THREAD, {"journal": tampered}, as_node="sub_query")
    rlm.fork(THREAD, turn=2, code="FINAL(n)")
    with pytest.raises(ReplayError, match="cell 1 of turn 1 prints "):
        rlm.invoke({"context": TEXT}, THREAD)
