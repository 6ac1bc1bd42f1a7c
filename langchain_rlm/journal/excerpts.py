"""The passages that a journal file keeps of its context: both ends of all that was cited or sent to a model."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from langchain_rlm.context.pieces import Span, above, merged
from langchain_rlm.context.text import Text
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.entries import BelowRun, Entry
from langchain_rlm.journal.header import Excerpt
from langchain_rlm.journal.parts import Call
from langchain_rlm.journal.record import Recording, number

EXCERPT = 240
"""Characters kept of the beginning of a span or a cited passage, and of its end."""
UNKNOWN = "\u2591"
"""Stands for a character that is in no excerpt."""


def excerpts_of(record: Recording, texts: Sequence[Text]) -> Iterator[Excerpt]:
    """The stretches of text at both ends of all that was cited or sent; those that touch are joined."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    cited = [(number(c["document"]), c["start"], c["end"]) for c in record.citations]
    for document, start, end in (*cited, *_spans(record.journal)):
        if 0 <= document < len(texts):
            middle = max(start, end - EXCERPT)
            ranges.setdefault(document, []).extend([(start, min(end, start + EXCERPT)), (middle, end)])
    for document in sorted(ranges):
        for start, end in merged(ranges[document]):
            text = texts[document][start:end]
            yield {"kind": "excerpt", "document": document, "start": start, "end": end, "text": text}


def _spans(journal: Sequence[Entry]) -> Iterator[Span]:
    """The ends of each span of a run and of its recursive runs, where they are in the first run's context."""
    yield from journals.shown(journal)
    for call, answer in journals.answered_calls(journal):
        yield from journals.spans(call)
        if answer is not None and "run" in answer and "reused" not in call:
            yield from _spans_below(call, answer["run"])


def _spans_below(call: Call, run: BelowRun) -> Iterator[Span]:
    documents = documents_below(call, run["over"])
    for document, start, end in _spans(run["journal"]):
        if documents is None:
            yield document, start, end
        elif 0 <= document < len(documents):
            for low, high in ((start, min(end, start + EXCERPT)), (max(start, end - EXCERPT), end)):
                yield from above(documents[document], low, high)


class KnownText:
    """A document of which some stretches are known. Unknown stretches are shown as unknown, at their full length."""

    def __init__(self, stretches: Sequence[Excerpt]) -> None:
        self._known = sorted((line["start"], line["end"], line["text"]) for line in stretches)

    def __len__(self) -> int:
        return int(max(end for _, end, _ in self._known))

    def __getitem__(self, wanted: slice) -> str:
        start, end, _ = wanted.indices(len(self))
        parts, at = [], start
        for low, high, text in self._known:
            if max(low, at) < min(high, end):
                parts += [UNKNOWN * (low - at), text[max(low, at) - low : min(high, end) - low]]
                at = min(high, end)
        return "".join([*parts, UNKNOWN * (end - at)]) if parts else ""


class KnownTexts:
    """The documents up to the last one of which something is known. Only known ones take memory."""

    def __init__(self, known: Mapping[int, KnownText]) -> None:
        self._known = known

    def __len__(self) -> int:
        return max(self._known) + 1

    def __getitem__(self, index: int | slice) -> Any:
        places = range(len(self))[index]
        return self._known.get(places, "") if isinstance(places, int) else [self[place] for place in places]


def known_texts(excerpts: Sequence[Excerpt]) -> Sequence[str] | None:
    """The documents as far as excerpts have them: what a page reads of a text is its length and slices of it."""
    by_document: dict[int, list[Excerpt]] = {}
    for line in excerpts:
        by_document.setdefault(line["document"], []).append(line)
    if not by_document:
        return None
    texts = KnownTexts({document: KnownText(stretches) for document, stretches in by_document.items()})
    return cast("Sequence[str]", texts)
