"""Ten kinds of questions about the papers of offices and building sites: diaries, minutes, claims."""

from __future__ import annotations

import random

from benchmarks.questions import Question

_WOMEN_TEXT = (
    "Agnes Birgit Carla Dagmar Edith Freda Greta Hanna Ingrid Judith Karin Lena Miriam Nora Olga Paula Renate Sonja "
    "Tamara Ulrike Vera Wanda Yvonne Zoe Alma Bettina Clara Doris"
)
WOMEN = _WOMEN_TEXT.split()
_MEN_TEXT = (
    "Adam Boris Carsten David Emil Felix Georg Henrik Ivan Jonas Klaus Lars Martin Nils Oskar Peter Rafael Stefan "
    "Tomas Ulrich Viktor Walter Anton Bruno Conrad Dennis Erik Fabian"
)
MEN = _MEN_TEXT.split()
_SURNAMES_TEXT = (
    "Abelmann Adeyemi Aldous Arkwright Baczynski Balthasar Barrowclough Bellweather Bertolini Bjornstad Brackenridge "
    "Brandvold Cadwallader Caldicott Castellanos Chaudhry Cholmondeley Corrigan Dalgaard Dempster Dimitrov Drinkwater "
    "Eberhardt Eklund Ellingham Enderby Fairweather Fankhauser Featherstone Fitzsimmons Galbraith Gajewski Garforth "
    "Grunewald Haldane Hathersage Heatherington Hollingworth Horvath Iversen Jablonski Jankowitz Kaczmarek Kallenbach "
    "Kirkbride Kovalenko Lachlan Laidlaw Lindqvist Lockhart Lundgren Macallister Malinowski Mbeki Merriweather "
    "Montague Mukherjee Nakamura Niedermeyer Nordstrom Oakenshaw Obermann Okonkwo Osterberg Papadakis Pemberton "
    "Petrosyan Pilkington Quigley Radcliffe Rasmussen Rotherham Rutherford Sandoval Satterthwaite Schimmel Skarsgard "
    "Somerville Stavros Takahashi Tattersall Thackeray Thorvald Ullmann Underhill Vandermeer Villanueva Wachowski "
    "Weatherby Whittaker Winterbourne Yamamoto Zabriskie Zellweger"
)
SURNAMES = _SURNAMES_TEXT.split()
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _people(draw: random.Random, count: int) -> list[tuple[str, str, bool]]:
    """`count` persons (first name, surname, is a woman), no surname and no first name twice."""
    surnames = draw.sample(SURNAMES, count)
    women, men = WOMEN[:], MEN[:]
    draw.shuffle(women)
    draw.shuffle(men)
    made = []
    for index, surname in enumerate(surnames):
        woman = draw.random() < 0.5
        pool = women if woman else men
        made.append((pool[index % len(pool)], surname, woman))
    return made


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _paragraphs(draw: random.Random, sentences: list[str], low: int = 3, high: int = 5) -> str:
    made: list[str] = []
    at = 0
    while at < len(sentences):
        step = draw.randint(low, high)
        made.append(" ".join(sentences[at : at + step]))
        at += step
    return "\n\n".join(made)


