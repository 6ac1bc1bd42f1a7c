"""A turn of the root model: what it is told, what becomes of its reply, and when it is the last."""

from typing import Any

import pytest
from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.graph import END
from pydantic import BaseModel

from langchain_rlm import prompts
from langchain_rlm.budget import Budget
from langchain_rlm.errors import ModelError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.nodes.decompose import NoReplyError, decompose
from langchain_rlm.repl.tools import repl_tools
from langchain_rlm.response_format import ResponseFormat
from tests.unit.journals import begun_scripted as begun
from tests.unit.journals import cell, cell_end, end, note, question, reply
from tests.unit.live import TEXT, Live, Model, kinds, live, saying
from tests.unit.scripted_sandbox import ScriptedSandbox

CELL = "```repl\nkeep\n```"


def keep(repl: ScriptedSandbox) -> None:
    repl.variables["kept"] = 1


async def turn(it: Live, *journal: Entry, enter: bool = True) -> Any:
    if enter:
        await it.run()
    return await decompose(it.registry, it.state(*journal), {})


def told(model: Model, time: int = -1) -> list[BaseMessage]:
    return model.asked[time]


# -- a reply ----------------------------------------------------------------------------------------------------------


async def test_a_reply_is_saved_before_its_cells_run() -> None:
    async with live({"keep": keep}, model=saying(CELL, model_name="root")) as it:
        command = await turn(it, begun())
        (entry,) = command.update["journal"]
        assert (command.goto, entry["kind"], entry["text"], entry["turn"]) == ("decompose", "reply", CELL, 1)
        assert (entry["model"], entry["last"], entry["usage"]["calls"]) == ("root", None, 1)
        assert it.sandboxes.opened == []
        assert it.tree.ledger.turns == 1


async def test_a_reply_on_record_is_not_asked_for_again() -> None:
    async with live({"keep": keep}, model=saying()) as it:
        command = await turn(it, begun(), reply("keep"))
        assert kinds(command.update["journal"]) == ["cell", "cell_end"]
        assert it.tree.settings.model.asked == []  # type: ignore[attr-defined]


async def test_progress_is_told_before_and_after_the_call() -> None:
    async with live(model=saying(CELL)) as it:
        await turn(it, begun())
        assert [event["event"] for event in it.events] == ["turn", "reply", "budget"]


async def test_a_reply_cut_off_in_a_cell_is_continued_and_paid_as_one() -> None:
    parts = [AIMessage(part, response_metadata={"finish_reason": "length"}) for part in ("```repl\nke", "ep\n``")]
    model = saying(*parts, AIMessage("`"))
    async with live(model=model) as it:
        (entry,) = (await turn(it, begun())).update["journal"]
        assert (entry["text"], entry["cut_off"], entry["usage"]["calls"]) == (CELL, False, 3)
        assert [message.text for message in told(model)[-2:]] == ["```repl\nkeep\n``", prompts.CONTINUE]
        assert it.tree.ledger.turns == 1


async def test_a_reply_cut_off_behind_its_cell_is_taken_as_it_is() -> None:
    model = saying(AIMessage(f"{CELL}\nand so o", response_metadata={"finish_reason": "length"}))
    async with live(model=model) as it:
        await turn(it, begun())
        assert len(model.asked) == 1


# -- what the model is told -------------------------------------------------------------------------------------------


async def test_the_model_is_told_the_question_and_what_the_repl_has() -> None:
    def look_up(word: str) -> str:
        """Finds a word."""
        return word

    model = saying(CELL)
    given: dict[str, Any] = {"tools": repl_tools([look_up]), "sub_models": {"large": Model()}}
    async with live(model=model, **given) as it:
        await turn(it, begun("Where is it?"))
        system, first = told(model)
        assert "llm_query" in system.text
        assert "<question>\nWhere is it?\n</question>" in first.text
        assert "look_up(word: str) -> str`: Finds a word." in first.text
        assert "large" in first.text
        assert TEXT in first.text  # the head of a short text


async def test_a_run_without_sub_calls_is_not_told_of_them() -> None:
    model = saying(CELL)
    async with live(model=model, budget=Budget(depth=0)) as it:
        await turn(it, begun())
        assert "llm_query" not in "".join(message.text for message in told(model))


async def test_the_first_message_never_changes_and_the_last_says_what_is_left() -> None:
    model = saying(CELL, CELL)
    async with live(model=model, budget=Budget(turns=9)) as it:
        await turn(it, begun())
        journal = [begun(), reply("keep"), cell("keep"), cell_end("seen"), question("And?")]
        await turn(it, *journal, enter=False)
        assert told(model, 0)[:2] == told(model, 1)[:2]
        last = told(model, 1)[-1].text
        assert "seen" in last
        assert prompts.next_question("And?") in last
        assert "[left: 8 turns" in last
        assert last.endswith("turns run out first]")


async def test_a_conversation_that_does_not_fit_is_folded_and_sent_again() -> None:
    model = saying(ContextOverflowError("too long"), CELL)
    old = [entry for n in range(6) for entry in (reply("keep"), cell("keep"), cell_end(f"output {n} " + "x" * 200))]
    async with live(model=model) as it:
        command = await turn(it, begun(), *old)
        assert command.goto == "decompose"
        whole, folded = (sum(len(message.text) for message in messages) for messages in model.asked)
        assert folded < whole
        assert "[older output, " in "".join(message.text for message in told(model))


