"""Text by reference: spans of the context, prompts made of them, and ranges of a document. Pure functions."""

from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int, int]
"""Document index, start and end, in characters."""

Piece = str | Span | list[int]
"""A part of a prompt: literal text, or a span of the context (a list once it has been through JSON)."""

Range = tuple[int, int]


def assemble(pieces: Sequence[Piece], texts: Sequence[str]) -> str:
    """Put a prompt together."""
    return "".join(p if isinstance(p, str) else texts[p[0]][p[1] : p[2]] for p in pieces)


def above(pieces: Sequence[Piece], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Where a range of a recursive run's document is in the context of the run above."""
    at = 0
    for piece in pieces:
        size = length(piece)
        low, high = max(start, at), min(end, at + size)
        if not isinstance(piece, str) and low < high:
            yield int(piece[0]), int(piece[1]) + low - at, int(piece[1]) + high - at
        at += size


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
