"""A plan instead of a root model's cells: which one, with which parameters, and the reply that holds its cell."""

from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm.errors import ModelError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import ReplyEntry
from langchain_rlm.journal.parts import ChosenPlan, Usage
from langchain_rlm.models.calls import Reply
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.models.remedies import unusable
from langchain_rlm.models.resolve import name_of
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.plans.choosing import Choice, agreed, chosen, menu
from langchain_rlm.plans.library import FALLBACK, fitting, shipped
from langchain_rlm.plans.plan import QUESTION, Plan
from langchain_rlm.repl.fences import fenced
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.runtime.run import Run, at, emit
from langchain_rlm.state import RLMState

GIVEN = "it was given as RLM(plan=...)"
CHOSEN = "the root model chose it from the menu"
AGREED = "it is the plan of the examples worded like the question, which outweigh what the root model chose"
UNREADABLE = "the root model's choice could not be used"
UNCHOSEN = frozenset({"refused", "empty", "cut_off", "overflow"})
"""Failures of the call that chooses that are no reason to fail."""
NO_ANSWER = "the plan before it gave no answer"


async def planned(run: Run, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Write the reply that a plan is; after a plan without an answer, that of the usual one, and then none."""
    ran = journals.plans(state["journal"])
    fixed = run.tree.settings.plan
    if ran:
        if fixed is not None or ran[-1]["name"] == FALLBACK:
            return await Turn(run, state, parse_reply("")).give_up()
        return _kept(run, state, Choice(shipped()[FALLBACK], {}), NO_ANSWER)
    if fixed is not None:
        return _kept(run, state, Choice(fixed, run.tree.settings.plan_parameters), GIVEN)
    run.tree.ledger.take_turn()
    reply = await _ask(run, state, config)
    plans = fitting(len(run.corpus.documents))
    if run.tree.settings.sizes.are_small:
        choice = agreed(journals.question(state["journal"]), reply.text, plans)
        if choice is not None:
            return _kept(run, state, choice, AGREED, reply)
    choice = chosen(reply.text, plans)
    if choice is None:
        return _kept(run, state, Choice(shipped()[FALLBACK], {}), UNREADABLE, reply)
    return _kept(run, state, choice, CHOSEN, reply)


async def _ask(run: Run, state: RLMState, config: RunnableConfig) -> Reply:
    """Have the root model choose, in one short call."""
    settings = run.tree.settings
    turn = journals.turns(state["journal"]) + 1
    emit("turn", run, turn=turn, last=False)
    documents = len(run.corpus.documents)
    messages = menu(journals.question(state["journal"]), fitting(documents), documents=documents)
    try:
        return await run.tree.caller.ask(
            settings.model, messages, config,
            name="rlm.plan", metadata={"rlm_depth": run.depth, "rlm_turn": turn},
        )  # fmt: skip
    except ModelCallError as error:
        if error.failure.kind in UNCHOSEN:
            return Reply("", name_of(settings.model), error.usage or {}, 0.0)
        raise ModelError(unusable("root model", settings.model, error)) from error


def _kept(run: Run, state: RLMState, choice: Choice, why: str, reply: Reply | None = None) -> Command[Any]:
    """Have the plan saved before its cell runs, in the place of a reply."""
    plan = choice.plan
    turn = journals.turns(state["journal"]) + 1
    values = _values(run, state, plan, choice.parameters)
    record: ChosenPlan = {"name": plan.name, "why": why, "parameters": values}
    if reply is not None:
        record["said"] = reply.text
    text = f"The plan `{plan.name}`: {why}.\n\n{fenced(plan.bound(values))}"
    if reply is None:
        emit("turn", run, turn=turn, last=False)
    emit("plan", run, turn=turn, **record)
    entry: ReplyEntry = {
        "kind": "reply", "turn": turn, "text": text, "last": None, "usage": None, "plan": record, "at": at(run),
    }  # fmt: skip
    if reply is not None:
        entry["usage"], entry["model"] = cast("Usage", reply.usage), reply.model
        entry["seconds"], entry["waited"] = round(reply.seconds, 3), round(reply.waited, 3)
    return Command(update={"journal": [entry]}, goto="decompose")


def _values(run: Run, state: RLMState, plan: Plan, given: Any) -> dict[str, Any]:
    """The parameters of a plan: as given, else those that follow from the run, else their defaults."""
    settings = run.tree.settings
    left = run.tree.ledger.left()["sub_queries"]
    sizes = settings.sizes.over(run.corpus.characters, cast("int | None", left), settings.chunk_size)
    follow = {QUESTION: journals.question(state["journal"]), **vars(sizes)}
    defaults = {name: one.default[0] for name, one in plan.typed.items() if one.default}
    known = {**follow, **defaults, **given}
    return {name: known[name] for name in plan.typed}
