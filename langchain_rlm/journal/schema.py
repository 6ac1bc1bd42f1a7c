"""The JSON schema of a line of a journal file, made from its types."""

from typing import Any

from pydantic import ConfigDict, TypeAdapter

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import Excerpt, FileEnd, Header

JOURNAL_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **TypeAdapter(
        Header | Entry | Excerpt | FileEnd,
        config=ConfigDict(strict=True, title="A line of a journal of langchain-rlm", use_attribute_docstrings=True),
    ).json_schema(),
}
"""JSON schema (Draft 2020-12) of one line of a journal file."""
