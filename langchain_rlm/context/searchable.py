"""Contexts that cannot be read through, only searched: retrievers, vector stores, key-value stores.

The REPL gets `search(query, k)` and `fetch(id)`. What they return enters the journal like any answer, so it is read
once, replayed exactly, and counts as touched.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_core.vectorstores import VectorStore
from langgraph.store.base import BaseStore

Source = BaseRetriever | VectorStore | BaseStore
DEFAULT_K = 4
UNINDEXED = 1_000
"""Items that are looked through when a store has no index."""


@dataclass
class Searchable:
    """A source that answers searches. Keeps what it has given, so that `fetch` finds it again."""

    source: Source
    found: dict[str, Document] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return type(self.source).__name__

    async def search(self, args: Sequence[Any], kwargs: Mapping[str, Any], config: RunnableConfig) -> Any:
        query, k = _arguments(args, kwargs)
        documents = await _find(self.source, query, k, config)
        return [self._keep(document) for document in documents[:k]]

    async def fetch(self, args: Sequence[Any], kwargs: Mapping[str, Any], config: RunnableConfig) -> Any:  # noqa: ARG002
        given = [*args, *kwargs.values()]
        if len(given) != 1 or not isinstance(given[0], str):
            msg = "fetch(id): pass one id, as search gave it"
            raise TypeError(msg)
        document = self.found.get(given[0]) or await _get(self.source, given[0])
        if document is None:
            msg = f"fetch: there is no document {given[0]!r}; use an id that search gave"
            raise KeyError(msg)
        return document.page_content

    def _keep(self, document: Document) -> dict[str, Any]:
        key = document.id or hashlib.sha256(document.page_content.encode(errors="replace")).hexdigest()[:12]
        self.found[key] = document
        name = str(document.metadata.get("source") or document.metadata.get("title") or key)
        return {"id": key, "name": name, "text": document.page_content, "metadata": dict(document.metadata)}


def touched(used: Iterable[tuple[str, Any, Any]]) -> list[dict[str, Any]]:
    """The documents that were found or fetched, from what was called, with which arguments, and what it gave."""
    found: dict[str, dict[str, Any]] = {}
    for tool, arguments, value in used:
        if tool == "fetch":
            args, kwargs = arguments
            key, size = str([*args, *kwargs.values()][0]), len(value)
            found.setdefault(key, {"id": key, "name": key, "size": size, "metadata": {}, "spans": [[0, size]]})
        if tool == "search":
            for row in value:
                facts = {"id": row["id"], "name": row["name"], "size": len(row["text"]), "metadata": row["metadata"]}
                found[row["id"]] = {**facts, "spans": [[0, len(row["text"])]]}
    return list(found.values())


def _arguments(args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[str, int]:
    given = {**dict(zip(("query", "k"), args, strict=False)), **kwargs}
    query, k = given.get("query"), given.get("k", DEFAULT_K)
    if not isinstance(query, str) or not query.strip():
        msg = f"search(query, k): the query must be a str with text, not {query!r:.60}"
        raise TypeError(msg)
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        msg = f"search(query, k): k must be a whole number above 0, not {k!r:.60}"
        raise ValueError(msg)
    return query, k


async def _find(source: Source, query: str, k: int, config: RunnableConfig) -> list[Document]:
    if isinstance(source, VectorStore):
        return await source.asimilarity_search(query, k=k)
    if isinstance(source, BaseRetriever):
        return await source.ainvoke(query, config)
    items = await _store_search(source, query, k)
    return [Document(str(item.value), id="/".join((*item.namespace, item.key))) for item in items]


async def _store_search(store: BaseStore, query: str, k: int) -> Sequence[Any]:
    """Search by meaning where the store has an index; else by words, over its first items."""
    found = await store.asearch((), query=query, limit=k)
    if any(item.score is not None for item in found):
        return found
    words = set(re.findall(r"\w{3,}", query.lower())) or {query.lower()}
    items = await store.asearch((), limit=UNINDEXED)
    ranked = sorted(items, key=lambda item: -_hits(item, words))
    return [item for item in ranked[:k] if _hits(item, words)]


def _hits(item: Any, words: set[str]) -> int:
    text = str(item.value).lower()
    return sum(word in text for word in words)


async def _get(source: Source, key: str) -> Document | None:
    if isinstance(source, VectorStore):
        try:
            found = await source.aget_by_ids([key])
        except NotImplementedError:
            return None
        return found[0] if found else None
    if isinstance(source, BaseStore):
        *namespace, name = key.split("/")
        item = await source.aget(tuple(namespace), name)
        return None if item is None else Document(str(item.value), id=key)
    return None
