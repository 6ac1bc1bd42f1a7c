"""How many sentences are found as a reader would quote them, and how many with something changed: a table.

    python benchmarks/document_quotes.py

Web pages, PDFs and commented sources are made by seed and go through the loaders that users have; besides, the sources
of the standard library. A reader has the words with single spaces, and straight or curly quotation marks.
"""

import io
import random
import re
import sys
import tempfile
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.common import Row, limited, run  # the path is set above

PAGES, PDFS, SOURCES, SENTENCES = 20, 10, 20, 40
NAMES = ["Ann Lee", "Mr. Stone", "Dr. Núñez", "the Duke", "Acme & Co.", "Zoë", "O'Neill", "van der Berg"]
THINGS = [
    "a final offer",
    "the office",
    "two of the files",
    "an efficient way",
    "well-known rights",
    "the co-operative",
]
DOES = ["did not accept", "has never seen", "paid for", "wrote about", "could not find", "sold", "returned", "kept"]
WHEN = ["on 12 May 2019", "in 1987", "before March", "at 10:45", "since 3 July 2021", "within 30 days"]
WHY = [
    "because it cost 1,250 dollars", "which “nobody wanted”", "although 17.5% of it was lost",
    "for reasons in section 4", "and said so in a letter of 26 pages", "while all of them were away",
]  # fmt: skip
OTHER_WORDS = ["walrus", "sometimes", "Tuesday", "fewer"]
STRAIGHT = str.maketrans("“”’", '""\'')  # noqa: RUF001  # as they stand in texts
END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
Document = tuple[str, list[str]]
"""A text as it is loaded, and sentences of it as they are read."""


def sentences(draw: random.Random) -> list[str]:
    """Sentences with names, numbers, dates, negations, quotations, hyphens; no two alike."""
    parts = (NAMES, DOES, THINGS, WHEN, WHY)
    made = (" ".join(draw.choice(part) for part in parts) + f", as item {at + 100} says." for at in range(SENTENCES))
    return [one[0].upper() + one[1:] for one in made]


def loaded(name: str, data: bytes) -> str:
    """The text that a user's file gives."""
    from langchain_rlm.context.load import load_corpus
    from langchain_rlm.context.text import whole

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        return "\f".join(whole(document.text) for document in load_corpus(path).documents)


def web_page(draw: random.Random) -> Document:
    """Inline tags, links with titles, notes and entities within sentences; blocks, lists and tables around them."""
    said = sentences(draw)
    tags = [
        "<b>{}</b>",
        "<em>{}</em>",
        "<code>{}</code>",
        '<a href="/w/x_(y).html" title="The &quot;{}&quot; page">{}</a>',
    ]
    tags += [
        '<a href="https://e.org/?q={}">{}</a>',
        '{}<sup><a href="#cite-1">[1]</a></sup>',
        "<span class='s'>{}</span>",
    ]

    def marked(sentence: str) -> str:
        words = sentence.replace("&", "&amp;").split()
        for at in draw.sample(range(1, len(words) - 1), 3):
            words[at] = draw.choice(tags).replace("{}", words[at])
        return draw.choice([" ", "\n"]).join(words)

    blocks = ["<p>{}</p>", "<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>", "<blockquote>{}</blockquote>"]
    body = "\n".join(draw.choice(blocks).replace("{}", marked(one)) for one in said)
    page = f"<!doctype html><html><head><title>T</title></head><body><h1>A page</h1>{body}</body></html>"
    return loaded("page.html", page.encode()), said


def pdf(draw: random.Random) -> Document:
    """Kerned lines, hyphenated words, lines and numbers on each page, sentences over page breaks."""
    said, loses_spaces = sentences(draw), draw.random() < 0.5
    lines: list[str] = []
    line = ""
    for word in " ".join(said).split():
        if len(line) + len(word) > draw.randint(60, 75):
            room = len(word) // 2
            if word.isalpha() and room > 2:  # letters on each side
                lines.append(f"{line} {word[:room]}-".strip())
                line = word[room:]
                continue
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    pages = [lines[at : at + 30] for at in range(0, len([*lines, line]), 30)]
    pages[-1].append(line)
    for number, page in enumerate(pages, 1):
        page[:] = ["Annual Report of the Office", *page, f"- {number} -"]
    return loaded("made.pdf", pdf_of(pages, kerned=loses_spaces)), said


