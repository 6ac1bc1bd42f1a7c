"""The long text, outside the window and outside graph state: documents by position, known by a content hash."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from langchain_rlm.context.large import LargeText
from langchain_rlm.context.pieces import Piece, assemble
from langchain_rlm.context.searchable import Searchable
from langchain_rlm.context.tables.database import TableSet
from langchain_rlm.context.text import Text
from langchain_rlm.errors import InputError
from langchain_rlm.surrogates import encodable

SLICE = 4_000_000
"""Characters encoded at a time: hashing must not double the memory of the text."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
SEARCHED = "search:"
"""How the hash of a context begins that can only be searched."""
TABULAR = "tables:"
"""How the hash of a context begins that has tables: no store keeps it."""
NAME_SHOWN = 80
"""Characters of a document's name that are told."""
NAMED = 3
"""Documents that state knows by name."""


@dataclass(frozen=True)
class SourceText:
    """One document of the context."""

    name: str
    text: Text
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", encodable(self.name))

    @property
    def shown(self) -> str:
        return shown_name(self.name)


@dataclass(frozen=True)
class LeftOut:
    """A file that is not in the context, and why."""

    name: str
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", encodable(self.name))


@dataclass(frozen=True)
class Corpus:
    """The context of one run. `single` says that it was one text, so that code sees a `str`, not a list."""

    documents: tuple[SourceText, ...]
    single: bool = False
    searchable: Searchable | None = None
    """A source that can only be searched; then there are no documents."""
    left_out: tuple[LeftOut, ...] = ()
    """Files of the directories it was read from that are not in it."""
    tables: TableSet | None = None

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        return tuple(document.text for document in self.documents)

    @cached_property
    def characters(self) -> int:
        return sum(map(len, self.texts))

    @cached_property
    def hash(self) -> str:
        """SHA-256 over names and texts. No encoding can carry a lone surrogate: that is an `InputError`."""
        if self.searchable is not None:
            return f"{SEARCHED}{self.searchable.kind}"
        digest = hashlib.sha256(b"single" if self.single else b"list")
        for document in self.documents:
            digest.update(json.dumps([document.name, len(document.text)]).encode())
            for data in _encoded(document):
                digest.update(data)
        if self.tables is not None:
            digest.update(self.tables.identity.encode())
            return TABULAR + digest.hexdigest()
        return "sha256:" + digest.hexdigest()

    @cached_property
    def kept(self) -> dict[Any, Any]:
        """What others compute from the texts once, by its type. It lives as long as the texts."""
        return {}

    def cut(self, pieces: Sequence[Sequence[Piece]], *, single: bool, names: Sequence[str]) -> "Corpus":
        """The context of a recursive run: one document for each list of pieces, or the same source to search."""
        texts = [self._whole(document) or assemble(document, self.texts) for document in pieces]
        documents = tuple(SourceText(name, text) for name, text in zip(names, texts, strict=True))
        return Corpus(documents, single, None if documents else self.searchable, tables=self.tables)

    @property
    def is_text(self) -> bool:
        """There is text to read, not only what can be searched or queried."""
        return self.searchable is None and (bool(self.documents) or self.tables is None)

    @property
    def is_kept(self) -> bool:
        """A store can keep it."""
        return self.searchable is None and self.tables is None

    def _whole(self, pieces: Sequence[Piece]) -> LargeText | None:
        """The large text that pieces are all of: it is read from the same file."""
        if len(pieces) != 1 or isinstance(pieces[0], str):
            return None
        document, start, end = pieces[0]
        text = self.texts[document]
        return text if isinstance(text, LargeText) and (start, end) == (0, len(text)) else None

    def ref(self) -> dict[str, Any]:
        """What state says of this context: its hash, and enough to name it in an error."""
        names = [document.name for document in self.documents[:NAMED]]
        return {"hash": self.hash, "documents": len(self.documents), "names": names}

    def sources(self) -> list[dict[str, Any]]:
        return [
            {"id": f"d{index}", "name": d.name, "size": len(d.text), "metadata": plain_metadata(d.metadata)}
            for index, d in enumerate(self.documents)
        ]


def _encoded(document: SourceText) -> Iterator[bytes]:
    if isinstance(document.text, LargeText):
        return document.text.windows()
    return (_encode(document, start) for start in range(0, len(document.text), SLICE))


def _encode(document: SourceText, start: int) -> bytes:
    try:
        return document.text[start : start + SLICE].encode()
    except UnicodeEncodeError as error:
        msg = (
            f"{document.name}: character {start + error.start:,} is a lone surrogate "
            f"({document.text[start + error.start :][:1]!r}), which cannot be encoded. "
            "Decode the source with errors='replace' before passing it."
        )
        raise InputError(msg) from None


def is_hash(text: str) -> bool:
    """Whether a text has the form of a context's hash, and no more."""
    return _HASH.fullmatch(text) is not None


def on_one_line(name: str) -> str:
    """The name of a document, so that it cannot pose as another line."""
    return name if name.isprintable() else json.dumps(name)


def shown_name(name: str) -> str:
    """The name of a document as models and errors are told it: on one line, and not long."""
    name = on_one_line(name)
    return name if len(name) <= NAME_SHOWN else f"{name[: NAME_SHOWN // 2]}...{name[-NAME_SHOWN // 2 :]}"


def plain_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as JSON data; other values become strings."""
    named = {str(key): value for key, value in metadata.items()}
    return dict(json.loads(encodable(json.dumps(named, default=str, skipkeys=True, ensure_ascii=False))))
