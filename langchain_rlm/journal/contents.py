"""What a schema cannot say of a journal file: stretches that are in the context, runs that fit what they were given."""

import keyword
from collections.abc import Iterator, Sequence
from datetime import datetime

from typing_extensions import TypedDict

from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.check import DEEPEST, TOO_DEEP, shape_problem, shown
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.parts import Cited
from langchain_rlm.journal.record import number


class _Cite(TypedDict):
    """What `cite()` gave, of which no type can say that it may be an error instead."""

    value: Cited


def content_problems(header: Entry, lines: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """What is wrong with a file of which each line has the right shape, by the number of the line.

    Args:
        header: The first line.
        lines: The entries and excerpts.
    """
    entries = [(place, line) for place, line in enumerate(lines, 2) if line["kind"] != "excerpt"]
    if not entries:
        yield 2, "there is no entry of a run"
        return
    for place, what in _journal([entry for _, entry in entries], None, 0):
        yield entries[place][0], what
    begun = entries[0][1]
    if header["context"] != begun["context"]:
        yield 1, f"context is {shown(header['context'])}, and the run has {shown(begun['context'])}"
    for what in _citations(header, begun):
        yield 1, what
    for place, line in enumerate(lines, 2):
        if line["kind"] == "excerpt":
            for what in _stretch(begun, line["document"], line["start"], line["end"], line["text"]):
                yield place, what


def _citations(header: Entry, begun: Entry) -> Iterator[str]:
    for place, cited in enumerate(header["citations"]):
        others = ((f"others[{n}].", other) for n, other in enumerate(cited.get("others", ())))
        for where, part in (("", cited), *others):
            yield from (f"citations[{place}].{where}{what}" for what in _cited(begun, part))


def _cited(begun: Entry, part: Entry) -> Iterator[str]:
    """What is wrong with a place that was cited."""
    document = number(part["document"])
    if document < 0:
        yield f"document is {shown(part['document'])}, not the id of one"
    yield from _stretch(begun, document, part["start"], part["end"], part.get("text"))


def _journal(journal: Sequence[Entry], documents: int | None, depth: int) -> Iterator[tuple[int, str]]:
    """What is wrong with the journal of a run, by the place of the entry.

    Args:
        journal: Its entries.
        documents: How many documents it must have; None: as many as it says.
        depth: How many runs are above it.
    """
    begun = journal[0]
    problem = _beginning(begun, documents, depth)
    if problem is not None:
        yield 0, problem
        return
    for place, entry in enumerate(journal):
        yield from ((place, what) for what in (*_parts(entry), *_places(begun, entry)))
    asked: dict[str, Entry] = {}
    for place, where, call in _calls(journal):
        if call["id"] in asked:
            yield place, f"{where}.id is {shown(call['id'])}, which another call has"
        if "tool" in call and not _is_function(call["tool"]):
            yield place, f"{where}.tool is {shown(call['tool'])}, not the name of a function"
        asked[call["id"]] = call
    yield from _unanswered(journal)
    for place, where, answer in _answers(journal):
        run = answer.get("run")
        if run and not _is_of(run, asked.get(answer["id"])):
            yield place, f"{where}run is not what was asked with the id {shown(answer['id'])}"
        elif run and run["journal"]:
            below = documents_below(asked[answer["id"]], run)
            count = begun["documents"] if below is None else len(below)
            for inner, what in _journal(run["journal"], count, depth + 1):
                yield place, f"{where}run.journal[{inner}].{what}"


def _parts(entry: Entry) -> Iterator[str]:
    """What an entry lacks that must be beside something else in it."""
    for _, where, answer in _answers([entry]):
        if not {"text", "value", "error"}.intersection(answer):
            yield f"{where.removesuffix('.')} has none of text, value, error".lstrip()
    for _, where, call in _calls([entry]):
        if "tool" in call and "arguments" not in call:
            yield f"{where}.arguments is missing"
    if entry["kind"] == "asked" and "refused" in entry:
        yield from (f"{name} is missing" for name in ("count", "digest") if name not in entry)
    if entry["kind"] == "host" and entry["name"] == "cite":
        value = entry["value"]
        problem = shape_problem(_Cite, [entry]) if not isinstance(value, dict) or "mark" in value else None
        if problem is not None:
            yield problem[1]


def _places(begun: Entry, entry: Entry) -> Iterator[str]:
    """What is wrong with the places of the context that an entry names."""
    for where, span in _spans(entry):
        yield from (f"{where}: {what}" for what in _stretch(begun, span[0], span[1], span[2]))
    if entry["kind"] == "host" and entry["name"] == "cite" and "mark" in entry["value"]:
        yield from (f"value.{what}" for what in _cited(begun, entry["value"]))


def _is_of(run: Entry, call: Entry | None) -> bool:
    return call is not None and (run.get("over") != "context" or "context" in call)


def _beginning(begun: Entry, documents: int | None, depth: int) -> str | None:
    if begun["kind"] != "run":
        return f"kind is {shown(begun['kind'])}, and a journal begins with its run"
    if documents is not None and begun["documents"] != documents:
        return f"documents is {begun['documents']}, and the run was given {documents}"
    if depth > DEEPEST:
        return f"kind: {TOO_DEEP}"
    return None if _is_time(begun["started"]) else f"started is {shown(begun['started'])}, not a time"


def _unanswered(journal: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Calls without an answer in cells that went on after them: no REPL does."""
    given = {answer["id"] for _, _, answer in _answers(journal)}
    waiting: tuple[int, Sequence[Entry]] = (0, ())
    for place, entry in enumerate(journal):
        if entry["kind"] == "asked" or (entry["kind"] == "cell_end" and not entry["lost"]):
            for n, call in enumerate(waiting[1]):
                if call["id"] not in given:
                    yield waiting[0], f"calls[{n}].id is {shown(call['id'])}, which no answer has, and the cell goes on"
        if entry["kind"] in {"asked", "cell", "cell_end"}:
            waiting = place, entry.get("calls", ()) if entry["kind"] == "asked" else ()


def _calls(journal: Sequence[Entry]) -> Iterator[tuple[int, str, Entry]]:
    for place, entry in enumerate(journal):
        if entry["kind"] in {"asked", "fork"}:
            yield from ((place, f"calls[{n}]", call) for n, call in enumerate(entry["calls"]))


def _answers(journal: Sequence[Entry]) -> Iterator[tuple[int, str, Entry]]:
    for place, entry in enumerate(journal):
        if entry["kind"] == "answer":
            yield place, "", entry
        elif entry["kind"] == "fork":
            yield from ((place, f"answers[{n}].", answer) for n, answer in enumerate(entry["answers"]))


def _spans(entry: Entry) -> Iterator[tuple[str, Sequence[int]]]:
    """The spans of an entry, and where in it they are."""
    for n, span in enumerate(entry.get("shown", ())):
        yield f"shown[{n}]", span
    for _, where, call in _calls([entry]):
        named = [("pieces", call["pieces"]), *((f"context[{n}]", d) for n, d in enumerate(call.get("context", ())))]
        for name, pieces in named:
            yield from ((f"{where}.{name}[{n}]", piece) for n, piece in enumerate(pieces) if not isinstance(piece, str))


def _stretch(begun: Entry, document: int, start: int, end: int, text: str | None = None) -> Iterator[str]:
    """What is wrong with a stretch of the context of a run."""
    if not 0 <= document < begun["documents"]:
        yield f"document is {document}, and the run has {begun['documents']}"
    if start > end:
        yield f"start is {start}, and end is {end}"
    if end > begun["characters"]:
        yield f"end is {end}, and the context has {begun['characters']} characters"
    if text is not None and len(text) != end - start:
        yield f"text has {len(text)} characters, and start to end are {end - start}"


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_function(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_rlm_")
