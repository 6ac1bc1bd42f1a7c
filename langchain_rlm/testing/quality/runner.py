"""Runs a benchmark: some runs at a time, each on record as soon as it ends, until all are or the money is."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from langchain_rlm.models.failures import classify
from langchain_rlm.models.prices import Pricing
from langchain_rlm.testing.quality.grid import Cell, estimate, hash_of
from langchain_rlm.testing.quality.meter import Meter, Purse
from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.methods.common import Answer, Limits, Models
from langchain_rlm.testing.quality.records import VERSION, FailureRecord, Record, Results, short_gold, shortened
from langchain_rlm.testing.quality.task import Task
from langchain_rlm.threads import timeout

GRACE = 1.2
"""A run is ended from outside after so many times its seconds: what can end itself with an answer may do so first."""


@dataclass
class Benchmark:
    """What all runs of a benchmark share."""

    models: Models
    limits: Limits
    purse: Purse
    prices: Pricing
    results: Results
    versions: Mapping[str, str]
    tell: Callable[[Record], None] = lambda _: None
    """Called with each record."""
    _aside: dict[str, float] = field(default_factory=dict)
    """US dollars that the runs under way may take, by estimate."""
    _finished: int = 0

    async def run(self, cells: Sequence[Cell], concurrency: int) -> bool:
        """Make the runs; False when the benchmark ended before all were made."""
        queue = iter(cells)

        async def work() -> None:
            for cell in queue:
                if not self._may_begin(cell):
                    return
                try:
                    await self._one(cell)
                finally:
                    self._aside.pop(cell.key, None)

        try:
            async with asyncio.TaskGroup() as workers:
                tasks = [workers.create_task(work()) for _ in range(concurrency)]
                loop = asyncio.get_running_loop()
                self.purse.stop = lambda: [loop.call_soon_threadsafe(task.cancel) for task in tasks]
        except BaseExceptionGroup as errors:  # a full disk
            raise errors.exceptions[0] from None
        return self._finished == len(cells)

    def _may_begin(self, cell: Cell) -> bool:
        """Whether the run fits into what is left; what it may take is set aside."""
        purse = self.purse
        if purse.hopeless or purse.is_empty:
            return False
        guess = estimate(METHODS[cell.method], cell.size, self.limits.piece, self.models.root, self.prices).cost or 0.0
        if purse.limit is not None and purse.spent + sum(self._aside.values()) + guess > purse.limit:
            return False
        self._aside[cell.key] = guess
        return True

    async def _one(self, cell: Cell) -> None:
        """One run, and its record."""
        task = await asyncio.to_thread(lambda: cell.task)
        meter = Meter(self.purse, self.prices)
        began = time.monotonic()
        answer, failure, is_over = Answer(""), None, False
        try:
            async with timeout(self.limits.seconds * GRACE):
                answer = await METHODS[cell.method].ask(task, replace(self.models, callbacks=(meter,)), self.limits)
        except TimeoutError:
            failure = FailureRecord(type="timeout", message=f"no answer in {self.limits.seconds * GRACE:g} seconds")
        except Exception as error:  # noqa: BLE001  # a failure is a result
            failure = self._failure(error)
        except asyncio.CancelledError:
            is_over = True
            raise
        finally:
            seconds = time.monotonic() - began
            is_over |= meter.is_refused
            self._record(cell, task, meter, answer, failure=failure, seconds=seconds, is_over=is_over)

    def _failure(self, error: BaseException) -> FailureRecord:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        said = classify(error, self.purse.secrets)
        kind = type(error).__name__ if said.kind == "invalid" else said.kind  # not of a provider, mostly
        return FailureRecord(type=kind, message=said.message)

    def _record(
        self, cell: Cell, task: Task, meter: Meter, answer: Answer, *, failure: FailureRecord | None, seconds: float,
        is_over: bool,
    ) -> None:  # fmt: skip
        """Put a run on record. One that the benchmark's end broke off counts for what it has spent alone."""
        if is_over and not meter.used["calls"]:
            return
        score = 0.0
        if failure is None and not is_over:
            try:
                score = min(1.0, max(0.0, float(task.score(answer.text, answer.value))))
            except Exception as error:  # noqa: BLE001  # the answer is kept, and may be scored again
                failure = FailureRecord(type="scorer", message=f"{type(error).__name__}: {error}")
        shown, digest, characters = shortened(answer.text)
        record: Record = {
            "version": VERSION, "key": cell.key,
            "status": "unfinished" if is_over else "failed" if failure else "answered",
            "kind": cell.kind, "method": cell.method, "size": cell.size, "seed": cell.seed,
            "searchable": cell.is_searchable, "task": hash_of(task), "prompts": meter.prompts, "answer": shown,
            "answer_sha256": digest, "answer_characters": characters, "gold": short_gold(task.gold),
            "score": round(score, 6), "seconds": round(seconds, 3),
            "stop_reason": "" if failure or is_over else answer.stop_reason, "failure": failure,
            "versions": dict(self.versions), **meter.used,
        }  # fmt: skip
        self.results.append(record, answer.text)
        self._finished += not is_over
        self.tell(record)


def outstanding(cells: Sequence[Cell], results: Results, *, again_failed: bool = False) -> list[Cell]:
    """The runs that are not on record."""
    return [cell for cell in cells if not results.is_done(cell.key, again_failed=again_failed)]
