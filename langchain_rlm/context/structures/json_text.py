"""JSON: one value, compact or indented or cut off; and lines of it."""

import json
import re

from langchain_rlm.context.levels import LINES, Level, nested
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure, listed

_RECORDS_READ = 20
_START_READ = 20_000
_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\-tfn\]])")
_KEY = re.compile(r'"([^"\\\n]{1,40})"\s*:')
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKENS = re.compile(
    rf"(?:\s++|{_STRING}|[-+]?[0-9][0-9.eE+-]*+|true|false|null|NaN|-?Infinity|[\[\]{{}}:,])*+", re.DOTALL
)
_JOINED = r"(?:,|(?<=[\]}])(?=\s*+[\[{]))"  # values one after the other, too


def _members() -> Level:
    return nested(atoms=_STRING, special='"', brackets=(r"\[{", r"\]}"), between=",", separator=_JOINED)


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _records(scan: Scan) -> list[object]:
    """The JSON objects and arrays on the first lines; of lines that are neither, only as many again are read."""
    values = (_parsed(line) for line in scan.lines[: 2 * _RECORDS_READ])
    return [value for value in values if isinstance(value, dict | list)]


def _find_lines(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    like = sum(1 for line in scan.lines if line.lstrip()[:1] in ("{", "[") and line.rstrip()[-1:] in ("}", "]"))
    records = _records(scan) if scan.line_count > 1 and 5 * like >= 4 * len(scan.lines) else []
    if len(records) < (1 if hinted else 2) or 2 * len(records) <= len(scan.lines[: 2 * _RECORDS_READ]):
        return None
    keys = dict.fromkeys(str(key) for record in records if isinstance(record, dict) for key in record)
    with_keys = f" with keys {listed(keys)}" if keys else ""
    return Found((f"jsonl: {scan.line_count:,} records, one a line,{with_keys}".rstrip(","),), (LINES, _members()))


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: ARG001, FBT001
    start = _START.match(scan.text)
    if not start:
        return None
    value = _parsed(scan.text) if scan.scale == 1 else None
    if value is None and not _tokens_alone(scan):
        return None
    return Found((_said(value, scan),), (_members(),))


def _tokens_alone(scan: Scan) -> bool:
    """Whether a text that is no whole JSON, as it is cut off or too long to be parsed, has tokens of JSON alone."""
    read = scan.text[:_START_READ]
    match = _TOKENS.match(read)
    rest = read[match.end() :] if match else read
    is_all = not rest or (rest[0] in '"-0123456789tfnNI' and len(read) == _START_READ) or rest[0] == '"'
    return is_all and len(_KEY.findall(read)) + read.count(",") > 1


def _said(value: object, scan: Scan) -> str:
    if isinstance(value, dict) and isinstance(value.get("cells"), list) and "nbformat" in value:
        return f"json: a notebook with {len(value['cells']):,} cells"
    if isinstance(value, dict):
        longest = max(value, key=lambda key: len(value[key]) if isinstance(value[key], list) else 0, default="")
        many = len(value[longest]) if value and isinstance(value[longest], list) else 0
        more = f'; "{str(longest)[:40]}" is an array of {many:,} items{_keys(value[longest])}' if many > 1 else ""
        return f"json: an object with {len(value):,} keys: {listed(value)}{more}"
    if isinstance(value, list):
        return f"json: an array of {len(value):,} items{_keys(value)}"
    first = listed(dict.fromkeys(_KEY.findall(scan.text[:_START_READ])))
    cut_off = ", cut off at the end" if scan.scale == 1 else ""
    return f"json{cut_off}: " + (f"the first keys are {first}" if first else "an array")


def _keys(items: list[object]) -> str:
    keys = dict.fromkeys(str(key) for item in items[:_RECORDS_READ] if isinstance(item, dict) for key in item)
    return f" with keys {listed(keys)}" if keys else ""


STRUCTURES = (
    Structure("jsonl", (".jsonl", ".ndjson"), _find_lines),
    Structure("json", (".json", ".geojson", ".ipynb"), _find),
)
