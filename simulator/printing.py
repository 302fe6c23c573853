"""The one place where this process prints. A print never fails and never waits, whoever reads it or does not.

`safe_streams` puts a `Stream` in the place of sys.stdout and of sys.stderr, so that click, logging, warnings and
tracebacks print through it as well. A thread writes what is in the stream's queue. What does not fit into the queue and
what cannot be written is counted, and the count is printed as soon as something can be written again.
"""

from __future__ import annotations

import io
import os
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from errno import EPIPE
from select import select
from threading import Condition, Thread
from typing import Any, Final, TextIO, cast

MOST_WAITING: Final = 1_048_576
"""Bytes that wait in the queue of a stream."""
PATIENCE: Final = 0.25
"""Seconds that the end of the process waits for each stream to be read."""
MORE_PATIENCE: Final = 2.0
"""Seconds that it waits besides while there is room for what is to be written."""
PLAIN: Final = "\x1b[0m"


class Printable(str):
    """Text that is written as it is: it has nothing that steers a terminal, but for colours of ours."""

    __slots__ = ()


def printable(text: str) -> Printable:
    """The text as one line: JSON's escapes stand for what is not printable, such as ESC, line breaks, bidi controls.

    JSON stays the same JSON: there only strings have such characters, and they read the escapes.
    """
    if text.isprintable():
        return Printable(text)
    return Printable("".join(each if each.isprintable() else _escaped(each) for each in text))


def painted(text: str, colour: str) -> Printable:
    """The text in a colour, which is an SGR sequence."""
    return Printable(f"{colour}{printable(text)}{PLAIN}")


def joined(*parts: str) -> Printable:
    """The parts in one line; only what was painted keeps its colours."""
    return Printable("".join(part if isinstance(part, Printable) else printable(part) for part in parts))


def line(*parts: str) -> Printable:
    """The parts as a line of output, with its end."""
    return Printable(joined(*parts) + "\n")


def json_line(level: str, message: str, **more: object) -> Printable:
    """Something that is no call, as a line of a JSON log."""
    from json import dumps

    return Printable(dumps({"level": level, "message": message, **more}) + "\n")


def _escaped(text: str) -> str:
    """JSON's escape of each UTF-16 code unit."""
    units = text.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


