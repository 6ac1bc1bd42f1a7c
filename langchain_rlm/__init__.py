"""Recursive Language Models as a LangGraph state machine, packaged for LangChain.

The names are loaded when first used: importing the package alone imports nothing heavy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_rlm.budget import Budget
    from langchain_rlm.errors import InputError, ModelError, ReplayError, RLMError
    from langchain_rlm.repl.outcomes import ReplLimits
    from langchain_rlm.rlm import RLM
    from langchain_rlm.state import RLMInput, RLMResult

_HOMES = {
    "RLM": "rlm",
    "Budget": "budget",
    "InputError": "errors",
    "ModelError": "errors",
    "RLMError": "errors",
    "RLMInput": "state",
    "RLMResult": "state",
    "ReplLimits": "repl.outcomes",
    "ReplayError": "errors",
}

__all__ = [
    "RLM",
    "Budget",
    "InputError",
    "ModelError",
    "RLMError",
    "RLMInput",
    "RLMResult",
    "ReplLimits",
    "ReplayError",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
