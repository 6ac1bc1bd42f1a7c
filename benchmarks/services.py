"""Ten kinds of questions about the papers of services: a ferry line, a library, a stable and others."""

import datetime as dt
import random
import re
from collections.abc import Callable, Sequence

from benchmarks.questions import Question

# ---------------------------------------------------------------- names and pools

FIRST = [
    "Agnes", "Bertil", "Camille", "Dorota", "Elif", "Fabian", "Gerda", "Hamza", "Ingrid", "Jovana", "Katya", "Leandro",
    "Mirela", "Nadia", "Oskar", "Priya", "Quentin", "Rosalind", "Stefan", "Tamsin", "Ulrike", "Valentin", "Wanda",
    "Xenia", "Yusuf", "Zelda", "Anselm", "Beatrix", "Cosima", "Dmitri", "Esther", "Florian", "Giulia", "Henrik",
    "Ismail", "Joanna", "Konrad", "Lorenzo", "Magda", "Nikolai", "Odette", "Pascal", "Ramona", "Soren", "Theresa",
    "Umberto", "Viktor", "Wilhelm", "Yolanda", "Zoltan",
]  # fmt: skip

LAST = [
    "Abernathy", "Bjornstad", "Castellano", "Dombrowski", "Eriksen", "Fitzgerald", "Grabowski", "Halvorsen", "Ivanova",
    "Jankowski", "Kowalczyk", "Lindqvist", "Marchetti", "Nakamura", "Okonkwo", "Petrakis", "Quigley", "Rasmussen",
    "Schroeder", "Takahashi", "Vandenberg", "Wojcik", "Yildirim", "Zimmermann", "Achterberg", "Cavendish", "Delacroix",
    "Goldstein", "Huxtable", "Ibrahim", "Jorgensen", "Kavanagh", "Lombardi", "McAllister", "Novak", "Oyelaran",
    "Pemberton", "Rutherford", "Sokolov", "Thackeray", "Ustinov", "Villanueva", "Yamamoto", "Zapata", "Blomqvist",
    "Carmichael", "Drummond", "Ferreira", "Gundersen", "Hathaway", "Kessler", "Montague", "Niemann", "Ostrowski",
    "Prendergast", "Santangelo", "Trevelyan",
]  # fmt: skip

TOWNS = [
    "Marlowick", "Brenthaven", "Ostrevik", "Kelmsford", "Tallinbury", "Varnholt", "Dunmorrow", "Eskerdale", "Hollinger",
    "Pennarth",
]  # fmt: skip

POOLS: dict[str, Sequence[str]] = {
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "color": ["red", "blue", "green", "grey", "black", "brown", "yellow", "purple"],
    "time": ["8:15", "9:40", "10:05", "11:30", "12:20", "13:45", "14:10", "15:35", "16:50", "17:25", "18:40"],
    "n": [str(i) for i in range(12, 60)],
    "few": ["two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "weather": [
        "rained", "drizzled", "was foggy", "was sunny", "was windy", "was cold and clear", "was grey and damp",
        "was mild",
    ],
    "part": ["morning", "afternoon", "day"], "half": ["morning", "afternoon"],
    "item": [
        "umbrella", "rucksack", "scarf", "camera", "phone", "purse", "jacket", "thermos flask", "guidebook",
        "straw hat",
    ],
    "topic": [
        "gardening", "railways", "bees", "knitting", "the moon", "whales", "bridges", "bread baking", "old castles",
        "mushrooms", "chess", "volcanoes", "sailing", "birds", "painting", "Roman roads", "deserts", "football",
        "astronomy", "beekeeping", "herbs", "trees", "rivers", "photography",
    ],
    "place": [
        "the returns desk", "the front hall", "the children's corner", "the newspaper room", "the staff kitchen",
        "the local history shelf", "the music shelf", "the study room", "the entrance", "the stairs", "the side door",
        "the travel shelf",
    ],
}  # fmt: skip


def fill(rng: random.Random, template: str, **fixed: str | int | Sequence[str]) -> str:
    """Put drawn words into the {slots} of a template; fixed values may be a word or a list to draw from."""

    def put(m: re.Match[str]) -> str:
        v = fixed.get(m.group(1), POOLS.get(m.group(1), ()))
        return str(v) if isinstance(v, (str, int)) else str(rng.choice(v))

    s = re.sub(r"\{(\w+)\}", put, template)
    return s[0].upper() + s[1:]


def sentences(rng: random.Random, templates: Sequence[str], size: int, **fixed: str | int | Sequence[str]) -> list[str]:
    """Different filler sentences, together at least `size` characters; a template that begins with ! is used once."""
    out: list[str] = []
    seen: set[str] = set()
    total = 0
    idle = 0
    while total < size and idle < 30:
        idle += 1
        for t in rng.sample(list(templates), len(templates)):
            once = t.startswith("!")
            if once and t in seen:
                continue
            s = fill(rng, t.lstrip("!"), **fixed)
            if s in seen:
                continue
            if once:
                seen.add(t)
            idle = 0
            seen.add(s)
            out.append(s)
            total += len(s) + 1
            if total >= size:
                break
    return out


def place_in(rng: random.Random, lines: list[str], extra: Sequence[str]) -> list[str]:
    """Put the extra sentences at drawn places among the lines, keeping the others' order."""
    lines = list(lines)
    for e in extra:
        lines.insert(rng.randint(0, len(lines)), e)
    return lines


def group(rng: random.Random, lines: Sequence[str], lo: int, hi: int) -> list[list[str]]:
    out, i = [], 0
    while i < len(lines):
        k = rng.randint(lo, hi)
        out.append(list(lines[i : i + k]))
        i += k
    return out


def dates(rng: random.Random, n: int, first: dt.date, days: int) -> list[dt.date]:
    """`n` different days in order, no Sundays."""
    free = [first + dt.timedelta(d) for d in range(days)]
    return sorted(rng.sample([d for d in free if d.weekday() != 6], n))


def longdate(d: dt.date) -> str:
    return f"{d.strftime('%A')}, {d.day} {d.strftime('%B')}"


_Fact = tuple[list[str], list[str], str | float]
"""Ways to ask, ways to tell, and the answer."""


def _asked(kind: str, text: str, context: str, answer: str | float) -> Question:
    if isinstance(answer, str):
        return Question(kind, text, context, needed=(answer,))
    return Question(kind, text, context, number=answer)


def person(rng: random.Random, last: str) -> str:
    return rng.choice(["Mr", "Mrs"]) + " " + last


# ---------------------------------------------------------------- 1. library: one fact, long text

