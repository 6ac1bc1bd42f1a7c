"""One REPL: a sandboxed interpreter in a worker process, fed cell by cell.

A cell runs until it ends, gives the final answer, or asks: then it pauses in the middle, and `resume` puts the answers
in. Everything here blocks; the engine calls it from a worker thread.
"""

import contextlib
import os
import secrets
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakMethod

import pydantic_monty as monty

from langchain_rlm.context.large import LargeText
from langchain_rlm.context.text import Text
from langchain_rlm.errors import UnsupportedCodeError
from langchain_rlm.repl.jail.processes import innermost, limit_memory
from langchain_rlm.repl.monty.bindings import bound_for_each_cell, bound_once, tool_source
from langchain_rlm.repl.monty.clock import CellClock
from langchain_rlm.repl.monty.host_calls import CALLS_AT_ONCE, HostCalls
from langchain_rlm.repl.monty.lowering import (
    LARGE,
    PLACES,
    LoweredCell,
    Lowering,
    Texts,
    builtins_source,
    sandbox_module,
    sandbox_source,
)
from langchain_rlm.repl.monty.tracebacks import CellText, explain
from langchain_rlm.repl.protocol import (
    Asked,
    Ended,
    Host,
    Outcome,
    ReplContext,
    ReplLimits,
    Result,
    SandboxLostError,
    usable,
)
from langchain_rlm.repl.values import read_end

WIDE = 100_000
"""Characters from which on places in a text that is not ASCII are looked up by `sandbox/wide.py`."""
LONG = 1_000_000
"""Characters from which on what is looked for in any text is looked for there, from place to place."""
BLOCKS = (4096, 1024, 3)
"""Characters of a block there, blocks of a zone, and zones that are kept beside the texts."""
PART = 1_000_000
"""Characters of a large text handed over at a time, so that the host never holds a second copy."""
LONGEST_CELL = 250_000
"""Characters: twice what any model writes in one reply."""
LEAST_SECONDS = 60.0
"""Seconds that a worker may take for each part of its start, however little a cell may."""
KEPT = 500_000_000
"""Bytes, at most, of a text that stays in its file of which code may keep pieces as it may of any other."""
SECRET = 2**16
"""Bytes of memory up to which a worker has more: the limit that it names, when it stops a cell, no code can name."""
SUSPENSIONS = 1_000_000
READS = 10**9
"""Times that a cell may read parts of large texts, and ask all else."""
ANSWERED_AT_ONCE = 10_000
"""Calls in a row that need no model: their time does not count as the cell's own."""
HANDED_OVER = 512 * 1024 * 1024
"""Bytes beside its memory that a worker may use to hand values over: a small value may be huge when written out."""


class Workers(Protocol):
    """What gives a worker: the workers of a tree, or a pool."""

    @property
    def checkout(self) -> Callable[..., contextlib.AbstractContextManager[monty.MontySession]]: ...


