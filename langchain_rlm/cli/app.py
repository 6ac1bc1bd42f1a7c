"""`langchain-rlm`: what can be typed, and what the exit codes mean."""

import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from langchain_rlm.cli.exits import printed
from langchain_rlm.context.paths import at_home

EXIT_CODES = (
    "Exit codes: 0 answered, 2 wrong use or input, 3 a model cannot be used, 4 out of budget (the answer is the best "
    "so far), 5 no answer, or all sub-queries failed, 130 interrupted, 141 nobody reads the output."
)
REPORT_CODES = "Exit codes: 0 written, 2 wrong use or input."
CONTEXTS_CODES = "Exit codes: 0 done, 2 wrong use or input, or a context is in use."
MCP_CODES = "Exit codes: 0 the client left, 2 wrong use or input, 3 a model cannot be used, 130 interrupted."
REPLAY_CODES = (
    "Exit codes: 0 every cell asked and printed the same, and the answer is the same; 1 something differs, 2 wrong use "
    "or input, 130 interrupted."
)
BENCH_CODES = (
    "Exit codes: 0 all runs are on record, 2 wrong use or input, 3 a model cannot be used, 4 the limit of dollars is "
    "reached, 130 interrupted. The same command goes on where it stopped."
)
FILE: Any = {"metavar": "FILE", "parser": at_home}
Recorded = Annotated[Path, typer.Argument(metavar="JOURNAL", parser=at_home, help="A file that `ask --journal` wrote.")]
RootModel = Annotated[
    str, typer.Option(help="Root model: openai:NAME, PROVIDER:NAME or offline.", envvar="LANGCHAIN_RLM_MODEL")
]
SubModel = Annotated[
    str, typer.Option(help="Model for sub-queries; the root model by default.", envvar="LANGCHAIN_RLM_SUB_MODEL")
]
Prices = Annotated[
    str | None,
    typer.Option(metavar="JSON", help='US dollars a million tokens: {"my-model": {"input": 0.5, "output": 2}}.'),
]
Context = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="PATH", help="What the run was asked about, as for `ask`; may be repeated."),
]
Store = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        envvar="LANGCHAIN_RLM_CONTEXTS",
        help="A directory, s3://bucket/prefix, or a server's postgresql://...",
    ),
]

app = typer.Typer(
    name="langchain-rlm", epilog=EXIT_CODES, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)  # fmt: skip
contexts = typer.Typer(no_args_is_help=True, help="What a context store has, and what is deleted there.")
app.add_typer(contexts, name="contexts")


def _version(is_asked: bool) -> None:  # noqa: FBT001  # typer's way
    if is_asked:
        print(f"langchain-rlm {version('langchain-rlm')}")
        raise typer.Exit


VERSION: Any = typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")


@app.callback()
def options(is_asked: Annotated[bool, VERSION] = False) -> None:  # noqa: FBT002
    """Ask questions over documents larger than any model's window."""


