"""Ten kinds of questions about everyday texts: guides, lists, reports."""

import random
import re

from benchmarks.questions import Question

_WOMEN_TEXT = (
    "Annika Brigitte Carmen Dorothea Elif Fiona Greta Helga Ingrid Johanna Katja Leonie Mireille Nadia Odette Paula "
    "Ramona Silvia Tamara Ursula Yvonne Zelda"
)
WOMEN = _WOMEN_TEXT.split()
_MEN_TEXT = (
    "Anton Bruno Cedric Dimitri Emil Fabian Gregor Henrik Igor Jasper Konrad Lorenz Matteo Niklas Oskar Pascal Ruben "
    "Stefan Tobias Ulrich Viktor Wilfred"
)
MEN = _MEN_TEXT.split()
_SURNAMES_TEXT = (
    "Abernathy Ashdown Barlowe Bellamy Brandt Calloway Castellan Delacroix Dunmore Eberhart Falkner Fenwick Galbraith "
    "Gunderson Haldane Hargreave Holloway Ibsen Jankowski Kessler Kilbride Lachlan Lindqvist Lombardi Macready "
    "Marchetti Mendoza Montague Nakamura Norcross Okafor Ostrander Pemberton Petrov Quigley Radcliffe Rasmussen "
    "Rosenthal Sandoval Schreiber Silvestri Sorensen Tennant Thackeray Trevelyan Ueda Valdez Vasquez Whitaker Wolcott "
    "Yardley Zimmermann Abbasi Baptiste Corrigan Dvorak Esposito Fitzgerald Gallagher Hoffmann Ivanov Jorgensen "
    "Kowalski Lefebvre McAllister Novak Olafsson Pettersson Quintero Reinhardt Sullivan Takahashi Underhill Villanueva "
    "Wakefield Yamamoto Ziegler Ackroyd Beauchamp Cavendish Drummond Ellsworth Farquhar Granville Hathaway Inglewood "
    "Jessop Kingsley Lockhart Mortimer Nightingale Oglethorpe Prendergast Rutherford Sinclair Tremaine Urquhart "
    "Vandermeer Winslow"
)
SURNAMES = _SURNAMES_TEXT.split()


def _person(draw: random.Random, surname: str) -> tuple[str, str, str]:
    """A full name, with its title and pronoun."""
    woman = draw.random() < 0.5
    return (f"{draw.choice(WOMEN if woman else MEN)} {surname}", "Mrs" if woman else "Mr", "she" if woman else "he")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _varied(draw: random.Random, text: str) -> str:
    """The text with one part of every {a|b|c}."""
    return re.sub(r"\{([^{}]*\|[^{}]*)\}", lambda found: draw.choice(found.group(1).split("|")), text)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _woven(
    draw: random.Random, opening: str, telling: list[str], others: list[str], least: int, *, fewest: int = 5
) -> str:
    """The telling sentences in a random order, with other sentences between, in paragraphs."""
    others = draw.sample(others, len(others))
    sentences = list(telling)
    taken = 0
    while taken < len(others) and (taken < fewest or sum(len(s) + 1 for s in sentences) + len(opening) < least):
        sentences.append(others[taken])
        taken += 1
    draw.shuffle(sentences)
    paragraphs = [opening]
    start = 0
    while start < len(sentences):
        size = draw.randint(4, 7)
        paragraphs.append(" ".join(sentences[start : start + size]))
        start += size
    return "\n\n".join(paragraphs)


# 1: one place of a long text

_BRIDGE_HEADS_TEXT = (
    "Alder Birk Crow Dapple Elm Fallow Garth Hazel Iver Juniper Kelder Lark Marl Nettle Oaken Penny Quern Raven Sallow "
    "Thistle Umber Vetch Wether Yarrow Amber Bram Cinder Dunner Ermin Flax Gorse Hollin Ingle Jarrow Keld Linden "
    "Mossen Nun Otter Plover Rush Sedge Tansel Ulls Winter Yewen Bracken Copper"
)
BRIDGE_HEADS = _BRIDGE_HEADS_TEXT.split()
_BRIDGE_TAILS_TEXT = "moor ley wick by den thorpe stead combe field worth holme gate"
BRIDGE_TAILS = _BRIDGE_TAILS_TEXT.split()
_QUARRY_HEADS_TEXT = (
    "Scar Blea Tarn Hag Wray Stang Lofth Gris Threl Aske Borr Cald Dent Egg Fell Gun Hard Kirk Lang Muker Nate Ox Pike "
    "Rook Sled Tur Usk Wath Yock Ains Brough Crack Dufton Feath Gamble Hebb Kett Leyb Mick Orm Peth Ravel Skel Thwait"
)
QUARRY_HEADS = _QUARRY_HEADS_TEXT.split()
_QUARRY_TAILS_TEXT = "sett ridge sides low rigg stone mere cliffe"
QUARRY_TAILS = _QUARRY_TAILS_TEXT.split()
_ANIMALS_TEXT = (
    "badger hedgehog squirrel stag hare boar wolf lynx bear lion eagle owl swan goose peacock rooster falcon raven "
    "stork pelican dolphin salmon pike tortoise lizard snake frog toad beetle bee butterfly dragonfly spider snail "
    "crab lobster horse donkey ram goat bull hound cat unicorn griffin elephant camel monkey"
)
ANIMALS = _ANIMALS_TEXT.split()


BRIDGE_OPENING = (
    "The {name} Bridge {stands|can be found|crosses the stream|spans the valley} {place}, {where the road bends "
    "sharply|between two sloping meadows|beside a disused mill|below a steep wood|in the middle of open "
    "pasture|within sight of the chapel|at the end of a sunken lane|next to a row of brick cottages|not far from the "
    "old tannery}{|, and is easily missed from the main road|, and can be reached on foot only|, and still carries a "
    "good deal of traffic|, and is a favourite with painters}."
)
BRIDGE_EXTRAS = (
    (
        "The parapet is {low|unusually high|capped with slate|patched with brick|made of iron railings} and {leans "
        "slightly outwards|has been scratched by carts|is warm in the afternoon sun|was renewed after a lorry struck "
        "it|is covered with yellow lichen}."
    ),
    (
        "{Swallows|Bats|Wagtails|Sparrows|Wrens} nest {under the arch|in the gaps of the masonry|behind the ivy|in "
        "the drainage holes} {every spring|in most years|in surprising numbers|undisturbed by the traffic}."
    ),
    (
        "Repairs were carried out {shortly after the war|in the nineteen-sixties|a generation ago|over two dry "
        "summers|in several stages}, when {the roadway was widened|the joints were filled with new mortar|steel ties "
        "were put in|the footings were strengthened|the old cobbles were covered with tar|a footpath was added on one "
        "side}."
    ),
    (
        "Heavy lorries {are no longer allowed here|have to take the bypass|may cross at walking pace only|are sent "
        "round by the northern road}, because {the arch is too weak|the lane is too narrow|the bend is dangerous|the "
        "surface has begun to sink}."
    ),
    (
        "{On summer evenings|At weekends|In the school holidays|On warm afternoons} {children fish for "
        "minnows|walkers eat their sandwiches|cyclists stop for a rest|couples sit on the wall|a van sells ice cream} "
        "{here|close by|on the grassy bank|in the shade of the arch}."
    ),
    (
        "The roadway is {just wide enough for a hay wagon|paved with river cobbles|steeper on the western side|nearly "
        "level|humped in the middle}{|, as was usual in this part of the county|, which surprises many drivers|, so "
        "that drivers must sound the horn|, and slippery after frost}."
    ),
    (
        "A {wooden bench|stone trough|small chapel|cast-iron lamp|milestone|telephone box} {on the near side|on the "
        "far side|a few steps away|at the southern end} {is looked after by volunteers|has stood there for as long as "
        "anyone remembers|was given by a local family|is now protected by law|has recently been painted}."
    ),
    (
        "{Old photographs|Picture postcards|Two watercolours|Several engravings} show the place {with a toll "
        "hut|under deep snow|surrounded by elms|crowded with sheep|before the mill was pulled down}, {which is gone "
        "today|and little has changed since|and are worth looking up|though the angle is misleading}."
    ),
    (
        "{The best view is|Photographers should stand|The finest light falls} {on the upstream side|on the downstream "
        "side|below the sluice|on the stile in the hedge|beside the alder trees}{, above all in autumn|, early in the "
        "morning|, shortly before sunset|, when the leaves are down}."
    ),
    (
        "{A toll|A small charge|A fee} was once {levied on every cart|asked of drovers|due for each head of "
        "cattle|taken from strangers}, {but people on foot went free|and led to endless quarrels|which paid for the "
        "upkeep|until the council did away with it}."
    ),
    (
        "The {water|stream|river} below is {shallow and clear|brown with peat|deep and slow|quick and noisy|almost "
        "dry in August}, and {trout can be seen from above|cress grows along the edge|the stones are good for "
        "skimming|cattle come down to drink|the bank is fenced off}."
    ),
    (
        "{Local people|Some villagers|Older residents} {still tell of a treasure hidden in the pier|say that it "
        "brings luck to whistle while crossing|remember when coal was carried over it|call it simply the arch|would "
        "like to see it lit at night}{|, as one can hear in the shop|, and smile when they say so|, half in earnest}."
    ),
)


