"""Tools of the REPL, structured answers, and contexts that are searched or loaded: over real HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import tool
from langchain_core.vectorstores import InMemoryVectorStore
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from pydantic import BaseModel, Field

from langchain_rlm import RLM, Budget, InputError
from langchain_rlm.prompts import JSON_ALONE
from tests.server.client import ModelServer

QUESTION = "What is there?"


def cell(code: str) -> str:
    return f"Next.\n```repl\n{code}\n```"


def rlm_with(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": list(replies)}, "sub": {"kind": "echo"}})
    return RLM(server.chat_model("root"), server.chat_model("sub"), route="rlm", **settings)


class Order(BaseModel):
    """What an order is."""

    number: int = Field(gt=0)
    items: list[str]


@tool
def price_of(item: str, currency: str = "EUR") -> str:
    """The price of an item."""
    return f"{len(item)} {currency}"


async def weight_of(item: str) -> dict[str, Any]:
    """The weight of an item in grams."""
    return {"item": item, "grams": len(item) * 10}


def refuse(item: str) -> str:
    """Never works."""
    msg = f"no such item: {item}"
    raise LookupError(msg)


def test_tools_and_functions_are_called_from_code_like_functions(model_server: ModelServer) -> None:
    code = "a = [price_of(x, currency='USD') for x in ['pen', 'inkpot']]\nb = weight_of('pen')\nFINAL([a, b['grams']])"
    result = rlm_with(model_server, cell(code), tools=[price_of, weight_of]).invoke(
        {"question": QUESTION, "context": "text"}
    )
    assert result["value"] == [["3 USD", "6 USD"], 30]
    first = model_server.log()[0]["messages"][1]["content"]
    assert "`price_of(item, currency)`: The price of an item." in first
    assert "`weight_of(item: str)" in first


def test_a_tool_that_fails_raises_in_the_cell_and_says_why(model_server: ModelServer) -> None:
    code = "try:\n    refuse('x')\nexcept RuntimeError as error:\n    FINAL(str(error))"
    result = rlm_with(model_server, cell(code), tools=[refuse]).invoke({"question": QUESTION, "context": "text"})
    assert result["answer"] == "refuse: LookupError: no such item: x"


def test_tools_work_without_sub_calls_and_take_nothing_from_the_sub_queries(model_server: ModelServer) -> None:
    code = "FINAL(price_of('pen'))"
    result = rlm_with(model_server, cell(code), tools=[price_of], budget=Budget(depth=0)).invoke(
        {"question": QUESTION, "context": "text"}
    )
    assert result["answer"] == "3 EUR"


def test_tools_run_side_by_side_in_a_thread_pool(model_server: ModelServer) -> None:
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor() as pool:\n    FINAL(list(pool.map(price_of, ['a', 'bb', 'ccc'])))"
    )
    result = rlm_with(model_server, cell(code), tools=[price_of]).invoke({"question": QUESTION, "context": "text"})
    assert result["value"] == ["1 EUR", "2 EUR", "3 EUR"]
    asked = [entry for entry in result["journal"] if entry["kind"] == "asked"]
    assert [len(entry["calls"]) for entry in asked] == [3]


@pytest.mark.parametrize(
    ("tools", "words"),
    [([3], "neither"), ([lambda x: x], "no name"), ([price_of, price_of], "taken"), ([print], "taken")],
)
def test_what_cannot_be_a_tool_is_named(model_server: ModelServer, tools: list[Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rlm_with(model_server, "", tools=tools)


def test_an_answer_of_the_wrong_form_goes_back_with_what_is_wrong(model_server: ModelServer) -> None:
    rlm = rlm_with(
        model_server,
        cell("FINAL({'number': 0, 'items': 'pen'})"),
        cell("FINAL({'number': 7, 'items': ['pen']})"),
        response_format=Order,
    )
    result = rlm.invoke({"question": QUESTION, "context": "text"})
    assert result["structured_response"] == Order(number=7, items=["pen"])
    assert (result["value"], result["turns"]) == ({"number": 7, "items": ["pen"]}, 2)
    said = model_server.log()[1]["messages"][-1]["content"]
    assert "- number: Input should be greater than 0" in said
    assert "- items: Input should be a valid list" in said
    assert '"exclusiveMinimum": 0' in model_server.log()[0]["messages"][1]["content"]


def test_json_in_a_text_has_the_form_too(model_server: ModelServer) -> None:
    rlm = rlm_with(model_server, 'FINAL({"number": 1, "items": []})', response_format=Order)
    assert rlm.invoke({"question": QUESTION, "context": "text"})["structured_response"] == Order(number=1, items=[])


def test_a_form_that_is_never_met_ends_with_the_answer_there_is(model_server: ModelServer) -> None:
    rlm = rlm_with(model_server, cell("FINAL('seven pens')"), response_format=Order, budget=Budget(turns=3))
    result = rlm.invoke({"question": QUESTION, "context": "text"})
    assert (result["structured_response"], result["answer"]) == (None, "seven pens")
    assert (result["stop_reason"], result["turns"]) == ("budget:turns", 3)


def test_the_direct_route_is_corrected_too(model_server: ModelServer) -> None:
    replies = ["Seven.", '```json\n{"number": 7, "items": []}\n```']
    model_server.configure(models={"root": {"kind": "script", "replies": replies}})
    rlm = RLM(model_server.chat_model("root"), response_format=Order)
    result = rlm.invoke({"question": QUESTION, "context": "text"})
    assert (result["structured_response"], result["stop_reason"]) == (Order(number=7, items=[]), "direct")
    said = model_server.log()[1]["messages"][-1]["content"]
    assert said.endswith(f"\n{JSON_ALONE}")
    assert "FINAL" not in said


def test_the_direct_route_reads_the_json_in_words_and_behind_thinking(model_server: ModelServer) -> None:
    said = '<think>\nSeven?\n</think>\n\nHere it is:\n```json\n{"number": 7, "items": []}\n```\nHope this helps!'
    model_server.configure(models={"root": {"kind": "script", "replies": [said]}})
    rlm = RLM(model_server.chat_model("root"), response_format=Order)
    result = rlm.invoke({"question": QUESTION, "context": "text"})
    assert (result["structured_response"], result["stop_reason"]) == (Order(number=7, items=[]), "direct")
    assert model_server.stats()["requests"] == 1


def test_a_response_format_that_is_no_type_is_refused() -> None:
    with pytest.raises(InputError, match="response_format"):
        RLM("offline", response_format=object())


def test_a_vector_store_is_searched_and_what_was_found_counts_as_touched(model_server: ModelServer) -> None:
    store = InMemoryVectorStore(DeterministicFakeEmbedding(size=8))
    texts = [f"Note {number}: the kettle is number {number}." for number in range(30)]
    store.add_texts(texts, [{"source": f"note-{number}"} for number in range(30)])
    code = (
        "hits = search('kettle', k=3)\nwhole = fetch(hits[0]['id'])\n"
        "FINAL([len(hits), whole == hits[0]['text'], len(context)])"
    )
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": store})
    assert result["value"] == [3, True, 0]
    assert len(result["context"]) == 3
    assert all(document.metadata["source"].startswith("note-") for document in result["context"])
    system, task = [message["content"] for message in model_server.log()[0]["messages"]]
    assert "look for what you need with `search`" in task
    assert "`chunks(" in system
    assert "`cite(" not in system  # it can cite nothing here


class Fixed(BaseRetriever):
    """Finds the same two documents, or fails."""

    broken: bool = False

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:  # noqa: ARG002
        if self.broken:
            msg = "the index is away"
            raise ConnectionError(msg)
        return [Document(f"About {query}", metadata={"source": "a"}), Document("More", metadata={"source": "b"})]


def test_a_retriever_is_searched(model_server: ModelServer) -> None:
    code = "hits = search('tea')\nFINAL([hit['name'] + ': ' + fetch(hit['id']) for hit in hits])"
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": Fixed()})
    assert result["value"] == ["a: About tea", "b: More"]


def test_a_context_that_is_searched_must_be_passed_again_elsewhere(model_server: ModelServer, tmp_path: Path) -> None:
    settings: Any = {"checkpointer": InMemorySaver(), "context_store": tmp_path}
    thread: Any = {"configurable": {"thread_id": "1"}}
    replies = cell("FINAL(search('tea')[0]['name'])"), cell("FINAL(search('milk')[1]['name'])")
    rlm_with(model_server, *replies, **settings).invoke({"question": QUESTION, "context": Fixed()}, thread)
    elsewhere = rlm_with(model_server, *replies, **settings)
    with pytest.raises(InputError, match=r"searched \(Fixed\), so it cannot be kept.*Pass it again"):
        elsewhere.invoke({"question": "And?"}, thread)


def test_a_retriever_that_fails_is_an_exception_in_the_cell(model_server: ModelServer) -> None:
    replies = cell("x = 1\nsearch('tea')"), cell("FINAL(x)")
    result = rlm_with(model_server, *replies).invoke({"question": QUESTION, "context": Fixed(broken=True)})
    assert result["value"] == 1
    assert "search: ConnectionError: the index is away" in model_server.log()[1]["messages"][-1]["content"]


def test_wrong_arguments_of_search_and_fetch_are_named(model_server: ModelServer) -> None:
    code = (
        "said = []\nfor wrong in (lambda: search(''), lambda: search('a', k=0), lambda: fetch('nothing')):\n"
        "    try:\n        wrong()\n    except RuntimeError as error:\n        said.append(str(error))\nFINAL(said)"
    )
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": Fixed()})
    assert [next(word for word in ("query", "whole number", "no document") if word in said) for said in result["value"]]


def test_a_store_is_searched(model_server: ModelServer) -> None:
    store = InMemoryStore()
    store.put(("notes", "tea"), "one", {"text": "Green tea"})
    code = "hits = search('tea')\nFINAL([hits[0]['id'], 'Green tea' in fetch(hits[0]['id'])])"
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": store})
    assert result["value"] == ["notes/tea/one", True]


class Pages(BaseLoader):
    """Gives two pages, then perhaps fails."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken

    def lazy_load(self) -> Iterator[Document]:
        yield Document("First page", metadata={"source": "book", "page": 1})
        yield Document("Second page", metadata={"source": "book", "page": 2})
        if self.broken:
            msg = "the disk is away"
            raise OSError(msg)


