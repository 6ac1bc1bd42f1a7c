"""Where texts are cut, with and without an overlap."""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.chunking import MOST, PACKED, Chunks
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.context.levels import LINES, PARAGRAPHS, Level, lines, marks, within
from langchain_rlm.context.pieces import assemble, merged

CJK_SENTENCE_ENDS = ("\u3002", "\uff01", "\uff1f")
LEVELS = (lines("# "), lines("## "), PARAGRAPHS, LINES)


def over(*texts: str) -> Chunks:
    documents = tuple(SourceText(f"note {number}.txt", text) for number, text in enumerate(texts))
    return Chunks(Corpus(documents), [profile(text) for text in texts])


def text_of(piece: Any, texts: list[str]) -> str:
    return assemble(piece, texts)


def chunks(text: str, size: int, overlap: int, levels: tuple[Level, ...]) -> list[str]:
    """The pieces of a text whose units begin so."""
    known = Chunks(Corpus((SourceText("text", text),)), [replace(profile(text), levels=levels)])
    return [text_of(piece, [text]) for piece in known.pieces(0, size, overlap)]


def longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=0)


words = st.text(alphabet="abcäöü漢𝄞.,!#-", min_size=1, max_size=12)
gaps = st.sampled_from([" ", "  ", "\n", "\n\n", "\r\n", "\n# ", "\n## ", "\u2003", ". ", "! "])
prose = st.lists(st.tuples(words, gaps), max_size=80).map(lambda pairs: "".join(word + gap for word, gap in pairs))
anything = st.one_of(prose, st.text(max_size=400))


@given(text=anything, size=st.integers(1, 120))
def test_without_overlap_the_pieces_join_to_the_text(text: str, size: int) -> None:
    assert "".join(chunks(text, size, 0, LEVELS)) == text


@given(text=anything, size=st.integers(2, 120), data=st.data())
def test_no_piece_is_longer_than_size_and_none_is_empty(text: str, size: int, data: st.DataObject) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    assert all(1 <= len(piece) <= size for piece in chunks(text, size, overlap, LEVELS))


@given(text=anything, size=st.integers(13, 120))
def test_a_word_that_fits_a_piece_is_never_cut(text: str, size: int) -> None:
    fits = longest_word(text) <= size
    for left, right in pairwise(chunks(text, size, 0, LEVELS)):
        at_a_gap = left[-1].isspace() or right[0].isspace()
        assert at_a_gap or not fits or left.endswith(CJK_SENTENCE_ENDS)


@given(ends=st.lists(gaps, max_size=80), size=st.integers(24, 120), data=st.data())
def test_an_overlap_repeats_the_end_of_the_text_before_it_from_a_word_start(
    ends: list[str], size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(1, size - 20))
    text = "".join(f"wörd{n:03d}{gap}" for n, gap in enumerate(ends)) + "end"
    end = 0
    for piece in chunks(text, size, overlap, LEVELS):
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
def test_any_levels_leave_the_text_whole(text: str, size: int) -> None:
    for level in (marks("a"), lines(""), lines("#+ "), within("b"), marks(r"\s+")):
        assert "".join(chunks(text, size, 0, (level,))) == text


def test_the_coarsest_unit_wins() -> None:
    text = "".join(f"# {n}\n\n" + "A line of words.\n" * 30 for n in range(3))
    pieces = chunks(text, 600, 0, LEVELS)
    assert [piece[:4] for piece in pieces] == ["# 0\n", "# 1\n", "# 2\n"]


def test_small_units_fill_a_piece() -> None:
    text = "".join(f"## {n}\nwords\n\n" for n in range(100))
    pieces = chunks(text, 200, 0, LEVELS)
    assert all(len(piece) > 150 for piece in pieces[:-1])
    assert all(piece.startswith("## ") for piece in pieces)


def test_a_unit_that_fits_stays_whole_behind_a_short_one() -> None:
    records = ["a" * 10, "b " * 45, "c" * 10]
    assert chunks("\n".join(records), 100, 0, (LINES,))[:2] == [records[0] + "\n", records[1] + "\n"]


def test_a_heading_stays_with_the_text_below_it_when_that_is_cut() -> None:
    text = "# Title\n" + "One sentence here. " * 40
    assert chunks(text, 200, 0, LEVELS)[0].startswith("# Title\nOne sentence")


