"""Documents that an agent asks for by name. They may be added and removed while the agent runs."""

import difflib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from langchain_core.document_loaders import BaseLoader

from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus, LeftOut, SourceText
from langchain_rlm.context.files import documents_in, listed, why_not
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.paths import at_home
from langchain_rlm.errors import InputError

LISTED = 2_000
"""Characters of the list of documents that the agent's model sees."""
LONGEST_NAME = 200
NEAREST = 3
NAMED = 20
"""Names in a message."""


class Library:
    """Documents by name: those given, and the text files that a directory has at the time. Safe to use from threads."""

    def __init__(self, documents: Any = None, root: str | Path | None = None) -> None:
        self._reading, self._lock = threading.Lock(), threading.Lock()
        self._texts: dict[str, SourceText] = {}
        self._search: Corpus | None = None
        self._looked_at: dict[Path, tuple[tuple[int, int], bool]] = {}
        self._root = None if root is None else at_home(root).resolve()
        if self._root is not None and not self._root.is_dir():
            msg = f"root={str(root)!r}: this is not a directory (looked in {Path.cwd()})."
            raise InputError(msg)
        given = list(documents) if isinstance(documents, list | tuple) else [documents]
        self._loaders = [item for item in given if isinstance(item, BaseLoader)]
        rest = [item for item in given if not isinstance(item, BaseLoader)] if self._loaders else documents
        if rest is not None and not (isinstance(rest, list | tuple | dict) and not rest):
            self.add(rest)

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            state = {**vars(self), "_texts": dict(self._texts), "_looked_at": {}}
        return {key: value for key, value in state.items() if key not in {"_reading", "_lock"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._reading, self._lock = threading.Lock(), threading.Lock()
        vars(self).update(state)

    def add(self, documents: Any) -> list[str]:
        """Add documents, all or none; a name that is taken gets a number. Returns the names."""
        corpus = load_corpus(documents)
        names: list[str] = []
        with self._lock:
            if self._search is not None or (corpus.searchable is not None and (self._texts or self._root)):
                msg = "A retriever or store has no documents with names: it cannot stand beside other documents."
                raise InputError(msg)
            if corpus.tables is not None:
                msg = "A table has no text: it cannot stand among documents with names. Ask about it with RLM itself."
                raise InputError(msg)
            if corpus.searchable is not None:
                self._search = corpus
            for document in corpus.documents:
                name, count = document.name, 1
                while name in self._texts or self._file(name) is not None:
                    count += 1
                    name = f"{document.name} ({count})"
                self._texts[name] = SourceText(name, document.text, document.metadata)
                names.append(name)
        return names

    def remove(self, name: str) -> None:
        with self._lock:
            known = self._texts.pop(name, None)
        if known is None:
            raise InputError(self._unknown(name))

    def select(self, names: Sequence[str] | None, loading: Loading, *, below: Sequence[Path] | None = None) -> Corpus:
        """The documents of these names, or all; files and loaders are read now. `below`: as in `listing`."""
        if not names or any(name not in self._texts and self._file(name) is None for name in names):
            with self._reading:
                while self._loaders:
                    self.add(self._loaders[0])
                    self._loaders.pop(0)
        if self._search is not None and not names:
            return self._search
        known = [name for name, _ in self.listing(below)]
        for name in names or ():
            if below is not None and name not in known:
                raise InputError(self._unknown(name, known))
        chosen = list(dict.fromkeys(names or known))
        if not chosen:
            msg = "There is no document to read at present."
            raise InputError(msg)
        read = loading.read
        loading.ahead(filter(None, map(self._file, chosen)), None)
        for name in chosen:
            try:
                read += self._read(name, loading)
            except InputError as error:
                if names or len(chosen) == 1:
                    raise
                read.append(LeftOut(name, str(error).removeprefix(f"{name}: ").removesuffix(".")))
        documents = tuple(one for one in read if isinstance(one, SourceText))
        left_out = tuple(one for one in read if isinstance(one, LeftOut))
        return Corpus(documents, single=len(documents) == 1, left_out=left_out)

    def listing(self, below: Sequence[Path] | None = None) -> list[tuple[str, str]]:
        """Names and sizes of what can be read, without loaders that were not read yet.

        Where `below` names directories, files that are not in one of them are left out.
        """
        with self._lock:
            rows = {name: f"{len(text.text):,} characters" for name, text in self._texts.items()}
        files = {name: f"{size:,} bytes" for name, size in self._files() if below is None or self._is_in(name, below)}
        return [*(files | rows).items()]

    def _is_in(self, name: str, directories: Sequence[Path]) -> bool:
        path = self._file(name)
        return path is not None and any(path.is_relative_to(each) for each in directories)

    def describe(self) -> str:
        rows = self.listing()
        lines, room = [], LISTED
        for name, size in rows:
            lines.append(f"- {name if name.isprintable() else json.dumps(name)} ({size})")
            room -= len(lines[-1]) + 1
            if room < 0:
                lines[-1] = f"and {len(rows) - len(lines) + 1:,} more"
                break
        lines += [f"- what a {type(loader).__name__} will read at first use" for loader in self._loaders]
        if self._search is not None:
            lines.append("- a collection that is searched, not named: leave the names out")
        return "Documents:\n" + "\n".join(lines) if lines else "There is no document at present."

    def _read(self, name: str, loading: Loading) -> list[SourceText | LeftOut]:
        with self._lock:
            text = self._texts.get(name)
        if text is not None:
            return [text]
        path = self._file(name)
        if path is None:
            raise InputError(self._unknown(name))
        below = PurePosixPath(name).as_posix()
        try:
            read = [*documents_in(path, path.parent, None, loading)]
        except InputError as error:
            raise type(error)(str(error).replace(str(path), below)) from error
        return [
            SourceText(below, one.text, {**one.metadata, "source": below})
            if isinstance(one, SourceText)
            else LeftOut(below + one.name.removeprefix(path.name), one.reason)
            for one in read
        ]

    def _file(self, name: str) -> Path | None:
        """The file of that name, when it is one below the directory that may be read."""
        path = PureWindowsPath(name)  # knows both kinds of slashes
        if self._root is None or path.anchor or not name.isprintable() or any(p.startswith(".") for p in path.parts):
            return None
        with suppress(OSError):
            real = (self._root / name).resolve()
            return real if real.is_relative_to(self._root) and real.is_file() else None
        return None

    def _files(self) -> Iterator[tuple[str, int]]:
        """Names and sizes in bytes. Read at every turn of an agent, so a file is opened once unless it changes."""
        for path, name in listed(self._root) if self._root is not None else ():
            with suppress(OSError):  # gone since
                if (size := self._size(path)) is not None and name.isprintable():
                    yield name, size

    def _size(self, path: Path) -> int | None:
        """Bytes of a file that can be read as text, else None."""
        found = path.stat()
        state = (found.st_mtime_ns, found.st_size)
        known = self._looked_at.get(path)
        if known is None or known[0] != state:
            known = self._looked_at[path] = (state, why_not(path) is None)
        return found.st_size if known[1] else None

    def _unknown(self, name: str, names: Sequence[str] | None = None) -> str:
        if len(name) > LONGEST_NAME or not name.isprintable():
            return f"`documents` takes names of documents, not text. {len(name):,} characters were given as a name."
        names = [known for known, _ in self.listing()] if names is None else names
        if not names:
            return f"There is no document {name!r}, nor any other at present."
        ends = [known for known in names if known.lower().endswith(name.lower())]
        near = list(dict.fromkeys([*ends, *difflib.get_close_matches(name, names, NEAREST, 0.5)]))[:NEAREST]
        hint = f"Nearest: {', '.join(map(repr, near))}" if near else f"There are {', '.join(map(repr, names[:NAMED]))}"
        return f"There is no document {name!r}. {hint}."
