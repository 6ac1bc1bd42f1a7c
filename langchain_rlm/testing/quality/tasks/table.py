"""A table to build: some places among many, each in a document of its own, by three properties."""

from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn, documents
from langchain_rlm.testing.quality.tasks.lines import LABELS, NAMED
from langchain_rlm.testing.quality.words import THINGS, a, listed, names, persons

A_DOCUMENT = 480
"""Characters, about."""
COLUMNS = ("population", "mayor", "founded")
_PLAIN = {
    "population": "The population of {} is {}.", "mayor": "The mayor of {} is {}.", "founded": "{} was founded in {}.",
    "emblem": "The emblem of {} is {}.",
}  # fmt: skip
_OTHER = {
    "population": "In {} live {} people.", "mayor": "The council of {} is led by {}.",
    "founded": "In {} the first houses were built in {}.", "emblem": "The shield of {} shows {}.",
}  # fmt: skip


def table(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """The rows of some places."""
    count = max(6, size // A_DOCUMENT)
    asked = min(8, max(3, count // 4))
    target, *others = rng.sample(LABELS, len(LABELS))
    places, people = names(rng), persons(rng)
    rows, told = dict[str, dict[str, str]](), list[list[str]]()
    for number in range(count):
        place = next(places)
        population, founded = f"{rng.randint(300, 90_000):,}", str(rng.randint(900, 1900))
        rows[place] = {"population": population, "mayor": next(people), "founded": founded}
        thing = rng.choice(THINGS[target if number < asked else rng.choice(others)])
        form = _PLAIN if is_searchable else _OTHER
        facts = [form[key].format(place, value) for key, value in {**rows[place], "emblem": a(thing)}.items()]
        told.append(rng.sample(facts, len(facts)))
    wanted = [*rows][:asked]
    gold = {"columns": [*COLUMNS], "rows": {place: rows[place] for place in wanted}}
    evidence = tuple(fact for few in told[:asked] for fact in few)
    rng.shuffle(told)
    which = f"these places: {listed(wanted)}" if is_searchable else f"every place with {_a(target)} on its coat of arms"
    question = (
        f"Make a table of {which}. Answer with "
        '"Answer:" and below it a line for each, as name | population | mayor | founded, without a head.'
        if is_searchable
        else f"Make a table of {which}: its size in inhabitants, its head, the year of its beginning. Answer with "
        '"Answer:" and below it a line for each, as name | size | head | beginning, without titles.'
    )
    return Drawn(question, documents(rng, told, size), gold, evidence)


def _a(label: str) -> str:
    return NAMED.get(label, a(label))
