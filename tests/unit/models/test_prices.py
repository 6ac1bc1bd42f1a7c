"""What a call costs, by kind of token and size, from listed prices and from the user's own."""

import time
from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.models.offline import OfflineChatModel
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.resolve import name_of, provider_of
from langchain_rlm.models.tokens import Tokens

MILLION = 1_000_000
OWN: Any = {"input": 1.0, "output": 10.0, "cached": 0.1, "cache_write": 1.5, "reasoning": 20.0}


def listed(model: str, provider: str | None, used: Tokens) -> float:
    cost = Pricing().cost(model, provider, used)
    assert cost is not None
    return cost


# -- listed prices ----------------------------------------------------------------------------------------------------


def test_a_known_model_has_a_price_that_grows_with_its_tokens() -> None:
    one = listed("gpt-5-mini", "openai", Tokens(1_000, 1_000))
    assert 0 < one < 0.1
    assert listed("gpt-5-mini", "openai", Tokens(2_000, 2_000)) == pytest.approx(2 * one)
    assert listed("gpt-5-mini", "openai", Tokens(0, 0)) == 0.0


def test_output_and_input_are_priced_apart() -> None:
    assert listed("gpt-5", "openai", Tokens(0, 1_000)) > listed("gpt-5", "openai", Tokens(1_000, 0)) > 0


def test_cached_input_costs_what_its_provider_takes_for_it() -> None:
    # openai.com/api/pricing: gpt-5 takes $1.25 a million tokens in, a tenth of that when they come from the cache
    assert listed("gpt-5", "openai", Tokens(10_000, 0)) == pytest.approx(0.0125)
    assert listed("gpt-5", "openai", Tokens(10_000, 0, cache_read=9_900)) == pytest.approx(0.0013625)


def test_writing_to_a_cache_costs_more_and_for_an_hour_still_more() -> None:
    # docs.claude.com/en/docs/about-claude/pricing: $3 a million in, x 1.25 to write for five minutes, x 2 for an hour
    model = ("claude-sonnet-4-5", "anthropic")
    assert listed(*model, Tokens(10_000, 0)) == pytest.approx(0.03)
    assert listed(*model, Tokens(10_000, 0, cache_write=10_000)) == pytest.approx(0.0375)
    assert listed(*model, Tokens(10_000, 0, cache_write_1h=10_000)) == pytest.approx(0.06)
    assert listed(*model, Tokens(10_000, 0, cache_read=10_000)) == pytest.approx(0.003)


@pytest.mark.parametrize(("size", "price"), [(200_000, 3.0), (200_001, 6.0), (900_000, 6.0)])
def test_a_long_prompt_costs_the_price_of_its_size(size: int, price: float) -> None:
    assert listed("claude-sonnet-4-5", "anthropic", Tokens(size, 0)) == pytest.approx(size * price / MILLION)


def test_all_of_a_long_call_costs_more_its_output_and_cache_too() -> None:
    model = ("claude-sonnet-4-5", "anthropic")
    assert listed(*model, Tokens(300_000, 1_000, cache_read=300_000)) == pytest.approx(0.3 * 0.6 + 0.0225)
    assert listed(*model, Tokens(100_000, 1_000, cache_read=100_000)) == pytest.approx(0.1 * 0.3 + 0.015)


def test_listed_prices_are_those_of_the_package_for_every_kind() -> None:
    from genai_prices import Usage, calc_price

    used = Tokens(50_000, 900, 30_000, 2_000, 1_000, 500, 300, 200)
    usage = Usage(
        input_tokens=50_000, output_tokens=900, cache_read_tokens=30_000, cache_write_tokens=3_000,
        cache_write_1h_tokens=1_000, input_audio_tokens=500, output_reasoning_tokens=300, output_audio_tokens=200,
        cache_audio_read_tokens=0, cache_audio_write_tokens=0, output_audio_reasoning_tokens=0,
    )  # fmt: skip
    for provider, model in (
        ("openai", "gpt-4o-audio-preview"), ("openai", "gpt-5"), ("anthropic", "claude-opus-4-5"),
        ("google", "gemini-2.5-pro"), ("google", "gemini-2.5-flash"), ("perplexity", "sonar-pro"),
    ):  # fmt: skip
        expected = float(calc_price(usage, model_ref=model, provider_id=provider).total_price)
        assert listed(model, provider, used) == pytest.approx(expected), model


@pytest.mark.parametrize("provider", [None, "openai", "a-gateway-of-our-own", "azure"])
def test_a_known_model_has_a_price_wherever_it_is_served(provider: str | None) -> None:
    assert listed("gpt-5-mini", provider, Tokens(1_000, 0)) > 0


@pytest.mark.parametrize("provider", [None, "openai", "nobody"])
def test_an_unknown_model_has_no_price_which_is_not_zero(provider: str | None) -> None:
    assert Pricing().cost("a-model-of-our-own", provider, Tokens(1_000, 1_000)) is None
    assert not Pricing().knows("a-model-of-our-own", provider)


