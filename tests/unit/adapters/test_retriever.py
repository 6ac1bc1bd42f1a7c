"""RLMRetriever: the passages an answer rests on, where they are, and how they are ranked."""

import asyncio
import pickle
from itertools import pairwise
from typing import Any

import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnablePassthrough

from langchain_rlm import RLM, InputError, RLMResult
from langchain_rlm.adapters.retriever import RLMRetriever
from langchain_rlm.context.load import load_corpus
from langchain_rlm.evidence.passages import LONGEST, is_refusal, passages
from tests.unit.adapters.test_tool import ListLoader

FILLER = "\n".join(f"Line {number} is about the weather at sea." for number in range(400))
TEXTS = {
    "a.txt": f"{FILLER}\nThe captain of the ship was Okonkwo.\n{FILLER}",
    "b.txt": FILLER,
    "c.txt": f"The cargo was quicksilver.\n{FILLER}",
}


def result(*answered: tuple[str, list[Any]], answer: str = "Okonkwo", **more: Any) -> RLMResult:
    """A result whose sub-models gave these answers from these spans."""
    calls = [{"id": str(n), "how": "llm", "pieces": pieces} for n, (_, pieces) in enumerate(answered)]
    given = [{"kind": "answer", "id": str(n), "text": text} for n, (text, _) in enumerate(answered)]
    journal = [{"kind": "asked", "raises": True, "calls": calls}, *given] if answered else []
    whole: dict[str, Any] = {
        "question": "Who was the captain?", "answer": answer, "value": answer, "structured_response": None,
        "citations": [], "context": [], "usage": {}, "stop_reason": "answered", "turns": 1, "journal": journal,
    }  # fmt: skip
    return {**whole, **more}  # type: ignore[typeddict-item]


def where(found: list[Document]) -> list[tuple[str, int, int, str]]:
    return [(d.metadata["name"], d.metadata["start"], d.metadata["end"], d.metadata["basis"]) for d in found]


CORPUS = load_corpus(TEXTS)


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


def test_spans_of_refusals_are_left_out() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), ("not in the text", [[1, 0, 500]]), ("NONE: nothing", [[2, 0, 500]]))
    assert where(passages(given, CORPUS, 4)) == [("a.txt", 0, 500, "asked")]


def test_a_failed_sub_query_gives_no_passage() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), ("later", [[1, 0, 500]]))
    given["journal"][-1] = {"kind": "answer", "id": "1", "error": {"type": "budget", "message": "over"}}
    assert [name for name, *_ in where(passages(given, CORPUS, 4))] == ["a.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NONE",
        "None.",
        "NONE: no sentence bears on it",
        "not in the text",
        "No.",
        "N/A",
        "[]",
        "null",
        "unknown",
        "The text does not mention it.",
        "This passage doesn't say.",
        "I cannot find it.",
        "No relevant information.",
    ],
)
def test_a_refusal_is_told(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Okonkwo",
        "No, it was signed in May.",
        "Nonetheless he sailed.",
        "0",
        "Unknown to him, the ship sank.",
        "The text says so.",
        "None of it " + "x" * 300,
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


def test_citations_come_first_and_stay_as_they_are() -> None:
    at = TEXTS["a.txt"].index("The captain")
    citation = {"name": "a.txt", "start": at, "end": at + 37}
    given = result(("Okonkwo", [[0, 0, len(TEXTS["a.txt"])], [2, 0, 300]]), citations=[citation])
    found = passages(given, CORPUS, 4)
    assert where(found)[0] == ("a.txt", at, at + 37, "cited")
    assert found[0].page_content == "The captain of the ship was Okonkwo.\n"
    later = [span for span in where(found)[1:] if span[0] == "a.txt"]
    assert all(end <= at or start >= at + 37 for _, start, end, _ in later)


def test_a_citation_of_an_unknown_document_is_passed_over() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), citations=[{"name": "z", "start": 0, "end": 5}, {"name": "a.txt"}])
    assert [basis for *_, basis in where(passages(given, CORPUS, 4))] == ["asked"]


def test_overlapping_spans_are_merged() -> None:
    given = result(("Okonkwo", [[2, 0, 600], [2, 400, 900]]), ("Okonkwo", [[2, 100, 200]]))
    assert where(passages(given, CORPUS, 4)) == [("c.txt", 0, 900, "asked")]


def test_a_long_span_is_cut_around_what_matches_best_between_words() -> None:
    (found,) = passages(result(("Okonkwo", [[0, 0, len(TEXTS["a.txt"])]])), CORPUS, 1)
    assert "captain of the ship was Okonkwo" in found.page_content
    assert len(found.page_content) <= LONGEST
    before = TEXTS["a.txt"][found.metadata["start"] - 1]
    after = TEXTS["a.txt"][found.metadata["end"]]
    assert before.isspace()
    assert after.isspace()


def test_a_long_citation_is_cut_too() -> None:
    citation = {"name": "a.txt", "start": 0, "end": len(TEXTS["a.txt"])}
    (found,) = passages(result(citations=[citation]), CORPUS, 3)
    assert "Okonkwo" in found.page_content
    assert len(found.page_content) <= LONGEST


def test_several_passages_of_one_span_do_not_overlap() -> None:
    text = FILLER.join(f"\nThe captain is Okonkwo, log {n}.\n" for n in range(5))
    found = passages(result(("Okonkwo", [[0, 0, len(text)]])), load_corpus(text), 10)
    spans = sorted((start, end) for _, start, end, _ in where(found))
    assert len(spans) == 5
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert all("Okonkwo" in document.page_content for document in found)


def test_what_matches_question_and_answer_comes_first() -> None:
    given = result(("maybe", [[1, 0, 900]]), ("Okonkwo", [[0, 14_000, 19_000]]), ("maybe", [[2, 0, 900]]))
    assert "Okonkwo" in passages(given, CORPUS, 3)[0].page_content


def test_when_code_found_the_answer_the_passages_have_its_words() -> None:
    found = passages(result(), CORPUS, 1)
    assert "Okonkwo" in found[0].page_content
    assert found[0].metadata["basis"] == "matched"


def test_a_run_without_an_answer_gives_no_passages() -> None:
    assert passages(result(answer="", stop_reason="gave_up"), CORPUS, 4) == []


def test_a_direct_answer_rests_on_what_was_sent() -> None:
    found = RLMRetriever(rlm=RLM("offline", route="direct"), documents=TEXTS).invoke("Who was the captain?")
    assert found[0].metadata["basis"] == "asked"
    assert "Okonkwo" in found[0].page_content


def test_the_documents_own_metadata_comes_along() -> None:
    given = [Document("The captain was Okonkwo.", metadata={"source": "log", "page": 7})]
    (found,) = RLMRetriever(rlm=RLM("offline"), documents=given).invoke("Who was the captain?")
    assert found.metadata == {"source": "log", "page": 7, "name": "log", "start": 0, "end": 24, "basis": "asked"}


class Finds(BaseRetriever):
    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return [Document(f"The captain was Okonkwo ({query}).", id="x", metadata={"source": "index"})]


def test_over_a_collection_that_is_searched_the_passages_are_what_was_found() -> None:
    rows = [{"id": "x", "name": "index", "text": "The captain was Okonkwo.", "metadata": {"source": "index"}}]
    given = result()
    given["journal"] = [{"kind": "answer", "id": "1", "value": rows}]
    assert where(passages(given, load_corpus(Finds()), 4)) == [("index", 0, 24, "asked")]


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
