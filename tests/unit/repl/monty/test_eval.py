"""`eval` and `ast.literal_eval` read values that are written out, and nothing else."""

import ast
from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langchain_rlm.repl.monty.session import MontySandbox
from tests.unit.repl.monty.sandbox_runner import SPELT, spelt
from tests.unit.repl.monty.sessions import a_session, answered, ended, failed, output


@pytest.fixture(scope="module")
def session() -> Iterator[MontySandbox]:
    with monty.Monty(max_processes=1) as pool, a_session(pool) as session:
        yield session


CHARACTERS = st.characters(codec="utf-8", exclude_categories=["Cn"])
"""Those that this Python's Unicode knows: the sandbox knows newer ones, and prints them."""
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS, max_size=20)
    | st.binary(max_size=10)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(CHARACTERS, max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(VALUES.filter(lambda value: not any(quotes in repr(value) for quotes in ("'''", '"""'))))
def test_what_repr_wrote_is_read_back(session: MontySandbox, value: Any) -> None:
    read = f"[eval({repr(value)!r}), ast.literal_eval({repr(value)!r})]"
    output(session, f"import ast\n{SPELT}\nread = spelt({read})")
    assert session.variable("read") == (spelt([value, value]),)


@given(
    st.lists(
        st.sampled_from(
            ["'", '"', "'''", '"""', "\\", "\n", "\r", "#", " ", "f", "r", "b", "x()", "1", "{", "}", ",", "+"]
        ),
        max_size=14,
    )
)
def test_text_that_python_reads_as_more_than_a_value_is_never_run(session: MontySandbox, parts: list[str]) -> None:
    text = "".join(parts)
    code = (
        f"ran = []\ndef x():\n    ran.append(1)\ntry:\n    eval({text!r})\nexcept Exception:\n    pass\nprint(len(ran))"
    )
    assert output(session, code) == "0\n"


def test_arithmetic_is_reckoned(session: MontySandbox) -> None:
    assert output(session, "print(eval('(2 + 3) * 4 / 5 ** 2'), eval('1 < 2'), eval(' -7 // 2 '))") == "0.8 True -4\n"


def test_a_models_answer_is_read_as_models_write_it(session: MontySandbox) -> None:
    code = "raw = llm_query('list')\nwords = eval(raw, {'__builtins__': {}})\nprint(words, list(map(eval, ['1', '2'])))"
    outcome = session.start(code)
    assert answered(outcome)
    assert ended(session.resume([("ok", "['a', 'b']")])).output == "['a', 'b'] [1, 2]\n"


@pytest.mark.parametrize(
    "text", ["x + 1", "open('f')", "f'{x}'", "[n for n in 'ab']", "lambda: 0", "(1).real", "'a'.upper()", "# 1"]
)
@pytest.mark.parametrize("reader", ["eval", "ast.literal_eval"])
def test_code_is_refused_with_what_to_write_instead(session: MontySandbox, reader: str, text: str) -> None:
    said = failed(session.start(f"import ast\nx = 1\n{reader}({text!r})"))
    assert said.splitlines()[-1].startswith(f"ValueError: {reader}: only a value written out, such as [1, 'a'], can be")
    assert said.endswith("Write code in the cell itself, and read JSON with json.loads.")


def test_what_is_no_python_is_a_syntax_error_that_a_cell_can_catch(session: MontySandbox) -> None:
    assert output(session, "try:\n    eval('[1, ')\nexcept (ValueError, SyntaxError) as e:\n    print('no')") == "no\n"
    with pytest.raises(SyntaxError):
        ast.literal_eval("[1, ")


def test_names_that_run_code_cannot_be_taken(session: MontySandbox) -> None:
    for code in (
        "eval = 1",
        "exec = 1",
        "from x import y as eval",
        "def f(exec):\n    pass",
        "for eval in [1]:\n    pass",
    ):
        assert "is not available here" in failed(session.start(code)) or "another name" in failed(session.start(code))


def test_a_method_or_argument_may_be_called_eval(session: MontySandbox) -> None:
    code = "class Model:\n    def eval(self):\n        return 1\nprint(Model().eval(), dict(eval=2, exec=3))"
    assert output(session, code) == "1 {'eval': 2, 'exec': 3}\n"
