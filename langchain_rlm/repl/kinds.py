"""The sandboxes that there are, by name: chosen, kept on record, told of in prompts."""

from collections.abc import Mapping
from typing import Any

from langchain_rlm.errors import InputError
from langchain_rlm.repl.cpython.workers import CPython
from langchain_rlm.repl.monty.workers import MontySandboxes
from langchain_rlm.repl.protocol import SandboxFactory

DEFAULT: SandboxFactory = MontySandboxes
"""What runs the code unless another sandbox is chosen."""


def sandboxes_of(repl: Any) -> SandboxFactory:
    """The sandbox that was chosen: by its name, or as it is.

    Raises:
        InputError: It is none.
    """
    if isinstance(repl, str) and repl in _NAMED:
        return _NAMED[repl]
    if isinstance(repl, str) or not callable(repl):
        msg = f"repl={repl!r:.100}: use 'monty', 'cpython' or CPython(packages=[...])."
        raise InputError(msg)
    factory: SandboxFactory = repl
    return factory


_NAMED: Mapping[str, SandboxFactory] = {"monty": DEFAULT, "cpython": CPython()}


def record_of(factory: SandboxFactory) -> dict[str, Any] | None:
    """What a journal keeps of a sandbox; None of the default one, and the name of one that is not ours."""
    if factory is DEFAULT:
        return None
    if isinstance(factory, CPython):
        return {"python": factory.version, "packages": [*factory.packages]}
    named: Any = factory if hasattr(factory, "__qualname__") else type(factory)
    return {"sandbox": f"{named.__module__}.{named.__qualname__}"}


def factory_of(record: Mapping[str, Any] | None) -> SandboxFactory:
    """The sandbox that a journal names.

    Raises:
        InputError: It is not one of ours.
    """
    if record is not None and "sandbox" in record:
        msg = f"The cells ran in {record['sandbox']:.100}, which is no sandbox of this package: none can be run again."
        raise InputError(msg)
    return DEFAULT if record is None else CPython(packages=tuple(record["packages"]))


def library_of(factory: SandboxFactory) -> str:
    """What code may import there, in words."""
    return factory.library if isinstance(factory, CPython) else "Python's standard library"


def holds_all(factory: SandboxFactory) -> bool:
    """Whether code there has every text whole, however large it is."""
    return isinstance(factory, CPython)


def check_same(factory: SandboxFactory, record: Mapping[str, Any] | None) -> None:
    """Refuse to go on with a run in another kind of sandbox, or with other packages, than it began in.

    Raises:
        InputError: It names what to pass.
    """
    now, then = map(_as_passed, (record_of(factory), record))
    if now != then:
        msg = f"This run began with RLM(repl={then}): its cells do other things elsewhere. Pass that to go on with it."
        raise InputError(msg)


def _as_passed(record: Mapping[str, Any] | None) -> str:
    if record is None:
        return "'monty'"
    return str(record["sandbox"]) if "sandbox" in record else f"CPython(packages={record['packages']!r})"
