"""A run as it goes: a tree on a terminal, plain lines elsewhere. Everything goes to standard error."""

import contextlib
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from langchain_rlm.cli.terminal import one_line, say
from langchain_rlm.cli.tree import RunTree, drawn, loading_line
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.evidence.marks import place_of

BELOW = 2
"""Lines of the terminal that the tree leaves free: the counts, and one for the cursor."""
LISTED = 20
"""Files that are named before a run."""
QUOTED = 100
"""Characters of a cited passage that are printed below an answer."""


def print_answer(answer: str, citations: Sequence[Mapping[str, Any]]) -> None:
    """Print an answer to standard output, and below it what its marks stand for: `[1] contract.txt, line 12: words`."""
    say(answer)
    if citations:
        say("\n".join(["", *map(_citation, citations)]))


def _citation(entry: Mapping[str, Any]) -> str:
    text = " ".join(entry["text"].split())
    text = text if len(text) <= QUOTED else f"{text[:QUOTED]}..."
    return one_line(f"[{entry['mark']}] {place_of({**entry, 'name': one_line(entry['name'])})}: {text}")


def print_left_out(corpus: Corpus) -> None:
    """Say which files are not in the context, where the encoding was guessed, and what was odd about conversions."""
    lines = [f"left out: {one.name}: {one.reason}" for one in corpus.left_out]
    guesses = [(d.name, d.metadata["encoding"]) for d in corpus.documents if "encoding" in d.metadata]
    lines += [f"not UTF-8: {name}: read as {guess} (--encoding names another)" for name, guess in guesses]
    told = [
        (d.name, d.metadata["conversion_warnings"]) for d in corpus.documents if "conversion_warnings" in d.metadata
    ]
    lines += [f"warnings while converting {name}: {warnings}" for name, warnings in told]
    for line in lines[:LISTED]:
        print(one_line(line), file=sys.stderr)
    if len(lines) > LISTED:
        print(f"and {len(lines) - LISTED:,} more such files", file=sys.stderr)


class View:
    """Counts what happens and shows nothing; the other views build on it."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.turn = self.asked = self.done = self.failed = self.tokens = 0
        self.cost: float | None = None
        self.unpriced: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        return None

    def show(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "turn" and not event["run"]:
            self.turn = event["turn"]
        elif kind == "sub_queries":
            self.asked += event["count"]
        elif kind == "answer":
            self.done += 1
            self.failed += event["error"] is not None
        elif kind == "end" and not event["run"]:
            self.unpriced = event["usage"].get("unpriced_models", [])
        spent = event.get("spent")
        if spent:
            self.tokens, self.cost = spent["tokens"], spent["cost"]

    def status(self) -> str:
        parts = [f"turn {self.turn}", f"sub-queries {self.done}/{self.asked}"]
        if self.asked > self.done:
            parts.append(f"{self.asked - self.done} running")
        if self.failed:
            parts.append(f"{self.failed} failed")
        parts.append(f"{self.tokens:,} tokens")
        if self.cost is not None:
            parts.append(f"${self.cost:.4f}")
        if self.unpriced:
            parts.append(f"no price is known for {', '.join(map(one_line, self.unpriced))}")
        return " · ".join([*parts, f"{time.monotonic() - self.started:.1f} s"])


class PlainView(View):
    """Lines of text, for logs and pipes."""

    def show(self, event: dict[str, Any]) -> None:
        super().show(event)
        line = loading_line(event) if event["event"] == "loading" else _line(event, self)
        if line:
            print("  " * event["depth"] + line, file=sys.stderr, flush=True)


class LiveView(View):
    """The run as a tree that grows, with the counts below; never larger than the terminal."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.tree = RunTree()
        self._lock = threading.Lock()
        """The terminal is drawn from a thread of its own."""
        self.live = Live(console=console, get_renderable=self._drawn, refresh_per_second=8, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self.live.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        with contextlib.suppress(OSError):  # the terminal may be gone
            self.live.stop()

    def _drawn(self) -> RenderableType:
        with self._lock:
            node = self.tree.node(self.console.size.height - BELOW)
            status = Text(self.status(), style="bold cyan", no_wrap=True, overflow="ellipsis")
        return status if node is None else Group(drawn(node), status)

    def show(self, event: dict[str, Any]) -> None:
        with self._lock:
            super().show(event)
            self.tree.take(event)


def view_for(*, quiet: bool) -> View:
    """The view that fits where standard error goes."""
    console = Console(stderr=True)
    if quiet:
        return View()
    return LiveView(console) if console.is_terminal else PlainView()


def _line(event: dict[str, Any], view: View) -> str | None:
    match event["event"]:
        case "inspect":
            size = f"{event['documents']:,} documents, {event['characters']:,} characters"
            said = f"context: {size}, {', '.join(event['formats'])}; route {event['route']}"
        case "plan":
            said = f"plan {event['name']}: {event['why']}"
        case "cell":
            lines = event["code"].strip().splitlines()
            said = f"turn {event['turn']}: cell of {len(lines)} lines: {one_line(event['code'])[:80]}"
        case "sub_queries":
            said = f"asking {event['count']:,} sub-queries"
        case "cell_end":
            error = f"; {one_line(event['error'].splitlines()[-1])}" if event["error"] else ""
            said = f"output: {event['printed']:,} characters{error} ({view.status()})"
        case "end":
            said = f"end: {event['stop_reason']} ({view.status()})"
        case _:
            return None
    return said
