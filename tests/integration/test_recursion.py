"""`rlm_query`: the same machine one level down, and one budget for the whole tree."""

from typing import Any

import pytest

from langchain_rlm import RLM, Budget, RLMResult
from langchain_rlm.journal.paid import spending
from tests.server.client import ModelServer

CONTEXT = "The whole text, in which MAGIC key = value stands."


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def below(code: str, name: str = "Below") -> dict[str, str]:
    """What the root model says to a question that begins with `name`."""
    return {"match": rf"<question>\n{name}", "reply": cell(code)}


def tree(server: ModelServer, above: str, *rules: dict[str, str], **settings: Any) -> RLM:
    """An RLM of depth 2, whose root runs the cell `above` and follows `rules` for the questions below."""
    root = {"kind": "rules", "rules": [*rules], "default": cell(above), **settings.pop("root", {})}
    server.configure(models={"root": root, "sub": {"kind": "reader"}})
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(*models, **{"route": "rlm", "budget": Budget(depth=2), **settings})


def ask(rlm: RLM, context: Any = CONTEXT) -> RLMResult:
    return rlm.invoke({"question": "Above?", "context": context})


TELL = below("FINAL([type(context).__name__, context])")


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("'a ' + 'str'", ["str", "a str"]),
        ("['one', 'two']", ["list", ["one", "two"]]),
        ("('one',)", ["list", ["one"]]),
        ("context", ["str", CONTEXT]),
        ("context[4:9]", ["str", "whole"]),
        ("None", ["str", CONTEXT]),
    ],
)
def test_a_recursive_run_has_a_repl_over_the_context_it_was_given(
    model_server: ModelServer, given: str, seen: list[Any]
) -> None:
    code = f"import json\nFINAL(json.loads(rlm_query('Below', context={given})))"
    result = ask(tree(model_server, code, TELL))
    assert result["value"] == seen
    assert model_server.stats()["by_model"] == {"root": 2}


def test_without_a_context_it_has_all_documents(model_server: ModelServer) -> None:
    result = ask(tree(model_server, "import json\nFINAL(json.loads(rlm_query('Below')))", TELL), ["one", "two"])
    assert result["value"] == ["list", ["one", "two"]]


def test_a_long_prompt_without_a_context_becomes_the_context(model_server: ModelServer) -> None:
    rule = below("FINAL(context.count('x') + len(context))", name="The context is a request")
    assert ask(tree(model_server, "FINAL(rlm_query('Count: ' + 'x' * 5000))", rule))["answer"] == str(5000 + 5007)


def test_a_batch_of_recursive_runs_answers_in_order_each_with_its_own_variables(model_server: ModelServer) -> None:
    code = "mine = 'above'\nout = rlm_query_batched(['Below 1', 'Below 2'], ['one', ['two']])\nFINAL(out + [mine])"
    rule = below("assert 'mine' not in globals()\nmine = 'below'\nFINAL(mine + str(context))")
    assert ask(tree(model_server, code, rule))["value"] == ["belowone", "below['two']", "above"]


def test_a_recursive_run_may_take_turns_and_ask_sub_models(model_server: ModelServer) -> None:
    asking = below("found = llm_query(context + '\\nQuestion: What is MAGIC key?')\nprint('found', found)")
    then = {"match": "^found value", "reply": cell("FINAL(found)")}
    result = ask(tree(model_server, "FINAL(rlm_query('Below', context))", then, asking))
    assert result["answer"] == "value"
    (answer,) = [entry for entry in result["journal"] if entry["kind"] == "answer"]
    assert (answer["run"]["turns"], answer["run"]["stop_reason"]) == (2, "answered")
    assert [entry["kind"] for entry in answer["run"]["journal"]][:2] == ["run", "reply"]
    assert result["turns"] == 1
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 1}


def test_usage_counts_the_whole_tree(model_server: ModelServer) -> None:
    rule = below("FINAL(llm_query(context + '\\nQuestion: What is MAGIC key?'))")
    usage = ask(tree(model_server, "FINAL(rlm_query_batched(['Below'] * 3))", rule))["usage"]
    log = model_server.log()
    assert usage["calls"] == len(log) == 7
    assert usage["input_tokens"] == sum(entry["usage"]["prompt_tokens"] for entry in log if entry["usage"])


def test_at_the_depth_limit_it_is_a_sub_model_call_with_the_context_in_the_prompt(model_server: ModelServer) -> None:
    code = "FINAL(rlm_query('Question: What is MAGIC key?', context))"
    assert ask(tree(model_server, code, budget=Budget(depth=1)))["answer"] == "value"
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 1}
    model_server.reset()
    rule = below(code)
    assert ask(tree(model_server, "FINAL(rlm_query('Below', context))", rule))["answer"] == "value"
    assert model_server.stats()["by_model"] == {"root": 2, "sub": 1}


def test_at_depth_3_runs_go_two_levels_down(model_server: ModelServer) -> None:
    rules = [below("FINAL('deepest ' + context)", "Deepest"), below("FINAL(rlm_query('Deepest', context[:3]))")]
    rlm = tree(model_server, "FINAL(rlm_query('Below', context[4:]))", *rules, budget=Budget(depth=3))
    assert ask(rlm)["answer"] == "deepest who"


