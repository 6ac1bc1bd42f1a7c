"""The pool of REPLs: opened when needed, given up when lost or waiting, killed before anybody waits for them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest

from langchain_rlm.repl.protocol import Ended, ReplContext, ReplLimits, Sandbox, Sandboxes
from langchain_rlm.runtime.repl_pool import IdleRepls, Repl, ReplPool
from tests.unit.journals import STARTED
from tests.unit.live import soon
from tests.unit.scripted_sandbox import ScriptedSandbox, ScriptedSandboxes

CONTEXT = ReplContext(["text"], single=True, sources=[{}], chunk_size=100)
running = threading.Event()


def count(repl: ScriptedSandbox) -> None:
    repl.variables["n"] = repl.variables.get("n", 0) + 1


def hang(repl: ScriptedSandbox) -> None:
    running.set()
    repl.hang()


def lose(repl: ScriptedSandbox) -> Ended:
    return repl.end(lost=True, error="lost")


@pytest.fixture
def sandboxes() -> ScriptedSandboxes:
    running.clear()
    return ScriptedSandboxes({"count": count, "hang": hang, "lose": lose})


@pytest.fixture
async def pool(sandboxes: ScriptedSandboxes) -> AsyncIterator[ReplPool]:
    pool = ReplPool(sandboxes, IdleRepls(ReplLimits()))
    yield pool
    await pool.close()


def make(sandboxes: Sandboxes) -> Sandbox:
    return sandboxes.new(CONTEXT, ReplLimits(), seed="", started=datetime.fromisoformat(STARTED), host=lambda _: None)


async def step(repl: Repl, code: str, rebuild: Callable[[Sandbox], Any] = lambda _: None, **more: Any) -> Any:
    return await repl.step(lambda sandbox: sandbox.start(code), make=make, rebuild=rebuild, **more)


# -- what is opened ---------------------------------------------------------------------------------------------------


async def test_nothing_is_started_before_it_is_needed(sandboxes: ScriptedSandboxes, pool: ReplPool) -> None:
    Repl(pool)
    assert (sandboxes.opened, pool._threads, pool._sandboxes) == ([], None, None)


async def test_a_step_opens_a_sandbox_and_builds_it_again_before_it_is_taken(
    sandboxes: ScriptedSandboxes, pool: ReplPool
) -> None:
    outcome = await step(Repl(pool), "count", lambda sandbox: sandbox.start("count"))
    (sandbox,) = sandboxes.opened
    assert sandbox.is_open
    assert sandbox.variables["n"] == 2
    assert outcome.variables == (("n", "int", None),)


async def test_the_next_step_finds_the_same_sandbox(sandboxes: ScriptedSandboxes, pool: ReplPool) -> None:
    repl = Repl(pool)
    for _ in range(3):
        await step(repl, "count")
    assert [sandbox.ran for sandbox in sandboxes.opened] == [["count"] * 3]


async def test_steps_of_many_runs_at_once_start_what_makes_sandboxes_once() -> None:
    made: list[ScriptedSandboxes] = []

    def factory() -> ScriptedSandboxes:
        made.append(ScriptedSandboxes({"count": count}))
        return made[-1]

    pool = ReplPool(factory, IdleRepls(ReplLimits()))
    await asyncio.gather(*(step(Repl(pool), "count") for _ in range(8)))
    await pool.close()
    assert len(made) == 1
    assert len(made[0].opened) == 8


async def test_cells_run_beside_the_event_loop(pool: ReplPool) -> None:
    threads = await asyncio.gather(
        *(Repl(pool).step(lambda _: threading.current_thread().name, make=make, rebuild=lambda _: None) for _ in "ab")
    )
    assert all(name.startswith("rlm-cell") for name in threads)


# -- what is given up -------------------------------------------------------------------------------------------------


async def test_a_lost_sandbox_is_closed_and_the_next_step_builds_another(
    sandboxes: ScriptedSandboxes, pool: ReplPool
) -> None:
    repl = Repl(pool)
    assert (await step(repl, "lose")).lost
    assert repl.sandbox is None
    assert sandboxes.opened[0].is_closed
    await step(repl, "count", lambda sandbox: sandbox.start("count"))
    assert sandboxes.opened[1].variables["n"] == 2


async def test_a_step_that_takes_too_long_is_killed(sandboxes: ScriptedSandboxes, pool: ReplPool) -> None:
    outcome = await asyncio.wait_for(step(Repl(pool), "hang", seconds=lambda: 0.01), 5)
    assert outcome.lost
    assert sandboxes.opened[0].is_killed


async def test_how_long_a_step_may_take_is_asked_when_the_sandbox_is_ready(pool: ReplPool) -> None:
    order: list[str] = []

    def seconds() -> None:
        order.append("seconds")

    await step(Repl(pool), "count", lambda _: order.append("rebuilt"), seconds=seconds)
    assert order == ["rebuilt", "seconds"]


async def test_a_cancelled_step_kills_its_sandbox_and_waits_for_the_cell(
    sandboxes: ScriptedSandboxes, pool: ReplPool
) -> None:
    task = asyncio.create_task(step(Repl(pool), "hang"))
    await soon(running.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sandboxes.opened[0].is_killed
    assert pool._threads is not None
    assert pool._threads._work_queue.empty()


async def test_a_sandbox_that_cannot_be_built_again_is_killed_and_not_used(
    sandboxes: ScriptedSandboxes, pool: ReplPool
) -> None:
    def fail(_: Sandbox) -> None:
        raise LookupError

    repl = Repl(pool)
    with pytest.raises(LookupError):
        await step(repl, "count", fail)
    assert sandboxes.opened[0].is_killed
    assert repl.sandbox is None


async def test_a_cancellation_waits_for_what_is_opened_and_closes_it(
    sandboxes: ScriptedSandboxes, pool: ReplPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def opened(_: ScriptedSandbox) -> None:
        running.set()
        go.wait(5)

    monkeypatch.setattr(ScriptedSandbox, "open", opened)
    task = asyncio.create_task(step(Repl(pool), "count"))
    await soon(running.is_set)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sandboxes.opened[0].is_closed


async def test_a_cancellation_waits_for_what_makes_sandboxes_and_makes_none() -> None:
    go, made = threading.Event(), ScriptedSandboxes({})

    def factory() -> ScriptedSandboxes:
        running.set()
        go.wait(5)
        return made

    running.clear()
    pool = ReplPool(factory, IdleRepls(ReplLimits()))
    task = asyncio.create_task(step(Repl(pool), "count"))
    await soon(running.is_set)
    task.cancel()
    await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await pool.close()
    assert made.is_closed
    assert made.opened == []


async def test_an_evicted_sandbox_is_killed_at_once_and_closed_behind(
    sandboxes: ScriptedSandboxes, pool: ReplPool
) -> None:
    repl = Repl(pool)
    await step(repl, "count")
    repl.evict()
    assert (repl.sandbox, sandboxes.opened[0].is_killed) == (None, True)
    await soon(lambda: sandboxes.opened[0].is_closed and not pool._live)


async def test_giving_up_what_is_not_there_does_nothing(sandboxes: ScriptedSandboxes, pool: ReplPool) -> None:
    repl = Repl(pool)
    repl.evict()
    await repl.drop()
    await repl.drop()
    assert sandboxes.opened == []


async def test_a_dropped_sandbox_does_not_wait_any_more(pool: ReplPool) -> None:
    repl = Repl(pool)
    await step(repl, "count")
    await repl.drop()
    assert pool.idle._here().waiting == {}


# -- the end ----------------------------------------------------------------------------------------------------------


async def test_the_end_kills_first_so_that_no_cell_is_waited_for(sandboxes: ScriptedSandboxes) -> None:
    pool = ReplPool(sandboxes, IdleRepls(ReplLimits()))
    task = asyncio.create_task(step(Repl(pool), "hang"))
    await soon(running.is_set)
    await asyncio.wait_for(pool.close(), 5)
    assert (await task).lost
    assert sandboxes.is_closed


async def test_the_end_kills_also_what_no_run_has_yet(sandboxes: ScriptedSandboxes, pool: ReplPool) -> None:
    go = threading.Event()

    def rebuild(_: Sandbox) -> None:
        running.set()
        go.wait(5)

    task = asyncio.create_task(step(Repl(pool), "count", rebuild))
    await soon(running.is_set)
    pool.kill()
    assert sandboxes.opened[0].is_killed
    go.set()
    assert (await task).lost


async def test_the_end_leaves_no_thread(sandboxes: ScriptedSandboxes) -> None:
    pool = ReplPool(sandboxes, IdleRepls(ReplLimits()))
    await step(Repl(pool), "count")
    threads = pool.threads._threads
    await pool.close()
    await pool.close()
    assert not any(thread.is_alive() for thread in threads)


# -- work that has no sandbox -----------------------------------------------------------------------------------------


async def test_work_goes_to_its_end_though_it_is_cancelled(pool: ReplPool) -> None:
    go, done = threading.Event(), list[str]()

    def work() -> None:
        go.wait(5)
        done.append("done")

    task = asyncio.create_task(pool.to_its_end(work))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0.01)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["done"]


async def test_what_ends_while_the_interpreter_does_is_ended_where_it_is(sandboxes: ScriptedSandboxes) -> None:
    pool = ReplPool(sandboxes, IdleRepls(ReplLimits()))
    first, second = Repl(pool), Repl(pool)
    await asyncio.gather(step(first, "count"), step(second, "count"))
    pool.threads.shutdown()  # as the interpreter does before it runs what is left of a background loop
    await first.drop()
    await pool.close()
    assert [sandbox.is_closed for sandbox in sandboxes.opened] == [True, True]
    assert pool.workers == 0
