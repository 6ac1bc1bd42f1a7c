"""What leaves the sandbox is plain data, made so once: the engine, the journal and checkpoints take it as it is."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import DEEPEST, Asked, Call
from langchain_rlm.repl.values import read_asked
from tests.unit.repl.monty.sessions import a_session, ended, failed

MADE = """
from dataclasses import dataclass
import datetime

@dataclass
class Point:
    x: int
"""
VALUES = {
    "{3, 1, 2}": [1, 2, 3],
    "(1, (2,))": [1, [2]],
    "datetime.date(2024, 1, 2)": "2024-01-02",
    "2**64": str(2**64),
    "[-2**63, 2**64 - 1, -2**63 - 1, True, 0.5, None]": [-(2**63), 2**64 - 1, str(-(2**63) - 1), True, 0.5, None],
    "{1: 'a', None: 'b', (1, 2): {2}}": {"1": "a", "None": "b", "(1, 2)": [2]},
    "b'x'": "b'x'",
    "[...]": ["Ellipsis"],
    "'half \\ud83d'": "half \N{REPLACEMENT CHARACTER}",
}
UNUSABLE = {"too deep": f"deep({DEEPEST})", "far too deep": "deep(700)", "too long a number": "10**5000"}
DEEP = "def deep(n):\n    value = 1\n    for _ in range(n):\n        value = [value]\n    return value\n"


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty() as pool:
        yield pool


@pytest.fixture
def session(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool, tools=frozenset({"use"})) as session:
        session.start(MADE + DEEP)
        yield session


def final(session: MontySandbox, code: str) -> Any:
    return ended(session.start(f"FINAL({code})")).final


def ready(session: MontySandbox, code: str) -> Any:
    return ended(session.start(f"answer = {{'content': {code}, 'ready': True}}")).final


def variable(session: MontySandbox, code: str) -> Any:
    ended(session.start(f"value = {code}"))
    return session.variable("value")


def draft(session: MontySandbox, code: str) -> Any:
    ended(session.start(f"answer['content'] = {code}"))
    found = session.draft()
    return None if found is None else (found,)


def argument(session: MontySandbox, code: str) -> Any:
    asked = session.start(f"use({code}, named={code})")
    assert isinstance(asked, Asked), asked
    (call,) = asked.calls
    assert call.arguments is not None
    args, kwargs = call.arguments
    assert args == [kwargs["named"]]
    return (args[0],)


WAYS = [final, ready, variable, draft, argument]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", VALUES)
def test_values_come_out_as_json_data(session: MontySandbox, way: Callable[..., Any], code: str) -> None:
    found = way(session, code)
    assert found == (VALUES[code],)
    assert type(found[0]) is type(VALUES[code])
    assert json.loads(json.dumps(found[0], ensure_ascii=False).encode()) == VALUES[code]


@pytest.mark.parametrize("way", WAYS)
def test_an_object_comes_out_as_its_string_or_as_what_it_holds(session: MontySandbox, way: Callable[..., Any]) -> None:
    (found,) = way(session, "[Point(1)]")
    assert json.loads(json.dumps(found)) == found
    assert "1" in str(found)


@pytest.mark.parametrize("code", UNUSABLE.values(), ids=UNUSABLE)
def test_values_that_cannot_be_written_out_are_not_there(session: MontySandbox, code: str) -> None:
    assert variable(session, code) is None
    assert draft(session, code) is None
    assert "final=None" in repr(session.start(f"answer = {{'content': {code}, 'ready': True}}"))
    for call in ("FINAL", "use"):
        error = failed(session.start(f"{call}([{code}])"))
        assert "Give it as text" in error or "wrong arguments" in error, error


def test_what_is_as_deep_as_can_be_comes_out(session: MontySandbox) -> None:
    (found,) = final(session, f"deep({DEEPEST - 1})")
    while isinstance(found, list):
        (found,) = found
    assert found == 1


def test_text_comes_out_without_lone_surrogates(session: MontySandbox) -> None:
    asked = session.start("print('half \\ud83d')\nllm_query('why \\udc00?')")
    assert asked == Asked((Call("llm", "why \N{REPLACEMENT CHARACTER}?"),))
    outcome = session.resume([("ok", "so")])
    assert ended(outcome).output == "half \N{REPLACEMENT CHARACTER}\n"
    assert "no \N{REPLACEMENT CHARACTER}" in failed(session.start("raise ValueError('no \\ud83d')"))


def test_the_digest_of_a_call_is_that_of_its_plain_arguments(session: MontySandbox) -> None:
    asked = session.start("use({2, 1}, (3,), at=datetime.date(2024, 1, 2))")
    assert isinstance(asked, Asked)
    plain = Call("tool", "use", arguments=([[1, 2], [3]], {"at": "2024-01-02"}))
    assert asked.calls == (plain,)
    assert asked.calls[0].digest() == "f0cffca8287a308668e81cd7f21ad301"


@pytest.mark.parametrize("images", [
    "x", [[]] * 2, ["d0"], [[["d0"]]], [[["t0", 1]]], [[["d0", 0]]], [[["d0", True]]], [[["d0", 1.0]]], [[[0, 1]]],
    [[["d0", 1]] * 11], [[["d" + "9" * 10, 1]]], [[["d0", 2**64]]],
])  # fmt: skip
def test_images_that_are_no_pages_are_no_question(images: Any) -> None:
    assert read_asked(("llm", ["q"], None, None, True, images)) is None


def test_pages_count_in_the_digest_of_a_call_and_one_without_keeps_its_own() -> None:
    asked = read_asked(("llm", ["q", "q"], None, None, True, [[["d0", 3]], []]))
    assert asked == Asked((Call("llm", "q", images=((0, 3),)), Call("llm", "q")))
    assert [call.digest() for call in asked.calls] == [
        "d91cb77857895bcee96960a5ecdc40f3",
        "95a5266849e3e974227ff84b8daeef43",
    ]
