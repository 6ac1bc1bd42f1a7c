"""Search first, then one call: by words, and by a small embedding that needs no network."""

import asyncio
import logging
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from langchain_rlm.testing.quality.methods.chains import pieces
from langchain_rlm.testing.quality.methods.common import PROMPT, RETRIEVED, Answer, Limits, Models
from langchain_rlm.testing.quality.task import Task

PASSAGE, OVERLAP = 1_000, 200
"""Characters of a passage, and how many it shares with the next one."""
_WORD = re.compile(r"\w+")


async def bm25(task: Task, models: Models, limits: Limits) -> Answer:  # noqa: ARG001  # as all methods
    """The passages that share the most telling words with the question."""
    return await _from_best(task, models, _by_words)


async def embedding(task: Task, models: Models, limits: Limits) -> Answer:  # noqa: ARG001  # as all methods
    """The passages nearest to the question."""
    return await _from_best(task, models, _by_meaning)


async def _from_best(task: Task, models: Models, rank: Any) -> Answer:
    texts = [each.page_content for each in pieces(task, PASSAGE, OVERLAP)]
    scores = await asyncio.to_thread(rank, texts, task.question)
    best = sorted(range(len(texts)), key=lambda at: (-float(scores[at]), at))[:RETRIEVED]
    found = "\n\n".join(texts[at] for at in sorted(best))  # in the order of the text: "the first", "the last" hold
    said = await models.root.ainvoke(PROMPT.format(text=found, question=task.question), models.config)
    return Answer(said.text, details={"passages": len(texts)})


def _by_words(texts: Sequence[str], question: str) -> Sequence[float]:
    from rank_bm25 import BM25Okapi  # an extra

    scores: Sequence[float] = BM25Okapi([_words(text) for text in texts]).get_scores(_words(question))
    return scores


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _by_meaning(texts: Sequence[str], question: str) -> Sequence[float]:
    vectors = _model().embed([*texts, question], norm=True)
    scores: Sequence[float] = vectors[:-1] @ vectors[-1]
    return scores


@cache
def _model() -> Any:
    root = logging.getLogger()
    before = root.level, [*root.handlers]
    import wordllama  # an extra, which sets up the logging of the whole process

    root.setLevel(before[0])
    root.handlers[:] = before[1]
    # its own folder as the cache: the files are there, and by default they would be looked for in the network
    return wordllama.WordLlama.load(cache_dir=Path(str(wordllama.__file__)).parent, disable_download=True)
