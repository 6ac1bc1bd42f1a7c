"""What the reader says to a prompt that is no root model's: small tasks first, then questions about texts.

A pure function of the prompt and of what chance makes of it. The reader knows what words mean, from the drawer from
which the tasks are written; it knows no task and no right answer.
"""

import re
from collections.abc import Iterator, Sequence

from benchmarks.quality.answers import Form, asked_in
from benchmarks.quality.facts import FORMS, facts_in, kind_of, meant
from benchmarks.quality.rot import CURVES, Luck

UNKNOWN = "The text does not say."
NOTHING = "NOTHING"
SURE = Luck(0, "", CURVES["off"], 1)
"""For a decision that is made of several: it is wrong as a whole, or right."""
_LIST = re.compile(r"List every fact of the kind ([a-z, ]+) in this text")
_MEANT = re.compile(r'Which of these is meant by "(.+?)"\? Answer with the word alone\.\n(.+)')
_COPY = re.compile(r"Copy from the text below every sentence")
_CHOICES = re.compile(r"The labels:\n((?:- .+\n)+)")
_CHOICE = re.compile(r"\n\n(?:Answer|Which fits best:) ([^\n.?]+? or [^\n.?]+)(?:\.|\? Answer with [\w ]+\.)\s*\Z")
_ITEM = re.compile(r"^(\d+): (.+)$", re.MULTILINE)
_IS_PART = re.compile(
    r"portion of a long|part of a long|existing answer|context information is below|relevant text", re.IGNORECASE
)
_IS_LAST = re.compile(r"final answer|from these (?:notes|sentences)", re.IGNORECASE)
_JSON = re.compile(r"Answer with JSON.*?: ([\[{<].*)", re.DOTALL)


def read(prompt: str, luck: Luck) -> str:
    """The reply."""
    if listed := _LIST.search(prompt):
        relations = [relation for relation in re.split(r",\s*", listed[1]) if relation in FORMS]
        facts = facts_in(prompt[listed.end() :], relations, luck)
        return "\n".join(fact.noted() for fact in facts) or NOTHING
    if described := _MEANT.search(prompt):
        words = re.split(r",\s*", described[2])
        right = meant(described[1], words)
        return right if luck.is_right(described[1]) else luck.other(described[1], right, words) or right
    asked = asked_in(prompt)
    if labels := _labels(prompt):
        return "\n".join(_judged(prompt, labels, asked, luck))
    if _COPY.search(prompt):
        return _copied(prompt, asked, luck)
    if (form := _JSON.search(prompt)) and not asked:
        return {"[": "[]", "{": "{}"}.get(form[1][0], "0")
    return _answered(prompt, asked, luck) if asked else UNKNOWN


def _labels(prompt: str) -> list[str]:
    """The labels of which one is to be given for each item."""
    if listed := _CHOICES.search(prompt):
        return [line[2:].partition(": ")[0] for line in listed[1].splitlines()]
    single = _CHOICE.search(prompt)
    return re.split(r", | or ", single[1]) if single else []


def _judged(prompt: str, labels: Sequence[str], asked: tuple[Form, re.Match[str]] | None, luck: Luck) -> Iterator[str]:
    """A label for each numbered item, or for the only one."""
    items = _ITEM.findall(prompt)
    if not items or not _CHOICES.search(prompt):
        items = [("", prompt.partition("\n\n")[0].strip('"') if _CHOICE.search(prompt) else prompt)]
    for number, item in items:
        right = _label(item, labels, asked)
        said = right if luck.is_label_right(item) else luck.other(item, right, labels) or right
        yield f"{number}: {said}" if number else said


def _label(item: str, labels: Sequence[str], asked: tuple[Form, re.Match[str]] | None) -> str:
    """The kind of the thing that an item names, or whether it counts for a question; the last label in doubt."""
    kind = kind_of(item)
    if "yes" not in labels or asked is None:
        return kind if kind in labels else labels[-1]
    form, match = asked
    if form.kind == "count":
        read = form.answer(match, facts_in(item, form.relations, SURE))
        return "yes" if read.answer != "0" else "no"
    return "yes" if form.answer(match, facts_in(item, form.relations, SURE)).used else "no"


def _copied(prompt: str, asked: tuple[Form, re.Match[str]] | None, luck: Luck) -> str:
    """The sentences that the answer rests on, word for word."""
    if asked is None:
        return NOTHING
    form, match = asked
    facts = facts_in(prompt, form.relations, luck)
    used = {(fact.relation, fact.subject) for fact in form.answer(match, facts).used}
    lines = [fact.text for fact in facts if (fact.relation, fact.subject) in used]
    return "\n".join(dict.fromkeys(line.replace("\n", " ") for line in lines)) or NOTHING


def _answered(prompt: str, asked: tuple[Form, re.Match[str]], luck: Luck) -> str:
    """The answer in the form that the question asks for; of a part of a text with notes of what it rests on."""
    form, match = asked
    facts = facts_in(prompt, form.relations, luck)
    answer, used = form.answer(match, facts)
    is_known = bool(answer) and bool(facts)
    said = f"Answer: {answer}" if is_known else UNKNOWN
    if _IS_PART.search(prompt) and not _IS_LAST.search(prompt):
        return "\n".join([*dict.fromkeys(fact.noted() for fact in used), said])
    return said
