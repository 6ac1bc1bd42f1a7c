"""Several runs for one question, over a real model server whose replies differ by attempt."""

from typing import Any

import pytest

from langchain_rlm import RLM, Budget, RLMResult
from tests.server.client import ModelServer

TEXT = "Iron is a metal. Water is wet. " * 40


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def configured(server: ModelServer, *first: str, judge: str = "no number", rest: Any = ()) -> tuple[Any, Any]:
    """A root model whose first replies differ by attempt, and which answers as a judge."""
    *others, last = first
    replies = [*({"content": reply, "times": 1} for reply in others), last, *rest]
    server.configure(models={"root": {"kind": "script", "replies": replies}, "sub": {"kind": "echo"}})
    return tuple(server.chat_model(name, keep_alive=True) for name in ("root", "sub"))


def sampling(server: ModelServer, *first: str, samples: int = 3, **settings: Any) -> RLM:
    root, sub = configured(server, *first)
    return RLM(root, sub, **{"route": "rlm", "samples": samples, **settings})


def ask(rlm: RLM, context: Any = TEXT, **config: Any) -> RLMResult:
    return rlm.invoke({"question": "How many?", "context": context}, **config)


def test_most_agree_and_all_are_told_of(model_server: ModelServer) -> None:
    rlm = sampling(model_server, cell("FINAL(4)"), cell("FINAL(3.0)"), cell("FINAL('3')"))
    result = ask(rlm)
    assert (result["answer"] in {"3", "3.0"}, result["stop_reason"], result["turns"]) == (True, "answered", 1)
    assert model_server.stats()["requests"] == 3
    assert sorted(str(each["answer"]) for each in result["candidates"]) == ["3", "3.0", "4"]
    assert result["usage"]["calls"] == 3