def _bridge_paragraph(
    draw: random.Random,
    *,
    name: str,
    place: str,
    engineer: str,
    year: int,
    quarry: str,
    animal: str,
    crosser: str,
    keep: str,
) -> str:
    def it() -> str:
        return draw.choice((f"the {name} Bridge", "the bridge", "the bridge"))

    job = draw.choice(
        (
            "a miller",
            "a hop picker",
            "a travelling knife grinder",
            "a cattle dealer",
            "a child of nine",
            "a country doctor",
            "a basket maker",
            "a villager of eighty",
            "a farm hand",
            "a pedlar of ribbons",
            "a young carpenter",
            "a baker with a handcart",
        )
    )
    opening = _varied(draw, BRIDGE_OPENING).format(name=name, place=place)
    facts = {
        "engineer": _upper(
            draw.choice(
                (
                    f"{it()} was designed by {engineer}",
                    f"the plans for {it()} were drawn by {engineer}",
                    f"the designer of {it()} was {engineer}",
                    f"{it()} is the work of the designer {engineer}",
                )
            )
        )
        + draw.choice(
            (
                ", who was paid in three instalments.",
                ", then still at the start of a long career.",
                ", whose drawings are kept in the county archive.",
                " during a single wet winter.",
                " after two earlier proposals had been turned down.",
                ", who never saw it finished.",
                " for a fee that the council thought too high.",
                ".",
            )
        ),
        "year": _upper(
            draw.choice(
                (
                    f"{it()} was opened in {year}",
                    f"the opening took place in {year}",
                    f"traffic was first let over {it()} in {year}",
                    f"{it()} was opened to the public in {year}",
                )
            )
        )
        + draw.choice(
            (
                ", on a cold and windy morning.",
                ", with a brass band and speeches.",
                ", later than planned.",
                " without any ceremony.",
                ", to the relief of the local farmers.",
                ", and the celebration lasted two days.",
                ", in the week of the cattle fair.",
                ".",
            )
        ),
        "quarry": _upper(
            draw.choice(
                (
                    f"the stone for {it()} came from the quarry at {quarry}",
                    f"all the stone in {it()} was cut at the {quarry} quarry",
                    f"the quarry at {quarry} supplied the stone for {it()}",
                    f"{it()} was built with stone from the {quarry} quarry",
                )
            )
        )
        + draw.choice(
            (
                ". Ox carts did the carrying.",
                ". The joints are remarkably fine.",
                ". It has a faint pink tinge.",
                ". By now it has weathered to a soft grey.",
                ". Each block still bears a mason's mark.",
                ". The same stone can be seen in the nearby barns.",
                ". It was hauled over the hills on sledges.",
                ".",
            )
        ),
        "animal": _upper(
            draw.choice(
                (
                    f"the keystone of {it()} has a carved {animal} on it",
                    f"on the keystone of {it()} a {animal} is carved",
                    f"a {animal} has been carved into the keystone of {it()}",
                    f"anybody who looks up at the keystone of {it()} will see a carved {animal}",
                )
            )
        )
        + draw.choice(
            (
                ", rather worn by now.",
                ", no larger than a hand.",
                ", the work of an unknown mason.",
                ", freshly cleaned a few years ago.",
                ", which visitors like to photograph.",
                ", though nobody knows the reason.",
                ", half hidden by moss.",
                ".",
            )
        ),
        "crosser": _upper(
            draw.choice(
                (
                    f"the first person to cross {it()} was {crosser}, {job}",
                    f"{crosser}, {job}, was the first person to cross {it()}",
                    f"the first to walk over {it()} was {crosser}, {job}",
                )
            )
        )
        + draw.choice(
            (
                ", after waiting since dawn.",
                ". The weather was dull and cold.",
                ", to loud applause.",
                ". A dog on a string trotted behind.",
                ". It was pouring with rain.",
                ". Nobody had been asked for permission.",
                ". The crowd cheered.",
                ".",
            )
        ),
    }
    # "a eagle" is no English
    for vowel in "aeiou":
        facts["animal"] = facts["animal"].replace(f" a {vowel}", f" an {vowel}").replace(f"A {vowel}", f"An {vowel}")
    facts["animal"] = facts["animal"].replace("an unicorn", "a unicorn").replace("An unicorn", "A unicorn")
    for fact in list(facts):
        if fact != keep and draw.random() < 0.12:
            del facts[fact]
    extras = [_varied(draw, extra) for extra in BRIDGE_EXTRAS]
    body = list(facts.values()) + draw.sample(extras, draw.randint(4, 5))
    draw.shuffle(body)
    return " ".join([opening, *body])


