"""A journal as a tree: questions, turns, cells, what the cells asked, recursive runs below. Plain data for the page.

A run that failed or waits lacks its last entries.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, cast

from langchain_rlm.journal.below import documents_below
from langchain_rlm.journal.entries import AnswerEntry, BelowRun, CellEndEntry, Entry, ModelUsage, ReplyEntry
from langchain_rlm.journal.parts import Call, ChosenPlan
from langchain_rlm.journal.reading import answers, fences, pictures, recorded_cells
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.report.texts import Sources, Texts, View

Node = dict[str, Any]
_ON = {
    "rlm": "The direct call did not fit; the run goes on as rlm.",
    "plan": "The root model wrote no code; the run goes on with a plan.",
    "direct": "The run goes on with a direct call.",
}


@dataclass
class Sum:
    """What a part of a run used. Dollars are None when no price is known."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def add(self, usage: Mapping[str, Any] | None) -> Self:
        if usage:
            self.calls += int(amount(usage.get("calls", 1)) or 0)
            self.input_tokens += int(amount(usage.get("input_tokens")) or 0)
            self.output_tokens += int(amount(usage.get("output_tokens")) or 0)
            cost = amount(usage.get("cost"))
            if cost is not None:
                self.cost = (self.cost or 0.0) + cost
        return self

    def plain(self) -> list[Any]:
        return [self.calls, self.input_tokens, self.output_tokens, self.cost and round(self.cost, 8)]


@dataclass
class Tree:
    """Builds the tree of a journal and of its recursive runs' journals."""

    texts: Texts
    sources: Sources
    models: dict[str, Sum] = field(default_factory=dict)

    def sections(self, journal: Sequence[Entry], view: View | None = None) -> list[Node]:
        return _Level(self, journal, view or self.sources.root).sections()

    def text(self, value: Any) -> int | None:
        return None if value in (None, "") else self.texts.add(value)


