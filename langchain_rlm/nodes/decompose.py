"""decompose: the root model writes the next cells, and they run until they end or ask."""

from dataclasses import replace
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import prompts
from langchain_rlm.budget import BudgetExceededError, Ledger
from langchain_rlm.context.corpus import shown_name
from langchain_rlm.context.formats import TextProfile
from langchain_rlm.context.pages import told as told_pages
from langchain_rlm.context.tables.table import told
from langchain_rlm.context.text import whole
from langchain_rlm.errors import HostError, ModelError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry, ReplyEntry
from langchain_rlm.journal.parts import Usage
from langchain_rlm.models.calls import Reply
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.models.messages import add_usage
from langchain_rlm.models.remedies import unusable
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.nodes.conversation import conversation
from langchain_rlm.nodes.ending import finish
from langchain_rlm.nodes.planning import planned
from langchain_rlm.nodes.sampling import sampled
from langchain_rlm.prompts.documents import files_inside
from langchain_rlm.repl.kinds import holds_all, library_of
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.runtime.registry import RunRegistry
from langchain_rlm.runtime.run import Run, at, emit, spent, waiting
from langchain_rlm.state import RLMState

CORRECTED = 2
"""Times that a direct answer of the wrong form is asked for again."""
CONTINUED = 3
"""Times that a cut-off reply is continued before it is asked for again."""


class RootOverflowError(ModelError):
    """The conversation does not fit the root model's window."""


class NoReplyError(ModelError):
    """The root model can be reached and gives no reply: it refuses, or says nothing."""


ROOT_ERRORS = {
    "overflow": RootOverflowError, "refused": NoReplyError, "empty": NoReplyError, "cut_off": NoReplyError,
    "host": HostError,
}  # fmt: skip


