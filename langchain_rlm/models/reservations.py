"""Room for the calls in flight: the worst that each may cost is set aside before it is sent.

So what calls cost together stays within the budget, however many are in flight. A call that finds no room waits for
others to come back; it is refused when they could not make room for it.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from langchain_rlm.budget import BudgetExceededError, Ledger, dollars

LEAST_OUTPUT = 300
"""Tokens of an answer without room for which no call is worth making."""


@dataclass(frozen=True)
class PerToken:
    """US dollars of a call: for itself, and for a token of its prompt and of its answer at the most."""

    call: float
    input: float
    output: float

    def cost(self, prompt: float, output: float) -> float:
        return self.call + prompt * self.input + output * self.output


FREE = PerToken(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Claim:
    """What a call may take, in tokens."""

    likely: int
    """Of the prompt, probably."""
    worst: int
    """Of the prompt, at the most."""
    least: int
    """Of the answer: with less room the call is not worth making."""
    floor: int
    """Of the answer: what is set aside for it at least."""
    most: int | None
    """The highest limit that may be sent; None: no limit can be."""
    rates: PerToken | None
    """None: no price is known, so it costs nothing that a budget could limit."""


@dataclass(frozen=True)
class Place:
    """What is set aside for a call in flight."""

    tokens: float = 0
    cost: float = 0.0
    limit: int | None = None
    """The output limit to be sent with it."""


@dataclass
class Reservations:
    """What is set aside for the calls in flight of one tree of runs."""

    ledger: Ledger
    at_once: int = 1
    """Calls that may be in flight."""
    _places: list[Place] = field(default_factory=list)
    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _freed: asyncio.Event = field(default_factory=asyncio.Event)

    def limits(self, rates: PerToken | None) -> bool:
        """Whether tokens or dollars of such a call are limited."""
        budget = self.ledger.budget
        return budget.tokens is not None or (budget.cost is not None and rates is not None)

    async def take(self, claim: Callable[[], Claim], *, last_turn: bool = False) -> Place:
        """Set aside what a call may take, when there is room. Calls get it in the order in which they ask.

        `claim` is asked anew when others have come back: more is known then.

        Raises:
            BudgetExceededError: There is no room, and will not be when the calls in flight have come back.
        """
        async with self._line:
            while (place := self._place(claim(), last_turn=last_turn)) is None:
                self._freed.clear()
                await self._freed.wait()
            self._places.append(place)
            return place

    def release(self, place: Place) -> None:
        """The call has come back, and what it cost is in the ledger."""
        self._places.remove(place)
        self._freed.set()

    def _place(self, claim: Claim, *, last_turn: bool) -> Place | None:
        """What is set aside for a call now; None: it must wait."""
        self.ledger.check_seconds(last_turn=last_turn)
        tokens, cost = self.ledger.room(last_turn=last_turn)
        least = min(claim.least, LEAST_OUTPUT) if last_turn else claim.least
        if self._output(claim, claim.likely, tokens, cost) < least:
            raise self._refusal(claim, tokens)
        free = tokens - sum(place.tokens for place in self._places), cost - sum(place.cost for place in self._places)
        room = self._output(claim, claim.worst, *free)
        if room < claim.floor:
            if self._places:
                return None
            limit = None if claim.most is None else int(min(claim.most, self._output(claim, claim.likely, *free)))
            tokens, cost = (each if math.isfinite(each) else 0 for each in free)
            return Place(tokens, cost, limit)  # alone, with all that is left
        places = 1 if last_turn else max(1, self.at_once - len(self._places))
        share = self._output(claim, claim.worst, free[0] / places, free[1] / places)
        limit = None if claim.most is None else int(min(claim.most, room, max(claim.least, share)))
        output = max(claim.floor, limit or 0)
        return Place(claim.worst + output, (claim.rates or FREE).cost(claim.worst, output), limit)

    @staticmethod
    def _output(claim: Claim, prompt: int, tokens: float, cost: float) -> float:
        """Tokens of an answer for which there is room beside the prompt."""
        rates = claim.rates or FREE
        for_output = cost - rates.cost(prompt, 0)
        by_cost = for_output / rates.output if rates.output else math.copysign(math.inf, for_output)
        return min(tokens - prompt, by_cost) if math.isfinite(cost) else tokens - prompt

    def _refusal(self, claim: Claim, tokens: float) -> BudgetExceededError:
        needed, budget = claim.likely + claim.least, self.ledger.budget
        if needed > tokens:
            msg = f"A call of about {needed:,} tokens would pass the budget of {budget.tokens:,} tokens."
            return BudgetExceededError(msg, "tokens")
        cost = (claim.rates or FREE).cost(claim.likely, claim.least)
        return BudgetExceededError(
            f"A call of about {dollars(cost)} would pass the budget of {dollars(budget.cost or 0)}.", "cost"
        )
