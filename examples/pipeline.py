"""Many questions over one set of documents, in parallel, in a LangGraph pipeline whose checkpoints stay small.

The state holds questions and answers. The text is handed to the RLM inside a node: it is never in the state.
"""

import asyncio
import operator
import os
from pydoc_data.topics import topics  # any mapping of names to texts: here CPython's language reference
from typing import Annotated, Any, TypedDict

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Send

from langchain_rlm import RLM

QUESTIONS = ["How does the with statement work?", "What does yield do?", "When is __slots__ useful?"]

rlm = RLM(os.environ.get("LANGCHAIN_RLM_MODEL", "offline"))


class State(TypedDict, total=False):
    """What the graph keeps; a task of `ask` gets its `question`."""

    questions: list[str]
    question: str
    answers: Annotated[list[dict[str, Any]], operator.add]


def each_question(state: State) -> list[Send]:
    return [Send("ask", {"question": question}) for question in state["questions"]]


async def ask(state: State, config: RunnableConfig) -> State:
    result = await rlm.ainvoke({"question": state["question"], "context": topics}, config)
    return {"answers": [{**state, "answer": result["answer"], "calls": result["usage"]["calls"]}]}


async def main() -> None:
    builder = StateGraph(State).add_node("ask", ask).add_conditional_edges(START, each_question, ["ask"])
    graph = builder.compile(checkpointer=InMemorySaver())
    thread: RunnableConfig = {"configurable": {"thread_id": "1"}}
    result = await graph.ainvoke({"questions": QUESTIONS}, thread)
    for found in result["answers"]:
        print(f"## {found['question']}\n{found['answer']}\n({found['calls']} calls)\n")
    kept = len(str([step async for step in graph.aget_state_history(thread)]))
    print(f"The checkpoints have {kept:,} characters, the documents {sum(map(len, topics.values())):,}.")


asyncio.run(main())
