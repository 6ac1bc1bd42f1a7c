"""What the programs around a model make up for: a table, each figure with a model that fails in a known way.

    python benchmarks/any_model.py [map]

The models have no latency: answers and calls are counted, not seconds.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, run  # the path is set above

ITEMS = 1_000
FAULTY = 0.1
"""Share of lines that are dropped, doubled (the second is a guess), or miscounted by one or two."""
MOST_CALLS = 1.3
"""Of those that a faultless model gets."""
SUBJECTS = {"billing": "the invoice", "technical": "the printer", "praise": "the staff"}
_ITEM = re.compile(r"^(\d+): (.*)$", re.MULTILINE)
CELL = "```repl\nFINAL(llm_map(context.splitlines(), 'What is it about?', {labels}))\n```"


def listed() -> tuple[list[str], list[str]]:
    """Short messages, and what each is about."""
    draw = Random(7)
    labels = [draw.choice([*SUBJECTS]) for _ in range(ITEMS)]
    return [f"Message {n} of a customer, about {SUBJECTS[label]}." for n, label in enumerate(labels)], labels


def labelling(faulty: float) -> Callable[[str], str]:
    """A model that labels rightly, and drops, doubles or misnumbers this share of its lines."""

    def reply(prompt: str) -> str:
        if "<question>" in prompt:
            return CELL.format(labels=[*SUBJECTS])
        items = _ITEM.findall(prompt)
        if not items:
            return f"This is {about(prompt)}."
        draw, lines = Random(crc32(prompt.encode())), list[str]()
        for number, item in items:
            lines += line_for(int(number), about(item), draw, faulty)
        return "Here are the labels:\n" + "\n".join(lines)

    return reply


def about(text: str) -> str:
    return next(label for label, words in SUBJECTS.items() if words in text)


def line_for(number: int, label: str, draw: Random, faulty: float) -> list[str]:
    """The line for an item, or what becomes of it."""
    if draw.random() >= faulty:
        return [f"{number}. {label}"]
    match draw.choice(["dropped", "doubled", "miscounted"]):
        case "doubled":
            return [f"{number}. {label}", f"{number}. {draw.choice([*SUBJECTS])}"]
        case "miscounted":
            return [f"{number + draw.choice([-2, -1, 1, 2])}. {label}"]
    return []


def asked(faulty: float) -> tuple[Any, int]:
    """The labels that a run gives, and its sub-queries."""
    from langchain_rlm import RLM, Budget

    model = in_process(labelling(faulty), "labels")
    rlm = RLM(model, route="rlm", budget=Budget(depth=1, turns=3))
    result = rlm.invoke({"question": "What are they about?", "context": "\n".join(listed()[0])})
    return result["value"], result["usage"]["sub_queries"]["asked"]


def mapped() -> list[Row]:
    """A list labelled by a model that loses, doubles and misnumbers lines."""
    labels = listed()[1]
    value, calls = asked(FAULTY)
    right = sum(one == label for one, label in zip(value, labels, strict=True))
    times = calls / asked(0.0)[1]
    name = f"llm_map, {FAULTY:.0%} of lines faulty"
    return [
        (f"{name}: right", f"{right:,} of {ITEMS:,}", f"{ITEMS:,}", right == ITEMS),
        (f"{name}: calls", f"{times:.2f} x those of a faultless model", f"<= {MOST_CALLS} x", times <= MOST_CALLS),
    ]


FIGURES = {"map": mapped}

if __name__ == "__main__":
    run(__file__, FIGURES)
