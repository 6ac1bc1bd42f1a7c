"""Files that are no text become text: what each kind gives, what is said of what cannot be read."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import InputError
from langchain_rlm.context import convert as converting
from langchain_rlm.context.convert import convert
from langchain_rlm.context.corpus import LeftOut
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.text import whole
from langchain_rlm.evidence.citations import citation, look_up
from langchain_rlm.evidence.marks import place_of
from tests.unit.context import made_files as made

MAIL = (
    b"From: ann@a.org\r\nTo: bob@b.org\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n"
)
CODE = {
    "cell_type": "code", "source": ["print(6*7)\n", "plot()"],
    "outputs": [
        {"output_type": "stream", "text": ["42\n"]},
        {"output_type": "display_data", "data": {"image/png": "iVBOR" * 1_000, "text/plain": ["<Figure>"]}},
        {"output_type": "error", "ename": "KeyError", "evalue": "'x'", "traceback": []},
    ],
}  # fmt: skip
HEAD = "From: ann@a.org\nTo: bob@b.org\nSubject: café\n\n"
NOTEBOOK = {"cells": [{"cell_type": "markdown", "source": ["# Sums"]}, CODE], "metadata": {}}
PRINTED = """# Sums

```python
print(6*7)
plot()
```

```
42
```

```
<Figure>
```

```
KeyError: 'x'
```"""


# -- each kind --------------------------------------------------------------------------------------------------------


def test_a_pdf_is_one_document_with_a_mark_between_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(made.pdf_of(["Alpha comes first", "Beta comes second"]))
    corpus = load_corpus(path)
    (document,) = corpus.documents
    assert document.name == "report.pdf"
    assert whole(document.text).split("\f") == ["Alpha comes first", "Beta comes second"]
    state = document.metadata["file_state"]
    assert state.startswith(f"{path.stat().st_size}:")
    assert document.metadata == {"source": str(path), "pages": 2, "page_break": "\f", "file_state": state}
    assert corpus.single


def test_a_quote_from_a_pdf_is_cited_with_its_page_and_over_a_break_with_both(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(made.pdf_of(["Alpha comes first", "Beta comes", "second of all"]))
    corpus = load_corpus(path)
    for quote, place in (
        ("Alpha comes", "report.pdf, page 1"), ("second of", "report.pdf, page 3"),
        ("Beta comes second", "report.pdf, pages 2-3"),
    ):  # fmt: skip
        found = look_up(corpus, quote, None, None, (0, 0))[0]
        assert place_of(citation(corpus, found, "c1")) == place


def test_pages_that_are_pictures_are_left_out_by_number(tmp_path: Path) -> None:
    path = tmp_path / "half.pdf"
    path.write_bytes(made.pdf_of(["Alpha", "", "Beta", ""], picture="dots"))
    corpus = load_corpus(path)
    assert corpus.left_out == (LeftOut("half.pdf, 2 of 4 pages", "damaged, or pictures without text: run OCR on them"),)
    assert whole(corpus.documents[0].text).split("\f") == [
        "Alpha",
        "[page 2 has no text]",
        "Beta",
        "[page 4 has no text]",
    ]
    assert corpus.documents[0].metadata["pages_without_text"] == [2, 4]


def test_a_page_that_is_damaged_is_left_out_and_the_others_are_read() -> None:
    before, after = made.pdf_of(["Alpha", "Broken"]).split(b"/Length 37 ")
    text, facts = convert(before + b"/Filter /X " + after, ".pdf")
    assert (text, facts["left_out"][0]) == ("Alpha\f[page 2 has no text]", "1 of 2 pages")


def test_a_page_that_is_empty_is_not_left_out() -> None:
    assert "left_out" not in convert(made.pdf_of(["Alpha", ""]), ".pdf")[1]


@pytest.mark.parametrize(("suffix", "data", "text"), [
    (".pdf", lambda: made.locked_pdf(["Alpha"], ""), "Alpha"),
    (".docx", lambda: made.docx_of("Dear reader"), "Dear reader"),
    (".pptx", lambda: made.pptx_of("The plan"), "<!-- Slide number: 1 -->\n# The plan"),
    (".xls", lambda: made.xls_of([["a", "b"], ["x|y", 2.0]]), "## Sheet1\n| a | b |\n| --- | --- |\n| x\\|y | 2 |"),
    (".xls", lambda: made.xlsx_of([["a"], [1]]), "## Sheet1\n| a |\n| --- |\n| 1 |"),
    (".ods", lambda: made.ods_of([["a", "b"], ["x", "y"]]), "## Sheet1\n| a | b |\n| --- | --- |\n| x | y |"),
    (".epub", lambda: made.epub_of("It was night."), "**Title:** Book\n\nIt was night."),
    (".odt", lambda: made.odt_of("Terms", "We agree."), "# Terms\n\nWe agree."),
    (".msg", lambda: made.msg_of("Tea", "At five."), "# Email Message\n\n**Subject:** Tea\n\n## Content\n\nAt five."),
    (".rtf", lambda: rb"{\rtf1\ansi {\b Tea} at caf\'e9}", "Tea at café"),
    (".eml", lambda: MAIL % (b"text/plain", b"SGVsbG8="), HEAD + "Hello"),
    (".eml", lambda: MAIL % (b"text/html", b"PGI+SGk8L2I+"), HEAD + "**Hi**\n"),
    (".html", lambda: b"<body><h1>Tea</h1><p>It is <b>green</b>.</p></body>", "# Tea\n\nIt is **green**.\n"),
    (".ipynb", lambda: json.dumps(NOTEBOOK).encode(), PRINTED),
])  # fmt: skip
def test_each_kind_that_is_announced_gives_its_text(suffix: str, data: Callable[[], bytes], text: str) -> None:
    assert convert(data(), suffix)[0] == text


def test_a_workbook_is_a_table_for_each_sheet() -> None:
    day = datetime(2024, 5, 1)  # noqa: DTZ001  # sheets have no zones
    rows: list[list[Any]] = [["name", "when", None, "is it"], [], ["a\nb", day, None, True], [1.0, None, None, 2.5]]
    lines = ["## Log", "| name | when |  | is it |", "| --- | --- | --- | --- |"]
    lines += ["| a b | 2024-05-01 |  | True |", "| 1 |  |  | 2.5 |"]
    assert convert(made.xlsx_of(rows, "Log"), ".xlsx")[0].splitlines() == lines


def test_a_filing_is_read_without_what_it_holds_for_machines() -> None:
    hidden = "<div style='display:none'><ix:header><ix:hidden>cik 0001</ix:hidden></ix:header></div>"
    page = f"<html><body>{hidden}<p>Sales were <ix:nonFraction name='s'>12</ix:nonFraction>.</p></body></html>"
    assert convert(page.encode(), ".xhtml")[0] == "Sales were 12.\n"


def test_pictures_inside_a_page_are_not_its_text() -> None:
    assert convert(b"<p>A<img alt='map' src='data:image/png;base64,iVBOR'>B</p>", ".html")[0] == "A map B\n"


def test_a_page_that_is_nested_too_deep_keeps_its_words() -> None:
    assert "deep &" in convert(b"<div>" * 3_000 + b"deep &amp;" + b"</div>" * 3_000, ".html")[0]


@pytest.mark.parametrize("suffix", [".eml", ".ipynb"])
def test_what_only_has_the_name_of_a_kind_is_read_as_it_is(suffix: str) -> None:
    assert convert(b'["no such thing"]', suffix) == ('["no such thing"]', {})


def test_files_of_a_directory_are_converted_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("plain")
    (tmp_path / "b.pdf").write_bytes(made.pdf_of(["in a PDF"]))
    (tmp_path / "c.docx").write_bytes(made.docx_of("in Word"))
    assert [d.name for d in load_corpus(tmp_path).documents] == ["a.txt", "b.pdf", "c.docx"]


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "data", "words"), [
    ("scan.pdf", lambda: made.pdf_of([""]), "no text in them"),
    ("cut.pdf", lambda: made.pdf_of(["Alpha"])[:40], "cannot be converted"),
    ("cut.docx", lambda: b"PK\x03\x04 and no more", "damaged"),
    ("locked.pdf", lambda: made.locked_pdf(["Alpha"], "secret"), "protected with a password: save a copy without one"),
    ("locked.docx", lambda: made.msg_of("", ""), "protected with a password: save a copy without one"),
    ("bomb.xlsx", lambda: made.zipped({"xl/worksheets/sheet1.xml": b" " * 300_000_000}), "zip bomb"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_named_with_the_reason(
    tmp_path: Path, name: str, data: Callable[[], bytes], words: str
) -> None:
    (tmp_path / name).write_bytes(data())
    with pytest.raises(InputError, match=words) as caught:
        load_corpus(tmp_path / name)
    assert name in str(caught.value)


def test_a_sheet_that_is_too_long_to_be_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converting, "LONGEST", 1_000)
    with pytest.raises(InputError, match=r"sheet 'Sheet1' has more than 1,000 characters: export it as \.csv"):
        convert(made.xlsx_of([["x" * 100]] * 20), ".xlsx")


def test_a_sheet_that_claims_a_million_empty_rows_is_read() -> None:
    with zipfile.ZipFile(BytesIO(made.xlsx_of([["a"], [1]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    assert convert(made.zipped(parts), ".xlsx")[0].endswith("| a |\n| --- |\n| 1 |")


# -- the extras -------------------------------------------------------------------------------------------------------


@pytest.fixture
def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a package look as if it were not installed, also to processes that are started."""

    def hide(package: str) -> None:
        (tmp_path / "stubs").mkdir()
        (tmp_path / "stubs" / f"{package}.py").write_text("raise ImportError")
        monkeypatch.syspath_prepend(str(tmp_path / "stubs"))

    return hide


