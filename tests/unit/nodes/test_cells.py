"""A turn: its cells run until they end, ask or give the answer, and every way on is chosen here."""

from typing import Any

import pytest
from langgraph.graph import END
from langgraph.types import Send
from pydantic import BaseModel

from langchain_rlm import prompts
from langchain_rlm.budget import Budget
from langchain_rlm.nodes import cells as cells_module
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.repl.protocol import Ended
from langchain_rlm.response_format import ResponseFormat
from tests.unit.journals import answer, asked, call, cell, cell_end, failed, note, question, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import PRICED, Live, Model, kinds, live
from tests.unit.scripted_sandbox import Cell, Script, ScriptedSandbox


def keep(repl: ScriptedSandbox) -> None:
    repl.variables["kept"] = "a value"
    repl.print("printed")


def final(repl: ScriptedSandbox) -> Ended:
    return repl.final("the answer")


def number(repl: ScriptedSandbox) -> Ended:
    return repl.final({"n": 1})


def fail(_: ScriptedSandbox) -> None:
    raise LookupError


def ask(repl: ScriptedSandbox) -> Script:
    said = yield from repl.ask("a", "b")
    return repl.final(" ".join(said))


def use(repl: ScriptedSandbox) -> Script:
    repl.host("budget")
    repl.print((yield from repl.use("add", 1)))


def stubborn(repl: ScriptedSandbox) -> Script:
    while True:
        try:
            yield from repl.ask("a")
        except RuntimeError:
            continue


CELLS: dict[str, Cell] = {
    "keep": keep, "final": final, "number": number, "fail": fail, "ask": ask, "use": use, "stubborn": stubborn,
}  # fmt: skip


async def read(it: Live, *journal: Any, **more: Any) -> Any:
    """What comes of the reply that ends the journal."""
    run = await it.run(**more)
    return await Turn.recorded(run, it.state(*journal)).read()


def entries(command: Any) -> list[Any]:
    return list(command.update["journal"])


# -- cells ------------------------------------------------------------------------------------------------------------


async def test_the_cells_of_a_reply_run_in_order_and_lead_to_the_next_turn() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply("keep", "keep"))
        assert command.goto == "decompose"
        assert kinds(entries(command)) == ["cell", "cell_end"] * 2
        assert [e["index"] for e in entries(command) if e["kind"] == "cell"] == [0, 1]
        assert it.sandbox.ran == ["keep", "keep"]


async def test_the_end_of_a_cell_is_written_down_with_what_it_printed_and_assigned() -> None:
    async with live(CELLS) as it:
        end = entries(await read(it, begun(), reply("keep")))[-1]
        assert (end["output"], end["printed"], end["hash"]) == ("printed\n", 8, Ended("printed\n").digest())
        assert end["variables"] == [["kept", "str", 7]]
        assert (end["error"], end["lost"], end["refused"]) == (None, False, False)


async def test_long_output_is_kept_cut_and_hashed_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "KEPT_OUTPUT", 30)
    async with live({"long": lambda repl: repl.print("x" * 99)}) as it:
        end = entries(await read(it, begun(), reply("long")))[-1]
        assert "70 of 100 characters left out" in end["output"]
        assert (end["printed"], end["hash"]) == (100, Ended("x" * 99 + "\n").digest())


async def test_what_a_cell_prints_of_the_context_counts_as_shown() -> None:
    text = "The kettle is on the stove and the cat is under it, as every morning since the autumn began. "
    async with live({"show": lambda repl: repl.print(repl.context.texts[0])}) as it:
        run = await it.run(text)
        end = entries(await Turn.recorded(run, it.state(begun(), reply("show"))).read())[-1]
        assert end["shown"] == [[0, 0, len(text)]]


async def test_a_cell_that_fails_ends_its_turn() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply("fail", "keep"))
        assert command.goto == "decompose"
        assert it.sandbox.ran == ["fail"]
        assert entries(command)[-1]["error"] == "LookupError: "


async def test_an_answer_ends_the_run_and_the_cells_after_it_do_not_run() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply("final", "keep"))
        assert (command.goto, command.update["answer"], command.update["stop_reason"]) == (
            END,
            "the answer",
            "answered",
        )
        assert it.sandbox.ran == ["final"]


async def test_what_a_cell_asks_goes_out_as_tasks() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply("ask"))
        assert all(isinstance(task, Send) for task in command.goto)
        assert [task.arg["calls"] for task in command.goto] == [["1"], ["2"]]
        assert kinds(entries(command)) == ["cell", "asked"]


