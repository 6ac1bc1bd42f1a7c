"""How the sandbox binds the REPL's functions and tools. Their names in Monty are made by the rules here."""

from collections.abc import Iterable, Sequence

from langchain_rlm.repl.functions import FUNCTIONS, KEPT, NAMES

_OWN = "_rlm_contract_"
"""Prefix of the functions that the sandbox defines and no cell can reach."""
ANSWERED = {f"_rlm_host_{function.name}": function for function in FUNCTIONS if function.answered_by == "host"}
"""The host calls of the functions that the host answers at once."""


def bound_once() -> str:
    """Binds the functions that cells may rebind for good, and `eval` and `exec`, which they may not.

    What the host answers at once has an asynchronous twin too.
    """
    names = sorted(NAMES - KEPT)
    own = ", ".join(f'"{name}": {_OWN}{name}' for name in names)
    twins = "\n".join(_TWIN.replace("NAME", function.name) for function in ANSWERED.values())
    return f"import re\neval = exec = _rlm_eval\n_rlm_rebindable = {{{own}}}\n{_bound(names)}\n{twins}"


def bound_for_each_cell(tools: Iterable[str]) -> str:
    """Binds the other functions and the tools anew, so that no cell can shadow them for the next."""
    return f"_rlm_printed[0] = _rlm_told[0] = 0\n{_bound(sorted(KEPT.union(tools)))}"


def _bound(names: Sequence[str]) -> str:
    return "\n".join(f"{name} = {_OWN}{name}" for name in names)


def tool_source(names: Sequence[str]) -> str:
    """The REPL's side of the tools: functions around one host call, and their asynchronous twins."""
    return "\n".join(_TOOL.replace("NAME", name) for name in names)


_TWIN = """
async def _rlm_async_NAME(*args, **kwargs):
    return _rlm_contract_NAME(*args, **kwargs)
"""
_TOOL = """
def _rlm_contract_NAME(*args, **kwargs):
    return _rlm_one(_rlm_host_tool("NAME", *_rlm_measured("NAME", [[*args], kwargs])))

async def _rlm_async_NAME(*args, **kwargs):
    return _rlm_one(await _rlm_host_tool_future("NAME", *_rlm_measured("NAME", [[*args], kwargs])))
"""
