"""Logs: entries, each with what is traced below it."""

import re

from langchain_rlm.context.levels import LINES, lines
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure

_DAY, _MONTH = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)", "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
STAMP = (
    r"(?:[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}[T _-][0-9]{2}[:.][0-9]{2}(?:[:.][0-9]{2})?"  # ISO, with or without a zone
    rf"|[0-9]{{1,2}}[-/.][0-9]{{1,2}}[-/.][0-9]{{2,4}},? {_TIME}"
    rf"|[0-9]{{1,2}}[/ -]{_MONTH}[/ -][0-9]{{4}}[: ]{_TIME}"  # Apache, nginx
    rf"|(?:{_DAY},? )?{_MONTH} [ 0-9]?[0-9](?:, [0-9]{{4}})? {_TIME}"  # syslog, Apache's errors, java.util.logging
    rf"|[0-9]{{2}}-[0-9]{{2}} {_TIME}\.[0-9]{{3}}"  # logcat
    r"|[0-9]{6} [0-9]{6}\b|[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+"  # HDFS, glog
    rf"|\[ *[0-9]+\.[0-9]{{6}}\]|\b1[0-9]{{9}}(?:\.[0-9]+|[0-9]{{3}})?\b|{_TIME}(?:[.,][0-9]+)?\b)"  # kernel, epoch
)
ENTRY = (
    rf"(?:[^\s0-9]{{0,3}}|[^\w\s]{{0,3}}(?:[^\s|]{{1,60}}[ \t|]{{1,9}}){{1,4}}[^\w\s]?"
    rf"|(?:ts|time|timestamp)=\W?){STAMP}"
)
_NAMES = ("TRACE", "DEBUG", "VERBOSE", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "SEVERE", "CRITICAL", "FATAL")
LEVEL = re.compile(rf"\b(?:{'|'.join(_NAMES)})\b")
_ENTRY, _STAMP = re.compile(ENTRY), re.compile(STAMP)
_TRACE = re.compile(
    r"\s+\S|Traceback \(most recent|Caused by:|[\w$]+(?:\.[\w$]+)+(?::|$|\b.*(?:Error|Exception))"
    r"|\w*(?:Error|Exception)\b|[-=]{3,}$|[}\])]"
)
_STAMPED, _WITH_TRACES, _HINTED, _LEAST = 0.6, 0.8, 0.3, 2
_SAMPLE = 20_000


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    stamped = sum(1 for line in scan.lines if _ENTRY.match(line))
    share = stamped / max(len(scan.lines), 1)
    if stamped < _LEAST or not (share >= (_HINTED if hinted else _STAMPED) or _traced(scan, stamped)):
        return None
    stamps = _STAMP.findall(scan.text[:_SAMPLE])[:1] + _STAMP.findall(scan.text[-_SAMPLE:])[-1:]
    found = set(LEVEL.findall("\n".join(scan.lines)))
    parts = [f"timestamps {stamps[0]} .. {stamps[-1]}"] if stamps else []
    parts += [f"levels {' '.join(level for level in _NAMES if level in found)}"] if found else []
    entries = scan.count(rf"(?m)^{ENTRY}")
    count = f"{scan.line_count:,} lines" + (f", {scan.say(entries)} entries" if share < _WITH_TRACES else "")
    return Found((f"log: {', '.join([count, *parts])}",), (lines(ENTRY), LINES))


def _traced(scan: Scan, stamped: int) -> bool:
    """Whether entries and the lines of traces below them are nearly all."""
    traces = sum(1 for line in scan.lines if _TRACE.match(line) and not _ENTRY.match(line))
    leveled = sum(1 for line in scan.lines if _ENTRY.match(line) and LEVEL.search(line))
    return bool(scan.lines and _ENTRY.match(scan.lines[0])) and (
        stamped + traces >= _WITH_TRACES * len(scan.lines) and (leveled >= stamped // 2)
    )


STRUCTURES = (Structure("log", (".log",), _find),)
