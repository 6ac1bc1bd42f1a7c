"""Texts are made alike in what a quote may differ in, and each character of a folded text knows where it comes from."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from langchain_rlm.evidence.folding import alike, fold, inside, squeeze, unmarked, unspaced

PARTS = st.sampled_from([
    *"abc1,. \n-'\"*_#|½é…ﬁ語が“”—", "\u00ad", "\u200b", "\u2019", "--", "''", "« ", " »", "e\u0301", "か\u3099",
    "\u3000", "\u00a0", "-\n", "\u00ad\n", "word",
])  # fmt: skip
TEXTS = st.lists(PARTS, max_size=25).map("".join)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("a \t\n b\u00a0c", "a b c"),
        ("\u2018a\u2019 and “b”, « c », ``d''", "'a'and'b','c','d'"),
        ("well-known docu-\nment, agree\u00adment", "wellknown document, agreement"),
        ("10-20, 10\u201320, 10 -- 20, one\u2014two", "10-20, 10-20, 10-20, onetwo"),
        ("ﬁnal caf\u00e9 1\u20442", "final cafe\u0301 1/2"),
        ("1½ cups", "1 1/2 cups"),
        ("a\u200bb\ufeffc", "abc"),
        ("これは\n例 文 です", "これは例文て\u3099す"),
        ("", ""),
    ],
)
def test_what_may_differ_is_made_alike(text: str, folded: str) -> None:
    assert fold(text)[0] == folded


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_folding_keeps_places_in_order_and_inside(text: str) -> None:
    folded, firsts, lasts = fold(text)
    assert len(folded) == len(firsts) == len(lasts)
    assert firsts == sorted(firsts)
    assert all(0 <= first <= last < len(text) for first, last in zip(firsts, lasts, strict=True))
    assert all(last <= first for last, first in zip(lasts, firsts[1:], strict=False))


@hypothesis(max_examples=60)
@given(TEXTS)
def test_what_stands_between_two_places_folds_to_what_stands_between_their_characters(text: str) -> None:
    folded, firsts, lasts = fold(text)
    borders = range(len(folded))
    begins = [at for at in borders if folded[at].isalpha() and (at == 0 or firsts[at - 1] != firsts[at])]
    ends = [at for at in borders if folded[at].isalpha() and firsts[at + 1 : at + 2] != [firsts[at]]]
    for begin in begins[:5]:
        for end in [at for at in ends if at >= begin][-5:]:
            assert fold(text[firsts[begin] : lasts[end] + 1])[0] == folded[begin : end + 1]


@hypothesis(max_examples=60)
@given(TEXTS)
def test_folding_twice_changes_no_word_and_squeezing_loses_what_folding_makes_alike(text: str) -> None:
    folded, _, _ = fold(text)
    assert squeeze(folded) == squeeze(text)
    assert squeeze(fold(folded)[0]) == squeeze(text)


def test_squeezed_texts_have_neither_white_space_nor_quotation_marks_nor_hyphens_nor_markup() -> None:
    assert squeeze("“A-b”\u00ad \u2019c\u2019 — **d** [e]\n#f") == squeeze("Abcdef") == b"Abcdef"
    assert squeeze("a/b \u8a9e") == b"ab\xaa\x9e"
    assert squeeze("caf\u00e9") == squeeze("cafe\u0301")
    assert squeeze("1,000") != squeeze("1.000")
    assert squeeze("\ud800")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("# The **bold** `code`", "Theboldcode"),
        ("> quoted\n> again", "quotedagain"),
        ("| a | b |\n| c | d |", "abcd"),
        ("2 * 3 = 6, 1 000", "2 3=6,1 000"),
        ("2*3", "2*3"),
    ],
)
def test_without_markup_words_stand_together_and_numbers_do_not(text: str, folded: str) -> None:
    plain, firsts, lasts = unspaced(text)
    assert plain == folded
    assert len(plain) == len(firsts) == len(lasts)
    assert [text[first] for first, char in zip(firsts, plain, strict=True) if char.isalnum()] == [
        *filter(str.isalnum, plain)
    ]


@pytest.mark.parametrize(
    ("text", "quote", "there"),
    [
        ("a cat, a  cat", "a cat", ["a cat", "a  cat"]),
        ("docu-\nment", "document", ["docu-\nment"]),
        ("cafe\u0301 x", "cafe", ["cafe\u0301"]),
        ("“one”“two”", "'two'", ["“two”"]),
        ("“one”“two”", "'one'", ["“one”"]),
        ("aaa", "aa", ["aa", "aa"]),
        ("a cat", "dog", []),
    ],
)
def test_a_folded_quote_is_found_in_characters_of_the_text(text: str, quote: str, there: list[str]) -> None:
    assert [text[start:end] for start, end in inside(text, quote, fold)] == there


def test_a_character_is_made_nothing_itself_or_several() -> None:
    made = {"\u200b": "", "a": "a", "ﬁ": "fi", "½": "1/2", "\u2003": " ", "\u2033": "'", "\u2212": "-"}
    assert {each: alike(each) for each in made} == made


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("# The **bold** `code`, un*think*able", "The bold code, unthinkable"),
        ("> quoted\n> > again", "quoted again"),
        ("-- said\n-- again\n;; and\n/// on\n/* to\n * the\n% end", "said again and on to the end"),
        ("| a | b |\n|c|d|", "a b c d"),
        (r"x86\_64 \{now\}", "x86_64 now"),
        ("2*3, 2 * 3", "2*3, 2 3"),
    ],
)
def test_marks_go_and_white_space_stays(text: str, folded: str) -> None:
    assert unmarked(text)[0].strip() == folded
