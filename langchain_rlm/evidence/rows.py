"""Rows of tables as evidence: which of them were read, and which ones a quote or a name stands for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from langchain_rlm.context.pieces import Range, merged, total
from langchain_rlm.context.tables.database import TableSet
from langchain_rlm.context.tables.table import Table, label
from langchain_rlm.errors import RLMError
from langchain_rlm.evidence.quotes import find
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import TableCoverage
from langchain_rlm.journal.parts import Cited
from langchain_rlm.journal.record import table_number

CITED = 100
"""Rows, at most, that one citation names."""
HEAD = 2
"""Lines before the rows in what `rows` gives: their name, and the columns."""
_NAME = re.compile(r"(\w+), rows? (\d{1,15})(?:[-\u2013](\d{1,15}))?(?: of [\d,]+:)?(?=\s|$)")


def named(text: str) -> tuple[str, int, int] | None:
    """The rows that a text names at its beginning, as `orders, rows 120-140` does: table, start and end from 0."""
    match = _NAME.match(text)
    if match is None:
        return None
    start, end = int(match[2]) - 1, int(match[3] or match[2])
    return (match[1], start, end) if 0 <= start < end else None


def given(journal: Sequence[Entry]) -> Iterator[str]:
    """What `rows` gave a run and its recursive runs."""
    for call, answer in journals.answered_calls(journal):
        value = answer.get("value") if answer is not None else None
        if call.get("tool") == "rows" and isinstance(value, str) and named(value):
            yield value
    for _, run in journals.runs_below(journal):
        yield from given(run["journal"])


def rows_read(journal: Sequence[Entry]) -> dict[str, list[Range]]:
    """Which rows `rows` gave as text, by table."""
    found: dict[str, list[Range]] = {}
    for table, start, end in filter(None, map(named, given(journal))):
        found.setdefault(table, []).append((start, end))
    return {table: [*merged(ranges)] for table, ranges in found.items()}


def table_coverage(journal: Sequence[Entry], tables: Iterable[Table]) -> list[TableCoverage]:
    """Of each table, the rows that were read as text. What SQL looked at is not known by rows."""
    read = rows_read(journal)
    return [_covered(n, table, read.get(table.name, [])) for n, table in enumerate(tables)]


def _covered(place: int, table: Table, read: Sequence[Range]) -> TableCoverage:
    share = total(read) / table.rows if table.rows else 1.0
    rounded = share if share == 1 else min(0.999999, round(share, 6))
    ranges = [*map(list, read)]
    return {"id": f"t{place}", "name": table.name, "rows": table.rows, "read": rounded, "read_ranges": ranges}


def is_of_table(citation: Mapping[str, object]) -> bool:
    """Whether a citation is of rows, and not of text."""
    return table_number(citation.get("document")) >= 0


def cited_rows(tables: TableSet, quote: str, texts: Sequence[str], mark: str) -> Cited | str | None:
    """The citation of rows that are named, or have the words; what is wrong with it; None when it is not of rows.

    `texts` are those that `rows` gave. What is cited is read from the table again.
    """
    place = named(quote) or _quoted(quote, texts)
    known = [table.name for table in tables.tables]
    if place is None or place[0] not in known:
        return None
    name, start, end = place
    if end - start > CITED:
        return f"cite: {label(name, start, end)} are more than {CITED} rows. Cite those that matter."
    try:
        text = tables.read(name, start, end)
    except (ValueError, RLMError) as error:
        return f"cite: {error}"
    return {
        "mark": f"[{mark}]", "document": f"t{known.index(name)}", "name": name, "page": None, "line": start + 1,
        "start": start, "end": end, "text": text.partition("\n")[2],
    }  # fmt: skip


def _quoted(quote: str, texts: Sequence[str]) -> tuple[str, int, int] | None:
    """The rows in which the words of a quote are."""
    for text in reversed(texts):
        rows = named(text)
        places = find(quote, [text], [0]) if rows is not None and quote.strip() else []
        if rows is not None and places:
            first = text.count("\n", 0, places[0].start) - HEAD
            last = first + text.count("\n", places[0].start, places[0].end)
            if first >= 0 and rows[1] + last < rows[2]:
                return rows[0], rows[1] + first, rows[1] + last + 1
    return None
