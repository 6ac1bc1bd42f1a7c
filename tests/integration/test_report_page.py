"""The page of a run in a real browser: what is clicked, typed and read there, and what it must never do.

Every page that a test opens must ask the network for nothing and write nothing to the console.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from langchain_rlm.evidence.marks import resolve
from langchain_rlm.journal.record import Recording
from langchain_rlm.report.notebook import repr_html
from langchain_rlm.report.page import render
from tests.browser import Chromium
from tests.server.client import ModelServer
from tests.unit.report import records, runs

NODES = 1_500
"""Elements that a page may have when it opens, however large the run is."""


@pytest.fixture(scope="module")
def recursive(model_server: ModelServer) -> Recording:
    return runs.recursive(model_server)


@pytest.fixture(scope="module")
def many(model_server: ModelServer) -> Recording:
    return runs.many(model_server)


@pytest.fixture(scope="module")
def large() -> Recording:
    return records.large()


@pytest.fixture(scope="module")
def browser(chromium: Chromium, recursive: Recording, many: Recording) -> Iterator[Browser]:
    """A browser; the runs are made before it starts."""
    assert recursive.answer
    assert many.answer
    with chromium.running() as running:
        yield running


class Show:
    """Opens pages, and keeps what they asked the network for and said.

    A tab serves one test after the other: a new one is a new process. It has no colours of another test's choosing.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.folder = Path()
        self.tabs: dict[tuple[tuple[str, Any], ...], Page] = {}
        self.opened: list[str] = []
        self.asked: list[str] = []
        self.said: list[str] = []

    def __call__(self, shown: Recording | str, **settings: Any) -> Page:
        path = self.folder / f"page-{len(self.opened)}.html"
        path.write_text(shown if isinstance(shown, str) else render(shown), encoding="utf-8")
        key = tuple(settings.items())
        page = self.tabs.get(key) or self.tabs.setdefault(key, self._tab(**settings))
        page.set_viewport_size({"width": 1280, "height": 800})
        page.mouse.move(0, 0)
        self.opened.append(path.as_uri())
        page.goto(path.as_uri())
        return page

    def _tab(self, **settings: Any) -> Page:
        page = self.browser.new_context(**settings).new_page()
        page.set_default_timeout(60_000)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        return page


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Show:
    return Show(browser)


@pytest.fixture
def show(tabs: Show, tmp_path: Path) -> Iterator[Show]:
    """Open the page of a record, or a page that is given."""
    tabs.folder = tmp_path
    for kept in (tabs.opened, tabs.asked, tabs.said):
        kept.clear()
    yield tabs
    for page in tabs.tabs.values():
        page.evaluate("null")  # whatever it has said has been heard
    assert tabs.asked == tabs.opened
    assert tabs.said == []


def nodes(page: Page) -> int:
    return int(page.evaluate("document.querySelectorAll('*').length"))


def turn(page: Page, number: int) -> Any:
    return page.locator(".turn.top").nth(number - 1)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


# -- the answer ---------------------------------------------------------------------------------------------------


