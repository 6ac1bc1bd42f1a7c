"""Ten kinds of questions about texts of clubs and country life: guides, rounds, minutes."""

import random
import re
from collections.abc import Iterable
from typing import TypeVar

from benchmarks.questions import Question

_PEOPLE_TEXT = (
    "Agnes Anselm Barbara Benedikt Bruno Camilla Cedric Clara Conrad Cora Dagmar Damian Delia Dorian Edith Edmund "
    "Elspeth Emil Esther Fabian Felicia Fergus Flora Gideon Greta Hamish Helena Henrik Ida Ignaz Imogen Ingrid Ivan "
    "Jasper Joanna Judith Julian Katrin Lambert Leonie Linus Lorna Magda Malcolm Marta Matilda Nadia Nigel Nora Odile "
    "Olga Oscar Petra Philippa Quentin Ralph Ramona Renata Roland Rosalind Rupert Sabine Selma Sigrid Tamsin Tobias "
    "Ursula Valerie Vincent Walter Wilma Yvonne"
)
PEOPLE = _PEOPLE_TEXT.split()


Thing = TypeVar("Thing")


def expand(draw: random.Random, text: str) -> str:
    """Replace every {a|b|c} by one of its parts."""
    return re.sub(r"\{([^{}]*\|[^{}]*)\}", lambda found: draw.choice(found.group(1).split("|")), text)


def shuffled(draw: random.Random, things: Iterable[Thing]) -> list[Thing]:
    mixed = list(things)
    draw.shuffle(mixed)
    return mixed


def listed(names: Iterable[str]) -> str:
    words = list(names)
    return ", ".join(words[:-1]) + " and " + words[-1]


def distinct(draw: random.Random, count: int, low: int, high: int, gap: int = 1) -> list[int]:
    """Whole numbers that differ by at least `gap`."""
    found: list[int] = []
    while len(found) < count:
        number = draw.randint(low, high)
        if all(abs(number - other) >= gap for other in found):
            found.append(number)
    return found


def pad(draw: random.Random, sections: list[list[str]], filler: Iterable[str], least: int) -> list[str]:
    """Put filler sentences into the sections (never as the first sentence) until the whole is long enough."""
    rest = shuffled(draw, filler)
    turn = 0
    order = shuffled(draw, range(len(sections)))
    while rest and sum(len(s) + 1 for part in sections for s in part) < least:
        part = sections[order[turn % len(order)]]
        part.insert(draw.randint(1, len(part)), expand(draw, rest.pop()))
        turn += 1
    return [" ".join(part) for part in sections]


# 1 ------------------------------------------------------------------------------------------------------------------

