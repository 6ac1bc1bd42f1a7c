"""The passages that an answer rests on: which spans they are, where they are cut, and how they are ranked."""

from itertools import pairwise
from typing import Any

import pytest
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from langchain_rlm import RLMResult
from langchain_rlm.context.load import load_corpus
from langchain_rlm.evidence.passages import LONGEST, SHORTEST, is_refusal, passages

FILLER = "\n".join(f"Line {number} is about the weather at sea." for number in range(400))
TEXTS = {
    "a.txt": f"{FILLER}\nThe captain of the ship was Okonkwo.\n{FILLER}",
    "b.txt": FILLER,
    "c.txt": f"The cargo was quicksilver.\n{FILLER}",
}


def result(*answered: tuple[str, list[Any]], answer: str = "Okonkwo", **more: Any) -> RLMResult:
    """A result whose sub-models gave these answers from these spans."""
    calls = [{"id": str(n), "how": "llm", "pieces": pieces} for n, (_, pieces) in enumerate(answered)]
    given = [{"kind": "answer", "id": str(n), "text": text} for n, (text, _) in enumerate(answered)]
    journal = [{"kind": "asked", "raises": True, "calls": calls}, *given] if answered else []
    whole: dict[str, Any] = {
        "question": "Who was the captain?", "answer": answer, "value": answer, "structured_response": None,
        "citations": [], "context": [], "usage": {}, "stop_reason": "answered", "turns": 1, "journal": journal,
    }  # fmt: skip
    return {**whole, **more}  # type: ignore[typeddict-item]


def where(found: list[Document]) -> list[tuple[str, int, int, str]]:
    return [(d.metadata["name"], d.metadata["start"], d.metadata["end"], d.metadata["basis"]) for d in found]


CORPUS = load_corpus(TEXTS)


def test_spans_of_refusals_are_left_out() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), ("not in the text", [[1, 0, 500]]), ("NONE: nothing", [[2, 0, 500]]))
    assert where(passages(given, CORPUS, 4)) == [("a.txt", 0, 500, "asked")]


def test_a_failed_sub_query_gives_no_passage() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), ("later", [[1, 0, 500]]))
    given["journal"][-1] = {"kind": "answer", "id": "1", "error": {"type": "budget", "message": "over"}}
    assert [name for name, *_ in where(passages(given, CORPUS, 4))] == ["a.txt"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NONE",
        "None.",
        "NONE: no sentence bears on it",
        "not in the text",
        "No.",
        "N/A",
        "[]",
        "null",
        "unknown",
        "The text does not mention it.",
        "This passage doesn't say.",
        "I cannot find it.",
        "No relevant information.",
    ],
)
def test_a_refusal_is_told(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Okonkwo",
        "No, it was signed in May.",
        "Nonetheless he sailed.",
        "0",
        "Unknown to him, the ship sank.",
        "The text says so.",
        "None of it " + "x" * 300,
    ],
)
def test_an_answer_is_no_refusal(text: str) -> None:
    assert not is_refusal(text)


def test_citations_come_first_and_stay_as_they_are() -> None:
    at = TEXTS["a.txt"].index("The captain")
    citation = {"name": "a.txt", "start": at, "end": at + 37}
    given = result(("Okonkwo", [[0, 0, len(TEXTS["a.txt"])], [2, 0, 300]]), citations=[citation])
    found = passages(given, CORPUS, 4)
    assert where(found)[0] == ("a.txt", at, at + 37, "cited")
    assert found[0].page_content == "The captain of the ship was Okonkwo.\n"
    later = [span for span in where(found)[1:] if span[0] == "a.txt"]
    assert all(end <= at or start >= at + 37 for _, start, end, _ in later)


def test_a_citation_of_an_unknown_document_is_passed_over() -> None:
    given = result(("Okonkwo", [[0, 0, 500]]), citations=[{"name": "z", "start": 0, "end": 5}, {"name": "a.txt"}])
    assert [basis for *_, basis in where(passages(given, CORPUS, 4))] == ["asked"]


def test_overlapping_spans_are_merged_and_those_that_touch_are_not() -> None:
    given = result(("Okonkwo", [[2, 0, 600], [2, 400, 900]]), ("Okonkwo", [[2, 100, 200]]))
    assert where(passages(given, CORPUS, 4)) == [("c.txt", 0, 900, "asked")]
    touching = where(passages(result(("Okonkwo", [[2, 0, 500], [2, 500, 900]])), CORPUS, 4))
    assert sorted(touching) == [("c.txt", 0, 500, "asked"), ("c.txt", 500, 900, "asked")]


