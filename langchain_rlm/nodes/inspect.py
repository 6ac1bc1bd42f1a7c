"""inspect: keep the text outside the state, look at its shape without a model, choose the route."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.context.load import load_corpus
from langchain_rlm.engine import Engine
from langchain_rlm.errors import InputError
from langchain_rlm.run import Level, Run, emit, new_run_entry, unknown_context
from langchain_rlm.state import RLMState


NOTHING_YET: dict[str, Any] = {
    "answer": "", "value": None, "is_structured": False, "citations": [], "stop_reason": "", "turns": 0, "usage": {},
    "documents": [],
}  # fmt: skip


async def inspect(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Take the context in and begin the journal."""
    question = state.get("question")
    if not isinstance(question, str) or not question.strip():
        msg = f"The question is {question!r}. Ask something in words."
        raise InputError(msg)
    # a context beside the question comes from outside: on a thread that has answered before, too, this is a new run
    run = engine.run_of(state, config) if state.get("context") is None else engine.new_run(config)
    level = await run.enter(state, _corpus(run, state))
    route = choose_route(level)
    emit("inspect", level, **_facts(level), route=route)
    update = {
        "run_id": run.id,
        "path": level.path,
        "depth": level.depth,
        "context": None,
        "context_ref": {**state.get("context_ref", {}), "hash": level.corpus.hash},
        "journal": [new_run_entry(run, level, route)],
        **NOTHING_YET,
    }
    return Command(update=update, goto="decompose")


def _corpus(run: Run, state: RLMState) -> Corpus:
    given = state.get("context")
    if given is not None:
        return load_corpus(given)
    ref = state.get("context_ref") or {}
    if "pieces" in ref:
        above = run.levels[state["path"].rpartition("/")[0]].corpus
        return above.cut(ref["pieces"], single=ref["single"], names=ref["names"])
    corpus = run.corpora.get(ref.get("hash", ""))
    if corpus is None:
        raise unknown_context(ref) if ref else InputError("The context is None. Pass the text, documents or paths.")
    return corpus


def choose_route(level: Level) -> str:
    """`direct` when the context is small enough that one call reads it best, else `rlm`.

    The paper finds that plain models win below some 16,000 tokens (arXiv 2512.24601, section 3).
    """
    settings = level.run.settings
    if level.corpus.searchable is not None:
        return "rlm"
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
