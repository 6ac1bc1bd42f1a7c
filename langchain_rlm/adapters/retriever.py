"""`RLMRetriever`: the passages that an answer rests on, for code that takes a retriever."""

import asyncio
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, PrivateAttr

from langchain_rlm.adapters.hosting import aask, ask
from langchain_rlm.checks import COUNT
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.evidence.passages import passages
from langchain_rlm.rlm import RLM
from langchain_rlm.runtime.loop import Batched


class RLMRetriever(Batched, BaseRetriever):
    """Finds passages by answering the query with an `RLM`: what it returns are the passages that the answer rests on.

    `metadata` of a passage is the document's own with `name` (and `source`) of the document, `start` and `end` in
    characters, and `basis`: `cited` (with its `mark` in the answer), `asked` (a sub-model answered from it), or
    `matched` (code found the answer, and the passage has its words).

    Args:
        rlm: Answers the queries.
        documents: What `load_corpus` takes; read at first use.
        k: Passages to return at most; also an argument of `invoke`.

    Raises:
        InputError: While running: the documents or `k` cannot be used.
        ModelError: While running: a model cannot be used.
    """

    rlm: RLM = Field(exclude=True, repr=False)
    documents: Any = Field(exclude=True, repr=False)
    k: int = Field(default=4, ge=1)
    _corpus: Corpus | None = PrivateAttr(default=None)

    def corpus(self, loading: Loading) -> Corpus:
        if self._corpus is None:
            self._corpus = load_corpus(self.documents, loading=loading)
        return self._corpus

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        k, reading = _checked(self.k if k is None else k), Reading(self.corpus)
        result = ask(self.rlm, query, reading, {"callbacks": run_manager.get_child()}, key="rlm_retriever")
        return passages(result, reading.corpus, k)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        k, reading = _checked(self.k if k is None else k), Reading(self.corpus)
        result = await aask(self.rlm, query, reading, {"callbacks": run_manager.get_child()}, key="rlm_retriever")
        return await asyncio.to_thread(passages, result, reading.corpus, k)


def _checked(k: int) -> int:
    COUNT.check("k", k)
    return k
