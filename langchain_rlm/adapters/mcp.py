"""`mcp_server`: agents that speak the Model Context Protocol ask about documents of any size, by their names.

The tools and the page of a run are those of the specification of 2025-06-18; it needs the extra `mcp`.
"""

import time
import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import anyio
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command
from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.shared.exceptions import McpError
from mcp.types import CallToolResult, ClientCapabilities, ElicitationCapability, RootsCapability, TextContent
from mcp.types import ToolAnnotations as Annotations
from pydantic import BaseModel, Field

from langchain_rlm.adapters.named_documents import Library
from langchain_rlm.adapters.result_text import check_question, text_of
from langchain_rlm.adapters.tool import SHOWN
from langchain_rlm.budget import dollars, quoted
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import Reading
from langchain_rlm.evidence.marks import place_of
from langchain_rlm.journal.files import recording_of
from langchain_rlm.journal.record import number
from langchain_rlm.report.page import render
from langchain_rlm.report.payload import around
from langchain_rlm.rlm import RLM
from langchain_rlm.threads import on_thread

RUNS = 20
"""Runs whose passages and pages are kept, the newest."""
ROOTS_WITHIN = 10.0
"""Seconds in which a client has to say its roots."""
APART = 0.2
"""Seconds between two notifications of progress, at least."""
ABOUT = (
    "Answers a question over documents of any size, by reading them with a Recursive Language Model. Give the question "
    "in full, and names from `list_documents` (all of them when left out), never text."
)
READS: Any = Annotations(readOnlyHint=True)


class Cited(BaseModel):
    """What a mark in an answer stands for."""

    mark: str
    place: str
    text: str


class Answer(BaseModel):
    """What `ask_documents` returns."""

    run: str = Field(description="For `read_passage`.")
    page: str = Field(description="The resource that shows the run.")
    answer: str
    is_whole: bool = Field(description="False where only the beginning of a very long answer is here.")
    citations: list[Cited]
    coverage: float | None = Field(description="The share of the text that models have seen; null if it is searched.")
    cost: float | None = Field(description="US dollars; null where no price is known.")
    calls: int = Field(description="Model calls.")
    tokens: int
    seconds: float
    stop_reason: str
    left_out: list[str] = Field(description="Files that could not be read, each with the reason.")


class Listed(BaseModel):
    """A document that can be asked about."""

    name: str
    size: str


class Documents(BaseModel):
    """What `list_documents` returns."""

    documents: list[Listed]


class Passage(BaseModel):
    """What `read_passage` returns: a passage, and what stands before and behind it."""

    place: str
    before: str
    text: str
    after: str


class Decision(BaseModel):
    """What a person is asked about a quote."""

    approve: bool = Field(description="Ask these sub-queries.")


def mcp_server(
    rlm: RLM, *, documents: Any = None, root: str | Path | None = None, name: str = "langchain-rlm", **settings: Any
) -> FastMCP[None]:
    """Make a server of the Model Context Protocol, to be run or mounted: `server.run()`.

    Its tools are `ask_documents`, `list_documents` and `read_passage`; `rlm://runs/{run}` is the page of a run.
    A client is told how far a run is, ends it by cancelling its request, and is asked about a quote
    (`Budget(confirm_above=...)`, with a checkpointer) through elicitation; where it has none, the quote is refused.
    Where it names roots, only files below them are read.

    Args:
        rlm: Answers the questions.
        documents: As for `RLMTool`.
        root: A directory whose files can be asked for by their paths below it.
        name: The server's name.
        **settings: Of `FastMCP`.

    Raises:
        InputError: The documents cannot be used, or `root` is not a directory.
    """
    server: FastMCP[None] = FastMCP(name, instructions=ABOUT, **settings)
    served = _Served(rlm, Library(documents, root))
    server.add_tool(served.ask_documents, title="Ask documents", description=ABOUT, annotations=READS)
    server.add_tool(served.list_documents, title="List documents", annotations=READS)
    server.add_tool(served.read_passage, title="Read a passage", annotations=READS)
    server.resource("rlm://runs/{run}", title="The page of a run", mime_type="text/html")(served.page)
    return server


