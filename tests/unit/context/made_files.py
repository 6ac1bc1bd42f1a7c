"""Small files of many kinds, made by hand or by the libraries that write them."""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return data.getvalue()


def pdf_of(pages: Sequence[str], picture: str = "") -> bytes:
    """A PDF with a line of text on each page; pages that are empty show a picture, if `picture` is given."""
    numbers = [4 + 2 * index for index in range(len(pages))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    last = 4 + 2 * len(pages)
    for number, text in zip(numbers, pages, strict=True):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text or not picture else "/P Do"
        shown = "" if text or not picture else f"/XObject << /P {last} 0 R >> "
        resources = f"/Resources << {shown}/Font << /F1 3 0 R >> >> /MediaBox [0 0 612 792]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {number + 1} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    size = f"/Width {len(picture)} /Height 1 /Length {len(picture)} /BitsPerComponent 8 /ColorSpace /DeviceGray"
    objects.append(f"<< /Type /XObject /Subtype /Image {size} >>\nstream\n{picture}\nendstream")
    body, offsets = ["%PDF-1.4\n"], []
    at = len(body[0])
    for number, content in enumerate(objects, 1):
        offsets.append(at)
        body.append(f"{number} 0 obj\n{content}\nendobj\n")
        at += len(body[-1])
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\n"
    return ("".join(body) + end + f"startxref\n{at}\n%%EOF\n").encode("latin-1")


def locked_pdf(pages: Sequence[str], password: str) -> bytes:
    """The same in AES-256; with an empty password everyone may read it."""
    from pypdf import PdfReader, PdfWriter

    writer, data = PdfWriter(PdfReader(io.BytesIO(pdf_of(pages)))), io.BytesIO()
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(data)
    return data.getvalue()


def docx_of(text: str) -> bytes:
    kinds, base = "application/vnd.openxmlformats-", "http://schemas.openxmlformats.org"
    document = f"{base}/officeDocument/2006/relationships/officeDocument"
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{base}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{kinds}package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{kinds}officedocument.wordprocessingml.document.main'
        '+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{base}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{document}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{base}/wordprocessingml/2006/main"><w:body><w:p><w:r>'
        f"<w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
    })  # fmt: skip


def pptx_of(text: str) -> bytes:
    from pptx import Presentation

    made, data = Presentation(), io.BytesIO()
    made.slides.add_slide(made.slide_layouts[5]).shapes.title.text = text
    made.save(data)
    return data.getvalue()


def xlsx_of(rows: Sequence[Sequence[Any]], name: str = "Sheet1") -> bytes:
    import openpyxl

    book, data = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    book.save(data)
    return data.getvalue()


def xls_of(rows: Sequence[Sequence[str | float]]) -> bytes:
    """A workbook of Excel 97: records of a kind, a length and their content, in a compound file."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                cells += record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            else:
                cells += record(0x0203, place + struct.pack("<d", value))
    name, end = "Sheet1", record(0x000A, b"")
    at = len(begin(5)) + len(end) + 4 + 8 + len(name)
    sheet = record(0x0085, struct.pack("<IHBB", at, 0, len(name), 0) + name.encode())
    return compound({"Workbook": begin(5) + sheet + end + begin(0x10) + cells + end})


def epub_of(text: str) -> bytes:
    return zipped({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
        "b.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>Book</dc:title></metadata>'
        '<manifest><item id="a" href="a.xhtml"/></manifest><spine><itemref idref="a"/></spine></package>',
        "a.xhtml": f"<html><body><p>{text}</p></body></html>",
    })  # fmt: skip


def odt_of(heading: str, text: str) -> bytes:
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
    body = f"<text:h>{heading}</text:h><text:p>{text}</text:p>"
    return zipped({"content.xml": f"<office:body {names}>{body}</office:body>"})


def ods_of(rows: Sequence[Sequence[str]]) -> bytes:
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table"))
    text = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in rows)
    table = f'<office:spreadsheet><table:table table:name="Sheet1">{lines}</table:table></office:spreadsheet>'
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": f"<office:document {names} {text}><office:body>{table}</office:body></office:document>",
    })  # fmt: skip


def msg_of(subject: str, text: str) -> bytes:
    """An Outlook message: every property is a stream."""
    values = {"001A": "IPM.Note", "0037": subject, "1000": text}
    streams = {f"__substg1.0_{key}001F": value.encode("utf-16-le") for key, value in values.items()}
    return compound({**streams, "__properties_version1.0": b""})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of sectors of 512 bytes, as old office formats have it."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    table, sectors, entries = [0xFFFFFFFD], list[bytes](), list[bytes]()

    def chain(data: bytes) -> int:
        """Add sectors, and return the first one; the table is sector 0."""
        first, count = len(table), max(1, -(-len(data) // 512))
        table.extend([*range(first + 1, first + count), end])
        sectors.extend(data[at * 512 : (at + 1) * 512].ljust(512, b"\0") for at in range(count))
        return first

    def entry(name: str, kind: int, *, right: int, child: int, start: int, size: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII", len(coded), kind, 1, free, right, child)
        return coded.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    ordered = sorted(streams.items(), key=lambda item: (len(item[0]), item[0]))
    for number, (name, value) in enumerate(ordered, 1):
        data = value.ljust(4096, b"\0")  # shorter ones lie elsewhere
        right = number + 1 if number < len(ordered) else free
        entries.append(entry(name, 2, right=right, child=free, start=chain(data), size=len(data)))
    directory = chain(b"".join([entry("Root Entry", 5, right=free, child=1, start=end, size=0), *entries]))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIIII", 0, 1, directory, 0, 0, end, 0, end, 0, 0) + struct.pack("<I", free) * 108
    allocated = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + allocated + b"".join(sectors)
