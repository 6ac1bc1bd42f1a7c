# ruff: noqa: E501 - cells on one line
"""What the lowering promises, one sentence a test."""

import ast
import builtins
import re
from collections.abc import Iterator

import pydantic_monty as monty
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.errors import UnsupportedCodeError
from langchain_rlm.repl.monty.bindings import tool_source
from langchain_rlm.repl.monty.lowering import PLACES, Lowering, builtins_source, sandbox_module, sandbox_source
from langchain_rlm.repl.monty.lowering.captured import NAMES, OWN, capturing
from langchain_rlm.repl.monty.lowering.scopes import annotate, bound_names, is_builtin
from langchain_rlm.repl.monty.lowering.vocabulary import SANDBOX_MODULES
from tests.unit.repl.monty.sandbox_runner import Sandbox
from tests.unit.repl.monty.sessions import a_session


def lowering() -> Lowering:
    return Lowering()


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as started:
        yield started


@pytest.fixture
def sandbox(pool: monty.Monty) -> Iterator[Sandbox]:
    with a_session(pool) as session:
        yield Sandbox(session)


PLAIN = """\
# Look at the start.
text = context[:100]
names = [n.strip() for n in text.split(",") if n]
def ask(part):
    return llm_query(f"Who? {part}")
answer = ask(names[0])
print(answer, sorted(names, key=len))
"""


def test_a_cell_that_needs_nothing_stays_verbatim() -> None:
    lowered = lowering().lower(PLAIN)
    assert lowered.source == PLAIN
    assert lowered.lines == {number: number for number in range(1, PLAIN.count("\n") + 2)}
    assert lowered.modules == ()


def test_the_names_a_cell_binds_are_given_in_order() -> None:
    cell = "import re\nfor i, (a, *b) in x: pass\nwith f() as g: pass\ndef h(z): y = 1\nif (w := 2): a = [q for q in b]\nclass C: k = 1\n"
    assert lowering().lower(cell).assigned == ("re", "i", "a", "b", "g", "h", "w", "C")


def test_the_name_of_a_handler_is_not_kept() -> None:
    assert lowering().lower("try:\n    x = 1\nexcept ValueError as e:\n    y = e\n").assigned == ("x", "y")


def test_statements_that_change_leave_their_neighbours_verbatim() -> None:
    source = lowering().lower("a = 1  # first\n\ndel a\nb  =  2  # last\n").source
    assert source.startswith("a = 1  # first\n\n")
    assert source.endswith("\nb  =  2  # last\n")


def test_a_line_of_a_lowered_cell_leads_back_to_the_line_the_model_wrote() -> None:
    cell = "x = 1\n\ndef gen(items):\n    # loop\n    for item in items:\n\n        yield (\n            item\n        )\n    boom()\n\ny = 2\n"
    lowered = lowering().lower(cell)
    written = cell.split("\n")
    for number, line in enumerate(lowered.source.split("\n"), start=1):
        if line.strip() in {"boom()", "y = 2", "x = 1", "for item in items:"}:
            assert written[lowered.lines[number] - 1].strip() == line.strip()
    assert set(lowered.lines) == set(range(1, lowered.source.count("\n") + 2))


def test_an_error_in_a_rewritten_function_is_traced_to_its_line(sandbox: Sandbox) -> None:
    cell = "\n\ndef gen():\n    yield 1\n\n    # why\n    yield 1 / 0\n\nlist(gen())\n"
    assert re.findall(r"line (\d+)", sandbox.execute([cell]).error) == ["9", "7"]


