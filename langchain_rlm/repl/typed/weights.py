"""How probable an answer is, as it is told behind the answer's text: "No. (yes: 31.5 %)"."""

import re

Pair = tuple[str, str]


def told(text: str, labels: Pair, share: float | None) -> str:
    """An answer with the share of the first of two labels, if it is known; what a model says of it is left out."""
    said = read(text, labels)[0]
    return said if share is None else f"{said.rstrip()} ({labels[0]}: {100 * share:.4g} %)"


def read(text: str, labels: Pair) -> tuple[str, float | None]:
    """The answer by itself, and the share of the first label."""
    found = re.fullmatch(rf"(.*) \({re.escape(labels[0])}: (\d[\d.e+-]*) %\)", text, re.DOTALL)
    return (found[1], float(found[2]) / 100) if found else (text, None)
