"""Compressed files and archives: unpacked into a temporary directory while they are read.

A large text is held by its open file, so the directory may go as soon as all is read.
"""

import gzip
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import zstandard

from langchain_rlm.context.corpus import LeftOut
from langchain_rlm.errors import HostError, InputError

MOST = 20_000_000_000
"""Bytes that are unpacked of one file: a small one may stand for any number."""
FILES = 100_000
BLOCK = 1_000_000
_ZSTD = frozenset({".zst", ".zstd"})
_COMPRESSED = frozenset({".gz"}) | _ZSTD
_TARS = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")
_BROKEN = (EOFError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile, tarfile.TarError)


def is_compressed(path: Path) -> bool:
    """Whether it is one file that is compressed."""
    return path.suffix.lower() in _COMPRESSED and not is_archive(path)


def is_archive(path: Path) -> bool:
    """Whether it holds files."""
    return path.suffix.lower() == ".zip" or path.name.lower().endswith(_TARS)


@contextmanager
def unpacked(path: Path, step: Callable[[], None]) -> Iterator[tuple[Path, list[LeftOut]]]:
    """A directory with what is in it, and what is not taken out.

    Args:
        path: A compressed file, or an archive.
        step: Called again and again; what it raises ends the unpacking.

    Raises:
        InputError: It is broken, or holds too much.
        HostError: There is no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="langchain-rlm-") as name:
        taken = _Taken(path, Path(name).resolve(), step)
        try:
            if not is_archive(path):
                taken.take(path.stem, _opened(path))
            elif path.suffix.lower() == ".zip":
                _unzip(taken)
            else:
                _untar(taken)
        except (*_BROKEN, zstandard.ZstdError, gzip.BadGzipFile) as error:
            msg = f"{path}: cannot be unpacked ({error})."
            raise InputError(msg) from error
        yield taken.directory, taken.left_out


@dataclass
class _Taken:
    """What is taken out of a file."""

    path: Path
    directory: Path
    step: Callable[[], None]
    left_out: list[LeftOut] = field(default_factory=list)
    size: int = 0
    files: int = 0

    def refuse(self, name: str, reason: str) -> None:
        self.left_out.append(LeftOut(name, reason))

    def take(self, name: str, content: IO[bytes]) -> None:
        """Write one file; a name that leads out is none."""
        parts = PurePosixPath(name.replace("\\", "/")).parts
        target = self.directory.joinpath(*parts)
        if not parts or ".." in parts or PurePosixPath(name).is_absolute() or target.exists():
            self.refuse(name, "its name leads out of the archive, or stands there twice")
            return
        self.files += 1
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with closing(content), target.open("xb") as file:
                while data := content.read(BLOCK):
                    self._count(len(data))
                    file.write(data)
        except OSError as error:
            if isinstance(error, gzip.BadGzipFile):
                raise
            msg = (
                f"{self.path}: what is in it is unpacked into a temporary directory, which cannot be written "
                f"({error.strerror}). Make room in {tempfile.gettempdir()}, or set TMPDIR to a directory that has some."
            )
            raise HostError(msg) from error

    def _count(self, size: int) -> None:
        self.step()
        self.size += size
        if self.size > MOST or self.files > FILES:
            what = f"{MOST:,} bytes" if self.size > MOST else f"{FILES:,} files"
            msg = f"{self.path}: there are more than {what} in it. Unpack it, and name what is to be read."
            raise InputError(msg)


def _opened(path: Path) -> Any:
    if path.suffix.lower() in _ZSTD:
        return zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True)
    return gzip.open(path)


def _unzip(taken: _Taken) -> None:
    with zipfile.ZipFile(taken.path) as archive:
        for inside in archive.infolist():
            if inside.flag_bits & 1:
                taken.refuse(inside.filename, "locked with a password")
            elif not inside.is_dir():
                taken.take(inside.filename, archive.open(inside))


def _untar(taken: _Taken) -> None:
    if taken.path.suffix.lower() in _ZSTD:
        with _opened(taken.path) as raw, tarfile.open(fileobj=raw, mode="r|") as archive:
            _members(taken, archive)
    else:
        with tarfile.open(taken.path) as archive:
            _members(taken, archive)


def _members(taken: _Taken, archive: tarfile.TarFile) -> None:
    for member in archive:
        content = archive.extractfile(member) if member.isfile() else None
        if content is not None:
            taken.take(member.name, content)
        elif not member.isdir():
            taken.refuse(member.name, "no file of its own: a link, or a device")
