"""What a terminal is shown: no text of a document, a model or a file's name may drive it."""

import re
import sys
from typing import TextIO

UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that would move the cursor, turn the direction of what follows, or cannot be written."""
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
SHOWN = 200
"""Characters of a line; the terminal cuts it again."""


def one_line(text: str) -> str:
    """The first line with something in it, safe for a terminal."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    return UNSEEN.sub(UNKNOWN, line[:SHOWN])


def say(text: str, *, error: bool = False) -> None:
    """Print to standard output, or to standard error; on a terminal without what would drive it."""
    stream: TextIO = sys.stderr if error else sys.stdout
    if stream.isatty():
        text = "\n".join(UNSEEN.sub(UNKNOWN, line) for line in text.replace("\r\n", "\n").split("\n"))
    print(text, file=stream)
