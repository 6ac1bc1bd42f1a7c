"""Runs that begin at once: a few at a time."""

import asyncio

import pytest

from langchain_rlm.runtime import starts
from langchain_rlm.runtime.starts import RUNS, take_place


async def begun(count: int) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(take_place()) for _ in range(count)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_a_few_begin_at_once_and_the_others_when_their_time_is_over() -> None:
    tasks = await begun(3 * RUNS)
    assert [task.done() for task in tasks] == [True] * RUNS + [False] * 2 * RUNS
    await asyncio.gather(*tasks)


async def test_one_that_is_cancelled_while_it_waits_takes_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = await begun(RUNS + 2)
    monkeypatch.setattr(starts, "SECONDS", 600)
    tasks[RUNS].cancel()
    await asyncio.wait_for(tasks[RUNS + 1], 5)


def test_each_loop_has_places_of_its_own() -> None:
    async def all_done() -> bool:
        return all(task.done() for task in await begun(RUNS))

    assert [asyncio.run(all_done()) for _ in range(2)] == [True, True]


async def test_alone_a_run_begins_at_once() -> None:
    (task,) = await begun(1)
    assert task.done()
