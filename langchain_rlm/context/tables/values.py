"""Values of a database as plain JSON data, and rows as text."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any


def _of_float(value: float) -> Any:
    return value if math.isfinite(value) else None if math.isnan(value) else str(value)


_PLAIN: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((str, int, type(None)), lambda value: value),
    (float, _of_float),
    (Decimal, lambda value: _of_float(float(value)) if value.as_tuple().exponent else int(value)),
    ((date, time), lambda value: value.isoformat()),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    (dict, lambda value: {str(key): plain(item) for key, item in value.items()}),
    ((list, tuple, set), lambda value: [plain(item) for item in value]),
)


def plain(value: Any) -> Any:
    """A value as JSON has it: dates as ISO texts, decimals as numbers, bytes in hexadecimal, NaN as None."""
    return next((make(value) for kinds, make in _PLAIN if isinstance(value, kinds)), str(value))


def names_of(columns: Iterable[str]) -> list[str]:
    """The names of a result's columns, each its own: a second `x` is `x_2`."""
    names: list[str] = []
    for column in columns:
        name, count = column, 1
        while name in names:
            count += 1
            name = f"{column}_{count}"
        names.append(name)
    return names


def as_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], start: int, longest: int | None = None) -> list[str]:
    """Lines for the header and each row, which begins with its number, counted from 1."""
    head = " | ".join(["row", *(cell(column, longest) for column in columns)])
    numbered = enumerate(rows, start + 1)
    return [head, *(" | ".join([str(n), *(cell(plain(value), longest) for value in row)]) for n, row in numbered)]


def cell(value: Any, longest: int | None = None) -> str:
    """A value as a column of a line."""
    return flat("" if value is None else str(value), longest).replace("|", "\\|")


def flat(text: str, longest: int | None = None) -> str:
    """A text on one line."""
    text = " ".join(text.splitlines())
    return text if longest is None or len(text) <= longest else text[:longest] + "..."
