"""The end of a run: its answer as text and as data, and the documents it rests on."""

import json
from collections.abc import Sequence
from typing import Any

from langgraph.graph import END
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm.citations import cited, known, resolve
from langchain_rlm.coverage import coverage
from langchain_rlm.repl.outcomes import plain
from langchain_rlm.run import Level, emit
from langchain_rlm.state import Entry, RLMState


def finish(level: Level, state: RLMState, entries: list[Entry], value: Any, stop_reason: str) -> Command[Any]:
    """End the run with its answer."""
    form = level.response_format
    is_valid = form is not None and form.problem(value) is None
    if form is not None and is_valid:
        value = form.plain(value)
    journal = [*state["journal"], *entries]
    citations: list[dict[str, Any]] = []
    if level.depth == 0:  # those of a recursive run are numbered by the run above
        now = [entry["mark"][1:-1] for entry in cited(journals.since_question(journal)).values()]
        value, citations = resolve(value, known(level.corpus, journal), now)
    answer = as_text(value)
    usage = level.run.ledger.usage()
    level.give_turn_back()
    emit("end", level, stop_reason=stop_reason, characters=len(answer), usage=usage)
    update = {
        "answer": answer,
        "value": plain(value),
        "is_structured": is_valid,
        "citations": citations,
        "coverage": _covered(level, journal),
        "stop_reason": stop_reason,
        "turns": journals.turns(journal),
        "usage": usage,
        "documents": touched(level, journal),
        "journal": [*entries, {"kind": "end", "stop_reason": stop_reason, "characters": len(answer)}],
    }
    return Command(update=update, goto=END)


def _covered(level: Level, journal: Sequence[Entry]) -> dict[str, Any] | None:
    """What models have seen of the context; documents of which they saw nothing are left out."""
    if level.depth > 0 or level.corpus.searchable is not None:
        return None
    found = coverage(journal, level.corpus.sources())
    found["documents"] = [d for d in found["documents"] if d["read_ranges"] or d["printed_ranges"]]
    required = level.run.settings.require_coverage
    return found if required is None else {**found, "required": required, "is_reached": found["seen"] >= required}


def as_text(value: Any) -> str:
    """An answer as text: a string as it is, plain data as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(plain(value), ensure_ascii=False)


async def best_so_far(level: Level, whole: Sequence[Entry]) -> Any:
    """The best answer of a run that was never given one: what `answer` holds in the REPL, or else the newest output."""
    journal = journals.since_question(whole)
    if any(cell.end is None or not cell.end["lost"] for cell in journals.recorded_cells(journal)):
        draft = await level.draft(whole)
        if draft not in (None, ""):
            return draft
    if level.depth > 0:  # the code above must not take an output for an answer
        return ""
    outputs = [entry["output"].strip() for entry in journal if entry["kind"] == "cell_end" and entry["output"].strip()]
    if not outputs:
        return ""
    shown = journals.cut(outputs[-1], level.run.settings.shown)
    return f"No answer was given before the budget ran out. The last output was:\n{shown}"


def touched(level: Level, journal: Sequence[Entry]) -> list[dict[str, Any]]:
    """The documents of which text went to a model, with the spans."""
    spans: dict[int, set[tuple[int, int]]] = {}
    if journals.route(journal) == "direct":
        spans = {index: {(0, len(text))} for index, text in enumerate(level.corpus.texts)}
    for entry in journal:
        for call in entry["calls"] if entry["kind"] == "asked" else ():
            for piece in [*call["pieces"], *(part for document in call.get("context") or [] for part in document)]:
                if not isinstance(piece, str):
                    spans.setdefault(piece[0], set()).add((piece[1], piece[2]))
    sources = level.corpus.sources()
    if level.corpus.searchable is not None:
        return level.corpus.searchable.touched(journal)
    return [{**sources[index], "spans": [list(span) for span in sorted(spans[index])]} for index in sorted(spans)]
