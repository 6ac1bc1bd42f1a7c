"""What a recursive run was asked over, read from the journal of the run above."""

from typing import Any

import pytest

from langchain_rlm.context.load import load_corpus
from langchain_rlm.journal.below import context_over, documents_below

PIECES = ["Sum up: ", [0, 0, 5]]
TEXTS = [[[0, 0, 5]], ["literal ", [1, 2, 4]]]
ALONE: Any = {"id": "1", "pieces": PIECES}
GIVEN: Any = {**ALONE, "context": TEXTS, "single": False}


@pytest.mark.parametrize(
    ("call", "over", "documents"),
    [(GIVEN, "context", TEXTS), (ALONE, "prompt", [PIECES]), (ALONE, "all", None), (GIVEN, "all", None)],
)
def test_its_documents_are_what_the_call_gave_or_its_prompt_or_those_above(
    call: Any, over: Any, documents: Any
) -> None:
    assert documents_below(call, over) == documents


def test_its_context_is_cut_from_the_one_above_under_names_of_its_own() -> None:
    corpus = load_corpus(["first text", "other"])
    given, prompt = context_over(GIVEN, "context"), context_over(ALONE, "prompt")
    assert given is not None
    assert prompt is not None
    cut = corpus.cut(**given)
    assert [(d.name, d.text) for d in cut.documents] == [("text 1", "first"), ("text 2", "literal he")]
    assert cut.single is False
    assert [(d.name, d.text) for d in corpus.cut(**prompt).documents] == [("request", "Sum up: first")]
    assert corpus.cut(**prompt).single is True
    assert context_over(ALONE, "all") is None
