"""What stands in a folder of results beside the records: how they were made, tables and a page."""

import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from langchain_rlm.testing.quality.grid import Cell, sha256
from langchain_rlm.testing.quality.page import render
from langchain_rlm.testing.quality.records import Record, Results
from langchain_rlm.testing.quality.tables import as_markdown, spent_of, tables

PACKAGES = (
    "langchain-rlm", "langchain-core", "langgraph", "langchain-openai", "openai", "pydantic-monty",
    "langchain-classic", "langchain-text-splitters", "deepagents", "rank-bm25", "wordllama", "rlms",
)  # fmt: skip


def versions() -> dict[str, str]:
    """The packages that bear on results, as they are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def manifest_of(settings: Mapping[str, Any], notes: Sequence[str]) -> dict[str, Any]:
    """How the results are made; `settings` may not change in a folder."""
    return {
        "settings": dict(settings), "notes": [*notes], "python": platform.python_version(), "versions": versions(),
        "tasks": "",
    }  # fmt: skip


def hash_of_tasks(records: Sequence[Record]) -> str:
    """One hash for all tasks of the records: equal where their questions, texts and golds are."""
    return sha256("\n".join(sorted({one["task"] for one in records})))


def finished(results: Results, cells: Sequence[Cell]) -> list[Record]:
    """The records in the order of the grid; then what else the folder has."""
    keys = [cell.key for cell in cells]
    return [results.records[key] for key in dict.fromkeys([*keys, *sorted(results.records)]) if key in results.records]


def write_artifacts(results: Results, cells: Sequence[Cell], manifest: Mapping[str, Any]) -> None:
    """Write the manifest, the tables and the page of what is on record."""
    records = finished(results, cells)
    told = {**manifest, "tasks": hash_of_tasks(records)}
    results.write("manifest.json", json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    if not records:
        return
    settings = told["settings"]
    before = [
        f"# Benchmark: {settings['model']}, {settings['sub_model']}", *told["notes"], spent_of(records) + ".",
    ]  # fmt: skip
    results.write("tables.md", as_markdown(tables(records), "\n\n".join(before)))
    results.write("index.html", render(records, told))
