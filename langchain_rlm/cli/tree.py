"""A run as a tree that grows with its progress events, and is folded to fit a screen.

A run has turns, a turn has cells, a cell has what it asked and printed, and recursive runs hang below the cell that
started them. Finished parts fold first, the oldest before the others; what runs now stays open.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.text import Text
from rich.tree import Tree

from langchain_rlm.cli.terminal import one_line


def loading_line(event: Mapping[str, Any]) -> str:
    """How far the context is loaded."""
    return f"loading {event['done']:,} of {event['files']:,} files"


@dataclass(frozen=True)
class Node:
    """A line of the tree and what hangs below it."""

    label: str
    children: tuple["Node", ...] = ()
    is_done: bool = True
    style: str = ""

    def size(self) -> int:
        return 1 + sum(child.size() for child in self.children)

    def alone(self) -> "Node":
        return Node(self.label, (), self.is_done, self.style)


def fold(node: Node, room: int) -> Node:
    """The node in at most `room` lines (at least 1)."""
    if node.size() <= room:
        return node
    if room == 1:
        return node.alone()
    *older, last = _folded(node.children, room - 1)
    left = room - 1
    if len(older) + last.size() > left:
        for_older = min(len(older), left - min(last.size(), max(1, left // 2)))
        hidden = len(older) - for_older
        if hidden and for_older:
            more = Node(f"... {hidden + 1:,} older", style="dim")
            older = [more, *older[hidden + 1 :]]
        else:
            older = older[hidden:]
        last = fold(last, left - len(older))
    return Node(node.label, (*older, last), node.is_done, node.style)


def _folded(children: Iterable[Node], room: int) -> list[Node]:
    """The children, cut to one line each until they fit: finished and older ones first, the last one never."""
    kept = list(children)
    total = sum(child.size() for child in kept)
    for place in sorted(range(len(kept) - 1), key=lambda place: (not kept[place].is_done, place)):
        if total <= room:
            return kept
        total -= kept[place].size() - 1
        kept[place] = kept[place].alone()
    if total > room:
        kept[:-1] = [child.alone() for child in kept[:-1]]
    return kept


def drawn(node: Node) -> Tree:
    """The tree for rich, one line for each node."""
    tree = Tree(Text(node.label, style=node.style, no_wrap=True, overflow="ellipsis"), guide_style="dim")
    for child in node.children:
        tree.add(drawn(child))
    return tree


@dataclass
class Timed:
    """Something that begins and ends."""

    clock: Callable[[], float]
    began: float = field(init=False)
    ended: float | None = None

    def __post_init__(self) -> None:
        self.began = self.clock()

    def end(self) -> None:
        self.ended = self.clock()

    @property
    def is_done(self) -> bool:
        return self.ended is not None

    @property
    def took(self) -> str:
        return f"{(self.clock() if self.ended is None else self.ended) - self.began:.1f} s"


@dataclass
class Cell(Timed):
    """A cell: what it asked, the runs it started, what it printed."""

    code: str = ""
    asked: int = 0
    begun: int = 0
    answered: int = 0
    failed: int = 0
    asking: Timed | None = None
    runs: list["Run"] = field(default_factory=list)
    printed: int = 0
    output: str = ""
    error: str | None = None

    def node(self) -> Node:
        lines = self.code.strip().splitlines()
        label = f"cell of {len(lines)} line{'' if len(lines) == 1 else 's'}: {one_line(self.code)}"
        children = [run.node() for run in self.runs]
        if self.asked:
            children.insert(0, Node(self.asked_line(), is_done=self.answered >= self.asked, style="cyan"))
        if self.error:
            children.append(Node(one_line(self.error.strip().splitlines()[-1]), style="red"))
        elif self.is_done and self.printed:
            children.append(Node(f"printed {self.printed:,} characters: {one_line(self.output)}", style="dim"))
        return Node(label, tuple(children), self.is_done, "" if self.is_done else "bold")

    def asked_line(self) -> str:
        counts = {
            "done": self.answered - self.failed, "failed": self.failed, "running": self.begun - self.answered,
            "waiting": self.asked - self.begun,
        }  # fmt: skip
        said = [f"{count:,} {name}" for name, count in counts.items() if count > 0]
        took = [self.asking.took] if self.asking else []
        return " · ".join([f"asked {_sub_queries(self.asked)}", *said, *took])


def _sub_queries(count: int) -> str:
    return f"{count:,} sub-quer{'y' if count == 1 else 'ies'}"


@dataclass
class Turn(Timed):
    """A reply of the root model and its cells."""

    number: int = 0
    last: bool = False
    replied: bool = False
    cells: list[Cell] = field(default_factory=list)

    def node(self) -> Node:
        parts = [f"turn {self.number}" + (" (the last)" if self.last else "")]
        if not self.replied:
            parts.append("the root model writes")
        asked, failed = (sum(getattr(cell, name) for cell in self.cells) for name in ("asked", "failed"))
        if asked and self.is_done:
            parts.append(f"{_sub_queries(asked)}{f', {failed:,} failed' if failed else ''}")
        label = " · ".join([*parts, self.took])
        return Node(label, tuple(cell.node() for cell in self.cells), self.is_done, "" if self.is_done else "bold")


@dataclass
class Run(Timed):
    """A run and its turns."""

    path: str = ""
    about: str = ""
    stop_reason: str = ""
    turns: list[Turn] = field(default_factory=list)

    def node(self) -> Node:
        name = f"run {self.path}" if self.path else "run"
        label = " · ".join(part for part in (name, self.about, self.stop_reason, self.took) if part)
        return Node(label, tuple(turn.node() for turn in self.turns), self.is_done, "" if self.is_done else "bold")

    @property
    def cell(self) -> Cell | None:
        return self.turns[-1].cells[-1] if self.turns and self.turns[-1].cells else None

    def end_turn(self) -> None:
        if self.turns and not self.turns[-1].is_done:
            self.turns[-1].end()


class RunTree:
    """Takes progress events and keeps what a screen shows of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.runs: dict[str, Run] = {}

    def take(self, event: Mapping[str, Any]) -> None:
        run = self._run(event["run"])
        kind, cell = event["event"], run.cell
        if kind == "loading":
            run.about = loading_line(event)
        elif kind == "inspect":
            run.about = f"{event['documents']:,} documents, {event['characters']:,} characters, {event['route']}"
        elif kind == "turn":
            run.end_turn()
            run.turns.append(Turn(self.clock, number=event["turn"], last=event["last"]))
        elif kind in {"reply", "plan"} and run.turns:
            run.turns[-1].replied = True
        elif kind == "cell" and run.turns:
            run.turns[-1].cells.append(Cell(self.clock, code=event["code"]))
        elif kind == "end":
            run.stop_reason = event["stop_reason"]
            run.end_turn()
            run.end()
        elif cell is not None:
            self._in_cell(cell, event)

    def _in_cell(self, cell: Cell, event: Mapping[str, Any]) -> None:
        match event["event"]:
            case "sub_queries":
                cell.asked += event["count"]
                cell.asking = cell.asking or Timed(self.clock)
                cell.asking.ended = None
            case "sub_query":
                cell.begun += 1
                cell.asked = max(cell.asked, cell.begun)  # what a resumed run asks again
            case "answer":
                cell.answered += 1
                cell.failed += event["error"] is not None
                if cell.asking and cell.answered >= cell.asked:
                    cell.asking.end()
            case "cell_end":
                cell.printed, cell.output, cell.error = event["printed"], event["output"], event["error"]
                cell.end()

    def _run(self, path: str) -> Run:
        if path not in self.runs:
            run = self.runs[path] = Run(self.clock, path=path)
            above = self.runs.get(path.rpartition("/")[0]) if path else None
            if above is not None and above.cell is not None:
                above.cell.runs.append(run)
        return self.runs[path]

    def node(self, lines: int) -> Node | None:
        """The tree in at most `lines` lines; None before anything happened."""
        return fold(self.runs[""].node(), max(1, lines)) if "" in self.runs else None
