"""`langchain-rlm report`: the page of a run on record."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from langchain_rlm.cli.exits import WRONG_INPUT
from langchain_rlm.cli.sources import read_sources
from langchain_rlm.cli.terminal import say
from langchain_rlm.context.load import Reading, load_corpus
from langchain_rlm.errors import InputError, RLMError
from langchain_rlm.journal.files import check_writable, load_journal, same_context, write_whole
from langchain_rlm.journal.record import Recording


def run(journal: Path, output: Path | None, context: Sequence[str]) -> int:
    """Write the page, say where it is, and return the exit code."""
    page = output or journal.parent / f"{journal.stem}.html"
    try:
        if page.resolve() == journal.resolve():
            msg = f"{page}: the page would take the place of the journal. Name another file with --output."
            raise InputError(msg)
        check_writable(page)
        recording = load_journal(journal)
        if context:
            corpus = load_corpus(Reading(partial(read_sources, tuple(context))))
            recording = replace(recording, texts=same_context(recording, corpus).texts)
        write_page(recording, page)
    except RLMError as error:
        say(f"error: {error}", error=True)
        return WRONG_INPUT
    say(str(page))
    return 0


def write_page(record: Recording, page: Path) -> None:
    """Write the page of a run."""
    from langchain_rlm.report.page import render  # reads its script and style sheet

    write_whole(page, [render(record)])
