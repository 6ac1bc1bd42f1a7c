"""Ten kinds of questions about records and notes: minutes, letters, cards, registers, diaries, chats, notices."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.questions import Question

_WOMEN_TEXT = (
    "Ruth Ingrid Marian Sheila Noreen Bridget Camille Delphine Esther Fatima Gwen Helena Imogen Joanna Katrin Leonie "
    "Monika Nadia Olwen Priya Rosalind Susanna Tamsin Ursula Vera Yasmin"
)
WOMEN = _WOMEN_TEXT.split()
_MEN_TEXT = (
    "Tobias Alistair Benedict Cedric Duncan Edwin Farid Gareth Hamish Ivor Jerome Kenneth Laurence Malcolm Nikolai "
    "Oscar Patrick Quentin Rafael Stefan Terence Vincent Wilfred Yusuf"
)
MEN = _MEN_TEXT.split()
_TOWNS_TEXT = (
    "Aldbury Brockham Coldwell Dunsford Elmsworth Farleigh Grantham Hexley Kelsall Ludford Marlow Norbury Otley "
    "Penrith Ripley Saxby Thirsk Welford"
)
TOWNS = _TOWNS_TEXT.split()
MONTHS = ("January", "February", "March", "April", "June", "September", "October", "November")


def _people(rng: random.Random, count: int) -> list[str]:
    return rng.sample(WOMEN + MEN, count)


# 1 ---------------------------------------------------------------- one fact, minutes of a choir committee

_CHOIR = {
    "Money": (
        "The bank balance was read out and nobody had any questions about it.",
        "The receipts for the music stands have been found and put in the folder.",
        "It was felt that the raffle takes a great deal of effort for what it brings in.",
        "The insurance has been renewed on the same terms as before.",
        "A short discussion followed about whether to accept card payments at the door; this was left open.",
        "The grant application has been sent off and an answer is expected before the holidays.",
        "Ticket prices for children will stay as they are.",
    ),
    "Concerts": (
        "The spring concert was thought to be the best for some years, in spite of the weather.",
        "Several people in the audience said that the words were easier to follow than before.",
        "The interval was too short for everybody to be served with tea.",
        "Posters should go up at least three weeks before the date.",
        "The soloists have been thanked in writing and have sent a kind reply.",
        "It was agreed that the encore should be chosen earlier next time.",
        "The lights above the back row were dim and the basses could hardly see their copies.",
    ),
    "Music and rehearsals": (
        "The conductor would like to begin with the Latin pieces after the break.",
        "The altos have asked for a separate rehearsal before the difficult fugue.",
        "Rehearsals will begin punctually and latecomers are asked to come in quietly.",
        "Pencils should be brought to every rehearsal.",
        "The folk songs went down well and will be kept in the repertoire.",
        "The accompanist will be away for two weeks and recordings will be used instead.",
        "Warming up has been moved to the small room because of the echo.",
    ),
    "Members": (
        "Two tenors have come for a trial evening and seemed to enjoy it.",
        "A card was signed for the sopranos' former section leader, who is in hospital.",
        "The list of addresses needs to be brought up to date.",
        "New singers should be told in the first week what the dress for concerts is.",
        "The tea rota is working well, though more volunteers would be welcome.",
        "It was noted that there are still too few basses.",
        "The outing to the opera was enjoyed by all who went.",
    ),
    "Other business": (
        "The cupboard in the corridor has been cleared and the old costumes given away.",
        "The website is to have a page of photographs.",
        "There was some talk about a joint evening with the brass band, but no decision was made.",
        "The heating in the rehearsal room is still noisy.",
        "The key to the side door has turned up again.",
        "Thanks were expressed to everyone who helped with the chairs.",
        "It was suggested that the notice board be tidied.",
    ),
}
# section, sentence, question, type of answer
_CHOIR_FACTS = (
    ("Concerts", "{v} will book the coach for the summer concert.", "Who will book the coach?", "person"),
    ("Concerts", "{v} agreed to print the programmes.", "Who agreed to print the programmes?", "person"),
    (
        "Music and rehearsals",
        "{v} offered to look after the music library from now on.",
        "Who offered to look after the music library?",
        "person",
    ),
    (
        "Money",
        "The hire of the hall now costs £{v} per evening.",
        "How much does the hire of the hall cost per evening now?",
        "hall",
    ),
    ("Concerts", "The summer concert will be held in {v}.", "Where will the summer concert be held?", "town"),
    ("Money", "{v} was elected treasurer with no votes against.", "Who was elected treasurer?", "person"),
    (
        "Money",
        "The collection at the spring concert came to £{v}.",
        "How much did the collection at the spring concert come to?",
        "collection",
    ),
    (
        "Other business",
        "{v} will write to the council about the parking.",
        "Who will write to the council about parking?",
        "person",
    ),
    (
        "Music and rehearsals",
        "{v} is to order the new black folders.",
        "Who is going to order the new folders?",
        "person",
    ),
    ("Members", "The choir now has {v} paying members.", "How many paying members does the choir have now?", "members"),
    (
        "Other business",
        "The workshop weekend will take place in {v}.",
        "In which place will the workshop weekend be?",
        "town",
    ),
    (
        "Other business",
        "The next meeting of the committee will be at the home of {v}.",
        "At whose home will the next committee meeting be?",
        "person",
    ),
    (
        "Members",
        "{v} will welcome the new singers and show them where everything is.",
        "Who is going to welcome the new singers?",
        "person",
    ),
)


def choir_minutes(rng: random.Random) -> Question:
    """Find: one fact in the minutes of a choir committee."""
    facts = rng.sample(_CHOIR_FACTS, 10)
    people, towns = _people(rng, 12), rng.sample(TOWNS, 3)
    hall, collection, members = rng.randint(41, 98), rng.randint(210, 890), rng.randint(31, 87)
    while members == hall:
        members = rng.randint(31, 87)
    free_people, free_towns = list(people), list(towns)
    told = []
    value: str | int
    for section, sentence, question, sort in facts:
        if sort == "person":
            value = free_people.pop()
        elif sort == "town":
            value = free_towns.pop()
        else:
            value = {"hall": hall, "collection": collection, "members": members}[sort]
        told.append((section, sentence.format(v=value), question, sort, value))
    sections = list(_CHOIR)
    rest = sections[:-1]
    rng.shuffle(rest)
    present = list(people)
    rng.shuffle(present)
    lines = [
        "Minutes of the choir committee",
        f"Held on {rng.randint(2, 28)} {rng.choice(MONTHS)} in the parish room, beginning at half past seven.",
        f"Present: {', '.join(present[:-1])} and {present[-1]}.",
        "",
    ]
    for index, section in enumerate(rest + sections[-1:], 1):
        sentences = rng.sample(_CHOIR[section], rng.randint(5, 7))
        for item in told:
            if item[0] == section:
                sentences.insert(rng.randint(0, len(sentences)), item[1])
        lines += [f"{index}. {section}", " ".join(sentences), ""]
    lines.append("The meeting closed at twenty to ten.")
    _, _, question, sort, value = rng.choice(told)
    context = "\n".join(lines)
    if sort == "person":
        return Question(
            "choir_minutes", question, context, needed=(str(value),), wrong=tuple(p for p in people if p != value)
        )
    if sort == "town":
        others = tuple(str(t) for _, _, _, s, t in told if s == "town" and t != value)
        return Question("choir_minutes", question, context, needed=(str(value),), wrong=others)
    return Question("choir_minutes", question, context, number=float(value))


# 2 ---------------------------------------------------------------- one fact in other words, a letter from a bakery

_BAKERY_FILLER = (
    "The streets are quite empty when I set out, and the lamps are still lit.",
    "By six o'clock the whole yard smells of warm bread.",
    "I never knew how heavy a sack of flour can be.",
    "The rye loaves are my favourite, though most customers prefer the white ones.",
    "My hands are dry from the flour, so please send some of that good cream.",
    "In the afternoons I usually sleep for an hour with the curtains drawn.",
    "The window of my room looks out on a row of lime trees.",
    "On market days the queue reaches as far as the chemist's.",
    "The first batch of rolls I made by myself came out flat, but nobody was cross.",
    "There is a radio on the shelf that plays nothing but old dance music.",
    "We wear white caps, which look rather silly but keep the hair out of the dough.",
    "Last week we made four hundred buns for a school fair.",
    "The plaited loaves are hard; mine still come out crooked.",
    "Sourdough needs a lot of patience, and I am learning some at last.",
    "At the end of the week we scrub every table until it shines.",
    "The customers are friendly and some of them already know my name.",
    "An elderly gentleman buys one single roll each morning and always pays in small coins.",
    "I have learned to tell from the sound of the crust whether a loaf is done.",
    "The weather has been mild, and I have hardly needed my winter coat.",
    "There is a park nearby with a pond, where I sit when I cannot sleep.",
    "I have bought a second-hand lamp and the room looks much more cheerful now.",
    "The almond biscuits sell out before noon almost every day.",
    "My dictionary is full of flour, but I need it less and less.",
    "I think of our kitchen at home whenever I smell cinnamon.",
    "Thank you for the parcel; the woollen socks came just in time.",
    "I am tired most evenings, but it is a good sort of tiredness.",
    "The raisin bread has to rest for a whole night before it goes into the oven.",
    "From the yard you can hear the church bells very clearly.",
    "I have found a little shop that sells tea from home.",
    "Every loaf is weighed, and I no longer have to correct mine very often.",
    "In quiet hours I mend my aprons or read.",
    "A sparrow flew in through the back door yesterday and could hardly be persuaded to leave.",
    "The plums are ripe now, so we bake plum tarts by the dozen.",
    "I have had my hair cut short because it is so hot beside the ovens.",
    "There will be a street festival soon, and we are to bake pretzels for it.",
    "My first wages went on a pair of proper shoes with thick soles.",
    "The caraway rolls are something you should taste some day.",
    "It is strange to go to bed while the children are still playing outside.",
)
_BAKERY_FACTS = (
    ("woman", "The business belongs to {v}, who was left it by an aunt.", "Who owns the bakery?"),
    (
        "any",
        "It is {v} who showed me how to shape the loaves, very patiently, over and over again.",
        "Who taught the writer to form the bread?",
    ),
    (
        "any",
        "Until my room was ready I was allowed to sleep on the sofa in the flat of {v}.",
        "Whose home did the writer stay in at first?",
    ),
    ("any", "Before dawn {v} loads the van and takes the bread round to the cafés.", "Who does the deliveries?"),
    (
        "any",
        "When the big oven would not heat one night, {v} took it apart and had it going again by morning.",
        "Who repaired the oven?",
    ),
    ("any", "In the autumn {v} turns sixty-five and will hang up the apron for good.", "Who is going to retire soon?"),
    ("any", "The bicycle I ride is not mine; {v} has lent it to me until the spring.", "Who does the bike belong to?"),
    (
        "any",
        "When I lay in bed with a fever, {v} brought soup every evening and fetched my medicine.",
        "Who looked after the writer when she was ill?",
    ),
    (
        "any",
        "The cakes with the sugar flowers are the work of {v}, who has a very steady hand.",
        "Who decorates the cakes?",
    ),
    (
        "any",
        "On Mondays, when we are closed, I mostly go swimming with {v}.",
        "Who does the writer spend her day off with?",
    ),
    (
        "any",
        "At the counter {v} is quicker at adding up than any till.",
        "Who serves in the shop and is good at mental arithmetic?",
    ),
    (
        "town",
        "I have put my name down for a language course, which takes me to {v} every Wednesday evening.",
        "Where does the writer have her language lessons?",
    ),
    (
        "minutes",
        "From my door to the shop it is {v} minutes on foot.",
        "How many minutes does the writer's walk to work take?",
    ),
    ("rent", "Of my wages, £{v} a month goes to the landlady.", "How much rent does the writer pay per month?"),
)


def bakery_letter(rng: random.Random) -> Question:
    """Find: one fact, asked in other words, in a letter from a bakery."""
    facts = rng.sample(_BAKERY_FACTS, 10)
    women = rng.sample(WOMEN, 14)
    receiver, writer, owner = women.pop(), women.pop(), women.pop()
    pool = women[:6] + rng.sample(MEN, 8)
    rng.shuffle(pool)
    told = []
    for sort, sentence, question in facts:
        if sort == "woman":
            value: str | int = owner
        elif sort == "any":
            value = pool.pop()
        elif sort == "town":
            value = rng.choice(TOWNS)
        else:
            value = rng.randint(11, 39) if sort == "minutes" else rng.randrange(240, 490, 5)
        told.append((sort, sentence.format(v=value), question, value))
    sentences = rng.sample(_BAKERY_FILLER, rng.randint(22, len(_BAKERY_FILLER)))
    for item in told:
        sentences.insert(rng.randint(1, len(sentences)), item[1])
    paragraphs, start = [], 0
    while start < len(sentences):
        size = rng.randint(4, 7)
        paragraphs.append(" ".join(sentences[start : start + size]))
        start += size
    context = "\n\n".join(
        [
            f"Dear {receiver},",
            "You asked me to tell you how I am getting on at the bakery, so here is a proper long letter at last.",
            *paragraphs,
            "Write soon and give my love to everybody at home.",
            f"Yours,\n{writer}",
        ]
    )
    sort, _, question, value = rng.choice(told)
    if sort in ("minutes", "rent"):
        return Question("bakery_letter", question, context, number=float(value))
    others = tuple(str(v) for s, _, _, v in told if s in ("woman", "any") and v != value)
    return Question("bakery_letter", question, context, needed=(str(value),), wrong=others)


# 3 ---------------------------------------------------------------- count complaints, hotel comment cards

_COMPLAINTS = (
    "The shower was cold on both mornings, and nobody came although I rang twice.",
    "The people next door shouted until two at night and reception did nothing about it. I am not pleased.",
    "There was hair in the basin when we arrived. For this price I expect a clean bathroom.",
    "The television did not work during our whole stay, which was very annoying.",
    "We waited fifty minutes for our dinner, and then the soup was cold.",
    "The bed sagged so badly that my back still hurts.",
    "I was charged for a bottle of water that I never touched. That is not right.",
    "Our room smelled of smoke although we had booked a non-smoking one.",
    "The lift was out of order and I had to drag two cases up four floors. Most unpleasant.",
    "Breakfast was a disappointment: hard rolls, weak coffee and no fruit left at nine.",
    "The wireless connection dropped every few minutes, so I could not get any work done.",
    "The receptionist was rude to my wife when she asked for a towel.",
    "The window would not close and there was a draught all night long.",
    "We had been promised a quiet room and got one above the kitchen fans.",
    "The carpet was stained and the wallpaper is coming off. It is a shame to let a house go like that.",
    "My taxi was never ordered although I had asked the evening before, and I missed my appointment.",
    "The heating could not be turned down and we hardly slept. Not good enough.",
    "The sheets had not been changed for four days in spite of two reminders.",
    "The car park was full and we were sent away without a word of apology.",
    "The tap dripped all night, and I am still waiting for the man who was meant to mend it.",
)
_PRAISE = (
    "A lovely stay, thank you all very much.",
    "The breakfast was the best I have had in years, especially the warm rolls.",
    "What a friendly team! We felt at home from the first minute.",
    "I slept wonderfully; the bed is a dream.",
    "Many thanks to the young man who carried our cases up without being asked.",
    "The view over the river is beautiful and the room was spotless.",
    "We celebrated our wedding anniversary here and the flowers were a delightful surprise.",
    "The chef's fish pie was excellent. My compliments to the kitchen.",
    "Our children loved the pool and did not want to go home.",
    "Everything was perfect, from the fresh towels to the quiet garden.",
    "Reception found my lost glasses within an hour. Wonderful service!",
    "The new curtains are charming and keep the light out nicely.",
    "It was our third visit, and again we enjoyed every day of it.",
    "Thank you for the packed lunch, which was generous and very tasty.",
    "The reading room with the open fire is a delight.",
    "Such good coffee and such kind waiters. We will certainly come back.",
    "I was travelling alone and was looked after splendidly.",
    "The bathroom was gleaming and the soap smelled lovely.",
)
_QUESTIONS = (
    "Could you tell me whether the pool is open to guests on Sundays?",
    "Will the hotel be open over Easter?",
    "At what time does the last bus leave for the station in the evening?",
    "Do you also have rooms with three beds?",
    "Which bus goes to the castle from here?",
    "What is the name of the painting in the entrance hall?",
    "May guests bring a small dog?",
    "Would it be possible to have a late breakfast on New Year's Day?",
    "Do you offer a lower price for stays of more than a week?",
    "Is there somewhere to store bicycles overnight?",
    "Can the small dining room be hired for a birthday party?",
    "How early can one check in on a Saturday?",
    "Who made the tiles in the hall, and are they old?",
    "Are there any concerts in the garden this summer?",
)


def hotel_cards(rng: random.Random) -> Question:
    """Count: the complaints, praise or questions among a hotel's comment cards."""
    asked = rng.choice(("complaints", "complaints", "praise", "questions"))
    counts = {"complaints": rng.randint(7, 18), "praise": rng.randint(7, 17), "questions": rng.randint(6, 12)}
    while not 29 <= sum(counts.values()) <= 40:
        counts = {"complaints": rng.randint(7, 18), "praise": rng.randint(7, 17), "questions": rng.randint(6, 12)}
    cards = (
        rng.sample(_COMPLAINTS, counts["complaints"])
        + rng.sample(_PRAISE, counts["praise"])
        + rng.sample(_QUESTIONS, counts["questions"])
    )
    rng.shuffle(cards)
    rooms = rng.sample([floor * 100 + door for floor in (1, 2, 3, 4) for door in range(1, 29)], len(cards))
    lines = [f"Comment cards left by guests of the hotel in {rng.choice(MONTHS)}", ""]
    for room, card in zip(rooms, cards, strict=True):
        lines.append(f"Room {room} ({rng.choice(('single', 'double', 'family'))}): {card}")
    question = rng.choice(
        {
            "complaints": ("How many of the cards are complaints?", "How many guests complain about something?"),
            "praise": (
                "How many of the cards contain praise or thanks?",
                "How many guests say that they were happy with something?",
            ),
            "questions": (
                "On how many of the cards does the guest ask a question?",
                "How many of these cards are questions to the hotel?",
            ),
        }[asked]
    )
    return Question("hotel_cards", question, "\n".join(lines), number=float(counts[asked]))


