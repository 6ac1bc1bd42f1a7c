"""Files as a context: what of a directory is read, and what is left out of it, each with its reason.

Hidden files, folders of dependencies, what `.gitignore` names and what leads out of the directory are not looked at;
of the rest, what cannot be read is named instead of refusing all the others.
"""

import contextlib
import glob
import os
import stat
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from pathspec import GitIgnoreSpec
from pydantic import Field, StrictBool, StrictStr

from langchain_rlm.checks import FLAG, Rule
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.convert import SUFFIXES
from langchain_rlm.context.corpus import LeftOut, SourceText
from langchain_rlm.context.drawing import state_of
from langchain_rlm.context.encodings import BLOCK, decoded, decoded_in_blocks, is_binary, is_known
from langchain_rlm.context.large import LargeText
from langchain_rlm.context.large_files import in_file, large_from
from langchain_rlm.context.packed import is_archive, is_compressed, unpacked
from langchain_rlm.context.pages import STATE
from langchain_rlm.context.paths import at_home
from langchain_rlm.context.tables.kinds import is_table
from langchain_rlm.context.tables.table import Table
from langchain_rlm.context.text import Text
from langchain_rlm.errors import InputError

LARGEST = 1_000_000_000
"""Bytes of a file that is read because it lies in a directory; a larger one is to be named."""
DEPENDENCIES = frozenset({"node_modules", "bower_components", "site-packages", "__pycache__"})
DEPENDENCIES_BY_FILE = ("pyvenv.cfg", "modules.txt", "autoload.php")
"""What makes a folder one of Python, and one named `vendor` one of Go or PHP."""
ARCHIVES = frozenset({
    ".7z", ".bz2", ".gz", ".jar", ".rar", ".tar", ".tgz", ".war", ".whl", ".xz", ".zip", ".zst",
})  # fmt: skip
NAMED = 20
"""Files in a message."""
Read = SourceText | LeftOut | Table
Reading = Generator[Read, None, list[str]]
"""What is read and what is left out; at its end what must be read and cannot."""
BY_CHOICE = ("hidden", "a folder of dependencies", "ignored by .gitignore")


