"""What the root model is told about many documents: their kinds with one shape each, tables, files put together."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import TextProfile

Named = Sequence[tuple[str, TextProfile]]
"""Documents in order: name and profile."""

LISTED_DOCUMENTS = 100
KINDS = 6
"""Kinds of document that are told with a shape and a beginning, those with the most text; and as many tables."""
HEAD = 300
"""Characters of the beginning of a document that is not of the kind of the first one."""
ROW = 200
NAMED = 8
"""Files in a concatenation that are named, and concatenations that are told."""
LONGEST_SUFFIX = 8

_PATH = (
    r"(?:(?:[\w.@+~-]+[/\\])*[\w@+~][\w.@+~-]*\.[A-Za-z]\w{0,9}|(?:[\w.@+~-]+/)+[\w.@+~-]+|[A-Z]\w+file|README|LICENSE)"
)
_RULE = r"(?:={2,}+|-{2,}+|#{2,}+|/{2,}+|\*{3,}+|>{2,}+)"
_FILE = re.compile(
    r"(?m:^(?=[^\n]{4,300}$)(?:==> (.+) <==|diff --git a/(\S+) b/\S+"
    r"|<(?:file|document)\b[^>\n]*?\b(?:path|name|source)=\"([^\"\n]+)\".*"
    rf"|(?:{_RULE}|#|;|)[ \t]*(?i:file(?:name|path)?|path):[ \t]*`?({_PATH})`?[ \t]*{_RULE}?"
    rf"|{_RULE}[ \t]*({_PATH})[ \t]*{_RULE})\r?$)"
)
"""A line that names the file whose text comes next."""


def kinds(documents: Named) -> list[list[int]]:
    """The positions of documents of one kind, by format and suffix: that of the first, then those with most text."""
    found: dict[str, list[int]] = {}
    for at, (name, profile) in enumerate(documents):
        found.setdefault(_kind(name, profile), []).append(at)
    return sorted(found.values(), key=lambda ones: (ones[0] > 0, -_size(documents, ones)))


def heads(documents: Named) -> dict[int, int]:
    """How many characters of the beginning of documents are shown, by position."""
    shown: dict[int, int] = {}
    for ones in kinds(documents)[:KINDS]:
        head = documents[ones[0]][1].head
        shown[ones[0]] = len(head) if not shown else _cut(head, HEAD)
    tables = [at for at, (_, profile) in enumerate(documents) if profile.format == "csv" and at not in shown]
    for at in tables[:KINDS]:
        head = documents[at][1].head
        shown[at] = _cut(head, min(ROW, len("".join(head.splitlines(keepends=True)[:2]))))
    return shown


def about_many(documents: Named) -> Iterator[str]:
    """The lines about more than one document."""
    listed = (f"{at} {name} {profile.characters:,}" for at, (name, profile) in enumerate(documents[:LISTED_DOCUMENTS]))
    yield "Documents, by position, with characters: " + ", ".join(listed)
    if len(documents) > LISTED_DOCUMENTS:
        yield f"... and {len(documents) - LISTED_DOCUMENTS:,} more; `sources` has them all."
    groups, shown = kinds(documents), heads(documents)
    for ones in groups[:KINDS]:
        name, profile = documents[ones[0]]
        if len(groups) > 1:
            many = f"{len(ones):,} document{'s' * (len(ones) > 1)}, {_size(documents, ones):,} characters"
            yield f"Of the kind {_kind(name, profile)}: {many}."
        yield f"The first, {name}: {shape_of(profile)}"
        yield f"<head>\n{profile.head[: shown.pop(ones[0])]}\n</head>"
    if len(groups) > KINDS:
        rest = [at for ones in groups[KINDS:] for at in ones]
        yield f"Of {len(groups) - KINDS:,} other kinds: {len(rest):,} documents, {_size(documents, rest):,} characters."
    for at, size in shown.items():
        name, profile = documents[at]
        yield f"{at} {name}: {shape_of(profile)} It begins {profile.head[:size]!r}"


def shape_of(profile: TextProfile) -> str:
    """The kind of a text, its lines, and where its structure is."""
    structure = "; ".join(profile.structure)
    return f"{profile.format}, {profile.lines:,} lines" + (f"; {structure}" if structure else "") + "."


def files_inside(corpus: Corpus) -> list[str]:
    """A line for each document that is files put together: how many, and the names of some; looked for once."""
    if "files inside" not in corpus.kept:
        texts = ((one.shown, one.text) for one in corpus.documents if isinstance(one.text, str))
        each = ((name, _names(text)) for name, text in texts if "\n" in text)
        corpus.kept["files inside"] = [
            f"{name} is {len(names):,} files put together, each under a line with its name: "
            + ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else ".")
            for name, names in each if len(names) > 1
        ][:NAMED]  # fmt: skip
    lines: list[str] = corpus.kept["files inside"]
    return lines


def _names(text: str) -> list[str]:
    return [*dict.fromkeys(next(filter(None, groups)) for groups in _FILE.findall(text))]


def _kind(name: str, profile: TextProfile) -> str:
    suffix = PurePath(name).suffix.lower()
    return f"{profile.format} ({suffix})" if suffix[1:].isalnum() and len(suffix) <= LONGEST_SUFFIX else profile.format


def _size(documents: Named, ones: Sequence[int]) -> int:
    return sum(documents[at][1].characters for at in ones)


def _cut(head: str, size: int) -> int:
    """Where a head is cut, at the end of a line where there is one."""
    return len(head) if len(head) <= size else head.rfind("\n", 0, size) + 1 or size
