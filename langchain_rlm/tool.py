"""`RLMTool`: an agent asks about documents of any size by their names; no text goes through the tool call.

Also what the ways in share: documents by name (`Library`), and a run of its own inside whatever host there is (`ask`).
"""

import asyncio
import difflib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager, suppress
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast
from uuid import uuid4

from langchain_core.document_loaders import BaseLoader
from langchain_core.runnables import RunnableConfig, ensure_config
from langchain_core.tools import BaseTool, ToolException
from langgraph.config import get_stream_writer
from langgraph.constants import TAG_NOSTREAM
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from langchain_rlm.context.convert import is_convertible
from langchain_rlm.context.corpus import Corpus, SourceText
from langchain_rlm.context.load import load_corpus, read_path
from langchain_rlm.errors import InputError
from langchain_rlm.rlm import RLM, SUPERSTEPS
from langchain_rlm.state import RLMResult

ABOUT = (
    "Answers a question over documents of any size by reading them with a Recursive Language Model. "
    "Give the question in full, and the names of the documents to read (all of them when left out), never their text."
)
LISTED = 2_000
"""Characters of the list of documents that the agent's model sees."""
SHOWN = 40_000
"""Characters of an answer that the agent's model sees; the artifact has it whole."""
LONGEST_NAME = 200
NAMED = 20
"""Sources named below an answer."""
NEAREST = 3


