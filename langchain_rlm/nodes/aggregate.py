"""aggregate: the answers go back into the paused cell, and it runs on."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm import journal as journals
from langchain_rlm.cells import run_on
from langchain_rlm.engine import Engine
from langchain_rlm.state import RLMState


async def aggregate(engine: Engine, state: RLMState, config: RunnableConfig) -> Command[Any]:  # noqa: ARG001
    """Resume the cell with the answers to what it asked last, in the order it asked."""
    level = await engine.level_of(state)
    journal = state["journal"]
    asked = journals.last_of(journal, "asked")
    assert asked is not None  # noqa: S101  # sub_query has run
    given = journals.answers(journal)
    results = [journals.result_of(given[call["id"]]) for call in asked["calls"]]
    return await run_on(level, state, results)