def bridge_guide(draw: random.Random) -> Question:
    asked = draw.choice(("engineer", "year", "quarry", "animal", "crosser"))
    count = 46
    names = [head + draw.choice(BRIDGE_TAILS) for head in draw.sample(BRIDGE_HEADS, count)]
    surnames = draw.sample(SURNAMES, 2 * count)
    years = draw.sample(range(1788, 1936), count)
    quarries = [(head + draw.choice(QUARRY_TAILS)) for head in draw.sample(QUARRY_HEADS, 44)]
    quarries += ["Swinnergill", "Applebeck"]
    draw.shuffle(quarries)
    animals = draw.sample(ANIMALS, count)
    sides = (
        "to the north of",
        "to the south of",
        "just outside",
        "a short walk from",
        "to the east of",
        "west of",
        "about a mile from",
        "at the edge of",
    )
    towns = (
        "Great Sowden",
        "Little Sowden",
        "Market Ansty",
        "Pellbrook",
        "Temple Garrow",
        "Upper Ridding",
        "Stoke Merrin",
        "Chalkhurst",
        "Drayle",
        "Monks Barrow",
    )
    intro = (
        "A Guide to the Old Bridges of the County\n\nThis guide describes the old stone bridges of the county in no "
        "particular order. Each of them can be visited free of charge, and most lie within a day's walk of the "
        "railway."
    )
    paragraphs, values = [], []
    length = len(intro)
    for i in range(count):
        engineer, crosser = _person(draw, surnames[2 * i])[0], _person(draw, surnames[2 * i + 1])[0]
        paragraph = _bridge_paragraph(
            draw,
            name=names[i],
            place=f"{draw.choice(sides)} {draw.choice(towns)}",
            engineer=engineer,
            year=years[i],
            quarry=quarries[i],
            animal=animals[i],
            crosser=crosser,
            keep=asked,
        )
        paragraphs.append(paragraph)
        values.append(
            {
                "engineer": surnames[2 * i],
                "year": str(years[i]),
                "quarry": quarries[i],
                "animal": animals[i],
                "crosser": surnames[2 * i + 1],
            }[asked]
        )
        length += len(paragraph) + 2
        if length > 36_000:
            break
    target = draw.randrange(len(paragraphs))
    name = names[target]
    text = draw.choice(
        {
            "engineer": (f"Who designed the {name} Bridge?", f"Who was the designer of the {name} Bridge?"),
            "year": (f"In which year was the {name} Bridge opened?", f"When was the {name} Bridge opened?"),
            "quarry": (
                f"Which quarry did the stone for the {name} Bridge come from?",
                f"Where was the stone of the {name} Bridge quarried?",
            ),
            "animal": (
                f"Which animal is carved on the keystone of the {name} Bridge?",
                f"What animal can be seen on the keystone of the {name} Bridge?",
            ),
            "crosser": (
                f"Who was the first person to cross the {name} Bridge?",
                f"Who crossed the {name} Bridge first?",
            ),
        }[asked]
    )
    wrong = [value for value in values if value != values[target] and value.lower() not in text.lower()]
    return Question(
        "bridge_guide", text, "\n\n".join([intro, *paragraphs]), needed=(values[target],), wrong=tuple(wrong)
    )


# 2: asked with other words


def flat_handover(draw: random.Random) -> Question:
    people = draw.sample(SURNAMES, 4)
    tidy, bins = draw.sample(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), 2)
    code = str(draw.randint(2101, 9899))
    bay = str(draw.randint(21, 89))
    meter = draw.choice(("pantry", "hallway", "wardrobe"))
    valve = draw.choice(("bathtub", "sink", "staircase"))
    shade = draw.choice(("Oyster", "Magnolia", "Buttermilk", "Pebble", "Apricot"))
    wash = draw.choice(("attic", "basement", "outbuilding"))
    net = draw.choice(("Telvora", "Brightline", "Nexaro", "Quickfibre"))
    heir = draw.choice(("uncle", "aunt", "grandmother", "godfather", "cousin"))
    month = draw.choice(("January", "February", "September", "October", "November"))
    job = draw.choice(("violinist", "dentist", "translator", "pilot", "florist"))
    square = draw.choice(("Kestrel Square", "Falcon Square", "Tulip Square", "Garrison Square"))
    shop = draw.choice(("bakery", "pharmacy", "bookshop", "hairdresser"))
    oven = draw.choice(("Velkora", "Nordahl", "Tessin", "Pellmann"))
    facts = [
        (
            (
                f"Dripping taps, loose handles and the like are seen to by the caretaker, Mr {people[0]}, who has a "
                "small room on the ground floor but no keys to the flats."
            ),
            ("Who do I call when some little thing needs repairing?", "Who fixes small things that are broken?"),
            people[0],
        ),
        (
            f"The door of the bicycle cellar opens when the code {code} is entered on the grey pad.",
            ("What do I have to type in to get at my bike?", "Which number lets me into the place where my bike is?"),
            code,
        ),
        (
            f"Household rubbish is collected every {bins}, and the bins should stand at the kerb before breakfast.",
            ("On which day is the trash picked up?", "What day of the week does the garbage truck come?"),
            bins,
        ),
        (
            f"A spare key is held by Mrs {people[1]}, who lives across the road and is nearly always at home.",
            ("Who can help me if I have locked myself out?", "I am shut out of my flat. Who can let me in?"),
            people[1],
        ),
        (
            f"The electricity meter hangs in the {meter}, behind a white cover.",
            ("Where do I read off how much power I have used?", "Where can I see my power consumption?"),
            meter,
        ),
        (
            f"The main stopcock for the water is under the {valve} and turns to the right.",
            (
                "A pipe has burst. Where do I turn off the supply?",
                "There is a leak: where is the place to shut everything off?",
            ),
            valve,
        ),
        (
            f"Bay {bay} behind the building goes with this flat, and a car of normal size fits into it.",
            ("What is the number of my parking space?", "Which parking spot am I allowed to use?"),
            bay,
        ),
        (
            f"The walls of the living room were last painted in a shade called {shade}.",
            (
                "Which colour should I buy for touching up the sitting room?",
                "What colour do I need for covering scratches in the lounge?",
            ),
            shade,
        ),
        (
            f"The washing machines, which all households share, are in the {wash}.",
            ("Where can I do my laundry?", "Where do I get my dirty clothes clean?"),
            wash,
        ),
        (
            f"The internet connection is supplied by {net} and is already switched on.",
            ("Which company provides the Wi-Fi?", "Which company gets me online?"),
            net,
        ),
        (
            f"The landlady, Mrs {people[2]}, inherited the building from her {heir} and has let it ever since.",
            (
                "Which relative left the house to its owner?",
                "Which member of her family did the owner get the house from?",
            ),
            heir,
        ),
        (
            f"The tiled stove burns logs only, and the chimney sweep looks it over every {month}.",
            ("In which month is the wood burner inspected?", "What month does somebody come to check the fireplace?"),
            month,
        ),
        (
            f"The last tenant, a {job} by profession, left the curtains and the shelves behind.",
            ("What did the person who lived here before me do for a living?", "What was the previous occupant's job?"),
            job,
        ),
        (
            f"Trams leave every few minutes from {square}, which is two corners away.",
            ("Where is the nearest public transport?", "Where do I go to catch public transport?"),
            square.split()[0],
        ),
        (
            f"Parcels that arrive while nobody is in are taken by the {shop} next door.",
            (
                "Where do I pick up a delivery that came in my absence?",
                "A package came when I was out. Where can I fetch it?",
            ),
            shop,
        ),
        (
            f"The oven was made by {oven} and bought new last spring.",
            ("What brand is the cooker?", "Which manufacturer is the cooker from?"),
            oven,
        ),
        (
            f"The stairwell is swept and mopped every {tidy}, so please keep it clear of shoes.",
            (
                "On which day are the common stairs cleaned?",
                "What day does somebody come to clean the steps outside my door?",
            ),
            tidy,
        ),
    ]
    others = [
        "The windows facing the yard were replaced a short while ago and close very tightly.",
        "The floorboards are old and should be wiped with a damp cloth, never with a wet one.",
        "Nails may be put into the plaster, but the holes have to be filled before the flat is handed back.",
        "The balcony gets the sun from noon onwards, and geraniums do well there.",
        "Ball games in the yard are fine as long as nobody complains about the noise.",
        "The doorbell is rather quiet, so visitors should press it twice.",
        "The bedroom door sticks a little when the air is damp.",
        "Smoke alarms are fitted in all rooms except the bathroom.",
        "There is a cupboard for brooms and buckets beside the entrance.",
        "The bathroom has no window, but the fan runs whenever the light is on.",
        "Please air the rooms twice a day in winter, so that no mould can form.",
        "The name plate by the bell will be changed within the first days.",
        "The blinds in the kitchen were put up by hand and need a gentle pull.",
        "Two of the four hotplates heat up faster than the others.",
        "The ceiling lamp in the corridor takes an ordinary screw-in bulb.",
        "Barbecues are allowed in the yard but not on the balcony.",
    ]
    opening = (
        "Notes for the new tenant. Welcome to the flat on the second floor. The following pages sum up what is worth "
        "knowing about the rooms and the building, so that nobody has to ask twice."
    )
    _, texts, value = draw.choice(facts)
    context = _woven(draw, opening, [fact[0] for fact in facts], others, 2_600, fewest=7)
    wrong: tuple[str, ...] = {bins: (tidy,), tidy: (bins,)}.get(value, ())
    if value in people:
        wrong = tuple(name for name in people[:3] if name != value)
    return Question("flat_handover", draw.choice(texts), context, needed=(value,), wrong=wrong)


