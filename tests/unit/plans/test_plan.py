"""What a plan is: a file that a person reads, typed parameters, a cell that runs with them as literals."""

from pathlib import Path
from typing import Any, Literal

import pytest

from langchain_rlm import RLM, Budget, InputError, Plan
from langchain_rlm.plans.library import shipped
from langchain_rlm.plans.plan import Parameter
from tests.unit.live import saying

FILE = '''"""How often a word is there.

How often is sun there?
word: sun
"""

question: str
word: str
most: int = 3

FINAL(min(most, context.count(word)))
'''


def test_a_plan_is_read_from_its_file_and_written_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text(FILE)
    plan = Plan.load(tmp_path / "words.py")
    assert (plan.name, plan.purpose.splitlines()[0], [*plan.typed]) == (
        "words", "How often a word is there.", ["question", "word", "most"],
    )  # fmt: skip
    plan.save(tmp_path / "again.py")
    assert (tmp_path / "again.py").read_text() == FILE
    assert plan.bound({"question": "?", "word": "a'b"}) == (
        "question = '?'\nword = \"a'b\"\nmost = 3\nFINAL(min(most, context.count(word)))"
    )


@pytest.mark.parametrize("plan", shipped().values(), ids=str)
def test_the_shipped_plans_are_read_again_as_they_are_written(plan: Plan) -> None:
    assert Plan.of(plan.text, plan.name).text == plan.text
    plan.check({name: one.default[0] for name, one in plan.own.items()})
    assert "def documents" in plan.bound(dict.fromkeys(plan.typed, 1)) or "documents(" not in plan.cell


def made(cell: str = "FINAL(1)", **parameters: Any) -> Plan:
    return Plan(name="own", purpose="Mine.", parameters=parameters, cell=cell)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"plan": "dance"}, "plan='dance': use 'find', 'map'"),
        ({"plan": 3}, "plan=3: pass the name of a plan"),
        ({"plan": "missing.py"}, "The plan missing.py cannot be read"),
        ({"plan": made("x = (1\nFINAL(x)")}, "The plan 'own', line 1: '(' was never closed: x = (1"),
        ({"plan": made("")}, "is empty"),
        ({"plan": made(a=set)}, "the parameter 'a' set is no type for a parameter. Known are str, int"),
        ({"plan": made(a=Parameter("int", ("x",)))}, "the parameter 'a' is 'x', and must be int"),
        ({"plan": made(a=int)}, "the parameter 'a' has no value. Pass it in plan_parameters"),
        ({"plan": made(a=int), "plan_parameters": {"a": True}}, "the parameter 'a' is True, and must be int"),
        ({"plan": made(a=Literal["x", "y"]), "plan_parameters": {"a": "z"}}, "must be Literal['x', 'y']"),
        ({"plan": "map", "plan_parameters": {"labels": "good"}}, "The plan 'map', line 41: the parameter 'labels'"),
        ({"plan": "map", "plan_parameters": {"label": ["good"]}}, "the plan 'map' has no 'label'. It has question,"),
        ({"plan_parameters": {"a": 1}}, "needs a plan"),
        ({"plan": "find", "route": "rlm"}, "route='rlm' does not run the plan"),
        ({"plan": "find", "budget": Budget(depth=0)}, "a plan needs them: use depth=1"),
    ],
)  # fmt: skip
def test_what_cannot_run_is_refused_when_the_rlm_is_made(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        RLM(saying(), **given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE.replace("FINAL(", "FINAL(("), "The plan 'words', line 11: '(' was never closed"),
        (FILE.replace("most: int = 3", "most: int = 'x'"), "The plan 'words', line 9: the parameter 'most' is 'x'"),
        (FILE.replace("most: int = 3", "most: int = f()"), "line 9: a default must be a literal"),
        (FILE.replace("most: int", "most: Decimal"), "line 9: the parameter 'most' Decimal is no type"),
        (FILE.partition('"""\n')[2].replace('"""', ""), "line 1"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        Plan.of(text, "words")
    assert said in str(caught.value)
