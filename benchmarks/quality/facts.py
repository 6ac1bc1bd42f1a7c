"""What a prompt says, as facts: the forms in which the tasks write them, and the form in which notes are taken.

Each fact is one decision of the reader: rot makes another value of it, or has it overlooked. Over many lines it may
also take each label for another one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from benchmarks.quality.rot import Luck
from langchain_rlm.testing.quality.words import DESCRIBED, KIND_OF, THINGS

_NAME, _PERSON = r"[A-Z]\w+", r"[A-Z]\w+ [A-Z]\w+"
_FIRM = rf"{_NAME} (?:and Sons|Limited|and Partners|Brothers|Company)"
FORMS: dict[str, tuple[str, ...]] = {
    "code": (r"The access code of the (\w+) depot is (\d+)\.", r"Staff of the (\w+) depot type (\d+) at the gate\."),
    "employer": (rf"({_PERSON}) (?:is employed by|earns a living at) ({_FIRM})\.",),
    "seat": (rf"The seat of ({_FIRM}) is in (\w+)\.", rf"({_FIRM}) keeps its head office in (\w+)\."),
    "river": (r"The town of (\w+) lies on the river (\w+)\.", r"(\w+) was built where the (\w+) bends\."),
    "mark": (rf"({_PERSON}) wears a pin with an? (\w+)\.", rf"The letters of ({_FIRM}) carry an? (\w+)\."),
    "line": (r"(\w{3} \d\d, \d{4} \| \d{5}) \| ([^\n]+)",),
    "member": (r"(?m:^M-(\d{5}),[^,\n]*,([^,\n]+)$)",),
    "loan": (r"(?m:^(L\d{5}),([^,\n]*\d{5},\w+,\d+(?:,\d+)?)$)",),
    "price": (r"(?m:^([A-Za-z]+),(\d+)$)",),
    "entry": (r"(?m:^\*( )(\w+)$)",),
    "edit": (
        r"edit: (put|remove|rename|move) ([^;]+);", r"(\w+) (now follows) (\w+)\.", r"(\w+) (goes first) now\.",
        r"(Nobody needs) (\w+) any longer\.", r"(\w+) (is called) (\w+) from today\.",
    ),
    "statement": (
        r"\[(\d{5})\] The (bridge) of (\w+) was finished in (\d+)\.",
        r"\[(\d{5})\] ()(\d+) saw the last stone of the crossing at (\w+) laid\.",
        r"\[(\d{5})\] The (mill) of (\w+) belongs to ([\w ]+)\.",
        r"\[(\d{5})\] What grinds the (grain) at (\w+) is in the hands of ([\w ]+)\.",
        r"\[(\d{5})\] The (tower) of (\w+) is (\d+) metres high\.",
        r"\[(\d{5})\] From foot to top the (spire) at (\w+) measures (\d+) m\.",
    ),
    "population": (r"The population of (\w+) is ([\d,]+)\.", r"In (\w+) live ([\d,]+) people\."),
    "mayor": (r"The (?:mayor|council) of (\w+) is (?:led by )?([\w ]+)\.",),
    "founded": (r"(\w+) was founded in (\d+)\.", r"In (\w+) the first houses were built in (\d+)\."),
    "emblem": (r"The (?:emblem|shield) of (\w+) (?:is|shows) an? (\w+)\.",),
    "call": (r"(?s:^def (\w+)\(value\):(.*?)(?=^def |\Z))",),
    "drawing": (r'def (\w+)\(value\):\n    """Print an? (\w+)\."""',),
    "constant": (r'(?m:^(SIGN_\w+) = "(\w+)"$)',),
    "change": (r'def (\w+)\(value\):\n    """[^"]+"""\n    global (SIGN_\w+)',),
    "tally": (), "first": (), "pair": (),
}  # fmt: skip
"""By relation: patterns with a subject and a value; some are read by functions of their own below."""
_NOTE = re.compile(r"(?:^|(?<=: ))- (\w+) \| ([^|\n]*) \| ([^\n]*)$", re.MULTILINE)
_THING = re.compile(rf"\b(?:{'|'.join(KIND_OF)})\b", re.IGNORECASE)
OVERLOOKED = frozenset({"entry", "edit", "statement", "call", "member", "pair"})
"""What a reader rather overlooks than takes for another one."""
_SAME = {"": "bridge", "grain": "mill", "spire": "tower"}


