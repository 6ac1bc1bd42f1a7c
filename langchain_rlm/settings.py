"""How an `RLM` was set up, and the sizes that follow from its models' windows."""

import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from langchain_core.runnables import RunnableConfig, ensure_config
from pydantic import ConfigDict, Field, InstanceOf, StrictStr, WithJsonSchema
from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

from langchain_rlm.budget import Budget
from langchain_rlm.checks import COUNT, FLAG, WHOLE, Rule
from langchain_rlm.errors import InputError
from langchain_rlm.models.prices import LOCAL, Pricing
from langchain_rlm.models.profiles import Profile, profile_for, profile_of
from langchain_rlm.models.resolve import (
    DEFAULT_WINDOW,
    Model,
    alternatives_of,
    name_of,
    provider_of,
    resolve_model,
    window_of,
)  # fmt: skip
from langchain_rlm.plans.library import plan_of
from langchain_rlm.plans.plan import Plan
from langchain_rlm.plans.sizes import Sizes
from langchain_rlm.repl.kinds import DEFAULT
from langchain_rlm.repl.protocol import ReplLimits, SandboxFactory
from langchain_rlm.repl.tools import ReplTool
from langchain_rlm.response_format import ResponseFormat

CHARACTERS_PER_TOKEN = 4
READS_WELL = 12_500
"""Tokens that models read well at once: far below their windows (research: quality falls from 16,000 on)."""
READS_WELL_SHARE = 0.2
MOST_SAMPLES = 32
SHOWN_SHARE = 0.03
SHOWN_MOST = 12_000
SHOWN_LEAST = 1_500
MOST_OF_LEAF, MOST_SHOWN = 0.5, 0.25
"""Shares of the windows that sizes which a profile sets may take."""
SMALLER = 4
HISTORY_SHARE = 0.4
"""Share of the root model's window that the turns may fill before old observations fold."""
PREFIX = "rlm_"
"""How settings for one call begin in `config["configurable"]`. A host passes on its own keys, such as `model`."""

OnBusy = Literal["error", "wait"]
"""What a call does when another run goes on with its thread."""
WayIn = Literal["auto", "direct", "rlm", "plan"]
"""`rlm`: the REPL. `direct`: one call with the whole context. `plan`: a ready program. `auto`: direct or the REPL, by
the size of the context, and a plan where the root model writes no code."""
if TYPE_CHECKING:
    _Model = Model | str | None
    _Budget = Budget | Mapping[str, float | None] | None
    _Profile = Profile | str | None
else:  # what a schema says of them; their values are checked where they are used
    _PARTS = {part.name: {"type": ["number", "null"]} for part in fields(Budget)}
    _Model = _Profile = Annotated[Any, WithJsonSchema({"type": "string"})]
    _Budget = Annotated[Any, WithJsonSchema({"type": "object", "properties": _PARTS, "additionalProperties": False})]


class CallSettings(TypedDict, total=False):
    """Settings for one call, in place of those of the `RLM`, which hold where a setting is left out or None.

    They are the `context` of the graph (`rlm.graph.invoke(..., context={"model": ...})`) and of a server's assistants.
    With the prefix `rlm_` they are keys of `config["configurable"]`, also of a host's.
    """

    __pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[misc]  # pydantic's way for TypedDicts

    model: _Model
    """The root model: a name such as `openai:gpt-5`, or in Python a chat model."""
    sub_model: _Model
    """The model that answers sub-queries. Without it, where the `RLM` has none of its own, the root model."""
    budget: _Budget
    """The parts that change, such as `{"cost": 1}`; a `Budget` takes the place of the whole."""
    route: WayIn | None
    """How a new run goes; one that goes on keeps its route."""
    profile: _Profile
    """What suits the models: the name of a shipped profile such as `small`, or in Python a `Profile`."""
    instructions: str | None
    """What the root model is told beside the question: the domain, the style, the form of the answer."""
    max_concurrency: int | None
    """Model calls in flight at once, no more than the `RLM` allows. LangChain's key of this name means the same."""


