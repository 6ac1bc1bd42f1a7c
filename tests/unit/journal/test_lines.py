"""The lines of a file are its data, whole or not at all: what is wrong is said in a sentence, with the file."""

import codecs
import re
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.journal.lines import damaged, read_lines
from tests.unit.journal.files import END, ENTRIES, EXCERPT, HEADER, data, written


def problem(folder: Path, content: bytes) -> str:
    """What is said of a file, after its name."""
    file = written(folder, content)
    with pytest.raises(InputError) as refused:
        read_lines(file)
    assert str(refused.value).startswith(f"{file}: ")
    return str(refused.value).removeprefix(f"{file}: ")


def test_a_file_is_its_header_its_entries_and_its_excerpts(tmp_path: Path) -> None:
    assert read_lines(written(tmp_path, data())) == (HEADER, ENTRIES, [EXCERPT])


def test_a_file_cut_off_after_any_byte_says_how_many_whole_entries_are_there(tmp_path: Path) -> None:
    whole = data(HEADER, *ENTRIES, END)
    for end in [*range(len('{"format":"langchain-rlm journal"'), len(whole) - 1, 7), len(whole) - 2]:
        there = max(0, whole[:end].count(b"\n") - 1)
        said = f"the journal was cut off: {there} whole entries are there, and its end is not. Copy it again"
        assert problem(tmp_path, whole[:end]).startswith(said)


@pytest.mark.parametrize(
    "edited",
    [data()[:-1], codecs.BOM_UTF8 + data(), data().replace(b"\n", b"\r\n"), data() + b"\n\n"],
    ids=["no last line break", "byte order mark", "line ends", "blank lines at the end"],
)
def test_what_an_editor_does_to_a_file_does_not_matter(tmp_path: Path, edited: bytes) -> None:
    assert read_lines(written(tmp_path, edited)) == (HEADER, ENTRIES, [EXCERPT])


NONE = "this is no journal of langchain-rlm: it "


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            data({**HEADER, "version": 7}),
            "the journal has version 7, this langchain-rlm reads versions up to 1. Upgrade",
        ),
        (b"# Notes\nmore\n", f"{NONE}begins with '# Notes'. `langchain-rlm ask --journal FILE` writes one."),
        (b'{"question": 1}\n', f"{NONE}begins with '{{\"question\": 1}}'"),
        (b"[1]\n", f"{NONE}begins with '[1]'"),
        (b"\x89PNG\r\n\x1a\n\0\0", f"{NONE}begins with '\ufffdPNG"),
        (b"x" * 500 + b"\n", f"{NONE}begins with '{'x' * 60}'."),
        (b"[" * 100_000 + b"\n", f"{NONE}begins with '[["),
        (b"", f"{NONE}is empty"),
        (b"\n", f"{NONE}begins with ''"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[-20:],
)
def test_what_is_no_journal_or_a_newer_one_is_said_to_be(tmp_path: Path, content: bytes, said: str) -> None:
    assert problem(tmp_path, content).startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (data(HEADER, ENTRIES[0]) + b'{"kind":\n' + data(END), "line 3 is no journal entry: '{\"kind\":'"),
        (data(HEADER, ENTRIES[0], {"kind": 5}, END), "line 3 is no journal entry: '{\"kind\":5}'"),
        (data(HEADER) + b"\xff\n" + data(END), "line 2 is no journal entry: '\ufffd'"),
        (data(HEADER, *ENTRIES[:-1], EXCERPT, END), "line 9: it says that it has 7 entries, and has 6"),
        (data(HEADER, *ENTRIES, END, HEADER), "something follows its end, on line 10"),
        (data(HEADER, {"kind": "file_end", "entries": 0}), "line 2: there is no entry of a run"),
        (data({**HEADER, "usage": []}, *ENTRIES, END), "line 1: usage is a list, not an object"),
        (data(HEADER, *ENTRIES[:2], {"kind": "note"}, *ENTRIES[3:], END), "line 4: text is missing"),
        (data(HEADER, *ENTRIES, {**EXCERPT, "end": 99}, END), "line 9: end is 99, and the context has 10 characters"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[-20:],
)
def test_damage_is_said_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    assert problem(tmp_path, content) == f"the journal is damaged: {said}. Copy it again, or save the run again."


def test_excerpts_are_not_counted_as_entries_and_may_stand_anywhere_after_the_run(tmp_path: Path) -> None:
    file = written(tmp_path, data(HEADER, *ENTRIES[:3], EXCERPT, *ENTRIES[3:], EXCERPT, END))
    assert read_lines(file) == (HEADER, ENTRIES, [EXCERPT, EXCERPT])


def test_keys_from_a_later_version_are_kept(tmp_path: Path) -> None:
    header, last = {**HEADER, "mood": "good"}, {**ENTRIES[-1], "mood": ["better"]}
    read: Any = read_lines(written(tmp_path, data(header, *ENTRIES[:-1], last, END)))
    assert (read[0], read[1][-1]) == (header, last)


def test_a_file_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'x'}: there is no such file.")):
        read_lines(tmp_path / "x")
    with pytest.raises(InputError, match=re.escape(f"{tmp_path}: cannot be read (")):
        read_lines(tmp_path)


def test_the_error_for_damage_says_what_to_do() -> None:
    assert str(damaged(Path("a"), "x")) == "a: the journal is damaged: x. Copy it again, or save the run again."
