"""Journal entries for tests, with the parts that a test does not speak of filled in."""

from typing import Any

from langchain_rlm.repl.protocol import Call, Ended

STARTED = "2026-01-02T03:04:05+00:00"


def begun(question: str = "Why?", route: str = "rlm", **more: Any) -> Any:
    """How a run begins."""
    return {
        "kind": "run", "id": "t", "path": "", "depth": 0, "question": question, "seed": "seed", "started": STARTED,
        "route": route, "chunk_size": 100, "shown": [], "documents": 1, "characters": 10, "context": "sha256:0", **more,
    }  # fmt: skip


def begun_scripted(question: str = "Why?", route: str = "rlm", **more: Any) -> Any:
    """How a run begins whose cells run in the scripted sandbox."""
    return begun(question, route, repl={"sandbox": "tests.unit.scripted_sandbox.ScriptedSandboxes"}, **more)


def question(text: str) -> Any:
    return {"kind": "question", "text": text}


def reply(*codes: str, turn: int = 1, text: str | None = None, **more: Any) -> Any:
    """A reply of the root model with these cells, or with this text."""
    said = "\n".join(f"```repl\n{code}\n```" for code in codes) if text is None else text
    return {
        "kind": "reply", "turn": turn, "text": said, "last": None, "model": "root", "cut_off": False,
        "usage": {"calls": 1, "input_tokens": 10, "output_tokens": 5, "cost": None, "estimated_calls": 0},
        "seconds": 1.0, "at": 1.0, **more,
    }  # fmt: skip


def cell(code: str, turn: int = 1, index: int = 0) -> Any:
    return {"kind": "cell", "turn": turn, "index": index, "code": f"{code}\n"}


def call(identity: str, prompt: str = "q", how: str = "llm", **more: Any) -> Any:
    """A call as `asked` has it."""
    known = Call(how, prompt, more.get("model"))
    return {"id": identity, "how": how, "model": None, "digest": known.digest(), "pieces": [prompt], **more}


def tool_call(identity: str, name: str, *args: Any, **named: Any) -> Any:
    """A call of a tool as `asked` has it."""
    known = Call("tool", name, arguments=([*args], named))
    return {
        "id": identity, "how": "tool", "model": None, "digest": known.digest(), "pieces": [], "tool": name,
        "arguments": [[*args], named],
    }  # fmt: skip


def asked(*calls: Any, raises: bool = True, **more: Any) -> Any:
    return {"kind": "asked", "raises": raises, "calls": list(calls), **more}


def answer(identity: str, text: str = "an answer", **more: Any) -> Any:
    return {"kind": "answer", "id": identity, "text": text, "seconds": 1.0, "at": 2.0, **more}


def lost(journal: Any) -> tuple[int, int]:
    """Calls that may have been in flight when processes ended, and their input tokens as estimated; recursive too."""
    used = [call["usage"] for entry in journal if entry["kind"] == "lost" for call in entry["calls"]]
    below = [lost(entry["run"]["journal"]) for entry in journal if "run" in entry]
    found = [(usage["calls"], usage["input_tokens"]) for usage in used] + below
    return sum(calls for calls, _ in found), sum(tokens for _, tokens in found)


def failed(identity: str, kind: str = "server", message: str = "down", **more: Any) -> Any:
    return {"kind": "answer", "id": identity, "error": {"type": kind, "message": message}, **more}


def cell_end(output: str = "", error: str | None = None, *, lost: bool = False, **more: Any) -> Any:
    return {
        "kind": "cell_end", "at": 3.0, "shown": [], "output": output, "printed": len(output),
        "hash": Ended(output).digest(), "error": error, "lost": lost, "refused": False, "variables": [], **more,
    }  # fmt: skip


def note(text: str, **more: Any) -> Any:
    return {"kind": "note", "text": text, **more}


def end(characters: int = 2) -> Any:
    return {"kind": "end", "stop_reason": "answered", "characters": characters, "hash": "h"}
