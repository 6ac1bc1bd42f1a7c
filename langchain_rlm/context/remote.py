"""Texts at an address such as `s3://bucket/prefix`, through fsspec.

What `obstore` reads (Amazon's, Google's and Azure's stores, and what speaks as they do) it reads; other addresses need
the package that fsspec names. Replies that fail in passing are asked for again there.
"""

import asyncio
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from langchain_rlm.errors import HostError, InputError, MissingExtraError, RLMError

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S*")
_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl"})
"""Addresses that obstore reads."""
_users: set[int] = set()
"""The processes that have used obstore, which has threads."""
RETRIES = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}
CLIENT = {"allow_http": True, "timeout": timedelta(seconds=120), "connect_timeout": timedelta(seconds=10)}


def shown(address: str) -> str:
    """An address as it may be told: what only those know who may use it is left out."""
    return re.sub(r"//[^/@]*@", "//", re.split(r"[?#]", address, maxsplit=1)[0])


def said(error: Exception) -> str:
    """What an error says, on one line, without what stands after a question mark in an address: it may be a key."""
    words = " ".join(str(error).partition("\n\nDebug source")[0].split())
    return re.sub(r"\?\S+", "?...", words or type(error).__name__)[:300]


def is_address(text: str) -> bool:
    """Whether a text has the form of an address, and no more."""
    return _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class Remote:
    """One object for each text, below an address."""

    address: str
    setting: str = "store"
    """What the user calls it, for the error."""

    def __post_init__(self) -> None:
        if _scheme(self.address) in _OBJECTS and not self.address.partition("://")[2].partition("/")[0]:
            msg = f"{self._named}: it names no bucket. Use an address such as 's3://bucket/prefix'."
            raise InputError(msg)
        _filesystem(self.address, self._named, os.getpid())  # an address that nothing reads is told at once

    @property
    def _named(self) -> str:
        return f"{self.setting}={shown(self.address)!r}"

    @property
    def _opened(self) -> tuple[Any, str]:
        return filesystem(self.address, self._named)

    def _path(self, key: str = "") -> str:
        return "/".join(filter(None, (self._opened[1].rstrip("/"), key)))

    def get(self, key: str) -> bytes | None:
        try:
            return bytes(self._opened[0].cat_file(self._path(key)))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise self._unusable(error, "read") from error

    def put(self, key: str, data: bytes) -> None:
        files, path = self._opened[0], self._path(key)
        try:
            if not (key.endswith(".zst") and self._size(path) == len(data)):  # known by its own hash: sent once
                files.pipe_file(path, data)
        except Exception as error:
            raise self._unusable(error, "written") from error

    def _size(self, path: str) -> int | None:
        try:
            return int(self._opened[0].info(path)["size"])
        except FileNotFoundError:
            return None

    async def aget(self, key: str) -> bytes | None:
        return await asyncio.to_thread(self.get, key)

    async def aput(self, key: str, data: bytes) -> None:
        await asyncio.to_thread(self.put, key, data)

    async def alist(self, begins: str) -> list[str]:
        def listed() -> list[str]:
            files = self._opened[0]
            try:
                files.invalidate_cache()
                names = [str(path).rpartition("/")[2] for path in files.ls(self._path(), detail=False)]
            except FileNotFoundError:
                return []
            except Exception as error:
                raise self._unusable(error, "read") from error
            return [name for name in names if name.startswith(begins)]

        return await asyncio.to_thread(listed)

    async def adelete(self, key: str) -> None:
        def delete() -> None:
            try:
                self._opened[0].rm_file(self._path(key))
            except FileNotFoundError:
                pass
            except Exception as error:
                raise self._unusable(error, "written") from error

        await asyncio.to_thread(delete)

    def _unusable(self, error: Exception, what: str) -> RLMError:
        if isinstance(error, RLMError):
            return error
        return InputError(f"{self._named}: cannot be {what} ({said(error)}).")


def filesystem(address: str, named: str) -> tuple[Any, str]:
    """What reads an address, to be used now, and the path there.

    Raises:
        InputError: Nothing reads it; `named` is how the user wrote it.
        HostError: This process is a fork of one that has used an object store: it would wait for threads it lacks.
    """
    if _scheme(address) in _OBJECTS:
        if _users and os.getpid() not in _users:
            msg = (
                f"{named} cannot be used here: this process was forked from one that has used an object store, whose "
                "threads it does not have. Fork before the first use, or start processes with 'spawn'."
            )
            raise HostError(msg)
        _users.add(os.getpid())
    return _filesystem(address, named, os.getpid())


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower()


@lru_cache(maxsize=32)
def _filesystem(address: str, named: str, process: int) -> tuple[Any, str]:
    del process  # each has its own
    scheme = _scheme(address)
    try:
        import fsspec  # of the extra `cloud`

        if scheme in _OBJECTS:
            from obstore.fsspec import FsspecStore  # likewise

            open_objects: Any = FsspecStore
            return open_objects(scheme, retry_config=RETRIES, client_options=CLIENT), address.partition("://")[2]
        files, path = fsspec.url_to_fs(address)
    except ImportError as error:
        msg = f"{named} needs the extra `cloud`: pip install 'langchain-rlm[cloud]' ({error})."
        raise MissingExtraError(msg) from error
    except ValueError as error:
        msg = f"{named}: {error}. Use a directory, or an address such as 's3://bucket/prefix'."
        raise InputError(msg) from error
    return files, path
