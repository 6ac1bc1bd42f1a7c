"""What a run had sent when its process ended: it counts, as estimated, since nobody knows what it cost.

When a run is taken up again, what may have been in flight is written beside its newest checkpoint before anything else
is sent, so that each of many restarts counts. The journal has it with the next entries.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig

from langchain_rlm.context.pieces import assemble
from langchain_rlm.context.text import whole
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry, LostEntry
from langchain_rlm.journal.parts import Call, Usage
from langchain_rlm.models.bounds import Makeup
from langchain_rlm.models.resolve import Model, name_of
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.run import Run

CHANNEL = "rlm_lost"
"""Of the writes beside a checkpoint; no channel of the graph, which leaves it alone."""
FIRST_PROMPT = 6_000
"""Tokens of the root model's first prompt, about."""


async def beside(run: Run, journal: Sequence[Entry], config: RunnableConfig) -> list[Entry]:
    """What is on record beside the journal of a run that is taken up: answers of an unfinished superstep, lost calls.

    Calls that may have been in flight are put there first.
    """
    saver, place = _place_of(config)
    if saver is None:
        return []
    found = await saver.aget_tuple(place)
    writes = (found.pending_writes or []) if found else []
    saved = [entry for _, channel, value in writes if channel == "journal" for entry in value]
    known = {entry["id"] for entry in saved if entry["kind"] == "lost"}
    run.lost = [entry for _, channel, entry in writes if channel == CHANNEL and entry["id"] not in known]
    node = (config.get("metadata") or {}).get("langgraph_node")
    if (newest := _lost(run, node, journal, saved)) is not None:
        await saver.aput_writes(place, [(CHANNEL, newest)], newest["id"])
        run.lost.append(newest)
    return [*saved, *run.lost]


def _place_of(config: RunnableConfig) -> tuple[Any, RunnableConfig]:
    """The checkpointer of a node's graph, and the checkpoint that it began with."""
    configurable: Mapping[str, Any] = config.get("configurable") or {}
    namespace = str(configurable.get("checkpoint_ns") or "").rpartition("|")[0]
    checkpoint = (configurable.get("checkpoint_map") or {}).get(namespace)
    saver = configurable.get(langgraph_keys.CHECKPOINTER) if checkpoint else None
    place = {"thread_id": configurable.get("thread_id"), "checkpoint_ns": namespace, "checkpoint_id": checkpoint}
    return saver, {"configurable": place}


def _lost(run: Run, node: Any, journal: Sequence[Entry], saved: Sequence[Entry]) -> LostEntry | None:
    """The calls that may have been in flight when the process ended that was at this node."""
    settings, entry = run.tree.settings, LostEntry(kind="lost", id=str(uuid.uuid4()), turns=0, calls=[])
    if node == "decompose" and not journals.awaits_cells(journal) and journals.route(journal) != "samples":
        asked: list[tuple[Model, int]] = [(settings.model, _root_prompt(run, journal))]
        entry["turns"] = 1
    elif node == "sub_query":
        answered = {answer["id"] for answer in journals.arrived([*journal, *saved])}
        calls = [call for call in journals.last_asked(journal)[0]["calls"] if call["id"] not in answered]
        asked = [(model, _prompt(run, call)) for call in _sent(run, calls) if (model := run.model_of(call))]
    else:
        return None
    for model, tokens in asked:
        usage = run.tree.caller.room.lost(model, tokens, _longest(model, [*journal, *saved]))
        entry["calls"].append({"model": name_of(model), "usage": cast("Usage", usage)})
    return entry if entry["calls"] else None


def _sent(run: Run, calls: Sequence[Call]) -> list[Call]:
    """Those that a model was asked for this run itself; no more than have a place in flight, or wait to be saved."""
    own = [c for c in calls if "tool" not in c and not run.is_below(c)]
    return own[: run.tree.places]


def _prompt(run: Run, call: Call) -> int:
    texts = [assemble(pieces, run.corpus.texts) for pieces in (call["pieces"], *call.get("context", ()))]
    return Makeup.of([HumanMessage("\n\n".join(texts))]).likely


def _root_prompt(run: Run, journal: Sequence[Entry]) -> int:
    """The last one, which the next one is like."""
    if journals.route(journal) == "direct":
        return sum(Makeup.of([HumanMessage(whole(text))]).likely for text in run.corpus.texts)
    usage = [reply["usage"]["input_tokens"] for reply in journals.replies(journal) if reply["usage"]]
    return int(usage[-1]) if usage else FIRST_PROMPT


def _longest(model: Model, entries: Sequence[Entry]) -> int | None:
    """Output tokens of the longest answer of the model that is on record."""
    paid: list[Any] = [*journals.replies(entries), *journals.arrived(entries)]
    used = [
        each["usage"]["output_tokens"] for each in paid if each.get("usage") and each.get("model") == name_of(model)
    ]
    return int(max(used)) if used else None
