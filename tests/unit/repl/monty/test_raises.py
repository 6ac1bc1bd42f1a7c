# ruff: noqa: E501 - cells on one line
"""Raising, asserting and catching say in the sandbox what they say in CPython, or are refused when lowered."""

import builtins
import contextlib
import io
import re
import traceback
from collections.abc import Iterable, Iterator
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.lowering import vocabulary
from tests.unit.repl.monty.sandbox_runner import Sandbox
from tests.unit.repl.monty.sessions import a_session

ERRORS = sorted(
    name for name, error in vars(builtins).items() if isinstance(error, type) and issubclass(error, BaseException)
)
LACKING = vocabulary.LACKING_ERRORS.keys() - vocabulary.SAME_ERRORS
USUAL = ["AssertionError", "Exception", "KeyError", "RuntimeError", "StopIteration", "TypeError", "ValueError"]
OWN = {
    "Plain": "class Own(ValueError): pass",
    "Base": "class Base(Exception): pass\nclass Own(Base):\n    '''Said.'''",
    "Key": "class Own(KeyError): pass",
    "Init": "class Own(Exception):\n    def __init__(self, what='w', code=3):\n        super().__init__(f'{what} ({code})')\n        self.code = code",
    "NoSuper": "class Own(Exception):\n    def __init__(self, *given):\n        self.given = given",
    "Str": "class Own(RuntimeError):\n    def __str__(self):\n        return 'own text'",
    "Older": "class Own(Exception):\n    def __init__(self, *given):\n        Exception.__init__(self, 'older', *given)",
}
RAISED = {
    "class": "raise E",
    "instance": "raise E()",
    "text": "raise E('said')",
    "empty": "raise E('')",
    "variable": "raise E(text)",
    "f-string": "raise E(f'bad {n!r} of {text}')",
    "percent": "raise E('bad %d of %s' % (n, text))",
    "format": "raise E('bad {}'.format(n))",
    "joined": "raise E('bad ' + str(n))",
    "quotes": 'raise E("it\'s")',
    "lines": "raise E('one\\ntwo')",
    "number": "raise E(n)",
    "none": "raise E(None)",
    "list": "raise E([1, 'a'])",
    "two": "raise E('said', n)",
    "three": "raise E('a', 'b', 'c')",
    "error": "raise E(ValueError('inner'))",
    "starred": "raise E(*['a', 2])",
    "from": "raise E('said') from ValueError('why')",
    "from none": "raise E('said') from None",
    "made before": "error = E('said')\nraise error",
    "made by a function": "def made(): return E(text)\nraise made()",
    "in a function": "def f(x):\n    def g():\n        raise E(f'in {x}')\n    return g()\nf(n)",
    "in except": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise E('said')",
    "from the caught": "try:\n    int('x')\nexcept ValueError as first:\n    raise E(first) from first",
    "again": "try:\n    raise E('said')\nexcept E:\n    raise",
    "again by name": "try:\n    raise E('said')\nexcept E as first:\n    raise first",
    "in finally": "try:\n    x = 1\nfinally:\n    raise E('said')",
    "past finally": "try:\n    raise E(n)\nfinally:\n    print('at last')",
    "in else": "try:\n    x = 1\nexcept ValueError:\n    x = 2\nelse:\n    raise E('said')",
    "in a method": "class A:\n    def run(self):\n        raise E(text)\nA().run()",
    "in a lambda": "def fail(x): raise E(x)\nlist(map(lambda x: fail(x), ['p']))",
}
ASSERTED = {
    "plain": "assert n == 4",
    "text": "assert n == 4, 'said'",
    "variable": "assert n == 4, text",
    "f-string": "assert n == 4, f'not {n}'",
    "number": "assert not n, n",
    "tuple": "assert n > 5, ('a', n)",
    "none": "assert n > 5, None",
    "error": "assert n > 5, ValueError('x')",
    "true": "assert n == 3, 1 / 0\nraise AssertionError",
    "in a function": "def check(x):\n    assert isinstance(x, int), f'bad {x!r}'\n    return x\ncheck(text)",
    "by hand": "raise AssertionError(n)",
}
CAUGHT = {
    "its name": "except CATCH as e:\n    print(type(e).__name__, str(e), e.args, repr(e), f'{e} {e!r}', e)",
    "a pair": "except (ZeroDivisionError, CATCH) as e:\n    print('two', str(e), len(e.args), e.__class__.__name__)",
    "without a name": "except CATCH:\n    print('caught')",
    "any": "except BaseException as e:\n    print(isinstance(e, CATCH), isinstance(e, Exception), str(e))",
    "others first": "except ZeroDivisionError:\n    print('no')\nexcept CATCH as e:\n    print(f'{str(e):>12}|', [a for a in e.args])\nelse:\n    print('no')\nfinally:\n    print('done')",
    "kept": "except CATCH as e:\n    kept = e\nprint(str(kept), kept.args, isinstance(kept, CATCH))",
}
DIFFERS = {
    "KeyError": {
        "Monty keeps a key as text, so that `str` of the error quotes it": {
            "number", "none", "list", "two", "three", "error", "starred", "from the caught", "past finally",
        },
        "Monty does not tell an empty text from none": {"empty"},
    },
    "StopIteration": {"the `map` of CPython takes it for the end": {"in a lambda"}},
    "Init": {"Monty names no class before the method that got too many arguments": {"three"}},
}  # fmt: skip
"""Forms that differ, by error and by reason."""
UNLIKE = {
    "SyntaxError": "without arguments it has a text in CPython",
    "UnicodeDecodeError": "CPython makes it from five arguments only",
    "UnicodeEncodeError": "CPython makes it from five arguments only",
}
"""Errors that differ when a cell makes them, which none does, and why."""
BROKEN = {
    "a key": "{}['k']",
    "a number as key": "{}[3]",
    "a tuple as key": "{}[(1, 'a')]",
    "no key": "{}[None]",
    "a key with quotes": "{}[\"it's 'x'\"]",
    "a long key": "{}['k' * 1500]",
    "pop": "{'a': 1}.pop('b')",
    "division": "1 / 0",
    "a number": "int('x')",
    "an index": "[][0]",
    "a name": "print(nowhere)",
    "an attribute": "'a'.nothing",
    "an operand": "'a' + 1",
    "unpacking": "a, b = [1]",
    "next": "next(iter([]))",
}
START = "n, text = 3, 'some text'\n"


