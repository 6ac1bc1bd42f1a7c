"""The data that a text holds, as models write it: in fences, in prose, as JSON or Python, with small slips."""

import json
import re
from collections.abc import Iterator
from typing import Any

from langchain_rlm.repl.protocol import plain
from langchain_rlm.repl.syntax import literal

FAILED_PLACES = 100
"""Brackets in a text that may turn out not to begin data."""
REPAIRED = 100_000
"""Characters of data with slips, at most."""
_UNREADABLE = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError)
_BEGINS = re.compile(r"[{\[]")
_FENCE = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)
_STRING = r'"(?:\\.|[^"\\])*"' + r"|'(?:\\.|[^'\\\n])*'"
_SLIP = re.compile(rf"({_STRING})|(,)(?=\s*[}}\]])|\b(True|False|None)\b|(//[^\n]*)", re.DOTALL)
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
    decoder = _ONCE if keys_once else _DECODER
    inner = text.strip()
    if inner.startswith("```"):
        inner = inner.partition("\n")[2].rpartition("```")[0].strip()
    found = _read(inner, decoder)
    if found:
        yield found[0]
        return
    for part in reversed([inner, *_FENCE.findall(text)]):
        yield from reversed([*_within(part, decoder)])


def _within(text: str, decoder: json.JSONDecoder) -> Iterator[Any]:
    """The data in the words of a text."""
    position, failed = 0, 0
    while failed < FAILED_PLACES and (begins := _BEGINS.search(text, position)):
        try:
            data, position = decoder.raw_decode(text, begins.start())
            yield plain(data)
            continue
        except (ValueError, RecursionError):
            failed += 1
        end = _end(text, begins.start())
        found = _read(text[begins.start() : end], decoder) if end else None
        position = end if found else begins.end()
        if found:
            yield found[0]


def _end(text: str, start: int) -> int:
    """Where the bracket that opens there is closed; 0 when it is not, or far away."""
    depth = 0
    for token in _TOKEN.finditer(text, start, start + REPAIRED):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return 0


def _read(text: str, decoder: json.JSONDecoder) -> tuple[Any] | None:
    """The value that a text writes, as JSON, as Python, or as JSON with slips."""
    for read in (decoder.decode, literal, lambda said: decoder.decode(_SLIP.sub(_repaired, said))):
        try:
            return (plain(read(text)),)
        except _UNREADABLE:
            if len(text) > REPAIRED:
                return None
    return None


def _repaired(slip: re.Match[str]) -> str:
    string, _, name, _ = slip.groups()
    if string and string[0] == "'":
        return json.dumps(string[1:-1].replace("\\'", "'"))
    return string or _IN_JSON.get(name, "")
