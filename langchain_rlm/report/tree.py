"""A journal as a tree: questions, turns, cells, what the cells asked, recursive runs below. Plain data for the page.

Nothing is taken for granted: a run that failed or waits lacks its last entries.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_rlm.journal.entries import Entry
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.report.texts import Sources, Texts, View

Node = dict[str, Any]


@dataclass
class Sum:
    """What a part of a run used. Dollars are None when no price is known."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def add(self, usage: Mapping[str, Any] | None) -> None:
        if usage:
            self.calls += int(amount(usage.get("calls", 1)) or 0)
            self.input_tokens += int(amount(usage.get("input_tokens")) or 0)
            self.output_tokens += int(amount(usage.get("output_tokens")) or 0)
            cost = amount(usage.get("cost"))
            if cost is not None:
                self.cost = (self.cost or 0.0) + cost

    def plain(self) -> list[Any]:
        return [self.calls, self.input_tokens, self.output_tokens, self.cost and round(self.cost, 8)]


@dataclass
class Tree:
    """Builds the tree of a journal and of those of its recursive runs."""

    texts: Texts
    sources: Sources
    models: dict[str, Sum] = field(default_factory=dict)

    def sections(self, journal: Iterable[Entry], view: View | None = None) -> list[Node]:
        """The questions of a journal, each with its turns."""
        entries = [entry for entry in journal if isinstance(entry, Mapping)]
        return _Level(self, entries, view or self.sources.root).sections()

    def text(self, value: Any) -> int | None:
        """The place of a text in the table; None for nothing."""
        return None if value in (None, "") else self.texts.add(value)


