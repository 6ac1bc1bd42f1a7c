"""Limits are checked before a call is made, for the whole tree of runs; the last turn of every run is set aside."""

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.budget import Budget, BudgetExceededError, Ledger, Spending, dollars, quoted
from langchain_rlm.errors import InputError, RLMError

"""How fast a loaded machine is proves nothing."""

UNLIMITED = Budget(turns=1_000, sub_queries=None, tokens=None, cost=None, seconds=None)
PARTS = ("turns", "sub_queries", "depth", "tokens", "cost", "seconds")
WHOLE = ("turns", "sub_queries", "depth", "tokens")


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def used(tokens_in: int = 0, tokens_out: int = 0, cost: float | None = None, *, estimated: bool = False) -> Any:
    """The usage of one call."""
    return {
        "calls": 1, "input_tokens": tokens_in, "output_tokens": tokens_out, "cost": cost,
        "estimated_calls": int(estimated),
    }  # fmt: skip


def refusal(call: Callable[[], None]) -> BudgetExceededError | None:
    """Why a call was refused, or None: then it was taken."""
    try:
        call()
    except BudgetExceededError as error:
        return error
    return None


NO_NUMBERS: tuple[Any, ...] = (-1, True, False, "3", [3], {}, -math.inf, math.nan)
BAD: list[tuple[str, Any]] = [
    *((part, value) for part in PARTS for value in NO_NUMBERS),
    *((part, 0) for part in PARTS if part != "depth"),
    *((part, value) for part in WHOLE for value in (1.5, 2.0, math.inf)),
    ("turns", None),
    ("depth", None),
]


