"""What is sent, in the form that every server takes, and what a provider's count says of how much of it was read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from langchain_rlm.context.formats import least_tokens
from langchain_rlm.models.failures import Failure
from langchain_rlm.surrogates import encodable

BEGIN = "Begin."
"""What stands before a conversation that the model would open: strict templates want a user's message first."""
SIZES = 3
"""Prompts of different size that are counted alike before a window is suspected."""
LEAST_WINDOW = 1_000
"""Tokens. A lower count is what a provider's cache left over."""
_SYSTEM = re.compile(
    r"\b(?:system|developer)\b.{0,30}\b(?:role|message|instruction|prompt)|role.{0,60}\b(?:system|developer)\b"
    r"|only user and assistant|roles must alternate|should be 'user' or 'assistant'"
    r"|(?:system|developer)' is not one of",
    re.IGNORECASE,
)


def alternating(messages: Sequence[BaseMessage], *, system: bool = True) -> list[BaseMessage]:
    """The same conversation, as servers with strict templates take it.

    Neighbours of one role become one message, empty messages of the model are left out, and the first message after
    the system's is the user's. Without a `system` role, its text begins that message.
    """
    merged: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, AIMessage) and not message.text.strip():
            continue
        own = HumanMessage(message.text) if isinstance(message, SystemMessage) and not system else message
        if (text := encodable(own.text)) != own.text:
            own = type(own)(text)
        last = merged[-1] if merged else None
        if isinstance(own, AIMessage) and (last is None or isinstance(last, SystemMessage)):
            merged.append(HumanMessage(BEGIN))
        if last is not None and last.type == own.type:
            merged[-1] = type(last)(f"{last.text}\n\n{own.text}")
        else:
            merged.append(own)
    return merged


def wants_no_system(failure: Failure, messages: Sequence[BaseMessage]) -> bool:
    """Whether a server refused a conversation for its system message: some templates have no place for one."""
    has_one = any(isinstance(message, SystemMessage) for message in messages)
    return has_one and failure.kind in {"invalid", "server"} and bool(_SYSTEM.search(failure.message))


def least_of(messages: Sequence[BaseMessage]) -> int:
    """How many tokens a conversation has at the least."""
    return sum(least_tokens(message.text) for message in messages)


@dataclass
class Reads:
    """What providers said they read of long prompts, by model.

    Ollama and others answer from the part of a prompt that fits. One low count proves nothing: a cache explains it.
    The same count for prompts of several sizes, each with a beginning of its own, makes a window of that size likely.
    """

    windows: dict[str, int] = field(default_factory=dict)
    """Suspected windows in tokens, by model."""
    _sizes: dict[tuple[str, int], dict[int, int]] = field(default_factory=dict)

    def see(self, name: str, messages: Sequence[BaseMessage], read: int) -> bool:
        """Count one prompt in; say whether it was longer than the model's suspected window."""
        if read < LEAST_WINDOW or any(isinstance(message, AIMessage) for message in messages):
            return False
        least = least_of(messages)
        if least <= read:
            return False
        beginning = "".join(message.text for message in messages)[: read * 4]
        sizes = self._sizes.setdefault((name, read), {})
        sizes[hash(beginning)] = least
        if len(set(sizes.values())) >= SIZES:
            self.windows[name] = read
        return self.windows.get(name) == read


def cut_short(read: int, failure: Failure) -> Failure:
    """The failure of an answer that is missing because the prompt was cut."""
    said = f"the provider seems to have read {read:,} tokens of the prompt and cut the rest ({failure.message})"
    return Failure("overflow", f"{said}: send at most about {read * 3:,} characters, or raise its window", limit=read)
