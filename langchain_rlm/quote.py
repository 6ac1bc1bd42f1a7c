"""What calls are expected to cost, before they are made."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from langchain_rlm.level import Level
from langchain_rlm.models.calls import EXPECTED_OUTPUT
from langchain_rlm.models.prices import cost_of
from langchain_rlm.models.resolve import name_of, provider_of
from langchain_rlm.settings import CHARACTERS_PER_TOKEN
from langchain_rlm.state import Entry, Piece

SECONDS_A_CALL = 5.0
"""Expected time of a call when this run has made none yet."""


def quote_of(level: Level, calls: Sequence[Entry], journal: Sequence[Entry]) -> dict[str, Any] | None:
    """What these calls are expected to cost, when that is more than the user wants to be asked about; else None."""
    above = level.run.settings.budget.confirm_above
    if above is None:
        return None
    priced = [call for call in calls if "tool" not in call]
    costs = [expected(level, call) for call in priced]
    cost = sum(dollars or 0.0 for _, dollars in costs)
    if cost <= above:
        return None
    seconds = [entry["seconds"] for entry in journal if entry["kind"] in {"answer", "reply"} and entry.get("usage")]
    each = fmean(seconds) if seconds else SECONDS_A_CALL
    at_once = min(len(priced), level.run.settings.max_concurrency)
    return {
        "question": "confirm_sub_queries",
        "calls": len(priced),
        "tokens": sum(tokens for tokens, _ in costs),
        "cost": round(cost, 6),
        "seconds": max(0.1, round(each * len(priced) / at_once, 1)),
        "spent": round(level.run.ledger.cost, 6),
        "run": level.path,
    }


def expected(level: Level, call: Entry) -> tuple[int, float | None]:
    """Expected tokens and dollars of one call; a recursive run counts as one call that reads its context."""
    characters = sum(map(_length, [*call["pieces"], *(p for d in call.get("context") or () for p in d)]))
    tokens = characters // CHARACTERS_PER_TOKEN + 1
    model = level.run.settings.pick(call["model"]) or level.run.settings.sub_model
    dollars = cost_of(name_of(model), provider_of(model), tokens, EXPECTED_OUTPUT)
    return tokens + EXPECTED_OUTPUT, dollars


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, str) else int(piece[2]) - int(piece[1])
