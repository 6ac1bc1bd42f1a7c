"""`langchain-rlm doctor`: what this installation has, and whether what is needed works."""

import os
import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from langchain_rlm.context.conversions import kept
from langchain_rlm.errors import RLMError
from langchain_rlm.repl.cpython.workers import CPython
from langchain_rlm.repl.jail.report import NONE
from langchain_rlm.repl.monty.jail import jail_report
from langchain_rlm.repl.protocol import Ended, ReplContext, ReplLimits, SandboxFactory

WORKS, MISSING = 0, 1
NEEDED = ("langchain-rlm", "langgraph", "langchain-core", "langchain-openai", "pydantic-monty")
OPTIONAL = {
    "pypdfium2": "pages of PDF files as pictures: pip install 'langchain-rlm[pdf]'",
    "pypdf": "PDF files: pip install 'langchain-rlm[pdf]'",
    "markitdown": "Word, PowerPoint, EPUB and Outlook files: pip install 'langchain-rlm[office]'",
    "python-calamine": "Excel and OpenDocument sheets: the same",
    "duckdb": "tables and databases: pip install 'langchain-rlm[tables]'",
    "html-to-markdown": "web pages as Markdown: the same",
    "langchain": "models by the name of any provider: pip install 'langchain-rlm[providers]'",
    "langchain-anthropic": "models of Anthropic",
    "langchain-google-genai": "models of Google",
    "google-re2": "regular expressions over very large texts: pip install 'langchain-rlm[large]'",
    "mcp": "a server of the Model Context Protocol: pip install 'langchain-rlm[mcp]'",
    "opentelemetry-api": "runs, REPLs, calls and memory as metrics: pip install 'langchain-rlm[otel]'",
    "langgraph-checkpoint-sqlite": "runs kept in SQLite: pip install 'langchain-rlm[sqlite]'",
    "obstore": "contexts kept in object stores: pip install 'langchain-rlm[cloud]'",
    "langgraph-checkpoint-postgres": "runs kept in PostgreSQL: pip install 'langchain-rlm[postgres]'",
}
KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY")
TEXT = "one two three"
CELL = "import re\nprint(len(re.findall('[a-z]+', context)), 'words')"
EXPECTED = "3 words"


@dataclass(frozen=True)
class Check:
    """One line of the list. `works` is None for a part that may be missing."""

    name: str
    said: str
    works: bool | None = None

    def line(self) -> str:
        mark = {True: "ok  ", False: "FAIL", None: "-   "}[self.works]
        return f"{mark} {self.name}: {self.said}"


def run() -> int:
    """Print the list, and return the exit code."""
    checks = list(examine())
    for check in checks:
        print(check.line())
    failed = [check.name for check in checks if check.works is False]
    print(f"\nNot working: {', '.join(failed)}." if failed else "\nEverything that is needed works.")
    return MISSING if failed else WORKS


def examine() -> Iterator[Check]:
    """Make the checks, one at a time."""
    yield Check("Python", f"{platform.python_version()} on {platform.system()} {platform.machine()}", works=True)
    for package in NEEDED:
        found = _version(package)
        yield Check(package, found or "not installed", works=found is not None)
    yield _jail()
    yield _worker()
    yield _full_python()
    for package, use in OPTIONAL.items():
        found = _version(package)
        yield Check(package, found or f"not installed ({use})")
    kept_in = kept()
    yield Check("converted texts", f"kept in {kept_in.path}" if kept_in else "not kept")
    for key in KEYS:
        yield Check(key, "set" if os.environ.get(key) else "not set")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _jail() -> Check:
    try:
        report = jail_report()
    except RLMError as error:
        return Check("jail", str(error), works=False)
    others = "".join(f"; not {kind}: {why}" for kind, why in report.others.items())
    return Check("jail", f"{report.kind} ({report.why}{others})", works=None if report.kind == NONE else True)


def _full_python() -> Check:
    """What holds full Python, which has no other wall; not having it is no fault."""
    try:
        report = CPython().jail()
        if report.kind == NONE:
            others = "".join(f"; {kind}: {why}" for kind, why in report.others.items())
            return Check("full Python", f"repl='cpython' does not start here: {report.why}{others}")
        said = _cell(CPython())
    except Exception as error:  # noqa: BLE001  # the list tells any error
        return Check("full Python", f"repl='cpython' does not start here: {type(error).__name__}: {error}")
    works = said == EXPECTED
    return Check(
        "full Python", f"repl='cpython' runs a cell that says {said!r}; {report.kind} alone holds it", works=works
    )


def _worker() -> Check:
    try:
        from langchain_rlm.repl.kinds import DEFAULT  # may be missing, which the list must tell

        said = _cell(DEFAULT)
    except Exception as error:  # noqa: BLE001  # the list tells any error
        return Check("REPL worker", f"{type(error).__name__}: {error}", works=False)
    return Check("REPL worker", f"starts and runs a cell that says {said!r}", works=said == EXPECTED)


def _cell(factory: SandboxFactory) -> str:
    context = ReplContext([TEXT], True, [{}], len(TEXT))  # noqa: FBT003  # one text
    with closing(factory()) as sandboxes:
        sandbox = sandboxes.new(context, ReplLimits(), seed="", started=datetime.now(UTC), host=lambda _: None)
        with closing(sandbox):
            sandbox.open()
            outcome = sandbox.start(CELL)
    return outcome.output.strip() if isinstance(outcome, Ended) and not outcome.error else str(outcome)
