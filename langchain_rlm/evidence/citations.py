"""Citations: quotes that were found in the context, also by recursive runs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from langchain_rlm.context.corpus import Corpus, SourceText, shown_name
from langchain_rlm.context.pieces import PAGE_BREAK, Piece, above, stretch
from langchain_rlm.evidence.marks import MARK, renamed, resolve
from langchain_rlm.evidence.nearest import nearest, over_a_break
from langchain_rlm.evidence.quotes import Found, Place, Quotes, find
from langchain_rlm.evidence.rows import is_of_table
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import Citation
from langchain_rlm.journal.parts import Cited

SHOWN = 300
"""Characters of a passage that an error shows."""
NAMED = 20
AHEAD = 400
"""Characters that are added to the distance of a place behind an offset."""
DIGITS = 9
"""Characters of a page number."""
SPREAD = 2
"""A passage may be spread over this many times its length in the text that it was joined from."""


class CiteError(ValueError):
    """A quote cannot be cited; the message tells the code why."""


def look_up(corpus: Corpus, quote: Any, source: Any, near: int | None, last: tuple[int, int]) -> tuple[Place, Found]:
    """Where a quote is, and what other places of it are known; else a `CiteError` tells the nearest passage.

    `source` is a document's id, name or position. `near` is an offset in characters: of several places the nearest one
    is taken; where it is None, the one nearest to the document and offset `last`.
    """
    if not isinstance(quote, str):
        msg = f"cite: the quote must be a str, not {type(quote).__name__}."
        raise CiteError(msg)
    if corpus.searchable is not None:
        msg = "cite: this context can only be searched; name the source of what you found in the answer instead."
        raise CiteError(msg)
    if not quote.strip():
        msg = "cite: the quote is empty. Give the words as they stand in the text."
        raise CiteError(msg)
    documents = _documents(corpus, source)
    is_given = near is not None
    offset = last[1] if near is None else max(0, near)
    found = Quotes.of(corpus).look(quote, documents, (last[0], offset), is_offset=is_given)
    if not found.places:
        raise CiteError(_not_there(corpus, quote, documents))

    def far(place: Place) -> tuple[int, int]:
        beyond = abs(place.document - last[0])
        return (_from(offset, place), beyond) if is_given else (beyond, abs(place.start - offset))

    return min(found.places, key=far), found


def _documents(corpus: Corpus, source: Any) -> Sequence[int]:
    names = [document.name for document in corpus.documents]
    if source is None:
        return range(len(names))
    if isinstance(source, Mapping):
        source = source.get("id")
    if isinstance(source, int) and not isinstance(source, bool) and 0 <= source < len(names):
        return [source]
    chosen = [index for index, name in enumerate(names) if source in (name, f"d{index}")]
    if not chosen:
        known = ", ".join(map(shown_name, names[:NAMED])) + (
            f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        )
        msg = f"cite: there is no source {source!r}. Give the `id` or `name` of one in `sources`: {known}."
        raise CiteError(msg)
    return chosen


def _from(near: int, place: Place) -> int:
    """How far a place is from an offset, which is most often where a passage begins: places behind it are farther."""
    return max(0, place.start - near) if place.end > near else near - place.end + AHEAD


def _not_there(corpus: Corpus, quote: str, documents: Sequence[int]) -> str:
    said = f"cite: {quote[:80]!r}{'...' if len(quote) > 80 else ''} is not in the text."  # noqa: PLR2004  # shown
    first = over_a_break(quote, corpus.texts, documents)
    if first is not None:
        names = [document.shown for document in corpus.documents[first : first + 2]]
        return f"{said} It begins at the end of {names[0]} and goes on in {names[1]}: cite the part of each on its own."
    place = nearest(quote, corpus.texts, documents)
    if place is None:
        return f"{said} The text has nothing like it. Quote words that you have seen printed or read."
    document = corpus.documents[place.document]
    passage = document.text[place.start : place.end]
    passage = passage if len(passage) <= SHOWN else passage[:SHOWN] + "..."
    where = f"in {document.shown} at {place.start:,}"
    return f"{said} The nearest passage is {where}: {passage!r}. Quote the text's own words."


def citation(corpus: Corpus, place: Place, mark: str, found: Found | None = None) -> Cited:
    """The entry for a place: document, page or line, offsets in characters, the exact text."""
    document = corpus.documents[place.document]
    page, last_page = _pages(document, place)
    entry: Cited = {
        "mark": f"[{mark}]", "document": f"d{place.document}", "name": document.name, "page": page,
        "line": document.text.count("\n", 0, place.start) + 1, "start": place.start, "end": place.end,
        "text": document.text[place.start : place.end],
    }  # fmt: skip
    if last_page is not None:
        entry["last_page"] = last_page
    places = [other for other in found.places if other != place] if found else []
    if found and places:
        entry["others"] = [{"document": f"d{p.document}", "start": p.start, "end": p.end} for p in places]
        if not found.are_all:
            entry["has_more"] = True
    return entry


def _pages(document: SourceText, place: Place) -> tuple[int | None, int | None]:
    """The page of a place and, where it ends on another one, that too."""
    if document.metadata.get("page_break") != PAGE_BREAK:
        return _page(document.metadata), None
    first = document.text.count(PAGE_BREAK, 0, place.start) + 1
    more = document.text.count(PAGE_BREAK, place.start, place.end)
    return first, first + more if more else None


def _page(metadata: Mapping[str, Any]) -> int | None:
    """The page number as it is printed or, when it has no such label, counted from 1.

    LangChain's loaders that give a `page_label` count `page` from 0.
    """
    page = _number(metadata.get("page"))
    if "page_label" not in metadata:
        return page
    label = _number(metadata["page_label"])
    return label if label is not None or page is None else page + 1


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**DIGITS else None


def cited(journal: Sequence[Entry]) -> dict[tuple[str, int, int], Cited]:
    """What the code of a run has cited, by place."""
    told = [entry["value"] for entry in journal if entry["kind"] == "host" and entry["name"] == "cite"]
    return {(value["document"], value["start"], value["end"]): value for value in told if "mark" in value}


def with_citations(value: Any, corpus: Corpus, journal: Sequence[Entry]) -> tuple[Any, list[Citation]]:
    """An answer as the user gets it, with its marks numbered, and what they stand for."""
    now = [entry["mark"][1:-1] for entry in cited(journals.since_question(journal)).values()]
    return resolve(value, known(corpus, journal), now)


def within(call: str, text: str, journal: Sequence[Entry]) -> str:
    """The answer of a recursive run with its marks made those of the call: `[c2]` is `[c17.2]` in the run above."""
    own = set(_all_marks(journal))
    return MARK.sub(lambda match: renamed(match, {mark: _above(call, mark) for mark in own}), text) if own else text


def _all_marks(journal: Sequence[Entry]) -> Iterator[str]:
    yield from (entry["mark"][1:-1] for entry in cited(journal).values())
    for _, run in journals.runs_below(journal):
        yield from (_above(run["marks"], mark) for mark in _all_marks(run["journal"]))


def _above(call: str, mark: str) -> str:
    return f"c{call}.{mark[1:]}"


def known(corpus: Corpus, journal: Sequence[Entry]) -> dict[str, Cited | None]:
    """All citations that marks can stand for, recursive runs included."""
    found: dict[str, Cited | None] = {entry["mark"][1:-1]: entry for entry in cited(journal).values()}
    found.update(_of_rows_below(journal))
    for mark, place in _below(journal, lambda document, start, end: corpus.texts[document][start:end]):
        found[mark] = None if place is None else citation(corpus, place, mark)
    return found


Reader = Callable[[int, int, int], str]
"""Gives the text of a run's context: by document, from, to."""


