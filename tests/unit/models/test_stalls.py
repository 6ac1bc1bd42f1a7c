"""How long a call may take: learnt from its model's answers, never shorter than what they took."""

import asyncio
import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.models import stalls as module
from langchain_rlm.models.stalls import FACTOR, FIRST, FLOOR, STALLS, GivenUpError, InFlight, Stalls, unsent

SECONDS = st.floats(0.001, 10_000)


def call(
    stalls: Stalls, now: float = 0.0, *, tokens: int = 10, left: float | None = None, given_up: int = 0
) -> InFlight:
    made = InFlight(model="m", tokens=tokens, sent=now, left=left, given_up=given_up)
    stalls.in_flight.add(made)
    return made


def answer(stalls: Stalls, seconds: float, tokens: int = 10) -> None:
    stalls.answered(InFlight(model="m", tokens=tokens, sent=0.0, left=None), seconds)


def test_nothing_is_known_before_the_first_answer_of_the_model() -> None:
    stalls = Stalls()
    stalls.answered(InFlight(model="another", tokens=1, sent=0.0, left=None), 0.1)
    assert stalls.limit(call(stalls)) == FIRST


def test_a_call_that_is_awaited_learns_from_those_that_are_answered_meanwhile() -> None:
    stalls, moved = Stalls(), list[float]()
    waiting = call(stalls, now=100.0)
    waiting.move = moved.append
    answer(stalls, 0.5)
    answer(stalls, 50.0)
    assert moved == [100.0 + FLOOR, 100.0 + 50.0 * FACTOR]


@given(SECONDS, st.integers(1, 40))
def test_where_a_server_answers_one_after_the_other_no_call_in_the_queue_is_given_up(each: float, count: int) -> None:
    if each > FIRST:
        return
    stalls = Stalls()
    calls = [call(stalls) for _ in range(count)]
    for place, one in enumerate(calls, 1):
        assert stalls.deadline(one) > place * each * 0.999
        stalls.in_flight.discard(one)
        stalls.answered(one, place * each)


@given(SECONDS, SECONDS, st.floats(1, 10_000), st.integers(0, STALLS - 1))
def test_a_call_has_more_time_than_any_answer_took(one: float, other: float, left: float, given_up: int) -> None:
    stalls = Stalls()
    answer(stalls, one)
    answer(stalls, other)
    assert stalls.limit(call(stalls, left=left, given_up=given_up)) >= FACTOR * max(one, other)


@given(st.floats(1, 100_000))
def test_a_call_that_stalls_each_time_leaves_the_run_a_share_of_its_time(left: float) -> None:
    stalls = Stalls()
    answer(stalls, 0.001)
    rest = left
    for given_up in range(STALLS):
        rest -= stalls.limit(call(stalls, left=rest, given_up=given_up))
    assert rest >= left / (STALLS + 1) * 0.999


def test_a_larger_prompt_has_more_time_and_never_without_bound() -> None:
    stalls = Stalls()
    answer(stalls, 12.0, tokens=1_000)
    limits = [stalls.limit(call(stalls, tokens=tokens)) for tokens in (10, 1_000, 3_000, 10**9)]
    assert limits == [72.0, 72.0, 216.0, FIRST]


async def test_a_call_that_waits_to_be_sent_is_no_stall_and_has_its_whole_time_after_that() -> None:
    stalls, loop = Stalls(0.2), asyncio.get_running_loop()
    async with stalls.limited(one := InFlight(model="m", tokens=1, sent=loop.time(), left=None)):
        with unsent():
            assert (stalls.deadline(one), one.is_sent) == (math.inf, False)
            await asyncio.sleep(0.3)
        assert stalls.deadline(one) - loop.time() > 0.1
    assert one.held >= 0.3 > stalls.slowest["m"]


def test_what_is_set_holds_whatever_was_learnt() -> None:
    stalls = Stalls(7.0)
    answer(stalls, 100.0)
    assert stalls.limit(call(stalls, left=1.0, given_up=2)) == 7.0


def given_up_at(stalls: Stalls, every: float, characters: int) -> float:
    """When a stream of parts that come `every` so many seconds is given up."""
    one, now = call(stalls), 0.0
    while (now := now + every) < stalls.deadline(one) and now < 10_000:
        stalls.hear(one, characters, now)
    return now


def paces() -> Iterator[tuple[float, int, float]]:
    yield 0.05, 5, 100.0  # text as models write it: until the stream is far too long
    yield 1.0, 1, 13.0  # a byte now and then
    yield 0.5, 0, 10.0  # nothing but signs of life
    yield 11.0, 1_000, 10.0  # a pause in the middle


@pytest.mark.parametrize(("every", "characters", "until"), [*paces()])
def test_a_stream_goes_on_while_text_comes(every: float, characters: int, until: float) -> None:
    assert math.isclose(given_up_at(Stalls(10.0), every, characters), until, rel_tol=0.15)


@pytest.mark.parametrize("seconds", [0.01, 60.0], ids=["given up", "cancelled from outside"])
async def test_a_call_that_loses_cancellations_ends_all_the_same(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `asyncio.wait_for` does before Python 3.12, where a part of a stream comes at the same moment."""
    monkeypatch.setattr(module, "AGAIN", 0.01)
    monkeypatch.setattr(module, "LOOK", 0.01)
    begun, lost = asyncio.Event(), list[int]()

    async def limited() -> None:
        now = asyncio.get_running_loop().time()
        async with Stalls(seconds).limited(call(Stalls(), now)):
            while True:
                begun.set()
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    lost.append(1)
                    if len(lost) > 2:
                        raise

    task = asyncio.create_task(limited())
    await begun.wait()
    if seconds > 1:
        task.cancel()
    with pytest.raises(asyncio.CancelledError if seconds > 1 else GivenUpError):
        await task
    assert len(lost) == 3
