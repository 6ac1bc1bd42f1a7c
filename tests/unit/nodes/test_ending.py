"""The end of a run: its answer as text and data, and the best there is when none was given."""

import json
from typing import Any

import pytest
from langgraph.graph import END
from pydantic import BaseModel

from langchain_rlm.journal.answer import as_text, digest
from langchain_rlm.nodes.ending import best_so_far, covered, finish, touched
from langchain_rlm.response_format import ResponseFormat
from tests.unit.journals import answer, asked, call, cell, cell_end, failed, note, question, reply
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import Live, live
from tests.unit.scripted_sandbox import ScriptedSandbox


async def ended(it: Live, value: Any, *journal: Any, reason: str = "answered", **run: Any) -> dict[str, Any]:
    command = finish(await it.run(**run), it.state(begun(), *journal), [], value, reason)
    assert command.goto == END
    return dict(command.update)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a text", "a text"),
        ({"n": 1}, '{"n": 1}'),
        (["\u00e9"], '["\u00e9"]'),
        (3, "3"),
        (None, "null"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_an_answer_as_text(value: Any, text: str) -> None:
    assert as_text(value) == text


async def test_an_answer_that_is_data_stays_data_beside_its_text() -> None:
    async with live() as it:
        update = await ended(it, {"n": [1, 2]})
        assert update["value"] == {"n": [1, 2]}
        assert json.loads(update["answer"]) == {"n": [1, 2]}
        assert not update["is_structured"]


async def test_the_end_is_written_down_with_the_hash_of_the_answer() -> None:
    async with live() as it:
        end = (await ended(it, "four", reason="budget:turns"))["journal"][-1]
        assert end == {"kind": "end", "stop_reason": "budget:turns", "characters": 4, "hash": digest("four")}


async def test_an_answer_of_the_form_asked_for_is_written_down_as_it_was_given_too() -> None:
    class Form(BaseModel):
        n: int

    async with live(response_format=ResponseFormat.of(Form)) as it:
        update = await ended(it, '{"n": "1"}')
        assert (update["value"], update["is_structured"]) == ({"n": 1}, True)
        assert update["journal"][-1]["given"] == digest('{"n": "1"}')
        wrong = await ended(it, "no such form")
        assert (wrong["value"], wrong["is_structured"]) == ("no such form", False)
        assert "given" not in wrong["journal"][-1]


async def test_the_end_gives_the_turn_back_that_was_set_aside() -> None:
    async with live() as it:
        assert it.tree.ledger._set_aside == 1
        await ended(it, "x")
        assert it.tree.ledger._set_aside == 0
        assert it.events[-1]["event"] == "end"


async def test_marks_become_numbers_in_the_answer_of_the_first_run_alone() -> None:
    cited = {"mark": "[c1]", "document": "d0", "name": "text 0", "page": None, "line": 1, "start": 4, "end": 10,
             "text": "kettle", "quote": "kettle"}  # fmt: skip
    host = {"kind": "host", "name": "cite", "value": cited}
    async with live() as it:
        update = await ended(it, "It is the kettle [c1].", host)
        assert update["answer"] == "It is the kettle [1]."
        assert [(each["mark"], each["text"]) for each in update["citations"]] == [(1, "kettle")]
        below = await ended(it, "It is the kettle [c1].", host, path="/1", depth=1)
        assert (below["answer"], below["citations"]) == ("It is the kettle [c1].", [])


# -- what was touched -------------------------------------------------------------------------------------------------


TEXTS = ("one", "other", "third", "fourth", " \n")


async def documents(*journal: Any, citations: Any = ()) -> list[Any]:
    """The documents that a run has touched, with their spans; they are those of its coverage."""
    async with live() as it:
        run = await it.run(*TEXTS)
        found = covered(run, journal)
        assert found is not None
        return [(each["id"], each["spans"]) for each in touched(run, journal, found, citations)]


async def test_documents_of_which_text_was_sent_shown_or_cited_are_touched_with_their_spans() -> None:
    one = {**call("1"), "pieces": ["x", [1, 2, 4], [1, 2, 4]]}
    two = {**call("2"), "context": [[[1, 0, 1]]], "pieces": []}
    journal = [begun(), reply("x"), asked(one, two), answer("1"), answer("2"), cell_end(shown=[[2, 0, 4]])]
    cited: Any = {"document": "d3", "start": 1, "end": 3}
    assert await documents(*journal) == [("d1", [[0, 1], [2, 4]])], "the root model has not been asked again"
    found = await documents(*journal, reply("y"), citations=[cited])
    assert found == [("d1", [[0, 1], [2, 4]]), ("d2", [[0, 4]]), ("d3", [[1, 3]])]


async def test_a_direct_call_that_was_answered_touches_all_documents() -> None:
    assert await documents(begun(route="direct")) == []
    assert [name for name, _ in await documents(begun(route="direct"), reply("x"))] == ["d0", "d1", "d2", "d3"]


async def test_what_was_denied_or_never_sent_touches_nothing() -> None:
    calls = asked(*({**call(str(n)), "pieces": [[n, 0, 3]]} for n in range(3)))
    denied = failed("0", "budget", refused=True)
    for journal in ([], [denied, failed("1", "authentication")]):
        assert await documents(begun(), reply("x"), calls, *journal, reply("y")) == []


async def test_coverage_is_of_the_first_run_and_leaves_out_what_nobody_saw() -> None:
    async with live(require_coverage=0.9) as it:
        run = await it.run("a" * 100, "b" * 100)
        found = covered(run, [begun(shown=[[0, 0, 100]]), reply("x")])
        assert found is not None
        assert (found["seen"], found["required"], found["is_reached"]) == (0.5, 0.9, False)
        assert [document["id"] for document in found["documents"]] == ["d0"]
        assert covered(await it.run(path="/1", depth=1), [begun()]) is None


# -- the best there is ------------------------------------------------------------------------------------------------


def draft(repl: ScriptedSandbox) -> None:
    repl.variables["answer"]["content"] = "a draft"


async def best(it: Live, *journal: Any, **run: Any) -> Any:
    return await best_so_far(await it.run(**run), [begun(), *journal])


async def test_what_answer_holds_is_the_best_when_nothing_was_refused() -> None:
    async with live({"draft": draft}) as it:
        assert await best(it, reply("draft"), cell("draft"), cell_end()) == "a draft"


async def test_a_refused_answer_is_better_than_no_answer() -> None:
    async with live({"x": lambda _: None}) as it:
        assert await best(it, reply("x"), cell("x"), cell_end("output"), note("no", refused_answer="half")) == "half"
        assert it.sandboxes.opened == []  # no REPL is built for it


async def test_a_draft_is_newer_than_a_refused_answer_when_a_cell_has_spoken_of_it_since() -> None:
    journal = [note("no", refused_answer="half"), reply("draft"), cell("draft"), cell_end()]
    async with live({"draft": draft, "answer = 'x'": draft}) as it:
        assert await best(it, *journal) == "half"
        assert await best(it, *journal[:2], cell("answer = 'x'"), cell_end()) == "a draft"


async def test_without_an_answer_the_newest_output_is_shown_by_the_first_run_alone() -> None:
    ends = (cell_end(output, lost=True) for output in ("old", "new", ""))
    outputs = [entry for end in ends for entry in (cell("x"), end)]
    async with live() as it:
        assert (await best(it, *outputs)).endswith("The last output was:\nnew")
        assert await best(it, *outputs, path="/1", depth=1) == ""


async def test_nothing_at_all_is_an_empty_answer() -> None:
    async with live() as it:
        assert await best(it) == ""
        assert await best(it, note("x", refused_answer="of before"), question("And?")) == ""
