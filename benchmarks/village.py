"""Ten kinds of questions about texts of a village: a vet's day, a rowing club, a flea market, trails and others."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TypeVar

from benchmarks.questions import Question

FIRST = [
    "Agnes", "Albert", "Beatrice", "Bernard", "Cecily", "Conrad", "Daphne", "Desmond", "Edith", "Ernest", "Fiona",
    "Frederick", "Gemma", "Gilbert", "Harriet", "Horace", "Imogen", "Isaac", "Jasper", "Judith", "Kenneth", "Kirsten",
    "Leonard", "Lydia", "Malcolm", "Marjorie", "Nadia", "Norman", "Olive", "Oswald", "Pamela", "Percy", "Quentin",
    "Ramona", "Rupert", "Sabrina", "Stanley", "Tamsin", "Theodore", "Ursula", "Vincent", "Wilfred", "Winifred",
    "Yvonne", "Zachary", "Hester", "Magnus", "Philippa", "Roland", "Sylvia",
]  # fmt: skip
LAST = [
    "Abernathy", "Blackwood", "Calloway", "Dunmore", "Ellison", "Fairfax", "Goodwin", "Haverford", "Inglewood",
    "Jessop", "Kendrick", "Langley", "Merriman", "Norcross", "Ogilvie", "Pemberton", "Quigley", "Radcliffe", "Sedgwick",
    "Thackeray", "Underhill", "Vickers", "Whitlock", "Yardley", "Ashdown", "Brightwell", "Crompton", "Davenport",
    "Eastwick", "Farraday", "Gresham", "Hathaway", "Ironside", "Jarrold", "Kingsley", "Lockhart", "Mortimer",
    "Nettleton", "Osgood", "Penrose", "Rowntree", "Somerby", "Trevelyan", "Upjohn", "Varley", "Wainwright", "Yelland",
    "Bickerstaff", "Cuthbert", "Drummond",
]  # fmt: skip
TOWNS = [
    "Aldmoor", "Birchwick", "Crowley", "Dunstead", "Elverton", "Foxdale", "Grimsby", "Hartwell", "Ilminster",
    "Kettleby", "Lowmere", "Marsham", "Norwick", "Oakhanger", "Penbury", "Ravensholm", "Silverdale", "Thornby",
    "Wexcombe", "Yarmley",
]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]  # fmt: skip

Thing = TypeVar("Thing")


def _shuffled(draw: random.Random, items: Collection[Thing]) -> list[Thing]:
    return draw.sample(list(items), len(items))


def _people(draw: random.Random, count: int) -> list[tuple[str, str]]:
    return list(zip(draw.sample(FIRST, count), draw.sample(LAST, count), strict=True))


# ---------------------------------------------------------------- 1 find one fact: a day at a vet's

VET_PETS = [
    "Biscuit", "Pepper", "Mabel", "Captain", "Noodle", "Truffle", "Sooty", "Domino", "Pickle", "Hazelnut", "Bramble",
    "Figaro", "Waffle", "Juno",
]  # fmt: skip


def vet(draw: random.Random) -> Question:
    """A fact told once about a day at the vet's."""
    people = _people(draw, 12)
    doctor, helper = people[0], people[1]
    full = [f"{a} {b}" for a, b in people]
    pets = draw.sample(VET_PETS, 9)
    things = draw.sample(["glove", "sock", "cork", "shoelace", "ribbon", "sponge", "thimble"], 1)[0]
    weight = f"{draw.randint(2, 4)}.{draw.randint(1, 9)}"
    day = draw.choice(DAYS)
    street = draw.choice(["Chapel Lane", "Mill Road", "Tanner Street", "Station Avenue", "Orchard Close"])
    food = draw.choice(["pumpkin", "rice", "boiled carrots", "oats", "turkey"])
    tree = draw.choice(["walnut tree", "cherry tree", "chestnut tree", "pear tree", "lime tree"])
    age = draw.randint(41, 78)
    drug = draw.choice(["Calmadol", "Ferrizan", "Bentopril", "Ovarin", "Lumetrol"])
    parts = [
        (
            (
                f"The first surprise was a young spaniel called {pets[0]}, who belongs to {full[2]}. He had not "
                "touched his bowl since the evening before and kept licking his lips. On the X-ray a dark shape "
                f"showed up, and in the end it was clear that he had swallowed a {things}. The family had searched "
                "the whole house for it. He stayed until the afternoon and left wagging his tail as if nothing had "
                "happened."
            ),
            (
                f"What had the spaniel {pets[0]} swallowed?",
                [things],
                [w for w in ("glove", "sock", "cork", "shoelace", "ribbon", "sponge", "thimble") if w != things],
            ),
        ),
        (
            (
                f"Then came {full[3]} with a basket on each arm. In one of them sat {pets[1]}, a grey lop-eared "
                f"rabbit who had been put on a diet of hay in the winter. The scales showed {weight} kilograms, and "
                "everybody was content with that. Her claws were clipped while she was sitting on the table, and she "
                "took it with great patience. The other basket held only a blanket and some parsley."
            ),
            (f"How many kilograms did the rabbit {pets[1]} weigh?", [weight], []),
        ),
        (
            (
                f"A tortoise by the name of {pets[2]} was brought in a shoe box lined with newspaper. Her shell had a "
                f"small crack at the edge, which was filled and smoothed. {doctor[0]} {doctor[1]} wants to look at "
                f"the place again and asked the owner, {full[4]}, to come back with her next {day}. The tortoise "
                "pulled in her head and waited until it was all over."
            ),
            (f"On which day is the tortoise {pets[2]} to be brought back?", [day], [d for d in DAYS if d != day]),
        ),
        (
            (
                "Around eleven somebody in rubber boots stood at the counter with a hedgehog in a bucket. It was "
                f"{full[5]}, who said that the animal had been lying beside the compost heap in broad daylight. It "
                "had a few ticks, which were removed one after the other, and was thirsty. It will be fed in the "
                "back room until it is strong enough to go out again."
            ),
            (
                "Who brought the hedgehog to the practice?",
                [people[5][1]],
                [people[i][1] for i in range(2, 10) if i != 5],
            ),
        ),
        (
            (
                f"The parrot {pets[3]} has been a patient for many years. He greets everybody with a whistle and "
                f"likes to undo the laces of shoes. His owner has moved lately and now lives in {street}, so the card "
                "had to be changed. The beak was a little too long and was trimmed with a file. After that the bird "
                "ate half an apple and said good night, although it was not yet noon."
            ),
            (f"In which street does the owner of the parrot {pets[3]} live now?", [street], []),
        ),
        (
            (
                f"After the break {full[6]} carried in an old tomcat, {pets[4]}, whose stomach had been upset for a "
                "week. Nothing serious was found. For the next days he is to have a light diet, and he is to be "
                f"given mainly {food}, in small portions. {helper[0]} {helper[1]} wrote it all down on a sheet of "
                "paper, since the owner was afraid of forgetting half of it on the way home."
            ),
            (f"What is the tomcat {pets[4]} mainly to be given to eat?", [food], []),
        ),
        (
            (
                f"Another cat, {pets[5]}, arrived with a limp. According to {full[7]}, who looks after her while the "
                f"neighbours are abroad, she had jumped down from a {tree} and landed badly. The paw was swollen but "
                "not broken. It got a light bandage, which she tried to pull off before she had even left the room."
            ),
            (
                f"From what kind of tree had the cat {pets[5]} jumped?",
                [tree.split()[0]],
                [t for t in ("walnut", "cherry", "chestnut", "pear", "lime") if t != tree.split()[0]],
            ),
        ),
        (
            (
                f"The pony {pets[6]} could not come to town, of course, so there was a drive out to the farm at lunch "
                "time. He had coughed for some days. His lungs sounded fine, but to be on the safe side he was given "
                f"a medicine called {drug}, twice a day with his feed. {full[8]}, who runs the farm, offered coffee "
                "and a dozen eggs."
            ),
            (
                f"Which medicine was the pony {pets[6]} given?",
                [drug],
                [d for d in ("Calmadol", "Ferrizan", "Bentopril", "Ovarin", "Lumetrol") if d != drug],
            ),
        ),
        (
            (
                f"A visitor of {age} years, {full[9]}, came without any animal at all. She wanted to hear whether a "
                "guinea pig was a good idea for someone who lives in two small rooms. They talked for a quarter of "
                "an hour, and in the end she decided on two of them, because one alone gets lonely."
            ),
            (f"How old is {full[9]}, who came without an animal?", [str(age)], []),
        ),
    ]
    chosen = _shuffled(draw, parts)[:7]
    question, needed, wrong = draw.choice(chosen)[1]
    opening = draw.choice(
        [
            (
                f"It was one of the fuller days at the practice of {doctor[0]} {doctor[1]}. The door was unlocked at "
                "eight, and by a quarter past all the chairs were taken. Rain was running down the windows, and the "
                "room smelled of wet fur."
            ),
            (
                f"When {doctor[0]} {doctor[1]} hung up the coat in the morning, the telephone was already ringing. "
                f"The week before had been calm, and {helper[0]} had used it to put the cupboards in order. Now the "
                "waiting room filled up quickly."
            ),
        ]
    )
    closing = draw.choice(
        [
            (
                f"At six {helper[0]} {helper[1]} wiped the tables and switched off the lamps. The last thing to be "
                "heard was the big clock above the door, which is always ten minutes fast."
            ),
            (
                f"In the evening the two of them sat down for a moment and drank a cup of tea. {helper[0]} "
                f"{helper[1]} counted the till, then the blinds were pulled down and the street became quiet."
            ),
        ]
    )
    return Question(
        "vet", question, "\n\n".join([opening, *[p for p, _ in chosen], closing]), needed=needed, wrong=wrong
    )


