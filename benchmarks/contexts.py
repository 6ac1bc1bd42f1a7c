"""What contexts cost where many processes share them: a table, each figure against its limit.

    python benchmarks/contexts.py                 all figures, some two minutes
    python benchmarks/contexts.py directory       this only

The models are scripted: the figures say what orchestration costs, nothing about answers.
"""

import asyncio
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, limited, run, text_of  # the path is set above

CHARACTERS = 100_000_000
SUB_QUERIES = 200
FIRST = "```repl\nprint(len(context), llm_query('What?\\n' + context[:10_000]))\nFINAL('one')\n```"
SECOND = "```repl\nFINAL('two')\n```"
ASK = """```repl
answers = llm_query_batched(["Say what this is.\\n" + context[i:i + 50_000] for i in range(0, len(context), 50_000)])
FINAL(len(answers))
```"""
THREAD: Any = {"configurable": {"thread_id": "1"}}


def rlm_of(saver: Any, store: Any, reply: Callable[[str], str]) -> Any:
    from langchain_rlm import RLM, Budget

    sub = in_process(lambda prompt: f"{hash(prompt):x}", "sub")
    budget = Budget(sub_queries=None, cost=None, seconds=None)
    return RLM(in_process(reply, "root"), sub, route="rlm", checkpointer=saver, context_store=store, budget=budget)


async def _ask(folder: str, store: str, given: Any, reply: str) -> float:
    """Seconds to the first call of the root model, in a process that has served other runs."""
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    asked = list[float]()

    def said(_: str) -> str:
        asked.append(time.perf_counter())
        return reply

    await rlm_of(None, None, lambda _: SECOND).ainvoke({"question": "What?", "context": "warm " * 100_000})
    async with AsyncSqliteSaver.from_conn_string(f"{folder}/db.sqlite") as saver:
        rlm, started = rlm_of(saver, store, said), time.perf_counter()
        result = await rlm.ainvoke(given, THREAD)
    assert result["answer"] == ("one" if reply == FIRST else "two"), result
    return asked[0] - started


def first(folder: str, store: str) -> None:
    """Ask the first question, in a process of its own."""
    asyncio.run(_ask(folder, store, {"question": "First?", "context": text_of(CHARACTERS)}, FIRST))


def follow_up(store: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        address = store or f"{folder}/contexts"
        subprocess.run([sys.executable, __file__, "first", folder, address], check=True)
        seconds = asyncio.run(_ask(folder, address, {"question": "Second?"}, SECOND))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    what = f"a follow-up in another process over 100 MB, from {'S3' if store else 'a directory'}"
    return [
        *limited(f"{what}: to the first root call", seconds, 3, "s"),
        *limited(f"{what}: peak memory of the process", peak, 600, "MB"),
    ]


def directory() -> list[Row]:
    """The context store is a directory."""
    return follow_up("")


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """An S3 API of moto's in a process of its own, with an empty bucket."""
    import socket

    import boto3

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
    os.environ |= {**keys, "AWS_ENDPOINT_URL": url}
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket="bucket")
            yield "s3://bucket/contexts"
        finally:
            server.terminate()


def objects() -> list[Row]:
    """The context store is an object store over HTTP."""
    with s3() as address:
        return follow_up(address)


async def _sizes(url: str) -> tuple[int, int]:
    """Bytes in the database beside the context, and those of the context, after a run that keeps both there."""
    import psycopg
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from langgraph.store.postgres.aio import AsyncPostgresStore

    async with AsyncPostgresSaver.from_conn_string(url) as saver, AsyncPostgresStore.from_conn_string(url) as store:
        await saver.setup()
        await store.setup()
        tables = "select relname, pg_total_relation_size(oid) from pg_class where relkind = 'r' and relnamespace = "
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:

            async def sizes() -> dict[str, int]:
                return dict(await (await connection.execute(f"{tables} 'public'::regnamespace")).fetchall())

            before = await sizes()
            result = await rlm_of(saver, store, lambda _: ASK).ainvoke(
                {"question": "What?", "context": text_of(10_000_000)}, THREAD
            )
            after = await sizes()
    assert result["usage"]["calls"] == SUB_QUERIES + 1, result["usage"]
    grown = {name: size - before.get(name, 0) for name, size in after.items()}
    kept = grown.pop("store")
    return sum(grown.values()), kept


def database() -> list[Row]:
    """PostgreSQL bytes of a run of 200 sub-queries over 10 MB whose context is in the same database."""
    from tests.postgres import Postgres

    with Postgres() as server:
        beside, kept = asyncio.run(_sizes(server.url))
    what = f"PostgreSQL for {SUB_QUERIES} sub-queries over 10 MB, beside the context ({kept / 1e6:.1f} MB)"
    return limited(what, beside / 1e6, 1, "MB")


FIGURES: dict[str, Callable[[], list[Row]]] = {"directory": directory, "objects": objects, "database": database}


if __name__ == "__main__":
    if sys.argv[1:2] == ["first"]:
        first(*sys.argv[2:])
    else:
        run(__file__, FIGURES)