async def decompose(registry: RunRegistry, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """One turn of the root model: its reply is kept first, then its cells run."""
    run = await registry.run_of(state, config)
    route = journals.route(state["journal"])
    if route == "direct":
        return await _direct(run, state, config)
    if journals.awaits_cells(state["journal"]):
        return await Turn.recorded(run, state).read()
    if journals.route(state["journal"]) == "samples":
        return await sampled(run, state)
    limit = run.tree.ledger.out_of()
    try:
        if limit is None:
            return await (planned if route == "plan" else _turn)(run, state, config)
    except BudgetExceededError as error:
        limit = error.limit
    if route == "plan":
        return await Turn(run, state, parse_reply(""), f"budget:{limit}").give_up()
    return await _last_turn(run, state, config, limit)


async def _turn(run: Run, state: RLMState, config: RunnableConfig) -> Command[Any]:
    run.tree.ledger.take_turn()  # before the call: runs side by side must not all see the same last one
    try:
        reply = await _next_reply(run, state, config)
    except BudgetExceededError:
        run.tree.ledger.give_turn_up()
        raise
    except NoReplyError:
        if not journals.turns(state["journal"]):
            raise
        return await Turn(run, state, parse_reply("")).give_up()  # what was paid for is worth more than an error
    return _kept(run, _reply_entry(run, state, reply))


def _kept(run: Run, reply: ReplyEntry) -> Command[Any]:
    """Have a reply saved before its cells run: it is paid for."""
    return Command(update={"journal": [*run.take_lost(), reply]}, goto="decompose")


async def _next_reply(run: Run, state: RLMState, config: RunnableConfig) -> Reply:
    """The root model's reply, whole: folded to fit and continued when it was cut off."""
    messages, fences = _messages(run, state), journals.fences(state["journal"])
    try:
        reply = await _ask_root(run, state, messages, config)
    except RootOverflowError as error:
        messages = _messages(run, state, room=0)
        reply = _with_paid(await _ask_root(run, state, messages, config), error)
    parsed = parse_reply(reply.text, fences)
    for _ in range(CONTINUED):
        if not reply.cut_off or (parsed.cells and not parsed.unclosed):
            break
        asked = [*messages, AIMessage(reply.text), HumanMessage(prompts.CONTINUE)]
        try:
            more = await _ask_root(run, state, asked, config)
        except NoReplyError as error:
            reply = _with_paid(reply, error)
            break
        usage, seconds = add_usage(reply.usage, more.usage), reply.seconds + more.seconds
        reply = Reply(reply.text + more.text, more.model, usage, seconds, more.cut_off, reply.waited)
        parsed = parse_reply(reply.text, fences)
    return reply


def _with_paid(reply: Reply, error: ModelError) -> Reply:
    """A reply that has also cost what a failed call did."""
    paid = cast("ModelCallError", error.__cause__).usage
    return replace(reply, usage=add_usage(reply.usage, paid)) if paid else reply


async def _last_turn(run: Run, state: RLMState, config: RunnableConfig, limit: str) -> Command[Any]:
    """Out of budget: one more reply, without sub-queries, for the best answer from what is known."""
    messages = [*_messages(run, state), HumanMessage(prompts.last_turn_message(limit))]
    run.give_turn_back()
    run.tree.ledger.take_turn()
    run.is_last_turn = True
    turn = Turn(run, state, parse_reply(""), f"budget:{limit}")
    try:
        run.tree.ledger.check_turns()
        reply = await _ask_root(run, state, messages, config, is_last=True)
    except (BudgetExceededError, ModelError) as error:
        turn.note(f"The last turn failed. {error}")
        return await turn.give_up()
    return _kept(run, _reply_entry(run, state, reply, last=turn.last))


def _profiles(run: Run) -> list[tuple[str, TextProfile]]:
    """What is told of each document; nothing is large to a sandbox that holds all of every text."""
    held = holds_all(run.tree.settings.sandboxes)
    profiles = [replace(profile, is_large=False) if held else profile for profile in run.profiles]
    return [(document.shown, profile) for document, profile in zip(run.corpus.documents, profiles, strict=True)]


def _messages(run: Run, state: RLMState, *, room: int | None = None) -> list[BaseMessage]:
    """The conversation as the root model sees it: built anew from the journal, the old part always the same."""
    settings = run.tree.settings
    begun = journals.begun(state["journal"])
    whole = Ledger(settings.budget, clock=lambda: 0.0).left()  # as it was: the first message must not change
    first = prompts.task_message(
        begun["question"],
        _profiles(run),
        single=run.corpus.single,
        shown=settings.shown,
        chunk_size=(begun.get("chunk_size") or settings.chunk_size) if run.may_ask else None,
        models=tuple(settings.sub_models),
        tools=[tool.line() for tool in run.tools.values()],
        tables=told(run.corpus.tables.tables) if run.corpus.tables else (),
        schema=run.response_format.schema() if run.response_format else None,
        left_out=_left_out(state),
        inside=[*files_inside(run.corpus), *told_pages(run.corpus, are_seen=run.may_see)],
        left=whole,
    )
    system = settings.profile.prompt(
        sub_calls=run.may_ask, recursion=run.may_recurse, text=run.corpus.searchable is None,
        instructions=settings.instructions, library=library_of(settings.sandboxes),
    )  # fmt: skip
    room = settings.history_room if room is None else room
    turns = conversation(state["journal"], room=room, shown=settings.shown)
    if turns:
        left = run.tree.ledger.left()
        left["turns"] = (left["turns"] or 0) + 1  # this one is taken already
        turns[-1] = HumanMessage(f"{turns[-1].text}\n{prompts.left_line(left, whole)}")
    return [SystemMessage(system), HumanMessage(first), *turns]


def _left_out(state: RLMState) -> list[str]:
    return [f"{shown_name(file['name'])} ({file['reason']})" for file in journals.left_out(state["journal"])]


async def _ask_root(
    run: Run, state: RLMState, messages: list[BaseMessage], config: RunnableConfig, *, is_last: bool = False
) -> Reply:
    turn = journals.turns(state["journal"]) + 1
    emit("turn", run, turn=turn, last=is_last)
    try:
        return await run.tree.caller.ask(
            run.tree.settings.model,
            messages,
            config,
            name="rlm.root",
            metadata={"rlm_depth": run.depth, "rlm_turn": turn},
            last_turn=is_last and run.depth == 0,  # what is set aside is for the first run's answer
            whole=False,
        )
    except ModelCallError as error:
        msg = unusable("root model", run.tree.settings.model, error)
        raise ROOT_ERRORS.get(error.failure.kind, ModelError)(msg) from error


def _reply_entry(run: Run, state: RLMState, reply: Reply, *, last: str | None = None) -> ReplyEntry:
    turn = journals.turns(state["journal"]) + 1
    seconds = round(reply.seconds, 3)
    emit("reply", run, turn=turn, text=reply.text, model=reply.model, seconds=seconds, spent=spent(run))
    emit("budget", run, left=run.tree.ledger.left())
    entry: ReplyEntry = {
        "kind": "reply", "turn": turn, "text": reply.text, "last": last, "model": reply.model,
        "usage": cast("Usage", reply.usage), "cut_off": reply.cut_off, "seconds": seconds, "at": at(run),
    }  # fmt: skip
    entry.update(cast("Any", waiting(reply.waited)))
    return entry


async def _direct(run: Run, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """The direct route: the whole context in one call. A context that does not fit goes to the REPL."""
    form = run.response_format
    said = journals.replies(journals.since_question(state["journal"]))
    try:
        reply = await _ask_directly(run, _direct_messages(run, state), config, turn=len(said) + 1)
    except BudgetExceededError as error:
        return finish(run, state, [], said[-1]["text"] if said else "", f"budget:{error.limit}")
    except ModelCallError as error:
        if error.failure.kind == "overflow" and run.tree.settings.route == "auto":
            return Command(update={"journal": [*run.take_lost(), {"kind": "route", "route": "rlm"}]}, goto="decompose")
        raise ModelError(unusable("model", run.tree.settings.model, error)) from error
    entries: list[Entry] = [_reply_entry(run, state, reply)]
    problem = form.problem(reply.text, prompts.JSON_ALONE) if form else None
    if problem is None:
        return finish(run, state, entries, reply.text, "direct")
    if len(said) >= CORRECTED:
        return finish(run, state, entries, reply.text, "gave_up")
    return Command(update={"journal": [*entries, {"kind": "note", "text": problem}]}, goto="decompose")


def _direct_messages(run: Run, state: RLMState) -> list[BaseMessage]:
    """The whole context with the first question, then what was said since."""
    form = run.response_format
    documents = [(document.shown, whole(document.text)) for document in run.corpus.documents]
    begun = journals.begun(state["journal"])
    schema, told = form.schema() if form else None, run.tree.settings.instructions
    prompt = prompts.direct_prompt(begun["question"], documents, schema, told, _left_out(state))
    messages: list[BaseMessage] = [HumanMessage(prompt)]
    for entry in state["journal"]:
        match entry["kind"]:
            case "reply":
                messages.append(AIMessage(entry["text"]))
            case "note" | "question":
                messages.append(HumanMessage(entry["text"]))
    return messages


async def _ask_directly(run: Run, messages: list[BaseMessage], config: RunnableConfig, *, turn: int) -> Reply:
    run.tree.ledger.take_turn()
    emit("turn", run, turn=turn, last=True)
    return await run.tree.caller.ask(
        run.tree.settings.model, messages, config,
        name="rlm.direct", metadata={"rlm_depth": run.depth, "rlm_turn": turn},
        last_turn=run.depth == 0,  # what is set aside is for the first run's answer
        shown=not run.path,
    )  # fmt: skip
