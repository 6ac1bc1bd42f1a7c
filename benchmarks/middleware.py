"""What `RLMMiddleware` costs an agent: a table, each figure against its reference in the same run.

    python benchmarks/middleware.py          all figures, about a minute
    python benchmarks/middleware.py turn     this one only

The agent's model is scripted, in the same process: the figures say what the middleware costs, nothing about answers.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, show  # the path is set above

LATENCY = 0.05
TURNS = 80
LARGE = 10_000_000
ROUNDS = 7


def agent_of(result: str, *, latency: float, middleware: Any = None, checkpointer: Any = None) -> Any:
    """An agent that calls one tool, which gives `result`, and then ends: two model calls of `latency` seconds."""
    from langchain.agents import create_agent
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult

    class Scripted(BaseChatModel):
        _llm_type = "scripted"

        def bind_tools(self, *_: Any, **__: Any) -> Any:
            return self

        def _generate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
            time.sleep(latency)
            return self._reply(messages)

        async def _agenerate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
            await asyncio.sleep(latency)
            return self._reply(messages)

        def _reply(self, messages: Any) -> ChatResult:
            call = {"name": "fetch", "args": {}, "id": "1"}
            is_last = messages[-1].type == "tool"
            message = AIMessage("done") if is_last else AIMessage("", tool_calls=[call])
            return ChatResult(generations=[ChatGeneration(message=message)])

    def fetch() -> str:
        """Fetch the page."""
        return result

    return create_agent(Scripted(), [fetch], middleware=[middleware] if middleware else [], checkpointer=checkpointer)


def ours(**settings: Any) -> Any:
    from langchain_rlm import RLM
    from langchain_rlm.adapters.middleware import RLMMiddleware

    return RLMMiddleware(RLM("offline"), **settings)


def idle() -> Any:
    """A middleware that only passes calls on. LangChain traces each `wrap_` hook, async ones by two thread hops."""
    from langchain.agents.middleware import AgentMiddleware

    class Idle(AgentMiddleware[Any, Any, Any]):
        def wrap_model_call(self, request: Any, handler: Any) -> Any:
            return handler(request)

        def wrap_tool_call(self, request: Any, handler: Any) -> Any:
            return handler(request)

        async def awrap_model_call(self, request: Any, handler: Any) -> Any:
            return await handler(request)

        async def awrap_tool_call(self, request: Any, handler: Any) -> Any:
            return await handler(request)

    return Idle()


def turn() -> list[Row]:
    """A turn with a small tool result, with and without, in turns, so that both meet the same machine."""
    given = {"messages": [("user", "Fetch the page.")]}
    text = "A small page. " * 100
    kinds = {"without": None, "with": ours(), "idle": idle()}
    agents = {name: agent_of(text, latency=LATENCY, middleware=middleware) for name, middleware in kinds.items()}
    order = [name for number in range(TURNS) for name in sorted(agents, reverse=bool(number % 2))]

    def sync() -> dict[str, list[float]]:
        times: dict[str, list[float]] = {name: [] for name in agents}
        for name in [*agents, *order]:
            started = time.perf_counter()
            agents[name].invoke(given)
            times[name].append(time.perf_counter() - started)
        return times

    async def asynchronous() -> dict[str, list[float]]:
        times: dict[str, list[float]] = {name: [] for name in agents}
        for name in [*agents, *order]:
            started = time.perf_counter()
            await agents[name].ainvoke(given)
            times[name].append(time.perf_counter() - started)
        return times

    rows = []
    for how, times in (("invoke", sync()), ("ainvoke", asyncio.run(asynchronous()))):
        plain = statistics.median(times["without"][1:])
        more, floor = (
            statistics.median(b - a for a, b in list(zip(times["without"], times[name], strict=True))[1:]) / plain
            for name in ("with", "idle")
        )
        what = f"{how}: a turn with a small tool result, {LATENCY * 1e3:.0f} ms a model call"
        measured = f"{more:+.1%} of {plain * 1e3:.1f} ms (a middleware that does nothing: {floor:+.1%})"
        rows.append((what, measured, "<= 2% more", more <= 0.02))
    return rows


def large() -> list[Row]:
    """A tool result of 10 MB: time and checkpoint, against the same turn with a small result and no middleware."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    line = "2026-11-22 10:00:00 INFO request {} was handled in 12 ms\n"
    lines = (line.format(number) for number in range(LARGE // 50))
    text = "".join(lines)[:LARGE]
    given: Any = {"messages": [("user", "Fetch the page.")]}

    def run(result: str, *, is_ours: bool, thread: str = "1") -> tuple[float, float]:
        """Seconds of a turn and kB of its database."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "host.sqlite"
            with SqliteSaver.from_conn_string(str(path)) as saver:
                middleware = ours(store=Path(folder) / "documents") if is_ours else None
                agent = agent_of(result, latency=0, middleware=middleware, checkpointer=saver)
                started = time.perf_counter()
                agent.invoke(given, {"configurable": {"thread_id": thread}})
                seconds = time.perf_counter() - started
                sizes = saver.conn.execute(
                    "SELECT (SELECT sum(length(checkpoint) + length(metadata)) FROM checkpoints)"
                    " + (SELECT sum(length(value)) FROM writes)"
                )
                return seconds, sizes.fetchone()[0] / 1e3

    run("small", is_ours=True)
    reference = [run("small", is_ours=False) for _ in range(ROUNDS)]
    kept = [run(text, is_ours=True) for _ in range(ROUNDS)]
    whole = run(text, is_ours=False)
    seconds = statistics.median(s for s, _ in kept) - statistics.median(s for s, _ in reference)
    added = statistics.median(size for _, size in kept) - statistics.median(size for _, size in reference)
    what = f"a tool result of {LARGE / 1e6:.0f} MB"
    return [
        (f"{what}: time added to the turn, directory store", f"{seconds:.3f} s", "<= 0.5 s", seconds <= 0.5),
        (
            f"{what}: added to the agent's checkpoints, SQLite, all steps",
            f"{added:.1f} kB (without: {whole[1] / 1e3:.1f} MB)",
            "<= 10 kB",
            added <= 10,
        ),
    ]


FIGURES: dict[str, Callable[[], list[Row]]] = {"turn": turn, "large": large}


if __name__ == "__main__":
    show(row for name in sys.argv[1:] or FIGURES for row in FIGURES[name]())
