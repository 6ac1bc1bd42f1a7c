"""One run, live: steps in its REPL, what the host answers, and a REPL built again from the journal."""

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import BaseModel

from langchain_rlm.budget import Budget
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.searchable import Searchable
from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.protocol import Asked, Ended, SandboxLostError
from langchain_rlm.response_format import ResponseFormat
from langchain_rlm.runtime import run as runs
from langchain_rlm.runtime.run import Run, emit, waiting
from tests.unit.journals import answer, asked, call, cell, cell_end, question, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import TEXT, live
from tests.unit.scripted_sandbox import Script, ScriptedSandbox


def ask(repl: ScriptedSandbox) -> Script:
    (repl.variables["said"],) = yield from repl.ask("q")
    repl.print(repl.variables["said"])


def keep(repl: ScriptedSandbox) -> None:
    repl.variables["kept"] = "kept"
    repl.print("kept")


def left(repl: ScriptedSandbox) -> None:
    repl.print(repl.host("budget")["turns"])


def cite(repl: ScriptedSandbox) -> None:
    repl.print(repl.host("cite", "kettle", None, None)["mark"])


def crash(repl: ScriptedSandbox) -> Ended:
    repl.host("budget")
    msg = "gone"
    raise SandboxLostError(msg)


CELLS = {"ask": ask, "keep": keep, "left": left, "cite": cite, "crash": crash}


# -- steps ------------------------------------------------------------------------------------------------------------


async def test_a_cell_runs_until_it_asks_and_goes_on_with_the_answer() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        outcome = await run.start("ask", [begun()])
        assert isinstance(outcome, Asked)
        assert [each.prompt for each in outcome.calls] == ["q"]
        outcome = await run.resume([("ok", "an answer")], [begun()])
        assert isinstance(outcome, Ended)
        assert outcome.output == "an answer\n"


async def test_only_the_first_cell_after_a_question_finds_answer_empty() -> None:
    before = [begun(), reply("keep")]
    drafts: list[str] = []

    def spoil(repl: ScriptedSandbox) -> None:
        drafts.append(repl.variables["answer"]["content"])
        repl.variables["answer"]["content"] = "spoilt"

    async with live({**CELLS, "spoil": spoil}) as it:
        run = await it.run()
        for journal in (
            before,
            [*before, cell("keep"), cell_end()],
            [*before, cell("keep"), cell_end(), question("?")],
        ):
            await run.start("spoil", journal)
    assert drafts == ["", "spoilt", ""]


async def test_a_variable_and_the_draft_are_read_from_the_repl() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        await run.start("keep", [begun()])
        it.sandbox.variables["answer"]["content"] = "half"
        assert await run.variable("kept", [begun()]) == ("kept",)
        assert await run.variable("other", [begun()]) is None
        assert await run.draft([begun()]) == "half"


async def test_the_sandbox_is_made_of_what_the_journal_says() -> None:
    async with live(CELLS, tools={}) as it:
        run = await it.run("one", "two")
        await run.start("keep", [begun(seed="s", chunk_size=77)])
        context = it.sandbox.context
        assert (it.sandbox.seed, context.chunk_size) == ("s", 77)
        assert (context.texts, context.single) == (("one", "two"), False)


async def test_a_journal_that_says_no_size_of_chunks_takes_that_of_the_settings() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        await run.start("keep", [begun(chunk_size=None)])
        assert it.sandbox.context.chunk_size == it.tree.settings.chunk_size


# -- lost, and built again --------------------------------------------------------------------------------------------

ANSWERED = [begun(), reply("keep"), cell("keep"), cell_end("kept\n"), reply("ask"), cell("ask"), asked(call("1")),
            answer("1"), cell_end("an answer\n")]  # fmt: skip


async def test_what_was_evicted_is_built_again_from_the_journal() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        await run.start("keep", [begun()])
        run.repl.evict()
        assert await run.variable("said", ANSWERED) == ("an answer",)
        assert await run.variable("kept", ANSWERED) == ("kept",)
        assert [len(it.sandboxes.opened), it.sandbox.ran] == [2, ["keep", "ask"]]


async def test_a_paused_cell_is_built_again_at_its_question() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        outcome = await run.resume([("ok", "later")], ANSWERED[:7])
        assert isinstance(outcome, Ended)
        assert outcome.output == "later\n"


async def test_a_repl_that_differs_from_the_record_is_an_error_and_not_used() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        with pytest.raises(ReplayError):
            await run.variable("kept", [begun(), reply("keep"), cell("keep"), cell_end("other\n")])
        assert run.repl.sandbox is None
        assert it.sandbox.is_killed


async def test_a_crash_from_outside_is_made_up_for_once() -> None:
    attempts: list[int] = []

    def once(repl: ScriptedSandbox) -> Ended | None:
        repl.host("budget")
        attempts.append(1)
        return crash(repl) if len(attempts) == 1 else None

    async with live({"once": once}) as it:
        run = await it.run()
        outcome = await run.start("once", [begun()])
        assert isinstance(outcome, Ended)
        assert not outcome.lost
        assert len(run.take_hosts()) == 1  # of the attempt that counts


async def test_a_second_crash_is_the_outcome() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        outcome = await run.start("crash", [begun()])
        assert isinstance(outcome, Ended)
        assert outcome.error == "gone, twice; the variables of this cell are lost."
        assert outcome.lost
        assert len(it.sandboxes.opened) == 2
        assert run.repl.sandbox is None