@pytest.mark.parametrize(("part", "value"), BAD)
def test_a_bad_part_is_an_input_error_that_names_the_part_and_the_value(part: str, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        Budget(**{part: value})
    assert f"{part}={value!r}" in str(caught.value)
    assert isinstance(caught.value, ValueError | RLMError)


@pytest.mark.parametrize(
    ("part", "value"),
    [("turns", 1), ("depth", 0), ("depth", 9), ("cost", 0.001), ("cost", 1), ("seconds", 0.5), ("seconds", 3)]
    + [(part, None) for part in ("sub_queries", "tokens", "cost", "seconds")],
)
def test_every_number_above_zero_depth_zero_and_none_where_there_may_be_no_limit_are_taken(
    part: str, value: Any
) -> None:
    assert getattr(Budget(**{part: value}), part) == value


def test_the_last_turn_of_every_run_of_the_tree_is_set_aside() -> None:
    ledger = Ledger(Budget(turns=4))
    assert ledger.set_turn_aside()
    assert ledger.set_turn_aside()  # a recursive run
    assert ledger.out_of() is None
    ledger.take_turn()
    assert ledger.out_of() is None
    ledger.take_turn()
    assert ledger.out_of() == "turns"
    ledger.give_turn_back()  # the recursive run has ended without it
    assert ledger.out_of() is None


def test_a_run_is_not_started_when_no_turn_is_left_for_it() -> None:
    ledger = Ledger(Budget(turns=2))
    assert ledger.set_turn_aside()
    assert ledger.set_turn_aside()
    assert not ledger.set_turn_aside()
    ledger.give_turn_back()
    assert ledger.set_turn_aside()


def test_turns_given_back_more_often_than_set_aside_make_no_new_turns() -> None:
    ledger = Ledger(Budget(turns=1))
    ledger.give_turn_back()
    ledger.give_turn_back()
    assert ledger.set_turn_aside()
    assert not ledger.set_turn_aside()


def test_out_of_names_the_limit_that_leaves_only_the_last_turn() -> None:
    clock = Clock()
    limits: dict[str, Any] = {"turns": 10, "tokens": 1_000, "cost": 1.0, "seconds": 100}
    by_limit = {part: Ledger(Budget(**limits), clock=clock) for part in ("tokens", "cost", "turns", "seconds")}
    assert {ledger.out_of() for ledger in by_limit.values()} == {None}
    by_limit["tokens"].record("m", used(500, 401))
    by_limit["cost"].record("m", used(cost=0.91))
    for _ in range(10):
        by_limit["turns"].take_turn()
    assert by_limit["seconds"].out_of() is None
    clock.now += 90
    assert by_limit["seconds"].out_of() == "seconds"
    clock.now -= 90
    assert [part for part, ledger in by_limit.items() if ledger.out_of() == part] == ["tokens", "cost", "turns"]


def test_without_limits_a_run_is_never_out_of_anything_but_turns() -> None:
    clock = Clock()
    ledger = Ledger(UNLIMITED, clock=clock)
    clock.now += 1e9
    ledger.record("m", used(10**12, 10**12, 1e9))
    ledger.take_sub_queries(10**9)
    assert ledger.room() == (math.inf, math.inf)
    ledger.check_seconds()
    assert ledger.out_of() is None
    assert ledger.remaining_seconds() is None
    assert ledger.left() == {"turns": 1_000, "sub_queries": None, "tokens": None, "cost": None, "seconds": None}


def test_the_last_turn_may_spend_what_is_set_aside_for_it_and_no_call_before() -> None:
    clock = Clock()
    ledger = Ledger(Budget(tokens=1_000, cost=1.0, seconds=100), clock=clock)
    assert ledger.room() == (900, 0.9)
    assert ledger.room(last_turn=True) == (1_000, 1.0)
    clock.now += 95
    with pytest.raises(BudgetExceededError) as caught:
        ledger.check_seconds()
    assert caught.value.limit == "seconds"
    ledger.check_seconds(last_turn=True)
    clock.now += 5
    with pytest.raises(BudgetExceededError, match="100 seconds"):
        ledger.check_seconds(last_turn=True)


def test_what_was_lost_with_processes_counts_as_asked_and_uses_turns_up() -> None:
    ledger = Ledger(Budget(turns=2, sub_queries=3))
    ledger.charge(Spending(turns=3, sub_queries=5))
    assert [bool(ledger.refuse_excess()) for _ in range(3)] == [True, True, False]
    ledger.check_turns()
    ledger.take_turn()
    with pytest.raises(BudgetExceededError, match="2 turns are used up"):
        ledger.check_turns()


@given(counts=st.lists(st.integers(1, 12), max_size=12))
def test_sub_queries_are_counted_all_or_none_and_never_pass_the_limit(counts: list[int]) -> None:
    ledger = Ledger(Budget(sub_queries=20))
    for count in counts:
        before = ledger.sub_queries
        refused = refusal(partial(ledger.take_sub_queries, count))
        if refused is None:
            assert ledger.sub_queries == before + count <= 20
        else:
            assert refused.limit == "sub_queries"
            assert f"{count} sub-queries asked, {20 - before} left of 20" in str(refused)
            assert before + count > 20
            assert ledger.sub_queries == before


def test_at_depth_zero_no_sub_query_can_be_asked() -> None:
    ledger = Ledger(Budget(depth=0))
    with pytest.raises(BudgetExceededError, match="switched off") as caught:
        ledger.take_sub_queries(1)
    assert caught.value.limit == "depth"
    assert ledger.sub_queries == 0


def test_usage_adds_up_by_model_and_in_all() -> None:
    clock = Clock()
    ledger = Ledger(UNLIMITED, clock=clock)
    ledger.record("root", used(100, 10, 0.5))
    ledger.record("root", used(50, 5, 0.25))
    ledger.record("leaf", used(7, 3, 0.125, estimated=True))
    clock.now += 1.23456
    usage = ledger.usage()
    assert usage["models"]["root"] == {
        "calls": 2, "input_tokens": 150, "output_tokens": 15, "cost": 0.75, "estimated_calls": 0,
    }  # fmt: skip
    assert usage["models"]["leaf"]["estimated_calls"] == 1
    assert (usage["calls"], usage["input_tokens"], usage["output_tokens"]) == (3, 157, 18)
    assert (usage["cost"], usage["estimated_calls"], usage["seconds"]) == (0.875, 1, 1.235)
    assert usage["unpriced_models"] == []
    assert (ledger.tokens, ledger.cost) == (175, 0.875)


def test_kinds_of_tokens_add_up_and_are_left_out_where_there_were_none() -> None:
    ledger = Ledger(UNLIMITED)
    ledger.record("root", {**used(100, 10, 0.5), "cache_read_tokens": 90})
    ledger.record("root", {**used(100, 10, 0.5), "cache_read_tokens": 5, "cache_write_tokens": 7})
    ledger.record("leaf", {**used(100, 10, 0.5), "reasoning_tokens": 4})
    usage = ledger.usage()
    kinds = ("cache_read_tokens", "cache_write_tokens", "reasoning_tokens")
    assert [usage.get(kind) for kind in kinds] == [95, 7, 4]
    assert [usage["models"]["root"].get(kind) for kind in kinds] == [95, 7, None]


def test_a_cost_is_known_once_a_call_had_a_price_and_free_is_one() -> None:
    ledger = Ledger(UNLIMITED)
    ledger.record("mine", used(1, 1))
    assert (ledger.known_cost, ledger.cost) == (None, 0.0)
    ledger.record("free", used(1, 1, 0.0))
    assert ledger.known_cost == 0.0


def test_a_default_limit_is_told_from_one_that_was_set() -> None:
    assert not Budget().sets_cost
    assert (Budget().cost, repr(Budget().cost)) == (2.0, "2.0")
    assert not copy.deepcopy(pickle.loads(pickle.dumps(replace(Budget(), turns=5)))).sets_cost  # noqa: S301  # our own
    assert Budget(cost=2.0).sets_cost
    assert replace(Budget(), cost=2.0).sets_cost
    assert not Budget(cost=None).sets_cost


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ({"cost": 1.5}, "about $1.50"),
        ({"cost": 0.0}, "about $0.00"),
        ({"cost": 1.5, "unpriced_models": ["a", "b"]}, "at least $1.50 (no price is known for a, b)"),
        ({"cost": None, "unpriced_models": ["a"]}, "an unknown amount (no price is known for a)"),
        ({"cost": 0.0, "unpriced_models": ["a"]}, "an unknown amount (no price is known for a)"),
    ],
)
def test_a_quote_says_what_is_not_in_it(quote: dict[str, Any], said: str) -> None:
    assert quoted(quote, "about ") == said