# 3: how many, judged by meaning

SLOW = (
    "We sat there for three quarters of an hour before anybody so much as asked what we would like to drink.",
    (
        "My soup came when the others at the table had long since finished their dessert. Far too slow for a weekday "
        "lunch."
    ),
    "Nice room, but it took an eternity until the main course was finally brought to us. That must go faster.",
    "An hour and ten minutes for two plates of spaghetti! The children had fallen asleep by the time they came.",
    "We had to ask three times where our food was, and it still did not come until much later. Please speed things up.",
    "Getting the bill was a test of patience: we had our coats on for half an hour before somebody brought it.",
    "We gave up and left after fifty minutes, as nothing we had ordered had reached our table by then.",
    "Tasty fish, but the gap between the starter and the fish was so long that we played two rounds of cards.",
    "We missed the beginning of our film because the kitchen needed so much time for a simple omelette.",
    "Nobody came to take our order for ages, although we waved again and again. We were really hungry by then.",
    "The service is much too slow. I spent my whole lunch break looking at an empty plate and had to run back to work.",
    (
        "Be warned if you are in a hurry: from sitting down to the first bite it was well over an hour, and that "
        "annoyed us."
    ),
    "I could have baked the pizza at home, twice over, in the time that it took you to bring one to our table.",
    "Good steak, I admit, but please, ninety minutes from ordering to eating is simply not acceptable.",
    "Our drinks turned up only after the meal was over, so long did the bar take to pour two glasses of wine.",
    "I grew so tired of sitting around with no food in front of me that I ate all the breadsticks of the next table.",
    "You should hire more people: it dragged on all evening, and between any two courses we nearly nodded off.",
    "My elderly father found it hard to sit for so long until the meal arrived. Forty-five minutes for a salad!",
    "A pity about the pace. The dessert we had ordered at eight was set before us at a quarter past nine.",
    "We were told ten minutes and it became fifty. Next time please be honest about how long a dish takes.",
)
NOT_SLOW = (
    "The goulash was barely lukewarm and had a skin on top. I would have sent it back if I had not been with clients.",
    "The lemon tart was the best that I have eaten in years. Please pass on my compliments to the kitchen.",
    "Far too loud. We had to shout across the table, and the music over our heads was turned up the whole evening.",
    "Twelve euros for a small glass of house wine is too much, however pretty the glass may be.",
    "Our waiter was charming and knew every dish by heart. He even found a cushion for my mother.",
    "The potatoes were salted twice, it seems. I drank a whole jug of water with them and was still thirsty.",
    "What a lovely terrace! The lanterns in the trees made our anniversary quite special.",
    "There was a draught from the door all evening, so my wife kept her coat on while she was eating.",
    "I should like to see more dishes without meat on the menu. One risotto is not much of a choice.",
    "The toilets were not clean: no soap, no towels, and the floor was wet.",
    "Very good value. The set lunch filled us all up, and the coffee afterwards was free.",
    "The young lady who served us was rude to my son when he dropped his fork. We did not like that at all.",
    "Thank you for finding my grandmother's scarf under the bench and for keeping it safe for us.",
    "The chicken was dry as straw, and the sauce that came with it tasted of flour.",
    "We were amazed how quickly everything was on the table, and it was piping hot as well. Well done!",
    "There was a mistake in the bill: we were charged for two bottles of water that we never had.",
    "The chairs are beautiful to look at but so hard that my back hurt for the rest of the day.",
    "Could you print the menu in larger letters? Without my glasses I could not read a line of it.",
    "The mushroom ravioli are a dream, and the portion was so big that I took half of it home.",
    "There was a hair in my salad. It was replaced with an apology, but I had lost my appetite.",
    "Lovely flowers on the tables, and such friendly people at the door. We felt at home at once.",
    "Our little daughter was given crayons and a drawing pad, which kept her happy. A kind idea.",
    "I told the waitress about my nut allergy, and still the cake was sprinkled with almonds. That is dangerous.",
    "The light over our table was so dim that we could hardly see what was on our plates.",
    "The new chef knows how to cook fish. The trout was crisp outside and tender inside.",
    "The dining room smelled strongly of frying fat, and so did our clothes on the next morning.",
    "We liked the live piano very much. Please tell the pianist that she plays wonderfully.",
    "The steak was well done although I had asked for it rare. A grey and chewy piece of meat.",
    "The portions have become smaller and the prices higher since we were here in spring.",
    "Your cheese board is excellent, above all the goat's cheese with figs. We shall be back for it.",
)


def restaurant_cards(draw: random.Random) -> Question:
    total = draw.randint(18, 28)
    count = draw.randint(5, min(11, total - 8))
    items = draw.sample(SLOW, count) + draw.sample(NOT_SLOW, total - count)
    draw.shuffle(items)
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    where = ("by the window", "on the terrace", "in the back room", "near the bar", "in the corner", "upstairs")
    lines = [f"- ({draw.choice(days)}, table {draw.choice(where)}) {item}" for item in items]
    text = draw.choice(
        (
            "How many of these guests complain that they had to wait too long?",
            "How many of the comment cards are complaints about slow service or long waiting?",
            "How many guests were unhappy with how long they had to wait?",
        )
    )
    return Question("restaurant_cards", text, "\n".join(lines), number=float(count))


# 4: the most frequent category

LOST = {
    "clothing": (
        "a grey woollen scarf",
        "a pair of knitted gloves",
        "a green raincoat",
        "a blue denim jacket",
        "a straw hat with a ribbon",
        "a striped cardigan",
        "a pair of brown corduroy trousers",
        "a white linen shirt",
        "a red bobble cap",
        "a black silk tie",
        "a thick fleece pullover",
        "a long pleated skirt",
        "a padded winter coat",
        "a pair of woollen socks",
        "a checked waistcoat",
        "a yellow summer dress",
        "a hooded sweatshirt",
    ),
    "electronics": (
        "a mobile phone with a cracked screen",
        "a laptop computer",
        "a pair of wireless headphones",
        "a tablet computer with a grey cover",
        "a digital camera",
        "a phone charger with a white cable",
        "an e-book reader",
        "a portable loudspeaker",
        "a computer mouse",
        "a USB memory stick",
        "a battery pack for phones",
        "a pocket calculator",
        "a portable radio",
        "a computer keyboard",
        "a video camera",
        "a satellite navigation device",
        "a voice recorder",
    ),
    "toys": (
        "a plush rabbit with one ear",
        "a doll with plaited hair",
        "a wooden toy train",
        "a box of building blocks",
        "a teddy bear in a red jumper",
        "a spinning top",
        "a skipping rope",
        "a toy fire engine",
        "a bag of marbles",
        "a jigsaw puzzle of a castle",
        "a hand puppet of a crocodile",
        "a kite with a long tail",
        "a plastic dinosaur",
        "a set of toy soldiers",
        "a yo-yo",
        "a doll's pram",
        "a rattle for babies",
    ),
    "books": (
        "a paperback crime novel",
        "a hardback life of Mozart",
        "a Spanish dictionary",
        "a field guide to mushrooms",
        "a volume of love poems",
        "a travel guide to Norway",
        "a cookery book with stained pages",
        "a thick historical novel",
        "a school atlas",
        "a collection of ghost stories",
        "a handbook of chess openings",
        "a romance in large print",
        "a textbook on anatomy",
        "a book of fairy tales",
        "a paperback science fiction novel",
        "a Latin grammar",
        "a volume of short stories by Chekhov",
    ),
    "tools": (
        "a claw hammer",
        "a pair of pliers",
        "an adjustable spanner",
        "a spirit level",
        "a set of chisels",
        "a screwdriver with a yellow handle",
        "a hand saw in a sheath",
        "a wood plane",
        "a mason's trowel",
        "a wire cutter",
        "a hand drill with a crank",
        "a crowbar",
        "a metal file",
        "a rubber mallet",
        "a socket wrench",
        "a bolt cutter",
        "a staple gun",
    ),
}


