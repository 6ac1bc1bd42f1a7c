"""Paths as users write them."""

import os
import sys
from pathlib import Path


def at_home(path: str | os.PathLike[str]) -> Path:
    """The path, with `~` at its beginning as a home directory. No shell has done that for a `Path` or after a `=`."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # the method of `Path` fails where nobody has the name


CACHE = "LANGCHAIN_RLM_CACHE"
"""The environment variable that names the directory of what can be made again; `off` for none."""


def cache() -> Path | None:
    """Where what can be made again is kept, if it is."""
    given = os.environ.get(CACHE, "")
    if given.lower() == "off":
        return None
    caches = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return at_home(given or Path(os.environ.get("XDG_CACHE_HOME") or caches, "langchain-rlm"))
