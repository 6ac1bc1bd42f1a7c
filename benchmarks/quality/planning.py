"""How the reader chooses a plan from a menu: by the question, of ready programs that it knows from their purposes."""

import re
from collections.abc import Sequence

from benchmarks.quality.answers import asked_in
from langchain_rlm.testing.quality.words import THINGS

_WAY = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_PURPOSES = {"count": "How many there are", "compare": "How many there are"}
_OTHERWISE = "Who, what, when"


def choice(texts: Sequence[str]) -> str | None:
    """The number of a way, with its parameters; None when the texts are no menu."""
    if "\nThe ways:\n" not in texts[0]:
        return None
    asked = asked_in(texts[-1])
    kind = asked[0].kind if asked else ""
    purpose = _PURPOSES.get(kind, _OTHERWISE)
    number = next((number for number, told in _WAY.findall(texts[0]) if told.startswith(purpose)), "1")
    return f"{number}; labels: {', '.join(THINGS)}" if kind == "compare" else number
