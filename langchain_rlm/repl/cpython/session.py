"""One REPL: CPython in a worker process, fed cell by cell.

Threads of a cell take turns where they ask: a pause begins when all of them wait, and each is given its answers alone.
So what several ask at the same time goes out at once, and the same cells with the same answers do the same again.
Between pauses the process is stopped: no thread that a cell has left behind goes on while nobody waits for it.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources import files
from itertools import islice
from typing import Any

from langchain_rlm.context.text import Text
from langchain_rlm.errors import HostError, ReplayError
from langchain_rlm.repl.cpython.calls import CALLS_AT_ONCE, Request, read_host, read_request
from langchain_rlm.repl.cpython.channel import ClosedError, LateError, MalformedError
from langchain_rlm.repl.cpython.process import Launcher
from langchain_rlm.repl.cpython.running import Running
from langchain_rlm.repl.functions import ASKING, KEPT, NAMES, PAUSING
from langchain_rlm.repl.jail.processes import innermost
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
from langchain_rlm.surrogates import encodable

AT_ONCE = 4_000_000
"""Characters of a text that are encoded at a time: one may be larger than memory has room for twice."""
LONGEST_CELL = 250_000
"""Characters: twice what any model writes in one reply."""
LEAST_SECONDS = 60.0
"""Seconds that the start of a worker may take, however little a cell may."""
ANSWERED_AT_ONCE = 10_000
"""Calls in a row that need no model: their time does not count as the cell's own."""
ENDING_SECONDS = 2.0
"""Seconds in which a worker that has closed its pipes ends; one that has not is ended."""
LATER = "the cell that asked has ended; ask, and wait for the answer, within a cell"
KILLED = -signal.SIGKILL, 128 + signal.SIGKILL
"""How a process ends that was ended by `kill -9`: itself, or the jail around it."""


