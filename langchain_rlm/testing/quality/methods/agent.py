"""An agent with file tools (deepagents): it lists, searches and reads the texts, and may hand parts to a helper."""

import warnings
from typing import Any

from langchain_rlm.testing.quality.methods.common import Answer, Limits, Models, documents_of
from langchain_rlm.testing.quality.task import Task

STEPS = 120
"""Of its graph: some forty turns."""
TOLD = (
    "Answer the user's question from the files in / and from nothing else. Look at them with ls, grep and read_file, "
    "in parts where they are long. Your last message is the answer alone, in the form that the question asks for."
)
HELPER = {
    "name": "general-purpose",
    "description": "Reads or searches files for one precise question, and reports what it found.",
    "system_prompt": "Answer from the files in / alone, with all that was asked for and nothing else.",
}


async def ask(task: Task, models: Models, limits: Limits) -> Answer:  # noqa: ARG001  # as all methods
    """Let the agent work on the texts as files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # betas of its parts
        from deepagents import create_deep_agent  # an extra
        from deepagents.backends.utils import create_file_data

        helper: Any = {**HELPER, "model": models.sub}
        root: Any = models.root
        agent = create_deep_agent(root, system_prompt=TOLD, subagents=[helper])
    files = {f"/{one.metadata['source'].lstrip('/')}": create_file_data(one.page_content) for one in documents_of(task)}
    given: Any = {"messages": [("user", task.question)], "files": files}
    said = await agent.ainvoke(given, {**models.config, "recursion_limit": STEPS})
    return Answer(said["messages"][-1].text)
