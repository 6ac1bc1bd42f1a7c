"""Writes what pages can take from the code: `python docs/generate.py`. Nothing is written by hand twice.

A page has places for it, `<!-- made: NAME -->` to `<!-- end -->`. The tests hold each place to what is made here.
"""

import ast
import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, CommandInfo, OptionInfo

from langchain_rlm import budget, events, settings, state
from langchain_rlm.cli import app
from langchain_rlm.journal import entries, header, parts, samples
from langchain_rlm.repl.syntax import parse

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
PLAIN = {"Whole": "int", "Number": "float", "Pieces": "list[str or ContextSpan]"}
"""Types that say how a value is checked, in plain words."""
FIELDS = ("field", "type", "meaning")
CALL_TYPES = {
    "model": "str or chat model", "sub_model": "str or chat model", "budget": "Budget or dict[str, float or None]",
    "profile": "Profile or str", "route": '"auto", "direct", "rlm" or "plan"',
}  # fmt: skip
EXTRAS = {
    "cli": "the command `langchain-rlm`",
    "cloud": "contexts in object stores: `s3://`, `gs://`, `az://`",
    "large": "regular expressions over very large texts, by RE2",
    "mcp": "a server for agents that speak the Model Context Protocol",
    "office": "Word, Excel, PowerPoint, OpenDocument, RTF, EPUB, Outlook; web pages as Markdown",
    "otel": "gauges for OpenTelemetry",
    "pdf": "PDF files, encrypted ones too, and their pages as pictures",
    "postgres": "durable runs in PostgreSQL",
    "providers": "models by the name of any provider, and `RLMMiddleware`",
    "sqlite": "durable runs in SQLite",
    "tables": "tables and databases: CSV, Parquet, SQLite, workbooks, data frames, by SQL",
    "all": "all of these",
}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows as Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def words(text: str | None) -> str:
    """A text in one line."""
    return " ".join((text or "").split())


def code(text: str | None) -> str:
    """A text in one line, as code."""
    return f"`{words(text)}`"


# -- types and their words, as the source has them ----------------------------------------------------------------


def fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and words of each field that the class itself names."""
    source = textwrap.dedent(inspect.getsource(kind))
    [found] = parse(source).body
    body = found.body if isinstance(found, ast.ClassDef) else []
    for line, after in pairwise([*body, ast.Pass()]):
        if not isinstance(line, ast.AnnAssign) or ast.unparse(line.target) == "__pydantic_config__":
            continue
        is_said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        said = words(str(after.value.value)) if is_said else ""  # type: ignore[attr-defined]  # it is one
        yield ast.unparse(line.target), words(ast.get_source_segment(source, line.annotation)), said


def all_fields(kind: type) -> list[tuple[str, str, str]]:
    """The same with those of the types that it is made of."""
    bases = [base for base in getattr(kind, "__orig_bases__", ()) if hasattr(base, "__orig_bases__")]
    return [field for base in bases for field in all_fields(base)] + [*fields(kind)]


def plain(of: str) -> str:
    """A type as code, without what only checks need."""
    if missing := re.fullmatch(r"NotRequired\[(.*)\]", of):
        return f"{plain(missing[1])}, may be missing"
    if checked := re.fullmatch(r"Annotated\[(\w+(?:\[.*?\])?), .*\]", of):
        of = checked[1]
    return code(re.sub(r"\w+", lambda word: PLAIN.get(word[0], word[0]), of.strip('"').replace(" | ", " or ")))


def rows_of(found: Sequence[tuple[str, str, str]], without: str = "") -> list[tuple[str, str, str]]:
    """Fields as rows."""
    return [(code(name), plain(of), said) for name, of, said in found if name != without]


def described(kind: type) -> str:
    """A type with its fields."""
    return f"### {kind.__name__}\n\n{words(kind.__doc__)}\n\n{table(FIELDS, rows_of(all_fields(kind)))}"


def types_of(module: ModuleType) -> list[type]:
    """The types that a module makes, in their order."""
    made = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    return [one for one in made if hasattr(one, "__total__")]


def literal(kind: type, key: str) -> str:
    """What a field always says."""
    return str(get_args(inspect.get_annotations(kind)[key])[0])


# -- what is typed ------------------------------------------------------------------------------------------------


def commands(of: typer.Typer = app.app, above: str = "") -> Iterator[tuple[str, CommandInfo]]:
    """Each command, by all its words."""
    for command in of.registered_commands:
        yield above + (command.name or str(command.callback and command.callback.__name__)), command
    for group in of.registered_groups:
        yield from commands(group.typer_instance or typer.Typer(), f"{above}{group.name} ")


def typed(command: CommandInfo) -> Iterator[tuple[str, ArgumentInfo | OptionInfo, list[str]]]:
    """What can be typed: as it is shown, typer's word of it, and the option's names."""
    for name, kind in get_type_hints(command.callback, include_extras=True).items():
        for info in (each for each in getattr(kind, "__metadata__", ()) if isinstance(each, ArgumentInfo | OptionInfo)):
            if isinstance(info, ArgumentInfo):
                yield info.metavar or name.upper(), info, []
                continue
            said = (info.default, *(info.param_decls or ()))
            names = [one for one in said if isinstance(one, str) and one.startswith("-")]
            if not any(one.startswith("--") for one in names):
                names.insert(0, f"--{name.replace('_', '-')}")
            yield ", ".join(names) + ("" if kind.__origin__ is bool else f" {info.metavar or 'TEXT'}"), info, names


def _command(name: str, command: CommandInfo) -> str:
    doc, _, ends = (inspect.getdoc(command.callback) or "").partition("\n\n")
    rows = [
        (code(shown), words(info.help) + (f" Default: what {code(str(info.envvar))} says." if info.envvar else ""))
        for shown, info, _ in typed(command)
    ]
    options = [table(("what is typed", "meaning"), rows)] if rows else []
    return "\n\n".join([f"### langchain-rlm {name}", words(doc), *options, words(command.epilog or ends)])


# -- what is made -------------------------------------------------------------------------------------------------


def _events() -> str:
    rows = []
    for kind in get_args(events.ProgressEvent):
        own = [f"{code(name)}: {plain(of)}" for name, of, _ in fields(kind) if name != "event"]
        rows.append((code(literal(kind, "event")), words(kind.__doc__), "<br>".join(own)))
    return table(("event", "when", "its own fields"), rows)


def _result_types() -> str:
    kinds = [
        header.UsageTotals, header.SubQueries, parts.Usage, header.Citation, header.Coverage, header.DocumentCoverage,
        parts.LeftOutFile, parts.ChosenPlan, samples.Candidate, parts.SubQueryError,
    ]  # fmt: skip
    return "\n\n".join(map(described, kinds))


def _call_settings() -> str:
    rows = [
        (code(f"rlm_{name}"), code(name), plain(CALL_TYPES.get(name, of.removesuffix(" | None"))), said)
        for name, of, said in fields(settings.CallSettings)
    ]
    return table(("in `configurable`", "in `context`", "type", "meaning"), rows)


def _budget() -> str:
    said = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", inspect.getdoc(budget.Budget) or "", re.MULTILINE)
    default = {name: getattr(budget.Budget(), name) for name, _, _ in fields(budget.Budget)}
    shown = {name: "None" if value is None else f"{value:g}" for name, value in default.items()}
    return table(("part", "default", "limits"), [(code(n), code(shown[n]), words(s)) for n, s in said if n in shown])


def _entries() -> str:
    return "\n\n".join(
        f"### {literal(kind, 'kind')}\n\n{words(kind.__doc__)}\n\n{table(FIELDS, rows_of(all_fields(kind), 'kind'))}"
        for kind in ENTRIES
    )


def _exit_codes() -> str:
    said = re.findall(r"(\d+) ([^0-9]+?)(?:, (?=\d)|\.$)", app.EXIT_CODES)
    return table(("code", "meaning"), [(code(number), what) for number, what in said])


def _extras() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table(("extra", "for"), [(code(name), EXTRAS[name]) for name in project["optional-dependencies"]])


ENTRIES: tuple[type, ...] = get_args(get_args(entries.Entry)[0])
MAKERS: dict[str, Callable[[], str]] = {
    "budget": _budget,
    "call-settings": _call_settings,
    "commands": lambda: "\n\n".join(_command(name, command) for name, command in commands()),
    "entries": _entries,
    "entry-types": lambda: "\n\n".join(
        described(kind) for kind in (*types_of(parts), *types_of(entries)) if kind not in ENTRIES
    ),
    "events": _events,
    "exit-codes": _exit_codes,
    "extras": _extras,
    "header": lambda: "\n\n".join(
        map(described, (header.Header, header.Excerpt, header.FileEnd, header.KnownDocument))
    ),
    "result": lambda: table(("key", "type", "what"), rows_of([*fields(state.RLMResult)])),
    "result-types": _result_types,
}


def written(page: str) -> str:
    """A page with its places filled."""
    return PLACE.sub(lambda found: f"{found[1]}\n{MAKERS[found[2]]()}\n\n{found[3]}", page)


def main() -> None:
    """Fill the places of all pages."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        old = path.read_text(encoding="utf-8")
        if (new := written(old)) != old:
            path.write_text(new, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
