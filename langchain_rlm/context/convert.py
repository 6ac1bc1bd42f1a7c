"""Files that are not text yet: PDF page by page, office and web formats as Markdown. Both need an extra."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_rlm.context.corpus import PAGE_BREAK
from langchain_rlm.errors import InputError, MissingExtraError

OFFICE = frozenset({".docx", ".pptx", ".xlsx", ".xls", ".epub", ".msg"})
ZIPPED = frozenset({".docx", ".pptx", ".xlsx", ".epub"})
WEB = frozenset({".html", ".htm"})
"""Without the extra, these are read as they are."""


def is_convertible(path: Path) -> bool:
    """Whether the file is converted instead of decoded."""
    suffix = path.suffix.lower()
    return suffix == ".pdf" or suffix in OFFICE or (suffix in WEB and _markitdown() is not None)


def convert(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield text and metadata: once for each page of a PDF, once for any other file."""
    yield from _pdf(path) if path.suffix.lower() == ".pdf" else _markdown(path)


def _pdf(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        from pypdf import PdfReader  # an extra
    except ImportError as error:
        msg = f"{path}: reading PDF needs an extra: pip install 'langchain-rlm[pdf]'."
        raise MissingExtraError(msg) from error
    try:
        pages = [page.extract_text() for page in PdfReader(path).pages]
    except Exception as error:  # damaged files raise many kinds
        msg = f"{path}: the PDF cannot be read ({type(error).__name__}: {error})."
        raise InputError(msg) from error
    if not any(page.strip() for page in pages):
        msg = f"{path}: the PDF has {len(pages)} pages and no text in them (scanned?). Run OCR on it first."
        raise InputError(msg)
    text = PAGE_BREAK.join(page.replace(PAGE_BREAK, "\n") for page in pages)
    yield text, {"pages": len(pages), "page_break": PAGE_BREAK}


def _markdown(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = _markitdown()
    if kind is None:
        msg = f"{path}: reading {path.suffix} files needs an extra: pip install 'langchain-rlm[office]'."
        raise MissingExtraError(msg)
    if path.suffix.lower() in ZIPPED and not zipfile.is_zipfile(path):
        msg = f"{path}: this is not a {path.suffix} file, or it is damaged."
        raise InputError(msg)
    try:
        yield kind(enable_plugins=False).convert_local(path).text_content, {}
    except Exception as error:  # damaged files raise many kinds
        msg = f"{path}: the file cannot be converted ({type(error).__name__}: {error})."
        raise InputError(msg) from error


def _markitdown() -> Any:
    """The converter's class, or None without the extra."""
    try:
        from markitdown import MarkItDown  # an extra
    except ImportError:
        return None
    return MarkItDown
