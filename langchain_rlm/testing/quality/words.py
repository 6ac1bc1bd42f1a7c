"""The drawer of words that all tasks share: things by kind, things by description, made-up names, empty sentences."""

# ruff: noqa: SIM905  # words are easier to read in one string
from collections.abc import Iterator
from random import Random

THINGS: dict[str, tuple[str, ...]] = {
    "animal": (
        "otter", "badger", "heron", "lynx", "hedgehog", "walrus", "beaver", "ferret", "donkey", "raven", "toad",
        "moose",
    ),
    "fruit": (
        "pear", "plum", "cherry", "apricot", "melon", "fig", "peach", "mango", "quince", "raspberry", "grape", "papaya",
    ),
    "tool": (
        "hammer", "chisel", "spanner", "screwdriver", "trowel", "mallet", "crowbar", "axe", "sickle", "drill", "wrench",
        "shovel",
    ),
    "vehicle": (
        "tractor", "bicycle", "tram", "lorry", "scooter", "wagon", "motorcycle", "helicopter", "canoe", "sledge", "bus",
        "taxi",
    ),
    "instrument": (
        "violin", "trumpet", "flute", "cello", "harp", "accordion", "oboe", "banjo", "clarinet", "tuba", "bassoon",
        "mandolin",
    ),
    "garment": (
        "scarf", "jacket", "apron", "glove", "waistcoat", "jersey", "cardigan", "kilt", "shawl", "cloak", "bonnet",
        "blouse",
    ),
}  # fmt: skip
"""Things by the kind that they are of. No text of a task names a kind; a reader has to know it."""
KIND_OF = {thing: kind for kind, things in THINGS.items() for thing in things}
DESCRIBED = {
    "giraffe": "the animal with the longest neck", "elephant": "the heaviest animal on land",
    "camel": "the animal whose humps are full of fat", "penguin": "the black and white bird that swims and cannot fly",
    "owl": "the bird that hunts at night", "bee": "the insect that makes honey",
    "spider": "the creature that weaves webs", "snail": "the creature that carries its house",
    "lemon": "the sour yellow fruit", "banana": "the bent yellow fruit", "pumpkin": "the vegetable of Halloween",
    "carrot": "the orange root that rabbits like", "onion": "the vegetable that makes cooks cry",
    "umbrella": "what keeps the rain off a walker", "compass": "what always points north",
    "ladder": "what one climbs rung by rung", "candle": "what burns down with wax and a wick",
    "piano": "the instrument with eighty-eight keys", "drum": "the instrument that is beaten with sticks",
    "anchor": "what holds a ship", "kite": "the toy that flies on a string", "clock": "what tells the hours",
    "mirror": "what shows you your own face", "crown": "the golden ring of a king",
    "telescope": "what brings the stars closer", "thermometer": "what measures a fever",
}  # fmt: skip
"""Things, each with words that mean it and that no text of a task has."""
RIVERS = (
    "Leda", "Orva", "Tessin", "Malk", "Ruhn", "Isenach", "Dorle", "Quarn", "Velse", "Brahe", "Ondra", "Sille", "Garve",
    "Nessa", "Ulme", "Warda", "Kinne", "Pleiss", "Jarle", "Elbing",
)  # fmt: skip

_STARTS = "Ar Bel Bran Cor Dal Dor El Fal Fen Gar Gil Hal Hol Il Jor Kel Kol Lan Lor Mal Mer Nor Ol Or Pel Quin".split()
_MIDDLES = "va de li mo ra ske thu ba ne so ti gu wa len dri fo na pel ro zu mi ca hel".split()
_ENDS = "by dorf fell gard holm low mere nes rup stad tun vik worth thorpe lund dale mouth wick berg croft".split()
_FIRST = (
    "Ada Anton Berta Bruno Clara Cyril Dora Emil Edith Felix Frida Gregor Hanna Hugo Ida Ivo Johanna Karl Klara Leo "
    "Lotte Magnus Marta Nils Nora Oskar Olga Paul Paula Rosa Ruben Selma Simon Thea Theo Ursula Viktor Vera Walter"
).split()
_WHO = (
    "the clerk|the night porter|a cousin of the baker|the second assistant|our teacher|the man from the archive|"
    "the woman at the counter|a retired judge|the youngest of the sisters|the gardener|a guest from abroad|the editor"
).split("|")
_DID = (
    "put the folded letter under a heap of papers|waited until the kettle had gone quiet|"
    "read the whole notice aloud, slowly and twice|closed both shutters and lit the lamp|"
    "asked for another cup and a slice of bread|walked once round the square without a hat|"
    "wrote two lines and crossed out the second one|counted the chairs and found one too many|"
    "moved the table a little nearer to the stove|spoke of the weather, as everybody did|"
    "left the basket on the stairs and forgot it|hummed a tune that no one could place"
).split("|")
_WHEN = (
    "before the shop had opened|while the others were still asleep|on the way home|after a long silence|"
    "because the train was late|as soon as the bell had rung|in spite of the cold|without saying a word|"
    "when the fog had lifted|for the third day in a row|as if nothing had happened|shortly before supper"
).split("|")


def sentence(rng: Random) -> str:
    """A sentence that says nothing of any task: no number, no name, no thing that is asked for."""
    who, did, when = rng.choice(_WHO), rng.choice(_DID), rng.choice(_WHEN)
    if rng.random() < 0.5:
        return f"{when[0].upper()}{when[1:]}, {who} {did}."
    return f"{who[0].upper()}{who[1:]} {did} {when}."


def names(rng: Random) -> Iterator[str]:
    """Made-up names of places, none twice."""
    given = set[str]()
    while True:
        name = rng.choice(_STARTS) + rng.choice(_MIDDLES) + rng.choice(_MIDDLES) + rng.choice(_ENDS)
        if name not in given:
            given.add(name)
            yield name


def persons(rng: Random) -> Iterator[str]:
    """Made-up names of persons, none twice."""
    return (f"{rng.choice(_FIRST)} {name}" for name in names(rng))


def a(thing: str) -> str:
    """A thing with its article."""
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """Words as a reader lists them."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]
