"""Finding the live side of a run: by its state, by what its journal says, by where its text is."""

from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from langchain_rlm.budget import Budget
from langchain_rlm.context import formats
from langchain_rlm.context.blobs import Directory
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.searchable import Searchable
from langchain_rlm.context.store import ContextStore
from langchain_rlm.errors import InputError
from langchain_rlm.repl.tools import repl_tools
from langchain_rlm.runtime import registry as registries
from langchain_rlm.runtime.given import AT_ONCE
from langchain_rlm.runtime.registry import OPENED, RunRegistry, name_of_context, unknown_context
from tests.unit.journals import answer, asked, call, cell, failed, question, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import config_of, corpus, live, settings
from tests.unit.scripted_sandbox import ScriptedSandbox

USAGE = {"calls": 1, "input_tokens": 100, "output_tokens": 10, "cost": None, "estimated_calls": 0}


class Nothing(BaseRetriever):
    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        del query, run_manager
        return []


def keep(repl: ScriptedSandbox) -> None:
    repl.variables["kept"] = True


# -- trees ------------------------------------------------------------------------------------------------------------


async def test_a_state_finds_its_tree() -> None:
    async with live() as it:
        assert await it.registry.tree_of(it.state(), {}) is it.tree


async def test_a_state_without_a_live_tree_gets_one_of_the_same_name_and_the_stream_is_told() -> None:
    registry, opened = RunRegistry(settings()), list[str]()
    tree = await registry.tree_of({"tree_id": "lost"}, {"configurable": {OPENED: opened}})
    assert (tree.id, opened) == ("lost", ["lost"])
    assert registry.trees == {"lost": tree}
    await registry.close_all(["lost", "unknown"])
    assert registry.trees == {}


async def test_a_run_that_goes_on_is_not_opened_twice() -> None:
    async with live() as it:
        with pytest.raises(InputError, match="going on in this process"):
            it.registry.open_tree("t")


async def test_a_tree_sets_the_turn_of_its_first_run_aside() -> None:
    async with live(budget=Budget(turns=1)) as it:
        assert it.tree.ledger.out_of() == "turns"


# -- runs -------------------------------------------------------------------------------------------------------------


async def test_a_run_is_entered_once_and_found_again() -> None:
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus("one")
        run = await it.registry.run_of(it.state(begun()), {})
        assert await it.registry.run_of(it.state(begun()), {}) is run
        assert run.corpus.texts == ("one",)


async def test_runs_of_one_tree_are_told_apart_by_their_path() -> None:
    async with live() as it:
        first = await it.run()
        pieces = {"pieces": [["about ", [0, 4, 10]]], "single": True, "names": ["text 1"]}
        below = await it.registry.run_of(it.state(begun(), path="/1", depth=1, context_ref=pieces), {})
        assert below is not first
        assert (below.corpus.texts, below.depth) == (("about kettle",), 1)


async def test_a_task_that_does_not_say_its_run_reads_it_from_the_graph() -> None:
    async with live() as it:
        state = it.state(begun())
        place = it.registry.state_of(config_of(state))
        assert (place["tree_id"], place["path"]) == ("t", "")
        assert "journal" not in place
        assert it.registry.state_of({}) == {}


async def test_a_tool_must_not_have_the_name_of_what_searches_the_context() -> None:
    def search(query: str) -> str:
        return query

    async with live(tools=repl_tools([search])) as it:
        await it.run("text that is read")
        with pytest.raises(InputError, match="Rename the tool"):
            await it.registry.enter(it.tree, it.state(), Corpus((), searchable=Searchable(Nothing())))


async def test_a_failed_node_gives_its_repl_up() -> None:
    async with live({"keep": keep}) as it:
        run = await it.run()
        await run.start("keep", [begun()])
        await it.registry.give_up(it.state())
        assert run.repl.sandbox is None
        assert it.sandbox.is_closed
        await it.registry.give_up({"tree_id": "unknown"})


async def test_the_end_of_a_tree_takes_its_runs_along() -> None:
    async with live({"keep": keep}) as it:
        run = await it.run()
        await run.start("keep", [begun()])
        other = it.registry.open_tree("other")
        await it.registry.enter(other, {"path": "", "depth": 0}, corpus())
        await it.registry.close(it.tree)
        assert it.sandbox.is_killed
        assert list(it.registry.runs) == [("other", "")]
        await it.registry.close(other)


# -- what a journal says was spent ------------------------------------------------------------------------------------

JOURNAL = [begun(), reply("x"), cell("x"), asked(call("1"), call("2"), call("7")), answer("1", model="m", usage=USAGE),
           failed("2", refused=True)]  # fmt: skip


async def test_a_run_that_goes_on_owes_what_its_journal_says_and_counts_its_calls_on() -> None:
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus()
        run = await it.registry.run_of(it.state(*JOURNAL), {})
        await it.registry.run_of(it.state(*JOURNAL), {})  # once
        ledger = it.tree.ledger
        assert (ledger.turns, ledger.sub_queries, ledger.tokens) == (1, 2, 15 + 110)
        assert run.calls == 7


