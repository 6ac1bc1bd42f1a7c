"""Functions that a user gives to the REPL: LangChain tools and plain functions, called from code by their names."""

import inspect
import keyword
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig, RunnableLambda, patch_config
from langchain_core.tools import BaseTool, StructuredTool, Tool

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.searchable import DEFAULT_K, Searchable
from langchain_rlm.context.tables.database import MOST_ROWS, TableSet
from langchain_rlm.errors import InputError
from langchain_rlm.repl.functions import NAMES
from langchain_rlm.threads import on_thread

T = TypeVar("T")

RESERVED = NAMES | {"context", "sources", "answer", "eval", "exec"}


@dataclass(frozen=True)
class ReplTool:
    """A function of the REPL, and how the root model sees it; `call` runs it with positional and named arguments."""

    name: str
    signature: str
    about: str
    call: Callable[[Sequence[Any], Mapping[str, Any], RunnableConfig], Any]

    def line(self) -> str:
        return f"- `{self.name}{self.signature}`" + (f": {self.about}" if self.about else "")


def repl_tools(tools: Sequence[Any]) -> dict[str, ReplTool]:
    """Take tools and functions as functions of the REPL, by names of their own that code can call."""
    found: dict[str, ReplTool] = {}
    for tool in tools:
        made = _from_tool(tool) if isinstance(tool, BaseTool) else _from_function(tool)
        if not made.name.isidentifier() or keyword.iskeyword(made.name) or made.name.startswith("_rlm_"):
            msg = f"The tool {made.name!r} has no name that code can call. Give it a name like 'search_orders'."
            raise InputError(msg)
        if made.name in RESERVED or made.name in found:
            msg = f"The name of the tool {made.name!r} is taken. Choose another."
            raise InputError(msg)
        found[made.name] = made
    return found


def _from_tool(tool: BaseTool) -> ReplTool:
    names = list(tool.args)

    async def call(args: Sequence[Any], kwargs: Mapping[str, Any], config: RunnableConfig) -> Any:
        if len(args) > len(names):
            msg = f"{tool.name}() takes {len(names)} arguments ({', '.join(names)}), got {len(args)}"
            raise TypeError(msg)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        config = patch_config(config, run_name=tool.name)
        if _blocks(tool):
            return await _not_ended(on_thread(partial(tool.invoke, given, config)))
        return await _not_ended(tool.ainvoke(given, config))

    about = " ".join(tool.description.split())
    return ReplTool(tool.name, f"({', '.join(names)})", about[:300], call)


def _blocks(tool: BaseTool) -> bool:
    """Whether it can only be called synchronously: LangChain does so in the few threads that the event loop has."""
    inherited = (BaseTool._arun, StructuredTool._arun, Tool._arun)  # noqa: SLF001  # what tools override
    return type(tool)._arun in inherited and getattr(tool, "coroutine", None) is None  # noqa: SLF001


async def _not_ended(work: Awaitable[T]) -> T:
    """What the work gives. One that wants to end the process, as argument parsers do, has failed."""
    try:
        return await work
    except SystemExit as error:
        msg = f"it wanted to end the process (SystemExit: {error})"
        raise RuntimeError(msg) from error


def _from_function(function: Any) -> ReplTool:
    name = getattr(function, "__name__", "")
    if not callable(function) or not name:
        msg = f"The tool {function!r:.100} is neither a LangChain tool nor a named function."
        raise InputError(msg)
    doc = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())

    async def call(args: Sequence[Any], kwargs: Mapping[str, Any], config: RunnableConfig) -> Any:
        async def run(_: Any) -> Any:
            if inspect.iscoroutinefunction(function):
                return await _not_ended(function(*args, **kwargs))
            return await _not_ended(on_thread(partial(function, *args, **kwargs)))

        given = {"args": list(args), **kwargs}
        return await RunnableLambda(run, name=name).ainvoke(given, patch_config(config, run_name=name))

    return ReplTool(name, _signature(function), doc[:300], call)


def _signature(function: Callable[..., Any]) -> str:
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "(...)"


def context_tools(corpus: Corpus) -> list[ReplTool]:
    """The functions that the REPL gets for what is not text in a context."""
    return [
        *(_search_tools(corpus.searchable) if corpus.searchable else ()),
        *(_table_tools(corpus.tables) if corpus.tables else ()),
    ]


def _table_tools(tables: TableSet) -> list[ReplTool]:
    first = tables.tables[0].name
    sql_about = f"one SELECT over the tables, as a list of dicts, up to {MOST_ROWS:,}; what SQL can count, let it count"
    rows_about = f'rows start to end - 1 as text, for sub-models; its first line names them: cite("{first}, rows 1-3")'
    return [
        ReplTool("sql", "(query)", sql_about, tables.sql),
        ReplTool("rows", "(table, start, end)", rows_about, tables.rows),
    ]


def _search_tools(source: Searchable) -> list[ReplTool]:
    """The two functions that the REPL gets for a context that is searched."""
    search_about = f"up to k documents that match, best first, as dicts with id, name, text, metadata ({source.kind})"
    fetch_about = "the whole text of a document by its id, as search gave it"
    return [
        ReplTool("search", f"(query, k={DEFAULT_K})", search_about, source.search),
        ReplTool("fetch", "(id)", fetch_about, source.fetch),
    ]
