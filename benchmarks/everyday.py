"""Ten kinds of questions over made texts, of subjects of their own. All of it is seeded, and right by construction."""

import random
from calendar import month_name
from collections.abc import Callable

from benchmarks.questions import Question, spread

PEOPLE = [
    "Amelia", "Boris", "Celine", "Dmitri", "Elena", "Fabio", "Gwen", "Hassan", "Ingrid", "Javier", "Kenji", "Leila",
    "Marco", "Nadia", "Oscar", "Priya", "Quentin", "Ravi", "Sofia", "Tomas", "Ursula", "Viktor", "Wanda", "Yusuf",
]  # fmt: skip


def baking(draw: random.Random) -> Question:
    """A single fact among similar ones."""
    cakes = draw.sample(["walnut", "lemon", "carrot", "cherry", "almond", "poppy seed", "plum", "honey"], 6)
    minutes = draw.sample(range(21, 88), 6)
    told = [
        f"The {cake} cake has to stay in the oven for {long} minutes."
        for cake, long in zip(cakes, minutes, strict=True)
    ]
    at = draw.randrange(6)
    others = [str(long) for long in minutes if long != minutes[at]]
    asked = f"How many minutes does the {cakes[at]} cake need in the oven?"
    return Question("baking", asked, spread(draw, told, 2_600), [str(minutes[at])], others, plan="find")


def slips(draw: random.Random) -> Question:
    """Items of one kind among others, counted by their meaning."""
    food = [
        "Could we have soup without meat at least twice a week?",
        "The sandwiches at noon are always gone before one o'clock.",
        "Please put fresh fruit out for everybody on Mondays.",
        "More salads and fewer fried potatoes would do us all good.",
        "I would love a decent curry on the lunch menu now and then.",
        "Let us get better bread, the rolls taste like cardboard.",
        "A vegan dish every day, please, and not only pasta with tomatoes.",
        "Smaller desserts would be fine, the puddings are far too sweet.",
        "Why not invite a pizza van into the yard on the last Friday?",
        "Could the canteen cook fish that is not full of bones?",
        "Yoghurt and muesli for those who come without breakfast, please.",
        "It would be nice to have a second warm meal to choose from.",
    ]
    rest = [
        "The chairs on the second floor are hard on the back, please replace them.",
        "Could the heating be turned down a little in the big office?",
        "We need more hooks for coats beside the main entrance.",
        "The lift is so slow that everyone takes the stairs by now.",
        "A quiet corner for phone calls would help our whole team.",
        "Please fix the blinds, the sun shines right on my screen.",
        "The bicycle stand needs a roof and a few more places.",
        "Brighter lamps in the corridor would make it less gloomy.",
        "Could somebody oil the door of the meeting room, it squeaks.",
        "New carpets for the third floor are long overdue.",
        "There should be a shower for people who run to the office.",
        "Please put a mirror in the washroom on the ground floor.",
        "Let people work from home on two days of the week.",
        "May we start at seven in summer and leave earlier?",
        "Meetings after four in the afternoon should be forbidden.",
        "I would like to swap a day of holiday with a colleague.",
        "A long weekend after the trade fair would be only fair.",
        "Could overtime be paid out rather than be taken as free days?",
        "Please announce the shifts at least three weeks ahead.",
        "Parents should be allowed to leave at three when school ends.",
        "My laptop takes ten minutes to start, a new one would be great.",
        "The printer on our floor jams with every second page.",
        "Please give everybody a second screen and a proper headset.",
        "The wireless network breaks down whenever more than ten people use it.",
    ]
    right = draw.randint(5, 12)
    every = draw.randint(24, min(30, right + len(rest)))
    lines = draw.sample(food, right) + draw.sample(rest, every - right)
    draw.shuffle(lines)
    text = "\n".join(f"Slip {n}, written by {draw.choice(PEOPLE)}: {line}" for n, line in enumerate(lines, 1))
    asked = "How many of the slips from the suggestion box are about food?"
    return Question("slips", asked, text, number=right, plan="find")


