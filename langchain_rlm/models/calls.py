"""One model call with everything around it: budget, window, retries, cut-off answers, usage.

All calls of a tree of runs go through one `Caller`, so its limits hold for the whole tree.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig, patch_config
from langgraph.constants import TAG_NOSTREAM

from langchain_rlm.budget import BudgetExceededError, Ledger
from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.models.failures import Failure, ModelCallError, classify, holds_any
from langchain_rlm.models.prices import cost_of
from langchain_rlm.models.resolve import ModelClients, name_of, provider_of, secrets_of
from langchain_rlm.surrogates import encodable

ATTEMPTS = 4
RATE_LIMITED_ATTEMPTS = 7
"""More than of others: when many calls wait for one limit, most of them find it used up again."""
BACKOFF = 0.5
"""Seconds before the second attempt; doubles, with jitter."""
LONGEST_WAIT = 60.0
"""Seconds. A provider that asks to wait longer is not asked again before; the call fails and says so."""
HALF_A_PROMPT = 0.5
CONTINUATIONS = 4
EXPECTED_OUTPUT = 300
"""Output tokens set aside for a call before it is made."""
SILENT_CUT = 3
"""A provider that counts fewer than a third of the tokens sent has cut the prompt without saying so."""
SILENT_CUT_ABOVE = 3000
"""Tokens below which such a count is no sign."""
CUT_OFF = frozenset({"length", "max_tokens", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded"})
FILTERED = frozenset({
    "content_filter", "refusal", "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE",
})  # fmt: skip
BROKEN_OFF = frozenset({"error", "insufficient_system_resource"})
"""How OpenRouter and DeepSeek say that the model failed on the way."""
CONTINUE = "Your reply was cut off at the output limit. Continue exactly where it stopped, without repeating anything."


@dataclass(frozen=True)
class Reply:
    """What a model said, and what it cost."""

    text: str
    model: str
    usage: dict[str, Any]
    seconds: float
    cut_off: bool = False
    waited: float = 0.0
    """Seconds before it was sent: for a place among the calls in flight, or for the provider's limits."""


@dataclass
class _Call:
    """What one call for an answer has come to so far; it may take several requests."""

    started: float = field(default_factory=time.monotonic)
    paid: list[dict[str, Any]] = field(default_factory=list)
    sent: float | None = None
    """When the first request was."""

    @property
    def usage(self) -> dict[str, Any] | None:
        return reduce(add_usage, self.paid) if self.paid else None