_FARM_FIRST_TEXT = (
    "Alder Barrow Bleak Brock Calder Clay Cold Copper Dun Eller Fallow Fern Gander Gorse Hazel Hollin Hover Jackdaw "
    "Kestrel Kitt Lamb Larch Linnet Lower Mallow March Mill Moss Nettle Nether Oaken Otter Pike Quarry Raven Rowan "
    "Rush Sallow Scar Sedge Shearing Sorrel Stony Tarn Thorn Upper Wether Whin Winter Wren"
)
FARM_FIRST = _FARM_FIRST_TEXT.split()
_FARM_LAST_TEXT = "holt ley side gate shaw wick combe garth mead stead ridge dene"
FARM_LAST = _FARM_LAST_TEXT.split()
_FAMILIES_TEXT = (
    "Ackroyd Airey Atkinson Bainbridge Bellamy Birkett Braithwaite Capstick Carradine Chadwick Cleasby Cragg Dawson "
    "Dinsdale Fawcett Fothergill Garnett Gillibrand Greenhalgh Harker Hesketh Hodgson Iveson Jepson Kearton Kirkbride "
    "Lancaster Lofthouse Metcalfe Milburn Naylor Nuttall Ogden Openshaw Parkinson Pickersgill Pratt Raistrick Redmayne "
    "Scarth Sedgwick Stockdale Sunter Tatham Threlfall Umpleby Verity Wainwright Whitehead Yardley"
)
FAMILIES = _FAMILIES_TEXT.split()
_DOGS_TEXT = (
    "Badger Biscuit Bonny Brandy Cinders Pickle Comet Dandy Dash Domino Duchess Ember Fidget Flash Ginger Gyp Hector "
    "Jess Juno Kipper Laddie Lassie Mabel Meg Midge Mistle Monty Muffin Nell Nipper Patch Pepper Pippin Polka Quill "
    "Rascal Ringo Rusty Sailor Scamp Shadow Skip Smoky Sooty Tansy Tess Toffee Trixie Tyke Whisky"
)
DOGS = _DOGS_TEXT.split()
_FIELD_FIRST_TEXT = (
    "Bean Bell Bird Bramble Bull Calf Candle Chapel Cherry Cuckoo Daisy Dove Fiddle Finch Flax Foal Goose Gravel Hare "
    "Heron Holly Hop Kettle Ladder Lark Lime Magpie Maple Marl Mint Oat Orchard Owl Parson Pear Plover Pond Poplar "
    "Reed Rook Rye Saffron Sand Shepherd Snipe Spring Swallow Turnip Violet Willow"
)
FIELD_FIRST = _FIELD_FIRST_TEXT.split()
FARM_FACTS = {
    "owner": (
        (
            (
                "The land at {farm} belongs to the {value} family, who {took it over from a cousin|bought it at the "
                "end of a long lease|have worked it for generations|came to the valley as tenants}."
            ),
            (
                "{farm} is owned by the {value} family, {quiet people who keep to themselves|known in the valley for "
                "their good hay|who live in the south end of the house|who are seldom seen away from it}."
            ),
            (
                "The owners of {farm} are the {value} family, {three generations under one roof|a household of "
                "five|two brothers and their wives|a couple with grown children}."
            ),
        ),
        ("Which family owns {farm}?", "What is the name of the family that owns {farm}?"),
    ),
    "barn": (
        (
            (
                "The great barn at {farm} was built in {value}, {of stone carted down from the fell|with timber from "
                "the estate wood|by a mason whose mark is still on the lintel|after a fire had taken the old one}."
            ),
            "Over the door of the great barn at {farm} is cut the year in which it was built, {value}.",
            (
                "It was in {value} that the great barn at {farm} was built, {at a time of good wool prices|by two men "
                "and a boy|with a roof of heavy flags|to hold the hay of three farms}."
            ),
        ),
        ("In what year was the great barn at {farm} built?", "When was the great barn at {farm} built?"),
    ),
    "dog": (
        (
            (
                "The sheepdog at {farm} is called {value} and {sleeps in the porch|answers only to a whistle|rides on "
                "the back of the quad bike|is shy of strangers|is fond of children}."
            ),
            (
                "Visitors to {farm} are met by the sheepdog, {value}, who {barks once and then lies down|walks them "
                "to the door|has never been known to bite|inspects every boot}."
            ),
            (
                "The one sheepdog at {farm} goes by the name of {value} and {works the high ground alone|is still "
                "learning the trade|has won a ribbon or two|knows every gap in the walls}."
            ),
        ),
        ("What is the sheepdog at {farm} called?", "What is the name of the sheepdog at {farm}?"),
    ),
    "well": (
        (
            (
                "The well in the yard of {farm} is {value} feet deep and {has never run dry|is covered with an iron "
                "grid|still serves the kitchen|was dug by hand}."
            ),
            (
                "At {farm} the yard well goes down {value} feet, {through clay and then solid rock|to water that is "
                "cold even in August|as we measured with a line and a lead|further than it looks from above}."
            ),
        ),
        ("How many feet deep is the well at {farm}?", "How deep is the well in the yard of {farm}, in feet?"),
    ),
    "field": (
        (
            (
                "The largest field of {farm} is called {value} and {slopes gently to the beck|is mown in the first "
                "week of July|is bordered by a double wall|has a ruined lime kiln in one corner}."
            ),
            (
                "Of all the fields of {farm} the largest is {value}, {a level piece with good soil|which takes a full "
                "day to mow|where the ewes are brought at lambing|which lies along the lane}."
            ),
            (
                "{value} is the name of the largest field of {farm}, {named so on the oldest maps|though nobody knows "
                "why|and it is also the driest|and it is reached by a sunken track}."
            ),
        ),
        ("What is the largest field of {farm} called?", "What is the name of the largest field of {farm}?"),
    ),
}
FARM_FILLER = (
    (
        "The {house|farmhouse|dwelling} has {a low|a wide|an uneven|a steep} roof of {stone flags|grey slate|old "
        "tiles|heavy slabs} and {two|three|four} chimneys, of which {one|only one|the smallest|the tallest} is in use."
    ),
    (
        "The kitchen is {warm|dark|large|bright} and smells of {bread|wood smoke|wet wool|apples|paraffin|coffee}, "
        "and {a clock|a row of boots|an old calendar|a brass lamp} {stands|has its place} beside the "
        "{range|door|window|dresser}."
    ),
    (
        "{A track|A footpath|A rough lane|A green road} leads from the {yard|back gate|house|sheepfold} to {the "
        "moor|the river|the old mine|the next valley|a spinney of birches}, and {walkers|riders|the postman|nobody "
        "much} {use|uses} it {in dry weather|all year round|in summer|at weekends}."
    ),
    (
        "{In winter|After heavy snow|In a hard frost|When the wind is in the east}, the {lane|upper road|yard|track} "
        "is {blocked|treacherous|quite impassable|sheeted with ice} for {days|a week or more|a short time|some "
        "hours}, and {milk|feed|bread|fuel} is brought {on a sledge|by tractor|over the fields|on foot}."
    ),
    (
        "{Swallows|House martins|Owls|Jackdaws|Bats} nest {in the cart shed|under the eaves|in the old dovecote|above "
        "the dairy|behind a loose board}, and {no one|nobody in the house|not even the cat} {disturbs|troubles} them."
    ),
    (
        "The {ewes|heifers|cows|lambs|hens} {looked|seemed|were} {in good condition|well fed|a little thin|calm and "
        "clean} on the day of our visit, which was {wet|bright|windy|cold|misty|warm}."
    ),
    (
        "There is talk of {putting up|replacing|selling|repairing} {the silo|a shed|a polytunnel|the milking "
        "parlour|a wind pump}, but {the money is short|the bank is slow|the plans lie in a drawer|nothing has been "
        "decided}."
    ),
    (
        "{Hay|Silage|Straw|Firewood} is {stacked|stored|kept} in {the lean-to|the open shed|the loft|an old railway "
        "van}, {safe from the rain|well away from the house|up to the rafters|under a green sheet}."
    ),
    (
        "The {garden|orchard|vegetable plot|front lawn} is {small|overgrown|carefully tended|sheltered by a hedge}, "
        "with {leeks|roses|gooseberries|rhubarb|plum trees|beans} along the {wall|path|fence|south side}."
    ),
    (
        "{The walls|The gates|The fences|The hedges} on the {north|south|east|west} side are {in poor repair|newly "
        "mended|very old|sound enough|a credit to their makers}, and {a mile|half a mile|a good length} of them "
        "{runs|climbs} {up to the skyline|along the beck|beside the road}."
    ),
    (
        "{A tractor|A baler|A trailer|A hay rake} of {great age|a make no longer sold|faded red|uncertain origin} "
        "stands {in the nettles|by the gate|under a sycamore|behind the byre} and {still starts|is kept for spares|is "
        "a perch for hens|waits for a buyer}."
    ),
    (
        "We were {given|offered|poured} {tea|cider|buttermilk|strong coffee} and {fruit cake|cheese|oat biscuits|ham "
        "sandwiches|gingerbread} in the {parlour|kitchen|porch|dairy}, and talked of {prices|the weather|old "
        "neighbours|the new road|foxes}."
    ),
    (
        "{The soil|The ground|The turf} here is {thin|heavy|stony|peaty|rich and dark}, good for "
        "{grass|oats|roots|barley} but {hard on machines|slow to drain|late to warm|poor for much else}."
    ),
    (
        "From the {top pasture|yard|gate|bedroom window} one can see {the church tower|the reservoir|three "
        "counties|the quarry|the railway|the far hills}, at least {on clear days|before the leaves are out|towards "
        "evening|in the morning light}."
    ),
    (
        "{Electricity|The telephone|Mains water|A tarred road} came {late|only after a long dispute|sooner than to "
        "the neighbours|by way of the quarry}, and {the older people|the grandparents|some} still {speak of it|praise "
        "it|doubt its worth}."
    ),
    (
        "{Wool|Milk|Eggs|Beef|Honey} is {sold|sent} to {a dealer in town|a cooperative|a wholesaler on the "
        "coast|regular customers}, {at a fair price|for less than it costs|in good years at a profit|more from habit "
        "than for gain}."
    ),
    (
        "{The old stable|The granary|The wash house|The smithy|The pigsty} has become {a workshop|a store for tools|a "
        "garage|a summer room|a playroom}, with {a new floor|a tin roof|whitewashed walls|a stove}."
    ),
    (
        "{Rabbits|Moles|Deer|Crows|Thistles|Rushes} are {a nuisance|a growing trouble|the main complaint|no great "
        "problem} on the {lower|upper|wetter|outlying} land, {as they are everywhere|in spite of every "
        "effort|particularly in spring}."
    ),
    (
        "{A stream|A spring|A small beck|A mill race} runs {past the house|under the yard|through the meadow|beside "
        "the track} and {drives nothing now|keeps the milk cool|is full of cress|feeds a duck pond}."
    ),
    (
        "{Help|Extra help|Some help} is {hired|brought in|needed} {at clipping time|for the hay|at lambing|in the "
        "autumn}, mostly {students|cousins|retired neighbours|a contractor and two men}."
    ),
    (
        "{The accounts|The stock books|The milk records} are kept {in a biscuit tin|on a computer upstairs|in a neat "
        "hand|by an accountant in town}, and {go back|reach back} {a long way|further than anyone remembers|several "
        "decades}."
    ),
    (
        "{An ash|An oak|A walnut tree|A pair of yews|A great lime} {shades|shelters|darkens} the {yard|front "
        "door|cart road|pond}, and {the children have hung a swing there|it drops branches in gales|the bees are fond "
        "of it}."
    ),
    (
        "{Lime|Manure|Slag|Seaweed meal} is {spread|put on} {each autumn|every other spring|when the ground is "
        "hard|as money allows}, and {the grass shows it|the clover has come back|the result is plain to see}."
    ),
    (
        "{Nobody|No one we asked} could tell us {how the farm got its name|who planted the avenue|what the carved "
        "stone means|why the chimney leans}, though {there were several theories|a pamphlet tries to explain it|the "
        "question comes up often}."
    ),
    (
        "{Gates|Doors|Window frames|Carts} are painted {green|dark red|blue|brown|white}, {a custom of the house|as "
        "on few other farms|with paint left over from the school|and freshly so}."
    ),
    (
        "{On market days|In the evenings|On wet afternoons|After church} the {men|women|young people|neighbours} "
        "{gather|meet|sit} {in the cart shed|round the stove|on the wall by the road} and {argue about sheep|mend "
        "harness|play dominoes|say very little}."
    ),
    (
        "{The slope|The bank|The hillside} {behind|above|below} the buildings is {planted with larch|left to "
        "bracken|grazed by ponies|terraced in an old manner}, which {keeps off the wind|pleases the eye|gives some "
        "shelter}."
    ),
    (
        "{Drainage|Fencing|Roofing|Walling} took up {most of last year|the whole of one winter|a good deal of "
        "money|many evenings}, and {more remains to be done|the work is now finished|there is pride in the result}."
    ),
    (
        "{A caravan|A bunkhouse|A camping barn|A holiday cottage} {brings in|earns} {a little money|a useful sum|more "
        "than the sheep do} {in summer|at Easter|during the walking season}."
    ),
    (
        "{The bull|The ram|The old pony|The gander} {is best avoided|has a pen to itself|was bought at a distant "
        "sale|is the children's favourite} and {is led out only by an adult|eats more than its share|will not pass a "
        "puddle}."
    ),
    (
        "{Cheese|Butter|Jam|Black pudding} was once made {in the back kitchen|in the cellar|in the dairy}, and the "
        "{press|churn|copper|marble slab} {is still there|has been polished|is used as a flower stand}."
    ),
    (
        "{Two|Three|A few|Several} {outlying|rented|boggy|steep} {acres|plots|pieces of ground} {are let to a "
        "neighbour|lie across the river|are kept for hay|have gone back to rushes}, {by an agreement never written "
        "down|since the last sale|for want of labour}."
    ),
)


