"""The most that a call may take: of its prompt, by what the text is made of; of its answer, by what the model kept to.

A tokenizer makes at most a token of each byte. What a provider counts puts that right, for each model and kind of text.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from langchain_core.messages import BaseMessage

from langchain_rlm.models.limits import least_limit, own_limit, takes_limit
from langchain_rlm.models.reservations import LEAST_OUTPUT, Claim, PerToken
from langchain_rlm.models.resolve import Model
from langchain_rlm.models.tokens import image_tokens

UNPROVEN_OUTPUT = 32_768
"""Output tokens that an answer may have while a model has not shown that it keeps to limits."""
SENT_OUTPUT = 8_192
"""The limit that is sent at most where it is not known what the model can write: nearly all servers take it."""
_FRAME = 16
"""Tokens around a message."""
_LEAST_SHARE = 1 / 12
"""Tokens for a byte. A count below it is not of the whole prompt."""
_VOWELS, _CAPITALS, _SPACES = b"aeiou", bytes(range(65, 91)), b" \n"
_LETTERS, _ASCII = bytes(range(97, 123)) + _CAPITALS + _SPACES, bytes(range(128))

Kind = tuple[int, ...]


@dataclass(frozen=True)
class Makeup:
    """What a prompt is made of, as far as that says how many tokens it has."""

    size: int
    """Bytes."""
    frame: int
    kind: Kind
    likely: int
    """Tokens of a tokenizer that does badly with it."""
    has_images: bool = False
    """Their tokens are in the frame."""

    @classmethod
    def of(cls, messages: Sequence[BaseMessage]) -> "Makeup":
        """The eighths of each class of bytes tell prose, code, digits, random letters and other scripts apart."""
        text = "".join(message.text for message in messages)
        data = text.encode(errors="surrogatepass")
        size = max(1, len(data))

        def count(kind: bytes) -> int:
            return len(data) - len(data.translate(None, kind))

        foreign = 0 if text.isascii() else len(data) - count(_ASCII)
        width = round(4 * foreign / max(1, len(text) - (len(data) - foreign)))
        vowels, capitals, spaces, letters = map(count, (_VOWELS, _CAPITALS, _SPACES, _LETTERS))
        kinds = (vowels, capitals, spaces, letters, foreign)
        is_prose = vowels * 4 >= letters - spaces and spaces * 12 >= letters
        dense = len(data) - letters - foreign + foreign * (0.6 if width == 12 else 0.9)  # noqa: PLR2004  # 3 bytes
        likely = math.ceil(dense + letters * (0.35 if is_prose else 0.75))
        images = image_tokens(messages)
        kind = (*(round(8 * each / size) for each in kinds), width)
        return cls(size, _FRAME * len(messages) + images, kind, likely, bool(images))


@dataclass
class Answers:
    """What the answers of a model were like."""

    kept: int = 0
    """How many kept to their limits."""
    longest: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Output tokens, by what the calls were for."""
    is_deaf: bool = False
    """It writes more than it is told, or cannot be told."""
    highest: int | None = None
    """The highest limit that its server takes."""

    def see(self, use: str, output: int, limit: int | None, *, is_cut: bool) -> None:
        """Count an answer in. One that was cut off would have been longer."""
        self.longest[use] = max(self.longest[use], output * 2 if is_cut else output)
        if limit is not None and output > limit + limit // 8:
            self.is_deaf = True
        else:
            self.kept += 1

    def refuse(self, lower: int) -> None:
        """The server does not take the limit; a `lower` one of 0: not any."""
        if lower < LEAST_OUTPUT:
            self.is_deaf = True
        else:
            self.highest = lower


def unproven_of(model: Model) -> int:
    """Output tokens that an answer of a model may have that has not shown that it keeps to limits."""
    return min(own_limit(model) or UNPROVEN_OUTPUT, UNPROVEN_OUTPUT)


@dataclass
class Bounds:
    """What calls may take at the most, by model; it learns from those that came back."""

    answers: dict[str, Answers] = field(default_factory=lambda: defaultdict(Answers))
    _ratios: dict[tuple[str, Kind], tuple[float, int]] = field(default_factory=dict)
    """The most tokens for a byte that were counted, and how often it was counted."""
    _beyond: dict[str, int] = field(default_factory=dict)
    """Tokens that were counted beyond one for each byte."""

    def prompt(self, name: str, makeup: Makeup) -> tuple[int, int]:
        """Tokens of a prompt: probably, and at the most. The more of a kind were counted, the closer the two are."""
        safe = makeup.size + makeup.frame + self._beyond.get(name, 0)
        ratio, seen = self._ratios.get((name, makeup.kind), (0.0, 0))
        if not seen:
            return min(safe, makeup.likely + makeup.frame), safe
        likely = math.ceil(ratio * makeup.size) + makeup.frame
        return min(safe, likely), min(safe, math.ceil(ratio * (1 + 1 / seen) * makeup.size) + makeup.frame)

    def learn(self, name: str, makeup: Makeup, counted: int) -> None:
        """Take in how many tokens a provider counted in a prompt."""
        if counted < makeup.size * _LEAST_SHARE or makeup.has_images:
            return
        ratio, seen = self._ratios.get((name, makeup.kind), (0.0, 0))
        found = max(ratio, (counted - makeup.frame) / makeup.size)
        self._ratios[name, makeup.kind] = found, seen + 1
        self._beyond[name] = max(self._beyond.get(name, 0), counted - makeup.size - makeup.frame)

    def claim(
        self, model: Model, name: str, use: str, makeup: Makeup, *, rates: PerToken | None, window: int | None
    ) -> Claim:
        """What a call claims: room for its prompt and its answer."""
        answers, own = self.answers[name], own_limit(model)
        likely, worst = self.prompt(name, makeup)
        longest = answers.longest[use]
        unproven = unproven_of(model)
        if answers.is_deaf or not takes_limit(model):
            floor = max(LEAST_OUTPUT, unproven, longest)
            return Claim(likely, worst, max(LEAST_OUTPUT, longest), floor, None, rates)
        most = min(each for each in (own or max(SENT_OUTPUT, longest * 5 // 4), answers.highest) if each)
        least = min(most, max(LEAST_OUTPUT, longest * 5 // 4)) + least_limit(model)
        if window is not None:
            most = min(most, max(LEAST_OUTPUT, window - likely))
        return Claim(likely, worst, min(least, most), max(least, unproven // (1 + answers.kept) ** 2), most, rates)
