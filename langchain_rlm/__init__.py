"""Recursive Language Models as a LangGraph state machine, packaged for LangChain.

The names are loaded when first used: importing the package alone imports nothing heavy.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_rlm.budget import Budget
    from langchain_rlm.chain import create_rlm_chain
    from langchain_rlm.chat_model import ChatRLM
    from langchain_rlm.errors import InputError, ModelError, ReplayError, RLMError
    from langchain_rlm.journal_schema import JOURNAL_SCHEMA
    from langchain_rlm.middleware import RLMMiddleware
    from langchain_rlm.recording import Recording, load_journal, save_journal
    from langchain_rlm.repl.outcomes import ReplLimits
    from langchain_rlm.replay_model import ReplayChatModel
    from langchain_rlm.result import result_to_html
    from langchain_rlm.retriever import RLMRetriever
    from langchain_rlm.rlm import RLM
    from langchain_rlm.state import RLMInput, RLMResult
    from langchain_rlm.tool import RLMTool

_HOMES = {
    "JOURNAL_SCHEMA": "journal_schema",
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
    "Recording": "recording",
    "ReplLimits": "repl.outcomes",
    "ReplayChatModel": "replay_model",
    "ReplayError": "errors",
    "create_rlm_chain": "chain",
    "load_journal": "recording",
    "result_to_html": "result",
    "save_journal": "recording",
}

__all__ = [
    "JOURNAL_SCHEMA",
    "RLM",
    "Budget",
    "ChatRLM",
    "InputError",
    "ModelError",
    "RLMError",
    "RLMInput",
    "RLMResult",
    "RLMRetriever",
    "RLMTool",
    "Recording",
    "ReplLimits",
    "ReplayChatModel",
    "ReplayError",
    "create_rlm_chain",
    "load_journal",
    "result_to_html",
    "save_journal",
]
if TYPE_CHECKING or find_spec("langchain") is not None:  # `import *` imports every name
    __all__ += ["RLMMiddleware"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
