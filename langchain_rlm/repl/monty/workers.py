"""The worker processes of one tree of runs: jailed where that is possible, none before it is needed."""

import contextlib
import os
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pydantic_monty as monty

from langchain_rlm.errors import HostError, RLMError
from langchain_rlm.repl.monty import jail
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Host, ReplContext, ReplLimits

PROCESSES = 10_000
"""Processes at once. What keeps them few is `ReplLimits.idle_repls`."""

PANIC = "PanicException"
"""What Monty raises when it cannot start its threads; no Exception, and without a public name."""
_owner: list[int] = []
"""The process in which Monty has its threads."""


def _own_this_process() -> None:
    if _owner and _owner[0] != os.getpid():
        msg = (
            f"This process is a fork of process {_owner[0]}, in which a REPL has run: the threads that start REPLs are "
            "not in it. Start children anew (multiprocessing.get_context('spawn')), or fork before the first run."
        )
        raise RLMError(msg)
    _owner[:] = [os.getpid()]


@contextlib.contextmanager
def _host_failures() -> Iterator[None]:
    try:
        yield
    except RLMError:
        raise
    except BaseException as error:
        if not isinstance(error, OSError | RuntimeError | monty.MontyError) and type(error).__name__ != PANIC:
            raise
        msg = f"A REPL cannot be started: {error}. Free what this machine lacks (ulimit -n, memory, processes)."
        raise HostError(msg) from error


class MontySandboxes:
    """Makes sandboxes, a process each (`Sandboxes`).

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
        RLMError: The process is a fork of one that has had a REPL.
    """

    def __init__(self) -> None:
        _own_this_process()
        with _host_failures():
            jail.worker_path()
        self._stack = contextlib.ExitStack()
        self._pools: dict[str | None, monty.Monty] = {}
        self._lock = threading.Lock()

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
        return MontySandbox(self, context, limits, seed, started, host, tools)

    @contextlib.contextmanager
    def checkout(self, **options: Any) -> Iterator[monty.MontySession]:
        """A worker, started or used again; the options are those of `monty.Monty.checkout`.

        Raises:
            HostError: None can be started.
        """
        with contextlib.ExitStack() as stack:
            with _host_failures():
                session = jail.start(lambda path: stack.enter_context(self._pool(path).checkout(**options)))
            yield session

    def _pool(self, path: str | None) -> monty.Monty:
        with self._lock:
            if path not in self._pools:
                pool = monty.Monty(binary_path=path, min_processes=0, max_processes=PROCESSES)
                self._pools[path] = self._stack.enter_context(pool)
            return self._pools[path]

    def close(self) -> None:
        self._stack.close()