def test_the_system_prompt_teaches_recursion_only_where_it_is_possible(model_server: ModelServer) -> None:
    ask(tree(model_server, "FINAL(rlm_query('Below'))", TELL))
    above, one_down = [entry["messages"][0]["content"] for entry in model_server.log()]
    assert "rlm_query" in above
    assert "rlm_query" not in one_down
    assert "llm_query" in one_down


def test_turns_are_one_budget_for_the_tree(model_server: ModelServer) -> None:
    code = "FINAL(rlm_query_batched(['Below 1', 'Below 2', 'Below 3'], on_error='return'))"
    rlm = tree(
        model_server, code, {"match": "budget is used up", "reply": cell("FINAL('so far')")},
        below("print('looking')"), {"match": "^looking", "reply": cell("print('looking')")},
        budget=Budget(depth=2, turns=8),
    )  # fmt: skip
    result = ask(rlm)
    assert result["stop_reason"] == "answered"
    assert model_server.stats()["by_model"]["root"] <= 8
    runs = [entry["run"] for entry in result["journal"] if entry["kind"] == "answer" and "run" in entry]
    assert runs
    assert all(run["stop_reason"] == "budget:turns" for run in runs)


def test_sub_queries_are_one_budget_for_the_tree(model_server: ModelServer) -> None:
    code = "FINAL([str(x) for x in rlm_query_batched(['Below 1', 'Below 2'])] + [budget()['sub_queries']])"
    asking = "try:\n    n = len(llm_query_batched(['a?', 'b?']))\nexcept RuntimeError:\n    n = 'none left'\nFINAL(n)"
    rlm = tree(model_server, code, below(asking), budget=Budget(depth=2, sub_queries=5))
    assert sorted(map(str, ask(rlm)["value"])) == ["1", "2", "none left"]
    assert model_server.stats()["by_model"] == {"root": 3, "sub": 2}


def test_a_recursive_run_that_fails_is_one_failed_answer(model_server: ModelServer) -> None:
    code = "out = rlm_query_batched(['Below 1', 'Wrong', 'Below 2'], on_error='return')\nFINAL([str(x) for x in out])"
    wrong = {"faults": [{"kind": "401", "match": r"<question>\nWrong"}]}
    result = ask(tree(model_server, code, below("FINAL('fine')"), root=wrong))
    first, failed, last = result["value"]
    assert (first, last) == ("fine", "fine")
    assert failed.startswith("<sub-query failed")
    assert "authentication" in failed


def test_what_a_recursive_run_came_to_before_it_failed_is_kept(model_server: ModelServer) -> None:
    code = "out = rlm_query_batched(['Below'], [context], on_error='return')\nFINAL([str(x) for x in out])"
    rule = below("print(llm_query('What is this? ' + context), 'then')")
    result = ask(tree(model_server, code, rule, root={"faults": [{"kind": "401", "match": "then"}]}), CONTEXT * 9)
    assert result["value"][0].startswith("<sub-query failed: failed: ")
    (answer,) = [entry for entry in result["journal"] if entry["kind"] == "answer"]
    assert (answer["run"]["stop_reason"], answer["run"]["turns"]) == ("failed", 1)
    calls = [usage.get("calls", 1) for _, usage in spending(result["journal"]).calls]
    assert sum(calls) == result["usage"]["calls"] == 3


def test_one_failing_recursive_run_is_an_exception_in_the_cell_that_asked(model_server: ModelServer) -> None:
    code = "try:\n    rlm_query('Wrong')\nexcept RuntimeError as error:\n    FINAL(str(error))"
    wrong = {"faults": [{"kind": "401", "match": r"<question>\nWrong"}]}
    assert "sub-query failed" in ask(tree(model_server, code, root=wrong))["answer"]


def test_a_recursive_run_without_an_answer_is_a_failure_and_no_empty_answer(model_server: ModelServer) -> None:
    code = "out = rlm_query_batched(['Below'], on_error='return')\nFINAL([str(x) for x in out])"
    rlm = tree(model_server, code, {"match": r"<question>\nBelow|used up|printed nothing", "reply": cell("x = 1")},
               budget=Budget(depth=2, turns=4))  # fmt: skip
    assert ask(rlm)["value"][0].startswith("<sub-query failed")


def test_progress_events_name_the_run_and_its_depth(model_server: ModelServer) -> None:
    rlm = tree(model_server, "FINAL(rlm_query('Below'))", below("FINAL('done')"))
    events: list[Any] = [*rlm.stream({"question": "Above?", "context": CONTEXT}, stream_mode="custom")]
    inner = [event for event in events[:-1] if event["run"]]
    assert [event["event"] for event in inner] == ["inspect", "turn", "reply", "budget", "cell", "cell_end", "end"]
    assert {(event["run"], event["depth"]) for event in inner} == {("/1", 1)}


def test_a_recursive_run_answers_without_its_thinking(model_server: ModelServer) -> None:
    rule = below("FINAL('so')")
    rule["reply"] = "<thought>\n" + cell("FINAL('thought')") + "\n</thought>\n" + rule["reply"]
    assert ask(tree(model_server, "FINAL(rlm_query('Below', 'text'))", rule))["answer"] == "so"
