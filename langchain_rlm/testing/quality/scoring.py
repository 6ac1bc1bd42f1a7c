"""The rules by which answers are scored, from 0 to 1: pure functions of what is right, the answer, and it as data.

Where a rule is a published one it is taken as it is, with its leniency and without more: what its authors' code does
not read is wrong here, too.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

Scorer = Callable[[Any, str, Any], float]

SHORT = 20
"""Characters below which OOLONG takes an answer, or what stands behind its last colon, as it is."""
COMPARISONS = ("more common", "less common", "same frequency")
_DATES = ("%Y-%m-%d", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%m/%d/%Y", "%Y/%m/%d")
_PAIR = re.compile(r"[(\[]\s*\"?(\w+)\"?\s*,\s*\"?(\w+)\"?\s*[)\]]")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")


def string_match_all(gold: Any, answer: str, value: Any = None) -> float:
    """The share of the references that stand in the answer, in whatever case: RULER's rule of this name."""
    said = (answer if value is None else f"{answer} {value}").lower()
    return sum(str(reference).lower() in said for reference in gold) / len(gold)


def oolong_reading(answer: str) -> str:
    """What OOLONG takes for the answer: what is behind the last colon, else a short reply, or the last word."""
    if ":" not in answer:
        return answer if len(answer) < SHORT else next(reversed(answer.split()), "")
    said = answer.rpartition(":")[2].strip().translate({ord(mark): None for mark in "*[]"})
    return said if len(said) < SHORT else next((words for words in COMPARISONS if words in said), said)


def oolong(gold: Mapping[str, Any], answer: str, value: Any = None) -> float:
    """OOLONG's rule: exact match; 0.75 to the power of the error for numbers; dates and comparisons in other words.

    `gold` has a `type` (`number`, `date`, `comparison`, `label`, `user`) and the `answer`. A full stop behind a number
    or a label is wrong by this rule, as it is by its authors' code.
    """
    said = oolong_reading(answer) if value is None else str(value)
    right = str(gold["answer"])
    if said == right or (said in COMPARISONS and said in right):
        return 1.0
    if gold["type"] == "number":
        try:
            return float(0.75 ** abs(int(said) - int(right)))
        except (ValueError, OverflowError):
            return 0.0
    return float(gold["type"] == "date" and day(said) == day(right))


def day(text: str) -> date | None:
    """The day that a text is; None when it is none."""
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def behind_answer(text: str) -> str:
    """What stands behind the last `Answer:` of a reply, for the questions ask for that; else all of it."""
    return re.split(r"answer:", text, flags=re.IGNORECASE)[-1].strip()


def one_label(gold: Mapping[str, Any], answer: str, value: Any = None) -> float:
    """BABILong's rule: of all `labels` the first sentence of the answer names the right one, and no other."""
    said = (behind_answer(answer) if value is None else str(value)).lower().partition(".")[0]
    named = {label for label in map(str.lower, gold["labels"]) if label in said}
    return float(named == {gold["answer"].lower()})


def exact_number(gold: float, answer: str, value: Any = None) -> float:
    """Whether the last number of the answer is the right one."""
    said = _NUMBER.findall(behind_answer(answer) if value is None else str(value))
    return float(bool(said) and float(said[-1].replace(",", "")) == gold)


def f1(right: Collection[Any], said: Collection[Any]) -> float:
    """The harmonic mean of precision and recall, of sets; 1 where both are empty."""
    wanted, given = set(right), set(said)
    if not wanted or not given:
        return float(wanted == given)
    return 2 * len(wanted & given) / (len(wanted) + len(given))


def pairs_f1(gold: Iterable[Iterable[Any]], answer: str, value: Any = None) -> float:
    """F1 over unordered pairs, as OOLONG-Pairs: of the text all `(a, b)`, of data the lists of two."""
    found = _PAIR.findall(behind_answer(answer)) if value is None else _twos(value)
    said = {frozenset(map(str, pair)) for pair in found}
    return f1({frozenset(map(str, pair)) for pair in gold}, said)


def _twos(value: Any) -> list[Any]:
    parts = value if isinstance(value, list | tuple) else []
    return [part for part in parts if isinstance(part, list | tuple) and len(part) == 2]


def names_f1(gold: Collection[str], answer: str, value: Any = None) -> float:
    """F1 over the set of names; of text all that could be a name of Python's counts, so prose costs precision."""
    said = _NAME.findall(behind_answer(answer)) if value is None else value
    return f1(gold, said if isinstance(said, list | tuple) and all(isinstance(one, str) for one in said) else ())


def lines_of(answer: str, value: Any = None) -> list[str]:
    """The lines of a list, without marks before them."""
    said = behind_answer(answer).splitlines() if value is None else value if isinstance(value, list | tuple) else []
    return [line for one in said if (line := re.sub(r"^\s*(?:[-*•]\s+)?", "", str(one)).strip())]


def whole_list(gold: list[str], answer: str, value: Any = None) -> float:
    """Exact match of the whole list, line by line; `share_of_lines` says how near it is."""
    return float(lines_of(answer, value) == gold)


def share_of_lines(gold: list[str], answer: str, value: Any = None) -> float:
    """The share of the lines that stand in their place, of the longer of the two lists."""
    said = lines_of(answer, value)
    right = sum(one == other for one, other in zip(gold, said, strict=False))
    return right / max(len(gold), len(said)) if gold or said else 1.0


def cells_f1(gold: Mapping[str, Any], answer: str, value: Any = None) -> float:
    """F1 over the cells of a table, each with its row and its column.

    `gold` has the `columns` and the `rows` by name. Of the text, each line with a bar between all cells is a row; of
    data, dicts by row, or lists of cells.
    """
    columns, rows = gold["columns"], gold["rows"]
    right = {(_cell(name), column, _cell(row[column])) for name, row in rows.items() for column in columns}
    table = _table(behind_answer(answer)) if value is None else _rows(value, columns)
    said = {
        (_cell(row[0]), column, _cell(cell))
        for row in table if len(row) == len(columns) + 1
        for column, cell in zip(columns, row[1:], strict=True) if _cell(cell)
    }  # fmt: skip
    return f1(right, said)


def _table(text: str) -> list[list[str]]:
    """The rows of a table in text; neither its head nor the rule below it."""
    lines = [line.strip() for line in text.splitlines() if "|" in line]
    rows = [(line[1:].removesuffix("|") if line.startswith("|") else line).split("|") for line in lines]
    rules = [place for place, row in enumerate(rows) if re.fullmatch(r"[\s:|-]*", "".join(row))]
    return rows[rules[0] + 1 :] if rules else rows


def _rows(value: Any, columns: list[str]) -> list[list[str]]:
    if isinstance(value, dict):
        rows = {name: row for name, row in value.items() if isinstance(row, dict)}
        return [[name, *(str(row.get(column, "")) for column in columns)] for name, row in rows.items()]
    return [[*map(str, row)] for row in value if isinstance(row, list | tuple)] if isinstance(value, list) else []


def _cell(text: Any) -> str:
    """A cell as it is compared: small letters, single spaces, no commas in numbers."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", " ".join(str(text).lower().split()))


SCORERS: dict[str, Scorer] = {
    "needle": string_match_all, "needles": string_match_all, "count": oolong, "compare": oolong, "pairs": pairs_f1,
    "hops": one_label, "join": exact_number, "rebuild": whole_list, "code": names_f1, "contradictions": pairs_f1,
    "table": cells_f1,
}  # fmt: skip
"""By kind of task."""