def bookshop(draw: random.Random) -> Question:
    """The most frequent of three topics."""
    said = {
        "cooking": [
            "Do you have anything on baking sourdough bread at home?",
            "I need a volume of quick suppers for a family of five.",
            "Something with recipes from Lebanon would be a nice present.",
            "Which one explains best how to make a proper sauce?",
            "My son wants to learn to fry, roast and stew.",
            "I am after that thick one with four hundred soups.",
            "Is there a good guide to making jam and pickles?",
            "Vegetarian dishes for beginners, please, with many pictures.",
            "Have you got the new one about grilling and marinades?",
            "I want to try dumplings, is there a book on that?",
            "Please order me the one on cakes without sugar.",
        ],
        "travel": [
            "I fly to Lisbon next week and need a guide with a map.",
            "Do you sell anything on hiking trails across Norway?",
            "We are going to Japan in spring, what should we read?",
            "Which guide lists the nicest beaches of Sardinia?",
            "I want something on seeing Europe by night train.",
            "Is there a pocket map of the sights of Rome?",
            "We plan a tour of Morocco with two small children.",
            "Have you a phrase book for a holiday in Greece?",
            "Please find me a guide to camping sites in Canada.",
            "What do you have on a weekend trip to Vienna?",
            "I need tips for backpacking through Peru and Chile.",
        ],
        "history": [
            "Do you have a good book on the fall of the Roman Empire?",
            "I am looking for a life of Napoleon, not too long.",
            "Something on the Second World War for my grandfather, please.",
            "Which one tells best about the Vikings and their raids?",
            "Is there a book on how people lived in the Middle Ages?",
            "My daughter has to read about the French Revolution.",
            "I want to know more about the pharaohs of ancient Egypt.",
            "Have you got anything on the Cold War and the Berlin Wall?",
            "Please order the new life of Queen Victoria for me.",
            "What do you have about the crusades and the knights?",
            "I need something on the years between the two world wars.",
        ],
    }
    top = draw.choice([*said])
    many = {kind: 11 if kind == top else draw.choice([7, 8]) for kind in said}
    asks = [(kind, line) for kind in said for line in draw.sample(said[kind], many[kind])]
    draw.shuffle(asks)
    text = "\n".join(f"Customer {n}, served by {draw.choice(PEOPLE)}: {line}" for n, (_, line) in enumerate(asks, 1))
    asked = "What do the customers of this bookshop want most often: cooking, travel or history?"
    return Question("bookshop", asked, text, [top], choices=[*said], plan="find")


def guests(draw: random.Random) -> Question:
    """All persons with a property that is told in three wordings, among others."""
    people = draw.sample(PEOPLE, 11)
    yes = draw.randint(4, 6)
    without = ["{} never eats meat.", "{} has been a vegetarian for years.", "{} lives on a diet without any meat."]
    others = [
        "{} likes a big steak best.", "{} asked for the roast chicken.", "{} eats bacon every morning.",
        "{} always takes two helpings of sausage.",
    ]  # fmt: skip
    told = [without[n % 3].format(person) for n, person in enumerate(people[:yes])]
    told += [draw.choice(others).format(person) for person in people[yes:]]
    text = spread(draw, draw.sample(told, 11), 2_300)
    asked = "We are cooking for all of them: which people do not eat meat?"
    return Question("guests", asked, text, people[:yes], people[yes:], plan="find")


def cycling(draw: random.Random) -> Question:
    """Amounts of one kind added, among amounts of other kinds."""
    bike = ["{} cycled {} kilometres.", "{} rode {} kilometres by bike."]
    other = ["{} walked {} kilometres.", "{} paddled {} kilometres in a canoe.", "{} ran {} kilometres."]
    amounts = [draw.randrange(6, 95) for _ in range(draw.randint(5, 8))]
    told = [draw.choice(bike).format(draw.choice(PEOPLE), amount) for amount in amounts]
    told += [draw.choice(other).format(draw.choice(PEOPLE), draw.randrange(6, 95)) for _ in range(8)]
    text = spread(draw, draw.sample(told, len(told)), 2_500)
    asked = "How many kilometres did the group cover by bicycle in all?"
    return Question("cycling", asked, text, number=sum(amounts), plan="find")


def huts(draw: random.Random) -> Question:
    """The highest or the lowest of many."""
    names = draw.sample(
        ["Eagle", "Marmot", "Larch", "Glacier", "Chamois", "Gentian", "Raven", "Juniper", "Granite", "Edelweiss"], 9
    )
    metres = draw.sample(range(1_105, 2_990), 9)
    ways = ["The {} hut stands at {} metres above the sea.", "The {} hut lies {} metres above the sea."]
    told = [draw.choice(ways).format(name, high) for name, high in zip(names, metres, strict=True)]
    word, pick = draw.choice([("highest", max), ("lowest", min)])
    best = names[metres.index(pick(metres))]
    others = [name for name in names if name != best]
    asked = f"Which of the mountain huts is the {word} one?"
    return Question("huts", asked, spread(draw, told, 2_600), [best], others, plan="find")


