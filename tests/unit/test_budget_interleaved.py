"""The ledger under any interleaving of the runs and calls of a tree: no limit is passed but by what is in flight."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from langchain_rlm.budget import WIND_DOWN_SHARE, Budget, BudgetExceededError, Ledger

TURNS, SUB_QUERIES, TOKENS, COST, SECONDS = 6, 20, 10_000, 1.0, 100.0
ROUNDING = 1e-9
Call = tuple[int, float]


def refusal(action: Callable[[], None]) -> str | None:
    """The limit because of which it is refused, or None."""
    try:
        action()
    except BudgetExceededError as error:
        return error.limit
    return None


class Tree(RuleBasedStateMachine):
    """Runs start, take turns and end; calls are reserved, answered for more or less than reserved, or fail."""

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.ledger = Ledger(
            Budget(turns=TURNS, sub_queries=SUB_QUERIES, depth=2, tokens=TOKENS, cost=COST, seconds=SECONDS),
            clock=lambda: self.now,
        )
        self.flying: list[Call] = []
        self.runs = self.asked = self.turns = 0
        self.over: Call = (0, 0.0)
        """What answers took beyond what was set aside for them: the only way over a limit."""

    # -- calls ----------------------------------------------------------------------------------------------------

    @rule(
        target=calls, tokens=st.integers(0, 4_000), cost=st.floats(0, 0.5), last=st.booleans(), seconds=st.floats(0, 8)
    )
    def reserve(self, tokens: int, cost: float, seconds: float, *, last: bool) -> Any:
        self.now += seconds
        share = 1.0 if last else 1.0 - WIND_DOWN_SHARE
        flying = (sum(t for t, _ in self.flying), sum(c for _, c in self.flying))
        spoken = (self.ledger.tokens + flying[0], self.ledger.cost + flying[1])
        refused = refusal(partial(self.ledger.reserve, tokens, cost, last_turn=last))
        if refused:
            passed = {
                "tokens": spoken[0] + tokens > TOKENS * share - ROUNDING,
                "cost": spoken[1] + cost > COST * share - ROUNDING,
                "seconds": self.now >= SECONDS * share - ROUNDING,
            }
            assert passed[refused]
            return None
        assert spoken[0] + tokens <= TOKENS * share + ROUNDING
        assert spoken[1] + cost <= COST * share + ROUNDING
        assert self.now < SECONDS * share + ROUNDING
        self.flying.append((tokens, cost))
        return (tokens, cost)

    @rule(call=consumes(calls), factor=st.floats(0, 3), model=st.sampled_from("ab"))
    def answered(self, call: Call | None, factor: float, model: str) -> None:
        if call is None:
            return
        self.flying.remove(call)
        self.ledger.release(*call)
        used = (int(call[0] * factor), call[1] * factor)
        self.ledger.record(model, {"input_tokens": used[0], "output_tokens": 0, "cost": used[1]})
        self.over = (self.over[0] + max(0, used[0] - call[0]), self.over[1] + max(0.0, used[1] - call[1]))

    @rule(call=consumes(calls))
    def failed(self, call: Call | None) -> None:
        if call is not None:
            self.flying.remove(call)
            self.ledger.release(*call)

    @rule(count=st.integers(1, 12))
    def ask(self, count: int) -> None:
        refused = refusal(partial(self.ledger.take_sub_queries, count))
        assert refused == ("sub_queries" if self.asked + count > SUB_QUERIES else None)
        self.asked += 0 if refused else count

    # -- runs -----------------------------------------------------------------------------------------------------

    @rule()
    def start_run(self) -> None:
        fits = self.turns + self.runs + 1 <= TURNS
        assert self.ledger.set_turn_aside() == fits
        self.runs += fits

    @precondition(lambda self: self.runs)
    @rule()
    def take_turn(self) -> None:
        """A run takes an ordinary turn only while those set aside stay."""
        if self.ledger.out_of() != "turns":
            self.ledger.take_turn()
            self.turns += 1

    @precondition(lambda self: self.runs)
    @rule(takes_last=st.booleans())
    def end_run(self, *, takes_last: bool) -> None:
        self.ledger.give_turn_back()
        self.runs -= 1
        if takes_last:
            self.ledger.take_turn()
            self.turns += 1

    @precondition(lambda self: self.turns)
    @rule()
    def turn_could_not_be_made(self) -> None:
        self.ledger.give_turn_up()
        self.turns -= 1

    # -- what must hold -------------------------------------------------------------------------------------------

    @invariant()
    def no_limit_is_passed_but_by_answers_longer_than_thought(self) -> None:
        flying = (sum(t for t, _ in self.flying), sum(c for _, c in self.flying))
        assert self.ledger.tokens + flying[0] <= TOKENS + self.over[0]
        assert self.ledger.cost + flying[1] <= COST + self.over[1] + ROUNDING
        assert self.ledger.sub_queries == self.asked <= SUB_QUERIES

    @invariant()
    def every_run_can_still_take_its_last_turn(self) -> None:
        assert self.ledger.turns == self.turns
        assert self.turns + self.runs <= TURNS

    @invariant()
    def what_is_left_is_never_negative_and_never_more_than_there_was(self) -> None:
        most = {"turns": TURNS, "sub_queries": SUB_QUERIES, "tokens": TOKENS, "cost": COST, "seconds": SECONDS}
        for name, value in self.ledger.left().items():
            assert value is not None
            assert 0 <= value <= most[name]


TestAnyInterleaving = Tree.TestCase
TestAnyInterleaving.settings = settings(max_examples=60, stateful_step_count=40)


class TestManyInterleavings(Tree.TestCase):  # type: ignore[misc,valid-type]
    settings = settings(max_examples=2_000, derandomize=False, stateful_step_count=80)
    pytestmark = pytest.mark.slow
