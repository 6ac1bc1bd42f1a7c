"""Documents with headings of a form of their own: LaTeX, RST, Org and others; one row of the table for each."""

import re
from functools import partial

from langchain_rlm.context.levels import lines
from langchain_rlm.context.scan import PROBE, Scan
from langchain_rlm.context.structures.structure import Found, Structure

_UNDERLINE = r"[=\-~^\"'`#*+.:_]{3,}[ \t]*\r?\n"

# Name, suffixes, what such a text has besides headings, and its headings, coarse to fine.
_TABLE: tuple[tuple[str, tuple[str, ...], str, tuple[str, ...]], ...] = (
    (
        "latex", (".tex", ".ltx", ".sty"), r"^[ \t]*\\(?:documentclass|begin\{|usepackage|(?:sub)*section)",
        (
            r"\\(?:part|chapter)\b", r"\\section\b", r"\\subsection\b", r"\\subsubsection\b|\\paragraph\b",
            r"[ \t]*\\begin\{", r"[ \t]*\\item\b",
        ),
    ),
    ("org", (".org",), r"^(?:#\+\w+|\*+ (?:TODO|DONE)\b|[ \t]*:[A-Z_]+:)", (r"\* ", r"\*{1,2} ", r"\*{1,4} ")),
    ("asciidoc", (".adoc",), r"^(?:={1,5} \S|:[\w-]+:|\[\w+.*\]$)", (r"={1,2} \S", r"={1,3} \S", r"={1,5} \S")),
    ("mediawiki", (".wiki",), r"\[\[[^\[\]\n]{1,99}\]\]|'''", (r"== ?[^=\n]", r"={2,3} ?[^=\n]", r"={2,5} ?[^=\n]")),
    (
        "man page", (".roff", ".man", *(f".{n}" for n in range(1, 9))), r"^\.(?:TH|SH|PP|B|I|IP|TP|Dd|Sh|Nm)\b",
        (r"\.S[Hh]\b", r"\.S[Ss]\b", r"\.(?:[TLPI]?P|It)\b"),
    ),
    (
        "texinfo", (".texi", ".texinfo"), r"^@(?:node|chapter|section|item|c|end)\b",
        (r"@(?:node|chapter|appendix)\b", r"@section\b", r"@subsection\b", r"@item\b"),
    ),
    ("pod", (".pod",), r"^=(?:head[1-4]|over|item|back|cut|pod)\b", (r"=head1", r"=head2", r"=(?:head[34]|item)")),
)  # fmt: skip


def _find(
    name: str,
    marks: str,
    headings: tuple[str, ...],
    scan: Scan,
    hinted: bool,  # noqa: FBT001
) -> Found | None:
    if not hinted and re.search(rf"(?m){marks}", scan.sample[:PROBE]) is None:
        return None
    present = [heading for heading in headings if re.search(rf"(?m)^(?:{heading})", scan.sample)]
    count = scan.spread(rf"(?m)^(?:{'|'.join(present)})", 2) if present else 0
    marked = scan.count(f"(?m){marks}")
    if not count or marked < (1 if hinted else 3) or marked * 50 < len(scan.lines) * scan.scale:
        return None
    first = scan.first(rf"(?m)^(?:{present[0]})[^\n]*")
    said = f'{name}: {scan.say(scan.scaled(count))} headings and parts, the first: "{first}"'
    return Found((said,), tuple(lines(heading) for heading in present))


def _find_rst(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    titles = re.findall(rf"(?m)^(?=\S)[^\n]{{1,100}}\n(?=({_UNDERLINE}))", scan.sample)
    marked = scan.count(r"(?m)^[ \t]*+(?:\.\. [\w|_\[]|:[\w ]{1,40}:)|::[ \t]{0,9}\r?$|``[^`\n]{1,200}``|:\w{1,40}:`")
    if len(titles) < (1 if hinted else 2) or not (hinted or marked * 20 > len(scan.lines)):
        return None
    said = f'rst: {scan.say(scan.scaled(len(titles)))} titles, the first: "{_title(scan)}"'
    order = list(dict.fromkeys(title[0] for title in titles))
    above = rf"(?:{_UNDERLINE})?\S[^\n]{{0,100}}\n"
    levels = [
        lines(rf"{above}[{re.escape(''.join(order[:depth]))}]{{3,}}[ \t]*\r?\n") for depth in range(1, len(order) + 1)
    ]
    return Found((said,), tuple(levels))


def _title(scan: Scan) -> str:
    match = re.search(rf"(?m)^(?=\S)(?!{_UNDERLINE})[^\n]{{1,100}}(?=\n{_UNDERLINE})", scan.sample)
    return " ".join(match.group().split())[:80] if match else ""


STRUCTURES = (
    *(Structure(name, suffixes, partial(_find, name, marks, headings)) for name, suffixes, marks, headings in _TABLE),
    Structure("rst", (".rst", ".rest"), _find_rst),
)
