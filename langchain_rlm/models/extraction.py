"""The sentences of a text that share most words with a question, found without a model.

Words are compared by their English stems and weighed by BM25: only what is said in the question's own words is found.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_K1 = 1.5
_B = 0.75
_QUOTES = 3
_ENOUGH_WORDS = 2
_MAX_WORDS = 40
_SHORTEST_STEM = 3
_SHORT_SENTENCE_WORDS = 5
_LONG_SENTENCE_CHARACTERS = 400

_STOP_WORDS = frozenset(re.findall(r"\w+", """
    a about an and any are as at be been by can could describe did do does explain for from had has have how i in into
    is it its may me mean means might must my of on or our shall should tell that the their them there these they this
    those to was we were what when where which who whom whose why will work works would you your
"""))  # fmt: skip
_SUFFIXES = ("ings", "ing", "ions", "ion", "ies", "ied", "ers", "er", "ed", "es", "ly", "s", "e", "y")
_ENDING = rf"(?:[bdglmnprt]?(?:{'|'.join(_SUFFIXES)}|d))?"
_MATCHES_NOTHING = r"(a\bb)"
_SENTENCE_BREAK = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[\"“‘'(\[*A-Z0-9])|(?<=[.!?][\"”)])\s+(?=[\"“(A-Z0-9])|(?<=[。！？])"  # noqa: RUF001
    r"|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)"
)
_RULE_LINE = re.compile(r"(?m)^[ \t]*[=*~^_#-]{3,}[ \t]*$")


def extract(question: str, text: str, *, limit: int = _QUOTES) -> list[str]:
    """The sentences of a text, at most `limit`, that share most with a question, best first, each on one line.

    None when the text has fewer than two (and fewer than half) of the question's content words.
    """
    words = content_words(question)
    found = set(re.findall(word_pattern(words), text.lower()))
    if not words or len(found) < min(_ENOUGH_WORDS, (len(words) + 1) // 2):
        return []
    parts = list(dict.fromkeys(sentences(text)))
    ranked = sorted(zip(_bm25(parts, question), parts, strict=True), key=lambda pair: -pair[0])
    return [part for score, part in ranked[:limit] if score > 0]


def sentences(text: str) -> list[str]:
    """Divide a text into sentences (and lines, where a long stretch has no sentence ends), each on one line."""
    found = []
    for part in _SENTENCE_BREAK.split(_RULE_LINE.sub("\n", text)):
        lines = part.splitlines() if len(part) > _LONG_SENTENCE_CHARACTERS else [part]
        found += [" ".join(line.split()) for line in lines if line and not line.isspace()]
    return found


def content_words(question: str) -> list[str]:
    """The stems of the words of a question that carry its content, in order, each once."""
    words = re.findall(r"\w+", question.lower())
    return list(dict.fromkeys(map(_stem, [word for word in words if word not in _STOP_WORDS] or words)))[:_MAX_WORDS]


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and not word.endswith("ss") and len(word) - len(suffix) >= _SHORTEST_STEM:
            stem = word[: -len(suffix)]
            doubled = stem[-1] == stem[-2] and stem[-1] in "bdgmnprt" and len(stem) > _SHORTEST_STEM
            return stem[:-1] if doubled else stem
    return word


def word_pattern(stems: Sequence[str]) -> str:
    """A pattern for the words with these stems in lower-case text; its one group is the stem."""
    return rf"\b({'|'.join(map(re.escape, stems))}){_ENDING}\b" if stems else _MATCHES_NOTHING


def pair_patterns(question: str) -> dict[str, str]:
    """Patterns for content words that stand side by side in the question, by the stem of the first and a plus sign.

    A pair says more than its words apart: "import statement" is not any statement and some import.
    """
    pairs = pairwise(re.findall(r"\w+", question.lower()))
    stems = [(_stem(one), _stem(two)) for one, two in pairs if one not in _STOP_WORDS and two not in _STOP_WORDS]
    return {f"{one}+": rf"\b{re.escape(one)}{_ENDING}\W{{1,3}}{re.escape(two)}" for one, two in stems[:_MAX_WORDS]}


def _bm25(texts: Sequence[str], question: str) -> list[float]:
    words, pairs = word_pattern(content_words(question)), pair_patterns(question)
    counts = [_counted(text.lower(), words, pairs) for text in texts]
    containing = Counter(term for count in counts for term in count)
    rarity = {term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for term, n in containing.items()}
    average = max(1.0, sum(map(len, texts)) / max(1, len(texts)))
    return [
        sum(rarity[term] * n * (_K1 + 1) / (n + _K1 * (1 - _B + _B * len(text) / average)) for term, n in count.items())
        * (0.5 if text.count(" ") + 1 < _SHORT_SENTENCE_WORDS else 1)
        for text, count in zip(texts, counts, strict=True)
    ]


def _counted(text: str, words: str, pairs: dict[str, str]) -> dict[str, int]:
    counts = Counter(re.findall(words, text))
    together = {term: len(re.findall(pattern, text)) for term, pattern in pairs.items() if term[:-1] in counts}
    return counts | {term: count for term, count in together.items() if count}
