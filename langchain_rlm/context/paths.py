"""Paths as users write them."""

import os
from pathlib import Path


def at_home(path: str | os.PathLike[str]) -> Path:
    """The path, with `~` at its beginning as a home directory. No shell has done that for a `Path` or after a `=`."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  # the method of `Path` fails where nobody has the name