@app.command(epilog=EXIT_CODES)
def ask(  # noqa: PLR0917  # typer reads options from the signature
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files, directories, patterns, - for standard input, pydoc: for Python's language reference.",
        ),
    ] = None,
    question: Annotated[str, typer.Option("--question", "-q", help="What to answer.")] = "",
    model: RootModel = "",
    sub_model: SubModel = "",
    budget: Annotated[
        list[str] | None,
        typer.Option(
            help="Limits, as in turns=20,cost=0.5. Parts: turns, sub_queries, depth, tokens, cost and confirm_above "
            "(US dollars), seconds and call_seconds; none lifts a limit.",
        ),
    ] = None,
    prices: Prices = None,
    route: Annotated[str, typer.Option(help="auto, direct (one call with the whole text), rlm or plan.")] = "auto",
    plan: Annotated[
        str | None, typer.Option(metavar="NAME", help="A ready program: find, map, gather, ..., or a plan's file.")
    ] = None,
    plan_parameters: Annotated[
        str | None, typer.Option(metavar="JSON", help='Of the plan: {"labels": ["bug", "wish"]}.')
    ] = None,
    max_concurrency: Annotated[str, typer.Option(metavar="NUMBER", help="Model calls at once.")] = "32",
    sub_model_window: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Input window of the sub-model in tokens, when it is not known."),
    ] = None,
    citations: Annotated[bool, typer.Option("--require-citations", help="Take no answer without one.")] = False,  # noqa: FBT002
    require_coverage: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Take no answer before models have seen this share of the text: 0.99."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of all text files, as cp1252. Default: UTF-8, or a guess.")
    ] = None,
    strict: Annotated[  # noqa: FBT002
        bool, typer.Option("--strict", help="Refuse a directory in which something cannot be read.")
    ] = False,
    skip_unreadable: Annotated[  # noqa: FBT002
        bool, typer.Option("--skip-unreadable", help="Leave out also what is named and cannot be read.")
    ] = False,
    tables: Annotated[
        bool | None,
        typer.Option(help="Take CSV, TSV, JSON lines and workbooks as tables for SQL, or as text. Default: by size."),
    ] = None,
    ignored: Annotated[  # noqa: FBT002
        bool,
        typer.Option("--ignored", help="Read hidden files, folders of dependencies and what .gitignore names, too."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole result as JSON.")] = False,  # noqa: FBT002
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the answer only.")] = False,  # noqa: FBT002
    journal: Annotated[
        Path | None, typer.Option(**FILE, help="Keep the run here, also when it fails: see report and replay.")
    ] = None,
    page: Annotated[Path | None, typer.Option("--report", **FILE, help="Write the run as a page.")] = None,
) -> None:
    """Answer a question over files."""
    from langchain_rlm.cli.ask import Request, run  # imports the engine

    request = Request(
        paths=tuple(paths or ()), question=question, model=model, sub_model=sub_model or None,
        budget=tuple(budget or ()), prices=prices, route=route, plan=plan, plan_parameters=plan_parameters,
        max_concurrency=max_concurrency,
        sub_model_window=sub_model_window, require_citations=citations, require_coverage=require_coverage,
        as_json=as_json, quiet=quiet, journal=journal, report=page,
        files={
            "encoding": encoding, "strict": strict, "skip_unreadable": skip_unreadable, "ignored": ignored,
            "tables": tables,
        },
    )  # fmt: skip
    raise typer.Exit(printed(lambda: run(request)))


@app.command(epilog=REPORT_CODES)
def report(  # noqa: PLR0917  # typer reads options from the signature
    journal: Annotated[
        Path | None, typer.Argument(metavar="[JOURNAL]", parser=at_home, help="A file that `ask --journal` wrote.")
    ] = None,
    thread: Annotated[
        str | None, typer.Option(metavar="ID", help="A LangGraph server's thread, in place of a journal.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(metavar="URL", help="That server; its key comes from LANGGRAPH_API_KEY.")
    ] = None,
    served: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="A run of the thread; by default the newest.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", **FILE, help="The page; by default beside the journal, or THREAD.html."),
    ] = None,
    context: Context = None,
) -> None:
    """Write a run on record as one HTML page. Without --context it shows the passages that the journal has."""
    from langchain_rlm.cli.report import run  # imports what reads journals

    raise typer.Exit(printed(lambda: run(journal, output, context or (), served=(thread, url, served))))


@app.command(epilog=REPLAY_CODES)
def replay(
    journal: Recorded,
    context: Context = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the answer only.")] = False,  # noqa: FBT002
) -> None:
    """Replay a run on record without a model: each cell must ask, print and answer the same again."""
    from langchain_rlm.cli.replay import run  # imports the engine

    raise typer.Exit(printed(lambda: run(journal, context or (), quiet=quiet)))


@app.command(epilog=MCP_CODES)
def mcp(  # noqa: PLR0917  # typer reads options from the signature
    root: Annotated[str, typer.Option(metavar="DIRECTORY", help="Its files can be asked about.")],
    model: RootModel = "",
    sub_model: SubModel = "",
    budget: Annotated[list[str] | None, typer.Option(help="Limits of a question, as for `ask`.")] = None,
    prices: Prices = None,
    confirm_above: Annotated[
        str | None,
        typer.Option(
            metavar="DOLLARS", help="Have a person asked before a cell costs more; refused where the client cannot."
        ),
    ] = None,
    http: Annotated[
        str | None, typer.Option(metavar="PORT", help="Streamable HTTP in place of standard input and output.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Where HTTP listens. Others than this machine need LANGCHAIN_RLM_MCP_TOKEN.")
    ] = "127.0.0.1",
) -> None:
    """Serve the documents of a directory to agents, by the Model Context Protocol."""
    from langchain_rlm.cli.mcp import Request, run  # imports the engine

    request = Request(
        root=root, model=model, sub_model=sub_model or None, budget=tuple(budget or ()), prices=prices,
        confirm_above=confirm_above, http=http, host=host,
    )  # fmt: skip
    raise typer.Exit(printed(lambda: run(request)))


