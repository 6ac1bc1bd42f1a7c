"""Puts a thread where a run on record is changed: another cell, or another answer."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm.errors import InputError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import append_entries
from langchain_rlm.journal.fork import with_answer, with_code
from langchain_rlm.runtime.begin import snapshot_of, thread_of
from langchain_rlm.runtime.lease import HELD
from langchain_rlm.state import NOTHING_YET


async def fork(
    graph: Any, config: RunnableConfig, *, turn: int | None = None, cell: int = 0, code: str | None = None,
    call: str | None = None, answer: Any = None,
) -> RunnableConfig:  # fmt: skip
    """Change the run on a thread of the graph; see `RLM.fork`."""
    name = thread_of(config)
    snapshot = await snapshot_of(graph, config)
    journal = (snapshot.values or {}).get("journal")
    if not journal:
        msg = f"There is no run on thread {name!r} to fork."
        raise InputError(msg)
    if (turn is None) == (call is None) or (turn is None) != (code is None):
        msg = "Say what to change: fork(config, turn=..., code=...) or fork(config, call=..., answer=...)."
        raise InputError(msg)
    if turn is not None:
        entries, node = with_code(journal, turn, cell, code)
    else:
        entries, node = with_answer(journal, str(call), answer)
    about = {"question": journals.question(append_entries(journal, [entries]))}
    update: Any = Command(update={"journal": entries, **about, **NOTHING_YET}, goto=node)
    await graph.aupdate_state(config, update, as_node="inspect")
    configurable = {key: value for key, value in config["configurable"].items() if key not in {"checkpoint_id", HELD}}
    return {**config, "configurable": configurable}
