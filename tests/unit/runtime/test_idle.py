"""REPLs that wait: too many or too long, and the one that waits longest gives its sandbox up."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from langchain_rlm.repl.protocol import ReplLimits
from langchain_rlm.runtime import repl_pool
from langchain_rlm.runtime.repl_pool import IdleRepls
from tests.unit.live import soon


@dataclass(eq=False)
class Waiting:
    """What waits, and counts how often it was evicted."""

    sandbox: Any = "there"
    evicted: list[str] = field(default_factory=list)

    def evict(self) -> None:
        self.sandbox = None
        self.evicted.append("evicted")


def waiting(sandbox: Any = "there") -> Any:
    """One of them, in the place of a REPL."""
    return Waiting(sandbox)


async def used(repls: IdleRepls, *ones: Any) -> None:
    for one in ones:
        async with repls.busy(one):
            pass


async def test_of_more_than_may_wait_the_one_that_waits_longest_gives_way() -> None:
    repls, ones = IdleRepls(ReplLimits(idle_repls=2)), [waiting() for _ in range(3)]
    await used(repls, *ones)
    assert [bool(one.evicted) for one in ones] == [True, False, False]


async def test_one_that_was_used_again_waits_anew() -> None:
    repls, (a, b, c) = IdleRepls(ReplLimits(idle_repls=2)), [waiting() for _ in range(3)]
    await used(repls, a, b, a, c)
    assert [bool(one.evicted) for one in (a, b, c)] == [False, True, False]


async def test_one_that_waits_too_long_gives_way() -> None:
    repls, one = IdleRepls(ReplLimits(idle_seconds=0.01)), waiting()
    await used(repls, one)
    assert not one.evicted
    await soon(lambda: bool(one.evicted))


async def test_one_that_is_busy_is_left_alone_whatever_the_time() -> None:
    repls, one = IdleRepls(ReplLimits(idle_seconds=0.005)), waiting()
    await used(repls, one)
    async with repls.busy(one):
        await asyncio.sleep(0.03)
        assert not one.evicted


async def test_one_without_a_sandbox_waits_for_nothing() -> None:
    repls, empty, other = IdleRepls(ReplLimits(idle_repls=1)), waiting(None), waiting()
    await used(repls, other, empty)
    assert not other.evicted


async def test_one_that_is_forgotten_is_not_evicted() -> None:
    repls, one = IdleRepls(ReplLimits(idle_seconds=0.005)), waiting()
    await used(repls, one)
    repls.forget(one)
    repls.forget(one)
    await asyncio.sleep(0.03)
    assert not one.evicted


async def test_one_whose_step_fails_waits_like_the_others() -> None:
    repls, one = IdleRepls(ReplLimits(idle_repls=0)), waiting()
    with pytest.raises(LookupError):
        async with repls.busy(one):
            raise LookupError
    assert one.evicted


async def test_no_more_than_so_many_run_code_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repl_pool, "STEPPING", 2)
    repls, inside, most = IdleRepls(ReplLimits()), 0, 0

    async def step() -> None:
        nonlocal inside, most
        async with repls.busy(waiting()):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(step() for _ in range(6)))
    assert most == 2


def test_loops_are_counted_apart() -> None:
    repls, ones = IdleRepls(ReplLimits(idle_repls=1)), [waiting(), waiting()]
    for one in ones:
        asyncio.run(used(repls, one))
    assert [one.evicted for one in ones] == [[], []]