def farm_fact(draw: random.Random) -> Question:
    firsts = shuffled(draw, FARM_FIRST)[:44]
    farms = [first + draw.choice(FARM_LAST) for first in firsts]
    count = len(farms)
    values = {
        "owner": shuffled(draw, FAMILIES)[:count],
        "barn": [str(year) for year in distinct(draw, count, 1702, 1899)],
        "dog": shuffled(draw, DOGS)[:count],
        "well": [str(feet) for feet in distinct(draw, count, 21, 98)],
        "field": [
            first + draw.choice(("croft", "acre", "piece", "close")) for first in shuffled(draw, FIELD_FIRST)[:count]
        ],
    }
    sections = []
    for place, farm in enumerate(farms):
        facts = []
        for fact, (forms, _) in FARM_FACTS.items():
            form = expand(draw, draw.choice(forms))
            facts.append(form.replace("{farm}", farm + " Farm").replace("{value}", values[fact][place]))
        sections.append(shuffled(draw, facts))
    seen: set[str] = set()
    templates = [shuffled(draw, FARM_FILLER) for _ in farms]
    target = draw.randint(36000, 39000)
    size = sum(len(sentence) + 1 for part in sections for sentence in part) + 400
    turn = 0
    while size < target:
        place = turn % count
        turn += 1
        sentence = expand(draw, templates[place].pop())
        if sentence in seen:
            continue
        seen.add(sentence)
        sections[place].insert(draw.randint(1, len(sections[place])), sentence)
        size += len(sentence) + 1
    intro = (
        "A survey of the hill farms of the valley, made on foot over two summers. We called at every farm, asked "
        "the same questions at each, and wrote down what we were told and what we saw."
    )
    asked = draw.choice(list(FARM_FACTS))
    place = draw.randrange(count)
    spared = {values[asked][place]}
    if asked == "well":  # an answer may give the depth in metres as well
        metres = int(spared.copy().pop()) * 0.3048
        spared |= {str(int(metres)), str(round(metres))}
    text = draw.choice(FARM_FACTS[asked][1]).format(farm=farms[place] + " Farm")
    return Question(
        "farm_fact",
        text,
        "\n\n".join([intro] + [" ".join(part) for part in sections]),
        needed=(values[asked][place],),
        wrong=tuple(value for value in values[asked] if value not in spared),
    )


# 2 ------------------------------------------------------------------------------------------------------------------

STAGE_JOBS = (
    (
        (
            "{who} sews everything the actors wear, down to the last button.",
            "Every gown, cloak and waistcoat is cut and stitched by {who}.",
        ),
        ("Who makes the costumes?", "Who is responsible for the costumes?"),
    ),
    (
        (
            "{who} paints the forest and the castle wall that stand behind the actors.",
            "The cardboard castle and the canvas forest at the back of the stage are built by {who}.",
        ),
        ("Who makes the scenery?", "Who is in charge of the scenery?"),
    ),
    (
        (
            "{who} sits in the wings with the script and whispers the line whenever an actor forgets it.",
            "When somebody forgets a line, it is {who} who whispers it from the wings.",
        ),
        ("Who is the prompter?", "Who does the prompting?"),
    ),
    (
        (
            (
                "{who} puts up the posters, writes to the newspapers and looks after the web page, so that people "
                "hear about the play."
            ),
            "That people hear of the play at all is thanks to {who}, who puts up posters and rings the newspapers.",
        ),
        ("Who does the publicity?", "Who is responsible for advertising the show?"),
    ),
    (
        (
            "{who} works the lamps and decides when the stage grows bright or dark.",
            (
                "Whether the stage is bright as noon or dark as midnight is up to {who}, who sits among the lamps and "
                "switches."
            ),
        ),
        ("Who is in charge of the lighting?", "Who does the lighting?"),
    ),
    (
        (
            "{who} keeps the accounts, pays the bills and counts the cash box.",
            "Bills are paid by {who}, who also keeps the accounts and the cash box.",
        ),
        ("Who is the treasurer?", "Who manages the group's finances?"),
    ),
    (
        (
            "{who} plays the piano between the acts and during the dances.",
            "At the piano, between the acts and during the dances, sits {who}.",
        ),
        ("Who provides the music?", "Who is the musician of the production?"),
    ),
    (
        (
            "{who} powders the faces, glues on the beards and pencils in the wrinkles.",
            "Beards are glued on and faces powdered by {who}, who needs an hour before each evening.",
        ),
        ("Who does the make-up?", "Who is the make-up artist?"),
    ),
    (
        (
            "{who} made up the story and put every word of it on paper over two winters.",
            "The story, with all its words, was thought up by {who} over two winters.",
        ),
        ("Who is the playwright?", "Who is the author of the play?"),
    ),
    (
        (
            "{who} sells tea, lemonade and slices of cake in the foyer during the interval.",
            "In the interval {who} stands behind the table in the foyer with tea, lemonade and cake.",
        ),
        ("Who is responsible for the refreshments?", "Who runs the refreshments?"),
    ),
)
STAGE_LINKS = (
    "It is a job that nobody else has ever asked for.",
    "There was some nervousness about this at first, but it has gone well.",
    "That has been so since the group was founded.",
    "A second person would be welcome, but nobody has come forward.",
    "It takes more evenings than one would think.",
    "For this the group has set aside a small sum.",
    "The rest of us are glad not to have to do it.",
    "There has never been a complaint.",
    "Last year this had been done rather in a hurry.",
    "It is unpaid, as everything is with us.",
)
STAGE_FILLER = (
    "We rehearse in the old gymnasium, which is cold until March and stuffy from May.",
    "The play has three acts and lasts a little over two hours with the interval.",
    "Seats are numbered this time, because last year there was pushing at the door.",
    "The hall holds a hundred and forty people if the side benches are used.",
    "The youngest of the cast is nine and has only one sentence to say, but says it loudly.",
    "At the first reading everyone laughed in the right places, which was a good sign.",
    "The curtain sticks on the left side and has to be pulled with some patience.",
    "There will be five performances, the last of them on a Sunday afternoon.",
    "After the final evening we all stay to clear the hall and sweep the floor.",
    "The neighbours have been told that it may be noisy until about half past ten.",
    "The fire exits must be kept free, and nobody may put a bag in front of them.",
    "Parking is behind the hall, and those who live near are asked to walk.",
    "The dress rehearsal is open to families with small children who may not manage the whole evening.",
    "Two of the longer speeches have been cut, and the second act is better for it.",
    "The wooden swords were borrowed from a group in the next town and must go back unbroken.",
    "The trapdoor will not be used, since its hinge is no longer safe.",
    "Everyone is asked to learn the words by Easter at the latest.",
    "We hope for good houses, as the new stage floor has not been paid off.",
)