def test_a_long_span_is_cut_around_what_matches_best_between_words() -> None:
    (found,) = passages(result(("Okonkwo", [[0, 0, len(TEXTS["a.txt"])]])), CORPUS, 1)
    assert "captain of the ship was Okonkwo" in found.page_content
    assert len(found.page_content) <= LONGEST
    before = TEXTS["a.txt"][found.metadata["start"] - 1]
    after = TEXTS["a.txt"][found.metadata["end"]]
    assert before.isspace()
    assert after.isspace()


def test_a_long_citation_is_cut_too() -> None:
    citation = {"name": "a.txt", "start": 0, "end": len(TEXTS["a.txt"])}
    (found,) = passages(result(citations=[citation]), CORPUS, 3)
    assert "Okonkwo" in found.page_content
    assert len(found.page_content) <= LONGEST


def test_several_passages_of_one_span_do_not_overlap() -> None:
    text = FILLER.join(f"\nThe captain is Okonkwo, log {n}.\n" for n in range(5))
    found = passages(result(("Okonkwo", [[0, 0, len(text)]])), load_corpus(text), 10)
    spans = sorted((start, end) for _, start, end, _ in where(found))
    assert len(spans) == 5
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert all("Okonkwo" in document.page_content for document in found)


def test_what_matches_question_and_answer_comes_first() -> None:
    given = result(("maybe", [[1, 0, 900]]), ("Okonkwo", [[0, 14_000, 19_000]]), ("maybe", [[2, 0, 900]]))
    assert "Okonkwo" in passages(given, CORPUS, 3)[0].page_content


def test_when_code_found_the_answer_the_passages_have_its_words() -> None:
    found = passages(result(), CORPUS, 1)
    assert "Okonkwo" in found[0].page_content
    assert found[0].metadata["basis"] == "matched"


def test_a_run_without_an_answer_gives_no_passages() -> None:
    assert passages(result(answer="", stop_reason="gave_up"), CORPUS, 4) == []


class Finds(BaseRetriever):
    def _get_relevant_documents(self, query: str, **_: Any) -> list[Document]:
        return [Document(f"The captain was Okonkwo ({query}).", id="x", metadata={"source": "index"})]


def test_over_a_collection_that_is_searched_the_passages_are_what_was_found() -> None:
    rows = [{"id": "x", "name": "index", "text": "The captain was Okonkwo.", "metadata": {"source": "index"}}]
    given = result()
    given["journal"] = [{"kind": "answer", "id": "1", "value": rows}]
    assert where(passages(given, load_corpus(Finds()), 4)) == [("index", 0, 24, "asked")]


def test_a_direct_answer_rests_on_the_documents_that_were_sent() -> None:
    sent = Document("", metadata={"name": "c.txt"})
    found = passages(result(answer="quicksilver", stop_reason="direct", context=[sent]), CORPUS, 4)
    assert where(found) == [("c.txt", 0, 1998, "asked")]


def test_a_passage_has_its_documents_metadata_and_an_id_by_its_place() -> None:
    corpus = load_corpus([Document("The captain was Okonkwo.", metadata={"source": "log", "page": 7})])
    (found,) = passages(result(("Okonkwo", [[0, 4, 11]])), corpus, 4)
    assert (found.page_content, found.id) == ("captain", "log:4-11")
    assert found.metadata == {"source": "log", "page": 7, "name": "log", "start": 4, "end": 11, "basis": "asked"}


@pytest.mark.parametrize("k", [1, 2, 3])
def test_there_are_k_at_most_those_cited_before_the_others(k: int) -> None:
    citations = [{"name": "b.txt", "start": at, "end": at + 9} for at in (500, 0)]
    found = where(passages(result(("Okonkwo", [[0, 0, 900]]), ("so", [[2, 0, 900]]), citations=citations), CORPUS, k))
    assert found[:2] == [("b.txt", 500, 509, "cited"), ("b.txt", 0, 9, "cited")][:k]
    assert len(found) == k


def test_what_is_left_beside_a_citation_is_a_passage_only_when_it_is_long_enough() -> None:
    at = TEXTS["a.txt"].index("The captain")
    for room, count in ((SHORTEST - 1, 1), (SHORTEST, 2)):
        citation = {"name": "a.txt", "start": at - 50, "end": at + 20}
        given = result(("Okonkwo", [[0, at - 50, at + 20 + room]]), citations=[citation])
        assert len(passages(given, CORPUS, 4)) == count


def test_a_rare_word_weighs_more_than_many_common_ones() -> None:
    texts = ["there the captain did go with him and they were all there. ", "the ship and the ship. ", "Okonkwo sat. "]
    given = result(("so", [[0, 0, 59]]), ("so", [[1, 0, 23]]), ("so", [[2, 0, 13]]))
    given["question"] = "Where did Okonkwo go with the ship, and what would there have been of all the ships?"
    assert where(passages(given, load_corpus(texts), 3))[0][0] == "text 3"
