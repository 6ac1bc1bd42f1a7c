"""Contexts in stores of every kind: what comes back, what is damaged, what is deleted and what is not."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from langchain_core.stores import InMemoryByteStore
from langgraph.store.memory import InMemoryStore

from langchain_rlm.context import parts, uses
from langchain_rlm.context.blobs import Directory, GraphStore, open_store
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.listing import key_of
from langchain_rlm.context.removal import contexts_of, delete
from langchain_rlm.context.store import ContextStore
from langchain_rlm.context.uses import Uses
from langchain_rlm.errors import HostError, InputError


def corpus_of(*texts: str) -> Corpus:
    return Corpus(tuple(SourceText(f"name {at}\0", text, {"page": at}) for at, text in enumerate(texts)))


LONG = "é long text \0 " * 100
FIRST, SECOND = corpus_of("short", "", LONG), corpus_of(LONG, "another")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 400)
    monkeypatch.setattr(parts, "LONG", 100)


@pytest.fixture(params=["directory", "graph", "bytes", "address"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ContextStore:
    made: dict[str, Callable[[], Any]] = {
        "directory": lambda: tmp_path / "texts",
        "graph": InMemoryStore,
        "bytes": InMemoryByteStore,
        "address": lambda: f"memory:/{tmp_path}",
    }
    blobs = open_store(made[request.param]())
    assert blobs is not None
    return ContextStore(blobs)


async def parts_of(store: ContextStore) -> set[str]:
    return {*await store.blobs.alist(parts.PREFIX)}


async def all_of(store: ContextStore) -> list[str]:
    return [key for kind in (parts.PREFIX, "context-", uses.LIVING, uses.USED) for key in await store.blobs.alist(kind)]


async def test_a_context_comes_back_and_shares_its_parts(store: ContextStore) -> None:
    assert await store.get(FIRST.hash) is None
    for corpus in (FIRST, SECOND, FIRST):
        await store.put(corpus)
    alone = len(await parts_of(store))
    for corpus in (FIRST, SECOND):
        found = await store.get(corpus.hash)
        assert found == corpus
    listings = [await store.listing(corpus.hash) for corpus in (FIRST, SECOND)]
    assert alone < sum(len(listing.parts) for listing in listings if listing)
    assert {kept.ref for kept in await contexts_of(store)} == {FIRST.hash, SECOND.hash}


@pytest.mark.parametrize("wrong", ["half", "another", "gone", "huge"])
async def test_a_wrong_part_is_read_again_then_refused_until_the_context_is_put_again(
    store: ContextStore, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put(FIRST)
    key = min(await parts_of(store))
    packed = await store.blobs.aget(key)
    assert packed is not None
    huge = b"\x28\xb5\x2f\xfd\xe0" + b"\xff" * 6 + b"\x0f" * 30  # says that it has 280 TB
    damaged = {"half": packed[: len(packed) // 2], "another": zstandard.compress(b"x"), "gone": None, "huge": huge}[
        wrong
    ]
    get, gave = type(store.blobs).aget, [damaged]

    async def once(self: Any, asked: str) -> bytes | None:
        return gave.pop() if asked == key and gave else await get(self, asked)

    monkeypatch.setattr(type(store.blobs), "aget", once)
    assert await store.get(FIRST.hash) == FIRST
    gave += [damaged] * 2
    with pytest.raises(InputError, match=rf"is damaged \(.*{key}\).*Pass the context again"):
        await store.get(FIRST.hash)
    await store.blobs.adelete(key)
    await store.put(FIRST)
    assert await store.get(FIRST.hash) == FIRST


async def test_what_another_version_stored_is_told_apart_and_not_touched(store: ContextStore) -> None:
    await store.put(FIRST)
    await store.put(SECOND)
    newer = json.dumps({"format": 99, "anything": 1}).encode()
    await store.blobs.aput(key_of(FIRST.hash), newer)
    with pytest.raises(InputError, match=r"another version of langchain-rlm \(format 99; this one reads 2\)"):
        await store.get(FIRST.hash)
    before = await parts_of(store)
    assert await delete(store, [SECOND.hash]) == []
    assert await parts_of(store) == before, "nobody knows what the other version needs"
    await store.put(FIRST)
    assert await store.get(FIRST.hash) == FIRST


async def test_what_a_run_uses_and_what_others_share_is_not_deleted(store: ContextStore) -> None:
    use = Uses("run")
    for corpus in (FIRST, SECOND):
        await use.begin(store.blobs, corpus.hash)
        await store.put(corpus)
    assert await delete(store, [FIRST.hash]) == [FIRST.hash]
    await use.end()
    assert await delete(store, [FIRST.hash]) == []
    assert await store.get(FIRST.hash) is None
    assert await store.get(SECOND.hash) == SECOND
    assert await delete(store, [SECOND.hash]) == []
    assert await all_of(store) == []


async def test_no_part_is_deleted_while_a_context_is_on_its_way(store: ContextStore) -> None:
    await store.put(FIRST)
    sending = Uses("run")
    await sending.begin(store.blobs, SECOND.hash)  # and its shared parts are there already
    assert await delete(store, [FIRST.hash]) == []
    assert await parts_of(store)
    await store.put(SECOND)
    assert await store.get(SECOND.hash) == SECOND
    await sending.end()


async def test_a_part_that_another_context_takes_up_during_a_deletion_stays(
    store: ContextStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put(FIRST)
    lists = type(store.blobs).alist

    async def meanwhile(self: Any, begins: str) -> list[str]:
        if begins == parts.PREFIX:
            monkeypatch.undo()
            use = Uses("run")
            await use.begin(store.blobs, SECOND.hash)
            await store.put(SECOND)
            await use.end()
        return await lists(self, begins)

    monkeypatch.setattr(type(store.blobs), "alist", meanwhile)
    assert await delete(store, [FIRST.hash]) == []
    assert await store.get(SECOND.hash) == SECOND


async def test_a_run_that_was_killed_holds_a_context_for_a_while_only(
    store: ContextStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = Uses("run")
    await killed.begin(store.blobs, FIRST.hash)
    await store.put(FIRST)
    killed.renewing.popitem()[1][1].cancel()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 120)  # clocks apart, the other way
    assert await delete(store, [FIRST.hash]) == [FIRST.hash]
    monkeypatch.setattr(time, "time", lambda: now + uses.LIVES + 1)
    assert await delete(store, [FIRST.hash]) == []
    assert await all_of(store) == []


async def test_a_run_that_begins_while_its_context_is_deleted_keeps_it(
    store: ContextStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put(FIRST)
    use, forget = Uses("run"), type(store.blobs).adelete

    async def meanwhile(self: Any, key: str) -> None:
        if key == key_of(FIRST.hash):
            await use.begin(store.blobs, FIRST.hash)
        await forget(self, key)

    monkeypatch.setattr(type(store.blobs), "adelete", meanwhile)
    assert await delete(store, [FIRST.hash]) == [FIRST.hash]
    assert await store.get(FIRST.hash) == FIRST
    await use.end()


async def test_the_mark_of_a_run_is_renewed(store: ContextStore, monkeypatch: pytest.MonkeyPatch) -> None:
    renewed = asyncio.Event()
    write = uses.write_time

    async def told(*given: Any) -> None:
        await write(*given)
        renewed.set()

    monkeypatch.setattr(uses, "RENEWED", 0.0)
    use = Uses("run")
    await use.begin(store.blobs, FIRST.hash)
    monkeypatch.setattr(uses, "write_time", told)
    await renewed.wait()
    await use.end()
    assert await store.blobs.alist(uses.LIVING) == []


def test_parts_are_files_of_their_owner_and_say_what_they_are(tmp_path: Path) -> None:
    Directory(tmp_path / "texts").put("part-1.zst", b"1")
    (file,) = (tmp_path / "texts").iterdir()
    assert (file.name, file.stat().st_mode & 0o077) == ("part-1.zst", 0)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nope://bucket/x", "Protocol not known: nope"),
        ("s3://", "it names no bucket"),
        ("s3:///prefix", "it names no bucket"),
        ("sftp://user:secret@host/x", r"'sftp://host/x' needs the extra `cloud`.*paramiko"),
    ],
)
def test_an_address_that_nothing_reads_is_refused_with_a_remedy(address: str, says: str) -> None:
    with pytest.raises(InputError, match=rf"^context_store=.*{says}") as refused:
        open_store(address, setting="context_store")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("what", ["read", "written"])
async def test_a_store_that_fails_is_named_and_the_run_can_go_on(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        message = "could not extend file: No space left on device"
        raise OSError(message)

    store = ContextStore(GraphStore(InMemoryStore(), "rlm_contexts"))
    monkeypatch.setattr(InMemoryStore, "aget" if what == "read" else "aput", fail)
    use = Uses("run")
    await use.begin(store.blobs, FIRST.hash)
    await use.end()
    with pytest.raises(HostError, match=rf"context store \(InMemoryStore\) cannot be {what} .*No space left.*goes on"):
        await store.put(FIRST)