@dataclass(frozen=True)
class Files:
    """Files, directories and patterns as a context, where a plain `Path` does not say enough.

    Args:
        paths: One path, or several.
        strict: Refuse a directory in which something cannot be read, instead of leaving that out.
        skip_unreadable: Leave out also what is named outright and cannot be read.
        ignored: Read what is left out by choice too: hidden files, folders of dependencies, what `.gitignore` names.
        encoding: Of all text files, such as `"cp1252"`. Default: what a byte order mark says, else UTF-8, else guessed.
        tables: Take CSV, TSV, JSON lines and workbooks as tables for `sql` and `rows` (`True`) or as text (`False`).
            Default: as text, but for CSV, TSV and JSON lines above 50 MB, with the extra `tables`. Parquet and SQLite
            files are always tables.

    Raises:
        InputError: A setting cannot be used.
    """

    paths: str | Path | Sequence[str | Path]
    strict: bool = field(default=False, kw_only=True)
    skip_unreadable: bool = field(default=False, kw_only=True)
    ignored: bool = field(default=False, kw_only=True)
    encoding: str | None = field(default=None, kw_only=True)
    tables: bool | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            rule.check(name, getattr(self, name))
        if self.encoding is not None and not is_known(self.encoding):
            msg = f"encoding={self.encoding!r}: Python knows no such encoding. Use a name such as 'cp1252'."
            raise InputError(msg)

    def read(self, loading: Loading | None = None) -> Iterator[Read]:
        """Read all of them, as a part of `loading` if it is given.

        Yields:
            One document for each file, named by its path below the directory; for a pattern,
            below the directory that its files share. Between them what is left out.

        Raises:
            InputError: Nothing is there, or something cannot be read that must be. All such files are named.
        """
        if loading is None:
            with Loading() as own:
                yield from self.read(own)
            return
        problems = list[str]()
        loading.ahead(self.texts(), self.encoding)
        for path in self._paths():
            try:
                problems += yield from self._read(path, loading)
            except OSError as error:  # no file can have the name
                problems.append(f"{path}: cannot be read ({error.strerror}).")
        if problems:
            raise InputError(_all(problems))

    def _paths(self) -> list[Path]:
        return [*map(at_home, [self.paths] if isinstance(self.paths, str | Path) else self.paths)]

    def texts(self) -> list[Path]:
        """The files among the paths that are read as text."""
        return [path for path in self._paths() if os.path.isfile(path) and not self._is_table(path)]  # noqa: PTH113  # any name

    def _read(self, path: Path, loading: Loading) -> Reading:
        if path.is_dir():
            found = _walk(path, ignored=self.ignored)
            return (yield from self._found(path, found, self._nothing_in(path), loading))
        if path.exists():
            return (yield from self._named(path, loading))
        if glob.has_magic(str(path)):
            return (yield from self._matched(path, loading))
        if path.is_symlink():
            return [f"{path}: a link that leads nowhere, or to itself."]
        return [f"{path}: this file or directory does not exist (looked in {Path.cwd()})."]

    def _named(self, path: Path, loading: Loading) -> Reading:
        try:
            if is_archive(path):
                return (yield from self._archive(path, loading))
            yield from self._in(path, path.parent, loading)
        except InputError as error:
            if not self.skip_unreadable:
                return [str(error)]
            yield LeftOut(path.name, _reason(path, error))
        return []

    def _archive(self, path: Path, loading: Loading) -> Reading:
        """What an archive holds, as a directory of its name."""
        with unpacked(path, loading.check) as (directory, left_out):
            yield from (LeftOut(f"{path.name}/{one.name}", one.reason) for one in left_out)
            walked = _walk(directory, ignored=self.ignored)
            found = ((inside, name, reason or self._why_not_packed(inside)) for inside, name, reason in walked)
            reading = self._found(directory, found, self._nothing_in(path), loading)
            problems = yield from _renamed(reading, path)
            return [problem.replace(str(directory), str(path)) for problem in problems]

    def _compressed(self, path: Path, base: Path, loading: Loading) -> Iterator[Read]:
        """The one text of a compressed file, under the name of that."""
        with unpacked(path, loading.check) as (directory, _):
            (inside,) = directory.iterdir()
            if reason := self._why_not_packed(inside):
                msg = f"{path}: {reason}."
                raise InputError(msg)
            try:
                for one in documents_in(inside, directory, self.encoding, loading):
                    yield _named_anew(one, path.relative_to(base).as_posix(), str(path))
            except InputError as error:
                msg = str(error).replace(str(inside), str(path))
                raise InputError(msg) from error

    def _why_not_packed(self, path: Path) -> str | None:
        return "a table that is packed: unpack it" if path.is_file() and self._is_table(path) else None

    def _matched(self, pattern: Path, loading: Loading) -> Reading:
        names = glob.glob(str(pattern), recursive=True)  # noqa: PTH207  # an absolute pattern is fine here
        files = sorted(path for path in map(Path, names) if not path.is_dir())
        if not files:
            return [f"{pattern}: no file matches the pattern. `**` stands for any directories."]
        base = Path(os.path.commonpath([file.parent for file in files]))
        root = base.resolve()
        found = ((file, file.relative_to(base).as_posix(), _unsuited(file, root)) for file in files)
        nothing = f"{pattern}: no file that matches the pattern can be read."
        return (yield from self._found(base, found, nothing, loading))

    def _found(
        self, base: Path, found: Iterable[tuple[Path, str, str | None]], nothing: str, loading: Loading
    ) -> Reading:
        left_out, paths, texts, is_empty = list[LeftOut](), dict[Path, str](), list[Path](), True
        for path, name, reason in found:
            if reason or (not (is_table := self._is_table(path)) and (reason := why_not(path))):
                left_out.append(LeftOut(name, reason))
            else:
                paths[path] = name
                if not is_table:
                    texts.append(path)
        loading.ahead(texts, self.encoding)
        for path, name in paths.items():
            try:
                for one in self._in(path, base, loading):
                    if isinstance(one, LeftOut):
                        left_out.append(one)
                    else:
                        is_empty = False
                        yield one
            except InputError as error:
                left_out.append(LeftOut(name, _reason(path, error)))
        yield from left_out
        unread = [f"{base / left.name}: {left.reason}" for left in left_out if not left.reason.startswith(BY_CHOICE)]
        if is_empty and not self.skip_unreadable:
            return ["\n".join([nothing, *_some(unread)])]
        return unread if self.strict else []

    def _is_table(self, path: Path) -> bool:
        return is_table(path, tables=self.tables)

    def _in(self, path: Path, base: Path, loading: Loading) -> Iterator[Read]:
        if is_compressed(path):
            yield from self._compressed(path, base, loading)
            return
        if not self._is_table(path):
            yield from documents_in(path, base, self.encoding, loading)
            return
        loading.step()
        try:
            yield from loading.tables(path.stem, path, path.relative_to(base).as_posix())
        except (InputError, OSError) as error:
            msg = f"{path}: {error}"
            raise type(error)(msg) if isinstance(error, InputError) else InputError(msg) from error

    def _nothing_in(self, path: Path) -> str:
        return f"{path}: the directory holds no text file. Name files, or a pattern such as {path / '**' / '*.md'}."


