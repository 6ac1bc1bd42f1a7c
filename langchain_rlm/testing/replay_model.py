"""`ReplayChatModel`: a chat model that says again what a run on record was told. For tests without a key.

It serves as root model and as sub-model at once; `replay_record.py` finds what it says to a request.
"""

import os
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Self, cast

from langchain_core.language_models import BaseChatModel, LanguageModelInput, ModelProfile
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from pydantic import BaseModel, Field, PrivateAttr

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.excerpts import known_texts
from langchain_rlm.journal.files import load_journal, recording_of
from langchain_rlm.journal.record import Recording
from langchain_rlm.settings import CHARACTERS_PER_TOKEN, READS_WELL, READS_WELL_SHARE
from langchain_rlm.testing.replay_record import Record


class ReplayChatModel(BaseChatModel):
    """Answers as the models of a run on record did.

    Use it as the model of an `RLM` with the run's route (it serves the sub-queries too), or call it directly with a
    prompt on record. What a provider refused on record is refused again, with the same error. It can be the model of an
    agent with tools, but calls none: tool calls of an agent are not on record.

    Example:
        ```python
        model = ReplayChatModel.from_journal("run.jsonl")
        result = RLM(model, route="rlm").invoke({"question": question, "context": text})
        ```
    """

    model_name: str = "replay"
    journal: list[Any] = Field(repr=False)
    """The entries of the run."""
    chunk_size: int | None = None
    """Characters that `chunks()` made in the run, when that is known."""
    excerpts: list[Any] = Field(default_factory=list, repr=False)
    """Excerpts of the documents, to tell recursive runs over texts of one size apart."""
    _record: Record = PrivateAttr()

    @classmethod
    def from_journal(
        cls, source: str | os.PathLike[str] | Mapping[str, Any] | Recording | Sequence[Entry], *, context: Any = None
    ) -> Self:
        """A model of a run.

        Args:
            source: A journal file, what `load_journal` read, what `RLM.invoke` returned, or the `journal` of that.
            context: What was given to the run. Only needed when `source` has no texts (it is a bare journal or a copied
                result) and recursive runs with one question over texts of one size run side by side.

        Raises:
            InputError: It cannot be read, has no journal, or had another context.
        """
        if isinstance(source, str | os.PathLike):
            source = load_journal(source)
        elif isinstance(source, list | tuple):
            source = {"journal": source}
        recording = recording_of(cast("Mapping[str, Any] | Recording", source), context=context)
        return cls(journal=list(recording.journal), chunk_size=recording.chunk_size, excerpts=list(recording.excerpts))

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self._record = Record(self.journal, known_texts(self.excerpts) or ())

    @property
    def _llm_type(self) -> str:
        return "rlm-replay"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "run": self.journal[0].get("id")}

    def _resolve_model_profile(self) -> ModelProfile:
        """A window that makes `chunks()` cut as it did in the run."""
        if self.chunk_size is None or self.chunk_size >= READS_WELL * CHARACTERS_PER_TOKEN:
            return ModelProfile(text_inputs=True, text_outputs=True)
        window = round(self.chunk_size / CHARACTERS_PER_TOKEN / READS_WELL_SHARE)
        return ModelProfile(max_input_tokens=window, text_inputs=True, text_outputs=True)

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **_: Any,  # noqa: ARG002  # the base class's
    ) -> Runnable[LanguageModelInput, AIMessage]:  # fmt: skip
        """The model as it is: it gives the text on record and calls no tool, whatever `tool_choice` says.

        For an agent that is to call an `RLMTool`, script the agent's own model and give the tool
        `RLM(ReplayChatModel.from_journal(...))`.
        """
        return self

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **_: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """The text on record read as JSON, for prompts that were answered with it.

        Args:
            schema: A pydantic model, to get an instance of it; with any other schema, the plain data is returned.
            include_raw: Give `raw`, `parsed` and `parsing_error` instead of raising.

        Returns:
            A runnable that raises `OutputParserException` when the text is not JSON, or not of the model's form.
        """
        parser: Runnable[Any, Any] = JsonOutputParser()
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            parser = PydanticOutputParser(pydantic_object=schema)
        if not include_raw:
            return self | parser
        parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
        failed = RunnablePassthrough.assign(parsed=lambda _: None)
        return RunnableMap(raw=self) | parsed.with_fallbacks([failed], exception_key="parsing_error")

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._record.reply(messages))])

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return self._generate(messages)
