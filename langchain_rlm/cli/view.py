"""A run as it goes: a live view on a terminal, plain lines elsewhere. Everything goes to standard error."""

import sys
import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

LINES_SHOWN = 12
"""Lines of a cell or its output that a person sees; the journal has them all."""


class View:
    """Shows nothing; the others build on it. Counts what has happened."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.turn = self.asked = self.done = self.failed = self.tokens = 0
        self.cost: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def show(self, event: dict[str, Any]) -> None:
        """Take one progress event."""
        kind = event["event"]
        if kind == "turn" and not event["run"]:
            self.turn = event["turn"]
        elif kind == "sub_queries":
            self.asked += event["count"]
        elif kind == "answer":
            self.done += 1
            self.failed += event["error"] is not None
        spent = event.get("spent")
        if spent:
            self.tokens, self.cost = spent["tokens"], spent["cost"]

    def status(self) -> str:
        """The counts in one line."""
        parts = [f"turn {self.turn}", f"sub-queries {self.done}/{self.asked}"]
        if self.asked > self.done:
            parts.append(f"{self.asked - self.done} running")
        if self.failed:
            parts.append(f"{self.failed} failed")
        parts.append(f"{self.tokens:,} tokens")
        if self.cost is not None:
            parts.append(f"${self.cost:.4f}")
        return " · ".join([*parts, f"{time.monotonic() - self.started:.1f} s"])


class PlainView(View):
    """Lines of text, for logs and pipes."""

    def show(self, event: dict[str, Any]) -> None:
        super().show(event)
        line = _line(event, self)
        if line:
            print("  " * event["depth"] + line, file=sys.stderr, flush=True)


class LiveView(View):
    """Cells and outputs as they come, with the counts below."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console
        self.live = Live(console=console, get_renderable=self._footer, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        self.live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.live.__exit__(kind, error, traceback)
        if error is None:
            self.console.print(Text(self.status(), style="dim"))

    def _footer(self) -> RenderableType:
        return Text(self.status(), style="bold cyan")

    def show(self, event: dict[str, Any]) -> None:
        super().show(event)
        shown = _panel(event, self)
        if shown is not None:
            self.console.print(shown)


def view_for(*, quiet: bool) -> View:
    """The view that fits where standard error goes."""
    console = Console(stderr=True)
    if quiet:
        return View()
    return LiveView(console) if console.is_terminal else PlainView()


def _line(event: dict[str, Any], view: View) -> str | None:
    match event["event"]:
        case "inspect":
            return (
                f"context: {event['documents']:,} documents, {event['characters']:,} characters, "
                f"{', '.join(event['formats'])}; route {event['route']}"
            )
        case "cell":
            lines = event["code"].strip().splitlines()
            return f"turn {event['turn']}: cell of {len(lines)} lines: {lines[0][:80]}"
        case "sub_queries":
            return f"asking {event['count']:,} sub-queries"
        case "cell_end":
            error = f"; {event['error'].splitlines()[-1]}" if event["error"] else ""
            return f"output: {event['printed']:,} characters{error} ({view.status()})"
        case "end":
            return f"end: {event['stop_reason']} ({view.status()})"
    return None


def _panel(event: dict[str, Any], view: View) -> RenderableType | None:
    where = f"turn {event.get('turn', view.turn)}" + (f" · run {event['run']}" if event["run"] else "")
    match event["event"]:
        case "inspect":
            return Text(_line(event, view) or "", style="dim")
        case "cell":
            code = Syntax(_clip(event["code"].strip()), "python", theme="ansi_dark", background_color="default")
            return Panel(code, title=escape(where), title_align="left", border_style="blue")
        case "sub_queries":
            return Text(f"  asking {event['count']:,} sub-queries", style="cyan")
        case "cell_end":
            error = Text(event["error"], style="red") if event["error"] else Text("")
            body = Group(*(part for part in (Text(_clip(event["output"].strip())), error) if part.plain))
            empty = not event["output"].strip() and not event["error"]
            return None if empty else Panel(body, title="output", title_align="left", border_style="dim")
    return None


def _clip(text: str) -> str:
    lines = [line[:400] for line in text.splitlines()]
    if len(lines) <= LINES_SHOWN:
        return "\n".join(lines)
    return "\n".join([*lines[:LINES_SHOWN], f"... {len(lines) - LINES_SHOWN} more lines"])