# ---------------------------------------------------------------- 2 find one fact, long: the chronicle of a rowing club

ROWING_BOATS = [
    "Kingfisher", "Heron", "Swallow", "Moorhen", "Dragonfly", "Cormorant", "Lapwing", "Teal", "Osprey", "Sandpiper",
    "Plover", "Curlew",
]  # fmt: skip


def rowing(draw: random.Random) -> Question:
    """A fact told once in the long chronicle of a rowing club."""
    firsts, lasts = _shuffled(draw, FIRST), _shuffled(draw, LAST)
    special = [(firsts.pop(), lasts.pop()) for _ in range(10)]
    members = [f"{draw.choice(firsts)} {last}" for last in lasts]
    boats = draw.sample(ROWING_BOATS, 9)
    slots = {
        "p": members,
        "boat": boats,
        "town": TOWNS,
        "n": [str(i) for i in range(5, 48)],
        "few": ["two", "three", "four", "five", "six"],
        "weather": [
            "fog", "hail", "a strong east wind", "drizzle", "high water", "bright sunshine", "sleet", "great heat",
        ],
        "part": ["oarlocks", "sliding seats", "foot straps", "rudder", "keel", "riggers", "bow ball", "oars"],
        "dish": ["pea soup", "potato salad", "fried fish", "plum cake", "sausages", "stew", "pancakes", "cheese rolls"],
        "place": ["jetty", "boat hall", "changing room", "workshop", "terrace", "attic", "yard", "lower slip"],
        "thing": [
            "ladder", "stove", "bench", "notice board", "hand cart", "water pump", "row of hooks", "lamp", "door mat",
        ],
        "colour": ["green", "white", "dark blue", "grey", "yellow", "red"],
        "day": DAYS,
        "crew": [
            "junior four", "women's four", "men's eight", "veterans' pair", "double scull", "novice crew", "mixed four",
        ],
        "place3": ["second", "third", "fourth", "fifth", "last"],
        "bird": ["swans", "ducks", "geese", "herons", "coots"],
        "m": ["an hour", "half a day", "a whole weekend", "two evenings", "most of the month"],
    }  # fmt: skip
    templates = [
        "On a {day} the {boat} was taken out for the first time since the ice, with {p} at the stroke seat.",
        "{p} and {p2} spent {m} scraping the hull of the {boat}.",
        "The {crew} travelled to {town} and came home with a {place3} place.",
        "Because of {weather} the evening outing was called off, and the crews played cards in the {place}.",
        "The committee met for {m} and talked mostly about the {part} of the {boat}.",
        "A new {thing} was put up in the {place}, made by {p} from old planks.",
        "{n} guests from {town} came on a {day} and were shown round by {p}.",
        "After the training {p} served {dish} to everybody in the boat hall.",
        "{p} resigned from the committee to have more time for the garden.",
        "The door of the {place} was painted {colour} again.",
        "Somebody had left the {place} unlocked, but nothing was missing.",
        "There was {weather} for {few} weeks, and the log book shows hardly an entry.",
        "A family of {bird} nested beside the {place} and had to be walked around until June.",
        "{p} learned to steer and ran the {boat} gently into the reeds {few} times.",
        "The subscription was discussed at length, and in the end it stayed at {n} shillings.",
        "The {crew} rowed as far as {town} and slept in a barn on the way back.",
        "{p} wrote to the works in {town} about the {part}, and an answer came after {few} weeks.",
        "Lightning struck the willow behind the {place}; the {boat} was lying {few} metres away and was not touched.",
        "{n} members took part in the autumn cleaning, and {p} brought {dish}.",
        "At the regatta in {town} the {crew} caught a crab right after the start and still finished {place3}.",
        "The {boat} got new {part}, and {p} called it a different boat altogether.",
        "The {colour} blades from before were given to the school in {town}.",
        "{p} married in {town}, and the {crew} stood guard with raised oars.",
        "The {thing} from the {place} was lent to the neighbours and came back clean.",
        "On the last {day} of the month {p} showed slides of a journey on the canals near {town}.",
        "The level of the river rose by {n} centimetres overnight, and the boats were carried up to the {place}.",
        "{p} read aloud from the old log books, and it grew late.",
        "A stray dog followed the {crew} along the towpath all the way to the weir.",
        "New members this time: {p} and {p2}, both from {town}.",
        "{p} counted {n} strokes to the minute on the straight, which nobody quite believed.",
        "The {boat} was varnished on trestles beside the {place}, and for {few} weeks everything smelled of it.",
        "The spring dance brought in enough for new {part}.",
        "Owing to {weather} the race against {town} was rowed over the short course.",
        "{p} slipped on the wet boards and sat down in the water, to general applause.",
        "Training moved to {day}, because {p} works late on the other evenings.",
        "The inspector from {town} looked at the {place} and had nothing to object to.",
        "The {bird} were counted for the nature society; {p} arrived at {n}.",
        "A parcel from {town} contained {few} left-hand oars and no right-hand ones.",
        "{p} knitted {colour} caps for the {crew}.",
        "In the {place} a {thing} fell over with a great noise during the annual report.",
        "The {crew} trained on {few} mornings a week before work, coached by {p}.",
        "The summer evening ended with {dish}, and {p} played the accordion.",
        "The path to the {place} was covered with fresh gravel, {n} barrows of it.",
        "{p} took over the key to the {place} from {p2}.",
        "The {boat} went to {town} on a hay wagon and returned without a scratch.",
        (
            "For the children of the village there was a rowing afternoon; {n} of them came, and {p} told them what "
            "a cox does."
        ),
        "{p} and {p2} rowed to {town} and back in one day and were stiff for a week.",
        "A leak in the {boat} was found only after {p} had got wet feet twice.",
        "The photograph of the {crew} now hangs beside the {thing}.",
        "Ice formed along the bank, and {p} broke it up with a boat hook each {day}.",
        "The telephone in the {place} was out of order for {few} weeks.",
        "The {crew} from {town} borrowed the {boat} for their own regatta and sent {dish} as thanks.",
        "{p} found a {colour} scarf in the {boat}; nobody has asked for it so far.",
        "At the general meeting {n} votes were cast, and {p} thanked the cleaners.",
        "A barge had torn off part of the jetty fence, and the skipper from {town} came to help with the repair.",
        "{p} gave up rowing on the doctor's advice and became timekeeper instead.",
    ]
    instrument = draw.choice(["harmonium", "grand piano", "cello", "barrel organ", "harp"])
    fish = draw.choice(["pike", "carp", "catfish", "sturgeon", "salmon"])
    sum_ = draw.randint(112, 189)
    lost = draw.choice(["wedding ring", "pocket watch", "monocle", "medal", "silver whistle"])
    newname = draw.choice(["Aurora", "Perseverance", "Halcyon", "Minerva", "Valiant"])
    town = draw.choice(["Cobhurst", "Eddlestow", "Zealworth", "Wrenfield"])
    job = draw.choice(["dentist", "clockmaker", "chimney sweep", "organist", "bookbinder"])
    s = [f"{a} {b}" for a, b in special]
    facts = [
        (
            f"In her will the late {s[0]}, who had never once sat in a boat, left the club her {instrument}.",
            (f"What did {s[0]} leave the club in her will?", [instrument.split()[-1]], []),
        ),
        (
            (
                f"The weathercock on the roof had been stuck for years, until {s[1]} climbed up with an oil can and "
                "made it turn."
            ),
            (
                "Who made the weathercock on the roof turn again?",
                [special[1][1]],
                [b for a, b in special if b != special[1][1]],
            ),
        ),
        (
            (
                f"Off the lower bank {s[2]} pulled a {fish} of nearly a metre out of the river, and there was talk of "
                "nothing else."
            ),
            (
                f"What kind of fish did {s[2]} pull out of the river?",
                [fish],
                [f for f in ("pike", "carp", "catfish", "sturgeon", "salmon") if f != fish],
            ),
        ),
        (
            f"A lottery in aid of the new flagpole brought in exactly {sum_} pounds, more than anybody had hoped.",
            ("How many pounds did the lottery for the flagpole bring in?", [str(sum_)], []),
        ),
        (
            f"While rinsing a cup at the pontoon {s[3]} lost a {lost}, and two divers searched for it without success.",
            (f"What did {s[3]} lose at the pontoon?", [lost.split()[-1]], []),
        ),
        (
            f"The new eight was christened by the mayor's wife and bears the name {newname}.",
            ("What name was the new eight given at its christening?", [newname], boats),
        ),
        (
            (
                f"The honorary president, {s[4]}, moved to {town} on account of the sea air and sends a postcard "
                "every Christmas."
            ),
            ("Where did the honorary president move?", [town], []),
        ),
        (
            f"It came out that {s[5]}, whom everyone had taken for a teacher, is a {job} by profession.",
            (f"What is the profession of {s[5]}?", [job.split()[-1]], []),
        ),
    ]
    chosen = draw.sample(facts, 5)
    question, needed, wrong = draw.choice(chosen)[1]
    size = draw.randint(38600, 41200)
    start = draw.randint(1921, 1948)
    seen = set()
    bag: list[str] = []
    sentences = []
    total = sum(len(f) for f, _ in chosen) + 220
    while total < size:
        if not bag:
            bag = _shuffled(draw, templates)
        template = bag.pop()
        values = {key: draw.choice(options) for key, options in slots.items()}
        values["p2"] = draw.choice([m for m in members if m != values["p"]])
        sentence = template.format(**values)
        sentence = sentence[0].upper() + sentence[1:]
        if sentence not in seen:
            seen.add(sentence)
            sentences.append(sentence)
            total += len(sentence) + 1
            if len(sentences) % 5 == 0:
                total += 9
    places = sorted(draw.sample(range(10, len(sentences) - 10), len(chosen)), reverse=True)
    for place, (fact, _) in zip(places, _shuffled(draw, chosen), strict=True):
        sentences.insert(place, fact)
    paragraphs = [" ".join(sentences[i : i + 5]) for i in range(0, len(sentences), 5)]
    lines = ["Chronicle of the rowing club, copied from the log books and the minutes."]
    year, month = start, 0
    for paragraph in paragraphs:
        lines.append(f"{MONTHS[month]} {year}. {paragraph}")
        month += draw.choice([1, 2, 2, 3])
        if month > 11:
            year, month = year + 1, month - 12
    return Question("rowing", question, "\n\n".join(lines), needed=needed, wrong=wrong)


