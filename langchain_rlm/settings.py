"""How an `RLM` was set up, and the sizes that follow from its models' windows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel

from langchain_rlm.budget import Budget
from langchain_rlm.errors import InputError
from langchain_rlm.models.resolve import DEFAULT_WINDOW, name_of, window_of
from langchain_rlm.repl.protocol import ReplLimits
from langchain_rlm.repl.tools import ReplTool
from langchain_rlm.response_format import ResponseFormat

ROUTES = ("auto", "direct", "rlm")
CHARACTERS_PER_TOKEN = 4
READS_WELL = 12_500
"""Tokens that models read well at once: far below their windows (research: quality falls from 16,000 on)."""
READS_WELL_SHARE = 0.2
SHOWN_SHARE = 0.03
SHOWN_MOST = 12_000
SHOWN_LEAST = 1_500
HISTORY_SHARE = 0.4
"""Share of the root model's window that the turns may fill before old observations fold."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an `RLM` was set up."""

    model: BaseChatModel
    sub_model: BaseChatModel
    sub_models: Mapping[str, BaseChatModel]
    budget: Budget
    max_concurrency: int
    route: str
    direct_below: int
    model_window: int | None
    sub_model_window: int | None
    limits: ReplLimits
    tools: Mapping[str, ReplTool] = field(default_factory=dict)
    response_format: ResponseFormat | None = None
    require_coverage: float | None = None
    """Share of the context that models must have seen before an answer is taken."""
    require_citations: bool = False
    is_saved: bool = False
    """A checkpointer keeps the run."""

    @property
    def root_window(self) -> int:
        """Input window of the root model in tokens."""
        return self.model_window or window_of(self.model) or DEFAULT_WINDOW

    @property
    def leaf_window(self) -> int:
        """Input window of the sub-model in tokens."""
        return self.sub_model_window or window_of(self.sub_model) or DEFAULT_WINDOW

    @property
    def chunk_size(self) -> int:
        """Characters that the sub-model reads well."""
        return int(min(READS_WELL, self.leaf_window * READS_WELL_SHARE)) * CHARACTERS_PER_TOKEN

    @property
    def shown(self) -> int:
        """Characters of output that the root model sees of a cell."""
        characters = int(self.root_window * SHOWN_SHARE) * CHARACTERS_PER_TOKEN
        return max(SHOWN_LEAST, min(SHOWN_MOST, characters))

    @property
    def history_room(self) -> int:
        """Characters that the turns may take."""
        return int(self.root_window * HISTORY_SHARE) * CHARACTERS_PER_TOKEN

    def windows(self) -> dict[str, int]:
        """Known input windows by model name."""
        models = [self.model, self.sub_model, *self.sub_models.values()]
        known = {name_of(model): window for model in models if (window := window_of(model))}
        if self.model_window:
            known[name_of(self.model)] = self.model_window
        if self.sub_model_window:
            known[name_of(self.sub_model)] = self.sub_model_window
        return known

    def pick(self, name: str | None) -> BaseChatModel | None:
        """The sub-model of that name, or None when there is none."""
        return self.sub_model if name is None else self.sub_models.get(name)


def check_settings(given: Mapping[str, Any]) -> None:
    """Refuse settings of an `RLM` that are out of range or of another type.

    Args:
        given: As passed, by name; those that are not known here are checked where they are used.

    Raises:
        InputError: One cannot be used.
    """
    for name, value in given.items():
        if name in _RULES and not _RULES[name][0](value):
            msg = f"{name}={value!r:.100}: {_RULES[name][1]}."
            raise InputError(msg)
    if given["require_citations"] and given["route"] == "direct":
        msg = "require_citations=True needs the REPL: use route='rlm' or 'auto'."
        raise InputError(msg)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and _is_number(value) and value > 0


def _is_window(value: Any) -> bool:
    return value is None or _is_count(value)


def _is_named(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


_RULES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "budget": (lambda it: isinstance(it, Budget | None), "pass a Budget, as in budget=Budget(cost=2.0, turns=30)"),
    "max_concurrency": (_is_count, "use a whole number above 0"),
    "route": (lambda it: it in ROUTES, f"use one of {', '.join(map(repr, ROUTES))}"),
    "direct_below": (lambda it: _is_number(it) and it >= 0, "use a number of tokens, 0 or more"),  # NaN is not
    "sub_models": (
        lambda it: it is None or _is_named(it), "pass models by their names, as in sub_models={'large': 'openai:gpt-5'}"
    ),
    "model_window": (_is_window, "use a whole number above 0"),
    "sub_model_window": (_is_window, "use a whole number above 0"),
    "repl_limits": (
        lambda it: isinstance(it, ReplLimits | None), "pass ReplLimits, as in repl_limits=ReplLimits(cell_seconds=60)"
    ),
    "tools": (lambda it: isinstance(it, Sequence) and not isinstance(it, str | bytes), "pass a list of tools"),
    "require_coverage": (
        lambda it: it is None or (_is_number(it) and 0 < it <= 1), "use a share above 0, up to 1"
    ),
    "require_citations": (lambda it: isinstance(it, bool), "use True or False"),
}  # fmt: skip
"""What a setting must be, and what to pass instead of one that is not."""
