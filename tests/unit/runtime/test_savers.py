"""Which checkpointers are used as they are, which are grouped, and which serve from a thread."""

import sqlite3
from collections.abc import Iterator

import pytest
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver

from langchain_rlm.errors import InputError
from langchain_rlm.runtime.savers import GroupingSaver, usable_by_async
from langchain_rlm.runtime.savers.delegating import ThreadedSaver


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", check_same_thread=False)
    yield made
    made.close()


def test_a_checkpointer_is_used_as_it_is_grouped_or_from_a_thread(connection: sqlite3.Connection) -> None:
    class Own(SqliteSaver):
        pass

    class Synchronous(InMemorySaver):
        aput = BaseCheckpointSaver.aput

    memory = InMemorySaver()
    assert usable_by_async(None) is None
    assert usable_by_async(memory) is memory
    assert isinstance(usable_by_async(SqliteSaver(connection)), GroupingSaver)
    assert isinstance(usable_by_async(Own(connection)), GroupingSaver)
    assert isinstance(usable_by_async(Synchronous()), ThreadedSaver)
    grouping = usable_by_async(SqliteSaver(connection))
    assert usable_by_async(grouping) is grouping


def test_what_is_no_checkpointer_is_refused_with_how_to_make_one() -> None:
    with pytest.raises(InputError, match="from_conn_string need a with"):
        usable_by_async(SqliteSaver.from_conn_string(":memory:"))
