"""Search first, then an RLM over what was found: fifty documents instead of five, because nothing has to fit a window.

Any retriever will do; this small one ranks by shared words. Runs as it is, or with
LANGCHAIN_RLM_MODEL=openai:gpt-5 python examples/rag_first.py
"""

import os
import re
from pydoc_data.topics import topics
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnablePassthrough

from langchain_rlm import RLM
from langchain_rlm.adapters.chain import create_rlm_chain

MODEL = os.environ.get("LANGCHAIN_RLM_MODEL", "offline")


class WordRetriever(BaseRetriever):
    """Ranks documents by the words they share with the query."""

    documents: list[Document]
    k: int = 50

    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        words = set(re.findall(r"\w{4,}", query.lower()))

        def score(document: Document) -> float:
            found = re.findall(r"\w+", document.page_content.lower())
            return sum(word in words for word in found) / (len(found) + 100)

        return sorted(self.documents, key=score, reverse=True)[: self.k]


def main() -> None:
    """Search, then answer from everything that was found."""
    documents = [Document(text, metadata={"source": name}) for name, text in topics.items()]
    search = WordRetriever(documents=documents, k=30)
    chain = RunnablePassthrough.assign(context=(lambda given: given["input"]) | search) | create_rlm_chain(RLM(MODEL))
    for chunk in chain.stream({"input": "When is the finally clause of a try statement executed?"}):
        if "answer" in chunk:
            print(chunk["answer"])
        for document in chunk.get("context", []):
            print("-", document.id)


if __name__ == "__main__":
    main()