def _spread(draw: random.Random, telling: list[str], others: list[str]) -> list[str]:
    """The sentences of both lists, mixed; an own order for each."""
    mixed = [(draw.random(), text) for text in [*telling, *others]]
    return [text for _, text in sorted(mixed)]


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def _or(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " or " + words[-1]


# ---------------------------------------------------------------- 1: a fact in a long text

_SITE = {
    "gang": [
        "the bricklayers",
        "the plasterers",
        "the roofers",
        "the scaffolders",
        "the electricians",
        "the pipe fitters",
        "the glaziers",
        "the painters",
        "the tilers",
        "the groundworkers",
        "the steel fixers",
        "the carpenters",
        "two apprentices",
        "the crane crew",
    ],
    "place": [
        "the north stairwell",
        "the lift shaft",
        "the boiler room",
        "the loading bay",
        "the west facade",
        "the inner courtyard",
        "the flat roof",
        "the main corridor",
        "the old link bridge",
        "the basement passage",
        "the entrance hall",
        "the car park ramp",
        "the plant room",
        "the south gable",
        "the ambulance entrance",
    ],
    "thing": [
        "plasterboard",
        "insulation wool",
        "copper pipe",
        "cable trays",
        "window frames",
        "floor tiles",
        "roof membrane",
        "paving slabs",
        "steel brackets",
        "skirting boards",
        "handrails",
        "drainage pipes",
        "door frames",
        "primer",
        "ceiling panels",
        "facing bricks",
    ],
    "amount": [
        "three pallets",
        "half a lorry load",
        "two crates",
        "about forty packs",
        "six bundles",
        "a full container",
        "a dozen packets",
        "nine boxes",
        "four bundles",
        "another two pallets",
    ],
    "weather": [
        "steady drizzle",
        "a hard ground frost",
        "gusts from the west",
        "thick fog",
        "a short hailstorm",
        "heavy showers",
        "sleet",
        "a dry easterly wind",
        "oppressive heat",
    ],
    "tool": [
        "the small excavator",
        "the concrete pump",
        "the goods hoist",
        "the tower crane",
        "the site generator",
        "the wall saw",
        "the screed mixer",
        "the scissor lift",
        "the dewatering pump",
        "the mobile compressor",
        "the plate compactor",
    ],
    "fault": [
        "a blown hose",
        "a worn belt",
        "a flat battery",
        "a tripped fuse",
        "a loose bolt",
        "a blocked filter",
        "an oil leak",
        "a cracked coupling",
        "a faulty switch",
    ],
    "guest": [
        "the architect",
        "the client's representative",
        "a man from the water company",
        "the safety adviser",
        "the structural engineer",
        "two people from the council",
        "the hospital's facilities manager",
        "the insurance surveyor",
        "the planner",
        "a group of trainee nurses",
    ],
    "topic": [
        "the height of the parapet",
        "the colour of the wall tiles",
        "the route of the cable duct",
        "the delivery hours",
        "the noise during visiting hours",
        "the position of the hand basins",
        "the fall of the drain",
        "the temporary entrance",
        "the width of the corridor doors",
        "the storage of the gas bottles",
        "the parking of private cars",
    ],
    "time": [
        "until ten",
        "for most of the morning",
        "until the light went",
        "for three hours",
        "all day",
        "for the whole shift",
        "until half past three",
        "after lunch",
        "from seven to noon",
    ],
    "cause": [
        "because the drawings had been changed",
        "because the lorry stood in a jam",
        "since the adhesive needed a night to cure",
        "because two men were off sick",
        "since the supplier had sent the wrong size",
        "because the ward next door had asked for quiet",
        "because the access road was being swept",
        "as the power was off for an hour",
        "because the surface was still damp",
        "since the measuring team was in the way",
    ],
    "work": [
        "filling the joints",
        "levelling the ground",
        "cutting openings",
        "fixing brackets",
        "sealing the edges",
        "pulling cables",
        "clearing rubble",
        "setting out the walls",
        "grinding down the concrete",
        "fitting edge protection",
        "laying membrane",
        "cleaning formwork",
        "marking the axes",
    ],
}
_SITE_CORES = [
    "{gang} worked at {place} {time}, mostly {work}",
    "{amount} of {thing} arrived and went straight to {place}",
    "{tool} stood still {time} with {fault}",
    "{guest} came by to talk about {topic}",
    "{weather} kept {gang} away from {place} {time}",
    "{gang} could not go on with {work} {cause}",
    "we moved {amount} of {thing} from {place} to {place2}",
    "{guest} asked for a new proposal on {topic}",
    "{gang} and {gang2} shared {tool} at {place}, which went better than expected",
    "{amount} of {thing} had to go back to the supplier, damaged in transit",
    "{gang} began {work} near {place}, a day later than planned",
    "{place} was closed {time} so that {gang} could get on with {work}",
    "a short meeting about {topic} ended without a decision",
    "{tool} was taken over to {place} and will stay there for the week",
    "{gang} found {amount} of {thing} behind the hoarding that nobody had booked in",
    "{guest} took photographs of {place} and had no complaints",
    "with {weather} outside, {gang} were sent to {place2} for {work}",
    "{gang} finished {work} at {place} and tidied up",
    "we ordered {amount} of {thing} again, as the last delivery had been short",
    "{place} was swept and the waste sorted, {gang} lending a hand {time}",
    "{gang} complained about {topic}, and we promised an answer by Friday",
    "the new fuse board for {tool} was put up next to {place}",
    "{guest} walked through {place} and {place2} and made a list of small points",
    "nobody could work at {place} {time} {cause}",
    "{gang} were reminded to wear eye protection while {work}",
    "water was standing in {place} from the night before, and {gang} pumped it out",
    "{tool} broke down with {fault}, but could be repaired on the spot",
    "the labels on the {thing} did not match the delivery note, so {gang} counted them twice",
    "{gang} covered the {thing} at {place} with sheeting {time}",
    "we agreed with {guest} to put off the talk about {topic} to next week",
]
_SITE_LEADS = [
    "Shortly after seven, ",
    "In the morning, ",
    "Around nine, ",
    "Before the tea break, ",
    "At midday, ",
    "In the early afternoon, ",
    "Later on, ",
    "Towards evening, ",
    "After the briefing, ",
    "Before the site meeting, ",
    "During the last hour, ",
]
_SITE_OBJECTS = [
    "fire door",
    "emergency lighting",
    "ventilation duct",
    "floor screed",
    "sprinkler line",
    "suspended ceiling",
    "nurse call system",
    "oxygen outlet",
    "sink drain",
]
_SITE_FACTS = [
    "The {obj} in room {room} was signed off by {name}.",
    "{name} signed off the {obj} in room {room}.",
    "In room {room}, the {obj} was checked and then signed off by {name}.",
    "After a second look, {name} signed off the {obj} in room {room}.",
    "The {obj} in room {room} passed its test and was signed off by {name}.",
]


def site_diary_signature(draw: random.Random) -> Question:
    people = _people(draw, 44)
    rooms = [f"{wing}{floor}{number:02d}" for wing in "ABCD" for floor in (1, 2, 3) for number in range(2, 29)]
    rooms = draw.sample(rooms, 14)
    pairs = [(obj, room) for obj in _SITE_OBJECTS for room in rooms]
    asked = draw.choice(pairs)
    same_room = draw.sample([p for p in pairs if p[1] == asked[1] and p != asked], 5)
    same_object = draw.sample([p for p in pairs if p[0] == asked[0] and p != asked], 7)
    rest = [p for p in pairs if p[0] != asked[0] and p[1] != asked[1]]
    pairs = [asked, *same_room, *same_object, *draw.sample(rest, 44 - 13)]
    facts = []
    for (obj, room), (first, last, _) in zip(pairs, people, strict=True):
        facts.append(draw.choice(_SITE_FACTS).format(obj=obj, room=room, name=f"{first} {last}"))
    seen: set[str] = set()
    others: list[str] = []
    cores: list[str] = []
    length = sum(len(fact) + 1 for fact in facts) + 2400
    goal = draw.randint(37300, 39800)
    while length < goal:
        if not cores:
            cores = _SITE_CORES[:]
            draw.shuffle(cores)
        slots = {key: draw.choice(values) for key, values in _SITE.items()}
        slots["place2"] = draw.choice([p for p in _SITE["place"] if p != slots["place"]])
        slots["gang2"] = draw.choice([g for g in _SITE["gang"] if g != slots["gang"]])
        pattern = cores.pop()
        core = pattern.format(**slots)
        if core in seen:
            continue
        seen.add(core)
        sentence = (
            _upper((draw.choice(_SITE_LEADS) if draw.random() < 0.5 and "{time}" not in pattern else "") + core) + "."
        )
        others.append(sentence)
        length += len(sentence) + 1
    draw.shuffle(facts)
    mixed = _spread(draw, facts, others)
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    parts = ["Site diary, extension of the district hospital"]
    per_day = len(mixed) / 60
    for index in range(60):
        week, day = divmod(index, 5)
        body = mixed[round(index * per_day) : round((index + 1) * per_day)]
        parts.append(f"Week {week + 1}, {days[day]}\n" + " ".join(body))
    obj, room = asked
    text = draw.choice(
        [
            f"Who signed off the {obj} in room {room}?",
            f"According to the site diary, who signed off the {obj} in room {room}?",
            f"I need the name of the person who signed off the {obj} in room {room}.",
        ]
    )
    return Question(
        "site_diary_signature",
        text,
        "\n\n".join(parts),
        needed=(people[0][1],),
        choices=tuple(person[1] for person in people),
    )


# ---------------------------------------------------------------- 2: other words than the text

_CLUB_ROLES = [
    (
        "The books are kept by {n}, who also pays the club's bills.",
        ["Who is the club's treasurer?", "Who does the club's accounts?"],
    ),
    (
        "{n} drives the minibus to all away matches.",
        ["Who provides transport to games at other grounds?", "Who is behind the wheel when the team plays elsewhere?"],
    ),
    (
        "The grass is mown and the lines are painted by {n}.",
        ["Who is the groundskeeper?", "Who maintains the playing field?"],
    ),
    (
        "{n} answers questions from journalists and sends them our match reports.",
        ["Who is the club's press officer?", "Who deals with the media for the club?"],
    ),
    (
        "When a player is hurt in a home match, {n} runs on with the ice and the bandages.",
        ["Who gives first aid at home games?", "Who treats injuries during home games?"],
    ),
    (
        "{n} washes the shirts and shorts after every weekend.",
        ["Who does the laundry for the club?", "Who cleans the dirty kit?"],
    ),
    (
        "Training for the under-eights is in the hands of {n}.",
        ["Who coaches the smallest children?", "Who is the coach of the club's youngest group?"],
    ),
    (
        "{n} sells coffee, sausages and cake from the hatch on match days.",
        ["Who runs the refreshment stand?", "Who is in charge of food and drinks at matches?"],
    ),
    (
        "It was {n} who talked the three firms into putting their names and their money on our shirts.",
        ["Who found the club's sponsors?", "Who brought the sponsors in?"],
    ),
    (
        "At committee meetings {n} writes down what is decided.",
        ["Who takes the minutes?", "Who is the minute-taker of the committee?"],
    ),
    (
        "{n} turns off the lights in the clubhouse at night and locks the doors.",
        ["Who closes up the building in the evening?"],
    ),
    (
        "People who have just joined are shown round by {n} and get their membership card from the same hands.",
        ["Who welcomes new members?", "Who looks after newcomers?"],
    ),
    (
        "Our web page and the photos on it are the work of {n}.",
        ["Who runs the club's internet site?", "Who is the club's webmaster?"],
    ),
]
_CLUB_OTHERS = [
    "The season began with two draws and a narrow win in the rain.",
    "Attendance at home matches has been higher than last year, above all in the evening.",
    "The second team has moved up a division and will have longer trips from autumn on.",
    "The showers in the older changing room still run cold after the first ten minutes.",
    "A new set of goals has been ordered and should be here before the holidays.",
    "We thank everybody who stayed after the summer party to put the benches away.",
    "The floodlights were out for one week in spring, but the cable has been replaced.",
    "Two of our players were invited to the regional selection and did us proud.",
    "The annual meeting will be held in the clubhouse, as always on the last Thursday of the month.",
    "The tournament in June drew fourteen teams, some of them from across the border.",
    "The car park behind the stand is to be kept free for visiting teams.",
    "Several members have asked for a rack for bicycles near the gate.",
    "The old scoreboard has found a new home in the primary school.",
    "We lost the cup match on penalties after leading for most of the game.",
    "The neighbours have kindly put up with a good deal of noise during the tournament.",
    "Lost property lies in the blue box next to the stairs and is given away at the end of the year.",
    "The women's team remained unbeaten until the middle of October.",
    "Membership fees stay as they are for another year.",
    "The path to the upper pitch has been covered with gravel.",
    "The friendly match against our partner town ended with a good meal and no injuries.",
    "A storm in March tore two panels from the roof of the stand, which the council has repaired.",
    "The veterans' side still meets on Wednesdays, whatever the weather.",
    "For the winter we have rented the sports hall at the grammar school for two evenings a week.",
    "The jubilee book is almost ready, and only a few old team pictures are missing.",
]


def club_newsletter_role(draw: random.Random) -> Question:
    roles = draw.sample(_CLUB_ROLES, draw.randint(8, 10))
    people = _people(draw, len(roles))
    telling = [role[0].format(n=f"{p[0]} {p[1]}") for role, p in zip(roles, people, strict=True)]
    others = draw.sample(_CLUB_OTHERS, draw.randint(19, 23))
    # roles in a random order already; each between other sentences
    body = others[:]
    for sentence in telling:
        body.insert(draw.randint(1, len(body)), sentence)
    club = draw.choice(["Riverside Athletic", "Hillcrest United", "Eastfield Rovers", "Lakeside Wanderers"])
    context = (
        f"Newsletter of {club}\n\nDear members, here is our look back at the year and at the people "
        f"who keep the club going.\n\n"
        + _paragraphs(draw, body)
        + "\n\nWe wish you all a good winter break.\nThe committee"
    )
    at = draw.randrange(len(roles))
    return Question(
        "club_newsletter_role",
        draw.choice(roles[at][1]),
        context,
        needed=(people[at][1],),
        choices=tuple(p[1] for p in people),
    )


# ---------------------------------------------------------------- 3: how many, by meaning

_COMMENTS = {
    "noise": [
        "A group at the next table chatted and giggled for two hours, and I could not read a single page.",
        "The door to the stairs bangs shut every time somebody goes through. Please put a damper on it.",
        "Somebody's phone rang again and again in the reading room, and nobody did anything about it.",
        "You can hear every word of the story hour up in the study area. It needs a wall or a curtain.",
        "I came here for quiet and got drilling from the flat upstairs instead. Can it not be done on Mondays?",
        "Please ask the students to stop shouting across the gallery when they see their friends.",
        "The man opposite me played videos without headphones the whole afternoon.",
        "The trolley with the squeaky wheel goes past the desks every few minutes. A drop of oil would help.",
        "It was so loud near the entrance today that I packed up my things and went home.",
        "The lift gives a piercing beep on each floor, and after an hour of that I had a headache.",
        "Two people held a loud telephone conference at the long table as if it were their own office.",
        "Silence in the study area should mean silence. At the moment it is like a railway station.",
        "The coffee machine next to the newspapers grinds and hisses so much that one cannot concentrate.",
    ],
    "temperature": [
        "I had to keep my coat and scarf on in the reading room all morning.",
        "The upper floor is like an oven as soon as the sun comes round. Blinds would help.",
        "My fingers were so frozen at the window desk that I could hardly hold a pen.",
        "The radiators by the magazines were stone cold again this week.",
        "Please turn the heating down a little. Everybody at our table was sweating in a T-shirt.",
        "There is an icy draught under the door of the map room, and my feet were numb after half an hour.",
        "In the heatwave the children's corner was unbearable, well over thirty degrees.",
        "It is far too chilly in the basement to sit there for longer than a few minutes.",
        "The air conditioning blows so hard that I always need a thick sweater, even in July.",
        "It was so stifling and hot under the glass roof that an elderly lady nearly fainted.",
        "I love this place, but in winter you have to bring a blanket if you want to sit down.",
        "Nineteen degrees may be good for the old books, but we readers are shivering.",
        "The study booths warm up so much in the afternoon that I leave them at two o'clock.",
    ],
    "opening hours": [
        "I work until six, and by then you have already shut. One late evening a week would be a great help.",
        "Why do you not open on Sundays? That is the only day when our family has time.",
        "You close for lunch just when people from the offices could come by.",
        "It would be wonderful to be able to get in before nine, on the way to work.",
        "The sign says you are open until eight on Thursdays, but the doors were locked at seven.",
        "Three weeks without access in summer is too long. Could you not stay open at least on some days?",
        "Please do not shut on the day before every public holiday.",
        "Being closed all Monday is a nuisance for those of us who have that day off.",
        "Saturday from ten to twelve is far too short. Please make it the whole day.",
        "During the exam weeks it would be good if we could stay in the building until midnight.",
        "In the school holidays you shut at three, and we always arrive too late.",
        "I stood before a locked door on Wednesday, as the new timetable was nowhere to be seen.",
        "Other towns let readers in with a card after the staff have gone home. Please extend your day like that.",
    ],
    "books": [
        "The third volume of the trilogy has been missing from the shelf since Easter.",
        "Could you buy more crime novels by authors from Scandinavia?",
        "The travel guides are all more than ten years old, and half of the hotels in them are gone.",
        "Somebody has torn the recipes out of the cookbook on bread.",
        "I would like to see more large-print novels for my mother.",
        "The poetry shelf is a treasure. Thank you for keeping so many small publishers.",
        "There are forty people in the queue for one copy of the new bestseller. Please order a second one.",
        "The comics are in no order at all, so that it takes ages to find the next part.",
    ],
    "computers": [
        "The printer ate my coins and gave me half a page.",
        "The catalogue on the screens does not find titles with an accent in them.",
        "The wireless network throws me out every ten minutes.",
        "Two of the four computers have been out of order since I joined.",
        "The scanner makes a dark stripe down every page.",
        "I cannot renew my loans on the web page, as it always says the password is wrong.",
        "The self-service terminal did not accept my card, although it is new.",
    ],
    "staff": [
        "The young man at the desk helped me to find my great-grandfather's village on a map. Thank you!",
        "The lady who reads to the children on Fridays is simply wonderful.",
        "I was treated like a thief when I had only forgotten my card. A little kindness would not hurt.",
        "Your trainee explained the e-books to me twice, with endless patience.",
        "Nobody at the information desk could tell me how an interlibrary loan works.",
        "Many thanks to the team for packing a surprise parcel of novels for my sick father.",
        "The librarian recommended exactly the right book for my son, who never reads.",
    ],
    "fees and furniture": [
        "The fine for one day's delay is too high for families with many children.",
        "Two chairs at the round table wobble badly, and one has lost its back.",
        "I find the yearly fee fair, but there should be a lower one for pensioners.",
        "Please put a bin next to the bicycle stands.",
        "A few more power sockets at the long tables would be useful.",
        "The new armchairs are so comfortable that I fell asleep in one.",
        "The toilet on the first floor has had no soap for a week.",
        "There is nowhere to leave a pram near the entrance.",
    ],
}
_COMMENT_QUESTIONS = {
    "noise": [
        "How many of the comments are complaints about noise?",
        "How many visitors complain that it is too loud?",
    ],
    "temperature": [
        "How many of the comments complain that it is too cold or too hot?",
        "How many comments are about the temperature in the library?",
    ],
    "opening hours": [
        "How many of the comments are about the opening hours?",
        "How many visitors write about the opening hours?",
    ],
}


def library_comments_count(draw: random.Random) -> Question:
    topic = draw.choice(sorted(_COMMENT_QUESTIONS))
    count = draw.randint(5, 12)
    total = draw.randint(24, 30)
    hits = draw.sample(_COMMENTS[topic], count)
    other = [text for key in _COMMENTS if key != topic for text in _COMMENTS[key]]
    items = hits + draw.sample(other, total - count)
    draw.shuffle(items)
    marks = draw.sample([f"{a}. {b}." for a in "ABCDEFGHJKLM" for b in "BDFGHKLMNPRSTW"], total)
    lines = [f"Card of {mark}: {text}" for mark, text in zip(marks, items, strict=True)]
    return Question(
        "library_comments_count",
        draw.choice(_COMMENT_QUESTIONS[topic]),
        "Comment cards from the box in the town library, collected over the year (one line for each card). "
        "Nobody has sorted them yet; spelling has been corrected, and names are given as initials only.\n\n"
        + "\n".join(lines),
        number=count,
    )


# ---------------------------------------------------------------- 4: the most frequent category

_CLAIMS = {
    "fire": [
        "A candle was left burning on the Advent wreath, and the living-room table and curtains went up in flames.",
        "Oil in a pan ignited, and the cooker hood and two kitchen cupboards were burnt.",
        "A spark from the chimney set the thatch of the garden house alight.",
        "A faulty phone charger began to smoulder, and the bed caught light while nobody was in the room.",
        "The tumble dryer burst into flames, and the utility room is black with soot.",
        "Hot ashes were put into a plastic bin, which burnt down together with the carport.",
        "A short circuit in the attic set the beams ablaze.",
        "A cigarette end glowed on in the sofa, and by morning only its frame was left.",
        "The neighbour's bonfire spread to the insured's hedge and wooden shed, of which nothing remains.",
        "The battery of an electric scooter blazed up in the hall and charred the walls and the stairs.",
        "A firework rocket landed on the balcony and set the cushions and the awning alight.",
        "The barbecue tipped over and the wooden terrace was burnt over its whole width.",
        "Sparks from a welding job kindled the straw in the barn, which was a total loss.",
    ],
    "water": [
        "The hose of the washing machine came off and the parquet in two rooms was soaked.",
        "A pipe burst behind the bathroom tiles, and the ceiling of the flat below came down.",
        "The bath was left running and the hall carpet was drenched.",
        "The river rose over its banks and stood knee-deep in the cellar.",
        "The dishwasher leaked unnoticed for weeks, and the kitchen units are swollen.",
        "The aquarium cracked in the night, and its three hundred litres ran into the wooden floor.",
        "A tap in the guest toilet was dripping for months and the wall behind it is wet through.",
        "The drain was blocked during a cloudburst and the basement filled up to the second step.",
        "A joint in the heating system gave way and flooded the study while the family was on holiday.",
        "The boiler leaked on to the freezer and the shelves below, and everything there is wet.",
        "The upstairs tenant's shower overflowed, and it dripped through the lamp on to the piano.",
        "A frozen pipe split in the holiday cottage and the rooms were ankle-deep in water when the damage was found.",
        "The seal of the toilet cistern failed and the laminate in the corridor has warped.",
    ],
    "hail": [
        "Lumps of ice as large as golf balls left dents all over the bonnet of the car.",
        "The greenhouse lost thirty panes when ice came down from the sky for ten minutes.",
        "Falling ice stones smashed the skylight above the stairs.",
        "The conservatory roof was pierced in several places by a shower of hailstones.",
        "The car stood in the open during the hailstorm, and its roof looks like a golf ball.",
        "Hailstones cracked four of the solar panels on the garage.",
        "Pellets of ice the size of walnuts tore the leaves off the vines and ruined the harvest.",
        "The plastic roof of the terrace was riddled with holes by hailstones.",
        "The windscreen was shattered by ice stones falling during the thunderstorm.",
        "The render on the west wall was chipped by a barrage of hail.",
        "The blinds on the weather side were battered out of shape by hailstones.",
        "Big hailstones broke tiles on the roof and the glass of the dormer window.",
        "A caravan on the camp site was hit by ice lumps from the storm, and all its roof vents are broken.",
    ],
    "burglary": [
        "The terrace door was levered open while the family was at the cinema, and jewellery is gone.",
        "Strangers got in through the cellar window and carried off two laptops and a camera.",
        "The lock of the shed was cut through and both electric bicycles are missing.",
        "Thieves broke the glass of the shop door at night and emptied the till.",
        "Somebody forced the flat door with a crowbar and took cash and a coin collection.",
        "Intruders searched all the cupboards during the funeral and left with the silver.",
        "The office was broken into at the weekend, and the safe was taken away whole.",
        "The garage door was prised up and a set of tools and winter tyres taken.",
        "On coming home from holiday, the couple found the back window smashed and the television gone.",
        "Unknown persons climbed over the balcony, picked the lock and took three watches.",
        "The storage room in the basement was cracked open and skis and wine were stolen from it.",
        "The holiday house was entered by force in winter, and the stove and all the copper were taken out.",
        "The caretaker found the door of the clubhouse kicked in, and the trophies and loudspeakers missing.",
    ],
}


def insurance_claims_most(draw: random.Random) -> Question:
    choices = draw.sample(sorted(_CLAIMS), draw.choice([3, 4, 4]))
    top = draw.randint(10, 13)
    counts = [top]
    counts += [draw.randint(3, top - 4) for _ in choices[1:]]
    while sum(counts) > 29:
        largest = max(range(1, len(counts)), key=counts.__getitem__)
        counts[largest] -= 1
    while sum(counts) < 21:
        smallest = min(range(1, len(counts)), key=counts.__getitem__)
        if counts[smallest] >= top - 4:
            counts[0] += 1
            top += 1
            if top > 13:
                counts[0] = top = 13
                counts[smallest] += 1
            continue
        counts[smallest] += 1
    items = [text for name, count in zip(choices, counts, strict=True) for text in draw.sample(_CLAIMS[name], count)]
    draw.shuffle(items)
    numbers = sorted(draw.sample(range(4000, 4900), len(items)))
    holders = draw.sample(SURNAMES, len(items))
    lines = [f"Claim {number}, {holder}: {text}" for number, holder, text in zip(numbers, holders, items, strict=True)]
    named = list(choices)
    draw.shuffle(named)
    text = draw.choice(
        [
            f"Which cause of damage is the most frequent in these claims: {_or(named)}?",
            f"What are these claims most often caused by: {_or(named)}?",
            f"Which of these occurs most often as the cause in the list of claims: {_or(named)}?",
        ]
    )
    return Question(
        "insurance_claims_most",
        text,
        "Household and vehicle insurance, claims received this quarter. Each line is one claim, with its number, "
        "the name of the insured person and a short description of what happened.\n\n" + "\n".join(lines),
        needed=(choices[0],),
        choices=tuple(named),
    )


# ---------------------------------------------------------------- 5: all names with a property

_PROPERTIES = {
    "licence": (
        ["Which applicants have a driving licence?", "List all applicants who hold a driving licence."],
        [
            "{He} has had a driving licence since leaving school.",
            "{He} holds a driving licence and owns a small car.",
            "The copy of {his} driving licence is in the file, and it is valid.",
            "{He} passed the driving test last summer and showed us the licence.",
            "Asked about a driving licence, {he} said yes, for cars and small vans.",
            "{He} got {his} driving licence in the army and still drives every day.",
            "A driving licence is there, including the one for trailers.",
        ],
        [
            "{He} has no driving licence.",
            "{He} never learnt to drive and does not plan to.",
            "{He} failed the driving test in spring and has not taken it again, so there is no licence so far.",
            "Asked about a driving licence, {he} said no.",
            "{He} is still taking driving lessons and has no licence yet.",
            "{He} lost {his} driving licence for good because of weak eyesight.",
            "{He} cannot drive and comes by train.",
            "{He} has always lived in the city and therefore never got a driving licence.",
        ],
    ),
    "spanish": (
        ["Which applicants speak Spanish?", "List all applicants who can speak Spanish."],
        [
            "{He} grew up in Madrid and speaks Spanish as a mother tongue.",
            "{He} speaks fluent Spanish.",
            "{He} learnt Spanish at school and now speaks it very well.",
            "With my colleague from Seville {he} chatted in Spanish for several minutes without any trouble.",
            "{He} speaks Spanish at home with {his} grandparents.",
            "{He} worked in a hotel in Chile for four years and talked to the guests in Spanish every day.",
            "Spanish is {his} best foreign language, which {he} speaks with ease.",
        ],
        [
            "{He} does not speak Spanish.",
            "{He} speaks French but not a word of Spanish.",
            "Asked about Spanish, {he} shook {his} head.",
            "{He} has no foreign languages at all.",
            "{He} would like to learn Spanish one day, but has not begun.",
            "English is {his} only language.",
            "{He} could not follow a simple sentence in Spanish, and told us that {he} had never learnt it.",
            "{He} speaks Polish and German, but no Spanish.",
        ],
    ),
    "weekends": (
        [
            "Which applicants are willing to work at weekends?",
            "List all applicants who would be ready to work at weekends.",
        ],
        [
            "{He} is willing to work at weekends.",
            "Working on Saturdays and Sundays is fine with {him}.",
            "{He} told us that {he} would gladly take weekend shifts.",
            "Weekend duty is no problem for {him}.",
            "{He} even prefers to work at weekends, as the days off in the week suit {him}.",
            "Asked about weekends, {he} agreed at once.",
            "{He} has worked every weekend for years and is happy to go on like that.",
        ],
        [
            "{He} does not want to work at weekends.",
            "Weekends are for {his} family, and {he} will not work then.",
            "{He} is only free from Monday to Friday.",
            "{He} ruled out any work on Saturdays and Sundays.",
            "Asked about weekends, {he} said no.",
            "{He} plays in a band every weekend and therefore cannot take shifts then.",
            "Weekend shifts are out of the question for {him}.",
            "{He} gave up {his} last job because of the weekend work and will not do it again.",
        ],
    ),
}
_INTERVIEW_OTHERS = [
    "{He} arrived ten minutes early and had read our brochure.",
    "The certificate from the last employer is very good.",
    "{He} talked about stock-keeping with real interest.",
    "{He} asked good questions about the training plan.",
    "The salary that {he} has in mind is within our range.",
    "{He} seemed nervous at first, but that soon passed.",
    "{He} has six years of experience in a warehouse.",
    "The test with the packing list was done without a mistake.",
    "{He} could start after the summer.",
    "{He} would prefer a permanent contract.",
    "{He} found the tour of the hall impressive.",
    "A former boss may be called as a reference.",
    "{He} wants to leave {his} present firm because it is moving away.",
    "{He} knows our software from an earlier job.",
    "{He} spoke calmly about a quarrel with a former colleague and how it was settled.",
    "There is a gap of one year in the CV, which {he} explained well.",
    "{He} took part in a first-aid course in spring.",
    "{He} lives about twenty minutes away.",
    "{He} has trained apprentices before.",
    "The answers were short, but to the point.",
    "{He} thinks that our way of labelling shelves could be made simpler.",
    "{He} has heard about us from a neighbour who works in dispatch.",
    "The notice period in the present job is four weeks.",
    "{He} likes working in a team more than alone.",
]


def interview_notes_who(draw: random.Random) -> Question:
    questions, yes, no = _PROPERTIES[draw.choice(sorted(_PROPERTIES))]
    has, lacks = draw.randint(4, 7), draw.randint(4, 8)
    people = _people(draw, has + lacks)
    tellings = draw.sample(yes, has) + draw.sample(no, lacks)
    order = list(range(has + lacks))
    draw.shuffle(order)
    fillers = 4 if len(order) <= 10 else 3
    pool: list[str] = []
    parts: list[str] = []
    for index in order:
        first, last, woman = people[index]
        words = (
            {"He": "She", "he": "she", "his": "her", "him": "her"}
            if woman
            else {"He": "He", "he": "he", "his": "his", "him": "him"}
        )
        if len(pool) < fillers:
            pool = _INTERVIEW_OTHERS[:]
            draw.shuffle(pool)
        sentences = [pool.pop() for _ in range(fillers)]
        sentences.insert(draw.randint(0, fillers), tellings[index])
        parts.append(f"{first} {last}: " + " ".join(s.format(**words) for s in sentences))
    context = "Notes on the job interviews for the post in the warehouse\n\n" + "\n\n".join(parts)
    return Question(
        "interview_notes_who",
        draw.choice(questions),
        context,
        needed=tuple(p[1] for p in people[:has]),
        wrong=tuple(p[1] for p in people[has:]),
    )


# ---------------------------------------------------------------- 6: a sum

_SPENDING = {
    "printing": [
        "printing {q} leaflets",
        "printing {q} door hangers",
        "printing {q} posters in two colours",
        "printing the programme as a booklet",
        "printing {q} postcards",
        "printing two large banners",
        "printing {q} stickers",
        "printing invitations to the opening event",
        "printing the sheet for first-time voters",
        "printing {q} more leaflets with the corrected date",
        "printing {q} flyers for the market stall",
        "printing the name boards",
    ],
    "room hire": [
        "hiring the parish hall",
        "hiring the back room of the inn",
        "hiring the school gym for a debate",
        "hiring the rowing club's hall",
        "hiring the small theatre",
        "hiring a meeting room in the library",
        "hiring the community centre in the south",
        "hiring the fire brigade's hall",
        "hiring the ballroom for election night",
        "hiring the village hall",
        "hiring the old cinema",
        "hiring the music school's hall",
    ],
    "food and drink": [
        "sandwiches for the helpers",
        "coffee and cake at the senior citizens' afternoon",
        "soup for the evening at the stall",
        "soft drinks for the opening event",
        "pizza for the team putting up posters",
        "apples to give away at the station",
        "a cold buffet after the debate",
        "bread rolls and cheese for a breakfast meeting",
        "sausages for the summer barbecue",
        "mineral water for the podium discussion",
        "ice cream at the children's festival",
        "wine and nibbles at the final gathering",
    ],
    "travel": [
        "train tickets to the regional conference",
        "petrol for the trips to the villages",
        "bus fares for six volunteers",
        "a taxi after the late debate",
        "tolls on the way to the capital",
        "the candidate's flight to the party congress",
    ],
    "postage": [
        "stamps for the letter to pensioners",
        "stamps for the letter to new citizens",
        "sending parcels of badges to the branches",
        "posting the voting-day reminder",
        "sending registered letters to the electoral office",
    ],
    "advertising": [
        "an advertisement in the weekly paper",
        "two spots on local radio",
        "a banner on a news page for one week",
        "an advertisement in the cinema",
        "space on the advertising column at the station",
    ],
}
_SPENDING_LINES = [
    "On {d} we paid {a} euros for {w}.",
    "{d}: {a} euros for {w}.",
    "{W} came to {a} euros on {d}.",
    "An invoice of {d} shows {a} euros for {w}.",
    "For {w}, {a} euros were paid on {d}.",
]
_SPENDING_OTHERS = [
    "The receipts are in the green folder, sorted by week.",
    "All entries were checked by a second person.",
    "The weather was kind to us at most of the street stalls.",
    "The committee had agreed on all larger orders beforehand.",
    "Some of the helpers were out on the streets every single evening.",
    "The electoral office wants to see these accounts by the end of the year.",
    "The opening event was better attended than we had dared to hope.",
    "The candidate paid for none of this from private means.",
    "The branch in the north kept its own list, which has been merged into this one.",
    "Nothing is outstanding at the moment.",
    "The bank account was opened for this campaign alone and will be closed soon.",
    "At the end of the campaign, a handful of posters were left over and have been recycled.",
    "The debate in spring was moderated by a retired teacher.",
    "Our stall was next to the flower seller on most market days.",
    "Questions about single entries may be put to the campaign office.",
    "The team met every Monday to plan the week.",
    "For each payment there is a receipt with a number written on it in pencil.",
    "Our thanks go to everyone who lent a ladder, a car or a pair of hands.",
]


def campaign_accounts_sum(draw: random.Random) -> Question:
    asked = draw.choice(["food and drink", "printing", "room hire"])
    count = draw.randint(6, 12)
    amounts = draw.sample(range(38, 460), count)
    entries = list(zip([asked] * count, draw.sample(_SPENDING[asked], count), amounts, strict=True))
    rest = [(sort, what) for sort in sorted(_SPENDING) if sort != asked for what in _SPENDING[sort]]
    others = draw.sample(rest, draw.randint(max(7, 16 - count), 12))
    entries += [(sort, what, draw.randint(38, 460)) for sort, what in others]
    draw.shuffle(entries)
    dates = sorted(draw.sample([(m, d) for m in range(3, 8) for d in range(1, 29)], len(entries)))
    lines = []
    for (_, form, amount), (month, day) in zip(entries, dates, strict=True):
        what = form.format(q=draw.choice([400, 600, 800, 1200, 1500, 2500]))
        lines.append(draw.choice(_SPENDING_LINES).format(d=f"{day} {MONTHS[month]}", a=amount, w=what, W=_upper(what)))
    for sentence in draw.sample(_SPENDING_OTHERS, 16 if len(lines) < 22 else 12):
        lines.insert(draw.randint(0, len(lines)), sentence)
    intro = (
        "Accounts of the campaign for the town council, drawn up by the campaign office. "
        "Each payment is listed once, in the order of its date, in whole euros."
    )
    text = draw.choice(
        [
            f"How much did the campaign spend on {asked} in total?",
            f"What is the sum of all payments for {asked}?",
            f"What did {asked} cost the campaign altogether?",
        ]
    )
    return Question("campaign_accounts_sum", text, intro + "\n\n" + _paragraphs(draw, lines), number=sum(amounts))


# ---------------------------------------------------------------- 7: the largest, smallest, first, last

_FIRMS_TEXT = (
    "Alderbau Brixtonhale Corvane Dunmore Estralux Fennwick Garrovan Halvorsen Ilmenau Jesperbau Kelbrook Lorrimer "
    "Mostyn Narvikon Ostrava Pellgrove"
)
_FIRMS = _FIRMS_TEXT.split()
_TENDER_EXTRA = [
    "Its list of references contains three swimming pools and a market hall.",
    "The firm proposes to keep the footpath open during the works.",
    "It would employ two local subcontractors for the painting.",
    "The documents were complete and signed.",
    "A sample of the handrail was enclosed.",
    "The firm has worked for the town before, on the roof of the school.",
    "It asks for a place to store its timber near the river.",
    "The council had no questions about this bid.",
    "The firm attached drawings of the temporary crossing.",
    "One member of the committee praised the clear description of the works.",
    "The firm would use oak from the region for the planks.",
    "It offers to repaint the railings after two years at no charge.",
    "The engineer noted that the calculation is easy to follow.",
    "The bid names a site manager and a deputy.",
]


def tender_minutes_extreme(draw: random.Random) -> Question:
    count = draw.randint(6, 9)
    firms = draw.sample(_FIRMS, count)
    prices = [p * 100 for p in draw.sample(range(1420, 2480), count)]
    weeks = draw.sample(range(9, 31), count)
    dates = draw.sample([(m, d) for m in (3, 4) for d in range(2, 29)], count)
    extra = draw.sample(_TENDER_EXTRA, len(_TENDER_EXTRA))
    parts = []
    for index, (firm, price, week, (month, day)) in enumerate(zip(firms, prices, weeks, dates, strict=True)):
        date = f"{day} {MONTHS[month]}"
        facts = [
            draw.choice(
                [
                    f"The bid of {firm} was handed in on {date}.",
                    f"{firm} handed in its bid on {date}.",
                    f"On {date}, {firm} handed in its bid.",
                ]
            ),
            draw.choice(
                [
                    f"The price is {price:,} euros.",
                    f"It amounts to {price:,} euros.",
                    f"The firm asks for {price:,} euros.",
                ]
            ),
            draw.choice(
                [
                    f"The works would take {week} weeks.",
                    f"The firm needs {week} weeks for the works.",
                    f"A building time of {week} weeks is offered.",
                ]
            ),
        ]
        if draw.random() < 0.5:
            facts[1], facts[2] = facts[2], facts[1]
        facts.insert(draw.randint(1, 3), extra[index % len(extra)])
        if index + count < len(extra):
            facts.append(extra[index + count])
        parts.append(" ".join(facts))
    place, texts = draw.choice(
        [
            (prices.index(min(prices)), ["Which firm made the cheapest bid?", "Which firm offers the lowest price?"]),
            (
                prices.index(max(prices)),
                ["Which firm made the most expensive bid?", "Which firm asks for the highest price?"],
            ),
            (
                weeks.index(min(weeks)),
                [
                    "Which firm would finish the works in the shortest time?",
                    "Which firm offers the shortest building time?",
                ],
            ),
            (
                weeks.index(max(weeks)),
                ["Which firm needs the longest time for the works?", "Which firm offers the longest building time?"],
            ),
            (dates.index(min(dates)), ["Which firm handed in its bid first?", "Whose bid was handed in earliest?"]),
            (
                dates.index(max(dates)),
                ["Which firm was the last to hand in its bid?", "Whose bid was handed in latest?"],
            ),
        ]
    )
    winner = firms[place]
    word = {6: "Six", 7: "Seven", 8: "Eight", 9: "Nine"}[count]
    context = (
        "Minutes of the building committee, opening of the bids for the repair of the footbridge\n\n"
        f"The chair opened the meeting at six and stated that a quorum was present. {word} bids for the repair "
        "of the old footbridge had been handed in, all of them in this year and within the time allowed. All "
        "prices include tax. The bids were read out in no particular order.\n\n"
        + "\n\n".join(parts)
        + "\n\nThe committee thanked the town engineer for preparing the papers. It will decide at its next "
        "meeting, after a visit to the bridge. Until then, the bids remain in the safe of the town hall. "
        "A resident asked whether dogs would be able to use the temporary crossing, and the engineer said "
        "that they would. Another resident wished for better lighting at the steps on the north bank. The chair "
        "promised to pass this on, but pointed out that the lamps are not part of the present works. The "
        "meeting was closed shortly before eight."
    )
    return Question("tender_minutes_extreme", draw.choice(texts), context, needed=(winner,), choices=tuple(firms))


# ---------------------------------------------------------------- 8: a comparison

_MACHINES_TEXT = "Arvello Brunika Calidor Domarra Espriva Fontelle Grandova Hestiona Impresso Javelina Kaldora"
_MACHINES = _MACHINES_TEXT.split()
_TOWNS_TEXT = (
    "Aarhus Bergamo Cracow Debrecen Eindhoven Ghent Innsbruck Linz Malmo Nantes Olomouc Porto Tampere Utrecht Verona "
    "Zagreb"
)
_TOWNS = _TOWNS_TEXT.split()
_MACHINE_EXTRA = [
    "It makes very little noise and could stand next to the meeting room.",
    "The milk container has to be rinsed every evening.",
    "In the test, most of us liked the espresso, though not the cappuccino.",
    "It takes up rather a lot of space on the counter.",
    "The display can be set to several languages.",
    "The drip tray is easy to take out and fits into the dishwasher.",
    "Its grinder can be adjusted without tools.",
    "It has a separate tap for hot water, which the tea drinkers will like.",
    "The housing is made of steel and looks solid.",
    "The manual is short and well illustrated.",
    "The salesman was friendly and did not push us.",
    "It switches itself off at night, which saves power.",
    "The bean container is on the small side for our floor.",
    "Two colleagues know it from their last job and speak well of it.",
    "It can be connected directly to the water pipe.",
    "Descaling is said to take about half an hour.",
    "It comes in black and in white.",
    "The steam nozzle needs some practice.",
    "A lamp tells you when the grounds have to be emptied.",
    "The cups can be kept warm on its top.",
    "I liked the simple knob on the front.",
    "The cleaning programme runs by itself at the touch of a button.",
    "It is low enough to fit under the wall cupboard.",
    "Two cups can be filled at the same time.",
    "The water tank can be taken out from the front.",
]


def coffee_machine_compare(draw: random.Random) -> Question:
    count = draw.randint(6, 8)
    asked = draw.choice([2, 2, 3])
    names = draw.sample(_MACHINES, count)
    towns = draw.sample(_TOWNS, count)
    while True:
        prices = draw.sample(range(312, 989), count)
        gaps = {abs(a - b) for a in prices[:asked] for b in prices[:asked]}
        if not gaps & set(prices) and len({p // 10 for p in prices}) == count:
            break
    parts: list[str] = []
    extra = draw.sample(_MACHINE_EXTRA, len(_MACHINE_EXTRA))
    machines = list(zip(names, towns, prices, strict=True))
    draw.shuffle(machines)
    for name, town, price in machines:
        facts = [
            draw.choice(
                [f"It costs {price} euros.", f"The price is {price} euros.", f"The shop wants {price} euros for it."]
            ),
            draw.choice(
                [
                    f"It is made in {town}.",
                    f"It comes from a factory in {town}.",
                    f"The manufacturer builds it in {town}.",
                ]
            ),
        ]
        draw.shuffle(facts)
        first, *rest = [extra.pop() for _ in range(3)]
        opening = draw.choice(
            [
                f"The {name} was shown to us as well.",
                f"Next, the {name}.",
                f"We also had a look at the {name}.",
                f"Then there is the {name}.",
                f"Another candidate is the {name}.",
            ]
        )
        if not parts:
            opening = draw.choice([f"The first one we looked at is the {name}.", f"Let me begin with the {name}."])
        parts.append(" ".join([opening, facts[0], first, facts[1], *rest]))
    writer = draw.choice(WOMEN + MEN)
    context = (
        "Subject: new coffee machine for the third floor\n\nDear all,\n\nas you know, our old coffee machine gave "
        "up last week, just before the visit of the auditors. I have spent two afternoons with our caretaker "
        "looking at possible successors, and here is what we found out. All of them make coffee from whole beans "
        "and all can be delivered within a fortnight.\n\n"
        + "\n\n".join(parts)
        + "\n\nThe repair of the old machine would have been dearer than most people think, and the workshop "
        "could not promise that it would last, so we gave up that idea. "
        "Please tell me by Friday which one you would choose. Until then there is a kettle and a jar of instant "
        "coffee in the kitchen on the second floor. Do not forget to bring your own cup, and please wash it up "
        f"afterwards.\n\nBest wishes\n{writer}"
    )
    wanted = [f"the {name}" for name in draw.sample(names[:asked], asked)]
    text = draw.choice(
        [
            f"Compare {_and(wanted)}: what does each cost and where is it made?",
            f"What are the prices of {_and(wanted)}, and in which town is each of them made?",
            f"How do {_and(wanted)} compare in price and in the town where they are made?",
        ]
    )
    return Question(
        "coffee_machine_compare",
        text,
        context,
        needed=tuple(towns[:asked]) + tuple(str(p) for p in prices[:asked]),
        wrong=tuple(towns[asked:]) + tuple(str(p) for p in prices[asked:]),
    )


# ---------------------------------------------------------------- 9: each of several documents

_CASES = [
    (
        "a fence between two gardens",
        "The fence stood forty centimetres too far to the east, and the claimant wanted it moved.",
    ),
    (
        "an unpaid joiner's bill",
        "The joiner had fitted a staircase, and the customer withheld the money because two steps creaked.",
    ),
    ("the deposit on a flat", "The landlord had kept the deposit because of holes in the bathroom tiles."),
    ("a dog bite", "The defendant's dog had bitten the claimant, a postal worker, in the left hand."),
    (
        "a cancelled wedding party",
        "The inn had called off the party nine days beforehand and kept the advance payment.",
    ),
    ("a used car", "The car had been sold as free of accidents, although its rear had been repaired after a crash."),
    ("a dismissal", "The claimant, a baker, had been dismissed after coming late three times in one month."),
    ("a falling branch", "A branch of the defendant's plane tree had fallen on the claimant's parked car."),
    ("a delayed flight", "The passengers had reached their destination seven hours late and wanted compensation."),
    ("the noise of a heat pump", "The pump stood below the claimant's bedroom window and hummed at night."),
]
_CASE_END = ["The claim was allowed in full.", "The claim was dismissed.", "The claim was allowed in part."]
_CASE_EXTRA = [
    "The hearing took a whole morning, as several photographs had to be looked at.",
    "Both sides had tried to come to terms before, but without success.",
    "The judgment was read out at the end of the hearing.",
    "An appeal may be lodged within one month.",
    "The file contains a sketch drawn by a surveyor.",
    "The public was admitted, and a school class was present.",
    "The exchange of letters between the parties had lasted for more than a year.",
    "The written reasons will be sent to both parties.",
]


def court_cases_each(draw: random.Random) -> Question:
    count = draw.randint(4, 6)
    cases = draw.sample(_CASES, count)
    people = _people(draw, count * 4)
    by_role: dict[str, list[str]] = {"judge": [], "expert": []}
    documents = []
    for index, (subject, story) in enumerate(cases):
        judge, expert, left, right = people[index * 4 : index * 4 + 4]
        names = [f"{p[0]} {p[1]}" for p in (judge, expert, left, right)]
        by_role["judge"].append(judge[1])
        by_role["expert"].append(expert[1])
        bench = draw.choice(
            [
                f"The case was heard and decided by Judge {names[0]}.",
                f"Judge {names[0]} presided and gave the judgment.",
                f"The judge in this case was {names[0]}.",
            ]
        )
        witness = draw.choice(
            [
                f"{names[1]} was heard as an expert witness.",
                f"The court called {names[1]} as an expert witness.",
                f"The expert witness, {names[1]}, gave a written opinion.",
            ]
        )
        sides = draw.choice(
            [
                f"The claimant was represented by the lawyer {names[2]}, the defendant by the lawyer {names[3]}.",
                f"Counsel for the claimant was {names[2]}, and {names[3]} appeared for the defendant.",
            ]
        )
        extra = draw.sample(_CASE_EXTRA, 3 if count < 6 else 2)
        middle = [bench, witness, sides, *extra[:-1]]
        draw.shuffle(middle)
        date = f"{draw.randint(1, 28)} {draw.choice(MONTHS)}"
        documents.append(
            f"District court, case {draw.randint(11, 98)}/{draw.randint(200, 899)}\n"
            f"Judgment of {date} about {subject}\n\n"
            f"{story} " + " ".join(middle) + f" {draw.choice(_CASE_END)} {extra[-1]}"
        )
    role = draw.choice(["judge", "expert"])
    text = draw.choice(
        {
            "judge": ["Who was the judge in each of these cases?", "For each case, name the judge."],
            "expert": ["Who was the expert witness in each of these cases?", "For each case, name the expert witness."],
        }[role]
    )
    return Question("court_cases_each", text, documents, needed=tuple(by_role[role]))


# ---------------------------------------------------------------- 10: two steps

_SERVICES = [
    "ticket shop",
    "parcel tracking",
    "customer portal",
    "payroll system",
    "booking calendar",
    "telephone exchange",
    "stock database",
    "newsletter service",
    "visitor registration",
]
_MODULES_TEXT = "Basalt Cobalt Feldspar Gneiss Hornblende Jasper Malachite Obsidian Porphyry Quartz Travertine"
_MODULES = _MODULES_TEXT.split()
_OUTAGE = [
    "On {d} the {s} was down for {m} minutes. The cause was a fault in the module {x}.",
    "The {s} was down on {d} for {m} minutes, and the fault was traced to the module {x}.",
    "{d}: the {s} was down for {m} minutes, because the module {x} had crashed.",
    "On {d} nobody could use the {s} for {m} minutes. The module {x} turned out to be the cause of this outage.",
]
_KEEPER = [
    "The module {x} is maintained by {n}.",
    "{n} maintains the module {x}.",
    "The person who maintains {x} is {n}.",
    "{x} has been maintained by {n} for some time.",
]
_LOG_OTHERS = [
    "The users were informed by e-mail within a quarter of an hour.",
    "No data were lost.",
    "A restart helped at once.",
    "The help desk took about forty calls that morning.",
    "The alarm had gone off in time, but the message was sent to an old address.",
    "A second fault of this sort has not been seen since.",
    "The limit for waiting connections has been raised.",
    "The test system had not shown anything unusual.",
    "The night shift noticed it first.",
    "The reserve line took over part of the load.",
    "A short note about it was put on the start page.",
    "The log files of that hour have been kept for later study.",
]
_KEEPER_OTHERS = [
    "It was last renewed in autumn.",
    "Its source text is short and well described.",
    "It runs on both machines in the cellar.",
    "A new version is planned for the spring.",
    "Its tests take about ten minutes.",
    "It will probably be replaced in two years.",
    "There is a handbook for it in the team's folder.",
    "It was bought from another firm and adapted.",
    "It needs more memory than it did a year ago.",
    "It is restarted every Sunday night.",
    "Changes to it have to be announced two days ahead.",
]


def outage_log_keeper(draw: random.Random) -> Question:
    count = draw.randint(6, 7)
    services = draw.sample(_SERVICES, count)
    modules = draw.sample(_MODULES, count + 2)
    people = _people(draw, count + 2)
    dates = sorted(draw.sample([(m, d) for m in range(6) for d in range(1, 29)], count))
    extra = draw.sample(_LOG_OTHERS, len(_LOG_OTHERS))
    outages = []
    for index, (service, module, (month, day)) in enumerate(zip(services, modules, dates, strict=False)):
        text = draw.choice(_OUTAGE).format(d=f"{day} {MONTHS[month]}", s=service, m=draw.randint(12, 95), x=module)
        mine = [extra[index], extra[index + count]] if index + count < len(extra) else [extra[index]]
        outages.append(" ".join([text, *mine]))
    keepers = []
    extra = draw.sample(_KEEPER_OTHERS, len(_KEEPER_OTHERS))
    for index, (module, (first, last, _)) in enumerate(zip(modules, people, strict=True)):
        text = draw.choice(_KEEPER).format(x=module, n=f"{first} {last}")
        keepers.append(f"{text} {extra[index]}")
    draw.shuffle(keepers)
    log = "Outages in the first half of the year\n\n" + "\n\n".join(outages)
    staff = "Modules and their maintainers\n\n" + "\n\n".join(keepers)
    parts = [log, staff]
    draw.shuffle(parts)
    context = (
        "Half-yearly report of the computing department\n\nThis report is meant for the management and for all teams "
        "that depend on our services. It lists the outages that were longer than ten minutes, and it tells who "
        "maintains which module, so that questions reach the right person.\n\n"
        + "\n\n".join(parts)
        + "\n\nWe thank all colleagues for their patience. The next report will appear in winter."
    )
    at = draw.randrange(count)
    text = draw.choice(
        [
            f"Who maintains the module that caused the outage of the {services[at]}?",
            f"The {services[at]} was down. Who maintains the module that was to blame?",
            f"Which person maintains the module behind the outage of the {services[at]}?",
        ]
    )
    return Question("outage_log_keeper", text, context, needed=(people[at][1],), choices=tuple(p[1] for p in people))


KINDS = {
    made.__name__: made
    for made in (
        site_diary_signature,
        club_newsletter_role,
        library_comments_count,
        insurance_claims_most,
        interview_notes_who,
        campaign_accounts_sum,
        tender_minutes_extreme,
        coffee_machine_compare,
        court_cases_each,
        outage_log_keeper,
    )
}
