"""Small programs put together at random print in the sandbox what they print in CPython, or are refused when lowered.

The programs are built so that they end: every loop goes over a value, and values stay small.
"""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.repl.monty.sandbox_runner import Answer, Sandbox, answer_to
from tests.unit.repl.monty.sessions import a_session

Text = st.SearchStrategy[str]

# -- expressions, by the type of their value --------------------------------------------------------------------------

NUMBERS = st.sampled_from(["0", "1", "2", "3", "-1", "7", "n", "k"])
WORDS = st.sampled_from(["'a b c'", "'Beta,alpha'", "''", "'x=1;y=22'", "'Ünï 漢'", "s", "t", "'  pad '"])
LISTS = st.sampled_from(["xs", "[3, 1, 2]", "[]", "[5, 5, 0]", "list(range(4))"])
NAMES = st.sampled_from(["ws", "['bb', 'a', 'ccc']", "['x']", "s.split()", "['q', 'Q', 'p']"])


def made(template: str, **parts: Text) -> Text:
    return st.fixed_dictionaries(parts).map(lambda drawn: template.format(**drawn))


def numbers(n: Text, s: Text, xs: Text, ws: Text) -> Text:
    return st.one_of(
        made("({a} {op} {b})", a=n, b=n, op=st.sampled_from(["+", "-", "*"])),
        made("({a} {op} {b})", a=n, b=n, op=st.sampled_from(["//", "%"])),
        made("len({a})", a=st.one_of(s, xs, ws)),
        made("sum({a})", a=xs),
        made("sum(1 for q in {a} if q > {b})", a=xs, b=n),
        made("max({a}, default={b})", a=xs, b=n),
        made("min({a}, key=lambda q: (abs(q - {b}), q), default=0)", a=xs, b=n),
        made("{a}.count({b})", a=s, b=s),
        made("{a}.find({b})", a=s, b=s),
        made("({a} if {b} > {c} else {d})", a=n, b=n, c=n, d=n),
        made("{a}[{b}]", a=xs, b=n),
        made("{a}.index({b})", a=ws, b=s),
        made("next((q for q in {a} if q > {b}), -9)", a=xs, b=n),
        made("next(iter({a}))", a=xs),
        made("(lambda q, r={a}: q + r)({b})", a=n, b=n),
        made("int({a})", a=s),
        made("round({a} / {b}, 2)", a=n, b=n),
        made("len(set({a}))", a=ws),
        made("dict(zip({a}, {b})).get('a', {c})", a=ws, b=xs, c=n),
    )


def words(n: Text, s: Text, xs: Text, ws: Text) -> Text:
    methods = ["upper", "lower", "strip", "title", "swapcase", "casefold", "capitalize", "lstrip", "rstrip"]
    return st.one_of(
        made("{a}.{m}()", a=s, m=st.sampled_from(methods)),
        made("({a} + {b})", a=s, b=s),
        made("{a}[{b}:{c}]", a=s, b=n, c=n),
        made("{a}[::-1]", a=s),
        made("{a}[{b}::2]", a=s, b=n),
        made("{a}[{b}]", a=s, b=n),
        made("{a}.replace({b}, 'z')", a=s, b=s),
        made("'-'.join({a})", a=ws),
        made("''.join(str(q) for q in {a})", a=xs),
        made("', '.join(sorted({a}, key=len))", a=ws),
        made('f"{{{a}}}|{{{b}:>5}}|{{{c}!r}}"', a=n, b=n, c=n),
        made('f"{{{a}:03d}} {{len({b})}}"', a=n, b=ws),
        made("'{{}}-{{:>4}}'.format({a}, {b})", a=s, b=n),
        made("'%s:%d' % ({a}, {b})", a=s, b=n),
        made("{a}.partition(',')[2]", a=s),
        made("{a}.rpartition(' ')[0]", a=s),
        made("{a}.center(9, '*')", a=s),
        made("{a}.zfill({b})", a=s, b=n),
        made("str({a})", a=st.one_of(n, xs, ws)),
        made("repr({a})", a=s),
        made("({a} or {b})", a=s, b=s),
        made("max({a}, key=lambda q: (len(q), q), default='none')", a=ws),
        made("llm_query('about ' + {a})", a=s),
        made("{a}.removeprefix('a').removesuffix('c')", a=s),
        made("{a}.ljust(6, '.')", a=s),
        made("{a} * {b}", a=s, b=st.sampled_from(["0", "2", "-1"])),
    )


