"""A chain that takes a retriever, with RLMRetriever in its place: the rest of the chain stays as it was.

The passages are those that an answer of the RLM rests on. Runs as it is, or with
LANGCHAIN_RLM_MODEL=openai:gpt-5 python examples/retriever_in_a_chain.py
"""

import os
from pydoc_data.topics import topics

from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from langchain_rlm import RLM
from langchain_rlm.adapters.retriever import RLMRetriever
from langchain_rlm.models.resolve import resolve_model

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")
PROMPT = ChatPromptTemplate.from_template("Answer from the text only.\n\nQuestion: {question}\n\nText:\n{context}")


def as_text(documents: list[Document]) -> str:
    """The passages with their places."""
    return "\n\n".join(f"[{d.metadata['source']}:{d.metadata['start']}]\n{d.page_content}" for d in documents)


def main() -> None:
    """Answer one question and show the passages."""
    retriever = RLMRetriever(rlm=RLM(MODEL), documents=topics, k=3)  # was: vector_store.as_retriever(...)
    chain = (
        {"context": retriever | as_text, "question": RunnablePassthrough()}
        | PROMPT
        | resolve_model(MODEL)
        | StrOutputParser()
    )
    question = "What does the yield statement do in a generator function?"
    print(chain.invoke(question))
    for document in retriever.invoke(question):
        print("-", document.id, document.metadata["basis"], repr(document.page_content[:60]))


if __name__ == "__main__":
    main()
