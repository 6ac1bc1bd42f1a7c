"""An answer given as bare text: `FINAL(...)`, or another function that ends a run, at the beginning of a line."""

import ast
import re
from dataclasses import dataclass

from langchain_rlm.repl.functions import ENDING
from langchain_rlm.repl.python_text import computes
from langchain_rlm.repl.syntax import parse

_FINAL = re.compile(rf"^[ \t*>#`_-]*+({'|'.join(sorted(ENDING))})\(", re.MULTILINE)
_LINE_END = re.compile(r"[ \t.*_`;]*+(?:\n|\Z)")
_KEYWORD = re.compile(r"\A(?:value|answer)[ \t]*=(?!=)[ \t]*")
_WORDS = frozenset({"yes", "no", "true", "false", "ok", "unknown"})
"""Answers that nobody takes for a name."""
_USUAL_NAMES = {"answer", "count", "final", "output", "response", "result", "results", "text", "total", "value"}
_SPACED = re.compile(r"\w[ \t]+\(")
"""As in words, not in code."""


@dataclass(frozen=True)
class Final:
    """An answer given outside a cell: what is between the parentheses."""

    text: str
    variable: bool = False
    """It is the name of a variable of the REPL."""
    is_code: bool = False
    """It may be one, or is code: it is no answer as it stands."""
    may_be_word: bool = False
    """Where no variable has the name, it is a word."""


def final_in(prose: str) -> Final | None:
    """The last one in a text. What is said about `FINAL` in a sentence is none."""
    for found in [*_FINAL.finditer(prose)][-1:]:
        inside = _to_closing(prose[found.end() :])
        if inside is None:
            return None
        if found[1] == "FINAL_VAR":
            return Final(inside.strip().strip("\"'`").strip(), variable=True)
        return _read(inside.strip(), prose)
    return None


def _to_closing(text: str) -> str | None:
    """The text up to the parenthesis that closes; None when the sentence goes on behind it.

    An answer may hold single ones, and the last may be missing.
    """
    depth, balanced, at_line_end = 1, None, None
    for parenthesis in re.finditer("[()]", text):
        index = parenthesis.start()
        depth += 1 if parenthesis[0] == "(" else -1
        if parenthesis[0] == ")" and _LINE_END.match(text, index + 1):
            if depth <= 0:
                is_list = text[0].isdigit() and "\n" not in text[balanced:index]
                is_answer = balanced is None or (depth < 0 and (is_list or text[0] in "\n\"'"))
                return text[:index] if is_answer else None
            at_line_end = index
        if depth == 0 and balanced is None:
            balanced = index
    return None if balanced is not None else text[:at_line_end]


def _read(text: str, prose: str) -> Final:
    """A Python string literal becomes its value; other text stays, without a pair of quotes around it."""
    text, tree = _KEYWORD.sub("", text), None
    if text in _WORDS:
        return Final(text)
    try:
        tree = parse(text, "eval").body
        value = ast.literal_eval(tree)  # noqa: TID251  # of a tree
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        if isinstance(tree, ast.Name):
            is_name = "_" in text or text.lower() in _USUAL_NAMES or re.search(rf"\b{text}[ \t]*=", prose)
            return Final(text, is_code=True, may_be_word=text[:1].isupper() and not is_name)
        is_code = tree is not None and computes(tree) and not _SPACED.search(text)
        inner = text[1:-1]
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in inner
        return Final(inner if is_quoted else text, is_code=is_code)
    return Final(value if isinstance(value, str) else "" if value is None else text)
