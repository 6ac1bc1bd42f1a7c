"""A real REPL, driven cell by cell: what stays, what is said of errors, how a cell asks and how it answers."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.cpython.workers import CPython, CPythonSandboxes
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked, Call, Ended
from tests.unit.repl.monty.sessions import LEFT, TEXT, a_session, answered, asked, ended, failed, output

GATHER = """import asyncio
async def one(prompt):
    return prompt + "=" + await llm_query(prompt)
async def main():
    return await asyncio.gather(*[one(prompt) for prompt in "abcdefgh"])
print(asyncio.run(main()))
"""


@pytest.fixture(scope="module", params=["monty", "cpython"])
def pool(request: pytest.FixtureRequest) -> Iterator[monty.Monty | CPythonSandboxes]:
    if request.param == "monty":
        with monty.Monty(min_processes=1, max_processes=50) as pool:
            yield pool
    else:
        with closing(CPython()()) as sandboxes:
            yield sandboxes


@pytest.fixture
def session(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool) as session:
        yield session


# -- cells ------------------------------------------------------------------------------------------------------------


def test_variables_stay_from_cell_to_cell_also_when_a_cell_fails(session: MontySandbox) -> None:
    assert "ValueError: no" in failed(session.start("x = [1]\nraise ValueError('no')"))
    assert output(session, "x.append(2)\nprint(x)") == "[1, 2]\n"


def test_what_was_printed_before_an_error_is_kept(session: MontySandbox) -> None:
    outcome = session.start("print('before')\n1 / 0")
    assert isinstance(outcome, Ended)
    assert outcome.output == "before\n"


def test_a_traceback_names_the_lines_as_the_model_wrote_them(session: MontySandbox) -> None:
    code = "# a comment\ntotals = {}\n\nfor n in [1, 0]:\n    del totals\n    totals = {}\n    y = 1 / n"
    assert failed(session.start(code)).splitlines()[1:] == [
        "  line 7, in <module>",
        "    y = 1 / n",
        "ZeroDivisionError: division by zero",
    ]


def test_a_traceback_through_an_earlier_cell_says_so(session: MontySandbox) -> None:
    output(session, "def half(n):\n    return 1 / n\n")
    said = failed(session.start("print('a')\nhalf(0)"))
    assert "line 2, in <module>\n    half(0)" in said
    assert "line 2 of an earlier cell, in half\n    return 1 / n" in said


def test_code_that_is_no_python_is_refused_whole(session: MontySandbox) -> None:
    outcome = session.start("x = 1\ny = = 2")
    assert "Line 2" in failed(outcome)
    assert isinstance(outcome, Ended)
    assert outcome.refused
    assert "NameError" in failed(session.start("x"))


def test_the_context_is_a_text_or_a_list_of_texts(pool: monty.Monty) -> None:
    code = "print(type(context).__name__, len(context), [source['name'] for source in sources])"
    with a_session(pool, "one") as single:
        assert output(single, code) == "str 3 ['t0']\n"
    with a_session(pool, "one", "zwölf", single=False) as several:
        assert output(several, code) == "list 2 ['t0', 't1']\n"
        assert output(several, "print(context[1])") == "zwölf\n"


def test_what_a_cell_assigned_is_told(session: MontySandbox) -> None:
    outcome = ended(session.start("names = ['a', 'b']\n_hidden = 1\nn = 3"))
    assert sorted(outcome.variables) == [("n", "int", None), ("names", "list", 2)]


def test_a_variable_can_be_read_from_outside(session: MontySandbox) -> None:
    output(session, "found = {'a': [1, 2]}")
    assert session.variable("found") == ({"a": [1, 2]},)
    for name in ("missing", "_rlm_settings", "found['a']", "", "1 + 1", "import os"):
        assert session.variable(name) is None


def test_asking_for_a_variable_that_is_not_there_leaves_no_trace(session: MontySandbox) -> None:
    assert session.variable("second") is None
    output(session, "first = 1\nsecond = 2")
    assert output(session, "SHOW_VARS()") == "first: int\nsecond: int\n"
    assert (
        output(session, "print([name for name in locals() if name in ('first', 'second')])") == "['first', 'second']\n"
    )


def test_printing_more_than_the_limit_fails_with_what_to_do_and_keeps_variables(pool: monty.Monty) -> None:
    with a_session(pool, print_limit=100) as session:
        outcome = session.start("x = 1\nfor n in range(1000):\n    print('0123456789')")
        assert "output limit: this cell printed more than 100 characters" in failed(outcome)
        assert isinstance(outcome, Ended)
        assert 90 <= len(outcome.output) <= 100
        assert output(session, "print('x', x)") == "x 1\n"  # every cell has its own limit
        assert "output limit" in failed(session.start("print('y' * 10_000_000)"))


def test_budget_is_answered_by_the_host_without_a_pause(session: MontySandbox) -> None:
    assert output(session, "print(budget() == " + repr(LEFT) + ")") == "True\n"


def test_chunks_put_together_are_the_text(session: MontySandbox) -> None:
    assert output(session, "parts = chunks()\nprint(len(parts) > 1, ''.join(parts) == context)") == "True True\n"
    assert len(TEXT) > 100


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_cell_pauses_at_llm_query_and_runs_on_with_the_answer(session: MontySandbox) -> None:
    outcome = session.start("print('asking')\na = llm_query('what?')\nprint(a)")
    assert outcome == Asked((Call("llm", "what?"),))
    assert ended(session.resume([("ok", "this")])).output == "asking\nthis\n"


def test_a_question_may_be_asked_anywhere(session: MontySandbox) -> None:
    outcome = session.start("def f(p):\n    return llm_query(p)\nprint([f(p) for p in 'ab'], {p: f(p) for p in 'c'})")
    prompts = []
    while isinstance(outcome, Asked):  # one by one, or all ahead
        prompts += asked(outcome)
        outcome = session.resume(answered(outcome))
    assert prompts == ["a", "b", "c"]
    assert ended(outcome).output == "['A', 'B'] {'c': 'C'}\n"


def test_a_batch_is_asked_at_once_and_answered_in_order(session: MontySandbox) -> None:
    outcome = session.start("print(llm_query_batched([str(n) for n in range(300)], model='small'))")
    assert isinstance(outcome, Asked)
    assert outcome.calls == tuple(Call("llm", str(n), "small") for n in range(300))
    assert ended(session.resume(answered(outcome))).output == f"{[str(n) for n in range(300)]}\n"
    assert output(session, "print(llm_query_batched([]))") == "[]\n"


def test_rlm_query_hands_its_context_over(session: MontySandbox) -> None:
    code = "rlm_query('p', context=context[:5])\nrlm_query_batched(['q', 'r'], [['a', 'b'], None])"
    assert session.start(code) == Asked((Call("rlm", "p", None, TEXT[:5]),))
    assert session.resume([("ok", "")]) == Asked((Call("rlm", "q", None, ["a", "b"]), Call("rlm", "r")))
    ended(session.resume([("ok", ""), ("ok", "")]))


def test_questions_asked_concurrently_come_in_the_order_they_were_asked(session: MontySandbox) -> None:
    for _ in range(5):
        outcome = session.start(GATHER)
        assert asked(outcome) == [*"abcdefgh"]
        assert ended(session.resume(answered(outcome))).output == f"{[f'{p}={p.upper()}' for p in 'abcdefgh']}\n"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("overflow", "ValueError"),
        ("invalid", "ValueError"),
        ("server", "RuntimeError"),
        ("budget", "RuntimeError"),
        ("refused", "RuntimeError"),
    ],
)
def test_a_failed_sub_query_raises_in_the_cell_with_its_kind_and_message(
    session: MontySandbox, kind: str, error: str
) -> None:
    asked(session.start("x = 1\nx = llm_query('q')"))
    said = failed(session.resume([("failed", kind, "as it was")]))
    assert said.splitlines()[1:3] == ["  line 2, in <module>", "    x = llm_query('q')"]
    assert said.splitlines()[-1].startswith(f"{error}: sub-query failed ({kind}): as it was")
    assert output(session, "print(x)") == "1\n"


def test_a_failed_sub_query_can_be_caught(session: MontySandbox) -> None:
    asked(session.start("try:\n    llm_query('q')\nexcept RuntimeError as error:\n    print('caught', error)"))
    assert ended(session.resume([("failed", "server", "down")])).output == "caught sub-query failed (server): down\n"


def test_one_failure_of_a_batch_raises_or_is_returned_as_a_marked_result(session: MontySandbox) -> None:
    results = [("ok", "A"), ("failed", "server", "down"), ("ok", "C")]
    asked(session.start("llm_query_batched(['a', 'b', 'c'])"))
    said = failed(session.resume(results))
    assert "RuntimeError: 1 of 3 sub-queries failed, the first (server): down. The other answers are kept: " in said
    asked(session.start("llm_query_batched(['a', 'b'])"))
    said = failed(session.resume([("failed", "server", "All are down.")] * 2))
    assert "2 of 2 sub-queries failed, the first (server): All are down. With on_error='return' " in said
    asked(session.start("r = llm_query_batched(['a', 'b', 'c'], on_error='return')"))
    ended(session.resume(results))
    told = output(session, "print(r[0], r[2], type(r[1]).__name__, r[1].type, r[1].message, isinstance(r[1], str))")
    assert told == "A C SubQueryFailure server down False\n"


def test_an_answer_without_a_question_is_refused(session: MontySandbox) -> None:
    output(session, "x = 1")
    with pytest.raises(ReplayError):
        session.resume([("ok", "answer")])


# -- finishing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("FINAL('done')", "done"),
        ("SUBMIT([1, {'a': 2}])", [1, {"a": 2}]),
        ("FINAL(0)", 0),
        ("result = 'r' * 3\nFINAL_VAR('result')", "rrr"),
        ("result = [1]\nFINAL_VAR(result)", [1]),
        ("def f():\n    FINAL('from inside')\nf()", "from inside"),
        ("try:\n    FINAL('kept')\nfinally:\n    x = 1", "kept"),
        ("answer['content'] = 'c'\nanswer['ready'] = True", "c"),
        ("answer = {'content': 'new', 'ready': True}", "new"),
        ("FINAL('x' * 3_000_000)", "x" * 3_000_000),
    ],
)
def test_every_way_to_finish_gives_the_value(session: MontySandbox, code: str, value: Any) -> None:
    outcome = ended(session.start(f"print('seen')\n{code}"))
    assert outcome.final == (value,)
    assert outcome.output == "seen\n"


def test_nothing_runs_after_final_and_the_session_can_go_on(session: MontySandbox) -> None:
    assert ended(session.start("kept = 1\nFINAL('a')\nkept = 2\nprint('after')")).output == ""
    assert output(session, "print(kept)") == "1\n"
    assert session.variable("kept") == (1,)


@pytest.mark.parametrize("value", ["", "''", "None", "'  '"])
def test_an_empty_answer_is_refused(session: MontySandbox, value: str) -> None:
    assert "FINAL: the answer is empty" in failed(session.start(f"FINAL({value})"))


@pytest.mark.parametrize(
    ("value", "items"),
    [
        ("(n for n in [1, 2])", [1, 2]), ("map(str, [1, 2])", ["1", "2"]), ("zip([1], [2])", [[1, 2]]),
        ("range(2)", [0, 1]), ("{'a': 1}.keys()", ["a"]), ("{'a': 1}.items()", [["a", 1]]),
        ("filter(None, [1, 0])", [1]),
    ],
)  # fmt: skip
def test_an_answer_that_is_read_item_by_item_is_its_items(session: MontySandbox, value: str, items: list[Any]) -> None:
    assert ended(session.start(f"FINAL({value})")).final == (items,)


@pytest.mark.parametrize("value", ["len", "int", "lambda: 1", "A", "llm_query", "json"])
def test_an_answer_that_only_code_can_use_is_refused(session: MontySandbox, value: str) -> None:
    said = failed(session.start(f"import json\nclass A:\n    pass\nFINAL({value})"))
    assert "is no answer. Pass text or data" in said


def test_an_answer_that_says_what_it_is_stays(session: MontySandbox) -> None:
    assert ended(session.start("FINAL('<function of 0x1>')")).final == ("<function of 0x1>",)


def test_final_var_of_a_name_that_is_not_there_says_so(session: MontySandbox) -> None:
    assert "no variable named 'missing'" in failed(session.start("FINAL_VAR('missing')"))


@pytest.mark.parametrize("code", ["answer['content'] = 'c'", "answer = {'content': '', 'ready': True}", "answer = 'x'"])
def test_an_answer_that_is_not_ready_or_empty_does_not_end_the_run(session: MontySandbox, code: str) -> None:
    assert ended(session.start(code)).final is None


def test_the_draft_is_what_answer_holds(session: MontySandbox) -> None:
    output(session, "answer['content'] = 'so far'")
    assert session.draft() == "so far"
    output(session, "answer = 'as text'")
    assert session.draft() == "as text"


def test_show_vars_lists_the_models_variables_and_nothing_else(session: MontySandbox) -> None:
    assert output(session, "SHOW_VARS()") == "no variables yet\n"
    output(session, "rows = [1, 2, 3]\ntitle = 'x'\ncount = 4")
    assert sorted(output(session, "SHOW_VARS()").splitlines()) == ["count: int", "rows: list (3)", "title: str (1)"]
