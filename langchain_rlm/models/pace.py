"""How far apart the calls of a model go, once its provider has refused one for its rate.

Many runs, in many processes that know nothing of each other, share one limit. Each finds its part of it as TCP does
(RFC 5681): refused, its calls go half as often; answered, more often.
"""

import asyncio
from dataclasses import dataclass, field

FIRST, MOST = 0.1, 24.0
"""Between calls after the first refusal, and at the most: times what the provider asked to wait. Some refuse a share of
all calls, however slowly they come."""
LONGEST = 5.0
"""Seconds between calls at the most."""
SLOWER, FASTER = 2.0, 0.7
"""So that in the long run, about one request in three is refused."""
NONE = 0.001
"""Seconds that are not worth a pause."""


@dataclass
class Pace:
    """The pace of the calls of one model in one tree of runs; all times are of one clock, in seconds."""

    until: float = 0.0
    """No call before."""
    apart: float = 0.0
    slowed: float = 0.0
    """When it was last made slower: calls sent before that say nothing of it."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Those that wait go one by one, in the order in which they came."""

    def go(self, now: float) -> None:
        """A call is sent."""
        self.until = max(self.until, now + self.apart)

    def refuse(self, sent: float, now: float, pause: float) -> None:
        """A call that was sent then was refused, and none is to be sent for so many seconds."""
        self.until = max(self.until, now + pause)
        if sent >= self.slowed:
            slower = min(LONGEST, MOST * pause, max(FIRST * pause, self.apart * SLOWER))
            self.apart, self.slowed = max(self.apart, slower), now

    def answer(self, sent: float) -> None:
        """A call that was sent then was answered."""
        if sent >= self.slowed:
            self.apart = self.apart * FASTER if self.apart > NONE else 0.0
