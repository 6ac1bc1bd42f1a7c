# ruff: noqa: E501, ISC004 - programs on one line
"""What a loop asks is asked at once where no question depends on an answer; elsewhere each is asked when it comes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked, Ended
from tests.unit.repl.monty.sandbox_runner import answer_to, spelt
from tests.unit.repl.monty.sessions import a_session, answered, asked, ended

START = "import json, random\nws = ['w0', 'w1', 'w2', 'w1', 'w44', 'w5']\nout, seen, got, n, i, a, prev = [], set(), {}, 0, 0, '', ''"


@pytest.fixture(scope="module")
def session() -> Iterator[MontySandbox]:
    with monty.Monty(max_processes=1) as pool, a_session(pool) as opened:
        yield opened


def in_cpython(code: str) -> tuple[list[str], str | None, Any]:
    """What plain Python asks, the error it ends with, and what is left."""
    prompts: list[str] = []

    def query(prompt: str) -> str:
        if not prompt.strip():
            message = "llm_query: the prompt is empty."
            raise ValueError(message)
        prompts.append(prompt)
        return answer_to(prompt)

    space: dict[str, Any] = {"llm_query": query, "llm_query_batched": lambda texts: [query(text) for text in texts]}
    error = None
    exec(START, space)  # noqa: S102
    try:
        exec(code, space)  # noqa: S102
    except Exception as raised:  # noqa: BLE001
        error = type(raised).__name__
    return prompts, error, spelt([space["out"], space["got"], space["n"]])


def in_sandbox(session: MontySandbox, code: str) -> tuple[list[list[str]], str | None, Any]:
    """What the sandbox asks, one list for each time that it waits, and the same of the rest."""
    session.start("1 / 0")  # forgets what an earlier test has left
    ended(session.start(START))
    rounds: list[list[str]] = []
    outcome = session.start(code)
    while isinstance(outcome, Asked):
        rounds.append([call.prompt for call in outcome.calls])
        outcome = session.resume([_result(prompt) for prompt in rounds[-1]])
    assert isinstance(outcome, Ended)
    error = outcome.error.splitlines()[-1].partition(":")[0] if outcome.error else None
    left = session.variable("out"), session.variable("got"), session.variable("n")
    return rounds, error, spelt([one[0] for one in left if one])


def _result(prompt: str) -> tuple[str, ...]:
    try:
        return ("ok", answer_to(prompt))
    except RuntimeError:
        return ("failed", "error", "the model failed")


AT_ONCE = [
    "for w in ws:\n    out.append(llm_query(w))",
    "got = {w: llm_query(f'about {w}').strip() for w in ws if len(w) > 2}",
    "out = list(map(llm_query, ['q ' + w for w in ws]))",
    "got = dict(zip(ws, map(lambda w: llm_query('q ' + w), ws)))",
    "out.append(', '.join(llm_query(w) for w in ws))",
    "out = [w for w in ws if 'Yes' in llm_query('yes or no ' + w)]",
    "out = sorted(ws, key=lambda w: llm_query('rate ' + w))",
    "def ask(w):\n    p = f'Q {w}'\n    a = llm_query(p)\n    return a.strip()\nfor w in ws:\n    got[w] = ask(w)",
    "def rate(w):\n    if not w:\n        return 0\n    try:\n        return int(llm_query('how many ' + w))\n    except ValueError:\n        return 0\n"
    "def all_of(words):\n    return [rate(w) for w in words]\nout = all_of(ws)",
    "for i, w in enumerate(ws):\n    if w in seen:\n        continue\n    seen.add(w)\n    a = llm_query(f'{i} json {w}')\n    try:\n"
    "        d = json.loads(a[7:-3])\n    except ValueError:\n        d = {}\n    n += d.get('score', 0)",
    "for w in ws:\n    a = llm_query('one ' + w)\n    out.append(a + llm_query('two ' + w))",
    "while i < len(ws):\n    part = ws[i : i + 2]\n    out.append(llm_query(' '.join(part)))\n    i += 2",
    "for w in ws:\n    for k in 'ab':\n        out += llm_query_batched([k + w, w + k])",
    "for w in ws:\n    if 'Yes' in llm_query('yes or no ' + w):\n        n += 1\n    print(n)",
    "for w in ws:\n    try:\n        out.append(llm_query('FAIL' if w == 'w2' else w))\n    except RuntimeError as error:\n        out.append(str(error))",
    "def store(key, value):\n    got[key] = value\nfor w in ws:\n    store(w, llm_query(w))",
]  # fmt: skip
ONE_BY_ONE = [
    "for w in ws:\n    a = llm_query(a + w)\nout.append(a)",
    "for w in ws:\n    a = llm_query('yes or no ' + w)\n    if 'Yes' in a:\n        break\n    out.append(a)",
    "def found():\n    for w in ws:\n        if 'Yes' in llm_query('yes or no ' + w):\n            return w\nout.append(found())",
    "for w in ws:\n    a = llm_query('yes or no ' + w)\n    if 'Yes' in a:\n        a = llm_query('why ' + w)\n    out.append(a)",
    "for w in ws:\n    out.append(llm_query(w + str(len(out))))",
    "got = out = []\nfor w in ws:\n    out.append(llm_query(w + str(len(got))))\ngot = {}",
    "for w in ws:\n    try:\n        out.append(llm_query('FAIL' if w == 'w2' else w))\n    except RuntimeError:\n        break",
    "for w in ws:\n    try:\n        a = int(llm_query('yes or no ' + w))\n        a = llm_query('why ' + w)\n    except ValueError:\n        pass",
    "for w in ws:\n    a = llm_query('yes or no ' + w)\n    assert 'Yes' not in a",
    "def ask(w):\n    if w not in got:\n        got[w] = llm_query(w)\n    return got[w]\nout = [ask(w) for w in ws]",
    "def count(a):\n    global n\n    n += len(a)\nfor w in ws:\n    count(llm_query(w + str(n)))",
    "def inner(): return got.setdefault('x', out)\nfor w in ws:\n    inner().append(llm_query(w + str(len(out))))\ngot = {}",
    "it = iter(ws)\nfor w in it:\n    out.append(llm_query(w))\nn = len(list(it))",
    "n = any('Yes' in llm_query('yes or no ' + w) for w in ws)",
    "for w in ws:\n    out.append(llm_query(w + str(random.random() > 2)))",
    "rows = [{'t': w, 'a': ''} for w in ws]\nfor i, row in enumerate(rows):\n    row['a'] = llm_query(row['t'] + rows[i - 1]['a'])",
    "def f(x=out):\n    x.append(llm_query('p' + str(len(x))))\nfor w in ws:\n    f()",
]  # fmt: skip


@pytest.mark.parametrize("code", AT_ONCE)
def test_what_depends_on_no_answer_is_asked_at_once(session: MontySandbox, code: str) -> None:
    rounds, *left = in_sandbox(session, code)
    wanted, *expected = in_cpython(code)
    assert rounds == [wanted]
    assert left == expected


@pytest.mark.parametrize("code", ONE_BY_ONE)
def test_nothing_is_asked_that_the_loop_may_not_ask(session: MontySandbox, code: str) -> None:
    rounds, *left = in_sandbox(session, code)
    wanted, *expected = in_cpython(code)
    assert rounds == [[prompt] for prompt in wanted]
    assert left == expected


def test_functions_of_earlier_cells_are_known_until_they_are_bound_anew(session: MontySandbox) -> None:
    ended(session.start("def early(w):\n    return llm_query('early ' + w)\ndef text(w):\n    return w.upper()"))
    loop = "for w in ws[:2]:\n    early(text(w))"
    assert in_sandbox(session, loop)[0] == [["early W0", "early W1"]]
    ended(session.start("text = str.lower"))
    assert in_sandbox(session, loop)[0] == [["early w0"], ["early w1"]]


FAILING = "for w in ws:\n    n += int(llm_query('number ' + w)) + (1 // 0 if n else 1)"
AGAIN = "out = [llm_query('number ' + w) for w in ws[4:]]"


def test_what_an_error_kept_from_being_taken_is_taken_when_it_is_asked_again(session: MontySandbox) -> None:
    caught = "try:\n    " + FAILING.replace("\n", "\n    ") + "\nexcept ZeroDivisionError:\n    pass"
    assert len(in_sandbox(session, f"{caught}\n{AGAIN}")[0]) == 1
    in_sandbox(session, caught)
    ended(session.start(AGAIN))


def test_the_answers_of_a_cell_that_failed_are_left_to_the_engine(session: MontySandbox) -> None:
    assert in_sandbox(session, FAILING)[1] == "ZeroDivisionError"
    outcome = session.start(AGAIN)
    assert asked(outcome) == ["number w44", "number w5"]
    ended(session.resume(answered(outcome)))


def test_the_functions_that_ask_ahead_are_no_variables_and_no_line_of_a_traceback(session: MontySandbox) -> None:
    code = "for w in ws:\n    x = llm_query(w)\n    y = 1 / 0"
    ended(session.start(START))
    outcome = session.start(code)
    assert isinstance(outcome, Asked)
    outcome = session.resume([("ok", "a")] * 6)
    assert isinstance(outcome, Ended)
    assert (outcome.error or "").splitlines()[1:3] == ["  line 3, in <module>", "    y = 1 / 0"]
    assert {name for name, *_ in outcome.variables} == {"w", "x"}


PROMPTS = st.sampled_from(
    [
        "w",
        "f'{w} {i}'",
        "w + str(n)",
        "w + a",
        "prev + w",
        "w + str(len(out))",
        "'yes or no ' + w",
        "p",
        "w + str(len(seen))",
    ]
)
SIMPLE = st.one_of(
    PROMPTS.map("a = llm_query({})".format), PROMPTS.map("out.append(llm_query({}))".format),
    PROMPTS.map("out.append(helper({}))".format), PROMPTS.map("p = {}".format), PROMPTS.map("got[w] = {}".format),
    st.sampled_from([
        "n += 1", "prev = a", "seen.add(w)", "out.append(a)", "got[w] = a", "if w in seen:\n    continue", "if 'Yes' in a:\n    continue",
        "if 'Yes' in a:\n    break", "if n > 3:\n    break", "p = w.upper()", "x = out", "x = seen\nx.add(a)", "n += len(a)", "i += 1", "w = w + '!'",
        "out += [llm_query(w + k) for k in 'ab' if k not in a]", "out.extend(map(llm_query, [w, w + '2']))", "note(a)", "note(w)", "p = pure(w)",
        "int(w[1:]) > 40 and out.append(llm_query(w))", "out.append(llm_query(w) if n else w)", "if len(got) > 2:\n    raise ValueError(w)",
    ]),
)  # fmt: skip


def indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(indented)
    return st.one_of(
        several.map("if len(w) % 2:\n{}".format), several.map("if 'Yes' in a:\n{}".format), several.map("for k in 'xy':\n{}".format),
        st.tuples(several, several).map(lambda two: f"try:\n{two[0]}\nexcept ValueError:\n{two[1]}"),
        st.tuples(several, several).map(lambda two: f"if len(w) > 2:\n{two[0]}\nelse:\n{two[1]}"),
    )  # fmt: skip


STATEMENTS = st.recursive(SIMPLE, blocks, max_leaves=4)
HEADS = st.sampled_from(
    ["for w in ws:", "for i, w in enumerate(ws):", "for w in sorted(ws)[1:]:", "for i, w in zip(range(4), ws):"]
)
HELPERS = "def note(x):\n    got[x] = len(got)\ndef pure(x):\n    return x[:2] + '?'\ndef helper(q):\n{}\n    return a\np, x = '', []\n"
BODIES = st.lists(STATEMENTS.filter(lambda made: "helper" not in made), min_size=1, max_size=2).map(
    lambda made: "\n".join(["w, i, n = q, 0, len(q)", "a = llm_query('h ' + q)", *made])
)


def test_any_loop_asks_what_it_asks_in_plain_python(session: MontySandbox) -> None:
    @settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    @given(head=HEADS, body=st.lists(STATEMENTS, min_size=1, max_size=5), helper=BODIES, is_function=st.booleans())
    def asks_the_same(head: str, body: list[str], helper: str, *, is_function: bool) -> None:
        check(session, head, body, helper, is_function=is_function)

    asks_the_same()


def check(session: MontySandbox, head: str, body: list[str], helper: str, *, is_function: bool) -> None:
    loop = head + "\n" + indented("\n".join(body))
    if is_function:
        loop = f"def main(ws, out, seen, got, n, i, a, prev, p, x):\n{indented(loop)}\nmain(ws, out, seen, got, n, i, a, prev, p, x)"
    code = HELPERS.format(indented(helper)) + loop
    try:
        compile(code, "", "exec")
    except SyntaxError:
        return
    wanted, *expected = in_cpython(code)
    rounds, *left = in_sandbox(session, code)
    prompts = [prompt for round_ in rounds for prompt in round_]
    assert left == expected, code
    if expected[0] is None:
        assert prompts == wanted, code
    else:  # an error ends the loop before it has taken what was asked ahead
        assert not Counter(wanted) - Counter(prompts), code