# 4 ---------------------------------------------------------------- count visits, log of a vet's surgery

_PETS_TEXT = (
    "Biscuit Toffee Pepper Bramble Casper Daisy Echo Felix Ginger Hazel Indy Jasper Kiki Lola Mango Nelson Olive "
    "Pickles Quincy Rusty Smudge Truffle Velvet Whisky Ziggy Barney Clover Dusty Ernie Fudge Gizmo Hector Juno Merlin "
    "Nutmeg Oreo Poppy Rolo Sooty Tinker"
)
_PETS = _PETS_TEXT.split()
_VISITS = {
    "vaccination": (
        "Yearly vaccination given, no reaction.",
        "Second vaccination of the first course, certificate filled in.",
        "Checked over, found fit and vaccinated.",
        "Vaccination refreshed before the owner's holiday.",
        "Vaccinated today; the next one is due in twelve months.",
        "Overdue vaccination given, owner to watch for a swelling.",
        "First vaccination, very calm throughout.",
        "Vaccinated against the usual diseases, booklet stamped.",
    ),
    "teeth": (
        "Loose front tooth taken out under light sedation.",
        "Tartar removed from the back teeth, gums still a little red.",
        "Broken tooth, to be extracted on Thursday.",
        "Check after last week's tooth extraction, mouth has healed well.",
        "Eats on one side only because of a sore tooth; painkillers given.",
        "Crooked tooth looked at again, nothing to be done.",
        "Bad breath; two rotten teeth found, owner will think about an operation.",
        "Teeth cleaned under anaesthetic, home in the afternoon.",
    ),
    "ears": (
        "Scratches at the left ear; mites found, drops given.",
        "Ear infection on the right side, ointment for ten days.",
        "Ears cleaned, a lot of dark wax.",
        "Small tear at the edge of the ear, closed with two stitches.",
        "Follow-up for the ear infection, nearly gone.",
        "Shakes head all day; grass seed taken out of the ear.",
        "Swollen ear drained and bandaged.",
        "Owner thinks hearing is poor; both ears examined and found inflamed.",
    ),
    "other": (
        "Limping on the right hind leg, X-ray shows no break.",
        "Torn claw on a front paw, bandaged.",
        "Claws trimmed, rather wriggly.",
        "Has eaten little since Sunday, special food for three days.",
        "Diarrhoea, sample sent to the laboratory.",
        "Bald patch on the back, skin sample taken.",
        "Itchy belly, new shampoo recommended.",
        "Watery eyes, drops twice a day.",
        "Weight check, a little too heavy, smaller portions advised.",
        "Stitches removed from the flank, scar looks good.",
        "Microchip put in and registered.",
        "Coughs at night, chest clear, come back in a week if no better.",
        "Blood test for the kidneys, result on Friday.",
        "Thorn removed from a paw.",
        "Stiff in the mornings, tablets for the joints prescribed.",
        "Swallowed a piece of string, kept in for observation.",
        "Small lump on the shoulder, harmless, left alone.",
        "Drinks a great deal, urine sample to follow.",
    ),
}
_SURGERY_NOTES = (
    "Delivery of syringes and gloves, signed for.",
    "Telephone line down for ten minutes.",
    "Waiting room floor mopped after the rain.",
    "Printer out of paper, new pack opened.",
    "Steriliser started.",
    "Parcel for the upstairs neighbour accepted.",
    "Card reader restarted.",
    "Window cleaner paid in cash.",
    "Fridge temperature checked, four degrees.",
    "Lunch break, door locked.",
    "Oxygen bottle exchanged.",
    "Light bulb in the corridor replaced.",
    "Order for bandages sent off.",
    "Courier collected the laboratory samples.",
    "Scales in the hall adjusted.",
    "Reminder letters posted.",
    "Trainee shown how to file the invoices.",
    "Laundry put on.",
    "Rubbish taken out.",
    "Fire alarm tested, all in order.",
    "Heating turned up in the back room.",
    "Appointment book for next month laid out.",
)


