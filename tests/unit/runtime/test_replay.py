"""A REPL built again from the journal is the one that was lost: the same variables, the same next question."""

import random
import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_rlm.context.load import load_corpus
from langchain_rlm.errors import ReplayError
from langchain_rlm.journal.record import Recording
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked, Outcome, ReplLimits, Result
from langchain_rlm.runtime.replay import MORE, Replay, as_recorded, rebuild
from tests.unit.repl.monty.sessions import STARTED, TEXT, a_session, ended, failed, host_of, output

GATHER = """import asyncio
async def one(prompt):
    return await llm_query(prompt)
async def main():
    return await asyncio.gather(*[one(prompt) for prompt in "abcdefgh"])
gathered = asyncio.run(main())
"""
CELLS = (
    "names = []\ntotal = 0",
    "total = len(context)\nprint(context[:20], total)",
    "first = llm_query('about ' + context[:11])\nprint(first)",
    "found = llm_query_batched(['q' + str(n) for n in range(3)])\nnames = [*found, len(found)]",
    "for n in range(2):\n    last = llm_query('round ' + str(n) + str(budget()['turns']))",
    "left = budget()\nprint(left)",
    "cut = chunks(size=70, overlap=9)\nfor p in chunks(context[9:], 150):\n    cut += [p, llm_query('cut ' + p)]",
    GATHER,
    "import random\nchance = [random.random(), random.choice('abcdef')]\nprint(chance)",
    "import datetime\nnow = str(datetime.datetime.now())\nprint(now, {'b', 'a', 'c'})",
    "kept = llm_query('kept')\nraise ValueError(kept)",
    "never = = 1",
    "never = open('x')",
    "try:\n    bad = llm_query('FAIL')\nexcept RuntimeError as error:\n    bad = str(error)",
    "worse = llm_query('FAIL')",
    "some = [str(r) for r in llm_query_batched(['x', 'FAIL'], on_error='return')]",
    "class Box:\n    def __init__(self, n):\n        self.n = n\nboxed = [Box(n).n for n in range(3)]",
    "answer['content'] = 'draft ' + str(len(answer['content']))",
    "FINAL('over')",
)
NAMES = (
    "names", "total", "first", "found", "last", "left", "cut", "gathered", "chance", "now", "kept", "never", "bad",
    "worse", "some", "boxed", "answer",
)  # fmt: skip


def result_for(prompt: str) -> Result:
    """The made-up model; it never says the same twice."""
    if prompt == "FAIL":
        return ("failed", "server", "down")
    return ("ok", f"{prompt}: {random.random()}")  # noqa: S311