def cafes(draw: random.Random) -> Question:
    """The first or the last in time, of dates written in two ways."""
    names = draw.sample(["Luna", "Mokka", "Basilico", "Central", "Pavlova", "Tivoli", "Zebra", "Orient", "Nougat"], 8)
    days = draw.sample([(y, m, d) for y in range(2009, 2019) for m in range(1, 13) for d in range(2, 28)], 8)
    told = []
    for name, (year, month, day) in zip(names, days, strict=True):
        date = draw.choice([f"{day} {month_name[month]} {year}", f"{month_name[month]} {day}, {year}"])
        told.append(draw.choice([f"Café {name} opened on {date}.", f"Café {name} served its first guests on {date}."]))
    asked, best_day = draw.choice(
        [("Which café has been open the longest?", min(days)), ("Which café is the newest one?", max(days))]
    )
    best = names[days.index(best_day)]
    others = [name for name in names if name != best]
    return Question("cafes", asked, spread(draw, told, 2_600), [best], others, plan="find")


def shirts(draw: random.Random) -> Question:
    """A fact in two steps: from a player to the team, and from the team to the colour."""
    players = draw.sample(PEOPLE, 5)
    teams = draw.sample(["Comets", "Hornets", "Wolves", "Pirates", "Falcons", "Giants", "Rockets"], 5)
    colours = draw.sample(["green", "purple", "orange", "yellow", "white", "black", "pink"], 5)
    told = [f"{player} plays football for the {team}." for player, team in zip(players, teams, strict=True)]
    told += [f"The {team} always wear {colour} shirts." for team, colour in zip(teams, colours, strict=True)]
    at = draw.randrange(5)
    others = [colour for colour in colours if colour != colours[at]]
    asked = f"What colour is the shirt that {players[at]} wears in a match?"
    return Question("shirts", asked, spread(draw, draw.sample(told, 10), 2_600), [colours[at]], others, plan="find")


def bicycles(draw: random.Random) -> Question:
    """Two named things by two attributes, among four such things."""
    models = draw.sample(["Nomad", "Sprinter", "Voyager", "Pioneer", "Tornado", "Mustang"], 4)
    prices = [str(price) for price in draw.sample(range(210, 990), 4)]
    lands = draw.sample(["Portugal", "Vietnam", "Poland", "Canada", "Italy", "Taiwan"], 4)
    told = [f"The {model} bicycle costs {price} euros." for model, price in zip(models, prices, strict=True)]
    told += [f"The {model} bicycle is made in {land}." for model, land in zip(models, lands, strict=True)]
    asked = f"How do the {models[0]} and the {models[1]} compare in price and in the country where they are made?"
    right, wrong = [*prices[:2], *lands[:2]], [*models[2:], *prices[2:], *lands[2:]]
    return Question("bicycles", asked, spread(draw, draw.sample(told, 8), 2_600), right, wrong, plan="find")


def gates(draw: random.Random) -> Question:
    """A value that changes: the latest holds."""
    towns = draw.sample(["Lisbon", "Oslo", "Athens", "Dublin", "Warsaw"], 2)
    every = draw.sample([f"{hall}{n}" for hall in "ABCD" for n in range(11, 40)], 8)
    ways = ["The flight to {0} was moved to gate {1}.", "The screen showed gate {1} for the flight to {0}."]
    told = []
    for one, other in zip(every[:4], every[4:], strict=True):
        both = [draw.choice(ways).format(towns[0], one), draw.choice(ways).format(towns[1], other)]
        told += draw.sample(both, 2)
    asked = f"From which gate does the flight to {towns[0]} leave in the end?"
    return Question("gates", asked, spread(draw, told, 2_400), every[3:4], [*every[:3], *every[4:]], plan="find")


KINDS: dict[str, Callable[[random.Random], Question]] = {
    made.__name__: made for made in (baking, slips, bookshop, guests, cycling, huts, cafes, shirts, bicycles, gates)
}