def lists(n: Text, xs: Text, ws: Text) -> Text:
    return st.one_of(
        made("[q {op} {b} for q in {a}]", a=xs, b=n, op=st.sampled_from(["+", "*", "-"])),
        made("[q for q in {a} if q % 2]", a=xs),
        made("[q + r for q in {a} for r in {b} if q != r][:6]", a=xs, b=xs),
        made("sorted({a}, reverse=True)", a=xs),
        made("sorted({a}, key=lambda q: (-q % 3, q))", a=xs),
        made("{a}[{b}:]", a=xs, b=n),
        made("{a}[::-1]", a=xs),
        made("list(map(lambda q: q * q, {a}))", a=xs),
        made("list(filter(None, {a}))", a=xs),
        made("list(reversed({a}))", a=xs),
        made("[*{a}, *{b}]", a=xs, b=xs),
        made("[len(q) for q in {a}]", a=ws),
        made("[i for i, q in enumerate({a}, {b}) if q]", a=ws, b=n),
        made("sorted(set({a}) | set({b}))", a=xs, b=xs),
        made("list({{q: q * 2 for q in {a}}}.values())", a=xs),
        made("[a - b for a, b in zip({a}, {b})]", a=xs, b=xs),
        made("list(gen({a}))[:8]", a=xs),
        made("sorted({{*{a}}})", a=xs),
    )


def name_lists(s: Text, xs: Text, ws: Text) -> Text:
    return st.one_of(
        made("{a}.split()", a=s),
        made("{a}.split(',')", a=s),
        made("{a}.splitlines()", a=s),
        made("[q.upper() for q in {a}]", a=ws),
        made("sorted({a}, key=str.lower)", a=ws),
        made("sorted({a}, key=lambda q: (len(q), q), reverse=True)", a=ws),
        made("sorted({a}, key=lambda q: llm_query('score ' + q))", a=ws),
        made("[llm_query('on ' + q) for q in {a}][:3]", a=ws),
        made("list(map(llm_query, ['m ' + q for q in {a}]))", a=ws),
        made("llm_query_batched(['b ' + q for q in {a}])", a=ws),
        made("[q for q in {a} if 'No' not in llm_query('yes or no ' + q)]", a=ws),
        made("[str(q) for q in {a}]", a=xs),
        made("{a}[1:]", a=ws),
        made("list({a})", a=s),
        made("[f'{{i}}{{q}}' for i, q in enumerate({a})]", a=ws),
        made("list(dict.fromkeys({a}))", a=ws),
        made("[w for q in {a} for w in q.split()]", a=ws),
        made("[c for c in {a} if c.isalpha()]", a=s),
    )


def deeper(levels: int) -> tuple[Text, Text, Text, Text]:
    n, s, xs, ws = NUMBERS, WORDS, LISTS, NAMES
    for _ in range(levels):
        n, s, xs, ws = (
            st.one_of(n, numbers(n, s, xs, ws)),
            st.one_of(s, words(n, s, xs, ws)),
            st.one_of(xs, lists(n, xs, ws)),
            st.one_of(ws, name_lists(s, xs, ws)),
        )
    return n, s, xs, ws


N, S, XS, WS = deeper(2)

# -- statements -------------------------------------------------------------------------------------------------------

SIMPLE = st.one_of(
    made("print({a}, {b})", a=N, b=S),
    made("print({a})", a=st.one_of(XS, WS)),
    made("n = {a}", a=N),
    made("s = {a}", a=S),
    made("xs = {a}", a=XS),
    made("ws = {a}", a=WS),
    made("k += {a}", a=N),
    made("s += {a}", a=S),
    made("xs.append({a})", a=N),
    made("xs.sort(key=lambda q: -q)"),
    made("first, *rest = {a}\nprint(first, rest)", a=WS),
    made("d[{a}] = {b}", a=S, b=N),
    made("d.setdefault({a}, []).append({b}) if isinstance(d.get({a}), list) else d.update({{{a}: [{b}]}})", a=S, b=N),
    made("d.pop({a}, None)", a=S),
    made("print(sorted(d))"),
    made("del d[{a}]", a=S),
    made("assert {a} >= 0, {b}", a=N, b=S),
    made("print(*{a}, sep={b}, end='!\\n')", a=WS, b=S),
    made("print(any(q in {b} for q in {a}), all(q for q in {a}))", a=WS, b=S),
    made("print([y for q in {a} if (y := q + 1) > 2])", a=XS),
    made("print(f(*{a}[:2]))", a=XS),
    made("print(f({a}, b={b}))", a=N, b=N),
    made("print(Small({a}).twice(), Large({a}).twice(), isinstance(Large({a}), Small))", a=N),
    made("t, s = s, t"),
    made("raise ValueError({a})", a=S),
    made("print({{q: len(q) for q in {a}}})", a=WS),
)


