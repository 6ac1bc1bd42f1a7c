"""What a page is made from: a run's result, or the parts of it that exist."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Self

from langchain_rlm.errors import InputError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import Excerpt
from langchain_rlm.journal.reading import question as newest_question
from langchain_rlm.journal.reading import turns

DOCUMENT = re.compile(r"d(\d{1,15})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """A run on record. Any part may be missing: a run that failed or waits has no answer and no end.

    Args:
        question: The newest question.
        answer: Its answer.
        stop_reason: Why the run stopped.
        usage: Calls, tokens, dollars and seconds of the newest question; `models` has them by model.
        journal: The run's entries.
        citations: Mark, quote, passage and place of what the answer cites.
        coverage: Which characters were read by a sub-model and which were printed to the root model.
        documents: `id`, `name` and `characters` of each document.
        texts: The documents' texts in order, for excerpts; without them spans are shown by their places only.
    """

    question: str = ""
    answer: str = ""
    stop_reason: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    journal: Sequence[Entry] = ()
    citations: Sequence[Mapping[str, Any]] = ()
    coverage: Mapping[str, Any] | None = None
    documents: Sequence[Mapping[str, Any]] = ()
    texts: Sequence[str] | None = None

    @classmethod
    def of(cls, result: Mapping[str, Any], texts: Sequence[str] | None = None) -> Self:
        """The record of a result of `RLM.invoke`, or of the state of a run that did not end, with its texts."""
        journal = result.get("journal") or ()
        coverage = result.get("coverage")
        return cls(
            question=_words(result.get("question")) or newest_question(journal),
            answer=_words(result.get("answer")),
            stop_reason=_words(result.get("stop_reason")),
            usage=result.get("usage") or {},
            journal=journal,
            citations=result.get("citations") or (),
            coverage=coverage or None,
            documents=_documents(result, coverage or {}),
            texts=texts,
        )

    @property
    def turns(self) -> int:
        """Root-model replies to the newest question."""
        return turns(self.journal)

    def name(self, index: int) -> str:
        """The name of a document by its position."""
        return self._names.get(index, f"document {index + 1}")

    @cached_property
    def _names(self) -> dict[int, str]:
        return {number(document["id"]): document["name"] for document in self.documents}


@dataclass(frozen=True, kw_only=True)
class Recording(RunRecord):
    """A run on record, as a file holds it. `texts` are pieced together from the excerpts when it was read from one.

    Args:
        value: The answer as the code gave it, when it was plain data; else the answer.
        error: Why the run failed, when it did.
        context: Hash of the context.
        single: The context was one text, a `str` for the code; None when that is not known.
        chunk_size: Characters that `chunks()` made, when that is known.
        excerpts: Stretches of the documents: `document`, `start`, `end`, `text`.
    """

    value: Any = None
    error: str = ""
    context: str = ""
    single: bool | None = None
    chunk_size: int | None = None
    excerpts: Sequence[Excerpt] = ()


def number(identity: Any) -> int:
    """The position of a document with an id such as `d3`; -1 for anything else."""
    match = DOCUMENT.fullmatch(str(identity))
    return int(match[1]) if match else -1


def _words(value: Any) -> str:
    return "" if value is None else str(value)


def _documents(result: Mapping[str, Any], coverage: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The documents by whatever names them: coverage has all, a result those that were touched."""
    found: dict[str, dict[str, Any]] = {}
    for document in [*(result.get("context") or ()), *(result.get("documents") or ()), *coverage.get("documents", ())]:
        metadata = getattr(document, "metadata", document)
        if not isinstance(metadata, Mapping):
            continue
        identity = str(getattr(document, "id", None) or metadata.get("id"))
        characters = metadata.get("characters", metadata.get("size"))
        found[identity] = {"id": identity, "name": str(metadata.get("name") or identity), "characters": characters}
    return sorted(found.values(), key=lambda document: number(document["id"]))


def as_recording(result: Any) -> Recording:
    """A result or a record, as it is. Anything else, and one without a journal, is an `InputError`."""
    if not isinstance(result, Mapping | RunRecord):
        msg = f"{result!r:.80} is not a run. Pass what RLM.invoke returned, as a whole, or what load_journal read."
        raise InputError(msg)
    journal = result.get("journal") if isinstance(result, Mapping) else result.journal
    if not journal:
        msg = "There is no journal: the run has no entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    if not _is_journal(journal):
        msg = f"The journal is {journal!r:.80}, not a list of a run's entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    if isinstance(result, Recording):
        return result
    if isinstance(result, RunRecord):
        return Recording(**{part.name: getattr(result, part.name) for part in fields(RunRecord)}, value=result.answer)
    made = Recording.of(result, getattr(result, "texts", None))
    told = {name: result[name] for name in ("error", "single", "chunk_size") if name in result}
    return replace(made, value=result.get("value", made.answer), **told)


def _is_journal(journal: Any) -> bool:
    return isinstance(journal, Sequence) and all(isinstance(entry, Mapping) and "kind" in entry for entry in journal)
