"""What of a directory is read, what is left out with which reason, and which mistakes are errors."""

import os
from pathlib import Path
from typing import Any

import pytest

from langchain_rlm import Files, InputError
from langchain_rlm.context.corpus import LeftOut, SourceText
from langchain_rlm.context.files import NAMED, listed
from langchain_rlm.context.load import load_corpus


def make(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(*paths: Any, **how: Any) -> tuple[list[str], dict[str, str]]:
    """Names of what is read, and the reasons of what is not."""
    found = [*Files(paths[0] if len(paths) == 1 else list(paths), **how).read()]
    return (
        [one.name for one in found if isinstance(one, SourceText)],
        {one.name: one.reason for one in found if isinstance(one, LeftOut)},
    )


def refused(*paths: Any, **how: Any) -> str:
    with pytest.raises(InputError) as caught:
        read(*paths, **how)
    return str(caught.value)


MIXED: dict[str, str | bytes] = {
    "a.txt": "A", "latin.txt": b"caf\xe9 is open\n", "pic.png": b"\x89PNG\0\0", "data.zip": b"PK\x03\x04\0\0",
    ".env": "KEY=1", ".git/config": "x", "node_modules/left-pad/index.js": "x", "env/pyvenv.cfg": "home",
    "env/a.py": "x", "vendor/modules.txt": "x", "vendor/a.go": "x", "bad.docx": "no zip", "deep/b.txt": "B",
}  # fmt: skip


def test_what_can_be_read_is_read_and_the_rest_is_named_with_its_reason(tmp_path: Path) -> None:
    names, left = read(make(tmp_path, MIXED))
    assert sorted(names) == ["a.txt", "deep/b.txt", "latin.txt"]
    assert left == {
        "pic.png": "binary, not text", "data.zip": "an archive: name it to have it read", ".env": "hidden",
        ".git/": "hidden",
        "node_modules/": "a folder of dependencies", "env/": "a folder of dependencies",
        "vendor/": "a folder of dependencies", "bad.docx": "this is not a .docx file, or it is damaged",
    }  # fmt: skip


def test_all_that_is_left_out_by_choice_can_be_had(tmp_path: Path) -> None:
    names, left = read(make(tmp_path, {**MIXED, ".gitignore": "a.txt\n"}), ignored=True)
    assert {"a.txt", ".env", ".git/config", "node_modules/left-pad/index.js", "vendor/a.go"} <= set(names)
    assert set(left) == {"pic.png", "data.zip", "bad.docx"}


def test_a_folder_of_documents_that_is_named_vendor_is_read(tmp_path: Path) -> None:
    assert read(make(tmp_path, {"vendor/offer.txt": "x"}))[0] == ["vendor/offer.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, {"a.txt": "A", "b.txt": "B", "deep/c.txt": "C"})
    for name in ("b.txt", "deep"):
        (tmp_path / name).chmod(0)
    assert read(tmp_path)[1] == dict.fromkeys(("b.txt", "deep/"), "cannot be read (Permission denied)")
    (tmp_path / "deep").chmod(0o700)


def test_a_file_that_is_gone_since_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, {"a.txt": "A", "b.txt": "B"})
    found = Files(tmp_path).read()
    assert isinstance(next(found), SourceText)
    (tmp_path / "b.txt").unlink()
    assert [*found] == [LeftOut("b.txt", "cannot be read (No such file or directory)")]


# -- .gitignore -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rules", "kept"), [
    ({".gitignore": "*.log\nbuild/\n"}, ["a.txt", "sub/b.txt", "sub/keep.log.txt"]),
    ({".gitignore": "*.log\n!sub/c.log\n"}, ["a.txt", "build/x.txt", "sub/b.txt", "sub/c.log", "sub/keep.log.txt"]),
    ({".gitignore": "/sub\n"}, ["a.txt", "build/x.txt", "top.log"]),
    ({"sub/.gitignore": "b.txt\n"}, ["a.txt", "build/x.txt", "sub/c.log", "sub/keep.log.txt", "top.log"]),
    ({".gitignore": "*.txt", "sub/.gitignore": "!b.txt"}, ["sub/b.txt", "sub/c.log", "top.log"]),
    ({".gitignore": b"\xff\xfe*"}, ["a.txt", "build/x.txt", "sub/b.txt", "sub/c.log", "sub/keep.log.txt", "top.log"]),
])  # fmt: skip
def test_what_gitignore_names_is_left_out_as_git_does(
    tmp_path: Path, rules: dict[str, str | bytes], kept: list[str]
) -> None:
    files = dict.fromkeys(("a.txt", "top.log", "build/x.txt", "sub/b.txt", "sub/c.log", "sub/keep.log.txt"), "x")
    names, left = read(make(tmp_path, {**files, **rules}))
    assert sorted(names) == kept
    assert {reason for name, reason in left.items() if not name.endswith(".gitignore")} <= {"ignored by .gitignore"}


