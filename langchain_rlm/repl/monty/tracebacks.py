"""Errors of a cell, told with the lines that the model wrote, not with lowered lines or the contract's own."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pydantic_monty as monty

from langchain_rlm.repl.syntax import literal

DEEPEST = 6
"""Frames shown; of a deeper stack, the outermost and innermost halves."""
LONGEST = 4_000
"""Characters shown of an error's message; of a longer one, the first and last halves."""

_WAITING = (
    "a model cannot be asked here, inside a builtin that loops or compares; ask in a `for` loop, or before it with "
    "llm_query_batched(prompts)"
)
KEY = 1_000
"""Characters of a key that may be a number or a tuple written out."""


@dataclass(frozen=True)
class CellText:
    """A cell as the model wrote it, and where its lines went."""

    code: str
    lines: Mapping[int, int]

    def line(self, lowered: int) -> tuple[int, str]:
        """The line's number and text as written."""
        number = self.lines.get(lowered, lowered)
        written = self.code.splitlines()
        return number, written[number - 1] if 0 < number <= len(written) else ""


def explain(error: monty.MontyError, cells: Mapping[str, CellText], own: Mapping[str, str]) -> str:
    """A traceback in the words of the cell.

    Args:
        error: What the interpreter raised.
        cells: The cells by the name the interpreter gave each.
        own: The exceptions that cells defined, and the builtin exception that carries each.
    """
    summary = _summary(error, own)
    frames = error.traceback() if isinstance(error, monty.MontyRuntimeError | monty.MontySyntaxError) else []
    newest = list(cells)[-1:] or [""]
    told = [
        _frame(frame, cells[frame.filename], frame.filename == newest[0]) for frame in frames if frame.filename in cells
    ]
    if len(told) > DEEPEST:
        half = DEEPEST // 2
        told = [*told[:half], f"  ... {len(told) - DEEPEST} more", *told[-half:]]
    return "\n".join(["Traceback (most recent call last):", *told, summary]) if told else summary


def _frame(frame: Any, cell: CellText, is_newest: bool) -> str:  # noqa: FBT001  # one caller
    number, text = cell.line(frame.line)
    place = "" if is_newest else " of an earlier cell"
    name = (frame.function_name or "").removeprefix("_rlm_step_")
    function = f", in {name}" if name else ""
    return f"  line {number}{place}{function}\n    {text.strip()}"


def _summary(error: monty.MontyError, own: Mapping[str, str]) -> str:
    said = _as_in_cpython(_shown(error), own).replace("_rlm_contract_", "")
    if len(said) <= LONGEST:
        return said
    half = LONGEST // 2
    return f"{said[:half]} ... {len(said) - 2 * half:,} characters more ... {said[-half:]}"


def _as_in_cpython(said: str, own: Mapping[str, str]) -> str:
    kind, _, text = said.partition(": ")
    if own.get(text.partition(":")[0]) == kind:
        return text
    if not text:
        return kind
    if "cannot suspend in this synchronous context" in text:
        return f"{kind}: {_WAITING}"
    return f"KeyError: {text!r}" if kind == "KeyError" and not _is_key(text) else said


def _is_key(text: str) -> bool:
    """Whether a key that was not found is not a string: the interpreter shows strings without quotes."""
    with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError):
        return len(text) < KEY and not isinstance(literal(text), str)
    return bool(re.fullmatch(r"<.*>|[\w.]+\(.*\)", text))


def _shown(error: monty.MontyError) -> str:
    if isinstance(error, monty.MontyRuntimeError | monty.MontySyntaxError):
        return error.display("type-msg")
    return str(error)
