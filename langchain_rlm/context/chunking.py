"""What `chunks()` gives: the places of pieces. A sandbox puts the pieces together from its own copy of the context.

A list of documents is packed: a piece holds whole ones, each under a line that names it. One that is longer than a
piece is cut on its own, each piece of it under a line that says which part it is.
"""

import re
from collections.abc import Sequence
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import TextProfile
from langchain_rlm.context.pieces import Piece, Range
from langchain_rlm.context.text import Text

RULE = "==="
RUN = re.compile("^(={3,40}) [0-9]+: ", re.MULTILINE)


class ChunksError(ValueError):
    """What was asked for cannot be cut; the message tells the code why."""


PACKED = 200
"""Characters that a piece must have at least to hold several documents; shorter ones name none."""
MOST = 1_000_000
"""Pieces of `size` characters that one call may ask for, at most."""


class Chunks:
    """The pieces of the texts of one context, and of other texts that code made."""

    def __init__(self, corpus: Corpus, profiles: Sequence[TextProfile]) -> None:
        self._corpus = corpus
        self._profiles = profiles

    def answer(self, text: Any, size: int, overlap: int) -> list[list[Piece]] | dict[str, str]:
        """The pieces as a sandbox gets them, or the `error`."""
        try:
            return self.pieces(text, size, overlap)
        except ChunksError as error:
            return {"error": str(error)}

    def pieces(self, text: int | str | Sequence[int | str], size: int, overlap: int) -> list[list[Piece]]:
        """The pieces of a text or of a list of texts: lines that name documents, and spans of texts by position.

        A number stands for a document of the context.

        Raises:
            ChunksError: The arguments are wrong, or there would be more than a million pieces.
        """
        texts = [text] if isinstance(text, int | str) else text
        lengths = [len(self._text(each)) for each in texts]
        if not 0 <= overlap < size or sum(lengths) > MOST * (size - overlap):
            msg = f"chunks: pieces of {size:,} characters would be more than {MOST:,}. Take larger ones, or less text."
            raise ChunksError(msg)
        numbers = [each for each in texts if isinstance(each, int)]
        if texts is text and len(numbers) == len(texts) and not self._corpus.single and size >= PACKED:
            return self._packed(numbers, size, overlap)
        return [
            [(position, start, end)]
            for position, each in enumerate(texts)
            for start, end in self._places(each, size, overlap)
        ]

    def _packed(self, numbers: Sequence[int], size: int, overlap: int) -> list[list[Piece]]:
        pieces: list[list[Piece]] = []
        rule, room = self._rule(numbers), 0
        for position, number in enumerate(numbers):
            text, lead = self._corpus.texts[number], self._lead(number, rule)
            if not text:
                continue
            if len(lead) + len(text) > size:
                pieces += self._parts(position, number, rule, size, overlap)
                room = 0
                continue
            if 2 + len(lead) + len(text) > room:
                pieces.append([])
                room = size
            between = "\n\n" if pieces[-1] else ""
            pieces[-1] += [between + lead, (position, 0, len(text))]
            room -= len(between) + len(lead) + len(text)
        return pieces

    def _parts(self, position: int, number: int, rule: str, size: int, overlap: int) -> list[list[Piece]]:
        """The pieces of a document that is longer than a piece."""
        most = len(self._corpus.texts[number])
        room = max(1, size - len(self._lead(number, rule, f", part {most} of {most}")))
        places = self._places(number, room, min(overlap, room - 1))
        said = (f", part {part} of {len(places)}" for part in range(1, len(places) + 1))
        return [[self._lead(number, rule, part), (position, *place)] for part, place in zip(said, places, strict=True)]

    def _lead(self, number: int, rule: str, part: str = "") -> str:
        return f"{rule} {number}: {self._corpus.documents[number].shown}{part} {rule}\n"

    def _rule(self, numbers: Sequence[int]) -> str:
        """What marks a line that names a document: longer than any like it that a line of these texts begins with."""
        runs = (_runs(self._corpus.texts[number]) for number in numbers)
        return max((run + "=" for found in runs for run in found), key=len, default=RULE)

    def _text(self, text: int | str) -> Text:
        if isinstance(text, str):
            return text
        if isinstance(text, bool) or not isinstance(text, int) or not 0 <= text < len(self._corpus.texts):
            msg = "chunks: text must be a str or a list of str"
            raise ChunksError(msg)
        return self._corpus.texts[text]

    def _places(self, given: int | str, size: int, overlap: int) -> list[Range]:
        """Where the pieces of a text are; with an overlap, each begins in the one before it."""
        text = self._text(given)
        if len(text) <= size:
            return [(0, len(text))] if text else []
        if isinstance(given, int):
            ends = cut(text, size - overlap, profile=self._profiles[given], name=self._corpus.documents[given].name)
        else:
            ends = cut(text, size - overlap)
        starts = [0, *ends[:-1]]
        befores = [0, *starts[:-1]]
        return [
            (_overlapped(text, before, start, overlap), end)
            for before, start, end in zip(befores, starts, ends, strict=True)
        ]


def _runs(text: Text) -> list[str]:
    """How the lines begin that look like one that names a document."""
    if isinstance(text, str):
        return RUN.findall(text) if text.startswith(RULE) or f"\n{RULE}" in text else []
    found, at = [text[: 2 * PACKED]], text.find(f"\n{RULE}")
    while at >= 0 and len(found) < PACKED:
        found.append(text[at + 1 : at + 2 * PACKED])
        at = text.find(f"\n{RULE}", at + 1)
    return [match[1] for lines in found if (match := RUN.match(lines))]


def _overlapped(text: Text, before: int, start: int, overlap: int) -> int:
    """Where a piece begins that repeats up to so many characters of the one before, which begins at `before`.

    It is a line start if that keeps half of them, else a word start.
    """
    low = start - overlap
    if not overlap or low <= before:
        return max(before, low)
    line = text.find("\n", low - 1, start - max(overlap // 2, 1)) + 1
    if line:
        return line
    return next((at + 1 for at in range(low - 1, start - 1) if text[at : at + 1].isspace()), start)
