"""Where texts are cut, with and without an overlap."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.chunking import MOST, Chunks
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.context.pieces import assemble

CJK_SENTENCE_ENDS = ("\u3002", "\uff01", "\uff1f")
SEPARATORS = [r"(?m)^# ", r"(?m)^## ", r"\n\n", r"\n"]


def over(*texts: str) -> Chunks:
    documents = tuple(SourceText(f"note {number}.txt", text) for number, text in enumerate(texts))
    return Chunks(Corpus(documents), [profile(text) for text in texts])


def text_of(piece: Any, texts: list[str]) -> str:
    return assemble(piece, texts)


def chunks(text: str, size: int, overlap: int, separators: list[str]) -> list[str]:
    """The pieces of a text that may be cut at these separators."""
    known = Chunks(Corpus((SourceText("text", text),)), [replace(profile(text), separators=tuple(separators))])
    return [text_of(piece, [text]) for piece in known.pieces([0], size, overlap)]


def longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=0)


words = st.text(alphabet="abcäöü漢𝄞.,!#-", min_size=1, max_size=12)
gaps = st.sampled_from([" ", "  ", "\n", "\n\n", "\r\n", "\n# ", "\n## ", "\u2003", ". ", "! "])
prose = st.lists(st.tuples(words, gaps), max_size=80).map(lambda pairs: "".join(word + gap for word, gap in pairs))
anything = st.one_of(prose, st.text(max_size=400))


@given(text=anything, size=st.integers(1, 120))
def test_without_overlap_the_pieces_join_to_the_text(text: str, size: int) -> None:
    assert "".join(chunks(text, size, 0, SEPARATORS)) == text


@given(text=anything, size=st.integers(2, 120), data=st.data())
def test_no_piece_is_longer_than_size_and_none_is_empty(text: str, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    assert all(1 <= len(piece) <= size for piece in chunks(text, size, overlap, SEPARATORS))


@given(text=anything, size=st.integers(13, 120))
def test_a_word_that_fits_a_piece_is_never_cut(text: str, size: int) -> None:
    fits = longest_word(text) <= size
    for left, right in pairwise(chunks(text, size, 0, SEPARATORS)):
        at_a_gap = left[-1].isspace() or right[0].isspace()
        assert at_a_gap or not fits or left.endswith(CJK_SENTENCE_ENDS)


@given(ends=st.lists(gaps, max_size=80), size=st.integers(24, 120), data=st.data())
def test_an_overlap_repeats_the_end_of_the_text_before_it_from_a_word_start(
    ends: list[str], size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, size - 20))
    text = "".join(f"wörd{n:03d}{gap}" for n, gap in enumerate(ends)) + "end"
    end = 0
    for piece in chunks(text, size, overlap, SEPARATORS):
        start = text.find(piece)  # words are numbered: a piece is in the text once
        assert end - overlap <= start <= end
        assert start == 0 or text[start - 1].isspace() or text[start].isspace()
        end = start + len(piece)
    assert end == len(text)


@given(made=st.lists(anything, max_size=6), size=st.integers(1, 120))
def test_texts_that_code_made_are_cut_each_on_its_own_and_a_small_one_stays_whole(made: list[str], size: int) -> None:
    pieces = [text_of(piece, made) for piece in over("a document").pieces(made, size, 0)]
    assert pieces == [
        piece for text in made for piece in map(partial(text_of, texts=[text]), over().pieces([text], size, 0))
    ]
    assert all(text in pieces for text in made if 0 < len(text) <= size)


@given(text=st.text(alphabet="ab \n#", min_size=1, max_size=300), size=st.integers(1, 50))
def test_any_separators_leave_the_text_whole(text: str, size: int) -> None:
    for separators in ([], [r"a"], [r"(?m)^"], [r"(?m)^#+ "], [r"(?=b)"], [r"\s+"]):
        assert "".join(chunks(text, size, 0, separators)) == text


def test_the_coarsest_separator_wins() -> None:
    text = "".join(f"# {n}\n\n" + "A line of words.\n" * 30 for n in range(3))
    pieces = chunks(text, 600, 0, SEPARATORS)
    assert [piece[:4] for piece in pieces] == ["# 0\n", "# 1\n", "# 2\n"]


def test_small_units_fill_a_piece() -> None:
    text = "".join(f"## {n}\nwords\n\n" for n in range(100))
    pieces = chunks(text, 200, 0, SEPARATORS)
    assert all(len(piece) > 150 for piece in pieces[:-1])
    assert all(piece.startswith("## ") for piece in pieces)


def test_a_unit_that_fits_stays_whole_behind_a_short_one() -> None:
    records = ["a" * 10, "b " * 45, "c" * 10]
    assert chunks("\n".join(records), 100, 0, [r"\n"])[:2] == [records[0] + "\n", records[1] + "\n"]


def test_a_heading_stays_with_the_text_below_it_when_that_is_cut() -> None:
    text = "# Title\n" + "One sentence here. " * 40
    assert chunks(text, 200, 0, SEPARATORS)[0].startswith("# Title\nOne sentence")


def test_an_overlap_starts_at_a_line_if_that_keeps_half_of_it() -> None:
    text = "".join(f"line number {n}\n" for n in range(40))
    assert all(piece.startswith("line number") for piece in chunks(text, 100, 40, SEPARATORS))


def test_without_separators_the_cut_is_at_a_sentence_end() -> None:
    pieces = chunks("This is a sentence of words. " * 20, 100, 0, [])
    assert all(piece.endswith("words. ") for piece in pieces)


def test_a_word_longer_than_size_is_cut() -> None:
    assert chunks("ab " + "x" * 25, 10, 0, []) == ["ab ", "x" * 10, "x" * 10, "x" * 5]


def test_an_empty_text_has_no_pieces() -> None:
    assert chunks("", 10, 0, SEPARATORS) == []


@pytest.mark.parametrize(
    ("texts", "size", "overlap", "words"),
    [
        ([1], 5, 0, "must be a str or a list of str"),
        ([True], 5, 0, "must be a str or a list of str"),
        ([None], 5, 0, "must be a str or a list of str"),
        ([0], 0, 0, "pieces of 0 characters"),
        ([0], 5, 5, "pieces of 5 characters"),
        ([0], 5, -1, "pieces of 5 characters"),
        (["x" * (MOST + 1)], 1, 0, "would be more than 1,000,000"),
    ],
)
def test_what_cannot_be_cut_is_told(texts: list[Any], size: int, overlap: int, words: str) -> None:
    assert words in over("a text").answer(texts, size, overlap)["error"]  # type: ignore[call-overload]
