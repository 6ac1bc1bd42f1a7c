"""One call with the whole text, and this package in its ways."""

import re
from typing import Any

from langchain_rlm.budget import Budget
from langchain_rlm.rlm import RLM
from langchain_rlm.state import RLMResult
from langchain_rlm.testing.quality.methods.common import PROMPT, RETRIES, Answer, Limits, Models, text_of
from langchain_rlm.testing.quality.task import Task

SAMPLES = 3


async def call(task: Task, models: Models, limits: Limits) -> Answer:  # noqa: ARG001  # as all methods
    """One call with the whole text."""
    said = await models.root.ainvoke(PROMPT.format(text=text_of(task), question=task.question), models.config)
    return Answer(said.text)


async def rlm(task: Task, models: Models, limits: Limits) -> Answer:
    """The root model writes code."""
    return await _ours(task, models, limits, route="rlm")


async def auto(task: Task, models: Models, limits: Limits) -> Answer:
    """The route that the package would choose."""
    return await _ours(task, models, limits, route="auto")


async def plan(task: Task, models: Models, limits: Limits) -> Answer:
    """A ready program."""
    return await _ours(task, models, limits, route="plan")


async def samples(task: Task, models: Models, limits: Limits) -> Answer:
    """Several runs, of which one is chosen."""
    return await _ours(task, models, limits, route="rlm", samples=SAMPLES)


async def _ours(task: Task, models: Models, limits: Limits, **settings: Any) -> Answer:
    budget = Budget(cost=None, seconds=limits.seconds)  # the dollars are those of the whole benchmark
    made = RLM(
        models.root, models.sub, budget=budget, max_concurrency=limits.concurrency, max_retries=RETRIES,
        prices=limits.prices, model_window=limits.window, sub_model_window=limits.window, **settings,
    )  # fmt: skip
    result = await made.ainvoke({"question": task.question, "context": task.context}, models.config)
    value = None if isinstance(result["value"], str) else result["value"]
    return Answer(_unmarked(result), value, result["stop_reason"], {"turns": result["turns"]})


def _unmarked(result: RLMResult) -> str:
    """The answer without the marks of its citations, which scoring rules would take for numbers."""
    number = "|".join(str(citation["mark"]) for citation in result["citations"])
    return re.sub(rf"\s*\[(?:{number})(?:, (?:{number}))*\]", "", result["answer"]) if number else result["answer"]
