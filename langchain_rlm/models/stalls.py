"""When a model call is given up and asked again: one connection that stalls must not use up the run.

The limit is learnt from the calls of the same model that were answered, also while the call waits: where a server
answers one after the other, the limit grows with the queue. It is wide, for a call that is given up is paid for.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

from langchain_rlm.threads import call_later, reschedule, timeout

FIRST = 300.0
"""Seconds while no call of the model has been answered."""
FLOOR = 60.0
"""Seconds that a call has at the least, unless the run has few: models think, and write long answers, now and then."""
FACTOR = 6
"""Times the slowest answer."""
GROWTH = 3
"""How much more time a call has that was given up before."""
STALLS = 3
"""Times that a call may be given up. Each takes the same share of the run's time at most, and leaves one."""
SECONDS_OF_A_CHARACTER = 0.25
"""What each character of a stream adds: text at the pace of the slowest machine may go on."""
LONGEST = 10
"""Times its limit that a stream may go on."""
AGAIN = 1.0
"""Seconds after which a call that was given up, and goes on, is cancelled once more."""
LOOK = 5.0
"""Seconds between two looks whether a call that somebody else has cancelled goes on."""


class GivenUpError(TimeoutError):
    """A call was given up, after so many seconds and for so many times."""

    def __init__(self, seconds: float, times: int) -> None:
        super().__init__(f"no answer within {seconds:,.1f} s, asked {times} time{'s' * (times > 1)}")


@dataclass(eq=False, kw_only=True)
class InFlight:
    """A call that was sent and is not answered; all times are the event loop's.

    Args:
        left: Seconds that the run had left when the call was sent.
        given_up: Times that it was given up before.
        tries: Times that its client sends it, in one call.
    """

    model: str
    tokens: int
    sent: float
    left: float | None
    given_up: int = 0
    tries: int = 1
    characters: int = 0
    """Of a stream, so far."""
    heard: float = field(init=False)
    """When the last of them came."""
    is_sent: bool = True
    """False while it waits for its model's rate limiter."""
    held: float = 0.0
    """Seconds that it waited so."""
    move: Callable[[float], None] = field(default_factory=lambda: _stay)
    """Called with a new deadline."""

    def __post_init__(self) -> None:
        self.heard = self.sent


@dataclass
class Stalls:
    """The limits of the calls of one tree of runs.

    Args:
        given: Seconds of every call; None: learnt.
    """

    given: float | None = None
    slowest: dict[str, float] = field(default_factory=dict)
    """Seconds of the slowest answer, by model."""
    largest: dict[str, int] = field(default_factory=dict)
    """Tokens of the largest prompt that was answered, by model."""
    in_flight: set[InFlight] = field(default_factory=set)

    def limit(self, call: InFlight) -> float:
        """Seconds after which a call of which nothing has come is given up."""
        if self.given is not None:
            return self.given
        more: int = call.tries * GROWTH**call.given_up
        slowest = self.slowest.get(call.model)
        if slowest is None:
            return FIRST * more
        usual, larger = FACTOR * slowest, max(1.0, call.tokens / max(1, self.largest[call.model]))
        share = FLOOR * more if call.left is None else min(FLOOR * more, call.left / (STALLS + 1 - call.given_up))
        return max(usual, min(FIRST, usual * larger), share)

    def deadline(self, call: InFlight) -> float:
        if not call.is_sent:
            return math.inf
        limit = self.limit(call)
        written = min(call.characters * SECONDS_OF_A_CHARACTER, (LONGEST - 1) * limit)
        return min(call.heard + limit, call.sent + limit + written)

    def answered(self, call: InFlight, now: float) -> None:
        """Learn how long an answer took; if that changes the limit, those that are awaited have the new one."""
        name, seconds = call.model, now - call.sent
        slowest, largest = self.slowest.get(name, -1.0), self.largest.get(name, -1)
        if seconds <= slowest and call.tokens <= largest:
            return
        self.slowest[name], self.largest[name] = max(slowest, seconds), max(largest, call.tokens)
        for other in self.in_flight:
            if other.model == name:
                other.move(self.deadline(other))

    def hear(self, call: InFlight, characters: int, now: float) -> None:
        """Count a part of a stream in."""
        if characters:
            call.characters += characters
            call.heard = now
            call.move(self.deadline(call))

    @asynccontextmanager
    async def limited(self, call: InFlight) -> AsyncIterator[None]:
        """Cancel what is awaited here when the call's time is up, or the run's.

        Raises:
            TimeoutError: The run's is up.
            GivenUpError: The call's is up.
        """
        loop = asyncio.get_running_loop()
        end = math.inf if call.left is None else call.sent + call.left
        try:
            async with timeout(None) as timer:

                def move(when: float) -> None:
                    if not timer.expired():
                        reschedule(timer, _finite(min(end, when)))

                call.move = move
                move(self.deadline(call))
                with self._awaiting(call, loop.time), _insisting(timer):
                    yield
        except TimeoutError as error:
            if timer.expired() and self.deadline(call) < end:
                raise GivenUpError(loop.time() - call.sent, call.given_up + 1) from error
            raise
        self.answered(call, loop.time())

    @contextmanager
    def _awaiting(self, call: InFlight, clock: Callable[[], float]) -> Iterator[None]:
        awaited = _awaited.set((self, call, clock))
        self.in_flight.add(call)
        try:
            yield
        finally:
            call.move = _stay
            self.in_flight.discard(call)
            _awaited.reset(awaited)


