"""Twelve more kinds of questions over made texts, which ask for more judgement. Seeded, and right by construction."""

import random
from calendar import month_name
from collections.abc import Callable

from benchmarks.questions import Question, spread

PEOPLE = [
    "Aino", "Basil", "Chiara", "Dunja", "Emre", "Fatima", "Gustav", "Hilda", "Ivo", "Joana", "Kofi", "Lucia",
    "Matteo", "Nora", "Otto", "Paloma", "Rashid", "Selma", "Tarek", "Ulla", "Vasco", "Wilma", "Yara", "Zeno",
]  # fmt: skip


def warranty(draw: random.Random) -> Question:
    """A single fact among similar ones."""
    names = draw.sample(["toaster", "vacuum cleaner", "dishwasher", "hairdryer", "microwave", "blender", "freezer"], 6)
    months = draw.sample(range(13, 66), 6)
    told = [f"The {name} comes with a warranty of {long} months." for name, long in zip(names, months, strict=True)]
    at = draw.randrange(6)
    others = [str(long) for long in months if long != months[at]]
    asked = f"My {names[at]} has broken down. How many months of warranty do I have on it?"
    return Question("warranty", asked, spread(draw, told, 2_600), [str(months[at])], others, plan="find")


def office(draw: random.Random) -> Question:
    """A single fact among similar ones, asked for in other words."""
    duties = {
        "payslips and wages": "My wages were too low this month. Who is in charge of that?",
        "the printers": "The printer on my floor jams all the time. Who takes care of it?",
        "the office keys": "I have lost the key of my office. Whom do I have to turn to?",
        "bookings for business trips": "I need a hotel for a business trip next week. Who books it for me?",
        "the company cars": "I would like to borrow a company car on Friday. Whom should I ask?",
        "outgoing parcels": "I want to send off a heavy parcel to a customer. Who deals with that?",
        "the coffee machine": "The coffee machine is leaking again. Who is responsible for it?",
        "language courses": "I want to take an English course. Who in the firm arranges that?",
    }
    topics, people = draw.sample([*duties], 6), draw.sample(PEOPLE, 6)
    ways = ["{} is responsible for {}.", "{} looks after {}."]
    told = [draw.choice(ways).format(person, topic) for person, topic in zip(people, topics, strict=True)]
    at = draw.randrange(6)
    others = [person for person in people if person != people[at]]
    return Question("office", duties[topics[at]], spread(draw, told, 2_600), [people[at]], others, plan="find")


def absences(draw: random.Random) -> Question:
    """Items of one kind among others, counted by their meaning."""
    ill = [
        "Our son is in bed with a high fever.",
        "She has been coughing all night and has to stay in bed.",
        "The doctor says that it is chickenpox.",
        "He threw up twice before breakfast and feels wretched.",
        "Her throat is so swollen that she can hardly swallow.",
        "He has come down with the flu like half of our street.",
        "She has a stomach bug and keeps nothing down.",
        "The ear infection has come back, and he needs antibiotics.",
        "A bad cold with a temperature keeps her at home.",
        "He has caught scarlet fever from his cousin.",
        "She woke up with a migraine and cannot stand any light.",
        "It is measles, so he has to stay at home for two weeks.",
    ]
    rest = [
        "His grandfather is being buried in another town today.",
        "We are moving house, and she has to pack her own room.",
        "Her sister is getting married at noon.",
        "The last train was cancelled, and we are stuck at the coast.",
        "He is playing in the final of the handball cup.",
        "She is sitting an entrance examination at the music academy.",
        "Our road is closed because of a burst water main.",
        "He has to appear at the consulate to get a visa.",
        "We overslept, all four of us, and missed the bus.",
        "She is taking part in a swimming championship.",
        "Today is a religious holiday in our family.",
        "The car broke down on the motorway on our way back from the lake.",
        "He has a small part in a film that is being shot today.",
        "She is flying to her grandmother's eightieth birthday.",
        "Snow has blocked our village, and no bus is running.",
        "He is spending a trial day at his future school.",
        "She has been invited to receive a prize for her essay.",
        "The family is going abroad a day before the holidays begin.",
        "She is spending the day in a bakery to try out the trade.",
        "He has to give evidence in court about a stolen moped.",
        "Her scout group comes back from camp only tonight.",
        "Our flat was burgled, and the police are still here.",
        "His uncle is visiting from Brazil for just one day.",
        "The lock of our front door is jammed, and nobody can get out.",
    ]
    right = draw.randint(4, 12)
    every = draw.randint(24, min(30, right + len(rest)))
    lines = draw.sample(ill, right) + draw.sample(rest, every - right)
    draw.shuffle(lines)
    text = "\n".join(f"Excuse {n}, received by {draw.choice(PEOPLE)}: {line}" for n, line in enumerate(lines, 1))
    asked = "How many of these excuses sent to the school say that the child is ill?"
    return Question("absences", asked, text, number=right, plan="map")


