"""Two servers over one PostgreSQL and Redis, one of which dies. They need `make cluster` once, for the engine."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from examples.cluster.runs import asked, cluster, ended, model_server, paid, sent
from examples.cluster.servers import ROOT, TAKEN_OVER_WITHIN, langhost
from tests.resources import soon

pytestmark = pytest.mark.slow
RUNS = 4


@pytest.fixture(autouse=True)
def engine() -> None:
    try:
        langhost()
    except RuntimeError as error:
        pytest.skip(str(error))


async def test_a_run_whose_server_dies_in_the_middle_of_a_fan_out_is_ended_by_the_other() -> None:
    with model_server(1.0) as model, cluster(model) as servers:
        first, second = servers.servers
        runs = await sent(servers.servers, RUNS)
        await asked(model, RUNS * 20)
        killed = time.time()
        first.kill()
        await ended(runs, servers)
        spent = paid(model, [killed])
        began = {run_id for server in (first, second) for _, _, run_id in server.runs()}
    assert began == {run.id for run in runs}
    assert all(run.is_right for run in runs)
    assert max(run.ended for run in runs) - killed < TAKEN_OVER_WITHIN + 20
    assert all(seconds < 0.5 for seconds in spent.late), "answered calls are not paid twice"


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_however_it_ends(tmp_path: Path, way: signal.Signals) -> None:
    short = Path(os.environ.get("TMPDIR", "/tmp")) / f"c{tmp_path.name[-3:]}{way.value}"  # noqa: S108  # holds sockets
    short.mkdir()
    short.chmod(0o1777)  # PostgreSQL may run as another user
    environment = {**os.environ, "TMPDIR": str(short)}
    command = [sys.executable, "-m", "examples.cluster"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert soon(lambda: any(short.glob("rlm-redis-*/home/*.log")), 60)
        process.send_signal(way)
        process.wait(60)
    assert soon(lambda: not [*short.iterdir()], 30), [*short.iterdir()]
    assert soon(lambda: not processes_with(str(short)), 10)
    short.rmdir()


def processes_with(word: str) -> list[Path]:
    """Those that have it in their environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # another user's, or ended
            found += [path] if word.encode() in path.read_bytes() else []
    return found
