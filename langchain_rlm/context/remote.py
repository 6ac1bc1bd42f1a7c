"""Texts at an address such as `s3://bucket/prefix`, through fsspec.

What `obstore` reads (Amazon's, Google's and Azure's stores, and what speaks as they do) it reads; other addresses need
the package that fsspec names. Replies that fail in passing are asked for again there.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from langchain_rlm.errors import InputError, MissingExtraError

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://\S*")
_OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl"})
"""Addresses that obstore reads."""
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

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        return filesystem(self.address, f"{self.setting}={shown(self.address)!r}")

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
            if not (self._is_once(key) and files.exists(path) and files.info(path)["size"] == len(data)):
                files.pipe_file(path, data)
        except Exception as error:
            raise self._unusable(error, "written") from error

    @staticmethod
    def _is_once(key: str) -> bool:
        """What is known by its own hash is sent once."""
        return key.endswith(".zst")

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

    def _unusable(self, error: Exception, what: str) -> InputError:
        if isinstance(error, InputError):
            return error
        return InputError(f"{self.setting}={shown(self.address)!r}: cannot be {what} ({said(error)}).")


def filesystem(address: str, named: str) -> tuple[Any, str]:
    """What reads an address, and the path there.

    Raises:
        InputError: Nothing reads it; `named` is how the user wrote it.
    """
    scheme = address.partition("://")[0]
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
