"""Where a quote is, what a citation says of it, and what marks stand for, also those of recursive runs."""

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.evidence.citations import CiteError, citation, cited, known, look_up, with_citations, within
from langchain_rlm.evidence.quotes import Found, Place

GEESE = load_corpus(
    {"a.txt": "one goose, two geese, one goose.", "b.txt": "No ducks;\none goose.\n", "c.txt": "geese."}
)
START = (0, 0)
"""Nothing was cited yet."""


def places(quote: str, source: Any = None, near: int | None = None, last: tuple[int, int] = START) -> Place:
    return look_up(GEESE, quote, source, near, last)[0]


def said(quote: Any, source: Any = None, corpus: Corpus = GEESE) -> str:
    with pytest.raises(CiteError) as refused:
        look_up(corpus, quote, source, None, START)
    return str(refused.value)


# -- where a quote is -------------------------------------------------------------------------------------------------


def test_a_quote_is_found_with_all_of_its_places() -> None:
    place, found = look_up(GEESE, "one  goose", None, None, START)
    assert place == Place(0, 0, 9)
    assert found == Found([Place(0, 0, 9), Place(0, 22, 31), Place(1, 10, 19)], are_all=True)


@pytest.mark.parametrize("source", ["b.txt", "d1", 1, {"id": "d1", "name": "b.txt"}])
def test_a_source_is_a_name_an_id_a_position_or_one_of_sources(source: Any) -> None:
    assert places("one goose", source) == Place(1, 10, 19)


@pytest.mark.parametrize("source", ["z.txt", "d3", 3, -1, True, {"name": "b.txt"}, ["b.txt"]])
def test_a_source_that_is_not_there_is_refused_with_those_that_are(source: Any) -> None:
    assert said("one goose", source).endswith("of one in `sources`: a.txt, b.txt, c.txt.")


def test_of_very_many_sources_some_are_named() -> None:
    assert said("x", "z", load_corpus(["x"] * 23)).endswith("text 19, text 20 and 3 more.")


def test_of_several_places_an_offset_says_which_and_where_it_begins_counts_more_than_what_is_behind_it() -> None:
    assert [places("one goose", "a.txt", near).start for near in (0, 15, 22, 1_000, -5)] == [0, 22, 22, 22, 0]


def test_without_an_offset_it_is_the_place_next_to_what_was_cited_last() -> None:
    assert places("one goose", last=(0, 25)) == Place(0, 22, 31)
    assert places("one goose", last=(1, 0)) == Place(1, 10, 19)
    assert places("one goose", last=(2, 0)) == Place(1, 10, 19)


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        (5, "cite: the quote must be a str, not int."),
        (None, "cite: the quote must be a str, not NoneType."),
        (" \n", "cite: the quote is empty."),
        ("zebras in Kenya", "cite: 'zebras in Kenya' is not in the text. The text has nothing like it."),
        ("two fat geese", "cite: 'two fat geese' is not in the text. The nearest passage is in a.txt at "),
        ("x" * 81, f"cite: '{'x' * 80}'... is not in the text."),
    ],
)
def test_what_cannot_be_cited_says_why(quote: Any, why: str) -> None:
    assert said(quote).startswith(why)


def test_the_nearest_passage_is_shown_in_the_words_of_the_text() -> None:
    assert said("ducks, no geese", "b.txt").endswith("is in b.txt at 0: 'No ducks'. Quote the text's own words.")
    text = " ".join(f"word{number}" for number in range(100))
    shown = said(text.replace("word50", "other"), corpus=load_corpus(text))
    assert shown.endswith(f" in text at 0: '{text[:300]}...'. Quote the text's own words.")


def test_a_quote_over_the_end_of_a_document_is_told_to_be_cut() -> None:
    pages = load_corpus(["Here the geese have", "landed on the lake. More"])
    assert said("the geese have landed on the lake", corpus=pages).endswith(
        "It begins at the end of text and goes on in text 2: cite the part of each on its own."
    )


def test_a_context_that_can_only_be_searched_has_no_places() -> None:
    class Finds(BaseRetriever):
        def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
            return [Document(query)]

    assert said("goose", corpus=load_corpus(Finds())).startswith("cite: this context can only be searched;")


# -- what a citation says ---------------------------------------------------------------------------------------------


