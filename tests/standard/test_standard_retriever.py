"""LangChain's own tests of retrievers."""

from typing import Any

import pytest

from langchain_rlm import RLM
from langchain_rlm.adapters.retriever import RLMRetriever

pytest.importorskip("langchain_tests")

from langchain_tests.integration_tests import RetrieversIntegrationTests


class TestRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[RLMRetriever]:
        return RLMRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        texts = {f"log {day}": f"Day {day}. The cargo of the ship was quicksilver, {day} barrels." for day in range(5)}
        return {"rlm": RLM("offline"), "documents": texts}

    @property
    def retriever_query_example(self) -> str:
        return "What was the cargo of the ship?"
