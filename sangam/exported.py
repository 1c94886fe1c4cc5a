"""What a node gives to take away: files, and the manifest that says of each what it is."""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sangam.errors import Unavailable

MANIFEST = "manifest.json"
LARGEST = 64 * 1024 * 1024

_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, TypeError, ValueError)
# A name that stays in the folder that it is written to.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-z0-9]+)+")


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of an export by name, the manifest among them, each found to be what the manifest says."""

    files: Mapping[str, bytes]
    manifest: Mapping[str, Any]


def opened(archive: bytes) -> Exported:
    """Take a ZIP apart. Raise Unavailable unless it holds just the files that its manifest names, each whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as folder:
            if sum(entry.file_size for entry in folder.infolist()) > LARGEST:
                raise _broken()
            files = {name: folder.read(name) for name in folder.namelist()}
        manifest = json.loads(files[MANIFEST])
        told = {one["name"]: one["sha256"] for one in manifest["files"]}
    except _UNREADABLE as problem:
        raise _broken() from problem
    found = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MANIFEST}
    if found != told or not all(map(_NAME.fullmatch, files)):
        raise _broken()
    return Exported(files, manifest)


def _broken() -> Unavailable:
    return Unavailable("What came is not the whole export; take it away again.")