async def test_answers_put_into_the_cell_run_it_on_to_its_end() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        journal = [begun(), reply("ask"), cell("ask"), asked(call("1", "a"), call("2", "b")), answer("1"), answer("2")]
        command: Any = await Turn.recorded(run, it.state(*journal)).go_on([("ok", "one"), ("ok", "two")])
        assert command.update["answer"] == "one two"
        assert kinds(entries(command)) == ["cell_end", "end"]


async def test_what_the_host_answered_stands_before_what_came_after_it() -> None:
    async with live(CELLS) as it:
        assert kinds(entries(await read(it, begun(), reply("use")))) == ["cell", "host", "asked"]


async def test_answers_at_once_come_from_the_pool_and_the_cell_runs_on() -> None:
    before = [begun(), reply("fail"), cell("fail"), asked(call("1", "a"), call("2", "b")), answer("1", "one"),
              answer("2", "two"), cell_end(error="ValueError")]  # fmt: skip
    async with live({**CELLS, "fail": ask_and_fail}) as it:
        command = await read(it, *before, reply("ask", turn=2))
        assert command.update["answer"] == "one two"
        assert kinds(entries(command)) == ["cell", "asked", "answer", "answer", "cell_end", "end"]


def ask_and_fail(repl: ScriptedSandbox) -> Script:
    yield from repl.ask("a", "b")
    raise ValueError


async def test_a_batch_over_budget_is_refused_in_the_cell_and_written_down_once() -> None:
    async with live(CELLS, budget=Budget(sub_queries=1)) as it:
        command = await read(it, begun(), reply("ask"))
        assert kinds(entries(command)) == ["cell", "asked", "cell_end"]
        assert "budget: 2 sub-queries asked, 1 left of 1" in entries(command)[-1]["error"]


async def test_a_cell_that_asks_on_and_on_after_it_was_refused_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_module, "REFUSED", 3)
    async with live(CELLS, budget=Budget(depth=0)) as it:
        run = await it.run()
        command = await Turn.recorded(run, it.state(begun(), reply("stubborn"))).read()
        assert entries(command)[-1]["lost"]
        assert "refused (4 times)" in entries(command)[-1]["error"]
        assert run.repl.sandbox is None
        assert it.sandbox.is_killed


async def test_a_costly_batch_goes_to_where_a_person_is_asked() -> None:
    async with live(CELLS, budget=Budget(confirm_above=0.0), sub_model=Model(model_name=PRICED)) as it:
        command = await read(it, begun(), reply("ask"))
        assert command.goto == "aggregate"
        assert entries(command)[-1]["quote"]["calls"] == 2


async def test_answers_of_a_batch_that_failed_in_part_are_looked_for_again() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        turn = Turn.recorded(run, it.state(begun(), reply("ask")))
        for results, is_read_again in (
            ([("ok", "1"), ("ok", "2")], False),
            ([("ok", "1"), ("failed", "t", "m")], True),
        ):
            run.pool = {}
            turn._settled(results)
            assert (run.pool is None) == is_read_again


# -- bare text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("route", "goes"), [("rlm", "__end__"), ("auto", "decompose")])
async def test_prose_gets_one_nudge_and_after_the_second_in_a_row_there_is_a_plan_or_no_answer(
    route: str, goes: str
) -> None:
    async with live(route=route) as it:
        first = await read(it, begun(), reply(text="I think so."))
        assert (first.goto, entries(first)[0]["text"]) == ("decompose", prompts.NO_CODE)
        nudged = [begun(), reply(text="I think so."), note(prompts.NO_CODE)]
        second = await read(it, *nudged, reply(text="Yes.", turn=2))
        assert second.goto == goes
        if route == "rlm":
            assert (second.update["answer"], second.update["stop_reason"]) == ("", "no_code")
        else:
            assert entries(second) == [{"kind": "route", "route": "plan"}]
        later = await read(it, *nudged, question("And?"), reply(text="Yes."))
        assert later.goto == "decompose"  # another question: nudged anew


async def test_bare_final_is_the_answer() -> None:
    async with live() as it:
        assert (await read(it, begun(), reply(text="FINAL(forty two)"))).update["answer"] == "forty two"


async def test_bare_final_var_takes_the_variable_of_the_repl() -> None:
    async with live(CELLS) as it:
        journal = [begun(), reply("keep"), cell("keep"), cell_end("printed\n"), reply(text="FINAL_VAR(kept)", turn=2)]
        assert (await read(it, *journal)).update["answer"] == "a value"


