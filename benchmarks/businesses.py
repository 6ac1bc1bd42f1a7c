"""Ten kinds of questions about the papers of businesses: a car rental, a theatre, a dance school and others."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.questions import Question

# ---------------------------------------------------------------- names and helpers

WOMEN = [
    "Agnieszka", "Beatrix", "Carlotta", "Dagmar", "Elspeth", "Fenna", "Greta", "Henrike", "Ingrid", "Jolanda",
    "Katinka", "Ludmila", "Marisol", "Noor", "Oksana", "Paloma", "Rosalind", "Sunniva", "Tamsin", "Ulrike", "Valeria",
    "Wilma", "Ximena", "Yasmin", "Zuzana", "Bronwen", "Delphine", "Femke", "Giulia", "Hedda",
]  # fmt: skip
MEN = [
    "Anselm", "Bartosz", "Casimir", "Dietmar", "Emrys", "Fabrizio", "Gunther", "Hamish", "Ibrahim", "Joaquin", "Kaspar",
    "Leopold", "Matteo", "Nikolai", "Ottokar", "Padraig", "Quentin", "Rasmus", "Stefan", "Thijs", "Umberto", "Vikram",
    "Wojtek", "Yannick", "Zoltan", "Bjarne", "Cormac", "Dragan", "Eamon", "Florian",
]  # fmt: skip
SURNAMES = [
    "Abernathy", "Brankovic", "Castellani", "Dobrowski", "Eriksen", "Fitzgerald", "Gruber", "Halvorsen", "Ivanenko",
    "Jankowski", "Kowalczyk", "Lindqvist", "Marchetti", "Novotny", "Okonkwo", "Petrossian", "Quigley", "Rosenthal",
    "Szabo", "Tanaka", "Underhill", "Vandermeer", "Whitcombe", "Yamamoto", "Zimmermann", "Ashdown", "Bergstrom",
    "Connolly", "Delacroix", "Engelhardt", "Fairbanks", "Gonzalez", "Hargreaves", "Ishikawa", "Kaminski", "Lombardi",
    "McAllister", "Nakamura", "Oyelaran", "Pemberton", "Radcliffe", "Sorensen", "Thorvald", "Ullmann", "Vasquez",
    "Wolanski",
]  # fmt: skip
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
MONTHS = [
    ("January", 31), ("February", 28), ("March", 31), ("April", 30), ("May", 31), ("June", 30), ("July", 31),
    ("August", 31), ("September", 30), ("October", 31), ("November", 30), ("December", 31),
]  # fmt: skip


def people(r: random.Random, n: int) -> list[dict[str, str]]:
    """`n` persons with distinct first names and the pronouns for them."""
    pool = [(x, "f") for x in WOMEN] + [(x, "m") for x in MEN]
    out = []
    for name, sex in r.sample(pool, n):
        f = sex == "f"
        out.append(
            {
                "n": name,
                "he": "she" if f else "he",
                "He": "She" if f else "He",
                "his": "her" if f else "his",
                "him": "her" if f else "him",
            }
        )
    return out


def fill(r: random.Random, template: str, slots: Mapping[str, Sequence[object]] | None = None, /, **kw: object) -> str:
    """Replace {x} by kw[x], else by a random one of slots[x]."""

    def put(m: re.Match[str]) -> str:
        key = m.group(1)
        if key in kw:
            return str(kw[key])
        return str(r.choice((slots or {})[key]))

    s = re.sub(r"\{(\w+)\}", put, template)
    return s[0].upper() + s[1:]


def bag(r: random.Random, items: Sequence[str]) -> Iterator[str]:
    """Endless draw in shuffled rounds, so that nothing comes back soon."""
    while True:
        order = list(items)
        r.shuffle(order)
        yield from order


def dates(r: random.Random, n: int, start: int = 0, end: int = 364) -> list[str]:
    """`n` distinct days in order, written like '4 May'."""
    out = []
    for day in sorted(r.sample(range(start, end), n)):
        left = day
        for name, length in MONTHS:
            if left < length:
                out.append(f"{left + 1} {name}")
                break
            left -= length
    return out


# ---------------------------------------------------------------- 1 find one fact, long: a farm diary

FARM_SLOTS: dict[str, Sequence[object]] = {
    "cow": ["Bluebell", "Daisy", "Clover", "Juno", "Heather", "Bramble", "Primrose", "Tulip"],
    "field": [
        "the lower field", "the mill field", "the long field", "the field by the wood", "the top meadow",
        "the stream meadow", "the chapel field",
    ],
    "crop": ["barley", "oats", "wheat", "beans", "rye", "clover", "potatoes", "maize"],
    "weather": [
        "Dry and windy", "Grey and mild", "Bright sunshine from early on", "Light rain until noon", "A cold morning",
        "Warm and still", "Heavy showers in the afternoon", "A clear day with a fresh wind",
    ],
    "time": [
        "before breakfast", "after lunch", "until dusk", "in the late afternoon", "for most of the morning",
        "right after milking", "until the light went",
    ],
    "helper": [
        "my brother", "my sister", "the neighbour", "the farm hand", "the apprentice", "my father", "our eldest",
        "my cousin",
    ],
    "veg": ["leeks", "carrots", "cabbages", "onions", "beetroot", "lettuce", "pumpkins", "spinach"],
    "shed": ["the hay barn", "the calf shed", "the lambing shed", "the tool shed", "the hen house", "the big barn"],
    "litres": [410, 425, 438, 442, 455, 463, 470, 486, 491, 502, 515], "eggs": [61, 64, 68, 72, 75, 79, 83, 86, 90, 94],
    "bales": [48, 56, 63, 70, 77, 85, 92, 104, 118], "price": [12, 15, 18, 22, 26, 31, 35, 38, 44],
    "cake": ["plum cake", "rhubarb crumble", "cherry pie", "bread", "honey biscuits", "potato pancakes"],
    "bird": ["swallows", "lapwings", "a barn owl", "two storks", "a kestrel", "a flock of starlings"],
    "guest": [
        "the postwoman", "the miller", "the teacher", "an old school friend", "the forester", "the baker",
        "the beekeeper from up the road",
    ],
}  # fmt: skip
FARM_FILLER = [
    "{weather} today.", "{weather}, so we started early.", "{weather}, and the ground was good to work on.",
    "The milk tank held {litres} litres this morning.", "Milking took longer because {cow} was restless.",
    "{cow} gave less milk than usual.", "{cow} is lame on one leg and stays in {shed} for a few days.",
    "Trimmed the hooves of {cow} with {helper}.", "{cow} licked my sleeve all through milking.",
    "The hens laid {eggs} eggs.", "Collected {eggs} eggs and sold half of them at the gate.",
    "The hens were let out late because of a fox by the hedge.", "Sowed {crop} in {field} {time}.",
    "Harrowed {field} with {helper}.", "Rolled {field} {time}.", "The {crop} in {field} is coming up nicely.",
    "Some of the {crop} in {field} was flattened by the wind.", "Mended the fence along {field} {time}.",
    "Three posts along {field} were rotten and had to be replaced.",
    "Moved the sheep to {field} with the help of {helper}.", "The lambs are growing well and were weighed {time}.",
    "Two ewes got out of {field} and were back within the hour.", "Cleaned out {shed} {time}.",
    "Whitewashed the inside of {shed} with {helper}.", "A tile had come off the roof of {shed}; I put it back {time}.",
    "Swept {shed} and stacked the empty sacks.", "The door of {shed} sticks and needs planing.",
    "Brought in {bales} bales of hay from {field}.", "Stacked {bales} bales of straw in {shed}.",
    "Turned the hay in {field} {time}.", "The hay in {field} is still too damp.", "Weeded the {veg} {time}.",
    "Pulled the first {veg} for the kitchen.", "Watered the {veg} in the evening.",
    "Sold a box of {veg} at the market for {price} euros.", "The {veg} have some greenfly on them.",
    "{helper} planted out the {veg} behind the house.", "Spread manure on {field} {time}.",
    "Bought a new bucket and a rake in town for {price} euros.", "The bag of layers' feed now costs {price} euros.",
    "Paid {price} euros for a sack of minerals.", "Ordered two rolls of wire from the co-op.",
    "{guest} came by for a coffee and stayed an hour.", "{guest} stopped at the gate and asked for eggs.",
    "{helper} baked {cake} for everyone.", "We had {cake} on the bench after work.",
    "Saw {bird} over {field} this evening.", "{bird} in the yard when I opened the gate.",
    "The dog barked half the night at a hedgehog.", "The cat has made a bed in {shed}.",
    "Sharpened the scythe and cut the nettles around {shed}.", "Greased the axle of the hay wagon {time}.",
    "A tyre on the small trailer was flat, {helper} patched it.", "Cleaned the milking parlour from top to bottom.",
    "The electric fence was weak, so I changed the battery.", "Split logs for the stove {time}.",
    "Stacked firewood against the wall of {shed}.", "The ditch beside {field} was full of leaves; I cleared it.",
    "Picked stones off {field} with {helper}.", "Checked the beehives; both colonies are strong.",
    "Took the wool sacks to the collecting point.", "Filled in the form for the yearly herd count.",
    "{helper} has a cold and stayed in bed.", "{helper} drove to town for bread and nails.",
    "The pigs were given the whey and the potato peelings.", "One of the pigs dug up the corner of its run.",
    "Put fresh straw down in {shed}.", "The swallow's nest in {shed} is in use again.",
    "Cut back the hedge along {field} {time}.", "The goat climbed on the woodpile again.", "Set mouse traps in {shed}.",
    "Looked over {field} with {helper}; the soil there is heavy but good.",
    "Hoed the rows in the kitchen garden {time}.", "The geese chased {guest} down the lane.",
    "Went to bed early, tired but content.", "A quiet evening with the radio on.", "Wrote up the accounts until nine.",
    "Rested {time}, as there was little to do.",
    "The school class visited and everyone was allowed to stroke the calves.",
    "Washed the milk cans and set them out in the sun.", "The rain barrel by {shed} is full again.",
    "The wheelbarrow lost a screw, {helper} found a new one.", "Tied up the raspberries by the garden wall.",
    "{helper} counted the sheep in {field}; none are missing.", "The vet looked over the herd and was satisfied.",
    "Dug over a bed for the {veg}.", "Tested the {crop} from {field}; it is drying well.",
    "Walked the boundary of {field} {time}.", "The oats for the horses were delivered in the morning.",
    "Hung the onions up to dry under the eaves.", "Oiled the hinges of the yard gate.",
]  # fmt: skip


def find_farm(r: random.Random) -> Question:
    variant = r.randrange(4)
    needed: list[str] = []
    number = None
    if variant == 0:
        number = r.randrange(310, 990)
        fact = r.choice(
            [
                f"The new water pump was delivered today; it cost {number} euros.",
                f"Paid {number} euros for the new water pump, which is now in the well house.",
                f"Our new water pump arrived at last. The price of the pump was {number} euros.",
            ]
        )
        q = r.choice(["How much did the new water pump cost?", "What did we pay for the new water pump?"])
    elif variant == 1:
        name = r.choice(SURNAMES)
        needed = [name]
        fact = r.choice(
            [
                f"Mr {name} bought our old tractor today and drove it home himself.",
                f"We sold the old tractor to a Mr {name} from the next valley.",
                f"The old tractor is gone: Mrs {name} has bought it for her vineyard.",
            ]
        )
        q = r.choice(["Who bought our old tractor?", "Who did we sell the old tractor to?"])
    elif variant == 2:
        name = r.choice(
            ["Calypso", "Mirabelle", "Tamarind", "Ophelia", "Valentina", "Esmeralda", "Cassandra", "Arabella"]
        )
        needed = [name]
        fact = r.choice(
            [
                f"The foal was born in the night, and the children have named her {name}.",
                f"We have a healthy foal since this morning and she is called {name}.",
                f"After some talk at the table we gave the new foal the name {name}.",
            ]
        )
        q = r.choice(["What is the foal called?", "What name did we give the foal?"])
    else:
        number = r.randrange(23, 59)
        fact = r.choice(
            [
                f"We planted {number} apple trees along the lane today.",
                f"All the young apple trees are in the ground along the lane now, {number} of them.",
                f"Planted the apple trees along the lane: {number} trees in one day.",
            ]
        )
        q = r.choice(
            ["How many apple trees did we plant along the lane?", "How many apple trees were planted along the lane?"]
        )
    target = r.randrange(39000, 41000)
    days = dates(r, 200, 90, 304)
    fillers = bag(r, FARM_FILLER)
    head = "Farm diary\n\n"
    entries, size = [], len(head)
    for day in days:
        if size >= target:
            break
        sentences = [fill(r, next(fillers), FARM_SLOTS) for _ in range(r.randrange(3, 7))]
        entries.append((day, sentences))
        size += len(day) + 4 + sum(len(s) + 1 for s in sentences)
    where = r.randrange(len(entries) // 10, len(entries) * 9 // 10)
    sentences = entries[where][1]
    sentences.insert(r.randrange(1, len(sentences) + 1), fact)
    context = head + "\n\n".join(f"{d}: " + " ".join(s) for d, s in entries)
    return Question("find_farm", q, context, needed=needed, number=number)


# ---------------------------------------------------------------- 2 find one fact: a travel agency

TOWNS = [
    "Lisbon", "Naples", "Dubrovnik", "Ljubljana", "Seville", "Edinburgh", "Reykjavik", "Palermo", "Krakow", "Tallinn",
    "Bergen", "Valletta", "Istanbul", "Marrakesh", "Salzburg", "Bruges", "Porto", "Athens", "Helsinki", "Budapest",
    "Vilnius", "Granada", "Verona", "Gdansk", "Innsbruck", "Antwerp", "Galway", "Bologna", "Thessaloniki", "Zagreb",
]  # fmt: skip
TRAVEL_GO = [
    "{w} is going to {t}.", "{w} has chosen {t} for this year's holiday.", "The trip booked for {w} goes to {t}.",
    "{w} is travelling to {t}.", "For {w} it will be {t}.", "{w} has decided on a stay in {t}.",
    "{w} will be spending the holiday in {t}.", "We have arranged a journey to {t} for {w}.",
    "The destination for {w} is {t}.", "{w} is flying to {t}.", "{w} has booked a hotel in {t}.",
    "The tickets for {w} to {t} have been issued.", "{w} will be off to {t}.",
    "A city trip to {t} has been put together for {w}.",
]  # fmt: skip
TRAVEL_OPEN = [
    "First contact was by telephone on a {day}.", "The enquiry came in by e-mail on a {day}.",
    "A personal visit to our office took place on a {day}.", "The booking was made at the desk on a {day}.",
    "The request reached us through our website on a {day}.", "We met at the travel fair on a {day}.",
]  # fmt: skip
TRAVEL_WHEN = [
    "The stay begins on {d} {m} and lasts {k} nights.", "Departure is on {d} {m}, for {k} nights.",
    "Travel date: {d} {m}, {k} nights.", "The holiday starts on {d} {m} and {k} nights are reserved.",
    "We have put down {d} {m} as the first day, with {k} nights in all.",
]  # fmt: skip
TRAVEL_WISH = [
    "A quiet room facing the garden was asked for.", "Breakfast is included, dinner is not needed.",
    "A room on the ground floor would be welcome.", "Half board was chosen.", "A hotel near the old town is preferred.",
    "A balcony matters more than a bathtub.", "Vegetarian meals have been ordered for the flight.",
    "The aisle seats have been reserved.", "A hotel with a swimming pool was wanted.",
    "A late check-out was requested and confirmed.", "Twin beds are preferred.",
    "A guided walk on the second day was added.", "Museum passes should be ready at the reception.",
    "A transfer from the station to the hotel is included.",
    "A small family-run hotel was the favourite among our offers.", "A room with a desk was asked for.",
]  # fmt: skip
TRAVEL_NOTE = [
    "The deposit was paid the same day.", "The travel insurance papers are in the folder.",
    "Our colleague {c} looks after this booking.", "{c} sent the confirmation by post.",
    "The passports have been copied and are valid.", "The rest of the payment is due four weeks before departure.",
    "{c} has promised to call again next week.", "The hotel answered within an hour.",
    "The brochure with the maps was handed over.", "The invoice was sent by e-mail.",
    "The luggage labels are lying in the drawer at the front desk.", "{c} noted a change of telephone number.",
    "A voucher from last year was used for part of the price.", "The flight times were changed slightly and accepted.",
    "The file is complete.", "The rail tickets will be printed at the end of the month.",
    "{c} wrote a friendly card to go with the documents.", "The hotel's address was checked again.",
]  # fmt: skip
TRAVEL_SPECIAL = [
    (
        "{w} will take a parrot along on the trip, and the hotel has agreed to it.",
        ["Who is taking a parrot along?", "Which customer is travelling with a parrot?"],
    ),
    (
        "{w} needs a piano at the hotel to practise on every day.",
        ["Who needs a piano at the hotel?", "Which customer needs a piano to practise on?"],
    ),
    (
        "{w} is celebrating a golden wedding during the trip.",
        ["Who is celebrating a golden wedding on the trip?", "Which customer has a golden wedding during the trip?"],
    ),
    (
        "{w} would like to go up in a hot-air balloon during the stay.",
        ["Who wants to go up in a hot-air balloon?", "Which customer would like a ride in a hot-air balloon?"],
    ),
    (
        "{w} asked for a tandem to be hired for the whole stay.",
        ["Who wants to hire a tandem?", "Which customer asked for a tandem?"],
    ),
]  # fmt: skip


def find_travel(r: random.Random) -> Question:
    n = r.randrange(22, 29)
    names = r.sample(SURNAMES, n)
    towns = r.sample(TOWNS, n)
    staff = [p["n"] for p in people(r, 4)]
    labels = [r.choice([f"the {x} family", f"Mr {x}", f"Mrs {x}"]) for x in names]
    the_one = r.randrange(n // 8, n)
    variant = r.randrange(3)
    special, special_q = r.choice(TRAVEL_SPECIAL)
    go, wish, note = bag(r, TRAVEL_GO), bag(r, TRAVEL_WISH), bag(r, TRAVEL_NOTE)
    slots: dict[str, Sequence[object]] = {
        "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
        "d": list(range(1, 29)),
        "m": ["April", "June", "July", "August", "September", "October"],
        "k": list(range(4, 15)),
        "c": staff,
    }
    paras = []
    for i in range(n):
        s = [
            fill(r, next(go), w=labels[i], t=towns[i]),
            fill(r, r.choice(TRAVEL_OPEN), slots),
            fill(r, r.choice(TRAVEL_WHEN), slots),
            next(wish),
        ]
        s += [fill(r, next(note), slots) for _ in range(r.randrange(1, 4))]
        if variant == 2 and i == the_one:
            s.insert(r.randrange(2, len(s) + 1), fill(r, special, w=labels[i]))
        paras.append(" ".join(s))
    context = "Travel agency, notes on the current bookings\n\n" + "\n\n".join(paras)
    if variant == 0:
        q = r.choice([f"Where is {labels[the_one]} going?", f"Which city is {labels[the_one]} travelling to?"])
        return Question(
            "find_travel", q, context, needed=[towns[the_one]], wrong=[t for t in towns if t != towns[the_one]]
        )
    if variant == 1:
        q = r.choice([f"Who is going to {towns[the_one]}?", f"Which customer is travelling to {towns[the_one]}?"])
    else:
        q = r.choice(special_q)
    return Question("find_travel", q, context, needed=[names[the_one]], wrong=[x for x in names if x != names[the_one]])


# ---------------------------------------------------------------- 3 find one fact: a post office log

POST_SLOTS: dict[str, Sequence[object]] = {
    "n3": [112, 124, 137, 145, 158, 163, 171, 186, 194, 208, 215], "n1": [3, 4, 5, 6, 7, 8, 9, 11, 12],
    "street": [
        "Mill Street", "Station Road", "Garden Lane", "Church Street", "River Road", "School Lane", "Park Street",
    ],
    "place": [
        "the sorting room", "the main hall", "the parcel room", "the back office", "the staff kitchen",
        "the store room",
    ],
    "time": [
        "at half past seven", "shortly before noon", "at closing time", "in the early afternoon", "around ten",
        "right after opening",
    ],
    "town": ["the airport", "the central depot", "the coast", "the capital", "the northern district"],
}  # fmt: skip
POST_FILLER = [
    "The first lorry from {town} arrived {time}.", "The evening lorry to {town} left on time.",
    "We handled {n3} parcels today.", "{n3} registered letters went out.", "The queue was longest {time}.",
    "{p} worked at counter two until lunch.", "{p} took over counter one {time}.", "{p} swapped shifts with {p2}.",
    "{p} sorted the letters for {street}.", "{p} delivered the round on {street} today.",
    "{p} showed {p2} how to use the label printer.", "The label printer jammed {time} and was running again soon.",
    "A customer from {street} asked for a form to redirect mail.", "A customer left an umbrella in {place}.",
    "{n1} people asked for the special stamps with the lighthouses.",
    "The special stamps with the butterflies are nearly sold out.", "The floor in {place} was mopped by the cleaners.",
    "A lamp in {place} was flickering; a new bulb has been put in.", "{p} ordered more envelopes and packing tape.",
    "Two boxes of padded envelopes were put in {place}.", "The radiator in {place} was cold in the morning.",
    "{p} watered the plants in {place}.", "The dog on {street} was friendly to the postman this time.",
    "A gate on {street} was locked, so a card was left.",
    "{n1} parcels for {street} came back because nobody was at home.", "The letter box on {street} has been painted.",
    "The letter box on {street} was emptied {time}.", "A school class visited and looked at the sorting machine.",
    "The sorting machine ran without a stop all day.", "The sorting machine was serviced by the engineer {time}.",
    "{p} has a day off tomorrow.", "{p} is back from a week of holiday.", "{p} brought fruit for everyone.",
    "The coffee machine in the staff kitchen was descaled.",
    "The scales at counter three were checked and are correct.",
    "A lady from {street} sent {n1} packages of jam to her relatives.",
    "A man from {street} collected a large parcel with a handcart.", "Rain all morning, so the bags had to be covered.",
    "The sun shone and the round on {street} was a pleasure.", "The delivery van got a new wiper.",
    "The delivery van was washed {time}.", "{p} filled up the van on the way back.",
    "The new poster about parcel sizes hangs in {place}.", "The opening hours sign was cleaned.",
    "{n1} customers paid bills at the counter before nine.", "The cash count in the evening was correct to the cent.",
    "{p} and {p2} tidied up {place}.", "{p} moved the empty crates to {place}.",
    "A crate of catalogues for {street} came in {time}.", "Today {n3} catalogues were given out to the carriers.",
    "A letter without a stamp was put aside for the sender.", "A parcel with a torn corner was taped up again by {p}.",
    "The clock in {place} was two minutes slow and has been set.",
    "The trolley with the squeaking wheel was oiled by {p}.", "{p} answered the telephone {time}.",
    "The head office sent the new price list for letters abroad.", "The fire drill took place {time} and went well.",
    "{p} took part in a first-aid course.", "The pens at the writing desk were replaced.",
    "The waste paper was taken away {time}.", "There were many birthday cards for a child on {street}.",
    "A tourist bought ten postcards and asked the way to the museum.",
    "A small child posted a letter without help and was very proud.",
    "The new jackets for the carriers arrived in three sizes.", "{p} tried on the new jacket and likes it.",
    "The bicycle for the round on {street} has new brakes.",
]  # fmt: skip


def find_post(r: random.Random) -> Question:
    folk = [p["n"] for p in people(r, 9)]
    hero, rest = folk[0], folk[1:]
    variant = r.randrange(4)
    needed: list[str] = []
    wrong: list[str] = []
    number = None
    if variant == 0:
        needed, wrong = [hero], rest
        fact = r.choice(
            [
                f"The key to the safe is now kept by {hero}.",
                f"{hero} has been given the key to the safe to look after.",
                f"From today {hero} is in charge of the key to the safe.",
            ]
        )
        q = r.choice(["Who keeps the key to the safe?", "Who has the key to the safe?"])
    elif variant == 1:
        number = r.randrange(41, 98)
        fact = r.choice(
            [
                f"Renting a post office box now costs {number} euros a year.",
                f"The yearly rent for a post office box was set at {number} euros.",
                f"Customers who rent a post office box pay {number} euros a year for it.",
            ]
        )
        q = r.choice(
            [
                "How much does a post office box cost per year?",
                "What does it cost to rent a post office box for a year?",
            ]
        )
    elif variant == 2:
        name = r.choice(["Chestnut", "Cathedral", "Lavender", "Weaver", "Juniper", "Admiral", "Orchard", "Cooper"])
        needed = [name]
        fact = r.choice(
            [
                f"It was announced that our second branch will open in {name} Street.",
                f"The second branch of our post office is being set up in {name} Street.",
                f"The rooms for our second branch have been found: they are in {name} Street.",
            ]
        )
        q = r.choice(
            ["In which street will the second branch be?", "Which street is the second branch going to be in?"]
        )
    else:
        needed, wrong = [hero], rest
        fact = r.choice(
            [
                f"{hero} found a gold wedding ring under the bench in the main hall.",
                f"A gold wedding ring lay beside the stamp machine, where {hero} found it.",
                f"The lost wedding ring has turned up; {hero} found it between two mail bags.",
            ]
        )
        q = r.choice(["Who found the wedding ring?", "Which colleague found the wedding ring?"])
    target = r.randrange(6500, 11500)
    fillers = bag(r, POST_FILLER)
    days = dates(r, 60, 240, 330)
    head = "Log book of the post office\n\n"
    entries, size = [], len(head)
    for day in days:
        if size >= target:
            break
        s = []
        for _ in range(r.randrange(4, 8)):
            a, b = r.sample(rest, 2)
            s.append(fill(r, next(fillers), POST_SLOTS, p=a, p2=b))
        entries.append((day, s))
        size += len(day) + 4 + sum(len(x) + 1 for x in s)
    s = entries[r.randrange(2, len(entries) - 1)][1]
    s.insert(r.randrange(1, len(s)), fact)
    if variant in (0, 3):  # names that are really in the text
        body = " ".join(x for _, t in entries for x in t)
        wrong = [x for x in rest if re.search(rf"\b{x}\b", body)]
    context = head + "\n\n".join(f"{d}. " + " ".join(x) for d, x in entries)
    return Question("find_post", q, context, needed=needed, wrong=wrong, number=number)


# ---------------------------------------------------------------- 4 count: messages to a car rental

RENTAL_SLOTS: dict[str, Sequence[object]] = {
    "car": [
        "the Opel", "the Skoda", "the small Fiat", "the Toyota", "the white van", "the Peugeot", "the Volvo",
        "the blue Renault",
    ],
    "side": ["left", "right"], "end": ["front", "rear"],
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"], "k": [2, 3, 4, 5, 6],
}  # fmt: skip
RENTAL_DAMAGE = [
    "I scratched the {side} door of {car} on a wall in the car park.",
    "Somebody drove into {car} last night and dented the bumper.",
    "A stone hit the windscreen of {car} and now there is a crack in it.",
    "The {side} mirror of {car} was knocked off in a narrow lane.",
    "I am sorry to say that I hit a post and there is a big dent in the {end} of {car}.",
    "The {side} headlight of {car} is smashed after I touched a lorry.",
    "While parking I broke the {end} light of {car}.",
    "There is a long scratch along the {side} side of {car} since this morning.",
    "Hail has left lots of small dents in the roof of {car}.",
    "We had a small accident with {car} and the bonnet is bent.",
    "The number plate and the {end} bumper of {car} were torn off when I backed out of a garage.",
    "A shopping trolley rolled into {car} and left a dent in the {side} door.",
    "I drove over a kerb with {car} and the {end} wheel is bent.",
    "Somebody broke the {side} side window of {car} during the night.",
    "A branch fell on {car} and the roof is dented.",
    "I got too close to a pillar with {car}, and paint has come off the {side} wing.",
    "A deer ran into {car} on the country road and the {end} of the car is badly bent.",
    "The tailgate of {car} was dented by a forklift.",
]  # fmt: skip
RENTAL_LEFT = [
    "I forgot my sunglasses in {car}.", "My daughter's teddy bear is still on the back seat of {car}.",
    "I think my house keys are still lying in {car}.", "We left a black umbrella in the boot of {car}.",
    "Could you look in {car} for my reading glasses, which I left there?",
    "My jacket stayed behind on the back seat of {car} when I gave it back.",
    "A bag with two books of mine is still in {car}.", "I left my phone charger in {car} on {day}.",
    "My wallet must have slipped under the driver's seat of {car}; please keep it for me.",
    "I gave {car} back on {day} and my hat was still inside.", "Our picnic basket is still in the boot of {car}.",
    "I forgot to take my hiking boots out of {car}.", "My son left his school bag in {car} on {day}.",
    "The blue scarf you will find in {car} belongs to me; I forgot it there.",
    "I returned {car} and only at home noticed that my camera was still in the glove box.",
    "Please send me the notebook that I left in {car}.",
    "A box of wine that belongs to us was forgotten in the boot of {car}.",
    "I left a folding chair in {car}, can I pick it up on {day}?",
]  # fmt: skip
RENTAL_BILL = [
    "I have not received my invoice for {car} yet.", "Please put my company's name on the invoice for {car}.",
    "The bill for {car} shows one day too many.", "Could you send the invoice once more as a PDF?",
    "I was charged twice on the same bill for {car}.", "The address on my invoice is wrong.",
    "Please explain the third item on my bill.", "I need the invoice for {car} for my tax return.",
    "The total on the invoice is higher than what we agreed.",
    "My bill for {car} came today, and the VAT number on it is missing.",
    "Can you send the bill to my employer and not to me?", "I paid the invoice for {car} on {day}.",
    "Please split the bill for {car} between me and my colleague.", "The bill has the wrong date on it.",
    "On the invoice my name is spelled wrongly.", "May I pay the invoice for {car} in two parts?",
    "My wife would like a paper copy of the bill for {car}.", "You sent me the invoice of another customer.",
]  # fmt: skip
RENTAL_OTHER = [
    "I would like to book an estate car for next {day}.", "Do you have a nine-seater for the weekend?",
    "Are you open on {day} evening?", "Until what time is your office at the station open on {day}?",
    "Please add my husband as a second driver.", "Can I keep {car} for {k} more days?",
    "I have to cancel my booking for {day}.", "We would like a child seat for a three-year-old.",
    "Many thanks for the friendly service on {day}.", "Your colleague at the desk was very helpful.",
    "Is it possible to pick up the car at the airport?", "Can I drive abroad with a rental from you?",
    "I am looking for a job as a driver; are you hiring at the moment?", "Does {car} have an automatic gearbox?",
    "How old must one be to rent a van from you?", "Do you also rent out trailers?",
    "Please move my booking from {day} to the day after.", "Is there a bus stop near your office?",
    "Do you offer electric cars?", "I would like to reserve {car} for my brother's wedding.",
    "Do you have a car with room for a double bass?", "May I bring the car back {k} hours earlier?",
    "Can I take my dog along in {car}?", "Which kind of petrol does {car} take?",
    "We would like snow chains for our trip to the mountains.", "Is a navigation system built into {car}?",
]  # fmt: skip
RENTAL_TAIL = [
    "Please call me back this afternoon.", "You can reach me by phone all day.", "Thank you and best wishes.",
    "I look forward to hearing from you.", "Kind regards.", "I am in a meeting until three.",
    "Please answer by e-mail.", "I will drop by on my way home.", "Thanks for your help.", "Have a nice day.",
]  # fmt: skip


def count_rental(r: random.Random) -> Question:
    sorts = {"damage": RENTAL_DAMAGE, "left": RENTAL_LEFT, "bill": RENTAL_BILL}
    asked = {
        "damage": [
            "How many of these messages are about damage to a car?",
            "How many of these 40 messages report a damaged car?",
        ],
        "left": [
            "How many of these messages are about things people left behind in a car?",
            "In how many of these messages does someone write about something they forgot in the car?",
        ],
        "bill": [
            "How many of these messages are about a bill or an invoice?",
            "How many of the 40 messages are about an invoice?",
        ],
    }
    target = r.choice(list(sorts))
    n = r.randrange(6, 15)
    rest = [t for k, v in sorts.items() if k != target for t in r.sample(v, r.randrange(5, 9))]
    rest += r.sample(RENTAL_OTHER, 40 - n - len(rest))
    lines = r.sample(sorts[target], n) + rest
    r.shuffle(lines)
    assert len(lines) == 40
    out = []
    minute = 8 * 60
    senders = r.sample(SURNAMES, 40)
    per_day = 7
    for i, (t, who) in enumerate(zip(lines, senders, strict=True)):
        if i % per_day == 0:
            minute = 8 * 60 + r.randrange(30)
        minute += r.randrange(9, 80)
        body = fill(r, t, RENTAL_SLOTS)
        if r.random() < 0.5:
            body += " " + r.choice(RENTAL_TAIL)
        out.append(f"{DAYS[i // per_day]} {minute // 60:02d}:{minute % 60:02d}, {who}: {body}")
    context = "Messages to the car rental office, this week\n\n" + "\n".join(out)
    return Question("count_rental", r.choice(asked[target]), context, number=n)


# ---------------------------------------------------------------- 5 count: a kindergarten diary

KIND_SLOTS: dict[str, Sequence[object]] = {
    "knee": ["knee", "elbow", "hand"], "place": ["the sandpit", "the climbing frame", "the path", "the slide"],
    "group": ["the Hedgehogs", "the Ladybirds", "the Squirrels", "the Little Bears"],
    "fruit": ["apples", "pears", "strawberries", "melon slices"],
    "meal": ["noodles with tomato sauce", "vegetable soup", "pancakes", "rice with peas", "fish and potatoes"],
    "animal": ["a snail", "a ladybird", "a frog", "a big beetle"],
}  # fmt: skip
KIND_HURT = [
    "{n} fell off the swing and grazed {his} {knee}.", "{n} bumped {his} head on the table and got a cold pack.",
    "{n} pinched a finger in the drawer; it was cooled under the tap.", "{n} tripped near {place} and cut {his} lip.",
    "{n} was stung by a wasp at {place}.",
    "{n} and another child ran into each other, and {n} got a nosebleed from it.",
    "{n} got a splinter in {his} hand, which was taken out with tweezers.",
    "{n} slipped in the washroom and has a bump on the forehead.",
    "{n} stubbed a toe on the step, and we put a plaster on it.",
    "{n} burned a finger on a hot pan during baking; it was cooled at once.",
    "{n} cut {his} thumb a little with the scissors.",
    "{n} tumbled down the steps and sprained an ankle; the mother came for {him}.",
    "A wooden block fell on {n}'s foot and the toe turned blue.",
    "{n} scraped both knees on the gravel and was bandaged.", "{n} knocked out a tooth in a fall at {place}.",
    "{n} got a black eye from a ball that hit {him}.",
]  # fmt: skip
KIND_BIRTHDAY = [
    "{n} turned five today and wore the golden crown.", "We sang for {n}, who had {his} fourth birthday.",
    "{n}'s birthday: {his} grandmother brought a chocolate cake.",
    "{n} is six years old as of today and was allowed to choose the games.",
    "{n} celebrated {his} birthday with muffins for everyone.",
    "Six candles burned on the table for {n}, who was born six years ago today.",
    "Birthday party for {n} in {group}, with balloons.", "{n} has turned four and got a little present from the box.",
    "The birthday chair was decorated with flowers for {n}.",
    "{n} turned five on Sunday, so we celebrated it today with {fruit}.",
    "All the children congratulated {n} on {his} fifth birthday.",
    "{n} blew out all five candles on {his} birthday cake.",
    "{n}'s father came along for the birthday and read a story aloud.",
    "The birthday train went round the room for {n}, with {n} as the driver.",
    "{n} handed out lemonade, because {he} had turned six.",
]  # fmt: skip
KIND_REPAIR = [
    "The plumber repaired the dripping tap in the washroom.", "The caretaker mended a chair with a loose backrest.",
    "The lock of the garden gate was stuck and a locksmith put it right.",
    "The heating had stopped; the fitter got it going again.",
    "The cracked window in the hall was mended by the glazier.",
    "The caretaker mended the torn net of the football goal.",
    "A tricycle wheel had come off and was screwed back on in the workshop.",
    "The electrician fixed the light in the cloakroom.",
    "The plumber got the blocked drain in the kitchen working again.",
    "The broken shelf in {group}'s room has been mended with new brackets.",
    "The roofer closed the leak above the gym.", "The dishwasher was out of order, and the technician repaired it.",
    "The caretaker repaired the see-saw with a new plank.",
    "The torn curtain was sewn up again and hangs in its place.",
    "The doorbell is working again after the caretaker changed a wire.",
    "The wobbly table in the painting corner was repaired with two new screws.",
]  # fmt: skip
KIND_OTHER = [
    "{group} went for a walk to the duck pond.",
    "For lunch there was {meal}, and most children wanted a second helping.",
    "{n} found {animal} and showed it to everyone.", "{group} painted big suns with finger paint.",
    "We learned a new song about the rain.", "{n} slept for two hours at midday.",
    "The librarian came and read from a picture book.", "{n}'s mother asked about the holiday dates.",
    "{group} sowed cress in egg boxes.", "{n} built a very tall tower together with a friend.",
    "Two new children came for a trial day with their parents.", "The parents' evening was set for next Thursday.",
    "{group} played shop the whole morning.", "{n} brought a shell from the seaside.",
    "The fire brigade showed us their engine.", "Snack time with {fruit} in the garden.",
    "{n} tied a bow without help for the first time.", "{group} made lanterns out of paper.",
    "A trainee started work in {group} today.", "{n} will be away on holiday next week.",
    "We listened to the birds and counted seven kinds.", "The photographer took the group pictures.",
    "{n} was picked up early by an aunt.", "{group} practised the dance for the summer show.",
    "New picture books arrived from the town library.", "{n} did a puzzle with a hundred pieces.",
]  # fmt: skip
KIND_TAIL = [
    "It was a lively morning.", "In the afternoon everyone went into the garden.", "After that there was story time.",
    "The group was quiet for the rest of the day.", "Later we played in the hall.", "The day ended with a circle song.",
    "After lunch we all rested.",
]  # fmt: skip


def count_kindergarten(r: random.Random) -> Question:
    sorts = {"hurt": KIND_HURT, "birthday": KIND_BIRTHDAY, "repair": KIND_REPAIR}
    asked = {
        "hurt": [
            "How many entries are about a child who got hurt?",
            "In how many of these entries did a child get hurt?",
        ],
        "birthday": [
            "How many entries are about a child's birthday?",
            "How many birthdays are there in these entries?",
        ],
        "repair": [
            "How many entries are about something being repaired?",
            "In how many entries was something repaired?",
        ],
    }
    target = r.choice(list(sorts))
    n = r.randrange(5, 13)
    total = r.randrange(32, 39)
    rest = [t for k, v in sorts.items() if k != target for t in r.sample(v, r.randrange(3, 7))]
    rest += r.sample(KIND_OTHER, total - n - len(rest))
    lines = r.sample(sorts[target], n) + rest
    r.shuffle(lines)
    kids = people(r, total)
    out = []
    for day, t, kid in zip(dates(r, total, 60, 200), lines, kids, strict=True):
        body = fill(r, t, KIND_SLOTS, **kid)
        if r.random() < 0.45:
            body += " " + r.choice(KIND_TAIL)
        out.append(f"{day}: {body}")
    context = "Kindergarten diary\n\n" + "\n".join(out)
    return Question("count_kindergarten", r.choice(asked[target]), context, number=n)


# ---------------------------------------------------------------- 6 gather: a dance school's newsletter

DANCE_INTRO = [
    "{n} joined us in {m} and dances {d} on {w}.", "On {w} you can meet {n} in the {d} class.",
    "{n} has been learning {d} since {m}.", "{n} comes to the {d} course on {w}.",
    "{n} started with {d} in {m} and is still enjoying it.", "A regular guest of the {d} group is {n}.",
    "{n} signed up for {d} in {m}.", "In the {d} class on {w} you will find {n}.",
    "{n} likes {d} best of all our courses.",
]  # fmt: skip
DANCE_BIKE = [
    "{n} cycles to the lessons in every season.", "{n} comes on {his} bicycle.",
    "{n} arrives by bike and hangs the helmet on the coat rack.", "{n} pedals four kilometres to our hall.",
    "{n} rides here on an old green bike.", "{n} parks {his} bicycle by our front door.",
    "{n} gets here on a racing bike.", "{n} comes along the canal on {his} bike.",
    "{n} travels to class on an electric bike.", "{n} needs ten minutes by bicycle to reach the school.",
    "{n} comes by bike, with the dancing shoes in the basket.",
    "{n} bought a folding bike and rides it to the lessons.", "{n} comes to class on a bright red bicycle.",
    "{n} pedals up the hill to us every week.",
]  # fmt: skip
DANCE_WAY = [
    "{n} takes the bus to the lessons.", "{n} comes on foot from the next street.", "{n} arrives by tram, line two.",
    "{n} drives here in a small car.", "{n} walks over from the office.", "{n} travels to class by train.",
    "{n} is brought by {his} brother in the car.", "{n} gets off the bus at the town hall and walks the rest.",
    "{n} takes the underground to our hall.", "{n} strolls through the park to reach the school.",
    "{n} comes in a taxi.", "{n} shares a car with a neighbour to get here.",
    "{n} comes to class on the number nine bus.", "{n} comes across the river by ferry.",
    "{n} drives in from the village in a van.", "{n} lives next door and comes on foot.",
]  # fmt: skip
DANCE_PET = [
    "{n} has a dog called {pet}.", "At home a grey cat named {pet} waits for {n}.",
    "{n} keeps two rabbits on the balcony.", "{n} looks after {his} old tortoise, {pet}.",
    "{n} owns a parrot that can whistle.", "{n} got a puppy at Christmas.", "{n} feeds {his} goldfish every morning.",
    "{n} shares the flat with a hamster called {pet}.", "{n} takes {his} terrier for a walk before class.",
    "{n} has a pair of budgerigars in the kitchen.", "{n} has had a cat for nine years.",
    "{n} keeps guinea pigs in the spare room.", "{n} brushes {his} poodle every Sunday.",
    "{n} has an aquarium with little striped fish.", "{n} has taken in a kitten named {pet}.",
]  # fmt: skip
DANCE_HOBBY = [
    "{n} grows tomatoes on the roof.", "{n} bakes bread at the weekend.", "{n} plays chess in a club.",
    "{n} collects old coins.", "{n} knits woollen socks.", "{n} paints landscapes in watercolour.",
    "{n} reads crime novels.", "{n} sings in a choir.", "{n} repairs old radios.", "{n} is learning Portuguese.",
    "{n} plays table tennis in the evenings.", "{n} goes swimming before work.",
    "{n} makes pottery in a cellar workshop.", "{n} takes photographs of bridges.", "{n} builds model ships.",
    "{n} plays the guitar at home.", "{n} goes bowling with friends on Fridays.", "{n} makes jam for the whole street.",
]  # fmt: skip
DANCE_FILLER = [
    "The mirrors in the large hall have been cleaned and look like new.",
    "The next open evening is on the last Saturday of the month.",
    "The new floor in the small hall has been laid and may be danced on.", "Please remember to bring clean shoes.",
    "The changing rooms have been painted in a light yellow.",
    "Our summer ball was well attended and lasted until midnight.", "The drinks machine in the hall now has cold tea.",
    "The course fees stay the same until the end of the year.", "During the school holidays the office opens at ten.",
    "A list for the trip to the dance museum hangs at the desk.",
    "The loudspeakers in the large hall have been replaced.", "The children's show will take place in the town hall.",
]  # fmt: skip


def gather_dance(r: random.Random) -> Question:
    total = r.randrange(15, 20)
    folk = people(r, total)
    bikes = set(r.sample(range(total), r.randrange(4, 8)))
    pets = set(r.sample(range(total), r.randrange(4, 8)))
    b, w, p, h = bag(r, DANCE_BIKE), bag(r, DANCE_WAY), bag(r, DANCE_PET), bag(r, DANCE_HOBBY)
    intro, filler = bag(r, DANCE_INTRO), bag(r, DANCE_FILLER)
    petname = bag(r, ["Biscuit", "Pepper", "Snowball", "Caramel", "Pickles", "Whiskers"])
    slots = {
        "m": ["January", "February", "April", "June", "September", "October"],
        "d": ["tango", "salsa", "waltz", "rumba", "foxtrot", "swing", "samba"],
        "w": ["Mondays", "Tuesdays", "Wednesdays", "Thursdays"],
    }
    paras = []
    for i, x in enumerate(folk):
        way = fill(r, next(b) if i in bikes else next(w), **x)
        t = next(p) if i in pets else next(h)
        home = fill(r, t, pet=next(petname) if "{pet}" in t else "", **x)
        two = [way, home]
        r.shuffle(two)
        paras.append(" ".join([fill(r, next(intro), slots, **x), *two]))
        if i % 2 == 1:
            paras.append(next(filler))
    context = "News from the dance school: our students introduce themselves\n\n" + "\n\n".join(paras)
    if r.random() < 0.5:
        q, yes = r.choice(["Who comes to the dance school by bicycle?", "Which students come by bike?"]), bikes
    else:
        q, yes = r.choice(["Who has a pet?", "Which of the students have pets?"]), pets
    return Question(
        "gather_dance",
        q,
        context,
        needed=[folk[i]["n"] for i in sorted(yes)],
        wrong=[folk[i]["n"] for i in range(total) if i not in yes],
    )


# ---------------------------------------------------------------- 7 gather: a theatre's report

THEATRE_MUSIC = [
    "{n} plays the violin in the second act.", "{n} is at the piano every evening.",
    "{n} plays the drums from behind the curtain.", "The cello is played by {n}.",
    "{n} accompanies the dance scene on the accordion.", "{n} opens the evening with a tune on the trumpet.",
    "{n} plays the flute in the forest scene.", "The double bass was given to {n}, who plays it in all three acts.",
    "{n} plays the guitar in the tavern scene.", "In the wedding scene {n} plays the clarinet.",
    "{n} has practised the harp part for weeks and plays it at the premiere.",
    "{n} strikes the big gong and plays the xylophone.", "{n} plays a slow piece on the saxophone at the end.",
    "{n} plays the oboe during the storm.",
]  # fmt: skip
THEATRE_COSTUME = [
    "{n} sews the long coats for the guards.", "{n} irons all the costumes before the show.",
    "The king's cloak is being made by {n}.", "{n} shortens the trousers for the sailors.",
    "{n} dyes the dresses for the wedding guests.", "{n} has knitted the shawls for the market women.",
    "{n} cuts the cloth for the dancers' skirts.", "{n} mends torn sleeves during the interval.",
    "The hats for the crowd scene are {n}'s work; {he} makes them out of felt.",
    "{n} sews buttons onto the soldiers' jackets.", "{n} measures the actors for their suits.",
    "{n} embroiders the collar of the queen's gown.", "{n} looks after the wardrobe and hands out the costumes.",
    "{n} washes the costumes after every performance.",
]  # fmt: skip
THEATRE_SET = [
    "{n} paints the big sky for the first act.", "{n} builds the staircase on the stage.",
    "{n} saws the boards for the little bridge on the stage.", "The wooden houses in the background were built by {n}.",
    "{n} paints the forest on the back wall of the stage.", "{n} screws together the balcony for the love scene.",
    "{n} makes the stage rocks out of plaster.", "{n} builds the ship that stands on the stage in act three.",
    "{n} paints the castle wall grey and brown.", "{n} nails down the stage floor for the tavern.",
    "The painted moon above the stage is by {n}.", "{n} glues the wallpaper onto the walls of the stage parlour.",
    "{n} hammers together the market stalls for the stage.",
    "{n} sets up the wooden tower on the stage before each show.",
]  # fmt: skip
THEATRE_OTHER = [
    "{n} sells tickets at the box office.", "{n} acts the part of the old baker.",
    "{n} plans the lighting for all the scenes.", "{n} serves drinks at the bar in the interval.",
    "{n} translates the programme into French.", "{n} answers the telephone in the office.",
    "{n} learns the long speech of the judge by heart.", "{n} shows the guests to their seats.",
    "{n} hands out the programmes at the door.", "{n} writes the articles for the local newspaper.",
    "{n} acts the young miller in the first act.", "{n} prompts from the first row.",
    "{n} puts up posters all over the town.", "{n} drives the actors home after late rehearsals.",
    "{n} books the hotel rooms for the guest director.", "{n} keeps the accounts of the theatre.",
    "{n} takes the part of the captain.", "{n} writes the letters to the subscribers.",
    "{n} photographs the rehearsals.", "{n} makes sandwiches for everyone on long rehearsal days.",
]  # fmt: skip
THEATRE_FILLER = [
    "The premiere is on the second Friday of next month.",
    "Advance sales have begun well and the first two evenings are nearly full.",
    "The heating in the foyer is working again.", "Rehearsals start at six and end at ten.",
    "The seats in row seven have been covered with new red fabric.",
    "The town has promised a grant for the coming year.", "The school performances will take place in the mornings.",
    "The car park behind the theatre is closed until Thursday.",
    "The fire officer has looked at the emergency exits and is satisfied.",
    "The programme has twenty-four pages this time.", "The interval will last twenty minutes.",
    "The guest director is arriving from the coast on Monday.",
    "A critic from the regional paper has announced a visit.", "The old chandelier in the foyer has been dusted.",
    "The second cast will have its own rehearsal on Sunday.",
    "The open day brought in more than three hundred visitors.",
    "The text of act two has been shortened by a few lines.", "The new coffee cups for the bar have arrived.",
    "Subscribers will get a letter with the dates.", "The summer break begins in the middle of July.",
    "The posters were printed in two sizes.",
    "The cellar has been cleared and there is room again for the old programmes.",
    "The neighbours have been told about the late rehearsals.",
    "The tram company will run an extra tram after the premiere.",
    "A bus with guests from the twin town is expected for the third evening.",
    "The ticket prices stay as they were last season.", "Children under twelve pay half the price.",
    "The clock in the foyer is being cleaned.", "The advert in the parish newsletter will appear on Friday.",
    "The new telephone number of the office is on the website.", "The wheelchair ramp at the side entrance is ready.",
    "The audience survey showed that most guests come from the town itself.",
    "There will be a small reception after the premiere.", "The bank has agreed to support the youth performances.",
    "The keys to the side entrance are kept in the office.",
    "A microphone for the speaker has been borrowed from the town hall.",
    "The roof above the store has been checked and is dry.", "Group tickets are cheaper from ten people on.",
    "The next full meeting is on the first Tuesday of the month.", "The lift to the upper circle was serviced.",
]  # fmt: skip


def gather_theatre(r: random.Random) -> Question:
    sorts = {"music": THEATRE_MUSIC, "costume": THEATRE_COSTUME, "stage": THEATRE_SET}
    asked = {
        "music": ["Who plays a musical instrument in the production?", "Which people play an instrument?"],
        "costume": ["Who works on the costumes?", "Who takes care of the costumes?"],
        "stage": ["Who builds or paints the stage set?", "Which people work on the stage set?"],
    }
    target = r.choice(list(sorts))
    n = r.randrange(4, 9)
    picks = [(t, True) for t in r.sample(sorts[target], n)]
    for k, v in sorts.items():
        if k != target:
            picks += [(t, False) for t in r.sample(v, r.randrange(3, 6))]
    picks += [(t, False) for t in r.sample(THEATRE_OTHER, r.randrange(6, 10))]
    r.shuffle(picks)
    folk = people(r, len(picks))
    said = [fill(r, t, **x) for (t, _), x in zip(picks, folk, strict=True)]
    # named sentences and neutral ones alternate loosely
    filler = r.sample(THEATRE_FILLER, r.randrange(28, len(THEATRE_FILLER) + 1))
    mixed = said + filler
    r.shuffle(mixed)
    paras, at = [], 0
    while at < len(mixed):
        size = r.randrange(4, 7)
        paras.append(" ".join(mixed[at : at + size]))
        at += size
    context = "Theatre company: report on the preparations for the new production\n\n" + "\n\n".join(paras)
    return Question(
        "gather_theatre",
        r.choice(asked[target]),
        context,
        needed=[x["n"] for (_, y), x in zip(picks, folk, strict=True) if y],
        wrong=[x["n"] for (_, y), x in zip(picks, folk, strict=True) if not y],
    )


# ---------------------------------------------------------------- 8 add up: a fishing club's cash book

FISH_BOATS = [
    "Two new oars for the rowing boat cost {a} euros.", "Paid {a} euros to have the motor of the club boat serviced.",
    "Blue paint for the hull of the old boat: {a} euros.", "A new anchor for the big boat came to {a} euros.",
    "The boat builder charged {a} euros for sealing the leak in the small boat.",
    "Rope for tying up the boats: {a} euros.", "{a} euros went on a tarpaulin to cover the rowing boat.",
    "Bought fuel for the motorboat for {a} euros.", "A replacement seat board for the green boat was {a} euros.",
    "The yearly licence for the motorboat: {a} euros.",
    "Two rowlocks for the old rowing boat, {a} euros at the chandler's.",
    "Transport of the big boat to the yard and back: {a} euros.", "A bilge pump for the club boat, {a} euros.",
    "Spent {a} euros on fenders that hang along the side of the motorboat.",
]  # fmt: skip
FISH_YOUNG = [
    "Young trout for the lake: {a} euros.", "Paid {a} euros to the hatchery for baby carp.",
    "A tank of young perch was put into the lake; it cost {a} euros.", "{a} euros for young pike from the breeder.",
    "The delivery of little tench to our lake came to {a} euros.", "Young eels for restocking the lake, {a} euros.",
    "Bought trout fry for {a} euros and set them free in the north bay.",
    "The fish farm sent its bill for the young grayling: {a} euros.",
    "Young roach for stocking the lake were {a} euros.",
    "A second load of young carp at {a} euros was released by the members.",
    "{a} euros were paid for young zander to restock the lake.",
    "Young char from the mountain hatchery, {a} euros for the lot.", "Young bream for our waters: {a} euros.",
]  # fmt: skip
FISH_PARTY = [
    "Sausages for the summer party: {a} euros.", "The band that played at the summer party received {a} euros.",
    "Lemonade and beer for the summer party came to {a} euros.",
    "Hired benches and tables for the summer party, {a} euros.",
    "{a} euros for paper lanterns to decorate the summer party.",
    "The tent for the summer party cost {a} euros to rent.", "Bread and salads for the summer party: {a} euros.",
    "Paid {a} euros for printing the invitations to the summer party.",
    "Prizes for the children's games at the summer party, {a} euros.",
    "Charcoal for the grill at the summer party: {a} euros.", "Plates and cups for the summer party were {a} euros.",
    "The summer party's fireworks cost {a} euros.", "A bouncy castle was hired for the summer party at {a} euros.",
]  # fmt: skip
FISH_HOUSE = [
    "New roof tiles for the clubhouse: {a} euros.", "Paid the chimney sweep {a} euros for the clubhouse stove.",
    "Electricity bill of the clubhouse, {a} euros.", "A new lock for the front door of the clubhouse cost {a} euros.",
    "White paint for the walls inside the clubhouse: {a} euros.", "The cleaning of the clubhouse came to {a} euros.",
    "{a} euros for curtains in the clubhouse.", "The plumber asked {a} euros for the pipe in the clubhouse kitchen.",
    "Firewood for heating the clubhouse, {a} euros.", "A used fridge for the clubhouse kitchen was {a} euros.",
    "Window repair at the clubhouse: {a} euros.", "The water bill for the clubhouse came to {a} euros.",
    "Four chairs for the clubhouse, {a} euros.",
]  # fmt: skip
FISH_MISC = [
    "Stamps and envelopes for the yearly letter: {a} euros.", "A wreath for the funeral of an old member, {a} euros.",
    "Printing of the membership cards cost {a} euros.", "The subscription to the angling magazine: {a} euros.",
    "Paid {a} euros to the regional angling association as our yearly fee.",
    "The cup for the winner of the spring contest was {a} euros.",
    "A birthday present for the chairman came to {a} euros.", "The fee for the club's web page, {a} euros.",
]  # fmt: skip
FISH_NOTE = [
    "The receipt is in the folder.", "The chairman signed it off.", "Paid by bank transfer.", "Paid in cash.",
    "The amount was checked by the auditor.", "On that day the lake was calm and many members were out.",
    "The youngsters had their casting lesson in the afternoon.",
    "The committee met in the evening and talked about the new membership form.",
    "The biggest catch of the week was a pike.", "A heron stood on the jetty all morning.",
    "The water level was a little lower than the week before.",
    "The next club evening is on the last Friday of the month.",
    "Our oldest member told stories about the great flood.", "The reeds on the north bank were full of ducks.",
    "The minutes of the last meeting were approved.", "A walker asked about the way around the lake.",
    "The evening was mild and several members stayed until dark.", "Two new members were welcomed.",
    "It rained, and only a few members came.",
]  # fmt: skip


def sum_fishing(r: random.Random) -> Question:
    sorts = {"boats": FISH_BOATS, "young": FISH_YOUNG, "party": FISH_PARTY, "house": FISH_HOUSE}
    asked = {
        "boats": ["How much did the club spend on the boats in total?", "What did we spend on our boats altogether?"],
        "young": [
            "How much did the club spend on young fish in total?",
            "What did the young fish for the lake cost altogether?",
        ],
        "party": ["How much did the summer party cost in total?", "What did we spend on the summer party altogether?"],
        "house": [
            "How much did the club spend on the clubhouse in total?",
            "What did we spend on the clubhouse altogether?",
        ],
    }
    target = r.choice(list(sorts))
    picks = [(t, True) for t in r.sample(sorts[target], r.randrange(3, 7))]
    for k, v in sorts.items():
        if k != target:
            picks += [(t, False) for t in r.sample(v, r.randrange(3, 6))]
    picks += [(t, False) for t in r.sample(FISH_MISC, r.randrange(5, 8))]
    r.shuffle(picks)
    notes = bag(r, FISH_NOTE)
    total, out = 0, []
    amounts = r.sample(range(11, 160), len(picks))
    for day, (t, yes), a in zip(dates(r, len(picks)), picks, amounts, strict=True):
        if yes:
            total += a
        s = fill(r, t, a=a)
        for _ in range(r.choice([1, 1, 2, 2, 3])):
            s += " " + next(notes)
        out.append(f"{day}: {s}")
    context = "Fishing club, cash book of the treasurer\n\n" + "\n".join(out)
    return Question("sum_fishing", r.choice(asked[target]), context, number=total)


# ---------------------------------------------------------------- 9 the most of all: a dental practice

DENT_AGE = [
    "{s} is {a} years old.", "{s}, aged {a}, came in today.", "{s} ({a} years old) was our next patient.",
    "{s} gave {a} as the age on the form.", "{s} has just turned {a}.",
    "At the age of {a}, {s} is a new patient of ours.", "{s} had a birthday last week and is {a} now.",
    "The age of {s} is {a}.", "{s} is a patient of {a} years of age.", "The card of {s} gives the age as {a}.",
    "{s} is {a} and lives close by.", "{s} became {a} this year.",
]  # fmt: skip
DENT_WAIT = [
    "{s} waited {w} minutes.", "The wait for {s} was {w} minutes.", "{s} sat in the waiting room for {w} minutes.",
    "It took {w} minutes until {s} was called in.", "{s} had {w} minutes to read in the waiting room.",
    "After a wait of {w} minutes {s} was called.", "{s} was shown in after {w} minutes of waiting.",
    "{s} spent {w} minutes in the waiting room.", "The waiting time of {s} came to {w} minutes.",
    "{s} was asked in after waiting {w} minutes.", "For {s} the waiting time was {w} minutes.",
    "{s} had to be patient for {w} minutes before being called in.",
]  # fmt: skip
DENT_CARE = [
    "The check-up showed healthy teeth.", "A filling was put in at the lower left.",
    "Tartar was removed and the teeth were polished.", "A crown was fitted and sits well.",
    "An X-ray was taken of the upper jaw.", "A wisdom tooth will be taken out in the autumn.",
    "The gums were a little red and a mouthwash was recommended.", "A loose bridge was fixed with new cement.",
    "An impression was made for a night guard.", "A chipped front tooth was smoothed.",
    "The root treatment was finished.", "A sensitive tooth was covered with varnish.",
    "A new toothbrush was given as a present.", "The stitches were taken out.",
]  # fmt: skip
DENT_NOTE = [
    "The next appointment was made for the spring.", "The insurance card was read in.",
    "The form was signed at the desk.", "Payment is by bank transfer.", "A reminder will be sent by post.",
    "A leaflet on flossing was handed out.", "A prescription was printed.", "The new telephone number has been noted.",
    "The coat left at the rack was handed over.", "The next visit will be on a Tuesday.",
]  # fmt: skip


def most_dental(r: random.Random) -> Question:
    n = r.randrange(15, 21)
    names = r.sample(SURNAMES, n)
    labels = [r.choice(["Mr ", "Mrs "]) + x for x in names]
    ages = r.sample(range(22, 84), n)
    waits = r.sample(range(6, 48), n)
    variant = r.randrange(3)
    # a clear lead for the extreme
    if variant == 0:
        i = max(range(n), key=lambda k: ages[k])
        ages[i] = min(ages[i] + r.randrange(2, 6), 89)
        q = r.choice(["Which patient is the oldest?", "Who is the oldest of these patients?"])
    elif variant == 1:
        i = min(range(n), key=lambda k: ages[k])
        ages[i] = ages[i] - r.randrange(2, 4)
        q = r.choice(["Which patient is the youngest?", "Who is the youngest of these patients?"])
    else:
        i = max(range(n), key=lambda k: waits[k])
        waits[i] = waits[i] + r.randrange(3, 8)
        q = r.choice(["Which patient waited the longest?", "Who had to wait the longest?"])
    assert len(set(ages)) == len(set(waits)) == n
    age, wait, care, note = bag(r, DENT_AGE), bag(r, DENT_WAIT), bag(r, DENT_CARE), bag(r, DENT_NOTE)
    paras = []
    for k in range(n):
        s = [fill(r, next(age), s=labels[k], a=ages[k]), fill(r, next(wait), s=labels[k], w=waits[k]), next(care)]
        if r.random() < 0.7:
            s.append(next(note))
        paras.append(" ".join(s))
    context = "Dental practice, notes on today's patients\n\n" + "\n\n".join(paras)
    return Question("most_dental", q, context, needed=[names[i]], choices=names)


# ---------------------------------------------------------------- 10 the most frequent: a mountain hut's guest book

HUT_SORTS = {
    "food": [
        "The barley soup was the best we have ever eaten.",
        "Three plates of dumplings and still not enough, so good were they!", "The apple strudel tasted wonderful.",
        "Breakfast with fresh bread and mountain cheese was a treat.", "The goulash was hot and tasty.",
        "The pancakes with blueberries made the children very happy.",
        "We liked the lentil stew so much that we asked for the recipe.", "The potatoes with bacon were delicious.",
        "The noodles were a bit salty, but the salad was fine.", "A big praise to the cook for the cheese omelette.",
        "Our supper was excellent, above all the mushroom sauce.", "The plum cake was still warm when we got it.",
        "The porridge in the morning filled us up for the whole day.", "We ate roast pork with cabbage and loved it.",
    ],
    "weather": [
        "It rained from morning until night.", "A thunderstorm kept us inside for three hours.",
        "Bright sunshine all day long!", "Strong wind and hail on the last part of the way up.",
        "Snow fell in the night, a hand's breadth deep.", "It was so hot that we rested every half hour.",
        "Thick fog the whole day.", "The drizzle stopped only in the evening.",
        "Minus five degrees this morning and frost on the door.", "A mild, dry day with hardly any clouds.",
        "The storm shook the shutters all night.", "We got soaked in a sudden shower.",
        "After two wet days the sun came out at last.", "Sleet on the way up and icy gusts at the top.",
    ],
    "view": [
        "From the terrace one looks over seven peaks and two glaciers.", "What a view down into the valley!",
        "From the window of our room we could see the whole lake.",
        "You can see as far as the city from the bench behind the hut.", "The panorama from the ridge is magnificent.",
        "We stood on the balcony for an hour and gazed at the great north wall.",
        "The lookout above the hut offers a wide view of the whole range.",
        "Such a fine outlook over the forests and villages below.",
        "Looking across to the glacier from here is something special.",
        "With the telescope on the terrace we could see the summit cross.",
        "The view of the three towers of rock is worth the climb.", "From up here we could see four lakes at once.",
        "Nowhere else do you look so far over the mountains.",
        "The sight of the endless chain of summits moved us deeply.",
    ],
    "music": [
        "The hut keeper played the accordion, and it was marvellous.", "We sang old songs around the stove until ten.",
        "A guest took out a guitar and played for everybody.",
        "The zither concert in the evening was a lovely surprise.",
        "The alphorn in the morning was a fine way to wake up.", "Three brothers played brass for the whole hut.",
        "The yodelling of the two sisters was splendid.",
        "A fiddler from the valley played dance tunes in the evening.",
        "The children's choir from the next village sang for us.",
        "The harmonica player at the next table knew every song we asked for.",
        "We enjoyed the evening of folk songs very much.", "The dulcimer sounded beautiful in the small parlour.",
        "Somebody played the flute in front of the hut and we all listened.",
        "The keeper's daughter sang two ballads, and we clapped for a long time.",
    ],
}  # fmt: skip
HUT_OTHER = [
    "We came up from the valley in four hours.", "My new boots gave me two blisters.",
    "The hut dog followed us to the first bridge.", "We played cards until late.",
    "This was our tenth visit to the hut.", "The path over the ridge is well marked.",
    "Our daughter climbed her first real mountain.", "The drying room was a great help for our boots.",
    "We met friends from our home town here by chance.", "The mattresses were soft and we slept well.",
    "A marmot sat right beside the path.", "We celebrated our wedding day up here.", "The new washroom is very clean.",
    "Thanks for lending us the walking poles.", "We are going on to the next hut tomorrow.",
    "I have now been to all nine huts of this district.", "The steep ladder at the gully was exciting.",
    "Our group had twelve people, and everyone reached the hut.",
    "The books on the shelf in the corner are a good idea.", "The hut keeper told us about the history of the house.",
]  # fmt: skip
HUT_TAIL = [
    "See you next year!", "Many thanks to the hut team.", "Greetings to all who come after us.", "We will be back.",
    "All the best.", "Thank you for everything.", "Our best wishes to the keeper.",
]  # fmt: skip
HUT_FROM = ["Graz", "Turin", "Ulm", "Lyon", "Basel", "Prague", "Leeds", "Utrecht", "Malmo", "Linz", "Trento", "Bern"]


def most_hut(r: random.Random) -> Question:
    words = r.sample(list(HUT_SORTS), 4)
    top, others = words[0], words[1:]
    most = r.randrange(9, 14)
    counts = {top: most}
    for x in others:
        counts[x] = r.randrange(2, most - 3)
    if r.random() < 0.6:
        asked = words[:]
        r.shuffle(asked)
        a, b, c, d = asked
        q = r.choice(
            [
                f"What do the guests write about most often: the {a}, the {b}, the {c} or the {d}?",
                f"Which comes up most often in this guest book: the {a}, the {b}, the {c} or the {d}?",
            ]
        )
    else:
        asked = [top, r.choice(others)]
        r.shuffle(asked)
        a, b = asked
        q = r.choice(
            [
                f"Do more guests write about the {a} or about the {b}?",
                f"Which do more entries deal with, the {a} or the {b}?",
            ]
        )
    lines = [t for k, v in counts.items() for t in r.sample(HUT_SORTS[k], v)]
    lines += r.sample(HUT_OTHER, r.randrange(9, 15))
    r.shuffle(lines)
    who = r.sample(SURNAMES, len(lines)) if len(lines) <= len(SURNAMES) else [r.choice(SURNAMES) for _ in lines]
    out = []
    for day, t, w in zip(dates(r, len(lines), 151, 290), lines, who, strict=True):
        tail = " " + r.choice(HUT_TAIL) if r.random() < 0.5 else ""
        sign = r.choice(
            [f"Family {w}, {r.choice(HUT_FROM)}", f"{r.choice('ABCDEGHKLMPRST')}. {w}, {r.choice(HUT_FROM)}"]
        )
        out.append(f"{day}: {t}{tail} ({sign})")
    context = "Guest book of the mountain hut\n\n" + "\n".join(out)
    return Question("most_hut", q, context, needed=[top], choices=asked)


KINDS: dict[str, Callable[[random.Random], Question]] = {
    "find_farm": find_farm,
    "find_travel": find_travel,
    "find_post": find_post,
    "count_rental": count_rental,
    "count_kindergarten": count_kindergarten,
    "gather_dance": gather_dance,
    "gather_theatre": gather_theatre,
    "sum_fishing": sum_fishing,
    "most_dental": most_dental,
    "most_hut": most_hut,
}
