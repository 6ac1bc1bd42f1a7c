"""Prompts become literal pieces plus spans of the context; put together again they are the same to the character."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.pieces import Piece, assemble
from langchain_rlm.evidence import gram_index, spans
from langchain_rlm.evidence.gram_index import LINE, GramIndex
from langchain_rlm.evidence.spans import PROBE, SpanFinder

"""How fast a loaded machine is proves nothing."""

LINES = 400
NUMBERED = "".join(f"{number:05d} is what line number {number * 7919} has to say.\n" for number in range(LINES))
"""Every stretch of PROBE characters occurs once."""
ALPHABET = st.sampled_from("abü漢 \n😀")
BLOCK = "The same sentence comes again and again, for ever, and longer than two probes: " + "it never ends. " * 8


LOG_LINES = 15_000
LOG = [
    f"2026-01-01T00:00:00Z INFO {'ß漢😀'[number % 3]} request {number * 7919 % 100_003} took {number % 97} ms\n"
    for number in range(LOG_LINES)
]
"""Lines that begin alike and end alike; some six hundred thousand characters."""


def found(texts: Sequence[str], prompts: Sequence[str]) -> float:
    """The share of the prompts' characters that are spans."""
    finder = SpanFinder(texts)
    total = 0
    for prompt in prompts:
        pieces = finder.pieces(prompt)
        assert assemble(pieces, texts) == prompt
        total += sum(end - start for _, start, end in spans_of(pieces))
    return total / sum(map(len, prompts))


def chunks(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@contextmanager
def few_places(grid: int, lines: int) -> Iterator[None]:
    """Index small texts as sparsely as large ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gram_index, "GRID", grid)
        patch.setattr(gram_index, "LINES", lines)
        patch.setattr(spans, "NEAR", 200)
        yield


def spans_of(pieces: Sequence[Piece]) -> list[tuple[int, ...]]:
    return [tuple(piece) for piece in pieces if not isinstance(piece, str)]


@st.composite
def texts_and_prompts(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Texts full of repeats, and prompts of literal text, slices of the texts and slices of slices."""
    texts = draw(st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=3))
    texts = [text * draw(st.integers(1, 12)) for text in texts]
    prompts = []
    for _ in range(draw(st.integers(1, 3))):
        parts = []
        for _ in range(draw(st.integers(0, 4))):
            text = draw(st.sampled_from(texts))
            start, stop = draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))
            parts += [draw(st.text(max_size=60)), text[start:stop]]
        prompts.append("".join(parts))
    return texts, prompts


@given(texts_and_prompts())
def test_pieces_put_together_are_the_prompt(drawn: tuple[list[str], list[str]]) -> None:
    texts, prompts = drawn
    finder = SpanFinder(texts)
    for prompt in prompts:
        assert assemble(finder.pieces(prompt), texts) == prompt


@given(texts_and_prompts(), st.integers(1, 9), st.integers(1, 9))
def test_pieces_are_the_prompt_also_where_the_index_knows_few_places(
    drawn: tuple[list[str], list[str]], grid: int, lines: int
) -> None:
    texts, prompts = drawn
    with few_places(grid, lines):
        finder = SpanFinder(texts)
        for prompt in prompts:
            pieces = finder.pieces(prompt)
            assert "" not in pieces
            assert assemble(pieces, texts) == prompt


@given(st.lists(st.text(max_size=200), max_size=3), st.text(max_size=300))
def test_pieces_of_any_prompt_over_any_texts_are_the_prompt(texts: list[str], prompt: str) -> None:
    assert assemble(SpanFinder(texts).pieces(prompt), texts) == prompt


@given(texts_and_prompts())
def test_spans_lie_inside_their_documents_and_no_piece_is_empty(drawn: tuple[list[str], list[str]]) -> None:
    texts, prompts = drawn
    finder = SpanFinder(texts)
    for prompt in prompts:
        pieces = finder.pieces(prompt)
        assert "" not in pieces
        assert all(0 <= start < end <= len(texts[document]) for document, start, end in spans_of(pieces))


@given(
    instruction=st.text(st.sampled_from("ABCDEF?:"), max_size=40),
    after=st.text(st.sampled_from("ABCDEF?:"), max_size=200),
    start=st.integers(0, len(NUMBERED) - 4 * PROBE),
    length=st.integers(3 * PROBE, 9_000),
)
def test_an_instruction_with_a_slice_gives_one_span_with_its_offsets(
    instruction: str, after: str, start: int, length: int
) -> None:
    piece = NUMBERED[start : start + length]
    pieces = SpanFinder([NUMBERED]).pieces(instruction + piece + after)
    assert pieces == [part for part in (instruction, (0, start, start + len(piece)), after) if part]


