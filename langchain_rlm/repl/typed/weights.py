"""How probable an answer is, as it is told behind the answer's text: "No. (yes: 31.5 %)"."""

import re

Labels = tuple[str, str]


def told(text: str, labels: Labels, share: float | None) -> str:
    """An answer with the share of the first of two labels; None: it is not known."""
    return text if share is None else f"{text.rstrip()} ({labels[0]}: {100 * share:.4g} %)"


def read(text: str, labels: Labels) -> tuple[str, float | None]:
    """The answer by itself, and the share of the first label."""
    found = re.fullmatch(rf"(.*) \({re.escape(labels[0])}: (\d[\d.e+-]*) %\)", text, re.DOTALL)
    return (found[1], float(found[2]) / 100) if found else (text, None)
