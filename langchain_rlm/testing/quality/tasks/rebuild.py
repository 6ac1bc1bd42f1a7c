"""A list and a log of changes to it: the list as it is in the end, a long output that has to be right throughout."""

from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn, mixed
from langchain_rlm.testing.quality.words import names

OF_LIST, OF_LOG = 0.15, 0.4
"""Shares of the text; the rest says nothing."""
_FORM = 'Answer with "Answer:" and below it one entry a line, from top to bottom.'
_PLAIN = {
    "insert": "edit: put {} after {};", "remove": "edit: remove {};", "rename": "edit: rename {} to {};",
    "top": "edit: move {} to the top;",
}  # fmt: skip
_TOLD = {
    "insert": "{} now follows {}.", "remove": "Nobody needs {} any longer.", "rename": "{} is called {} from today.",
    "top": "{} goes first now.",
}  # fmt: skip


class _Linked:
    """A list in which a change takes the same time wherever it is."""

    def __init__(self, entries: list[str]) -> None:
        self.after = dict(zip(["", *entries], [*entries, ""], strict=True))
        self.before = {after: entry for entry, after in self.after.items()}

    def insert(self, entry: str, behind: str) -> None:
        """Put an entry behind another one; behind nothing is the top."""
        after = self.after[behind]
        self.after[behind], self.after[entry] = entry, after
        self.before[entry], self.before[after] = behind, entry

    def remove(self, entry: str) -> str:
        """Take an entry out; returns the one before it."""
        before, after = self.before.pop(entry), self.after.pop(entry)
        self.after[before], self.before[after] = after, before
        return before

    def entries(self) -> list[str]:
        """All of them, in order."""
        found, at = list[str](), ""
        while at := self.after[at]:
            found.append(at)
        return found


def rebuild(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """The list after all changes."""
    new, entries, held = names(rng), list[str](), 0
    while held < size * OF_LIST:
        entries.append(next(new))
        held += len(entries[-1]) + 3
    begins = "Begin:\n" + "\n".join(f"* {entry}" for entry in entries) + "\n\n"
    linked, present, log = _Linked(entries), [*entries], list[str]()
    held = 0
    while held < size * OF_LOG:
        at = rng.randrange(len(present))
        doing, named = _change(rng, linked, present, at, next(new))
        log.append((_PLAIN if is_searchable else _TOLD)[doing].format(*named))
        held += len(log[-1]) + 1
    question = (
        f'The text has a list at its beginning and edits of it, each behind the word "edit", in order. Give the list '
        f"after all edits. {_FORM}"
        if is_searchable
        else f"A list stands at the start of the text, and remarks below alter it one by one. What does it look like "
        f"in the end? {_FORM}"
    )
    text = begins + mixed(rng, log, size - len(begins))
    return Drawn(question, text, linked.entries(), (begins.strip().removeprefix("Begin:\n"), *log))


def _change(rng: Random, linked: _Linked, present: list[str], at: int, new: str) -> tuple[str, list[str]]:
    """One change of the list by chance, and the entries that it names; `present` are those of the list, in no order."""
    entry = present[at]
    doing = rng.choice(("insert", "insert", "remove", "rename", "top"))
    if doing == "insert":
        linked.insert(new, entry)
        present.append(new)
        return doing, [new, entry]
    if doing == "remove" and len(present) > 5:
        linked.remove(entry)
        present[at] = present[-1]
        present.pop()
        return doing, [entry]
    if doing == "rename":
        before = linked.remove(entry)
        linked.insert(new, before)
        present[at] = new
        return doing, [entry, new]
    linked.remove(entry)
    linked.insert(entry, "")
    return "top", [entry]