# ---------------------------------------------------------------- 3 count: the guest book of a hostel

HOSTEL_NOISE = [
    "Somebody practised the trumpet next door until two in the morning and I lay awake the whole time.",
    "The walls are so thin that I heard every word of my neighbours' quarrel at midnight. Very annoying.",
    "People were slamming doors in our corridor all night long. I hardly slept.",
    "Please do something about the party room below us: the bass was booming until dawn.",
    "The lift rattles like a freight train, and our beds are right beside it. Not restful at all.",
    "A school class shouted and ran up and down the stairs till one o'clock. Nobody stopped them.",
    "We were woken at five by the bins being emptied right under our window. Terribly loud.",
    "I had to sleep with plugs in my ears because of the shouting from the bar.",
    "The old fan in the ceiling of our room howls so loudly that I could not close an eye.",
    "Music was blaring from the courtyard until three. Next time I will stay elsewhere.",
    "The floorboards above us creaked and thumped the whole night. I am exhausted.",
    "Drilling from seven in the morning in the flat upstairs, on a Sunday! I was really cross.",
    "The snoring and the loud phone calls in the dormitory drove me mad, and no one at the desk cared.",
    "A dog barked under the window from eleven to four. I did not get any rest.",
]
HOSTEL_FOOD = [
    "The fresh rolls and the home-made jam in the morning were wonderful.",
    "I have never had such good porridge as at your buffet. Thank you to the cook!",
    "The eggs from your own hens and the dark bread made every morning a feast.",
    "What a lovely spread at eight o'clock: fruit, cheese, yoghurt, everything fresh.",
    "Our children still talk of the pancakes you served before we set out each day.",
    "The morning coffee with warm croissants was the best start to the day we could wish for.",
    "Delicious muesli and so many sorts of honey! I got up early just for that.",
    "Full marks for the scrambled eggs and the juice in the mornings, simply perfect.",
    "We loved sitting on the veranda with your excellent waffles before the first tour.",
    "The morning table was rich and tasty, even for a vegetarian like me.",
    "The grandmother who bakes the cinnamon buns for the early risers deserves a medal.",
    "Superb tea and toast at seven, and you even packed us a sandwich. Great!",
    "So much choice on the morning buffet, and all of it good. I could have eaten for hours.",
]
HOSTEL_OTHER = [
    "We came by bicycle from {town} and found a dry shed for our wheels.",
    "The view of the lake from the second floor is marvellous.",
    "It rained on all three days, but we played board games and were happy.",
    "The lady at the desk told us the way to the waterfall. It is worth the walk.",
    "Our second stay here, and surely not the last one.",
    "The key got stuck once, but the caretaker fixed it within minutes.",
    "The shower in our room was only lukewarm.",
    "I left a blue scarf in the cupboard. Could you send it to me, please?",
    "We met two students from {town} and went on with them to the coast.",
    "The beds are comfortable and the sheets smell of lavender.",
    "It would be nice to have a few more hooks for towels.",
    "A short stop on our way to {town}. The bus leaves right at the gate.",
    "Our daughter learned to swim in the bay. We will always remember it.",
    "The stove in the common room kept us warm after the long hike.",
    "The wardrobe door does not close properly.",
    "Friendly people, fair price, clean rooms.",
    "I read two novels in the hammock and did nothing else.",
    "The sunset from the roof terrace was the finest of the whole trip.",
    "Sadly, the museum was closed, but the old town was lovely.",
    "The internet was slow on the top floor.",
    "We celebrated my father's seventieth birthday with a boat trip.",
    "Thank you for lending us the map and the umbrella.",
    "My room was rather small for all my luggage.",
    "We saw a kingfisher by the stream and a fox behind the house.",
    "Next year we want to bring our friends from {town}.",
    "The garden with the old apple trees is a little paradise.",
]


