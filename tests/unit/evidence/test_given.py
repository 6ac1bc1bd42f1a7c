"""Pieces that `chunks()` gave are known in prompts, whatever stands around them."""

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from langchain_rlm.context.chunking import Chunks
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.context.pieces import assemble
from langchain_rlm.evidence.spans import SpanFinder

YAML = ["        schema:\n", "          type: string\n", "      properties:\n", "        sid:\n", "   part_1:\n"]
FORMS: dict[str, Callable[[int, str], str]] = {
    "as it is": lambda _, piece: piece,
    "stripped": lambda _, piece: piece.strip(),
    "numbered": lambda number, piece: f"Part {number + 1} of 99:\n{piece}",
    "listed": lambda number, piece: f"{number}. {piece}",
}
ORDERS: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "in order": lambda pieces, _: pieces,
    "backwards": lambda pieces, _: pieces[::-1],
    "in any order": lambda pieces, chance: chance.sample(pieces, len(pieces)),
    "twice": lambda pieces, _: pieces + pieces,
    "with gaps": lambda pieces, _: pieces[::2] + pieces[1::6],
}
words = st.text("abcäü漢😀 .:-\n", max_size=12)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Texts that repeat themselves, in lines of few kinds or in any characters."""
    lines = draw(st.one_of(st.just(YAML), st.lists(words.map(lambda line: line + "\n"), min_size=1, max_size=6)))
    chance = random.Random(draw(st.integers(0, 10**6)))  # noqa: S311 - a text, no secret
    return "".join(chance.choices(lines, k=draw(st.integers(10, 200))))


def walk(text: str, size: int, overlap: int = 0) -> tuple[SpanFinder, list[str]]:
    """A finder that knows the pieces of a text, and the pieces."""
    pieces = Chunks(Corpus((SourceText("text", text),), single=True), [profile(text)]).pieces(0, size, overlap)
    finder = SpanFinder([text])
    finder.give([0], pieces)
    return finder, [assemble(piece, [text]) for piece in pieces]


def letters(text: str, spans: Iterable[Any]) -> int:
    """How many characters are in the spans, white space left out."""
    return sum(not text[at].isspace() for at in {at for _, start, end in spans for at in range(start, end)})


def found(finder: SpanFinder, prompts: Sequence[str], texts: Sequence[str]) -> list[Any]:
    finder.given.learn(prompts)
    pieces = [finder.pieces(prompt) for prompt in prompts]
    assert [assemble(each, texts) for each in pieces] == list(prompts)
    return [piece for each in pieces for piece in each if not isinstance(piece, str)]


@given(
    text=texts(),
    size=st.integers(40, 400),
    how=st.tuples(st.sampled_from([*FORMS]), st.sampled_from([*ORDERS]), st.randoms()),
    around=st.tuples(words, words, st.integers(0, 20)),
)
def test_a_walk_over_pieces_is_read_exactly(
    text: str, size: int, how: tuple[str, str, random.Random], around: tuple[str, str, int]
) -> None:
    (form, order, chance), (lead, tail, end) = how, around
    finder, pieces = walk(text, size)
    assume(len(pieces) > 4 and tail.strip() not in {line.strip() for line in text.splitlines()})
    sent = ORDERS[order](pieces, chance)
    lead = f"Read this{lead}{text[:end]}" if end % 2 else f"{lead}\nText:\n"  # words that end like the text
    prompts = [f"{lead}{FORMS[form](number, piece)}{tail}" for number, piece in enumerate(sent)]
    missing = set(range(len(pieces))) - {*range(0, len(pieces), 2), *range(1, len(pieces), 6)}
    unread = "".join(pieces[number] for number in missing) if order == "with gaps" else ""
    expected = len("".join(text.split())) - len("".join(unread.split()))
    assert letters(text, found(finder, prompts, [text])) == expected


@pytest.mark.parametrize("size", [200, 500, 1_000, 3_000])
@pytest.mark.parametrize("lead", ["Q\nText:\n", "Q\n", "Read this. "])
@pytest.mark.parametrize("at_once", [True, False])
def test_pieces_that_begin_like_the_words_before_them_end(lead: str, size: int, *, at_once: bool) -> None:
    chance = random.Random(3)  # noqa: S311 - a text, no secret
    text = "".join("".join(chance.choices(YAML[:4], k=30)) + f"    part_{number}:\n" for number in range(40))
    finder, pieces = walk(text, size)
    prompts = [lead + piece for piece in pieces]
    groups = [prompts] if at_once else [[prompt] for prompt in prompts]
    spans = [span for group in groups for span in found(finder, group, [text])]
    assert letters(text, spans) == len("".join(text.split()))


def test_pieces_that_are_shorter_than_a_line_count() -> None:
    text = "".join(f"Ann {number}:\n" + f"said {number * 7919} and more. " * 19 + "\n\n" for number in range(30))
    for form in FORMS.values():
        finder, pieces = walk(text, 400)
        assert min(map(len, pieces)) < 24
        prompts = [f"Read: {form(number, piece)}" for number, piece in enumerate(pieces)]
        assert letters(text, found(finder, prompts, [text])) == len("".join(text.split()))


def test_several_pieces_in_one_prompt_have_their_places() -> None:
    text = "".join(random.Random(5).choices(YAML, k=400))  # noqa: S311 - a text, no secret
    finder, pieces = walk(text, 500)
    prompts = ["Judge:\n" + "\n---\n".join(pieces[at : at + 3]) for at in range(0, len(pieces), 3)]
    assert letters(text, found(finder, prompts, [text])) == len("".join(text.split()))


def test_equal_pieces_count_in_turn_and_a_round_begins_again() -> None:
    text = "The same line again.\n" * 8
    finder, pieces = walk(text, 43)
    spans = [found(finder, [f"Read: {piece}"], [text])[0] for piece in [*pieces, *pieces[:2]]]
    assert spans == [(0, at, at + 42) for at in (0, 42, 84, 126, 0, 42)]


def test_pieces_of_two_sizes_and_the_beginnings_of_others_are_told_apart() -> None:
    text = "".join(random.Random(9).choices(YAML, k=300))  # noqa: S311 - a text, no secret
    finder, large = walk(text, 600)
    small = Chunks(Corpus((SourceText("text", text),), single=True), [profile(text)]).pieces(0, 150, 0)
    finder.give([0], small)
    for pieces in (large, [assemble(piece, [text]) for piece in small]):
        spans = found(finder, [f"Read: {piece}?" for piece in pieces], [text])
        assert [end - start for _, start, end in spans] == [len(piece) for piece in pieces]
        assert letters(text, spans) == len("".join(text.split()))


def test_pieces_of_a_slice_that_code_made_have_places_in_the_document() -> None:
    text = "".join(f"Line {number} says {number * 7919}.\n" for number in range(300))
    made = text[1_000:5_000]
    finder = SpanFinder([text])
    pieces: Any = Chunks(Corpus((SourceText("text", text),), single=True), [profile(text)]).pieces(made, 300, 0)
    finder.give([made], pieces)
    prompts = [f"Read: {assemble(piece, [made])}" for piece in pieces]
    assert found(finder, prompts[::-1], [text]) == [
        (0, 1_000 + start, 1_000 + end) for ((_, start, end),) in reversed(pieces)
    ]


def test_what_was_sent_before_is_not_taken_for_the_next_of_equal_pieces() -> None:
    text = "The same line again.\n" * 8
    finder, pieces = walk(text, 43)
    finder.given.recall([(0, 0, 42), (0, 42, 84)])
    assert found(finder, [f"Read: {pieces[0]}"], [text]) == [(0, 84, 126)]


def test_packed_pieces_are_spans_of_their_documents() -> None:
    texts = [f"Note {number}: all is well.\n" * (number % 4) for number in range(40)]
    corpus = Corpus(tuple(SourceText(f"{number}.txt", each) for number, each in enumerate(texts)))
    pieces = Chunks(corpus, [profile(each) for each in texts]).pieces([*range(40)], 400, 0)
    finder = SpanFinder(texts)
    finder.give([*range(40)], pieces)
    prompts = [f"Which?\n{assemble(piece, texts)}\nBe short." for piece in pieces]
    assert found(finder, prompts, texts) == [(number, 0, len(each)) for number, each in enumerate(texts) if each]
