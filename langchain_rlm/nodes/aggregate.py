"""aggregate: the answers go back into the paused cell, and it runs on."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm.engine import Engine
from langchain_rlm.state import RLMState
from langchain_rlm.turn import Turn


async def aggregate(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Resume the cell with the answers to what it asked last, in the order it asked."""
    level = await engine.level_of(state, config)
    asked, given = journals.last_asked(state["journal"])
    return await Turn.recorded(level, state).go_on([journals.result_of(given[call["id"]]) for call in asked["calls"]])
