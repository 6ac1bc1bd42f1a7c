"""The errors that a caller can get. Each message says what was wrong, with the value, and what to do."""

import errno
from typing import Any

_LACKING = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL}
_NO_THREAD = "can't start new thread"


class RLMError(RuntimeError):
    """The base of every error that langchain-rlm raises.

    A `RuntimeError`, for LangGraph's server hides what others say.

    Attributes:
        journal: What the failed run had written to its journal, or None.
    """

    journal: list[dict[str, Any]] | None = None


class InputError(RLMError, ValueError):
    """What the caller passed cannot be used: an empty question, a path that does not exist, a wrong budget."""


class MissingExtraError(InputError):
    """A document needs a part of this package that is not installed."""


class ModelError(RLMError):
    """A model could not be used: an unknown name, a missing key, a provider that keeps failing."""


class SubModelError(ModelError):
    """A sub-model cannot be used: its key or name is wrong. With a checkpointer the run goes on when that is mended."""


class HostError(RLMError):
    """This machine cannot go on: something is used up (files, memory, processes, disk), a database or REPLs end.

    With a checkpointer the run goes on when the machine is well.
    """


class ThreadBusyError(RLMError):
    """Another run goes on with this thread, here or in another process. A thread has one run at a time.

    Wait for its end, or set `RLM(on_busy="wait")`.
    """


def is_of_host(error: BaseException) -> bool:
    """Whether an exception says that this machine has no more of something."""
    if isinstance(error, BaseExceptionGroup):  # of the addresses that were tried
        return any(map(is_of_host, error.exceptions))
    of_system = isinstance(error, OSError) and error.errno in _LACKING
    return of_system or isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _NO_THREAD in str(error))


class ReplayError(RLMError):
    """A replay differs from its record. The message names the run, the turn and the cell, and quotes both sides."""


class UnsupportedCodeError(RLMError):
    """A cell uses Python that the REPL does not run. The message tells the model what to write instead.

    Attributes:
        line: The line in the cell, counted from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