def hostel(draw: random.Random) -> Question:
    """How many of the entries of a guest book are of some sort."""
    total = draw.randint(31, 39)
    first, second = draw.choice([(HOSTEL_NOISE, HOSTEL_FOOD), (HOSTEL_FOOD, HOSTEL_NOISE)])
    question = (
        "How many of the guests complain about noise?"
        if first is HOSTEL_NOISE
        else "How many of the guests praise the breakfast?"
    )
    fitting = draw.randint(6, 12)
    others = draw.randint(4, 7)
    rest = total - fitting - others
    entries = (
        draw.sample(first, fitting)
        + draw.sample(second, others)
        + draw.sample(HOSTEL_OTHER, min(rest, len(HOSTEL_OTHER)))
    )
    names = draw.sample(FIRST, len(entries))
    towns = draw.sample(TOWNS, 12)
    day, month = 1, draw.randint(3, 8)
    lines = []
    for name, entry in zip(names, _shuffled(draw, entries), strict=True):
        lines.append(f"{day} {MONTHS[month]}, {name}: {entry.format(town=draw.choice(towns))}")
        day += draw.choice([0, 1, 1, 2])
        if day > 28:
            day, month = 1, month + 1
    return Question("hostel", question, "\n".join(lines), number=fitting)


# ---------------------------------------------------------------- 4 the most frequent: messages to a sports hall

HALL_TOPICS = {
    "parking": [
        "I drove round the block four times on {day} and in the end left the car at the supermarket.",
        "Delivery vans are standing on the bays reserved for members again.",
        "Could the lines between the cars be repainted? Nobody knows where to stand.",
        "My car was blocked in by a camper van and I could not leave for an hour.",
        "Our visitors got a ticket because there was no room left in front of the hall.",
        "The barrier of the car park did not open for me on {day} although I have a card.",
        "Is it possible to keep two spaces near the door free for disabled drivers?",
        "The office workers from next door leave their cars on our places all day long.",
        "There are far too few spaces when two teams play at the same time.",
        "Who do I ask for a permit so that I may leave my car behind the hall?",
        "Someone scratched my bumper while my car stood in front of the entrance.",
        "The team bus from {town} could not turn round because the yard was full of cars.",
        "Why do we have to pay for leaving the car there while we train?",
        "The big puddle in the car park is ankle deep, one steps right into it when getting out.",
        "People leave their cars across two bays. Could you put up a sign?",
        "On {day} evening there was not one free space for our trainer's car.",
    ],
    "lighting": [
        "Two of the lamps above the left goal have been flickering since {day}.",
        "It is so dark on the stairs that one cannot see the steps.",
        "The bulbs in the changing room went out while we were getting dressed.",
        "Could the spotlights be turned a little? They dazzle our goalkeeper.",
        "The switch for the main lamps does not react any more, we played in the dusk.",
        "The lamp over the back door has been broken for weeks, I could not find the keyhole.",
        "The lamps in the hall go off at nine sharp, in the middle of our game.",
        "Half of the neon tubes over court two are dead.",
        "In the corridor to the showers one needs a torch after sunset.",
        "The new lamps are much too bright for the yoga group, can they be dimmed?",
        "The motion sensor in the toilet leaves people sitting in the dark after a minute.",
        "The lamps in the equipment room burn all night. Can somebody switch them off?",
        "One cannot see the ball in the far corner, it is too gloomy there.",
        "A lamp cover fell down on {day}, now a bare bulb hangs over the bench.",
        "The scoreboard corner is pitch dark, please put a lamp there.",
        "After the power cut on {day} only the emergency lamps came on again.",
    ],
    "cleaning": [
        "The showers have not been scrubbed for ages, there is mould between the tiles.",
        "The bins in the ladies' changing room were overflowing on {day}.",
        "The floor was sticky with lemonade when we arrived.",
        "There was dust as thick as felt under the mats.",
        "Nobody has wiped the mirrors in the dance room this month.",
        "Muddy footprints everywhere on {day}, all the way to the stage.",
        "The toilets were dirty again, please send someone more often.",
        "Hair in every drain and crumbs on all the benches. Disgusting.",
        "Could the windows be washed? One can barely look through them.",
        "The mop and the bucket have gone, so we could not remove the sand after our lesson.",
        "Chewing gum sticks to the seats in row three.",
        "The group before us leaves its bottles and plasters lying about on the floor.",
        "Cobwebs hang from the wall bars, and the ledges are grey with dirt.",
        "The lockers smell of old socks and should be washed out.",
        "The carpet in the entrance needs a good vacuum.",
        "The kitchen sink is full of grime since the party on {day}.",
    ],
}
HALL_OTHER = [
    "Can our badminton group come at eight instead of seven from next month on?",
    "I found a pair of glasses on the stand, they are now at the desk.",
    "Is there still a place in the gymnastics course for beginners?",
    "The coach from {town} asks whether the friendly match still suits you.",
    "Many thanks for the lovely anniversary party!",
    "The volleyball net has a hole in the middle.",
    "How much does it cost to hire the hall for a wedding?",
    "Please tell me when the autumn holidays of the club begin.",
    "My son would like to try table tennis. Whom may I call?",
    "The drinks machine kept my coin.",
]


def sports_hall(draw: random.Random) -> Question:
    """Which of three topics is the most frequent."""
    order = _shuffled(draw, HALL_TOPICS)
    top = draw.randint(13, 16)
    counts = [top, draw.randint(6, 8), draw.randint(5, 8)]
    entries = [e for topic, n in zip(order, counts, strict=True) for e in draw.sample(HALL_TOPICS[topic], n)]
    entries += draw.sample(HALL_OTHER, draw.randint(5, 7))
    entries = entries[:40]
    names = draw.sample(FIRST, len(entries))
    lines = [
        f"{name}: {entry.format(day=draw.choice(DAYS), town=draw.choice(TOWNS))}"
        for name, entry in zip(names, _shuffled(draw, entries), strict=True)
    ]
    shown = _shuffled(draw, HALL_TOPICS)
    question = f"Which of these three do most of the messages concern: {shown[0]}, {shown[1]} or {shown[2]}?"
    return Question("sports_hall", question, "\n".join(lines), needed=[order[0]], choices=shown)