async def test_bare_final_var_of_nothing_becomes_a_note() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply(text="FINAL_VAR(nothing)"))
        assert (command.goto, entries(command)[0]["text"]) == ("decompose", prompts.unknown_final("nothing"))


async def test_bare_final_beside_cells_is_taken_only_of_a_variable_they_made() -> None:
    async with live(CELLS) as it:
        made = await read(it, begun(), reply(text="```repl\nkeep\n```\nFINAL_VAR(kept)"))
        assert made.update["answer"] == "a value"
        said = await read(it, begun(), reply(text="```repl\nkeep\n```\nFINAL(I guess)"), path="/1", depth=1)
        assert (said.goto, entries(said)[-1]["text"]) == ("decompose", prompts.FINAL_BEFORE_OUTPUT)


async def test_on_the_last_turn_bare_final_beside_cells_is_the_answer() -> None:
    async with live(CELLS) as it:
        text = "```repl\nkeep\n```\nFINAL(I guess)"
        command = await read(it, begun(), reply(text=text, last="budget:turns"))
        assert (command.update["answer"], command.update["stop_reason"]) == ("I guess", "budget:turns")


async def test_a_cut_off_reply_with_an_open_cell_runs_nothing() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply(text="```repl\nkeep", cut_off=True))
        assert (command.goto, entries(command)[0]["text"]) == ("decompose", prompts.UNCLOSED)
        assert it.sandboxes.opened == []


# -- answers that are not taken ---------------------------------------------------------------------------------------


async def test_an_answer_of_the_wrong_form_becomes_a_note_that_keeps_it() -> None:
    class Form(BaseModel):
        n: int

    async with live(CELLS, response_format=ResponseFormat.of(Form)) as it:
        refused = await read(it, begun(), reply("final"))
        assert refused.goto == "decompose"
        assert entries(refused)[-1]["refused_answer"] == "the answer"
        assert "does not have the form" in entries(refused)[-1]["text"]
        taken = await read(it, begun(), reply("number"))
        assert (taken.update["value"], taken.update["is_structured"]) == ({"n": 1}, True)


async def test_an_answer_without_a_citation_is_refused_where_one_is_required() -> None:
    async with live(CELLS, require_citations=True) as it:
        command = await read(it, begun(), reply("final"))
        assert entries(command)[-1]["text"] == prompts.NO_CITATION
        below = await read(it, begun(), reply("final"), path="/1", depth=1)
        assert below.update["answer"] == "the answer"  # asked of the first run alone


async def test_an_answer_is_refused_until_enough_has_been_read() -> None:
    async with live(CELLS, require_coverage=0.5) as it:
        command = await read(it, begun(), reply("final"))
        assert "50.0% is required" in entries(command)[-1]["text"]
        seen = await read(it, begun(shown=[[0, 0, 20]]), reply("final"))
        assert seen.update["coverage"]["is_reached"]


async def test_the_last_turn_takes_any_answer() -> None:
    async with live(CELLS, require_citations=True) as it:
        command = await read(it, begun(), reply("final", last="budget:cost"))
        assert (command.update["answer"], command.update["stop_reason"]) == ("the answer", "budget:cost")


async def test_a_last_turn_without_an_answer_gives_the_best_there_is() -> None:
    async with live(CELLS) as it:
        journal = [begun(), note("no", refused_answer="half"), reply("fail", last="budget:turns")]
        command = await read(it, *journal)
        assert (command.update["answer"], command.update["stop_reason"]) == ("half", "budget:turns")
        nothing = await read(it, begun(), reply(text="<think>hm</think>", last="budget:turns"))
        assert (nothing.update["answer"], nothing.update["stop_reason"]) == ("", "gave_up")


async def test_on_the_last_turn_sub_queries_are_refused_in_the_cell() -> None:
    async with live(CELLS) as it:
        command = await read(it, begun(), reply("ask", last="budget:turns"))
        assert command.goto == END
        assert [e.get("refused") for e in entries(command) if e["kind"] == "answer"] == [True, True]


async def test_failed_answers_are_put_in_as_failures() -> None:
    async with live(CELLS) as it:
        run = await it.run()
        journal = [begun(), reply("ask"), cell("ask"), asked(call("1", "a"), call("2", "b")), answer("1"), failed("2")]
        command = await Turn.recorded(run, it.state(*journal)).go_on([("ok", "one"), ("failed", "server", "down")])
        assert (command.goto, entries(command)[-1]["error"]) == ("decompose", "RuntimeError: server: down")
