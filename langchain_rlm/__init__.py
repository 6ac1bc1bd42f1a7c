"""Recursive Language Models as a LangGraph state machine, packaged for LangChain.

The names are loaded when first used: importing the package alone imports nothing heavy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_rlm.budget import Budget
    from langchain_rlm.chain import create_rlm_chain
    from langchain_rlm.chat_model import ChatRLM
    from langchain_rlm.errors import InputError, ModelError, ReplayError, RLMError
    from langchain_rlm.middleware import RLMMiddleware
    from langchain_rlm.repl.outcomes import ReplLimits
    from langchain_rlm.retriever import RLMRetriever
    from langchain_rlm.rlm import RLM
    from langchain_rlm.state import RLMInput, RLMResult
    from langchain_rlm.tool import RLMTool

_HOMES = {
    "RLM": "rlm",
    "Budget": "budget",
    "ChatRLM": "chat_model",
    "InputError": "errors",
    "ModelError": "errors",
    "RLMError": "errors",
    "RLMInput": "state",
    "RLMMiddleware": "middleware",
    "RLMResult": "state",
    "RLMRetriever": "retriever",
    "RLMTool": "tool",
    "ReplLimits": "repl.outcomes",
    "ReplayError": "errors",
    "create_rlm_chain": "chain",
}

__all__ = [
    "RLM",
    "Budget",
    "ChatRLM",
    "InputError",
    "ModelError",
    "RLMError",
    "RLMInput",
    "RLMMiddleware",
    "RLMResult",
    "RLMRetriever",
    "RLMTool",
    "ReplLimits",
    "ReplayError",
    "create_rlm_chain",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
