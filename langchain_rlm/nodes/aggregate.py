"""aggregate: the answers go back into the paused cell, and it runs on."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm.confirm import confirmed
from langchain_rlm.engine import Engine
from langchain_rlm.state import RLMState
from langchain_rlm.turn import Turn


async def aggregate(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Resume the cell with the answers to what it asked last, in the order it asked; ask for those not there yet.

    A person is asked here when the quote is high: the node begins anew when the run is resumed, and nothing that stands
    before the question costs anything.
    """
    level = await engine.level_of(state, config)
    asked, given = journals.last_asked(state["journal"])
    turn = Turn.recorded(level, state)
    waiting = [call for call in asked["calls"] if call["id"] not in given]
    if waiting and "quote" in asked and not journals.is_confirmed(state["journal"]):
        denied = confirmed(turn, asked, waiting)
        given |= denied
        waiting = [call for call in waiting if call["id"] not in denied]
    if waiting:
        return turn.ask(waiting)
    return await turn.go_on([journals.result_of(given[call["id"]]) for call in asked["calls"]])