# ---------------------------------------------------------------- 5 gather: the members of a beekeepers' club

BEES_LOST = [
    "In February one of the hives was silent: the whole colony had died.",
    "The long frost cost {x} a colony.",
    "One of the colonies did not live to see the spring.",
    "When the lids were lifted in March, one box held nothing but dead bees.",
    "A colony starved in January, in spite of all the sugar.",
    "Mites finished off one of the colonies before the snow was gone.",
    "{x} had to bury a whole colony at the end of winter.",
    "Of the colonies that went into the cold season, one perished.",
]
BEES_KEPT = [
    "All the colonies came through the winter in good health.",
    "Not one colony died in the cold months.",
    "In March every single hive was humming again.",
    "The winter did no harm to any of the hives.",
    "Every colony that was wrapped up in November flew out again in spring.",
    "The cold season passed without the loss of a colony.",
    "When the crocuses opened, the bees of all the hives were out and about.",
    "After the snow all the boxes were as full of life as before.",
]
BEES_SELL = [
    "The jars go to the weekly market, where they are sold out by noon.",
    "The honey is sold at the garden gate.",
    "A delicatessen in {town} buys the whole harvest.",
    "Anyone may buy a jar from {x} for six euros.",
    "{x} earns a little money with the honey, mostly from tourists.",
    "Two hotels pay a good price for the honey.",
    "The honey is sold by the bucket to a bakery in {town}.",
    "For some years the honey has been on sale in the village shop.",
]
BEES_GIVE = [
    "The honey is never sold; it is all for the family's own table.",
    "{x} gives every jar away to friends and takes no money for it.",
    "All the honey is eaten at home, by five children.",
    "The jars are presents for Christmas, and nobody is asked to pay.",
    "{x} takes no money for the honey and hands it to the old people's home as a gift.",
    "The whole harvest stays in the family's cellar.",
    "Every year the entire crop is donated to the hospital in {town}.",
    "Money plays no part: the neighbours get the honey for nothing.",
]
BEES_INTRO = [
    "{x} lives at the edge of {town} and has kept bees for {n} years.",
    "The hives of {x} stand in an old orchard near {town}.",
    "{x} came to bees through an uncle and has been a member for {n} years.",
    "On a slope above {town} one finds the {n} hives of {x}.",
    "{x} works as a nurse in {town} and looks after the bees at the weekend.",
    "With {n} hives, {x} has one of the bigger apiaries around {town}.",
    "{x} retired {n} years ago and now has time for the bees.",
    "Behind the school of {town}, where lime trees grow, {x} has set up the hives.",
    "{x} drives an old tractor and is known in {town} for it.",
    "Nobody in {town} builds finer frames than {x}.",
    "{x}, who plays the tuba in the band of {town}, joined the club {n} years ago.",
    "For {n} years {x} has been walking the meadows of {town} in a white veil.",
    "{x} paints each hive in another colour, a famous sight in {town}.",
    "The garden of {x} lies beside the railway in {town}.",
]
BEES_FILL = [
    "The lavender along the fence is visited from morning to night.",
    "A new smoker has been ordered, because the old one leaks.",
    "Last summer the rape fields bloomed early.",
    "The bees there are of a gentle kind, and gloves are rarely needed.",
    "In the shed there is an extractor that belonged to the grandfather.",
    "A wasps' nest under the roof caused some trouble in August.",
    "The queen marked with a blue dot is the pride of the place.",
    "School classes like to come by and look through the glass hive.",
    "The stands were raised a little because of the damp.",
    "There is a bench from which the flight boards can be watched.",
    "The water barrel is always full, with corks to sit on.",
    "The next step is to be a course in breeding queens.",
    "A stork likes to stand between the boxes.",
    "The scales under one of the hives send their numbers to a telephone.",
]


def beekeepers(draw: random.Random) -> Question:
    """List the beekeepers of whom something is told."""
    count = draw.randint(11, 13)
    names = draw.sample(LAST, count)
    titles = [draw.choice(["Mr", "Mrs"]) for _ in names]
    ask_lost = draw.random() < 0.5
    fits = set(draw.sample(range(count), draw.randint(4, 6)))
    also = set(draw.sample(range(count), draw.randint(5, 7)))
    lost, sell = (fits, also) if ask_lost else (also, fits)
    texts: dict[str, list[str]] = {key: [] for key in ("lost", "kept", "sell", "give")}
    pools = {"lost": BEES_LOST, "kept": BEES_KEPT, "sell": BEES_SELL, "give": BEES_GIVE}

    def take(key: str) -> str:
        if not texts[key]:
            texts[key] = _shuffled(draw, pools[key])
        return texts[key].pop()

    paragraphs = []
    fills = _shuffled(draw, BEES_FILL)
    for i, intro in enumerate(draw.sample(BEES_INTRO, count)):
        name = f"{titles[i]} {names[i]}"
        middle = [take("lost" if i in lost else "kept"), take("sell" if i in sell else "give"), fills.pop()]
        paragraph = " ".join([intro, *_shuffled(draw, middle)])
        paragraphs.append(paragraph.format(x=name, town=draw.choice(TOWNS), n=draw.randint(4, 30)))
    question = (
        "Which of the beekeepers lost a colony in the winter?"
        if ask_lost
        else "Which of the beekeepers sell their honey?"
    )
    needed = [names[i] for i in sorted(fits)]
    wrong = [names[i] for i in range(count) if i not in fits]
    return Question("beekeepers", question, "\n\n".join(paragraphs), needed=needed, wrong=wrong)


# ---------------------------------------------------------------- 6 gather: the stalls of a flea market

MARKET = {
    "toys": [
        "a dolls' house with all its furniture", "two boxes of building bricks and a teddy bear",
        "a wooden rocking horse in good shape", "a toy railway with forty pieces of track",
        "jigsaw puzzles and a bag of marbles", "a whole fleet of little toy cars",
        "a dozen dolls, some with china heads", "glove puppets and a small puppet theatre",
        "tin soldiers and spinning tops", "cuddly animals of every size",
    ],
    "tools": [
        "hammers, pliers and a set of chisels", "an electric drill and a box of bits",
        "three saws and a good carpenter's plane", "screwdrivers and spanners of all sizes",
        "a heavy vice and several files", "a hand drill and wood clamps from a closed joiner's shop",
        "an axe, a crowbar and two sledgehammers", "a soldering iron and a box full of pincers",
        "an angle grinder and a sander, both working", "a mason's trowels and spirit levels",
    ],
    "musical instruments": [
        "two violins, one of them without strings", "a guitar in a leather case",
        "an accordion with mother-of-pearl keys", "flutes and a clarinet", "a drum kit that must be collected",
        "a trumpet and a dented French horn", "a zither from the Tyrol", "banjos and a ukulele",
        "an old saxophone and its stand", "a cello with a new bow",
    ],
}  # fmt: skip
MARKET_OTHER = [
    "winter coats and felt hats", "oil paintings of ships", "garden chairs and a sunshade",
    "detective novels by the metre", "standard lamps with silk shades", "vinyl records from the sixties",
    "stamps and old postcards", "hand-knitted shawls", "curtains and tablecloths", "picture frames with gold edges",
    "a coffee service for twelve", "leather suitcases", "mirrors and a chest of drawers", "travel guides and maps",
    "silver spoons and a samovar", "potted geraniums", "woollen blankets", "bicycle baskets", "costume jewellery",
    "wicker chairs",
]  # fmt: skip
MARKET_SAY = [
    "{a}; {b} as well.", "{b}, and besides that {a}.", "On the table: {a}, next to {b}.", "Brings {b} and also {a}.",
    "Here you will find {a}, and a corner with {b}.", "Mostly {b}, but {a} too.",
    "{a}, all from one household, and {b}.", "Clearing out the attic: {a}, {b}.",
]  # fmt: skip
MARKET_END = [
    "Opens at seven.", "Please bring small change.", "Under the big plane tree.", "Half price after three o'clock.",
    "First time with us.", "Next to the sausage stand.", "Cards are not accepted.", "Has a van with a blue stripe.",
    "A few things are on the blanket in front.", "Leaves at two because of the train.", "Right by the fountain.",
    "Will deliver within the town.", "Shares the tent with the choir.", "Prices can be talked about.",
]  # fmt: skip


