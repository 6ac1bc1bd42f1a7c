"""How much a plan puts into one prompt: weak models read little at once well, so it follows the sub-model's window."""

from dataclasses import dataclass, fields, replace

WEAK_WINDOW = 16_384
"""Tokens of the window up to which a model gets small pieces: fixed programs over them were right three times as often
as one call (a model of 1.5 billion parameters)."""
SHARE = 0.5
"""Of the sub-queries that are left, those that the pieces of a text may take."""


@dataclass(frozen=True)
class Sizes:
    """What suits the sub-model; pieces in characters."""

    piece: int = 2_400
    """Of a text in which something is looked for."""
    small_piece: int = 1_200
    """Of a text from which all of something is taken."""
    batch: int = 10
    """Items that are judged in one prompt."""
    notes: int = 6_000
    """Characters of notes from which an answer is made."""

    @property
    def are_small(self) -> bool:
        """Whether the model is taken for a weak one."""
        return self.batch <= Sizes.batch

    @classmethod
    def of(cls, window: int, chunk_size: int) -> "Sizes":
        """The sizes for a window in tokens; `chunk_size` are the characters that the model reads well."""
        if window <= WEAK_WINDOW:
            return cls()
        return cls(chunk_size, max(1, chunk_size // 4), 40, chunk_size)

    def over(self, characters: int, sub_queries: int | None, most: int) -> "Sizes":
        """Larger pieces, up to `most`, where so much text would take more sub-queries than are left."""
        if not sub_queries:
            return self
        least = int(characters / (sub_queries * SHARE)) + 1
        piece, small = (max(size, min(least, most)) for size in (self.piece, self.small_piece))
        return replace(self, piece=piece, small_piece=small)


NAMES = frozenset(field.name for field in fields(Sizes))
