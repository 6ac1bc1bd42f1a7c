"""Sub-queries with a form in real runs: counted, on record, cited, given again and replayed like every other."""

import re
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from typer.testing import CliRunner

from langchain_rlm import RLM, Budget, ReplLimits, save_journal
from langchain_rlm.cli.app import app
from tests.server.client import ModelServer

TEXT = "\n".join(
    f"Line {number}: the {number * 7919 % 9973} geese have landed near the old mill." for number in range(200)
)
THREAD: Any = {"configurable": {"thread_id": "1"}}
MAP = "found = llm_map(context.splitlines()[:3], 'Even or odd?', ['even', 'odd'])"
QUOTES = "quotes = llm_quotes('Which geese?', [context[i : i + 4_000] for i in range(0, len(context), 4_000)])"
FORM = "data = llm_query('How many?', schema={'count': int})"
FINAL = "FINAL([found, quotes, data['count']])"
SAID = [
    {"match": r"How many\?[\s\S]*cannot be used", "reply": '{"count": 3,}'},
    {"match": r"How many\?", "reply": "three"},
    {"match": "could not be used", "reply": "It is odd."},
    {"match": r"Even or odd\?", "reply": "11: even\n**19** - Even."},
    {"match": r"Which geese\?[\s\S]*Copied before", "reply": "NOTHING"},
    {"match": r"Which geese\?[\s\S]*?(Line \d*7: [^\n]*)", "reply": r"- \1" + "\n- Line 999: no geese have landed."},
]
QUOTED = [line for i in range(0, len(TEXT), 4_000) for line in re.findall(r"Line \d*7: .*", TEXT[i : i + 4_000])[:1]]


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *cells: str, below: str = "", latency: float = 0, **settings: Any) -> RLM:
    rules = [{"match": r"<question>\nBelow", "reply": cell(below)}]
    script = {"kind": "script", "replies": [*map(cell, cells)]}
    root = {"kind": "rules", "rules": rules, "default": cell(cells[0])} if below else script
    server.configure(models={"root": root, "sub": {"kind": "rules", "rules": SAID, "default": "?", "latency": latency}})
    models = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    budget = settings.pop("budget", Budget(depth=2))
    return RLM(*models, route="rlm", budget=budget, checkpointer=InMemorySaver(), **settings)


def ask(rlm: RLM) -> Any:
    return rlm.invoke({"question": "How many geese?", "context": TEXT}, THREAD)


@pytest.mark.parametrize("limits", [{}, {"idle_seconds": 0.01}])
def test_they_are_counted_read_cited_and_replayed(
    model_server: ModelServer, limits: dict[str, Any], tmp_path: Path
) -> None:
    latency = 0.2 if limits else 0  # the REPL is given up while it waits, and built again in the middle of a program
    rlm = rlm_of(model_server, f"{MAP}\n{QUOTES}\n{FORM}\n{FINAL}", latency=latency, repl_limits=ReplLimits(**limits))
    result = ask(rlm)
    assert result["value"][0] == ["even", "odd", "even"]
    assert result["value"][2] == 3
    assert result["value"][1] == [f"{line} [{number}]" for number, line in enumerate(QUOTED, 1)]
    assert [(each["text"], TEXT[each["start"] : each["end"]]) for each in result["citations"]] == [
        (line, line) for line in QUOTED
    ]
    assert result["coverage"]["seen"] == 1.0
    asked = 2 + 2 * len(QUOTED) + 2
    assert result["usage"]["sub_queries"]["asked"] == asked == model_server.stats()["by_model"]["sub"]
    (tmp_path / "text.txt").write_text(TEXT)
    save_journal(result, tmp_path / "run.jsonl")
    told = CliRunner().invoke(app, ["replay", f"{tmp_path}/run.jsonl", "--context", f"{tmp_path}/text.txt", "--quiet"])
    assert (told.exit_code, told.output) == (0, f"{result['answer']}\n")


def test_a_cell_written_again_pays_for_nothing_twice(model_server: ModelServer) -> None:
    failing = f"{MAP}\n{QUOTES}\n1 / 0"
    result = ask(rlm_of(model_server, failing, f"{MAP}\n{QUOTES}\n{FORM}\n{FINAL}"))
    assert result["value"][0] == ["even", "odd", "even"]
    assert result["usage"]["sub_queries"]["asked"] > model_server.stats()["by_model"]["sub"] == 4 + 2 * len(QUOTED)


def test_a_fork_gives_the_program_another_answer(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, MAP, "FINAL(found)")
    assert ask(rlm)["value"] == ["even", "odd", "even"]
    fork = rlm.fork(THREAD, call="1", answer="11: odd\n14: odd\n19: odd")
    assert rlm.invoke({"context": TEXT}, fork)["value"] == ["odd", "odd", "odd"]


