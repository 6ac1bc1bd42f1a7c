"""SQL by statements and the rows of INSERT, YAML by documents and keys."""

import re

from langchain_rlm.context.levels import LINES, Level, lines, nested
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.structure import Found, Structure, listed

_COMMENT = r"--[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_QUOTED = r"'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.)*+\"|`[^`\n]*+`"
_ATOMS = f"{_COMMENT}|[/-]|{_QUOTED}"
_STATEMENT = (
    r"(?i)^(?:(?:INSERT|REPLACE) (?:IGNORE )?INTO|CREATE (?:[A-Z]+ )*(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|TRIGGER)"
    r"|DROP TABLE|ALTER TABLE|UPDATE \S+ SET|DELETE FROM|SELECT\b|COPY \S+|SET \w|LOCK TABLES|BEGIN\b|WITH \w+ AS)"
)
_TABLE = re.compile(r"(?i)\b(?:INSERT (?:IGNORE )?INTO|CREATE TABLE(?: IF NOT EXISTS)?)\s+[`\"\[]?([\w.]+)")
_OTHER = 0.1
_OTHER = 0.1
_KEY = r"""(?:[\w./$-]{1,60}|"[^"\n]{1,60}"|'[^'\n]{1,60}'):(?=\s|$)"""
_YAML_LINE = re.compile(rf"\s*(?:- +)*(?:{_KEY}|- |-$|#|---|\.\.\.|[\]}}]|[\"'])|\s{{2,}}\S")


def _members(between: str, *, entered: bool) -> Level:
    return nested(atoms=_ATOMS, special="'\"`/\\-", brackets=(r"\(", r"\)"), between=between, entered=entered)


def _find_sql(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    known = sum(
        1 for line in scan.lines if re.match(_STATEMENT, line) or re.match(r"\s|[()$\d\\]|--|/\*|[A-Z_]{2,}\b", line)
    )
    if 2 * known < len(scan.lines):
        return None
    count = scan.count(f"(?m){_STATEMENT}")
    tables = dict.fromkeys(_TABLE.findall(scan.sample))
    ended = scan.count(r"(?m);[ \t]*\r?$")
    if not count or not ended or not (hinted or tables) or not scan.spread(r"[;(]", 1):
        return None
    said = f"sql: {scan.say(count)} statements" + (f", tables {listed(tables)}" if tables else "")
    return Found((said,), (_members(";", entered=False), _members(",;", entered=True), LINES))


def _find_yaml(scan: Scan, hinted: bool) -> Found | None:  # noqa: FBT001
    keys = [line for line in scan.lines if re.match(rf"\s*(?:- +)?{_KEY}", line)]
    nested_keys = [line for line in keys if re.match(r"\s+|- ", line)]
    other = scan.share(re.compile(r".*[,;{(]\s*$"))
    sure = hinted or scan.text.startswith(("---\n", "%YAML")) or 5 * len(nested_keys) >= len(scan.lines)
    if (
        not keys
        or not sure
        or other > _OTHER
        or scan.share(_YAML_LINE) < (0.8 if hinted else 0.95)
        or len(keys) * 4 < len(scan.lines)
    ):
        return None
    tops = [match.group(1) for line in keys if (match := re.match(r"([\w./$-]{1,60}):", line))]
    items, documents = scan.count(r"(?m)^- "), scan.count(r"(?m)^---(?:\s|$)")
    if not tops and not items:
        return None
    said = f"yaml: top-level keys {listed(dict.fromkeys(tops))}" if tops else f"yaml: {scan.say(items)} items"
    if documents > 1:
        said += f", {scan.say(documents)} documents"
    steps = (lines(rf"[ ]{{0,{depth}}}(?:- |[\w\"'.])") for depth in (2, 4, 6, 8))
    return Found((said,), (lines(r"---(?:\s|\Z)"), lines(r"[^\s#-]"), lines("- |[^\\s#-]"), *steps, LINES))


STRUCTURES = (Structure("sql", (".sql",), _find_sql), Structure("yaml", (".yaml", ".yml"), _find_yaml))
