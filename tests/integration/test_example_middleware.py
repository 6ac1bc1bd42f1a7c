"""The example runs as pasted, without a key and without a network."""

import os
from pathlib import Path

from tests import forked

EXAMPLE = Path(__file__).parents[2] / "examples" / "agent_with_middleware.py"


def test_the_agent_with_middleware_finds_the_line_and_never_holds_the_log(tmp_path: Path) -> None:
    pasted = tmp_path / "pasted.py"
    pasted.write_text(EXAMPLE.read_text())
    env = {name: value for name, value in os.environ.items() if name != "OPENAI_API_KEY"}
    done = forked.python(pasted, cwd=tmp_path, env=env, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "I was told:" in done.stdout
    assert "17:10:03 ERROR station Heron lost contact" in done.stdout.rpartition("I was told:")[2]
    assert "It is kept outside as document doc-" in done.stdout
    assert len(done.stdout) < 5_000
    assert done.stderr == ""


def test_it_is_short() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 60
