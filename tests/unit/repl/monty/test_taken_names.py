"""A cell may call a variable `str` or `list`, as in any Python: the REPL's own functions go on, in it and after it."""

from collections.abc import Iterator

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.lowering.captured import NAMES
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked
from tests.unit.repl.monty.sessions import TEXT, a_session, answered, asked, ended, failed, output

TAKEN = tuple(name for name in NAMES if name != "print")
ALL = "\n".join([f"{name} = 'taken'" for name in TAKEN])
"""A cell that takes every name at once."""
ASKING = {
    "llm_query": "print(llm_query('q'))",
    "llm_query_batched": "print(*llm_query_batched(['q', 'q'], on_error='return'))",
    "rlm_query": "print(rlm_query('q', ['a', 'b']))",
    "rlm_query_batched": "print(*rlm_query_batched(['q', 'q'], [None, 'a']))",
    "a tool": "print(search('q', {'n': [1]}))",
    "coroutines": "import asyncio\nasync def f(p):\n    return await llm_query(p)\n"
    "async def main():\n    return await asyncio.gather(f('q'), f('q'))\nprint(*asyncio.run(main()))",
    "threads": "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n"
    "    print(*pool.map(llm_query, ['q', 'q']))",
}
TELLING = {
    "chunks()": "''.join(chunks()) == context",
    "chunks(texts, size)": "chunks(['ab' * 40], 20, overlap=2)[0]",
    "budget()": "budget()",
    "a slice": "context[3:9]",
    "a generator": "next(x for x in [7])",
    "any": "any(x for x in [1, 2])",
    "round": "round(2.675, 2)",
    "eval": "eval('[1, 2]')",
    "json": "json.dumps({'a': Path}, default=lambda v: 'p')",
    "statistics": "statistics.median([3, 1, 2])",
    "pprint": "pprint.pformat({'b': [1], 'a': 2})",
    "io": "io.StringIO('a\\nb').readlines()",
    "heapq": "heapq.nlargest(2, [1, 3, 2])",
    "difflib": "difflib.SequenceMatcher(None, 'abc', 'abd').ratio()",
    "textwrap": "textwrap.shorten('some words here', 10)",
    "re.sub": "re.sub('a', lambda m: m.group().upper(), 'banana')",
}
IMPORTS = "import json, statistics, pprint, io, heapq, difflib, textwrap, re\nfrom pathlib import Path"


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(min_processes=1, max_processes=4) as pool:
        yield pool


@pytest.fixture
def session(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool, tools=frozenset({"search"})) as session:
        yield session


def said(session: MontySandbox, code: str) -> str:
    """What a cell prints whose questions are answered in capitals."""
    outcome = session.start(code)
    while isinstance(outcome, Asked):
        outcome = session.resume(answered(outcome))
    return ended(outcome).output


@pytest.mark.parametrize("same_cell", [True, False], ids=["in its cell", "in later cells"])
@pytest.mark.parametrize("name", ASKING)
def test_a_question_is_asked_whatever_names_a_cell_took(session: MontySandbox, name: str, *, same_cell: bool) -> None:
    cells = [f"{ALL}\n{ASKING[name]}"] if same_cell else [ALL, ASKING[name]]
    told = [said(session, code) for code in cells]
    assert set(told[-1].split()) == {"SEARCH" if name == "a tool" else "Q"}


@pytest.mark.parametrize("same_cell", [True, False], ids=["in its cell", "in later cells"])
@pytest.mark.parametrize("name", TELLING)
def test_functions_and_modules_say_the_same_whatever_names_a_cell_took(
    pool: monty.Monty, session: MontySandbox, name: str, *, same_cell: bool
) -> None:
    telling = f"print({TELLING[name]})"
    with a_session(pool) as other:
        output(other, IMPORTS)
        expected = output(other, telling)
    calling = {part for part in ("next", "any", "round") if name in (part, "a generator")}
    taking = "\n".join(line for line in ALL.split("\n") if line.split(" = ")[0] not in calling)
    cells = [f"{IMPORTS}\n{taking}\n{telling}"] if same_cell else [taking, IMPORTS, telling]
    assert [output(session, code) for code in cells][-1] == expected


@pytest.mark.parametrize(
    "end", ["FINAL('done')", "done = 'done'\nFINAL_VAR('done')", "answer['content'] = 'done'\nanswer['ready'] = True"]
)
def test_the_answer_is_given_whatever_names_a_cell_took(session: MontySandbox, end: str) -> None:
    output(session, ALL)
    assert ended(session.start(end)).final == ("done",)


def test_variables_and_the_draft_are_told_whatever_names_a_cell_took(session: MontySandbox) -> None:
    assert ("n", "int", None) in ended(session.start(f"{ALL}\nn = 5")).variables
    assert "n: int" in output(session, "SHOW_VARS()")
    output(session, "answer['content'] = [1]")
    assert session.draft() == [1]
    assert session.variable("n") == (5,)


def test_the_print_limit_holds_whatever_names_a_cell_took(pool: monty.Monty) -> None:
    with a_session(pool, print_limit=100) as session:
        output(session, ALL)
        assert "output limit" in failed(session.start("while True:\n    print('0123456789')"))


def test_a_name_that_a_cell_took_stays_taken_for_cells(session: MontySandbox) -> None:
    output(session, "list = [1, 2]\nprint_ = print\nprint = 'mine'")
    assert output(session, "print_(list, print)") == "[1, 2] mine\n"
    assert "'list' object is not callable" in failed(session.start("list('ab')"))
    assert output(session, "SHOW_VARS()").splitlines() == ["list: list (2)", "print: str (4)", "print_: function"]
    assert asked(session.start("llm_query_batched(['a', 'b'])")) == ["a", "b"]


def test_a_name_that_was_taken_and_deleted_is_the_builtin_again(session: MontySandbox) -> None:
    assert output(session, "str = 'x'\ndel str\nprint(str(4) + '!')") == "4!\n"
    assert output(session, "print(str(5) + '!')") == "5!\n"


def test_the_module_re_may_be_a_variable(session: MontySandbox) -> None:
    assert output(session, "re = 'x'\nprint(''.join(chunks()) == context, len(context))") == f"True {len(TEXT)}\n"
