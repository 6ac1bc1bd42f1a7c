"""A run in a notebook: markup without a script, everything escaped."""

from html.parser import HTMLParser
from typing import Any

from langchain_rlm.journal.record import Recording
from langchain_rlm.report.notebook import repr_html
from tests.unit.report.records import coverage, hostile

ALLOWED = {"div", "details", "summary", "blockquote"}


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words += data


def test_hostile_text_is_text() -> None:
    markup = repr_html(hostile())
    page = Tags(markup)
    assert set(page.tags) <= ALLOWED
    assert page.names == {"style", "dir"}
    assert "<img src=x" in page.words
    assert not set(markup) & set("\u202e\u2067\x00\x1b\ufeff\u200b\u2028")
    assert "⟨U+202E⟩" in markup


def test_it_has_the_answer_its_passages_and_a_strip() -> None:
    citation = {"mark": 1, "text": "Twelve.", "document": "d0", "name": "a.txt", "line": 3, "page": None}
    seen = coverage(["x" * 100], [[0, 0, 60]], [[0, 50, 70]], ["a.txt"])
    usage = {"calls": 3, "input_tokens": 1_000, "output_tokens": 234, "cost": 0.01, "seconds": 2.0}
    markup = repr_html(
        Recording(answer="It is 12 [1].", stop_reason="answered", citations=[citation], coverage=seen, usage=usage)
    )
    for part in ("It is 12 [1].", "[1] a.txt, line 3", "Twelve.", "3 calls · 1,234 tokens · $0.0100 · 2.0 s"):
        assert part in markup
    assert "60.0% read by a sub-model, 20.0% printed to the root model, 30.0% seen by no model" in markup
    assert [markup.count(f"flex:{width} 0 0") for width in (50, 10, 30)] == [1, 2, 1]


def test_a_page_that_the_name_says_is_not_said_twice() -> None:
    citation = {"mark": 1, "text": "Twelve.", "document": "d0", "name": "a.pdf, page 2", "line": 3, "page": 2}
    assert "[1] a.pdf, page 2, line 3<" in repr_html(Recording(answer="12 [1].", citations=[citation]))


def test_it_names_the_models_that_have_no_price() -> None:
    usage = {"calls": 3, "input_tokens": 1, "output_tokens": 1, "cost": None, "unpriced_models": ["<a>", "b"]}
    assert "2 tokens · no price is known for &lt;a&gt;, b<" in repr_html(Recording(usage=usage))
    assert "2 tokens · $0.0000<" in repr_html(Recording(usage={**usage, "cost": 0.0, "unpriced_models": []}))


def test_one_is_counted_as_one() -> None:
    journal: Any = [{"kind": "run", "question": "What?"}, {"kind": "reply"}]
    usage = {"calls": 1, "input_tokens": 1, "output_tokens": 0}
    assert "answered · 1 turn · 1 call · 1 token<" in repr_html(
        Recording(stop_reason="answered", journal=journal, usage=usage)
    )


def test_it_stays_small() -> None:
    citations = [{"mark": n, "text": "x" * 10_000, "document": "d0"} for n in range(1_000)]
    record = Recording(answer="y" * 1_000_000, citations=citations, coverage=coverage(["z"] * 3_000, []))
    markup = repr_html(record)
    assert len(markup) < 120_000
    assert "980,000 more characters" in markup
    assert "950 more passages" in markup
    assert "2,988 more documents" in markup


def test_nothing_is_needed() -> None:
    assert "No answer." in repr_html(Recording())
