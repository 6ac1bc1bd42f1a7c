"""Twelve kinds of questions about texts of trips and free time: locks, digs, springs, kites and puppets."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from benchmarks.questions import Question

# --------------------------------------------------------------------------- shared material

_SURNAMES_TEXT = (
    "Haldane Okonjo Brandt Lindqvist Pereira Tolland Marchetti Voss Aldridge Kowalczyk Dunmore Fairbairn Sorensen "
    "Whitlock Castellan Drummond Eriksen Galbraith Hargreave Ivanova Jellicoe Kettering Lombardi Mayhew Novotny "
    "Oakeshott Pemberton Quiller Rasmussen Stanhope Thackeray Ullman Verhoeven Wainwright Yardley Zeller Ashdown "
    "Bellamy Crowhurst Delacroix Ellison Fonseca Gilchrist Hathaway Imrie Janssen Kilbride Loxley Mortlake Nystrom "
    "Orlando Petrakis Quinlan Rosewarne Salgado Tremayne Underhill Vasquez Whitcombe Ziegler Abernathy Blomfield "
    "Carvalho Dempster"
)
SURNAMES = _SURNAMES_TEXT.split()

_WOMEN_TEXT = (
    "Petra Ines Maud Saskia Carmen Delia Edith Fatima Greta Hanna Irma Jolanda Katrin Leila Miriam Noor Olive Paula "
    "Ramona Sabine Tamsin Ursula Vera Wanda Yasmin Zoe Agnes Bettina Clara Dorothea"
)
WOMEN = _WOMEN_TEXT.split()

_MEN_TEXT = (
    "Anton Bruno Callum Dieter Emil Farid Gregor Hamish Igor Jasper Kamal Lorenz Matteo Niall Oskar Pavel Quentin "
    "Rafael Stefan Tobias Umar Viktor Walter Xavier Yusuf Zoltan Alistair Benedikt Cyril Dominik"
)
MEN = _MEN_TEXT.split()

_TOWNS_TEXT = (
    "Wexcombe Tarnford Quenby Marlstone Hollowby Pennick Ravensey Stapleworth Ullingham Corsley Dunmarsh Eastholme "
    "Fenwick Garthorpe Netherby Ickwell"
)
TOWNS = _TOWNS_TEXT.split()

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
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _people(r: random.Random, n: int) -> list[tuple[str, str]]:
    """`n` pairs (full form with title, surname)."""
    return [(r.choice(["Mr", "Mrs", "Ms"]) + " " + s, s) for s in r.sample(SURNAMES, n)]


def _take(r: random.Random, pool: Sequence[str], n: int) -> list[str]:
    """`n` entries of the pool, all different as long as there are enough."""
    out: list[str] = []
    while len(out) < n:
        new = r.sample(list(pool), len(pool))
        late = set(out[-8:])  # the last ones must not come again at once
        out += [x for x in new if x not in late] + [x for x in new if x in late]
    return out[:n]


_SHE = {"he": "she", "He": "She", "him": "her", "his": "her", "His": "Her", "himself": "herself"}
_HE = {word: word for word in _SHE}


# --------------------------------------------------------------------------- 1 find: canal lock log

_BOATS_TEXT = (
    "Dragonfly Meadowlark Bramble Foxglove Juniper Halcyon Marigold Periwinkle Sandpiper Teasel Wagtail Lapwing "
    "Moonraker Columbine Tamarisk Redwing Snowdrop Corncrake Damson Gladys Hesperus Saxifrage Larkspur Mayfly "
    "Harebell Nightjar Celandine Pimpernel Bittern Clementine Goldcrest Whimbrel Yarrow Woodruff Ptarmigan Siskin "
    "Fieldfare Bluebell Honeysuckle Mallow Perseverance Endeavour Fortitude Patience Arabella Rosalind Cordelia "
    "Ophelia Beatrix Tansy Sorrel Valerian Campion Linnet"
)
BOATS = _BOATS_TEXT.split()
_CARGOES_TEXT = "gravel timber barley slate coal straw cement salt wool peat firewood clay sugar rapeseed"
CARGOES = _CARGOES_TEXT.split()

LOCK_INCIDENTS = [
    ("It lost a fender in the chamber, which I fished out with the long hook.", "lost a fender in the lock"),
    ("The crew left me a jar of quince jelly as a thank-you.", "left the lock keeper a jar of quince jelly"),
    ("They reported a fallen willow lying across the towpath two miles off.", "reported the fallen willow"),
    ("It came in under tow with a dead battery.", "had to be towed in because of a dead battery"),
    ("There was a green parrot in a cage on the cabin roof.", "had a parrot on board"),
    (
        "An old net had wound itself round the propeller and we needed an hour to cut it free.",
        "had a net wound round its propeller",
    ),
    ("The crew asked for a doctor because the cook had scalded a hand.", "asked for a doctor"),
    ("It scraped the lower wing wall and took off a strip of paint.", "scraped the wing wall"),
    ("It had no valid licence on show, so I noted the number for the office.", "had no valid licence on show"),
    ("A wedding party was on deck, with an accordion playing.", "had a wedding party on deck"),
    (
        "The skipper paid for a replacement windlass, having dropped the old one in the canal.",
        "needed a replacement windlass",
    ),
    ("It took on 300 litres of drinking water at the tap by the cottage.", "took on drinking water"),
]

LOCK_FILL = [
    "Gauge above the lock reads {n} cm, about what it was yesterday.",
    "Greased the paddle gear on the lower gates.",
    "Cleared reeds and a plastic barrel from the upper grating.",
    "Light rain for half an hour, then dry again.",
    "Postman left a parcel for the cottage.",
    "A school class watched from the bridge and asked how the gates are held shut.",
    "Swept the lockside and put the rubbish out.",
    "Telephone call from the office: the diver is expected next week.",
    "Two anglers moved on from the landing stage when asked.",
    "Painted the first half of the balance beam white.",
    "The swans have brought five young this year and are nesting by the weir.",
    "Checked the lifebelts, all present.",
    "No traffic for the last hour, used the time to sharpen the scythe.",
    "Cut the grass on the left bank.",
    "Changed the bulb in the lamp at the lower landing.",
    "Leak at the cill slightly worse, a bucket's worth a minute at most.",
    "A cyclist asked for a plaster and the way to the station.",
    "Sluice at the weir opened by two notches.",
    "Inspector from the waterways office came by and signed the book.",
    "Brought the flag in because of the gusts.",
    "The chain on the footbridge has been replaced by the carpenter.",
    "Noticed a loose coping stone on the right-hand side, marked it with chalk.",
    "Heron standing on the lower gate all morning.",
    "The towpath is muddy near the pumping house, put down some planks.",
    "Topped up the oil in the pump house.",
    "Sold three postcards to walkers.",
    "Children had thrown stones into the chamber, spoke with their parents.",
    "Emptied the collecting box for the footbridge fund.",
    "Water temperature at the upper landing 1{d} degrees.",
    "Put a new rope on the boathook.",
    "The mole-catcher came and set four traps on the embankment.",
    "A hot-air balloon drifted over, very low.",
    "Planted geraniums in the tubs by the cottage.",
    "Wrote to the office about the missing keys for the weir hut.",
    "Lent a walker the foot pump for a pushchair.",
    "Fished a football out of the chamber and gave it back.",
    "Counted eleven ducklings behind the mooring post.",
    "The electrician looked at the fuse box and will return with a part.",
    "Wiped the moss off the steps, they had become slippery.",
    "Upper gates creak again, gave them oil.",
    "Two ladies painted the bridge in watercolours.",
    "A dense cloud of midges over the overflow.",
    "Stacked the rubbish sacks by the shed.",
    "The bus driver stopped for a chat and a glass of water.",
    "Nailed down the loose board on the landing stage.",
    "A hedgehog fell into the dry overflow and was lifted out.",
    "Rinsed the rain gauge and read it, {d} mm.",
    "Thunder in the distance, nothing came of it.",
    "Pump tested for ten minutes, runs well.",
]


def lock_log(r: random.Random) -> Question:
    """Find: a boat, its cargo, steersman or destination in a lock keeper's log."""
    lock, *towns = r.sample(TOWNS, 11)
    n = r.choice([r.randint(15, 26), r.randint(24, 52)])
    names = r.sample(BOATS, n)
    skippers = _people(r, n)
    cargo_boats = set(r.sample(range(n), min(len(CARGOES), n // 2 + 2)))
    cargoes = iter(r.sample(CARGOES, len(CARGOES)))
    incidents = r.sample(LOCK_INCIDENTS, r.randint(8, 12))
    at = dict(zip(r.sample(range(n), len(incidents)), incidents, strict=True))
    boats = []
    entries: list[str] = []
    for i, name in enumerate(names):
        who, sur = skippers[i]
        dest = r.choice(towns)
        cargo = next(cargoes) if i in cargo_boats else None
        if cargo:
            line = r.choice(
                [
                    "{b}, {w} at the tiller, bound for {t} with a load of {c}.",
                    "Cargo boat {b} through to {t}, carrying {c}. {w} steering.",
                    "{b} locked through with {c} for {t}; {w} had the tiller.",
                    "Passed the {b}, loaded with {c} and on the way to {t}. {w} was steering.",
                ]
            ).format(b=name, w=who, t=dest, c=cargo)
        else:
            line = r.choice(
                [
                    "Hire boat {b} through, heading for {t}. {w} steering, {k} on board.",
                    "{b}, a private boat with {k} on board, on the way to {t}; {w} at the tiller.",
                    "Holiday boat {b} locked through for {t}, {k} people, {w} had the tiller.",
                    "Passed the {b}, no cargo, heading for {t} with {k} on board. {w} was steering.",
                ]
            ).format(b=name, w=who, t=dest, k=r.randint(2, 8))
        if i in at:
            line += " " + at[i][0]
        entries.append(line)
        boats.append((name, who, sur, dest, cargo))
    entries += [
        f.format(n=r.randint(138, 167), d=r.randint(2, 8)) for f in _take(r, LOCK_FILL, r.randint(21, 29) + n // 3)
    ]
    r.shuffle(entries)

    days = max(2, len(entries) // 19)
    first, month, wd = r.randint(2, 23), r.choice(MONTHS[3:10]), r.randrange(7)
    per = -(-len(entries) // days)
    keeper = r.choice([s for s in SURNAMES if s not in {b[2] for b in boats}])
    out = [f"{lock} Lock, log book. Keeper on duty: {keeper}.", ""]
    for d in range(days):
        out.append(f"{DAYS[(wd + d) % 7]}, {first + d} {month}")
        chunk = entries[d * per : (d + 1) * per]
        step = 720 // max(1, len(chunk))
        t = 6 * 60 + r.randint(5, 40)
        for e in chunk:
            out.append(f"{t // 60:02d}:{t % 60:02d}  {e}")
            t += r.randint(max(4, step - 12), step + 8)
        out.append("")
    context = "\n".join(out).strip()

    loaded = [(name, cargo) for name, _, _, _, cargo in boats if cargo]
    what = r.choice(["cargo", "skipper", "dest", "incident", "incident"])
    if what == "cargo":
        name, cargo = r.choice(loaded)
        q = r.choice(
            [
                f"What was the {name} carrying?",
                f"What cargo did the {name} have on board?",
                f"Can you find out what the {name} was loaded with?",
            ]
        )
        return Question("lock_log", q, context, needed=[cargo], choices=[load for _, load in loaded])
    if what == "skipper":
        name, _, sur, _, _ = r.choice(boats)
        q = r.choice(
            [
                f"Who was steering the {name}?",
                f"Who was at the tiller of the {name}?",
                f"Which person steered the {name} through the lock?",
            ]
        )
        return Question("lock_log", q, context, needed=[sur], choices=[b[2] for b in boats])
    if what == "dest":
        name, _, _, dest, _ = r.choice(boats)
        q = r.choice(
            [
                f"Where was the {name} heading?",
                f"What was the {name}'s destination?",
                f"Where was the boat called {name} going?",
            ]
        )
        return Question("lock_log", q, context, needed=[dest], choices=towns)
    i = r.choice(sorted(at))
    q = r.choice(["Which boat {x}?", "What's the name of the boat that {x}?", "Look in the log: which boat {x}?"])
    return Question("lock_log", q.format(x=at[i][1]), context, needed=[names[i]], choices=names)


# --------------------------------------------------------------------------- 2 find: letters about a harpsichord

LETTER_FILL_CLIENT = [
    "The children ask every week when the instrument will finally arrive.",
    "Our old upright in the hall has been given away to a family in the next village.",
    "The caretaker has measured the doors, and everything should fit through without trouble.",
    "We were all very taken with the photographs you enclosed.",
    "The town council has confirmed in writing that the school may keep the instrument in the hall.",
    "I have passed your remarks about the heating on to the builders.",
    "It has been a busy term, and I apologise for the late reply.",
    "Two pupils have already put their names down for lessons.",
    "The parents' association held a cake sale, and it went better than anyone expected.",
    "The floor of the hall was sanded during the holidays and looks like new.",
    "I remember very well the afternoon when you let us try the instruments in your workshop.",
    "The curtains have been taken down, as you suggested, and the room sounds much clearer.",
    "A reporter from the local paper would like to come by when everything is in place.",
    "My colleague who teaches the violin is looking forward to it as much as I am.",
    "We have cleared the corner by the second window for the instrument.",
    "Should you need anything signed, the school office is open every morning.",
    "The rehearsals of the choir will be moved to the gymnasium in the meantime.",
    "Please do not hurry on our account; we would rather wait than have anything done in haste.",
    "Our piano teacher has begun to practise on a borrowed spinet so as not to be caught unprepared.",
    "The light in the hall is even throughout the day, which I hope is to your liking.",
    "I have read the book you recommended with great pleasure.",
    "One of the grandmothers, it turns out, played the instrument as a girl and has many stories to tell.",
    "The radiators can be turned down one by one, as I have now found out.",
    "We shall of course see to it that nobody puts flowers or cups on it.",
    "The insurance company has sent the papers, and I have put them in the folder.",
    "A pipe burst in the school last week, but the hall stayed dry.",
    "My husband asks whether you would care to stay for supper when you come to see us.",
    "The chairs for the audience have been promised by the parish.",
    "Several former pupils have written to say how pleased they are about the plan.",
    "I am sorry that the telephone line was so poor when we spoke.",
]
LETTER_FILL_MAKER = [
    "The winter was damp, and I have had to be patient with the glue.",
    "My apprentice has finished the keyboard and is rightly proud of it.",
    "I have turned the tuning pins myself, since the ones on offer did not please me.",
    "The rose has been cut and lies wrapped in paper on my desk.",
    "Last week I had visitors from a museum who wanted to see how the jacks are made.",
    "The case stood on trestles in the yard for a day, and half the street came to look.",
    "I enclose two photographs, though they do not do the mouldings justice.",
    "The plectra are cut from bird quill, in the old manner.",
    "Working on a copy of so fine an instrument teaches one something new each day.",
    "A small knot in one of the side panels gave me some trouble, but it is sorted out now.",
    "You are welcome to visit the workshop whenever you are in the neighbourhood.",
    "The bridge is pinned and the nut is in place.",
    "I played the first few notes yesterday evening, and they rang longer than I had dared to hope.",
    "The stand has been made so that it can be taken apart for concerts elsewhere.",
    "My back has been troubling me, but the work goes on steadily.",
    "The hinges were forged by the smith two doors down from here.",
    "Thank you for the drawing of the hall; it is most helpful.",
    "I shall put a small box of spare quills and felt in with the instrument.",
    "A good instrument wants to be played every day, even if only for a few minutes.",
    "The ribs are in, and the bottom has been closed.",
    "I have had to sharpen every plane in the house for this job.",
    "My neighbour complains about the hammering, but he brings me eggs all the same.",
    "The jacks move freely now and drop back without a sound.",
    "There was a power cut on Friday, so I worked by the window and got more done than usual.",
    "I found an old maker's mark inside the instrument that serves as my pattern.",
    "The mouldings were planed by hand, which takes longer but looks livelier.",
    "Your question about the music stand is a good one; I shall make it removable.",
    "The dog has taken to sleeping under the trestles and will miss the instrument.",
    "I am writing this between two layers of glue.",
    "Next month I shall be at a fair for two days, and the workshop will be closed.",
]


def harpsichord_letters(r: random.Random) -> Question:
    """Find: one agreement in the letters between a harpsichord maker and a client."""
    ppl = _people(r, 6)
    (maker, _), (client, _) = ppl[0], ppl[1]
    painter, driver, keyholder, tuner = ppl[2:]
    names = [p[1] for p in ppl[2:]]
    woods = ["spruce", "cypress", "cedar", "larch", "maple"]
    colours = ["green", "red", "blue", "black", "yellow", "white"]
    motifs = ["windmill", "monastery", "vineyard", "lighthouse", "viaduct", "castle"]
    cities = ["Nuremberg", "Ghent", "Lyon", "Bergamo", "Turku", "Porto", "Graz"]
    composers = ["Couperin", "Frescobaldi", "Froberger", "Scarlatti", "Purcell", "Rameau", "Sweelinck"]
    cloths = ["linen", "velvet", "leather", "corduroy"]
    wood, colour, motif = r.choice(woods), r.choice(colours), r.choice(motifs)
    city, composer, cloth = r.choice(cities), r.choice(composers), r.choice(cloths)
    deposit, dry, humid = r.randrange(420, 980, 20), r.randint(9, 26), r.randint(41, 56)

    # of each fact: sentences, questions, the answer, choices
    facts: dict[str, tuple[list[str], list[str], str | int, list[str] | None]] = {
        "deposit": (
            [
                "The deposit comes to {v} euros, and the rest is due only when you have played the instrument.",
                "To begin with I ask for a deposit of {v} euros; all else can wait until the end.",
            ],
            ["How much is the deposit?", "what deposit does the harpsichord maker ask for?"],
            deposit,
            None,
        ),
        "wood": (
            [
                "For the soundboard I have chosen {v}, which has been lying in my loft for many years.",
                "The soundboard will be of {v}, as it was in the instrument you heard at my place.",
            ],
            ["What wood is the soundboard made of?", "Which wood was chosen for the soundboard?"],
            wood,
            woods,
        ),
        "strings": (
            [
                "The strings are being drawn for us by a small firm in {v}.",
                "I have ordered the strings from a wire maker in {v}.",
            ],
            ["Where do the strings come from?", "In which town were the strings ordered?"],
            city,
            cities,
        ),
        "painter": (
            [
                f"The lid will be painted by {painter[0]}, who has done several instruments for me.",
                f"I have given the painting of the lid to {painter[0]}, whose work you saw on my own spinet.",
            ],
            ["Who is painting the lid?", "Who was given the job of painting the lid?"],
            painter[1],
            names,
        ),
        "varnish": (
            [
                "The varnish has to dry for {v} days after the last coat, and nobody may touch it in that time.",
                "After the last coat the varnish needs {v} days to dry, so do not be surprised if you hear nothing.",
            ],
            ["How many days does the varnish have to dry?", "how long does the varnish need to dry, in days?"],
            dry,
            None,
        ),
        "humidity": (
            [
                "Please see to it that the humidity in the room never falls below {v} percent.",
                "One request: the air in the hall must have a humidity of at least {v} percent all year round.",
            ],
            ["What humidity does the room need at least?", "What's the minimum humidity for the room?"],
            humid,
            None,
        ),
        "driver": (
            [
                f"The van will be driven by {driver[0]}, who knows how to handle such a load.",
                f"{driver[0]} will be driving the van with the instrument, as I do not trust myself on the motorway.",
            ],
            ["Who is driving the van with the instrument?", "Who will drive the van?"],
            driver[1],
            names,
        ),
        "colour": (
            [
                "We have talked it over, and the outside of the case should be {v}, please.",
                "After a long discussion we have settled on {v} for the outside of the case.",
            ],
            ["What colour will the outside of the case be?", "Which colour did they want for the outside of the case?"],
            colour,
            colours,
        ),
        "motif": (
            [
                "As for the picture on the lid, we would love to have the old {v} that you can see from our windows.",
                "For the lid we all agreed on a picture of the {v} just outside our town.",
            ],
            ["What should the picture on the lid show?", "What do they want to have painted on the lid?"],
            motif,
            motifs,
        ),
        "bench": (
            [
                "We would like the bench to be covered in {v}, if that can be had.",
                "For the cover of the bench we have decided on {v}.",
            ],
            ["What material is the bench to be covered with?", "What will the bench be covered in?"],
            cloth,
            cloths,
        ),
        "composer": (
            [
                "The first concert is to open with a suite by {v}, and half the village wants to come.",
                "We are planning to open the first concert with a piece by {v}.",
            ],
            [
                "Which composer's music will open the first concert?",
                "Whose music will be played at the start of the first concert?",
            ],
            composer,
            composers,
        ),
        "tuner": (
            [
                f"{tuner[0]} from the conservatory has promised to look after the tuning.",
                f"As to the tuning, {tuner[0]} has agreed to come every other month and see to it.",
            ],
            ["Who will take care of the tuning?", "Who has agreed to do the tuning?"],
            tuner[1],
            names,
        ),
        "key": (
            [
                f"The key to the hall is with {keyholder[0]}, who lives right opposite.",
                f"Should the hall be locked, {keyholder[0]} has the key.",
            ],
            ["Who has the key to the hall?", "Who's got the key to the hall?"],
            keyholder[1],
            names,
        ),
    }
    # letters: client, maker, client, maker, ...
    c_slots = [["colour"], [], [], ["key"]]
    m_slots = [["deposit", "wood"], [], ["varnish"], ["driver"]]
    c_slots[r.choice([0, 1])].append("motif")
    for f in ("bench", "composer", "tuner"):
        c_slots[r.choice([1, 2, 3])].append(f)
    for f in ("strings", "painter", "humidity"):
        m_slots[r.choice([1, 2, 3])].append(f)
    c_fill = iter(r.sample(LETTER_FILL_CLIENT, len(LETTER_FILL_CLIENT)))
    m_fill = iter(r.sample(LETTER_FILL_MAKER, len(LETTER_FILL_MAKER)))
    month, day = r.randint(0, 6), r.randint(2, 9)
    lo = r.choice([3, 4, 5])
    letters = []
    for i in range(8):
        by_client = i % 2 == 0
        slot = (c_slots if by_client else m_slots)[i // 2]
        sents = [next(c_fill if by_client else m_fill) for _ in range(r.randint(lo, lo + 2))]
        for f in slot:
            sents.insert(r.randint(0, len(sents)), r.choice(facts[f][0]).format(v=facts[f][2]))
        opening = r.choice(
            [
                "thank you for your letter.",
                "many thanks for your kind lines.",
                "I was glad to hear from you.",
                "I hope this finds you well.",
            ]
        )
        if i == 0:
            opening = "we are delighted that you have agreed to build a harpsichord for our music school."
        cut = r.randint(2, max(2, len(sents) - 2))
        sender, to = (client, maker) if by_client else (maker, client)
        body = opening[0].upper() + opening[1:] + " " + " ".join(sents[:cut]) + "\n\n" + " ".join(sents[cut:])
        close = r.choice(["With kind regards", "Yours sincerely", "With best wishes", "Warm regards"])
        letters.append(f"{day} {MONTHS[month]}\n\nDear {to},\n\n{body.strip()}\n\n{close},\n{sender.split()[1]}")
        day += r.randint(5, 17)
        if day > 28:
            day, month = day - 27, month + 1
    context = "\n\n* * *\n\n".join(letters)
    _, qs, ans, choices = facts[r.choice(sorted(facts))]
    q = r.choice(qs)
    if choices is None:
        return Question("harpsichord_letters", q, context, number=float(ans))
    return Question("harpsichord_letters", q, context, needed=[str(ans)], choices=choices)


# --------------------------------------------------------------------------- 3 find: planetarium manual

MANUAL_FILL = {
    "Before the show": [
        "Walk once around the dome and check that no bags are lying in the aisles.",
        "Close both sets of curtains so that no daylight reaches the dome.",
        "Make sure that the wheelchair spaces in the last row are free.",
        "Remind visitors to switch off their telephones.",
        "Check that the exit signs are lit.",
        "Put the leaflets out on the table in the foyer.",
        "Test the microphone with a few words.",
        "Set the clock on the desk if it is slow.",
        "Look whether the wastepaper baskets have been emptied.",
        "Tip the seats in the first row back into the upright position.",
        "Hang the notice with the starting times in the glass case.",
        "Take the dust cover off the projector, fold it and lay it on the side table.",
    ],
    "Starting the projector": [
        "Switch on the main current first and only then the control desk.",
        "The fan starts with a low hum, which is normal.",
        "Choose the date and the hour of the sky from the menu.",
        "Always begin with the evening sky of the day, as visitors know it from home.",
        "A test picture with a grid helps you to check the focus.",
        "Turn the focus ring gently and only in one direction.",
        "The planets are switched on separately from the stars.",
        "Press the button for the horizon last of all.",
        "Do not move the projector by hand once the motors are live.",
        "The screen of the desk stays dark for a moment before the menu appears.",
        "Move the slider for the stars up slowly; sudden changes shorten the life of the lamp.",
        "If the start picture is off centre, use the two small wheels under the desk.",
    ],
    "During the show": [
        "Stay at the desk as long as there are visitors in the room.",
        "Use the torch with the dimmed head so as not to dazzle anyone.",
        "Give the eyes of the visitors time to get used to the dark.",
        "Point out the Pole Star first, and go on from there.",
        "Children may ask questions at any time.",
        "Do not eat or drink at the desk.",
        "If the commentary is spoken live, keep the script on the lower shelf.",
        "At the end, let the sun rise slowly.",
        "Speak into the microphone from a hand's breadth away.",
        "The pointer is switched on with the button on its side.",
        "Latecomers may be let in only while the dome is still lit.",
        "Should somebody feel unwell, raise the house lights and pause the show.",
    ],
    "Switching off": [
        "Lower the stars first, then the planets, then the music.",
        "Never pull the plug while the fan is still turning.",
        "Enter the number of visitors in the book by the door.",
        "Wait until the last visitor has left the room.",
        "Say goodbye to the visitors at the door.",
        "Turn off the desk before you turn off the main current.",
        "Pick up what has been left on the seats and take it to the office.",
        "Check that the side door is locked.",
        "Hand the next shift a note if anything was out of the ordinary.",
        "Put the dust cover back on when the housing is no longer warm to the touch.",
        "Collect the headphones and hang them on the rail.",
        "Leave the curtains open overnight so that the room can air.",
    ],
    "Cleaning and care": [
        "Never touch the lenses with bare fingers.",
        "Vacuum the carpet under the projector with the soft brush.",
        "Wipe the desk with a dry duster.",
        "The seats are brushed down by the cleaners and need no attention.",
        "Lay the tools back in the tray in the order shown on its lid.",
        "Oil is not needed anywhere; the bearings are sealed.",
        "Keep liquids away from the desk.",
        "The service sheet is sent to the office at the end of the year.",
        "The dome itself must not be wiped; blow the dust off with the rubber bellows.",
        "Let a wiped lens dry in the air and do not rub it.",
        "Check the cables for worn spots when you clean the desk.",
        "Write every repair in the service sheet.",
    ],
    "Faults": [
        "If the planets stutter, restart the desk and wait for the menu.",
        "A crackling loudspeaker is usually caused by a loose plug behind the panel.",
        "If a constellation is missing, check whether its switch has been turned off.",
        "A smell of warm dust in the first days of autumn is harmless.",
        "If the microphone whistles, step away from the loudspeaker.",
        "Let the house lights burn while you look for the cause.",
        "Visitors should be told what is going on if it takes longer.",
        "A show that cannot be finished is refunded at the door.",
        "Do not open the housing of the motors yourself.",
        "If the picture turns to one side, the levelling screws need to be tightened.",
        "When the power fails, the emergency lighting comes on by itself.",
        "After any fault, note down the time and what was on the dome.",
    ],
}


def planetarium_manual(r: random.Random) -> Question:
    """Find: one instruction in the manual of a planetarium."""
    (tech, tech_s), (keeper, keeper_s), (boss, boss_s) = _people(r, 3)
    names = [tech_s, keeper_s, boss_s]
    rooms = ["attic", "cellar", "library", "cloakroom", "kitchen", "workshop"]
    colours = ["amber", "blue", "white", "green", "violet", "yellow", "red"]
    shows = ["Corona", "Meridian", "Zenith", "Solstice", "Equinox", "Perihelion", "Nebula"]
    fluids = ["isopropanol", "ethanol", "benzine", "vinegar"]
    room, fluid = r.choice(rooms), r.choice(fluids)
    cloth_c, light_c = r.sample(colours, 2)
    show_a, show_b, show_c = r.sample(shows, 3)
    n = {
        "warm": r.randint(6, 19),
        "cool": r.randint(21, 38),
        "fuse": r.choice([6, 8, 10, 13, 16, 20]),
        "temp": r.randint(58, 86),
        "seats": r.randint(47, 98),
        "filt": r.randint(5, 15),
        "ext": r.randint(211, 889),
        "level": r.randint(31, 69),
    }
    # of each fact: the section, the sentence, questions, the answer, choices
    facts: dict[str, tuple[int, str, list[str], str | int, list[str] | None]] = {
        "seats": (
            0,
            f"No more than {n['seats']} visitors may be in the dome at one time.",
            ["How many visitors are allowed in the dome at once?", "what's the maximum number of visitors?"],
            n["seats"],
            None,
        ),
        "keeper": (
            0,
            f"The key to the control desk is kept by {keeper} and is handed out against a signature.",
            ["Who keeps the key to the control desk?", "Who do I get the key for the control desk from?"],
            keeper_s,
            names,
        ),
        "warm": (
            1,
            f"Let the lamp warm up for {n['warm']} minutes before the first picture is shown.",
            ["How many minutes does the lamp need to warm up?", "How long should the lamp warm up?"],
            n["warm"],
            None,
        ),
        "school": (
            1,
            f"For school groups, choose the programme called {show_a}.",
            ["Which programme is for school groups?", "What's the name of the programme for school groups?"],
            show_a,
            shows,
        ),
        "sunday": (
            1,
            f"On Sunday afternoons the programme {show_b} is shown.",
            ["Which programme is shown on Sunday afternoons?", "what programme do we run on sunday afternoons?"],
            show_b,
            shows,
        ),
        "evening": (
            2,
            f"Evening lectures are accompanied by the programme {show_c}, with the sound turned down.",
            ["Which programme goes with the evening lectures?", "What programme is used for evening lectures?"],
            show_c,
            shows,
        ),
        "level": (
            2,
            f"Keep the volume of the music at {n['level']} on the scale.",
            ["What volume should the music be set to?", "At what level on the scale should the music volume be?"],
            n["level"],
            None,
        ),
        "temp": (
            2,
            f"The temperature in the lamp house must not rise above {n['temp']} degrees.",
            ["How hot may the lamp house get at most?", "What is the maximum temperature in the lamp house?"],
            n["temp"],
            None,
        ),
        "cool": (
            3,
            f"The fan has to run on for {n['cool']} minutes after the lamp has gone out.",
            [
                "How many minutes must the fan keep running after the lamp is out?",
                "How long does the fan have to run on?",
            ],
            n["cool"],
            None,
        ),
        "boss": (
            3,
            f"The takings from the door are given to {boss} in a sealed envelope.",
            ["Who gets the takings from the door?", "Who do I hand the takings to?"],
            boss_s,
            names,
        ),
        "fluid": (
            4,
            f"Clean the lenses once a month with a drop of {fluid}.",
            ["What are the lenses cleaned with?", "Which liquid do I use for cleaning the lenses?"],
            fluid,
            fluids,
        ),
        "cloth": (
            4,
            f"For the lenses, use only the {cloth_c} cloths; all others leave fluff.",
            ["What colour are the cloths for the lenses?", "Which colour of cloth should I use for the lenses?"],
            cloth_c,
            colours,
        ),
        "filter": (
            4,
            f"The dust filter of the fan is to be replaced every {n['filt']} weeks.",
            [
                "How often does the dust filter have to be replaced?",
                "every how many weeks do I need to replace the dust filter?",
            ],
            n["filt"],
            None,
        ),
        "light": (
            5,
            f"A flashing {light_c} light on the desk means that the dust filter is clogged.",
            [
                "What colour is the light that flashes when the dust filter is clogged?",
                "Which light flashes when the filter is clogged?",
            ],
            light_c,
            colours,
        ),
        "fuse": (
            5,
            f"If the desk stays dark, replace the fuse in the back wall with a new one of {n['fuse']} amps.",
            ["How many amps does the fuse for the desk have?", "What fuse do I need for the desk, how many amps?"],
            n["fuse"],
            None,
        ),
        "lamp": (
            5,
            f"The spare lamp is stored in the {room}, in a padded box.",
            ["Where is the spare lamp?", "In which room is the spare lamp stored?"],
            room,
            rooms,
        ),
        "tech": (
            5,
            f"If nothing helps, call {tech}, the technician, on extension {n['ext']}.",
            ["What's the technician's extension?", "Which extension do I call to reach the technician?"],
            n["ext"],
            None,
        ),
    }
    lo = r.choice([4, 6, 9])
    title = r.choice(
        [
            "Operating instructions for the star projector",
            "Handbook for the planetarium desk",
            "Working with the star projector: a guide for staff",
        ]
    )
    out = [
        title,
        "",
        r.choice(
            [
                (
                    "This booklet is meant for everyone who runs shows in our planetarium. Please read "
                    "it before your first shift."
                ),
                (
                    "These pages describe how to run a show in the small planetarium. A copy lies next "
                    "to the control desk."
                ),
                (
                    "New staff should work through this guide once with a colleague. After that it "
                    "serves for looking things up."
                ),
            ]
        ),
    ]
    for i, (section, fill) in enumerate(MANUAL_FILL.items()):
        sents = r.sample(fill, r.randint(lo, lo + 3))
        mine = [f for f in facts.values() if f[0] == i]
        r.shuffle(mine)
        for f in mine:
            sents.insert(r.randint(0, len(sents)), f[1])
        cut = len(sents) // 2
        out += ["", f"{i + 1}. {section}", " ".join(sents[:cut]), " ".join(sents[cut:])]
    context = "\n".join(out)
    _, _, qs, ans, choices = facts[r.choice(sorted(facts))]
    q = r.choice(qs)
    if choices is None:
        return Question("planetarium_manual", q, context, number=float(ans))
    return Question("planetarium_manual", q, context, needed=[str(ans)], choices=choices)


# --------------------------------------------------------------------------- 4 count: messages to an ice rink

RINK_COMPLAINTS = [
    "I have to say I am really disappointed. The ice was so rough on {day} that my daughter fell three times.",
    "The changing rooms were filthy again. Nobody seems to clean them.",
    "We stood in the queue for {m} minutes although we had bought our tickets online. That is not acceptable.",
    "The hire skates I was given were blunt and one of the laces was torn. For that price I expect better.",
    "Your music is far too loud. I had a headache after half an hour.",
    "The man at the till was rude to my mother, and I would like an apology.",
    "I paid for two hours and was sent off the ice after one. I want my money back.",
    "The hot chocolate machine took my coins and gave me nothing, and nobody felt responsible.",
    "Your website still shows the wrong opening times. We drove {m} kilometres for nothing and are very annoyed.",
    "Half of the lockers are broken, for the second time this month. When will you finally get them repaired?",
    (
        "Nobody supervised the evening session, and some teenagers raced through the small children. I "
        "found that irresponsible."
    ),
    "The toilets had no paper and no soap on {day}. I was disgusted.",
    "I have written to you twice about my refund and never got a reply. This is no way to treat customers.",
    "The heating in the stands has been off for weeks. We froze during the whole match and are quite fed up.",
    "The ticket machine in the car park charged me twice, and your staff just shrugged.",
    (
        "The lesson on {day} was cancelled without any notice. We stood in front of a closed door, and I "
        "am angry about it."
    ),
    "Water was dripping from the roof onto our bench all afternoon and my coat is ruined.",
    "The chips in the snack bar were cold and cost a fortune. Never again.",
    "The new lighting is terrible. You can hardly see the edge of the rink in the evening.",
    "I am annoyed that the family ticket has gone up by {e} euros without any announcement.",
    "The skating aids for children were all cracked, and my son cut his hand on one of them. That must not happen.",
    "The lift was out of order and nobody helped us carry the wheelchair up. We felt let down.",
    "The trainer spent most of the lesson on his phone. I did not pay for that.",
    "Half of the rink was closed off for a photo shoot, yet we had to pay the full price. That was unfair.",
    "The smell of the cleaning agent in the hall was unbearable. We left after ten minutes.",
]
RINK_LOST = [
    "I think I left my grey scarf on the bench by the entrance on {day}. Has anyone handed it in?",
    "My son lost a red mitten on {day}. If it turns up, please give me a call.",
    "My glasses must have slipped out of my pocket on the ice. They have a brown frame.",
    "I forgot a blue sports bag in changing room {e} and would like to pick it up.",
    "Has a silver earring been found? I lost it during the evening session on {day}.",
    "I am missing a bunch of keys with a wooden fish on it. I last had them at your snack bar.",
    "We left a child's helmet with stars on it in locker {m}. Can we come for it at the weekend?",
    "Somewhere between the till and the rink I lost my season ticket. The name is on the back.",
    "My grandson left his cap behind on {day}. It is green with a white bobble.",
    "I left my umbrella in the stand by the door. It is black with a wooden handle.",
]
RINK_OTHER = [
    "What a lovely evening we had on {day}. The ice was like glass and everyone was so friendly.",
    "Many thanks to the trainer of the beginners' group. My daughter talks about nothing else.",
    "The new skates for hire are excellent, very comfortable.",
    "We celebrated our wedding anniversary with you and it was wonderful. Thank you!",
    "Great that you are open on public holidays now. Keep it up!",
    "A compliment to the team at the snack bar, the soup was delicious.",
    "The disco on {day} was the best night of the winter. See you next time!",
    "Thanks for helping my father back on his feet so kindly. He is fine again.",
    "Our class of {m} pupils had a splendid morning. The children send their greetings.",
    "I like the new mural in the entrance very much.",
    "Your online booking works perfectly. It took me two minutes.",
    "Well done with the renovated stands, they look beautiful.",
    "How much is a ticket for pensioners?",
    "Do you offer lessons for adults who have never skated before?",
    "Is the rink open on {day} afternoon?",
    "From what age can children take part in the ice hockey training?",
    "Can you tell me which bus stops nearest to you?",
    "Do I need to bring my own helmet or can I hire one?",
    "Are dogs allowed in the stands?",
    "When does the figure skating club train?",
    "Is it possible to pay by card at the till?",
    "What skate sizes do you have for hire? I need a {s}.",
    "Until when does this year's season run?",
    "Do you also sharpen hockey skates, and how long does it take?",
    "We would like to book the ice for a company party of {m} people on {day} evening.",
    "Please put my two children down for the holiday course.",
    "I would like to renew my season ticket for another year.",
    "Our club will come with {e} more people than announced on {day}. I hope that is all right.",
    "I have moved house and would like to give you my new address.",
    "Please send the invoice for the school visit to our office.",
    "I would like to apply for the job at the till that you advertised.",
    "We are bringing a birthday cake on {day} and wanted to let you know in advance.",
    "I can take over the first aid shift on {day}, as agreed on the phone.",
    "The delivery with the new rubber mats will arrive on {day} around noon.",
    "Please add me to the list for the newsletter.",
    "We have to move our group lesson to {day}, as two of us are on a trip.",
    "For the charity run we would need {e} tables in the entrance. I will ring you about it.",
    "Attached you will find the form for the hockey tournament, filled in and signed.",
]


def rink_messages(r: random.Random) -> Question:
    """Count: the complaints, or the lost things, among messages to an ice rink."""
    n_c, n_l = r.randint(8, 20), r.randint(4, 9)
    msgs = r.sample(RINK_COMPLAINTS, n_c) + r.sample(RINK_LOST, n_l) + r.sample(RINK_OTHER, 40 - n_c - n_l)
    r.shuffle(msgs)
    names = r.sample(WOMEN + MEN, 40)
    lines = []
    for i, (m, who) in enumerate(zip(msgs, names, strict=True), 1):
        t = m.format(day=r.choice(DAYS), m=r.randint(22, 48), e=r.randint(3, 7), s=r.randint(38, 46))
        lines.append(f"{i}. {who}: {t}")
    context = "Messages to the ice rink, last two weeks\n\n" + "\n".join(lines)
    if r.random() < 0.7:
        q = r.choice(
            [
                "How many of these 40 messages are complaints? Just the number please.",
                "Please count the complaints among these messages. How many are there?",
                "How many people are complaining about something in these messages?",
            ]
        )
        return Question("rink_messages", q, context, number=float(n_c))
    q = r.choice(
        [
            "In how many of the messages is somebody looking for something they lost or left behind? Just the number.",
            "How many messages are about things that people lost or forgot at the rink?",
            "Please count the messages about lost or forgotten things. How many are there?",
        ]
    )
    return Question("rink_messages", q, context, number=float(n_l))


# --------------------------------------------------------------------------- 5 judge: delays on a rack railway

DELAYS = {
    "fog": [
        "Thick fog lay over the upper loop, and the driver went at walking pace as far as the viaduct.",
        "The mist was so dense at {st} that the signal could only be confirmed by radio.",
        "In the fog the points lamp was invisible from the platform, and a man had to walk ahead with a lantern.",
        "The train stood at {st} until the fog lifted enough for the next marker to be seen.",
        "Visibility was under twenty metres in the mist, so the driver crawled through the cutting.",
        "Because of fog in the gorge the two trains could not pass each other at the usual speed.",
        "The guard could not see the end of his own train in the fog and checked every door by hand.",
        "Dense mist hung above the tree line, and the whole upper section was taken dead slow.",
        "Fog rolled in from the lake just before departure, and control held the train at {st}.",
        "The camera at the level crossing showed nothing but mist, so the crossing was secured by hand.",
        "Owing to the morning fog the driver missed the stopping board at {st} and had to set back.",
    ],
    "snow": [
        "Fresh snow covered the rack rail above {st} and had to be swept out.",
        "The plough was still clearing the line, as {m} centimetres of snow had fallen overnight.",
        "A snowdrift blocked the cutting below {st}, and six men had to shovel it clear.",
        "Snow had packed into the points at {st}, and they would not move until they were dug out.",
        "The platform at {st} had disappeared under the snow, so passengers were let off one by one.",
        "There was heavy snowfall during the climb, and the train pushed its way up slowly.",
        "Snow slid from the station roof at {st} onto the track just before departure.",
        "The snow plough got stuck below {st}, and the train behind it had to wait.",
        "The doors on the valley side were blocked by snow and opened only after some digging.",
        "Wet snow had collected under the front car and had to be knocked out before departure.",
        "The snow lay so deep at the passing loop that the second track could not be used.",
    ],
    "wind": [
        "Gusts swept across the viaduct, and control let the train cross only after they had died down.",
        "The wind had blown a tarpaulin onto the overhead line near {st}.",
        "A strong west wind made it necessary to cross the high bridge at walking pace.",
        "The wind meter on the ridge was in the red, and the train waited at {st}.",
        "A gale had pushed an empty handcart onto the track at {st}.",
        "The wind tore the name board off the shelter at {st}, and it lay between the rails.",
        "Because of the high wind only one car was allowed up, so the passengers had to be divided.",
        "A branch broken off by the wind lay across the rack rail below {st}.",
        "The doors would not close against the wind at {st}, and the guard had to tie one of them.",
        "Strong gusts swung the contact wire so much that the current was switched off for a while.",
        "There was a wind warning for the summit section, and the driver waited for permission at {st}.",
    ],
    "sheep": [
        "Around thirty sheep stood on the track above {st} and did not react to the whistle.",
        "A ewe and her lamb had got through the fence and walked ahead of the train as far as {st}.",
        "The shepherd needed some time to bring his flock across the line at {st}.",
        "A ram lay between the rails and had to be pulled away by the horns.",
        "Sheep had gathered in the mouth of the tunnel and were driven out one by one.",
        "The flock from the upper pasture was resting on the passing loop, lambs and all.",
        "A lamb was caught in the fence wire beside the track, and the driver stopped to free it.",
        "There were sheep on the level crossing, and the dog that usually fetches them was nowhere to be seen.",
        "The gate at {st} had been left open, and the sheep had wandered down onto the line.",
        "Two sheep had climbed the ramp and stood at the platform edge at {st}, so the guard led them away.",
        "The driver whistled for several minutes, but the sheep in the cutting would not make way.",
    ],
    "luggage": [
        "A school party took a long time to load all its luggage at {st}.",
        "A huge trunk had been put down in the doorway, and the doors could not close.",
        "The luggage van was so full that suitcases had to be passed through the windows at {st}.",
        "A suitcase had fallen onto the track at {st} and was brought up with a hook.",
        "The trolley with the hotel guests' luggage tipped over on the platform at {st}.",
        "A rucksack nobody claimed was found under a seat, and the guard asked through the whole train.",
        "A choir from abroad had so many bags that loading at {st} went on long past departure time.",
        "Two hotels had mixed up their guests' suitcases, and everything was unloaded again at {st}.",
        "The strap holding the luggage on the rear platform came loose and had to be fastened again.",
        "A family had left its suitcases on the platform at {st}, and the train set back to fetch them.",
        "A rucksack strap was caught in the closing doors at {st} and had to be cut off.",
    ],
}
RAIL_FILL = [
    "Connections in the valley were kept.",
    "The passengers took it calmly.",
    "Control was informed by telephone.",
    "Part of the time was made up on the way down.",
    "One guest asked for a written confirmation.",
    "The following train was not affected.",
    "The guard announced the delay in three languages.",
    "Tea was served in the waiting room.",
    "The train was well filled.",
    "A note was left for the relief crew.",
    "The car in use was number {k}.",
    "Nobody was hurt.",
    "The bus at the bottom station waited.",
    "Some travellers went on by taxi.",
    "The stationmaster apologised over the loudspeaker.",
    "The crew changed as planned at the middle station.",
    "Tickets remained valid for the next departure.",
    "The delay was entered in the monthly list.",
    "The mail was handed over late as well.",
    "A trainee was on board with the driver.",
    "The timetable was back to normal by the next departure.",
    "The restaurant at the top was told to keep lunch warm.",
    "Most passengers were day visitors.",
    "The return trip left on time.",
]


def railway_delays(r: random.Random) -> Question:
    """Judge: the most frequent cause of the delays of a mountain railway."""
    causes = list(DELAYS)
    r.shuffle(causes)
    win = r.choice(causes)
    k = r.randint(8, 11)
    counts = {c: (k if c == win else r.randint(2, k - 3)) for c in causes}
    stations = r.sample(["Kalmegg", "Rotbach", "Hinterau", "Steinwald", "Obermatt", "Larchfield", "Tannried"], 5)
    items = [d for c in causes for d in r.sample(DELAYS[c], counts[c])]
    r.shuffle(items)
    fills = _take(r, RAIL_FILL, len(items))
    month = r.choice([2, 3, 9])
    day, hour, out = r.randint(1, 3), r.randint(7, 18), []
    for it, f in zip(items, fills, strict=True):
        text = it.format(st=r.choice(stations), m=r.randint(22, 58))
        if r.random() < 0.75:
            text += " " + f.format(k=r.randint(2, 9))
        out.append(
            f"{day} {MONTHS[month]}, {hour}.{r.choice(['05', '20', '35', '50'])} train, "
            f"{r.randint(6, 39)} minutes late. {text}"
        )
        step = r.choice([0, 1, 1, 2, 3]) if hour < 18 else r.choice([1, 1, 2])
        day += step
        hour = r.randint(7, 18) if step else r.randint(hour + 1, 18)
        if day > 28:
            day, month = 1, (month + 1) % 12
    line = r.choice(["summit line", "rack railway", "mountain line"])
    context = f"Delays on the {line}, as reported by the crews\n\n" + "\n\n".join(out)
    lst = ", ".join(causes[:-1]) + " or " + causes[-1]
    q = r.choice(
        [
            f"What was the most frequent cause of delay: {lst}? Answer with just the one word.",
            f"What held up the trains most often? ({lst}) One word is enough.",
            f"Which of these caused the most delays: {lst}? Just tell me the winner.",
        ]
    )
    return Question("railway_delays", q, context, needed=[win], choices=causes)


# --------------------------------------------------------------------------- 6 judge: share of beehives

HIVE = {
    "queen": (
        [
            "The queen was on the fourth frame, marked and lively.",
            "Saw the queen at once.",
            "Found the queen between the second and third frame.",
            "The queen walked across the frame right before my eyes.",
            "Queen seen, a little slower than last time.",
            "Spotted the queen on the very last frame.",
            "The queen was sitting in the middle of the brood, easy to spot.",
        ],
        [
            "Did not see the queen, but there are fresh eggs.",
            "Looked through every frame without finding the queen.",
            "The queen stayed hidden.",
            "No sight of the queen today.",
            "Queen not found, though there are young larvae.",
            "Could not find the queen among so many bees.",
            "The queen did not show herself.",
        ],
        [
            "In what percentage of the hives was the queen seen?",
            "what percent of the hives did the beekeeper see the queen in?",
            "Please work out the share of hives where the queen was seen, in percent.",
        ],
    ),
    "calm": (
        [
            "The bees stayed calm.",
            "A peaceful colony, no smoke needed.",
            "Very gentle bees, I worked without gloves.",
            "They sat quietly on the frames the whole time.",
            "Good-natured as ever, hardly a bee flew up.",
            "Calm bees, a pleasure to work with.",
        ],
        [
            "They flew at my veil at once and stung me twice.",
            "Bad-tempered today, three stings through the glove.",
            "Aggressive, they followed me back to the shed.",
            "The bees attacked as soon as the lid was off.",
            "A nasty mood in this hive, I got stung on the wrist.",
            "Very aggressive, I closed up again quickly.",
        ],
        [
            "What percentage of the hives had calm, peaceful bees?",
            "In what percent of the hives were the bees calm and not aggressive?",
            "Please work out what share of the hives was peaceful, in percent.",
        ],
    ),
    "fed": (
        [
            "Gave them a litre of syrup.",
            "Put in a block of sugar paste as feed.",
            "Light on stores, so I fed them syrup.",
            "Hung in a full feeder.",
            "Fed them, as the stores had run low.",
            "Topped up the feeder with sugar water.",
        ],
        [
            "Plenty of stores, I gave them no feed.",
            "No feeding needed.",
            "They have enough of their own, so no feed was given.",
            "Stores are ample, nothing was fed.",
            "Did not feed, the upper frames are full.",
            "Heavy with honey, so I did not feed them.",
        ],
        [
            "What percentage of the hives was fed?",
            "How many percent of the hives got feed?",
            "Please work out the share of hives that were given feed, in percent.",
        ],
    ),
}
HIVE_FILL = [
    "The entrance was cleared of dead leaves.",
    "Roof weighted down with a second stone.",
    "A few drone cells at the edge.",
    "Pollen coming in, mostly yellow.",
    "The floorboard was scraped clean.",
    "One old comb taken out for melting.",
    "Seven frames covered with bees.",
    "The strap needs replacing.",
    "Ants under the lid, brushed them off.",
    "Mite board pulled out, only a handful of mites.",
    "The wood on the left side is getting soft.",
    "Turned the entrance a little towards the east.",
    "Two frames of new foundation added.",
    "Brood in a neat, closed pattern.",
    "A mouse had been at the insulation.",
    "Moisture under the lid, wedge put in.",
    "Bees on the flight board from early morning.",
    "Repainted the number on the front.",
    "Willow pollen in the cells next to the brood.",
    "The entrance reducer was taken off.",
    "Moved the box back by a hand's breadth.",
    "Some chalky larvae on the board, will check again.",
    "The spacer between frames five and six was missing.",
    "Grass in front of the hive cut short.",
]


def hive_share(r: random.Random) -> Question:
    """Judge: the percentage of beehives with some property."""
    n = r.choice([20, 20, 25, 25, 40, 50])
    props = list(HIVE)
    step = 2 if n == 40 else 1  # so that the percentage is a whole number
    have = {p: set(r.sample(range(n), r.randrange(n // 4 // step * step, n * 4 // 5 + 1, step))) for p in props}
    bags: dict[tuple[str, bool], list[str]] = {}
    fills = _take(r, HIVE_FILL, 2 * n)
    colours = ["blue", "white", "yellow", "green", "grey", "orange"]
    out = []
    for i in range(n):
        sents = []
        for p in props:
            key = (p, i in have[p])
            if not bags.get(key):
                pool = HIVE[p][0 if key[1] else 1]
                bags[key] = r.sample(pool, len(pool))
            sents.append(bags[key].pop())
        r.shuffle(sents)
        sents.insert(r.randint(0, 3), fills[2 * i])
        if r.random() < 0.5:
            sents.insert(r.randint(0, 4), fills[2 * i + 1])
        out.append(f"Hive {i + 1} ({r.choice(colours)}): " + " ".join(sents))
    place = r.choice(
        ["behind the vicarage", "at the edge of the quarry", "on the old railway bank", "by the mill stream"]
    )
    context = (
        f"Inspection notes, apiary {place}, {r.randint(2, 28)} {r.choice(MONTHS[3:8])}. {n} hives, all opened.\n\n"
        + "\n\n".join(out)
    )
    p = r.choice(props)
    return Question("hive_share", r.choice(HIVE[p][2]), context, number=float(100 * len(have[p]) // n))


# --------------------------------------------------------------------------- 7 gather: volunteers at a dig

DIG = {
    "coin": (
        [
            "On the third day {he} turned up a small silver coin.",
            "{He} found a coin, badly worn but with a readable edge.",
            "{His} best find was a bronze coin from under the hearth.",
            "A coin lay in the second bucket {he} sieved, the size of a fingernail.",
            "{He} also had the luck to uncover a coin, stuck to a lump of clay.",
            "While cleaning the wall {he} found a copper coin in a joint.",
        ],
        [
            "{His} only find was a bone comb with four teeth left.",
            "{He} found nothing but roof tiles and took it with good humour.",
            "{His} only find was a row of iron nails.",
            "Apart from a glass bead {he} found nothing.",
            "So far {he} has found no more than potsherds.",
            "{He} uncovered a whetstone, which was {his} only find.",
            "A spindle whorl was the one thing {he} found.",
        ],
        [
            "Which of the volunteers found a coin?",
            "Who found coins at the dig? Please list all the names.",
            "Give me the names of everyone who found a coin.",
        ],
    ),
    "stay": (
        [
            "{He} is staying on for the second week.",
            "{He} will be with us for the second week, too.",
            "{He} has taken another week off and will stay for the second week.",
            "For the second week {he} has signed up as well.",
            "{He} liked it so much that {he} is adding the second week.",
        ],
        [
            "{He} goes home at the end of the first week.",
            "{He} can only be here for the first week.",
            "{He} leaves after the first week because work is calling.",
            "The second week will have to do without {him}, as {he} is going home.",
            "{He} is here for the first week only.",
        ],
        [
            "Which volunteers are staying for the second week?",
            "Who will be there in the second week? List all names please.",
            "Give me the names of everybody who stays on for the second week.",
        ],
    ),
    "before": (
        [
            "It is already {his} third season on an excavation.",
            "{He} took part in a dig two summers ago.",
            "{He} has been on several digs before.",
            "{He} knows the work from an earlier excavation on the coast.",
            "Last year {he} was on a dig as well, at a Roman farm.",
        ],
        [
            "This is {his} very first dig.",
            "{He} has never been on a dig before.",
            "{He} is new to digging and had never taken part in an excavation until now.",
            "It is the first excavation {he} has ever taken part in.",
            "Before this summer {he} had never been on a dig.",
        ],
        [
            "Which of the volunteers had been on a dig before?",
            "Who already has experience from earlier digs? Please list the names.",
            "Give me the names of all those who had taken part in an excavation before this one.",
        ],
    ),
}
DIG_JOBS = [
    "a retired bus driver",
    "a dental assistant",
    "a student of chemistry",
    "a gardener",
    "a tax clerk",
    "a primary school teacher",
    "a lorry mechanic",
    "a nurse",
    "a pastry cook",
    "a surveyor",
    "a librarian",
    "a plumber",
    "a translator",
    "a postal worker",
    "an optician",
]
DIG_FILL = [
    "{He} works in the eastern trench, next to the spoil heap.",
    "{He} brings a thermos of mint tea every morning.",
    "In the evenings {he} draws the day's stones in a notebook.",
    "{He} sleeps in the tent closest to the stream.",
    "{He} cycles to the site from the railway station.",
    "{His} knees ache, but {he} does not mind.",
    "{He} has brought a trowel of {his} own.",
    "Nobody pushes the wheelbarrow as fast as {n}.",
    "{He} writes the labels because of {his} neat hand.",
    "{He} is in charge of the buckets this week.",
    "On Tuesday {he} cooked lentils for the whole camp.",
    "{He} wears the same straw hat every day.",
    "{He} spent the rainy afternoon washing sherds in the barn.",
    "{He} helped to put up the shade sail over the northern trench.",
    "{He} heard about the project from a poster in a bakery.",
    "{His} tent was blown over on the first night.",
    "{He} holds the measuring staff whenever levels are taken.",
    "{He} likes the quiet work with the brush best.",
    "{He} shares the washing-up with whoever is near.",
    "{He} keeps asking good questions about the soil layers.",
    "{He} once fell asleep on the sieve during the lunch break.",
    "{He} takes the photographs for the notice board.",
    "{He} plays the mouth organ by the fire.",
    "{He} got sunburnt on the first day and has been careful since.",
    "{He} sits on the rim of the trench at noon and eats bread and onions.",
    "{He} gets up before everyone else and lights the stove.",
    "{He} is learning to draw sections of the soil.",
    "{He} has a blister on each hand.",
    "{He} was quick to notice the dark ring of a post hole.",
    "{He} sings while working.",
    "{He} has named {his} bucket after a great-aunt.",
    "{He} mixes the plaster for lifting fragile pieces.",
    "{He} knows all the birds around the meadow.",
    "{He} lent {his} spare boots to a neighbour in the tent row.",
    "{He} prefers the pickaxe to the trowel.",
    "{His} sleeping mat has a slow puncture.",
    "{He} would like to see the pottery restored one day.",
    "{He} fetches water from the farm in the mornings.",
    "{He} reads detective stories by torchlight.",
    "{He} peels potatoes faster than most people in the camp.",
    "{He} walked over the hill to get here.",
    "{He} covered the trench with a tarpaulin when the storm came.",
    "{He} helps to keep the list of finds bags.",
    "{He} is happiest when it is not too hot.",
    "{He} has been nicknamed Professor because of {his} glasses.",
    "{He} works slowly and misses nothing.",
    "{He} had to be reminded to drink on the hottest day.",
    "{He} wrote a long postcard home about the mud.",
    "{He} sketched the hearth from above.",
    "{He} is allowed to use the levelling instrument now.",
]
DIG_OPEN = [
    "{n} is {j}.",
    "{n} works as {j} in everyday life.",
    "When not digging, {n} is {j}.",
    "Then there is {n}, {j}.",
    "{n} introduced {himself} as {j}.",
    "By profession {n} is {j}.",
]


def _property_paragraphs(
    r: random.Random,
    table: dict[str, tuple[list[str], list[str], list[str]]],
    names: list[str],
    *,
    pronouns: list[dict[str, str]],
    opens: list[str],
    fill: list[str],
    low: int,
) -> tuple[list[str], dict[str, set[int]]]:
    """A paragraph for each name, stating for each property of the table whether it holds; plus who has what."""
    n = len(names)
    have = {p: set(r.sample(range(n), r.randint(4, min(8, n - 4)))) for p in table}
    bags: dict[tuple[str, bool], list[str]] = {}
    need = [r.randint(low, low + 1) for _ in range(n)]
    fills = _take(r, fill, sum(need))
    paras = []
    for i, name in enumerate(names):
        words = pronouns[i] | {"n": name}
        sents = []
        for p in table:
            key = (p, i in have[p])
            if not bags.get(key):
                pool = table[p][0 if key[1] else 1]
                bags[key] = r.sample(pool, len(pool))
            sents.append(bags[key].pop())
        sents += [fills.pop() for _ in range(need[i])]
        r.shuffle(sents)
        paras.append(" ".join(s.format(**words) for s in [opens[i], *sents]))
    return paras, have


def dig_volunteers(r: random.Random) -> Question:
    """Gather: the volunteers at a dig with some property."""
    n = r.randint(10, 15)
    women = [r.random() < 0.5 for _ in range(n)]
    w, m = iter(r.sample(WOMEN, n)), iter(r.sample(MEN, n))
    names = [next(w) if x else next(m) for x in women]
    pronouns = [_SHE if x else _HE for x in women]
    jobs = r.sample(DIG_JOBS, n)
    opens = [o.replace("{j}", j) for o, j in zip(_take(r, DIG_OPEN, n), jobs, strict=True)]
    lo = r.choice([1, 2, 3])
    paras, have = _property_paragraphs(r, DIG, names, pronouns=pronouns, opens=opens, fill=DIG_FILL, low=lo)
    town = r.choice(TOWNS)
    intro = r.choice(
        [
            (
                f"The excavation at {town} has begun, and this year again volunteers are doing most of "
                "the digging. Here we introduce them."
            ),
            (
                f"Since Monday the meadow above {town} has been full of tents, buckets and people on "
                "their knees. A short portrait of the volunteers."
            ),
            (
                f"Who are the people who spend their holidays in a hole in the ground near {town}? We "
                "went to see the volunteers."
            ),
        ]
    )
    context = intro + "\n\n" + "\n\n".join(paras)
    p = r.choice(list(DIG))
    return Question(
        "dig_volunteers",
        r.choice(DIG[p][2]),
        context,
        needed=[names[i] for i in range(n) if i in have[p]],
        wrong=[names[i] for i in range(n) if i not in have[p]],
    )


# --------------------------------------------------------------------------- 8 gather: springs in a valley

_SPRINGS_TEXT = (
    "Aldwell Birkenspout Corrahead Dunnafont Elmsgill Farrowkeld Gillamoor Hobswell Ivelhead Jennywell Kelderby "
    "Laddowspring Merrowell Nunskeld Osmondwell Pellafont Quernwell Rushgill Silverkeld Thornaby Umberwell Wythburn"
)
SPRINGS = _SPRINGS_TEXT.split()

SPRING = {
    "drink": (
        [
            "The water is tested every spring and is safe to drink.",
            "You can drink the water without a second thought.",
            "The water is good to drink and tastes faintly of iron.",
            "Walkers fill their bottles here, as the water is drinkable.",
            "A plaque confirms that this is drinking water.",
        ],
        [
            "The water is not fit for drinking.",
            "A sign warns against drinking the water.",
            "You should not drink here, as cattle graze just above.",
            "The water is unsafe to drink, clear as it looks.",
            "Because of the old mine the water must not be drunk.",
        ],
        [
            "Which springs have water you can drink?",
            "At which springs is the water safe to drink? List them all please.",
            "Please give me the names of all springs with drinkable water.",
        ],
    ),
    "dry": (
        [
            "In summer it usually dries up.",
            "By July there is as a rule not a drop left.",
            "It runs dry in most summers and comes back with the autumn rain.",
            "From midsummer on you will find only a dry basin.",
            "In the hot months it falls dry.",
        ],
        [
            "It flows all year round.",
            "Even in the driest summer it has never failed.",
            "It runs steadily in summer and winter alike.",
            "The flow hardly changes with the seasons and never stops.",
            "Even in August the water keeps running as strongly as ever.",
        ],
        [
            "Which springs dry up in summer?",
            "Which of the springs run dry in the summer months? Please list all of them.",
            "Give me the names of the springs that have no water in summer.",
        ],
    ),
    "bench": (
        [
            "There is a bench beside it.",
            "A wooden bench invites you to rest.",
            "You can sit down on a bench under the trees.",
            "The hiking club has put up a bench here.",
            "Next to the basin stands a stone bench.",
        ],
        [
            "There is no bench here.",
            "You will look in vain for a bench.",
            "So far there is no bench.",
            "There is nowhere to sit, not even a bench.",
            "The bench that once stood here is gone and has not been replaced.",
        ],
        [
            "Which springs have a bench?",
            "At which of the springs can I find a bench? List all of them please.",
            "Please name all the springs that have a bench next to them.",
        ],
    ),
}
SPRING_OPEN = [
    "{n} lies a short climb above the village.",
    "{n} comes out of a rock face in three thin jets.",
    "{n} rises in a hollow between two beeches.",
    "You reach {n} by a narrow path along the stream.",
    "{n} is marked on the old maps already.",
    "{n} can be heard before it is seen.",
    "{n} has its source under a mossy ledge.",
    "Follow the yellow markers to get to {n}.",
    "{n} is known mostly to locals.",
    "{n} fills a round basin of pale stone.",
    "{n} lies in the shade nearly all day.",
    "{n} feeds a small pond with newts.",
    "{n} is found at the end of a cart track.",
    "From the chapel it is not far to {n}.",
    "{n} was given a new stone surround some years ago.",
]
SPRING_FILL = [
    "Ferns grow all around.",
    "The path there can be slippery after rain.",
    "A shepherd is said to have found it.",
    "Wagtails hop about on the stones.",
    "In the evening the light falls through the leaves very prettily.",
    "Two hearts are carved into the bark of an ash.",
    "The last stretch is steep.",
    "The stones are covered with a reddish crust.",
    "There is room for a car or two by the bridge.",
    "Brides once washed their hands in it, or so people say.",
    "Look out for the fire salamanders on damp days.",
    "The rock here is limestone with thin layers of chert.",
    "A wooden trough leads the water to the meadow.",
    "From here you can see as far as the sawmill.",
    "The surrounding land belongs to a farm.",
    "In April the slope is white with wild garlic.",
    "A carved date over the outlet can still be read.",
    "Mind the barbed wire on the left.",
    "Children like to build dams in the little stream.",
    "The water temperature is nine degrees.",
    "A painter from the city made it known a century ago.",
    "The blue trail passes close by.",
    "Watercress grows along the edge.",
    "An old lime tree marks the turning.",
    "The spot was chosen for a school play once.",
    "Dragonflies patrol the basin on warm afternoons.",
    "The wood around it was replanted after a storm.",
    "A fingerpost shows the way to the next hamlet.",
    "Nuthatches call in the tall oaks.",
    "The gate must be kept shut because of the goats.",
    "A charcoal burner's hut stood nearby until the last war.",
    "In winter the path is not cleared.",
    "The ground is soft, so wear sturdy shoes.",
    "A tile with a fish is set into the wall.",
    "The view opens towards the church tower.",
    "Cyclists have to dismount for the last part.",
    "Hazel bushes give some shelter from the wind.",
    "The name is spelled differently on every map.",
    "A footbridge of larch planks leads across.",
    "Foxes and badgers leave their tracks in the mud.",
]


def valley_springs(r: random.Random) -> Question:
    """Gather: the springs of a valley with some property."""
    n = r.randint(11, 15)
    names = r.sample(SPRINGS, n)
    opens = _take(r, SPRING_OPEN, n)
    lo = r.choice([1, 2, 3])
    paras, have = _property_paragraphs(r, SPRING, names, pronouns=[{}] * n, opens=opens, fill=SPRING_FILL, low=lo)
    intro = r.choice(
        [
            "Small guide to the springs of the upper valley. All of them can be visited on a day's walk or two.",
            "The valley is rich in springs. This leaflet of the hiking club describes the best known of them.",
            "Springs along the ridge path, described from north to south, with notes for walkers.",
        ]
    )
    context = intro + "\n\n" + "\n\n".join(paras)
    p = r.choice(list(SPRING))
    return Question(
        "valley_springs",
        r.choice(SPRING[p][2]),
        context,
        needed=[names[i] for i in range(n) if i in have[p]],
        wrong=[names[i] for i in range(n) if i not in have[p]],
    )


# --------------------------------------------------------------------------- 9 gather: apple varieties

_APPLES_TEXT = (
    "Brockhurst Tillymaid Cardinsby Dunkeswell Esmeralda Fallowgate Granthorn Harkaway Ilsington Jubelle Kirkmaid "
    "Lunscombe Maltravers Norwinder Oxenholme Pomarine Queensbury Rossendale Stavordale Tewkes Ullesthorpe Vellacott"
)
APPLES = _APPLES_TEXT.split()

APPLE = {
    "keep": (
        [
            "Keeps in a cool cellar until February.",
            "Can be stored until March.",
            "Stays firm in store until April.",
            "Keeps until May if laid on straw.",
            "Will keep on the shelf until the end of February.",
        ],
        [
            "Has to be eaten by the end of September.",
            "Does not keep beyond October.",
            "Stores until November at the most.",
            "Keeps for two weeks only after the August harvest.",
            "Turns mealy by October, so it is not for storing.",
        ],
        [
            "Which varieties can be kept into the new year?",
            "Which apples keep until February or longer? Please list them all.",
            "Give me the names of all the apples that can be stored beyond New Year.",
        ],
    ),
    "scab": (
        [
            "Resistant to scab.",
            "Scab is never seen on it.",
            "Does not get scab, even in wet years.",
            "Stays free of scab without any spraying.",
            "Known for its resistance to scab.",
        ],
        [
            "Prone to scab.",
            "Suffers from scab in wet years.",
            "Gets scab easily and needs an airy spot.",
            "Scab is a regular problem.",
            "Not resistant to scab.",
        ],
        [
            "Which varieties are resistant to scab?",
            "Which of the apples don't get scab? Please list all of them.",
            "Give me the names of all scab-resistant varieties.",
        ],
    ),
    "red": (
        [
            "Fruit with a deep red skin.",
            "Red skin, smooth and shiny.",
            "The skin is bright red all over.",
            "Skin dark red when ripe.",
            "Red all round, with a white bloom.",
        ],
        [
            "Fruit with a lemon-yellow skin.",
            "Green skin, slightly greasy.",
            "The skin is pale yellow.",
            "Skin brown and rough.",
            "Green all round, even when ripe.",
        ],
        [
            "Which apple varieties are red?",
            "Which of the varieties have a red skin? List all of them please.",
            "Please name all the apples with red skin.",
        ],
    ),
}
APPLE_OPEN = [
    "{n}: An old variety from the north of the county.",
    "{n}: Found as a chance seedling by a roadside.",
    "{n}: Grown here since our grandparents' days.",
    "{n}: Brought back by a sailor, according to legend.",
    "{n}: Raised by a village schoolmaster.",
    "{n}: Rescued from a single surviving tree.",
    "{n}: Long a favourite of the market women.",
    "{n}: Named after the farm where it was first picked.",
    "{n}: A cross between two forgotten varieties.",
    "{n}: Once planted along every lane in the district.",
    "{n}: Rare today, only a handful of trees are known.",
    "{n}: Popular with beginners.",
    "{n}: Came to us as a graft from a monastery garden.",
    "{n}: Shown with success at the autumn fair.",
    "{n}: Described in print more than a century ago.",
]
APPLE_FILL = [
    "Flesh crisp and juicy.",
    "Good for cake.",
    "Tree of middling growth.",
    "Flowers late and so escapes the frost.",
    "Needs a second tree nearby as a pollinator.",
    "Ripe windfalls make fine jelly.",
    "Fruit of medium size.",
    "The scent fills a whole room.",
    "Bears every other year.",
    "Does well on heavy soil.",
    "Flesh a little dry, with a nutty taste.",
    "Stalk short and thick.",
    "Branches hang low under the crop.",
    "Suitable for training on a wall.",
    "Sharp at first, then mild.",
    "Young trees need a stake.",
    "A good apple for juice.",
    "Bees like its blossom.",
    "Crops from the fourth year on.",
    "Grows upright and needs little pruning.",
    "The core is small.",
    "Tastes of almonds, some say.",
    "Likes a sunny place.",
    "Also fine for drying in rings.",
    "Grafted on a dwarf stock here.",
    "Wasps are fond of it.",
    "Leaves large and slightly wavy.",
    "The pips rattle when you shake the fruit.",
    "Makes a smooth sauce without sugar.",
    "Not for windy corners.",
    "Flat fruit with a deep hollow at the stalk.",
    "Thin out the fruit in June for the best size.",
    "Wood rather brittle.",
    "Does not mind a bit of shade.",
    "Best picked in several rounds.",
    "Cut slices stay white for a long time.",
    "Easy to peel.",
    "The bark is strikingly smooth.",
]


def apple_list(r: random.Random) -> Question:
    """Gather: the apple varieties with some property."""
    n = r.randint(12, 15)
    names = sorted(r.sample(APPLES, n)) if r.random() < 0.5 else r.sample(APPLES, n)
    opens = _take(r, APPLE_OPEN, n)
    paras, have = _property_paragraphs(r, APPLE, names, pronouns=[{}] * n, opens=opens, fill=APPLE_FILL, low=2)
    prices = [
        f"{p} Young tree, {r.randint(18, 39)} euros." if r.random() < 0.8 else f"{p} Sold out this year." for p in paras
    ]
    intro = r.choice(
        [
            "List of our apple trees for the coming season. Orders are taken at the gate or by post.",
            "Apple varieties in the society's orchard. Young trees can be collected from the end of October.",
            "Old apple varieties, tree list of the nursery by the weir. Please order early.",
        ]
    )
    context = intro + "\n\n" + "\n\n".join(prices)
    p = r.choice(list(APPLE))
    return Question(
        "apple_list",
        r.choice(APPLE[p][2]),
        context,
        needed=[names[i] for i in range(n) if i in have[p]],
        wrong=[names[i] for i in range(n) if i not in have[p]],
    )


# --------------------------------------------------------------------------- 10 add up: a puppet theatre's cash book

CASH = {
    "stay": (
        (38, 118),
        [
            "Two nights at the youth hostel in {t}",
            "One night at the Blue Anchor inn in {t}",
            "Pitch for the night on the campsite at {t}",
            "Guest house in {t}, three beds for one night",
            "Night in the pilgrims' lodging at {t}",
            "Room at the station hotel in {t}",
            "Bunk beds for the night at the boathouse in {t}",
            "Holiday flat in {t}, one night",
        ],
        [
            "How much did the puppet theatre spend on overnight stays altogether?",
            "What did all the overnight stays cost in total?",
            "Please add up what was paid for accommodation on the tour.",
        ],
    ),
    "fuel": (
        (31, 94),
        [
            "Diesel for the van in {t}",
            "Filled up the van outside {t}",
            "Diesel for the van at the motorway services",
            "Van refuelled in {t}",
            "Half a tank of diesel for the van in {t}",
            "Filled the van's tank before the long drive to {t}",
            "Diesel for the van on the way to {t}",
            "Fuel for the van at the supermarket in {t}",
        ],
        [
            "How much was spent on fuel for the van altogether?",
            "What did the fuel for the van cost in total?",
            "Please add up all the money spent on fuel for the van.",
        ],
    ),
    "food": (
        (9, 58),
        [
            "Soup and bread for everyone in {t}",
            "Pizza after the show in {t}",
            "Groceries for the weekend",
            "Lunch in the canteen at {t}",
            "Sandwiches and coffee for the drive",
            "Fish and chips in {t}",
            "Fruit and rolls from the market in {t}",
            "Supper at the inn in {t}",
        ],
        [
            "How much did they spend on food and meals altogether?",
            "What did all the meals and food cost in total?",
            "Please add up what the theatre paid for eating and drinking.",
        ],
    ),
    "material": (
        (6, 74),
        [
            "Red velvet for the king puppet's cloak",
            "Glue and wood for new puppet heads",
            "Paint for the forest scenery",
            "Strings and hooks for the puppets",
            "Foam for the belly of the dragon puppet",
            "Glass eyes for the fox puppet",
            "Canvas for a new backdrop",
            "Horsehair for the witch puppet's wig",
        ],
        [
            "How much did they spend on material for puppets and scenery altogether?",
            "What did the materials for the puppets and the scenery cost in total?",
            "Please add up the costs of material for puppets and scenery.",
        ],
    ),
    "other": (
        (5, 49),
        [
            "Parking fee in {t}",
            "Printing of posters",
            "Road toll near {t}",
            "Repair of the loudspeaker",
            "Stamps for invitations",
            "Fine for parking in front of the school in {t}",
            "New bulbs for the spotlights",
            "Windscreen wiper for the van",
            "Laundry in {t}",
            "Licence fee for the music",
        ],
        [],
    ),
}
CASH_FILL = [
    "Show in {t}, {k} children, all quiet until the crocodile came.",
    "Rainy day, the open-air show was moved into the barn.",
    "The fox lost an ear and was sewn up behind the stage.",
    "Rest day by the lake.",
    "The mayor of {t} sat in the first row.",
    "Rehearsed the new ending twice.",
    "The van started only at the third try.",
    "Two schools in {t} want us back next spring.",
    "The curtain stuck, and we played the first scene in front of it.",
    "Long talk with the librarian in {t} about next year.",
    "A boy of five wanted to marry the princess.",
    "Set up in {t} took just under two hours.",
    "The dragon's smoke set off the alarm in {t}.",
    "Only {k} in the audience, but they clapped for three.",
    "Forgot the moon in {t} and drove back for it.",
    "The local paper brought a fine picture.",
    "Sorted the puppets by size at last.",
    "Day off, everyone slept late.",
    "Met another troupe with an old shadow theatre.",
    "The key of the costume trunk turned up in the king's boot.",
    "Two shows in a row in {t}, voices nearly gone.",
    "Practised the storm with the new thunder sheet.",
    "The grandmother puppet got the longest applause.",
    "Loaded the van in pouring rain.",
    "The king's crown was squashed under a suitcase and bent straight again.",
    "Gave a workshop for the pupils in {t}, everyone made a sock snake.",
    "A cat walked across the stage in the love scene.",
    "The hall in {t} has a splendid echo.",
    "Tried out the new accordion piece for the entrance of the witch.",
    "Got lost between {t} and the motorway.",
    "The thunder sheet fell over at the wrong moment.",
    "Phoned home, all well.",
    "The children in {t} warned the princess so loudly that the caretaker came running.",
    "Oiled the hinges of the travelling stage.",
    "Wrote down ideas for a play about a lazy giant.",
    "An old puppeteer in {t} showed us his marionettes.",
    "Sunshine, so the puppets were aired on the fence.",
    "The spotlights failed for a moment, and the moon scene became very dark.",
    "Played in the park in {t} under a chestnut tree.",
    "Wheel of the stage trolley came off on the stairs in {t}.",
    "Everyone has a cold.",
    "The crocodile's jaw squeaks.",
    "Read the letters from the children in {t}, one wants the wolf to win.",
    "The theatre cat has stayed with the neighbours.",
    "In {t} the stage was so low that we played kneeling.",
]


def puppet_cashbook(r: random.Random) -> Question:
    """Add up: one sort of expenses in a puppet theatre's cash book."""
    ask = r.choice(["stay", "fuel", "food", "material"])
    towns = r.sample(TOWNS, 9)
    entries, total = [], 0
    for cat, ((lo, hi), pool, _) in CASH.items():
        k = r.randint(5, 7) if cat == ask else r.randint(3, 8)
        for t in r.sample(pool, k):
            v = r.randint(lo, hi)
            if cat == ask:
                total += v
            entries.append(
                t.format(t=r.choice(towns)) + r.choice([f": {v} euros.", f", {v} euros.", f" - {v} euros paid."])
            )
    entries += [
        r.choice(
            [
                f"Takings in {r.choice(towns)}: {r.randint(120, 480)} euros received.",
                f"Fee from the school in {r.choice(towns)}, {r.randint(150, 400)} euros received.",
            ]
        )
        for _ in range(r.randint(5, 8))
    ]
    entries += [f.format(t=r.choice(towns), k=r.randint(14, 88)) for f in _take(r, CASH_FILL, r.randint(20, 45))]
    r.shuffle(entries)
    month, day, out = r.randint(3, 7), r.randint(1, 4), []
    for e in entries:
        out.append(f"{day} {MONTHS[month]}: {e}")
        day += r.choice([0, 0, 1, 1])
        if day > 30:
            day, month = 1, month + 1
    name = r.choice(["Lantern", "Hazelnut", "Tin Button", "Crooked Hat", "Seven Strings"])
    context = f"{name} Puppet Theatre, cash book and diary of the tour\n\n" + "\n".join(out)
    return Question("puppet_cashbook", r.choice(CASH[ask][2]), context, number=float(total))


# --------------------------------------------------------------------------- 11 add up: a beach clean-up

BEACH_TEAMS = [
    "The rowing club",
    "The scouts",
    "The church choir",
    "The staff of the savings bank",
    "The fire brigade's youth group",
    "The sailing school",
    "The pupils of class 7b",
    "The anglers' association",
    "The allotment gardeners",
    "The handball team",
    "The chess club",
    "The nurses from the clinic",
    "The bakery's apprentices",
    "The amateur astronomers",
]
BEACH_PLACES = [
    "the strip below the dunes",
    "the bay behind the pier",
    "the stony stretch by the old customs house",
    "the mouth of the stream",
    "the beach in front of the campsite",
    "the flats beside the dyke",
    "the cove under the cliffs",
    "the spit of land with the beacon",
    "the shore along the golf course",
    "the section next to the slipway",
    "the sands near the bird reserve",
    "the bathing beach",
    "the stretch between the two groynes",
    "the shingle bank by the radio mast",
]
BEACH_STUFF = [
    "fishing net",
    "glass",
    "scrap metal",
    "polystyrene",
    "rope",
    "rubber",
    "plastic bottles",
    "old clothing",
]
BEACH_FILL = [
    "Tea and rolls were waiting at the end.",
    "The wind had dropped by then, and the work went quickly.",
    "A seal watched from a distance.",
    "Gloves and tongs had been lent out by the town.",
    "The tide came in sooner than expected.",
    "One of the helpers found a message in a bottle, sadly unreadable.",
    "Several passers-by joined in.",
    "A tractor pulled the trailer back to the road.",
    "There was much laughter when a boot came up without its partner.",
    "Even a few small children helped.",
    "Everything was weighed on the spot with a hanging scale.",
    "Some of them had been up since five.",
    "The bird wardens showed them which places to leave alone.",
    "A photo was taken for the yearbook.",
    "Two wheelbarrows got stuck in the soft sand.",
    "The sun came out towards noon.",
    "They worked in two rows, from the water's edge upwards.",
    "Somebody had brought a guitar.",
    "The seaweed was left where it lay.",
    "Afterwards they swam, in spite of the cold.",
    "The sacks had been stacked by the steps.",
    "It was their third time at the clean-up.",
    "Lunch was pea soup from the field kitchen.",
    "A ranger explained how long such things last in the sea.",
    "It was a long walk back to the car park.",
    "Nobody went home with dry feet.",
    "The sand blew into everybody's eyes at first.",
    "A fisherman lent them his handcart.",
    "Most of it was hidden under the wrack line.",
    "The mayor came by and shook hands.",
    "They had made a banner for the day.",
    "Sandwiches were shared out on the steps.",
    "Two of them kept a list of everything.",
    "A crab had moved into one of the finds and was put back.",
    "The gulls were not pleased by the visit.",
    "They were quicker than planned.",
    "The ground there is slippery, so they went carefully.",
    "A family on holiday picked up sacks and helped out.",
    "It took four people to drag the sacks up the slope.",
    "The biggest pieces had to be dug out with spades.",
    "There was cake for everyone.",
    "The local radio did an interview.",
    "Rakes turned out to be more useful than tongs.",
    "They began at the far end and worked towards the road.",
    "A short shower did not bother them.",
    "The sorting was done on an old sail.",
]


def beach_cleanup(r: random.Random) -> Question:
    """Add up: the kilos of one material from a beach clean-up."""
    n = r.randint(10, 13)
    ask = r.choice(BEACH_STUFF)
    teams, places = r.sample(BEACH_TEAMS, n), r.sample(BEACH_PLACES, n)
    with_it = set(r.sample(range(n), r.randint(5, 8)))
    fills = _take(r, BEACH_FILL, 4 * n)
    lo = r.choice([2, 3])
    total, paras = 0, []
    for i in range(n):
        stuff = r.sample([s for s in BEACH_STUFF if s != ask], r.randint(1, 3))
        if i in with_it:
            stuff.insert(r.randint(0, len(stuff)), ask)
        elif len(stuff) == 1:
            stuff.append(r.choice([s for s in BEACH_STUFF if s not in (ask, stuff[0])]))
        amounts = [r.randint(3, 38) for _ in stuff]
        if i in with_it:
            total += amounts[stuff.index(ask)]
        parts = [f"{a} kilos of {s}" for a, s in zip(amounts, stuff, strict=True)]
        lst = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
        first = r.choice(
            [
                f"{teams[i]} took {places[i]}.",
                f"{teams[i]} looked after {places[i]}.",
                f"{teams[i]} set to work on {places[i]}.",
            ]
        )
        haul = r.choice(
            [
                f"They brought back {lst}.",
                f"Their haul was {lst}.",
                f"When it was all weighed, they had {lst}.",
                f"They filled their sacks with {lst}.",
            ]
        )
        sents = [first, haul]
        for f in fills[4 * i : 4 * i + r.randint(lo, lo + 1)]:
            sents.insert(r.randint(1, len(sents)), f)
        paras.append(" ".join(sents))
    coast = r.choice(TOWNS)
    intro = r.choice(
        [
            (
                f"On Saturday the beaches around {coast} were cleaned up for the spring. {n} groups took "
                "part. A report from the day."
            ),
            (
                f"{n} groups came to the big beach clean-up near {coast} this year. Here is who was where "
                "and what they found."
            ),
            f"Report on the clean-up day at {coast}. In fine weather {n} groups went out with sacks, rakes and tongs.",
        ]
    )
    end = r.choice(
        [
            "The town thanks everyone who lent a hand. Next year's date will be announced in winter.",
            "In the evening the containers were taken to the depot. The organisers were tired and content.",
            "The next clean-up is planned for the autumn. New helpers are welcome.",
        ]
    )
    context = intro + "\n\n" + "\n\n".join(paras) + "\n\n" + end
    q = r.choice(
        [
            f"How many kilos of {ask} were collected altogether?",
            f"What's the total weight of the {ask} they collected, in kilos?",
            f"Please add up how many kilos of {ask} all the groups found together.",
        ]
    )
    return Question("beach_cleanup", q, context, number=float(total))


# --------------------------------------------------------------------------- 12 extreme: a kite festival

_KITES_TEXT = (
    "Tangerine Buttercup Zephyr Marmalade Pegasus Corsair Nimbus Harlequin Bumblebee Firefly Mandarin Albatross "
    "Icarus Paprika Domino Quicksilver Calypso Rhubarb"
)
KITES = _KITES_TEXT.split()
KITE_FILL = [
    "The crowd clapped.",
    "The tail was made of old neckties.",
    "The line had been borrowed from a fisherman.",
    "A dog ran after it, barking.",
    "The frame is of split bamboo.",
    "The jury noted the careful sewing.",
    "The landing was gentle.",
    "The colours could be seen from the road.",
    "It had been finished only the night before.",
    "It was launched from the low hill by the fence.",
    "The painted face drew a lot of laughter.",
    "It flew in calm circles over the meadow.",
    "It ended up in a thorn bush, undamaged.",
    "The launch went smoothly.",
    "Silk paper was used throughout.",
    "The reel squeaked terribly.",
    "It dipped twice and caught itself again.",
    "The children wanted to see it again at once.",
    "A spare spar was needed before the start.",
    "The pattern was taken from an old quilt.",
    "It pulled so hard that two people had to hold it.",
    "The pilot wore a hat to match.",
    "It hummed in the wind like a cello.",
    "The knots had been checked by a sailor.",
    "A buzzard came to have a look.",
    "Its shadow crossed the whole field.",
    "A brass band played meanwhile.",
    "The paint had cost more than the rest.",
    "It wagged its tail like a puppy.",
    "An old bicycle spoke serves as a hook.",
    "The line sang in the breeze.",
    "It leaned a little to the left.",
    "The covering is a former tent.",
    "People reached for their cameras.",
    "A paper lantern hung from the tail.",
    "The bridle had to be shortened by a finger's width.",
    "Its drawing had hung in the kitchen all winter.",
    "It turned a somersault just for fun.",
    "The reel was carved from pear wood.",
    "It glittered in the sun.",
    "The judges walked around it twice.",
    "It rose straight up from the grass.",
    "Two small flags fluttered at the tips.",
    "The glue was still a bit sticky.",
    "It rustled like autumn leaves.",
    "An umbrella had given its ribs for it.",
]


def kite_festival(r: random.Random) -> Question:
    """Extreme: the kite with the most or least of something, or who built it."""
    n = r.randint(10, 13)
    kites = r.sample(KITES, n)
    builders = _people(r, n)
    minutes, spans, grams = r.sample(range(6, 59), n), r.sample(range(95, 340), n), r.sample(range(180, 940), n)
    fills = _take(r, KITE_FILL, 5 * n)
    lo = r.choice([1, 2, 3])
    paras = []
    for i, k in enumerate(kites):
        b = builders[i][0]
        first = r.choice(
            [
                f"The {k} was built by {b}.",
                f"{b} entered with the {k}, built at home over the winter.",
                f"Then there was the {k}, built by {b}." if i else f"The {k} is the work of {b}.",
                f"{b} had built the {k} for this day.",
            ]
        )
        facts = [
            r.choice(
                [
                    f"It stayed in the air for {minutes[i]} minutes.",
                    f"The flight lasted {minutes[i]} minutes.",
                    f"After {minutes[i]} minutes in the air it came down.",
                ]
            ),
            r.choice(
                [
                    f"Its span is {spans[i]} centimetres.",
                    f"From tip to tip it has a span of {spans[i]} centimetres.",
                    f"It was measured with a span of {spans[i]} centimetres.",
                ]
            ),
            r.choice(
                [
                    f"It weighs {grams[i]} grams.",
                    f"The scales showed {grams[i]} grams.",
                    f"Its weight is {grams[i]} grams.",
                ]
            ),
        ]
        facts += fills[5 * i : 5 * i + r.randint(lo, lo + 2)]
        r.shuffle(facts)
        paras.append(" ".join([first, *facts]))
    town = r.choice(TOWNS)
    intro = r.choice(
        [
            f"Kite festival at {town}: {n} home-made kites were shown on the common, each with one official flight.",
            (
                f"A fresh breeze, a mown field and {n} kites: the yearly kite day in {town} was a "
                "success. Each kite had one flight."
            ),
            (
                f"On the airfield at {town} {n} builders let their kites rise on Sunday. Every kite was "
                "measured, weighed and flown once."
            ),
        ]
    )
    context = intro + "\n\n" + "\n\n".join(paras)
    what, vals, top = r.choice(
        [
            ("stayed in the air longest", minutes, max),
            ("had the shortest flight", minutes, min),
            ("has the largest span", spans, max),
            ("has the smallest span", spans, min),
            ("is the heaviest", grams, max),
            ("is the lightest", grams, min),
        ]
    )
    i = vals.index(top(vals))
    if r.random() < 0.65:
        q = r.choice(
            [f"Which kite {what}?", f"What's the name of the kite that {what}?", f"Can you tell me which kite {what}?"]
        )
        return Question("kite_festival", q, context, needed=[kites[i]], choices=kites)
    q = r.choice([f"Who built the kite that {what}?", f"What's the name of the person who built the kite that {what}?"])
    return Question("kite_festival", q, context, needed=[builders[i][1]], choices=[b[1] for b in builders])


KINDS: dict[str, Callable[[random.Random], Question]] = {
    "lock_log": lock_log,
    "harpsichord_letters": harpsichord_letters,
    "planetarium_manual": planetarium_manual,
    "rink_messages": rink_messages,
    "railway_delays": railway_delays,
    "hive_share": hive_share,
    "dig_volunteers": dig_volunteers,
    "valley_springs": valley_springs,
    "apple_list": apple_list,
    "puppet_cashbook": puppet_cashbook,
    "beach_cleanup": beach_cleanup,
    "kite_festival": kite_festival,
}
