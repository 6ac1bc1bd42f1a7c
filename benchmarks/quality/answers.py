"""How the reader answers the questions of the tasks from facts, and which facts its answer rests on."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

from benchmarks.quality import counts
from benchmarks.quality.counts import COUNTED, Asked, Read
from benchmarks.quality.facts import Fact, kind_of, meant


def _of(facts: Sequence[Fact], relation: str) -> list[Fact]:
    return [fact for fact in facts if fact.relation == relation]


def codes(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The numbers of the depots that are named or described."""
    subjects = [fact.subject for fact in facts]
    named = re.findall(r"the (\w+) depot", asked[1])
    wanted = named or [meant(described, subjects) for described in re.findall(r'"(.+?)"', asked[1])]
    used = [fact for name in wanted for fact in facts if fact.subject == name]
    return Read(", ".join(dict.fromkeys(fact.value for fact in used)), used)


def river(asked: Asked, facts: Sequence[Fact]) -> Read:
    """From a person or a firm to its town and the river there."""
    at, used = re.sub("^the firm that employs ", "", asked[1] or ""), list[Fact]()
    if asked[2]:
        marks = _of(facts, "mark")
        word = meant(asked[2], [fact.value for fact in marks])
        used = [fact for fact in marks if word and fact.value == word][:1]
        at = used[0].subject if used else ""
    found = {(fact.relation, fact.subject): fact for fact in facts}
    for relation in ("employer", "seat", "river"):
        if fact := found.get((relation, at)):
            used.append(fact)
            at = fact.value
    return Read(at if used and used[-1].relation == "river" else "", used)


def cost(asked: Asked, facts: Sequence[Fact]) -> Read:
    """What the loans of the members of a place cost, as far as their prices are known."""
    members = _of(facts, "member")
    described = re.search(r'"(.+?)"', asked[1])
    homes = {fact.value for fact in members}
    word = meant(described[1], homes) if described else asked[1]
    numbers = {fact.subject for fact in members if fact.value == word}
    prices = {fact.subject.lower(): int(fact.value) for fact in _of(facts, "price")}
    total, used = 0, [fact for fact in members if fact.subject in numbers]
    for fact in _of(facts, "loan"):
        key, item, days, *apart = fact.value.split(",")
        if key[-5:] in numbers:
            used.append(fact)
            total += int(days) * int(apart[0] if apart else prices.get(item, 0))
    return Read(str(total) if used else "", [*used, *_of(facts, "price")])


def rebuilt(_: Asked, facts: Sequence[Fact]) -> Read:
    """The list after the edits, as far as they can be made."""
    after, before = {"": ""}, {"": ""}

    def insert(entry: str, behind: str) -> None:
        after[entry], before[after[behind]] = after[behind], entry
        after[behind], before[entry] = entry, behind

    def remove(entry: str) -> str:
        place, following = before.pop(entry), after.pop(entry)
        after[place], before[following] = following, place
        return place

    for fact in facts:
        names = fact.value.split()
        is_new = fact.relation == "entry" or fact.subject == "insert"
        if is_new and names[0] not in after:  # notes may say it twice
            insert(names[0], names[1] if names[-1] in after and len(names) > 1 else before[""])
        elif not is_new and names[0] in after:
            place = remove(names[0])
            if fact.subject != "remove" and names[-1] not in after:
                insert(names[-1], place if fact.subject == "rename" else "")
    entries, at = list[str](), after[""]
    while at:
        entries.append(at)
        at = after[at]
    return Read("".join(f"\n{entry}" for entry in entries), facts)


