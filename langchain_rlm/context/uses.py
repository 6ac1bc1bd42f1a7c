"""Which contexts of a store are in use: a mark for each run that lives, renewed while it does.

A mark says when its run last renewed it, by the clock of that run's machine. `LIVES` is long beside what clocks differ
by. A run that waits for a person lives in no process, and has no mark.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from langchain_rlm.context.blobs import BlobStore

RENEWED = 60.0
LIVES = 600.0
"""Seconds since its last mark after which a run is not taken for living any more."""
LIVING, USED, SUFFIX = "living-", "used-", ".json"


def used_key(ref: str) -> str:
    """Where the time of a context's last use is kept."""
    return f"{USED}{ref.removeprefix('sha256:')}{SUFFIX}"


async def time_of(blobs: BlobStore, key: str) -> float:
    """When a mark was written, in seconds since 1970; 0 where that is not known."""
    data = await blobs.aget(key)
    with contextlib.suppress(ValueError, KeyError, TypeError):
        return float(json.loads(data or b"")["at"])
    return 0.0


async def write_time(blobs: BlobStore, key: str) -> None:
    """Write a mark, with the time by this machine's clock."""
    await blobs.aput(key, json.dumps({"at": time.time()}).encode())


@dataclass
class Uses:
    """The contexts that one run uses, each with what renews its mark."""

    run: str
    renewing: dict[str, tuple[BlobStore, asyncio.Task[None]]] = field(default_factory=dict)
    """By the key of the mark."""

    async def begin(self, blobs: BlobStore, ref: str) -> None:
        """Mark a context as used from now on; before it is looked for, so that nobody deletes it meanwhile."""
        key = f"{LIVING}{ref.removeprefix('sha256:')}-{self.run}{SUFFIX}"
        if key not in self.renewing:
            with contextlib.suppress(Exception):  # a store that is full or only read: the run can go on
                await write_time(blobs, key)
                await write_time(blobs, used_key(ref))
            self.renewing[key] = blobs, asyncio.create_task(_renew(blobs, key))

    async def end(self) -> None:
        while self.renewing:
            key, (blobs, task) = self.renewing.popitem()
            task.cancel()
            await asyncio.wait([task])
            with contextlib.suppress(Exception):  # a store that is away: the mark grows old
                await blobs.adelete(key)


async def _renew(blobs: BlobStore, key: str) -> None:
    while True:
        await asyncio.sleep(RENEWED)
        with contextlib.suppress(Exception):  # a store that is away may come back
            await write_time(blobs, key)


async def in_use(blobs: BlobStore) -> Mapping[str, list[str]]:
    """The contexts that living runs use, by reference, with their marks."""
    found = dict[str, list[str]]()
    for key in await blobs.alist(LIVING):
        if time.time() - await time_of(blobs, key) < LIVES:
            found.setdefault(f"sha256:{key.removeprefix(LIVING).partition('-')[0]}", []).append(key)
    return found
