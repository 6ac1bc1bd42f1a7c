"""decompose: the root model writes the next cells, and they run until they end or ask."""

from dataclasses import replace
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm import prompts
from langchain_rlm.answer import finish
from langchain_rlm.budget import BudgetExceededError, Ledger
from langchain_rlm.engine import Engine
from langchain_rlm.errors import ModelError
from langchain_rlm.level import Level, at, emit, spent, waiting
from langchain_rlm.models.calls import Reply, add_usage
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.models.remedies import unusable
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.state import Entry, RLMState
from langchain_rlm.turn import Turn

CORRECTED = 2
"""Times that a direct answer of the wrong form is asked for anew."""
CONTINUED = 3
"""Times that a cut-off reply is continued before it is asked for anew."""


class RootOverflowError(ModelError):
    """The conversation does not fit the root model's window."""


class NoReplyError(ModelError):
    """The root model can be reached and gives no reply: it refuses, or says nothing."""


ROOT_ERRORS = {"overflow": RootOverflowError, "refused": NoReplyError, "empty": NoReplyError, "cut_off": NoReplyError}


async def decompose(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """One turn of the root model: its reply is kept first, then its cells run."""
    level = await engine.level_of(state, config)
    if journals.route(state["journal"]) == "direct":
        return await _direct(level, state, config)
    if journals.awaits_cells(state["journal"]):
        return await Turn.recorded(level, state).read()
    limit = level.run.ledger.out_of()
    try:
        if limit is None:
            return await _turn(level, state, config)
    except BudgetExceededError as error:
        limit = error.limit
    return await _last_turn(level, state, config, limit)


async def _turn(level: Level, state: RLMState, config: RunnableConfig) -> Command[Any]:
    level.run.ledger.take_turn()  # before the call: runs side by side must not all see the same last one
    try:
        reply = await _next_reply(level, state, config)
    except BudgetExceededError:
        level.run.ledger.give_turn_up()
        raise
    except NoReplyError:
        if not journals.turns(state["journal"]):
            raise
        return await Turn(level, state, parse_reply("")).give_up()  # what was paid for is worth more than an error
    return _kept(_reply_entry(level, state, reply))


def _kept(reply: Entry) -> Command[Any]:
    """Have a reply saved before its cells run: it is paid for."""
    return Command(update={"journal": [reply]}, goto="decompose")


async def _next_reply(level: Level, state: RLMState, config: RunnableConfig) -> Reply:
    """The root model's reply, whole: folded to fit and continued when it was cut off."""
    messages = _messages(level, state)
    try:
        reply = await _ask_root(level, state, messages, config)
    except RootOverflowError:
        messages = _messages(level, state, room=0)
        reply = await _ask_root(level, state, messages, config)
    parsed = parse_reply(reply.text)
    for _ in range(CONTINUED):
        if not reply.cut_off or (parsed.cells and not parsed.unclosed):
            break
        asked = [*messages, AIMessage(reply.text), HumanMessage(prompts.CONTINUE_CELL)]
        try:
            more = await _ask_root(level, state, asked, config)
        except NoReplyError as error:
            paid = cast("ModelCallError", error.__cause__).usage
            reply = replace(reply, usage=add_usage(reply.usage, paid)) if paid else reply
            break
        usage, seconds = add_usage(reply.usage, more.usage), reply.seconds + more.seconds
        reply = Reply(reply.text + more.text, more.model, usage, seconds, more.cut_off, reply.waited)
        parsed = parse_reply(reply.text)
    return reply


async def _last_turn(level: Level, state: RLMState, config: RunnableConfig, limit: str) -> Command[Any]:
    """Out of budget: one more reply, without sub-queries, for the best answer from what is known."""
    messages = [*_messages(level, state), HumanMessage(prompts.last_turn_message(limit))]
    level.give_turn_back()
    level.run.ledger.take_turn()
    level.is_last_turn = True
    turn = Turn(level, state, parse_reply(""), f"budget:{limit}")
    try:
        reply = await _ask_root(level, state, messages, config, is_last=True)
    except (BudgetExceededError, ModelError):
        return await turn.give_up()
    return _kept(_reply_entry(level, state, reply, last=turn.last))


def _messages(level: Level, state: RLMState, *, room: int | None = None) -> list[BaseMessage]:
    """The conversation as the root model sees it: built anew from the journal, the old part always the same."""
    settings = level.run.settings
    begun = next(entry for entry in state["journal"] if entry["kind"] == "run")
    first = prompts.task_message(
        begun["question"],
        [(d.name, p) for d, p in zip(level.corpus.documents, level.profiles, strict=True)],
        single=level.corpus.single,
        shown=settings.shown,
        chunk_size=(begun.get("chunk_size") or settings.chunk_size) if level.may_ask else None,
        models=tuple(settings.sub_models),
        tools=[tool.line() for tool in level.tools.values()],
        schema=level.response_format.schema() if level.response_format else None,
        left=Ledger(settings.budget, clock=lambda: 0.0).left(),  # as it was: this message must not change
    )
    system = prompts.system_prompt(sub_calls=level.may_ask, recursion=level.may_recurse)
    room = settings.history_room if room is None else room
    turns = journals.conversation(state["journal"], room=room, shown=settings.shown)
    if turns:
        left = level.run.ledger.left()
        left["turns"] = (left["turns"] or 0) + 1  # this one is taken already
        turns[-1] = HumanMessage(f"{turns[-1].text}\n[left: {prompts.budget_line(left)}]")
    return [SystemMessage(system), HumanMessage(first), *turns]


async def _ask_root(
    level: Level, state: RLMState, messages: list[BaseMessage], config: RunnableConfig, *, is_last: bool = False
) -> Reply:
    turn = journals.turns(state["journal"]) + 1
    emit("turn", level, turn=turn, last=is_last)
    try:
        return await level.run.caller.ask(
            level.run.settings.model,
            messages,
            config,
            name="rlm.root",
            metadata={"rlm_depth": level.depth, "rlm_turn": turn},
            last_turn=is_last and level.depth == 0,  # what is set aside is for the first run's answer
            whole=False,
        )
    except ModelCallError as error:
        msg = unusable("root model", level.run.settings.model, error)
        raise ROOT_ERRORS.get(error.failure.kind, ModelError)(msg) from error


def _reply_entry(level: Level, state: RLMState, reply: Reply, *, last: str | None = None) -> Entry:
    turn = journals.turns(state["journal"]) + 1
    seconds = round(reply.seconds, 3)
    emit("reply", level, turn=turn, text=reply.text, model=reply.model, seconds=seconds, spent=spent(level))
    emit("budget", level, left=level.run.ledger.left())
    return {
        "kind": "reply", "turn": turn, "text": reply.text, "last": last, "model": reply.model, "usage": reply.usage,
        "cut_off": reply.cut_off, "seconds": seconds, "at": at(level), **waiting(reply.waited),
    }  # fmt: skip


async def _direct(level: Level, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """The direct route: the whole context in one call. A context that does not fit after all goes the other way."""
    form = level.response_format
    said = [entry for entry in journals.since_question(state["journal"]) if entry["kind"] == "reply"]
    try:
        reply = await _ask_directly(level, _direct_messages(level, state), config, turn=len(said) + 1)
    except BudgetExceededError as error:
        return finish(level, state, [], said[-1]["text"] if said else "", f"budget:{error.limit}")
    except ModelCallError as error:
        if error.failure.kind == "overflow" and level.run.settings.route == "auto":
            return Command(update={"journal": [{"kind": "route", "route": "rlm"}]}, goto="decompose")
        raise ModelError(unusable("model", level.run.settings.model, error)) from error
    entries = [_reply_entry(level, state, reply)]
    problem = form.problem(reply.text) if form else None
    if problem is None:
        return finish(level, state, entries, reply.text, "direct")
    if len(said) >= CORRECTED:
        return finish(level, state, entries, reply.text, "gave_up")
    return Command(update={"journal": [*entries, {"kind": "note", "text": problem}]}, goto="decompose")


def _direct_messages(level: Level, state: RLMState) -> list[BaseMessage]:
    """The whole context with the first question, then what was said since."""
    form = level.response_format
    documents = [(document.name, document.text) for document in level.corpus.documents]
    begun = next(entry for entry in state["journal"] if entry["kind"] == "run")
    prompt = prompts.direct_prompt(begun["question"], documents, form.schema() if form else None)
    messages: list[BaseMessage] = [HumanMessage(prompt)]
    for entry in state["journal"]:
        if entry["kind"] == "reply":
            messages.append(AIMessage(entry["text"]))
        elif entry["kind"] in {"note", "question"}:
            messages.append(HumanMessage(entry["text"]))
    return messages


async def _ask_directly(level: Level, messages: list[BaseMessage], config: RunnableConfig, *, turn: int) -> Reply:
    level.run.ledger.take_turn()
    emit("turn", level, turn=turn, last=True)
    return await level.run.caller.ask(
        level.run.settings.model, messages, config,
        name="rlm.direct", metadata={"rlm_depth": level.depth, "rlm_turn": turn},
        last_turn=level.depth == 0,  # what is set aside is for the first run's answer
    )  # fmt: skip
