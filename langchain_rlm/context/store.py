"""Keeps contexts by their hash, so that a run can go on in another process."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from langchain_rlm.context.blobs import BlobStore, Directory
from langchain_rlm.context.corpus import Corpus, SourceText, plain_metadata
from langchain_rlm.errors import InputError


@dataclass(frozen=True)
class ContextStore:
    """Keeps each document under the hash of its text, and a list of them under the hash of the context."""

    blobs: BlobStore

    async def put(self, corpus: Corpus) -> None:
        """Keep a context; one that can only be searched cannot be kept."""
        if corpus.searchable is not None or await self._is_whole(corpus):
            return
        listed = []
        for document in corpus.documents:
            data = document.text.encode()
            key = hashlib.sha256(data).hexdigest()
            await self.blobs.aput(key, data)
            listed.append({"name": document.name, "metadata": plain_metadata(document.metadata), "text": key})
        manifest = {"version": 1, "single": corpus.single, "documents": listed}
        await self.blobs.aput(_key(corpus.hash), json.dumps(manifest).encode())  # last: all that it lists is stored

    async def _is_whole(self, corpus: Corpus) -> bool:
        """Whether the context is stored undamaged: a damaged one is stored again."""
        try:
            return await self.get(corpus.hash) is not None
        except InputError:
            return False

    async def get(self, ref: str) -> Corpus | None:
        """The context of that hash, or None. A damaged one is an `InputError`."""
        if not ref.startswith("sha256:"):
            return None
        data = await self.blobs.aget(_key(ref))
        if data is None:
            return None
        keys, documents = list[str](), list[SourceText]()
        try:
            manifest = json.loads(data)
            for listed in manifest["documents"]:
                keys.append(listed["text"])
                text = await self.blobs.aget(listed["text"])
                documents.append(SourceText(listed["name"], (text or b"").decode(), listed["metadata"]))
            corpus = Corpus(tuple(documents), bool(manifest["single"]))
        except (ValueError, KeyError, TypeError):
            corpus = None
        if corpus is None or corpus.hash != ref:
            damaged = _damaged(keys, documents) or _key(ref)
            where = f" ({self.blobs.file(damaged)})" if isinstance(self.blobs, Directory) else ""
            msg = (
                f"The context {ref} in the context store is damaged{where}: its texts have another hash. "
                "Pass the context again: it is then stored anew."
            )
            raise InputError(msg)
        return corpus


def _damaged(keys: Sequence[str], documents: Sequence[SourceText]) -> str | None:
    for key, document in zip_longest(keys, documents):
        if document is None or hashlib.sha256(document.text.encode()).hexdigest() != key:
            return key
    return None


def _key(ref: str) -> str:
    return "context-" + ref.removeprefix("sha256:")