def vet_log(rng: random.Random) -> Question:
    """Count: the visits of one sort, or the animals of one species, in a vet's log."""
    asked = rng.choice(("vaccination", "teeth", "ears", "cat", "dog", "rabbit"))
    total = rng.randint(26, 37)
    sorts = [s for s in ("vaccination", "teeth", "ears") for _ in range(rng.randint(5, 9))]
    total = max(total, len(sorts) + 5)
    sorts += ["other"] * (total - len(sorts))
    rng.shuffle(sorts)
    remaining: dict[str, list[str]] = {s: [] for s in _VISITS}
    pets = rng.sample(_PETS, total)
    weights = dict(zip(rng.sample(("cat", "dog", "rabbit"), 3), (5, 4, 3), strict=True))
    visits = []
    for sort, pet in zip(sorts, pets, strict=True):
        if not remaining[sort]:
            remaining[sort] = rng.sample(_VISITS[sort], len(_VISITS[sort]))
        species = rng.choices(tuple(weights), tuple(weights.values()))[0]
        visits.append((sort, species, f"{pet}, {species}, {rng.randint(2, 13)} years. {remaining[sort].pop()}"))
    entries = [text for _, _, text in visits]
    for note in rng.sample(_SURGERY_NOTES, rng.randint(5, 10)):
        entries.insert(rng.randint(1, len(entries)), note)
    half = len(entries) // 2
    lines = ["Surgery log, kept at the front desk"]
    for day, part in zip(("Monday", "Tuesday"), (entries[:half], entries[half:]), strict=True):
        lines += ["", day]
        minute = 8 * 60 + rng.randint(0, 15)
        for entry in part:
            lines.append(f"{minute // 60:02d}:{minute % 60:02d}  {entry}")
            minute += rng.randint(9, 26)
    if asked in _VISITS:
        count = sum(1 for sort, _, _ in visits if sort == asked)
        question = rng.choice(
            {
                "vaccination": (
                    "How many animals were vaccinated?",
                    "How many vaccinations were given on the two days?",
                ),
                "teeth": (
                    "How many of the visits had to do with teeth?",
                    "How many animals came in about their teeth?",
                ),
                "ears": ("How many of the visits had to do with ears?", "How many animals came in about their ears?"),
            }[asked]
        )
    else:
        count = sum(1 for _, species, _ in visits if species == asked)
        question = rng.choice(
            (f"How many {asked}s were seen on the two days?", f"How many of the animals in the log are {asked}s?")
        )
    return Question("vet_log", question, "\n".join(lines), number=float(count))