def test_models_without_a_price_are_named_and_count_as_free() -> None:
    ledger = Ledger(UNLIMITED)
    ledger.record("zeta", used(1, 1))
    ledger.record("alpha", used(1, 1))
    assert ledger.usage()["cost"] is None
    ledger.record("priced", used(1, 1, 0.0))
    usage = ledger.usage()
    assert usage["unpriced_models"] == ["alpha", "zeta"]
    assert usage["cost"] == 0.0
    assert usage["models"]["alpha"]["cost"] is None


def test_usage_is_a_copy_that_the_ledger_does_not_share() -> None:
    ledger = Ledger(UNLIMITED)
    ledger.record("m", used(1, 1))
    ledger.usage()["models"]["m"]["calls"] = 99
    assert ledger.usage()["calls"] == 1


def test_the_last_turn_has_a_share_of_the_time_for_itself() -> None:
    clock = Clock()
    ledger = Ledger(Budget(seconds=100), clock=clock)
    clock.now += 80
    assert ledger.seconds == pytest.approx(80)
    assert ledger.remaining_seconds() == pytest.approx(10)
    assert ledger.remaining_seconds(last_turn=True) == pytest.approx(20)


def test_what_is_left_is_told_without_what_is_set_aside_for_the_last_turn_and_never_below_zero() -> None:
    clock = Clock()
    ledger = Ledger(Budget(turns=2, sub_queries=3, tokens=100, cost=0.1, seconds=5), clock=clock)
    ledger.take_sub_queries(1)
    ledger.take_turn()
    ledger.record("m", used(30, 10, 0.04))
    assert ledger.left() == {"turns": 1, "sub_queries": 2, "tokens": 50, "cost": 0.05, "seconds": 4.5}
    clock.now += 50
    ledger.take_turn()
    ledger.take_turn()
    ledger.take_sub_queries(2)
    ledger.record("m", used(100, 1, 4.0))
    assert ledger.left() == {"turns": 0, "sub_queries": 0, "tokens": 0, "cost": 0.0, "seconds": 0.0}


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "$0.00"), (1e-9, "$0.0000000010"), (0.007362, "$0.0074"), (0.0999, "$0.100"), (0.5, "$0.50"),
        (1234.5, "$1,234.50"),
    ],
)  # fmt: skip
def test_small_amounts_of_dollars_keep_two_digits_that_count(amount: float, said: str) -> None:
    assert dollars(amount) == said
