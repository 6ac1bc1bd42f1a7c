"""What a served run costs, on real servers: the figures of the model in docs/scale.md.

`benchmarks/scale.py measure` runs it, in the environment that `make cluster` makes. Processor time is what the
operating system counted for each part with all its processes: a busy machine changes the seconds that pass, and hardly
these. `others` is what was at work beside all parts, in cores.
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from langgraph_sdk import get_client

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examples.cluster.runs import ANSWERS, CELL, SUB_QUERIES, Run, asked, cluster, sent  # the path is set above
from examples.cluster.servers import Cluster
from tests.server.client import ModelServer

RUNS, PLACES, SECONDS, IDLE, WAITED = 32, 4, 0.2, 15.0, 20.0
TICKS = 100
"""Ticks of the processor clock in a second, on every Linux."""
COUNTED = """SELECT xact_commit, tup_inserted + tup_updated + tup_deleted, wal_bytes::bigint, pg_database_size(datname)
FROM pg_stat_database, pg_stat_wal WHERE datname = 'postgres'"""


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: the first is the state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family(root: int) -> list[int]:
    """A process and all below it."""
    found, parents = [root], dict[int, int]()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int(stat(int(path.name))[1])
        except OSError:
            continue
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def processor(root: int) -> float:
    """Processor seconds of a process and all below it, also of those that have ended."""
    total = 0
    for pid in family(root):
        try:
            total += sum(map(int, stat(pid)[11:15]))
        except OSError:
            continue
    return total / TICKS


def machine() -> float:
    """Processor seconds of the whole machine: user, nice, system, interrupts."""
    fields = Path("/proc/stat").read_text().split()[1:8]
    return sum(int(fields[place]) for place in (0, 1, 2, 5, 6)) / TICKS


def memory(root: int) -> float:
    """Megabytes of a process and all below it; what they share counts for each."""
    total = 0
    for pid in family(root):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        except OSError:
            continue
    return total / 1e6


@dataclass
class Count:
    """What was used up to now."""

    server: float
    postgres: float
    redis: float
    model: float
    client: float
    all: float
    """All that the machine did."""
    commits: float
    rows: float
    wal: float
    size: float
    at: float = field(default_factory=time.monotonic)

    def since(self, before: "Count") -> dict[str, float]:
        return {name: value - getattr(before, name) for name, value in asdict(self).items()}


def counted(made: Cluster, model: ModelServer) -> Count:
    time.sleep(1.5)  # PostgreSQL's counters come a second late
    postmaster = int((made.postgres.directory / "data/postmaster.pid").read_text().split()[0])
    with psycopg.connect(made.postgres.url) as connection:
        row = connection.execute(COUNTED).fetchone()
    assert row
    return Count(
        sum(processor(server.process.pid) for server in made.servers), processor(postmaster),
        processor(made.redis._shell.pid),  # noqa: SLF001
        processor(model.process.pid), time.process_time(), machine(), *map(float, row),
    )  # fmt: skip


@contextmanager
def peaks(made: Cluster) -> Iterator[dict[str, float]]:
    """The most connections to PostgreSQL, and the most memory of all servers, while the block runs."""
    found, over = {"connections": 0.0, "memory": 0.0}, threading.Event()

    def look() -> None:
        with psycopg.connect(made.postgres.url, autocommit=True) as connection:
            while not over.wait(2.0):
                asked = "SELECT count(*) - 1 FROM pg_stat_activity WHERE backend_type = 'client backend'"
                row = connection.execute(asked).fetchone()
                assert row
                found["connections"] = max(found["connections"], float(row[0]))
                found["memory"] = max(found["memory"], sum(memory(server.process.pid) for server in made.servers))

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield found
    finally:
        over.set()
        watching.join()


async def joined(run: Run, url: str) -> float:
    """Wait for a run without asking again and again; its seconds."""
    async with get_client(url=url) as client:
        await client.runs.join(run.thread, run.id)
        await run.look(client)
    assert run.status == "success", run.status
    return run.ended - run.began


async def run_all(made: Cluster, runs: Sequence[Run]) -> Sequence[float]:
    """Seconds of each run."""
    urls = [server.url for server in made.servers]
    return sorted(await asyncio.gather(*(joined(run, urls[run.number % len(urls)]) for run in runs)))


async def sent_and_joined(made: Cluster, count: int) -> Sequence[float]:
    return await run_all(made, await sent(made.servers, count))


def model_server(seconds: float, sub_queries: int) -> ModelServer:
    cell = CELL.replace(f"range({SUB_QUERIES})", f"range({sub_queries})")
    return ModelServer(
        models={"root": {"kind": "rules", "default": cell}, "sub": {**ANSWERS, "latency": seconds}},
    )


def measured(servers: int, sub_queries: int) -> dict[str, Any]:
    """What so many servers used for all runs, and in each second without one."""
    with model_server(SECONDS, sub_queries) as model, cluster(model, servers, N_JOBS_PER_WORKER=str(PLACES)) as made:
        asyncio.run(sent_and_joined(made, 2 * servers))  # warm
        first = counted(made, model)
        time.sleep(IDLE)
        before = counted(made, model)
        idle = before.since(first)
        with peaks(made) as most:
            started = time.monotonic()
            seconds = asyncio.run(sent_and_joined(made, RUNS))
            took = time.monotonic() - started
        used = counted(made, model).since(before)
    ours = sum(used[name] for name in ("server", "postgres", "redis", "model", "client"))
    return {
        "servers": servers,
        "sub_queries": sub_queries,
        "took": took,
        "median": seconds[len(seconds) // 2],
        "others": (used["all"] - ours) / used["at"],
        **most,
        "run": {name: value / RUNS for name, value in used.items() if name not in {"at", "all"}},
        "idle": {name: value / idle["at"] / servers for name, value in idle.items() if name not in {"at", "all"}},
    }


async def _waiting(made: Cluster, model: ModelServer) -> dict[str, float]:
    runs = await sent(made.servers, RUNS)
    await asked(model, 2 * RUNS)
    before = await asyncio.to_thread(counted, made, model)
    await asyncio.sleep(WAITED)
    after = await asyncio.to_thread(counted, made, model)
    await run_all(made, runs)
    used = after.since(before)
    return {name: value / used["at"] / RUNS for name, value in used.items() if name not in {"at", "all"}}


def waiting() -> dict[str, Any]:
    """What a run uses in each second in which it waits for its model: for the leases, ours and the engine's."""
    with model_server(WAITED + 20, sub_queries=1) as model, cluster(model, 1, N_JOBS_PER_WORKER=str(RUNS)) as made:
        return {"waiting": asyncio.run(_waiting(made, model))}


def main() -> None:
    for servers, sub_queries in ((1, SUB_QUERIES), (2, SUB_QUERIES), (1, 5)):
        print(json.dumps(measured(servers, sub_queries)), flush=True)
    print(json.dumps(waiting()), flush=True)
