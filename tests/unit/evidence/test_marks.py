"""Marks in answers of any form, and citations of recursive runs in the text that the run above has."""

from typing import Any

import pytest

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.evidence.citations import citation, known
from langchain_rlm.evidence.marks import has_mark, resolve
from langchain_rlm.evidence.quotes import Place

MARKS: dict[str, Any] = {"c1": {"mark": "[c1]"}, "c2": {"mark": "[c2]"}, "c3.1": None, "c3.2": None}
TEXT = "Line 1: the geese\nhave landed.\n\n  Line 2: no  duck\u00ad\nlings were\tseen.\nLine 3: the geese have left.\n"


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"[c2]": "why", "so [c1]": ["[c2]"]}, {"[1]": "why", "so [2]": ["[1]"]}),
        (["[c2]"], ["[1]"]),
        ([{"a": ["[c1]"]}, 1], [{"a": ["[1]"]}, 1]),
        ({"[c1]": 1, "[1]": 2}, {"[2]": 1, "[1]": 2}),
        ({"[c3.1]": 1, "[c3.2]": 2, "[c1]": 3}, {"": 1, "[c3.2]": 2, "[1]": 3}),
    ],
)
def test_marks_in_keys_and_lists_are_numbered_and_no_item_is_lost(value: Any, resolved: Any) -> None:
    assert resolve(value, MARKS, ())[0] == resolved
    assert has_mark(value, MARKS)


@pytest.mark.parametrize(
    ("value", "resolved", "numbers"),
    [
        ("Proved by Smith [1]. Also [c2]", "Proved by Smith [1]. Also [2]", [2]),
        ("[c2] and [c1], [2] says. [c2]", "[1] and [3], [2] says. [1]", [1, 3]),
        ("See [1, 3], [c1, c2].", "See [1, 3], [2, 4].", [2, 4]),
        ("See [ 1;2 ] and [4\u20136], [c1][c2].", "See [ 1;2 ] and [4\u20136], [3][7].", [3, 7]),
        ("[1, p. 5] [02] a[3] [c1]", "[1, p. 5] [02] a[3] [4]", [4]),
        ("[2024-01-05] [1.5] (1) [^1] 1] [c1]", "[2024-01-05] [1.5] (1) [^1] 1] [1]", [1]),
        ("[2-999999] [c1] [c2]", "[2-999999] [1] [1002]", [1, 1002]),
        ("x [1]", "x [1]", [2, 3]),
        ({"[1]": "see [c2]", "b": ["[3] says [c1]"]}, {"[1]": "see [2]", "b": ["[3] says [4]"]}, [2, 4]),
        ({"ids": [1, 2], "why": "[c1]"}, {"ids": [1, 2], "why": "[3]"}, [3]),
        ([["[c1]", "[\n1]"], 2], [["[2]", "[\n1]"], 2], [2]),
        ([3, [1]], [3, [1]], [2, 4]),
        ([[1]], [[1]], [2, 3]),
    ],
)
def test_numbers_that_an_answer_has_in_brackets_are_given_to_no_citation(
    value: Any, resolved: Any, numbers: list[int]
) -> None:
    answer, citations = resolve(value, MARKS, ["c1", "c2"])
    assert (answer, [each["mark"] for each in citations]) == (resolved, numbers)


def test_a_mark_without_a_place_is_none() -> None:
    assert not has_mark({"[c3.1]": 1, "a": {"[c9]"}}, MARKS)


def cited(start: int, end: int, document: int = 0) -> dict[str, Any]:
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
    assert lifted(asked(pieces, [cited(start, end)], over)) == [there]


def test_a_passage_of_which_a_word_was_written_beside_a_span_is_found_above() -> None:
    assert lifted(asked(["Line 1: the geese ", [0, LINE_1 + 1, BREAK]], [cited(12, 30)])) == ["geese\nhave landed."]


def test_it_is_found_through_several_runs() -> None:
    pieces, start, end = below("geese have landed. Line 2:")
    inner = asked([[0, 0, start + 5], "\n", [0, start + 6, end + 4]], [cited(start, end)])
    assert lifted(asked(pieces, inner)) == ["geese\nhave landed.\n\n  Line 2:"]
    assert lifted(asked([[0, 0, len(TEXT)]], asked(pieces, [cited(start, end)], "prompt"), "prompt")) == [
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
    assert lifted(asked(pieces, [cited(0, size)]), context) == [None]


def test_of_several_places_the_one_that_was_sent_is_cited() -> None:
    text = "the geese\nhave landed. " * 3
    start = text.index("the", 5)
    pieces = [[0, start, start + 9], " ", [0, start + 10, start + 22]]
    found = known(load_corpus(text), asked(pieces, [cited(0, 22)]))
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
