"""`langchain-rlm bench`: what was typed, what it will take, and the runs."""

import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from langchain_rlm.budget import Budget, dollars
from langchain_rlm.checks import AMOUNT, COUNT
from langchain_rlm.cli.exits import ANSWERED, INTERRUPTED, NO_MODEL, OUT_OF_BUDGET, WRONG_INPUT, interrupt_on_sigterm
from langchain_rlm.cli.options import as_typed, number, parse_json
from langchain_rlm.cli.terminal import say
from langchain_rlm.errors import InputError, ModelError, RLMError
from langchain_rlm.models.prices import Pricing
from langchain_rlm.models.resolve import Model, name_of, provider_of, resolve_model, secrets_of
from langchain_rlm.rlm import RLM
from langchain_rlm.testing.quality.folder import manifest_of, versions, write_artifacts
from langchain_rlm.testing.quality.grid import Cell, estimate, grid
from langchain_rlm.testing.quality.meter import Purse
from langchain_rlm.testing.quality.methods import METHODS, USUAL, Method, chosen
from langchain_rlm.testing.quality.methods.common import RETRIES, Limits, Models
from langchain_rlm.testing.quality.records import Record, Results, check_manifest
from langchain_rlm.testing.quality.runner import Benchmark, outstanding
from langchain_rlm.testing.quality.tasks import KINDS

USUAL_COST = 2.0
WORDINGS = {"yes": (True,), "no": (False,), "both": (True, False)}


