"""What entries and the header of a journal are made of, as types; `entries.py` says what is made from them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

MOST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""

Whole = Annotated[int, Field(ge=0, le=MOST)]
Number = Annotated[float, Field(ge=-MOST, le=MOST)]
Range = Annotated[list[Whole], Field(min_length=2, max_length=2)]
"""Start and end, in characters."""
ContextSpan = Annotated[list[Whole], Field(min_length=3, max_length=3)]
"""Position of a document of the context, start and end in characters."""
Pieces = list[str | ContextSpan]
"""A text by reference: literal parts, and spans of the context."""
Route = Literal["direct", "rlm", "plan", "samples"]
How = Literal["llm", "rlm", "tool", "sample", "judge"]
"""A question to a model, a recursive run, or a function of the user's; of a run that samples, a run like the one
without samples, or a question to the root model which answer to take."""
Variable = Annotated[tuple[str, str, Whole | None], Field(strict=False)]
"""Name, type and size; a list, as JSON has it."""
Arguments = Annotated[tuple[list[Any], dict[str, Any]], Field(strict=False)]
"""Those by position and those by name; a list of the two, as JSON has it."""


class Usage(TypedDict):
    """What a call used. Keys may be missing: one call, counted by the provider, no known price, no cache."""

    input_tokens: Number
    output_tokens: Number
    calls: NotRequired[Number]
    estimated_calls: NotRequired[Number]
    """Calls for which the provider gave no token counts."""
    cost: NotRequired[Number | None]
    """US dollars."""
    cache_read_tokens: NotRequired[Number]
    """Of the input, from the provider's cache."""
    cache_write_tokens: NotRequired[Number]
    reasoning_tokens: NotRequired[Number]
    seconds: NotRequired[Number]


class Limits(TypedDict, total=False):
    """What a replay needs to know of `ReplLimits`."""

    cell_seconds: Number
    memory: Whole
    print_limit: Annotated[int, Field(ge=1, le=MOST)]


class ChosenPlan(TypedDict):
    """The plan that ran, and why."""

    name: str
    why: str
    parameters: dict[str, Any]
    said: NotRequired[str]
    """What the root model chose it with."""


class LeftOutFile(TypedDict):
    """A file of a directory that is not in the context."""

    name: str
    reason: str


class SubQueryError(TypedDict):
    """Why there is no answer."""

    type: str
    message: str


class Refused(TypedDict):
    """What the code got instead of answers."""

    error: SubQueryError


class Quote(TypedDict):
    """What calls are expected to cost; a person is asked before they are made."""

    question: NotRequired[str]
    """Which question it is: `confirm_sub_queries`."""
    calls: Whole
    tokens: Number
    cost: Number | None
    """US dollars of the calls whose price is known; None when there are none."""
    unpriced_models: NotRequired[list[str]]
    """Models of calls whose price is not known."""
    seconds: Number
    spent: NotRequired[Number]
    """US dollars that the tree of runs has cost so far, as far as prices are known."""
    run: NotRequired[str]
    """The path of the run that asks."""


class Image(TypedDict):
    """A page of a file, by reference: its picture is not kept."""

    document: Whole
    """Position in the context."""
    page: Whole
    span: NotRequired[ContextSpan]
    """Where it stands in the text. Missing: there is no such page."""


class Call(TypedDict):
    """Something that a cell asked."""

    id: str
    how: How
    model: str | None
    """The name of a sub-model; None: the usual one."""
    digest: str
    """Of what is asked: equal calls have equal ones."""
    pieces: Pieces
    """The prompt."""
    images: NotRequired[list[Image]]
    """Pages that are sent with it, as pictures."""
    labels: NotRequired[list[str]]
    """The answer tells how probable the first one is."""
    choice: NotRequired[bool]
    """The answer is one of a few words."""
    context: NotRequired[list[Pieces]]
    """The documents that a recursive run is given."""
    single: NotRequired[bool]
    """That context is one text, a `str` for the code."""
    tool: NotRequired[str]
    """The function that is called; then there are `arguments`."""
    arguments: NotRequired[Arguments]
    reused: NotRequired[str]
    """The id of the call whose answer it has."""


class Place(TypedDict):
    """A stretch of the context."""

    document: str
    """Its id: `d0`, `d1`, ...; of a table `t0`, `t1`, ...: then start and end are rows, from 0."""
    start: Whole
    end: Whole


class Passage(Place):
    """A stretch of the context with its words."""

    name: str
    """Of the document."""
    line: Whole
    last_page: NotRequired[Whole]
    """Where it ends, when that is not the page where it begins."""
    text: str
    others: NotRequired[list[Place]]
    """Other places of the quote."""
    has_more: NotRequired[bool]
    """There are still others."""


class Cited(Passage):
    """What `cite()` gave, when it gave no `error`."""

    mark: str
    """What the code may write for it: `[c1]`."""
    page: NotRequired[Whole | None]
