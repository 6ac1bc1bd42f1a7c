"""What a reader of a text does not see in it: targets of links, tags, commands, notes, times of cues, page numbers.

It is told from words and numbers by its form. Only texts are read so, never quotes: a quote cannot differ in it.
"""

import html
import json
import re
from collections import Counter
from itertools import accumulate, pairwise, takewhile

NOTHING = "\0"
"""Stands for each character that is not read and parts no words."""

_INLINE = (
    "a|abbr|acronym|b|bd[io]|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike"
    "|strong|su[bp]|time|tt|u|var|wbr"
)
_BLOCK = (
    "address|article|aside|blockquote|body|br|button|caption|center|col|colgroup|d[dlt]|details|div|figcaption|figure"
    "|footer|form|h[1-6r]|header|html|input|legend|li|main|nav|ol|option|p|pre|section|select|summary|table|tbody"
    "|td|tfoot|th|thead|title|tr|ul"
)
_ATTRIBUTES = r"""(?:\s+[^\s<>=/"']+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*+\s*/?>"""
_STYLES = (
    "text(?:bf|it|sl|sc|rm|sf|tt|up|normal)?|emph|underline|[mh]box|enquote|url|chapter|(?:sub)*section|paragraph|item"
    "|caption|noindent|bfseries|itshape|small|large"
)
_KEYS = "(?:paren|text|foot)?cite[pt]?|label|index|href|hyper(?:link|ref)"
_TARGET = r"(?:[^()\s]|\([^()\s]*\))*+"
_TITLE = r"""\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_AFTER = r"""(?:(?<=[^\W\d_]{3}X)|(?<=[.,;:!?)"”’]X))"""  # noqa: RUF001  # as they stand in texts
_ROWS = (
    ("<", "link", r"(?:(?:https?|ftp|mailto):[^<>\s]*|[\w.+-]+@[\w.-]+)>(?!`_)"),
    ("<", "hidden", rf"/?(?:{_INLINE}){_ATTRIBUTES}|/?[vc](?:[ .][^<>\n]*)?>|\d[\d:.]+>|[^<>\s]+>`_+"),
    ("<", "block", rf"(?i:/?(?:{_BLOCK}){_ATTRIBUTES})|!--(?:[^-]|-(?!->))*+-->"),
    (r"\]", "hidden", rf"\(\s*(?:(?=[^()\s]*[/#.:]){_TARGET}(?:{_TITLE})?|{_TARGET}{_TITLE}|<[^<>\n]*>)\s*\)"),
    (r"\]", "hidden", r"(?<=[\w`*.]\w\])\[[^\[\]\n]{0,60}\]"),
    (r"\[", "hidden", r"\^[^\]\s]{1,30}\]|\[?\d{1,3}\]{1,2}\(#[^()\s]*\)|(?m:(?<=^\[))\d{1,2}:\d\d[\d:.,]*\]"),
    (r"\[", "hidden", _AFTER.replace("X", r"\[") + r"\d{1,3}(?:[,\u2013-] ?\d{1,3})*\](?![\w(]|\s*[-+*/=<>])"),
    ("¹²³⁰⁴-⁹", "hidden", _AFTER.replace("X", ".") + r"[¹²³⁰⁴-⁹]{0,2}(?!\w)"),
    (r"\\", "hidden", rf"(?:{_STYLES})\*?(?![a-zA-Z])|(?:{_KEYS})\*?(?:\[[^\[\]]*\])*\{{[^{{}}]*\}}|f[BIRP]"),
    (r"\\", "escape", r"u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|[nrt]"),
    ("&", "escape", r"(?:#\d{1,6}|#[xX][\da-fA-F]{1,5}|[A-Za-z][A-Za-z\d]{1,30});"),
    (r"\{", "hidden", r"@\w+"),
    (":", "hidden", r"[a-z][a-z:]*:(?=`)"),
)
"""First character, what is made of it, and the rest of what is not read as it stands."""
_UNREAD = re.compile(
    "[" + "".join(first for first, _, _ in _ROWS) + "](?:"
    + "|".join(f"(?<=[{first}])(?P<{kind}{row}>{rest})" for row, (first, kind, rest) in enumerate(_ROWS)) + ")"
)  # fmt: skip
_ESCAPE = re.compile("|".join(f"[{first}](?:{rest})" for first, kind, rest in _ROWS if kind == "escape"))
_LINES = re.compile(
    r"(?m:^(?:(?:\d+[ \t]*\r?\n)?[\d:]+[.,]\d{3}[ \t]*-->[^\n]*|[ \t]*[|+:=~-][|+:=~ \t-]{2,}\r?$"
    r"|[ \t#>%;*/|]*[-+•◦▪](?=[ \t]+[^\s\d])|[-=\[( \t]*[Pp](?i:age)[ \t]\d+(?:[ \t](?:of|/)[ \t]\d+)?[-=\]) \t]*\r?$))"
)
"""Times of subtitles, rules of tables and headings, bullets, marks of pages."""
_NOTE = re.compile(r"\[\^?(\d{1,3}(?:[,\u2013-] ?\d{1,3})*)\]")
_PAGE = re.compile(r"\W*(?:page\W*)?(?:\d{1,4}|[ivxl]+)(?:\W*(?:of|/)\W*\d{1,4})?\W*", re.IGNORECASE)
_EDGE = 400
"""Characters on each side of a page break that are looked at."""
_NUMBERS = re.compile(r"\d+")
_REPEATED = 2
"""Pages that begin or end with the same line, but for its numbers, at least."""


def as_read(text: str) -> str:
    """A text of the same length, with what is not read replaced, and escapes by what they stand for."""
    return _LINES.sub(lambda match: " " * len(match[0]), _UNREAD.sub(_made, text))


def read_end(text: str, at: int) -> int:
    """The first place from `at` on that is not inside what is not read."""
    low, high = max(0, at - _EDGE), at + _EDGE
    spans = (match.span() for pattern in (_UNREAD, _LINES) for match in pattern.finditer(text, low, high))
    return max([at, *(end for start, end in spans if start < at)])


def _made(match: re.Match[str]) -> str:
    found, text, (start, end) = match[0], match.string, match.span()
    kind = str(match.lastgroup).rstrip("0123456789")
    if kind == "link":
        return NOTHING + found[1:-1] + NOTHING
    if kind == "escape" and found[1:] not in {"n", "r", "t"}:
        made = html.unescape(found) if found[0] == "&" else json.loads(f'"{found}"')
        return str(made).ljust(len(found), NOTHING) if len(made) <= len(found) else found
    parts = kind != "hidden" or (text[start - 1 : start].isdigit() and text[end : end + 1].isdigit())
    return (" " if parts else NOTHING) * len(found)


def escape_end(text: str, end: int) -> int:
    """The end of a place, behind the escape that stands for its last character."""
    match = _ESCAPE.match(text, end - 1)
    return match.end() if match else end


def notes(text: str) -> list[str]:
    """The numbers of notes in a text."""
    return _NOTE.findall(text)


def without_notes(quote: str) -> str:
    """A quote without the numbers of notes."""
    return _NOTE.sub("", quote)


def page_edges(text: str) -> list[tuple[int, int]]:
    """Breaks of pages, each with the page numbers and repeated lines that stand around it."""
    ends = [-1, *(match.start() for match in re.finditer("\f", text)), len(text)]
    pages = [(low + 1, high) for low, high in pairwise(ends)] if len(ends) > 2 else []  # noqa: PLR2004  # one page
    tops = [_edge(text[low : min(high, low + _EDGE)].splitlines(keepends=True)) for low, high in pages]
    bottoms = [_edge(text[max(low, high - _EDGE) : high].splitlines(keepends=True)[::-1]) for low, high in pages]

    def reach(side: list[tuple[int, str]], counts: Counter[str]) -> int:
        known = takewhile(lambda each: counts[each[1]] >= _REPEATED or _PAGE.fullmatch(each[1]), side)
        return max((size for size, _ in known), default=0)

    above, below = (Counter(line for side in sides for _, line in side) for sides in (bottoms, tops))
    sides = zip(ends[1:-1], bottoms, tops[1:], strict=False)
    return [(at - reach(bottom, above), at + 1 + reach(top, below)) for at, bottom, top in sides]


def _edge(lines: list[str]) -> list[tuple[int, str]]:
    """Up to two lines next to a break: how far each reaches, and what it says, whatever its numbers."""
    sizes = accumulate(map(len, lines))
    return [(size, _NUMBERS.sub("1", line.strip())) for size, line in zip(sizes, lines, strict=True) if line.strip()][
        :2
    ]
