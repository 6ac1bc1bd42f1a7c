"""Draws a page of a PDF file, in a process of its own: the library may crash, or take for ever."""

import base64
import contextlib
import json
import struct
import sys
import zlib
from pathlib import Path
from typing import Any

from langchain_rlm.context.convert import MEMORY

SIDE = 1_500
"""Pixels of the longest side. Providers make larger ones smaller."""
BYTES = 2_000_000
"""Of a picture; it is drawn smaller until it has no more."""
SMALLER = 0.75
LEAST = 200
"""Pixels of the longest side below which nothing can be read."""
CHANGED = "has changed since it was read, so the page may be another one. Begin a new run with the file as it is."


def state_of(path: Path) -> str:
    """What says that a file is as it was: its size, and when it was changed."""
    state = path.stat()
    return f"{state.st_size}:{state.st_mtime_ns}"


def drawn(path: str, state: str, page: int) -> dict[str, str]:
    """The picture of a page in base64, or an `error`."""
    try:
        if state_of(Path(path)) != state:
            return {"error": f"the file {path} {CHANGED}"}
    except OSError as error:
        return {"error": f"the file {path} cannot be read ({error.strerror}). Put it back, or begin a new run."}
    try:
        import pypdfium2
    except ImportError:
        return {"error": "showing pages needs an extra: pip install 'langchain-rlm[pdf]'."}
    try:
        return {"png": base64.b64encode(_picture(pypdfium2.PdfDocument(path)[page - 1])).decode()}
    except Exception as error:  # noqa: BLE001  # damaged files raise many kinds
        return {"error": f"the page cannot be drawn ({type(error).__name__}: {error})."}


def _picture(page: Any) -> bytes:
    side = float(SIDE)
    while True:
        bitmap = page.render(scale=side / max(*page.get_size(), 1.0), rev_byteorder=True, prefer_bgrx=False)
        picture = png(bitmap.width, bitmap.height, bitmap.n_channels, bitmap.stride, bytes(bitmap.buffer))
        if len(picture) <= BYTES or side <= LEAST:
            return picture
        side *= SMALLER


def png(width: int, height: int, channels: int, stride: int, pixels: bytes) -> bytes:
    """A picture of 1, 3 or 4 bytes a pixel, in lines of `stride` bytes, as a PNG file."""
    lines = b"".join(b"\0" + pixels[at * stride : at * stride + width * channels] for at in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def serve() -> None:
    """Draw what the standard input asks for, and write it out."""
    with contextlib.suppress(ImportError, ValueError):  # Windows has no limits, others have lower ones
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    sys.stdout.write(json.dumps(drawn(**json.load(sys.stdin))))
