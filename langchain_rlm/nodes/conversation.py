"""What the root model is shown of a run: its turns as messages, the observation of a cell, long output cut."""

from collections.abc import Iterator, Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from langchain_rlm.journal.entries import CellEndEntry, Entry
from langchain_rlm.prompts import next_question

NO_OUTPUT = "(the cell printed nothing)"
SMALL = 8
"""Values of no more items or characters are listed by name alone, and names of one letter not at all."""
LISTED = 20
SLACK = 1.1
"""Times its limit that an output may have: a cut that hides a little costs a turn to look again."""
KEPT_WHOLE = 4
"""The newest observations stay whole when older ones fold."""


def conversation(journal: Sequence[Entry], *, room: int, shown: int) -> list[BaseMessage]:
    """The turns so far as messages; old observations fold to a line each when they pass `room`.

    `shown` are the characters of one observation.
    """
    parts = list(_parts(journal, shown))
    if sum(len(reply) + len(seen) for reply, seen in parts) > room:
        old = max(0, len(parts) - KEPT_WHOLE)
        parts = [(reply, _folded(seen)) if index < old else (reply, seen) for index, (reply, seen) in enumerate(parts)]
    messages: list[BaseMessage] = []
    for reply, seen in parts:
        messages += [AIMessage(reply), HumanMessage(seen)]
    return messages


def _parts(journal: Sequence[Entry], shown: int) -> Iterator[tuple[str, str]]:
    reply: str | None = None
    seen: list[str] = []
    for entry in journal:
        match entry["kind"]:
            case "reply":
                if reply is not None:
                    yield reply, "\n\n".join(seen) or NO_OUTPUT
                reply, seen = entry["text"], []
            case "cell_end":
                seen.append(observation(entry, shown))
            case "note":
                seen.append(entry["text"])
            case "question":
                seen.append(next_question(entry["text"]))
            case "end":
                seen.append(f"[answered, {entry['characters']:,} characters]")
    if reply is not None:
        yield reply, "\n\n".join(seen) or NO_OUTPUT


def observation(end: CellEndEntry, shown: int) -> str:
    """What the root model sees of a cell: its output, up to so many characters, its error, and what it assigned."""
    parts = [cut(end["output"], shown, end["printed"])] if end["output"].strip() else []
    if end["error"]:
        parts.append(end["error"])
        if not end["lost"] and not end["refused"]:
            parts.append("Variables assigned before the error are kept.")
    if not parts:
        parts.append(NO_OUTPUT)
    if told := _assigned(end):
        parts.append(f"[assigned: {', '.join(told)}]")
    return "\n".join(parts)


def _assigned(end: CellEndEntry) -> list[str]:
    """The variables that a cell assigned: large ones with their size, then small ones by name, then how many more."""
    named = [one for one in end["variables"] if len(one[0]) > 1 and not one[1].lower().endswith("module")]
    large = [f"{name}: {kind}({size:,})" for name, kind, size in named if (size or 0) > SMALL]
    told = [*large, *(name for name, _, size in named if (size or 0) <= SMALL)]
    return [*told[:LISTED], *([f"and {len(told) - LISTED:,} more"] if len(told) > LISTED else [])]


def cut(text: str, limit: int, printed: int | None = None) -> str:
    """Keep head and tail of a long text and say how much is left out; a text a little longer than that stays whole.

    `printed` are the characters there were at first, when the text has been cut before.
    """
    total = len(text) if printed is None else printed
    if total <= limit * SLACK and len(text) == total:
        return text
    head = limit * 2 // 3
    tail = limit - head
    left_out = total - head - tail
    return f"{text[:head]}\n[... {left_out:,} of {total:,} characters left out ...]\n{text[-tail:]}"


def _folded(seen: str) -> str:
    first = next((line for line in seen.splitlines() if line.strip()), "")
    return f"[older output, {len(seen):,} characters, began: {first[:120]}]"
