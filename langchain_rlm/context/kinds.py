"""The kinds of text: how each is recognised, and where its structure lies."""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable

from langchain_rlm.context.scan import EXACT_UP_TO, WINDOW_CHARACTERS, Scan

_RECORDS_READ = 20
_NAMES_SHOWN = 12

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIMESTAMP = (
    r"(?:[0-9]{4}[-/][0-9]{2}[-/][0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?"
    rf"|[0-9]{{2}}/{_MONTH}/[0-9]{{4}}:[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}"
    rf"|{_MONTH} [ 0-9][0-9] [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})"
)
_LEVELS = ("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "CRITICAL", "FATAL")
_LEVEL = re.compile(rf"\b(?:{'|'.join(_LEVELS)})\b")
_LOG_ENTRY = rf"(?m)^\[?{_TIMESTAMP}"
_ROLE = r"(?:[Uu]ser|USER|[Aa]ssistant|ASSISTANT|[Hh]uman|HUMAN|AI|[Ss]ystem|SYSTEM|[Aa]gent|[Cc]ustomer|[Bb]ot|Q|A)"
_SPEAKER = (
    rf"(?:<[^>\s]{{1,30}}>|\*{{0,2}}{_ROLE}\*{{0,2}}:|(?:\[[^\]\n]{{4,30}}\]|[0-9][0-9/.:, -]{{6,25}}(?:[AaPp][Mm])?"
    r"(?: -)?) [^:\n]{1,30}:|[A-Z][\w.'-]{0,20}(?: [A-Z][\w.'-]{0,20}){0,2}:)(?:\s|$)"
)
_CHAT_ENTRY = rf"(?m)^{_SPEAKER}"
_DEFINITION = (
    r"(?m)^(?:(?:export|default|public|private|static|abstract|final|async|pub|unsafe|extern)[ \t]+)*"
    r"(?:def|class|function|fn|func|struct|interface|impl|enum|trait|module|namespace|CREATE TABLE)[ \t]+[^\n]{1,80}"
)
_CODE_LINE = re.compile(
    r"^\s*+(?:(?:def|class|fn|func|function|import|from|const|let|var|return|public|private|static|package|struct|use"
    r"|if|for|while|else|elif|try|except|catch)\b.*[:;{()]\s*$|import \w|from [\w.]+ import |#include\b|[{}]\s*;?\s*$"
    r"|(?:return|raise|throw)\b|[\w.\[\]]+ [-+*/]?= \S|.*[;{}]\s*$|(?=.*\)\s*$).*?\w\()"
)
_MARKDOWN_LINE = re.compile(r"^(?:#{1,6} \S|```|~~~|[-*+] \S|> |\|.*\|\s*$|!?\[[^\]]+\]\(|\s{0,3}\d+\. \S)")
_MARKUP_START = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<[a-zA-Z][\w:-]*(?:\s[^<>]*)?>)", re.IGNORECASE)
_TAG = re.compile(r"<([a-zA-Z][\w:-]*)[\s>/]")
_JSON_START = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\d\-tfn\]])")
_JSON_KEY = re.compile(r'"([^"\\\n]{1,40})"\s*:')

_CHAPTER = (
    r"(?m)^[ \t]*(?:CHAPTER|Chapter|BOOK|Book|PART|Part|SECTION|Section|ARTICLE|Article|ACT|SCENE|APPENDIX"
    r"|Appendix)[ \t]+(?:[0-9]+|[IVXLCDM]+|[A-Z])\b[^\n]{0,80}$"
)

# What divides plain text, coarse to fine: a name, the pattern, and how often it must occur to count as structure.
_PROSE_MARKS = (
    ("page breaks", r"\f", 2),
    ("chapters", _CHAPTER, 2),
    ("underlined titles", r"(?m)^\S[^\n]{0,100}\n(?:={3,}|\*{3,}|-{3,}|~{3,})[ \t]*\r?$", 2),
    ("numbered headings", r"(?m)^[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}\.?[ \t]+[A-Z][^\n]{0,58}[^\n.,;:]$", 3),
    ("lines in capitals", r"(?m)^[A-Z][A-Z0-9 ,.'&:()-]{3,58}[A-Z0-9)]\r?$", 3),
    ("rules", r"(?m)^(?:={5,}|-{5,}|\*{5,}|_{5,}|\*(?: \*){2,})[ \t]*\r?$", 2),
)
_PARAGRAPHS = (r"\n\s*\n", r"\n")

_Findings = tuple[tuple[str, ...], tuple[str, ...]]


def _records(text: str) -> list[object]:
    """The JSON objects and arrays on the first lines; of lines that are neither, only as many again are read."""
    records: list[object] = []
    start = 0
    for _ in range(2 * _RECORDS_READ):
        end = text.find("\n", start, start + EXACT_UP_TO)
        end = end if end >= 0 else min(len(text), start + EXACT_UP_TO)
        record = _parsed(text[start:end])
        if isinstance(record, dict | list):
            records.append(record)
        start = end + 1
        if start >= len(text) or len(records) == _RECORDS_READ or (not records and start > 1):
            break
    return records


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _is_jsonl(scan: Scan) -> bool:
    sampled = [line for line in scan.lines if line.lstrip()[:1] in ("{", "[")]
    starts_so = 5 * len(sampled) >= 4 * len(scan.lines)
    return scan.line_count > 1 and starts_so and len(_records(scan.text)) > 1


