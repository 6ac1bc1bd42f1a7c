"""What a run may spend, and the one ledger that a whole tree of recursive runs writes to.

The host checks every limit here, before a call is made: nothing that the model's code or the text says can raise one.
The last turn of every run in the tree is set aside when that run starts, so each can end with an answer.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from langchain_rlm.checks import AMOUNT, AMOUNT_OR_ZERO, COUNT, WHOLE
from langchain_rlm.errors import RLMError

WIND_DOWN_SHARE = 0.1
"""Share of tokens, dollars and seconds set aside for the last turn."""


def dollars(amount: float) -> str:
    """US dollars to the cent; less than ten cents to two significant digits."""
    places = 2 if amount >= 0.1 or amount <= 0 else 1 - math.floor(math.log10(amount))  # noqa: PLR2004  # ten cents
    return f"${amount:,.{places}f}"


def quoted(quote: Mapping[str, Any], about: str = "") -> str:
    """What a quote says that calls will cost; `about` stands before an amount that leaves nothing out."""
    unpriced = quote.get("unpriced_models")
    if not unpriced:
        return about + dollars(quote["cost"])
    amount = f"at least {dollars(quote['cost'])}" if quote["cost"] else "an unknown amount"
    return f"{amount} (no price is known for {', '.join(unpriced)})"


class _Unasked(float):
    """A limit that holds because the user set none."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What a run may spend, for the whole tree of recursive runs. `None` means no limit.

    Args:
        turns: Root-model replies.
        sub_queries: Questions asked from code (`llm_query`, `rlm_query` and their batches count one for each prompt).
        tool_calls: Calls of your functions (`RLM(tools=...)`) and of `search` and `fetch` from code.
        depth: Levels of sub-calls. 0: a REPL without sub-calls. 1: sub-queries are model calls. 2 and more: `rlm_query`
            starts a recursive run; at the limit it is an `llm_query` (arXiv 2512.24601, section 2).
        tokens: Input and output tokens of all calls.
        cost: US dollars, for models with a known price (see `RLM(prices=...)`). Refused when set and no model has one.
        seconds: Wall time, calls in flight included; time in which no process runs does not count.
        call_seconds: Wall time of one model call without an answer, or without more of one that is streamed; then the
            call is given up and asked again, twice at most. None: learnt from the other calls of the run.
        confirm_above: US dollars. When one pause of a cell is estimated to cost more, the run first interrupts with a
            quote, and goes on when it is resumed (LangGraph `interrupt`). An unknown price is above it. Needs a
            checkpointer.

    Raises:
        InputError: A part is zero, negative or not a number (depth may be 0).
    """

    turns: int = 30
    sub_queries: int | None = 500
    tool_calls: int | None = 5_000
    depth: int = 1
    tokens: int | None = None
    cost: float | None = _Unasked(2.0)
    seconds: float | None = 600
    call_seconds: float | None = None
    confirm_above: float | None = None

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            rule.check(name, getattr(self, name), of="Budget")

    @property
    def sets_cost(self) -> bool:
        """Whether the limit on dollars was asked for: it is there, and not by default."""
        return self.cost is not None and not isinstance(self.cost, _Unasked)


_RULES = {
    "turns": COUNT, "sub_queries": COUNT | None, "tool_calls": COUNT | None,
    "depth": WHOLE, "tokens": COUNT | None, "cost": AMOUNT | None,
    "seconds": AMOUNT | None, "call_seconds": AMOUNT | None, "confirm_above": AMOUNT_OR_ZERO | None,
}  # fmt: skip


class BudgetExceededError(RLMError):
    """A call would pass a limit; it was not made.

    Attributes:
        limit: The part of the budget: `depth`, `turns`, `sub_queries`, `tool_calls`, `tokens`, `cost` or `seconds`.
        usage: What earlier attempts at the same answer, or parts of it, cost.
        is_sent: The call was made, and broken off or not made again.
    """

    def __init__(self, message: str, limit: str, *, is_sent: bool = False) -> None:
        super().__init__(message)
        self.limit = limit
        self.is_sent = is_sent
        self.usage: dict[str, Any] | None = None


_KINDS = {"cache_read_tokens", "cache_write_tokens", "reasoning_tokens"}


@dataclass
class Spent:
    """What one model has used; see `journal.parts.Usage`."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    estimated_calls: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0

    def add(self, usage: Mapping[str, Any]) -> None:
        added = {"calls": 1, **usage}
        for part in fields(self):
            amount = added.get(part.name)
            if amount is not None:
                setattr(self, part.name, (getattr(self, part.name) or 0) + amount)

    def as_dict(self) -> dict[str, Any]:
        """As plain data, without the kinds of tokens of which there were none."""
        return {name: amount for name, amount in vars(self).items() if amount or name not in _KINDS}


@dataclass
class Spending:
    """What was spent before, recursive runs included."""

    turns: int = 0
    sub_queries: int = 0
    tool_calls: int = 0
    seconds: float = 0.0
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    """Model and usage of every call."""