@app.command(epilog=BENCH_CODES)
def bench(  # noqa: PLR0917  # typer reads options from the signature
    model: RootModel = "",
    sub_model: SubModel = "",
    kinds: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Kinds of tasks, as in needle,count. Default: all.")
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="call, map-reduce, refine, bm25, embedding, agent, rlms (others' packages, which are named where they "
            "are missing), rlm, auto, plan, samples. Default: call,rlm,auto,plan.",
        ),
    ] = None,
    sizes: Annotated[str, typer.Option(metavar="NUMBERS", help="Characters of the texts.")] = "4000,40000,400000",
    seeds: Annotated[str, typer.Option(metavar="NUMBER", help="Tasks of each kind and size.")] = "3",
    searchable: Annotated[
        str, typer.Option(metavar="WHICH", help="Questions whose words lead to the evidence: yes, no or both.")
    ] = "both",
    out: Annotated[Path, typer.Option(metavar="DIR", parser=at_home, help="Where the results are kept.")] = Path(
        "bench"
    ),
    cost: Annotated[
        str | None,
        typer.Option(
            metavar="DOLLARS", help="For all runs of DIR together. Default: 2 where prices are known; or none."
        ),
    ] = None,
    concurrency: Annotated[
        str, typer.Option(metavar="NUMBER", help="Runs at once, and model calls at once in each.")
    ] = "8",
    seconds: Annotated[str, typer.Option(metavar="NUMBER", help="Of each run, at most.")] = "600",
    prices: Prices = None,
    window: Annotated[
        str | None,
        typer.Option(metavar="TOKENS", help="What the models read at once, where LangChain does not know it."),
    ] = None,
    note: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Stands on the page and above the tables.")
    ] = None,
    again_failed: Annotated[bool, typer.Option("--again-failed", help="Run what failed once more.")] = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the runs.")] = False,  # noqa: FBT002
    quiet: Annotated[bool, typer.Option("--quiet", help="Print how it ended only.")] = False,  # noqa: FBT002
) -> None:
    """Compare ways to answer questions over long texts, with your models, on tasks whose answers are known."""
    from langchain_rlm.cli.bench import Request, run  # imports the engine

    request = Request(
        model=model, sub_model=sub_model or None, kinds=kinds, methods=methods, sizes=sizes, seeds=seeds,
        searchable=searchable, out=out, cost=cost, concurrency=concurrency, seconds=seconds, prices=prices,
        window=window, again_failed=again_failed, yes=yes, quiet=quiet, notes=tuple(note or ()),
    )  # fmt: skip
    raise typer.Exit(printed(lambda: run(request)))


@contexts.command("list", epilog=CONTEXTS_CODES)
def list_contexts(store: Store = "") -> None:
    """Show each context: its hash, when a run used it last, its size and documents."""
    from langchain_rlm.cli.contexts import list_all, run  # imports what reads stores

    raise typer.Exit(printed(lambda: run(store, list_all)))


@contexts.command("put", epilog=CONTEXTS_CODES)
def put_context(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, directories, ..., as for `ask`.")],
    store: Store = "",
) -> None:
    """Put files into the store as one context, and print its hash: a served run takes it as its `context`."""
    from langchain_rlm.cli.contexts import put, run  # imports what reads files

    raise typer.Exit(printed(lambda: run(store, partial(put, paths=paths), may_begin=True)))


@contexts.command("delete", epilog=CONTEXTS_CODES)
def delete_contexts(
    hashes: Annotated[list[str], typer.Argument(metavar="HASH...", help="Or how it begins.")], store: Store = ""
) -> None:
    """Delete contexts. One that a living run uses is refused; threads that ask further must pass the text again."""
    from langchain_rlm.cli.contexts import delete_some, run  # imports what reads stores

    raise typer.Exit(printed(lambda: run(store, partial(delete_some, given=hashes))))


@contexts.command("prune", epilog=CONTEXTS_CODES)
def prune_contexts(
    older_than: Annotated[str, typer.Option(metavar="AGE", help="As in 30d; also m, h and w.")], store: Store = ""
) -> None:
    """Delete the contexts that no run has begun to use for so long, but for those in use."""
    from langchain_rlm.cli.contexts import prune, run  # imports what reads stores

    raise typer.Exit(printed(lambda: run(store, partial(prune, age=older_than))))


@app.command()
def doctor() -> None:
    """Check this installation: versions, the REPL worker and its jail, optional parts, keys (set or not).

    Exit codes: 0 what is needed works, 1 something does not.
    """
    from langchain_rlm.cli.doctor import run  # imports what it checks

    raise typer.Exit(printed(run))


def main() -> None:
    """Run the command line."""
    try:
        app()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)
