"""The helpers of all sandbox sources live in one namespace: each is bound once, and calls fit."""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import langchain_rlm.repl.monty.lowering
from langchain_rlm.repl.monty import host_calls, session
from langchain_rlm.repl.monty.bindings import ANSWERED, bound_for_each_cell, bound_once, tool_source
from langchain_rlm.repl.monty.lowering import builtins_source, sandbox_module, sandbox_source, vocabulary
from langchain_rlm.repl.monty.lowering.imports import module_text
from langchain_rlm.repl.monty.lowering.scopes import bound_names

SESSION = Path(session.__file__)
LOWERING = sorted(Path(langchain_rlm.repl.monty.lowering.__file__).parent.glob("*.py"))
REBOUND = {
    "_rlm_b_print": "the contract limits what every print writes",
    "_rlm_re": "chunks are cut outside the sandbox too, without the builtins",
    **dict.fromkeys(
        ("_rlm_slice", "_rlm_at", "_rlm_wide_len", "_rlm_drained", "_rlm_large_kind", "_rlm_large_kinds"),
        "large texts are taken there, too",
    ),
}
"""Names that two sources bind on purpose, and why."""
MADE = "MADE"
"""Stands for what an f-string puts in."""
OF_CELLS = {
    "_rlm_step_": "the start of such a name",
    f"_rlm_step_{MADE}": "the function that goes on with a generator",
    "_rlm_at_": "the start of such a name",
    f"_rlm_at_{MADE}": "how far a block of a generator has come",
    f"_rlm_items_{MADE}": "what a loop goes over",
    f"_rlm_function_{MADE}": "what a loop calls",
    f"_rlm_item_{MADE}": "the item of a loop",
    "_rlm_answer": "the parameter of a lambda in a cell",
    "_rlm_batch": "the same",
    "_rlm_item": "the parameter of a lambda in a cell",
    f"_rlm_get_{MADE}": "a property of a class",
    f"_rlm_raw_{MADE}": "an error as it was caught",
    "_rlm_Error": "the name of a class that is never written",
}
"""Names that lowered cells bind for themselves."""
HELPER = re.compile(r"\b_rlm_\w+")


@cache
def sources() -> dict[str, ast.Module]:
    """What a session is fed, by where it comes from."""
    texts = {
        "builtins": builtins_source(),
        "contract": sandbox_source("contract"),
        "tools": tool_source(["search"]),
        "bindings": f"{bound_once()}\n{bound_for_each_cell(['search'])}",
        **{
            f"modules/{name}": sandbox_module(name)
            for name in sorted({*vocabulary.SANDBOX_MODULES, "attributes", "large", "re", "wide"})
        },
    }
    return {name: ast.parse(text) for name, text in texts.items()}


