"""Replies that answer numbered items: which line answers which, in the many dresses that models give numbers.

Numbers are no plain count: a model that counts by itself, and so slips by one, writes numbers that no item has.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langchain_rlm.repl.written_data import data_in

MISCOUNTED = 2
"""How far a number is from those of the items that is a slip, and no part of an answer."""
_STEPS = (3, 5, 4, 7)
_OPEN = r"[^\w\n]{0,20}(?:(?:item|text|line|number|answer|entry|row|no|nr|id)\b\W{0,4})?"
_CLOSE = r"[\])}\"'`*_>]{0,6}"
_MARK = r"(?:->|=>|→|[:|=)\t]|[.,](?![0-9])|\s[-\u2013\u2014]+(?=\s)|[-\u2013\u2014](?![0-9]))"
_LINE = re.compile(
    rf"(?P<open>{_OPEN})(?P<number>\d{{1,9}})(?:(?P<marked>{_CLOSE}[ ]*{_MARK}|[\])}}\"'`*_>]{{1,6}}(?=\s|$)|$)|(?=\s))"
    rf"{_CLOSE}[ \t]*",
    re.IGNORECASE,
)
"""A line that begins with a number: `17.`, `17)`, `**17**:`, `Item 17 -`, `| 17 |`, `"17":`; or `17`, not `marked`."""
_SEVERAL = re.compile(rf"(?<=[\s,;])(?={_CLOSE}[(\[#]?(\d{{1,9}}){_CLOSE}[ ]?{_MARK})")
_IN_JSON = re.compile(r"[^\w\n]*(?:\{|[\"']\w*[a-z])", re.IGNORECASE)
"""How a line of JSON begins that is no answer by itself."""
_NAMES = ("label", "answer", "category", "class", "value", "result", "output", "verdict", "data")
_NUMBERS = ("number", "item", "id", "no", "nr", "n", "index", "line", "row", "item_number", "#")


def numbers(count: int) -> list[int]:
    """Numbers for so many items, none next to another."""
    made = [11]
    for place in range(count - 1):
        made.append(made[-1] + _STEPS[place % len(_STEPS)])
    return made[:count]


def answers(reply: str, wanted: Sequence[int], *, short: bool) -> dict[int, list[Any]]:
    """What a reply says to each number that is in no doubt, in one or more readings: the first that fits counts.

    A number is in doubt when it is answered twice, and not alike, or out of order. With `short` an answer is a word or
    two: then several may stand on a line, and a number needs no mark behind it.
    """
    places = {number: place for place, number in enumerate(wanted)}
    said: dict[int, list[Any]] = {}
    doubled = set[int]()
    for number, readings in _found(reply, places, short=short):
        if said.setdefault(number, readings) != readings:
            doubled.add(number)
    kept = [number for number in said if number not in doubled]
    in_order = _rising([places[number] for number in kept])
    return {number: said[number] for number in kept if places[number] in in_order}


def _found(reply: str, places: Mapping[int, int], *, short: bool) -> list[tuple[int, list[Any]]]:
    begins = re.sub(r"^\s*```\w*\s*", "", reply).lstrip()[:1]
    found = [*_in_data(reply, places)] if begins and begins in "[{" else []
    return found or [*_in_lines(reply, places, short=short)] or [*_in_data(reply, places)]


def _rising(places: Sequence[int]) -> set[int]:
    """The longest part that stands in order."""
    ends, last, before = list[int](), list[int](), list[int]()
    for index, place in enumerate(places):
        at = bisect_left(ends, place)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        last[at : at + 1] = [index]
    kept, index = set[int](), last[-1] if last else -1
    while index >= 0:
        kept.add(places[index])
        index = before[index]
    return kept


def _in_data(reply: str, places: Mapping[int, int]) -> Iterator[tuple[int, list[Any]]]:
    """Answers in JSON: an object by number, or a list (or lines) of objects or pairs with a number each."""
    for data in reversed([*data_in(reply, keys_once=True)]):
        yield from _pairs_of(data, places)


def _pairs_of(data: Any, places: Mapping[int, int], room: int = 4) -> Iterator[tuple[int, list[Any]]]:
    if isinstance(data, list) and room:
        if len(data) == 2 and _number(data[0]) in places and _number(data[1]) not in places:  # noqa: PLR2004  # a pair
            yield _number(data[0]), [data[1]]
            return
        for one in data:
            yield from _pairs_of(one, places, room - 1)
    elif isinstance(data, dict) and room:
        own = [name for name in data if name.strip().lower() in _NUMBERS and _number(data[name]) in places]
        if own:
            yield _number(data[own[0]]), _readings({name: one for name, one in data.items() if name != own[0]})
            return
        for name, one in data.items():
            number = _number(name)
            yield from [(number, [one])] if number in places else _pairs_of(one, places, room - 1)


def _readings(rest: dict[str, Any]) -> list[Any]:
    """What an object may give as its answer: the part named so, its only part, or all of it."""
    named = [one for name, one in rest.items() if name.strip().lower() in _NAMES]
    return [*named, *(rest.values() if len(rest) == 1 else ()), rest]


def _number(said: Any) -> int:
    """The number that a key or a value is, or has behind a word; -1 when it is none."""
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    match = re.fullmatch(rf"{_OPEN}(\d{{1,9}})\W{{0,4}}", said, re.IGNORECASE) if isinstance(said, str) else None
    return int(match[1]) if match else -1


def _in_lines(reply: str, places: Mapping[int, int], *, short: bool) -> Iterator[tuple[int, list[Any]]]:
    """Answers line by line; lines behind one belong to it, up to an empty one or the next number."""
    number, lines = -1, list[str]()
    for line in _lines(reply, places, short=short):
        match = None if _IN_JSON.match(line) else _LINE.match(line)
        begins = match is not None and (match["marked"] is not None or (short and int(match["number"]) in places))
        if begins or (not line.strip() and any(map(str.strip, lines))):
            yield from _block(number, lines)
            number, lines = (int(match["number"]), [line[match.end() :]]) if match and begins else (-1, [])
        else:
            lines.append(line)
        number = number if number in places else -1
    yield from _block(number, lines)


def _lines(reply: str, places: Mapping[int, int], *, short: bool) -> Iterator[str]:
    near = range(min(places) - MISCOUNTED, max(places) + MISCOUNTED + 1)
    for line in reply.splitlines():
        if not line.strip().startswith("```"):
            is_apart = short and not _IN_JSON.match(line)
            apart = _SEVERAL.sub(lambda found: "\n" if int(found[1]) in near else "", line) if is_apart else line
            yield from apart.split("\n")


def _block(number: int, lines: Sequence[str]) -> Iterator[tuple[int, list[Any]]]:
    text = "\n".join(lines).strip()
    if number < 0 or not text:
        return
    cells = [cell for part in text.partition("\n")[0].split("|") if (cell := part.strip())] if "|" in text else []
    yield number, [undressed(text.rstrip("| ") if cells else text), *cells[::-1]]


def unnumbered(reply: str) -> str:
    """A reply about one item, without a number before it."""
    match = _LINE.match(reply.strip())
    return reply.strip()[match.end() :] or reply if match and match["marked"] is not None else reply


def undressed(text: str) -> str:
    """A text without a comma behind it, and without marks of emphasis or quotes around all of it."""
    text = text.strip()
    bare = text.removesuffix(",").rstrip()
    for mark in ("**", "`", '"', "'"):
        if len(bare) > 2 * len(mark) and bare.startswith(mark) and bare.endswith(mark):
            inner = bare[len(mark) : -len(mark)]
            return inner.strip() if mark not in inner.replace("\\" + mark, "") else text
    return text
