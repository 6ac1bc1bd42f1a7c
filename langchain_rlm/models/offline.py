"""A chat model that needs no network: extractive, without reasoning. For demos, baselines and dry runs.

As the root of a run it writes fixed programs (search, ask about the best pieces, gather); as a sub-model it quotes the
sentences that share most words with the question.
"""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, ModelProfile
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.models.extraction import extract
from langchain_rlm.models.offline_cells import COUNT, GATHER, INSTRUCTION, MAP, SEARCH, cell, terms

NOTHING_FOUND = "NONE: no sentence of this text bears on the question."

_QUESTION_PARAGRAPH_CHARACTERS = 500

_QUOTED = re.compile("[\"“`']([^\"”`'\n]{1,200})[\"”`'](?!\\w)")
_COUNTING = re.compile(r"\b(?:how many|how often|count|number of)\b", re.IGNORECASE)


Stop = list[str] | None


class OfflineChatModel(BaseChatModel):
    """A deterministic chat model in this process: it quotes, it does not reason, and it costs nothing.

    Token counts are estimates (characters / 4).
    """

    model_name: str = "offline (extractive, no reasoning)"

    @property
    def _llm_type(self) -> str:
        return "offline-extractive"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _resolve_model_profile(self) -> ModelProfile:
        return ModelProfile(max_input_tokens=32_000, text_inputs=True, text_outputs=True)

    def _generate(self, messages: list[BaseMessage], stop: Stop = None, *_: Any, **__: Any) -> ChatResult:
        text = _until_stop(reply(messages), stop)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text, **_facts(messages, text)))])

    async def _agenerate(self, messages: list[BaseMessage], stop: Stop = None, *_: Any, **__: Any) -> ChatResult:
        return self._generate(messages, stop)

    def _stream(
        self, messages: list[BaseMessage], stop: Stop = None, *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        return _streamed(messages, stop)

    async def _astream(
        self, messages: list[BaseMessage], stop: Stop = None, *_: Any, **__: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _streamed(messages, stop):
            yield chunk


def reply(messages: Sequence[BaseMessage]) -> str:
    """Answer a conversation: with a program as the root model of a run, else with quotes from the prompt."""
    if _is_root(messages):
        return _root_reply(messages)
    question, text = _question_and_text(_last_human(messages))
    return "\n".join(extract(question, text)) or NOTHING_FOUND


def _is_root(messages: Sequence[BaseMessage]) -> bool:
    system = "\n".join(str(message.text) for message in messages if isinstance(message, SystemMessage))
    return "llm_query" in system and "REPL" in system


def _root_reply(messages: Sequence[BaseMessage]) -> str:
    question = _root_question(messages)
    turn = sum(isinstance(message, AIMessage) for message in messages)
    if needle := _counted_text(question):
        return cell("Count with code.", {"NEEDLE": needle, "UNIT": _counted_unit(question)}, COUNT)
    if "final answer now" in _last_human(messages).lower():
        return cell("Answer with what is known.", terms(question), GATHER if turn else SEARCH + GATHER)
    programs: tuple[tuple[str, dict[str, object], str], ...] = (
        ("Search: rank the pieces by the words of the question.", terms(question), SEARCH),
        ("Ask about the best pieces.", {"INSTRUCTION": INSTRUCTION, "QUESTION": question}, MAP),
        ("Gather the quotes.", {}, GATHER),
        ("Search again and gather.", terms(question), SEARCH + GATHER),
    )
    return cell(*programs[min(turn, len(programs) - 1)])


def _root_question(messages: Sequence[BaseMessage]) -> str:
    first = next((str(message.text) for message in messages if isinstance(message, HumanMessage)), "")
    return _tagged("question", first) or first


def _counted_text(question: str) -> str:
    """What a counting question wants counted: the first thing in quotes, else an empty string."""
    quoted = _QUOTED.search(question)
    return quoted.group(1) if quoted and _COUNTING.search(question) else ""


def _counted_unit(question: str) -> str:
    for unit, words in (("lines", "lines?"), ("paragraphs", "paragraphs?"), ("documents", "documents?|files?|texts?")):
        if re.search(rf"(?i)\b(?:many|count|number of)\s+(?:\w+\s+){{0,2}}(?:{words})\b", question):
            return unit
    return "occurrences"


def _last_human(messages: Sequence[BaseMessage]) -> str:
    return next((str(message.text) for message in reversed(messages) if isinstance(message, HumanMessage)), "")


def _question_and_text(prompt: str) -> tuple[str, str]:
    """The two parts of a prompt: as `Question:` and `Text:`, in tags, or by paragraphs."""
    asked = re.search(r"(?m)^Question:[ \t]*(.+)$", prompt)
    tagged = _tagged("question", prompt), _tagged("context", prompt)
    if all(tagged) and not (asked and asked.start() < prompt.index("<question>")):
        return tagged
    if asked:
        before, rest = prompt[: asked.start()], prompt[asked.end() :]
        _, marker, text = rest.partition("\nText:")
        return asked.group(1), text if marker else f"{before}\n{rest}"
    first, _, after_first = prompt.strip().partition("\n\n")
    before_last, _, last = prompt.strip().rpartition("\n\n")
    if "?" in first or "?" not in last[-_QUESTION_PARAGRAPH_CHARACTERS:]:
        return first[:_QUESTION_PARAGRAPH_CHARACTERS], after_first
    return last[-_QUESTION_PARAGRAPH_CHARACTERS:], before_last


def _tagged(tag: str, prompt: str) -> str:
    """What stands between the first opening tag and the last closing one, each at a line start."""
    match = re.search(rf"(?ms)^<{tag}\b[^>\n]*>(.*)^</{tag}>", prompt)
    return match.group(1).strip() if match else ""


def _until_stop(text: str, stop: Sequence[str] | None) -> str:
    ends = [text.find(mark) for mark in stop or () if mark in text]
    return text[: min(ends)] if ends else text


def _streamed(messages: Sequence[BaseMessage], stop: Sequence[str] | None) -> Iterator[ChatGenerationChunk]:
    text = _until_stop(reply(messages), stop)
    for line in text.splitlines(keepends=True):
        yield ChatGenerationChunk(message=AIMessageChunk(content=line))
    facts: Any = {**_facts(messages, text), "chunk_position": "last"}
    yield ChatGenerationChunk(message=AIMessageChunk(content="", **facts))


def _facts(messages: Sequence[BaseMessage], text: str) -> dict[str, Any]:
    said = {"model_name": "offline", "finish_reason": "stop"}
    return {"response_metadata": said, "usage_metadata": _usage(messages, text)}


def _usage(messages: Sequence[BaseMessage], text: str) -> UsageMetadata:
    given = estimate_tokens(sum(len(message.text) for message in messages))
    made = estimate_tokens(len(text))
    return UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)
