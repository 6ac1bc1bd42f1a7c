"""decompose: the root model writes the next cells, and they run until they end or ask."""

from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm import prompts
from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.cells import advance, draft_of, finish, run_cells
from langchain_rlm.engine import Engine
from langchain_rlm.errors import ModelError
from langchain_rlm.models.calls import Reply, add_usage
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.repl.replies import ParsedReply, parse_reply
from langchain_rlm.run import Level, emit, spent
from langchain_rlm.state import Entry, RLMState

CONTINUED = 3
"""Times that a cut-off reply is continued before it is asked for anew."""


class RootOverflowError(ModelError):
    """The conversation does not fit the root model's window."""


async def decompose(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """One turn of the root model."""
    level = await engine.level_of(state)
    if journals.route(state["journal"]) == "direct":
        return await _direct(level, state, config)
    limit = level.run.ledger.out_of()
    try:
        if limit is None:
            return await _turn(level, state, config)
    except BudgetExceededError as error:
        limit = error.limit
    return await _last_turn(level, state, config, limit)


async def _turn(level: Level, state: RLMState, config: RunnableConfig) -> Command[Any]:
    journal = state["journal"]
    messages = _messages(level, state)
    try:
        reply = await _ask_root(level, messages, config, turn=journals.turns(journal) + 1)
    except RootOverflowError:
        messages = _messages(level, state, room=0)
        reply = await _ask_root(level, messages, config, turn=journals.turns(journal) + 1)
    parsed = parse_reply(reply.text)
    if reply.cut_off and (parsed.unclosed or not parsed.cells):
        reply = await _continue(level, messages, reply, config, turn=journals.turns(journal) + 1)
        parsed = parse_reply(reply.text)
    level.run.ledger.take_turn()
    entries = [_reply_entry(level, journal, reply)]
    if reply.cut_off and parsed.unclosed:
        return advance(level, state, [*entries, {"kind": "note", "text": prompts.UNCLOSED}])
    if parsed.cells:
        return await run_cells(level, state, entries, parsed.cells)
    return await _without_cells(level, state, entries, parsed)


async def _without_cells(
    level: Level, state: RLMState, entries: list[Entry], parsed: ParsedReply
) -> Command[Any]:
    """A reply of bare text: an answer, or something that wants a nudge."""
    if parsed.final is not None:
        text = parsed.final.text
        if not parsed.final.variable:
            if text.strip():
                return finish(level, state, entries, text, "answered")
            return advance(level, state, [*entries, {"kind": "note", "text": prompts.EMPTY_FINAL}])
        found = await _variable(level, state, text)
        if found is not None:
            return finish(level, state, entries, found[0], "answered")
        return advance(level, state, [*entries, {"kind": "note", "text": prompts.unknown_final(text)}])
    if _was_nudged(state["journal"]):
        return finish(level, state, entries, parsed.prose, "no_code")
    return advance(level, state, [*entries, {"kind": "note", "text": prompts.NO_CODE}])


async def _variable(level: Level, state: RLMState, name: str) -> tuple[Any] | None:
    """A variable of the REPL by name."""
    session = await level.repl(state["journal"])
    return session.variable(name)


def _was_nudged(journal: list[Entry]) -> bool:
    """The turn before this one had no code and was told so."""
    return any(entry["kind"] == "note" and entry["text"] == prompts.NO_CODE for entry in journals.this_turn(journal))


async def _last_turn(level: Level, state: RLMState, config: RunnableConfig, limit: str) -> Command[Any]:
    """Out of budget: one more reply, without sub-queries, for the best answer from what is known."""
    stop_reason = f"budget:{limit}"
    journal = state["journal"]
    messages = [*_messages(level, state), HumanMessage(prompts.last_turn_message(limit))]
    level.run.ledger.give_turn_back()
    try:
        reply = await _ask_root(level, messages, config, turn=journals.turns(journal) + 1, last=True)
    except (BudgetExceededError, ModelError):
        return await _best_known(level, state, [], stop_reason)
    level.run.ledger.take_turn()
    entries = [_reply_entry(level, journal, reply, last=stop_reason)]
    parsed = parse_reply(reply.text)
    if parsed.cells:
        return await run_cells(level, state, entries, parsed.cells, last_turn=stop_reason)
    if parsed.final is None:
        text = parsed.prose
    elif parsed.final.variable:
        found = await _variable(level, state, parsed.final.text)
        text = found[0] if found else ""
    else:
        text = parsed.final.text
    if isinstance(text, str) and not text.strip():
        return await _best_known(level, state, entries, stop_reason)
    return finish(level, state, entries, text, stop_reason)


async def _best_known(level: Level, state: RLMState, entries: list[Entry], stop_reason: str) -> Command[Any]:
    draft = await draft_of(level, [*state["journal"], *entries])
    return finish(level, state, entries, draft, stop_reason if draft else "gave_up")


def _messages(level: Level, state: RLMState, *, room: int | None = None) -> list[BaseMessage]:
    settings = level.run.settings
    first = prompts.task_message(
        state["question"],
        [(d.name, p) for d, p in zip(level.corpus.documents, level.profiles, strict=True)],
        single=level.corpus.single,
        shown=settings.shown,
        chunk_size=settings.chunk_size if level.may_ask else None,
        models=tuple(settings.sub_models),
        left=_whole_budget(level),
    )
    system = prompts.system_prompt(sub_calls=level.may_ask, recursion=level.may_recurse)
    turns = journals.conversation(state["journal"], room=settings.history_room if room is None else room, shown=settings.shown)
    if turns:
        turns[-1] = HumanMessage(f"{turns[-1].text}\n[left: {prompts.budget_line(level.run.ledger.left())}]")
    return [SystemMessage(system), HumanMessage(first), *turns]


def _whole_budget(level: Level) -> dict[str, Any]:
    """The budget as the run began with it: the first message must not change from turn to turn."""
    budget = level.run.settings.budget
    return {name: getattr(budget, name) for name in ("turns", "sub_queries", "tokens", "cost", "seconds")}


async def _ask_root(
    level: Level, messages: list[BaseMessage], config: RunnableConfig, *, turn: int, last: bool = False
) -> Reply:
    emit("turn", level, turn=turn, last=last)
    try:
        return await level.run.caller.ask(
            level.run.settings.model,
            messages,
            config,
            name="rlm.root",
            metadata={"rlm_depth": level.depth, "rlm_turn": turn},
            last_turn=last,
            whole=False,
        )
    except ModelCallError as error:
        msg = f"The root model cannot be used ({error.failure.kind}): {error}"
        raise (RootOverflowError if error.failure.kind == "overflow" else ModelError)(msg) from error


async def _continue(
    level: Level, messages: list[BaseMessage], reply: Reply, config: RunnableConfig, *, turn: int
) -> Reply:
    """Let a reply that was cut off in a cell be written on."""
    for _ in range(CONTINUED):
        asked = [*messages, AIMessage(reply.text), HumanMessage(prompts.CONTINUE_CELL)]
        more = await _ask_root(level, asked, config, turn=turn)
        usage = add_usage(reply.usage, more.usage)
        reply = Reply(reply.text + more.text, more.model, usage, reply.seconds + more.seconds, more.cut_off)
        if not reply.cut_off:
            break
    return reply


def _reply_entry(level: Level, journal: list[Entry], reply: Reply, *, last: str | None = None) -> Entry:
    turn = journals.turns(journal) + 1
    emit("reply", level, turn=turn, text=reply.text, model=reply.model, spent=spent(level))
    return {
        "kind": "reply", "turn": turn, "text": reply.text, "last": last, "model": reply.model, "usage": reply.usage,
        "seconds": round(reply.seconds, 3),
    }  # fmt: skip


async def _direct(level: Level, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """The direct route: the whole context in one call."""
    documents = [(document.name, document.text) for document in level.corpus.documents]
    message = HumanMessage(prompts.direct_prompt(state["question"], documents))
    emit("turn", level, turn=1, last=True)
    try:
        reply = await level.run.caller.ask(
            level.run.settings.model, [message], config,
            name="rlm.direct", metadata={"rlm_depth": level.depth, "rlm_turn": 1}, last_turn=True,
        )  # fmt: skip
    except ModelCallError as error:
        if error.failure.kind == "overflow" and level.run.settings.route == "auto":
            return advance(level, state, [{"kind": "route", "route": "rlm"}])
        msg = f"The model cannot be used ({error.failure.kind}): {error}"
        raise ModelError(msg) from error
    except BudgetExceededError as error:
        return finish(level, state, [], "", f"budget:{error.limit}")
    level.run.ledger.take_turn()
    return finish(level, state, [_reply_entry(level, state["journal"], reply)], reply.text, "direct")
