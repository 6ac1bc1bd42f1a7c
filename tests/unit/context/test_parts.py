"""Contexts in parts: nothing is lost, nothing is large, and no changed part passes."""

from collections import deque
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.context import parts
from langchain_rlm.context.parts import DamagedError, cut, joined, pack, unpack

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=8)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 40)
    monkeypatch.setattr(parts, "LONG", 10)


def _packed(texts: list[str]) -> list[tuple[parts.Part, bytes]]:
    return [pack(texts, slices) for slices in cut(texts)]


@given(TEXTS)
def test_texts_come_back_from_parts_that_are_small(texts: list[str]) -> None:
    pieces = [deque[str]() for _ in texts]
    for part, packed in _packed(texts):
        assert 0 < part.size <= parts.PART
        for (number, _), piece in zip(part.pieces, unpack(part, packed), strict=True):
            pieces[number].append(piece)
    assert [*map(joined, pieces)] == texts


@given(TEXTS, st.text("abcé", min_size=11, max_size=200))
def test_a_long_document_has_the_same_parts_whatever_stands_beside_it(texts: list[str], long: str) -> None:
    alone = {part.hash for part, _ in _packed([long])}
    assert alone <= {part.hash for part, _ in _packed([*texts, long, *texts])}


@given(st.text(min_size=1, max_size=10), st.data())
def test_a_part_that_was_changed_does_not_pass_for_what_it_was(text: str, data: st.DataObject) -> None:
    text = text.encode(errors="replace").decode()
    ((part, packed),) = _packed([text])
    place = data.draw(st.integers(0, len(packed) - 1))
    changed = bytes([*packed[:place], packed[place] ^ data.draw(st.integers(1, 255)), *packed[place + 1 :]])
    for wrong in (changed, packed[:place]):
        with suppress(DamagedError):
            assert unpack(part, wrong) == [text]  # a bit that says nothing of the text