_NO_PRICE = (
    "no price is known for {}. Pass prices={{{!r}: {{'input': ..., 'output': ...}}}} in US dollars a million tokens (0 "
    "is free), or Budget(cost=None)."
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an `RLM` was set up."""

    model: Model
    sub_model: Model
    sub_models: Mapping[str, Model]
    budget: Budget
    max_concurrency: int
    route: WayIn
    direct_below: int
    model_window: int | None
    sub_model_window: int | None
    limits: ReplLimits
    prices: Pricing = field(default_factory=Pricing)
    sandboxes: SandboxFactory = DEFAULT
    tools: Mapping[str, ReplTool] = field(default_factory=dict)
    response_format: ResponseFormat | None = None
    require_coverage: float | None = None
    """Share of the context that models must have seen before an answer is taken."""
    require_citations: bool = False
    given_profile: Profile | None = None
    """None: they are chosen by the names of the models."""
    instructions: str | None = None
    """The user's words to the root model, in every run of the tree."""
    max_retries: int | None = None
    plan: Plan | None = None
    """The plan that runs, whatever the question; None: the root model chooses one where a plan is to run."""
    plan_parameters: Mapping[str, Any] = field(default_factory=dict)
    samples: int = 1
    """Runs that answer each question, of which one is chosen."""
    is_saved: bool = False
    """A checkpointer keeps the run."""
    on_busy: OnBusy = "error"

    def check_prices(self) -> None:
        """Refuse a limit on dollars that was set and cannot hold; warn of what it leaves out."""
        given = [self.model, self.sub_model, *self.sub_models.values()]
        each = [model for one in given for model in alternatives_of(one)]
        limit, models = self.budget.cost, {name_of(model): provider_of(model) for model in each}
        unpriced = [] if limit is None else [name for name, by in models.items() if not self.prices.knows(name, by)]
        if self.budget.sets_cost and len(unpriced) == len(models):
            msg = f"Budget(cost={limit:g}) cannot hold: {_NO_PRICE.format(', '.join(unpriced), unpriced[0])}"
            raise InputError(msg)
        for name in (name for name in unpriced if models[name] != LOCAL):
            msg = f"Budget(cost={limit:g}) does not limit every call: {_NO_PRICE.format(name, name)}"
            warnings.warn(msg, stacklevel=3)  # shown once for each name

    @property
    def root_window(self) -> int:
        """Input window of the root model in tokens."""
        return self.model_window or window_of(self.model) or DEFAULT_WINDOW

    @property
    def leaf_window(self) -> int:
        """Input window of the sub-model in tokens."""
        return self.sub_model_window or window_of(self.sub_model) or DEFAULT_WINDOW

    @property
    def profile(self) -> Profile:
        """What suits the root model."""
        return self.given_profile or profile_for(name_of(self.model))

    @property
    def leaf_profile(self) -> Profile:
        """What suits the sub-model: how much it is asked at once."""
        return self.given_profile or profile_for(name_of(self.sub_model))

    @property
    def chunk_size(self) -> int:
        """Characters that the sub-model reads well."""
        if (own := self.leaf_profile.chunk_size) is not None:
            return max(1, min(own, int(self.leaf_window * MOST_OF_LEAF) * CHARACTERS_PER_TOKEN))
        return int(min(READS_WELL, self.leaf_window * READS_WELL_SHARE)) * CHARACTERS_PER_TOKEN

    @property
    def sizes(self) -> Sizes:
        """What a plan puts into one prompt."""
        profile, usual = self.leaf_profile, Sizes.of(self.leaf_window, self.chunk_size)
        if profile.chunk_size is None:
            return usual
        return Sizes(self.chunk_size, self.small_chunk_size, profile.batch, max(usual.notes, self.chunk_size))

    @property
    def small_chunk_size(self) -> int:
        """Characters of a piece of which every item counts."""
        own = self.leaf_profile.small_chunk_size
        return max(1, self.chunk_size // SMALLER if own is None else min(own, self.chunk_size))

    @property
    def root_room(self) -> int:
        """Tokens of the root model's window beside what is kept for its output."""
        return self.root_window - min(self.profile.reserve, self.root_window // 2)

    @property
    def shown(self) -> int:
        """Characters of output that the root model sees of a cell."""
        if (own := self.profile.shown) is not None:
            return max(1, min(own, int(self.root_room * MOST_SHOWN) * CHARACTERS_PER_TOKEN))
        characters = int(self.root_room * SHOWN_SHARE) * CHARACTERS_PER_TOKEN
        return max(SHOWN_LEAST, min(SHOWN_MOST, characters))

    @property
    def history_room(self) -> int:
        """Characters that the turns may take."""
        return int(self.root_room * HISTORY_SHARE) * CHARACTERS_PER_TOKEN

    def windows(self) -> dict[str, int]:
        models = [self.model, self.sub_model, *self.sub_models.values()]
        known = {name_of(model): window for model in models if (window := window_of(model))}
        told = ((self.model, self.model_window), (self.sub_model, self.sub_model_window))
        return known | {name_of(model): window for model, window in told if window}

    def pick(self, name: str | None) -> Model | None:
        """The sub-model of that name, or None when there is none."""
        return self.sub_model if name is None else self.sub_models.get(name)


def check_settings(given: Mapping[str, Any]) -> None:
    """Refuse settings out of range or of another type. Those without a rule are checked where they are used."""
    for name, rule in _RULES.items():
        rule.check(name, given[name])
    _check_route(given["route"], cites=given["require_citations"])
    _check_plan(given["plan"], given["plan_parameters"], given["route"], given["budget"])


def _check_plan(plan: Any, parameters: Mapping[str, Any] | None, route: str, budget: Budget | None) -> None:
    if plan is None and parameters:
        msg = f"plan_parameters={parameters!r:.100} needs a plan: pass plan=..., too."
        raise InputError(msg)
    if plan is not None:
        plan_of(plan).check(parameters or {})
    if plan is not None and route not in ("auto", "plan"):
        msg = f"route={route!r} does not run the plan: leave route out."
        raise InputError(msg)
    if budget is not None and not budget.depth and (plan is not None or route == "plan"):
        msg = "Budget(depth=0) asks no sub-queries, and a plan needs them: use depth=1."
        raise InputError(msg)


def _check_route(route: str, *, cites: bool) -> None:
    if cites and route == "direct":
        msg = "require_citations=True needs the REPL: use route='rlm' or 'auto'."
        raise InputError(msg)


def given_in(config: RunnableConfig | None) -> dict[str, Any]:
    """The settings for one call that a configuration, or what surrounds the call, has."""
    configurable = ensure_config(config).get("configurable", {})
    return {key.removeprefix(PREFIX): value for key, value in configurable.items() if key.startswith(PREFIX)}


def for_call(settings: Settings, given: Mapping[str, Any], named: Callable[[str], Any] = resolve_model) -> Settings:
    """The settings of one call, to which `CallSettings` are given; `named` finds a model by its name."""
    what = f"Settings for one call (`{PREFIX}` stands before each in a configuration)"
    _check_known(what, given, CallSettings.__annotations__)
    given = {name: value for name, value in given.items() if value is not None}
    plain = ("route", "instructions", "max_concurrency")
    change: dict[str, Any] = {name: given[name] for name in plain if name in given}
    for name, value in change.items():
        _RULES[name].check(name, value)
    change["max_concurrency"] = min(settings.max_concurrency, change.get("max_concurrency", settings.max_concurrency))
    budget = given.get("budget")
    if isinstance(budget, Budget):
        change["budget"] = budget
    elif budget is not None:
        _BUDGET_PARTS.check("budget", budget)
        _check_known("Parts of a budget", budget, {part.name for part in fields(Budget)})
        change["budget"] = replace(settings.budget, **budget)
    if "profile" in given:
        _RULES["profile"].check("profile", given["profile"])
        change["given_profile"] = profile_of(given["profile"])
    for name in ("model", "sub_model"):
        if name in given:
            model = named(given[name]) if isinstance(given[name], str) else resolve_model(given[name])
            change |= {name: model, f"{name}_window": None}
    if "model" in change and settings.sub_model is settings.model:
        change = {"sub_model": change["model"], "sub_model_window": None, **change}
    changed = replace(settings, **change)
    if not change.keys().isdisjoint({"budget", "model", "sub_model"}):
        changed.check_prices()
    _check_route(changed.route, cites=changed.require_citations)
    return changed


def _check_known(what: str, given: Mapping[str, Any], known: Collection[str]) -> None:
    if unknown := [key for key in given if key not in known]:
        msg = f"{what}: {', '.join(map(repr, unknown))} is unknown. Known are {', '.join(map(repr, sorted(known)))}."
        raise InputError(msg)


_SHARE = Annotated[float, Field(strict=True, gt=0, le=1)]
_WORDS = Annotated[str, Field(strict=True, pattern=r"\S")]
_BUDGET_PARTS = Rule(Mapping[str, Any], "pass a Budget, or the parts that change, as in {'cost': 2.0}")
_RULES = {
    "budget": Rule(InstanceOf[Budget] | None, "pass a Budget, as in budget=Budget(cost=2.0, turns=30)"),
    "max_concurrency": COUNT,
    "samples": Rule(
        Annotated[int, Field(strict=True, ge=1, le=MOST_SAMPLES)], f"use a whole number from 1 to {MOST_SAMPLES}"
    ),
    "instructions": Rule(_WORDS | None, "pass what the root model is to be told, or None"),
    "profile": Rule(InstanceOf[Profile] | StrictStr | None, "pass a Profile, or the name of a shipped one"),
    "max_retries": WHOLE | None,
    "route": Rule(WayIn, "use 'auto', 'direct', 'rlm' or 'plan'"),
    "on_busy": Rule(OnBusy, "use 'error' or 'wait'"),
    "plan": Rule(InstanceOf[Plan] | str | InstanceOf[Path] | None, "pass the name of a plan, its file, or a Plan"),
    "plan_parameters": Rule(Mapping[StrictStr, Any] | None, "pass values by name, as in {'labels': ['good', 'bad']}"),
    "direct_below": Rule(Annotated[float, Field(strict=True, ge=0)], "use a number of tokens, 0 or more"),
    "sub_models": Rule(Mapping[StrictStr, Any] | None, "pass models by name, as in {'large': 'openai:gpt-5'}"),
    "model_window": COUNT | None,
    "sub_model_window": COUNT | None,
    "repl_limits": Rule(InstanceOf[ReplLimits] | None, "pass ReplLimits, as in ReplLimits(cell_seconds=60)"),
    "tools": Rule(list[Any] | tuple[Any, ...], "pass a list of tools"),
    "require_coverage": Rule(_SHARE | None, "use a share above 0, up to 1"),
    "require_citations": FLAG,
}
"""The rule for each setting."""
