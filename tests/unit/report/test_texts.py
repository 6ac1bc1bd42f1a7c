"""Long texts are held once and cut to what a page may weigh; JSON that is safe inside a script element."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.journal.excerpts import KnownText
from langchain_rlm.report.texts import Joined, Sources, Texts, as_json, excerpt, level, size
from tests.unit.report.records import HOSTILE

ANY = st.text(st.characters(categories=None), max_size=200)


@given(ANY)
def test_json_gives_the_text_back_and_holds_nothing_that_a_page_could_mistake(text: str) -> None:
    written = as_json(text)
    assert json.loads(written) == json.loads(json.dumps(text))
    assert not set(written) & set("<>&\u2028\u2029\u202e\ufeff\x00\x7f\x9b")
    written.encode()


def test_a_hostile_text_closes_no_element() -> None:
    written = as_json([HOSTILE, {HOSTILE: HOSTILE}])
    assert "</" not in written
    assert "<!" not in written


def test_the_same_text_is_held_once() -> None:
    texts = Texts()
    assert [texts.add(text) for text in ("a", "b", "a")] == [0, 1, 0]
    assert texts.table() == ["a", "b"]


@given(st.lists(st.integers(0, 1000), max_size=30), st.integers(0, 5000))
def test_only_the_largest_are_cut_and_all_together_fit(sizes: list[int], limit: int) -> None:
    most = level(sizes, limit)
    assert sum(min(each, most) for each in sizes) <= limit or not sizes
    if sum(sizes) <= limit:
        assert most >= max(sizes, default=0)


@pytest.mark.parametrize("letter", ["a", "語", "<", "\x00"])
def test_a_long_text_keeps_its_beginning_and_end_and_says_how_long_it_was(letter: str) -> None:
    texts = Texts()
    texts.add("short")
    texts.add("first " + letter * 100_000 + " last")
    short, (head, tail, whole) = texts.table(9_000)
    assert short == "short"
    assert head.startswith("first ")
    assert tail.endswith(" last")
    assert whole == 100_011
    assert 8_000 < size([short, head, tail]) <= 9_100


@given(st.lists(st.tuples(ANY, st.integers(0, 250), st.integers(0, 250))), st.integers(0, 300), st.integers(0, 300))
def test_stretches_joined_are_what_they_would_be_as_one_text(
    stretches: list[tuple[str, int, int]], start: int, end: int
) -> None:
    whole = "".join(text[low:high] for text, low, high in stretches)
    joined = Joined(stretches)
    assert (len(joined), joined[start:end]) == (len(whole), whole[start:end])


def test_a_span_of_a_document_put_together_of_very_large_ones_is_read_at_its_ends_only() -> None:
    far = 10**12
    known = KnownText([{"kind": "excerpt", "document": 0, "start": far, "end": far + 4, "text": "last"}])
    sources = Sources(str, [known])
    place = sources.below([[0, 0, far + 4], "!"], "text 1", sources.root)
    sources.span(place, 0, far + 5)
    _, [[*_, end]] = sources.table()
    assert end.endswith("last!")


def test_an_excerpt_is_the_ends_of_a_span_or_all_of_a_short_one() -> None:
    text = "0123456789" * 10
    assert excerpt(text, 0, 100, 10) == ("0123456789", "0123456789")
    assert excerpt(text, 5, 20, 10) == ("567890123456789",)
    assert excerpt(None, 0, 100, 10) == ()
    assert excerpt(text, 95, 400, 10) == ("56789",)


def test_excerpts_shrink_when_spans_are_many() -> None:
    text = "語" * 1_000_000
    sources = Sources(lambda index: f"d{index}", [text])
    for start in range(5_000):
        sources.span(sources.root(0), start * 200, start * 200 + 190)
    names, spans = sources.table(limit=500_000)
    assert names == ["d0"]
    assert len(spans) == 5_000
    assert size(spans) <= 1_000_000
    assert len(spans[0][3]) < 95


def test_a_piece_of_a_document_below_is_shown_as_what_it_is_of_the_document_above() -> None:
    sources = Sources(lambda index: f"d{index}", ["zero", "abcdefghij" * 10])
    below = sources.below([[1, 10, 60]], "text 1", sources.root)
    deepest = sources.below([[0, 5, 45]], "text 1", lambda _: below)
    sources.span(deepest, 2, 8)
    names, spans = sources.table()
    assert (names, spans) == (["d1"], [[0, 17, 23, "hijabc"]])


def test_a_document_below_of_several_pieces_has_a_text_of_its_own() -> None:
    sources = Sources(lambda index: f"d{index}", ["abcdef"])
    below = sources.below(["<", [0, 1, 3], ">"], "text 1", sources.root)
    sources.span(below, 0, 4)
    assert sources.table() == (["text 1"], [[0, 0, 4, "<bc>"]])
    without = Sources(lambda index: f"d{index}", None)
    without.span(without.below(["<", [0, 1, 3], ">"], "text 1", without.root), 0, 4)
    assert without.table() == (["text 1"], [[0, 0, 4]])
