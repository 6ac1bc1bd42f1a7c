"""What the README shows runs as pasted."""

import os
import re
from pathlib import Path

from langchain_rlm.repl.functions import FUNCTIONS
from tests import forked

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


SMALLER = """
from pydoc_data.topics import topics
for name in sorted(topics, key=lambda name: (name not in ("with", "yield"), name))[25:]:
    del topics[name]
"""
"""What the README reads, in less time: a quarter of the language reference, and still too long for one call."""


def test_the_python_of_the_readme_runs_from_top_to_bottom(tmp_path: Path) -> None:
    file = tmp_path / "pasted.py"
    file.write_text("\n".join([SMALLER, *blocks("python")]), encoding="utf-8")
    done = forked.python(file, env=os.environ, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stderr
    assert 'The "with" statement' in done.stdout


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    commands = [line.split("#")[0].strip() for line in blocks("sh")[0].splitlines() if line.strip()]
    assert commands == ["make demo", "make test"]
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{command.removeprefix('make ')}:" in makefile for command in commands)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "\nmake test\n" in (README.parent / ".ci" / "run").read_text(encoding="utf-8")


def test_the_table_of_the_repl_has_a_row_for_each_function() -> None:
    section = README.read_text(encoding="utf-8").split("### What the root model can use\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| `(\w+)(\(.*?\))` \| (.+) \|$", section, re.MULTILINE)
    assert [(name, signature) for name, signature, _ in rows] == [(f.name, f.signature) for f in FUNCTIONS]
