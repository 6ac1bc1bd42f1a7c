"""Twelve kinds of questions over made texts, worded as busy people ask. Seeded, and right by construction."""

import random
from collections.abc import Callable, Sequence

from benchmarks.questions import FIRST, LAST, TOWNS, Question, spread

WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _prose(
    draw: random.Random, told: Sequence[str], openings: Sequence[str], events: Sequence[str], characters: int
) -> str:
    """These sentences in their order, at drawn places among others about the same matter, as paragraphs."""
    other = list[str]()
    while sum(map(len, other)) + sum(map(len, told)) < characters:
        one, two = draw.sample(list(events), 2)
        shape = draw.choice(["{0}, {1}, and {2}.", "{0}, {1}.", "{1}, and {2}."])
        made = shape.format(draw.choice(openings), one, two)
        other.append(made[0].upper() + made[1:])
    places = set(draw.sample(range(len(other) + len(told)), len(told)))
    rest, facts = iter(other), iter(told)
    sentences = [next(facts if place in places else rest) for place in range(len(other) + len(told))]
    paragraphs = list[str]()
    while sentences:
        long = draw.randint(3, 6)
        paragraphs.append(" ".join(sentences[:long]))
        sentences = sentences[long:]
    return "\n\n".join(paragraphs)


def ferry(draw: random.Random) -> Question:
    """A single fact among similar ones: a time of departure."""
    islands = draw.sample(["Sandholm", "Birkey", "Torvik", "Lunnay", "Osterby", "Kelsay", "Grimsund", "Vallery"], 7)
    out = [f"{at // 60}:{at % 60:02}" for at in draw.sample(range(10 * 60 + 5, 12 * 60 + 60, 5), 7)]
    back = [f"{at // 60}:{at % 60:02}" for at in draw.sample(range(17 * 60, 21 * 60, 5), 7)]
    over = [
        "The boat to {} leaves our harbour at {}.", "For {}, the boat casts off at {}.",
        "The crossing to {} starts at {} from our pier.",
    ]  # fmt: skip
    home = ["The last boat home from {} sails at {}.", "From {}, you can get back here with the evening boat at {}."]
    told = [draw.choice(over).format(island, time) for island, time in zip(islands, out, strict=True)]
    told += [draw.choice(home).format(island, time) for island, time in zip(islands, back, strict=True)]
    draw.shuffle(told)
    openings = [
        "On most summer days", "When the tide is low", "In foggy weather", "At the weekend", "Down by the quay",
        "During the holidays", "As the old skipper likes to tell", "If you are lucky",
    ]  # fmt: skip
    events = [
        "the gulls steal chips from the tables", "a brass band plays beside the lighthouse",
        "seals can be seen on the rocks", "the fishermen mend their nets in the sun",
        "children catch crabs with a piece of string", "the kiosk sells smoked herring in a bun",
        "somebody rents out deckchairs", "the flags on the pier flap in the breeze",
        "painters set up their easels along the wall", "the harbour cat sleeps on a coil of rope",
        "the smell of tar hangs over the sheds", "a guide shows visitors round the old lifeboat",
        "the waves throw driftwood onto the sand", "the ice cream van rings its bell",
    ]  # fmt: skip
    at = draw.randrange(7)
    asked = f"We'd like to spend tomorrow on {islands[at]}. What time does the boat over there go?"
    text = _prose(draw, told, openings, events, draw.randrange(6_600, 10_500))
    return Question("ferry", asked, text, [out[at]], [time for time in out if time != out[at]])


