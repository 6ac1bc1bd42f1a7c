"""Quotes are found where their words are, whatever white space, quotation marks, hyphens and Unicode forms do."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.quotes import MOST, Place, find, fold, nearest

TEXT = (
    "Chapter 1.\nThe well-known docu-\nment says: “Nothing   is certain” — not even naïve ﬁnancial\ncafé rules. "
    "It isn\u2019t 1,000 but 1.000 or 10-00.\nThe end of chapter 1."
)


def texts_of(quote: str, *texts: str) -> list[str]:
    return [texts[place.document][place.start : place.end] for place in find(quote, texts, range(len(texts)))]


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("Nothing   is certain", "Nothing   is certain"),
        ("Nothing is certain", "Nothing   is certain"),
        ('says: "Nothing is certain"', "says: “Nothing   is certain”"),
        ("The well-known document says", "The well-known docu-\nment says"),
        ("The wellknown document says", "The well-known docu-\nment says"),
        ("certain\u201d\u2013not even", "certain” — not even"),
        ("not even naïve financial café rules", "not even naïve ﬁnancial\ncafé rules"),
        (unicodedata.normalize("NFD", "naïve ﬁnancial café"), "naïve ﬁnancial\ncafé"),
        ("It isn't 1,000", "It isn\u2019t 1,000"),
        ("  It isn\u2019t  ", "It isn\u2019t"),
    ],
)
def test_what_may_differ_does_not_matter(quote: str, there: str) -> None:
    assert texts_of(quote, TEXT) == [there]


@pytest.mark.parametrize(
    "quote",
    ["Nothing was certain", "naive financial", "isnt", "1,000 or", "1000", "nothing is certain", "zebra", "..."],
)
def test_other_words_are_not_found(quote: str) -> None:
    assert texts_of(quote, TEXT) == []


def test_all_places_are_found_in_order_up_to_a_number() -> None:
    assert find("chapter 1", [TEXT, "x chapter 1 chapter 1"], [0, 1]) == [
        Place(0, TEXT.rindex("chapter 1"), len(TEXT) - 1), Place(1, 2, 11), Place(1, 12, 21),
    ]  # fmt: skip
    assert len(find("a b", ["a  b " * 100], [0])) == len(find("ab", ["ab" * 100], [0])) == MOST
    assert find("chapter 1", [TEXT, "chapter 1"], [1]) == [Place(1, 0, 9)]


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quote_that_stands_in_the_text_is_found(before: str, quote: str, after: str) -> None:
    if quote.strip():
        text = before + quote + after
        assert text.index(quote.strip()) == find(quote, [text], [0])[0].start


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_folding_keeps_places_in_order_and_inside(text: str) -> None:
    folded, places = fold(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert all(0 <= place < len(text) for place in places)


def test_the_nearest_passage_has_most_words() -> None:
    place = nearest("Nothing was certain, not even financial rules", [TEXT], [0])
    assert place is not None
    assert TEXT[place.start : place.end].startswith("Nothing   is certain")
    assert nearest("zebras graze in Kenya", [TEXT], [0]) is None
