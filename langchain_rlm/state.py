"""What goes in, what is kept in graph state, and what comes out.

All of it is plain data: a checkpoint must load without our classes. The context itself is never here: state holds its
content hash, and prompts are literal pieces plus spans of the context.
"""

from typing import Annotated, Any, NotRequired

from langchain_core.documents import Document
from langgraph.channels import DeltaChannel, UntrackedValue
from pydantic import BaseModel, Field
from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

from langchain_rlm.journal.entries import Entry, append_entries
from langchain_rlm.journal.header import Citation, Coverage, UsageTotals
from langchain_rlm.journal.parts import ChosenPlan, LeftOutFile
from langchain_rlm.journal.samples import Candidate


class RLMInput(TypedDict):
    """The input of a run."""

    question: NotRequired[str]
    context: NotRequired[Any]
    """The text, or where it is: see `langchain_rlm.context.load.load_corpus`."""


class RLMQuestion(BaseModel):
    """A question, and the text that it is about."""

    question: str
    context: Any = Field(
        description="The text, a list of texts, a mapping of names to texts, the hash of a context that is kept "
        "(sha256:...), or an address that the server may read."
    )


class RLMOutput(TypedDict, total=False):
    """What the graph returns."""

    question: str
    answer: str
    value: Any
    """The answer as the code gave it, when it is plain data and not a string."""
    is_structured: bool
    """`value` has the form that `response_format` asks for."""
    citations: list[Citation]
    coverage: Coverage | None
    stop_reason: str
    turns: int
    usage: UsageTotals
    documents: list[dict[str, Any]]
    journal: Annotated[list[Entry], DeltaChannel(append_entries, snapshot_frequency=1000)]


class RLMState(RLMOutput, total=False):
    """What a run keeps between supersteps: what it returns, and which run it is."""

    context: Annotated[Any, UntrackedValue]
    """Only when the graph is called directly: `inspect` takes it out at once, and it is never checkpointed."""
    context_ref: dict[str, Any]
    """`hash` of the context; in a recursive run also its `pieces` over the context of the run above."""
    tree_id: str
    """The id of the first run, and so of the tree."""
    path: str
    """Which run of the tree: empty for the first, then the ids of the calls that led here, joined by slashes."""
    depth: int


NOTHING_YET: dict[str, Any] = {
    "answer": "", "value": None, "is_structured": False, "citations": [], "stop_reason": "", "turns": 0, "usage": {},
    "documents": [], "coverage": None,
}  # fmt: skip
"""The result of a run that has not ended."""


class RLMResult(TypedDict):
    """What `RLM.invoke` returns."""

    question: str
    answer: str
    """The answer. It was a value in the REPL: it may be far longer than any model's output limit."""
    value: Any
    """The same as the code gave it, when it was plain data (a list, a dict, a number); else the answer."""
    structured_response: Any
    """An instance of `response_format`; None without one, or when no answer had its form before the budget ran out."""
    citations: list[Citation]
    """What the marks `[1]`, `[2]` in the answer stand for."""
    coverage: Coverage | None
    """Which share of the context models have seen. None for a context that is searched. With `require_coverage` also
    `required` and `is_reached`."""
    left_out: list[LeftOutFile]
    """Files of the directories asked about that are not in the context, each with the reason."""
    context: list[Document]
    """The documents of which text was sent to a model, shown to the root model or is cited (of a context that is
    searched: those found), without their text: `metadata` has `source`, `characters` and the
    `spans`, which are those of `coverage` and `citations`."""
    usage: UsageTotals
    """What the run used, its recursive runs included."""
    stop_reason: str
    """`answered`, `direct`, `budget:<which>`, `gave_up`, or `no_code` (with `route="rlm"`, the root model wrote no cell
    twice in a row: the answer is empty); `interrupted`: the run waits to be resumed, and
    `__interrupt__` says for what; usage, turns, context and coverage are those so far."""
    plan: ChosenPlan | None
    """The plan that ran last, why it was that one, and its parameters; None where the root model wrote the code. What
    it asked is in the journal."""
    profile: str
    """The name of the profile that fits the run to its models."""
    turns: int
    """Root-model replies in this run, recursive runs not included."""
    candidates: list[Candidate]
    """With `samples`, the runs of which one was chosen. The other fields are about that one, but for `usage`, which
    counts all, and the `journal`, which holds all."""
    journal: list[Entry]
    __interrupt__: NotRequired[list[Any]]
    """LangGraph `Interrupt`s, of a run that waits for a decision."""