def kennel(draw: random.Random) -> Question:
    """A single fact among similar ones: what a dog must not eat, among what it likes."""
    dogs = draw.sample(["Bello", "Rufus", "Nala", "Pongo", "Trixie", "Balu", "Waldi", "Kira", "Snoopy"], 7)
    food = draw.sample(
        [
            "liver", "rice", "cheese", "tuna", "beef", "chicken", "salmon", "lamb", "pumpkin", "turkey", "pork",
            "cabbage", "spinach", "bacon", "porridge",
        ],
        14,
    )  # fmt: skip
    bad, good = food[:7], food[7:]
    sick = [
        "{} gets a terrible stomach ache from {}.", "{} always throws up after eating {}.",
        "{} falls ill even from a little {}.",
    ]  # fmt: skip
    liked = ["{} would do anything for a bit of {}.", "There is nothing that {} likes better than {}."]
    told = [draw.choice(sick).format(dog, name) for dog, name in zip(dogs, bad, strict=True)]
    told += [draw.choice(liked).format(dog, name) for dog, name in zip(dogs, good, strict=True)]
    draw.shuffle(told)
    at = draw.randrange(7)
    dog = dogs[at]
    asked = f"{dog} the dog is staying with us over Easter. Which food would make {dog} sick?"
    text = spread(draw, told, draw.randrange(6_600, 10_500))
    return Question("kennel", asked, text, [bad[at]], [name for name in bad if name != bad[at]])


def noticeboard(draw: random.Random) -> Question:
    """Items of one kind among others, counted by their meaning."""
    gone = [
        "Our tabby cat Minka has not come home since the weekend, so please look into your sheds.",
        "The budgie escaped through the kitchen window; it is blue and answers to Charlie.",
        "Has anybody seen a small dachshund with a red collar? Ours ran off during the fireworks.",
        "Our tortoise has vanished from the garden, and it cannot have got very far.",
        "My daughter's white rabbit dug its way out of the hutch, and we cannot find it anywhere.",
        "Our old beagle slipped off the lead near the pond and has not come back.",
        "A reward is waiting for anyone who brings back our ginger tomcat, who has been away for days.",
        "Our parrot flew off while we were cleaning the cage; it can whistle a march.",
        "Two guinea pigs got out of their run last night, so please check under your hedges.",
        "Our Labrador Bella ran away from the playground, and the children are in tears.",
        "My son's ferret has disappeared; it is tame and comes to you for raisins.",
        "We are still searching for our black kitten, last seen on the roof of the church.",
        "My canary is out and away, so if it sits in your tree, please ring me at once.",
        "Our terrier jumped out of the car, ran into the woods and is still not back.",
    ]
    rest = [
        "I am selling a hardly used exercise bike, to be picked up from the second floor.",
        "Who could give my son lessons in mathematics, twice a week, before his exam?",
        "Our choir needs basses and tenors, and we rehearse in the parish hall.",
        "Could whoever plays the drums at midnight please stop it, as we have a baby.",
        "I lost a silver earring between the bakery and the bus stop, and it was my mother's.",
        "We are giving away a cot with its mattress, as our twins have outgrown it.",
        "The street party begins at four, so bring a salad or a cake and a chair.",
        "Who left a blue umbrella in the laundry room? It hangs on the door now.",
        "I am looking for a quiet room to rent from the autumn on, near the university.",
        "There will be no hot water tomorrow morning because the boiler is being repaired.",
        "A retired tailor takes up trousers and mends zips at a fair price.",
        "Whoever borrowed my long ladder, please bring it back, since the gutters are full of leaves.",
        "Does anyone drive to the city at seven and have a free seat for me?",
        "I have far too many courgettes this year, so help yourselves from the crate at my gate.",
        "A yoga course for beginners starts next week, and there are four places left.",
        "Please do not put pizza boxes into the bin for glass again.",
        "Our jumble sale for the new playground raised a lot, thank you all for coming.",
        "I will gladly babysit in the evenings, as I am sixteen and know lots of games.",
        "Who has moving boxes left over and could let me have a dozen of them?",
        "The bicycle in front of the cellar door has to go, as nobody can get past.",
        "Is there anybody here who can repair an old record player?",
        "A new family from Portugal has moved in on the third floor and says hello.",
        "My moped was stolen from the yard last night, so please tell me if you saw anything.",
        "We meet for a game of cards on Thursdays and need a fourth player.",
        "A wallet with a library card was found on the stairs, ask for it at the caretaker's.",
        "I offer two concert tickets for Saturday, as we both have the flu.",
        "The lift will be out of order on Monday while the cable is replaced.",
        "Somebody parked in my space again, and I had to leave the car at the station.",
        "I am clearing out my bookshelf and have crime novels for free.",
        "Wanted: a used pram in good condition, if possible with a rain cover.",
    ]
    right = draw.randint(5, 13)
    every = draw.randint(31, min(38, right + len(rest)))
    lines = draw.sample(gone, right) + draw.sample(rest, every - right)
    draw.shuffle(lines)
    text = "\n".join(
        f"Notice {n}, put up by {draw.choice(FIRST)} {draw.choice(LAST)} on {draw.choice(WEEK)}: {line}"
        for n, line in enumerate(lines, 1)
    )
    asked = "How many of the notices on our board are about a pet that has gone missing?"
    return Question("noticeboard", asked, text, number=right)


