"""Anthropic's prices as published in November 2026; OpenRouter states the cost of each answer itself."""

import msgspec

_MILLION = 1_000_000
_WRITE_FACTOR = 1.25
"""Writing the five-minute cache costs this much of the plain input price."""
_BAND_TOKENS = 100_000
SEARCH_USD = 0.01
"""One search of the web, beside the tokens it brings in."""


class _Price(msgspec.Struct, frozen=True):
    """US dollars for a million tokens; `band` is the price of a prompt above 100,000 tokens."""

    input: float
    cached: float
    output: float
    band: "tuple[float, float, float] | None" = None


_PRICES = {
    "claude-sonnet-5-5": _Price(2.0, 0.10, 10.0),
    "claude-haiku-5-5": _Price(0.10, 0.01, 0.50, (0.50, 0.05, 2.50)),
    "claude-opus-5-5": _Price(4.0, 0.20, 20.0),
}


def anthropic_cost(model: str, plain: int, written: int, cached: int, output: int) -> float | None:
    """The cost in US dollars of these tokens, None for a model whose price is not known here."""
    price = _price_of(model)
    if price is None:
        return None
    rates = (price.input, price.cached, price.output)
    if price.band is not None and plain + written + cached > _BAND_TOKENS:
        rates = price.band
    return ((plain + written * _WRITE_FACTOR) * rates[0] + cached * rates[1] + output * rates[2]) / _MILLION


def anthropic_prices(model: str) -> tuple[float | None, float | None]:
    """US dollars for a million tokens in and out, None where they are not known here."""
    price = _price_of(model)
    return (None, None) if price is None else (price.input, price.output)


def _price_of(model: str) -> _Price | None:
    return next((price for name, price in _PRICES.items() if model == name or model.startswith(f"{name}-20")), None)