def test_the_head_says_question_stop_reason_and_totals(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    expect(page.get_by_role("heading", level=1)).to_have_text(runs.QUESTION)
    assert page.title().startswith(runs.QUESTION)
    expect(page.locator(".chip")).to_have_text("answered")
    figures = page.locator(".figures dd").all_inner_texts()
    usage = recursive.usage
    assert figures[:4] == ["4", str(usage["calls"]), f"{usage['input_tokens']:,}", f"{usage['output_tokens']:,}"]
    assert figures[4].startswith("$0.0")
    assert figures[5].endswith(" s")


def test_the_answer_keeps_its_lines(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    assert page.locator(".answer-text").inner_text().split() == runs.ANSWER.split()
    assert page.locator(".answer-text p").nth(1).inner_text().count("\n") == 1


@pytest.mark.parametrize("mark", [1, *(pytest.param(mark, marks=pytest.mark.slow) for mark in (2, 3)), 4])
def test_a_mark_opens_its_passage_in_place_and_escape_closes_it(show: Show, recursive: Recording, mark: int) -> None:
    page = show(recursive)
    citation = recursive.citations[mark - 1]
    link = page.locator("a.mark", has_text=f"[{mark}]")
    link.click()
    passage = page.locator(".passage")
    expect(passage).to_have_count(1)
    expect(passage.locator("mark")).to_have_text(citation["text"])
    places = f"line {citation['line']} · characters {citation['start']:,}\u2013{citation['end']:,}"
    expect(passage.locator(".place")).to_contain_text(citation["name"])
    expect(passage.locator(".place")).to_contain_text(places)
    assert len(passage.locator("blockquote").inner_text()) > len(citation["text"]) + 400
    expect(link).to_have_attribute("aria-expanded", "true")
    assert passage.evaluate("(box) => box.previousElementSibling.querySelectorAll('a.mark').length") > 0
    page.keyboard.press("Escape")
    expect(passage).to_have_count(0)
    expect(link).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "false")


def test_marks_in_one_bracket_are_linked_and_unknown_ones_are_text(show: Show) -> None:
    cited = [{"mark": mark, "text": f"passage {mark}", "document": "d0", "name": "a"} for mark in (1, 2)]
    page = show(Recording(answer="Both [1, 2], none [3], a list [4, 2].", citations=cited))
    assert page.locator("a.mark").all_inner_texts() == ["1", "2", "2"]
    expect(page.locator(".answer-text")).to_have_text("Both [1, 2], none [3], a list [4, 2].")
    page.locator("a.mark").nth(1).press(" ")
    expect(page.locator(".passage mark")).to_have_text("passage 2")


def test_a_number_that_the_answer_has_of_its_own_is_no_link(show: Show) -> None:
    marks: Any = {f"c{n}": {"text": f"passage {n}", "document": "d0", "name": "a"} for n in (1, 2)}
    answer, cited = resolve("Proved by Smith [1], a[3]. Also [c2], and [c2, c1].", marks, ())
    page = show(Recording(answer=answer, citations=cited))
    expect(page.locator(".answer-text")).to_have_text("Proved by Smith [1], a[3]. Also [2], and [2, 4].")
    assert page.locator("a.mark").all_inner_texts() == ["[2]", "2", "4"]
    page.locator("a.mark").first.click()
    expect(page.locator(".passage mark")).to_have_text("passage 2")


# -- the tree -----------------------------------------------------------------------------------------------------


def test_a_turn_unfolds_to_its_reply_code_sub_queries_and_output(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    second = turn(page, 2)
    expect(second.locator(".body")).to_be_hidden()
    second.locator(".fold").first.click()
    expect(second).to_contain_text("They all have numbered clauses.")
    expect(second.locator(".text.code").first).to_contain_text("found = llm_query_batched(")
    expect(second).to_contain_text("the model refused")
    second.locator(".group > .fold").click()
    calls = second.locator(".node.call")
    assert calls.count() == 50
    calls.first.locator(".fold").click()
    span = calls.first.locator(".span")
    expect(span.first.locator(".place")).to_contain_text("aldermoor-steel.txt, 0\u2013")
    expect(span.first).to_contain_text("SUPPLY AGREEMENT with Aldermoor Steel")
    expect(span.last.locator(".gap")).to_contain_text(" characters …")
    second.get_by_role("button", name="further calls").click()
    expect(calls).to_have_count(57)
    second.locator(".fold").first.click()
    expect(second.locator(".body").first).to_be_hidden()


def test_a_recursive_run_unfolds_inside_its_call(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    third = turn(page, 3)
    third.locator(".fold").first.click()
    third.locator(".group > .fold").click()
    third.locator(".node.call > .fold").first.click()
    below = third.locator(".below")
    expect(below).to_contain_text("When does late delivery end the contract?")
    below.locator(".turn .fold").first.click()
    expect(below).to_contain_text('hits = [line for line in context.splitlines() if "Late delivery" in line]')
    below.locator(".group > .fold").click()
    below.locator(".node.call > .fold").click()
    place = below.locator(".span .place").first
    expect(place).to_contain_text("calloway-freight.txt, ")
    offset = int(place.inner_text().split(", ")[1].split("\u2013")[0].replace(",", ""))
    text = recursive.texts[2] if recursive.texts else ""
    assert 0 <= offset - text.find("Late delivery") + 6 <= 6


def test_failures_are_shown_as_failures(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    expect(turn(page, 2).locator(".facts").first).to_contain_text("2 failed")
    turn(page, 2).locator(".fold").first.click()
    turn(page, 2).locator(".group > .fold").click()
    failed = page.locator(".node.call", has=page.locator(".facts .failed"))
    failed.first.locator(".fold").click()
    expect(failed.first.locator(".text.failed")).to_contain_text("refused:")


def test_a_run_out_of_budget_shows_its_errors(show: Show, model_server: ModelServer) -> None:
    page = show(runs.failing(model_server))
    expect(page.locator(".chip")).to_have_text("budget:turns")
    turn(page, 1).locator(".fold").first.click()
    expect(turn(page, 1).locator(".text.failed")).to_contain_text("the model refused")


def test_an_interrupted_run_says_what_is_missing(show: Show) -> None:
    text = records.prose(5_000)
    journal = [
        records.run_entry("Unfinished?"), records.reply("r"), records.cell("c"),
        records.asked(records.call("1", [0, 10, 3_000]), records.call("2", "b")), records.answer("1"),
    ]  # fmt: skip
    for texts in (None, [text]):
        page = show(Recording.of({"journal": journal}, texts))
        expect(page.locator(".chip")).to_have_text("not ended")
        expect(page.locator("main")).to_contain_text("No answer yet.")
        expect(page.locator("main")).to_contain_text("the run had not ended")
        turn(page, 1).locator(".fold").first.click()
        expect(turn(page, 1)).to_contain_text("No output yet")
        turn(page, 1).locator(".group > .fold").click()
        expect(page.locator(".node.call .facts").nth(1)).to_have_text("no answer yet")
        page.locator(".node.call > .fold").first.click()
        expect(page.locator(".span .place")).to_have_text("document 1, 10\u20133,000 · 2,990 characters")
        expect(page.locator(".span .text")).to_have_count(0 if texts is None else 2)


def test_a_page_of_nothing_opens(show: Show) -> None:
    expect(show(Recording()).locator("main")).to_contain_text("Nothing is on record yet.")


def test_each_question_has_its_section(show: Show) -> None:
    journal = [
        records.run_entry("First?"), records.reply("a"), records.end(), {"kind": "question", "text": "Second?"},
        records.reply("b"), records.end(),
    ]  # fmt: skip
    page = show(Recording.of({"journal": journal}))
    assert page.locator("#tree h3").all_inner_texts() == ["Question 1: First?", "Question 2: Second?"]
    page.locator("#which").select_option(label="Question 1")
    expect(page.locator(".says")).to_contain_text("1 call")


def test_a_long_answer_is_cut_until_all_of_it_is_wanted(show: Show) -> None:
    page = show(Recording(answer="word " * 20_000))
    assert len(page.locator(".answer-text").inner_text()) < 21_000
    page.get_by_role("button", name="Show the other 79,999 characters").click()
    assert len(page.locator(".answer-text").inner_text()) > 99_000


# -- documents and costs ------------------------------------------------------------------------------------------


def test_documents_show_what_models_saw(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    documents = page.locator(".document")
    assert documents.count() == 4
    strip = documents.first.locator("svg")
    seen = (recursive.coverage or {})["documents"][0]
    assert f"{100 * seen['printed']:.1f}% printed to the root model" in (strip.get_attribute("aria-label") or "")
    assert f"{100 * seen['read']:.0f}% read by a sub-model" in (strip.get_attribute("aria-label") or "")
    assert all((path.get_attribute("d") or "").startswith("M0.00 ") for path in strip.locator("path").all())
    unread = documents.first.locator(".fold")
    unread.click()
    expect(documents.first.locator(".span").first).to_contain_text("aldermoor-steel.txt, ")


def test_thousands_of_documents_do_not_make_the_page_heavy(show: Show) -> None:
    texts = ["some text"] * 5_000
    page = show(Recording.of({"coverage": records.coverage(texts, [[7, 0, 4]])}, texts))
    assert nodes(page) < NODES
    expect(page.locator("main")).to_contain_text("And 4,900 further documents, 44,100 characters: 0% read")
    while (more := page.get_by_role("button", name="further documents")).is_visible():
        more.click()
    assert page.locator(".document").count() == 100


def test_tables_add_up_by_model_and_by_turn(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    by_model, by_turn = page.locator("table").all()
    rows = [row.inner_text().split("\t") for row in by_model.locator("tbody tr").all()]
    assert [row[0].strip() for row in rows] == ["gpt-5", "gpt-5-mini"]
    for column, key in ((1, "calls"), (2, "input_tokens"), (3, "output_tokens")):
        assert sum(int(row[column].replace(",", "")) for row in rows) == recursive.usage[key]
        cells = by_turn.locator(f"tbody tr > :nth-child({column + 1})").all_inner_texts()
        assert sum(int(cell.replace(",", "")) for cell in cells) == recursive.usage[key]
    expect(page.locator("main")).not_to_contain_text("counted in the totals")


def test_calls_without_an_entry_of_their_own_are_said_to_be_in_the_totals_only(
    show: Show, recursive: Recording
) -> None:
    journal: Any = [{**entry, "usage": None} if entry.get("error") else entry for entry in recursive.journal]
    assert journal != recursive.journal
    page = show(replace(recursive, journal=journal))
    expect(page.locator("main")).to_contain_text("2 failed calls are counted in the totals and by model only.")


# -- the timeline -------------------------------------------------------------------------------------------------


def test_the_timeline_names_the_call_that_is_pointed_at_and_goes_to_it(show: Show, recursive: Recording) -> None:
    journal: Any = [
        {**entry, "at": 1 + place / 10, **({"seconds": 0.05} if "seconds" in entry else {})}
        for place, entry in enumerate(cast("list[Any]", recursive.journal))
    ]
    journal[1] |= {"at": 0.9, "seconds": 0.9}  # the first turn
    page = show(replace(recursive, journal=journal))
    canvas, says = page.locator("canvas"), page.locator(".says")
    expect(says).to_contain_text("67 calls, at most")
    canvas.hover(position={"x": 60, "y": 2})
    expect(says).to_contain_text("Turn 1 · 0.")
    canvas.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(says).to_contain_text("sub-query")
    expect(canvas).to_have_attribute("aria-valuenow", "3")
    assert says.inner_text() == canvas.get_attribute("aria-valuetext")
    number = says.inner_text().split("sub-query ")[1].split(" ")[0]
    page.keyboard.press("Enter")
    assert focused(page).startswith(f"#{number}")
    expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")


def test_the_time_that_a_call_waited_is_pale(show: Show, recursive: Recording) -> None:
    journal: Any = recursive.journal
    run, reply, cell = journal[:3]
    calls: list[Any] = [{"id": str(n), "how": "llm", "model": None, "digest": "", "pieces": ["What?"]} for n in (1, 2)]
    asked: Any = {"kind": "asked", "raises": True, "calls": calls}
    answers: Any = [
        {"kind": "answer", "id": "1", "text": "a", "model": "m", "seconds": 1.0, "at": 2.0},
        {"kind": "answer", "id": "2", "text": "b", "model": "m", "seconds": 2.0, "at": 3.0, "waited": 1.0},
    ]
    journal = [run, {**reply, "seconds": 1.0, "at": 1.0}, cell, asked, *answers]
    page = show(replace(recursive, journal=journal))
    canvas, says = page.locator("canvas"), page.locator(".says")
    expect(says).to_contain_text("3 calls, at most 1 in flight at once")
    for _ in range(3):
        canvas.press("ArrowRight")
    expect(says).to_contain_text("1.00 s to 3.00 s · waited 1.00 s of it")
    alpha = page.evaluate("""() => {
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, (canvas.height * 28) / 58, canvas.width, 1);
        return [0.5, 0.9].map((share) => data[4 * Math.round(canvas.width * share) + 3]);
    }""")
    assert 0 < alpha[0] < 150 < alpha[1]


def test_the_timeline_has_a_colour_for_each_kind(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    seen = page.evaluate("""() => {
        const canvas = document.querySelector("canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = {};
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] === 255) seen[`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`] = true;
        }
        return Object.keys(seen);
    }""")
    timeline = page.locator("section", has=page.locator("canvas"))
    swatches = timeline.locator(".swatch").evaluate_all(
        "(all) => all.map((each) => getComputedStyle(each).backgroundColor)"
    )
    assert len(swatches) == 4
    assert set(swatches) <= set(seen)


# -- search -------------------------------------------------------------------------------------------------------


def test_search_finds_what_is_folded_and_goes_to_it(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    page.get_by_role("searchbox").fill("tooling is PAID for in instalments")
    hits = page.locator(".hit")
    expect(hits.filter(has_text="Turn 3 · output")).to_have_count(1)
    nested = hits.filter(has_text="\u203a Turn 1 \u203a sub-query 1 · answer")
    nested.click()
    expect(page.locator(".results")).to_be_hidden()
    assert focused(page).startswith("#1")
    expect(page.locator(":focus")).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.closest('.below') !== null")
    expect(page.locator(":focus")).to_be_in_viewport()


def test_search_finds_passages_and_documents_and_goes_there(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    page.get_by_role("searchbox").fill("may terminate for convenience")
    page.locator(".hit", has_text="passage 2").click()
    expect(page.locator(".passage mark")).to_have_text(recursive.citations[1]["text"])
    expect(page.locator("a.mark", has_text="[2]")).to_be_focused()
    page.get_by_role("searchbox").fill("denholm-packaging.txt")
    page.locator(".hit").filter(has=page.get_by_text("document", exact=True)).click()
    expect(page.get_by_role("heading", name="Documents")).to_be_focused()


def test_search_goes_to_an_aside_between_turns(show: Show) -> None:
    journal = [records.run_entry(), {"kind": "route", "route": "rlm"}, records.reply("r")]
    page = show(Recording(journal=journal))
    page.get_by_role("searchbox").fill("did not fit")
    page.locator(".hit").click()
    expect(page.get_by_role("heading", name="Turns")).to_be_focused()


def test_search_in_five_thousand_sub_queries_reaches_one_far_down(show: Show, large: Recording) -> None:
    page = show(large)
    page.keyboard.press("/")
    page.keyboard.type("4321 delays")
    expect(page.locator(".results [role=status]")).to_have_text("1 match")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert focused(page).startswith("#4321")
    assert nodes(page) < NODES
    assert page.locator(".node.call").count() == 50
    page.get_by_role("button", name="earlier calls").click()
    assert page.locator(".node.call").count() == 100
    assert page.locator(".node.call .label").first.inner_text() == "#4251"


def test_a_search_says_how_much_it_found(show: Show, large: Recording) -> None:
    page = show(large)
    page.get_by_role("searchbox").fill("delays:")
    expect(page.locator(".results [role=status]")).to_have_text("4,949 matches, the first 100 are listed")
    assert page.locator(".hit").count() == 100
    page.get_by_role("searchbox").fill("nowhere in it")
    expect(page.locator(".results [role=status]")).to_have_text("Nothing was found.")
    page.keyboard.press("Escape")
    expect(page.locator(".results")).to_be_hidden()
    page.get_by_role("searchbox").fill("delays")
    page.mouse.click(1270, 400)
    expect(page.locator(".results")).to_be_hidden()


# -- the keyboard -------------------------------------------------------------------------------------------------


def test_the_page_works_without_a_mouse(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    page.keyboard.press("j")
    assert focused(page).startswith("Turn 1")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    assert focused(page).startswith("Turn 2")
    second = turn(page, 2).locator(".body").first
    for opening, closing in (("Enter", "Enter"), (" ", " "), ("ArrowRight", "ArrowLeft")):
        page.keyboard.press(opening)
        expect(second).to_be_visible()
        page.keyboard.press(closing)
        expect(second).to_be_hidden()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("57 sub-queries")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("#1")
    page.keyboard.press("j")
    assert focused(page).startswith("Turn 3")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("j/k")
    expect(page.get_by_role("searchbox")).to_have_value("j/k")


def test_what_is_focused_is_seen(show: Show, recursive: Recording) -> None:
    page = show(recursive)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(({outlineStyle: style, outlineWidth: width}) => style === 'none' ? '0px' : width)"
            "(getComputedStyle(document.activeElement))"
        )
        reached.append((page.evaluate("document.activeElement.tagName"), outline))
    assert {"INPUT", "BUTTON", "A"} <= {tag for tag, _ in reached}
    assert {outline for _, outline in reached} == {"2px"}


# -- themes and access --------------------------------------------------------------------------------------------


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_theme_is_the_systems_until_it_is_changed(show: Show, recursive: Recording) -> None:
    light, dark = show(recursive, color_scheme="light"), show(recursive, color_scheme="dark")
    colours = {light: "rgb(251, 250, 247)", dark: "rgb(22, 24, 27)"}
    for page, other in ((light, dark), (dark, light)):
        assert background(page) == colours[page]
        page.get_by_role("button", name="theme").click()
        assert background(page) == colours[other]
        page.get_by_role("button", name="theme").click()
        assert background(page) == colours[page]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"), (390, "dark"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in ((1280, "dark"), (390, "light"))),
    ],
)  # fmt: skip
def test_nothing_in_the_way_of_anyone(show: Show, recursive: Recording, width: int, scheme: str) -> None:
    page = show(recursive, color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator("a.mark").first.click()
    page.locator(".document .fold").first.click()
    for number in (2, 3):
        turn(page, number).locator(".fold").first.click()
        turn(page, number).locator(".group > .fold").first.click()
        turn(page, number).locator(".node.call > .fold").first.click()
    page.locator(".below .turn .fold").first.click()
    page.get_by_role("searchbox").fill("tooling")
    found = Axe().run(page).response
    serious = [each for each in found["violations"] if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in serious] == []
    assert "heading-order" not in {each["id"] for each in found["violations"]}
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# -- size ---------------------------------------------------------------------------------------------------------


def test_five_thousand_sub_queries_are_built_only_when_unfolded(show: Show, large: Recording) -> None:
    page = show(large)
    assert nodes(page) < NODES
    expect(page.locator(".says")).to_contain_text("5,010 calls, at most 32 in flight at once")
    turn(page, 10).locator(".fold").first.click()
    turn(page, 10).locator(".group > .fold").click()
    assert page.locator(".node.call").count() == 50
    assert nodes(page) < NODES


def test_a_strip_of_many_ranges_shows_their_share(show: Show, large: Recording) -> None:
    page = show(large)
    expect(page.locator("main")).to_contain_text("80% read by a sub-model, <0.1% printed")
    expect(page.locator(".document .fold")).to_contain_text("Seen by no model: 4,998 ranges")
    length = page.locator(".strip .read").first.evaluate("""(path) => {
        const widths = [...path.getAttribute("d").matchAll(/h([\\d.]+)/g)].map((match) => Number(match[1]));
        return widths.reduce((a, b) => a + b, 0);
    }""")
    assert 790 <= length <= 810


def test_two_hundred_sub_queries_of_a_real_run_are_on_its_page(show: Show, many: Recording) -> None:
    page = show(many)
    turn(page, 1).locator(".fold").first.click()
    page.locator(".group > .fold").first.click()
    while (more := page.get_by_role("button", name="further calls")).is_visible():
        more.click()
    assert page.locator(".node.call").count() == 200


# -- hostile text -------------------------------------------------------------------------------------------------


def unfold_all(page: Page) -> None:
    page.evaluate("""() => {
        for (let folded; (folded = [...document.querySelectorAll(".fold[aria-expanded=false]")]).length; ) {
            for (const each of folded) each.click();
        }
    }""")


def test_hostile_text_is_shown_as_text_wherever_it_stands(show: Show) -> None:
    page = show(records.hostile())
    unfold_all(page)
    page.locator("a.mark").first.click()
    page.get_by_role("searchbox").fill("<img src=x")
    assert page.locator(".hit").count() > 10
    assert page.evaluate("window.owned === undefined")
    assert page.locator("img, iframe, object, embed, link, form, style + style").count() == 0
    assert page.locator("script").count() == 2
    assert page.locator("[onerror], [style*=display]").count() == 0
    page.keyboard.press("Escape")
    text = page.locator("main").inner_text()
    assert not set(text) & set("\u202e\u202c\u2067\u2028\u2029\x00\x1b\x9b\ufeff\u200b")
    assert "⟨U+202E⟩desrever⟨U+202C⟩" in text
    assert text.count("</script><img src=x onerror=") > 25


def test_the_policy_stops_a_script_that_came_in_after_all(show: Show) -> None:
    page = show(Recording())
    blocked = page.evaluate("""() => new Promise((resolve) => {
        document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "window.owned = 'yes'";
        document.body.append(script);
    })""")
    assert blocked == "script-src-elem"
    assert "Content Security Policy" in show.said.pop()
    assert page.evaluate("window.owned === undefined")


def test_the_notebook_form_of_a_hostile_run_runs_nothing(show: Show) -> None:
    page = show(f"<!doctype html><meta charset=utf-8><title>n</title>{repr_html(records.hostile())}")
    page.locator("summary").click()
    expect(page.locator("blockquote")).to_contain_text("</script><img src=x")
    assert page.evaluate("window.owned === undefined")
    assert page.locator("img, script, style").count() == 0
