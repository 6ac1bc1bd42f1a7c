"""What kind of text this is and where its structure lies, found without a model.

A root model that knows there are 142 headings or 3,182 records cuts the text well with its first cell; `chunks` cuts at
the same places. Everything but the line count comes from samples, so that 100 MB take well under a second.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath

_HEAD_CHARACTERS = 600
_TAIL_CHARACTERS = 300
_EXACT_UP_TO = 5_000_000
_WINDOW_CHARACTERS = 200_000
_MIDDLE_WINDOWS = 6
_SAMPLE_LINES = 2_000
_RECORDS_READ = 20
_NAMES_SHOWN = 12

_FORMAT_OF_SUFFIX = (
    dict.fromkeys((".md", ".markdown", ".mdx", ".qmd"), "markdown")
    | dict.fromkeys((".json", ".geojson", ".ipynb"), "json")
    | dict.fromkeys((".jsonl", ".ndjson"), "jsonl")
    | dict.fromkeys((".csv", ".tsv"), "csv")
    | dict.fromkeys((".html", ".htm", ".xhtml", ".xml"), "html")
    | dict.fromkeys((".log",), "log")
    | dict.fromkeys((".py", ".js", ".ts", ".tsx", ".java", ".c", ".h", ".cc", ".cpp", ".rs", ".go", ".rb"), "code")
    | dict.fromkeys(
        (".php", ".cs", ".swift", ".kt", ".scala", ".sh", ".sql", ".lua", ".r", ".toml", ".yaml", ".yml", ".ini"),
        "code",
    )
)

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
_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffd]")

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


@dataclass(frozen=True)
class Profile:
    """What is known of a text before a model sees it.

    Attributes:
        characters: Its length.
        lines: Its lines; a last one without a line break counts.
        format: "markdown", "json", "jsonl", "csv", "code", "log", "chat", "html" (XML too) or "prose".
        structure: Plain sentences about where the structure is, for a model to read.
        separators: Regular expressions, coarse to fine; where a match starts the text may be cut. They capture no
            groups and look neither ahead nor behind, so that the sandbox's `re` runs them in linear time.
        head: About its first 600 characters, ended at a line or word end.
        tail: About its last 300 characters, begun at a line or word start.
    """

    characters: int
    lines: int
    format: str
    structure: tuple[str, ...]
    separators: tuple[str, ...]
    head: str
    tail: str


@dataclass(frozen=True)
class _Scan:
    """A text as the detectors see it: `sample` stands for all of it, and `scale` says how many times."""

    text: str
    sample: str
    scale: float
    lines: tuple[str, ...]
    line_count: int

    def count(self, pattern: str) -> int:
        found = sum(1 for _ in re.finditer(pattern, self.sample))
        return found if self.scale == 1 else _rounded(found * self.scale)

    def say(self, count: int) -> str:
        return f"{count:,}" if self.scale == 1 else f"about {count:,}"

    def first(self, pattern: str) -> str:
        match = re.search(pattern, self.sample)
        return " ".join(match.group().split())[:80] if match else ""

    def share(self, pattern: re.Pattern[str]) -> float:
        """The share of the sampled lines that the pattern matches at their start."""
        return sum(1 for line in self.lines if pattern.match(line)) / max(len(self.lines), 1)


_Findings = tuple[tuple[str, ...], tuple[str, ...]]


def profile(text: str, *, name: str = "") -> Profile:
    """Find out what kind of text this is and where its structure lies.

    Args:
        text: Any text, of any size.
        name: Its file name, whose extension is taken as a hint.

    Returns:
        The profile. Counts are exact up to 5 million characters; beyond that they come from samples and say "about".
    """
    scan = _scan(text)
    kind = _format(scan, name)
    structure, separators = _DESCRIBE[kind](scan)
    return Profile(
        characters=len(text),
        lines=scan.line_count,
        format=kind,
        structure=_binary_warning(scan) + structure,
        separators=separators,
        head=_head(text),
        tail=_tail(text),
    )


def estimate_tokens(characters_or_text: int | str) -> int:
    """Estimate how many tokens a text has. No tokenizer is asked: they differ, and loading one needs the network.

    Args:
        characters_or_text: A number of characters, counted as 4 a token, or a text, whose Chinese, Japanese and Korean
            characters (by samples) count as 1 token each.

    Returns:
        The estimate, rounded up.
    """
    if isinstance(characters_or_text, int):
        return -(-characters_or_text // 4)
    characters = len(characters_or_text)
    sample = "".join(_windows(characters_or_text, 2_000))
    dense = len(_CJK.findall(sample)) * characters // max(len(sample), 1)
    return dense + -(-(characters - dense) // 4)


def _scan(text: str) -> _Scan:
    windows = _windows(text, _WINDOW_CHARACTERS)
    exact = len(text) <= _EXACT_UP_TO
    sample = text if exact else "\n".join(windows)
    per_window = _SAMPLE_LINES // len(windows)
    lines = [
        line for window in windows for line in window[: 100 * per_window].splitlines()[:per_window] if line.strip()
    ]
    line_count = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    return _Scan(text, sample, 1 if exact else len(text) / len(sample), tuple(lines), line_count)


def _windows(text: str, width: int) -> list[str]:
    """The whole text if short, else its start, some places in the middle and its end, each begun at a line start."""
    if len(text) <= width * (_MIDDLE_WINDOWS + 2):
        return [text]
    starts = [part * (len(text) - width) // (_MIDDLE_WINDOWS + 1) for part in range(_MIDDLE_WINDOWS + 2)]
    return [text[:width]] + [_from_line_start(text[start : start + width]) for start in starts[1:]]


def _from_line_start(window: str) -> str:
    return window[window.find("\n", 0, len(window) // 2) + 1 :]


def _rounded(count: float) -> int:
    """The count to two digits, as an estimate is said."""
    return round(float(f"{count:.1e}"))


def _head(text: str) -> str:
    if len(text) <= _HEAD_CHARACTERS:
        return text
    head = text[:_HEAD_CHARACTERS]
    cut = max(head.rfind("\n", _HEAD_CHARACTERS // 2) + 1, 0) or head.rfind(" ", _HEAD_CHARACTERS // 2) + 1
    return head[: cut or None]


def _tail(text: str) -> str:
    if len(text) <= _TAIL_CHARACTERS:
        return text
    tail = text[-_TAIL_CHARACTERS:]
    half = _TAIL_CHARACTERS // 2
    return tail[(tail.find("\n", 0, half) + 1) or (tail.find(" ", 0, half) + 1) :]


def _binary_warning(scan: _Scan) -> tuple[str, ...]:
    start = scan.text[:20_000]
    controls = len(_CONTROL.findall(start))
    if controls * 20 <= len(start):
        return ()
    return (f"looks binary: {100 * controls // len(start)}% of the first characters are control characters",)


def _format(scan: _Scan, name: str) -> str:
    hint = _FORMAT_OF_SUFFIX.get(PurePath(name.replace("\x00", "")).suffix.lower(), "")
    if hint in ("markdown", "code", "log") or (hint and _DETECT[hint](scan)):
        return hint
    return next((kind for kind, detects in _DETECT.items() if detects(scan)), "prose")


def _records(text: str) -> list[object]:
    """The first lines read as JSON; what is no JSON object or array is left out, and reading stops at twice as many."""
    records: list[object] = []
    start = 0
    for _ in range(2 * _RECORDS_READ):
        end = text.find("\n", start, start + _EXACT_UP_TO)
        end = end if end >= 0 else min(len(text), start + _EXACT_UP_TO)
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


def _is_jsonl(scan: _Scan) -> bool:
    sampled = [line for line in scan.lines if line.lstrip()[:1] in ("{", "[")]
    starts_so = 5 * len(sampled) >= 4 * len(scan.lines)
    return scan.line_count > 1 and starts_so and len(_records(scan.text)) > 1


def _is_json(scan: _Scan) -> bool:
    if not _JSON_START.match(scan.text) or scan.text[-1_000:].rstrip()[-1:] not in ("}", "]"):
        return False
    return len(scan.text) > _EXACT_UP_TO or _parsed(scan.text) is not None


def _is_html(scan: _Scan) -> bool:
    start = scan.text[:20_000]
    closed = "</" in start or "/>" in start
    return bool(_MARKUP_START.match(start)) and closed and len(_TAG.findall(start)) > 0


def _is_log(scan: _Scan) -> bool:
    stamped = scan.share(re.compile(rf"\W{{0,3}}(?:\S+ ){{0,4}}\W?{_TIMESTAMP}"))
    leveled = scan.share(re.compile(rf".{{0,60}}{_LEVEL.pattern}"))
    chat = scan.share(re.compile(_SPEAKER))
    few = 2
    return len(scan.lines) >= few and ((stamped > 0.4 and chat < 0.5) or (leveled > 0.5 and stamped > 0.1))  # noqa: PLR2004


def _is_chat(scan: _Scan) -> bool:
    speakers = _speakers(scan)
    said = sum(speakers.values())
    role = scan.share(re.compile(rf"(?:<[^>\s]{{1,30}}>|\*{{0,2}}{_ROLE}\*{{0,2}}:)\s"))
    repeated = said >= max(4, 2 * len(speakers))
    return repeated and (role > 0.1 or said > 0.5 * len(scan.lines)) and len(speakers) > 1  # noqa: PLR2004


def _speakers(scan: _Scan) -> Counter[str]:
    matches = (re.match(_SPEAKER, line) for line in scan.lines)
    names = (re.search(r"([^\]:,\-]+?)\W*$", match.group()) for match in matches if match)
    return Counter(name.group(1).strip("<>*[ ") for name in names if name)


def _csv_separator(scan: _Scan) -> str:
    """The separator that gives nearly all sampled lines the same number of columns, else an empty string."""
    lines = [line for line in scan.lines[:200] if len(line) < _WINDOW_CHARACTERS // 2]
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


def _is_csv(scan: _Scan) -> bool:
    return bool(_csv_separator(scan))


def _is_markdown(scan: _Scan) -> bool:
    headings = sum(1 for line in scan.lines if re.match(r"#{1,6} \S", line))
    marked = scan.share(_MARKDOWN_LINE)
    fenced = any(line.startswith("```") for line in scan.lines)
    return (headings > 0 and (fenced or not _is_code(scan))) or (fenced and marked > 0.1)  # noqa: PLR2004


def _is_code(scan: _Scan) -> bool:
    return len(scan.lines) > 2 and scan.share(_CODE_LINE) > 0.4  # noqa: PLR2004


def _describe_markdown(scan: _Scan) -> _Findings:
    levels = [level for level in range(1, 7) if re.search(rf"(?m)^#{{{level}}} \S", scan.sample)]
    if not levels:
        return (), _PARAGRAPHS
    shown = f"`{'#' * levels[0]} `" + (f"..`{'#' * levels[-1]} `" if len(levels) > 1 else "")
    headings = r"(?m)^#{1,6} \S[^\n]*"
    line = f'{scan.say(scan.count(headings))} headings {shown}, the first: "{scan.first(headings)}"'
    return (line,), (*(f"(?m)^{'#' * level} " for level in levels), *_PARAGRAPHS)


def _describe_json(scan: _Scan) -> _Findings:
    value = _parsed(scan.text) if scan.scale == 1 else None
    if isinstance(value, dict):
        line = f"json: an object with {len(value):,} keys: {_listed(map(str, value))}"
    elif isinstance(value, list):
        keys = _listed(
            dict.fromkeys(str(key) for item in value[:_RECORDS_READ] if isinstance(item, dict) for key in item)
        )
        line = f"json: an array of {len(value):,} items" + (f" with keys {keys}" if keys else "")
    else:
        line = f"json: the first keys are {_listed(dict.fromkeys(_JSON_KEY.findall(scan.text[:20_000])))}"
    indent = re.search(r"\n([ \t]{1,8})\S", scan.text[:2_000])
    if indent:
        return (line,), (*(rf"(?m)^{indent.group(1) * depth}[\"{{\[]" for depth in (1, 2, 3)), r"\n")
    return (f"{line} (without line breaks)" if scan.line_count == 1 else line,), (r"\n", r"\{\s*\"", r"\[", r",")


def _describe_jsonl(scan: _Scan) -> _Findings:
    keys = dict.fromkeys(str(key) for record in _records(scan.text) if isinstance(record, dict) for key in record)
    with_keys = f" with keys {_listed(keys)}" if keys else ""
    return (f"jsonl: {scan.line_count:,} records, one a line,{with_keys}".rstrip(","),), (r"\n",)


def _describe_csv(scan: _Scan) -> _Findings:
    separator = _csv_separator(scan)
    rows = _rows([*scan.lines[:1]], separator)
    header = rows[0] if rows else []
    named = not any(re.fullmatch(r"[-+\d.,/: ]*", cell) for cell in header)
    columns = f"columns {_listed(header)}" if named else f"{len(header)} columns without names"
    count = scan.line_count - (1 if named else 0)
    return (f"csv: {count:,} rows, {columns} (separator {separator!r})",), (r"\n",)


def _describe_code(scan: _Scan) -> _Findings:
    count = scan.count(_DEFINITION)
    if not count:
        return (), _PARAGRAPHS
    line = f"code: {scan.say(count)} definitions at the left margin, the first: {scan.first(_DEFINITION)}"
    return (line,), (_DEFINITION, *_PARAGRAPHS)


def _describe_log(scan: _Scan) -> _Findings:
    stamps = re.findall(_TIMESTAMP, scan.text[:20_000])[:1] + re.findall(_TIMESTAMP, scan.text[-20_000:])[-1:]
    found = set(_LEVEL.findall("\n".join(scan.lines)))
    parts = [f"timestamps {stamps[0]} .. {stamps[-1]}"] if stamps else []
    parts += [f"levels {' '.join(level for level in _LEVELS if level in found)}"] if found else []
    entries = (_LOG_ENTRY,) if scan.share(re.compile(_LOG_ENTRY)) > 0.1 else ()  # noqa: PLR2004
    return (f"log: {scan.line_count:,} lines, {', '.join(parts)}".rstrip(", "),), (*entries, r"\n")


def _describe_chat(scan: _Scan) -> _Findings:
    speakers = [speaker for speaker, _ in _speakers(scan).most_common()]
    count = scan.say(scan.count(_CHAT_ENTRY))
    return (f"chat: {count} messages, speakers {_listed(speakers)}",), (_CHAT_ENTRY, *_PARAGRAPHS)


def _describe_html(scan: _Scan) -> _Findings:
    tags = Counter(_TAG.findall(scan.sample[:_EXACT_UP_TO]))
    common = ", ".join(f"<{tag}> {scan.say(_scaled(count, scan.scale))}" for tag, count in tags.most_common(6))
    title = re.search(r"(?is)<title[^>]{0,80}>(.{1,200}?)</title>", scan.text[:20_000])
    named = f'title "{" ".join(title.group(1).split())[:80]}", ' if title else ""
    if re.search(r"(?i)<(?:html|body|p|div|table)[\s>]", scan.text[:20_000]):
        blocks = (r"(?i)<h[12][\s>]", r"(?i)<(?:h[3-6]|section|article|div|table)[\s>]", r"(?i)<(?:p|li|tr)[\s>]")
        return (f"html: {named}tags {common}",), (*blocks, r"\n", r"<")
    records = [tag for tag, count in tags.items() if count > 1]  # as they come first in the text
    return (f"xml: tags {common}",), (*(rf"<{re.escape(tag)}[\s>]" for tag in records[:3]), r"\n", r"<")


def _describe_prose(scan: _Scan) -> _Findings:
    structure: list[str] = []
    separators: list[str] = []
    seen = ""
    for label, pattern, least in _PROSE_MARKS:
        count = scan.count(pattern)
        example = scan.first(pattern)
        if count >= least and not (example and example[:8] in seen):
            structure.append(f"{label}: {scan.say(count)}" + (f" like '{example}'" if example else ""))
            separators.append(pattern)
            seen += f"{example} "
    return tuple(structure), (*separators, *_PARAGRAPHS)


def _scaled(count: int, scale: float) -> int:
    return count if scale == 1 else _rounded(count * scale)


def _listed(names: Iterable[str]) -> str:
    """Names with commas between them, cut to what a model needs to see."""
    shown = [" ".join(str(name).split())[:40] for name in names]
    more = f" and {len(shown) - _NAMES_SHOWN} more" if len(shown) > _NAMES_SHOWN else ""
    return ", ".join(shown[:_NAMES_SHOWN]) + more


_DETECT: dict[str, Callable[[_Scan], bool]] = {
    "jsonl": _is_jsonl,
    "json": _is_json,
    "html": _is_html,
    "log": _is_log,
    "chat": _is_chat,
    "markdown": _is_markdown,
    "code": _is_code,
    "csv": _is_csv,
}
_DESCRIBE: dict[str, Callable[[_Scan], _Findings]] = {
    "markdown": _describe_markdown,
    "json": _describe_json,
    "jsonl": _describe_jsonl,
    "csv": _describe_csv,
    "code": _describe_code,
    "log": _describe_log,
    "chat": _describe_chat,
    "html": _describe_html,
    "prose": _describe_prose,
}
