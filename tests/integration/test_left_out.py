"""Files that are not in the context: in the result, the coverage, the root model's first message and on the page."""

from pathlib import Path

import pytest

from langchain_rlm import RLM, load_journal, result_to_html, save_journal
from langchain_rlm.nodes.inspect import LEFT_OUT
from langchain_rlm.settings import WayIn
from tests.server.client import ModelServer

LEFT = [{"name": "pic.png", "reason": "binary, not text"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("The rent is 500 euros.")
    (tmp_path / "pic.png").write_bytes(b"\x89PNG\0\0")
    return tmp_path


@pytest.mark.parametrize("route", ["rlm", "direct"])
def test_what_was_left_out_is_in_the_result_and_told_to_the_model(
    model_server: ModelServer, folder: Path, route: WayIn
) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": ["```repl\nFINAL('500')\n```"]}})
    result = RLM(model_server.chat_model("root"), route=route).invoke({"question": "Rent?", "context": folder})
    assert result["left_out"] == LEFT
    assert result["coverage"] is not None
    assert result["coverage"]["left_out"] == LEFT
    told = str(model_server.log()[0]["messages"])
    assert "because they were left out: pic.png (binary, not text)." in told
    assert "pic.png" in result_to_html(result)


def test_nothing_is_said_where_nothing_was_left_out(model_server: ModelServer, folder: Path) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": ["```repl\nFINAL('500')\n```"]}})
    result = RLM(model_server.chat_model("root"), route="rlm").invoke(
        {"question": "Rent?", "context": folder / "a.txt"}
    )
    assert result["left_out"] == []
    assert "left out" not in str(model_server.log()[0]["messages"])
    assert "left_out" not in result["journal"][0]


def test_a_journal_keeps_it_and_does_not_grow_with_the_directory(folder: Path, tmp_path: Path) -> None:
    for number in range(LEFT_OUT + 5):
        (folder / f"{number}.bin").write_bytes(b"\0")
    result = RLM("offline", route="rlm").invoke({"question": "What is the rent?", "context": folder})
    save_journal(result, tmp_path / "run.jsonl")
    kept = load_journal(tmp_path / "run.jsonl")
    assert kept.coverage is not None
    assert len(kept.coverage["left_out"]) == LEFT_OUT + 1
    assert kept.coverage["left_out"][-1] == {"name": "6 more", "reason": "not listed"}
