"""Files of records, each of which begins with a line of its own form: one row of the table for each kind.

To add one, add its row and its maker in `tests/documents/kinds.py`.
"""

import re
from dataclasses import dataclass
from functools import partial

from langchain_rlm.context.levels import Level, lines
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure, listed

_BODY, _NAMED = 0.9, 3
_TIME = r"(?:[0-9]{1,3}:)?[0-9]{1,2}:[0-9]{2}[.,][0-9]{1,3}"
_CHANGED = r"^\+\+\+ (?:b/)?(\S+)"
_EMPTY = r"[ \t\r]*\n"


@dataclass(frozen=True)
class Records:
    """One kind of records.

    Attributes:
        name: The format.
        label: What its records are called.
        begin: The start of a record's first line; it may look at the lines below.
        inside: Where parts of a record begin, coarse to fine.
        body: What each line begins with, where all lines have a form.
        named: What names a record, as one group.
        after: What the line above is.
        end: The line behind the last record.
        least: How many there must be.
        suffixes: File suffixes that hint at it: one record is enough then.
    """

    name: str
    label: str
    begin: str
    inside: tuple[str, ...] = ()
    body: str = ""
    named: str = ""
    after: str = ""
    end: str = ""
    least: int = 2
    suffixes: tuple[str, ...] = ()


TABLE = (
    Records(
        "mbox", "messages", r"From [^\n]*[0-9]{4}[^\n]*\n[A-Za-z][\w-]*:", ("--[^ \n-]", ), named=r"^Subject: *(.+)",
        least=1, suffixes=(".mbox", ".mbx"),
    ),
    Records(
        "mail", "mails", r"(?:-{2,} ?(?:Original|Forwarded) [Mm]essage|[A-Z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n){0,9}"
        r"(?:[A-Z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n){0,9}){0,40}?(?:Subject|To|Content-Type):)", ("--[^ \n-]",),
        named=r"^Subject: *(.+)", after=_EMPTY, least=1, suffixes=(".eml", ".emlx"),
    ),
    Records(
        "git log", "commits", r"commit [0-9a-f]{7,40}\b[^\n]*\n(?:[A-Z]\w+:[^\n]*\n){0,3}Author:",
        ("diff --git ", "@@ "), named=r"^Author: *([^<\n]+)",
    ),
    Records("diff", "files", r"diff -[^\n]*\n", ("@@ ",), named=_CHANGED, suffixes=(".diff", ".patch"), least=1),
    Records("diff", "files", r"--- [^\n]+\n\+\+\+ ", ("@@ ",), named=_CHANGED, suffixes=(".diff", ".patch"), least=1),
    Records("subtitles", "cues", rf"[0-9]{{1,6}}[ \t\r]*\n{_TIME} --> ", suffixes=(".srt",)),
    Records("subtitles", "cues", rf"(?:[^\n]{{1,80}}\n)?{_TIME} --> ", after=_EMPTY, suffixes=(".vtt",)),
    Records("pgn", "games", r'\[Event "', named=r'^\[White "([^"]*)"', suffixes=(".pgn",)),
    Records(
        "fasta", "sequences", r">(?![>\s])[^\n]*\n[A-Za-z*.-]+\s*\n", body=r"[A-Z*.-]+\s*$|[a-z]+\s*$|[>;]",
        named=r"^>(\w+)", suffixes=(".fasta", ".fa", ".fna"),
    ),
    Records("fastq", "reads", r"@[^\n]+\n[A-Za-z.]+\r?\n\+", suffixes=(".fastq", ".fq")),
    Records(
        "gedcom", "records", r"0 (?:@[^@\n]+@ |HEAD|TRLR)", ("1 ", "2 "), body=r"\d{1,2} ", named=r"^1 NAME ([^\n]+)",
        suffixes=(".ged",),
    ),
    Records(
        "calendar", "entries", r"BEGIN:V(?:EVENT|TODO|JOURNAL|FREEBUSY|TIMEZONE)\b", body=r"[A-Z][A-Z0-9-]*[;:]|[ \t]",
        named=r"^SUMMARY[^:\n]*:([^\n]+)", end="END:VCALENDAR", least=1, suffixes=(".ics",),
    ),
    Records("vcard", "cards", r"BEGIN:VCARD\b", named=r"^FN[^:\n]*:([^\n]+)", least=1, suffixes=(".vcf",)),
    Records("bibtex", "entries", r"@\w+ *[{(][^\n]*,", named=r"^@\w+ *[{(] *([^,\n]+)", suffixes=(".bib",)),
    Records("po", "entries", r'(?:#[^\n]*\n){0,99}msg(?:ctxt|id) "', after=_EMPTY, suffixes=(".po", ".pot")),
    Records("ris", "references", r"TY  - ", named=r"^T[1I]  - ([^\n]+)", suffixes=(".ris",)),
    Records("medline", "references", r"PMID- ", named=r"^TI  - ([^\n]+)", suffixes=(".nbib",)),
    Records("ldif", "entries", r"dn:", body=r"[\w;.-]+::? ?|[ #-]", named=r"^dn:[: ]*([^\n]+)", suffixes=(".ldif",)),
    Records("genbank", "records", r"LOCUS {3}", named=r"^LOCUS +(\S+)", least=1, suffixes=(".gb", ".gbk")),
    Records("changelog", "releases", r"\S+ \([^)\n]+\) [\w -]+; urgency=", named=r"^\S+ \(([^)\n]+)\) "),
    Records("packages", "packages", r"Package: ", body=r"[A-Z][\w-]*:|\s", named=r"^Package: (\S+)", after=_EMPTY),
    Records(
        "ini", "sections", r"\[{1,2}[^\[\]\n]+\]{1,2}[ \t\r]*\n", body=r"[\w.\"'/ -]+[=:]|[#;\[\]]|\s|[}\]\"'].*,?$",
        named=r"^\[{1,2}([^\[\]\n]+)\]", suffixes=(".ini", ".cfg", ".conf", ".toml"),
    ),
)  # fmt: skip


def _find(kind: Records, scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    begin = rf"(?:\A|^{kind.after})(?:{kind.begin})" if kind.after else rf"^(?:{kind.begin})"
    count = scan.spread(rf"(?m){begin}", 1 if hinted else kind.least)
    if not count or (kind.body and scan.share(re.compile(kind.body)) < _BODY):
        return None
    said = f"{kind.name}: {scan.say(scan.scaled(count))} {kind.label}"
    names = dict.fromkeys(re.findall(rf"(?m){kind.named}", scan.sample[:200_000])) if kind.named else ()
    if names:
        said += f", the first: {listed(list(names)[:_NAMED])}"
    inside: tuple[Level, ...] = tuple(lines(start) for start in kind.inside)
    return Found((said,), (lines(f"{kind.begin}|{kind.end}" if kind.end else kind.begin, after=kind.after), *inside))


STRUCTURES = tuple(Structure(kind.name, kind.suffixes, partial(_find, kind)) for kind in TABLE)
