"""Charts: points where the values are, words for who cannot see them."""

import xml.etree.ElementTree as ET  # our own text

import pytest

from langchain_rlm.testing.quality.charts import BOTTOM, HEIGHT, TOP, charts, charts_of_kinds, drawn, short
from langchain_rlm.testing.quality.page import render
from tests.unit.testing.quality.made import MANIFEST, record, records
from tests.unit.testing.quality.test_figures import cell

NAME = "{http://www.w3.org/2000/svg}"


def read(text: str) -> ET.Element:
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314


def test_a_score_lies_between_the_bottom_and_the_top() -> None:
    made = [record(cell(1, size=size), score) for size, score in ((4_000, 1.0), (40_000, 0.25))]
    picture = read(drawn(charts(made)[0]))
    ys = [float(dot.attrib["cy"]) for dot in picture.iter(f"{NAME}circle")]
    assert ys == pytest.approx([TOP, HEIGHT - BOTTOM - 0.25 * (HEIGHT - BOTTOM - TOP)], abs=0.06)
    xs = [float(dot.attrib["cx"]) for dot in picture.iter(f"{NAME}circle")]
    assert xs[0] < xs[1]


def test_each_method_is_a_line_with_its_intervals_and_a_point_says_its_value() -> None:
    picture = read(drawn(charts(records())[0]))
    lines = [group for group in picture.iter(f"{NAME}g") if "data-method" in group.attrib]
    assert [line.attrib["data-method"] for line in lines] == ["call", "rlm"]
    assert [len(list(line.iter(f"{NAME}circle"))) for line in lines] == [2, 2]
    assert [len(list(line.iter(f"{NAME}path"))) for line in lines] == [2, 2]
    told = next(picture.iter(f"{NAME}circle")).findtext(f"{NAME}title")
    assert told is not None
    assert told.startswith("call, 4,000 characters: 0.5 (")


def test_amounts_stand_between_powers_of_ten() -> None:
    shown = {one.name: one for one in charts(records())}
    ticks = [text.text for text in read(drawn(shown["dollars"])).iter(f"{NAME}text")]
    assert ticks[:3] == ["0.001", "0.01", "0.1"]


def test_a_chart_without_values_is_left_out_and_nothing_free_breaks_one() -> None:
    assert "dollars" not in {one.name for one in charts([record(cell(1), cost=None)])}
    free = {one.name: one for one in charts([record(cell(1), cost=0.0, seconds=0.0)])}
    assert read(drawn(free["dollars"])) is not None
    assert read(drawn(free["seconds"])) is not None


def test_a_method_has_one_colour_on_the_whole_page() -> None:
    made = [one for one in records() if (one["kind"], one["method"]) != ("count", "call")]
    assert [line.colour for line in charts(made)[0].lines] == [0, 1]
    assert [line.colour for line in charts_of_kinds(made)[0].lines] == [1]


def test_no_text_of_a_record_becomes_markup() -> None:
    page = render(records(kinds=["<b>&kind"], methods=["<i>m"]), {**MANIFEST, "notes": ["<script>alert(1)</script>"]})
    assert "<b>" not in page
    assert "<i>" not in page
    assert page.count("<script>") == 1
    assert "&lt;b&gt;&amp;kind" in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.001, "0.001"), (0.00001, "1e-05"), (40_000, "40k"), (1_500_000, "1.5M"), (999, "999")],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text
