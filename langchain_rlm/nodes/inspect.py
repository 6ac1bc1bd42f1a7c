"""inspect: keep the text outside the state, look at its shape without a model, choose the route."""

from datetime import UTC, datetime
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from langchain_rlm.budget import Spending
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.formats import estimate_tokens
from langchain_rlm.context.pages import are_pictures
from langchain_rlm.errors import InputError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import Entry, Interpreter, RunEntry
from langchain_rlm.journal.parts import LeftOutFile, Limits, Route
from langchain_rlm.prompts.documents import heads
from langchain_rlm.repl.kinds import record_of
from langchain_rlm.repl.protocol import BATCH, ReplLimits
from langchain_rlm.runtime.given import corpus_of
from langchain_rlm.runtime.registry import BEGUN, CONTEXT, GIVEN, RunRegistry
from langchain_rlm.runtime.run import Run, emit
from langchain_rlm.runtime.tree import RunTree
from langchain_rlm.state import NOTHING_YET, RLMState

LEFT_OUT = 1_000
"""Files that are not in the context and named in a journal."""


async def inspect(registry: RunRegistry, state: RLMState, config: RunnableConfig) -> Command[Any]:
    """Take the context in and begin the journal; a further question on a thread goes on with the journal there is."""
    question = state.get("question")
    if not isinstance(question, str) or not question.strip():
        msg = f"The question is {question!r}. Ask something in words."
        raise InputError(msg)
    tree, begun, corpus = await _begin(registry, state, config)
    if tree.settings.budget.confirm_above is not None and not tree.is_saved:
        msg = (
            "Budget(confirm_above=...) interrupts the run, which needs a checkpointer: pass RLM(checkpointer=...), or "
            "compile the graph around it with one."
        )
        raise InputError(msg)
    wanted = [name for name in ("require_coverage", "require_citations", "plan") if getattr(tree.settings, name)]
    if corpus.tables is not None and "require_citations" in wanted:
        wanted.remove("require_citations")  # rows are cited
    if corpus.tables is not None and (tree.settings.plan is not None or tree.settings.route == "plan"):
        msg = "A plan reads text, and this context has tables. Ask without one."
        raise InputError(msg)
    if not corpus.is_text and wanted:
        how = "searched" if corpus.searchable is not None else "asked with SQL"
        msg = f"{wanted[0]} needs a context that can be read, and this one can only be {how}."
        raise InputError(msg)
    ref = {**begun.get("context_ref", {}), **corpus.ref()}
    run = await registry.enter(tree, begun, corpus)
    run.is_counted = True
    if begun.get("journal"):
        run.calls = journals.last_id(begun["journal"])
        entry: Entry = {"kind": "question", "text": question}
        route = journals.route(begun["journal"])
    else:
        route = choose_route(run)
        entry = first_entry(run, question, route)
    if route == "samples":
        run.give_turn_back()  # it has no turn of the root model's
    size = {"documents": len(corpus.documents), "characters": corpus.characters}
    formats = sorted({profile.format for profile in run.profiles})
    emit("inspect", run, **size, formats=formats, route=route, question=question)
    update = {
        "tree_id": tree.id, "path": run.path, "depth": run.depth, "context": None, "context_ref": ref,
        "journal": [entry], **NOTHING_YET,
    }  # fmt: skip
    return Command(update=update, goto="decompose")


async def _begin(registry: RunRegistry, state: RLMState, config: RunnableConfig) -> tuple[RunTree, RLMState, Corpus]:
    """The run, what it begins with, and its text.

    A question with a context begins a new run, even on a thread that has answered before. Without a context, such a
    thread goes on.
    """
    configurable = config.get("configurable", {})
    begun: RLMState | None = configurable.get(BEGUN)
    given = state.get("context")
    if given is None and begun is None:
        given = configurable.get(CONTEXT)  # a server goes on with what another had begun
    if given is not None:
        called = await registry.called_with(configurable.get(GIVEN) or {})
        limit, contexts = called.settings.budget.seconds, registry.contexts_for(config)
        corpus, seconds = await corpus_of(given, contexts, limit, looks_for_files=False)  # the graph may be served
        tree = await registry.tree_of({}, config)
        tree.ledger.charge(Spending(seconds=seconds))
        await registry.keep(corpus, tree)
        return tree, {"path": "", "depth": 0}, corpus
    if begun is None:  # the graph is called without an `RLM`
        begun = state
        if not state.get("journal"):
            msg = "The input has no context. Pass the text, documents or paths as `context`."
            raise InputError(msg)
    tree = await registry.tree_of(begun, config)
    return tree, begun, await registry.corpus_of(tree, begun)


