"""Text by reference: spans of the context, prompts made of them, and ranges of a document. Pure functions."""

from collections.abc import Iterable, Iterator, Sequence

from langchain_rlm.context.text import Text

Span = tuple[int, int, int]
"""Document index, start and end, in characters."""

Piece = str | Span | list[int]
"""A part of a prompt: literal text, or a span of the context (a list once it has been through JSON)."""

PAGE_BREAK = "\f"
"""Stands between the pages of a document whose metadata names it as `page_break`."""
WITHOUT_TEXT = "pages_without_text"
"""Metadata of a document: the numbers of its pages that have none."""

Range = tuple[int, int]


def assemble(pieces: Sequence[Piece], texts: Sequence[Text]) -> str:
    """Put a prompt together."""
    return "".join(p if isinstance(p, str) else texts[p[0]][p[1] : p[2]] for p in pieces)


def stretch(pieces: Sequence[Piece], start: int, end: int) -> Iterator[str | Span]:
    """The pieces of a stretch of the text that pieces make."""
    at = 0
    for piece in pieces:
        size = length(piece)
        low, high = max(start - at, 0), min(end - at, size)
        if low < high:
            yield piece[low:high] if isinstance(piece, str) else (piece[0], piece[1] + low, piece[1] + high)
        at += size


def above(pieces: Sequence[Piece], start: int, end: int) -> Iterator[Span]:
    """Where a range of a recursive run's document is in the context of the run above."""
    return (part for part in stretch(pieces, start, end) if not isinstance(part, str))


def length(piece: Piece) -> int:
    """Characters of a piece."""
    return len(piece) if isinstance(piece, str) else int(piece[2]) - int(piece[1])


def merged(ranges: Iterable[Sequence[int]]) -> list[Range]:
    """Sorted ranges without empty ones; those that touch are joined."""
    result: list[Range] = []
    for start, end in sorted((start, end) for start, end in ranges if start < end):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def gaps(ranges: Iterable[Range], size: int) -> list[Range]:
    """The parts of a document that merged ranges leave out."""
    result, at = [], 0
    for start, end in ranges:
        if start > at:
            result.append((at, start))
        at = max(at, end)
    return [*result, (at, size)] if at < size else result


def total(ranges: Iterable[Sequence[int]]) -> int:
    """Characters in ranges that do not overlap."""
    return sum(end - start for start, end in ranges)
