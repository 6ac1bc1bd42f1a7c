"""A corpus is known by a hash over names, order and texts, and shows code plain data."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context.corpus import SLICE, Corpus, SourceText
from langchain_rlm.errors import InputError

"""How fast a loaded machine is proves nothing."""

NAMED = st.tuples(st.sampled_from("ab"), st.text(st.sampled_from('xyé[",1]'), max_size=4))


def corpus(*named: tuple[str, str], single: bool = False) -> Corpus:
    return Corpus(tuple(SourceText(name, text) for name, text in named), single)


def test_the_hash_is_the_same_in_every_process() -> None:
    assert corpus(("a", "text"), ("b", "Grüße")).hash == (
        "sha256:29b3576ceffc4b95f9bb8949316b5128a5c34ca262ef4f1840314edaf87a9735"
    )


@given(st.lists(NAMED, max_size=3), st.lists(NAMED, max_size=3), st.booleans(), st.booleans())
def test_two_corpora_have_one_hash_only_when_names_texts_order_and_form_are_the_same(
    first: list[tuple[str, str]], second: list[tuple[str, str]], single: Any, other: Any
) -> None:
    same = (first, single) == (second, other)
    assert (corpus(*first, single=single).hash == corpus(*second, single=other).hash) == same


def test_the_hash_differs_by_name_text_order_and_form() -> None:
    hashes = {
        corpus(("a", "1"), ("b", "2")).hash,
        corpus(("b", "2"), ("a", "1")).hash,
        corpus(("A", "1"), ("b", "2")).hash,
        corpus(("a", "1 "), ("b", "2")).hash,
        corpus(("a", "12"), ("b", "")).hash,
        corpus(("a", "1")).hash,
        corpus(("a", "1"), single=True).hash,
    }
    assert len(hashes) == 7


def test_a_change_anywhere_in_a_long_text_changes_the_hash() -> None:
    text = "ä" * (SLICE + 10)
    changed = {corpus(("a", text[:at] + "x" + text[at + 1 :])).hash for at in (0, SLICE - 1, SLICE, SLICE + 9)}
    assert len({*changed, corpus(("a", text)).hash}) == 5


@pytest.mark.parametrize("offset", [0, 3, SLICE - 1, SLICE, SLICE + 2])
def test_a_lone_surrogate_is_an_input_error_that_names_document_and_place(offset: int) -> None:
    text = "x" * offset + "\ud800" + "x" * 5
    with pytest.raises(InputError) as caught:
        _ = corpus(("fine", "x"), ("the second", text)).hash
    assert str(caught.value).startswith(f"the second: character {offset:,} is a lone surrogate")
    str(caught.value).encode()


def test_characters_counts_all_documents() -> None:
    assert corpus(("a", "12"), ("b", "345é")).characters == 6


def test_sources_give_id_name_size_and_metadata() -> None:
    made = Corpus((SourceText("a", "12", {"page": 3}), SourceText("b", "")))
    assert made.sources() == [
        {"id": "d0", "name": "a", "size": 2, "metadata": {"page": 3}},
        {"id": "d1", "name": "b", "size": 0, "metadata": {}},
    ]


@pytest.mark.parametrize(
    "metadata",
    [
        {"when": date(2026, 1, 2), "where": Path("/x")},
        {"set": {1}, "bytes": b"x", "complex": 1j, "object": object()},
        {"nested": {"list": [date(2026, 1, 2)], "tuple": (1, 2)}},
        {1: "int key", None: "no key", 2.5: "float key"},
        {("tuple", 1): "key", "nested": {frozenset({1}): 2}},
    ],
)
def test_metadata_that_is_no_json_becomes_text(metadata: dict[Any, Any]) -> None:
    (source,) = Corpus((SourceText("a", "x", metadata),)).sources()
    assert json.loads(json.dumps(source)) == source
    assert len(source["metadata"]) == len(metadata)


def test_a_recursive_run_gets_documents_made_of_pieces_over_this_context() -> None:
    above = corpus(("a", "0123456789"), ("b", "abcdef"))
    below = above.cut([["<", (0, 2, 5), ">"], [[1, 0, 3]]], single=False, names=["x", "y"])
    assert below == corpus(("x", "<234>"), ("y", "abc"))
    assert above.cut([[(1, 0, 6)]], single=True, names=["z"]) == corpus(("z", "abcdef"), single=True)
