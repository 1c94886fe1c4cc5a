"""A file is what is in it: pictures are drawn anew; what is cut, broken, too large or two things at once is refused."""

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from register.media import MOST_BYTES, MOST_POINTS, BadMedia, cleaned
from schemas.file import PICTURES, Media
from tests.register.pictures import PDF, SAID, jpeg, png

ALL = frozenset(Media)


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as folder:
        folder.writestr("inside.txt", SAID)
    return file.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Give a PNG of a few hundred bytes that says that it is so large."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("media", "raw"), [(Media.JPEG, jpeg()), (Media.PNG, png())])
def test_a_picture_keeps_its_points_and_nothing_that_was_said_beside_them(media: Media, raw: bytes) -> None:
    assert SAID in raw
    found, kept = cleaned(raw, PICTURES)
    assert (found, SAID in kept) == (media, False)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (40, 24)
        assert not picture.getexif()
        assert not {"exif", "comment", "Comment", "icc_profile", "xmp"} & picture.info.keys()
        left, right = (picture.convert("RGB").getpixel((x, 12)) for x in (5, 35))
        assert isinstance(left, tuple)
        assert isinstance(right, tuple)
        assert left[0] > 200 > 60 > left[2]
        assert right[2] > 200 > 60 > right[0]


def test_a_picture_that_lies_on_its_side_is_put_upright() -> None:
    """Which way is up was said beside the points, and goes with the rest of it."""
    _, kept = cleaned(jpeg(turned=True), PICTURES)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (24, 40)


def test_what_hangs_on_to_a_picture_is_gone() -> None:
    for raw in (jpeg(), png()):
        _, kept = cleaned(raw + archive(), PICTURES)
        assert not zipfile.is_zipfile(io.BytesIO(kept))
        assert SAID not in kept


def test_a_pdf_is_kept_as_it_came() -> None:
    assert cleaned(PDF, ALL) == (Media.PDF, PDF)


@pytest.mark.parametrize("pieces", [b"", b"%PDF-1.4", b"not a file at all", b"GIF89a" + b"\0" * 50, b"<html></html>"])
def test_what_is_no_such_file_is_refused(pieces: bytes) -> None:
    with pytest.raises(BadMedia):
        cleaned(pieces, ALL)


def test_a_photo_is_no_pdf() -> None:
    with pytest.raises(BadMedia, match="send JPEG or PNG"):
        cleaned(PDF, PICTURES)


@pytest.mark.parametrize("raw", [jpeg(), png()])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_is_cut_is_refused(raw: bytes, part: float) -> None:
    with pytest.raises(BadMedia, match="cut or broken"):
        cleaned(raw[: int(len(raw) * part)], PICTURES)


def test_a_pdf_that_is_cut_is_refused() -> None:
    for raw in (PDF[:-8], PDF.replace(b"startxref", b"startyref")):
        with pytest.raises(BadMedia, match="cut or broken"):
            cleaned(raw, ALL)


def test_a_file_that_is_two_things_at_once_is_refused() -> None:
    zipped = archive()
    inside = PDF.replace(b"trailer", zipped + b"\ntrailer")
    taped = PDF[:8] + b"\n" + b" " * (257 - 9) + b"ustar" + PDF[8:]
    for raw in (inside, taped, PDF.replace(b"trailer", b"Rar!\x1a\x07\x01\0trailer")):
        with pytest.raises(BadMedia, match="archive besides"):
            cleaned(raw, ALL)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked() -> None:
    for width, height in ((8_000, MOST_POINTS // 8_000 + 1), (30_000, 30_000)):
        raw = bomb(width, height)
        assert len(raw) < 1_000
        with pytest.raises(BadMedia, match=r"million points|cut or broken"):
            cleaned(raw, PICTURES)
    with pytest.raises(BadMedia, match="million points"):
        cleaned(bomb(8_000, MOST_POINTS // 8_000 + 1), PICTURES)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadMedia, match="at most 20 MB"):
        cleaned(jpeg() + b"\0" * MOST_BYTES, PICTURES)
