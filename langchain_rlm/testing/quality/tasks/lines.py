"""Lines that name things, each with a day and a user: what the tasks share that judge every line, as OOLONG's do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from langchain_rlm.testing.quality.words import THINGS, a, listed

FIRST_DAY, DAYS = date(2022, 1, 1), 1_215
"""Forty months."""
LABELS = tuple(THINGS)
NAMED = {"instrument": "a musical instrument"}
INTRODUCED = (
    "Each line names one thing: an animal, a fruit, a tool, a vehicle, a musical instrument or a garment. The bars "
    "part the date, the user and the text. "
)
_HEAD, _FOOT = "The lines: date | user | text\n\n", "\n\nThat is the end of the lines.\n"
_TEXTS = (
    "On the postcard that came this morning one can see {} and a grey sky.",
    "My neighbour dreamt of {} last night and talked about it at breakfast.",
    "There is {} in the second picture, next to a window with blue glass.",
    "The children drew {} on the pavement, and the rain washed it off again.",
    "For the stamp of our club we settled on {}, in black on white paper.",
    "Somebody carved {} into the bench behind the station with his knife.",
    "The story in the evening paper is about {} and a very patient clerk.",
    "He pointed at {} and asked what the word for it was in our language.",
    "In the riddle of the week it was {}, and nobody had guessed it.",
    "She embroidered {} on the corner of the cloth that lay on the table.",
    "The film ends with {} in the fog, and then all the lights go on again.",
    "They could not agree how one spells {} and let it be for today.",
    "When I closed my eyes I saw {}, for no reason that I could think of.",
    "The guest had bought {} at the market and would not say what it cost.",
    "Our teacher laid {} on her desk and told us to describe it in ten words.",
    "Half of the class took it for {}, the other half did not look at all.",
)


@dataclass(frozen=True)
class Line:
    """A line and what is true of it."""

    day: date
    user: str
    label: str
    text: str

    @property
    def month(self) -> str:
        """Year and month."""
        return f"{self.day:%Y-%m}"


def draw_lines(rng: Random, size: int, most_users: int | None = None) -> list[Line]:
    """Lines in no order, with labels and users some of which are much more common than others."""
    weights = [0.1 + rng.random() ** 2 for _ in LABELS]
    left = size - len(_HEAD) - len(_FOOT)
    ids = [str(each) for each in rng.sample(range(10_000, 100_000), min(most_users or 20_000, max(8, left // 350)))]
    common = ids[: max(3, len(ids) // 3)]
    lines = list[Line]()
    while left > 50:  # half a line
        day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        user = rng.choice(common if rng.random() < 0.8 else ids)
        (label,) = rng.choices(LABELS, weights)
        said = rng.choice(_TEXTS).format(a(rng.choice(THINGS[label])))
        lines.append(Line(day, user, label, f"{day:%b %d, %Y} | {user} | {said}"))
        left -= len(lines[-1].text) + 1
    return lines


def written(lines: Sequence[Line]) -> str:
    """The text of the task."""
    return _HEAD + "\n".join(line.text for line in lines) + _FOOT


def named(label: str, *, is_searchable: bool) -> str:
    """What lines of a label name; with all the words for it, by which one can search."""
    kind = NAMED.get(label, a(label))
    return f"{kind} ({listed(THINGS[label], 'or')})" if is_searchable else kind


def common_labels(lines: Sequence[Line]) -> list[str]:
    """The labels that occur, the most common one first."""
    return [label for label, _ in Counter(line.label for line in lines).most_common()]
