"""A context that is named by its address: `https://...`, `s3://bucket/key`. Only what is allowed is read.

Whoever may call a server names addresses, and the server reads from inside its network. So an address must lie below
one that `LANGCHAIN_RLM_ADDRESSES` names, each redirect too, and the name of a machine must lead to a public address,
which is the one that is connected to: a name cannot lead elsewhere after it was looked at.
"""

import http.client
import mimetypes
import os
import re
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.remote import filesystem, said, shown
from langchain_rlm.errors import InputError

ALLOWED = "LANGCHAIN_RLM_ADDRESSES"
"""The environment variable that names what may be read, separated by spaces. Unset, nothing is."""
LONGEST = 4_000
"""Characters of a text that may be an address."""
LARGEST = 500_000_000
"""Bytes that are read."""
SECONDS = 120.0
MOVED = frozenset({301, 302, 303, 307, 308})
REDIRECTS = 5
BLOCK = 1_000_000
WEB = {"http": 80, "https": 443}
OBJECTS = frozenset({"s3", "gs", "gcs", "az", "abfs", "abfss"})
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""Addresses that stand for one of version 4 (RFC 6052)."""
_PLAIN = re.compile(r"[\x21-\x7e]+")
_ODD = re.compile(r"\\|%2e|%2f|%5c|(?:^|/)\.{1,2}(?:/|$)", re.IGNORECASE)
"""What another reader of an address may take for another path."""


@dataclass(frozen=True)
class Place:
    """Where an address leads."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @classmethod
    def of(cls, address: str) -> "Place":
        """Take an address apart.

        Raises:
            InputError: It could be read in more than one way, or nothing reads its kind.
        """
        try:
            parts: SplitResult = urlsplit(address)
            port = parts.port or WEB.get(parts.scheme)
        except ValueError as error:
            raise _refused(address, f"it is no address ({error})") from None
        if parts.scheme not in WEB and parts.scheme not in OBJECTS:
            raise _refused(address, f"only {', '.join(sorted({*WEB, *OBJECTS}))} are read")
        is_plain = _PLAIN.fullmatch(address) and "@" not in parts.netloc and not _ODD.search(parts.path)
        if not is_plain or not parts.hostname:
            raise _refused(address, "write it with the machine and the plain path, without a user, `..` or `%2f`")
        if parts.scheme in OBJECTS and (parts.query or not parts.path.strip("/")):
            raise _refused(address, "name one object, as in s3://bucket/key")
        return cls(parts.scheme, parts.hostname, port, parts.path or "/", parts.query)

    def is_below(self, allowed: "Place") -> bool:
        same = (self.scheme, self.host, self.port) == (allowed.scheme, allowed.host, allowed.port)
        return same and (self.path == allowed.path or self.path.startswith(allowed.path.rstrip("/") + "/"))


def _refused(address: str, why: str) -> InputError:
    return InputError(f"The context {shown(address)!r:.200} is an address that is not read: {why}.")


def read_address(address: str, *, loading: Loading | None = None) -> Corpus:
    """Read what is at an address, as a file of that name.

    Raises:
        InputError: It is not allowed, cannot be had, is too large, or is no text.
    """
    allowed = [Place.of(each) for each in os.environ.get(ALLOWED, "").split()]
    place = _allowed(address, allowed)
    data, kind = _fetched(address, allowed) if place.scheme in WEB else (_object(address), "")
    name = Path(place.path).name or "page"
    if not Path(name).suffix and kind:
        name += mimetypes.guess_extension(kind.partition(";")[0].strip()) or ""
    with tempfile.TemporaryDirectory(prefix="rlm-address-") as folder:
        file = Path(folder, name)
        try:
            file.write_bytes(data)
            corpus = load_corpus(file, loading=loading)
        except (InputError, OSError) as error:
            raise _refused(address, str(error).replace(str(file), shown(address)).rstrip(".")) from error
    if corpus.tables is not None:
        msg = f"{shown(address)} is a table: save it to a file, and pass its path."
        raise InputError(msg)
    told = shown(address)
    documents = (replace(one, name=told, metadata={**one.metadata, "source": told}) for one in corpus.documents)
    return load_corpus(replace(corpus, documents=tuple(documents)))


