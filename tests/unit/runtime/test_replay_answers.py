"""What the turns of a replay give as answers is what is on record, or an error with both; without a REPL."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from langchain_rlm.context.corpus import Corpus
from langchain_rlm.context.load import load_corpus
from langchain_rlm.errors import ReplayError
from langchain_rlm.journal.answer import digest
from langchain_rlm.journal.record import Recording
from langchain_rlm.repl.protocol import Ended
from langchain_rlm.runtime.replay_answers import Answers

CELL = "```repl\nx = 1\n```"
FINE, FINAL = Ended(""), Ended("", final=("It is 3",))
Journal = list[dict[str, Any]]


@dataclass
class Repl:
    """Holds variables and a draft."""

    variables: dict[str, Any] = field(default_factory=dict)
    held: Any = None

    def variable(self, name: str) -> tuple[Any] | None:
        return (self.variables[name],) if name in self.variables else None

    def draft(self) -> Any:
        return self.held


def reply(text: str = CELL, *, last: str | None = None) -> dict[str, Any]:
    return {"kind": "reply", "turn": 1, "text": text, "last": last}


def cell(**end: Any) -> Journal:
    return [{"kind": "cell", "turn": 1, "index": 0, "code": "x"}, {"kind": "cell_end", "lost": False, **end}]


def end(answer: str, reason: str = "answered", **more: Any) -> dict[str, Any]:
    return {"kind": "end", "stop_reason": reason, "characters": len(answer), "hash": digest(answer), **more}


def taken(
    *entries: Any,
    ended: Ended | None = None,
    repl: Repl | None = None,
    route: str = "rlm",
    path: str = "",
    corpus: Corpus | None = None,
    **header: Any,
) -> str | None:
    """What is made of a journal; `ended` is how its newest cell ends now."""
    journal: Any = [{"kind": "run", "route": route, "question": "What?"}, *entries]
    recording = Recording(journal=journal, **header) if header else None
    session: Any = repl or Repl()
    answers = Answers(recording, corpus or load_corpus("It is 3."), path, lambda: session)
    for place, entry in enumerate(journal):
        answers.take(journal, place)
        if entry["kind"] == "cell_end":
            answers.ended = ended
    return answers.made


def refusal(*entries: Any, **more: Any) -> str:
    with pytest.raises(ReplayError) as caught:
        taken(*entries, **more)
    return str(caught.value).removeprefix("the replay differs from the record: ")


@pytest.mark.parametrize(
    ("journal", "ended", "repl"),
    [
        ([reply(), *cell(), end("It is 3")], FINAL, Repl()),
        ([reply("FINAL_VAR(x)"), end("It is 3")], None, Repl({"x": "It is 3"})),
        ([reply("It is 3", last="budget:turns"), end("It is 3", "budget:turns")], None, Repl()),
        ([reply(CELL + "\nFINAL(It is 3)", last="budget:cost"), *cell(), end("It is 3", "budget:cost")], FINE, Repl()),
        ([reply(), *cell(), end("It is 3", "gave_up")], FINE, Repl(held="It is 3")),
        ([reply(), *cell(), {"kind": "note", "refused_answer": "It is 3"}, end("It is 3", "gave_up")], FINAL, Repl()),
    ],
)  # fmt: skip
def test_the_answer_on_record_is_made_again(journal: Journal, ended: Ended, repl: Repl) -> None:
    assert taken(*journal, ended=ended, repl=repl) == "It is 3"
    assert taken(*journal, ended=ended, repl=repl, answer="It is 3") == "It is 3"


def test_the_direct_route_is_answered_by_its_reply() -> None:
    assert taken(reply("It is 3"), end("It is 3", "direct"), route="direct") == "It is 3"


@pytest.mark.parametrize(
    "journal",
    [
        [reply(), *cell(lost=True), end("It is 3")],
        [reply(), *cell(), end("It is 3", "gave_up")],
    ],
)
def test_an_answer_that_cannot_be_made_again_is_none_and_no_error(journal: Journal) -> None:
    assert taken(*journal, ended=FINE) is None
    said = refusal(*journal, ended=FINE, answer="It is 4")
    assert said == "turn 1 ended with another answer than 'It is 4', which is on record."


@pytest.mark.parametrize(
    ("journal", "header", "said"),
    [
        ([end("It is 4")], {"answer": "It is 4"}, "turn 1 gives the answer 'It is 3', on record 'It is 4'."),
        ([end("Four")], {}, "turn 1 gives the answer 'It is 3', on record another one of 4 characters."),
        ([reply()], {}, "turn 1 gives the answer 'It is 3', and none on record."),
        ([{"kind": "note", "refused_answer": 4}], {}, "turn 1 gives the answer 'It is 3', on record '4'."),
        ([end("3", given=digest("4"))], {}, "turn 1 gives the answer 'It is 3', on record another one of 1 "),
    ],
)  # fmt: skip
def test_another_answer_is_named_with_the_turn_and_both_texts(journal: Journal, header: Any, said: str) -> None:
    assert refusal(reply(), *cell(), *journal, ended=FINAL, **header).startswith(said)


def test_no_answer_where_there_was_one_is_an_error() -> None:
    none = "turn 1 gives no answer, on record "
    assert refusal(reply(), *cell(), end("It is 3"), ended=FINE) == none + "7 characters."
    assert refusal(reply(), *cell(), end("It is 3"), ended=FINE, answer="It is 3") == none + "'It is 3'."
    assert refusal(reply(), *cell(), {"kind": "note", "refused_answer": 3}, ended=FINE) == none + "'3'."
    assert refusal(reply("FINAL_VAR(x)"), end("It is 3")) == none + "7 characters."


def test_the_recursive_run_is_named() -> None:
    assert refusal(reply(), *cell(), end("It is 4"), ended=FINAL, path="/2/1").startswith(
        "turn 1 of the recursive run /2/1 gives the answer 'It is 3', on record another one"
    )


def test_what_the_answer_cites_must_be_what_is_on_record() -> None:
    mark = {"mark": "[c1]", "document": "d0", "start": 0, "end": 5, "text": "It is"}
    host = {"kind": "host", "name": "cite", "value": mark}
    journal = [reply(), *cell(), host, end("It is 3 [1]")]
    ended = Ended("", final=("It is 3 [c1]",))
    known = {**mark, "mark": 1}
    assert taken(*journal, ended=ended, answer="It is 3 [1]", citations=[known]) == "It is 3 [1]"
    other = refusal(*journal, ended=ended, answer="It is 3 [1]", citations=[{**known, "end": 4}])
    assert other.startswith("turn 1 cites '[1] d0 0-5 It is', on record '[1] d0 0-4 It is'")


def test_what_the_run_above_was_told_is_what_the_recursive_run_answered() -> None:
    journal: Any = [{"kind": "run", "route": "rlm"}, reply("FINAL(It is 3)"), end("It is 3")]
    session: Any = Repl()
    answers = Answers(None, None, "/7", lambda: session)
    for place in range(len(journal)):
        answers.take(journal, place)
    told: Any = {"kind": "answer", "text": "It is 3", "run": {"journal": journal, "over": "all", "marks": "7"}}
    answers.check_above(told)
    with pytest.raises(ReplayError, match="run /7 gives the answer 'It is 3', on record 'It is 4'"):
        answers.check_above(told | {"text": "It is 4"})