@dataclass
class Caller:
    """Makes the model calls of one tree of runs."""

    ledger: Ledger
    clients: ModelClients
    gate: asyncio.Semaphore
    windows: dict[str, int] = field(default_factory=dict)
    """Input window in tokens, by model name, where it is known."""
    in_flight: int = 0
    _slow_until: float = 0.0
    _closed_until: dict[str, float] = field(default_factory=dict)
    """By model name: when its provider may be asked again."""

    async def ask(
        self,
        model: BaseChatModel,
        messages: Sequence[BaseMessage],
        config: RunnableConfig,
        *,
        name: str,
        metadata: dict[str, Any],
        last_turn: bool = False,
        whole: bool = True,
    ) -> Reply:
        """Call a model until it answers, the budget says no or nothing helps.

        Args:
            model: Whom to ask.
            messages: The conversation.
            config: The caller's configuration: callbacks, tags.
            name: The run name that tracers see.
            metadata: What tracers see beside it.
            last_turn: May use what is set aside for a last turn.
            whole: Continue an answer that was cut off at the output limit, and stitch the parts.

        Raises:
            BudgetExceededError: The call would pass a limit.
            ModelCallError: The call failed for good.
        """
        call = _Call()
        config = patch_config(config, run_name=name)
        config["metadata"] = {**(config.get("metadata") or {}), **metadata}
        config["tags"] = [*(config.get("tags") or []), TAG_NOSTREAM]  # not for the message stream of a host
        try:
            text, name, cut = await self._whole(model, messages, config, call, last_turn=last_turn, whole=whole)
        except (ModelCallError, BudgetExceededError) as error:
            error.usage = call.usage
            raise
        seconds, waited = time.monotonic() - call.started, (call.sent or call.started) - call.started
        return Reply(text, name, call.usage or {}, seconds, cut, waited)

    async def _whole(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], config: RunnableConfig, call: _Call, *,
        last_turn: bool, whole: bool,
    ) -> tuple[str, str, bool]:  # fmt: skip
        """The answer, continued where it was cut off; the model's name; whether it is cut off still."""
        said = await self._attempts(model, messages, config, call, last_turn=last_turn)
        parts, cut = [said.text], said.cut_off
        while whole and cut and len(parts) <= CONTINUATIONS:
            more = [*messages, AIMessage("".join(parts)), HumanMessage(CONTINUE)]
            said = await self._attempts(model, more, config, call, last_turn=last_turn, may_be_empty=True)
            parts.append(said.text)
            cut = said.cut_off
        if whole and cut:
            length = sum(map(len, parts))
            msg = f"the answer was cut off at the output limit {len(parts)} times ({length:,} characters): ask for less"
            raise ModelCallError(Failure("cut_off", msg))
        return "".join(parts), said.model, cut

    async def _attempts(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], config: RunnableConfig, call: _Call, *,
        last_turn: bool, may_be_empty: bool = False,
    ) -> Reply:  # fmt: skip
        sent = sum(estimate_tokens(str(message.content)) + 4 for message in messages)
        self._check_window(model, sent)
        failed = limited = 0
        while True:
            try:
                return await self._once(
                    model, messages, config, sent, call, last_turn=last_turn, may_be_empty=may_be_empty
                )
            except ModelCallError as error:
                failure = error.failure
                limited += failure.kind == "rate_limit"
                failed += failure.kind != "rate_limit"
                if not failure.is_retryable or failed == ATTEMPTS or limited == RATE_LIMITED_ATTEMPTS:
                    raise
                await self._wait(model, failure, failed + limited, last_turn=last_turn)

    async def _once(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], config: RunnableConfig, sent: int, call: _Call, *,
        last_turn: bool, may_be_empty: bool,
    ) -> Reply:  # fmt: skip
        async with self.gate:
            await self._hold_back(model, last_turn=last_turn)
            name, provider = name_of(model), provider_of(model)
            cost = cost_of(name, provider, sent, EXPECTED_OUTPUT) or 0.0
            tokens = sent + EXPECTED_OUTPUT
            self.ledger.reserve(tokens, cost, last_turn=last_turn)
            self.in_flight += 1
            started = time.monotonic()
            call.sent = call.sent or started
            try:
                message = await self._timed(model, messages, config, sent, last_turn=last_turn)
            finally:
                self.in_flight -= 1
                self.ledger.release(tokens, cost)
            usage = self._usage(message, name, provider, sent)
            self.ledger.record(name, usage)
            call.paid.append(usage)
        failure = _fault_of(message) or _silent_cut(messages, usage, sent)
        if failure and not (may_be_empty and failure.kind == "empty"):
            raise ModelCallError(failure)
        return Reply(encodable(message.text), name, usage, time.monotonic() - started, _finish(message) in CUT_OFF)

    async def _timed(
        self, model: BaseChatModel, messages: Sequence[BaseMessage], config: RunnableConfig, sent: int, *,
        last_turn: bool,
    ) -> AIMessage:  # fmt: skip
        failed: Exception | None = None
        left = self.ledger.remaining_seconds(last_turn=last_turn)
        try:
            async with asyncio.timeout(left):
                return await self.clients.own(model).ainvoke(list(messages), config)
        except Exception as error:  # noqa: BLE001  # classified below
            failed = error
        remaining = self.ledger.remaining_seconds(last_turn=last_turn)
        if isinstance(failed, TimeoutError) and remaining is not None and remaining <= 0:
            msg = "The run's time was used up while this call was in flight."
            raise BudgetExceededError(msg, "seconds")
        secrets = [*secrets_of(self.clients.own(model)), *secrets_of(model)]
        failure = _with_size(classify(failed, secrets), sent, self.windows.get(name_of(model)))
        # raised here, not in the handler: a traceback shows the errors that one came from
        raise ModelCallError(failure) from (None if holds_any(failed, secrets) else failed)

    def _check_window(self, model: BaseChatModel, sent: int) -> None:
        window = self.windows.get(name_of(model))
        if window is not None and sent > window:
            msg = (
                f"the prompt is about {sent:,} tokens, the model's window is {window:,}: "
                f"send at most about {window * 3:,} characters"
            )
            raise ModelCallError(Failure("overflow", msg, limit=window))

    def _usage(self, message: AIMessage, name: str, provider: str | None, sent: int) -> dict[str, Any]:
        reported = message.usage_metadata
        counted = bool(reported and reported["input_tokens"])
        tokens_in = reported["input_tokens"] if reported and counted else sent
        tokens_out = reported["output_tokens"] if reported and counted else estimate_tokens(message.text)
        cost = cost_of(name, provider, tokens_in, tokens_out)
        return {
            "calls": 1, "input_tokens": tokens_in, "output_tokens": tokens_out, "cost": cost,
            "estimated_calls": 0 if counted else 1,
        }  # fmt: skip

    async def _wait(self, model: BaseChatModel, failure: Failure, attempt: int, *, last_turn: bool) -> None:
        asked = failure.retry_after or None  # a provider that says 0 is not asked the harder
        if asked is None:
            pause = min(LONGEST_WAIT, BACKOFF * 2 ** (attempt - 1))
        else:
            pause = max(asked, min(LONGEST_WAIT, asked * 2 ** max(0, attempt - 2)))
        if failure.kind == "rate_limit":
            until = time.monotonic() + (pause if asked is None else asked)
            if pause > LONGEST_WAIT:
                self._closed_until[name_of(model)] = until
            else:
                self._slow_until = max(self._slow_until, until)
        left = self.ledger.remaining_seconds(last_turn=last_turn)
        if pause > LONGEST_WAIT:
            raise ModelCallError(_asked_to_wait(failure, pause))
        if left is not None and pause >= left:
            raise _no_time(failure, pause)
        await asyncio.sleep(pause * random.uniform(1.0, 1.25))  # noqa: S311  # jitter

    async def _hold_back(self, model: BaseChatModel, *, last_turn: bool) -> None:
        """When a provider said to wait, the whole tree waits; when it asked for longer than a run can, calls fail."""
        closed = self._closed_until.get(name_of(model), 0.0) - time.monotonic()
        if closed > 0:
            raise ModelCallError(_asked_to_wait(Failure("rate_limit", "the model's limit is used up"), closed))
        while (pause := self._slow_until - time.monotonic()) > 0:
            left = self.ledger.remaining_seconds(last_turn=last_turn)
            if left is not None and pause >= left:
                raise _no_time(Failure("rate_limit", "the model's limit is used up"), pause)
            await asyncio.sleep(pause * random.uniform(1.0, 1.25))  # noqa: S311  # jitter


