"""The passages that an answer rests on.

The journal says which spans went to which sub-model and what it answered. Cited spans come first; then spans from which
a sub-model answered something, those that best match question and answer first. When code alone found the answer, the
passages are the best matches in the documents.
"""

import heapq
import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from langchain_core.documents import Document

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.pieces import Span
from langchain_rlm.evidence.rows import is_of_table
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import answered_calls, answering, arrived, spans
from langchain_rlm.state import RLMResult

LONGEST = 2_000
"""Characters of a passage."""
SHORTEST = 100
"""Characters that a rest beside a passage must have to make another passage."""
SNAPPED = 100
"""Characters that a passage may lose so that it begins and ends between words."""
ANSWER_READ = 4_000
"""Characters of the answer whose words rank the passages."""
LONG_ANSWER = 300
"""Characters above which a sub-model's answer is not a refusal, however it begins."""
ENOUGH = 3
"""Times that a word counts in one passage."""
WORD = re.compile(r"\w{3,}")
COMMON = frozenset(re.findall(r"\w+", """
    about all and any are but can could did does for from had has have her his how into its not our out she than that
    the their them then there these they this was were what when where which who why will with would you your
"""))  # fmt: skip
REFUSAL = re.compile(
    r"\W*(?:$|(?:none|null|no|n/?a|unknown|false)\W*$|(?:none|nothing|i (?:cannot|can't|could not|do not|don't)"
    r"|not (?:in|found|mentioned|stated|given|specified|available|applicable)"
    r"|no (?:answer|mention|information|relevant|such|match|evidence)"
    r"|(?:the |this )?(?:provided |given )?(?:text|passage|document|excerpt|context|chunk|section)s? "
    r"(?:does not|doesn't|do not|don't|has no|have no|contains no))\b)",
    re.IGNORECASE,
)


def passages(result: RLMResult, corpus: Corpus, k: int) -> list[Document]:
    """The k passages, at most, of up to 2,000 characters each, that the answer of a run over `corpus` rests on.

    The cited ones come first, with their `mark`, in the order of the marks in the answer.
    """
    documents = corpus.documents or _found(result["journal"])
    marked = [*_cited(result["citations"], documents)]
    cited = [span for span, _ in marked]
    asked = _merged(_asked(result, documents, is_searched=not corpus.documents))
    whole = [(index, 0, len(document.text)) for index, document in enumerate(documents)]
    answer = result["answer"][:ANSWER_READ]
    finder = _Finder(documents, f"{result['question']} {answer}")
    chosen: list[tuple[Span, dict[str, Any]]] = [(span, {"basis": "cited", "mark": mark}) for span, mark in marked[:k]]
    if asked or cited:
        chosen += [(span, {"basis": "asked"}) for span in finder.best(_without(asked, cited), k - len(chosen))]
    elif answer.strip():
        chosen += [(span, {"basis": "matched"}) for span in finder.best(whole, k)]
    return [_passage(documents[span[0]], *finder.cut(span)[1:], why) for span, why in chosen]


def is_refusal(answer: str) -> bool:
    """Whether a sub-model says that its text has nothing."""
    return len(answer) <= LONG_ANSWER and REFUSAL.match(answer) is not None


def _passage(document: SourceText, start: int, end: int, why: Mapping[str, Any]) -> Document:
    facts = {"source": document.name, **document.metadata, "name": document.name}
    metadata = {**facts, "start": start, "end": end, **why}
    return Document(document.text[start:end], id=f"{document.name}:{start}-{end}", metadata=metadata)


def _cited(citations: Iterable[Mapping[str, Any]], documents: Sequence[SourceText]) -> Iterator[tuple[Span, Any]]:
    numbers = {document.name: index for index, document in enumerate(documents)}
    for citation in citations:
        index = None if is_of_table(citation) else numbers.get(str(citation.get("name") or citation.get("source")))
        if index is not None and isinstance(citation.get("start"), int) and isinstance(citation.get("end"), int):
            yield (index, citation["start"], citation["end"]), citation.get("mark")


def _asked(result: RLMResult, documents: Sequence[SourceText], *, is_searched: bool) -> Iterator[Span]:
    """The spans from which something was answered: by a sub-model, by a direct call, by a search."""
    if is_searched:
        yield from ((index, 0, len(document.text)) for index, document in enumerate(documents))
    elif result["stop_reason"] == "direct":
        names = {document.metadata["name"] for document in result["context"]}
        yield from ((index, 0, len(d.text)) for index, d in enumerate(documents) if d.name in names)
    for call, answer in answered_calls(answering(result["journal"])):
        if answer is not None and "text" in answer and not is_refusal(answer["text"]):
            yield from spans(call)


