"""Parsing what a model wrote, without Python's warnings about it: they do not belong in the host's log."""

import contextlib
import threading
import warnings
from collections.abc import Iterator

_FILTERS = threading.Lock()


@contextlib.contextmanager
def without_warnings() -> Iterator[None]:
    """Ignore warnings, even where they are errors (`python -W error`).

    One at a time: filters belong to the process, and two that overlap would leave them changed.
    """
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