# 5 ------------------------------------------------------- most frequent, lost property register of a bus company

_ITEMS = (
    "Black umbrella with a wooden handle",
    "Child's red mitten",
    "Paperback novel with a library stamp",
    "Blue rucksack holding gym shoes",
    "Pair of reading glasses in a green case",
    "Silver bracelet with a broken clasp",
    "Tartan scarf",
    "Lunch box with a cartoon on the lid",
    "Walking stick with a rubber tip",
    "Brown leather purse, empty",
    "Set of four keys on a ribbon",
    "Grey woollen hat",
    "Mobile telephone with a cracked screen",
    "Bag of knitting, half a sleeve",
    "School blazer, small size",
    "Toy elephant",
    "Thermos flask",
    "Folder of sheet music",
    "Single brown glove",
    "Bicycle helmet, white",
    "Pocket calculator",
    "Wrapped present with a gold bow",
    "Striped shopping bag with onions",
    "Earphones in a plastic box",
    "Denim jacket",
    "Sketch book with drawings of trees",
    "Tennis racket in a cover",
    "Wristwatch with a canvas strap",
    "Pair of rubber boots",
    "Baby's blanket with stars",
    "Framed photograph of a wedding",
    "Straw hat",
    "Tape measure",
    "Jar of honey in a paper bag",
    "Pencil case with a zip",
    "Yellow raincoat",
    "Box of chess pieces",
    "Recorder in a cloth bag",
    "Dog lead",
    "Swimming things rolled in a towel",
)
_SEATS = (
    "on the upper deck",
    "under a seat at the back",
    "beside the stairs",
    "on the luggage rack",
    "near the rear door",
    "on the front seat",
    "in the space for prams",
    "between two seats",
)
_LOST_NOTES = (
    "Owner has telephoned and will come on Saturday.",
    "No name inside.",
    "Kept on shelf B.",
    "Kept on shelf D.",
    "Wet when found, has been dried.",
    "In good condition.",
    "Put in the safe.",
    "Collected two days later.",
    "Label is illegible.",
    "Slightly dirty.",
    "A passenger noticed it first.",
    "Still here at the end of the month.",
    "Looks nearly new.",
    "Owner traced by means of a receipt.",
    "Photographed for the notice board.",
    "Not asked for so far.",
    "Returned against signature.",
    "One button is missing.",
    "Will go to the charity shop in the autumn.",
    "Passed on to the office the same evening.",
    "Kept in the large box.",
    "Finder would like no reward.",
    "Somebody asked about it but it was not theirs.",
    "Sent on by post.",
)
_DRIVERS_TEXT = "Okoro Petersen Lindqvist Hargreaves Moreno Kowalski Dunleavy Ferrante Iqbal Tanaka"
_DRIVERS = _DRIVERS_TEXT.split()


def _spread(rng: random.Random, names: Sequence[str], total: int) -> tuple[str, list[str]]:
    """A shuffled list of `total` names in which one leads by two or more."""
    while True:
        drawn = [rng.randrange(len(names)) for _ in range(total)]
        counts = sorted((drawn.count(i), i) for i in range(len(names)))
        if counts[0][0] >= 2 and 2 <= counts[-1][0] - counts[-2][0] <= 5:
            return names[counts[-1][1]], [names[i] for i in drawn]


def lost_register(rng: random.Random) -> Question:
    """Most frequent: the driver or depot with the most entries in a lost property register."""
    total = rng.randint(26, 38)
    drivers, depots = rng.sample(_DRIVERS, 5), rng.sample(TOWNS, 5)
    top_driver, by = _spread(rng, drivers, total)
    top_depot, at = _spread(rng, depots, total)
    items = rng.sample(_ITEMS, total)
    notes: list[str] = []
    first = rng.randint(1100, 8800)
    lines = ["Lost property register of the bus company, in the order in which things reached the office", ""]
    for index in range(total):
        if not notes:
            notes = rng.sample(_LOST_NOTES, len(_LOST_NOTES))
        lines.append(
            f"No. {first + index}. {items[index]}, found {rng.choice(_SEATS)}. Handed in by driver {by[index]} "
            f"at the {at[index]} depot. {notes.pop()}"
        )
    context = "\n".join(lines)
    if rng.random() < 0.5:
        question = rng.choice(
            ("Which driver handed in the most things?", "Which of the drivers appears most often in the register?")
        )
        return Question("lost_register", question, context, needed=(top_driver,), choices=tuple(drivers))
    question = rng.choice(
        ("At which depot were the most things handed in?", "Which depot took in the largest number of lost items?")
    )
    return Question("lost_register", question, context, needed=(top_depot,), choices=tuple(depots))


