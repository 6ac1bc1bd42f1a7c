"""Questions of other subjects than those of `questions.py`: each set was asked before anybody had looked at it."""

import random
from calendar import month_name
from collections.abc import Callable, Mapping, Sequence

from benchmarks import (
    businesses,
    clubs,
    everyday,
    households,
    neighbours,
    offices,
    outings,
    questions,
    registers,
    services,
    village,
)
from benchmarks.questions import FIRST, TOWNS, TRADES, Question, names_drawn, spread

MONTHS = ["May", "June", "August"]


def harbour(draw: random.Random) -> Question:
    """A number among others of its kind."""
    channels = draw.sample(range(10, 90), 5)
    places = draw.sample(["lock", "customs house", "pilot station", "fuel dock", "rescue boat", "drawbridge"], 5)
    told = [
        f"To reach the {place}, skippers call on channel {one}." for place, one in zip(places, channels, strict=True)
    ]
    at = draw.randrange(5)
    others = [str(one) for one in channels if one != channels[at]]
    asked = f"Which channel is used for the {places[at]}?"
    return Question("harbour", asked, spread(draw, told, 2_800), [str(channels[at])], others)


def tickets(draw: random.Random) -> Question:
    """Items of one kind among others, counted."""
    said = {
        "refund": [
            "I want my money back for the kettle.",
            "Please return the 30 euros that I paid.",
            "Cancel it and refund me.",
        ],
        "delivery": [
            "Where is my parcel?", "It was promised for Tuesday and has not come.", "The courier left it in the rain.",
        ],
        "login": [
            "My password is not accepted.", "I am locked out of my account.", "The code for signing in never arrives.",
        ],
    }  # fmt: skip
    kinds = [draw.choice([*said]) for _ in range(24)]
    lines = [f"Ticket {n}: {draw.choice(said[kind])}" for n, kind in enumerate(kinds, 301)]
    asked = "How many tickets ask for a refund?"
    return Question("tickets", asked, "\n".join(lines), number=kinds.count("refund"), plan="map")


def diary(draw: random.Random) -> Question:
    """The most common of some kinds."""
    said = {
        "work": [
            "The boss praised my report.",
            "Two meetings before noon, and a third after.",
            "The order for the factory is out.",
        ],
        "health": ["My knee hurts again.", "The doctor says the fever will pass.", "I slept badly and took a pill."],
        "garden": ["The roses are in bloom.", "I planted beans and peas.", "Slugs have eaten the lettuce."],
    }  # fmt: skip
    top = draw.choice([*said])
    kinds = [top] * 11 + [kind for kind in said if kind != top for _ in range(draw.choice([5, 6]))]
    draw.shuffle(kinds)
    asked = "Is this diary mostly about work, about health or about the garden?"
    lines = [f"Day {n}. {draw.choice(said[kind])}" for n, kind in enumerate(kinds, 1)]
    return Question("diary", asked, "\n".join(lines), [top], choices=[*said], plan="map")


def flood(draw: random.Random) -> Question:
    """All places with a property, among others."""
    towns = draw.sample(TOWNS, 9)
    told = [
        f"In {town} the water {draw.choice(['tore away', 'destroyed', 'swept off'])} the bridge." for town in towns[:5]
    ]
    told += [
        f"In {town} the water {draw.choice(['spared the mill', 'reached the school', 'filled the cellars'])}."
        for town in towns[5:]
    ]
    asked = "Which towns lost their bridge?"
    return Question("flood", asked, spread(draw, draw.sample(told, 9), 2_000), towns[:5], towns[5:], plan="gather")


def rain(draw: random.Random) -> Question:
    """Numbers added, of sentences that have other numbers too."""
    amounts = [draw.randrange(3, 60) for _ in range(12)]
    told = [
        f"On {draw.randrange(1, 28)} {MONTHS[n % 3]} the gauge held {amount} millimetres."
        for n, amount in enumerate(amounts)
    ]
    asked = "How many millimetres of rain fell in June altogether?"
    return Question("rain", asked, spread(draw, draw.sample(told, 12), 2_000), number=sum(amounts[1::3]), plan="total")


