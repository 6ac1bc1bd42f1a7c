"""Tokens of a call are read once, as whole numbers, whatever a provider says; estimates learn from what was counted."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.models.messages import add_usage, brief, usage_of
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.tokens import LEAST_RATIO, MOST, MOST_RATIO, Estimates, Tokens, reported_in, tokens_of

SENT, SAID = 6_000, "four tokens of text"
ESTIMATED = (Tokens(SENT, 5), False)


def usage(tokens_in: Any, tokens_out: Any = 9, total: Any = None, **details: Any) -> dict[str, Any]:
    into = {name: details[name] for name in details if name not in {"reasoning", "spoken"}}
    out = {name: details[name] for name in details if name == "reasoning"}
    return {
        "input_tokens": tokens_in, "output_tokens": tokens_out, "total_tokens": total,
        "input_token_details": into, "output_token_details": out,
    }  # fmt: skip


# -- what providers count ---------------------------------------------------------------------------------------------


def test_counts_are_taken_with_their_kinds() -> None:
    said = {
        "input_tokens": 6000, "output_tokens": 90, "total_tokens": 6090,
        "input_token_details": {"cache_read": 4000, "cache_creation": 500, "audio": 10},
        "output_token_details": {"reasoning": 60, "audio": 5},
    }  # fmt: skip
    assert tokens_of(said, SENT, SAID) == (Tokens(6000, 90, 4000, 500, 0, 10, 60, 5), True)


@pytest.mark.parametrize(
    "said",
    [
        usage(4, 9, 13, cache_read=6000),
        usage(4, 9, None, cache_read=6000),
        usage(4, 9, 6013, cache_read=6000),
        usage(4, 9, 6013),
    ],
)
def test_cached_tokens_that_a_provider_left_out_are_added(said: dict[str, Any]) -> None:
    assert tokens_of(said, SENT, SAID)[0].input == 6004


def test_cached_tokens_are_added_where_only_the_total_shows_that_they_were_left_out() -> None:
    assert tokens_of(usage(5000, 9, 8009, cache_read=3000), SENT, SAID)[0] == Tokens(8000, 9, 3000)
    assert tokens_of(usage(5000, 9, 5009, cache_read=3000), SENT, SAID)[0] == Tokens(5000, 9, 3000)


def test_reasoning_that_was_left_out_is_added_to_the_output() -> None:
    assert tokens_of(usage(6000, 9, 6409, reasoning=400), SENT, SAID)[0] == Tokens(6000, 409, reasoning=400)
    assert tokens_of(usage(6000, 9, 6009, reasoning=400), SENT, SAID)[0] == Tokens(6000, 409, reasoning=400)
    assert tokens_of(usage(6000, 500, 6500, reasoning=400), SENT, SAID)[0] == Tokens(6000, 500, reasoning=400)
    assert tokens_of(usage(6000, 500, 6900, reasoning=400), SENT, SAID)[0] == Tokens(6000, 900, reasoning=400)


def test_cached_tokens_and_reasoning_may_both_be_left_out() -> None:
    said = usage(100, 9, 6509, cache_read=6000, reasoning=400)
    assert tokens_of(said, SENT, SAID)[0] == Tokens(6100, 409, cache_read=6000, reasoning=400)


def test_a_total_that_fits_nothing_is_not_believed() -> None:
    assert tokens_of(usage(6000, 9, 10**12), SENT, SAID)[0] == Tokens(6000, 9)
    assert tokens_of(usage(6000, 9, 3), SENT, SAID)[0] == Tokens(6000, 9)


def test_what_is_written_to_a_cache_is_counted_once() -> None:
    whole = {"cache_creation": 1000, "ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 600}
    apart = {**whole, "cache_creation": 0}  # as langchain-anthropic gives it
    for details in (whole, apart):
        assert tokens_of(usage(6000, **details), SENT, SAID)[0] == Tokens(6000, 9, 0, 400, 600)


def test_the_service_tier_before_a_name_is_skipped() -> None:
    said = usage(6000, flex_cache_read=4000, flex=2000)
    assert tokens_of(said, SENT, SAID)[0] == Tokens(6000, 9, 4000)


def test_none_in_the_details_is_nothing() -> None:
    said = usage(6000, cache_read=None, audio=None, reasoning=None)
    assert tokens_of({**said, "total_tokens": 6009}, SENT, SAID) == (Tokens(6000, 9), True)
    assert tokens_of({**said, "input_token_details": None}, SENT, SAID) == (Tokens(6000, 9), True)


@pytest.mark.parametrize(
    "count", [0, -5, "6000", None, float("nan"), float("inf"), -0.5, True, [6000], MOST + 1, 10**400]
)
def test_what_is_no_count_is_estimated(count: Any) -> None:
    assert tokens_of(usage(count, 5), SENT, SAID) == ESTIMATED
    assert tokens_of(usage(SENT, count), SENT, SAID) == ESTIMATED


@pytest.mark.parametrize("reported", [None, {}, "many", 7, [6000, 5], {"input_tokens": "many"}])
def test_usage_of_another_form_is_estimated(reported: Any) -> None:
    assert tokens_of(reported, SENT, SAID) == ESTIMATED


def test_a_whole_number_may_come_as_a_float_and_no_output_is_counted_where_there_is_none() -> None:
    assert tokens_of(usage(6000.0, 5.0), SENT, SAID) == (Tokens(6000, 5), True)
    assert tokens_of(usage(6000, 0), SENT, " ") == (Tokens(6000, 0), True)


COUNTS = st.one_of(
    st.integers(-10, 20_000), st.none(), st.floats(), st.text(max_size=3), st.booleans(), st.integers(), st.just({})
)
NAMES = (
    "cache_read", "cache_creation", "audio", "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens", "reasoning",
    "priority_cache_read",
)  # fmt: skip
DETAILS = st.one_of(COUNTS, st.dictionaries(st.sampled_from(NAMES), COUNTS))
FIELDS = {
    "input_tokens": COUNTS, "output_tokens": COUNTS, "total_tokens": COUNTS,
    "input_token_details": DETAILS, "output_token_details": DETAILS,
}  # fmt: skip


@given(st.fixed_dictionaries({}, optional=FIELDS), st.integers(0, 20_000), st.sampled_from(["", SAID]))
def test_no_usage_ever_makes_a_cost_negative_or_a_kind_larger_than_its_side(said: Any, sent: int, text: str) -> None:
    used = tokens_of(said, sent, text)[0]
    assert all(isinstance(count, int) and count >= 0 for count in vars(used).values())
    assert used.cache_read + used.cache_write + used.cache_write_1h + used.audio_input <= used.input
    assert used.reasoning + used.audio_output <= used.output
    cost = Pricing.of({"m": {"input": 1, "output": 1, "cached": 0, "cache_write": 9}}).cost("m", None, used)
    assert cost is not None
    assert cost >= 0


# -- usage ------------------------------------------------------------------------------------------------------------


def test_the_usage_of_a_call_names_the_kinds_that_there_were() -> None:
    prices = Pricing.of({"m": {"input": 1, "output": 1, "cached": 0.5}})
    plain = usage_of(usage(6000), SAID, sent=SENT, name="m", provider=None, prices=prices)
    assert plain == {
        "calls": 1,
        "input_tokens": 6000,
        "output_tokens": 9,
        "cost": pytest.approx(0.006009),
        "estimated_calls": 0,
    }
    cached = usage_of(usage(6000, cache_read=4000), SAID, sent=SENT, name="m", provider=None, prices=prices)
    assert cached == {**plain, "cost": pytest.approx(0.004009), "cache_read_tokens": 4000}
    assert brief(cached) == {k: cached[k] for k in ("input_tokens", "output_tokens", "cost", "cache_read_tokens")}


def test_usages_add_up_also_where_a_kind_is_in_one_only() -> None:
    one = {"calls": 1, "input_tokens": 5, "output_tokens": 1, "cost": None, "estimated_calls": 0}
    two = {**one, "cost": 0.0, "reasoning_tokens": 1}
    both = {
        "calls": 2,
        "input_tokens": 10,
        "output_tokens": 2,
        "cost": 0.0,
        "estimated_calls": 0,
        "reasoning_tokens": 1,
    }
    assert add_usage(one, two) == add_usage(two, one) == both
    assert add_usage(one, one)["cost"] is None


# -- usage in errors --------------------------------------------------------------------------------------------------


class ProviderError(Exception):
    """As client packages raise them: with the parsed body, and the response."""

    def __init__(self, *args: Any, body: Any = None, response: Any = None) -> None:
        super().__init__(*args)
        self.body, self.response = body, response


def http_response(content: bytes) -> httpx.Response:
    return httpx.Response(400, content=content, request=httpx.Request("POST", "http://test"))


BODY = b'{"error": {"message": "no"}, "usage": {"prompt_tokens": 70, "completion_tokens": 3}}'


@pytest.mark.parametrize(
    "error",
    [
        ProviderError("no", body={"usage": {"prompt_tokens": 70, "completion_tokens": 3}}),
        ProviderError("no", body={"message": "no"}, response=http_response(BODY)),
        ProviderError("no", response={"usage": {"inputTokens": 70, "outputTokens": 3}}),
        ProviderError({"message": "no", "usage": {"input_tokens": 70, "output_tokens": 3}}),
    ],
)
def test_usage_that_comes_with_an_error_is_found(error: Exception) -> None:
    found = reported_in(error)
    assert found is not None
    assert (found["input_tokens"], found["output_tokens"]) == (70, 3)
    wrapped = RuntimeError("failed")
    wrapped.__cause__ = error
    assert reported_in(wrapped) == found


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no"),
        ProviderError("no", body="usage", response=http_response(b"<html>")),
        ProviderError("no", body={"usage": "many"}),
        ProviderError("no", body={"usage": {"prompt_tokens": "many"}}),
        ProviderError("no", body={"usage": {"completion_tokens": 3}}),
    ],
)
def test_errors_without_usage_cost_nothing(error: Exception) -> None:
    assert reported_in(error) is None


# -- estimates --------------------------------------------------------------------------------------------------------


def test_before_anything_was_counted_an_estimate_stands() -> None:
    assert Estimates().tokens("m", 1_234) == 1_234


def test_estimates_come_near_to_what_was_counted() -> None:
    estimates = Estimates()
    for size in (2_000, 30_000, 10_000):
        estimates.learn("m", size, size * 2)
    assert estimates.tokens("m", 10_000) == pytest.approx(20_000, rel=0.03)
    assert estimates.tokens("another", 10_000) == 10_000


def test_a_long_prompt_teaches_more_than_a_short_one() -> None:
    estimates = Estimates()
    estimates.learn("m", 10, 40)
    assert estimates.ratio("m") < 1.05
    estimates.learn("m", 100_000, 50_000)
    assert estimates.ratio("m") == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(("estimated", "counted"), [(6_000, 1), (6_000, 1_499), (0, 50)])
def test_a_count_that_is_of_something_else_teaches_nothing(estimated: int, counted: int) -> None:
    estimates = Estimates()
    estimates.learn("m", estimated, counted)
    assert estimates.ratio("m") == 1.0


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**9))), st.integers(0, 10**6))
def test_an_estimate_stays_within_its_bounds(counts: list[tuple[int, int]], estimated: int) -> None:
    estimates = Estimates()
    for pair in counts:
        estimates.learn("m", *pair)
    assert LEAST_RATIO <= estimates.ratio("m") <= MOST_RATIO
    assert LEAST_RATIO * estimated <= estimates.tokens("m", estimated) <= MOST_RATIO * estimated
