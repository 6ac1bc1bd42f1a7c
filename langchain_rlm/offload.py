"""Where the texts go that are too long for a conversation.

A text is known by the SHA-256 of its content. State holds that hash and a short handle; the text is in a store.
"""

import asyncio
import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypedDict

from langchain_core.documents import Document
from langchain_core.stores import BaseStore as KeyValueStore
from langchain_core.tools import ToolException
from langgraph.store.base import BaseStore

from langchain_rlm.errors import InputError

KEY = "rlm_documents"
"""The key of the agent's state."""
NAMESPACE = (KEY,)
"""Where documents are in a LangGraph store."""
HANDLE_DIGITS = 12
SHOWN = 20
"""Documents named in an error."""

_log = logging.getLogger(__name__)


class KeptDocument(TypedDict):
    """One entry of the agent's state: a document that is kept outside the conversation."""

    name: str
    """Where it came from, such as `result of fetch`."""
    characters: int
    hash: str
    """SHA-256 of its UTF-8 bytes, in hexadecimal."""


class LongText:
    """A text that is taken out of a message."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.data = text.encode(errors="replace")  # a lone surrogate is no text, and no store takes it
        self.text = self.data.decode()

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def handle(self) -> str:
        return f"doc-{self.hash[:HANDLE_DIGITS]}"

    def entry(self) -> KeptDocument:
        return {"name": self.name, "characters": len(self.text), "hash": self.hash}


def entries(kept: list[LongText]) -> dict[str, KeptDocument]:
    """The state's form of what was taken out, by handle."""
    return {text.handle: text.entry() for text in kept}


class TextStore(Protocol):
    """Keeps texts by the hash of their content."""

    def get(self, key: str) -> str | None: ...
    async def aget(self, key: str) -> str | None: ...
    def put(self, text: LongText) -> None: ...
    async def aput(self, text: LongText) -> None: ...


def open_store(store: Any) -> TextStore | None:
    """The store for what a user passed; None for None.

    Args:
        store: A directory `Path`, a LangGraph `BaseStore`, or a LangChain `ByteStore`.

    Raises:
        InputError: It is something else, or the path is no directory.
    """
    if store is None:
        return None
    if isinstance(store, BaseStore):
        return GraphStore(store)
    if isinstance(store, KeyValueStore):
        return Bytes(store)
    if isinstance(store, Path) and (store.is_dir() or not store.exists()):
        return Directory(store)
    msg = f"store={store!r}: use a directory Path, a LangGraph BaseStore or a LangChain ByteStore."
    raise InputError(msg)


@dataclass(frozen=True)
class Directory:
    """One file a document, readable by its owner only; written whole or not at all."""

    path: Path

    def get(self, key: str) -> str | None:
        try:
            return (self.path / f"{key}.txt").read_bytes().decode(errors="replace")
        except FileNotFoundError:
            return None

    async def aget(self, key: str) -> str | None:
        return await asyncio.to_thread(self.get, key)

    def put(self, text: LongText) -> None:
        path = self.path / f"{text.hash}.txt"
        if path.exists() and path.stat().st_size == len(text.data):
            return
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=self.path, prefix=".new-", delete=False) as file:
            try:
                file.write(text.data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    async def aput(self, text: LongText) -> None:
        await asyncio.to_thread(self.put, text)


@dataclass(frozen=True)
class GraphStore:
    """A LangGraph store, not indexed for search."""

    store: BaseStore

    def get(self, key: str) -> str | None:
        item = self.store.get(NAMESPACE, key)
        return None if item is None else item.value.get("text")

    async def aget(self, key: str) -> str | None:
        item = await self.store.aget(NAMESPACE, key)
        return None if item is None else item.value.get("text")

    def put(self, text: LongText) -> None:
        self.store.put(NAMESPACE, text.hash, {"text": text.text}, index=False)

    async def aput(self, text: LongText) -> None:
        await self.store.aput(NAMESPACE, text.hash, {"text": text.text}, index=False)


@dataclass(frozen=True)
class Bytes:
    """A LangChain `ByteStore`."""

    store: KeyValueStore[str, bytes]

    def get(self, key: str) -> str | None:
        return _decoded(self.store.mget([key])[0])

    async def aget(self, key: str) -> str | None:
        return _decoded((await self.store.amget([key]))[0])

    def put(self, text: LongText) -> None:
        self.store.mset([(text.hash, text.data)])

    async def aput(self, text: LongText) -> None:
        await self.store.amset([(text.hash, text.data)])


class Memory(dict[str, str]):
    """The memory of this process, for as long as its middleware lives."""

    async def aget(self, key: str) -> str | None:
        return self.get(key)

    def put(self, text: LongText) -> None:
        self[text.hash] = text.text

    async def aput(self, text: LongText) -> None:
        self.put(text)


def _decoded(data: bytes | None) -> str | None:
    return None if data is None else data.decode(errors="replace")


def intact(entry: KeptDocument, text: str | None) -> str | None:
    """The text when it is the one that was kept, else None."""
    return text if text is not None and LongText("", text).hash == entry["hash"] else None


def pick(known: Mapping[str, KeptDocument], handles: list[str] | None) -> dict[str, KeptDocument]:
    """The documents that are asked about, out of those that are known: all when none is named.

    Raises:
        ToolException: A name is unknown, or nothing is kept.
    """
    unknown = [handle for handle in handles or () if handle not in known]
    if known and not unknown:
        return {handle: known[handle] for handle in handles or known}
    shown = [f"{handle} ({entry['name']}, {entry['characters']:,} characters)" for handle, entry in known.items()]
    has = f"Its documents: {', '.join(shown[-SHOWN:])}." if shown else (
        "It has none: nothing of it is kept outside. (An agent without a checkpointer forgets them after each call.)"
    )  # fmt: skip
    msg = f"There is no document {', '.join(unknown) or 'to ask about'} in this conversation. {has}"
    raise ToolException(msg)


def context_of(named: Mapping[str, KeptDocument], texts: Mapping[str, str | None], store: Any) -> Any:
    """The context of a run over these texts.

    Raises:
        ToolException: A text is not where it was put.
    """
    lost = [handle for handle, text in texts.items() if text is None]
    if lost:
        what = ", ".join(
            f"{handle} ({named[handle]['name']}, {named[handle]['characters']:,} characters)" for handle in lost
        )
        where = "the memory of this process" if isinstance(store, Memory) else str(store)
        msg = (
            f"The text of {what} is lost: it is not in {where} any more. Get it again with the tool that gave it, or "
            "ask about other documents by name. To keep documents over a restart, the host passes "
            "RLMMiddleware(store=Path(...)) or a LangGraph store."
        )
        _log.warning(msg)
        raise ToolException(msg)
    documents = [
        Document(text or "", metadata={"source": handle, "origin": named[handle]["name"]})
        for handle, text in texts.items()
    ]
    return documents[0] if len(documents) == 1 else documents
