"""The results as one HTML file that needs nothing else: charts, tables, and how the benchmark was made.

It is drawn here, not by its script: that shows and hides methods, and changes the theme.
"""

import re
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from langchain_rlm.report.page import file_of, hash_of
from langchain_rlm.testing.quality.charts import Chart, charts, charts_of_kinds, drawn
from langchain_rlm.testing.quality.methods import METHODS
from langchain_rlm.testing.quality.records import Record
from langchain_rlm.testing.quality.tables import Table, methods_of, spent_of, tables

_NUMBER = re.compile(r"[^a-z0-9]+")


def render(records: Sequence[Record], manifest: Mapping[str, Any]) -> str:
    """The page of the finished records, to be written as UTF-8."""
    style, script = file_of("page.css") + "\n" + _file("page.css"), _file("page.js")
    policy = (
        f"default-src 'none'; script-src '{hash_of(script)}'; style-src '{hash_of(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy, "style": style, "script": script, "title": "Benchmark: " + escape(_models(manifest)),
        "note": "".join(f"<p>{escape(line)}</p>" for line in manifest.get("notes", ())),
        "figures": _figures(records), "legend": _legend(records),
        "charts": "".join(map(_figure, charts(records))),
        "kinds": "".join(map(_figure, charts_of_kinds(records))),
        "tables": "".join(map(_table, tables(records))), "made": _made(manifest),
    }  # fmt: skip
    page = _file("page.html")
    return re.sub(r"\{(\w+)\}", lambda found: parts[found[1]], page)


def _file(name: str) -> str:
    return (files("langchain_rlm.testing.quality") / name).read_text(encoding="utf-8").strip()


def _models(manifest: Mapping[str, Any]) -> str:
    settings = manifest["settings"]
    names = dict.fromkeys((settings["model"], settings["sub_model"]))
    return ", ".join(names)


def _figures(records: Sequence[Record]) -> str:
    counts = {
        "runs": len(records), "failed": sum(one["status"] == "failed" for one in records),
        "kinds of tasks": len({one["kind"] for one in records}), "methods": len(methods_of(records)),
        "seeds": len({one["seed"] for one in records}),
    }  # fmt: skip
    shown = "".join(f"<div><dt>{name}</dt><dd>{count:,}</dd></div>" for name, count in counts.items())
    return f'<dl class="figures">{shown}</dl><p class="quiet">{escape(spent_of(records))}</p>'


def _legend(records: Sequence[Record]) -> str:
    methods = methods_of(records)
    return "".join(
        f'<li><button type="button" class="shown c{at}" data-shows="{escape(name)}" aria-pressed="true">'
        f'<svg viewBox="0 0 28 8" aria-hidden="true"><line x1="0" x2="28" y1="4" y2="4"/></svg>{escape(name)}</button>'
        f'<span class="quiet">{escape(METHODS[name].what if name in METHODS else "")}</span></li>'
        for at, name in enumerate(methods)
    )


def _figure(one: Chart) -> str:
    return (
        f'<figure class="chart"><h3>{escape(one.title)}</h3>{drawn(one)}'
        f'<figcaption class="quiet">{escape(one.caption)}</figcaption></figure>'
    )


def _table(one: Table) -> str:
    if not one.rows:
        return ""
    name = _NUMBER.sub("-", one.title.lower())
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in one.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in one.rows
    )
    return (
        f'<h3 id="{name}">{escape(one.title)}</h3><p class="quiet">{escape(one.note)}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _made(manifest: Mapping[str, Any]) -> str:
    rows = [*manifest["settings"].items(), ("python", manifest["python"]), *manifest["versions"].items()]
    rows.append(("tasks", manifest["tasks"]))
    shown = "".join(
        f'<div><dt class="quiet">{escape(str(name))}</dt><dd>{escape(str(value))}</dd></div>' for name, value in rows
    )
    return f'<dl class="made">{shown}</dl>'
