"""Room in the budget for one call: set aside before it is sent, and given back when it is known what it cost."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from langchain_rlm.models.bounds import Bounds, Makeup, unproven_of
from langchain_rlm.models.limits import own_limit
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.reservations import LEAST_OUTPUT, PerToken, Reservations
from langchain_rlm.models.resolve import Model, alternatives_of, name_of, provider_of
from langchain_rlm.models.tokens import Tokens


@dataclass(frozen=True)
class Sending:
    """A call for which there is room."""

    limit: int | None = None
    """The output limit to be sent with it."""
    ceiling: int | None = None
    """Where its answer would end without one, where that is known."""
    makeup: Makeup | None = None

    def likely(self, said: str) -> dict[str, int] | None:
        """What it used, where its provider does not say so: rather too much than too little, if a budget limits it."""
        if self.makeup is None:
            return None
        written = Makeup.of([HumanMessage(said)]).likely
        return {"input_tokens": self.makeup.likely + self.makeup.frame, "output_tokens": max(1, written)}

    def ends(self, usage: Mapping[str, Any]) -> bool:
        """Whether its answer, which was cut off, was cut off at the chosen limit."""
        is_lower = self.limit is not None and self.limit < (self.ceiling or self.limit + 1)
        return is_lower and usage["output_tokens"] >= (self.limit or 0) * 7 // 8


@dataclass
class Room:
    """Sets aside what the calls of one tree of runs may cost, and learns from what they did cost."""

    reservations: Reservations
    prices: Pricing
    bounds: Bounds = field(default_factory=Bounds)

    @asynccontextmanager
    async def place(
        self, model: Model, use: str, messages: Sequence[BaseMessage], *, window: int | None, last_turn: bool
    ) -> AsyncIterator[Sending]:
        """Hold room for a call of the model; `use` says what for. Wait for it, if need be.

        Raises:
            BudgetExceededError: There is none.
        """
        rates = self._rates(model, 0)
        if not self.reservations.limits(rates):
            self.reservations.ledger.check_seconds(last_turn=last_turn)
            yield Sending()
            return
        name, makeup = name_of(model), Makeup.of(messages)
        rates = self._rates(model, makeup.size)
        claim = partial(self.bounds.claim, model, name, use, makeup, rates=rates, window=window)
        place = await self.reservations.take(claim, last_turn=last_turn)
        try:
            yield Sending(place.limit, own_limit(model) or self.bounds.answers[name].highest, makeup)
        finally:
            self.reservations.release(place)

    def lost(self, model: Model, prompt: int, longest: int | None) -> dict[str, Any]:
        """The usage of a call of which nobody knows how it ended, with a prompt of so many tokens.

        Where no answer of the model is known, it had what was set aside for it, if a limit was asked for.
        """
        budget = self.reservations.ledger.budget
        unknown = unproven_of(model) if budget.tokens is not None or budget.sets_cost else LEAST_OUTPUT
        output = unknown if longest is None else longest
        cost = self.prices.cost(name_of(model), provider_of(model), Tokens(prompt, output))
        counts = {"calls": 1, "input_tokens": prompt, "output_tokens": output, "estimated_calls": 1}
        return {**counts, "cost": cost}

    def learn(self, name: str, use: str, sent: Sending, usage: Mapping[str, Any], *, is_cut: bool) -> None:
        """Take in what an answered call used."""
        if sent.makeup is None:
            return
        if not usage["estimated_calls"]:
            self.bounds.learn(name, sent.makeup, usage["input_tokens"])
        self.bounds.answers[name].see(use, usage["output_tokens"], sent.limit, is_cut=is_cut)

    def _rates(self, model: Model, prompt: int) -> PerToken | None:
        """The highest prices of the models that may answer."""
        each = [self.prices.most(name_of(one), provider_of(one), prompt) for one in alternatives_of(model)]
        known = [vars(one).values() for one in each if one is not None]
        return PerToken(*map(max, zip(*known, strict=True))) if known else None
