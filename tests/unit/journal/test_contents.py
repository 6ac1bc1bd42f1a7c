"""What no type says of a journal file: places that are in the context, calls and runs that belong together."""

from typing import Any

import pytest

from langchain_rlm.journal.contents import content_problems
from tests.unit.journals import answer, asked, begun, call, cell, cell_end, failed, note, reply, tool_call

HEADER: Any = {"context": "sha256:0", "citations": []}
CITED: Any = {"mark": "[c1]", "name": "a", "line": 1, "text": "abc", "document": "d0", "start": 0, "end": 3}


def host(value: Any) -> Any:
    return {"kind": "host", "name": "cite", "value": value}


def below(*journal: Any, **more: Any) -> Any:
    return {"turns": 1, "stop_reason": "answered", "journal": [*journal], **more}


WHOLE = [begun(), reply("x"), cell("x"), asked(call("1")), answer("1"), host(CITED), host({"error": "no"}), cell_end()]


def problem(*lines: Any, **changed: Any) -> str | None:
    header: Any = {**HEADER, **changed}
    found = next(content_problems(header, [*lines]), None)
    return found and f"{found[0]}: {found[1]}"


def test_a_whole_journal_has_nothing_wrong() -> None:
    assert problem(*WHOLE) is None
    run = below(begun(), reply("x"), over="all")
    assert problem(begun(), asked(call("1", how="rlm")), answer("1", run=run)) is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "2: there is no entry of a run"),
        ([note("x")], '2: kind is "note", and a journal begins with its run'),
        ([begun(started="now")], '2: started is "now", not a time'),
        ([begun(), {"kind": "answer", "id": "1"}], "3: has none of text, value, error"),
        ([begun(), {"kind": "fork", "keep": 0, "calls": [], "answers": [{"kind": "answer", "id": "1"}]}],
         "3: answers[0] has none of text, value, error"),
        ([begun(), asked({**call("1", how="tool"), "tool": "f"})], "3: calls[0].arguments is missing"),
        ([begun(), asked(tool_call("1", "a b"))], '3: calls[0].tool is "a b", not the name of a function'),
        ([begun(), asked(refused={"error": {}}, digest="")], "3: count is missing"),
        ([begun(), host(5)], "3: value is 5, not an object"),
        ([begun(), host({**CITED, "start": "x"})], '3: value.start is "x", not a whole number'),
        ([begun(), host({**CITED, "document": "x"})], '3: value.document is "x", not the id of one'),
        ([begun(), host({**CITED, "end": 2})], "3: value.text has 3 characters, and start to end are 2"),
        ([begun(), cell_end(shown=[[0, 0, 11]])], "3: shown[0]: end is 11, and the context has 10 characters"),
        ([begun(), asked(call("1", pieces=["x", [1, 0, 1]]))],
         "3: calls[0].pieces[1]: document is 1, and the run has 1"),
        ([begun(), asked(call("1", context=[[[0, 5, 4]]]))], "3: calls[0].context[0][0]: start is 5, and end is 4"),
        ([begun(), asked(call("1"), call("1"))], '3: calls[1].id is "1", which another call has'),
        ([begun(), asked(call("1")), cell_end()], '3: calls[0].id is "1", which no answer has, and the cell goes on'),
        ([begun(), answer("1", run=below(begun()))], '3: run is not what was asked with the id "1"'),
        ([begun(), asked(call("1")), failed("1", run=below(begun(documents=3), over="all"))],
         "4: run.journal[0].documents is 3, and the run was given 1"),
        ([begun(), {"kind": "excerpt", "document": 0, "start": 0, "end": 2, "text": "x"}],
         "3: text has 1 characters, and start to end are 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_line_and_the_place(lines: list[Any], said: str) -> None:
    assert problem(*lines) == said


def test_a_cell_that_was_lost_or_waits_may_lack_answers() -> None:
    assert problem(begun(), cell("x"), asked(call("1"))) is None
    assert problem(begun(), cell("x"), asked(call("1")), cell_end(lost=True)) is None


def test_the_header_is_of_the_same_context_and_cites_places_in_it() -> None:
    assert problem(begun(), context="sha256:1") == '1: context is "sha256:1", and the run has "sha256:0"'
    citation = {**CITED, "mark": 1, "page": None, "others": [{"document": "d4", "start": 0, "end": 3}]}
    assert problem(begun(), citations=[citation]) == "1: citations[0].others[0].document is 4, and the run has 1"
