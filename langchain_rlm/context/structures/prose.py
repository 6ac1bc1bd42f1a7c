"""Plain text: what divides it, where anything does."""

import re

from langchain_rlm.context.levels import Level, lines, marks
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found

_CHAPTER = (
    r"[ \t]*(?:CHAPTER|Chapter|BOOK|Book|PART|Part|SECTION|Section|ARTICLE|Article|ACT|SCENE|APPENDIX"
    r"|Appendix)[ \t]+(?:[0-9]+|[IVXLCDM]+|[A-Z])\b[^\n]{0,80}(?:\r?\n|\Z)"
)

# A name, the pattern of the line where a unit begins, how often it must occur to count; coarse to fine.
_MARKS = (
    ("pages", r"(?:\[|[-=]{3,} ?)?(?:Page|PAGE|page) [0-9]+(?: of [0-9]+)?(?:\]| ?[-=]{3,})?\s*?\n", 2),
    ("items", r"[ \t]*(?:ITEM|Item)[ \t]+[0-9]{1,2}[A-C]?\.[^\n]{0,120}(?:\n|\Z)", 3),
    ("chapters", _CHAPTER, 2),
    ("underlined titles", r"\S[^\n]{0,100}\n(?:={3,}|\*{3,}|-{3,}|~{3,}|\^{3,})[ \t]*\r?(?:\n|\Z)", 2),
    ("numbered headings", r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}\.?[ \t]+[A-Z][^\n]{0,58}[^\n.,;:](?:\n|\Z)", 3),
    ("lines in capitals", r"[A-Z][A-Z0-9 ,.'&:()-]{3,58}[A-Z0-9)]\r?(?:\n|\Z)", 3),
    ("rules", r"(?:={5,}|-{5,}|\*{5,}|_{5,}|\*(?: \*){2,})[ \t]*\r?(?:\n|\Z)", 2),
)
_APART = ("numbered headings", "lines in capitals")
_EMPTY = r"[ \t\r]*\n"


def find(scan: Scan) -> Found:
    """Find what divides plain text."""
    said: list[str] = []
    levels: list[Level] = []
    breaks = scan.count("\f")
    if breaks > 1:
        said.append(f"page breaks: {scan.say(breaks)}")
        levels.append(marks("\f\n?"))
    seen, sample = "", f"\n\n{scan.sample}"  # a pattern that begins with a letter of its own is looked for faster
    for label, start, least in _MARKS:
        after = _EMPTY if label in _APART else ""
        found = [match.group(1) for match in re.finditer(rf"\n{after}({start})", sample)]
        count, example = scan.scaled(len(found)), " ".join(found[0].split())[:80] if len(found) >= least else ""
        if count >= least and not (example and example[:8] in seen):
            said.append(f"{label}: {scan.say(count)}" + (f" like '{example}'" if example else ""))
            levels.append(lines(start, after=after))
            seen += f"{example} "
    return Found(tuple(said), tuple(levels))