REFUSALS = [
    ("x = _rlm_y", "reserved"),
    ("def _rlm_y(): pass", "reserved"),
    ("llm_query = 3", "the REPL's own function; choose another name"),
    ("def rlm_query(x): pass", "the REPL's own function"),
    ("from re import sub as llm_query_batched", "the REPL's own function"),
    ("for FINAL in [1]: pass", "the REPL's own function"),
    ("import numpy as np", "lists, math and statistics.*Modules: .*statistics"),
    ("import nosuchmodule", "not available.*Modules"),
    ("from requests import get", "no network"),
    ("import uuid", "hashlib"),
    ("import os\nos.listdir('.')", "os.listdir"),
    ("from math import *", "name what you need"),
    ("from functools import singledispatch", "functools has"),
    ("from io import BytesIO", "io has StringIO"),
    ("import io\nio.BytesIO(b'')", "io has StringIO"),
    ("open('x')", "`context`"),
    ("input('?')", "decide from"),
    ("exit()", "FINAL"),
    ("import sys\nsys.exit(1)", "FINAL"),
    ("x = bytearray(3)", "bytes"),
    ("(5).to_bytes(2, 'big')", "to_bytes"),
    ("def f():\n    try:\n        yield 1\n    finally:\n        pass", "`finally` around a yield"),
    ("def f():\n    x = yield 1", "as an argument"),
    ("try:\n    pass\nexcept* ValueError:\n    pass", "use `except`"),
    ("async def f():\n    async for x in y: pass", "async for"),
    ("async def f():\n    yield 1", "collect a list"),
    ("class D(dict): pass", "cannot derive from `dict`"),
    ("class D:\n    def __bool__(self): return True", "truth tests"),
    ("class D:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass", "set_x"),
    ("del a.b", "set it to None"),
    ("def f():\n    return globals()", "top level"),
    ("from itertools import groupby\nx = list(groupby('ab', key=lambda c: llm_query(c)))", "inside `groupby`"),
    ("@contextmanager\ndef f():\n    yield 1", "__enter__"),
]


@pytest.mark.parametrize(("cell", "message"), REFUSALS)
def test_what_cannot_run_is_refused_with_advice(cell: str, message: str) -> None:
    with pytest.raises(UnsupportedCodeError, match=message) as refusal:
        lowering().lower("ok = 1\n" + cell)
    assert refusal.value.line >= 2


WARNED = 'import re\nfound = re.findall("\\d+", context)\n'


def test_invalid_python_is_refused_with_its_line_and_text() -> None:
    with pytest.raises(UnsupportedCodeError, match=r"line 2: y = = 3") as refusal:
        lowering().lower("x = 1\ny = = 3\n")
    assert refusal.value.line == 2


def test_what_python_warns_about_is_no_error_where_warnings_are() -> None:
    with pytest.raises(SyntaxError):
        ast.parse(WARNED)
    assert lowering().lower(WARNED).source == WARNED


def test_a_refused_cell_leaves_no_trace() -> None:
    one, other = lowering(), lowering()
    with pytest.raises(UnsupportedCodeError):
        one.lower("import statistics\nclass A(ValueError): pass\nopen('x')")
    cells = ["import statistics", "class A: pass\nclass B(A): pass"]
    assert [one.lower(cell) for cell in cells] == [other.lower(cell) for cell in cells]


@pytest.mark.parametrize(
    "cell", ["chunks = [1]", "budget = 3", "answer = {}", "context = 'x'", "def f(llm_query): return llm_query"]
)
def test_names_that_models_use_for_themselves_may_be_bound(cell: str) -> None:
    assert lowering().lower(cell).source == cell


def test_a_module_is_asked_for_once_a_session() -> None:
    one = lowering()
    assert one.lower("import statistics, io").modules == ("statistics", "io")
    assert one.lower("from statistics import mean\nimport textwrap").modules == ("textwrap",)


def test_the_same_cells_give_the_same_sources() -> None:
    cells = [
        "class E(Exception): pass",
        "from concurrent.futures import ThreadPoolExecutor\ndef ask(c): return llm_query(c)",
        "with ThreadPoolExecutor() as ex: r = list(ex.map(ask, 'ab'))\ntry: raise E('x')\nexcept E as e: pass",
    ]
    one, other = lowering(), lowering()
    assert [one.lower(cell) for cell in cells] == [other.lower(cell) for cell in cells]


