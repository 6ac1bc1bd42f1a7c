"""Ten thousand runs at once: a model of what runs cost, a simulation of servers that do them. See docs/scale.md.

    .venv-cluster/bin/python benchmarks/scale.py measure   what a run costs, on one and two real servers, some minutes
    python benchmarks/scale.py check                       the simulation against what was measured
    python benchmarks/scale.py tables                      10, 100 and 1,000 servers, some minutes

`check` and `tables` need SimPy (pip install --group scale). Chance is drawn by seed: the same tables each time.
"""

import random
import statistics
import sys
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapreplace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SEED = 20_261_129
CRAWLS = 0.02
"""What has more to do than it can does the rest at this speed."""


@dataclass(frozen=True)
class Cost:
    """Processor seconds of a part: for a run and each call of it; in each second for each server and waiting run."""

    run: float
    call: float
    idle: float = 0.0
    waits: float = 0.0

    def of(self, calls: int) -> float:
        return self.run + self.call * calls


SERVER = Cost(0.166, 0.0114, 0.0075, 0.0006)
POSTGRES = Cost(0.0266, 0.00098, 0.0028, 0.0001)
REDIS = Cost(0.0017, 0.000025, 0.0017, 0.00003)
MODEL_SERVER = Cost(0.0, 0.00048)
CLIENT = Cost(0.068, 0.0)