@dataclass
class MontySandbox:
    """A `Sandbox` in a process of `workers`; its arguments are those of `Sandboxes.new`, and `WIDE` and `BLOCKS`."""

    workers: Workers
    context: ReplContext
    limits: ReplLimits
    seed: str
    started: datetime
    host: Host
    tools: frozenset[str] = frozenset()
    wide: int = WIDE
    blocks: tuple[int, int, int] = BLOCKS
    _calls: HostCalls = field(init=False)
    _clock: CellClock = field(init=False)
    _memory: int = field(init=False)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _output: list[str] = field(default_factory=list)
    _cells: dict[str, CellText] = field(default_factory=dict, repr=False)
    _modules: set[str] = field(default_factory=set)
    _feeds: int = 0
    _printed: int = 0
    _pid: int | None = None
    _is_killed: bool = False
    _has_large: bool = False
    _is_bound: bool = False
    """Nothing has been run since the names of each cell were bound."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _lowered: LoweredCell | None = None

    def __post_init__(self) -> None:
        self._calls = HostCalls(self.tools, self.context)
        seconds = self.limits.cell_seconds
        self._clock = CellClock(seconds, max(seconds, LEAST_SECONDS), WeakMethod(self.kill))
        size = sum(map(_size, self.context.texts))
        self._has_large = any(isinstance(text, LargeText) for text in self.context.texts)
        self._memory = self.limits.memory + 5 * size + secrets.randbelow(SECRET)

    # -- life -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the worker and bind the contract and the context."""
        limits: monty.ResourceLimits = {
            "max_feed_duration_secs": self._clock.worker,
            "max_memory": self._memory,
            "max_suspensions": READS if self._has_large else SUSPENSIONS,
        }
        policy: monty.OSPolicy = {
            "datetime": self.started,
            "sleep": "zero",
            "random_start": {"seed": self.seed},
        }
        checkout = self.workers.checkout(limits=limits, os_policy=policy, assert_message_annotations=False)
        self._repl = self._stack.enter_context(checkout)
        if self._repl.worker_pid is not None:
            self._pid = innermost(self._repl.worker_pid)  # read now: `kill` must not need files
            limit_memory(self._pid, 2 * self._memory + HANDED_OVER)
        held = [text for text in self.context.texts if isinstance(text, str)]
        letters = sum(len(text) for text in held if not text.isascii())
        size = sum(map(len, held))
        texts: Texts = (
            "large" if self._has_large else "wide" if letters >= self.wide else "long" if size >= LONG else "short"
        )
        self._lowering = Lowering(tools=self.tools, texts=texts)
        self._feed(f"{builtins_source()}\n_rlm_texts_in = []\n_rlm_parts = []", inputs=self._settings())
        last = self._hand_over_all()
        sizes = f"_rlm_wide_sizes[:] = {[self.wide, *self.blocks]}"
        keep = [] if texts == "short" else [sizes, "_rlm_wide_keep_all(_rlm_texts_in)"]
        bind = _BIND.format("_rlm_texts_in[0]" if self.context.single else "list(_rlm_texts_in)")
        sources = [bind, sandbox_source("contract"), tool_source(sorted(self.tools))]
        bound = [bound_once(), bound_for_each_cell(self.tools), "_rlm_own = list(locals().keys())"]
        self._hand_over("_rlm_texts_in", last, then=[*keep, *sources, *bound])
        self._is_bound = True

    def _settings(self) -> dict[str, Any]:
        settings = {
            "print_limit": self.limits.print_limit,
            "chunk_size": self.context.chunk_size,
            "calls_at_once": CALLS_AT_ONCE,
            "wide": self._lowering.texts in {"wide", "large"},
        }
        return {"sources": [dict(source) for source in self.context.sources], "_rlm_settings": settings}

    def _hand_over_all(self) -> list[str]:
        """Hand the texts over: some small ones at a time, large ones in parts. The last small ones are left over."""
        if self._lowering.texts != "short":
            self._feed_module(PLACES)
        if self._has_large:
            self._feed_module(LARGE)
        small, held = list[str](), 0
        for number, text in enumerate(self.context.texts):
            if not isinstance(text, str):
                self._hand_over("_rlm_texts_in", small)
                small, held = [], 0
                self._feed(f"_rlm_texts_in.append(_rlm_LargeText({number}, {len(text)}))")
                continue
            if held + len(text) > PART:
                self._hand_over("_rlm_texts_in", small)
                small, held = [], 0
            if len(text) <= PART:
                small.append(text)
                held += len(text)
                continue
            for start in range(0, len(text), PART):
                self._hand_over("_rlm_parts", [text[start : start + PART]])
            self._feed("_rlm_texts_in.append(''.join(_rlm_parts))\n_rlm_parts = []")
        return small

    def _hand_over(self, name: str, texts: list[str], then: Sequence[str] = ()) -> None:
        source = [f"{name} += _rlm_handed", "_rlm_handed = None", *then]
        self._feed("\n".join(source), inputs={"_rlm_handed": texts})

    def close(self) -> None:
        """End the worker. Safe to call twice, and after a crash."""
        self._calls.begin()
        with self._lock:
            self._pid = None  # the pool may give the same worker to another sandbox
        with contextlib.suppress(monty.MontyError, RuntimeError):
            self._stack.close()

    def kill(self) -> None:
        """Stop a running cell at once, from any thread, by ending its worker."""
        with self._lock, contextlib.suppress(ProcessLookupError, PermissionError):
            self._is_killed = True
            if self._pid is not None:
                os.kill(self._pid, signal.SIGKILL)
                self._pid = None  # another process may have it soon

    def allow(self, seconds: float) -> None:
        """Let the running cell have so many seconds from now on, and each one after it."""
        self._clock.restart(seconds)

    # -- cells ----------------------------------------------------------------------------------------------------

    def start(self, code: str, *, is_first: bool = False) -> Outcome:
        """Run a cell until it ends or asks; the first one of a question finds `answer` empty."""
        self._output.clear()
        self._printed = 0
        self._clock.restart()
        self._calls.begin()
        if len(code) > LONGEST_CELL:
            told = f"The cell has {len(code):,} characters, at most {LONGEST_CELL:,} are run. Write a shorter one."
            return Ended("", f"{told}\nNothing of this cell was run.", refused=True)
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
            self._feed_module(name)
        if not self._is_bound:
            self._feed(bound_for_each_cell(self.tools))
        self._is_bound = False
        self._cells[f"<python-input-{self._feeds}>"] = CellText(code, lowered.lines)
        self._feeds += 1
        return self._repl.feed_start(lowered.source, print_callback=self._print)

    def _feed_module(self, name: str) -> None:
        if name not in self._modules:
            self._feed(sandbox_module(name))
            self._modules.add(name)

    def resume(self, results: Sequence[Result]) -> Outcome:
        """Put the answers of a paused cell in, and run it on."""
        return self._run(lambda: self._calls.answer(results))

    def draft(self) -> Any:
        """What `answer` holds now, ready or not; None when the REPL cannot say."""
        with contextlib.suppress(monty.MontyError, RuntimeError):
            value = usable(self._feed("_rlm_draft(_rlm_b_locals())"))
            return value[0] if value else None
        return None

    def variable(self, name: str) -> tuple[Any] | None:
        """A variable's value in a tuple, or None when no variable has that name."""
        if not name.isidentifier() or name.startswith("_rlm_"):
            return None
        with contextlib.suppress(monty.MontyError, RuntimeError):
            # the plain name would add it to the variables
            found = self._feed(
                f"[_rlm_measured({name!r}, _rlm_b_locals()[{name!r}])] if {name!r} in _rlm_b_locals() else None"
            )
            return usable(found[0]) if isinstance(found, list) and len(found) == 1 else None
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
        with self._watched():
            return self._repl.feed_run(source, inputs=inputs, print_callback=self._print)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Tell a worker that has died from one that was ended for what the code in it did."""
        try:
            yield
        except monty.MontyCrashedError as error:
            if error.timed_out or self._is_killed or _ABORTED in str(error):
                raise
            msg = f"The REPL worker was ended: {error}"
            raise SandboxLostError(msg) from error
        except RuntimeError as error:
            if _FINISHED not in str(error) or self._is_killed:
                raise
            msg = "The REPL worker was ended"
            raise SandboxLostError(msg) from error

    def _run(self, step: Callable[[], Any]) -> Outcome:
        try:
            with self._watched(), self._clock.running():
                snapshot = step()
                answered = 0
                while not isinstance(snapshot, monty.MontyComplete):
                    asked = self._calls.take(snapshot, self._timed)
                    answered += not self._calls.is_reading
                    if isinstance(asked, Asked):
                        return asked
                    if self._calls.final is not None:
                        return self._stopped(snapshot)
                    if answered > ANSWERED_AT_ONCE or self._clock.of_host > self._clock.allowed:
                        return self._given_up(answered)
                    snapshot = asked
        except monty.MontyCrashedError as error:
            return self._killed(error)
        except monty.MontyError as error:
            return self._failed(error)
        return self._ended(None)

    def _killed(self, error: monty.MontyCrashedError) -> Ended:
        self._is_killed = True
        if self._clock.is_late:
            return self._late()
        why = "took too long" if error.timed_out else "was ended"
        return Ended(self._text(), f"The REPL worker {why}; the variables of this cell are lost.", lost=True)

    def _timed(self, *args: Any) -> Any:
        """The host's answer; the time that it takes is not the interpreter's, and has a limit of its own."""
        with self._clock.answering():
            return self.host(*args)

    def _late(self, frames: str = "") -> Ended:
        limit = f"The cell's own code ran for more than {self._clock.allowed:g} seconds and was stopped"
        return self._stopped_at(f"{limit}; its variables are lost. Do less in one cell.", frames)

    def _stopped_at(self, limit: str, frames: str) -> Ended:
        self._is_killed = True
        return Ended(self._text(), f"{frames}\n{limit}" if frames else limit, lost=True)

    def _given_up(self, answered: int) -> Ended:
        self.kill()
        said = f"The cell called functions of the REPL more than {ANSWERED_AT_ONCE:,} times in a row and was stopped"
        if answered <= ANSWERED_AT_ONCE:
            said = f"Functions of the REPL worked for the cell for more than {self._clock.allowed:g} seconds"
        return Ended(self._text(), f"{said}; its variables are lost.", lost=True)

    def _stopped(self, snapshot: Any) -> Ended:
        """End a cell at its FINAL, so that the session can go on; a cell that will not end loses its worker."""
        lost = False
        with contextlib.suppress(monty.MontyError):
            lost = not isinstance(snapshot.resume({"exc_type": "SystemExit", "message": "FINAL"}), monty.MontyComplete)
        if lost:
            self.kill()
        return Ended(self._text(), None, lost=lost, final=self._calls.final)

    def _failed(self, error: monty.MontyError) -> Ended:
        said = explain(error, self._cells, self._lowering.errors)
        frames = said.rpartition("\n")[0]  # without the interpreter's own words for it
        raised = error.exception()
        if isinstance(raised, TimeoutError) and self._clock.is_stopped_by_worker:
            return self._late(frames)
        if isinstance(raised, MemoryError) and (str(raised).endswith(f"> {self._memory} bytes") or self._is_gone()):
            limit = "The cell used more memory than the REPL has and was stopped; its variables are lost."
            return self._stopped_at(f"{limit} Work on parts.", frames)
        return self._ended(said)

    def _is_gone(self) -> bool:
        """Whether the worker was ended for its memory: a cell may raise the same error, and its worker lives."""
        try:
            self._feed("None")
        except (SandboxLostError, monty.MontyError, RuntimeError):  # the last where its checkout has been taken back
            return True
        return False

    def _ended(self, error: str | None) -> Ended:
        output = self._text()
        if self._calls.final is not None:
            return Ended(output, None, final=self._calls.final)
        assigned = list(self._lowered.assigned) if self._lowered else []
        end = f"_rlm_ahead_end({bool(error)})\n_rlm_cell_end(_rlm_b_locals(), {assigned!r})"
        try:
            ready, variables = read_end(self._feed(end))
        except monty.MontyCrashedError as failure:
            return self._killed(failure)
        except monty.MontyError as failure:
            return Ended(output, error or explain(failure, self._cells, self._lowering.errors))
        final = None if error or ready is None or ready[0] in (None, "") else ready
        return Ended(output, error, final=final, variables=variables)

    def _text(self) -> str:
        return "".join(self._output)


_ABORTED = "SIGABRT"
"""How a worker ends for which a cell's memory was not enough."""
_FINISHED = "already been finished"
"""How the pool says that a worker has died before."""
_NEW_ANSWER = 'answer = {"content": "", "ready": False}'
_BIND = "context = {}\n_rlm_numbers = {{id(text): i for i, text in enumerate(_rlm_texts_in)}}"


def _size(text: Text) -> int:
    """Bytes of a text in UTF-8, without a copy of it; of one that is not held, so many as code may keep pieces of."""
    if isinstance(text, LargeText):
        return min(text.index.size, KEPT)
    assert isinstance(text, str)  # noqa: S101  # there is no other kind
    if text.isascii():
        return len(text)
    return sum(len(text[start : start + PART].encode()) for start in range(0, len(text), PART))