def exercise(draw: random.Random) -> Question:
    """Days with sport among days without, counted by their meaning."""
    sport = [
        "Swam forty lengths at the indoor pool, and afterwards my hair froze on the way to the tram.",
        "Played tennis with Karla after work and lost both sets, but it was fun all the same.",
        "Went for a run through the park before breakfast, ten kilometres in the drizzle.",
        "Lifted weights at the gym until my arms trembled, then slept like a stone.",
        "Football practice with the team, and I scored twice against the other half.",
        "Rowed with the club as far as the weir and back, and now I have blisters on both hands.",
        "Tried the new climbing hall with my cousin and got to the top of the yellow wall.",
        "Our volleyball match went to five sets, and we won it in the end.",
        "Judo training in the evening, where I was thrown onto the mat by a boy half my size.",
        "Cycled up the pass on my racing bike and was so proud at the top.",
        "Skied down the red slope all morning until my knees gave in.",
        "A long hard game of badminton with the neighbours, and my shirt was soaked.",
        "Boxing class at six, with skipping ropes and punchbags, and everything hurts now.",
        "Handball in the school gym, where I was in goal and stopped two penalties.",
        "Took part in the half marathon and crossed the line in under two hours.",
    ]
    rest = [
        "Baked a plum cake for the office, and there was not a crumb left by ten o'clock.",
        "Spent the whole evening on my tax return and found a mistake in the very last line.",
        "Had my hair cut much too short, but the hairdresser told me such good stories.",
        "Called my mother for an hour and heard all the news about the wedding dress.",
        "Sat at the dentist's for ages and got a filling in the upper left.",
        "Finished the thick novel at last and cried a little over the ending.",
        "Ate mussels at the new place on the corner with two friends from school.",
        "The train stood still for two hours, so I wrote postcards in the dining car.",
        "Mended the hem of my coat and sewed on all the missing buttons.",
        "Lay in bed with a cold, drank tea and listened to old radio plays.",
        "Watched three episodes of the detective series in one go and went to bed too late.",
        "Long meeting about the budget, with dry biscuits and no result at all.",
        "Helped my aunt to sort her photographs, and we found one of grandfather as a baby.",
        "Visited the museum of glass with the children, and nobody broke anything.",
        "Practised the cello until the man downstairs knocked on his ceiling.",
        "Bought new curtains for the bedroom, green ones with little herons on them.",
        "Cooked far too much soup and froze the rest in jam jars.",
        "My sister came over with her baby, who slept in my arms nearly all afternoon.",
        "The washing machine broke down, and I spent hours waiting for the repairman.",
        "Went to the opera in my red dress and dozed off in the second act.",
        "Read fairy tales aloud at the children's hospital, as on the first of every month.",
        "Wrote all my Christmas cards at the kitchen table with the radio on.",
        "A very long day at the office, and in the end a pizza in front of the computer.",
        "Italian lesson, and I can order a coffee now without blushing.",
        "Learned a new crochet stitch from my neighbour and began a hat for the baby.",
        "Had breakfast in bed, did three crossword puzzles and got up at noon.",
        "Took the car to the garage and read all their magazines while I waited.",
        "Invited the new colleagues to dinner, and the roast was a great success.",
        "Queued at the town hall for a new identity card with a dreadful picture of me.",
        "Painted the chest of drawers on the balcony, and now it is as blue as the sky.",
    ]
    right = draw.randint(5, 14)
    every = draw.randint(32, min(38, right + len(rest)))
    lines = draw.sample(sport, right) + draw.sample(rest, every - right)
    draw.shuffle(lines)
    first = draw.randrange(7)
    sky = ["a rainy", "a sunny", "a foggy", "a rather windy", "a cold and grey", "a mild and bright"]
    text = "\n".join(f"Day {n}, {draw.choice(sky)} {WEEK[(first + n) % 7]}: {line}" for n, line in enumerate(lines, 1))
    asked = "My doctor wants to know how active I am. On how many of the days in my diary did I do some sport?"
    return Question("exercise", asked, text, number=right)


