"""The pages say what there is: each table, name, variable and link against the code. Parts of them are made from it."""

import re
from pathlib import Path

import pytest
import yaml

import langchain_rlm
from docs import generate
from langchain_rlm.models.profiles import PROFILES
from langchain_rlm.plans.library import shipped
from langchain_rlm.repl.functions import FUNCTIONS
from langchain_rlm.repl.jail.report import OFF, VARIABLE
from langchain_rlm.repl.monty import jail
from tests.pages import DOCS, README, ROOT, blocks, name, pages, rows

CONCEPTS, REFERENCE = DOCS / "concepts", DOCS / "reference"


def in_ticks(cells: list[str]) -> list[str]:
    return [word for cell in cells for word in re.findall(r"`([^`]+)`", cell)]


# -- the README ---------------------------------------------------------------------------------------------------


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    commands = [line.split("#")[0].strip() for line in blocks(README, "sh")[0].text.splitlines() if line.strip()]
    assert commands == ["make demo", "make test"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{command.removeprefix('make ')}:" in makefile for command in commands)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_readme_is_read_at_one_sitting() -> None:
    assert len(README.read_text(encoding="utf-8").split()) < 700


@pytest.mark.parametrize("page", [README, ROOT / "ARCHITECTURE.md"], ids=name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    """Those between the pages are checked where they are built: `make docs`."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


# -- what is made from the code -----------------------------------------------------------------------------------


def test_what_is_made_from_the_code_is_as_the_code_is() -> None:
    texts = {name(page): page.read_text(encoding="utf-8") for page in pages()}
    old = [page for page, text in texts.items() if generate.written(text) != text]
    assert old == [], "python docs/generate.py writes them"
    made = {place[1] for text in texts.values() for place in generate.PLACE.findall(text)}
    assert made == set(generate.MAKERS)


def test_each_page_has_its_place_in_the_list() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    listed = re.findall(r"[\w/.-]+\.md", str(nav))
    assert sorted(listed) == sorted(str(page.relative_to(DOCS)) for page in pages() if page != README)


def test_each_public_name_has_its_entry() -> None:
    entries = re.findall(r"^::: ([\w.]+)$", (REFERENCE / "python.md").read_text(encoding="utf-8"), re.MULTILINE)
    public = [f"langchain_rlm.{public}" for public in langchain_rlm._HOMES]
    assert sorted(entries) == sorted([*public, "langchain_rlm.adapters.metrics.observe"])


# -- what is written by hand --------------------------------------------------------------------------------------


def test_the_table_of_the_repl_has_a_row_for_each_function() -> None:
    found = [re.fullmatch(r"`(\w+)(\(.*?\))`", row) for row in rows(REFERENCE / "repl.md")]
    assert [(row[1], row[2]) for row in found if row] == [(f.name, f.signature) for f in FUNCTIONS]


def test_the_tables_of_plans_profiles_and_jails_have_a_row_for_each() -> None:
    assert in_ticks(rows(CONCEPTS / "routes.md", "Plans")) == list(shipped())
    assert sorted(in_ticks(rows(CONCEPTS / "models.md", "Profiles"))) == sorted(PROFILES)
    jails = in_ticks(rows(CONCEPTS / "sandboxes.md", "Sandboxes"))
    assert jails == [VARIABLE, *jail._KINDS, OFF]


def test_each_environment_variable_is_on_its_page_and_no_other() -> None:
    of = re.compile(r"\bLANGCHAIN_RLM_[A-Z]\w*")
    sources = [file for folder in ("langchain_rlm", "graphs", "examples") for file in (ROOT / folder).rglob("*.py")]
    used = {variable for file in sources for variable in of.findall(file.read_text(encoding="utf-8"))}
    told = set(of.findall((REFERENCE / "environment.md").read_text(encoding="utf-8")))
    assert told == used
