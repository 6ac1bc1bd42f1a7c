"""An agent that asks about documents far larger than its window.

Needs the package langchain (pip install langchain). Without a key the run is done by the offline model, and the
agent's model is the small script below. With one:
    LANGCHAIN_RLM_MODEL=openai:gpt-5 python examples/agent_with_tool.py
"""

import os
from pydoc_data.topics import topics
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from langchain_rlm import RLM
from langchain_rlm.adapters.tool import RLMTool

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")


class ScriptedModel(BaseChatModel):
    """Calls the tool with the user's question, then repeats what it said."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        call = {"name": "ask_documents", "args": {"question": last.text, "documents": ["with", "compound"]}, "id": "1"}
        reply = AIMessage(last.text) if isinstance(last, ToolMessage) else AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=reply)])


def main() -> None:
    """Ask one question and show what happens."""
    tool = RLMTool(rlm=RLM(MODEL), documents=topics, description="Asks the Python language reference.")
    agent = create_agent(ScriptedModel() if MODEL == "offline" else MODEL, [tool])
    question: Any = {"messages": [("user", "Which methods does the with statement call?")]}
    events: Any = agent.stream(question, stream_mode=["custom", "values"])
    for mode, data in events:
        if mode == "custom":
            print("  ", tool.name, data[tool.name]["event"])
        else:
            print(f"{data['messages'][-1].type}: {data['messages'][-1].text}")


if __name__ == "__main__":
    main()
