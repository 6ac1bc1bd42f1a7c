"""Pages of PDF files: which have no text, where they stand, and what becomes of their pictures."""

import asyncio
import base64
import os
import random
import struct
import zlib
from pathlib import Path

import pytest

from langchain_rlm.context.convert import convert
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.drawing import BYTES, SIDE, drawn, png, state_of
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.pages import are_pictures, pictures, span_of, told
from langchain_rlm.context.text import whole
from langchain_rlm.errors import InputError, MissingExtraError
from tests.unit.context.made_files import pdf_of

pytest.importorskip("pypdfium2")


def scanned(name: str, pages: int, without: list[int]) -> SourceText:
    texts = [f"[page {n} has no text]" if n in without else f"Text {n}" for n in range(1, pages + 1)]
    known = {"source": name, "pages": pages, "page_break": "\f", "file_state": "1:1", "pages_without_text": without}
    return SourceText(name, "\f".join(texts), known)


def one_page(path: Path, *, picture: str = "dots") -> Corpus:
    path.write_bytes(pdf_of([""], picture=picture))
    return load_corpus(path)


def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Put a module of one's own in the place of the library, in processes that are started."""
    (tmp_path / "stubs").mkdir()
    (tmp_path / "stubs" / "pypdfium2.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path / "stubs"))


def size_of(picture: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_pages_without_text_are_told_as_ranges_with_how_they_are_shown() -> None:
    corpus = Corpus((scanned("a.pdf", 9, [3, 7, 8, 9]), SourceText("b", "text")))
    shown = "`llm_query(prompt, images=[page(3)])` shows it to a sub-model as a picture."
    assert told(corpus, are_seen=True) == ["a.pdf: pages 3, 7-9 have no text.", shown]
    assert told(corpus, are_seen=False) == ["a.pdf: pages 3, 7-9 have no text."]
    assert told(Corpus((scanned("a.pdf", 2, [2]),)), are_seen=False) == ["a.pdf: page 2 has no text."]
    assert told(Corpus((scanned("a.pdf", 2, []),)), are_seen=True) == []


def test_of_many_documents_and_pages_some_are_told() -> None:
    odd = [*range(1, 101, 2)]
    lines = told(Corpus(tuple(scanned(f"{n}.pdf", 100, odd) for n in range(30))), are_seen=True)
    assert lines[0] == f"0.pdf: pages {', '.join(map(str, odd[:20]))} and more, 50 in all, have no text."
    assert lines[20] == "... and 10 more documents with such pages."
    assert "images=[page(1, document='0.pdf')]" in lines[21]


def test_a_page_is_a_span_of_the_text() -> None:
    corpus = Corpus((SourceText("b", "text"), scanned("a.pdf", 3, [2])))
    text = whole(corpus.texts[1])
    spans = [span_of(corpus, 1, page) for page in (1, 2, 3)]
    assert [text[span[1] : span[2]] for span in spans if span] == text.split("\f")
    assert [span_of(corpus, *place) for place in ((1, 0), (1, 4), (0, 1), (2, 1))] == [None] * 4


@pytest.mark.parametrize(("without", "are"), [([1, 2], True), ([2], False), ([], False)])
def test_a_document_of_pictures_has_more_pages_without_text(without: list[int], *, are: bool) -> None:
    assert are_pictures(Corpus((scanned("a.pdf", 3, without),))) is are


def test_a_png_has_the_lines_of_its_pixels() -> None:
    picture = png(1, 2, 3, 4, b"abc-def-")
    start = picture.index(b"IDAT") + 4
    assert (size_of(picture), zlib.decompress(picture[start:])) == ((1, 2), b"\0abc\0def")


def test_a_page_is_drawn_with_bounded_sides_and_bytes(tmp_path: Path) -> None:
    plain = one_page(tmp_path / "plain.pdf")
    (block,) = asyncio.run(pictures(plain, [(0, 1)]))
    assert (block["type"], block["mime_type"]) == ("image", "image/png")
    assert max(size_of(base64.b64decode(block["base64"]))) == SIDE
    noisy = tmp_path / "noisy.pdf"
    dots = "".join(map(chr, random.Random(1).randbytes(1_000_000)))  # noqa: S311  # noise
    data = pdf_of([""], picture=dots).replace(b"/Width 1000000 /Height 1 ", b"/Width 1000 /Height 1000 ")
    noisy.write_bytes(data.replace(b"/Length 5 >>\nstream\n/P Do", b"/Length 24 >>\nstream\n612 0 0 792 0 0 cm /P Do"))
    made = base64.b64decode(drawn(str(noisy), state_of(noisy), 1)["png"])
    assert (BYTES // 4 < len(made) <= BYTES, max(size_of(made)) < SIDE) == (True, True)


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = one_page(tmp_path / "a.pdf")
    stub(monkeypatch, tmp_path, "raise ImportError")
    with pytest.raises(MissingExtraError, match=r"a.pdf, page 1: showing pages needs an extra: pip install 'langchain"):
        asyncio.run(pictures(corpus, [(0, 1)]))


def test_a_library_that_crashes_ends_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = one_page(tmp_path / "a.pdf")
    stub(monkeypatch, tmp_path, "import os\nos._exit(7)")
    with pytest.raises(InputError, match="the page cannot be drawn: what draws it ended with 7"):
        asyncio.run(pictures(corpus, [(0, 1)]))


def test_drawing_that_is_cancelled_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = one_page(tmp_path / "a.pdf")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    stub(monkeypatch, tmp_path, f"import os\nopen({str(pipe)!r}, 'w').write(str(os.getpid()))\nwhile True: pass")

    async def cancelled() -> str:
        task = asyncio.create_task(pictures(corpus, [(0, 1)]))
        process = await asyncio.to_thread(pipe.read_text)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return process

    with pytest.raises(ProcessLookupError):
        os.kill(int(asyncio.run(cancelled())), 0)


def test_a_file_that_is_damaged_since_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4 and no more")
    assert "the page cannot be drawn (Pdfium" in drawn(str(path), state_of(path), 1)["error"]


def test_marks_stand_for_pages_whose_text_is_missing_only() -> None:
    text, facts = convert(pdf_of(["Alpha", "", "Beta"], picture="dots"), ".pdf")
    assert text.split("\f") == ["Alpha", "[page 2 has no text]", "Beta"]
    assert facts["pages_without_text"] == [2]
