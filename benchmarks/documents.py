"""Documents as they are: a table, each figure against its limit.

python benchmarks/documents.py               all figures, some minutes
python benchmarks/documents.py cuts claims   these only
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import document_formats, document_quotes, document_scripts  # the path is set above
from benchmarks.common import Row, in_process, limited, run, text_of

LARGE = 100_000_000
LEADS = ("Read this. ", "What does it say?\nText:\n")
WALK = (
    "```repl\npieces = chunks(size={size})\nllm_query_batched([{lead!r} + p for p in pieces])\nFINAL(len(pieces))\n```"
)


def cuts() -> list[Row]:
    """How many cuts are inside a row, record, entry or definition that fits: all kinds of files, five sizes."""
    from langchain_rlm.context.cutting import cut
    from tests.documents.kinds import MAKERS, SIZES, cuts_inside, made

    inside = number = 0
    for kind in MAKERS:
        for seed in range(3):
            name, document = made(kind, seed)
            for size in SIZES:
                ends = cut(document.text, size, name=name)
                assert "".join(document.text[start:end] for start, end in pairwise([0, *ends])) == document.text
                number += len(ends)
                inside += len(cuts_inside(document.units, ends, size))
    return limited(f"{len(MAKERS)} kinds of files: cuts inside a unit, of {number:,}", inside, 0, "")


def walks() -> list[Row]:
    """Of how many walks over the pieces of `chunks()` the coverage is not exactly 1: all kinds of files, five sizes."""
    from langchain_core.documents import Document

    from benchmarks.overhead import rlm_over
    from tests.documents.kinds import MAKERS, SIZES, made

    missed = number = 0
    for kind in MAKERS:
        name, document = made(kind)
        for lead in LEADS:
            for size in SIZES:
                cell = WALK.format(lead=lead, size=size)
                rlm = rlm_over(in_process(partial(_said, cell), "root"), in_process(partial(_said, "read"), "sub"))
                given = Document(document.text, metadata={"source": name})
                result = rlm.invoke({"question": "What is there?", "context": given})
                number += 1
                missed += result["coverage"]["read"] != 1.0
    return limited(f"{number:,} walks over chunks(): coverage is not exactly 1", missed, 0, "")


def _said(reply: str, _: str) -> str:
    return reply


def claims() -> list[Row]:
    """Of how many texts of kinds that are not known a structure is told; and how many known ones are not found."""
    from langchain_rlm.context.formats import profile
    from tests.documents.kinds import MAKERS, made
    from tests.documents.unknown import ALSO, UNKNOWN

    false = 0
    for kind, text in UNKNOWN.items():
        found = profile(text)
        false += found.format not in {"prose", *ALSO.get(kind, ())} or (
            found.format == "prose" and found.structure != ()
        )
    missed = sum(profile(document.text).format != document.format for kind in MAKERS for _, document in [made(kind)])
    return [
        *limited(f"{len(UNKNOWN)} texts of other kinds: false claims", false, 0, ""),
        *limited(f"{len(MAKERS)} kinds of files: not found without a name", missed, 0, ""),
    ]


def speed() -> list[Row]:
    """Seconds to cut 100 MB of words, prose, UTF-8 with an emoji, JSON and rows, by 100,000 and by 5,000 characters."""
    from langchain_rlm.context.cutting import cut
    from langchain_rlm.context.formats import profile
    from tests.documents.kinds import made

    words, prose, rows_of = (
        text_of(1_000_000),
        made("chapters")[1].text,
        made("table with cells of several lines")[1].text,
    )
    texts: dict[str, Callable[[], str]] = {
        "words on one line": lambda: words * (LARGE // len(words)),
        "prose": lambda: prose * (LARGE // len(prose)),
        "prose with an emoji": lambda: "\U0001f600\n" + prose * (LARGE // len(prose)),
        "JSON": _array,
        "rows": lambda: rows_of * (LARGE // len(rows_of)),
    }
    rows: list[Row] = []
    for name, make in texts.items():
        text = make()
        known = profile(text)
        taken = 0.0
        for size in (100_000, 5_000):
            started = time.perf_counter()
            cut(text, size, profile=known)
            taken = max(taken, time.perf_counter() - started)
        rows += limited(f"{len(text) / 1e6:.0f} MB of {name}, cut", taken, 2, "s")
    return rows


def _array() -> str:
    from tests.documents.kinds import made

    inner = made("compact JSON")[1].text[1:-1]
    return "[" + ", ".join([inner] * (LARGE // len(inner))) + "]"


FIGURES: dict[str, Callable[[], list[Row]]] = {
    "cuts": cuts, "walks": walks, "claims": claims, "speed": speed,
    **document_formats.FIGURES, **document_quotes.FIGURES, **document_scripts.FIGURES,
}  # fmt: skip


if __name__ == "__main__":
    run(__file__, FIGURES)
