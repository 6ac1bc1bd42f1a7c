"""How a root model chooses a plan: a digit from a menu, then the parameters, each on a line. Pure functions over text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.plans.kinds import choices, read
from langchain_rlm.plans.plan import Plan

TITLE = "A question is asked about a text that you do not see. Choose the way in which it is to be answered."
_NUMBER = re.compile(r"\A[^\w\n]*(?:(?:way|plan|answer|option)\W*)?(\d{1,2})\b(?!\s*(?:of|%))", re.IGNORECASE)
_LINE = re.compile(r"^[ \t>*_`-]*(\w+)[ \t*_`]*[:=][ \t]*(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Choice:
    """A plan, and the parameters that were chosen for it."""

    plan: Plan
    parameters: Mapping[str, Any]


def menu(question: str, plans: Sequence[Plan], *, about: str = "") -> str:
    """Asks for a plan by its number, and for its parameters; `about` says what the text is."""
    ways = [f"{number} {plan.purpose.partition(chr(10))[0]}{_wants(plan)}" for number, plan in enumerate(plans, 1)]
    shown = [example for number, plan in enumerate(plans, 1) for example in _examples(number, plan)]
    return "\n\n".join([
        TITLE, "The ways:\n" + "\n".join(ways), "Examples:\n\n" + "\n\n".join(shown),
        "Answer with the number of the way, and below it the lines that this way needs. Nothing else.",
        *([about] if about else []), f"Question: {question}\nWay:",
    ])  # fmt: skip


def _wants(plan: Plan) -> str:
    """What a way needs to be told."""
    parts = [
        f"{name}: {' or '.join(allowed)}" if (allowed := choices(one.kind)) else f"{name}: ..."
        for name, one in plan.asked.items()
    ]
    return f" ({'; '.join(parts)})" if parts else ""


def _examples(number: int, plan: Plan) -> Iterator[str]:
    for part in plan.purpose.split("\n\n")[1:]:
        question, _, lines = part.strip().partition("\n")
        yield f"Question: {question}\nWay: {number}" + (f"\n{lines}" if lines else "")


def chosen(reply: str, plans: Sequence[Plan]) -> Choice | None:
    """The plan that a reply chooses; None when it chooses none, or its parameters cannot be used."""
    number = _NUMBER.search(reply.strip())
    if number is None or not 1 <= int(number[1]) <= len(plans):
        return None
    plan = plans[int(number[1]) - 1]
    said = {name.lower(): words for name, words in reversed(_LINE.findall(reply))}
    try:
        return Choice(plan, {name: read(one.kind, said[name.lower()]) for name, one in plan.asked.items()})
    except (KeyError, ValueError):
        return None
