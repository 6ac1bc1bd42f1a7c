"""Runs for a cluster: each asks fifty sub-queries, whose answers are known, of a model server that counts its calls."""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from examples.cluster.servers import Cluster, Server
from tests.server.client import ModelServer

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
    began: float = field(default_factory=time.time)
    ended: float = 0.0

    @property
    def is_right(self) -> bool:
        return self.answer == " ".join(f"{self.number:04}:{part}" for part in range(SUB_QUERIES))

    async def send(self, client: LangGraphClient, *, at_once: int) -> None:
        """Begin it; at most so many calls of it are in flight."""
        self.thread = (await client.threads.create())["thread_id"]
        given = {"question": "What do the parts say?", "context": f"Run {self.number:04}. " + "Some words. " * 2_000}
        how: Any = {"sub_model": "openai:sub", "route": "rlm", "max_concurrency": at_once, "budget": {"cost": None}}
        self.id = (await client.runs.create(self.thread, "rlm", input=given, context=how))["run_id"]

    async def look(self, client: LangGraphClient) -> None:
        """Ask how it is."""
        self.status = (await client.runs.get(self.thread, self.id))["status"]
        if self.status in ENDED:
            self.ended = time.time()
            values: Any = (await client.threads.get_state(self.thread))["values"]
            self.answer = (values or {}).get("answer") or ""


async def sent(servers: Sequence[Server], count: int, *, at_once: int = 4) -> list[Run]:
    """So many runs, sent to the servers in turn."""
    clients, runs = [get_client(url=server.url) for server in servers], [Run(number) for number in range(count)]
    await asyncio.gather(*(run.send(clients[run.number % len(clients)], at_once=at_once) for run in runs))
    return runs


async def ended(runs: Sequence[Run], server: Server, *, within: float = 600.0) -> None:
    """Wait until all have ended; another server than the one that has a run knows of it, too."""
    client, end = get_client(url=server.url), time.monotonic() + within
    while waiting := [run for run in runs if not run.ended]:
        if time.monotonic() > end:
            message = f"{len(waiting)} runs have not ended within {within:g} s."
            raise TimeoutError(message)
        await asyncio.gather(*(run.look(client) for run in waiting))
        await asyncio.sleep(0.2)


async def asked(model: ModelServer, calls: int) -> None:
    """Wait until so many calls were made."""
    while (await asyncio.to_thread(model.stats))["requests"] < calls:  # noqa: ASYNC110  # it is another process
        await asyncio.sleep(0.1)


@dataclass(frozen=True)
class Paid:
    """What was asked of the model server."""

    calls: Counter[int]
    """By the number of the run; those of root models have none, and are under -1."""
    again: Sequence[float]
    """For each call that was made again: the seconds from its answer to the kill; less than 0 when it was in flight."""


def paid(model: ModelServer, kills: Sequence[float]) -> Paid:
    """What was paid, and what of it twice; `kills` are the times at which servers were killed."""
    calls, answered, again = Counter[int](), dict[str, float](), []
    for entry in model.log():
        prompt = json.dumps(entry["messages"])
        found = re.search(r"Part \d+ of Run (\d+)", prompt)
        calls[int(found[1]) if found and entry["model"] == "sub" else -1] += 1
        if prompt in answered:
            killed = max((at for at in kills if at < entry["start"]), default=entry["start"])
            again.append(killed - answered[prompt])
        came = entry["end"] if entry["end"] and not entry["cancelled"] else float("inf")
        answered[prompt] = min(came, answered.get(prompt, float("inf")))
    return Paid(calls, again)
