"""Files made for the tests: pictures with something said beside their points, and a small PDF."""

import io
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SAID = b"taken in a secret place"
EXIF_ORIENTATION, EXIF_MAKE = 0x0112, 0x010F
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def points(width: int = 40, height: int = 24) -> Image.Image:
    """Give a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return picture


def jpeg(*, turned: bool = False, **given: Any) -> bytes:
    """Give a JPEG with camera data, a comment and a colour profile; `turned` says that it lies on its side."""
    exif = Image.Exif()
    exif[EXIF_MAKE] = SAID.decode()
    if turned:
        exif[EXIF_ORIENTATION] = 6
    return _saved("JPEG", exif=exif, comment=SAID, icc_profile=SAID, quality=95, **given)


def png(**given: Any) -> bytes:
    """Give a PNG with a text and camera data."""
    beside, exif = PngInfo(), Image.Exif()
    beside.add_text("Comment", SAID.decode())
    exif[EXIF_MAKE] = SAID.decode()
    return _saved("PNG", pnginfo=beside, exif=exif, **given)


def _saved(form: str, **given: Any) -> bytes:
    file = io.BytesIO()
    points().save(file, form, **given)
    return file.getvalue()
