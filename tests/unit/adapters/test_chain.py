"""create_rlm_chain in the place of create_retrieval_chain."""

from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from langchain_rlm import RLM, InputError
from langchain_rlm.adapters.chain import _question, create_rlm_chain

TEXTS = {"cargo.txt": "The cargo of the ship was quicksilver.", "crew.txt": "The crew of nine came from Aarhus."}
QUESTION = "What was the cargo of the ship?"


class Finds(BaseRetriever):
    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return [Document(f"{query} {TEXTS['cargo.txt']}", metadata={"source": "cargo.txt"})]


def rlm_chain() -> Runnable[dict[str, Any], dict[str, Any]]:
    return create_rlm_chain(RLM("offline"), TEXTS)


def retrieval_chain() -> Runnable[dict[str, Any], dict[str, Any]]:
    chains = pytest.importorskip("langchain_classic.chains")

    def combine(given: dict[str, Any]) -> str:
        return f"Of {given['input']}: {given['context'][0].page_content}"

    made: Runnable[dict[str, Any], dict[str, Any]] = chains.create_retrieval_chain(Finds(), RunnableLambda(combine))
    return made


@pytest.mark.parametrize("make", [retrieval_chain, rlm_chain])
async def test_one_consumer_works_unchanged_over_both(make: Any) -> None:
    chain = make()
    given = {"input": QUESTION, "chat_history": [], "user": "u1"}

    whole = chain.invoke(given)
    assert list(whole) == ["input", "chat_history", "user", "context", "answer"]
    assert {key: whole[key] for key in given} == given
    assert isinstance(whole["answer"], str)
    assert "quicksilver" in whole["answer"]
    assert all(isinstance(document, Document) for document in whole["context"])
    assert whole["context"][0].metadata["source"] == "cargo.txt"
    assert "quicksilver" in whole["context"][0].page_content

    chunks = list(chain.stream(given))
    assert [list(chunk) for chunk in chunks] == [["input", "chat_history", "user"], ["context"], ["answer"]]
    total = chunks[0]
    for chunk in chunks[1:]:
        total = total + chunk
    assert total == whole

    assert await chain.ainvoke(given) == whole
    assert [list(chunk) async for chunk in chain.astream(given)] == [list(chunk) for chunk in chunks]
    assert chain.batch([given, given]) == [whole, whole]
    assert (chain | (lambda result: result["answer"])).invoke(given) == whole["answer"]
    assert "".join((chain.pick("answer")).stream(given)) == whole["answer"]


def test_a_context_in_the_input_takes_the_place_of_the_chains_documents() -> None:
    result = rlm_chain().invoke({"input": "What is the harbour?", "context": "The harbour is Elsinore."})
    assert "Elsinore" in result["answer"]
    assert [document.page_content for document in result["context"]] == ["The harbour is Elsinore."]


def test_documents_found_before_may_be_the_context() -> None:
    chain = create_rlm_chain(RLM("offline"))
    found = Finds().invoke("x")
    assert "quicksilver" in chain.invoke({"input": QUESTION, "context": found})["answer"]


def test_the_input_is_streamed_before_anything_is_asked() -> None:
    stream = create_rlm_chain(RLM("offline")).stream({"input": QUESTION})
    assert next(stream) == {"input": QUESTION}
    with pytest.raises(InputError, match="no documents"):
        next(stream)


def test_without_documents_the_error_says_where_to_pass_them() -> None:
    with pytest.raises(InputError, match="to create_rlm_chain, or as"):
        create_rlm_chain(RLM("offline")).invoke({"input": QUESTION, "context": []})


@pytest.mark.parametrize("given", [{}, {"question": QUESTION}, {"input": " "}, {"input": 3}, "x", None, [QUESTION]])
async def test_an_input_without_a_question_is_an_error(given: Any) -> None:
    with pytest.raises(InputError, match=r'Pass \{"input"'):
        rlm_chain().invoke(given)
    with pytest.raises(InputError, match=r'Pass \{"input"'):
        await rlm_chain().ainvoke(given)


@pytest.mark.parametrize(
    "history",
    [
        [HumanMessage("Which ship?"), AIMessage("The Elsinore.")],
        [("human", "Which ship?"), ("ai", "The Elsinore.")],
        "Human: Which ship?\nAI: The Elsinore.",
    ],
)
def test_the_conversation_goes_before_the_question(history: Any) -> None:
    asked = _question({"input": "What was its cargo?", "chat_history": history})
    assert "Human: Which ship?\nAI: The Elsinore." in asked
    assert asked.endswith("What was its cargo?")


def test_a_long_conversation_is_cut_at_its_beginning() -> None:
    asked = _question({"input": "What now?", "chat_history": "old " * 10_000 + "new"})
    assert len(asked) < 9_000
    assert "new\n\nThe question now:\nWhat now?" in asked


def test_the_number_of_passages_can_be_set() -> None:
    texts = {f"log {day}": f"On day {day} the cargo of the ship was quicksilver." for day in range(5)}
    for k in (1, 3):
        assert len(create_rlm_chain(RLM("offline"), texts, k=k).invoke({"input": QUESTION})["context"]) == k
