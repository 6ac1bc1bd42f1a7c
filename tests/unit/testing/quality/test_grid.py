"""Which runs there are, and which methods can be had."""

import importlib.util
from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.testing.quality.grid import grid, hash_of
from langchain_rlm.testing.quality.methods import METHODS, chosen


def test_the_runs_are_all_combinations_once() -> None:
    cells = grid(["needle", "count", "needle"], [40_000, 4_000], 2, (True, False), chosen(["call", "rlm"]))
    assert len(cells) == len({cell.key for cell in cells}) == 2 * 2 * 2 * 2 * 2
    assert cells[0].size == 4_000
    assert {cell.method for cell in cells[:2]} == {"call", "rlm"}  # of one task: its text is made once
    assert cells[0].key == "needle/4000/1/searchable/call"


def test_the_hash_of_a_task_is_that_of_its_text() -> None:
    one, other = grid(["needle"], [4_000], 2, (True,), chosen(["call"]))
    assert hash_of(one.task) == hash_of(one.task)
    assert hash_of(one.task) != hash_of(other.task)


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match=r"There is no kind 'nedle' of tasks; there are .*needle"):
        grid(["nedle"], [4_000], 1, (True,), chosen(["call"]))
    with pytest.raises(InputError, match=r"There is no method 'rml'; there are call, .*rlm"):
        chosen(["rml"])


def test_a_method_without_its_package_names_the_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    gone = {"rank_bm25", "langchain_classic"}

    def find(name: str) -> Any:
        return None if name in gone else real(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(InputError, match=r"The method bm25 needs: pip install rank-bm25$"):
        chosen(["call", "bm25"])
    with pytest.raises(InputError, match=r"The method refine needs: pip install langchain-classic$"):
        chosen(["refine"])
    assert [method.name for method in chosen(["rlm", "call"])] == ["rlm", "call"]


@pytest.mark.parametrize("name", METHODS)
def test_a_longer_text_is_never_expected_to_take_less(name: str) -> None:
    reads = METHODS[name].reads
    assert 0 < reads(1_000, 12_500) <= reads(100_000, 12_500)
