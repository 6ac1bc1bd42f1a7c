"""How an `RLM` was set up, and the sizes that follow from its models' windows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import Field, InstanceOf

from langchain_rlm.budget import Budget
from langchain_rlm.checks import COUNT, FLAG, Rule
from langchain_rlm.errors import InputError
from langchain_rlm.models.resolve import DEFAULT_WINDOW, Model, name_of, window_of
from langchain_rlm.repl.monty.workers import MontySandboxes
from langchain_rlm.repl.protocol import ReplLimits, SandboxFactory
from langchain_rlm.repl.tools import ReplTool
from langchain_rlm.response_format import ResponseFormat

DEFAULT_SANDBOXES: SandboxFactory = MontySandboxes
"""What runs the code unless another sandbox is chosen."""
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

    model: Model
    sub_model: Model
    sub_models: Mapping[str, Model]
    budget: Budget
    max_concurrency: int
    route: str
    direct_below: int
    model_window: int | None
    sub_model_window: int | None
    limits: ReplLimits
    sandboxes: SandboxFactory = DEFAULT_SANDBOXES
    tools: Mapping[str, ReplTool] = field(default_factory=dict)
    response_format: ResponseFormat | None = None
    require_coverage: float | None = None
    """Share of the context that models must have seen before an answer is taken."""
    require_citations: bool = False
    max_retries: int | None = None
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

    def pick(self, name: str | None) -> Model | None:
        """The sub-model of that name, or None when there is none."""
        return self.sub_model if name is None else self.sub_models.get(name)


def check_settings(given: Mapping[str, Any]) -> None:
    """Refuse settings of an `RLM` that are out of range or of another type.

    Args:
        given: The settings by name. Those without a rule are checked where they are used.

    Raises:
        InputError: A setting cannot be used.
    """
    for name, rule in _RULES.items():
        rule.check(name, given[name])
    if given["require_citations"] and given["route"] == "direct":
        msg = "require_citations=True needs the REPL: use route='rlm' or 'auto'."
        raise InputError(msg)


_SHARE = Annotated[float, Field(strict=True, gt=0, le=1)]
_RULES = {
    "budget": Rule(InstanceOf[Budget] | None, "pass a Budget, as in budget=Budget(cost=2.0, turns=30)"),
    "max_concurrency": COUNT,
    "max_retries": Rule(Annotated[int, Field(strict=True, ge=0)] | None, "use a whole number, 0 or more, or None"),
    "route": Rule(Literal["auto", "direct", "rlm"], "use 'auto', 'direct' or 'rlm'"),
    "direct_below": Rule(Annotated[float, Field(strict=True, ge=0)], "use a number of tokens, 0 or more"),
    "sub_models": Rule(
        Mapping[Annotated[str, Field(strict=True)], Any] | None,
        "pass models by their names, as in sub_models={'large': 'openai:gpt-5'}",
    ),
    "model_window": COUNT | None,
    "sub_model_window": COUNT | None,
    "repl_limits": Rule(
        InstanceOf[ReplLimits] | None, "pass ReplLimits, as in repl_limits=ReplLimits(cell_seconds=60)"
    ),
    "tools": Rule(list[Any] | tuple[Any, ...], "pass a list of tools"),
    "require_coverage": Rule(_SHARE | None, "use a share above 0, up to 1"),
    "require_citations": FLAG,
}
"""The rule for each setting."""