def test_a_citation_has_the_document_the_line_the_offsets_and_the_exact_words() -> None:
    assert citation(GEESE, Place(1, 10, 19), "c7") == {
        "mark": "[c7]", "document": "d1", "name": "b.txt", "page": None, "line": 2, "start": 10, "end": 19,
        "text": "one goose",
    }  # fmt: skip


@pytest.mark.parametrize("are_all", [True, False])
def test_other_places_are_listed_and_that_there_may_be_more(*, are_all: bool) -> None:
    entry = citation(GEESE, Place(0, 0, 9), "c1", Found([Place(0, 0, 9), Place(1, 10, 19)], are_all))
    assert entry["others"] == [{"document": "d1", "start": 10, "end": 19}]
    assert entry.get("has_more", False) is not are_all
    assert "others" not in citation(GEESE, Place(0, 0, 9), "c1", Found([Place(0, 0, 9)], are_all))


# -- what marks stand for ---------------------------------------------------------------------------------------------


def cite(number: int, start: int, end: int) -> dict[str, Any]:
    return {"kind": "host", "name": "cite", "value": citation(GEESE, Place(0, start, end), f"c{number}")}


def test_what_was_cited_is_known_by_its_place_and_what_was_refused_is_not() -> None:
    journal: Any = [cite(1, 0, 9), {"kind": "host", "name": "cite", "value": {"error": "no"}}, cite(2, 15, 20)]
    assert list(cited(journal)) == [("d0", 0, 9), ("d0", 15, 20)]


def test_marks_of_an_answer_are_numbered_in_their_order_and_stand_for_what_was_cited() -> None:
    journal: Any = [{"kind": "run"}, cite(1, 0, 9), cite(2, 15, 20)]
    answer, citations = with_citations("Geese [c2] and a goose [c1] [c2].", GEESE, journal)
    assert answer == "Geese [1] and a goose [2] [1]."
    assert [(each["mark"], each["text"]) for each in citations] == [(1, "geese"), (2, "one goose")]


def test_an_answer_without_marks_lists_what_was_cited_for_its_question_alone() -> None:
    journal: Any = [{"kind": "run"}, cite(1, 0, 9), {"kind": "question", "text": "And?"}, cite(2, 15, 20)]
    assert [each["text"] for each in with_citations("Two.", GEESE, journal)[1]] == ["geese"]
    assert [each["text"] for each in with_citations("See [c1].", GEESE, journal)[1]] == ["one goose"]


def test_marks_of_a_recursive_run_bear_the_number_of_its_call_above() -> None:
    own: Any = [cite(1, 0, 9)]
    assert within("17", "One [c1], unknown [c2], both [c1, c2].", own) == "One [c17.1], unknown [c2], both [c1, c2]."
    assert within("17", "One [c1].", []) == "One [c1]."
    below: Any = asked([[0, 0, 32]], own)
    assert within("17", "One [c1.1].", below) == "One [c17.1.1]."
    assert list(known(GEESE, below)) == ["c1.1"]


# -- citations of recursive runs in the text that the run above has ---------------------------------------------------

TEXT = "Line 1: the geese\nhave landed.\n\n  Line 2: no  duck\u00ad\nlings were\tseen.\nLine 3: the geese have left.\n"


def below_cited(start: int, end: int, document: int = 0) -> dict[str, Any]:
    value = {"mark": "[c1]", "document": f"d{document}", "start": start, "end": end}
    return {"kind": "host", "name": "cite", "value": value}


def asked(pieces: Any, journal: list[Any], over: str = "context") -> list[Any]:
    """A journal with a recursive run over one document."""
    task = {"pieces": ["Q"], "context": [pieces]} if over == "context" else {"pieces": pieces}
    run = {"journal": journal, "over": over, "marks": "1"}
    return [
        {"kind": "asked", "calls": [{"id": "1", **task}]},
        {"kind": "answer", "id": "1", "text": "so", "run": run},
    ]


def lifted(journal: list[Any], context: Any = TEXT) -> list[str | None]:
    found = known(load_corpus(context), journal)
    return [None if entry is None else entry["text"] for entry in found.values()]