async def test_only_the_newest_question_is_charged() -> None:
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus()
        run = await it.registry.run_of(it.state(*JOURNAL, question("And?")), {})
        assert (it.tree.ledger.turns, it.tree.ledger.sub_queries, run.calls) == (0, 0, 7)


async def test_a_run_that_is_in_its_last_turn_holds_none_back() -> None:
    async with live(budget=Budget(turns=2)) as it:
        it.tree.corpora["sha256:0"] = corpus()
        run = await it.registry.run_of(it.state(begun(), reply("x", last="budget:turns")), {})
        assert run.is_last_turn
        assert not run.holds_turn


async def test_a_task_counts_from_the_journal_that_it_can_read() -> None:
    async with live() as it:
        it.tree.corpora["sha256:0"] = corpus()
        config = config_of(it.state(*JOURNAL))
        run = await it.registry.run_of(it.registry.state_of(config), config)
        assert run.is_counted
        assert it.tree.ledger.turns == 1


# -- texts ------------------------------------------------------------------------------------------------------------


async def test_a_text_that_is_nowhere_is_an_error_that_says_what_to_do() -> None:
    async with live() as it:
        with pytest.raises(InputError, match="Pass it again"):
            await it.registry.corpus_of(it.tree, it.state())


async def test_the_newest_texts_are_at_hand_when_runs_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "RECENT", 2)
    async with live(is_saved=True) as it:
        texts = [corpus(f"text {n}") for n in range(3)]
        for text in (*texts[:2], texts[0], texts[2]):
            await it.registry.keep(text, it.tree)
        found = [it.registry.at_hand(it.state(context_ref=text.ref())) for text in texts]
        assert found == [texts[0], None, texts[2]]


async def test_one_text_is_at_hand_however_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registries, "RECENT_CHARACTERS", 10)
    async with live(is_saved=True) as it:
        for text in ("a" * 8, "b" * 100):
            await it.registry.keep(corpus(text), it.tree)
        assert [known.texts for known in it.registry.recent.values()] == [("b" * 100,)]


async def test_texts_are_not_kept_for_runs_that_are_not() -> None:
    async with live() as it:
        await it.registry.keep(corpus(), it.tree)
        assert it.registry.recent == {}


async def test_a_text_comes_from_the_context_store_in_another_process(tmp_path: Path) -> None:
    text, store = corpus("one", "two"), ContextStore(Directory(tmp_path))
    async with live() as it:
        it.registry.contexts = store
        await it.registry.keep(text, it.tree)
    async with live() as it:
        it.registry.contexts = store
        found = await it.registry.corpus_of(it.tree, it.state(context_ref=text.ref()))
        assert (found.texts, found.single) == (("one", "two"), False)
        assert it.tree.corpora[text.hash] is found


async def test_what_is_only_searched_is_known_by_its_run_alone() -> None:
    searched = Corpus((), searchable=Searchable(Nothing()))
    async with live(is_saved=True) as it:
        await it.registry.keep(searched, it.tree)
        assert it.registry.at_hand(it.state(context_ref=searched.ref())) is searched
        assert it.registry.at_hand({"tree_id": "other", "context_ref": searched.ref()}) is None


def test_an_error_about_a_context_says_which_one() -> None:
    assert name_of_context({"hash": "sha256:1"}) == "sha256:1"
    many = {"hash": "sha256:1", "names": ["a", "b", "c"], "documents": 5}
    assert name_of_context(many) == "a, b, c and 2 more documents; sha256:1"
    assert "is searched (Nothing)" in str(unknown_context({"hash": "search:Nothing"}))


# -- what is known of a text ------------------------------------------------------------------------------------------


async def test_a_text_is_looked_at_once_for_all_questions_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = list[str]()

    def counting(text: Any, *, name: str) -> Any:
        looked.append(name)
        return formats.profile(text, name=name)

    monkeypatch.setattr(registries, "profile", counting)
    registry = RunRegistry(settings())
    for tree_id, text in (("a", "one"), ("b", "one"), ("c", "two"), ("d", "one"), ("e", "x" * 2 * AT_ONCE)):
        tree = registry.open_tree(tree_id)
        run = await registry.enter(tree, {"path": "", "depth": 0}, corpus(text))
        assert [profile.characters for profile in run.profiles] == [len(text)]
    assert len(looked) == 3
    await registry.close_all(["a", "b", "c", "d", "e"])


async def test_the_profiles_of_the_newest_texts_are_at_hand_and_no_others() -> None:
    registry = RunRegistry(settings())
    tree = registry.open_tree("t")
    texts = [corpus(f"text {number}") for number in range(2 * registries.RECENT)]
    for text in texts:
        await registry.enter(tree, {"path": "", "depth": 0}, text)
    assert [*registry.profiles] == [text.hash for text in texts[-registries.RECENT :]]
    await registry.close(tree)
