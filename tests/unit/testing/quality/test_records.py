"""Results on disk: whole lines, one writer, and what is refused."""

import json
import os
from pathlib import Path

import pytest

from langchain_rlm.errors import InputError
from langchain_rlm.testing.quality.grid import Cell
from langchain_rlm.testing.quality.records import SHORT, Results, check_manifest, read_records, shortened
from tests.unit.testing.quality.made import MANIFEST, SETTINGS, record

CELL = Cell("needle", 4_000, 1, True, "call")  # noqa: FBT003
OTHER = Cell("needle", 4_000, 2, True, "call")  # noqa: FBT003


def test_a_record_is_a_line_and_is_there_again(tmp_path: Path) -> None:
    with Results(tmp_path / "new" / "folder") as results:
        results.append(record(CELL, 0.5))
        assert results.is_done(CELL.key)
        assert not results.is_done(OTHER.key)
        assert len(results.file.read_text().splitlines()) == 1
    with Results(tmp_path / "new" / "folder") as again:
        assert again.records == {CELL.key: record(CELL, 0.5)}
        assert again.spent == 0.004


def test_line_breaks_that_json_allows_and_broken_letters_stay_one_line(tmp_path: Path) -> None:
    answer = "one\u2028two\x85three\ud800"
    with Results(tmp_path) as results:
        results.append(record(CELL, answer=answer))
    assert [one["answer"] for one in read_records(results.file)] == [answer]


def test_a_line_that_was_cut_off_is_dropped_and_told_once(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.append(record(CELL))
    whole = results.file.read_bytes()
    results.file.write_bytes(whole + json.dumps(record(OTHER)).encode()[:50])
    said: list[str] = []
    with Results(tmp_path, said.append) as again:
        assert [*again.records] == [CELL.key]
        again.append(record(OTHER))
    with Results(tmp_path, said.append) as last:
        assert [*last.records] == [CELL.key, OTHER.key]
    assert len(said) == 1
    assert "the last line was cut off" in said[0]
    assert results.file.read_bytes().startswith(whole)


def test_a_second_writer_is_told_who_the_first_is(tmp_path: Path) -> None:
    taken = pytest.raises(InputError, match=f"process {os.getpid()} on .* writes here")
    with Results(tmp_path), taken, Results(tmp_path):
        pass
    with Results(tmp_path):
        pass


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"version": 0}', "its records are of version 0, and this is version 1"),
        ('{"key": "a"}', "line 1: this is no record"),
        ("half a li", "line 1: this is no record"),
    ],
)
def test_what_this_version_did_not_write_is_refused(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "results.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match=says), Results(tmp_path):
        pass
    assert (tmp_path / "results.jsonl").read_text() == line + "\n"


def test_a_failed_run_is_kept_and_may_be_run_again(tmp_path: Path) -> None:
    failed = record(CELL, 0.0, status="failed", failure={"type": "server", "message": "busy"})
    with Results(tmp_path) as results:
        results.append(failed)
        assert results.is_done(CELL.key)
        assert not results.is_done(CELL.key, again_failed=True)
        results.append(record(CELL))
    assert read_records(results.file) == [failed, record(CELL)]
    with Results(tmp_path) as again:
        assert again.records[CELL.key]["status"] == "answered"
        assert again.spent == 0.008  # both were paid


def test_an_unfinished_run_counts_for_its_money_alone(tmp_path: Path) -> None:
    with Results(tmp_path) as results:
        results.append(record(CELL, status="unfinished"))
        assert not results.is_done(CELL.key)
        assert results.spent == 0.004


def test_a_long_answer_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    answer = "long " * SHORT
    shown, digest, characters = shortened(answer)
    with Results(tmp_path) as results:
        results.append(record(CELL, answer=shown, answer_sha256=digest, answer_characters=characters), answer)
    kept = read_records(results.file)[0]
    assert len(kept["answer"]) == SHORT
    assert (tmp_path / "answers" / f"{digest}.txt").read_text() == answer


def test_results_of_other_models_are_not_mixed(tmp_path: Path) -> None:
    check_manifest(tmp_path, MANIFEST)  # there is none yet
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    check_manifest(tmp_path, MANIFEST)
    with pytest.raises(InputError, match="its results have model='root', not 'another'"):
        check_manifest(tmp_path, {"settings": {**SETTINGS, "model": "another"}})
