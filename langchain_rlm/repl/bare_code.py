"""Code that stands in no fenced block: in the arguments of a function call, between tags, or plainly in the reply."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from langchain_rlm.repl.functions import ASKING, ENDING, NAMES
from langchain_rlm.repl.python_text import PROMPT, Reader, does_something, is_final_alone, uses_contract

_TAG = (
    r"</?(?:\w{1,20}:)?(?:code|python3?|py|ipython|repl|execute\w*|tool_?code|tool_?call\w*|function\w*|invoke|parameter"
    r"|arg_\w+|interpreter|cell|run\w*|pre)\b[^<>\n]{0,200}>|<[|\uff5c][^<>\n]{1,60}[|\uff5c]>|\[/?(?:PYTHON|CODE|TOOL_CALLS)\]"
)
_DRESS = re.compile(
    rf"(?<!`)`{{1,3}}(?!`)(?:(?:repl|python|py|tool_code)\b)?([^\n`]+)`{{1,3}}(?!`)|{_TAG}"
    r"|^\W{0,4}(?:Thought|Action|Observation|Final Answer)\W{0,3}:[^\n]*$"
    r"|^\W{0,4}(?:Action Input|Code|Python|Cell)\b\W{0,3}:[*` \t]{0,6}|^[ \t]*(?:repl|python)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BEGINS = re.compile(
    r"[ \t]*(?:(?:for|if|while|with|try|def|class|import|from|return|async|await|assert|raise|del|global)\b"
    r"|@|>>> |[\w.]+(?:\[[^\n]*\])?[ \t]*(?:[-+*/%|&]|//|\*\*)?=(?!=)|[\w.]+\(|\w+(?:,[ \t]*\w+)+[ \t]*=)"
)
_MENTIONS = re.compile(rf"\b(?:{'|'.join(NAMES)}|context|sources|answer)\b")
_UNREAD = re.compile(
    rf"\b(?:{'|'.join(ENDING | ASKING)})\(|<(?:execute|tool_?c|function[_s=]|invoke|python|repl)|\[TOOL_CALLS\]"
    r"|^Action Input\b",
    re.MULTILINE,
)
_KEYS = ("code", "python", "script", "source", "input", "action_input", "cell")
_LONGEST = 200_000
"""Characters of a reply that is searched for code outside of blocks."""
_TRIED = 200
_EXPRESSION = 1_000
"""Characters of an expression that stands alone."""


def called(text: str) -> str | None:
    """The code in the arguments of a function call that is written as JSON."""
    decoder, reader, position = json.JSONDecoder(strict=False), Reader(), 0
    for _ in range(_TRIED if len(text) <= _LONGEST and '"' in text else 0):
        position = text.find("{", position)
        if position < 0:
            break
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            position += 1
            continue
        for code in _strings(value):
            found, tree = reader.undressed(code)
            if tree is not None and uses_contract(tree):
                return found
    return None


def _strings(value: Any) -> Iterator[str]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, str) and key in {"arguments", "parameters"} and inner.lstrip().startswith("{"):
            try:
                inner = json.loads(inner, strict=False)  # noqa: PLW2901  # arguments within arguments
            except (ValueError, RecursionError):
                continue
        if isinstance(inner, str) and key in _KEYS:
            yield inner
        yield from _strings(inner)


def plain_code(text: str, *, final_alone: bool) -> tuple[str, str] | None:
    """The lines of a reply without blocks that are code, when they use what the REPL offers, and the other lines.

    With `final_alone`, a `FINAL` of words alone is code too.
    """
    if len(text) > _LONGEST or not _MENTIONS.search(text):
        return None
    bare = _DRESS.sub(r"\n\1\n", text)
    is_used, is_more, runs, rest = bare != text, final_alone, list[str](), list[str]()
    lines, position = (PROMPT.sub("", bare) if ">>> " in bare else bare).split("\n"), 0
    reader = Reader()
    while position < len(lines):
        code, tree, count = _run(reader, lines, position)
        if tree is not None and does_something(tree):
            is_used, is_more = is_used or uses_contract(tree), is_more or not is_final_alone(tree)
            runs.append(code)
        else:
            rest += lines[position : position + count]
        position += count
    return ("\n".join(runs), "\n".join(rest)) if runs and is_used and is_more else None


def _run(reader: Reader, lines: list[str], position: int) -> tuple[str, ast.Module | None, int]:
    """The longest code that begins with a line, its tree, and how many lines it takes; one line when it is no code."""
    first = lines[position]
    indent = first[: len(first) - len(first.lstrip())]
    stop = len(lines) if reader.effort > 0 and _BEGINS.match(first) else position
    if indent:
        outside = (at for at in range(position, stop) if lines[at].strip() and not lines[at].startswith(indent))
        stop = next(outside, stop)
    while stop > position and reader.effort > 0:
        code = "\n".join(line.removeprefix(indent) for line in lines[position:stop])
        tree = reader.read(code)
        if isinstance(tree, ast.Module):
            return code, tree, stop - position
        stop = min(stop - 1, position + tree - 1)
    return first, None, 1


def holds_code(prose: str) -> bool:
    """Whether words that are no cell speak in code, or are an expression to be run: then they are no answer."""
    if _UNREAD.search(prose) is not None:
        return True
    tree = Reader().read(prose) if len(prose) <= _EXPRESSION else 0
    found = tree.body[0] if isinstance(tree, ast.Module) and len(tree.body) == 1 else None
    return isinstance(found, ast.Expr) and isinstance(found.value, ast.Subscript | ast.Call | ast.JoinedStr)
