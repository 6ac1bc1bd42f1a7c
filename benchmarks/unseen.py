"""Ten more kinds of questions over made texts, of subjects of their own. All is seeded, and right by construction."""

import random
from calendar import month_name
from collections.abc import Callable

from benchmarks.questions import Question, spread

PEOPLE = [
    "Agnes", "Bertil", "Carmen", "Derek", "Esther", "Finn", "Gloria", "Henrik", "Imogen", "Jamal", "Katya", "Lorenzo",
    "Mabel", "Noah", "Ophelia", "Pedro", "Ruth", "Stefan", "Thelma", "Umberto", "Vera", "Walter", "Xenia", "Zoltan",
]  # fmt: skip


def plants(draw: random.Random) -> Question:
    """A single fact among similar ones."""
    names = draw.sample(["fern", "cactus", "orchid", "rubber tree", "palm", "ivy", "begonia", "aloe"], 6)
    every = draw.sample(range(3, 29), 6)
    told = [f"The {name} should be watered every {days} days." for name, days in zip(names, every, strict=True)]
    at = draw.randrange(6)
    others = [str(days) for days in every if days != every[at]]
    asked = f"I am looking after the flat: after how many days does the {names[at]} need water again?"
    return Question("plants", asked, spread(draw, told, 2_500), [str(every[at])], others, plan="find")


def lost(draw: random.Random) -> Question:
    """Items of one kind among others, counted by their meaning."""
    worn = [
        "A grey woollen scarf was left on the last seat of the tram.",
        "Somebody forgot a denim jacket with a torn sleeve in the cinema.",
        "A pair of red mittens for a small child lay at the tram stop.",
        "A long winter coat was hanging in the waiting room for two days.",
        "One striped sock and its twin were handed in by the cleaner.",
        "A straw hat with a blue ribbon had blown under a bench.",
        "A black cardigan with wooden buttons was found in the swimming hall.",
        "Green rain trousers, size large, lay rolled up on the rack.",
        "A silk blouse, still in its shop bag, was left at the till.",
        "A football shirt with the number nine was found on the playground.",
        "A raincoat for a girl of about six was left in the museum.",
        "A thick knitted jumper was forgotten on the top deck.",
    ]
    rest = [
        "A silver phone with a cracked screen was found on the stairs.",
        "A bunch of four keys on a leather strap lay near the kiosk.",
        "A black umbrella with a bent handle was left on line seven.",
        "A purse with some coins and a photo of a cat was handed in.",
        "A violin in its case was forgotten beside the ticket machine.",
        "A library copy of a detective novel lay on a window sill.",
        "A child's scooter with pink wheels was leaning at the wall.",
        "A lunch box with two apples was found under a seat.",
        "A laptop charger was still plugged in at the waiting room.",
        "A walking stick with a rubber tip was left at the pharmacy.",
        "A teddy bear with one ear missing sat in the lift.",
        "A tennis racket was forgotten in the luggage rack.",
        "A steel bottle, half full of tea, rolled through the tram.",
        "A passport in a plastic cover was handed in by a tourist.",
        "A bag of cat food was left standing at the checkout.",
        "A pocket radio was still playing when the driver found it.",
        "A folder with school reports lay on the floor of the bus.",
        "A camera without its lens cap was found near the fountain.",
        "A small wooden chess set was forgotten in the park café.",
        "A box of watercolours and three brushes lay on a bench.",
        "A credit card was stuck in the slot of the ticket machine.",
        "A pushchair was standing alone on the platform all night.",
        "An electric drill in its box was left in the taxi.",
        "A jigsaw puzzle of a thousand pieces was found on line two.",
    ]
    right = draw.randint(4, 12)
    every = draw.randint(24, min(30, right + len(rest)))
    lines = draw.sample(worn, right) + draw.sample(rest, every - right)
    draw.shuffle(lines)
    text = "\n".join(f"Entry {n}, noted by {draw.choice(PEOPLE)}: {line}" for n, line in enumerate(lines, 1))
    asked = "How many entries in this lost property book are about a piece of clothing?"
    return Question("lost", asked, text, number=right, plan="find")


