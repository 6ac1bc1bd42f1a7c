"""What letters beyond ASCII cost: memory of host and worker, and places in texts beside the same text in ASCII.

python benchmarks/document_scripts.py         all figures, about a minute
python benchmarks/document_scripts.py places  these only
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, apart, in_process, limited, run, text_of  # the path is set above
from benchmarks.overhead import peak_of_children, rlm_over

PART = 1_000_000
"""Characters of the part that large texts are made of."""
TEXTS = {"ascii": ("100 MB of ASCII", ""), "emoji": ("100 MB with one emoji", "😀"), "cjk": ("100 MB of CJK", "")}
CELL = """```repl
at = context.rfind(" ", 0, len(context) // 2)
seen = [len(context[i:i + 2000]) for i in range(0, len(context), 2000)]
print(len(seen), context.find(" ", at + 1), context[at:at + 10])
```"""
ANSWER = "```repl\nFINAL('done')\n```"
WALKS = {
    "m.start() of 100,000 matches": "n = len([m.start() for m in re.finditer('MARK', context)])",
    "m.span(1) of 10,000 matches": "n = len([m.span(1) for m in re.finditer(r'MARK (\\w+)', context[:1000000])])",
    "10,000 finds, each from the place before": (
        "at = n = 0\nwhile n < 10000:\n    at = context.find('MARK', at) + 1\n    n += 1"
    ),
    "slices of 2,000 characters": "n = len([context[i:i + 2000] for i in range(0, len(context), 2000)])",
    "100,000 times len(context) and context[i]": "n = 0\nwhile n < 100000 < len(context):\n    n += len(context[n])",
}
"""Cells over 10 MB with a mark every 100 characters."""
FIRST = "m.start() of 100,000 matches"
MOST = 0.5
"""Seconds it may take with an accent in the text."""


def memory() -> list[Row]:
    """Peaks of host and worker over the bytes of a file of 100 MB, while code walks over all of it."""
    return [tuple(row) for kind in TEXTS for row in apart(__file__, kind)]


def _memory(kind: str) -> list[Row]:
    name, letter = TEXTS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        part = text_of(PART)
        if kind == "cjk":
            part = part.translate({code: chr(0x4E00 + code) for code in range(ord("a"), ord("z") + 1)})
        with path.open("w", encoding="utf-8") as file:
            while path.stat().st_size < 100 * PART:
                file.write(part)
                file.write(letter if file.tell() == 50 * PART else "")
                file.flush()
        size = path.stat().st_size / 1e6
        worker: list[float] = []

        def root(_: str) -> str:
            worker.append(peak_of_children())
            return CELL if len(worker) == 1 else ANSWER

        result = rlm_over(in_process(root, "root"), in_process(str, "sub")).invoke({"question": "q", "context": path})
        assert result["stop_reason"] == "answered", result["journal"]
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":" in line)
    return [
        *limited(f"{name}: peak of the host over the file", int(fields["VmHWM"].split()[0]) / 1e3 / size, 2, "x"),
        *limited(f"{name}: peak of the worker over the file", worker[-1] / size, 2, "x"),
    ]


def places() -> list[Row]:
    """Seconds that walks over 10 MB take with an accent in the text, beside those in ASCII."""
    narrow, wide = _walks(""), _walks("é")
    rows = []
    for name in WALKS:
        measured = f"{wide[name]:.2f} s (ASCII {narrow[name]:.2f} s)"
        must = name == FIRST
        rows.append(
            (f"{name}, 10 MB with an accent", measured, f"<= {MOST} s" if must else "", not must or wide[name] <= MOST)
        )
    return rows


def _walks(letter: str) -> dict[str, float]:
    text = letter + "".join(f"{text_of(95, seed)} MARK" for seed in range(100)) * 1_000
    called: list[float] = []
    cells = ["import re", *WALKS.values()]

    def root(_: str) -> str:
        called.append(time.perf_counter())
        return f"```repl\n{cells[len(called) - 1]}\n```" if len(called) <= len(cells) else ANSWER

    result = rlm_over(in_process(root, "root"), in_process(str, "sub")).invoke({"question": "q", "context": text})
    assert not [entry for entry in result["journal"] if entry.get("error")], result["journal"]
    return {name: called[at + 2] - called[at + 1] for at, name in enumerate(WALKS)}


FIGURES: dict[str, Callable[[], list[Row]]] = {
    **{kind: partial(_memory, kind) for kind in TEXTS},
    "places": places,
}


if __name__ == "__main__":
    run(__file__, FIGURES)