_PATH = StrictStr | Path
_RULES = {
    "paths": Rule(
        _PATH | Annotated[Sequence[_PATH], Field(min_length=1)], "name a file, a directory or a pattern, or a list"
    ),
    "strict": FLAG, "skip_unreadable": FLAG, "ignored": FLAG,
    "encoding": Rule(StrictStr | None, "use the name of an encoding, or None"),
    "tables": Rule(StrictBool | None, "use True, False or None"),
}  # fmt: skip


def listed(directory: Path) -> Iterator[tuple[Path, str]]:
    """The files of a directory that may be read: where they are, and their names below it. Nothing is opened."""
    return ((path, name) for path, name, reason in _walk(directory) if reason is None)


def _walk(directory: Path, *, ignored: bool = False) -> Iterator[tuple[Path, str, str | None]]:
    """Everything below a directory, with the reason why it is left out; of a folder that is left out, only its name."""
    root, rules = directory.resolve(), _Ignored(directory)
    closed: list[OSError] = []
    for base, folders, files in os.walk(directory, onerror=closed.append):
        above = Path(base).relative_to(directory)
        if not ignored:
            rules.enter(Path(base))
        kept = []
        for name in sorted(folders):
            path, below = Path(base) / name, (above / name).as_posix() + "/"
            reason = "a link to a directory, not followed" if path.is_symlink() else None
            if reason is None and not ignored:
                reason = _folder_by_choice(path) or rules.reason(path, is_folder=True)
            if reason is None:
                kept.append(name)
            else:
                yield path, below, reason
        folders[:] = kept
        for name in sorted(files):
            path, below = Path(base) / name, (above / name).as_posix()
            reason = None if ignored else "hidden" if name.startswith(".") else rules.reason(path)
            yield path, below, reason or _unsuited(path, root)
    for error in closed:
        path = Path(error.filename)
        yield path, path.relative_to(directory).as_posix() + "/", f"cannot be read ({error.strerror})"


def _folder_by_choice(path: Path) -> str | None:
    if path.name.startswith("."):
        return "hidden"
    files = DEPENDENCIES_BY_FILE if path.name == "vendor" else DEPENDENCIES_BY_FILE[:1]
    if path.name in DEPENDENCIES or any(map(os.path.isfile, map(path.joinpath, files))):
        return "a folder of dependencies"
    return None


class _Ignored:
    """What the `.gitignore` files of a directory, and those above it in its repository, leave out."""

    def __init__(self, directory: Path) -> None:
        self._rules: dict[Path, GitIgnoreSpec] = {}
        root = directory.resolve()
        repository = next((p for p in (root, *root.parents) if (p / ".git").exists()), root)
        self._top, self._directory, self._root = repository, directory, root
        for above in root.parents:
            if above.is_relative_to(repository):
                self._add(above)

    def _add(self, folder: Path) -> None:
        with_rules = folder / ".gitignore"
        try:
            lines = with_rules.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return
        self._rules[folder] = GitIgnoreSpec.from_lines(lines)

    def enter(self, folder: Path) -> None:
        self._add(self._root / folder.relative_to(self._directory))

    def reason(self, path: Path, *, is_folder: bool = False) -> str | None:
        """Why a file or folder is left out; the innermost rule that says something about it decides."""
        if not self._rules:
            return None
        path = self._root / path.relative_to(self._directory)
        for folder in path.parents:
            rules = self._rules.get(folder)
            said = rules and rules.check_file(path.relative_to(folder).as_posix() + "/" * is_folder).include
            if said is not None:
                return "ignored by .gitignore" if said else None
            if folder == self._top:
                break
        return None


