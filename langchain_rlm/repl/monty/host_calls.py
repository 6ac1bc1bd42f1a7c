"""The calls that leave a cell: what the host answers at once, what it asks, and where it waits meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pydantic_monty as monty

from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.functions import ReplFunction
from langchain_rlm.repl.monty.bindings import ANSWERED
from langchain_rlm.repl.protocol import Asked, Host, ReplContext, Result, usable
from langchain_rlm.repl.typed.programs import NAMES, program
from langchain_rlm.repl.typed.waiting import Waiting
from langchain_rlm.repl.values import numbers_in, read_ahead, read_asked, read_tool_call

READING = "_rlm_host_text"
"""What gives parts of large texts."""
CALLS_AT_ONCE = 100_000
"""Sub-queries of one batch."""
UNUSABLE = "FINAL: the answer is nested too deeply, or a number too long. Give it as text."
WRONG_ARGUMENTS = f"a sub-query was asked with wrong arguments, or more than {CALLS_AT_ONCE:,} at once"
_TAKING = frozenset({
    "_rlm_host_final", "_rlm_host_ask", "_rlm_host_ahead", "_rlm_host_future", "_rlm_host_tool",
    "_rlm_host_tool_future", "_rlm_host_typed", "_rlm_host_typed_future",
})  # fmt: skip


@dataclass
class _Pause:
    """Where a cell waits: at a call (`ids` is None) or at futures."""

    snapshot: Any
    waiting: list[Waiting]
    ids: list[int] | None = None


@dataclass
class HostCalls:
    """The calls of the cell that runs.

    Args:
        tools: Names of the user's functions.
        context: What code sees, and what suits a sub-model.
    """

    tools: frozenset[str]
    context: ReplContext
    final: tuple[Any] | None = None
    """The answer that the cell has given."""
    is_reading: bool = False
    """What was answered last is a part of a large text."""
    _pause: _Pause | None = None
    _waiting: dict[int, Waiting] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a cell: the one before awaits nothing any more."""
        self.final = self._pause = None
        self._waiting.clear()

    def answer(self, results: Sequence[Result]) -> Any:
        """Put the answers into the paused cell; return the next snapshot, or what a program asks first.

        Raises:
            ReplayError: It is not paused.
        """
        pause, self._pause = self._pause, None
        if pause is None:
            msg = "This REPL is not paused at a question."
            raise ReplayError(msg)
        queue = iter(results)
        for each in pause.waiting:
            each.take(list(islice(queue, len(each.asked.calls) if each.asked else 0)))
        return self._go_on(pause)

    def _go_on(self, pause: _Pause) -> Any:
        """Run the cell on where calls are answered; else let it wait."""
        if pause.ids is None and pause.waiting[0].asked is None:
            return pause.snapshot.resume({"return_value": pause.waiting[0].value})
        pairs = zip(pause.ids or (), pause.waiting, strict=False)
        settled = {call: {"return_value": each.value} for call, each in pairs if each.asked is None}
        if settled:
            for call in settled:
                del self._waiting[call]
            return pause.snapshot.resume(settled)
        self._pause = pause
        asked = [each.asked for each in pause.waiting if each.asked]
        if pause.ids is None:
            return asked[0]
        return Asked(tuple(call for one in asked for call in one.calls), any(one.raises for one in asked))

    def take(self, snapshot: Any, host: Host) -> Any:
        """Answer what the host can answer at once; return the next snapshot, or what was asked.

        None where the cell has given the answer: it is `final` now.
        """
        if isinstance(snapshot, Asked):
            return snapshot
        if isinstance(snapshot, monty.FutureSnapshot):
            ids = sorted(call for call in snapshot.pending_call_ids if call in self._waiting)  # in the order asked
            if not ids:
                late: monty.ExternalExceptionData = {
                    "exc_type": "RuntimeError",
                    "message": "what an earlier cell asked cannot be awaited any more",
                }
                return snapshot.resume(dict.fromkeys(snapshot.pending_call_ids, late))
            return self._go_on(_Pause(snapshot, [self._waiting[call] for call in ids], ids))
        if isinstance(snapshot, monty.NameLookupSnapshot):
            return snapshot.resume()
        if snapshot.is_os_function:
            return snapshot.resume_not_handled()
        return self._called(snapshot, host)

    def _called(self, snapshot: Any, host: Host) -> Any:  # noqa: PLR0911  # one line a case
        name = snapshot.function_name
        self.is_reading = name == READING
        if name in ANSWERED:
            return snapshot.resume(_answered(ANSWERED[name], snapshot, host))
        if name == READING:
            return snapshot.resume(_read(snapshot.args, host, len(self.context.texts)))
        if name not in _TAKING:
            return snapshot.resume({"exc_type": "NameError", "message": f"name {name!r} is not defined"})
        args = snapshot.args  # written out in full here, however small it is in the sandbox
        if name == "_rlm_host_final" and len(args) == 1:
            self.final = usable(args[0])
            return None if self.final else snapshot.resume({"exc_type": "ValueError", "message": UNUSABLE})
        if "typed" in name:
            return self._waits(snapshot, _begun(args, host, self.context))
        if "tool" in name:
            asked = read_tool_call(args, self.tools)
        else:
            asked = read_ahead(args) if name == "_rlm_host_ahead" else read_asked(args)
        texts = len(self.context.texts)
        if asked is not None and any(number >= texts for call in asked.calls for number in numbers_in(call)):
            asked = None
        if asked is None or len(asked.calls) > CALLS_AT_ONCE:
            return snapshot.resume({"exc_type": "TypeError", "message": WRONG_ARGUMENTS})
        return self._waits(snapshot, Waiting(asked))

    def _waits(self, snapshot: Any, waiting: "Waiting | monty.ExternalExceptionData") -> Any:
        """Let the cell wait for a call, or go on with a future for it."""
        if not isinstance(waiting, Waiting):
            return snapshot.resume(waiting)
        if snapshot.function_name.endswith("_future"):
            self._waiting[snapshot.call_id] = waiting
            return snapshot.resume({"future": ...})
        return self._go_on(_Pause(snapshot, [waiting]))


def _begun(args: tuple[Any, ...], host: Host, context: ReplContext) -> "Waiting | monty.ExternalExceptionData":
    """A program at what it asks first; or what is wrong with its arguments."""
    given = usable(args[1:]) if len(args) == 2 and args[0] in NAMES and isinstance(args[1], dict) else None  # noqa: PLR2004
    try:
        if given is not None:
            return Waiting(program=program(args[0], given[0][0], host, context)).go(next)
    except (TypeError, ValueError) as error:
        kind: Any = "TypeError" if isinstance(error, TypeError) else "ValueError"
        return {"exc_type": kind, "message": str(error)}
    return {"exc_type": "TypeError", "message": WRONG_ARGUMENTS}


def _read(args: tuple[Any, ...], host: Host, texts: int) -> Any:
    """A part of a large text, or what else is asked of it."""
    if len(args) > 1 and isinstance(args[0], str) and isinstance(args[1], int) and 0 <= args[1] < texts:
        return {"return_value": host("text", args[0], args[1], args[2:])}
    return {"exc_type": "TypeError", "message": "a large text was asked for with wrong arguments"}


def _answered(function: ReplFunction, snapshot: Any, host: Host) -> Any:
    """What the host knows without a model."""
    args = snapshot.args if function.takes else ()
    if len(args) == len(function.takes) and all(map(isinstance, args, function.takes)):
        return {"return_value": host(function.name, *args)}
    return {"exc_type": "TypeError", "message": f"{function.name} was called with wrong arguments"}
