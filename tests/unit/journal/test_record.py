"""A record takes what there is of a run."""

from langchain_core.documents import Document

from langchain_rlm.journal.record import Recording
from tests.unit.report.records import coverage, reply, run_entry


def test_nothing_at_all_is_a_record() -> None:
    record = Recording.of({})
    assert (record.question, record.answer, record.turns, record.coverage) == ("", "", 0, None)


def test_the_question_of_a_run_that_failed_is_the_newest_of_its_journal() -> None:
    journal = [run_entry("First?"), reply("a"), {"kind": "question", "text": "Second?"}, reply("b"), reply("c", 2)]
    record = Recording.of({"journal": journal})
    assert (record.question, record.turns) == ("Second?", 2)


def test_documents_are_named_by_coverage_or_else_by_what_was_touched() -> None:
    touched = Document("", id="d1", metadata={"source": "s", "name": "b.txt", "characters": 7, "spans": []})
    record = Recording.of({"context": [touched]})
    assert list(record.documents) == [{"id": "d1", "name": "b.txt", "characters": 7}]
    assert (record.name(1), record.name(0)) == ("b.txt", "document 1")
    both = Recording.of({"context": [touched], "coverage": coverage(["one", "seven 7"], [], names=["a.txt", "b.txt"])})
    assert [document["name"] for document in both.documents] == ["a.txt", "b.txt"]


def test_documents_stand_in_the_order_of_the_context() -> None:
    given = [{"id": f"d{index}", "name": str(index), "size": 1} for index in (10, 9, 2)]
    assert [document["id"] for document in Recording.of({"documents": given}).documents] == ["d2", "d9", "d10"]
