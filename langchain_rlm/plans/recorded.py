"""The cells of a run as the cell of a plan: one program, in which values give way to parameters."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_rlm.errors import InputError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import RecordedCell, notes, recorded_cells, replies, since_question
from langchain_rlm.plans.kinds import KNOWN, kind_of_value
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.repl.syntax import parse


def recorded_cell(journal: Sequence[Entry]) -> str:
    """What the cells of the newest question did, as one cell.

    Raises:
        InputError: It did not come to an answer by code.
    """
    entries = since_question(journal)
    ended = [entry["stop_reason"] for entry in entries if entry["kind"] == "end"]
    cells = [cell for cell in recorded_cells(entries) if cell.end and not cell.end["refused"] and not cell.is_lost]
    if ended[-1:] != ["answered"] or not cells or any("refused_answer" in note for note in notes(entries)):
        msg = "A plan is made of a run that code answered, without a refused answer: pass the result of such a run."
        raise InputError(msg)
    last = parse_reply(replies(entries)[-1]["text"]).final
    code = [_forgiving(cell) for cell in cells]
    return "\n\n".join([*code, *([f"FINAL({last.text})"] if last and (last.variable or last.is_code) else [])])


def _forgiving(cell: RecordedCell) -> str:
    """The code of a cell; where it failed, what it did before stays done."""
    code = cell.code.strip("\n")
    if cell.end is None or not cell.end["error"]:
        return code
    tree = parse(code)
    tree.body = [ast.Try(tree.body, [ast.ExceptHandler(ast.Name("Exception", ast.Load()), None, [ast.Pass()])], [], [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def with_parameters(code: str, values: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """The code with these values replaced by names, and the kind of each name.

    Raises:
        InputError: A value has no kind that a parameter can have, or is not in the code.
    """
    kinds = {}
    for name, value in values.items():
        kind = kind_of_value(value)
        if kind is None:
            msg = f"parameters[{name!r}] is {value!r:.100}: a parameter is one of {KNOWN}."
            raise InputError(msg)
        code, found = _replaced(code, name, value)
        if not found:
            msg = f"parameters[{name!r}]: {value!r:.100} is not in the cells of the run, so nothing can take its place."
            raise InputError(msg)
        kinds[name] = kind
    return code, kinds


def _replaced(code: str, name: str, value: Any) -> tuple[str, int]:
    """The code with the name wherever it says the value, alone or inside a text; and how often that is."""
    lines = code.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    text, found = code.encode(), 0
    for node in sorted(_nodes(parse(code)), key=lambda node: (node.lineno, node.col_offset), reverse=True):
        new = _instead(node, name, value)
        if new is None:
            continue
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        text, found = text[:start] + new.encode() + text[end:], found + 1
    return text.decode(), found


def _nodes(tree: ast.AST) -> Iterator[ast.expr]:
    """The literals of a program, outermost first; an f-string counts as one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.List):
            yield node
        if not isinstance(node, ast.JoinedStr):
            yield from _nodes(node)


def _instead(node: ast.expr, name: str, value: Any) -> str | None:
    """What stands for a literal that is or says the value; None for others."""
    if isinstance(node, ast.JoinedStr):
        return _in_parts(node.values, name, value)
    try:
        held = ast.literal_eval(node)  # noqa: TID251  # of a tree
    except ValueError:
        return None
    if type(held) is type(value) and held == value:
        return name
    return _in_parts([node], name, value) if isinstance(node, ast.Constant) else None


def _in_parts(parts: Sequence[ast.expr], name: str, value: Any) -> str | None:
    """A text that has the value in it as an f-string with the name in its place."""
    if not isinstance(value, str) or not value:
        return None
    made: list[ast.expr] = []
    for part in parts:
        texts = part.value.split(value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else []
        for place, text in enumerate(texts):
            made += [ast.FormattedValue(ast.Name(name), -1)] if place else []
            made += [ast.Constant(text)] if text else []
        made += [] if texts else [part]
    return ast.unparse(ast.fix_missing_locations(ast.JoinedStr(made))) if len(made) > len(parts) else None
