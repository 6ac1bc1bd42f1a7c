"""The paper's reference implementation (the package `rlms`), with the same models.

It runs in a process of its own (`reference_child.py`), for its code changes what is the whole process's: the standard
output and the working directory. Its model calls come here, so that they are counted and repeated as those of all
methods. Its code runs with your rights, as its default is: use it with texts that you trust.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any

from langchain_rlm.errors import RLMError
from langchain_rlm.testing.quality.methods.common import Answer, Limits, Models, documents_of
from langchain_rlm.testing.quality.task import Task

CHILD = "langchain_rlm.testing.quality.methods.reference_child"
LONGEST_LINE = 2**30


class ReferenceError(RLMError):  # noqa: A001  # the built-in one of this name is about weak references
    """The reference implementation raised an error; the message begins with its type."""


async def ask(task: Task, models: Models, limits: Limits) -> Answer:
    """Let it answer."""
    texts = [document.page_content for document in documents_of(task)]
    given = {
        "question": task.question, "context": texts[0] if isinstance(task.context, str) else texts,
        "seconds": limits.seconds, "concurrency": limits.concurrency,
    }  # fmt: skip
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", CHILD, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
    )
    try:
        await _say(child, given)
        async with asyncio.TaskGroup() as calls:
            while line := await _heard(child):
                if "id" not in line:
                    break
                calls.create_task(_answer(child, line, models))
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if line is None or "answer" not in line:
        msg = line["error"] if line else "its process ended without an answer"
        raise ReferenceError(msg)
    return Answer(line["answer"])


async def _answer(child: Process, line: dict[str, Any], models: Models) -> None:
    model = models.root if line["model"] == "root" else models.sub
    try:
        message = await model.ainvoke(line["prompt"], models.config)
        said = {"text": str(message.text)}
    except Exception as error:  # noqa: BLE001  # it decides what a failed call means
        said = {"error": f"{type(error).__name__}: {error}"}
    with contextlib.suppress(ConnectionError):
        await _say(child, {"id": line["id"], **said})


async def _say(child: Process, what: Any) -> None:
    assert child.stdin is not None  # noqa: S101  # a pipe was asked for
    child.stdin.write(json.dumps(what).encode() + b"\n")
    await child.stdin.drain()


async def _heard(child: Process) -> dict[str, Any] | None:
    assert child.stdout is not None  # noqa: S101  # a pipe was asked for
    line = await child.stdout.readline()
    return json.loads(line) if line else None
