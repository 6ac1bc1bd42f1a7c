"""A quote says what calls are expected to cost, and is given only where that is more than a person wants to spend."""

from typing import Any

import pytest

from langchain_rlm.budget import Budget
from langchain_rlm.models.calls import EXPECTED_OUTPUT
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.tokens import Tokens
from langchain_rlm.nodes.expected_cost import SECONDS_A_CALL, expected, quote_of
from tests.unit.journals import answer, call, reply, tool_call
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import PRICED, Model, live


async def test_without_a_limit_nobody_is_asked() -> None:
    async with live(sub_model=Model(model_name=PRICED)) as it:
        assert quote_of(await it.run(), [call("1", "x" * 1_000_000)], [begun()]) is None


async def test_a_prompt_is_expected_to_cost_by_its_length_context_included() -> None:
    async with live(sub_model=Model(model_name=PRICED)) as it:
        run = await it.run("y" * 4000)
        prompt: Any = {**call("1"), "pieces": ["x" * 400, [0, 0, 4000]], "context": [["z" * 400]]}
        tokens, dollars = expected(run, prompt)
        assert tokens == 1201 + EXPECTED_OUTPUT
        assert dollars == pytest.approx(Pricing().cost(PRICED, None, Tokens(1201, EXPECTED_OUTPUT)))


async def test_a_call_of_another_model_costs_what_that_one_does() -> None:
    async with live(sub_model=Model(), sub_models={"large": Model(model_name=PRICED)}) as it:
        run = await it.run()
        assert expected(run, call("1", model="large"))[1]
        assert expected(run, call("1"))[1] is None  # no price is known
        assert expected(run, call("1", model="unknown"))[1] is None  # it will be refused


async def test_a_quote_is_given_above_the_limit_and_not_at_it() -> None:
    calls = [call(str(n), "x" * 4000) for n in range(10)]
    async with live(sub_model=Model(model_name=PRICED), budget=Budget(confirm_above=0.01)) as it:
        run = await it.run()
        quote = quote_of(run, calls, [begun()])
        assert quote is not None
        assert quote["calls"] == 10
        assert quote["tokens"] == 10 * (1001 + EXPECTED_OUTPUT)
        assert quote["cost"] == pytest.approx(10 * (expected(run, calls[0])[1] or 0), abs=1e-6)
        assert quote_of(run, calls[:1], [begun()]) is None


async def test_an_unknown_price_is_above_every_limit_and_named() -> None:
    given: dict[str, Any] = {"sub_model": Model(), "sub_models": {"large": Model(model_name=PRICED)}}
    async with live(**given, budget=Budget(confirm_above=100)) as it:
        run = await it.run()
        assert quote_of(run, [call("1", model="large")], [begun()]) is None
        quote = quote_of(run, [call("1"), call("2")], [begun()])
        assert quote is not None
        assert (quote["cost"], quote["unpriced_models"]) == (None, ["made-up"])
        quote = quote_of(run, [call("1"), call("2", model="large")], [begun()])
        assert quote is not None
        assert (quote["cost"] or 0) > 0
        assert quote["unpriced_models"] == ["made-up"]


async def test_a_price_of_zero_is_asked_about_no_more_than_a_small_one() -> None:
    prices = Pricing.of({"made-up": {"input": 0, "output": 0}})
    async with live(sub_model=Model(), prices=prices, budget=Budget(confirm_above=0)) as it:
        assert quote_of(await it.run(), [call("1")], [begun()]) is None


async def test_quotes_follow_what_was_counted_before() -> None:
    async with live(sub_model=Model(model_name=PRICED), budget=Budget(confirm_above=0)) as it:
        run = await it.run()
        it.tree.caller.estimates.learn(PRICED, 10**6, 2 * 10**6)
        assert expected(run, call("1", "x" * 4000))[0] == pytest.approx(2002 + EXPECTED_OUTPUT, rel=0.01)


async def test_tools_are_not_in_the_quote() -> None:
    async with live(sub_model=Model(model_name=PRICED), budget=Budget(confirm_above=0)) as it:
        run = await it.run()
        assert quote_of(run, [tool_call("1", "add")], [begun()]) is None
        quote = quote_of(run, [tool_call("1", "add"), call("2")], [begun()])
        assert quote is not None
        assert quote["calls"] == 1


async def test_the_time_is_that_of_the_calls_so_far_by_how_many_run_at_once() -> None:
    calls = [call(str(n)) for n in range(8)]
    given: dict[str, Any] = {
        "sub_model": Model(model_name=PRICED),
        "budget": Budget(confirm_above=0),
        "max_concurrency": 4,
    }
    async with live(**given) as it:
        run = await it.run()
        first = quote_of(run, calls, [begun()])
        later = quote_of(run, calls, [begun(), reply("x", seconds=2.0), answer("1", seconds=4.0, usage={"calls": 1}),
                                      answer("2", seconds=99.0)])  # fmt: skip
        assert first is not None
        assert later is not None
        assert (first["seconds"], later["seconds"]) == (SECONDS_A_CALL * 2, 6.0)