def functions(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The functions that reach one, or that change a constant."""
    called, shown, constant, said = (asked[part] for part in ("called", "shown", "constant", "said"))
    if constant or said:
        first = {fact.value: fact.subject for fact in _of(facts, "constant")}
        name = constant or first.get(meant(said, first), "")
        used = [fact for fact in facts if fact.value == name or (fact.subject == name and said)]
        return Read(", ".join(sorted(fact.subject for fact in used if fact.relation == "change")), used)
    drawn = {fact.value: fact for fact in _of(facts, "drawing")}
    end = drawn.get(meant(shown, drawn)) if shown else None
    callers = defaultdict[str, list[Fact]](list)
    for fact in _of(facts, "call"):
        callers[fact.value].append(fact)
    left, reached, used = [end.subject if end else called or ""], dict[str, None](), [end] if end else []
    while left:
        for fact in callers[left.pop()]:
            used.append(fact)
            if fact.subject not in reached:
                reached[fact.subject] = None
                left.append(fact.subject)
    return Read(", ".join(sorted(reached)), used)


def conflicts(_: Asked, facts: Sequence[Fact]) -> Read:
    """The pairs of statements that cannot both be true."""
    said = defaultdict[str, list[tuple[str, str]]](list)
    for fact in _of(facts, "statement"):
        what, value = fact.value.rsplit(", ", 1)
        said[what].append((fact.subject, value))
    pairs = {(fact.subject, fact.value) for fact in _of(facts, "pair")}
    for same in said.values():
        pairs |= {(one, other) for (one, a), (other, b) in combinations(same, 2) if a != b}
    used = [Fact("pair", one, other, "") for one, other in sorted(pairs)]
    return Read("".join(f"\n({fact.subject}, {fact.value})" for fact in used), used)


def rows(asked: Asked, facts: Sequence[Fact]) -> Read:
    """The rows of the places that are named, or that have a thing of a kind on their shield."""
    wanted = re.split(r", | and ", asked[1] or "")
    if asked[2]:
        label = counts.label_of(asked[2])
        wanted = [fact.subject for fact in _of(facts, "emblem") if kind_of(fact.value) == label]
    cells = {(fact.subject, fact.relation): fact.value for fact in facts}
    columns = ("population", "mayor", "founded")
    made = [[name, *(cells.get((name, column), "") for column in columns)] for name in dict.fromkeys(wanted)]
    used = [fact for fact in facts if fact.subject in wanted]
    return Read("".join("\n" + " | ".join(row) for row in made if any(row[1:])), used)


class Form(NamedTuple):
    """A question by its words, the facts that it needs, and how it is answered from them."""

    kind: str
    pattern: str
    relations: Sequence[str]
    answer: Callable[[Asked, Sequence[Fact]], Read]


_END = r"(?:\.|\?) (?:Answer|Give)"
FORMS = (
    Form("needle", rf"What is the access code of (.+?){_END}", ["code"], codes),
    Form("needle", rf"open the place that is called after (.+?){_END}", ["code"], codes),
    Form("count", rf"How many of the lines (?:of user (\d+) )?name (.+?){_END}", COUNTED, counts.total),
    Form("count", rf"months do more lines name (.+?) than (.+?){_END}", COUNTED, counts.months),
    Form("compare", r"Over all lines, is (.+?) more common than (.+?), less common", COUNTED, counts.compared),
    Form("compare", r"Which label do most lines have", COUNTED, counts.most),
    Form("compare", rf"Which user has most of the lines that name (.+?){_END}", COUNTED, counts.writer),
    Form("compare", rf"the earliest date of a line that names (.+?){_END}", COUNTED, counts.first_day),
    Form("pairs", rf"with at least (\d+) lines that name (.+?), one with at least (\d+) that name (.+?){_END}",
         COUNTED, counts.pairs_of_counts),
    Form("pairs", rf"who both have at least (\d+) lines that name (.+?){_END}()()", COUNTED, counts.pairs_of_counts),
    Form("pairs", r"who both have lines that name (.+?) and (.+?), the earliest of", COUNTED, counts.pairs_of_days),
    Form("hops", r"On which river lies the town in which (.+?) has its seat\?()", ["employer", "seat", "river"], river),
    Form("hops", r'Which stream flows through the place that houses the business ()(?:of the person )?whose mark is '
         r'"(.+?)"', ["mark", "employer", "seat", "river"], river),
    Form("join", r"What do all loans of the members of (.+?) cost together", ["member", "loan", "price"], cost),
    Form("rebuild", r"list at its beginning and edits of it|A list stands at the start of the text", ["entry", "edit"],
         rebuilt),
    Form("code", r'(?:Which functions call (?P<called>\w+), directly|to the one that shows "(?P<shown>.+?)"|change the '
         r'constant (?P<constant>\w+)\?|the constant that at first is "(?P<said>.+?)")',
         ["call", "drawing", "constant", "change"], functions),
    Form("contradictions", r"Which pairs of the numbered", ["statement", "pair"], conflicts),
    Form("table", r"Make a table of (?:these places: (.+?)\. Answer|every place with (.+?) on its coat of arms)",
         ["population", "mayor", "founded", "emblem"], rows),
)  # fmt: skip


def asked_in(text: str) -> tuple[Form, Asked] | None:
    """The question of a task that stands in a text, wherever it stands; the last one, if there are several."""
    found = [(match.end(), form, match) for form in FORMS for match in re.finditer(form.pattern, text)]
    return max(found, key=lambda one: one[0])[1:] if found else None