class Fact(NamedTuple):
    """Something that the prompt says, and the words that say it."""

    relation: str
    subject: str
    value: str
    text: str

    def noted(self) -> str:
        """As a reader notes it down, and can read it again."""
        return f"- {self.relation} | {self.subject} | {self.value}"


def facts_in(text: str, relations: Iterable[str], luck: Luck) -> list[Fact]:
    """The facts of these relations as the reader takes them, in the order of the text."""
    wanted = [*relations]
    found = [(match.start(), fact) for relation in wanted for match, fact in _found(text, relation)]
    found += [
        (match.start(), Fact(match[1], match[2], match[3], match[0])) for match in _NOTE.finditer(text)
        if match[1] in wanted
    ]  # fmt: skip
    facts = [fact for _, fact in sorted(found, key=lambda one: one[0])]
    lines = [fact.text for fact in facts if fact.relation == "line"]
    taken = [*_taken(facts, luck)]
    return taken if not lines or luck.is_whole_right(lines) else [*map(_confused, taken)]


def kind_of(text: str) -> str:
    """The kind of the thing that a text names; nothing when it names none."""
    thing = _THING.search(text)
    return KIND_OF[thing[0].lower()] if thing else ""


def meant(described: str, words: Iterable[str]) -> str:
    """The one of some words that a description means; nothing when it means none of them."""
    right = next((word for word, meaning in DESCRIBED.items() if meaning == described), "")
    return next((word for word in words if right and right in word.lower().split()), "")


def _taken(facts: Sequence[Fact], luck: Luck) -> Iterator[Fact]:
    options = dict[str, list[str]]()
    for fact in facts:
        if fact.relation == "line" or luck.is_right(fact.text):  # lines are right or wrong as a whole
            yield fact
        elif fact.relation not in OVERLOOKED:
            if fact.relation not in options:
                options[fact.relation] = sorted({one.value for one in facts if one.relation == fact.relation})
            wrong = luck.other(fact.text, fact.value, options[fact.relation])
            if wrong is not None:
                yield fact._replace(value=wrong)


def _confused(fact: Fact) -> Fact:
    """A line whose label is taken for another one, the same for all lines."""
    if fact.relation != "line" or not fact.value:
        return fact
    labels = [*THINGS]
    return fact._replace(value=labels[(labels.index(fact.value) + 1) % len(labels)])


def _found(text: str, relation: str) -> Iterator[tuple[re.Match[str], Fact]]:
    for pattern in FORMS[relation]:
        for match in re.finditer(pattern, text, re.MULTILINE if relation == "call" else 0):
            for fact in _READ.get(relation, _plain)(relation, match):
                yield match, fact


def _plain(relation: str, match: re.Match[str]) -> Iterator[Fact]:
    yield Fact(relation, match[1].strip(), match[2], match[0])


def _line(relation: str, match: re.Match[str]) -> Iterator[Fact]:
    day, _, user = match[1].partition(" | ")
    written = datetime.strptime(day, "%b %d, %Y").date().isoformat()  # noqa: DTZ007  # a day has no zone
    yield Fact(relation, f"{written} {user}", kind_of(match[2]), match[0])


def _edit(relation: str, match: re.Match[str]) -> Iterator[Fact]:
    names = re.findall(r"\b(?!Nobody\b)[A-Z]\w+", match[0])
    doing = {
        "put": "insert", "now follows": "insert", "remove": "remove", "Nobody needs": "remove", "rename": "rename",
        "is called": "rename", "move": "top", "goes first": "top",
    }  # fmt: skip
    said = next(doing[group] for group in match.groups() if group in doing)
    yield Fact(relation, said, " ".join(names), match[0])


def _statement(relation: str, match: re.Match[str]) -> Iterator[Fact]:
    number, what, place, value = match.groups()
    if not what:
        place, value = value, place
    yield Fact(relation, number, f"{_SAME.get(what, what)}, {place}, {value}", match[0])


def _calls(relation: str, match: re.Match[str]) -> Iterator[Fact]:
    for called in re.finditer(r"(?:m\d{4}\.)?(\w+)\(value - \d\)", match[2]):
        yield Fact(relation, match[1], called[1], f"{match[1]} {called[0]}")


_READ = {"line": _line, "edit": _edit, "statement": _statement, "call": _calls}