def hotline(draw: random.Random) -> Question:
    """The most frequent of three topics."""
    said = {
        "noise": [
            "The people upstairs play drums until two at night.",
            "A dog next door barks from morning to evening.",
            "Somebody runs a chain saw on Sunday at six.",
            "The bar at the corner has its music turned up far too loud.",
            "Trucks honk below my bedroom before sunrise.",
            "Every weekend there is shouting and singing in the yard.",
            "The alarm of the shop has been howling for three hours.",
            "A neighbour drills holes into the wall after ten at night.",
            "Fireworks are banging in our street although it is forbidden.",
            "The ventilator of the kitchen hums so much that I cannot sleep.",
            "Motorcycles roar up and down the avenue all evening.",
        ],
        "parking": [
            "A van has been blocking my garage door since yesterday.",
            "Cars stand on the pavement and I cannot pass with the pram.",
            "I cannot find a free space for my car in my own street.",
            "The meter took my coins and printed no slip for the windscreen.",
            "I got a fine although I stood there for only five minutes.",
            "Someone leaves his car on the spot for disabled drivers.",
            "How do I get a resident's permit for my second car?",
            "A trailer has stood on two bays for a whole month.",
            "They towed my car away from the market square, where is it?",
            "Visitors of the stadium leave their cars on our lawns.",
            "The lines of the bays in front of the clinic cannot be seen any more.",
        ],
        "rubbish": [
            "Our bins were not emptied on Thursday.",
            "Somebody dumped an old sofa at the edge of the wood.",
            "Bags full of waste are piling up behind the school.",
            "The container for glass is full, and bottles lie all around.",
            "When will the old paper be collected in our district?",
            "I need a bigger bin, we are five in the family now.",
            "The playground is full of broken bottles and empty cans.",
            "Where can I hand in an old fridge and a worn mattress?",
            "Crows tear the yellow sacks open and spread it all on the road.",
            "The collectors left half of the garbage lying on the street.",
            "Who takes away the garden waste in November?",
        ],
    }
    top = draw.choice([*said])
    many = {kind: 11 if kind == top else draw.choice([6, 7]) for kind in said}
    calls = [(kind, line) for kind in said for line in draw.sample(said[kind], many[kind])]
    draw.shuffle(calls)
    text = "\n".join(f"Call {n}, taken by {draw.choice(PEOPLE)}: {line}" for n, (_, line) in enumerate(calls, 1))
    asked = "What do people ring the town hall about most: noise, parking or rubbish?"
    return Question("hotline", asked, text, [top], choices=[*said], plan="find")


def drivers(draw: random.Random) -> Question:
    """All persons with a property that is told in three wordings, among others."""
    people = draw.sample(PEOPLE, 11)
    yes = draw.randint(4, 6)
    can = ["{} has a driving licence.", "{} passed the driving test long ago.", "{} takes the car to work every day."]
    cannot = [
        "{} has never learned to drive.", "{} failed the driving test and gave up.", "{} is too young to drive a car.",
        "{} has no driving licence.",
    ]  # fmt: skip
    told = [can[n % 3].format(person) for n, person in enumerate(people[:yes])]
    told += [draw.choice(cannot).format(person) for person in people[yes:]]
    text = spread(draw, draw.sample(told, 11), 2_400)
    asked = "We need drivers for the summer festival. Who of the helpers can drive a car? List everyone."
    return Question("drivers", asked, text, people[:yes], people[yes:], plan="find")


def trees(draw: random.Random) -> Question:
    """Amounts of one kind added, among amounts of other kinds."""
    tree = ["{} planted {} oaks.", "{} planted {} birches.", "{} put {} young maples into the ground."]
    other = ["{} planted {} tulip bulbs.", "{} put up {} nest boxes.", "{} picked up {} empty cans."]
    amounts = [draw.randrange(4, 75) for _ in range(draw.randint(5, 8))]
    told = [draw.choice(tree).format(draw.choice(PEOPLE), amount) for amount in amounts]
    told += [draw.choice(other).format(draw.choice(PEOPLE), draw.randrange(4, 75)) for _ in range(8)]
    text = spread(draw, draw.sample(told, len(told)), 2_500)
    asked = "How many trees did the volunteers plant in total, whatever sort of tree it was?"
    return Question("trees", asked, text, number=sum(amounts), plan="find")


def jumps(draw: random.Random) -> Question:
    """The farthest or the shortest of many."""
    people = draw.sample(PEOPLE, 9)
    far = draw.sample(range(305, 695), 9)
    ways = ["{} jumped {} centimetres.", "{} landed in the sand at {} centimetres."]
    told = [draw.choice(ways).format(person, long) for person, long in zip(people, far, strict=True)]
    asked, pick = draw.choice(
        [("Who won the long jump, with the farthest jump of all?", max), ("Whose long jump was the shortest?", min)]
    )
    best = people[far.index(pick(far))]
    others = [person for person in people if person != best]
    return Question("jumps", asked, spread(draw, told, 2_500), [best], others, plan="find")


