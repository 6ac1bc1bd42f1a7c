"""LangChain's own chains for long texts, with the prompts that they come with."""

import warnings
from typing import Any

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel

from langchain_rlm.models.resolve import Model, chat_models_of
from langchain_rlm.testing.quality.methods.common import Answer, Limits, Models, documents_of
from langchain_rlm.testing.quality.task import Task

COLLAPSE_ABOVE = 60_000
"""Tokens of extracts above which they are first made fewer."""


async def map_reduce(task: Task, models: Models, limits: Limits) -> Answer:
    """Extract from each piece with the sub-model, and answer from the extracts with the root model."""
    return await _asked(
        task, models, limits, chain_type="map_reduce", llm=_limited(models.sub, limits),
        reduce_llm=_limited(models.root, limits), token_max=COLLAPSE_ABOVE,
    )  # fmt: skip


async def refine(task: Task, models: Models, limits: Limits) -> Answer:
    """Go through the pieces one after the other with the root model."""
    return await _asked(task, models, limits, chain_type="refine", llm=models.root)


async def _asked(task: Task, models: Models, limits: Limits, **settings: Any) -> Answer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the chains are deprecated, and still what many use
        from langchain_classic.chains.question_answering import load_qa_chain  # an extra

        chain = load_qa_chain(**settings)
    given = {"input_documents": pieces(task, limits.piece), "question": task.question}
    said = await chain.ainvoke(given, models.config)
    return Answer(str(said["output_text"]))


def _limited(model: Model, limits: Limits) -> Any:
    """The model for a batch of calls: the chain by itself makes all at once."""
    inner = chat_models_of(model)[0]
    if isinstance(inner, BaseChatModel) and inner is model:
        model = inner.model_copy(update={"custom_get_token_ids": _tokens})
    return model.with_config(max_concurrency=limits.concurrency)


def _tokens(text: str) -> list[int]:
    """As many as a text has, roughly: the chain counts them, and a real count may need the network."""
    return list(range(len(text) // 4 + 1))


def pieces(task: Task, characters: int, overlap: int = 0) -> list[Document]:
    """The texts in pieces, each under the name of its document where there are several."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # an extra

    splitter = RecursiveCharacterTextSplitter(chunk_size=characters, chunk_overlap=overlap)
    found = splitter.split_documents(documents_of(task))
    if isinstance(task.context, str):
        return found
    named = (f"=== {each.metadata['source']} ===\n{each.page_content}" for each in found)
    return [Document(text, metadata=each.metadata) for text, each in zip(named, found, strict=True)]
