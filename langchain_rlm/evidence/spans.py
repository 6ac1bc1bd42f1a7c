"""Prompts as literal pieces plus spans of the context, so that state never holds the text.

A cell that walks the text sends pieces of it in order, so the next piece is looked for where the last one ended. A
piece that is not there is looked up in an index, built when it is first needed, and the match is grown to both sides.
Of several equal places, the next one near the last match is taken. Text that is not found stays literal: that is never
wrong, only longer, and it counts as not read. Lines of less than 24 characters that are sent out of order are not
looked for, unless they are whole documents. In contexts above some 10 MB, some short lines that are sent far out of
order are not found either, see `gram_index`.
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cached_property

from langchain_rlm.context.pieces import Piece, Span, assemble, length, stretch
from langchain_rlm.context.text import Text
from langchain_rlm.evidence.given import LONGEST, GivenPieces, Walk, common
from langchain_rlm.evidence.gram_index import LINE, LONG, GramIndex, StretchIndex

PROBE = 2 * LINE
"""Characters compared first when a stretch is looked for near the last match."""
NEAR = 20_000
"""Characters ahead of the last match and behind it that are searched before the index is asked."""
FEW = 16
"""Documents at most that are searched near the last match for a text that stands in many places."""
NEAR_MISSES = 8
"""Times that a prompt may not be found near the last match before only the index is asked for the rest of it."""
SURE = 4 * LINE
"""Characters of a match that is kept without a look at others."""
REFUSED = 4
"""Other matches looked at before the one found first is kept."""
SHARED = 200
"""Characters at most that the beginnings of lines share."""
SMALL = 100_000
"""Characters of a context whose index takes a few milliseconds."""
WINDOW = 2_000_000
"""Characters ahead of the last match searched for the lines that are not in the index."""
LINES_MISSED = 6
"""Lines in a row that are not in the window before the rest of a literal is left alone."""
SEARCHED = 500_000_000
"""Characters of windows that a run may search, less than a second in all."""
REMEMBERED = 10_000
"""Lines at most that are remembered as not in the window, so that the words of every prompt are searched for once."""

LOCATED = 2_000_000
"""Characters, at most, of a text that code made whose place is looked for when it is cut."""
SCATTERED = 100
"""Parts, at most, of such a text."""
STRETCHES = 32
"""Times that lines of large texts were given, at most, in which what is asked next is looked for."""
SLICES = 20_000
"""Slices of large texts, at most, that are recognised in what is asked next."""
WORDS = 100
"""Words around pieces that are remembered."""

Match = tuple[int, int, int, int]
"""Document, start in it, start in the prompt, length."""


class SpanFinder:
    """Finds the spans of prompts over one context. Remembers where the last match ended."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self.hint = (0, 0)
        """Document and offset where the last match ended."""
        self._is_small = sum(map(len, texts)) <= SMALL
        self._taken = -1
        self._lead = ""  # the literal text that the last prompt began with
        self._left = SEARCHED
        self._missed: set[int] = set()
        self._stretches = deque[Span](maxlen=STRETCHES)
        self._slices = deque[Span](maxlen=SLICES)
        self._said: dict[str, list[Piece]] = {}

    @cached_property
    def _index(self) -> GramIndex:
        if not self._stretches:
            return GramIndex([text if isinstance(text, str) else "" for text in self._texts])
        return StretchIndex(self._texts, list(self._stretches))

    @property
    def is_quick(self) -> bool:
        """No index has to be built first, or a small one."""
        return self._is_small or "_index" in vars(self)

    @cached_property
    def _given(self) -> GivenPieces:
        return GivenPieces(self._texts)

    @property
    def given(self) -> GivenPieces:
        """What `chunks()` gave, slices of large texts, and whole documents."""
        if self._slices:
            self._given.add([[span] for span in self._slices])
            self._slices.clear()
        return self._given

    def gave(self, slices: Iterable[Span], stretch: Span | None = None) -> None:
        """Take note of slices of large texts that code was given, or of lines; of many, only of the last ones."""
        self._slices.extend(span for span in slices if LINE <= span[2] - span[1] <= LONGEST)
        if stretch is not None and (not self._stretches or self._stretches[-1] != stretch):
            self._stretches.append(stretch)
            vars(self).pop("_index", None)

    def give(self, texts: Sequence[int | str], pieces: Iterable[Sequence[Piece]]) -> None:
        """Take note of the pieces that `chunks()` gave of texts: documents, or such as code made."""
        self.given.add(list(self._placed(texts, pieces)))

    def _placed(self, texts: Sequence[int | str], pieces: Iterable[Sequence[Piece]]) -> Iterator[Sequence[Piece]]:
        """The pieces in places of the context, if they have any."""
        hint, located = self.hint, [self._located(text) for text in texts]
        self.hint = hint
        for piece in pieces:
            parts = ([part] if isinstance(part, str) else stretch(located[part[0]], *part[1:]) for part in piece)
            whole = [part for each in parts for part in each]
            if any(not isinstance(part, str) for part in whole):
                yield whole

    def _located(self, text: int | str) -> list[Piece]:
        if isinstance(text, int):
            return [(text, 0, len(self._texts[text]))]
        found = self.pieces(text, Walk()) if len(text) <= LOCATED else []
        return found if 0 < len(found) <= SCATTERED else [text]

    def located(self, text: str) -> list[Piece]:
        """The pieces of a text that is not sent now."""
        hint, found = self.hint, self.pieces(text, Walk())
        self.hint = hint
        return found

    def pieces(self, prompt: str, walk: Walk | None = None) -> list[Piece]:
        """Return the prompt's pieces; `assemble` on them gives the prompt back exactly."""
        walk = walk or self.given.sent
        pieces: list[Piece] = []
        parts = list(self.given.split(prompt, walk))
        for part in parts:
            if part == prompt:
                return list(self._with_short(self._searched(prompt), walk))
            if isinstance(part, str):
                known = [part] if walk.is_certain else self._with_short([part], walk)
                pieces += [piece for one in known for piece in (self._words(one) if isinstance(one, str) else [one])]
                continue
            pieces += part
            last = next((piece for piece in reversed(part) if not isinstance(piece, str)), None)
            self.hint = (last[0], last[2]) if last else self.hint
        return pieces

    def _words(self, words: str) -> list[Piece]:
        """The pieces of the words around others; most often they are those of the last prompt."""
        if words not in self._said:
            if len(self._said) >= WORDS:
                self._said.clear()
            self._said[words] = self._searched(words)
        return self._said[words]

    def _searched(self, prompt: str) -> list[Piece]:
        """The pieces of a prompt whose text code cut itself."""
        pieces: list[Piece] = []
        done, near, refused = 0, NEAR_MISSES, 0
        start = at = len(self._lead) if self._lead and prompt.startswith(self._lead) else 0
        while done < len(prompt) and at + LINE <= len(prompt):
            place = self._near(prompt, start) if start >= 0 and near else None
            if place is not None:
                match: Match | None = self._grow(prompt, start, place)
            else:
                near -= start >= 0 and near > 0
                position = self._index.next(prompt, at)
                if position < 0:
                    break
                at = position + 1
                match = self._longest(prompt, position, self._index.places(prompt, position), pieces, done)
            end = self._take(pieces, prompt, done, match) if match else done
            if match and end > done:
                start, done, refused = end, end, 0
                at = max(at, min(done - LINE + 1, _line_start(prompt, done))) if match[3] >= SURE else at
            else:
                start, refused = -1, refused + (match is not None)
                if refused >= REFUSED:
                    at = max(at, _line_start(prompt, done) if refused == REFUSED else done)
        if done < len(prompt):
            pieces += self._by_lines(prompt[done:], first=not done)
        self._lead = pieces[0] if pieces and isinstance(pieces[0], str) and len(pieces) > 1 else ""
        return pieces

    def document(self, text: str, position: int | None = None, taken: Container[int] = ()) -> Span | None:
        """The document that a text is, as it stands.

        Of equal ones the one at the position, or else the next after the last one given; none that is taken, if there
        is another.
        """
        count, again = len(self._texts), None
        for number in (*(() if position is None else (position,)), *range(self._taken + 1, self._taken + 1 + count)):
            at = number % count
            whole = self._texts[at]
            if len(text) != len(whole) or (again is not None and at in taken) or text != whole:
                continue
            again = at if again is None else again
            if at not in taken:
                again = at
                break
        if again is None:
            return None
        self._taken = again
        return again, 0, len(text)

    def _with_short(self, pieces: Iterable[Piece], walk: Walk) -> Iterator[Piece]:
        """The short pieces that are lines of literals as spans."""
        for piece in pieces:
            yield from self._short_lines(piece, walk) if isinstance(piece, str) and self.given.short else (piece,)

    def _short_lines(self, literal: str, walk: Walk) -> Iterator[Piece]:
        done = start = place = 0
        lines = literal.splitlines(keepends=True)
        while place < len(lines):
            for count in range(min(self.given.lines, len(lines) - place), 0, -1):
                part = "".join(lines[place : place + count])
                words = next((words for words in _words_of(part) if words in self.given.short), None)
                if words is not None:
                    break
            if words is not None:
                at = start + part.rindex(words)
                begin, end, spans = self.given.taken(literal, at, self.given.short[words], done, walk)
                if begin > done:
                    yield literal[done:begin]
                yield from spans
                done = end
            start += len(part)
            place += count
        if done < len(literal):
            yield literal[done:]

    def spans(self, text: str) -> list[Span]:
        """What of the context is in a text that was shown, not sent."""
        pieces = self.pieces(text, self.given.shown)
        return [(piece[0], piece[1], piece[2]) for piece in pieces if not isinstance(piece, str)]

    def _near(self, prompt: str, start: int) -> tuple[int, int] | None:
        """Where a stretch stands near the last match: ahead of it, or else behind."""
        probe = prompt[start : start + PROBE]
        if len(probe) < LINE or probe.isspace():
            return None
        found = self._next(prompt, start, probe)
        if found is None:
            document, offset = self.hint
            behind = self._texts[document].rfind(probe, max(0, offset - NEAR), offset) if self._texts else -1
            found = (document, behind) if behind >= 0 else None
        return found

    def _next(self, prompt: str, start: int, probe: str, documents: int | None = None) -> tuple[int, int] | None:
        """Where a stretch stands ahead of the last match, which it may begin in the end of, or be once more.

        Of two that are as long it is the one ahead, unless that leaves text out and the other brings some too.
        """
        found = self._ahead(probe, NEAR, documents)
        document, offset = self.hint
        if found is None or found[0] != document or found[1] >= offset:
            return found
        match = self._grow(prompt, start, found)
        if match[1] + match[3] <= offset:  # the last match, or its end: equal texts are often sent one after the other
            place = self._ahead(probe, NEAR, documents, back=0)
            return place if place and self._grow(prompt, start, place)[3] >= match[3] else found
        text = self._texts[document]
        ahead = text.find(probe, offset, 2 * offset - found[1] + len(probe))
        if ahead < 0:
            return found
        other = self._grow(prompt, start, (document, ahead))
        is_next = not text[offset:ahead].strip()
        return (document, ahead) if other[3] > match[3] or (other[3] == match[3] and is_next) else found

    def _ahead(self, probe: str, room: int, documents: int | None = None, back: int = PROBE) -> tuple[int, int] | None:
        document, offset = self.hint
        low = max(0, offset - back)
        end = len(self._texts) if documents is None else min(len(self._texts), document + documents)
        while room > 0 and document < end:
            text = self._texts[document]
            found = text.find(probe, low, low + room)
            if found >= 0:
                return document, found
            room -= max(PROBE, len(text) - low)
            document, low = document + 1, 0
        return None

    def _longest(
        self, prompt: str, position: int, places: Iterable[tuple[int, int]], pieces: Sequence[Piece], done: int
    ) -> Match | None:
        """The longest of the matches at these places, without the last match itself."""
        last = pieces[-1] if pieces and position < done else ""
        known = (last[0], last[2] - done + position) if not isinstance(last, str) else None
        matches = [self._grow(prompt, position, place) for place in dict.fromkeys(places) if place != known]
        best = max(matches, key=lambda match: match[3], default=None)
        if best is not None and best[2] >= done:
            best = self._same_ahead(prompt, best)
        if best is None or best[3] >= SURE or self._index.step <= LINE:
            return best
        start = prompt.find("\n", position, position + LINE) + 1 or position
        line = prompt[start : start + LONG].partition("\n")[0].rstrip()
        begun = best[2] + best[3] < start + len(line)  # many lines begin like this one: is it itself ahead?
        ahead = self._line(prompt, start, line) if begun else None
        return ahead if ahead is not None and ahead[3] > best[3] else best

    def _same_ahead(self, prompt: str, match: Match) -> Match:
        """What stands in many places is most often meant where it comes next after the last match."""
        _, _, begin, length = match
        place = self._next(prompt, begin, prompt[begin : begin + min(length, LONG)], FEW)
        ahead = self._grow(prompt, begin, place) if place is not None else match
        return ahead if ahead[3] >= length else match

    def _grow(self, prompt: str, position: int, place: tuple[int, int]) -> Match:
        """Grow a match to both sides, back over what is found already: it may stand in many places, here with more."""
        document, offset = place
        text = self._texts[document]
        back = common(
            lambda low, high: prompt[position - high : position - low] == text[offset - high : offset - low],
            min(position, offset),
        )
        ahead = common(
            lambda low, high: prompt[position + low : position + high] == text[offset + low : offset + high],
            min(len(prompt) - position, len(text) - offset),
        )
        return document, offset - back, position - back, back + ahead

    def _take(self, pieces: list[Piece], prompt: str, done: int, match: Match, *, by_lines: bool = True) -> int:
        """Add a match, if it brings enough, in place of what it covers; return how far the pieces reach."""
        document, offset, begin, length = match
        end = begin + length
        begin = _bound(pieces, prompt, done, begin)
        if end <= done or end - begin < LINE or (end - done < LINE and self._is_end(pieces, done - begin)):
            return done
        if begin > done:
            literal = prompt[done:begin]
            pieces += self._by_lines(literal, first=not done) if by_lines else [literal]
        else:
            self._cut(pieces, done - begin)
        pieces.append((document, offset + length - (end - begin), offset + length))
        self.hint = (document, offset + length)
        return end

    def _is_end(self, pieces: Sequence[Piece], covered: int) -> bool:
        """The last span ends its document and has more than what another match has too, and a little more behind it."""
        last = pieces[-1] if pieces else ""
        return not isinstance(last, str) and last[2] == len(self._texts[last[0]]) and length(last) >= covered + LINE

    def _cut(self, pieces: list[Piece], surplus: int) -> None:
        """Take so many characters off the end of the pieces; what is left of a span is a span if it is long enough."""
        while surplus > 0:
            piece = pieces.pop()
            rest, surplus = length(piece) - surplus, surplus - length(piece)
            if rest <= 0:
                continue
            if not isinstance(piece, str) and rest >= LINE:
                pieces.append((piece[0], piece[1], piece[1] + rest))
                continue
            literal = assemble([piece], self._texts)[:rest]
            before = pieces.pop() if pieces and isinstance(pieces[-1], str) else ""
            pieces.append(f"{before}{literal}")

    def _by_lines(self, literal: str, *, first: bool) -> list[Piece]:
        """The pieces of a text that the index does not know, by those of its lines that stand ahead."""
        if len(literal) < LINE or self._index.step <= LINE:
            return [literal]
        pieces: list[Piece] = []
        begin = len(self._lead) if first and self._lead and literal.startswith(self._lead) else 0
        done, end, missed = 0, begin, 0
        while end < len(literal) and missed < LINES_MISSED and self._left > 0:
            start, end = end, literal.find("\n", end) + 1 or len(literal)
            line = literal[start:end].strip()
            if len(line) < LINE or hash(line) in self._missed:
                continue
            match = self._line(literal, literal.index(line, start), line)
            reached = self._take(pieces, literal, done, match, by_lines=False) if match else done
            missed = 0 if reached > done else missed + 1
            done, end = reached, max(end, reached)
        return [*pieces, literal[done:]] if done < len(literal) else pieces

    def _line(self, literal: str, start: int, line: str) -> Match | None:
        """Where a line is: by its middle, or, when it begins with something else, such as a number, by its end."""
        if len(line) < LINE or self._left <= 0 or hash(line) in self._missed:
            return None
        middle = max(0, (len(line) - PROBE) // 2)
        for at, probe in ((middle, line[middle : middle + PROBE]), (len(line) - LINE, line[-LINE:])):
            place = self._ahead(probe, WINDOW)
            same = place is not None and place[0] == self.hint[0]
            self._left -= max(0, place[1] - self.hint[1]) if same and place else WINDOW
            if place is not None:
                return self._grow(literal, start + at, place)
        if len(self._missed) < REMEMBERED:
            self._missed.add(hash(line))
        return None


def _line_start(prompt: str, end: int) -> int:
    """Where the line that a match ends in begins, if it is not far; or else the end."""
    return prompt.rfind("\n", max(0, end - SHARED), end) + 1 or end


def _words_of(line: str) -> Iterator[str]:
    """What lines may say of one short document: all of it, or what follows a number, a mark or a label; unquoted."""
    line = line.strip()
    if len(line) > SHARED + LINE:
        return
    told = [line, *(line.partition(mark)[2].strip() for mark in (": ", ". ", ") ", "] ", "- ", "\t"))]
    yield from filter(None, told)
    yield from filter(None, (words.strip("\"',;") for words in told))


def _bound(pieces: Sequence[Piece], prompt: str, done: int, begin: int) -> int:
    """Where a match may begin that goes back over others: it takes them whole, or lines of them, or what is not sure.

    Lines often begin alike, so a match goes on into the next line, though that one is from another place.
    """
    for piece in reversed(pieces):
        start = done - length(piece)
        if start < begin < start + LINE and prompt[start:begin].isspace():
            break
        if start < begin < done and not isinstance(piece, str):
            line = _line_start(prompt, done)
            ends = done - start >= SURE or prompt[done - 1] == "\n"
            return line if begin <= line < done else done if ends else begin
        if start < begin:
            break
        done = start
    return begin