class _Level:
    """One run of the tree, as far as it has been read."""

    def __init__(self, tree: Tree, journal: Sequence[Entry], view: View) -> None:
        self.tree, self.journal, self.view = tree, journal, view
        self.given = answers(journal)
        self.found: list[Node] = []
        self.sums: list[Sum] = []
        self.cell: Node | None = None
        self.codes = {entry.get("code") for entry in journal if entry.get("kind") == "cell"}

    def sections(self) -> list[Node]:
        readers = {
            "run": self._run, "question": self._question, "route": self._route, "reply": self._reply,
            "cell": self._cell, "asked": self._asked, "confirm": self._confirm, "host": self._host,
            "cell_end": self._cell_end, "note": self._note, "end": self._end, "fork": self._fork,
        }  # fmt: skip
        for entry in self.journal:
            read = readers.get(str(entry.get("kind")))
            if read is not None:
                read(entry)
        self._close_turn()
        return self.found

    # -- sections and turns ---------------------------------------------------------------------------------------

    def _run(self, entry: Entry) -> None:
        self._open(entry.get("question"), route=entry.get("route"), started=entry.get("started"))

    def _question(self, entry: Entry) -> None:
        self._open(entry.get("text"))

    def _open(self, question: Any, **facts: Any) -> None:
        self._close_turn()
        self.found.append(_without_none({"question": self.tree.text(question), **facts, "turns": []}))

    @property
    def section(self) -> Node:
        if not self.found:
            self._open(None)
        return self.found[-1]

    def _reply(self, entry: Entry) -> None:
        turn = self._new_turn(entry)
        turn["text"] = self.tree.text(self._prose(str(entry.get("text") or "")))
        turn |= _timed(entry) | {"model": self.tree.text(entry.get("model")), "last": entry.get("last")}
        turn["usage"] = self._use(entry)

    def _new_turn(self, entry: Entry) -> Node:
        self._close_turn()
        turn: Node = {"n": entry.get("turn") or len(self.section["turns"]) + 1, "items": []}
        self.section["turns"].append(turn)
        self.sums.append(Sum())
        return turn

    def _close_turn(self) -> None:
        """Write down what the turn used, and drop what it lacks."""
        self.cell = None
        if self.sums:
            turn = self.section["turns"][-1]
            turn["sum"] = self.sums.pop().plain()
            self.section["turns"][-1] = _without_none(turn)

    def _turn(self, entry: Entry) -> Node:
        turn: Node = self.section["turns"][-1] if self.sums else self._new_turn(entry)
        return turn

    def _prose(self, text: str) -> str:
        """A reply without the cells that are shown below it."""
        parsed = parse_reply(text)
        return parsed.prose if parsed.cells and self.codes.issuperset(parsed.cells) else text

    def _use(self, entry: Entry) -> list[Any] | None:
        """Count what a model call used, for its turn and by model."""
        usage = entry.get("usage")
        if not isinstance(usage, Mapping):
            return None
        used = Sum()
        used.add(usage)
        if self.sums:
            self.sums[-1].add(usage)
        self.tree.models.setdefault(str(entry.get("model") or "unknown"), Sum()).add(usage)
        return [*used.plain()[1:], 1] if usage.get("estimated_calls") else used.plain()[1:]

    # -- cells ----------------------------------------------------------------------------------------------------

    def _cell(self, entry: Entry) -> None:
        self._new_cell(entry)

    def _new_cell(self, entry: Entry) -> Node:
        items = self._turn(entry)["items"]
        cell = _without_none({"code": self.tree.text(entry.get("code")), "index": entry.get("index", 0), "groups": []})
        items.append(cell)
        self.cell = cell
        return cell

    def _this_cell(self, entry: Entry) -> Node:
        return self._new_cell({"turn": entry.get("turn")}) if self.cell is None else self.cell

    def _asked(self, entry: Entry) -> None:
        groups = self._this_cell(entry)["groups"]
        calls = [self._call(call) for call in entry.get("calls") or () if isinstance(call, Mapping)]
        groups.append(_without_none({"calls": calls, "quote": entry.get("quote")}))

    def _confirm(self, entry: Entry) -> None:
        groups = self._this_cell(entry)["groups"]
        if groups:
            groups[-1]["decision"] = _plain(entry.get("decision"))

    def _host(self, entry: Entry) -> None:
        line = f"{entry.get('name')}() → {_plain(entry.get('value'))}"
        self._this_cell(entry).setdefault("hosts", []).append(self.tree.text(line))

    def _cell_end(self, entry: Entry) -> None:
        cell = self._this_cell(entry)
        ended = {
            "ended": True, "output": self.tree.text(entry.get("output")), "printed": entry.get("printed"),
            "error": self.tree.text(entry.get("error")), "lost": entry.get("lost") or None,
            "at": amount(entry.get("at")),
            "variables": [str(variable[0]) for variable in entry.get("variables") or ()] or None,
        }  # fmt: skip
        cell |= _without_none(ended)
        self.cell = None

    # -- calls ----------------------------------------------------------------------------------------------------

    def _call(self, call: Mapping[str, Any]) -> Node:
        identity = str(call.get("id", ""))
        answer = self.given.get(identity)
        node: Node = {
            "id": identity, "how": call.get("how"), "asked": self.tree.text(call.get("model")),
            "pieces": self._pieces(call.get("pieces") or ()), "tool": call.get("tool"), "reused": call.get("reused"),
            "arguments": self.tree.text(_plain(call["arguments"])) if call.get("arguments") else None,
            "context": [self._pieces(pieces) for pieces in call.get("context") or ()] or None,
        }  # fmt: skip
        if answer is not None:
            node |= self._answered(call, answer)
        return _without_none(node)

    def _answered(self, call: Mapping[str, Any], answer: Entry) -> Node:
        said = answer.get("text") if "text" in answer or "value" not in answer else _plain(answer["value"])
        error = answer.get("error") or None
        if isinstance(error, Mapping):
            error = f"{error.get('type')}: {error.get('message')}"
        node = {
            "done": True, "text": None if said is None else self.tree.texts.add(said), "error": self.tree.text(error),
            "model": self.tree.text(answer.get("model")), "copy": answer.get("is_copy"), **_timed(answer),
            "usage": None if answer.get("is_copy") else self._use(answer),
        }  # fmt: skip
        run = answer.get("run")
        if isinstance(run, Mapping):
            node["run"] = self._below(call, run, is_copy=bool(answer.get("is_copy")))
        return node

    def _below(self, call: Mapping[str, Any], run: Mapping[str, Any], *, is_copy: bool) -> Node:
        """A recursive run. What it used counts for the turn above; a copy was paid for before."""
        inner = Tree(self.tree.texts, self.tree.sources)
        journal = run.get("journal") or ()
        sections = inner.sections(journal, self._view_below(call, journal))
        used = Sum()
        for model, part in inner.models.items():
            for into in (used, *(() if is_copy else (self.tree.models.setdefault(model, Sum()), *self.sums[-1:]))):
                into.add(vars(part))
        return {"stop_reason": run.get("stop_reason"), "sections": sections, "sum": used.plain()}

    def _view_below(self, call: Mapping[str, Any], journal: Sequence[Entry]) -> View:
        """Where the documents of a recursive run are: the context it was given, or what the run above has."""
        context = call.get("context")
        names = [f"text {index + 1}" for index in range(len(context or ()))]
        if context is None:
            size = sum(len(p) if isinstance(p, str) else p[2] - p[1] for p in call.get("pieces") or ())
            if not journal or journal[0].get("characters") != size:
                return self.view
            context, names = [call["pieces"]], ["request"]  # a long prompt became the context
        places: dict[int, int] = {}

        def view(index: int) -> int:
            if index not in places:
                known = 0 <= index < len(context)
                name = names[index] if known else f"text {index + 1}"
                places[index] = self.tree.sources.below(context[index] if known else (), name, self.view)
            return places[index]

        return view

    def _pieces(self, pieces: Iterable[Any]) -> list[int]:
        """Literal text by its place in the table, a span as -1 minus its place."""
        shown = []
        for piece in pieces:
            if isinstance(piece, str):
                shown.append(self.tree.texts.add(piece))
            else:
                shown.append(-1 - self.tree.sources.span(self.view(piece[0]), piece[1], piece[2]))
        return shown

    # -- beside the turns -----------------------------------------------------------------------------------------

    def _note(self, entry: Entry) -> None:
        self._aside("Told the root model", entry.get("text"))

    def _route(self, entry: Entry) -> None:
        self._aside("Route", f"The direct call did not fit; the run goes on as {entry.get('route')}.")

    def _fork(self, entry: Entry) -> None:
        self._close_turn()
        cut = f"The run was changed here; {len(entry.get('calls') or ()):,} calls that came after were set aside."
        self.section["turns"].append({"aside": "Fork", "text": self.tree.text(cut)})

    def _aside(self, title: str, text: Any) -> None:
        place = self._turn({})["items"] if self.sums else self.section["turns"]
        place.append({"aside": title, "text": self.tree.text(text)})

    def _end(self, entry: Entry) -> None:
        self._close_turn()
        self.section["end"] = {"stop_reason": entry.get("stop_reason"), "characters": entry.get("characters")}


def answers(journal: Iterable[Entry]) -> dict[str, Entry]:
    """The answered calls by id, also those that a fork set aside."""
    given: dict[str, Entry] = {}
    for entry in journal:
        if entry.get("kind") == "answer":
            given[str(entry.get("id"))] = entry
        elif entry.get("kind") == "fork":
            given |= {str(answer.get("id")): answer for answer in entry.get("answers") or ()}
    return given


def amount(value: Any) -> float | None:
    """A number that JSON has, or None."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None


def _timed(entry: Entry) -> Node:
    return {name: amount(entry.get(name)) for name in ("seconds", "at", "waited")}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _without_none(node: Mapping[str, Any]) -> Node:
    return {key: value for key, value in node.items() if value is not None}
