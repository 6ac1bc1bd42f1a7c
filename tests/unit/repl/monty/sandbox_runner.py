"""Runs cells in a real REPL, and in CPython, with the same made-up model."""

import asyncio
import contextlib
import io
import itertools
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked, Call, Ended, Result

_MESSAGE = "the model failed"

SPELT = """
def spelt(value):
    if isinstance(value, dict):
        return ["dict", [[spelt(key), spelt(value[key])] for key in value]]
    if isinstance(value, (set, frozenset)):
        return [type(value).__name__, sorted([repr(one) for one in value])]
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, [spelt(one) for one in value]]
    return [type(value).__name__.replace("Answer", "str"), repr(value)]
"""
"""A value with the types of its parts, as plain data: what leaves the sandbox has none of its own."""
_SPACE: dict[str, Any] = {}
exec(SPELT, _SPACE)  # noqa: S102 - ours
spelt: Callable[[Any], Any] = _SPACE["spelt"]


class Answer(str):
    """An answer that CPython may also await, as models write it."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, str]:
        yield from ()
        return str(self)


def answer_to(prompt: Any) -> str:
    """The made-up model: what it answers depends on the prompt alone."""
    text = str(prompt)
    if "FAIL" in text:
        message = f"sub-query failed (error): {_MESSAGE}"
        raise RuntimeError(message)
    lowered = text.lower()
    if "json" in lowered:
        return f'```json\n{{"topic": "t{len(text) % 5}", "score": {len(text) % 10}, "items": ["a", "b"]}}\n```'
    if "yes or no" in lowered or "yes/no" in lowered:
        return "Yes." if len(text) % 2 else "No."
    if "score" in lowered or "how many" in lowered or "number" in lowered or "rate" in lowered:
        return str(len(text) % 10)
    return f"answer {len(text)}: {text[-20:].strip()}"


@dataclass
class Run:
    """What a run of cells left behind: `result` is spelt."""

    result: Any = None
    printed: str = ""
    rounds: list[list[Any]] = field(default_factory=list)
    error: str = ""
    """What the model is told of the error of the last cell."""
    refused: bool = False

    @property
    def last_line(self) -> str:
        """The error without its frames: the last line of a traceback, or more if the message has more."""
        lines = self.error.split("\n")
        is_traced = lines[0].startswith("Traceback")
        return "\n".join(itertools.dropwhile(lambda line: line.startswith("  "), lines[is_traced:]))

    @property
    def kind(self) -> str:
        """The name of the error."""
        return self.last_line.partition("\n")[0].partition(":")[0]


def in_cpython(cells: list[str], context: Any) -> Run:
    """Run cells with plain `exec`."""

    def query(prompt: Any, *_: Any, **__: Any) -> Answer:
        return Answer(answer_to(prompt))

    def batched(prompts: list[Any], *_: Any, **__: Any) -> list[str]:
        return [Answer(answer_to(prompt)) for prompt in prompts]

    space: dict[str, Any] = {"__name__": "__main__", "context": context}
    space |= {"llm_query": query, "rlm_query": query, "llm_query_batched": batched, "rlm_query_batched": batched}
    space["SHOW_VARS"] = lambda: None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for cell in cells:
            exec(compile(cell, "<cell>", "exec"), space)  # noqa: S102 - the cells are ours
    with contextlib.suppress(RuntimeError):
        asyncio.get_event_loop_policy().get_event_loop().close()
    asyncio.set_event_loop(None)
    return Run(spelt(space.get("result")), printed.getvalue())


class Sandbox:
    """A REPL whose host is the made-up model."""

    def __init__(self, session: MontySandbox) -> None:
        self.session = session
        self.run = Run()

    def execute(self, cells: list[str]) -> Run:
        """Run cells one after the other, until one fails."""
        for cell in cells:
            ended = self._ended(cell)
            self.run.printed += ended.output
            self.run.error, self.run.refused = ended.error or "", ended.refused
            if ended.error:
                break
        return self.run

    def spelt(self, name: str) -> Any:
        """A variable of the cells with the types of its parts."""
        self.session.start(f"{SPELT}\n_told = spelt({name})")
        return self.value("_told")

    def value(self, name: str) -> Any:
        """The value of a variable of the cells."""
        found = self.session.variable(name)
        return found[0] if found else None

    def _ended(self, cell: str) -> Ended:
        outcome = self.session.start(cell)
        while isinstance(outcome, Asked):
            self.run.rounds.append([call.prompt for call in outcome.calls])
            outcome = self.session.resume([_result(call) for call in outcome.calls])
        return outcome


def _result(call: Call) -> Result:
    try:
        return ("ok", answer_to(call.prompt))
    except RuntimeError:
        return ("failed", "error", _MESSAGE)
