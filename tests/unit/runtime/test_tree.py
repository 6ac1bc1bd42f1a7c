"""A tree of runs: one ledger, one gate, one pool of REPLs for all of its runs, and one end."""

import asyncio
import threading

from langchain_rlm.budget import Budget
from langchain_rlm.repl.protocol import Ended, ReplLimits
from langchain_rlm.runtime.repl_pool import IdleRepls
from langchain_rlm.runtime.tree import UNSAVED, RunTree
from tests.unit.journals import begun
from tests.unit.live import Model, live, saying, settings, soon
from tests.unit.scripted_sandbox import ScriptedSandbox


def keep(repl: ScriptedSandbox) -> None:
    repl.variables["kept"] = True


async def test_two_runs_of_a_tree_share_its_ledger_and_its_gate() -> None:
    async with live(budget=Budget(sub_queries=3)) as it:
        first, second = await it.run(), await it.run(path="/1", depth=1)
        first.tree.ledger.take_sub_queries(2)
        assert second.tree.ledger.left()["sub_queries"] == 1
        assert second.tree.caller is first.tree.caller
        assert second.repl.pool is first.repl.pool
        assert second.repl is not first.repl


async def test_two_runs_of_a_tree_have_a_repl_each() -> None:
    async with live({"keep": keep}) as it:
        first, second = await it.run(), await it.run(path="/1", depth=1)
        await first.start("keep", [begun()])
        assert await second.variable("kept", [begun()]) is None
        assert len(it.sandboxes.opened) == 2


async def test_trees_of_one_rlm_share_what_waits_and_nothing_else() -> None:
    made, idle = settings(), IdleRepls(ReplLimits())
    one, two = RunTree(made, idle), RunTree(made, idle)
    assert one.repls.idle is two.repls.idle
    assert one.id != two.id
    assert one.repls is not two.repls
    assert one.ledger is not two.ledger


async def test_as_many_calls_are_in_flight_as_the_settings_say() -> None:
    tree = RunTree(settings(max_concurrency=3), IdleRepls(ReplLimits()))
    for _ in range(3):
        assert not tree.caller.gate.locked()
        await tree.caller.gate.acquire()
    assert tree.caller.gate.locked()


async def test_answers_that_wait_to_be_saved_are_bounded_by_what_is_in_flight() -> None:
    for at_once, places in ((2, 2 + UNSAVED), (100, 150)):
        tree = RunTree(settings(max_concurrency=at_once), IdleRepls(ReplLimits()))
        assert tree.unsaved._value == places


async def test_models_windows_are_known_to_who_calls_them() -> None:
    given = settings(model=saying(model_name="root"), sub_model=Model(), model_window=1000, sub_model_window=50)
    assert RunTree(given, IdleRepls(ReplLimits())).caller.windows == {"root": 1000, "made-up": 50}


async def test_the_end_of_a_tree_ends_its_repls() -> None:
    running = threading.Event()

    def hang(repl: ScriptedSandbox) -> None:
        running.set()
        repl.hang()

    async with live({"hang": hang}) as it:
        cell = asyncio.create_task((await it.run()).start("hang", [begun()]))
        await soon(running.is_set)
        await asyncio.wait_for(it.tree.close(), 5)
        outcome = await cell
        assert isinstance(outcome, Ended)
        assert outcome.lost
        assert it.sandboxes.is_closed
        await it.tree.close()
