"""What was asked and what came of it."""

import time
from collections import Counter
from typing import Any, TypedDict

from tests.server.outcome import Usage


class LogEntry(TypedDict):
    """One request. Times are `time.time()`; `status` is None while it runs and when it was dropped or cancelled."""

    id: int
    model: str
    messages: list[dict[str, Any]]
    request: dict[str, Any]
    status: int | None
    reply: str | None
    fault: str
    usage: Usage | None
    start: float
    end: float | None
    in_flight: int
    cancelled: bool


class Log:
    """The requests since the last reset. With `keep` off only the counts are kept."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.keep = True
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        self.entries = []
        self.requests = self.cancelled = self.dropped = 0
        self.max_in_flight = self.in_flight
        self.by_model: Counter[str] = Counter()
        self.by_status: Counter[int] = Counter()
        self.by_fault: Counter[str] = Counter()

    def begin(self, request: dict[str, Any]) -> LogEntry:
        messages = request.pop("messages")
        self.requests += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        self.by_model[request["model"]] += 1
        entry = LogEntry(
            id=self.requests,
            model=request["model"],
            messages=messages,
            request=request,
            status=None,
            reply=None,
            fault="",
            usage=None,
            start=time.time(),
            end=None,
            in_flight=self.in_flight,
            cancelled=False,
        )
        if self.keep:
            self.entries.append(entry)
        return entry

    def end(self, entry: LogEntry, status: int | None, *, cancelled: bool = False) -> None:
        self.in_flight -= 1
        entry["status"] = status
        entry["end"] = time.time()
        entry["cancelled"] = cancelled
        if entry["fault"]:
            self.by_fault[entry["fault"]] += 1
        if cancelled:
            self.cancelled += 1
        elif status is None:
            self.dropped += 1
        else:
            self.by_status[status] += 1

    def stats(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "by_model": self.by_model,
            "by_status": {str(status): count for status, count in self.by_status.items()},
            "by_fault": self.by_fault,
            "cancelled": self.cancelled,
            "dropped": self.dropped,
            "in_flight": self.in_flight,
            "max_in_flight": self.max_in_flight,
        }
