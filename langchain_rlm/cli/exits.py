"""How a command ends: its exit code, and the signals that end it early."""

import signal
from typing import Any

ANSWERED, WRONG_INPUT, NO_MODEL, OUT_OF_BUDGET, NO_ANSWER, INTERRUPTED = 0, 2, 3, 4, 5, 130


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