def test_a_model_listed_without_prices_for_both_sides_has_no_known_price() -> None:
    assert Pricing().cost("text-embedding-3-small", "openai", Tokens(1_000, 1_000)) is None


def test_a_model_of_ollama_has_no_known_price_though_its_name_is_listed_elsewhere() -> None:
    assert Pricing().cost("deepseek-r1:8b", None, Tokens(1_000, 0))
    assert Pricing().cost("deepseek-r1:8b", "ollama", Tokens(1_000, 0)) is None


def test_the_offline_model_and_free_models_are_free() -> None:
    model = OfflineChatModel()
    assert listed(name_of(model), provider_of(model), Tokens(10**9, 10**9)) == 0.0
    assert listed("deepseek/deepseek-r1:free", "openrouter", Tokens(10**9, 10**9)) == 0.0


def test_a_price_is_looked_up_once_and_not_for_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    import genai_prices

    monkeypatch.setattr(time, "time", lambda: 0.0)
    first = listed("gpt-5-nano", "openai", Tokens(1_000, 10))
    monkeypatch.setattr(genai_prices, "calc_price", None)
    assert listed("gpt-5-nano", "openai", Tokens(2_000, 20)) == pytest.approx(2 * first)
    monkeypatch.setattr(time, "time", lambda: 3600.0)  # prices change by the hour
    with pytest.raises(TypeError):
        listed("gpt-5-nano", "openai", Tokens(1_000, 10))


# -- the user's prices ------------------------------------------------------------------------------------------------


def test_own_prices_count_each_kind_and_win_over_listed_ones() -> None:
    pricing = Pricing.of({"gpt-5": OWN})
    used = Tokens(
        100, 50, cache_read=30, cache_write=10, cache_write_1h=10, audio_input=5, reasoning=20, audio_output=5
    )
    assert pricing.cost("gpt-5", "openai", used) == pytest.approx(
        (50 * 1.0 + 30 * 0.1 + 20 * 1.5 + 30 * 10.0 + 20 * 20.0) / MILLION
    )


def test_kinds_without_a_price_of_their_own_cost_what_their_side_does() -> None:
    pricing = Pricing.of({"m": {"input": 1, "output": 10}})
    used = Tokens(100, 50, cache_read=30, cache_write=10, reasoning=20)
    assert pricing.cost("m", None, used) == pytest.approx((100 + 500) / MILLION)


def test_a_price_of_zero_is_free_and_known() -> None:
    pricing = Pricing.of({"m": {"input": 0, "output": 0}})
    assert pricing.cost("m", "ollama", Tokens(100, 50)) == 0.0
    assert pricing.knows("m", "ollama")


def test_a_model_may_be_named_with_its_provider() -> None:
    pricing = Pricing.of({"openai:m": {"input": 1, "output": 1}, "ollama:llama3.1:8b": {"input": 2, "output": 2}})
    assert pricing.cost("m", "openai", Tokens(MILLION, 0)) == 1.0
    assert pricing.cost("llama3.1:8b", "ollama", Tokens(MILLION, 0)) == 2.0


def test_an_own_price_wins_also_for_a_model_that_is_free() -> None:
    assert Pricing.of({"replay": {"input": 1, "output": 1}}).cost("replay", None, Tokens(MILLION, 0)) == 1.0


@pytest.mark.parametrize(
    ("prices", "said"),
    [
        (1, "prices=1: pass dollars a million tokens by model"),
        ("gpt-5", "prices='gpt-5': pass dollars"),
        ([("m", OWN)], "pass dollars a million tokens by model, as in"),
        ({1: OWN}, "prices={1: .*: pass dollars"),
        ({" ": OWN}, "prices={' ': .*: pass dollars"),
        ({"m": 0.5}, r"prices\['m'\]=0.5: use dollars a million tokens, 0 or more, for input and output"),
        ({"m": None}, r"prices\['m'\]=None: use dollars"),
        ({"m": {"input": 1}}, r"prices\['m'\]={'input': 1}: use dollars .* for input and output"),
        (
            {"n": OWN, "m": {"input": -1, "output": 1}},
            r"prices\['m'\]={'input': -1, .*}: use dollars a million tokens, 0 or",
        ),
        ({"m": {**OWN, "input": float("nan")}}, r"prices\['m'\]={'input': nan, .*: use dollars"),
        ({"m": {**OWN, "output": float("inf")}}, "'output': inf, .*: use dollars"),
        ({"m": {**OWN, "cached": "0.1"}}, "'cached': '0.1', .*: use dollars"),
        ({"m": {**OWN, "reasoning": None}}, r"prices\['m'\]=.*: use dollars"),
        ({"m": {**OWN, "input": True}}, "'input': True, .*: use dollars"),
        (
            {"m": {"input": 1, "output": 1, "cache": 1}},
            "'cache': 1}: use .* where it differs, cached, cache_write and r",
        ),
        ({"m": {**OWN, None: 1}}, r"prices\['m'\]=.*: use dollars"),
    ],
)
def test_what_is_no_price_is_refused_with_what_to_pass(prices: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Pricing.of(prices)
