"""Running the cells of one turn until they end, ask or give the answer: what `decompose` and `aggregate` share."""

import json
from collections.abc import Sequence
from typing import Any

from langgraph.graph import END
from langgraph.types import Command, Send

from langchain_rlm import journal as journals
from langchain_rlm import prompts
from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.repl.session import Asked, Call, Ended, Outcome
from langchain_rlm.run import Level, emit
from langchain_rlm.state import Entry, Piece, RLMState

GROUPS = 100
"""Sends of one fan-out; larger batches put several sub-queries into a Send, whose cost grows faster than their number."""
KEPT_OUTPUT = 40_000
"""Characters of a cell's output kept in the journal, head and tail."""


async def run_cells(
    level: Level, state: RLMState, entries: list[Entry], cells: Sequence[str], *, last_turn: str | None = None
) -> Command[Any]:
    """Run a reply's cells from the first."""
    return await _run_from(level, state, entries, cells, 0, last_turn)


async def run_on(level: Level, state: RLMState, results: Sequence[Any]) -> Command[Any]:
    """Put answers into the paused cell and go on with the turn."""
    journal = state["journal"]
    turn = journals.this_turn(journal)
    reply = turn[0]
    cell = journals.last_of(turn, "cell")
    assert cell is not None  # noqa: S101  # who asked has begun a cell
    outcome = await level.resume(results, journal)
    entries: list[Entry] = []
    cells = parse_reply(reply["text"]).cells
    return await _settle(level, state, entries, cells, cell["index"], outcome, reply["last"])


async def _run_from(
    level: Level, state: RLMState, entries: list[Entry], cells: Sequence[str], index: int, last_turn: str | None
) -> Command[Any]:
    code = cells[index]
    turn = journals.turns([*state["journal"], *entries])
    emit("cell", level, turn=turn, index=index, code=code)
    entries.append({"kind": "cell", "turn": turn, "index": index, "code": code})
    outcome = await level.start(code, [*state["journal"], *entries[:-1]])
    return await _settle(level, state, entries, cells, index, outcome, last_turn)


async def _settle(
    level: Level,
    state: RLMState,
    entries: list[Entry],
    cells: Sequence[str],
    index: int,
    outcome: Outcome,
    last_turn: str | None,
) -> Command[Any]:
    """Go on from an outcome: answer what can be answered here, fan the rest out, or end the cell."""
    while isinstance(outcome, Asked):
        entries += level.take_hosts()
        asked, answers = _ask(level, state, entries, outcome, last_turn)
        entries += [asked, *answers]
        waiting = [call for call in asked["calls"] if call["id"] not in {answer["id"] for answer in answers}]
        if waiting:
            return Command(update={"journal": entries}, goto=_sends(level, waiting))
        results = [journals.result_of(answer) for answer in answers]
        outcome = await level.resume(results, [*state["journal"], *entries])
    entries += level.take_hosts()
    entries.append(_cell_end(level, outcome))
    if outcome.final is not None:
        return finish(level, state, entries, outcome.final[0], last_turn or "answered")
    if outcome.error is None and index + 1 < len(cells):
        return await _run_from(level, state, entries, cells, index + 1, last_turn)
    return await _turn_over(level, state, entries, outcome, last_turn)


async def _turn_over(
    level: Level, state: RLMState, entries: list[Entry], outcome: Ended, last_turn: str | None
) -> Command[Any]:
    reply = journals.last_of([*state["journal"], *entries], "reply")
    assert reply is not None  # noqa: S101  # cells come from a reply
    final = parse_reply(reply["text"]).final
    if final is not None and outcome.error is None:
        value = await _final_after(level, state, entries, final.text, variable=final.variable or bool(last_turn))
        if value not in (None, ""):
            return finish(level, state, entries, value, last_turn or "answered")
        entries.append({"kind": "note", "text": prompts.FINAL_BEFORE_OUTPUT})
    if last_turn:
        draft = await draft_of(level, [*state["journal"], *entries])
        return finish(level, state, entries, draft, last_turn if draft else "gave_up")
    return advance(level, state, entries)


async def _final_after(
    level: Level, state: RLMState, entries: list[Entry], text: str, *, variable: bool
) -> Any:
    """The value of a bare FINAL_VAR beside cells, which have now run; a bare FINAL was written too early."""
    if not variable:
        return None
    session = await level.repl([*state["journal"], *entries])
    found = session.variable(text)
    return found[0] if found else None


async def draft_of(level: Level, journal: Sequence[Entry]) -> Any:
    """The best answer so far: what `answer` holds in the REPL, or else the newest output."""
    if level.session is not None:
        draft = level.session.draft()
        if draft not in (None, ""):
            return draft
    seen = [entry["output"].strip() for entry in journal if entry["kind"] == "cell_end" and entry["output"].strip()]
    if not seen:
        return ""
    shown = journals.cut(seen[-1], level.run.settings.shown)
    return f"No answer was given before the budget ran out. The last output was:\n{shown}"


def advance(level: Level, state: RLMState, entries: list[Entry]) -> Command[Any]:  # noqa: ARG001  # like its siblings
    """On to the next turn."""
    return Command(update={"journal": entries}, goto="decompose")


def finish(level: Level, state: RLMState, entries: list[Entry], value: Any, stop_reason: str) -> Command[Any]:
    """End the run with its answer."""
    answer = as_text(value)
    journal = [*state["journal"], *entries]
    entries = [*entries, {"kind": "end", "stop_reason": stop_reason, "characters": len(answer)}]
    level.run.ledger.give_turn_back()
    usage = level.run.ledger.usage()
    emit("end", level, stop_reason=stop_reason, characters=len(answer), usage=usage)
    update = {
        "answer": answer,
        "value": plain(value),
        "citations": [],
        "stop_reason": stop_reason,
        "turns": journals.turns(journal),
        "usage": usage,
        "documents": touched(level, journal),
        "journal": entries,
    }
    return Command(update=update, goto=END)


