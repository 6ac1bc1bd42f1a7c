"""Prompts as literal pieces plus spans of the context, so that state never holds the text.

A cell that walks the text sends pieces of it in order: the next is looked for where the last one ended, by a short
probe, and grown to both sides. Text that is not found stays literal; that is never wrong, only longer, and counts as
not read. Lines of less than 24 characters that are sent out of their place are not looked for.
"""

from collections.abc import Callable, Iterator, Sequence

from langchain_rlm.state import Piece, Span

PROBE = 48
"""Characters that must match before a span is considered."""
WINDOW = 2_000_000
"""Characters searched ahead of the last match before looking elsewhere."""
MAX_STRIDE = 4096
"""Probes move apart after misses, up to this many characters, so that a long literal prompt costs little."""
LINE = 24
"""Characters of a line, at least, by which it is known: lines picked from all over a text are shorter than a probe."""
LINES_MISSED = 6
"""Lines in a row that are not in the text before the rest of a literal is left alone."""
SEARCHED = 2_000_000_000
"""Characters that a run may search beyond the windows, about a second in all."""


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
        self._left = SEARCHED

    def _joined(self, before: list[Piece], span: Piece) -> Span:
        """A span with those before it that go on to it: a sentence that stands in many places is taken from its own."""
        document, start, end = int(span[0]), int(span[1]), int(span[2])
        text = self._texts[document]
        while before and not isinstance(before[-1], str):
            length = int(before[-1][2]) - int(before[-1][1])
            if length > start or text[start - length : start] != assemble(before[-1:], self._texts):
                break
            before.pop()
            start -= length
        return document, start, end

    @property
    def hint(self) -> tuple[int, int]:
        """Document and offset where the last match ended."""
        return self._hint

    def pieces(self, prompt: str) -> list[Piece]:
        """Return the prompt's pieces; `assemble` on them gives the prompt back exactly."""
        pieces: list[Piece] = []
        for piece in self._long(prompt):
            for part in self._by_lines(piece) if isinstance(piece, str) and len(piece) >= LINE else [piece]:
                pieces.append(part if isinstance(part, str) else self._joined(pieces, part))
        self._lead = pieces[0] if pieces and isinstance(pieces[0], str) and len(pieces) > 1 else ""
        return pieces

    def spans(self, text: str) -> list[Span]:
        """The stretches of the context that a text holds."""
        return [(piece[0], piece[1], piece[2]) for piece in self.pieces(text) if not isinstance(piece, str)]

    def _by_lines(self, literal: str) -> list[Piece]:
        """The pieces of a text that no probe found, by the lines in it."""
        pieces: list[Piece] = []
        done = missed = end = 0
        begin = len(self._lead) if self._lead and literal.startswith(self._lead) else 0
        for line in literal.splitlines(keepends=True):
            start, end = max(end, done), end + len(line)
            stop = end - len(line) + len(line.rstrip())
            if start < begin or stop - start < LINE:
                continue
            found = self._line(literal, start, stop)
            if found is None:
                missed += 1
                if missed == LINES_MISSED:
                    break
                continue
            missed = 0
            document, offset, at, length = self._grow(literal, done, *found)
            if at > done:
                pieces.append(literal[done:at])
            pieces.append((document, offset, offset + length))
            self._hint = (document, offset + length)
            done = at + length
        if done < len(literal):
            pieces.append(literal[done:])
        return pieces

    def _line(self, literal: str, start: int, end: int) -> tuple[int, tuple[int, int]] | None:
        """Where a line is: by its middle, or, when it begins with something else, such as a number, by its end."""
        middle = start + max(0, (end - start - PROBE) // 2)
        for at, stop in ((middle, min(end, middle + PROBE)), (end - LINE, end)):
            found = self._find(literal[at:stop], anywhere=True) if at >= start else None
            if found is not None:
                return at, found
        return None

    def _long(self, prompt: str) -> list[Piece]:
        """The pieces by probes: all stretches of two probes' length are found, most shorter ones too."""
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
        """Where to look: ahead of the last match, then behind it, each within the window; then, if it may, all over."""
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
        for document in range(min(hint + 1, len(self._texts))):
            high = min(len(self._texts[document]), room)
            yield document, 0, high
            room -= high
            if room <= 0:
                break
        if self._small:
            return
        for document, text in enumerate(self._texts):
            if self._left <= 0:
                return
            self._left -= len(text)
            yield document, 0, len(text)

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
