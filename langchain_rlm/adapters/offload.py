"""Where texts that are too long for a conversation are kept.

A text is known by the SHA-256 of its content. State holds that hash and a short handle; the text is in a store.
"""

import hashlib
import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypedDict

from langchain_core.documents import Document
from langchain_core.tools import ToolException

from langchain_rlm.context.blobs import Memory

KEY = "rlm_documents"
"""The key of the agent's state."""
HANDLE_DIGITS = 12
SHOWN = 20
"""Documents named in an error."""

_log = logging.getLogger(__name__)


class KeptDocument(TypedDict):
    """One entry of the agent's state: a document that is kept outside the conversation."""

    name: str
    """Where it came from, such as `result of fetch`."""
    characters: int
    hash: str
    """SHA-256 of its UTF-8 bytes, in hexadecimal."""


class LongText:
    """A text that is taken out of a message."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.data = text.encode(errors="replace")  # no store takes a lone surrogate
        self.text = self.data.decode()

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def handle(self) -> str:
        return f"doc-{self.hash[:HANDLE_DIGITS]}"

    def entry(self) -> KeptDocument:
        return {"name": self.name, "characters": len(self.text), "hash": self.hash}


def entries(kept: list[LongText]) -> dict[str, KeptDocument]:
    """The state's form of what was taken out, by handle."""
    return {text.handle: text.entry() for text in kept}


def intact(entry: KeptDocument, data: bytes | None) -> str | None:
    """The text if it is unchanged, else None."""
    return data.decode() if data is not None and hashlib.sha256(data).hexdigest() == entry["hash"] else None


def pick(known: Mapping[str, KeptDocument], handles: list[str] | None) -> dict[str, KeptDocument]:
    """The known documents that are asked about; all of them when no handle is given. Else the agent's model is told."""
    unknown = [handle for handle in handles or () if handle not in known]
    if known and not unknown:
        return {handle: known[handle] for handle in handles or known}
    shown = [_named(known, handle) for handle in known]
    has = f"Its documents: {', '.join(shown[-SHOWN:])}." if shown else (
        "It has no documents kept outside. (An agent without a checkpointer forgets them after each call.)"
    )  # fmt: skip
    msg = f"There is no document {', '.join(unknown) or 'to ask about'} in this conversation. {has}"
    raise ToolException(msg)


def context_of(named: Mapping[str, KeptDocument], texts: Mapping[str, str | None], store: Any) -> Any:
    """The context of a run over these texts. When one is lost, the agent's model is told."""
    lost = [handle for handle, text in texts.items() if text is None]
    if lost:
        what = ", ".join(_named(named, handle) for handle in lost)
        where = "the memory of this process" if isinstance(store, Memory) else str(store)
        msg = (
            f"The text of {what} is lost: it is not in {where} any more. Get it again with the tool that gave it, or "
            "ask about other documents by name. To keep documents over a restart, the host passes "
            "RLMMiddleware(store=Path(...)) or a LangGraph store."
        )
        _log.warning(msg)
        raise ToolException(msg)
    about = {handle: {"source": handle, "origin": named[handle]["name"]} for handle in texts}
    documents = [Document(text or "", metadata=about[handle]) for handle, text in texts.items()]
    return documents[0] if len(documents) == 1 else documents


def _named(known: Mapping[str, KeptDocument], handle: str) -> str:
    return f"{handle} ({known[handle]['name']}, {known[handle]['characters']:,} characters)"
