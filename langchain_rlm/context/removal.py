"""What a context store has, and how an old context leaves it: its list first, then the parts that no other list names.

A run marks a context before it looks for it, so a mark without a list is a context on its way into the store: as long
as there is one, no part is deleted. What stays behind goes with the next deletion.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_rlm.context import listing as listings
from langchain_rlm.context import parts
from langchain_rlm.context.listing import Listing, OtherFormatError, ref_of
from langchain_rlm.context.parts import DamagedError
from langchain_rlm.context.store import ContextStore
from langchain_rlm.context.uses import LIVING, USED, in_use, time_of, used_key


@dataclass(frozen=True)
class Kept:
    """One context of a store."""

    ref: str
    used: float
    """When a run began to use it last, in seconds since 1970; 0 where that is not known."""
    is_used: bool
    """A living run uses it."""
    listing: Listing | None
    """None where it is damaged, or another version of this package stored it."""


async def contexts_of(store: ContextStore) -> list[Kept]:
    """The contexts of a store, the one used last first."""
    busy, found = await in_use(store.blobs), list[Kept]()
    for key in await store.blobs.alist(listings.PREFIX):
        ref, listing = ref_of(key), None
        try:
            listing = await store.listing(ref)
            if listing is None:  # it has just been deleted
                continue
        except (DamagedError, OtherFormatError):
            pass
        found.append(Kept(ref, await time_of(store.blobs, used_key(ref)), ref in busy, listing))
    return sorted(found, key=lambda kept: kept.used, reverse=True)


async def delete(store: ContextStore, refs: Sequence[str]) -> list[str]:
    """Delete contexts, and return those that are left because living runs use them."""
    busy, left = await in_use(store.blobs), list[str]()
    for ref in refs:
        if ref in busy or not await _delete(store, ref):
            left.append(ref)
    await sweep(store)
    return left


async def _delete(store: ContextStore, ref: str) -> bool:
    key = listings.key_of(ref)
    data = await store.blobs.aget(key)
    await store.blobs.adelete(key)
    if data is not None and ref in await in_use(store.blobs):  # a run has begun meanwhile
        await store.blobs.aput(key, data)
        return False
    return True


async def sweep(store: ContextStore) -> None:
    """Delete the parts that no context lists, and marks of contexts that are not there, unless one is on its way in."""
    seen = await _told(store)
    kept, busy = await contexts_of(store), await in_use(store.blobs)
    refs = {each.ref for each in kept}
    if not busy.keys() <= refs or any(each.listing is None for each in kept):
        return  # nobody knows which parts those need
    needed = {part.key for each in kept if each.listing for part in each.listing.parts}
    needed |= {used_key(ref) for ref in refs} | {mark for marks in busy.values() for mark in marks}
    for kind in (parts.PREFIX, LIVING, USED):
        for key in await store.blobs.alist(kind):
            if key in needed:
                continue
            if kind == parts.PREFIX and not await _told(store) <= seen:
                return  # a context has come in meanwhile, and may have found this part there
            await store.blobs.adelete(key)


async def _told(store: ContextStore) -> set[str]:
    """The lists and marks that there are."""
    return {*await store.blobs.alist(listings.PREFIX), *await store.blobs.alist(LIVING)}
