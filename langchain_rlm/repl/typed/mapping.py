"""`llm_map`: one answer for each item. What is missing or in doubt is asked again, in smaller groups and then alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_rlm.repl.protocol import Result
from langchain_rlm.repl.typed.asking import FORM, Program, as_text, asking, beginning
from langchain_rlm.repl.typed.fitting import MisfitError
from langchain_rlm.repl.typed.forms import Form
from langchain_rlm.repl.typed.labels import Labels
from langchain_rlm.repl.typed.numbered import answers, numbers, undressed, unnumbered
from langchain_rlm.repl.typed.weights import Pair, read

ALONE = 3
"""Times that an item is asked by itself, at most."""
SHOWN = 80
"""Characters of an answer that cannot be used, as it is told."""
_SMALLER = frozenset({"overflow", "too_large", "empty", "malformed", "cut_off", "refused", "timeout"})
"""Failures of a group that its items may not have by themselves."""


@dataclass(frozen=True)
class Task:
    """What is asked of each item.

    Args:
        text: The task, in words.
        labels: What answers are chosen from, with what each means (empty: nothing is said of it); None: data or text.
        form: The form of the data; None: labels or text.
        weighed: Two labels of which each answer tells, besides, how probable the first one is.
        each: What is asked of each item, where that is not the same of all.
    """

    text: str
    labels: Mapping[str, str] | None = None
    given: Sequence[Any] = ()
    form: Form | None = None
    weighed: Pair | None = None
    each: Sequence[str] = ()

    def prompt(self, items: Sequence[str], note: str = "") -> str:
        """Asks about one item, or numbered ones; one stands first, and what is wanted last: weak models heed that."""
        if len(items) == 1:
            quoted = self.labels is not None and "\n" not in items[0].strip()
            parts = [note, f'"{items[0]}"' if quoted else _listed(items), self.text, self._wanted_of_one()]
        else:
            parts = [self.text, self._choices(), self._wanted(len(items)), note, _listed(items)]
        return "\n\n".join(part for part in parts if part)

    @property
    def _are_many(self) -> bool:
        """Whether one of several labels is chosen: weak models say the first of those that they are told to answer."""
        return len(self.labels or ()) > 2  # noqa: PLR2004  # yes and no, or one and the rest, are no choice

    def _wanted_of_one(self) -> str:
        meanings = self._choices() if self.labels and any(self.labels.values()) else ""
        if self.labels:
            *others, last = self.labels
            told = f"{', '.join(others)} or {last}" if others else last
            if not self._are_many:
                return f"{meanings}\n\nAnswer {told}.".strip()
            alone = "one of them alone" if any(" " in label for label in self.labels) else "one word"
            return f"{meanings}\n\nWhich fits best: {told}? Answer with {alone}.".strip()
        return f"Answer with JSON of {self.form.told} alone." if self.form else ""

    def _choices(self) -> str:
        told = (f"- {label}: {meaning}" if meaning else f"- {label}" for label, meaning in (self.labels or {}).items())
        return "\n".join(["The labels:", *told]) if self.labels else ""

    def _wanted(self, count: int) -> str:
        what = "one of the labels" if self.labels else f"JSON of {self.form.told}" if self.form else "the answer"
        return (
            f"Do this for each of the {count} items below, one by one. Give {count} lines in the same order: the "
            f"number that stands before the item, a colon, and {what}, on one line. Leave none out; add nothing."
        )

    def read(self, readings: Sequence[Any], item: str) -> tuple[Any] | None:
        """The answer that a reply holds, in a tuple; None when that is in doubt."""
        for said in readings:
            found = self._label(said, item) if self.labels else self._data(said) if self.form else _words(said)
            if found is not None:
                return found
        return None

    def _label(self, said: Any, item: str) -> tuple[Any] | None:
        if isinstance(said, dict | list):
            return None
        text, item = as_text(said), item.strip()
        if len(item) > max(map(len, self.labels or ())):
            text = text.replace(item, " ")  # what is said of the item, not what the item says
        found = Labels(self.given).match(text)
        words = text.strip("\"'* .\n")
        return None if found and len(words) > len(as_text(found[0])) and words in item else found

    def _data(self, said: Any) -> tuple[Any] | None:
        assert self.form is not None  # noqa: S101  # asked before
        try:
            return (self.form.read(as_text(said)),)
        except MisfitError:
            return None


def _words(said: Any) -> tuple[Any] | None:
    text = as_text(said).strip()
    return (text,) if text else None


def _listed(items: Sequence[str]) -> str:
    """One item as it is; several by number; in tags when one has several lines."""
    if len(items) == 1:
        return f"<text>\n{items[0]}\n</text>" if "\n" in items[0].strip() else items[0]
    numbered = zip(numbers(len(items)), items, strict=True)
    if any("\n" in item.strip() for item in items):
        return "\n".join(f"<item {number}>\n{item}\n</item {number}>" for number, item in numbered)
    return "\n".join(f"{number}: {item}" for number, item in numbered)


@dataclass
class _Mapped:
    """The answers so far."""

    task: Task
    items: Sequence[str]
    room: int
    """Characters of the items of one prompt; an item may have more."""
    results: dict[int, Result] = field(default_factory=dict)
    said: dict[int, str] = field(default_factory=dict)
    """What was answered that cannot be used."""

    def groups(self, size: int) -> Iterator[list[int]]:
        """The items without a result, in groups."""
        group, held = list[int](), 0
        for place, item in enumerate(self.items):
            if place in self.results:
                continue
            if group and (len(group) == size or held + len(item) > self.room):
                yield group
                group, held = [], 0
            group.append(place)
            held += len(item)
        if group:
            yield group

    def prompt(self, group: Sequence[int]) -> str:
        said = [self.said[place] for place in group if place in self.said]
        note = ""
        if said:
            note = "An earlier answer could not be used: a line was missing, or had another number or form."
        if len(group) == 1 and said:
            note = f"An earlier answer could not be used: {said[0]}"
        task = replace(self.task, text=self.task.each[group[0]]) if self.task.each else self.task
        return task.prompt([self.items[place] for place in group], note)

    def take(self, group: Sequence[int], answer: Result) -> None:
        """Keep what a reply says to the items of a group."""
        if answer[0] != "ok":
            if len(group) == 1 or answer[1] not in _SMALLER:
                self.results.update((place, self._failed(place, answer)) for place in group)
            return
        weighed = self.task.weighed
        reply, share = read(answer[1], weighed) if weighed else (answer[1], None)
        found = self._found(group, reply)
        for place in group:
            one = self.task.read(found.get(place, ()), self.items[place])
            if one is not None:
                self.results[place] = ("ok", [one[0], share] if weighed else one[0])
            else:
                said = next(iter(found.get(place, ())), "")
                self.said[place] = beginning(as_text(said), SHOWN) if said else "(nothing)"

    def _found(self, group: Sequence[int], reply: str) -> Mapping[int, Sequence[Any]]:
        if len(group) == 1:
            return {group[0]: [undressed(reply), *([unnumbered(reply)] if self.task.labels else [])]}
        wanted = numbers(len(group))
        found = answers(reply, wanted, short=self.task.labels is not None)
        return {place: found.get(number, ()) for place, number in zip(group, wanted, strict=True)}

    def _failed(self, place: int, answer: Result) -> Result:
        if answer[1] != "overflow":
            return answer
        size = f"it has {len(self.items[place]):,} characters, more than the sub-model reads at once"
        return ("failed", "overflow", f"{size}. Cut it with chunks() first")

    def result(self, place: int) -> Result:
        default = ("failed", FORM, f"no answer that can be used; the last one: {self.said.get(place, '(nothing)')}")
        return self.results.get(place, default)


def mapped(items: Sequence[str], task: Task, *, batch: int, room: int, model: str | None) -> Program:
    """Ask for one answer for each item; one result for each."""
    state = _Mapped(task, items, room)
    smaller = batch - batch // 4
    are_alone = task.weighed is not None or bool(task.each)
    sizes = [size for size in (batch, smaller, smaller // 2) if size > 1 and not are_alone]
    for size in [*sizes, *[1] * ALONE]:
        groups = list(state.groups(size))
        if not groups:
            break
        prompts = [state.prompt(group) for group in groups]
        replies = yield asking(prompts, model, labels=task.weighed, is_choice=size == 1 and bool(task.labels))
        for group, reply in zip(groups, replies, strict=True):
            state.take(group, reply)
    return [state.result(place) for place in range(len(items))]