def _allowed(address: str, allowed: Sequence[Place]) -> Place:
    place = Place.of(address)
    if not any(place.is_below(each) for each in allowed):
        remedy = f"{ALLOWED} names those that are; to ask about these words, pass a Document, or a list with them"
        raise _refused(address, f"it is not among those that are allowed ({remedy})")
    return place


def _object(address: str) -> bytes:
    files, path = filesystem(address, f"The context {shown(address)!r}")
    try:
        size = files.info(path)["size"]
        data = bytes(files.cat_file(path, start=0, end=LARGEST))
    except Exception as error:
        raise _refused(address, f"it cannot be had ({said(error)})") from error
    if size > LARGEST:
        raise _too_large(address, size)
    return data


def _fetched(address: str, allowed: Sequence[Place]) -> tuple[bytes, str]:
    """The bytes, and what the server says they are."""
    ends = time.monotonic() + SECONDS
    try:
        for _ in range(REDIRECTS + 1):
            with _connected(_allowed(address, allowed), address, ends) as connection:
                place = Place.of(address)
                target = place.path + (f"?{place.query}" if place.query else "")
                connection.request("GET", target, headers={"Accept-Encoding": "identity"})
                response = connection.getresponse()
                if response.status in MOVED:
                    address = urljoin(address, response.headers.get("Location", ""))
                    continue
                if response.status != HTTPStatus.OK:
                    raise _refused(address, f"its server answers {response.status} {response.reason:.80}")
                return _body(response, address, ends), response.headers.get("Content-Type", "")
    except (OSError, http.client.HTTPException) as error:
        late = time.monotonic() >= ends
        why = f"it took more than {SECONDS:g} seconds" if late else f"it cannot be had ({said(error)})"
        raise _refused(address, why) from error
    raise _refused(address, f"it leads on more than {REDIRECTS} times")


def _body(response: http.client.HTTPResponse, address: str, ends: float) -> bytes:
    blocks, size = [], 0
    while block := response.read(BLOCK):
        blocks.append(block)
        if (size := size + len(block)) > LARGEST:
            raise _too_large(address, size)
    data = b"".join(blocks)
    if time.monotonic() >= ends or response.length:
        raise http.client.IncompleteRead(data, response.length)
    return data


def _too_large(address: str, size: int) -> InputError:
    return _refused(address, f"it has {size:,} bytes or more, and {LARGEST:,} are read at most")


@contextmanager
def _connected(place: Place, address: str, ends: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to a machine that was looked at, which is cut when the time is over."""
    assert place.port is not None  # noqa: S101  # of the web
    machine, left = _machine(place, address), max(0.1, ends - time.monotonic())
    connected = socket.create_connection((machine, place.port), timeout=left)
    if place.scheme == "https":
        secure = ssl.create_default_context()
        connected = secure.wrap_socket(connected, server_hostname=place.host, do_handshake_on_connect=False)
    timer = threading.Timer(left, _cut, [connected])
    timer.daemon = True
    with connected:
        timer.start()
        try:
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            connection = http.client.HTTPConnection(place.host, place.port)
            connection.sock = connected
            yield connection
        finally:
            timer.cancel()


def _cut(connected: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)  # below TLS: who reads sees that it broke off


def _machine(place: Place, address: str) -> str:
    """The network address of a machine. One that is allowed by its number may be private; a name must be public."""
    try:
        return str(ip_address(place.host))
    except ValueError:
        pass
    found: list[Any] = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    numbers = [str(each[4][0]) for each in found]
    if not all(map(_is_public, numbers)):
        why = "its machine has a private address; one is read only where it is allowed by its number"
        raise _refused(address, why)
    return numbers[0]


def _is_public(number: str) -> bool:
    found = ip_address(number.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        found = inner or (IPv4Address(int(found) & 0xFFFFFFFF) if found in _TRANSLATED else found)
    return found.is_global and not found.is_multicast