def wedding(draw: random.Random) -> Question:
    """Refusals among acceptances, counted by their meaning."""
    no = [
        "I will be at sea on that day, so you have to celebrate without me.",
        "What a pity, my own graduation is on the same Saturday, and I cannot miss it.",
        "Sadly I cannot get leave from the army that week.",
        "My doctor has forbidden me to travel, but I wish you both the best.",
        "Thank you, but I do not go to weddings any more.",
        "I am afraid you will have to give my chair to somebody else.",
        "It breaks my heart, but the flight is more than I can pay, so I stay at home.",
        "Count me out, I do not want to meet my former husband there.",
        "I have to say no, since our baby is due that very week.",
        "I would have loved to come if only I had known a month earlier.",
        "Unfortunately I shall still be at the summer camp on your great day.",
        "Much as I would like to dance with you, I cannot leave the farm.",
    ]
    yes = [
        "Nothing in the world could keep me away.",
        "I have already booked my train and a room.",
        "Yes, of course, and I am bringing my fiddle.",
        "Naturally I will be there, who else would cry in the front row?",
        "My suit is ready, see you at the church.",
        "I would be delighted to celebrate with you both.",
        "Put me down as a guest, and for the fish, please.",
        "I am coming, and I can hardly wait to see the dress.",
        "I had to put off a business trip for it, but I am coming.",
        "I shall come by motorcycle and need a place for my tent.",
        "I will be there, so save me the first waltz.",
        "I am happy to accept, and I can bring a cake for the evening.",
        "I will arrive on the eve and can help with the tables.",
        "What good news, and yes, you can count on me.",
        "I will be there at noon, straight from the airport.",
        "With pleasure, and may I sit beside my cousin?",
        "I am in, and I shall take the photographs if you like.",
        "Though I hate long drives, I will come for you two.",
        "My boss gave me the day off, so I will be among your guests.",
        "It will be an honour to be your guest.",
        "Yes from me, and do not worry about a bed, I sleep at my aunt's.",
        "I accept with joy and have bought new shoes for the dancing.",
    ]
    right = draw.randint(4, 12)
    every = draw.randint(24, min(30, right + len(yes)))
    lines = draw.sample(no, right) + draw.sample(yes, every - right)
    draw.shuffle(lines)
    text = "\n".join(f"Reply {n}, sent by {draw.choice(PEOPLE)}: {line}" for n, line in enumerate(lines, 1))
    asked = "In how many of these replies does somebody turn down the invitation to the wedding?"
    return Question("wedding", asked, text, number=right, plan="map")


def airline(draw: random.Random) -> Question:
    """The most frequent of three classes."""
    said = {
        "luggage": [
            "My suitcase arrived three days after me.",
            "The wheels of my new trolley case had been broken off at the carousel.",
            "Two of our bags went to Madrid while we flew to Malta.",
            "I waited at the belt for an hour, and my rucksack never came.",
            "I had to pay forty euros for a bag that was one kilo too heavy.",
            "The lock of my case was forced, and my jewels are gone.",
            "My skis were put on another plane.",
            "A zip was torn, and half my clothes lay loose on the belt.",
            "My trunk has been missing since Easter.",
            "There was no room left in the lockers for my cabin bag.",
            "My holdall came back soaked with oil.",
        ],
        "food": [
            "The chicken was still frozen in the middle.",
            "There was nothing for vegetarians, only ham rolls.",
            "The coffee tasted of dishwater.",
            "In nine hours we got just one dry biscuit to eat.",
            "The pasta was a grey lump without any salt.",
            "My sandwich was mouldy at the edge.",
            "My gluten-free dinner turned out to be ordinary bread.",
            "Five euros for a cup of lukewarm broth is a joke.",
            "The rice was hard, and the fish smelled.",
            "The breakfast had run out before it reached row thirty.",
            "The fruit salad was sour and the yoghurt warm.",
        ],
        "staff": [
            "The steward laughed at me when I asked for a blanket.",
            "The lady at the desk shouted at my old mother.",
            "The captain was rude to a child who said hello.",
            "Three stewardesses chatted in the back and ignored my bell.",
            "The man at the gate called me a liar.",
            "I asked for help with the stairs, and the crew just shrugged.",
            "The flight attendant rolled her eyes at every question.",
            "Nobody in uniform would speak a friendly word to us all night.",
            "The woman at check-in went on talking on her private phone.",
            "The steward told me to stop whining.",
            "A hostess pushed past my wheelchair and cursed.",
        ],
    }
    top = draw.choice([*said])
    many = {kind: 11 if kind == top else draw.choice([6, 7]) for kind in said}
    cards = [(kind, line) for kind in said for line in draw.sample(said[kind], many[kind])]
    draw.shuffle(cards)
    text = "\n".join(f"Card {n}, filled in by {draw.choice(PEOPLE)}: {line}" for n, (_, line) in enumerate(cards, 1))
    asked = "Which trouble do the passengers of this airline report most often: luggage, food or staff?"
    return Question("airline", asked, text, [top], choices=[*said], plan="map")


