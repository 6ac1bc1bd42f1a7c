"""What a schema cannot say of a journal file: stretches that are in the context, runs that fit what they were given."""

import keyword
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from typing_extensions import TypedDict

from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.check import DEEPEST, TOO_DEEP, shape_problem, shown
from langchain_rlm.journal.entries import AnswerEntry, BelowRun, Entry, RunEntry
from langchain_rlm.journal.header import Header, Line
from langchain_rlm.journal.parts import Call, Cited, Place
from langchain_rlm.journal.reading import answers, answers_of, begun, calls_of
from langchain_rlm.journal.record import number, table_number


class _Cite(TypedDict):
    """What `cite()` gave, of which no type can say that it may be an error instead."""

    value: Cited


def content_problems(header: Header, lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """What is wrong with a file of which each line has the right shape, by the number of the line."""
    entries = [(place, line) for place, line in enumerate(lines, 2) if line["kind"] != "excerpt"]
    if not entries:
        yield 2, "there is no entry of a run"
        return
    for place, what in _journal([entry for _, entry in entries], None, 0):
        yield entries[place][0], what
    run = begun(entry for _, entry in entries)
    if header["context"] != run["context"]:
        yield 1, f"context is {shown(header['context'])}, and the run has {shown(run['context'])}"
    yield from ((1, what) for what in _citations(header, run))
    for place, line in enumerate(lines, 2):
        if line["kind"] == "excerpt":
            found = _stretch(run, line["document"], line["start"], line["end"], line["text"])
            yield from ((place, what) for what in found)


def _citations(header: Header, run: RunEntry) -> Iterator[str]:
    for place, cited in enumerate(header["citations"]):
        yield from (f"citations[{place}].{what}" for what in _cited(run, cited, cited["text"]))
        for n, other in enumerate(cited.get("others", ())):
            yield from (f"citations[{place}].others[{n}].{what}" for what in _cited(run, other))


def _cited(run: RunEntry, place: Place, text: str | None = None) -> Iterator[str]:
    document = number(place["document"])
    if table_number(place["document"]) >= 0:
        yield from [f"start is {place['start']}, and end is {place['end']}"] if place["start"] > place["end"] else ()
        return
    if document < 0:
        yield f"document is {shown(place['document'])}, not the id of one"
    yield from _stretch(run, document, place["start"], place["end"], text)


def _journal(journal: Sequence[Entry], documents: int | None, depth: int) -> Iterator[tuple[int, str]]:
    """What is wrong with the journal of a run that must have so many documents, by the place of the entry."""
    run = journal[0]
    if run["kind"] != "run":
        yield 0, f"kind is {shown(run['kind'])}, and a journal begins with its run"
        return
    problem = _beginning(run, documents, depth)
    if problem is not None:
        yield 0, problem
        return
    for place, entry in enumerate(journal):
        yield from ((place, what) for what in chain(_parts(entry), _places(run, entry)))
    asked: dict[str, Call] = {}
    for place, where, call in _calls(journal):
        if call["id"] in asked:
            yield place, f"{where}.id is {shown(call['id'])}, which another call has"
        if "tool" in call and not _is_function(call["tool"]):
            yield place, f"{where}.tool is {shown(call['tool'])}, not the name of a function"
        asked[call["id"]] = call
    yield from _unanswered(journal)
    yield from _samples(journal, asked)
    for place, where, answer in _answers(journal):
        if "run" in answer:
            problems = _below(run, answer["id"], asked.get(answer["id"]), answer["run"], depth + 1)
            yield from ((place, f"{where}{what}") for what in problems)


def _beginning(run: RunEntry, documents: int | None, depth: int) -> str | None:
    if documents is not None and run["documents"] != documents:
        return f"documents is {run['documents']}, and the run was given {documents}"
    if depth > DEEPEST:
        return f"kind: {TOO_DEEP}"
    return None if _is_time(run["started"]) else f"started is {shown(run['started'])}, not a time"


def _below(run: RunEntry, identity: str, call: Call | None, below: BelowRun, depth: int) -> Iterator[str]:
    if call is None or (below["over"] == "context" and "context" not in call):
        yield f"run is not what was asked with the id {shown(identity)}"
    elif below["journal"]:
        documents = documents_below(call, below["over"])
        count = run["documents"] if documents is None else len(documents)
        yield from (f"run.journal[{n}].{what}" for n, what in _journal(below["journal"], count, depth))


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


def _places(run: RunEntry, entry: Entry) -> Iterator[str]:
    for where, span in _spans(entry):
        yield from (f"{where}: {what}" for what in _stretch(run, span[0], span[1], span[2]))
    if entry["kind"] == "host" and entry["name"] == "cite" and "mark" in entry["value"]:
        yield from (f"value.{what}" for what in _cited(run, entry["value"], entry["value"]["text"]))


def _unanswered(journal: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """Calls without an answer in cells that went on after them: no REPL does."""
    given = answers(journal)
    waiting: tuple[int, Sequence[Call]] = (0, ())
    for place, entry in enumerate(journal):
        if entry["kind"] == "asked" or (entry["kind"] == "cell_end" and not entry["lost"]):
            for n, call in enumerate(waiting[1]):
                if call["id"] not in given:
                    yield waiting[0], f"calls[{n}].id is {shown(call['id'])}, which no answer has, and the cell goes on"
        if entry["kind"] in {"asked", "cell", "cell_end"}:
            waiting = place, calls_of(entry)


def _samples(journal: Sequence[Entry], asked: Mapping[str, Call]) -> Iterator[tuple[int, str]]:
    """Samples that say nothing, and ends that are of none."""
    samples = {identity for identity, call in asked.items() if call["how"] == "sample"}
    good = set[str]()
    for place, entry in enumerate(journal):
        if entry["kind"] == "answer" and "error" not in entry and entry["id"] in samples:
            if "run" not in entry or not _is_sample(entry.get("value")):
                yield place, "is of a sample, and has no run or no value with answer and turns"
            else:
                good.add(entry["id"])
        elif entry["kind"] == "end" and "chosen" in entry and entry["chosen"] not in good:
            yield place, f"chosen is {shown(entry['chosen'])}, not a sample with an answer"


def _is_sample(value: Any) -> bool:
    return isinstance(value, dict) and "answer" in value and isinstance(value.get("turns"), int)


def _calls(journal: Sequence[Entry]) -> Iterator[tuple[int, str, Call]]:
    for place, entry in enumerate(journal):
        yield from ((place, f"calls[{n}]", call) for n, call in enumerate(calls_of(entry)))


def _answers(journal: Sequence[Entry]) -> Iterator[tuple[int, str, AnswerEntry]]:
    for place, entry in enumerate(journal):
        for n, answer in enumerate(answers_of(entry)):
            yield place, "" if answer is entry else f"answers[{n}].", answer


def _spans(entry: Entry) -> Iterator[tuple[str, Sequence[int]]]:
    if entry["kind"] in {"run", "cell_end"}:
        yield from ((f"shown[{n}]", span) for n, span in enumerate(entry.get("shown", ())))
    for _, where, call in _calls([entry]):
        named = [("pieces", call["pieces"]), *((f"context[{n}]", d) for n, d in enumerate(call.get("context", ())))]
        yield from (
            (f"{where}.images[{n}].span", i["span"]) for n, i in enumerate(call.get("images", ())) if "span" in i
        )
        for name, pieces in named:
            yield from ((f"{where}.{name}[{n}]", piece) for n, piece in enumerate(pieces) if not isinstance(piece, str))


def _stretch(run: RunEntry, document: int, start: int, end: int, text: str | None = None) -> Iterator[str]:
    if not 0 <= document < run["documents"]:
        yield f"document is {document}, and the run has {run['documents']}"
    if start > end:
        yield f"start is {start}, and end is {end}"
    if end > run["characters"]:
        yield f"end is {end}, and the context has {run['characters']} characters"
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
