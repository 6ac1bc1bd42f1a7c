"""The answers of a run that is replayed: what its turns give now must be what is on record."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.errors import ReplayError
from langchain_rlm.evidence.citations import with_citations, within
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.answer import NOTHING, Given, as_text, digest, given, newest_refused
from langchain_rlm.journal.entries import AnswerEntry, EndEntry, Entry
from langchain_rlm.journal.header import Citation
from langchain_rlm.journal.record import Recording
from langchain_rlm.journal.samples import chosen
from langchain_rlm.repl.protocol import Ended, Sandbox
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.runtime.differences import apart, beginning, differs

AFTER = frozenset({"reply", "cell", "note", "question", "end"})
"""What may follow a cell."""
PLACE = ("mark", "document", "start", "end", "text")
"""Of a citation: what does not depend on how the context was loaded."""


class _UnknownError(Exception):
    """What was given as an answer cannot be made again."""


@dataclass
class Answers:
    """Checks the answers of one run of the tree, entry by entry.

    `recording` is what a first run was kept with, None for a recursive one; `corpus` is None where no cell reads it;
    `repl` gives the REPL as the entries so far left it.
    """

    recording: Recording | None
    corpus: Corpus | None
    path: str
    repl: Callable[[], Sandbox]
    ended: Ended | None = None
    """The newest cell of the turn."""
    made: str | None = None
    """The newest answer; None when it could not be made again."""

    def take(self, journal: Sequence[Entry], place: int) -> None:
        """Check an entry of the journal; those before it have been replayed."""
        entry, before = journal[place], journal[:place]
        kept = self.recording if entry["kind"] == "end" and place + 1 == len(journal) else None
        if entry["kind"] not in AFTER:
            return
        with contextlib.suppress(_UnknownError):
            if entry["kind"] == "end":
                self._check_end(entry, before, kept)
            elif entry["kind"] == "note" and "refused_answer" in entry:
                self._check_refused(before, as_text(entry["refused_answer"]))
            elif self.ended is not None and self.ended.final is not None:
                said = beginning(as_text(self.ended.final[0]))
                raise self._differs(before, f"gives the answer {said}, and none on record")
        if kept is not None and entry["kind"] == "end" and entry["hash"] != digest(kept.answer):
            raise self._differs(before, f"ended with another answer than {beginning(kept.answer)}, which is on record")
        self.ended = None

    def check_above(self, answer: AnswerEntry) -> None:
        run = answer["run"]
        if self.made is not None and "text" in answer:
            self._same(run["journal"], within(run["marks"], self.made, run["journal"]), answer["text"])
        elif self.made is not None and "value" in answer:  # of a sample
            self._same(run["journal"], self.made, as_text(answer["value"]["answer"]))

    def _check_refused(self, before: Sequence[Entry], known: str) -> None:
        answer = self._given(before)
        if answer is None:
            raise self._differs(before, f"gives no answer, on record {beginning(known)}")
        self._same(before, as_text(answer.value), known)

    def _check_end(self, end: EndEntry, before: Sequence[Entry], kept: Recording | None) -> None:
        self.made = None
        answer = self._given_at_end(end["stop_reason"], before)
        on_record = f"{end['characters']:,} characters" if kept is None else beginning(kept.answer)
        if answer is None:
            raise self._differs(before, f"gives no answer, on record {on_record}")
        value, citations, journal = answer.value, list[Citation](), before
        if "chosen" in end:
            sample = chosen(before, value)
            if sample is None or sample.id != end["chosen"]:
                raise self._differs(before, f"chooses sample {value!r:.40}, on record that of call {end['chosen']}")
            value, journal = sample.value, sample.run["journal"]
        has_form = "given" in end  # which one is not on record
        if not has_form and not self.path:  # marks of a recursive run are numbered by the run above
            value, citations = with_citations(value, self.corpus or Corpus(()), journal)
        made = as_text(value)
        if kept is not None and not has_form:
            self._same(before, made, kept.answer)
        if digest(made) != (end["given"] if has_form else end["hash"]):
            said = f"gives the answer {beginning(made)}, on record another one of {end['characters']:,} characters"
            raise self._differs(before, said)
        if kept is not None and not has_form and _places(citations) != _places(kept.citations):
            raise self._differs(before, f"cites {apart(_places(citations), _places(kept.citations))}")
        self.made = None if has_form and self.path else made

    def _given(self, before: Sequence[Entry]) -> Given | None:
        reply = journals.last_reply(before)
        if reply is None:
            return None
        if any(cell.is_lost for cell in journals.recorded_cells(journals.this_turn(before))):
            raise _UnknownError  # what it did was given up with its worker
        parsed = parse_reply(reply["text"], journals.fences(before))
        answer = given(parsed, self.ended, is_last=bool(reply["last"]))
        if answer is None or not answer.is_name:
            return answer
        if self.corpus is None:
            raise _UnknownError
        return answer.held(self.repl().variable(answer.value))

    def _given_at_end(self, reason: str, before: Sequence[Entry]) -> Given | None:
        entries = journals.since_question(before)
        reply = journals.last_reply(before)
        if journals.route(before) == "samples":
            return self._given(before) or Given("")
        if journals.route(before) == "direct":
            return Given(reply["text"] if reply else "")
        if reason == "no_code":
            return Given("")
        answer = self._given(before) if reason == "answered" or (reply and reply["last"]) else None
        if answer is not None or reason == "answered":
            return answer
        refused, may_be_drafted = newest_refused(entries)
        draft = self.repl().draft() if may_be_drafted else None
        best = refused if draft in NOTHING else draft
        if best is None and not self.path:
            raise _UnknownError  # how much was shown of the last output
        return Given("" if best is None else best)

    def _same(self, before: Sequence[Entry], made: str, known: str) -> None:
        if made != known:
            raise self._differs(before, f"gives the answer {apart(made, known)}")

    def _differs(self, before: Sequence[Entry], how: str) -> ReplayError:
        return differs(f"turn {journals.turns(before)}", self.path, how)


def _places(citations: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join("[{}] {} {}-{} {}".format(*(entry[name] for name in PLACE)) for entry in citations)
