"""The context is taken in, the route chosen, and the journal begun."""

from datetime import datetime
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from langchain_rlm.budget import Budget
from langchain_rlm.errors import InputError
from langchain_rlm.nodes.inspect import choose_route, inspect
from langchain_rlm.repl.tools import repl_tools
from langchain_rlm.runtime.registry import BEGUN, OPENED
from langchain_rlm.runtime.run import Run
from tests.unit.journals import answer, asked, call, end, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import TEXT, corpus, live


class Nothing(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        del query, run_manager
        return []


async def test_a_context_from_outside_begins_a_run_that_the_stream_is_told_of() -> None:
    async with live() as it:
        opened: list[str] = []
        given: Any = {"question": "Where?", "context": {"a": "one", "b": "two"}}
        command: Any = await inspect(it.registry, given, {"configurable": {OPENED: opened}})
        update = command.update
        assert command.goto == "decompose"
        assert opened == [update["tree_id"]]
        assert update["context"] is None  # never in a checkpoint
        assert (update["context_ref"]["documents"], update["context_ref"]["names"]) == (2, ["a", "b"])
        assert (update["answer"], update["turns"]) == ("", 0)
        assert it.registry.runs[opened[0], ""].corpus.texts == ("one", "two")
        await it.registry.close_all(opened)


async def test_the_journal_begins_with_what_a_replay_needs() -> None:
    async with live(route="rlm") as it:
        it.tree.corpora["sha256:0"] = corpus()
        config: Any = {"configurable": {BEGUN: it.state(), OPENED: []}}
        command: Any = await inspect(it.registry, {"question": "Where?"}, config)
        (first,) = command.update["journal"]
        assert (first["kind"], first["question"], first["route"]) == ("run", "Where?", "rlm")
        assert (first["id"], first["path"], first["seed"]) == ("t", "", "t/")
        assert first["chunk_size"] == it.tree.settings.chunk_size
        assert (first["documents"], first["characters"]) == (1, len(TEXT))
        assert [0, 0, len(TEXT)] in first["shown"]
        assert datetime.fromisoformat(first["started"]).tzinfo is not None
        assert it.events[-1]["event"] == "inspect"


async def test_a_further_question_goes_on_with_the_journal_and_its_numbers() -> None:
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus()
        state = it.state(begun(), reply("x"), asked(call("7")), answer("7"), end())
        config: Any = {"configurable": {BEGUN: state, OPENED: []}}
        command: Any = await inspect(it.registry, {"question": "And?"}, config)
        assert command.update["journal"] == [{"kind": "question", "text": "And?"}]
        assert it.registry.runs["t", ""].calls == 7


async def test_of_a_direct_run_nothing_is_shown_beforehand() -> None:
    async with live(route="direct") as it:
        it.tree.corpora["sha256:0"] = corpus()
        config: Any = {"configurable": {BEGUN: it.state(), OPENED: []}}
        command: Any = await inspect(it.registry, {"question": "Where?"}, config)
        assert command.update["journal"][0]["shown"] == []


async def test_of_a_long_text_head_and_tail_count_as_shown_and_of_many_one_head_of_each_kind() -> None:
    long = "\n".join(f"line {number} of the text" for number in range(2_000))
    for texts, expected in (((long,), 2), ((long, long), 1)):
        async with live() as it:
            it.tree.corpora["sha256:0"] = corpus(*texts)
            config: Any = {"configurable": {BEGUN: it.state(), OPENED: []}}
            command: Any = await inspect(it.registry, {"question": "Where?"}, config)
            shown = command.update["journal"][0]["shown"]
            assert len(shown) == expected
            assert all(number == 0 and 0 <= first < last <= len(long) for number, first, last in shown)
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus(long, "name,count\n" + "goose,1\n" * 50, long)
        command = await inspect(it.registry, {"question": "?"}, {"configurable": {BEGUN: it.state(), OPENED: []}})
        assert [number for number, _, _ in command.update["journal"][0]["shown"]] == [0, 1]


@pytest.mark.parametrize("asks", [None, "", "  \n", 3])
async def test_a_question_is_asked_in_words(asks: Any) -> None:
    async with live() as it:
        with pytest.raises(InputError, match="Ask something in words"):
            await inspect(it.registry, {"question": asks, "context": "x"}, {})


async def test_without_a_context_and_a_run_there_is_nothing_to_ask() -> None:
    async with live() as it:
        with pytest.raises(InputError, match="no context"):
            await inspect(it.registry, {"question": "Where?"}, {})


async def test_a_quote_needs_a_checkpointer_to_wait_in() -> None:
    async with live(budget=Budget(confirm_above=1)) as it:
        with pytest.raises(InputError, match="needs a checkpointer"):
            await inspect(it.registry, {"question": "Where?", "context": "x"}, {"configurable": {OPENED: []}})


@pytest.mark.parametrize("wanted", [{"require_coverage": 0.5}, {"require_citations": True}])
async def test_what_is_only_searched_cannot_be_read_or_cited(wanted: dict[str, Any]) -> None:
    async with live(**wanted) as it:
        with pytest.raises(InputError, match=next(iter(wanted))):
            await inspect(it.registry, {"question": "Where?", "context": Nothing()}, {"configurable": {OPENED: []}})


# -- the route --------------------------------------------------------------------------------------------------------


async def route(*texts: str, **given: Any) -> str:
    async with live(**{"route": "auto", **given}) as it:
        return choose_route(await it.run(*texts))


async def test_a_small_context_is_read_directly() -> None:
    assert await route("short") == "direct"
    assert await route("word " * 20_000) == "rlm"
    assert await route("word " * 2_000, "word " * 2_000, direct_below=1_000) == "rlm"


async def test_who_chose_a_route_gets_it() -> None:
    assert await route("short", route="rlm") == "rlm"
    assert await route("word " * 20_000, route="direct") == "direct"


async def test_what_only_code_can_do_goes_through_code() -> None:
    def look_up(word: str) -> str:
        return word

    assert await route("short", tools=repl_tools([look_up])) == "rlm"
    assert await route("short", require_citations=True) == "rlm"
    assert await route("short", tools=repl_tools([look_up]), route="direct") == "direct"


async def test_what_is_searched_is_never_read_directly() -> None:
    from langchain_rlm.context.load import load_corpus

    async with live(route="direct") as it:
        assert choose_route(Run(it.tree, "", 0, load_corpus(Nothing()), [])) == "rlm"
