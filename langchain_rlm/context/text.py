"""What the host does with a text: a `str`, or one that is read from a file by ranges (`large.py`)."""

import sys
from typing import Protocol


class Text(Protocol):
    """A text of the context. Places are counted in characters, as in `str`; a slice is a `str`."""

    def __len__(self) -> int: ...

    def __getitem__(self, key: slice, /) -> str: ...

    def find(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int: ...

    def rfind(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int: ...

    def count(self, sub: str, start: int = 0, end: int = sys.maxsize, /) -> int: ...

    def startswith(self, prefix: str, /) -> bool: ...

    def endswith(self, suffix: str, /) -> bool: ...

    def isascii(self) -> bool: ...


STEP = 10_000
"""Characters looked at once for something to read."""


def is_blank(text: Text, low: int = 0, high: int | None = None) -> bool:
    """Whether there is nothing but white space between two places; it stops at the first other character."""
    high = len(text) if high is None else min(high, len(text))
    return all(text[at : min(high, at + STEP)].isspace() for at in range(low, high, STEP))


def whole(text: Text) -> str:
    """All of a text; one that is too large is an `InputError`."""
    return text if isinstance(text, str) else text[:]