def choose_route(run: Run) -> Route:
    """`direct` when the context is small enough that one call reads it best, else `rlm`.

    The paper finds that plain models win below some 16,000 tokens (arXiv 2512.24601, section 3).
    """
    settings = run.tree.settings
    if settings.samples > 1 and not run.path:
        return "samples"  # each of them chooses for itself
    if not run.corpus.is_text or run.corpus.tables is not None:
        return "rlm"
    is_seen = settings.route == "auto" and settings.plan is None and run.may_see and are_pictures(run.corpus)
    if run.depth == 0 and not is_seen and _is_planned(run):
        return "plan"
    if is_seen or ((settings.tools or settings.require_citations) and settings.route != "direct"):
        return "rlm"  # tools and pictures are for code, and only code cites
    if settings.route in ("direct", "rlm"):
        return settings.route
    tokens = sum(estimate_tokens(text) for text in run.corpus.texts)
    return "direct" if tokens < settings.direct_below else "rlm"


def _is_planned(run: Run) -> bool:
    """A plan was asked for; or it suits the model, and the text is longer than what it reads at once."""
    settings = run.tree.settings
    if settings.route != "auto" or settings.plan is not None:
        return settings.route in ("plan", "auto")
    wants_code = bool(settings.tools) or settings.require_citations or settings.response_format is not None
    return settings.profile.prefers_plans and not wants_code and run.corpus.characters > settings.chunk_size


def first_entry(run: Run, question: str, route: Route) -> RunEntry:
    """The first entry of a journal: what a replay needs to be exact."""
    entry: RunEntry = {
        "kind": "run", "id": run.tree.id, "path": run.path, "depth": run.depth, "question": question,
        "seed": f"{run.tree.id}/{run.path}", "started": datetime.now(UTC).isoformat(timespec="seconds"), "route": route,
        "chunk_size": run.tree.settings.chunk_size, "shown": _shown_first(run) if route == "rlm" else [],
        "documents": len(run.corpus.documents), "characters": run.corpus.characters, "context": run.corpus.hash,
    }  # fmt: skip
    if (profile := run.tree.settings.profile.name) != "default":
        entry["profile"] = profile
    if (batch := run.tree.settings.leaf_profile.batch) != BATCH:
        entry["batch"] = batch
    if (fences := run.tree.settings.profile.fences) is not None:
        entry["fences"] = [*fences]
    if (record := record_of(run.tree.settings.sandboxes)) is not None:
        entry["repl"] = cast("Interpreter", record)
    if limits := _limits(run.tree.settings.limits):
        entry["limits"] = limits
    if run.corpus.left_out:
        entry["left_out"] = _left_out(run.corpus)
    return entry


def _limits(limits: ReplLimits) -> Limits:
    """Those of a REPL that are not the default."""
    names, default = Limits.__annotations__, ReplLimits()
    changed = {name: getattr(limits, name) for name in names if getattr(limits, name) != getattr(default, name)}
    return cast("Limits", changed)


def _left_out(corpus: Corpus) -> list[LeftOutFile]:
    """The files that are not in the context; a journal does not grow with a directory."""
    found: list[LeftOutFile] = [{"name": one.name, "reason": one.reason} for one in corpus.left_out[:LEFT_OUT]]
    more = len(corpus.left_out) - len(found)
    return [*found, {"name": f"{more:,} more", "reason": "not listed"}] if more else found


def _shown_first(run: Run) -> list[list[int]]:
    """What the first message shows of the documents: head and tail of the only one, or the heads that are told."""
    if len(run.profiles) > 1:
        named = [(document.shown, about) for document, about in zip(run.corpus.documents, run.profiles, strict=True)]
        return [[at, 0, size] for at, size in sorted(heads(named).items()) if size]
    shown: list[list[int]] = []
    for text, about in zip(run.corpus.texts, run.profiles, strict=True):
        if about.head and text.startswith(about.head):
            shown.append([0, 0, len(about.head)])
        if about.tail and text.endswith(about.tail):
            shown.append([0, len(text) - len(about.tail), len(text)])
    return shown
