"""inspect: keep the text outside the state, look at its shape without a model, choose the route."""

import asyncio
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.context.load import load_corpus
from langchain_rlm.engine import BEGUN, Engine
from langchain_rlm.errors import InputError
from langchain_rlm.level import Level, emit
from langchain_rlm.run import Run, new_run_entry
from langchain_rlm.state import NOTHING_YET, Entry, RLMState


async def inspect(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Take the context in and begin the journal; a further question on a thread goes on with the journal there is."""
    question = state.get("question")
    if not isinstance(question, str) or not question.strip():
        msg = f"The question is {question!r}. Ask something in words."
        raise InputError(msg)
    run, begun, corpus = await _begin(engine, state, config)
    if run.settings.budget.confirm_above is not None and not run.is_saved:
        msg = (
            "Budget(confirm_above=...) interrupts the run, which needs a checkpointer: pass RLM(checkpointer=...), or "
            "compile the graph around it with one."
        )
        raise InputError(msg)
    wanted = [name for name in ("require_coverage", "require_citations") if getattr(run.settings, name)]
    if corpus.searchable is not None and wanted:
        msg = f"{wanted[0]} needs a context that can be read, and this one can only be searched."
        raise InputError(msg)
    ref = {**begun.get("context_ref", {}), **corpus.ref()}
    level = await run.enter(begun, corpus)
    level.is_counted = True
    if begun.get("journal"):
        level.calls = journals.last_id(begun["journal"])
        entry: Entry = {"kind": "question", "text": question}
        route = journals.route(begun["journal"])
    else:
        route = choose_route(level)
        entry = new_run_entry(run, level, question, route)
    emit("inspect", level, **_facts(level), route=route, question=question)
    update = {
        "run_id": run.id, "path": level.path, "depth": level.depth, "context": None, "context_ref": ref,
        "journal": [entry], **NOTHING_YET,
    }  # fmt: skip
    return Command(update=update, goto="decompose")


async def _begin(engine: Engine, state: RLMState, config: RunnableConfig) -> tuple[Run, RLMState, Corpus]:
    """The run, what it begins with, and its text.

    A context beside the question comes from outside and begins a new run, whatever the thread answered before; without
    one, a thread that has answered goes on.
    """
    given = state.get("context")
    if given is not None:
        corpus = await asyncio.to_thread(load_corpus, given)
        run = engine.new_run(config)
        await engine.keep(corpus, run)
        return run, {"path": "", "depth": 0}, corpus
    begun: RLMState | None = config.get("configurable", {}).get(BEGUN)
    if begun is None:  # the graph is asked, by no `RLM`
        begun = state
        if not state.get("journal"):
            msg = "The input has no context. Pass the text, documents or paths as `context`."
            raise InputError(msg)
    run = engine.run_of(begun, config)
    return run, begun, await engine.corpus_of(run, begun)


def choose_route(level: Level) -> str:
    """`direct` when the context is small enough that one call reads it best, else `rlm`.

    The paper finds that plain models win below some 16,000 tokens (arXiv 2512.24601, section 3).
    """
    settings = level.run.settings
    if level.corpus.searchable is not None:
        return "rlm"
    if (settings.tools or settings.require_citations) and settings.route == "auto":
        return "rlm"  # tools are for code, and only code cites
    if settings.route != "auto":
        return settings.route
    tokens = sum(estimate_tokens(text) for text in level.corpus.texts)
    return "direct" if tokens < settings.direct_below else "rlm"


def _facts(level: Level) -> dict[str, Any]:
    return {
        "documents": len(level.corpus.documents),
        "characters": level.corpus.characters,
        "formats": sorted({profile.format for profile in level.profiles}),
    }