def test_a_recursive_run_quotes_what_the_run_above_cites(model_server: ModelServer) -> None:
    below = "FINAL('They landed: ' + llm_quotes('Which geese?', context)[0])"
    result = ask(rlm_of(model_server, "FINAL(rlm_query('Below', context[2_000:4_000]))", below=below))
    (citation,) = result["citations"]
    assert result["answer"] == f"They landed: {citation['text']} [1]"
    assert TEXT[citation["start"] : citation["end"]] == citation["text"]
    assert citation["start"] > 2_000


def test_what_the_budget_refuses_keeps_the_answers_that_were_had(model_server: ModelServer) -> None:
    told = f"try:\n    {MAP}\nexcept AnswerError as error:\n    FINAL([error.answers, error.missing, str(error)])"
    value = ask(rlm_of(model_server, told, budget=Budget(depth=1, sub_queries=1)))["value"]
    assert value[:2] == [["even", None, "even"], [1]]
    assert "llm_map: 1 of 3 items have no answer: item 1 ('Line 1: " in value[2]
    assert "(budget)" in value[2]


WEIGH = "said = llm_map(['a dog', 'rain'], 'Is this an animal?', ['yes', 'no'], weigh=True)\nFINAL(said)"
WEIGHED = [
    {"match": "a dog", "reply": {"content": "Yes.", "logprobs": {"Yes": -0.1054, "No": -2.3026}}},
    {"match": "rain", "reply": {"content": "No.", "logprobs": {"No": -0.0101, "Yes": -4.6052}}},
]


@pytest.mark.parametrize("streams", [False, True])
def test_a_weighed_answer_says_how_probable_it_was_and_is_replayed(
    model_server: ModelServer, tmp_path: Path, *, streams: bool
) -> None:
    root = {"kind": "script", "replies": [cell(WEIGH)]}
    model_server.configure(models={"root": root, "sub": {"kind": "rules", "rules": WEIGHED, "default": "?"}})
    models = (model_server.chat_model("root"), model_server.chat_model("sub", streaming=streams))
    result = RLM(*models, route="rlm", budget=Budget(cost=None)).invoke({"question": "Which?", "context": TEXT})
    assert [[label, round(share, 2)] for label, share in result["value"]] == [["yes", 0.9], ["no", 0.01]]
    asked = [entry["request"] for entry in model_server.log() if entry["model"] == "sub"]
    assert [(one["logprobs"], one["top_logprobs"]) for one in asked] == [(True, 5)] * 2
    assert all("logprobs" not in entry["request"] for entry in model_server.log() if entry["model"] == "root")
    assert "Yes. (yes: 90 %)" in {entry.get("text") for entry in result["journal"]}
    (tmp_path / "text.txt").write_text(TEXT)
    save_journal(result, tmp_path / "run.jsonl")
    told = CliRunner().invoke(app, ["replay", f"{tmp_path}/run.jsonl", "--context", f"{tmp_path}/text.txt", "--quiet"])
    assert (told.exit_code, told.output) == (0, f"{result['answer']}\n")


def test_a_server_that_refuses_log_probabilities_is_asked_without_from_then_on(model_server: ModelServer) -> None:
    refusal = {"error": {"message": "Unsupported parameter: 'logprobs'.", "type": "invalid_request_error"}}
    once = (
        "said = [llm_map(['a dog'], f'Is it {one}?', ['yes', 'no'], weigh=True) for one in ('big', 'old')]\nFINAL(said)"
    )
    sub = {"kind": "script", "replies": [{"status": 400, "body": refusal, "times": 1}, "Yes."]}
    model_server.configure(models={"root": {"kind": "script", "replies": [cell(once)]}, "sub": sub})
    models = (model_server.chat_model(name) for name in ("root", "sub"))
    rlm = RLM(*models, route="rlm", budget=Budget(cost=None), max_concurrency=1)
    assert rlm.invoke({"question": "Which?", "context": TEXT})["value"] == [[["yes", None]]] * 2
    asked = ["logprobs" in entry["request"] for entry in model_server.log() if entry["model"] == "sub"]
    assert asked[0]
    assert not any(asked[1:])


ONE = "FINAL(llm_map(['a dog'], 'Is this an animal?', ['yes', 'no'], weigh=True))"


def test_the_weight_of_an_answer_that_was_cut_off_stands_behind_the_whole(model_server: ModelServer) -> None:
    cut = {"content": "Yes, because dogs ", "finish_reason": "length", "logprobs": {"Yes": -0.1054, "No": -2.3026}}
    sub = {"kind": "script", "replies": [cut, "are animals."]}
    model_server.configure(models={"root": {"kind": "script", "replies": [cell(ONE)]}, "sub": sub})
    models = (model_server.chat_model(name) for name in ("root", "sub"))
    result = RLM(*models, route="rlm", budget=Budget(cost=None)).invoke({"question": "Which?", "context": TEXT})
    [(label, share)] = result["value"]
    assert (label, round(share, 2)) == ("yes", 0.9)
