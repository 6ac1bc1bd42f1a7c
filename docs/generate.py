"""Writes what pages can take from the code: `python docs/generate.py`. Nothing is written by hand twice.

A page has places for it, `<!-- made: NAME -->` to `<!-- end -->`. The tests hold each place to what is made here.
"""

import inspect
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import typer
from typer.models import ArgumentInfo, CommandInfo, OptionInfo

from langchain_rlm import budget, events, settings, state
from langchain_rlm.cli import app, exits
from langchain_rlm.journal import entries, header, parts, samples
from langchain_rlm.repl.syntax import parse

ROOT = Path(__file__).parents[1]
PLACE = re.compile(r"(<!-- made: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
EXTRAS = {
    "cli": "the command `langchain-rlm`",
    "cloud": "contexts in object stores: `s3://`, `gs://`, `az://`",
    "office": "Word, Excel, PowerPoint, OpenDocument, RTF, EPUB, Outlook; web pages as Markdown",
    "otel": "gauges for OpenTelemetry",
    "pdf": "PDF files, encrypted ones too",
    "postgres": "durable runs in PostgreSQL",
    "providers": "models by the name of any provider, and `RLMMiddleware`",
    "sqlite": "durable runs in SQLite",
    "all": "all of these",
}


def table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Rows as Markdown."""
    lines = [columns, ("---",) * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def code(text: str) -> str:
    return f"`{' '.join(text.split())}`"


def words(text: str | None) -> str:
    return " ".join((text or "").split())


# -- types and their words, as the source has them ----------------------------------------------------------------


def fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and words of each field that the class itself names."""
    [found] = parse(textwrap.dedent(inspect.getsource(kind))).body
    body: Any = found.body  # type: ignore[attr-defined]  # a class has one
    lines = textwrap.dedent(inspect.getsource(kind)).splitlines()
    for at, line in enumerate(body):
        if type(line).__name__ != "AnnAssign" or line.target.id.startswith("__pydantic"):
            continue
        written = " ".join(lines[line.annotation.lineno - 1 : line.annotation.end_lineno]) + " "
        written = written[line.annotation.col_offset : line.annotation.end_col_offset]
        after = body[at + 1] if at + 1 < len(body) else None
        said = after.value.value if type(after).__name__ == "Expr" else ""
        yield line.target.id, written.strip('"').replace('"list[Entry]"', "list[Entry]"), words(said)


def plain(of: str) -> str:
    """A type in plain words: what checks need of it is left out."""
    inner = re.fullmatch(r"NotRequired\[(.*)\]", of)
    if inner:
        return f"{plain(inner[1])}, may be missing"
    if inner := re.fullmatch(r"Annotated\[([^,]+(?:\[[^]]*\])?), .*\]", of):
        of = inner[1]
    for name, means in {"Whole": "int", "Number": "float", "Pieces": "list[str | ContextSpan]", " | ": " or "}.items():
        of = re.sub(rf"\b{name}\b" if name.isalpha() else re.escape(name), means, of)
    return f"`{of}`"


def inherited(kind: type) -> list[tuple[str, str, str]]:
    bases = [base for base in getattr(kind, "__orig_bases__", ()) if hasattr(base, "__orig_bases__")]
    return [field for base in bases for field in inherited(base)] + [*fields(kind)]


def described(kind: type, *, leave_out: tuple[str, ...] = (), level: str = "###") -> str:
    """A type with its fields."""
    rows = [(code(name), plain(of), said) for name, of, said in inherited(kind) if name not in leave_out]
    return f"{level} {kind.__name__}\n\n{words(kind.__doc__)}\n\n{table(('field', 'type', 'meaning'), rows)}"


def types_of(module: ModuleType) -> list[type]:
    """The types that a module makes, in their order."""
    made = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    return [one for one in made if hasattr(one, "__total__")]


# -- what is made -------------------------------------------------------------------------------------------------


def made_events() -> str:
    """A row for each event."""
    rows = []
    for kind in get_args(events.ProgressEvent):
        (name,) = get_args(inspect.get_annotations(kind)["event"])
        own = [f"{code(field)}: {plain(of)}" for field, of, _ in fields(kind) if field != "event"]
        rows.append((code(name), words(kind.__doc__), "<br>".join(own)))
    return table(("event", "when", "its own fields"), rows)


def made_result() -> str:
    """The keys of a result."""
    return table(("key", "type", "what"), [(code(n), plain(t), w) for n, t, w in fields(state.RLMResult)])


def made_result_types() -> str:
    """The types that they name."""
    kinds = [
        header.UsageTotals, header.SubQueries, parts.Usage, header.Citation, header.Coverage, header.DocumentCoverage,
        parts.LeftOutFile, parts.ChosenPlan, samples.Candidate, parts.SubQueryError,
    ]  # fmt: skip
    return "\n\n".join(map(described, kinds))


def made_call_settings() -> str:
    """The settings for one call."""
    kinds = {"model": "str | chat model", "sub_model": "str | chat model", "budget": "Budget | dict[str, float | None]"}
    rows = []
    for name, of, said in fields(settings.CallSettings):
        of = {**kinds, "profile": "Profile | str", "route": "str"}.get(name, of.removesuffix(" | None"))
        said += " `auto`, `direct`, `rlm` or `plan`." if name == "route" else ""
        rows.append((code(f"rlm_{name}"), code(name), plain(of), said))
    return table(("in `configurable`", "in `context`", "type", "meaning"), rows)


def made_budget() -> str:
    """The parts of a budget."""
    said = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", inspect.getdoc(budget.Budget) or "", re.MULTILINE)
    default = budget.Budget()
    return table(
        ("part", "default", "limits"), [(code(n), code(f"{getattr(default, n):g}" if getattr(default, n) is not None else
        "None"), words(what)) for n, what in said if hasattr(default, n)]
    )  # fmt: skip


def made_entries() -> str:
    """Each kind of journal entry."""
    union = get_args(get_args(entries.Entry)[0])
    out = []
    for kind in union:
        (name,) = get_args(inspect.get_annotations(kind)["kind"])
        rows = [(code(n), plain(of), said) for n, of, said in inherited(kind) if n != "kind"]
        out.append(f"### {name}\n\n{words(kind.__doc__)}\n\n{table(('field', 'type', 'meaning'), rows)}")
    return "\n\n".join(out)


def made_entry_types() -> str:
    """The types that entries name."""
    union = get_args(get_args(entries.Entry)[0])
    kinds = [*types_of(parts), *types_of(entries)]
    return "\n\n".join(described(kind) for kind in kinds if kind not in union)


def made_header() -> str:
    """The lines of a file that are no entries."""
    return "\n\n".join(map(described, (header.Header, header.Excerpt, header.FileEnd, header.KnownDocument)))


def commands(of: typer.Typer = app.app, above: str = "") -> Iterator[tuple[str, CommandInfo]]:
    """Each command, by all its words."""
    for command in of.registered_commands:
        yield above + (command.name or str(command.callback and command.callback.__name__)), command
    for group in of.registered_groups:
        yield from commands(group.typer_instance or typer.Typer(), f"{above}{group.name} ")


def typed(command: CommandInfo) -> Iterator[tuple[str, ArgumentInfo | OptionInfo, list[str]]]:
    """What can be typed: as it is shown, typer's word of it, and the option's names."""
    callback = command.callback or (lambda: None)
    for name, kind in get_type_hints(callback, include_extras=True).items():
        for info in (each for each in getattr(kind, "__metadata__", ()) if isinstance(each, ArgumentInfo | OptionInfo)):
            if isinstance(info, ArgumentInfo):
                yield info.metavar or name.upper(), info, []
                continue
            given = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str) and one[:1] == "-"]
            names = given if any(one.startswith("--") for one in given) else [f"--{name.replace('_', '-')}", *given]
            value = "" if kind.__origin__ is bool else f" {info.metavar or 'TEXT'}"
            yield ", ".join(names) + value, info, names


