"""Chats and transcripts: messages with who said them, in the forms in which messengers give them."""

import re
from collections import Counter

from langchain_rlm.context.levels import LINES, lines
from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures.logs import LEVEL
from langchain_rlm.context.structures.structure import Found, Structure, listed

_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,3})?(?:\s?[AaPp]\.?[Mm]\.?)?"
_DATE = r"(?:[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|(?:[A-Z][a-z]{2,8} )?[0-9]{1,2}(?: [A-Z][a-z]{2,8})?)"
_WHEN = rf"[\u200e\u200f]?[\[(]?(?:{_DATE},?\s)?{_TIME}[\])]?(?:\s[-\u2013—])?"
_NAME = r"[^\W\d_][\w.'\u2019-]{0,20}(?: (?:[^\W\d_]|[0-9])[\w.'\u2019-]{0,20}){0,3}"
_ROLE = r"(?:[Uu]ser|USER|[Aa]ssistant|ASSISTANT|[Hh]uman|HUMAN|AI|[Ss]ystem|SYSTEM|[Aa]gent|[Cc]ustomer|[Bb]ot|Q|A)"
# Each form has the name as its group: first those that nothing but chats has, then a name and a colon alone.
_SURE = (
    rf"{_WHEN}\s<[@+~ ]?([^>\n]{{1,40}})>",
    rf"{_WHEN}\s[~\u200e\u202a]{{0,3}}([^:\n\[\]<>=]{{1,40}}):(?=\s|$)",
    rf"({_NAME})(?:\s{{1,3}}|\s[-—\u2013]\s)[\[(]?(?:{_DATE}(?:, | at | ))?{_TIME}[\])]?[ \t\r]*$",
    rf"\[(?:{_DATE},? )?{_TIME}\] ({_NAME})[ \t\r]*$",
    r"<[@+~ ]?([^>\s]{1,30})>(?=\s|$)",
    rf"\*{{0,2}}({_ROLE})(?::\*{{0,2}}|\*{{0,2}}:)(?=\s|$)",
)
_SPOKEN = rf"(?:>> ?)?\*{{0,2}}(?![a-z])({_NAME})(?: \([^)\n]{{1,30}}\))?(?::\*{{0,2}}|\*{{0,2}}:)(?=\s|$)"
_LABEL = re.compile(
    r"(?i)(?:notes?|errors?|warning|fail\w*|pass\w*|reason|status|results?|date|subject|from|to|cc|name|\w+-\w+)$"
)
_LEAST, _SHARE, _SPOKEN_SHARE = 4, 0.1, 0.4


def _find(scan: Scan, hinted: bool) -> Found | None:  # noqa: ARG001, FBT001
    sure = [form for form in _SURE if scan.share(re.compile(form)) > _SHARE]
    for forms, least in ((sure, _SHARE), ((*sure, _SPOKEN), _SPOKEN_SHARE)):
        pattern = re.compile("|".join(forms)) if forms else None
        matches = [match for line in scan.lines if pattern and (match := pattern.match(line))]
        names = [match.group(match.lastindex or 0).strip("*~ ") for match in matches]
        if len(names) >= least * len(scan.lines) and _is_talk(names):
            return _found(scan, forms, names)
    return None


def _is_talk(names: list[str]) -> bool:
    """Whether few speak often, in no fixed order of three or more: that would be the fields of records."""
    speakers = Counter(names)
    many = len(speakers)
    if many < 2 or len(names) < max(_LEAST, 2 * many) or sum(map(bool, map(LEVEL.search, names))) * 10 > len(names):  # noqa: PLR2004
        return False
    if sum(map(bool, map(_LABEL.match, names))) * 4 > len(names):
        return False
    turns = sum(first == second for first, second in zip(names, names[many:], strict=False))
    return many < 3 or turns * 4 < 3 * (len(names) - many)  # noqa: PLR2004


def _found(scan: Scan, forms: tuple[str, ...] | list[str], names: list[str]) -> Found:
    plain = "|".join(re.sub(r"(?<!\\)\((?!\?)", "(?:", form).replace("$", r"\n") for form in forms)
    speakers = listed(name for name, _ in Counter(names).most_common())
    count = scan.say(scan.count(rf"(?m)^(?:{plain})"))
    return Found((f"chat: {count} messages, speakers {speakers}",), (lines(plain), LINES))


STRUCTURES = (Structure("chat", (), _find),)
