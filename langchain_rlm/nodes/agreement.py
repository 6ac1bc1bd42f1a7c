"""Which of several answers to one question to take: the cell of a run that is sampled.

The text of this file runs in the sandbox, so that a replay chooses again. It needs nothing of this package.
"""

import json
import math
import re
from typing import Any

MARKS = re.compile(r"\[c\d[\d.,; c]*\]")
SHOWN = 2_000
"""Characters of an answer that the judge reads."""
JUDGE = (
    "Independent runs answered the same question. Which of their answers says what most of them say? Where no two "
    "agree, which one answers the question best?\n\n<question>\n{}\n</question>\n\n{}\n\n"
    "Reply with its number alone, from 1 to {}."
)


def same(value: Any) -> tuple[bool, str]:
    """Whether a value is text, and what stands for it: equal values have equal ones, whatever their type or dress."""
    if isinstance(value, str):
        text = " ".join(MARKS.sub("", value).split()).rstrip(" .").casefold()
        try:
            return False, same(json.loads(text))[1]
        except (ValueError, RecursionError):
            return True, json.dumps(text)
    if isinstance(value, list):
        return False, "[" + ", ".join([same(item)[1] for item in value]) + "]"
    if isinstance(value, dict):
        return False, "{" + ", ".join(sorted([json.dumps(key) + ": " + same(value[key])[1] for key in value])) + "}"
    if isinstance(value, float) and abs(value) < math.inf:
        rounded = float(f"{value:.12g}")
        return False, str(int(rounded)) if rounded == int(rounded) else str(rounded)
    return False, json.dumps(value)


def groups(results: list[Any]) -> tuple[bool, list[list[tuple[int, int]]]]:
    """Whether an answer is text, and the equal answers together, each as turns and number: the most first."""
    found: dict[str, list[tuple[int, int]]] = {}
    is_text = False
    for number, result in enumerate(results, 1):
        if isinstance(result, dict):  # else it failed
            said, key = same(result["answer"])
            is_text = is_text or said
            found.setdefault(key, []).append((result["turns"], number))
    return is_text, sorted([sorted(group) for group in found.values()], key=lambda group: (-len(group), group[0]))


def shown(value: Any) -> str:
    """An answer, its head and tail if it is long."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= SHOWN else text[: SHOWN // 2] + "\n[...]\n" + text[-SHOWN // 2 :]


def judged(question: str, answers: list[Any], ask: Any) -> int:
    """The place of the answer that the judge names; 0 when it names none."""
    listed = [f"<answer {n}>\n{shown(answer)}\n</answer {n}>" for n, answer in enumerate(answers, 1)]
    try:
        said = re.findall(r"\d+", ask(JUDGE.format(shown(question), "\n\n".join(listed), len(answers))))
    except Exception:  # noqa: BLE001  # the budget, say: there are answers
        return 0
    return int(said[0]) - 1 if said and 1 <= int(said[0]) <= len(answers) else 0


def agreed(question: str, results: list[Any], ask: Any) -> int | None:
    """The number, from 1, of the result to take; None when there is none. Those without an answer have no vote."""
    is_text, found = groups(results)
    if not found:
        return None
    count = sum([len(group) for group in found])
    if not is_text or 2 * len(found[0]) > count:
        return found[0][0][1]
    return found[judged(question, [results[group[0][1] - 1]["answer"] for group in found], ask)][0][1]
