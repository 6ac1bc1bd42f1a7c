"""`RLMTool`: an agent asks about documents of any size by their names; no text goes through the tool call."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from langchain_core.tools import ToolException
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from langchain_rlm.adapters.hosting import aask, ask
from langchain_rlm.adapters.named_documents import Library
from langchain_rlm.adapters.result_text import AnsweringTool, check_question, text_of
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import Reading
from langchain_rlm.errors import InputError, MissingExtraError
from langchain_rlm.rlm import RLM
from langchain_rlm.runtime.loop import Batched
from langchain_rlm.state import RLMResult

ABOUT = (
    "Answers a question over the documents listed below, of any size, by reading them with a Recursive Language Model. "
    "Give the question in full, and names from the list (all of them when left out), never text or other handles."
)
SHOWN = 40_000
"""Characters of an answer that the agent's model sees; the artifact has it whole."""


class AskArguments(BaseModel):
    """What the agent's model fills in."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(description="The question, in full: it is all that the reader of the documents knows.")
    documents: Annotated[
        list[str] | None, BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
    ] = Field(default=None, description="Names of the documents to read. All of them when left out.")


class RLMTool(Batched, AnsweringTool):
    """A tool with which an agent asks about documents of any size, by their names.

    The content of its messages is the answer; its last lines say what its marks stand for (`[1] a.txt, line 12`) or,
    when it has none, which documents were read. The artifact is the whole result as plain data. A run whose
    sub-queries all failed is an error (`status`). What the agent's model gets wrong in its arguments comes back as a
    message, so that it can go on; all other errors are raised.

    Args:
        rlm: Answers the questions.
        documents: A mapping of names to texts, a list of `Document`, paths, or whatever else `load_corpus` takes.
            Loaders are read at first use. A name that is taken gets a number.
        root: A directory whose files can be asked for by their paths below it. `..`, absolute paths, hidden files and
            links that lead out are refused.
        name: The tool's name; also the key of its progress events in the host's custom stream.
        description: What the documents are and when to ask; the list of documents is put below it.
        **settings: Fields of `BaseTool`.

    Raises:
        InputError: The documents cannot be used, or `root` is not a directory. While running: `rlm` cannot be used
            here, as it is set up.
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
        fields = {
            "name": name, "description": description or ABOUT, "args_schema": AskArguments,
            "handle_tool_error": True, "handle_validation_error": _wrong_arguments, **settings,
        }  # fmt: skip
        super().__init__(**{"rlm": rlm, **fields})
        self._library, self._about = library, self.description

    if not TYPE_CHECKING:  # a type checker that sees this takes any attribute for known

        def __getattribute__(self, name: str) -> Any:
            """Describe the documents as they are now: a pydantic field cannot be a property."""
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
            InputError: No document has that name.
        """
        self._library.remove(name)

    # LangChain hands `_run` the configuration of the tool's caller. The run belongs under the tool's own, which is the
    # surrounding one.

    def _run(self, question: str, documents: list[str] | None = None) -> tuple[str, dict[str, Any]]:
        return _message(ask(self.rlm, *_asked(self._library, question, documents), None, key=self.name))

    async def _arun(self, question: str, documents: list[str] | None = None) -> tuple[str, dict[str, Any]]:
        return _message(await aask(self.rlm, *_asked(self._library, question, documents), None, key=self.name))


def _asked(library: Library, question: str, names: list[str] | None) -> tuple[str, Reading]:
    check_question(question)
    return question, Reading(partial(_selected, library, names))


def _selected(library: Library, names: list[str] | None, loading: Loading) -> Corpus:
    """The documents that are asked about. What the agent's model can mend goes back to it; all else is raised."""
    try:
        return library.select(names, loading)
    except MissingExtraError:
        raise
    except InputError as error:
        raise ToolException(str(error)) from error


def _wrong_arguments(error: Any) -> str:
    wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return f"Wrong arguments ({wrong}). Give `question`, and in `documents` names from the list, never text."


def _message(result: RLMResult) -> tuple[str, dict[str, Any]]:
    artifact: dict[str, Any] = {**result, "context": [dict(document.metadata) for document in result["context"]]}
    if isinstance(artifact.get("structured_response"), BaseModel):
        artifact["structured_response"] = artifact["structured_response"].model_dump(mode="json")
    return text_of(result, SHOWN), artifact
