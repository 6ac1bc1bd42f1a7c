"""`create_rlm_chain`: takes the place of LangChain's `create_retrieval_chain`, with the same keys in and out."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from typing import Any

from langchain_core.messages import convert_to_messages, get_buffer_string
from langchain_core.runnables import Runnable, RunnableConfig, RunnableGenerator
from langchain_core.runnables.utils import AddableDict

from langchain_rlm.adapters.hosting import aask, ask
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.errors import InputError
from langchain_rlm.evidence.passages import passages
from langchain_rlm.rlm import RLM
from langchain_rlm.runtime.loop import Batched
from langchain_rlm.state import RLMResult

HISTORY = 8_000
"""Characters from the end of a conversation that go into the question."""
NAME = "rlm_chain"


def create_rlm_chain(rlm: RLM, documents: Any = None, *, k: int = 4) -> Runnable[dict[str, Any], dict[str, Any]]:
    """Make a chain that answers from documents of any size.

    Its input is a dict with `input`, the question, and possibly `chat_history` (messages, or text) and `context`, which
    takes the place of `documents` for this call. Its output is the input with `context`, the passages that the answer
    rests on as a list of `Document` (the cited ones first, each with its `mark` in the answer), and `answer`. Streamed,
    the input comes first, then the context, then the answer.

    Args:
        rlm: Answers the questions.
        documents: What `load_corpus` takes; read at first use.
        k: Passages in `context` at most.

    Raises:
        InputError: While running: the input or the documents cannot be used.
        ModelError: While running: a model cannot be used.
    """

    def corpus_of(given: Mapping[str, Any], loading: Loading) -> Corpus:
        nonlocal documents
        if given.get("context"):
            return load_corpus(given["context"], loading=loading)
        if documents is None:
            msg = "The chain has no documents. Pass them to create_rlm_chain, or as `context` of the input."
            raise InputError(msg)
        documents = corpus = load_corpus(documents, loading=loading)
        return corpus

    def run(chunks: Iterator[dict[str, Any]], config: RunnableConfig) -> Iterator[AddableDict]:
        given: dict[str, Any] = AddableDict()
        for chunk in chunks:
            given = AddableDict(given) + AddableDict(_mapping(chunk))
            yield _passed_on(chunk)
        reading = Reading(partial(corpus_of, given))
        result = ask(rlm, _question(given), reading, config, key=NAME)
        yield from _output(result, reading.corpus, k)

    async def arun(chunks: AsyncIterator[dict[str, Any]], config: RunnableConfig) -> AsyncIterator[AddableDict]:
        given: dict[str, Any] = AddableDict()
        async for chunk in chunks:
            given = AddableDict(given) + AddableDict(_mapping(chunk))
            yield _passed_on(chunk)
        reading = Reading(partial(corpus_of, given))
        result = await aask(rlm, _question(given), reading, config, key=NAME)
        for part in await asyncio.to_thread(lambda: [*_output(result, reading.corpus, k)]):
            yield part

    return _Chain(rlm, run, arun)


class _Chain(Batched, RunnableGenerator[dict[str, Any], dict[str, Any]]):
    def __init__(self, rlm: RLM, run: Any, arun: Any) -> None:  # its stub takes no configuration
        super().__init__(run, arun, name=NAME)
        self.rlm = rlm


def _passed_on(chunk: Mapping[str, Any]) -> AddableDict:
    return AddableDict({key: value for key, value in chunk.items() if key not in {"context", "answer"}})


def _mapping(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise _no_question(given)
    return given


def _no_question(given: Any) -> InputError:
    return InputError(f'The input of the chain is {given!r:.80}. Pass {{"input": a question}}.')


def _question(given: Mapping[str, Any]) -> str:
    question, history = given.get("input"), given.get("chat_history")
    if not isinstance(question, str) or not question.strip():
        raise _no_question(dict(given))
    if not history:
        return question
    before = history if isinstance(history, str) else get_buffer_string(convert_to_messages(history))
    return f"The conversation so far:\n{before[-HISTORY:]}\n\nThe question now:\n{question}"


def _output(result: RLMResult, corpus: Corpus, k: int) -> Iterator[AddableDict]:
    yield AddableDict(context=passages(result, corpus, k))
    yield AddableDict(answer=result["answer"])
