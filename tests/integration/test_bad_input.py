"""What callers and models do wrong: each a clear error, or a run that ends well all the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm import RLM, Budget, InputError, ModelError, ReplLimits, RLMResult
from tests.server.client import ModelServer

GROWING = "x = 'a'\nwhile True:\n    x += x"


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def scripted(server: ModelServer, *replies: str, sub: dict[str, Any] | None = None, **settings: Any) -> RLM:
    models = {"root": {"kind": "script", "replies": [*replies]}, "sub": sub or {"kind": "echo"}}
    server.configure(models=models)
    root, leaf = (server.chat_model(name, keep_alive=True) for name in models)
    return RLM(root, **{"sub_model": leaf, "route": "rlm", **settings})


def ask(rlm: RLM, context: Any = "text") -> RLMResult:
    return rlm.invoke({"question": "Why?", "context": context})


def errors_of(result: RLMResult) -> list[str]:
    return [str(entry["error"]) for entry in result["journal"] if entry["kind"] == "cell_end"]


def seen_by_root(server: ModelServer) -> str:
    """The last message that the root model got."""
    return str([entry for entry in server.log() if entry["model"] == "root"][-1]["messages"][-1]["content"])


# -- callers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", " \n ", None, 5, ["Why?"]])
def test_a_question_must_be_words(model_server: ModelServer, question: Any) -> None:
    rlm = scripted(model_server, cell("FINAL('no')"))
    with pytest.raises(InputError, match="question"):
        rlm.invoke({"question": question, "context": "text"})
    assert model_server.stats()["requests"] == 0


@pytest.mark.parametrize(
    "given",
    ["Why?", ["Why?", "text"], {"context": "text"}, {"question": "Why?"}, {"question": "Why?", "context": None}],
)
def test_an_input_needs_a_question_and_a_context(model_server: ModelServer, given: Any) -> None:
    with pytest.raises(InputError, match="context"):
        scripted(model_server, cell("FINAL('no')")).invoke(given)
    assert model_server.stats()["requests"] == 0


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ("", "no text"), (" \n", "no text"), ([], "no document"), ({}, "no document"), ([""], "no text"),
        (["", " "], "only documents without text"), ([Document("")], "no text"), (b"bytes", "type bytes"),
        (5, "type int"), ([5], "Item 0"), ({"name": 5}, "'name'"), ("\ud800", "surrogate"),
    ],
)  # fmt: skip
def test_a_context_must_hold_text(model_server: ModelServer, context: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ask(scripted(model_server, cell("FINAL('no')")), context)
    assert model_server.stats()["requests"] == 0


@pytest.mark.parametrize("saver", [SqliteSaver.from_conn_string(":memory:"), "runs.sqlite", True, SqliteSaver])
def test_a_checkpointer_must_be_one(model_server: ModelServer, saver: Any) -> None:
    with pytest.raises(InputError, match=r"checkpointer=.*: use a LangGraph checkpointer.* need a with: "):
        RLM(model_server.chat_model("root"), checkpointer=saver)


FILES = {
    "binary.bin": b"\x7fELF\0\0",
    "only/image.png": b"\x89PNG\0\0",
}


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.txt", "does not exist"), ("empty", "no text file"), ("only", "no text file"),
        ("only/*.md", "no file matches"), ("binary.bin", "binary file"),
    ],
)  # fmt: skip
def test_a_path_must_lead_to_text(model_server: ModelServer, tmp_path: Path, path: str, said: str) -> None:
    (tmp_path / "only").mkdir()
    (tmp_path / "empty").mkdir()
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=said) as caught:
        ask(scripted(model_server, cell("FINAL('no')")), tmp_path / path)
    assert str(tmp_path / path) in str(caught.value)
    assert model_server.stats()["requests"] == 0


@pytest.mark.parametrize("name", ["gpt-5", "nosuchprovider:model", "", "openai:", ":x", None, 5])
def test_a_model_must_be_known(name: Any) -> None:
    with pytest.raises(ModelError, match="model="):
        RLM(name)


def test_a_missing_key_is_said_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        RLM("openai:gpt-5")
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        RLM("offline", sub_model="openai:gpt-5")
    with pytest.raises(ModelError, match="OPENAI_API_KEY is not set"):
        RLM("offline", sub_models={"large": "openai:gpt-5"})


@pytest.mark.parametrize(
    "setting",
    [
        {"route": "fast"}, {"route": None}, {"max_concurrency": 0}, {"max_concurrency": -1}, {"max_concurrency": 1.5},
        {"max_concurrency": True}, {"max_concurrency": None}, {"model_window": 0}, {"sub_model_window": -5},
        {"budget": {"cost": 1}}, {"budget": 1}, {"budget": 0}, {"repl_limits": 5}, {"direct_below": "x"},
        {"direct_below": -1}, {"direct_below": None}, {"require_citations": "no"}, {"require_citations": None},
        {"require_coverage": True}, {"sub_models": ["x"]}, {"sub_models": {1: "offline"}}, {"tools": 5},
        {"tools": None}, {"tools": "search"}, {"response_format": 5}, {"instructions": " \n"}, {"instructions": 3},
        {"profile": "tiny"}, {"profile": 5}, {"profile": {"shown": 3}},
    ],
)  # fmt: skip
def test_a_setting_out_of_range_is_named_with_its_value(setting: dict[str, Any]) -> None:
    ((name, value),) = setting.items()
    with pytest.raises(InputError, match=re.escape(f"{name}={value!r}: ")) as caught:
        RLM("offline", **setting)
    assert "\n" not in str(caught.value)


WHOLE, MEASURED = ("turns", "sub_queries", "tokens"), ("cost", "seconds")


@pytest.mark.parametrize(
    ("part", "value"),
    [
        *((part, value) for part in (*WHOLE, *MEASURED) for value in (0, -1, "5", True, float("nan"))),
        *((part, 1.5) for part in (*WHOLE, "depth")), ("depth", -1), ("turns", None), ("depth", None),
    ],
)  # fmt: skip
def test_a_budget_has_only_parts_above_zero(part: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"Budget\({part}="):
        Budget(**{part: value})


# -- root models ------------------------------------------------------------------------------------------------------


def test_a_root_that_never_writes_code_gives_no_answer_after_one_nudge(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, "I believe it is 42."))
    assert (result["answer"], result["stop_reason"]) == ("", "no_code")
    assert [entry["text"] for entry in result["journal"] if entry["kind"] == "reply"] == ["I believe it is 42."] * 2
    assert model_server.stats()["requests"] == 2


def test_a_root_that_loops_for_ever_in_each_cell_is_stopped_in_each(model_server: ModelServer) -> None:
    limits = ReplLimits(cell_seconds=0.3)
    result = ask(scripted(model_server, cell("while True:\n    pass"), repl_limits=limits, budget=Budget(turns=3)))
    assert (result["stop_reason"], result["turns"]) == ("gave_up", 3)
    assert all("ran for more than 0.3 seconds" in error for error in errors_of(result))


def test_after_an_endless_loop_the_variables_of_the_cells_before_are_there(model_server: ModelServer) -> None:
    replies = [cell("kept = llm_query('once')"), cell("kept = ''\nwhile True:\n    pass"), cell("FINAL(kept)")]
    result = ask(scripted(model_server, *replies, repl_limits=ReplLimits(cell_seconds=0.3)))
    assert result["answer"] == "echo: once (4 characters)"
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 1}


def test_waiting_for_a_model_does_not_count_against_a_cells_time(model_server: ModelServer) -> None:
    slow = {"kind": "echo", "latency": 0.8}
    limits = ReplLimits(cell_seconds=0.5)
    rlm = scripted(model_server, cell("FINAL(llm_query('slow'))"), sub=slow, repl_limits=limits)
    assert ask(rlm)["answer"] == "echo: slow (4 characters)"


@pytest.mark.parametrize("code", ["print('x' * 100_000_000)", "while True:\n    print('x' * 1000)"])
def test_a_root_that_prints_a_hundred_megabytes_is_stopped_and_sees_little(
    model_server: ModelServer, code: str
) -> None:
    result = ask(scripted(model_server, cell(code), cell("FINAL('fine')")))
    assert (result["answer"], result["turns"]) == ("fine", 2)
    assert "output limit" in errors_of(result)[0]
    assert len(seen_by_root(model_server)) < 20_000
    assert len(str(result["journal"])) < 100_000


def test_a_root_that_takes_all_memory_is_stopped_and_goes_on(model_server: ModelServer) -> None:
    limits = ReplLimits(memory=64 * 1024 * 1024)
    result = ask(scripted(model_server, cell("kept = 1"), cell(GROWING), cell("FINAL(kept)"), repl_limits=limits))
    assert (result["value"], result["turns"]) == (1, 3)
    assert "more memory than the REPL has" in errors_of(result)[1]


@pytest.mark.parametrize("code", ["1 / 0", "raise ValueError('again')", "def f(): return f()\nf()", "x = (", "nope"])
def test_a_root_that_fails_in_every_cell_ends_out_of_turns(model_server: ModelServer, code: str) -> None:
    result = ask(scripted(model_server, cell(code), budget=Budget(turns=3)))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("", "gave_up", 3)
    assert all(errors_of(result))
    assert model_server.stats()["requests"] == 3


def test_a_root_that_ends_in_its_first_turn_has_answered(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, "FINAL(42)"))
    assert (result["answer"], result["stop_reason"], result["turns"]) == ("42", "answered", 1)


def test_a_root_that_asks_for_ever_ends_out_of_budget(model_server: ModelServer) -> None:
    endless = cell("n = 0\nwhile True:\n    n += 1\n    print(llm_query(f'{n}'))")
    result = ask(scripted(model_server, endless, budget=Budget(turns=3, sub_queries=7)))
    assert result["stop_reason"] == "budget:turns"
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 7}


@pytest.mark.parametrize("empty", ["FINAL('')", "FINAL(None)", "answer['ready'] = True"])
def test_an_empty_answer_does_not_end_a_run(model_server: ModelServer, empty: str) -> None:
    result = ask(scripted(model_server, cell(empty), cell("FINAL('fine')")))
    assert (result["answer"], result["turns"]) == ("fine", 2)


# -- what cells ask ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("llm_query(5)", "must be a str, not int"), ("llm_query(None)", "must be a str, not NoneType"),
        ("llm_query(['a'])", "use llm_query_batched"), ("llm_query('  ')", "the prompt is empty"),
        ("llm_query_batched('one')", "pass a list"), ("llm_query_batched(['a', 5])", "prompt 1 must be a str"),
        ("rlm_query('a', 5)", "context must be"), ("llm_query_batched(['a'], on_error='x')", "'raise' or 'return'"),
    ],
)  # fmt: skip
def test_a_wrong_prompt_is_an_exception_in_the_cell_and_costs_nothing(
    model_server: ModelServer, code: str, said: str
) -> None:
    result = ask(scripted(model_server, cell(code), cell("FINAL('fine')")))
    assert said in errors_of(result)[0]
    assert said in seen_by_root(model_server)
    assert (result["answer"], model_server.stats()["by_model"]) == ("fine", {"root": 2})


def test_an_empty_batch_has_no_answers_and_asks_nothing(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, cell("FINAL([llm_query_batched([]), rlm_query_batched([])])")))
    assert result["value"] == [[], []]
    assert model_server.stats()["by_model"] == {"root": 1}


def many(count: int) -> str:
    return cell(f"out = llm_query_batched([f'Question: {{i}}' for i in range({count})])\nFINAL(len(out))")


@pytest.mark.parametrize("count", [1_100, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_batch_of_thousands_of_prompts_is_answered(model_server: ModelServer, count: int) -> None:
    rlm = scripted(model_server, many(count), sub_model="offline", budget=Budget(sub_queries=None, seconds=None))
    result = ask(rlm)
    assert result["value"] == count
    assert result["usage"]["calls"] == count + 1


def test_a_batch_over_the_budget_is_refused_whole(model_server: ModelServer) -> None:
    result = ask(scripted(model_server, many(10_000), cell("FINAL('fewer')")))
    assert "10000 sub-queries asked, 500 left of 500" in errors_of(result)[0]
    assert model_server.stats()["by_model"] == {"root": 2}
