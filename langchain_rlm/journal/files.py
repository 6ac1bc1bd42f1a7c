"""Journals as files: a run on disk, to look at, to replay and to test against; `header.py` says what is in one."""

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast, overload

from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus
from langchain_rlm.context.pieces import Span, above, merged
from langchain_rlm.errors import InputError
from langchain_rlm.journal.below import answered_calls, documents_below
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.header import FORMAT, VERSION
from langchain_rlm.journal.lines import read_lines
from langchain_rlm.journal.record import RunRecord, number

EXCERPT = 240
"""Characters kept of the beginning of a span or a cited passage, and of its end."""
NAMED = 5
"""Documents that an error names."""
UNKNOWN = "\u2591"
"""Stands for a character that is in no excerpt."""
SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Recording(RunRecord):
    """A run on record, as a file holds it. `texts` are pieced together from the excerpts when it was read from one.

    Args:
        value: The answer as the code gave it, when it was plain data; else the answer.
        error: Why the run failed, when it did.
        context: Hash of the context.
        single: The context was one text, a `str` for the code; None when that is not known.
        chunk_size: Characters that `chunks()` made, when that is known.
        excerpts: Stretches of the documents: `document`, `start`, `end`, `text`.
    """

    value: Any = None
    error: str = ""
    context: str = ""
    single: bool | None = None
    chunk_size: int | None = None
    excerpts: Sequence[Entry] = ()


def save_journal(
    result: Mapping[str, Any] | RunRecord, path: str | os.PathLike[str], *, context: Any = None, excerpts: bool = True
) -> None:
    """Write a run to a file, whole or not at all.

    Args:
        result: What `RLM.invoke` returned, or a record of it.
        path: The file; it is replaced when it is there.
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
        InputError: It cannot be read, is no journal, was cut off or is damaged, or is of a newer version.
    """
    return _recording(*read_lines(_path(path)))


def _path(path: Any) -> Path:
    try:
        return Path(path)
    except TypeError:
        msg = f"path={path!r:.80}: name a file, with a str or a Path."
        raise InputError(msg) from None


def recording_of(result: Mapping[str, Any] | RunRecord, *, context: Any = None, excerpts: bool = True) -> Recording:
    """The recording of a result or a record; see `save_journal`."""
    made = as_recording(result)
    begun = made.journal[0]
    made = replace(
        made, context=made.context or begun.get("context", ""), chunk_size=made.chunk_size or begun.get("chunk_size")
    )
    if context is not None:
        corpus = same_context(made, load_corpus(context))
        documents = [{"id": d["id"], "name": d["name"], "characters": d["size"]} for d in corpus.sources()]
        made = replace(made, documents=documents, single=corpus.single, texts=corpus.texts, excerpts=())
    if not excerpts:
        return replace(made, texts=None, excerpts=())
    if made.texts is not None and not made.excerpts:
        made = replace(made, excerpts=list(_excerpts(made, made.texts)))
    return made


def as_recording(result: Any) -> Recording:
    """A result or a record, as it is.

    Raises:
        InputError: It is neither, or has no journal.
    """
    if not isinstance(result, Mapping | RunRecord):
        msg = f"{result!r:.80} is no run. Pass what RLM.invoke returned, as a whole, or what load_journal read."
        raise InputError(msg)
    journal = result.get("journal") if isinstance(result, Mapping) else result.journal
    if not journal:
        msg = "There is no journal: the run has no entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    if not _is_journal(journal):
        msg = f"The journal is {journal!r:.80}, no list of a run's entries. Pass what RLM.invoke returned."
        raise InputError(msg)
    if isinstance(result, Recording):
        return result
    if isinstance(result, RunRecord):
        return Recording(**{part.name: getattr(result, part.name) for part in fields(RunRecord)}, value=result.answer)
    made = Recording.of(result, getattr(result, "texts", None))
    told = {name: result[name] for name in ("error", "single", "chunk_size") if name in result}
    return replace(made, value=result.get("value", made.answer), **told)


def _is_journal(journal: Any) -> bool:
    return isinstance(journal, Sequence) and all(isinstance(entry, Mapping) and "kind" in entry for entry in journal)


# -- the context --------------------------------------------------------------------------------------------------


def same_context(recording: Recording, corpus: Corpus) -> Corpus:
    """The context of a run, made of texts that may go by other names now.

    Raises:
        InputError: The texts are others.
    """
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
    begun: Entry = recording.journal[0] if recording.journal else {}
    known = [(str(d.get("name")), d.get("characters")) for d in recording.documents]
    return _listed(known, begun.get("characters"), begun.get("documents"))


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
    names = [str(document.get("name")) for document in recording.documents]
    named = [corpus.documents]
    if len(names) == len(corpus.documents):
        named.append(
            tuple(SourceText(name, d.text, d.metadata) for name, d in zip(names, corpus.documents, strict=True))
        )
    for documents in named:
        for single in kinds:
            yield Corpus(documents, single, corpus.searchable)


# -- lines --------------------------------------------------------------------------------------------------------