def indented(code: str) -> str:
    return "\n".join("    " + line for line in code.split("\n"))


def cpython(program: str) -> tuple[str, str]:
    """What a program prints, and the last line of its traceback."""
    space: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(program, "<cell>", "exec"), space)  # noqa: S102  # put together here
        except BaseException as error:  # noqa: BLE001  # whatever the program raises
            return printed.getvalue(), "".join(traceback.format_exception_only(error)).removesuffix("\n")
    return printed.getvalue(), ""


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(max_processes=1) as pool:
        yield pool


def compared(pool: monty.Monty, programs: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The programs that differ, and those that are refused."""
    differing: dict[str, Any] = {}
    refused: dict[str, str] = {}
    with a_session(pool) as session:
        for name, program in programs.items():
            run = Sandbox(session).execute([program])
            found, expected = (run.printed, run.last_line), cpython(program)
            if run.refused:
                refused[name] = run.error
            elif found != expected:
                differing[name] = (program, found, expected)
    return differing, refused


def programs(error: str, forms: dict[str, str], *, before: str = "") -> dict[str, str]:
    """A program for each form of raising: caught in every way, and then not."""
    return {form: START + before + _in_every_way(code, error) for form, code in forms.items()}


def _in_every_way(code: str, error: str) -> str:
    caught = [f"try:\n{indented(code)}\n{handler}" for handler in CAUGHT.values()]
    return re.sub(r"\b(E|CATCH)\b", error, "\n".join([*caught, code]))


def few(names: Iterable[str], *kept: str) -> list[Any]:
    """The names, of which all but those kept are for the slow tests."""
    return [name if name in kept else pytest.param(name, marks=pytest.mark.slow) for name in names]


def listed(name: str) -> set[str]:
    return {form for forms in DIFFERS.get(name, {}).values() for form in forms}


@pytest.mark.parametrize("error", few(USUAL, "KeyError", "StopIteration"))
def test_a_builtin_error_is_raised_and_caught_as_in_cpython(pool: monty.Monty, error: str) -> None:
    differing, refused = compared(pool, programs(error, RAISED))
    assert refused == {}
    assert differing.keys() == listed(error), differing


@pytest.mark.parametrize("own", few(OWN, "Base", "Init"))
def test_an_own_error_is_raised_and_caught_as_in_cpython(pool: monty.Monty, own: str) -> None:
    differing, refused = compared(pool, programs("Own", RAISED, before=OWN[own] + "\n"))
    assert refused == {}
    assert differing.keys() == listed(own), differing


def test_what_does_not_hold_is_told_as_in_cpython(pool: monty.Monty) -> None:
    assert compared(pool, programs("AssertionError", ASSERTED)) == ({}, {})


@pytest.mark.parametrize("message", ["", ", 'said'", ", text", ", n"])
def test_an_assertion_fails_whatever_its_error_was_taken_for(pool: monty.Monty, message: str) -> None:
    code = f"{START}AssertionError = 3\ntry:\n    assert n == 4{message}\nexcept Exception as e:\n    print(type(e), e.args)"
    assert compared(pool, {"taken": code}) == ({}, {})


@pytest.mark.parametrize(
    "forms", [("class", "two"), pytest.param(("class", "text", "variable", "from", "two"), marks=pytest.mark.slow)]
)
def test_every_builtin_error_is_raised_as_in_cpython_or_refused_with_what_to_use(
    pool: monty.Monty, forms: tuple[str, ...]
) -> None:
    unlike: set[str] = set()
    for form in forms:
        made = {error: programs(error, {form: RAISED[form]})[form] for error in ERRORS}
        differing, refused = compared(pool, made)
        unlike |= differing.keys()
        assert refused.keys() == LACKING | (vocabulary.STRUCTURED_ERRORS if form == "two" else set())
        assert all(re.search(r"is not available here; use \w+|takes one text here; write", r) for r in refused.values())
    assert unlike == {"KeyError", *UNLIKE}


def test_every_builtin_error_may_be_named_where_errors_are_caught(pool: monty.Monty) -> None:
    code = "try:\n    int('x')\nexcept E:\n    print('E')\nexcept (E, LookupError):\n    print('two')\nexcept ValueError:\n    print('other')"
    code += (
        "\ntry:\n    b'\\xff'.decode()\nexcept (E, KeyError):\n    print('E')\nexcept ValueError:\n    print('other')"
    )
    own = "class Own(Exception): pass\n" + code + "\ntry:\n    raise Own(1)\nexcept (E, Own) as e:\n    print(e)"
    made = {f"{error} {n}": re.sub(r"\bE\b", error, text) for n, text in enumerate([code, own]) for error in ERRORS}
    assert compared(pool, made) == ({}, {})


@pytest.mark.xfail(strict=True, reason="Monty tells the text of a key, not what it was")
@pytest.mark.parametrize("key", ["'3'", "date(2024, 1, 2)"])
def test_a_key_is_told_as_in_cpython_whatever_its_text(pool: monty.Monty, key: str) -> None:
    assert compared(pool, {key: f"from datetime import date\n{{}}[{key}]"}) == ({}, {})


@pytest.mark.parametrize("name", BROKEN)
def test_the_last_line_of_an_error_is_the_one_of_cpython(pool: monty.Monty, name: str) -> None:
    assert compared(pool, {name: BROKEN[name]}) == ({}, {})


REFUSED = {
    "raise ExceptionGroup('two', [ValueError(1)])": "`ExceptionGroup` is not available here; use Exception",
    "try:\n    x = 1\nexcept* ValueError:\n    pass": "`except*` is not available here; use `except`",
    "raise OSError(2, 'no file')": "`OSError` takes one text here; write OSError(f'...')",
    "raise ImportError('no', name='x')": "`ImportError` takes one text here; write ImportError(f'...')",
    "e = ValueError()\ne.add_note('x')": "`add_note` is not available here; put the note into the error's text",
    "e = ValueError()\nprint(e.__cause__)": "`__cause__` is not available here; put what caused the error into its text",
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_errors_lack_is_refused_with_what_to_do(pool: monty.Monty, code: str) -> None:
    _, refused = compared(pool, {"code": code})
    assert REFUSED[code] in refused["code"]