def satellites(draw: random.Random) -> Question:
    """The first or the last in time, of dates written in two ways."""
    names = draw.sample(
        ["Vanta", "Helion", "Kestrel", "Quasar", "Borealis", "Solara", "Tethys", "Meridian", "Pulsar", "Zephyr"], 8
    )
    days = draw.sample([(y, m, d) for y in range(1984, 1996) for m in range(1, 13) for d in range(2, 28)], 8)
    told = []
    for name, (year, month, day) in zip(names, days, strict=True):
        date = draw.choice([f"{day} {month_name[month]} {year}", f"{month_name[month]} {day}, {year}"])
        ways = [f"The satellite {name} was launched on {date}.", f"On {date} a rocket took the satellite {name} up."]
        told.append(draw.choice(ways))
    asked, best_day = draw.choice(
        [
            ("Which satellite went into space before all the others?", min(days)),
            ("Which satellite was the last one to be sent into space?", max(days)),
        ]
    )
    best = names[days.index(best_day)]
    others = [name for name in names if name != best]
    return Question("satellites", asked, spread(draw, told, 2_700), [best], others, plan="find")


def courses(draw: random.Random) -> Question:
    """A fact in two steps: from a course to the room, and from the room to the building."""
    taught = draw.sample(["yoga", "chess", "sewing", "guitar", "first aid", "drawing", "photography"], 5)
    rooms = draw.sample(["Maple", "Coral", "Amber", "Lotus", "Saffron", "Indigo", "Cedar"], 5)
    buildings = draw.sample(["Curie", "Newton", "Darwin", "Tesla", "Pasteur", "Kepler"], 5)
    told = [f"The {course} course takes place in the {room} room." for course, room in zip(taught, rooms, strict=True)]
    told += [
        f"You find the {room} room in the {building} building." for room, building in zip(rooms, buildings, strict=True)
    ]
    at = draw.randrange(5)
    others = [building for building in buildings if building != buildings[at]]
    asked = f"I have signed up for the {taught[at]} course. Which building do I have to go to?"
    return Question("courses", asked, spread(draw, draw.sample(told, 10), 2_600), [buildings[at]], others, plan="find")


def flats(draw: random.Random) -> Question:
    """Two named things by two attributes, among four such things."""
    streets = draw.sample(["Acorn", "Willow", "Station", "Tulip", "Abbey", "Linden"], 4)
    rents = [str(rent) for rent in draw.sample(range(405, 990), 4)]
    views = draw.sample(["park", "canal", "railway", "churchyard", "stadium", "vineyard"], 4)
    told = [
        f"The rent of the flat in {street} Street is {rent} pounds."
        for street, rent in zip(streets, rents, strict=True)
    ]
    told += [
        f"From the flat in {street} Street you look at the {view}." for street, view in zip(streets, views, strict=True)
    ]
    asked = f"Please compare the flats in {streets[0]} Street and {streets[1]} Street: what is the rent, and the view?"
    right, wrong = [*rents[:2], *views[:2]], [*streets[2:], *rents[2:], *views[2:]]
    return Question("flats", asked, spread(draw, draw.sample(told, 8), 2_600), right, wrong, plan="find")


def trips(draw: random.Random) -> Question:
    """A value that changes: the latest holds."""
    classes = draw.sample(["red", "blue", "green", "yellow"], 2)
    every = draw.sample(
        ["aquarium", "zoo", "castle", "planetarium", "lake", "dairy farm", "puppet theatre", "fire station", "cave"], 8
    )
    ways = [
        "The {0} class now plans to go to the {1} on its trip.",
        "The plan for the trip of the {0} class was changed to the {1}.",
    ]
    told = []
    for one, other in zip(every[:4], every[4:], strict=True):
        both = [draw.choice(ways).format(classes[0], one), draw.choice(ways).format(classes[1], other)]
        told += draw.sample(both, 2)
    asked = f"After all the changes, where is the {classes[0]} class going on its school trip?"
    return Question("trips", asked, spread(draw, told, 2_400), every[3:4], [*every[:3], *every[4:]], plan="find")


KINDS: dict[str, Callable[[random.Random], Question]] = {
    made.__name__: made for made in (plants, lost, hotline, drivers, trees, jumps, satellites, courses, flats, trips)
}