# 6 ---------------------------------------------------------------- gather, catalogue of holiday cottages

_COTTAGES_TEXT = (
    "Larkfield Whinside Thornbank Seaholme Birchcroft Ashgarth Fernlea Gorsebrae Hollinside Mosswood Rowanlea "
    "Stonegarth Heatherby Willowmead Brackenhill Kestrelcote Ivydene Swallowcroft"
)
_COTTAGES = _COTTAGES_TEXT.split()
_FEATURES = {
    "dogs": (
        (
            "Dogs are welcome.",
            "You may bring your dog.",
            "One or two dogs can stay free of charge.",
            "Dogs may come too, and the garden is fenced.",
        ),
        (
            "Dogs are not allowed.",
            "Please leave your dog at home.",
            "We are sorry that we cannot take dogs.",
            "No dogs, please.",
        ),
        ("Which cottages accept dogs?", "I have a dog. Which of the cottages can we go to?"),
    ),
    "stove": (
        (
            "There is a wood-burning stove in the living room.",
            "A wood stove keeps the house warm in winter.",
            "Firewood for the stove in the parlour is included.",
            "In the evening you can sit by the wood-burning stove.",
        ),
        (
            "The house has electric heating only and no stove.",
            "Radiators heat all the rooms; there is no stove or fireplace.",
            "Heating is by gas, without a stove.",
            "A stove is not available here, but the radiators are good.",
        ),
        ("Which of the cottages have a wood stove?", "Name all the cottages with a wood-burning stove."),
    ),
    "bath": (
        (
            "The bathroom has a bathtub.",
            "Upstairs there is a large bathtub.",
            "A bathtub with brass taps stands under the window.",
            "There is a bathtub as well as a shower.",
        ),
        (
            "The bathroom has a shower but no bathtub.",
            "There is a shower only, no bathtub.",
            "You will find a walk-in shower; there is no bathtub.",
            "It has a modern shower and no bathtub.",
        ),
        ("Which cottages have a bathtub?", "We would like a bathtub. Which of the cottages have one?"),
    ),
    "car": (
        (
            "An electric car can be charged at the house.",
            "There is a charging point for electric cars in the yard.",
            "Electric cars may be charged in the barn.",
            "A charger for electric cars is fixed to the garage wall.",
        ),
        (
            "Electric cars cannot be charged here.",
            "There is no charging point for electric cars.",
            "The house has no charger for electric cars; the nearest one is in the town.",
            "Charging an electric car is not possible at this house.",
        ),
        ("At which cottages can I charge an electric car?", "Which of the cottages have charging for electric cars?"),
    ),
}
_COTTAGE_FILLER = (
    "The kitchen was refitted two years ago.",
    "A stream runs along the bottom of the garden.",
    "The path to the door is a little steep.",
    "The village shop sells bread and newspapers.",
    "Bed linen and towels are provided.",
    "The bedrooms are under the roof and have sloping ceilings.",
    "There is a bench in front of the house that catches the evening sun.",
    "The walls are thick and the rooms stay cool in summer.",
    "A cupboard holds games and jigsaw puzzles for rainy days.",
    "The orchard may be used by guests.",
    "The nearest pub serves good plain food.",
    "From the upper windows you look across the fields.",
    "The owners live next door and are glad to help.",
    "A footpath to the hills begins behind the house.",
    "The dining table seats everyone comfortably.",
    "Cots and high chairs can be supplied on request.",
    "The floors are of old oak.",
    "The house used to belong to a schoolmaster.",
    "Mobile reception is weak, but the internet connection is good.",
    "In spring the bank opposite is full of primroses.",
    "The dishwasher and the washing machine are both new.",
    "You can walk to the beach by way of the dunes.",
    "The living room has two sofas and a shelf of novels.",
    "Parking is free of charge.",
    "A swing hangs from the walnut tree.",
    "Change-over day is Saturday.",
    "Milk and eggs can be fetched from the farm down the road.",
    "Blackbirds nest in the hedge every year.",
    "Two deckchairs and a parasol are kept in the shed.",
    "The staircase is narrow, so take care with large cases.",
    "The roof has just been newly slated.",
    "There is a good map of the walks on the kitchen wall.",
    "Herbs grow beside the back door and may be picked.",
    "The church tower can be seen from the lawn.",
    "A ferry to the islands leaves from the next village.",
    "Final cleaning is included in the price.",
    "The largest bedroom looks east.",
    "A guest book goes back more than thirty years.",
    "The doors are low, and tall people should mind their heads.",
    "Ducks come up from the pond in the mornings.",
)


def cottage_catalogue(rng: random.Random) -> Question:
    """Gather: the holiday cottages with some feature."""
    total = rng.randint(10, 14)
    names = rng.sample(_COTTAGES, total)
    features = rng.sample(tuple(_FEATURES), 3)
    asked = rng.choice(features)
    having = {f: set(rng.sample(names, rng.randint(4, min(8, total - 3)))) for f in features}
    fillers: list[str] = []
    lines = ["Holiday cottages: our list for the coming season", ""]
    for name in names:
        sentences = [rng.choice(_FEATURES[f][0] if name in having[f] else _FEATURES[f][1]) for f in features]
        for _ in range(rng.randint(3, 8)):
            if not fillers:
                fillers = rng.sample(_COTTAGE_FILLER, len(_COTTAGE_FILLER))
            filler = fillers.pop()
            if filler not in sentences:
                sentences.append(filler)
        rng.shuffle(sentences)
        lines += [
            f"{name}. Near {rng.choice(TOWNS)}, sleeps {rng.randint(2, 8)}, "
            f"from £{rng.randrange(310, 890, 10)} a week. " + " ".join(sentences),
            "",
        ]
    right = tuple(n for n in names if n in having[asked])
    return Question(
        "cottage_catalogue",
        rng.choice(_FEATURES[asked][2]),
        "\n".join(lines).rstrip(),
        needed=right,
        wrong=tuple(n for n in names if n not in having[asked]),
    )


# 7 ---------------------------------------------------------------- gather, group chat about a day's hike

