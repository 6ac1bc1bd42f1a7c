"""What a quote that is not there comes nearest to is told: the passage with most of its words, or a break."""

from langchain_rlm.evidence.nearest import nearest, over_a_break

TEXT = "Chapter 1.\nThe well-known docu-\nment says: “Nothing   is certain” — not even naïve ﬁnancial\ncafé rules."
FILLER = "The committee considered the matter at length and resolved that the budget be amended accordingly.\n"


def test_the_nearest_passage_has_most_words() -> None:
    place = nearest("Nothing was certain, not even financial rules", [TEXT], [0])
    assert place is not None
    assert TEXT[place.start : place.end].startswith("Nothing   is certain")
    assert nearest("zebras graze in Kenya", [TEXT], [0]) is None


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


def test_a_quote_over_the_break_between_two_documents_is_told() -> None:
    pages = ["First page.\n", "the end of the sen-\n", "tence is on the next page.", "Last page."]
    assert over_a_break("end of the sentence is on", pages, range(4)) == 1
    assert over_a_break("the sentence is on", pages, [2]) == 1
    assert over_a_break("the sentence was on", pages, range(4)) is None
    assert over_a_break("--", pages, range(4)) is None
    assert over_a_break("next page.", pages[:1], [0]) is None