def biscuits(draw: random.Random) -> Question:
    """All things with a property that is told in three wordings, among others."""
    names = draw.sample(
        ["Crispo", "Mellona", "Rondo", "Samba", "Picco", "Dixi", "Lumpi", "Toffino", "Kringo", "Pavo", "Zilly"], 10
    )
    yes = draw.randint(4, 6)
    nuts = [
        "The {} biscuit is baked with ground almonds.", "There are whole hazelnuts in the {} biscuit.",
        "The {} biscuit is sprinkled with chopped walnuts.",
    ]  # fmt: skip
    others = [
        "The {} biscuit is filled with raspberry jam.", "There is a layer of caramel in the {} biscuit.",
        "The {} biscuit is sprinkled with sugar.", "The {} biscuit is baked with oats and raisins.",
    ]  # fmt: skip
    told = [nuts[n % 3].format(name) for n, name in enumerate(names[:yes])]
    told += [draw.choice(others).format(name) for name in names[yes:]]
    text = spread(draw, draw.sample(told, 10), 2_400)
    asked = "My daughter is allergic to nuts. Which biscuits have nuts in them? Name every one."
    return Question("biscuits", asked, text, names[:yes], names[yes:], plan="gather")


def tenants(draw: random.Random) -> Question:
    """All families with a property that is told in three wordings, among others."""
    names = draw.sample(
        [
            "Abara", "Bellini", "Castro", "Demir", "Eriksen", "Fonseca", "Hoffman", "Iqbal", "Jovanovic", "Kaplan",
            "Lindqvist", "Novak", "Petrov", "Quinn",
        ],
        11,
    )  # fmt: skip
    yes = draw.randint(4, 6)
    owing = [
        "The {} family has not paid the rent for March yet.", "The March rent of the {} family is still missing.",
        "The {} family still owes the rent for March.",
    ]  # fmt: skip
    others = [
        "The {} family paid the rent for March on time.", "The March rent of the {} family came in on the second.",
        "The {} family has settled the rent for March.", "The {} family paid the rent for March in cash.",
    ]  # fmt: skip
    told = [owing[n % 3].format(name) for n, name in enumerate(names[:yes])]
    told += [draw.choice(others).format(name) for name in names[yes:]]
    text = spread(draw, draw.sample(told, 11), 2_400)
    asked = "I have to send out reminders: which families are behind with the rent for March? Name all of them."
    return Question("tenants", asked, text, names[:yes], names[yes:], plan="gather")


def pages(draw: random.Random) -> Question:
    """Amounts of one kind added, among amounts of other kinds."""
    language = ["Spanish", "Danish", "Arabic", "Korean"]
    ways = ["{} translated {} pages from {}.", "{} finished the translation of {} pages from {}."]
    other = ["{} proofread {} pages.", "{} typed {} pages.", "{} scanned {} pages."]
    amounts = [draw.randrange(4, 85) for _ in range(draw.randint(5, 8))]
    told = [draw.choice(ways).format(draw.choice(PEOPLE), amount, draw.choice(language)) for amount in amounts]
    told += [draw.choice(other).format(draw.choice(PEOPLE), draw.randrange(4, 85)) for _ in range(8)]
    text = spread(draw, draw.sample(told, len(told)), 2_500)
    asked = "What is the total number of pages that the bureau translated, from all languages taken together?"
    return Question("pages", asked, text, number=sum(amounts), plan="total")


