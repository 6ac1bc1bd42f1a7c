"""REPLs that wait give their processes up, and are built again when they are needed."""

import asyncio
from typing import Any

import pytest

from langchain_rlm import RLM, Budget, ReplLimits
from tests.resources import children
from tests.server.client import ModelServer

TEXT = " ".join(f"word{number * 7919 % 9973}" for number in range(2_000))
LATENCY = 1.0


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


ASK = cell("x = len(context)\nsaid = llm_query('First: ' + context[:200])\nprint(x)")
THEN = cell("more = llm_query('Second: ' + said)\nFINAL(f'{x} {more[:19]}')")


def rlm_of(server: ModelServer, **limits: Any) -> RLM:
    slow = {"kind": "echo", "latency": LATENCY}
    server.configure(models={"root": {"kind": "script", "replies": [ASK, THEN]}, "sub": slow})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, route="rlm", budget=Budget(cost=None), repl_limits=ReplLimits(**limits))


def workers() -> int:
    """Processes that run cells."""
    return len(children())


async def until(server: ModelServer, calls: int) -> None:
    while server.stats()["by_model"].get("sub", 0) < calls:  # noqa: ASYNC110  # another process sets no event
        await asyncio.sleep(0.01)


async def at_most(number: int) -> None:
    while workers() > number:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@pytest.fixture
def before() -> int:
    """Other processes below this one, such as the model server's."""
    return workers()


async def test_a_run_that_waits_long_holds_no_process(model_server: ModelServer, before: int) -> None:
    rlm = rlm_of(model_server, idle_seconds=0.05)
    going = asyncio.create_task(rlm.ainvoke({"question": "What?", "context": TEXT}))
    await until(model_server, 1)
    await asyncio.wait_for(at_most(before), 20)
    assert not going.done()
    result = await going
    assert result["answer"] == f"{len(TEXT)} echo: Second: echo:"
    assert model_server.stats()["by_model"] == {"root": 2, "sub": 2}


async def test_many_runs_that_wait_hold_few_processes(model_server: ModelServer, before: int) -> None:
    rlm = rlm_of(model_server, idle_repls=3)
    going = [asyncio.create_task(rlm.ainvoke({"question": f"{n}?", "context": f"{TEXT} {n}"})) for n in range(12)]
    await until(model_server, 12)
    await asyncio.wait_for(at_most(before + 3), 20)
    answers = [(await one)["answer"] for one in going]
    assert answers == [f"{len(TEXT) + len(str(n)) + 1} echo: Second: echo:" for n in range(12)]
    await asyncio.wait_for(at_most(before), 20)


@pytest.mark.parametrize(
    "limits", [{"idle_seconds": -1}, {"idle_repls": -1}, {"memory": 0}, {"cell_seconds": True}, {"idle_seconds": "1"}]
)
def test_limits_out_of_range_are_refused(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(limits))):
        ReplLimits(**limits)


def test_a_repl_that_is_built_again_each_time_gives_the_same(model_server: ModelServer) -> None:
    given = {"question": "What?", "context": TEXT}
    whole = rlm_of(model_server).invoke(given)  # type: ignore[arg-type]
    again = rlm_of(model_server, idle_repls=0).invoke(given)  # type: ignore[arg-type]
    ends = [[entry["hash"] for entry in run["journal"] if entry["kind"] == "cell_end"] for run in (whole, again)]
    assert ends[0] == ends[1]
    assert whole["answer"] == again["answer"]