def flea_market(draw: random.Random) -> Question:
    """List the stallholders who sell something."""
    count = draw.randint(12, 14)
    target = draw.choice(list(MARKET))
    fit = draw.randint(4, 6)
    goods = draw.sample(MARKET[target], fit)
    for other, things in MARKET.items():
        if other != target:
            goods += draw.sample(things, 2)
    neutral = _shuffled(draw, MARKET_OTHER)
    while len(goods) < count:
        goods.append(neutral.pop())
    names = draw.sample(LAST, count)
    who = list(zip(goods, names, strict=True))
    right = [name for good, name in who if good in MARKET[target]]
    rows = _shuffled(draw, who)
    says = _shuffled(draw, MARKET_SAY) + _shuffled(draw, MARKET_SAY)
    ends = _shuffled(draw, MARKET_END)
    lines = [
        (
            "Flea market on the Old Harbour Square, list of stalls. Setting up is from six o'clock on; vehicles have "
            "to leave the square by half past seven. Tables can be hired from the caretaker. Dogs on a lead are "
            "welcome."
        )
    ]
    stall = 0
    for (good, name), say, end in zip(rows, says, ends, strict=False):
        stall += draw.choice([1, 1, 2])
        text = say.format(a=good, b=neutral.pop() if neutral else "old bottles")
        title = draw.choice(["Mr", "Mrs"])
        lines.append(f"Stall {stall}, {title} {name}: {text[0].upper()}{text[1:]} {end}")
    lines.append(
        "The market closes at four. Whatever is left must be taken home again; the bins on the square are not for "
        "this. Lost property can be asked for at the kiosk, and the toilets are in the town hall. In case of heavy "
        "rain the stalls move into the covered market, in the same order as above. The square is swept together at "
        "half past four, and every helping hand is welcome; there is cider afterwards."
    )
    return Question(
        "flea_market",
        f"Which of the stallholders sell {target}? Give their names.",
        "\n".join(lines),
        needed=right,
        wrong=[n for n in names if n not in right],
    )


# ---------------------------------------------------------------- 7 sum: the accounts of a school's summer camp

CAMP = {
    "food": [
        "The bread from the village baker cost {a} euros.",
        "For potatoes and onions we paid {a} euros to the farmer.",
        "The milk and the cheese came to {a} euros.",
        "{a} euros went to the butcher for the sausages of the barbecue.",
        "The greengrocer's bill for apples and salad was {a} euros.",
        "At the supermarket {p} bought noodles and tomato sauce for {a} euros.",
        "The birthday cake for {p} was {a} euros.",
        "Ice cream for everybody on the hottest day: {a} euros.",
        "Eggs and butter were {a} euros.",
    ],
    "travel": [
        "The coach there and back cost {a} euros.",
        "The train tickets to {town} were {a} euros for the whole group.",
        "{a} euros had to be paid for the ferry across the lake.",
        "The taxi that took {p} to the station was {a} euros.",
        "For the fuel of the minibus we spent {a} euros.",
        "The cable car up to the ridge came to {a} euros.",
        "On the tram in {town} we spent {a} euros for tickets.",
        "The local bus to {town} took {a} euros out of the purse.",
        "Reserving the seats on the train cost {a} euros.",
    ],
    "craft materials": [
        "The paints and brushes cost {a} euros.",
        "For the clay that the pots were made of we paid {a} euros.",
        "Coloured paper and glue came to {a} euros.",
        "{p} brought wool and felt for the afternoon group, bill: {a} euros.",
        "The wood for the bird boxes was {a} euros.",
        "{a} euros were spent on beads and thread for the bracelets.",
        "The bamboo and the cloth for the kites took {a} euros.",
        "Plaster for the masks was {a} euros.",
        "Candle wax and wicks for the candle workshop: {a} euros.",
    ],
}
CAMP_OTHER = [
    "The rent for the house was {a} euros, paid in advance.",
    "The insurance for the group cost {a} euros.",
    "The chemist's bill for plasters and sun cream was {a} euros.",
    "The entrance to the castle museum came to {a} euros.",
    "A broken window pane cost us {a} euros.",
    "The deposit for the bedding was {a} euros.",
]
CAMP_FILL = [
    "The children liked it very much.", "The receipt is in the brown envelope.", "That was on the second day.",
    "{p} kept the purse that afternoon.", "It had rained all morning.", "Everybody had enough.",
    "We shall know better next year.", "The parents were told about it in the letter of May.",
    "{p} signed for it.", "Nobody was homesick that evening.", "We sang on the way.", "That was a good idea of {p}.",
    "The younger ones went to bed early.", "The weather had turned fine by then.",
    "The purse was a good deal lighter after that.", "The slip of paper got a little wet but can be read.",
    "{p} had compared the prices beforehand.", "Some of the parents had asked about this beforehand.",
    "It was the idea of {p} to keep a list of everything.", "The change was counted twice.",
]  # fmt: skip