def furniture(draw: random.Random) -> Question:
    """Sums of money for one kind of thing added, among sums for other kinds."""
    count = draw.randint(5, 7)
    bought = draw.sample(
        ["a wardrobe", "a sofa", "a desk", "a bookcase", "an armchair", "a bed", "a dining table"], count
    )  # fmt: skip
    rest = draw.sample(
        ["wall paint", "floor tiles", "a drill", "cement", "a ladder", "wallpaper", "new window panes", "pipes"], 7
    )
    amounts = [draw.randrange(35, 490) for _ in bought]
    ways = ["{} spent {} dollars on {}.", "{} paid {} dollars for {}."]
    told = [
        draw.choice(ways).format(draw.choice(PEOPLE), amount, thing)
        for amount, thing in zip(amounts, bought, strict=True)
    ]
    told += [draw.choice(ways).format(draw.choice(PEOPLE), draw.randrange(35, 490), thing) for thing in rest]
    text = spread(draw, draw.sample(told, len(told)), 2_500)
    asked = "For the insurance: how many dollars did the furniture for the house cost in total?"
    return Question("furniture", asked, text, number=sum(amounts), plan="total")


def phones(draw: random.Random) -> Question:
    """The longest or the shortest of many."""
    names = draw.sample(
        ["Orbit", "Nimbus", "Lyra", "Vertex", "Cobalt", "Onyx", "Prisma", "Stella", "Argon", "Tundra"], 9
    )
    hours = draw.sample(range(11, 96), 9)
    ways = ["The battery of the {} phone lasts {} hours.", "The {} phone runs for {} hours on a full battery."]
    told = [draw.choice(ways).format(name, long) for name, long in zip(names, hours, strict=True)]
    asked, pick = draw.choice(
        [
            ("I hate charging. Which phone keeps going longest on one full battery?", max),
            ("Which of the phones has the shortest battery life?", min),
        ]
    )
    best = names[hours.index(pick(hours))]
    others = [name for name in names if name != best]
    return Question("phones", asked, spread(draw, told, 2_500), [best], others, plan="extremes")


def passports(draw: random.Random) -> Question:
    """The first or the last in time, of dates written in two ways."""
    people = draw.sample(PEOPLE, 8)
    days = draw.sample([(y, m, d) for y in range(2027, 2036) for m in range(1, 13) for d in range(2, 28)], 8)
    told = []
    for person, (year, month, day) in zip(people, days, strict=True):
        date = draw.choice([f"{day} {month_name[month]} {year}", f"{month_name[month]} {day}, {year}"])
        ways = [f"The passport of {person} expires on {date}.", f"{person} has a passport that is valid until {date}."]
        told.append(draw.choice(ways))
    asked, best_day = draw.choice(
        [
            ("Whose passport runs out first and must be renewed before all the others?", min(days)),
            ("Whose passport stays valid for the longest time?", max(days)),
        ]
    )
    best = people[days.index(best_day)]
    others = [person for person in people if person != best]
    return Question("passports", asked, spread(draw, told, 2_600), [best], others, plan="extremes")


def applicants(draw: random.Random) -> Question:
    """The same of each document."""
    people = draw.sample(PEOPLE, 5)
    jobs = draw.sample(["gardener", "nurse", "cook", "bookkeeper", "electrician", "receptionist", "caretaker"], 5)
    past = draw.sample(["waiter", "sailor", "postman", "shepherd", "photographer", "bricklayer"], 5)
    made = []
    for person, job, before in zip(people, jobs, past, strict=True):
        told = [
            f"I would like to apply for the post of {job} in your house.",
            f"For {draw.randrange(3, 15)} years I worked as a {before}.",
        ]
        body = spread(draw, draw.sample(told, 2), 420)
        made.append(f"Dear Madam or Sir,\n\n{body}\n\nKind regards,\n{person}")
    return Question("applicants", "For which post does each of these people apply?", made, jobs, plan="each")


KINDS: dict[str, Callable[[random.Random], Question]] = {
    made.__name__: made
    for made in (
        warranty, office, absences, wedding, airline, biscuits, tenants, pages, furniture, phones, passports,
        applicants,
    )
}  # fmt: skip
