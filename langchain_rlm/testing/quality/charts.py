"""Lines against the size of the texts, as SVG: one for each method, with intervals where there are some.

Colours, dashes and the size of words are classes of the page's style sheet; a chart is as wide as a small screen.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from langchain_rlm.testing.quality.figures import Summary, grouped, summary
from langchain_rlm.testing.quality.records import Record
from langchain_rlm.testing.quality.tables import methods_of

WIDTH, HEIGHT = 360, 250
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 12, 40
APART = 3
"""Units by which the points of two methods at one size stand apart, so that their intervals can be seen."""
CAP = 3
COLOURS = 11


@dataclass(frozen=True)
class Point:
    """One point, and the interval around it."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """The points of one method. `colour` is its number on the whole page."""

    name: str
    colour: int
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """One chart, with the words that stand in for it."""

    name: str
    """An identifier on the page."""
    title: str
    caption: str
    unit: str
    lines: tuple[Line, ...]
    is_share: bool = False
    """From 0 to 1; else from the least power of ten to the largest, where nothing is 0."""


def charts(records: Sequence[Record]) -> list[Chart]:
    """The charts of the results, those without a point left out."""
    whole = [
        chart("score", "Score", "Mean score of all kinds of tasks, with 95 % intervals, against the characters of the "
              "texts. Higher is better.", unit="score", records=records, read=_score, is_share=True),
        chart("dollars", "Cost", "Mean cost of a run in US dollars, against the characters of the texts.",
              unit="US dollars", records=records, read=_dollars),
        chart("tokens", "Tokens", "Mean tokens of a run, read and written, against the characters of the texts.",
              unit="tokens", records=records, read=lambda said: (said.tokens, None, None)),
        chart("seconds", "Time", "Median seconds of a run, with a bar up to the 95th percentile, against the "
              "characters of the texts. Runs were made beside each other.", unit="seconds", records=records,
              read=lambda said: (said.seconds[0], said.seconds[0], said.seconds[1])),
    ]  # fmt: skip
    return [one for one in whole if one.lines]


def charts_of_kinds(records: Sequence[Record]) -> list[Chart]:
    """The score of each kind of task by itself."""
    order = methods_of(records)
    return [
        chart(
            f"kind-{at}",
            kind,
            f"Mean score of the tasks of kind {kind}, against the characters of the texts.",
            unit="score",
            records=of_kind,
            read=_score,
            is_share=True,
            order=order,
        )
        for at, (kind, of_kind) in enumerate(grouped(records, lambda one: one["kind"]).items())
    ]


def chart(
    name: str, title: str, caption: str, *, unit: str, records: Sequence[Record],
    read: "Callable[[Summary], tuple[float, float | None, float | None] | None]",
    is_share: bool = False, order: Sequence[str] = (),
) -> Chart:  # fmt: skip
    """One chart of what `read` finds in the summary of each method and size."""
    methods = list(order) or methods_of(records)
    groups = grouped(records, lambda one: (one["method"], one["size"]))
    points: dict[str, list[Point]] = {method: [] for method in methods}
    for (method, size), cell in groups.items():
        if (found := read(summary(cell))) is not None:
            points[method].append(Point(size, *found))
    lines = tuple(Line(each, at % COLOURS, tuple(points[each])) for at, each in enumerate(methods) if points[each])
    return Chart(name, title, caption, unit, lines, is_share)


def _dollars(said: Summary) -> tuple[float, None, None] | None:
    return None if said.cost is None else (said.cost, None, None)


def _score(said: Summary) -> tuple[float, float | None, float | None]:
    return said.score.mean, said.score.low, said.score.high


def drawn(one: Chart) -> str:
    """The chart as an SVG element."""
    points = [point for line in one.lines for point in line.points]
    across = _Scale.logarithmic([point.x for point in points], LEFT + 8, WIDTH - RIGHT - 8)
    values = [value for point in points for value in (point.y, point.low, point.high) if value is not None]
    up = _Scale.share() if one.is_share else _Scale.of(values, HEIGHT - BOTTOM, TOP)
    sizes = sorted({point.x for point in points})
    middle = (len(one.lines) - 1) / 2
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{one.name}-title {one.name}-says">',
        f'<title id="{one.name}-title">{escape(one.title)}</title>',
        f'<desc id="{one.name}-says">{escape(one.caption)}</desc>',
        *(_grid(up.at(value), label) for value, label in up.ticks),
        *(
            f'<text class="tick" x="{across.at(size):.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">'
            f"{short(size)}</text>"
            for size in sizes
        ),
        f'<text class="tick" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">characters</text>',
        *(_line(line, one.unit, across, up, (at - middle) * APART) for at, line in enumerate(one.lines)),
        "</svg>",
    ]
    return "".join(parts)


@dataclass(frozen=True)
class _Scale:
    """From values to units of the picture."""

    first: float
    last: float
    start: float
    end: float
    ticks: tuple[tuple[float, str], ...] = ()
    is_logarithmic: bool = False

    def at(self, value: float) -> float:
        if self.is_logarithmic:
            value = math.log10(max(value, 10**self.first))
        span = self.last - self.first
        share = (value - self.first) / span if span else 0.5
        return self.start + (self.end - self.start) * share

    @classmethod
    def share(cls) -> "_Scale":
        ticks = tuple((at / 4, f"{at / 4:g}") for at in range(5))
        return cls(0.0, 1.0, HEIGHT - BOTTOM, TOP, ticks)

    @classmethod
    def logarithmic(cls, values: Sequence[float], start: float, end: float) -> "_Scale":
        logs = [math.log10(value) for value in values]
        return cls(min(logs), max(logs), start, end, is_logarithmic=True)

    @classmethod
    def of(cls, values: Sequence[float], start: float, end: float) -> "_Scale":
        """Powers of ten around the values; from 0 on where one is 0."""
        if min(values) <= 0:
            most = max(values) or 1.0
            ticks = tuple((most * at / 4, short(most * at / 4)) for at in range(5))
            return cls(0.0, most, start, end, ticks)
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        high = max(high, low + 1)
        ticks = tuple((10.0**power, short(10.0**power)) for power in range(low, high + 1))
        return cls(low, high, start, end, ticks, is_logarithmic=True)


def _grid(y: float, label: str) -> str:
    return (
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{escape(label)}</text>'
    )


def _line(line: Line, unit: str, across: _Scale, up: _Scale, aside: float) -> str:
    placed = [(across.at(point.x) + aside, up.at(point.y), point) for point in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in placed)
    marks = "".join(_bar(x, point, up) + _dot(x, y, f"{line.name}, {_told(point, unit)}") for x, y, point in placed)
    return f'<g class="series c{line.colour}" data-method="{escape(line.name)}"><polyline points="{path}"/>{marks}</g>'


def _bar(x: float, point: Point, up: _Scale) -> str:
    if point.low is None or point.high is None or point.low == point.high:
        return ""
    low, high = up.at(point.low), up.at(point.high)
    caps = "".join(f"M{x - CAP:.1f} {y:.1f}H{x + CAP:.1f}" for y in (low, high))
    return f'<path class="bar-of" d="M{x:.1f} {low:.1f}V{high:.1f}{caps}"/>'


def _dot(x: float, y: float, told: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"><title>{escape(told)}</title></circle>'


def _told(point: Point, unit: str) -> str:
    between = "" if point.low is None or point.high is None else f" ({point.low:.3g} to {point.high:.3g})"
    return f"{point.x:,} characters: {point.y:.3g}{between} {unit}"


def short(value: float) -> str:
    """A number in few letters: 40k, 1.5M, 0.001."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}" if value >= 1e-4 or not value else f"{value:.0e}"  # else many zeros
