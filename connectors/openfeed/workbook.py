"""The first sheet of an Excel workbook (.xlsx), read row by row, after its packing has been looked at.

A workbook is a zip of XML: what it unpacks to is measured before anything is read, and an XML part that
declares a document type, or hides behind another encoding, is refused before a parser sees it.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from connectors.openfeed.refusing import Code, RefusedWhole

MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_PARTS = 500
MAX_COLUMNS = 200
_CHUNK_BYTES = 64 * 1024
_ZIP_MARK = b"PK\x03\x04"
_XML = (".xml", ".rels", ".vml")


def is_workbook(data: bytes) -> bool:
    return data.startswith(_ZIP_MARK)


def read_workbook(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    """Row number and cells of the first sheet, to the last header. Raises RefusedWhole."""
    _look_inside(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except Exception:  # noqa: BLE001 (whatever the library stumbles over, the file is no workbook)
        raise RefusedWhole(Code.NOT_A_FILE, _("Filen är ingen Excelfil som går att läsa.")) from None
    try:
        yield from _rows(book)
    except RefusedWhole:
        raise
    except Exception:  # noqa: BLE001
        raise RefusedWhole(Code.NOT_A_FILE, _("Excelfilen går inte att läsa.")) from None
    finally:
        book.close()


def _rows(book: object) -> Iterator[tuple[int, Sequence[object]]]:
    sheet = book.worksheets[0]  # type: ignore[attr-defined]
    sheet.reset_dimensions()
    width = 0
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
        if not width:
            width = len(_without_tail(cells))
            if not width:
                continue
        given = _without_tail(cells)
        if len(given) < width:
            given = (*given, *(None for _missing in range(width - len(given))))
        yield number, given


def _without_tail(cells: Sequence[object]) -> tuple[object, ...]:
    """Without the empty cells at the end, which a sheet may have any number of."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell not in (None, "")), default=0)
    return tuple(cells[:last])


def _look_inside(data: bytes) -> None:
    """Unpack every part once, counting. The sizes that a zip claims are not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or any(part.flag_bits & 0x1 for part in parts):
                raise RefusedWhole(Code.NOT_A_FILE, _("Filen är ingen Excelfil som går att läsa."))
            left = MAX_UNPACKED_BYTES
            for part in parts:
                left = _measure(archive, part, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise RefusedWhole(Code.NOT_A_FILE, _("Filen är ingen Excelfil som går att läsa.")) from None


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_xml = part.filename.lower().endswith(_XML)
    tail = b""
    with archive.open(part) as unpacked:
        while chunk := unpacked.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise RefusedWhole(Code.TOO_LARGE, _("Excelfilen blir för stor när den packas upp."))
            if is_xml and (b"\0" in chunk or b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk):
                raise RefusedWhole(
                    Code.NOT_A_FILE, _("Excelfilen innehåller en dokumenttyp, vilket inte tas emot.")
                )
            tail = chunk[-16:]
    return left