def _is_json(scan: Scan) -> bool:
    if not _JSON_START.match(scan.text) or scan.text[-1_000:].rstrip()[-1:] not in ("}", "]"):
        return False
    return len(scan.text) > EXACT_UP_TO or _parsed(scan.text) is not None


def _is_html(scan: Scan) -> bool:
    start = scan.text[:20_000]
    closed = "</" in start or "/>" in start
    return bool(_MARKUP_START.match(start)) and closed and len(_TAG.findall(start)) > 0


def _is_log(scan: Scan) -> bool:
    stamped = scan.share(re.compile(rf"\W{{0,3}}(?:\S+ ){{0,4}}\W?{_TIMESTAMP}"))
    leveled = scan.share(re.compile(rf".{{0,60}}{_LEVEL.pattern}"))
    chat = scan.share(re.compile(_SPEAKER))
    few = 2
    return len(scan.lines) >= few and ((stamped > 0.4 and chat < 0.5) or (leveled > 0.5 and stamped > 0.1))  # noqa: PLR2004


def _is_chat(scan: Scan) -> bool:
    speakers = _speakers(scan)
    said = sum(speakers.values())
    role = scan.share(re.compile(rf"(?:<[^>\s]{{1,30}}>|\*{{0,2}}{_ROLE}\*{{0,2}}:)\s"))
    repeated = said >= max(4, 2 * len(speakers))
    return repeated and (role > 0.1 or said > 0.5 * len(scan.lines)) and len(speakers) > 1  # noqa: PLR2004


def _speakers(scan: Scan) -> Counter[str]:
    matches = (re.match(_SPEAKER, line) for line in scan.lines)
    names = (re.search(r"([^\]:,\-]+?)\W*$", match.group()) for match in matches if match)
    return Counter(name.group(1).strip("<>*[ ") for name in names if name)


