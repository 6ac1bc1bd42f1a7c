"""Citations: quotes that were found in the context, and the marks in an answer that stand for them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_rlm.context import quotes
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.quotes import Place
from langchain_rlm.coverage import above
from langchain_rlm.state import Entry, Piece

SHOWN = 300
"""Characters of a passage that an error shows."""
NAMED = 20
AHEAD = 400
"""Characters by which a place behind an offset counts as farther than it is."""
MARK = re.compile(r"\[(c\d+(?:\.\d+)*(?:\s*[,;]\s*c\d+(?:\.\d+)*)*)\]", re.ASCII)
"""One mark as code has it, or several: `[c1]`, `[c1, c3]`. Texts have numbers in brackets of many kinds, not this one;
in the answer that a user gets it is `[1]`."""
ONE = re.compile(r"c\d+(?:\.\d+)*", re.ASCII)


class CiteError(ValueError):
    """A quote cannot be cited; the message tells the code why."""


def look_up(
    corpus: Corpus, quote: Any, source: Any, near: int | None, last: tuple[int, int]
) -> tuple[Place, list[Place]]:
    """Where a quote is, and all places of it.

    Args:
        corpus: The context.
        quote: The words, as the code gave them.
        source: A document's id, name or position; None for all.
        near: An offset in characters; of several places the nearest one is taken.
        last: Document and offset that decide where `near` is None.

    Raises:
        CiteError: It is empty, or not there; then with the nearest passage.
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
    places = quotes.find(quote, corpus.texts, documents, last[1] if near is None else near)
    if places and near is not None:
        return min(places, key=lambda place: _from(near, place)), places
    if places:
        return min(places, key=lambda place: _distance(place, last)), places
    raise CiteError(_not_there(corpus, quote, documents))


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
        known = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        msg = f"cite: there is no source {source!r}. Give the `id` or `name` of one in `sources`: {known}."
        raise CiteError(msg)
    return chosen


def _from(near: int, place: Place) -> int:
    """How far a place is from an offset, which is most often where a passage begins: places behind it are farther."""
    return max(0, place.start - near) if place.end > near else near - place.end + AHEAD


def _distance(place: Place, near: tuple[int, int]) -> tuple[int, int]:
    return abs(place.document - near[0]), abs(place.start - near[1])


def _not_there(corpus: Corpus, quote: str, documents: Sequence[int]) -> str:
    said = f"cite: {quote[:80]!r}{'...' if len(quote) > 80 else ''} is not in the text."  # noqa: PLR2004  # shown
    place = quotes.nearest(quote, corpus.texts, documents)
    if place is None:
        return f"{said} Nothing like it is there. Quote words that you have seen printed or read."
    document = corpus.documents[place.document]
    passage = document.text[place.start : place.end]
    passage = passage if len(passage) <= SHOWN else passage[:SHOWN] + "..."
    return (
        f"{said} The nearest passage is in {document.name} at {place.start:,}: {passage!r}. Quote the text's own words."
    )


def citation(corpus: Corpus, place: Place, mark: str, places: Sequence[Place] = ()) -> dict[str, Any]:
    """The entry for a place: document, page or line, offsets in characters, the exact text."""
    document = corpus.documents[place.document]
    page = document.metadata.get("page")
    entry = {
        "mark": f"[{mark}]",
        "document": f"d{place.document}",
        "name": document.name,
        "page": page if isinstance(page, int) else None,
        "line": document.text.count("\n", 0, place.start) + 1,
        "start": place.start,
        "end": place.end,
        "text": document.text[place.start : place.end],
    }
    others = [{"document": f"d{p.document}", "start": p.start, "end": p.end} for p in places if p != place]
    return {**entry, "others": others} if others else entry


def cited(journal: Sequence[Entry]) -> dict[tuple[str, int, int], dict[str, Any]]:
    """What the code of a run has cited, by place."""
    found = {}
    for entry in journal:
        if entry["kind"] == "host" and entry["name"] == "cite" and "mark" in entry["value"]:
            value = entry["value"]
            found[value["document"], value["start"], value["end"]] = value
    return found