def stage_fact(draw: random.Random) -> Question:
    jobs = shuffled(draw, STAGE_JOBS)[: draw.randint(8, 10)]
    people = shuffled(draw, PEOPLE)[: len(jobs)]
    links = shuffled(draw, STAGE_LINKS)
    sections = [["To all members: this is how things stand with our summer play, and who is doing what."]]
    for place, ((forms, _), who) in enumerate(zip(jobs, people, strict=True)):
        if place % 2 == 0:
            sections.append([])
        sections[-1].append(draw.choice(forms).format(who=who))
        if draw.random() < 0.7:
            sections[-1].append(links.pop())
    filler = shuffled(draw, STAGE_FILLER)
    while sum(len(s) + 1 for part in sections for s in part) < draw.randint(2250, 2500) and filler:
        # between two jobs, never between a job and the remark about it
        part = draw.choice(sections)
        spots = [i for i in range(len(part) + 1) if i == len(part) or part[i] not in STAGE_LINKS]
        part.insert(draw.choice([i for i in spots if i or part is not sections[0]]), filler.pop())
    place = draw.randrange(len(jobs))
    return Question(
        "stage_fact",
        draw.choice(jobs[place][1]),
        "\n\n".join(" ".join(part) for part in sections),
        needed=(people[place],),
        wrong=tuple(who for who in people if who != people[place]),
    )


# 3 ------------------------------------------------------------------------------------------------------------------

AWAY = (
    "Rang three times, no one came to the door, so the parcel went back into the van.",
    "House dark and silent, no answer to bell or knocker; parcel taken back to the depot.",
    "Nobody in. Left a card and kept the parcel.",
    "The customer was out and no one else in, so I will have to try again tomorrow.",
    "The family is on holiday according to the woman opposite, so I drove on with the parcel.",
    "Customer still at work and the house empty when I called; parcel goes to the collection shop.",
    "Knocked for five minutes at an empty house and gave up.",
    "Everyone had gone out, car missing from the drive, so a card went through the slot.",
    "Waited at the gate, but there was not a soul about; second attempt on Friday.",
    "Customer phoned to say that she lives alone and had just left for the shops; card left at the empty house.",
    "No reply at all, shutters down, parcel carried back to the van.",
    "I stood on the step for some time, but the place was deserted; took the parcel away again.",
    "Missed the customer by an hour, said the gardener next door; the house was locked up.",
    "There was no one to sign, as the whole household was away; parcel returned to the depot.",
)
BROKEN = (
    "Handed over to the customer, who pointed out that one corner of the carton was crushed.",
    "The customer opened it at the door and found the vase inside in pieces.",
    "Customer took it, though the cardboard was torn right along one side.",
    "Liquid had leaked out of the box; the customer accepted it and took a photograph.",
    "The man at the door signed, but noted that the package was dented and squashed.",
    "Received by the wife, who heard glass rattling and found two broken jars.",
    "The carton had got soaked in the van and fell apart as the customer took it.",
    "Customer unpacked the lamp in front of me, and its shade was cracked.",
    "Something heavy had lain on the box and flattened it; the customer kept it all the same.",
    "The wrapping had burst and screws were falling out when I gave it to the customer.",
    "Customer signed with the remark that the mirror had arrived smashed.",
    "A hole had been ripped in the padded bag; the customer took it with a frown.",
)
SMOOTH = (
    "Given to the customer in person, who signed at once.",
    "The grandmother opened the door and took the parcel with thanks.",
    "Customer was waiting at the gate and carried it in himself.",
    "Addressed to the dentist; handed to the receptionist, who stamped the sheet.",
    "Two small parcels, both signed for by the son.",
    "The customer helped me lift the crate into the hall, all in order.",
    "Delivered into the hands of the customer, who offered me a glass of water.",
    "A young woman took it at the door and showed her identity card.",
    "Customer came down in slippers and signed on the screen.",
    "Addressed to the caretaker, who took it in his office and signed the list.",
    "Signed for by the husband, who asked about a second parcel due next week.",
    "The customer came out to the van to fetch it and signed on the bonnet.",
    "Customer paid the charge in cash at the door and got the receipt.",
    "Delivered without trouble; the customer checked the contents and was pleased.",
)
ROUND_TAILS = (
    "The road was slow because of roadworks.",
    "Parked round the corner.",
    "The number is hard to read from the street.",
    "Steep steps up from the pavement.",
    "Light rain at the time.",
    "Gate code as before.",
    "Turned round in the cul-de-sac.",
    "The bell is on the left side.",
    "Narrow lane, van only just fits.",
    "Friendly cat on the wall.",
    "Scaffolding on the house front.",
    "Entrance is at the back.",
    "A long gravel drive.",
    "Traffic was heavy.",
    "The street lamp here does not work.",
)
_STREETS_TEXT = (
    "Acacia Avenue,Beech Lane,Chapel Street,Dyer Street,Elm Grove,Forge Lane,Garden Row,Hawthorn Road,Ivy Close,"
    "Juniper Way,King Street,Laurel Drive,Market Street,North Parade,Orchard Road,Park Crescent,Quince Lane,Ropewalk,"
    "Station Road,Tower Hill,Union Street,Victoria Road,West Street,York Place,Abbey Road,Brook Street,Cedar Close,"
    "Dale Road,East Terrace,Fountain Street"
)
STREETS = _STREETS_TEXT.split(",")


