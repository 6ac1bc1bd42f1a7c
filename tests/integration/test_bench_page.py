"""The page of a benchmark in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.page import render
from tests.browser import Chromium
from tests.unit.testing.quality.made import MANIFEST, records


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    with chromium.running() as running:
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(render(records(methods=[*METHODS], seeds=2), MANIFEST), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_nothing_is_in_the_way_of_anyone(browser: Browser, file: Path, width: int, scheme: str) -> None:
    """No network, nothing on the console, no sideways scrolling, nothing serious that axe finds."""
    shade: Literal["dark", "light"] = "dark" if scheme == "dark" else "light"
    asked: list[str] = []
    said: list[str] = []
    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=shade).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("figure svg").first.bounding_box()["width"] >= 330  # type: ignore[index]  # it is shown
    assert page.locator("figure").count() == page.locator("figcaption").count() == 6
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in serious] == []
    assert "heading-order" not in {each["id"] for each in found}
    assert asked == [file.as_uri()]
    assert said == []
    page.context.close()


def test_a_method_is_hidden_and_shown_and_the_theme_changes(browser: Browser, file: Path) -> None:
    page = browser.new_context(color_scheme="light").new_page()
    page.goto(file.as_uri())
    lines = page.locator("[data-method='rlm']")
    button = page.locator("[data-shows='rlm']")
    expect(lines.first).to_be_visible()
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert [line.is_visible() for line in lines.all()] == [False] * 6
    expect(page.locator("[data-method='call']").first).to_be_visible()
    button.click()
    expect(lines.first).to_be_visible()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Use the dark theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.context.close()
