"""What the programs around a model make up for: a table, each figure with a model that fails in a known way.

    python benchmarks/any_model.py [map]
    MODEL_URL=http://127.0.0.1:8900/v1 SEEDS=1,2 python benchmarks/any_model.py plans

`map` has models without latency: answers and calls are counted, not seconds. `plans` asks a real model, behind an
OpenAI-compatible endpoint, the questions of `held_out.py` and those it takes in, each way (WAYS=direct,rlm,plan;
KINDS=fact,count,...).
"""

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from zlib import crc32

from pydantic import SecretStr

if TYPE_CHECKING:
    from benchmarks.questions import Question

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, in_process, run  # the path is set above

PLANS_RIGHT, PLANS_READ = 0.75, 3
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


def planned() -> list[Row]:
    """The questions answered in one call, with code, and with a plan that the model chooses."""
    from benchmarks.held_out import ALL, question

    ways = os.environ.get("WAYS", "direct,rlm,plan").split(",")
    kinds = os.environ.get("KINDS", ",".join(ALL)).split(",")
    asked = [question(kind, int(seed)) for kind in kinds for seed in os.environ.get("SEEDS", "1").split(",")]
    got = {way: [answered(each, way) for each in asked] for way in ways}
    rows = [
        (f"{each.kind}, {way}", f"{'right' if right else 'wrong'}, {tokens:,} tokens read", "", True)
        for way, all_of in got.items()
        for each, (right, tokens) in zip(asked, all_of, strict=True)
    ]
    for way, all_of in got.items():
        share = sum(right for right, _ in all_of) / len(asked)
        rows.append((f"{way}: right", f"{share:.0%}", ">= 75%", way != "plan" or share >= PLANS_RIGHT))
    if {"direct", "plan"} <= got.keys():
        # a text that does not fit one call is not read by it
        read = [(plan, direct) for (_, plan), (_, direct) in zip(got["plan"], got["direct"], strict=True) if direct]
        times = sum(plan for plan, _ in read) / max(sum(direct for _, direct in read), 1)
        rows.append(("plan: tokens read", f"{times:.1f} x direct", f"<= {PLANS_READ} x", times <= PLANS_READ))
    return rows


def answered(asked: "Question", way: str) -> tuple[bool, int]:
    """Whether the answer of a real model is right, and how many tokens it has read; none where the run fails."""
    from langchain_openai import ChatOpenAI

    from langchain_rlm import RLM, Budget, RLMError

    model = ChatOpenAI(
        model="any", base_url=os.environ["MODEL_URL"], api_key=SecretStr("any"), temperature=0, timeout=900,
        max_completion_tokens=500,
    )  # fmt: skip
    way_in: Any = way
    rlm = RLM(
        model, route=way_in, budget=Budget(cost=None, turns=6, seconds=None), max_concurrency=1, model_window=8_192,
        sub_model_window=8_192,
    )  # fmt: skip
    try:
        result = rlm.invoke({"question": asked.text, "context": asked.context})
    except RLMError:
        return False, 0
    return asked.is_right(result["answer"]), int(result["usage"]["input_tokens"])


FIGURES: dict[str, Callable[[], list[Row]]] = {"map": mapped}
if "MODEL_URL" in os.environ:
    FIGURES["plans"] = planned

if __name__ == "__main__":
    run(__file__, FIGURES)