def parcel_count(draw: random.Random) -> Question:
    away, broken, smooth = draw.randint(5, 10), draw.randint(4, 8), draw.randint(8, 12)
    notes = draw.sample(AWAY, away) + draw.sample(BROKEN, broken) + draw.sample(SMOOTH, smooth)
    notes = shuffled(draw, notes)
    streets = shuffled(draw, STREETS)
    lines = [f"{streets[i]} {draw.randint(2, 98)}: {note}" for i, note in enumerate(notes)]
    tailed = shuffled(draw, range(len(lines)))
    tails = shuffled(draw, ROUND_TAILS)
    for i in tailed:
        if tails and (sum(len(line) + 1 for line in lines) < 2150 or draw.random() < 0.2):
            lines[i] += " " + tails.pop()
    text, number = draw.choice(
        (
            ("How many of these deliveries failed because nobody was at home?", away),
            ("At how many stops did the driver find nobody at home?", away),
            ("How many of the parcels arrived damaged?", broken),
            ("In how many of these deliveries was the parcel or its contents damaged?", broken),
        )
    )
    return Question("parcel_count", text, "\n".join(lines), number=number)


# 4 ------------------------------------------------------------------------------------------------------------------

POOL = {
    "temperature": (
        "The water is so chilly that my lips are blue after three lengths.",
        "I shiver from the first minute to the last.",
        "Please turn up the heating of the big basin, one freezes in there.",
        "My children come out with chattering teeth every time.",
        "It feels like jumping into a mountain lake in March.",
        "The baby pool should be warm, but it is barely lukewarm.",
        "After ten minutes my fingers are numb from the cold water.",
        "Even the showers are icy, and the pool is no better.",
        "A degree or two more in the water would make all the difference to old bones like mine.",
        "I had to wear a wetsuit, and that indoors.",
        "The hot tub is not hot; it has cooled down to nothing.",
        "Draughts blow over the benches, and one gets goose bumps while waiting.",
        "The warm-water afternoon was cold again this week.",
    ),
    "cleanliness": (
        "There was hair in every plughole of the showers.",
        "The tiles by the steps are slimy and have green edges.",
        "I found a used plaster floating next to me.",
        "The toilets stank and had plainly not been wiped for days.",
        "The lockers are sticky inside, with old chewing gum in the corners.",
        "Dirty footprints all over the changing room floor.",
        "There is black mould on the ceiling above the showers.",
        "The water was cloudy, and there was scum along the rim.",
        "The bins were overflowing, and the rubbish lay around them.",
        "The mirror is so smeared that one can hardly see oneself in it.",
        "Somebody should scrub the foot bath, it is brown.",
        "The floor of my cubicle was covered with muddy puddles and fluff.",
        "Grime has built up on the handrails; I do not like touching them.",
    ),
    "cost": (
        "A family of four can hardly pay for an afternoon any more.",
        "Four euros for a locker is outrageous.",
        "The season ticket has gone up for the third time in two years.",
        "Why is there no reduction for pensioners?",
        "I would come twice a week if admission were cheaper.",
        "One hour here is dearer than a whole day at the pool in the next town.",
        "The lessons are beyond what we can afford with three children.",
        "I was charged a whole extra hour for being five minutes late.",
        "Even the hairdryer wants a coin now.",
        "For that kind of money I expect more than two basins.",
        "Students should not have to pay the full adult fee.",
        "The evening rate was scrapped, so I now pay double for the same swim.",
        "Renting a towel costs nearly as much as buying one.",
    ),
    "crowding": (
        "There were eleven of us in a single lane.",
        "One cannot swim a length without bumping into somebody.",
        "I queued for twenty minutes before a cubicle became free.",
        "On Saturdays there is no place left on the benches at all.",
        "Please let fewer people in at a time, it is packed.",
        "Two school classes and a club at once leave no space for the rest of us.",
        "The slide has a line of children right down the stairs and out to the café.",
        "I turned round at the entrance when I saw how full it was.",
        "Elbows and feet everywhere; I gave up after two lengths.",
        "All the lockers were taken, and I had to carry my bag about.",
        "In the small basin the toddlers stand shoulder to shoulder.",
        "After work the lanes are jammed, and nobody gets into a rhythm.",
        "There are simply too many swimmers in the water after five o'clock.",
    ),
}
_DAYS_TEXT = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
DAYS = _DAYS_TEXT.split()


def pool_remarks(draw: random.Random) -> Question:
    topics = shuffled(draw, POOL)[: draw.choice((3, 4, 4))]
    while True:
        counts = [draw.randint(10, 13)] + [draw.randint(3, 8) for _ in topics[1:]]
        if 22 <= sum(counts) <= 30 and max(counts[1:]) <= counts[0] - 4:
            break
    remarks = [
        remark for topic, count in zip(topics, counts, strict=True) for remark in draw.sample(POOL[topic], count)
    ]
    remarks = shuffled(draw, remarks)
    shown = shuffled(draw, topics)
    options = ", ".join(shown[:-1]) + " or " + shown[-1]
    lines = [
        f'Card dropped in on {draw.choice(DAYS)} {draw.choice(("morning", "afternoon", "evening"))}: "{remark}"'
        for remark in remarks
    ]
    intro = f"Remarks from the box at the swimming pool this month. Each of them is about {options}."
    text = draw.choice(
        (
            f"What do the visitors complain about most often: {options}?",
            f"Which subject comes up most often in these remarks, {options}?",
            f"Most of the complaints have one cause. Is it {options}?"
            if counts[0] > sum(counts[1:])
            else f"Which of these is the most frequent complaint: {options}?",
        )
    )
    return Question("pool_remarks", text, intro + "\n\n" + "\n".join(lines), needed=(topics[0],), choices=tuple(shown))


# 5 ------------------------------------------------------------------------------------------------------------------

DRIVES = (
    "{who} holds the heavy vehicle licence and is allowed to drive the engine.",
    "{who} passed the engine driver's test in spring and may now drive the engine.",
    "{who} has been one of the drivers of the engine for years.",
    "{who} is cleared to drive the engine, by day and by night.",
    "When a driver for the engine is wanted, {who} may take the wheel.",
)
DRIVES_NOT = (
    "{who} has no heavy vehicle licence and may not drive the engine.",
    "{who} failed the engine driver's test and is therefore not allowed to drive the engine.",
    "{who} is not permitted to drive the engine.",
    "{who} has never taken the engine driver's test, so driving the engine is out of the question.",
    "{who} had to give up driving the engine on account of poor eyesight and is no longer allowed to.",
)
BREATHES = (
    "{who} is trained to wear breathing apparatus.",
    "{who} has completed the breathing apparatus course.",
    "{who} is certified for breathing apparatus.",
    "{who} took the breathing apparatus course last autumn and passed.",
)
BREATHES_NOT = (
    "{who} has not been trained to wear breathing apparatus.",
    "{who} has not done the breathing apparatus course.",
    "{who} has no certificate for breathing apparatus.",
    "{who} had to leave the breathing apparatus course early and is not trained for it.",
)
BRIGADE_FILLER = (
    "Practice is on the first Monday of the month, and those who cannot come are asked to ring beforehand.",
    "The boots that were ordered in January have come, though two pairs are a size too small.",
    "The siren was tested twice and could be heard as far as the sawmill.",
    "The hoses have been dried and rolled up in the tower.",
    "In the last twelve months the brigade was called out nineteen times, mostly to chimney fires and fallen trees.",
    "The new pump is louder than the old one but starts at the first pull.",
    "A shelf for helmets has been put up beside the door.",
    "The open day brought many visitors, and the children were allowed to squirt water at a wooden house.",
    "The roof of the station is to be mended before the autumn.",
    "The county has promised to pay for half of the new radios.",
    "Old jackets can be handed in at the store until the end of the month.",
    "The hydrant by the mill has been repainted and is easy to find again.",
    "Thanks are due to the bakery for the rolls after the long night in August.",
    "The ladder was inspected and found to be in order.",
    "The list of telephone numbers hangs next to the map and must be kept up to date.",
)


