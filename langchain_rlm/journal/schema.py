"""The JSON schema of a line of a journal file; the docstring of `recording.py` explains its fields.

`journal_check.py` holds every file to it that is read, and knows no other keywords than those used here.
"""

from collections.abc import Mapping
from typing import Any

from langchain_rlm.journal.files import FORMAT, VERSION


def _object(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _tuple(*items: Any) -> dict[str, Any]:
    return {"type": "array", "prefixItems": list(items), "minItems": len(items), "maxItems": len(items)}


def _maybe(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "type": [schema["type"], "null"]}


def _when(name: str, *required: str) -> dict[str, Any]:
    """Where one is, the others must be."""
    return {"if": {"required": [name]}, "then": {"required": list(required)}}


MOST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""
_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0, "maximum": MOST}
_NUMBER = {"type": "number", "minimum": -MOST, "maximum": MOST}
_BOOLEAN = {"type": "boolean"}
_ANY: dict[str, Any] = {}

_AMOUNTS = {"calls": _NUMBER, "estimated_calls": _NUMBER, "seconds": _NUMBER, "cost": _maybe(_NUMBER)}
_USAGE = _object({"input_tokens": _NUMBER, "output_tokens": _NUMBER}, _AMOUNTS)
_TOTALS = _object(
    {},
    {
        "input_tokens": _NUMBER, "output_tokens": _NUMBER, **_AMOUNTS, "unpriced_models": _list(_TEXT),
        "models": {"type": "object", "additionalProperties": _USAGE},
    },
)  # fmt: skip
_ERROR = _object({"type": _TEXT, "message": _TEXT})
_QUOTE = _object({"calls": _WHOLE, "tokens": _NUMBER, "cost": _NUMBER, "seconds": _NUMBER}, {"spent": _NUMBER})
_SPAN = _tuple(_WHOLE, _WHOLE, _WHOLE)
_PIECES = _list({"anyOf": [_TEXT, _SPAN]})
_CALL = {
    **_object(
        {
            "id": _TEXT,
            "how": {"enum": ["llm", "rlm", "tool"]},
            "model": _maybe(_TEXT),
            "digest": _TEXT,
            "pieces": _PIECES,
        },
        {
            "context": _list(_PIECES), "single": _BOOLEAN, "reused": _TEXT, "tool": _TEXT,
            "arguments": _tuple({"type": "array"}, {"type": "object"}),
        },
    ),
    **_when("tool", "arguments"),
}  # fmt: skip
_ANSWER = {
    **_object(
        {"id": _TEXT},
        {
            "text": _TEXT, "value": _ANY, "error": _ERROR, "model": _TEXT, "usage": _maybe(_USAGE),
            "seconds": _NUMBER, "waited": _NUMBER, "at": _NUMBER, "refused": _BOOLEAN, "is_copy": _BOOLEAN,
            "run": _object(
                {"turns": _WHOLE, "stop_reason": _TEXT, "journal": _list({"$ref": "#/$defs/entry"})},
                {"over": {"enum": ["all", "context", "prompt"]}, "marks": _TEXT},
            ),
        },
    ),
    "anyOf": [{"required": ["text"]}, {"required": ["value"]}, {"required": ["error"]}],
}  # fmt: skip
_PLACE = {"document": _TEXT, "start": _WHOLE, "end": _WHOLE}
_CITATION = _object(
    {"mark": _WHOLE, "name": _TEXT, "page": _maybe(_WHOLE), "line": _WHOLE, "text": _TEXT, **_PLACE},
    {"others": _list(_object(_PLACE)), "has_more": _BOOLEAN},
)
_CITED = {
    **_object({}, {"mark": _TEXT, "name": _TEXT, "line": _WHOLE, "text": _TEXT, **_PLACE}),
    **_when("mark", "name", "line", "text", *_PLACE),
}
"""What `cite()` gave: a citation, or an `error`."""
_RANGES = _list(_tuple(_WHOLE, _WHOLE))
_DOCUMENT = {"id": _TEXT, "name": _TEXT}
_SEEN = {"read": _NUMBER, "printed": _NUMBER}
_COVERAGE = _object(
    {
        **_SEEN,
        "documents": _list(
            _object(
                {**_DOCUMENT, "characters": _WHOLE},
                {**_SEEN, "read_ranges": _RANGES, "printed_ranges": _RANGES, "unread": _RANGES},
            )
        ),
    },
    {"seen": _NUMBER, "required": _NUMBER, "is_reached": _BOOLEAN},
)
_ENTRIES: dict[str, dict[str, Any]] = {
    "run": _object(
        {
            "id": _TEXT, "path": _TEXT, "depth": _WHOLE, "question": _TEXT, "seed": _TEXT, "started": _TEXT,
            "route": {"enum": ["direct", "rlm"]}, "documents": _WHOLE, "characters": _WHOLE, "context": _TEXT,
        },
        {"chunk_size": _WHOLE, "shown": _list(_SPAN)},
    ),
    "question": _object({"text": _TEXT}),
    "route": _object({"route": {"enum": ["direct", "rlm"]}}),
    "reply": _object(
        {"turn": _WHOLE, "text": _TEXT, "last": _maybe(_TEXT), "usage": _maybe(_USAGE)},
        {"model": _TEXT, "cut_off": _BOOLEAN, "seconds": _NUMBER, "waited": _NUMBER, "at": _NUMBER},
    ),
    "cell": _object({"turn": _WHOLE, "index": _WHOLE, "code": _TEXT}),
    "asked": {
        **_object(
            {"raises": _BOOLEAN, "calls": _list(_CALL)},
            {"quote": _QUOTE, "refused": _object({"error": _ERROR}), "count": _WHOLE, "digest": _TEXT},
        ),
        **_when("refused", "count", "digest"),
    },
    "confirm": _object({"decision": _TEXT}, {"limit": {"type": "number"}}),
    "answer": _ANSWER,
    "host": {
        **_object({"name": _TEXT, "value": _ANY}),
        "if": {"properties": {"name": {"const": "cite"}}},
        "then": {"properties": {"value": _CITED}},
    },
    "cell_end": _object(
        {
            "output": _TEXT, "printed": _WHOLE, "hash": _TEXT, "error": _maybe(_TEXT), "lost": _BOOLEAN,
            "refused": _BOOLEAN, "variables": _list(_tuple(_TEXT, _TEXT, _maybe(_WHOLE))),
        },
        {"at": _NUMBER, "shown": _list(_SPAN)},
    ),
    "note": _object({"text": _TEXT}, {"refused_answer": _ANY}),
    "end": _object({"stop_reason": _TEXT, "characters": _WHOLE}, {"hash": _TEXT, "given": _TEXT}),
    "fork": _object({"keep": _WHOLE, "calls": _list(_CALL), "answers": _list(_ANSWER)}),
}  # fmt: skip
JOURNAL_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A line of a journal of langchain-rlm",
    "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("header", "entry", "excerpt", "file_end")],
    "$defs": {
        "header": _object(
            {
                "format": {"const": FORMAT}, "version": {"const": VERSION}, "question": _TEXT, "answer": _TEXT,
                "stop_reason": _TEXT, "error": _TEXT, "usage": _TOTALS, "citations": _list(_CITATION),
                "coverage": _maybe(_COVERAGE), "context": _TEXT, "single": _maybe(_BOOLEAN),
                "chunk_size": _maybe(_WHOLE),
                "documents": _list(_object({**_DOCUMENT, "characters": _maybe(_WHOLE)})),
            },
            {"value": _ANY},
        ),
        "entry": {
            **_object({"kind": {"enum": list(_ENTRIES)}}, {"at": _NUMBER, "shown": _list(_SPAN)}),
            "allOf": [
                {"if": {"properties": {"kind": {"const": kind}}}, "then": {"$ref": f"#/$defs/{kind}"}}
                for kind in _ENTRIES
            ],
        },
        **_ENTRIES,
        "excerpt": _object(
            {"kind": {"const": "excerpt"}, "document": _WHOLE, "start": _WHOLE, "end": _WHOLE, "text": _TEXT}
        ),
        "file_end": _object({"kind": {"const": "file_end"}, "entries": _WHOLE}),
    },
}  # fmt: skip
"""JSON schema (Draft 2020-12) of one line of a journal file."""