def pdf_of(pages: list[list[str]], *, kerned: bool) -> bytes:
    """A PDF of lines; when kerned, spaces are gaps between strings, too narrow to be told from kerning."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for page in pages:
        shown = b""
        for at, line in enumerate(page):
            data = re.sub(rb"([\\()])", rb"\\\1", line.encode("cp1252"))
            parts = b") -90 (".join(data.split(b" ")) if kerned else data
            shown += b"BT /F1 10 Tf 60 %d Td [(%s)] TJ ET\n" % (780 - 22 * at, parts)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\n" % (
        len(places) + 1,
        table,
        len(places) + 1,
    )
    return made + head + b"startxref\n%d\n%%%%EOF\n" % len(made)


def commented(draw: random.Random) -> Document:
    """Sentences over several lines that begin with the mark of a language's comments, of a mail's quotes, of a list."""
    said = sentences(draw)
    prefix = draw.choice(["# ", "// ", "/// ", "//! ", " * ", "-- ", ";; ", "% ", "> ", "> > ", "** "])
    words, line = " ".join(said).split(), ""
    lines: list[str] = []
    for word in words:
        line = f"{line} {word}".strip()
        if len(line) > draw.randint(40, 70):
            lines, line = [*lines, prefix + line], ""
    return "\n".join([*lines, prefix + line]), said


def library(draw: random.Random) -> Iterator[Document]:
    """Sources of the standard library with the sentences of their comments."""
    found = sorted(Path(tokenize.__file__).parent.glob("*.py"))
    for path in draw.sample(found, SOURCES):
        text = path.read_text(encoding="utf-8")
        blocks, last = [""], -1
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#"):
                blocks += [""] * (token.start[0] != last + 1)
                blocks[-1], last = f"{blocks[-1]} {token.string.lstrip('#').strip()}", token.start[0]
        said = [one for block in blocks for one in END.split(" ".join(block.split())) if len(one.split()) > 5]
        yield text, draw.sample(said, min(len(said), SENTENCES))


def typed(sentence: str, draw: random.Random) -> str:
    """A sentence with straight or with curly quotation marks."""
    if draw.random() < 0.5:  # half of them
        return sentence.translate(STRAIGHT)
    return re.sub(r"(?<=\w)'(?=\w)", "’", sentence)  # noqa: RUF001  # it is what is meant


def changed(sentence: str, draw: random.Random) -> Iterator[str]:
    """The sentence with one word, number or name changed, a word left out, a negation put in or taken out."""
    words = sentence.split()
    inner = [at for at in range(1, len(words) - 1) if words[at].isalpha()]
    if inner:
        at = draw.choice(inner)
        for instead in ([draw.choice(OTHER_WORDS)], [words[at], "not"], []):
            yield " ".join([*words[:at], *instead, *words[at + 1 :]])
    for number in re.finditer(r"\d+", sentence):
        for other in (str(int(number[0]) + 1), number[0] + "0", number[0][:-1] + "7" * (number[0][-1] != "7") + "8"):
            yield sentence[: number.start()] + other + sentence[number.end() :]
    if negation := re.search(r"\b(?:not|never|no) ", sentence):
        yield sentence[: negation.start()] + sentence[negation.end() :]


def quotes() -> list[Row]:
    """Percent of sentences that are found at their place, and quotes with a change that are found."""
    from langchain_rlm.evidence.quotes import Quotes

    draw = random.Random(7)
    kinds: dict[str, list[Document]] = {
        f"{PAGES} web pages": [web_page(draw) for _ in range(PAGES)],
        f"{PDFS} PDFs": [pdf(draw) for _ in range(PDFS)],
        f"{SOURCES} commented texts": [commented(draw) for _ in range(SOURCES)],
        f"{SOURCES} modules of the standard library": [*library(draw)],
    }
    rows: list[Row] = []
    wrong = tried = 0
    for kind, documents in kinds.items():
        found = asked = 0
        for text, said in documents:
            look = Quotes([text]).look
            whole = " ".join(said)
            for sentence in said:
                quote = typed(sentence, draw)
                asked, found = asked + 1, found + bool(look(quote, [0]).places)
                others = [other for other in changed(quote, draw) if other not in whole]
                tried, wrong = tried + len(others), wrong + sum(bool(look(other, [0]).places) for other in others)
        share = 100 * found / asked
        rows.append((f"sentences of {kind}, found", f"{share:.1f} % of {asked:,}", ">= 98", share >= 98))
    return [*rows, *limited(f"quotes with a change, of {tried:,}, found", wrong, 0, "")]


FIGURES: dict[str, Callable[[], list[Row]]] = {"quotes": quotes}


if __name__ == "__main__":
    run(__file__, FIGURES)
