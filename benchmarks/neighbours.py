"""Ten kinds of questions about texts of neighbours and town life: tenants, newcomers, a zoo, a fair and others."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

from benchmarks.questions import Question

WOMEN = [
    "Agnes", "Beatrix", "Carmen", "Dorothy", "Edith", "Freya", "Greta", "Hilda", "Ingrid", "Judith", "Katrin",
    "Leonora", "Matilda", "Nadine", "Olga", "Priya", "Rosalind", "Sabine", "Thea", "Ursula", "Vivian", "Yolanda",
]  # fmt: skip
MEN = [
    "Albert", "Boris", "Cedric", "Duncan", "Emil", "Felix", "Gustav", "Hector", "Ivan", "Jasper", "Kenneth",
    "Lorenz", "Magnus", "Nigel", "Oswald", "Pedro", "Quentin", "Rufus", "Stefan", "Tobias", "Vincent", "Walter",
]  # fmt: skip
LAST = [
    "Abernathy", "Bergstrom", "Castellan", "Dombrowski", "Eastwick", "Fairclough", "Gallagher", "Hartwell", "Ivarsson",
    "Jankowski", "Kowalczyk", "Lindqvist", "Mortensen", "Nakamura", "Oberholzer", "Pemberton", "Quigley", "Rosenthal",
    "Svensson", "Thackeray", "Underhay", "Vandermeer", "Whitlock", "Yarborough", "Zimmer", "Petrosyan", "Delacroix",
    "Okonkwo", "Ramirez", "Tanaka", "Bellweather", "Cromarty", "Dunmore", "Fitzroy", "Grigoryan", "Halloran",
    "Kilbride", "Lombardi", "McAllister", "Novotny",
]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


class _Drawn(dict[str, str]):
    """Draws a word for each slot of a template."""

    def __init__(self, draw: random.Random, slots: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self.draw, self.slots = draw, slots

    def __getitem__(self, name: str) -> str:
        return str(self.draw.choice(self.slots[name]))


def _fill(draw: random.Random, template: str, slots: Mapping[str, Sequence[str]]) -> str:
    text = re.sub(r"\{(\w+)\}", lambda found: _Drawn(draw, slots)[found[1]], template)
    text = re.sub(r"\ba (?=umbrella)", "an ", text)
    return text[0].upper() + text[1:]


def _names(draw: random.Random, many: int) -> list[tuple[str, str, bool]]:
    """First name, last name, and whether a woman."""
    firsts = draw.sample([(name, True) for name in WOMEN] + [(name, False) for name in MEN], many)
    return [(first, last, woman) for (first, woman), last in zip(firsts, draw.sample(LAST, many), strict=True)]


def _cycle(draw: random.Random, items: Sequence[str], many: int) -> list[str]:
    """So many of these, each about as often as the others, in a drawn order."""
    out = list[str]()
    while len(out) < many:
        out += draw.sample(list(items), len(items))
    return out[:many]


def _mix(
    draw: random.Random,
    told: Sequence[str],
    templates: Sequence[str],
    slots: Mapping[str, Sequence[str]],
    characters: int,
) -> str:
    """The told sentences in their order at drawn places among others, as paragraphs."""
    other, seen, tries = list[str](), set[str](), 0
    size = sum(len(one) + 1 for one in told)
    pool = list[str]()
    while size < characters:
        pool = pool or draw.sample(list(templates), len(templates))
        one = _fill(draw, pool.pop(), slots)
        tries += 1
        if one in seen and tries < 5_000:
            continue
        seen.add(one)
        other.append(one)
        size += len(one) + 1
    places = sorted(draw.sample(range(len(other) + len(told)), len(told)))
    rest, ours = iter(other), iter(told)
    all_of = [next(ours) if at in set(places) else next(rest) for at in range(len(other) + len(told))]
    paragraphs, at = list[str](), 0
    while at < len(all_of):
        step = draw.choice([4, 5, 6, 7])
        paragraphs.append(" ".join(all_of[at : at + step]))
        at += step
    return "\n\n".join(paragraphs)


def costumes(draw: random.Random) -> Question:
    """One fact that is told once."""
    things = {
        "king's crown": "the crown of the king",
        "witch's mask": "the mask of the witch",
        "dragon's head": "the head of the dragon",
        "knight's shield": "the shield of the knight",
        "giant's belt": "the belt of the giant",
        "fairy's wings": "the wings of the fairy",
    }
    names = draw.sample([*things], 4)
    stuffs = draw.sample(["brass", "cardboard", "leather", "straw", "velvet", "tin", "silk", "cork"], 4)
    told = list[str]()
    for name, stuff in zip(names, stuffs, strict=True):
        are = "are" if name.endswith("wings") else "is"
        told.append(
            draw.choice(
                [
                    f"The {name} {are} made of {stuff}.",
                    f"For this play, {things[name]} {are} made of {stuff}.",
                    f"{things[name].capitalize()} {are} made of {stuff} this year.",
                ]
            )
        )
    templates = [
        "the rehearsal on {day} began at {hour} and ended late.",
        "{name} knows all of the lines in the {act} act by heart.",
        "{name} and the prompter drank tea behind the stage.",
        "the curtain got stuck on {day}, and {name} pulled it free.",
        "about {num} people came to see the show on {day}.",
        "in the {act} act the {lamp} shines on the left side of the stage.",
        "{name} painted a {scene} on the back wall.",
        "{name} sells the tickets at the door together with a friend.",
        "the {lamp} was moved a little to the right on {day}.",
        "the audience laughed loudly in the {act} act.",
        "{name} came late on {day} because the bus did not run.",
        "the orchestra practised the song of the {act} act until {hour}.",
        "{name} swept the stage on {day} after the show.",
        "a newspaper wrote kindly about the {scene} in the {act} act.",
        "the dressing room was too warm on {day}, so {name} opened a window.",
        "for the {scene}, {name} needed three pots of paint.",
        "the break after the {act} act lasts twenty minutes.",
        "on {day} {name} sang so well that everybody clapped.",
    ]
    slots = {
        "day": DAYS,
        "hour": ["six o'clock", "half past six", "seven o'clock", "a quarter past five", "eight o'clock"],
        "act": ["first", "second", "third", "fourth"],
        "num": ["eighty", "ninety", "a hundred", "sixty", "seventy"],
        "lamp": ["big lamp", "blue lamp", "small lamp", "yellow lamp"],
        "scene": ["forest", "castle", "harbour", "mountain", "village square"],
        "name": [f"{first} {last}" for first, last, _ in _names(draw, 8)],
    }
    at = draw.randrange(4)
    are = "are" if names[at].endswith("wings") else "is"
    return Question(
        "costumes",
        f"What {are} the {names[at]} made of?",
        _mix(draw, told, templates, slots, draw.randrange(5_700, 6_300)),
        [stuffs[at]],
        [stuff for stuff in stuffs if stuff != stuffs[at]],
    )


def zoo(draw: random.Random) -> Question:
    """One fact in a long text."""
    young = draw.sample(["giraffe", "zebra", "camel", "otter", "lynx", "tapir"], 4)
    called = draw.sample(["Pippin", "Bramble", "Zazu", "Noodle", "Mocha", "Tinka", "Biscuit", "Juno"], 4)
    came = draw.sample(["elephant", "rhinoceros", "gorilla", "crocodile", "jaguar", "panda"], 4)
    cities = draw.sample(["Lisbon", "Prague", "Dublin", "Oslo", "Vienna", "Rotterdam", "Leipzig", "Geneva"], 4)
    houses = draw.sample(["reptile house", "aquarium", "monkey house", "butterfly hall", "night house", "aviary"], 4)
    years = [str(year) for year in draw.sample(range(1921, 1999, 3), 4)]
    told = [
        draw.choice(
            [
                f"The young {one} was given the name {name}.",
                f"The keepers named the young {one} {name}.",
                f"{name} is the name of the young {one}.",
            ]
        )
        for one, name in zip(young, called, strict=True)
    ]
    told += [
        draw.choice(
            [
                f"The {one} came to the zoo from {city}.",
                f"The zoo got its {one} from the city of {city}.",
                f"The {one} was brought here from {city} by train.",
            ]
        )
        for one, city in zip(came, cities, strict=True)
    ]
    told += [
        draw.choice(
            [
                f"The {house} was opened in the year {year}.",
                f"In {year} the {house} was opened.",
                f"Visitors have been able to go into the {house} since it was opened in {year}.",
            ]
        )
        for house, year in zip(houses, years, strict=True)
    ]
    draw.shuffle(told)
    at = draw.randrange(4)
    asked, right, all_of = draw.choice(
        [
            (f"What name did the young {young[at]} get?", called[at], called),
            (f"From which city did the zoo get its {came[at]}?", cities[at], cities),
            (f"In what year was the {houses[at]} of the zoo opened?", years[at], years),
        ]
    )
    templates = [
        "{name} cleaned the {pen} of the {beast} on {day} before {hour}.",
        "on {day} the {beast} ate {num} kilograms of {food}.",
        "{name} found a {thing} next to the {pen} of the {beast}.",
        "a school class of {num} children watched the {beast} for a long time.",
        "the {beast} slept in the shade until {hour} on {day}.",
        "{name} ordered {num} bales of hay for the {beast}.",
        "because of the heat, the {beast} got a cold shower on {day}.",
        "at {hour} {name} locked the gate near the {beast}.",
        "the vet looked at the {beast} on {day} and found them healthy.",
        "{name} repaired the fence around the {beast} with {num} new boards.",
        "a visitor lost a {thing} near the {beast} and got it back from {name}.",
        "the {beast} did not like the rain on {day} and stayed inside.",
        "the bucket for the {food} is washed by {name} every {day}.",
        "at {hour} the {beast} are fed with {food}.",
        "{name} counted {num} visitors in front of the {beast} on {day}.",
        "the little train ran {num} times on {day} and was almost always full.",
        "{name} planted {num} bushes along the path to the {beast}.",
        "the kiosk sold {num} cups of ice cream on {day}.",
        "{name} told the visitors at {hour} how the {beast} live in the wild.",
        "the {pen} of the {beast} got a new {thing} on {day}.",
        "two of the {beast} played with a {thing} until {hour}.",
        "a delivery of {food} arrived on {day}, and {name} carried it to the store.",
        "{name} wrote in the book that the {beast} were lively on {day}.",
        "there was no space left in the car park at {hour} on {day}.",
        "{name} weighed the {beast} one after the other, which took until {hour}.",
        "a photographer took {num} pictures of the {beast} for the calendar.",
    ]
    slots = {
        "name": [f"{first} {last}" for first, last, _ in _names(draw, 14)],
        "day": DAYS,
        "hour": ["seven o'clock", "eight o'clock", "nine o'clock", "noon", "half past two", "four o'clock", "dusk"],
        "beast": [
            "seals", "penguins", "lions", "wolves", "goats", "parrots", "owls", "kangaroos", "flamingos", "donkeys",
            "baboons", "pelicans", "meerkats", "bison",
        ],
        "food": ["carrots", "fish", "apples", "lettuce", "oats", "meat", "beets", "nuts"],
        "pen": ["pen", "pool", "cave", "meadow", "hut"],
        "thing": ["ball", "rope", "tyre", "glove", "basket", "scarf", "bucket", "hat", "umbrella"],
        "num": [str(number) for number in range(12, 60)],
    }  # fmt: skip
    text = _mix(draw, told, templates, slots, draw.randrange(38_500, 41_000))
    return Question("zoo", asked, text, [right], [one for one in all_of if one != right])


def tenants(draw: random.Random) -> Question:
    """Messages of one sort, counted."""
    said = {
        "damage": [
            "The lamp in the {place} is broken.",
            "A water pipe in my {room} has burst and everything is wet.",
            "The window in my {room} is smashed.",
            "My {device} is broken and does not get warm any more.",
            "The lift is broken, it has not moved since {day}.",
            "The lock of the door to the {place} is broken.",
        ],
        "noise": [
            "My neighbours played very loud music on {day} night.",
            "The dog upstairs barks so loudly that I cannot sleep.",
            "Somebody was drilling at six on {day} morning, it was terribly loud.",
            "There was so much noise from the party on {day} that nobody could sleep.",
            "The people above my {room} shout loudly every night.",
        ],
        "thanks": [
            "Thank you for clearing the snow on {day}.",
            "Many thanks for the pretty flowers in the {place}.",
            "Thanks a lot for carrying my shopping upstairs on {day}.",
            "I want to say thank you for your kind help on {day}.",
            "Thank you so much for watering my plants in the {room}.",
        ],
        "sale": [
            "I am selling a {goods}, almost new.",
            "Would anybody like to buy my {goods}?",
            "For sale since {day}: one {goods}, at a low price.",
            "I am giving away a {goods} for free, first come, first served.",
        ],
    }
    asked = {
        "damage": "How many of the messages to the caretaker report something broken or damaged?",
        "noise": "How many of the messages to the caretaker complain about noise?",
        "thanks": "In how many of the messages to the caretaker does somebody say thank you?",
    }
    slots = {
        "day": DAYS,
        "place": ["cellar", "hall", "courtyard", "bicycle room"],
        "room": ["kitchen", "bathroom", "bedroom"],
        "device": ["oven", "heater", "boiler"],
        "goods": ["bookshelf", "desk", "pram", "rug", "sewing table", "child's bicycle"],
    }
    target = draw.choice([*asked])
    many = draw.randrange(8, 18)
    kinds = [target] * many + [draw.choice([kind for kind in said if kind != target]) for _ in range(40 - many)]
    draw.shuffle(kinds)
    wordings = {kind: iter(_cycle(draw, said[kind], 40)) for kind in said}
    flats = draw.sample(range(1, 90), 40)
    lines = [
        f"{first} {last}, flat {flat}: {_fill(draw, next(wordings[kind]), slots)}"
        for kind, flat, (first, last, _) in zip(kinds, flats, _names(draw, 40), strict=True)
    ]
    return Question("tenants", asked[target], "\n".join(lines), number=many)


def callers(draw: random.Random) -> Question:
    """The topic that most messages have."""
    said = {
        "cooking": [
            "I always cook my soup with a lot of {herb}.",
            "My {kin} showed me how to fry onions in a pan.",
            "For a good cake you need to bake it slowly in the oven.",
            "I boil the potatoes first and then fry them with {herb}.",
            "Could you read out the recipe for {dish} again?",
            "On {day} I am going to cook {dish} for my family.",
        ],
        "pets": [
            "My {pet} sleeps at the end of my bed every night.",
            "Our {pet} had three babies on {day}.",
            "My {kin} has bought a little {pet}, and we all love it.",
            "I stroke my {pet} every evening.",
            "The vet gave our {pet} an injection on {day}.",
            "Our old {pet} likes to play with a ball of wool.",
        ],
        "cars": [
            "My car did not start on {day} morning.",
            "I changed a flat tyre on my car on {day}.",
            "My {kin} drives a {colour} car with four doors.",
            "The engine of my car makes a strange sound.",
            "I washed and polished my {colour} car on {day}.",
            "The brakes of my car were repaired in the garage on {day}.",
        ],
    }
    slots = {
        "day": DAYS,
        "herb": ["parsley", "garlic", "pepper", "thyme"],
        "kin": ["grandmother", "uncle", "sister", "brother", "aunt"],
        "dish": ["goulash", "pancakes", "lentil stew", "noodles"],
        "pet": ["cat", "rabbit", "hamster", "guinea pig"],
        "colour": ["red", "silver", "green", "black"],
    }
    top = draw.choice([*said])
    many = draw.choice([15, 16, 17])
    kinds = [top] * many + [kind for kind in said if kind != top for _ in range(draw.choice([8, 9, 10]))]
    draw.shuffle(kinds)
    wordings = {kind: iter(_cycle(draw, said[kind], 40)) for kind in said}
    people = _names(draw, len(kinds))
    towns = _cycle(draw, ["Elmstead", "Northby", "Garrow", "Tilford", "Oxmoor"], len(kinds))
    lines = [
        f"{first} from {town} writes: {_fill(draw, next(wordings[kind]), slots)}"
        for kind, (first, _, _), town in zip(kinds, people, towns, strict=True)
    ]
    order = draw.sample([*said], 3)
    asked = (
        f"Listeners sent these messages to a radio station. What do most of them write about: "
        f"{order[0]}, {order[1]} or {order[2]}?"
    )
    return Question("callers", asked, "\n".join(lines), [top], choices=order)


def newcomers(draw: random.Random) -> Question:
    """The names with a property, out of a paragraph each."""
    many = draw.choice([10, 11, 12])
    people = _names(draw, many)
    fit = set(draw.sample(range(many), draw.choice([4, 5, 6])))
    yes = _cycle(draw, [
        "In the evening {they} plays the {tool} for an hour.",
        "{first} has played the {tool} since childhood.",
        "On Sundays {they} plays the {tool} in the town orchestra.",
        "{first} plays the {tool} very well.",
        "{first} practises the {tool} every day.",
    ], many)  # fmt: skip
    no = _cycle(draw, [
        "In the evening {they} likes to read thick novels.",
        "{first} goes swimming in the lake every morning.",
        "On Sundays {they} goes for long walks in the forest.",
        "{first} grows tomatoes and beans behind the house.",
        "{first} paints pictures of boats and flowers.",
        "{first} collects old stamps and coins.",
    ], many)  # fmt: skip
    tools = _cycle(draw, ["violin", "piano", "flute", "trumpet", "guitar", "cello"], many)
    jobs = _cycle(draw, [
        "works as a nurse in the hospital", "is a baker and gets up at three", "drives the bus to the airport",
        "teaches mathematics at the school", "works as a dentist", "is a letter carrier",
        "works in the bank on the square", "is a carpenter", "sells shoes in a small shop", "works as a lawyer",
        "repairs bicycles", "is a cook in the canteen",
    ], many)  # fmt: skip
    homes = _cycle(draw, [
        "{first} rents a flat on the {floor} floor in {street}, with a balcony and a view of the river.",
        "{first} has bought a small house in {street}, which still needs a new roof.",
        "{first} lives in {street}, in a yellow house with a large garden.",
        "{first} has found two bright rooms in {street}, close to the market.",
    ], many)  # fmt: skip
    moved = _cycle(draw, [
        "{They} moved here from {town} in {month}, because the rents are lower.",
        "{They} grew up in {town} and came here in {month}.",
        "Until {month} {they} lived in {town}, far away from here.",
    ], many)  # fmt: skip
    family = _cycle(draw, [
        "{They} is married and has {num} children, who go to the school by the park.",
        "{They} lives together with an old cat that sleeps most of the day.",
        "{They} shares the home with a brother, who is a student.",
        "{They} lives alone, but the neighbours often come for coffee.",
    ], many)  # fmt: skip
    likes = _cycle(draw, [
        "What {they} likes best about the town is the {spot}.",
        "{They} says that the {spot} is the nicest place in town.",
        "The neighbours showed {first} the {spot} on the first day.",
        "{First} was surprised by how big the {spot} is.",
    ], many)  # fmt: skip
    paragraphs = list[str]()
    for at, (first, last, woman) in enumerate(people):
        they = "she" if woman else "he"
        slots = {
            "first": [first], "First": [first], "they": [they], "They": [they.capitalize()], "tool": [tools[at]],
            "floor": ["first", "second", "third"], "num": ["two", "three", "four"],
            "street": ["Mill Street", "Church Lane", "Station Road", "Garden Street", "Long Street"],
            "town": ["Elmstead", "Northby", "Garrow", "Tilford", "Oxmoor", "Hadwell"],
            "month": ["January", "March", "April", "June", "August", "October"],
            "spot": ["market square", "old mill", "swimming pool", "library", "park by the river", "castle hill"],
        }  # fmt: skip
        body = [homes[at], moved[at], family[at], likes[at], yes[at] if at in fit else no[at]]
        draw.shuffle(body)
        paragraphs.append(f"{first} {last} {jobs[at]}. " + " ".join(_fill(draw, one, slots) for one in body))
    return Question(
        "newcomers",
        "Which of the new neighbours play a musical instrument? Name all of them.",
        "\n\n".join(paragraphs),
        [people[at][0] for at in sorted(fit)],
        [people[at][0] for at in range(many) if at not in fit],
    )


def pupils(draw: random.Random) -> Question:
    """The names with a property, out of single sentences."""
    many = draw.choice([11, 12, 13, 14])
    names = [first for first, _, _ in _names(draw, many)]
    fit = set(draw.sample(range(many), draw.choice([4, 5, 6])))
    yes = _cycle(draw, [
        "{} is ill and stays in bed.",
        "{} has a high fever and is at home in bed.",
        "{} is ill with the flu.",
        "{} has caught a bad cold and is at home, ill.",
        "{} is ill and was taken to the doctor.",
    ], many)  # fmt: skip
    no = _cycle(draw, [
        "{} wrote a fine essay about the sea.",
        "{} won the running race in the school yard.",
        "{} watered the plants on the window sill.",
        "{} got the best mark in arithmetic.",
        "{} lent a ruler to the new girl.",
        "{} read a poem aloud in front of the class.",
    ], many)  # fmt: skip
    told = [(yes if at in fit else no)[at].format(name) for at, name in enumerate(names)]
    templates = [
        "the class wrote a test in {subject} on {day}.",
        "the bell rang {late} on {day}.",
        "the lesson in {subject} took place in the {room}.",
        "a new map was hung up in the {room} on {day}.",
        "there was {food} for lunch on {day}.",
        "the homework in {subject} is due on {day}.",
        "the teacher of {subject} brought a box full of {things}.",
        "the {things} are now kept in a cupboard in the {room}.",
        "on {day} the windows of the {room} were cleaned.",
        "everybody sang a song at the start of the lesson in {subject}.",
    ]
    slots = {
        "day": DAYS[:5],
        "subject": ["history", "geography", "biology", "French", "drawing"],
        "late": ["two minutes late", "on time", "a little early"],
        "room": ["gym", "library", "hall", "science room"],
        "food": ["rice with peas", "fish", "noodle soup", "potato salad"],
        "things": ["shells", "stones", "old coins", "leaves", "pencils"],
    }
    return Question(
        "pupils",
        "Who is ill in this class? Give me the names of all the ill children.",
        _mix(draw, told, templates, slots, draw.randrange(2_500, 3_200)),
        [names[at] for at in sorted(fit)],
        [names[at] for at in range(many) if at not in fit],
    )


def camp(draw: random.Random) -> Question:
    """Amounts of one sort, added up."""
    foods = ["bread", "cheese", "apples", "sausages", "rice", "potatoes", "eggs", "noodles", "tomatoes", "bananas"]
    others = [
        "a new tent", "paint", "rope", "bus tickets", "a football", "two torches", "a hammer", "postcards",
        "soap", "a first-aid box", "string and glue", "a paddle",
    ]  # fmt: skip
    food, other = draw.sample(foods, draw.randrange(5, 9)), draw.sample(others, draw.randrange(6, 9))
    amounts = draw.sample(range(6, 60), len(food) + len(other))
    people = _names(draw, 8)
    wordings = _cycle(draw, [
        "{name} bought {thing} for {amount} euros.",
        "On {day} {name} paid {amount} euros for {thing}.",
        "The camp spent {amount} euros on {thing}.",
        "For {thing}, {name} paid {amount} euros in the village.",
        "{amount} euros were paid for {thing} on {day}.",
    ], len(amounts))  # fmt: skip
    told = [
        _fill(draw, wording, {
            "thing": [thing], "amount": [str(amount)], "day": DAYS, "name": [first for first, _, _ in people],
        })
        for wording, thing, amount in zip(wordings, food + other, amounts, strict=True)
    ]  # fmt: skip
    draw.shuffle(told)
    templates = [
        "on {day} the children walked to the {spot} and back.",
        "{name} told a story by the fire on {day}.",
        "the night from {day} on was {mild}, and many slept under the open sky.",
        "{name} woke everybody with a whistle on {day}.",
        "two groups built a dam near the {spot}.",
        "on {day} it was {mild}, and everybody went swimming.",
        "{name} lost a sock near the {spot} and found it again.",
        "the game by the {spot} went on until it was dark.",
        "a letter from home arrived for {name} on {day}.",
        "{name} drew a map with the {spot} in the middle.",
        "a woodpecker was heard near the {spot} on {day}.",
        "{name} and some others swept the path to the {spot}.",
        "in the evening of {day} there was singing around the fire.",
        "from the {spot} one could see the whole valley.",
        "on {day} {name} climbed a tree close to the {spot}.",
    ]
    slots = {
        "day": DAYS,
        "name": [f"{first} {last}" for first, last, _ in people],
        "spot": ["lake", "old tower", "wooden bridge", "waterfall", "big rock", "farm", "cave"],
        "mild": ["warm", "mild", "dry and clear"],
    }
    asked = "How many euros did the summer camp spend on food altogether?"
    text = _mix(draw, told, templates, slots, draw.randrange(4_000, 5_200))
    return Question("camp", asked, text, number=sum(amounts[: len(food)]))


def pumpkins(draw: random.Random) -> Question:
    """The heaviest or the lightest of some."""
    many = draw.choice([8, 9, 10])
    people = _names(draw, many)
    weights = sorted(draw.sample(range(21, 98, 4), many))
    draw.shuffle(weights)
    wordings = _cycle(draw, [
        "The pumpkin of {name} weighed {weight} kilograms.",
        "{name} brought a pumpkin that weighed {weight} kilograms.",
        "{weight} kilograms was the weight of the pumpkin that {name} had grown.",
        "On the scales, the pumpkin of {name} came to {weight} kilograms.",
        "{name} had grown a pumpkin of {weight} kilograms.",
    ], many)  # fmt: skip
    told = [
        wording.format(name=f"{first} {last}", weight=weight)
        for wording, (first, last, _), weight in zip(wordings, people, weights, strict=True)
    ]
    templates = [
        "the brass band played {tune} near the {stand}.",
        "children queued for the {ride} all afternoon.",
        "at the {stand} one could buy {ware}.",
        "the mayor opened the fair with a {adj} speech.",
        "a {adj} rain fell at {hour}, and people ran under the roof of the {stand}.",
        "somebody had left a {lost} next to the {ride}.",
        "the {ride} had to stop for a while at {hour}.",
        "behind the {stand}, three men carried benches into the {tent}.",
        "in the {tent} there was a {adj} concert at {hour}.",
        "the fire brigade showed its {adj} ladder beside the {stand}.",
        "visitors left the fair with bags full of {ware}.",
        "the {lost} that was found near the {stand} belonged to a teacher.",
        "a clown made the children laugh in front of the {ride}.",
        "the woman at the {stand} had sold all of her {ware} by {hour}.",
        "from the {ride} one could see as far as the church.",
        "at {hour} the lights in the {tent} were turned on.",
        "the people by the {ride} listened to {tune}.",
        "a painter drew portraits between the {stand} and the {tent}.",
        "last year the {tent} stood closer to the {ride}.",
        "a dog ran away with {ware} at {hour}, and everybody laughed.",
    ]
    slots = {
        "tune": ["a march", "a waltz", "an old song", "a merry tune", "a polka"],
        "stand": ["flower stand", "toy stand", "honey stand", "pottery stand", "coffee stand", "book stand"],
        "ride": ["merry-go-round", "big wheel", "pony ride", "swing boat"],
        "ware": ["candles", "wooden toys", "honey", "waffles", "woollen socks", "gingerbread"],
        "adj": ["short", "long", "splendid", "small"],
        "hour": ["noon", "two o'clock", "half past three", "four o'clock", "six o'clock"],
        "lost": ["hat", "umbrella", "scarf", "bag"],
        "tent": ["large tent", "white tent", "tent by the pond"],
    }
    sort, best = draw.choice([("heaviest", max), ("lightest", min)])
    right = people[weights.index(best(weights))][0]
    return Question(
        "pumpkins",
        f"Whose pumpkin was the {sort} at the fair?",
        _mix(draw, told, templates, slots, draw.randrange(9_600, 10_600)),
        [right],
        choices=[first for first, _, _ in people],
    )


def cinemas(draw: random.Random) -> Question:
    """Two numbers, compared."""
    names = draw.sample(["Apollo", "Lumina", "Rialto", "Odeon", "Capitol", "Bijou", "Metropol"], 4)
    seats = draw.sample(range(110, 480, 15), 4)
    wordings = draw.sample([
        "The {name} cinema has {many} seats.",
        "There are {many} seats in the {name} cinema.",
        "In the {name} cinema, visitors find {many} seats.",
        "The {name} cinema was built with {many} seats.",
    ], 4)  # fmt: skip
    told = [wording.format(name=name, many=many) for wording, name, many in zip(wordings, names, seats, strict=True)]
    templates = [
        "on {day} there is a {film} for families at the {name}.",
        "the lobby of the {name} was painted in {colour}.",
        "the popcorn at the {name} is sweet on {day} and salty otherwise.",
        "many students like to go to the {name} on {day}.",
        "the {name} shows a {film} in the afternoon.",
        "the doors of the {name} have been {colour} for a long time.",
        "a {film} ran at the {name} for three weeks.",
        "{person} sells the tickets at the {name} on {day}.",
        "{person} saw a {film} on {day} and liked it very much.",
        "above the entrance of the {name} hangs a {colour} sign.",
    ]
    slots = {
        "name": names,
        "day": DAYS,
        "film": ["comedy", "western", "cartoon", "love story", "thriller"],
        "colour": ["red", "green", "blue", "yellow", "white"],
        "person": [f"{first} {last}" for first, last, _ in _names(draw, 6)],
    }
    text = _mix(draw, told, templates, slots, draw.randrange(2_400, 3_600))
    one, two = draw.sample(range(4), 2)
    if draw.random() < 0.5:
        more = max(one, two, key=lambda at: seats[at])
        asked = f"Which cinema has more seats, the {names[one]} or the {names[two]}?"
        return Question("cinemas", asked, text, [names[more]], choices=[names[one], names[two]])
    big, small = (one, two) if seats[one] > seats[two] else (two, one)
    asked = f"How many more seats does the {names[big]} cinema have than the {names[small]} cinema?"
    return Question("cinemas", asked, text, number=seats[big] - seats[small])


def clinic(draw: random.Random) -> Question:
    """A fact in two steps: person, room, telephone number."""
    people = _names(draw, 6)
    rooms, phones = draw.sample(range(11, 60), 6), draw.sample(range(2_100, 9_900), 6)
    works = _cycle(draw, [
        "Doctor {name} works in room {room}.",
        "The office of Doctor {name} is room {room}.",
        "Doctor {name} has room {room}.",
        "Patients find Doctor {name} in room {room}.",
    ], 6)  # fmt: skip
    calls = _cycle(draw, [
        "The telephone in room {room} has the number {phone}.",
        "Room {room} has the telephone number {phone}.",
        "To call room {room}, dial {phone}.",
        "The phone number of room {room} is {phone}.",
    ], 6)  # fmt: skip
    told = [
        one.format(name=f"{first} {last}", room=room)
        for one, (first, last, _), room in zip(works, people, rooms, strict=True)
    ]
    told += [one.format(room=room, phone=phone) for one, room, phone in zip(calls, rooms, phones, strict=True)]
    draw.shuffle(told)
    templates = [
        "the {place} was cleaned on {day} at {hour}.",
        "a {colour} chair in the {place} was replaced on {day}.",
        "the coffee machine in the {place} works again since {day}.",
        "visitors may come from {hour} on, except on {day}.",
        "a nurse put fresh {flower} in the {place} on {day}.",
        "the clinic bought {num} new blankets in {month}.",
        "the {place} is closed on {day}, because the floor is being waxed.",
        "{num} patients were treated on {day}.",
        "a porter carried {num} boxes of bandages to the {place}.",
        "in {month} the garden of the clinic was full of {flower}.",
        "lunch is served in the {place} at {hour}.",
        "the {colour} line on the floor leads to the {place}.",
        "the pharmacy delivers medicine on {day} at {hour}.",
        "a school choir sang for the patients in the {place} in {month}.",
        "newspapers lie in the {place} from {hour} on.",
        "the {colour} curtains in the {place} were washed in {month}.",
        "the old clock in the {place} stopped on {day} at {hour}.",
    ]
    slots = {
        "place": ["waiting area", "entrance hall", "dining hall", "laundry", "chapel", "library", "corridor"],
        "day": DAYS,
        "hour": ["eight o'clock", "nine o'clock", "noon", "one o'clock", "half past four"],
        "colour": ["red", "green", "blue", "yellow", "white"],
        "flower": ["tulips", "roses", "daisies", "lilies"],
        "num": ["twelve", "fifteen", "twenty", "thirty", "forty"],
        "month": ["January", "March", "May", "July", "September", "November"],
    }
    at = draw.randrange(6)
    first, last, _ = people[at]
    return Question(
        "clinic",
        f"What is the telephone number of the room where Doctor {first} {last} works?",
        _mix(draw, told, templates, slots, draw.randrange(7_000, 8_500)),
        [str(phones[at])],
        [str(phone) for phone in phones if phone != phones[at]],
    )


KINDS: Mapping[str, Callable[[random.Random], Question]] = {
    "costumes": costumes,
    "zoo": zoo,
    "tenants": tenants,
    "callers": callers,
    "newcomers": newcomers,
    "pupils": pupils,
    "camp": camp,
    "pumpkins": pumpkins,
    "cinemas": cinemas,
    "clinic": clinic,
}
