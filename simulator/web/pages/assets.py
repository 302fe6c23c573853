"""The files that pages load, at `/_sim/static/NAME`. Their addresses have their digest, so a browser may keep them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from simulator.web.endpoints.table import STATIC

FOLDER: Final = Path(__file__).parent / "static"
KINDS: Final = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
}
DIGITS: Final = 16
"""Hexadecimal digits of a digest in an address."""


class PageFile(NamedTuple):
    """A file with its media type and the beginning of its SHA-256."""

    content: bytes
    kind: bytes
    digest: str


@cache
def assets() -> dict[str, PageFile]:
    """All files by name. They are read with the first page."""
    files = {path.name: (path.read_bytes(), path.suffix) for path in sorted(FOLDER.iterdir())}
    return {
        name: PageFile(content, KINDS[suffix], sha256(content).hexdigest()[:DIGITS])
        for name, (content, suffix) in files.items()
    }


def asset_url(name: str) -> str:
    """The address of a file. It is the same in every workspace, so that a browser loads it once."""
    return f"{STATIC}{name}?v={assets()[name].digest}"
