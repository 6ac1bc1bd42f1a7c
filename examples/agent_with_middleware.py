"""An agent whose tool returns a text far beyond any window: the middleware keeps it outside, the agent asks about it.

    pip install langchain && python examples/agent_with_middleware.py

With OPENAI_API_KEY set, real models; without, a scripted agent and the offline RLM, which quotes but does not reason.
"""

import os
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM
from langchain_rlm.adapters.middleware import RLMMiddleware

QUESTION = "Which station lost contact, and at what time?"


def read_log(day: str) -> str:
    """Read the log of a day, one line a second."""
    times = [f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(86_400)]
    lines = [f"{day} {time} INFO all stations report" for time in times]
    lines[61_803] = f"{day} {times[61_803]} ERROR station Heron lost contact"
    return "\n".join(lines)


class Scripted(BaseChatModel):
    """Reads the log, asks about it, and repeats what it was told."""

    _llm_type = "scripted"

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        return self

    def _generate(self, messages: Any, *_: Any, **__: Any) -> ChatResult:
        calls = [("read_log", {"day": "2026-11-22"}), ("ask_offloaded_text", {"question": QUESTION})]
        step = sum(message.type == "tool" for message in messages)
        named = [{"name": name, "args": args, "id": name} for name, args in calls[step : step + 1]]
        reply = AIMessage("" if named else f"I was told: {messages[-1].text}", tool_calls=named)
        return ChatResult(generations=[ChatGeneration(message=reply)])


def main() -> None:
    """Ask, and show what the conversation holds."""
    has_key = bool(os.environ.get("OPENAI_API_KEY"))
    ours = RLMMiddleware(RLM("openai:gpt-5", sub_model="openai:gpt-5-mini") if has_key else RLM("offline"))
    model: Any = "openai:gpt-5" if has_key else Scripted()
    agent: Any = create_agent(model, [read_log], middleware=[ours], checkpointer=InMemorySaver())
    asked = {"messages": [("user", f"Look into the log of 2026-11-22. {QUESTION}")]}
    for message in agent.invoke(asked, {"configurable": {"thread_id": "1"}})["messages"]:
        print(f"{message.type:>5}: {message.text[:500] or message.tool_calls}\n")


if __name__ == "__main__":
    main()
