"""Python as models write it: whether a text is Python, and the same code without what it is dressed in."""

import ast
import re
import textwrap
from collections.abc import Iterator

from langchain_rlm.repl.functions import ENDING, NAMES
from langchain_rlm.repl.syntax import parse

EFFORT = 1_000_000
"""Characters of a reply that are read as Python, some of them several times."""
A_TRY = 500
"""Characters that reading nothing counts for."""
_LABEL = re.compile(r"\A\s*(?:repl|python3?|py)[ \t]*\n")
"""A tag that slipped to the line below its fence."""
PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)", re.MULTILINE)
_MAGIC = re.compile(r"^[ \t]*(?:%%?time(?:it)?\b[ \t]*|[%!][^\n]*)", re.MULTILINE)
_LOOKALIKES = str.maketrans("\xa0\u2018\u2019\u201c\u201d", " ''\"\"", "\u200b\ufeff")
_DOES = (ast.Call, ast.Assign, ast.AugAssign, ast.For, ast.FunctionDef, ast.Import, ast.ImportFrom)
_COMPUTES = (ast.Call, ast.Subscript, ast.JoinedStr, ast.comprehension, ast.IfExp)
_CONTRACT = NAMES | {"context", "sources", "answer"}


class Reader:
    """Reads texts as Python, as long as not too much has been read."""

    def __init__(self) -> None:
        self.effort = EFFORT

    def read(self, code: str) -> ast.Module | int:
        """The code as a tree, or the line (from 1) where it stops being Python."""
        self.effort -= len(code) + A_TRY
        if self.effort < 0:
            return 0
        try:
            return parse(code)
        except SyntaxError as error:
            return error.lineno or 0
        except (ValueError, RecursionError, MemoryError):
            return 0

    def undressed(self, code: str, before: str = "") -> tuple[str, ast.Module | None]:
        """Code without quote marks, prompts, common indentation or look-alikes of characters, as far as needed.

        `before` is what stands before the fence on its line.
        """
        first = None
        for attempt in _undressed(_LABEL.sub("", code, count=1), before):
            first = attempt if first is None else first
            if isinstance(tree := self.read(attempt), ast.Module):
                return attempt, tree
            if self.effort < 0:
                break
        return first or "", None


def _undressed(code: str, before: str) -> Iterator[str]:
    if PROMPT.match(code.lstrip()):
        code = PROMPT.sub("", "\n".join(line for line in code.split("\n") if PROMPT.match(line)))
    if ">" in before:
        code = re.sub(r"^[ \t]*>[ \t]?", "", code, flags=re.MULTILINE)
        before = ""
    # CommonMark 0.31, section 4.5: the lines lose as much as the fence is indented
    yield re.sub(rf"^[ \t]{{1,{len(before)}}}", "", code, flags=re.MULTILINE) if before and before.isspace() else code
    code = textwrap.dedent(code)
    yield code
    yield _MAGIC.sub("", code.translate(_LOOKALIKES))


def does_something(tree: ast.Module) -> bool:
    """Whether code calls, assigns, loops, defines or imports."""
    return any(isinstance(node, _DOES) for node in ast.walk(tree))


def uses_contract(tree: ast.Module) -> bool:
    """Whether code does something with what the REPL offers."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return bool(names & _CONTRACT) and does_something(tree)


def is_final_alone(tree: ast.Module) -> bool:
    """Whether nothing is there but calls that end the run, with nothing computed in them."""
    calls = [node.value for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    ending = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ENDING]
    return len(ending) == len(tree.body) and not any(computes(argument) for call in ending for argument in call.args)


def computes(tree: ast.AST) -> bool:
    """Whether an expression has to be run to be known."""
    has_names = any(isinstance(node, ast.Name) for node in ast.walk(tree))
    sums = (ast.Add, ast.Mult, ast.Mod, ast.Pow)
    return any(isinstance(node, _COMPUTES) or (has_names and isinstance(node, sums)) for node in ast.walk(tree))
