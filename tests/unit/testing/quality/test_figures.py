"""What is said of records: means, intervals and quantiles."""

import pytest

from langchain_rlm.testing.quality.figures import clustered, quantile, summary
from langchain_rlm.testing.quality.grid import Cell
from langchain_rlm.testing.quality.tables import as_markdown, tables
from tests.unit.testing.quality.made import record, records


def cell(seed: int, method: str = "call", size: int = 4_000) -> Cell:
    return Cell("needle", size, seed, True, method)  # noqa: FBT003


def test_the_interval_is_drawn_over_tasks_and_not_over_runs() -> None:
    """Ten runs of each of two tasks say no more than two tasks do."""
    many = [record(cell(seed), score) for seed, score in ((1, 0.0), (2, 1.0)) for _ in range(10)]
    found = clustered(many)
    assert (found.mean, found.low, found.high, found.clusters) == (0.5, 0.0, 1.0, 2)


def test_one_cluster_has_no_interval() -> None:
    found = clustered([record(cell(1), 0.2), record(cell(1), 0.4)])
    assert found.mean == pytest.approx(0.3)
    assert (found.low, found.high) == (None, None)


def test_more_tasks_give_a_narrower_interval_around_the_mean() -> None:
    few, many = (clustered([record(cell(seed), seed % 2) for seed in range(count)]) for count in (8, 200))
    for found in (few, many):
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.mean < found.high
    assert (many.high or 0) - (many.low or 0) < 0.3 * ((few.high or 0) - (few.low or 0))
    assert (many.high or 0) - (many.low or 0) == pytest.approx(2 * 1.96 * 0.5 / 200**0.5, rel=0.1)


def test_the_same_records_in_another_order_give_the_same() -> None:
    made = records()
    mixed = made[1::2] + made[::2]
    assert clustered(made) == clustered(mixed)
    assert as_markdown(tables(made), "") == as_markdown(tables(mixed), "")


def test_a_failure_counts_as_nothing_and_is_counted() -> None:
    said = summary([
        record(cell(1), 1.0), record(cell(2), 0.0, status="failed", failure={"type": "server", "message": ""}),
    ])  # fmt: skip
    assert (said.score.mean, said.failed, said.runs) == (0.5, 1, 2)


def test_without_a_known_price_there_is_no_cost() -> None:
    assert summary([record(cell(1), cost=None)]).cost is None
    assert summary([record(cell(1), cost=None), record(cell(2), cost=0.5)]).cost == 0.5


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 2.5), (0.95, 3.85), (1.0, 4.0)])
def test_quantiles_lie_between_the_nearest_values(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == pytest.approx(value)


def test_tables_say_each_group() -> None:
    text = as_markdown(tables(records()), "# Head")
    assert text.startswith("# Head\n\n## All tasks together")
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    by_size = next(row for row in rows if row[0] == "40,000")
    assert by_size[1].startswith("0.50 (")
    assert ["40,000 rlm", "2.0", "40,010", "0.0400", "2.5", "4.0"] in rows
    assert "## Why runs failed" not in text  # none did
