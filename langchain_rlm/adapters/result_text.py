"""What an agent gets of a run: its answer, what its marks stand for, and whether it rests on anything."""

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, ToolException

from langchain_rlm.context.corpus import on_one_line
from langchain_rlm.evidence.coverage import seen
from langchain_rlm.evidence.marks import place_of
from langchain_rlm.journal.tally import in_vain
from langchain_rlm.state import RLMResult

MARKS = 100
"""Marks that are explained."""
NAMED = 5
"""Documents named below an answer without marks."""


def text_of(result: RLMResult, most: int | None = None) -> str:
    """The answer, up to so many characters, what is to be known of it, and in the last lines where it comes from."""
    answer, reason = result["answer"], result["stop_reason"]
    if most is not None and len(answer) > most:
        answer = f"{answer[:most]}\n[the first {most:,} of {len(answer):,} characters]"
    if reason == "gave_up" or not answer.strip():
        answer = f"No answer was found (the run ended with {reason}). {answer}".strip()
    elif reason not in {"answered", "direct"}:
        answer += f"\n[the run ended early ({reason}): this is the best answer it had]"
    if why := in_vain(result):
        answer += f"\n[{why}]"
    return "\n\n".join([answer, *_sources(result)])


def _sources(result: RLMResult) -> Iterator[str]:
    """What each mark stands for; without marks, what was read."""
    if cited := result["citations"][:MARKS]:
        yield "\n".join(["Sources:", *(f"[{entry['mark']}] {place_of(entry)}" for entry in cited)])
    elif names := _read(result):
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        yield f"Sources: {', '.join(map(on_one_line, names[:NAMED]))}{more}"


def _read(result: RLMResult) -> list[str]:
    """The documents that sub-models read or, when they read none, that cells printed: not what a run begins with."""
    if result["coverage"] is None:  # it was searched
        return list(dict.fromkeys(document.metadata["name"] for document in result["context"]))
    documents = result["coverage"]["documents"]
    begun: Any = {**result["journal"][0], "shown": []}
    read, printed = seen([begun, *result["journal"][1:]], [document["characters"] for document in documents])
    return [documents[number]["name"] for number in sorted(read or printed)]


def check_question(question: str) -> None:
    """Tell an agent's model when it has asked nothing."""
    if not question.strip():
        msg = f"The question is {question!r}. Ask something in words."
        raise ToolException(msg)


class AnsweringTool(BaseTool):
    """A tool whose artifact is a result: its message is an error when the answer rests on nothing."""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return _judged(super().run(*args, **kwargs))

    async def arun(self, *args: Any, **kwargs: Any) -> Any:
        return _judged(await super().arun(*args, **kwargs))


def _judged(message: Any) -> Any:
    result = message.artifact if isinstance(message, ToolMessage) else None
    if isinstance(result, Mapping) and result["usage"]["sub_queries"]["is_in_vain"]:
        message.status = "error"
    return message
