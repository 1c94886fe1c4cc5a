"""Media: what a file is, by what is in it and never by what it is called, and pictures drawn anew.

In order:
1. A file is a PDF, a JPEG or a PNG, and begins as one; nothing else is taken.
2. A picture is measured before it is unpacked: a small file can hold a picture that fills the memory.
3. A picture is unpacked whole and drawn anew from its points alone: where and by what it was taken, comments, earlier
   pictures inside it and whatever was hung on to it are gone. One that is cut or broken is refused.
4. A PDF ends as one, and is nothing else besides.
"""

import io
import zipfile
from typing import Final

from PIL import Image, ImageOps

from schemas.file import PICTURES, Media

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_POINTS: Final = 40_000_000
TOO_LARGE: Final = f"A file has at most {MOST_BYTES // 1024 // 1024} MB."

_JPEG_QUALITY = 92
_TAIL = 1024
# An archive may stand anywhere in a file and is opened by its own mark.
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MSCF\x00\x00\x00\x00")
_TAR = (b"ustar", 257)


_BEGINS = {Media.JPEG: b"\xff\xd8\xff", Media.PNG: b"\x89PNG\r\n\x1a\n", Media.PDF: b"%PDF-"}
# A reader may forgive a picture that lacks its end.
_ENDS = {Media.JPEG: b"\xff\xd9", Media.PNG: b"IEND\xaeB\x60\x82"}
_BROKEN = "The picture is cut or broken."


class BadMedia(ValueError):
    """A file that is not taken; the message says why, to whoever sent it."""


def cleaned(raw: bytes, taken: frozenset[Media]) -> tuple[Media, bytes]:
    """Say what a file is and give what of it is kept. Raises BadMedia."""
    if not raw:
        raise BadMedia("The file is empty.")
    if len(raw) > MOST_BYTES:
        raise BadMedia(TOO_LARGE)
    media = next((media for media, mark in _BEGINS.items() if raw.startswith(mark)), None)
    if media is None or media not in taken:
        raise BadMedia(f"Such a file is not taken here; send {_said(taken)}.")
    kept = _drawn(raw, media) if media in PICTURES else _whole_pdf(raw)
    if len(kept) > MOST_BYTES:
        raise BadMedia(TOO_LARGE)
    return media, kept


def _drawn(raw: bytes, media: Media) -> bytes:
    if _ENDS[media] not in raw:
        raise BadMedia(_BROKEN)
    try:
        with Image.open(io.BytesIO(raw), formats=[media.name]) as picture:
            if picture.width * picture.height > MOST_POINTS:
                raise BadMedia(f"A picture has at most {MOST_POINTS // 1_000_000} million points.")
            plain = _points(picture)
        drawn = io.BytesIO()
        plain.save(drawn, media.name, **({"quality": _JPEG_QUALITY} if media is Media.JPEG else {}))
    except BadMedia:
        raise
    except Exception as problem:  # whatever its reader makes of hostile bytes
        raise BadMedia(_BROKEN) from problem
    return drawn.getvalue()


def _points(picture: Image.Image) -> Image.Image:
    """Give the points of a picture, the right way up, and nothing that was said beside them."""
    ImageOps.exif_transpose(picture, in_place=True)
    modes = {"1": "L", "L": "L", "RGBA": "RGBA", "LA": "LA"}
    mode = "RGBA" if "transparency" in picture.info else modes.get(picture.mode, "RGB")
    plain = picture.convert(mode)
    plain.info.clear()
    return plain


def _whole_pdf(raw: bytes) -> bytes:
    end = raw.rstrip(b"\r\n")[-_TAIL:]
    if not end.endswith(b"%%EOF") or b"startxref" not in end:
        raise BadMedia("The PDF is cut or broken.")
    mark, place = _TAR
    archive = zipfile.is_zipfile(io.BytesIO(raw)) or any(one in raw for one in _ARCHIVES)
    if archive or raw[place : place + len(mark)] == mark:
        raise BadMedia("The PDF is an archive besides; send what is in it one by one.")
    return raw


def _said(taken: frozenset[Media]) -> str:
    *names, last = (media.name for media in Media if media in taken)
    return f"{', '.join(names)} or {last}" if names else last