def inns(draw: random.Random) -> Question:
    """The least of many."""
    names = draw.sample(
        ["Golden Lion", "Black Bear", "White Swan", "Green Man", "Blue Bell", "Old Crown", "Red Hart"], 7
    )
    prices = draw.sample(range(18, 160), 7)
    told = [f"A night at the {name} costs {price} francs." for name, price in zip(names, prices, strict=True)]
    best = names[prices.index(min(prices))]
    others = [name for name in names if name != best]
    asked = "At which inn is a room cheapest?"
    return Question("inns", asked, spread(draw, told, 2_200), [best], others, plan="extremes")


def letters(draw: random.Random) -> Question:
    """The last in time, of dates written in three ways."""
    firsts = draw.sample(FIRST, 7)
    days = draw.sample(
        [(year, month, day) for year in (1911, 1912) for month in range(1, 13) for day in range(2, 28)], 7
    )
    ways = [
        lambda y, m, d: f"{d} {month_name[m]} {y}", lambda y, m, d: f"{month_name[m]} {d}, {y}",
        lambda y, m, d: f"{y}-{m:02}-{d:02}",
    ]  # fmt: skip
    told = [f"{first} wrote home on {draw.choice(ways)(*day)}." for first, day in zip(firsts, days, strict=True)]
    best = firsts[days.index(max(days))]
    others = [first for first in firsts if first != best]
    asked = "Whose letter home is the most recent?"
    return Question("letters", asked, spread(draw, told, 2_200), [best], others, plan="extremes")


def teacher(draw: random.Random) -> Question:
    """A fact in two steps."""
    pupils, masters, trades = draw.sample(FIRST, 4), names_drawn(draw, 4), draw.sample(TRADES, 4)
    told = [f"{pupil} takes lessons from {name}." for pupil, name in zip(pupils, masters, strict=True)]
    told += [f"By day {name} earns a living as a {trade}." for name, trade in zip(masters, trades, strict=True)]
    at = draw.randrange(4)
    asked = f"What is the profession of the person who teaches {pupils[at]}?"
    others = [trade for trade in trades if trade != trades[at]]
    return Question("teacher", asked, spread(draw, draw.sample(told, 8), 2_400), [trades[at]], others)


def chair(draw: random.Random) -> Question:
    """A state that changes."""
    people = draw.sample(FIRST, 8)
    told = []
    for first, other in zip(people[:4], people[4:], strict=True):
        told += [f"{first} became chair of the river board.", f"{other} became chair of the school board."]
    asked = "Who is now the chair of the river board?"
    return Question("chair", asked, spread(draw, told, 2_200), people[3:4], [*people[:3], *people[4:]])


def towns(draw: random.Random) -> Question:
    """Named things beside each other."""
    names, rivers, heads = (
        draw.sample(TOWNS, 4),
        draw.sample(["Aare", "Inn", "Drau", "Mur", "Enns"], 4),
        draw.sample(range(2_000, 9_000), 4),
    )
    told = [f"{town} lies on the {river}." for town, river in zip(names, rivers, strict=True)]
    told += [f"{town} counts {people} inhabitants." for town, people in zip(names, heads, strict=True)]
    asked = f"Put {names[0]} and {names[1]} side by side: river and number of inhabitants."
    right = [*rivers[:2], *(str(people) for people in heads[:2])]
    return Question("towns", asked, spread(draw, draw.sample(told, 8), 2_400), right, rivers[2:], plan="compare")


def notes(draw: random.Random) -> Question:
    """The same of each document."""
    animals = draw.sample(["goat", "parrot", "donkey", "tortoise", "ferret", "hedgehog"], 5)
    made = [spread(draw, [f"The {animal} got {draw.randrange(2, 9)} drops after its meal."], 320) for animal in animals]
    return Question("notes", "Which animal is treated in each note?", made, animals, plan="each")


KINDS: dict[str, Callable[[random.Random], Question]] = {
    made.__name__: made for made in (harbour, tickets, diary, flood, rain, inns, letters, teacher, chair, towns, notes)
}
SETS: Sequence[Mapping[str, Callable[[random.Random], Question]]] = (
    questions.KINDS, KINDS, everyday.KINDS, households.KINDS, clubs.KINDS, offices.KINDS, outings.KINDS,
    registers.KINDS, services.KINDS, businesses.KINDS, village.KINDS, neighbours.KINDS,
)  # fmt: skip
ALL = {kind: made for kinds in SETS for kind, made in kinds.items()}
if len(ALL) < sum(map(len, SETS)):
    msg = "Two kinds of questions have the same name."
    raise ValueError(msg)


def question(kind: str, seed: int) -> Question:
    return ALL[kind](random.Random(f"{kind}/{seed}"))
