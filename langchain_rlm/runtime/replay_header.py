"""Whether the first line of a journal file says what its entries say: it is what readers look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_rlm.budget import Budget, Ledger
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.errors import ReplayError
from langchain_rlm.evidence.coverage import coverage
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.paid import spending
from langchain_rlm.journal.reading import answering
from langchain_rlm.journal.record import Recording
from langchain_rlm.journal.tally import tally

SHARES = ("read", "printed", "seen")
RANGES = ("read_ranges", "printed_ranges")
COUNTED = ("calls", "input_tokens", "output_tokens", "cost")
ROUNDED = 1e-6


def check_header(recording: Recording, corpus: Corpus | None) -> None:
    """Compare stop reason, usage and coverage with the entries; citations and the answer, the replay compares.

    Raises:
        ReplayError: One is another.
    """
    journal = recording.journal
    if not journal or journal[-1]["kind"] != "end":
        return
    rests_on = answering(journal)
    if recording.stop_reason:  # of what it does not say, nothing can be wrong
        _same("the run", "stop_reason", recording.stop_reason, journal[-1]["stop_reason"])
    if recording.usage:
        _check_usage(recording.usage, journal, rests_on)
    if corpus is not None and corpus.searchable is None and recording.coverage is not None and corpus.documents:
        _check_coverage(recording.coverage, rests_on, corpus)


def _check_usage(told: Mapping[str, Any], journal: Sequence[Entry], rests_on: Sequence[Entry]) -> None:
    """Usage may be more than what replies and answers say: not each attempt has an entry. It is never less."""
    ledger = Ledger(Budget())
    ledger.charge(spending(journal))
    counted = ledger.usage()
    for name in COUNTED:
        said, least = told.get(name) or 0, counted[name] or 0
        if said < least * (1 - ROUNDED):
            _same("usage", name, said, least)
    for name, value in tally(rests_on).items():
        _same("usage", name, told.get(name, value), value)


def _check_coverage(told: Mapping[str, Any], journal: Sequence[Entry], corpus: Corpus) -> None:
    found: Mapping[str, Any] = coverage(journal, corpus.sources(), corpus.texts)
    for name in SHARES:
        if abs(told.get(name, found[name]) - found[name]) > ROUNDED:
            _same("coverage", name, told[name], found[name])
    known = {document["id"]: document for document in told["documents"]}
    for document in found["documents"]:
        for name in RANGES:
            said = [[*each] for each in known.get(document["id"], {}).get(name) or ()]
            _same(f"coverage of {document['id']}", name, said, [[*each] for each in document[name]])


def _same(part: str, name: str, told: Any, found: Any) -> None:
    if told != found:
        said = f"{name} of {part} is {told!r:.200}, and the entries make it {found!r:.200}"
        msg = f"line 1 differs from the record: {said}."
        raise ReplayError(msg)
