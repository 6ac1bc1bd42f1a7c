"""Virtual environments: made once for each set of packages and interpreter, kept in the cache directory.

One is made aside and renamed when it is whole. Who comes meanwhile waits; what a maker that was killed has left goes.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from langchain_rlm.context.paths import CACHE, cache
from langchain_rlm.errors import HostError, InputError
from langchain_rlm.repl.cpython.interpreters import Interpreter

_ERROR = re.compile(r"^(?:ERROR|error): *", re.MULTILINE)
LONGEST = 300
"""Characters of pip's reason that are told."""


def check_packages(packages: Sequence[str]) -> None:
    """Refuse what is no list of packages.

    Raises:
        InputError: As it says.
    """
    is_list = isinstance(packages, Sequence) and not isinstance(packages, str)
    if not is_list or not all(isinstance(one, str) and re.match(r"[A-Za-z0-9./]", one.strip()) for one in packages):
        msg = f"CPython(packages={packages!r:.100}): pass names as pip reads them, as in ['pandas', 'numpy==2.1']."
        raise InputError(msg)


def sites_of(packages: Sequence[str], python: Interpreter) -> tuple[str, ...]:
    """Where the packages are, installed if they were not; nowhere without any.

    Raises:
        InputError: One cannot be installed, or there is no cache directory.
    """
    if not packages:
        return ()
    directory = cache()
    if directory is None:
        msg = (
            f"CPython(packages={[*packages]!r:.100}) needs a place for them, and {CACHE} is off. Set it to a directory."
        )
        raise InputError(msg)
    made = directory / "python" / _key(packages, python)
    if not made.is_dir():
        with _locked(made):
            if not made.is_dir():  # another has made it meanwhile
                _make(made, packages, python)
    return (str(made / "lib" / f"python{python.version}" / "site-packages"),)


def _key(packages: Sequence[str], python: Interpreter) -> str:
    wanted = [sorted({package.strip() for package in packages}), python.version, os.path.realpath(python.path)]
    return hashlib.sha256(json.dumps(wanted).encode()).hexdigest()[:32]


@contextlib.contextmanager
def _locked(made: Path) -> Iterator[None]:
    import fcntl  # not everywhere

    try:
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with made.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
    except OSError as error:
        msg = f"{made.parent}: packages cannot be kept there ({error.strerror}). Mend it, or set {CACHE}."
        raise HostError(msg) from error


def _make(made: Path, packages: Sequence[str], python: Interpreter) -> None:
    for left in made.parent.glob(f"{made.name}.part-*"):
        shutil.rmtree(left, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix=f"{made.name}.part-", dir=made.parent))
    try:
        _run([python.path, "-I", "-m", "venv", "--without-pip", str(part)], packages)
        inside = str(part / "bin" / "python")
        pip = [sys.executable, "-m", "pip", "--python", inside, "install", "--no-input", "--disable-pip-version-check"]
        _run([*pip, "--quiet", "--no-warn-script-location", *(package.strip() for package in packages)], packages)
        part.rename(made)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _run(command: Sequence[str], packages: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603  # pip, or Python's own module
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode != 0:
        lines = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        said = next((line for line in lines if _ERROR.match(line)), lines[-1] if lines else "it said nothing")
        reason = _ERROR.sub("", said).strip()[:LONGEST].rstrip(".")
        msg = (
            f"CPython(packages={[*packages]!r:.100}) cannot be installed: {reason}. Check names, versions and network."
        )
        raise InputError(msg)