def within(call: str, text: str, journal: Sequence[Entry]) -> str:
    """The answer of a recursive run with its marks made those of the call: `[c2]` is `[c17.2]` in the run above."""
    own = {mark for mark, _ in _all_places(journal)}
    return MARK.sub(lambda match: _renamed(match, {mark: _above(call, mark) for mark in own}), text) if own else text


def _above(call: str, mark: str) -> str:
    return f"c{call}.{mark[1:]}"


def _renamed(match: re.Match[str], names: Mapping[str, str]) -> str:
    """Marks by other names when all of them have one; those whose name is empty go."""
    marks = ONE.findall(match[1])
    if not all(mark in names for mark in marks):
        return match[0]
    left = [names[mark] for mark in marks if names[mark]]
    return f"[{', '.join(left)}]" if left else ""


Marks = Mapping[str, dict[str, Any] | None]
"""Citations by mark; None where the place of one from a recursive run is not in this run's context."""


def known(corpus: Corpus, journal: Sequence[Entry]) -> dict[str, dict[str, Any] | None]:
    """All citations that marks can stand for, recursive runs included."""
    found: dict[str, dict[str, Any] | None] = {entry["mark"][1:-1]: entry for entry in cited(journal).values()}
    for mark, place in _below(journal):
        found[mark] = None if place is None else citation(corpus, place, mark)
    return found


def _below(journal: Sequence[Entry]) -> Iterator[tuple[str, Place | None]]:
    """The citations of recursive runs, in places of this run's context where they are."""
    kinds = {"asked", "fork"}
    calls = {call["id"]: call for entry in journal if entry["kind"] in kinds for call in entry["calls"]}
    for entry in journal:
        run = entry.get("run") if entry["kind"] == "answer" else None
        if run is None:
            continue
        for mark, place in _all_places(run["journal"]):
            found = None if place is None else _lifted(calls[entry["id"]], run["over"], place)
            yield _above(run["marks"], mark), found


def _all_places(journal: Sequence[Entry]) -> Iterator[tuple[str, Place | None]]:
    for entry in cited(journal).values():
        yield entry["mark"][1:-1], Place(int(entry["document"][1:]), entry["start"], entry["end"])
    yield from _below(journal)


def _lifted(call: Entry, over: str, place: Place) -> Place | None:
    """A place of a recursive run's context in that of the run above; None when it was not taken from there whole."""
    if over == "all":
        return place
    pieces: Sequence[Piece] = call["pieces"] if over == "prompt" else call["context"][place.document]
    parts = list(above(pieces, place.start, place.end))
    if len(parts) == 1 and parts[0][2] - parts[0][1] == place.end - place.start:
        return Place(*parts[0])
    return None


def resolve(value: Any, marks: Marks, otherwise: Sequence[str]) -> tuple[Any, list[dict[str, Any]]]:
    """An answer with its marks numbered from 1 in the order they come, and the citations they stand for.

    Args:
        value: The answer.
        marks: What marks can stand for.
        otherwise: The marks of the citations that are listed when the answer has none.
    """
    numbers: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        ones = ONE.findall(match[1])
        if all(mark in marks for mark in ones):
            for mark in ones:
                if marks[mark] is not None:
                    numbers.setdefault(mark, len(numbers) + 1)
        return _renamed(match, {mark: str(numbers.get(mark, "")) for mark in marks})

    value = _each_text(value, lambda text: MARK.sub(numbered, text)) if marks else value
    for mark in otherwise if not numbers else ():
        if marks.get(mark) is not None:
            numbers[mark] = len(numbers) + 1
    return value, [{**(marks[mark] or {}), "mark": number} for mark, number in numbers.items()]


def has_mark(value: Any, marks: Marks) -> bool:
    """Whether an answer has a mark that stands for a citation."""
    found: list[str] = []

    def look(text: str) -> str:
        found.extend(mark for group in MARK.findall(text) for mark in ONE.findall(group))
        return text

    _each_text(value, look)
    return any(marks.get(mark) is not None for mark in found)


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(item, change) for item in value]
    return value