def school_camp(draw: random.Random) -> Question:
    """The sum of the amounts for one purpose."""
    target = draw.choice(list(CAMP))
    cents = draw.random() < 0.5

    def amount(low: int = 12, high: int = 98) -> int:
        return draw.randint(low * 100, high * 100) if cents else draw.randint(low, high) * 100

    def shown(value: int) -> str:
        return f"{value / 100:.2f}" if cents else str(value // 100)

    rows = []
    total = 0
    for kind, templates in CAMP.items():
        number = draw.randint(5, 8) if kind == target else draw.randint(3, 5)
        for template in draw.sample(templates, number):
            value = amount()
            total += value if kind == target else 0
            rows.append((template, shown(value)))
    rows += [
        (template, shown(amount(200, 600) if "The rent" in template else amount()))
        for template in draw.sample(CAMP_OTHER, 4)
    ]
    helpers = draw.sample(FIRST, 6)
    fills: list[str] = []
    sentences = []
    for template, cost in _shuffled(draw, rows):
        sentence = template.format(a=cost, p=draw.choice(helpers), town=draw.choice(TOWNS))
        for _ in range(draw.choice([1, 1, 2])):
            fills = fills or _shuffled(draw, CAMP_FILL)
            sentence += " " + fills.pop().format(p=draw.choice(helpers))
        sentences.append(sentence)
    paragraphs = [" ".join(sentences[i : i + 4]) for i in range(0, len(sentences), 4)]
    opening = (
        "Report on the money of our summer camp, for the parents of the class. We were "
        f"{draw.choice(['twenty-two', 'nineteen', 'twenty-six'])} children and three grown-ups, and we stayed for a "
        f"week near {draw.choice(TOWNS)}. All the expenses are told here one by one, in no special order, just as the "
        "slips of paper came out of the box. The house was clean, the weather was mixed, and all of us came home in "
        "good health."
    )
    closing = (
        "If anybody wishes to see the receipts, they can be looked at in the staff room on any school day before noon."
    )
    return Question(
        "school_camp",
        f"How many euros were spent on {target} in all?",
        "\n\n".join([opening, *paragraphs, closing]),
        number=total / 100,
    )


# ---------------------------------------------------------------- 8 the extreme: the boats of a museum harbour

BOATS = [
    "Ariadne", "Bonaventure", "Calypso", "Dorothea", "Esperanza", "Fortuna", "Galatea", "Isolde", "Leonora", "Melusine",
    "Nausicaa", "Ophelia", "Penelope", "Rosalind", "Santorin", "Theodora",
]  # fmt: skip
BOAT_TELL = [
    "The {b} was built in {y} at a yard in {town}. She is {l} metres long and belongs to {p}.",
    "{p} sails the {b}, a vessel of {l} metres. Her keel was laid and finished in {y}, as a brass plate tells.",
    (
        "Near the crane lies the {b}. She measures {l} metres from stem to stern, and a shipwright in {town} built "
        "her in {y}."
    ),
    "Visitors like to photograph the {b}, built in {y}, with her brown sails. The length is {l} metres.",
    (
        "At {l} metres, the {b} just fits into her berth. {p} has all her papers, from the year {y}, when she was "
        "built, up to now."
    ),
    "The {b} carried timber for a long time. The year of her building is {y}, her length {l} metres.",
    "With a length of {l} metres the {b} needs a crew of some size. She has been afloat since she was built in {y}.",
    "In {y} a family from {town} had the {b} built. She is {l} metres in length and is cared for by {p}.",
    "The {b}, {l} metres long, has a cabin panelled in oak. The building year, {y}, is carved over the door.",
    (
        "{p} found the {b} in a barn near {town}. The {l} metres of hull had to be caulked anew; the builder's book "
        "gives {y} as the year she was built."
    ),
    "Beside the fuel pump is the place of the {b}. Built in {y}, she is {l} metres long and still fishes now and then.",
    "The {b} takes school classes out. She was built in {y}, and her length is given as {l} metres.",
]
BOAT_FILL = [
    "Her hull is painted {c}.", "In summer she can be hired by the day.", "A cat called Skipper lives on board.",
    "The engine was replaced not long ago.", "Her bell came from another ship.",
    "She has {k} bunks and a small galley.", "At the harbour festival she always leads the parade.",
    "Her owner varnishes the rails each spring.", "She leans a little to port, but that does no harm.",
    "On Sundays coffee is served on deck.", "The mast can be lowered for the bridges.", "She was once used in a film.",
    "A swallow has built its nest under the awning.", "The ropes were a gift from a closed ropewalk.",
    "She has won no races, but many friends.", "The compass is as big as a soup plate.",
    "A stove keeps the cabin warm in winter.", "In the evening lanterns are lit along the deck.",
    "She was brought here on a low loader.", "Her figurehead has lost its nose.",
    "The anchor is so heavy that two people are needed for it.", "The sails are sewn by hand.",
    "There is a little library in the saloon.", "Children may ring the bell if they ask first.",
]  # fmt: skip


def museum_harbour(draw: random.Random) -> Question:
    """The oldest, newest, longest or shortest of some boats."""
    count = draw.randint(9, 12)
    names = draw.sample(BOATS, count)
    years = draw.sample(range(1888, 1996, 3), count)
    lengths = draw.sample([x / 10 for x in range(72, 260, 7)], count)
    people = [f"{a} {b}" for a, b in _people(draw, count)]
    key = draw.choice(["oldest", "newest", "longest", "shortest"])
    values = years if key in ("oldest", "newest") else lengths
    best = (min if key in ("oldest", "shortest") else max)(range(count), key=lambda i: values[i])
    paragraphs = [
        (
            "A walk round the museum harbour. The pontoons are open from ten to six, and there is no charge. Please "
            "do not step on board without being asked, and keep children by the hand, for the planks may be wet."
        )
    ]
    fills = draw.sample(BOAT_FILL, 2 * count)
    for i, (tell, fill, fill2) in enumerate(
        zip(draw.sample(BOAT_TELL, count), fills[:count], fills[count:], strict=True)
    ):
        told = tell.format(b=names[i], y=years[i], l=lengths[i], town=draw.choice(TOWNS), p=people[i])
        more = f"{fill} {fill2}".format(
            c=draw.choice(["black", "white", "green", "red"]), k=draw.choice(["three", "four", "six"])
        )
        paragraphs.append(f"{told} {more}")
    paragraphs.append(
        "The tour ends at the lamp post with the lifebuoy, where a box for donations is fixed. The harbour society "
        "thanks you for every coin, since ropes and paint have become dear."
    )
    question = {
        "oldest": "Which of the boats is the oldest?",
        "newest": "Which of the boats was built last, that is, is the newest?",
        "longest": "Which of the boats is the longest?",
        "shortest": "Which of the boats is the shortest?",
    }[key]
    return Question(
        "museum_harbour",
        question,
        "\n\n".join(paragraphs),
        needed=[names[best]],
        wrong=[n for i, n in enumerate(names) if i != best],
    )


# ---------------------------------------------------------------- 9 compare: trails

TRAILS = [
    "Badger", "Lynx", "Falcon", "Otter", "Marten", "Bison", "Ibex", "Raven", "Beaver", "Squirrel", "Weasel", "Stag",
]  # fmt: skip
TRAIL_KM = [
    "It is {v} kilometres long.", "The whole way measures {v} kilometres.", "After {v} kilometres one is at the end.",
    "The signpost at the start gives its length as {v} kilometres.", "From beginning to end it is {v} kilometres.",
    "Walkers cover {v} kilometres on it.", "{v} kilometres have to be walked in all.", "Its length is {v} kilometres.",
]  # fmt: skip
TRAIL_UP = [
    "The climb adds up to {v} metres.", "In all one goes up {v} metres.", "There are {v} metres of ascent.",
    "One has to climb {v} metres altogether.", "Its ascent amounts to {v} metres.",
    "Going up, {v} metres have to be overcome.", "The ascent is {v} metres in sum.",
    "Legs feel the {v} metres of climbing.",
]  # fmt: skip
TRAIL_START = [
    "The {t} Trail begins at the church of {town} and follows a brook into the woods.",
    "From the bus stop in {town} the {t} Trail leads across meadows with old fruit trees.",
    "The {t} Trail was opened by the hiking club of {town} and is marked with a white triangle.",
    "Those who like views should take the {t} Trail, which starts above {town}.",
    "The {t} Trail runs along the ridge north of {town}.",
    "Families often choose the {t} Trail near {town}, with its wooden animals.",
    "The {t} Trail passes three farms and a mill before it comes to {town}.",
    "Through the gorge behind {town} goes the {t} Trail, with bridges and ladders.",
]
TRAIL_FILL = [
    "The path is marked in {c}.", "Half way there is a hut with soup and cider.",
    "In spring the slopes are full of cowslips.", "After rain some stones are slippery.",
    "Dogs have to be on a lead in the reserve.", "There is a spring with good water.",
    "A bench was put up at the finest spot.", "In winter it is closed because of falling branches.",
    "An old lime kiln can be seen on the way.", "One may meet goats, which like to be photographed.",
    "The bus goes back every two hours.", "The last stretch is in the shade.",
    "Good shoes are enough, poles are not needed.", "A small chapel invites to a rest.",
    "Blueberries grow along the upper part.", "The car park at the start is free.",
]  # fmt: skip


def trails(draw: random.Random) -> Question:
    """Compare two or three trails, or the difference of two climbs."""
    count = 8
    names = draw.sample(TRAILS, count)
    km = draw.sample([x / 2 for x in range(11, 55)], count)
    up = draw.sample(range(140, 1180, 20), count)
    fills = _shuffled(draw, TRAIL_FILL)
    paragraphs = [
        (
            "Our hiking guide presents eight trails of the region. All of them can be walked in one day, and all can "
            "be reached by bus. The weather on the heights changes quickly, so take a jacket along even on fine "
            "mornings. The figures were measured anew last year by volunteers with a wheel and an altimeter."
        )
    ]
    for start, t, k, u, tk, tu in zip(
        _shuffled(draw, TRAIL_START), names, km, up, _shuffled(draw, TRAIL_KM), _shuffled(draw, TRAIL_UP), strict=True
    ):
        middle = [
            tk.format(v=f"{k:g}"),
            tu.format(v=u),
            fills.pop().format(c=draw.choice(["red", "blue", "yellow"])),
            fills.pop().format(c="green"),
        ]
        paragraphs.append(" ".join([start.format(t=t, town=draw.choice(TOWNS)), *_shuffled(draw, middle)]))
    context = "\n\n".join(paragraphs)
    sort = draw.choice(["two", "three", "difference"])
    some = draw.sample(range(count), 3)
    if sort == "difference":
        a, b = some[:2]
        if up[a] < up[b]:
            a, b = b, a
        question = f"By how many metres is the climb of the {names[a]} Trail greater than that of the {names[b]} Trail?"
        return Question("trails", question, context, number=up[a] - up[b])
    if sort == "two":
        a, b = some[:2]
        best = a if km[a] > km[b] else b
        question = f"Which is longer, the {names[a]} Trail or the {names[b]} Trail?"
        return Question("trails", question, context, needed=[names[best]], choices=[names[a], names[b]])
    best = min(some, key=lambda i: up[i])
    a, b, c = some
    question = (
        f"Which of these has the smallest climb: the {names[a]} Trail, the {names[b]} Trail or the {names[c]} Trail?"
    )
    return Question("trails", question, context, needed=[names[best]], choices=[names[i] for i in some])


# ---------------------------------------------------------------- 10 two steps: the news sheet of a museum

MUSEUM_AREAS = [
    "coins", "butterflies", "old maps", "porcelain", "fossils", "theatre costumes", "clocks", "birds' eggs",
    "toy trains", "tapestries",
]  # fmt: skip
MUSEUM_CARE = [
    "{p} looks after the {a} and has just finished a new catalogue of them.",
    "The {a} are in the hands of {p}, who came to us from a smaller house.",
    "For the {a} it is {p} who is responsible; the keys are kept in a steel cabinet.",
    "{p} takes care of the {a}, and would like to have better showcases for them.",
    "Our {a} are looked after by {p}, with the help of two students.",
    "Since last spring {p} has been in charge of the {a}.",
    "Whoever wishes to see the {a} outside the opening hours should ask {p}, who looks after them.",
    "The care of the {a} lies with {p}, a patient person with very clean gloves.",
]
MUSEUM_CALL = [
    "{p} can be reached on extension {e}.", "The extension of {p} is {e}.", "To speak to {p}, dial {e}.",
    "{p} answers the telephone on {e}.", "Calls for {p} go to extension {e}.",
    "For {p} the number within the house is {e}.", "On extension {e} you will get {p}.",
    "{p} has a new telephone, extension {e}.",
]  # fmt: skip
MUSEUM_HOME = [
    "{p} lives in {t} and comes by train.", "The home of {p} is in {t}.", "{p} drives in from {t} each morning.",
    "{p} has bought a little house in {t} and lives there.", "In {t}, where {p} lives, there is no bus on Sundays.",
    "{p} lives in {t}, right on the market square.", "From {t}, where {p} has a flat, it is half an hour by bicycle.",
    "{p} lives with a big family in {t}.",
]  # fmt: skip
MUSEUM_FILL = [
    "The roof above the west wing has been repaired.", "Last month a school class slept in the hall of statues.",
    "The café has a new coffee machine.", "The lift may be used by visitors with prams.",
    "The attendants have got warm jackets.", "A guided tour takes about an hour.",
    "Umbrellas are to be left at the cloakroom.", "The number of visitors rose a little this year.",
    "On Mondays the house is closed.", "The poster with the elephant was very popular.",
]  # fmt: skip


def museum(draw: random.Random) -> Question:
    """The extension or the town of the person who looks after something."""
    count = 8
    people = _people(draw, count)
    full = [f"{a} {b}" for a, b in people]
    areas = draw.sample(MUSEUM_AREAS, count)
    numbers = draw.sample(range(211, 489), count)
    towns = draw.sample(TOWNS, count)
    fills = _shuffled(draw, MUSEUM_FILL)
    care = [t.format(p=full[i], a=areas[i]) for i, t in enumerate(_shuffled(draw, MUSEUM_CARE))]
    call = [t.format(p=full[i], e=numbers[i]) for i, t in enumerate(_shuffled(draw, MUSEUM_CALL))]
    home = [t.format(p=full[i], t=towns[i]) for i, t in enumerate(_shuffled(draw, MUSEUM_HOME))]

    def block(opening: str, sentences: Iterable[str]) -> str:
        told = _shuffled(draw, [s[0].upper() + s[1:] for s in sentences])
        for _ in range(3):
            told.insert(draw.randint(1, len(told)), fills.pop())
        return opening + " " + " ".join(told)

    context = "\n\n".join([
        "News sheet of the town museum, for staff and friends.",
        block("Our collections have grown, and this is a good moment to say who cares for what.", care),
        block("The telephones were renewed in the autumn, so please throw away the old list.", call),
        block("Many of us have a long way to work, as a round of questions in the break showed.", home),
        (
            "The next news sheet will come out before the summer holidays. Contributions can be left in the tray at "
            "the porter's desk."
        ),
    ])  # fmt: skip
    i = draw.randrange(count)
    if draw.random() < 0.5:
        question = f"What is the telephone extension of the person who looks after the {areas[i]}?"
        others = [str(n) for j, n in enumerate(numbers) if j != i]
        return Question("museum", question, context, needed=[str(numbers[i])], wrong=others)
    question = f"In which town does the person live who looks after the {areas[i]}?"
    others = [t for j, t in enumerate(towns) if j != i]
    return Question("museum", question, context, needed=[towns[i]], wrong=others)


KINDS: Mapping[str, Callable[[random.Random], Question]] = {
    "vet": vet,
    "rowing": rowing,
    "hostel": hostel,
    "sports_hall": sports_hall,
    "beekeepers": beekeepers,
    "flea_market": flea_market,
    "school_camp": school_camp,
    "museum_harbour": museum_harbour,
    "trails": trails,
    "museum": museum,
}
