"""Processes that know nothing of each other share a provider's limit, played with its token bucket and no clock."""

import heapq
import itertools
import random

import pytest

from langchain_rlm.models.calls import RATE_LIMITED_ATTEMPTS
from langchain_rlm.models.pace import FASTER, FIRST, MOST, Pace
from tests.server.limits import Bucket


def played(paces: list[Pace], calls: int, limit: int, seed: int) -> tuple[float, int, int]:
    """Each process sends its calls as its pace allows: seconds, refusals, and calls that gave up."""
    draw, bucket, tie = random.Random(seed), Bucket(limit, 0.0), itertools.count()  # noqa: S311
    waiting = [(0.0, next(tie), place, 0) for place in range(len(paces)) for _ in range(calls)]
    heapq.heapify(waiting)
    now, refusals, lost = 0.0, 0, 0
    while waiting:
        now, _, place, refused = heapq.heappop(waiting)
        pace = paces[place]
        if pace.until > now:
            heapq.heappush(waiting, (now + (pace.until - now) * draw.uniform(1.0, 1.25), next(tie), place, refused))
            continue
        pace.go(now)
        wait = bucket.wait(1, now)
        if wait > 0:
            pace.refuse(now, now, wait)
            refusals += 1
            if refused + 1 == RATE_LIMITED_ATTEMPTS:
                lost += 1
            else:
                heapq.heappush(waiting, (now + wait * 2**refused, next(tie), place, refused + 1))
        else:
            bucket.level -= 1
            pace.answer(now)
    return now, refusals, lost


@pytest.mark.parametrize("processes", [1, 3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_whoever_shares_a_limit_uses_it_up_and_hardly_a_call_is_lost(processes: int, seed: int) -> None:
    calls, limit = 960 // processes, 120
    seconds, refusals, lost = played([Pace() for _ in range(processes)], calls, limit, seed)
    assert lost <= 960 * 0.005
    assert refusals < 960 * 0.75
    assert seconds < (960 - limit) * 60 / limit * 1.2


def test_calls_that_were_in_flight_together_slow_it_down_once() -> None:
    pace = Pace()
    for _ in range(32):
        pace.refuse(1.0, 2.0, 0.5)
    assert (pace.apart, pace.until) == (FIRST * 0.5, 2.5)
    pace.answer(1.0)
    assert pace.apart == FIRST * 0.5
    pace.answer(3.0)
    assert pace.apart == FIRST * 0.5 * FASTER


def test_a_provider_that_refuses_a_share_of_all_calls_does_not_stop_them() -> None:
    pace = Pace()
    for now in range(1, 100):
        pace.refuse(now, now, 0.02)
    assert pace.apart <= MOST * 0.02


def test_without_a_refusal_nothing_waits() -> None:
    pace = Pace()
    for now in (1.0, 1.0, 2.0):
        pace.go(now)
        pace.answer(now)
        assert pace.until <= now
