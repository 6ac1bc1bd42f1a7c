"""What a sandbox is: where the code of a run is run, cell by cell.

The engine knows only this of a sandbox, and a sandbox knows nothing of the engine. They exchange plain data: what a
REPL is given, what a cell asks, how it ends. All that comes out is `plain` already: the engine keeps it as it is.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from langchain_rlm.checks import AMOUNT, AMOUNT_OR_ZERO, COUNT, WHOLE
from langchain_rlm.context.text import Text
from langchain_rlm.surrogates import encodable


@dataclass(frozen=True, kw_only=True)
class ReplLimits:
    """What one REPL may use.

    Args:
        cell_seconds: Time for a cell's own code; waiting for models does not count.
        memory: Bytes beside the context; five times the context is added, of a text that stays in its file five times
            500 MB at most.
        print_limit: Characters a cell may print before it is stopped.
        idle_seconds: A REPL that waits longer than this for a model gives its process up, and is built again when
            the answer comes.
        idle_repls: REPLs of one `RLM` that may wait with a process at once; the one that waits longest gives way.

    Raises:
        InputError: A limit is negative or not a number; only the last two may be zero.
    """

    cell_seconds: float = 60.0
    memory: int = 512 * 1024 * 1024
    print_limit: int = 1_000_000
    idle_seconds: float = 60.0
    idle_repls: int = 64

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            rule.check(name, getattr(self, name), of="ReplLimits")


_RULES = {
    "cell_seconds": AMOUNT, "memory": COUNT, "print_limit": COUNT, "idle_seconds": AMOUNT_OR_ZERO, "idle_repls": WHOLE,
}  # fmt: skip


BATCH = 10
"""Items that are judged in one prompt. Weak models label 50 of 60 lines right by tens, 45 by twenties."""


@dataclass(frozen=True)
class ReplContext:
    """What code sees: the texts, what they are called, and how much a prompt gets by default."""

    texts: Sequence[Text]
    single: bool
    sources: Sequence[Mapping[str, Any]]
    chunk_size: int
    batch: int = BATCH
    """Items of one prompt of `llm_map`."""


Passed = str | int
"""A text for a recursive run, or the number of a large document of the context."""


@dataclass(frozen=True)
class Call:
    """One question that a cell asked. `how` is `llm`, `rlm` or `tool`; `context` only with `rlm`.

    A tool's call has the tool's name as `prompt`, and `arguments`: positional ones and named ones.
    """

    how: str
    prompt: str
    model: str | None = None
    context: "Passed | list[Passed] | None" = None
    arguments: tuple[list[Any], dict[str, Any]] | None = None
    images: tuple[tuple[int, int], ...] = ()
    """Pages that are sent with the prompt, each by its document's position and its number."""
    labels: tuple[str, str] | None = None
    """The answer tells how probable the first of them is, where the model tells that."""
    is_choice: bool = False
    """The answer is one of a few words, which the prompt names."""

    def digest(self) -> str:
        parts: list[Any] = [self.how, self.prompt, self.model, self.context]
        if self.arguments is not None:
            parts.append(self.arguments)
        if self.images:
            parts.append({"images": self.images})
        if self.labels:
            parts.append({"labels": self.labels})
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Asked:
    """The cell is paused until its calls are answered."""

    calls: tuple[Call, ...]
    raises: bool = True
    """One failing call raises in the cell, which then loses the answers of the others."""
    is_ahead: bool = False
    """The cell will ask these one by one: of the results, it is given as many from the first on as there are."""

    def digest(self) -> str:
        return hashlib.sha256("".join(call.digest() for call in self.calls).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ended:
    """The cell has ended."""

    output: str
    """What it printed."""
    error: str | None = None
    """What it raised, as the root model is told."""
    lost: bool = False
    """The sandbox cannot be used any more, and what the cell assigned is lost. The engine opens another one and runs
    the cells before this one there again."""
    refused: bool = False
    """The cell was never run: it cannot be understood."""
    final: tuple[Any] | None = None
    """The answer that it gave, if it gave one."""
    variables: tuple[tuple[str, str, int | None], ...] = ()
    """What it assigned: name, type, and size where it has one."""

    def digest(self) -> str:
        return hashlib.sha256(self.output.encode()).hexdigest()


Outcome = Asked | Ended
Result = tuple[Any, ...]
"""An answered call: ("ok", text or a tool's value) or ("failed", type, message)."""


class SandboxLostError(Exception):
    """The sandbox has died: not of the code's limits, and not of `kill`. What was done there is lost; it says how."""


@dataclass(frozen=True)
class Within:
    """A text that code has, the only one in which a quote is looked for: of the context, or not."""

    text: str


class Host(Protocol):
    """Answers what needs no model.

    `"text"` with what is asked of a large document (`context/large_answers.py`), its number and the arguments;
    `"budget"`; `"cite"` with a quote, its source (or a `Within`) and a place near it; `"chunks"` with a text or a list
    of texts, the size and the overlap of pieces. A document of the context is its position there, any other text
    itself. It gives pieces as lists of their parts, each text or a position in the given list, start and end; or a dict
    with an `error`.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


class Sandbox(Protocol):
    """One REPL, and all that its code can reach.

    All but `kill` may block; the engine calls them on threads of its own, one at a time, though not always on the same
    one. The same cells with the same answers must have the same outcomes in any sandbox of the same kind: that is how
    a REPL is built again.

    What comes out is `plain` and has no lone surrogates: prompts, arguments, output, errors, the answer, variables. An
    answer or arguments that cannot be plain data are an error of the cell.
    """

    host: Host
    """Called from within `start` and `resume`, on their thread. The engine sets it anew when a REPL is built again."""

    def open(self) -> None:
        """Begin: called once, before any cell."""

    def allow(self, seconds: float) -> None:
        """Let the paused cell have so many seconds from now on, and each one after it: once a REPL is built again."""

    def start(self, code: str, *, is_first: bool = False) -> Outcome:
        """Run a cell until it ends or asks; the first one of a question finds `answer` empty."""

    def resume(self, results: Sequence[Result]) -> Outcome:
        """Put the answers of the paused cell in, in the order asked, and run it on."""

    def variable(self, name: str) -> tuple[Any] | None:
        """The value of a variable in a tuple; None when there is no usable one of that name. Only between cells."""

    def draft(self) -> Any:
        """What `answer` holds, ready or not; None when the REPL cannot say. Only between cells."""

    def kill(self) -> None:
        """End it at once, from any thread, and without waiting: a cell that runs comes back as `lost`."""

    def close(self) -> None:
        """Give back what it holds, in any state. Safe to call twice, and after `kill`."""


class Sandboxes(Protocol):
    """Makes the sandboxes of one tree of runs, and owns what they share: worker processes, say."""

    def new(
        self, context: ReplContext, limits: ReplLimits, *, seed: str, started: datetime, host: Host,
        tools: frozenset[str] = frozenset(),
    ) -> Sandbox:  # fmt: skip
        """A sandbox that is not open yet. Called from the event loop: it must not block.

        `seed` is that of all randomness, `started` the time that its clock always shows. `tools` are names of the
        user's functions, each called with `Call.how` as `tool`.
        """

    def close(self) -> None:
        """End all of them. It may block."""


SandboxFactory = Callable[[], Sandboxes]
"""Called once for each tree of runs, on a thread: it may block."""


DEEPEST = 100
"""How deep a value may be nested."""
STORABLE = range(-(2**63), 2**64)
"""Integers that MessagePack has (specification, formats int and uint); others are kept as text."""


def plain(value: Any, *, room: int = DEEPEST) -> Any:
    """A value as JSON data without lone surrogates; other values become strings.

    Values are made so where they enter, and nowhere else: where they leave a sandbox, and where a tool returns. One
    nested deeper than checkpoints can keep it, or a number of thousands of digits, is a `ValueError`.
    """
    if not room:
        msg = f"nested more than {DEEPEST} deep"
        raise ValueError(msg)
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float | bool) or value is None or (isinstance(value, int) and value in STORABLE):
        return value
    if isinstance(value, dict):
        return {encodable(str(key)): plain(item, room=room - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item, room=room - 1) for item in value]
        return items if isinstance(value, list | tuple) else sorted(items, key=str)
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(), room=room - 1)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def usable(value: Any) -> tuple[Any] | None:
    """A value as plain data; None where it is nested too deeply, or has a number of thousands of digits."""
    try:
        return (plain(value),)
    except (RecursionError, ValueError):
        return None
