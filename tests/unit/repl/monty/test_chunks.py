"""`chunks` in the sandbox: it asks the host for the places and cuts its own copy of the text there."""

from collections.abc import Iterator
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.session import LONG
from tests.unit.repl.monty.sessions import a_session, failed, host_of, output

SENTENCE = "Ein schöner Satz über Bäume — und noch einer. "
TEXTS = {
    "paragraphs": ("# Titel\n\n" + (SENTENCE * 5 + "\n") * 4 + "\n") * 60,
    "one line": SENTENCE * 900,
    "no spaces": "漢字𝄞" * 12000,
    "ascii": "Plain words of a text.\r\n" * 2500,
    "odd spaces": "a\x1fb\u2003c\xa0d\x85e\u3000" * 3000,
    "short": "kurz",
    "empty": "",
    "in blocks": (SENTENCE * 5 + "\n") * (LONG // 200),
}
MADE = """
import asyncio, re
from concurrent.futures import ThreadPoolExecutor

whole = chunks(context, 30)
def cut(text):
    return chunks(text, 30)
async def wait(text):
    return chunks(text, 30)
class Cutter:
    def __init__(self, text):
        self.pieces = chunks(text, 30)
with ThreadPoolExecutor() as pool:
    threads = list(pool.map(cut, [context, context]))
same = [
    [piece for piece in chunks(context, 30)],
    *threads,
    *map(cut, [context]),
    *[*map(chunks, [context], [30])],
    asyncio.run(wait(context)),
    await wait(context),
    asyncio.run(asyncio.wait_for(wait(context), 5)),
    next(p for p in map(lambda text: chunks(text, 30), [context])),
    min([cut(context)], key=lambda parts: len(chunks(parts[0], 5))),
    Cutter(context).pieces,
    sorted([context], key=lambda text: len(chunks(text, 30))) and chunks(size=30),
    chunks(context[:], size=30),
    chunks([context + ""], 30),
    (lambda: chunks(text=context, size=30))(),
]
print([pieces == whole for pieces in same].count(True), len(same))
print(max([context], key=lambda text: len(chunks(text, 30))) == context)
print(re.sub("alpha", lambda m: str(len(cut(context))), context)[:2])
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(min_processes=1, max_processes=3) as pool:
        yield pool


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("size", "overlap"), [(1000, 0), (700, 150)])
def test_the_pieces_are_those_of_the_host(pool: monty.Monty, name: str, size: int, overlap: int) -> None:
    text = TEXTS[name]
    places = host_of([text])("chunks", 0, size, overlap)
    with a_session(pool, text) as session:
        output(
            session, f"parts = chunks(size={size}, overlap={overlap})\nmade = chunks(context[:-1], {size}, {overlap})"
        )
        assert session.variable("parts") == ([text[start:end] for ((_, start, end),) in places],)
        assert overlap or output(session, "print(''.join(made) == context[:-1])") == "True\n"


def test_a_document_of_the_context_does_not_travel_and_what_code_made_does(pool: monty.Monty) -> None:
    texts = ["alpha beta " * 30, "gamma delta " * 30]
    asked: list[Any] = []

    def host(*args: Any) -> Any:
        asked.append(args[1:])
        return host_of(texts)(*args)

    with a_session(pool, *texts, single=False, host=host) as session:
        output(session, "copy = list(context)\nchunks(copy[1])\nchunks(context[0][:200], 50, 10)\nchunks('short')")
        output(session, "context.pop()\ncopy.append('x' * 120)\nchunks(copy[1:])")
    assert asked == [(1, 100, 0), (texts[0][:200], 50, 10), ([1, "x" * 120], 100, 0)]


def test_it_may_be_called_wherever_a_function_may(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        assert output(session, MADE) == "15 15\nTrue\n20\n"


def test_too_many_pieces_are_refused_in_the_cell(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        error = failed(session.start("try:\n    chunks('x' * 1_000_001, 1)\nexcept ValueError:\n    raise"))
    assert "ValueError: chunks: pieces of 1 characters would be more than 1,000,000" in error


def test_a_cell_is_stopped_when_the_host_works_too_long_for_it(pool: monty.Monty) -> None:
    with a_session(pool, cell_seconds=0.2) as session:
        outcome = session.start("text = 'a word ' * 9_000\nwhile True:\n    chunks(text, 50)")
    assert "Functions of the REPL worked for the cell for more than 0.2 seconds" in failed(outcome)
