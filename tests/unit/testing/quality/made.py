"""Records of benchmarks that were never run, for tests of what is made of them."""

from collections.abc import Sequence
from typing import Any

from langchain_rlm.testing.quality.grid import Cell
from langchain_rlm.testing.quality.records import VERSION, Record, shortened

SETTINGS = {"model": "root", "sub_model": "sub", "seconds": 600.0, "concurrency": 8, "retries": 2, "piece": 50_000}
MANIFEST = {"settings": SETTINGS, "notes": ["A note."], "python": "3.11", "versions": {"a": "1"}, "tasks": "abc"}


def record(cell: Cell, score: float = 1.0, **changed: Any) -> Record:
    shown, digest, characters = shortened("an answer")
    made: Any = {
        "version": VERSION, "key": cell.key, "status": "answered", "kind": cell.kind, "method": cell.method,
        "size": cell.size, "seed": cell.seed, "searchable": cell.is_searchable, "task": cell.key, "prompts": "",
        "answer": shown, "answer_sha256": digest, "answer_characters": characters, "gold": 7, "score": score,
        "calls": 2, "failed_calls": 0, "input_tokens": cell.size, "output_tokens": 10, "estimated_calls": 0,
        "cost": cell.size / 1e6, "seconds": float(cell.seed), "stop_reason": "answered", "failure": None,
        "versions": {},
    }  # fmt: skip
    made |= changed
    return made  # type: ignore[no-any-return]


def records(
    kinds: Sequence[str] = ("needle", "count"), methods: Sequence[str] = ("call", "rlm"), seeds: int = 4
) -> list[Record]:
    """Some of each method and size; seeds differ in their scores."""
    return [
        record(Cell(kind, size, seed, is_searchable, method), (seed % 2 + is_searchable) / 2)
        for kind in kinds
        for method in methods
        for size in (4_000, 40_000)
        for seed in range(1, seeds + 1)
        for is_searchable in (True, False)
    ]
