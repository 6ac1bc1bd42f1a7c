"""What the records of a benchmark say: means with intervals, shares and quantiles, by group."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.testing.quality.records import Record

DRAWS = 2_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean and where it may lie; `low` and `high` are None where one cluster alone says nothing about that."""

    mean: float
    low: float | None
    high: float | None
    clusters: int


@dataclass(frozen=True)
class Summary:
    """What a group of records says."""

    runs: int
    failed: int
    score: Interval
    calls: float
    tokens: float
    cost: float | None
    """US dollars of a run in the mean; None where no price is known."""
    seconds: tuple[float, float]
    """Of a run: median, and 95th percentile."""


def summary(records: Sequence[Record]) -> Summary:
    """Sum up records, of which there must be one at least. A failure counts as a score of 0."""
    count = len(records)
    costs = [one["cost"] for one in records if one["cost"] is not None]
    seconds = [one["seconds"] for one in records]
    return Summary(
        runs=count, failed=sum(one["status"] == "failed" for one in records), score=clustered(records),
        calls=sum(one["calls"] for one in records) / count,
        tokens=sum(one["input_tokens"] + one["output_tokens"] for one in records) / count,
        cost=sum(costs) / len(costs) if costs else None,
        seconds=(quantile(seconds, 0.5), quantile(seconds, 0.95)),
    )  # fmt: skip


def clustered(records: Sequence[Record]) -> Interval:
    """The mean score with a bootstrap interval (percentiles), drawn over (kind, seed): its runs share their texts.

    The same records give the same interval, in whatever order they are.
    """
    clusters: dict[tuple[str, int], list[float]] = defaultdict(list)
    for one in records:
        clusters[one["kind"], one["seed"]].append(one["score"])
    sums = [(sum(scores), len(scores)) for _, scores in sorted(clusters.items())]
    mean = sum(total for total, _ in sums) / sum(count for _, count in sums)
    if len(sums) == 1:
        return Interval(mean, None, None, 1)
    draw = random.Random(f"{len(sums)}")  # no secret
    means = []
    for _ in range(DRAWS):
        drawn = draw.choices(sums, k=len(sums))
        means.append(sum(total for total, _ in drawn) / sum(count for _, count in drawn))
    rest = (1 - CONFIDENCE) / 2
    return Interval(mean, quantile(means, rest), quantile(means, 1 - rest), len(sums))


def quantile(values: Iterable[float], share: float) -> float:
    """The quantile of some values, between the nearest two (linear)."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def grouped(records: Iterable[Record], key: Callable[[Record], Any]) -> dict[Any, list[Record]]:
    """The records by a key, in the order of the keys."""
    groups: dict[Any, list[Record]] = defaultdict(list)
    for one in records:
        groups[key(one)].append(one)
    return dict(sorted(groups.items()))
