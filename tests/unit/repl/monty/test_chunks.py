"""`chunks` runs in the sandbox and in CPython; what holds in one holds in the other."""

import re
import time
from collections.abc import Callable, Sequence
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_monty import Monty, MontyRuntimeError

SOURCE = resources.files("langchain_rlm.repl.monty").joinpath("sandbox", "chunks.py").read_text(encoding="utf-8")
CJK_SENTENCE_ENDS = ("\u3002", "\uff01", "\uff1f")
SEPARATORS = [r"(?m)^# ", r"(?m)^## ", r"\n\n", r"\n"]


def load() -> Callable[[Any, Any, Any, Sequence[str]], list[str]]:
    names: dict[str, Any] = {}
    exec(compile(SOURCE, "chunks.py", "exec"), names)  # noqa: S102 - the sandbox's own source
    chunks: Callable[[Any, Any, Any, Sequence[str]], list[str]] = names["_rlm_chunks"]
    return chunks


chunks = load()


def chunks_in_monty(text: Any, size: int, overlap: int, separators: list[str]) -> list[str]:
    with Monty() as pool, pool.checkout(limits={"max_feed_duration_secs": 30}) as session:
        session.feed_run(SOURCE)
        inputs = {"text": text, "size": size, "overlap": overlap, "separators": separators}
        pieces: list[str] = session.feed_run("_rlm_chunks(text, size, overlap, separators)", inputs=inputs)
        return pieces


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


@given(documents=st.lists(anything, max_size=6), size=st.integers(1, 120))
def test_each_document_is_cut_on_its_own_and_a_small_one_stays_whole(documents: list[str], size: int) -> None:
    expected = [piece for document in documents for piece in chunks(document, size, 0, SEPARATORS)]
    assert chunks(documents, size, 0, SEPARATORS) == expected
    assert all(document in expected for document in documents if 0 < len(document) <= size)


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
    assert chunks(["", "a"], 10, 0, SEPARATORS) == ["a"]


@pytest.mark.parametrize(
    ("text", "size", "overlap", "error", "words"),
    [
        ("a", 0, 0, ValueError, "not 0"),
        ("a", 5, 5, ValueError, "below size (5), not 5"),
        ("a", 5, -1, ValueError, "not -1"),
        ("a", "5", 0, TypeError, "not '5'"),
        ("a", 5, True, TypeError, "not True"),
        (None, 5, 0, TypeError, "not NoneType"),
        (["a", 3], 5, 0, TypeError, "text[1] must be a str, not int"),
    ],
)
def test_bad_arguments_are_named(text: Any, size: Any, overlap: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        chunks(text, size, overlap, SEPARATORS)


def test_a_separator_with_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="capture groups"):
        chunks("a b c d", 2, 0, ["( )"])


def sample_texts() -> dict[str, Any]:
    sentence = "Ein schöner Satz über Bäume — und noch einer. "
    return {
        "paragraphs": ("# Titel\n\n" + (sentence * 5 + "\n") * 4 + "\n") * 60,
        "one line": sentence * 900,
        "no sentences": "wort " * 9000,
        "no spaces": "漢字𝄞" * 12000,
        "ascii": "Plain words of a text.\r\n" * 2500,
        "odd spaces": "a\x1fb\u2003c\xa0d\x85e\u3000" * 3000,
        "documents": ["ein Wort " * 700, "", "kurz"],
    }


@pytest.mark.parametrize("name", sample_texts())
@pytest.mark.parametrize(("size", "overlap"), [(1000, 0), (700, 150)])
def test_the_sandbox_cuts_as_cpython_does(name: str, size: int, overlap: int) -> None:
    text = sample_texts()[name]
    assert chunks_in_monty(text, size, overlap, SEPARATORS) == chunks(text, size, overlap, SEPARATORS)


def test_bad_arguments_are_named_in_the_sandbox_too() -> None:
    with pytest.raises(MontyRuntimeError, match=r"ValueError: chunks: size must be at least 1"):
        chunks_in_monty("a", 0, 0, SEPARATORS)


def seconds_in_monty(text: str, size: int) -> float:
    """How long the sandbox takes to cut `text`, for a measurement by hand; no test depends on it."""
    with Monty() as pool, pool.checkout(limits={"max_feed_duration_secs": 60}) as session:
        session.feed_run(SOURCE, inputs={"text": text, "size": size, "separators": SEPARATORS})
        started = time.perf_counter()
        session.feed_run("pieces = _rlm_chunks(text, size, 0, separators)")
        return time.perf_counter() - started