def lost_property(draw: random.Random) -> Question:
    kinds = draw.sample(sorted(LOST), draw.choice((3, 4)))
    top = draw.choice(kinds)
    if len(kinds) == 4:
        counts = {kind: draw.randint(3, 6) for kind in kinds}
    else:
        counts = {kind: draw.randint(5, 7) for kind in kinds}
    second = max(counts[kind] for kind in kinds if kind != top)
    counts[top] = second + draw.randint(4, 6)
    while sum(counts.values()) < 21:
        counts[top] += 1
    while sum(counts.values()) > 29:
        least = max((kind for kind in kinds if kind != top), key=lambda kind: counts[kind])
        counts[least] -= 1
    items = [thing for kind in kinds for thing in draw.sample(LOST[kind], counts[kind])]
    draw.shuffle(items)
    lines = []
    for thing in items:
        place = draw.choice(
            (
                "on a seat in the waiting room",
                "in the luggage rack of the night train",
                "under a bench on platform two",
                "next to the ticket machine",
                "on the floor of a second-class carriage",
                "beside the escalator in the main hall",
                "at the window of the coffee stand",
                "in a compartment of the morning express",
                "on top of a locker near the exit",
                "on the steps of the underpass",
            )
        )
        finder = draw.choice(
            (
                "handed in by a cleaner",
                "handed in by a traveller",
                "brought in by the conductor",
                "found by the guard",
                "brought over by the coffee seller",
                "picked up by a passer-by",
            )
        )
        tail = draw.choice(
            (
                "nobody has asked for it so far",
                "no name on it",
                "in good condition",
                "slightly wet",
                "kept on the upper shelf",
                "owner not known",
            )
        )
        lines.append(f"- {_upper(thing)}, {place}, {finder}; {tail}.")
    options = draw.sample(kinds, len(kinds))
    named = ", ".join(options[:-1]) + " or " + options[-1]
    text = draw.choice(
        (
            f"Which of these is most frequent among the things found: {named}?",
            f"What was found most often: {named}?",
            f"Which group do most of the lost things belong to: {named}?",
        )
    )
    return Question("lost_property", text, "\n".join(lines), needed=(top,), choices=tuple(options))


# 5: all names with a property


def choir_concert(draw: random.Random) -> Question:
    town = draw.choice(("Brackenford", "Altmere", "Sankt Veit", "Hollenbach"))
    coming, absent = draw.randint(4, 7), draw.randint(4, 8)
    singers = [(name, "she", "her", "her") for name in draw.sample(WOMEN, 9)]
    singers += [(name, "he", "his", "him") for name in draw.sample(MEN, 9)]
    draw.shuffle(singers)
    yes = (
        "{n} has promised to sing, and {s} has already bought the train ticket to " + town + ".",
        "{n} wrote on the list that {s} will be there, as at every concert so far.",
        "We can count on {n}, who has taken the Saturday off so that {s} can sing with us.",
        "{n} was in doubt because of a sore throat, but the doctor has given {p} leave, and {s} is coming.",
        "{n} said yes at once and will bring the spare music stands.",
        "{n} is taking part as well and has asked for a place in the front row.",
        "{n} confirmed by telephone that {s} will sing, even though it means a long drive for {m}.",
        "{n} will be with us on the day and has offered to lead the warming up.",
        "{n} has moved {p} holiday by a week in order to sing in " + town + ".",
        "From {n} we have a firm yes, and {s} will take the two o'clock train with the main group.",
    )
    no = (
        "{n} cannot come, because {s} has to work on that Saturday.",
        "{n} has sent {p} apologies: {s} will be at a wedding abroad.",
        "We have to do without {n}, who is having {p} knee operated on in that week.",
        "{n} has lost {p} voice and has told us that {s} will not sing this time.",
        "{n} is staying at home with {p} newborn twins and will miss the concert.",
        "{n} thought about it for a long while but has now said no for certain.",
        "{n} will be on a business trip until the following Tuesday, so {s} is not able to sing.",
        "{n} has crossed {p} name off the list, as {s} is moving house on the same day.",
        "{n} would have liked to join us, but {s} has an examination on that day and had to decline.",
        "On {n} we cannot count: {s} is pausing until after the summer.",
    )
    telling, names = [], []
    forms = draw.sample(yes, coming) + draw.sample(no, absent)
    for (name, subject, possessive, obj), template in zip(singers, forms, strict=False):
        telling.append(template.format(n=name, s=subject, p=possessive, m=obj))
        names.append(name)
    # "has given her leave" and "has given him leave"
    telling = [sentence.replace("has given his leave", "has given him leave") for sentence in telling]
    others = [
        "The programme begins with the two psalms and ends with the folk songs from the north.",
        "The hall has an excellent sound but rather few lamps, so a small torch for the folder is useful.",
        "Black clothes are fine, and the blue scarves will be handed out behind the stage.",
        "The piano will be tuned on the morning of the concert.",
        "The doors open at seven, and the concert starts half an hour later.",
        "Half of the seats have been sold in advance, mostly to subscribers of the hall.",
        "There will be soup and bread for all singers in the interval.",
        "The last piece needs more work on the entry of the tenors.",
        "Water bottles may be taken on the stage if they are kept out of sight.",
        "The local paper has announced a report with a photograph.",
        "The notes for the encore are in the grey folder on the shelf by the door.",
        "The coats can be left in the room behind the organ, which will be locked.",
        "The conductor asks everybody to know the first song by heart.",
        "The sopranos stand on the left this time, and the basses at the back.",
        "Whoever travels by car can use the yard of the fire station.",
        "The collection at the exit goes to the new roof of the hall.",
        "The second rehearsal showed that the slow movement must not drag.",
        "A recording will be made for the archive but not put on sale.",
        "The stage is narrow, so the rows have to stand close together.",
        "The hall asks us not to move the big vases beside the steps.",
        "Two of the folk songs are sung without the piano this year.",
        "The posters have been put up in the library and at the baker's.",
    ]
    opening = (
        f"Our spring concert in {town} takes place on the last Saturday of April. Here is where things stand, with "
        "the replies of the singers in the order in which they reached us, and a few notes on the programme."
    )
    text = draw.choice(
        (
            f"Which singers will take part in the concert in {town}? Please name all of them.",
            f"Who is coming along to sing in {town}?",
            f"List everybody who will sing at the concert in {town}.",
        )
    )
    return Question(
        "choir_concert",
        text,
        _woven(draw, opening, telling, others, 2_500, fewest=7),
        needed=tuple(names[:coming]),
        wrong=tuple(names[coming:]),
    )


# 6: a sum


