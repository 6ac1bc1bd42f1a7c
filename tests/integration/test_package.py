"""What is published: two builds are the same bytes, the metadata pass the index's check, and the README's start runs.

The tests that build are slow; the others read the files that say one thing in one place.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EPOCH = "1750000000"
"""Seconds. Any will do: files in the archives have this date."""


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> str:
    """Run a command in a clean environment; what it printed."""
    kept = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "PIP_DISABLE_PIP_VERSION_CHECK": "1", **_index(), **env}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _index() -> dict[str, str]:
    """What this machine sets for the installer: its index and its certificates."""
    names = re.compile(r"PIP_|SSL_|REQUESTS_CA|HTTPS?_PROXY|NO_PROXY", re.IGNORECASE)
    return {name: value for name, value in os.environ.items() if names.match(name)}


def built(to: Path) -> dict[str, Path]:
    """A source archive and a wheel, of a copy of the tree: nothing that lies about in it is packed, nothing is left."""
    tree = to / "tree"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", to / "dist", tree, SOURCE_DATE_EPOCH=EPOCH)
    return {"".join(each.suffixes[-1:]): each for each in (to / "dist").iterdir()}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return built(tmp_path_factory.mktemp("first"))


@pytest.mark.slow
def test_two_builds_are_the_same_to_the_byte(dist: dict[str, Path], tmp_path: Path) -> None:
    again = built(tmp_path)
    assert set(dist) == {".whl", ".gz"}
    assert {kind: digest(path) for kind, path in dist.items()} == {kind: digest(path) for kind, path in again.items()}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
def test_the_index_would_take_both_and_they_hold_what_they_should(dist: dict[str, Path]) -> None:
    run(sys.executable, "-m", "twine", "check", "--strict", *dist.values())
    names = zipfile.ZipFile(dist[".whl"]).namelist()
    tops = {name.split("/")[0].split("-")[0] for name in names}
    assert tops == {"langchain_rlm"}
    assert {"langchain_rlm/py.typed", "langchain_rlm/prompts/system.md"} <= set(names)
    with tarfile.open(dist[".gz"]) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    assert {"README.md", "LICENSE", "CITATION.cff", "Makefile", "tests/conftest.py", ".ci/run"} <= sources


@pytest.mark.slow
@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13"])
def test_the_wheel_in_a_bare_environment_runs_the_start_of_the_readme(
    dist: dict[str, Path], tmp_path: Path, python: str
) -> None:
    found = which(python)
    if found is None:
        pytest.skip(f"there is no {python} here")
    run(found, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    own = tmp_path / "venv" / "bin" / "python"
    run(own, "-m", "pip", "install", "--quiet", dist[".whl"], cwd=tmp_path)
    quickstart = re.findall(r"^```python\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert 'The "with" statement' in run(own, "-c", quickstart[0], cwd=tmp_path)
    assert run(own, "-c", "from importlib.metadata import version; print(version('langchain-rlm'))", cwd=tmp_path) == (
        f"{project()['version']}\n"
    )


def which(python: str) -> Path | None:
    """A Python of that name which runs: a name may be there, and stand for none."""
    for folder in [*map(Path, ["/usr/local/bin", "/usr/bin"]), *Path.home().glob(".pyenv/versions/*/bin")]:
        each = folder / python
        command: list[str | Path] = [each, "-m", "venv", "-h"]
        if each.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return each
    return None


def project() -> dict[str, str]:
    found: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def test_the_version_is_one_fact_and_the_changelog_begins_with_it() -> None:
    version = project()["version"]
    heading = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heading is not None
    assert heading[1] == version
    others = [*(ROOT / "langchain_rlm").rglob("*.py"), ROOT / "CITATION.cff", ROOT / "README.md"]
    assert [path.name for path in others if version in path.read_text("utf-8")] == []


def test_the_workflows_run_what_is_run_here_and_publish_without_a_token() -> None:
    workflows = ROOT / ".github" / "workflows"
    assert "run: .ci/run" in (workflows / "ci.yml").read_text("utf-8")
    release = (workflows / "release.yml").read_text("utf-8")
    assert "twine check --strict" in release
    assert "id-token: write" in release
    assert "secrets." not in release
    versions = re.findall(r'"(3\.\d+)"', (workflows / "ci.yml").read_text("utf-8"))
    assert versions == re.findall(r"Python :: (3\.\d+)", "\n".join(project()["classifiers"]))
