"""The streams that everything is printed through: no reader, disk or encoding can do anything to the printer."""

from __future__ import annotations

import errno
import io
import json
import os
import sys
from collections.abc import Iterator
from logging import getLogger
from threading import Thread
from typing import Any, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.library_logs import _Handler
from simulator.printing import (
    MOST_WAITING,
    Printable,
    Stream,
    joined,
    json_line,
    line,
    painted,
    printable,
    require_written,
    safe_streams,
    wait_for_readers,
)

STEERING = [
    *map(chr, (*range(0x20), *range(0x7F, 0xA0))),  # C0, DEL, C1
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",  # bidi
    *"\u200b\u2028\u2029\ufeff\U000e0041\ud800",
]
RED = "\x1b[31m"


class Disk(io.RawIOBase):
    """Takes so many bytes; then it is full, until there is room again."""

    def __init__(self, room: int) -> None:
        self.room, self.written = room, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = bytes(data)[: self.room]
        self.written += taken
        self.room -= len(taken)
        return len(taken)


class Target(io.StringIO):
    """A text stream in front of raw bytes."""

    def __init__(self, raw: io.RawIOBase, encoding: str = "utf-8") -> None:
        super().__init__()
        self._raw, self._name = raw, encoding

    @property
    def buffer(self) -> BinaryIO:
        return cast("BinaryIO", self._raw)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io's is a variable
        return self._name


def written(text: str, encoding: str = "utf-8", *, as_json: bool = False) -> bytes:
    """What arrives of a text."""
    disk = Disk(1_000_000)
    stream = Stream(Target(disk, encoding))
    stream.json = as_json
    assert stream.write(text) == len(text)
    stream.end()
    return disk.written


@pytest.mark.parametrize("char", STEERING, ids=lambda char: f"U+{ord(char):04X}")
def test_nothing_steers_a_terminal(char: str) -> None:
    """Control characters of every kind are printed as escapes, in a text and in a JSON line; a line break is one."""
    assert printable(f"a{char}b").isascii()
    assert json.loads(f'"{printable(f"a{char}b")}"') == f"a{char}b"
    expected = b"a\nb\n" if char == "\n" else f"{printable(f'a{char}b')}\n".encode()
    assert written(f"a{char}b\n") == expected
    lines = written(f"a{char}b\n", as_json=True).splitlines()
    assert "".join(json.loads(each)["message"] for each in lines) == ("ab" if char == "\n" else f"a{char}b")


@given(st.text())
def test_json_stays_the_same(text: str) -> None:
    """What is printable of a JSON text reads as the text did."""
    assert json.loads(printable(json.dumps({text: text}, ensure_ascii=False))) == {text: text}


def test_only_our_own_colours_are_kept() -> None:
    """A painted part keeps the colour that it was given, and nothing of a colour in its text."""
    text = joined("\x1b[2Ja ", painted("\x1b[32mb", RED))
    assert text == f"\\u001b[2Ja {RED}\\u001b[32mb\x1b[0m"
    assert written(line(text)) == text.encode() + b"\n"
    assert written(str(text) + "\n") == printable(str(text)).encode() + b"\n"


@pytest.mark.parametrize(("encoding", "expected"), [("latin-1", b"\xe9 \\u20ac \\ud83d\\ude00\n"), ("utf-8", None)])
def test_what_an_encoding_does_not_have_is_escaped(encoding: str, expected: bytes | None) -> None:
    """No character makes a print fail, and JSON stays JSON."""
    text = "é € 😀\n"
    assert written(text, encoding) == (expected or text.encode())
    assert written(text, "ascii") == b"\\u00e9 \\u20ac \\ud83d\\ude00\n"
    assert json.loads(written(text, "ascii", as_json=True))["message"] == text.strip()


@pytest.fixture
def pipe() -> Iterator[tuple[int, Stream]]:
    """The end of a pipe to read from, which nobody does yet, and a stream that writes to the other one."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as target:
        yield reading, Stream(target)


def drained(stream: Stream) -> None:
    """Wait until the stream's thread has nothing to write any more."""
    with stream._changed:
        stream._changed.wait_for(lambda: not stream._queue)


def test_a_reader_who_does_not_read_keeps_nobody_waiting(pipe: tuple[int, Stream]) -> None:
    """Prints return, the end comes, and what does not fit is counted and told where it is missing, once it is read."""
    reading, stream = pipe
    text, count = Printable("x" * 99 + "\n"), 3 * MOST_WAITING // 100
    for _ in range(count):
        stream.write(text)
    read: list[bytes] = []

    def collect() -> None:
        with os.fdopen(reading, "rb") as file:
            read.extend(file)

    reader = Thread(target=collect)
    reader.start()
    drained(stream)
    stream.write(line("the last one"))
    stream.end()
    assert stream._target is not None
    stream._target.close()
    reader.join()
    missing = [int(text_line.split()[0]) for text_line in read if b"missing" in text_line]
    assert (read[-1], len(read)) == (b"the last one\n", read.count(text.encode()) + len(missing) + 1)
    assert read.count(text.encode()) + sum(missing) == count
    assert b"missing" in read[-2]
    assert sum(missing) > MOST_WAITING // 100


