"""The pages of the documentation, the README among them, and the blocks of code in them."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
_BLOCK = re.compile(r"^(?P<in> *)```(?P<of>[^\s`]*)[^\n]*\n(?P<text>.*?)^(?P=in)```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code."""

    page: Path
    language: str
    text: str
    line: int
    """Where its text begins in the page, from 1."""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    return [README, *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    """What a test calls a page."""
    return str(page.relative_to(ROOT))


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page; of these languages alone, where some are named."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(page, one["of"], textwrap.dedent(one["text"]), text.count("\n", 0, one.start("text")) + 1)
        for one in _BLOCK.finditer(text)
    ]
    return [block for block in found if not languages or block.language in languages]


def rows(page: Path, heading: str = "") -> list[str]:
    """The first column of the tables of a page, or of the part of it under a heading."""
    text = page.read_text(encoding="utf-8")
    part = re.split(r"\n#+ ", text.split(f"# {heading}\n", 1)[1])[0] if heading else text
    return [row for row in re.findall(r"^\| (.+?) +\|", part, re.MULTILINE) if not row.startswith("---")]
