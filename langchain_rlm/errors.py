"""The errors that a caller can get. Each message says what was wrong, with the value, and what to do."""

from typing import Any


class RLMError(Exception):
    """The base of every error that langchain-rlm raises.

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
