"""The examples run as pasted, without a key, and are short."""

import os
from pathlib import Path

import pytest

from tests import forked

EXAMPLES = Path(__file__).parents[2] / "examples"
SAYS = {
    "agent_with_tool": ["human: Which methods", "ask_documents inspect", "ask_documents end", "ai: ", "Sources: "],
    "retriever_in_a_chain": ["yield", " cited "],
    "rag_first": ["finally", "- try:"],
}


@pytest.mark.parametrize("name", SAYS)
def test_an_example_runs_offline(name: str, tmp_path: Path) -> None:
    file = EXAMPLES / f"{name}.py"
    assert len(file.read_text().splitlines()) < 60
    kept = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    run = forked.python(file, env={**kept, "LANGCHAIN_RLM_MODEL": "offline"}, cwd=tmp_path, timeout=100)
    assert (run.returncode, run.stderr) == (0, "")
    for words in SAYS[name]:
        assert words in run.stdout