def cottages(draw: random.Random) -> Question:
    """All things with a property that is told in varying words, among others without it."""
    names = draw.sample(
        [
            "Larkspur", "Fernhill", "Millbrook", "Seaview", "Rosewood", "Foxglove", "Thornby", "Willowby", "Cliffside",
            "Heatherley", "Kingsmere", "Ashcroft", "Penrose",
        ],
        12,
    )  # fmt: skip
    yes = draw.randint(4, 7)
    allowed = [
        "Dogs are welcome at {}.", "You may bring your dog along to {}.",
        "At {}, your dog stays with you free of charge.", "The owner of {} is happy to have dogs in the house.",
        "{} takes in guests with dogs.", "A basket and a water bowl stand ready for your dog at {}.",
        "If you rent {}, your dog can come too.",
    ]  # fmt: skip
    banned = [
        "Dogs are not allowed at {}.", "{} does not take in dogs.", "If you rent {}, your dog has to stay at home.",
        "The owner of {} does not want any dogs in the house.", "Guests of {} may not bring a dog.",
    ]  # fmt: skip
    more = [
        "{} has a stove in the parlour.", "There is a swing in front of {}.",
        "From {}, it is a short walk to the shop.", "The beds at {} were bought last year.",
        "{} has a roof of slate.", "The bathroom of {} has a tub.",
    ]  # fmt: skip
    told = [way.format(f"{name} Cottage") for way, name in zip(draw.sample(allowed, yes), names[:yes], strict=True)]
    told += [draw.choice(banned).format(f"{name} Cottage") for name in names[yes:]]
    told += [way.format(f"{name} Cottage") for way, name in zip(more, draw.sample(names, 6), strict=True)]
    draw.shuffle(told)
    openings = [
        "In this part of the country", "In early summer", "Along the coast", "After a rainy night",
        "For as long as anyone remembers", "On market days", "Behind the dunes",
    ]  # fmt: skip
    events = [
        "the lanes are lined with wild roses", "honey is sold at the garden gates",
        "the sheep graze right up to the cliffs", "the bells of the chapel ring at noon",
        "the fields shine yellow with gorse", "the bus stops wherever you wave",
        "the pub serves a good fish pie", "the stone walls are covered with moss",
        "you can hear the sea from everywhere", "the farmers leave eggs by the roadside",
        "the wind smells of salt and thyme", "the evenings stay light for a long time",
        "the postman knows everyone by name", "mist lies in the valley until breakfast",
    ]  # fmt: skip
    text = _prose(draw, told, openings, events, draw.randrange(3_600, 7_500))
    asked = "We won't go on holiday without our dog. Which cottages could we take? Just give me all the names."
    return Question("cottages", asked, text, names[:yes], names[yes:])


def swimmers(draw: random.Random) -> Question:
    """All people with a property that is told in varying words, among others without it."""
    names = draw.sample(
        [
            "Anouk", "Benno", "Cleo", "Dilan", "Elif", "Finja", "Henri", "Jette", "Kasimir", "Lotte", "Milan", "Nuria",
            "Oskar", "Ruben", "Silvie", "Timo",
        ],
        12,
    )  # fmt: skip
    yes = draw.randint(4, 7)
    cannot = [
        "{} has not learned to swim yet.", "{} still cannot swim.", "{} is a non-swimmer.",
        "The parents of {} wrote that their child is unable to swim.", "Nobody has taught {} how to swim so far.",
        "{} does not know how to swim.", "{} will only start to learn swimming next year.",
    ]  # fmt: skip
    can = [
        "{} swims like a fish.", "{} learned to swim two years ago.", "{} is a good swimmer.",
        "The parents of {} wrote that their child can swim well.", "{} won a swimming race last summer.",
    ]  # fmt: skip
    told = [way.format(name) for way, name in zip(draw.sample(cannot, yes), names[:yes], strict=True)]
    told += [draw.choice(can).format(name) for name in names[yes:]]
    draw.shuffle(told)
    text = spread(draw, told, draw.randrange(3_400, 7_000))
    asked = "The class is off to the lake on Friday, and I'm buying armbands. Who of the children can't swim?"
    return Question("swimmers", asked, text, names[:yes], names[yes:])


