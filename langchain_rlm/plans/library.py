"""The plans that there are: one file each in `shipped/`, in the order in which the menu lists them.

`shipped/examples/` has more of the questions that each is for; the menu shows those that are worded like a question.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from langchain_rlm.errors import InputError
from langchain_rlm.plans.plan import Plan

FALLBACK = "find"
"""The plan for a question of which nothing else is known."""
OF_LISTS = "each"
"""The plan that one document alone cannot need."""
_FIRST = (FALLBACK, "map", "gather", "total", "extremes", "compare", "each", "summarize")


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Plan]:
    """The plans of this package by name."""
    texts = {
        file.name.removesuffix(".py"): file.read_text(encoding="utf-8")
        for file in (files("langchain_rlm.plans") / "shipped").iterdir()
        if file.name.endswith(".py")
    }
    names = sorted(texts, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return {name: _with_examples(Plan.of(texts[name], name)) for name in names}


def _with_examples(plan: Plan) -> Plan:
    more = files("langchain_rlm.plans") / "shipped" / "examples" / f"{plan.name}.txt"
    if not more.is_file():
        return plan
    return replace(plan, purpose=f"{plan.purpose}\n\n{more.read_text(encoding='utf-8').strip()}")


def fitting(documents: int) -> list[Plan]:
    """The plans that a question about so many documents may need."""
    return [plan for plan in shipped().values() if documents > 1 or plan.name != OF_LISTS]


def plan_of(given: Plan | str | Path) -> Plan:
    """The plan that is meant: itself, the name of a shipped one, or its file.

    Raises:
        InputError: There is no such plan.
    """
    if isinstance(given, Plan):
        return given
    if isinstance(given, str) and given in shipped():
        return shipped()[given]
    if isinstance(given, Path) or (isinstance(given, str) and given.endswith(".py")):
        return Plan.load(given)
    msg = f"plan={given!r:.100}: use {', '.join(map(repr, shipped()))}, the path of a plan's file, or a Plan."
    raise InputError(msg)