def indented(block: str) -> str:
    return "\n".join("    " + line for line in block.split("\n"))


def blocks(inner: Text) -> Text:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(indented)
    return st.one_of(
        made("for q in {a}:\n{b}", a=st.one_of(XS, WS).map(lambda each: f"list({each})[:4]"), b=body),
        made("for i, q in enumerate({a}[:3]):\n{b}\n    if i: break\nelse:\n    print('no break')", a=WS, b=body),
        made("if {a} > {c}:\n{b}\nelse:\n{d}", a=N, c=N, b=body, d=body),
        made(
            "try:\n{b}\nexcept (ValueError, IndexError) as error:\n    print('caught', type(error).__name__)\n"
            "except Exception as error:\n    print('other', type(error).__name__)\nelse:\n    print('fine')\n"
            "finally:\n    print('at last')",
            b=body,
        ),
        made("for q in gen({a}):\n    print('made', q)\n    if q > 3: continue\n{b}", a=XS, b=body),
        made(
            "def g(n, s=t):\n    k = 1\n    xs, ws, d = [n], [s], {{}}\n{b}\n    return s\nprint(g({a}))", a=N, b=body
        ),
        made("with contextlib.suppress(Exception):\n{b}", b=body),
    )


START = """\
import contextlib
n, k, s, t = 2, 5, 'one two', 'b'
xs, ws, d = [4, 1, 3], ['w', 'vv', 'u'], {'a': 1}
def f(a=1, b=2, *rest):
    return (a, b, rest)
def gen(values):
    total = 0
    for value in values:
        total += value
        yield total
class Small:
    def __init__(self, value):
        self.value = value
    def twice(self):
        return self.value * 2
class Large(Small):
    def twice(self):
        return super().twice() + 100
"""
PROGRAMS = st.lists(st.one_of(SIMPLE, blocks(st.one_of(SIMPLE, blocks(SIMPLE)))), min_size=1, max_size=5).map(
    lambda parts: START + "\n".join(parts) + "\n"
)
REFUSED = "refused"
STOPPED = {"StopIteration", "RuntimeError"}
"""`next` that finds nothing inside a generator: the sandbox makes generators lists and keeps the first (PEP 479)."""


def cpython(program: str) -> tuple[str, str]:
    """What a program prints, and the name of the error it ends with."""
    space: dict[str, Any] = {"__name__": "__main__"}
    space["llm_query"] = lambda prompt: Answer(answer_to(prompt))
    space["llm_query_batched"] = lambda prompts: [Answer(answer_to(prompt)) for prompt in prompts]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # here a warning would be an error: `0[1]` warns when it is compiled
        try:
            exec(compile(program, "<cell>", "exec"), space)  # noqa: S102  # put together above
        except Exception as error:  # noqa: BLE001  # whatever the program raises
            return printed.getvalue(), type(error).__name__
    return printed.getvalue(), ""


def sandboxed(pool: monty.Monty, program: str) -> tuple[str, str]:
    with a_session(pool) as session:
        run = Sandbox(session).execute([program])
    return ("", REFUSED) if run.refused else (run.printed, run.kind)


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as pool:
        yield pool


def compare(pool: monty.Monty, program: str) -> None:
    found = sandboxed(pool, program)
    if found[1] == REFUSED:
        return
    expected = cpython(program)
    if {found[1], expected[1]} == STOPPED:
        found = (found[0], expected[1])
    assert found == expected


@settings(suppress_health_check=list(HealthCheck))
@given(program=PROGRAMS)
def test_a_program_prints_what_it_prints_in_cpython(pool: monty.Monty, program: str) -> None:
    compare(pool, program)


@pytest.mark.slow
@settings(max_examples=5_000, derandomize=False, suppress_health_check=list(HealthCheck))
@given(program=PROGRAMS)
def test_many_programs_print_what_they_print_in_cpython(pool: monty.Monty, program: str) -> None:
    compare(pool, program)


@pytest.mark.parametrize(
    "call", ["2.675, 2", "0.165, 2", "-2.725, ndigits=2", "1.0, 1", "2.5", "1234.5, -2", "15, -1", "float('inf'), 2"]
)
def test_numbers_are_rounded_as_in_cpython(pool: monty.Monty, call: str) -> None:
    program = f"print(round({call}), [round(x, 2) for x in (0.285, 1.005)])\n"
    assert sandboxed(pool, program) == cpython(program)


def test_the_programs_are_mostly_not_refused(pool: monty.Monty) -> None:
    assert sandboxed(pool, START + "print(f(1), list(gen(xs)), Large(2).twice())\n") == (
        "(1, 2, ()) [4, 5, 8] 104\n",
        "",
    )