@dataclass(frozen=True)
class Service:
    """What is simulated. Seconds, unless the name says something else."""

    servers: int = 1
    places: int = 4
    """Runs at once on a server (N_JOBS_PER_WORKER)."""
    runs: int = 32
    sub_queries: int = 50
    at_once: int = 4
    """Calls of a run in flight."""
    latency: float = 0.2
    spread: float = 0.0
    """Of the latency: the sigma of a lognormal distribution whose median is `latency`."""
    answers_a_second: float = 0.0
    """The provider's limit; 0: there is none."""
    runs_a_second: float = 0.0
    """How runs arrive; 0: all at once."""
    postgres_cores: int = 8
    max_connections: int = 0
    """Of PostgreSQL; 0: a pooler stands before it."""
    pool: int = 16
    """Connections of a server."""
    one_machine: int = 0
    """Cores that all share, with the model server and the client; 0: each has its own."""
    others: float = 0.0
    """Cores of that machine that others use."""

    @property
    def calls(self) -> int:
        return self.sub_queries + 1

    @property
    def connected(self) -> int:
        """Servers that PostgreSQL has connections for."""
        return min(self.servers, self.max_connections // self.pool) if self.max_connections else self.servers

    @property
    def floor(self) -> float:
        """Seconds of a run that waits for its model only."""
        return self.latency * (1 + -(-self.sub_queries // self.at_once))

    @property
    def at_work(self) -> int:
        """Runs at once."""
        return min(self.runs, self.places * self.connected)

    def free(self, cost: Cost, cores: float) -> float:
        """Cores of a part that are left when all servers are there, and all runs that find a place wait."""
        return max(cores - cost.idle * self.connected - cost.waits * self.at_work, 0.0)

    def limits(self) -> dict[str, float]:
        """On paper: the runs a second that each part could do alone."""
        found = {
            "servers": self.free(SERVER, self.connected) / SERVER.of(self.calls),
            "places": self.connected * self.places / self.floor,
            "PostgreSQL": self.free(POSTGRES, self.postgres_cores) / POSTGRES.of(self.calls),
            "Redis": self.free(REDIS, 1) / REDIS.of(self.calls),
        }
        if self.answers_a_second:
            found["provider"] = self.answers_a_second / self.calls
        return found


class Station:
    """A part that works on what comes in turn, on some lanes; what is always there slows it."""

    def __init__(self, lanes: int, slowed: float = 0.0) -> None:
        self.free = [0.0] * lanes
        self.busy, self.idle, self._slowed, self.speed = 0.0, slowed, 0.0, 1.0
        self.slow(slowed)

    def slow(self, cores: float) -> None:
        """So much more of it is taken."""
        self._slowed += cores
        self.speed = max(1 - self._slowed / len(self.free), CRAWLS)

    def used(self, until: float) -> float:
        """The share of the time in which it worked; above 1 it did not do all that it should have."""
        return (self.idle + self.busy / until) / len(self.free)


def work(now: float, seconds: float, station: Station) -> float:
    """Give a station this work, as soon as it has a lane; the seconds until it is done."""
    end = max(now, station.free[0]) + seconds / station.speed
    heapreplace(station.free, end)
    station.busy += seconds
    return end - now


@dataclass
class Outcome:
    """What a simulation found."""

    seconds: list[float]
    """Of each run, from its arrival."""
    took: float
    used: dict[str, float]

    @property
    def throughput(self) -> float:
        """Runs a second."""
        return len(self.seconds) / self.took

    @property
    def full(self) -> str:
        """What is used most."""
        name, share = max(self.used.items(), key=lambda item: item[1])
        return f"{name} {share:.0%}"


@dataclass
class Simulation:
    """Servers that do runs, in SimPy's time."""

    service: Service
    environment: Any
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))
    seconds: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        import simpy

        how = self.service
        self.machine = Station(1, how.others / how.one_machine) if how.one_machine else None
        self.servers = [Station(1, SERVER.idle) for _ in range(how.connected)]
        cores = how.postgres_cores
        self.postgres = Station(cores, POSTGRES.idle * how.connected)
        self.redis = Station(1, REDIS.idle * how.connected)
        self.model, self.provider = Station(1), Station(1)
        self.places = simpy.Store(self.environment)
        self.places.items.extend(server for _ in range(how.places) for server in self.servers)

    def on_machine(self, seconds: float) -> float:
        """The machine that all share is one fast processor: the seconds until it has done this work, too."""
        cores = self.service.one_machine
        return work(self.environment.now, seconds / cores, self.machine) if self.machine else 0.0

    def do(self, seconds: float, station: Station) -> Any:
        return self.environment.timeout(max(work(self.environment.now, seconds, station), self.on_machine(seconds)))

    def call(self, server: Station) -> Generator[Any, Any, None]:
        """One call: it is made, waits for its turn, is answered, read and saved."""
        how, clock = self.service, self.environment
        yield self.do(SERVER.call / 2, server)
        waited = work(clock.now, 1 / how.answers_a_second, self.provider) if how.answers_a_second else 0.0
        if self.machine:
            yield self.do(MODEL_SERVER.call, self.model)
        spread = self.draw.lognormvariate(0, how.spread) if how.spread else 1.0
        yield clock.timeout(waited + how.latency * spread)
        yield self.do(SERVER.call / 2, server)
        yield self.save(POSTGRES.call, REDIS.call)

    def save(self, postgres: float, redis: float) -> Any:
        """Nobody waits for Redis: its work is counted, and shows when there is too much."""
        work(self.environment.now, redis, self.redis)
        return self.do(postgres, self.postgres)

    def calls(self, server: Station, left: list[None]) -> Generator[Any, Any, None]:
        """Calls, one after the other, while there are questions."""
        while left:
            left.pop()
            yield from self.call(server)

    def holding(self, server: Station) -> Generator[Any, Any, None]:
        """The calls of a run that has its place, and what it costs to be there meanwhile."""
        held = ((server, SERVER.waits), (self.postgres, POSTGRES.waits), (self.redis, REDIS.waits))
        began = self.environment.now
        for station, share in held:
            station.slow(share)
        yield self.do(SERVER.run, server)
        yield self.save(POSTGRES.run, REDIS.run)
        yield from self.call(server)
        left: list[None] = [None] * self.service.sub_queries
        lanes = min(self.service.at_once, self.service.sub_queries)
        yield self.environment.all_of([self.environment.process(self.calls(server, left)) for _ in range(lanes)])
        took = self.environment.now - began
        for station, share in held:
            station.slow(-share)
            station.busy += share * took

    def run(self, at: float) -> Generator[Any, Any, None]:
        """One run, from its arrival to its end."""
        yield self.environment.timeout(at)
        if self.machine:
            yield self.do(CLIENT.of(self.service.calls), Station(1))
        server = yield self.places.get()
        yield from self.holding(server)
        self.places.put(server)
        self.seconds.append(self.environment.now - at)

    def outcome(self) -> Outcome:
        how, at = self.service, 0.0
        for _ in range(how.runs):
            at += self.draw.expovariate(how.runs_a_second) if how.runs_a_second else 0.0
            self.environment.process(self.run(at))
        self.environment.run()
        took = self.environment.now
        used = {
            "servers": statistics.fmean(server.used(took) for server in self.servers),
            "PostgreSQL": self.postgres.used(took), "Redis": self.redis.used(took),
            "provider": self.provider.used(took),
        }  # fmt: skip
        if self.machine:
            used["the machine"] = self.machine.used(took)
        return Outcome(sorted(self.seconds), took, used)


def simulated(service: Service) -> Outcome:
    import simpy

    return Simulation(service, simpy.Environment()).outcome()


MEASURED = {1: (32.6, 20.9, 0.30), 2: (18.6, 12.6, 0.34)}
"""By the number of servers, from `measure`: seconds of all runs and of the median run, cores that others used."""
AT_ONCE = Service(
    runs=10_000, places=0, latency=2.0, spread=0.5, pool=20, max_connections=500, answers_a_second=1_000.0
)
"""Assumed: a PostgreSQL with eight cores and 500 connections, a provider that gives 60,000 answers a minute."""


def measure() -> None:
    """What runs cost on real servers."""
    from benchmarks import served_cost  # it needs the engine's environment

    served_cost.main()


def check() -> None:
    """The simulation against what was measured on one machine with two cores."""
    print("| servers | all runs: measured | simulated | off by | median run: measured | simulated | off by |")
    print("|---|---|---|---|---|---|---|")
    for servers, (took, median, others) in MEASURED.items():
        found = simulated(Service(servers=servers, one_machine=2, others=others, postgres_cores=2))
        run = statistics.median(found.seconds)
        print(
            f"| {servers} | {took:.1f} s | {found.took:.1f} s | {found.took / took - 1:+.0%} "
            f"| {median:.1f} s | {run:.1f} s | {run / median - 1:+.0%} |"
        )


def row(name: str, service: Service) -> None:
    """One line of a table: what the simulation found, and the limit on paper."""
    limit, paper = min(service.limits().items(), key=lambda item: item[1])
    shown, fullest = "- | -", "does not hold"
    if paper:
        found = simulated(service)
        p95 = found.seconds[int(len(found.seconds) * 0.95)]
        shown, fullest = f"{found.throughput:.3g} | {statistics.median(found.seconds):,.0f} s, {p95:,.0f} s", found.full
    print(f"| {name} | {service.connected:,} | {paper:.3g} ({limit}) | {shown} | {fullest} |", flush=True)


def tables() -> None:
    """Ten thousand runs that come at once, and what each change gives."""
    free: dict[str, Any] = {"max_connections": 0, "answers_a_second": 0.0, "places": 100}
    more = {**free, "postgres_cores": 16}
    hundred = replace(AT_ONCE, servers=100, **more)
    eased = replace(hundred, runs_a_second=0.8 * min(hundred.limits().values()))
    print("| servers | connected | runs a second on paper | simulated | median, 95 % from arrival | fullest |")
    print("|---|---|---|---|---|---|")
    row("10, a place for each run", replace(AT_ONCE, servers=10, places=1_000))
    row("10, 100 places on each", replace(AT_ONCE, servers=10, places=100))
    row("100, a place for each run", replace(AT_ONCE, servers=100, places=400))
    row("100, pooler, no provider's limit, 100 places", replace(AT_ONCE, servers=100, **free))
    row("the same with 16 cores for PostgreSQL", hundred)
    row("the same, runs arrive at 80 % of what it can do", eased)
    row("1,000, pooler, no provider's limit", replace(AT_ONCE, servers=1_000, **more))
    row("1,000 as ten clusters of 100: one of them, 1,000 runs", replace(hundred, runs=1_000))


MODES: Sequence[Callable[[], None]] = (measure, check, tables)

if __name__ == "__main__":
    modes = {mode.__name__: mode for mode in MODES}
    if len(sys.argv) != 2 or sys.argv[1] not in modes:
        sys.exit(f"One of {', '.join(modes)} is needed.")
    if sys.argv[1] != "measure" and not find_spec("simpy"):
        sys.exit("The simulation needs SimPy: pip install --group scale")
    modes[sys.argv[1]]()
