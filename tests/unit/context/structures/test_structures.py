"""A structure is told when most of the text has it, whatever the file name, and of other texts nothing is told."""

import pytest

from langchain_rlm.context.formats import profile
from langchain_rlm.context.structures import STRUCTURES
from tests.documents.kinds import MAKERS, made
from tests.documents.unknown import ALSO, UNKNOWN


@pytest.mark.parametrize("kind", MAKERS)
def test_a_structure_is_found_with_and_without_its_file_name(kind: str) -> None:
    name, document = made(kind)
    assert [profile(document.text, name=given).format for given in (name, "", "context")] == [document.format] * 3


@pytest.mark.parametrize("kind", UNKNOWN)
def test_nothing_is_told_of_a_text_of_another_kind(kind: str) -> None:
    found = profile(UNKNOWN[kind])
    assert found.format in {"prose", *ALSO.get(kind, ())}
    assert found.structure == () or found.format != "prose"


@pytest.mark.parametrize("name", [f"a{suffix}" for structure in STRUCTURES for suffix in structure.suffixes])
def test_a_file_name_proves_nothing(name: str) -> None:
    text = "We went to the river at noon. Nobody was there,\nso we came home and told what we had seen.\n\n" * 20
    assert profile(text, name=name).format == "prose"


COUNTS = {
    "table with cells of several lines": "csv: 250 rows, columns id, who, body, state",
    "indented JSON": '"data" is an array of 100 items with keys id, user, text, ok',
    "SQL tuples": "tables t",
    "log with Java traces": "400 entries",
    "WhatsApp": "chat: 400 messages",
    "mailbox": "mbox: 150 messages",
    "git log": "git log: 250 commits",
    "diff": "diff: 120 files, the first: f0.py, f1.py, f2.py",
    "SRT": "subtitles: 500 cues",
    "PGN": "pgn: 120 games",
    "calendar": "calendar: 200 entries",
    "notebook": "json: a notebook with 120 cells",
    "filing": "items: 59",
}


@pytest.mark.parametrize(("kind", "said"), COUNTS.items(), ids=COUNTS)
def test_units_are_counted(kind: str, said: str) -> None:
    name, document = made(kind)
    assert said in "; ".join(profile(document.text, name=name).structure)
