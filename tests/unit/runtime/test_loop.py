"""The background loop: who waits for whom, who is cancelled, and in what order results come."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from langchain_rlm.runtime.loop import (
    Batched,
    as_completed,
    background_loop,
    iterate_on_background_loop,
    refuse_to_block,
    refuse_to_wait_for_itself,
    run_on_background_loop,
)


async def where() -> str:
    return threading.current_thread().name


def test_there_is_one_loop_for_all_who_wait() -> None:
    assert background_loop() is background_loop()
    assert run_on_background_loop(where()) == run_on_background_loop(where()) == "rlm-loop"


def test_an_error_comes_to_who_waits() -> None:
    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        run_on_background_loop(fail())


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt(), GeneratorExit()])
def test_nothing_that_a_task_raises_ends_the_loop(error: BaseException) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise error

    before = background_loop()
    for work in (fail, lambda: asyncio.wait_for(fail(), 10)):
        with pytest.raises(type(error)):
            run_on_background_loop(work())
    assert run_on_background_loop(where()) == "rlm-loop"
    assert background_loop() is before


def test_a_task_that_stops_the_loop_does_not_stop_others() -> None:
    async def stop() -> str:
        asyncio.get_running_loop().stop()
        await asyncio.sleep(0.01)
        return "there"

    assert run_on_background_loop(stop()) == "there"


def test_who_is_on_the_loop_must_not_wait_for_it() -> None:
    async def inside() -> None:
        run_on_background_loop(where())

    with pytest.raises(RuntimeError, match="would wait for itself"):
        run_on_background_loop(inside())
    refuse_to_wait_for_itself(background_loop())  # from here one may


def test_what_is_iterated_comes_in_order_and_its_error_behind_it() -> None:
    async def items() -> AsyncGenerator[int, None]:
        yield 1
        yield 2
        raise LookupError

    seen: list[int] = []
    with pytest.raises(LookupError):
        seen.extend(iterate_on_background_loop(items()))
    assert seen == [1, 2]


def test_who_stops_iterating_waits_for_the_clean_up() -> None:
    cleaned: list[str] = []

    async def items() -> AsyncGenerator[int, None]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.001)
        finally:
            await asyncio.sleep(0.01)
            cleaned.append("cleaned")

    iterator: Any = iterate_on_background_loop(items())
    assert next(iterator) == 1
    iterator.close()
    assert cleaned == ["cleaned"]


def calls(*seconds: float, log: list[str] | None = None) -> list[Callable[[], Awaitable[float]]]:
    def one(pause: float) -> Callable[[], Awaitable[float]]:
        async def made() -> float:
            try:
                await asyncio.sleep(pause)
            except asyncio.CancelledError:
                if log is not None:
                    log.append("cancelled")
                raise
            if pause == 0:
                raise LookupError
            return pause

        return made

    return [one(pause) for pause in seconds]


async def test_results_come_as_they_are_done_with_their_places() -> None:
    assert [item async for item in as_completed(calls(0.03, 0.01, 0.02), 3)] == [(1, 0.01), (2, 0.02), (0, 0.03)]


async def test_no_more_calls_run_at_once_than_are_allowed() -> None:
    assert [place async for place, _ in as_completed(calls(0.02, 0.01, 0.005), 1)] == [0, 1, 2]


async def test_the_first_error_ends_the_other_calls() -> None:
    log: list[str] = []
    with pytest.raises(LookupError):
        async for _ in as_completed(calls(9, 0, 9, log=log), 3):
            pass
    assert log == ["cancelled", "cancelled"]


async def test_who_stops_listening_ends_the_calls() -> None:
    log: list[str] = []
    results = as_completed(calls(0.001, 9, log=log), 2)
    assert await anext(results) == (0, 0.001)
    await results.aclose()
    assert log == ["cancelled"]


async def test_a_synchronous_call_must_not_block_the_loop_of_its_checkpointer() -> None:
    here = SimpleNamespace(loop=asyncio.get_running_loop())
    with pytest.raises(RuntimeError, match="Use the asynchronous form, `ainvoke`"):
        refuse_to_block(here, "ainvoke")
    with pytest.raises(RuntimeError):
        refuse_to_block(SimpleNamespace(saver=here), "ainvoke")
    refuse_to_block(SimpleNamespace(loop=background_loop()), "ainvoke")
    refuse_to_block(None, "ainvoke")


# -- batches ----------------------------------------------------------------------------------------------------------


class Sleeper(Batched):
    """Sleeps for what it is given; for nothing, it fails."""

    def refuse_to_block(self, *_: Any) -> None: ...

    async def ainvoke(self, given: float, config: Any, **_: Any) -> float:
        del config
        await asyncio.sleep(given)
        if not given:
            raise LookupError
        return given


def test_a_batch_comes_in_the_order_of_its_inputs() -> None:
    assert Sleeper().batch([0.02, 0.001, 0.01]) == [0.02, 0.001, 0.01]
    assert Sleeper().batch([]) == []


def test_a_batch_as_completed_comes_in_the_order_of_the_results() -> None:
    assert [place for place, _ in Sleeper().batch_as_completed([0.03, 0.001, 0.015])] == [1, 2, 0]


def test_a_batch_runs_as_many_at_once_as_its_configuration_says() -> None:
    order = [place for place, _ in Sleeper().batch_as_completed([0.02, 0.001], {"max_concurrency": 1})]
    assert order == [0, 1]


def test_an_error_of_a_batch_ends_it_or_is_a_result() -> None:
    started = time.monotonic()
    with pytest.raises(LookupError):
        Sleeper().batch([9, 0])
    assert time.monotonic() - started < 5
    first, second = Sleeper().batch([0.001, 0], return_exceptions=True)
    assert first == 0.001
    assert isinstance(second, LookupError)
