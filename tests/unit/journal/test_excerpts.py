"""The passages that a file keeps of its context: both ends of what was cited or sent, and of recursive runs too."""

from typing import Any

from langchain_rlm.journal.excerpts import EXCERPT, excerpts_of, known_texts
from langchain_rlm.journal.record import Recording
from tests.unit.journals import answer, asked, begun, call

TEXT = "".join(f"{n:06d} " for n in range(500))


def kept(*journal: Any, citations: Any = ()) -> list[tuple[int, int]]:
    found = list(excerpts_of(Recording(journal=[*journal], citations=citations), [TEXT]))
    assert all(each["text"] == TEXT[each["start"] : each["end"]] for each in found)
    return [(each["start"], each["end"]) for each in found]


def test_both_ends_of_a_long_span_are_kept_and_a_short_one_is_kept_whole() -> None:
    assert kept(begun(), asked(call("1", pieces=[[0, 0, 3_000]]))) == [(0, EXCERPT), (3_000 - EXCERPT, 3_000)]
    assert kept(begun(), asked(call("1", pieces=["Read: ", [0, 10, 20], [0, 20, 30]]))) == [(10, 30)]


def test_what_was_shown_and_cited_is_kept_and_what_is_elsewhere_is_not() -> None:
    cited = [{"document": "d0", "start": 100, "end": 110}, {"document": "d7", "start": 0, "end": 5}]
    assert kept(begun(shown=[[0, 0, 5], [3, 0, 5]]), citations=cited) == [(0, 5), (100, 110)]


def test_what_a_recursive_run_sent_is_kept_where_it_is_in_the_context_above() -> None:
    inner = [begun(), asked(call("1", pieces=[[0, 5, 12]]))]
    run = {"turns": 1, "stop_reason": "answered", "journal": inner, "over": "context"}
    sent = asked(call("1", how="rlm", context=[["Begin", [0, 200, 210]]]))
    assert kept(begun(), sent, answer("1", run=run)) == [(200, 210)]


def test_texts_are_known_as_far_as_excerpts_have_them() -> None:
    texts = known_texts([{"kind": "excerpt", "document": 1, "start": 2, "end": 4, "text": "ab"}])
    assert texts is not None
    assert (texts[0], texts[1][0:4], len(texts)) == ("", "░░ab", 2)
    assert known_texts([]) is None