@dataclass(frozen=True, kw_only=True)
class Request:
    """What was typed."""

    model: str
    sub_model: str | None
    kinds: str | None
    methods: str | None
    sizes: str
    seeds: str
    searchable: str
    out: Path
    cost: str | None
    concurrency: str
    seconds: str
    prices: str | None
    window: str | None
    again_failed: bool
    yes: bool
    quiet: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is to be run, with what."""

    cells: Sequence[Cell]
    methods: Sequence[Method]
    root: Model
    sub: Model
    limits: Limits
    purse: Purse
    prices: Pricing
    concurrency: int
    manifest: dict[str, Any]
    unpriced: str | None


def run(request: Request) -> int:
    """Run what is not on record, write the artifacts, and return the exit code."""
    interrupt_on_sigterm()
    try:
        plan = plan_of(request)
        with Results(request.out, lambda text: say(text, error=True)) as results:
            check_manifest(request.out, plan.manifest)
            return _with(request, plan, results)
    except KeyboardInterrupt:
        say("Interrupted: what ended is on record; the same command goes on.", error=True)
        return INTERRUPTED
    except RLMError as error:
        say(f"error: {error}", error=True)
        return NO_MODEL if isinstance(error, ModelError) else WRONG_INPUT
    except OSError as error:
        if error.filename is None:  # of the output
            raise
        say(f"error: {error.filename}: {error.strerror}", error=True)
        return WRONG_INPUT


def plan_of(request: Request) -> Plan:
    """Check what was typed.

    Raises:
        InputError: Something of it cannot be used.
        ModelError: A model cannot be used.
    """
    if not request.model:
        msg = "No model is named. Use --model openai:gpt-5 (with OPENAI_API_KEY set), or --model offline without a key."
        raise ModelError(msg)
    methods = chosen(_listed(request.methods) or USUAL)
    if request.searchable not in WORDINGS:
        msg = f"--searchable {request.searchable}: use yes, no or both."
        raise InputError(msg)
    sizes = [_count("--sizes", size) for size in _listed(request.sizes)]
    if not sizes:
        msg = "--sizes: name some numbers of characters, as in 4000,40000."
        raise InputError(msg)
    seeds, concurrency = _count("--seeds", request.seeds), _count("--concurrency", request.concurrency)
    seconds = _amount("--seconds", request.seconds)
    cells = grid(_listed(request.kinds) or KINDS, sizes, seeds, WORDINGS[request.searchable], methods)
    root = resolve_model(request.model)
    sub = root if request.sub_model is None else resolve_model(request.sub_model, "sub_model")
    given = parse_json("--prices", request.prices)
    window = None if request.window is None else _count("--window", request.window)
    try:
        prices = Pricing.of(given)
        piece = RLM(
            root, sub, budget=Budget(cost=None), max_concurrency=concurrency, model_window=window,
            sub_model_window=window,
        ).settings.chunk_size  # fmt: skip
    except InputError as error:
        raise as_typed(error) from None
    unpriced = next((name_of(one) for one in (root, sub) if not prices.knows(name_of(one), provider_of(one))), None)
    limit = _limit(request.cost, unpriced)
    settings = {
        "model": name_of(root), "sub_model": name_of(sub), "seconds": seconds, "concurrency": concurrency,
        "retries": RETRIES, "piece": piece, "prices": given or "known", **({"window": window} if window else {}),
    }  # fmt: skip
    secrets = [*secrets_of(root), *secrets_of(sub)]
    return Plan(
        cells, methods, root, sub, Limits(concurrency, seconds, piece, given, window), Purse(limit, secrets=secrets),
        prices, concurrency, manifest_of(settings, request.notes), unpriced,
    )  # fmt: skip


def _limit(typed: str | None, unpriced: str | None) -> float | None:
    if typed is not None and typed.strip().lower() == "none":
        return None
    if unpriced is not None:
        if typed is None:
            return None
        msg = (
            f"--cost {typed}: no price is known for {unpriced}. Name it with --prices, or lift the limit: --cost none."
        )
        raise InputError(msg)
    return USUAL_COST if typed is None else _amount("--cost", typed)


def _listed(typed: str | None) -> list[str]:
    return [part.strip() for part in (typed or "").split(",") if part.strip()]


def _count(option: str, text: str) -> int:
    value: int = number(option, text.replace("_", ""), int)
    COUNT.check(option, value)
    return value


def _amount(option: str, text: str) -> float:
    value: float = number(option, text, float)
    AMOUNT.check(option, value)
    return value


def _with(request: Request, plan: Plan, results: Results) -> int:
    plan.purse.spent = results.spent
    cells = outstanding(plan.cells, results, again_failed=request.again_failed)
    if not cells:
        write_artifacts(results, plan.cells, plan.manifest)
        say(f"Nothing is left to run. See {request.out / 'index.html'}.")
        return ANSWERED
    if not request.quiet:
        say(expected(plan, cells, results), error=True)
    if not request.yes and not _confirmed():
        return WRONG_INPUT
    write_artifacts(results, plan.cells, plan.manifest)  # how it is made stands there before the first record
    is_whole = False
    try:
        is_whole = _made(request, plan, results, cells)
    finally:
        write_artifacts(results, plan.cells, plan.manifest)
    return _told(request, plan, results, is_whole=is_whole)


def expected(plan: Plan, cells: Sequence[Cell], results: Results) -> str:
    """How many runs, and roughly what they take."""
    tokens, cost = 0, 0.0
    for cell in cells:
        guess = estimate(METHODS[cell.method], cell.size, plan.limits.piece, plan.root, plan.prices)
        tokens, cost = tokens + guess.tokens, cost + (guess.cost or 0.0)
    there = f" ({len(plan.cells) - len(cells):,} are on record)" if len(cells) < len(plan.cells) else ""
    price = f"about {dollars(cost)}" if plan.unpriced is None else f"no price is known for {plan.unpriced}"
    limit = "no limit" if plan.purse.limit is None else f"at most {dollars(plan.purse.limit)}"
    if results.spent:
        limit += f", of which {dollars(results.spent)} are spent"
    return f"{len(cells):,} runs{there}: roughly {tokens:,} tokens, {price}; {limit}."


def _confirmed() -> bool:
    print("Run them? yes or no [no]: ", end="", file=sys.stderr, flush=True)
    if not sys.stdin.isatty():
        print("no (standard input is not a terminal: use --yes)", file=sys.stderr)
        return False
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _made(request: Request, plan: Plan, results: Results, cells: Sequence[Cell]) -> bool:
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[spent]}"), console=Console(stderr=True),
    )  # fmt: skip
    is_shown = not request.quiet and sys.stderr.isatty()
    bar: TaskID | None = progress.add_task("runs", total=len(cells), spent="") if is_shown else None

    def tell(record: Record) -> None:
        if bar is not None:
            progress.update(bar, advance=1, description=record["key"], spent=dollars(plan.purse.spent))

    benchmark = Benchmark(
        Models(plan.root, plan.sub), plan.limits, plan.purse, plan.prices, results, versions(), tell
    )  # fmt: skip
    with progress if is_shown else nullcontext():
        return asyncio.run(_until_told(benchmark.run(cells, plan.concurrency)))


async def _until_told(runs: Coroutine[Any, Any, bool]) -> bool:
    """Make the runs; SIGTERM and SIGHUP end them as Ctrl-C does, which `asyncio.run` sees to: each is put on record."""
    task, loop = asyncio.ensure_future(runs), asyncio.get_running_loop()
    told: list[int] = []

    def end(number: int) -> None:
        told.append(number)
        task.cancel()

    for each in (signal.SIGTERM, signal.SIGHUP):
        if callable(signal.getsignal(each)):  # else it is ignored, as under nohup
            loop.add_signal_handler(each, end, each)
    try:
        return await task
    except asyncio.CancelledError:
        if told:
            raise KeyboardInterrupt from None
        raise
    finally:
        interrupt_on_sigterm()


def _told(request: Request, plan: Plan, results: Results, *, is_whole: bool) -> int:
    """Say how it ended, in a line."""
    left = len(outstanding(plan.cells, results))
    failed = sum(results.is_done(cell.key) and results.records[cell.key]["status"] == "failed" for cell in plan.cells)
    page = request.out / "index.html"
    if plan.purse.hopeless is not None:
        say(f"error: stopped, {left:,} runs are left: {plan.purse.hopeless.message}", error=True)
        return NO_MODEL
    if not is_whole:
        limit = dollars(plan.purse.limit or 0.0)
        say(f"error: stopped at --cost ({limit}), {left:,} runs are left. With more, the same command goes on.",
            error=True)  # fmt: skip
        return OUT_OF_BUDGET
    say(f"{len(plan.cells):,} runs, {failed:,} failed, {dollars(plan.purse.spent)}. See {page}.")
    return ANSWERED
