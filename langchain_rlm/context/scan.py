"""What is read of a text to find its structure: all of it, or samples."""

import re
from dataclasses import dataclass
from itertools import pairwise

from langchain_rlm.context.text import Text, whole

EXACT_UP_TO = 5_000_000
WINDOW_CHARACTERS = 200_000
_MIDDLE_WINDOWS = 6
_SAMPLE_LINES = 2_000
_FEW = 5
_BEGINNING = 20_000
"""Characters, at most, in which the beginning of a unit is recognised."""
PROBE = 100_000
"""Characters in which marks must stand of which a text has many."""


@dataclass(frozen=True)
class Scan:
    """A text as the detectors see it: `sample` stands for all of it, and `scale` says how many times."""

    text: str
    """Of one that is not in memory, the samples."""
    sample: str
    scale: float
    lines: tuple[str, ...]
    line_count: int

    def count(self, pattern: str) -> int:
        return self.scaled(sum(1 for _ in re.finditer(pattern, self.sample)))

    def scaled(self, found: int) -> int:
        """How many of what was found in the sample are in all; to two digits, as an estimate is said."""
        return found if self.scale == 1 else round(float(f"{found * self.scale:.1e}"))

    def say(self, count: int) -> str:
        return f"{count:,}" if self.scale == 1 else f"about {count:,}"

    def first(self, pattern: str) -> str:
        match = re.search(pattern, self.sample)
        return " ".join(match.group().split())[:80] if match else ""

    def share(self, pattern: re.Pattern[str]) -> float:
        """The share of the sampled lines that the pattern matches at their start."""
        return sum(1 for line in self.lines if pattern.match(line)) / max(len(self.lines), 1)

    def spread(self, pattern: str, least: int = 2) -> int:
        """How many units begin in the sample, if they begin near its start and all over it, else 0."""
        whole, units = len(self.sample), re.compile(pattern)
        first = max(whole // 10, 2_000)
        if units.search(self.sample, 0, first + _BEGINNING) is None:
            return 0
        places = [match.start() for match in units.finditer(self.sample)]
        if len(places) < least or places[0] > first:
            return 0
        widest = max(end - start for start, end in pairwise([*places, whole]))
        return len(places) if len(places) < _FEW or widest <= whole // 2 else 0


def scan_of(text: Text) -> Scan:
    """Scan all of a text of up to 5 million characters, or samples of a larger one; lines may end with CR alone."""
    text = with_line_feeds(text) if isinstance(text, str) else text
    windows = windows_of(text, WINDOW_CHARACTERS)
    exact = len(text) <= EXACT_UP_TO
    sample = whole(text) if exact else "\n".join(windows)
    per_window = _SAMPLE_LINES // len(windows)
    lines = [
        line for window in windows for line in window[: 100 * per_window].splitlines()[:per_window] if line.strip()
    ]
    line_count = text.count("\n") + (1 if len(text) and not text.endswith("\n") else 0)
    return Scan(
        text if isinstance(text, str) else sample,
        sample,
        1 if exact else len(text) / len(sample),
        tuple(lines),
        line_count,
    )


def with_line_feeds(text: str) -> str:
    """The text with LF for CR where lines end with CR alone; every place stays what it is."""
    return text.replace("\r", "\n") if "\r" in text and "\n" not in text else text


def windows_of(text: Text, width: int) -> list[str]:
    """The whole text if short, else its start, some places in the middle and its end, each begun at a line start."""
    if len(text) <= width * (_MIDDLE_WINDOWS + 2):
        return [whole(text)]
    starts = [part * (len(text) - width) // (_MIDDLE_WINDOWS + 1) for part in range(_MIDDLE_WINDOWS + 2)]
    return [text[:width]] + [_from_line_start(text[start : start + width]) for start in starts[1:]]


def _from_line_start(window: str) -> str:
    return window[window.find("\n", 0, len(window) // 2) + 1 :]
