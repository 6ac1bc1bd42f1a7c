"""One call of an `RLM`: its events, of which the result is the last."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig
from langgraph.config import get_stream_writer
from langgraph.types import Command

from langchain_rlm.budget import Budget, Spending
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.errors import InputError
from langchain_rlm.events import LoadingEvent
from langchain_rlm.graph import Graph, build_graph
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.samples import candidates
from langchain_rlm.journal.tally import tally
from langchain_rlm.models.resolve import name_of
from langchain_rlm.nodes.ending import covered, touched
from langchain_rlm.result import Result, with_unseen
from langchain_rlm.runtime.begin import begin
from langchain_rlm.runtime.given import Given, read
from langchain_rlm.runtime.host import host_saver, in_host, inside
from langchain_rlm.runtime.langgraph_keys import INTERRUPT
from langchain_rlm.runtime.lease import leased
from langchain_rlm.runtime.registry import RunRegistry, beginning, take_settings
from langchain_rlm.runtime.run import Run
from langchain_rlm.runtime.starts import take_place
from langchain_rlm.settings import Settings, for_call, given_in
from langchain_rlm.state import RLMResult
from langchain_rlm.surrogates import encodable
from langchain_rlm.threads import to_its_end

Event = tuple[bool, str, Any]
"""Whether it is the result, the mode, the data."""


def belongs_to_host(settings: Settings, config: RunnableConfig | None) -> bool:
    """Whether the run may wait for a person inside a host that has a checkpointer.

    It then interrupts the host's run, and goes on when the host's run is resumed.
    """
    asks = for_call(settings, {"budget": given_in(config).get("budget")}).budget.confirm_above is not None
    return host_saver(config) is not None and (asks or (settings.is_saved and bool(settings.tools)))


def is_hosted(settings: Settings, config: RunnableConfig | None) -> bool:
    """Whether the host's checkpointer keeps the run: a run is saved where its host is."""
    return belongs_to_host(settings, config) or (settings.is_saved and host_saver(config) is not None)


@dataclass(frozen=True)
class Call:
    """How a run is called."""

    registry: RunRegistry
    graph: Graph
    config: RunnableConfig
    modes: Sequence[str]
    """LangGraph's stream modes, `values` among them."""
    kwargs: Mapping[str, Any]
    """Passed on to the graph."""

    @property
    def settings(self) -> Settings:
        return self.registry.settings

    async def events(self, given: Any) -> AsyncGenerator[Event, None]:
        """Run and yield what happens; the result comes last. `given` is what the user passed; see `RLM.invoke`."""
        config, settings = take_settings(self.config)
        await take_place()
        call = replace(self, registry=await self.registry.called_with(settings), config=config)
        told: asyncio.Queue[LoadingEvent | None] = asyncio.Queue()
        loop, started = asyncio.get_running_loop(), time.monotonic()

        def tell(done: int, files: int) -> None:
            at = round(time.monotonic() - started, 3)
            event: LoadingEvent = {"event": "loading", "run": "", "depth": 0, "at": at, "done": done, "files": files}
            loop.call_soon_threadsafe(told.put_nowait, event)

        reading = asyncio.ensure_future(read(given, call.registry.contexts, call.settings.budget.seconds, tell))
        reading.add_done_callback(lambda _: told.put_nowait(None))
        try:
            while (event := await told.get()) is not None:
                if "custom" in self.modes:
                    yield False, "custom", event
        finally:
            reading.cancel()
            await to_its_end(asyncio.wait([reading]))
        asked = reading.result()
        hosted = is_hosted(call.settings, config)
        run = call.in_host(asked, self.settings.budget) if hosted else call.run(asked)
        async with aclosing(run) as items:
            async for item in items:
                yield item

    async def in_host(self, asked: Given, budget: Budget) -> AsyncGenerator[Event, None]:
        """Run on a thread of its own inside a host. When the run waits, the host is interrupted.

        Progress that the caller does not ask for reaches the host's custom stream. `budget` is that of the `RLM`: a
        host that is resumed with another one goes on with the same run.
        """
        question, corpus = asked.question, asked.corpus
        if question is None or corpus is None:
            msg = "Inside a graph that has a checkpointer a run begins with a question and a context: pass both."
            raise InputError(msg)
        modes = self.modes if "custom" in self.modes else [*self.modes, "custom"]
        write = inside(self.config, get_stream_writer)
        async with in_host(self.config, _identity(self.settings, budget, question, corpus)) as run:
            graph = build_graph(self.registry, checkpointer=run.saver)
            call = replace(self, graph=graph, config=run.config(), modes=modes)
            result: Any = None
            while result is None or INTERRUPT in result:
                if result is not None:
                    asked = Given(None, corpus, Command(resume=await run.decisions(result[INTERRUPT])))
                async with aclosing(call.run(asked, is_own=True)) as items:
                    async for is_result, mode, data in items:
                        if is_result:
                            result = data
                        elif mode in self.modes:
                            yield is_result, mode, data
                        else:
                            write(data)
            await run.ended()
        yield True, "values", result

    async def run(self, asked: Given, *, is_own: bool = False) -> AsyncGenerator[Event, None]:
        """Begin a run, or go on with one, until it ends or waits; inside a host it has its thread to itself."""
        async with leased(self.graph.checkpointer, self.config, self.settings) as (config, waited):
            call, asked = replace(self, config=config), replace(asked, seconds=asked.seconds + waited)
            async with aclosing(call.run_alone(asked, is_own=is_own)) as items:
                async for item in items:
                    yield item

    async def run_alone(self, asked: Given, *, is_own: bool) -> AsyncGenerator[Event, None]:
        registry, kwargs = self.registry, self.kwargs
        begun = await begin(registry, self.graph, asked, self.config, is_own=is_own)
        if begun.tree is None:
            yield True, "values", _result(self.settings, begun.values, begun.corpus)
            return
        config = beginning(self.config, begun.state)
        config["metadata"] = {**_storable(config.get("metadata") or {}), **begun.metadata}
        begun.tree.is_saved |= is_own
        begun.tree.ledger.charge(Spending(seconds=asked.seconds))
        if begun.tree.is_saved:
            kwargs = {"durability": "sync", **kwargs}
        final: dict[str, Any] = dict(begun.values)
        try:
            stream = cast("Any", self.graph).astream(begun.input, config, stream_mode=self.modes, **kwargs)
            async with aclosing(stream) as items:
                async for mode, data in items:
                    if mode == "values":
                        waits = [*final.get(INTERRUPT, ()), *data.get(INTERRUPT, ())]
                        final = {**final, **data, INTERRUPT: list({each.id: each for each in waits}.values())}
                    else:
                        yield False, mode, data
            live = registry.runs.get((begun.tree.id, ""))
            if live and final.get(INTERRUPT):
                final |= await asyncio.to_thread(_so_far, live, final["journal"])
            corpus = live.corpus if live else next(iter(begun.tree.corpora.values()), None)
            yield True, "values", _result(self.settings, final, corpus)
        finally:
            await to_its_end(registry.close(begun.tree))


