"""Opens real REPLs for tests: a worker process each, small limits, a fixed seed and clock."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pydantic_monty as monty

from langchain_rlm.context.chunking import Chunks
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.formats import profile
from langchain_rlm.context.text import Text
from langchain_rlm.repl.cpython.session import CPythonSandbox
from langchain_rlm.repl.cpython.workers import CPythonSandboxes
from langchain_rlm.repl.monty.session import BLOCKS, WIDE, MontySandbox
from langchain_rlm.repl.protocol import Asked, Ended, Outcome, ReplContext, ReplLimits, Sandbox

TEXT = "alpha beta gamma\n" * 20
SMALL_BLOCKS = (3, 4, 2)
STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LEFT = {"turns": 7, "sub_queries": 5}


def host_of(texts: Sequence[Text]) -> Callable[..., Any]:
    """Answers as the host of a run over these texts does."""
    documents = tuple(SourceText(f"t{number}", text) for number, text in enumerate(texts))
    cutting = Chunks(Corpus(documents), [profile(text) for text in texts])
    return lambda name, *args: cutting.answer(*args) if name == "chunks" else dict(LEFT)


@contextmanager
def a_session(
    pool: monty.Monty | CPythonSandboxes,
    *texts: Text,
    single: bool = True,
    host: Callable[..., Any] | None = None,
    tools: frozenset[str] = frozenset(),
    wide: int = WIDE,
    **limits: Any,
) -> Iterator[Any]:
    """A REPL over the texts, closed at the end. Its host cuts them. With another `wide`, blocks are small."""
    texts = texts or (TEXT,)
    host = host or host_of(texts)
    sources = [
        {"id": f"d{index}", "name": f"t{index}", "size": len(t), "metadata": {}} for index, t in enumerate(texts)
    ]
    context = ReplContext(texts, single, sources, 100)
    given: dict[str, Any] = {"seed": "seed", "started": STARTED, "host": host, "tools": tools}
    session: MontySandbox | CPythonSandbox
    if isinstance(pool, CPythonSandboxes):
        session = pool.new(context, ReplLimits(**limits), **given)
    else:
        blocks = BLOCKS if wide == WIDE else SMALL_BLOCKS
        session = MontySandbox(pool, context, ReplLimits(**limits), **given, wide=wide, blocks=blocks)
    session.open()
    try:
        yield session
    finally:
        session.close()


def ended(outcome: Outcome) -> Ended:
    """The outcome of a cell that must have ended well."""
    assert isinstance(outcome, Ended), outcome
    assert outcome.error is None, outcome.error
    return outcome


def output(session: Sandbox, code: str) -> str:
    """What a cell prints that must end well."""
    return ended(session.start(code)).output


def failed(outcome: Outcome) -> str:
    """The error of a cell that must have failed."""
    assert isinstance(outcome, Ended), outcome
    assert outcome.error is not None, outcome
    return outcome.error


def asked(outcome: Outcome) -> list[str]:
    """The prompts that a paused cell asks."""
    assert isinstance(outcome, Asked), outcome
    return [call.prompt for call in outcome.calls]


def answered(outcome: Outcome) -> list[tuple[str, str]]:
    """An answer for each prompt that a paused cell asks: the prompt in capitals."""
    return [("ok", prompt.upper()) for prompt in asked(outcome)]