@dataclass
class CPythonSandbox:
    """A `Sandbox` in a process of its own; its arguments are those of `Sandboxes.new`, and what starts it."""

    launcher: Launcher
    sites: Sequence[str]
    is_jailed: bool
    context: ReplContext
    limits: ReplLimits
    seed: str
    started: datetime
    host: Host
    tools: frozenset[str] = frozenset()
    _live: Running | None = None
    _output: list[str] = field(default_factory=list)
    _printed: int = 0
    _paused: list[Request] = field(default_factory=list)
    """What the cell waits for."""
    _asking: list[Request] = field(default_factory=list)
    """What it has asked since, and goes out next."""
    _size: int = 0
    """Bytes of that."""
    _end: dict[str, Any] | None = None
    _final: tuple[Any] | None = None
    _of_host: float = 0.0
    _answered: int = 0
    _is_killed: bool = False

    # -- life -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Start the worker and hand the context over."""
        sizes = [sum(map(len, _encoded(text))) for text in self.context.texts]
        memory = self.limits.memory + 5 * sum(sizes)
        most = self.limits.memory // 8 + 2 * sum(sizes)
        worker = self.launcher.start(self.seed, most)
        live = self._live = Running(worker, max(self.limits.cell_seconds, LEAST_SECONDS))
        if self._is_killed:
            self.kill()
        try:
            live.send(self._told(sizes, memory, most))
            for data in (data for text in self.context.texts for data in _encoded(text)):
                worker.channel.send_bytes(live.until, data)
            kind, *said = live.receive()
        except (ClosedError, LateError, MalformedError) as error:
            kind, said = "failed", [f"it ended at once ({type(error).__name__})"]
        if kind != "ready":
            if self._is_killed:
                return
            msg = f"A REPL cannot be started: {said[0] if said else kind}."
            raise HostError(msg)
        worker.pid = innermost(worker.process.pid)
        live.stop()

    def _told(self, sizes: list[int], memory: int, most: int) -> dict[str, Any]:
        contract = files("langchain_rlm.repl.monty") / "sandbox" / "contract.py"  # one for all sandboxes
        settings = {
            "print_limit": self.limits.print_limit, "chunk_size": self.context.chunk_size,
            "calls_at_once": CALLS_AT_ONCE,
        }  # fmt: skip
        sets = {
            "all": NAMES, "asking": ASKING, "host": PAUSING - ASKING, "rebindable": NAMES - KEPT, "tools": self.tools,
        }  # fmt: skip
        names = {name: sorted(each) for name, each in sets.items()}
        return {
            "parent": None if self.launcher.wrapper else os.getpid(),
            "most": most,
            "sites": [*self.sites], "memory": memory, "jailed": self.is_jailed, "texts": sizes,
            "single": self.context.single, "sources": [dict(source) for source in self.context.sources],
            "settings": settings, "names": names, "contract": contract.read_text(encoding="utf-8"),
            "started": self.started.isoformat(), "seed": self.seed,
        }  # fmt: skip

    def kill(self) -> None:
        """End the worker at once, from any thread."""
        self._is_killed = True
        if self._live is not None:
            self._live.worker.signal(signal.SIGKILL)

    def close(self) -> None:
        """End the worker. Safe to call twice."""
        live, self._live = self._live, None
        if live is not None:
            live.worker.close()

    def allow(self, seconds: float) -> None:
        """Let the running cell have so many seconds from now on, and each one after it."""
        self.limits = replace(self.limits, cell_seconds=seconds)
        self._of_host = 0.0
        self._here().allow(seconds)

    def _here(self) -> Running:
        if self._live is None:
            raise ClosedError
        return self._live

    # -- cells ----------------------------------------------------------------------------------------------------

    def start(self, code: str, *, is_first: bool = False) -> Outcome:
        """Run a cell until it ends or asks; the first one of a question finds `answer` empty."""
        self._output.clear()
        self._printed, self._end, self._final = 0, None, None
        self._paused, self._asking, self._size = [], [], 0
        self._of_host = 0.0
        if len(code) > LONGEST_CELL:
            told = f"The cell has {len(code):,} characters, at most {LONGEST_CELL:,} are run. Write a shorter one."
            return Ended("", f"{told}\nNothing of this cell was run.", refused=True)
        return self._run(lambda: self._begin(encodable(code), is_first=is_first))

    def _begin(self, code: str, *, is_first: bool) -> None:
        live = self._here()
        live.blocked.clear()
        live.asking.clear()
        live.allow(self.limits.cell_seconds)
        live.send("cell", code, is_first)

    def resume(self, results: Sequence[Result]) -> Outcome:
        """Put the answers of the paused cell in, and run it on."""
        paused, self._paused = self._paused, []
        if not paused:
            msg = "This REPL is not paused at a question."
            raise ReplayError(msg)
        queue = iter(results)
        for each in paused:
            assert each.waiting.asked is not None  # noqa: S101  # else it would not wait
            each.waiting.take(list(islice(queue, len(each.waiting.asked.calls))))
        self._asking = [each for each in paused if each.waiting.asked is not None]
        done = [each for each in paused if each.waiting.asked is None]
        return self._run(lambda: self._give(done))

    def _give(self, done: Sequence[Request]) -> None:
        """Give each thread its answers, and let it run alone until it waits again; event loops get theirs at once."""
        live = self._here()
        was_alone = live.is_alone
        later = [each for each in done if not each.thread]
        turns = [[each] for each in done if each.thread]
        for turn in [*turns, *([later] if later else [])]:
            live.blocked.difference_update(each.thread for each in turn)
            live.send("answers", [[each.number, each.waiting.value] for each in turn])
            while not was_alone and not live.is_still():
                self._handle(live.receive())
        live.is_alone = was_alone and not done

    def variable(self, name: str) -> tuple[Any] | None:
        """A variable's value in a tuple, or None when no variable has that name."""
        return self._looked_up("variable", name) if name.isidentifier() and not name.startswith("_rlm_") else None

    def draft(self) -> Any:
        """What `answer` holds now, ready or not; None when the REPL cannot say."""
        found = self._looked_up("draft")
        return found[0] if found else None

    def _looked_up(self, *question: str) -> tuple[Any] | None:
        with contextlib.suppress(ClosedError, LateError, MalformedError), self._here().going():
            live = self._here()
            live.allow(max(self.limits.cell_seconds, LEAST_SECONDS))
            live.send(*question)
            while True:
                kind, *said = live.receive()
                if kind == "value":
                    found = said[0] if said else None
                    return usable(found[0]) if isinstance(found, list) and len(found) == 1 else None
                self._refuse(said)
        return None

    # -- while it runs --------------------------------------------------------------------------------------------

    def _run(self, step: Any) -> Outcome:
        self._answered = 0
        try:
            with self._here().going():
                step()
                return self._driven()
        except LateError:
            self.kill()
            limit = f"The cell's own code ran for more than {self._here().allowed:g} seconds and was stopped"
            return self._lost(f"{limit}; its variables are lost. Do less in one cell.")
        except MalformedError as error:
            self.kill()
            return self._lost(f"The REPL worker sent {error} and was ended; the variables of this cell are lost.")
        except ClosedError:
            return self._died()

    def _driven(self) -> Outcome:
        """Take what comes until the cell has ended, or waits."""
        while True:
            if self._end is not None and self._here().is_still():
                return self._ended(self._end)
            if self._asking and self._here().is_still():
                return self._asked()
            self._handle(self._here().receive())
            if self._answered > ANSWERED_AT_ONCE or self._of_host > self._here().allowed:
                return self._given_up()

    def _asked(self) -> Asked:
        """The pause: what all threads ask, in an order that does not hang on which of them was first."""
        if len(self._asking) > 1:
            self._asking.sort(key=Request.order)
        self._paused, self._asking, self._size = self._asking, [], 0
        asked = [each.waiting.asked for each in self._paused if each.waiting.asked]
        if len(asked) == 1:
            return asked[0]
        return Asked(tuple(call for one in asked for call in one.calls), any(one.raises for one in asked))

    def _handle(self, message: list[Any]) -> None:
        kind, *said = message
        match kind, said:
            case "print", [str(text)]:
                self._print(text)
            case "ask", [int(number), int(others), int(thread), str(how), *what]:
                self._here().is_alone = others == 0
                self._ask(number, thread, how, what)
            case "host", [int(number), int(), int(), str(name), list(args)]:
                self._here().send("answer", number, self._told_by_host(name, args))
            case "final", [int(number), int(), int(), value]:
                self._here().send("answer", number, self._taken(value))
            case "end", [int(others), dict(end)]:
                self._here().is_alone = others == 0
                self._end = end
            case _:
                msg = f"a message that is none ({kind!r:.40})"
                raise MalformedError(msg)

    def _ask(self, number: int, thread: int, how: str, what: list[Any]) -> None:
        asked = sum(len(each.waiting.asked.calls) for each in self._asking if each.waiting.asked)
        self._size += self._here().worker.channel.size
        if self._size > self._here().worker.channel.most:
            msg = "more questions at once than its memory holds"
            raise MalformedError(msg)
        request = read_request(number, how, what, tools=self.tools, host=self.host, context=self.context)
        if isinstance(request, str) or self._end is not None or self._final or asked > CALLS_AT_ONCE:
            self._here().send("refused", number, request if isinstance(request, str) else LATER)
        elif request.waiting.asked is None:
            self._here().send("answer", number, request.waiting.value)
        else:
            request.thread = thread
            if not self.launcher.wrapper:  # in a jail of its own they have other numbers
                self._here().asking.add(thread)
            self._asking.append(request)

    def _told_by_host(self, name: str, args: list[Any]) -> list[Any]:
        """What the host knows without a model: the value, or the kind and text of an error."""
        self._answered += 1
        call = read_host(name, args)
        if call is None:
            return [None, "TypeError", f"{name} was called with wrong arguments"]
        began = time.monotonic()
        try:
            with self._here().aside():
                return [self.host(name, *call), "", ""]
        finally:
            self._of_host += time.monotonic() - began

    def _taken(self, value: Any) -> str:
        """Take the answer of the run, or say why not."""
        final = usable(value)
        if final is None:
            return "FINAL: the answer is nested too deeply, or a number too long. Give it as text."
        self._final = self._final or final
        return ""

    def _print(self, text: str) -> None:
        """Keep what is printed. The worker limits it itself; code that gets around that loses its worker."""
        room = 2 * self.limits.print_limit - self._printed
        self._printed += max(1, len(text))
        self._output.append(encodable(text[: max(0, room)]))
        if len(text) > room:
            msg = "more output than its limit"
            raise MalformedError(msg)

    def _refuse(self, said: list[Any]) -> None:
        """Answer a thread that goes on between cells."""
        if len(said) > 1 and isinstance(said[0], int):
            self._here().send("refused", said[0], LATER)

    # -- its end --------------------------------------------------------------------------------------------------

    def _ended(self, end: dict[str, Any]) -> Ended:
        for each in self._asking:
            self._here().send("refused", each.number, LATER)
        self._asking = []
        error = end.get("error")
        error = encodable(error) if isinstance(error, str) else None
        if end.get("refused"):
            return Ended("", error or "", refused=True)
        output = "".join(self._output)
        if self._final is not None:
            return Ended(output, None, final=self._final)
        rows = end.get("variables")
        rows = [tuple(row) if isinstance(row, list) else row for row in rows] if isinstance(rows, list) else []
        ready, variables = read_end([end.get("ready"), rows])
        final = None if error or ready is None or ready[0] in (None, "") else ready
        return Ended(output, error, final=final, variables=tuple((encodable(n), k, s) for n, k, s in variables))

    def _lost(self, told: str) -> Ended:
        self._is_killed = True
        return Ended("".join(self._output), None if self._final else told, lost=True, final=self._final)

    def _given_up(self) -> Ended:
        self.kill()
        said = f"The cell called functions of the REPL more than {ANSWERED_AT_ONCE:,} times in a row and was stopped"
        if self._answered <= ANSWERED_AT_ONCE:
            said = f"Functions of the REPL worked for the cell for more than {self._here().allowed:g} seconds"
        return self._lost(f"{said}; its variables are lost.")

    def _died(self) -> Ended:
        """The worker has ended: killed from the outside, or by what the code in it did."""
        code = self._live.worker.code(ENDING_SECONDS) if self._live else None
        if code in KILLED and not self._is_killed:
            msg = "The REPL worker was ended"
            raise SandboxLostError(msg)
        self.kill()
        return self._lost("The REPL worker was ended; the variables of this cell are lost.")


def _encoded(text: Text) -> Iterator[bytes]:
    return (text[at : at + AT_ONCE].encode("utf-8", "surrogatepass") for at in range(0, len(text), AT_ONCE))
