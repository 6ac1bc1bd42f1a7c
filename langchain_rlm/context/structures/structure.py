"""What a structure is: a name, the suffixes that hint at it, and how it is found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from langchain_rlm.context.levels import Level
from langchain_rlm.context.scan import Scan

_NAMES_SHOWN = 12


@dataclass(frozen=True)
class Found:
    """What was found in a text: what is said of it, in plain sentences, and where its units begin, coarse to fine."""

    said: tuple[str, ...]
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Structure:
    """One structure of texts.

    `find` gets the text as scanned, and whether the file name hints at the structure. It finds something only when most
    of the text has the structure: a hint lowers the share that must show it, and proves nothing.
    """

    name: str
    suffixes: tuple[str, ...]
    find: Callable[[Scan, bool], Found | None]


def listed(names: Iterable[object], shown: int = _NAMES_SHOWN) -> str:
    """Names with commas between them, cut to what a model needs to see."""
    cut = [" ".join(str(name).split())[:40] for name in names]
    more = f" and {len(cut) - shown} more" if len(cut) > shown else ""
    return ", ".join(cut[:shown]) + more