@dataclass
class Ledger:
    """Spending of a tree of runs, kept on one event loop: no locks."""

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    models: dict[str, Spent] = field(default_factory=dict)
    suspected_windows: dict[str, int] = field(default_factory=dict)
    """By model: tokens above which its provider seems to cut prompts without a word."""
    turns: int = 0
    sub_queries: int = 0
    tool_calls: int = 0
    _set_aside: int = 0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def tokens(self) -> int:
        return sum(spent.input_tokens + spent.output_tokens for spent in self.models.values())

    @property
    def cost(self) -> float:
        """US dollars, as far as prices are known."""
        return sum(spent.cost or 0.0 for spent in self.models.values())

    @property
    def known_cost(self) -> float | None:
        """The same; None when no call had a known price."""
        return None if all(spent.cost is None for spent in self.models.values()) else self.cost

    @property
    def seconds(self) -> float:
        return self.clock() - self._started

    def charge(self, spending: Spending) -> None:
        for model, usage in spending.calls:
            self.record(model, usage)
        self.turns += spending.turns
        self.sub_queries += spending.sub_queries
        self.tool_calls += spending.tool_calls
        self._started = min(self._started, self.clock() - spending.seconds)

    def record(self, model: str, usage: Mapping[str, Any]) -> None:
        self.models.setdefault(model, Spent()).add(usage)

    def usage(self) -> dict[str, Any]:
        models = {name: spent.as_dict() for name, spent in self.models.items()}
        total = Spent()
        for part in models.values():
            total.add(part)
        for name, window in self.suspected_windows.items():
            models[name]["suspected_window"] = window
        unpriced = sorted(name for name, part in models.items() if part["cost"] is None)
        return {**total.as_dict(), "seconds": round(self.seconds, 3), "models": models, "unpriced_models": unpriced}

    def remaining_seconds(self, *, last_turn: bool = False) -> float | None:
        """Wall time left, in seconds. Only `last_turn` may use the share that is set aside."""
        if self.budget.seconds is None:
            return None
        share = 1.0 if last_turn else 1.0 - WIND_DOWN_SHARE
        return self.budget.seconds * share - self.seconds

    def left(self) -> dict[str, int | float | None]:
        """What is left, as the root model sees it: tokens, dollars and seconds less what is set aside for the end."""
        budget = self.budget
        seconds = self.remaining_seconds()
        tokens, cost = self.room()
        return {
            "turns": max(0, budget.turns - self.turns),
            "sub_queries": None if budget.sub_queries is None else max(0, budget.sub_queries - self.sub_queries),
            "tokens": None if budget.tokens is None else max(0, int(tokens)),
            "cost": None if budget.cost is None else round(max(0.0, cost), 6),
            "seconds": None if seconds is None else round(max(0.0, seconds), 1),
        }

    def set_turn_aside(self) -> bool:
        """Set the last turn of a starting run aside; False when no turn would be left for its first."""
        if self.turns + self._set_aside + 1 > self.budget.turns:
            return False
        self._set_aside += 1
        return True

    def give_turn_back(self) -> None:
        self._set_aside = max(0, self._set_aside - 1)

    def out_of(self) -> str | None:
        """The limit that leaves only the last turn, or None."""
        seconds = self.remaining_seconds()
        if self.turns + self._set_aside >= self.budget.turns:
            return "turns"
        if seconds is not None and seconds <= 0:
            return "seconds"
        tokens, cost = self.room()
        return "tokens" if tokens < 0 else "cost" if cost < 0 else None

    def take_turn(self) -> None:
        self.turns += 1

    def give_turn_up(self) -> None:
        self.turns -= 1

    def take_sub_queries(self, count: int) -> None:
        """Count `count` sub-queries, all or none."""
        limit = self.budget.sub_queries
        if self.budget.depth == 0:
            msg = "Sub-queries are switched off in this run (depth 0). Answer with code alone."
            raise BudgetExceededError(msg, "depth")
        if limit is not None and self.sub_queries + count > limit:
            left = limit - self.sub_queries
            msg = f"{count} sub-queries asked, {left} left of {limit}. Ask fewer and larger ones, or finish."
            raise BudgetExceededError(msg, "sub_queries")
        self.sub_queries += count

    def take_tool_calls(self, count: int) -> None:
        """Count `count` calls of functions, all or none."""
        limit = self.budget.tool_calls
        if limit is not None and self.tool_calls + count > limit:
            msg = f"{count:,} calls of functions, {limit - self.tool_calls:,} left of {limit:,}. Call fewer, or finish."
            raise BudgetExceededError(msg, "tool_calls")
        self.tool_calls += count

    def give_sub_queries_back(self, count: int) -> None:
        self.sub_queries -= count

    def refuse_excess(self) -> str | None:
        """Why a sub-query that was counted may not be sent after all, or None: those lost with a process count too."""
        limit = self.budget.sub_queries
        if limit is None or self.sub_queries <= limit:
            return None
        self.sub_queries -= 1
        return f"Not asked: with those that were lost when a process ended, the {limit} sub-queries are used up."

    def check_turns(self) -> None:
        """Refuse a last turn when turns were lost with processes again and again; one more than allowed is taken."""
        if self.turns > self.budget.turns + 1:
            msg = f"The {self.budget.turns} turns are used up, with those that were lost when processes ended."
            raise BudgetExceededError(msg, "turns")

    def check_seconds(self, *, last_turn: bool = False) -> None:
        """Refuse a call for which no time is left."""
        seconds = self.remaining_seconds(last_turn=last_turn)
        if seconds is not None and seconds <= 0:
            msg = f"The {self.budget.seconds:g} seconds of this run are used up. Finish now."
            raise BudgetExceededError(msg, "seconds")

    def room(self, *, last_turn: bool = False) -> tuple[float, float]:
        """Tokens and dollars that calls may still take; only `last_turn` may use the share that is set aside."""
        share = 1.0 if last_turn else 1.0 - WIND_DOWN_SHARE
        limits = (self.budget.tokens, self.tokens), (self.budget.cost, self.cost)
        tokens, cost = (math.inf if limit is None else limit * share - used for limit, used in limits)
        return tokens, cost
