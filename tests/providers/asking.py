"""Asks models as a run does, without a run around it."""

import asyncio
from typing import Any

from langchain_core.messages import HumanMessage

from langchain_rlm.budget import Budget, Ledger
from langchain_rlm.models.calls import Caller, Reply
from langchain_rlm.models.failures import Failure, ModelCallError
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.reservations import Reservations
from langchain_rlm.models.room import Room
from tests.providers.clients import model_of
from tests.server.client import ModelServer

TOGETHER = 48
"""Calls in flight at once."""


class Asking:
    """Calls to the models of a server: one client for each provider, one caller for each call."""

    def __init__(self, server: ModelServer, **settings: Any) -> None:
        self.server, self.settings = server, settings
        self.models: dict[str, Any] = {}

    async def all(self, asked: list[tuple[str, str]]) -> dict[tuple[str, str], Reply | Failure]:
        """What comes of each prompt, by provider and prompt."""
        gate = asyncio.Semaphore(TOGETHER)
        for provider, _ in asked:
            if provider not in self.models:
                self.models[provider] = model_of(self.server, provider, **self.settings)
        replies = await asyncio.gather(*(self.one(gate, *each) for each in asked))
        return dict(zip(asked, replies, strict=True))

    async def failures(self, asked: list[tuple[str, str]]) -> dict[tuple[str, str], Failure]:
        """What `all` gives, when nothing is answered."""
        found = await self.all(asked)
        return {key: reply for key, reply in found.items() if isinstance(reply, Failure)}

    async def one(self, gate: asyncio.Semaphore, provider: str, prompt: str) -> Reply | Failure:
        caller = Caller(
            Room(Reservations(Ledger(Budget())), Pricing()), gate
        )  # its own: one provider's limit holds the others back
        try:
            model, whole = self.models[provider], prompt != "cut"
            return await caller.ask(model, [HumanMessage(prompt)], {}, name="asked", metadata={}, whole=whole)
        except ModelCallError as error:
            return error.failure
