"""The worker processes of one tree of runs: jailed where that is possible, none before it is needed."""

from datetime import datetime

import pydantic_monty as monty

from langchain_rlm.repl.monty.jail import worker_path
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Host, ReplContext, ReplLimits

PROCESSES = 10_000
"""Processes at once. What keeps them few is `ReplLimits.idle_repls`."""


class MontySandboxes:
    """Makes sandboxes, a process each (`Sandboxes`).

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
    """

    def __init__(self) -> None:
        self._pool = monty.Monty(binary_path=worker_path(), min_processes=0, max_processes=PROCESSES)
        self._pool.__enter__()

    def new(
        self,
        context: ReplContext,
        limits: ReplLimits,
        *,
        seed: str,
        started: datetime,
        host: Host,
        tools: frozenset[str] = frozenset(),
    ) -> MontySandbox:
        return MontySandbox(self._pool, context, limits, seed, started, host, tools)

    def close(self) -> None:
        self._pool.__exit__(None, None, None)
