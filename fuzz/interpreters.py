"""Compare the sandbox with CPython over programs of a grammar, for ten minutes or as many seconds as are given.

Prints each silent difference, shrunk, and counts the rest. `interpreters.py SECONDS SEED` starts at that seed.
"""

import itertools
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pydantic_monty as monty

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.unit.repl.monty.against_cpython import CPython, Difference, a_repl, compared, differences, in_sandbox
from tests.unit.repl.monty.grammar import Derivation, derive, simpler

SECONDS = 600
SHRUNK = 3
"""Findings of each kind of statement that are made smaller and shown."""
SHOWN = ("silent", "message", "loud")


def derivations(seed: int) -> Iterator[Derivation]:
    """Programs that parse, one for each number from `seed` on."""
    for number in itertools.count(seed):
        made = derive("STMT", random.Random(number))  # noqa: S311  # a seed
        try:
            compile(made.text(), "", "exec")
        except (SyntaxError, ValueError):
            continue
        yield made


def shrunk(pool: monty.Monty, cpython: CPython, made: Derivation, how: str) -> Difference | None:
    """The smallest program that differs as `made` does, each tried in a REPL of its own."""
    last: list[Difference] = []

    def differs(program: str) -> bool:
        with a_repl(pool) as sandbox:
            found = compared(program, cpython.run(program), in_sandbox(sandbox, program))
        last.extend([found] if found is not None and found.how == how else [])
        return found is not None and found.how == how

    if differs(made.text()):
        simpler(made, differs)
        differs(made.text())
    return last[-1] if last else None


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(seconds: float, seed: int, shown: tuple[str, ...]) -> None:
    """Compare until the time is over."""
    warnings.simplefilter("ignore")
    counts: Counter[str] = Counter()
    told: set[str] = set()
    tried: Counter[str] = Counter()
    programs, again = itertools.tee(derivations(seed))
    started = time.monotonic()
    with monty.Monty(max_processes=2) as pool, CPython() as cpython:
        for made, found in zip(again, differences(pool, cpython, (one.text() for one in programs)), strict=False):
            counts[found.how if found else "same"] += 1
            tried[made.production] += found is not None and found.how in shown
            if found is not None and found.how in shown and tried[made.production] <= SHRUNK:
                small = shrunk(pool, cpython, made, found.how) or found
                if small.program not in told:
                    told.add(small.program)
                    told_of = f"   CPython {small.cpython[:2]}\n   sandbox {small.sandbox[:2]}"
                    say(f"-- {small.how}\n{small.program}\n{told_of}")
            if time.monotonic() - started > seconds:
                break
    total = counts.total()
    say(f"{total:,} programs, {total / (time.monotonic() - started):.0f} a second: {dict(counts)}")
    sys.exit(bool(counts["silent"]))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(float(given[0]) if given else SECONDS, int(given[1]) if given[1:] else 0, tuple(given[2:]) or SHOWN[:1])