@contextmanager
def _insisting(timer: asyncio.Timeout) -> Iterator[None]:
    """Cancel again what goes on though it was cancelled, by the timer or from outside.

    A cancellation can be lost: `asyncio.wait_for`, in which clients await each part of a stream, drops one that comes
    at the same moment as the part (before Python 3.12).
    """
    task = cast("asyncio.Task[Any]", asyncio.current_task())
    insistence = _Insistence(timer, task, task.cancelling(), asyncio.get_running_loop())
    insistence.looking = insistence.loop.call_soon(insistence.look)
    try:
        yield
    finally:
        insistence.end()


@dataclass
class _Insistence:
    """Looks at a task from time to time. A closure that names itself would keep its call until garbage is collected."""

    timer: asyncio.Timeout
    task: "asyncio.Task[Any]"
    before: int
    loop: asyncio.AbstractEventLoop
    more: int = 0
    looking: asyncio.Handle | None = None

    def look(self) -> None:
        if self.task.cancelling() > self.before + self.more:
            self.task.cancel()
            self.more += 1
        due = self.timer.when()
        pause = LOOK if due is None else min(LOOK, max(due - self.loop.time(), 0.0) + AGAIN)
        self.looking = call_later(pause, self.look)

    def end(self) -> None:
        if self.looking is not None:
            self.looking.cancel()
        for _ in range(self.more):
            self.task.uncancel()


def _stay(_: float) -> None:
    """Nobody waits for the call any more."""


def _finite(when: float) -> float | None:
    return None if when == math.inf else when


_awaited: ContextVar[tuple[Stalls, InFlight, Callable[[], float]] | None] = ContextVar("rlm_awaited", default=None)
"""The call that is awaited in this context, and its clock."""


def heard(message: Any) -> None:
    """A part of a stream has come: the call that awaits it in this context is no stall."""
    if (awaited := _awaited.get()) is not None:
        stalls, call, clock = awaited
        stalls.hear(call, _length(message), clock())


@contextmanager
def unsent() -> Iterator[None]:
    """The call of this context waits to be sent: it is no stall, and its time begins after that.

    One that is cancelled here stays unsent.
    """
    awaited = _awaited.get()
    if awaited is None:
        yield
        return
    stalls, call, clock = awaited
    call.is_sent, began = False, clock()
    call.move(math.inf)
    yield
    call.is_sent, call.sent = True, clock()
    call.heard, call.held = call.sent, call.held + call.sent - began
    call.move(stalls.deadline(call))


def _length(message: Any) -> int:
    """Characters of a part: text, thoughts, calls of tools. White space alone is no progress."""
    said = [message.content, message.additional_kwargs, getattr(message, "tool_call_chunks", None)]
    return sum(len(str(part).strip()) for part in said if part)