_HIKE = {
    "car": (
        (
            "I can bring my car.",
            "I'll come by car and can take people along.",
            "Count on my car.",
            "Yes, I'm driving, my car has room.",
            "I've got the car that day, so I'll drive.",
            "I'm bringing the car.",
        ),
        (
            "Sorry, no car from me.",
            "I don't have a car.",
            "I can't bring a car, I'd need a lift.",
            "No car here, I'm afraid, can somebody take me?",
            "My car is at the garage all week, so I can't drive.",
            "I'm not driving, I need a lift please.",
        ),
        "who can bring a car?",
        ("Who is bringing a car?", "Who can drive and bring their car?"),
    ),
    "vegetarian": (
        (
            "Vegetarian lunch for me, please.",
            "I'd like the vegetarian lunch.",
            "Put me down for vegetarian.",
            "Vegetarian please!",
            "I'll have the veggie lunch.",
            "I take the vegetarian one, thanks.",
        ),
        (
            "The lunch with ham for me, please.",
            "Ham is fine for me.",
            "I'd like the ham one.",
            "Put me down for ham.",
            "Ham lunch please!",
            "I'll take the ham rolls, thanks.",
        ),
        "lunch from the inn: ham or vegetarian?",
        ("Who wants the vegetarian lunch?", "Give me the names of everyone who takes the vegetarian lunch."),
    ),
    "hut": (
        (
            "I'll stay overnight at the hut.",
            "I'm sleeping at the hut, looking forward to it.",
            "Hut for me, I'm staying the night.",
            "Yes to the night at the hut.",
            "Please book me a bunk at the hut.",
            "I'll spend the night at the hut too.",
        ),
        (
            "I won't stay the night, I have to be home in the evening.",
            "No hut for me, I'm going home the same day.",
            "I'd rather sleep in my own bed, so no hut.",
            "Can't stay overnight, sorry.",
            "I'm going back in the evening, no bunk for me.",
            "Not staying at the hut this time.",
        ),
        "who stays for the night at the hut?",
        ("Who is staying the night at the hut?", "Who wants to sleep at the hut?"),
    ),
}
_HIKE_FILLER = (
    "Does anyone know if the upper path is open again?",
    "The forecast says dry but windy.",
    "I was up there in the spring and the meadows were full of gentians.",
    "My new boots still pinch a bit.",
    "Remember to take enough water, the spring runs dry in summer.",
    "I've got a spare pair of walking poles at home.",
    "Somebody left a blue jumper last time, it's still with me.",
    "The photos from last year are in the folder now.",
    "Could we go a bit slower than last time?",
    "I'm so looking forward to this!",
    "The bridge by the mill has been repaired, I read it in the paper.",
    "Sun cream, everyone!",
    "My knee is better, by the way.",
    "I'll print out the map.",
    "There's a nice viewpoint just after the chapel.",
    "Let's hope there are no wasps this year.",
    "I can bring the first-aid kit.",
    "The whole climb is about six hundred metres.",
    "Last time I had sore feet for a week.",
    "A thermos of tea is a must.",
    "Binoculars might be worth it, there were eagles last time.",
    "Good morning all!",
    "Just got back from work, what did I miss?",
    "My phone was off all morning.",
    "I heard the cows are still on the high pasture.",
    "Please be punctual, the light goes early.",
    "Rain jackets in any case.",
    "I've never done that ridge before.",
    "The ridge is easier than it looks from below.",
    "I'll be the one with the terrible orange hat.",
    "Can't wait for a day without screens.",
    "My sister did the same walk last month and loved it.",
    "There is a book on mountain flowers I can lend out.",
    "The waterfall should be impressive after all that rain.",
    "We ought to take a group photo at the top this time.",
    "I'm practising on the stairs at the office.",
    "Gloves and a hat, it gets cold up there in the wind.",
    "The church clock is five minutes fast, by the way.",
    "I saw marmots there two years ago.",
    "Has everybody got proper soles? The last bit is stony.",
    "I'll send round the route this evening.",
)


def hike_chat(rng: random.Random) -> Question:
    """Gather: the people of a group chat who gave one answer."""
    total = rng.randint(10, 14)
    people = _people(rng, total)
    topics = rng.sample(tuple(_HIKE), 2)
    asked = rng.choice(topics)
    yes = {t: set(rng.sample(people, rng.randint(4, min(8, total - 3)))) for t in topics}
    organiser = people[0]
    answers = []
    for topic in topics:
        for sort in (0, 1):
            pool: list[str] = []
            for person in people:
                if (person in yes[topic]) == (sort == 0):
                    if not pool:
                        pool = rng.sample(_HIKE[topic][sort], len(_HIKE[topic][sort]))
                    answers.append((person, pool.pop()))
    rng.shuffle(answers)
    messages = list(answers)
    for filler in rng.sample(_HIKE_FILLER, rng.randint(20, len(_HIKE_FILLER))):
        messages.insert(rng.randint(0, len(messages)), (rng.choice(people), filler))
    opening = [
        (
            organiser,
            f"Hello everybody, the hike is on Saturday, we meet at the church in {rng.choice(TOWNS)} at eight.",
        ),
        (
            organiser,
            (
                f"Two things I need to know from each of you: first, {_HIKE[topics[0]][2]} "
                f"And second, {_HIKE[topics[1]][2]} I'll answer here as well."
            ),
        ),
        *messages,
        (organiser, "That's everybody, thank you. See you on Saturday!"),
    ]
    lines, minute = ["Group chat: Saturday hike", ""], rng.randint(8 * 60, 10 * 60)
    for person, message in opening:
        lines.append(f"[{minute // 60:02d}:{minute % 60:02d}] {person}: {message}")
        minute += rng.randint(1, 9)
    right = tuple(p for p in people if p in yes[asked])
    return Question(
        "hike_chat",
        rng.choice(_HIKE[asked][3]),
        "\n".join(lines),
        needed=right,
        wrong=tuple(p for p in people if p not in yes[asked]),
    )


# 8 ---------------------------------------------------------------- add up amounts of money, diary of a renovation

_GOODS = {
    "paint": (
        "Bought paint for the {room}, £{v}.",
        "Paid £{v} for two tins of paint.",
        "Another tin of paint, £{v}.",
        "The paint for the {room} cost £{v}.",
        "Spent £{v} on paint, a soft grey this time.",
        "Fetched more paint from the shop, £{v}.",
    ),
    "tiles": (
        "Bought tiles for the {room}, £{v}.",
        "Paid £{v} for a box of tiles.",
        "The missing tiles came today and cost £{v}.",
        "Spent £{v} on tiles at the warehouse.",
        "Found some pretty tiles at a clearance sale, £{v}.",
        "Had to get more tiles, £{v}.",
    ),
    "timber": (
        "Bought timber for the {room}, £{v}.",
        "Paid £{v} at the sawmill for timber.",
        "The timber was delivered, £{v}.",
        "Spent £{v} on timber for the shelves.",
        "Ran out of timber and bought more for £{v}.",
        "More timber, £{v}.",
    ),
    "tools": (
        "Bought tools at the market, £{v}.",
        "Paid £{v} for new tools.",
        "Spent £{v} on tools, a saw and a chisel.",
        "More tools, a spirit level and a plane, £{v}.",
        "Could not resist some second-hand tools for £{v}.",
        "Tools again, this time brushes and a scraper, £{v}.",
    ),
    "curtains": (
        "Bought curtains for the {room}, £{v}.",
        "Paid £{v} for a pair of curtains.",
        "The curtains from the catalogue came, £{v}.",
        "Spent £{v} on curtains.",
        "Bought a second pair of curtains for £{v}.",
        "Plain linen curtains, £{v}.",
    ),
}
_DIARY_FILLER = (
    "Up early and scraped wallpaper until my arms ached.",
    "Rain all day, so nothing could dry.",
    "Under the old lino there are beautiful floorboards.",
    "My brother came and helped me to carry the wardrobe downstairs.",
    "The dust gets everywhere, even into the bread.",
    "Found a newspaper from long ago behind the skirting board.",
    "The neighbours brought a cake, which was kind of them.",
    "Sanded the banisters, a dull job.",
    "The plaster in the corner is loose and will have to come off.",
    "Slept badly, the house creaks in the wind.",
    "The radiator is leaking a little, I put a bowl under it.",
    "Made a list of everything that is still to be done; it is long.",
    "The electrician promised to come next week.",
    "Took three loads of rubble to the tip.",
    "Ate sandwiches on an upturned crate and felt quite content.",
    "The window frames are sounder than I feared.",
    "Hit my thumb with the hammer.",
    "The cat from across the road walked through wet varnish.",
    "Had the kitchen ceiling finished by four.",
    "A day off: went for a long walk and did not think about the house at all.",
    "The light in the front room is lovely in the morning.",
    "Took the doors off their hinges and stacked them in the shed.",
    "Measured everything twice and still got it wrong.",
    "My back is complaining.",
    "Cleaned the brushes and swept the stairs.",
    "The chimney sweep says the flue is in good order.",
    "Argued with myself about the colour of the front door.",
    "One room is almost ready, and I moved the bed in there.",
    "Filled the cracks in the landing wall.",
    "The floor is level at last.",
    "Mother telephoned and asked when she could visit.",
    "Put up the first shelf, and it is straight.",
    "A swarm of starlings sat on the roof all morning.",
    "The old bath had to be carried out by three of us.",
    "Opened all the windows to get rid of the smell.",
    "The stairs no longer creak on the third step.",
    "Found out that no corner of this house is square.",
    "Began to clear the cellar and gave up after an hour.",
    "The plasterer looked in and praised my wall, which made me proud.",
    "Had soup at the neighbours' house in the evening.",
    "The key of the back door turns properly now.",
    "Too hot to work after noon, so I sat under the pear tree.",
    "Pulled out about two hundred rusty nails.",
    "The gutter is full of moss.",
    "Drew a plan of the new cupboard on the back of an envelope.",
    "Washed the dust out of my hair twice.",
    "The postman has begun to ask how things are getting on.",
    "Gave the old stove to a collector.",
)
_ROOMS = ("hall", "kitchen", "bathroom", "bedroom", "front room", "landing", "study", "porch")


