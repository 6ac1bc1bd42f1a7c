"""What it costs to load files that are converted: a table, each figure against its limit.

    python benchmarks/document_formats.py              all figures, about a minute
    python benchmarks/document_formats.py pages again  these only

Files are made by seed. `again` loads the same pages once more, from the texts that are kept.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, limited, run  # the path is set above

PAGES, CHARACTERS = 1_173, 40_000
ROWS = 50_000


def _page(draw: random.Random, words: list[str]) -> str:
    """A page as sites have them: about half of it is markup."""
    parts = ["<html><head><title>Page</title><script>var a = 1;</script></head><body><nav><ul>"]
    parts += [f'<li><a href="/{word}.html" class="nav item">{word}</a></li>' for word in draw.choices(words, k=60)]
    parts.append("</ul></nav>")
    size = sum(map(len, parts))
    while size < CHARACTERS:
        said = " ".join(draw.choices(words, k=60))
        cells = "".join(f"<td>{word}</td>" for word in draw.choices(words, k=6))
        parts.append(
            f'<section id="s{size}"><h2>{draw.choice(words)}</h2><p class="text">{said}, <b>{draw.choice(words)}</b> '
            f'and <a href="#{size}"><code>{words[size % 99]}()</code></a>.</p><table><tr>{cells}</tr></table></section>'
        )
        size += len(parts[-1])
    return "".join([*parts, "</body></html>"])


def _seconds(path: Path) -> tuple[float, int]:
    from langchain_rlm.context.load import load_corpus

    started = time.perf_counter()
    corpus = load_corpus(path)
    assert not corpus.left_out, corpus.left_out
    return time.perf_counter() - started, len(corpus.documents)


def _load_pages(times: int) -> float:
    draw = random.Random(7)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(5_000)]
    with tempfile.TemporaryDirectory() as place:
        os.environ["LANGCHAIN_RLM_CACHE"] = str(Path(place, "cache"))
        pages = Path(place, "pages")
        pages.mkdir()
        for number in range(PAGES):
            (pages / f"{number}.html").write_text(_page(draw, words))
        for _ in range(times):
            seconds, count = _seconds(pages)
            assert count == PAGES
    return seconds


def pages() -> list[Row]:
    """Seconds to load a folder of web pages."""
    return limited(f"{PAGES:,} HTML files of {CHARACTERS:,} characters, loaded", _load_pages(1), 20, "s")


def again() -> list[Row]:
    """Seconds to load it once more."""
    return limited("the same once more", _load_pages(2), 2, "s")


def workbook() -> list[Row]:
    """Seconds to load a large workbook."""
    import openpyxl

    os.environ["LANGCHAIN_RLM_CACHE"] = "off"
    with tempfile.TemporaryDirectory() as place:
        book, path = openpyxl.Workbook(write_only=True), Path(place, "book.xlsx")
        sheet = book.create_sheet("Data")
        for row in range(ROWS):
            sheet.append([row, f"name {row}", row * 1.5, None, "some words of text", row % 7, row / 3, f"v{row}"])
        book.save(path)
        seconds, _ = _seconds(path)
    return limited(f"an .xlsx of {ROWS:,} rows and 8 columns, loaded", seconds, 8, "s")


FIGURES: dict[str, Callable[[], list[Row]]] = {"pages": pages, "again": again, "workbook": workbook}


if __name__ == "__main__":
    run(__file__, FIGURES)