@dataclass(frozen=True)
class _Ended:
    """What is kept of a run."""

    passages: Mapping[str, Passage]
    page: bytes


@dataclass
class _Served:
    rlm: RLM
    library: Library
    runs: OrderedDict[str, _Ended] = field(default_factory=OrderedDict)

    async def ask_documents(
        self,
        question: Annotated[str, Field(description="In full: it is all that the reader of the documents knows.")],
        context: Context[Any, Any, Any],
        documents: Annotated[list[str] | None, Field(description="Names; all documents when left out.")] = None,
    ) -> Annotated[CallToolResult, Answer]:
        check_question(question)
        below = await _roots(context)
        asked = _Asked(self.rlm, context, self.library, documents, below)
        result, run = await asked.answered(question), uuid4().hex
        self.runs[run] = await on_thread(partial(_ended, result, asked.corpus))
        while len(self.runs) > RUNS:
            self.runs.popitem(last=False)
        failed = result["stop_reason"] == "no_code" or result["usage"]["sub_queries"]["is_in_vain"]
        answer = _answer(run, result).model_dump()
        return CallToolResult(
            content=[TextContent(type="text", text=text_of(result, SHOWN))], structuredContent=answer, isError=failed
        )

    async def list_documents(self, context: Context[Any, Any, Any]) -> Documents:
        """The documents that can be asked about, by name and size."""
        rows = await on_thread(partial(self.library.listing, await _roots(context)))
        return Documents(documents=[Listed(name=name, size=size) for name, size in rows])

    async def read_passage(
        self,
        run: Annotated[str, Field(description="As `ask_documents` returned it.")],
        mark: Annotated[str, Field(description="A mark of its answer, such as 1.")],
    ) -> Passage:
        """The passage that a mark of an answer stands for, with what stands around it."""
        passages = self._kept(run).passages
        if (found := passages.get(mark.strip(" []"))) is None:
            msg = f"The answer has no mark {mark!r:.40}. It has: {', '.join(passages) or 'none'}."
            raise ToolError(msg)
        return found

    async def page(self, run: str) -> str:
        """How a run went, as a page of HTML."""
        return zlib.decompress(self._kept(run).page).decode()

    def _kept(self, run: str) -> _Ended:
        if run not in self.runs:
            msg = f"There is no run {run!r:.80}: the last {RUNS} are kept while the server lives. Ask again."
            raise ToolError(msg)
        return self.runs[run]


