"""Each block of code in the documentation: what is `python` runs from top to bottom of its page, all else is read.

A page runs in this process, in a folder of its own. Names such as `openai:gpt-5` reach a model server of the tests: it
says what it is told to, so nothing is said of answers.
"""

import ast
import asyncio
import inspect
import json
import re
import shlex
import sys
import tempfile
import tomllib
import types
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from docs.generate import commands, typed
from langchain_rlm import RLM
from tests.pages import README, ROOT, Block, blocks, name, pages
from tests.server.client import ModelServer

READ = {"text", "json", "yaml", "toml", "sh", "py", "python", "dockerfile", ""}
CELL = "```repl\nFINAL('It is so.')\n```"
MODEL = {"kind": "rules", "rules": [{"match": "variable `context`", "reply": CELL}], "default": "It is so."}
ELSEWHERE = {"pyrate_limiter", "redis", "flask"}
"""Packages that a `py` block may import though they are none of this project's."""
KNOWN = {"cat", "cd", "curl", "docker", "export", "langgraph", "mkdir", "ollama", "vllm", "xdg-open"}
"""Other commands that a page may show."""
FEW_TOPICS = {name: topics[name] for name in ("async", "context-managers", "with", "yield")}
"""A small part of what the pages ask about. It goes the way of the whole, into the REPL, at a tenth of the time."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPTIONS = {of: {one for _, _, names in typed(command) for one in names} for of, command in commands()}


def with_blocks(*languages: str) -> list[Any]:
    return [pytest.param(page, id=name(page)) for page in pages() if blocks(page, *languages)]


def compiled(block: Block) -> types.CodeType:
    """A block whose lines are counted as in its page."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: types.CodeType = compile("\n" * (block.line - 1) + block.text, name(block.page), "exec", flags=flags)
    return code


# -- what runs ----------------------------------------------------------------------------------------------------


@pytest.fixture
def page_module(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    module = types.ModuleType("page_of_the_documentation")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # a page keeps what it makes; a test does not
    monkeypatch.setattr(sys, "argv", ["page"])
    yield vars(module)
    vars(module).clear()


@pytest.mark.parametrize("page", with_blocks("python"))
def test_the_python_of_a_page_runs_from_top_to_bottom(
    page: Path, page_module: dict[str, Any], model_server: ModelServer, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    models = re.findall(r"openai:([\w.-]+)|ChatOpenAI\((?:model=)?\"([\w.-]+)\"", page.read_text(encoding="utf-8"))
    model_server.configure(models={one or other: MODEL for one, other in models})
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "test")
    monkeypatch.setattr("pydoc_data.topics.topics", FEW_TOPICS)
    monkeypatch.setitem(RLM.__init__.__kwdefaults__ or {}, "direct_below", 0)
    for block in blocks(page, "python"):
        code = compiled(block)
        waits = eval(code, page_module)  # noqa: S307  # the pages are ours
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(waits)
    if page == README:
        assert 'The "with" statement' in capsys.readouterr().out


# -- what is read -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", with_blocks())
def test_a_block_says_what_it_is_and_is_that(page: Path) -> None:
    for block in blocks(page):
        assert block.language in READ, block.place
        readers = {"json": json.loads, "yaml": yaml.safe_load, "toml": tomllib.loads}
        readers.get(block.language, str)(block.text)


@pytest.mark.parametrize("page", with_blocks("py"))
def test_python_that_needs_more_than_a_test_has_imports_and_calls_what_there_is(page: Path) -> None:
    known: dict[str, Any] = {}
    for block in blocks(page, "python", "py"):
        compiled(block)
        tree = ast.parse(block.text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                known |= imported(node, block)
        if block.language == "py":
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                check_keywords(call, known, block)


def imported(node: ast.Import | ast.ImportFrom, block: Block) -> dict[str, Any]:
    """The objects of an import, which must be there."""
    found: dict[str, Any] = {}
    for alias in node.names:
        home = node.module if isinstance(node, ast.ImportFrom) else alias.name
        assert home is not None, block.place
        if home.split(".")[0] in ELSEWHERE and find_spec(home.split(".")[0]) is None:
            continue
        module = import_module(home)
        if isinstance(node, ast.Import):
            found[alias.asname or home.split(".")[0]] = module if alias.asname else import_module(home.split(".")[0])
        else:
            assert hasattr(module, alias.name) or find_spec(f"{home}.{alias.name}"), f"{block.place}: {alias.name}"
            found[alias.asname or alias.name] = getattr(module, alias.name, None)
    return found


def check_keywords(call: ast.Call, known: dict[str, Any], block: Block) -> None:
    """A call of something that was imported takes the names that it is given."""
    path = ast.unparse(call.func)
    called = known.get(path.split(".")[0])
    for part in path.split(".")[1:]:
        called = getattr(called, part, None)
    if called is None or not re.fullmatch(r"[\w.]+", path):
        return
    given = {keyword.arg for keyword in call.keywords if keyword.arg}
    if isinstance(called, type) and issubclass(called, BaseModel):
        aliases = {field.alias for field in called.model_fields.values()}
        names = {*called.model_fields, *aliases, *inspect.signature(called.__init__).parameters}
        assert given <= names, f"{block.place}: {path} takes no {given - names}"
        return
    try:
        signature = inspect.signature(called)
    except (TypeError, ValueError):
        return
    if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in signature.parameters.values()):
        assert given <= set(signature.parameters), f"{block.place}: {path} takes no {given - set(signature.parameters)}"


# -- what is typed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", with_blocks("sh"))
def test_what_is_typed_exists(page: Path) -> None:
    for block in blocks(page, "sh"):
        for command in typed_commands(block):
            check_command(command, block)


def typed_commands(block: Block) -> Iterator[list[str]]:
    """The commands of a block, without what stands around them."""
    found: list[list[str]] = [[]]
    text = re.sub(r"(?m)(^|\s)#.*$", r"\1", block.text).replace("\\\n", " ")
    for line in text.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split, lexer.commenters = True, ""
        for word in lexer:
            if set(word) <= set("|&;"):
                found.append([])
            else:
                found[-1].append(word)
        found.append([])
    for command in found:
        words = command[next((n for n, word in enumerate(command) if not re.match(r"[A-Z_]+=", word)), len(command)) :]
        if words:
            yield words


def check_command(words: list[str], block: Block) -> None:
    program, *rest = words
    if program == "langchain-rlm":
        check_ours(rest, block)
    elif program == "make":
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert all(re.search(rf"^{word}:", makefile, re.MULTILINE) for word in rest if "=" not in word), block.place
    elif program == "pip":
        assert rest[0] == "install", block.place
        for extras in re.findall(r"langchain-rlm\[([\w,-]+)\]", " ".join(rest)):
            assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"]), block.place
    elif program == "python":
        file = next((word for word in rest if word.endswith(".py")), None)
        assert file is None or (ROOT / file).exists(), f"{block.place}: {file}"
    else:
        assert program in KNOWN, f"{block.place}: {program}"


def check_ours(words: list[str], block: Block) -> None:
    """A command of ours, and each of its options, exists."""
    if words[0].startswith("--"):
        assert words in (["--version"], ["--help"]), block.place
        return
    of = next((of for of in (" ".join(words[:2]), words[0]) if of in OPTIONS), None)
    assert of is not None, f"{block.place}: langchain-rlm {words[0]}"
    given = {word.split("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert given <= OPTIONS[of] | {"--help"}, f"{block.place}: {given - OPTIONS[of]}"
