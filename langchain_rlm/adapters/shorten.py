"""How messages get shorter: a handle, a profile and a preview take the place of a text that is too long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langgraph.types import Command

from langchain_rlm.adapters.offload import KEY, LongText, entries
from langchain_rlm.context.formats import estimate_tokens, profile
from langchain_rlm.models.failures import classify

WORTH = 2
"""A handle replaces a text only when it is at least this many times shorter."""
LEAST_HANDLE = 250
"""Characters that every handle has, preview not counted."""


@dataclass(frozen=True)
class Shortener:
    """How messages get shorter."""

    above: int
    """Estimated tokens of text that a message may have."""
    preview: int
    """Characters of a text that stay visible, two thirds from its start and one third from its end."""
    tool: str
    """The name of the tool that answers questions about what was taken out."""

    def may_be_long(self, message: Any) -> bool:
        """Whether to look closer: a token has at least one character."""
        if not isinstance(message, HumanMessage | ToolMessage) or getattr(message, "name", None) == self.tool:
            return False
        return sum(len(text) for _, text in texts_of(message)) > self.above

    def shorten(self, message: BaseMessage) -> tuple[BaseMessage, list[LongText]]:
        """Take the largest texts out until the rest is not above the limit. Images and other blocks stay."""
        kept: list[LongText] = []
        while self.may_be_long(message) and sum(estimate_tokens(text) for _, text in texts_of(message)) > self.above:
            shorter = self.take_largest(message)
            if shorter is None:
                break
            message = shorter[0]
            kept.append(shorter[1])
        return message, kept

    def take_largest(self, message: BaseMessage) -> tuple[BaseMessage, LongText] | None:
        """Put a handle in the place of a message's largest text, or say that none would be much shorter."""
        index, text = max(texts_of(message), key=lambda place: len(place[1]), default=(None, ""))
        if len(text) < WORTH * (self.preview + LEAST_HANDLE):
            return None
        long = LongText(_origin(message), text)
        handle = self._handle(long)
        if len(text) < WORTH * len(handle):
            return None
        content: Any = handle
        if index is not None:
            blocks: list[Any] = list(message.content)
            blocks[index] = handle if isinstance(blocks[index], str) else {**blocks[index], "text": handle}
            content = blocks
        return message.model_copy(update={"content": content}), long

    def _handle(self, long: LongText) -> str:
        text, found = long.text, profile(long.text)
        head, tail = self.preview - self.preview // 3, self.preview // 3
        size = f"{len(text):,} characters (about {estimate_tokens(text):,} tokens)"
        lines = [
            f"[This text is too long for the conversation. It is kept outside as document {long.handle} ({long.name}):",
            f"{size}, {found.format}, lines: {found.lines:,}.",
            *found.structure,
            f'To know what it says, ask: {self.tool}(question=..., documents=["{long.handle}"]) reads all of it.]',
        ]
        if self.preview:
            left_out = f"[... {len(text) - self.preview:,} characters left out ...]"
            lines += ["It begins and ends so:", text[:head], left_out, text[len(text) - tail :]]
        return "\n".join(lines)


def texts_of(message: BaseMessage) -> Iterator[tuple[int | None, str]]:
    """The texts of a message with their place: None for plain content, else the index of the block."""
    if isinstance(message.content, str):
        yield None, message.content
        return
    if isinstance(message, AIMessage):
        return  # a provider may have signed these blocks
    for index, block in enumerate(message.content):
        text = block if isinstance(block, str) else block.get("text") if _is_text(block) else None
        if isinstance(text, str):
            yield index, text


def _is_text(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") in {"text", "text-plain"}


def _origin(message: BaseMessage) -> str:
    if isinstance(message, ToolMessage):
        return f"result of {message.name or 'a tool'}"
    return {"human": "user message", "ai": "reply of the agent"}.get(message.type, f"{message.type} message")


class Turn:
    """The messages of one model call, as they get shorter. Those that have been changed are put back into state."""

    def __init__(self, shortener: Shortener, messages: Sequence[BaseMessage]) -> None:
        self.shortener = shortener
        self.messages = list(messages)
        self.changed: dict[int, BaseMessage] = {}
        self.kept: list[LongText] = []

    def has_long(self) -> bool:
        return any(map(self.shortener.may_be_long, self.messages))

    def offload_long(self) -> list[LongText]:
        """Shorten each message that is too long; returns what was taken out."""
        for index, message in enumerate(self.messages):
            shorter, kept = self.shortener.shorten(message)
            if kept:
                self._change(index, shorter, kept)
        return self.kept

    def has_mended(self, error: Exception) -> bool:
        """After an overflow, take the largest text out of all messages. False: it was no overflow, or nothing helps."""
        if classify(error).kind != "overflow":
            return False
        sizes = {i: max((len(t) for _, t in texts_of(m)), default=0) for i, m in enumerate(self.messages)}
        sizes = {i: size for i, size in sizes.items() if self.messages[i].type != "system"}
        largest = max(sizes, key=lambda index: sizes[index], default=None)
        shorter = None if largest is None else self.shortener.take_largest(self.messages[largest])
        if largest is None or shorter is None:
            return False
        self._change(largest, shorter[0], [shorter[1]])
        return True

    def update(self) -> dict[str, Any] | None:
        return {"messages": [*self.changed.values()], KEY: entries(self.kept)} if self.kept else None

    def _change(self, index: int, message: BaseMessage, kept: list[LongText]) -> None:
        self.messages[index] = self.changed[index] = message
        self.kept += kept


def messages_of(result: Any) -> list[Any]:
    """The messages in what a tool gave: a message, a command, or a list of either."""
    if isinstance(result, list):
        return [message for part in result for message in messages_of(part)]
    if not isinstance(result, Command):
        return [result]
    update = result.update if result.graph is None else None  # a parent's state has no place for our handles
    messages = update.get("messages", []) if isinstance(update, dict) else []
    return messages if isinstance(messages, list) else [messages]


def shorten_result(shortener: Shortener, result: Any) -> tuple[Any, list[LongText]]:
    """The same result with handles in it, and what was taken out."""
    if isinstance(result, list):
        parts = [shorten_result(shortener, part) for part in result]
        return [part for part, _ in parts], [text for _, kept in parts for text in kept]
    turn = Turn(shortener, messages_of(result))
    turn.offload_long()
    if not turn.kept:
        return result, []
    update = {"messages": turn.messages, KEY: entries(turn.kept)}
    if isinstance(result, Command):
        return replace(result, update={**cast("dict[str, Any]", result.update), **update}), turn.kept
    return Command(update=update), turn.kept