class Stream(io.TextIOBase):
    """A text stream in front of `target`, which may be None, closed, full or read by nobody."""

    def __init__(self, target: TextIO | None) -> None:
        super().__init__()
        self._target = target
        self._changed = Condition()
        self._queue: deque[tuple[int, bytes]] = deque()
        """How many lines are missing before a text, and the text."""
        self._waiting = self._missing = 0
        self._rest = ""
        self._torn = self._working = self._ended = False
        self.json = False
        """Whether each line is printed as a JSON object."""
        self.patient = False
        """Whether a print waits until it is written."""
        self.problem = "" if target else "it is closed"
        """Why something could not be written. A reader who has gone is none: they have read what they wanted."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # io's is a variable
        """What the target writes."""
        return getattr(self._target, "encoding", None) or "utf-8"

    def fileno(self) -> int:
        """The target's. Raises `OSError` without one."""
        return self._target.fileno() if self._target else super().fileno()

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        try:
            return self._target is not None and self._target.isatty()
        except ValueError:  # closed
            return False

    def writable(self) -> bool:
        """Whatever happens."""
        return True

    def write(self, text: str, /) -> int:
        """Print whole lines; what has no end yet waits for it."""
        if isinstance(text, Printable):
            self._put(text)
            return len(text)
        with self._changed:
            *lines, self._rest = (self._rest + text).split("\n")
        if self.json:
            self._put("".join(json_line("ERROR", each) for each in lines if each.strip()))
        else:
            self._put("".join(line(each) for each in lines))
        return len(text)

    def _put(self, text: str) -> None:
        """Queue a text, or count its lines as missing."""
        data = self._encoded(text)
        if not data or self._target is None:
            return
        with self._changed:
            if self._queue and self._waiting + len(data) > MOST_WAITING and not self.patient:
                self._missing += data.count(b"\n")
                return
            self._append(data)
            if self.patient and self._working:
                self._changed.wait_for(lambda: not self._queue)

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError:
            return "".join(each if self._can_write(each) else _escaped(each) for each in text).encode(self.encoding)

    def _can_write(self, char: str) -> bool:
        return char.encode(self.encoding, "ignore") != b""

    def _append(self, data: bytes) -> None:
        self._queue.append((self._missing, data))
        self._waiting += len(data)
        self._missing = 0
        if not self._working:
            try:
                Thread(target=self._work, name="printing", daemon=True).start()
            except RuntimeError:  # there are too many threads; the next print tries again
                return
            self._working = True
        self._changed.notify_all()

    def _work(self) -> None:
        """Write the queue, until the stream has ended."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._ended)
                if not self._queue:
                    return
                missing, data = self._queue[0]
            lost = 0
            try:
                self._write((self._notice(missing) if missing else b"") + data)
            except (OSError, ValueError) as error:
                lost = missing + data.count(b"\n")
                if getattr(error, "errno", None) != EPIPE:
                    self.problem = getattr(error, "strerror", None) or str(error)
            with self._changed:
                self._queue.popleft()
                self._waiting -= len(data)
                if lost and self._queue:
                    before, following = self._queue[0]
                    self._queue[0] = (lost + before, following)
                else:
                    self._missing += lost
                self._changed.notify_all()

    def _notice(self, missing: int) -> bytes:
        lines = "1 line is" if missing == 1 else f"{missing} lines are"
        text = f"{lines} missing here: nobody read fast enough, or writing failed"
        return self._encoded(json_line("WARNING", text) if self.json else line(text))

    def _write(self, data: bytes) -> None:
        """Write all of it, past the target's buffers: they cannot be left while they are being flushed."""
        rest = memoryview(b"\n" + data if self._torn else data)
        buffer: Any = getattr(self._target, "buffer", None)
        raw = getattr(buffer, "raw", buffer)
        while rest:
            written = raw.write(rest) if raw else _as_text(cast("TextIO", self._target), rest)
            if written is None:  # somebody made the descriptor non-blocking
                select([], [raw], [])
                continue
            self._torn = rest[written - 1] != ord("\n")
            rest = rest[written:]

    def end(self) -> None:
        """Wait until all is written, but not for a reader who does not read."""
        if self._ended:
            return
        if self._rest:
            self.write("\n")
        with self._changed:
            if self._missing:
                self._append(b"")
            self.drain()
            self._ended = True
            self._changed.notify_all()

    def drain(self) -> None:
        """Wait until all lines are written or lost, but not for a reader who does not read."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._queue, PATIENCE) and self._has_room():
                self._changed.wait_for(lambda: not self._queue, MORE_PATIENCE)  # the machine is busy, not the reader

    def _has_room(self) -> bool:
        """Whether the target takes more: a pipe that nobody reads is full."""
        try:
            return bool(select([], [self.fileno()], [], 0)[1])
        except (OSError, ValueError):
            return False


def _as_text(target: TextIO, data: memoryview) -> int:
    target.write(bytes(data).decode(target.encoding or "utf-8"))
    return len(data)


@contextmanager
def safe_streams() -> Iterator[None]:
    """Print through streams that neither fail nor block."""
    _occupy_standard_descriptors()
    with ExitStack() as stack:
        for redirect, target in ((redirect_stdout, sys.stdout), (redirect_stderr, sys.stderr)):
            stream = Stream(target)
            stack.enter_context(redirect(cast("TextIO", stream)))
            stack.callback(stream.end)
        yield


def print_json(*, wanted: bool) -> None:
    """Whether each line on stderr is a JSON object from now on."""
    for stream in _streams()[1:]:
        stream.json = wanted


def wait_for_readers() -> None:
    """From now on a print waits until it is written: the output of a command is for a reader who may be slow."""
    for stream in _streams():
        stream.patient = True


def end() -> None:
    """Write what is still in the queues, before the process ends without its usual end."""
    for stream in _streams():
        stream.end()


def require_written() -> None:
    """Raise `OSError` if something that was printed on stdout cannot be had."""
    for stream in _streams()[:1]:
        stream.drain()
        if stream.problem:
            raise OSError(f"the output cannot be written: {stream.problem}")


def _streams() -> list[Stream]:
    """Those of stdout and stderr, within `safe_streams`."""
    return [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, Stream)]


def _occupy_standard_descriptors() -> None:
    """Let no socket be descriptor 0, 1 or 2, which a closed stream leaves free: other code may write there."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
