"""Texts that stay in their files: which they are, how they are indexed, and what is wrong with some."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context import large, large_index, large_search
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.cutting import cut
from langchain_rlm.context.files import Files
from langchain_rlm.context.formats import profile
from langchain_rlm.context.large import LargeText
from langchain_rlm.context.large_answers import LargeAnswers
from langchain_rlm.context.large_files import SETTLED, VARIABLE, written
from langchain_rlm.context.large_index import DamagedIndexError, Index, index_of
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.paths import CACHE
from langchain_rlm.errors import HostError, InputError

TEXT = "".join(f"Zeile {n}: Grüße 😀\r\n" for n in range(200))


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1000")


def in_file(folder: Path, data: bytes = TEXT.encode()) -> Path:
    path = folder / "a.txt"
    path.write_bytes(data)
    return path


def test_a_file_is_left_where_it_is_from_a_size_on(tmp_path: Path) -> None:
    path = in_file(tmp_path)
    (tmp_path / "b.txt").write_text("short", encoding="utf-8")
    large_one, small = load_corpus(tmp_path).texts
    assert isinstance(large_one, LargeText)
    assert small == "short"
    assert (len(large_one), large_one[3:40], large_one.isascii()) == (len(TEXT), TEXT[3:40], False)
    assert str(path) in repr(large_one)


def test_the_hash_of_a_context_does_not_say_where_its_text_is(tmp_path: Path) -> None:
    held = Corpus((SourceText("a.txt", TEXT),), single=True)
    assert load_corpus(in_file(tmp_path)).hash == held.hash


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_other_encodings_are_written_out_anew(tmp_path: Path, encoding: str) -> None:
    text = TEXT.replace("😀", "")
    corpus = load_corpus(in_file(tmp_path, text.encode(encoding)))
    (found,) = corpus.texts
    assert isinstance(found, LargeText)
    assert found[:] == text
    assert corpus.documents[0].metadata.get("encoding") == ("cp1252" if encoding == "cp1252" else None)


def test_what_is_no_text_or_in_another_encoding_is_an_error_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="binary file, not text"):
        load_corpus(in_file(tmp_path, b"\0" * 5_000))
    bad = TEXT.encode() + b"\xff" + TEXT.encode()
    with pytest.raises(InputError, match=f"not UTF-8: byte {len(TEXT.encode()):,} cannot be read"):
        list(Files(in_file(tmp_path, bad), encoding="utf-8").read())


def test_a_limit_that_is_no_number_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, "64 MB")
    with pytest.raises(InputError, match=f"{VARIABLE}='64 MB': give a number of bytes"):
        load_corpus(in_file(tmp_path))


def test_a_str_with_wide_letters_is_moved_to_a_file_and_others_are_not() -> None:
    assert isinstance(load_corpus(TEXT).texts[0], LargeText)
    assert load_corpus(TEXT).texts[0][:] == TEXT
    ascii_text = "words\n" * 1_000
    assert load_corpus(ascii_text).texts[0] is ascii_text
    with pytest.raises(InputError, match="lone surrogate"):
        _ = load_corpus(TEXT + "\ud800").hash


def test_no_room_for_a_temporary_file_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no full device here")
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: full.open("wb"))
    with pytest.raises(HostError, match="Make room in"):
        load_corpus(TEXT)


def test_an_index_is_kept_and_a_damaged_one_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    path = in_file(tmp_path)
    before = path.stat().st_mtime - 2 * SETTLED
    os.utime(path, (before, before))
    for _ in range(2):
        assert load_corpus(path).texts[0][:] == TEXT
        (kept,) = (tmp_path / "cache" / "indexes").iterdir()
        kept.write_bytes(kept.read_bytes()[:-1])


def test_a_file_that_was_just_written_is_indexed_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    assert load_corpus(in_file(tmp_path)).texts[0][:] == TEXT
    assert not (tmp_path / "cache" / "indexes").exists()


def test_an_index_is_what_was_dumped() -> None:
    data = TEXT.encode()
    index = index_of(lambda low, high: data[low:high], len(data))
    assert Index.load(index.dump()) == index
    with pytest.raises(DamagedIndexError):
        Index.load(index.dump() + b"x")


def test_a_file_is_closed_with_its_text(tmp_path: Path) -> None:
    text = load_corpus(in_file(tmp_path)).texts[0]
    assert isinstance(text, LargeText)
    descriptor = text.source.descriptor
    del text
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


@given(st.text("ab\r\n\x0b\x85\u2028é😀", max_size=60))
def test_lines_and_places_are_those_of_str(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_index, "BLOCK", 8)
        patch.setattr(large, "BLOCK", 8)
        for module in (large_index, large):
            patch.setattr(module, "WINDOW", 16)
        made = written("text", [text])
        assert made.line_count(any_break=True) == len(text.splitlines())
        assert made.line_count(any_break=False) == len(text.split("\n"))
        assert [made.place(made.byte(place)) for place in range(len(text) + 1)] == list(range(len(text) + 1))
        for number, line in enumerate(text.splitlines(keepends=True)):
            assert made.lines(number, 1, any_break=True) == (line, 1)


def test_pieces_join_to_the_text_and_are_cut_as_those_of_a_str() -> None:
    text = "".join(f"# Part {n}\n\n" + f"Words of part {n}. " * (n % 40) + "\n\n" for n in range(400))
    made = written("text", [text])
    assert cut(made, 500) == cut(text, 500, profile=profile(made))


@pytest.mark.parametrize(
    "asked", [("_init__", 0), ("slice", "a", None, None), ("lines", 1), ("scan", [1, 2], 0, 1), ("cuts",)]
)
def test_what_is_asked_in_another_way_is_an_error_and_no_more(asked: tuple[object, ...]) -> None:
    made = written("text", [TEXT])
    answers = LargeAnswers(Corpus((SourceText("text", made),)), [profile(made)])
    assert "error" in answers.answer(str(asked[0]), 0, asked[1:])
    assert answers.answer("slice", 0, (0, 5, None)) == TEXT[:5]


def test_patterns_are_looked_for_without_the_engine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_search, "has_engine", lambda: False)
    large_search.search_of.cache_clear()
    made = written("text", [TEXT])
    answers = LargeAnswers(Corpus((SourceText("text", made),)), [profile(made)])
    assert answers.answer("scan", 0, (["Zeile", 0], 0, 10)) is None  # then the sandbox looks, in pieces like this one
    assert answers.answer("piece", 0, (0, 100, 0))[1] == TEXT.index("\n", 100) + 1
    large_search.search_of.cache_clear()
