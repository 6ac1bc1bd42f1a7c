"""Stop means stop: however and whenever a run ends early, its calls, workers and recursive runs end with it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM, Budget, RLMInput
from tests.resources import Held, children, soon, ticks
from tests.server.client import ROOT, ModelServer

GIVEN: RLMInput = {"question": "Why?", "context": "The kettle is on the stove."}
NEVER = 600.0
"""Seconds that a reply takes that nobody waits for: a run that does not end its calls is seen by this."""
PATIENCE = 90.0


def cell(code: str) -> dict[str, Any]:
    return {"kind": "rules", "default": f"```repl\n{code}\n```"}


@dataclass(frozen=True)
class Moment:
    """When a run is stopped: so many calls are in flight, or a worker is busy; `event` is what the run said last."""

    root: dict[str, Any]
    event: str
    calls: int = 0

    def has_come(self, server: ModelServer, others: frozenset[int], parent: int | str = "self") -> bool:
        """`others` are processes below the parent that are no workers."""
        if self.calls:
            return bool(server.stats()["in_flight"] == self.calls)
        return any(ticks(pid) >= 5 for pid in children(parent) - others)


BELOW = {"match": r"<question>\nBelow", "reply": cell("llm_query_batched(['a'] * 4)")["default"]}
MOMENTS = {
    "root call": Moment({"kind": "echo", "latency": NEVER}, "turn", calls=1),
    "fan-out": Moment(cell("llm_query_batched([str(i) for i in range(50)])"), "sub_query", calls=50),
    "recursive runs": Moment(
        {**cell("rlm_query_batched(['Below'] * 3, ['text'] * 3)"), "rules": [BELOW]}, "sub_query", calls=12
    ),
    "endless cell": Moment(cell("while True:\n    pass"), "cell"),
}


@pytest.fixture(scope="module")
def model_server() -> Iterator[ModelServer]:
    """One of its own: whether a connection is left open is seen where no other test has opened any."""
    with ModelServer() as server:
        yield server


@pytest.fixture(params=[*MOMENTS])
def moment(request: pytest.FixtureRequest, model_server: ModelServer) -> Moment:
    moment = MOMENTS[request.param]
    model_server.configure(models={"root": moment.root, "sub": {"kind": "echo", "latency": NEVER}})
    return moment


def rlm_of(url: str, **budget: Any) -> RLM:
    models = (ChatOpenAI(model=name, base_url=url, api_key=cast("Any", "test")) for name in ("root", "sub"))
    return RLM(*models, route="rlm", max_concurrency=64, budget=Budget(depth=2, cost=None, **budget))


def at_rest() -> Held:
    """What the process holds once the libraries have what they keep: a loop, and the sandbox's own."""
    RLM("offline", route="rlm").invoke(GIVEN)
    return Held.now()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def check_nothing_is_left(before: Held, temporary: Path) -> None:
    assert soon(lambda: not Held.now().is_more_than(before)), (before, Held.now())
    assert [*temporary.iterdir()] == []


def hung_up(server: ModelServer) -> int:
    """How many calls their client has ended, once none is in flight and no connection is open."""

    def is_quiet() -> bool:
        stats = server.stats()
        return (stats["in_flight"], stats["open_connections"]) == (0, 0)

    assert soon(is_quiet), server.stats()
    return int(server.stats()["cancelled"])


async def has_come(moment: Moment, server: ModelServer, before: Held) -> None:
    assert await asyncio.to_thread(soon, lambda: moment.has_come(server, before.processes), PATIENCE), server.stats()


async def test_cancelling_the_task_leaves_nothing(moment: Moment, model_server: ModelServer, temporary: Path) -> None:
    before = at_rest()
    task = asyncio.create_task(rlm_of(model_server.url).ainvoke(GIVEN))
    await has_come(moment, model_server, before)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(check_nothing_is_left, before, temporary)
    assert hung_up(model_server) == moment.calls


async def test_closing_an_asynchronous_stream_leaves_nothing(
    moment: Moment, model_server: ModelServer, temporary: Path
) -> None:
    before = at_rest()
    async with aclosing(rlm_of(model_server.url).astream(GIVEN, stream_mode="custom")) as events:
        async for event in events:
            if event["event"] == moment.event:
                break
        await has_come(moment, model_server, before)
    await asyncio.to_thread(check_nothing_is_left, before, temporary)
    assert hung_up(model_server) == moment.calls


def test_closing_a_stream_leaves_nothing(moment: Moment, model_server: ModelServer, temporary: Path) -> None:
    before = at_rest()
    stream: Any = rlm_of(model_server.url).stream(GIVEN, stream_mode="custom")
    with closing(stream) as events:
        for event in events:
            if event["event"] == moment.event:
                break
        assert soon(lambda: moment.has_come(model_server, before.processes), PATIENCE), model_server.stats()
    check_nothing_is_left(before, temporary)
    assert hung_up(model_server) == moment.calls


def test_a_deadline_ends_the_run_with_a_result_and_leaves_nothing(
    moment: Moment, model_server: ModelServer, temporary: Path
) -> None:
    before = at_rest()
    result = rlm_of(model_server.url, seconds=4).invoke(GIVEN)
    assert (result["answer"], result["stop_reason"]) == ("", "gave_up")  # nothing was known
    check_nothing_is_left(before, temporary)
    assert hung_up(model_server) in {moment.calls, moment.calls + 1}  # the last turn may be asked for in vain


@pytest.mark.parametrize(
    "moment",
    [pytest.param(name, marks=() if name in ("fan-out", "endless cell") else pytest.mark.slow) for name in MOMENTS],
    indirect=True,
)
def test_an_interrupt_of_a_process_leaves_nothing(moment: Moment, model_server: ModelServer, tmp_path: Path) -> None:
    code = "import sys; from tests.integration.test_stop import interrupted; interrupted(sys.argv[1])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, model_server.url],
        cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert soon(lambda: moment.has_come(model_server, frozenset(), process.pid), PATIENCE), model_server.stats()
        workers = children(process.pid)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert json.loads(said) == NOTHING
    assert [pid for pid in workers if ticks(pid)] == []
    assert [*tmp_path.iterdir()] == []
    assert hung_up(model_server) == moment.calls


NOTHING: dict[str, Any] = {"files": 0, "threads": [], "processes": []}


def interrupted(url: str) -> None:
    """What a process of its own does: run until Ctrl-C, then say what is left beyond what there was before."""
    before = at_rest()
    try:
        rlm_of(url).invoke(GIVEN)
    except KeyboardInterrupt:
        soon(lambda: Held.now() == before)
        now = Held.now()
        threads = sorted(set(now.threads) - set(before.threads))
        left = {"files": now.files - before.files, "threads": threads, "processes": sorted(now.processes)}
        sys.stdout.write(json.dumps(left))