def renovation_diary(rng: random.Random) -> Question:
    """Add up: the money spent on one sort of goods in a renovation diary."""
    sorts = rng.sample(tuple(_GOODS), 4)
    asked = sorts[0]
    buys = []
    amounts: list[int] = []
    for sort in sorts:
        number = rng.randint(4, 6) if sort == asked else rng.randint(2, 4)
        for template in rng.sample(_GOODS[sort], number):
            value = rng.randint(12, 96)
            buys.append(template.format(v=value, room=rng.choice(_ROOMS)))
            if sort == asked:
                amounts.append(value)
    rng.shuffle(buys)
    days = len(buys) + rng.randint(2, 5)
    with_buy = set(rng.sample(range(days), len(buys)))
    fillers: list[str] = []
    month_at = rng.randrange(4)
    months = (("March", 31), ("April", 30), ("May", 31), ("June", 30), ("July", 31), ("August", 31))[month_at:]
    month, day = 0, rng.randint(1, 9)
    lines = ["Diary of the house", ""]
    for index in range(days):
        sentences = []
        for _ in range(rng.randint(3, 6)):
            if not fillers:
                fillers = rng.sample(_DIARY_FILLER, len(_DIARY_FILLER))
            filler = fillers.pop()
            if filler not in sentences:
                sentences.append(filler)
        if index in with_buy:
            sentences.insert(rng.randint(0, len(sentences)), buys.pop())
        lines += [f"{day} {months[month][0]}. " + " ".join(sentences), ""]
        day += rng.randint(1, 3)
        if day > months[month][1]:
            day, month = day - months[month][1], month + 1
    question = rng.choice(
        (
            f"How much was spent on {asked} altogether?",
            f"What did the {asked} cost in total?",
            f"Add up what I spent on {asked}, please. How much is it?",
        )
    )
    return Question("renovation_diary", question, "\n".join(lines).rstrip(), number=float(sum(amounts)))


# 9 ---------------------------------------------------------------- add up kilos, report of a food bank

_FOODS = ("rice", "pasta", "flour", "sugar", "lentils", "oats")
_DONORS = (
    "the primary school",
    "the Rotary group",
    "the mosque",
    "the parish church",
    "the fire brigade",
    "the football club",
    "the supermarket in the square",
    "a family who did not wish to be named",
    "the bakers' guild",
    "the scouts",
    "the retired teachers",
    "the office of the savings bank",
    "the women's circle",
    "the hospital staff",
    "the students' union",
    "the garden club",
    "the wholesale market",
    "the town hall staff",
)
_GIFT = (
    "On {day} {donor} brought {what}.",
    "{what} came from {donor} on {day}.",
    "From {donor} we received {what} on {day}.",
    "{donor} gave us {what} on {day}.",
    "On {day} {what} arrived from {donor}.",
)
_BANK_FILLER = (
    "The queue was long in the morning but everyone was served before closing time.",
    "Two new volunteers were shown how the store room is organised.",
    "The second refrigerator is working again.",
    "We had hardly any fresh fruit and would be glad of more.",
    "A local reporter visited and asked sensible questions.",
    "Tinned soup is still plentiful.",
    "The van needed a new tyre.",
    "Several visitors asked for nappies, which we could not offer.",
    "The children's corner has been painted by an art class.",
    "Bread was fetched every evening from the shops nearby.",
    "The scales were checked and found to be accurate.",
    "We were able to give every household a box of eggs.",
    "A pensioner played the accordion in the waiting area, to general delight.",
    "Shelves along the north wall have been strengthened.",
    "Sorting took longer than usual because many tins had lost their labels.",
    "The rota for the coming weeks is full.",
    "A leaking pipe in the cellar was mended before it did any damage.",
    "Visitors were offered tea while they waited.",
    "We have asked for a larger room, and the council is considering it.",
    "The advice desk was busy, mostly with questions about heating bills.",
    "Cardboard was collected on time, which has not always been the case.",
    "The mood among the helpers was good.",
    "Opening hours will remain the same during the holidays.",
    "A training afternoon on food hygiene was well attended.",
    "Some of the crates were too heavy for one person and were carried by two.",
    "The leaflet has been translated into three more languages.",
    "Thanks to a warm spell the heaters were not needed.",
    "Reusable bags are now kept in a basket by the entrance.",
    "The steps at the back were made safe with a rail.",
    "One of our oldest helpers celebrated her eightieth birthday among us.",
    "The list of households was revised.",
    "Fresh milk was shared out on two afternoons.",
    "The cooking group tried out recipes with cabbage.",
    "Nobody had to be sent away.",
    "The neighbours have agreed that bicycles may be left in their yard.",
    "The waiting numbers are now called out by microphone.",
    "A new padlock was fitted to the store room.",
)


def _gift(rng: random.Random, gift: list[tuple[str, int]], donor: str, day: str) -> str:
    what = " and ".join(f"{weight} kg of {food}" for food, weight in gift)
    template = rng.choice(_GIFT[:1] + _GIFT[2:4]) if len(gift) == 2 else rng.choice(_GIFT)
    text = template.format(day=day, donor=donor, what=what)
    return text[0].upper() + text[1:]


