"""LangGraph's private keys that are left, as in `langgraph._internal._constants`: hence `langgraph<1.3`."""

from langgraph.constants import CONFIG_KEY_CHECKPOINTER

CHECKPOINTER = CONFIG_KEY_CHECKPOINTER
"""The checkpointer in force for a node. `Runtime` has the store, and not this; the constant is exported for servers."""
DURABILITY = "__pregel_durability"
"""When it saves: answers of a run that saves at its end alone must not wait to be saved. Nothing public says it."""
READ = "__pregel_read"
"""Reads the graph's state from within a task of a fan-out, whose input is what was sent. `langgraph.prebuilt` reads by
the same key; the public way is to send the state along, which a checkpoint would keep for each task."""
INTERRUPT = "__interrupt__"
"""What an interrupted run waits for. Public as a key of results; LangGraph exports no constant for it."""
