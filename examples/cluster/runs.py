"""Runs for a cluster: each asks fifty sub-queries, whose answers are known, of a model server that counts its calls."""

import asyncio
import contextlib
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from examples.cluster.servers import Cluster, Server
from tests.server.client import ModelServer
from tests.server.log import LogEntry

SUB_QUERIES = 50
CELL = f"""```repl
parts = [f'Part {{i}} of {{context[:8]}}' for i in range({SUB_QUERIES})]
FINAL(' '.join(llm_query_batched(parts)))
```"""
ANSWERS = {"kind": "rules", "rules": [{"match": r"Part (\d+) of Run (\d+)", "reply": r"\2:\1"}]}
ENDED = {"success", "error", "timeout", "interrupted"}


def model_server(seconds: float) -> ModelServer:
    """A server whose sub-model takes so long."""
    return ModelServer(models={"root": {"kind": "rules", "default": CELL}, "sub": {**ANSWERS, "latency": seconds}})


def cluster(model: ModelServer, servers: int = 2, **settings: str) -> Cluster:
    """Servers that ask this model server."""
    key = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": model.url}
    return Cluster(servers, LANGCHAIN_RLM_MODEL="openai:root", **key, **settings)


@dataclass
class Run:
    """One run, as its client sees it."""

    number: int
    thread: str = ""
    id: str = ""
    status: str = "pending"
    answer: str = ""
    how: Any = None
    """The settings of the call."""
    began: float = field(default_factory=time.time)
    ended: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.answer == " ".join(f"{self.number:04}:{part}" for part in range(SUB_QUERIES))

    async def send(self, client: LangGraphClient, *, at_once: int) -> None:
        """Begin it; at most so many calls of it are in flight."""
        self.thread = (await client.threads.create())["thread_id"]
        given = {"question": "What do the parts say?", "context": f"Run {self.number:04}. " + "Some words. " * 2_000}
        self.how = {"sub_model": "openai:sub", "route": "rlm", "max_concurrency": at_once, "budget": {"cost": None}}
        self.id = (await client.runs.create(self.thread, "rlm", input=given, context=self.how))["run_id"]

    async def look(self, client: LangGraphClient) -> None:
        """Ask how it is."""
        self.status = (await client.runs.get(self.thread, self.id))["status"]
        if self.status in ENDED:
            self.ended = time.time()
            found: Any = await client.threads.get(self.thread)
            self.answer = str((found["values"] or {}).get("answer") or found.get("error"))


async def sent(servers: Sequence[Server], count: int, *, at_once: int = 4) -> list[Run]:
    """So many runs, sent to the servers in turn."""
    clients, runs = [get_client(url=server.url) for server in servers], [Run(number) for number in range(count)]
    await asyncio.gather(*(run.send(clients[run.number % len(clients)], at_once=at_once) for run in runs))
    return runs


async def ended(runs: Sequence[Run], servers: Cluster, *, within: float = 600.0) -> None:
    """Wait until all have ended. Every server knows of each, and when one dies, another is asked."""
    async with asyncio.timeout(within):
        while waiting := [run for run in runs if not run.ended]:
            async with get_client(url=servers.living[-1].url) as client:
                with contextlib.suppress(httpx.HTTPError):
                    await asyncio.gather(*(run.look(client) for run in waiting))
            await asyncio.sleep(0.2)


async def go_on(runs: Sequence[Run], servers: Cluster) -> None:
    """Go on with the runs that an error ended: a run without an input on the same thread."""
    async with get_client(url=servers.living[-1].url) as client:
        for run in runs:
            if run.status == "error":
                run.id, run.ended = (await client.runs.create(run.thread, "rlm", context=run.how))["run_id"], 0.0
    await ended(runs, servers)


async def asked(model: ModelServer, calls: int) -> None:
    """Wait until so many calls were made."""
    while (await asyncio.to_thread(model.stats))["requests"] < calls:  # noqa: ASYNC110  # it is another process
        await asyncio.sleep(0.1)


@dataclass(frozen=True)
class Paid:
    """What was asked of the model server."""

    calls: Counter[int]
    """By the number of the run."""
    first_after: dict[tuple[float, int], float]
    """By kill and run: when the next call of it was made."""
    again: int
    """Calls that were made again."""
    late: Sequence[float]
    """For those of them that had been answered: the seconds from the answer to the kill that followed."""


def paid(model: ModelServer, kills: Sequence[float]) -> Paid:
    """What was paid, and what of it twice; `kills` are the times at which servers were killed."""
    calls, after, before, late = Counter[int](), dict[tuple[float, int], float](), dict[str, LogEntry](), list[float]()
    for entry in model.log():
        prompt = json.dumps(entry["messages"])
        number = int(re.findall(r"Run (\d+)", prompt)[0])
        calls[number] += 1
        after.setdefault((max((at for at in kills if at < entry["start"]), default=0.0), number), entry["start"])
        if (first := before.get(prompt)) and first["end"] and not first["cancelled"]:
            late.append(min((at for at in kills if at > first["start"]), default=float("inf")) - first["end"])
        before[prompt] = entry
    return Paid(calls, after, sum(calls.values()) - len(before), [seconds for seconds in late if seconds > 0])
