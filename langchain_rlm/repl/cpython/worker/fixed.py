"""Time, chance and the number of processors, fixed: the same cells must do the same whenever they run again."""

from __future__ import annotations

import ctypes
import datetime
import gc
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

PROCESSORS = 28
"""What code is told. Pools of threads have by default four more: so many questions they ask at once."""


def fix(started: str, seed: str) -> None:
    """Fix all of them, the clock at `started` (ISO 8601)."""
    moment = datetime.datetime.fromisoformat(started).astimezone(datetime.timezone.utc)
    _fix_clock(moment.timestamp())
    _fix_dates(moment)
    _fix_chance(seed)
    os.cpu_count = lambda: PROCESSORS
    for name in ("sched_getaffinity", "process_cpu_count"):
        if hasattr(os, name):
            setattr(os, name, (lambda _: set(range(PROCESSORS))) if name[0] == "s" else os.cpu_count)
    sys.setswitchinterval(SLICE)


SLICE = 0.5
"""Seconds that a thread runs on while others could: they take turns where they wait, and so in one order."""


def _fix_clock(now: float) -> None:
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name, lambda: now)
        setattr(time, f"{name}_ns", lambda: int(now * 1e9))
    day = time.gmtime(now)
    for name, place, value in (
        ("gmtime", 0, now), ("localtime", 0, now), ("ctime", 0, now), ("asctime", 0, day), ("strftime", 1, day),
    ):  # fmt: skip
        setattr(time, name, _at(getattr(time, name), place, value))
    really = time.sleep

    def sleep(seconds: float) -> None:
        """Nothing to wait for: no time passes here."""
        if seconds < 0:
            msg = "sleep length must be non-negative"
            raise ValueError(msg)
        really(0)

    time.sleep = sleep  # type: ignore[assignment]


def _at(function: Callable[..., Any], place: int, now: Any) -> Callable[..., Any]:
    def told(*args: Any) -> Any:
        given = args[place] if len(args) > place else None
        return function(*args[:place], now if given is None else given)

    return told


def _fix_dates(moment: datetime.datetime) -> None:
    naive = moment.replace(tzinfo=None)
    parts = naive.timetuple()[:6]

    def now(cls: Any, tz: datetime.tzinfo | None = None) -> Any:
        if tz is None:
            return cls(*parts, naive.microsecond)
        return tz.fromutc(cls(*parts, naive.microsecond, tzinfo=tz))

    def today(cls: Any) -> Any:
        return cls(*parts, naive.microsecond)

    def day(cls: Any) -> Any:
        return cls(*parts[:3])

    _replace(datetime.datetime, now=now, utcnow=today, today=today)
    _replace(datetime.date, today=day)


def _replace(kind: type, **methods: Callable[..., Any]) -> None:
    """Replace class methods of a type of the interpreter: a class in its place would be another type to libraries."""
    held: Any = gc.get_referents(kind.__dict__)[0]
    held.update({name: classmethod(method) for name, method in methods.items()})
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def _fix_chance(seed: str) -> None:
    random.seed(seed)
    stream = random.Random(f"{seed} of the system")  # noqa: S311  # it must be the same again

    def urandom(size: int) -> bytes:
        return stream.getrandbits(8 * size).to_bytes(size, "big") if size else b""

    os.urandom = urandom
    random._urandom = urandom  # type: ignore[attr-defined]  # noqa: SLF001  # SystemRandom's, and so that of `secrets`
    seeded = random.Random.seed

    def begin(self: random.Random, a: Any = None, version: int = 2) -> None:
        seeded(self, stream.getrandbits(256) if a is None else a, version)

    random.Random.seed = begin  # type: ignore[method-assign]
