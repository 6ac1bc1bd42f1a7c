"""The guarantee: whatever models and providers do, calls together use at most 1.1 times what was allowed.

Models in memory, on the ledger and what makes the calls: hostile counts, answers as long as they like, retries,
continuations, the last turn, processes that end, 128 calls at once.
"""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from langchain_rlm.budget import Budget, BudgetExceededError, Ledger
from langchain_rlm.models import calls
from langchain_rlm.models.calls import Caller
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.reservations import Claim, Reservations
from langchain_rlm.models.room import Room

MOST, TOKENS, DOLLARS = 1.1, 200_000, 1.5
PRICES: Any = {"made-up": {"input": 1.0, "output": 8.0}}
KINDS: dict[str, tuple[str, float]] = {
    "prose": ("the quick brown fox ", 4.5), "digits": ("0123456789", 1.3), "cjk": ("中文字符", 1.0),
    "emoji": ("🧿", 1 / 3), "random": ("xqzjkvbw", 1.2),
}  # fmt: skip
"""Texts, and characters of them for a token."""


class Model(BaseChatModel):
    """A client that nobody knows: it writes what it likes, whatever it is told."""

    takes_limits: ClassVar[bool] = False
    writes: Callable[[int], int] = lambda _: 100
    says: Callable[[int, int], Any] = lambda into, out: {"input_tokens": into, "output_tokens": out}
    fails: Callable[[int], bool] = lambda _: False
    asked: list[None] = Field(default_factory=list)
    used: list[tuple[int, int]]
    """Input and output tokens of what was really done."""

    @property
    def model_name(self) -> str:
        return "made-up"

    @property
    def _llm_type(self) -> str:
        return "told"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **kwargs: Any) -> ChatResult:
        del stop, run_manager
        await asyncio.sleep(0)
        number = len(self.used)
        self.asked.append(None)
        if self.fails(len(self.asked)):
            msg = "down"
            raise ConnectionError(msg)
        text = "".join(message.text for message in messages)
        per = next((per for sample, per in KINDS.values() if sample in text), 4.0)
        wanted, limit = self.writes(number), (self.takes_limits and kwargs.get("max_tokens")) or 10**9
        into, out = int(len(text) / per) + 4, min(wanted, limit)
        self.used.append((into, out))
        message = AIMessage("ok" * out, response_metadata={"finish_reason": "length" if wanted > limit else "stop"})
        message.usage_metadata = self.says(into, out)
        return ChatResult(generations=[ChatGeneration(message=message)])


class BaseChatOpenAI(Model):
    """By its name: a client that takes limits, of a provider that keeps to them."""

    takes_limits: ClassVar[bool] = True


def caller_of(budget: Budget, at_once: int) -> Caller:
    room = Room(Reservations(Ledger(budget), at_once), Pricing.of(PRICES))
    return Caller(room, asyncio.Semaphore(at_once))


async def ask(caller: Caller, model: Any, prompts: list[str], *, last_turn: bool = False) -> list[Any]:
    """What comes of the prompts, all at once: replies and refusals."""

    async def one(prompt: str) -> Any:
        try:
            return await caller.ask(model, [HumanMessage(prompt)], {}, name="asked", metadata={}, last_turn=last_turn)
        except (BudgetExceededError, ModelCallError) as error:
            return error

    return await asyncio.gather(*map(one, prompts))


def cost(model: Model) -> tuple[int, float]:
    into, out = (sum(part) for part in zip(*model.used, strict=True)) if model.used else (0, 0)
    return into + out, (into * 1.0 + out * 8.0) / 1e6


LENGTHS: dict[str, Callable[[int], int]] = {
    "short": lambda _: 50, "long": lambda _: 30_000, "growing": lambda n: 40 * 2 ** min(n, 10),
    "at times": lambda n: 20_000 if n % 7 == 6 else 30, "from then on": lambda n: 30 if n < 40 else 30_000,
}  # fmt: skip
COUNTS: dict[str, Callable[[int, int], Any]] = {
    "right": lambda into, out: {"input_tokens": into, "output_tokens": out, "total_tokens": into + out},
    "none": lambda *_: None,
    "negative": lambda *_: {"input_tokens": -(10**6), "output_tokens": -5, "total_tokens": -(10**6)},
    "absurd": lambda *_: {"input_tokens": 10**12, "output_tokens": 10**12, "total_tokens": 1},
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.0)


@settings(max_examples=settings().max_examples // 3)  # each is long
@given(
    make=st.sampled_from([Model, BaseChatOpenAI]), lengths=st.sampled_from(sorted(LENGTHS)),
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=3), counts=st.sampled_from(sorted(COUNTS)),
    at_once=st.sampled_from([1, 64, 128]), in_dollars=st.booleans(), failing=st.booleans(),
    size=st.sampled_from([10, 3_000]),
)  # fmt: skip
def test_no_model_makes_calls_use_more_than_was_allowed(
    *, make: type[Model], lengths: str, kinds: list[str], counts: str, at_once: int, in_dollars: bool, failing: bool,
    size: int,
) -> None:  # fmt: skip
    model = make(used=[], writes=LENGTHS[lengths], says=COUNTS[counts], fails=lambda n: failing and n % 3 == 1)
    texts = [KINDS[kind][0] * (size // len(KINDS[kind][0])) + str(n) for n in range(96) for kind in kinds][:160]

    async def go() -> None:
        caller = caller_of(Budget(tokens=None if in_dollars else TOKENS, cost=DOLLARS if in_dollars else None), at_once)
        await ask(caller, model, texts)
        await ask(caller, model, ["the last turn"], last_turn=True)

    asyncio.run(go())
    tokens, spent = cost(model)
    assert (spent / DOLLARS if in_dollars else tokens / TOKENS) <= MOST


async def test_a_provider_that_does_not_keep_to_limits_is_found_out_by_its_first_answers() -> None:
    model = type("BaseChatOpenAI", (Model,), {"__module__": __name__})(used=[], writes=LENGTHS["long"])
    caller = caller_of(Budget(tokens=TOKENS, cost=None), 128)
    await ask(caller, model, ["word"] * 256)
    assert cost(model)[0] <= TOKENS * MOST


async def test_an_answer_that_was_cut_off_at_the_chosen_limit_is_continued() -> None:
    model = BaseChatOpenAI(used=[], writes=lambda n: (9_000, 1_000)[min(n, 1)])
    caller = caller_of(Budget(tokens=60_000, cost=None), 1)
    (reply,) = await ask(caller, model, ["word"])
    assert (reply.text, reply.cut_off) == ("ok" * sum(out for _, out in model.used), False)
    assert len(model.used) == 2


async def test_roomy_budgets_hold_nobody_back_and_tight_ones_let_the_last_turn_through() -> None:
    ledger = Ledger(Budget(tokens=10_000, cost=None))
    room = Reservations(ledger, at_once=4)
    claim = Claim(100, 400, 300, 300, 8_192, None)
    places = [await room.take(lambda: claim) for _ in range(4)]
    assert [place.limit for place in places] == [1_850] * 4  # a quarter of 9,000 each
    waiting = asyncio.create_task(room.take(lambda: claim))
    await asyncio.sleep(0)
    assert not waiting.done()
    room.release(places[0])
    assert (await waiting).limit == 1_850
    ledger.record("m", {"input_tokens": 8_900, "output_tokens": 0})
    with pytest.raises(BudgetExceededError, match="A call of about 400 tokens would pass the budget of 10,000 tokens"):
        await room.take(lambda: claim)
    for place in [*places[1:], waiting.result()]:
        room.release(place)
    assert (await room.take(lambda: claim, last_turn=True)).limit == 700
