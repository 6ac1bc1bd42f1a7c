"""Where long texts are kept outside of checkpoints: bytes by key, in a directory or in a store that the user has."""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from langchain_core.stores import BaseStore as KeyValueStore
from langchain_core.stores import InMemoryByteStore
from langgraph.store.base import BaseStore

from langchain_rlm.context.paths import at_home
from langchain_rlm.errors import InputError


class BlobStore(Protocol):
    """Keeps bytes by key. A key is a hash of what it stands for: the same key always means the same bytes."""

    def get(self, key: str) -> bytes | None: ...
    async def aget(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...
    async def aput(self, key: str, data: bytes) -> None: ...


def open_store(store: Any, *, setting: str = "store", namespace: str = "rlm_documents") -> BlobStore | None:
    """Open the store that a user passed as `setting`; None for None. In a LangGraph store texts go to the namespace."""
    if store is None:
        return None
    if isinstance(store, BaseStore):
        return GraphStore(store, namespace)
    if isinstance(store, KeyValueStore):
        return Bytes(store)
    path = at_home(store) if isinstance(store, Path) or (isinstance(store, str) and store) else store
    if isinstance(path, Path) and (path.is_dir() or not path.exists()):
        return Directory(path, setting)
    msg = f"{setting}={store!r}: use a directory, a LangGraph BaseStore or a LangChain ByteStore."
    raise InputError(msg)


@dataclass(frozen=True)
class Directory:
    """One file for each text, readable by its owner only; written whole or not at all."""

    path: Path
    setting: str = "store"
    """What the user calls it, for the error."""

    def file(self, key: str) -> Path:
        return self.path / f"{key}.txt"

    def get(self, key: str) -> bytes | None:
        try:
            return self.file(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error, "read") from error

    async def aget(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self.get, key)

    def _unusable(self, error: OSError, what: str) -> InputError:
        return InputError(f"{self.setting}={str(self.path)!r}: cannot be {what} ({error.strerror}).")

    def put(self, key: str, data: bytes) -> None:
        path = self.file(key)
        try:
            if path.exists() and path.read_bytes() == data:
                return
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=self.path, prefix=".new-", delete=False) as file:
                try:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise self._unusable(error, "written") from error

    async def aput(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(self.put, key, data)


@dataclass(frozen=True)
class GraphStore:
    """A LangGraph store, not indexed for search."""

    store: BaseStore
    namespace: str

    def get(self, key: str) -> bytes | None:
        item = self.store.get((self.namespace,), key)
        return None if item is None else str(item.value["text"]).encode()

    async def aget(self, key: str) -> bytes | None:
        item = await self.store.aget((self.namespace,), key)
        return None if item is None else str(item.value["text"]).encode()

    def put(self, key: str, data: bytes) -> None:
        self.store.put((self.namespace,), key, {"text": data.decode()}, index=False)

    async def aput(self, key: str, data: bytes) -> None:
        await self.store.aput((self.namespace,), key, {"text": data.decode()}, index=False)


@dataclass(frozen=True)
class Bytes:
    """A LangChain `ByteStore`."""

    store: KeyValueStore[str, bytes]

    def get(self, key: str) -> bytes | None:
        return self.store.mget([key])[0]

    async def aget(self, key: str) -> bytes | None:
        return (await self.store.amget([key]))[0]

    def put(self, key: str, data: bytes) -> None:
        self.store.mset([(key, data)])

    async def aput(self, key: str, data: bytes) -> None:
        await self.store.amset([(key, data)])


class Memory(Bytes):
    """The memory of this process, for as long as its owner lives."""

    def __init__(self) -> None:
        super().__init__(InMemoryByteStore())
