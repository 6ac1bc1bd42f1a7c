"""Journals as files: a run on disk, to look at, to replay and to test against; `header.py` says what is in one."""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.paths import at_home
from langchain_rlm.errors import InputError
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.excerpts import excerpts_of, known_texts
from langchain_rlm.journal.header import FORMAT, VERSION, Excerpt, Header
from langchain_rlm.journal.lines import problems, read_lines
from langchain_rlm.journal.reading import beginning
from langchain_rlm.journal.record import Recording, as_recording
from langchain_rlm.surrogates import encodable

NAMED = 5
"""Documents that an error names."""


def save_journal(
    result: Mapping[str, Any] | Recording, path: str | os.PathLike[str], *, context: Any = None, excerpts: bool = True
) -> None:
    """Write a run to a file, whole or not at all.

    Args:
        result: What `RLM.invoke` returned, or a record of it.
        path: The file; one that exists is replaced.
        context: What was given to the run as `context`, where the result has been copied and lost its texts.
        excerpts: Keep passages beside the journal when the texts are at hand.

    Raises:
        InputError: The file cannot be written, the context is another one, or there is no journal.
    """
    file = _path(path)
    recording = recording_of(result, context=context, excerpts=excerpts)
    write_whole(file, (_line(line) for line in _lines(recording)))


def load_journal(path: str | os.PathLike[str]) -> Recording:
    """Read a run from a file.

    Args:
        path: A file that `save_journal` or `langchain-rlm ask --journal` wrote.

    Raises:
        InputError: It cannot be read, is not a journal, was cut off or is damaged, or is of a newer version.
    """
    return _recording(*read_lines(_path(path)))


def _path(path: Any) -> Path:
    try:
        return at_home(path)
    except TypeError:
        msg = f"path={path!r:.80}: name a file, with a str or a Path."
        raise InputError(msg) from None


def recording_of(result: Mapping[str, Any] | Recording, *, context: Any = None, excerpts: bool = True) -> Recording:
    """The recording of a result or a record; see `save_journal`."""
    made = as_recording(result)
    begun = beginning(made.journal)
    if begun is not None:
        size = made.chunk_size or begun.get("chunk_size")
        made = replace(made, context=made.context or begun["context"], chunk_size=size)
    if context is not None:
        corpus = same_context(made, load_corpus(context))
        documents = [{"id": d["id"], "name": d["name"], "characters": d["size"]} for d in corpus.sources()]
        made = replace(made, documents=documents, single=corpus.single, texts=corpus.texts, excerpts=())
    if not excerpts:
        return replace(made, texts=None, excerpts=())
    if made.texts is not None and not made.excerpts:
        made = replace(made, excerpts=list(excerpts_of(made, made.texts)))
    return made


def problem_of(recording: Recording) -> str | None:
    """Why a recording that comes from elsewhere could not be read from a file; None when it could."""
    header, *lines, _ = (json.loads(_line(each)) for each in _lines(recording))
    return next((f"entry {place - 1}: {what}" if place > 1 else what for place, what in problems(header, lines)), None)


def same_context(recording: Recording, corpus: Corpus) -> Corpus:
    """The context of a run, made of texts that may go by other names now. Other texts are an `InputError`."""
    for candidate in _forms(recording, corpus):
        if candidate.hash == recording.context:
            return candidate
    msg = (
        f"This is not the context of the run. On record: {about(recording)}; {recording.context}. "
        f"Given: {_listed([(d.name, len(d.text)) for d in corpus.documents], corpus.characters)}; {corpus.hash}. "
        "Pass what the run was asked about."
    )
    raise InputError(msg)


def about(recording: Recording) -> str:
    """The documents of a run, in words."""
    begun = beginning(recording.journal)
    known = [(d["name"], d["characters"]) for d in recording.documents]
    return _listed(known, begun and begun["characters"], begun and begun["documents"])


def _listed(documents: Sequence[tuple[str, Any]], characters: Any, count: int | None = None) -> str:
    count = len(documents) if count is None else count
    total = f", {characters:,} characters" if isinstance(characters, int) else ""
    names = [f"{name} ({size:,})" if isinstance(size, int) else name for name, size in documents[:NAMED]]
    if names and count > len(names):
        names.append(f"{count - len(names):,} more")
    said = f"{count:,} document{'' if count == 1 else 's'}{total}"
    return f"{said}: {', '.join(names)}" if names else said


def _forms(recording: Recording, corpus: Corpus) -> Iterator[Corpus]:
    """The texts as they are, and as a `str` or a list under the names on record."""
    yield corpus
    kinds = (corpus.single, not corpus.single) if len(corpus.documents) == 1 else (corpus.single,)
    names = [document["name"] for document in recording.documents]
    named = [corpus.documents]
    if len(names) == len(corpus.documents):
        pairs = zip(names, corpus.documents, strict=True)
        named.append(tuple(SourceText(name, d.text, d.metadata) for name, d in pairs))
    for documents in named:
        for single in kinds:
            yield Corpus(documents, single, corpus.searchable, tables=corpus.tables)


def _lines(recording: Recording) -> Iterator[Any]:
    names = [name for name in Header.__annotations__ if name != "value" or recording.value != recording.answer]
    yield {"format": FORMAT, "version": VERSION, **{name: getattr(recording, name) for name in names[2:]}}
    yield from recording.journal
    yield from recording.excerpts
    yield {"kind": "file_end", "entries": len(recording.journal)}


def _line(value: Any) -> str:
    return encodable(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) + "\n"


def _recording(header: Header, entries: list[Entry], excerpts: list[Excerpt]) -> Recording:
    known: dict[str, Any] = {"value": header["answer"], **header, "journal": entries, "excerpts": excerpts}
    known["texts"] = known_texts(excerpts)
    return Recording(**{part.name: known[part.name] for part in fields(Recording)})


def write_whole(file: Path, parts: Iterable[str]) -> None:
    """Write a file whole. When that fails, the old file stays."""
    file = Path(os.path.realpath(file))  # a link stays one
    draft = _draft(file)
    try:
        with draft.open("xb") as out:
            out.writelines(part.encode() for part in parts)
        draft.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def check_writable(file: Path) -> None:
    """Find out before a run whether a file can be written."""
    file = Path(os.path.realpath(file))
    if file.is_dir():
        msg = f"{file}: cannot be written (it is a directory). Name a file."
        raise InputError(msg)
    draft = _draft(file)
    try:
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise _unwritable(file, error) from error


def _draft(file: Path) -> Path:
    return file.with_name(f".{file.name}.{os.getpid()}.new")


def _unwritable(file: Path, error: OSError) -> InputError:
    if not file.parent.is_dir():
        return InputError(f"{file}: cannot be written (there is no directory {file.parent}). Make it first.")
    return InputError(f"{file}: cannot be written ({error.strerror}).")
