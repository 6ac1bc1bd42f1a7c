"""Progress events: what `stream(..., stream_mode="custom")` yields while a run goes on.

All are dicts with `event`, `run` (which run of the tree: empty for the first, then the ids of the calls that led there,
joined by slashes), `depth` (0 for the first and its samples) and `at` (seconds since the run began). Recursive runs use
the same stream. The last one of an `RLM` is `result`.
"""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict  # as in what it is made of

from langchain_rlm.journal.header import UsageTotals
from langchain_rlm.state import RLMResult


class Progress(TypedDict):
    """The fields that every event has."""

    run: str
    depth: int
    at: float


class Spent(TypedDict):
    """What the whole tree has spent so far. `cost` is in US dollars; None when no call had a known price."""

    tokens: int
    cost: float | None


class LoadingEvent(Progress):
    """Files of the context are read, which takes longer than a second: so many, of all that are known."""

    event: Literal["loading"]
    done: int
    files: int


class InspectEvent(Progress):
    """A run begins; its context and its route are known."""

    event: Literal["inspect"]
    documents: int
    characters: int
    formats: list[str]
    route: str
    question: str


class TurnEvent(Progress):
    """The root model is asked."""

    event: Literal["turn"]
    turn: int
    last: bool


class ReplyEvent(Progress):
    """The root model has answered."""

    event: Literal["reply"]
    turn: int
    text: str
    model: str
    seconds: float
    spent: Spent


class PlanEvent(Progress):
    """A plan takes the place of a reply: which one, why, and its parameters."""

    event: Literal["plan"]
    turn: int
    name: str
    why: str
    parameters: dict[str, Any]
    said: NotRequired[str]


class BudgetEvent(Progress):
    """What is left after a reply; None where there is no limit."""

    event: Literal["budget"]
    left: dict[str, int | float | None]


class CellEvent(Progress):
    """A cell begins to run."""

    event: Literal["cell"]
    turn: int
    index: int
    code: str


class SubQueriesEvent(Progress):
    """A cell asks `count` sub-queries."""

    event: Literal["sub_queries"]
    count: int


class SubQueryEvent(Progress):
    """One sub-query begins: `llm`, `rlm` or `tool`; `sample` or `judge` in a run that samples."""

    event: Literal["sub_query"]
    id: str
    how: str


class AnswerEvent(Progress):
    """One sub-query is done; `error` has `type` and `message` when it failed."""

    event: Literal["answer"]
    id: str
    error: dict[str, str] | None
    seconds: float
    spent: Spent


class ConfirmEvent(Progress):
    """A person has decided about a quote."""

    event: Literal["confirm"]
    decision: Literal["approve", "limit", "deny"]
    limit: float


class CellEndEvent(Progress):
    """The observation: what a cell printed, cut as the root model sees it, and its error."""

    event: Literal["cell_end"]
    printed: int
    output: str
    error: str | None
    lost: bool


class EndEvent(Progress):
    """A run has its answer."""

    event: Literal["end"]
    stop_reason: str
    characters: int
    usage: UsageTotals


class ResultEvent(TypedDict):
    """The result of the first run."""

    event: Literal["result"]
    result: RLMResult


ProgressEvent = (
    LoadingEvent | InspectEvent | TurnEvent | ReplyEvent | PlanEvent | BudgetEvent | CellEvent | SubQueriesEvent
    | SubQueryEvent | AnswerEvent | ConfirmEvent | CellEndEvent | EndEvent | ResultEvent
)  # fmt: skip
