"""What a REPL is given and what a cell comes to: plain data between the sandbox and the engine."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.checks import AMOUNT, AMOUNT_OR_ZERO, COUNT, WHOLE
from langchain_rlm.surrogates import encodable


@dataclass(frozen=True, kw_only=True)
class ReplLimits:
    """What one REPL may use.

    Args:
        cell_seconds: Time for a cell's own code; waiting for models does not count.
        memory: Bytes beside the context; five times the context is added.
        print_limit: Characters a cell may print before it is stopped.
        idle_seconds: A REPL that waits longer than this for a model gives its process up, and is built again when
            the answer comes.
        idle_repls: REPLs of one `RLM` that may wait with a process at once; the one that waits longest gives way.

    Raises:
        InputError: A limit is negative or no number; only the last two may be zero.
    """

    cell_seconds: float = 60.0
    memory: int = 512 * 1024 * 1024
    print_limit: int = 1_000_000
    idle_seconds: float = 60.0
    idle_repls: int = 32

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            rule.check(name, getattr(self, name), of="ReplLimits")


_RULES = {
    "cell_seconds": AMOUNT, "memory": COUNT, "print_limit": COUNT, "idle_seconds": AMOUNT_OR_ZERO, "idle_repls": WHOLE,
}  # fmt: skip


@dataclass(frozen=True)
class ReplContext:
    """What code sees: the texts, what they are called, and how they may be cut."""

    texts: Sequence[str]
    single: bool
    sources: Sequence[Mapping[str, Any]]
    separators: Sequence[Sequence[str]]
    """Where each document may be cut, coarse to fine."""
    chunk_size: int


@dataclass(frozen=True)
class Call:
    """One question that a cell asked. `how` is `llm`, `rlm` or `tool`; `context` only with `rlm`.

    A tool's call has the tool's name as `prompt`, and `arguments`: positional ones and named ones.
    """

    how: str
    prompt: str
    model: str | None = None
    context: str | list[str] | None = None
    arguments: tuple[list[Any], dict[str, Any]] | None = None

    def digest(self) -> str:
        parts = [self.how, self.prompt, self.model, self.context]
        if self.arguments is not None:
            parts.append(plain(self.arguments))
        return hashlib.sha256(json.dumps(parts).encode(errors="surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True)
class Asked:
    """The cell is paused until its calls are answered."""

    calls: tuple[Call, ...]
    raises: bool = True
    """One failing call raises in the cell, which then loses the answers of the others."""

    def digest(self) -> str:
        """One for all calls."""
        return hashlib.sha256("".join(call.digest() for call in self.calls).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ended:
    """The cell has ended.

    `lost`: its worker had to be given up, and with it what the cell assigned. `crashed`: and that from outside.
    `refused`: it was never run.
    """

    output: str
    error: str | None = None
    lost: bool = False
    crashed: bool = False
    refused: bool = False
    final: tuple[Any] | None = None
    variables: tuple[tuple[str, str, int | None], ...] = ()

    def digest(self) -> str:
        return hashlib.sha256(self.output.encode(errors="surrogatepass")).hexdigest()


Outcome = Asked | Ended
Result = tuple[Any, ...]
"""An answered call: ("ok", text or a tool's value) or ("failed", type, message)."""


DEEPEST = 100
"""How deep a value may be nested."""
STORABLE = range(-(2**63), 2**64)
"""Integers that MessagePack has (specification, formats int and uint); others are kept as text."""


def plain(value: Any, *, room: int = DEEPEST) -> Any:
    """A value from the sandbox or a tool as JSON data; what has no such form becomes its string.

    Raises:
        ValueError: It is nested deeper than checkpoints can keep it.
    """
    if not room:
        msg = f"nested more than {DEEPEST} deep"
        raise ValueError(msg)
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, float | bool) or value is None or (isinstance(value, int) and value in STORABLE):
        return value
    if isinstance(value, dict):
        return {encodable(str(key)): plain(item, room=room - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(item, room=room - 1) for item in value]
        return items if isinstance(value, list | tuple) else sorted(items, key=str)
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(), room=room - 1)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_asked(args: tuple[Any, ...]) -> Asked | None:
    """The calls in a host call's arguments, or None: they come from the sandbox and may be anything."""
    if len(args) != 5 or args[0] not in ("llm", "rlm") or not isinstance(args[1], list) or not args[1]:  # noqa: PLR2004
        return None
    how, prompts, model, contexts, raises = args
    if not all(isinstance(prompt, str) for prompt in prompts) or not isinstance(model, str | None):
        return None
    contexts = [None] * len(prompts) if contexts is None else contexts
    if not isinstance(contexts, list) or len(contexts) != len(prompts) or not all(map(_is_context, contexts)):
        return None
    return Asked(tuple(Call(how, p, model, c) for p, c in zip(prompts, contexts, strict=True)), bool(raises))


def _is_context(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(text, str) for text in value)
    return isinstance(value, str | None)


def read_tool_call(args: tuple[Any, ...], known: frozenset[str]) -> Asked | None:
    """The call of a tool in a host call's arguments, or None: they come from the sandbox and may be anything."""
    if len(args) != 3 or args[0] not in known or not isinstance(args[1], list) or not isinstance(args[2], dict):  # noqa: PLR2004
        return None
    return Asked((Call("tool", args[0], arguments=(args[1], args[2])),))
