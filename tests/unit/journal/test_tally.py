"""What became of sub-queries: counts, and whether the answer rests on anything."""

from typing import Any

import pytest

from langchain_rlm.journal.tally import in_vain, tally
from tests.unit.journals import answer, asked, begun, call, cell_end, failed, question, reply, tool_call

SEEN = cell_end(shown=[[0, 0, 9]])
CITED = {"kind": "host", "name": "cite", "value": {"mark": "[c1]"}}
MISSED = {"kind": "host", "name": "cite", "value": {"error": "cite: not there"}}
TWO = asked(call("1"), call("2"))
ERROR = {"type": "failed", "message": "it broke"}
FAILED = (failed("1", "quota"), failed("2", "empty"))


def counted(*journal: Any) -> tuple[int, int, int, bool]:
    found = tally([begun(), reply("x"), *journal])
    counts = found["sub_queries"]
    assert found["failed_calls"] == counts["failed"]
    return counts["asked"], counts["answered"], counts["failed"], counts["is_in_vain"]


def test_tools_and_what_was_refused_are_no_sub_queries() -> None:
    denied = failed("2", "budget", refused=True)
    journal = (asked(call("1"), call("2"), tool_call("3", "look")), answer("1"), denied, failed("3", "tool"))
    assert counted(*journal) == (1, 1, 0, False)


def test_what_waits_for_an_answer_is_asked_alone() -> None:
    assert counted(TWO, failed("1")) == (2, 0, 1, True)


def test_recursive_runs_count_and_so_does_only_the_newest_question() -> None:
    below = [begun(), reply("x"), TWO, *FAILED]
    run = {"journal": below, "over": "all", "turns": 1, "stop_reason": "answered", "marks": "1"}
    assert counted(asked(call("1", how="rlm")), answer("1", run=run)) == (3, 1, 2, False)
    assert counted(TWO, *FAILED, question("And?"), reply("y"), asked(call("3")), answer("3")) == (1, 1, 0, False)


@pytest.mark.parametrize(
    ("journal", "is_in_vain"),
    [
        ((TWO, *FAILED), True),
        ((SEEN, reply("y"), TWO, *FAILED, cell_end(), reply("z")), True),
        ((TWO, *FAILED, SEEN, reply("y")), False),
        ((TWO, *FAILED, SEEN), True),
        ((TWO, *FAILED, CITED), False),
        ((TWO, *FAILED, MISSED), True),
        ((TWO, failed("1"), answer("2")), False),
        ((), False),
    ],
    ids=["failed", "read before", "read since", "printed last", "cited", "not cited", "one answered", "none asked"],
)
def test_an_answer_rests_on_nothing_when_all_failed_and_nothing_was_read_since(
    journal: tuple[Any, ...], *, is_in_vain: bool
) -> None:
    assert counted(*journal)[-1] is is_in_vain


def test_what_is_told_of_it_names_the_newest_failure() -> None:
    journal = [begun(), reply("x"), TWO, *FAILED]
    assert in_vain({"usage": tally(journal), "journal": journal}).startswith("All 2 sub-queries failed")
    assert in_vain({"usage": tally(journal), "journal": journal}).endswith("(empty: down)")
    assert in_vain({"usage": tally(journal[:2]), "journal": journal}) == ""


def test_the_error_that_is_told_is_one_of_the_newest_question() -> None:
    old = [begun(), reply("x"), TWO, *FAILED, cell_end(), question("And?"), reply("y")]
    run = {"journal": [begun(), reply("z"), TWO, *FAILED], "over": "all", "turns": 1, "stop_reason": "gave_up"}
    journal = [*old, asked(call("3", how="rlm")), answer("3", run={**run, "marks": "3"}, error=ERROR)]
    result = {"journal": journal, "usage": {"failed_calls": 3, "sub_queries": {"is_in_vain": True}}}
    assert in_vain(result).endswith("(failed: it broke)")
    assert in_vain({**result, "journal": old}).endswith("is in this one.")
