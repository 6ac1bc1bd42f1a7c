"""How the runs of this process are doing, as OpenTelemetry metrics: off until `observe` is called.

It counts when an exporter asks, and knows nothing that the runs do not know themselves. Where the numbers go is up to
the application's `MeterProvider`. It needs the extra `otel`.
"""

from collections.abc import Callable, Iterator
from typing import cast
from weakref import WeakValueDictionary

import psutil
from opentelemetry import metrics
from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation

from langchain_rlm.graph import ClosingGraph
from langchain_rlm.rlm import RLM
from langchain_rlm.runtime.registry import RunRegistry
from langchain_rlm.runtime.tree import RunTree

Observe = Callable[[CallbackOptions], Iterator[Observation]]

_observed: WeakValueDictionary[str, RunRegistry] = WeakValueDictionary()
"""By name. Kept for the process: a provider has each instrument once."""


def observe(rlm: RLM, name: str = "rlm", *, meter_provider: MeterProvider | None = None) -> None:
    """Count what an `RLM` does, for as long as it, or its graph, is in use.

    The gauges are `langchain_rlm.runs` that go on here, `langchain_rlm.repl.workers` with a process,
    `langchain_rlm.model_calls` in flight, each with the attribute `rlm`, and `langchain_rlm.memory` in bytes, of this
    process (`process="own"`) and of those that it has started (`"children"`), REPL workers among them.

    Args:
        rlm: The `RLM`.
        name: What it is called in the attribute `rlm`; another one of this name takes its place.
        meter_provider: Where the numbers go; by default, to OpenTelemetry's global one.
    """
    _observed[name] = cast("ClosingGraph", rlm.graph).registry
    meter = metrics.get_meter("langchain_rlm", meter_provider=meter_provider)
    for what, count, unit, told in (
        ("runs", lambda _: 1, "{run}", "Runs that go on, recursive ones not counted."),
        ("repl.workers", lambda tree: tree.repls.workers, "{process}", "REPLs that have a process."),
        ("model_calls", lambda tree: tree.caller.in_flight, "{call}", "Model calls in flight."),
    ):
        meter.create_observable_gauge(f"langchain_rlm.{what}", [_summed(count)], unit, told)
    meter.create_observable_gauge("langchain_rlm.memory", [_memory], "By", "Resident memory.")


def _summed(count: Callable[[RunTree], int]) -> Observe:
    def observed(_: CallbackOptions) -> Iterator[Observation]:
        for name, registry in [*_observed.items()]:
            yield Observation(sum(map(count, [*registry.trees.values()])), {"rlm": name})

    return observed


def _memory(_: CallbackOptions) -> Iterator[Observation]:
    own = psutil.Process()
    yield Observation(own.memory_info().rss, {"process": "own"})
    yield Observation(sum(map(_resident, own.children(recursive=True))), {"process": "children"})


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has just ended
        return 0
