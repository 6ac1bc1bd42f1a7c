"""The process in which the reference implementation runs: one question from standard input, its answer to the output.

Each model call is a line to the output, and its reply a line from the input.
"""

import json
import os
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from itertools import count
from typing import Any

import rlm.core.rlm as package
from rlm.clients.base_lm import BaseLM
from rlm.core.types import ModelUsageSummary, UsageSummary


class Line:
    """The line to the benchmark. Standard output is the code's."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._lock, self._ids = threading.Lock(), count()
        self._waiting: dict[int, Future[str]] = {}

    def say(self, what: Mapping[str, Any]) -> None:
        with self._lock:
            self._out.write(json.dumps(what) + "\n")
            self._out.flush()

    def ask(self, model: str, prompt: Any) -> str:
        number, reply = next(self._ids), Future[str]()
        self._waiting[number] = reply
        self.say({"id": number, "model": model, "prompt": prompt})
        return reply.result()

    def listen(self) -> None:
        for line in sys.stdin:
            said = json.loads(line)
            reply = self._waiting.pop(said["id"])
            if "error" in said:
                reply.set_exception(RuntimeError(said["error"]))
            else:
                reply.set_result(said["text"])


class Client(BaseLM):  # type: ignore[misc]  # an extra, which need not be there
    """A chat model of the benchmark, as the package wants it."""

    line: Line

    def completion(self, prompt: Any) -> str:
        return self.line.ask(self.model_name, prompt)

    async def acompletion(self, prompt: Any) -> str:
        import asyncio

        return await asyncio.to_thread(self.completion, prompt)

    def get_usage_summary(self) -> Any:
        return UsageSummary(model_usage_summaries={})

    def get_last_usage(self) -> Any:
        return ModelUsageSummary(0, 0, 0)


def main() -> None:
    """Answer one question."""
    given = json.loads(sys.stdin.readline())
    line = Client.line = Line()
    threading.Thread(target=line.listen, daemon=True).start()
    package.get_client = lambda _, settings: Client(settings["model_name"])
    made = package.RLM(
        backend="openai", backend_kwargs={"model_name": "root"},
        other_backends=["openai"], other_backend_kwargs=[{"model_name": "sub"}],
        max_timeout=given["seconds"], max_concurrent_subcalls=given["concurrency"],
    )  # fmt: skip
    try:
        answer = made.completion(given["context"], root_prompt=given["question"])
    except Exception as error:  # noqa: BLE001  # the benchmark records it
        line.say({"error": f"{type(error).__name__}: {error}"})
    else:
        line.say({"answer": str(answer.response)})


if __name__ == "__main__":
    main()