def as_text(value: Any) -> str:
    """An answer as text: a string as it is, plain data as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: Any) -> Any:
    """A value from the sandbox as JSON data; what has no such form becomes its string."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=str)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def touched(level: Level, journal: Sequence[Entry]) -> list[dict[str, Any]]:
    """The documents of which text went to a model, with the spans."""
    spans: dict[int, set[tuple[int, int]]] = {}
    direct = journals.route(journal) == "direct"
    for index, text in enumerate(level.corpus.texts if direct else ()):
        spans[index] = {(0, len(text))}
    for entry in journal:
        for call in entry["calls"] if entry["kind"] == "asked" else ():
            for piece in [*call["pieces"], *(part for document in call.get("context") or [] for part in document)]:
                if not isinstance(piece, str):
                    spans.setdefault(piece[0], set()).add((piece[1], piece[2]))
    sources = level.corpus.sources()
    return [{**sources[index], "spans": [list(span) for span in sorted(spans[index])]} for index in sorted(spans)]


# -- asking -------------------------------------------------------------------------------------------------------


def _ask(
    level: Level, state: RLMState, entries: list[Entry], asked: Asked, last_turn: str | None
) -> tuple[Entry, list[Entry]]:
    """The entry for what a cell asks, and the answers that need no model: refusals and those paid for before."""
    pool = journals.unclaimed([*state["journal"], *entries])
    calls = [_call_entry(level, call, pool) for call in asked.calls]
    new = [call for call in calls if "reused" not in call]
    error = _refusal(level, len(new), last_turn)
    answers = []
    for call, question in zip(calls, asked.calls, strict=True):
        if "reused" in call:
            answers.append({**pool_entry(state, entries, call["reused"]), "id": call["id"], "usage": None})
        elif error is not None:
            answers.append({"kind": "answer", "id": call["id"], "error": error})
        elif level.run.settings.pick(question.model) is None:
            answers.append({"kind": "answer", "id": call["id"], "error": _unknown_model(level, question)})
    entry = {"kind": "asked", "calls": calls}
    return entry, answers


def pool_entry(state: RLMState, entries: list[Entry], answer_id: str) -> Entry:
    """An answer on record by its id."""
    return journals.answers([*state["journal"], *entries])[answer_id]


def _call_entry(level: Level, call: Call, pool: dict[str, list[Entry]]) -> Entry:
    level.calls += 1
    entry: Entry = {
        "id": f"{level.calls}",
        "how": call.how,
        "model": call.model,
        "digest": call.digest(),
        "pieces": [list(p) if not isinstance(p, str) else p for p in level.finder.pieces(call.prompt)],
    }
    if call.context is not None:
        texts = [call.context] if isinstance(call.context, str) else call.context
        entry["context"] = [_context_pieces(level, text) for text in texts]
        entry["single"] = isinstance(call.context, str)
    kept = pool.get(entry["digest"])
    if kept:
        entry["reused"] = kept.pop(0)["id"]
    return entry


def _context_pieces(level: Level, text: str) -> list[Piece]:
    for index, whole in enumerate(level.corpus.texts):
        if text is whole or (len(text) == len(whole) and text == whole):
            return [[index, 0, len(whole)]]
    return [list(p) if not isinstance(p, str) else p for p in level.finder.pieces(text)]


def _refusal(level: Level, count: int, last_turn: str | None) -> dict[str, str] | None:
    """Why none of these calls may be made, or None: then they are counted."""
    if not count:
        return None
    if last_turn:
        return {"type": "budget", "message": "This is the last turn: no sub-query can be asked any more. Call FINAL."}
    try:
        level.run.ledger.take_sub_queries(count)
    except BudgetExceededError as error:
        return {"type": "budget", "message": str(error)}
    return None


def _unknown_model(level: Level, call: Call) -> dict[str, str]:
    names = ", ".join(level.run.settings.sub_models) or "none: leave `model` out"
    return {"type": "invalid", "message": f"There is no sub-model {call.model!r}. Known: {names}."}


def _sends(level: Level, calls: list[Entry]) -> list[Send]:
    """One task for each question, up to a number; then several to a task. Recursive runs never share one."""
    emit("sub_queries", level, count=len(calls))
    base = {"run_id": level.run.id, "path": level.path, "depth": level.depth}
    small = [call for call in calls if call["how"] == "llm" or not level.may_recurse]
    large = [[call] for call in calls if call["how"] == "rlm" and level.may_recurse]
    size = -(-len(small) // GROUPS) or 1
    groups = [small[start : start + size] for start in range(0, len(small), size)]
    return [Send("sub_query", {**base, "calls": group}) for group in [*groups, *large]]


def _cell_end(level: Level, outcome: Ended) -> Entry:
    emit(
        "cell_end", level, printed=len(outcome.output), error=outcome.error, lost=outcome.lost,
        output=journals.cut(outcome.output, level.run.settings.shown),
    )  # fmt: skip
    return {
        "kind": "cell_end",
        "output": journals.cut(outcome.output, KEPT_OUTPUT),
        "printed": len(outcome.output),
        "hash": outcome.digest(),
        "error": outcome.error,
        "lost": outcome.lost,
        "variables": [list(variable) for variable in outcome.variables],
    }
