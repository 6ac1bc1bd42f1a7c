"""Binds the functions of the REPL: the sandboxes' one contract, around what this worker asks its host."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, ItemsView, Iterator, KeysView, Sequence, ValuesView
from itertools import islice
from typing import Any

from langchain_rlm.repl.cpython.worker.awaiting import NAME as AWAITABLE
from langchain_rlm.repl.cpython.worker.values import plain, tamed
from langchain_rlm.repl.cpython.worker.wire import Wire

OWN = "_rlm_contract_"
ITEMS = 1_000_001
"""Items that are taken of an endless iterator: more than may be handed over."""


class AnswerError(RuntimeError):
    """Some answers could not be had in the form asked for: `answers` has the others, None for those in `missing`."""

    def __init__(self, message: str, answers: list[Any], missing: list[int]) -> None:
        super().__init__(message)
        self.answers, self.missing = answers, missing


class FinalError(SystemExit):
    """The answer is given: the cell ends."""


class Contract:
    """The functions by name, over the variables of the cells.

    Args:
        wire: Where the host answers.
        names: Of the functions: all, those that a model or the host answers, those that a cell may rebind for good, and
            the user's tools.
        variables: Those of the cells; `context` and `sources` are there.
    """

    def __init__(self, wire: Wire, source: str, names: dict[str, list[str]], variables: dict[str, Any]) -> None:
        self.wire, self.variables = wire, variables
        self.inner: dict[str, Any] = {"__name__": "repl"}
        texts = [variables["context"]] if isinstance(variables["context"], str) else variables["context"]
        self.inner.update(_rlm_numbers={id(text): place for place, text in enumerate(texts)}, **variables)
        exec(compile(source, "<contract>", "exec", dont_inherit=True), self.inner)  # noqa: S102  # the package's own
        self._around_host(names["host"])
        self.tools = {name: self._tool(name) for name in names["tools"]}
        own = {name: self._own(name) for name in names["all"]}
        self.kept = {name: function for name, function in own.items() if name not in names["rebindable"]}
        self.rebindable = {name: own[name] for name in names["rebindable"]}
        self.inner["_rlm_rebindable"] = self.rebindable
        twins = {own[name]: self.inner[f"_rlm_async_{name}"] for name in names["asking"]}
        twins.update((function, self._twin(name)) for name, function in self.tools.items())
        variables[AWAITABLE] = lambda function: _twin_of(function, twins)
        for name in ("SubQueryFailure", "AnswerError"):
            variables[name] = self.inner[f"_rlm_{name}"]

    def _around_host(self, answered: Sequence[str]) -> None:
        inner, ask, later = self.inner, self.wire.ask, self.wire.ask_later
        measured: Callable[[str, Any], Any] = inner["_rlm_measured"]
        inner.update(
            _rlm_AnswerError=AnswerError,
            _rlm_throw=lambda error: error,
            _rlm_large_kind=(),  # every text is a `str`
            _rlm_drained=list,
            _rlm_slice=lambda text, low, high, _: text[low:high],
            _rlm_measured=lambda name, value: _measured(measured, name, value),
            _rlm_host_query=lambda *what: ask("ask", "query", *plain(what)),
            _rlm_ask_typed=lambda name, given: ask("ask", "typed", name, plain(given)),
            _rlm_host_tool=lambda *call: ask("ask", "tool", *plain(call)),
            _rlm_host_future=lambda *what: later("ask", "query", *plain(what)),
            _rlm_host_typed_future=lambda name, given: later("ask", "typed", name, plain(given)),
            _rlm_host_tool_future=lambda *call: later("ask", "tool", *plain(call)),
            _rlm_listed=_listed,
            _rlm_host_final=self._final,
            _rlm_contract_SHOW_VARS=lambda: inner["_rlm_show_vars"](self.variables),
            _rlm_contract_FINAL_VAR=lambda name: inner["_rlm_final_var"](name, self.variables),
            _rlm_contract_print=_print,
        )
        inner["_rlm_settings"]["wide"] = False
        for name in answered:
            inner[f"_rlm_host_{name}"] = self._host(name)

    def _host(self, name: str) -> Callable[..., Any]:
        def answered(*args: Any) -> Any:
            value, kind, said = self.wire.ask("host", name, plain(args))
            if kind:
                raise TypeError(said)
            return value

        return answered

    def _final(self, value: Any) -> None:
        problem = self.wire.ask("final", plain(value))
        if problem:
            raise ValueError(problem)
        self.wire.is_over = True
        raise FinalError

    def _own(self, name: str) -> Any:
        function = self.inner[OWN + name]
        function.__name__ = function.__qualname__ = name
        return function

    def _tool(self, name: str) -> Callable[..., Any]:
        def tool(*args: Any, **kwargs: Any) -> Any:
            inner = self.inner
            given = inner["_rlm_measured"](name, [[*args], kwargs])
            return inner["_rlm_one"](inner["_rlm_host_tool"](name, *given))

        tool.__name__ = tool.__qualname__ = name
        return tool

    def _twin(self, name: str) -> Callable[..., Any]:
        async def tool(*args: Any, **kwargs: Any) -> Any:
            inner = self.inner
            given = inner["_rlm_measured"](name, [[*args], kwargs])
            return inner["_rlm_one"](await inner["_rlm_host_tool_future"](name, *given))

        return tool

    def begin(self, *, is_first: bool) -> None:
        """Bind anew, before a cell, what no cell may shadow for the next."""
        self.wire.is_over = False
        self.inner["_rlm_told"][:] = [0, 0]
        self.variables.update(self.kept, **self.tools)
        if is_first:
            self.variables["answer"] = {"content": "", "ready": False}

    def own(self) -> None:
        """What is there now is the REPL's own, and no variable of the cells."""
        self.inner["_rlm_own"] = [*self.variables]

    def at_end(self, assigned: list[str]) -> list[Any]:
        """The answer where it is ready, and what the cell assigned."""
        ready, described = self.inner["_rlm_cell_end"](self.variables, assigned)
        return [plain(ready), described]

    def draft(self) -> Any:
        return plain(self.inner["_rlm_draft"](self.variables))

    def variable(self, name: str) -> list[Any]:
        if name not in self.variables:
            return []
        return [plain(self.inner["_rlm_measured"](name, self.variables[name]))]


def _measured(measured: Callable[[str, Any], Any], name: str, value: Any) -> Any:
    """A value that may be handed over; where numpy is loaded, with what it made tamed, once its size is known."""
    found = measured(name, value)
    return measured(name, tamed(value)) if "numpy" in sys.modules else found


def _listed(value: Any) -> Any:
    """What is read item by item, as its items."""
    return [*islice(value, ITEMS)] if isinstance(value, (Iterator, range, KeysView, ValuesView, ItemsView)) else value


def _twin_of(function: Any, twins: dict[Any, Any]) -> Any:
    try:
        return twins.get(function, function)
    except TypeError:  # it has no hash
        return function


_builtin_print = print


def _print(*values: Any, sep: Any = " ", end: Any = "\n", file: Any = None, flush: bool = False) -> None:
    """As Python's own, in one piece."""
    if file is not None:
        _builtin_print(*values, sep=sep, end=end, file=file, flush=flush)
        return
    text = (" " if sep is None else sep).join([str(value) for value in values])
    sys.stdout.write(text + ("\n" if end is None else end))


builtins.print = _print
