"""Nothing of a call is at work when it has returned or raised: no worker, and no save; a saver may be closed."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm import RLM, Budget
from tests.resources import Held, soon

CELL = "```repl\nfor i in range(200):\n    llm_query_batched([f'{i} {n}' for n in range(4)])\n```"
GIVEN: Any = {"question": "What?", "context": "some text"}


class Slow(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "slow"

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
        is_root = messages[0].type == "system"
        await asyncio.sleep(0 if is_root else 0.002 * (1 + len(messages[0].content) % 9))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(CELL if is_root else "said"))])


class Watched(SqliteSaver):
    """Counts the saves that are going on, in threads too."""

    at_work = 0
    counting = threading.Lock()

    def put_writes(self, *args: Any, **kwargs: Any) -> None:
        with self.counting:
            self.at_work += 1
        try:
            time.sleep(0.02)  # a slow disk
            super().put_writes(*args, **kwargs)
        finally:
            with self.counting:
                self.at_work -= 1


@contextmanager
def opened(folder: Path) -> Iterator[Watched]:
    with closing(sqlite3.connect(folder / "runs.sqlite", check_same_thread=False)) as connection:
        yield Watched(connection)


def rlm_of(saver: SqliteSaver) -> RLM:
    return RLM(Slow(), route="rlm", budget=Budget(cost=None, sub_queries=2_000), checkpointer=saver)


@pytest.mark.parametrize("after", [0.1 + 0.025 * number for number in range(12)])
async def test_nothing_is_saved_any_more_when_a_cancelled_run_has_raised(tmp_path: Path, after: float) -> None:
    with opened(tmp_path) as saver:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(after):
                await rlm_of(saver).ainvoke(GIVEN, {"configurable": {"thread_id": "1"}})
        assert saver.at_work == 0


async def test_nor_when_it_is_cancelled_twice(tmp_path: Path) -> None:
    with opened(tmp_path) as saver:
        task = asyncio.create_task(rlm_of(saver).ainvoke(GIVEN, {"configurable": {"thread_id": "1"}}))
        await asyncio.sleep(0.3)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert saver.at_work == 0


async def test_a_scope_that_cancels_again_and_again_leaves_no_worker_and_no_descriptor() -> None:
    rlm = RLM(Slow(), route="rlm", budget=Budget(cost=None, sub_queries=2_000))
    await asyncio.wait_for(_given_up(rlm, 0.3), 60)
    before = Held.now()
    for number in range(12):
        await _given_up(rlm, 0.01 + 0.02 * number)
    assert await asyncio.to_thread(soon, lambda: not Held.now().is_more_than(before))


async def _given_up(rlm: RLM, seconds: float) -> None:
    with anyio.move_on_after(seconds) as scope:
        await rlm.ainvoke(GIVEN)
    assert scope.cancelled_caught