async def test_a_cell_has_as_long_as_the_run_has_and_a_grace_at_its_end() -> None:
    async with live(CELLS, budget=Budget(seconds=100)) as it:
        run, now = await it.run(), it.tree.ledger.clock()
        it.tree.ledger.clock = lambda: now
        assert run._seconds() == pytest.approx(90, abs=0.1)
        run.is_last_turn = True
        assert run._seconds() == pytest.approx(100, abs=0.1)
        it.tree.ledger.clock = lambda: now + 1_000
        assert run._seconds() == runs.GRACE
    async with live(CELLS, budget=Budget(seconds=None)) as it:
        assert (await it.run())._seconds() is None


# -- the host ---------------------------------------------------------------------------------------------------------


async def test_what_the_host_answers_is_kept_for_the_journal_once() -> None:
    async with live(CELLS, budget=Budget(turns=7)) as it:
        run = await it.run()
        outcome = await run.start("left", [begun()])
        assert isinstance(outcome, Ended)
        assert outcome.output == "7\n"
        (entry,) = run.take_hosts()
        assert (entry["name"], entry["value"]["turns"]) == ("budget", 7)
        assert run.take_hosts() == []


async def test_the_same_place_is_cited_by_the_same_mark() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        outputs = [await run.start("cite", [begun()]) for _ in range(2)]
        assert [isinstance(outcome, Ended) and outcome.output for outcome in outputs] == ["[c1]\n", "[c1]\n"]
        assert run._host("cite", "stove", None, None)["mark"] == "[c2]"


async def test_a_quote_that_is_not_there_is_an_error_that_code_is_told() -> None:
    async with live(CELLS) as it:
        assert "not in the text" in (await it.run())._host("cite", "no such words", None, None)["error"]


async def test_citations_of_a_repl_that_is_built_again_go_on_counting() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        await run.start("cite", [begun()])
        hosts = run.take_hosts()
        run.repl.evict()
        run.cited.clear()
        await run.variable("x", [begun(), reply("cite"), cell("cite"), *hosts, cell_end("[c1]\n")])
        assert run._host("cite", "stove", None, None)["mark"] == "[c2]"


# -- facts of a run ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "depth", "asks", "recurses"),
    [(0, 0, False, False), (1, 0, True, False), (2, 0, True, True), (2, 1, True, False)],
)
async def test_how_deep_a_run_may_ask(budget: int, depth: int, *, asks: bool, recurses: bool) -> None:
    async with live(budget=Budget(depth=budget)) as it:
        run = await it.run(depth=depth)
        assert (run.may_ask, run.may_recurse) == (asks, recurses)


async def test_the_form_of_the_answer_is_for_the_first_run_alone() -> None:
    class Form(BaseModel):
        n: int

    form = ResponseFormat.of(Form)
    async with live(response_format=form) as it:
        assert (await it.run()).response_format is form
        assert (await it.run(path="/1", depth=1)).response_format is None


async def test_a_context_that_is_searched_brings_its_own_functions() -> None:
    class Nothing(BaseRetriever):
        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
            del query, run_manager
            return []

    async with live() as it:
        run = Run(it.tree, "", 0, Corpus((), searchable=Searchable(Nothing())), [])
        assert sorted(run.tools) == ["fetch", "search"]
        assert (await it.run()).tools == {}


async def test_the_turn_that_was_set_aside_is_given_back_once() -> None:
    async with live(budget=Budget(turns=2)) as it:
        run = await it.run()
        it.tree.ledger.take_turn()
        assert it.tree.ledger.out_of() == "turns"
        run.give_turn_back()
        assert it.tree.ledger.out_of() is None
        it.tree.ledger._set_aside = 1
        run.give_turn_back()
        assert it.tree.ledger.out_of() == "turns"


async def test_what_was_asked_last_is_read_once_for_all_of_its_tasks() -> None:
    read: list[str] = []

    def journal(channel: str) -> Any:
        read.append(channel)
        return [begun(), reply("ask"), cell("ask"), asked(call("1"), call("2"))]

    async with live() as it:
        run = await it.run()
        for identity in ("1", "2", "1"):
            calls, turn = run.asked_now(identity, journal)
            assert (sorted(calls), turn) == (["1", "2"], 1)
    assert read == ["journal"]


async def test_events_say_which_run_they_are_of_and_need_no_listener() -> None:
    async with live() as it:
        run = await it.run(path="/3", depth=1)
        emit("turn", run, turn=1)
        assert it.events[0] == {"event": "turn", "run": "/3", "depth": 1, "at": it.events[0]["at"], "turn": 1}
        it.tree.writer = None
        emit("turn", run, turn=2)
        assert len(it.events) == 1


def test_only_waiting_that_is_worth_a_word_is_told() -> None:
    assert waiting(0.001) == {}
    assert waiting(1.23456) == {"waited": 1.235}


async def test_a_runs_text_is_what_code_sees() -> None:
    async with live() as it:
        await (await it.run()).draft([begun(chunk_size=50)])
        context = it.sandbox.context
        assert (context.texts, context.single, context.chunk_size) == ((TEXT,), True, 50)
        assert [source["name"] for source in context.sources] == ["text 0"]
