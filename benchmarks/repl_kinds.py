"""What a REPL costs in Monty and in full Python, side by side: `python benchmarks/repl_kinds.py`.

Processor time of this process and of its workers, for a start and for a sub-query; memory of a worker that waits.
"""

import resource
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from langchain_rlm.repl.jail.processes import innermost
from langchain_rlm.repl.kinds import sandboxes_of
from langchain_rlm.repl.protocol import Asked, ReplContext, ReplLimits, Sandboxes

STARTS, ASKED = 20, 2_000
CONTEXT = ReplContext(["a line\n" * 1_000], True, [{}], 1_000)  # noqa: FBT003  # one text
LOOP = f"for n in range({ASKED}):\n    x = llm_query('question ' + str(n))\n    if n < 0: break"
"""Asks one by one: what follows hangs on the answer."""


def spent() -> float:
    """Processor seconds of this process, and of those that it has waited for."""
    used = [resource.getrusage(which) for which in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def opened(sandboxes: Sandboxes) -> Any:
    """A REPL that waits for its first cell."""
    now = datetime.now(UTC)
    sandbox = sandboxes.new(CONTEXT, ReplLimits(), seed="seed", started=now, host=lambda *_: {})
    sandbox.open()
    return sandbox


def asked(sandbox: Any) -> int:
    """How often a cell that asks one by one pauses."""
    outcome, pauses = sandbox.start(LOOP), 0
    while isinstance(outcome, Asked):
        pauses += 1
        outcome = sandbox.resume([("ok", "answer")] * (1 if outcome.is_ahead else len(outcome.calls)))
    assert outcome.error is None, outcome.error
    return pauses


def memory(pid: int) -> int:
    """Kilobytes that a process holds alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


def measure(kind: str) -> None:
    """One row of the table."""
    factory = sandboxes_of(kind)
    factory().close()  # its trial
    with closing(factory()) as sandboxes:
        opened(sandboxes).close()
    before = spent()
    with closing(factory()) as sandboxes:
        for _ in range(STARTS):
            opened(sandboxes).close()
    start = (spent() - before) / STARTS
    before = spent()
    with closing(factory()) as sandboxes, closing(opened(sandboxes)) as sandbox:
        held = memory(sandbox._pid if kind == "monty" else innermost(sandbox._live.worker.process.pid))  # noqa: SLF001  # to look
        pauses = asked(sandbox)
    query = (spent() - before - start) / pauses
    print(
        f"{kind:8} start {start * 1e3:6.1f} ms   sub-query {query * 1e6:6.0f} us ({pauses} pauses)   "
        f"idle {held / 1e3:5.1f} MB"
    )


if __name__ == "__main__":
    for _ in range(2):
        measure("monty")
        measure("cpython")
