"""Each message that the page of remedies quotes is one that the package can say."""

import re
from collections.abc import Iterator
from pathlib import Path

import langchain_rlm

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "troubleshooting.md"
GAP = "..."
"""What stands for a value on the page."""


def quoted() -> Iterator[str]:
    """The messages of the tables under "message", and the remedies of the table of kinds."""
    column = ""
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip("| ") for cell in line.split(" | ")]
        if line.startswith("|") and cells[0] in {"message", "kind", "you see"}:
            column = cells[0]
        elif line.startswith("|"):
            found = re.findall(r"(`{1,2}) ?(.+?) ?\1", {"message": cells[0], "kind": cells[-1]}.get(column, ""))
            yield from (each for _, each in found if " " in each)


def source() -> str:
    """All that stands in the package, each text of several lines in one."""
    files = Path(langchain_rlm.__file__).parent.rglob("*.py")
    whole = "\n".join(path.read_text("utf-8") for path in files)
    return unbraced(re.sub(r"([\"'])\s*\n\s*f?\1", "", whole))


def unbraced(text: str) -> str:
    """Without the braces that a formatted text doubles."""
    return text.replace("{{", "{").replace("}}", "}")


def parts(message: str) -> list[str]:
    """The fixed words between the gaps; a gap at the end of a sentence has its full stop."""
    return [part.strip() for part in unbraced(message).replace("....", "... .").split(GAP) if part.strip()]


def test_each_quoted_message_stands_in_the_source_with_all_its_fixed_words_in_order() -> None:
    known, messages = source().splitlines(), list(quoted())
    assert len(messages) > 100
    lost = []
    for message in messages:
        wanted = parts(message)
        longest, pattern = max(wanted, key=len), re.compile(".*".join(map(re.escape, wanted)))
        if not any(longest in line and pattern.search(line) for line in known):
            lost.append(message)
    assert lost == []