def _csv_separator(scan: Scan) -> str:
    """The separator that gives nearly all sampled lines the same number of columns, else an empty string."""
    lines = [line for line in scan.lines[:200] if len(line) < WINDOW_CHARACTERS // 2]
    for separator in "\t;|,":
        widths = Counter(len(row) for row in _rows(lines, separator))
        width, rows = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        if width > 1 and rows > 1 and 10 * rows >= 9 * len(lines):
            return separator
    return ""


def _rows(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def _is_markdown(scan: Scan) -> bool:
    headings = sum(1 for line in scan.lines if re.match(r"#{1,6} \S", line))
    marked = scan.share(_MARKDOWN_LINE)
    fenced = any(line.startswith("```") for line in scan.lines)
    return (headings > 0 and (fenced or not _is_code(scan))) or (fenced and marked > 0.1)  # noqa: PLR2004


def _is_code(scan: Scan) -> bool:
    return len(scan.lines) > 2 and scan.share(_CODE_LINE) > 0.4  # noqa: PLR2004


def _describe_markdown(scan: Scan) -> _Findings:
    levels = [level for level in range(1, 7) if re.search(rf"(?m)^#{{{level}}} \S", scan.sample)]
    if not levels:
        return (), _PARAGRAPHS
    shown = f"`{'#' * levels[0]} `" + (f"..`{'#' * levels[-1]} `" if len(levels) > 1 else "")
    headings = r"(?m)^#{1,6} \S[^\n]*"
    line = f'{scan.say(scan.count(headings))} headings {shown}, the first: "{scan.first(headings)}"'
    return (line,), (*(f"(?m)^{'#' * level} " for level in levels), *_PARAGRAPHS)


def _describe_json(scan: Scan) -> _Findings:
    value = _parsed(scan.text) if scan.scale == 1 else None
    if isinstance(value, dict):
        line = f"json: an object with {len(value):,} keys: {_listed(map(str, value))}"
    elif isinstance(value, list):
        records = (item for item in value[:_RECORDS_READ] if isinstance(item, dict))
        keys = _listed(dict.fromkeys(str(key) for item in records for key in item))
        line = f"json: an array of {len(value):,} items" + (f" with keys {keys}" if keys else "")
    else:
        line = f"json: the first keys are {_listed(dict.fromkeys(_JSON_KEY.findall(scan.text[:20_000])))}"
    indent = re.search(r"\n([ \t]{1,8})\S", scan.text[:2_000])
    if indent:
        return (line,), (*(rf"(?m)^{indent.group(1) * depth}[\"{{\[]" for depth in (1, 2, 3)), r"\n")
    return (f"{line} (without line breaks)" if scan.line_count == 1 else line,), (r"\n", r"\{\s*\"", r"\[", r",")


def _describe_jsonl(scan: Scan) -> _Findings:
    keys = dict.fromkeys(str(key) for record in _records(scan.text) if isinstance(record, dict) for key in record)
    with_keys = f" with keys {_listed(keys)}" if keys else ""
    return (f"jsonl: {scan.line_count:,} records, one a line,{with_keys}".rstrip(","),), (r"\n",)


def _describe_csv(scan: Scan) -> _Findings:
    separator = _csv_separator(scan)
    rows = _rows([*scan.lines[:1]], separator)
    header = rows[0] if rows else []
    named = not any(re.fullmatch(r"[-+\d.,/: ]*", cell) for cell in header)
    columns = f"columns {_listed(header)}" if named else f"{len(header)} columns without names"
    count = scan.line_count - (1 if named else 0)
    return (f"csv: {count:,} rows, {columns} (separator {separator!r})",), (r"\n",)


def _describe_code(scan: Scan) -> _Findings:
    count = scan.count(_DEFINITION)
    if not count:
        return (), _PARAGRAPHS
    line = f"code: {scan.say(count)} definitions at the left margin, the first: {scan.first(_DEFINITION)}"
    return (line,), (_DEFINITION, *_PARAGRAPHS)


def _describe_log(scan: Scan) -> _Findings:
    stamps = re.findall(_TIMESTAMP, scan.text[:20_000])[:1] + re.findall(_TIMESTAMP, scan.text[-20_000:])[-1:]
    found = set(_LEVEL.findall("\n".join(scan.lines)))
    parts = [f"timestamps {stamps[0]} .. {stamps[-1]}"] if stamps else []
    parts += [f"levels {' '.join(level for level in _LEVELS if level in found)}"] if found else []
    entries = (_LOG_ENTRY,) if scan.share(re.compile(_LOG_ENTRY)) > 0.1 else ()  # noqa: PLR2004
    return (f"log: {scan.line_count:,} lines, {', '.join(parts)}".rstrip(", "),), (*entries, r"\n")


def _describe_chat(scan: Scan) -> _Findings:
    speakers = [speaker for speaker, _ in _speakers(scan).most_common()]
    count = scan.say(scan.count(_CHAT_ENTRY))
    return (f"chat: {count} messages, speakers {_listed(speakers)}",), (_CHAT_ENTRY, *_PARAGRAPHS)


def _describe_html(scan: Scan) -> _Findings:
    tags = Counter(_TAG.findall(scan.sample[:EXACT_UP_TO]))
    common = ", ".join(f"<{tag}> {scan.say(scan.scaled(count))}" for tag, count in tags.most_common(6))
    title = re.search(r"(?is)<title[^>]{0,80}>(.{1,200}?)</title>", scan.text[:20_000])
    named = f'title "{" ".join(title.group(1).split())[:80]}", ' if title else ""
    if re.search(r"(?i)<(?:html|body|p|div|table)[\s>]", scan.text[:20_000]):
        blocks = (r"(?i)<h[12][\s>]", r"(?i)<(?:h[3-6]|section|article|div|table)[\s>]", r"(?i)<(?:p|li|tr)[\s>]")
        return (f"html: {named}tags {common}",), (*blocks, r"\n", r"<")
    records = [tag for tag, count in tags.items() if count > 1]  # as they come first in the text
    return (f"xml: tags {common}",), (*(rf"<{re.escape(tag)}[\s>]" for tag in records[:3]), r"\n", r"<")


def _describe_prose(scan: Scan) -> _Findings:
    structure: list[str] = []
    separators: list[str] = []
    seen = ""
    for label, pattern, least in _PROSE_MARKS:
        count = scan.count(pattern)
        example = scan.first(pattern) if count >= least else ""
        if count >= least and not (example and example[:8] in seen):
            structure.append(f"{label}: {scan.say(count)}" + (f" like '{example}'" if example else ""))
            separators.append(pattern)
            seen += f"{example} "
    return tuple(structure), (*separators, *_PARAGRAPHS)


def _listed(names: Iterable[str]) -> str:
    """Names with commas between them, cut to what a model needs to see."""
    shown = [" ".join(str(name).split())[:40] for name in names]
    more = f" and {len(shown) - _NAMES_SHOWN} more" if len(shown) > _NAMES_SHOWN else ""
    return ", ".join(shown[:_NAMES_SHOWN]) + more


DETECT: dict[str, Callable[[Scan], bool]] = {
    "jsonl": _is_jsonl, "json": _is_json, "html": _is_html, "log": _is_log, "chat": _is_chat, "markdown": _is_markdown,
    "code": _is_code, "csv": lambda scan: bool(_csv_separator(scan)),
}  # fmt: skip
DESCRIBE: dict[str, Callable[[Scan], _Findings]] = {
    "markdown": _describe_markdown, "json": _describe_json, "jsonl": _describe_jsonl, "csv": _describe_csv,
    "code": _describe_code, "log": _describe_log, "chat": _describe_chat, "html": _describe_html,
    "prose": _describe_prose,
}  # fmt: skip