def _found(journal: Iterable[Entry]) -> tuple[SourceText, ...]:
    """What searches gave, of a context that can only be searched."""
    given = [answer.get("value") for answer in arrived(journal)]
    rows = [row for value in given if isinstance(value, list) for row in value]
    found = {r["id"]: r for r in rows if isinstance(r, dict) and {"id", "name", "text", "metadata"} <= r.keys()}
    return tuple(SourceText(row["name"], row["text"], row["metadata"]) for row in found.values())


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for index, start, end in sorted(spans):
        if merged and merged[-1][0] == index and start < merged[-1][2]:
            merged[-1] = (index, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((index, start, end))
    return merged


def _without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    rests = [*spans]
    for index, start, end in taken:
        rests = [part for span in rests for part in (_around(span, start, end) if span[0] == index else (span,))]
    return rests


def _around(span: Span, start: int, end: int) -> Iterator[Span]:
    """What is left of a span on both sides of a stretch of its document."""
    index, low, high = span
    if end <= low or start >= high:
        yield span
        return
    yield from (rest for rest in ((index, low, start), (index, end, high)) if rest[2] - rest[1] >= SHORTEST)


def _stem(word: str) -> str:
    return word.rstrip("s")


class _Finder:
    """Finds the stretches of documents that share most words with a text."""

    def __init__(self, documents: Sequence[SourceText], about: str) -> None:
        words = [word for word in WORD.findall(about.lower()) if word not in COMMON]
        self._documents, self._terms = documents, {_stem(word) for word in words}
        self._hits: dict[int, list[tuple[int, int, str]]] = {}
        self._weights: dict[str, float] = {}

    def best(self, spans: Sequence[Span], k: int) -> list[Span]:
        """The k best stretches within the spans, best first; they do not overlap."""
        self._weigh({index for index, _, _ in spans})
        heap = [self._scored(span) for span in spans]
        heapq.heapify(heap)
        chosen: list[Span] = []
        while heap and len(chosen) < k:
            _, stretch, span = heapq.heappop(heap)
            chosen.append(stretch)
            for rest in _around(span, stretch[1], stretch[2]):
                scored = self._scored(rest)
                if scored[0] < 0:  # a rest without a word of the text shows nothing
                    heapq.heappush(heap, scored)
        return chosen

    def cut(self, span: Span) -> Span:
        """A span cut to its best stretch when it is too long for a passage."""
        self._weigh({span[0]})
        return self._scored(span)[1] if span[2] - span[1] > LONGEST else span

    def _weigh(self, indexes: Iterable[int]) -> None:
        for index in set(indexes) - self._hits.keys():
            text = self._documents[index].text
            found = WORD.finditer(text) if isinstance(text, str) else ()  # a large text is not read through
            hits = ((match.start(), match.end(), _stem(match[0].lower())) for match in found)
            self._hits[index] = [hit for hit in hits if hit[2] in self._terms]
        counts = Counter(word for hits in self._hits.values() for _, _, word in hits)
        self._weights = {word: math.log(1 + counts.total() / count) for word, count in counts.items()}

    def _scored(self, span: Span) -> tuple[float, Span, Span]:
        index, low, high = span
        hits = self._hits[index]
        first, last = bisect_left(hits, (low,)), bisect_left(hits, (high,))
        counts: Counter[str] = Counter()
        score, best, at = 0.0, 0.0, (low, min(high, low + LONGEST))
        begin = first
        for place in range(first, last):
            score += self._gain(counts, hits[place][2], 1)
            while hits[place][1] - hits[begin][0] > LONGEST:
                score -= self._gain(counts, hits[begin][2], -1)
                begin += 1
            if score > best + 1e-9:
                best, at = score, (hits[begin][0], hits[place][1])
        return -best, (index, *self._widened(index, at, low, high)), span

    def _gain(self, counts: Counter[str], word: str, step: int) -> float:
        number = counts[word] + min(step, 0)
        counts[word] += step
        return self._weights[word] * (1.0 if number == 0 else 0.3 if number < ENOUGH else 0.0)

    def _widened(self, index: int, at: tuple[int, int], low: int, high: int) -> tuple[int, int]:
        """A stretch of full length around the best words, ending between words."""
        start = max(low, at[0] - max(0, LONGEST - (at[1] - at[0])) // 2)
        end = min(high, start + LONGEST)
        start = max(low, end - LONGEST)
        text = self._documents[index].text
        if start > low:
            gap = re.search(r"\s", text[start : min(start + SNAPPED, at[0])])
            start += gap.end() if gap else 0
        if end < high:
            gap = re.search(r"\s\S*$", text[max(end - SNAPPED, at[1]) : end])
            end -= len(gap[0]) if gap else 0
        return start, end
