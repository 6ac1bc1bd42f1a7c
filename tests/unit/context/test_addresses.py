"""What is read by its address: only what is allowed, from where it is allowed, and so much of it."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from langchain_rlm.context import addresses
from langchain_rlm.context.addresses import ALLOWED, Place, read_address
from langchain_rlm.errors import InputError
from langchain_rlm.runtime.given import read

LONG = b"word " * 1_000


class Pages(BaseHTTPRequestHandler):
    """Answers by the path: a text, a redirect, an error, half a text, or byte after byte."""

    def do_GET(self) -> None:
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "to":
            self.send_response(302)
            self.send_header("Location", rest)
            self.end_headers()
        elif kind == "docs":
            self.send_response(200)
            self.send_header("Content-Length", str(len(LONG) + (9 if "half" in rest else 0)))
            self.end_headers()
            self.wfile.write(LONG)
        elif kind == "slow":
            self.send_response(200)
            self.end_headers()
            while not self.server.is_over.wait(0.02):  # type: ignore[attr-defined]
                self.wfile.write(b"x")
        else:
            self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.is_over = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.is_over.set()  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join()


async def test_what_is_allowed_is_read_and_named_without_its_key(pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, f"https://other.example {pages}/docs/ {pages}/to/")
    for address in (f"{pages}/docs/text.txt?key=secret", f"{pages}/to/{pages}/docs/text.txt?key=secret"):
        given = await read({"question": "What?", "context": f" {address}\n"})
        assert given.corpus is not None
        assert given.corpus.single
        (document,) = given.corpus.documents
        assert (document.name, document.text) == (f"{pages}/docs/text.txt", LONG.decode()) or "/to/" in document.name
        assert "secret" not in document.name + str(document.metadata)


@pytest.mark.parametrize(
    "address",
    [
        "https://docs.example/public", "https://docs.example/public/x?y=/../z", "https://DOCS.example:443/public/x",
        "s3://bucket/texts/a",
    ],
)  # fmt: skip
def test_an_address_below_one_that_is_allowed_is_allowed(address: str) -> None:
    allowed = [Place.of("https://docs.example/public"), Place.of("s3://bucket/texts/")]
    assert any(Place.of(address).is_below(each) for each in allowed)


@pytest.mark.parametrize(
    "address",
    [
        "http://docs.example/public/x", "https://docs.example:8443/public/x", "https://docs.example/publicity",
        "https://docs.example/public/../private", "https://docs.example/public/%2e%2e/private",
        "https://docs.example/public/..%2fprivate", "https://docs.example/public\\..\\private",
        "https://docs.example@evil.example/public/x", "https://evil.example/public/x", "https://docs.example.evil/public/",
        "https://docs.example./public/x", "https://[::1]/public/x", "https://docs.example:x/public/x",
        "https://docs\u3002example/public/x", "file:///etc/passwd", "ftp://docs.example/public/x", "memory://docs/x",
        "s3://bucket/textsx/a", "s3://other/texts/a", "s3://bucket/texts/../a", "simplecache::s3://bucket/texts/a",
    ],
)  # fmt: skip
def test_nothing_else_is_read(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, "https://docs.example/public s3://bucket/texts/")
    with pytest.raises(InputError, match=r"^The context .* is an address that is not read: "):
        read_address(address)


async def test_without_a_list_no_address_is_read_and_the_error_says_what_to_do(
    pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ALLOWED, raising=False)
    with pytest.raises(InputError, match=rf"{ALLOWED} names those that are; .*pass a Document"):
        await read({"question": "What?", "context": f"{pages}/docs/text.txt"})


def test_a_redirect_leads_to_what_is_allowed_or_nowhere(pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOWED, f"{pages}/to/")
    for target, why in (
        (f"{pages}/docs/text.txt", "not among those that are allowed"),
        ("http://169.254.169.254/latest/meta-data", "not among those that are allowed"),
        ("file:///etc/passwd", "only .* are read"),
    ):
        with pytest.raises(InputError, match=why):
            read_address(f"{pages}/to/{target}")


def test_a_name_that_leads_to_a_private_address_is_not_followed(pages: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named = pages.replace("127.0.0.1", "localhost")
    monkeypatch.setenv(ALLOWED, named)
    with pytest.raises(InputError, match="its machine has a private address"):
        read_address(f"{named}/docs/text.txt")


@pytest.mark.parametrize(
    "number",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",  # noqa: S104
        "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
    ],
)  # fmt: skip
def test_addresses_inside_are_known_in_every_spelling(number: str) -> None:
    assert not addresses._is_public(number)
    assert addresses._is_public("93.184.216.34")
    assert addresses._is_public("2606:2800:220:1::1")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("docs/half.txt", "cannot be had"),
        ("missing", "its server answers 404"),
        ("slow", r"it took more than 0\.3 seconds"),
        ("docs/large.txt", "5,000 bytes or more, and 1,000 are read at most"),
    ],
)
def test_what_breaks_off_is_missing_slow_or_large_is_an_error(
    pages: str, path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ALLOWED, pages)
    monkeypatch.setattr(addresses, "SECONDS", 0.3 if path == "slow" else 60.0)
    monkeypatch.setattr(addresses, "LARGEST", 1_000 if "large" in path else 1_000_000)
    started = time.monotonic()
    with pytest.raises(InputError, match=why):
        read_address(f"{pages}/{path}")
    assert time.monotonic() - started < 30
