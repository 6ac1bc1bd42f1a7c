"""A sandbox in memory that runs scripted cells: for tests, without a process.

A cell is a function of the test. The code that the root model writes is its name:

    def count(repl: ScriptedSandbox) -> Script:
        words = yield from repl.ask("How many words?", "And lines?")
        repl.print(words)
        return repl.final(words[0])

    sandboxes = ScriptedSandboxes({"count": count})  # a reply with the cell "count" runs it
"""

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self, TypeAlias

from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.protocol import (
    Asked,
    Call,
    Ended,
    Host,
    Outcome,
    ReplContext,
    ReplLimits,
    Result,
    SandboxLostError,
    plain,
    usable,
)
from langchain_rlm.surrogates import encodable

Script: TypeAlias = Generator[Asked, Sequence[Result], Any]
"""A cell that runs: yields what it asks, is sent the results, and returns an `Ended`, or None when it just ends."""
Cell: TypeAlias = Callable[["ScriptedSandbox"], Script | Ended | None]
"""A cell. One that asks nothing may be a plain function. What it raises is the cell's error."""


class KilledError(Exception):
    """The sandbox was killed while a cell waited in `hang`."""


@dataclass(eq=False)
class ScriptedSandbox:
    """A `Sandbox` over scripts.

    Args:
        cells: By the code that stands for each.
        context: What the cells see.
        host: Answers `budget` and `cite`.
    """

    cells: Callable[[str], Cell | None]
    context: ReplContext
    host: Host
    limits: ReplLimits = field(default_factory=ReplLimits)
    seed: str = ""
    tools: frozenset[str] = frozenset()
    variables: dict[str, Any] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    """The code of the cells that were started."""
    is_open: bool = False
    is_closed: bool = False
    _output: list[str] = field(default_factory=list)
    _before: dict[str, Any] = field(default_factory=dict)
    _paused: Script | None = None
    _killed: threading.Event = field(default_factory=threading.Event)

    # -- for scripts ----------------------------------------------------------------------------------------------

    def print(self, *values: Any) -> None:
        """Print a line."""
        self._output.append(" ".join(map(str, values)) + "\n")

    def ask(
        self, *prompts: str, how: str = "llm", model: str | None = None, context: Any = None
    ) -> Generator[Asked, Sequence[Result], list[Any]]:
        """Ask sub-queries at once: `answers = yield from repl.ask("a", "b")`.

        Raises:
            RuntimeError: One failed.
        """
        results = yield Asked(tuple(Call(how, prompt, model, context) for prompt in prompts))
        failed = [result for result in results if result[0] != "ok"]
        if failed:
            msg = f"{failed[0][1]}: {failed[0][2]}"
            raise RuntimeError(msg)
        return [result[1] for result in results]

    def use(self, tool: str, *args: Any, **named: Any) -> Generator[Asked, Sequence[Result], Any]:
        """Call one of the user's functions."""
        (result,) = yield Asked((Call("tool", tool, arguments=([*args], named)),))
        return result[1]

    def final(self, value: Any) -> Ended:
        """End with the answer."""
        return self.end(final=(value,))

    def end(self, **how: Any) -> Ended:
        """End with what was printed; `how` are the other parts of `Ended`."""
        return Ended("".join(self._output), **how)

    def hang(self) -> None:
        """Wait until the sandbox is killed, as an endless cell does."""
        self._killed.wait()
        raise KilledError

    # -- a sandbox ------------------------------------------------------------------------------------------------

    @property
    def is_killed(self) -> bool:
        return self._killed.is_set()

    def allow(self, seconds: float) -> None:
        """Scripts have no clock."""

    def open(self) -> None:
        self.is_open = True
        self.variables["answer"] = {"content": "", "ready": False}

    def start(self, code: str, *, is_first: bool = False) -> Outcome:
        self._output.clear()
        if is_first:
            self.variables["answer"] = {"content": "", "ready": False}
        self._before = dict(self.variables)
        code = code.strip()
        cell = self.cells(code)
        if cell is None:
            return Ended("", f"There is no script for {code!r}.", refused=True)
        self.ran.append(code)

        def begun() -> Outcome:
            made = cell(self)
            if made is None or isinstance(made, Ended):
                return self._ended(made)
            self._paused = made
            return next(made)

        return self._run(begun)

    def resume(self, results: Sequence[Result]) -> Outcome:
        script, self._paused = self._paused, None
        if script is None:
            msg = "This REPL is not paused at a question."
            raise ReplayError(msg)

        def on() -> Outcome:
            asked = script.send(results)
            self._paused = script
            return asked

        return self._run(on)

    def variable(self, name: str) -> tuple[Any] | None:
        return usable(self.variables[name]) if name in self.variables else None

    def draft(self) -> Any:
        draft = usable(self.variables["answer"]["content"])
        return draft[0] if draft else None

    def kill(self) -> None:
        self._killed.set()

    def close(self) -> None:
        self.is_closed = True

    def _run(self, step: Callable[[], Outcome]) -> Outcome:
        try:
            outcome = _plain(step())
        except StopIteration as end:
            self._paused, given = None, end.value
            return self._run(lambda: self._ended(given))
        except SandboxLostError:
            raise
        except Exception as error:  # noqa: BLE001  # a cell may raise anything
            self._paused = None
            outcome = _plain(self.end(error=f"{type(error).__name__}: {error}", variables=self._assigned()))
        if self.is_killed:
            return self.end(error="The REPL was ended; the variables of this cell are lost.", lost=True)
        return outcome

    def _ended(self, given: Ended | None) -> Ended:
        if given is not None:
            return given
        answer = self.variables["answer"]
        final = (answer["content"],) if answer["ready"] and answer["content"] not in (None, "") else None
        return self.end(final=final, variables=self._assigned())

    def _assigned(self) -> tuple[tuple[str, str, int | None], ...]:
        return tuple(
            (name, type(value).__name__, len(value) if hasattr(value, "__len__") else None)
            for name, value in self.variables.items()
            if name != "answer" and self._before.get(name, self) is not value
        )


