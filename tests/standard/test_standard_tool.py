"""LangChain's own tests of tools."""

from typing import Any

import pytest

from langchain_rlm import RLM
from langchain_rlm.adapters.tool import RLMTool

pytest.importorskip("langchain_tests")

from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests


class _Given:
    @property
    def tool_constructor(self) -> type[RLMTool]:
        return RLMTool

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"rlm": RLM("offline"), "documents": {"cargo.txt": "The cargo was quicksilver."}}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"question": "What was the cargo?", "documents": ["cargo.txt"]}


class TestToolUnit(_Given, ToolsUnitTests):
    """Without a model call."""


class TestToolIntegration(_Given, ToolsIntegrationTests):
    """With model calls, of the offline model."""