def brigade_members(draw: random.Random) -> Question:
    have, lack = draw.randint(4, 7), draw.randint(4, 8)
    people = shuffled(draw, PEOPLE)[: have + lack]
    yes, no = people[:have], people[have:]
    asked = draw.choice(("drive", "breathe"))
    pools: dict[str, list[str]] = {key: [] for key in ("d", "dn", "b", "bn")}
    source = {"d": DRIVES, "dn": DRIVES_NOT, "b": BREATHES, "bn": BREATHES_NOT}

    def form(key: str, who: str) -> str:
        if not pools[key]:
            pools[key] = shuffled(draw, source[key])
        return pools[key].pop().format(who=who)

    sections = []
    for who in shuffled(draw, people):
        other = draw.random() < 0.5
        drives, breathes = (who in yes, other) if asked == "drive" else (other, who in yes)
        sections.append(shuffled(draw, (form("d" if drives else "dn", who), form("b" if breathes else "bn", who))))
    paragraphs = pad(draw, sections, BRIGADE_FILLER, draw.randint(2050, 2500))
    intro = "Volunteer fire brigade: state of the crew and the station at the end of the year."
    text = draw.choice(
        {
            "drive": (
                "Which members of the brigade are allowed to drive the engine?",
                "Who may drive the fire engine? Name all of them.",
                "List everyone who is allowed to drive the engine.",
            ),
            "breathe": (
                "Which members are trained to use breathing apparatus?",
                "Who is trained for breathing apparatus? Name all of them.",
                "List everyone who is trained to wear breathing apparatus.",
            ),
        }[asked]
    )
    return Question("brigade_members", text, "\n\n".join([intro, *paragraphs]), needed=tuple(yes), wrong=tuple(no))


# 6 ------------------------------------------------------------------------------------------------------------------

STALL_FILLER = (
    "It rained until ten, and the awning dripped on the front of the table.",
    "The place next to the flower seller is the best one, because people slow down there.",
    "A class of small children came to look at the glass hive and stayed for half an hour.",
    "Many people wanted to know why the lime blossom tastes so different.",
    "The scales were checked by the inspector and found correct.",
    "A wasp made more trouble than all the bees of the summer.",
    "The new labels with the clover leaf are much admired.",
    "Change ran short towards noon, and the cheese man helped out.",
    "It was hot, and the crowd had gone home by eleven.",
    "The van would not start, so the stall opened late.",
    "A brass band played by the fountain, which was good for trade.",
    "Somebody asked for royal jelly, which we do not make.",
    "The table was set up under the plane tree for the shade.",
    "Several customers brought back their empty glasses, for which we are grateful.",
    "An old beekeeper told us about the hard winters of his youth.",
    "The wind took the price board twice.",
    "A visitor from abroad photographed every label and bought nothing.",
    "Our neighbour at the next stall lent us a second sunshade, which was much needed.",
    "People asked again when the heather honey would be ready, and had to be put off.",
    "The frame with the living bees drew more people than any sign could.",
)
_DATES_TEXT = (
    "On the first Saturday of May|On the third Saturday of May|On Whit Monday|On the second Saturday of June|"
    "On the last Saturday of June|On the first Saturday of July|On the third Saturday of July|At the summer fair|"
    "On the second Saturday of August|On the last Saturday of August|At the harvest festival|"
    "On the third Saturday of September|On the first Saturday of October|At the autumn market"
)
DATES = _DATES_TEXT.split("|")
STALL_MORE = ("We also sold {m} that day.", "On the same day {m} went as well.", "Besides that, {m} were sold.")


def stall_sum(draw: random.Random) -> Question:
    days = draw.randint(8, 11)
    asked, other = draw.choice((("jars of honey", "candles"), ("candles", "jars of honey")))
    places = sorted(draw.sample(range(len(DATES)), days))
    kinds = [[asked] for _ in places]
    lone = draw.sample(range(days), draw.randint(0, 2))
    for i in lone:
        kinds[i] = []
    for i in range(days):
        if not kinds[i] or draw.random() < 0.45:
            kinds[i].append(other)
        if draw.random() < 0.35:
            kinds[i].append(draw.choice(("pots of skin cream", "bags of pollen", "bottles of mead")))
    total = 0
    sections = []
    for i, place in enumerate(places):
        draw.shuffle(kinds[i])
        amounts = []
        for kind in kinds[i]:
            amount = draw.randint(6, 48)
            total += amount if kind == asked else 0
            amounts.append(f"{amount} {kind}")
        first = draw.choice(
            (
                f"{DATES[place]} we sold {amounts[0]}.",
                f"{DATES[place]} {amounts[0]} were sold.",
                f"{DATES[place]} {amounts[0]} found a buyer.",
            )
        )
        sections.append([first, *(draw.choice(STALL_MORE).format(m=more) for more in amounts[1:])])
    paragraphs = pad(draw, [[*s] for s in sections], STALL_FILLER, draw.randint(2200, 2450))
    intro = (
        "Our bee stall this season, day by day. We stood at the market from May to October with honey, candles and a "
        "few other things from the hives, and wrote down in the evening what had been sold."
    )
    outro = (
        "All in all it was a pleasant season. The bees came through the dry weeks better than expected, the stall has "
        "become known, and next year we should like to have a second table and a proper awning."
    )
    text = draw.choice(
        (
            f"How many {asked} were sold altogether?",
            f"What is the total number of {asked} sold this season?",
            f"How many {asked} did we sell in all over the season?",
        )
    )
    return Question("stall_sum", text, "\n\n".join([intro, *paragraphs, outro]), number=total)


# 7 ------------------------------------------------------------------------------------------------------------------

_CAVES_TEXT = (
    "Grimfell Hallowmere Ironmouth Keldhole Lostwater Marrowpit Nightholm Oxgullet Pellgate Ravensthroat Silverdrop "
    "Thunderlow"
)
CAVES = _CAVES_TEXT.split()
CAVE_DEPTH = (
    "The lowest point of {cave} lies {value} metres below the entrance.",
    "{cave} is {value} metres deep.",
    "From the entrance to its lowest point {cave} goes down {value} metres.",
    "The depth of {cave} has been measured as {value} metres.",
)
CAVE_YEAR = (
    "{cave} was first explored in {value}.",
    "{cave} was explored for the first time in {value}.",
    "The first exploration of {cave} took place in {value}.",
    "In {value} {cave} was explored for the first time.",
)
CAVE_FILLER = (
    "The entrance is hidden by ivy and easily missed from the path.",
    "Bats spend the winter in the front chamber, which is closed to visitors at that time.",
    "A rope is needed for the second drop.",
    "The walls of the main passage are covered with a white crust that glitters in lamplight.",
    "After rain the stream in the lower passage rises quickly, and nobody should go in then.",
    "There is a chamber large enough to hold a church.",
    "The crawl near the beginning is tight, and big rucksacks have to be pushed in front.",
    "The air inside is cool in every season.",
    "Bones of bears have been found in a side passage.",
    "A plaque beside the entrance names those who surveyed it.",
    "The key is kept at the farm below, and a small fee is asked.",
    "Some fine pillars stand near the end, and they must not be touched.",
    "Blind white shrimps live in the pool at the bottom.",
    "The way up from the road takes about an hour and is steep.",
    "Ladders of steel have replaced the old wooden ones.",
    "Beginners are taken in small groups, with a guide in front and another behind.",
    "The echo in the round hall is famous.",
    "Mud makes the floor slippery, and good boots are a must.",
    "A boulder blocks the eastern branch, and nobody knows what is behind it.",
    "Smugglers are said to have kept barrels here, but there is no proof of it.",
    "Part of the roof came down long ago, and the path now leads round the heap.",
    "In a dry summer one can walk where there is otherwise a lake.",
)


