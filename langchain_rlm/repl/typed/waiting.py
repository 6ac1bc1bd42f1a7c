"""A call of a cell that waits: what it asks, and the program that takes the answers, if there is one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_rlm.repl.protocol import Asked, Result
from langchain_rlm.repl.typed.asking import Program


@dataclass
class Waiting:
    """A call that waits."""

    asked: Asked | None = None
    """None: the call is answered."""
    program: Program | None = None
    value: Any = None

    def take(self, answers: list[Result]) -> None:
        """Take the answers to what it asked."""
        self.asked, self.value = None, answers
        if self.program is not None:
            self.go(lambda program: program.send(answers))

    def go(self, step: Callable[[Program], Asked]) -> "Waiting":
        """Run the program on to what it asks next, or to its end."""
        assert self.program is not None  # noqa: S101  # asked before
        try:
            self.asked = step(self.program)
        except StopIteration as done:
            self.value = done.value
        return self
