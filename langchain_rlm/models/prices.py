"""What calls cost, from the price tables in the package `genai-prices`."""

from functools import lru_cache
from typing import Any

FREE = frozenset({"offline (extractive, no reasoning)"})


def cost_of(model: str, provider: str | None, input_tokens: int, output_tokens: int) -> float | None:
    """US dollars of a call, or None when no price is known for the model."""
    if model in FREE:
        return 0.0
    rates = _rates(model, provider)
    return None if rates is None else rates[0] * input_tokens + rates[1] * output_tokens


@lru_cache(maxsize=256)
def _rates(model: str, provider: str | None) -> tuple[float, float] | None:
    """US dollars for one input and one output token, at the size of an ordinary call."""
    from genai_prices import Usage, calc_price  # reading the tables takes 0.1 s

    def price(**tokens: int) -> float:
        usage: Any = Usage(**tokens)
        try:
            return float(calc_price(usage, model_ref=model, provider_id=provider).total_price)
        except LookupError:
            return float(calc_price(usage, model_ref=model).total_price)

    size = 1000
    try:
        return price(input_tokens=size, output_tokens=0) / size, price(input_tokens=0, output_tokens=size) / size
    except LookupError:
        return None