def test_rules_above_the_directory_hold_up_to_the_top_of_its_repository(tmp_path: Path) -> None:
    make(tmp_path, {"repo/.git/x": "", "repo/.gitignore": "*.log", "repo/docs/a.log": "x", "repo/docs/a.md": "x"})
    assert read(tmp_path / "repo" / "docs")[0] == ["a.md"]
    make(tmp_path, {".gitignore": "*.md"})
    assert read(tmp_path / "repo" / "docs")[0] == ["a.md"]


# -- links ------------------------------------------------------------------------------------------------------------


def test_links_are_followed_within_the_directory_only(tmp_path: Path) -> None:
    root = make(tmp_path / "root", {"a.txt": "A"})
    make(tmp_path, {"secret.txt": "42", "secrets/b.txt": "43"})
    (root / "inner.txt").symlink_to(root / "a.txt")
    (root / "out.txt").symlink_to(tmp_path / "secret.txt")
    (root / "up").symlink_to(tmp_path / "secrets")
    (root / "gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(root / "pipe")
    expected = {
        "out.txt": "a link out of the directory, not followed", "up/": "a link to a directory, not followed",
        "gone.txt": "a broken link", "pipe": "not a file with text",
    }  # fmt: skip
    assert read(root) == (["a.txt", "inner.txt"], expected)
    assert read(root, ignored=True) == (["a.txt", "inner.txt"], expected)
    assert sorted(name for _, name in listed(root)) == ["a.txt", "inner.txt"]
    names, left = read(root / "*.txt")
    assert names == ["a.txt", "inner.txt"]
    assert set(left) == {"out.txt", "gone.txt"}


def test_a_link_that_is_named_outright_is_followed(tmp_path: Path) -> None:
    make(tmp_path, {"a.txt": "A"})
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert read(tmp_path / "b.txt")[0] == ["b.txt"]


# -- mistakes ---------------------------------------------------------------------------------------------------------


def test_all_that_is_named_outright_and_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    make(tmp_path, {"a.bin": b"\0", "b.bin": b"\0", "c.txt": "C"})
    named = [tmp_path / name for name in ("a.bin", "c.txt", "b.bin", "missing.txt")]
    said = refused(*named)
    assert all(str(path) in said for path in named if path.name != "c.txt")
    assert "3 paths cannot be read" in said


def test_what_is_named_and_cannot_be_read_is_left_out_on_request(tmp_path: Path) -> None:
    make(tmp_path, {"a.bin": b"\0", "c.txt": "C"})
    names, left = read(tmp_path / "a.bin", tmp_path / "c.txt", skip_unreadable=True)
    assert names == ["c.txt"]
    assert "binary" in left["a.bin"]
    assert "does not exist" in refused(tmp_path / "missing", skip_unreadable=True)


def test_strict_refuses_a_directory_with_something_unreadable_and_names_it_all(tmp_path: Path) -> None:
    said = refused(make(tmp_path, MIXED), strict=True)
    assert {"pic.png", "data.zip", "bad.docx"} <= {Path(line.split(":")[0]).name for line in said.splitlines()}
    assert ".env" not in said
    make(tmp_path, {f"{n}.bin": b"\0" for n in range(2 * NAMED)})
    assert "more" in refused(tmp_path, strict=True).splitlines()[-1]


def test_a_directory_in_which_nothing_can_be_read_says_why(tmp_path: Path) -> None:
    said = refused(make(tmp_path, {"a.bin": b"\0", "b.zip": b"PK\0"}))
    assert "no text file" in said
    assert "a.bin: binary" in said


@pytest.mark.parametrize(("given", "said"), [
    ({"paths": 5}, "paths=5:"),
    ({"paths": []}, "paths=[]:"),
    ({"paths": "a", "strict": 1}, "strict=1:"),
    ({"paths": "a", "encoding": "utf-99"}, "encoding='utf-99':"),
    ({"paths": "a", "encoding": "zlib"}, "encoding='zlib':"),
])  # fmt: skip
def test_a_wrong_setting_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        Files(**given)
    assert said in str(caught.value)


def test_a_guessed_encoding_is_in_the_metadata_and_a_named_one_is_used(tmp_path: Path) -> None:
    make(tmp_path, {"a.txt": b"caf\xe9 is open\n", "b.txt": "B"})
    first, second = load_corpus(tmp_path).documents
    assert first.metadata["encoding"] == "cp1252"
    assert "encoding" not in second.metadata
    assert load_corpus(Files(tmp_path / "a.txt", encoding="cp437")).texts == ("cafΘ is open\n",)


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(make(tmp_path, {"a.txt": "A"})))
    assert load_corpus(Path("~/a.txt")).texts == ("A",)
    assert load_corpus(Path("~/a.txt")).single
