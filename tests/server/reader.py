"""A model that answers only from the text in its prompt: a pure function, so that an answer proves the text arrived."""

import json
import re

NOT_FOUND = "not in the text"
NEEDLE = re.compile(r"MAGIC ([\w.-]+)\s*=\s*(\S+)")
COUNT = re.compile(r'How many lines contain "([^"\n]+)"\?', re.IGNORECASE)
QUESTION = re.compile(r"^\s*Question:\s*(.+)$", re.IGNORECASE | re.MULTILINE)
LABELS = re.compile(r"^\s*(?:Labels|Categories):\s*(.+)$", re.IGNORECASE | re.MULTILINE)
NUMBERED = re.compile(r"^\s*\d+[.):]\s+(.+)$", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
WORD = re.compile(r"\w+")
COMMON = frozenset(
    WORD.findall(
        """a an and answer are as at be by did do does for from give has have how i in is it its me of on only or
    question tell text that the their then there this to using was were what when where which who whose why
    with you your"""
    )
)


def find_question(prompt: str) -> str:
    """The last line that starts with "Question:"; else the last or the first line that is one; else the last line."""
    marked = QUESTION.findall(prompt)
    if marked:
        return str(marked[-1]).strip()
    lines = [line.strip() for line in prompt.splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[0] if lines[0].endswith("?") and not lines[-1].endswith("?") else lines[-1]


def words(text: str) -> set[str]:
    return set(WORD.findall(text.lower())) - COMMON


def is_question_line(line: str, question: str) -> bool:
    return line.strip().removeprefix("Question:").strip() == question


def count_lines(prompt: str, word: str) -> str:
    """Lines that contain `word` as it is written, the question's own line not counted."""
    return str(sum(word in line and not COUNT.search(line) for line in prompt.splitlines()))


def find_needles(prompt: str, question: str) -> str | None:
    """The values of the keys that the question names; all of them as key=value when it asks for all."""
    needles = [(key, value.rstrip(".,;")) for key, value in NEEDLE.findall(prompt)]
    if re.search(r"\b(all|every|each)\b.*\bMAGIC\b", question):
        return "\n".join(dict.fromkeys(f"{key}={value}" for key, value in needles)) or NOT_FOUND
    named = set(re.findall(r"[\w.-]*\w", question))
    values = dict.fromkeys(value for key, value in needles if key in named)
    if values:
        return ", ".join(values)
    return NOT_FOUND if "MAGIC" in question else None


def label(prompt: str, labels: list[str]) -> str:
    """Each numbered line gets the first label that it names, else the last label."""
    items = [item.lower() for item in NUMBERED.findall(prompt)]
    return json.dumps(
        {"labels": [next((name for name in labels if name.lower() in item), labels[-1]) for item in items]}
    )


def closest_sentence(prompt: str, question: str) -> str:
    """The sentence that shares most words with the question; the first of equals."""
    wanted = words(question)
    best, most = NOT_FOUND, 0
    for sentence in SENTENCE_END.split(prompt):
        lower = sentence.lower()
        if not any(word in lower for word in wanted):  # much cheaper than finding the words, and mostly enough
            continue
        shared = len(wanted.intersection(WORD.findall(lower)))
        if shared > most and not is_question_line(sentence, question):
            best, most = sentence.strip(), shared
    return best


def read(prompt: str) -> str:
    """Answer the question in `prompt` from the rest of `prompt`."""
    counted = COUNT.search(prompt)
    if counted:
        return count_lines(prompt, counted[1])
    labels = LABELS.search(prompt)
    if labels and '"labels"' in prompt:
        return label(prompt, [name.strip() for name in labels[1].split(",")])
    question = find_question(prompt)
    needle = find_needles(prompt, question)
    return closest_sentence(prompt, question) if needle is None else needle
