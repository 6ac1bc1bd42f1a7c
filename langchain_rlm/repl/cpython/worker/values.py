"""Values on their way to the host: plain data of JSON. What numpy and pandas hold becomes numbers, lists and rows."""

from __future__ import annotations

from typing import Any

DEEPEST = 100


def tamed(value: Any, room: int = DEEPEST) -> Any:
    """The same value with what numpy and pandas made turned into Python's own. Others stay as they are."""
    if room and type(value) in (dict, list, tuple):
        if type(value) is dict:
            return {tamed(key, room - 1): tamed(one, room - 1) for key, one in value.items()}
        return type(value)(tamed(one, room - 1) for one in value)
    home = type(value).__module__.partition(".")[0]
    if home == "pandas" and hasattr(value, "columns"):
        return tamed(value.to_dict("records"), room and room - 1)
    if home in ("numpy", "pandas") and hasattr(value, "tolist"):
        return value.tolist()
    return value.item() if home == "numpy" and hasattr(value, "item") else value


def plain(value: Any, room: int = DEEPEST) -> Any:
    """A value as JSON has it, as the host makes them plain: sets in order, keys and all else as text."""
    if not room:
        msg = "nested too deeply. Give it as text."
        raise ValueError(msg)
    if value is None or isinstance(value, (str, float, bool, int)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one, room - 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one, room - 1) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(one, room - 1) for one in value), key=str)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
