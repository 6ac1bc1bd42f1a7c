"""What `ChatRLM` adds to a short call: a table, each figure against the bare model in the same run.

    python benchmarks/chat_model.py

The model is the test server's echo model with 20 ms latency, over HTTP. The two take turns, so that a busy machine
slows both alike, and medians are compared.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import show  # the path is set above

LATENCY = 0.02
CALLS = 300
WARM_UP = 20
MOST = 1.05


def conversation() -> list[Any]:
    """Thirty messages, 30,000 characters."""
    from langchain_core.messages import AIMessage, HumanMessage

    text = "The river runs slowly past the old mill in the valley. " * 18
    return [AIMessage(text) if index % 2 else HumanMessage(text) for index in range(29)] + [HumanMessage("And now?")]


def ratio(times: dict[str, list[float]]) -> tuple[float, float, float]:
    bare, ours = (statistics.median(times[name][WARM_UP:]) for name in ("bare", "ours"))
    return ours / bare, ours, bare


def interleaved(calls: dict[str, Callable[[], Any]]) -> tuple[float, float, float]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(WARM_UP + CALLS):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    return ratio(times)


async def ainterleaved(calls: dict[str, Callable[[], Awaitable[Any]]]) -> tuple[float, float, float]:
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(WARM_UP + CALLS):
        for name, call in calls.items():
            started = time.perf_counter()
            await call()
            times[name].append(time.perf_counter() - started)
    return ratio(times)


def main() -> None:
    from langchain_rlm import RLM
    from langchain_rlm.adapters.chat_model import ChatRLM
    from tests.server.client import ModelServer

    tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
    with ModelServer(models={"m": {"kind": "echo", "latency": LATENCY}}, log=False) as server:
        bare: Any = server.chat_model("m", keep_alive=True)
        chat = ChatRLM(rlm=RLM(bare))
        bare_tools, chat_tools = bare.bind_tools([tool]), chat.bind_tools([tool])
        messages = conversation()
        figures = {
            "invoke, one message": interleaved(
                {"bare": lambda: bare.invoke("Hello"), "ours": lambda: chat.invoke("Hello")}
            ),
            "invoke, 30 messages, tools": interleaved(
                {"bare": lambda: bare_tools.invoke(messages), "ours": lambda: chat_tools.invoke(messages)}
            ),
            "stream, 30 messages": interleaved(
                {"bare": lambda: list(bare.stream(messages)), "ours": lambda: list(chat.stream(messages))}
            ),
            "ainvoke, 30 messages": asyncio.run(
                ainterleaved({"bare": lambda: bare.ainvoke(messages), "ours": lambda: chat.ainvoke(messages)})
            ),
        }
    show(
        (
            f"ChatRLM, short call: {what}",
            f"{times:.3f} x the bare model ({ours * 1e3:.2f} ms, {plain * 1e3:.2f} ms)",
            f"<= {MOST} x",
            times <= MOST,
        )
        for what, (times, ours, plain) in figures.items()
    )


if __name__ == "__main__":
    main()
