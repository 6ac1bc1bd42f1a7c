"""Runs, REPL workers, calls in flight and memory, as an exporter of OpenTelemetry sees them."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from langchain_rlm import RLM
from tests.resources import soon
from tests.server.client import ModelServer

pytest.importorskip("psutil")
from langchain_rlm.adapters.metrics import observe  # needs it

ASKS = "```repl\nllm_query_batched(['never'] * 5)\n```"
RULES = [{"match": "^never", "reply": {"delay": 600}}, {"match": "", "reply": ASKS}]


def seen(reader: InMemoryMetricReader) -> dict[tuple[str, Any], int]:
    """The newest value of each gauge, by its name and attribute."""
    data: Any = reader.get_metrics_data()
    metrics = [metric for each in data.resource_metrics[0].scope_metrics for metric in each.metrics]
    points = [
        (metric.name.removeprefix("langchain_rlm."), point) for metric in metrics for point in metric.data.data_points
    ]
    return {(name, *point.attributes.values()): point.value for name, point in points}


async def test_gauges_follow_the_runs_of_each_rlm_that_is_observed() -> None:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    with ModelServer(models={"m": {"kind": "rules", "rules": RULES}}) as server:
        busy, idle = (RLM(server.chat_model("m"), route="rlm") for _ in range(2))
        observe(busy, "busy", meter_provider=provider)
        observe(idle, "idle", meter_provider=provider)
        given: Any = {"question": "Why?", "context": "The kettle is on the stove."}
        runs = [asyncio.ensure_future(busy.ainvoke(given)) for _ in range(2)]
        assert await asyncio.to_thread(soon, lambda: server.stats()["in_flight"] == 10, 60)
        now = seen(reader)
        assert [now[name, "busy"] for name in ("runs", "repl.workers", "model_calls")] == [2, 2, 10]
        assert [now[name, "idle"] for name in ("runs", "repl.workers", "model_calls")] == [0, 0, 0]
        assert min(now["memory", "own"], now["memory", "children"]) > 1_000_000
        for run in runs:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run
    now = seen(reader)
    assert [now[name, "busy"] for name in ("runs", "repl.workers", "model_calls")] == [0, 0, 0]
    provider.shutdown()
