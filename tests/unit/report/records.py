"""Records of runs for the tests: a large one and a hostile one, put together by hand."""

import random
import re
from collections.abc import Sequence
from typing import Any

from langchain_rlm.journal.record import Recording

USAGE = {"calls": 1, "input_tokens": 812, "output_tokens": 44, "cost": 0.00031, "estimated_calls": 0}
WORDS = re.findall(
    r"\w+",
    "ledger harbour notice supplier clause invoice tariff cargo manifest inspection berth penalty schedule renewal"
    " deposit terminal customs weight crane tide pilot charter hull anchor freight storage delay premium",
)


STARTED = "2026-01-02T03:04:05+00:00"


def prose(characters: int, seed: int = 1) -> str:
    """Text of a given size that is made of words and differs everywhere."""
    draw = random.Random(seed)  # noqa: S311  # always the same
    said = [" ".join(draw.choices(WORDS, k=12)) for _ in range(1_000)]
    lines: list[str] = []
    size = 0
    while size < characters:
        line = f"{len(lines):06d} {draw.choice(said)}.\n"
        lines.append(line)
        size += len(line)
    return "".join(lines)[:characters]


def run_entry(question: str = "What is said?", **facts: Any) -> Any:
    begun = {"kind": "run", "id": "r", "path": "", "depth": 0, "question": question, "route": "rlm", "seed": "r/"}
    return {**begun, "started": STARTED, "documents": 1, "characters": 1_000, "context": "sha256:0", **facts}


def reply(text: str, turn: int = 1, **facts: Any) -> Any:
    entry = {"kind": "reply", "turn": turn, "text": text, "last": None, "model": "root-model", "usage": USAGE}
    return {**entry, "seconds": 1.5, "at": 1.5, **facts}


def cell(code: str, turn: int = 1, index: int = 0) -> Any:
    return {"kind": "cell", "turn": turn, "index": index, "code": code}


def asked(*calls: Any) -> Any:
    return {"kind": "asked", "raises": True, "calls": list(calls)}


def call(identity: str, *pieces: Any, **facts: Any) -> Any:
    return {"id": identity, "how": "llm", "model": None, "digest": identity, "pieces": list(pieces), **facts}


def answer(identity: str, text: str | None = "text", **facts: Any) -> Any:
    said: Any = {"error": {"type": "server", "message": "down"}} if text is None else {"text": text}
    entry = {"kind": "answer", "id": identity, "model": "sub-model", "usage": USAGE, "seconds": 0.75, "at": 3.0}
    return {**entry, **said, **facts}


def cell_end(output: str = "", **facts: Any) -> Any:
    entry = {"kind": "cell_end", "at": 4.0, "output": output, "printed": len(output), "hash": "", "error": None}
    return {**entry, "lost": False, "refused": False, "variables": [], **facts}


def end(stop_reason: str = "answered") -> Any:
    return {"kind": "end", "stop_reason": stop_reason, "characters": 4, "hash": "h"}


