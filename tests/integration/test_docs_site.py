"""The built pages in a real browser: light, dark and on a telephone, from files, with search and without a network."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser import Chromium
from tests.pages import ROOT

pytestmark = pytest.mark.slow
LOOKS = ["color-contrast", "scrollable-region-focusable", "target-size"]
"""What depends on colours and width; all else is the same whatever they are."""
QUICK = {"resultTypes": ["violations"], "preload": False}
"""No lists of what is well, and style sheets are not fetched again: of pages that are files they cannot be."""
SITE = ROOT / "build" / "site"


@pytest.fixture(scope="module")
def browser(chromium: Chromium) -> Iterator[Browser]:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    with chromium.running() as running:
        yield running


@pytest.fixture
def said() -> list[str]:
    """What pages asked the network for, and what they wrote to the console."""
    return []


def opened(browser: Browser, said: list[str], scheme: Literal["light", "dark"], width: int) -> Page:
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    page.on("request", lambda request: None if request.url.startswith("file:") else said.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return page


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_nothing_in_the_way_of_anyone(
    browser: Browser, said: list[str], scheme: Literal["light", "dark"], width: int
) -> None:
    page = opened(browser, said, scheme, width)
    found = []
    rules = {} if (scheme, width) == ("light", 1280) else {"runOnly": LOOKS}
    for file in sorted(set(SITE.rglob("*.html")) - {SITE / "404.html"}):  # which a server shows, at any address
        page.goto(file.as_uri())
        violations = Axe().run(page, options={**rules, **QUICK}).response["violations"]
        found += [
            (file.name, each["id"], [node["html"][:200] for node in each["nodes"]][:3])
            for each in violations
            if each["impact"] in {"serious", "critical"}
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((file.name, "wider than the screen", []))
    assert found == []
    assert said == []


def test_search_works_in_pages_that_are_opened_as_files(browser: Browser, said: list[str]) -> None:
    page = opened(browser, said, "light", 1280)
    page.goto((SITE / "index.html").as_uri())
    page.get_by_role("button", name="Search").first.click()
    box = page.get_by_placeholder("Search")
    box.click()
    page.keyboard.type("confirm_above", delay=100)
    expect(page.get_by_text("Asking a person first").first).to_be_visible()
    assert box.input_value() == "confirm_above"
    assert said == []


def test_the_page_of_a_thing_has_its_words(browser: Browser, said: list[str]) -> None:
    page = opened(browser, said, "light", 1280)
    page.goto((SITE / "reference" / "python.html").as_uri())
    expect(page.get_by_text("Answers questions over contexts larger than any model's window.").first).to_be_visible()
    assert Path(SITE / "objects.inv").exists()
