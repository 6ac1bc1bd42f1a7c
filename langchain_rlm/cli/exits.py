"""How a command ends: its exit code, and the signals that end it early."""

import errno
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

ANSWERED, WRONG_INPUT, NO_MODEL, OUT_OF_BUDGET, NO_ANSWER, INTERRUPTED = 0, 2, 3, 4, 5, 130
NOT_READ = 128 + 13
"""As shells name the end by SIGPIPE, which Python ignores: a broken connection to a model must not end it."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def printed(command: Callable[[], int]) -> int:
    """Run a command until its output is written, and return the exit code."""
    try:
        code = command()
        sys.stdout.flush()
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            code, lost = NOT_READ, [sys.stdout, sys.stderr]
        elif error.errno in FULL and error.filename is None:
            print(f"error: the output cannot be written ({error.strerror})", file=sys.stderr)
            code, lost = WRONG_INPUT, [sys.stdout]
        else:
            raise
        for stream in lost:  # what is left in its buffer would be tried again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def interrupt_on_sigterm() -> None:
    """Treat SIGTERM, and SIGHUP from a terminal that is closed, as Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # else it is ignored, as under nohup
        signal.signal(signal.SIGHUP, _interrupt)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def exit_code(stop_reason: str, *, is_in_vain: bool = False) -> int:
    """The exit code for a stop reason, and for an answer that rests on nothing."""
    if stop_reason.startswith("budget:"):
        return OUT_OF_BUDGET
    return NO_ANSWER if stop_reason == "gave_up" or is_in_vain else ANSWERED
