"""What a user passes to a run: a question, a context, a command, or nothing to go on; and a configuration."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from langgraph.types import Command

from langchain_rlm.context.addresses import LONGEST, read_address
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus, is_hash
from langchain_rlm.context.load import LONGEST_PATH, load_corpus, so_far
from langchain_rlm.context.remote import is_address
from langchain_rlm.context.store import ContextStore
from langchain_rlm.errors import InputError
from langchain_rlm.surrogates import encodable
from langchain_rlm.threads import on_thread, timeout

PASSED_ON = ("durability",)
"""LangGraph's arguments that a call takes. Others change what its graph gives, which is then no result."""
AT_ONCE = 10_000
"""Characters up to which a text is looked at while the event loop waits: some 2 ms, about what a thread costs it."""


@dataclass(frozen=True)
class Given:
    """What was passed, each when it is there."""

    question: str | None = None
    corpus: Corpus | None = None
    command: Command[Any] | None = None
    seconds: float = 0.0
    """How long it took to load the context."""


async def read(
    given: Any, contexts: ContextStore | None = None, seconds: float | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Given:  # fmt: skip
    """Look at what was passed, and have its context; for `tell` see `Loading`."""
    question, context = _read(given)
    command = given if isinstance(given, Command) else None
    if context is None:
        return Given(question, None, command)
    corpus, took = await corpus_of(context, contexts, seconds, tell)
    return Given(question, corpus, command, took)


async def corpus_of(
    context: Any, contexts: ContextStore | None, seconds: float | None,
    tell: Callable[[int, int], None] | None = None, *, looks_for_files: bool = True,
) -> tuple[Corpus, float]:  # fmt: skip
    """A context, and how long it took to have it: the kept one of a hash, what is at an address, or what was passed."""
    if isinstance(context, str) and is_hash(context):
        return await _kept(context, contexts, seconds)
    if isinstance(context, str) and len(context) <= LONGEST and is_address(context.strip()):
        return await loaded(partial(read_address, context.strip()), seconds, tell)
    if isinstance(context, str) and LONGEST_PATH < len(context) <= AT_ONCE:  # it is taken as it is
        return load_corpus(context), 0.0
    return await loaded(partial(load_corpus, context, looks_for_files=looks_for_files), seconds, tell)


async def _kept(ref: str, contexts: ContextStore | None, seconds: float | None) -> tuple[Corpus, float]:
    started = time.monotonic()
    if contexts is None:
        msg = f"The context {ref} is to be one that is kept, and there is no context store. Pass its text."
        raise InputError(msg)
    try:
        async with timeout(seconds):
            corpus = await contexts.get(ref)
    except TimeoutError as error:
        msg = f"The context {ref} was not read from the context store in {seconds:g} seconds, which is the budget."
        raise InputError(msg) from error
    if corpus is None:
        msg = f"The context {ref} is not in the context store: it was deleted there, or never kept. Pass its text."
        raise InputError(msg)
    return corpus, time.monotonic() - started


async def loaded(
    load: Callable[..., Corpus], seconds: float | None, tell: Callable[[int, int], None] | None = None
) -> tuple[Corpus, float]:
    """Load a context on a thread of its own, and say how long it took; in so many seconds, what can be had by then."""
    loading, started = Loading(tell), time.monotonic()
    try:
        async with timeout(seconds) as limit:
            corpus = await on_thread(partial(load, loading=loading))
    except TimeoutError:
        if seconds is None or not limit.expired():
            raise
        corpus = so_far(loading, f"not loaded: the {seconds:g} seconds of the budget were over")
    finally:
        loading.stop()
    return corpus, time.monotonic() - started


def _read(given: Any) -> tuple[str | None, Any]:
    if given is None or isinstance(given, Command):
        return None, None
    if not isinstance(given, Mapping) or not ("question" in given or "context" in given):
        msg = f'The input is {given!r:.80}. Pass {{"question": ..., "context": ...}}.'
        raise InputError(msg)
    unknown = [key for key in given if key not in {"question", "context"}]
    if unknown and not ("question" in given and "context" in given):  # it may be the other key, misspelt
        names = ", ".join(f"{key!r:.80}" for key in unknown)
        msg = f"Unknown in the input: {names}. Known are 'question' and 'context'."
        raise InputError(msg)
    question = given.get("question")
    if "question" in given and (not isinstance(question, str) or not question.strip()):
        msg = f"The question is {question!r}. Ask something in words."
        raise InputError(msg)
    return question and encodable(question), given.get("context")


def check_arguments(given: Mapping[str, Any]) -> None:
    """Refuse keyword arguments that would have no effect."""
    if unknown := [name for name in given if name not in PASSED_ON]:
        msg = (
            f"Unknown arguments: {', '.join(unknown)}. A question and a context are the input "
            '({"question": ..., "context": ...}; create_rlm_chain(rlm, documents) has its own context), callbacks and '
            'tags belong into `config`, settings for this call too: {"configurable": {"rlm_budget": {"cost": 1}}}. Of '
            f"LangGraph's arguments {', '.join(PASSED_ON)} is passed on; rlm.graph takes the others."
        )
        raise InputError(msg)


def check_config(config: Any) -> None:
    """Refuse what is not a configuration."""
    is_one = isinstance(config, Mapping | None)
    if not is_one or not isinstance((config or {}).get("configurable"), Mapping | None):
        msg = f'config={config!r:.80}: pass a dict, such as {{"configurable": {{"thread_id": ...}}}}.'
        raise InputError(msg)
