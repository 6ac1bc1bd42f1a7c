"""What a root model's reply holds: cells, or an answer as bare text.

Models are told to write a cell in a fenced block; they write it in many other ways too. Models trained for RLM end with
`FINAL(...)` or `FINAL_VAR(...)` as bare text. Pure functions over the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from langchain_rlm.repl.bare_code import called, holds_code, plain_code
from langchain_rlm.repl.fences import Fences
from langchain_rlm.repl.finals import Final, final_in
from langchain_rlm.repl.thinking import without_thinking

KEPT = 20_000
"""Characters of a reply that is read once: each step of its turn needs what it holds."""


@dataclass(frozen=True)
class ParsedReply:
    """What a reply holds."""

    cells: tuple[str, ...]
    final: Final | None
    """The answer given as bare text."""
    unclosed: bool
    """The last cell was left open, or nothing says where it ends."""
    prose: str
    """The words beside the cells."""

    @property
    def holds_code(self) -> bool:
        """Whether there is code that is in no cell: the words are no answer then."""
        return not self.cells and holds_code(self.prose)


def parse_reply(text: str, fences: Sequence[str] | None = None) -> ParsedReply:
    """Read the root model's reply as it came. What it thought is left out, except in a cell.

    `fences` are the tags of the only blocks that are cells, beside `repl`; None: any code is one.
    """
    parsed = _parsed if len(text) <= KEPT else _parsed.__wrapped__
    return parsed(text, None if fences is None else tuple(fences))


@lru_cache(maxsize=64)
def _parsed(text: str, fences: tuple[str, ...] | None) -> ParsedReply:
    text = without_thinking(text.replace("\r\n", "\n").replace("\r", "\n"), unclosed=False)
    blocks = list(Fences(text, fences).blocks())
    kind = "python" if any(block.kind == "python" and block.code.strip() for block in blocks) else "likely"
    cells, unclosed, prose, words = list[str](), False, "", ""
    position = 0
    for block in blocks:
        between = text[position : block.start]
        is_cell = block.kind == kind and bool(block.code.strip())
        if is_cell:
            cells.append(block.code)
            unclosed = unclosed or not block.is_closed
        prose += between if is_cell else text[position : block.end]
        words += between + (text[block.start : block.end] if block.kind == "other" else "")
        position = block.end
    prose, words = prose + text[position:], words + text[position:]
    if not without_thinking(text):  # it thinks to its end, and only what is in a block is meant as a cell
        prose = words = text = ""
    if not cells:
        code, prose, words = _unfenced(text, prose, words, may_be_bare=fences is None)
        cells, unclosed = [code] if code else [], bool(code)
    return ParsedReply(tuple(cells), final_in(words), unclosed, prose.strip())


def _unfenced(text: str, prose: str, words: str, *, may_be_bare: bool) -> tuple[str, str, str]:
    """The code of a reply without cells in blocks, or nothing, and what is left of its prose and its words."""
    if may_be_bare and (code := called(text)):
        return code, "", ""
    final = final_in(words)
    if may_be_bare and (found := plain_code(words, final_alone=final is None)):
        return found[0], found[1], found[1]
    if final and final.is_code and not final.text.isidentifier():
        return f"FINAL({final.text})", "", ""
    return "", prose, words
