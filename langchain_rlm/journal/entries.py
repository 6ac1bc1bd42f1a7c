"""What a journal is made of: one entry for everything that happened in a run, in order.

Entries are plain dicts, which load from a checkpoint or a file without our classes. Their checks and the public JSON
schema are made from these types; keys that are not named here are kept. What a type cannot say is in `contents.py`.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

from langchain_rlm.journal.parts import (
    Call,
    ChosenPlan,
    ContextSpan,
    LeftOutFile,
    Limits,
    Number,
    Quote,
    Refused,
    Route,
    SubQueryError,
    Usage,
    Variable,
    Whole,
)


class Interpreter(TypedDict):
    """An interpreter, and what is there beside its standard library."""

    python: NotRequired[str]
    """Its version, such as `3.11`."""
    packages: NotRequired[list[str]]
    """As they were asked for."""
    sandbox: NotRequired[str]
    """The name of one that is not of this package; then nothing else is known."""


class RunEntry(TypedDict):
    """A run begins: what a replay needs to be exact."""

    kind: Literal["run"]
    id: str
    """Of the tree of runs."""
    path: str
    """Which run of the tree: empty for the first, then the ids of the calls that led here, joined by slashes."""
    depth: Whole
    question: str
    seed: str
    started: str
    """ISO 8601."""
    route: Route
    documents: Whole
    characters: Whole
    context: str
    """Its hash."""
    chunk_size: NotRequired[Whole]
    """Of `chunks()`, in characters."""
    batch: NotRequired[Whole]
    """Items of one prompt of `llm_map`, where it is not the usual number."""
    profile: NotRequired[str]
    """The name of the profile that fits the run to its models; without it, `default`."""
    fences: NotRequired[list[str]]
    """Tags of the blocks that are cells beside `repl`; without it, those of Python."""
    repl: NotRequired[Interpreter]
    """Where its code runs, when that is not Monty."""
    limits: NotRequired[Limits]
    """Of its REPL, where they are not the default."""
    shown: NotRequired[list[ContextSpan]]
    """What the first message shows of the context."""
    left_out: NotRequired[list[LeftOutFile]]
    """Files that are not in the context; of very many the first, and how many more there are."""


class QuestionEntry(TypedDict):
    """A further question on the thread; the REPL goes on."""

    kind: Literal["question"]
    text: str


class RouteEntry(TypedDict):
    """The direct call did not fit, or the root model wrote no code: the run goes on another way."""

    kind: Literal["route"]
    route: Route


class Waited(TypedDict, total=False):
    """What is said of a call that could not be sent at once."""

    waited: Number
    """Of its seconds, those before it was sent."""


class ReplyEntry(Waited):
    """The root model has answered."""

    kind: Literal["reply"]
    turn: Whole
    text: str
    last: str | None
    """The stop reason, on the reserved last turn."""
    usage: Usage | None
    """None: it was edited, or is a plan that was given, and was not paid for."""
    model: NotRequired[str]
    cut_off: NotRequired[bool]
    seconds: NotRequired[Number]
    at: NotRequired[Number]
    """Seconds of the run when this was written."""
    plan: NotRequired[ChosenPlan]
    """A plan takes the place of what a root model writes: the text holds its cell."""


class CellEntry(TypedDict):
    """A cell of the reply begins to run."""

    kind: Literal["cell"]
    turn: Whole
    index: Whole
    code: str


class AskedEntry(TypedDict):
    """The cell waits for answers."""

    kind: Literal["asked"]
    raises: bool
    """An error is raised in the cell; else it is returned."""
    is_ahead: NotRequired[bool]
    """Asked before a loop that will ask the same one by one; the loop may ask more."""
    calls: list[Call]
    quote: NotRequired[Quote]
    """There when a person is to confirm it."""
    refused: NotRequired[Refused]
    """The budget has no room for so many calls: they are not written down, but for their `count` and `digest`."""
    count: NotRequired[Whole]
    digest: NotRequired[str]


class ConfirmEntry(TypedDict):
    """A person was shown the quote, and has decided."""

    kind: Literal["confirm"]
    decision: str
    """`approve`, `limit` (up to the `limit`) or `deny`."""
    limit: NotRequired[float]
    """US dollars."""


Over = Literal["all", "context", "prompt"]
"""The context of a recursive run: all that the run above has, the one it was given, or its prompt."""


class BelowRun(TypedDict):
    """The recursive run that an answer comes from."""

    turns: Whole
    stop_reason: str
    journal: "list[Entry]"
    over: Over
    marks: str
    """The id that its citations begin with."""


class Answered(Waited, total=False):
    """What an answer says: `text`, the `value` of a tool, or an `error`."""

    text: str
    value: Any
    error: SubQueryError
    model: str
    usage: Usage | None
    """None: it was paid for by another call."""
    run: BelowRun
    refused: bool
    """It was not asked for."""
    is_sent: bool
    """It was broken off when the budget was used up; of other failures the kind says it."""
    is_copy: bool
    """It was paid for by another call."""


class AnswerEntry(Answered):
    """A call has its answer."""

    kind: Literal["answer"]
    id: str
    seconds: NotRequired[Number]
    at: NotRequired[Number]
    """Seconds of the run when this was written."""


class HostEntry(TypedDict):
    """What the host answered at once: `budget()`, `cite()`."""

    kind: Literal["host"]
    name: str
    value: Any


class CellEndEntry(TypedDict):
    """A cell has ended: the observation."""

    kind: Literal["cell_end"]
    output: str
    """Head and tail of what was printed."""
    printed: Whole
    """Characters of the whole output."""
    hash: str
    """Of the whole output."""
    error: str | None
    lost: bool
    """The variables are."""
    refused: bool
    """The cell was not run: it cannot be."""
    variables: list[Variable]
    """Those that it assigned."""
    shown: NotRequired[list[ContextSpan]]
    """What the output shows of the context."""
    at: NotRequired[Number]
    """Seconds of the run when this was written."""


class NoteEntry(TypedDict):
    """Said to the root model instead of an observation, or beside it."""

    kind: Literal["note"]
    text: str
    refused_answer: NotRequired[Any]
    """The answer that was not taken."""


class EndEntry(TypedDict):
    """The run has its answer."""

    kind: Literal["end"]
    stop_reason: str
    characters: Whole
    hash: str
    chosen: NotRequired[str]
    """The id of the call whose run has this answer, of a run that samples."""
    given: NotRequired[str]
    """Hash of what the code gave, where the answer took the form of `response_format`."""


class ModelUsage(TypedDict):
    """What calls of one model used."""

    model: str
    usage: Usage


class LostEntry(TypedDict):
    """The run was taken up again: what it may have sent and lost before."""

    kind: Literal["lost"]
    id: str
    turns: Whole
    """How many of the calls were the root model's."""
    calls: list[ModelUsage]
    """One for each call, as estimated."""


