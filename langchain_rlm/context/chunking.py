"""What `chunks()` gives: the places of pieces. A sandbox puts the pieces together from its own copy of the context."""

from collections.abc import Sequence
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import Profile
from langchain_rlm.context.pieces import Piece, Range


class ChunksError(ValueError):
    """What was asked for cannot be cut; the message tells the code why."""


MOST = 1_000_000
"""Pieces of `size` characters that one call may ask for, at most."""


class Chunks:
    """The pieces of the texts of one context, and of other texts that code made."""

    def __init__(self, corpus: Corpus, profiles: Sequence[Profile]) -> None:
        self._corpus = corpus
        self._profiles = profiles

    def answer(self, texts: Sequence[Any], size: int, overlap: int) -> list[list[Piece]] | dict[str, str]:
        """The pieces as a sandbox gets them, or the `error`."""
        try:
            return self.pieces(texts, size, overlap)
        except ChunksError as error:
            return {"error": str(error)}

    def pieces(self, texts: Sequence[int | str], size: int, overlap: int) -> list[list[Piece]]:
        """The pieces of texts, each as parts: spans of the given texts, by position.

        A number stands for a document of the context.

        Raises:
            ChunksError: The arguments are wrong, or there would be more than a million pieces.
        """
        lengths = [len(self._text(text)) for text in texts]
        if not 0 <= overlap < size or sum(lengths) > MOST * (size - overlap):
            msg = f"chunks: pieces of {size:,} characters would be more than {MOST:,}. Take larger ones, or less text."
            raise ChunksError(msg)
        return [
            [(position, start, end)]
            for position, text in enumerate(texts)
            for start, end in self._places(text, size, overlap)
        ]

    def _text(self, text: int | str) -> str:
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


def _overlapped(text: str, before: int, start: int, overlap: int) -> int:
    """Where a piece begins that repeats up to so many characters of the one before, which begins at `before`.

    It is a line start if that keeps half of them, else a word start.
    """
    low = start - overlap
    if not overlap or low <= before:
        return max(before, low)
    line = text.find("\n", low - 1, start - max(overlap // 2, 1)) + 1
    if line:
        return line
    return next((at + 1 for at in range(low - 1, start - 1) if text[at].isspace()), start)
