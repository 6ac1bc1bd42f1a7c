"""The table of the REPL's functions holds together, and what serves a function follows it."""

import ast
import inspect
import itertools
import re

import pytest

from langchain_rlm import InputError
from langchain_rlm.repl.functions import FUNCTIONS, NAMES, ReplFunction
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.repl.tools import RESERVED, repl_tools
from langchain_rlm.runtime.run import Run


def named(function: ReplFunction) -> str:
    return function.name


each = pytest.mark.parametrize("function", FUNCTIONS, ids=named)


def tool_named(name: str) -> object:
    def tool() -> None:
        """Do nothing."""

    tool.__name__ = name
    return tool


def test_no_name_is_in_the_table_twice() -> None:
    assert len(NAMES) == len(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(RESERVED | NAMES))
def test_a_tool_cannot_have_a_name_of_the_repl(name: str) -> None:
    with pytest.raises(InputError, match=f"The name of the tool '{name}' is taken"):
        repl_tools([tool_named(name)])


@each
def test_the_prompts_line_begins_with_the_function_and_parameters_that_it_has(function: ReplFunction) -> None:
    if function.line:
        taught = re.match(r"`(\w+)\((.*?)\)`", function.line)
        assert taught
        assert taught[1] == function.name
        parameters = [part.split("=")[0] for part in taught[2].split(", ") if part]
        assert parameters == list(parameters_of(function))[: len(parameters)]


def parameters_of(function: ReplFunction) -> dict[str, ast.arg]:
    made = ast.parse(f"def f{function.signature}: pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    return {argument.arg: argument for argument in [*made.args.args, *made.args.kwonlyargs]}


def test_a_function_told_on_the_line_of_the_one_before_is_told_when_that_one_is() -> None:
    told = [function for function in FUNCTIONS if function.line]
    for before, function in itertools.pairwise(told):
        assert not function.shares_line or function.needs == before.needs


@each
def test_the_run_answers_what_the_host_answers_with_the_arguments_it_takes(function: ReplFunction) -> None:
    method = getattr(Run, f"host_{function.name}", None)
    if function.answered_by == "host":
        assert method
        assert len(inspect.signature(method).parameters) == 1 + len(function.takes)
    else:
        assert method is None


@each
def test_a_reply_may_end_the_run_with_each_function_that_ends_it_and_with_no_other(function: ReplFunction) -> None:
    assert (parse_reply(f"I am done.\n{function.name}(seven)").final is not None) == function.ends_run