class CutOff(TypedDict):
    """What the part of a run cost that a fork cut off."""

    turns: Whole
    sub_queries: Whole
    tool_calls: Whole
    seconds: Number
    calls: list[ModelUsage]
    """One for each model."""


class ForkEntry(TypedDict):
    """The run goes on from an earlier place: what was asked after it is kept, so that nothing is paid for twice."""

    kind: Literal["fork"]
    keep: Whole
    """After how many entries the journal was cut."""
    calls: list[Call]
    answers: list[AnswerEntry]
    spent: NotRequired[CutOff]
    """None: the run has a new budget, and nothing counts that came before."""


Entry = Annotated[
    RunEntry | QuestionEntry | RouteEntry | ReplyEntry | CellEntry | AskedEntry | ConfirmEntry | AnswerEntry | HostEntry
    | CellEndEntry | NoteEntry | EndEntry | ForkEntry | LostEntry,
    Field(discriminator="kind"),
]  # fmt: skip
"""One entry of a journal."""


def append_entries(journal: list[Entry], writes: Sequence[list[Entry]]) -> list[Entry]:
    """The journal's reducer: order of arrival, nothing is ever changed.

    A new run on a thread begins a new journal; a fork goes on from an earlier place.
    """
    entries = list(journal)
    for entry in (entry for write in writes for entry in write):
        if entry["kind"] == "run":
            entries.clear()
        elif entry["kind"] == "fork":
            del entries[entry["keep"] :]
        entries.append(entry)
    return entries