def test_variables_are_shown_and_returned_from_the_top_level() -> None:
    one = lowering()
    assert one.lower("SHOW_VARS()").source == "_rlm_show_vars(_rlm_b_locals())"
    assert one.lower("FINAL_VAR('x')").source == "_rlm_final_var('x', _rlm_b_locals())"
    assert one.lower("FINAL_VAR(x)").source == "_rlm_final_var(x, _rlm_b_locals())"
    assert one.lower("def f():\n    FINAL_VAR('x')").source == "def f():\n    FINAL_VAR('x')"


def test_eval_becomes_the_reader_of_values_by_whatever_way_it_is_used() -> None:
    one = lowering()
    assert one.lower("x = eval(y)\nread = eval").source == "x = _rlm_eval(y)\nread = _rlm_eval"
    assert one.lower("model.eval()\nf(eval=1)").source == "model.eval()\nf(eval=1)"


def test_places_in_texts_go_through_the_prelude_when_texts_are_wide() -> None:
    one = Lowering(texts="wide")
    for written, lowered in (
        ("x = context[3:]", "x = _rlm_slice(context, 3, None, None)"),
        ("x = context[i + 1]", "x = _rlm_at(context, i + 1)"),
        ("x = len(context)", "x = _rlm_wide_len(context)"),
        ("x = context.find('a', 3)", "x = _rlm_text_find(context, 'a', 3)"),
        ("x = context.startswith('a', 3)", "x = _rlm_text_startswith(context, 'a', 3)"),
        ("for m in re.finditer('a', context):\n    x = m", "for m in _rlm_re_finditer('a', context):\n    x = m"),
    ):
        assert one.lower(written).source == lowered


def test_only_what_is_looked_for_goes_there_when_texts_are_long_and_ascii() -> None:
    one = Lowering(texts="long")
    assert one.lower("x = text.find('a', y)").source == "x = _rlm_text_find(text, 'a', y)"
    assert one.lower("x = text[3:]\ny = text[x]\nz = len(y)").source == "x = text[3:]\ny = text[x]\nz = len(y)"


def test_what_has_no_place_stays_when_texts_are_wide() -> None:
    one = Lowering(texts="wide")
    for code in (
        "x[1:2] = [3]\ny: dict[str, int] = {}\nz = x[0]", "x = list[kind]", "y['a'] += 1", "x = line.startswith('a')",
        "x = text.count('a')", "x = re.search('a', context)", "class A:\n    def find(self, x): return x\ny = A().find(1)",
    ):  # fmt: skip
        assert one.lower(code).source == code


def test_sorting_without_questions_keeps_the_native_sort() -> None:
    cell = "xs = sorted(ys, key=lambda y: (-y[1], y[0].lower()))\nm = max(xs, key=len)\nzs = list(map(str, xs))"
    assert lowering().lower(cell).source == cell


def test_any_stops_at_the_first_yes(sandbox: Sandbox) -> None:
    run = sandbox.execute(["found = any('answer' in llm_query(c) for c in ['a', 'b', 'c'])"])
    assert run.rounds == [["a"]]


def test_next_stops_at_the_first_match(sandbox: Sandbox) -> None:
    run = sandbox.execute(["found = next((c for c in ['x', 'bb', 'c'] if '2' in llm_query(c)), None)"])
    assert run.rounds == [["x"], ["bb"]]
    assert sandbox.value("found") == "bb"


THREADS = "from concurrent.futures import ThreadPoolExecutor, as_completed, wait\n"


