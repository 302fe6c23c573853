"""The pictures of README and docs are those that the script takes, small, and their pages still exist."""

from __future__ import annotations

import re
import struct
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from support.every_page import lived_in
from support.pictures import FOLDER, HEIGHT, LARGEST, WIDTH, Picture, path_of, pictures
from support.source_tree import ROOT

from simulator.web.server import LocalServer

USED: str = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))


def heading(server: LocalServer, picture: Picture) -> str:
    """The heading of the page that a picture shows, loaded without a browser."""
    connection = HTTPConnection("127.0.0.1", server.port)
    form = urlencode({"step": "login", "identity": "".join(picture.way.buttons)}) if picture.way.buttons else None
    headers = {"content-type": "application/x-www-form-urlencoded"} if form else {"accept": "text/html"}
    connection.request("POST" if form else "GET", picture.way.path, form, headers)
    text = connection.getresponse().read().decode()
    connection.close()
    match = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", match[1])).strip() if match else ""


def test_the_pages_of_the_pictures_still_exist() -> None:
    """Each picture's page has the heading that it had; else `scripts/screenshots` has to take it anew."""
    with LocalServer() as server:
        lived_in(server)
        wanted = pictures(server)
        assert {name: heading(server, picture) for name, picture in wanted.items()} == {
            name: picture.heading for name, picture in wanted.items()
        }
        assert all(urlsplit(picture.way.path).path for picture in wanted.values())
        assert {path.stem for path in FOLDER.iterdir()} == set(wanted)


def test_pictures_are_small_and_shown() -> None:
    """Each is a PNG of the script's size, has few bytes, and README or a page of docs shows it; README begins so."""
    with LocalServer() as server:
        names = list(pictures(server))
    for name in names:
        content = path_of(name).read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", content[16:24]) == (WIDTH, HEIGHT)
        assert len(content) <= LARGEST
        assert f"pictures/{name}.png" in USED
    assert "docs/pictures/demo.png" in (ROOT / "README.md").read_text(encoding="utf-8")[:400]
