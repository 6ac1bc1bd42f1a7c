"""Labels that answers are matched with: as given, or with other case, marks, a reason behind, words before."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_BREAK = re.compile(r"\s*(?:->|=>|→|\||:|=|[(;,.]|\s[-\u2013\u2014]+|\bbecause\b|\bsince\b)\s*", re.IGNORECASE)
"""What may stand between a label and a reason, or between a name for it and a label."""
SHORT = 4
"""Letters of a label below which it is no label wherever it stands in a sentence: "no idea" is not "no"."""
_NOT = re.compile(r"\b(?:not|cannot|\w*n t|no|nor|neither|either|or|instead of|rather than)\b")


@dataclass(frozen=True)
class Labels:
    """The labels of one task, each of any type."""

    given: Sequence[Any]
    _spelt: Mapping[str, Any] = field(init=False)
    _plain: Mapping[str, tuple[Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_spelt", {str(label).strip(): label for label in self.given})
        object.__setattr__(self, "_plain", {_plain(str(label)): (label,) for label in self.given})

    @property
    def are_apart(self) -> bool:
        """Whether no two labels differ in case and marks alone."""
        words = {word for word in self._plain if word}
        bare = [label for label in self.given if not _plain(str(label))]
        return len(words) + len({str(label) for label in bare}) == len(self.given)

    def match(self, said: str) -> tuple[Any] | None:
        """The label that is meant, in a tuple; None when that is in doubt.

        Of several lines it is the first or the last that says it.
        """
        lines = [line for line in said.splitlines() if _plain(line)]
        if len(lines) > 1:
            named = [label for line in (lines[0], lines[-1]) if (label := self.match(line))]
            return _distinct(named) if named else None
        said = said.strip()
        for text in (said, said.strip("*_`\"' ")):
            if text in self._spelt:
                return (self._spelt[text],)
        if exact := self._exact(said):
            return exact
        parts = [part for part in _BREAK.split(said) if _plain(part)]
        ends = [found for part in dict.fromkeys([*parts[:1], *parts[-1:]]) if (found := self._exact(part))]
        return _distinct(ends) if ends else self._begins(said) or self._only(said)

    def _exact(self, text: str) -> tuple[Any] | None:
        return self._plain.get(_plain(text)) if _plain(text) else None

    def _begins(self, said: str) -> tuple[Any] | None:
        """The longest label that the text begins with, where something follows that is no word of a label's."""
        for plain, label in sorted(self._plain.items(), key=lambda pair: -len(pair[0])):
            words = r"[\W_]+".join(map(re.escape, plain.split()))
            if words and re.match(rf"\W*{words}\W*?(?:{_BREAK.pattern}|\s*$)", said, re.IGNORECASE):
                return label
        return None

    def _only(self, said: str) -> tuple[Any] | None:
        """The one label that is mentioned, unless the words around it may deny it."""
        rest, found = f" {_plain(said)} ", []
        for plain, label in sorted(self._plain.items(), key=lambda pair: -len(pair[0])):
            if plain and f" {plain} " in rest and (len(plain) >= SHORT or rest.endswith(f" {plain} ")):
                rest = rest.replace(f" {plain} ", " | ")
                found.append(label)
        return found[0] if len(found) == 1 and not _NOT.search(rest) else None


def _plain(text: str) -> str:
    """A text without case and marks, its words a space apart."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


def _distinct(found: Sequence[tuple[Any]]) -> tuple[Any] | None:
    """The one that they all are."""
    return found[0] if all(one == found[0] for one in found) else None
