"""The functions that the cells of plans share, in `in_cells/`: a cell carries those that it calls."""

import ast
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from langchain_rlm.repl.syntax import parse


def functions_for(cell: str) -> list[str]:
    """The sources of the shared functions that a cell uses, and of those that they use."""
    sources = _sources()
    wanted, left = set[str](), _names(cell)
    while new := [name for name in sources if name in left and name not in wanted]:
        wanted.update(new)
        left = set[str]().union(*(_names(sources[name]) for name in new))
    return [source for name, source in sources.items() if name in wanted]


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(parse(code)) if isinstance(node, ast.Name)}


@lru_cache(maxsize=1)
def _sources() -> Mapping[str, str]:
    sources = dict[str, str]()
    for file in sorted((files("langchain_rlm.plans") / "in_cells").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".py"):
            text = file.read_text(encoding="utf-8")
            functions = (node for node in parse(text).body if isinstance(node, ast.FunctionDef))
            sources.update({node.name: ast.get_source_segment(text, node) or "" for node in functions})
    return sources
