"""What a cluster of servers gains, and what it loses when one of them dies or cannot be heard: a table.

    .venv-cluster/bin/python benchmarks/takeover.py                 all figures, some ten minutes
    .venv-cluster/bin/python benchmarks/takeover.py kills postgres  these only

`make cluster` makes the environment. The models are scripted, on a server that counts what is paid.
"""

import asyncio
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, limited, run  # the path is set above
from examples.cluster.runs import Paid, Run, cluster, ended, model_server, paid, sent
from examples.cluster.servers import BEGINS, TAKEN_OVER_WITHIN, Cluster, Server
from tests.server.client import ModelServer

RUNS = 32
KILLS = 10
AWAY = 20.0
SAVED_WITHIN = 0.5
"""Seconds. What was answered so shortly before the end of a server may not have been read by it, or be saved yet."""


def right(what: str, runs: Sequence[Run]) -> Row:
    count = sum(run.is_right for run in runs)
    return f"{what}: right answers", f"{count}", f"= {len(runs)}", count == len(runs)


def twice(what: str, spent: Paid) -> Row:
    unsaved = sum(seconds > SAVED_WITHIN for seconds in spent.late)
    oldest = f"{len(spent.late)} were answered, the oldest {max(spent.late, default=0) * 1000:.0f} ms before"
    shown = f"{unsaved} ({spent.again} again of {sum(spent.calls.values())}; {oldest})"
    return f"{what}: answered calls paid twice", shown, "= 0", not unsaved


async def _seconds(servers: int) -> float:
    with model_server(0.2) as model, cluster(model, servers, N_JOBS_PER_WORKER="4") as made:
        await ended(await sent(made.servers, 2 * servers), made)  # warm
        started = time.monotonic()
        runs = await sent(made.servers, RUNS)
        await ended(runs, made)
        assert all(run.is_right for run in runs)
        return time.monotonic() - started


def throughput() -> list[Row]:
    """32 runs of 50 sub-queries of 0.2 s, on two servers against one, each with 16 calls in flight."""
    one, two = (asyncio.run(_seconds(servers)) for servers in (1, 2))
    shown = f"{one / two:.2f} x ({one:.1f} s, {two:.1f} s)"
    return [("two servers against one: 32 runs x 50 sub-queries of 0.2 s", shown, ">= 1.8", one / two >= 1.8)]


def owned(made: Cluster, server: Server, at: float) -> set[str]:
    """The runs that a server had at a time."""
    known = sorted((*logged, other.port) for other in made.servers for logged in other.runs() if logged[0] < at)
    last = {run_id: (what, port) for _, what, run_id, port in known}
    return {run_id for run_id, found in last.items() if found == (BEGINS, server.port)}


async def _killed(model: ModelServer, made: Cluster) -> list[Row]:
    draw, kills = random.Random(20_261_129), dict[float, Server]()
    runs = await sent(made.servers, RUNS, at_once=2)
    waiting = asyncio.ensure_future(ended(runs, made))
    for _ in range(KILLS):
        await asyncio.sleep(draw.uniform(0, 8))
        victim = draw.choice(made.living)
        kills[time.time()] = victim
        victim.kill()
        await asyncio.to_thread(made.start)
    await waiting
    spent = paid(model, [*kills])
    took = []
    for at, server in kills.items():
        mine = owned(made, server, at)
        took += [
            spent.first_after[at, each.number] - at
            for each in runs
            if each.id in mine and (at, each.number) in spent.first_after
        ]
    what = f"a server killed {KILLS} times over {RUNS} runs"
    return [
        right(what, runs),
        twice(what, spent),
        *limited(f"{what}: taken over within", max(took), TAKEN_OVER_WITHIN, "s"),
    ]


def kills() -> list[Row]:
    with model_server(2.0) as model, cluster(model, N_JOBS_PER_WORKER=str(RUNS)) as made:
        return asyncio.run(_killed(model, made))


if __name__ == "__main__":
    run(__file__, {"throughput": throughput, "kills": kills})
