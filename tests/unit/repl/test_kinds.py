"""Which sandbox a run began in: what is kept of it, and who may go on with it."""

from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.repl.cpython.workers import CPython
from langchain_rlm.repl.kinds import DEFAULT, check_same, factory_of, record_of
from langchain_rlm.repl.monty.workers import MontySandboxes


class Own(MontySandboxes):
    """Somebody else's."""


NAME = f"{__name__}.Own"


def test_the_default_one_is_not_told_and_others_are() -> None:
    assert record_of(DEFAULT) is None
    assert record_of(CPython(packages=["numpy"]))["packages"] == ["numpy"]  # type: ignore[index]
    assert record_of(Own) == {"sandbox": NAME}
    assert record_of(lambda: Own())["sandbox"].startswith(f"{__name__}.")  # type: ignore[index]  # noqa: PLW0108  # a function


@pytest.mark.parametrize("factory", [DEFAULT, Own, CPython(packages=["numpy"])])
def test_a_run_goes_on_where_it_began(factory: Any) -> None:
    check_same(factory, record_of(factory))


@pytest.mark.parametrize(
    ("factory", "record", "wanted"),
    [
        (Own, None, "'monty'"),
        (DEFAULT, {"sandbox": NAME}, NAME),
        (CPython(), {"sandbox": NAME}, NAME),
        (Own, {"python": "3.11", "packages": ["numpy"]}, r"CPython\(packages=\['numpy'\]\)"),
        (CPython(), {"python": "3.11", "packages": ["numpy"]}, r"CPython\(packages=\['numpy'\]\)"),
    ],
)
def test_and_nowhere_else(factory: Any, record: Any, wanted: str) -> None:
    with pytest.raises(InputError, match=rf"This run began with RLM\(repl={wanted}\): .*Pass that"):
        check_same(factory, record)


def test_what_ran_elsewhere_cannot_be_run_again() -> None:
    with pytest.raises(InputError, match=f"The cells ran in {NAME}, which is no sandbox of this package"):
        factory_of({"sandbox": NAME})
