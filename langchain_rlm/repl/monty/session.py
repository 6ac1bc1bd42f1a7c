"""One REPL: a sandboxed interpreter in a worker process, fed cell by cell.

A cell runs until it ends, gives the final answer, or asks: then it pauses in the middle, and `resume` puts the answers
in. Everything here blocks; the engine calls it from a worker thread.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pydantic_monty as monty

from langchain_rlm.errors import ReplayError, UnsupportedCodeError
from langchain_rlm.repl.functions import ReplFunction
from langchain_rlm.repl.monty.bindings import ANSWERED, bound_for_each_cell, bound_once, tool_source
from langchain_rlm.repl.monty.jail import innermost, limit_memory
from langchain_rlm.repl.monty.lowering import LoweredCell, Lowering, builtins_source, sandbox_module, sandbox_source
from langchain_rlm.repl.monty.tracebacks import CellText, explain
from langchain_rlm.repl.protocol import (
    Asked,
    Ended,
    Outcome,
    ReplContext,
    ReplLimits,
    Result,
    plain,
    read_asked,
    read_tool_call,
)

BLOCK = 4096
"""Characters of a block of large non-ASCII text: slicing such a string would count from its start each time."""
BLOCKS_ABOVE = 1_000_000
PART = 1024 * BLOCK
"""Characters of a large text handed over at a time."""
SUSPENSIONS = 1_000_000
CALLS_AT_ONCE = 100_000
"""Sub-queries of one batch."""
ANSWERED_AT_ONCE = 10_000
"""Calls that need no model, in a row: they do not count as the cell's own time."""
HANDED_OVER = 512 * 1024 * 1024
"""Bytes beside its memory that a worker may use to hand values over: a small value may be huge when written out."""


@dataclass
class _Pause:
    """Where a cell waits: at a call (`ids` is None) or at futures, with how many calls each."""

    snapshot: Any
    counts: list[int]
    ids: list[int] | None = None


