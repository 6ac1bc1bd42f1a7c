"""What model calls took and cost, counted in one place for all methods: LangChain's callbacks."""

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from typing_extensions import TypedDict

from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.errors import RLMError
from langchain_rlm.models.failures import Failure, classify
from langchain_rlm.models.messages import usage_of
from langchain_rlm.models.prices import Pricing

_CLOCK = re.compile(r"^\[left: .*\]$|\b[\d,.]+ seconds\b", re.MULTILINE)
"""What a run is told of the time that is left: no two runs have the same."""
HOPELESS = frozenset({"quota", "authentication", "not_found"})
"""Failures after which no further call of any run can succeed."""


class CostLimitError(RLMError):
    """A call was not made: the dollars of the whole benchmark are used up."""


@dataclass
class Purse:
    """US dollars for a whole benchmark, and why nothing more may be asked."""

    limit: float | None = None
    spent: float = 0.0
    secrets: Sequence[str] = ()
    """Struck out of what providers say."""
    hopeless: Failure | None = None
    stop: Callable[[], object] = lambda: None
    """Called when no further call can succeed."""

    @property
    def is_empty(self) -> bool:
        return self.limit is not None and self.spent >= self.limit


class Usage(TypedDict):
    """What one run took."""

    calls: int
    failed_calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    """None: no call had a known price."""
    estimated_calls: int
    """Calls whose tokens were estimated, for their provider did not count them."""


def _nothing() -> Usage:
    return Usage(calls=0, failed_calls=0, input_tokens=0, output_tokens=0, cost=None, estimated_calls=0)


@dataclass
class _Asked:
    name: str
    provider: str | None
    tokens: int


@dataclass(eq=False)
class Meter(BaseCallbackHandler):
    """Counts the calls of one run, and refuses them when the purse is empty."""

    purse: Purse
    prices: Pricing
    used: Usage = field(default_factory=_nothing)
    is_refused: bool = False
    """A call was not made, or not answered, because the benchmark ends: the run says nothing about its method."""
    _open: dict[UUID, _Asked] = field(default_factory=dict)
    _prompts: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    raise_error = True
    run_inline = True

    @property
    def prompts(self) -> str:
        """The hash of all prompts, in whatever order they were sent, but for the time that is left."""
        return hashlib.sha256("".join(sorted(self._prompts)).encode()).hexdigest()

    def on_chat_model_start(
        self,
        serialized: Any,  # noqa: ARG002  # LangChain's name
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: Any = None,
        **_: Any,
    ) -> None:
        if self.purse.is_empty or self.purse.hopeless:
            self.is_refused = True
            msg = "The benchmark may make no further call."
            raise CostLimitError(msg)
        told = metadata or {}
        sent = [message for conversation in messages for message in conversation]
        text = "\0".join(f"{message.type}\0{message.text}" for message in sent)
        with self._lock:
            self._prompts.append(hashlib.sha256(_CLOCK.sub("", text).encode(errors="surrogatepass")).hexdigest())
            self._open[run_id] = _Asked(
                str(told.get("ls_model_name", "")), told.get("ls_provider"), estimate_tokens(text)
            )

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        with self._lock:
            asked = self._open.pop(run_id, None)
            if asked is None:
                return
            for each in (one for alternatives in response.generations for one in alternatives):
                message = each.message if isinstance(each, ChatGeneration) else AIMessage(each.text)
                reported = message.usage_metadata if isinstance(message, AIMessage) else None
                self._add(usage_of(
                    reported, message.text, sent=asked.tokens, name=asked.name, provider=asked.provider,
                    prices=self.prices,
                ))  # fmt: skip

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        if isinstance(error, CostLimitError):
            return
        with self._lock:
            self._open.pop(run_id, None)
            self.used["calls"] += 1
            self.used["failed_calls"] += 1
        failure = classify(error, self.purse.secrets)
        if failure.kind in HOPELESS:
            self.is_refused = True
            if self.purse.hopeless is None:
                self.purse.hopeless = failure
                self.purse.stop()

    def _add(self, usage: dict[str, Any]) -> None:
        used = self.used
        used["calls"] += 1
        used["input_tokens"] += usage["input_tokens"]
        used["output_tokens"] += usage["output_tokens"]
        used["estimated_calls"] += usage["estimated_calls"]
        if usage["cost"] is not None:
            used["cost"] = round((used["cost"] or 0.0) + usage["cost"], 12)  # the same in any order
            self.purse.spent += usage["cost"]
