"""Folders and files as they are found: names of any kind, links, what changes meanwhile, what is very large."""

import threading
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import RLM, Files, InputError
from langchain_rlm.context import files
from langchain_rlm.context.corpus import LeftOut, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.text import whole
from tests.unit.context import made_files as made

BINARY = "this is a binary file, not text. Convert it to text first, or load it with a document loader"
LONG = "\u00e9" * 125 + ".html"
"""255 bytes."""


def refused(context: Any) -> str:
    with pytest.raises(InputError) as caught:
        load_corpus(context)
    return str(caught.value)


# -- what changes while it is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "reason"), [
    (lambda path: path.unlink(), "cannot be read (No such file or directory)"),
    (lambda path: (path.unlink(), path.mkdir()), "cannot be read (Is a directory)"),
    (lambda path: path.write_bytes(b"\0"), BINARY),
])  # fmt: skip
def test_a_file_that_changes_after_its_folder_was_looked_through_is_left_out(
    tmp_path: Path, change: Callable[[Path], None], reason: str
) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    reading = Files(tmp_path).read()
    assert isinstance(next(reading), SourceText)
    change(tmp_path / "b.txt")
    (tmp_path / "new.txt").write_text("too late")
    assert [one.name if isinstance(one, SourceText) else one for one in reading] == ["c.txt", LeftOut("b.txt", reason)]


def test_a_folder_that_goes_while_it_is_looked_through_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a.txt").write_text("A")
    real = files._folder_by_choice

    def meanwhile(path: Path) -> str | None:
        if path.name == "er":
            path.rmdir()
        return real(path)

    monkeypatch.setattr(files, "_folder_by_choice", meanwhile)
    corpus = load_corpus(tmp_path)
    assert [d.name for d in corpus.documents] == ["a.txt"]
    assert corpus.left_out == (LeftOut("deep/er/", "cannot be read (No such file or directory)"),)


@pytest.mark.parametrize("name", ["log.txt", "log.html"])
def test_a_file_that_grows_is_read_as_it_is_at_a_moment(tmp_path: Path, name: str) -> None:
    path, line, ended = tmp_path / name, "A line of the log.\n", threading.Event()
    path.write_text(line)

    def grow() -> None:
        with path.open("a") as file:
            while not ended.is_set():
                file.write(line)

    growing = threading.Thread(target=grow)
    growing.start()
    try:
        text = load_corpus(path).documents[0].text
    finally:
        ended.set()
        growing.join()
    assert text.startswith("A line of the log.")


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_link_to_itself_is_refused_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert refused(tmp_path / "loop") == f"{tmp_path / 'loop'}: a link that leads nowhere, or to itself."


def test_a_link_to_itself_or_to_a_folder_above_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    corpus = load_corpus(tmp_path)
    assert [d.name for d in corpus.documents] == ["a.txt"]
    assert {(one.name, one.reason) for one in corpus.left_out} == {
        ("loop", "a broken link"), ("deep/up/", "a link to a directory, not followed"),
    }  # fmt: skip


# -- names ------------------------------------------------------------------------------------------------------------


def test_names_of_any_kind_are_read_also_by_converters(tmp_path: Path) -> None:
    for name in ("a\nb.txt", "a\nb.html", LONG, "\udcff\udcfe.txt", "\udcff.html"):
        (tmp_path / name).write_bytes(b"words")
    corpus = load_corpus(tmp_path)
    names = ["a\nb.html", "a\nb.txt", LONG, "\ufffd.html", "\ufffd\ufffd.txt"]
    assert sorted(d.name for d in corpus.documents) == sorted(names)
    assert {whole(d.text).strip() for d in corpus.documents} == {"words"}
    result = RLM("offline").invoke({"question": "Which words?", "context": tmp_path})
    assert [d.metadata["name"] for d in result["context"]] == [d.name for d in corpus.documents]


def test_names_that_differ_only_in_what_cannot_be_written_are_told_apart(tmp_path: Path) -> None:
    for name in ("\udcff.txt", "\udcfe.txt"):
        (tmp_path / name).write_text(repr(name))
    assert [d.name for d in load_corpus(tmp_path).documents] == ["\ufffd.txt", "\ufffd.txt (2)"]


@pytest.mark.parametrize(("name", "said"), [("x" * 300, "File name too long"), ("a\0b", "does not exist")])
def test_a_name_that_no_file_can_have_is_refused_with_the_others(tmp_path: Path, name: str, said: str) -> None:
    said_all = refused([Path(name), tmp_path / "missing"])
    assert said in said_all
    assert "missing: this file or directory does not exist" in said_all


def test_two_files_of_the_same_name_are_both_read(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.pdf").write_bytes(made.pdf_of([folder]))
    corpus = load_corpus([tmp_path / "one" / "a.pdf", tmp_path / "two" / "a.pdf", tmp_path / "two" / "a.pdf"])
    assert [(d.name, d.text) for d in corpus.documents] == [
        ("a.pdf", "one"), ("a.pdf (2)", "two"), ("a.pdf (3)", "two"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "deep", ".hidden"])
def test_an_empty_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(exist_ok=True)
    assert "the directory holds no text file. Name files, or a pattern" in refused(tmp_path)


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").mkdir()
    (tmp_path / "book.pdf" / "a.txt").write_text("A")
    assert [d.name for d in load_corpus(tmp_path).documents] == ["book.pdf/a.txt"]


# -- what is very large -----------------------------------------------------------------------------------------------


def test_a_zip_bomb_in_a_folder_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A")
    (tmp_path / "bomb.xlsx").write_bytes(made.zipped({"xl/worksheets/sheet1.xml": bytes(300_000_000)}))
    corpus = load_corpus(tmp_path)
    assert [d.name for d in corpus.documents] == ["a.txt"]
    assert "unpack to 300,000,000, as of a zip bomb" in corpus.left_out[0].reason


def test_a_sheet_with_a_cell_in_its_farthest_corner_costs_nothing_but_itself(tmp_path: Path) -> None:
    with zipfile.ZipFile(BytesIO(made.xlsx_of([["a"], [1]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    far = b'<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", far)
    (tmp_path / "far.xlsx").write_bytes(made.zipped({**parts, "xl/worksheets/sheet1.xml": sheet}))
    (tmp_path / "near.xlsx").write_bytes(made.xlsx_of([["a"], [1]]))
    corpus = load_corpus(tmp_path)
    assert [d.name for d in corpus.documents] == ["near.xlsx"]
    assert "the file is damaged, or too large" in corpus.left_out[0].reason


@pytest.mark.slow
def test_a_pdf_of_5000_pages_of_which_half_are_pictures(tmp_path: Path) -> None:
    pages = [f"Page {number} has words" if number % 2 else "" for number in range(5_000)]
    (tmp_path / "big.pdf").write_bytes(made.pdf_of(pages, picture="dots"))
    corpus = load_corpus(tmp_path / "big.pdf")
    marks = [page or f"[page {number} has no text]" for number, page in enumerate(pages, 1)]
    assert whole(corpus.documents[0].text).split("\f") == marks
    assert [one.name for one in corpus.left_out] == ["big.pdf, 2,500 of 5,000 pages"]


@pytest.mark.slow
def test_a_page_of_one_line_of_50_megabytes(tmp_path: Path) -> None:
    (tmp_path / "line.html").write_text("<p>word &amp; word</p>" * 2_300_000)
    text = load_corpus(tmp_path / "line.html").documents[0].text
    assert text.count("word & word\n") == 2_300_000
    assert (tmp_path / "line.html").stat().st_size > 50_000_000
