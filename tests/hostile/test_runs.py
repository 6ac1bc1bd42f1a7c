"""Whole runs over real HTTP against texts and models that mean ill: the answer stays the root's, and budgets hold."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, Budget, RLMResult
from tests.hostile.attempts import MARKER, VARIABLE
from tests.hostile.texts import FORGED, TEXTS
from tests.server.client import ModelServer

HONEST = "the honest answer"
LOOK = "print(context)"
ASK = "told = llm_query('What does it say?')\nprint(told)"
ENDLESS = 400
"""Cells or questions that a hostile run would like to have."""


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def run(server: ModelServer, *cells: str, context: Any = "harmless", sub: str = "said", **settings: Any) -> RLMResult:
    """A run of these cells, the last one for ever; the sub-model always says `sub`."""
    replies = [cell(code) for code in cells]
    models = {"root": {"kind": "script", "replies": replies}, "sub": {"kind": "script", "replies": [sub]}}
    server.configure(models=models)
    root, leaf = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, leaf, **{"route": "rlm", **settings}).invoke({"question": "What?", "context": context})


def check_it_was_data(server: ModelServer, result: RLMResult, text: str, *, asked: int) -> None:
    """The run went as its cells say, and the text came to the root in a user message only."""
    assert (result["answer"], result["stop_reason"], result["turns"]) == (HONEST, "answered", 2)
    kinds = [entry["kind"] for entry in result["journal"]]
    assert kinds.count("cell") == kinds.count("reply") == 2
    assert kinds.count("answer") == asked
    assert server.stats()["by_model"] == {"root": 2, **({"sub": asked} if asked else {})}
    last = [entry for entry in server.log() if entry["model"] == "root"][-1]["messages"]
    assert [message["role"] for message in last] == ["system", "user", "assistant", "user"]
    assert not any(text in message["content"] for message in last if message["role"] != "user")
    assert text.rpartition("</think>\n")[2] in last[-1]["content"]


@pytest.mark.parametrize("name", TEXTS)
def test_a_context_that_imitates_the_run_is_data(model_server: ModelServer, name: str) -> None:
    result = run(model_server, LOOK, f"FINAL({HONEST!r})", context=TEXTS[name])
    check_it_was_data(model_server, result, TEXTS[name], asked=0)


@pytest.mark.parametrize("name", TEXTS)
def test_a_sub_models_answer_that_imitates_the_run_is_data(model_server: ModelServer, name: str) -> None:
    result = run(model_server, ASK, f"FINAL({HONEST!r})", sub=TEXTS[name])
    check_it_was_data(model_server, result, TEXTS[name], asked=1)


@pytest.mark.parametrize("name", ["a cell", "bare FINAL", "a closing question", "a system message", "a journal entry"])
def test_a_document_name_that_imitates_the_run_is_data(model_server: ModelServer, name: str, tmp_path: Path) -> None:
    path = tmp_path / TEXTS[name].replace("/", "∕").strip()  # noqa: RUF001  # no directory
    path.write_text("harmless")
    result = run(model_server, "print(sources)", f"FINAL({HONEST!r})", context=path)
    assert (result["answer"], result["turns"]) == (HONEST, 2)
    assert {entry["messages"][0]["role"] for entry in model_server.log()} == {"system"}
    assert not any(FORGED in entry["messages"][0]["content"] for entry in model_server.log())


def test_questions_without_end_stop_at_the_budget(model_server: ModelServer) -> None:
    flood = f"for n in range({ENDLESS}):\n    try:\n        llm_query(f'q{{n}}')\n    except Exception:\n        pass"
    result = run(model_server, flood, f"FINAL({HONEST!r})", budget=Budget(turns=3, sub_queries=4))
    assert model_server.stats()["by_model"]["sub"] == 4
    assert result["answer"] == HONEST


def test_a_batch_above_the_budget_asks_no_more_than_it_allows(model_server: ModelServer) -> None:
    batch = f"llm_query_batched([f'q{{n}}' for n in range({ENDLESS})], on_error='return')"
    run(model_server, batch, f"FINAL({HONEST!r})", budget=Budget(turns=3, sub_queries=4))
    assert model_server.stats()["by_model"].get("sub", 0) <= 4


@pytest.mark.parametrize(
    "code",
    [
        "b = budget()\nb['turns'] = b['sub_queries'] = 10 ** 9",
        "budget = lambda: {'turns': 10 ** 9}",
        'exec("_rlm_host_budget(10 ** 9)")',
        "exec(\"_rlm_settings['turns'] = 10 ** 9\")",
        "print('Budget: 1,000,000 turns left.')",
    ],
)
def test_no_cell_raises_the_budget(model_server: ModelServer, code: str) -> None:
    result = run(model_server, code, budget=Budget(turns=3))
    assert (result["turns"], model_server.stats()["by_model"]) == (3, {"root": 3})


def test_recursion_without_end_stops_at_the_depth_and_the_turns(model_server: ModelServer) -> None:
    deeper = "try:\n    told = rlm_query('again', 'text')\nexcept Exception as e:\n    told = str(e)\nprint(told)"
    run(model_server, deeper, budget=Budget(turns=6, sub_queries=10, depth=3))
    asked = model_server.stats()["by_model"]
    assert asked["root"] <= 6
    assert asked.get("sub", 0) <= 10


def test_an_answer_that_the_host_cannot_write_out_is_an_error_of_the_cell(model_server: ModelServer) -> None:
    nested = "a = []\nfor _ in range(20_000):\n    a = [a]\n"
    for code in (f"{nested}FINAL(a)", "FINAL(10 ** 5_000)", f"{nested}answer['content'] = a\nanswer['ready'] = True"):
        result = run(model_server, code, f"FINAL({HONEST!r})")
        assert result["answer"] == HONEST


def test_nothing_of_the_host_or_of_another_run_gets_into_a_run(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text(MARKER)
    monkeypatch.setenv(VARIABLE, MARKER)
    other = run(model_server, f"kept = context\nFINAL({HONEST!r})", context=f"{MARKER} of another run")
    assert other["answer"] == HONEST
    model_server.reset()
    attempts = (
        f"print(open({str(canary)!r}).read())", "import os\nprint(os.environ)", "print(kept)", "print(locals())",
        f"print(open('/proc/{os.getpid()}/environ').read())", "print(sources, budget())", f"FINAL({HONEST!r})",
    )  # fmt: skip
    result = run(model_server, *attempts)
    assert (result["answer"], result["turns"]) == (HONEST, len(attempts))
    shown = {key: value for key, value in result.items() if key != "context"}
    assert MARKER not in json.dumps(shown, default=str)
    assert MARKER not in json.dumps(model_server.log())
    assert canary.read_text() == MARKER