def cave_extreme(draw: random.Random) -> Question:
    caves = shuffled(draw, CAVES)[: draw.randint(6, 9)]
    depths = distinct(draw, len(caves), 45, 480, 9)
    years = distinct(draw, len(caves), 1823, 1994, 3)
    sections = []
    for cave, depth, year in zip(caves, depths, years, strict=True):
        facts = shuffled(
            draw,
            (
                draw.choice(CAVE_DEPTH).format(cave=cave, value=depth),
                draw.choice(CAVE_YEAR).format(cave=cave, value=year),
            ),
        )
        opening = draw.choice(
            (
                (
                    f"{cave} lies {{on the north side of the ridge|above the old quarry|in a beech wood|at the head "
                    f"of the gorge}}."
                ),
                (
                    f"{cave} is {{a cave for people with some practice|a cave well known to climbers|a favourite with "
                    f"students|a quiet and little visited cave}}."
                ),
                (
                    f"The cave of {cave} {{opens at the foot of a cliff|is reached by a path through the "
                    f"pasture|begins with a wide porch|can be seen from the railway}}."
                ),
            )
        )
        sections.append([expand(draw, opening), *facts])
    paragraphs = pad(draw, sections, CAVE_FILLER, draw.randint(2080, 2400))
    intro = "The caves of the limestone ridge: short descriptions for those who would like to go underground."
    text, best = draw.choice(
        (
            ("Which of the caves is the deepest?", depths.index(max(depths))),
            ("Which is the shallowest of the caves?", depths.index(min(depths))),
            ("Which of the caves was explored first?", years.index(min(years))),
            ("Which cave was the most recent to be explored for the first time?", years.index(max(years))),
        )
    )
    return Question(
        "cave_extreme", text, "\n\n".join([intro, *paragraphs]), needed=(caves[best],), choices=tuple(caves)
    )


# 8 ------------------------------------------------------------------------------------------------------------------

_KAYAKS_TEXT = "Avocet Bittern Cormorant Dipper Eider Fulmar Gannet Kittiwake Merganser Pintail Shearwater Teal"
KAYAKS = _KAYAKS_TEXT.split()
KAYAK_FILLER = (
    "The seat can be moved forwards and backwards without a tool.",
    "The hatch at the rear is large enough for a sleeping bag.",
    "It keeps its course well in a side wind.",
    "Beginners feel safe in it after a few minutes.",
    "The hull has a slight keel and turns willingly.",
    "Carrying handles are fixed at both ends and lie well in the hand.",
    "The foot rests are made of metal and do not slip.",
    "It is sold in yellow, red and a dark green.",
    "A spray deck is to be had separately.",
    "The rim of the cockpit is padded on the inside.",
    "Two elastic straps on the deck hold a map or a bottle.",
    "The paddle is not included.",
    "After a season of hard use ours shows only a few scratches.",
    "It is best suited to lakes and slow rivers.",
    "In waves it stays dry for a long time.",
    "The makers give a guarantee of some years on the hull.",
    "A rudder can be fitted later on.",
    "Tall people have enough room for their knees.",
    "It fits on an ordinary roof rack.",
    "The drain plug is within easy reach.",
    "The colour fades a little if the boat is left in the sun.",
    "Anglers like it because of its steadiness.",
)


def kayak_compare(draw: random.Random) -> Question:
    count = draw.randint(6, 8)
    asked = draw.choice((2, 3))
    while True:
        boats = shuffled(draw, KAYAKS)[:count]
        loads = distinct(draw, count, 92, 188, 4)
        prices = distinct(draw, count, 415, 985, 12)
        named = draw.sample(range(count), asked)
        needed = {str(values[i]) for values in (prices, loads) for i in named}
        wrong = {str(values[i]) for values in (prices, loads) for i in range(count) if i not in named}
        gaps = {str(abs(values[i] - values[j])) for values in (prices, loads) for i in named for j in named}
        if not wrong & (needed | gaps):
            break
    sections = []
    for boat, load, price in zip(boats, loads, prices, strict=True):
        facts = shuffled(
            draw,
            (
                draw.choice(
                    (
                        f"The {boat} carries a load of up to {load} kilograms.",
                        f"The maximum load of the {boat} is {load} kilograms.",
                        f"No more than {load} kilograms may be loaded into the {boat}.",
                    )
                ),
                draw.choice(
                    (
                        f"The {boat} costs {price} euros.",
                        f"The price of the {boat} is {price} euros.",
                        f"In the shop the {boat} is to be had for {price} euros.",
                    )
                ),
            ),
        )
        opening = draw.choice(
            (
                (
                    f"The {boat} is {{a slim boat for longer tours|a broad and steady boat|a short boat that is easy "
                    f"to store|an all-rounder}}."
                ),
                (
                    f"We paddled the {boat} {{on a windy lake|for a whole afternoon|down a small river|on a calm "
                    f"morning}}."
                ),
            )
        )
        sections.append([expand(draw, opening), *facts])
    paragraphs = pad(draw, sections, KAYAK_FILLER, draw.randint(2080, 2450))
    intro = (
        "Single kayaks for this season, tried out by our readers. All the boats were paddled on the same stretch of "
        "water and by people of different size and skill. The prices are those of an ordinary shop, without any "
        "discount, and the loads are those stated by the makers. Boats that leaked or were not delivered in time have "
        "been left out."
    )
    names = listed("the " + boats[i] for i in named)
    text = draw.choice(
        (
            f"How do {names} compare in price and maximum load?",
            f"What do {names} cost, and what is the maximum load of each?",
            f"Please compare {names} by price and by maximum load.",
        )
    )
    pairs = [str(v) for i in named for v in (prices[i], loads[i])]
    others = [str(v) for i in range(count) if i not in named for v in (prices[i], loads[i])]
    return Question("kayak_compare", text, "\n\n".join([intro, *paragraphs]), needed=tuple(pairs), wrong=tuple(others))


# 9 ------------------------------------------------------------------------------------------------------------------