LIBRARY_FILL = [
    "It {weather} all {part} and only about {n} people came in.",
    "It {weather} in the early hours, so {s} came in late.", "{s} opened up and had {place} tidy before nine.",
    "{s} was at {place} until noon and then sorted returns.", "{s} had the day off and {t} took over the desk.",
    "A school class of {n} children came to hear a story about {topic}.",
    "{p} asked for a book about {topic}, and we had to order it from another branch.",
    "{p} returned {few} books about {topic} and took out {few} more.",
    "{p} brought back a novel that was {n} days overdue and paid the fine without a word.",
    "{p} told me at length about {topic}, which is a great passion in that family.",
    "We put up a small display about {topic} near {place}.", "The display about {topic} has been taken down again.",
    "{s} moved the books about {topic} to a lower shelf so that children can reach them.",
    "A parcel with {n} new books arrived, most of them about {topic}.",
    "{s} covered {n} new paperbacks with foil this {half}.", "{s} mended the spine of a thick book about {topic}.",
    "We counted {n} visitors in the last hour before closing.",
    "The printer near {place} jammed again and {s} got it going.",
    "The lamp near {place} flickered until {s} changed the bulb.",
    "The heating near {place} made a knocking sound the whole {part}.",
    "The window near {place} would not close, and {s} tied it with string.",
    "The carpet near {place} has a {color} stain that will not come out.", "{s} watered the plants near {place}.",
    "{s} brought a cake for the team, and it was gone by {time}.",
    "{s} and I went through the list of magazines and cancelled {few} of them.",
    "{s} spent the {half} on the phone with the supplier of the {color} labels.",
    "{s} wrote {n} reminder letters to people with overdue books.",
    "{p} joined the library today and went home with {few} books about {topic}.",
    "{p} did not know how to use the computer, and {s} explained it for a whole hour.",
    "{p} looked for a recipe in the old newspapers and found it at last.",
    "{p} praised our shelf about {topic} and asked who looks after it.",
    "{p} would like to see more audio books about {topic}.",
    "{p} reserved the new crime novel and is number {n} on the waiting list.",
    "The book club met at {time} and talked about a novel set among people who love {topic}.",
    "The knitting group sat near {place} until {time}.", "The homework club had {few} children on {day}.",
    "The story hour on {day} was about {topic}, and the small ones listened well.",
    "A talk about {topic} drew {n} listeners on {day} evening.",
    "The talk about {topic} had to be put off because the speaker had a cold.",
    "{s} found a pressed flower in a book about {topic}.",
    "{s} found a shopping list from long ago in a book about {topic}.",
    "Somebody had used a bus ticket as a bookmark in a volume about {topic}.",
    "The post brought a catalogue about {topic} that nobody had asked for.",
    "The cleaning firm came at {time} and did the floor near {place}.",
    "The window cleaner came on {day} and was done by {time}.",
    "The fire inspector walked through the building with {s} and was content.",
    "The alarm went off at {time} because of a spider on the sensor.",
    "A student slept over a book about {topic} near {place} until closing time.",
    "Two boys played hide and seek near {place}, and {s} sent them outside.",
    "A baby cried near {place} and {s} fetched a picture book about {topic}.",
    "A tourist asked {s} the way to the station and stayed to read about {topic}.",
    "A reporter took photographs near {place} for a piece about reading.",
    "{s} is learning to use the new catalogue program and filled {few} pages with notes.",
    "The catalogue program was down from {time} on, and we wrote the loans on paper.",
    "The internet was slow on all {few} public computers this {half}.",
    "{s} ordered {n} rolls of {color} tape for the repair corner.", "We threw out {n} worn-out books about {topic}.",
    "We put {n} old books about {topic} out for the flea market.",
    "The flea market table near {place} brought in some coins for the coffee fund.",
    "{s} rearranged {place} and it looks much brighter now.",
    "{s} hung up a {color} poster about {topic} near {place}.",
    "{s} drew up the rota for next week and everybody agreed.",
    "Staff meeting at {time}: we spoke about holidays and about {topic} as a theme for spring.",
    "The trainee asked good questions about {topic} and about how we lend books.",
    "The trainee shelved {n} books near {place} without one mistake.",
    "The branch in the next village borrowed our set about {topic}.",
    "The branch in the next village sent back {n} books by van.",
    "{p} left an apple for {s} on the desk as a thank-you.",
    "{p} wanted to know how many books we own about {topic}, and {s} counted {n}.",
    "{p} reads every book about {topic} that we buy.",
    "{p} recommended a film about {topic} to everybody in the queue.",
    "{p} held a long chat with {s} about the weather and about {topic}.",
    "Long queue at {place} from {time} on, and everyone stayed friendly.",
    "Quiet {half} today, so {s} dusted the shelf about {topic}.",
    "Quiet hour at noon, so {s} and {t} checked the shelf marks near {place}.",
    "I had my lunch at {time} and read a chapter about {topic}.",
    "I answered {n} letters this {half}, one of them about {topic}.",
    "I worked on the yearly report and got as far as page {n}.",
    "I walked home at {time} with {s}, and we talked about {topic}.",
    "A bird sat on the sill near {place} and {s} took its picture.",
    "The road outside was closed until {time}, and it was wonderfully still.",
    "Market day outside, and people came in with baskets to read about {topic}.",
    "The book van came back at {time} from its round of {few} villages.",
    "The book van had {n} borrowers today, most of them asking for {topic}.",
    "The driver of the book van told {s} that the villages love {topic}.",
    "A grandmother and her grandson read about {topic} near {place} for an hour.",
    "{s} made a quiz about {topic}, and {n} children filled it in.",
    "{s} cut out {n} paper stars for the windows near {place}.",
    "The clock near {place} was {few} minutes slow, and {s} set it right.",
    "The coffee machine gave out at {time}, and {s} made tea instead.",
    "A pile of {color} folders turned up near {place}, and {s} filed them.",
    "A shelf board near {place} sagged, and {s} turned it over.",
    "We had {few} requests for books about {topic} today.", "{s} has a cough and went home at {time}.",
    "{s} is back from a week off and told us about {topic}.", "{t} and {s} swapped shifts on {day}.",
    "{s} labelled {n} boxes of slides about {topic}.",
]  # fmt: skip

CATS = ["Bartok", "Caruso", "Fennimore", "Nefertiti", "Pumpernickel", "Tiberius", "Ziggy", "Mozart"]
KEYPLACES = [
    ("vase", "in the china vase"), ("teapot", "in the old teapot"), ("globe", "under the globe"),
    ("aquarium", "behind the aquarium"), ("piano", "inside the piano"), ("toolbox", "in the toolbox"),
    ("refrigerator", "on top of the refrigerator"),
]  # fmt: skip


def find_library_diary(rng: random.Random) -> Question:
    last = rng.sample(LAST, len(LAST))
    first = rng.sample(FIRST, 12)
    donor, winner = last[0], last[1]
    readers = [person(rng, x) for x in last[2:32]]
    staff, staff2 = first[:4], first[4:7]
    lift, chairs = rng.randint(310, 980), rng.randint(61, 99)
    cat, town, (keyword, keyplace) = rng.choice(CATS), rng.choice(TOWNS), rng.choice(KEYPLACES)
    dn, wn = person(rng, donor), person(rng, winner)
    facts: list[_Fact] = [
        (["Who gave the library the collection of old sea maps?", "Who donated the old sea maps?"],
         [f"{dn} came in with two heavy boxes and gave the library a collection of old sea maps.",
          f"We were given a collection of old sea maps today, a present from {dn}.",
          f"The old sea maps that {dn} has donated to the library arrived this afternoon."],
         donor),
        (["What did the repair of the lift cost?", "How much did we pay for repairing the lift?"],
         [f"The lift has been repaired, and the bill for it came to {lift} euros.",
          f"We paid {lift} euros for the repair of the lift.",
          f"The lift is running again; the repair cost {lift} euros."],
         float(lift)),
        (["What is the name of the cat that lives behind the library?",
          "What is the cat behind the library called?"],
         [f"The children have given the cat that lives behind the library the name {cat}.",
          f"The cat that lives behind the library is called {cat} from now on."],
         cat),
        (["How many new chairs were bought for the reading room?",
          "How many chairs did we buy for the reading room?"],
         [f"Today the {chairs} new chairs that we bought for the reading room were delivered.",
          f"We have bought {chairs} new chairs for the reading room."],
         float(chairs)),
        (["Who won the poetry competition?", "Who got the first prize in the poetry competition?"],
         [f"The first prize in the poetry competition went to {wn}.",
          f"{wn} won the poetry competition and read the poem aloud to everyone."],
         winner),
        (["To which town did we lend the puppet theatre?", "Which town has borrowed our puppet theatre?"],
         [f"We have lent our puppet theatre to the library in the town of {town}.",
          f"The library in the town of {town} has borrowed our puppet theatre."],
         town),
        (["Where is the spare key of the book van kept?", "Where do we keep the spare key for the book van?"],
         [f"The spare key of the book van is now kept {keyplace}.",
          f"From today on we keep the spare key of the book van {keyplace}."],
         keyword),
    ]  # fmt: skip
    ask = rng.randrange(len(facts))
    lines = sentences(rng, LIBRARY_FILL, rng.randint(38200, 39800), s=staff, t=staff2, p=readers)
    lines = place_in(rng, lines, [rng.choice(f[1]) for f in facts])
    parts = group(rng, lines, 5, 9)
    days = dates(rng, len(parts), dt.date(2023, 1, 3), 350)
    context = "Diary of the head of the public library\n\n" + "\n\n".join(
        f"{longdate(d)}\n{' '.join(p)}" for d, p in zip(days, parts, strict=True)
    )
    return _asked("find_library_diary", rng.choice(facts[ask][0]), context, facts[ask][2])


# ---------------------------------------------------------------- 2. vineyard: one fact

