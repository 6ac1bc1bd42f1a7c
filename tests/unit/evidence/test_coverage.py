"""What models have seen, to the character, also through recursive runs."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.pieces import gaps, merged
from langchain_rlm.evidence.coverage import coverage

SIZES = (100, 50)
SOURCES = [{"id": f"d{n}", "name": f"name {n}", "size": size} for n, size in enumerate(SIZES)]
TEXTS = tuple("x" * size for size in SIZES)
RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))))


def run(*entries: dict[str, Any], route: str = "rlm", shown: Any = ()) -> Any:
    replies = [{"kind": "reply"}]  # what was shown counts when the root model is asked again
    return [{"kind": "run", "route": route, "shown": [*shown]}, *entries, *replies]


def asked(*calls: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "asked", "calls": [*calls]}


def answer(call: str, **parts: Any) -> dict[str, Any]:
    return {"kind": "answer", "id": call, **(parts or {"text": "yes"})}


def ranges(journal: Any, kind: Any) -> list[list[list[int]]]:
    documents: Any = coverage(journal, SOURCES, TEXTS)["documents"]
    return [document[kind] for document in documents]


def test_what_was_answered_is_read_and_what_was_shown_is_printed() -> None:
    journal = run(
        asked(
            {"id": "1", "pieces": ["Judge: ", [0, 10, 40], [0, 40, 50], " and ", [1, 0, 50]]},
            {"id": "2", "pieces": [[0, 90, 100]]},
            {"id": "3", "pieces": [[0, 60, 70]]},
        ),
        answer("1"),
        answer("2", error={"type": "server", "message": "down"}),
        {"kind": "cell_end", "shown": [[0, 45, 55]]},
        shown=[[0, 0, 5]],
    )
    found = coverage(journal, SOURCES, TEXTS)
    assert ranges(journal, "read_ranges") == [[[10, 50]], [[0, 50]]]
    assert ranges(journal, "printed_ranges") == [[[0, 5], [45, 55]], []]
    assert ranges(journal, "unread") == [[[5, 10], [55, 100]], []]
    assert (found["read"], found["printed"], found["seen"]) == (0.6, 0.1, round(100 / 150, 6))
    assert found["documents"][1]["read"] == 1.0


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [
        *((kind, True) for kind in ("timeout", "cut_off", "empty", "refused", "malformed")),
        *((kind, False) for kind in ("authentication", "not_found", "quota", "rate_limit", "overflow", "budget")),
    ],
)
def test_a_call_that_failed_is_read_when_it_was_sent(kind: str, *, is_read: bool) -> None:
    call, error = asked({"id": "1", "pieces": [[0, 10, 40]]}), {"type": kind, "message": "no"}
    assert ranges(run(call, answer("1", error=error)), "read_ranges")[0] == ([[10, 40]] if is_read else [])
    assert ranges(run(call, answer("1", error=error, is_sent=True)), "read_ranges")[0] == [[10, 40]]
    assert ranges(run(call), "read_ranges")[0] == []


def test_a_recursive_run_that_failed_has_read_what_its_models_saw_until_then() -> None:
    below = run(asked({"id": "1", "pieces": [[0, 25, 45]]}), answer("1"))
    call = {"id": "7", "pieces": ["What of ", [1, 0, 5]], "context": [[[0, 0, 50]]]}
    failed = answer("7", error={"type": "empty", "message": "no"}, run={"over": "context", "journal": below})
    assert ranges(run(asked(call), failed), "read_ranges") == [[[25, 45]], [[0, 5]]]
    failed["run"]["journal"] = below[:1]  # its root model was never reached
    assert ranges(run(asked(call), failed), "read_ranges") == [[], []]


def test_a_recursive_run_has_read_what_its_own_models_saw() -> None:
    below = run(
        asked({"id": "1", "pieces": [[0, 25, 45]]}), answer("1"), {"kind": "cell_end", "shown": [[1, 0, 3]]},
        shown=[[0, 0, 5]],
    )  # fmt: skip
    context = [["Note: ", [0, 10, 30], "|", [0, 50, 80]], [[1, 40, 50]]]  # 6 + 20 + 1 + 30 characters, and 10
    call = {"id": "7", "pieces": ["What?"], "context": context}
    journal = run(asked(call), answer("7", text="so", run={"over": "context", "journal": below}))
    assert ranges(journal, "read_ranges") == [[[29, 30], [50, 68]], [[40, 43]]]
    assert ranges(journal, "printed_ranges") == [[], []]


def test_recursive_runs_below_recursive_runs() -> None:
    deep = run(asked({"id": "1", "pieces": [[0, 2, 4]]}), answer("1"))
    middle = run(
        asked({"id": "1", "pieces": ["?"], "context": [[[0, 5, 15]]]}),
        answer("1", text="so", run={"over": "context", "journal": deep}),
    )
    journal = run(asked({"id": "1", "pieces": ["?"]}), answer("1", text="so", run={"over": "all", "journal": middle}))
    assert ranges(journal, "read_ranges") == [[[7, 9]], []]
    prompt = run(
        asked({"id": "1", "pieces": ["Long: ", [0, 20, 90]]}),
        answer("1", text="so", run={"over": "prompt", "journal": middle}),
    )
    assert ranges(prompt, "read_ranges") == [[[21, 23]], []]


def test_a_call_at_the_depth_limit_reads_its_context_whole() -> None:
    journal = run(asked({"id": "1", "pieces": ["?"], "context": [[[0, 5, 15]], [[1, 0, 9]]]}), answer("1"))
    assert ranges(journal, "read_ranges") == [[[5, 15]], [[0, 9]]]


def test_a_direct_call_has_shown_everything() -> None:
    found = coverage(run(route="direct"), SOURCES, TEXTS)
    assert (found["read"], found["printed"], found["seen"]) == (0.0, 1.0, 1.0)


def test_nothing_to_read_is_read() -> None:
    assert coverage(run(), [], [])["seen"] == 1.0
    assert coverage(run(), [{"id": "d0", "name": "empty", "size": 0}], [""])["documents"][0]["unread"] == []


def test_a_share_is_one_only_when_nothing_is_missing() -> None:
    size = 10_000_000
    journal = run(asked({"id": "1", "pieces": [[0, 1, size]]}), answer("1"))
    assert coverage(journal, [{"id": "d0", "name": "long", "size": size}], ["x" * size])["read"] < 1.0


def seen_of(text: str, read: Any = (), printed: Any = ()) -> Any:
    journal = run(asked({"id": "1", "pieces": [[0, *each] for each in read]}), answer("1"))
    journal[0]["shown"] = [[0, *each] for each in printed]
    return coverage(journal, [{"id": "d0", "name": "text", "size": len(text)}], [text])


def test_white_space_alone_has_nothing_to_be_read() -> None:
    text = " \n one line\n\nanother one \n\t\u00a0\nthe last\n"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = seen_of(text, [(text.index(line), text.index(line) + len(line)) for line in lines])
    (document,) = found["documents"]
    assert (found["read"], found["printed"], found["seen"]) == (1.0, 0.0, 1.0)
    assert (document["read_ranges"], document["unread"]) == ([[0, len(text)]], [])


def test_white_space_that_is_not_alone_is_unread_with_the_rest() -> None:
    found = seen_of("one\n a \ntwo", [(0, 3), (8, 11)])
    assert found["documents"][0]["unread"] == [[3, 8]]
    assert found["read"] == found["seen"] == round(6 / 11, 6)
    assert seen_of("  one")["documents"][0]["unread"] == [[0, 5]]


def test_white_space_between_what_was_read_and_what_was_printed_is_in_one_of_them() -> None:
    found = seen_of("\none\n\ntwo\n", read=[(1, 4)], printed=[(6, 9)])
    (document,) = found["documents"]
    assert (document["read_ranges"], document["printed_ranges"]) == ([[0, 6]], [[6, 10]])
    assert (found["seen"], document["unread"]) == (1.0, [])


def test_a_document_of_white_space_alone_needs_no_model() -> None:
    sources = [{"id": "d0", "name": "text", "size": 3}, {"id": "d1", "name": "blank", "size": 2}]
    journal = run(asked({"id": "1", "pieces": [[0, 0, 3]]}), answer("1"))
    assert coverage(journal, sources, ["one", "\n "])["seen"] == 1.0


@given(st.text(st.sampled_from("ab \n")), RANGES, RANGES)
def test_shares_are_those_of_the_ranges_and_what_is_unread_is_the_rest(
    text: str, read: list[tuple[int, int]], printed: list[tuple[int, int]]
) -> None:
    parts = [[(min(a, len(text)), min(b, len(text))) for a, b in each] for each in (read, printed)]
    sent, shown = ([(a, b) for a, b in each if a < b] for each in parts)
    found = seen_of(text, sent, shown)
    (document,) = found["documents"]
    ranges_of = {kind: [tuple(part) for part in document[kind]] for kind in ("read_ranges", "printed_ranges", "unread")}
    both = merged([*ranges_of["read_ranges"], *ranges_of["printed_ranges"]])
    assert gaps(both, len(text)) == ranges_of["unread"]
    assert all(text[a:b].strip() for a, b in ranges_of["unread"])
    new = {n for a, b in both for n in range(a, b)} - {n for a, b in [*sent, *shown] for n in range(a, b)}
    assert all(text[n].isspace() for n in new)
    for share, kind in (("read", "read_ranges"), ("printed", "printed_ranges")):
        size = sum(b - a for a, b in ranges_of[kind])
        assert found[share] == document[share] == (round(size / len(text), 6) if text else 1.0)


@given(RANGES)
def test_merged_ranges_and_their_gaps_are_the_document(parts: list[tuple[int, int]]) -> None:
    whole = {n for start, end in parts for n in range(start, end)}
    together = merged(parts)
    assert {n for start, end in together for n in range(start, end)} == whole
    assert all(one[1] < other[0] for one, other in pairwise(together))
    rest = gaps(together, 60)
    assert {n for start, end in rest for n in range(start, end)} == set(range(60)) - whole
