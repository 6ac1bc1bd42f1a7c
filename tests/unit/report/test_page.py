"""The page as a file: one document that allows its own script and style sheet, with data in which nothing is markup."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from langchain_rlm.journal.record import Recording
from langchain_rlm.report.page import render
from tests.unit.report.records import HOSTILE, hostile, large


class Elements(HTMLParser):
    """The elements of a page, with what stands in scripts and style sheets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, str] = {}
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        tag, attributes = self.found[-1] if self.found else ("", {})
        key = attributes.get("id") or tag
        self.inside[key] = self.inside.get(key, "") + data


def test_a_hostile_run_adds_no_element_to_the_page() -> None:
    page, empty = Elements(render(hostile())), Elements(render(Recording()))
    assert [tag for tag, _ in page.found] == [tag for tag, _ in empty.found]
    assert "<" not in page.inside["data"]
    assert HOSTILE in json.loads(page.inside["data"])["texts"]


def test_the_policy_allows_the_script_and_the_style_sheet_and_nothing_else() -> None:
    page = Elements(render(hostile()))
    policy = next(a["content"] for tag, a in page.found if tag == "meta" and "http-equiv" in a) or ""
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def digest(tag: str) -> str:
        found = hashlib.sha256(page.inside[tag].strip("\n").encode()).digest()
        return f"'sha256-{base64.b64encode(found).decode()}'"

    assert rules == {
        "default-src": "'none'", "script-src": digest("script"), "style-src": digest("style"), "base-uri": "'none'",
        "form-action": "'none'",
    }  # fmt: skip


def test_the_page_names_no_address() -> None:
    page = render(Recording()).replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page.replace("// ", ""))


def test_five_thousand_sub_queries_stay_within_five_megabytes() -> None:
    assert len(render(large()).encode()) <= 5_000_000


def test_long_answers_stay_within_five_megabytes() -> None:
    record = large(sub_queries=200, characters=100_000)
    journal: Any = [
        {**e, "text": f"{e['id']} " + "語" * 10_000} if e["kind"] == "answer" else e for e in record.journal
    ]
    page = render(Recording(journal=journal, answer="<&>" * 200_000))
    assert len(page.encode()) <= 5_000_000


def test_a_lone_surrogate_and_numbers_beyond_json_are_written() -> None:
    usage = {
        "calls": 1,
        "input_tokens": float("nan"),
        "output_tokens": 1,
        "cost": float("inf"),
        "seconds": float("nan"),
    }
    page = render(Recording(answer="lone \ud800", usage=usage))
    page.encode()
    data = json.loads(Elements(page).inside["data"], parse_constant=pytest.fail)
    assert data["totals"]["cost"] is None
