"""LangChain's own tests of a chat model, over `ChatRLM` with a ChatOpenAI inside."""

from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI

from langchain_rlm import RLM
from langchain_rlm.adapters.chat_model import ChatRLM

pytest.importorskip("langchain_tests")

from langchain_tests.unit_tests import ChatModelUnitTests


class TestChatRLM(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatRLM

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"rlm": RLM(ChatOpenAI(model="gpt-5", api_key="x"))}  # type: ignore[arg-type]  # a key, as users write it
