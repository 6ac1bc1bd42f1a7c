"""RLMRetriever: it runs, and gives the passages that the answer rests on."""

import asyncio
import pickle
from typing import Any

import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.documents import Document
from langchain_core.runnables import RunnablePassthrough

from langchain_rlm import RLM, InputError
from langchain_rlm.adapters.retriever import RLMRetriever
from tests.unit.adapters.test_tool import ListLoader
from tests.unit.evidence.test_passages import TEXTS


def test_the_passages_are_those_from_which_sub_models_answered() -> None:
    rlm = RLM("offline", route="rlm")
    found = RLMRetriever(rlm=rlm, documents=TEXTS).invoke("Who was the captain of the ship?")
    assert "captain of the ship was Okonkwo" in found[0].page_content
    for document in found:
        facts = document.metadata
        assert facts["source"] == facts["name"]
        assert TEXTS[facts["name"]][facts["start"] : facts["end"]] == document.page_content
        assert document.id == f"{facts['name']}:{facts['start']}-{facts['end']}"


async def test_it_retrieves_asynchronously() -> None:
    found = await RLMRetriever(rlm=RLM("offline"), documents=TEXTS).ainvoke("What was the cargo?", k=1)
    assert "quicksilver" in found[0].page_content


def test_a_direct_answer_rests_on_what_was_sent() -> None:
    found = RLMRetriever(rlm=RLM("offline", route="direct"), documents=TEXTS).invoke("Who was the captain?")
    assert found[0].metadata["basis"] == "asked"
    assert "Okonkwo" in found[0].page_content


def test_the_documents_own_metadata_comes_along() -> None:
    given = [Document("The captain was Okonkwo.", metadata={"source": "log", "page": 7})]
    (found,) = RLMRetriever(rlm=RLM("offline"), documents=given).invoke("Who was the captain?")
    assert found.metadata == {"source": "log", "page": 7, "name": "log", "start": 0, "end": 24, "basis": "asked"}


@pytest.mark.parametrize("k", [0, -1, True, 1.5])
def test_k_must_be_a_whole_number_above_0(k: Any) -> None:
    with pytest.raises(InputError, match="whole number"):
        RLMRetriever(rlm=RLM("offline"), documents=TEXTS).invoke("Who?", k=k)
    with pytest.raises(ValueError, match="k"):
        RLMRetriever(rlm=RLM("offline"), documents=TEXTS, k=0)


def test_a_loader_that_fails_is_named_and_may_work_later() -> None:
    loader = ListLoader([Document("The captain was Okonkwo."), Document("two")], fails_after=1)
    retriever = RLMRetriever(rlm=RLM("offline"), documents=loader)
    for _ in range(2):
        with pytest.raises(InputError, match="ListLoader failed after 1 documents"):
            retriever.invoke("Who was the captain?")
    loader.fails_after = None
    assert "Okonkwo" in retriever.invoke("Who was the captain?")[0].page_content
    assert loader.reads == 3
    retriever.invoke("Who was the captain?")
    assert loader.reads == 3


def test_in_a_chain_its_usage_is_counted_once() -> None:
    counted = UsageMetadataCallbackHandler()
    retriever = RLMRetriever(rlm=RLM("offline"), documents={"a": "The captain was Okonkwo."})
    chain = RunnablePassthrough.assign(found=(lambda given: given["q"]) | retriever)
    found = chain.invoke({"q": "Who was the captain?"}, {"callbacks": [counted]})["found"]
    alone = RLM("offline").invoke({"question": "Who was the captain?", "context": {"a": found[0].page_content}})
    (usage,) = counted.usage_metadata.values()
    assert usage["input_tokens"] == alone["usage"]["input_tokens"]


def test_several_queries_at_once() -> None:
    retriever = RLMRetriever(rlm=RLM("offline"), documents=TEXTS, k=1)
    queries = ["Who was the captain of the ship?", "What was the cargo?"]
    assert [len(found) for found in retriever.batch(queries)] == [1, 1]
    assert [len(found) for found in asyncio.run(retriever.abatch(queries))] == [1, 1]


def test_a_retriever_pickles() -> None:
    loaded = pickle.loads(pickle.dumps(RLMRetriever(rlm=RLM("offline"), documents=TEXTS, k=1)))  # noqa: S301
    assert "quicksilver" in loaded.invoke("What was the cargo?")[0].page_content
