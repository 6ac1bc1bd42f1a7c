"""A journal file put together by hand, in bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.journals import answer, asked, begun, call, cell, cell_end, end, reply

TEXT = "0123456789"
HEADER: dict[str, Any] = {
    "format": "langchain-rlm journal", "version": 1, "question": "Why?", "answer": "so", "stop_reason": "answered",
    "error": "", "usage": {}, "citations": [], "coverage": None, "documents": [], "context": "sha256:0",
    "single": True, "chunk_size": 100,
}  # fmt: skip
ENTRIES: list[Any] = [
    begun(), reply("x"), cell("x"), asked(call("1", pieces=["Read: ", [0, 0, 4]])), answer("1"), cell_end(), end(),
]  # fmt: skip
EXCERPT: dict[str, Any] = {"kind": "excerpt", "document": 0, "start": 0, "end": 4, "text": TEXT[:4]}
END: dict[str, Any] = {"kind": "file_end", "entries": len(ENTRIES)}


def data(*lines: Mapping[str, Any]) -> bytes:
    """The bytes of these lines; without any, those of a whole file."""
    return b"".join(
        json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines or (HEADER, *ENTRIES, EXCERPT, END)
    )


def written(folder: Path, content: bytes) -> Path:
    file = folder / "run.jsonl"
    file.write_bytes(content)
    return file
