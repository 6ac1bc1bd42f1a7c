"""`llm_quotes`: the sentences of texts that bear on a question. Those that a text does not have are never given."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_rlm.repl.protocol import Result, Within
from langchain_rlm.repl.typed.asking import Program, asking
from langchain_rlm.repl.typed.numbered import undressed
from langchain_rlm.repl.written_data import data_in

LETTERS = 4
"""Letters and digits of a quote, at least."""
LONGEST = 5_000
"""Characters of a quote, at most."""
AGAIN = 20
"""Sentences of one text that are asked for again."""
_NOTHING = re.compile(r"\W*(?:nothing|none|n/?a|no (?:relevant )?(?:sentences?|quotes?))\b.{0,80}", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*•>]+\s+|\(?\d{1,3}[.):]\s+|<[^<>\n]{1,20}>\s*)*")
_PROMPT = (
    "Question: {question}\n\nCopy from the text below every sentence that helps to answer the question, word for word, "
    "one to a line. Change nothing and add nothing. If no sentence helps, answer NOTHING.\n\n"
    "{note}<text>\n{text}\n</text>"
)
_NOTE = (
    "Copied before, but not in the text in these words:\n{lines}\nCopy the sentences of the text that were meant.\n\n"
)
Cite = Callable[[str, Within], Mapping[str, Any]]
"""Looks a quote up in a text: its words, with a `mark` where the text is from the context; or an `error`."""


@dataclass
class _Quoted:
    """The quotes of one text."""

    quotes: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    failed: Result | None = None


def quoted(question: str, texts: Sequence[str], cite: Cite, model: str | None) -> Program:
    """Ask for the sentences of each text; one result for each: its quotes with their marks, and what was dropped."""
    all_of = [_Quoted() for _ in texts]
    asked = {place: "" for place, text in enumerate(texts) if text.strip()}
    for is_last in (False, True):
        if not asked:
            break
        prompts = [_prompt(question, texts[place], note) for place, note in asked.items()]
        replies = yield asking(prompts, model)
        again: dict[int, str] = {}
        for place, reply in zip(asked, replies, strict=True):
            missed = _take(all_of[place], texts[place], reply, cite)
            all_of[place].dropped = missed
            if missed and not is_last:
                again[place] = _NOTE.replace("{lines}", "\n".join(f"- {line}" for line in missed[:AGAIN]))
        asked = again
    return [each.failed or ("ok", [each.quotes, len(each.dropped)]) for each in all_of]


def _prompt(question: str, text: str, note: str) -> str:
    before, after = _PROMPT.split("{text}")
    return before.replace("{question}", question).replace("{note}", note) + text + after


def _take(quoted: _Quoted, text: str, reply: Result, cite: Cite) -> list[str]:
    """Add the sentences of a reply that are in the text; return the others."""
    if reply[0] != "ok":
        quoted.failed = quoted.failed or (None if quoted.quotes else reply)
        return quoted.dropped
    missed = list[str]()
    for line in _lines(reply[1]):
        found = cite(line, Within(text))
        if "error" in found:
            missed += [] if line.endswith(":") else [line]
            continue
        quote = f"{' '.join(found['text'].split())} {found.get('mark', '')}".rstrip()
        quoted.quotes += [] if quote in quoted.quotes else [quote]
    return missed


def _lines(reply: str) -> list[str]:
    """The sentences that a reply lists, without what it puts before or around them."""
    lines = reply.splitlines()
    if reply.strip()[:1] in ("[", "{", "`"):
        lines = [said for data in data_in(reply) for said in _strings(data)] or lines
    found = (undressed(line[_BULLET.match(line).end() :])[:LONGEST] for line in lines)  # type: ignore[union-attr]
    kept = (line for line in found if sum(map(str.isalnum, line)) >= LETTERS and not _NOTHING.fullmatch(line))
    return list(dict.fromkeys(kept))


def _strings(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [said for part in parts for said in _strings(part)]
