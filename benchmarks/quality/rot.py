"""Context rot: how probably a decision is right, by the length of the prompt, and what chance makes of it.

The curves are fits of published results of OOLONG (its authors' table of means by tokens of the context); the root
mean square error of each fit is below 0.02. They are of whole answers over many lines, and hold here for whole answers
and for single facts. The label of a line by itself is another matter: OOLONG's results with and without labels in the
text imply that one is right nearly always. A whole answer's curve has what labels cost in it already.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b


@dataclass(frozen=True)
class Curve:
    """`floor + (start - floor) / (1 + (tokens / half) ** slope)`."""

    start: float
    floor: float
    half: float
    slope: float

    def at(self, tokens: float) -> float:
        """The probability that a decision is right in a prompt of so many tokens."""
        longer: float = (tokens / self.half) ** self.slope
        return self.floor + (self.start - self.floor) / (1 + longer)


CURVES = {
    "off": Curve(1, 1, 1, 1),
    "gpt-5": Curve(0.855, 0.40, 61_900, 2.5),
    "gpt-5-mini": Curve(0.850, 0.40, 36_800, 2.5),
    "gpt-5-nano": Curve(0.878, 0.35, 13_000, 1.3),
    "o3": Curve(0.858, 0.35, 36_800, 2.5),
    "claude-sonnet-4": Curve(0.881, 0.45, 13_000, 1.3),
    "gemini-2.5-pro": Curve(0.895, 0.05, 47_700, 1.3),
}
"""By model. `off`: every decision is right."""
LABEL = 0.965
"""How probably the label of one line is right, whatever the model: what the results of GPT-5 imply is 0.95 to 0.975."""
BY_LUCK = 0.12
"""What a whole answer from labels that were taken for others scores all the same, over the tasks that count:
0.16 over short texts, less over long ones, where counts are far off."""
PUBLISHED = {8_000: 0.856, 16_000: 0.845, 32_000: 0.761, 64_000: 0.612, 128_000: 0.464, 256_000: 0.400}
"""OOLONG, GPT-5 without labels given: the mean score by tokens."""


@dataclass(frozen=True)
class Luck:
    """What chance makes of the decisions of one prompt.

    It follows from the seed, the model, the words that are decided on and how long the prompt is, in halves of powers
    of two: not from the order of the prompts, nor from how many come at once.
    """

    seed: int
    model: str
    curve: Curve
    tokens: int

    def _draw(self, *about: object) -> float:
        bucket = round(2 * math.log2(max(1, self.tokens)))
        said = "\0".join(map(str, (self.seed, self.model, bucket, *about))).encode(errors="surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8).digest(), "big") / 2**64

    def is_right(self, text: str) -> bool:
        """Whether the reader decides rightly on this text."""
        return self._draw(text) < self.curve.at(self.tokens)

    def is_label_right(self, text: str) -> bool:
        """Whether the reader takes one line for what it is."""
        return self.curve.start == 1 or self._draw(text) < LABEL

    def is_whole_right(self, texts: Iterable[str]) -> bool:
        """Whether the reader keeps its labels apart over so many lines."""
        whole = blake2b("\0".join(texts).encode(errors="surrogatepass")).hexdigest()
        return self._draw(whole) < self.whole

    @property
    def whole(self) -> float:
        """The probability of that: the score that is published comes of right answers, and of others by luck."""
        return (self.curve.at(self.tokens) - BY_LUCK) / (1 - BY_LUCK)

    def other(self, text: str, right: str, options: Sequence[str]) -> str | None:
        """A plausible wrong decision on this text; None when there is none."""
        wrong = [option for option in options if option != right]
        return wrong[int(self._draw(text, "instead") * len(wrong))] if wrong else None
