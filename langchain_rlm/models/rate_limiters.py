"""The rate limiter that a user gives to a model (`rate_limiter=...`), which LangChain asks inside each call.

All runs of the process share it, and all processes where it keeps its count elsewhere. While a call waits for it, the
call is not sent: the wait is no stall of the provider's, and costs nothing.
"""

import re
from dataclasses import dataclass

from langchain_core.rate_limiters import BaseRateLimiter

from langchain_rlm.models.failures import Failure, ModelCallError
from langchain_rlm.models.stalls import unsent

_LOGIN = re.compile(r"//[^/@\s]*@")
"""User and password in the address of a database."""


@dataclass(frozen=True)
class Turnstile(BaseRateLimiter):
    """Waits at the user's limiter; one that fails, such as one whose database is away, is asked again."""

    limiter: BaseRateLimiter

    def acquire(self, *, blocking: bool = True) -> bool:
        return self.limiter.acquire(blocking=blocking)

    async def aacquire(self, *, blocking: bool = True) -> bool:
        with unsent():
            try:
                return await self.limiter.aacquire(blocking=blocking)
            except Exception as error:  # noqa: BLE001  # whatever its author's database raises
                failed = error
        said = _LOGIN.sub("//", f"{type(failed).__name__}: {failed}")
        raise ModelCallError(Failure("rate_limit", f"the model's rate limiter failed ({said:.300})"))
