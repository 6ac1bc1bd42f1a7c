"""What a cluster of servers gains, and what it loses when one of them dies or cannot be heard: a table.

    .venv-cluster/bin/python benchmarks/takeover.py                 all figures, some fifteen minutes
    .venv-cluster/bin/python benchmarks/takeover.py kills postgres  these only

`make cluster` makes the environment. The models are scripted, on a server that counts what is paid.
"""

import asyncio
import json
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from langgraph_sdk import get_client

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, limited, run  # the path is set above
from examples.cluster.runs import Paid, Run, asked, cluster, ended, go_on, model_server, paid, sent
from examples.cluster.servers import BEGINS, TAKEN_OVER_WITHIN, Cluster, Server
from tests.debian import unpacked
from tests.server.client import ModelServer

RUNS, FEW = 32, 8
AWAY = 20.0
FAKE_CLOCK = Path("usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
PLAIN = """
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph

model = ChatOpenAI(model="sub")


async def ask(state):
    return {"messages": await model.ainvoke(state["messages"])}


graph = StateGraph(MessagesState).add_node(ask).add_edge(START, "ask").compile()
"""
"""A graph that asks the same model server, for comparison."""


def right(what: str, runs: Sequence[Run]) -> Row:
    count = sum(each.is_right for each in runs)
    wrong = "".join(f" ({each.status}: {each.answer[:300]})" for each in runs if not each.is_right)
    return f"{what}: right answers", f"{count}{wrong}", f"= {len(runs)}", count == len(runs)


def twice(what: str, spent: Paid, saved: int | None = None) -> Row:
    """Calls that were paid again though their answers were saved; without a kill, all that were paid again."""
    count = spent.again if saved is None else saved
    oldest = f"{len(spent.late)} on their way or unsaved, the oldest {max(spent.late, default=0) * 1000:.0f} ms old"
    shown = f"{count} (of {sum(spent.calls.values())} calls {spent.again} again: in flight, and {oldest})"
    return f"{what}: answered calls paid twice", shown, "= 0", not count


# -- throughput ---------------------------------------------------------------------------------------------------


async def _seconds(servers: int) -> float:
    with model_server(0.2) as model, cluster(model, servers, N_JOBS_PER_WORKER="4") as made:
        await ended(await sent(made.servers, 2 * servers), made)  # warm
        started = time.monotonic()
        runs = await sent(made.servers, RUNS)
        await ended(runs, made)
        assert all(each.is_right for each in runs)
        return time.monotonic() - started


def throughput() -> list[Row]:
    """32 runs of 50 sub-queries of 0.2 s, on two servers against one, each with 16 calls in flight."""
    one, two = (asyncio.run(_seconds(servers)) for servers in (1, 2))
    shown = f"{one / two:.2f} x ({one:.1f} s, {two:.1f} s)"
    return [("two servers against one: 32 runs x 50 sub-queries of 0.2 s", shown, ">= 1.8", one / two >= 1.8)]


# -- servers that die ---------------------------------------------------------------------------------------------


@contextmanager
def busy() -> Iterator[tuple[ModelServer, Cluster]]:
    """Two servers with room for all runs, and a model that takes two seconds."""
    with model_server(2.0) as model, cluster(model, N_JOBS_PER_WORKER=str(RUNS)) as made:
        yield model, made


def owned(made: Cluster, server: Server, at: float) -> set[str]:
    """The runs that a server had at a time."""
    known = sorted((*logged, other.port) for other in made.servers for logged in other.runs() if logged[0] < at)
    last = {run_id: (what, port) for _, what, run_id, port in known}
    return {run_id for run_id, found in last.items() if found == (BEGINS, server.port)}


def _saved(made: Cluster) -> set[str]:
    """The answers in the database."""
    kept = "SELECT blob FROM checkpoint_writes UNION ALL SELECT blob FROM checkpoint_blobs WHERE channel = 'journal'"
    with psycopg.connect(made.postgres.url) as connection:
        return {
            found.decode() for (blob,) in connection.execute(kept) for found in re.findall(rb"\d{4}:\d+", blob or b"")
        }


def _asked_again(model: ModelServer, saved: dict[float, set[str]]) -> int:
    """How often something was asked after a kill that was saved before it."""
    answers = ((entry["start"], entry["reply"]) for entry in model.log() if entry["model"] == "sub")
    return sum(any(start > at and reply in known for at, known in saved.items()) for start, reply in answers)


async def _killed(what: str, model: ModelServer, made: Cluster, times: int, victim: Callable[[], Server]) -> list[Row]:
    draw, kills, saved = random.Random(20_261_129), dict[float, Server](), dict[float, set[str]]()
    runs = await sent(made.servers, RUNS, at_once=2)
    waiting = asyncio.ensure_future(ended(runs, made))
    for _ in range(times):
        await asyncio.sleep(draw.uniform(0, 8))
        server = victim()
        at = time.time()
        server.kill()
        kills[at], saved[at] = server, _saved(made)
        await asyncio.to_thread(made.start)
    await waiting
    spent, took = paid(model, [*kills]), [0.0]
    for at, server in kills.items():
        mine = {each.number for each in runs if each.id in owned(made, server, at)}
        took += [made_at - at for (kill, number), made_at in spent.first_after.items() if kill == at and number in mine]
    return [
        right(what, runs),
        twice(what, spent, _asked_again(model, saved)),
        *limited(f"{what}: taken over", max(took), TAKEN_OVER_WITHIN, "s"),
    ]


def kills() -> list[Row]:
    """A server is killed ten times at random moments."""
    draw = random.Random(7)
    with busy() as (model, made):
        what = f"a server killed 10 times over {RUNS} runs"
        return asyncio.run(_killed(what, model, made, 10, lambda: draw.choice(made.living)))


def clocks() -> list[Row]:
    """Two servers whose clocks are two minutes apart; first one is killed, then the other."""
    library = unpacked("A clock that is wrong", ["libfaketime"], FAKE_CLOCK) / FAKE_CLOCK
    with model_server(2.0) as model, cluster(model, 1, N_JOBS_PER_WORKER=str(RUNS)) as made:
        made.start(LD_PRELOAD=str(library), FAKETIME="+120s")
        return asyncio.run(_killed("clocks two minutes apart", model, made, 2, lambda: made.living[0]))


# -- what is away for a time --------------------------------------------------------------------------------------


async def _away(
    model: ModelServer, made: Cluster, trouble: Callable[[], None], over: Callable[[], None], seconds: float = AWAY
) -> tuple[list[Run], int]:
    """The runs, when they have ended, and how many calls were in flight when the trouble began."""
    runs = await sent(made.servers, FEW)
    await asked(model, 20 * FEW)
    await asyncio.to_thread(trouble)
    in_flight = model.stats()["in_flight"]
    await asyncio.sleep(seconds)
    await asyncio.to_thread(over)
    await ended(runs, made)
    return runs, in_flight


def postgres() -> list[Row]:
    """PostgreSQL is away for twenty seconds: all runs wait for it."""
    with busy() as (model, made):
        runs, _ = asyncio.run(_away(model, made, made.postgres.stop, made.postgres.start))
        what = f"PostgreSQL away for {AWAY:g} s"
        return [right(what, runs), twice(what, paid(model, []))]


def redis() -> list[Row]:
    """Redis is away for twenty seconds: runs end with an error, and go on when they are told to."""
    with busy() as (model, made):
        runs, _ = asyncio.run(_away(model, made, made.redis.stop, made.redis.start))
        failed = sum(each.status == "error" for each in runs)
        asyncio.run(go_on(runs, made))
        what = f"Redis away for {AWAY:g} s, {failed} runs end with an error and go on"
        return [right(what, runs), twice(what, paid(model, []))]


def stalled() -> list[Row]:
    """A server sleeps until it has lost its runs for long, and wakes: what was in flight is paid again, and no more."""
    with busy() as (model, made):
        sleeper = made.servers[0]
        stop, wake = (partial(sleeper.signal, number) for number in (signal.SIGSTOP, signal.SIGCONT))
        runs, in_flight = asyncio.run(_away(model, made, stop, wake, TAKEN_OVER_WITHIN + 8))
        again = paid(model, []).again
        what = "a server that sleeps, and wakes when another has its runs"
        return [right(what, runs), (f"{what}: calls made again", f"{again}", f"<= {in_flight}", again <= in_flight)]


# -- what it costs to be there ------------------------------------------------------------------------------------


async def _plain(made: Cluster) -> None:
    async with get_client(url=made.servers[0].url) as client:
        said: Any = {"messages": [{"role": "user", "content": "Part 1 of Run 1"}]}
        await asyncio.gather(*(client.runs.wait(None, "plain", input=said) for _ in range(FEW * 10)))


def _served(serve: Callable[[Cluster], Coroutine[Any, Any, None]]) -> tuple[float, int]:
    """Megabytes of a server that has served, ten seconds later, and how many processes it has beside."""
    with model_server(0.2) as model, cluster(model, 0, N_JOBS_PER_WORKER="4", MALLOC_ARENA_MAX="1") as made:
        if serve is _plain:
            (made.home / "plain.py").write_text(PLAIN)
            (made.home / "langgraph.json").write_text(
                json.dumps({"dependencies": ["."], "graphs": {"plain": "./plain.py:graph"}})
            )
        server = made.start()
        asyncio.run(serve(made))
        time.sleep(10)
        status = [(path / "status").read_text() for path in server.processes()]
        sizes = [int(text.partition("VmRSS:")[2].split()[0]) / 1000 for text in status]
        return max(sizes), len(sizes) - 1


async def _runs(made: Cluster) -> None:
    await ended(await sent(made.servers, FEW), made)


def idle() -> list[Row]:
    """A server that has served, against one with a graph that asks the same model."""
    (used, workers), (plain, _) = map(_served, (_runs, _plain))
    shown = f"{used - plain:.1f} MB ({used:.0f} MB, {plain:.0f} MB)"
    return [
        ("idle: worker processes", f"{workers}", "= 0", not workers),
        ("idle: memory beside a server that asks the same model", shown, "<= 20 MB", used - plain <= 20),
    ]


FIGURES = (throughput, kills, clocks, postgres, redis, stalled, idle)

if __name__ == "__main__":
    run(__file__, {figure.__name__: figure for figure in FIGURES})