# -- out of budget ----------------------------------------------------------------------------------------------------


async def test_the_last_turn_is_the_one_that_was_set_aside() -> None:
    model = saying(CELL)
    async with live(model=model, budget=Budget(turns=1)) as it:
        run = await it.run()
        command = await turn(it, begun(), enter=False)
        (entry,) = command.update["journal"]
        assert entry["last"] == "budget:turns"
        assert told(model)[-1].text.endswith(prompts.last_turn_message("turns"))
        assert (run.is_last_turn, run.holds_turn, it.tree.ledger.turns) == (True, False, 1)


async def test_a_turn_that_the_budget_refuses_is_not_taken_and_the_last_one_is() -> None:
    async with live(model=saying(CELL), budget=Budget(tokens=100_000)) as it:
        it.tree.ledger.record("m", {"input_tokens": 89_900, "output_tokens": 0})  # a tenth is set aside for the end
        command = await turn(it, begun())
        assert command.update["journal"][0]["last"] == "budget:tokens"
        assert it.tree.ledger.turns == 1


async def test_a_last_turn_without_a_reply_ends_with_the_best_there_is() -> None:
    async with live(model=saying(RuntimeError("no")), budget=Budget(turns=1)) as it:
        command = await turn(it, begun(), note("x", refused_answer="half"))
        assert (command.goto, command.update["answer"], command.update["stop_reason"]) == (END, "half", "budget:turns")
        (said, _) = command.update["journal"]
        assert said["text"].startswith("The last turn failed. The root model")


async def test_a_root_model_that_cannot_be_used_is_an_error() -> None:
    async with live(model=saying(RuntimeError("broken"))) as it:
        with pytest.raises(ModelError, match="broken"):
            await turn(it, begun())


async def test_a_refusal_at_first_is_an_error_and_later_ends_the_run_with_what_was_paid_for() -> None:
    refusal = AIMessage("", additional_kwargs={"refusal": "I will not."})
    async with live(model=saying(refusal, refusal)) as it:
        with pytest.raises(NoReplyError):
            await turn(it, begun())
        journal = [begun(), reply("keep"), cell("keep"), cell_end("seen", lost=True)]
        command = await turn(it, *journal, enter=False)
        assert (command.goto, command.update["stop_reason"]) == (END, "gave_up")
        assert command.update["answer"].endswith("seen")


# -- the direct route -------------------------------------------------------------------------------------------------

DIRECT = begun("Where is it?", route="direct")


async def test_the_direct_route_asks_once_with_the_whole_context() -> None:
    model = saying("On the stove.")
    async with live(model=model) as it:
        command = await turn(it, DIRECT)
        assert (command.goto, command.update["answer"], command.update["stop_reason"]) == (
            END, "On the stove.", "direct",
        )  # fmt: skip
        (message,) = told(model)
        assert f"<context>\n{TEXT}\n</context>" in message.text
        assert "Where is it?" in message.text


async def test_a_further_question_goes_on_with_the_conversation() -> None:
    model = saying("Under it.")
    async with live(model=model) as it:
        await turn(it, DIRECT, reply(text="On the stove."), end(), question("And the cat?"))
        assert [message.text for message in told(model)[1:]] == ["On the stove.", "And the cat?"]


async def test_a_direct_answer_of_the_wrong_form_is_asked_for_anew_and_then_taken_as_it_is() -> None:
    class Form(BaseModel):
        n: int

    said = ["no", '{"n": 1}', "no"]
    async with live(model=saying(*said), response_format=ResponseFormat.of(Form)) as it:
        again = await turn(it, DIRECT)
        assert (again.goto, kinds(again.update["journal"])) == ("decompose", ["reply", "note"])
        taken = await turn(it, DIRECT, *again.update["journal"], enter=False)
        assert (taken.goto, taken.update["value"]) == (END, {"n": 1})
        twice = [reply(text="no"), note("x"), reply(text="no"), note("x")]
        given_up = await turn(it, DIRECT, *twice, enter=False)
        assert (given_up.goto, given_up.update["stop_reason"]) == (END, "gave_up")


async def test_a_context_that_does_not_fit_after_all_goes_the_other_way_where_that_is_left_open() -> None:
    async with live(model=saying(ContextOverflowError("too long")), route="auto") as it:
        command = await turn(it, DIRECT)
        assert (command.goto, command.update["journal"]) == ("decompose", [{"kind": "route", "route": "rlm"}])
    async with live(model=saying(ContextOverflowError("too long")), route="direct") as it:
        with pytest.raises(ModelError):
            await turn(it, DIRECT)


async def test_a_direct_call_that_the_budget_refuses_ends_the_run() -> None:
    async with live(model=saying(), budget=Budget(tokens=10)) as it:
        command = await turn(it, DIRECT)
        assert (command.goto, command.update["answer"], command.update["stop_reason"]) == (END, "", "budget:tokens")