@dataclass
class Recorder:
    """Drives a session as the engine does, and keeps what a rebuilt one must equal."""

    session: MontySandbox
    journal: list[Any] = field(default_factory=list)
    variables: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By length of the journal, between cells."""
    outcomes: dict[int, tuple[list[Result], Outcome]] = field(default_factory=dict)
    """By length of the journal, at a question: the answers, and what came of them."""
    calls: int = 0
    turns: int = 0

    def __post_init__(self) -> None:
        self.session.host = self._host

    def _host(self, name: str, *args: Any) -> Any:
        if name == "chunks":
            return no_host(name, *args)
        value = {"turns": 30 - len(self.journal)}
        self.journal.append({"kind": "host", "name": name, "value": value})
        return value

    def run(self, code: str) -> None:
        self.turns += 1
        self.journal.append({"kind": "cell", "turn": self.turns, "index": 0, "code": code})
        outcome = self.session.start(code)
        while isinstance(outcome, Asked):
            outcome = self._answer(outcome)
        self.journal.append({
            "kind": "cell_end", "output": outcome.output, "printed": len(outcome.output), "hash": outcome.digest(),
            "error": outcome.error, "lost": outcome.lost, "refused": outcome.refused, "variables": [],
        })  # fmt: skip
        self.variables[len(self.journal)] = variables_of(self.session)

    def _answer(self, asked: Asked) -> Outcome:
        ids = [str(self.calls + number) for number in range(len(asked.calls))]
        self.calls += len(ids)
        calls = [
            {"id": i, "digest": call.digest(), "how": call.how, "model": call.model, "pieces": [call.prompt]}
            for i, call in zip(ids, asked.calls, strict=True)
        ]
        self.journal.append({"kind": "asked", "calls": calls, "raises": True})
        results = [result_for(call.prompt) for call in asked.calls]
        lengths = [len(self.journal)]
        for i, result in zip(ids, results, strict=True):
            said = {"text": result[1]} if result[0] == "ok" else {"error": {"type": result[1], "message": result[2]}}
            self.journal.append({"kind": "answer", "id": i, **said})
            lengths.append(len(self.journal))
        outcome = self.session.resume(results)
        self.outcomes |= dict.fromkeys(lengths, (results, outcome))
        return outcome


def variables_of(session: MontySandbox) -> dict[str, Any]:
    return {name: session.variable(name) for name in NAMES}


def plain(outcome: Outcome) -> Outcome:
    """The outcome without the order of its variables, which reading them between cells may change."""
    return outcome if isinstance(outcome, Asked) else replace(outcome, variables=tuple(sorted(outcome.variables)))


def no_host(name: str, *args: Any) -> Any:
    """Answers what is not on record."""
    assert name == "chunks", name
    return host_of([TEXT])(name, *args)


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(min_processes=2, max_processes=50) as pool:
        yield pool


def recorded(pool: monty.Monty, codes: Sequence[str]) -> Recorder:
    with a_session(pool) as session:
        recorder = Recorder(session)
        for code in codes:
            recorder.run(code)
    return recorder


def check_prefix(pool: monty.Monty, recorder: Recorder, length: int) -> None:
    with a_session(pool, host=no_host) as session:
        rebuild(session, recorder.journal[:length], (TEXT,))
        if length in recorder.outcomes:
            results, outcome = recorder.outcomes[length]
            rest = [e["value"] for e in recorder.journal[length:] if e["kind"] == "host"]
            session.host = lambda name, *args: host_of((TEXT,))(name, *args) if name == "chunks" else rest[0]
            assert plain(session.resume(results)) == plain(outcome)
        else:
            assert variables_of(session) == recorder.variables[length]


def test_rebuilt_at_any_point_of_a_run_it_has_the_same_variables_and_asks_the_same(pool: monty.Monty) -> None:
    recorder = recorded(pool, CELLS)
    lengths = sorted(recorder.outcomes | recorder.variables)
    assert len(lengths) > 2 * len(CELLS)
    for length in lengths:
        check_prefix(pool, recorder, length)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(codes=st.lists(st.sampled_from(CELLS), min_size=1, max_size=8), data=st.data())
def test_any_order_of_cells_can_be_rebuilt_at_any_point(
    pool: monty.Monty, codes: list[str], data: st.DataObject
) -> None:
    recorder = recorded(pool, codes)
    check_prefix(pool, recorder, data.draw(st.sampled_from(sorted(recorder.outcomes | recorder.variables))))


def test_a_rebuilt_session_goes_on_like_the_first(pool: monty.Monty) -> None:
    recorder = recorded(pool, CELLS[:9])
    with a_session(pool) as again:
        rebuild(again, recorder.journal, (TEXT,))
        assert output(again, "print(total, len(names))") == f"{len(TEXT)} 4\n"
        assert "ValueError" in failed(again.start("raise ValueError"))


def test_nothing_is_done_for_a_journal_without_cells(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        journal: Any = [{"kind": "run"}, {"kind": "reply", "text": "```repl"}]
        rebuild(session, journal, (TEXT,))
        assert output(session, "SHOW_VARS()") == "no variables yet\n"


def test_lost_cells_are_passed_over_with_what_they_asked(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = 1\nprint(x)", "print(x)"])
    lost: list[Any] = [
        {"kind": "cell", "turn": 2, "index": 0, "code": "x = llm_query('q')\nwhile True:\n    pass"},
        {"kind": "asked", "calls": [{"id": "9", "digest": "d"}], "raises": True},
        {"kind": "answer", "id": "9", "text": "lost"},
        {"kind": "cell_end", "output": "", "printed": 0, "hash": "h", "error": "took too long", "lost": True,
         "refused": False, "variables": []},
    ]  # fmt: skip
    end_of_first = [entry["kind"] for entry in recorder.journal].index("cell_end") + 1
    journal = [*recorder.journal[:end_of_first], *lost, *recorder.journal[end_of_first:]]
    with a_session(pool) as session:
        rebuild(session, journal, (TEXT,))
        assert output(session, "print(x)") == "1\n"


def test_what_budget_said_is_said_again(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["a = budget()", "b = budget()['turns']\nllm_query('q')\nc = budget()['turns']"])
    values = [entry["value"] for entry in recorder.journal if entry["kind"] == "host"]
    with a_session(pool, host=no_host) as session:
        rebuild(session, recorder.journal, (TEXT,))
        assert session.variable("a") == (values[0],)
        assert session.variable("b") == (values[1]["turns"],)
        assert session.variable("c") == (values[2]["turns"],)
        assert values[1] != values[2]


# -- what differs is found --------------------------------------------------------------------------------------------


def refusal(pool: monty.Monty, journal: Sequence[Any], *texts: str) -> str:
    with a_session(pool, *texts) as session, pytest.raises(ReplayError) as caught:
        rebuild(session, journal, (TEXT,), "/7")
    place = r"the replay differs from the record: (cell 1 of turn \d) of the recursive run /7 "
    told = re.fullmatch(place + r"(.*)\. The context and the tools must .*", str(caught.value))
    assert told is not None
    return f"{told[1]} {told[2]}"


def test_another_context_is_found_by_what_a_cell_prints(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = 1", "print(context[:20])"])
    assert refusal(pool, recorder.journal, TEXT.upper()).startswith("cell 1 of turn 2 prints ")


def test_another_context_is_found_by_what_a_cell_asks(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = llm_query('about ' + context[:20])"])
    assert refusal(pool, recorder.journal, TEXT.upper()).startswith("cell 1 of turn 1 asks as sub-query 1 of 1 'about ")
    assert refusal(pool, recorder.journal[:2], TEXT.upper()).startswith("cell 1 of turn 1 asks as sub-query 1 of 1 ")


def test_another_answer_is_found_by_what_a_cell_prints(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = 1", "x = 2", "print(llm_query('q'))"])
    changed: Any = [{**entry, "text": "other"} if entry["kind"] == "answer" else entry for entry in recorder.journal]
    assert refusal(pool, changed).startswith("cell 1 of turn 3 prints 'other\\n', on record ")


OTHER = "asks as sub-query 1 of 1 'q' by llm_query of the model 'other', on record by llm_query"
RECURSIVE = "asks as sub-query 1 of 1 'q' by rlm_query, on record by llm_query"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("x = llm_query('q')", "x = 1", "ends where it asked 1 sub-queries on record"),
        ("x = 1", "x = llm_query('q')", "asks 1 sub-queries more than on record"),
        ("x = llm_query('q')", "x = llm_query_batched(['q', 'r'])", "asks 2 sub-queries, on record 1"),
        (
            "x = llm_query('q')",
            "x = llm_query('q', model='other')",
            OTHER,
        ),
        ("x = llm_query('q')", "x = rlm_query('q')", RECURSIVE),
        ("x = 1", "x = budget()", "calls budget(), which it did not on record"),
        ("x = budget()", "x = cite('alpha')", "calls cite(), which it did not on record"),
    ],
)
def test_another_course_of_a_cell_is_found(pool: monty.Monty, before: str, after: str, said: str) -> None:
    recorder = recorded(pool, [before])
    changed: Any = [{**entry, "code": after} if entry["kind"] == "cell" else entry for entry in recorder.journal]
    assert refusal(pool, changed) == f"cell 1 of turn 1 {said}"


def test_the_number_named_counts_lost_cells_too(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["print(1)", "print(2)"])
    journal = [dict(entry) for entry in recorder.journal]
    journal[1] |= {"lost": True, "error": "took too long"}
    journal[3]["hash"] = "changed"
    assert refusal(pool, journal).startswith("cell 1 of turn 2 prints")


def test_a_final_cell_on_record_does_not_end_the_rebuilt_session(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = 5\nFINAL(x)"])
    with a_session(pool) as session:
        rebuild(session, recorder.journal, (TEXT,))
        assert ended(session.start("print(x)")).output == "5\n"


# -- a whole record ---------------------------------------------------------------------------------------------------


def record(recorder: Recorder) -> Recording:
    """The recorder's cells as a run on record, a turn each."""
    begun = {
        "kind": "run", "question": "What?", "route": "rlm", "documents": 1, "characters": len(TEXT), "seed": "seed",
        "started": STARTED.isoformat(), "chunk_size": 100,
    }  # fmt: skip
    journal: list[Any] = [begun]
    for entry in recorder.journal:
        if entry["kind"] == "cell":
            journal.append(
                {"kind": "reply", "turn": entry["turn"], "text": f"```repl\n{entry['code']}\n```", "last": None}
            )
        journal.append(entry)
    return Recording(journal=journal, chunk_size=100)


