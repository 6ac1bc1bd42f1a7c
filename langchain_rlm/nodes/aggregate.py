"""aggregate: the answers go back into the paused cell, and it runs on."""

from collections.abc import Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm.errors import SubModelError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import AnswerEntry
from langchain_rlm.journal.parts import Call
from langchain_rlm.models.failures import ModelCallError
from langchain_rlm.models.remedies import unusable
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.nodes.confirm import TOOL, confirmed
from langchain_rlm.runtime.registry import RunRegistry
from langchain_rlm.runtime.run import Run
from langchain_rlm.state import RLMState


async def aggregate(registry: RunRegistry, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Resume the cell with the answers to what it asked last, in the order asked; send out calls without an answer.

    A person is asked here when the quote is high: the node begins anew when the run is resumed, and nothing before the
    question costs anything.
    """
    run = await registry.run_of(state, config)
    asked, given = journals.last_asked(state["journal"])
    turn = Turn.recorded(run, state)
    waiting = [call for call in asked["calls"] if call["id"] not in given]
    if waiting and "quote" in asked and not journals.is_confirmed(state["journal"]):
        denied = confirmed(turn, asked, waiting, config.get("metadata", {}).get(TOOL, ""))
        given |= denied
        waiting = [call for call in waiting if call["id"] not in denied]
    held = _held(run, waiting)
    turn.entries += held.values()
    given |= held
    waiting = [call for call in waiting if call["id"] not in held]
    if waiting:
        return turn.ask(waiting)
    return await turn.go_on(journals.results_of(asked, given))


def _held(run: Run, waiting: Sequence[Call]) -> dict[str, AnswerEntry]:
    """The failures that were held back until their model has replied to another call.

    Where it has not, the journal has no answers: a run that is resumed asks again.
    """
    for call in waiting:
        model = run.model_of(call)
        if model and (failure := run.tree.caller.unusable(model)):
            raise SubModelError(unusable("sub-model", model, ModelCallError(failure)))
    return {call["id"]: run.held.pop(call["id"]) for call in waiting if call["id"] in run.held}
