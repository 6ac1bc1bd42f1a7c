"""What calls cost by kind of token: from the user's own prices, else from the tables in the package `genai-prices`."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, NotRequired, cast

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict  # before Python 3.12, pydantic cannot use the one in typing

from langchain_rlm.checks import Rule
from langchain_rlm.models.reservations import PerToken
from langchain_rlm.models.tokens import Tokens

FREE = frozenset({"offline (extractive, no reasoning)", "replay"})
"""Models of this package."""
LOCAL = "ollama"
"""Its models run on the user's own machines: a name such as `deepseek-r1:8b` is no provider's there."""
MILLION = 1_000_000
Dollars = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


@with_config(ConfigDict(extra="forbid"))
class Prices(TypedDict):
    """US dollars a million tokens of a model. 0 is free. A kind that is left out costs what its side does."""

    input: Dollars
    output: Dollars
    cached: NotRequired[Dollars]
    """Input read from the provider's cache."""
    cache_write: NotRequired[Dollars]
    """Input written to it."""
    reasoning: NotRequired[Dollars]
    """Output that is thinking."""


Rates = Mapping[str, float]
"""US dollars for one token by kind, and for the `call` itself."""


@dataclass(frozen=True)
class Pricing:
    """The prices that hold for an `RLM`."""

    own: Mapping[str, Rates] = field(default_factory=dict)

    @classmethod
    def of(cls, prices: Mapping[str, Prices] | None) -> "Pricing":
        """Check and keep what a user passed, by the model's name, with or without its provider: `openai:gpt-5`."""
        _NAMES.check("prices", prices)
        for name, given in (prices or {}).items():
            _PRICES.check(f"prices[{name!r}]", given)
        own = {name: _own(given) for name, given in (prices or {}).items()}
        return cls({**{name.partition(":")[2]: rates for name, rates in own.items()}, **own})

    def cost(self, model: str, provider: str | None, used: Tokens) -> float | None:
        """US dollars of a call, or None when no price is known for the model."""
        rates = self._rates(model, provider, used.input)
        if rates is None:
            return None
        of_input = used.cache_read + used.cache_write + used.cache_write_1h + used.audio_input
        plain = {"input": used.input - of_input, "output": used.output - used.reasoning - used.audio_output}
        counts: Mapping[str, int] = {"call": 1, **vars(used), **plain}
        return sum(rates[kind] * count for kind, count in counts.items())

    def most(self, model: str, provider: str | None, prompt: int) -> PerToken | None:
        """What a call with a prompt of so many tokens costs at the most, or None when no price is known."""
        rates = self._rates(model, provider, prompt)
        if rates is None:
            return None
        sides = ("input", "cache_write"), ("output", "reasoning")
        return PerToken(rates["call"], *(max(rates[kind] for kind in kinds) for kinds in sides))

    def _rates(self, model: str, provider: str | None, prompt: int) -> Rates | None:
        if model in self.own:
            return self.own[model]
        if model in FREE or model.endswith(":free"):  # so OpenRouter names them
            return _NOTHING
        if provider == LOCAL:
            return None
        hour = int(time.time() // 3600)  # some cost less at night, some more from a day on
        starts = _found(model, provider, hour)[1]
        return _rates(model, provider, hour, max((start for start in starts if start < prompt), default=0))

    def knows(self, model: str, provider: str | None) -> bool:
        """Whether a price is known for the model."""
        return self.cost(model, provider, Tokens(0, 0)) is not None


_NAMES = Rule(
    Mapping[Annotated[str, Field(strict=True, pattern=r"\S")], Any] | None,
    "pass dollars a million tokens by model, as in prices={'my-model': {'input': 0.5, 'output': 2.0}}",
)
_PRICES = Rule(
    Prices, "use dollars a million tokens, 0 or more, for input and output and, where it differs, cached, cache_write "
    "and reasoning",
)  # fmt: skip


def _own(given: Prices) -> Rates:
    each = {kind: price / MILLION for kind, price in cast("Mapping[str, float]", given).items()}
    into, out, write = each["input"], each["output"], each.get("cache_write", each["input"])
    return {
        "call": 0.0, "input": into, "cache_read": each.get("cached", into), "cache_write": write,
        "cache_write_1h": write, "audio_input": into, "output": out, "reasoning": each.get("reasoning", out),
        "audio_output": out,
    }  # fmt: skip


_IN = {
    "input": (), "cache_read": ("cache_read_tokens",), "cache_write": ("cache_write_tokens",),
    "cache_write_1h": ("cache_write_tokens", "cache_write_1h_tokens"), "audio_input": ("input_audio_tokens",),
}  # fmt: skip
_OUT = {"output": (), "reasoning": ("output_reasoning_tokens",), "audio_output": ("output_audio_tokens",)}
"""What `genai-prices` calls the kinds."""
_NOTHING: Rates = dict.fromkeys(("call", *_IN, *_OUT), 0.0)


@lru_cache(maxsize=256)
def _found(model: str, provider: str | None, hour: int) -> tuple[Any, frozenset[int]]:  # noqa: ARG001  # when it holds
    """The prices of a model, or None, and the sizes of prompts above which all tokens of a call cost more."""
    from genai_prices import Usage, calc_price  # reading the tables takes 0.1 s

    for where in dict.fromkeys((provider, None)):
        try:
            found: Any = calc_price(Usage(), model_ref=model, provider_id=where).model_price
        except LookupError:
            continue
        starts = frozenset(tier.start for price in vars(found).values() for tier in getattr(price, "tiers", ()))
        is_whole = found.input_mtok is not None and found.output_mtok is not None
        return found if is_whole else None, starts
    return None, frozenset()


@lru_cache(maxsize=512)
def _rates(model: str, provider: str | None, hour: int, tier: int) -> Rates | None:
    """The rates for prompts above a size, computed by the package, of which one call takes 0.1 ms."""
    from genai_prices import Usage

    found, _ = _found(model, provider, hour)
    if found is None:
        return None

    def price(**tokens: int) -> float:
        return float(found.calc_price(Usage(**tokens))["total_price"])

    size = tier + 1
    call, whole = price(), price(input_tokens=size)
    into = {kind: price(input_tokens=size, **dict.fromkeys(names, size)) for kind, names in _IN.items()}
    out = {kind: price(input_tokens=size, output_tokens=1, **dict.fromkeys(names, 1)) for kind, names in _OUT.items()}
    per_token = {kind: (dollars - call) / size for kind, dollars in into.items()}
    return {"call": call, **per_token, **{kind: dollars - whole for kind, dollars in out.items()}}
