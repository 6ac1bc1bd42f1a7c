"""Files that are not text yet, from bytes to text: PDF, office and web formats, mail, notebooks.

All of this runs in processes of its own (`conversions.py`): what the libraries print, leak, take for ever or crash on
stays there. So nothing here is imported before it is needed, and `serve` is all that such a process does.
"""

import contextlib
import json
import logging
import os
import re
import sys
import threading
import time
import warnings
import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO
from logging.handlers import BufferingHandler
from typing import Any
from xml.etree import ElementTree as ET

from langchain_rlm.context.encodings import decoded
from langchain_rlm.context.pieces import PAGE_BREAK, WITHOUT_TEXT
from langchain_rlm.errors import InputError
from langchain_rlm.surrogates import encodable

MEMORY = 6_000_000_000
"""Bytes of address space of a process that converts, where the system can hold it to that."""
PACKED, UNPACKED = 100, 200_000_000
"""Parts of a zipped file that grow more than so many times may not unpack to more than so many bytes together."""
LONGEST = 500_000_000
"""Characters of a table."""
MANY = 1_000_000
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_HIDDEN = re.compile(r"(?is)<(ix:header)\b.*?</\1\s*>")
"""What a filing in inline XBRL holds for machines."""
_TAG = re.compile(r"<[^<>]*>")
_PROTECTED = re.compile("encrypt|decrypt|password", re.IGNORECASE)
PROTECTED = "the file is protected with a password: save a copy without one."

Text = tuple[str, dict[str, Any]]
"""The text of a file and what else is known of it."""


def convert(data: bytes, suffix: str, encoding: str | None = None) -> Text:
    """Convert the bytes of a file whose name ends with `suffix`.

    Raises:
        InputError: It cannot be converted, or not without an extra.
    """
    extra, converter = _CONVERTERS[suffix]
    if suffix in ZIPPED:
        _check_zipped(data, suffix)
    try:
        text, facts = converter(data, suffix, encoding)
    except InputError:
        raise
    except ImportError as error:
        msg = f"reading {suffix} files needs an extra: pip install 'langchain-rlm[{extra}]'."
        raise InputError(msg) from error
    except (Exception, RecursionError) as error:  # damaged files raise many kinds
        what = f"{type(error).__name__}: {error}"
        if _PROTECTED.search(what):
            raise InputError(PROTECTED) from error
        if not extra:
            return decoded(data, "the file", encoding)[0], {}
        msg = f"the file cannot be converted ({what})."
        raise InputError(msg) from error
    return encodable(text).replace("\0", ""), facts


def _check_zipped(data: bytes, suffix: str) -> None:
    if data.startswith(_OLD_OFFICE):
        raise InputError(PROTECTED)
    try:
        parts = zipfile.ZipFile(BytesIO(data)).infolist()
    except Exception as error:  # damaged files raise many kinds
        msg = f"this is not a {suffix} file, or it is damaged."
        raise InputError(msg) from error
    size = sum(part.file_size for part in parts if part.file_size > PACKED * part.compress_size)
    if size > UNPACKED:
        msg = f"the {len(data):,} bytes of the file unpack to {size:,}, as of a zip bomb: it is not opened."
        raise InputError(msg)


def _pdf(data: bytes, *_: Any) -> Text:
    from pypdf import PdfReader

    texts, unread = list[str](), list[int]()
    for number, page in enumerate(PdfReader(BytesIO(data)).pages, 1):
        resources: Any = page["/Resources"] if "/Resources" in page else ()  # noqa: SIM401  # `get` follows no reference
        has_picture = "/XObject" in resources
        try:
            text = page.extract_text().replace(PAGE_BREAK, "\n")
        except Exception:  # noqa: BLE001  # a damaged page, which raises many kinds, is not all pages
            text, has_picture = "", True
        if has_picture and not text.strip():
            unread.append(number)
            text = f"[page {number} has no text]"
        texts.append(text)
    if not any(text.strip() for text in texts):
        msg = f"the PDF has {len(texts)} pages and no text in them (scanned?). Run OCR on it first."
        raise InputError(msg)
    facts: dict[str, Any] = {"pages": len(texts), "page_break": PAGE_BREAK}
    if unread:
        count = f"{len(unread):,} of {len(texts):,} pages"
        facts |= {"left_out": (count, "damaged, or pictures without text: run OCR on them"), WITHOUT_TEXT: unread}
    return PAGE_BREAK.join(texts), facts


def _office(data: bytes, suffix: str, _: Any) -> Text:
    from markitdown import StreamInfo, converters

    converter = getattr(converters, _MARKITDOWN[suffix])()
    return converter.convert(BytesIO(data), StreamInfo(extension=suffix)).markdown, {}


def _workbook(data: bytes, *_: Any) -> Text:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    return "\n\n".join(_table(name, book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names), {}


def _table(name: str, rows: Iterable[Iterable[Any]]) -> str:
    """A sheet as a table in Markdown: its first row is the header; empty rows are left out."""
    lines, widths, size = list[str](), list[int](), 0
    for row in rows:
        cells = [*map(_cell, row)]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            lines.append(f"| {' | '.join(cells)} |")
            widths.append(len(cells))
            size += len(lines[-1])
        if size > LONGEST:
            msg = f"the sheet {name!r} has more than {LONGEST:,} characters: export it as .csv, in parts."
            raise InputError(msg)
    width = max(widths, default=0)
    lines = [line + "  |" * (width - count) for line, count in zip(lines, widths, strict=True)]
    return "\n".join([f"## {name}", *lines[:1], *([f"|{' --- |' * width}"] if lines else []), *lines[1:]])


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split("\n")).replace("|", "\\|")