def _plain(outcome: Outcome) -> Outcome:
    """What a script comes to, as it comes out of a sandbox."""
    if isinstance(outcome, Asked):
        return replace(outcome, calls=tuple(map(_plain_call, outcome.calls)))
    return replace(
        outcome,
        output=encodable(outcome.output),
        error=outcome.error and encodable(outcome.error),
        final=outcome.final and (plain(outcome.final[0]),),
        variables=tuple((encodable(name), kind, size) for name, kind, size in outcome.variables),
    )


def _plain_call(call: Call) -> Call:
    if call.arguments is not None:
        args, kwargs = plain(call.arguments)
        return replace(call, arguments=(args, kwargs))
    return replace(call, prompt=encodable(call.prompt), context=plain(call.context))


@dataclass(eq=False)
class ScriptedSandboxes:
    """Makes scripted sandboxes; it is also its own factory, so that a test sees them all.

    Args:
        cells: By the code that stands for each, or a function from code to its cell.
    """

    cells: Mapping[str, Cell] | Callable[[str], Cell | None]
    opened: list[ScriptedSandbox] = field(default_factory=list)
    is_closed: bool = False

    def __call__(self) -> Self:
        self.is_closed = False
        return self

    def new(
        self,
        context: ReplContext,
        limits: ReplLimits,
        *,
        seed: str,
        started: datetime,  # noqa: ARG002  # scripts have no clock
        host: Host,
        tools: frozenset[str] = frozenset(),
    ) -> ScriptedSandbox:
        cells = self.cells.get if isinstance(self.cells, Mapping) else self.cells
        self.opened.append(ScriptedSandbox(cells, context, host, limits, seed, tools))
        return self.opened[-1]

    def close(self) -> None:
        self.is_closed = True