def road_trip(draw: random.Random) -> Question:
    towns = draw.sample(
        (
            "Valmora",
            "Pontelle",
            "Sarvane",
            "Brissac",
            "Lorienne",
            "Montavel",
            "Casteluc",
            "Arvigny",
            "Terrasol",
            "Beaulance",
            "Corvane",
            "Fontarelle",
            "Gravenne",
            "Oliveta",
            "Ravello Alto",
            "Santerre",
            "Ardenza",
            "Miravent",
            "Polligny",
            "Vernasca",
            "Trevalle",
            "Sillans",
            "Rocamora",
            "Estrelle",
            "Bellanova",
            "Marsanne",
        ),
        26,
    )
    family = draw.choice(("Jansens", "Hubers", "Bakkers", "Lindgrens", "Moreaus"))
    fuel = (
        "In {t} they filled up the tank for {a} euros.",
        "The petrol was getting low near {t}, and filling up there cost {a} euros.",
        "They bought petrol for {a} euros at a lonely station outside {t}.",
        "Before the long climb to {t} they paid {a} euros for a full tank.",
        "At the motorway station by {t} the petrol came to {a} euros.",
        "The father filled the tank in {t} while the children slept, and paid {a} euros for it.",
        "In {t} the pump stopped at exactly {a} euros, and the car had petrol again.",
        "Petrol was cheap in {t}, so they filled up although the tank was half full, which cost {a} euros.",
        "They reached {t} with the warning lamp on and put petrol for {a} euros into the tank.",
        "The next petrol was bought in {t}, where they left {a} euros at the till for it.",
        "On the way out of {t} they filled up once more, this time for {a} euros.",
        "A friendly attendant in {t} filled their tank and asked for {a} euros.",
    )
    camp = (
        "The campsite in {t} charged them {a} euros for the night.",
        "They spent the night on a campsite near {t}, which cost {a} euros.",
        "For a pitch under the pines at the campsite of {t} they paid {a} euros.",
        "At the campsite of {t} the night came to {a} euros.",
        "In {t} they found the last free place on the campsite and paid {a} euros for it.",
        "The campsite by the lake in {t} was pretty and cost {a} euros.",
        "They put up the tent at the campsite in {t} for {a} euros.",
        "The owner of the campsite in {t} asked for {a} euros and threw in fresh rolls.",
        "A quiet campsite in {t} took {a} euros from them for one night.",
        "The night at the crowded campsite of {t} set them back {a} euros.",
        "They stayed one night at the campsite in {t}, and {a} euros were due in advance.",
        "Because of the late hour they took the first campsite in {t}, for {a} euros.",
    )
    rest = (
        "Lunch at a market stall in {t} came to {a} euros.",
        "In {t} they went to see the caves, and the tickets cost {a} euros.",
        "The motorway toll before {t} was {a} euros.",
        "The children were given straw hats in {t}, for {a} euros in all.",
        "They bought bread, cheese and peaches in {t} for {a} euros.",
        "A boat ride on the lake of {t} cost {a} euros for all of them.",
        "In {t} they had pizza for {a} euros.",
        "The mother chose a blue pottery bowl in {t} and paid {a} euros for it.",
        "The cable car above {t} cost {a} euros there and back.",
        "Ice cream for everybody in {t} came to {a} euros.",
    )
    asked = draw.choice(("fuel", "camp"))
    count = draw.randint(6, 12)
    main, side = (fuel, camp) if asked == "fuel" else (camp, fuel)
    amounts = draw.sample(range(34, 79) if asked == "fuel" else range(22, 58), count)
    telling = [
        template.format(t=towns.pop(), a=amount)
        for template, amount in zip(draw.sample(main, count), amounts, strict=True)
    ]
    more = draw.sample(side, draw.randint(3, 5)) + draw.sample(rest, draw.randint(4, 7))
    telling += [template.format(t=towns.pop(), a=draw.randint(18, 69)) for template in more]
    others = [
        "The radio lost its signal in the mountains, so they sang instead.",
        "A herd of goats blocked the road and would not be hurried.",
        "The map had been folded so often that a whole valley was missing.",
        "The youngest collected feathers and kept them in the glove box.",
        "It was so hot that they drove with wet towels round their necks.",
        "They swam in a river whose water was as cold as ice.",
        "A thunderstorm kept them awake, but the tent stayed dry.",
        "The grandmother telephoned every other evening and wanted to hear everything.",
        "They took the coast road, which was slower but far prettier.",
        "The dog, who had never seen the sea, barked at every wave.",
        "At a crossing they turned left instead of right and found a field of sunflowers.",
        "In the evenings they played cards by the light of a lantern.",
        "The bicycle rack rattled until the father tied it with a shoelace.",
        "Nobody wanted to be the one who did the washing-up.",
        "The eldest wrote postcards to all her friends.",
        "They met the same Danish couple in three different places.",
        "One morning the mist lay so thick that they could not see the road.",
        "The back seat was soon full of shells, crumbs and comic books.",
        "They tried to learn ten words of the language and managed four.",
        "Every one of them had a different favourite place.",
        "A mosquito net turned out to be the best thing that they had packed.",
    ]
    opening = (
        f"Two weeks on the road. The {family} had planned the journey for a long time: through the south by car, with "
        "a tent, and without any fixed aim. The mother kept a note of everything that was paid on the way."
    )
    text = draw.choice(
        (
            f"How much did the {family} spend on petrol altogether?",
            f"What did the petrol cost the {family} in total on the whole trip?",
        )
        if asked == "fuel"
        else (
            f"How much did the {family} pay for campsites altogether?",
            f"What did the campsites cost the {family} in total on the whole trip?",
        )
    )
    return Question(
        "road_trip", text, _woven(draw, opening, telling, others, 2_300, fewest=8), number=float(sum(amounts))
    )


# 7: the largest, smallest, first or last


def pumpkin_show(draw: random.Random) -> Question:
    count = draw.randint(6, 9)
    names = draw.sample(SURNAMES, count)
    weights = draw.sample(range(112, 390, 7), count)
    days = draw.sample(range(0, 45, 2), count)
    telling = []
    weighing = (
        "On the scales the pumpkin of {n} showed {w} kilograms.",
        "The pumpkin that {n} had brought weighed {w} kilograms, which nobody had guessed.",
        "{n} needed two helpers to lift a pumpkin of {w} kilograms from the trailer.",
        "For {n} the judges wrote down a weight of {w} kilograms.",
        "{n} came with a smooth orange pumpkin that weighed {w} kilograms.",
        "The pumpkin grown by {n} reached {w} kilograms.",
        "A pumpkin of {w} kilograms was entered by {n}, wrapped in an old blanket.",
        "{n} took part for the second time, with a pumpkin weighing {w} kilograms.",
        "When the pumpkin of {n} was put on the scales, the needle stopped at {w} kilograms.",
    )
    sowing = (
        "{n} had sown the seed on {d}, in a pot on the window sill.",
        "In the garden of {n} the seed went into the ground on {d}.",
        "On {d} the seed was sown by {n}, who marks such things in the calendar.",
        "As for the sowing, {n} named {d} as the day.",
        "{n} told the judges that the seed had been sown on {d}.",
        "The pumpkin of {n} was sown on {d}, under a sheet of glass.",
        "{n} sowed on {d}, in a bed full of compost.",
        "The sowing day of {n} was {d}.",
        "According to the entry form, {n} sowed on {d}.",
    )
    for i, (w, s) in enumerate(zip(draw.sample(weighing, count), draw.sample(sowing, count), strict=True)):
        person = f"{draw.choice(('Mr', 'Mrs'))} {names[i]}"
        day = f"{days[i] + 1} April" if days[i] < 30 else f"{days[i] - 29} May"
        telling += [_upper(w.format(n=person, w=weights[i])), _upper(s.format(n=person, d=day))]
    others = [
        "The hall was decorated with sheaves of corn and paper lanterns.",
        "A brass trio played in the corner and was given cake for it.",
        "The scales had been borrowed from the grain merchant and tested twice.",
        "The soup kitchen at the entrance had sold out by noon.",
        "Most growers swear by horse manure, a few by nettle water.",
        "A dry August made watering the main task of the season.",
        "Children could carve lanterns at a long table outside.",
        "One visitor asked whether such giants can be eaten, and was told that they taste of very little.",
        "The judges wore white gloves and took their time.",
        "Slugs had been the great worry in the early summer.",
        "The prize is a copper watering can with the name of the winner engraved.",
        "In the yard a forklift stood ready for the heaviest loads.",
        "Growers turn the fruit a little every week, so that it does not become flat on one side.",
        "The oldest visitor had come by bus from the far end of the county.",
        "After the show the seeds are dried and given away.",
        "Sun shades made of bed sheets have proved useful against cracks in the skin.",
        "A photographer asked everybody to smile and to hold still.",
    ]
    opening = (
        "The pumpkin show. Every autumn the gardeners of the county bring their giants to the old grain hall, where "
        "each of them is weighed in front of the public. The entry form also asks for the day of sowing. This is "
        "the report on this year's show."
    )
    asked = draw.choice(("heavy", "light", "first", "last"))
    pick = {"heavy": max, "light": min, "first": min, "last": max}[asked]
    winner = pick(range(count), key=lambda i: (weights if asked in ("heavy", "light") else days)[i])
    text = draw.choice(
        {
            "heavy": ("Whose pumpkin was the heaviest?", "Who brought the pumpkin with the greatest weight?"),
            "light": ("Whose pumpkin was the lightest?", "Who brought the pumpkin with the lowest weight?"),
            "first": ("Which of the growers sowed first?", "Who was the earliest to sow the pumpkin seed?"),
            "last": ("Which of the growers sowed last?", "Who was the latest to sow the pumpkin seed?"),
        }[asked]
    )
    return Question(
        "pumpkin_show",
        text,
        _woven(draw, opening, telling, others, 2_300, fewest=6),
        needed=(names[winner],),
        choices=tuple(names),
    )


