"""One model call with everything around it: budget, window, retries, cut-off answers, usage.

All calls of a tree of runs go through one `Caller`, so its limits hold for the whole tree.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig, patch_config
from langgraph.constants import TAG_NOSTREAM

from langchain_rlm.budget import BudgetExceededError, Ledger
from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.models.clients import ANSWERED_BY, client_of, retries_of
from langchain_rlm.models.failures import SENT, UNUSABLE, Failure, ModelCallError, classify, holds_any
from langchain_rlm.models.limits import LIMIT, lower
from langchain_rlm.models.messages import add_usage, fault_of, is_cut_off, is_looping, usage_of
from langchain_rlm.models.pace import Pace
from langchain_rlm.models.reservations import LEAST_OUTPUT
from langchain_rlm.models.resolve import Model, name_of, provider_of, secrets_of
from langchain_rlm.models.room import Room, Sending
from langchain_rlm.models.sending import Reads, alternating, cut_short, least_of, wants_no_system
from langchain_rlm.models.stalls import STALLS, GivenUpError, InFlight, Stalls
from langchain_rlm.models.tokens import Estimates, image_tokens, reported_in
from langchain_rlm.models.weights import asks_for, is_refused, labels_in, share
from langchain_rlm.prompts import CONTINUE
from langchain_rlm.repl.thinking import without_thinking
from langchain_rlm.repl.typed.weights import told
from langchain_rlm.surrogates import encodable

ATTEMPTS = 4
RATE_LIMITED_ATTEMPTS = 7
"""More than for other failures: when many calls wait for one limit, most of them find it used up again."""
REPEATED_BY_CLIENTS = frozenset({"rate_limit", "server", "timeout"})
"""Failures that a client with `max_retries` has tried to get over itself."""
BACKOFF = 0.5
"""Seconds before the second attempt; doubles, with jitter."""
LONGEST_WAIT = 60.0
"""Seconds. When a provider asks to wait longer, the call fails and says so, and no other is sent before."""
HALF_A_PROMPT = 0.5
CONTINUATIONS = 4
EXPECTED_OUTPUT = 300
"""Output tokens set aside for a call before it is made."""


def unstreamed(tags: Sequence[str] | None) -> list[str]:
    """The tags of a call that a host's stream of messages leaves out."""
    return [*(tag for tag in tags or () if tag != TAG_NOSTREAM), TAG_NOSTREAM]


@dataclass(frozen=True)
class Reply:
    """What a model said, and what it cost."""

    text: str
    model: str
    usage: dict[str, Any]
    seconds: float
    cut_off: bool = False
    waited: float = 0.0
    """Seconds before it was sent: for a place among the calls in flight, or for the limits of provider or model."""


async def _always(_: RunnableConfig) -> None: ...


@dataclass
class Caller:
    """Makes the model calls of one tree of runs."""

    room: Room
    gate: asyncio.Semaphore
    max_retries: int | None = None
    """How often a request that failed is made again; None: as often as helps, and as its client does not do itself."""
    windows: dict[str, int] = field(default_factory=dict)
    """Input window in tokens, by model name, where it is known."""
    estimates: Estimates = field(default_factory=Estimates)
    paces: defaultdict[str, Pace] = field(default_factory=lambda: defaultdict(Pace))
    """By model name."""
    closed_until: dict[str, float] = field(default_factory=dict)
    """By model name: when its provider may be asked again."""
    systemless: set[str] = field(default_factory=set)
    """Names of models whose server takes no system message."""
    unweighed: set[str] = field(default_factory=set)
    """Names of models whose server gives no log probabilities."""
    reads: Reads = field(default_factory=Reads)
    stalls: Stalls = field(default_factory=Stalls)
    replied: set[int] = field(default_factory=set)
    refused: dict[int, Failure] = field(default_factory=dict)
    """The models that have replied to a call, and those that have refused one, by the ids of the objects."""

    fence: Callable[[RunnableConfig], Awaitable[None]] = _always
    """Raises what says that a call must not be made, just before it is."""

    @property
    def ledger(self) -> Ledger:
        return self.room.reservations.ledger

    @property
    def in_flight(self) -> int:
        """Calls that were sent and are not answered."""
        return sum(call.is_sent for call in [*self.stalls.in_flight])  # also asked from other threads

    def unusable(self, model: Model) -> Failure | None:
        """Why a model cannot be used: its key or its name is wrong, and no call of it has been replied to."""
        return None if id(model) in self.replied else self.refused.get(id(model))

    async def ask(
        self, model: Model, messages: Sequence[BaseMessage], config: RunnableConfig, *, name: str,
        metadata: dict[str, Any], last_turn: bool = False, whole: bool = True, shown: bool = False,
    ) -> Reply:  # fmt: skip
        """Call a model until it answers, the budget says no or nothing helps.

        `last_turn` may use what is set aside for one. `whole` continues an answer that was cut off at the output limit
        and leaves out what the model thought; else the text is as it came. A stream of messages has the reply if it is
        `shown`.
        """
        config = patch_config(config, run_name=name)
        config["metadata"] = {**(config.get("metadata") or {}), **metadata}
        if not shown:
            config["tags"] = unstreamed(config.get("tags"))
        call = _Call(self, model, config, name, last_turn, whole)
        try:
            text, cut = await (call.whole if whole else call.part)(list(messages))
        except (ModelCallError, BudgetExceededError) as error:
            error.usage = call.usage
            raise
        if labels := labels_in(messages):
            text = told(text, labels, call.share)
        seconds, waited = time.monotonic() - call.started, (call.sent or call.started) - call.started
        return Reply(text, call.name, call.usage or {}, seconds, cut, waited)