def _no_time(failure: Failure, pause: float) -> BudgetExceededError:
    msg = f"{failure.message}; the time that is left is not enough to wait {pause:,.1f} s and ask again"
    return BudgetExceededError(msg, "seconds")


def _asked_to_wait(failure: Failure, seconds: float) -> Failure:
    message = f"{failure.message} (the provider may be asked again in {seconds:,.0f} s; not waited for)"
    return replace(failure, message=message, is_final=True)


def _with_size(failure: Failure, sent: int, window: int | None) -> Failure:
    """Say what fits, in characters, to the code that asked too much."""
    if failure.kind not in {"overflow", "too_large"}:
        return failure
    limit = failure.limit or window
    fits = limit * 3 if limit else int(sent * 4 * HALF_A_PROMPT)
    advice = f"send at most about {fits:,} characters"
    if failure.kind == "too_large":
        advice = f"the provider's limit by the minute is smaller than this one request, waiting does not help: {advice}"
    return replace(failure, message=f"{failure.message} ({advice})", limit=limit)


def _finish(message: AIMessage) -> str:
    metadata = message.response_metadata
    incomplete = metadata.get("incomplete_details") or {}  # OpenAI's Responses API
    blocked = metadata.get("prompt_feedback") or {}  # Gemini, of a prompt it does not answer
    found = incomplete.get("reason") or ("SAFETY" if blocked.get("block_reason") else None)
    names = ("finish_reason", "stop_reason", "done_reason")
    return str(found or next((metadata[name] for name in names if metadata.get(name)), ""))


def _refusal(message: AIMessage) -> str | None:
    """The model's own words; the Responses API gives them as a part of the content."""
    parts = message.content if isinstance(message.content, list) else []
    said = [part.get("refusal") for part in parts if isinstance(part, dict) and part.get("type") == "refusal"]
    return message.additional_kwargs.get("refusal") or next(iter(said), None)


def _fault_of(message: AIMessage) -> Failure | None:
    """What is wrong with a reply that arrived as if all were well."""
    refusal = _refusal(message)
    if refusal or _finish(message) in FILTERED:
        return Failure("refused", f"the model refused: {refusal or 'the provider filtered the content'}"[:300])
    if _finish(message) in BROKEN_OFF:
        return Failure("server", f"the provider broke the answer off ({_finish(message)})")
    if not message.text.strip():
        if _finish(message) in CUT_OFF:
            return Failure("cut_off", "the output limit was used up before the model wrote any text")
        return Failure("empty", "the model gave an empty answer")
    return None


def _silent_cut(messages: Sequence[BaseMessage], usage: dict[str, Any], sent: int) -> Failure | None:
    """Ollama and others answer from the part of a prompt that fits: their token count gives it away."""
    read = usage["input_tokens"]
    if usage["estimated_calls"] or sent <= SILENT_CUT_ABOVE or read * SILENT_CUT >= sent:
        return None
    dense = sum(estimate_tokens(" ".join(str(message.content).split())) for message in messages)
    if read * SILENT_CUT >= dense:  # runs of white space are few tokens
        return None
    msg = (
        f"the provider read about {read:,} of {sent:,} tokens and cut the rest: "
        f"send at most about {read * 3:,} characters, or raise its window"
    )
    return Failure("overflow", msg, limit=read)


def brief(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Usage for the journal: without what goes without saying (one call, counted by the provider, no known price)."""
    unsaid = {"calls": 1, "estimated_calls": 0, "cost": None}
    return {name: value for name, value in usage.items() if name not in unsaid or value != unsaid[name]}


def add_usage(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The usage of two calls together."""
    total = {key: first[key] + second[key] for key in first if key != "cost"}
    costs = [usage["cost"] for usage in (first, second) if usage["cost"] is not None]
    return {**total, "cost": sum(costs) if costs else None}