def test_a_loader_is_read(model_server: ModelServer) -> None:
    code = "FINAL([context, [source['metadata']['page'] for source in sources]])"
    result = rlm_with(model_server, cell(code)).invoke({"question": QUESTION, "context": Pages()})
    assert result["value"] == [["First page", "Second page"], [1, 2]]


def test_a_loader_that_fails_half_way_is_named_with_how_far_it_came(model_server: ModelServer) -> None:
    with pytest.raises(InputError, match=r"Pages failed after 2 documents \(OSError: the disk is away\)"):
        rlm_with(model_server, "").invoke({"question": QUESTION, "context": Pages(broken=True)})


def search(query: str) -> str:
    """A tool with the name of what searches a context."""
    return query


def test_a_tool_with_the_name_of_the_search_is_refused(model_server: ModelServer) -> None:
    with pytest.raises(InputError, match="'search' has the name"):
        rlm_with(model_server, "", tools=[search]).invoke({"question": QUESTION, "context": Fixed()})


def test_a_recursive_run_searches_the_same_source(model_server: ModelServer) -> None:
    replies = cell("FINAL(rlm_query('What about tea?') if budget()['turns'] > 8 else search('tea')[0]['text'])")
    result = rlm_with(model_server, replies, budget=Budget(depth=2, turns=10)).invoke(
        {"question": QUESTION, "context": Fixed()}
    )
    assert result["answer"] == "About tea"
