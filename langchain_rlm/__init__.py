"""Recursive Language Models as a LangGraph state machine, packaged for LangChain.

The names are loaded when first used: importing the package alone imports nothing heavy.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_rlm.adapters.chain import create_rlm_chain as create_rlm_chain
    from langchain_rlm.adapters.chat_model import ChatRLM as ChatRLM
    from langchain_rlm.adapters.middleware import RLMMiddleware as RLMMiddleware
    from langchain_rlm.adapters.retriever import RLMRetriever as RLMRetriever
    from langchain_rlm.adapters.tool import RLMTool as RLMTool
    from langchain_rlm.budget import Budget as Budget
    from langchain_rlm.context.files import Files as Files
    from langchain_rlm.context.tables.given import Tables as Tables
    from langchain_rlm.errors import HostError as HostError
    from langchain_rlm.errors import InputError as InputError
    from langchain_rlm.errors import ModelError as ModelError
    from langchain_rlm.errors import ReplayError as ReplayError
    from langchain_rlm.errors import RLMError as RLMError
    from langchain_rlm.errors import ThreadBusyError as ThreadBusyError
    from langchain_rlm.journal.files import load_journal as load_journal
    from langchain_rlm.journal.files import save_journal as save_journal
    from langchain_rlm.journal.record import Recording as Recording
    from langchain_rlm.journal.schema import JOURNAL_SCHEMA as JOURNAL_SCHEMA
    from langchain_rlm.models.prices import Prices as Prices
    from langchain_rlm.models.profiles import Profile as Profile
    from langchain_rlm.plans.plan import Plan as Plan
    from langchain_rlm.repl.cpython.workers import CPython as CPython
    from langchain_rlm.repl.protocol import ReplLimits as ReplLimits
    from langchain_rlm.result import result_to_html as result_to_html
    from langchain_rlm.result import result_to_json as result_to_json
    from langchain_rlm.rlm import RLM as RLM
    from langchain_rlm.runtime.savers import GroupingSaver as GroupingSaver
    from langchain_rlm.state import RLMInput as RLMInput
    from langchain_rlm.state import RLMResult as RLMResult
    from langchain_rlm.testing.replay_model import ReplayChatModel as ReplayChatModel

_HOMES = {
    "Budget": "budget", "ChatRLM": "adapters.chat_model", "CPython": "repl.cpython.workers",
    "create_rlm_chain": "adapters.chain",
    "Files": "context.files", "GroupingSaver": "runtime.savers", "HostError": "errors", "InputError": "errors",
    "JOURNAL_SCHEMA": "journal.schema", "load_journal": "journal.files", "ModelError": "errors", "Plan": "plans.plan",
    "Prices": "models.prices", "Profile": "models.profiles", "Recording": "journal.record",
    "ReplayChatModel": "testing.replay_model", "ReplayError": "errors", "ReplLimits": "repl.protocol",
    "result_to_html": "result", "result_to_json": "result", "RLM": "rlm", "RLMError": "errors", "RLMInput": "state",
    "RLMMiddleware": "adapters.middleware", "RLMResult": "state", "RLMRetriever": "adapters.retriever",
    "RLMTool": "adapters.tool", "save_journal": "journal.files", "Tables": "context.tables.given",
    "ThreadBusyError": "errors",
}  # fmt: skip
__all__ = [name for name in _HOMES if name != "RLMMiddleware" or find_spec("langchain") is not None]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return __all__