def _lines(recording: Recording) -> Iterator[Entry]:
    header: Entry = {"format": FORMAT, "version": VERSION, "question": recording.question, "answer": recording.answer}
    if recording.value != recording.answer:
        header["value"] = recording.value
    header |= {
        "stop_reason": recording.stop_reason, "error": recording.error, "usage": dict(recording.usage),
        "citations": [dict(citation) for citation in recording.citations], "coverage": recording.coverage,
        "documents": [dict(document) for document in recording.documents], "context": recording.context,
        "single": recording.single, "chunk_size": recording.chunk_size,
    }  # fmt: skip
    yield header
    yield from recording.journal
    yield from ({"kind": "excerpt", **excerpt} for excerpt in recording.excerpts)
    yield {"kind": "file_end", "entries": len(recording.journal)}


def _line(value: Any) -> str:
    """One line. A lone surrogate, which UTF-8 cannot carry, is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def _recording(header: Entry, entries: list[Entry], excerpts: list[Entry]) -> Recording:
    return Recording(
        question=header["question"],
        answer=header["answer"],
        value=header.get("value", header["answer"]),
        stop_reason=header["stop_reason"],
        error=header["error"],
        usage=header["usage"],
        journal=entries,
        citations=header["citations"],
        coverage=header["coverage"],
        documents=header["documents"],
        texts=known_texts(excerpts),
        context=header["context"],
        single=header["single"],
        chunk_size=header["chunk_size"],
        excerpts=[{name: line[name] for name in ("document", "start", "end", "text")} for line in excerpts],
    )


# -- excerpts -----------------------------------------------------------------------------------------------------


def _excerpts(recording: Recording, texts: Sequence[str]) -> Iterator[Entry]:
    """The stretches of text at both ends of whatever was cited or sent, those that touch made one."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    cited = [(number(c.get("document")), c.get("start"), c.get("end")) for c in recording.citations]
    whole = [span for span in cited if isinstance(span[1], int) and isinstance(span[2], int)]
    for document, start, end in (*cast("list[Span]", whole), *_spans(recording.journal)):
        if 0 <= document < len(texts):
            middle = max(start, end - EXCERPT)
            ranges.setdefault(document, []).extend([(start, min(end, start + EXCERPT)), (middle, end)])
    for document in sorted(ranges):
        for start, end in merged((low, high) for low, high in ranges[document] if low < high):
            yield {"document": document, "start": start, "end": end, "text": texts[document][start:end]}


def _spans(journal: Sequence[Entry]) -> Iterator[Span]:
    """The ends of each span of a run and of its recursive runs, where they are in the first run's context."""
    for entry in journal:
        yield from entry.get("shown") or ()
    for call, answer in answered_calls(journal):
        for piece in (part for pieces in (call["pieces"], *(call.get("context") or ())) for part in pieces):
            if not isinstance(piece, str):
                yield piece[0], piece[1], piece[2]
        if answer and answer.get("run") and "reused" not in call:
            yield from _spans_below(call, answer["run"])


def _spans_below(call: Entry, run: Entry) -> Iterator[Span]:
    documents = documents_below(call, run)
    for document, start, end in _spans(run["journal"]):
        if documents is None:
            yield document, start, end
        elif 0 <= document < len(documents):
            for low, high in ((start, min(end, start + EXCERPT)), (max(start, end - EXCERPT), end)):
                yield from above(documents[document], low, high)


class KnownText:
    """A document of which some stretches are known. What is not is shown as such, and keeps its length."""

    def __init__(self, stretches: Sequence[Entry]) -> None:
        self._known = sorted((line["start"], line["end"], line["text"]) for line in stretches)

    def __len__(self) -> int:
        return int(max(end for _, end, _ in self._known))

    def __getitem__(self, wanted: slice) -> str:
        start, end, _ = wanted.indices(len(self))
        parts, at = [], start
        for low, high, text in self._known:
            if max(low, at) < min(high, end):
                parts += [UNKNOWN * (low - at), text[max(low, at) - low : min(high, end) - low]]
                at = min(high, end)
        return "".join([*parts, UNKNOWN * (end - at)]) if parts else ""


class KnownTexts(Sequence[KnownText | str]):
    """The documents up to the last of which something is known; of how many they are, only those are kept."""

    def __init__(self, known: Mapping[int, KnownText]) -> None:
        self._known = known

    def __len__(self) -> int:
        return max(self._known) + 1

    @overload
    def __getitem__(self, index: int) -> KnownText | str: ...
    @overload
    def __getitem__(self, index: slice) -> list[KnownText | str]: ...
    def __getitem__(self, index: int | slice) -> KnownText | str | list[KnownText | str]:
        places = range(len(self))[index]
        return self._known.get(places, "") if isinstance(places, int) else [self[place] for place in places]


def known_texts(excerpts: Sequence[Entry]) -> Sequence[str] | None:
    """The documents as far as excerpts have them: what a page reads of a text is its length and slices of it."""
    by_document: dict[int, list[Entry]] = {}
    for line in excerpts:
        by_document.setdefault(line["document"], []).append(line)
    if not by_document:
        return None
    texts = KnownTexts({document: KnownText(stretches) for document, stretches in by_document.items()})
    return cast("Sequence[str]", texts)


# -- files --------------------------------------------------------------------------------------------------------


def write_whole(file: Path, parts: Iterable[str]) -> None:
    """Write a file of which either all is there in the end, or what was there before.

    Raises:
        InputError: It cannot be written.
    """
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
    """Find out before a run, and not after it, that a file cannot be written.

    Raises:
        InputError: It cannot.
    """
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