# 8: a comparison by two attributes


def vacuum_test(draw: random.Random) -> Question:
    asked_count = draw.choice((2, 2, 3))
    models = draw.sample(
        ("Corvo", "Lumera", "Zephyra", "Tornado", "Dustina", "Silvano", "Brisko", "Mistrala", "Purela", "Vortan"),
        draw.randint(6, 7),
    )
    count = len(models)
    asked = sorted(draw.sample(("price", "noise", "runtime"), 2))
    while True:
        values = {
            "price": draw.sample(range(129, 480, 10), count),
            "noise": draw.sample(range(60, 83), count),
            "runtime": draw.sample(range(24, 59), count),
        }
        chosen = draw.sample(range(count), asked_count)
        wrong = {values[key][i] for key in values for i in range(count) if i not in chosen}
        gaps = {abs(values[key][i] - values[key][j]) for key in values for i in chosen for j in chosen}
        if not gaps & wrong:
            break
    price = (
        "In the shops the {m} costs {v} euros.",
        "The price of the {m} is {v} euros.",
        "Anybody who wants the {m} has to pay {v} euros for it.",
        "We bought the {m} for {v} euros, which is its regular price.",
        "The maker asks {v} euros for the {m}.",
        "The {m} is sold at {v} euros.",
        "For the {m} our buyer paid the full price of {v} euros.",
    )
    noise = (
        "At full power we measured a noise of {v} decibels with the {m}.",
        "The {m} makes a noise of {v} decibels at the highest setting.",
        "Our sound meter showed {v} decibels when the {m} was running at full power.",
        "With the {m} the noise reaches {v} decibels.",
        "The noise level of the {m} is {v} decibels.",
        "At one metre the {m} was measured at {v} decibels.",
        "In the test room the {m} came to {v} decibels.",
    )
    runtime = (
        "The battery of the {m} lasted for {v} minutes.",
        "With a full battery the {m} ran for {v} minutes.",
        "The {m} works for {v} minutes before it must be charged.",
        "After {v} minutes the battery of the {m} was empty.",
        "The battery life of the {m} came to {v} minutes.",
        "We could clean for {v} minutes with the {m} until the battery gave out.",
        "The {m} has a battery life of {v} minutes.",
    )
    telling = []
    for key, templates in (("price", price), ("noise", noise), ("runtime", runtime)):
        for i, template in enumerate(draw.sample(templates, count)):
            telling.append(template.format(m=models[i], v=values[key][i]))
    others = [
        "Every vacuum cleaner had to pick up sand, oats and cat hair from a carpet.",
        "All of them come with a narrow nozzle for corners and a wider one for sofas.",
        "None of the dust boxes was easy to empty without a little cloud.",
        "The testers also looked at how well the brushes get under low furniture.",
        "On wooden floors the differences in cleaning were small.",
        "A wall bracket comes with each of the devices and needs two screws.",
        "All filters can be rinsed under the tap and must dry for a day.",
        "The handles were judged by testers with large and with small hands.",
        "Long hair tends to wrap itself round the rollers and has to be cut off with scissors.",
        "Stairs are where a light device without a cord shows its strength.",
        "The instructions were clear throughout, though printed very small.",
        "Spare batteries can be ordered for every device in the test.",
        "The lamps at the front help to see the dust under a bed.",
        "Nobody should expect such a device to replace a heavy machine in a large house.",
    ]
    opening = (
        f"Cordless vacuum cleaners in our test. We tried out the {_listed(models)} in ordinary homes and in the "
        "test room, and noted what they cost, how loud they are and how long their batteries last."
    )
    named = _listed([f"the {models[i]}" for i in chosen])
    words = {"price": "price", "noise": "noise level", "runtime": "battery life"}
    first, second = (words[key] for key in draw.sample(asked, 2))
    text = draw.choice(
        (
            f"How do {named} compare in {first} and {second}? Please give the figures.",
            f"Compare {first} and {second} of {named}.",
            f"What are the {first} and the {second} of {named}?",
        )
    )
    return Question(
        "vacuum_test",
        text,
        _woven(draw, opening, telling, others, 2_200, fewest=6),
        needed=tuple(str(values[key][i]) for i in chosen for key in asked),
        wrong=tuple(str(value) for value in sorted(wrong)),
    )


# 9: the same question to several documents


