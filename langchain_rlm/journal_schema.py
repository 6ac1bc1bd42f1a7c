"""The JSON schema of a line of a journal file; the docstring of `recording.py` explains its fields."""

from collections.abc import Mapping
from typing import Any

from langchain_rlm.recording import FORMAT, VERSION


def _object(required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": {**required, **(optional or {})}}


def _list(items: Any) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}
_NUMBER = {"type": "number"}
_BOOLEAN = {"type": "boolean"}
_ANY: dict[str, Any] = {}
_OBJECT = {"type": "object"}


def _maybe(kind: str) -> dict[str, Any]:
    return {"type": [kind, "null"]}


_SPAN = {"type": "array", "prefixItems": [_WHOLE, _WHOLE, _WHOLE], "minItems": 3, "maxItems": 3}
_PIECES = _list({"anyOf": [_TEXT, _SPAN]})
_CALL = _object(
    {
        "id": _TEXT,
        "how": {"enum": ["llm", "rlm", "tool"]},
        "model": _maybe("string"),
        "digest": _TEXT,
        "pieces": _PIECES,
    },
    {"context": _list(_PIECES), "single": _BOOLEAN, "reused": _TEXT, "tool": _TEXT, "arguments": {"type": "array"}},
)
_ANSWER = _object(
    {"id": _TEXT},
    {
        "text": _TEXT, "value": _ANY, "error": _object({"type": _TEXT, "message": _TEXT}), "model": _TEXT,
        "usage": _maybe("object"), "seconds": _NUMBER, "at": _NUMBER, "refused": _BOOLEAN, "is_copy": _BOOLEAN,
        "run": _object(
            {"turns": _WHOLE, "stop_reason": _TEXT, "journal": _list({"$ref": "#/$defs/entry"})}, {"over": _TEXT}
        ),
    },
)  # fmt: skip
_PLACE = {"document": _TEXT, "start": _WHOLE, "end": _WHOLE}
_CITATION = _object(
    {"mark": _WHOLE, "name": _TEXT, "page": _maybe("integer"), "line": _WHOLE, "text": _TEXT, **_PLACE},
    {"others": _list(_object(_PLACE))},
)
_ENTRIES: dict[str, dict[str, Any]] = {
    "run": _object(
        {
            "id": _TEXT, "path": _TEXT, "depth": _WHOLE, "question": _TEXT, "seed": _TEXT, "started": _TEXT,
            "route": {"enum": ["direct", "rlm"]}, "documents": _WHOLE, "characters": _WHOLE, "context": _TEXT,
        },
        {"chunk_size": _WHOLE},
    ),
    "question": _object({"text": _TEXT}),
    "route": _object({"route": {"enum": ["direct", "rlm"]}}),
    "reply": _object(
        {"turn": _WHOLE, "text": _TEXT, "last": _maybe("string"), "usage": _maybe("object")},
        {"model": _TEXT, "cut_off": _BOOLEAN, "seconds": _NUMBER, "at": _NUMBER},
    ),
    "cell": _object({"turn": _WHOLE, "index": _WHOLE, "code": _TEXT}),
    "asked": _object(
        {"raises": _BOOLEAN, "calls": _list(_CALL)},
        {"quote": _OBJECT, "refused": _OBJECT, "count": _WHOLE, "digest": _TEXT},
    ),
    "confirm": _object({"decision": _TEXT}, {"limit": _NUMBER}),
    "answer": _ANSWER,
    "host": _object({"name": _TEXT, "value": _ANY}),
    "cell_end": _object(
        {
            "output": _TEXT, "printed": _WHOLE, "hash": _TEXT, "error": _maybe("string"), "lost": _BOOLEAN,
            "refused": _BOOLEAN, "variables": _list({"type": "array"}),
        },
        {"at": _NUMBER, "shown": _list(_SPAN)},
    ),
    "note": _object({"text": _TEXT}),
    "end": _object({"stop_reason": _TEXT, "characters": _WHOLE}),
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
                "stop_reason": _TEXT, "error": _TEXT, "usage": _OBJECT, "citations": _list(_CITATION),
                "coverage": _maybe("object"), "context": _TEXT, "single": _maybe("boolean"),
                "chunk_size": _maybe("integer"),
                "documents": _list(_object({"id": _TEXT, "name": _TEXT, "characters": _maybe("integer")})),
            },
            {"value": _ANY},
        ),
        "entry": {
            **_object({"kind": {"enum": list(_ENTRIES)}}),
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