def coverage(
    texts: Sequence[str],
    read: Sequence[Sequence[int]],
    printed: Sequence[Sequence[int]] = (),
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Coverage in its form, from (document, start, end)."""
    documents = []
    for index, text in enumerate(texts):
        ranges = {"read": [span[1:] for span in read if span[0] == index]}
        ranges["printed"] = [span[1:] for span in printed if span[0] == index]
        shares = {kind: sum(e - s for s, e in found) / len(text) for kind, found in ranges.items()}
        facts = {f"{kind}_ranges": [list(span) for span in found] for kind, found in ranges.items()}
        name = names[index] if names else f"part-{index}.txt"
        documents.append({"id": f"d{index}", "name": name, "characters": len(text), **shares, **facts, "unread": []})
    return {"read": 0.0, "printed": 0.0, "documents": documents}


def large(sub_queries: int = 5_000, characters: int = 10_000_000) -> Recording:
    """A run with many sub-queries over a long text: ten turns, 32 calls at once."""
    text = prose(characters)
    turns = 10
    step = characters // sub_queries
    entries: list[Any] = [run_entry("What does the harbour's ledger say of delays?")]
    clock, read, number = 0.0, [], 0
    draw = random.Random(7)  # noqa: S311  # always the same
    for turn in range(1, turns + 1):
        clock += 3.0
        entries.append(reply(f"Part {turn} of the text is next.", turn, at=clock, seconds=3.0))
        entries.append(cell(f"pieces = parts[{turn}]\nnotes += llm_query_batched([ASK + p for p in pieces])", turn))
        calls, answers, free = [], [], [clock] * 32
        for _ in range(sub_queries // turns):
            number += 1
            start = (number - 1) * step
            span = [0, start, start + int(step * 0.8)]
            read.append(span)
            ask = "Read the part below and list every delay with its date, cargo and reason. Say so if it has none.\n\n"
            calls.append(call(str(number), ask, span))
            lane = min(range(32), key=free.__getitem__)
            seconds = draw.uniform(0.4, 2.5)
            free[lane] += seconds
            said = f"{number} delays: " + " ".join(draw.choices(WORDS, k=60))
            facts = {"seconds": round(seconds, 3), "at": round(free[lane], 3)}
            answers.append(answer(str(number), None if number % 97 == 0 else said, **facts))
        clock = max(free)
        entries += [asked(*calls), *answers, cell_end(f"{len(calls)} notes\n", at=clock)]
    entries.append(end())
    usage = {
        **USAGE,
        "calls": sub_queries + turns,
        "seconds": clock,
        "models": {"root-model": USAGE, "sub-model": USAGE},
    }
    quoted = text[50_000:50_200]
    citation = {"mark": 1, "quote": quoted, "text": quoted, "document": "d0", "name": "ledger.txt"}
    return Recording(
        question="What does the harbour's ledger say of delays?",
        answer="The delays were few [1].",
        stop_reason="answered",
        usage=usage,
        journal=entries,
        citations=[{**citation, "start": 50_000, "end": 50_200, "line": 501, "page": None}],
        coverage=coverage([text], read, [[0, 0, 5_000]], ["ledger.txt"]),
        documents=[{"id": "d0", "name": "ledger.txt", "characters": characters}],
        texts=[text],
    )


SCRIPT = "</script><img src=x onerror=\"window.owned='yes'\"><script>window.owned='yes'</script>"
HOSTILE = (
    f"{SCRIPT}<!-- --><![CDATA[ ]]> <style>*{{display:none}}</style></script x=y <!--<script "
    "&lt;b&gt; \u2028 \u2029 \x00\x1b[31m\x9b "
    "\u202edesrever\u202c \u2067 \U0001f600 \ud800 javascript:alert(1) {data} {script} "
    "${window.owned='yes'} \ufeff\u200b"
)
"""Text that would be markup, script or a change of direction wherever text is not text."""


def hostile() -> Recording:
    """A run in which every text is hostile."""
    text = f"Before. {HOSTILE} After. " * 20
    below = [run_entry(HOSTILE), reply(HOSTILE), cell(HOSTILE), cell_end(HOSTILE), end(HOSTILE)]
    entries = [
        run_entry(HOSTILE),
        reply(HOSTILE, model=HOSTILE),
        cell(HOSTILE),
        asked(
            call("1", HOSTILE, [0, 5, 1_500]),
            call("2", HOSTILE, how="rlm", context=[[[0, 0, 700]]]),
            call("3", tool=HOSTILE, how="tool", arguments=[[HOSTILE], {HOSTILE: HOSTILE}]),
            call("4", HOSTILE),
            call("5", HOSTILE),
        ),
        answer("1", HOSTILE, model=HOSTILE),
        answer("2", HOSTILE, run={"turns": 1, "stop_reason": HOSTILE, "journal": below, "over": "context"}),
        answer("3", HOSTILE),
        answer("4", error={"type": HOSTILE, "message": HOSTILE}),
        {"kind": "host", "name": HOSTILE, "value": {HOSTILE: HOSTILE}},
        cell_end(HOSTILE, error=HOSTILE, variables=[[HOSTILE, "str", 100]]),
        {"kind": "note", "text": HOSTILE},
        end(),
    ]
    citation = {"mark": 1, "quote": HOSTILE, "text": HOSTILE, "document": "d0", "name": HOSTILE, "line": 1, "page": 2}
    return Recording(
        question=HOSTILE,
        answer=f"{HOSTILE} [1] {HOSTILE}",
        stop_reason=HOSTILE,
        usage={**USAGE, "seconds": 1.0, "models": {HOSTILE: USAGE}, "unpriced_models": [HOSTILE]},
        journal=entries,
        citations=[{**citation, "start": 8, "end": 80}],
        coverage=coverage([text], [[0, 100, 1_500]], [[0, 1_000, 2_000]], [HOSTILE]),
        documents=[{"id": "d0", "name": HOSTILE, "characters": len(text)}],
        texts=[text],
    )
