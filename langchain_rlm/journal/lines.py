"""Reading a journal file: its lines as data, or what is wrong with it in one sentence."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from langchain_rlm.errors import InputError
from langchain_rlm.journal.check import shape_problem
from langchain_rlm.journal.contents import content_problems
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import FORMAT, VERSION, Excerpt, Header, Line
from langchain_rlm.surrogates import encodable

SHOWN = 60
"""Characters that an error shows of a file that is not a journal."""
_ESCAPED = re.compile(rb"\\ud[89a-f]", re.IGNORECASE)
"""What may be a lone surrogate: it is replaced, for neither a sandbox nor standard output takes it."""


def read_lines(file: Path) -> tuple[Header, list[Entry], list[Excerpt]]:
    """The header, the entries and the excerpts of a journal file; `load_journal` says what is refused."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        msg = f"{file}: this file does not exist."
        raise InputError(msg) from None
    except OSError as error:
        msg = f"{file}: cannot be read ({error.strerror})."
        raise InputError(msg) from error
    lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
    if (_read(lines[-1]) or {}).get("kind") == "file_end":
        lines.append(b"")  # an editor took the last line break
    first, body = _header(file, lines[0], is_whole=len(lines) > 1), _body(file, lines[1:])
    for place, what in problems(first, body):
        raise damaged(file, f"line {place}: {what}")
    entries = [line for line in body if line["kind"] != "excerpt"]
    excerpts = [line for line in body if line["kind"] == "excerpt"]
    return cast("Header", first), cast("list[Entry]", entries), cast("list[Excerpt]", excerpts)


def problems(first: Mapping[str, Any], body: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    """What is wrong with a header and the lines after it, by the number of the line."""
    for number, kind, lines in ((1, Header, [first]), (2, Line, body)):
        problem = shape_problem(kind, lines)
        if problem is not None:
            yield number + problem[0], problem[1]
    yield from content_problems(cast("Header", first), cast("list[Line]", body))


def _header(file: Path, line: bytes, *, is_whole: bool) -> dict[str, Any]:
    header = _read(line)
    if header is None and not is_whole and line.startswith(f'{{"format":"{FORMAT}"'.encode()):
        raise _cut_off(file, 0)
    if header is None or header.get("format") != FORMAT:
        said = f"begins with {line[:SHOWN].decode(errors='replace')!r}" if line or is_whole else "is empty"
        msg = f"{file}: not a journal of langchain-rlm: it {said}. `langchain-rlm ask --journal FILE` writes one."
        raise InputError(msg)
    version = header.get("version")
    if isinstance(version, int) and version > VERSION:
        msg = (
            f"{file}: the journal has version {version}, this langchain-rlm reads versions up to {VERSION}. "
            "Upgrade it: pip install --upgrade langchain-rlm"
        )
        raise InputError(msg)
    if not is_whole:
        raise _cut_off(file, 0)
    return header


def _body(file: Path, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    body: list[dict[str, Any]] = []
    entries = 0
    for place, line in enumerate(lines[:-1], 2):
        entry = _read(line)
        if entry is None or not isinstance(entry.get("kind"), str):
            raise damaged(file, f"line {place} is not a journal entry: {line[:SHOWN].decode(errors='replace')!r}")
        if entry["kind"] == "file_end":
            if any(lines[place - 1 :]):
                raise damaged(file, f"something follows its end, on line {place + 1}")
            if entry.get("entries") != entries:
                said = f"line {place}: it says that it has {entry.get('entries')} entries"
                raise damaged(file, f"{said}, and has {entries}")
            return body
        body.append(entry)
        entries += entry["kind"] != "excerpt"
    raise _cut_off(file, entries)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode())
        if _ESCAPED.search(line):
            value = json.loads(encodable(json.dumps(value, ensure_ascii=False)))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _cut_off(file: Path, entries: int) -> InputError:
    msg = (
        f"{file}: the journal was cut off: {entries:,} whole entries are there, and its end is not. "
        "Copy it again, or save the run again."
    )
    return InputError(msg)


def damaged(file: Path, what: str) -> InputError:
    """The error for a damaged file."""
    return InputError(f"{file}: the journal is damaged: {what}. Copy it again, or save the run again.")