@dataclass
class Session:
    """One REPL. Use `open`, then `start` and `resume`; `close` from any state, `kill` from any thread."""

    pool: monty.Monty
    context: ReplContext
    limits: ReplLimits
    seed: str
    started: datetime
    host: Callable[..., Any]
    """Answers the functions that need no model, by name and with what they were called with."""
    tools: frozenset[str] = frozenset()
    """Names of the user's functions."""
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _output: list[str] = field(default_factory=list)
    _cells: dict[str, CellText] = field(default_factory=dict)
    _modules: set[str] = field(default_factory=set)
    _feeds: int = 0
    _printed: int = 0
    _pid: int | None = None
    _is_killed: bool = False
    is_closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pause: _Pause | None = None
    _waiting: dict[int, Asked] = field(default_factory=dict)
    _final: tuple[Any] | None = None
    _lowered: LoweredCell | None = None

    # -- life -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the worker and bind the contract and the context."""
        size = sum(len(text.encode()) if not text.isascii() else len(text) for text in self.context.texts)
        limits: monty.ResourceLimits = {
            "max_feed_duration_secs": self.limits.cell_seconds,
            "max_memory": self.limits.memory + 5 * size,
            "max_suspensions": SUSPENSIONS,
        }
        policy: monty.OSPolicy = {
            "datetime": self.started,
            "sleep": "zero",
            "random_start": {"seed": self.seed},
        }
        checkout = self.pool.checkout(limits=limits, os_policy=policy, assert_message_annotations=False)
        self._repl = self._stack.enter_context(checkout)
        if self._repl.worker_pid is not None:
            self._pid = innermost(self._repl.worker_pid)  # now: to end it must need no look at files
            limit_memory(self._pid, 2 * (self.limits.memory + 5 * size) + HANDED_OVER)
        large = [index for index, text in enumerate(self.context.texts) if len(text) >= BLOCKS_ABOVE]
        blocked = [index for index in large if not self.context.texts[index].isascii()]
        self._lowering = Lowering(tools=self.tools, slices=bool(blocked))
        self._feed(builtins_source(), inputs=self._settings())
        self._bind_context(frozenset(large), blocked)
        sources = [sandbox_source("chunks"), sandbox_source("contract"), tool_source(sorted(self.tools))]
        bound = [bound_once(), bound_for_each_cell(self.tools), "_rlm_own = list(locals().keys())"]
        self._feed("\n".join([*sources, *bound]))

    def _settings(self) -> dict[str, Any]:
        settings = {
            "print_limit": self.limits.print_limit,
            "chunk_size": self.context.chunk_size,
            "separators": [list(separators) for separators in self.context.separators],
            "block_size": BLOCK,
            "calls_at_once": CALLS_AT_ONCE,
        }
        return {"sources": [dict(source) for source in self.context.sources], "_rlm_settings": settings}

    def _bind_context(self, large: frozenset[int], blocked: Sequence[int]) -> None:
        """Hand the texts over: large ones in parts, so that the host never holds a second copy."""
        small = ["" if index in large else text for index, text in enumerate(self.context.texts)]
        self._feed("_rlm_blocks = []", inputs={"_rlm_texts_in": small})
        for index in sorted(large):
            text, step = self.context.texts[index], BLOCK if index in blocked else PART
            self._feed("_rlm_parts = []")
            for start in range(0, len(text), PART):
                part = text[start : start + PART]
                pieces = [part[i : i + step] for i in range(0, len(part), step)]
                self._feed("_rlm_parts += _rlm_part", inputs={"_rlm_part": pieces})
            self._feed(f"_rlm_texts_in[{index}] = ''.join(_rlm_parts)")
            if index in blocked:
                self._feed(f"_rlm_blocks.append((_rlm_texts_in[{index}], _rlm_parts))")
        self._feed("_rlm_parts = _rlm_part = None")
        self._feed("context = _rlm_texts_in[0]" if self.context.single else "context = _rlm_texts_in")

    def close(self) -> None:
        """End the worker. Safe to call twice, and after a crash."""
        self._pause = None
        self.is_closed = True
        with self._lock:
            self._pid = None  # the pool may give the same worker to another session
        with contextlib.suppress(monty.MontyError, RuntimeError):
            self._stack.close()

    def kill(self) -> None:
        """Stop a running cell at once, from any thread, by ending its worker."""
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            self._is_killed = True
            if self._pid is not None:
                os.kill(self._pid, signal.SIGKILL)

    # -- cells ----------------------------------------------------------------------------------------------------

    def start(self, code: str, *, is_first: bool = False) -> Outcome:
        """Run a cell until it ends or asks; the first one of a question finds `answer` empty."""
        self._output.clear()
        self._printed = 0
        self._final = None
        self._waiting.clear()
        try:
            self._lowered = self._lowering.lower(code)
        except UnsupportedCodeError as error:
            return Ended("", f"Line {error.line}: {error}\nNothing of this cell was run.", refused=True)
        except (RecursionError, MemoryError):
            told = "The code is nested too deeply; use a loop, or read long data from text."
            return Ended("", f"{told}\nNothing of this cell was run.", refused=True)
        lowered = self._lowered
        return self._run(lambda: self._begin(code, lowered, is_first=is_first))

    def _begin(self, code: str, lowered: LoweredCell, *, is_first: bool) -> Any:
        if is_first and self._cells:
            self._feed(_NEW_ANSWER)
        for name in lowered.modules:
            if name not in self._modules:
                self._feed(sandbox_module(name))
                self._modules.add(name)
        self._feed(bound_for_each_cell(self.tools))
        self._cells[f"<python-input-{self._feeds}>"] = CellText(code, lowered.lines)
        self._feeds += 1
        return self._repl.feed_start(lowered.source, print_callback=self._print)

    def resume(self, results: Sequence[Result]) -> Outcome:
        """Put the answers of a paused cell in, and run it on."""
        pause, self._pause = self._pause, None
        if pause is None:
            msg = "This REPL is not paused at a question."
            raise ReplayError(msg)
        queue = list(results)
        answers = [[queue.pop(0) for _ in range(count)] for count in pause.counts]
        if pause.ids is None:
            return self._run(lambda: pause.snapshot.resume({"return_value": answers[0]}))
        settled = {call: {"return_value": answer} for call, answer in zip(pause.ids, answers, strict=True)}
        return self._run(lambda: pause.snapshot.resume(settled))

    def draft(self) -> Any:
        """What `answer` holds now, ready or not; None when the REPL cannot say."""
        with contextlib.suppress(monty.MontyError, RuntimeError):
            value = self._feed("_rlm_draft(_rlm_b_locals())")
            return value if _is_usable(value) else None
        return None

    def variable(self, name: str) -> tuple[Any] | None:
        """A variable's value, or None when there is none of that name."""
        if not name.isidentifier() or name.startswith("_rlm_"):
            return None
        with contextlib.suppress(monty.MontyError, RuntimeError):
            # naming it outright would give it a place among the variables
            found = self._feed(
                f"[_rlm_measured({name!r}, _rlm_b_locals()[{name!r}])] if {name!r} in _rlm_b_locals() else None"
            )
            return (found[0],) if isinstance(found, list) and len(found) == 1 and _is_usable(found) else None
        return None

    def _print(self, _stream: str, text: str) -> None:
        """Keep what is printed. The sandbox limits it itself; code that gets around that loses its worker."""
        room = 2 * self.limits.print_limit - self._printed
        self._printed += len(text)
        if len(text) <= room:
            self._output.append(text)
        else:
            self._output.append(text[: max(0, room)])
            self.kill()

    def _feed(self, source: str, inputs: dict[str, Any] | None = None) -> Any:
        self._feeds += 1
        return self._repl.feed_run(source, inputs=inputs, print_callback=self._print)

    def _run(self, step: Callable[[], Any]) -> Outcome:
        try:
            snapshot = step()
            answered = 0
            while not isinstance(snapshot, monty.MontyComplete):
                asked = self._at(snapshot)
                answered += 1
                if isinstance(asked, Asked):
                    return asked
                if self._final is not None:
                    return self._stopped(snapshot)
                if answered > ANSWERED_AT_ONCE:
                    return self._given_up()
                snapshot = asked
        except monty.MontyCrashedError as error:
            why = "took too long" if error.timed_out else "was ended"
            text = f"The REPL worker {why}; the variables of this cell are lost."
            return Ended(self._text(), text, lost=True, crashed=not error.timed_out and not self._is_killed)
        except monty.MontyError as error:
            return self._failed(error)
        return self._ended(None)

    def _given_up(self) -> Ended:
        self.kill()
        said = f"The cell called functions of the REPL more than {ANSWERED_AT_ONCE:,} times in a row and was stopped"
        return Ended(self._text(), f"{said}; its variables are lost.", lost=True)

    def _stopped(self, snapshot: Any) -> Ended:
        """End a cell at its FINAL, so that the session can go on; a cell that will not end loses its worker."""
        lost = False
        with contextlib.suppress(monty.MontyError):
            lost = not isinstance(snapshot.resume({"exc_type": "SystemExit", "message": "FINAL"}), monty.MontyComplete)
        if lost:
            self.kill()
        return Ended(self._text(), None, lost=lost, final=self._final)

    def _failed(self, error: monty.MontyError) -> Ended:
        said = explain(error, self._cells, self._lowering.errors)
        if isinstance(error.exception(), TimeoutError) and "time limit" in str(error):
            limit = f"The cell's own code ran for more than {self.limits.cell_seconds:g} seconds and was stopped"
            advice = "Do less in one cell."
        elif isinstance(error.exception(), MemoryError):
            limit, advice = "The cell used more memory than the REPL has and was stopped", "Work on parts."
        else:
            return self._ended(said)
        frames = said.rpartition("\n")[0]  # without the interpreter's own words for it
        told = f"{limit}; its variables are lost. {advice}"
        return Ended(self._text(), f"{frames}\n{told}" if frames else told, lost=True)

    def _ended(self, error: str | None) -> Ended:
        output = self._text()
        if self._final is not None:
            return Ended(output, None, final=self._final)
        assigned = list(self._lowered.assigned) if self._lowered else []
        try:
            ready, variables = _read_end(self._feed(f"_rlm_cell_end(_rlm_b_locals(), {assigned!r})"))
        except monty.MontyError as failure:
            return Ended(output, error or explain(failure, self._cells, self._lowering.errors))
        final = None if error or ready is None or ready[0] in (None, "") else (ready[0],)
        return Ended(output, error, final=final, variables=variables)

    def _text(self) -> str:
        return "".join(self._output)

    # -- pauses ---------------------------------------------------------------------------------------------------

    def _at(self, snapshot: Any) -> Any:
        """Answer what the host can answer at once; return the next snapshot, or what was asked."""
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
        return self._host_call(snapshot)

    def _host_call(self, snapshot: Any) -> Any:
        name = snapshot.function_name
        if name in ANSWERED:
            return snapshot.resume(self._answered(ANSWERED[name], snapshot))
        if name not in _TAKING:
            return snapshot.resume({"exc_type": "NameError", "message": f"name {name!r} is not defined"})
        args = snapshot.args  # written out in full here, however small it is in the sandbox
        if name == "_rlm_host_final" and len(args) == 1:
            self._final = (args[0],) if _is_usable(args[0]) else None
            return None if self._final else snapshot.resume({"exc_type": "ValueError", "message": UNUSABLE})
        if "tool" in name and not _is_usable(args):
            args = ()
        asked = read_tool_call(args, self.tools) if "tool" in name else read_asked(args)
        if asked is None or len(asked.calls) > CALLS_AT_ONCE:
            return snapshot.resume({"exc_type": "TypeError", "message": WRONG_ARGUMENTS})
        if name.endswith("_future"):
            self._waiting[snapshot.call_id] = asked
            return snapshot.resume({"future": ...})
        self._pause = _Pause(snapshot, [len(asked.calls)])
        return asked

    def _answered(self, function: ReplFunction, snapshot: Any) -> Any:
        """What the host knows without a model. Arguments come from the sandbox and may be anything."""
        args = snapshot.args if function.takes else ()
        if len(args) == len(function.takes) and all(map(isinstance, args, function.takes)):
            return {"return_value": self.host(function.name, *args)}
        return {"exc_type": "TypeError", "message": f"{function.name} was called with wrong arguments"}