def test_a_record_is_run_again_and_shown_as_it_went(pool: monty.Monty) -> None:
    recorder = recorded(pool, ["x = llm_query_batched(['a', 'b'])", "print(x[0], budget()['turns'])"])
    events: list[dict[str, Any]] = []
    replay = Replay(record(recorder), load_corpus(TEXT), events.append)
    replay.run()
    assert (replay.cells, replay.is_answered) == (2, False)
    assert [event["event"] for event in events] == [
        "inspect", "turn", "reply", "cell", "sub_queries", "sub_query", "answer", "sub_query", "answer", "cell_end",
        "turn", "reply", "cell", "cell_end",
    ]  # fmt: skip
    assert replay.opened == []


def test_a_cell_that_does_something_else_is_named_and_its_repl_is_closed(pool: monty.Monty) -> None:
    recording = record(recorded(pool, ["x = 1", "print(x)"]))
    changed: Any = [
        {**entry, "code": "x = 2"} if entry.get("code") == "x = 1" else entry for entry in recording.journal
    ]
    replay = Replay(replace(recording, journal=changed), load_corpus(TEXT), lambda _: None)
    with pytest.raises(ReplayError, match=r"record: cell 1 of turn 2 prints '2\\n', on record '1\\n'\.$"):
        replay.run()
    assert replay.opened == []


