"""Runs cells: compiled as they are, in one namespace; errors told with the cells' own lines."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import opcode
import sys
import threading
import traceback
import types
from typing import Any

from langchain_rlm.repl.cpython.worker.awaiting import awaiting
from langchain_rlm.repl.cpython.worker.contract import Contract, FinalError
from langchain_rlm.repl.cpython.worker.wire import Wire

DEEPEST = 6
"""Frames shown; of a deeper stack, the outermost and innermost halves."""
LONGEST = 4_000
"""Characters shown of an error's message; of a longer one, the first and last halves."""
TOP_LEVEL = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
COROUTINE = 0x80
"""The flag of code that awaits (`inspect.CO_COROUTINE`)."""
NOT_RUN = "\nNothing of this cell was run."


class Output(io.TextIOBase):
    """What cells print, up to the limit of a cell."""

    def __init__(self, wire: Wire, most: int) -> None:
        self.wire, self.most, self.printed = wire, most, 0

    def writable(self) -> bool:
        return True

    def write(self, text: Any) -> int:
        if not isinstance(text, str):
            msg = f"write() argument must be str, not {type(text).__name__}"
            raise TypeError(msg)
        room = self.most - self.printed
        self.printed += len(text)
        if len(text) <= room:
            if text:
                self.wire.send("print", text)
            return len(text)
        if room > 0:
            tail = room // 2
            self.wire.send("print", text[: room - tail] + text[len(text) - tail :])
        msg = (
            f"output limit: this cell printed more than {self.most:,} characters. Keep text in variables and print "
            "counts, samples and results only."
        )
        raise RuntimeError(msg)


class Cells:
    """The cells of one REPL."""

    def __init__(self, contract: Contract, output: Output, module: types.ModuleType) -> None:
        self.contract, self.output, self.variables = contract, output, module.__dict__
        self.number = 0
        self.loop: Any = None
        threading.excepthook = self._in_thread

    def run(self, code: str, *, is_first: bool) -> dict[str, Any]:
        """Run a cell to its end: how it ended, as the host reads it."""
        self.number += 1
        name = f"<cell {self.number}>"
        self.output.printed = 0
        self.contract.begin(is_first=is_first)
        try:
            compiled = _compiled(code, name)
        except SyntaxError as error:
            text = (error.text or "").strip()
            told = f"Line {error.lineno}: SyntaxError: {error.msg} (line {error.lineno}: {text})"
            return {"refused": True, "error": told + NOT_RUN}
        except (ValueError, MemoryError, RecursionError, OverflowError) as error:
            return {
                "refused": True,
                "error": f"The code cannot be read ({error}); use a loop, or data from text.{NOT_RUN}",
            }
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        return self._ended(compiled, self._ran(compiled))

    def _ran(self, compiled: types.CodeType) -> str | None:
        """Run it; what it raised, as the root model is told."""
        try:
            if compiled.co_flags & COROUTINE:
                self._run_async(eval(compiled, self.variables))  # noqa: S307  # this is what the jail is for
            else:
                exec(compiled, self.variables)  # noqa: S102  # as above
        except FinalError:
            return None
        except BaseException as error:  # noqa: BLE001  # a cell may raise anything
            if self.contract.wire.is_over:
                return None
            return self._told(error)
        return None

    def _run_async(self, coroutine: Any) -> None:
        import asyncio

        if self.loop is None or self.loop.is_closed():
            self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(coroutine)

    def _ended(self, compiled: types.CodeType, error: str | None) -> dict[str, Any]:
        names = _stored(compiled)
        try:
            ready, described = self.contract.at_end(sorted(names))
        except BaseException as problem:  # noqa: BLE001  # what is in `answer` may be anything
            ready, described, error = None, [], error or self._told(problem)
        return {"error": error, "ready": ready, "variables": described}

    def _in_thread(self, given: Any) -> None:
        if given.exc_type is not SystemExit and given.exc_value is not None:
            sys.stderr.write(f"In thread {given.thread.name if given.thread else '?'}: {self._told(given.exc_value)}\n")

    def _told(self, error: BaseException) -> str:
        """A traceback in the words of the cell."""
        frames = [found for frame in traceback.walk_tb(error.__traceback__) if (found := self._frame(*frame))]
        if len(frames) > DEEPEST:
            half = DEEPEST // 2
            frames = [*frames[:half], f"  ... {len(frames) - DEEPEST} more", *frames[-half:]]
        summary = _summary(error)
        return "\n".join(["Traceback (most recent call last):", *frames, summary]) if frames else summary

    def _frame(self, frame: types.FrameType, line: int) -> str:
        name = frame.f_code.co_filename
        if not name.startswith("<cell "):
            return ""
        place = "" if name == f"<cell {self.number}>" else " of an earlier cell"
        function = frame.f_code.co_name
        return f"  line {line}{place}, in {function}\n    {linecache.getline(name, line).strip()}"


def _compiled(code: str, name: str) -> types.CodeType:
    tree: Any = code
    if "await" in code or "asyncio" in code:
        tree = awaiting(compile(code, name, "exec", flags=ast.PyCF_ONLY_AST | TOP_LEVEL, dont_inherit=True))
    made: types.CodeType = compile(tree, name, "exec", flags=TOP_LEVEL, dont_inherit=True)
    return made


def _stored(compiled: types.CodeType) -> set[str]:
    """The names that a cell's own code assigns. What `dis` says of it, without the time that its import takes."""
    stores = {opcode.opmap["STORE_NAME"], opcode.opmap["STORE_GLOBAL"]}
    names, code, above = set(), compiled.co_code, 0
    for place in range(0, len(code), 2):
        value = above << 8 | code[place + 1]
        above = value if code[place] == opcode.EXTENDED_ARG else 0
        if code[place] in stores:
            names.add(compiled.co_names[value])
    return names


def _summary(error: BaseException) -> str:
    kind = type(error)
    name = (
        kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    )
    said = "<its text cannot be had>"
    with contextlib.suppress(BaseException):
        said = str(error).replace("_rlm_contract_", "")
    name = {"langchain_rlm.repl.cpython.worker.contract.AnswerError": "AnswerError"}.get(name, name)
    if name.endswith("wire.AskingRefusedError"):
        name = "RuntimeError"
    if kind is MemoryError and not said:
        said = "the REPL has no more memory. Delete what you do not need, and work on parts."
    told = f"{name}: {said}" if said else name
    if len(told) <= LONGEST:
        return told
    half = LONGEST // 2
    return f"{told[:half]} ... {len(told) - 2 * half:,} characters more ... {told[-half:]}"