class Library:
    """Documents by name, for several threads: given ones, and the text files of a directory as they are at the time.

    Args:
        documents: What `load_corpus` takes, or loaders, which are read at first use.
        root: A directory. Names are paths below it; hidden files and links that lead out of it are left out.

    Raises:
        InputError: The documents cannot be used, or `root` is no directory.
    """

    def __init__(self, documents: Any = None, root: str | Path | None = None) -> None:
        self._reading, self._lock = threading.Lock(), threading.Lock()
        self._texts: dict[str, SourceText] = {}
        self._search: Corpus | None = None
        self._root = None if root is None else Path(root).resolve()
        if self._root is not None and not self._root.is_dir():
            msg = f"root={str(root)!r}: there is no such directory (looked in {Path.cwd()})."
            raise InputError(msg)
        given = list(documents) if isinstance(documents, list | tuple) else [documents]
        self._loaders = [item for item in given if isinstance(item, BaseLoader)]
        rest = [item for item in given if not isinstance(item, BaseLoader)] if self._loaders else documents
        if rest is not None and not (isinstance(rest, list | tuple | dict) and not rest):
            self.add(rest)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key not in {"_reading", "_lock"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._reading, self._lock = threading.Lock(), threading.Lock()
        vars(self).update(state)

    def add(self, documents: Any) -> list[str]:
        """Add documents, all or none; a name that is taken gets a number. Returns the names."""
        corpus = load_corpus(documents)
        names = []
        with self._lock:
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
        """Remove an added document; files of the directory are not touched."""
        with self._lock:
            known = self._texts.pop(name, None)
        if known is None:
            raise InputError(self._unknown(name))

    def select(self, names: Sequence[str] | None = None) -> Corpus:
        """The documents of these names, or all; files and loaders are read now.

        Raises:
            InputError: A name is unknown, a file cannot be read, a loader failed, or there is no document at all.
        """
        if not names or any(name not in self._texts and self._file(name) is None for name in names):
            with self._reading:
                while self._loaders:
                    self.add(self._loaders[0])
                    self._loaders.pop(0)
        if self._search is not None and not names:
            return self._search
        chosen = list(dict.fromkeys(names or [name for name, _ in self.listing()]))
        if not chosen:
            msg = "There is no document to read at present."
            raise InputError(msg)
        documents = tuple(text for name in chosen for text in self._read(name))
        return Corpus(documents, single=len(documents) == 1)

    def listing(self) -> list[tuple[str, str]]:
        """Names and sizes of what can be read, loaders not yet read aside."""
        with self._lock:
            rows = {name: f"{len(text.text):,} characters" for name, text in self._texts.items()}
        return [*({name: f"{size:,} bytes" for name, size in self._files()} | rows).items()]

    def describe(self) -> str:
        """The list that the agent's model sees."""
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

    def _read(self, name: str) -> list[SourceText]:
        with self._lock:
            text = self._texts.get(name)
        if text is not None:
            return [text]
        path = self._file(name)
        if path is None:
            raise InputError(self._unknown(name))
        below = PurePosixPath(name).as_posix()
        try:
            read = list(read_path(path))
        except InputError as error:
            raise InputError(str(error).replace(str(path), below)) from error
        return [
            SourceText(below + t.name.removeprefix(path.name), t.text, {**t.metadata, "source": below}) for t in read
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
        for base, directories, files in os.walk(self._root) if self._root else ():
            directories[:] = sorted(name for name in directories if not name.startswith("."))
            for file in sorted(files):
                name = Path(base, file).relative_to(cast("Path", self._root)).as_posix()
                path = self._file(name)
                with suppress(OSError):  # gone since
                    if path is not None and _is_readable(path):
                        yield name, path.stat().st_size

    def _unknown(self, name: str) -> str:
        if len(name) > LONGEST_NAME or not name.isprintable():
            return f"`documents` takes names of documents, not text. {len(name):,} characters were given as a name."
        names = [known for known, _ in self.listing()]
        if not names:
            return f"There is no document {name!r}: there is none at present."
        ends = [known for known in names if known.lower().endswith(name.lower())]
        near = list(dict.fromkeys([*ends, *difflib.get_close_matches(name, names, NEAREST, 0.5)]))[:NEAREST]
        hint = f"Nearest: {', '.join(map(repr, near))}" if near else f"There are {', '.join(map(repr, names[:NAMED]))}"
        return f"There is no document {name!r}. {hint}."


def _is_readable(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8192)
    return is_convertible(path) or b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff"))


def own_config(config: RunnableConfig | None) -> RunnableConfig:
    """A host's configuration for a run of its own.

    Callbacks, tags and metadata stay. The host's checkpointer and its limit on supersteps do not, and tokens of
    sub-models do not enter its messages.
    """
    given = ensure_config(config)
    kept = {k: v for k, v in given.get("configurable", {}).items() if not k.startswith(("__", "checkpoint_"))}
    own = {**kept, "thread_id": uuid4().hex}
    tags = [*given.get("tags", []), TAG_NOSTREAM]
    return cast("RunnableConfig", {**given, "tags": tags, "recursion_limit": SUPERSTEPS, "configurable": own})


def ask(rlm: RLM, question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Run, and send progress to the host's custom stream, when there is one, as `{key: event}`."""
    result, write = None, _host_writer()
    given: Any = {"question": question, "context": context}
    for event in rlm.stream(given, own_config(config), stream_mode="custom"):
        result = event["result"] if event["event"] == "result" else write({key: event})
    return cast("RLMResult", result)


async def aask(rlm: RLM, question: str, context: Any, config: RunnableConfig | None, *, key: str) -> RLMResult:
    """Like `ask`, on the caller's event loop."""
    result, write = None, _host_writer()
    given: Any = {"question": question, "context": context}
    async with aclosing(rlm.astream(given, own_config(config), stream_mode="custom")) as events:
        async for event in events:
            result = event["result"] if event["event"] == "result" else write({key: event})
    return cast("RLMResult", result)


def _host_writer() -> Callable[[Any], None]:
    with suppress(RuntimeError, LookupError):  # there is no host, or it is no graph
        return get_stream_writer()
    return lambda _: None


class AskArguments(BaseModel):
    """What the agent's model fills in."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="The question, in full: it is all that the reader of the documents knows.")
    documents: Annotated[
        list[str] | None, BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
    ] = Field(default=None, description="Names of the documents to read. All of them when left out.")


class RLMTool(BaseTool):
    """A tool with which an agent asks about documents of any size, by their names.

    The content of its messages is the answer with its sources in the last line, the artifact the whole result as plain
    data. What the agent's model gets wrong comes back as a message, so that it can go on.

    Args:
        rlm: Answers the questions.
        documents: A mapping of names to texts, a list of `Document`, paths, or whatever else `load_corpus` takes. Loaders
            are read at first use. A name that is taken gets a number.
        root: A directory whose files can be asked for by their paths below it. `..`, absolute paths, hidden files and
            links that lead out are refused.
        name: The tool's name; also the key of its progress events in the host's custom stream.
        description: What the documents are and when to ask; the list of documents is put below it.
        **settings: Fields of `BaseTool`.

    Raises:
        InputError: The documents cannot be used, or `root` is no directory.
        ModelError: While running: a model cannot be used.
    """

    rlm: RLM = Field(exclude=True, repr=False)
    response_format: Literal["content", "content_and_artifact"] = "content_and_artifact"
    _library: Library = PrivateAttr()
    _about: str = PrivateAttr()
    _described: str = PrivateAttr(default="")

    def __init__(
        self, *, rlm: RLM, documents: Any = None, root: str | Path | None = None, name: str = "ask_documents",
        description: str | None = None, **settings: Any,
    ) -> None:  # fmt: skip
        library = Library(documents, root)
        handlers = {"handle_tool_error": True, "handle_validation_error": _wrong_arguments}
        fields = {
            "name": name,
            "description": description or ABOUT,
            "args_schema": AskArguments,
            **handlers,
            **settings,
        }
        super().__init__(**{"rlm": rlm, **fields})
        self._library, self._about = library, self.description

    if not TYPE_CHECKING:  # a type checker that sees this takes any attribute for known

        def __getattribute__(self, name: str) -> Any:
            """The description is of the documents as they are now; a field of pydantic cannot be a property."""
            if name in {"description", "tool_call_schema"}:
                self._describe()
            return super().__getattribute__(name)

    def _describe(self) -> None:
        private, fields = self.__pydantic_private__ or {}, vars(self)
        if "_about" not in private:
            return
        if fields["description"] not in {self._described, self._about}:
            self._about = fields["description"]  # somebody has assigned another one
        described = f"{self._about}\n\n{self._library.describe()}"
        if described != fields["description"]:
            self._described = described
            self.description = described

    def add_documents(self, documents: Any) -> list[str]:
        """Add documents while the agent runs: all or, when one cannot be used, none. Loaders are read at once.

        Returns:
            The names under which the agent can ask for them.

        Raises:
            InputError: The documents cannot be used.
        """
        return self._library.add(documents)

    def remove_document(self, name: str) -> None:
        """Remove a document that was given or added. A run that reads it goes on.

        Raises:
            InputError: There is none of that name.
        """
        self._library.remove(name)

    def _run(self, question: str, documents: list[str] | None, config: RunnableConfig) -> tuple[str, dict[str, Any]]:
        with _as_message():
            corpus = self._library.select(documents)
            return _message(ask(self.rlm, question, corpus, config, key=self.name))

    async def _arun(
        self, question: str, documents: list[str] | None, config: RunnableConfig
    ) -> tuple[str, dict[str, Any]]:
        with _as_message():
            corpus = await asyncio.to_thread(self._library.select, documents)
            return _message(await aask(self.rlm, question, corpus, config, key=self.name))


@contextmanager
def _as_message() -> Iterator[None]:
    """What the agent got wrong goes back to it."""
    try:
        yield
    except InputError as error:
        raise ToolException(str(error)) from error


def _wrong_arguments(error: Any) -> str:
    wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return f"Wrong arguments ({wrong}). Give `question`, and in `documents` names from the list, never text."


def _message(result: RLMResult) -> tuple[str, dict[str, Any]]:
    """Content and artifact."""
    answer, reason = result["answer"].strip(), result["stop_reason"]
    if len(answer) > SHOWN:
        answer = f"{answer[:SHOWN]}\n[the first {SHOWN:,} of {len(answer):,} characters]"
    if not answer:
        answer = f"No answer was found (the run ended with {reason})."
    elif reason not in {"answered", "direct"}:
        answer += f"\n[the run ended early ({reason}): this is the best answer it had]"
    rows = [*result["citations"], *(document.metadata for document in result["context"])]
    names = list(dict.fromkeys(str(row.get("name") or row.get("source")) for row in rows))
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    sources = f"\n\nSources: {', '.join(names[:NAMED])}{more}" if names else ""
    artifact: dict[str, Any] = {**result, "context": [dict(document.metadata) for document in result["context"]]}
    if isinstance(artifact.get("structured_response"), BaseModel):
        artifact["structured_response"] = artifact["structured_response"].model_dump(mode="json")
    return answer + sources, artifact
