"""Which parts of the context models have seen, from the spans of what was sent and shown. Pure functions.

A gap of white space only, such as the line break between two lines sent one by one, counts with what was seen beside
it, in ranges and shares alike. All else is exact to the character.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from langchain_rlm.context.pieces import Piece, Range, Span, above, gaps, length, merged, total
from langchain_rlm.context.text import Text, is_blank
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.entries import AnswerEntry, Entry
from langchain_rlm.journal.header import Coverage, DocumentCoverage
from langchain_rlm.journal.parts import Call

Ranges = dict[int, list[Range]]
"""By document: where, in characters; sorted and apart once merged."""


def coverage(journal: Sequence[Entry], sources: Sequence[Mapping[str, Any]], texts: Sequence[Text]) -> Coverage:
    """What a run has seen of its context; `sources` are the documents as `Corpus.sources` has them.

    A gap of white space only is in the range beside it; a document of white space only counts as read.
    """
    sizes = [source["size"] for source in sources]
    read, printed = seen(journal, sizes)
    documents = [
        _document(source, *_with_blanks(read.get(n, []), printed.get(n, []), text))
        for n, (source, text) in enumerate(zip(sources, texts, strict=True))
    ]
    characters = sum(sizes)
    found: Coverage = {
        "read": _share(sum(total(document["read_ranges"]) for document in documents), characters),
        "printed": _share(sum(total(document["printed_ranges"]) for document in documents), characters),
        "seen": _share(characters - sum(total(document["unread"]) for document in documents), characters),
        "documents": documents,
    }
    if left_out := journals.left_out(journal):
        found["left_out"] = left_out
    return found


def _document(source: Mapping[str, Any], read: list[Range], printed: list[Range]) -> DocumentCoverage:
    size = source["size"]
    unread = gaps(merged([*read, *printed]), size)
    return {
        "id": source["id"], "name": source["name"], "characters": size,
        "read": _share(total(read), size), "printed": _share(total(printed), size),
        "read_ranges": [*map(list, read)], "printed_ranges": [*map(list, printed)], "unread": [*map(list, unread)],
    }  # fmt: skip


def _with_blanks(read: list[Range], printed: list[Range], text: Text) -> tuple[list[Range], list[Range]]:
    """What was read and what was printed, with the white space that is left out; between the two it counts as read."""
    read, printed = (merged([*each, *_blanks(each, text)]) if each else each for each in (read, printed))
    return merged([*read, *_blanks(merged([*read, *printed]), text)]), printed


def _blanks(ranges: list[Range], text: Text) -> list[Range]:
    return [gap for gap in gaps(ranges, len(text)) if is_blank(text, *gap)]


def _share(part: int, whole: int) -> float:
    """A share that is 1 only when nothing is missing."""
    if not whole or part == whole:
        return 1.0
    return min(0.999999, round(part / whole, 6))


def seen(journal: Sequence[Entry], sizes: Sequence[int]) -> tuple[Ranges, Ranges]:
    """What was read by sub-models, and what was printed for the root model."""
    if journals.route(journal) == "direct":
        is_answered = bool(journals.replies(journal))
        return {}, {n: [(0, size)] for n, size in enumerate(sizes) if size and is_answered}
    newest = journals.this_turn(journal)  # what it shows is seen only when the root model is asked again
    shown = journals.shown(journal[: -len(newest)] if newest else ())
    answered = ((call, answer) for call, answer in journals.answered_calls(journal) if answer is not None)
    read = (span for call, answer in answered for span in _read(call, answer, sizes))
    return _by_document(read), _by_document(shown)


def _by_document(spans: Iterable[Span]) -> Ranges:
    found: Ranges = {}
    for document, start, end in spans:
        found.setdefault(document, []).append((start, end))
    return {n: merged(parts) for n, parts in found.items()}


def _read(call: Call, answer: AnswerEntry, sizes: Sequence[int]) -> Iterator[Span]:
    """What the model, or the recursive run, that was to answer a call has seen of the context."""
    run = answer.get("run")
    if run is None:
        yield from journals.spans(call) if journals.is_sent(answer) else ()
        return
    if run["over"] != "prompt" and journals.replies(run["journal"]):
        yield from journals.spans({**call, "context": []})
    documents: Sequence[Sequence[Piece]] | None = documents_below(call, run["over"])
    if documents is None:
        documents = [[(n, 0, size)] for n, size in enumerate(sizes)]
    below_read, below_printed = seen(run["journal"], [sum(map(length, pieces)) for pieces in documents])
    for number, pieces in enumerate(documents):
        for start, end in merged([*below_read.get(number, ()), *below_printed.get(number, ())]):
            yield from above(pieces, start, end)
