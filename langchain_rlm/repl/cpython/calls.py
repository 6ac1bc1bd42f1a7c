"""What a cell asks, read from what the worker sent: model-written code may have put anything in its place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.repl.functions import FUNCTIONS
from langchain_rlm.repl.protocol import Host, ReplContext, usable
from langchain_rlm.repl.typed.programs import NAMES, program
from langchain_rlm.repl.typed.waiting import Waiting
from langchain_rlm.repl.values import read_asked, read_tool_call

CALLS_AT_ONCE = 100_000
"""Sub-queries of one batch."""
WRONG = f"a sub-query was asked with wrong arguments, or more than {CALLS_AT_ONCE:,} at once"
_HOST = {function.name: function for function in FUNCTIONS if function.answered_by == "host"}
_COMPARED = 500
"""Characters of a prompt by which calls are put in order."""


@dataclass
class Request:
    """What one thread asks."""

    number: int
    waiting: Waiting
    thread: int = 0
    """Which thread waits, as the worker's kernel numbers it; 0: none, an event loop goes on."""

    def order(self) -> tuple[Any, ...]:
        """Puts requests in order: by their words, numbers by their size."""
        assert self.waiting.asked is not None  # noqa: S101  # else it would not wait
        first = self.waiting.asked.calls[0]
        words = f"{first.prompt[:_COMPARED]} {first.arguments or ''}"[:_COMPARED]
        parts = re.split(r"(\d+)", words)
        natural = tuple((place % 2, int(part) if place % 2 else part) for place, part in enumerate(parts))
        return (*natural, (2, self.waiting.asked.digest()))


def read_request(
    number: int, how: str, what: Sequence[Any], *, tools: frozenset[str], host: Host, context: ReplContext
) -> Request | str:
    """What a thread asks; or what is wrong with it."""
    given = usable(list(what))
    args = tuple(given[0]) if given else ()
    if how == "typed":
        return _typed(number, args, host, context)
    asked = read_asked(args) if how == "query" else read_tool_call(args, tools) if how == "tool" else None
    if asked is None or len(asked.calls) > CALLS_AT_ONCE:
        return WRONG
    return Request(number, Waiting(asked))


def _typed(number: int, args: tuple[Any, ...], host: Host, context: ReplContext) -> Request | str:
    name, asked = args if len(args) == 2 else ("", None)  # noqa: PLR2004  # a pair
    if not isinstance(name, str) or name not in NAMES or not isinstance(asked, dict):
        return WRONG
    try:
        return Request(number, Waiting(program=program(name, asked, host, context)).go(next))
    except (TypeError, ValueError, KeyError) as error:
        return str(error)


def read_host(name: str, args: list[Any]) -> list[Any] | None:
    """The arguments of a function that the host answers; None when they are wrong."""
    function, given = _HOST.get(name), usable(args)
    if function is None or given is None:
        return None
    args = given[0] if function.takes else []
    fits = len(args) == len(function.takes) and all(map(isinstance, args, function.takes))
    return args if fits else None