@dataclass
class _Call:
    """One call for an answer, which may take several requests, and its cost so far."""

    caller: Caller
    model: Model
    config: RunnableConfig
    use: str
    """What the call is for."""
    last_turn: bool
    is_whole: bool
    name: str = field(init=False)
    started: float = field(default_factory=time.monotonic)
    paid: list[dict[str, Any]] = field(default_factory=list)
    sending: Sending = field(default_factory=Sending)
    """The request under way."""
    is_ours: bool = False
    """The newest answer was cut off at the limit that was chosen for it."""
    widened: int = 0
    sent: float | None = None
    """When the first request was sent."""
    newest: float = 0.0
    """When the newest one was."""
    share: float | None = None
    """How probable the first of two labels was, where that is asked for."""
    given_up: int = 0
    """Times in a row that an answer did not come."""

    def __post_init__(self) -> None:
        self.name = name_of(self.model)

    @property
    def usage(self) -> dict[str, Any] | None:
        return reduce(add_usage, self.paid) if self.paid else None

    @property
    def pace(self) -> Pace:
        return self.caller.paces[self.name]

    @property
    def seconds_left(self) -> float | None:
        return self.caller.ledger.remaining_seconds(last_turn=self.last_turn)

    async def whole(self, messages: list[BaseMessage]) -> tuple[str, bool]:
        """The answer, continued where it was cut off."""
        text, cut = await self.part(messages)
        parts, cuts = [text], 0
        while cut:
            cuts += not self.is_ours
            said = "".join(parts)
            if repeats := is_looping(said):
                msg = f"the answer was cut off at the output limit, and ends with one line {repeats} times"
                raise ModelCallError(Failure("cut_off", f"{msg}: ask for less"))
            if cuts > CONTINUATIONS:
                msg = f"the answer was cut off at the output limit {len(parts)} times ({len(said):,} characters)"
                raise ModelCallError(Failure("cut_off", f"{msg}: ask for less"))
            more = [*messages, AIMessage(said), HumanMessage(CONTINUE)]
            text, cut = await self.part(more, may_be_empty=True)
            parts.append(text)
        return "".join(parts), False

    async def part(self, messages: list[BaseMessage], *, may_be_empty: bool = False) -> tuple[str, bool]:
        """The text of one request, repeated where that helps, and whether it was cut off."""
        tokens = sum(estimate_tokens(message.text) + 4 for message in messages) + image_tokens(messages)
        self._check_window(messages, tokens)
        failed = limited = self.given_up = 0
        while True:
            sent = alternating(messages, system=self.name not in self.caller.systemless)
            try:
                message = await self._request(sent, tokens, may_be_empty=may_be_empty)
                text = without_thinking(message.text) if self.is_whole else message.text
                if labels := labels_in(messages):
                    self.share = share(message, labels)
                return encodable(text), is_cut_off(message)
            except ModelCallError as error:
                failure = error.failure
                if self.name not in self.caller.systemless and wants_no_system(failure, sent):
                    self.caller.systemless.add(self.name)
                    continue
                if labels_in(messages) and self.name not in self.caller.unweighed and is_refused(failure):
                    self.caller.unweighed.add(self.name)
                    continue
                if self._may_have_more(failure):
                    continue
                if failure.kind in UNUSABLE:
                    self.caller.refused[id(self.model)] = failure
                limited += failure.kind == "rate_limit"
                failed += failure.kind != "rate_limit"
                if not failure.is_retryable or self._is_last(failure, failed, limited):
                    raise
                await self._wait(failure, failed + limited)

    def _may_have_more(self, failure: Failure) -> bool:
        """Whether a request failed because of the limit that was chosen for its answer: it is made with another one."""
        if failure.kind == "cut_off" and self.is_ours:
            self.widened += 1
            return self.widened <= CONTINUATIONS
        limit = lower(failure, self.sending.limit)
        if limit is None:
            return False
        self.caller.room.bounds.answers[self.name].refuse(limit)
        return True

    def _is_last(self, failure: Failure, failed: int, limited: int) -> bool:
        """Whether a request is not made again; `limited` of those before it met a rate limit, `failed` did not."""
        given = self.caller.max_retries
        if given is not None:
            return failed + limited > given
        if failure.is_given_up:
            return self.given_up == STALLS
        if failure.kind in REPEATED_BY_CLIENTS and retries_of(self.model):
            return True
        return failed == ATTEMPTS or limited == RATE_LIMITED_ATTEMPTS

    async def _request(self, messages: list[BaseMessage], tokens: int, *, may_be_empty: bool) -> AIMessage:
        """Take a place among the calls in flight, send, and charge what it cost."""
        caller = self.caller
        async with caller.gate:
            await self._hold_back()
            if (failure := caller.unusable(self.model)) is not None:
                raise ModelCallError(failure)  # not sent: those before it have shown enough
            await caller.fence(self.config)
            window = caller.windows.get(self.name)
            async with caller.room.place(
                self.model, self.use, messages, window=window, last_turn=self.last_turn
            ) as self.sending:
                message, usage = await self._answered(messages, tokens)
        self.pace.answer(self.newest)
        self.is_ours = is_cut_off(message) and self.sending.ends(usage)
        caller.room.learn(self.name, self.use, self.sending, usage, is_cut=self.is_ours)
        fault = self._cut(messages, usage, fault_of(message, unclosed=self.is_whole))
        if not fault and not usage["estimated_calls"] and not image_tokens(messages):
            caller.estimates.learn(self.name, tokens, usage["input_tokens"])
        if fault and not (may_be_empty and fault.kind == "empty"):
            raise ModelCallError(fault)
        return message

    async def _answered(self, messages: list[BaseMessage], tokens: int) -> tuple[AIMessage, dict[str, Any]]:
        """Send, and charge what it cost."""
        caller = self.caller
        message = await self._timed(messages, tokens)
        caller.replied.add(id(self.model))
        answered: Model = message.response_metadata.pop(ANSWERED_BY, self.model)
        sent = caller.estimates.tokens(self.name, tokens)
        return message, self._charge(answered, message.usage_metadata, message.text, sent)

    def _charge(self, model: Model, reported: Any, said: str, sent: int) -> dict[str, Any]:
        """Count what a request cost; with fallbacks, `model` is the one that answered."""
        name, provider, prices = name_of(model), provider_of(model), self.caller.room.prices
        of: Any = {"name": name, "provider": provider, "prices": prices}
        usage = usage_of(reported, said, sent=sent, **of)
        if usage["estimated_calls"] and (most := self.sending.likely(said)):
            usage = usage_of(most, said, sent=sent, **of) | {"estimated_calls": 1}
        self.caller.ledger.record(name, usage)
        self.paid.append(usage)
        return usage

    def _charge_unanswered(self, tokens: int) -> None:
        """Count a request that nobody waits for any more: its model may have written as much as it did before."""
        room, sent = self.caller.room, self.caller.estimates.tokens(self.name, tokens)
        longest = room.bounds.answers[self.name].longest.get(self.use) or LEAST_OUTPUT
        usage = room.lost(self.model, sent, min(longest, self.sending.limit or longest))
        self.caller.ledger.record(self.name, usage)
        self.paid.append(usage)

    async def _timed(self, messages: list[BaseMessage], tokens: int) -> AIMessage:
        failed: Exception | None = None
        own = self.model
        weighs = labels_in(messages) is not None and self.name not in self.caller.unweighed
        more = asks_for(self.model) if weighs else {}
        LIMIT.set(self.sending.limit)
        started = time.monotonic()
        call = InFlight(
            model=self.name, tokens=tokens, sent=asyncio.get_running_loop().time(), left=self.seconds_left,
            given_up=self.given_up, tries=1 + retries_of(self.model),
        )  # fmt: skip
        try:
            async with client_of(self.model) as own, self.caller.stalls.limited(call):
                return await own.ainvoke(messages, self.config, **more)
        except Exception as error:  # noqa: BLE001  # classified below
            failed = error
        finally:
            self.sent = self.sent or started + call.held
        left, is_late = self.seconds_left, isinstance(failed, TimeoutError)
        secrets = [*secrets_of(own), *secrets_of(self.model)]
        failure = _with_size(classify(failed, secrets), tokens, self.caller.windows.get(self.name))
        if (reported := reported_in(failed)) is not None:
            self._charge(self.model, reported, "", tokens)
        elif call.is_sent and (is_late or failure.kind == "timeout"):
            self._charge_unanswered(tokens)
        if is_late and left is not None and left <= 0:
            what = "was in flight" if call.is_sent else "waited for the rate limiter of its model"
            msg = f"The run's time was used up while this call {what}."
            raise BudgetExceededError(msg, "seconds", is_sent=call.is_sent)
        self.given_up += isinstance(failed, GivenUpError)
        # not raised in the handler: a traceback would show the provider's error, which may hold a secret
        raise ModelCallError(failure) from (None if holds_any(failed, secrets) else failed)

    def _cut(self, sent: list[BaseMessage], usage: dict[str, Any], fault: Failure | None) -> Failure | None:
        """What is wrong with a reply; its prompt may have been cut without a word."""
        read = usage["input_tokens"]
        is_cut = not usage["estimated_calls"] and self.caller.reads.see(self.name, sent, read)
        if is_cut:
            self.caller.ledger.suspected_windows[self.name] = read
        return cut_short(read, fault) if fault and is_cut and fault.kind in {"empty", "cut_off"} else fault

    def _check_window(self, messages: list[BaseMessage], tokens: int) -> None:
        """Refuse what is surely too long; what an estimate says no more than that is for the provider to judge."""
        window, estimates = self.caller.windows.get(self.name), self.caller.estimates
        tokens = estimates.tokens(self.name, tokens)
        if window is not None and tokens > window and least_of(messages) > window:
            fits = int(window * 3 / max(1.0, estimates.ratio(self.name)))
            msg = (
                f"the prompt is about {tokens:,} tokens, the model's window is {window:,}: "
                f"send at most about {fits:,} characters"
            )
            raise ModelCallError(Failure("overflow", msg, limit=window))

    async def _wait(self, failure: Failure, attempt: int) -> None:
        asked = failure.retry_after or None  # a 0 does not shorten the pause
        if asked is None:
            pause = min(LONGEST_WAIT, BACKOFF * 2 ** (attempt - 1))
        else:
            pause = max(asked, min(LONGEST_WAIT, asked * 2 ** max(0, attempt - 2)))
        if failure.kind == "rate_limit":
            now, wait = time.monotonic(), pause if asked is None else asked
            if pause > LONGEST_WAIT:
                self.caller.closed_until[self.name] = now + wait
            else:
                self.pace.refuse(self.newest, now, wait)
        if pause > LONGEST_WAIT:
            raise ModelCallError(_asked_to_wait(failure, pause))
        await self._pause(pause, failure)

    async def _hold_back(self) -> None:
        """When a provider said to wait, all its calls wait; when it asked for longer than a run can, they fail."""
        limited = Failure("rate_limit", "the model's limit is used up")
        closed = self.caller.closed_until.get(self.name, 0.0) - time.monotonic()
        if closed > 0:
            raise ModelCallError(_asked_to_wait(limited, closed))
        async with self.pace.turn:
            while (pause := self.pace.until - time.monotonic()) > 0:
                await self._pause(pause, limited)
            self.newest = time.monotonic()
            self.pace.go(self.newest)

    async def _pause(self, seconds: float, failure: Failure) -> None:
        left = self.seconds_left
        if left is not None and seconds >= left:
            msg = f"{failure.message}; the time that is left is not enough to wait {seconds:,.1f} s and ask again"
            raise BudgetExceededError(msg, "seconds", is_sent=failure.kind in SENT)
        await asyncio.sleep(seconds * random.uniform(1.0, 1.25))  # noqa: S311  # jitter


def _asked_to_wait(failure: Failure, seconds: float) -> Failure:
    message = f"{failure.message} (the provider may be asked again in {seconds:,.0f} s; not waited for)"
    return replace(failure, message=message, is_final=True)


def _with_size(failure: Failure, sent: int, window: int | None) -> Failure:
    """Add how many characters fit, for the code that sent too many."""
    if failure.kind not in {"overflow", "too_large"}:
        return failure
    limit = failure.limit or window
    fits = limit * 3 if limit else int(sent * 4 * HALF_A_PROMPT)
    advice = f"send at most about {fits:,} characters"
    if failure.kind == "too_large":
        advice = f"this one request is above the provider's limit by the minute, so waiting does not help: {advice}"
    return replace(failure, message=f"{failure.message} ({advice})", limit=limit)
