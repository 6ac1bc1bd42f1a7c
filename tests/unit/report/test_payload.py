"""What a page is told of documents, citations and totals."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.pieces import gaps, merged, total
from langchain_rlm.journal.record import Recording
from langchain_rlm.report.payload import LISTED, STEPS, UNREAD, coarse, document_shares, payload
from tests.unit.report.records import USAGE, answer, asked, call, cell, coverage, reply, run_entry

RANGES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)).map(sorted), max_size=12)


@given(RANGES, RANGES)
def test_read_printed_and_unseen_add_up_to_the_document(read: Any, printed: Any) -> None:
    document = {"characters": 100, "read_ranges": read, "printed_ranges": printed}
    seen = {index for start, end in [*read, *printed] for index in range(start, end)}
    shares = document_shares(document)
    assert shares["unseen"] == 100 - len(seen)
    assert shares["read"] + shares["printed"] - shares["both"] + shares["unseen"] == 100
    left = gaps(merged([*read, *printed]), 100)
    assert {index for start, end in left for index in range(start, end)} == set(range(100)) - seen


def test_very_many_ranges_become_parts_filled_by_their_share() -> None:
    ranges = [(index * 10, index * 10 + 5) for index in range(10 * STEPS)]
    shown = coarse(ranges, 100 * STEPS)
    assert len(shown) == STEPS
    assert total(shown) == total(ranges)
    assert coarse(ranges[:STEPS], 100) == ranges[:STEPS]


def test_of_thousands_of_documents_the_most_read_are_listed_and_the_rest_is_summed() -> None:
    texts = ["x" * 100] * 3_000
    read = [[2_000 + index, 0, 50] for index in range(20)]
    whole = payload(Recording.of({"coverage": coverage(texts, read)}))
    data = whole["coverage"]
    assert len(data["documents"]) == LISTED
    assert [whole["texts"][document["name"]] for document in data["documents"][-20:]] == [
        f"part-{2_000 + n}.txt" for n in range(20)
    ]
    assert data["rest"]["count"] == 3_000 - LISTED
    assert data["rest"]["shares"] == {
        "characters": 290_000, "read": 0, "printed": 0, "both": 0, "unseen": 290_000,
    }  # fmt: skip
    assert data["shares"]["read"] == 1_000


def test_unread_ranges_are_listed_up_to_a_number() -> None:
    text = "abcdefghij" * 1_000
    read = [[0, start, start + 10] for start in range(0, 10_000, 20)]
    data = payload(Recording.of({"coverage": coverage([text], read)}, [text]))
    (document,) = data["coverage"]["documents"]
    assert [data["spans"][place][1:3] for place in document["unread"][:2]] == [[10, 20], [30, 40]]
    assert data["spans"][document["unread"][0]][3] == "abcdefghij"
    assert (len(document["unread"]), document["unlisted"]) == (UNREAD, [450, 4_500])


def test_a_passage_has_words_around_it_when_there_are_texts() -> None:
    text = "word " * 200 + "the passage" + " more" * 200
    citation = {
        "mark": 1,
        "quote": "q",
        "text": "the passage",
        "document": "d0",
        "name": "a",
        "start": 1000,
        "end": 1011,
    }
    data = payload(Recording(citations=[citation], texts=[text]))
    shown = {key: data["texts"][data["citations"][0][key]] for key in ("before", "text", "after")}
    assert shown["before"].startswith("… word ")
    assert shown["text"] == "the passage"
    assert shown["after"].endswith("more …")
    (bare,) = payload(Recording(citations=[citation]))["citations"]
    assert (bare["before"], bare["after"], bare["line"]) == (None, None, None)


def test_totals_are_the_runs_own_or_else_the_sum_of_the_journal() -> None:
    journal = [run_entry(), reply("r"), cell("c"), asked(call("1")), answer("1")]
    summed = payload(Recording(journal=journal))
    assert (summed["totals"]["calls"], summed["totals"]["input"], summed["totals"]["seconds"]) == (2, 1624, None)
    assert [row[:2] for row in summed["models"]] == [["root-model", 1], ["sub-model", 1]]
    usage = {**USAGE, "calls": 9, "seconds": 4.5, "models": {"m": {**USAGE, "cost": None}}}
    given = payload(Recording(journal=journal, usage=usage))
    assert (given["totals"]["calls"], given["totals"]["seconds"]) == (9, 4.5)
    assert given["models"] == [["m", 1, 812, 44, None]]


def test_a_record_of_nothing_has_a_payload() -> None:
    data = payload(Recording())
    assert (data["answer"], data["coverage"], data["sections"], data["texts"]) == (None, None, [], [])
