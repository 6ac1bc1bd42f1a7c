"""Every form a caller may pass as `context`, and what each mistake says."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.errors import InputError

"""How fast a loaded machine is proves nothing."""


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def names(corpus: Corpus) -> list[str]:
    return [document.name for document in corpus.documents]


def refused(context: Any) -> str:
    with pytest.raises(InputError) as caught:
        load_corpus(context)
    return str(caught.value)


# -- texts and documents ----------------------------------------------------------------------------------------------


def test_one_text_is_single_and_a_list_of_one_is_not() -> None:
    assert load_corpus("text") == Corpus((SourceText("text", "text"),), single=True)
    assert not load_corpus(["text"]).single


def test_a_list_of_texts_keeps_its_order_and_numbers_its_names() -> None:
    corpus = load_corpus(["b", "a", ""])
    assert corpus.texts == ("b", "a", "")
    assert len(set(names(corpus))) == 3


def test_a_document_brings_its_metadata_and_is_named_by_source_title_or_id() -> None:
    assert load_corpus(Document("x", metadata={"source": "s", "title": "t"}, id="i")).documents == (
        SourceText("s", "x", {"source": "s", "title": "t"}),
    )
    assert names(load_corpus(Document("x", metadata={"title": "t"}, id="i"))) == ["t"]
    assert names(load_corpus(Document("x", id="i"))) == ["i"]
    assert names(load_corpus([Document("x"), Document("y")])) == ["document 1", "document 2"]
    assert load_corpus(Document("x")).single


def test_texts_documents_and_paths_may_be_mixed_in_a_list(tmp_path: Path) -> None:
    path = write(tmp_path / "f.txt", "from a file")
    assert load_corpus(["s", Document("d"), path]).texts == ("s", "d", "from a file")


def test_a_mapping_gives_its_names_to_its_texts() -> None:
    corpus = load_corpus({"a": "one", "b": Document("two", metadata={"k": 1})})
    assert corpus.documents == (SourceText("a", "one"), SourceText("b", "two", {"k": 1}))
    assert not corpus.single


def test_an_iterator_is_read_once_and_whole() -> None:
    assert load_corpus(text for text in ("a", "b")).texts == ("a", "b")


def test_a_corpus_passes_through_unchanged() -> None:
    corpus = load_corpus({"a": "one", "b": "two"})
    assert load_corpus(corpus) == corpus


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "a (2) (2)", "b"]), min_size=1, max_size=8))
def test_names_that_occur_twice_are_told_apart(given_names: list[str]) -> None:
    corpus = load_corpus([Document("x", metadata={"source": name}) for name in given_names])
    assert len(set(names(corpus))) == len(given_names)


def test_mapping_names_that_are_the_same_as_text_are_told_apart() -> None:
    assert names(load_corpus({1: "one", "1": "uno"})) == ["1", "1 (2)"]


@pytest.mark.parametrize("context", [None, 5, 2.5, True, b"bytes", bytearray(b"x"), object()])
def test_what_is_no_text_is_refused_with_its_type_and_the_forms_there_are(context: object) -> None:
    said = refused(context)
    assert ("None" if context is None else type(context).__name__) in said
    assert "Pass a str, a Document" in said


@pytest.mark.parametrize("item", [None, 5, b"bytes", ["nested"]])
def test_an_item_that_is_no_text_is_refused_with_its_place(item: object) -> None:
    assert "Item 1 of the context" in refused(["fine", item])


@pytest.mark.parametrize("value", [None, 5, b"bytes", ["list"]])
def test_a_named_text_that_is_no_text_is_refused_with_its_name(value: object) -> None:
    assert "'broken'" in refused({"fine": "x", "broken": value})


@pytest.mark.parametrize("context", ["", "  \n\t", [], {}, [""], ["", " \n"], Document(""), {"a": ""}, iter(())])
def test_a_context_without_text_is_refused(context: object) -> None:
    assert re.search(r"no document|no text|without text", refused(context))


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_one_text_and_keeps_its_path_as_source(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "text\r\nmore\n")
    corpus = load_corpus(path)
    assert corpus.single
    assert corpus.texts == ("text\r\nmore\n",)
    assert corpus.documents[0].metadata["source"] == str(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_files_are_read_with_and_without_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "a.txt", "Grüße, 漢字 😀".encode(encoding))
    assert load_corpus(path).texts == ("Grüße, 漢字 😀",)


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-32-be"])
def test_big_endian_files_with_a_mark_are_read(tmp_path: Path, encoding: str) -> None:
    assert load_corpus(write(tmp_path / "a.txt", "\ufeffGrüße".encode(encoding))).texts == ("Grüße",)


@pytest.mark.parametrize(("data", "offset"), [(b"caf\xe9", "3"), (b"x" * 1_234 + b"\xe9", "1,234")])
def test_a_latin_1_file_is_refused_with_the_offset_of_the_byte(tmp_path: Path, data: bytes, offset: str) -> None:
    said = refused(write(tmp_path / "latin.txt", data))
    assert f"byte {offset} is 0xe9" in said
    assert "latin.txt" in said


def test_the_offset_of_a_bad_byte_counts_the_byte_order_mark(tmp_path: Path) -> None:
    assert "byte 5 is 0xe9" in refused(write(tmp_path / "a.txt", b"\xef\xbb\xbfab\xe9"))


def test_a_binary_file_named_outright_is_refused(tmp_path: Path) -> None:
    assert "binary" in refused(write(tmp_path / "a.bin", b"PK\x03\x04\0\0"))
    assert "binary" in refused([write(tmp_path / "b.bin", b"\0")])


def test_a_path_where_nothing_is_is_refused_with_the_place_that_was_looked_in(tmp_path: Path) -> None:
    assert str(tmp_path / "missing.txt") in refused(tmp_path / "missing.txt")
    assert str(Path.cwd()) in refused(Path("missing-here.txt"))


def test_a_str_is_a_text_even_when_it_looks_like_a_path(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "inside")
    assert load_corpus(str(path)).texts == (str(path),)


# -- directories and patterns -----------------------------------------------------------------------------------------


def test_a_directory_is_read_in_the_order_of_names_without_hidden_and_binary_files(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "B")
    write(tmp_path / "a.txt", "A")
    write(tmp_path / "sub" / "c.md", "C")
    write(tmp_path / ".env", "SECRET")
    write(tmp_path / ".git" / "config", "HIDDEN")
    write(tmp_path / "logo.png", b"\x89PNG\0\0")
    corpus = load_corpus(tmp_path)
    assert sorted(corpus.texts) == ["A", "B", "C"]
    assert corpus.texts.index("A") < corpus.texts.index("B")
    assert not corpus.single
    assert [Path(document.metadata["source"]).read_text(encoding="utf-8") for document in corpus.documents] == [
        *corpus.texts
    ]


def test_a_broken_link_in_a_directory_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "A")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    assert load_corpus(tmp_path).texts == ("A",)


def test_files_of_the_same_name_in_several_directories_keep_names_of_their_own(tmp_path: Path) -> None:
    paths = [write(tmp_path / folder / "a.txt", folder) for folder in ("one", "two")]
    for context in (tmp_path, paths, tmp_path / "*" / "a.txt"):
        corpus = load_corpus(context)
        assert corpus.texts == ("one", "two")
        assert len(set(names(corpus))) == 2


@pytest.mark.parametrize("content", [{}, {"only.png": b"\0\0"}, {".hidden": b"text"}])
def test_a_directory_without_text_is_refused(tmp_path: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        write(tmp_path / name, data)
    said = refused(tmp_path)
    assert str(tmp_path) in said
    assert "no text file" in said


def test_a_pattern_reads_the_files_it_matches(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "A")
    write(tmp_path / "deep" / "er" / "b.md", "B")
    write(tmp_path / "c.txt", "C")
    assert sorted(load_corpus(tmp_path / "**" / "*.md").texts) == ["A", "B"]
    assert not load_corpus(tmp_path / "*.md").single


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "A")
    assert "no file matches" in refused(tmp_path / "*.md")


def test_a_file_with_brackets_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    assert load_corpus(write(tmp_path / "a[1].txt", "A")).texts == ("A",)
