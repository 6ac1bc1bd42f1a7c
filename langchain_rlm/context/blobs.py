"""Where long texts are kept outside of checkpoints: bytes by key, in a directory or in a store that the user has."""

import asyncio
import base64
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from langchain_core.stores import BaseStore as KeyValueStore
from langchain_core.stores import InMemoryByteStore
from langgraph.store.base import BaseStore, Item

from langchain_rlm.context.parts import PREFIX as PARTS
from langchain_rlm.context.paths import at_home
from langchain_rlm.context.remote import Remote, is_address
from langchain_rlm.errors import InputError

PAGE, PAGE_OF_PARTS = 1_000, 8
"""Items of a LangGraph store that are listed at once: their values come along."""


class BlobStore(Protocol):
    """Keeps bytes by key. Most keys have a hash of what they stand for: the same key then means the same bytes."""

    def get(self, key: str) -> bytes | None: ...
    async def aget(self, key: str) -> bytes | None: ...
    def put(self, key: str, data: bytes) -> None: ...
    async def aput(self, key: str, data: bytes) -> None: ...
    async def alist(self, begins: str) -> list[str]:
        """The keys that begin so: with the name of a kind, and a hyphen."""
        ...

    async def adelete(self, key: str) -> None: ...


def open_store(store: Any, *, setting: str = "store", namespace: str = "rlm_documents") -> BlobStore | None:
    """Open the store that a user passed as `setting`; None for None. In a LangGraph store texts go to the namespace."""
    if store is None:
        return None
    if isinstance(store, BaseStore):
        return GraphStore(store, namespace)
    if isinstance(store, KeyValueStore):
        return Bytes(store)
    if isinstance(store, str) and is_address(store) and not store.startswith("file:"):
        return Remote(store, setting)
    if isinstance(store, str):
        store = store.removeprefix("file://")
    path = at_home(store) if isinstance(store, Path) or (isinstance(store, str) and store) else store
    if isinstance(path, Path) and (path.is_dir() or not path.exists()):
        return Directory(path, setting)
    msg = (
        f"{setting}={store!r}: use a directory, an address such as 's3://bucket/prefix', a LangGraph BaseStore or a "
        "LangChain ByteStore."
    )
    raise InputError(msg)


@dataclass(frozen=True)
class Directory:
    """One file for each text, readable by its owner only; written whole or not at all."""

    path: Path
    setting: str = "store"
    """What the user calls it, for the error."""

    def file(self, key: str) -> Path:
        return self.path / (key if "." in key else f"{key}.txt")

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

    async def alist(self, begins: str) -> list[str]:
        def listed() -> list[str]:
            try:
                names = [file.name for file in self.path.iterdir()]
            except FileNotFoundError:
                return []
            except OSError as error:
                raise self._unusable(error, "read") from error
            return [name for name in names if name.startswith(begins)]

        return await asyncio.to_thread(listed)

    async def adelete(self, key: str) -> None:
        try:
            await asyncio.to_thread(self.file(key).unlink, missing_ok=True)
        except OSError as error:
            raise self._unusable(error, "written") from error


@dataclass(frozen=True)
class GraphStore:
    """A LangGraph store, not indexed for search. What is no text goes there as base64."""

    store: BaseStore
    namespace: str

    def get(self, key: str) -> bytes | None:
        return _unwrapped(self.store.get(self._place(key), key))

    async def aget(self, key: str) -> bytes | None:
        return _unwrapped(await self.store.aget(self._place(key), key))

    def put(self, key: str, data: bytes) -> None:
        self.store.put(self._place(key), key, _wrapped(data), index=False)

    async def aput(self, key: str, data: bytes) -> None:
        await self.store.aput(self._place(key), key, _wrapped(data), index=False)

    async def alist(self, begins: str) -> list[str]:
        keys, limit = list[str](), PAGE_OF_PARTS if begins == PARTS else PAGE
        while found := await self.store.asearch(self._place(begins), limit=limit, offset=len(keys)):
            keys += [item.key for item in found]
        return keys

    async def adelete(self, key: str) -> None:
        await self.store.adelete(self._place(key), key)

    def _place(self, key: str) -> tuple[str, ...]:
        """Each kind of key by itself: what is listed does not bring the others along."""
        kind, hyphen, _ = key.partition("-")
        return (self.namespace, kind) if hyphen else (self.namespace,)


def _wrapped(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def _unwrapped(item: Item | None) -> bytes | None:
    if item is None:
        return None
    value = item.value
    return base64.b64decode(value["base64"]) if "base64" in value else str(value["text"]).encode()


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

    async def alist(self, begins: str) -> list[str]:
        return [key async for key in self.store.ayield_keys(prefix=begins)]

    async def adelete(self, key: str) -> None:
        await self.store.amdelete([key])


class Memory(Bytes):
    """The memory of this process, for as long as its owner lives."""

    def __init__(self) -> None:
        super().__init__(InMemoryByteStore())
