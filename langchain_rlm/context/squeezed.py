"""A quote in other forms, looked for in the squeezed text.

White space, quotation marks and hyphens are taken out of blocks of the text and of the quote, which is quick and loses
no place. Where a block has the squeezed quote, the characters around it are folded and compared, and their places are
known.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from langchain_rlm.context.folding import DASHES, DROPPED, QUOTES, SOFT, SPACES, alike, decomposed, fold

COMPARED = 400_000
"""Characters that are folded and compared for one quote."""
LONGEST = 100_000
"""Characters of a quote that need not stand in the text as they are."""
BLOCK = 1 << 16
STEP = 1 << 9
MARGIN = 64
FORMS = 6
"""Characters of a block that are replaced one by one; more of them all at once."""

_LOOSE = re.compile(f"[{''.join(sorted(c for c in {SOFT} | DROPPED | QUOTES | DASHES | SPACES if not c.isascii()))}]+")
_LOOSE_BYTES = bytes(at for at in range(128) if chr(at).isspace() or chr(at) in QUOTES | DASHES)
_ASCII = bytes(range(128))
_NOT_ASCII = bytes(range(128, 256))
_ANY_QUOTES = f"[{''.join(sorted(QUOTES | DROPPED | {SOFT}))}]"
_BORDER = "(?:[”’](?=[“‘])|[”’“‘](?=[„‚])|[»›](?=[«‹])|[«‹](?=[»›]))"  # noqa: RUF001
"""Between two quotation marks in a row of which one ends a quotation, and the other begins the next one."""
_BEFORE = re.compile(f"{_ANY_QUOTES}*{_BORDER}")
_OWN = re.compile(f"{_ANY_QUOTES}*?{_BORDER}")


@dataclass
class Search:
    """Looks for a folded quote in parts of texts.

    `squeezed` is the quote without what may differ. `plain` tells that it is made of its ASCII characters only; then so
    are the texts, which is quicker.
    """

    folded: str
    squeezed: bytes
    plain: bool
    left: int = field(default=COMPARED)

    def cost(self, text: str) -> int:
        """What squeezing a character costs, in characters of ASCII; 0 if the quote cannot be there."""
        if text.isascii():
            return 1 if self.folded.isascii() else 0
        return 6 if self.plain else 40

    def squeeze(self, text: str) -> bytes:
        return _plain(text) if self.plain else _squeezed(text)

    def within(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """The same as `places`, also for quotes that have only quotation marks and hyphens."""
        if self.squeezed:
            yield from self.places(text, low, high)
        elif self.left > 0:
            self.left -= high - low
            yield from ((low + start, low + end) for start, end in inside(text[low:high], self.folded))

    def places(self, text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Where a part of a text has the quote, in order, no place over another."""
        tail = b""
        behind = low
        for start in range(low, high, BLOCK):
            line = tail + self.squeeze(text[start : min(start + BLOCK, high)])
            at = line.find(self.squeezed)
            ruler = _Ruler(self, text, low, start, len(tail))
            while at >= 0 and self.left > 0:
                first = ruler.to(at)
                last = _Ruler(self, text, low, first, ruler.count).to(at + len(self.squeezed) - 1)
                begin, end = max(low, first - MARGIN), min(high, last + 1 + 5 * MARGIN)
                if end - begin > max(self.left, 4 * LONGEST):
                    return
                self.left -= end - begin
                for a, b in inside(text[begin:end], self.folded):
                    if begin + a >= behind:
                        behind = begin + b
                        yield begin + a, behind
                after = ruler.count + len(self.squeeze(text[first : max(first, end - MARGIN - 2 * (last + 1 - first))]))
                at = line.find(self.squeezed, max(at + 1, after))
            tail = line[len(line) - len(self.squeezed) + 1 :] if len(line) >= len(self.squeezed) else line


class _Ruler:
    """Finds the character of a text that stands at a place of the squeezed text."""

    def __init__(self, search: Search, text: str, low: int, at: int, count: int) -> None:
        """With a place that is known: before the character `at` there are `count` squeezed bytes."""
        self.search = search
        self.text = text
        self.low = low
        self.at = at
        self.count = count

    def to(self, count: int) -> int:
        """The character that has the byte with a number."""
        while self.count > count and self.at > self.low:
            at = max(self.low, self.at - STEP)
            self.count -= self._bytes(at, self.at)
            self.at = at
        step = STEP
        while step:
            size = self._bytes(self.at, self.at + step)
            if self.count + size <= count and self.at + step <= len(self.text):
                self.count += size
                self.at += step
            else:
                step //= 2
        return self.at

    def _bytes(self, low: int, high: int) -> int:
        return len(self.search.squeeze(self.text[low:high]))


def search_for(quote: str) -> Search:
    """The search for a quote, by its ASCII characters alone where these are most of it."""
    folded = fold(quote)[0].strip()
    whole, plain = _squeezed(quote), _plain(quote)
    enough = 8
    if whole.isascii() or (len(plain) >= enough and 2 * len(plain) >= len(whole.decode("utf-8", "surrogatepass"))):
        return Search(folded, plain, plain=True)
    return Search(folded, whole, plain=False)


def _squeezed(text: str) -> bytes:
    """A folded text without white space, quotation marks, hyphens."""
    if not text.isascii():
        text = decomposed(_LOOSE.sub("", text))
    return text.encode("utf-8", "surrogatepass").translate(None, _LOOSE_BYTES)


def _plain(text: str) -> bytes:
    """Only the ASCII characters of a squeezed text."""
    if text.isascii():
        return text.encode("ascii").translate(None, _LOOSE_BYTES)
    whole = text.encode("utf-8", "surrogatepass")
    other = whole.translate(None, _ASCII)
    dense = 4 * len(other) > len(whole)
    forms = [] if dense else [c for c in set(other.decode("utf-8", "surrogatepass")) if _has_ascii(c)]
    if dense or len(forms) > FORMS:
        whole = decomposed(text).encode("utf-8", "surrogatepass")
    elif forms:
        for character in forms:
            text = text.replace(character, alike(character))
        whole = text.encode("utf-8", "surrogatepass")
    return whole.translate(None, _LOOSE_BYTES + _NOT_ASCII)


@lru_cache(maxsize=4096)
def _has_ascii(character: str) -> bool:
    """Whether a character is another form of ASCII characters, or has one below its marks."""
    return any(part.isascii() and not part.isspace() for part in alike(character))


def inside(text: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where a text holds a folded quote, in characters of the text."""
    plain, firsts, lasts = fold(text)
    at = plain.find(folded)
    while at >= 0:
        begin, last = at, at + len(folded) - 1
        start, end = firsts[begin], lasts[last] + 1
        if len(folded) > 1 and folded[0] == "'" and (before := _BEFORE.match(text, start, lasts[begin] + 1)):
            start = before.end()
        if len(folded) > 1 and folded[-1] == "'" and (own := _OWN.match(text, firsts[last], end)):
            end = own.end()
        yield start, end + _marks_after(text, end)
        at = plain.find(folded, at + len(folded))


def _marks_after(text: str, end: int) -> int:
    """Combining marks that belong to the last character."""
    count = 0
    while end + count < len(text) and unicodedata.combining(text[end + count]):
        count += 1
    return count