def _unsuited(path: Path, root: Path) -> str | None:
    """Why a path is not looked into: it leads out of the directory, or is no file."""
    try:
        real = path.resolve(strict=True)
        state = real.stat()
    except (OSError, RuntimeError) as error:  # a loop of links is either
        return "a broken link" if path.is_symlink() else f"cannot be read ({getattr(error, 'strerror', error)})"
    if not real.is_relative_to(root):
        return "a link out of the directory, not followed"
    if not stat.S_ISREG(state.st_mode):
        return "not a file with text"
    return None


def why_not(path: Path) -> str | None:
    """Why a file is not taken that is found in a directory: it is no text, nor can be made text, or is too large."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            return f"too large ({size:,} bytes): name it to have it read"
        if path.suffix.lower() in SUFFIXES or is_compressed(path):
            return None
        if is_archive(path):
            return "an archive: name it to have it read"
        with path.open("rb") as file:
            binary = is_binary(file.read(8192))
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if path.suffix.lower() in ARCHIVES and binary:
        return "an archive: unpack it"
    return "binary, not text" if binary else None


def documents_in(path: Path, base: Path, encoding: str | None, loading: Loading) -> Iterator[SourceText | LeftOut]:
    """Read a file, and name what of it is no text."""
    loading.step()
    name = path.relative_to(base).as_posix()
    if path.suffix.lower() in SUFFIXES:
        converted, facts = loading.converted(path, encoding)
        if "pages" in facts:
            facts[STATE] = state_of(path)
        if without := facts.pop("left_out", None):
            yield LeftOut(f"{name}, {without[0]}", without[1])
        yield SourceText(name, converted, {"source": str(path), **facts})
        return
    try:
        text, guessed = _text_of(path, encoding)
    except OSError as error:
        msg = f"{path}: cannot be read ({error.strerror})."
        raise InputError(msg) from error
    yield SourceText(name, text, {"source": str(path), **({"encoding": guessed} if guessed else {})})


def _text_of(path: Path, encoding: str | None) -> tuple[Text, str | None]:
    size = path.stat().st_size
    if size >= large_from():
        return in_file(path, encoding)
    if size > BLOCK:
        with contextlib.suppress(ValueError, LookupError), path.open("rb") as file:
            return decoded_in_blocks(file, encoding), None
    return decoded(path.read_bytes(), str(path), encoding)


def _renamed(reading: Reading, archive: Path) -> Reading:
    """What is read of an archive, named by it."""
    problems: list[str] | None = None
    while problems is None:
        try:
            one = next(reading)
        except StopIteration as end:
            problems = end.value
        else:
            name = f"{archive.name}/{one.name}"
            yield _named_anew(one, name, f"{archive.parent / name}")
    return problems


def _named_anew(one: Read, name: str, source: str) -> Read:
    if not isinstance(one, SourceText):
        return replace(one, name=name)
    if isinstance(one.text, LargeText):
        one.text.source.name = source
    return replace(one, name=name, metadata={**one.metadata, "source": source})


def _reason(path: Path, error: InputError) -> str:
    return str(error).removeprefix(f"{path}: ").removesuffix(".")


def _all(problems: Sequence[str]) -> str:
    if len(problems) == 1:
        return problems[0]
    return "\n- ".join([f"{len(problems)} paths cannot be read:", *_some(problems)])


def _some(problems: Sequence[str]) -> list[str]:
    more = len(problems) - NAMED
    return [*problems[:NAMED], *([f"and {more:,} more"] if more > 0 else [])]
