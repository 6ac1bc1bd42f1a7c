"""Tables: rows with separators, as the csv module reads them, and columns of fixed width."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from langchain_rlm.context.levels import LINES, Run
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure, listed

_SEPARATORS = "\t;|,"
_LOOK, _LEAST_ROWS, _NARROW, _WIDEST, _SHARE = 50, 2, 2, 5_000, 0.9
_ROWS_READ, _COLUMNS_SHOWN, _VALUES_SHOWN = 2_000, 6, 3
_NUMBER = re.compile(r"[-+\d.,/: ]*")
_ABOVE = re.compile(r"\ufeff?(?:[#%!][^\n]*\n|[ \t\r]*\n|sep=.\r?\n)*")
_Rows = list[list[str]]


def _row(separator: str) -> str:
    """A row. A quote that is not closed before a separator or the end of a line opens no cell."""
    sep, inside = re.escape(separator), r'"(?:[^"]++|"")*+'
    cell = rf'(?:{inside}"(?=[{sep}\r\n]|\Z)|(?!{inside}\Z)[^{sep}\n]*+)'
    return rf"(?:{cell}(?:{sep}{cell})*+\n)"


def _rows(text: str, separator: str, most: int | None = None) -> _Rows:
    """The rows of a text, each parsed alone, so that an unclosed quote spoils one row only."""
    matches = re.finditer(_row(separator) + r"|[^\n]*\n|[^\n]+\Z", text)
    found = (match.group() for match in matches if not match.group().isspace())
    return [_cells(row, separator) for row in islice(found, most)]


def _cells(row: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([row.rstrip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return row.split(separator)


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    above = _ABOVE.match(scan.sample)
    text = scan.sample[above.end() if above else 0 :]
    for separator in _SEPARATORS if scan.line_count >= _LEAST_ROWS else "":
        if not _width(_rows(text, separator, _LOOK), separator, hinted=hinted):
            continue
        rows = _rows(text, separator)
        if (width := _width(rows, separator, hinted=hinted)) and width < _WIDEST:
            return _found(scan, separator, rows, width)
    return None


def _width(rows: _Rows, separator: str, *, hinted: bool) -> int:
    """How many columns nearly all rows have, else 0."""
    width, same = max(Counter(map(len, rows)).items(), key=lambda item: item[1], default=(0, 0))
    if width < _NARROW or same < _LEAST_ROWS or same < _SHARE * len(rows) - 1:
        return 0
    whole = [row for row in rows if len(row) == width]
    after = [cell for row in whole for cell in row[1:]]
    spaced = sum(cell[:1] == " " for cell in after) > len(after) // 2
    wordy = sum(len(cell.split()) for cell in after) > 3 * len(after)
    indented = sum(not row[0].strip() for row in whole) > len(whole) // 2
    ended = sum(not row[-1].strip() for row in whole) > _SHARE * len(whole)
    is_text = (separator == "," and spaced and (width == _NARROW or wordy)) or (
        (ended or indented) and width <= _NARROW + 1
    )
    return 0 if is_text and not hinted else width


def _found(scan: Scan, separator: str, rows: _Rows, width: int) -> Found:
    header = rows[0]
    named = len(header) == width and _has_names(header, rows[1 : _LOOK + 1])
    columns = f"columns {listed(header)}" if named else f"{width} columns without names"
    count = scan.say(scan.scaled(len(rows)) - named)
    said = [f"csv: {count} rows, {columns} (separator {separator!r})"]
    if values := _values(rows[named : _ROWS_READ + named], header if named else [], width):
        said.append(f"values of columns: {values}")
    return Found(tuple(said), (Run(re.compile(_row(separator) + "*+")), LINES))


def _has_names(header: list[str], rows: _Rows) -> bool:
    """Whether no cell of the first row is a number, or one is none in a column of numbers."""
    numbers = [bool(_NUMBER.fullmatch(cell)) for cell in header]
    below = [
        sum(bool(_NUMBER.fullmatch(row[column])) for row in rows if column < len(row)) for column in range(len(header))
    ]
    return not any(numbers) or any(
        not number and 2 * many > len(rows) for number, many in zip(numbers, below, strict=True)
    )


def _values(rows: _Rows, header: Sequence[str], width: int) -> str:
    """A few values of the columns that have few different ones."""
    parts: list[str] = []
    for column in range(width):
        found = Counter(row[column].strip() for row in rows if column < len(row) and row[column].strip())
        if 1 < len(found) <= max(len(rows) // 4, 2):
            name = header[column] if column < len(header) else f"column {column + 1}"
            parts.append(f"{name}: {listed((value for value, _ in found.most_common()), _VALUES_SHOWN)}")
    return "; ".join(parts[:_COLUMNS_SHOWN])


def _find_fixed(scan: Scan, hinted: bool) -> Found | None:  # noqa: ARG001, FBT001
    widths = Counter(len(re.split(r" {2,}", line.strip())) for line in scan.lines)
    width, same = max(widths.items(), key=lambda item: item[1], default=(0, 0))
    if width <= _NARROW or same < _SHARE * len(scan.lines) or same <= _NARROW * _LEAST_ROWS:
        return None
    return Found((f"table: {scan.line_count:,} lines, {width} columns with spaces between them",), (LINES,))


STRUCTURES = (Structure("csv", (".csv", ".tsv", ".tab", ".psv"), _find), Structure("table", (), _find_fixed))