@pytest.mark.parametrize(("name", "package", "extra"), [
    ("a.pdf", "pypdf", "pdf"), ("a.docx", "markitdown", "office"), ("a.xlsx", "python_calamine", "office"),
    ("a.rtf", "striprtf", "office"),
])  # fmt: skip
def test_a_missing_extra_is_named(
    tmp_path: Path, without: Callable[[str], None], name: str, package: str, extra: str
) -> None:
    (tmp_path / name).write_bytes(made.docx_of("Dear reader"))
    without(package)
    with pytest.raises(InputError, match=rf"langchain-rlm\[{extra}\]"):
        load_corpus(tmp_path / name)


def test_a_web_page_is_read_as_it_is_without_the_extra(tmp_path: Path, without: Callable[[str], None]) -> None:
    (tmp_path / "page.html").write_text("<p>Tea</p>")
    without("html_to_markdown")
    assert load_corpus(tmp_path / "page.html").documents[0].text == "<p>Tea</p>"


def test_what_the_libraries_warn_of_is_counted_and_not_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path: Any = tmp_path / "odd.pdf"
    path.write_bytes(made.pdf_of(["Alpha"]).replace(b"startxref\n", b"startxref\n1"))
    document = load_corpus(path).documents[0]
    assert document.text == "Alpha"
    assert document.metadata["conversion_warnings"].startswith(("1,", "2,", "3,")), document.metadata
    assert capfd.readouterr() == ("", "")
