"""The entries of a HAR file, one after the other: the file is never in memory as a whole.

An error names the file, the entry and the byte, and never quotes what stands there.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from simulator.evidence.drift.json_extent import MOST_VALUES, ValueExtent

CHUNK: Final = 1 << 18
"""Bytes that are read at once."""
LARGEST: Final = 1 << 26
"""Characters of one value, such as an entry with its body: a larger one is passed over, and never in memory whole."""
AT_ONCE: Final = 2 * CHUNK
"""Characters that are parsed without a look at how many values are in them."""
TOO_LARGE: Final = object()
"""Stands for a value that has more characters or more values than are read."""
DECODE: Final = json.JSONDecoder(
    strict=False, parse_int=lambda digits: int(digits) if len(digits) < 20 else 0
).raw_decode
"""Reads one value. Numbers of the archive itself, such as a status, are never longer. Some programs write line ends in
texts as they are, so these are read, too."""
BLANK: Final = " \t\r\n"
SIGNS: Final = {
    b"PK": "a ZIP archive: unpack all of it, and give the .har file inside",
    b"\x1f\x8b": "compressed by gzip: unpack it first (`gunzip`)",
    b"\xff\xfe": "UTF-16: save it as UTF-8",
    b"\xfe\xff": "UTF-16: save it as UTF-8",
    b"<": "HTML or XML: export the recording as HAR (JSON)",
}
"""The first bytes of files that are given in place of a HAR, and what to do."""
Progress = Callable[[int], None]
"""Is called with the number of bytes that have been read since the last call."""


class HarError(ValueError):
    """A file that is no readable HAR: the message says which file, where, and what to do."""


class HarStream:
    """The entries of one file, and what its head says of the program that wrote it."""

    def __init__(self, source: BinaryIO, name: str, progress: Progress = lambda size: None) -> None:
        self._source, self._name, self._progress = source, name, progress
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text, self._place, self._gone, self._ended = "", 0, 0, False
        self._bytes = 0
        self.number = 0
        """The number of the entry that was read last; the first is 1."""

    def entries(self) -> Iterator[Any]:
        """The entries as JSON values. Raises `HarError`."""
        self._more()
        if self._blank() == "":
            raise self.error("it is empty")
        seen_log = False
        for name in self._members("the file"):
            if name == "log" and not seen_log:
                seen_log = True
                yield from self._log()
            else:
                self._value("a member of the file")
        if not seen_log:
            raise self.error("it has no `log`: a HAR is a JSON object with `log.entries`")
        if self._blank():
            raise self.error("something follows after the end of the JSON")

    def error(self, problem: str) -> HarError:
        """The problem with the name of the file and the place."""
        entry = f", entry {self.number}" if self.number else ""
        return HarError(
            f"{self._name}{entry}, near character {self._gone + self._place}: {problem}."
            " Export it again: in a browser's developer tools, Network, `Save all as HAR with content`;"
            " in mitmproxy, `save.har`; here, `kucoin-simulator requests --har FILE`"
        )

    def _log(self) -> Iterator[Any]:
        has_entries = False
        for name in self._members("`log`"):
            if name != "entries":
                self._value("a member of `log`")
                continue
            if has_entries:
                raise self.error("`log` has two lists of `entries`")
            has_entries = True
            yield from self._items()
        if not has_entries:
            raise self.error("`log` has no `entries`")

    def _members(self, what: str) -> Iterator[str]:
        """The names of an object's members. The caller reads the value of a name before it takes the next one."""
        self._expect("{", f"{what} is no JSON object")
        if self._blank() == "}":
            self._place += 1
            return
        while True:
            if self._blank() != '"':
                raise self.error(f"{what} has a member without a name, or ends too early")
            name = self._value(f"a name in {what}")
            self._expect(":", f"{what} has no colon after a name")
            yield name
            if self._ends("}", what):
                return

    def _items(self) -> Iterator[Any]:
        self._expect("[", "`entries` is no list")
        if self._blank() == "]":
            self._place += 1
            return
        while True:
            self.number += 1
            yield self._value("the entry")
            if self._ends("]", "`entries`"):
                return

    def _ends(self, bracket: str, what: str) -> bool:
        character = self._blank()
        if character not in (",", bracket) or not character:
            problem = "ends too early: the file is cut off" if not character else "has no comma where one has to be"
            raise self.error(f"{what} {problem}")
        self._place += 1
        return character == bracket

    def _expect(self, character: str, problem: str) -> None:
        if self._blank() != character:
            raise self.error(problem)
        self._place += 1

    def _blank(self) -> str:
        """The next character that is no white space; "" at the end."""
        while True:
            while self._place < len(self._text):
                if self._text[self._place] not in BLANK:
                    return self._text[self._place]
                self._place += 1
            if not self._more():
                return ""

    def _value(self, what: str) -> Any:
        self._blank()
        extent = ValueExtent()
        while True:
            rest = len(self._text) - self._place
            whole = rest > AT_ONCE and extent.ends(self._text, self._place)
            if extent.values > MOST_VALUES:
                return self._pass_over(extent, what, whole=whole)
            if whole or rest <= AT_ONCE:
                try:
                    value, end = DECODE(self._text, self._place)
                except json.JSONDecodeError as error:
                    if whole or extent.ends(self._text, self._place):
                        self._place = error.pos
                        raise self.error(f"{what} is not JSON") from None
                except RecursionError:
                    raise self.error(f"{what} is nested too deeply") from None
                else:
                    if end < len(self._text) or self._ended or not isinstance(value, int | float):
                        self._place = end
                        return value
            if rest > LARGEST:
                return self._pass_over(extent, what, whole=False)
            if not self._more(max(CHUNK, rest)):
                raise self.error(f"{what} ends too early: the file is cut off") from None

    def _pass_over(self, extent: ValueExtent, what: str, *, whole: bool) -> object:
        """Read to the end of a value that is too large, piece by piece. `whole` = its end has been seen."""
        while not whole:
            self._place += extent.take_seen()
            if not self._more():
                raise self.error(f"{what} ends too early: the file is cut off")
            whole = extent.ends(self._text, self._place)
        self._place += extent.take_seen()
        return TOO_LARGE

    def _more(self, size: int = CHUNK) -> bool:
        """Read on; False at the end. What has been used is dropped."""
        if self._ended:
            return False
        try:
            data = self._source.read(size)
        except OSError as error:
            raise HarError(f"{self._name} cannot be read: {error.strerror}") from None
        if not self._bytes:
            sign = next((sign for sign in SIGNS if data.startswith(sign)), None)
            if sign:
                raise HarError(f"{self._name} is {SIGNS[sign]}")
        self._bytes += len(data)
        self._progress(len(data))
        self._ended = not data
        self._gone += self._place
        try:
            self._text = self._text[self._place :] + self._decoder.decode(data, final=self._ended)
        except UnicodeDecodeError:
            raise self.error("it is not UTF-8") from None
        self._place = 0
        return not self._ended
