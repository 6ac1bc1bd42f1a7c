"""Keeps contexts by their hash, so that a run can go on in another process."""

import contextlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from langchain_rlm.context.blobs import BlobStore, Directory
from langchain_rlm.context.corpus import Corpus, SourceText, is_hash, plain_metadata
from langchain_rlm.context.large_files import Writing
from langchain_rlm.context.listing import Listing, OtherFormatError, key_of
from langchain_rlm.context.parts import DamagedError, Part, Slice, cut, in_order, joined, pack, unpack
from langchain_rlm.context.remote import said
from langchain_rlm.context.text import Text
from langchain_rlm.errors import HostError, InputError, RLMError
from langchain_rlm.threads import on_thread


@dataclass(frozen=True)
class ContextStore:
    """Keeps the parts of each context by their hashes, and a list of them under the hash of the context."""

    blobs: BlobStore

    async def put(self, corpus: Corpus) -> None:
        """Keep a context; one that can only be searched, or has tables, cannot be kept."""
        if not corpus.is_kept:
            return
        known = await self._known(corpus.hash)
        if known is None or known.is_damaged:
            with self._failures("written"):
                await self._put(corpus, known)

    async def _put(self, corpus: Corpus, known: Listing | None) -> None:
        send = partial(self._send, corpus.texts, anew=known is not None)
        async with aclosing(in_order(partial(send, slices) for slices in cut(corpus.texts))) as sent:
            parts = [part async for part in sent]
        documents = [(document.name, plain_metadata(document.metadata)) for document in corpus.documents]
        large = [number for number, text in enumerate(corpus.texts) if not isinstance(text, str)]
        listing = Listing(corpus.hash, corpus.single, documents, parts, corpus.characters, large=large)
        await self.blobs.aput(key_of(corpus.hash), listing.dump())  # last: all that it lists is stored

    async def _send(self, texts: Sequence[Text], slices: Sequence[Slice], *, anew: bool) -> Part:
        part, packed = await on_thread(partial(pack, texts, slices))
        if anew:
            await self.blobs.adelete(part.key)  # a store that has it does not take it again
        await self.blobs.aput(part.key, packed)
        return part

    async def _known(self, ref: str) -> Listing | None:
        with contextlib.suppress(DamagedError, OtherFormatError):  # then it is stored anew
            return await self.listing(ref)
        return None

    async def listing(self, ref: str) -> Listing | None:
        """What the store has of a context; None where it is not there.

        Raises:
            DamagedError: What is there cannot be read.
            OtherFormatError: Another version of this package stored it.
        """
        with self._failures("read"):
            data = await self.blobs.aget(key_of(ref))
            return None if data is None else Listing.load(data, ref)

    async def get(self, ref: str) -> Corpus | None:
        """The context of that hash, or None. A damaged one is an `InputError`."""
        if not is_hash(ref):
            return None
        listing = None
        try:
            listing = await self.listing(ref)
            return None if listing is None else await self._read_all(listing)
        except DamagedError as error:
            if listing is not None:
                with contextlib.suppress(Exception):  # a store that cannot be written
                    await self.blobs.aput(key_of(ref), replace(listing, is_damaged=True).dump())
            raise self._damaged(ref, str(error)) from None

    async def _read_all(self, listing: Listing) -> Corpus:
        with contextlib.ExitStack() as files:
            large = {number: files.enter_context(Writing(listing.documents[number][0])) for number in listing.large}
            texts = [large.get(number) or deque[str]() for number in range(len(listing.documents))]
            async with aclosing(in_order(partial(self._read, part) for part in listing.parts)) as read:
                async for part, pieces in read:
                    for (number, _), piece in zip(part.pieces, pieces, strict=True):
                        texts[number].append(piece)
            return await on_thread(partial(_corpus, listing, texts))

    async def _read(self, part: Part) -> tuple[Part, list[str]]:
        """Read a part. A store may have given half of it in passing: it is read once more before it is damaged."""
        for _ in range(2):
            with self._failures("read"):
                packed = await self.blobs.aget(part.key)
            with contextlib.suppress(DamagedError):
                return part, await on_thread(partial(unpack, part, packed or b""))
        raise DamagedError(part.key)

    @contextlib.contextmanager
    def _failures(self, what: str) -> Iterator[None]:
        """Name the store that fails; those that are an address or a directory do so themselves."""
        try:
            yield
        except (RLMError, DamagedError):
            raise
        except Exception as error:
            named = type(getattr(self.blobs, "store", self.blobs)).__name__
            msg = (
                f"The context store ({named}) cannot be {what} ({said(error)}). The run goes on with invoke(None, "
                "config), or begins again, when it can be reached and has room."
            )
            raise HostError(msg) from error

    def _damaged(self, ref: str, key: str) -> InputError:
        where = str(self.blobs.file(key)) if isinstance(self.blobs, Directory) else key
        return InputError(
            f"The context {ref} in the context store is damaged ({where}): it is not what was stored. Pass the context "
            "again: it is then stored anew."
        )


def _corpus(listing: Listing, texts: Sequence["deque[str] | Writing"]) -> Corpus:
    named = zip(listing.documents, texts, strict=True)
    corpus = Corpus(
        tuple(
            SourceText(name, text.text() if isinstance(text, Writing) else joined(text), about)
            for (name, about), text in named
        ),
        listing.single,
    )
    if corpus.hash != listing.ref:
        raise DamagedError(key_of(listing.ref))
    return corpus