def _html(data: bytes, _: str, encoding: str | None) -> Text:
    """A web page; as it is, without the extra."""
    text, guessed = decoded(data, "the file", encoding)
    return _markdown(_HIDDEN.sub("", text)), {"encoding": guessed} if guessed else {}


def _markdown(html: str) -> str:
    try:
        from html_to_markdown import ConversionOptions, convert
    except ImportError:
        return html
    options = ConversionOptions(extract_metadata=False, hidden_content="reachable", inline_data_media="alt_text_only")
    made = convert(html, options)
    if not made.warnings:
        return made.content or ""
    from html import unescape

    return unescape(_TAG.sub(" ", html))  # nested too deep: text is missing


def _rtf(data: bytes, *_: Any) -> Text:
    from striprtf import striprtf

    to_text: Any = striprtf.rtf_to_text
    return to_text(data.decode("latin-1"), errors="replace"), {}


def _odt(data: bytes, *_: Any) -> Text:
    """The headings and paragraphs of an OpenDocument text."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        root = ET.fromstring(archive.read("content.xml"))  # noqa: S314  # expat refuses to expand bombs
    blocks = (("# " * element.tag.endswith("}h"), element) for element in root.iter())
    kept = (mark + "".join(e.itertext()) for mark, e in blocks if e.tag.endswith(("}h", "}p")))
    return "\n\n".join(filter(str.strip, kept)), {}


def _mail(data: bytes, *_: Any) -> Text:
    from email import message_from_bytes, policy

    message = message_from_bytes(data, policy=policy.default)
    head = [f"{name}: {message[name]}" for name in ("From", "To", "Cc", "Date", "Subject") if message[name]]
    body: Any = message.get_body(("plain", "html"))
    if not head or body is None:
        msg = "no mail"
        raise ValueError(msg)
    text = body.get_content().replace("\r\n", "\n")
    files = [f"Attachment: {part.get_filename()}" for part in message.iter_attachments()]
    return "\n".join([*head, *files, "", _markdown(text) if body.get_content_subtype() == "html" else text]), {}


def _notebook(data: bytes, *_: Any) -> Text:
    """The cells of a notebook and the text that they printed, without pictures."""
    book, parts = json.loads(data), list[str]()
    language = book.get("metadata", {}).get("kernelspec", {}).get("language", "python")
    for cell in book["cells"]:
        source = "".join(cell["source"])
        parts.append(f"```{language}\n{source}\n```" if cell["cell_type"] == "code" else source)
        for output in cell.get("outputs", ()):
            lines = output.get("text") or output.get("data", {}).get("text/plain") or ""
            said = "".join(lines) or f"{output['ename']}: {output['evalue']}" * ("ename" in output)
            parts += [f"```\n{said.rstrip()}\n```"] if said else []
    return "\n\n".join(parts), {}


Convert = Callable[[bytes, str, str | None], Text]
_MARKITDOWN = {
    ".docx": "DocxConverter", ".pptx": "PptxConverter", ".epub": "EpubConverter", ".msg": "OutlookMsgConverter",
}  # fmt: skip
_CONVERTERS: dict[str, tuple[str, Convert]] = {
    ".pdf": ("pdf", _pdf), **dict.fromkeys(_MARKITDOWN, ("office", _office)), ".rtf": ("office", _rtf),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), ("office", _workbook)), ".odt": ("office", _odt),
    **dict.fromkeys((".html", ".htm", ".xhtml"), ("", _html)), ".eml": ("", _mail), ".ipynb": ("", _notebook),
}  # fmt: skip
"""By suffix: the extra that it needs, and what converts it. What needs none is read as it is when that fails."""
ZIPPED = frozenset({".docx", ".epub", ".ods", ".odt", ".pptx", ".xlsm", ".xlsx"})
SUFFIXES = frozenset(_CONVERTERS)


def _end_with(parent: int) -> None:
    """End with the process that asks, also where that is killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def serve(parent: int) -> None:
    """Convert what the process `parent` writes: for each file a line that describes it, then its bytes."""
    replies, nowhere = os.fdopen(os.dup(1), "wb"), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    with contextlib.suppress(ImportError, ValueError):  # Windows has no limits, others have lower ones
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
    heard = BufferingHandler(MANY)  # what libraries warn of is counted, not printed
    logging.basicConfig(handlers=[heard], level=logging.WARNING)
    logging.captureWarnings(capture=True)
    warnings.simplefilter("always")
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        data = sys.stdin.buffer.read(asked["size"])
        heard.flush()
        try:
            text, facts = convert(data, asked["suffix"], asked["encoding"])
        except InputError as error:
            made: dict[str, Any] = {"error": str(error).removeprefix("the file: ")}
        else:
            if count := len(heard.buffer):
                facts["conversion_warnings"] = f"{count:,}, the first: {heard.buffer[0].getMessage()[:200]}"
            made = {"text": text, "facts": facts}
        replies.write(json.dumps(made).encode() + b"\n")
        replies.flush()
