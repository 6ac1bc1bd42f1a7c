"""Where the leases of threads are kept: with the checkpoints.

A lease is a text that begins with the id of its owner.
"""

from typing import Any, Protocol, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple, empty_checkpoint

NAMESPACE = "rlm_lease"
"""Of checkpoints, in which leases are."""
OWNER = 32
"""Characters of the id of an owner."""
PLACE = "00000000-0000-6000-8000-000000000000"


def owner_of(lease: str) -> str:
    """Whose lease it is."""
    return lease[:OWNER]


class Keeper(Protocol):
    """Keeps one lease for each thread."""

    async def read(self, thread: str) -> str | None:
        """The lease of a thread, as it is kept."""

    async def swap(self, thread: str, old: str | None, new: str | None) -> bool:
        """Put a lease in place of another, if it is that one; None stands for none."""


class Held(Protocol):
    """The lease of a thread that a run has."""

    owner: str
    is_lost: bool
    """Another has it, as far as is known."""

    @property
    def is_sure(self) -> bool:
        """Nobody can have taken it since it was renewed."""

    async def renew(self) -> None:
        """Say that the run lives, or raise `ThreadBusyError` if another has it by now."""


class ClaimKeeper:
    """Keeps leases by what every checkpointer has.

    Of writes to one place of a checkpoint, checkpointers keep the first. So each new owner is a write to the next
    place, and what it says later is in the metadata.
    """

    def __init__(self, ask: Any) -> None:
        self._ask = ask
        """Makes a call of the checkpointer, by its method's name."""

    async def read(self, thread: str) -> str | None:
        return (await self._found(thread))[0]

    async def swap(self, thread: str, old: str | None, new: str | None) -> bool:
        kept, claims = await self._found(thread)
        if kept != old:
            return False
        if old is not None and (new is None or owner_of(new) == owner_of(old)):
            await self._say(thread, new or owner_of(old))
        elif new is not None:
            if not claims:
                await self._say(thread, "")
            await self._ask("put_writes", _place(thread), [(NAMESPACE, new)], f"{claims:09}")
        kept = await self.read(thread)
        return kept is None if new is None else kept is not None and owner_of(kept) == owner_of(new)

    async def _found(self, thread: str) -> tuple[str | None, int]:
        """The lease, and how often it was claimed."""
        found = cast("CheckpointTuple | None", await self._ask("get_tuple", _place(thread)))
        claims = {task: str(value) for task, _, value in (found.pending_writes or ())} if found else {}
        if not found or not claims:
            return None, 0
        claimed, said = claims[max(claims)], str(cast("Any", found.metadata).get(NAMESPACE, ""))
        kept = said if owner_of(said) == owner_of(claimed) else claimed
        return None if kept == owner_of(claimed) else kept, len(claims)

    async def _say(self, thread: str, said: str) -> None:
        config = {"configurable": {"thread_id": thread, "checkpoint_ns": NAMESPACE}}
        metadata = {"source": "update", "step": -1, "parents": {}, NAMESPACE: said}
        await self._ask("put", config, {**empty_checkpoint(), "id": PLACE}, metadata, {})


def _place(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": NAMESPACE, "checkpoint_id": PLACE}}
