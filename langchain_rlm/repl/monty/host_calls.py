"""The calls that leave a cell: what the host answers at once, what it asks, and where it waits meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pydantic_monty as monty

from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.functions import ReplFunction
from langchain_rlm.repl.monty.bindings import ANSWERED
from langchain_rlm.repl.monty.values import read_ahead, read_asked, read_tool_call
from langchain_rlm.repl.protocol import Asked, Host, Result, usable

CALLS_AT_ONCE = 100_000
"""Sub-queries of one batch."""
UNUSABLE = "FINAL: the answer is nested too deeply, or a number too long. Give it as text."
WRONG_ARGUMENTS = f"a sub-query was asked with wrong arguments, or more than {CALLS_AT_ONCE:,} at once"
_TAKING = frozenset({
    "_rlm_host_final", "_rlm_host_ask", "_rlm_host_ahead", "_rlm_host_future", "_rlm_host_tool",
    "_rlm_host_tool_future",
})  # fmt: skip


@dataclass
class _Pause:
    """Where a cell waits: at a call (`ids` is None) or at futures. `counts` says how many calls each stands for."""

    snapshot: Any
    counts: list[int]
    ids: list[int] | None = None


@dataclass
class HostCalls:
    """The calls of the cell that runs.

    Args:
        tools: Names of the user's functions.
    """

    tools: frozenset[str]
    final: tuple[Any] | None = None
    """The answer that the cell has given."""
    _pause: _Pause | None = None
    _waiting: dict[int, Asked] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a cell: the one before awaits nothing any more."""
        self.final = self._pause = None
        self._waiting.clear()

    def answer(self, results: Sequence[Result]) -> Callable[[], Any]:
        """A function that puts the answers into the paused cell and runs it on to the next snapshot.

        Raises:
            ReplayError: It is not paused.
        """
        pause, self._pause = self._pause, None
        if pause is None:
            msg = "This REPL is not paused at a question."
            raise ReplayError(msg)
        queue = list(results)
        if pause.ids is None:  # of what was asked ahead, there may be fewer
            return lambda: pause.snapshot.resume({"return_value": queue})
        answers = [[queue.pop(0) for _ in range(count)] for count in pause.counts]
        settled = {call: {"return_value": answer} for call, answer in zip(pause.ids, answers, strict=True)}
        return lambda: pause.snapshot.resume(settled)

    def take(self, snapshot: Any, host: Host) -> Any:
        """Answer what the host can answer at once; return the next snapshot, or what was asked.

        None where the cell has given the answer: it is `final` now.
        """
        if isinstance(snapshot, monty.FutureSnapshot):
            ids = sorted(call for call in snapshot.pending_call_ids if call in self._waiting)  # in the order asked
            if not ids:
                late: monty.ExternalExceptionData = {
                    "exc_type": "RuntimeError",
                    "message": "what an earlier cell asked cannot be awaited any more",
                }
                return snapshot.resume(dict.fromkeys(snapshot.pending_call_ids, late))
            waiting = [self._waiting.pop(call) for call in ids]
            self._pause = _Pause(snapshot, [len(asked.calls) for asked in waiting], ids)
            return Asked(tuple(call for asked in waiting for call in asked.calls), any(a.raises for a in waiting))
        if isinstance(snapshot, monty.NameLookupSnapshot):
            return snapshot.resume()
        if snapshot.is_os_function:
            return snapshot.resume_not_handled()
        return self._called(snapshot, host)

    def _called(self, snapshot: Any, host: Host) -> Any:
        name = snapshot.function_name
        if name in ANSWERED:
            return snapshot.resume(_answered(ANSWERED[name], snapshot, host))
        if name not in _TAKING:
            return snapshot.resume({"exc_type": "NameError", "message": f"name {name!r} is not defined"})
        args = snapshot.args  # written out in full here, however small it is in the sandbox
        if name == "_rlm_host_final" and len(args) == 1:
            self.final = usable(args[0])
            return None if self.final else snapshot.resume({"exc_type": "ValueError", "message": UNUSABLE})
        asked = read_ahead(args) if name == "_rlm_host_ahead" else read_asked(args)
        if "tool" in name:
            asked = read_tool_call(args, self.tools)
        if asked is None or len(asked.calls) > CALLS_AT_ONCE:
            return snapshot.resume({"exc_type": "TypeError", "message": WRONG_ARGUMENTS})
        if name.endswith("_future"):
            self._waiting[snapshot.call_id] = asked
            return snapshot.resume({"future": ...})
        self._pause = _Pause(snapshot, [len(asked.calls)])
        return asked


def _answered(function: ReplFunction, snapshot: Any, host: Host) -> Any:
    """What the host knows without a model."""
    args = snapshot.args if function.takes else ()
    if len(args) == len(function.takes) and all(map(isinstance, args, function.takes)):
        return {"return_value": host(function.name, *args)}
    return {"exc_type": "TypeError", "message": f"{function.name} was called with wrong arguments"}