def test_the_end_does_not_wait_for_a_reader(pipe: tuple[int, Stream]) -> None:
    """With a full pipe the stream ends all the same, and ends once."""
    reading, stream = pipe
    for _ in range(2_000):
        stream.write("x" * 99 + "\n")
    stream.end()
    stream.end()
    stream.write("more\n")
    assert stream._queue
    os.close(reading)
    drained(stream)


def test_a_slow_reader_of_a_command_loses_nothing(pipe: tuple[int, Stream]) -> None:
    """A patient stream waits for its reader: more than any queue holds arrives whole."""
    reading, stream = pipe
    stream.patient = True
    read: list[bytes] = []

    def collect() -> None:
        with os.fdopen(reading, "rb") as file:
            read.extend(file)

    reader = Thread(target=collect)
    reader.start()
    lines = [f"{number:099}\n" for number in range(3 * MOST_WAITING // 100)]
    for place in range(0, len(lines), 1_000):
        stream.write("".join(lines[place : place + 1_000]))
    stream.end()
    assert stream._target is not None
    stream._target.close()
    reader.join()
    assert read == [each.encode() for each in lines]


def test_a_reader_who_has_gone_is_no_problem(pipe: tuple[int, Stream]) -> None:
    """A broken pipe is not told: who reads the first line has read what they wanted."""
    reading, stream = pipe
    os.close(reading)
    stream.patient = True
    stream.write("a\n")
    stream.write("b\n")
    stream.end()
    assert stream.problem == ""


@pytest.mark.parametrize("as_json", [False, True])
def test_a_full_disk_is_told_when_there_is_room_again(*, as_json: bool) -> None:
    """Lines that could not be written are counted; the next one does not continue the one that was torn."""
    disk = Disk(130)
    stream = Stream(Target(disk))
    stream.json, stream.patient = as_json, True
    for _ in range(5):
        stream.write(json_line("ERROR", "x" * 50))
    assert stream.problem == "No space left on device"
    disk.room = 1_000
    stream.write(json_line("ERROR", "after"))
    stream.end()
    first, torn, notice, last = disk.written.decode().splitlines()
    assert json.loads(first)["message"].startswith(torn[32:])
    assert "4 lines are missing here" in (json.loads(notice)["message"] if as_json else notice)
    assert json.loads(last)["message"] == "after"


def test_what_is_missing_at_the_end_is_told() -> None:
    """Lines that were lost last are told by the last line, if that can be written."""
    disk = Disk(2)
    stream = Stream(Target(disk))
    stream.patient = True
    stream.write("a\n")
    stream.write("b\n")
    disk.room = 1_000
    stream.end()
    assert disk.written == b"a\n1 line is missing here: nobody read fast enough, or writing failed\n"


def test_a_closed_stream_swallows_all() -> None:
    """Where stdout or stderr is closed, Python has none: prints go nowhere, and a command can tell."""
    stream = Stream(None)
    stream.write("a\n")
    stream.end()
    assert (stream.isatty(), stream.problem) == (False, "it is closed")
    with pytest.raises(OSError, match="fileno"):
        stream.fileno()


def test_the_rest_of_a_line_is_written_at_the_end() -> None:
    """A line is written whole: what has no end yet waits for it, at most until the stream's end."""
    assert written("a\nb") == b"a\nb\n"
    assert json.loads(written("half", as_json=True)) == {"level": "ERROR", "message": "half"}


def test_what_others_print_goes_through(capfd: pytest.CaptureFixture[str]) -> None:
    """sys.stdout and sys.stderr are replaced for everybody, and put back."""
    before = sys.stdout, sys.stderr
    with safe_streams():
        wait_for_readers()
        print("\x1b[2J", 1)  # noqa: T201 - somebody else prints
        print("two", file=sys.stderr)  # noqa: T201 - the same
        require_written()
        assert not sys.stdout.isatty()
        assert sys.stdout.writable()
    assert (sys.stdout, sys.stderr) == before
    assert capfd.readouterr() == ("\\u001b[2J 1\n", "two\n")


def test_libraries_log_in_our_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records of libraries are lines of text, or JSON objects with their traceback; a broken record is told as well."""
    told = io.StringIO()
    monkeypatch.setattr("sys.stderr", told)
    logger = getLogger("some.library")
    for as_json in (True, False):
        handler = _Handler(json=as_json)
        logger.addHandler(handler)
        logger.propagate = False
        logger.error("it %s", "failed", exc_info=RuntimeError("broken on purpose"))
        logger.warning("%d", "no number")
        logger.removeHandler(handler)
    first, second, third, *rest = told.getvalue().splitlines()
    record = json.loads(first)
    assert (record["level"], record["logger"]) == ("ERROR", "some.library")
    assert record["message"] == "it failed\nRuntimeError: broken on purpose"
    assert json.loads(second)["message"] == "%d"
    assert third == "ERROR some.library: it failed"
    assert rest[-1] == "WARNING some.library: %d"
