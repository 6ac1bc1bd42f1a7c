"""A thread has one writer, whatever comes between the steps of those who want it, and whoever stops or dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from types import coroutine
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm.errors import ThreadBusyError
from langchain_rlm.runtime import lease as leases
from langchain_rlm.runtime.lease import LOOKS, Lease, _owners, _Seen, fate_of
from langchain_rlm.runtime.savers.delegating import DelegatingSaver
from langchain_rlm.runtime.savers.keepers import OWNER, ClaimKeeper, Keeper, owner_of

ANSWERS = 4


@coroutine
def _turn() -> Iterator[None]:
    """Others may come in here."""
    yield


@dataclass
class Database:
    """What a thread has: its lease and its journal. Each statement is a turn."""

    lease: str | None = None
    journal: list[str] = field(default_factory=list)

    async def read(self, thread: str) -> str | None:  # noqa: ARG002  # a `Keeper`'s
        await _turn()
        return self.lease

    async def swap(self, thread: str, old: str | None, new: str | None) -> bool:  # noqa: ARG002
        await _turn()
        if self.lease != old:
            return False
        self.lease = new
        return True

    async def save(self, owner: str, answer: str) -> None:
        await _turn()
        if self.lease is None or owner_of(self.lease) != owner:
            raise ThreadBusyError
        self.journal.append(answer)


async def run(database: Database, name: str, sent: list[str]) -> str:
    """A run of a process of its own: its model answers as no other does, and it goes on from the journal that it finds.

    It renews its lease before each call, and looks again without end while another has it.
    """
    lease, seen = Lease("1", database, object()), _Seen()
    try:
        while not await lease._try(seen):
            await _turn()
        known = [*database.journal]
        await _turn()
        while len(known) < ANSWERS:
            await lease.renew()
            answer = f"{len(known)} by {name}"
            sent.append(answer)
            await _turn()
            await database.save(lease.owner, answer)
            known.append(answer)
            assert database.journal == known, "another wrote too"
    except ThreadBusyError:
        return "refused"
    finally:
        await lease.give_up()
    return "ended"


def step(work: Coroutine[Any, Any, str]) -> str | None:
    try:
        work.send(None)
    except StopIteration as ended:
        return str(ended.value)
    return None


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), max_size=30), st.integers(0, 3))
def test_any_interleaving_of_runs_over_a_thread_gives_one_journal(turns: list[tuple[int, int]], asleep: int) -> None:
    """One takes some turns, then another: so each may seem to be dead. One may sleep until the others have ended."""
    database, sent = Database(), list[str]()
    runs = {number: run(database, str(number), sent) for number in range(3)}
    ended: list[str] = []

    def go_on(number: int) -> None:
        if number in runs and (outcome := step(runs[number])):
            ended.append(outcome)
            del runs[number]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leases, "fate_of", lambda _: "unknown")  # as on machines of their own
        patch.setattr(leases, "LOOKS", 2)
        for number, count in turns:
            for _ in range(count):
                go_on(number)
        while awake := runs.keys() - {asleep} or {*runs}:
            for number in sorted(awake):
                go_on(number)
    assert [answer.split()[0] for answer in database.journal] == [*map(str, range(ANSWERS))]
    assert database.lease is None
    assert len(sent) == ANSWERS or "refused" in ended, "an answer was paid for twice"
    assert not _owners


@given(st.lists(st.integers(1, LOOKS + 2), max_size=5))
def test_a_lease_is_taken_after_a_term_without_a_renewal_and_not_before(looks: list[int]) -> None:
    """So many looks are between its renewals."""
    seen = _Seen()
    for renewals, count in enumerate(looks):
        other = told(machine="another", renewals=renewals)
        assert [seen.may_take(other) for _ in range(count)] == [look >= LOOKS for look in range(count)]


def told(**change: Any) -> str:
    found = {"pid": os.getpid(), "born": leases._born(os.getpid()), "machine": leases._machine(), "host": "here"}
    return "a" * OWNER + json.dumps({**found, "renewals": 1, **change})


def test_a_process_of_this_machine_that_is_gone_is_known_to_be() -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    lease = told(pid=other.pid, born=leases._born(other.pid))
    assert fate_of(lease) == "unknown"
    other.send_signal(signal.SIGSTOP)
    assert fate_of(lease) == "unknown"
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    assert fate_of(lease) == "gone"  # nobody has collected it yet
    other.communicate()
    assert fate_of(lease) == "gone"
    assert fate_of(told(pid=other.pid, machine="another")) == "unknown"
    assert fate_of(told(pid=other.pid, machine="")) == "unknown"
    assert fate_of(told(pid=os.getppid(), born="1")) == "gone"  # another process has its number


def test_a_lease_of_this_process_lives_while_its_run_does() -> None:
    assert fate_of(told()) == "gone"
    _owners.add("a" * OWNER)
    assert fate_of(told()) == "lives"
    _owners.clear()


async def test_a_keeper_over_any_checkpointer_swaps_what_it_was_asked_to_and_nothing_else() -> None:
    """The same as in a dict, over steps that a right and a wrong caller take."""
    keeper: Keeper = ClaimKeeper(DelegatingSaver(InMemorySaver()).asked)
    a, a_renewed, b, c, d = (name * OWNER + said for name, said in ("a1", "a2", "b1", "c1", "d1"))
    kept: str | None = None
    for old, new in [
        (a, b), (None, a), (None, b), (a, a_renewed), (a, None), (b, None), (a_renewed, b), (a_renewed, None),
        (b, None), (b, c), (None, c), (c, d), (c, None),
    ]:  # fmt: skip
        assert await keeper.swap("1", old, new) == (kept == old)
        kept = new if kept == old else kept
        assert await keeper.read("1") == kept
    assert await keeper.read("2") is None