def _below(journal: Sequence[Entry], read: Reader) -> Iterator[tuple[str, Place | None]]:
    """The citations of recursive runs, in places of this run's context where they are."""
    for call, run in journals.runs_below(journal):
        documents = documents_below(call, run["over"])
        read_below = read if documents is None else _reader(documents, read)
        for mark, place in _all_places(run["journal"], read_below):
            lifted = place if place is None or documents is None else _lifted(documents, place, read_below, read)
            yield _above(run["marks"], mark), lifted


def _of_rows_below(journal: Sequence[Entry]) -> Iterator[tuple[str, Cited]]:
    """The citations of rows in recursive runs, which ask the same tables."""
    for _, run in journals.runs_below(journal):
        own = ((entry["mark"][1:-1], entry) for entry in cited(run["journal"]).values() if is_of_table(entry))
        for mark, entry in (*own, *_of_rows_below(run["journal"])):
            above_it = _above(run["marks"], mark)
            yield above_it, {**entry, "mark": f"[{above_it}]"}


def _all_places(journal: Sequence[Entry], read: Reader) -> Iterator[tuple[str, Place | None]]:
    for entry in cited(journal).values():
        if is_of_table(entry):
            continue
        yield entry["mark"][1:-1], Place(int(entry["document"][1:]), entry["start"], entry["end"])
    yield from _below(journal, read)


def _reader(documents: Sequence[Sequence[Piece]], read: Reader) -> Reader:

    def read_below(document: int, start: int, end: int) -> str:
        parts = stretch(documents[document], start, end)
        return "".join(part if isinstance(part, str) else read(*part) for part in parts)

    return read_below


def _lifted(documents: Sequence[Sequence[Piece]], place: Place, read_below: Reader, read: Reader) -> Place | None:
    """Where a place of a recursive run's context is in the context of the run above; None when it is not there.

    The code may have joined lines, or changed white space: then the words are looked for where parts of them come from.
    """
    parts = list(above(documents[place.document], place.start, place.end))
    if not parts:
        return None
    if len(parts) == 1 and parts[0][2] - parts[0][1] == place.end - place.start:
        return Place(*parts[0])
    document, start, end = max(parts, key=lambda part: part[2] - part[1])
    room = SPREAD * (place.end - place.start) + AHEAD
    low = max(0, start - room)
    passage, text = read_below(place.document, place.start, place.end), read(document, low, end + room)
    found = [Place(document, low + other.start, low + other.end) for other in find(passage, [text], [0])]
    best = max(found, key=lambda other: _common(other, start, end), default=None)
    return best if best and _common(best, start, end) > 0 else None


def _common(place: Place, start: int, end: int) -> int:
    return min(end, place.end) - max(start, place.start)
