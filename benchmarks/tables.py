"""What tables cost: a CSV file of some gigabytes, asked through a run's tables and by DuckDB alone.

`python benchmarks/tables.py [--size BYTES]` makes the file, and prints processor time and peak memory of each step.
"""

import argparse
import asyncio
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

QUERIES = {
    "count by country": "SELECT country, count(*) AS n, sum(total) AS s FROM orders GROUP BY country ORDER BY n DESC",
    "the dearest ten": "SELECT id, total FROM orders ORDER BY total DESC LIMIT 10",
    "words in a text": "SELECT count(*) AS n FROM orders WHERE note LIKE '%7 late 3%'",
    "distinct customers": "SELECT count(DISTINCT customer) AS n FROM orders",
}


def make(path: Path, size: int) -> None:
    """A file of orders, about so many bytes."""
    import duckdb

    orders = f"SELECT range AS id, range + 1 AS one, range + 2 AS two FROM range({size // 100})"  # noqa: S608  # a number
    made = cast("Any", duckdb.sql(orders)).project(
        "id, hash(id) % 1000000 AS customer, chr(65 + (hash(one) % 20)::INT) AS country, "
        "(hash(two) % 100000) / 100 AS total, DATE '2020-01-01' + (id % 2000)::INT AS day, "
        "'Note ' || hash(id) || ' late ' || hash(one) || ' of it.' AS note"
    )
    made.write_csv(str(path))


def processor(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@contextmanager
def timed(step: str) -> Iterator[None]:
    own, below, at = processor(resource.RUSAGE_SELF), processor(resource.RUSAGE_CHILDREN), time.monotonic()
    yield
    seconds = processor(resource.RUSAGE_SELF) - own + processor(resource.RUSAGE_CHILDREN) - below
    print(f"  {step}: {seconds:.1f} s of processor, {time.monotonic() - at:.1f} s in all", flush=True)


def ours(path: Path) -> None:
    from langchain_rlm import Files
    from langchain_rlm.context.load import load_corpus

    with timed("taken in and profiled"):
        tables = load_corpus(Files(path, tables=True)).tables
    assert tables is not None
    tables.enter("benchmark")
    assert tables.intake is not None
    print(f"  the copy: {sum(f.stat().st_size for f in tables.intake.directory.iterdir() if f.is_file()):,} bytes")
    for name, query in QUERIES.items():
        waited(name, tables, lambda query=query: asyncio.run(tables.sql([query], {}, {})))  # type: ignore[misc]
    middle = tables.tables[0].rows // 2
    waited("200 rows of the middle", tables, lambda: asyncio.run(tables.rows(["orders", middle, middle + 200], {}, {})))
    worker = tables._worker  # noqa: SLF001
    assert worker is not None
    peak = next(
        line for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    print(f"  the process of the queries: {' '.join(peak.split()[1:])} at most")
    tables.leave("benchmark")


def waited(step: str, tables: Any, ask: Callable[[], Any]) -> None:
    at, before = time.monotonic(), of_worker(tables)
    ask()
    print(
        f"  {step}: {of_worker(tables) - before:.2f} s of processor, {time.monotonic() - at:.2f} s in all", flush=True
    )


def of_worker(tables: Any) -> float:
    """Processor time of the process that runs the queries (Linux)."""
    if tables._worker is None:  # noqa: SLF001
        return 0.0
    fields = Path(f"/proc/{tables._worker.pid}/stat").read_text().rpartition(")")[2].split()  # noqa: SLF001
    return (int(fields[11]) + int(fields[12])) / 100


def alone(path: Path) -> None:
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "1000MB", "threads": "4"})
    connection.execute("SET temp_directory = ?", [str(path.parent / "spilled")])
    connection.execute(f"CREATE VIEW orders AS SELECT * FROM read_csv('{path}')")  # noqa: S608
    for name, query in QUERIES.items():
        with timed(name):
            connection.execute(query).fetchall()
    with timed("200 rows of the middle"):
        connection.execute("SELECT * FROM orders LIMIT 200 OFFSET (SELECT count(*) // 2 FROM orders)").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=2_000_000_000)
    parser.add_argument("--of", choices=["ours", "alone"])
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.of:
        {"ours": ours, "alone": alone}[given.of](given.file)
        print(f"  this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:,} kB at most")
        return
    folder = Path(tempfile.mkdtemp(prefix="rlm-benchmark-"))
    try:
        path = folder / "orders.csv"
        make(path, given.size)
        print(f"{path.stat().st_size:,} bytes of CSV")
        for of, told in (("ours", "langchain-rlm"), ("alone", "DuckDB alone, a view of the file")):
            print(told, flush=True)
            subprocess.run([sys.executable, __file__, "--of", of, "--file", str(path)], check=True)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
