"""An agent with both ways in: a tool over documents it knows by name, and a middleware for what grows too long.

The documents are the files of `LANGCHAIN_RLM_DOCUMENTS`, or else CPython's language reference.
Without a model (`LANGCHAIN_RLM_MODEL`) a script stands in for the agent's: it asks the tool, and repeats what it says.
"""

import os
from collections.abc import Sequence
from pydoc_data.topics import topics
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from langchain_rlm import RLM
from langchain_rlm.adapters.middleware import RLMMiddleware
from langchain_rlm.adapters.tool import RLMTool

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")
DOCUMENTS = os.environ.get("LANGCHAIN_RLM_DOCUMENTS")


class Script(BaseChatModel):
    """Asks the tool what the user asks, then repeats its answer."""

    tool: str

    @property
    def _llm_type(self) -> str:
        return "script"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> "Script":  # noqa: ARG002  # LangChain's signature
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            reply = AIMessage(last.text)
        else:
            call = {"name": self.tool, "args": {"question": last.text}, "id": last.id or "call"}
            reply = AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=reply)])


rlm = RLM(MODEL, context_store=os.environ.get("LANGCHAIN_RLM_CONTEXTS") or None)
documents = RLMTool(rlm=rlm, root=DOCUMENTS) if DOCUMENTS else RLMTool(rlm=rlm, documents=topics)
graph = create_agent(
    Script(tool=documents.name) if MODEL == "offline" else MODEL,
    [documents],
    middleware=[RLMMiddleware(rlm, tool_name="ask_long_message")],
    system_prompt="Answer from the documents. Ask about them with the tool; do not guess.",
    name="agent",
)
