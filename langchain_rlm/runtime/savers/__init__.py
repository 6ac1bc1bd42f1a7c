"""Checkpointers as the engine uses them: from asynchronous code, with one commit for the answers of a moment."""

from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm.errors import InputError
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.savers.delegating import DelegatingSaver, ThreadedSaver
from langchain_rlm.runtime.savers.grouping import GroupingSaver, may_group
from langchain_rlm.runtime.savers.keepers import ClaimKeeper, Keeper
from langchain_rlm.runtime.savers.transaction import SYNCHRONOUS, TakenOverError, kind_of

__all__ = ["GroupingSaver", "TakenOverError", "hold", "keeper_of", "may_group", "usable_by_async"]


def usable_by_async(saver: Any) -> "BaseCheckpointSaver[Any] | None":
    """Return a checkpointer with asynchronous methods, which groups what it saves where that is known to work."""
    if saver is None or isinstance(saver, DelegatingSaver):
        return saver
    if not isinstance(saver, BaseCheckpointSaver):
        msg = (
            f"checkpointer={saver!r:.100}: use a LangGraph checkpointer. Those made by from_conn_string need a with: "
            "`with SqliteSaver.from_conn_string(...) as saver`."
        )
        raise InputError(msg)
    if may_group(saver):
        return GroupingSaver(saver)
    is_synchronous = kind_of(saver) in SYNCHRONOUS or type(saver).aput is BaseCheckpointSaver.aput
    if is_synchronous:
        return ThreadedSaver(saver)
    return saver if isinstance(saver, InMemorySaver) else DelegatingSaver(saver)


def keeper_of(saver: "BaseCheckpointSaver[Any]") -> Keeper | None:
    """What keeps the leases of its threads; None where all that can have one are in this process."""
    if isinstance(saver, GroupingSaver):
        return saver
    if not isinstance(saver, DelegatingSaver) or isinstance(saver.saver, InMemorySaver):
        return None
    return ClaimKeeper(saver.asked)


async def hold(config: RunnableConfig) -> None:
    """Make sure, in a node, that its run has its thread still; see `DelegatingSaver.hold`."""
    saver = config.get("configurable", {}).get(langgraph_keys.CHECKPOINTER)
    if isinstance(saver, DelegatingSaver):
        await saver.hold(config)
