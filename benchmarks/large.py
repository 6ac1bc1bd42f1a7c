"""Texts larger than one wants in memory: time to the first root call, memory, and scans beside `grep -c`.

python benchmarks/large.py            all figures: a log of 1 GB, some minutes
python benchmarks/large.py 10         the same with a log of 10 GB, which the temporary directory must have room for
python benchmarks/large.py 1 scans    these only

Times are of processors, for those of a clock say nothing on a busy machine: of this process and of the worker.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, limited, show  # the path is set above
from benchmarks.overhead import rlm_over

WORDS = ("connection", "request", "user", "session", "cache", "query", "timeout", "worker", "queue", "disk", "token")
GREPPED = {"ERROR.*took [0-9]{4}ms": 1.5, "(?:WARN|ERROR).*timeout.*took [0-9]{4}ms": 1.5}
"""Patterns, and how often the time of `grep -cE` they may take."""
PIECES = 200
SCAN = f"""n = 0
for number, piece in enumerate(chunks(size=20_000)):
    if number == {PIECES}:
        break
    n += len(llm_query('What happened? ' + piece))
print(n)"""
LOOPED = 1_000_000
LINES = f"""n = 0
for number, line in enumerate(context.splitlines()):
    if number == {LOOPED}:
        break
    n += 'ERROR' in line
print(n)"""


def a_log(path: Path, size: int) -> None:
    """Lines of a log, by seed."""
    draw = random.Random(1)
    blocks = ["".join(_line(draw) for _ in range(5_000)).encode() for _ in range(8)]
    with path.open("wb") as file:
        while (room := size - file.tell()) > 0:
            file.write(draw.choice(blocks)[:room])


def _line(draw: random.Random) -> str:
    level = draw.choices(["INFO", "DEBUG", "WARN", "ERROR"], [70, 20, 8, 2])[0]
    at = f"2026-11-{draw.randint(1, 30):02d}T{draw.randint(0, 23):02d}:{draw.randint(0, 59):02d}:00Z"
    words = " ".join(draw.choices(WORDS, k=8))
    return f"{at} {level} [{draw.choice(WORDS)}] {words} id={draw.getrandbits(40):x} took {draw.randint(1, 5000)}ms\n"


class Measured:
    """What a run over a file takes: processor seconds until each root call, and the peaks of memory."""

    def __init__(self, path: Path, *cells: str) -> None:
        import psutil

        self._cells = [*cells, "FINAL('done')"]
        self._own = psutil.Process()
        self.seconds: list[tuple[float, float]] = []
        self.worker = 0.0
        began, over = time.process_time(), threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,))
        watch.start()
        try:
            rlm = rlm_over(in_process(self._root, "root"), in_process(lambda _: "read", "sub"))
            self.result: Any = rlm.invoke({"question": "q", "context": path})
        finally:
            over.set()
            watch.join()
        self.first = self.seconds[0][0] - began
        self.host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        ends = [entry for entry in self.result["journal"] if entry["kind"] == "cell_end"]
        assert not any(entry["error"] for entry in ends), ends
        self.outputs = [entry["output"].strip() for entry in ends]

    def _root(self, _: str) -> str:
        self.seconds.append((time.process_time(), sum(sum(one.cpu_times()[:2]) for one in self._workers())))
        return f"```repl\n{self._cells[len(self.seconds) - 1]}\n```"

    def _workers(self) -> list[Any]:
        return [one for one in self._own.children(recursive=True) if "monty" in " ".join(one.cmdline())]

    def _watch(self, over: threading.Event) -> None:
        import psutil

        while not over.wait(0.02):
            try:
                self.worker = max([self.worker, *(one.memory_info().rss / 1e6 for one in self._workers())])
            except psutil.NoSuchProcess:
                continue

    def took(self, cell: int) -> float:
        """Processor seconds of a cell, here and in the worker."""
        before, after = self.seconds[cell : cell + 2]
        return after[0] - before[0] + after[1] - before[1]


def _grepped(pattern: str, path: Path) -> tuple[float, str]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [shutil.which("grep") or "grep", "-cE", pattern.replace("?:", ""), str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, told.stdout.strip()


def first(path: Path) -> list[Row]:
    """Until the first root call, without and with an index that is kept; and memory."""
    size, anew = path.stat().st_size / 1e9, Measured(path)
    again = Measured(path)
    return [
        *limited(f"{size:g} GB: to the first root call, a new file", anew.first, 5 * max(1, size), "s"),
        *limited(f"{size:g} GB: the same once the index is kept", again.first, 5 * max(1, size), "s"),
        *limited(f"{size:g} GB: peak of the host", again.host, 300, "MB"),
        *limited(f"{size:g} GB: peak of the worker", again.worker, 300, "MB"),
    ]


def scans(path: Path) -> list[Row]:
    """Regular expressions over all of it, all of its lines, and pieces that are sent."""
    cells = [f"import re\nprint(sum(1 for _ in re.finditer({pattern!r}, context)))" for pattern in GREPPED]
    run, rows = Measured(path, *cells, SCAN, LINES), list[Row]()
    for cell, (pattern, limit) in enumerate(GREPPED.items()):
        seconds, found = _grepped(pattern, path)
        assert run.outputs[cell] == found
        rows += limited(f"re.finditer({pattern!r}) over grep -c", run.took(cell) / seconds, limit, "x")
    rows.append((f"{PIECES} pieces sent", f"{run.took(len(cells)):.2f} s", "", True))
    rows.append((f"a loop over {LOOPED:,} lines", f"{run.took(len(cells) + 1):.2f} s", "", True))
    rows += limited("peak of the host", run.host, 500, "MB")
    return [*rows, *limited("peak of the worker", run.worker, 500, "MB")]


if __name__ == "__main__":
    gigabytes, names = float((sys.argv[1:] or ["1"])[0]), sys.argv[2:] or ["first", "scans"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LANGCHAIN_RLM_CACHE"] = f"{folder}/cache"
        log = Path(folder, "a.log")
        a_log(log, int(gigabytes * 1e9))
        os.utime(log, (1e9, 1e9))  # it is told from a file that is just being written
        show(row for name in names for row in {"first": first, "scans": scans}[name](log))