def test_a_record_without_the_size_of_chunks_says_so_where_a_replay_differs(pool: monty.Monty) -> None:
    recording = record(recorded(pool, ["print(len(chunks()))"]))
    changed: Any = [{**entry, "chunk_size": None} for entry in recording.journal]
    replay = Replay(replace(recording, journal=changed, chunk_size=None), load_corpus(TEXT), lambda _: None)
    with pytest.raises(ReplayError, match="how large chunks\\(\\) were; 50,000 characters were taken"):
        replay.run()


def test_it_can_be_ended_in_the_middle_of_a_cell(pool: monty.Monty) -> None:
    recording = record(recorded(pool, ["x = 1"]))
    endless: Any = [
        {**entry, "code": "while True:\n    pass"} if "code" in entry else entry for entry in recording.journal
    ]
    begun = threading.Event()
    replay = Replay(
        replace(recording, journal=endless), load_corpus(TEXT), lambda e: begun.set() if e["event"] == "cell" else None
    )
    with ThreadPoolExecutor(1) as thread:
        running = thread.submit(replay.run)
        assert begun.wait(30)
        replay.kill()
        with pytest.raises(ReplayError):
            running.result(timeout=30)


def test_cells_on_record_have_the_limits_of_the_record_and_more() -> None:
    """What has ended on record ends again, also with limits that are lower now; what it may print is as it was."""
    run: Any = {"kind": "run", "limits": {"cell_seconds": 100.0, "print_limit": 10}}
    plain: Any = {"kind": "run"}
    low = ReplLimits(cell_seconds=3, memory=1_000, print_limit=99)
    limits = as_recorded(low, run)
    assert (limits.cell_seconds, limits.memory, limits.print_limit) == (MORE * 100.0, ReplLimits().memory, 10)
    assert as_recorded(low, plain).cell_seconds == MORE * ReplLimits().cell_seconds
