"""What kind of text this is and where its structure lies, found without a model.

A root model that knows there are 142 headings or 3,182 records cuts the text well with its first cell; `chunks` cuts at
the same places. Everything but the line count comes from samples, so that 100 MB take well under a second.
"""

import re
from dataclasses import dataclass

from langchain_rlm.context.levels import Level
from langchain_rlm.context.scan import Scan, scan_of, windows_of
from langchain_rlm.context.structures import found_in
from langchain_rlm.context.text import Text, whole

_HEAD_CHARACTERS = 600
_TAIL_CHARACTERS = 300

_CJK = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_RUN = re.compile(r"(.)\1{3,}", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ufffd]")


@dataclass(frozen=True)
class TextProfile:
    """What is known of a text before a model sees it.

    `format` names the structure that most of the text has, "prose" where none is known; `structure` says in plain
    sentences what it is. `levels` say where units begin, coarse to fine. `head` and `tail` end and begin with a line or
    word.
    """

    characters: int
    lines: int
    format: str
    structure: tuple[str, ...]
    levels: tuple[Level, ...]
    head: str
    tail: str
    is_large: bool = False
    """It is not in memory: code has less of it than of a `str`."""


def profile(text: Text, *, name: str = "") -> TextProfile:
    """Find out what kind of text this is and where its structure lies; its file name's extension is taken as a hint.

    Counts are exact up to 5 million characters; beyond that they come from samples and say "about".
    """
    scan = scan_of(text)
    kind, found = found_in(scan, name)
    structure = _binary_warning(scan) + found.said
    ends = _head(text), _tail(text)
    is_large = not isinstance(text, str)
    return TextProfile(len(text), scan.line_count, kind, structure, found.levels, *ends, is_large=is_large)


def estimate_tokens(characters_or_text: int | Text) -> int:
    """Estimate how many tokens a text has, without a tokenizer: they differ, and loading one needs the network.

    4 characters count as a token; in a text, Chinese, Japanese and Korean characters (by samples) as 1 token each.
    """
    if isinstance(characters_or_text, int):
        return -(-characters_or_text // 4)
    dense = _dense(characters_or_text)
    return dense + -(-(len(characters_or_text) - dense) // 4)


def least_tokens(text: str) -> int:
    """Say how many tokens a text has at the least, whatever the tokenizer.

    Runs of one character (rules, blanks, padding) may be a token each; the densest tokenizers make 5 characters of
    prose, or 2.3 of Chinese, a token.
    """
    squeezed = _RUN.sub(r"\1", text)
    dense = _dense(squeezed)
    return dense * 2 // 5 + (len(squeezed) - dense) // 6


def _dense(text: Text) -> int:
    """How many characters are Chinese, Japanese or Korean, by samples."""
    if isinstance(text, str) and text.isascii():
        return 0
    sample = "".join(windows_of(text, 2_000))
    return len(_CJK.findall(sample)) * len(text) // max(len(sample), 1)


def _head(text: Text) -> str:
    if len(text) <= _HEAD_CHARACTERS:
        return whole(text)
    head = text[:_HEAD_CHARACTERS]
    cut = max(head.rfind("\n", _HEAD_CHARACTERS // 2) + 1, 0) or head.rfind(" ", _HEAD_CHARACTERS // 2) + 1
    return head[: cut or None]


def _tail(text: Text) -> str:
    if len(text) <= _TAIL_CHARACTERS:
        return whole(text)
    tail = text[-_TAIL_CHARACTERS:]
    half = _TAIL_CHARACTERS // 2
    return tail[(tail.find("\n", 0, half) + 1) or (tail.find(" ", 0, half) + 1) :]


def _binary_warning(scan: Scan) -> tuple[str, ...]:
    start = scan.text[:20_000]
    controls = len(_CONTROL.findall(start))
    if controls * 20 <= len(start):
        return ()
    return (f"looks binary: {100 * controls // len(start)}% of the first characters are control characters",)