class _Level:
    """One run of the tree, as far as it has been read."""

    def __init__(self, tree: Tree, journal: Sequence[Entry], view: View) -> None:
        self.tree, self.journal, self.view = tree, journal, view
        self.given = answers(journal)
        self.found: list[Node] = []
        self.sums: list[Sum] = []
        self.cell: Node | None = None
        self.codes = {cell.code for cell in recorded_cells(journal)}

    def sections(self) -> list[Node]:
        for entry in self.journal:
            self._read(entry)
        self._close_turn()
        return self.found

    def _read(self, entry: Entry) -> None:
        match entry["kind"]:
            case "run":
                self._open(entry["question"], route=entry["route"], started=entry["started"])
            case "question":
                self._open(entry["text"])
            case "route":
                self._aside("Route", _ON[entry["route"]])
            case "reply":
                self._reply(entry)
            case "cell":
                self._new_cell(entry["code"], entry["index"], entry["turn"])
            case "note":
                self._aside("Told the root model", entry["text"])
            case "end":
                self._close_turn()
                self.section["end"] = {"stop_reason": entry["stop_reason"], "characters": entry["characters"]}
            case "fork":
                self._close_turn()
                cut = f"The run was changed here; {len(entry['calls']):,} calls that came after were set aside."
                self.section["turns"].append({"aside": "Fork", "text": self.tree.text(cut)})
            case _:
                self._in_cell(entry)

    def _open(self, question: Any, **facts: Any) -> None:
        self._close_turn()
        self.found.append(_without_none({"question": self.tree.text(question), **facts, "turns": []}))

    @property
    def section(self) -> Node:
        if not self.found:
            self._open(None)
        return self.found[-1]

    def _reply(self, entry: ReplyEntry) -> None:
        turn = self._new_turn(entry["turn"])
        turn["text"] = self.tree.text(self._prose(entry["text"]))
        turn |= _timed(entry) | {"model": self.tree.text(entry.get("model")), "last": entry["last"]}
        turn["usage"] = self._use(entry)
        if "plan" in entry:
            self._aside("Plan", planned(entry["plan"]))

    def _new_turn(self, number: int = 0) -> Node:
        self._close_turn()
        turn: Node = {"n": number or len(self.section["turns"]) + 1, "items": []}
        self.section["turns"].append(turn)
        self.sums.append(Sum())
        return turn

    def _close_turn(self) -> None:
        """Write down what the turn used, and drop its empty fields."""
        self.cell = None
        if self.sums:
            turn = self.section["turns"][-1]
            turn["sum"] = self.sums.pop().plain()
            self.section["turns"][-1] = _without_none(turn)

    def _turn(self, number: int = 0) -> Node:
        return cast("Node", self.section["turns"][-1]) if self.sums else self._new_turn(number)

    def _prose(self, text: str) -> str:
        parsed = parse_reply(text, fences(self.journal))
        return parsed.prose if parsed.cells and self.codes.issuperset(parsed.cells) else text

    def _use(self, entry: ReplyEntry | AnswerEntry | ModelUsage) -> list[Any] | None:
        usage = entry.get("usage")
        if usage is None:
            return None
        used = Sum().add(usage)
        if self.sums:
            self.sums[-1].add(usage)
        self.tree.models.setdefault(str(entry.get("model") or "unknown"), Sum()).add(usage)
        return [*used.plain()[1:], 1] if usage.get("estimated_calls") else used.plain()[1:]

    def _new_cell(self, code: str | None = None, index: int = 0, turn: int = 0) -> Node:
        cell = _without_none({"code": self.tree.text(code), "index": index, "groups": []})
        self._turn(turn)["items"].append(cell)
        self.cell = cell
        return cell

    def _this_cell(self) -> Node:
        return self._new_cell() if self.cell is None else self.cell

    def _in_cell(self, entry: Entry) -> None:
        match entry["kind"]:
            case "asked":
                calls = [self._call(call) for call in entry["calls"]]
                self._this_cell()["groups"].append(_without_none({"calls": calls, "quote": entry.get("quote")}))
            case "confirm" if self._this_cell()["groups"]:
                self._this_cell()["groups"][-1]["decision"] = entry["decision"]
            case "host":
                line = f"{entry['name']}() → {_plain(entry['value'])}"
                self._this_cell().setdefault("hosts", []).append(self.tree.text(line))
            case "cell_end":
                self._cell_end(entry)
            case "lost":
                lost = f"The run was taken up again; {len(entry['calls']):,} calls may have been in flight before."
                self._aside("Lost", lost)
                for call in entry["calls"]:
                    self._use(call)

    def _cell_end(self, entry: CellEndEntry) -> None:
        ended = {
            "ended": True, "output": self.tree.text(entry["output"]), "printed": entry["printed"],
            "error": self.tree.text(entry["error"]), "lost": entry["lost"] or None, "at": amount(entry.get("at")),
            "variables": [variable[0] for variable in entry["variables"]] or None,
        }  # fmt: skip
        cell = self._this_cell()
        cell |= _without_none(ended)
        self.cell = None

    def _call(self, call: Call) -> Node:
        answer = self.given.get(call["id"])
        node: Node = {
            "id": call["id"], "how": call["how"], "asked": self.tree.text(call["model"]),
            "pieces": self._pieces([*call["pieces"], *filter(None, [pictures(call)])]),
            "tool": call.get("tool"), "reused": call.get("reused"),
            "arguments": self.tree.text(_plain(call["arguments"])) if "arguments" in call else None,
            "context": [self._pieces(pieces) for pieces in call.get("context", ())] or None,
        }  # fmt: skip
        if answer is not None:
            node |= self._answered(call, answer)
        return _without_none(node)

    def _answered(self, call: Call, answer: AnswerEntry) -> Node:
        said = answer.get("text") if "value" not in answer else _plain(answer["value"])
        error = f"{answer['error']['type']}: {answer['error']['message']}" if "error" in answer else None
        node = {
            "done": True, "text": None if said is None else self.tree.texts.add(said), "error": self.tree.text(error),
            "model": self.tree.text(answer.get("model")), "copy": answer.get("is_copy"), **_timed(answer),
            "usage": None if answer.get("is_copy") else self._use(answer),
        }  # fmt: skip
        if "run" in answer:
            node["run"] = self._below(call, answer["run"], is_copy=bool(answer.get("is_copy")))
        return node

    def _below(self, call: Call, run: BelowRun, *, is_copy: bool) -> Node:
        """A recursive run. What it used counts for the turn above; a copy was paid for before."""
        inner = Tree(self.tree.texts, self.tree.sources)
        sections = inner.sections(run["journal"], self._view_below(call, run))
        used = Sum()
        for model, part in inner.models.items():
            for into in (used, *(() if is_copy else (self.tree.models.setdefault(model, Sum()), *self.sums[-1:]))):
                into.add(vars(part))
        return {"stop_reason": run["stop_reason"], "sections": sections, "sum": used.plain()}

    def _view_below(self, call: Call, run: BelowRun) -> View:
        """Where the documents of a recursive run are: the context it was given, or what the run above has."""
        documents = documents_below(call, run["over"])
        if documents is None:
            return self.view
        names = [f"text {n + 1}" for n in range(len(documents))] if "context" in call else ["request"]
        places: dict[int, int] = {}

        def view(index: int) -> int:
            if index not in places:
                known = 0 <= index < len(documents)
                name = names[index] if known else f"text {index + 1}"
                places[index] = self.tree.sources.below(documents[index] if known else (), name, self.view)
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

    def _aside(self, title: str, text: Any) -> None:
        place = self._turn()["items"] if self.sums else self.section["turns"]
        place.append({"aside": title, "text": self.tree.text(text)})


def planned(plan: ChosenPlan) -> str:
    """Which plan ran, why, and with which parameters."""
    lines = [f"{plan['name']}: {plan['why']}.", *(f"{name} = {value!r}" for name, value in plan["parameters"].items())]
    return "\n".join([*lines, *([f"The root model said: {plan['said']}"] if "said" in plan else [])])


def amount(value: Any) -> float | None:
    """The value if it is a number that JSON can hold, else None."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and math.isfinite(value) else None


def _timed(entry: ReplyEntry | AnswerEntry) -> Node:
    return {name: amount(entry.get(name)) for name in ("seconds", "at", "waited")}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _without_none(node: Mapping[str, Any]) -> Node:
    return {key: value for key, value in node.items() if value is not None}
