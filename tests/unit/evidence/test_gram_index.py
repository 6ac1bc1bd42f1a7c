"""What the index says stands there stands there, and what it must know it finds, however large the context is."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.evidence import gram_index
from langchain_rlm.evidence.gram_index import LINE, STEP, GramIndex

DRAW = random.Random(1)  # noqa: S311  # always the same
TEXT = "".join(DRAW.choices("abcdefghij ", k=3_000))
"""Of no gram are there two."""
REPEATING = st.lists(
    st.sampled_from(["the geese have landed on the lake", "\n", " ", "漢", "again. " * 5, "x", "\n" * 30]), max_size=8
).map("".join)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small texts are known as sparsely as large ones."""
    monkeypatch.setattr(gram_index, "GRID", 100)
    monkeypatch.setattr(gram_index, "LINES", 20)


def line(number: int) -> str:
    return f"{number:05d} is what this line has to say of {number * 7919}.\n"


@given(st.lists(REPEATING, min_size=1, max_size=3), REPEATING)
def test_what_the_index_says_stands_there_stands_there(texts: list[str], prompt: str) -> None:
    index = GramIndex(texts)
    prompt += texts[-1]
    for at in range(len(prompt)):
        gram = prompt[at : at + LINE].rstrip()
        for document, offset in index.places(prompt, at):
            assert texts[document][offset : offset + LINE].rstrip() == gram


def test_a_stretch_of_a_step_and_a_gram_is_found_wherever_it_was_cut() -> None:
    index = GramIndex(["head", TEXT])
    for start in range(0, 500, 3):
        stretch = TEXT[start : start + STEP + LINE - 1]
        at = index.next(stretch, 0)
        assert 0 <= at < STEP
        assert set(index.places(stretch, at)) == {(1, start + at)}


def test_the_first_position_that_is_known_is_told_from_where_the_search_starts() -> None:
    index = GramIndex([TEXT])
    prompt = "Read this, please: " + TEXT[:LINE] + " and " + TEXT[800 : 800 + LINE]
    first, second = prompt.index(TEXT[:LINE]), prompt.index(TEXT[800 : 800 + LINE])
    assert [index.next(prompt, start) for start in (0, first, first + 1, second + 1)] == [first, first, second, -1]


@pytest.mark.usefixtures("few")
def test_a_line_is_known_where_it_begins_after_its_white_space() -> None:
    text = "x" * 1_000 + "\n \t  " + line(1)
    index = GramIndex([text])
    assert list(index.places(line(1), 0)) == [(0, text.index(line(1)))]


def test_places_are_named_by_document_and_offset_also_beside_empty_ones() -> None:
    texts = ["", line(1), "", "", line(2) + line(3), ""]
    index = GramIndex(texts)
    assert [list(index.places(line(number), 0)) for number in (1, 2, 3)] == [[(1, 0)], [(4, 0)], [(4, len(line(2)))]]


def test_of_lines_that_begin_alike_each_is_known_by_more_of_itself() -> None:
    same = "2026-01-01T00:00:00Z INFO "
    lines = [same + "a" * 10, same + "b" * 30 + "!", same + "b" * 30 + "?", same + "b" * 30 + "? and so on"]
    index = GramIndex(["\n".join(lines)])
    starts = [sum(len(each) + 1 for each in lines[:number]) for number in range(4)]
    for each, start in zip(lines, starts, strict=True):
        assert (0, start) in list(index.places(each, 0)), each


def test_white_space_and_what_is_shorter_than_a_gram_are_not_known() -> None:
    index = GramIndex([" " * 100 + "\n" * 100, "short", "x" * (LINE - 1)])
    assert [index.next(prompt, 0) for prompt in (" " * LINE, "\n" * LINE, "short", "x" * (LINE - 1), "")] == [-1] * 5


@pytest.mark.usefixtures("few")
def test_a_large_context_has_no_more_places_than_it_may() -> None:
    for texts in (["".join(map(line, range(400)))], [line(number) for number in range(400)], [TEXT], ["x\n" * 5_000]):
        index = GramIndex(texts)
        assert index.step == max(STEP, sum(map(len, texts)) // 100)
        assert 0 < len(index._places) <= 2 * 100 + 20


def test_of_too_many_lines_those_are_known_that_begin_far_enough_from_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gram_index, "GRID", 1)
    monkeypatch.setattr(gram_index, "LINES", 20)
    text = "".join(map(line, range(100)))
    gap, starts = len(text) // 20, sorted(GramIndex([text])._places.values())
    assert starts[0] == 0
    assert all(text[start - 1] == "\n" for start in starts[1:])
    assert all(gap < later - start <= gap + len(line(99)) for start, later in pairwise(starts))
    assert len(starts) > 15
