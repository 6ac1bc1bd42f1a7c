"""`make cluster`: 32 runs on two servers, one of which is killed: who began each, who ended it, what was paid."""

import asyncio
import signal
import sys
import time

from examples.cluster.runs import SUB_QUERIES, Run, asked, cluster, ended, model_server, paid, sent
from examples.cluster.servers import ENDS, TAKEN_OVER_WITHIN, Cluster

RUNS = 32
SECONDS = 1.0
"""A sub-query takes so long."""


def owners(cluster: Cluster, run: Run) -> tuple[str, str]:
    """The servers that began and ended a run: A or B."""
    named = zip("AB", cluster.servers, strict=True)
    mine = sorted((*logged, name) for name, server in named for logged in server.runs() if logged[2] == run.id)
    return mine[0][-1], next((name for _, what, _, name in mine if what == ENDS), "-")


async def main() -> bool:
    """Send, kill, wait, tell; whether all is well."""
    print("Starting PostgreSQL, Redis and two servers ...", flush=True)
    with model_server(SECONDS) as model, cluster(model, N_JOBS_PER_WORKER=str(RUNS)) as servers:
        first, second = servers.servers
        runs = await sent([first, second], RUNS)
        await asked(model, RUNS * SUB_QUERIES // 2)
        first.kill()
        killed = time.time()
        print("Server A is killed.", flush=True)
        await ended(runs, servers)
        spent = paid(model, [killed])
        print(f"{'run':>4} {'began':>6} {'ended':>6} {'calls':>6} {'seconds':>8}  answer")
        for run in runs:
            began, end = owners(servers, run)
            row = f"{run.number:>4} {began:>6} {end:>6} {spent.calls[run.number]:>6} {run.ended - run.began:>8.1f}"
            print(row, "right" if run.is_right else run.status)
    right = sum(run.is_right for run in runs)
    print(
        f"{right} of {RUNS} answers are right. Of {sum(spent.calls.values()):,} calls {spent.again} were made again; "
        f"{len(spent.late)} of them had been answered when the server was killed, the oldest "
        f"{max(spent.late, default=0) * 1000:.0f} ms before. A run is taken over within {TAKEN_OVER_WITHIN} s."
    )
    return right == RUNS


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(not asyncio.run(main()))
    except KeyboardInterrupt:
        sys.exit(130)
