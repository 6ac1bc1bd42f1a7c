"""Markdown: sections by their headings."""

import re
from functools import lru_cache

from langchain_rlm.context.levels import Run, lines
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure

_HEADING = re.compile(r"(?m)^#{1,6} +\S[^\n]*")
_ALONE = re.compile(r"(?:\A|\n[ \t]*\r?\n)#{1,6} +\S[^\n]*(?:\n[ \t]*\r?\n|\n?\Z)|\n#{1,6} +\S[^\n]*\n[ \t]*\r?\n")
_FENCE = re.compile(r"(?ms)^[ \t]*(```|~~~)[^\n]*\n.*?^[ \t]*\1[ \t]*\r?$")
_MARKED = re.compile(
    r"#{1,6} +\S|```|~~~|\s{0,6}[-*+] +\S|> |\|.*\|\s*$|\s{0,3}\d+[.)] +\S|.*\*\*\w|.*`[^`]{1,80}`"
    r"|.*\[[^\[\]\n]{1,200}\](?:\(|\[)"
)
_SAID = re.compile(r"\S*[^\W\d_]+ \S+")  # a line of words
_COMMENTS = re.compile(r"(?m)^(#{1,6}) [^\n]*\n\1 ")
_NO_TEXT = re.compile(r"\S+ ?[:=]|\[[^\]]*\]\s*$|[#;!.$@%/].*|.*[;{}\\]\s*$|\S+$")


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    text = _FENCE.sub("", scan.sample)
    headings = _HEADING.findall(text)
    fences = text != scan.sample
    body = [line[:1_000] for line in text[:200_000].splitlines() if line.strip() and not _HEADING.match(line)]
    marked = sum(1 for line in body if _MARKED.match(line))
    if not headings and not (marked > len(body) // 4 and (hinted or fences)):
        return None
    if headings and (not scan.spread(_HEADING.pattern, 1) or 3 * len(_COMMENTS.findall(text)) > len(headings)):
        return None
    alone = len(_ALONE.findall(text)) * 2 >= len(headings)
    said = sum(1 for line in body if _SAID.match(line) and not _NO_TEXT.match(line))
    is_text = 2 * (said + marked) >= len(body)
    enough = len(headings) > 1 or marked * 10 > len(body) or (hinted and alone)
    if headings and not (enough and is_text and (alone or marked * 5 > len(body) or fences)):
        return None
    return _found(scan, headings)


def _found(scan: Scan, headings: list[str]) -> Found:
    levels = sorted({len(heading) - len(heading.lstrip("#")) for heading in headings})
    if not levels:
        return Found((), (lines(r"```"),))
    shown = f"`{'#' * levels[0]} `" + (f"..`{'#' * levels[-1]} `" if len(levels) > 1 else "")
    first = " ".join(headings[0].split())[:80]
    said = f'{scan.say(scan.scaled(len(headings)))} headings {shown}, the first: "{first}"'
    fenced = _FENCE.search(scan.sample)
    return Found((said,), tuple((_sections if fenced else lines)(f"#{{1,{level}}} ") for level in levels))


@lru_cache(maxsize=6)
def _sections(heading: str) -> Run:
    """Sections whose fenced parts may have lines that look like headings."""
    fence, plain = r"[ \t]*(?:```|~~~)[^\n]*\n", r"(?![ \t]*(?:```|~~~))[^\n]*\n"
    line = rf"(?:{fence}(?:{plain})*+{fence}|{plain})"
    section = rf"{line}(?:(?!{heading}){line})*+"
    return Run(re.compile(rf"(?:{section}(?={heading}))*+"), None, re.compile(section), ahead=7)


STRUCTURES = (Structure("markdown", (".md", ".markdown", ".mdx", ".qmd", ".rmd"), _find),)
