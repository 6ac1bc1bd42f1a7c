"""Entries put together by hand, as far as readers look at them."""

from typing import Any

USAGE = {"calls": 1, "input_tokens": 1, "output_tokens": 1, "cost": None, "estimated_calls": 0}


def reply(text: str, turn: int = 1) -> Any:
    return {"kind": "reply", "turn": turn, "text": text, "last": None, "model": "root", "usage": USAGE}


def cell(code: str = "x = 1", index: int = 0) -> Any:
    return {"kind": "cell", "turn": 1, "index": index, "code": code}


def asked(*calls: tuple[str, str], raises: bool = True, **reused: str) -> Any:
    """Calls as (id, digest); `reused` names answers given again by call id (`c3="1"`)."""
    entries = [{"id": i, "digest": d} | ({"reused": reused[f"c{i}"]} if f"c{i}" in reused else {}) for i, d in calls]
    return {"kind": "asked", "calls": entries, "raises": raises}


def answer(call: str, text: str | None = "text", usage: Any = None) -> Any:
    said = {"error": {"type": "server", "message": "down"}} if text is None else {"text": text}
    return {"kind": "answer", "id": call, "model": "leaf", "usage": usage, **said}


def end(output: str = "", error: str | None = None, **parts: Any) -> Any:
    return {
        "kind": "cell_end", "output": output, "printed": len(output), "hash": "h", "error": error, "lost": False,
        "refused": False, "variables": [], **parts,
    }  # fmt: skip


def turn(number: int, output: str) -> list[Any]:
    return [reply(f"reply {number}", number), cell(), end(output)]