@pytest.mark.parametrize(
    "cell",
    [
        "def ask(c):\n    return llm_query(c).strip()\nwith ThreadPoolExecutor(4) as ex:\n    r = list(ex.map(ask, 'abc'))",
        "with ThreadPoolExecutor(4) as ex:\n    r = list(ex.map(llm_query, 'abc'))",
        "with ThreadPoolExecutor(4) as ex:\n    r = list(ex.map(lambda c: llm_query(c).strip(), 'abc'))",
        "def ask(c):\n    return llm_query(c)\ndef both(c):\n    return ask(c)\nex = ThreadPoolExecutor()\nfs = [ex.submit(both, c) for c in 'abc']\nr = [f.result() for f in as_completed(fs)]",
        "def outer(cs):\n    def ask(c):\n        return llm_query(c)\n    with ThreadPoolExecutor() as ex:\n        fs = {ex.submit(ask, c): c for c in cs}\n    return [f.result() for f in fs]\nr = outer('abc')",
        "with ThreadPoolExecutor() as ex:\n    fs = [ex.submit(lambda: llm_query(c)) for c in ['a', 'b', 'c']]\n    done, not_done = wait(fs)\nr = len(done)",
    ],
)
def test_a_thread_pool_asks_everything_in_one_round(sandbox: Sandbox, cell: str) -> None:
    run = sandbox.execute([THREADS + cell])
    assert [len(one) for one in run.rounds] == [3]


def test_a_function_of_an_earlier_cell_asks_in_one_round_too(sandbox: Sandbox) -> None:
    cells = [
        "def ask(c):\n    return llm_query('1' + c) + llm_query('2' + c)",
        THREADS + "with ThreadPoolExecutor() as ex:\n    r = list(ex.map(ask, 'ab'))",
    ]
    run = sandbox.execute(cells)
    assert [sorted(one) for one in run.rounds] == [["1a", "1b"], ["2a", "2b"]]


def test_functions_of_an_earlier_cell_that_call_each_other_ask_in_one_round(sandbox: Sandbox) -> None:
    first = "def ask(c):\n    return llm_query(c)\ndef both(c):\n    return ask(c) + '!'\ndef unused(x):\n    return x"
    sandbox.execute(
        [
            first,
            THREADS
            + "def run(cs):\n    with ThreadPoolExecutor() as ex:\n        return list(ex.map(both, cs))\nr = run('ab')",
        ]
    )
    assert sandbox.run.rounds == [["a", "b"]]


def test_a_function_defined_anew_is_the_one_that_is_asked(sandbox: Sandbox) -> None:
    pool = "\nwith ThreadPoolExecutor() as ex:\n    r = list(ex.map(ask, 'ab'))"
    sandbox.execute(
        [
            THREADS + "def ask(c):\n    return llm_query('old ' + c)" + pool,
            "def ask(c):\n    return llm_query('new ' + c)" + pool,
        ]
    )
    assert sandbox.run.rounds == [["old a", "old b"], ["new a", "new b"]]


def test_one_failing_question_leaves_its_siblings_alone(sandbox: Sandbox) -> None:
    cell = (
        THREADS
        + "ex = ThreadPoolExecutor()\nfs = [ex.submit(llm_query, p) for p in ['a', 'FAIL', 'c']]\nr = [str(f.exception()) if f.exception() else f.result() for f in fs]"
    )
    sandbox.execute([cell])
    assert sandbox.value("r") == ["answer 1: a", "sub-query failed (error): the model failed", "answer 1: c"]


