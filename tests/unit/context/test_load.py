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
from langchain_rlm.context.text import whole
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


def test_the_offset_of_a_bad_byte_counts_the_byte_order_mark(tmp_path: Path) -> None:
    assert "byte 5 is 0xe9" in refused(write(tmp_path / "a.txt", b"\xef\xbb\xbfab\xe9"))


def test_a_binary_file_named_outright_is_refused(tmp_path: Path) -> None:
    assert "binary" in refused(write(tmp_path / "a.bin", b"PK\x03\x04\0\0"))
    assert "binary" in refused([write(tmp_path / "b.bin", b"\0")])


def test_a_path_where_nothing_is_is_refused_with_the_place_that_was_looked_in(tmp_path: Path) -> None:
    assert str(tmp_path / "missing.txt") in refused(tmp_path / "missing.txt")
    assert str(Path.cwd()) in refused(Path("missing-here.txt"))


# -- texts that are paths ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.txt", "deep/a", "my notes.txt", "deep", " a.txt\n"])
def test_a_text_that_names_a_file_which_is_there_is_refused_and_both_remedies_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for file in ("a.txt", "deep/a", "my notes.txt"):
        write(tmp_path / file, "inside")
    monkeypatch.chdir(tmp_path)
    said = refused(name)
    assert f"Path({name!r})" in said
    assert f"Document({name!r})" in said
    assert "inside" in load_corpus(Path(name.strip())).texts
    assert load_corpus(Document(name)).texts == (name,)


@pytest.mark.parametrize(
    "form", [lambda path: [path], lambda path: {"a": path}, lambda path: ["x", Document("y"), path]]
)
def test_so_is_one_in_a_list_or_with_a_name(tmp_path: Path, form: Any) -> None:
    path = str(write(tmp_path / "a.txt", "inside"))
    assert f"Path({path!r})" in refused(form(path))


def test_a_text_that_is_a_pattern_of_files_is_refused_too(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "inside")
    assert "is a path, not a text" in refused(f"{tmp_path}/*.txt")
    assert load_corpus("What? Why *not*?").texts == ("What? Why *not*?",)


@pytest.mark.parametrize("path", ["contracts/missing.md", "missing.pdf", "/no/such/file", "~/missing", "..\\a\\b.txt"])
def test_one_text_with_the_form_of_a_path_is_refused_though_nothing_is_there(path: str) -> None:
    assert "is a path, not a text" in refused(path)


@pytest.mark.parametrize(
    "text",
    ["One.", "yes/no", "3.14", "and/or", "a@b.org", "https://a.org/b.html", "He wrote a.txt today.", "a.txt\nb.txt",
     "1/2/2024", "v1.2", "e.g. this", "ratio 3/4", "x" * 600 + ".txt"],
)  # fmt: skip
def test_other_short_texts_are_texts(text: str) -> None:
    assert load_corpus(text).texts == (text,)
    assert load_corpus([text, "missing.md"]).texts == (text, "missing.md")


def test_texts_that_come_from_elsewhere_say_nothing_of_what_files_there_are(tmp_path: Path) -> None:
    there = str(write(tmp_path / "with a space", "inside"))
    assert load_corpus(there, looks_for_files=False).texts == (there,)


# -- directories and patterns -----------------------------------------------------------------------------------------


def test_a_directory_is_read_in_the_order_of_names_without_hidden_and_binary_files(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "B")
    write(tmp_path / "a.txt", "A")
    write(tmp_path / "sub" / "c.md", "C")
    write(tmp_path / ".env", "SECRET")
    write(tmp_path / ".git" / "config", "HIDDEN")
    write(tmp_path / "logo.png", b"\x89PNG\0\0")
    corpus = load_corpus(tmp_path)
    assert sorted(map(whole, corpus.texts)) == ["A", "B", "C"]
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
    assert sorted(load_corpus(tmp_path / "**" / "*.md").texts, key=whole) == ["A", "B"]
    assert not load_corpus(tmp_path / "*.md").single


def test_a_pattern_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "A")
    assert "no file matches" in refused(tmp_path / "*.md")


def test_a_file_with_brackets_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    assert load_corpus(write(tmp_path / "a[1].txt", "A")).texts == ("A",)