def _storable(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The user's words about a run, as every checkpointer can keep them with it."""

    def clean(value: Any) -> Any:
        return encodable(value).replace("\0", "\ufffd") if isinstance(value, str) else value

    return {clean(name): clean(value) for name, value in metadata.items()}


def _identity(settings: Settings, budget: Budget, question: str, corpus: Corpus) -> str:
    """A key that tells a run from the other runs of the same host task, in any process."""
    form, models = settings.response_format, [settings.model, settings.sub_model, *settings.sub_models.values()]
    about = [question, corpus.hash, settings.profile.name, *map(name_of, models)]
    how = [settings.route, settings.require_coverage, settings.require_citations, settings.instructions, asdict(budget)]
    how += [settings.samples, f"{settings.plan.text}{settings.plan_parameters}" if settings.plan else None]
    return json.dumps([*about, *how, sorted(settings.tools), form.schema() if form else None], default=str)


def _result(settings: Settings, final: Mapping[str, Any], corpus: Corpus | None) -> RLMResult:
    """The state of a run that ended or waits, as users get it."""
    form = settings.response_format
    made = {
        "structured_response": form.validate(final["value"]) if form and final["is_structured"] else None,
        "coverage": with_unseen(final["coverage"], corpus), "left_out": journals.left_out(final["journal"]),
        "plan": next(iter(journals.plans(final["journal"])[-1:]), None),
        "context": [*map(_document, final["documents"])], "profile": journals.profile(final["journal"]),
        "candidates": candidates(final["journal"]),
    }  # fmt: skip
    waits = {"stop_reason": "interrupted", INTERRUPT: [*final[INTERRUPT]]} if final.get(INTERRUPT) else {}
    known = {**final, **made, **waits}
    result = {name: known[name] for name in RLMResult.__annotations__ if name != INTERRUPT or waits}
    return cast("RLMResult", Result(result, corpus.texts if corpus else None))


def _document(found: Mapping[str, Any]) -> Document:
    facts = {"name": found["name"], "characters": found["size"], "spans": found["spans"]}
    return Document("", id=found["id"], metadata={"source": found["name"], **found["metadata"], **facts})


def _so_far(run: Run, journal: Sequence[Entry]) -> dict[str, Any]:
    """What a run that waits has used, and what models have seen in it."""
    usage = {**run.tree.ledger.usage(), **tally(journal)}
    found = covered(run, journal)
    seen = {"coverage": found, "documents": touched(run, journal, found)}
    return {"usage": usage, "turns": journals.turns(journal), **seen}
