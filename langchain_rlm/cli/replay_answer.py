"""The answers of a run that is replayed: what its turns give now must be what is on record.

Which turn gives what is the counterpart of `turn.py` and `answer.py`, without models.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from langchain_rlm.cli.replay_words import apart, beginning
from langchain_rlm.context.corpus import Corpus
from langchain_rlm.errors import ReplayError
from langchain_rlm.evidence.citations import with_citations, within
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.answer import as_text, digest, given, newest_refused
from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.files import Recording
from langchain_rlm.repl.protocol import Ended, plain
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.surrogates import encodable

Given = tuple[Any, ...] | None
"""An answer as the code or the reply gave it; empty: none was given; None: what was given is not known."""
AFTER = frozenset({"reply", "cell", "note", "question", "end"})
"""What may follow a cell."""
PLACE = ("mark", "document", "start", "end", "text")
"""Of a citation: what does not depend on how the context was loaded."""


@dataclass
class Answers:
    """Checks the answers of one run of the tree, entry by entry.

    Args:
        recording: What a first run was kept with; None for a recursive run.
        corpus: Its context.
        path: Which run of the tree it is.
        variable: Reads a variable of the REPL, at this place of the journal.
        draft: Reads what `answer` holds there.
    """

    recording: Recording | None
    corpus: Corpus
    path: str
    variable: Callable[[str, Sequence[Entry]], Given]
    draft: Callable[[Sequence[Entry]], Any]
    ended: Ended | None = None
    """The newest cell of the turn."""
    made: str | None = None
    """The newest answer; None when it could not be made again."""

    def take(self, journal: Sequence[Entry], place: int) -> None:
        """Check an entry of the journal; those before it have been replayed.

        Raises:
            ReplayError: The replay gives another answer than is on record.
        """
        entry = journal[place]
        kind = entry["kind"]
        if kind not in AFTER:
            return
        before = journal[:place]
        if kind == "end":
            told = self.recording.answer if self.recording and place + 1 == len(journal) else None
            self.made = self._made(entry, before, told)
            if told is not None and not _is_on_record(entry, told):
                self._differs(before, f"ended with another answer than {beginning(told)}, which is on record")
        elif kind == "note" and "refused_answer" in entry:
            value, known = self._given(before), as_text(entry["refused_answer"])
            if value == ():
                self._differs(before, f"gives no answer, on record {beginning(known)}")
            if value is not None:
                self._same(before, as_text(plain(value[0])), known)
        elif self.ended is not None and self.ended.final is not None:
            self._differs(before, f"gives the answer {beginning(as_text(self.ended.final[0]))}, and none on record")
        self.ended = None

    def check_above(self, answer: Entry) -> None:
        """Check what the run above was answered.

        Raises:
            ReplayError: It is not what this run answered.
        """
        run = answer["run"]
        if self.made is not None and "text" in answer and _has_marks([answer]):
            self._same(run["journal"], within(run["marks"], self.made, run["journal"]), answer["text"])

    def _made(self, end: Entry, before: Sequence[Entry], told: str | None) -> str | None:
        value = self._given_at_end(end["stop_reason"], before)
        if value is None or not _has_marks(before):
            return None
        if not value:
            on_record = f"{end['characters']:,} characters" if told is None else beginning(told)
            self._differs(before, f"gives no answer, on record {on_record}")
        if "given" in end:  # the form that it took is not on record
            made = as_text(value[0])
            if digest(made) != end["given"]:
                self._another(before, made, end)
            return told
        if self.path:  # its marks are numbered by the run above
            answer, citations = value[0], list[dict[str, Any]]()
        else:
            answer, citations = with_citations(value[0], self.corpus, before)
        made = encodable(as_text(answer))
        if told is not None:
            self._same(before, made, told)
        if not _is_on_record(end, made):
            self._another(before, made, end)
        if self.recording and told is not None:
            now, then = _places(citations), _places(self.recording.citations)
            if now != then:
                self._differs(before, "cites {}, on record {}".format(*apart(now, then)))
        return made

    # -- what a turn gives ----------------------------------------------------------------------------------------

    def _given(self, before: Sequence[Entry]) -> Given:
        """What the newest turn gives as an answer."""
        turn = journals.this_turn(journals.since_question(before))
        if not turn:
            return ()
        if any(entry["kind"] == "cell_end" and entry["lost"] for entry in turn):
            return None  # what it did was given up with its worker
        answer = given(parse_reply(turn[0]["text"]), self.ended, is_last=bool(turn[0]["last"]))
        if answer is not None and answer.is_name:
            found = self.variable(answer.value, before)
            if found is None:
                return None
            answer = answer.held((found[0],) if found else None)
        return () if answer is None else (answer.value,)

    def _given_at_end(self, reason: str, before: Sequence[Entry]) -> Given:
        turn = journals.this_turn(journals.since_question(before))
        if journals.route(before) == "direct":
            return (turn[0]["text"] if turn else "",)
        if reason in {"answered", "no_code"}:
            return self._given(before)
        given = self._given(before) if turn and turn[0]["last"] else ()
        if given != ():
            return given
        refused, may_be_drafted = newest_refused(journals.since_question(before))
        draft = _one(self.draft(before)) if may_be_drafted else ()
        if draft or refused is not None:
            return draft or (refused,)
        return ("",) if self.path else None  # what was shown of the last output

    # -- what differs ---------------------------------------------------------------------------------------------

    def _same(self, before: Sequence[Entry], made: str, known: str) -> None:
        if made != known:
            now, then = apart(made, known)
            self._differs(before, f"gives the answer {now}, on record {then}")

    def _another(self, before: Sequence[Entry], made: str, end: Entry) -> NoReturn:
        said = f"gives the answer {beginning(made)}, on record another one of {end['characters']:,} characters"
        self._differs(before, said)

    def _differs(self, before: Sequence[Entry], how: str) -> NoReturn:
        turn = journals.turns(before)
        below = f" of the recursive run {self.path}" if self.path else ""
        msg = f"the replay differs from the record: turn {turn}{below} {how}."
        raise ReplayError(msg)


def _one(value: Any) -> Given:
    return () if value in (None, "") else (value,)


def _places(citations: Sequence[Mapping[str, Any]]) -> str:
    return "; ".join("[{}] {} {}-{} {}".format(*(entry[name] for name in PLACE)) for entry in citations)


def _is_on_record(end: Entry, answer: str) -> bool:
    """Whether it is the answer that a run ended with, as far as its last entry says."""
    return bool(end["hash"] == digest(answer) if "hash" in end else end["characters"] == len(answer))


def _has_marks(journal: Sequence[Entry]) -> bool:
    """What the citations of recursive runs stand for is on record; journals of old have not all of it."""
    runs = [entry["run"] for entry in journal if entry["kind"] == "answer" and entry.get("run")]
    return all("over" in run and "marks" in run and _has_marks(run["journal"]) for run in runs)
