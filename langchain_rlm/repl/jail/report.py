"""Which kind of jail is taken, as `LANGCHAIN_RLM_JAIL` says, and why."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from langchain_rlm.errors import InputError

VARIABLE = "LANGCHAIN_RLM_JAIL"
AUTO, OFF, NONE = "auto", "off", "none"
KINDS = ("bubblewrap", "landlock")
"""The kinds that there are, in the order in which they are tried."""
Found = TypeVar("Found")


@dataclass(frozen=True)
class JailReport:
    """Which jail is in force.

    Attributes:
        kind: `bubblewrap`, `landlock` or `none`.
        why: Why this kind was chosen.
        others: Why each other kind was not.
    """

    kind: str
    why: str
    others: Mapping[str, str] = field(default_factory=dict)


class UnavailableError(Exception):
    """This kind of jail does not work here; the message says why."""


def choose(tried: Callable[[str], Found | str], kinds: Sequence[str] = KINDS) -> tuple[JailReport, Found | None]:
    """The first kind that works; `tried` gives what there is of it, or why it does not work, as text.

    Raises:
        InputError: `LANGCHAIN_RLM_JAIL` names no jail, or one that does not work here.
    """
    asked = os.environ.get(VARIABLE, "").strip().lower() or AUTO
    if asked not in {AUTO, OFF, *kinds}:
        msg = f"{VARIABLE}={asked!r} is not a jail. Use {AUTO}, {', '.join(kinds)} or {OFF}."
        raise InputError(msg)
    if asked == OFF:
        return JailReport(NONE, f"{VARIABLE} is {OFF}"), None
    others: dict[str, str] = {}
    for kind in kinds if asked == AUTO else (asked,):
        found = tried(kind)
        if not isinstance(found, str):
            not_tried = {other: f"{kind} is used" for other in kinds if other != kind and other not in others}
            why = "the first that works here" if asked == AUTO else f"{VARIABLE} asks for it"
            return JailReport(kind, why, {**others, **not_tried}), found
        others[kind] = found
    if asked != AUTO:
        msg = f"{VARIABLE}={asked!r} does not work here: {others[asked]}. Mend that, or use {AUTO} or {OFF}."
        raise InputError(msg)
    return JailReport(NONE, "no kind of jail works here", others), None