def test_two_slices_in_one_prompt_give_two_spans() -> None:
    prompt = f"FIRST:{NUMBERED[500:900]}SECOND:{NUMBERED[100:450]}"
    assert SpanFinder([NUMBERED]).pieces(prompt) == ["FIRST:", (0, 500, 900), "SECOND:", (0, 100, 450)]


@given(st.integers(2 * PROBE, 3_000))
def test_a_walk_in_order_is_found_piece_by_piece(size: int) -> None:
    finder = SpanFinder([NUMBERED])
    for start in range(0, len(NUMBERED), size):
        piece = NUMBERED[start : start + size]
        if len(piece) < 2 * PROBE:
            break
        assert finder.pieces(f"WHO?{piece}") == ["WHO?", (0, start, start + len(piece))]


def test_a_walk_in_order_over_a_text_that_repeats_itself_moves_on() -> None:
    text = BLOCK * 50
    finder = SpanFinder([text])
    found = [finder.pieces(f"WHO?{text[start : start + len(BLOCK)]}") for start in range(0, len(text), len(BLOCK))]
    assert found == [["WHO?", (0, start, start + len(BLOCK))] for start in range(0, len(text), len(BLOCK))]


def test_a_step_back_is_found_too() -> None:
    finder = SpanFinder([NUMBERED])
    assert finder.pieces(NUMBERED[-1_000:]) == [(0, len(NUMBERED) - 1_000, len(NUMBERED))]
    assert finder.pieces(NUMBERED[:1_000]) == [(0, 0, 1_000)]


@given(order=st.permutations(range(6)))
def test_of_many_documents_the_right_one_is_named(order: list[int]) -> None:
    texts = [f"Document {name}. " + f"{name}{NUMBERED[:2_000]}".replace("line", name) for name in "abcdef"]
    finder = SpanFinder(texts)
    for index in order:
        assert finder.pieces(f"??{texts[index]}") == ["??", (index, 0, len(texts[index]))]


def test_documents_joined_in_one_prompt_give_a_span_each() -> None:
    texts = [NUMBERED[:700], NUMBERED[5_000:6_000], NUMBERED[9_000:9_500]]
    pieces = SpanFinder(texts).pieces("\n\n---\n\n".join(texts))
    assert spans_of(pieces) == [(0, 0, 700), (1, 0, 1_000), (2, 0, 500)]
    assert assemble(pieces, texts) == "\n\n---\n\n".join(texts)


def test_a_long_prompt_that_is_not_from_the_context_stays_literal() -> None:
    prompt = "".join(f"Nothing of this, not number {number * 31}, was ever read. " for number in range(4_000))
    assert SpanFinder([NUMBERED]).pieces(prompt) == [prompt]


def test_text_shorter_than_a_line_stays_literal() -> None:
    short = NUMBERED[100 : 100 + LINE - 1]
    assert SpanFinder([NUMBERED]).pieces(short) == [short]


def test_a_sentence_that_stands_in_many_documents_is_taken_from_where_the_rest_is() -> None:
    shared = "This sentence stands in every one of the contracts, word for word and at length. "
    own = "Contract {0} begins here with its own words, {0}{0}.\n" + shared + "And it ends so, {0}.\n"
    texts = [own.format(number * 7919) * 3 for number in range(4)]
    finder = SpanFinder(texts)
    finder.pieces("\n".join(text[:150] for text in texts))
    assert finder.pieces("Read: >" + texts[0]) == ["Read: >", (0, 0, len(texts[0]))]


def test_short_lines_picked_from_all_over_are_found_also_with_numbers_before_them() -> None:
    lines = [f"{number * 7919 % 10_007} says: item {number} is fine" for number in range(100_000)]
    text = "\n".join(lines)
    picked = [lines[number] for number in (99_000, 17, 50_000, 3)]
    finder = SpanFinder([text])
    for prompt in ("\n".join(picked), "\n".join(f"{n}. {line}" for n, line in enumerate(picked))):
        stretches = [text[start:end].strip() for _, start, end in finder.spans("Judge these lines:\n" + prompt)]
        assert [each[: len(line)] for each, line in zip(stretches, picked, strict=True)] == picked


