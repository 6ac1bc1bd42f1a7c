"""A run on record: what files hold and pages are made from, or the parts of it that exist."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from langchain_rlm.context.text import Text
from langchain_rlm.errors import InputError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import Excerpt
from langchain_rlm.journal.reading import answering, turns
from langchain_rlm.journal.reading import question as newest_question

DOCUMENT = re.compile(r"d(\d{1,15})", re.ASCII)
TABLE = re.compile(r"t(\d{1,15})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A run on record. Any part may be missing: a run that failed or waits has no answer and no end.

    Args:
        question: The newest question.
        answer: Its answer.
        value: The answer as the code gave it, when it was plain data; else the answer.
        stop_reason: Why the run stopped.
        error: Why the run failed, when it did.
        usage: Calls, tokens, dollars and seconds of the newest question; `models` has them by model.
        journal: The run's entries.
        citations: Mark, quote, passage and place of what the answer cites.
        coverage: Which characters were read by a sub-model and which were printed to the root model.
        context: Hash of the context.
        single: The context was one text, a `str` for the code; None when that is not known.
        chunk_size: Characters that `chunks()` made, when that is known.
        documents: `id`, `name` and `characters` of each document.
        texts: The documents' texts in order; of a run that was read from a file, pieced together from the excerpts.
            Without them spans are shown by their places only.
        excerpts: Stretches of the documents: `document`, `start`, `end`, `text`.
    """

    question: str = ""
    answer: str = ""
    value: Any = None
    stop_reason: str = ""
    error: str = ""
    usage: Mapping[str, Any] = field(default_factory=dict)
    journal: Sequence[Entry] = ()
    citations: Sequence[Mapping[str, Any]] = ()
    coverage: Mapping[str, Any] | None = None
    context: str = ""
    single: bool | None = None
    chunk_size: int | None = None
    documents: Sequence[Mapping[str, Any]] = ()
    texts: Sequence[Text] | None = None
    excerpts: Sequence[Excerpt] = ()

    @classmethod
    def of(cls, result: Mapping[str, Any], texts: Sequence[Text] | None = None) -> Self:
        """The recording of a result of `RLM.invoke`, or of the state of a run that did not end, with its texts."""
        journal, coverage = result.get("journal") or (), result.get("coverage") or None
        answer = _words(result.get("answer"))
        told = {name: result[name] for name in ("error", "single", "chunk_size") if name in result}
        return cls(
            question=_words(result.get("question")) or newest_question(journal), answer=answer,
            value=result.get("value", answer), stop_reason=_words(result.get("stop_reason")),
            usage=result.get("usage") or {}, journal=journal, citations=result.get("citations") or (),
            coverage=coverage, documents=_documents(result, coverage or {}), texts=texts, **told,
        )  # fmt: skip

    @property
    def turns(self) -> int:
        """Root-model replies to the newest question."""
        return turns(answering(self.journal))

    def name(self, index: int) -> str:
        return self._names.get(index, f"document {index + 1}")

    @cached_property
    def _names(self) -> dict[int, str]:
        return {number(document["id"]): document["name"] for document in self.documents}


def number(identity: Any) -> int:
    """The position of a document with an id such as `d3`; -1 for anything else."""
    match = DOCUMENT.fullmatch(str(identity))
    return int(match[1]) if match else -1


def table_number(identity: Any) -> int:
    """The position of a table with an id such as `t3`; -1 for anything else."""
    match = TABLE.fullmatch(str(identity))
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
    """A result or a recording, as it is. Anything else, and one without a journal, is an `InputError`."""
    if not isinstance(result, Mapping | Recording):
        msg = f"{result!r:.80} is not a run. Pass what RLM.invoke returned, as a whole, or what load_journal read."
        raise InputError(msg)
    journal = result.get("journal") if isinstance(result, Mapping) else result.journal
    if not journal:
        msg = "There is no journal: the run has no entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    if not isinstance(journal, Sequence) or not all(isinstance(each, Mapping) and "kind" in each for each in journal):
        msg = f"The journal is {journal!r:.80}, not a list of a run's entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    return result if isinstance(result, Recording) else Recording.of(result, getattr(result, "texts", None))
