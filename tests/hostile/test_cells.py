"""Every attempt in a real REPL ends as a refusal or an observation; host, files and other runs are untouched."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.jail import worker_path
from langchain_rlm.repl.monty.lowering import LoweredCell
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked, Ended, Outcome
from tests.hostile import contract, escapes, resources
from tests.hostile.attempts import MARKER, OBSERVED, REFUSED, STOPPED, VARIABLE, Attempt
from tests.unit.repl.monty.sessions import a_session, output

ATTEMPTS: tuple[Attempt, ...] = (
    *escapes.INSIDE, *escapes.OUTSIDE, *resources.TIME, *resources.MEMORY, *resources.HANDED_OVER,
    *contract.SHADOWED, *contract.REPLACED, *contract.FORGED,
)  # fmt: skip
LIMITS: dict[str, Any] = {"cell_seconds": 0.5, "memory": 64 * 1024 * 1024, "print_limit": 100_000}
HANGS = 30.0
"""Seconds after which the pool gives a worker up; no attempt may need it."""
MOST_OUTPUT = 2 * 100_000
MOST_ASKED = 10


@dataclass
class Host:
    """What an attempt is made against."""

    pool: monty.Monty
    canary: Path
    neighbour: MontySandbox


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Workers started with a marked environment, a marked file, and another run in the same process."""
    canary = tmp_path_factory.mktemp("host") / "canary.txt"
    canary.write_text(MARKER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, MARKER)
        with (
            monty.Monty(binary_path=worker_path(), max_processes=8, request_timeout=HANGS) as pool,
            a_session(pool, f"{MARKER} of the neighbour\n" * 10) as neighbour,
        ):
            output(neighbour, f"neighbour = '{MARKER}'")
            yield Host(pool, canary, neighbour)


def answered(session: MontySandbox, outcome: Outcome) -> Ended:
    """Answer what a cell asks, until it ends."""
    for _ in range(MOST_ASKED):
        if isinstance(outcome, Ended):
            return outcome
        assert isinstance(outcome, Asked)
        assert outcome.calls, "a pause without a question"
        outcome = session.resume([("ok", f"answered: {call.prompt}") for call in outcome.calls])
    pytest.fail("the cell asks for ever")


class Unlowered:
    """Takes the place of the lowering of a REPL and lets everything through."""

    errors: ClassVar[dict[str, str]] = {}

    def lower(self, code: str) -> LoweredCell:
        return LoweredCell(code, {}, (), ())


def how(outcome: Ended) -> str:
    if outcome.lost and outcome.final is None:
        return STOPPED
    return OBSERVED if outcome.error is None else REFUSED


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=[attempt.name for attempt in ATTEMPTS])
def test_an_attempt_ends_as_expected_and_reaches_nothing(host: Host, attempt: Attempt) -> None:
    with a_session(host.pool, tools=frozenset({"search"}), **LIMITS) as session:
        if attempt.unlowered:
            session._lowering = Unlowered()
        for code in attempt.code(host.canary, os.getpid()):
            last = answered(session, session.start(code))
        told = f"{last.output}{last.error}{last.final}{last.variables}{session.draft()!r}"
        if not (last.lost or session._is_killed):
            assert output(session, "answer = {'content': '', 'ready': False}") == ""
    assert how(last) in attempt.ends.split(" or "), last
    assert attempt.said in told, last
    assert MARKER not in told
    assert "took too long" not in told, "the worker hung"
    assert len(last.output) <= MOST_OUTPUT
    assert host.canary.read_text() == MARKER
    assert output(host.neighbour, "print(neighbour, len(context))") == f"{MARKER} 310\n"


def test_every_attempt_has_a_name_of_its_own() -> None:
    assert len({attempt.name for attempt in ATTEMPTS}) == len(ATTEMPTS) >= 80