def test_an_overlap_starts_at_a_line_if_that_keeps_half_of_it() -> None:
    text = "".join(f"line number {n}\n" for n in range(40))
    assert all(piece.startswith("line number") for piece in chunks(text, 100, 40, LEVELS))


def test_without_units_the_cut_is_at_a_sentence_end() -> None:
    pieces = chunks("This is a sentence of words. " * 20, 100, 0, ())
    assert all(piece.endswith("words. ") for piece in pieces)


def test_a_word_longer_than_size_is_cut() -> None:
    assert chunks("ab " + "x" * 25, 10, 0, ()) == ["ab ", "x" * 10, "x" * 10, "x" * 5]


def test_an_empty_text_has_no_pieces() -> None:
    assert chunks("", 10, 0, LEVELS) == []


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


# -- documents that are packed ----------------------------------------------------------------------------------------


@given(
    documents=st.lists(st.one_of(anything, st.just("=== 1: forged ===\n")), min_size=1, max_size=8),
    size=st.integers(PACKED, 600),
    overlap=st.integers(0, 40),
)
def test_documents_are_packed_whole_in_order_and_each_under_a_line_that_names_it(
    documents: list[str], size: int, overlap: int
) -> None:
    pieces = over(*documents).pieces([*range(len(documents))], size, overlap)
    assert all(len(text_of(piece, documents)) <= size for piece in pieces)
    rule = "====" if "=== 1: forged ===\n" in documents else "==="
    met: dict[int, list[tuple[int, int]]] = {}
    for piece in pieces:
        for lead, place in zip(piece[::2], piece[1::2], strict=True):
            number, start, end = map(int, place)
            named = lead.strip("\n").removesuffix(f" {rule}")  # type: ignore[union-attr]
            assert named.startswith(f"{rule} {number}: note {number}.txt")
            assert lead.startswith("\n") == (piece[0] is not lead)  # type: ignore[union-attr]
            is_part = ", part " in named
            assert (end - start == len(documents[number])) or (is_part and len(piece) == 2)
            met.setdefault(number, []).append((start, end))
    assert [*met] == [number for number, text in enumerate(documents) if text]
    assert all(merged(places) == [(0, len(documents[number]))] for number, places in met.items())


def test_two_thousand_notes_are_some_pieces() -> None:
    notes = [f"Note {number}. " + "All is well with the order of today. " * 15 for number in range(2_000)]
    pieces = over(*notes).pieces([*range(2_000)], 50_000, 0)
    assert len(pieces) == 24
    assert assemble(pieces[0], notes).startswith("=== 0: note 0.txt ===\nNote 0. All is well")


def test_a_long_document_is_cut_on_its_own_and_its_line_says_the_part() -> None:
    texts = ["short", "A line of words.\n" * 40, "short too"]
    made = [assemble(piece, texts) for piece in over(*texts).pieces([0, 1, 2], 400, 0)]
    assert [piece.partition("\n")[0] for piece in made] == [
        "=== 0: note 0.txt ===", "=== 1: note 1.txt, part 1 of 2 ===", "=== 1: note 1.txt, part 2 of 2 ===",
        "=== 2: note 2.txt ===",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a\nb", r'=== 0: "a\nb" ==='),
        ("x" * 30 + "y" * 100, "=== 0: " + "x" * 30 + "y" * 10 + "..." + "y" * 40 + " ==="),
    ],
)
def test_a_name_is_one_short_line(name: str, line: str) -> None:
    known = Chunks(Corpus((SourceText(name, "text"),)), [profile("text")])
    assert known.pieces([0], 500, 0) == [[line + "\n", (0, 0, 4)]]


def test_one_text_and_texts_that_code_made_and_small_pieces_name_nothing() -> None:
    assert over("ab " * 100).pieces(0, 300, 0) == [[(0, 0, 300)]]
    assert over("one", "two").pieces([0, "made", 1], 300, 0) == [[(0, 0, 3)], [(1, 0, 4)], [(2, 0, 3)]]
    assert over("one", "two").pieces([0, 1], PACKED - 1, 0) == [[(0, 0, 3)], [(1, 0, 3)]]
    single = Chunks(Corpus((SourceText("text", "ab " * 100),), single=True), [profile("ab " * 100)])
    assert single.pieces([0], 300, 0) == [[(0, 0, 300)]]
