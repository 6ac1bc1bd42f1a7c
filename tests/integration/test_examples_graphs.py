"""Two examples run as they are pasted: without a key, without a network, in a process of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def output_of(example: str, directory: Path) -> str:
    """What an example prints; a warning of its own or of the package is an error."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("LANGCHAIN_", "LANGSMITH_"))}
    command = [sys.executable, "-W", "error::UserWarning", "-W", "error::DeprecationWarning", str(EXAMPLES / example)]
    done = subprocess.run(command, cwd=directory, env=own, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_pipeline_answers_every_question_and_keeps_no_text(tmp_path: Path) -> None:
    output = output_of("pipeline.py", tmp_path)
    assert output.count("## ") == 3
    assert "[with]" in output
    assert "[specialnames]" in output
    sizes = re.search(r"checkpoints have ([\d,]+) characters, the documents ([\d,]+)\.", output)
    assert sizes is not None
    kept, given = (int(size.replace(",", "")) for size in sizes.groups())
    assert kept < given / 20


def test_structured_output_gives_an_instance_or_none(tmp_path: Path) -> None:
    output = output_of("structured_output.py", tmp_path)
    assert re.search(r"Count\(count=\d+, what=\"lines contain 'yield'\"\)", output)
    assert "no Statement (budget:turns); the answer was: 'Passages that bear on" in output


def test_both_are_short() -> None:
    for name in ("pipeline.py", "structured_output.py"):
        assert len((EXAMPLES / name).read_text().splitlines()) < 60
