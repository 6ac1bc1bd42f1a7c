"""The end of a run: its answer as text and as data, and the documents it rests on."""

from collections.abc import Iterator, Sequence
from typing import Any

from langgraph.graph import END
from langgraph.types import Command

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.pieces import Range, merged
from langchain_rlm.context.searchable import touched as touched_by
from langchain_rlm.context.text import is_blank
from langchain_rlm.evidence.citations import with_citations
from langchain_rlm.evidence.coverage import coverage
from langchain_rlm.evidence.rows import table_coverage
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.answer import NOTHING, as_text, digest, newest_refused
from langchain_rlm.journal.entries import EndEntry, Entry
from langchain_rlm.journal.header import Citation, Coverage, TableCoverage
from langchain_rlm.journal.samples import Sample
from langchain_rlm.journal.tally import tally
from langchain_rlm.nodes.conversation import cut
from langchain_rlm.runtime.run import Run, emit
from langchain_rlm.state import RLMState


def finish(
    run: Run, state: RLMState, entries: list[Entry], value: Any, stop_reason: str, *, sample: Sample | None = None
) -> Command[Any]:
    """End the run with its answer; all that is said of it is of the sample, if it is the answer of one."""
    form, given = run.response_format, None
    if form is not None and form.problem(value) is None:
        given, value = digest(as_text(value)), form.plain(value)
    journal = [*state["journal"], *entries] if sample is None else sample.run["journal"]
    citations: list[Citation] = []
    if not run.path:  # those of a recursive run are numbered by the run above
        value, citations = with_citations(value, run.corpus, journal)
    found = covered(run, journal)
    answer = as_text(value)
    end: EndEntry = {"kind": "end", "stop_reason": stop_reason, "characters": len(answer), "hash": digest(answer)}
    if sample is not None:
        end["chosen"] = sample.id
    if given is not None:
        end["given"] = given
    usage = {**run.tree.ledger.usage(), **tally(journal)}
    run.give_turn_back()
    emit("end", run, stop_reason=stop_reason, characters=len(answer), usage=usage)
    update = {
        "answer": answer, "value": value, "is_structured": given is not None, "citations": citations, "coverage": found,
        "stop_reason": stop_reason, "turns": journals.turns(journal), "usage": usage,
        "documents": touched(run, journal, found, citations), "journal": [*run.take_lost(), *entries, end],
    }  # fmt: skip
    return Command(update=update, goto=END)


def covered(run: Run, journal: Sequence[Entry]) -> Coverage | None:
    """What models have seen of the context; documents of which they saw nothing are left out."""
    if run.path or run.corpus.searchable is not None:
        return None
    found = coverage(journal, run.corpus.sources(), run.corpus.texts)
    if run.corpus.tables is not None:
        found["tables"] = table_coverage(journal, run.corpus.tables.tables)
        if not run.corpus.documents:
            found.update(_of_rows(found["tables"]))
    found["documents"] = [d for d in found["documents"] if d["read_ranges"] or d["printed_ranges"]]
    required = run.tree.settings.require_coverage
    return found if required is None else {**found, "required": required, "is_reached": found["seen"] >= required}


def _of_rows(tables: Sequence[TableCoverage]) -> Coverage:
    """The shares of a context that has tables only."""
    rows, read = sum(one["rows"] for one in tables), sum(_rows(one) for one in tables)
    share = read / rows if rows else 1.0
    return {"read": share, "printed": 0.0, "seen": share, "documents": []}


def _rows(table: TableCoverage) -> int:
    return sum(end - start for start, end in table["read_ranges"])


async def best_so_far(run: Run, whole: Sequence[Entry]) -> Any:
    """The best answer of a run whose budget is over.

    The newest answer that was refused, or a newer one that `answer` holds in the REPL. Without either, the newest
    output.
    """
    journal = journals.since_question(whole)
    refused, may_be_drafted = newest_refused(journal)
    if may_be_drafted:
        draft = await run.draft(whole)
        if draft not in NOTHING:
            return draft
    if refused is not None:
        return refused
    if run.path:  # the code above must not take an output for an answer
        return ""
    outputs = journals.outputs(journal)
    if not outputs:
        return ""
    shown = cut(outputs[-1], run.tree.settings.shown)
    return f"No answer was given before the budget ran out. The last output was:\n{shown}"


def touched(
    run: Run, journal: Sequence[Entry], found: Coverage | None, citations: Sequence[Citation] = ()
) -> list[dict[str, Any]]:
    """The documents of which text went to a model or is cited, with the spans: those of coverage and citations."""
    if run.corpus.searchable is not None:
        answered = [(call, answer) for call, answer in journals.answered_calls(journal) if "tool" in call and answer]
        return touched_by((call["tool"], call["arguments"], a["value"]) for call, a in answered if "value" in a)
    spans: dict[str, list[Range]] = {
        one["id"]: [(start, end) for start, end in one["read_ranges"]] for one in _tables(found) if one["read_ranges"]
    }
    for document in found["documents"] if found else ():
        ranges = [*document.get("read_ranges", ()), *document.get("printed_ranges", ())]
        spans[document["id"]] = [(start, end) for start, end in ranges]
    for entry in citations:
        spans.setdefault(entry["document"], []).append((entry["start"], entry["end"]))
    sources = [*run.corpus.sources(), *_sources_of(run.corpus)]
    texts = [*run.corpus.texts, *([""] * (len(sources) - len(run.corpus.texts)))]
    return [
        {**source, "spans": [list(span) for span in merged(spans[source["id"]])]}
        for source, text in zip(sources, texts, strict=True)
        if source["id"] in spans and not (len(text) and is_blank(text))
    ]


def _sources_of(corpus: Corpus) -> Iterator[dict[str, Any]]:
    """The tables as documents, whose sizes and spans are rows."""
    for place, table in enumerate(corpus.tables.tables if corpus.tables else ()):
        facts = {"source": table.source, "unit": "rows"}
        yield {"id": f"t{place}", "name": table.name, "size": table.rows, "metadata": facts}


def _tables(found: Coverage | None) -> Sequence[TableCoverage]:
    return found.get("tables", ()) if found else ()
