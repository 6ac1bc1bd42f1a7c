"""The structures of texts that are known, in the order they are looked for. A new one is a file here and its name."""

from pathlib import PurePath

from langchain_rlm.context.scan import Scan
from langchain_rlm.context.structures import (
    chats,
    code,
    data_text,
    headings,
    json_text,
    logs,
    markdown,
    markup,
    prose,
    records,
    tables,
)  # fmt: skip
from langchain_rlm.context.structures.structure import Found, Structure

STRUCTURES: tuple[Structure, ...] = (
    *json_text.STRUCTURES,
    *markup.STRUCTURES,
    *records.STRUCTURES,
    *chats.STRUCTURES,
    *logs.STRUCTURES,
    *data_text.STRUCTURES,
    *headings.STRUCTURES,
    *markdown.STRUCTURES,
    *code.STRUCTURES,
    *tables.STRUCTURES,
)


def found_in(scan: Scan, name: str) -> tuple[str, Found]:
    """Find the structure that most of a text has; one that the file name's suffix hints at is looked for first."""
    suffix = PurePath(name.replace("\x00", "")).suffix.lower()
    hinted = [structure for structure in STRUCTURES if suffix and suffix in structure.suffixes]
    for structure in (*hinted, *STRUCTURES):
        if found := structure.find(scan, structure in hinted):
            return structure.name, found
    return "prose", prose.find(scan)
