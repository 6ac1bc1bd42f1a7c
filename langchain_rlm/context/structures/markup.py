"""XML, by its elements, and HTML, whose elements need not be closed, by its blocks."""

import re
from collections import Counter
from functools import cache, partial

from langchain_rlm.context.levels import LINES, TAIL, Run, within
from langchain_rlm.context.scan import EXACT_UP_TO, Scan
from langchain_rlm.context.structures.structure import Found, Structure

_START = re.compile(r"\ufeff?\s*(?:<\?xml|<!doctype|<!--|<[a-zA-Z][\w:.-]*(?:\s[^<>]*)?>)", re.IGNORECASE)
_TAG = re.compile(r"<([a-zA-Z][\w:.-]*)(?=[\s>/])")
_HTML = re.compile(r"(?i)<!doctype html|<html[\s>]")
_HTML_TAGS = {
    "html", "head", "body", "div", "p", "table", "tr", "td", "ul", "ol", "li", "span", "a", "b", "i", "h1", "h2", "h3",
    "section", "article", "main", "header", "nav", "br", "img", "meta", "script", "style", "center", "font", "pre",
}  # fmt: skip
_PLAIN_XML = re.compile(r"\ufeff?\s*<\?xml")
_DEPTH = 24
_TAGS_SHOWN = 6


@cache
def _elements() -> Run:
    """Elements with all that is in them. Between two the text may be cut where a space or a tag follows."""
    atom = (
        r"<!--(?:[^-]++|-(?!->))*+-->|<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>|<\?[^>]*+>|<![A-Za-z][^>\[]*+(?:\[[^\]]*+\]\s*+)?>"
        r"|<[A-Za-z_][^<>]*+(?<=/)>"
    )
    opening, closing = r"<[A-Za-z_][^<>]*+(?<!/)>", r"</[^<>]*+>"
    group = f"{opening}(?:[^<]++|{atom})*+{closing}"
    for _ in range(_DEPTH):
        group = f"{opening}(?:[^<]++|{atom}|{group})*+{closing}"
    one = rf"(?:{atom}|{group}|{closing})"
    run = rf"(?:[^<]*+{one}(?:[^\s<][^<]*+{one})*+(?=[\s<]){TAIL})*+"
    return Run(re.compile(run), re.compile(rf"(?:[^<]*+(?:{atom}|{closing}))*+[^<]*+{opening}\s*"))


def _find(scan: Scan, hinted: bool, *, html: bool) -> Found | None:  # noqa: ARG001, FBT001
    tags = Counter(_TAG.findall(scan.sample[:EXACT_UP_TO]))
    if not _START.match(scan.text[:20_000]) or not tags or not re.search("</|/>", scan.sample):
        return None
    most = scan.spread(r"</?[a-zA-Z]", 2)
    if not most or most * 2_000 < len(scan.sample) or html != _is_html(scan.text[:5_000]):
        return None
    common = ", ".join(f"<{tag}> {scan.say(scan.scaled(count))}" for tag, count in tags.most_common(_TAGS_SHOWN))
    if not html:
        return Found((f"xml: tags {common}",), (_elements(), LINES))
    title = re.search(r"(?is)<title[^>]{0,80}>(.{1,200}?)</title>", scan.text[:20_000])
    named = f'title "{" ".join(title.group(1).split())[:80]}", ' if title else ""
    blocks = (
        r"(?i)<(?:h1|article)[\s>]", r"(?i)<(?:h2|section)[\s>]", r"(?i)<(?:h[3-6]|table)[\s>]",
        r"(?i)<(?:p|ul|ol|dl|pre|blockquote|div)[\s>]", r"(?i)<(?:tr|li|dt)[\s>]",
    )  # fmt: skip
    return Found((f"html: {named}tags {common}",), (*map(within, blocks), LINES, within("<")))


def _is_html(start: str) -> bool:
    if _HTML.search(start):
        return True
    first = _TAG.search(start)
    return not _PLAIN_XML.match(start) and first is not None and first.group(1).lower() in _HTML_TAGS


STRUCTURES = (
    Structure("html", (".html", ".htm", ".xhtml"), partial(_find, html=True)),
    Structure("xml", (".xml", ".svg", ".rss"), partial(_find, html=False)),
)
