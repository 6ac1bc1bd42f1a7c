"""The data that a text holds, as models write it: in fences, in prose, as JSON or Python, with small slips."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from langchain_rlm.repl.protocol import plain
from langchain_rlm.repl.syntax import literal

FAILED_PLACES = 100
"""Brackets in a text that may turn out not to begin data."""
REPAIRED = 20_000
"""Characters of data with slips, at most."""
_UNREADABLE = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)
_BEGINS = re.compile(r"[{\[]")
_FENCE = re.compile(r"^[ \t]{0,40}```[^\n`]*\n(.*?)(?:```|\Z)", re.DOTALL | re.MULTILINE)
_STRING = r'"(?:\\.|[^"\\])*+(?:"|\Z|\\)' + r"|'(?:\\.|[^'\\\n])*+(?:'|(?=\n)|\Z|\\)"
"""A string; one that is not closed goes on to the end of the text, or line, so that it is read once."""
_SLIP = re.compile(
    rf"({_STRING})|(,)(?=\s*[}}\]])|\b(True|False|None)\b|(//[^\n]*)|(?<!\d)(\d{{1,9}}+)(?=\s*:)", re.DOTALL
)
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}}]", re.DOTALL)
_IN_JSON = {"True": "true", "False": "false", "None": "null"}


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        msg = "a key twice"
        raise ValueError(msg)
    return made


_DECODER = json.JSONDecoder(strict=False)  # models break lines inside strings
_ONCE = json.JSONDecoder(strict=False, object_pairs_hook=_pairs)


def data_in(text: str, *, keys_once: bool = False) -> Iterator[Any]:
    """The data in a text: the whole of it, in a fence or not, or what stands in its words; the last is tried first.

    With `keys_once`, what has a key twice is no data.
    """
    read = _read_once if keys_once else _read
    whole = [read(part.strip()) for part in (text, *reversed(_FENCE.findall(text)))]
    yield from (found[0] for found in whole if found)
    if not any(whole):
        yield from reversed([*_within(text, _ONCE if keys_once else _DECODER, read)])


Read = Callable[[str], tuple[Any] | None]


def _within(text: str, decoder: json.JSONDecoder, read: Read) -> Iterator[Any]:
    """The data in the words of a text."""
    position, failed, room = 0, 0, REPAIRED
    while failed < FAILED_PLACES and (begins := _BEGINS.search(text, position)):
        try:
            data, position = decoder.raw_decode(text, begins.start())
            yield plain(data)
            continue
        except (ValueError, RecursionError):
            failed += 1
        end = _end(text, begins.start(), room)
        room -= end - begins.start() if end else room // 2
        found = read(text[begins.start() : end]) if end else None
        position = end if found else begins.end()
        if found:
            yield found[0]


def _end(text: str, start: int, room: int) -> int:
    """Where the bracket that opens there is closed; 0 when it is not, or farther away than `room` characters."""
    depth = 0
    for token in _TOKEN.finditer(text, start, start + room):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return 0


def _read(text: str) -> tuple[Any] | None:
    """The value that a text writes, as JSON, as Python, or as JSON with slips."""
    return _first(text, _DECODER.decode, literal, lambda said: _DECODER.decode(_SLIP.sub(_repaired, said)))


def _read_once(text: str) -> tuple[Any] | None:
    return _first(text, _ONCE.decode, lambda said: _ONCE.decode(_SLIP.sub(_repaired, said)))


def _first(text: str, *readers: Callable[[str], Any]) -> tuple[Any] | None:
    for read in readers:
        try:
            return (plain(read(text)),)
        except _UNREADABLE:
            if len(text) > REPAIRED:
                return None
    return None


def _repaired(slip: re.Match[str]) -> str:
    string, _, name, _, number = slip.groups()
    if string and string[0] == "'":
        return json.dumps(string[1:-1].replace("\\'", "'"))
    return string or (f'"{number}"' if number else _IN_JSON.get(name, ""))
