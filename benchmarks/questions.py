"""Questions over made texts, of eleven kinds, whose answers follow from how the text was made. All of it is seeded."""

import calendar
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FIRST = [
    "Ada",
    "Bruno",
    "Clara",
    "Dario",
    "Edda",
    "Felix",
    "Greta",
    "Hugo",
    "Irma",
    "Jonas",
    "Karla",
    "Levin",
    "Mira",
    "Nils",
    "Olga",
    "Piet",
    "Rosa",
    "Sven",
    "Tilda",
    "Udo",
]
LAST = [
    "Amsel",
    "Brandt",
    "Corvin",
    "Dahl",
    "Ebner",
    "Falk",
    "Gruber",
    "Holm",
    "Ivers",
    "Jansen",
    "Keller",
    "Lorenz",
    "Moser",
    "Nyman",
    "Orth",
    "Pohl",
]
TOWNS = ["Arlesheim", "Borkum", "Delmont", "Elmshorn", "Falkenau", "Gotha", "Hallein", "Imst", "Jever", "Kiruna"]
TRADES = ["baker", "carpenter", "glazier", "printer", "saddler", "weaver", "miller", "cooper", "tanner", "potter"]
WHEN = [
    "In the morning",
    "After lunch",
    "Towards evening",
    "On the way back",
    "Late that week",
    "Before the storm",
    "At the turn of the month",
]
DID = (
    "the wind turned to the west", "the gate was painted again", "nobody came to the reading room",
    "two carts waited at the bridge", "the clerk copied the old register", "the market closed early",
    "a new lamp was lit in the hall", "the path by the river was swept", "the choir met in the school",
    "somebody left an umbrella at the desk", "the well was cleaned", "the baker ran out of rye",
    "the ferry was late once more", "children flew kites on the meadow",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question, its text, and what is right.

    `needed` must be in the answer, `wrong` must not; a `number` must be the first or the last one in it. Of `choices`
    the one that is named first must be `needed`: an answer may tell of the others behind it.
    """

    kind: str
    text: str
    context: str | list[str]
    needed: Sequence[str] = ()
    wrong: Sequence[str] = ()
    number: float | None = None
    choices: Sequence[str] = ()
    plan: str = "find"
    parameters: dict[str, object] = field(default_factory=dict)
    """The plan that a person would choose, and its parameters."""

    def is_right(self, answer: str) -> bool:
        said = re.sub(r"\[[\dc, ]+\]", "", answer).lower()
        if self.number is not None:
            numbers = [float(n.replace(",", "")) for n in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", said)]
            return bool(numbers) and self.number in (numbers[0], numbers[-1])
        if self.choices:
            named = {found.start(): word for word in self.choices if (found := re.search(rf"\b{word.lower()}\b", said))}
            return bool(named) and named[min(named)] in self.needed
        has = [_has(said, word) for word in self.needed]
        return all(has) and not any(_has(said, word) for word in self.wrong)


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words.lower())}\b", text) is not None


def _filler(draw: random.Random) -> str:
    return f"{draw.choice(WHEN)} {draw.choice(DID)}, and {draw.choice(DID)}."


def spread(draw: random.Random, told: Sequence[str], characters: int, per_line: int = 4) -> str:
    """These sentences in their order, at drawn places among others, as paragraphs."""
    other = list[str]()
    while sum(map(len, other)) + sum(map(len, told)) < characters:
        other.append(_filler(draw))
    places = sorted(draw.sample(range(len(other) + len(told)), len(told)))
    rest, facts = iter(other), iter(told)
    sentences = [next(facts if place in places else rest) for place in range(len(other) + len(told))]
    return "\n\n".join(" ".join(sentences[at : at + per_line]) for at in range(0, len(sentences), per_line))


def names_drawn(draw: random.Random, count: int) -> list[str]:
    firsts, lasts = draw.sample(FIRST, count), [draw.choice(LAST) for _ in range(count)]
    return [f"{first} {last}" for first, last in zip(firsts, lasts, strict=True)]


def fact(draw: random.Random) -> Question:
    things, places = (
        ["boathouse", "pump house", "bell tower"],
        draw.sample(["stove", "clock", "mirror", "barrel", "piano"], 3),
    )
    told = [
        f"The spare key of the {thing} hangs behind the {place}." for thing, place in zip(things, places, strict=True)
    ]
    text = spread(draw, draw.sample(told, 3), 6_000)
    at = draw.randrange(3)
    others = [place for place in places if place != places[at]]
    return Question("fact", f"Behind what does the spare key of the {things[at]} hang?", text, [places[at]], others)


def count(draw: random.Random) -> Question:
    said = {
        "complaint": [
            "The soup was cold again.",
            "Nobody answered my three calls.",
            "The room smelled of smoke all night.",
            "I was charged twice for one night.",
            "The shower has been broken since Monday.",
        ],
        "praise": [
            "What a lovely breakfast!",
            "Your staff could not have been kinder.",
            "Best view I ever had from a window.",
            "We slept wonderfully, thank you.",
        ],
        "question": [
            "At what time does the pool open?",
            "May I bring my dog?",
            "Is there a bus to the station?",
            "Do you have a room for four?",
        ],
    }
    kinds = [draw.choice([*said]) for _ in range(36)]
    lines = [f"{draw.choice(FIRST)}: {draw.choice(said[kind])}" for kind in kinds]
    return Question(
        "count",
        "How many of these guests' messages are complaints?",
        "\n".join(lines),
        number=kinds.count("complaint"),
        plan="map",
        parameters={"labels": ["complaint", "other"]},
    )


def most(draw: random.Random) -> Question:
    said = {
        "sport": [
            "The home team won in extra time.",
            "She set a record over 200 metres.",
            "The coach named two new players.",
        ],
        "weather": [
            "Heavy rain is expected from noon.",
            "The first frost came early this year.",
            "Fog covers the valley.",
        ],
        "politics": [
            "The council votes on the budget.",
            "The minister resigned on Friday.",
            "Two parties agreed on a coalition.",
        ],
    }
    top = draw.choice([*said])
    kinds = [top] * 14 + [kind for kind in said if kind != top for _ in range(draw.choice([8, 9]))]
    draw.shuffle(kinds)
    lines = [f"{n}. {draw.choice(said[kind])}" for n, kind in enumerate(kinds, 1)]
    return Question(
        "most",
        "Which topic is the most frequent in this list of headlines: sport, weather or politics? Name just the topic.",
        "\n".join(lines),
        [top],
        choices=[*said],
        plan="map",
        parameters={"labels": ["sport", "weather", "politics"]},
    )


def gather(draw: random.Random) -> Question:
    names = names_drawn(draw, 14)
    told = [
        f"{name} plays the {draw.choice(['flute', 'cello', 'harp', 'trumpet'])} in the evenings." for name in names[:7]
    ]
    told += [f"{name} collects {draw.choice(['stamps', 'shells', 'old maps'])} in the evenings." for name in names[7:]]
    text = spread(draw, draw.sample(told, 14), 2_800)
    firsts = [name.split()[0] for name in names]
    return Question(
        "gather", "Which people play an instrument? Name all of them.", text, firsts[:7], firsts[7:], plan="gather"
    )


def total(draw: random.Random) -> Question:
    fuel = [draw.randrange(12, 480) for _ in range(9)]
    told = [
        f"{draw.choice(FIRST)} paid {amount} crowns for {draw.choice(['diesel', 'petrol'])} for the boats."
        for amount in fuel
    ]
    told += [
        f"{draw.choice(FIRST)} paid {draw.randrange(12, 480)} crowns for {draw.choice(['bread', 'rope', 'stamps'])}."
        for _ in range(9)
    ]
    text = spread(draw, draw.sample(told, 18), 2_800)
    return Question(
        "total",
        "How many crowns were paid for fuel (diesel and petrol) altogether?",
        text,
        number=sum(fuel),
        plan="total",
    )


def extreme(draw: random.Random) -> Question:
    ships = draw.sample(
        ["Albatross", "Bettina", "Cormorant", "Dorothea", "Esperance", "Fortuna", "Gudrun", "Halcyon", "Isolde"], 9
    )
    tons = draw.sample(range(110, 990), 9)
    told = [
        f"The {ship} came in with {ton} tons of {draw.choice(['grain', 'coal', 'timber'])}."
        for ship, ton in zip(ships, tons, strict=True)
    ]
    best = ships[tons.index(max(tons))]
    others = [ship for ship in ships if ship != best]
    text = spread(draw, told, 3_000)
    return Question(
        "extreme",
        "Which ship brought the heaviest load?",
        text,
        [best],
        others,
        plan="extremes",
        parameters={"which": "largest"},
    )


def earliest(draw: random.Random) -> Question:
    names = names_drawn(draw, 9)
    months = [*calendar.month_name[1:]]
    days = [(draw.randrange(1895, 1930), draw.randrange(12), draw.randrange(1, 28)) for _ in names]
    told = [
        f"{name} joined the guild on {day} {months[month]} {year}."
        for name, (year, month, day) in zip(names, days, strict=True)
    ]
    best = names[days.index(min(days))].split()[0]
    others = [name.split()[0] for name in names if name.split()[0] != best]
    text = spread(draw, told, 3_000)
    return Question(
        "earliest",
        "Who was the first to join the guild?",
        text,
        [best],
        others,
        plan="extremes",
        parameters={"which": "first"},
    )


def compare(draw: random.Random) -> Question:
    names, trades, towns = names_drawn(draw, 6), draw.sample(TRADES, 6), draw.sample(TOWNS, 6)
    told = [f"{name} is a {trade} by trade." for name, trade in zip(names, trades, strict=True)]
    told += [f"{name} was born in {town}." for name, town in zip(names, towns, strict=True)]
    text = spread(draw, draw.sample(told, 12), 4_000)
    asked = f"Compare {names[0]}, {names[1]} and {names[2]} by trade and birthplace."
    return Question(
        "compare", asked, text, [*trades[:3], *towns[:3]], [*trades[3:], *towns[3:]],
        plan="compare", parameters={"entities": names[:3], "attributes": ["trade", "birthplace"]},
    )  # fmt: skip


def each(draw: random.Random) -> Question:
    names = names_drawn(draw, 6)
    letters = []
    for name in names:
        body = spread(
            draw,
            [f"I beg you to send {draw.randrange(3, 90)} {draw.choice(['nails', 'candles', 'tiles'])} by Monday."],
            400,
        )
        letters.append(f"Dear Sir,\n\n{body}\n\nYours faithfully,\n{name}")
    return Question(
        "each", "By whom is each of these letters signed?", letters, [name.split()[0] for name in names], plan="each"
    )


def hop(draw: random.Random) -> Question:
    names, towns = names_drawn(draw, 5), draw.sample(TOWNS, 5)
    roles = ["lighthouse", "archive", "orchard", "toll house", "quarry"]
    told = [f"The keeper of the {role} is {name}." for role, name in zip(roles, names, strict=True)]
    told += [f"{name} has a small house in {town}." for name, town in zip(names, towns, strict=True)]
    at = draw.randrange(5)
    text = spread(draw, draw.sample(told, 10), 4_000)
    return Question(
        "hop",
        f"In which town is the house of the keeper of the {roles[at]}?",
        text,
        [towns[at]],
        [t for t in towns if t != towns[at]],
    )


def latest(draw: random.Random) -> Question:
    rooms = draw.sample(["attic", "cellar", "kitchen", "library", "workshop", "stable"], 5)
    other = draw.sample(rooms, 5)
    told = []
    for room, elsewhere in zip(rooms, other, strict=True):
        told += [
            f"{draw.choice(FIRST)} carried the silver lamp to the {room}.",
            f"{draw.choice(FIRST)} carried the brass bell to the {elsewhere}.",
        ]
    text = spread(draw, told, 3_000)
    return Question("latest", "In which room is the silver lamp at the end?", text, rooms[-1:], rooms[:-1])


KINDS: dict[str, Callable[[random.Random], Question]] = {
    made.__name__: made for made in (fact, count, most, gather, total, extreme, earliest, compare, each, hop, latest)
}