def roadtrip(draw: random.Random) -> Question:
    """Amounts of one kind added, among amounts of other kinds."""
    fuel = [
        "We filled up the tank near {} for {} euros.", "In {}, the petrol came to {} euros.",
        "At the pump in {}, we paid {} euros for fuel.", "Just outside {}, we stopped for petrol and paid {} euros.",
    ]  # fmt: skip
    other = [
        "The hotel in {} cost us {} euros.", "We had lunch in {} for {} euros.",
        "The toll on the motorway to {} was {} euros.", "A parking ticket in {} cost us {} euros.",
        "The museum in {} took {} euros from us at the door.", "In {}, we bought rubber boots for {} euros.",
        "For supper in {}, we paid {} euros.", "The castle in {} cost {} euros to get in.",
    ]  # fmt: skip
    amounts = draw.sample(range(28, 97), draw.randint(5, 7))
    told = [
        draw.choice(fuel).format(town, amount)
        for town, amount in zip(draw.sample(TOWNS, len(amounts)), amounts, strict=True)
    ]
    told += [way.format(draw.choice(TOWNS), draw.randrange(11, 140)) for way in draw.sample(other, 8)]
    draw.shuffle(told)
    openings = [
        "Behind the next hill", "Around noon", "For hours on end", "When we were tired of the road",
        "On the following day", "With the windows down", "After a short break", "Late in the afternoon",
    ]  # fmt: skip
    events = [
        "the children sang the same song again and again", "we saw storks on the chimneys",
        "the map flew off the dashboard", "it rained so hard that we could hardly see the road",
        "Grandpa told us about his years at sea", "we got stuck behind a tractor full of hay",
        "the sunflowers stood as far as the eye could see", "somebody felt sick on the back seat",
        "we took a wrong turn at a roundabout", "the radio played nothing but accordion music",
        "we stretched our legs by a stream", "the mountains turned pink in the evening sun",
        "a farmer waved at us from his orchard", "we counted red lorries to pass the time",
    ]  # fmt: skip
    text = _prose(draw, told, openings, events, draw.randrange(3_400, 7_000))
    asked = "I have to share the petrol money with the others. How many euros went on fuel during the whole trip?"
    return Question("roadtrip", asked, text, number=sum(amounts))


def babysitting(draw: random.Random) -> Question:
    """Hours of one kind of work added, among hours of other kinds."""
    hours = draw.sample(range(2, 11), draw.randint(5, 7))
    ways = [
        "I babysat for the {} family for {} hours.", "I looked after the children of the {} family for {} hours.",
        "I was the babysitter of the {} family for {} hours.", "I minded the baby of the {} family for {} hours.",
    ]  # fmt: skip
    other = [
        "I stood behind the counter of the bakery for {} hours.", "I delivered newspapers for {} hours.",
        "I mowed lawns for {} hours.", "I stacked shelves at the supermarket for {} hours.",
        "I washed cars for {} hours.", "I picked strawberries at the farm for {} hours.",
        "I waited at tables in the beer garden for {} hours.", "I cleaned windows for {} hours.",
    ]  # fmt: skip
    told = [
        draw.choice(ways).format(family, long)
        for family, long in zip(draw.sample(LAST, len(hours)), hours, strict=True)
    ]
    told += [way.format(draw.randrange(2, 11)) for way in draw.sample(other, 7)]
    draw.shuffle(told)
    openings = [
        "On a quiet day in between", "As so often this summer", "In the evening", "On my free day",
        "With the first money in my pocket", "While it was still hot outside",
    ]  # fmt: skip
    events = [
        "I met my friends by the fountain", "my bicycle had a flat tyre", "we ate cherries straight from the tree",
        "my brother practised his trumpet", "I looked at guitars in the shop window", "a thunderstorm passed over",
        "I wrote a letter to my friend in Norway", "the heat lay heavily on the town",
        "my mother made elderflower syrup", "I read on the roof until it was dark",
        "the open-air cinema showed an old western", "I dreamed of the trip to Lisbon",
        "the neighbours lit their barbecue", "I put the banknotes into the blue tin",
    ]  # fmt: skip
    text = _prose(draw, told, openings, events, draw.randrange(3_400, 6_500))
    asked = "This is what I wrote about my holiday jobs. How many hours of babysitting did I do, all told?"
    return Question("babysitting", asked, text, number=sum(hours))


