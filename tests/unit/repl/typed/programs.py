"""Runs a program of typed sub-queries with a model that is a function."""

from collections.abc import Callable, Mapping
from typing import Any

from langchain_rlm.repl.protocol import ReplContext, Result
from langchain_rlm.repl.typed.programs import program

MAP = {"labels": None, "schema": None, "batch": None, "model": None}


def no_host(*_: Any) -> Any:
    raise AssertionError


def done(
    name: str, given: Mapping[str, Any], model: Callable[[str], str | Result], host: Any = no_host, room: int = 10_000
) -> tuple[list[Result], list[list[str]]]:
    """The results of a program, and the prompts of each of its rounds."""
    running, rounds = (
        program(name, given, host, ReplContext([], single=True, sources=[], chunk_size=room)),
        list[list[str]](),
    )
    try:
        asked = next(running)
        while True:
            rounds.append([call.prompt for call in asked.calls])
            said = [model(prompt) for prompt in rounds[-1]]
            asked = running.send([("ok", one) if isinstance(one, str) else one for one in said])
    except StopIteration as end:
        return end.value, rounds
