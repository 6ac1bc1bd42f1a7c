"""Checkpointers as the engine uses them: from asynchronous code, with one commit for the answers of a moment."""

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from langchain_rlm.errors import InputError
from langchain_rlm.runtime.savers.delegating import DelegatingSaver, ThreadedSaver
from langchain_rlm.runtime.savers.grouping import SYNCHRONOUS, GroupingSaver, kind_of, may_group

__all__ = ["GroupingSaver", "usable_by_async"]


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
    return ThreadedSaver(saver) if is_synchronous else saver
