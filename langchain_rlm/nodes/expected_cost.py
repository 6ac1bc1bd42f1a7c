"""What calls are expected to cost, before they are made."""

from collections.abc import Sequence
from statistics import fmean

from langchain_rlm.context.pieces import length
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.paid import paid
from langchain_rlm.journal.parts import Call, Quote
from langchain_rlm.journal.reading import is_sub_query
from langchain_rlm.models.calls import EXPECTED_OUTPUT
from langchain_rlm.models.resolve import Model, name_of, provider_of
from langchain_rlm.models.tokens import IMAGE_TOKENS, Tokens
from langchain_rlm.runtime.run import Run
from langchain_rlm.settings import CHARACTERS_PER_TOKEN

SECONDS_A_CALL = 5.0
"""Expected time of a call when this run has made none yet."""


def quote_of(run: Run, calls: Sequence[Call], journal: Sequence[Entry]) -> Quote | None:
    """What these calls are expected to cost, when that is above `confirm_above` or not known; else None."""
    above = run.tree.settings.budget.confirm_above
    if above is None:
        return None
    priced = [call for call in calls if is_sub_query(call)]
    costs = [expected(run, call) for call in priced]
    known = [dollars for _, dollars in costs if dollars is not None]
    cost = sum(known)
    unpriced = {
        name_of(_model(run, call["model"])) for call, (_, dollars) in zip(priced, costs, strict=True) if dollars is None
    }
    if cost <= above and not unpriced:
        return None
    seconds = [entry["seconds"] for entry in paid(journal)]
    each = fmean(seconds) if seconds else SECONDS_A_CALL
    at_once = min(len(priced), run.tree.settings.max_concurrency)
    quote: Quote = {
        "question": "confirm_sub_queries", "calls": len(priced), "tokens": sum(tokens for tokens, _ in costs),
        "cost": round(cost, 6) if known else None, "seconds": max(0.1, round(each * len(priced) / at_once, 1)),
        "spent": round(run.tree.ledger.cost, 6), "run": run.path,
    }  # fmt: skip
    return {**quote, "unpriced_models": sorted(unpriced)} if unpriced else quote


def expected(run: Run, call: Call) -> tuple[int, float | None]:
    """Expected tokens and dollars of one call; a recursive run counts as one call that reads its context."""
    characters = sum(map(length, [*call["pieces"], *(p for d in call.get("context", ()) for p in d)]))
    characters += len(call.get("images", ())) * IMAGE_TOKENS * CHARACTERS_PER_TOKEN
    return expected_of(run, call["model"], characters)


def expected_of(run: Run, name: str | None, characters: int) -> tuple[int, float | None]:
    """The same of so many characters, for a sub-model of this name."""
    model = _model(run, name)
    tokens = run.tree.caller.estimates.tokens(name_of(model), characters // CHARACTERS_PER_TOKEN + 1)
    dollars = run.tree.settings.prices.cost(name_of(model), provider_of(model), Tokens(tokens, EXPECTED_OUTPUT))
    return tokens + EXPECTED_OUTPUT, dollars


def _model(run: Run, name: str | None) -> Model:
    return run.tree.settings.pick(name) or run.tree.settings.sub_model
