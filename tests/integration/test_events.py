"""Progress events: every one has the documented keys, and they tell the whole tree."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from langchain_rlm import RLM, Budget
from langchain_rlm.context import conversions
from langchain_rlm.events import ProgressEvent
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


KINDS: dict[str, Any] = {
    get_args(get_type_hints(kind)["event"])[0]: get_type_hints(kind) for kind in get_args(ProgressEvent)
}


def test_events_have_the_documented_keys_and_tell_the_tree(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(conversions, "TOLD", -1.0)  # else only what takes long tells how far it is
    (tmp_path / "a.txt").write_text(TEXT)
    rules = [
        {"match": r"<question>\nBelow", "reply": cell("FINAL(llm_query('Deep: ' + context[:90]))")},
        {"match": "^seen", "reply": cell("FINAL(below)")},
    ]
    default = cell("below = rlm_query('Below', context[:500])\nmore = llm_query_batched(['a', 'b'])\nprint('seen')")
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, "sub": {"kind": "echo"}}
    )
    root, sub = (model_server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", budget=Budget(depth=2))
    events: list[Any] = list(rlm.stream({"question": "What?", "context": tmp_path / "a.txt"}, stream_mode="custom"))
    assert {event["event"] for event in events} == set(KINDS) - {"confirm", "plan"}
    for event in events:
        assert set(event) == set(KINDS[event["event"]]), event
    assert [event["event"] for event in events if event.get("run") == "/1"] == [
        "inspect", "turn", "reply", "budget", "cell", "sub_queries", "sub_query", "answer", "cell_end", "end",
    ]  # fmt: skip
    assert {event["depth"] for event in events if "depth" in event} == {0, 1}
    times = [event["at"] for event in events if "at" in event]
    assert times == sorted(times)
    begun = {(e["run"], e["id"]) for e in events if e["event"] == "sub_query"}
    assert begun == {(e["run"], e["id"]) for e in events if e["event"] == "answer"}
    assert len(begun) == 4