@dataclass
class _Asked:
    """A question on its way."""

    rlm: RLM
    context: Context[Any, Any, Any]
    library: Library
    names: Sequence[str] | None
    below: Sequence[Path] | None
    corpus: Corpus | None = None
    _told: float = 0.0
    _events: int = 0
    _counts: dict[str, int] = field(default_factory=lambda: {"sub_queries": 0, "answer": 0})

    async def answered(self, question: str) -> Any:
        config: RunnableConfig = {"configurable": {"thread_id": uuid4().hex}}
        given: Any = {"question": question, "context": Reading(self._read)}
        saver = getattr(self.rlm.graph, "checkpointer", None)
        try:
            while True:
                result = await self._streamed(given, config)
                if result["stop_reason"] != "interrupted":
                    return result
                given = Command(resume={each.id: await self._decided(each.value) for each in result["__interrupt__"]})
        finally:
            if saver and not isinstance(saver, bool):
                with anyio.CancelScope(shield=True):
                    await saver.adelete_thread(config["configurable"]["thread_id"])

    def _read(self, loading: Loading) -> Corpus:
        self.corpus = self.library.select(self.names, loading, below=self.below)
        return self.corpus

    async def _streamed(self, given: Any, config: RunnableConfig) -> Any:
        stream = self.rlm.astream(given, config, stream_mode="custom")
        async with aclosing(stream) as events:
            async for event in events:
                if event["event"] == "result":
                    return event["result"]
                await self._tell(event)
        raise AssertionError  # the result is the last event

    async def _tell(self, event: Mapping[str, Any]) -> None:
        self._events += 1
        kind, now = event["event"], time.monotonic()
        if kind in self._counts:
            self._counts[kind] += event.get("count", 1)
        if (said := self._said(event)) and (kind != "answer" or now - self._told >= APART):
            self._told = now
            await self.context.report_progress(self._events, message=said)

    def _said(self, event: Mapping[str, Any]) -> str | None:
        match event["event"]:
            case "loading":
                return f"Loading {event['done']:,} of {event['files']:,} files"
            case "inspect" if not event["run"]:
                return f"Reading {event['documents']:,} documents of {event['characters']:,} characters"
            case "turn" if not event["run"]:
                return f"Turn {event['turn']}"
            case "plan":
                return f"Plan {event['name']}"
            case "answer":
                spent = event["spent"]["cost"]
                cost = f", {dollars(spent)} so far" if spent else ""
                return f"{self._counts['answer']:,} of {self._counts['sub_queries']:,} sub-queries answered{cost}"
        return None

    async def _decided(self, quote: Mapping[str, Any]) -> str:
        """What a person says to a quote."""
        asked = (
            f"The next {quote['calls']:,} sub-queries: about {quote['tokens']:,} tokens, {quoted(quote)}, "
            f"{quote['seconds']:g} seconds. Spent so far: {dollars(quote['spent'])}."
        )
        if not self.context.session.check_client_capability(ClientCapabilities(elicitation=ElicitationCapability())):
            msg = (
                f"Not asked, for it would cost more than may be spent without a person's word, and this client cannot "
                f"ask for it. {asked} Ask a narrower question, or start the server with a higher --confirm-above."
            )
            raise ToolError(msg)
        said = await self.context.elicit(f"{asked} Ask them?", Decision)
        return "approve" if said.action == "accept" and said.data.approve else "deny"


async def _roots(context: Context[Any, Any, Any]) -> list[Path] | None:
    """The directories that the client allows; None where it does not say."""
    session = context.session
    if not session.check_client_capability(ClientCapabilities(roots=RootsCapability())):
        return None
    try:
        with anyio.fail_after(ROOTS_WITHIN):
            listed = await session.list_roots()
    except (McpError, TimeoutError) as error:
        msg = f"The client has roots, and did not say which ({error or 'no answer'}): nothing is read."
        raise ToolError(msg) from error
    found = [urlsplit(str(root.uri)) for root in listed.roots]
    paths = [unquote(one.path) for one in found if one.scheme == "file"]
    return await on_thread(lambda: [Path(path).resolve() for path in paths])


def _ended(result: Any, corpus: Corpus | None) -> _Ended:
    passages = {
        str(entry["mark"]): Passage(place=place_of(entry), before=before, text=entry["text"], after=after)
        for entry in result["citations"]
        for before, after in [_around(entry, corpus)]
    }
    return _Ended(passages, zlib.compress(render(recording_of(result, context=corpus)).encode()))


def _around(entry: Mapping[str, Any], corpus: Corpus | None) -> tuple[str, str]:
    if corpus is None:
        return "", ""
    place = number(entry["document"])
    return around(corpus.documents[place].text, entry["start"], entry["end"]) if place >= 0 else ("", "")


def _answer(run: str, result: Any) -> Answer:
    usage, coverage, answer = result["usage"], result["coverage"], result["answer"]
    return Answer(
        run=run, page=f"rlm://runs/{run}", answer=answer[:SHOWN], is_whole=len(answer) <= SHOWN,
        citations=[Cited(mark=str(e["mark"]), place=place_of(e), text=e["text"]) for e in result["citations"]],
        coverage=coverage and coverage["seen"], cost=usage["cost"], calls=usage["calls"],
        tokens=usage["input_tokens"] + usage["output_tokens"], seconds=usage["seconds"],
        stop_reason=result["stop_reason"], left_out=[f"{one['name']}: {one['reason']}" for one in result["left_out"]],
    )  # fmt: skip