def painters(draw: random.Random) -> Question:
    """The lowest or the highest of many prices, told in varying words among other numbers."""
    names = draw.sample(LAST, 10)
    prices = draw.sample(range(780, 2_400, 10), 8)
    ways = [
        "The painter {} asks for {:,} euros for the staircase.",
        "The offer of the painter {} for the staircase comes to {:,} euros.",
        "With the painter {}, the staircase would cost us {:,} euros.",
        "The painter {} would paint the staircase for {:,} euros.",
    ]
    told = [draw.choice(ways).format(name, price) for name, price in zip(names, prices, strict=False)]
    told += [f"The painter {name} could begin in {draw.randrange(2, 9)} weeks." for name in draw.sample(names[:8], 4)]
    told.append(f"The carpenter {names[8]} wants {draw.randrange(250, 700, 10)} euros for a new banister.")
    told.append(f"The plumber {names[9]} wants {draw.randrange(2500, 3500, 10):,} euros for a new bathroom.")
    draw.shuffle(told)
    asked, pick = draw.choice(
        [
            ("Money is tight at the moment: which painter would do our staircase for the least?", min),
            ("Which painter's offer for the staircase can I turn down right away because it's the dearest?", max),
        ]
    )
    best = names[prices.index(pick(prices))].lower()
    text = spread(draw, told, draw.randrange(3_400, 7_000))
    return Question("painters", asked, text, [best], choices=[name.lower() for name in names])


def jubilee(draw: random.Random) -> Question:
    """The earliest or the latest of many years, told in varying words among other years."""
    people = draw.sample(FIRST, 9)
    years = draw.sample(range(1981, 2024), 9)
    ways = [
        "{0} joined the firm in {1}.", "{0} has been working here since {1}.", "In {1}, {0} was hired by the firm.",
        "{0} started at the firm in the spring of {1}.",
    ]  # fmt: skip
    told = [draw.choice(ways).format(person, year) for person, year in zip(people, years, strict=True)]
    built = ["The canteen was opened in {}.", "The old warehouse burned down in {}.", "The new roof dates from {}."]
    told += [way.format(draw.choice([*range(1968, 1981), 2024, 2025])) for way in built]
    draw.shuffle(told)
    openings = [
        "In busy times", "Before Christmas", "When the power failed", "To everybody's surprise",
        "On the day of the works outing", "According to the chronicle", "In the old days",
    ]  # fmt: skip
    events = [
        "the boss himself drove the delivery van", "the canteen served nothing but lentils",
        "the hall was decorated with paper stars", "a goat got into the packing room",
        "the machines stood still for an afternoon", "the lorries queued right up to the church",
        "the football team of the firm lost again", "everybody helped to carry the crates",
        "a customer sent a basket of oranges", "the siren went off for no reason",
        "the typewriters disappeared from the desks", "the yard was paved with cobblestones",
        "the secretary found a wedding ring in the post", "the river came up to the loading ramp",
    ]  # fmt: skip
    asked, pick = draw.choice(
        [
            ("I'm writing the speech for our jubilee. Who of the staff has been with the firm the longest?", min),
            ("I want to welcome the newest member of staff in my speech. Who joined the firm last of all?", max),
        ]
    )
    best = people[years.index(pick(years))].lower()
    text = _prose(draw, told, openings, events, draw.randrange(3_400, 7_000))
    return Question("jubilee", asked, text, [best], choices=[person.lower() for person in people])


