"""The answer of a run: what its turns give, and what stands for it in the journal.

Pure functions over what a turn came to, the same for a run that goes on and for one on record that is replayed.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_rlm.journal.entries import Entry
from langchain_rlm.journal.reading import recorded_cells, refused_answers
from langchain_rlm.repl.protocol import Ended
from langchain_rlm.repl.replies import ParsedReply

DRAFT = re.compile(r"\banswer\b")
"""The variable, in the code of a cell."""
NOTHING = (None, "")
"""Values that are not an answer, except when code calls FINAL with them."""


@dataclass(frozen=True)
class Given:
    """An answer that a turn gives."""

    value: Any
    is_name: bool = False
    """The value is the name of the variable that holds the answer."""
    stop_reason: str = "answered"

    def held(self, found: tuple[Any] | None) -> "Given | None":
        """The answer that a name stands for, from what the REPL knows by it."""
        return None if found is None or found[0] in NOTHING else Given(found[0])


def given(reply: ParsedReply, ended: Ended | None, *, is_last: bool) -> Given | None:
    """What a turn gives as an answer when it is over.

    Bare text beside cells was written before their output was seen, so it counts on the last turn only, unless it names
    a variable. Prose counts as an answer when no code is asked for any more.

    Args:
        reply: What the root model said.
        ended: How the last cell that ran ended; None when no cell ran.
        is_last: It is the reserved last turn.
    """
    if ended is not None and ended.final is not None:
        return Given(ended.final[0])
    final = reply.final
    if reply.cells and (ended is None or ended.error is not None or not (is_last or (final and final.variable))):
        return None
    if final is not None:
        return Given(final.text, final.variable) if final.variable or final.text else None
    return Given(reply.prose, stop_reason="no_code") if reply.prose and not reply.cells else None


def newest_refused(journal: Sequence[Entry]) -> tuple[Any, bool]:
    """The newest answer to a question that was given and refused, or None; whether `answer` may hold a newer one.

    Args:
        journal: The entries since the question.
    """
    taken_back = [(place, value) for place, value in refused_answers(journal) if value not in NOTHING]
    place, refused = taken_back[-1] if taken_back else (-1, None)
    cells = list(recorded_cells(journal))
    is_newest = place >= 0 and not any(DRAFT.search(cell.code) for cell in cells if cell.place > place)
    return refused, not is_newest and not all(cell.is_lost for cell in cells)


def as_text(value: Any) -> str:
    """An answer as text: a string as it is, other plain data as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def digest(text: str) -> str:
    """The hash that stands for an answer in the journal."""
    return hashlib.sha256(text.encode()).hexdigest()