_WATERS_TEXT = (
    "Alder Lake,Blackwater,Crane Pond,Dune Lake,Eel Brook,Fox Weir,Green Reach,Heron Bank,Long Mere,Otter Bend"
)
WATERS = _WATERS_TEXT.split(",")
CLUB_FILLER = (
    "The minutes of the last meeting were read and approved.",
    "The yearly fee stays as it is.",
    "The stock of young trout will be renewed in April.",
    "The hut by the water needs a new roof, and offers are to be obtained.",
    "Members were reminded to enter every catch on their cards.",
    "The children's fishing day is to be held again in June.",
    "It was complained that litter is left on the bank, and a clearing day was agreed.",
    "The boat has been tarred and may be used again.",
    "The close season for pike will be kept strictly.",
    "Three new members were welcomed with applause.",
    "A proposal to ban barbed hooks found no majority.",
    "Cormorants were discussed at length, without a result.",
    "The landing stage will be repaired by volunteers before Easter.",
    "The competition in September brought fine weather and few fish.",
    "The water was tested and found to be clean.",
    "The meeting closed with a supper of smoked eel.",
    "Night fishing remains forbidden, except on the two Saturdays in August.",
    "The key to the gate has been changed, and copies are to be had.",
)
CLUB_OFFICES = (
    "{who} was elected {office} without a vote against.",
    "The members elected {who} as {office}.",
    "As {office} the meeting elected {who}.",
    "{who} was voted in as {office} by a clear majority.",
    "The new {office} is {who}, who was elected in a secret ballot.",
)


def club_minutes(draw: random.Random) -> Question:
    clubs = shuffled(draw, WATERS)[: draw.randint(4, 6)]
    names = shuffled(draw, PEOPLE)
    asked = draw.choice(("treasurer", "secretary", "water bailiff"))
    needed: list[str] = []
    wrong: list[str] = []
    documents: list[str] = []
    size = draw.randint(540, 640)
    for club in clubs:
        sentences = []
        forms = shuffled(draw, CLUB_OFFICES)
        for office in shuffled(draw, ("chair", "treasurer", "secretary", "water bailiff")):
            who = names.pop()
            (needed if office == asked else wrong).append(who)
            sentences.append(forms.pop().format(who=who, office=office))
        title = f"{club} Angling Club: minutes of the annual meeting"
        opening = expand(
            draw,
            (
                "The meeting was {held in the back room of the sawmill|held in the boathouse|held in the parish "
                "hall|opened at half past seven}, with {more than thirty|about twenty|some forty|eighteen} members "
                "present."
            ),
        )
        filler = shuffled(draw, CLUB_FILLER)
        while len(title) + len(opening) + sum(len(s) + 1 for s in sentences) < size:
            extra = filler.pop()
            if extra.startswith("The minutes"):
                sentences.insert(0, extra)
            elif extra.startswith("The meeting closed"):
                sentences.append(extra)
            else:
                low = 1 if sentences[0].startswith("The minutes") else 0
                high = len(sentences) - (1 if sentences[-1].startswith("The meeting closed") else 0)
                sentences.insert(draw.randint(low, high), extra)
        documents.append(f"{title}\n\n{opening} " + " ".join(sentences))
    text = draw.choice(
        (
            f"Who was elected {asked} in each of the clubs?",
            f"Who is the {asked} of each club?",
            f"Name the newly elected {asked} of every club.",
        )
    )
    return Question("club_minutes", text, documents, needed=tuple(needed), wrong=tuple(wrong))


# 10 -----------------------------------------------------------------------------------------------------------------

_CHEESES_TEXT = "Arvel Bronsk Corbet Dorrin Ellmar Fontaly Gruvel Hestor Maronne Tolvin"
CHEESES = _CHEESES_TEXT.split()
_CELLARS_TEXT = "Anchor Bell Crown Dragon Eagle Falcon Griffin Lantern Rose Star"
CELLARS = _CELLARS_TEXT.split()
DAIRY_FILLER = (
    "The milk comes from nine farms, all of them within sight of the dairy.",
    "Salt is rubbed in by hand, as it always was.",
    "The floor is hosed down each evening, and the drains are checked.",
    "Visitors must wear a coat and a cap.",
    "The copper vats are older than anyone who works here.",
    "Whey goes to the pigs of a neighbour, who pays with ham.",
    "The shop by the gate is open in the mornings.",
    "Boards of spruce are used, because they take up the moisture.",
    "In a dry summer the milk is richer, and the wheels come out smaller.",
    "A wheel that does not ring true under the hammer is set aside.",
    "Deliveries are loaded at the ramp behind the house.",
    "The brine is renewed a little at a time and never all at once.",
    "A prize from the county show hangs over the door of the office.",
    "The rind is brushed rather than washed.",
    "The lorry takes the narrow gate only when driven by someone patient.",
    "The smell of the place stays in one's clothes for days.",
    "New shelves have been ordered from the joiner.",
    "Cats are not allowed past the yard, though they try.",
)


def cheese_keeper(draw: random.Random) -> Question:
    count = draw.randint(5, 7)
    cheeses, cellars, people = (shuffled(draw, names)[:count] for names in (CHEESES, CELLARS, PEOPLE))
    years = distinct(draw, count, 1781, 1938)
    first, second = [], []
    sorts = shuffled(
        draw,
        (
            "a hard cheese with a nutty taste",
            "a mild cheese with small holes",
            "a sharp cheese for those who like it strong",
            "a creamy cheese with a thin rind",
            "a crumbly cheese that goes well with pears",
            "a smoked cheese with a dark crust",
            "a goat's cheese rolled in ash",
            "a blue cheese with fine veins",
        ),
    )
    for cheese, cellar in zip(cheeses, cellars, strict=True):
        opening = f"The {cheese} is {sorts.pop()}."
        where = draw.choice(
            (
                (
                    f"The {cheese} matures in the {cellar} cellar {{for half a year|for ten weeks|until spring|for a "
                    f"full year}}."
                ),
                f"Once salted, the {cheese} is taken to the {cellar} cellar to mature.",
                f"The wheels of the {cheese} lie in the {cellar} cellar until they are ripe.",
            )
        )
        first.append([opening, expand(draw, where)])
    for cellar, who, year in zip(cellars, people, years, strict=True):
        facts = [
            draw.choice(
                (
                    f"The {cellar} cellar is looked after by {who}.",
                    f"{who} looks after the {cellar} cellar.",
                    f"In the {cellar} cellar it is {who} who looks after everything.",
                )
            ),
            draw.choice(
                (f"The {cellar} cellar was dug in {year}.", f"It was in {year} that the {cellar} cellar was dug.")
            ),
        ]
        second.append(shuffled(draw, facts))
    draw.shuffle(second)
    place = draw.randrange(count)
    order = shuffled(draw, first)
    paragraphs = pad(draw, order + second, DAIRY_FILLER, draw.randint(1950, 2350))
    intro = (
        "How our dairy works: a sheet for new hands. The first part is about the cheeses, the second about the "
        "cellars they mature in."
    )
    cheese = cheeses[place]
    if draw.random() < 0.6:
        text = draw.choice(
            (
                f"Who looks after the cellar in which the {cheese} matures?",
                f"The {cheese} matures in one of the cellars. Who looks after that cellar?",
            )
        )
        values = people
    else:
        text = draw.choice(
            (
                f"In what year was the cellar dug where the {cheese} matures?",
                f"When was the cellar dug in which the {cheese} matures?",
            )
        )
        values = [str(year) for year in years]
    return Question(
        "cheese_keeper",
        text,
        "\n\n".join([intro, *paragraphs]),
        needed=(values[place],),
        wrong=tuple(value for value in values if value != values[place]),
    )


KINDS = {
    made.__name__: made
    for made in (
        farm_fact,
        stage_fact,
        parcel_count,
        pool_remarks,
        brigade_members,
        stall_sum,
        cave_extreme,
        kayak_compare,
        club_minutes,
        cheese_keeper,
    )
}
