"""`langchain-rlm mcp`: documents of a directory for agents that speak the Model Context Protocol."""

import hmac
import ipaddress
import os
import socket
import sys
import warnings
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm.cli.exits import INTERRUPTED, NO_MODEL, WRONG_INPUT, interrupt_on_sigterm
from langchain_rlm.cli.options import as_typed, number, parse_budget, parse_json
from langchain_rlm.cli.terminal import say
from langchain_rlm.errors import InputError, MissingExtraError, ModelError, RLMError
from langchain_rlm.rlm import RLM

if TYPE_CHECKING:
    from mcp.server.fastmcp import FastMCP

TOKEN = "LANGCHAIN_RLM_MCP_TOKEN"  # noqa: S105  # the name of the variable
"""The environment variable with what clients must send as `Authorization: Bearer ...`."""
LOOPBACK = "127.0.0.1"

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was typed."""

    root: str
    model: str
    sub_model: str | None
    budget: tuple[str, ...]
    prices: str | None
    confirm_above: str | None
    http: str | None
    host: str


def run(request: Request) -> int:
    """Serve until the client leaves or the process is interrupted, and return the exit code."""
    interrupt_on_sigterm()
    try:
        return _served(request)
    except KeyboardInterrupt:
        return _left(INTERRUPTED)
    except RLMError as error:
        say(f"error: {error}", error=True)
        return NO_MODEL if isinstance(error, ModelError) else WRONG_INPUT


def _served(request: Request) -> int:
    try:
        from langchain_rlm.adapters.mcp import mcp_server  # of the extra `mcp`
    except ImportError as error:
        msg = f"`mcp` needs the extra `mcp`: pip install 'langchain-rlm[mcp]' ({error})."
        raise MissingExtraError(msg) from error
    if not request.model:
        msg = "No model is named. Use --model openai:gpt-5 (with OPENAI_API_KEY set), or --model offline without a key."
        raise ModelError(msg)
    listening = None if request.http is None else _listening(request.host, number("--http", request.http, int))
    try:
        host = {} if listening is None else {"host": request.host}
        server = mcp_server(_rlm(request), root=request.root, log_level="WARNING", **host)
    except InputError as error:
        raise as_typed(error) from None
    if listening is None:
        return _over_stdio(server)
    return _over_http(server, listening)


def _rlm(request: Request) -> RLM:
    budget = parse_budget(request.budget)
    above = number("--confirm-above", request.confirm_above, float)
    if above is not None:
        budget = replace(budget, confirm_above=above)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", UserWarning)
        rlm = RLM(
            request.model, request.sub_model, budget=budget, prices=parse_json("--prices", request.prices),
            checkpointer=None if budget.confirm_above is None else InMemorySaver(),
        )  # fmt: skip
    for warning in warned if budget.sets_cost else ():
        say(f"warning: {warning.message}", error=True)
    return rlm


def _over_stdio(server: "FastMCP[None]") -> int:
    server.run()
    return _left(0)


def _left(code: int) -> int:
    """End now: a thread may still wait for standard input, which may never come."""
    with suppress(OSError, ValueError):  # nobody reads it any more
        sys.stdout.flush()
    os._exit(code)


def _listening(host: str, port: int) -> socket.socket:
    if not _is_loopback(host) and not os.environ.get(TOKEN):
        msg = f"--host {host}: other machines could ask about the documents. Set {TOKEN}, which clients must then send."
        raise InputError(msg)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        msg = f"--http {port}: {host} cannot be listened at ({error})."
        raise InputError(msg) from error


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _over_http(server: "FastMCP[None]", listening: socket.socket) -> int:
    import uvicorn  # the extra `mcp` brings it

    address, port = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    app = guarded(server.streamable_http_app(), os.environ.get(TOKEN, ""))
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    say(f"http://{shown}:{port}{server.settings.streamable_http_path}", error=True)
    with listening:
        uvicorn.Server(config).run([listening])
    return 0


def guarded(app: App, token: str) -> App:
    """An application that answers only those who send the token; an empty one lets all in."""
    expected = f"Bearer {token}".encode()

    async def guard(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        sent = dict(scope.get("headers") or ()).get(b"authorization", b"")
        if token and scope["type"] == "http" and not hmac.compare_digest(sent, expected):
            head = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 401, "headers": head})
            await send({"type": "http.response.body", "body": b"Send the token: Authorization: Bearer ..."})
            return
        await app(scope, receive, send)

    return guard
