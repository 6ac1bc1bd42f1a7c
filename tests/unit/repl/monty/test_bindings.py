"""Every function of the table is bound in the sandbox, as the table says."""

import ast
from collections.abc import Iterator

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.functions import ASKING, FUNCTIONS, KEPT, NAMES, ReplFunction
from langchain_rlm.repl.monty.lowering import LoweredCell, Lowering, sandbox_source
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Asked
from tests.unit.repl.monty.sessions import a_session, ended, failed, output

DEFINED = {
    node.name: node.args
    for node in ast.parse(sandbox_source("contract")).body
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
}
SAME = {"SUBMIT": "FINAL"}


class Unlowered(Lowering):
    """Lets code past that the lowering would refuse."""

    def lower(self, cell: str) -> LoweredCell:
        return LoweredCell(cell, {}, (), ())


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(min_processes=1, max_processes=4) as pool:
        yield pool


@pytest.fixture
def session(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool) as session:
        yield session


def parameters(arguments: ast.arguments) -> list[str]:
    starred = [arguments.vararg] if arguments.vararg else []
    return [one.arg for one in [*arguments.args, *starred, *arguments.kwonlyargs]]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_takes_in_the_sandbox_what_its_signature_says(function: ReplFunction) -> None:
    told = ast.parse(f"def f{function.signature}: pass").body[0]
    assert isinstance(told, ast.FunctionDef)
    defined = [f"_rlm_contract_{SAME.get(function.name, function.name)}"]
    defined += [f"_rlm_async_{function.name}"] if function.answered_by == "model" else []
    for name in defined:
        assert parameters(DEFINED[name]) == parameters(told.args)


def test_a_cell_finds_every_function(session: MontySandbox) -> None:
    listed = ", ".join(sorted(NAMES))
    assert output(session, f"print(all(callable(f) for f in [{listed}]))") == "True\n"


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_name_that_is_kept_cannot_be_rebound_by_whatever_way(session: MontySandbox, name: str) -> None:
    assert f"`{name}` is the REPL's own function" in failed(session.start(f"{name} = 5"))
    session.start(f"globals()['{name}'] = 5")
    assert output(session, f"print(callable({name}))") == "True\n"


@pytest.mark.parametrize("name", sorted(NAMES - KEPT - {"print"}))
def test_a_name_that_may_be_rebound_stays_so_and_is_a_variable_then(session: MontySandbox, name: str) -> None:
    assert ended(session.start(f"{name} = [5]")).variables == ((name, "list", 1),)
    assert output(session, f"print({name})\nSHOW_VARS()") == f"[5]\n{name}: list (1)\n"


@pytest.mark.parametrize("name", sorted(ASKING))
def test_a_function_that_a_model_answers_pauses_the_cell(session: MontySandbox, name: str) -> None:
    argument = {"llm_map": "['q'], 'what is it?'"}.get(name, "['q']" if name.endswith("_batched") else "'q'")
    assert isinstance(session.start(f"{name}({argument})"), Asked)


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.answered_by == "host"], ids=lambda f: f.name)
def test_a_function_that_the_host_answers_is_asked_of_the_host_by_its_name(
    pool: monty.Monty, function: ReplFunction
) -> None:
    asked = []

    def host(name: str, *args: object) -> dict[str, object]:
        asked.append((name, *args))
        return {}

    with a_session(pool, host=host) as session:
        output(session, f"{function.name}({'q' * 200!r})" if function.takes else f"{function.name}()")
    assert [(name, len(args)) for name, *args in asked] == [(function.name, len(function.takes))]


def test_the_host_is_not_asked_with_arguments_that_it_does_not_take(pool: monty.Monty) -> None:
    asked: list[str] = []
    with a_session(pool, host=asked.append) as session:
        session._lowering = Unlowered()
        for arguments in ("", "'q'", "'q', [], 1", "5, None, None", "'q', 'd0', 'near'", "'q', 'd0', 1, 1"):
            assert "cite was called with wrong arguments" in failed(session.start(f"_rlm_host_cite({arguments})"))
    assert asked == []