VINEYARD_FILL = [
    "It {weather} all {part}, and we stayed in the upper rows.",
    "It {weather} on {day}, so {s} worked in the barrel hall.",
    "{s} pruned {few} rows on the south slope before lunch.", "{s} tied up the young shoots along {few} rows.",
    "{s} mowed the grass between the rows and finished at {time}.",
    "{s} checked the leaves for mildew and found them clean.", "{s} washed {n} barrels and set them out to dry.",
    "{s} labelled {n} bottles of last year's white by hand.",
    "!{s} drove the small tractor to the garage for its yearly check.", "{s} ate lunch under the walnut tree with {t}.",
    "{s} and {t} filled {n} boxes for the wine merchant in the city.",
    "{s} measured the acid in {few} barrels and wrote the values on the board.",
    "{s} showed {n} visitors round the cellar on {day}.", "A coach with {n} guests came for a tasting at {time}.",
    "A family from abroad bought {few} bottles of rosé and took photographs of the dog.",
    "!The guests at the tasting liked the {few}-year-old red best.",
    "!The tasting room got a fresh coat of {color} paint.", "{p} phoned and ordered {n} bottles for a birthday.",
    "{p} asked for a price list and a map of the hiking trails.", "!{p} wants to hold a silver wedding on the terrace.",
    "{p} came to look at the old cellar vault and stayed for a glass.",
    "A hare ran down the rows in front of {s} this {half}.",
    "!Starlings sat on the wires, and {s} hung up {color} ribbons against them.",
    "{s} mended {few} posts at the end of the rows.", "{s} sharpened all the shears in the workshop.",
    "{s} swept the yard and stacked {n} empty crates.", "The cork supplier sent a sample box of {n} corks.",
    "!The glass factory will deliver new bottles on {day}.",
    "!The village brass band asked whether they may play in our yard on {day}.",
    "!The cat had {few} kittens in the straw behind the shed.",
    "The bees of our neighbour were busy in the clover all {part}.", "We tasted from {few} barrels and {s} took notes.",
    "We sat together until {time} and planned the work for the next week.",
    "We cleaned the drain in the yard with {s}.", "!We painted the gate {color} again.",
    "The soil is dry on top and moist a hand deep, says {s}.", "!The first leaves are turning yellow near the stream.",
    "!The roses at the ends of the rows are in bloom.",
    "{t} baked an onion tart for everybody, and it was eaten within minutes.",
    "!{t} is writing the text for the back label.", "{t} took the {color} van to the post office at {time}.",
    "{t} counted {n} buds on one vine and noted it down.", "!{t} put new {color} signs along the path for walkers.",
    "!Our trainee learned how to rack wine from one barrel to another on {day}.",
    "The thermometer in the cellar showed {few} degrees at {time}.", "{s} carried {n} bottles up to the tasting room.",
    "{s} pulled out weeds along {few} rows and had a sore back afterwards.",
    "{s} oiled the hinges of the {color} shed.", "{s} sowed clover between {few} rows.",
    "{s} filled up the shelf in the shop with {n} bottles.", "{s} talked with {p} about the weather for a good while.",
    "{s} swam in the pond at {time} after work.", "{s} and {t} tried a new sheet for the work hours.",
    "{t} answered {n} letters from customers.", "{t} made a list of the {n} guests for the wine evening.",
    "{t} brought the empty bottles to the washing plant on {day}.", "{t} found {few} snails on the young leaves.",
    "{p} sent us a postcard from the mountains.", "{p} picked up {few} boxes of red wine in person.",
    "{p} brought the children along, and they played by the stream until {time}.",
    "!A journalist wrote a friendly piece about our white wine.", "!The old walnut tree has lost a branch.",
    "!The chimney sweep was here and had a glass of juice.", "!A stork walked across the meadow in the early morning.",
    "!The telephone was out of order for a whole day.",
    "!The road to the village was closed because of a bicycle race.", "!Our stand at the wine fair was well visited.",
    "!The new corkscrews with our name on them look very handsome.",
]  # fmt: skip
PLOTS = ["Kestrelberg", "Foxenhalde", "Morgenleite", "Steinacker", "Himmelreich", "Ravensgrund", "Lerchenfeld"]


