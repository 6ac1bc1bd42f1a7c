"""The results as tables: once as data, shown as Markdown and on the page alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_rlm.budget import dollars
from langchain_rlm.testing.quality.figures import Interval, Summary, grouped, summary
from langchain_rlm.testing.quality.grid import wording
from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.records import Record

NOTHING = "-"


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row is its head."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(records: Sequence[Record]) -> list[Table]:
    """All tables of the results."""
    methods = methods_of(records)
    return [
        _overall(records, methods),
        _scores("Score by kind of task", records, methods, lambda one: one["kind"]),
        _scores("Score by size of the texts (characters)", records, methods, lambda one: one["size"]),
        _scores("Score by wording of the question", records, methods, lambda one: wording(one["searchable"])),
        _costs(records, methods),
        _failures(records, methods),
    ]


def methods_of(records: Sequence[Record]) -> list[str]:
    """The methods of the records, in the order in which they are known."""
    known = list(METHODS)
    found = {one["method"] for one in records}
    return sorted(found, key=lambda name: (known.index(name) if name in known else len(known), name))


def _overall(records: Sequence[Record], methods: Sequence[str]) -> Table:
    by_method = grouped(records, lambda one: one["method"])
    rows = []
    for method in methods:
        said = summary(by_method[method])
        rows.append((method, interval(said.score), *_spent(said), str(said.runs), str(said.failed)))
    heads = ("method", "score", *_SPENT, "runs", "failed")
    note = (
        "Score: mean, with the 95 % bootstrap interval over (kind, seed). Calls, tokens and dollars: mean of a run. "
        "Seconds: of a run. A failed run counts as 0."
    )
    return Table("All tasks together", note, heads, tuple(rows))


def _scores(title: str, records: Sequence[Record], methods: Sequence[str], key: object) -> Table:
    assert callable(key)  # noqa: S101  # of this module alone
    groups = grouped(records, lambda one: (key(one), one["method"]))
    rows = []
    for value in dict.fromkeys(value for value, _ in groups):
        cells = (groups.get((value, method)) for method in methods)
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        rows.append((shown, *(interval(summary(cell).score) if cell else NOTHING for cell in cells)))
    head = title.removeprefix("Score by ").split(" of ")[0].split(" (")[0]
    return Table(title, "Mean score, with its 95 % interval where there are two clusters or more.",
                 (head, *methods), tuple(rows))  # fmt: skip


def _costs(records: Sequence[Record], methods: Sequence[str]) -> Table:
    groups = grouped(records, lambda one: (one["size"], methods.index(one["method"])))
    rows = [
        (f"{size:,} {methods[at]}", *_spent(summary(cell)))
        for (size, at), cell in groups.items()
    ]  # fmt: skip
    return Table("What a run takes, by size", "Calls, tokens and dollars: mean. Seconds with other runs beside it.",
                 ("size, method", *_SPENT), tuple(rows))  # fmt: skip


def _failures(records: Sequence[Record], methods: Sequence[str]) -> Table:
    failed = [one for one in records if one["failure"] is not None]
    kinds = grouped(failed, _kind_of_failure)
    rows = tuple(
        (kind, *(str(sum(one["method"] == method for one in cell)) for method in methods))
        for kind, cell in kinds.items()
    )
    return Table("Why runs failed", "Runs without an answer, by the kind of failure.", ("failure", *methods), rows)


def _kind_of_failure(one: Record) -> str:
    return one["failure"]["type"] if one["failure"] else ""


_SPENT = ("calls", "tokens", "dollars", "s (p50)", "s (p95)")


def _spent(said: Summary) -> tuple[str, ...]:
    cost = NOTHING if said.cost is None else f"{said.cost:.4f}"
    return f"{said.calls:.1f}", f"{said.tokens:,.0f}", cost, f"{said.seconds[0]:.1f}", f"{said.seconds[1]:.1f}"


def interval(score: Interval) -> str:
    """A score as it is shown."""
    if score.low is None or score.high is None:
        return f"{score.mean:.2f}"
    return f"{score.mean:.2f} ({score.low:.2f}-{score.high:.2f})"


def as_markdown(shown: Sequence[Table], before: str) -> str:
    """The tables as a Markdown file, after a few words."""
    parts = [before.strip()]
    for table in shown:
        if not table.rows:
            continue
        lines = [f"## {table.title}", "", table.note, "", _line(table.heads)]
        lines.append("|" + "|".join(["---", *("---:" for _ in table.heads[1:])]) + "|")
        parts.append("\n".join([*lines, *map(_line, table.rows)]))
    return "\n\n".join(parts) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def spent_of(records: Sequence[Record]) -> str:
    """What all runs cost, in words."""
    costs = [one["cost"] for one in records if one["cost"] is not None]
    tokens = sum(one["input_tokens"] + one["output_tokens"] for one in records)
    return f"{len(records):,} runs, {tokens:,} tokens, {dollars(sum(costs)) if costs else 'no price known'}"
