"""Runs cells in the sandbox through the lowering, and in CPython, with the same made-up model."""

import asyncio
import contextlib
import io
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import pydantic_monty as monty

from langchain_rlm.repl.monty.lowering import Lowering, builtins_source, sandbox_module

CONTRACT = frozenset({"llm_query", "llm_query_batched", "rlm_query", "rlm_query_batched"})
_HOST_NAMES = ("_rlm_host_query", "_rlm_host_future")
_PRELUDE = """
def llm_query(prompt, model=None):
    return _rlm_host_query(prompt)
def llm_query_batched(prompts, model=None):
    return [_rlm_host_query(prompt) for prompt in prompts]
def rlm_query(prompt, context=None, model=None):
    return _rlm_host_query(prompt)
def rlm_query_batched(prompts, contexts=None, model=None):
    return [_rlm_host_query(prompt) for prompt in prompts]
async def _rlm_async_llm_query(prompt, model=None):
    return await _rlm_host_future(prompt)
async def _rlm_async_llm_query_batched(prompts, model=None):
    return [await _rlm_host_future(prompt) for prompt in prompts]
async def _rlm_async_rlm_query(prompt, context=None, model=None):
    return await _rlm_host_future(prompt)
async def _rlm_async_rlm_query_batched(prompts, contexts=None, model=None):
    return [await _rlm_host_future(prompt) for prompt in prompts]
def _rlm_final_var(name, variables):
    return variables[name] if isinstance(name, str) else name
def _rlm_show_vars(variables):
    return sorted([name for name in variables if not name.startswith('_rlm_')])
def _rlm_slice(value, start, stop, step):
    return value[start:stop:step]
"""


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
        message = "the model failed"
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
    """What a run of cells left behind."""

    result: Any = None
    printed: str = ""
    rounds: list[list[Any]] = field(default_factory=list)
    error: str = ""


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
    return Run(space.get("result"), printed.getvalue())


class Sandbox:
    """One sandbox session whose host is the made-up model."""

    def __init__(self, session: Any, lowering: Lowering | None = None) -> None:
        self.session = session
        self.lowering = lowering or Lowering(suspending=CONTRACT)
        self.run = Run()
        session.feed_run(builtins_source())
        session.feed_run(_PRELUDE)

    def execute(self, cells: list[str], **inputs: Any) -> Run:
        """Run cells one after the other."""
        for name, value in inputs.items():
            self.session.feed_run(f"{name} = _rlm_given", inputs={"_rlm_given": value})
        for cell in cells:
            lowered = self.lowering.lower(cell)
            for module in lowered.modules:
                self.session.feed_run(sandbox_module(module))
            self._feed(lowered.source)
        return self.run

    def value(self, expression: str) -> Any:
        """The value of an expression in the session."""
        return self.session.feed_run(expression)

    def _feed(self, source: str) -> None:
        output = monty.CollectString()
        try:
            snapshot = self.session.feed_start(source, print_callback=output)
            waiting: dict[int, Any] = {}
            while not isinstance(snapshot, monty.MontyComplete):
                snapshot = self._step(snapshot, waiting)
        finally:
            self.run.printed += output.output

    def _step(self, snapshot: Any, waiting: dict[int, Any]) -> Any:  # noqa: PLR0911 - one line a kind
        if isinstance(snapshot, monty.NameLookupSnapshot):
            if snapshot.variable_name not in _HOST_NAMES:
                return snapshot.resume()

            def host() -> None:
                """Stand for a function of the host."""

            host.__name__ = snapshot.variable_name
            return snapshot.resume(value=host)
        if isinstance(snapshot, monty.FutureSnapshot):
            identifiers = sorted(snapshot.pending_call_ids)
            self.run.rounds.append([waiting[number] for number in identifiers])
            return snapshot.resume({number: _outcome(waiting[number]) for number in identifiers})
        if snapshot.is_os_function and "sleep" in str(snapshot.function_name):
            return snapshot.resume({"return_value": None})
        if snapshot.function_name == "_rlm_host_future":
            waiting[snapshot.call_id] = snapshot.args[0]
            return snapshot.resume({"future": ...})
        if snapshot.function_name == "_rlm_host_query":
            self.run.rounds.append([snapshot.args[0]])
            return snapshot.resume(_outcome(snapshot.args[0]))
        return snapshot.resume_auto()


def _outcome(prompt: Any) -> Any:
    try:
        return {"return_value": answer_to(prompt)}
    except RuntimeError as error:
        return {"exception": error}
