"""Definitions stay whole with what is said above them, and classes are cut at methods."""

import ast
import inspect
import unittest.case
from itertools import pairwise

from langchain_rlm.context.cutting import cut
from tests.documents.kinds import cuts_inside


def test_functions_and_methods_of_a_module_stay_whole() -> None:
    text = inspect.getsource(unittest.case)
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    units = [
        (starts[min([node.lineno, *(d.lineno for d in node.decorator_list)]) - 1], starts[node.end_lineno or 0])
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.col_offset <= 4
    ]
    for size in (1_000, 3_000, 9_000):
        assert cuts_inside(units, cut(text, size, name="case.py"), size) == []


def test_a_comment_or_a_decorator_above_a_definition_goes_with_it() -> None:
    text = "import re\n" + "".join(f"x{n} = {n}\n# says it\n@cache\ndef f{n}(a):\n    return a\n" for n in range(80))
    pieces = [text[start:end] for start, end in pairwise([0, *cut(text, 300, name="a.py")])]
    assert len(pieces) > 10
    assert not any(piece.startswith(("@cache", "def ")) for piece in pieces)
