"""What methods are given, what they give back, and the texts of a task in the forms that they take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import RunnableConfig

from langchain_rlm.models.resolve import Model
from langchain_rlm.testing.quality.task import Task

RETRIEVED = 20
"""Passages that a search gives to the model."""
RETRIES = 2
"""How often a call is made again: what the clients of OpenAI, Anthropic and others do by themselves."""
PROMPT = """Answer the question from the text below, and from nothing else. Give the answer in the form that the \
question asks for, without an explanation.

<text>
{text}
</text>

Question: {question}"""


@dataclass(frozen=True)
class Models:
    """The models of all methods, and what counts their calls."""

    root: Model
    """Writes the answer."""
    sub: Model
    """Reads pieces, where a method has two models."""
    callbacks: tuple[BaseCallbackHandler, ...] = ()

    @property
    def config(self) -> RunnableConfig:
        """What each call is made with."""
        return {"callbacks": [*self.callbacks]}


@dataclass(frozen=True)
class Limits:
    """What holds for each run of any method."""

    concurrency: int = 8
    """Model calls at once."""
    seconds: float = 600.0
    piece: int = 50_000
    """Characters of a piece, for the methods that cut the text: what this package gives to the sub-model at once."""
    prices: Mapping[str, Any] | None = None
    window: int | None = None
    """Tokens that the models read at once; None: as LangChain knows it."""


@dataclass(frozen=True)
class Answer:
    """What a method gives back. What it took is counted by the meter."""

    text: str
    value: Any = None
    """The answer as data, where the method gives data."""
    stop_reason: str = "answered"
    details: Mapping[str, Any] = field(default_factory=dict)


def documents_of(task: Task) -> list[Document]:
    """The texts of a task, each with its name."""
    if isinstance(task.context, str):
        return [Document(task.context, metadata={"source": "context.txt"})]
    return [Document(text, metadata={"source": name}) for name, text in task.context.items()]


def text_of(task: Task) -> str:
    """The texts of a task as one; several ones each under a line that names it."""
    if isinstance(task.context, str):
        return task.context
    return "\n\n".join(f"=== {name} ===\n{text}" for name, text in task.context.items())