def made_commands() -> str:
    """Each command with what can be typed."""
    return "\n\n".join(_command(name, command) for name, command in commands())


def _command(name: str, command: CommandInfo) -> str:
    said = inspect.getdoc(command.callback) or ""
    doc, _, ends = said.partition("\n\n")
    rows = []
    for shown, info, _ in typed(command):
        variable = f" Default: what {code(str(info.envvar))} says." if info.envvar else ""
        rows.append((code(shown), words(info.help) + variable))
    options = [table(("what is typed", "meaning"), rows)] if rows else []
    return "\n\n".join([f"### langchain-rlm {name}", words(doc), *options, words(command.epilog or ends)])


def made_exit_codes() -> str:
    """The codes of `ask`, by the words of its help."""
    said = re.findall(r"(\d+) ([^0-9]+?)(?:, (?=\d)|\.$)", app.EXIT_CODES)
    known = {exits.ANSWERED, exits.WRONG_INPUT, exits.NO_MODEL, exits.OUT_OF_BUDGET, exits.NO_ANSWER, exits.INTERRUPTED}
    assert {int(number) for number, _ in said} == known | {exits.NOT_READ}
    return table(("code", "meaning"), [(code(number), what) for number, what in said])


def made_extras() -> str:
    """The extras of the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table(("extra", "for"), [(code(name), EXTRAS[name]) for name in project["optional-dependencies"]])


MAKERS: dict[str, Callable[[], str]] = {
    name.removeprefix("made_").replace("_", "-"): made for name, made in list(globals().items()) if name[:5] == "made_"
}


def written(page: str) -> str:
    """A page with its places filled."""
    return PLACE.sub(lambda found: f"{found[1]}\n{MAKERS[found[2]]()}\n\n{found[3]}", page)


def pages() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))


if __name__ == "__main__":
    for path in pages():
        old = path.read_text(encoding="utf-8")
        if (new := written(old)) != old:
            path.write_text(new, encoding="utf-8")
            print(path.relative_to(ROOT))