def museum_leaflets(draw: random.Random) -> Question:
    count = draw.randint(4, 6)
    asked = draw.choice(("founder", "architect", "director", "year"))
    subjects = draw.sample(
        (
            "Clocks",
            "Glass",
            "Salt",
            "Toys",
            "Bread",
            "Spices",
            "Radios",
            "Umbrellas",
            "Buttons",
            "Carpets",
            "Maps",
            "Musical Boxes",
        ),
        count,
    )
    surnames = draw.sample(SURNAMES, 3 * count)
    years = draw.sample(range(1891, 1988), count)
    rooms = draw.sample(
        (
            "a former brewery",
            "a merchant's house",
            "an old fire station",
            "a disused cinema",
            "a converted barn",
            "a villa with a park",
            "a former customs office",
        ),
        count,
    )
    closings = draw.sample(
        (
            "Guided tours start in the entrance hall, and groups are asked to book ahead.",
            "The café serves cake in the afternoons, and dogs may lie under the tables.",
            "Photography is welcome as long as no flash is used.",
            "Bags and coats can be left in lockers beside the cloakroom.",
            "Children receive a quiz sheet and, if all goes well, a small prize.",
            "The lift is large enough for wheelchairs, and folding stools can be borrowed.",
            "The museum shop sells postcards, catalogues and small gifts.",
        ),
        count,
    )
    middles = draw.sample(
        (
            (
                "The collection fills two floors and has grown through many gifts from private homes. Some of the "
                "cases are as old as the house itself."
            ),
            (
                "About half of the pieces on show can be touched, which makes a visit a pleasure for the whole "
                "family. The rest is kept behind glass."
            ),
            (
                "A film of a quarter of an hour gives an introduction. Afterwards visitors find their own way through "
                "the rooms by following the coloured lines."
            ),
            (
                "The rooms are arranged by country, and the labels are in four languages. A model of the town in the "
                "cellar is popular with young visitors."
            ),
            (
                "Every winter a special exhibition is put together from the stores. Volunteers clean and mend the "
                "pieces in a workshop with a large window."
            ),
            (
                "Many objects were saved from attics and cellars in the region. Others were bought at auctions or "
                "came from museums that had to close."
            ),
        ),
        count,
    )
    documents = []
    for i in range(count):
        founder, architect, director = (_person(draw, name)[0] for name in surnames[3 * i : 3 * i + 3])
        title = f"The Museum of {subjects[i]}"
        facts = [
            draw.choice(
                (
                    f"The museum was founded by {founder}, who had collected since childhood.",
                    f"The founder of the museum was {founder}, who gave a whole fortune for it.",
                    f"{founder} founded the museum after a long life of collecting.",
                )
            ),
            draw.choice(
                (
                    f"It opened in {years[i]} and has been run by the town ever since.",
                    f"Its doors opened for the first time in {years[i]}.",
                    f"The first visitors came in {years[i]}, the year of the opening.",
                )
            ),
            draw.choice(
                (
                    f"The building, {rooms[i]}, was designed by the architect {architect}.",
                    f"The architect of the building, {rooms[i]}, was {architect}.",
                    f"It is housed in {rooms[i]}, which was designed by the architect {architect}.",
                )
            ),
            draw.choice(
                (
                    f"The museum is directed today by {director}, who likes to lead tours in person.",
                    f"{director} is the director now and answers questions gladly.",
                    f"The present director is {director}, a trained restorer.",
                )
            ),
        ]
        draw.shuffle(facts)
        documents.append(
            f"{title}\n\nWelcome to {title[0].lower() + title[1:]}! {facts[0]} {facts[1]} {middles[i]} "
            f"{facts[2]} {facts[3]} {closings[i]}"
        )
    place = {"founder": 0, "architect": 1, "director": 2}
    if asked == "year":
        needed, wrong = [str(year) for year in years], []
    else:
        needed = [surnames[3 * i + place[asked]] for i in range(count)]
        wrong = [name for name in surnames if name not in needed]
    text = draw.choice(
        {
            "founder": ("Who founded each of these museums?", "Who was the founder of each museum?"),
            "architect": (
                "Who designed the building of each of these museums?",
                "Who is the architect of each museum's building?",
            ),
            "director": (
                "Who is the director of each of these museums today?",
                "Who runs each museum as its director now?",
            ),
            "year": ("In which year did each of these museums open?", "When was each museum opened?"),
        }[asked]
    )
    return Question("museum_leaflets", text, documents, needed=tuple(needed), wrong=tuple(wrong))


# 10: a fact in two steps


def painting_auction(draw: random.Random) -> Question:
    count = draw.randint(6, 7)
    paintings = draw.sample(
        (
            "Winter Barn",
            "The Blue Jug",
            "Girl with a Lantern",
            "Poppies at Noon",
            "The Card Players' Table",
            "Two Horses Resting",
            "Market in the Rain",
            "The Green Door",
            "Still Life with Quinces",
            "Evening on the Heath",
        ),
        count,
    )
    surnames = draw.sample(SURNAMES, count)
    towns = draw.sample(
        (
            "Aarhus",
            "Bologna",
            "Coimbra",
            "Dresden",
            "Ghent",
            "Innsbruck",
            "Krakow",
            "Ljubljana",
            "Malaga",
            "Nantes",
            "Rotterdam",
            "Tallinn",
        ),
        count,
    )
    jobs = draw.sample(
        (
            "dentist",
            "baker",
            "judge",
            "pharmacist",
            "beekeeper",
            "watchmaker",
            "surgeon",
            "plumber",
            "translator",
            "hairdresser",
        ),
        count,
    )
    buying = (
        "“{p}” was bought by {n} after a short duel of bids.",
        "The hammer fell for “{p}” when {n} made the last bid, and the picture was sold.",
        "{n} bought “{p}”, which had been the cover picture of the catalogue.",
        "The buyer of “{p}” was {n}, bidding by telephone.",
        "“{p}” was sold to {n} for less than the estimate.",
        "The new owner of “{p}” is {n}, who bought it with the very first bid.",
        "{n} got “{p}”, having outbid everybody else in the room.",
    )
    living = (
        "{n} lives in {t}, in a tall house with very little free wall left.",
        "The home of {n} is in {t}, not far from the cathedral.",
        "{n} has lived in {t} since the late nineties.",
        "{n}, whose home is in {t}, travelled back on the same night.",
        "For many years {n} has been living in {t}.",
        "{n} makes a home in {t}, under the roof of an old warehouse.",
        "In {t}, where {n} lives, the picture will hang in the dining room.",
    )
    working = (
        "By profession {n} is a {j}.",
        "{n} works as a {j} and goes to auctions only on days off.",
        "{n} earns a living as a {j}.",
        "When not looking at pictures, {n} works as a {j}.",
        "{n}, a {j} by trade, has been collecting for ten years.",
        "{n} is a {j} and came with the whole family.",
        "The daily work of {n} is that of a {j}.",
    )
    telling = []
    plan = zip(
        paintings,
        surnames,
        towns,
        jobs,
        draw.sample(buying, count),
        draw.sample(living, count),
        draw.sample(working, count),
        strict=True,
    )
    for painting, surname, town, job, buy, live, work in plan:
        name = _person(draw, surname)[0]
        telling += [buy.format(p=painting, n=name), live.format(n=name, t=town), work.format(n=name, j=job)]
    others = [
        "The room was so full that some visitors had to stand along the walls.",
        "The auctioneer kept up the pace and allowed himself a joke now and then.",
        "A small crack in one of the frames was mentioned before the bidding began.",
        "Catalogues could be had at the entrance, and were gone within an hour.",
        "The pictures had been on view for a week before the sale.",
        "Two assistants in grey aprons carried each work to the easel.",
        "The telephone lines worked without a hitch this time.",
        "At the bar in the foyer there was sparkling wine and salted almonds.",
        "The house takes its usual commission from both sides.",
        "Several works came from the estate of a country doctor.",
        "A restorer was at hand to answer questions about the varnish.",
        "Payment is due within ten days, and the transport is arranged by the house.",
        "The sale of drawings on the following day drew far fewer people.",
        "Outside it had begun to snow, and taxis were hard to find.",
        "The press was given a table at the side, with a good view of the bidders.",
    ]
    opening = (
        "An evening at the auction house. Paintings from several private collections came under the hammer on "
        "Thursday, and all of them found a buyer. Our report tells who bought what, and a little about the people "
        "behind the raised hands."
    )
    target = draw.randrange(count)
    painting = paintings[target]
    if draw.random() < 0.5:
        pool = towns
        text = draw.choice(
            (
                f"In which town does the buyer of “{painting}” live?",
                f"Where does the person who bought “{painting}” live?",
            )
        )
    else:
        pool = jobs
        text = draw.choice(
            (
                f"What is the profession of the buyer of “{painting}”?",
                f"What does the person who bought “{painting}” do for a living?",
            )
        )
    return Question(
        "painting_auction",
        text,
        _woven(draw, opening, telling, others, 2_300, fewest=7),
        needed=(pool[target],),
        wrong=tuple(value for value in pool if value != pool[target]),
    )


KINDS = {
    made.__name__: made
    for made in (
        bridge_guide,
        flat_handover,
        restaurant_cards,
        lost_property,
        choir_concert,
        road_trip,
        pumpkin_show,
        vacuum_test,
        museum_leaflets,
        painting_auction,
    )
}
