"""Quotes are found where their words are, whatever white space, quotation marks, hyphens and Unicode forms do."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context import quotes
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


FILLER = "The committee considered the matter at length and resolved that the budget be amended accordingly.\n"


@pytest.mark.parametrize("before", [FILLER * 2_000, FILLER * 210_000, (FILLER + "“Ça va \u2013 naïve”\n") * 40_000])
@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("a certain document says", "a certain docu-\n   ment says"),
        ("documentation", "documen-\ntation"),
        ("unbelievably long words", "un\u00adbe\u00adlievably long\u00a0words"),
        (unicodedata.normalize("NFD", "Šťastný déjà-vu"), "Šťastný déjà-\nvu"),
        ("Šťastný déjà-vu", unicodedata.normalize("NFD", "Šťastný déjà-vu")),
        ("the official financial staff", "the oﬃcial ﬁnancial sta\ufb00"),
        ('"It\'s here," they said', "\u201cIt\u2019s here,\u201d they said"),
        ("\u2018It\u2019s here\u2019 - they said", "'It's here' — they said"),
        ("three dots... and on", "three\tdots… and  on"),
        ("这是 另一句完全不同的话", "这是\u3000另一句完\n全不同的话"),
        ("東京へ。 が行く", unicodedata.normalize("NFD", "東京へ。\nが行く")),
        ("зебра пошла домой", "зебра\n  пошла " + unicodedata.normalize("NFD", "домой")),
        ("얼룩말이 길을 건넜다", "얼룩말이\n길을  건넜다"),
    ],
)
def test_a_large_text_does_not_hide_a_quote(quote: str, there: str, before: str) -> None:
    text = before + there + "\n" + FILLER * 100
    assert find(quote, [FILLER, text], [0, 1]) == [Place(1, len(before), len(before) + len(there))]


PARTS = [
    "a",
    "b",
    "ab",
    "1",
    ",",
    ".",
    " ",
    "\n",
    "-",
    "\u00ad",
    "\u2019",
    "'",
    "“",
    "\u2013",
    "é",
    "e\u0301",
    "ﬁ",
    "fi",
    "…",
]
PARTS += ["ж", "й", "и\u0306", "語", "が", "か\u3099", "\u3000", "\u00a0", "²", "가"]


@given(
    st.lists(st.sampled_from(PARTS), max_size=60), st.lists(st.sampled_from(PARTS), min_size=1, max_size=6), st.data()
)
def test_squeezing_finds_what_folding_finds(parts: list[str], quote: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    if text and data.draw(st.booleans()):
        low = data.draw(st.integers(0, len(text) - 1))
        part = text[low : data.draw(st.integers(low + 1, len(text)))]
        wanted = data.draw(
            st.sampled_from([part, unicodedata.normalize("NFC", part), unicodedata.normalize("NFD", part)])
        )
    else:
        wanted = "".join(quote)
    wanted = wanted.strip()
    folded = fold(wanted)[0].strip()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "BLOCK", data.draw(st.sampled_from([1, 3, 7, 1 << 16])))
        patch.setattr(quotes, "STEP", 4)
        patch.setattr(quotes, "SMALL", data.draw(st.sampled_from([0, 1 << 30])))
        found = find(wanted, [text], [0])
    if not wanted or wanted in text:
        return
    assert bool(found) == bool(folded and folded in fold(text)[0])
    assert all(folded in fold(text[place.start : place.end])[0] for place in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


def test_quotes_with_a_wrong_word_are_not_found_in_large_texts() -> None:
    near = (FILLER * 6).replace("resolved", "decided", 1)
    assert find(near, [FILLER * 50_000], [0]) == []
    assert find("the rapist", ["the patient saw the therapist. " * 100_000], [0]) == []
    assert find("wor dword", ["word " * 1_000_000], [0]) == []
    assert find("这是不存在的一句话", ["这是一个很长的文本。" * 100_000], [0]) == []
    assert find("x" * (quotes.LONGEST + 1), [FILLER], [0]) == []


def test_quotes_of_marks_only_are_found() -> None:
    assert texts_of("--", "one \u2013 — two", "“ ”") == ["\u2013 —"]
    assert texts_of("''", "one \u2013 — two", "“”") == ["“”"]


def test_the_nearest_passage_is_found_among_many_alike_and_in_other_scripts() -> None:
    text = FILLER * 20_000 + "Zebras crossed the moonlit avenue." + FILLER * 20_000
    place = nearest("The zebras have crossed the moonlit avenue", [text], [0])
    assert place is not None
    assert "crossed the moonlit avenue" in text[place.start : place.end]
    other = "这是一个很长的文本。" * 1_000 + "斑马在夜里穿过了马路。"
    place = nearest("斑马在白天穿过了马路", [other], [0])
    assert place is not None
    assert "穿过了马路" in other[place.start : place.end]
    assert nearest("!?", [other], [0]) is None
