"""Compressed files and archives as contexts."""

import gzip
import io
import tarfile
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import zstandard

from langchain_rlm import Files, InputError
from langchain_rlm.context import packed
from langchain_rlm.context.large import LargeText
from langchain_rlm.context.load import load_corpus

LINES = "".join(f"line {n} of the log, schön\n" for n in range(400))


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The directory of temporary files: nothing is left there."""
    here = tmp_path / "temporary"
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here))
    yield here
    assert [*here.iterdir()] == []


def made_zip(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def made_tar(path: Path, mode: Any, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, mode) as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def test_a_compressed_file_is_its_text_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "one.log.gz").write_bytes(gzip.compress(LINES.encode()))
    (tmp_path / "two.log.zst").write_bytes(zstandard.compress(LINES.encode()))
    for name in ("one.log.gz", "two.log.zst"):
        corpus = load_corpus(tmp_path / name)
        (document,) = corpus.documents
        assert (document.name, document.text, corpus.single) == (name, LINES, True)
        assert document.metadata["source"] == str(tmp_path / name)
    assert {document.name for document in load_corpus(tmp_path).documents} == {"one.log.gz", "two.log.zst"}


def test_a_large_one_stays_in_a_file_that_is_gone_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_RLM_LARGE", "1000")
    (tmp_path / "log.gz").write_bytes(gzip.compress(LINES.encode()))
    text = load_corpus(tmp_path / "log.gz").documents[0].text
    assert isinstance(text, LargeText)
    assert (text[:], text.source.name) == (LINES, str(tmp_path / "log.gz"))


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.zst"])
def test_an_archive_is_read_as_a_directory(suffix: str, tmp_path: Path) -> None:
    path, files = tmp_path / f"pack{suffix}", {"docs/a.txt": b"alpha", "b.bin": b"\0\1\2", "c/.env": b"key"}
    if suffix == ".zip":
        made_zip(path, **files)
    else:
        plain = made_tar(tmp_path / "plain", "w", *((tarfile.TarInfo(name), data) for name, data in files.items()))
        kind = suffix.rpartition(".")[2].replace("tgz", "gz")
        if kind == "zst":
            path.write_bytes(zstandard.compress(plain.read_bytes()))
        elif kind == "tar":
            plain.rename(path)
        else:
            made_tar(path, f"w:{kind}", *((tarfile.TarInfo(name), data) for name, data in files.items()))
    corpus = load_corpus(path)
    name = f"pack{suffix}"
    assert [(one.name, one.text) for one in corpus.documents] == [(f"{name}/docs/a.txt", "alpha")]
    assert corpus.documents[0].metadata["source"] == f"{path}/docs/a.txt"
    left = {one.name: one.reason for one in corpus.left_out}
    assert left == {f"{name}/b.bin": "binary, not text", f"{name}/c/.env": "hidden"}


def test_names_that_lead_out_and_links_are_left_out(tmp_path: Path) -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    out, good = tarfile.TarInfo("../out.txt"), tarfile.TarInfo("good.txt")
    path = made_tar(
        tmp_path / "evil.tar", "w", (out, b"out"), (tarfile.TarInfo("/abs"), b"x"), (good, b"good"), (link, b"")
    )
    corpus = load_corpus(path)
    assert [one.name for one in corpus.documents] == ["evil.tar/good.txt"]
    assert sorted(one.name for one in corpus.left_out) == ["evil.tar/../out.txt", "evil.tar//abs", "evil.tar/link"]
    assert not (tmp_path / "temporary" / "out.txt").exists()


gzipped = partial(gzip.compress, mtime=0)
"""Without the time: all processes of the tests must name a case alike."""


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.gz", b"no gzip", "cannot be unpacked"), ("a.gz", gzipped(LINES.encode())[:-20], "cannot be unpacked"),
        ("a.zst", b"no zstd at all", "cannot be unpacked"), ("a.zip", b"PK no zip", "cannot be unpacked"),
        ("a.tar", b"no tar" * 200, "cannot be unpacked"), ("a.gz", gzipped(b"\0\1\2" * 99), "binary"),
        ("a.zip", b"PK\5\6" + bytes(18), "holds no text file"), ("a.csv.gz", gzipped(b"a,b\n1,2\n"), "table"),
    ],
)  # fmt: skip
def test_what_is_broken_is_named(name: str, data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=said) as told:
        load_corpus(Files(tmp_path / name, tables=True))
    assert str(tmp_path / name) in str(told.value)
    assert "temporary" not in str(told.value)


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST", 3_000_000)
    bomb = made_zip(tmp_path / "bomb.zip", **{"zeros.txt": b"0" * 5_000_000})
    with pytest.raises(InputError, match="more than 3,000,000 bytes in it"):
        load_corpus(bomb)


def test_an_archive_in_a_directory_is_named_as_left_out(tmp_path: Path) -> None:
    made_zip(tmp_path / "old.zip", **{"a.txt": b"alpha"})
    (tmp_path / "new.txt").write_text("new")
    corpus = load_corpus(tmp_path)
    assert [(one.name, one.reason) for one in corpus.left_out if one.name.endswith("zip")] == [
        ("old.zip", "an archive: name it to have it read")
    ]
