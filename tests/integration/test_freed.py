"""What a run had is free when it has ended, in a loop that lives on: a server has one for months."""

import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from langchain_core.documents import Document

from langchain_rlm import RLM, Budget, ModelError
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.runtime.run import Run
from langchain_rlm.runtime.tree import RunTree
from tests.server.client import ModelServer
from tests.unit.live import soon

LIVE = (Run, RunTree, Corpus, MontySandbox)
ONE = "```repl\nFINAL(llm_query('Say what this is.\\n' + context[0][:100]))\n```"
TEXT = "a word and another. " * 2_000
MODELS: dict[str, Any] = {
    "root": {"kind": "rules", "default": ONE},
    "sub": {"kind": "echo"},
    "no_code": {"kind": "rules", "default": "It is a kettle."},
}


class Texts(list[Document]):
    """Documents that can be referred to without being kept."""


async def all_of(items: AsyncIterator[Any]) -> None:
    async for _ in items:
        pass


async def failing(rlm: RLM, given: Any) -> None:
    with pytest.raises(ModelError):
        await rlm.ainvoke(given)


CALLS: dict[str, tuple[str, Callable[[RLM, Any], Awaitable[Any]]]] = {
    "ainvoke": ("root", lambda rlm, given: rlm.ainvoke(given)),
    "astream": ("root", lambda rlm, given: all_of(rlm.astream(given))),
    "graph.ainvoke": ("root", lambda rlm, given: rlm.graph.ainvoke(given)),
    "no code": ("no_code", lambda rlm, given: rlm.ainvoke(given)),
    "failing": ("unknown", failing),
}


@pytest.fixture
def no_collection() -> Iterator[None]:
    """What is free then is so at once: a large text waits for no collection of garbage."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def live() -> list[str]:
    return [type(one).__name__ for one in gc.get_objects() if isinstance(one, LIVE)]


async def freed(server: ModelServer, name: str, look: Callable[[], Any] = lambda: None) -> None:
    """A new connection has a timer for a quarter of a second; those of the package are due in a minute and more."""
    root, call = CALLS[name]
    rlm = RLM(server.chat_model(root), server.chat_model("sub"), route="rlm", budget=Budget(cost=None, seconds=600))
    texts = Texts([Document(TEXT)])
    known = weakref.ref(texts)
    await call(rlm, {"question": "What is it?", "context": texts})
    del texts
    await soon(lambda: (look(), known() is None)[1], 5)


@pytest.mark.parametrize("name", [name for name in CALLS if name != "failing"])
async def test_at_once(model_server: ModelServer, no_collection: None, name: str) -> None:  # noqa: ARG001  # it is what is tested
    model_server.configure(models=MODELS)
    before = live()
    await freed(model_server, name)
    assert live() == before


async def test_when_garbage_is_collected_with_the_error_that_ended_it(model_server: ModelServer) -> None:
    model_server.configure(models=MODELS)
    await freed(model_server, "failing", gc.collect)
    assert live() == []
