"""Each method over real HTTP: it reaches the texts, it gives the answer, and its calls are counted as all are."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm.models.prices import Pricing
from langchain_rlm.testing.quality.meter import Meter, Purse
from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.methods.common import Answer, Limits, Models
from langchain_rlm.testing.quality.task import Task
from tests.server.client import ModelServer

FACT = "The code of the safe is 4711."
FILLER = "The river was calm, and the town was quiet that day. "
TASK = Task(
    "needle", 1, 9_000, True, "What is the code of the safe?", f"{FILLER * 100}{FACT} {FILLER * 100}", ["4711"]  # noqa: FBT003
)  # fmt: skip
NAMED = Task("code", 1, 200, True, "What is the code of the safe?", {"a.txt": FILLER, "b.txt": FACT}, [])  # noqa: FBT003
PRICES: Any = {"root": {"input": 1, "output": 1}, "sub": {"input": 1, "output": 1}}
CELL = """```repl
answer['content'] = llm_query('Find the code: ' + context)
answer['ready'] = True
```"""
FOUND = {"match": "4711", "reply": "It is 4711."}
CODE = {"match": "repl", "reply": CELL}


def needs(name: str) -> None:
    if METHODS[name].missing:
        pytest.skip(f"{METHODS[name].missing} is not installed")


async def asked(server: ModelServer, name: str, task: Task = TASK, **limits: Any) -> tuple[Answer, Meter]:
    meter = Meter(Purse(), Pricing.of(PRICES))
    models = Models(server.chat_model("root"), server.chat_model("sub"), (meter,))
    answer = await METHODS[name].ask(task, models, Limits(**{"piece": 3_000, "prices": PRICES, **limits}))
    return answer, meter


def counted(server: ModelServer, meter: Meter) -> list[Any]:
    """The requests of the server, which must be those of the meter."""
    log = server.log()
    tokens = sum(one["usage"]["total_tokens"] for one in log if one["usage"])
    assert meter.used["calls"] == len(log)
    assert meter.used["input_tokens"] + meter.used["output_tokens"] == tokens
    assert meter.used["cost"] == pytest.approx(tokens / 1e6)
    assert meter.used["failed_calls"] == meter.used["estimated_calls"] == 0
    return log


@pytest.mark.parametrize("name", ["call", "bm25", "embedding", "refine", "map-reduce", "rlm", "auto", "samples"])
async def test_a_method_finds_the_sentence(model_server: ModelServer, name: str) -> None:
    needs(name)
    rules = [{"match": "<question>", "reply": CELL}] if name in {"rlm", "samples"} else []
    model_server.configure(
        models={each: {"kind": "rules", "rules": [*rules, FOUND], "default": "-"} for each in ("root", "sub")}
    )
    answer, meter = await asked(model_server, name)
    log = counted(model_server, meter)
    models = [one["model"] for one in log]
    if name == "refine":
        assert models == ["root"] * len(log)
        assert len(log) > 3
    else:
        assert "4711" in answer.text
    if name == "map-reduce":
        assert models.count("root") == 1
        assert models.count("sub") == len(log) - 1 > 3
    if name in {"call", "bm25", "embedding", "auto"}:
        assert models == ["root"]


async def test_an_agent_has_the_texts_as_files(model_server: ModelServer) -> None:
    needs("agent")
    read = {"name": "read_file", "args": {"file_path": "/b.txt"}}
    model_server.configure(
        models={"root": {"kind": "script", "replies": [{"tool_calls": [read]}, "It is 4711."]}, "sub": {}}
    )
    answer, meter = await asked(model_server, "agent", NAMED)
    assert answer.text == "It is 4711."
    assert "4711" in str(counted(model_server, meter)[1]["messages"])


async def test_the_reference_asks_the_same_models(model_server: ModelServer) -> None:
    if importlib.util.find_spec("rlm") is None:
        pytest.skip("rlms is not installed")
    model_server.configure(
        models={
            "root": {"kind": "rules", "rules": [CODE], "default": CELL},
            "sub": {"kind": "rules", "rules": [FOUND], "default": "-"},
        }
    )
    before = Path.cwd()
    answer, meter = await asked(model_server, "rlms")
    assert answer.text == "It is 4711."
    assert [one["model"] for one in counted(model_server, meter)] == ["root", "sub"]
    assert Path.cwd() == before
