"""What calls are expected to cost, before they are made."""

from collections.abc import Sequence
from statistics import fmean

from langchain_rlm.context.pieces import length
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.paid import paid
from langchain_rlm.journal.parts import Call, Quote
from langchain_rlm.models.calls import EXPECTED_OUTPUT
from langchain_rlm.models.prices import cost_of
from langchain_rlm.models.resolve import name_of, provider_of
from langchain_rlm.runtime.run import Run
from langchain_rlm.settings import CHARACTERS_PER_TOKEN

SECONDS_A_CALL = 5.0
"""Expected time of a call when this run has made none yet."""


def quote_of(run: Run, calls: Sequence[Call], journal: Sequence[Entry]) -> Quote | None:
    """What these calls are expected to cost, when that is above `confirm_above`; else None."""
    above = run.tree.settings.budget.confirm_above
    if above is None:
        return None
    priced = [call for call in calls if "tool" not in call]
    costs = [expected(run, call) for call in priced]
    cost = sum(dollars or 0.0 for _, dollars in costs)
    if cost <= above:
        return None
    seconds = [entry["seconds"] for entry in paid(journal)]
    each = fmean(seconds) if seconds else SECONDS_A_CALL
    at_once = min(len(priced), run.tree.settings.max_concurrency)
    return {
        "question": "confirm_sub_queries",
        "calls": len(priced),
        "tokens": sum(tokens for tokens, _ in costs),
        "cost": round(cost, 6),
        "seconds": max(0.1, round(each * len(priced) / at_once, 1)),
        "spent": round(run.tree.ledger.cost, 6),
        "run": run.path,
    }


def expected(run: Run, call: Call) -> tuple[int, float | None]:
    """Expected tokens and dollars of one call; a recursive run counts as one call that reads its context."""
    characters = sum(map(length, [*call["pieces"], *(p for d in call.get("context", ()) for p in d)]))
    tokens = characters // CHARACTERS_PER_TOKEN + 1
    model = run.tree.settings.pick(call["model"]) or run.tree.settings.sub_model
    dollars = cost_of(name_of(model), provider_of(model), tokens, EXPECTED_OUTPUT)
    return tokens + EXPECTED_OUTPUT, dollars