def _is_usable(value: Any) -> bool:
    """Whether the host can write a value out: nested too deeply or a number of thousands of digits, it cannot."""
    try:
        plain(value)
        return isinstance(value, str) or bool(repr(value))
    except (RecursionError, ValueError):
        return False


def _read_end(told: Any) -> tuple[list[Any] | None, tuple[tuple[str, str, int | None], ...]]:
    """How a cell ended, as the sandbox tells it; code there may have put anything in its place."""
    if not isinstance(told, list) or len(told) != 2 or not isinstance(told[1], list):  # noqa: PLR2004  # a pair
        return None, ()
    ready, described = told
    is_ready = isinstance(ready, list) and len(ready) == 1 and _is_usable(ready[0])
    return ready if is_ready else None, tuple(row for row in described if _is_variable(row))


def _is_variable(row: Any) -> bool:
    kinds = (str, str, int | None)
    return isinstance(row, tuple) and len(row) == len(kinds) and all(map(isinstance, row, kinds))


_NEW_ANSWER = 'answer = {"content": "", "ready": False}'
UNUSABLE = "FINAL: the answer is nested too deeply, or a number too long. Give it as text."
WRONG_ARGUMENTS = f"a sub-query was asked with wrong arguments, or more than {CALLS_AT_ONCE:,} at once"
_TAKING = frozenset({
    "_rlm_host_final", "_rlm_host_query", "_rlm_host_future", "_rlm_host_tool",
    "_rlm_host_tool_future",
})  # fmt: skip
