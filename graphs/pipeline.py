"""Many questions over one set of documents: load it, ask all of them at once, write a report.

What to copy: the state, the `Send`s and so the checkpoints hold questions and answers. The text is handed to the RLM in
a node, and no checkpointer sees it. Documents: Markdown and text files of `LANGCHAIN_RLM_DOCUMENTS`, or CPython topics.
"""

import asyncio
import operator
import os
from functools import cache
from pathlib import Path
from pydoc_data.topics import topics
from typing import Annotated, Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import START, StateGraph
from langgraph.types import Overwrite, Send
from typing_extensions import TypedDict  # pydantic describes it to the server, and asks for this one

from langchain_rlm import RLM

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")
rlm = RLM(MODEL, context_store=os.environ.get("LANGCHAIN_RLM_CONTEXTS") or None)


class Question(TypedDict):
    """What one task gets."""

    question: str


class Questions(TypedDict):
    """The input."""

    questions: list[str]


class State(Questions):
    """What the graph keeps."""

    documents: int
    answers: Annotated[list[dict[str, Any]], operator.add]
    report: str


@cache
def documents() -> dict[str, str]:
    """Names and texts, read once in this process."""
    if not (directory := os.environ.get("LANGCHAIN_RLM_DOCUMENTS")):
        return topics
    return {str(file): file.read_text() for file in Path(directory).rglob("*") if file.suffix in {".md", ".txt"}}


def load(state: Questions) -> dict[str, Any]:  # noqa: ARG001  # a node takes the state
    """Read the documents; the state gets their number. A thread's earlier answers are not in this report."""
    return {"documents": len(documents()), "answers": Overwrite([])}


def each_question(state: State) -> list[Send] | str:
    """One task for each question; without any, go on to the report."""
    return [Send("ask", Question(question=question)) for question in state["questions"]] or "write"


async def ask(state: Question, config: RunnableConfig) -> dict[str, Any]:
    """Ask one question over all documents."""
    texts = await asyncio.to_thread(documents)  # read anew when a checkpoint is resumed in another process
    result = await rlm.ainvoke({"question": state["question"], "context": texts}, config)
    read = [document.metadata["source"] for document in result["context"]]
    return {"answers": [{**state, "answer": result["answer"], "stop_reason": result["stop_reason"], "read": read}]}


def write(state: State) -> dict[str, str]:
    """Write the report."""
    found = [f"## {a['question']}\n\n{a['answer']}\n\nRead: {len(a['read'])} documents." for a in state["answers"]]
    return {"report": "\n\n".join([f"# {len(found)} questions, {state['documents']} documents", *found])}


builder = StateGraph(State, input_schema=Questions).add_node("load", load).add_node("write", write)
builder.add_node("ask", ask, input_schema=Question).add_edge("ask", "write")
builder.add_edge(START, "load").add_conditional_edges("load", each_question, ["ask", "write"])
graph = builder.compile(name="pipeline")