def food_bank_report(rng: random.Random) -> Question:
    """Add up: the kilos of one food in a food bank's report."""
    asked, *others = rng.sample(_FOODS, 5)
    number = rng.randint(4, 7)
    gifts: list[list[tuple[str, int]]] = [[(asked, rng.randint(6, 48))] for _ in range(number)]
    amounts = [gift[0][1] for gift in gifts]
    for gift in gifts:
        if rng.random() < 0.5:
            gift.insert(rng.randint(0, 1), (rng.choice(others), rng.randint(6, 48)))
    for _ in range(rng.randint(8, 11)):
        kinds = rng.sample(others, rng.randint(1, 2))
        gifts.append([(kind, rng.randint(6, 48)) for kind in kinds])
    rng.shuffle(gifts)
    donors = rng.sample(_DONORS, len(gifts))
    weeks = rng.randint(4, 6)
    place = sorted(rng.randrange(weeks * 5) for _ in gifts)
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    fillers: list[str] = []
    lines = [
        f"Food bank in {rng.choice(TOWNS)}: report on the donations of the past weeks",
        "All donations of dry food are listed below, with their weight, in the order of their arrival.",
        "",
    ]
    for week in range(weeks):
        sentences = [
            _gift(rng, gift, donor, names[when % 5])
            for gift, donor, when in zip(gifts, donors, place, strict=True)
            if when // 5 == week
        ]
        inserted = []
        for sentence in sentences or [""]:
            for _ in range(rng.randint(1, 4)):
                if not fillers:
                    fillers = rng.sample(_BANK_FILLER, len(_BANK_FILLER))
                filler = fillers.pop()
                if filler not in inserted:
                    inserted.append(filler)
            if sentence:
                inserted.append(sentence)
        lines += [f"Week {('one', 'two', 'three', 'four', 'five', 'six')[week]}. " + " ".join(inserted), ""]
    question = rng.choice(
        (
            f"How many kilos of {asked} were donated in all?",
            f"How much {asked} did the food bank get altogether, in kg?",
            f"What is the total weight of the {asked} that was given, in kilos?",
        )
    )
    return Question("food_bank_report", question, "\n".join(lines).rstrip(), number=float(sum(amounts)))


# 10 --------------------------------------------------------------- an extreme, notices of boats for sale

_HARBOURS = ("Brayport", "Saltmouth", "Gullhaven", "Eastquay", "Northpool", "Crabsand", "Westerhaven", "Shinglemouth")
_BOATS_TEXT = (
    "Kittiwake Petrel Marigold Saltwind Gannet Albatross Windflower Osprey Seabird Columbine Marlin Puffin Silverfin "
    "Nightjar Lorelei Mistral Zephyr Heron Anemone Pelican Barracuda Wagtail Corsair Galatea Dolphin Nereid Sandpiper "
    "Cormorant Tempest Bluebell Calypso Undine"
)
_BOATS = _BOATS_TEXT.split()
_BOAT_FILLER = (
    "The sails are in good order.",
    "New varnish on all the woodwork.",
    "The cushions were replaced last season.",
    "Comes with a trailer.",
    "The engine starts at the first turn.",
    "There is a small stove and a sink in the cabin.",
    "She has always been kept under a cover in winter.",
    "An inflatable dinghy goes with her.",
    "The hull was cleaned and repainted in the spring.",
    "Selling because of a move inland.",
    "She is easy to handle, even for two people.",
    "The rigging was checked by a professional.",
    "A compass, lamps and life jackets are included.",
    "The anchor and chain are nearly new.",
    "A few scratches on the port side, otherwise sound.",
    "Sails well in light winds.",
    "My father had her for many years and looked after her lovingly.",
    "The cabin is dry and smells of nothing but wood.",
    "The bilge pump has been overhauled.",
    "Can be seen at weekends by arrangement.",
    "The mooring can be taken over.",
    "Old logbooks come with her for anyone interested.",
    "The mast is made of spruce.",
    "She took us along the whole coast without trouble.",
    "The batteries were renewed recently.",
    "Ideal for a family with children.",
    "Please ring in the evening.",
    "The rudder has been strengthened.",
    "The hatches close tightly.",
    "Two of the berths are new.",
    "The ropes were all renewed before last summer.",
    "A spare propeller is included.",
    "The deck has a surface that is not slippery when wet.",
    "She is moored out of the swell.",
    "The spray hood is dark blue and undamaged.",
    "The water tank has been cleaned out.",
    "A folding table fits between the bunks.",
    "The lockers offer plenty of space.",
    "Drawings by the boatbuilder can be inspected.",
    "A trial sail is gladly arranged.",
    "The tiller is of ash wood.",
    "The paint below the water line is fresh.",
    "The portholes have been sealed again.",
    "She lies calmly at anchor.",
)
_BOAT_FORMS = (
    "{name}, built in {year}, {length} metres long, lying at {town}. {filler} Price £{price}.",
    "For sale: {name}. Price £{price}. Length {length} metres, year of building {year}. {filler} To be seen at {town}.",
    (
        "We are parting with {name}, a boat of {length} metres, built in {year} and now at {town}. "
        "{filler} We ask £{price}."
    ),
    (
        "{name} is looking for a new owner. She is {length} metres long and was built in {year}. "
        "{filler} Asking price £{price}. Harbour: {town}."
    ),
)


def boat_notices(rng: random.Random) -> Question:
    """Extreme: the boat with the most or least of something among notices of boats for sale."""
    total = rng.randint(8, 12)
    names = rng.sample(_BOATS, total)
    years: list[float] = [*rng.sample(range(1931, 2019), total)]
    prices: list[float] = [p * 100 for p in rng.sample(range(22, 198), total)]
    lengths = [v / 10 for v in rng.sample(range(52, 139), total)]
    lines = ["Harbour notice board: boats for sale", ""]
    fillers: list[str] = []
    for name, year, price, length in zip(names, years, prices, lengths, strict=True):
        said: list[str] = []
        for _ in range(rng.randint(4, 8)):
            if not fillers:
                fillers = rng.sample(_BOAT_FILLER, len(_BOAT_FILLER))
            filler = fillers.pop()
            if filler not in said:
                said.append(filler)
        lines += [
            rng.choice(_BOAT_FORMS).format(
                name=name,
                year=year,
                price=f"{price:,}",
                length=f"{length:.1f}",
                town=rng.choice(_HARBOURS),
                filler=" ".join(said),
            ),
            "",
        ]
    values, best, questions = rng.choice(
        (
            (prices, min, ("Which boat is the cheapest?", "What is the name of the boat with the lowest price?")),
            (prices, max, ("Which boat is the most expensive?", "Which of the boats costs the most?")),
            (years, min, ("Which is the oldest boat?", "Which of these boats was built first?")),
            (years, max, ("Which is the newest of the boats?", "Which boat was built most recently?")),
            (lengths, max, ("Which is the longest boat?", "What is the name of the longest of the boats?")),
            (lengths, min, ("Which is the shortest boat?", "Which of the boats is shortest?")),
        )
    )
    winner = names[values.index(best(values))]
    return Question(
        "boat_notices", rng.choice(questions), "\n".join(lines).rstrip(), needed=(winner,), choices=tuple(names)
    )


KINDS: dict[str, Callable[[random.Random], Question]] = {
    "choir_minutes": choir_minutes,
    "bakery_letter": bakery_letter,
    "hotel_cards": hotel_cards,
    "vet_log": vet_log,
    "lost_register": lost_register,
    "cottage_catalogue": cottage_catalogue,
    "hike_chat": hike_chat,
    "renovation_diary": renovation_diary,
    "food_bank_report": food_bank_report,
    "boat_notices": boat_notices,
}
