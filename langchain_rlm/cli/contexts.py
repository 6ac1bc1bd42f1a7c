"""`langchain-rlm contexts`: what a context store has, what is put there, and what is deleted."""

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from langchain_rlm.cli.exits import WRONG_INPUT
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.cli.terminal import one_line, say
from langchain_rlm.context.blobs import Directory, GraphStore, open_store
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.context.remote import said, shown
from langchain_rlm.context.removal import Kept, contexts_of, delete
from langchain_rlm.context.store import ContextStore
from langchain_rlm.context.uses import Uses
from langchain_rlm.errors import InputError, MissingExtraError, RLMError
from langchain_rlm.runtime.registry import NAMESPACE

UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
POSTGRES = ("postgresql://", "postgres://")
_AGE = re.compile(r"(\d+(?:\.\d+)?)([mhdw])")
NAMED = 3

Work = Callable[[ContextStore], Coroutine[Any, Any, None]]


def run(address: str, work: Work, *, may_begin: bool = False) -> int:
    """Do something with the store at an address, which it may begin, and return the exit code."""
    in_store = partial(_in_store, may_begin=may_begin)
    try:
        asyncio.run((_in_database if address.startswith(POSTGRES) else in_store)(address, work))
    except RLMError as error:
        say(f"error: {error}", error=True)
        return WRONG_INPUT
    return 0


async def _in_store(address: str, work: Work, *, may_begin: bool) -> None:
    blobs = open_store(address or None, setting="--store")
    if blobs is None:
        msg = "Name the store: --store ADDRESS, or LANGCHAIN_RLM_CONTEXTS."
        raise InputError(msg)
    if isinstance(blobs, Directory) and not may_begin and not blobs.path.exists():
        msg = f"--store={address!r}: this directory does not exist."
        raise InputError(msg)
    await work(ContextStore(blobs))


async def _in_database(address: str, work: Work) -> None:
    """The store of a server, in its database."""
    try:
        from langgraph.store.postgres.aio import AsyncPostgresStore  # of the extra `postgres`
        from psycopg import Error
    except ImportError as error:
        msg = f"--store {shown(address)!r} needs an extra: pip install 'langchain-rlm[postgres]'."
        raise MissingExtraError(msg) from error
    try:
        async with AsyncPostgresStore.from_conn_string(address) as store:
            await work(ContextStore(GraphStore(store, NAMESPACE)))
    except Error as error:
        msg = f"--store {shown(address)!r}: the database failed ({said(error)})."
        raise InputError(msg) from error


async def list_all(store: ContextStore) -> None:
    """Print a line for each context."""
    for kept in await contexts_of(store):
        say(_line(kept))


async def put(store: ContextStore, paths: Sequence[str]) -> None:
    """Put files into the store as one context, and print the hash by which runs are given it."""
    corpus = load_corpus(Reading(partial(read_sources, tuple(paths))))
    use = Uses(uuid.uuid4().hex)
    try:
        await use.begin(store.blobs, corpus.hash)
        await store.put(corpus)
    finally:
        await use.end()
    say(corpus.hash)


async def delete_some(store: ContextStore, given: Sequence[str]) -> None:
    """Delete contexts by their hashes, or by how these begin."""
    refs = [_one(await contexts_of(store), each) for each in given]
    if left := await delete(store, refs):
        raise _in_use(left)
    say(f"Deleted: {len(set(refs)):,}.")


async def prune(store: ContextStore, age: str) -> None:
    """Delete the contexts that no run has begun to use for so long."""
    oldest = time.time() - seconds_of(age)
    old = [kept.ref for kept in await contexts_of(store) if kept.used < oldest]
    left = await delete(store, old)
    say(f"Deleted: {len(old) - len(left):,}. In use by a run that lives: {len(left):,}.")


def seconds_of(age: str) -> float:
    """Read `30d`."""
    found = _AGE.fullmatch(age.strip())
    if found is None:
        msg = f"--older-than {age!r:.40}: use a number with m, h, d or w, as in 30d."
        raise InputError(msg)
    return float(found[1]) * UNITS[found[2]]


def _one(kept: Sequence[Kept], given: str) -> str:
    begins = "sha256:" + given.removeprefix("sha256:")
    found = [each.ref for each in kept if each.ref.startswith(begins)]
    if len(found) != 1:
        msg = f"{given!r:.80}: the hashes of {len(found):,} contexts in the store begin so. See `contexts list`."
        raise InputError(msg)
    return found[0]


def _in_use(refs: Sequence[str]) -> InputError:
    return InputError(
        f"Not deleted, for a run that lives uses it: {', '.join(refs)}. Wait for its end. (The mark of a run that was "
        "killed counts for ten minutes.)"
    )


def _line(kept: Kept) -> str:
    used = datetime.fromtimestamp(kept.used, UTC).strftime("%Y-%m-%d %H:%M") if kept.used else "never"
    state = "in use" if kept.is_used else f"used {used}"
    if kept.listing is None:
        return f"{kept.ref}  {state}  damaged, or stored by another version"
    names = [one_line(name) for name, _ in kept.listing.documents[:NAMED]]
    more = len(kept.listing.documents) - len(names)
    named = ", ".join(names) + (f" and {more:,} more" if more else "")
    return f"{kept.ref}  {state}  {kept.listing.characters:,} characters  {named}"
