"""One provider's limit and several processes that know nothing of each other: what is refused, lost, and how long.

The local server's token bucket is full at first and refills steadily, as OpenAI's does. The processes together send
more than it holds at once, so in the end its refilling is all that there is. By hand: `rate_limits.py [PROCESSES]`.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.common import Row, limited, show
from tests.server.client import ModelServer

BY_THE_MINUTE, CALLS, AT_ONCE = 120, 180, 32
PROCESSES = 3


def asked(url: str, calls: int) -> None:
    """One process: it says when it is ready, and how many of its calls failed."""
    from langchain_openai import ChatOpenAI

    from langchain_rlm import RLM, Budget

    key: Any = "key"
    root, sub = (ChatOpenAI(model=name, base_url=url, api_key=key) for name in ("root", "sub"))
    rlm = RLM(root, sub, route="rlm", budget=Budget(cost=None), max_concurrency=AT_ONCE)
    print("ready", flush=True)
    sys.stdin.readline()
    result = rlm.invoke({"question": f"{calls} calls", "context": "The kettle is on the stove."})
    print(result["usage"]["sub_queries"]["failed"])


def shared(processes: int) -> list[Row]:
    each = CALLS // processes
    cell = f"```repl\nllm_query_batched([str(n) for n in range({each})], on_error='return')\nFINAL('done')\n```"
    root = {"kind": "rules", "rules": [{"match": "", "reply": cell}]}
    models = {"root": root, "sub": {"kind": "echo", "rpm": BY_THE_MINUTE, "latency": 0.05}}
    with ModelServer(models=models, log=False) as server:
        command = [sys.executable, __file__, "--asked", server.url, str(each)]
        pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        children: list[Any] = [subprocess.Popen(command, **pipes) for _ in range(processes)]
        for child in children:
            assert child.stdout.readline() == "ready\n"
        started = time.monotonic()
        for child in children:
            child.stdin.write("\n")
            child.stdin.flush()
        failed = sum(int(child.communicate()[0]) for child in children)
        seconds, refused = time.monotonic() - started, server.stats()["by_status"].get("429", 0)
    least = (processes * each - BY_THE_MINUTE) * 60 / BY_THE_MINUTE
    what = f"{processes * each} calls of {processes} processes at a limit of {BY_THE_MINUTE} a minute"
    return [
        *limited(f"{what}: calls that failed", failed, 0, ""),
        *limited("requests that were refused, for each answer", refused / (processes * each), 0.75, ""),
        *limited(f"seconds, of the {least:g} that the limit takes", seconds / least, 2, "x"),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--asked"]:
        asked(sys.argv[2], int(sys.argv[3]))
    else:
        show(shared(int(sys.argv[1]) if sys.argv[1:] else PROCESSES))
