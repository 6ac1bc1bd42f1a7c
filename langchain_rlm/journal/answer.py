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
"""Values that are not an answer."""


@dataclass(frozen=True)
class Given:
    """An answer that a turn gives."""

    value: Any
    is_name: bool = False
    """The value is the name of the variable that holds the answer."""
    may_be_word: bool = False
    """Without that variable, the name is the answer itself."""
    is_prose: bool = False
    """It was said, not given."""

    def held(self, found: tuple[Any] | None) -> "Given | None":
        """The answer that a name stands for, from what the REPL knows by it."""
        if found is None:
            return Given(self.value, is_prose=self.is_prose) if self.may_be_word else None
        return None if self.is_prose else _taken(found[0])  # a name said alone is no answer


def given(reply: ParsedReply, ended: Ended | None, *, is_last: bool) -> Given | None:
    """What a turn gives as an answer when it is over; `ended` is how its last cell did.

    Bare text beside cells was written before their output was seen, so it counts on the last turn only, unless it names
    a variable. Prose, too, counts on the last turn alone.
    """
    if ended is not None and ended.final is not None:
        return _taken(ended.final[0])
    final = reply.final
    if reply.cells and (ended is None or ended.error is not None or not (is_last or (final and final.variable))):
        return None
    if final is not None:
        if final.variable or final.is_code:
            return Given(final.text, is_name=True, may_be_word=final.may_be_word)
        return _taken(final.text)
    if not is_last or not reply.prose or reply.cells or reply.holds_code:
        return None
    may_be_name = reply.prose.isidentifier()
    return Given(reply.prose, is_name=may_be_name, may_be_word=may_be_name, is_prose=True)


def _taken(value: Any) -> Given | None:
    """A value as an answer, when there is something in it; of the draft in `answer`, what it holds."""
    if isinstance(value, dict) and value.keys() == {"content", "ready"}:
        value = value["content"]
    return None if value is None or (isinstance(value, str) and not value.strip()) else Given(value)


def newest_refused(journal: Sequence[Entry]) -> tuple[Any, bool]:
    """The newest answer since a question that was refused, or None; whether `answer` may hold a newer one."""
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
