"""Prompts as literal pieces plus spans of the context, so that state never holds the text.

A cell that walks the text sends pieces of it in order: the next is looked for where the last one ended, by a short
probe, and grown to both sides. Text that is not found stays literal; that is never wrong, only longer.
"""

from collections.abc import Callable, Iterator, Sequence

from langchain_rlm.state import Piece

PROBE = 48
"""Characters that must match before a span is considered."""
WINDOW = 2_000_000
"""Characters searched ahead of the last match before looking elsewhere."""
MAX_STRIDE = 4096
"""Probes move apart after misses, up to this many characters, so that a long literal prompt costs little."""


def assemble(pieces: Sequence[Piece], texts: Sequence[str]) -> str:
    """Put a prompt together."""
    return "".join(p if isinstance(p, str) else texts[p[0]][p[1] : p[2]] for p in pieces)


class SpanFinder:
    """Finds the spans of prompts over one context. Remembers where the last match ended."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._hint = (0, 0)
        self._lead = ""  # the literal text that the last prompt began with
        self._small = sum(map(len, texts)) <= WINDOW

    def pieces(self, prompt: str) -> list[Piece]:
        """Return the prompt's pieces; `assemble` on them gives the prompt back exactly."""
        pieces: list[Piece] = []
        done = 0
        position = len(self._lead) if self._lead and prompt.startswith(self._lead) else 0
        stride, elsewhere = PROBE, 2
        while position + PROBE <= len(prompt):
            found = self._find(prompt[position : position + PROBE], anywhere=elsewhere > 0)
            if found is None:
                elsewhere -= 1
                position += stride
                stride = min(MAX_STRIDE, stride + PROBE)
                continue
            document, start, begin, length = self._grow(prompt, done, position, found)
            if begin > done:
                pieces.append(prompt[done:begin])
            pieces.append((document, start, start + length))
            self._hint = (document, start + length)
            done = position = begin + length
            stride = PROBE
        if done < len(prompt):
            pieces.append(prompt[done:])
        self._lead = pieces[0] if pieces and isinstance(pieces[0], str) and len(pieces) > 1 else ""
        return pieces

    def _find(self, probe: str, *, anywhere: bool) -> tuple[int, int] | None:
        if probe.isspace():
            return None
        for document, low, high in self._places(anywhere=anywhere):
            offset = self._texts[document].find(probe, low, high)
            if offset >= 0:
                return document, offset
        return None

    def _places(self, *, anywhere: bool) -> Iterator[tuple[int, int, int]]:
        """Where to look: ahead of the last match, then behind it, each within the window."""
        hint, offset = self._hint
        room = WINDOW
        for document in range(hint, len(self._texts)):
            low = max(0, offset - PROBE) if document == hint else 0
            high = min(len(self._texts[document]), low + room)
            yield document, low, high
            room -= high - low
            if room <= 0:
                break
        if not (anywhere or self._small):
            return
        room = WINDOW
        for document in range(hint + 1):
            high = min(len(self._texts[document]), room)
            yield document, 0, high
            room -= high
            if room <= 0:
                return

    def _grow(self, prompt: str, done: int, position: int, found: tuple[int, int]) -> tuple[int, int, int, int]:
        """Grow a match to both sides; return document, start in it, start in the prompt, length."""
        document, offset = found
        text = self._texts[document]
        back = _common(
            lambda n: prompt[position - n : position] == text[offset - n : offset], min(position - done, offset)
        )
        ahead = _common(
            lambda n: prompt.startswith(text[offset : offset + n], position),
            min(len(prompt) - position, len(text) - offset),
        )
        return document, offset - back, position - back, back + ahead


def _common(equal: Callable[[int], bool], limit: int) -> int:
    """The largest n <= limit with equal(n), found by doubling and then halving. equal(n) implies equal(n - 1)."""
    low, step = 0, 64
    while low < limit:
        n = min(limit, low + step)
        if not equal(n):
            break
        low, step = n, step * 2
    else:
        return limit
    high = min(limit, low + step)
    while high - low > 1:
        middle = (low + high) // 2
        if equal(middle):
            low = middle
        else:
            high = middle
    return low
