"""PDF and office files become text, with page numbers where there are pages."""

import builtins
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import InputError
from langchain_rlm.context.load import load_corpus
from langchain_rlm.evidence.citations import citation, look_up
from langchain_rlm.evidence.marks import place_of


def pdf_of(pages: list[str]) -> bytes:
    """A small PDF with a line of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    numbers = [4 + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects += [
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in zip(numbers, pages, strict=True):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {number + 1} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return (body + end + f"startxref\n{len(body)}\n%%EOF\n").encode("latin-1")


def write_docx(path: Path, text: str) -> None:
    """A Word document with one paragraph."""
    kinds = "application/vnd.openxmlformats-"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Default Extension="rels" ContentType="{kinds}package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kinds}officedocument.wordprocessingml.document.main'
            '+xml"/></Types>',
        )
        base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{base}" Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
            f"<w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
        )


def test_a_pdf_is_one_document_with_a_mark_between_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of(["Alpha comes first", "Beta comes second"]))
    corpus = load_corpus(path)
    (document,) = corpus.documents
    assert document.name == "report.pdf"
    assert document.text.split("\f") == ["Alpha comes first", "Beta comes second"]
    assert document.metadata == {"source": str(path), "pages": 2, "page_break": "\f"}
    assert corpus.single


def test_a_quote_from_a_pdf_is_cited_with_its_page_and_over_a_break_with_both(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of(["Alpha comes first", "Beta comes", "second of all"]))
    corpus = load_corpus(path)
    for quote, place in (
        ("Alpha comes", "report.pdf, page 1"), ("second of", "report.pdf, page 3"),
        ("Beta comes second", "report.pdf, pages 2-3"),
    ):  # fmt: skip
        found = look_up(corpus, quote, None, None, (0, 0))[0]
        assert place_of(citation(corpus, found, "c1")) == place


def test_an_office_file_is_one_text(tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    write_docx(path, "Dear reader, all is well.")
    corpus = load_corpus(path)
    assert [(d.name, d.text.strip()) for d in corpus.documents] == [("letter.docx", "Dear reader, all is well.")]


def test_a_web_page_is_converted(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body><h1>Tea</h1><p>It is <b>green</b>.</p></body></html>")
    text = load_corpus(path).documents[0].text
    assert "# Tea" in text
    assert "<p>" not in text


def test_files_of_a_directory_are_converted_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("plain")
    (tmp_path / "b.pdf").write_bytes(pdf_of(["in a PDF"]))
    write_docx(tmp_path / "c.docx", "in Word")
    assert [d.name for d in load_corpus(tmp_path).documents] == ["a.txt", "b.pdf", "c.docx"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("scan.pdf", pdf_of([""]), "no text in them"),
        ("cut.pdf", pdf_of(["Alpha"])[:40], "cannot be read"),
        ("cut.docx", b"PK\x03\x04 and no more", "damaged"),
    ],
)
def test_a_file_without_text_or_damaged_is_named(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words) as caught:
        load_corpus(tmp_path / name)
    assert name in str(caught.value)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a package look as if it were not installed."""

    def hide(package: str) -> None:
        real = builtins.__import__

        def guarded(name: str, *args: Any, **kwargs: Any) -> Any:
            if name == package:
                raise ImportError(name)
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", guarded)

    return hide


@pytest.mark.parametrize(("name", "package", "extra"), [("a.pdf", "pypdf", "pdf"), ("a.docx", "markitdown", "office")])
def test_a_missing_extra_is_named(
    tmp_path: Path, without: Callable[[str], None], name: str, package: str, extra: str
) -> None:
    (tmp_path / name).write_bytes(b"anything")
    without(package)
    with pytest.raises(InputError, match=rf"langchain-rlm\[{extra}\]"):
        load_corpus(tmp_path / name)


def test_a_web_page_is_read_as_it_is_without_the_extra(tmp_path: Path, without: Callable[[str], None]) -> None:
    (tmp_path / "page.html").write_text("<p>Tea</p>")
    without("markitdown")
    assert load_corpus(tmp_path / "page.html").documents[0].text == "<p>Tea</p>"
