"""The lines of a journal file beside its entries: the header, excerpts and the end.

A file is JSON lines in UTF-8, one object a line: the header, the entries in order, excerpts, and the end, without which
the file was cut off.
Numbers that JSON lacks are written as Python writes them (`NaN`, `Infinity`). The context is not in the file, but for
excerpts and for what cells printed or wrote into prompts; nor are settings, so no key can be.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.parts import LeftOutFile, Number, Passage, Range, Usage, Whole

FORMAT: Literal["langchain-rlm journal"] = "langchain-rlm journal"
VERSION: Literal[1] = 1


class SubQueries(TypedDict):
    """What became of the sub-queries."""

    asked: Whole
    answered: Whole
    failed: Whole
    is_in_vain: bool
    """All failed, and the root model has read or cited nothing since: the answer rests on nothing."""


class UsageTotals(TypedDict, total=False):
    """What a run used."""

    calls: Number
    input_tokens: Number
    output_tokens: Number
    cost: Number | None
    """US dollars; None when no price is known, 0.0 when all is free."""
    estimated_calls: Number
    """Calls for which the provider gave no token counts."""
    failed_calls: Whole
    """Sub-queries that failed for good."""
    sub_queries: SubQueries
    cache_read_tokens: Number
    """Of the input, from providers' caches. This and the next two are missing where there were none."""
    cache_write_tokens: Number
    reasoning_tokens: Number
    seconds: Number
    models: dict[str, Usage]
    """The same by model."""
    unpriced_models: list[str]
    """Models whose price is not known: their calls are not in `cost`."""


class Citation(Passage):
    """What a mark in the answer stands for."""

    mark: Whole
    """The number in the answer: `[1]`. Other bracketed numbers in the answer are skipped."""
    page: Whole | None


class DocumentCoverage(TypedDict):
    """What models have seen of a document. Shares are from 0 to 1, ranges in characters."""

    id: str
    name: str
    characters: Whole
    read: NotRequired[Number]
    """The share that was sent to a sub-model."""
    printed: NotRequired[Number]
    """The share that was shown to the root model."""
    read_ranges: NotRequired[list[Range]]
    printed_ranges: NotRequired[list[Range]]
    unread: NotRequired[list[Range]]
    """What no model has seen."""


class TableCoverage(TypedDict):
    """Which rows of a table were read as text."""

    id: str
    """Its id: `t0`, `t1`, ..."""
    name: str
    """As SQL has it."""
    rows: Whole
    read: Number
    """The share that `rows` gave. What a query of SQL looked at is not known by rows."""
    read_ranges: list[Range]
    """In rows, from 0."""


class Coverage(TypedDict):
    """Which share of the context models have seen, from 0 to 1.

    A gap of white space only counts with what was seen beside it. Text sent in lines of less than 24 characters that
    are not whole documents may count as unread.
    """

    read: Number
    """Sent to a sub-model."""
    printed: Number
    """Shown to the root model."""
    seen: NotRequired[Number]
    """Either."""
    documents: list[DocumentCoverage]
    required: NotRequired[Number]
    """What `require_coverage` asks for."""
    is_reached: NotRequired[bool]
    left_out: NotRequired[list[LeftOutFile]]
    """Files of the directories asked about that are not in the context."""
    tables: NotRequired[list[TableCoverage]]
    """The tables of the context. The shares above are of the texts; of a context without texts, of the rows."""


class KnownDocument(TypedDict):
    """A document of the context."""

    id: str
    name: str
    characters: Whole | None


class Header(TypedDict):
    """The first line of a file."""

    format: Literal["langchain-rlm journal"]
    version: Annotated[Literal[1], BeforeValidator(lambda it: "true" if it is True else it)]  # it equals 1
    question: str
    answer: str
    value: NotRequired[Any]
    """The answer as plain data, when it is not a string."""
    stop_reason: str
    """Also `failed` and `interrupted`, of a run that did not end."""
    error: str
    """Why it failed."""
    usage: UsageTotals
    citations: list[Citation]
    coverage: Coverage | None
    documents: list[KnownDocument]
    context: str
    """Its hash."""
    single: bool | None
    """The context was one text; None: not known."""
    chunk_size: Whole | None
    """Of `chunks()`; None: not known."""


class Excerpt(TypedDict):
    """What stands at the beginning or at the end of what was cited or sent to a model."""

    kind: Literal["excerpt"]
    document: Whole
    """Its position."""
    start: Whole
    end: Whole
    text: str


class FileEnd(TypedDict):
    """The last line."""

    kind: Literal["file_end"]
    entries: Whole
    """How many there are."""


Line = Annotated[Entry | Excerpt, Field(discriminator="kind")]
"""A line between the first and the last."""
