"""`langchain-rlm ask`: from what was typed to a run, and from its result to text and an exit code."""

import contextlib
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command

from langchain_rlm.budget import Budget, Ledger, dollars, quoted
from langchain_rlm.cli.exits import INTERRUPTED, NO_MODEL, WRONG_INPUT, exit_code, interrupt_on_sigterm
from langchain_rlm.cli.options import as_typed, number, parse_budget, parse_json
from langchain_rlm.cli.report import write_page
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.cli.terminal import say
from langchain_rlm.cli.view import View, print_answer, print_left_out, view_for
from langchain_rlm.context.conversions import Loading
from langchain_rlm.context.corpus import Corpus, LeftOut
from langchain_rlm.context.load import Reading
from langchain_rlm.context.paths import at_home
from langchain_rlm.errors import InputError, ModelError, RLMError
from langchain_rlm.evidence.coverage import coverage
from langchain_rlm.journal.entries import Entry, append_entries
from langchain_rlm.journal.files import check_writable, recording_of, save_journal
from langchain_rlm.journal.paid import spending
from langchain_rlm.journal.record import Recording
from langchain_rlm.journal.tally import in_vain, tally
from langchain_rlm.result import result_to_json
from langchain_rlm.rlm import RLM
from langchain_rlm.settings import WayIn


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was typed."""

    paths: tuple[str, ...]
    question: str
    model: str
    sub_model: str | None
    budget: tuple[str, ...]
    route: str
    max_concurrency: str
    sub_model_window: str | None
    as_json: bool
    quiet: bool
    prices: str | None = None
    plan: str | None = None
    plan_parameters: str | None = None
    require_citations: bool = False
    require_coverage: str | None = None
    journal: Path | None = None
    """Where the journal goes."""
    report: Path | None = None
    """Where the page goes."""
    files: Mapping[str, Any] = field(default_factory=dict)
    """How files are read: see `Files`."""


@dataclass
class SoFar:
    """How far a run has come: what there is to keep when it fails."""

    question: str
    corpus: Corpus | None = None
    chunk_size: int | None = None
    journal: list[Entry] = field(default_factory=list)
    result: Mapping[str, Any] | None = None

    def recording(self, stop_reason: str, error: str) -> Recording:
        """The run as a recording. What a run that did not end has spent comes from its journal."""
        known = dict(self.result or {})
        if not known:
            ledger = Ledger(Budget())
            ledger.charge(spending(self.journal))
            known = {"journal": self.journal, "stop_reason": stop_reason, "error": error}
            known["usage"] = {**ledger.usage(), **tally(self.journal)}
            if self.corpus is not None:
                known |= {"coverage": coverage(self.journal, self.corpus.sources(), self.corpus.texts)}
        told = {"question": self.question, "chunk_size": self.chunk_size}
        return recording_of({**told, **known}, context=self.corpus)


def run(request: Request) -> int:
    """Answer, print, and return the exit code."""
    interrupt_on_sigterm()
    view = view_for(quiet=request.quiet)
    so_far = SoFar(request.question)
    try:
        result = _answer(request, view, so_far)
    except KeyboardInterrupt:
        _keep(request, so_far, "interrupted", "")  # first: the terminal may be gone
        with contextlib.suppress(OSError):
            print("Interrupted: the calls in flight and the REPL were ended.", file=sys.stderr)
        return INTERRUPTED
    except RLMError as error:
        say(f"error: {error}", error=True)
        _keep(request, so_far, "failed", str(error))
        return NO_MODEL if isinstance(error, ModelError) else WRONG_INPUT
    except Exception as error:
        _keep(request, so_far, "failed", f"{type(error).__name__}: {error}")
        raise
    is_kept = _keep(request, so_far)  # first: whoever reads the output may leave
    if request.as_json:
        say(result_to_json(result))
    else:
        print_answer(result["answer"], () if request.quiet else result["citations"])
    if why := in_vain(result):
        say(f"error: {why}", error=True)
    return exit_code(result["stop_reason"], is_in_vain=bool(why)) if is_kept else WRONG_INPUT


def _keep(request: Request, so_far: SoFar, stop_reason: str = "", error: str = "") -> bool:
    """Write the journal and the page, also of a run that failed. Returns whether both were written."""
    files = {"journal": request.journal, "report": request.report}
    if not so_far.journal or not any(files.values()):
        return True
    recording = so_far.recording(stop_reason, error)
    written = [_written(kind, file, recording) for kind, file in files.items() if file is not None]
    return all(written)


def _written(kind: str, file: Path, recording: Recording) -> bool:
    write: Callable[[Recording, Path], None] = save_journal if kind == "journal" else write_page
    try:
        write(recording, file)
    except RLMError as failure:
        say(f"error: {failure}", error=True)
        return False
    return True


def _answer(request: Request, view: View, so_far: SoFar) -> Any:
    _check_files(request)  # before the run costs anything
    if not request.question.strip():
        msg = "There is no question. Ask one: --question 'Which clauses conflict?'"
        raise InputError(msg)
    if not request.model:
        msg = "No model is named. Use --model openai:gpt-5 (with OPENAI_API_KEY set), or --model offline without a key."
        raise ModelError(msg)
    rlm = _rlm(request)
    so_far.chunk_size = rlm.settings.chunk_size

    def read(loading: Loading) -> Corpus:
        try:
            so_far.corpus = read_sources(request.paths, loading, **request.files)
        except InputError as error:
            raise as_typed(error) from None
        if not request.quiet:
            print_left_out(so_far.corpus)
        return so_far.corpus

    given: Any = {"question": request.question, "context": Reading(read)}
    while True:
        result = _shown(rlm, given, view, so_far)
        if so_far.corpus is None:  # out of time
            print_left_out(Corpus((), left_out=tuple(LeftOut(**one) for one in result["left_out"])))
        if result["stop_reason"] != "interrupted":
            so_far.result = result
            return result
        given = Command(resume={asked.id: confirm(asked.value) for asked in result["__interrupt__"]})


def _check_files(request: Request) -> None:
    journal, page = request.journal, request.report
    for option, file in (("--journal", journal), ("--report", page)):
        if file is None:
            continue
        if file.exists() and any(file.resolve() == at_home(path).resolve() for path in request.paths):
            msg = f"{option} {file}: the question is about this file, and it would be lost. Name another file."
            raise InputError(msg)
        check_writable(file)
    if journal is not None and page is not None and journal.resolve() == page.resolve():
        msg = f"--journal {journal}, --report {page}: the page would take the place of the journal. Name two files."
        raise InputError(msg)


def _rlm(request: Request) -> RLM:
    budget = parse_budget(request.budget)
    numbers = {
        "max_concurrency": number("--max-concurrency", request.max_concurrency, int),
        "sub_model_window": number("--sub-model-window", request.sub_model_window, int),
        "require_coverage": number("--require-coverage", request.require_coverage, float),
    }
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", UserWarning)
            rlm = RLM(
                request.model, request.sub_model, budget=budget, prices=parse_json("--prices", request.prices),
                checkpointer=None if budget.confirm_above is None else InMemorySaver(),
                route=cast("WayIn", request.route), plan=request.plan,
                plan_parameters=parse_json("--plan-parameters", request.plan_parameters),
                require_citations=request.require_citations, **numbers,
            )  # fmt: skip
    except InputError as error:
        raise as_typed(error) from None
    for warning in warned if budget.sets_cost else ():  # else the last line says it
        say(f"warning: {warning.message}", error=True)
    return rlm


def _shown(rlm: RLM, given: Any, view: View, so_far: SoFar) -> Any:
    """Run until the end or a question, show what happens, and take down what each step adds to the journal."""
    result = None
    config: RunnableConfig = {"configurable": {"thread_id": "ask"}}
    with view:
        for mode, data in rlm.stream(given, config, stream_mode=["custom", "updates", "values"]):
            if mode == "values":
                result = data
            elif mode == "custom":
                view.show(data)
            else:
                written = [update["journal"] for update in data.values() if "journal" in (update or ())]
                so_far.journal = append_entries(so_far.journal, written)
    return result


def confirm(quote: Mapping[str, Any]) -> Any:
    """Ask whether a batch may cost what it is quoted at; without a terminal the default holds, which is no."""
    print(
        f"The next {quote['calls']:,} sub-queries: about {quote['tokens']:,} tokens, {quoted(quote)}, "
        f"{quote['seconds']:g} seconds. Spent so far: {dollars(quote['spent'])}.",
        file=sys.stderr,
    )
    while True:
        print("Ask them? yes, no, or dollars to stop at [no]: ", end="", file=sys.stderr, flush=True)
        if not sys.stdin.isatty():
            print("no (standard input is not a terminal)", file=sys.stderr)
            return "deny"
        said = sys.stdin.readline().strip().lower()
        if said in {"", "n", "no"}:
            if not said:
                print("no", file=sys.stderr)
            return "deny"
        if said in {"y", "yes"}:
            return "approve"
        with contextlib.suppress(ValueError):
            if (limit := float(said.removeprefix("$"))) >= 0:
                return {"limit": limit}