@pytest.mark.parametrize("size", [2_000, 5_000, 50_000])
def test_chunks_are_found_in_any_order(size: int) -> None:
    text = "".join(LOG)
    parts = chunks(text, size)
    with few_places(len(text) // 1_000, 1_000):
        assert found([text], parts) == 1
        assert found([text], parts[::-1]) >= 0.999
        random.Random(size).shuffle(parts)  # noqa: S311 - an order, no secret
        assert found([text], parts) >= 0.999
        assert found([text], ["".join(parts)]) >= 0.99


def test_whole_lines_are_found_in_any_order_in_one_prompt_and_one_by_one() -> None:
    text = "".join(LOG)
    picked = random.Random(3).sample(LOG, 1_500)  # noqa: S311 - a choice, no secret
    with few_places(len(text) // 1_000, LOG_LINES + 1):
        assert found([text], ["".join(picked)]) >= 0.99
        assert found([text], [line.strip() for line in picked]) == 1


@pytest.mark.parametrize("frame", ["Judge: {}", "{}\nYes or no?", "17. {}\nYes or no?"])
def test_a_line_is_found_whatever_stands_before_and_after_it(frame: str) -> None:
    lines = [f"{number * 7919:09d} is how this line begins\n" for number in range(20_000)]
    finder = SpanFinder(["".join(lines)])
    before, after = frame.split("{}")
    for number in (19_999, 0, 7_000, 13, 12_000):
        pieces = finder.pieces(frame.format(lines[number].strip()))
        start = number * len(lines[0])
        (span,) = spans_of(pieces)
        assert (span[0], span[1]) in {(0, start), (0, start - 1)}
        assert span[2] >= start + len(lines[0]) - 1
        assert assemble(pieces, ["".join(lines)]) == before + lines[number].strip() + after


def test_lines_that_the_index_does_not_know_are_found_in_order() -> None:
    text = "".join(LOG)
    picked = [line.strip() for line in LOG[::375]]
    with few_places(100, 1):
        assert found([text], picked) == 1
        finder = SpanFinder([text])
        for line in picked:
            stretches = [text[start:end] for _, start, end in finder.spans(f"Judge the line.\n{line}\nYes or no?")]
            assert [stretch.strip() for stretch in stretches] == [line]


def test_documents_are_found_in_any_order() -> None:
    texts = [f"Document {number * 7919} speaks. " * (number % 7 + 2) for number in range(2_000)]
    assert found(texts, random.Random(5).sample(texts, 1_000)) == 1  # noqa: S311 - an order, no secret


@pytest.mark.parametrize(
    "unit", ["a", "漢", "abcdefghijklmnopqrstuvwxyz0123456789-", "The same line comes again, again.\n"]
)
def test_text_that_repeats_itself_is_found_anywhere(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    assert found([text], chunks(text, 10_007)[::-1]) == 1
    assert found([text], ["".join(text[at : at + 60] + "#" for at in range(0, 20_000, 60))]) > 0.95


def test_the_index_knows_no_more_places_than_it_may() -> None:
    for texts in ([*LOG], ["".join(LOG)], ["x\n" * 100_000], ["漢" * 100_000]):
        with few_places(2_000, 3_000):
            assert 0 < len(GramIndex(texts)._places) <= 2 * 2_000 + 3_000


def test_a_walk_in_order_needs_no_index() -> None:
    text = "".join(LOG)
    finder = SpanFinder([text])
    for part in chunks(text, 20_000):
        assert len(spans_of(finder.pieces(part))) == 1
    assert "_index" not in vars(finder)


FOOTER = "This agreement is governed by the laws of New York.\nAll notices must be in writing and go by courier."


@pytest.mark.parametrize("after", ["\n\nBe short.", "\n\n</doc>", "", " END"])
def test_a_footer_that_many_documents_have_stays_with_its_document(after: str) -> None:
    texts = [f"Contract {number * 7919} is with the firm number {number * 31}. " * 9 + FOOTER for number in range(5)]
    texts[4] += "\n\nAnnex: what else there is to say."
    finder = SpanFinder(texts)
    for index, text in enumerate(texts):
        pieces = finder.pieces(f"Sum up:\n{text}{after}")
        assert spans_of(pieces)[0] == (index, 0, len(text))


def test_what_begins_alike_with_a_blank_line_before_is_where_it_goes_on() -> None:
    own = [" ".join(f"{name}{number * 7919}" for number in range(60)) for name in "abcdefg"]
    texts = [f"\n\n{FOOTER}\n\n".join(own), f"{FOOTER}\n{own[0][::-1]}"]
    pieces = SpanFinder(texts).pieces(f"Judge:\n\n{texts[1]}")
    assert spans_of(pieces)[-1] == (1, 0, len(texts[1]))


def numbered(lines: Sequence[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines))


def bulleted(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


@pytest.mark.parametrize("form", [numbered, bulleted, json.dumps])
@pytest.mark.parametrize("group", [1, 25])
@pytest.mark.parametrize("distinct", [1, pytest.param(5, marks=pytest.mark.slow), 40, 400])
@pytest.mark.parametrize("line", ["user {0}: the message {0} is about things", "item {0} is as good as new"])
def test_lines_that_come_again_are_found_each_in_its_place(
    form: Callable[[Sequence[str]], str], group: int, distinct: int, line: str
) -> None:
    order = random.Random(7)  # noqa: S311 - an order, no secret
    lines = [line.format(order.randrange(distinct) * 7919 + 10_000) for _ in range(500)]
    text = "\n".join(lines)
    finder = SpanFinder([text])
    prompts = [form(lines[at : at + group]) for at in range(0, len(lines), group)]
    sent = [span for prompt in prompts for span in finder.spans(f"Judge each:\n{prompt}")]
    covered = {at for _, start, end in sent for at in range(start, end)}
    assert all(text[at] == "\n" for at in set(range(len(text))) - covered)


def test_of_equal_documents_each_is_taken_once() -> None:
    finder = SpanFinder(["same", "same", "other", "same"])
    assert [finder.document(text) for text in ("same", "same", "other", "same", "same")] == [
        (0, 0, 4), (1, 0, 4), (2, 0, 5), (3, 0, 4), (0, 0, 4),
    ]  # fmt: skip
    assert finder.document("same", 3) == (3, 0, 4)
    assert finder.document("other", 0) == (2, 0, 5)
    assert finder.document("none of them", 0) is None
    assert finder.document("same", 0, {0, 3}) == (1, 0, 4)
    assert finder.document("same", 1, {0, 1, 3}) == (1, 0, 4)
    assert SpanFinder([]).document("none") is None


COMPLAINT = "No answer from the server, please help asap: it is the third time this month, and nobody cares."
TICKETS = [f"Ticket {number}: the printer on floor {number % 7} is jammed again." for number in range(20)]


@pytest.mark.parametrize("form", ["{}", "Read: {}", "{}\nIs it urgent?", '7. "{}",'])
@pytest.mark.parametrize(("before", "after"), [(0, 0), (10, 20), (12, 12)])
@pytest.mark.parametrize("copies", [2, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 5)), 8])
def test_equal_documents_in_a_row_count_each_once_whatever_their_length(
    form: str, before: int, after: int, copies: int
) -> None:
    for size in range(10, 81):
        equal = [COMPLAINT[: size - 1] + "!"] * copies
        texts = [*TICKETS[:before], *equal, *TICKETS[before:after]]
        whole = [(number, 0, len(text)) for number, text in enumerate(texts)]
        finder = SpanFinder(texts)
        assert [span for text in texts for span in finder.spans(form.format(text))] == whole, size
        assert SpanFinder(texts).spans("\n".join(map(form.format, texts))) == whole, size
        alone = SpanFinder(texts)
        own = [span for text in equal for span in alone.spans(form.format(text))]
        assert own == whole[before : before + copies], size


SHORT = ["good phone", " bad film\n", "good phone", "Great!", "yes", "owl 7\nfox\n", "owl"]


@pytest.mark.parametrize(
    "form", ["{}", "Label: {}", "{}\nIs it good?", "7. {}", "- {}", '"{}",', "One of\n{}\nfollows.", "3: {}"]
)
def test_short_documents_are_found_as_lines_each_in_its_turn(form: str) -> None:
    finder = SpanFinder([*SHORT, "A longer one, which is found by what it says."])
    prompts = [form.format(text.strip()) for text in SHORT]
    pieces = [finder.pieces(prompt) for prompt in prompts]
    assert [assemble(found, SHORT) for found in pieces] == prompts
    spans = [span for found in pieces for span in spans_of(found)]
    assert [number for number, _, _ in spans] == [*range(len(SHORT))]
    assert [SHORT[number][start:end].strip() for number, start, end in spans] == [text.strip() for text in SHORT]


def test_short_documents_are_found_in_one_prompt_and_not_inside_of_lines() -> None:
    finder = SpanFinder(SHORT)
    assert finder.spans("\n".join(text.strip() for text in SHORT)) == [
        (0, 0, 10), (1, 1, 10), (2, 0, 10), (3, 0, 6), (4, 0, 3), (5, 0, 10), (6, 0, 3),
    ]  # fmt: skip
    assert finder.spans("Is it a good phone or yes a bad film?") == []


def test_white_space_alone_is_no_match() -> None:
    blank = " " * 500
    assert SpanFinder(["begin" + " " * 1_000 + "end"]).pieces(blank) == [blank]


def test_an_empty_prompt_has_no_pieces() -> None:
    assert SpanFinder([NUMBERED]).pieces("") == []
    assert assemble([], [NUMBERED]) == ""


def test_spans_that_have_been_through_json_are_put_together_alike() -> None:
    assert assemble(["a", [0, 1, 3], (1, 0, 2)], ["xyz", "uvw"]) == "ayzuv"