def texts_in(path: Path) -> Iterator[str]:
    """The strings of a module that name helpers, without docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(parents.get(node), ast.Expr | ast.JoinedStr | ast.FormattedValue):
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [p.value if isinstance(p, ast.Constant) else _put_in(p) for p in node.values]
            text = "".join(str(part) for part in parts)
        else:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if HELPER.search(text):
            yield text


def _put_in(part: ast.expr) -> str:
    return repr(MADE) if isinstance(part, ast.FormattedValue) and part.conversion == ord("r") else MADE


@cache
def templates(path: Path) -> tuple[ast.Module, ...]:
    """The code in those strings; pieces of code are joined elsewhere to one that is a source itself."""
    found = []
    for text in texts_in(path):
        try:
            found.append(ast.parse(text))
        except SyntaxError:
            assert path.parent != SESSION.parent, text
    return tuple(found)


def host_names() -> set[str]:
    """Names that the host gives: functions that it answers, and inputs."""
    tree = ast.parse(SESSION.read_text(encoding="utf-8"))
    keys = [
        k for node in ast.walk(tree) if isinstance(node, ast.Dict) for k in node.keys if isinstance(k, ast.Constant)
    ]
    return (
        {str(k.value) for k in keys if HELPER.match(str(k.value))}
        | {*ANSWERED, host_calls.READING}
        | host_calls._TAKING
    )


def bound_in(tree: ast.Module) -> Counter[str]:
    """How often each name is bound at the top level."""
    return Counter(name for statement in tree.body for name in bound_names([statement]))


def all_bound() -> dict[str, list[str]]:
    """Every name that is bound, and by which sources."""
    bound: dict[str, list[str]] = {}
    for place, tree in sources().items():
        for name, count in bound_in(tree).items():
            bound.setdefault(name, []).extend([place] * count)
    for name in {name for tree in templates(SESSION) for name in bound_in(tree)} | host_names():
        bound.setdefault(name, []).append("session")  # it feeds one after the other
    for name in {name for path in LOWERING for tree in templates(path) for name in bound_in(tree)}:
        bound.setdefault(name, []).append("lowering")
    return bound


def test_no_name_is_bound_twice() -> None:
    twice = {name: places for name, places in all_bound().items() if len(places) > 1 and MADE not in name}
    assert twice.keys() == REBOUND.keys(), twice


@pytest.mark.parametrize("name", sorted(vocabulary.SANDBOX_MODULES))
def test_no_name_of_a_module_is_bound_twice(name: str) -> None:
    bound = bound_in(ast.parse(module_text(name)))
    assert [name for name, count in bound.items() if count > 1] == []


def uses(tree: ast.AST) -> set[str]:
    """The helpers that code reads and does not bind itself."""
    nodes = list(ast.walk(tree))
    own = {n.arg for n in nodes if isinstance(n, ast.arg)}
    own |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {n.name or "" for n in nodes if isinstance(n, ast.ExceptHandler)}
    return {n.id for n in nodes if isinstance(n, ast.Name) and n.id.startswith("_rlm_")} - own


PLACES = [*sources(), "session", *(path.name for path in LOWERING)]


def trees_of(place: str) -> tuple[ast.Module, ...]:
    if place in sources():
        return (sources()[place],)
    return templates(SESSION if place == "session" else next(path for path in LOWERING if path.name == place))


@pytest.mark.parametrize("place", PLACES)
def test_every_helper_that_is_used_is_bound(place: str) -> None:
    known = {*all_bound(), *OF_CELLS, "_rlm_", vocabulary.ASYNC, "_rlm_b_"}
    used = set().union(*map(uses, trees_of(place)))
    patterns = {name: re.compile(name.replace(MADE, r"\w+")) for name in used}
    assert [name for name in sorted(used) if not any(patterns[name].fullmatch(one) for one in known)] == []


@cache
def signatures() -> dict[str, inspect.Signature]:
    """The signature of every helper, of a class the one of its `__init__`."""
    found = {}
    for node in [node for tree in sources().values() for node in tree.body]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = _signature(node.args)
        elif isinstance(node, ast.ClassDef):
            made = [m for m in node.body if isinstance(m, ast.FunctionDef) and m.name == "__init__"]
            whole = _signature(made[0].args) if made else inspect.Signature([_SELF])
            found[node.name] = whole.replace(parameters=list(whole.parameters.values())[1:])
    return found


_SELF = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _signature(arguments: ast.arguments) -> inspect.Signature:
    positional, by_name = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    kinds = (*[positional] * len(arguments.args), *[by_name] * len(arguments.kwonlyargs))
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults + arguments.kw_defaults
    made = [
        inspect.Parameter(a.arg, kind, default=default or inspect.Parameter.empty)
        for a, kind, default in zip([*arguments.args, *arguments.kwonlyargs], kinds, defaults, strict=True)
    ]
    if arguments.vararg:
        made.insert(len(arguments.args), inspect.Parameter(arguments.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
    if arguments.kwarg:
        made.append(inspect.Parameter(arguments.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(made)


@pytest.mark.parametrize("place", PLACES)
def test_every_call_of_a_helper_fits_it(place: str) -> None:
    for node in [node for tree in trees_of(place) for node in ast.walk(tree)]:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in signatures():
            continue
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            continue
        try:
            signatures()[node.func.id].bind(*node.args, **{str(k.arg): k.value for k in node.keywords})
        except TypeError as error:
            pytest.fail(f"{ast.unparse(node)}: {error}")
