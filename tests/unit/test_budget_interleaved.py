"""The ledger under any interleaving of the runs and calls of a tree: turns and sub-queries hold."""

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from langchain_rlm.budget import Budget, BudgetExceededError, Ledger

TURNS, SUB_QUERIES, TOKENS, COST, SECONDS = 6, 20, 10_000, 1.0, 100.0


def refusal(action: Callable[[], None]) -> str | None:
    """The limit because of which it is refused, or None."""
    try:
        action()
    except BudgetExceededError as error:
        return error.limit
    return None


class Tree(RuleBasedStateMachine):
    """Runs start, take turns and end; calls are answered."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.ledger = Ledger(
            Budget(turns=TURNS, sub_queries=SUB_QUERIES, depth=2, tokens=TOKENS, cost=COST, seconds=SECONDS),
            clock=lambda: self.now,
        )
        self.runs = self.asked = self.turns = 0

    # -- calls ----------------------------------------------------------------------------------------------------

    @rule(tokens=st.integers(0, 4_000), cost=st.floats(0, 0.5), seconds=st.floats(0, 8), model=st.sampled_from("ab"))
    def answered(self, tokens: int, cost: float, seconds: float, model: str) -> None:
        self.now += seconds
        self.ledger.record(model, {"input_tokens": tokens, "output_tokens": 0, "cost": cost})

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
    def no_more_is_asked_than_is_allowed(self) -> None:
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
TestAnyInterleaving.settings = settings(stateful_step_count=40)


class TestManyInterleavings(Tree.TestCase):  # type: ignore[misc,valid-type]
    settings = settings(max_examples=2_000, derandomize=False, stateful_step_count=80)
    pytestmark = pytest.mark.slow
