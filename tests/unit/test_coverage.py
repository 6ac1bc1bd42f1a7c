"""What models have seen, to the character, also through recursive runs."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.coverage import coverage, gaps, merged

SIZES = (100, 50)
SOURCES = [{"id": f"d{n}", "name": f"name {n}", "size": size} for n, size in enumerate(SIZES)]
RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair))))


def run(*entries: dict[str, Any], route: str = "rlm", shown: Any = ()) -> list[dict[str, Any]]:
    replies = [{"kind": "reply"}]  # what was shown counts when the root model is asked again
    return [{"kind": "run", "route": route, "shown": [*shown]}, *entries, *replies]


def asked(*calls: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "asked", "calls": [*calls]}


def answer(call: str, **parts: Any) -> dict[str, Any]:
    return {"kind": "answer", "id": call, **(parts or {"text": "yes"})}


def ranges(journal: list[dict[str, Any]], kind: str) -> list[list[list[int]]]:
    return [document[kind] for document in coverage(journal, SOURCES)["documents"]]


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
    found = coverage(journal, SOURCES)
    assert ranges(journal, "read_ranges") == [[[10, 50]], [[0, 50]]]
    assert ranges(journal, "printed_ranges") == [[[0, 5], [45, 55]], []]
    assert ranges(journal, "unread") == [[[5, 10], [55, 100]], []]
    assert (found["read"], found["printed"], found["seen"]) == (0.6, 0.1, round(100 / 150, 6))
    assert found["documents"][1]["read"] == 1.0


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
    found = coverage(run(route="direct"), SOURCES)
    assert (found["read"], found["printed"], found["seen"]) == (0.0, 1.0, 1.0)


def test_nothing_to_read_is_read() -> None:
    assert coverage(run(), [])["seen"] == 1.0
    assert coverage(run(), [{"id": "d0", "name": "empty", "size": 0}])["documents"][0]["unread"] == []


def test_a_share_is_one_only_when_nothing_is_missing() -> None:
    sources = [{"id": "d0", "name": "long", "size": 100_000_000}]
    journal = run(asked({"id": "1", "pieces": [[0, 1, 100_000_000]]}), answer("1"))
    assert coverage(journal, sources)["read"] < 1.0


@given(RANGES)
def test_merged_ranges_and_their_gaps_are_the_document(parts: list[tuple[int, int]]) -> None:
    whole = {n for start, end in parts for n in range(start, end)}
    together = merged(parts)
    assert {n for start, end in together for n in range(start, end)} == whole
    assert all(one[1] < other[0] for one, other in pairwise(together))
    rest = gaps(together, 60)
    assert {n for start, end in rest for n in range(start, end)} == set(range(60)) - whole