def find_vineyard_notes(rng: random.Random) -> Question:
    last = rng.sample(LAST, len(LAST))
    first = rng.sample(FIRST, 10)
    helper, cook = last[0], last[1]
    pump, crates = rng.randint(210, 960), rng.randint(110, 480)
    plot = rng.choice(PLOTS)
    grape = rng.choice(["Riesling", "Merlot", "Chardonnay", "Dornfelder", "Silvaner"])
    hn, cn = person(rng, helper), person(rng, cook)
    facts: list[_Fact] = [
        (["Who lent us a wine press?", "From whom did we borrow the wine press?"],
         [f"{hn} has lent us a wine press until the end of the season.",
          f"We have borrowed a wine press from {hn}."], helper),
        (["What did the new water pump cost?", "How much did we pay for the new water pump?"],
         [f"The new water pump cost {pump} euros.", f"We bought a new water pump for {pump} euros."],
         float(pump)),
        (["Which plot was hit by hail?", "Which of our plots did the hail damage?"],
         [f"Hail fell on our plot called {plot} and damaged the vines there.",
          f"The plot called {plot} was hit by hail in the evening."], plot),
        (["How many crates of grapes did we pick on the first day of the harvest?",
          "How many crates were picked on the first day of harvest?"],
         [f"On the first day of the harvest we picked {crates} crates of grapes.",
          f"The first day of the harvest is over, and we have picked {crates} crates of grapes."],
         float(crates)),
        (["Who will cook for the harvest helpers?", "Who cooks for the harvest helpers this year?"],
         [f"{cn} will cook for the harvest helpers this year.",
          f"This year the meals for the harvest helpers are cooked by {cn}."], cook),
        (["Which grape did we plant on the new terrace by the chapel?",
          "Which grape grows on the new terrace by the chapel?"],
         [f"On the new terrace by the chapel we have planted {grape}.",
          f"The new terrace by the chapel is now planted with {grape}."], grape),
    ]  # fmt: skip
    ask = rng.randrange(len(facts))
    lines = sentences(
        rng, VINEYARD_FILL, rng.randint(5400, 9000), s=first[:4], t=first[4:7], p=[person(rng, x) for x in last[2:16]]
    )
    told = [rng.choice(f[1]) for f in facts]
    late = told.pop(3)  # the harvest comes late in the year
    lines = place_in(rng, lines, told)
    lines.insert(rng.randint(len(lines) * 4 // 5, len(lines)), late)
    parts = group(rng, lines, 3, 7)
    days = dates(rng, len(parts), dt.date(2024, 4, 2), 190)
    context = "Notes from the vineyard\n\n" + "\n\n".join(
        f"{d.day} {d.strftime('%B')}. {' '.join(p)}" for d, p in zip(days, parts, strict=True)
    )
    return _asked("find_vineyard_notes", rng.choice(facts[ask][0]), context, facts[ask][2])


# ---------------------------------------------------------------- 3. town council: one fact

COUNCIL_FILL = [
    "{c} thanked the staff of the town hall for their work over the winter.",
    "{c} asked how the work on the market square is going.",
    "{c} reported that {n} people came to the open evening on {day}.",
    "!{c} proposed to put {few} benches along the river path.",
    "{c} said that the street lamps near the station are too dim.",
    "{c} showed pictures of the flower beds and suggested {color} tulips for next spring.",
    "{c} wished to know when the road to the quarry will be swept.",
    "!{c} reported on the visit to our twin town and passed round {few} photographs.",
    "{c} explained how the waste is sorted at the yard.", "{c} asked for the windows to be opened at {time}.",
    "{c} read out a letter from a resident about the noise of leaf blowers.",
    "!{c} read out a letter from a pupil who likes the new {color} slide.",
    "{c} was of the opinion that the bins in the park should be emptied on {day} as well.",
    "{c} and {d} spoke for a longer season at the ice rink.", "{c} and {d} will visit the sewage works on {day}.",
    "{c} and {d} gave a short report about the youth centre.",
    "!{c} asked whether the fountain will run before Easter.",
    "!{c} suggested a {color} colour for the railings of the footbridge.",
    "{d} answered that the matter is with the building office.", "{d} answered that a reply will come in {few} weeks.",
    "{d} pointed out that the car park at the church is full on {day}.",
    "{d} noted that {n} households have asked for a second paper bin.",
    "{d} would like the agenda to be sent out {few} days earlier.",
    "{d} described the plans for the summer festival with {few} bands.",
    "{d} reminded everyone of the blood donation on {day}.",
    "!{d} said that the snow plough was out on {few} mornings.",
    "{d} had spoken with the shop owners about opening hours on {day}.",
    "The council took note of the report about the nursery school.",
    "The council took note of the figures on tourism, with {n} guests a night on average.",
    "The council agreed to look at the cycle path again in {few} months.",
    "The council put off the item about the {color} signposts to the next meeting.",
    "!The council approved the minutes of the last meeting with {n} small corrections.",
    "The item about the wood-chip heating was discussed until {time}.",
    "The item about the market stalls took {n} minutes.",
    "A resident asked from the gallery about the pigeons on {day} market.",
    "!A resident asked from the gallery for a mirror at the corner by the dairy.",
    "!A resident praised the clean paths in the cemetery.",
    "!The forester explained how {n} hectares of wood are thinned.",
    "!The fire brigade was called out {n} times last month.", "!The archivist has scanned {n} old files of the town.",
    "!The band of the fire brigade will play at the town hall on {day}.", "There was a short break at {time}.",
    "The chairman closed the item and thanked {c} for the preparation.",
    "The next meeting with the neighbouring towns is planned for {day} at {time}.",
    "!The microphone near the {color} curtain failed, and {c} spoke without it.",
    "{c} asked how many people use the reading corner on {day}.",
    "{c} gave an account of the meeting with the farmers on {day}.",
    "{c} pleaded for longer opening hours at the registry office.",
    "{c} had received {n} letters about the speed limit at the kindergarten.",
    "{c} was pleased that the theatre evening drew {n} guests.",
    "{c} reported that the kindergarten has {n} children at present.", "{d} showed a plan of the sports ground.",
    "{d} was glad that the volunteers picked up {n} bags of litter on {day}.",
    "{d} explained why the water was turned off on {day} until {time}.",
    "{d} counted {n} cars in front of the school on {day} morning.",
    "{d} asked the office to answer the letters within {few} weeks.",
    "{d} took up the matter of the loud motorbikes on {day} nights.",
    "!The choir of the primary school opened the meeting with a song.", "!The visitors in the gallery were welcomed.",
    "!The mayor was on a journey and sent greetings.", "!The report on the new playground was heard with interest.",
    "!The carnival procession went off without any trouble.", "!The dog meadow will get a second entrance.",
    "!The ferry landing was cleaned by the scouts.", "!The museum will open its attic to visitors for one evening.",
    "!A short film about the history of the harbour was shown.",
]  # fmt: skip
STREETS = ["Alderbrook", "Cobblergate", "Fuchsia", "Hazelmere", "Larkspur", "Ropemaker", "Tannery", "Weaverton"]
FIRMS = ["Duratek", "Helmwerk", "Nordbau", "Roofex", "Stanmore", "Tegula", "Ziegelhaus"]


def find_council_minutes(rng: random.Random) -> Question:
    last = rng.sample(LAST, len(LAST))
    head, medal = last[0], last[1]
    grant, trees = rng.randint(220, 960), rng.randint(61, 190)
    street, firm = rng.choice(STREETS), rng.choice(FIRMS)
    hn, mn = person(rng, head), person(rng, medal)
    facts: list[_Fact] = [
        (["How much money does the swimming club get from the council?",
          "How much did the council grant to the swimming club?"],
         [f"The council granted the swimming club {grant} euros.",
          f"The swimming club gets {grant} euros from the council this year."], float(grant)),
        (["Who was elected head of the school committee?", "Who is the new head of the school committee?"],
         [f"{hn} was elected head of the school committee.",
          f"The council elected {hn} as the new head of the school committee."], head),
        (["In which street will the new bus stop be built?", "Where will the new bus stop be?"],
         [f"The new bus stop will be built in {street} Street.",
          f"The council decided to have the new bus stop in {street} Street."], street),
        (["How many trees will be planted along the canal?", "How many trees does the council plant along the canal?"],
         [f"It was decided that {trees} trees will be planted along the canal.",
          f"The council will have {trees} trees planted along the canal."], float(trees)),
        (["Which firm will repair the roof of the town hall?", "Which firm got the contract for the town hall roof?"],
         [f"The contract for repairing the roof of the town hall goes to the firm {firm}.",
          f"The firm {firm} will repair the roof of the town hall."], firm),
        (["Who gets the town's medal of honour?", "Who will receive the medal of honour of the town?"],
         [f"The council will give the town's medal of honour to {mn}.",
          f"{mn} will receive the town's medal of honour."], medal),
    ]  # fmt: skip
    ask = rng.randrange(len(facts))
    lines = sentences(
        rng,
        COUNCIL_FILL,
        rng.randint(5400, 9000),
        c=["Councillor " + x for x in last[2:9]],
        d=["Councillor " + x for x in last[9:15]],
    )
    lines = place_in(rng, lines, [rng.choice(f[1]) for f in facts])
    parts = group(rng, lines, 4, 8)
    context = "Minutes of the town council\n\n" + "\n\n".join(f"{i}. {' '.join(p)}" for i, p in enumerate(parts, 1))
    return _asked("find_council_minutes", rng.choice(facts[ask][0]), context, facts[ask][2])


# ---------------------------------------------------------------- 4. ferry line: count messages

FERRY_LOST = [
    "I left my {color} {item} on the {time} boat on {day}. Has anybody handed it in?",
    "My {item} must still be lying in the upper saloon of the {day} ferry. Please tell me if you have found it.",
    "We got home and noticed that my husband's {item} had stayed behind on board. Where can we pick it up?",
    "Do you have a lost property office? I lost my {item} on the crossing on {day}.",
    "My son forgot his {item} under a bench on the sun deck. Can you look for it?",
    "I am missing a silver earring since the {time} crossing. It may be on the floor of the boat near the stairs.",
    "Has a {color} {item} been found on the boat? I last had it at my seat by the window and now it is gone.",
    "On {day} my {item} slipped out of my bag during the crossing and is gone. I would be glad to have it back.",
    "I forgot a carrier bag with new shoes at the snack bar on the {time} boat. Did the crew keep it for me?",
    "My mother has lost her walking stick on your ship. It has a carved handle.",
    "Please send me my {item} by post if you find it. I left it on the car deck on {day}.",
    "My daughter's teddy bear was left in the play corner on the {time} boat. Please search for it.",
    "My keys are gone. I had them when I boarded the ferry on {day}, and when I got off they were missing.",
    "Your steward told me to write to you about my lost {item}. It is {color} and has my initials on it.",
    "After the trip on {day} I could not find my {item} any more. I believe it is still on the ferry.",
    "I left a library book on the table in the quiet room of the {time} boat. Could somebody put it aside for me?",
    "Looking for my {color} {item}, lost on board on {day}. I will gladly pay the postage.",
    (
        "My wedding ring came off in the washroom of the {time} boat and I have lost it. Please ask the cleaners "
        "whether they found it."
    ),
]  # fmt: skip
FERRY_PET = [
    "Can I take my dog on the {time} boat on {day}?",
    "We would like to travel with our two cats. Is there a quiet corner on board for them?",
    "What does a ticket for a dog cost on the {time} boat?", "Does my terrier have to wear a muzzle on deck?",
    "I am bringing my rabbit in a travel box on {day}. May the box stand next to my seat?",
    "Are parrots in a cage allowed in the saloon?",
    "Our old labrador can hardly climb stairs. Is there a ramp for him on the {time} boat?",
    "May the dog stay in our car during the crossing?",
    "I will have two guinea pigs with me on {day}. Do they need papers for the ferry?",
    "Is there a water bowl for dogs on board, or should I bring one for ours?",
    "We are moving house with a cat and a hamster. Which deck should we use with them?",
    "Please add a small dog to my booking for {day}.",
    "My puppy has never been on a ship. Where on board may I walk him?",
    "Do you have cabins in which our cat may stay with us?",
    "I want to bring my tortoise along on the {time} boat. Is that all right?",
    "Must my greyhound be kept on a lead in the passenger lounge?",
    "Do budgies travel free of charge? We will bring a pair of them in a cage.",
    "Our poodle will be with us on the {time} crossing. Do you need his vaccination card?",
]  # fmt: skip
FERRY_OTHER = [
    "When does the last boat leave on {day}?", "Is the {time} boat running on public holidays?",
    "We are a group of {n} people and would like to cross on {day}. Do you have a group price?",
    "I would like to apply for the job as a deckhand. To whom should I write?",
    "Is there parking near the pier for {few} days?",
    "The fish soup on the {time} boat was delicious. My compliments to the cook!",
    "We want to hire a boat for our wedding party of {n} guests. What would it cost?",
    "My father uses a wheelchair. Is there a lift to the upper deck?", "Does the internet work out on the water?",
    "Please send me a receipt for my ticket from {day}, I need it for my office.",
    "Where can I buy a season ticket for the whole summer?", "How much is it to take a bicycle on the {time} boat?",
    "I get seasick easily. Which seats rock the least?",
    "Our school class of {n} children wants to see the engine room. Is a tour possible on {day}?",
    "Do you sell postcards of the old steamer?",
    "The {time} boat was {n} minutes late on {day} and I missed my train. That was annoying.",
    "What is the highest van that fits on the car deck?",
    "Can I give a round trip as a present? I am thinking of a voucher for {few} people.",
    "Will the boat run in a storm on {day}?",
    "The toilets on the {time} boat were dirty on {day}. Please clean them more often.",
    "I would like to change my ticket from {day} to the day after.", "Do children of {few} years pay the full fare?",
    "May I take photographs on the bridge with the captain?", "Could you send me the new timetable by post?",
    "The captain's stories about the lighthouse made our trip on {day}. Thank you!",
    "Can I pay by card at the snack bar on the {time} boat?",
    "I tried to book online for {day} and the page showed an error. Please book {few} seats for me.",
    "How long does the crossing to the small island take?",
]  # fmt: skip
CLOSINGS = [
    "", "", "", " Many thanks.", " Best wishes.", " Thank you for your help.", " Kind regards.", " Have a nice day.",
    " I look forward to your answer.",
]  # fmt: skip


def pick(rng: random.Random, templates: Sequence[str], k: int, **fixed: str | int | Sequence[str]) -> list[str]:
    return [fill(rng, t, **fixed) for t in rng.sample(list(templates), k)]


def count_ferry_messages(rng: random.Random) -> Question:
    total, k = 40, rng.randint(7, 16)
    sets = [
        (
            FERRY_LOST,
            [
                "How many of these messages are about something lost or left behind on board?",
                "How many of these messages are about lost things?",
            ],
        ),
        (
            FERRY_PET,
            [
                "How many of these messages are about taking a pet on board?",
                "How many of these messages are about travelling with pets?",
            ],
        ),
    ]
    rng.shuffle(sets)
    (asked, wordings), (other, _) = sets
    other_k = rng.randint(max(5, total - k - len(FERRY_OTHER)), 11)
    msgs = pick(rng, asked, k) + pick(rng, other, other_k) + pick(rng, FERRY_OTHER, total - k - other_k)
    rng.shuffle(msgs)
    names = rng.sample(FIRST, total)
    minutes = sorted(rng.sample(range(5 * 600), total))
    rows = []
    for name, m, text in zip(names, minutes, msgs, strict=True):
        d, r = divmod(m, 600)
        stamp = f"{POOLS['day'][d][:3]} {8 + r // 60:02d}:{r % 60:02d}"
        rows.append(f"[{stamp}] {name}: {text}{rng.choice(CLOSINGS)}")
    context = "Messages to the ferry line, this week\n\n" + "\n".join(rows)
    return Question("count_ferry_messages", rng.choice(wordings), context, number=float(k))


# ---------------------------------------------------------------- 5. bike repair shop: count entries

BIKE_BRAKES = [
    "The front brake squeals. Clean it and fit new pads.", "Rear brake cable has snapped. Put in a new one.",
    "Both brakes grip far too late. Adjust them.",
    "Pulls the lever and the bike hardly slows down. New brake pads front and rear.",
    "Brake fluid is leaking at the lever. Bleed the system.", "The brake disc is bent and rubs. Replace it.",
    "Fit new brake shoes, the old ones are worn down to the metal.",
    "The back-pedal brake no longer holds on the hill. Repair it.",
    "Cannot stop properly in the rain. Swap the old brake blocks for better ones.",
    "Left brake lever broken off in a fall. Order one and mount it.",
    "Handbrake is stuck and does not spring back. Oil the cable.",
    "Wants hydraulic disc brakes instead of the old rim brakes.", "Brake check before a tour in the mountains.",
    "Front brake shudders. Set the pads straight.",
    "Child cannot reach the brake levers. Move them closer to the grips.",
    "Stopping distance is much too long. Both pairs of pads are finished, replace them.",
    "Rear disc pads are worn out and it takes ages to come to a stop. Put in new pads.",
    "Bike would not stop at the crossing this morning. New cable and new pads for the front brake.",
]  # fmt: skip
BIKE_TYRES = [
    "Flat tyre at the back, a nail went through it. Patch the tube.",
    "Front tyre loses air overnight. Find the hole and patch it.", "New tyres front and rear, the tread is gone.",
    "Puncture at the front. New inner tube.", "Air leaks out at the valve. Put in a new tube.",
    "Rode through broken glass and the rear tyre is cut open. Replace it.",
    "Wants puncture-proof tyres before a long trip.", "Pump up the tyres and check them for cracks.",
    "The rear tyre went flat on the way to school. Patch it.",
    "Take off the summer tyres and put on winter tyres with studs.",
    "Thorn in the tube, air gone within an hour. Mend it.", "Tyre wall is brittle and splitting. Fit a new tyre.",
    "The inner tube bulges out at the side. Replace it.", "Third puncture this month at the front. New tube.",
    "Heard a bang and all the air was out. Fit a new inner tube at the back.",
    "Change to wider tyres for gravel roads.",
]  # fmt: skip
BIKE_LIGHTS = [
    "Front lamp stays dark. New bulb.", "Rear light flickers. Check the wire.",
    "Dynamo gives no current to the lamps. Replace it.", "Wants LED lights front and back.",
    "Headlight hangs down after a fall. Straighten it and screw it tight.",
    "Cable to the back light has been torn off. Lay a new one.", "Battery lamp no longer charges. Order another lamp.",
    "Check of the lights before the dark season.", "Rear lamp glass is cracked. Put on another.",
    "Switch of the front light is stuck. Free it.", "Headlight is very weak at night. Look at the plugs of the dynamo.",
    "Police stopped him because nothing shone at the back. Fit a rear lamp.",
    "Mount a second headlamp for night tours.", "Front light shines up into the trees. Aim it at the road.",
    "Lamp goes out as soon as the road gets bumpy. Change the loose lamp holder.",
    "Both bulbs are burnt out. Replace them.",
]  # fmt: skip
BIKE_OTHER = [
    "Gears jump under load. Adjust the derailleur.", "Chain is rusty and squeaks. New chain.",
    "Saddle is torn. Fit a gel saddle.", "Left pedal is bent. Put on a new pair of pedals.",
    "Wants a loud bell on the handlebar.", "Mount a wicker basket in front.", "Mudguard rattles. Screw it tight.",
    "Kickstand is too short. Fit a longer one.", "Frame has scratches. Touch up the {color} paint.",
    "Lost the key of the frame lock. Drill it out and fit a new lock.", "Mount a child seat on the rack.",
    "Two broken spokes. Put in new ones.", "Handlebar is crooked after a fall. Set it straight.",
    "New {color} handlebar tape.", "Bottom bracket creaks. Replace the bearing.",
    "Coupling for a child trailer wanted.", "Engrave the owner's code on the frame.",
    "Motor of the e-bike needs the new software.", "Speedometer shows nothing. Move the sensor.",
    "Suspension fork is stiff. Service it.", "Shift lever for the third gear is broken. Order one.",
    "Seat post is stuck. Loosen it and raise the saddle by {few} centimetres.",
    "Wash and wax the whole frame before a sale.", "Luggage rack is broken at the weld. New rack.",
    "Bottle holder wanted on the down tube.", "Chain guard is cracked. Replace it.",
    "Rubber grips are sticky. Put on new {color} grips.", "Crank is loose. Tighten it.",
    "Steering feels rough. Grease the headset bearing.",
    "Motor battery of the e-bike is empty after {few} kilometres. Send it to the maker.",
]  # fmt: skip
BIKE_NOTES = [
    "", "", " Will be fetched on {day}.", " Phone when ready.", " No hurry.", " Needed by {day}.", " Regular customer.",
    " Paid in advance.", " Leave the bike in the yard.", " Student price.",
]  # fmt: skip


def count_bike_jobs(rng: random.Random) -> Question:
    sets = [
        (
            BIKE_BRAKES,
            [
                "How many of these jobs are about brakes?",
                "How many of the repairs in this job book are about the brakes?",
            ],
        ),
        (
            BIKE_TYRES,
            [
                "How many of these jobs are about tyres or tubes?",
                "How many of the jobs in this book are about the tyres (or their tubes)?",
            ],
        ),
        (
            BIKE_LIGHTS,
            [
                "How many of these jobs are about the lights?",
                "How many of the jobs in this book are about bike lights?",
            ],
        ),
    ]
    rng.shuffle(sets)
    total, k = rng.randint(38, 42), rng.randint(7, 15)
    ka, kb = rng.randint(3, 5), rng.randint(3, 5)
    jobs = pick(rng, sets[0][0], k) + pick(rng, sets[1][0], ka) + pick(rng, sets[2][0], kb)
    rest = min(total - len(jobs), len(BIKE_OTHER))
    jobs += pick(rng, BIKE_OTHER, rest)
    rng.shuffle(jobs)
    names = rng.sample(LAST, len(jobs))
    sorts = ["city bike", "touring bike", "mountain bike", "racing bike", "folding bike", "cargo bike", "ladies' bike"]
    day = dt.date(2024, 5, 2)
    rows = []
    for name, job in zip(names, jobs, strict=True):
        if rng.random() < 0.4:
            day += dt.timedelta(1)
        rows.append(
            f"{day.day} {day.strftime('%b')}, {name}, {rng.choice(POOLS['color'])} {rng.choice(sorts)}: "
            f"{job}{fill(rng, ' ' + rng.choice(BIKE_NOTES))[1:]}"
        )
    context = "Job book of the bike repair shop\n\n" + "\n".join(rows)
    return Question("count_bike_jobs", rng.choice(sets[0][1]), context, number=float(k))


# ---------------------------------------------------------------- 6. music school: gather names

INSTRUMENTS = ["cello", "flute", "trumpet", "harp", "clarinet", "accordion"]
MUSIC_PLAYS = [
    "{N} plays the {i}.", "{N} started to learn the {i} {few} years ago and still plays it.",
    "{N} takes {i} lessons every {day}.", "{N} practises the {i} for half an hour a day.",
    "The instrument of {N} is the {i}.", "{N} comes to us for lessons on the {i}.",
    "{N} learns the {i} in a group of {few}.", "{N} is in the beginners' class for the {i}.",
    "{N} played a short dance on the {i} at the spring concert.",
    "{N} chose the {i} at the open day and has played it ever since.", "{N} passed the second exam on the {i}.",
    "We teach {N} the {i} on {day} afternoons.", "{N} is making good progress on the {i}.",
    "On the {i}, {N} has reached the third book.", "{N} plays on a rented {i} that belongs to the school.",
    "{N} plays the {i} in the youth orchestra.",
]  # fmt: skip
MUSIC_FILL = [
    "Lives out by the mill and comes by bus.", "The parents pay by standing order.", "New phone number since {day}.",
    "Missed {few} lessons because of a cold.", "Likes the theory class and does the homework with care.",
    "Sings along while tuning.", "Would like a later lesson, after {time} if possible.",
    "Has a dentist's appointment on {day} and will be late.", "Reads notes very well.",
    "Still has trouble with the rhythm and should clap along more.",
    "Always arrives {few} minutes early and waits in the corridor.", "Left a {color} jacket in room {few}.",
    "Grandmother brings the sandwiches and waits in the hall.", "Has a twin at the grammar school.",
    "Helped to put up the chairs for the concert.", "Wants to be a vet one day.",
    "Comes straight from football practice on {day}.", "Sold {n} tickets for the summer concert.",
    "Needs a new music stand at home.", "Is a bit shy on stage and does better in the small room.",
    "Broke a finger in winter and is well again.", "The fee for this term has been paid.",
    "Took the sheet music home in a {color} folder.", "Goes on a school trip for {few} days next month.",
    "Can learn {few} lines by heart in one evening.", "Laughs a lot and cheers up the whole class.",
    "Changed schools in autumn.", "Please send the letters to the father's new address.",
    "Lent a pencil to everyone in the theory class.", "Will move to the {color} room when the painting is done.",
    "Keeps a diary of what was practised.", "Has asked for a duet partner.",
    "Photographs may be used on our page, the form is signed.", "The little brother comes along and draws.",
]  # fmt: skip


def gather_music_pupils(rng: random.Random) -> Question:
    names = rng.sample(FIRST, rng.randint(20, 24))
    inst = rng.choice(INSTRUMENTS)
    k = rng.randint(4, 7)
    mine = names[:k]
    others = [x for x in INSTRUMENTS if x != inst]
    order = rng.sample(names, len(names))
    wording: dict[str, str] = {}
    for part in (mine, names[k:]):  # different templates for those who count
        temps: list[str] = []
        while len(temps) < len(part):
            temps += rng.sample(MUSIC_PLAYS, len(MUSIC_PLAYS))
        wording.update(zip(part, temps, strict=False))
    paras = []
    bag: list[str] = []
    for n in order:
        own = fill(rng, wording[n], N=n, i=inst if n in mine else rng.choice(others))
        want = rng.randint(2, 4)
        lines: list[str] = []
        while len(lines) < want:
            if not bag:
                bag = rng.sample(MUSIC_FILL, len(MUSIC_FILL))
            t = bag.pop()
            s = fill(rng, t)
            if s not in lines:
                lines.append(s)
        paras.append(f"{n}, {rng.randint(8, 17)} years. " + " ".join(place_in(rng, lines, [own])))
    context = "Music school: notes on our pupils\n\n" + "\n\n".join(paras)
    text = rng.choice([f"Which pupils play the {inst}?", f"Who plays the {inst}?"])
    return Question("gather_music_pupils", text, context, needed=tuple(mine), wrong=tuple(names[k:]))


# ---------------------------------------------------------------- 7. hospital ward: gather names

WARD_HOME = [
    "{P} goes home tomorrow.", "{P} will be discharged tomorrow morning.",
    "Discharge of {P} is set for tomorrow at {time}.",
    "The taxi that takes {P} home is ordered for tomorrow at {time}.",
    "{P} may leave the hospital tomorrow and go home.", "Tomorrow {P} is going back home.",
    "The doctor is letting {P} go home tomorrow.", "The papers are signed, and {P} leaves for home tomorrow.",
    "{P}'s stay with us ends tomorrow, then it is back home.",
    "A neighbour will drive {P} home tomorrow after breakfast.",
    "{P} is looking forward to sleeping at home tomorrow, the discharge is settled.",
    "Bed of {P} will be free tomorrow, because {P} is going home.",
    "Please pack the things of {P}, who is being discharged tomorrow.",
]  # fmt: skip
WARD_VEG = [
    "{P} is a vegetarian.", "{P} eats no meat and no fish, only vegetarian meals.",
    "Kitchen, please note: vegetarian meals for {P}.", "{P} has ordered the vegetarian menu.",
    "{P} gets the food without meat.", "For {P} the kitchen cooks vegetarian.",
    "{P} has eaten no meat for {few} years and gets the vegetarian plate.",
    "The vegetarian lunch was brought to {P} as always.", "Vegetarian diet for {P}, as noted on the chart.",
    "{P} asked for meatless meals, and the kitchen sends them.",
    "{P} gets vegetables and cheese in place of meat at every meal.", "The card on the tray of {P} says vegetarian.",
]  # fmt: skip
WARD_VISIT = [
    "{P} had a visit from a sister this afternoon.", "{P}'s two sons sat at the bedside today from three to five.",
    "Friends from the choir came to see {P} today.", "{P} had visitors today at {time}.",
    "The whole family came to see {P} this afternoon.", "A cousin with flowers came to visit {P} today.",
    "{P}'s daughter was here today and stayed for an hour.",
    "Two neighbours visited {P} this afternoon and brought grapes.",
    "{P} was glad about today's visit from an old school friend.",
    "{P}'s grandchildren came to the ward today with a picture they had drawn.",
    "A colleague from work came by today to see {P}.", "The priest of the parish visited {P} today at {time}.",
]  # fmt: skip
WARD_FILL = [
    "Blood pressure was good at {time}.", "Temperature normal at {time}.", "Slept well and woke up at six.",
    "Walked along the corridor {few} times.", "The dressing on the left arm was changed at {time}.",
    "The dressing on the right knee is dry and clean.", "X-ray of the hip is done, the picture is with the doctor.",
    "Reads a thick {color} book and asks for a better lamp.", "Likes the window open a little at night.",
    "Does crosswords and has finished {few} today.", "Listens to the radio with earphones.",
    "Infusion finished at {time}.", "Weight taken at {time} and written on the chart.",
    "Exercises with the physiotherapist went well.", "The reading glasses were under the bed and have been found.",
    "Takes the tablets with tea.", "Drank {few} cups of tea.", "Had a headache at noon, better after a tablet.",
    "Washed alone this morning.", "Needs a hand when getting up.", "Sat in the chair by the window for an hour.",
    "The cast feels tight, the doctor has looked at it.", "Blood sample taken at {time}.",
    "Got a fresh pillow and a {color} blanket.", "The hearing aid has new batteries.", "Coughs less than on {day}.",
    "The stitches will be looked at on {day}.", "Asked for a bed nearer to the door.", "Told the night nurse a joke.",
    "Ear drops at {time}.", "Practised climbing {few} steps.", "The bell at the bed was broken and has been mended.",
    "Had a good appetite at noon.", "Ultrasound is planned for {day}.", "Pulse calm and even.",
    "The swelling of the ankle has gone down.",
]  # fmt: skip


def gather_ward_patients(rng: random.Random) -> Question:
    sets = [
        (WARD_HOME, ["Which patients are going home tomorrow?", "Who goes home tomorrow?"]),
        (WARD_VEG, ["Which patients get vegetarian food?", "Who gets vegetarian meals?"]),
        (WARD_VISIT, ["Which patients had visitors today?", "Who had a visit today?"]),
    ]
    rng.shuffle(sets)
    names = rng.sample(LAST, rng.randint(19, 23))
    k, ka, kb = rng.randint(4, 7), rng.randint(2, 4), rng.randint(2, 4)
    title = {n: person(rng, n) for n in names}
    own: dict[str, str] = {}
    at = 0
    for (temps, _), c in zip(sets, (k, ka, kb), strict=True):
        for n, t in zip(names[at : at + c], rng.sample(temps, c), strict=True):
            own[n] = fill(rng, t, P=title[n])
        at += c
    bag: list[str] = []
    paras = []
    for i, n in enumerate(rng.sample(names, len(names))):
        lines: list[str] = []
        for _ in range(rng.randint(3, 5)):
            if not bag:
                bag = rng.sample(WARD_FILL, len(WARD_FILL))
            s = fill(rng, bag.pop())
            if s not in lines:
                lines.append(s)
        paras.append(f"Room {1 + i // 2}, {title[n]}. " + " ".join(place_in(rng, lines, [own[n]] if n in own else [])))
    context = "Hospital ward, handover notes of the late shift\n\n" + "\n\n".join(paras)
    return Question(
        "gather_ward_patients", rng.choice(sets[0][1]), context, needed=tuple(names[:k]), wrong=tuple(names[k:])
    )


# ---------------------------------------------------------------- 8. horse stable: add up amounts

STABLE_FEED = [
    "Bought hay for the horses, {a} euros.", "Paid {a} euros for oats.",
    "{few} sacks of horse feed from the mill: {a} euros.", "A load of carrots for the horses to eat, {a} euros.",
    "Feed bill from {p}: {a} euros.", "Barley and bran for feeding, {a} euros together.",
    "Spent {a} euros on apples and turnips as feed for the ponies.",
    "The feed merchant delivered muesli for the mares, {a} euros.",
    "Hay was running low, {p} brought new bales for {a} euros.", "Sugar beet pulp for the winter feed, {a} euros.",
    "Linseed to mix into the horses' feed, {a} euros.", "Special feed for the foals cost {a} euros.",
    "Gave {p} {a} euros for a trailer of hay.",
]  # fmt: skip
STABLE_VET = [
    "The vet looked at a lame leg, {a} euros.", "Vaccination of the ponies by the vet, {a} euros.",
    "Vet's bill for a night call because of colic: {a} euros.", "Paid the vet {a} euros for treating a cough.",
    "The vet stitched a cut on the shoulder and took {a} euros.", "Blood test done by the vet, {a} euros.",
    "The vet examined the pregnant mare, {a} euros.", "An X-ray of a hoof at the vet's cost {a} euros.",
    "The vet came because of a swollen eye, {a} euros.", "{a} euros to the vet for checking the new foal.",
    "Worming of all horses by the vet, {a} euros.", "Second visit of the vet to the sick gelding, {a} euros.",
]  # fmt: skip
STABLE_REPAIR = [
    "Had the paddock fence repaired, {a} euros.", "The stable roof leaked, the roofer mended it for {a} euros.",
    "Repair of the tractor: {a} euros.", "Paid {a} euros to get the gate mended.",
    "The broken water pipe was repaired for {a} euros.", "The smith welded the broken cart together, {a} euros.",
    "The electrician repaired the lamp in the aisle, {a} euros.",
    "Repair of a cracked window in the tack room, {a} euros.", "{p} fixed the jammed sliding door, {a} euros.",
    "The horse trailer had a broken axle, the repair was {a} euros.", "The saddler mended a torn saddle for {a} euros.",
    "The broken drain in the yard was repaired by the plumber, {a} euros.",
]  # fmt: skip
STABLE_OTHER = [
    "Insurance for the riding school, {a} euros.", "Electricity for the month, {a} euros.",
    "Telephone bill, {a} euros.", "Advertisement for riding lessons in the newspaper, {a} euros.",
    "Ribbons and cups for the summer show, {a} euros.", "{few} riding hats for beginners, {a} euros.",
    "First-aid course for {p}, {a} euros.", "Wood shavings as bedding for the boxes, {a} euros.",
    "Coffee and cake for the open day, {a} euros.", "Printing of leaflets, {a} euros.",
    "Diesel for the tractor, {a} euros.", "Membership in the riders' association, {a} euros.",
    "Rent for the meadow by the stream, {a} euros.", "A present for {p}'s birthday, {a} euros.",
    "New {color} reins, {a} euros.",
]  # fmt: skip
STABLE_FILL = [
    "It {weather} all {part}.", "{h} was ridden for an hour in the hall.", "{h} and {g} grazed on the lower meadow.",
    "{h} rolled in the mud and had to be brushed for ages.", "{n} children came for the pony afternoon.",
    "{p} swept the yard.", "{p} took a first riding lesson and sat well.", "{p} plaited the mane of {h}.",
    "{p} went on a long ride through the wood with {h}.", "We moved {h} to the box next to {g}.",
    "Swallows are nesting above the door of {h}.", "{h} has learned to step over poles.",
    "The lesson on {day} was full.", "The dressage group trained until {time}.", "{g} is very calm in traffic now.",
    "A photographer took pictures of {h} for a calendar.", "{p} asked about a holiday course for two girls.",
    "The stable cat slept on the blanket of {g}.", "{h} was lunged in the round pen at {time}.",
    "We cleaned all bridles with {p}.",
]  # fmt: skip
HORSES = [
    "Donatello", "Estrella", "Bucephalus", "Calypso", "Rocinante", "Shalimar", "Tarantella", "Peregrin", "Galathea",
    "Ottokar",
]  # fmt: skip


def sum_stable_costs(rng: random.Random) -> Question:
    sets = [
        (STABLE_FEED, ["How much did we spend on feed for the horses altogether?", "What did the feed cost in total?"]),
        (STABLE_VET, ["How much did the vet cost us altogether?", "How much did we pay the vet in total?"]),
        (STABLE_REPAIR, ["How much did we spend on repairs altogether?", "What did the repairs cost in total?"]),
    ]
    rng.shuffle(sets)
    k, ka, kb, ko = rng.randint(4, 7), rng.randint(3, 5), rng.randint(3, 5), rng.randint(8, 11)
    people = [person(rng, x) for x in rng.sample(LAST, 12)]
    amounts = rng.sample(range(18, 136), k + ka + kb + ko)
    total = sum(amounts[:k])
    temps = (
        rng.sample(sets[0][0], k)
        + rng.sample(sets[1][0], ka)
        + rng.sample(sets[2][0], kb)
        + rng.sample(STABLE_OTHER, ko)
    )
    horses = rng.sample(HORSES, len(HORSES))
    entries = [fill(rng, t, a=a, p=people) for t, a in zip(temps, amounts, strict=True)]
    rng.shuffle(entries)
    days = dates(rng, len(entries), dt.date(2024, 2, 5), 80)
    more = sentences(rng, STABLE_FILL, 100 * len(entries), h=horses[:5], g=horses[5:], p=people)
    rows = []
    for d, e in zip(days, entries, strict=True):
        extra = [more.pop() for _ in range(rng.randint(1, 2)) if more]
        rows.append(f"{d.day} {d.strftime('%B')}. " + " ".join(place_in(rng, extra, [e])))
    context = "Stable book\n\n" + "\n\n".join(rows)
    return Question("sum_stable_costs", rng.choice(sets[0][1]), context, number=float(total))


# ---------------------------------------------------------------- 9. museum: the oldest, first, most

OBJECTS = [
    ("brass", "compass"), ("oak", "cradle"), ("copper", "kettle"), ("iron", "anchor"), ("painted", "sledge"),
    ("silver", "goblet"), ("leather", "saddle"), ("wooden", "loom"), ("ship's", "barometer"), ("brass", "telescope"),
    ("walnut", "violin"), ("steel", "helmet"), ("stone", "mortar"), ("carved", "throne"), ("gilded", "mirror"),
    ("tin", "lantern"), ("blue", "teapot"), ("farmer's", "plough"), ("embroidered", "banner"), ("bronze", "cannon"),
]  # fmt: skip
MADE = [
    "The {o} was made in {y}.", "The {o} dates from {y}.", "The {o} is from the year {y}.",
    "A craftsman in a nearby village made the {o} in {y}.", "The {o} was made in the winter of {y}.",
    "We know from a bill that the {o} was made in {y}.", "The maker finished the {o} in {y}.",
    "In {y} the {o} was made for a rich family.", "The {o} was made in the spring of {y}.",
    "The {o} was crafted in {y}.",
]  # fmt: skip
CAME = [
    "The {o} came to the museum in {y}.", "The museum has owned the {o} since {y}.",
    "In {y} the museum bought the {o}.", "The {o} was given to the museum in {y}.",
    "The museum received the {o} in {y} as a gift.", "The {o} has been in our museum since {y}.",
]  # fmt: skip
WORTH = [
    "The {o} is insured for {v} euros.", "The insurance puts the value of the {o} at {v} euros.",
    "For the insurance the {o} is worth {v} euros.", "The {o} has an insured value of {v} euros.",
]  # fmt: skip
MUSEUM_ROOM = [
    "You find it in room {few}, to the left of the door.", "You find it in room {few}, by the window.",
    "It can be seen behind glass in room {few}.", "It has its place in room {few}.",
    "It is on show in room {few}, near the {color} wall.",
]  # fmt: skip
MUSEUM_FILL = [
    "School classes like to draw it.", "The label next to it has {n} words.",
    "It is dusted once a month with a soft brush.", "A {color} cloth lies under it.",
    "The guide tells a short story about it at {time}.", "It can be seen on the {color} poster in the entrance hall.",
    "A photograph of it is sold as a postcard.", "It has a small dent on one side.",
    "A lamp above it is switched on at {time}.", "The audio guide speaks about it for {few} minutes.",
    "It was shown on local television on {day}.", "Its surface is worn smooth by many hands.",
    "A sensor beside it measures the air.", "Children look for it in the museum rally.",
    "It is carried by {few} people when it has to be moved.", "A {color} ribbon keeps visitors at a distance.",
    "The restorer looks at it every {few} months.", "A drawing of it hangs in the café.",
]  # fmt: skip


def first_museum_objects(rng: random.Random) -> Question:
    objs = rng.sample(OBJECTS, rng.randint(13, 16))
    n = len(objs)
    made = rng.sample(range(1610, 1890, 4), n)
    came = rng.sample(range(1921, 2019, 3), n)
    worth = rng.sample(range(400, 9800, 150), n)
    what = rng.randrange(3)
    if what == 0:
        best = made.index(min(made))
        text = rng.choice(["Which of the objects is the oldest?", "Which object was made first?"])
    elif what == 1:
        best = came.index(min(came))
        text = rng.choice(
            ["Which of the objects came to the museum first?", "Which object has been in the museum the longest?"]
        )
    else:
        best = worth.index(max(worth))
        text = rng.choice(
            ["Which of the objects is insured for the highest amount?", "Which object has the highest insured value?"]
        )
    bag: list[str] = []
    paras = []
    for (adj, noun), m, c, w in zip(objs, made, came, worth, strict=True):
        o = f"{adj} {noun}"
        facts = [
            fill(rng, rng.choice(MADE), o=o, y=m),
            fill(rng, rng.choice(CAME), o=o, y=c),
            fill(rng, rng.choice(WORTH), o=o, v=w),
        ]
        rng.shuffle(facts)
        lines = facts
        lines.insert(1, fill(rng, rng.choice(MUSEUM_ROOM)))
        for _ in range(rng.randint(2, 4)):
            if not bag:
                bag = rng.sample(MUSEUM_FILL, len(MUSEUM_FILL))
            lines.insert(rng.randint(1, len(lines)), fill(rng, bag.pop()))
        paras.append(" ".join(lines))
    context = "Guide to the objects in our museum\n\n" + "\n\n".join(paras)
    return Question("first_museum_objects", text, context, needed=(objs[best][1],), choices=tuple(x for _, x in objs))


# ---------------------------------------------------------------- 10. youth hostel: the most frequent sort

HOSTEL_BREAKFAST = [
    "The breakfast was rich and good.", "We loved the fresh rolls and the jam at breakfast.",
    "Breakfast could start a little earlier than eight.", "The porridge in the morning was the best I ever had.",
    "More fruit at the breakfast table would be nice.", "The coffee at breakfast was too weak for me.",
    "Pancakes for breakfast on {day}, what a treat!", "The eggs at breakfast were cold.",
    "Thank you for the breakfast bag on our early start.", "Our children ate {few} bowls of muesli each at breakfast.",
    "There was a long queue at the breakfast buffet.", "The home-made bread in the morning buffet was great.",
    "Breakfast tasted like at grandmother's.", "I missed cheese at breakfast.",
]  # fmt: skip
HOSTEL_BEDS = [
    "The beds were soft and clean.", "I slept very well in my bed by the window.",
    "The mattress was too hard for my back.", "The bunk bed creaked at every turn.",
    "My bed was too short, I am very tall.", "The bed linen smelled of flowers.", "The upper bunk is a bit wobbly.",
    "The best mattress I have had on the whole tour.", "The pillow on my bed was very flat.",
    "A second blanket for the bed would have been good.", "Our children fought over the top bunks.",
    "Wonderful beds, we did not want to get up.", "The mattress in bed {few} sags in the middle.",
    "The ladder of my bunk bed is missing a step.",
]  # fmt: skip
HOSTEL_SHOWERS = [
    "The showers were hot and strong.", "Only cold water came out of the shower on {day}.",
    "The shower on the second floor drips.", "The shower drain was blocked.", "Very clean showers, well done.",
    "There are too few showers for so many people.", "A hook for the towel in the shower would help.",
    "The shower turns off after a minute, that is too short.", "After our long hike the hot shower was heaven.",
    "The shower curtain is torn.", "I had to wait {n} minutes for a free shower.", "The new shower heads are great.",
    "The floor of the shower is slippery.", "Please put a shelf for soap in the showers.",
]  # fmt: skip
HOSTEL_INTERNET = [
    "The internet was fast in every corner.", "The wifi did not reach our room.", "I could not get online on {day}.",
    "The wifi password is far too long.", "Thanks for the free internet.",
    "The internet went down {few} times in one evening.", "We could watch films over your wifi without a break.",
    "The internet is too slow for video calls.", "Great wifi in the lounge.",
    "Please put up the wifi password in each room.", "The internet worked well even in the garden.",
    "I needed the internet for my studies and it was fine.", "No wifi on the top floor, what a pity.",
    "The wifi dropped out all the time after {time}.",
]  # fmt: skip
HOSTEL_OTHER = [
    "The view over the valley is wonderful.", "The woman at the desk told us about a lovely walk.",
    "We played table tennis until {time}.", "The camp fire on {day} was the high point of our stay.",
    "The path from the station is steep with a suitcase.", "The board games in the lounge are great fun.",
    "The bike shed was full.", "We met people from {few} countries here.", "The dog of the hostel warden is a darling.",
    "The {color} garden chairs are very comfortable.", "Parking was easy to find.",
    "We will come again next year with {n} pupils.", "The lockers need new keys.",
    "The bus to the lake stops right in front of the door.", "A lovely old house with thick walls.",
    "The stars at night were amazing.",
]  # fmt: skip
HOSTEL_MORE = [
    "", "", " See you again!", " Greetings to all.", " We are travelling on to the coast.",
    " We stayed for {few} nights.", " This was our first stop.", " It {weather} all {part}.", " We came on foot.",
    " We were here for the second time.", " Thank you!",
]  # fmt: skip


def most_hostel_remarks(rng: random.Random) -> Question:
    sorts = [
        ("the breakfast", HOSTEL_BREAKFAST, "breakfast"),
        ("the beds", HOSTEL_BEDS, "beds"),
        ("the showers", HOSTEL_SHOWERS, "showers"),
        ("the internet", HOSTEL_INTERNET, "internet"),
    ]
    sorts = rng.sample(sorts, rng.randint(3, 4))
    top = rng.randint(11, 13)
    counts = [top] + [rng.randint(5, top - 4) for _ in sorts[1:]]
    remarks = []
    for (_, temps, _), c in zip(sorts, counts, strict=True):
        remarks += pick(rng, temps, c)
    remarks += pick(rng, HOSTEL_OTHER, rng.randint(8, 10))
    rng.shuffle(remarks)
    names = rng.sample(FIRST, len(remarks))
    day = dt.date(2024, 6, 1)
    rows = []
    for name, r in zip(names, remarks, strict=True):
        if rng.random() < 0.7:
            day += dt.timedelta(rng.randint(1, 2))
        more = fill(rng, " " + rng.choice(HOSTEL_MORE))[1:]
        rows.append(f"{day.day} {day.strftime('%B')}, {name}: {r}{more}")
    context = "Guest book of the youth hostel\n\n" + "\n".join(rows)
    asked = [s[0] for s in rng.sample(sorts, len(sorts))]
    listed = ", ".join(asked[:-1]) + " or " + asked[-1]
    text = rng.choice(
        [
            f"What do the guests write about most often: {listed}?",
            f"Which of these is mentioned by the most guests: {listed}?",
        ]
    )
    return Question("most_hostel_remarks", text, context, needed=(sorts[0][2],), choices=tuple(s[2] for s in sorts))


KINDS: dict[str, Callable[[random.Random], Question]] = {
    f.__name__: f
    for f in (
        find_library_diary,
        find_vineyard_notes,
        find_council_minutes,
        count_ferry_messages,
        count_bike_jobs,
        gather_music_pupils,
        gather_ward_patients,
        sum_stable_costs,
        first_museum_objects,
        most_hostel_remarks,
    )
}