def joined(text: str, *ends: int) -> tuple[list[Any], str]:
    """Stretches of a text with one blank for the white space between them, in pieces and as text."""
    pieces: list[Any] = []
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        pieces += [" "] if pieces else []
        pieces.append([0, start, end])
    return pieces, "".join(piece if isinstance(piece, str) else text[piece[1] : piece[2]] for piece in pieces)


LINE_1, BREAK, LINE_2 = TEXT.index("\nhave"), TEXT.index("\n\n"), TEXT.index("Line 2")


def below(quote: str) -> tuple[list[Any], int, int]:
    pieces, text = joined(TEXT, 0, LINE_1, LINE_1 + 1, BREAK, LINE_2, len(TEXT))
    start = text.index(quote)
    return pieces, start, start + len(quote)


@pytest.mark.parametrize(
    ("quote", "there"),
    [
        ("geese have landed.", "geese\nhave landed."),
        ("the geese have landed. Line 2: no", "the geese\nhave landed.\n\n  Line 2: no"),
        ("landed.", "landed."),
    ],
)
@pytest.mark.parametrize("over", ["context", "prompt"])
def test_a_passage_over_joined_lines_is_found_in_the_text_above(quote: str, there: str, over: str) -> None:
    pieces, start, end = below(quote)
    assert lifted(asked(pieces, [below_cited(start, end)], over)) == [there]


def test_a_passage_of_which_a_word_was_written_beside_a_span_is_found_above() -> None:
    assert lifted(asked(["Line 1: the geese ", [0, LINE_1 + 1, BREAK]], [below_cited(12, 30)])) == [
        "geese\nhave landed."
    ]


def test_it_is_found_through_several_runs() -> None:
    pieces, start, end = below("geese have landed. Line 2:")
    inner = asked([[0, 0, start + 5], "\n", [0, start + 6, end + 4]], [below_cited(start, end)])
    assert lifted(asked(pieces, inner)) == ["geese\nhave landed.\n\n  Line 2:"]
    assert lifted(asked([[0, 0, len(TEXT)]], asked(pieces, [below_cited(start, end)], "prompt"), "prompt")) == [
        "geese\nhave landed.\n\n  Line 2:"
    ]


@pytest.mark.parametrize(
    "pieces",
    [
        [[0, 0, LINE_1], " never ", [0, LINE_1 + 1, BREAK]],
        [[0, 0, LINE_1], " ", [0, LINE_2, LINE_2 + 12]],
        [[0, LINE_1 + 1, BREAK], " ", [0, 0, LINE_1]],
        [[0, 0, LINE_1], " ", [1, 0, 5]],
        ["1> Line 1: ", [0, 8, LINE_1]],
        ["of no document at all"],
    ],
)
def test_words_that_do_not_stand_together_above_are_not_cited(pieces: list[Any]) -> None:
    context = [TEXT, "ducks and other birds"]
    size = sum(len(piece) if isinstance(piece, str) else piece[2] - piece[1] for piece in pieces)
    assert lifted(asked(pieces, [below_cited(0, size)]), context) == [None]


def test_of_several_places_the_one_that_was_sent_is_cited() -> None:
    text = "the geese\nhave landed. " * 3
    start = text.index("the", 5)
    pieces = [[0, start, start + 9], " ", [0, start + 10, start + 22]]
    found = known(load_corpus(text), asked(pieces, [below_cited(0, 22)]))
    (entry,) = found.values()
    assert entry is not None
    assert (entry["start"], entry["text"]) == (start, "the geese\nhave landed.")


@pytest.mark.parametrize(
    ("metadata", "page"),
    [
        ({"page": 3}, 3),
        ({"page": "3"}, 3),
        ({"page": 0, "page_label": "1"}, 1),
        ({"page": 0, "page_label": 7}, 7),
        ({"page": 3, "page_label": "iv"}, 4),
        ({"page": 3, "page_label": None}, 4),
        ({"page_label": "12"}, 12),
        ({"page": True}, None),
        ({"page": -1}, None),
        ({"page": "x"}, None),
        ({"page": "1" * 5_000}, None),
        ({}, None),
    ],
)
def test_the_page_is_the_printed_one_or_counted_from_one(metadata: dict[str, Any], page: int | None) -> None:
    entry = citation(Corpus((SourceText("a.pdf", "words", metadata),)), Place(0, 0, 5), "c1")
    assert (entry["page"], type(entry["page"])) == (page, type(page))
