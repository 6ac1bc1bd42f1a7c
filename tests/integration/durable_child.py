"""Runs jobs in processes of their own, to be killed: `python -m tests.integration.durable_child`.

The imports are made once; then every line of standard input, a job as JSON, is done in a fork, whose process id is
written out. A job writes its result to a file when it ends.
"""

import asyncio
import json
import os
import signal
import sys
import traceback
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_openai import ChatOpenAI
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from pydantic import SecretStr

from langchain_rlm import RLM, Budget


@asynccontextmanager
async def saver_of(where: str) -> Any:
    kind = AsyncSqliteSaver if where.endswith(".sqlite") else AsyncPostgresSaver
    async with kind.from_conn_string(where) as saver:
        await saver.setup()
        yield saver


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """One run, or the rest of one."""
    shared: Any = {"base_url": job["url"], "api_key": SecretStr("none"), "max_retries": 0}
    root, sub = (ChatOpenAI(model=name, **shared) for name in ("root", "sub"))
    async with saver_of(job["saver"]) as saver:
        rlm = RLM(
            root,
            sub,
            route="rlm",
            checkpointer=saver,
            context_store=job["store"],
            budget=Budget(depth=2, sub_queries=None, cost=None),
            max_concurrency=job["at_once"],
            on_busy=job.get("on_busy", "error"),
        )
        result = await rlm.ainvoke(job["input"], {"configurable": {"thread_id": job["thread"]}})
        return {key: result[key] for key in ("answer", "stop_reason", "usage", "turns", "journal")}


def do(job: dict[str, Any]) -> None:
    try:
        result = asyncio.run(run(job))
    except Exception as error:  # noqa: BLE001  # the test is shown what it was
        result = {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    file = Path(job["result"])
    file.with_suffix(".new").write_text(json.dumps(result))
    file.with_suffix(".new").rename(file)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody has to collect what has ended
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            do(json.loads(line))
            os._exit(0)
        print(pid, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
