"""Pieces join to the text, none is above its size, and nothing that fits into a piece is cut in two."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import profile
from tests.documents.kinds import MAKERS, SIZES, cuts_inside, made


def pieces_of(text: str, size: int, name: str = "") -> list[str]:
    return [text[start:end] for start, end in pairwise([0, *cut(text, size, name=name)])]


@pytest.mark.parametrize("kind", MAKERS)
def test_no_unit_that_fits_into_a_piece_is_cut(kind: str) -> None:
    name, document = made(kind, seed=1)
    for size in SIZES:
        ends = cut(document.text, size, name=name)
        assert "".join(document.text[start:end] for start, end in pairwise([0, *ends])) == document.text
        assert max(end - start for start, end in pairwise([0, *ends])) <= size
        assert cuts_inside(document.units, ends, size) == []
        assert len(ends) <= 2.5 * len(document.text) / size + 1


PARTS = [
    "{", "}", '"a":', "1,", "[", "]", "# x", "\n", "a;b", "<p>", "</p>", "\r\n", "\x00", "User: ", "\ud800", "\udc00",
    "word ", "```\n", "(", ")",
    "'", '"', "e\u0301", "👩\u200d🌾", "\f", "12:00:00 ", "2024-01-02 10:00:00 x\n", "def f():\n", "\r", "河水。",
]  # fmt: skip


@given(
    text=st.one_of(st.text(), st.lists(st.sampled_from(PARTS), max_size=80).map("".join)),
    size=st.integers(1, 60),
    name=st.sampled_from(["", "a.json", "a.csv", "a.md", "a.xml", "a.py", "a.sql", "a.log", "a.ics", "a.yaml"]),
)
def test_any_text_is_cut_into_pieces_that_join_to_it(text: str, size: int, name: str) -> None:
    pieces = pieces_of(text, size, name)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= size for piece in pieces)


@given(words=st.lists(st.sampled_from(["river", "12,345.67", "x", "café", "don't", "3.14e-10", "\\u00e9"]), min_size=1))
def test_no_word_or_number_that_fits_is_cut(words: list[str]) -> None:
    for piece in pieces_of(" ".join(words), 12):
        assert set(piece.split()) <= set(words)


@given(
    tokens=st.lists(
        st.sampled_from(["\\n", "\\u00e9", "&amp;", "12.5", "word", "%C3", ",", ";", "\r\n", "e\u0301"]), min_size=1
    ),
    size=st.integers(7, 30),
)
def test_without_spaces_no_token_that_fits_is_cut(tokens: list[str], size: int) -> None:
    """Neighbours that read as one word or number are one token."""
    text = ",".join(tokens)
    places = set()
    at = 0
    for token in tokens:
        places |= set(range(at + 1, at + len(token)))
        at += len(token) + 1
    assert places.isdisjoint(cut(text, size))


@pytest.mark.parametrize("pair", ["\r\n", "e\u0301", "\ud83d\ude00", "👍🏽", "🇮🇹", "👩\u200d🌾"])
def test_what_is_one_character_to_a_reader_stays_whole(pair: str) -> None:
    text = pair * 50
    assert all(end % len(pair) == 0 for end in cut(text, len(pair) * 3 - 1 if len(pair) > 1 else 2))


def test_line_breaks_stay_with_the_piece_before() -> None:
    text = "".join(f"Paragraph {number} has some words.\n\n\n" for number in range(50))
    assert all(piece.startswith("Paragraph") for piece in pieces_of(text, 200))


def test_a_unit_that_is_too_long_is_cut_at_the_next_level_then_at_sentences_and_words() -> None:
    sentences = " ".join(f"Sentence {number} goes on and on." for number in range(40))
    text = f"# One\n\nshort text\n\n# Two\n\n{sentences}\n\nlast words of it\n\n# Three\n\nend of it\n"
    pieces = pieces_of(text, 300, "a.md")
    assert all(re.search(r"[.\n]\s*$", piece) for piece in pieces)


def test_a_word_longer_than_a_piece_is_cut_at_the_size() -> None:
    assert cut("x" * 95, 30) == [30, 60, 90, 95]


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_1_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"size must be at least 1 character, not {size}"):
        cut("text", size)


def test_a_profile_at_hand_is_taken() -> None:
    name, document = made("table under comments")
    assert cut(document.text, 2_000, profile=profile(document.text, name=name)) == cut(document.text, 2_000, name=name)


def test_strings_longer_than_a_piece_do_not_spoil_what_comes_after_them() -> None:
    long = '"' + "some, words {and [braces] " * 200 + '"'
    text = '[{"a": 1, "text": ' + long + '}, {"b": "' + '"}, {"b": "'.join("cd" * 20 for _ in range(100)) + '"}]'
    ends = cut(text, 500)
    after = [end for end in ends[:-1] if end > text.index('{"b"')]
    assert len(after) > 5
    assert all(text[end:].startswith('{"b"') for end in after)


HOSTILE = {repr(part): part for part in (
    "a", '"', "'", "{", "[", "(", "<", " ", "# ", "\n", "\t", ",", ";", "|", "- ", "<a>", "\\", "a: ", ">", "1:",
    "```\n", "`", "<!--",
    "a(", '"a"', "-", "*", "@", "[[", "A. ", "From ", "\r", "\u0301", "\u200d", "/*", "--", "12:00", "a=b;",
)}  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_take_time_by_their_length(part: str) -> None:
    """A pattern that reads the rest of the text again at every place does not come back from this."""
    text = "x\ny\n" + part * (30_000 // len(part))
    for name in ("", "a.md"):
        assert cut(text, 5_000, profile=profile(text, name=name))[-1] == len(text)


@pytest.mark.parametrize("opened", ['[{"a":1},\n' + "{" * 20_000, "INSERT INTO t VALUES (1);\n" + "(" * 20_000])
def test_brackets_that_are_never_closed_make_no_tiny_pieces(opened: str) -> None:
    assert len(cut(opened, 1_000)) < 2.5 * len(opened) / 1_000