@pytest.mark.parametrize(
    "cell",
    [
        "async def main():\n    return await asyncio.gather(llm_query('a'), llm_query('b'))\nr = asyncio.run(main())",
        "async def main(cs):\n    tasks = [llm_query(c) for c in cs]\n    return await asyncio.gather(*tasks)\nr = asyncio.run(main('ab'))",
        "async def ask(c):\n    return await llm_query(c)\nr = await asyncio.gather(*[ask(c) for c in 'ab'])",
        "async def ask(c):\n    return llm_query(c)\nasync def main():\n    return await asyncio.gather(*(ask(c) for c in 'ab'))\nloop = asyncio.get_event_loop()\nr = loop.run_until_complete(main())",
        "async def main():\n    ts = [asyncio.create_task(llm_query(c)) for c in 'ab']\n    return [await t for t in ts]\nr = asyncio.run(main())",
        "async def main():\n    sem = asyncio.Semaphore(2)\n    async def one(c):\n        async with sem:\n            return await asyncio.to_thread(llm_query, c)\n    return await asyncio.gather(*map(one, 'ab'))\nr = asyncio.run(main())",
    ],
)
def test_coroutines_ask_in_one_round(sandbox: Sandbox, cell: str) -> None:
    run = sandbox.execute(["import asyncio\n" + cell])
    assert run.rounds == [["a", "b"]]
    assert sandbox.value("r") == ["answer 1: a", "answer 1: b"]


def test_an_uncaught_error_of_an_own_class_names_the_class(sandbox: Sandbox) -> None:
    run = sandbox.execute(["class ParseError(ValueError): pass\nraise ParseError('bad line')"])
    assert run.last_line == "ParseError: bad line"


def test_a_deleted_name_is_gone(sandbox: Sandbox) -> None:
    sandbox.execute(["x = 1\ny = 2\ndel x\nkept = sorted(k for k in locals() if k in ('x', 'y'))"])
    assert sandbox.value("kept") == ["y"]


@pytest.mark.parametrize("name", sorted(SANDBOX_MODULES))
def test_every_sandbox_module_can_be_imported(sandbox: Sandbox, name: str) -> None:
    assert sandbox.execute([f"import {name}\nprint({name})"]).printed == f"<module '{name}'>\n"


def test_no_source_of_the_sandbox_calls_a_builtin_by_a_name_that_cells_may_take() -> None:
    sources = [sandbox_source("contract"), tool_source(["search"])]
    sources += [sandbox_module(name) for name in {*SANDBOX_MODULES, PLACES}]
    for source in [builtins_source().replace(capturing(), ""), *sources]:
        tree = ast.parse(source)
        annotate(tree, set())
        free = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and is_builtin(n, *vars(builtins))}
        assert free <= {"eval", "TimeoutError"}  # used when the file is fed, before any cell
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id.startswith(OWN)}
        assert {name.removeprefix(OWN) for name in used} <= set(NAMES)
        bound = {*bound_names(tree.body), *(n.arg for n in ast.walk(tree) if isinstance(n, ast.arg))}
        assert {name for name in bound if name.startswith(OWN)} <= {f"{OWN}print"}  # limited by the contract


def test_the_builtins_bind_reserved_names_only() -> None:
    names = {
        n.id
        for s in ast.parse(builtins_source()).body
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    top = [
        s.name
        for s in ast.parse(builtins_source()).body
        if isinstance(s, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    ]
    assert names
    assert all(name.startswith("_rlm_") for name in top)


_STATEMENTS = st.sampled_from(
    [
        "x{0} = {0}",
        "print('a',\n      'b')",
        "def f{0}():\n    yield {0}",
        "d = {{'k': {0}}}\ndel d['k']",
        "assert {0} == {0}, (\n    'text')",
        "# note",
        "y = f'''{0}\n{{1}}'''; z = 2",
        "if {0}:\n    del_me = [1]\n    del del_me[0]",
    ]
)


@given(st.lists(_STATEMENTS, min_size=1, max_size=6))
def test_every_line_of_a_lowered_cell_has_an_origin_in_order(parts: list[str]) -> None:
    cell = "\n".join(part.format(index) for index, part in enumerate(parts, start=1))
    lowered = lowering().lower(cell)
    origins = [lowered.lines[number] for number in range(1, lowered.source.count("\n") + 2)]
    assert origins == sorted(origins)
    assert set(origins) <= set(range(1, cell.count("\n") + 2))
    ast.parse(lowered.source)