def surgery(draw: random.Random) -> Question:
    """A fact that leads to another one in another place."""
    people, doctors = draw.sample(FIRST, 6), draw.sample(LAST, 6)
    streets = draw.sample(
        ["Linden", "Castle", "Orchard", "Tulip", "Chapel", "Quarry", "Harbour", "Poplar", "Swan", "Juniper"], 9
    )
    goes = [
        "{} is a patient of Dr {}.", "{} has always gone to Dr {}.", "When {} is ill, it is Dr {} who helps.",
    ]  # fmt: skip
    sits = [
        "The practice of Dr {} is in {} Street.", "Dr {} sees patients in {} Street.",
        "You will find Dr {} in {} Street, on the ground floor.",
    ]  # fmt: skip
    first = [draw.choice(goes).format(person, doctor) for person, doctor in zip(people, doctors, strict=True)]
    second = [draw.choice(sits).format(doctor, street) for doctor, street in zip(doctors, streets, strict=False)]
    lives = [
        f"{person} lives in {street} Street."
        for person, street in zip(draw.sample(people, 3), streets[6:], strict=True)
    ]
    told = [*first, *second, *lives]
    draw.shuffle(told)
    at = draw.randrange(6)
    asked = f"{people[at]} needs a lift to the doctor's this afternoon. What street is that doctor's practice in?"
    wrong = [f"{street} Street" for street in streets[:6] if street != streets[at]]
    text = spread(draw, told, draw.randrange(3_400, 7_000))
    return Question("surgery", asked, text, [streets[at]], wrong)


def seaside(draw: random.Random) -> Question:
    """Two things compared, by a number that is told of each of many."""
    while True:
        names = draw.sample(["Krone", "Adler", "Seestern", "Anker", "Delphin", "Miramar", "Bellevue", "Rivage"], 6)
        beach, station = draw.sample(range(80, 1_000, 10), 6), draw.sample(range(80, 1_000, 10), 6)
        near, far = sorted(draw.sample(range(6), 2), key=lambda n: beach[n])
        further = beach[far] - beach[near]
        if further not in [*beach, *station]:
            break
    sea = [
        "From the Hotel {0}, it is {1} metres to the beach.", "The beach is {1} metres away from the Hotel {0}.",
        "Guests of the Hotel {0} walk {1} metres to the beach.",
    ]  # fmt: skip
    rail = ["The Hotel {0} lies {1} metres from the station.", "It is {1} metres from the Hotel {0} to the station."]
    told = [draw.choice(sea).format(name, long) for name, long in zip(names, beach, strict=True)]
    told += [draw.choice(rail).format(name, long) for name, long in zip(names, station, strict=True)]
    draw.shuffle(told)
    openings = [
        "In the high season", "On windy days", "At breakfast", "Towards sunset", "In the old part of the town",
        "Under the plane trees", "Once a week",
    ]  # fmt: skip
    events = [
        "the waiters carry trays of lemonade across the square", "the sails look like white feathers",
        "a pianist plays in the lounge", "the shutters are painted in all colours",
        "the boys jump from the wall into the water", "the fig trees smell sweet",
        "old men play dominoes in the shade", "a baker sells warm rolls from his cart",
        "the sand is raked and the parasols are opened", "the fountain is lit up in blue",
        "the guests gossip on the terraces", "the gardeners water the oleander",
        "swallows fly low over the roofs", "a photographer offers his services to newlyweds",
    ]  # fmt: skip
    text = _prose(draw, told, openings, events, draw.randrange(3_400, 7_000))
    asked = (
        f"My mother isn't good on her feet. How many metres further is it to the beach from the Hotel {names[far]} "
        f"than from the Hotel {names[near]}?"
    )
    return Question("seaside", asked, text, number=further)


KINDS: dict[str, Callable[[random.Random], Question]] = {
    function.__name__: function
    for function in (
        ferry, kennel, noticeboard, exercise, cottages, swimmers, roadtrip, babysitting, painters, jubilee, surgery,
        seaside,
    )
}  # fmt: skip
