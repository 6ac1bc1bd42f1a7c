"""The dict that `RLM.invoke` returns. It holds the texts too, so that a notebook can show excerpts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic_core import to_jsonable_python

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.text import Text
from langchain_rlm.journal.header import Coverage, DocumentCoverage

if TYPE_CHECKING:
    from langchain_rlm.journal.record import Recording

_DRIVING = re.compile("[\x7f-\x9f]")
"""Characters that JSON may hold as they are, and that drive terminals."""


class Result(dict[str, Any]):
    """An `RLMResult`. Notebooks show it as its answer with citations and coverage.

    A copy or a pickle of it is a plain dict, without the texts.
    """

    def __init__(self, values: Mapping[str, Any], texts: Sequence[Text] | None) -> None:
        super().__init__(values)
        self.texts = texts

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def to_json(self) -> str:
        """The result as JSON text: documents by their metadata, a structured response by its fields.

        JSON has no NaN and no infinity: they are null.
        """
        return result_to_json(self)

    def _repr_html_(self) -> str:
        from langchain_rlm.journal.record import Recording
        from langchain_rlm.report.notebook import repr_html  # only notebooks need it

        return repr_html(Recording.of(self, self.texts))


def result_to_json(result: Mapping[str, Any]) -> str:
    """What `RLM.invoke` returned as JSON; see `Result.to_json`."""
    documents = [{"id": document.id, **document.metadata} for document in result["context"]]
    plain = to_jsonable_python({**result, "context": documents}, fallback=str, inf_nan_mode="null")
    text = json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False)
    return _DRIVING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def result_to_html(result: "Mapping[str, Any] | Recording", *, context: Sequence[str] | None = None) -> str:
    """A run as a page: one HTML file that needs nothing else.

    Args:
        result: What `RLM.invoke` returned, or what `load_journal` read.
        context: The texts of the documents, in order. Default: the texts that the result holds. Without texts the page
            shows places instead of excerpts.

    Raises:
        InputError: `result` is not a result, or has no journal.
    """
    from langchain_rlm.journal.record import as_recording  # only pages need it
    from langchain_rlm.report.page import render

    recording = as_recording(result)
    return render(recording if context is None else replace(recording, texts=context))


def with_unseen(coverage: Coverage | None, corpus: Corpus | None) -> Coverage | None:
    """Coverage that lists also the documents no model has seen: state leaves them out."""
    if coverage is None or corpus is None:
        return coverage
    seen = {document["id"]: document for document in coverage["documents"]}
    documents: list[DocumentCoverage] = [
        seen.get(source["id"])
        or {
            "id": source["id"], "name": source["name"], "characters": source["size"],
            "read": 0.0 if source["size"] else 1.0, "printed": 0.0 if source["size"] else 1.0,
            "read_ranges": [], "printed_ranges": [], "unread": [[0, source["size"]]] if source["size"] else [],
        }
        for source in corpus.sources()
    ]  # fmt: skip
    return {**coverage, "documents": documents}
